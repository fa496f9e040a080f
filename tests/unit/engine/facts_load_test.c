/* What a decision is shown of a real database: above all that what has lapsed is never in anybody's way, wherever it
 * reaches. The rules themselves are tested on the core. */
#include "tests/unit/test.h"

#include "tests/support/house.h"

static struct house_fixture house;

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

static enum outcome
book(struct actor actor, struct leg leg, bool pinned, enum booking_payment payment)
{
    leg.pinned = pinned;
    struct engine_request request = house_create(&house, &leg);
    request.command.actor = actor;
    request.command.create_bookings.payment = payment;
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static void
pass_payment_time(void)
{
    test_clock_advance_ms(&house.clock, 900000);
}

/* The unpaid stay at the far end of a chain of stays is three days away from what is asked for. */
static void
a_lapsed_stay_far_along_the_component_is_in_nobodys_way(void **state)
{
    (void)state;
    struct id none = ID_NONE, twin = house.double_type;
    assert_int_equal(book(house.desk, house_nights(none, house.room_102, 0, 1), true, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 5, 6), true, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 1, 5), false, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_102, 4, 6), false, PAYMENT_REQUIRED), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(twin, none, 0, 2), false, PAYMENT_NONE), OUTCOME_NO_ROOM_FITS);
    pass_payment_time();
    assert_int_equal(book(house.desk, house_nights(twin, none, 0, 2), false, PAYMENT_NONE), OUTCOME_OK);
}

static void
a_lapsed_booking_does_not_count_against_the_quota(void **state)
{
    (void)state;
    struct engine_request request = {.command = {.kind = COMMAND_CREATE_ROOM_TYPE,
                                                 .property = house.property,
                                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                 .put_room_type.room_type = {.name = STR("Practice room"),
                                                                             .sold_by = SOLD_BY_MINUTE,
                                                                             .max_guests = 2,
                                                                             .features = STR("[]"),
                                                                             .hold_ttl_ms = 30000,
                                                                             .closes_min = 1440,
                                                                             .length_min = 5,
                                                                             .length_max = 1440,
                                                                             .quota_per_booker = 1}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct room room = {.room_type = request.result.events[0].subject, .number = STR("P1"), .features = STR("[]")};
    engine_request_done(&request);
    request = (struct engine_request){.command = {.kind = COMMAND_CREATE_ROOMS,
                                                  .property = house.property,
                                                  .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                  .create_rooms = {.rooms = &room, .room_count = 1}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id p1 = request.result.events[0].subject;
    engine_request_done(&request);

    struct leg first = house_minutes(p1, 0, 60), second = house_minutes(p1, 7200, 7260);
    assert_int_equal(book(house.teacher, first, false, PAYMENT_REQUIRED), OUTCOME_OK);
    assert_int_equal(book(house.teacher, second, false, PAYMENT_NONE), OUTCOME_POLICY_REFUSED);
    pass_payment_time();
    assert_int_equal(book(house.teacher, second, false, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.teacher, first, false, PAYMENT_NONE), OUTCOME_POLICY_REFUSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lapsed_stay_far_along_the_component_is_in_nobodys_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lapsed_booking_does_not_count_against_the_quota, set_up, tear_down),
    };
    return test_run("engine/facts_load", tests);
}
