/* What the database itself refuses, whoever writes to it: each guard is met around the engine. */
#include "tests/unit/test.h"

#include <sqlite3.h>

#include "store/migrate.h"

static sqlite3 *db;

static int
set_up(void **state)
{
    (void)state;
    static const char rows[] =
        "INSERT INTO property (property, id, name, time_zone, currency, day_rolls_at_min, payment_ttl_ms, "
        "approval_ttl_ms, shows_holders, created_at, version) VALUES (1, zeroblob(16), 'Hotel', 'UTC', 'EUR', 0, 1, 1, "
        "0, 1, 1);"
        "INSERT INTO room_type VALUES (1, zeroblob(16), 'Double', 'night', 'rooms', 2, '[]', 0, 1, 0, 1440, 0, 1, 2, "
        "0, "
        "0, 1, 1, NULL);"
        "INSERT INTO room (property, id, room_type, number, floor, building, features, max_guests, cleanliness, "
        "created_at, version) VALUES "
        "(1, CAST('room 101 ididid.' AS BLOB), zeroblob(16), '101', '', '', '[]', 0, 'INSPECTED', 1, 1),"
        "(1, CAST('room 102 ididid.' AS BLOB), zeroblob(16), '102', '', '', '[]', 0, 'INSPECTED', 1, 1);"
        "INSERT INTO guest (property, id, name, created_at, version, words) VALUES "
        "(1, zeroblob(16), 'Ada Lovelace', 1, 1, 'ada lovelace');"
        "INSERT INTO booking (property, id, code, code_number, room_type, charged_room_type, status, by_minute, "
        "starts, ends, turnaround_ms, party, guest, owner, payment, placement, created_at, version) VALUES "
        "(1, CAST('booking of ada..' AS BLOB), 'ABCDEF', 0, zeroblob(16), zeroblob(16), 'CONFIRMED', 0, 86400000, "
        "172800000, 0, 2, zeroblob(16), 'os:0', 'none', 'proven', 1, 1),"
        "(1, CAST('booking of grace' AS BLOB), 'ABCDEG', 1, zeroblob(16), zeroblob(16), 'CONFIRMED', 0, 86400000, "
        "172800000, 0, 2, zeroblob(16), 'os:0', 'none', 'proven', 1, 1);";
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int i = 0; i < migrations_sqlite.count; i++)
        assert_int_equal(sqlite3_exec(db, migrations_sqlite.items[i].sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL), SQLITE_OK);
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
        fail_msg("not refused: %s", sql);
}

#define OCCUPY(room, booking)                                                                                          \
    "INSERT INTO occupancy VALUES (1, CAST('room " room " ididid.' AS BLOB), CAST('booking of " booking "' AS BLOB))"

static void
two_parties_are_never_in_one_room(void **state)
{
    (void)state;
    assert_taken(OCCUPY("101", "ada.."));
    assert_refused(OCCUPY("101", "grace"));
    assert_taken(OCCUPY("102", "grace"));
    assert_refused("UPDATE occupancy SET room = CAST('room 101 ididid.' AS BLOB)");
}

static void
one_party_is_never_in_two_rooms(void **state)
{
    (void)state;
    assert_taken(OCCUPY("101", "ada.."));
    assert_refused(OCCUPY("102", "ada.."));
    assert_taken("DELETE FROM occupancy");
    assert_taken(OCCUPY("102", "ada.."));
}

static void
nobody_is_in_a_room_that_is_none(void **state)
{
    (void)state;
    assert_refused(OCCUPY("103", "ada.."));
    assert_refused(OCCUPY("101", "nobod"));
}

static void
a_fault_has_its_time(void **state)
{
    (void)state;
    assert_refused("UPDATE room SET fault = zeroblob(16)");
    assert_refused("UPDATE room SET fault_since = 1");
    assert_refused("UPDATE room SET fault = 'leak', fault_since = 1");
    assert_taken("UPDATE room SET fault = zeroblob(16), fault_since = 1");
    assert_refused("UPDATE room SET cleanliness = 'SPOTLESS'");
}

/* --- bookings that have ended, guests who are erased --- */

static void
only_guests_who_did_not_come_have_lost_a_room(void **state)
{
    (void)state;
    assert_taken("UPDATE booking SET status = 'NO_SHOW'");
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
    assert_taken("UPDATE booking SET status = 'NO_SHOW'");
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

/* --- who comes along --- */

#define GUEST(id, name)                                                                                                \
    "INSERT INTO guest (property, id, name, created_at, version, words) VALUES (1, CAST('" id "' AS BLOB), '" name     \
    "', 1, 1, '')"
#define COMPANION(guest)                                                                                               \
    "INSERT INTO booking_guest VALUES (1, CAST('booking of ada..' AS BLOB), CAST('" guest "' AS BLOB))"
#define COUNT(companions) "UPDATE booking SET companions = " companions " WHERE id = CAST('booking of ada..' AS BLOB)"

static void
no_more_come_along_than_the_party_has_beside_who_booked(void **state)
{
    (void)state;
    assert_taken(GUEST("grace ididididid", "Grace"));
    assert_taken(GUEST("mary idididididi", "Mary"));
    assert_taken(COMPANION("grace ididididid"));
    assert_taken(COUNT("1"));
    assert_taken(COMPANION("mary idididididi"));
    assert_refused(COUNT("2"));
    assert_refused("UPDATE booking SET party = 1 WHERE companions = 1");
    assert_taken("UPDATE booking SET party = 3");
    assert_taken(COUNT("2"));
}

static void
a_booking_counts_who_comes_along(void **state)
{
    (void)state;
    assert_taken(GUEST("grace ididididid", "Grace"));
    assert_refused(COUNT("1"));
    assert_refused(COUNT("-1"));
    assert_taken(COMPANION("grace ididididid"));
    assert_taken(COUNT("1"));
    assert_refused(COUNT("0"));
    assert_taken("DELETE FROM booking_guest");
    assert_taken(COUNT("0"));
}

static void
who_comes_along_is_a_guest_once_and_not_the_one_who_booked(void **state)
{
    (void)state;
    assert_refused(COMPANION("nobody idididid."));
    assert_refused("INSERT INTO booking_guest VALUES (1, CAST('booking of nobod' AS BLOB), zeroblob(16))");
    assert_refused("INSERT INTO booking_guest VALUES (1, CAST('booking of ada..' AS BLOB), zeroblob(16))");
    assert_taken(GUEST("grace ididididid", "Grace"));
    assert_taken(COMPANION("grace ididididid"));
    assert_refused(COMPANION("grace ididididid"));
    assert_refused("DELETE FROM guest WHERE name = 'Grace'");
}

/* --- jobs and the business date --- */

#define JOB(id, kind, status, ended)                                                                                   \
    "INSERT INTO job VALUES (1, CAST('" id "' AS BLOB), '" kind "', '" status                                          \
    "', 20779, 0, NULL, 0, 0, 0, 0, 0, 0, 'system', 1, " ended ", 1)"

static void
one_job_of_a_kind_runs_at_a_time(void **state)
{
    (void)state;
    assert_taken(JOB("the first job...", "night_audit", "RUNNING", "NULL"));
    assert_refused(JOB("the second job..", "night_audit", "RUNNING", "NULL"));
    assert_taken(JOB("the third job...", "night_audit", "COMPLETED", "2"));
    assert_taken(JOB("another kind....", "auto_assign", "RUNNING", "NULL"));
}

static void
a_job_has_ended_exactly_when_it_does_not_run(void **state)
{
    (void)state;
    assert_refused(JOB("the first job...", "night_audit", "RUNNING", "2"));
    assert_refused(JOB("the first job...", "night_audit", "COMPLETED", "NULL"));
}

static void
a_line_of_a_report_is_of_a_job_and_a_booking(void **state)
{
    (void)state;
    assert_taken(JOB("the first job...", "night_audit", "RUNNING", "NULL"));
    assert_taken("INSERT INTO job_item SELECT 1, id, 1, 1, CAST('booking of ada..' AS BLOB), NULL FROM job");
    assert_refused("INSERT INTO job_item SELECT 1, id, 2, 1, zeroblob(16), NULL FROM job");
    assert_refused("INSERT INTO job_item VALUES (1, zeroblob(16), 1, 1, CAST('booking of ada..' AS BLOB), NULL)");
    assert_refused("INSERT INTO job_item SELECT 1, id, 1, 1, CAST('booking of grace' AS BLOB), NULL FROM job");
}

static void
a_date_is_stored_exactly_where_an_audit_rolls_it(void **state)
{
    (void)state;
    assert_refused("UPDATE property SET business_date = 20779");
    assert_refused("UPDATE property SET night_audit = 'by_hand'");
    assert_refused("UPDATE property SET night_audit = 'sometimes', business_date = 20779");
    assert_taken("UPDATE property SET night_audit = 'by_hand', business_date = 20779");
    assert_refused("UPDATE property SET night_audit = 'none'");
}

/* --- money --- */

#define PAY(id, reference, amounts, times)                                                                             \
    ("INSERT INTO payment VALUES (1, CAST('" id "' AS BLOB), CAST('booking of ada..' AS BLOB), NULL, 'card', "         \
     "" reference ", 'EUR', " amounts ", " times ", NULL, NULL, 1, 1)")
#define REFUND_OF(payment)                                                                                             \
    ("INSERT INTO refund VALUES (1, CAST('a refund of it..' AS BLOB), CAST('" payment "' AS BLOB), NULL, 4, 'due', "   \
     "1, 0, NULL, NULL, NULL, NULL, NULL, 1, 1)")

static void
assert_all_refused(const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_refused(list[i]);
}

#define ASSERT_ALL_REFUSED(list) assert_all_refused((list), sizeof(list) / sizeof((list)[0]))

static void
sums_of_a_payment_hold_each_other_in_bounds(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "UPDATE payment SET authorized = 9",       "UPDATE payment SET captured = 11",
        "UPDATE payment SET refunded = 11",        "UPDATE payment SET refunded = -1",
        "UPDATE payment SET authorized_at = NULL", "UPDATE payment SET captured_at = NULL",
        "UPDATE payment SET captured = 0",
    };
    assert_taken(PAY("a payment of it.", "'pi_1'", "10, 10, 0", "1, 1"));
    ASSERT_ALL_REFUSED(refused);
    assert_taken("UPDATE payment SET refunded = 10");
    assert_refused(PAY("another payment.", "'pi_2'", "0, 0, 0", "1, NULL"));
    assert_taken(PAY("another payment.", "'pi_2'", "0, 0, 0", "NULL, NULL"));
}

static void
a_payment_is_for_one_thing_that_is_there(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "UPDATE payment SET booking = NULL",
        "UPDATE payment SET booking_group = zeroblob(16)",
        "UPDATE payment SET booking = NULL, booking_group = zeroblob(16)",
        "UPDATE payment SET booking = zeroblob(16)",
        "UPDATE payment SET method = 'shells'",
        "UPDATE payment SET currency = 'EURO'",
        "UPDATE payment SET reference = ''",
        "UPDATE payment SET version = 0",
    };
    assert_taken(PAY("a payment of it.", "'pi_1'", "10, 10, 0", "1, 1"));
    ASSERT_ALL_REFUSED(refused);
}

static void
a_payment_of_the_provider_is_one_here(void **state)
{
    (void)state;
    assert_taken(PAY("a payment of it.", "'pi_1'", "10, 10, 0", "1, 1"));
    assert_refused(PAY("another payment.", "'pi_1'", "10, 10, 0", "1, 1"));
    assert_refused(PAY("another payment.", "NULL", "10, 10, 0", "1, 1"));
    assert_taken(PAY("another payment.", "'pi_2'", "10, 10, 0", "1, 1"));
}

static void
a_refund_is_of_a_payment_and_has_the_times_of_its_status(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "UPDATE refund SET amount = 0",         "UPDATE refund SET status = 'gone'",
        "UPDATE refund SET status = 'sent'",    "UPDATE refund SET attempts = 1",
        "UPDATE refund SET attempts = -1",      "UPDATE refund SET sent_at = 1",
        "UPDATE refund SET status = 'settled'", "UPDATE refund SET status = 'failed'",
        "UPDATE refund SET automatic = 2",      "UPDATE refund SET provider_reference = ''",
        "UPDATE refund SET failure = ''",       "UPDATE refund SET payment = zeroblob(16)",
        "UPDATE refund SET version = 0",        "DELETE FROM payment",
    };
    assert_taken(PAY("a payment of it.", "'pi_1'", "10, 10, 0", "1, 1"));
    assert_refused(REFUND_OF("no payment at all"));
    assert_taken(REFUND_OF("a payment of it."));
    ASSERT_ALL_REFUSED(refused);
    assert_taken("UPDATE refund SET status = 'sent', attempts = 1, sent_at = 1");
    assert_taken("UPDATE refund SET status = 'settled', settled_at = 2");
}

static void
an_event_of_the_provider_is_noted_once(void **state)
{
    (void)state;
    assert_taken("INSERT INTO payment_notice VALUES (1, 'evt_1', 'pay', zeroblob(16), 1)");
    assert_refused("INSERT INTO payment_notice VALUES (1, 'evt_1', 'rfd', zeroblob(16), 2)");
    assert_refused("INSERT INTO payment_notice VALUES (1, '', 'pay', zeroblob(16), 1)");
    assert_refused("INSERT INTO payment_notice VALUES (1, 'evt_2', 'bkg', zeroblob(16), 1)");
    assert_refused("INSERT INTO payment_notice VALUES (1, 'evt_2', 'pay', zeroblob(15), 1)");
}

static void
what_is_set_aside_says_why(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "UPDATE set_aside SET cause = 'mood'",
        "UPDATE set_aside SET event = ''",
        "UPDATE set_aside SET amount = -1",
        "UPDATE set_aside SET version = 0",
        "INSERT INTO set_aside SELECT * FROM set_aside",
    };
    assert_taken("INSERT INTO set_aside VALUES (1, zeroblob(16), 'evt_1', 'charge.succeeded', 'amount', 'pi_1', NULL, "
                 "5, 'EUR', 1, NULL, 1)");
    ASSERT_ALL_REFUSED(refused);
}

static void
a_property_has_one_provider_and_its_secrets(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "UPDATE payment_provider SET sealed_secret = ''",
        "UPDATE payment_provider SET sealed_secret = NULL",
        "UPDATE payment_provider SET api_base = NULL",
        "UPDATE payment_provider SET version = 0",
        "INSERT INTO payment_provider VALUES (1, zeroblob(16), NULL, NULL, 'sealed', NULL, 1, 1)",
    };
    assert_taken("INSERT INTO payment_provider VALUES (1, zeroblob(16), NULL, 'https://pay.example', 'sealed', "
                 "'sealed', 1, 1)");
    ASSERT_ALL_REFUSED(refused);
}

/* --- overcommit --- */

#define RECORD(night, kind, quantity)                                                                                  \
    "INSERT INTO overcommit VALUES (1, " #night ", zeroblob(16), '" kind                                               \
    "', CAST('booking of ada..' AS BLOB), " #quantity ")"
#define OVERCOMMIT(night, number) "UPDATE inventory_night SET overcommit = " #number " WHERE night = " #night

static void
a_night_is_overcommitted_by_what_its_records_say(void **state)
{
    (void)state;
    assert_taken("INSERT INTO inventory_night (property, room_type, night, units) VALUES (1, zeroblob(16), 7, 1)");
    assert_refused("INSERT INTO inventory_night (property, room_type, night, units, overcommit) "
                   "VALUES (1, zeroblob(16), 8, 1, 1)");
    assert_refused(OVERCOMMIT(7, 1));
    assert_taken(RECORD(7, "overstay", 2));
    assert_refused(OVERCOMMIT(7, 1));
    assert_refused(OVERCOMMIT(7, 3));
    assert_taken(OVERCOMMIT(7, 2));
    assert_taken("UPDATE inventory_night SET sold = 3");
    assert_refused("UPDATE inventory_night SET sold = 4");
    assert_taken("UPDATE overcommit SET quantity = 0");
    assert_refused(OVERCOMMIT(7, 0)); /* more would be sold than there is */
    assert_taken("UPDATE inventory_night SET sold = 1");
    assert_taken(OVERCOMMIT(7, 0));
}

static void
a_record_of_overcommit_is_one_a_night_and_subject_and_never_negative(void **state)
{
    (void)state;
    assert_taken(RECORD(7, "closure", 1));
    assert_taken(RECORD(8, "closure", 0));
    assert_refused(RECORD(7, "overstay", 1));
    assert_refused(RECORD(9, "closure", -1));
    assert_refused(RECORD(9, "whim", 1));
    assert_refused("INSERT INTO overcommit VALUES (1, 9, randomblob(16), 'closure', randomblob(16), 1)");
    assert_refused("INSERT INTO overcommit VALUES (1, 9, zeroblob(16), 'closure', zeroblob(3), 1)");
}

/* --- closures --- */

#define CLOSURE(kind, status, starts, ends, reopened)                                                                  \
    "INSERT INTO closure VALUES (1, randomblob(16), CAST('room 101 ididid.' AS BLOB), '" kind "', '" status            \
    "', 0, " #starts ", " #ends ", NULL, 'usr_x', 1, " #reopened ", 1, 'proven')"

static void
a_closure_is_of_a_room_for_a_time_and_reopened_at_one(void **state)
{
    (void)state;
    assert_taken(CLOSURE("out_of_order", "OPEN", 1, 2, NULL));
    assert_taken(CLOSURE("out_of_service", "REOPENED", 1, 2, 5));
    assert_refused(CLOSURE("out_of_mind", "OPEN", 1, 2, NULL));
    assert_refused(CLOSURE("out_of_order", "AJAR", 1, 2, NULL));
    assert_refused(CLOSURE("out_of_order", "OPEN", 2, 2, NULL));
    assert_refused(CLOSURE("out_of_order", "OPEN", 1, 2, 5));
    assert_refused(CLOSURE("out_of_order", "REOPENED", 1, 2, NULL));
    assert_refused("UPDATE closure SET room = zeroblob(16)");
    assert_refused("UPDATE closure SET reason = zeroblob(3)");
    assert_refused("UPDATE closure SET version = 0");
    assert_refused("UPDATE closure SET placement = 'promised'");
}

/* --- links of bookings --- */

#define GUEST_LINK(hash, withdrawn, version)                                                                           \
    "INSERT INTO guest_link VALUES (1, randomblob(16), " hash ", CAST('booking of ada..' AS BLOB), " #withdrawn        \
    ", 1, " #version ")"

static void
a_link_is_of_a_booking_and_the_only_one_that_is_open(void **state)
{
    (void)state;
    assert_taken(GUEST_LINK("zeroblob(32)", 5, 2));
    assert_taken(GUEST_LINK("zeroblob(32)", NULL, 1));
    assert_refused(GUEST_LINK("zeroblob(32)", NULL, 1));
    assert_taken(GUEST_LINK("zeroblob(32)", 5, 2));
    assert_refused(GUEST_LINK("zeroblob(31)", 5, 2));
    assert_refused(GUEST_LINK("NULL", 5, 2));
    assert_refused(GUEST_LINK("zeroblob(32)", 5, 1));
    assert_refused("UPDATE guest_link SET version = 2 WHERE withdrawn_at IS NULL");
    assert_refused("UPDATE guest_link SET withdrawn_at = NULL, version = 1");
    assert_refused("UPDATE guest_link SET booking = zeroblob(16)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_parties_are_never_in_one_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_party_is_never_in_two_rooms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_in_a_room_that_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fault_has_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_guests_who_did_not_come_have_lost_a_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fee_is_kept_of_a_price_when_a_booking_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_an_erased_guest_nothing_is_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_more_come_along_than_the_party_has_beside_who_booked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_booking_counts_who_comes_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_comes_along_is_a_guest_once_and_not_the_one_who_booked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_job_of_a_kind_runs_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_has_ended_exactly_when_it_does_not_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_of_a_report_is_of_a_job_and_a_booking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closure_is_of_a_room_for_a_time_and_reopened_at_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_of_a_booking_and_the_only_one_that_is_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_night_is_overcommitted_by_what_its_records_say, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_of_overcommit_is_one_a_night_and_subject_and_never_negative, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_date_is_stored_exactly_where_an_audit_rolls_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sums_of_a_payment_hold_each_other_in_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_payment_is_for_one_thing_that_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_payment_of_the_provider_is_one_here, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refund_is_of_a_payment_and_has_the_times_of_its_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_of_the_provider_is_noted_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_set_aside_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_property_has_one_provider_and_its_secrets, set_up, tear_down),
    };
    return test_run("store/guard", tests);
}
