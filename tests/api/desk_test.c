/* The desk over HTTP: whoever walks in or comes, changes rooms, and stays on. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *desk, *manager, *booker;

/* A room is cleaned when it is made; here both are inspected too. */
static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, true);
    booker = fixture_caller(ROLE_BOOKER, true);
    for (int i = 0; i < 2; i++) {
        struct answer answer =
            post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[i]), "{\"result\":\"pass\"}");
        assert_status(&answer, 200);
    }
    return 0;
}

static const char *
wish(const char *what)
{
    return world_format(world, "{\"property_id\":\"%s\",%s,\"guest\":{\"name\":\"Ada Lovelace\"}}", house.property,
                        what);
}

static const char *
a_double_for(int nights)
{
    return wish(world_format(world, "\"room_type_id\":\"%s\",\"nights\":%d", house.type, nights));
}

static struct answer
walk_in(const char *token, const char *body)
{
    return post_as(token, "/v1/bookings:walk-in", body);
}

static void
report_fault(const char *room)
{
    struct answer answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/report-maintenance", room), "{\"note\":\"no light\"}");
    assert_status(&answer, 200);
}

/* The minibar, say. */
static void
what_is_found_after_they_left_is_put_on_the_price_with_a_reason(void **state)
{
    (void)state;
    struct answer in =
        walk_in(desk, wish(world_format(world, "\"room_type_id\":\"%s\",\"nights\":1,\"price\":12000", house.type)));
    assert_status(&in, 201);
    const char *target = world_format(world, "/v1/bookings/%s", answer_text(&in, "id"));
    struct answer answer = post_as(desk, world_format(world, "%s/check-out", target), "{}");
    assert_status(&answer, 200);
    int version = (int)answer_number(&answer, "version");
    answer = world_patch(world, target, version, "%s", "{\"price\":12900}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = world_patch(world, target, version, "%s", "{\"price\":12900,\"reason\":\"the minibar\",\"party\":3}");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "already_over");
    answer = world_patch(world, target, version, "%s", "{\"price\":12900,\"reason\":\"the minibar\"}");
    assert_status(&answer, 200);
    answer = (struct answer){.json = get_as(desk, target).json};
    assert_string_equal(answer_text(&answer, "status"), "CHECKED_OUT");
    assert_int_equal(answer_number(&answer, "account/balance_due"), 12900);
    struct answer events = get_as(desk, world_format(world, "%s/events", target));
    size_t count = json_array_size(answer_at(&events, "items"));
    assert_string_equal(answer_text(&events, world_format(world, "items/%zu/reason", count - 1)), "the minibar");
}

static void
whoever_walks_in_is_in_with_one_request(void **state)
{
    (void)state;
    struct answer answer =
        walk_in(desk, wish(world_format(world,
                                        "\"room_type_id\":\"%s\",\"departure\":\"2026-11-24\",\"party\":2,"
                                        "\"price\":18000",
                                        house.type)));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "status"), "CHECKED_IN");
    assert_string_equal(answer_text(&answer, "arrival"), "2026-11-22");
    assert_string_equal(answer_text(&answer, "departure"), "2026-11-24");
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    assert_int_equal(answer_number(&answer, "price"), 18000);
    assert_int_equal(answer_number(&answer, "party"), 2);
    const char *id = answer_text(&answer, "id");
    assert_string_equal(answer_field(world, &answer, "Location"), world_format(world, "/v1/bookings/%s", id));
    answer = world_get(world, "/v1/bookings/%s/events", id);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 3);
    assert_string_equal(answer_text(&answer, "items/0/kind"), "booking.created");
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.assigned");
    assert_string_equal(answer_text(&answer, "items/2/kind"), "booking.checked_in");
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "room_status"), "OCCUPIED");
}

/* At half past one the night before is still open, where the day rolls at three. */
static void
after_midnight_it_is_the_night_that_is_still_open(void **state)
{
    (void)state;
    test_clock_advance_ms(&world->clock, INT64_C(14) * 3600000 + 1800000); /* 01:30 on the 23rd in Paris */
    struct answer answer = walk_in(desk, a_double_for(1));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "arrival"), "2026-11-22");
    assert_string_equal(answer_text(&answer, "departure"), "2026-11-23");
    test_clock_advance_ms(&world->clock, INT64_C(2) * 3600000);
    answer = walk_in(desk, a_double_for(1));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "arrival"), "2026-11-23");
}

static void
the_same_request_again_lets_nobody_in_twice(void **state)
{
    (void)state;
    struct ask ask = {.method = "POST",
                      .target = "/v1/bookings:walk-in",
                      .token = desk,
                      .fields = "Idempotency-Key: once\r\n",
                      .body = a_double_for(1)};
    struct answer first = world_ask(world, &ask), again = world_ask(world, &ask);
    assert_status(&again, 201);
    assert_true(str_equal(first.body, again.body));
    struct answer answer = world_get(world, "/v1/bookings?property_id=%s", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
}

static void
another_room_that_is_ready_is_offered(void **state)
{
    (void)state;
    report_fault(house.room[0]);
    const char *body = wish(world_format(world, "\"room_id\":\"%s\",\"nights\":1", house.room[0]));
    struct answer answer = walk_in(desk, body);
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    assert_string_equal(answer_text(&answer, "current_status"), "MAINTENANCE_REQUIRED");
    assert_null(answer_at(&answer, "allowed")); /* the room can be mended: what was refused is not a step of it */
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 1);
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "room");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_id"), house.room[1]);
    assert_string_equal(answer_text(&answer, "alternatives/0/departure"), "2026-11-23");
    answer = walk_in(desk, a_double_for(1));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer = walk_in(desk, a_double_for(1));
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    answer = walk_in(manager, wish(world_format(world,
                                                "\"room_id\":\"%s\",\"nights\":1,\"override\":true,"
                                                "\"reason\":\"has a torch\"",
                                                house.room[0])));
    assert_status(&answer, 201);
    answer = walk_in(desk, a_double_for(1));
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "nights/0"), "2026-11-22");
}

/* Their states are read all at once there; those of other types are nobody's business. */
static void
in_a_large_house_the_one_room_that_is_ready_is_found(void **state)
{
    (void)state;
    struct answer answer = world_post(
        world, "/v1/room-types",
        "{\"property_id\":\"%s\",\"name\":\"Cell\",\"sold_by\":\"night\",\"stock\":\"rooms\",\"max_guests\":1}",
        house.property);
    assert_status(&answer, 201);
    const char *cell = answer_text(&answer, "id"), *ready = NULL;
    for (int i = 0; i < 40; i++) {
        answer = world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"%d\"}",
                            house.property, cell, 800 + i);
        assert_status(&answer, 201);
        if (i == 25)
            ready = answer_text(&answer, "id");
    }
    const char *body = wish(world_format(world, "\"room_type_id\":\"%s\",\"nights\":1", cell));
    answer = walk_in(desk, body);
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    answer = post_as(desk, world_format(world, "/v1/rooms/%s/inspect", ready), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    answer = walk_in(desk, body);
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "room_id"), ready);
    answer = walk_in(desk, body);
    assert_problem(&answer, 409, "ROOM_NOT_READY");
}

static void
assert_room_is(const char *room, const char *status, const char *cleanliness)
{
    struct answer answer = world_get(world, "/v1/rooms/%s", room);
    assert_string_equal(answer_text(&answer, "room_status"), status);
    assert_string_equal(answer_text(&answer, "cleanliness"), cleanliness);
}

/* The last event of the booking is that of a swap which a manager insisted on, and says so by itself. */
static void
assert_swap_was_overridden(const char *booking, size_t events_before)
{
    struct answer answer = world_get(world, "/v1/bookings/%s/events", booking);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), events_before + 1);
    const char *event = world_format(world, "items/%zu", events_before);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", event)), "booking.swapped");
    assert_true(json_is_true(answer_at(&answer, world_format(world, "%s/body/override", event))));
    assert_string_equal(answer_text(&answer, world_format(world, "%s/body/override_role", event)), "manager");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", event)), "they insist");
}

static struct answer
swap(const char *token, const char *booking, const char *other, const char *rest)
{
    return post_as(token, world_format(world, "/v1/bookings/%s/swap", booking),
                   world_format(world, "{\"with_booking_id\":\"%s\"%s}", other, rest));
}

/* Guests who change rooms go to rooms that are ready, or somebody says why not: both parties, then one that is in the
 * house with one that is still to come. */
static void
rooms_that_are_not_ready_are_changed_by_a_manager_s_word(void **state)
{
    const char *anyway = ",\"override\":true,\"reason\":\"they insist\"";
    (void)state;
    struct answer answer = walk_in(desk, wish(world_format(world, "\"room_id\":\"%s\",\"nights\":2", house.room[0])));
    assert_status(&answer, 201);
    const char *one = answer_text(&answer, "id");
    answer = walk_in(desk, wish(world_format(world, "\"room_id\":\"%s\",\"nights\":1", house.room[1])));
    assert_status(&answer, 201);
    const char *two = answer_text(&answer, "id");
    report_fault(house.room[1]);
    answer = swap(desk, one, two, "");
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    answer = swap(desk, one, two, anyway);
    assert_pointer(&answer, 403, "FORBIDDEN", "/override");
    answer = swap(manager, one, two, ",\"override\":true");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = swap(manager, one, two, anyway);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    assert_swap_was_overridden(one, 3);
    assert_swap_was_overridden(two, 3);
    assert_room_is(house.room[0], "OCCUPIED", "DIRTY");
    assert_room_is(house.room[1], "OCCUPIED", "DIRTY");

    answer = post_as(desk, world_format(world, "/v1/bookings/%s/check-out", two), NULL);
    assert_status(&answer, 200);
    answer = world_post(world, "/v1/bookings",
                        "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2026-11-22\","
                        "\"departure\":\"2026-11-23\",\"guest\":{\"name\":\"Grace Hopper\"}}",
                        house.property, house.room[0]);
    assert_status(&answer, 201);
    const char *coming = answer_text(&answer, "id");
    answer = swap(manager, coming, one, anyway); /* nobody is sent to a broken room for tonight, by no one's word */
    assert_pointer(&answer, 409, "ROOM_NOT_READY", "/with_booking_id");
    answer = post_as(desk, world_format(world, "/v1/rooms/%s/finish-maintenance", house.room[1]),
                     "{\"quality\":\"repaired\"}");
    assert_status(&answer, 200);
    answer = swap(desk, coming, one, "");
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    assert_string_equal(answer_text(&answer, "current_status"), "CHECKOUT_DIRTY");
    answer = swap(manager, coming, one, anyway);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    assert_swap_was_overridden(coming, 1);
    assert_swap_was_overridden(one, 4);
    answer = world_get(world, "/v1/bookings/%s", one);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_room_is(house.room[0], "OCCUPIED", "DIRTY");
    assert_room_is(house.room[1], "CHECKOUT_DIRTY", "DIRTY");
}

static const char *
stay_in(const char *room, const char *arrival, const char *departure)
{
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\","
                                      "\"departure\":\"%s\",\"guest\":{\"name\":\"Grace Hopper\"}}",
                                      house.property, house.type, arrival, departure);
    assert_status(&answer, 201);
    const char *id = answer_text(&answer, "id");
    if (room != NULL) {
        answer = post_as(desk, world_format(world, "/v1/bookings/%s/assign", id),
                         world_format(world, "{\"room_id\":\"%s\"}", room));
        assert_status(&answer, 200);
    }
    return id;
}

static struct answer
check_in(const char *booking, const char *room)
{
    return post_as(desk, world_format(world, "/v1/bookings/%s/check-in", booking),
                   room == NULL ? NULL : world_format(world, "{\"room_id\":\"%s\"}", room));
}

static void
assert_only_room(const struct answer *answer, const char *room, const char *departure)
{
    assert_int_equal(json_array_size(answer_at(answer, "alternatives")), 1);
    assert_string_equal(answer_text(answer, "alternatives/0/kind"), "room");
    assert_string_equal(answer_text(answer, "alternatives/0/room_id"), room);
    assert_string_equal(answer_text(answer, "alternatives/0/arrival"), "2026-11-22");
    assert_string_equal(answer_text(answer, "alternatives/0/departure"), departure);
}

static void
who_has_no_room_yet_is_offered_one_that_is_ready(void **state)
{
    (void)state;
    const char *id = stay_in(NULL, "2026-11-22", "2026-11-24");
    report_fault(house.room[0]);
    struct answer answer = check_in(id, NULL);
    assert_problem(&answer, 409, "NOT_ASSIGNED");
    assert_non_null(strstr(answer_text(&answer, "detail"), "`room_id`"));
    assert_only_room(&answer, house.room[1], "2026-11-24");
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/pin", id), "{\"pinned\":true}");
    assert_problem(&answer, 409, "NOT_ASSIGNED");
    assert_null(answer_at(&answer, "alternatives"));
    answer = check_in(id, house.room[1]);
    assert_status(&answer, 200);
}

/* The room they have, or the one that is named, has a fault or somebody in it. */
static void
who_can_t_come_in_is_offered_a_room_that_is_ready(void **state)
{
    (void)state;
    const char *id = stay_in(house.room[0], "2026-11-22", "2026-11-24");
    report_fault(house.room[0]);
    struct answer answer = check_in(id, NULL);
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    assert_only_room(&answer, house.room[1], "2026-11-24");
    answer = check_in(id, house.room[0]);
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    assert_only_room(&answer, house.room[1], "2026-11-24");
    answer = check_in(id, answer_text(&answer, "alternatives/0/room_id"));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/finish-maintenance", house.room[0]), "{\"quality\":\"ok\"}");
    assert_status(&answer, 200);
    id = stay_in(NULL, "2026-11-22", "2026-11-23");
    answer = check_in(id, house.room[1]);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_only_room(&answer, house.room[0], "2026-11-23");
    answer = check_in(id, house.room[0]);
    assert_status(&answer, 200);
}

static struct answer
arrive_today(const char *booking, int version)
{
    return world_patch(world, world_format(world, "/v1/bookings/%s", booking), version, "{\"arrival\":\"%s\"}",
                       "2026-11-22");
}

/* Brought forward to today it is another room, or another day; and nobody has to make way to there for tonight. */
static void
nobody_comes_to_have_a_broken_room_for_tonight(void **state)
{
    (void)state;
    const char *pinned = stay_in(house.room[0], "2026-11-23", "2026-11-25");
    report_fault(house.room[0]);
    struct answer answer = arrive_today(pinned, 2);
    assert_pointer(&answer, 409, "ROOM_NOT_READY", "/arrival");
    assert_non_null(strstr(answer_text(&answer, "detail"), "fault"));
    assert_true(json_array_size(answer_at(&answer, "alternatives")) > 0);
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/pin", pinned), "{\"pinned\":false}");
    assert_status(&answer, 200);
    answer = arrive_today(pinned, 3);
    assert_status(&answer, 200);
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/assign", pinned),
                     world_format(world, "{\"room_id\":\"%s\",\"pinned\":false}", house.room[1]));
    assert_status(&answer, 200);

    const char *other = stay_in(NULL, "2026-11-22", "2026-11-23");
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/assign", other),
                     world_format(world, "{\"room_id\":\"%s\"}", house.room[1]));
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), pinned);
    assert_string_equal(answer_text(&answer, "detail"),
                        "Who has it could only make way tonight into a room that has a fault.");
    answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/finish-maintenance", house.room[0]), "{\"quality\":\"ok\"}");
    assert_status(&answer, 200);
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/assign", other),
                     world_format(world, "{\"room_id\":\"%s\"}", house.room[1]));
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/bookings/%s", pinned);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
}

static struct answer
close_tonight(const char *room, const char *rest)
{
    return close_room_as(manager, room, "out_of_order", "2026-11-22", "2026-11-24", rest);
}

/* A closure can't send tonight's guests there either; by force they are left without a room, and the desk has one
 * more to place. */
static void
a_closure_sends_nobody_to_a_broken_room_for_tonight(void **state)
{
    (void)state;
    const char *here = stay_in(house.room[0], "2026-11-22", "2026-11-23");
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/pin", here), "{\"pinned\":false}");
    assert_status(&answer, 200);
    report_fault(house.room[1]);
    answer = close_tonight(house.room[0], "");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), here);
    assert_non_null(strstr(answer_text(&answer, "detail"), "fault"));
    answer = close_tonight(house.room[0], ",\"force\":true");
    assert_status(&answer, 201);
    answer = world_get(world, "/v1/bookings/%s", here);
    assert_true(json_is_null(answer_at(&answer, "room_id")));
}

static struct answer
extend(const char *booking, const char *departure)
{
    return post_as(desk, world_format(world, "/v1/bookings/%s/extend", booking),
                   world_format(world, "{\"departure\":\"%s\"}", departure));
}

/* The room is somebody else's from the 26th on, and on the 27th there is no other either. */
static void
who_can_t_stay_so_long_is_told_until_when_they_can(void **state)
{
    (void)state;
    const char *here = stay_in(house.room[0], "2026-11-22", "2026-11-23");
    (void)stay_in(house.room[0], "2026-11-26", "2026-11-28");
    const char *loose = stay_in(NULL, "2026-11-24", "2026-11-25");
    (void)stay_in(house.room[1], "2026-11-27", "2026-11-28");
    struct answer answer = check_in(here, NULL);
    assert_status(&answer, 200);
    answer = extend(here, "2026-11-27");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "alternatives/0/departure"), "2026-11-26");
    answer = extend(here, "2026-12-09");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 1);
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "dates");
    assert_string_equal(answer_text(&answer, "alternatives/0/arrival"), "2026-11-22");
    assert_string_equal(answer_text(&answer, "alternatives/0/departure"), "2026-11-26");
    answer = extend(loose, "2026-11-29");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "alternatives/0/departure"), "2026-11-27");
    answer = extend(here, "2026-11-26");
    assert_status(&answer, 200);
    answer = extend(here, "2026-11-28");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 0);
}

static void
what_is_wrong_is_pointed_at(void **state)
{
    (void)state;
    struct answer answer = walk_in(desk, wish(world_format(world, "\"room_type_id\":\"%s\"", house.type)));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = walk_in(desk, wish(world_format(world,
                                             "\"room_type_id\":\"%s\",\"nights\":1,"
                                             "\"departure\":\"2026-11-23\"",
                                             house.type)));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/nights");
    answer = walk_in(desk, wish("\"nights\":1"));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/room_type_id");
    answer = walk_in(manager, wish(world_format(world,
                                                "\"room_type_id\":\"%s\",\"nights\":1,\"override\":true,"
                                                "\"reason\":\"no other\"",
                                                house.type)));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/override");
    answer =
        walk_in(desk, wish(world_format(world, "\"room_type_id\":\"%s\",\"departure\":\"2026-11-22\"", house.type)));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = walk_in(desk, wish(world_format(world,
                                             "\"room_type_id\":\"%s\",\"nights\":1,"
                                             "\"arrival\":\"2026-11-22\"",
                                             house.type)));
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/arrival");
    answer = walk_in(booker, a_double_for(1));
    assert_problem(&answer, 403, "FORBIDDEN");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_found_after_they_left_is_put_on_the_price_with_a_reason, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(whoever_walks_in_is_in_with_one_request, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(after_midnight_it_is_the_night_that_is_still_open, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_same_request_again_lets_nobody_in_twice, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(another_room_that_is_ready_is_offered, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(in_a_large_house_the_one_room_that_is_ready_is_found, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(rooms_that_are_not_ready_are_changed_by_a_manager_s_word, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_has_no_room_yet_is_offered_one_that_is_ready, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_can_t_come_in_is_offered_a_room_that_is_ready, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(nobody_comes_to_have_a_broken_room_for_tonight, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_closure_sends_nobody_to_a_broken_room_for_tonight, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_can_t_stay_so_long_is_told_until_when_they_can, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_pointed_at, setup, fixture_tear_down),
    };
    return test_run("api/desk", tests);
}
