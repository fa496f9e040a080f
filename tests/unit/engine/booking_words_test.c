/* Bookings are found by any word of their guest's name: in a part of the numbers that is complete, in the one that is
 * open, across the boundary, and after the guest has changed. */
#include "tests/unit/test.h"

#include "core/date.h"
#include "engine/check.h"
#include "store/store_list.h"
#include "store/store_words.h"
#include "tests/support/house.h"

static struct house_fixture house;
static struct id newest; /* booking */
static size_t others;    /* bookings of nobody in particular */

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    others = 0;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

/* One booking, or a group of them, for a guest, each on a night of its own from `night` on. */
static void
book(const char *guest, int night, size_t count)
{
    struct leg legs[LEGS_MAX];
    assert_true(count <= LEGS_MAX);
    for (size_t i = 0; i < count; i++)
        legs[i] = house_nights(house.bed_type, ID_NONE, night + (int)i, night + (int)i + 1);
    struct engine_request request = house_create(&house, legs);
    request.command.create_bookings.leg_count = count;
    request.command.create_bookings.group = count > 1;
    request.command.create_bookings.guest.name = str_from(guest);
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    newest = request.result.events[0].subject;
    engine_request_done(&request);
}

/* Fills the numbers up to `until` with somebody else's bookings. */
static void
fill(int64_t until)
{
    struct store store = {.connection = NULL};
    struct store_head head;
    struct err err;
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_load_head(&store, house.property, &head), DB_OK);
    db_disconnect(store.connection);
    for (int64_t number = head.next_code, night = 2; number < until; number++, night++) {
        book("Somebody Else", (int)(night % 700), 1);
        others++;
    }
}

static size_t
found(const char *asked)
{
    struct store store = {.connection = NULL};
    struct store_booking_filter filter = STORE_BOOKING_FILTER_ALL;
    struct booking *bookings;
    struct arena arena;
    struct err err;
    size_t count;
    arena_init(&arena, 8 << 20);
    filter.way = STORE_BOOKINGS_BY_GUEST;
    assert_true(words_of(str_from(asked), &arena, &filter.guest));
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    enum db_status status =
        store_list_bookings(&store, house.property, &filter, ID_NONE, 1000, &arena, &bookings, &count);
    db_disconnect(store.connection);
    if (status != DB_OK)
        fail_msg("%s: %s", db_status_name(status), store.err.message);
    arena_done(&arena);
    return count;
}

static void
on_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    fail_msg("%s: %.*s", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

static void
assert_in_order(void)
{
    struct store store = {.connection = NULL};
    struct check_report report;
    struct err err;
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    struct check_settings settings = {
        .store = &store, .clock = &house.clock.clock, .memory_limit = 16u << 20, .on_finding = on_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    db_disconnect(store.connection);
}

static void
a_name_is_found_in_open_and_in_complete_parts(void **state)
{
    (void)state;
    book("Ada Lovelace", 0, 1);
    assert_int_equal(found("love"), 1);
    fill(STORE_WORD_PART - 1);
    assert_int_equal(found("love"), 1);
    fill(STORE_WORD_PART + 1); /* the first part is complete */
    assert_int_equal(found("love"), 1);
    assert_int_equal(found("ada lovelace"), 1);
    assert_int_equal(found("ada else"), 0);
    book("Ada Byron", 0, 1);
    assert_int_equal(found("ADA"), 2);
    assert_int_equal(found("somebody"), others);
    assert_true(others > STORE_WORD_PART / 2);
    assert_in_order();
}

static void
a_group_across_the_boundary_is_found_whole(void **state)
{
    (void)state;
    fill(STORE_WORD_PART - 3);
    book("Grace Hopper", 10, 6);
    assert_int_equal(found("hopper"), 6);
    assert_in_order();
}

static void
amend_guest(struct id booking, const char *name)
{
    struct engine_request request = {
        .command = {.kind = COMMAND_AMEND_BOOKING,
                    .property = house.property,
                    .actor = house.desk,
                    .amend_booking = {.booking = booking, .changes_guest = true, .guest = {.name = str_from(name)}}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static void
a_booking_is_found_by_its_new_guest_and_not_by_the_old(void **state)
{
    (void)state;
    book("Ada Lovelace", 0, 1);
    struct id booking = newest;
    amend_guest(booking, "Ada Augusta King");
    assert_int_equal(found("king"), 1);
    assert_int_equal(found("love"), 0);
    fill(STORE_WORD_PART + 1);
    assert_int_equal(found("king"), 1);
    amend_guest(booking, "Mary Somerville"); /* in a part that is complete */
    assert_int_equal(found("king"), 0);
    assert_int_equal(found("mary"), 1);
    assert_in_order();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_is_found_in_open_and_in_complete_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_across_the_boundary_is_found_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_booking_is_found_by_its_new_guest_and_not_by_the_old, set_up, tear_down),
    };
    return test_run("engine/booking_words", tests);
}
