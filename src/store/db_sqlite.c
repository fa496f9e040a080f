/* The driver for SQLite: one file, its write-ahead log, one connection that writes and checkpoints.
 *
 * WAL with synchronous=FULL: a commit returns after the fsync of its frames. Readers are opened read-only and never
 * checkpoint, not even on closing: SQLite 3.40 has a fault in resetting the log that needs two connections which write
 * or checkpoint. Checkpoints run in db_maintain() alone, after replies are out, and never inside a commit. Pages are
 * read with read(): an I/O error on a mapped page would be a signal. What a build of SQLite may choose differently is
 * set here. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite_file.h"

enum {
    OLDEST_VERSION = 3037000, /* STRICT tables, and extended result codes from the first call on */
    PAGE_BYTES = 4096,
};

struct sqlite_db {
    struct db db;
    char *path;
    char *vfs; /* or NULL */
    bool create;
    int synchronous;
    int64_t wal_limit;
    int busy_timeout_ms;
    atomic_int connection_count;
    atomic_bool has_writer;
};

/* One per statement of the table and connection, prepared on first use and kept. */
struct sqlite_rows {
    struct db_rows rows;
    sqlite3_stmt *stmt;
    int64_t changes;
    bool open;
};

enum control { BEGIN_WRITE, BEGIN_READ, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO, CONTROL_COUNT };

static const char *const control_sql[CONTROL_COUNT] = {
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [BEGIN_READ] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SAVEPOINT] = "SAVEPOINT command",
    [RELEASE] = "RELEASE command",
    [ROLLBACK_TO] = "ROLLBACK TO command",
};

struct sqlite_connection {
    struct db_connection connection;
    struct sqlite_db *db;
    enum db_role role;
    sqlite3 *handle;
    bool foreign_keys_off;
    struct sqlite_wal wal;
    sqlite3_stmt *control[CONTROL_COUNT];
    struct sqlite_rows rows[STMT_COUNT];
};

static struct sqlite_connection *
own(struct db_connection *connection)
{
    return (struct sqlite_connection *)connection;
}

/* --- Opening --- */

static enum db_status
out_of_memory(struct err *err)
{
    err_set(err, ERR_MEMORY, "opening the database: out of memory");
    return DB_FAILED;
}

/* SQLite would take these names for something else than a file. */
static bool
path_is_plain(const char *path)
{
    return path[0] != '\0' && path[0] != ':' && strncmp(path, "file:", 5) != 0;
}

static void
sqlite_close(struct db *db)
{
    struct sqlite_db *sqlite = (struct sqlite_db *)db;
    assert(atomic_load(&sqlite->connection_count) == 0 && "every connection ends before its database");
    free(sqlite->path);
    free(sqlite->vfs);
    free(sqlite);
}

/* SQLite would count its memory under one lock for all threads, for figures that nobody asks for. It stays as it is
 * when something else has started SQLite in this process before. */
static void
leave_memory_uncounted(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum db_status
sqlite_open(const struct db_settings *settings, struct db **ret_db, struct err *err)
{
    const char *path = db_url_path(settings->url);
    if (!path_is_plain(path)) {
        err_set(err, ERR_USAGE, "\"%s\" does not name a database file", path);
        return DB_FAILED;
    }
    if (sqlite3_libversion_number() < OLDEST_VERSION || sqlite3_threadsafe() == 0) {
        err_set(err, ERR_CONFIG, "SQLite %s%s can't be used: 3.37 or newer, built for threads, is needed",
                sqlite3_libversion(), sqlite3_threadsafe() == 0 ? " without threads" : "");
        return DB_FAILED;
    }
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, leave_memory_uncounted);
    struct sqlite_db *sqlite = calloc(1, sizeof(*sqlite));
    if (sqlite == NULL)
        return out_of_memory(err);
    sqlite->path = strdup(path);
    sqlite->vfs = settings->vfs == NULL ? NULL : strdup(settings->vfs);
    sqlite->create = settings->create;
    sqlite->synchronous = settings->synchronous;
    sqlite->wal_limit = settings->wal_limit;
    sqlite->busy_timeout_ms = settings->busy_timeout_ms;
    if (sqlite->path == NULL || (settings->vfs != NULL && sqlite->vfs == NULL)) {
        sqlite_close(&sqlite->db);
        return out_of_memory(err);
    }
    *ret_db = &sqlite->db;
    return DB_OK;
}

/* Guests' data is nobody else's: a new file is its owner's alone, and SQLite gives the files beside it the same mode.
 */
static enum db_status
create_file(const struct sqlite_db *db, struct err *err)
{
    if (!db->create || db->vfs != NULL)
        return DB_OK;
    int fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)close(fd);
        return DB_OK;
    }
    if (errno == EEXIST)
        return DB_OK;
    err_set(err, errno == ENOSPC ? ERR_FULL : ERR_NO_INPUT, "creating database %s: %s", db->path, strerror(errno));
    return errno == ENOSPC ? DB_FULL : DB_FAILED;
}

static enum db_status
open_handle(struct sqlite_connection *c, struct err *err)
{
    enum db_status status = c->role == DB_WRITER ? create_file(c->db, err) : DB_OK;
    if (status != DB_OK)
        return status;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= c->role == DB_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (c->role == DB_WRITER && c->db->create)
        flags |= SQLITE_OPEN_CREATE;
    int rc = sqlite3_open_v2(c->db->path, &c->handle, flags, c->db->vfs);
    status = sqlite_status(c->handle, rc, "opening", err);
    if (status == DB_OK)
        (void)sqlite3_busy_timeout(c->handle, c->db->busy_timeout_ms);
    return status;
}

/* Switches of a connection; each must have taken. */
static enum db_status
set_switches(struct sqlite_connection *c, struct err *err)
{
    const struct {
        int name;
        int value;
    } switches[] = {
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, c->role == DB_READER},
    };
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        int now = -1;
        int rc = sqlite3_db_config(c->handle, switches[i].name, switches[i].value, &now);
        if (rc != SQLITE_OK || now != switches[i].value) {
            err_set(err, ERR_CONFIG, "this build of SQLite does not have switch %d", switches[i].name);
            return DB_FAILED;
        }
    }
    return DB_OK;
}

/* A PRAGMA whose answer must be `expected`. */
static enum db_status
set_and_see(struct sqlite_connection *c, const char *sql, const char *expected, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(c->handle, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    enum db_status status = sqlite_status(c->handle, rc, sql, err);
    const char *answer = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (status == DB_OK && (answer == NULL || strcmp(answer, expected) != 0)) {
        err_set(err, ERR_CONFIG, "%s answered \"%s\"", sql, answer == NULL ? "" : answer);
        status = DB_FAILED;
    }
    (void)sqlite3_finalize(stmt);
    return status;
}

static enum db_status
set_pragmas(struct sqlite_connection *c, struct err *err)
{
    /* secure_delete: an erased guest leaves no bytes in free pages. recursive_triggers: a row that is replaced passes
     * its delete triggers. temp_store: no temporary file can fail in the middle of a statement. */
    enum db_status status = sqlite_run(c->handle,
                                       "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
                                       "PRAGMA secure_delete = ON; PRAGMA recursive_triggers = ON;",
                                       err);
    if (status == DB_OK)
        status = set_and_see(c, "PRAGMA encoding", "UTF-8", err);
    if (status != DB_OK)
        return status;
    if (c->role == DB_READER)
        return sqlite_run(c->handle, "PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 0",
                          err);
    static const char *const synchronous[] = {"PRAGMA synchronous = OFF", "PRAGMA synchronous = NORMAL",
                                              "PRAGMA synchronous = FULL"};
    static const char *const levels[] = {"0", "1", "2"};
    assert(c->db->synchronous >= 0 && c->db->synchronous <= 2);
    status = set_and_see(c, "PRAGMA journal_mode = WAL", "wal", err);
    if (status == DB_OK)
        status = sqlite_run(c->handle, "PRAGMA cache_size = -24576; PRAGMA journal_size_limit = 67108864", err);
    if (status == DB_OK)
        status = sqlite_run(c->handle, synchronous[c->db->synchronous], err);
    if (status == DB_OK)
        status = set_and_see(c, "PRAGMA synchronous", levels[c->db->synchronous], err);
    return status;
}

static enum db_status
prepare_controls(struct sqlite_connection *c, struct err *err)
{
    for (int i = 0; i < CONTROL_COUNT; i++) {
        int rc = sqlite3_prepare_v3(c->handle, control_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &c->control[i], NULL);
        enum db_status status = sqlite_status(c->handle, rc, control_sql[i], err);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* The names of the database and its log, too, must outlive a power cut. SQLite sees to that when it makes the log, but
 * not when it finds one that a process made which died before its first sync. */
static enum db_status
sync_folder(struct sqlite_connection *c, struct err *err)
{
    if (c->db->vfs != NULL)
        return DB_OK;
    char folder[PATH_MAX];
    const char *path = sqlite3_db_filename(c->handle, "main"); /* absolute, links resolved */
    (void)snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path) + 1, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* not every file system syncs folders */
    if (!synced)
        err_set(err, ERR_IO, "syncing folder %s: %s", folder, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return synced ? DB_OK : DB_FAILED;
}

static enum db_status
start_writer(struct sqlite_connection *c, struct err *err)
{
    int64_t frames = c->db->wal_limit / PAGE_BYTES;
    c->wal.restart_limit = frames > INT32_MAX ? INT32_MAX : (int)frames;
    c->wal.restart_at = c->wal.restart_limit;
    c->wal.busy_timeout_ms = c->db->busy_timeout_ms;
    (void)sqlite3_wal_hook(c->handle, sqlite_wal_committed, &c->wal);
    enum db_status status = sqlite_wal_renew(c->handle, err);
    return status == DB_OK ? sync_folder(c, err) : status;
}

static void
sqlite_disconnect(struct db_connection *connection)
{
    struct sqlite_connection *c = own(connection);
    for (int i = 0; i < CONTROL_COUNT; i++)
        (void)sqlite3_finalize(c->control[i]);
    for (int i = 0; i < STMT_COUNT; i++)
        (void)sqlite3_finalize(c->rows[i].stmt);
    int rc = sqlite3_close(c->handle); /* rolls back */
    assert(rc == SQLITE_OK);
    (void)rc;
    if (c->role == DB_WRITER)
        atomic_store(&c->db->has_writer, false);
    atomic_fetch_sub(&c->db->connection_count, 1);
    free(c);
}

static enum db_status
sqlite_connect(struct db *db, enum db_role role, struct db_connection **ret_connection, struct err *err)
{
    struct sqlite_connection *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return out_of_memory(err);
    c->db = (struct sqlite_db *)db;
    c->role = role;
    atomic_fetch_add(&c->db->connection_count, 1);
    if (role == DB_WRITER) {
        bool second = atomic_exchange(&c->db->has_writer, true);
        assert(!second && "one connection writes");
        (void)second;
    }
    enum db_status status = open_handle(c, err);
    if (status == DB_OK)
        status = set_switches(c, err);
    if (status == DB_OK)
        status = set_pragmas(c, err);
    if (status == DB_OK)
        status = prepare_controls(c, err);
    if (status == DB_OK && role == DB_WRITER)
        status = start_writer(c, err);
    if (status == DB_OK) {
        *ret_connection = &c->connection;
        return DB_OK;
    }
    if (status == DB_FAILED || status == DB_FULL || status == DB_RETRY)
        err_wrap(err, "database %s", c->db->path);
    sqlite_disconnect(&c->connection);
    return status;
}

/* --- Transactions --- */

static bool
sqlite_in_transaction(const struct db_connection *connection)
{
    return sqlite3_get_autocommit(((const struct sqlite_connection *)connection)->handle) == 0;
}

static int
control(struct sqlite_connection *c, enum control which)
{
    int rc = sqlite3_step(c->control[which]);
    (void)sqlite3_reset(c->control[which]);
    return rc;
}

static enum db_status
run_control(struct db_connection *connection, enum control which, struct err *err)
{
    struct sqlite_connection *c = own(connection);
    return sqlite_status(c->handle, control(c, which), control_sql[which], err);
}

static enum db_status
set_foreign_keys(struct sqlite_connection *c, bool on, struct err *err)
{
    c->foreign_keys_off = !on;
    int rc = sqlite3_db_config(c->handle, SQLITE_DBCONFIG_ENABLE_FKEY, on ? 1 : 0, NULL);
    return sqlite_status(c->handle, rc, "foreign keys", err);
}

static enum db_status
sqlite_begin(struct db_connection *connection, struct err *err)
{
    struct sqlite_connection *c = own(connection);
    if (c->foreign_keys_off) {
        enum db_status status = set_foreign_keys(c, true, err);
        if (status != DB_OK)
            return status;
    }
    return run_control(connection, c->role == DB_WRITER ? BEGIN_WRITE : BEGIN_READ, err);
}

static enum db_status
sqlite_begin_schema(struct db_connection *writer, struct err *err)
{
    /* the switch does nothing inside a transaction; sqlite_begin() turns it back before anything else can write */
    enum db_status status = set_foreign_keys(own(writer), false, err);
    return status == DB_OK ? run_control(writer, BEGIN_WRITE, err) : status;
}

/* What a disk says after a failed commit may not be true: the log stays beside the file as it is, for the next start.
 */
static enum db_status
commit_is_unknown(struct sqlite_connection *c)
{
    (void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return DB_UNKNOWN;
}

static enum db_status
sqlite_commit(struct db_connection *connection, struct err *err)
{
    struct sqlite_connection *c = own(connection);
    int rc = control(c, COMMIT);
    enum db_status status = sqlite_status(c->handle, rc, "commit", err);
    /* the frames, the one that commits among them, may be in the log although what came after them failed */
    return status == DB_FAILED && c->role == DB_WRITER ? commit_is_unknown(c) : status;
}

static enum db_status
sqlite_rollback(struct db_connection *connection, struct err *err)
{
    return run_control(connection, ROLLBACK, err);
}

static enum db_status
sqlite_savepoint(struct db_connection *connection, struct err *err)
{
    return run_control(connection, SAVEPOINT, err);
}

static enum db_status
sqlite_savepoint_release(struct db_connection *connection, struct err *err)
{
    return run_control(connection, RELEASE, err);
}

static enum db_status
sqlite_savepoint_rollback(struct db_connection *connection, struct err *err)
{
    enum db_status status = run_control(connection, ROLLBACK_TO, err);
    return status == DB_OK ? run_control(connection, RELEASE, err) : status;
}

/* --- Statements --- */

/* What the compiled statement has that the table does not say; NULL when they agree. */
static const char *
disagreement(sqlite3_stmt *stmt, enum db_stmt which)
{
    const struct db_stmt_text *text = &db_stmt_table[which];
    int parameter_count = sqlite3_bind_parameter_count(stmt);
    if ((size_t)parameter_count != strlen(text->parameters))
        return "the number of its parameters is not that of its letters";
    for (int i = 1; i <= parameter_count; i++) {
        /* SQLite numbers $2, $1 by first appearance */
        char expected[16];
        (void)snprintf(expected, sizeof(expected), "$%d", i);
        const char *name = sqlite3_bind_parameter_name(stmt, i);
        if (name == NULL || strcmp(name, expected) != 0)
            return "its parameters do not first appear as $1, $2, ... in that order";
    }
    if ((size_t)sqlite3_column_count(stmt) != strlen(text->columns))
        return "the number of its columns is not that of its letters";
    if ((sqlite3_stmt_readonly(stmt) == 0) != db_stmt_writes(which))
        return "its text does not tell whether it writes";
    return NULL;
}

static enum db_status
sqlite_prepare(struct db_connection *connection, enum db_stmt which, struct err *err)
{
    struct sqlite_connection *c = own(connection);
    if (c->rows[which].stmt != NULL)
        return DB_OK;
    sqlite3_stmt *stmt = NULL;
    const char *tail = "";
    const struct db_stmt_text *text = &db_stmt_table[which];
    int rc = sqlite3_prepare_v3(c->handle, text->sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &tail);
    enum db_status status = sqlite_status(c->handle, rc, text->name, err);
    if (status != DB_OK)
        return status;
    const char *wrong =
        stmt == NULL || tail[strspn(tail, " \t\r\n;")] != '\0' ? "it is not one statement" : disagreement(stmt, which);
    if (wrong != NULL) {
        err_set(err, ERR_DATA, "statement %s: %s", text->name, wrong);
        (void)sqlite3_finalize(stmt);
        return DB_FAILED;
    }
    c->rows[which].stmt = stmt;
    return DB_OK;
}

/* Bytes stay the caller's until the statement is reset. An empty value is not NULL, whatever its pointer. */
static int
bind(sqlite3_stmt *stmt, int at, const struct db_value *value)
{
    const char *ptr = value->bytes.ptr == NULL ? "" : value->bytes.ptr;
    switch (value->type) {
    case DB_NULL: return sqlite3_bind_null(stmt, at);
    case DB_INTEGER: return sqlite3_bind_int64(stmt, at, value->integer);
    case DB_TEXT: return sqlite3_bind_text64(stmt, at, ptr, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BYTES: return sqlite3_bind_blob64(stmt, at, ptr, value->bytes.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static enum db_status
sqlite_query(struct db_connection *connection, enum db_stmt which, const struct db_value *values, int value_count,
             struct db_rows **ret_rows, struct err *err)
{
    struct sqlite_connection *c = own(connection);
    struct sqlite_rows *rows = &c->rows[which];
    assert(!rows->open && "a statement is finished before it is started again");
    enum db_status status = sqlite_prepare(connection, which, err);
    for (int i = 0; status == DB_OK && i < value_count; i++)
        status = sqlite_status(c->handle, bind(rows->stmt, i + 1, &values[i]), db_stmt_table[which].name, err);
    if (status != DB_OK)
        return status;
    rows->open = true;
    rows->changes = 0;
    *ret_rows = &rows->rows;
    return DB_OK;
}

static enum db_status
sqlite_next(struct db_rows *base, struct err *err)
{
    struct sqlite_rows *rows = (struct sqlite_rows *)base;
    sqlite3 *handle = own(base->connection)->handle;
    int rc = sqlite3_step(rows->stmt);
    if (rc == SQLITE_ROW)
        return DB_ROW;
    if (rc != SQLITE_DONE)
        return sqlite_status(handle, rc, db_stmt_table[base->stmt].name, err);
    rows->changes = sqlite3_changes64(handle);
    return DB_NO_ROW;
}

static struct db_value
sqlite_column(const struct db_rows *base, int index)
{
    sqlite3_stmt *stmt = ((const struct sqlite_rows *)base)->stmt;
    int type = sqlite3_column_type(stmt, index);
    if (type == SQLITE_NULL)
        return db_null();
    if (type == SQLITE_INTEGER)
        return db_int(sqlite3_column_int64(stmt, index));
    assert(type != SQLITE_FLOAT && "no column holds a floating-point number");
    /* for TEXT too: the bytes as they are stored, where sqlite3_column_text() may need memory for a terminator */
    const void *bytes = sqlite3_column_blob(stmt, index);
    size_t len = (size_t)sqlite3_column_bytes(stmt, index);
    struct str value = str_of(bytes == NULL ? "" : bytes, len);
    return (struct db_value){.type = type == SQLITE_TEXT ? DB_TEXT : DB_BYTES, .bytes = value};
}

static int64_t
sqlite_changes(const struct db_rows *base)
{
    return ((const struct sqlite_rows *)base)->changes;
}

static void
sqlite_finish(struct db_rows *base)
{
    struct sqlite_rows *rows = (struct sqlite_rows *)base;
    rows->open = false;
    (void)sqlite3_reset(rows->stmt); /* repeats the code that `next` has told */
    (void)sqlite3_clear_bindings(rows->stmt);
}

/* --- The whole database --- */

static enum db_status
sqlite_script(struct db_connection *connection, const char *sql, struct err *err)
{
    struct sqlite_connection *c = own(connection);
    return sqlite_status(c->handle, sqlite3_exec(c->handle, sql, NULL, NULL, NULL), "script", err);
}

static enum db_status
sqlite_maintain(struct db_connection *writer, struct err *err)
{
    struct sqlite_connection *c = own(writer);
    return sqlite_checkpoint(c->handle, &c->wal, err);
}

static enum db_status
verify(struct db_connection *connection, struct err *err)
{
    return sqlite_verify(own(connection)->handle, err);
}

static enum db_status
copy(struct db_connection *reader, const char *path, const struct db_copy_watch *watch, struct err *err)
{
    struct sqlite_connection *c = own(reader);
    return sqlite_copy(c->handle, path, c->db->vfs, watch, err);
}

const struct db_driver db_sqlite = {
    .scheme = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin = sqlite_begin,
    .begin_schema = sqlite_begin_schema,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .in_transaction = sqlite_in_transaction,
    .savepoint = sqlite_savepoint,
    .savepoint_release = sqlite_savepoint_release,
    .savepoint_rollback = sqlite_savepoint_rollback,
    .prepare = sqlite_prepare,
    .query = sqlite_query,
    .next = sqlite_next,
    .column = sqlite_column,
    .changes = sqlite_changes,
    .finish = sqlite_finish,
    .script = sqlite_script,
    .maintain = sqlite_maintain,
    .verify = verify,
    .copy = copy,
};
