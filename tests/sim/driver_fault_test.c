/* The SQLite driver on a disk that fails: what each failure is called, and that what was said stays true. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "tests/sim/fault_vfs.h"

static const char schema[] =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, payload BLOB, amount INTEGER) STRICT;";

struct fixture {
    struct fault_disk *disk;
    struct db *db;
    struct db_connection *writer;
    struct db_connection *reader;
    struct err err;
};

#define assert_status(got, expected) assert_string_equal(db_status_name(got), db_status_name(expected))

static void
open_on(struct fixture *f, struct fault_disk *disk)
{
    *f = (struct fixture){.disk = disk};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "sqlite:test.db";
    settings.vfs = fault_disk_vfs(disk);
    settings.wal_limit = 64 * 4096;
    assert_status(db_open(&settings, &f->db, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
}

static void
leave(struct fixture *f)
{
    db_disconnect(f->reader);
    db_disconnect(f->writer);
    db_close(f->db);
    f->reader = f->writer = NULL;
    f->db = NULL;
}

static enum db_status
insert(struct fixture *f, int64_t id, size_t payload_len)
{
    static char payload[200000];
    assert_true(payload_len <= sizeof(payload));
    struct db_value values[] = {db_int(id), db_null(), db_bytes(payload, payload_len), db_null()};
    return db_run(f->writer, STMT_ITEM_INSERT, values, 4, NULL, &f->err);
}

static enum db_status
add(struct fixture *f, int64_t id)
{
    enum db_status status = db_begin(f->writer, &f->err);
    if (status == DB_OK)
        status = insert(f, id, 100);
    if (status == DB_OK)
        status = db_commit(f->writer, &f->err);
    return status;
}

static enum db_status
try_count(struct db_connection *connection, int64_t *ret_count)
{
    struct err err;
    struct db_rows *rows;
    enum db_status status = db_query(connection, STMT_ITEM_COUNT, NULL, 0, &rows, &err);
    if (status != DB_OK)
        return status;
    status = db_next(rows, &err);
    if (status == DB_ROW)
        *ret_count = db_column_i64(rows, 0);
    db_finish(rows);
    return status;
}

static int64_t
count(struct db_connection *connection)
{
    int64_t found;
    assert_status(try_count(connection, &found), DB_ROW);
    return found;
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    open_on(f, fault_disk_new());
    assert_status(db_begin(f->writer, &f->err), DB_OK);
    assert_status(db_script(f->writer, schema, &f->err), DB_OK);
    assert_status(db_commit(f->writer, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_READER, &f->reader, &f->err), DB_OK);
    assert_status(add(f, 1), DB_OK);
    fault_disk_settle(f->disk);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    leave(f);
    fault_disk_free(f->disk);
    free(f);
    return 0;
}

/* --- No space --- */

static void
a_commit_without_space_is_full_and_has_not_happened(void **state)
{
    struct fixture *f = *state;
    for (uint64_t nth = 1; nth <= 2; nth++) {
        fault_disk_full_from_write(f->disk, nth);
        assert_status(add(f, 2), DB_FULL);
        assert_int_equal(f->err.kind, ERR_FULL);
        assert_false(db_in_transaction(f->writer));
        assert_status(db_rollback(f->writer, &f->err), DB_OK);
        assert_int_equal(count(f->reader), 1);
        assert_int_equal(count(f->writer), 1);
    }
    struct fault_disk *next = fault_disk_after_kill(f->disk, fault_disk_op_count(f->disk));
    struct fixture restarted;
    open_on(&restarted, next);
    assert_int_equal(count(restarted.writer), 1);
    leave(&restarted);
    fault_disk_free(next);
    fault_disk_full_from_write(f->disk, 0);
    assert_status(add(f, 2), DB_OK);
    assert_int_equal(count(f->reader), 2);
}

/* A transaction larger than the page cache writes before its commit; SQLite then ends all of it, savepoints or not. */
static void
space_that_ends_inside_a_savepoint_ends_the_whole_transaction(void **state)
{
    struct fixture *f = *state;
    assert_status(db_begin(f->writer, &f->err), DB_OK);
    assert_status(insert(f, 2, 100), DB_OK);
    assert_status(db_savepoint(f->writer, &f->err), DB_OK);
    fault_disk_full_from_write(f->disk, 1);
    enum db_status status = DB_OK;
    for (int64_t id = 3; status == DB_OK && id < 500; id++)
        status = insert(f, id, 200000);
    assert_status(status, DB_FULL);
    assert_false(db_in_transaction(f->writer));
    fault_disk_full_from_write(f->disk, 0);
    assert_int_equal(count(f->writer), 1);
    assert_status(add(f, 2), DB_OK);
    assert_int_equal(count(f->reader), 2);
}

static void
a_checkpoint_without_space_loses_nothing(void **state)
{
    struct fixture *f = *state;
    int64_t id = 2;
    for (; fault_disk_write_count(f->disk) < 9000; id++)
        assert_status(add(f, id), DB_OK);
    fault_disk_full_from_write(f->disk, 1);
    assert_status(db_maintain(f->writer, &f->err), DB_FULL);
    assert_int_equal(count(f->reader), id - 1);
    fault_disk_full_from_write(f->disk, 0);
    assert_status(db_maintain(f->writer, &f->err), DB_OK);
    assert_status(add(f, id), DB_OK);
    assert_int_equal(count(f->reader), id);
    assert_status(db_verify(f->reader, &f->err), DB_OK);
}

/* --- Errors of the disk --- */

static void
a_commit_whose_sync_fails_is_unknown(void **state)
{
    struct fixture *f = *state;
    fault_disk_fail_sync(f->disk, 1);
    assert_status(add(f, 2), DB_UNKNOWN);
    assert_int_equal(f->err.kind, ERR_IO);
    assert_int_equal(err_exit_code(&f->err), 74);
    assert_false(db_in_transaction(f->writer));
    struct fault_disk *next = fault_disk_after_kill(f->disk, fault_disk_op_count(f->disk));
    struct fixture restarted;
    open_on(&restarted, next);
    assert_int_equal(count(restarted.writer), 2); /* unknown, and this time it did happen */
    leave(&restarted);
    fault_disk_free(next);
}

/* What the process that starts after a failed sync reads and answers from must outlive a power cut, although the
 * machine believes that it wrote it all. */
static void
what_a_restart_finds_after_a_failed_sync_survives_a_cut(void **state)
{
    struct fixture *f = *state;
    fault_disk_fail_sync(f->disk, 1);
    assert_status(add(f, 2), DB_UNKNOWN);
    struct fault_disk *next = fault_disk_after_kill(f->disk, fault_disk_op_count(f->disk));
    struct fixture restarted;
    open_on(&restarted, next);
    int64_t found = count(restarted.writer);
    uint64_t answered = fault_disk_op_count(next);
    leave(&restarted); /* checkpoints */
    for (uint64_t op = answered; op <= fault_disk_op_count(next); op++) {
        for (uint64_t seed = 0; seed < 16; seed++) {
            struct fault_disk *cut = fault_disk_after_cut(next, op, seed);
            struct fixture after;
            open_on(&after, cut);
            assert_status(db_verify(after.writer, &after.err), DB_OK);
            assert_int_equal(count(after.writer), found);
            leave(&after);
            fault_disk_free(cut);
        }
    }
    fault_disk_free(next);
}

/* Each write of a transaction fails once: never a part of it, and never "ok". */
static void
a_failing_write_at_any_point_is_told_and_leaves_all_or_nothing(void **state)
{
    struct fixture *f = *state;
    struct fault_disk *whole = fault_disk_after_kill(f->disk, fault_disk_op_count(f->disk));
    int failures = 0;
    for (uint64_t nth = 1;; nth++) {
        struct fault_disk *disk = fault_disk_after_kill(whole, 0);
        struct fixture trial;
        open_on(&trial, disk);
        fault_disk_fail_write(disk, nth);
        assert_status(db_begin(trial.writer, &trial.err), DB_OK);
        assert_status(insert(&trial, 2, 20000), DB_OK);
        assert_status(insert(&trial, 3, 20000), DB_OK);
        enum db_status status = db_commit(trial.writer, &trial.err);
        struct fault_disk *next = fault_disk_after_kill(disk, fault_disk_op_count(disk));
        leave(&trial);
        struct fixture restarted;
        open_on(&restarted, next);
        int64_t found = count(restarted.writer);
        assert_true(status == DB_OK || status == DB_UNKNOWN);
        assert_true(found == 3 || (found == 1 && status != DB_OK));
        leave(&restarted);
        fault_disk_free(next);
        fault_disk_free(disk);
        if (status == DB_OK)
            break;
        failures++;
    }
    fault_disk_free(whole);
    assert_true(failures >= 10);
}

static void
a_log_that_cannot_be_written_again_refuses_the_start(void **state)
{
    struct fixture *f = *state;
    struct fault_disk *next = fault_disk_after_kill(f->disk, 0);
    struct db *db;
    struct db_connection *writer;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "sqlite:test.db";
    settings.vfs = fault_disk_vfs(next);
    assert_status(db_open(&settings, &db, &f->err), DB_OK);
    fault_disk_fail_sync(next, 1);
    assert_status(db_connect(db, DB_WRITER, &writer, &f->err), DB_FAILED);
    assert_int_equal(f->err.kind, ERR_IO);
    assert_status(db_connect(db, DB_WRITER, &writer, &f->err), DB_OK);
    assert_int_equal(count(writer), 1);
    db_disconnect(writer);
    db_close(db);
    fault_disk_free(next);
}

/* --- Who checkpoints --- */

static void
readers_change_nothing_on_the_disk(void **state)
{
    struct fixture *f = *state;
    for (int64_t id = 2; id < 50; id++)
        assert_status(add(f, id), DB_OK);
    db_disconnect(f->writer);
    f->writer = NULL;
    fault_disk_settle(f->disk);
    struct fault_disk *next = fault_disk_after_kill(f->disk, 0);
    struct db *db;
    struct db_connection *reader;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "sqlite:test.db";
    settings.vfs = fault_disk_vfs(next);
    settings.create = false;
    assert_status(db_open(&settings, &db, &f->err), DB_OK);
    assert_status(db_connect(db, DB_READER, &reader, &f->err), DB_OK);
    assert_int_equal(count(reader), 49);
    db_disconnect(reader);
    db_close(db);
    assert_int_equal(fault_disk_op_count(next), 0);
    fault_disk_free(next);
}

static void
a_log_above_its_limit_is_begun_anew_once_readers_let_it(void **state)
{
    struct fixture *f = *state;
    leave(f);
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "sqlite:test.db";
    settings.vfs = fault_disk_vfs(f->disk);
    settings.wal_limit = 100 * 4096;
    assert_status(db_open(&settings, &f->db, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_READER, &f->reader, &f->err), DB_OK);
    assert_status(db_begin(f->reader, &f->err), DB_OK);
    assert_int_equal(count(f->reader), 1);
    int64_t id = 2;
    for (; id < 400; id++) {
        assert_status(add(f, id), DB_OK);
        assert_status(db_maintain(f->writer, &f->err), DB_OK);
    }
    int64_t held = fault_disk_read(f->disk, "test.db-wal", 0, NULL, 0);
    assert_true(held > 300 * 4096); /* it could not: the reader still needs it */
    assert_int_equal(count(f->reader), 1);
    assert_status(db_commit(f->reader, &f->err), DB_OK);
    for (; id < 2000; id++) {
        assert_status(add(f, id), DB_OK);
        assert_status(db_maintain(f->writer, &f->err), DB_OK);
    }
    assert_true(fault_disk_read(f->disk, "test.db-wal", 0, NULL, 0) < held + 200 * 4096);
    assert_int_equal(count(f->reader), id - 1);
}

/* --- A slow disk --- */

struct slow {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool syncing; /* a sync has begun, and waits */
    bool go_on;
    struct fixture *f;
};

static void
wait_in_sync(void *context, enum fault_kind kind, uint64_t op)
{
    (void)op;
    struct slow *slow = context;
    if (kind != FAULT_SYNC)
        return;
    (void)pthread_mutex_lock(&slow->mutex);
    slow->syncing = true;
    (void)pthread_cond_broadcast(&slow->changed);
    while (!slow->go_on)
        (void)pthread_cond_wait(&slow->changed, &slow->mutex);
    (void)pthread_mutex_unlock(&slow->mutex);
}

static void *
add_slowly(void *context)
{
    struct slow *slow = context;
    return add(slow->f, 2) == DB_OK ? slow : NULL;
}

static void
reads_go_on_while_a_sync_takes_its_time(void **state)
{
    struct fixture *f = *state;
    struct slow slow = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .f = f};
    fault_disk_watch(f->disk, wait_in_sync, &slow);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, add_slowly, &slow), 0);
    (void)pthread_mutex_lock(&slow.mutex);
    while (!slow.syncing)
        (void)pthread_cond_wait(&slow.changed, &slow.mutex);
    (void)pthread_mutex_unlock(&slow.mutex);
    for (int i = 0; i < 100; i++)
        assert_int_equal(count(f->reader), 1); /* what is not durable is not seen */
    (void)pthread_mutex_lock(&slow.mutex);
    slow.go_on = true;
    (void)pthread_cond_broadcast(&slow.changed);
    (void)pthread_mutex_unlock(&slow.mutex);
    void *result = NULL;
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_non_null(result);
    assert_int_equal(count(f->reader), 2);
    fault_disk_watch(f->disk, NULL, NULL);
}

/* --- Several threads --- */

enum { READERS = 3, PAIRS = 200 };

/* An assertion that fails on another thread than the test's ends the process without a word: what was seen is kept. */
struct watcher {
    struct db_connection *reader;
    atomic_bool *done;
    sem_t *looked;         /* once the first look is over */
    enum db_status status; /* DB_ROW, or how a look failed, which is then the last */
    bool whole;            /* every count was even and not below the one before */
    int64_t last;
};

static void
look_once(struct watcher *watcher)
{
    int64_t found = 0;
    watcher->status = try_count(watcher->reader, &found);
    watcher->whole = watcher->whole && found % 2 == 0 && found >= watcher->last;
    watcher->last = found;
}

static void *
look(void *context)
{
    struct watcher *watcher = context;
    look_once(watcher);
    (void)sem_post(watcher->looked);
    bool done = false;
    while (!done && watcher->status == DB_ROW) {
        done = atomic_load(watcher->done);
        look_once(watcher);
    }
    return NULL;
}

static enum db_status
add_pairs(struct fixture *f)
{
    enum db_status status = DB_OK;
    for (int64_t pair = 0; status == DB_OK && pair < PAIRS; pair++) {
        status = db_begin(f->writer, &f->err);
        if (status == DB_OK)
            status = insert(f, 10 + 2 * pair, 3000);
        if (status == DB_OK)
            status = insert(f, 11 + 2 * pair, 3000);
        if (status == DB_OK)
            status = db_commit(f->writer, &f->err);
        if (status == DB_OK)
            status = db_maintain(f->writer, &f->err);
    }
    return status;
}

static void
readers_on_threads_of_their_own_see_whole_commits(void **state)
{
    struct fixture *f = *state;
    atomic_bool done = false;
    sem_t looked;
    struct watcher watchers[READERS];
    pthread_t threads[READERS];
    assert_status(add(f, 2), DB_OK);
    assert_int_equal(sem_init(&looked, 0, 0), 0);
    for (int i = 0; i < READERS; i++) {
        watchers[i] = (struct watcher){.done = &done, .looked = &looked, .whole = true};
        assert_status(db_connect(f->db, DB_READER, &watchers[i].reader, &f->err), DB_OK);
        assert_int_equal(pthread_create(&threads[i], NULL, look, &watchers[i]), 0);
    }
    for (int i = 0; i < READERS; i++)
        assert_int_equal(sem_wait(&looked), 0);
    enum db_status status = add_pairs(f);
    atomic_store(&done, true);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        db_disconnect(watchers[i].reader);
    }
    assert_int_equal(sem_destroy(&looked), 0);
    assert_status(status, DB_OK);
    for (int i = 0; i < READERS; i++) {
        assert_status(watchers[i].status, DB_ROW);
        assert_true(watchers[i].whole);
        assert_int_equal(watchers[i].last, 2 + 2 * PAIRS);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_commit_without_space_is_full_and_has_not_happened),
        TEST(space_that_ends_inside_a_savepoint_ends_the_whole_transaction),
        TEST(a_checkpoint_without_space_loses_nothing),
        TEST(a_commit_whose_sync_fails_is_unknown),
        TEST(what_a_restart_finds_after_a_failed_sync_survives_a_cut),
        TEST(a_failing_write_at_any_point_is_told_and_leaves_all_or_nothing),
        TEST(a_log_that_cannot_be_written_again_refuses_the_start),
        TEST(readers_change_nothing_on_the_disk),
        TEST(a_log_above_its_limit_is_begun_anew_once_readers_let_it),
        TEST(reads_go_on_while_a_sync_takes_its_time),
        TEST(readers_on_threads_of_their_own_see_whole_commits),
    };
    return test_run("sim/driver_fault", tests);
}
