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

/* --- who is proven keeps a room --- */

static struct answer
sell_until(const char *departure)
{
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                      "\"departure\":\"%s\",\"guest\":{\"name\":\"Ada\"}}",
                                      house.property, house.type, departure);
    assert_status(&answer, 201);
    return answer;
}

/* One for three nights, one in the first room for one, and one too many that night. */
static struct answer
sell_one_too_many(struct answer *ret_long)
{
    struct answer answer = allow(house.type, 1);
    assert_status(&answer, 200);
    *ret_long = sell_until("2027-03-04");
    struct answer other = sell_until("2027-03-02");
    answer = world_post(world, world_format(world, "/v1/bookings/%s/assign", answer_text(&other, "id")),
                        "{\"room_id\":\"%s\"}", house.room[0]);
    assert_status(&answer, 200);
    return sell_until("2027-03-02");
}

static void
assert_called_off(const struct answer *booking)
{
    struct answer answer =
        post_as(world->owner, world_format(world, "/v1/bookings/%s/cancel", answer_text(booking, "id")), "{}");
    assert_status(&answer, 200);
}

static void
a_closure_leaves_a_room_to_who_is_proven(void **state)
{
    (void)state;
    struct answer proven, unproven = sell_one_too_many(&proven);
    assert_string_equal(answer_text(&unproven, "placement"), "unproven");
    struct answer answer = close_room_as(world->owner, house.room[1], "out_of_order", "2027-03-03", "2027-03-04", "");
    assert_problem(&answer, 409, "NO_ROOM_FITS");
    assert_called_off(&unproven);
    fixture_assert_in_order();
    answer = world_post(world, world_format(world, "/v1/bookings/%s/assign", answer_text(&proven, "id")),
                        "{\"room_id\":\"%s\"}", house.room[1]);
    assert_status(&answer, 200);
}

/* The desk names who is in the way; a manager says who is to have none. */
static void
a_manager_gives_the_room_to_who_has_come(void **state)
{
    (void)state;
    struct answer proven, unproven = sell_one_too_many(&proven);
    const char *path = world_format(world, "/v1/bookings/%s/assign", answer_text(&unproven, "id"));
    struct answer answer = world_post(world, path, "{\"room_id\":\"%s\"}", house.room[1]);
    assert_problem(&answer, 409, "NO_ROOM_FITS");
    assert_non_null(strstr(answer_text(&answer, "detail"), "a manager may override that"));
    answer = world_post(world, path, "{\"room_id\":\"%s\",\"override\":true}", house.room[1]);
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    assert_string_equal(answer_text(&answer, "errors/0/pointer"), "/reason");
    answer =
        world_post(world, path, "{\"room_id\":\"%s\",\"override\":true,\"reason\":\"they are here\"}", house.room[1]);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "placement"), "unproven");
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    assert_true(json_is_true(answer_at(&answer, "override")));
    answer = world_get(world, "/v1/bookings/%s", answer_text(&proven, "id"));
    assert_string_equal(answer_text(&answer, "placement"), "proven");
    fixture_assert_in_order();
    assert_called_off(&unproven);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/assign", answer_text(&proven, "id")),
                        "{\"room_id\":\"%s\"}", house.room[1]);
    assert_status(&answer, 200);
}

static void
a_forced_closure_says_that_somebody_has_no_room_for_it(void **state)
{
    (void)state;
    struct answer proven, last = sell_one_too_many(&proven);
    struct answer answer =
        close_room_as(world->owner, house.room[1], "out_of_order", "2027-03-03", "2027-03-04", ",\"force\":true");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "placement"), "unproven");
    assert_called_off(&last);
    fixture_assert_in_order();
    answer = world_post(world, world_format(world, "/v1/closures/%s/reopen", answer_text(&answer, "id")), "{}");
    assert_status(&answer, 200);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/assign", answer_text(&proven, "id")),
                        "{\"room_id\":\"%s\"}", house.room[1]);
    assert_status(&answer, 200);
}

static struct answer
take_away(const char *room, const char *type)
{
    struct answer answer = world_get(world, "/v1/rooms/%s", room);
    struct ask ask = {.method = type == NULL ? "DELETE" : "PATCH",
                      .target = world_format(world, "/v1/rooms/%s", room),
                      .token = world->owner,
                      .fields =
                          world_format(world, "If-Match: \"%lld\"\r\n", (long long)answer_number(&answer, "version")),
                      .body = type == NULL ? NULL : world_format(world, "{\"room_type_id\":\"%s\"}", type)};
    return world_ask(world, &ask);
}

/* With a third room that is closed when the longest of them would need it: all fit, and the allowance is for sales. */
static void
a_room_that_is_taken_away_leaves_one_to_who_is_proven(void **state)
{
    (void)state;
    struct answer room =
        world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"999\"}",
                   house.property, house.type);
    assert_status(&room, 201);
    struct answer answer =
        close_room_as(world->owner, answer_text(&room, "id"), "out_of_order", "2027-03-03", "2027-03-04", "");
    assert_status(&answer, 201);
    struct answer proven, last = sell_one_too_many(&proven);
    answer = world_post(world, "/v1/room-types",
                        "{\"property_id\":\"%s\",\"name\":\"Other\",\"sold_by\":\"night\",\"stock\":\"rooms\","
                        "\"max_guests\":2}",
                        house.property);
    assert_status(&answer, 201);
    struct answer type = answer;
    answer = take_away(house.room[1], NULL);
    assert_problem(&answer, 409, "NO_ROOM_FITS");
    answer = take_away(house.room[1], answer_text(&type, "id"));
    assert_problem(&answer, 409, "NO_ROOM_FITS");
    assert_called_off(&last);
    fixture_assert_in_order();
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
        CASE(a_closure_leaves_a_room_to_who_is_proven),
        CASE(a_manager_gives_the_room_to_who_has_come),
        CASE(a_forced_closure_says_that_somebody_has_no_room_for_it),
        CASE(a_room_that_is_taken_away_leaves_one_to_who_is_proven),
        CASE(a_hold_that_has_lapsed_overbooks_nothing),
    };
    return test_run("api/overbooking", tests);
}
