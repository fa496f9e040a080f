/* The simulated disk: that it is a disk, that cuts really cut, and that what SQLite promises survives them. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/db.h"
#include "tests/sim/fault_vfs.h"

enum { COMMITS = 24, SEEDS = 6 };

static const char schema[] =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, payload BLOB, amount INTEGER) STRICT;"
    "CREATE INDEX item_by_payload ON item (payload);";

struct store {
    struct db *db;
    struct db_connection *writer;
};

static enum db_status
store_open(struct store *store, struct fault_disk *disk, int synchronous, struct err *err)
{
    *store = (struct store){0};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "sqlite:test.db";
    settings.vfs = fault_disk_vfs(disk);
    settings.synchronous = synchronous;
    settings.wal_limit = 10 * 4096; /* checkpoints are part of what is cut */
    assert_int_equal(db_open(&settings, &store->db, err), DB_OK);
    return db_connect(store->db, DB_WRITER, &store->writer, err);
}

static void
store_close(struct store *store)
{
    db_disconnect(store->writer);
    db_close(store->db);
}

static void
store_make(struct fault_disk *disk)
{
    struct store store;
    struct err err;
    assert_int_equal(store_open(&store, disk, 2, &err), DB_OK);
    assert_int_equal(db_begin(store.writer, &err), DB_OK);
    assert_int_equal(db_script(store.writer, schema, &err), DB_OK);
    assert_int_equal(db_commit(store.writer, &err), DB_OK);
    store_close(&store);
}

static enum db_status
add_item(struct store *store, int64_t id, struct err *err)
{
    unsigned char payload[300];
    memset(payload, (int)(id * 37 % 251), sizeof(payload));
    struct db_value values[] = {db_int(id), db_text(STR("item")), db_bytes(payload, sizeof(payload)), db_int(id)};
    enum db_status status = db_begin(store->writer, err);
    if (status == DB_OK)
        status = db_run(store->writer, STMT_ITEM_INSERT, values, 4, NULL, err);
    if (status == DB_OK)
        status = db_commit(store->writer, err);
    if (status != DB_OK)
        (void)db_rollback(store->writer, &(struct err){0});
    return status;
}

/* Commits items 1..COMMITS; acknowledged[k] is the number of changes to the disk when item k+1 was durable. */
static void
work(struct fault_disk *disk, int synchronous, uint64_t *acknowledged)
{
    struct store store;
    struct err err;
    assert_int_equal(store_open(&store, disk, synchronous, &err), DB_OK);
    for (int64_t id = 1; id <= COMMITS; id++) {
        assert_int_equal(add_item(&store, id, &err), DB_OK);
        acknowledged[id - 1] = fault_disk_op_count(disk);
        assert_int_equal(db_maintain(store.writer, &err), DB_OK);
    }
    store_close(&store);
}

static int64_t
item_count(struct db_connection *connection)
{
    struct err err;
    struct db_rows *rows;
    int64_t found = -1;
    if (db_query(connection, STMT_ITEM_COUNT, NULL, 0, &rows, &err) != DB_OK)
        return -1;
    if (db_next(rows, &err) == DB_ROW)
        found = db_column_i64(rows, 0);
    db_finish(rows);
    return found;
}

/* Opens what a cut left. -1 when it is damaged; otherwise n, when items 1..n are there and no others. */
static int64_t
survivors(struct fault_disk *disk)
{
    struct store store;
    struct err err = {0};
    int64_t found = -1;
    if (store_open(&store, disk, 2, &err) == DB_OK) {
        if (db_verify(store.writer, &err) == DB_OK)
            found = item_count(store.writer);
    }
    store_close(&store);
    return found;
}

struct tally {
    int cuts;
    int lost;    /* fewer items than were acknowledged */
    int damaged; /* can't be opened, or fails its own check */
};

static struct tally
cut_everywhere(struct fault_disk *disk, const uint64_t *acknowledged)
{
    struct tally tally = {0};
    for (uint64_t op = 0; op <= fault_disk_op_count(disk); op++) {
        int64_t expected = 0;
        while (expected < COMMITS && acknowledged[expected] <= op)
            expected++;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct fault_disk *cut = fault_disk_after_cut(disk, op, seed);
            int64_t found = survivors(cut);
            fault_disk_free(cut);
            tally.cuts++;
            tally.damaged += found < 0;
            tally.lost += found >= 0 && found < expected;
        }
    }
    return tally;
}

static struct tally
trial(int synchronous)
{
    struct fault_disk *disk = fault_disk_new();
    uint64_t acknowledged[COMMITS];
    store_make(disk);
    fault_disk_settle(disk);
    work(disk, synchronous, acknowledged);
    assert_true(synchronous != 2 || fault_disk_sync_count(disk) > COMMITS + 4); /* with those of checkpoints */
    struct tally tally = cut_everywhere(disk, acknowledged);
    printf("# synchronous %d: %llu changes, %d cuts, %d lost, %d damaged\n", synchronous,
           (unsigned long long)fault_disk_op_count(disk), tally.cuts, tally.lost, tally.damaged);
    fault_disk_free(disk);
    return tally;
}

static void
with_full_every_cut_keeps_what_was_acknowledged(void **state)
{
    (void)state;
    struct tally tally = trial(2);
    assert_true(tally.cuts > 500);
    assert_int_equal(tally.lost, 0);
    assert_int_equal(tally.damaged, 0);
}

static void
with_normal_cuts_lose_commits_but_damage_nothing(void **state)
{
    (void)state;
    struct tally tally = trial(1);
    assert_true(tally.lost > 0);
    assert_int_equal(tally.damaged, 0);
}

static void
with_off_cuts_lose_commits_and_damage_databases(void **state)
{
    (void)state;
    struct tally tally = trial(0);
    assert_true(tally.lost > 0);
    assert_true(tally.damaged > 0);
}

static void
a_database_survives_cuts_while_it_is_made(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    store_make(disk);
    for (uint64_t op = 0; op <= fault_disk_op_count(disk); op++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct fault_disk *cut = fault_disk_after_cut(disk, op, seed);
            struct store store;
            struct err err;
            assert_int_equal(store_open(&store, cut, 2, &err), DB_OK);
            assert_int_equal(db_verify(store.writer, &err), DB_OK);
            store_close(&store);
            fault_disk_free(cut);
        }
    }
    fault_disk_free(disk);
}

/* --- The model --- */

static sqlite3_file *
raw_open(struct fault_disk *disk, const char *name, int flags)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(fault_disk_vfs(disk));
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(file);
    assert_int_equal(vfs->xOpen(vfs, name, file, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    return file;
}

static void
raw_close(sqlite3_file *file)
{
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
    free(file);
}

static void
raw_fill(sqlite3_file *file, uint64_t offset, int len, char with)
{
    char bytes[8192];
    memset(bytes, with, sizeof(bytes));
    assert_int_equal(file->pMethods->xWrite(file, bytes, len, (sqlite3_int64)offset), SQLITE_OK);
}

/* Which of the letters of `alphabet` the sector holds, over many cuts: a bit per letter, and bit 30 for zeros. */
static unsigned
seen_in_sector(struct fault_disk *disk, uint64_t op, uint64_t offset, const char *alphabet)
{
    unsigned seen = 0;
    for (uint64_t seed = 0; seed < 64; seed++) {
        struct fault_disk *cut = fault_disk_after_cut(disk, op, seed);
        char sector[FAULT_SECTOR] = {0};
        (void)fault_disk_read(cut, "file", offset, sector, sizeof(sector));
        for (size_t i = 1; i < sizeof(sector); i++)
            assert_int_equal(sector[i], sector[0]); /* never torn inside a sector */
        const char *at = strchr(alphabet, sector[0]);
        seen |= sector[0] == '\0' ? 1u << 30 : 1u << (at - alphabet);
        fault_disk_free(cut);
    }
    return seen;
}

static void
an_unsynced_sector_holds_any_of_its_versions(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    sqlite3_file *file = raw_open(disk, "file", SQLITE_OPEN_WAL);
    raw_fill(file, 0, 2048, 'a');
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    uint64_t synced = fault_disk_op_count(disk);
    raw_fill(file, 512, 1024, 'b');
    raw_fill(file, 512, 512, 'c');
    uint64_t end = fault_disk_op_count(disk);
    assert_int_equal(seen_in_sector(disk, synced, 512, "abc"), 1);
    assert_int_equal(seen_in_sector(disk, end, 0, "abc"), 1);
    assert_int_equal(seen_in_sector(disk, end, 512, "abc"), 7);
    assert_int_equal(seen_in_sector(disk, end, 1024, "abc"), 3);
    assert_int_equal(seen_in_sector(disk, end, 1536, "abc"), 1);
    raw_close(file);
    fault_disk_free(disk);
}

static void
sizes_and_names_are_durable_only_when_synced(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    sqlite3_file *file = raw_open(disk, "file", SQLITE_OPEN_MAIN_DB);
    raw_fill(file, 0, 1024, 'a');
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    unsigned sizes = 0;
    for (uint64_t seed = 0; seed < 32; seed++) {
        struct fault_disk *cut = fault_disk_after_cut(disk, fault_disk_op_count(disk), seed);
        sizes |= fault_disk_read(cut, "file", 0, NULL, 0) < 0 ? 1 : 2;
        fault_disk_free(cut);
    }
    assert_int_equal(sizes, 3); /* a database file's first sync leaves its name to chance */
    fault_disk_settle(disk);
    assert_int_equal(file->pMethods->xTruncate(file, 512), SQLITE_OK);
    raw_fill(file, 512, 1536, 'b');
    sizes = 0;
    for (uint64_t seed = 0; seed < 64; seed++) {
        struct fault_disk *cut = fault_disk_after_cut(disk, fault_disk_op_count(disk), seed);
        sizes |= 1u << fault_disk_read(cut, "file", 0, NULL, 0) / 512;
        fault_disk_free(cut);
    }
    assert_int_equal(sizes, 1 << 1 | 1 << 2 | 1 << 4);
    raw_close(file);
    fault_disk_free(disk);
}

static void
a_failed_sync_loses_what_no_later_sync_brings_back(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    sqlite3_file *file = raw_open(disk, "file", SQLITE_OPEN_WAL);
    raw_fill(file, 0, 512, 'a');
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    raw_fill(file, 0, 512, 'b');
    fault_disk_fail_sync(disk, 1);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_IOERR_FSYNC);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    char shown = 0;
    (void)fault_disk_read(disk, "file", 0, &shown, 1);
    assert_int_equal(shown, 'b');
    assert_int_equal(seen_in_sector(disk, fault_disk_op_count(disk), 0, "ab"), 3);
    raw_fill(file, 0, 512, 'b');
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(seen_in_sector(disk, fault_disk_op_count(disk), 0, "ab"), 2);
    raw_close(file);
    fault_disk_free(disk);
}

static void
a_killed_process_leaves_its_writes_to_the_machine(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    sqlite3_file *file = raw_open(disk, "file", SQLITE_OPEN_WAL);
    raw_fill(file, 0, 512, 'a');
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    raw_fill(file, 0, 512, 'b');
    struct fault_disk *next = fault_disk_after_kill(disk, fault_disk_op_count(disk));
    char shown = 0;
    (void)fault_disk_read(next, "file", 0, &shown, 1);
    assert_int_equal(shown, 'b');
    assert_int_equal(seen_in_sector(next, fault_disk_op_count(next), 0, "ab"), 3);
    raw_close(file);
    fault_disk_free(next);
    fault_disk_free(disk);
}

static void
after_a_halt_nothing_works(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    store_make(disk);
    fault_disk_settle(disk);
    struct store store;
    struct err err;
    assert_int_equal(store_open(&store, disk, 2, &err), DB_OK);
    assert_int_equal(add_item(&store, 1, &err), DB_OK);
    fault_disk_halt_at(disk, 2);
    assert_int_not_equal(add_item(&store, 2, &err), DB_OK);
    assert_int_not_equal(add_item(&store, 3, &err), DB_OK);
    store_close(&store);
    struct fault_disk *cut = fault_disk_after_cut(disk, fault_disk_op_count(disk), 0);
    assert_int_equal(survivors(cut), 1);
    fault_disk_free(cut);
    fault_disk_free(disk);
}

/* --- Waiting for a lock --- */

enum { PATIENCE_MS = 50 };

/* How long SQLite waits for a lock that is not given back, with a patience of PATIENCE_MS. */
static int64_t
wait_for_lock_ms(struct fault_disk *disk)
{
    sqlite3 *handle;
    struct timespec before, after;
    assert_int_equal(sqlite3_open_v2("test.db", &handle, SQLITE_OPEN_READWRITE, fault_disk_vfs(disk)), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(handle, PATIENCE_MS), SQLITE_OK);
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(sqlite3_close(handle), SQLITE_OK);
    return (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void *
wait_on_a_thread(void *context)
{
    static int64_t waited_ms;
    waited_ms = wait_for_lock_ms(context);
    return &waited_ms;
}

/* Without it a reader gives up within microseconds, while the writer in its way was never scheduled: now and then
 * SQLITE_PROTOCOL on a busy machine. */
static void
a_lock_of_another_thread_is_waited_for_as_long_as_was_asked(void **state)
{
    (void)state;
    struct fault_disk *disk = fault_disk_new();
    struct store store;
    struct err err;
    assert_int_equal(store_open(&store, disk, 2, &err), DB_OK);
    assert_int_equal(db_begin(store.writer, &err), DB_OK);
    pthread_t thread;
    void *waited_ms;
    assert_int_equal(pthread_create(&thread, NULL, wait_on_a_thread, disk), 0);
    assert_int_equal(pthread_join(thread, &waited_ms), 0);
    assert_true(*(int64_t *)waited_ms >= PATIENCE_MS);
    assert_int_equal(db_rollback(store.writer, &err), DB_OK);
    store_close(&store);
    fault_disk_free(disk);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unsynced_sector_holds_any_of_its_versions),
        cmocka_unit_test(sizes_and_names_are_durable_only_when_synced),
        cmocka_unit_test(a_failed_sync_loses_what_no_later_sync_brings_back),
        cmocka_unit_test(a_killed_process_leaves_its_writes_to_the_machine),
        cmocka_unit_test(after_a_halt_nothing_works),
        cmocka_unit_test(a_lock_of_another_thread_is_waited_for_as_long_as_was_asked),
        cmocka_unit_test(with_full_every_cut_keeps_what_was_acknowledged),
        cmocka_unit_test(with_normal_cuts_lose_commits_but_damage_nothing),
        cmocka_unit_test(with_off_cuts_lose_commits_and_damage_databases),
        cmocka_unit_test(a_database_survives_cuts_while_it_is_made),
    };
    return test_run("sim/fault_vfs", tests);
}
