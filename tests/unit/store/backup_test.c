/* Backups of a database that is in use: whole, or not there; and in the place of another, which is kept. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/backup.h"
#include "tests/support/scratch.h"

/* 4 MB: several steps of a copy. */
static const char filled[] = "CREATE TABLE item (id INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT;"
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                             " INSERT INTO item SELECT i, zeroblob(4000) FROM n;";

struct fixture {
    struct scratch scratch;
    char url[320];
    char target[320];
    struct db *db;
    struct db_connection *writer;
    struct db_connection *reader;
    struct err err;
    int step_count;
};

static void
open_all(struct fixture *f)
{
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = f->url;
    assert_int_equal(db_open(&settings, &f->db, &f->err), DB_OK);
    assert_int_equal(db_connect(f->db, DB_WRITER, &f->writer, &f->err), DB_OK);
    assert_int_equal(db_connect(f->db, DB_READER, &f->reader, &f->err), DB_OK);
}

static void
close_all(struct fixture *f)
{
    db_disconnect(f->reader);
    db_disconnect(f->writer);
    db_close(f->db);
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    scratch_init(&f->scratch);
    (void)snprintf(f->url, sizeof(f->url), "sqlite:%s/hotel.db", f->scratch.path);
    (void)snprintf(f->target, sizeof(f->target), "%s/backup.db", f->scratch.path);
    open_all(f);
    assert_int_equal(db_script(f->writer, filled, &f->err), DB_OK);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    close_all(f);
    scratch_done(&f->scratch);
    free(f);
    return 0;
}

/* Refuses unless the database at `path` has `count` items and nothing is wrong with it. */
static void
assert_whole(const char *path, const char *count)
{
    char url[340];
    struct db *db;
    struct db_connection *writer;
    struct err err = {0};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    settings.url = url;
    settings.create = false;
    assert_int_equal(db_open(&settings, &db, &err), DB_OK);
    assert_int_equal(db_connect(db, DB_WRITER, &writer, &err), DB_OK);
    assert_int_equal(db_verify(writer, &err), DB_OK);
    if (db_script(writer, count, &err) != DB_OK)
        fail_msg("another number of items: %s", err.message);
    db_disconnect(writer);
    db_close(db);
}

#define HAS(count)                                                                                                     \
    "CREATE TABLE seen (found INTEGER CHECK (found = " #count ")) STRICT; INSERT INTO seen SELECT count(*) FROM item"

static void
a_backup_is_a_whole_database_of_its_owner_alone(void **state)
{
    struct fixture *f = *state;
    if (!backup_write(f->reader, f->target, NULL, NULL, &f->err))
        fail_msg("%s", f->err.message);
    struct stat file;
    assert_int_equal(stat(f->target, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    unsigned char head[20];
    int fd = open(f->target, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, head, sizeof(head)), sizeof(head));
    (void)close(fd);
    /* file format 1: no write-ahead log is looked for (https://sqlite.org/fileformat2.html, offsets 18 and 19) */
    assert_int_equal(head[18], 1);
    assert_int_equal(head[19], 1);
    assert_int_equal(scratch_file_count(&f->scratch), 4); /* the database with its two, and the backup */
    assert_whole(f->target, HAS(1000));
}

static void
what_exists_is_not_overwritten(void **state)
{
    struct fixture *f = *state;
    assert_true(backup_write(f->reader, f->target, NULL, NULL, &f->err));
    struct stat before, after;
    assert_int_equal(stat(f->target, &before), 0);
    assert_false(backup_write(f->reader, f->target, NULL, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_USAGE);
    assert_int_equal(stat(f->target, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    assert_int_equal(unlink(f->target), 0);
    assert_int_equal(symlink("nowhere", f->target), 0);
    assert_false(backup_write(f->reader, f->target, NULL, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_USAGE);
}

static void
a_folder_that_is_not_there_is_a_wrong_argument(void **state)
{
    struct fixture *f = *state;
    assert_false(backup_write(f->reader, "/nonexistent-folder/backup.db", NULL, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_USAGE);
}

static bool
write_meanwhile(void *context, int64_t done_count, int64_t total_count)
{
    struct fixture *f = context;
    f->step_count++;
    assert_true(done_count > 0 && done_count <= total_count);
    assert_int_equal(db_begin(f->writer, &f->err), DB_OK);
    assert_int_equal(db_script(f->writer, "INSERT INTO item (payload) VALUES (zeroblob(9000))", &f->err), DB_OK);
    assert_int_equal(db_commit(f->writer, &f->err), DB_OK);
    assert_int_equal(db_maintain(f->writer, &f->err), DB_OK);
    return true;
}

static void
writers_go_on_and_are_not_in_it(void **state)
{
    struct fixture *f = *state;
    const struct db_copy_watch watch = {write_meanwhile, f};
    if (!backup_write(f->reader, f->target, &watch, NULL, &f->err))
        fail_msg("%s", f->err.message);
    assert_true(f->step_count >= 3);
    assert_whole(f->target, HAS(1000));
    assert_false(db_in_transaction(f->reader));
}

static bool
stop(void *context, int64_t done_count, int64_t total_count)
{
    (void)total_count;
    (void)context;
    return done_count < 600;
}

static void
a_stopped_backup_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    const struct db_copy_watch watch = {stop, NULL};
    assert_false(backup_write(f->reader, f->target, &watch, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_UNAVAILABLE);
    assert_int_equal(scratch_file_count(&f->scratch), 3);
    assert_false(db_in_transaction(f->reader));
    assert_true(backup_write(f->reader, f->target, NULL, NULL, &f->err));
}

/* A limit on the size of files stands for a disk that ends: the write fails in the middle. */
static int
back_up_within(struct fixture *f, rlim_t size)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, size}) != 0)
        return 2;
    open_all(f);
    return backup_write(f->reader, f->target, NULL, NULL, &f->err) ? 1 : 0;
}

static bool
die(void *context, int64_t done_count, int64_t total_count)
{
    (void)context;
    (void)total_count;
    if (done_count > 500)
        (void)raise(SIGKILL);
    return true;
}

static int
back_up_and_die(struct fixture *f, rlim_t unused)
{
    (void)unused;
    const struct db_copy_watch watch = {die, NULL};
    open_all(f);
    (void)!backup_write(f->reader, f->target, &watch, NULL, &f->err);
    return 1;
}

/* In a child, while this process has no connection. */
static int
in_child(struct fixture *f, int (*act)(struct fixture *f, rlim_t size), rlim_t size)
{
    close_all(f);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(act(f, size));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    open_all(f);
    return status;
}

static void
a_failed_write_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    int status = in_child(f, back_up_within, 2 << 20);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(scratch_file_count(&f->scratch), 3);
    assert_true(backup_write(f->reader, f->target, NULL, NULL, &f->err));
    assert_whole(f->target, HAS(1000));
}

static void
a_killed_backup_leaves_no_backup(void **state)
{
    struct fixture *f = *state;
    int status = in_child(f, back_up_and_die, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(access(f->target, F_OK), -1);
    assert_true(backup_write(f->reader, f->target, NULL, NULL, &f->err));
    assert_whole(f->target, HAS(1000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- reviews --- */

static bool
refuse_copy(const char *path, void *context, struct err *err)
{
    struct fixture *f = context;
    f->step_count++;
    assert_whole(path, HAS(1000));
    err_set(err, ERR_DATA, "not this one");
    return false;
}

static bool
die_over_copy(const char *path, void *context, struct err *err)
{
    (void)path;
    (void)context;
    (void)err;
    _exit(7);
}

/* Leaves 500 items in the copy. */
static bool
change_copy(const char *path, void *context, struct err *err)
{
    char url[340];
    struct db *db;
    struct db_connection *writer;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    (void)context;
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    settings.url = url;
    assert_int_equal(db_open(&settings, &db, err), DB_OK);
    assert_int_equal(db_connect(db, DB_WRITER, &writer, err), DB_OK);
    assert_int_equal(db_script(writer, "DELETE FROM item WHERE id > 500", err), DB_OK);
    db_disconnect(writer);
    db_close(db);
    return true;
}

static void
a_copy_that_is_not_accepted_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct backup_review review = {.accept = refuse_copy, .context = f};
    assert_false(backup_write(f->reader, f->target, NULL, &review, &f->err));
    assert_int_equal(f->err.kind, ERR_DATA);
    assert_string_equal(f->err.message, "not this one");
    assert_int_equal(f->step_count, 1);
    assert_int_equal(scratch_file_count(&f->scratch), 3);
}

static void
a_review_may_change_the_copy_and_not_the_source(void **state)
{
    struct fixture *f = *state;
    struct backup_review review = {.accept = change_copy, .context = f};
    assert_true(backup_write(f->reader, f->target, NULL, &review, &f->err));
    assert_whole(f->target, HAS(500));
    if (db_script(f->writer, HAS(1000), &f->err) != DB_OK)
        fail_msg("the source has changed: %s", f->err.message);
}

static void
a_backup_has_no_name_before_it_is_accepted(void **state)
{
    struct fixture *f = *state;
    struct backup_review review = {.accept = die_over_copy, .context = f};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)!backup_write(f->reader, f->target, NULL, &review, &f->err);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_int_equal(access(f->target, F_OK), -1);
}

/* --- in the place of another --- */

/* Another database, of 20 items, at `path`; its last rows still in its log when `dies`. */
static void
make_old(struct fixture *f, const char *path, bool dies)
{
    char url[340];
    struct db *db;
    struct db_connection *writer;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    pid_t child = dies ? fork() : 0;
    assert_true(child >= 0);
    if (child > 0) {
        assert_int_equal(waitpid(child, NULL, 0), child);
        return;
    }
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    settings.url = url;
    assert_int_equal(db_open(&settings, &db, &f->err), DB_OK);
    assert_int_equal(db_connect(db, DB_WRITER, &writer, &f->err), DB_OK);
    static const char few[] = "CREATE TABLE item (id INTEGER PRIMARY KEY) STRICT;"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
                              " INSERT INTO item SELECT i FROM n;";
    assert_int_equal(db_script(writer, few, &f->err), DB_OK);
    if (dies)
        _exit(0); /* as by a kill: nothing is closed */
    db_disconnect(writer);
    db_close(db);
}

struct places {
    char old[340], kept[340], wal[360], kept_wal[360];
};

static struct places
places_of(const struct fixture *f)
{
    struct places places;
    (void)snprintf(places.old, sizeof(places.old), "%s/old.db", f->scratch.path);
    (void)snprintf(places.kept, sizeof(places.kept), "%s/kept.db", f->scratch.path);
    (void)snprintf(places.wal, sizeof(places.wal), "%s-wal", places.old);
    (void)snprintf(places.kept_wal, sizeof(places.kept_wal), "%s-wal", places.kept);
    return places;
}

static void
what_is_replaced_is_kept_with_what_was_in_its_log(void **state)
{
    struct fixture *f = *state;
    for (int dies = 0; dies < 2; dies++) {
        struct places places = places_of(f);
        bool kept;
        make_old(f, places.old, dies == 1);
        assert_int_equal(access(places.wal, F_OK), dies == 1 ? 0 : -1);
        if (!backup_replace(f->reader, places.old, places.kept, NULL, NULL, &kept, &f->err))
            fail_msg("%s", f->err.message);
        assert_true(kept);
        assert_int_equal(access(places.wal, F_OK), -1);
        assert_whole(places.old, HAS(1000));
        assert_whole(places.kept, HAS(20));
        assert_int_equal(unlink(places.old) | unlink(places.kept), 0);
    }
}

static void
where_nothing_is_nothing_is_kept(void **state)
{
    struct fixture *f = *state;
    struct places places = places_of(f);
    bool kept = true;
    assert_true(backup_replace(f->reader, places.old, places.kept, NULL, NULL, &kept, &f->err));
    assert_false(kept);
    assert_whole(places.old, HAS(1000));
    assert_int_equal(scratch_file_count(&f->scratch), 4);
}

/* The log of a lost database would be played into the one that takes its name. */
static void
a_log_without_its_database_is_taken_out_of_the_way(void **state)
{
    struct fixture *f = *state;
    struct places places = places_of(f);
    bool kept;
    make_old(f, places.old, true);
    assert_int_equal(unlink(places.old), 0);
    assert_true(backup_replace(f->reader, places.old, places.kept, NULL, NULL, &kept, &f->err));
    assert_false(kept);
    assert_int_equal(access(places.wal, F_OK), -1);
    assert_int_equal(access(places.kept_wal, F_OK), 0);
    assert_whole(places.old, HAS(1000));
}

static void
a_damaged_database_is_kept_with_its_log(void **state)
{
    struct fixture *f = *state;
    struct places places = places_of(f);
    bool kept;
    make_old(f, places.old, true);
    int fd = open(places.old, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "no database at all", 18, 0), 18);
    (void)close(fd);
    fd = open(places.wal, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "no log", 6, 0), 6);
    (void)close(fd);
    assert_true(backup_replace(f->reader, places.old, places.kept, NULL, NULL, &kept, &f->err));
    assert_true(kept);
    assert_whole(places.old, HAS(1000));
    char head[6];
    fd = open(places.kept, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, head, sizeof(head)), sizeof(head));
    (void)close(fd);
    assert_memory_equal(head, "no dat", 6);
}

static void
a_database_that_somebody_reads_is_not_replaced(void **state)
{
    struct fixture *f = *state;
    struct places places = places_of(f);
    char url[360];
    bool kept;
    struct db *db;
    struct db_connection *reader;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    make_old(f, places.old, false);
    (void)snprintf(url, sizeof(url), "sqlite:%s", places.old);
    settings.url = url;
    assert_int_equal(db_open(&settings, &db, &f->err), DB_OK);
    assert_int_equal(db_connect(db, DB_READER, &reader, &f->err), DB_OK);
    assert_int_equal(db_verify(reader, &f->err), DB_OK);
    pid_t child = fork(); /* locks are a process's: another one must meet those of the reader */
    if (child == 0) {
        struct db *source;
        struct db_connection *from;
        settings.url = f->url;
        bool open =
            db_open(&settings, &source, &f->err) == DB_OK && db_connect(source, DB_READER, &from, &f->err) == DB_OK;
        _exit(open && !backup_replace(from, places.old, places.kept, NULL, NULL, &kept, &f->err) &&
                      f->err.kind == ERR_UNAVAILABLE
                  ? 0
                  : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    db_disconnect(reader);
    db_close(db);
    assert_int_equal(access(places.kept, F_OK), -1);
    assert_whole(places.old, HAS(20));
}

static void
a_refused_copy_leaves_the_old_database_alone(void **state)
{
    struct fixture *f = *state;
    struct places places = places_of(f);
    struct backup_review review = {.accept = refuse_copy, .context = f};
    bool kept;
    make_old(f, places.old, false);
    assert_false(backup_replace(f->reader, places.old, places.kept, NULL, &review, &kept, &f->err));
    assert_int_equal(access(places.kept, F_OK), -1);
    assert_int_equal(scratch_file_count(&f->scratch), 4);
    assert_whole(places.old, HAS(20));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_backup_is_a_whole_database_of_its_owner_alone),
        TEST(what_exists_is_not_overwritten),
        TEST(a_folder_that_is_not_there_is_a_wrong_argument),
        TEST(writers_go_on_and_are_not_in_it),
        TEST(a_stopped_backup_leaves_nothing),
        TEST(a_failed_write_leaves_nothing),
        TEST(a_killed_backup_leaves_no_backup),
        TEST(a_copy_that_is_not_accepted_leaves_nothing),
        TEST(a_review_may_change_the_copy_and_not_the_source),
        TEST(a_backup_has_no_name_before_it_is_accepted),
        TEST(what_is_replaced_is_kept_with_what_was_in_its_log),
        TEST(where_nothing_is_nothing_is_kept),
        TEST(a_log_without_its_database_is_taken_out_of_the_way),
        TEST(a_damaged_database_is_kept_with_its_log),
        TEST(a_database_that_somebody_reads_is_not_replaced),
        TEST(a_refused_copy_leaves_the_old_database_alone),
    };
    return test_run("store/backup", tests);
}
