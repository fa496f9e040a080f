/* What is SQLite's alone: the names and files it takes, and statements that the table describes wrongly. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db.h"
#include "tests/support/scratch.h"

struct fixture {
    struct scratch scratch;
    char path[300];
    char url[320];
    struct db_settings settings;
    struct db *db;
    struct db_connection *writer;
    struct err err;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    scratch_init(&f->scratch);
    (void)snprintf(f->path, sizeof(f->path), "%s/hotel.db", f->scratch.path);
    (void)snprintf(f->url, sizeof(f->url), "sqlite:%s", f->path);
    f->settings = (struct db_settings)DB_SETTINGS_DEFAULT;
    f->settings.url = f->url;
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    scratch_done(&f->scratch);
    free(f);
    return 0;
}

static enum db_status
try_to_open(struct fixture *f, enum db_role role)
{
    f->err = (struct err){0};
    f->db = NULL;
    f->writer = NULL;
    enum db_status status = db_open(&f->settings, &f->db, &f->err);
    return status == DB_OK ? db_connect(f->db, role, &f->writer, &f->err) : status;
}

static void
leave(struct fixture *f)
{
    db_disconnect(f->writer);
    db_close(f->db);
}

static void
assert_refused(struct fixture *f, enum db_role role, enum err_kind kind)
{
    assert_int_equal(try_to_open(f, role), DB_FAILED);
    if (f->err.kind != kind)
        fail_msg("kind %d: %s", (int)f->err.kind, f->err.message);
    leave(f);
}

static void
put(const char *path, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, bytes, len), len);
    assert_int_equal(close(fd), 0);
}

/* --- Files --- */

static void
a_database_is_its_owners_alone(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(try_to_open(f, DB_WRITER), DB_OK);
    assert_int_equal(db_script(f->writer, "CREATE TABLE item (id INTEGER)", &f->err), DB_OK);
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[320];
        struct stat file;
        (void)snprintf(path, sizeof(path), "%s%s", f->path, endings[i]);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
    }
    leave(f);
    assert_string_equal(db_url_path(f->url), f->path);
    assert_null(db_url_path("postgresql://localhost/hotel"));
}

static void
what_is_not_there_is_told_apart_from_what_is_broken(void **state)
{
    struct fixture *f = *state;
    f->settings.create = false;
    assert_refused(f, DB_WRITER, ERR_NO_INPUT);
    assert_refused(f, DB_READER, ERR_NO_INPUT);
    f->settings.create = true;
    assert_refused(f, DB_READER, ERR_NO_INPUT); /* a reader makes nothing */
    assert_int_equal(access(f->path, F_OK), -1);
    char noise[8192];
    memset(noise, 'x', sizeof(noise));
    put(f->path, noise, sizeof(noise));
    assert_refused(f, DB_WRITER, ERR_DATA);
    assert_refused(f, DB_READER, ERR_DATA);
    f->settings.url = "sqlite:/nonexistent-folder/hotel.db";
    assert_refused(f, DB_WRITER, ERR_NO_INPUT);
}

static void
names_that_sqlite_reads_otherwise_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const urls[] = {"sqlite:", "sqlite::memory:", "sqlite:file:x?mode=memory"};
    for (size_t i = 0; i < 3; i++) {
        f->settings.url = urls[i];
        assert_refused(f, DB_WRITER, ERR_USAGE);
    }
}

static void
a_database_in_another_encoding_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(try_to_open(f, DB_WRITER), DB_OK);
    leave(f);
    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(try_to_open(f, DB_WRITER), DB_OK);
    assert_int_equal(db_script(f->writer, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE item (id INTEGER)", &f->err),
                     DB_OK);
    leave(f);
    assert_refused(f, DB_WRITER, ERR_CONFIG);
}

/* --- Statements --- */

static void
each_wrong_description_is_found_and_named(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(try_to_open(f, DB_WRITER), DB_OK);
    assert_int_equal(db_script(f->writer, "CREATE TABLE item (id INTEGER PRIMARY KEY)", &f->err), DB_OK);
    assert_int_equal(db_check_statements(f->writer, &f->err), DB_FAILED);
    assert_non_null(strstr(f->err.message, "SWAPPED"));
    assert_int_equal(f->err.kind, ERR_DATA);
    struct db_value values[] = {db_int(1), db_int(2)};
    for (enum db_stmt stmt = 0; stmt < STMT_COUNT; stmt++) {
        struct db_rows *rows;
        assert_int_equal(db_begin(f->writer, &f->err), DB_OK);
        int value_count = (int)strlen(db_stmt_table[stmt].parameters);
        enum db_status status = db_query(f->writer, stmt, values, value_count, &rows, &f->err);
        if ((status == DB_OK) != (stmt == STMT_RIGHT))
            fail_msg("%s: %s", db_stmt_table[stmt].name, db_status_name(status));
        if (status != DB_OK)
            assert_non_null(strstr(f->err.message, db_stmt_table[stmt].name));
        db_finish(rows);
        assert_int_equal(db_rollback(f->writer, &f->err), DB_OK);
    }
    leave(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_database_is_its_owners_alone),
        TEST(what_is_not_there_is_told_apart_from_what_is_broken),
        TEST(names_that_sqlite_reads_otherwise_are_refused),
        TEST(a_database_in_another_encoding_is_refused),
        TEST(each_wrong_description_is_found_and_named),
    };
    return test_run("store/db_sqlite", tests);
}
