/* What is the same for every engine: the statement table, the choice of a driver by URL, and the rules of use.
 *
 * Each call checks the order of calls, counts and types before the driver sees it, so that a program that runs on one
 * engine has shown what another would have refused, and forwards. Breaking a rule is a bug: it is told on standard
 * error with the statement's name, and the process aborts. */
#include "store/db.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct db_driver *const drivers[] = {&db_sqlite};

const struct db_stmt_text db_stmt_table[STMT_COUNT] = {
#define STMT(name, parameters, columns, text) [STMT_##name] = {#name, parameters, columns, text},
#include "store/stmt.def"
#undef STMT
};

const char *
db_status_name(enum db_status status)
{
    switch (status) {
    case DB_OK: return "ok";
    case DB_ROW: return "row";
    case DB_NO_ROW: return "no row";
    case DB_CONFLICT: return "conflict";
    case DB_RETRY: return "retry";
    case DB_UNKNOWN: return "unknown";
    case DB_FULL: return "full";
    case DB_FAILED: return "failed";
    }
    return "?";
}

/* A rule of use that was broken; release builds keep this. */
static void
must(bool holds, enum db_stmt stmt, const char *rule)
{
    if (holds)
        return;
    (void)fprintf(stderr, "bug: statement %s: %s\n", db_stmt_table[stmt].name, rule);
    abort();
}

/* The words of a statement, one after another; quotes are not looked into, which can only err towards "writes". */
static struct str
next_word(const char **at)
{
    const char *from = *at;
    while (*from != '\0' && !isalpha((unsigned char)*from))
        from++;
    const char *to = from;
    while (isalnum((unsigned char)*to) || *to == '_')
        to++;
    *at = to;
    return str_of(from, (size_t)(to - from));
}

bool
db_stmt_writes(enum db_stmt stmt)
{
    const char *at = db_stmt_table[stmt].sql;
    struct str word = next_word(&at);
    if (str_equal_nocase(word, STR("select")))
        return false;
    if (!str_equal_nocase(word, STR("with")))
        return true;
    while (word.len != 0 && !str_equal_nocase(word, STR("insert")) && !str_equal_nocase(word, STR("update")) &&
           !str_equal_nocase(word, STR("delete")))
        word = next_word(&at);
    return word.len != 0;
}

/* --- Opening --- */

static const struct db_driver *
driver_of(const char *url)
{
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        size_t len = strlen(drivers[i]->scheme);
        if (strncmp(url, drivers[i]->scheme, len) == 0 && url[len] == ':')
            return drivers[i];
    }
    return NULL;
}

enum db_status
db_open(const struct db_settings *settings, struct db **ret_db, struct err *err)
{
    *ret_db = NULL;
    const struct db_driver *driver = driver_of(settings->url);
    if (driver == NULL && strchr(settings->url, ':') == NULL) {
        err_set(err, ERR_USAGE, "\"%s\" is not a database; write sqlite:%s", settings->url, settings->url);
        return DB_FAILED;
    }
    if (driver == NULL) {
        /* the scheme alone: what follows may hold a password */
        err_set(err, ERR_USAGE, "no driver for a database URL that begins \"%.*s\"", (int)strcspn(settings->url, ":/@"),
                settings->url);
        return DB_FAILED;
    }
    enum db_status status = driver->open(settings, ret_db, err);
    if (status == DB_OK)
        (*ret_db)->driver = driver;
    return status;
}

void
db_close(struct db *db)
{
    if (db != NULL)
        db->driver->close(db);
}

const char *
db_url_path(const char *url)
{
    return driver_of(url) == &db_sqlite ? url + strlen(db_sqlite.scheme) + 1 : NULL;
}

enum db_status
db_connect(struct db *db, enum db_role role, struct db_connection **ret_connection, struct err *err)
{
    *ret_connection = NULL;
    enum db_status status = db->driver->connect(db, role, ret_connection, err);
    if (status == DB_OK) {
        (*ret_connection)->driver = db->driver;
        (*ret_connection)->role = role;
    }
    return status;
}

void
db_disconnect(struct db_connection *connection)
{
    if (connection == NULL)
        return;
    assert(connection->open_rows == 0 && "every db_query() ends with db_finish()");
    connection->driver->disconnect(connection);
}

/* --- Transactions --- */

bool
db_in_transaction(const struct db_connection *connection)
{
    return connection->driver->in_transaction(connection);
}

/* Remembers what a failure leaves behind, and passes the status on. */
static enum db_status
noted(struct db_connection *connection, enum db_status status)
{
    if (status == DB_OK || status == DB_ROW || status == DB_NO_ROW)
        return status;
    connection->spoiled = db_in_transaction(connection);
    if (!connection->spoiled)
        connection->in_savepoint = false;
    return status;
}

static enum db_status
begun(struct db_connection *connection, enum db_status status)
{
    connection->spoiled = false;
    connection->in_savepoint = false;
    return status;
}

enum db_status
db_begin(struct db_connection *connection, struct err *err)
{
    assert(!db_in_transaction(connection) && connection->open_rows == 0);
    return begun(connection, connection->driver->begin(connection, err));
}

enum db_status
db_begin_schema(struct db_connection *writer, struct err *err)
{
    assert(!db_in_transaction(writer) && writer->open_rows == 0 && writer->role == DB_WRITER);
    return begun(writer, writer->driver->begin_schema(writer, err));
}

enum db_status
db_commit(struct db_connection *connection, struct err *err)
{
    assert(db_in_transaction(connection) && "the engine rolled back by itself: nothing is left to commit");
    assert(!connection->spoiled && !connection->in_savepoint && connection->open_rows == 0);
    return noted(connection, connection->driver->commit(connection, err));
}

enum db_status
db_rollback(struct db_connection *connection, struct err *err)
{
    assert(connection->open_rows == 0);
    enum db_status status = DB_OK;
    if (db_in_transaction(connection))
        status = connection->driver->rollback(connection, err);
    connection->spoiled = db_in_transaction(connection);
    connection->in_savepoint = false;
    return status;
}

enum db_status
db_savepoint(struct db_connection *connection, struct err *err)
{
    assert(db_in_transaction(connection) && !connection->spoiled && !connection->in_savepoint &&
           connection->open_rows == 0);
    enum db_status status = connection->driver->savepoint(connection, err);
    connection->in_savepoint = status == DB_OK;
    return noted(connection, status);
}

enum db_status
db_savepoint_release(struct db_connection *connection, struct err *err)
{
    assert(db_in_transaction(connection) && !connection->spoiled && connection->in_savepoint &&
           connection->open_rows == 0);
    enum db_status status = connection->driver->savepoint_release(connection, err);
    connection->in_savepoint = status != DB_OK;
    return noted(connection, status);
}

enum db_status
db_savepoint_rollback(struct db_connection *connection, struct err *err)
{
    assert(db_in_transaction(connection) && "the engine rolled back by itself, and the savepoint with it");
    assert(connection->in_savepoint && connection->open_rows == 0);
    enum db_status status = connection->driver->savepoint_rollback(connection, err);
    connection->spoiled = false;
    connection->in_savepoint = status != DB_OK;
    return noted(connection, status);
}

/* --- Statements --- */

static bool
letter_fits(char letter, enum db_type type)
{
    switch (type) {
    case DB_NULL: return letter >= 'A' && letter <= 'Z';
    case DB_INTEGER: return letter == 'i' || letter == 'I';
    case DB_TEXT: return letter == 't' || letter == 'T';
    case DB_BYTES: return letter == 'b' || letter == 'B';
    }
    return false;
}

static void
check_call(const struct db_connection *connection, enum db_stmt stmt, const struct db_value *values, int value_count)
{
    const char *letters = db_stmt_table[stmt].parameters;
    must((size_t)value_count == strlen(letters), stmt, "the number of values is not that of the parameters");
    for (int i = 0; i < value_count; i++)
        must(letter_fits(letters[i], values[i].type), stmt, "a value is not of its parameter's type");
    bool in_transaction = db_in_transaction(connection);
    must(!connection->spoiled || !in_transaction, stmt, "runs in a transaction that can only be rolled back");
    /* a statement that the engine's own rollback left outside would commit alone */
    must(in_transaction || !db_stmt_writes(stmt), stmt, "writes outside a transaction");
}

enum db_status
db_query(struct db_connection *connection, enum db_stmt stmt, const struct db_value *values, int value_count,
         struct db_rows **ret_rows, struct err *err)
{
    check_call(connection, stmt, values, value_count);
    *ret_rows = NULL;
    enum db_status status = connection->driver->query(connection, stmt, values, value_count, ret_rows, err);
    if (status != DB_OK)
        return noted(connection, status);
    connection->open_rows++;
    (*ret_rows)->connection = connection;
    (*ret_rows)->stmt = stmt;
    (*ret_rows)->column_count = (int)strlen(db_stmt_table[stmt].columns);
    (*ret_rows)->on_row = false;
    (*ret_rows)->ended = false;
    return DB_OK;
}

enum db_status
db_next(struct db_rows *rows, struct err *err)
{
    must(!rows->ended, rows->stmt, "asked for a row after its end"); /* SQLite would run it again */
    enum db_status status = rows->connection->driver->next(rows, err);
    rows->on_row = status == DB_ROW;
    rows->ended = status != DB_ROW;
    return noted(rows->connection, status);
}

void
db_finish(struct db_rows *rows)
{
    if (rows == NULL)
        return;
    struct db_connection *connection = rows->connection;
    connection->open_rows--;
    rows->on_row = false;
    connection->driver->finish(rows);
}

enum db_status
db_run(struct db_connection *connection, enum db_stmt stmt, const struct db_value *values, int value_count,
       int64_t *ret_changes, struct err *err)
{
    struct db_rows *rows;
    enum db_status status = db_query(connection, stmt, values, value_count, &rows, err);
    if (status != DB_OK)
        return status;
    do
        status = db_next(rows, err);
    while (status == DB_ROW);
    if (status == DB_NO_ROW) {
        status = DB_OK;
        if (ret_changes != NULL)
            *ret_changes = db_stmt_writes(stmt) ? connection->driver->changes(rows) : 0;
    }
    db_finish(rows);
    return status;
}

/* The value at `index`, of which the table says that it is one of `letters` or its upper case. Every value of every row
 * passes here. */
static struct db_value
column(const struct db_rows *rows, int index, const char *letters)
{
    const char *columns = db_stmt_table[rows->stmt].columns;
    must(rows->on_row, rows->stmt, "a column is read where there is no row");
    must(index >= 0 && index < rows->column_count, rows->stmt, "a column is read that it does not have");
    char letter = (char)(columns[index] | 0x20); /* ASCII's lower case */
    while (*letters != letter && *letters != '\0')
        letters++;
    must(*letters != '\0', rows->stmt, "a column is read as what the table says it is not");
    struct db_value value = rows->connection->driver->column(rows, index);
    must(letter_fits(columns[index], value.type), rows->stmt, "a column holds what the table says it can't");
    return value;
}

int64_t
db_column_i64(const struct db_rows *rows, int index)
{
    struct db_value value = column(rows, index, "i");
    return value.type == DB_NULL ? 0 : value.integer;
}

struct str
db_column_str(const struct db_rows *rows, int index)
{
    struct db_value value = column(rows, index, "tb");
    return value.type == DB_NULL ? (struct str){NULL, 0} : value.bytes;
}

bool
db_column_is_null(const struct db_rows *rows, int index)
{
    return column(rows, index, "itb").type == DB_NULL;
}

/* --- The whole database --- */

enum db_status
db_script(struct db_connection *connection, const char *sql, struct err *err)
{
    assert(connection->open_rows == 0 && !(connection->spoiled && db_in_transaction(connection)));
    return noted(connection, connection->driver->script(connection, sql, err));
}

enum db_status
db_maintain(struct db_connection *writer, struct err *err)
{
    assert(writer->role == DB_WRITER && !db_in_transaction(writer) && writer->open_rows == 0);
    return writer->driver->maintain(writer, err);
}

static bool
letters_known(const char *letters)
{
    return letters[strspn(letters, "itbITB")] == '\0';
}

enum db_status
db_check_statements(struct db_connection *connection, struct err *err)
{
    for (enum db_stmt stmt = 0; stmt < STMT_COUNT; stmt++) {
        must(letters_known(db_stmt_table[stmt].parameters) && letters_known(db_stmt_table[stmt].columns), stmt,
             "a type letter is not one of i, t, b, I, T, B");
        enum db_status status = connection->driver->prepare(connection, stmt, err);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

enum db_status
db_verify(struct db_connection *connection, struct err *err)
{
    return noted(connection, connection->driver->verify(connection, err));
}

enum db_status
db_copy(struct db_connection *reader, const char *path, const struct db_copy_watch *watch, struct err *err)
{
    assert(!db_in_transaction(reader) && reader->open_rows == 0);
    return reader->driver->copy(reader, path, watch, err);
}
