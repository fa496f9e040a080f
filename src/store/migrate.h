/* Brings the schema of a database to the one this program was built with, one numbered script after another.
 *
 * Scripts are embedded from sql/<engine>/NNNN_name.sql. Each runs in one transaction together with its row in the table
 * `migration`, so a crash at any point leaves a database that the next start carries on from. It refuses to go back, to
 * touch a database that is newer than the program or was made by another one, and to go on when a script that was
 * applied has since been changed.
 *
 * All functions want a connection outside of a transaction and run on its thread. */
#ifndef NIGHTLATCH_STORE_MIGRATE_H
#define NIGHTLATCH_STORE_MIGRATE_H

#include <stddef.h>

#include "store/db.h"

struct migration {
    int number;
    const char *name;
    const char *sql; /* NUL-terminated */
    size_t sql_len;  /* bytes, without the NUL */
};

/* Item i has number i. Item 0 makes the table `migration`; it is not recorded there. */
struct migration_set {
    const char *scheme; /* the driver's */
    const struct migration *items;
    int count; /* at least 1 */
};

extern const struct migration_set migrations_sqlite;

struct migrate_status {
    int applied_count; /* 0 for an empty database */
    int known_count;   /* what this program has; the database is ready when the two are equal */
};

/* Reads how far the database is. False with a failure when it is not one that migrate_apply() would carry on from:
 * ERR_DATA for a newer, foreign or contradicting one; ERR_UNAVAILABLE when another process keeps it locked. */
bool migrate_status(struct db_connection *connection, struct migrate_status *ret_status, struct err *err)
    __attribute__((warn_unused_result));

/* Applies what is missing. `now_ms` (milliseconds since the epoch, UTC) is recorded with it. True: the schema is this
 * program's, and *ret_applied_count scripts ran. False with a failure: those of migrate_status(); a script that does
 * not run or leaves the database inconsistent (db_verify) has not happened, the ones before it stay. */
bool migrate_apply(struct db_connection *writer, int64_t now_ms, int *ret_applied_count, struct err *err)
    __attribute__((warn_unused_result));

/* The same with another set than the driver's own. */
bool migrate_status_of(struct db_connection *connection, const struct migration_set *set,
                       struct migrate_status *ret_status, struct err *err) __attribute__((warn_unused_result));
bool migrate_apply_set(struct db_connection *writer, const struct migration_set *set, int64_t now_ms,
                       int *ret_applied_count, struct err *err) __attribute__((warn_unused_result));

#endif
