/* Holds over HTTP. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booker, *other, *desk, *limited;

static int
setup(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    (void)state;
    settings.limits.live_holds = 5;
    fixture_begin(&settings);
    booker = fixture_caller(ROLE_BOOKER, true);
    other = fixture_caller(ROLE_BOOKER, true);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    limited = fixture_caller(ROLE_BOOKER, false);
    return 0;
}

static const char *
slot_body(size_t room, int hour, const char *more)
{
    return world_format(world,
                        "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"starts_at\":\"2027-03-01T%02d:00:00Z\","
                        "\"ends_at\":\"2027-03-01T%02d:00:00Z\"%s}",
                        house.property, house.slot_room[room], hour, hour + 1, more);
}

static struct answer
hold(const char *token, size_t room, int hour)
{
    struct answer answer = post_as(token, "/v1/holds", slot_body(room, hour, ""));
    assert_status(&answer, 201);
    return answer;
}

static const char *
at(const struct answer *hold, const char *command)
{
    return world_format(world, "/v1/holds/%s%s", answer_text(hold, "id"), command);
}

static void
a_hold_is_acquired_for_as_long_as_its_type_says(void **state)
{
    (void)state;
    struct answer answer = hold(booker, 0, 9);
    assert_string_equal(answer_text(&answer, "status"), "ACTIVE");
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:00:30Z");
    assert_string_equal(answer_text(&answer, "created_by"), world_actor(world, booker));
    assert_string_equal(answer_field(world, &answer, "Location"), at(&answer, ""));
    answer = post_as(booker, "/v1/holds", slot_body(1, 9, ",\"ttl_s\":90,\"queue\":false"));
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:01:30Z");
}

static void
asking_again_renews_it(void **state)
{
    (void)state;
    struct answer first = hold(booker, 0, 9);
    test_clock_advance_ms(&world->clock, 10000);
    struct answer answer = post_as(booker, "/v1/holds", slot_body(0, 9, ""));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "id"), answer_text(&first, "id"));
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:00:40Z");
    answer = post_as(other, "/v1/holds", slot_body(0, 9, ""));
    assert_problem(&answer, 409, "BOOKING_CONFLICT");
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:00:40Z");
    assert_string_equal(answer_field(world, &answer, "Retry-After"), "30");
}

static void
stock_is_held_in_units(void **state)
{
    const char *body = world_format(world,
                                    "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                    "\"departure\":\"2027-03-02\",\"quantity\":2}",
                                    house.property, house.studio);
    (void)state;
    struct answer answer = post_as(booker, "/v1/holds", body);
    assert_status(&answer, 201);
    assert_int_equal(answer_number(&answer, "quantity"), 2);
    struct answer refused = post_as(other, "/v1/holds", body);
    assert_problem(&refused, 409, "SOLD_OUT");
    struct answer group = post_as(booker, at(&answer, "/confirm"), "{\"party\":1,\"guest\":{\"name\":\"Ada\"}}");
    assert_status(&group, 201);
    assert_int_equal(json_array_size(answer_at(&group, "bookings")), 2);
    assert_string_equal(answer_text(&group, "bookings/0/hold_id"), answer_text(&answer, "id"));
}

static void
a_hold_is_extended_by_its_owner_alone(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9);
    struct answer answer = post_as(other, at(&held, "/extend"), "{\"ttl_s\":60}");
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = post_as(booker, at(&held, "/extend"), "{\"ttl_s\":60}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:01:00Z");
    answer = post_as(booker, at(&held, "/extend"), NULL);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:01:00Z");
    answer = post_as(booker, at(&held, "/extend"), "{\"ttl_s\":86401}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/ttl_s");
    test_clock_advance_ms(&world->clock, 60000);
    answer = post_as(booker, at(&held, "/extend"), "{}");
    assert_problem(&answer, 409, "HOLD_EXPIRED");
}

static void
a_hold_becomes_a_booking(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9);
    struct answer answer = post_as(booker, at(&held, "/confirm"), "{\"party\":20,\"guest\":{\"name\":\"Grace\"}}");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "room_id"), house.slot_room[0]);
    assert_string_equal(answer_text(&answer, "hold_id"), answer_text(&held, "id"));
    assert_int_equal(answer_number(&answer, "party"), 20);
    assert_string_equal(answer_field(world, &answer, "Location"),
                        world_format(world, "/v1/bookings/%s", answer_text(&answer, "id")));
    answer = post_as(booker, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Grace\"}}");
    assert_problem(&answer, 409, "HOLD_EXPIRED");
    assert_string_equal(answer_text(&answer, "current_status"), "CONFIRMED");
    answer = get_as(booker, at(&held, ""));
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
}

/* Asked for 20, held, and booked for 1. */
static void
the_party_that_was_held_for_is_booked(void **state)
{
    (void)state;
    struct answer held = post_as(booker, "/v1/holds", slot_body(0, 9, ",\"party\":20"));
    assert_status(&held, 201);
    assert_int_equal(answer_number(&held, "party"), 20);
    struct answer answer = get_as(booker, at(&held, ""));
    assert_int_equal(answer_number(&answer, "party"), 20);
    answer = post_as(booker, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Grace\"}}");
    assert_status(&answer, 201);
    assert_int_equal(answer_number(&answer, "party"), 20);
    held = post_as(booker, "/v1/holds", slot_body(0, 10, ",\"party\":21"));
    answer = post_as(
        booker, "/v1/bookings",
        slot_body(0, 10,
                  world_format(world, ",\"guest\":{\"name\":\"Grace\"},\"hold_id\":\"%s\"", answer_text(&held, "id"))));
    assert_status(&answer, 201);
    assert_int_equal(answer_number(&answer, "party"), 21);
    answer = post_as(booker, "/v1/bookings", slot_body(0, 11, ",\"guest\":{\"name\":\"Grace\"}"));
    assert_int_equal(answer_number(&answer, "party"), 1);
}

static void
who_confirms_twice_is_led_to_the_booking(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9);
    struct answer booked = post_as(booker, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Grace\"}}");
    struct answer answer = post_as(booker, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Grace\"}}");
    assert_problem(&answer, 409, "HOLD_EXPIRED");
    assert_string_equal(answer_text(&answer, "booking_id"), answer_text(&booked, "id"));
    answer = get_as(booker, at(&held, ""));
    assert_string_equal(answer_text(&answer, "booking_id"), answer_text(&booked, "id"));
    answer = post_as(other, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Grace\"}}");
    assert_problem(&answer, 404, "NOT_FOUND");
    assert_null(answer_at(&answer, "booking_id"));
}

static void
a_hold_is_extended_for_a_quarter_of_an_hour_at_most(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9); /* of a type that gives 30 seconds */
    test_clock_advance_ms(&world->clock, 20000);
    struct answer answer = post_as(booker, at(&held, "/extend"), "{\"ttl_s\":900}");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "hold_length");
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:00:30Z");
    assert_string_equal(answer_text(&answer, "latest_expires_at"), "2026-11-22T10:15:00Z");
    assert_null(answer_field(world, &answer, "Retry-After")); /* waiting does not help */
    answer = post_as(booker, at(&held, "/extend"), "{\"ttl_s\":880}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:15:00Z");
    test_clock_advance_ms(&world->clock, 1000);
    answer = post_as(booker, "/v1/holds", slot_body(0, 9, ",\"ttl_s\":900"));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:15:00Z");
}

static void
an_own_hold_in_the_way_is_named(void **state)
{
    const char *body = world_format(world,
                                    "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                    "\"departure\":\"2027-03-02\",\"quantity\":2",
                                    house.property, house.studio);
    const char *booking = world_format(world, "%s,\"guest\":{\"name\":\"Grace\"}}", body);
    (void)state;
    struct answer held = post_as(booker, "/v1/holds", world_format(world, "%s}", body));
    assert_status(&held, 201);
    struct answer answer = post_as(booker, "/v1/bookings", booking);
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "hold_id"), answer_text(&held, "id"));
    answer = post_as(other, "/v1/bookings", booking);
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_null(answer_at(&answer, "hold_id"));
    held = hold(booker, 0, 9);
    answer = post_as(booker, "/v1/bookings", slot_body(0, 9, ",\"guest\":{\"name\":\"Grace\"}"));
    assert_problem(&answer, 409, "BOOKING_CONFLICT");
    assert_string_equal(answer_text(&answer, "hold_id"), answer_text(&held, "id"));
    answer = post_as(other, "/v1/bookings", slot_body(0, 9, ",\"guest\":{\"name\":\"Grace\"}"));
    assert_null(answer_at(&answer, "hold_id"));
}

static void
a_hold_is_named_when_booking_what_it_holds(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9);
    const char *guest =
        world_format(world, ",\"guest\":{\"name\":\"Grace\"},\"hold_id\":\"%s\"", answer_text(&held, "id"));
    struct answer answer = post_as(booker, "/v1/bookings", slot_body(0, 10, guest));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/hold_id");
    answer = post_as(other, "/v1/bookings", slot_body(0, 9, guest));
    assert_pointer(&answer, 404, "NOT_FOUND", "/hold_id");
    answer = post_as(booker, "/v1/bookings", slot_body(0, 9, guest));
    assert_status(&answer, 201);
}

static void
a_released_hold_is_in_nobodys_way(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9);
    struct ask ask = {.method = "DELETE", .target = at(&held, ""), .token = other};
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
    ask.token = booker;
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "RELEASED");
    answer = world_ask(world, &ask);
    assert_problem(&answer, 409, "HOLD_EXPIRED");
    (void)hold(other, 0, 9);
}

/* Everything that can be seen of a hold, and the log. */
static const char *
look(const struct answer *hold)
{
    struct answer shown = get_as(desk, at(hold, ""));
    struct answer events = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    return world_format(world, "%s%s", shown.body.ptr, events.body.ptr);
}

/* What has ended is not kept longer, given back or booked, and says how it ended. */
static void
assert_ended(const struct answer *hold, const char *status)
{
    const struct ask asks[] = {
        {.method = "POST", .target = at(hold, "/extend"), .token = booker, .body = "{}"},
        {.method = "POST", .target = at(hold, "/confirm"), .token = booker, .body = "{\"guest\":{\"name\":\"Grace\"}}"},
        {.method = "DELETE", .target = at(hold, ""), .token = booker},
    };
    const char *before = look(hold);
    for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
        struct answer answer = world_ask(world, &asks[i]);
        assert_problem(&answer, 409, "HOLD_EXPIRED");
        assert_string_equal(answer_text(&answer, "current_status"), status);
        assert_int_equal(json_array_size(answer_at(&answer, "allowed")), 0);
        assert_string_equal(look(hold), before);
    }
}

static void
whatever_ended_a_hold_nothing_more_is_done_with_it(void **state)
{
    (void)state;
    struct answer booked = hold(booker, 0, 9), released = hold(booker, 0, 10), lapsed = hold(booker, 0, 11);
    struct answer answer = post_as(booker, at(&booked, "/confirm"), "{\"guest\":{\"name\":\"Grace\"}}");
    assert_status(&answer, 201);
    answer = world_ask(world, &(struct ask){.method = "DELETE", .target = at(&released, ""), .token = booker});
    assert_status(&answer, 200);
    assert_ended(&booked, "CONFIRMED");
    assert_ended(&released, "RELEASED");
    test_clock_advance_ms(&world->clock, 30000);
    answer = post_as(booker, at(&lapsed, "/extend"), "{}"); /* by which it is ended, and this is kept */
    assert_problem(&answer, 409, "HOLD_EXPIRED");
    assert_ended(&lapsed, "EXPIRED");
}

static size_t
count_as(const char *token)
{
    struct answer answer = get_as(token, world_format(world, "/v1/holds?property_id=%s", house.property));
    assert_status(&answer, 200);
    return json_array_size(answer_at(&answer, "items"));
}

static void
live_holds_are_seen_by_staff_and_their_owners(void **state)
{
    (void)state;
    struct answer held = hold(booker, 0, 9);
    (void)hold(other, 1, 9);
    assert_int_equal(count_as(booker), 1);
    assert_int_equal(count_as(desk), 2);
    struct answer answer = get_as(other, at(&held, ""));
    assert_problem(&answer, 404, "NOT_FOUND");
    const char *guest = "{\"guest\":{\"name\":\"Grace\"}}";
    struct answer nobodys = post_as(other, at(&held, "/confirm"), guest);
    assert_problem(&nobodys, 404, "NOT_FOUND"); /* neither is it told by a step */
    answer = post_as(desk, at(&held, "/confirm"), guest);
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = get_as(desk, at(&held, ""));
    assert_status(&answer, 200);
    answer =
        world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1, "{\"shows_holders\":true}");
    assert_status(&answer, 200);
    assert_int_equal(count_as(booker), 2);
    answer = get_as(other, at(&held, ""));
    assert_status(&answer, 200);
    answer = post_as(other, at(&held, "/confirm"), guest);
    assert_problem(&answer, 403, "FORBIDDEN");
    test_clock_advance_ms(&world->clock, 30000);
    assert_int_equal(count_as(desk), 0);
}

static void
nobody_waits_in_line(void **state)
{
    (void)state;
    struct answer answer = post_as(booker, "/v1/holds", slot_body(0, 9, ",\"queue\":true"));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/queue");
}

static void
a_limited_caller_has_five_live_holds_at_most(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        (void)hold(limited, 0, 8 + i);
    struct answer answer = post_as(limited, "/v1/holds", slot_body(0, 14, ""));
    assert_problem(&answer, 429, "RATE_LIMITED");
    assert_string_equal(answer_field(world, &answer, "Retry-After"), "30");
    answer = post_as(limited, "/v1/holds", slot_body(0, 9, ""));
    assert_status(&answer, 200);
    for (int i = 0; i < 6; i++)
        (void)hold(booker, 1, 8 + i);
    test_clock_advance_ms(&world->clock, 30000);
    answer = post_as(limited, "/v1/holds", slot_body(0, 14, ""));
    assert_status(&answer, 201);
}

/* What is held already is asked for again only when it is the same number of units. */
static void
another_quantity_is_another_hold(void **state)
{
    const char *const body = "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                             "\"departure\":\"2027-03-02\",\"quantity\":%d}";
    (void)state;
    for (int i = 0; i < 4; i++)
        (void)hold(limited, 0, 8 + i);
    const char *one = world_format(world, body, house.property, house.studio, 1);
    struct answer answer = post_as(limited, "/v1/holds", one);
    assert_status(&answer, 201);
    answer = post_as(limited, "/v1/holds", one);
    assert_status(&answer, 200);
    answer = post_as(limited, "/v1/holds", world_format(world, body, house.property, house.studio, 2));
    assert_problem(&answer, 429, "RATE_LIMITED");
}

/* Ten at once, on ten connections. */
static void
the_limit_of_holds_stands_against_a_rush(void **state)
{
    enum { RUSH = 10 };
    int connections[RUSH], won = 0;
    (void)state;
    for (int i = 0; i < RUSH; i++)
        connections[i] = world_send(
            world,
            &(struct ask){.method = "POST", .target = "/v1/holds", .token = limited, .body = slot_body(0, 6 + i, "")});
    for (int i = 0; i < RUSH; i++) {
        struct answer answer = world_receive(world, connections[i], false);
        world_hang_up(connections[i]);
        assert_true(answer.status == 201 || answer.status == 429);
        won += answer.status == 201 ? 1 : 0;
    }
    assert_true(won >= 1 && won <= 5);
    assert_int_equal(count_as(limited), won);
}

static void
what_is_held_is_of_one_property(void **state)
{
    struct small_house elsewhere = world_build_house(world);
    (void)state;
    struct answer held = world_post(
        world, "/v1/holds",
        "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\"}",
        house.property, elsewhere.room[0]);
    assert_pointer(&held, 404, "NOT_FOUND", "/room_id");
    held = world_post(
        world, "/v1/holds",
        "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\"}",
        elsewhere.property, elsewhere.room[0]);
    assert_status(&held, 201);
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                      "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"Ada\"},\"hold_id\":\"%s\"}",
                                      house.property, house.room[0], answer_text(&held, "id"));
    assert_pointer(&answer, 404, "NOT_FOUND", "/hold_id");
    answer = world_post(world, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Ada\"}}");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "property_id"), elsewhere.property);
}

/* As many as can be held at once, and every one of them booked. */
static void
the_largest_hold_becomes_the_largest_group(void **state)
{
    const char *const body = "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                             "\"departure\":\"2027-03-02\",\"party\":1,\"quantity\":%d}";
    (void)state;
    struct answer answer = world_ask(
        world, &(struct ask){.method = "PUT",
                             .target = "/v1/inventory",
                             .token = world->owner,
                             .body = world_format(world,
                                                  "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\",\"until\":"
                                                  "\"2027-03-02\",\"units\":50}",
                                                  house.studio)});
    assert_status(&answer, 200);
    answer = post_as(booker, "/v1/holds", world_format(world, body, house.property, house.studio, 51));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/quantity");
    struct answer held = post_as(booker, "/v1/holds", world_format(world, body, house.property, house.studio, 50));
    assert_status(&held, 201);
    answer = post_as(booker, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Ada\"}}");
    assert_status(&answer, 201);
    assert_int_equal(json_array_size(answer_at(&answer, "bookings")), 50);
    struct answer again = post_as(booker, at(&held, "/confirm"), "{\"guest\":{\"name\":\"Ada\"}}");
    assert_problem(&again, 409, "HOLD_EXPIRED");
    assert_string_equal(answer_text(&again, "group_id"), answer_text(&answer, "id"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_hold_is_acquired_for_as_long_as_its_type_says),
        CASE(asking_again_renews_it),
        CASE(stock_is_held_in_units),
        CASE(a_hold_is_extended_by_its_owner_alone),
        CASE(a_hold_becomes_a_booking),
        CASE(the_party_that_was_held_for_is_booked),
        CASE(who_confirms_twice_is_led_to_the_booking),
        CASE(a_hold_is_extended_for_a_quarter_of_an_hour_at_most),
        CASE(an_own_hold_in_the_way_is_named),
        CASE(a_hold_is_named_when_booking_what_it_holds),
        CASE(a_released_hold_is_in_nobodys_way),
        CASE(whatever_ended_a_hold_nothing_more_is_done_with_it),
        CASE(live_holds_are_seen_by_staff_and_their_owners),
        CASE(nobody_waits_in_line),
        CASE(a_limited_caller_has_five_live_holds_at_most),
        CASE(another_quantity_is_another_hold),
        CASE(the_limit_of_holds_stands_against_a_rush),
        CASE(what_is_held_is_of_one_property),
        CASE(the_largest_hold_becomes_the_largest_group),
    };
    return test_run("api/hold", tests);
}
