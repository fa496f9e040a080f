/* The scratch database is made anew for each comparison. */
#include "tests/support/rebuilt.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/migrate.h"
#include "tests/support/scratch.h"

static void
must(bool holds, const char *what, const struct err *err)
{
    if (holds)
        return;
    fprintf(stderr, "rebuilt: %s: %s\n", what, err->message);
    abort();
}

static void
print_difference(const struct rebuild_difference *d, void *user)
{
    (void)user;
    printf("# property %u, %.*s %.*s %.*s: %.*s in the log, %.*s in the table, event %lld\n", (unsigned)d->property,
           STR_ARG(d->table), STR_ARG(d->key), STR_ARG(d->column), STR_ARG(d->logged), STR_ARG(d->stored),
           (long long)d->seq);
}

struct rebuild_report
rebuilt_compare(struct db *db, void (*on_difference)(const struct rebuild_difference *difference, void *user),
                void *user)
{
    struct scratch scratch = {.path = ""};
    struct err err = {.kind = ERR_NONE};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    struct store log = {.connection = NULL}, fresh = {.connection = NULL};
    struct rebuild_report report;
    struct db *scratch_db;
    char url[300];
    int applied;
    scratch_init(&scratch);
    (void)snprintf(url, sizeof(url), "sqlite:%s/fresh.db", scratch.path);
    settings.url = url;
    settings.synchronous = 0;
    must(db_open(&settings, &scratch_db, &err) == DB_OK, "open", &err);
    must(db_connect(scratch_db, DB_WRITER, &fresh.connection, &err) == DB_OK, "connect", &err);
    must(migrate_apply(fresh.connection, 1, &applied, &err), "migrate", &err);
    must(db_connect(db, DB_READER, &log.connection, &err) == DB_OK, "connect to the log", &err);
    struct rebuild_settings rebuild = {.store = &log,
                                       .fresh = &fresh,
                                       .memory_limit = (size_t)32 << 20,
                                       .on_difference = on_difference == NULL ? print_difference : on_difference,
                                       .user = user};
    must(rebuild_run(&rebuild, &report) == DB_OK, "rebuild", &log.err);
    db_disconnect(log.connection);
    db_disconnect(fresh.connection);
    db_close(scratch_db);
    scratch_done(&scratch);
    return report;
}
