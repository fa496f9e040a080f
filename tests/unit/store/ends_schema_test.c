/* What the schema itself refuses of bookings that have ended, whoever writes. */
#include "tests/unit/test.h"

#include <sqlite3.h>

#include "store/migrate.h"

static const char rows[] =
    "INSERT INTO property (property, id, name, time_zone, currency, day_rolls_at_min, payment_ttl_ms, approval_ttl_ms, "
    "shows_holders, created_at, version) VALUES (1, zeroblob(16), 'Hotel', 'UTC', 'EUR', 0, 1, 1, 0, 1, 1);"
    "INSERT INTO room_type (property, id, name, sold_by, stock, max_guests, features, needs_approval, hold_ttl_ms, "
    "opens_min, closes_min, turnaround_min, length_min, length_max, notice_min, quota_per_booker, created_at, version) "
    "VALUES (1, zeroblob(16), 'Double', 'night', 'rooms', 2, '[]', 0, 1, 0, 1440, 0, 1, 2, 0, 0, 1, 1);"
    "INSERT INTO guest (property, id, name, created_at, version, words) "
    "VALUES (1, zeroblob(16), 'Ada Lovelace', 1, 1, 'ada lovelace');"
    "INSERT INTO booking (property, id, code, code_number, room_type, charged_room_type, status, by_minute, starts, "
    "ends, turnaround_ms, party, guest, owner, payment, placement, created_at, version) VALUES (1, zeroblob(16), "
    "'ABCDEF', 0, zeroblob(16), zeroblob(16), 'NO_SHOW', 0, 86400000, 172800000, 0, 2, zeroblob(16), 'os:0', 'none', "
    "'proven', 1, 2);";

static sqlite3 *db;

static int
set_up(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int i = 0; i < migrations_sqlite.count; i++)
        assert_int_equal(sqlite3_exec(db, migrations_sqlite.items[i].sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return 0;
}

static void
assert_taken(const char *sql)
{
    char *said = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s: %s", sql, said);
}

static void
assert_refused(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_CONSTRAINT)
        fail_msg("taken: %s", sql);
}

static void
only_guests_who_did_not_come_have_lost_a_room(void **state)
{
    (void)state;
    assert_taken("UPDATE booking SET lost_room = zeroblob(16)");
    assert_refused("UPDATE booking SET status = 'CONFIRMED'");
    assert_refused("UPDATE booking SET lost_room = zeroblob(15)");
    assert_taken("UPDATE booking SET lost_room = NULL, status = 'CONFIRMED'");
    assert_refused("UPDATE booking SET lost_room = zeroblob(16)");
}

static void
a_fee_is_kept_of_a_price_when_a_booking_ends(void **state)
{
    (void)state;
    assert_taken("UPDATE booking SET price_minor = 1000, fee_minor = 800");
    assert_refused("UPDATE booking SET fee_minor = 0");
    assert_refused("UPDATE booking SET fee_minor = 1001");
    assert_refused("UPDATE booking SET status = 'CONFIRMED'");
    assert_refused("UPDATE property SET cancellation_fee_percent = 101");
    assert_refused("UPDATE property SET no_show_fee_percent = -1");
    assert_refused("UPDATE property SET cancellation_window_h = -1");
}

static void
of_an_erased_guest_nothing_is_left(void **state)
{
    (void)state;
    assert_refused("UPDATE guest SET erased_at = 5");
    assert_refused("UPDATE guest SET erased_at = 5, name = '', words = '', email = 'ada@example.org'");
    assert_taken("UPDATE guest SET erased_at = 5, name = '', words = ''");
    assert_refused("UPDATE guest SET name = 'Ada'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_guests_who_did_not_come_have_lost_a_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fee_is_kept_of_a_price_when_a_booking_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_an_erased_guest_nothing_is_left, set_up, tear_down),
    };
    return test_run("store/ends_schema", tests);
}
