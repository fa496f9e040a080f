/* What happened to a room, to a guest and to a booking that was moved, told from the log over HTTP. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *desk, *manager, *housekeeper, *booker;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, true);
    housekeeper = fixture_caller(ROLE_HOUSEKEEPING, true);
    booker = fixture_caller(ROLE_BOOKER, true);
    struct answer answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[0]), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    return 0;
}

static struct answer
let_in(void)
{
    struct answer answer = post_as(desk, "/v1/bookings:walk-in",
                                   world_format(world,
                                                "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"nights\":1,"
                                                "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                                house.property, house.room[0]));
    assert_status(&answer, 201);
    return answer;
}

static struct answer
history(const char *token, const char *of, const char *id, const char *query)
{
    return get_as(token, world_format(world, "/v1/%s/%s/events%s", of, id, query));
}

static void
a_room_has_its_history(void **state)
{
    (void)state;
    struct answer booking = let_in();
    struct answer answer =
        post_as(desk, world_format(world, "/v1/bookings/%s/check-out", answer_text(&booking, "id")), NULL);
    assert_status(&answer, 200);
    answer = history(desk, "rooms", house.room[0], "");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 4);
    assert_string_equal(answer_text(&answer, "items/0/kind"), "room.created");
    assert_string_equal(answer_text(&answer, "items/1/to"), "READY_FOR_GUEST");
    assert_string_equal(answer_text(&answer, "items/2/to"), "OCCUPIED");
    assert_string_equal(answer_text(&answer, "items/3/to"), "CHECKOUT_DIRTY");
    assert_string_equal(answer_text(&answer, "items/3/subject"), house.room[0]);
    assert_string_equal(answer_text(&answer, "items/3/actor"), world_actor(world, desk));
}

static void
it_comes_in_pages(void **state)
{
    (void)state;
    (void)let_in();
    struct answer answer = history(desk, "rooms", house.room[0], "?limit=2");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    answer = history(desk, "rooms", house.room[0],
                     world_format(world, "?limit=2&after=%lld", answer_number(&answer, "next")));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/to"), "OCCUPIED");
    assert_true(json_is_null(answer_at(&answer, "next")));
}

/* Who is in a room is in its history, and not for everybody. */
static void
it_is_for_those_who_read_the_log(void **state)
{
    (void)state;
    struct answer answer = history(housekeeper, "rooms", house.room[0], "");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = history(booker, "rooms", house.room[0], "");
    assert_problem(&answer, 403, "FORBIDDEN");
    struct answer booking = let_in();
    answer = history(booker, "guests", answer_text(&booking, "guest/id"), "");
    assert_problem(&answer, 403, "FORBIDDEN");
}

static void
a_room_that_is_gone_has_a_history_still(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/rooms/%s", house.room[1]);
    answer = world_ask(
        world, &(struct ask){.method = "DELETE",
                             .target = world_format(world, "/v1/rooms/%s", house.room[1]),
                             .token = manager,
                             .fields = world_format(world, "If-Match: %s\r\n", answer_field(world, &answer, "ETag"))});
    assert_status(&answer, 200);
    answer = history(desk, "rooms", house.room[1], "");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/1/kind"), "room.deleted");
    size_t last = strlen(house.room[1]) - 1;
    const char *never = world_format(world, "%.*s%c%c", (int)last - 1, house.room[1],
                                     house.room[1][last - 1] == 'a' ? 'b' : 'a', house.room[1][last]);
    answer = history(desk, "rooms", never, "");
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* Theirs is what happened to their bookings, and what was done about the person; never who they are. */
static void
a_guest_has_a_history_that_does_not_name_them(void **state)
{
    (void)state;
    struct answer booking = let_in();
    const char *guest = answer_text(&booking, "guest/id");
    struct answer answer = world_ask(world, &(struct ask){.method = "DELETE",
                                                          .target = world_format(world, "/v1/guests/%s", guest),
                                                          .token = manager,
                                                          .fields = "If-Match: \"1\"\r\n"});
    assert_status(&answer, 200);
    answer = history(desk, "guests", guest, "");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 4);
    assert_string_equal(answer_text(&answer, "items/0/kind"), "booking.created");
    assert_string_equal(answer_text(&answer, "items/2/kind"), "booking.checked_in");
    assert_string_equal(answer_text(&answer, "items/2/subject"), answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "items/3/kind"), "guest.erased");
    assert_string_equal(answer_text(&answer, "items/3/subject"), guest);
    assert_null(strstr(answer.body.ptr, "Lovelace"));
}

/* The last of a history, which this request made; as a path of its answer. */
static const char *
last_of(const struct answer *history, const char *request)
{
    const char *last = world_format(world, "items/%zu", json_array_size(answer_at(history, "items")) - 1);
    assert_string_equal(answer_text(history, world_format(world, "%s/request_id", last)), request);
    assert_string_equal(answer_text(history, world_format(world, "%s/actor", last)), world_actor(world, manager));
    return last;
}

static void
assert_room_moved(const char *room, const char *request, const char *from, const char *to)
{
    struct answer answer = history(desk, "rooms", room, "");
    const char *last = last_of(&answer, request);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), "room.status_changed");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", last)), room);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/from", last)), from);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/to", last)), to);
}

/* Moves the booking from 101 to 102, as a manager and for a reason, and looks for it in what happened to the booking:
 * where they were is what it said before. Returns the request. */
static const char *
move_and_find(const char *booking)
{
    struct answer answer = post_as(manager, world_format(world, "/v1/bookings/%s/move", booking),
                                   world_format(world, "{\"to_room_id\":\"%s\",\"reason\":\"a leak\"}", house.room[1]));
    assert_status(&answer, 200);
    const char *request = answer_field(world, &answer, "X-Request-Id");
    answer = history(desk, "bookings", booking, "");
    const char *last = last_of(&answer, request);
    const char *before = world_format(world, "items/%zu", json_array_size(answer_at(&answer, "items")) - 2);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), "booking.moved");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", last)), booking);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last)), "a leak");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/body/room_id", before)), house.room[0]);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/body/room_id", last)), house.room[1]);
    return request;
}

static void
guests_who_are_moved_are_in_the_history_of_both_rooms(void **state)
{
    (void)state;
    struct answer booking = let_in();
    struct answer answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[1]), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    const char *request = move_and_find(answer_text(&booking, "id"));
    assert_room_moved(house.room[0], request, "OCCUPIED", "CHECKOUT_DIRTY");
    assert_room_moved(house.room[1], request, "READY_FOR_GUEST", "OCCUPIED");
    answer = history(desk, "rooms", house.room[1], "");
    const char *by = world_format(world, "%s/body/occupied_by", last_of(&answer, request));
    assert_string_equal(answer_text(&answer, by), answer_text(&booking, "id"));
    answer = history(desk, "guests", answer_text(&booking, "guest/id"), "");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last_of(&answer, request))), "a leak");
}

/* What is still to come says nothing of the state of a room. */
static void
a_stay_that_is_moved_before_it_begins_is_in_its_own_history(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings",
                                 world_format(world,
                                              "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                              "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                              house.property, house.room[0]));
    assert_status(&made, 201);
    struct answer before[2] = {history(desk, "rooms", house.room[0], ""), history(desk, "rooms", house.room[1], "")};
    (void)move_and_find(answer_text(&made, "id"));
    for (size_t i = 0; i < 2; i++) {
        struct answer after = history(desk, "rooms", house.room[i], "");
        assert_true(str_equal(after.body, before[i].body));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_room_has_its_history, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(it_comes_in_pages, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(it_is_for_those_who_read_the_log, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_is_gone_has_a_history_still, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_who_are_moved_are_in_the_history_of_both_rooms, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_stay_that_is_moved_before_it_begins_is_in_its_own_history, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_has_a_history_that_does_not_name_them, setup, fixture_tear_down),
    };
    return test_run("api/history", tests);
}
