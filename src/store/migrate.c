/* Migrations: compare the record with the embedded scripts, then run what is missing.
 *
 * A script may rebuild tables that others refer to, so foreign keys are not enforced while it runs; db_verify() looks
 * at all of them before the commit. */
#include "store/migrate.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { CHECKSUM_LEN = 32 };

static const struct migration_set *const sets[] = {&migrations_sqlite};

static const struct migration_set *
set_of(const struct db_connection *connection)
{
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        if (strcmp(sets[i]->scheme, connection->driver->scheme) == 0)
            return sets[i];
    }
    assert(!"every driver has its scripts");
    return NULL;
}

/* BLAKE2b-256 of the script's bytes. */
static void
checksum_of(const struct migration *migration, unsigned char *ret_checksum)
{
    int rc = crypto_generichash(ret_checksum, CHECKSUM_LEN, (const unsigned char *)migration->sql, migration->sql_len,
                                NULL, 0);
    assert(rc == 0);
    (void)rc;
}

/* Whether `status` is a success; if not, *err is set for the statuses that come without one, too. */
static bool
worked(enum db_status status, struct err *err)
{
    if (status == DB_OK)
        return true;
    if (status == DB_RETRY)
        err_set(err, ERR_UNAVAILABLE, "another process is using the database");
    else if (status == DB_CONFLICT)
        err_set(err, ERR_DATA, "a constraint of the database refused it");
    return false;
}

/* --- How far the database is --- */

/* The first row of a statement without parameters; the caller finishes *ret_rows either way. */
static enum db_status
first_row(struct db_connection *connection, enum db_stmt stmt, struct db_rows **ret_rows, struct err *err)
{
    enum db_status status = db_query(connection, stmt, NULL, 0, ret_rows, err);
    return status == DB_OK ? db_next(*ret_rows, err) : status;
}

/* Whether the table of migrations is there; an otherwise empty database may be without. */
static bool
find_record(struct db_connection *connection, bool *ret_found, struct err *err)
{
    struct db_rows *rows;
    enum db_status status = first_row(connection, STMT_MIGRATION_TABLES, &rows, err);
    int64_t table_count = 0;
    if (status == DB_ROW) {
        *ret_found = db_column_i64(rows, 0) == 1;
        table_count = db_column_i64(rows, 1);
        status = DB_OK;
    }
    db_finish(rows);
    if (!worked(status, err))
        return false;
    if (*ret_found || table_count == 0)
        return true;
    err_set(err, ERR_DATA, "this database was made by another program: it has tables, but no record of migrations");
    return false;
}

/* Compares one row of the record, the `at`-th, with the script of its number. */
static bool
row_agrees(const struct db_rows *rows, const struct migration_set *set, int at, struct err *err)
{
    int64_t number = db_column_i64(rows, 0);
    struct str name = db_column_str(rows, 1);
    if (number != at) {
        err_set(err, ERR_DATA, "the database has migration %lld, but not %d", (long long)number, at);
        return false;
    }
    if (at >= set->count) {
        err_set(err, ERR_DATA,
                "the database is newer than this program: it has migration %d (%.*s), this program ends at %d", at,
                STR_ARG(name), set->count - 1);
        return false;
    }
    unsigned char expected[CHECKSUM_LEN];
    checksum_of(&set->items[at], expected);
    if (!str_equal(db_column_str(rows, 2), str_of(expected, sizeof(expected)))) {
        err_set(err, ERR_DATA, "migration %d (%s) was applied with another text than this program has", at,
                set->items[at].name);
        return false;
    }
    return true;
}

static bool
read_record(struct db_connection *connection, const struct migration_set *set, int *ret_applied_count, struct err *err)
{
    struct db_rows *rows;
    enum db_status status = first_row(connection, STMT_MIGRATION_LIST, &rows, err);
    bool agrees = true;
    int applied = 0;
    while (status == DB_ROW && agrees) {
        agrees = row_agrees(rows, set, applied + 1, err);
        applied += agrees ? 1 : 0;
        if (agrees)
            status = db_next(rows, err);
    }
    db_finish(rows);
    *ret_applied_count = applied;
    return agrees && worked(status == DB_NO_ROW ? DB_OK : status, err);
}

/* How many are applied; -1 while even the record is missing. */
static bool
read_position(struct db_connection *connection, const struct migration_set *set, int *ret_applied_count,
              struct err *err)
{
    bool found = false;
    *ret_applied_count = -1;
    if (sodium_init() < 0) {
        err_set(err, ERR_SYSTEM, "libsodium can't be set up");
        return false;
    }
    if (!find_record(connection, &found, err))
        return false;
    return !found || read_record(connection, set, ret_applied_count, err);
}

bool
migrate_status_of(struct db_connection *connection, const struct migration_set *set, struct migrate_status *ret_status,
                  struct err *err)
{
    int applied = -1;
    if (!read_position(connection, set, &applied, err))
        return false;
    *ret_status = (struct migrate_status){.applied_count = applied < 0 ? 0 : applied, .known_count = set->count - 1};
    return true;
}

bool
migrate_status(struct db_connection *connection, struct migrate_status *ret_status, struct err *err)
{
    return migrate_status_of(connection, set_of(connection), ret_status, err);
}

/* --- Going on from there --- */

static enum db_status
record(struct db_connection *writer, const struct migration *migration, int64_t now_ms, struct err *err)
{
    unsigned char checksum[CHECKSUM_LEN];
    checksum_of(migration, checksum);
    struct db_value values[] = {db_int(migration->number), db_text(str_from(migration->name)),
                                db_bytes(checksum, sizeof(checksum)), db_int(now_ms)};
    return db_run(writer, STMT_MIGRATION_INSERT, values, 4, NULL, err);
}

static enum db_status
run_script(struct db_connection *writer, const struct migration *migration, int64_t now_ms, struct err *err)
{
    enum db_status status = db_script(writer, migration->sql, err);
    if (status != DB_OK)
        return status;
    assert(db_in_transaction(writer) && "a script leaves begin and commit alone");
    if (migration->number > 0)
        status = record(writer, migration, now_ms, err);
    return status == DB_OK ? db_verify(writer, err) : status;
}

/* One script with its row, or neither. */
static bool
apply_one(struct db_connection *writer, const struct migration *migration, int64_t now_ms, struct err *err)
{
    enum db_status status = db_begin_schema(writer, err);
    if (status == DB_OK)
        status = run_script(writer, migration, now_ms, err);
    if (status == DB_OK)
        status = db_commit(writer, err);
    if (worked(status, err))
        return true;
    struct err later;
    (void)db_rollback(writer, &later); /* the first failure is the one to tell */
    err_wrap(err, "migration %d (%s)", migration->number, migration->name);
    return false;
}

bool
migrate_apply_set(struct db_connection *writer, const struct migration_set *set, int64_t now_ms, int *ret_applied_count,
                  struct err *err)
{
    *ret_applied_count = 0;
    int applied = -1;
    if (!read_position(writer, set, &applied, err))
        return false;
    for (int at = applied + 1; at < set->count; at++) {
        if (!apply_one(writer, &set->items[at], now_ms, err))
            return false;
        *ret_applied_count += at > 0 ? 1 : 0;
    }
    return true;
}

bool
migrate_apply(struct db_connection *writer, int64_t now_ms, int *ret_applied_count, struct err *err)
{
    return migrate_apply_set(writer, set_of(writer), now_ms, ret_applied_count, err);
}
