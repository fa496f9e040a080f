/* An overbooking allowance from its setting to its end: sold beyond the units, shown as such, and never taken away from
 * under what is sold. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static struct answer
set(const char *type, const char *members)
{
    struct ask ask = {
        .method = "PUT",
        .target = "/v1/inventory",
        .token = world->owner,
        .body = world_format(world, "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\",\"until\":\"2027-03-03\",%s}",
                             type, members)};
    return world_ask(world, &ask);
}

static struct answer
allow(const char *type, int allowance)
{
    return set(type, world_format(world, "\"allowance\":%d", allowance));
}

/* Two nights from the first of March. */
static struct answer
book(const char *type, const char *more)
{
    return world_post(world, "/v1/bookings",
                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                      "\"departure\":\"2027-03-03\",\"guest\":{\"name\":\"Ada\"}%s}",
                      house.property, type, more);
}

static void
sell(const char *type, int count)
{
    for (int i = 0; i < count; i++) {
        struct answer answer = book(type, "");
        assert_status(&answer, 201);
    }
}

static void
assert_sold_out(const char *type)
{
    struct answer answer = book(type, "");
    assert_problem(&answer, 409, "SOLD_OUT");
}

static long long
shown(const char *type, const char *member)
{
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=2027-03-01&until=2027-03-04",
                  house.property, type);
    assert_status(&answer, 200);
    return answer_number(&answer, world_format(world, "items/0/nights/1/%s", member));
}

static struct answer
overbooked(void)
{
    struct answer answer =
        world_get(world, "/v1/reports/overbooked?property_id=%s&from=2027-02-01&until=2027-04-01", house.property);
    assert_status(&answer, 200);
    return answer;
}

static void
counted_stock_is_sold_up_to_the_allowance_and_listed(void **state)
{
    (void)state;
    struct answer answer = allow(house.studio, 2);
    assert_status(&answer, 200);
    assert_int_equal(shown(house.studio, "free"), 5);
    sell(house.studio, 3);
    answer = overbooked();
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    assert_int_equal(shown(house.studio, "free"), 2);
    sell(house.studio, 2);
    assert_sold_out(house.studio);
    assert_int_equal(shown(house.studio, "free"), 0);
    assert_int_equal(shown(house.studio, "allowance"), 2);
    answer = overbooked();
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_string_equal(answer_text(&answer, "items/1/date"), "2027-03-02");
    assert_string_equal(answer_text(&answer, "items/1/room_type_id"), house.studio);
    assert_int_equal(answer_number(&answer, "items/1/units"), 3);
    assert_int_equal(answer_number(&answer, "items/1/sold"), 5);
    assert_int_equal(answer_number(&answer, "items/1/over"), 2);
}

/* What is sold stands all the while, though neither the old allowance with the new units nor the other way round would
 * have room for it. */
static void
units_become_an_allowance_and_units_again(void **state)
{
    (void)state;
    sell(house.studio, 3);
    struct answer answer = set(house.studio, "\"units\":1,\"allowance\":2");
    assert_status(&answer, 200);
    assert_int_equal(shown(house.studio, "allowance"), 2);
    assert_int_equal(shown(house.studio, "free"), 0);
    answer = set(house.studio, "\"units\":3,\"allowance\":0");
    assert_status(&answer, 200);
    assert_int_equal(shown(house.studio, "units"), 3);
    assert_int_equal(shown(house.studio, "allowance"), 0);
}

/* Rooms are what they are: who is one too many has no room, and it is said that it can't be shown that all fit. */
static void
a_stay_beyond_the_rooms_has_no_room_and_an_unproven_placement(void **state)
{
    (void)state;
    struct answer answer = allow(house.type, 1);
    assert_status(&answer, 200);
    sell(house.type, 2);
    answer = book(house.type, "");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "placement"), "unproven");
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    assert_int_equal(json_array_size(answer_at(&answer, "claims")), 0);
    assert_sold_out(house.type);
    answer = overbooked();
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_int_equal(answer_number(&answer, "items/0/over"), 1);
}

/* Each claim of the two is refused to a third, allowance or not. */
static void
no_allowance_gives_a_room_twice(void **state)
{
    (void)state;
    struct answer answer = allow(house.type, 5);
    assert_status(&answer, 200);
    for (int i = 0; i < 2; i++) {
        answer = book(house.type, world_format(world, ",\"room_id\":\"%s\",\"pinned\":true", house.room[i]));
        assert_status(&answer, 201);
        answer = book(house.type, world_format(world, ",\"room_id\":\"%s\",\"pinned\":true", house.room[i]));
        assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    }
    answer = world_get(world, "/v1/rooms/search?property_id=%s&room_type_id=%s&arrival=2027-03-01&departure=2027-03-03",
                       house.property, house.type);
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    assert_int_equal(shown(house.type, "free"), 5);
    sell(house.type, 5);
    assert_sold_out(house.type);
}

static void
an_allowance_that_is_used_is_not_lowered(void **state)
{
    (void)state;
    struct answer answer = allow(house.studio, 2);
    assert_status(&answer, 200);
    sell(house.studio, 4);
    answer = allow(house.studio, 0);
    assert_problem(&answer, 409, "IN_USE");
    assert_string_equal(answer_text(&answer, "nights/0"), "2027-03-01");
    assert_string_equal(answer_text(&answer, "nights/1"), "2027-03-02");
    assert_int_equal(shown(house.studio, "allowance"), 2);
    answer = allow(house.studio, 1);
    assert_status(&answer, 200);
    assert_sold_out(house.studio);
}

static void
a_hold_that_has_lapsed_overbooks_nothing(void **state)
{
    (void)state;
    struct answer answer = allow(house.studio, 1);
    assert_status(&answer, 200);
    sell(house.studio, 3);
    answer = world_post(world, "/v1/holds",
                        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                        "\"departure\":\"2027-03-02\",\"ttl_s\":60}",
                        house.property, house.studio);
    assert_status(&answer, 201);
    answer = overbooked();
    assert_int_equal(answer_number(&answer, "items/0/held"), 1);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    test_clock_advance_ms(&world->clock, 60000);
    answer = overbooked();
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(counted_stock_is_sold_up_to_the_allowance_and_listed),
        CASE(units_become_an_allowance_and_units_again),
        CASE(a_stay_beyond_the_rooms_has_no_room_and_an_unproven_placement),
        CASE(no_allowance_gives_a_room_twice),
        CASE(an_allowance_that_is_used_is_not_lowered),
        CASE(a_hold_that_has_lapsed_overbooks_nothing),
    };
    return test_run("api/overbooking", tests);
}
