/* The shape that eleven of twenty-two booking systems have: the check and the insert are two statements, and whoever
 * comes in between is not seen. The statements are here and not in stmt.def, because they are no part of the product.
 */
#include "store/naive.h"

#include <sqlite3.h>
#include <time.h>

enum { BUSY_TIMEOUT_MS = 20000 };

#define NAIVE(name, text) static const char naive_##name[] = text;
#include "store/stmt_naive.def"
#undef NAIVE

static sqlite3 *
naive_open(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    return db;
}

bool
naive_init(const char *path, struct err *err)
{
    sqlite3 *db = naive_open(path);
    bool made = db != NULL && sqlite3_exec(db, naive_TABLE, NULL, NULL, NULL) == SQLITE_OK;
    if (!made)
        err_set(err, ERR_IO, "can't make the scratch table: %s", db == NULL ? path : sqlite3_errmsg(db));
    sqlite3_close(db);
    return made;
}

static int64_t
count_sales(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int64_t sold = -1;
    if (sqlite3_prepare_v2(db, naive_COUNT, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        sold = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return sold;
}

static void
wait_ms(int64_t delay_ms)
{
    struct timespec pause = {.tv_sec = delay_ms / 1000, .tv_nsec = delay_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

int
naive_sell(const char *path, int64_t units, int64_t delay_ms)
{
    sqlite3 *db = naive_open(path);
    if (db == NULL)
        return -1;
    int64_t sold = count_sales(db);
    int result = sold < 0 ? -1 : 0;
    if (sold >= 0 && sold < units) {
        wait_ms(delay_ms); /* stands for the payment page, the mail, the slow query */
        result = sqlite3_exec(db, naive_INSERT, NULL, NULL, NULL) == SQLITE_OK ? 1 : -1;
    }
    sqlite3_close(db);
    return result;
}

int64_t
naive_sold(const char *path)
{
    sqlite3 *db = naive_open(path);
    int64_t sold = db == NULL ? -1 : count_sales(db);
    sqlite3_close(db);
    return sold;
}
