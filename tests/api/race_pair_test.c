/* Two at the desk at the same moment, over and over: whatever comes first, and each does, the house is what one after
 * the other would have made of it, and the checker finds nothing. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/api/race.h"
#include "tests/unit/test.h"

static struct ask
to_booking(const char *booking, const char *command, const char *body)
{
    return (struct ask){
        .method = "POST", .target = world_format(world, "/v1/bookings/%s/%s", booking, command), .body = body};
}

static void
must(const char *target, const char *body)
{
    struct answer answer = post_as(world->owner, target, body);
    assert_status(&answer, 200);
}

/* Cleaned and inspected, from whatever state a stay has left it in. */
static void
make_ready(const char *room)
{
    struct answer answer = world_get(world, "/v1/rooms/%s", room);
    const char *status = answer_text(&answer, "room_status");
    if (strcmp(status, "READY_FOR_GUEST") == 0)
        return;
    if (strcmp(status, "CLEANED_UNINSPECTED") != 0) {
        must(world_format(world, "/v1/rooms/%s/start-cleaning", room), "{}");
        must(world_format(world, "/v1/rooms/%s/finish-cleaning", room), "{}");
    }
    must(world_format(world, "/v1/rooms/%s/inspect", room), "{\"result\":\"pass\"}");
}

/* A stay of tonight that has room 101; both rooms are ready. */
static struct answer
stay_of_tonight(void)
{
    make_ready(house.room[0]);
    make_ready(house.room[1]);
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                      "\"departure\":\"2026-11-24\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                      house.property, house.room[0]);
    assert_status(&answer, 201);
    return answer;
}

/* The same nights without a room. */
static struct answer
stay_by_type(void)
{
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                      "\"departure\":\"2026-11-24\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                      house.property, house.type);
    assert_status(&answer, 201);
    return answer;
}

static const char *
to_room(const char *room)
{
    return world_format(world, "{\"room_id\":\"%s\"}", room);
}

static void
assert_booking(const char *booking, const char *status)
{
    struct answer answer = world_get(world, "/v1/bookings/%s", booking);
    assert_string_equal(answer_text(&answer, "status"), status);
}

static void
assert_occupied(const char *room, bool occupied)
{
    struct answer answer = world_get(world, "/v1/rooms/%s", room);
    assert_int_equal(json_is_true(answer_at(&answer, "is_occupied")), occupied);
}

static void
assert_free(int units, const char *until)
{
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&from=2026-11-22&until=%s", house.property, until);
    json_t *items = answer_at(&answer, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i), *night;
        size_t date;
        if (strcmp(json_string_value(json_object_get(item, "room_type_id")), house.type) != 0)
            continue;
        json_array_foreach (json_object_get(item, "nights"), date, night)
            assert_int_equal(json_integer_value(json_object_get(night, "free")), units);
        return;
    }
    fail();
}

static void
check_out(const char *booking)
{
    must(world_format(world, "/v1/bookings/%s/check-out", booking), "{}");
}

static void
of_a_check_in_and_a_cancellation_one_wins(void **state)
{
    (void)state;
    struct race race = {.name = "a check-in and a cancellation"};
    while (race_goes_on(&race)) {
        struct answer stay = stay_of_tonight();
        const char *id = answer_text(&stay, "id");
        race.asks[0] = to_booking(id, "check-in", "{}");
        race.asks[1] = to_booking(id, "cancel", "{}");
        bool came = race_run(&race) == 0;
        assert_problem(&race.answers[came ? 1 : 0], 409, "INVALID_TRANSITION");
        assert_status(&race.answers[came ? 0 : 1], 200);
        assert_booking(id, came ? "CHECKED_IN" : "CANCELLED");
        assert_occupied(house.room[0], came);
        if (came)
            check_out(id);
        assert_free(2, "2026-11-24");
    }
    fixture_assert_in_order();
}

/* Both come true in either order, and the guests are in one room. */
static void
guests_who_come_in_while_they_are_moved_are_in_one_room(void **state)
{
    (void)state;
    const char *to_102 = world_format(world, "{\"to_room_id\":\"%s\"}", house.room[1]);
    struct race race = {.name = "a check-in and a move"};
    while (race_goes_on(&race)) {
        struct answer stay = stay_of_tonight();
        const char *id = answer_text(&stay, "id");
        race.asks[0] = to_booking(id, "check-in", "{}");
        race.asks[1] = to_booking(id, "move", to_102);
        (void)race_run(&race);
        assert_status(&race.answers[0], 200);
        assert_status(&race.answers[1], 200);
        assert_booking(id, "CHECKED_IN");
        assert_occupied(house.room[0], false);
        assert_occupied(house.room[1], true);
        assert_free(1, "2026-11-24");
        check_out(id);
    }
    fixture_assert_in_order();
}

/* Who has left stays no longer; who stays longer may leave all the same. */
static void
nobody_who_has_left_stays_longer(void **state)
{
    (void)state;
    struct race race = {.name = "a check-out and an extension"};
    while (race_goes_on(&race)) {
        struct answer stay = stay_of_tonight();
        const char *id = answer_text(&stay, "id");
        must(world_format(world, "/v1/bookings/%s/check-in", id), "{}");
        race.asks[0] = to_booking(id, "check-out", "{}");
        race.asks[1] = to_booking(id, "extend", "{\"departure\":\"2026-11-25\"}");
        bool left = race_run(&race) == 0;
        assert_status(&race.answers[0], 200);
        if (left)
            assert_problem(&race.answers[1], 409, "INVALID_TRANSITION");
        assert_booking(id, "CHECKED_OUT");
        assert_occupied(house.room[0], false);
        assert_free(2, "2026-11-25");
    }
    fixture_assert_in_order();
}

/* R6: a person is erased, and who is in the room is another matter. */
static void
a_guest_who_is_erased_while_they_come_in_is_in_the_room(void **state)
{
    (void)state;
    struct race race = {.name = "a check-in and an erasure"};
    while (race_goes_on(&race)) {
        struct answer stay = stay_of_tonight();
        const char *id = answer_text(&stay, "id");
        race.asks[0] = to_booking(id, "check-in", "{}");
        race.asks[1] = (struct ask){.method = "DELETE",
                                    .target = world_format(world, "/v1/guests/%s", answer_text(&stay, "guest/id")),
                                    .fields = "If-Match: \"1\"\r\n"};
        (void)race_run(&race);
        assert_status(&race.answers[0], 200);
        assert_status(&race.answers[1], 200);
        assert_booking(id, "CHECKED_IN");
        assert_occupied(house.room[0], true);
        struct answer answer = world_get(world, "/v1/guests/%s", answer_text(&stay, "guest/id"));
        assert_false(json_is_null(answer_at(&answer, "erased_at")));
        check_out(id);
        assert_free(2, "2026-11-24");
    }
    fixture_assert_in_order();
}

/* Whether it was given before or never: a stay that is called off has no room, and the nights are free. */
static void
a_room_given_to_a_stay_that_is_called_off_is_free(void **state)
{
    (void)state;
    struct race race = {.name = "an assignment and a cancellation"};
    while (race_goes_on(&race)) {
        struct answer stay = stay_by_type();
        const char *id = answer_text(&stay, "id");
        race.asks[0] = to_booking(id, "assign", to_room(house.room[0]));
        race.asks[1] = to_booking(id, "cancel", "{}");
        bool given = race_run(&race) == 0;
        assert_status(&race.answers[1], 200);
        if (!given)
            assert_problem(&race.answers[0], 409, "INVALID_TRANSITION");
        assert_booking(id, "CANCELLED");
        assert_free(2, "2026-11-24");
        struct answer next = stay_by_type();
        const char *other = answer_text(&next, "id");
        must(world_format(world, "/v1/bookings/%s/assign", other), to_room(house.room[0]));
        must(world_format(world, "/v1/bookings/%s/cancel", other), "{}");
    }
    fixture_assert_in_order();
}

static void
of_two_who_are_given_one_room_one_gets_it(void **state)
{
    (void)state;
    struct race race = {.name = "two assignments"};
    while (race_goes_on(&race)) {
        struct answer stays[2] = {stay_by_type(), stay_by_type()};
        for (int i = 0; i < 2; i++)
            race.asks[i] = to_booking(answer_text(&stays[i], "id"), "assign", to_room(house.room[0]));
        int winner = race_run(&race);
        assert_status(&race.answers[winner], 200);
        assert_problem(&race.answers[1 - winner], 409, "ROOM_NOT_AVAILABLE");
        for (int i = 0; i < 2; i++)
            must(world_format(world, "/v1/bookings/%s/cancel", answer_text(&stays[i], "id")), "{}");
        assert_free(2, "2026-11-24");
    }
    fixture_assert_in_order();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_a_check_in_and_a_cancellation_one_wins, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_who_come_in_while_they_are_moved_are_in_one_room, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(nobody_who_has_left_stays_longer, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_who_is_erased_while_they_come_in_is_in_the_room, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_given_to_a_stay_that_is_called_off_is_free, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(of_two_who_are_given_one_room_one_gets_it, fixture_set_up, fixture_tear_down),
    };
    return test_run("api/race_pair", tests);
}
