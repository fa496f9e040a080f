/* A queue, and threads that take from it. */
#include "api/reader_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    SCRATCH_LIMIT = 256 << 20, /* as a command of the engine, whose decision a trial repeats */
    SCRATCH_KEPT = 1 << 20,
};

struct reader_pool {
    pthread_mutex_t mutex; /* guards the queue and `stopping` */
    pthread_cond_t filled;
    struct reader_job *first, *last;
    size_t queue_limit;
    atomic_size_t waiting;
    bool stopping;
    size_t thread_count; /* started */
    struct pool_thread *threads;
};

struct pool_thread {
    struct reader_pool *pool;
    pthread_t thread;
    struct reader reader;
};

static struct reader_job *
take_job(struct reader_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->first == NULL && !pool->stopping)
        pthread_cond_wait(&pool->filled, &pool->mutex);
    struct reader_job *job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        if (pool->first == NULL)
            pool->last = NULL;
        atomic_fetch_sub_explicit(&pool->waiting, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

static void
forget(struct arena *arena)
{
    if (arena->used > SCRATCH_KEPT)
        arena_done(arena);
    else
        arena_reset(arena);
}

static void
run_job(struct reader *reader, struct reader_job *job)
{
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

static void *
run_jobs(void *argument)
{
    struct pool_thread *thread = argument;
    struct reader_job *job;
    while ((job = take_job(thread->pool)) != NULL)
        run_job(&thread->reader, job);
    return NULL;
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
start_thread(struct reader_pool *pool, struct db *db, struct err *err)
{
    struct pool_thread *thread = &pool->threads[pool->thread_count];
    thread->pool = pool;
    if (!reader_open(&thread->reader, db, err))
        return false;
    int error = pthread_create(&thread->thread, NULL, run_jobs, thread);
    if (error != 0) {
        err_set(err, ERR_SYSTEM, "can't start a reader's thread: %s", strerror(error));
        reader_close(&thread->reader);
        return false;
    }
    pool->thread_count++;
    return true;
}

struct reader_pool *
reader_pool_new(struct db *db, size_t thread_count, size_t queue_limit, struct err *err)
{
    struct reader_pool *pool = calloc(1, sizeof(*pool));
    struct pool_thread *threads = calloc(thread_count, sizeof(*threads));
    if (pool == NULL || threads == NULL) {
        free(pool);
        free(threads);
        err_set(err, ERR_MEMORY, "no memory for the readers");
        return NULL;
    }
    pool->threads = threads;
    pool->queue_limit = queue_limit;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->filled, NULL);
    for (size_t i = 0; i < thread_count; i++) {
        if (!start_thread(pool, db, err)) {
            reader_pool_free(pool);
            return NULL;
        }
    }
    return pool;
}

void
reader_pool_free(struct reader_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i].thread, NULL);
        reader_close(&pool->threads[i].reader);
    }
    pthread_cond_destroy(&pool->filled);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->threads);
    free(pool);
}

bool
reader_pool_submit(struct reader_pool *pool, struct reader_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&pool->mutex);
    bool accepted = !pool->stopping && atomic_load_explicit(&pool->waiting, memory_order_relaxed) < pool->queue_limit;
    if (accepted) {
        if (pool->last == NULL)
            pool->first = job;
        else
            pool->last->next = job;
        pool->last = job;
        atomic_fetch_add_explicit(&pool->waiting, 1, memory_order_relaxed);
        pthread_cond_signal(&pool->filled);
    }
    pthread_mutex_unlock(&pool->mutex);
    return accepted;
}

size_t
reader_pool_waiting(const struct reader_pool *pool)
{
    return atomic_load_explicit(&pool->waiting, memory_order_relaxed);
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
