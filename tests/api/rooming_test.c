/* Rooms for bookings over HTTP: who is given which room, what is in the way, and what is offered instead. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *desk, *booker;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    booker = fixture_caller(ROLE_BOOKER, true);
    return 0;
}

static struct answer
stay(const char *from, const char *until)
{
    struct answer answer = post_as(desk, "/v1/bookings",
                                   world_format(world,
                                                "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\","
                                                "\"departure\":\"%s\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                                house.property, house.type, from, until));
    assert_status(&answer, 201);
    return answer;
}

static const char *
at(const struct answer *booking, const char *command)
{
    return world_format(world, "/v1/bookings/%s/%s", answer_text(booking, "id"), command);
}

static struct answer
assign(const struct answer *booking, const char *room)
{
    return post_as(desk, at(booking, "assign"), world_format(world, "{\"room_id\":\"%s\"}", room));
}

static void
a_booking_gets_a_room_and_loses_it(void **state)
{
    (void)state;
    struct answer booking = stay("2027-03-01", "2027-03-04");
    assert_true(json_is_null(answer_at(&booking, "room_id")));
    struct answer answer = assign(&booking, house.room[0]);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    assert_true(json_is_true(answer_at(&answer, "claims/0/pinned")));
    assert_int_equal(answer_number(&answer, "version"), 2);
    answer = post_as(desk, at(&booking, "pin"), "{\"pinned\":false}");
    assert_status(&answer, 200);
    assert_true(json_is_false(answer_at(&answer, "claims/0/pinned")));
    answer = post_as(desk, at(&booking, "unassign"), NULL);
    assert_status(&answer, 200);
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    answer = world_get(world, "/v1/bookings/%s/events", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.assigned");
    assert_string_equal(answer_text(&answer, "items/2/kind"), "booking.pinned");
    assert_string_equal(answer_text(&answer, "items/3/kind"), "booking.unassigned");
}

/* Asked twice with one key it is done once; asked twice without one it is no change. */
static void
the_same_request_again_changes_nothing(void **state)
{
    (void)state;
    struct answer booking = stay("2027-03-01", "2027-03-04");
    struct ask ask = {.method = "POST",
                      .target = at(&booking, "assign"),
                      .token = desk,
                      .fields = "Idempotency-Key: once\r\n",
                      .body = world_format(world, "{\"room_id\":\"%s\"}", house.room[0])};
    struct answer first = world_ask(world, &ask), again = world_ask(world, &ask);
    assert_status(&again, 200);
    assert_string_equal(first.body.ptr, again.body.ptr);
    again = assign(&booking, house.room[0]);
    assert_status(&again, 200);
    assert_int_equal(answer_number(&again, "version"), 2);
}

static void
who_is_in_the_way_is_told_and_what_is_free_offered(void **state)
{
    (void)state;
    struct answer first = stay("2027-03-01", "2027-03-04"), second = stay("2027-03-03", "2027-03-05");
    struct answer answer = assign(&first, house.room[0]);
    assert_status(&answer, 200);
    answer = assign(&second, house.room[0]);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&first, "id"));
    assert_string_equal(answer_text(&answer, "in_the_way/0/code"), answer_text(&first, "code"));
    assert_string_equal(answer_text(&answer, "in_the_way/0/guest_name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "in_the_way/0/room_number"), "101");
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "room");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_id"), house.room[1]);
    answer = assign(&second, answer_text(&answer, "alternatives/0/room_id"));
    assert_status(&answer, 200);
}

static void
nobody_moves_for_a_booking_that_is_not_pinned(void **state)
{
    (void)state;
    struct answer first = stay("2027-03-01", "2027-03-04"), second = stay("2027-03-03", "2027-03-05");
    const char *loosely = world_format(world, "{\"room_id\":\"%s\",\"pinned\":false}", house.room[0]);
    struct answer answer = post_as(desk, at(&first, "assign"), loosely);
    assert_status(&answer, 200);
    answer = post_as(desk, at(&second, "assign"), loosely);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_non_null(strstr(answer_text(&answer, "detail"), "is not pinned"));
    answer = assign(&second, house.room[0]);
    assert_status(&answer, 200);
    answer = post_as(desk, at(&first, "assign"), loosely); /* and now it is */
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_null(strstr(answer_text(&answer, "detail"), "not pinned"));
}

static void
a_stay_moves_in_part_where_the_property_allows_it(void **state)
{
    (void)state;
    struct answer booking = stay("2027-03-01", "2027-03-05");
    (void)assign(&booking, house.room[0]);
    const char *body =
        world_format(world, "{\"to_room_id\":\"%s\",\"from\":\"2027-03-03\",\"reason\":\"a view\"}", house.room[1]);
    struct answer answer = post_as(desk, at(&booking, "move"), body);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "split_stay");
    answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1, "{\"splits_stays\":true}");
    assert_status(&answer, 200);
    assert_true(json_is_true(answer_at(&answer, "splits_stays")));
    answer = post_as(desk, at(&booking, "move"), body);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "claims/0/departure"), "2027-03-03");
    assert_string_equal(answer_text(&answer, "claims/1/room_id"), house.room[1]);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_int_equal(json_array_size(answer_at(&answer, "claims")), 2);
    answer = post_as(desk, at(&booking, "extend"), "{\"departure\":\"2027-03-07\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "claims/1/departure"), "2027-03-07");
    assert_string_equal(answer_text(&answer, "departure"), "2027-03-07");
}

static void
two_bookings_exchange_their_rooms(void **state)
{
    (void)state;
    struct answer first = stay("2027-03-01", "2027-03-04"), second = stay("2027-03-02", "2027-03-05");
    (void)assign(&first, house.room[0]);
    (void)assign(&second, house.room[1]);
    struct answer answer = post_as(desk, at(&first, "swap"),
                                   world_format(world, "{\"with_booking_id\":\"%s\"}", answer_text(&second, "id")));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&second, "id"));
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
}

/* Either of them may be the one that is too many for the other's room. */
static void
a_swap_says_whose_party_is_too_large_for_which_room(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    answer = world_patch(world, world_format(world, "/v1/rooms/%s", house.room[0]),
                         (int)answer_number(&answer, "version"), "{\"max_guests\":3}");
    assert_status(&answer, 200);
    struct answer few = stay("2027-03-01", "2027-03-04");
    answer = assign(&few, house.room[1]);
    assert_status(&answer, 200);
    struct answer many =
        post_as(desk, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\","
                             "\"departure\":\"2027-03-04\",\"party\":3,\"guest\":{\"name\":\"Grace Hopper\"}}",
                             house.property, house.room[0]));
    assert_status(&many, 201);
    const struct answer *both[2] = {&few, &many};
    for (size_t i = 0; i < 2; i++) {
        answer = post_as(desk, at(both[i], "swap"),
                         world_format(world, "{\"with_booking_id\":\"%s\"}", answer_text(both[1 - i], "id")));
        assert_pointer(&answer, 409, "TOO_MANY_GUESTS", "/with_booking_id");
        assert_string_equal(answer_text(&answer, "booking_id"), answer_text(&many, "id"));
        assert_string_equal(answer_text(&answer, "detail"), "Room 102 takes at most 2 guests.");
    }
}

/* A stay of today, told from the desk: the key, another room, and the way out. */
static void
guests_come_move_and_leave(void **state)
{
    (void)state;
    struct answer booking = stay("2026-11-22", "2026-11-25");
    struct answer answer = post_as(desk, at(&booking, "check-in"), NULL);
    assert_problem(&answer, 409, "NOT_ASSIGNED");
    const char *to_101 = world_format(world, "{\"room_id\":\"%s\"}", house.room[0]);
    answer = post_as(desk, at(&booking, "check-in"), to_101);
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    answer = post_as(manager, at(&booking, "check-in"),
                     world_format(world, "{\"room_id\":\"%s\",\"override\":true,\"reason\":\"they wait in the lobby\"}",
                                  house.room[0]));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CHECKED_IN");
    assert_string_equal(answer_text(&answer, "checked_in_on"), "2026-11-22");
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "room_status"), "OCCUPIED");
    answer =
        post_as(manager, at(&booking, "move"),
                world_format(world, "{\"to_room_id\":\"%s\",\"override\":true,\"reason\":\"noise\"}", house.room[1]));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "room_status"), "CHECKOUT_DIRTY");
    answer = post_as(desk, at(&booking, "check-out"), NULL);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CHECKED_OUT");
    assert_string_equal(answer_text(&answer, "left_room_id"), house.room[1]);
    answer = post_as(desk, at(&booking, "undo-check-out"), NULL);
    assert_status(&answer, 200);
    answer = post_as(desk, at(&booking, "extend"), "{\"departure\":\"2026-11-27\",\"price\":\"much\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/price");
    answer = post_as(desk, at(&booking, "extend"), "{\"departure\":\"2026-11-27\",\"price\":45000}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "price"), 45000);
    answer = post_as(desk, at(&booking, "check-out"), NULL);
    assert_status(&answer, 200);
    answer = post_as(desk, at(&booking, "check-out"), NULL);
    assert_problem(&answer, 409, "INVALID_TRANSITION");
}

/* The night audit is none: the business date follows the clock, and nobody is a no-show but by hand. */
static void
who_comes_a_day_late_is_given_a_room_that_was_left_this_morning(void **state)
{
    (void)state;
    struct answer late = stay("2026-11-22", "2026-11-25"), first = stay("2026-11-22", "2026-11-23");
    struct answer answer = assign(&first, house.room[0]);
    assert_status(&answer, 200);
    answer = assign(&late, house.room[0]);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    answer = assign(&late, house.room[0]);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "arrival"), "2026-11-22");
    assert_string_equal(answer_text(&answer, "claims/0/arrival"), "2026-11-23");
    assert_string_equal(answer_text(&answer, "claims/0/departure"), "2026-11-25");
    answer = post_as(desk, at(&late, "extend"), "{\"departure\":\"2026-11-26\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "claims/0/arrival"), "2026-11-23");
    fixture_assert_in_order();
}

/* Last night each room was somebody's, and from tonight on each will be: nobody asks any more where the one who has not
 * come would have slept. */
static void
who_comes_a_day_late_keeps_nobody_out_for_the_night_that_is_over(void **state)
{
    (void)state;
    struct answer late = stay("2026-11-22", "2026-11-25"), first = stay("2026-11-22", "2026-11-23");
    struct answer answer = assign(&first, house.room[0]);
    assert_status(&answer, 200);
    struct answer next = stay("2026-11-23", "2026-11-25");
    answer = assign(&next, house.room[1]);
    assert_problem(&answer, 409, "NO_ROOM_FITS");
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    answer = assign(&next, house.room[1]);
    assert_status(&answer, 200);
    fixture_assert_in_order();
    answer = post_as(desk, at(&late, "auto-assign"), "{}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "claims/0/arrival"), "2026-11-23");
    fixture_assert_in_order();
}

static void
the_room_that_somebody_late_had_to_leave_may_go(void **state)
{
    (void)state;
    struct answer late = stay("2026-11-22", "2026-11-25");
    struct answer answer =
        post_as(desk, at(&late, "assign"), world_format(world, "{\"room_id\":\"%s\",\"pinned\":false}", house.room[0]));
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    struct answer other = stay("2026-11-23", "2026-11-24");
    answer = assign(&other, house.room[0]);
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "moved")), 1);
    assert_string_equal(answer_text(&answer, "moved/0/booking_id"), answer_text(&late, "id"));
    assert_string_equal(answer_text(&answer, "moved/0/room_id"), house.room[1]); /* and not last night's */
    assert_string_equal(answer_text(&answer, "moved/0/room_number"), "102");
    assert_string_equal(answer_text(&answer, "moved/0/guest_name"), answer_text(&late, "guest/name"));
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    answer = world_ask(world, &(struct ask){.method = "DELETE",
                                            .target = world_format(world, "/v1/rooms/%s", house.room[0]),
                                            .token = world->owner,
                                            .fields = "If-Match: *\r\n"});
    assert_status(&answer, 200);
    answer = post_as(desk, at(&late, "extend"), "{\"departure\":\"2026-11-26\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "claims/0/room_id"), house.room[1]);
    assert_string_equal(answer_text(&answer, "claims/0/departure"), "2026-11-26");
    fixture_assert_in_order();
}

static const char *
of(const struct answer *booking)
{
    return world_format(world, "/v1/bookings/%s", answer_text(booking, "id"));
}

/* A night that is over stays as it was booked, whoever came; what it costs is another matter. */
static void
who_comes_a_day_late_pays_less_and_keeps_the_night_that_is_over(void **state)
{
    (void)state;
    struct answer late = stay("2026-11-22", "2026-11-25");
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    struct answer answer = world_patch(world, of(&late), 1, "{\"arrival\":\"2026-11-23\"}");
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_string_equal(answer_text(&answer, "nights/0"), "2026-11-22");
    assert_non_null(
        strstr(answer_text(&answer, "detail"), "The night of 2026-11-22 is past and stays as it was booked"));
    answer = world_patch(world, of(&late), 1, "{\"price\":20000}");
    assert_status(&answer, 200);
    fixture_assert_in_order();
}

static void
what_is_wrong_with_the_request_is_pointed_at(void **state)
{
    (void)state;
    struct answer booking = stay("2027-03-01", "2027-03-04");
    struct answer answer = post_as(desk, at(&booking, "assign"), "{}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/room_id");
    answer = post_as(desk, at(&booking, "assign"), "{\"room_id\":\"101\"}");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    answer = post_as(desk, at(&booking, "move"), world_format(world, "{\"to_room_id\":\"%s\"}", house.room[0]));
    assert_problem(&answer, 409, "NOT_ASSIGNED");
    answer = post_as(desk, at(&booking, "move"),
                     world_format(world, "{\"to_room_id\":\"%s\",\"override\":true}", house.room[0]));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = post_as(desk, at(&booking, "extend"), "{}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = post_as(desk, at(&booking, "extend"), "{\"departure\":\"2027-03-03\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = post_as(desk, at(&booking, "extend"), "{\"arrival\":\"2027-02-27\",\"departure\":\"2027-03-06\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/arrival");
    answer = post_as(booker, at(&booking, "assign"), world_format(world, "{\"room_id\":\"%s\"}", house.room[0]));
    assert_problem(&answer, 403, "FORBIDDEN");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_booking_gets_a_room_and_loses_it),
        TEST(the_same_request_again_changes_nothing),
        TEST(who_is_in_the_way_is_told_and_what_is_free_offered),
        TEST(nobody_moves_for_a_booking_that_is_not_pinned),
        TEST(a_stay_moves_in_part_where_the_property_allows_it),
        TEST(two_bookings_exchange_their_rooms),
        TEST(a_swap_says_whose_party_is_too_large_for_which_room),
        TEST(guests_come_move_and_leave),
        TEST(who_comes_a_day_late_is_given_a_room_that_was_left_this_morning),
        TEST(who_comes_a_day_late_keeps_nobody_out_for_the_night_that_is_over),
        TEST(the_room_that_somebody_late_had_to_leave_may_go),
        TEST(who_comes_a_day_late_pays_less_and_keeps_the_night_that_is_over),
        TEST(what_is_wrong_with_the_request_is_pointed_at),
    };
    return test_run("api/rooming", tests);
}
