/* A database is a URL; its neighbours on the disk are found from it. */
#include "cmd/database.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/migrate.h"
#include "util/clock.h"

static struct db_settings
settings_for(const char *url, bool create)
{
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = url;
    settings.create = create;
    return settings;
}

/* Whether the schema is this program's, looked at on a reading connection. */
static bool
is_current(struct db *db, const char *url, struct err *err)
{
    struct db_connection *reader;
    struct migrate_status status;
    if (db_connect(db, DB_READER, &reader, err) != DB_OK)
        return false;
    bool known = migrate_status(reader, &status, err);
    db_disconnect(reader);
    if (known && status.applied_count != status.known_count) {
        err_set(err, ERR_DATA, "%s has an older schema; `nightlatch migrate` brings it up to date", url);
        return false;
    }
    return known;
}

bool
database_is_there(const char *url, struct err *err)
{
    const char *path = db_url_path(url);
    if (path == NULL || access(path, F_OK) == 0)
        return true; /* what is wrong with any other URL is told where it is opened */
    err_set(err, ERR_NO_INPUT,
            "%s is not there; say with --db which database is meant (`nightlatch serve` makes a new one)", path);
    return false;
}

bool
database_may_be(const char *path, struct err *err)
{
    static const char magic[] = "SQLite format 3"; /* and its terminator */
    char begins[sizeof(magic)];
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        err_set(err, ERR_DATA, "%s is a folder, not a database", path);
        return false;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return true;
    size_t len = fread(begins, 1, sizeof(begins), file);
    bool empty = len == 0 || ferror(file) != 0;
    (void)fclose(file);
    if (empty || (len == sizeof(begins) && memcmp(begins, magic, len) == 0))
        return true;
    err_set(err, ERR_DATA, "%s is not a database", path);
    return false;
}

bool
database_open_existing(const char *url, struct db **ret_db, struct err *err)
{
    struct db_settings settings = settings_for(url, false);
    const char *path = db_url_path(url);
    if (!database_is_there(url, err) || (path != NULL && !database_may_be(path, err)) ||
        db_open(&settings, ret_db, err) != DB_OK)
        return false;
    if (is_current(*ret_db, url, err))
        return true;
    db_close(*ret_db);
    return false;
}

bool
database_migrate(const char *url, int *ret_applied_count, struct err *err)
{
    struct db_settings settings = settings_for(url, true);
    struct db *db;
    struct db_connection *writer;
    if (db_open(&settings, &db, err) != DB_OK)
        return false;
    bool applied = false;
    if (db_connect(db, DB_WRITER, &writer, err) == DB_OK) {
        applied = migrate_apply(writer, clock_now_ms(clock_system()), ret_applied_count, err);
        db_disconnect(writer);
    }
    db_close(db);
    return applied;
}

bool
database_open_to_write(const char *url, struct db **ret_db, struct err *err)
{
    int applied;
    struct db_settings settings = settings_for(url, false);
    return database_migrate(url, &applied, err) && db_open(&settings, ret_db, err) == DB_OK;
}

bool
database_sibling(const char *url, const char *suffix, char *out, size_t out_size, struct err *err)
{
    static const char scheme[] = "sqlite:";
    if (strncmp(url, scheme, sizeof(scheme) - 1) != 0) {
        err_set(err, ERR_USAGE, "\"%s\" is not a database; write sqlite:PATH", url);
        return false;
    }
    int len = snprintf(out, out_size, "%s%s", url + sizeof(scheme) - 1, suffix);
    if (len < 0 || (size_t)len >= out_size) {
        err_set(err, ERR_USAGE, "the path of \"%s\" is too long", url);
        return false;
    }
    return true;
}
