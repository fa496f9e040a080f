/* The logs that older releases wrote, one file each, fold to this day: every event can be read, the tables of this
 * release take what it makes, and there is as much of it as there was then. A line of a file is one event, as the row
 * was: property, seq, at, kind, kind of subject, subject, actor, from, to, reason, id of the reason, request id, v,
 * body, hash; bytes in hexadecimal.
 *
 * usage: old_log_test FOLDER */
#include "tests/unit/test.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/check.h"
#include "store/migrate.h"
#include "tests/support/rebuilt.h"
#include "tests/support/scratch.h"

enum { EVENT_COLUMNS = 15, SUBJECT = 5, REASON_ID = 10, HASH = 14, NIGHTS = 3 * 730 };

static const char *folder;
static struct scratch scratch;
static char url[320];

/* -- the log as a database -- */

static void
must(sqlite3 *db, int result)
{
    if (result != SQLITE_OK && result != SQLITE_DONE)
        fail_msg("%s", sqlite3_errmsg(db));
}

static void
run_sql(sqlite3 *db, const char *sql)
{
    must(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void
bind_bytes(sqlite3 *db, sqlite3_stmt *stmt, int column, const char *hex)
{
    unsigned char bytes[64];
    size_t len = strlen(hex) / 2;
    assert_true(len <= sizeof(bytes));
    for (size_t i = 0; i < len; i++) {
        const char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(two, NULL, 16);
    }
    must(db, len == 0 ? sqlite3_bind_null(stmt, column)
                      : sqlite3_bind_blob(stmt, column, bytes, (int)len, SQLITE_TRANSIENT));
}

static void
insert_event(sqlite3 *db, sqlite3_stmt *stmt, const char *line)
{
    json_t *event = json_loads(line, 0, NULL);
    assert_int_equal(json_array_size(event), EVENT_COLUMNS);
    for (int i = 0; i < EVENT_COLUMNS; i++) {
        const json_t *value = json_array_get(event, (size_t)i);
        if (json_is_integer(value))
            must(db, sqlite3_bind_int64(stmt, i + 1, json_integer_value(value)));
        else if (!json_is_string(value))
            must(db, sqlite3_bind_null(stmt, i + 1));
        else if (i == SUBJECT || i == REASON_ID || i == HASH)
            bind_bytes(db, stmt, i + 1, json_string_value(value));
        else
            must(db, sqlite3_bind_text(stmt, i + 1, json_string_value(value), -1, SQLITE_TRANSIENT));
    }
    must(db, sqlite3_step(stmt));
    must(db, sqlite3_reset(stmt));
    json_decref(event);
}

static int
insert_events(sqlite3 *db, const char *name)
{
    char path[512], *line = NULL;
    size_t size = 0;
    int count = 0;
    sqlite3_stmt *stmt;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    must(db,
         sqlite3_prepare_v2(db,
                            "INSERT INTO event (property, seq, at, kind, subject_kind, subject, actor, from_status, "
                            "to_status, reason, reason_id, request_id, v, body, hash) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            -1, &stmt, NULL));
    for (; getline(&line, &size, file) > 0; count++)
        insert_event(db, stmt, line);
    must(db, sqlite3_finalize(stmt));
    free(line);
    (void)fclose(file);
    return count;
}

/* A database of this release with that log and nothing else. */
static struct db *
open_log(const char *name, int *ret_events)
{
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    struct err err = {.kind = ERR_NONE};
    struct db_connection *writer;
    struct db *db;
    sqlite3 *raw;
    int applied;
    (void)snprintf(url, sizeof(url), "sqlite:%s/old.db", scratch.path);
    settings.url = url;
    assert_int_equal(db_open(&settings, &db, &err), DB_OK);
    assert_int_equal(db_connect(db, DB_WRITER, &writer, &err), DB_OK);
    assert_true(migrate_apply(writer, 1, &applied, &err));
    db_disconnect(writer);
    assert_int_equal(sqlite3_open(db_url_path(url), &raw), SQLITE_OK);
    run_sql(raw, "BEGIN");
    *ret_events = insert_events(raw, name);
    run_sql(raw, "INSERT OR REPLACE INTO head (property, seq, hash, decided_at, next_code, house_version) "
                 "SELECT property, seq, hash, at, 100, 1 FROM event e "
                 "WHERE seq = (SELECT max(seq) FROM event m WHERE m.property = e.property)");
    run_sql(raw, "COMMIT");
    must(raw, sqlite3_close(raw));
    return db;
}

/* -- what it makes -- */

struct made {
    int rooms, types, claims, nights, groups, bookings, holds, properties, histories, others;
};

static void
count_row(const struct rebuild_difference *d, void *user)
{
    struct made *made = user;
    const struct {
        struct str table;
        int *count;
    } tables[] = {
        {STR("room"), &made->rooms},           {STR("room_type"), &made->types},
        {STR("claim"), &made->claims},         {STR("inventory_night"), &made->nights},
        {STR("booking_group"), &made->groups}, {STR("booking"), &made->bookings},
        {STR("hold"), &made->holds},           {STR("property"), &made->properties},
        {STR("room_event"), &made->histories},
    };
    for (size_t i = 0; d->finding == REBUILD_ONLY_LOGGED && i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (str_equal(tables[i].table, d->table)) {
            ++*tables[i].count;
            return;
        }
    }
    print_message("# event %lld: %.*s %.*s\n", (long long)d->seq, STR_ARG(d->table), STR_ARG(d->logged));
    made->others++;
}

static void
a_log_of_version_1_folds(void **state)
{
    (void)state;
    struct made made = {.others = 0};
    int events;
    struct db *db = open_log("v1.jsonl", &events);
    struct rebuild_report report = rebuilt_compare(db, count_row, &made);
    db_close(db);
    assert_int_equal(made.others, 0);
    assert_int_equal(report.events, events);
    assert_int_equal(made.properties, 1);
    assert_int_equal(made.types, 5);
    assert_int_equal(made.rooms, 6);
    assert_int_equal(made.claims, 6);
    assert_int_equal(made.nights, NIGHTS);
    assert_int_equal(made.groups, 2);
    assert_int_equal(made.bookings, 15);
    assert_int_equal(made.holds, 4);
    assert_int_equal(made.histories, 7);
}

static int
set_up(void **state)
{
    (void)state;
    scratch_init(&scratch);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    scratch_done(&scratch);
    return 0;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_log_of_version_1_folds, set_up, tear_down),
    };
    folder = argc > 1 ? argv[1] : ".";
    return test_run("engine/old_log", tests);
}
