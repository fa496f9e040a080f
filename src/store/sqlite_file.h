/* What the SQLite driver does to whole files through a plain connection: telling how a call ended, writing the log
 * again after a restart, checkpoints, the check of a database and copies of it.
 *
 * For db_sqlite.c only. It refuses to know statements, roles and transactions of the engine. */
#ifndef NIGHTLATCH_STORE_SQLITE_FILE_H
#define NIGHTLATCH_STORE_SQLITE_FILE_H

#include <sqlite3.h>

#include "store/db.h"

/* How a call that returned the (extended) code `rc` ended, outside of a commit, and the failure in *err as "`doing`:
 * SQLite's words" where the contract wants one. SQLITE_OK, SQLITE_ROW and SQLITE_DONE are DB_OK. `handle` may be NULL.
 */
enum db_status sqlite_status(sqlite3 *handle, int rc, const char *doing, struct err *err);

/* Runs constant SQL whose rows nobody needs. */
enum db_status sqlite_run(sqlite3 *handle, const char *sql, struct err *err) __attribute__((warn_unused_result));

/* Writes the bytes of the write-ahead log over themselves and syncs it. After a failed fsync Linux shows pages that
 * never reached the disk and calls them clean: a log that was only read after a restart would be trusted, answered
 * from and checkpointed, and be gone after a power cut. Holds the write lock meanwhile. DB_RETRY: another process
 * writes. */
enum db_status sqlite_wal_renew(sqlite3 *writer, struct err *err) __attribute__((warn_unused_result));

/* Where the writer's checkpoints stand, in frames of the log (one page each). */
struct sqlite_wal {
    int frame_count;        /* in the log after the last commit; set by sqlite_wal_committed() */
    int checkpointed_count; /* of these, known to be in the database */
    int restart_limit;      /* a restart is forced above so many */
    int restart_at;         /* the same, but moved on while readers are in the way; restart_limit to begin with */
    int busy_timeout_ms;    /* what the connection waits outside of checkpoints */
};

/* For sqlite3_wal_hook(); `wal` is a struct sqlite_wal. It only takes note: checkpoints wait for sqlite_checkpoint().
 */
int sqlite_wal_committed(void *wal, sqlite3 *writer, const char *schema, int frame_count);

/* Checkpoints when there is enough to do. DB_OK also when a reader was in the way. */
enum db_status sqlite_checkpoint(sqlite3 *writer, struct sqlite_wal *wal, struct err *err)
    __attribute__((warn_unused_result));

/* db_verify() and db_copy(). */
enum db_status sqlite_verify(sqlite3 *handle, struct err *err) __attribute__((warn_unused_result));
enum db_status sqlite_copy(sqlite3 *reader, const char *path, const char *vfs, const struct db_copy_watch *watch,
                           struct err *err) __attribute__((warn_unused_result));

#endif
