/* A connection for each thread of a pool. */
#include "api/reader_pool.h"

#include <stdlib.h>

enum {
    SCRATCH_LIMIT = 256 << 20, /* as a command of the engine, whose decision a trial repeats */
    SCRATCH_KEPT = 1 << 20,
};

struct reader_pool {
    struct thread_pool *threads;
    struct reader *readers; /* one for each thread */
    size_t reader_count;    /* open */
};

static void
forget(struct arena *arena)
{
    if (arena->used > SCRATCH_KEPT)
        arena_done(arena);
    else
        arena_reset(arena);
}

static void
run(struct thread_job *queued, size_t thread, void *user)
{
    struct reader_job *job = (struct reader_job *)(void *)queued;
    struct reader *reader = &((struct reader_pool *)user)->readers[thread];
    struct db_connection *connection = reader->store.connection;
    enum db_status status = db_begin(connection, &reader->store.err);
    if (status != DB_OK) {
        job->run(job, NULL, &reader->store.err);
        return;
    }
    job->run(job, reader, &reader->store.err);
    struct err ignored; /* a snapshot that is given up has nothing to lose */
    (void)db_rollback(connection, &ignored);
    forget(&reader->scratch);
    forget(&reader->trial);
}

static bool
reader_open(struct reader *reader, struct db *db, struct err *err)
{
    arena_init(&reader->scratch, SCRATCH_LIMIT);
    arena_init(&reader->trial, SCRATCH_LIMIT);
    reader->houses = house_cache_new();
    if (reader->houses == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the houses of a reader");
        return false;
    }
    enum db_status status = db_connect(db, DB_READER, &reader->store.connection, err);
    if (status == DB_OK)
        return true;
    if (status == DB_RETRY)
        err_set(err, ERR_UNAVAILABLE, "the database is locked by another process");
    house_cache_free(reader->houses);
    return false;
}

static void
reader_close(struct reader *reader)
{
    db_disconnect(reader->store.connection);
    house_cache_free(reader->houses);
    arena_done(&reader->scratch);
    arena_done(&reader->trial);
}

static bool
open_all(struct reader_pool *pool, struct db *db, size_t count, size_t queue_limit, struct err *err)
{
    const struct thread_pool_settings settings = {
        .purpose = "reading", .thread_count = count, .queue_limit = queue_limit, .run = run, .user = pool};
    for (; pool->reader_count < count; pool->reader_count++)
        if (!reader_open(&pool->readers[pool->reader_count], db, err))
            return false;
    pool->threads = thread_pool_new(&settings, err);
    return pool->threads != NULL;
}

struct reader_pool *
reader_pool_new(struct db *db, size_t thread_count, size_t queue_limit, struct err *err)
{
    struct reader_pool *pool = calloc(1, sizeof(*pool));
    struct reader *readers = calloc(thread_count, sizeof(*readers));
    if (pool == NULL || readers == NULL) {
        free(pool);
        free(readers);
        err_set(err, ERR_MEMORY, "no memory for the readers");
        return NULL;
    }
    pool->readers = readers;
    if (open_all(pool, db, thread_count, queue_limit, err))
        return pool;
    reader_pool_free(pool);
    return NULL;
}

void
reader_pool_free(struct reader_pool *pool)
{
    if (pool == NULL)
        return;
    thread_pool_free(pool->threads);
    for (size_t i = 0; i < pool->reader_count; i++)
        reader_close(&pool->readers[i]);
    free(pool->readers);
    free(pool);
}

bool
reader_pool_submit(struct reader_pool *pool, struct reader_job *job)
{
    return thread_pool_submit(pool->threads, &job->queued);
}

size_t
reader_pool_waiting(const struct reader_pool *pool)
{
    return thread_pool_waiting(pool->threads);
}

enum db_status
reader_house(struct reader *reader, uint32_t property, const struct house_entry **ret_house,
             struct store_head *ret_head)
{
    struct store_head head;
    enum db_status status = store_load_head(&reader->store, property, &head);
    if (status == DB_OK)
        status = house_cache_get(reader->houses, &reader->store, property, head.house_version, ret_house);
    if (status == DB_OK && ret_head != NULL)
        *ret_head = head;
    return status;
}
