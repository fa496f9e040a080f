/* What every driver must do, whatever its engine; each test has a database of its own. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/contract/engine.h"
#include "tests/support/death.h"

struct fixture {
    struct place place;
    struct db *db;
    struct db_connection *writer;
    struct db_connection *reader;
    struct err err;
};

#define assert_status(got, expected) assert_string_equal(db_status_name(got), db_status_name(expected))

/* --- Short words for what the tests do all the time --- */

static void
begin(struct db_connection *connection)
{
    struct err err;
    assert_status(db_begin(connection, &err), DB_OK);
}

static void
commit(struct db_connection *connection)
{
    struct err err;
    assert_status(db_commit(connection, &err), DB_OK);
}

static void
rollback(struct db_connection *connection)
{
    struct err err;
    assert_status(db_rollback(connection, &err), DB_OK);
}

static enum db_status
insert(struct db_connection *connection, int64_t id, const char *name)
{
    struct err err = {0};
    struct db_value values[] = {db_int(id), name == NULL ? db_null() : db_text(str_from(name)), db_null(), db_null()};
    return db_run(connection, STMT_ITEM_INSERT, values, 4, NULL, &err);
}

static int64_t
count(struct db_connection *connection)
{
    struct err err;
    struct db_rows *rows;
    assert_status(db_query(connection, STMT_ITEM_COUNT, NULL, 0, &rows, &err), DB_OK);
    assert_status(db_next(rows, &err), DB_ROW);
    int64_t found = db_column_i64(rows, 0);
    assert_status(db_next(rows, &err), DB_NO_ROW);
    db_finish(rows);
    return found;
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    engine.place_init(&f->place);
    assert_status(db_open(&f->place.settings, &f->db, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
    assert_status(db_begin(f->writer, &f->err), DB_OK);
    assert_status(db_script(f->writer, engine.schema, &f->err), DB_OK);
    assert_status(db_commit(f->writer, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_READER, &f->reader, &f->err), DB_OK);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    db_disconnect(f->reader);
    db_disconnect(f->writer);
    db_close(f->db);
    engine.place_done(&f->place);
    free(f);
    return 0;
}

/* --- Opening --- */

static void
every_statement_of_the_table_prepares(void **state)
{
    struct fixture *f = *state;
    assert_status(db_check_statements(f->writer, &f->err), DB_OK);
    assert_status(db_check_statements(f->reader, &f->err), DB_OK);
}

static void
an_unknown_scheme_is_a_wrong_argument_and_its_password_is_not_repeated(void **state)
{
    struct fixture *f = *state;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = "oracle://scott:tiger@host/x";
    struct db *db;
    assert_status(db_open(&settings, &db, &f->err), DB_FAILED);
    assert_int_equal(f->err.kind, ERR_USAGE);
    assert_null(strstr(f->err.message, "tiger"));
    assert_non_null(strstr(f->err.message, "oracle"));
    settings.url = "./house.db"; /* what a person types */
    assert_status(db_open(&settings, &db, &f->err), DB_FAILED);
    assert_int_equal(f->err.kind, ERR_USAGE);
    assert_non_null(strstr(f->err.message, "write sqlite:./house.db"));
}

static void
a_second_writer_of_one_database_object_is_a_bug(void *context)
{
    struct fixture *f = context;
    struct db_connection *second;
    (void)!db_connect(f->db, DB_WRITER, &second, &f->err);
}

static void
only_one_connection_writes(void **state)
{
    struct fixture *f = *state;
    assert_true(death_by_abort(a_second_writer_of_one_database_object_is_a_bug, f));
    db_disconnect(f->writer);
    assert_status(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
}

/* --- Transactions --- */

static void
what_is_committed_is_seen_and_what_is_rolled_back_is_not(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    assert_status(insert(f->writer, 1, "kept"), DB_OK);
    assert_int_equal(count(f->writer), 1);
    commit(f->writer);
    begin(f->writer);
    assert_status(insert(f->writer, 2, "dropped"), DB_OK);
    rollback(f->writer);
    assert_int_equal(count(f->writer), 1);
    assert_int_equal(count(f->reader), 1);
}

static void
a_reader_sees_only_what_is_committed(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    assert_status(insert(f->writer, 1, NULL), DB_OK);
    assert_int_equal(count(f->reader), 0);
    commit(f->writer);
    assert_int_equal(count(f->reader), 1);
}

static void
a_readers_transaction_stays_on_its_snapshot(void **state)
{
    struct fixture *f = *state;
    begin(f->reader);
    assert_int_equal(count(f->reader), 0);
    for (int64_t id = 1; id <= 20; id++) {
        begin(f->writer);
        assert_status(insert(f->writer, id, "later"), DB_OK);
        commit(f->writer);
        assert_status(db_maintain(f->writer, &f->err), DB_OK);
        assert_int_equal(count(f->reader), 0);
    }
    commit(f->reader);
    assert_int_equal(count(f->reader), 20);
}

static void
a_reader_refuses_to_write(void **state)
{
    struct fixture *f = *state;
    begin(f->reader);
    assert_status(insert(f->reader, 1, NULL), DB_FAILED);
    rollback(f->reader);
    assert_status(db_script(f->reader, "CREATE TABLE intruder (id INTEGER)", &f->err), DB_FAILED);
    assert_int_equal(count(f->writer), 0);
}

static void
disconnecting_rolls_back(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    assert_status(insert(f->writer, 1, NULL), DB_OK);
    db_disconnect(f->writer);
    assert_status(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
    assert_false(db_in_transaction(f->writer));
    assert_int_equal(count(f->writer), 0);
}

static void
rolling_back_nothing_is_fine(void **state)
{
    struct fixture *f = *state;
    rollback(f->writer);
    assert_false(db_in_transaction(f->writer));
}

static void
it_is_known_at_each_step_whether_a_transaction_is_open(void **state)
{
    struct fixture *f = *state;
    assert_false(db_in_transaction(f->writer));
    begin(f->writer);
    assert_true(db_in_transaction(f->writer));
    assert_status(insert(f->writer, 1, "refused"), DB_CONFLICT);
    assert_true(db_in_transaction(f->writer));
    rollback(f->writer);
    assert_false(db_in_transaction(f->writer));
    begin(f->writer);
    assert_status(db_savepoint(f->writer, &f->err), DB_OK);
    assert_true(db_in_transaction(f->writer));
    assert_status(db_savepoint_rollback(f->writer, &f->err), DB_OK);
    assert_true(db_in_transaction(f->writer));
    commit(f->writer);
    assert_false(db_in_transaction(f->writer));
    begin(f->writer);
    assert_status(db_script(f->writer, "this is no statement", &f->err), DB_FAILED);
    assert_true(db_in_transaction(f->writer));
    rollback(f->writer);
    assert_false(db_in_transaction(f->writer));
}

/* --- Conflicts and savepoints --- */

/* Each kind of guard, by an item of its own. */
static enum db_status
provoke(struct db_connection *connection, int kind)
{
    struct err err;
    struct db_value payload = db_bytes("same", 4);
    struct db_value guarded[] = {db_int(100), db_null(), db_null(), db_int(13)};
    struct db_value repeated[] = {db_int(101), db_null(), payload, db_null()};
    struct db_value dangling[] = {db_int(1), db_int(999)};
    switch (kind) {
    case 0: return insert(connection, 1, "again");                                 /* primary key */
    case 1: return insert(connection, 102, "refused");                             /* check */
    case 2: return db_run(connection, STMT_ITEM_INSERT, repeated, 4, NULL, &err);  /* unique */
    case 3: return db_run(connection, STMT_ITEM_INSERT, guarded, 4, NULL, &err);   /* trigger */
    default: return db_run(connection, STMT_PART_INSERT, dangling, 2, NULL, &err); /* foreign key */
    }
}

static void
fill(struct fixture *f)
{
    begin(f->writer);
    struct db_value values[] = {db_int(1), db_text(STR("first")), db_bytes("same", 4), db_int(1)};
    assert_status(db_run(f->writer, STMT_ITEM_INSERT, values, 4, NULL, &f->err), DB_OK);
    commit(f->writer);
}

static void
every_guard_of_the_database_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    fill(f);
    for (int kind = 0; kind < 5; kind++) {
        begin(f->writer);
        assert_status(provoke(f->writer, kind), DB_CONFLICT);
        rollback(f->writer);
    }
    assert_int_equal(count(f->reader), 1);
}

static void
after_a_conflict_in_a_savepoint_the_transaction_goes_on(void **state)
{
    struct fixture *f = *state;
    fill(f);
    begin(f->writer);
    assert_status(insert(f->writer, 2, "before"), DB_OK);
    for (int kind = 0; kind < 5; kind++) {
        assert_status(db_savepoint(f->writer, &f->err), DB_OK);
        assert_status(insert(f->writer, 50, "undone with it"), DB_OK);
        assert_status(provoke(f->writer, kind), DB_CONFLICT);
        assert_status(db_savepoint_rollback(f->writer, &f->err), DB_OK);
    }
    assert_status(db_savepoint(f->writer, &f->err), DB_OK);
    assert_status(insert(f->writer, 3, "released"), DB_OK);
    assert_status(db_savepoint_release(f->writer, &f->err), DB_OK);
    assert_status(insert(f->writer, 4, "after"), DB_OK);
    commit(f->writer);
    assert_int_equal(count(f->reader), 4);
}

static void
go_on_after_a_conflict(void *context)
{
    struct fixture *f = context;
    begin(f->writer);
    (void)provoke(f->writer, 1);
    (void)count(f->writer);
}

static void
commit_after_a_conflict(void *context)
{
    struct fixture *f = context;
    begin(f->writer);
    (void)provoke(f->writer, 1);
    (void)!db_commit(f->writer, &f->err);
}

static void
without_a_savepoint_a_conflict_leaves_only_the_rollback(void **state)
{
    struct fixture *f = *state;
    assert_true(death_by_abort(go_on_after_a_conflict, f));
    assert_true(death_by_abort(commit_after_a_conflict, f));
}

/* --- Values --- */

static void
put_and_get(struct fixture *f, int64_t id, struct db_value name, struct db_value payload, struct db_value amount)
{
    struct db_value values[] = {db_int(id), name, payload, amount};
    begin(f->writer);
    assert_status(db_run(f->writer, STMT_ITEM_INSERT, values, 4, NULL, &f->err), DB_OK);
    commit(f->writer);
    struct db_rows *rows;
    assert_status(db_query(f->reader, STMT_ITEM_GET, values, 1, &rows, &f->err), DB_OK);
    assert_status(db_next(rows, &f->err), DB_ROW);
    assert_true(db_column_i64(rows, 0) == id);
    assert_int_equal(db_column_is_null(rows, 1), name.type == DB_NULL);
    assert_int_equal(db_column_is_null(rows, 2), payload.type == DB_NULL);
    assert_int_equal(db_column_is_null(rows, 3), amount.type == DB_NULL);
    struct str got_name = db_column_str(rows, 1);
    struct str got_payload = db_column_str(rows, 2);
    assert_int_equal(got_name.ptr == NULL, name.type == DB_NULL);
    assert_int_equal(got_payload.ptr == NULL, payload.type == DB_NULL);
    assert_true(str_equal(got_name, name.bytes));
    assert_true(str_equal(got_payload, payload.bytes));
    assert_true(db_column_i64(rows, 3) == amount.integer);
    assert_status(db_next(rows, &f->err), DB_NO_ROW);
    db_finish(rows);
    begin(f->writer);
    assert_status(db_run(f->writer, STMT_ITEM_TAKE, values, 1, NULL, &f->err), DB_OK);
    commit(f->writer);
}

static void
values_come_back_as_they_went_in(void **state)
{
    struct fixture *f = *state;
    static char long_text[100000];
    memset(long_text, 'x', sizeof(long_text));
    put_and_get(f, INT64_MIN, db_null(), db_null(), db_null());
    put_and_get(f, INT64_MAX, db_text(STR("")), db_bytes("", 0), db_int(INT64_MIN));
    put_and_get(f, -1, db_text((struct str){NULL, 0}), db_bytes(NULL, 0), db_int(INT64_MAX));
    put_and_get(f, 0, db_text(STR("0x1F 1e3 \xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91")), db_bytes("a\0b\0", 4), db_int(0));
    put_and_get(f, 1, db_text(str_of(long_text, sizeof(long_text))), db_bytes(long_text, sizeof(long_text)),
                db_int(-1));
}

static void
changed_rows_are_counted(void **state)
{
    struct fixture *f = *state;
    int64_t changes = -1;
    begin(f->writer);
    for (int64_t id = 1; id <= 5; id++)
        assert_status(insert(f->writer, id, "x"), DB_OK);
    struct db_value rename[] = {db_text(STR("y")), db_int(3)};
    assert_status(db_run(f->writer, STMT_ITEM_RENAME, rename, 2, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 3);
    assert_status(db_run(f->writer, STMT_ITEM_COUNT, NULL, 0, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 0);
    rename[1] = db_int(99);
    assert_status(db_run(f->writer, STMT_ITEM_RENAME, rename, 2, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 0);
    struct db_value offer[] = {db_int(5), db_text(STR("z"))};
    assert_status(db_run(f->writer, STMT_ITEM_OFFER, offer, 2, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 0);
    offer[0] = db_int(6);
    assert_status(db_run(f->writer, STMT_ITEM_OFFER, offer, 2, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 1);
    struct db_value by = db_int(1000);
    assert_status(db_run(f->writer, STMT_ITEM_DOUBLE, &by, 1, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 6);
    struct db_value from = db_int(1000);
    assert_status(db_run(f->writer, STMT_ITEM_TAKE, &from, 1, &changes, &f->err), DB_OK);
    assert_int_equal(changes, 6);
    commit(f->writer);
}

static void
a_write_returns_its_rows(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    assert_status(insert(f->writer, 7, "seven"), DB_OK);
    struct db_value from = db_int(7);
    struct db_rows *rows;
    assert_status(db_query(f->writer, STMT_ITEM_TAKE, &from, 1, &rows, &f->err), DB_OK);
    assert_status(db_next(rows, &f->err), DB_ROW);
    assert_true(str_equal(db_column_str(rows, 1), STR("seven")));
    assert_status(db_next(rows, &f->err), DB_NO_ROW);
    db_finish(rows);
    assert_int_equal(count(f->writer), 0);
    commit(f->writer);
}

static void
statements_interleave_and_may_be_finished_early(void **state)
{
    struct fixture *f = *state;
    struct db_value up_to = db_int(1000);
    struct db_rows *numbers;
    for (int round = 0; round < 2; round++) {
        begin(f->writer);
        assert_status(db_query(f->writer, STMT_NUMBERS, &up_to, 1, &numbers, &f->err), DB_OK);
        for (int64_t i = 1; i <= 10; i++) {
            assert_status(db_next(numbers, &f->err), DB_ROW);
            assert_int_equal(db_column_i64(numbers, 0), i);
            assert_status(insert(f->writer, round * 100 + i, NULL), DB_OK);
        }
        db_finish(numbers);
        commit(f->writer);
        assert_int_equal(count(f->reader), (round + 1) * 10);
    }
    db_finish(NULL);
}

static void
rows_come_in_the_order_asked_for(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    for (int64_t id = 9; id >= 1; id--)
        assert_status(insert(f->writer, id, NULL), DB_OK);
    commit(f->writer);
    struct db_rows *rows;
    assert_status(db_query(f->reader, STMT_ITEM_LIST, NULL, 0, &rows, &f->err), DB_OK);
    for (int64_t id = 1; id <= 9; id++) {
        assert_status(db_next(rows, &f->err), DB_ROW);
        assert_int_equal(db_column_i64(rows, 0), id);
    }
    assert_status(db_next(rows, &f->err), DB_NO_ROW);
    db_finish(rows);
}

/* --- Bugs end the process --- */

static void
write_outside_a_transaction(void *context)
{
    (void)insert(((struct fixture *)context)->writer, 1, NULL);
}

static void
with_write_outside_a_transaction(void *context)
{
    struct fixture *f = context;
    struct db_value by = db_int(1);
    (void)!db_run(f->writer, STMT_ITEM_DOUBLE, &by, 1, NULL, &f->err);
}

static void
text_for_an_integer(void *context)
{
    struct fixture *f = context;
    struct db_value id = db_text(STR("1"));
    (void)!db_run(f->reader, STMT_ITEM_GET, &id, 1, NULL, &f->err);
}

static void
null_where_none_is_allowed(void *context)
{
    struct fixture *f = context;
    struct db_value id = db_null();
    (void)!db_run(f->reader, STMT_ITEM_GET, &id, 1, NULL, &f->err);
}

static void
too_few_values(void *context)
{
    struct fixture *f = context;
    (void)!db_run(f->reader, STMT_ITEM_GET, NULL, 0, NULL, &f->err);
}

static struct db_rows *
row_of(struct fixture *f, enum db_stmt stmt)
{
    struct db_value id = db_int(1);
    struct db_rows *rows = NULL;
    assert_status(db_query(f->reader, stmt, &id, 1, &rows, &f->err), DB_OK);
    assert_status(db_next(rows, &f->err), DB_ROW);
    return rows;
}

static void
column_of_another_type(void *context)
{
    (void)db_column_i64(row_of(context, STMT_ITEM_NAME_AS_INTEGER), 0);
}

static void
column_read_as_another_type(void *context)
{
    (void)db_column_i64(row_of(context, STMT_ITEM_GET), 1);
}

static void
null_in_a_column_without(void *context)
{
    (void)db_column_str(row_of(context, STMT_ITEM_NAME_NEVER_NULL), 0);
}

static void
column_beyond_the_last(void *context)
{
    (void)db_column_i64(row_of(context, STMT_ITEM_GET), 4);
}

static void
column_without_a_row(void *context)
{
    struct fixture *f = context;
    struct db_rows *rows = row_of(f, STMT_ITEM_GET);
    (void)!db_next(rows, &f->err);
    (void)db_column_i64(rows, 0);
}

static void
next_after_the_end(void *context)
{
    struct fixture *f = context;
    struct db_rows *rows = row_of(f, STMT_ITEM_GET);
    (void)!db_next(rows, &f->err);
    (void)!db_next(rows, &f->err);
}

static void
same_statement_twice_at_once(void *context)
{
    (void)row_of(context, STMT_ITEM_GET);
    (void)row_of(context, STMT_ITEM_GET);
}

static void
commit_without_begin(void *context)
{
    struct fixture *f = context;
    (void)!db_commit(f->writer, &f->err);
}

static void
commit_with_open_rows(void *context)
{
    struct fixture *f = context;
    begin(f->reader);
    (void)row_of(f, STMT_ITEM_GET);
    (void)!db_commit(f->reader, &f->err);
}

static void
a_broken_rule_ends_the_process(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    assert_status(insert(f->writer, 1, "text"), DB_OK);
    commit(f->writer);
    assert_true(death_by_abort(write_outside_a_transaction, f));
    assert_true(death_by_abort(with_write_outside_a_transaction, f));
    assert_true(death_by_abort(text_for_an_integer, f));
    assert_true(death_by_abort(null_where_none_is_allowed, f));
    assert_true(death_by_abort(too_few_values, f));
    assert_true(death_by_abort(column_of_another_type, f));
    assert_true(death_by_abort(column_read_as_another_type, f));
    assert_true(death_by_abort(column_beyond_the_last, f));
    assert_true(death_by_abort(column_without_a_row, f));
    assert_true(death_by_abort(next_after_the_end, f));
    assert_true(death_by_abort(same_statement_twice_at_once, f));
    assert_true(death_by_abort(commit_without_begin, f));
    assert_true(death_by_abort(commit_with_open_rows, f));
    begin(f->writer);
    struct db_value everything = db_int(0);
    assert_status(db_run(f->writer, STMT_ITEM_TAKE, &everything, 1, NULL, &f->err), DB_OK);
    assert_status(insert(f->writer, 1, NULL), DB_OK);
    commit(f->writer);
    assert_true(death_by_abort(null_in_a_column_without, f));
    assert_int_equal(count(f->writer), 1);
}

/* --- Changes of the schema, and the whole database --- */

static void
a_change_of_the_schema_may_break_references_until_it_is_verified(void **state)
{
    struct fixture *f = *state;
    struct db_value dangling[] = {db_int(1), db_int(999)};
    assert_status(db_verify(f->reader, &f->err), DB_OK);
    assert_status(db_begin_schema(f->writer, &f->err), DB_OK);
    assert_status(db_run(f->writer, STMT_PART_INSERT, dangling, 2, NULL, &f->err), DB_OK);
    assert_status(db_verify(f->writer, &f->err), DB_FAILED);
    assert_int_equal(f->err.kind, ERR_DATA);
    assert_non_null(strstr(f->err.message, "part"));
    rollback(f->writer);
    begin(f->writer);
    assert_status(db_run(f->writer, STMT_PART_INSERT, dangling, 2, NULL, &f->err), DB_CONFLICT);
    rollback(f->writer);
}

static void
a_script_in_a_rolled_back_transaction_never_was(void **state)
{
    struct fixture *f = *state;
    begin(f->writer);
    assert_status(db_script(f->writer, "CREATE TABLE passing (id INTEGER); DROP TABLE part;", &f->err), DB_OK);
    rollback(f->writer);
    assert_status(db_check_statements(f->writer, &f->err), DB_OK);
    begin(f->writer);
    assert_status(db_script(f->writer, "CREATE TABLE passing (id INTEGER)", &f->err), DB_OK);
    commit(f->writer);
}

/* --- Two processes --- */

/* A child that opens the same database as a writer, begins, inserts item 1, says so, and waits to be told to commit. */
struct other {
    pid_t pid;
    int from;
    int to;
};

static void
live_as_other(const struct db_settings *settings, int from, int to)
{
    struct err err;
    struct db *db;
    struct db_connection *writer;
    char word = 0;
    if (db_open(settings, &db, &err) != DB_OK || db_connect(db, DB_WRITER, &writer, &err) != DB_OK ||
        db_begin(writer, &err) != DB_OK || insert(writer, 1, "other") != DB_OK || write(to, "b", 1) != 1 ||
        read(from, &word, 1) != 1 || db_commit(writer, &err) != DB_OK || write(to, "c", 1) != 1)
        _exit(1);
    db_disconnect(writer);
    db_close(db);
    _exit(0);
}

static void
other_start(struct other *other, const struct db_settings *settings)
{
    int down[2], up[2];
    assert_int_equal(pipe2(down, O_CLOEXEC), 0);
    assert_int_equal(pipe2(up, O_CLOEXEC), 0);
    other->pid = fork();
    assert_true(other->pid >= 0);
    if (other->pid == 0) {
        (void)close(down[1]); /* or it would never see its parent go */
        (void)close(up[0]);
        live_as_other(settings, down[0], up[1]);
    }
    assert_int_equal(close(down[0]), 0);
    assert_int_equal(close(up[1]), 0);
    other->from = up[0];
    other->to = down[1];
}

static void
other_expect(const struct other *other, char expected)
{
    char word = 0;
    assert_int_equal(read(other->from, &word, 1), 1);
    assert_int_equal(word, expected);
}

static int
other_end(const struct other *other)
{
    int status = 0;
    assert_int_equal(waitpid(other->pid, &status, 0), other->pid);
    assert_int_equal(close(other->from), 0);
    assert_int_equal(close(other->to), 0);
    return status;
}

/* Processes are started while this one has no connection: SQLite's must not be carried over a fork. */
static void
leave(struct fixture *f)
{
    db_disconnect(f->reader);
    db_disconnect(f->writer);
    f->reader = f->writer = NULL;
}

static void
come_back(struct fixture *f)
{
    assert_status(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
    assert_status(db_connect(f->db, DB_READER, &f->reader, &f->err), DB_OK);
}

static void
two_processes_write_one_after_the_other(void **state)
{
    struct fixture *f = *state;
    leave(f);
    struct other other;
    other_start(&other, &f->place.settings);
    other_expect(&other, 'b');
    /* the engine may refuse a second writer when it connects, or when it begins */
    enum db_status status = db_connect(f->db, DB_WRITER, &f->writer, &f->err);
    if (status == DB_OK)
        status = db_begin(f->writer, &f->err);
    assert_status(status, DB_RETRY);
    assert_int_equal(f->err.kind, ERR_UNAVAILABLE); /* whoever gives up has something to say */
    assert_status(db_connect(f->db, DB_READER, &f->reader, &f->err), DB_OK);
    assert_int_equal(count(f->reader), 0);
    assert_int_equal(write(other.to, "g", 1), 1);
    other_expect(&other, 'c');
    assert_int_equal(other_end(&other), 0);
    leave(f);
    come_back(f);
    begin(f->writer);
    assert_int_equal(count(f->writer), 1);
    assert_status(insert(f->writer, 2, "self"), DB_OK);
    commit(f->writer);
    assert_int_equal(count(f->reader), 2);
}

static void
a_process_killed_in_a_transaction_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    leave(f);
    struct other other;
    other_start(&other, &f->place.settings);
    other_expect(&other, 'b');
    assert_int_equal(kill(other.pid, SIGKILL), 0);
    assert_true(WIFSIGNALED(other_end(&other)));
    come_back(f);
    assert_int_equal(count(f->reader), 0);
    begin(f->writer);
    assert_status(insert(f->writer, 1, "self"), DB_OK);
    commit(f->writer);
    assert_int_equal(count(f->reader), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        TEST(every_statement_of_the_table_prepares),
        TEST(an_unknown_scheme_is_a_wrong_argument_and_its_password_is_not_repeated),
        TEST(only_one_connection_writes),
        TEST(what_is_committed_is_seen_and_what_is_rolled_back_is_not),
        TEST(a_reader_sees_only_what_is_committed),
        TEST(a_readers_transaction_stays_on_its_snapshot),
        TEST(a_reader_refuses_to_write),
        TEST(disconnecting_rolls_back),
        TEST(rolling_back_nothing_is_fine),
        TEST(it_is_known_at_each_step_whether_a_transaction_is_open),
        TEST(every_guard_of_the_database_is_a_conflict),
        TEST(after_a_conflict_in_a_savepoint_the_transaction_goes_on),
        TEST(without_a_savepoint_a_conflict_leaves_only_the_rollback),
        TEST(values_come_back_as_they_went_in),
        TEST(changed_rows_are_counted),
        TEST(a_write_returns_its_rows),
        TEST(statements_interleave_and_may_be_finished_early),
        TEST(rows_come_in_the_order_asked_for),
        TEST(a_broken_rule_ends_the_process),
        TEST(a_change_of_the_schema_may_break_references_until_it_is_verified),
        TEST(a_script_in_a_rolled_back_transaction_never_was),
        TEST(two_processes_write_one_after_the_other),
        TEST(a_process_killed_in_a_transaction_leaves_nothing),
    };
    const size_t of_two_processes = 2; /* the last */
    size_t test_count = sizeof(tests) / sizeof(tests[0]) - (engine.shared ? 0 : of_two_processes);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return _cmocka_run_group_tests(engine.name, tests, test_count, NULL, NULL);
}
