/* The contract that a database driver fills, for those who write one; the engine reads store.h instead.
 *
 * A driver runs the statements of stmt.def inside transactions and says, in one of eight words, how each ended. It
 * refuses to know what the statements mean, to build SQL, to retry on its own, to keep a clock and to answer "done"
 * for anything whose durability it does not know. What is not in the statement table cannot be run; schema scripts
 * (migrate.h) are the one exception.
 *
 * Threads: a `struct db` may be shared by all threads; a `struct db_connection` and what hangs on it belongs to one
 * thread at a time. One connection writes (on SQLite it is also the only one that checkpoints); any number read.
 *
 * A statement that failed inside a transaction spoils it, on every engine: nothing but db_savepoint_rollback() or
 * db_rollback() may follow (PostgreSQL would refuse the rest; what runs here must run there). A transaction that the
 * engine ended by itself (DB_FULL can do that) leaves nothing to spoil: ask db_in_transaction() after every failure.
 *
 * Values: integers are int64 (booleans 0/1, instants in ms since the epoch UTC, dates in days since 1970-01-01, money
 * in minor units), TEXT is UTF-8 without NUL, BYTES are opaque. */
#ifndef NIGHTLATCH_STORE_DB_H
#define NIGHTLATCH_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum db_status {
    DB_OK = 0,   /* done */
    DB_ROW,      /* a row is there to be read */
    DB_NO_ROW,   /* no further row */
    DB_CONFLICT, /* a constraint or guard of the database refused; nothing of this statement happened */
    DB_RETRY,    /* lost against another transaction, *err (ERR_UNAVAILABLE) says how: roll back, run again */
    DB_UNKNOWN,  /* a commit whose outcome can't be known here; only the idempotency record can tell */
    DB_FULL,     /* no space: definitely not written; the driver may have rolled back (db_in_transaction tells) */
    DB_FAILED,   /* anything else; *err says what */
};

/* The wire-independent name of a status, for logs. */
const char *db_status_name(enum db_status status);

enum db_stmt {
#define STMT(name, parameters, columns, text) STMT_##name,
#include "store/stmt.def"
#undef STMT
    STMT_COUNT
};

/* One row of the statement table. Type letters: i integer, t text, b bytes; upper case where NULL is allowed. */
struct db_stmt_text {
    const char *name;       /* as in stmt.def */
    const char *parameters; /* a letter for each of $1..$n */
    const char *columns;    /* a letter for each result column; empty for none */
    const char *sql;
};
extern const struct db_stmt_text db_stmt_table[STMT_COUNT];

/* Whether the statement changes rows: anything but SELECT, and WITH that leads to nothing but SELECT. */
bool db_stmt_writes(enum db_stmt stmt);

enum db_type { DB_NULL, DB_INTEGER, DB_TEXT, DB_BYTES };

struct db_value {
    enum db_type type;
    int64_t integer;
    struct str bytes; /* TEXT or BYTES, borrowed until the statement is finished */
};

static inline struct db_value
db_int(int64_t value)
{
    return (struct db_value){.type = DB_INTEGER, .integer = value};
}

static inline struct db_value
db_text(struct str value)
{
    return (struct db_value){.type = DB_TEXT, .bytes = value};
}

static inline struct db_value
db_bytes(const void *ptr, size_t len)
{
    return (struct db_value){.type = DB_BYTES, .bytes = str_of(ptr, len)};
}

static inline struct db_value
db_null(void)
{
    return (struct db_value){.type = DB_NULL};
}

enum db_role {
    DB_WRITER, /* the one connection that writes */
    DB_READER, /* refuses to write */
};

struct db_settings {
    const char *url;     /* "sqlite:PATH"; later "postgresql://..." */
    bool create;         /* make the database when it is absent */
    const char *vfs;     /* SQLite only: name of a registered VFS, NULL for the default */
    int synchronous;     /* SQLite only: 2 FULL (the only value that ships); tests of the test lower it */
    int64_t wal_limit;   /* SQLite only: bytes of WAL above which db_maintain() forces a restart checkpoint */
    int busy_timeout_ms; /* how long a lock of another process is waited for */
};

/* Defaults for everything but the URL. */
#define DB_SETTINGS_DEFAULT                                                                                            \
    {                                                                                                                  \
        .create = true, .synchronous = 2, .wal_limit = 64LL << 20, .busy_timeout_ms = 5000                             \
    }

/* Each of a driver's own objects begins with one of these three. They are db.c's: it fills them after the driver has
 * made the object; a driver reads `role` and leaves the rest alone. */
struct db {
    const struct db_driver *driver;
};

struct db_connection {
    const struct db_driver *driver;
    enum db_role role;
    int open_rows;     /* started and not finished */
    bool in_savepoint; /* between db_savepoint() and its end */
    bool spoiled;      /* a statement failed; only a rollback may follow */
};

struct db_rows {
    struct db_connection *connection;
    enum db_stmt stmt;
    int column_count;
    bool on_row; /* the last db_next() said DB_ROW */
    bool ended;  /* the last db_next() said anything else */
};

/* Asked now and then during a long copy, on the thread that copies: false stops it. `total_count` may grow. */
struct db_copy_watch {
    bool (*go_on)(void *context, int64_t done_count, int64_t total_count);
    void *context;
};

/* What a driver brings. Every function sets *err exactly when it returns DB_FAILED, DB_UNKNOWN or DB_FULL. db.c has
 * checked types, counts and the order of calls before a driver is asked. */
struct db_driver {
    const char *scheme; /* "sqlite" */
    enum db_status (*open)(const struct db_settings *settings, struct db **ret_db, struct err *err);
    void (*close)(struct db *db); /* all connections must be gone */
    enum db_status (*connect)(struct db *db, enum db_role role, struct db_connection **ret_connection, struct err *err);
    void (*disconnect)(struct db_connection *connection); /* an open transaction is rolled back */

    enum db_status (*begin)(struct db_connection *connection, struct err *err);    /* a writer takes the write lock */
    enum db_status (*begin_schema)(struct db_connection *writer, struct err *err); /* foreign keys not enforced */
    enum db_status (*commit)(struct db_connection *connection, struct err *err);   /* DB_OK only once it is durable */
    enum db_status (*rollback)(struct db_connection *connection, struct err *err); /* also after a failure inside */
    bool (*in_transaction)(const struct db_connection *connection);
    enum db_status (*savepoint)(struct db_connection *connection, struct err *err); /* one level */
    enum db_status (*savepoint_release)(struct db_connection *connection, struct err *err);
    enum db_status (*savepoint_rollback)(struct db_connection *connection, struct err *err);

    /* Makes a statement ready, once: DB_FAILED when it does not compile, is not one statement, has other parameters or
     * columns than the table says, or writes where db_stmt_writes() says it does not. */
    enum db_status (*prepare)(struct db_connection *connection, enum db_stmt stmt, struct err *err);

    /* Starts a statement; its rows are read with `next`. Parameter i of `values` is $i+1. */
    enum db_status (*query)(struct db_connection *connection, enum db_stmt stmt, const struct db_value *values,
                            int value_count, struct db_rows **ret_rows, struct err *err);
    enum db_status (*next)(struct db_rows *rows, struct err *err);    /* DB_ROW, DB_NO_ROW or how it failed */
    struct db_value (*column)(const struct db_rows *rows, int index); /* valid until the next `next` or `finish` */
    int64_t (*changes)(const struct db_rows *rows);                   /* rows changed, once `next` has said DB_NO_ROW */
    void (*finish)(struct db_rows *rows);

    /* Runs a script of several statements, for migrations and tests only. */
    enum db_status (*script)(struct db_connection *connection, const char *sql, struct err *err);

    /* Between transactions of the writer: whatever keeps files bounded. May take a while when it has work. */
    enum db_status (*maintain)(struct db_connection *writer, struct err *err);
    enum db_status (*verify)(struct db_connection *connection, struct err *err);
    enum db_status (*copy)(struct db_connection *reader, const char *path, const struct db_copy_watch *watch,
                           struct err *err);
};

extern const struct db_driver db_sqlite;

/* --- What users of a driver call; each forwards to the driver of the connection. --- */

/* Opens by the scheme of the URL. DB_OK or DB_FAILED (a scheme nobody drives, a library too old). Nothing is read yet:
 * db_connect() meets a missing or foreign file first, and db_check_statements() the schema. *settings is copied. The
 * caller owns *ret_db until db_close(), which wants all connections gone. */
enum db_status db_open(const struct db_settings *settings, struct db **ret_db, struct err *err)
    __attribute__((warn_unused_result));
void db_close(struct db *db);

/* The file behind the URL of a database that is a file ("sqlite:PATH" gives PATH), borrowed from `url`; NULL for
 * others. Lock and control socket lie beside it. */
const char *db_url_path(const char *url);

/* DB_OK; DB_RETRY when another process is in the way; DB_FAILED (ERR_NO_INPUT: it is not there and `create` is off)
 * or DB_FULL. A `struct db` has one writer at most at any time (asserted). The caller owns *ret_connection until
 * db_disconnect(), which rolls an open transaction back. On SQLite the last to disconnect, if it is the writer and no
 * commit of it was DB_UNKNOWN, brings all of the log into the file and removes the log; a reader leaves it. */
enum db_status db_connect(struct db *db, enum db_role role, struct db_connection **ret_connection, struct err *err)
    __attribute__((warn_unused_result));
void db_disconnect(struct db_connection *connection);

/* Starts a transaction. A writer holds the write lock from here on (DB_RETRY: another process has it); a reader sees
 * one snapshot, taken at its first statement at the latest: that one, too, answers DB_RETRY when a writer is stuck in
 * the middle of a commit for longer than is waited. */
enum db_status db_begin(struct db_connection *connection, struct err *err) __attribute__((warn_unused_result));

/* db_begin() for a change of the schema: foreign keys are not enforced until the transaction ends, so that a table can
 * be rebuilt. The caller runs db_verify() before db_commit(). */
enum db_status db_begin_schema(struct db_connection *writer, struct err *err) __attribute__((warn_unused_result));

/* DB_OK: the transaction is durable. DB_CONFLICT (a deferred constraint) and DB_RETRY leave it to be rolled back.
 * DB_FULL: it has not happened and is over. DB_UNKNOWN: it may or may not be found after a restart, and the process
 * should end: nothing that this connection reads from now on settles it. Wants every statement finished. */
enum db_status db_commit(struct db_connection *connection, struct err *err) __attribute__((warn_unused_result));

/* Undoes the transaction; DB_OK also when there is none (any more). Wants every statement finished. */
enum db_status db_rollback(struct db_connection *connection, struct err *err);

/* Whether a transaction is open; false after a failure that made the engine roll back by itself. */
bool db_in_transaction(const struct db_connection *connection);

/* One level, inside a transaction of the writer. Both ends close the savepoint; the rollback also unspoils. */
enum db_status db_savepoint(struct db_connection *connection, struct err *err) __attribute__((warn_unused_result));
enum db_status db_savepoint_release(struct db_connection *connection, struct err *err)
    __attribute__((warn_unused_result));
enum db_status db_savepoint_rollback(struct db_connection *connection, struct err *err)
    __attribute__((warn_unused_result));

/* Runs a statement to its end; rows it returns are skipped. DB_OK and the number of changed rows in *ret_changes (may
 * be NULL; 0 for a statement that only reads), or how it failed. Asserts that a writing statement runs inside a
 * transaction, and that types fit the table. A reader that is asked to write answers DB_FAILED. */
enum db_status db_run(struct db_connection *connection, enum db_stmt stmt, const struct db_value *values,
                      int value_count, int64_t *ret_changes, struct err *err) __attribute__((warn_unused_result));

/* Starts a statement whose rows are read: db_next() until it is not DB_ROW, then db_finish(), always. *ret_rows is NULL
 * unless DB_OK. Other statements may run meanwhile on the same connection, the same one may not (asserted). The bytes
 * of `values` are borrowed until db_finish(). */
enum db_status db_query(struct db_connection *connection, enum db_stmt stmt, const struct db_value *values,
                        int value_count, struct db_rows **ret_rows, struct err *err)
    __attribute__((warn_unused_result));
enum db_status db_next(struct db_rows *rows, struct err *err) __attribute__((warn_unused_result));
void db_finish(struct db_rows *rows); /* NULL is allowed */

/* Columns of the current row, checked against the table's letters: a NULL or another type where the table does not
 * allow it is a bug of the schema and asserts. Bytes are valid until the next db_next() or db_finish(); empty TEXT and
 * BYTES have a ptr. */
int64_t db_column_i64(const struct db_rows *rows, int index);    /* 0 for an allowed NULL */
struct str db_column_str(const struct db_rows *rows, int index); /* ptr NULL for an allowed NULL */
bool db_column_is_null(const struct db_rows *rows, int index);

/* Runs a script of several statements, inside the open transaction if there is one. For migrations and tests. */
enum db_status db_script(struct db_connection *connection, const char *sql, struct err *err)
    __attribute__((warn_unused_result));

/* Called by the writer's owner between transactions, after replies have gone out: checkpoints when there is enough to
 * do. DB_OK also when a reader was in the way (it is tried again later); DB_FULL and DB_FAILED lose nothing that was
 * committed. */
enum db_status db_maintain(struct db_connection *writer, struct err *err) __attribute__((warn_unused_result));

/* Prepares every statement of the table on this connection; DB_FAILED names the first that does not, or whose
 * parameters are not $1..$n in order of the table. */
enum db_status db_check_statements(struct db_connection *connection, struct err *err)
    __attribute__((warn_unused_result));

/* The engine's own check of a whole database: pages and indexes hang together, foreign keys find their rows. Reads
 * everything. DB_OK, or DB_FAILED (ERR_DATA) with the first finding. */
enum db_status db_verify(struct db_connection *connection, struct err *err) __attribute__((warn_unused_result));

/* Copies one snapshot of the whole database into the empty file `path` and verifies the copy. Writers go on meanwhile.
 * DB_OK: the file is complete but not synced. DB_RETRY, DB_FULL, DB_FAILED (ERR_UNAVAILABLE: the watch, which may be
 * NULL, said stop): the file holds rubbish, and the caller removes it. Wants no open transaction. */
enum db_status db_copy(struct db_connection *reader, const char *path, const struct db_copy_watch *watch,
                       struct err *err) __attribute__((warn_unused_result));

#endif
