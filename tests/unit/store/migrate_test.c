/* Migrations: that they apply once, in order, all or nothing, and what they refuse. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/migrate.h"
#include "tests/sim/fault_vfs.h"

#define SCRIPT(number, name, sql)                                                                                      \
    {                                                                                                                  \
        number, name, sql, sizeof(sql) - 1                                                                             \
    }

static const char record[] =
    "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL,"
    " applied_at INTEGER NOT NULL) STRICT;";

static const struct migration scripts[] = {
    {0, "migration", record, sizeof(record) - 1},
    SCRIPT(1, "room",
           "CREATE TABLE room (id INTEGER PRIMARY KEY, floor INTEGER) STRICT; INSERT INTO room VALUES (7, 1);"),
    SCRIPT(2, "key",
           "CREATE TABLE key (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room (id)) STRICT;"
           "INSERT INTO key VALUES (1, 7);"),
    /* rebuilds a table that another one refers to */
    SCRIPT(3, "room_name",
           "CREATE TABLE room_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
           "INSERT INTO room_new SELECT id, 'floor ' || floor FROM room; DROP TABLE room;"
           "ALTER TABLE room_new RENAME TO room;"),
};
static const struct migration_set all = {"sqlite", scripts, 4};
static const struct migration_set first = {"sqlite", scripts, 2};

struct fixture {
    struct fault_disk *disk;
    struct db *db;
    struct db_connection *writer;
    struct err err;
};

static void
open_on(struct fixture *f, struct fault_disk *disk)
{
    *f = (struct fixture){.disk = disk};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "sqlite:test.db";
    settings.vfs = fault_disk_vfs(disk);
    settings.busy_timeout_ms = 0;
    assert_int_equal(db_open(&settings, &f->db, &f->err), DB_OK);
    assert_int_equal(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
}

static void
leave(struct fixture *f)
{
    db_disconnect(f->writer);
    db_close(f->db);
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    open_on(f, fault_disk_new());
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

static void
run(struct fixture *f, const char *sql)
{
    if (db_script(f->writer, sql, &f->err) != DB_OK)
        fail_msg("%s", f->err.message);
}

static int
apply(struct fixture *f, const struct migration_set *set)
{
    int applied = -1;
    if (!migrate_apply_set(f->writer, set, 1700000000000, &applied, &f->err))
        fail_msg("%s", f->err.message);
    return applied;
}

static void
assert_refused(struct fixture *f, const struct migration_set *set, enum err_kind kind, const char *word)
{
    int applied = -1;
    f->err = (struct err){0};
    assert_false(migrate_apply_set(f->writer, set, 1, &applied, &f->err));
    assert_int_equal(f->err.kind, kind);
    if (strstr(f->err.message, word) == NULL)
        fail_msg("no \"%s\" in: %s", word, f->err.message);
    assert_false(db_in_transaction(f->writer));
}

static int
applied_count(struct fixture *f)
{
    struct migrate_status status;
    if (!migrate_status_of(f->writer, &all, &status, &f->err))
        fail_msg("%s", f->err.message);
    assert_int_equal(status.known_count, 3);
    return status.applied_count;
}

/* --- Applying --- */

static void
an_empty_database_gets_every_script_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(applied_count(f), 0);
    assert_int_equal(apply(f, &all), 3);
    assert_int_equal(applied_count(f), 3);
    assert_int_equal(apply(f, &all), 0);
    run(f, "SELECT name FROM room; SELECT room FROM key");
}

static void
an_older_database_gets_what_it_lacks(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(apply(f, &first), 1);
    assert_int_equal(applied_count(f), 1);
    assert_int_equal(apply(f, &all), 2);
    assert_int_equal(applied_count(f), 3);
}

static void
a_row_says_what_ran_and_when(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(apply(f, &first), 1);
    struct db_rows *rows;
    assert_int_equal(db_query(f->writer, STMT_MIGRATION_LIST, NULL, 0, &rows, &f->err), DB_OK);
    assert_int_equal(db_next(rows, &f->err), DB_ROW);
    assert_int_equal(db_column_i64(rows, 0), 1);
    assert_true(str_equal(db_column_str(rows, 1), STR("room")));
    assert_int_equal(db_column_str(rows, 2).len, 32);
    assert_int_equal(db_next(rows, &f->err), DB_NO_ROW);
    db_finish(rows);
    run(f, "CREATE TABLE seen (yes INTEGER CHECK (yes = 1)) STRICT;"
           "INSERT INTO seen SELECT applied_at = 1700000000000 FROM migration");
}

static void
foreign_keys_are_enforced_again_afterwards(void **state)
{
    struct fixture *f = *state;
    (void)apply(f, &all);
    assert_int_equal(db_begin(f->writer, &f->err), DB_OK);
    assert_int_equal(db_script(f->writer, "INSERT INTO key VALUES (2, 999)", &f->err), DB_CONFLICT);
    assert_int_equal(db_rollback(f->writer, &f->err), DB_OK);
}

/* --- Refusing --- */

static void
a_script_that_was_changed_after_it_ran_is_refused(void **state)
{
    struct fixture *f = *state;
    (void)apply(f, &all);
    struct migration changed[] = {scripts[0], scripts[1], SCRIPT(2, "key", "CREATE TABLE other (id INTEGER)"),
                                  scripts[3]};
    const struct migration_set set = {"sqlite", changed, 4};
    assert_refused(f, &set, ERR_DATA, "migration 2 (key)");
    struct migrate_status status;
    assert_false(migrate_status_of(f->writer, &set, &status, &f->err));
}

static void
a_newer_database_is_refused(void **state)
{
    struct fixture *f = *state;
    (void)apply(f, &all);
    assert_refused(f, &first, ERR_DATA, "newer");
}

static void
a_gap_in_the_record_is_refused(void **state)
{
    struct fixture *f = *state;
    (void)apply(f, &all);
    run(f, "DELETE FROM migration WHERE number = 2");
    assert_refused(f, &all, ERR_DATA, "not 2");
}

static void
another_programs_database_is_refused_and_left_alone(void **state)
{
    struct fixture *f = *state;
    run(f, "CREATE TABLE diary (entry TEXT)");
    assert_refused(f, &all, ERR_DATA, "another program");
    run(f, "CREATE TABLE room (id INTEGER); CREATE TABLE migration (id INTEGER)"); /* neither is there */
}

static void
a_script_that_fails_has_not_happened_and_those_before_it_have(void **state)
{
    struct fixture *f = *state;
    struct migration broken[] = {scripts[0], scripts[1],
                                 SCRIPT(2, "key", "CREATE TABLE half (id INTEGER); CREATE TABL whole (id INTEGER)")};
    const struct migration_set set = {"sqlite", broken, 3};
    assert_refused(f, &set, ERR_DATA, "migration 2 (key)");
    assert_int_equal(applied_count(f), 1);
    assert_int_equal(apply(f, &all), 2);
    run(f, "CREATE TABLE half (id INTEGER)");
}

static void
a_script_that_leaves_a_dangling_reference_has_not_happened(void **state)
{
    struct fixture *f = *state;
    struct migration broken[] = {scripts[0], scripts[1], scripts[2], SCRIPT(3, "empty", "DELETE FROM room")};
    const struct migration_set set = {"sqlite", broken, 4};
    assert_refused(f, &set, ERR_DATA, "key");
    assert_int_equal(applied_count(f), 2);
    assert_int_equal(apply(f, &all), 1);
}

static void
a_database_that_another_process_writes_to_is_unavailable(void **state)
{
    struct fixture *f = *state;
    struct fixture other;
    open_on(&other, f->disk);
    assert_int_equal(db_begin(other.writer, &other.err), DB_OK);
    assert_refused(f, &all, ERR_UNAVAILABLE, "another process");
    leave(&other);
    assert_int_equal(apply(f, &all), 3);
}

/* --- Breaking off --- */

static void
a_cut_anywhere_leaves_whole_steps_and_the_next_start_carries_on(void **state)
{
    struct fixture *f = *state;
    (void)apply(f, &all);
    uint64_t end = fault_disk_op_count(f->disk);
    bool seen[4] = {false};
    for (uint64_t op = 0; op <= end; op++) {
        for (uint64_t seed = 0; seed < 4; seed++) {
            struct fault_disk *cut = fault_disk_after_cut(f->disk, op, seed);
            struct fixture after;
            open_on(&after, cut);
            int applied = applied_count(&after);
            seen[applied] = true;
            assert_int_equal(apply(&after, &all), 3 - applied);
            run(&after, "SELECT name FROM room; SELECT room FROM key");
            assert_int_equal(db_verify(after.writer, &after.err), DB_OK);
            leave(&after);
            fault_disk_free(cut);
        }
    }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
}

static void
a_full_disk_anywhere_leaves_whole_steps(void **state)
{
    struct fixture *f = *state;
    struct fault_disk *empty = fault_disk_after_kill(f->disk, fault_disk_op_count(f->disk));
    bool done = false;
    for (uint64_t nth = 1; !done; nth++) {
        struct fault_disk *disk = fault_disk_after_kill(empty, fault_disk_op_count(empty));
        struct fixture trial;
        open_on(&trial, disk);
        fault_disk_full_from_write(disk, nth);
        int applied = -1;
        done = migrate_apply_set(trial.writer, &all, 1, &applied, &trial.err);
        if (!done)
            assert_int_equal(trial.err.kind, ERR_FULL);
        fault_disk_full_from_write(disk, 0);
        int found = applied_count(&trial);
        assert_true(found == applied);
        assert_int_equal(apply(&trial, &all), 3 - found);
        leave(&trial);
        fault_disk_free(disk);
    }
    fault_disk_free(empty);
}

/* --- What ships --- */

static void
the_shipped_scripts_apply_and_every_statement_prepares_on_them(void **state)
{
    struct fixture *f = *state;
    int applied = 0;
    if (!migrate_apply(f->writer, 1700000000000, &applied, &f->err))
        fail_msg("%s", f->err.message);
    assert_int_equal(applied, migrations_sqlite.count - 1);
    if (db_check_statements(f->writer, &f->err) != DB_OK)
        fail_msg("%s", f->err.message);
    struct migrate_status status;
    assert_true(migrate_status(f->writer, &status, &f->err));
    assert_int_equal(status.applied_count, status.known_count);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_database_gets_every_script_once),
        TEST(an_older_database_gets_what_it_lacks),
        TEST(a_row_says_what_ran_and_when),
        TEST(foreign_keys_are_enforced_again_afterwards),
        TEST(a_script_that_was_changed_after_it_ran_is_refused),
        TEST(a_newer_database_is_refused),
        TEST(a_gap_in_the_record_is_refused),
        TEST(another_programs_database_is_refused_and_left_alone),
        TEST(a_script_that_fails_has_not_happened_and_those_before_it_have),
        TEST(a_script_that_leaves_a_dangling_reference_has_not_happened),
        TEST(a_database_that_another_process_writes_to_is_unavailable),
        TEST(a_cut_anywhere_leaves_whole_steps_and_the_next_start_carries_on),
        TEST(a_full_disk_anywhere_leaves_whole_steps),
        TEST(the_shipped_scripts_apply_and_every_statement_prepares_on_them),
    };
    return test_run("store/migrate", tests);
}
