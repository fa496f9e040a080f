/* The rows that a server wrote for its bookings, written once more straight into SQLite: what the disk and the library
 * alone would allow.
 *
 * FROM is a database that a server has filled; the empty houses in it are copied to TO first. Then, and only that is
 * timed, every booking's rows (guest, booking, its nights in the stock, event, idempotency key, the words of the
 * guest's name) are inserted again, as they are, in transactions of BATCH bookings with the head saved in each, by
 * statements prepared once, with the settings and the schema of the server. Nothing is decided, parsed, hashed or
 * answered.
 *
 *   direct_sqlite FROM TO BATCH */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { CHECKPOINT_FRAMES = 4096 };

/* A table whose rows are written again, and how its rows are found in the order of the log. */
struct table {
    const char *select, *insert;
    sqlite3_value **values; /* row by row */
    int columns;
    long long rows;
    sqlite3_stmt *stmt;
};

static struct table tables[] = {
    {.select = "SELECT g.* FROM old.event e JOIN old.booking b ON b.property = e.property AND b.id = e.subject "
               "JOIN old.guest g ON g.property = b.property AND g.id = b.guest "
               "WHERE e.kind = 'booking.created' ORDER BY e.property, e.seq",
     .insert = "INSERT INTO guest VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.select = "SELECT b.* FROM old.event e JOIN old.booking b ON b.property = e.property AND b.id = e.subject "
               "WHERE e.kind = 'booking.created' ORDER BY e.property, e.seq",
     .insert = "INSERT INTO booking VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
               "?, ?, ?, ?, ?, ?, ?, ?)"},
    {.select = "SELECT b.property, b.room_type, b.starts / 86400000, b.ends / 86400000 FROM old.event e "
               "JOIN old.booking b ON b.property = e.property AND b.id = e.subject "
               "WHERE e.kind = 'booking.created' ORDER BY e.property, e.seq",
     .insert = "UPDATE inventory_night SET sold = sold + 1 "
               "WHERE property = ? AND room_type = ? AND night >= ? AND night < ?"},
    {.select = "SELECT e.* FROM old.event e WHERE e.kind = 'booking.created' ORDER BY e.property, e.seq",
     .insert = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.select = "SELECT k.* FROM (SELECT * FROM old.idempotency_0 UNION ALL SELECT * FROM old.idempotency_1 "
               "UNION ALL SELECT * FROM old.idempotency_2) k JOIN old.event e ON e.property = k.property "
               "AND e.seq = k.first_seq WHERE e.kind = 'booking.created' ORDER BY e.property, e.seq",
     .insert = "INSERT INTO idempotency_0 VALUES (?, ?, ?, ?, ?, ?)"},
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]), EVENTS = 3 };

/* The words of their guests' names: some per booking, as many at a time as there are on the average. */
static struct table words = {.select = "SELECT * FROM old.booking_word ORDER BY property, part, word, booking",
                             .insert = "INSERT INTO booking_word VALUES (?, ?, ?, ?)"};

/* The settings of the server's writing connection. */
static const char settings[] =
    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
    "PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA journal_mode = WAL;"
    "PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864; PRAGMA synchronous = FULL;";

static const char copy_houses[] =
    "BEGIN;"
    "INSERT INTO head SELECT property, 0, hash, decided_at, next_code, house_version FROM old.head WHERE property > 0;"
    "INSERT INTO property SELECT * FROM old.property;"
    "INSERT INTO room_type SELECT * FROM old.room_type; INSERT INTO room SELECT * FROM old.room;"
    "INSERT INTO inventory_night SELECT property, room_type, night, units, closed, 0, held, allowance, overcommit, "
    "fixed"
    " FROM old.inventory_night;"
    "INSERT INTO event SELECT * FROM old.event WHERE kind <> 'booking.created';"
    "COMMIT;";

static sqlite3 *db;

static void
die(const char *what)
{
    (void)fprintf(stderr, "direct_sqlite: %s: %s\n", what, db == NULL ? "" : sqlite3_errmsg(db));
    exit(EXIT_FAILURE);
}

static void
run(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql);
}

static sqlite3_stmt *
prepare(const char *sql)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        die(sql);
    return stmt;
}

static void
step(sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) != SQLITE_DONE)
        die(sqlite3_sql(stmt));
    (void)sqlite3_reset(stmt);
}

/* The schema is that of FROM: tables, then indexes and triggers, then what the planner is told. */
static void
copy_schema(void)
{
    sqlite3_stmt *stmt = prepare("SELECT sql FROM old.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
                                 "ORDER BY type <> 'table'");
    while (sqlite3_step(stmt) == SQLITE_ROW)
        run((const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
    run("ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 SELECT * FROM old.sqlite_stat1");
}

static void
load_rows(struct table *table)
{
    sqlite3_stmt *stmt = prepare(table->select);
    long long room = 0;
    table->columns = sqlite3_column_count(stmt);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        if (table->rows == room) {
            room = room == 0 ? 1024 : room * 2;
            table->values = realloc(table->values, (size_t)(room * table->columns) * sizeof(*table->values));
            if (table->values == NULL)
                die("no memory");
        }
        for (int i = 0; i < table->columns; i++)
            table->values[table->rows * table->columns + i] = sqlite3_value_dup(sqlite3_column_value(stmt, i));
        table->rows++;
    }
    (void)sqlite3_finalize(stmt);
    table->stmt = prepare(table->insert);
}

static void
write_row(const struct table *table, long long row)
{
    for (int i = 0; i < table->columns; i++)
        if (sqlite3_bind_value(table->stmt, i + 1, table->values[row * table->columns + i]) != SQLITE_OK)
            die(table->insert);
    step(table->stmt);
}

static void
save_head(sqlite3_stmt *stmt, long long row)
{
    const struct table *events = &tables[EVENTS];
    sqlite3_value **event = &events->values[row * events->columns];
    (void)sqlite3_bind_value(stmt, 1, event[1]);  /* seq */
    (void)sqlite3_bind_value(stmt, 2, event[13]); /* hash */
    (void)sqlite3_bind_value(stmt, 3, event[0]);  /* property */
    step(stmt);
}

/* As many words as belong to the first `rows` of `all` bookings, but for those that were written before. */
static void
write_words(long long rows, long long all)
{
    static long long written;
    for (; written < words.rows * rows / all; written++)
        write_row(&words, written);
}

static void
write_all(long long rows, long long batch)
{
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *head = prepare("UPDATE head SET seq = ?, hash = ? WHERE property = ?");
    for (long long row = 0; row < rows;) {
        long long until = row + batch < rows ? row + batch : rows;
        step(begin);
        for (; row < until; row++)
            for (size_t i = 0; i < TABLES; i++)
                write_row(&tables[i], row);
        write_words(until, rows);
        save_head(head, until - 1);
        step(commit);
    }
    (void)sqlite3_finalize(begin);
    (void)sqlite3_finalize(commit);
    (void)sqlite3_finalize(head);
}

static double
seconds(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double
cpu_seconds(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static long long
written_bytes(void)
{
    long long bytes = 0;
    char line[128];
    FILE *file = fopen("/proc/self/io", "r");
    const char *name = "write_bytes: ";
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            bytes = strtoll(line + strlen(name), NULL, 10);
    if (file != NULL)
        (void)fclose(file);
    return bytes;
}

static void
open_all(const char *from, const char *to)
{
    if (sqlite3_open(to, &db) != SQLITE_OK)
        die(to);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    run(settings);
    (void)sqlite3_wal_autocheckpoint(db, CHECKPOINT_FRAMES);
    sqlite3_stmt *attach = prepare("ATTACH ? AS old");
    (void)sqlite3_bind_text(attach, 1, from, -1, SQLITE_STATIC);
    step(attach);
    (void)sqlite3_finalize(attach);
}

int
main(int argc, char **argv)
{
    long long batch = argc == 4 ? strtoll(argv[3], NULL, 10) : 0;
    if (batch < 1) {
        (void)fprintf(stderr, "usage: direct_sqlite FROM TO BATCH\n");
        return EXIT_FAILURE;
    }
    open_all(argv[1], argv[2]);
    copy_schema();
    run(copy_houses);
    for (size_t i = 0; i < TABLES; i++)
        load_rows(&tables[i]);
    for (size_t i = 1; i < TABLES; i++)
        if (tables[i].rows != tables[0].rows)
            die("the tables do not have the same bookings");
    load_rows(&words);
    long long rows = tables[0].rows;
    run("DETACH old");
    (void)sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    double cpu = cpu_seconds(), began = seconds();
    long long written = written_bytes();
    write_all(rows, batch);
    double took = seconds() - began;
    printf("{\"what\":\"direct\",\"bookings\":%lld,\"bookings_per_second\":%.3f,\"commits\":%lld,"
           "\"cpu_us_per_booking\":%.3f,\"written_bytes_per_booking\":%.3f}\n",
           rows, (double)rows / took, (rows + batch - 1) / batch, (cpu_seconds() - cpu) * 1e6 / (double)rows,
           (double)(written_bytes() - written) / (double)rows);
    for (size_t i = 0; i < TABLES; i++)
        (void)sqlite3_finalize(tables[i].stmt);
    (void)sqlite3_finalize(words.stmt);
    return sqlite3_close(db) == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE; /* the rows go with the process */
}
