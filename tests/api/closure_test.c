/* Closed rooms over HTTP: what is kept out of them, who has to go, and two who want one room at once. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/api/race.h"
#include "tests/unit/test.h"

static const char *desk, *manager, *maid;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, false);
    maid = fixture_caller(ROLE_HOUSEKEEPING, false);
    return 0;
}

static struct answer
stay(const char *room, const char *from, const char *until)
{
    const char *where = room == NULL ? world_format(world, "\"room_type_id\":\"%s\"", house.type)
                                     : world_format(world, "\"room_id\":\"%s\",\"pinned\":true", room);
    struct answer answer = post_as(desk, "/v1/bookings",
                                   world_format(world,
                                                "{\"property_id\":\"%s\",%s,\"arrival\":\"%s\",\"departure\":\"%s\","
                                                "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                                house.property, where, from, until));
    assert_status(&answer, 201);
    return answer;
}

static struct answer
close_as(const char *token, const char *kind, const char *rest)
{
    return close_room_as(token, house.room[0], kind, "2027-03-01", "2027-03-04", rest);
}

static struct answer
reopen(const struct answer *closure)
{
    return post_as(desk, world_format(world, "/v1/closures/%s/reopen", answer_text(closure, "id")), "{}");
}

/* Of the first night of March. */
static int64_t
count_of(const char *member)
{
    struct answer answer =
        world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-02", house.type);
    assert_status(&answer, 200);
    return answer_number(&answer, world_format(world, "nights/0/%s", member));
}

static void
a_room_is_closed_and_opened_again(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    assert_status(&closure, 201);
    assert_string_equal(answer_text(&closure, "reason"), "a burst pipe");
    assert_string_equal(answer_text(&closure, "status"), "OPEN");
    assert_int_equal(count_of("closed"), 1);
    assert_int_equal(count_of("free"), 1);
    struct answer answer = world_get(world, "/v1/closures/%s", answer_text(&closure, "id"));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "reason"), "a burst pipe");
    answer = post_as(
        desk, "/v1/bookings",
        world_format(
            world,
            "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-03\",\"departure\":\"2027-03-05\","
            "\"guest\":{\"name\":\"Ada\"}}",
            house.property, house.room[0]));
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/kind"), "closure");
    assert_string_equal(answer_text(&answer, "in_the_way/0/room_number"), "101");
    assert_string_equal(answer_text(&answer, "in_the_way/0/closure_kind"), "out_of_order");
    assert_string_equal(answer_text(&answer, "in_the_way/0/reason"), "a burst pipe");
    assert_null(answer_at(&answer, "in_the_way/0/guest_name"));
    answer = world_get(world, "/v1/closures?property_id=%s&open=true", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    answer = reopen(&closure);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "REOPENED");
    assert_int_equal(count_of("closed"), 0);
    answer = reopen(&closure);
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    answer = world_get(world, "/v1/closures?property_id=%s&open=true", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    answer = world_get(world, "/v1/closures?property_id=%s&room_id=%s", house.property, house.room[0]);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
}

static struct answer
amend_as(const char *token, const struct answer *closure, const char *members)
{
    struct answer answer = world_ask(
        world,
        &(struct ask){.method = "PATCH",
                      .target = world_format(world, "/v1/closures/%s", answer_text(closure, "id")),
                      .token = token,
                      .body = world_format(world, "{%s}", members),
                      .fields = world_format(world, "If-Match: \"%d\"\r\n", (int)answer_number(closure, "version"))});
    return answer;
}

static void
a_closure_lasts_longer_or_less_long(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    struct answer next = stay(house.room[0], "2027-03-06", "2027-03-08");
    struct answer longer = amend_as(desk, &closure, "\"until\":\"2027-03-06\",\"reason\":\"the part is late\"");
    assert_status(&longer, 200);
    assert_string_equal(answer_text(&longer, "until"), "2027-03-06");
    struct answer answer = amend_as(desk, &closure, "\"until\":\"2027-03-05\"");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    answer = amend_as(desk, &longer, "\"until\":\"2027-03-07\"");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&next, "id"));
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-05&until=2027-03-07", house.type);
    assert_int_equal(answer_number(&answer, "nights/0/closed"), 1);
    assert_int_equal(answer_number(&answer, "nights/1/closed"), 0);
    struct answer shorter = amend_as(desk, &longer, "\"until\":\"2027-03-02\"");
    assert_status(&shorter, 200);
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-03", house.type);
    assert_int_equal(answer_number(&answer, "nights/0/closed"), 1);
    assert_int_equal(answer_number(&answer, "nights/1/closed"), 0);
    (void)stay(house.room[0], "2027-03-02", "2027-03-06");
    answer = world_get(world, "/v1/closures/%s", answer_text(&closure, "id"));
    assert_string_equal(answer_text(&answer, "reason"), "a burst pipe");
    assert_string_equal(answer_text(&answer, "until"), "2027-03-02");
}

static void
a_closure_is_amended_by_force_as_it_is_made(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    struct answer next = stay(house.room[0], "2027-03-04", "2027-03-06");
    struct answer answer = amend_as(desk, &closure, "\"until\":\"2027-03-05\",\"force\":true");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = amend_as(manager, &closure, "\"until\":\"2027-03-05\",\"force\":true");
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&next, "id"));
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    assert_int_equal(count_of("closed"), 1);
}

static void
the_end_of_a_closure_is_one_that_it_can_have(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    struct answer answer = amend_as(desk, &closure, "\"until\":\"2027-03-01\"");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    assert_string_equal(answer_text(&answer, "errors/0/pointer"), "/until");
    answer = amend_as(desk, &closure, "\"ends_at\":\"2027-03-02T10:00:00Z\"");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    assert_string_equal(answer_text(&answer, "errors/0/pointer"), "/ends_at");
    answer = amend_as(desk, &closure, "\"from\":\"2027-03-02\",\"until\":\"2027-03-05\"");
    assert_problem(&answer, 422, "READ_ONLY_FIELD");
    answer = amend_as(desk, &closure, "\"reason\":\"nothing\"");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    answer = amend_as(desk, &closure, "\"until\":\"2039-03-02\"");
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_null(strstr(answer_text(&answer, "detail"), "`nights`")); /* it has none */
    assert_non_null(answer_at(&answer, "limits/last_day"));
    answer = close_room_as(desk, house.room[1], "out_of_order", "2020-03-01", "2020-03-04", "");
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_null(strstr(answer_text(&answer, "detail"), "`nights`"));
    answer = amend_as(maid, &closure, "\"until\":\"2027-03-05\"");
    assert_problem(&answer, 403, "FORBIDDEN");
    struct answer same = amend_as(desk, &closure, "\"until\":\"2027-03-04\"");
    assert_status(&same, 200);
    assert_int_equal(answer_number(&same, "version"), 1);
    answer = reopen(&closure);
    assert_status(&answer, 200);
    answer = amend_as(desk, &answer, "\"until\":\"2027-03-05\"");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_int_equal(count_of("closed"), 0);
}

/* Two of its nights are over then, and stay as they were. */
static void
a_closure_that_has_begun_ends_with_the_day(void **state)
{
    (void)state;
    struct answer closure = close_room_as(desk, house.room[0], "out_of_order", "2026-11-22", "2026-11-26", "");
    assert_status(&closure, 201);
    test_clock_advance_ms(&world->clock, 2 * DATE_DAY_MS);
    struct answer answer = amend_as(desk, &closure, "\"until\":\"2026-11-22\"");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    answer = amend_as(desk, &closure, "\"until\":\"2026-11-23\"");
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    struct answer over = amend_as(desk, &closure, "\"until\":\"2026-11-24\"");
    assert_status(&over, 200);
    (void)stay(house.room[0], "2026-11-24", "2026-11-26");
    answer = amend_as(desk, &over, "\"until\":\"2026-11-25\"");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "already_over");
}

/* Everything that can be seen of the room and its closure, and the log. */
static const char *
look(const struct answer *closure)
{
    struct answer shown = world_get(world, "/v1/closures/%s", answer_text(closure, "id"));
    struct answer room = world_get(world, "/v1/rooms/%s", house.room[0]);
    struct answer nights =
        world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-08", house.type);
    struct answer events = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    return world_format(world, "%s%s%s%s", shown.body.ptr, room.body.ptr, nights.body.ptr, events.body.ptr);
}

static void
what_was_opened_again_is_neither_amended_nor_opened(void **state)
{
    static const char *const kinds[] = {"out_of_order", "out_of_service"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct answer closure = close_as(desk, kinds[i], "");
        struct answer opened = reopen(&closure);
        assert_status(&opened, 200);
        const char *before = look(&closure);
        struct answer answers[2] = {reopen(&closure), amend_as(desk, &opened, "\"until\":\"2027-03-06\"")};
        for (size_t a = 0; a < 2; a++) {
            assert_problem(&answers[a], 409, "INVALID_TRANSITION");
            assert_string_equal(answer_text(&answers[a], "current_status"), "REOPENED");
            assert_int_equal(json_array_size(answer_at(&answers[a], "allowed")), 0);
        }
        assert_string_equal(look(&closure), before);
    }
}

static void
what_is_over_is_neither_amended_nor_opened(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    test_clock_set_ms(&world->clock, INT64_C(1804230000000)); /* 2027-03-05T07:00:00Z */
    struct answer before_day = world_get(world, "/v1/closures/%s", answer_text(&closure, "id"));
    assert_string_equal(answer_text(&before_day, "status"), "OPEN");
    struct answer first = reopen(&closure); /* the day is turned by it, and this is kept */
    assert_problem(&first, 409, "POLICY_REFUSED");
    const char *before = look(&closure);
    struct answer answers[2] = {reopen(&closure), amend_as(desk, &closure, "\"until\":\"2027-03-09\"")};
    for (size_t a = 0; a < 2; a++) {
        assert_problem(&answers[a], 409, "POLICY_REFUSED");
        assert_string_equal(answer_text(&answers[a], "rule"), "already_over");
    }
    assert_string_equal(look(&closure), before);
}

static void
what_may_be_moved_is_moved_and_what_may_not_is_named(void **state)
{
    (void)state;
    struct answer booking = stay(NULL, "2027-03-01", "2027-03-03");
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/assign", answer_text(&booking, "id")),
                                   world_format(world, "{\"room_id\":\"%s\",\"pinned\":false}", house.room[0]));
    assert_status(&answer, 200);
    struct answer closure = close_as(desk, "out_of_order", "");
    assert_status(&closure, 201);
    assert_string_equal(answer_text(&closure, "moved/0/booking_id"), answer_text(&booking, "id"));
    assert_string_equal(answer_text(&closure, "moved/0/code"), answer_text(&booking, "code"));
    assert_string_equal(answer_text(&closure, "moved/0/room_id"), house.room[1]);
    assert_string_equal(answer_text(&closure, "moved/0/room_number"), "102");
    assert_string_equal(answer_text(&closure, "moved/0/guest_name"), answer_text(&booking, "guest/name"));
    answer = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer = reopen(&closure);
    assert_status(&answer, 200);
    struct answer pinned = stay(house.room[0], "2027-03-03", "2027-03-05");
    answer = close_as(desk, "out_of_order", "");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&pinned, "id"));
}

static struct answer
move_to(const char *booking, const char *room)
{
    return post_as(desk, world_format(world, "/v1/bookings/%s/move", booking),
                   world_format(world, "{\"to_room_id\":\"%s\"}", room));
}

/* For all of its stay, not for the nights of the closure alone; the closure is then possible. */
static void
who_is_in_the_way_of_a_closure_is_told_with_rooms_for_them(void **state)
{
    (void)state;
    struct answer first = stay(house.room[0], "2027-03-01", "2027-03-02");
    struct answer second = stay(house.room[0], "2027-03-03", "2027-03-06");
    struct answer other = stay(house.room[1], "2027-03-05", "2027-03-06");
    struct answer answer = close_as(desk, "out_of_order", "");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_int_equal(json_array_size(answer_at(&answer, "in_the_way")), 2);
    size_t at = strcmp(answer_text(&answer, "in_the_way/0/id"), answer_text(&first, "id")) == 0 ? 0 : 1;
    const char *way = world_format(world, "in_the_way/%zu/alternatives", at);
    assert_int_equal(json_array_size(answer_at(&answer, way)), 1);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/0/kind", way)), "room");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/0/room_id", way)), house.room[1]);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/0/arrival", way)), "2027-03-01");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/0/departure", way)), "2027-03-02");
    way = world_format(world, "in_the_way/%zu/alternatives", 1 - at);
    assert_int_equal(json_array_size(answer_at(&answer, way)), 0);
    assert_null(answer_at(&answer, "alternatives"));
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", answer_text(&other, "id")), "{}");
    assert_status(&answer, 200);
    answer = move_to(answer_text(&first, "id"), house.room[1]);
    assert_status(&answer, 200);
    answer = move_to(answer_text(&second, "id"), house.room[1]);
    assert_status(&answer, 200);
    answer = close_as(desk, "out_of_order", "");
    assert_status(&answer, 201);
}

/* Who is in the house goes to a room that is ready. A closure that is to last longer, and a report
 * that closes the room with it, are asked the same. */
static void
all_ways_to_close_a_room_say_where_else_there_is_room(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    assert_status(&closure, 201);
    (void)stay(house.room[0], "2027-03-05", "2027-03-06");
    struct answer answer = world_patch(world, world_format(world, "/v1/closures/%s", answer_text(&closure, "id")), 1,
                                       "{\"until\":\"%s\"}", "2027-03-07");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/alternatives/0/room_id"), house.room[1]);

    struct answer guests = stay(house.room[0], "2026-11-22", "2026-11-25");
    const char *at = world_format(world, "/v1/bookings/%s/check-in", answer_text(&guests, "id"));
    answer = post_as(manager, at, "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&answer, 200);
    const char *report = "{\"note\":\"no light\",\"closure\":{\"kind\":\"out_of_order\","
                         "\"from\":\"2026-11-22\",\"until\":\"2026-11-24\"}}";
    at = world_format(world, "/v1/rooms/%s/report-maintenance", house.room[0]);
    answer = post_as(desk, at, report);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_int_equal(json_array_size(answer_at(&answer, "in_the_way/0/alternatives")), 0);
    answer = post_as(manager, world_format(world, "/v1/rooms/%s/inspect", house.room[1]), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    answer = post_as(desk, at, report);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/alternatives/0/room_id"), house.room[1]);
}

static void
force_is_for_managers_and_leaves_a_record(void **state)
{
    (void)state;
    struct answer pinned = stay(house.room[0], "2027-03-01", "2027-03-03");
    struct answer other = stay(house.room[1], "2027-03-01", "2027-03-02");
    struct answer answer = close_as(manager, "out_of_order", "");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "nights/0"), "2027-03-01");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&pinned, "id"));
    answer = close_as(desk, "out_of_order", ",\"force\":true");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = close_as(manager, "out_of_order", ",\"force\":true");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "moved/0/booking_id"), answer_text(&pinned, "id"));
    assert_true(json_is_null(answer_at(&answer, "moved/0/room_id")));
    assert_true(json_is_null(answer_at(&answer, "moved/0/room_number")));
    assert_string_equal(answer_text(&answer, "moved/0/guest_name"), answer_text(&pinned, "guest/name"));
    answer = world_get(world, "/v1/bookings/%s", answer_text(&pinned, "id"));
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_int_equal(count_of("free"), 0);
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", answer_text(&other, "id")), "{}");
    assert_status(&answer, 200);
    assert_int_equal(count_of("free"), 0); /* what came free lowered the overcommit */
    answer = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    assert_non_null(strstr(answer.body.ptr, "\"overcommit.raised\""));
    assert_non_null(strstr(answer.body.ptr, "\"overcommit.fell\""));
}

static void
guests_in_the_house_stay_whatever_is_closed(void **state)
{
    (void)state;
    struct answer booking = stay(house.room[0], "2026-11-22", "2026-11-25");
    const char *at = world_format(world, "/v1/bookings/%s/check-in", answer_text(&booking, "id"));
    struct answer answer = post_as(manager, at, "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&answer, 200);
    answer = close_room_as(manager, house.room[0], "out_of_order", "2026-11-24", "2026-11-26", ",\"force\":true");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&booking, "id"));
}

static void
several_rooms_are_closed_together_or_not_at_all(void **state)
{
    (void)state;
    const char *body = world_format(world,
                                    "{\"room_ids\":[\"%s\",\"%s\"],\"kind\":\"out_of_order\",\"reason\":\"paint\","
                                    "\"from\":\"2027-03-01\",\"until\":\"2027-03-04\"}",
                                    house.room[0], house.room[1]);
    struct answer booking = stay(NULL, "2027-03-01", "2027-03-03");
    struct answer answer = post_as(desk, "/v1/closures", body);
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_int_equal(count_of("closed"), 0);
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", answer_text(&booking, "id")), "{}");
    assert_status(&answer, 200);
    answer = post_as(desk, "/v1/closures", body);
    assert_status(&answer, 201);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_int_equal(count_of("closed"), 2);
}

static void
a_room_by_the_minute_is_closed_by_instants(void **state)
{
    (void)state;
    struct answer answer = close_room_as(desk, house.slot_room[0], "out_of_order", "2027-03-01", "2027-03-04", "");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    answer = post_as(desk, "/v1/closures",
                     world_format(world,
                                  "{\"room_id\":\"%s\",\"kind\":\"out_of_order\",\"reason\":\"paint\","
                                  "\"starts_at\":\"2027-03-01T09:00:00Z\",\"ends_at\":\"2027-03-01T12:00:00Z\"}",
                                  house.slot_room[0]));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "ends_at"), "2027-03-01T12:00:00Z");
    answer = post_as(desk, "/v1/bookings",
                     world_format(world,
                                  "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"starts_at\":\"2027-03-01T11:00:00Z\","
                                  "\"ends_at\":\"2027-03-01T12:00:00Z\",\"guest\":{\"name\":\"Grace\"}}",
                                  house.property, house.slot_room[0]));
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
}

static void
out_of_service_keeps_nobody_out(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_service", "");
    assert_status(&closure, 201);
    assert_int_equal(count_of("closed"), 0);
    (void)stay(house.room[0], "2027-03-01", "2027-03-03");
    struct answer answer = reopen(&closure);
    assert_status(&answer, 200);
}

/* Tonight's first room, by whatever chooses one. */
static void
assert_chosen_last(const char *room)
{
    struct answer answer = world_get(
        world, "/v1/rooms/search?property_id=%s&arrival=2026-11-22&departure=2026-11-23&party=1", house.property);
    assert_status(&answer, 200);
    size_t last = json_array_size(answer_at(&answer, "items")) - 1;
    assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/room_id", last)), room);
    assert_true(json_is_true(answer_at(&answer, world_format(world, "items/%zu/out_of_service", last))));
    assert_true(json_is_false(answer_at(&answer, "items/0/out_of_service")));
    struct answer booking = stay(NULL, "2026-11-22", "2026-11-23");
    const char *path = world_format(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    answer = post_as(desk, world_format(world, "%s/auto-assign", path), "{}");
    assert_status(&answer, 200);
    assert_string_not_equal(answer_text(&answer, "room_id"), room);
    answer = post_as(desk, world_format(world, "%s/cancel", path), "{}");
    assert_status(&answer, 200);
}

/* Whichever of the two it is: so it is not the order of rooms that decides. */
static void
out_of_service_is_chosen_last_and_told_at_check_in(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct answer answer =
            post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[i]), "{\"result\":\"pass\"}");
        assert_status(&answer, 200);
    }
    for (int i = 0; i < 2; i++) {
        struct answer closure = close_room_as(desk, house.room[i], "out_of_service", "2026-11-22", "2026-11-23", "");
        assert_status(&closure, 201);
        assert_chosen_last(house.room[i]);
        struct answer answer = reopen(&closure);
        assert_status(&answer, 200);
    }
    struct answer closure = close_room_as(desk, house.room[0], "out_of_service", "2026-11-22", "2026-11-23", "");
    assert_status(&closure, 201);
    for (int i = 0; i < 2; i++) {
        struct answer booking = stay(house.room[i], "2026-11-22", "2026-11-23");
        struct answer answer =
            post_as(desk, world_format(world, "/v1/bookings/%s/check-in", answer_text(&booking, "id")), "{}");
        assert_status(&answer, 200);
        if (i == 0)
            assert_string_equal(answer_text(&answer, "warning"), "out_of_service");
        else
            assert_null(json_object_get(answer.json, "warning"));
    }
}

static void
a_room_that_is_closed_is_not_deleted(void **state)
{
    (void)state;
    struct answer closure = close_as(desk, "out_of_order", "");
    assert_status(&closure, 201);
    struct answer answer =
        post_as(manager, "/v1/rooms:bulk-delete",
                world_format(world, "{\"property_id\":\"%s\",\"rooms\":[\"%s\"]}", house.property, house.room[0]));
    assert_problem(&answer, 409, "IN_USE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&closure, "id"));
}

static void
a_report_closes_the_room_with_it_or_is_not_made(void **state)
{
    (void)state;
    const char *at = world_format(world, "/v1/rooms/%s/report-maintenance", house.room[0]);
    const char *body = "{\"note\":\"a leak\",\"closure\":{\"kind\":\"out_of_order\",\"from\":\"2026-11-23\","
                       "\"until\":\"2026-11-25\"}}";
    struct answer answer = post_as(maid, at, body);
    assert_problem(&answer, 403, "FORBIDDEN");
    struct answer pinned = stay(house.room[0], "2026-11-24", "2026-11-26");
    answer = post_as(desk, at, body);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_not_equal(answer_text(&answer, "room_status"), "MAINTENANCE_REQUIRED");
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", answer_text(&pinned, "id")), "{}");
    assert_status(&answer, 200);
    answer = post_as(desk, at, body);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_status"), "MAINTENANCE_REQUIRED");
    answer = world_get(world, "/v1/closures?property_id=%s", house.property);
    assert_string_equal(answer_text(&answer, "items/0/reason"), "a leak");
}

/* -- at once -- */

static struct ask
to_post(const char *target, const char *body)
{
    return (struct ask){.method = "POST", .target = target, .body = body};
}

static struct ask
to_assign(const struct answer *booking, const char *room)
{
    return to_post(world_format(world, "/v1/bookings/%s/assign", answer_text(booking, "id")),
                   world_format(world, "{\"room_id\":\"%s\"}", room));
}

static void
must(const char *target, const char *body)
{
    struct answer answer = post_as(desk, target, body);
    assert_status(&answer, 200);
}

static void
call_off(const struct answer *booking)
{
    must(world_format(world, "/v1/bookings/%s/cancel", answer_text(booking, "id")), "{}");
}

/* Either the fault was there first and nobody is sent into the room today, or the booking has it and who reports is
 * told of it. */
static void
a_report_and_an_assignment_at_once_know_of_each_other(void **state)
{
    (void)state;
    struct race race = {.name = "a report and an assignment"};
    while (race_goes_on(&race)) {
        struct answer booking = stay(NULL, "2026-11-22", "2026-11-23");
        race.asks[0] =
            to_post(world_format(world, "/v1/rooms/%s/report-maintenance", house.room[0]), "{\"note\":\"a leak\"}");
        race.asks[1] = to_assign(&booking, house.room[0]);
        bool reported = race_run(&race) == 0;
        assert_status(&race.answers[0], 200);
        assert_status(&race.answers[1], reported ? 409 : 200);
        struct answer answer = world_get(world, "/v1/rooms/%s", house.room[0]);
        assert_string_equal(answer_text(&answer, "room_status"), "MAINTENANCE_REQUIRED");
        answer = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
        assert_int_equal(json_is_null(answer_at(&answer, "room_id")), reported);
        call_off(&booking);
        must(world_format(world, "/v1/rooms/%s/finish-maintenance", house.room[0]), "{\"quality\":\"ok\"}");
    }
}

static void
of_a_closure_and_an_assignment_at_once_one_wins(void **state)
{
    (void)state;
    struct race race = {.name = "a closure and an assignment"};
    while (race_goes_on(&race)) {
        struct answer booking = stay(NULL, "2027-03-02", "2027-03-03");
        race.asks[0] =
            to_post("/v1/closures", world_format(world,
                                                 "{\"room_id\":\"%s\",\"kind\":\"out_of_order\",\"reason\":\"a burst "
                                                 "pipe\",\"from\":\"2027-03-01\",\"until\":\"2027-03-04\"}",
                                                 house.room[0]));
        race.asks[1] = to_assign(&booking, house.room[0]);
        bool closed = race_run(&race) == 0;
        assert_status(&race.answers[0], closed ? 201 : 409);
        assert_status(&race.answers[1], closed ? 409 : 200);
        call_off(&booking);
        if (closed)
            must(world_format(world, "/v1/closures/%s/reopen", answer_text(&race.answers[0], "id")), "{}");
    }
}

static void
of_a_deletion_and_an_assignment_at_once_one_wins(void **state)
{
    (void)state;
    struct race race = {.name = "a deletion and an assignment"};
    while (race_goes_on(&race)) {
        struct answer made =
            world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"9%02d\"}",
                       house.property, house.type, race.rounds);
        assert_status(&made, 201);
        const char *room = answer_text(&made, "id");
        struct answer booking = stay(NULL, "2027-03-02", "2027-03-03");
        race.asks[0] =
            to_post("/v1/rooms:bulk-delete",
                    world_format(world, "{\"property_id\":\"%s\",\"rooms\":[\"%s\"]}", house.property, room));
        race.asks[1] = to_assign(&booking, room);
        bool gone = race_run(&race) == 0;
        assert_status(&race.answers[0], gone ? 200 : 409);
        assert_status(&race.answers[1], gone ? 404 : 200);
        call_off(&booking);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_room_is_closed_and_opened_again, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_closure_lasts_longer_or_less_long, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_closure_is_amended_by_force_as_it_is_made, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_a_closure_is_one_that_it_can_have, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_closure_that_has_begun_ends_with_the_day, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_was_opened_again_is_neither_amended_nor_opened, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_over_is_neither_amended_nor_opened, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_may_be_moved_is_moved_and_what_may_not_is_named, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_is_in_the_way_of_a_closure_is_told_with_rooms_for_them, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(all_ways_to_close_a_room_say_where_else_there_is_room, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(force_is_for_managers_and_leaves_a_record, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_in_the_house_stay_whatever_is_closed, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(several_rooms_are_closed_together_or_not_at_all, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_by_the_minute_is_closed_by_instants, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(out_of_service_keeps_nobody_out, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(out_of_service_is_chosen_last_and_told_at_check_in, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_is_closed_is_not_deleted, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_report_closes_the_room_with_it_or_is_not_made, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_report_and_an_assignment_at_once_know_of_each_other, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(of_a_closure_and_an_assignment_at_once_one_wins, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(of_a_deletion_and_an_assignment_at_once_one_wins, setup, fixture_tear_down),
    };
    return test_run("api/closure", tests);
}
