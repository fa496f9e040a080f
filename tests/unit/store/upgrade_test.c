/* Each script of the schema on a database that has rows of before it: what was written stays, and is taken. */
#include "tests/unit/test.h"

#include <sqlite3.h>

#include "store/migrate.h"

/* Of schema 4, the first that is kept: one of everything, a reason in the log and holds that have ended among them. */
static const char rows[] =
    "INSERT INTO property VALUES (1, zeroblob(16), 'Hotel', 'UTC', 'EUR', 0, 1, 1, 0, 1, 1);"
    "INSERT INTO head VALUES (1, 3, zeroblob(32), 1, 1, 1);"
    "INSERT INTO room_type VALUES (1, zeroblob(16), 'Double', 'night', 'rooms', 2, '[]', 0, 1, 0, 1440, 0, 1, 2, 0, 0, "
    "1,"
    " 1, NULL);"
    "INSERT INTO room VALUES (1, zeroblob(16), zeroblob(16), '101', '', '', '[]', 0, 'CLEANED', NULL, NULL, 1, 1, "
    "NULL);"
    "INSERT INTO claim VALUES (1, zeroblob(16), 86400000, 172800000, 'hold', zeroblob(16), 0);"
    "INSERT INTO inventory_night (property, room_type, night, units) VALUES (1, zeroblob(16), 1, 1);"
    "INSERT INTO guest VALUES (1, zeroblob(16), 'Ada Lovelace', NULL, NULL, 1, 1, 'ada lovelace');"
    "INSERT INTO booking (property, id, code, code_number, room_type, charged_room_type, status, by_minute, starts, "
    "ends,"
    " turnaround_ms, party, guest, owner, payment, placement, cancelled_at, created_at, version) VALUES (1, "
    "zeroblob(16),"
    " 'ABCDEF', 0, zeroblob(16), zeroblob(16), 'CANCELLED', 0, 86400000, 172800000, 0, 2, zeroblob(16), 'os:0', 'none',"
    " 'proven', 5, 1, 2);"
    "INSERT INTO hold VALUES (1, zeroblob(16), 'CONFIRMED', 'os:0', zeroblob(16), NULL, 0, 86400000, 172800000, 0, 1, "
    "9,"
    " 1, 2);"
    "INSERT INTO hold VALUES (1, CAST('0123456789abcdef' AS BLOB), 'ACTIVE', 'os:0', zeroblob(16), zeroblob(16), 0,"
    " 86400000, 172800000, 0, 1, 9, 1, 1);"
    "INSERT INTO event VALUES (1, 1, 1, 'booking.created', 'bkg', zeroblob(16), 'os:0', NULL, 'CONFIRMED', NULL, NULL, "
    "1,"
    " '{}', zeroblob(32));"
    "INSERT INTO event VALUES (1, 2, 1, 'booking.cancelled', 'bkg', zeroblob(16), 'os:0', 'CONFIRMED', 'CANCELLED',"
    " 'rain', NULL, 1, '{}', zeroblob(32));"
    "INSERT INTO user_account VALUES (0, zeroblob(16), 'ada@example.org', 'Ada', NULL, NULL, 1, NULL, 1, 1, 1);"
    "INSERT INTO invitation VALUES (0, zeroblob(16), zeroblob(32), 'bob@example.org', 1, 'viewer', 0, 9, NULL, NULL, 1,"
    " 1);";

static void
run(sqlite3 *db, const char *what, const char *sql)
{
    char *said = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s: %s", what, said);
}

static long long
number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    long long number = sqlite3_column_int64(stmt, 0);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    return number;
}

static void
rows_of_before_stay_and_are_taken(void **state)
{
    sqlite3 *db;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int i = 0; i < migrations_sqlite.count; i++) {
        run(db, migrations_sqlite.items[i].name, migrations_sqlite.items[i].sql);
        if (i == 4)
            run(db, "rows", rows);
    }
    assert_int_equal(number_of(db, "SELECT count(*) FROM event WHERE reason = 'rain'"), 1);
    assert_int_equal(number_of(db, "SELECT count(*) FROM hold"), 2);
    run(db, "an old row is written again", "UPDATE hold SET status = 'RELEASED', version = 2 WHERE status = 'ACTIVE'");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_before_stay_and_are_taken),
    };
    return test_run("store/upgrade", tests);
}
