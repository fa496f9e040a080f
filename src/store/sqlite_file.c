/* Whole files of SQLite: see the header. Everything here runs on one connection, on the thread that owns it. */
#include "store/sqlite_file.h"

#include <string.h>

enum {
    /* A passive checkpoint is due once so many frames wait (16 MiB of 4 KiB pages): pages that change in every batch
     * are then written to the database once in thousands of commits. */
    CHECKPOINT_FRAMES = 4096,
    RESTART_WAIT_MS = 250,  /* for short read transactions to end; long ones (a copy) are tried again later */
    RENEW_CHUNK = 64 << 10, /* bytes */
    COPY_PAGES = 256,       /* per step: 1 MiB, about a millisecond from the page cache */
};

static enum err_kind
kind_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_IOERR: return rc == SQLITE_IOERR_NOMEM ? ERR_MEMORY : ERR_IO;
    case SQLITE_CANTOPEN: return ERR_NO_INPUT;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT:
    case SQLITE_NOLFS: return ERR_SYSTEM;
    default: return ERR_DATA;
    }
}

enum db_status
sqlite_status(sqlite3 *handle, int rc, const char *doing, struct err *err)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return DB_OK;
    case SQLITE_CONSTRAINT: err_set(err, ERR_DATA, "%s: %s", doing, sqlite3_errmsg(handle)); return DB_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        err_set(err, ERR_UNAVAILABLE, "%s: the database is locked: %s (SQLite code %d)", doing, sqlite3_errstr(rc), rc);
        return DB_RETRY;
    case SQLITE_FULL: err_set(err, ERR_FULL, "%s: no space left for the database", doing); return DB_FULL;
    default: break;
    }
    int system = handle == NULL ? 0 : sqlite3_system_errno(handle);
    bool told = system != 0 && ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN);
    err_set(err, kind_of(rc), "%s: %s%s%s (SQLite code %d)", doing,
            handle == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(handle), told ? ", " : "",
            told ? strerror(system) : "", rc);
    return DB_FAILED;
}

enum db_status
sqlite_run(sqlite3 *handle, const char *sql, struct err *err)
{
    return sqlite_status(handle, sqlite3_exec(handle, sql, NULL, NULL, NULL), sql, err);
}

/* --- The write-ahead log --- */

static int
rewrite(sqlite3_file *file)
{
    char chunk[RENEW_CHUNK];
    sqlite3_int64 size = 0;
    int rc = file->pMethods->xFileSize(file, &size);
    for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size; at += RENEW_CHUNK) {
        int len = (int)(size - at < RENEW_CHUNK ? size - at : RENEW_CHUNK);
        rc = file->pMethods->xRead(file, chunk, len, at);
        if (rc == SQLITE_OK)
            rc = file->pMethods->xWrite(file, chunk, len, at);
    }
    if (rc == SQLITE_OK && size > 0)
        rc = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    return rc;
}

enum db_status
sqlite_wal_renew(sqlite3 *writer, struct err *err)
{
    enum db_status status = sqlite_run(writer, "BEGIN IMMEDIATE", err);
    if (status != DB_OK)
        return status;
    sqlite3_file *file = NULL;
    int rc = sqlite3_file_control(writer, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (rc == SQLITE_OK && file != NULL && file->pMethods != NULL)
        rc = rewrite(file);
    status = sqlite_status(NULL, rc, "writing the log again after a restart", err);
    struct err later;
    enum db_status ended = sqlite_run(writer, "ROLLBACK", status == DB_OK ? err : &later);
    return status == DB_OK ? ended : status;
}

static void
log_began_anew(struct sqlite_wal *wal)
{
    wal->checkpointed_count = 0;
    wal->restart_at = wal->restart_limit;
}

int
sqlite_wal_committed(void *wal, sqlite3 *writer, const char *schema, int frame_count)
{
    (void)writer;
    (void)schema;
    struct sqlite_wal *at = wal;
    if (frame_count < at->frame_count)
        log_began_anew(at);
    at->frame_count = frame_count;
    return SQLITE_OK;
}

static int
force_restart(sqlite3 *writer, struct sqlite_wal *wal)
{
    int in_log = 0;
    (void)sqlite3_busy_timeout(writer, RESTART_WAIT_MS);
    int rc = sqlite3_wal_checkpoint_v2(writer, "main", SQLITE_CHECKPOINT_RESTART, &in_log, &wal->checkpointed_count);
    (void)sqlite3_busy_timeout(writer, wal->busy_timeout_ms);
    if (rc == SQLITE_OK) {
        wal->frame_count = 0;
        log_began_anew(wal);
    } else {
        wal->restart_at = wal->frame_count + wal->restart_limit / 8;
    }
    return rc;
}

enum db_status
sqlite_checkpoint(sqlite3 *writer, struct sqlite_wal *wal, struct err *err)
{
    int rc = SQLITE_OK;
    int in_log = 0;
    if (wal->frame_count > wal->restart_at)
        rc = force_restart(writer, wal);
    else if (wal->frame_count - wal->checkpointed_count >= CHECKPOINT_FRAMES)
        rc = sqlite3_wal_checkpoint_v2(writer, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &wal->checkpointed_count);
    if (wal->checkpointed_count < 0)
        wal->checkpointed_count = 0; /* a checkpoint that did not run says -1 */
    return (rc & 0xff) == SQLITE_BUSY ? DB_OK : sqlite_status(writer, rc, "checkpoint", err);
}

/* --- The whole database --- */

/* Runs a PRAGMA that lists what is wrong, to its first row. DB_OK: *ret_stmt is on a row if *ret_found. */
static enum db_status
first_finding(sqlite3 *handle, const char *sql, sqlite3_stmt **ret_stmt, bool *ret_found, struct err *err)
{
    *ret_stmt = NULL;
    int rc = sqlite3_prepare_v2(handle, sql, -1, ret_stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(*ret_stmt);
    *ret_found = rc == SQLITE_ROW;
    return sqlite_status(handle, rc, sql, err);
}

static enum db_status
check_references(sqlite3 *handle, struct err *err)
{
    sqlite3_stmt *stmt;
    bool found;
    enum db_status status = first_finding(handle, "PRAGMA foreign_key_check", &stmt, &found, err);
    if (found) {
        err_set(err, ERR_DATA, "a row of table %s refers to a row that table %s does not have",
                (const char *)sqlite3_column_text(stmt, 0), (const char *)sqlite3_column_text(stmt, 2));
        status = DB_FAILED;
    }
    (void)sqlite3_finalize(stmt);
    return status;
}

static enum db_status
check_pages(sqlite3 *handle, struct err *err)
{
    sqlite3_stmt *stmt;
    bool found;
    enum db_status status = first_finding(handle, "PRAGMA quick_check(1)", &stmt, &found, err);
    if (found && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0) {
        err_set(err, ERR_DATA, "damaged database: %s", (const char *)sqlite3_column_text(stmt, 0));
        status = DB_FAILED;
    }
    (void)sqlite3_finalize(stmt);
    return status;
}

enum db_status
sqlite_verify(sqlite3 *handle, struct err *err)
{
    enum db_status status = check_pages(handle, err);
    return status == DB_OK ? check_references(handle, err) : status;
}

/* Pages from `reader`, which stays on one snapshot, into `copy`. */
static enum db_status
copy_pages(sqlite3 *reader, sqlite3 *copy, const struct db_copy_watch *watch, struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", reader, "main");
    if (backup == NULL)
        return sqlite_status(copy, sqlite3_extended_errcode(copy), "starting a copy", err);
    int rc;
    bool stopped = false;
    do {
        rc = sqlite3_backup_step(backup, COPY_PAGES);
        int total = sqlite3_backup_pagecount(backup);
        stopped = rc == SQLITE_OK && watch != NULL &&
                  !watch->go_on(watch->context, total - sqlite3_backup_remaining(backup), total);
    } while (rc == SQLITE_OK && !stopped);
    int ended = sqlite3_backup_finish(backup);
    if (stopped) {
        err_set(err, ERR_UNAVAILABLE, "the copy was stopped before its end");
        return DB_FAILED;
    }
    return sqlite_status(copy, rc == SQLITE_DONE ? ended : rc, "copying the database", err);
}

enum db_status
sqlite_copy(sqlite3 *reader, const char *path, const char *vfs, const struct db_copy_watch *watch, struct err *err)
{
    sqlite3 *copy = NULL;
    int rc = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
    enum db_status status = sqlite_status(copy, rc, "opening the copy", err);
    /* whoever asked for the copy syncs it once, or throws it away: it needs no journal of its own */
    if (status == DB_OK)
        status = sqlite_run(copy, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", err);
    if (status == DB_OK)
        status = sqlite_run(reader, "BEGIN; SELECT 1 FROM sqlite_schema", err);
    if (status == DB_OK) {
        status = copy_pages(reader, copy, watch, err);
        (void)sqlite3_exec(reader, "ROLLBACK", NULL, NULL, NULL); /* it only read: nothing can be lost */
    }
    /* one file, readable where nothing can be written: the copy does not ask for a write-ahead log */
    if (status == DB_OK)
        status = sqlite_run(copy, "PRAGMA journal_mode = DELETE", err);
    if (status == DB_OK)
        status = sqlite_verify(copy, err);
    (void)sqlite3_close(copy);
    return status;
}
