/* One step for many bookings over HTTP: all or nothing, of a list and of a group. */
#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booker, *desk;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    booker = fixture_caller(ROLE_BOOKER, true);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    return 0;
}

static struct answer
book_as(const char *token, int quantity)
{
    struct answer answer = post_as(token, "/v1/bookings",
                                   world_format(world,
                                                "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"quantity\":%d,"
                                                "\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\","
                                                "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                                house.property, house.studio, quantity));
    assert_status(&answer, 201);
    return answer;
}

static struct answer
batch(const char *command, const char *first, const char *second)
{
    return post_as(desk, "/v1/bookings:batch",
                   world_format(world,
                                "{\"property_id\":\"%s\",\"command\":\"%s\",\"items\":[{\"booking_id\":\"%s\","
                                "\"reason\":\"rain\"},{\"booking_id\":\"%s\"}]}",
                                house.property, command, first, second));
}

static struct answer
step_group(const char *token, const struct answer *group, const char *command)
{
    return post_as(token, world_format(world, "/v1/groups/%s/%s", answer_text(group, "id"), command), "{}");
}

static const char *
status_of(const char *booking)
{
    struct answer answer = world_get(world, "/v1/bookings/%s", booking);
    return answer_text(&answer, "status");
}

static void
a_batch_is_done_whole(void **state)
{
    (void)state;
    struct answer group = book_as(desk, 2);
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    struct answer answer = batch("cancel", first, second);
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_string_equal(answer_text(&answer, "items/0/id"), first);
    assert_string_equal(answer_text(&answer, "items/0/guest_name"), "Ada Lovelace");
    assert_true(json_is_null(answer_at(&answer, "items/0/room_number"))); /* studios have none */
    assert_string_equal(answer_text(&answer, "items/1/status"), "CANCELLED");
    assert_string_equal(status_of(second), "CANCELLED");
    answer = world_get(world, "/v1/bookings/%s/events", first);
    assert_string_equal(answer_text(&answer, "items/1/reason"), "rain");
}

static void
the_first_that_is_refused_refuses_them_all(void **state)
{
    (void)state;
    struct answer group = book_as(desk, 2);
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    struct answer answer = batch("cancel", first, first); /* the second time it has ended */
    assert_pointer(&answer, 409, "INVALID_TRANSITION", "/items/1/booking_id");
    assert_string_equal(answer_text(&answer, "booking_id"), first);
    assert_string_equal(answer_text(&answer, "current_status"), "CANCELLED");
    assert_string_equal(status_of(first), "CONFIRMED");
    answer = batch("confirm", second, first);
    assert_pointer(&answer, 409, "INVALID_TRANSITION", "/items/0/booking_id");
    answer = batch("reinstate", first, second);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/command");
    answer = batch("no-show", first, second);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(status_of(first), "CONFIRMED");
}

static void
what_is_left_of_a_group_is_cancelled_at_once(void **state)
{
    (void)state;
    struct answer group = book_as(booker, 3);
    struct answer answer =
        post_as(booker, world_format(world, "/v1/bookings/%s/cancel", answer_text(&group, "bookings/1/id")), "{}");
    assert_status(&answer, 200);
    struct answer others = book_as(desk, 1);
    answer = step_group(booker, &others, "cancel");
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = step_group(booker, &group, "confirm");
    assert_problem(&answer, 403, "FORBIDDEN");
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/groups/%s/cancel", answer_text(&group, "id")),
                      .token = booker,
                      .body = "{}",
                      .fields = "Idempotency-Key: once\r\n"};
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 3);
    assert_string_equal(answer_text(&answer, "items/0/guest_name"), "Ada Lovelace"); /* whom they booked for */
    assert_null(answer_at(&answer, "items/1/already"));
    assert_string_equal(answer_text(&answer, "items/2/id"), answer_text(&group, "bookings/1/id"));
    assert_true(json_is_true(answer_at(&answer, "items/2/already")));
    struct answer again = world_ask(world, &ask);
    assert_true(str_equal(answer.body, again.body));
    answer = step_group(booker, &group, "cancel");
    assert_status(&answer, 200);
    answer = step_group(booker, &group, "confirm"); /* whether or not anything is left of it */
    assert_problem(&answer, 403, "FORBIDDEN");
}

/* --- the desk, for many --- */

/* Two doubles for tonight, in the rooms 101 and 102, which are ready; with more members. */
static struct answer
group_of_tonight_with(const char *more)
{
    struct answer group = post_as(desk, "/v1/bookings",
                                  world_format(world,
                                               "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"quantity\":2,"
                                               "\"arrival\":\"2026-11-22\",\"departure\":\"2026-11-24\","
                                               "\"guest\":{\"name\":\"Ada Lovelace\"}%s}",
                                               house.property, house.type, more));
    assert_status(&group, 201);
    for (int i = 0; i < 2; i++) {
        const char *booking = answer_text(&group, i == 0 ? "bookings/0/id" : "bookings/1/id");
        struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/assign", booking),
                                       world_format(world, "{\"room_id\":\"%s\"}", house.room[i]));
        assert_status(&answer, 200);
        answer = post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[i]), "{\"result\":\"pass\"}");
        assert_status(&answer, 200);
    }
    return group;
}

static struct answer
group_of_tonight(void)
{
    return group_of_tonight_with("");
}

/* The same, in the house, with 5,000 to pay for each before they leave. */
static struct answer
group_that_owes(void)
{
    struct answer answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"balance_rule\":\"required\"}");
    assert_status(&answer, 200);
    struct answer group = group_of_tonight_with(",\"price\":5000");
    answer = step_group(desk, &group, "check-in");
    assert_status(&answer, 200);
    return group;
}

static void
pay(const char *booking, int amount)
{
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/payments", booking),
                                   world_format(world, "{\"method\":\"cash\",\"amount\":%d}", amount));
    assert_status(&answer, 201);
}

static void
break_room(int index)
{
    struct answer answer = post_as(desk, world_format(world, "/v1/rooms/%s/report-maintenance", house.room[index]),
                                   "{\"note\":\"no light\"}");
    assert_status(&answer, 200);
}

static struct answer
one_by_one(const char *key, const char *command, const char *first, const char *second)
{
    return world_ask(world, &(struct ask){.method = "POST",
                                          .target = "/v1/bookings:batch",
                                          .token = desk,
                                          .fields = world_format(world, "Idempotency-Key: %s\r\n", key),
                                          .body = world_format(world,
                                                               "{\"property_id\":\"%s\",\"mode\":\"one_by_one\","
                                                               "\"command\":\"%s\",\"items\":[{\"booking_id\":\"%s\"},"
                                                               "{\"booking_id\":\"%s\"}]}",
                                                               house.property, command, first, second)});
}

static void
a_group_comes_in_and_leaves_together(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    struct answer answer = step_group(desk, &group, "check-in");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "items/0/room_number"), "101");
    assert_string_equal(answer_text(&answer, "items/1/room_number"), "102");
    assert_string_equal(status_of(first), "CHECKED_IN");
    assert_string_equal(status_of(second), "CHECKED_IN");
    answer = world_get(world, "/v1/rooms/%s", house.room[1]);
    assert_string_equal(answer_text(&answer, "room_status"), "OCCUPIED");
    answer = step_group(desk, &group, "check-out");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/1/room_number"), "102"); /* which they have left */
    assert_string_equal(status_of(second), "CHECKED_OUT");
    answer = world_get(world, "/v1/rooms/%s", house.room[1]);
    assert_string_equal(answer_text(&answer, "room_status"), "CHECKOUT_DIRTY");
}

/* I6: one room that is not ready keeps them all at the desk. */
static void
nobody_comes_in_when_one_of_them_can_not(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    break_room(1);
    struct answer answer = step_group(desk, &group, "check-in");
    assert_problem(&answer, 409, "ROOM_NOT_READY");
    assert_string_equal(answer_text(&answer, "booking_id"), second);
    answer = batch("check-in", first, second);
    assert_pointer(&answer, 409, "ROOM_NOT_READY", "/items/1/booking_id");
    assert_string_equal(status_of(first), "CONFIRMED");
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "room_status"), "READY_FOR_GUEST");
}

static struct answer
check_in_to(const char *first, const char *second, const char *room)
{
    return world_post(world, "/v1/bookings:batch",
                      "{\"property_id\":\"%s\",\"command\":\"check-in\",\"items\":[{\"booking_id\":\"%s\"},"
                      "{\"booking_id\":\"%s\",\"room_id\":\"%s\"}]}",
                      house.property, first, second, room);
}

static void
rooms_are_given_with_the_keys(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    (void)post_as(desk, world_format(world, "/v1/bookings/%s/unassign", second), NULL);
    struct answer answer = check_in_to(first, second, house.room[0]);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE"); /* the first of them has it */
    assert_string_equal(answer_text(&answer, "in_the_way/0/code"), answer_text(&group, "bookings/0/code"));
    assert_string_equal(answer_text(&answer, "in_the_way/0/room_number"), "101");
    assert_string_equal(status_of(first), "CONFIRMED");
    answer = check_in_to(first, second, house.room[1]);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/1/room_id"), house.room[1]);
}

static void
what_is_for_the_desk_alone_is_refused_elsewhere(void **state)
{
    (void)state;
    struct answer group = book_as(desk, 1);
    const char *id = answer_text(&group, "bookings/0/id");
    struct answer answer =
        world_post(world, "/v1/bookings:batch",
                   "{\"property_id\":\"%s\",\"command\":\"cancel\",\"items\":[{\"booking_id\":\"%s\","
                   "\"room_id\":\"%s\"}]}",
                   house.property, id, house.room[0]);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/items/0/room_id");
    answer = world_post(world, "/v1/bookings:batch",
                        "{\"property_id\":\"%s\",\"command\":\"no-show\",\"items\":[{\"booking_id\":\"%s\","
                        "\"override\":true}]}",
                        house.property, id);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/items/0/override");
}

static void
one_by_one_each_line_has_its_own_result(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    break_room(0);
    struct answer answer = one_by_one("morning", "check-in", first, second);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "done"), 1);
    assert_int_equal(answer_number(&answer, "refused"), 1);
    assert_string_equal(answer_text(&answer, "items/0/booking_id"), first);
    assert_int_equal(answer_number(&answer, "items/0/status"), 409);
    assert_string_equal(answer_text(&answer, "items/0/problem/code"), "ROOM_NOT_READY");
    assert_string_equal(answer_text(&answer, "items/0/code"), answer_text(&group, "bookings/0/code"));
    assert_string_equal(answer_text(&answer, "items/0/guest_name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "items/0/room_number"), "101");
    assert_int_equal(answer_number(&answer, "items/1/status"), 200);
    assert_string_equal(answer_text(&answer, "items/1/code"), answer_text(&group, "bookings/1/code"));
    assert_string_equal(answer_text(&answer, "items/1/room_number"), "102");
    assert_string_equal(answer_text(&answer, "items/1/booking/status"), "CHECKED_IN");
    assert_string_equal(status_of(first), "CONFIRMED");
    assert_string_equal(status_of(second), "CHECKED_IN");
}

static struct answer
one_by_one_to(const char *booking, const char *room, const char *query)
{
    return world_ask(world,
                     &(struct ask){.method = "POST",
                                   .target = world_format(world, "/v1/bookings:batch%s", query),
                                   .token = desk,
                                   .body = world_format(world,
                                                        "{\"property_id\":\"%s\",\"mode\":\"one_by_one\","
                                                        "\"command\":\"check-in\",\"items\":[{\"booking_id\":\"%s\","
                                                        "\"room_id\":\"%s\"}]}",
                                                        house.property, booking, room)});
}

/* What a line is refused for is told as it is where the line is asked for alone. */
static void
a_line_names_what_is_in_its_way_and_a_trial_the_room_it_would_get(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *second = answer_text(&group, "bookings/1/id");
    (void)post_as(desk, world_format(world, "/v1/bookings/%s/unassign", second), NULL);
    struct answer answer = one_by_one_to(second, house.room[0], "");
    assert_status(&answer, 200);
    assert_true(json_is_null(answer_at(&answer, "items/0/room_number")));
    assert_string_equal(answer_text(&answer, "items/0/problem/code"), "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "items/0/problem/in_the_way/0/code"),
                        answer_text(&group, "bookings/0/code"));
    assert_string_equal(answer_text(&answer, "items/0/problem/in_the_way/0/guest_name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "items/0/problem/in_the_way/0/room_number"), "101");
    answer = one_by_one_to(second, house.room[1], "?dry_run=true");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/0/room_number"), "102");
    assert_string_equal(status_of(second), "CONFIRMED");
}

/* As after a crash in the middle: what was done is not done again, the rest is. */
static void
the_same_lines_again_repeat_nothing(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    break_room(0);
    struct answer answer = one_by_one("morning", "check-in", first, second);
    assert_int_equal(answer_number(&answer, "done"), 1);
    const char *was = world_format(world, "%lld", answer_number(&answer, "items/1/booking/seq"));
    answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/finish-maintenance", house.room[0]), "{\"quality\":\"ok\"}");
    assert_status(&answer, 200);
    answer = one_by_one("morning", "check-in", first, second);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "done"), 2);
    assert_string_equal(world_format(world, "%lld", answer_number(&answer, "items/1/booking/seq")), was);
    struct answer again = one_by_one("morning", "check-in", first, second);
    assert_true(str_equal(answer.body, again.body));
    answer = one_by_one("morning", "check-out", first, second);
    assert_problem(&answer, 422, "IDEMPOTENCY_KEY_REUSED");
    assert_string_equal(status_of(first), "CHECKED_IN");
    answer = world_ask(world, &(struct ask){.method = "POST",
                                            .target = "/v1/bookings:batch",
                                            .token = desk,
                                            .fields = "Idempotency-Key: morning\r\n",
                                            .body = world_format(world,
                                                                 "{\"property_id\":\"%s\",\"command\":\"check-out\","
                                                                 "\"items\":[{\"booking_id\":\"%s\"}]}",
                                                                 house.property, first)});
    assert_problem(&answer, 422, "IDEMPOTENCY_KEY_REUSED");
    assert_string_equal(status_of(first), "CHECKED_IN");
}

static void
a_group_goes_one_by_one(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    const char *first = answer_text(&group, "bookings/0/id");
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/check-in", first), NULL);
    assert_status(&answer, 200);
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/groups/%s/check-out", answer_text(&group, "id")),
                      .token = desk,
                      .fields = "Idempotency-Key: noon\r\n",
                      .body = "{\"mode\":\"one_by_one\"}"};
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "done"), 1);
    assert_string_equal(answer_text(&answer, "items/0/booking/status"), "CHECKED_OUT");
    assert_string_equal(answer_text(&answer, "items/1/problem/code"), "INVALID_TRANSITION");
    struct answer again = world_ask(world, &ask);
    assert_string_equal(answer_text(&again, "items/0/booking/status"), "CHECKED_OUT");
    assert_int_equal(answer_number(&again, "items/0/booking/seq"), answer_number(&answer, "items/0/booking/seq"));
}

/* --- confirm and cancel, whole and one by one --- */

/* Two studios that wait for a payment. */
static struct answer
unpaid_group(void)
{
    struct answer group = post_as(desk, "/v1/bookings",
                                  world_format(world,
                                               "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"quantity\":2,"
                                               "\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\","
                                               "\"payment\":\"required\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                               house.property, house.studio));
    assert_status(&group, 201);
    assert_string_equal(answer_text(&group, "bookings/1/status"), "PENDING_PAYMENT");
    return group;
}

static const char *
member_of(const struct answer *group, int index)
{
    return answer_text(group, world_format(world, "bookings/%d/id", index));
}

static void
step_one(const char *booking, const char *command)
{
    struct answer answer =
        post_as(desk, world_format(world, "/v1/bookings/%s/%s", booking, command), "{\"reason\":\"rain\"}");
    assert_status(&answer, 200);
}

/* Everything that can be seen of a booking. */
static const char *
look_at(const char *booking)
{
    struct answer shown = world_get(world, "/v1/bookings/%s", booking);
    struct answer events = world_get(world, "/v1/bookings/%s/events", booking);
    return world_format(world, "%s%s", shown.body.ptr, events.body.ptr);
}

static long long
free_studios(void)
{
    struct answer answer =
        world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-02", house.studio);
    return answer_number(&answer, "nights/0/free");
}

/* Both of a group, as they are listed or as all of it: "all_or_nothing" or "one_by_one", for a reason. */
static struct answer
step_listed(const struct answer *group, const char *command, const char *mode)
{
    return post_as(desk, "/v1/bookings:batch",
                   world_format(world,
                                "{\"property_id\":\"%s\",\"mode\":\"%s\",\"command\":\"%s\",\"items\":[{\"booking_id\":"
                                "\"%s\",\"reason\":\"rain\"},{\"booking_id\":\"%s\",\"reason\":\"rain\"}]}",
                                house.property, mode, command, member_of(group, 0), member_of(group, 1)));
}

static struct answer
step_all(const struct answer *group, const char *command, const char *mode)
{
    return post_as(desk, world_format(world, "/v1/groups/%s/%s", answer_text(group, "id"), command),
                   world_format(world, "{\"mode\":\"%s\",\"reason\":\"rain\"}", mode));
}

/* The first line was done and leads there; the second was refused for its status, and is as it was. */
static void
assert_first_alone(const struct answer *answer, const struct answer *group, const char *to, const char *status,
                   const char *was)
{
    assert_status(answer, 200);
    assert_int_equal(answer_number(answer, "done"), 1);
    assert_int_equal(answer_number(answer, "refused"), 1);
    assert_string_equal(answer_text(answer, "items/0/booking_id"), member_of(group, 0));
    assert_int_equal(answer_number(answer, "items/0/status"), 200);
    assert_string_equal(answer_text(answer, "items/0/booking/status"), to);
    assert_string_equal(status_of(member_of(group, 0)), to);
    assert_string_equal(answer_text(answer, "items/1/booking_id"), member_of(group, 1));
    assert_int_equal(answer_number(answer, "items/1/status"), 409);
    assert_string_equal(answer_text(answer, "items/1/problem/code"), "INVALID_TRANSITION");
    assert_string_equal(answer_text(answer, "items/1/problem/current_status"), status);
    assert_string_equal(look_at(member_of(group, 1)), was);
}

static void
several_are_confirmed_whole(void **state)
{
    (void)state;
    struct answer group = unpaid_group();
    struct answer answer = step_listed(&group, "confirm", "all_or_nothing");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/0/status"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "items/1/status"), "CONFIRMED");
    assert_string_equal(status_of(member_of(&group, 1)), "CONFIRMED");
    answer = world_get(world, "/v1/bookings/%s/events", member_of(&group, 0));
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.confirmed");
    assert_string_equal(answer_text(&answer, "items/1/reason"), "rain");
    answer = step_group(desk, &group, "cancel");
    assert_status(&answer, 200);
    group = unpaid_group();
    answer = step_all(&group, "confirm", "all_or_nothing");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    for (int i = 0; i < 2; i++) {
        answer = world_get(world, "/v1/bookings/%s", member_of(&group, i));
        assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
        assert_true(json_is_null(answer_at(&answer, "expires_at")));
    }
    assert_int_equal(free_studios(), 1);
}

/* One that was confirmed before keeps the others from it where they are listed. */
static void
none_is_confirmed_where_one_of_them_can_not_be(void **state)
{
    (void)state;
    struct answer group = unpaid_group();
    struct answer answer = batch("confirm", member_of(&group, 0), member_of(&group, 1)); /* a reason for one alone */
    assert_pointer(&answer, 409, "POLICY_REFUSED", "/items/1/booking_id");
    assert_string_equal(answer_text(&answer, "rule"), "payment_required");
    assert_string_equal(status_of(member_of(&group, 0)), "PENDING_PAYMENT");
    step_one(member_of(&group, 1), "confirm");
    const char *was[2] = {look_at(member_of(&group, 0)), look_at(member_of(&group, 1))};
    answer = step_listed(&group, "confirm", "all_or_nothing");
    assert_pointer(&answer, 409, "INVALID_TRANSITION", "/items/1/booking_id");
    assert_string_equal(answer_text(&answer, "current_status"), "CONFIRMED");
    for (int i = 0; i < 2; i++)
        assert_string_equal(look_at(member_of(&group, i)), was[i]);
    assert_string_equal(status_of(member_of(&group, 0)), "PENDING_PAYMENT");
}

/* --- a group's step, taken again for the rest --- */

static const char *
events_of(const struct answer *group)
{
    return world_format(world, "%s%s", look_at(member_of(group, 0)), look_at(member_of(group, 1)));
}

/* Both are there: the one that `answer` says was there already, and the other. */
static void
assert_one_already(const struct answer *answer, const struct answer *group, const char *status)
{
    assert_status(answer, 200);
    assert_int_equal(json_array_size(answer_at(answer, "items")), 2);
    for (int i = 0; i < 2; i++) {
        const char *item = world_format(world, "items/%d", i);
        assert_string_equal(answer_text(answer, world_format(world, "%s/id", item)), member_of(group, 1 - i));
        assert_string_equal(answer_text(answer, world_format(world, "%s/status", item)), status);
        assert_true((answer_at(answer, world_format(world, "%s/already", item)) != NULL) == (i == 1));
    }
}

/* Asked once more, nothing happens, and each is told to be there already. */
static void
assert_all_already(const struct answer *group, const char *command)
{
    const char *before = events_of(group);
    struct answer answer = step_all(group, command, "all_or_nothing");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    for (int i = 0; i < 2; i++)
        assert_true(json_is_true(answer_at(&answer, world_format(world, "items/%d/already", i))));
    assert_string_equal(events_of(group), before);
    answer = step_all(group, command, "one_by_one");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "already"), 2);
    assert_int_equal(answer_number(&answer, "done") + answer_number(&answer, "refused"), 0);
    assert_string_equal(events_of(group), before);
}

static void
a_step_of_a_group_is_taken_by_the_rest_of_it(void **state)
{
    (void)state;
    static const char *const steps[][2] = {
        {"confirm", "CONFIRMED"}, {"check-in", "CHECKED_IN"}, {"check-out", "CHECKED_OUT"}, {"cancel", "CANCELLED"}};
    struct answer unpaid = unpaid_group(), tonight = group_of_tonight();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const struct answer *group = i == 1 || i == 2 ? &tonight : &unpaid;
        step_one(member_of(group, 0), steps[i][0]);
        struct answer answer = step_all(group, steps[i][0], "all_or_nothing");
        assert_one_already(&answer, group, steps[i][1]);
        assert_all_already(group, steps[i][0]);
    }
}

/* Who has come was confirmed long since: those who have not are not kept from it. */
static void
who_has_come_keeps_nobody_from_being_confirmed(void **state)
{
    (void)state;
    struct answer group = group_of_tonight_with(",\"payment\":\"required\"");
    step_one(member_of(&group, 0), "confirm");
    step_one(member_of(&group, 0), "check-in");
    const char *was = look_at(member_of(&group, 0));
    struct answer answer = step_all(&group, "confirm", "all_or_nothing");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(status_of(member_of(&group, 1)), "CONFIRMED");
    assert_string_equal(look_at(member_of(&group, 0)), was);
    step_one(member_of(&group, 1), "check-in");
    answer = step_all(&group, "confirm", "all_or_nothing");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&answer, "allowed/0"), "check-out");
}

/* Whose guests did not come keep nobody in the house, and who has ended is asked for nothing. */
static void
who_can_not_be_meant_is_passed_over(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    step_one(member_of(&group, 0), "check-in");
    struct answer answer = step_all(&group, "check-out", "all_or_nothing");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(status_of(member_of(&group, 1)), "CONFIRMED");
    answer = step_all(&group, "cancel", "all_or_nothing");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(status_of(member_of(&group, 0)), "CHECKED_OUT");
}

static void
another_status_refuses_all_of_the_group(void **state)
{
    (void)state;
    struct answer group = group_of_tonight(), unpaid = unpaid_group();
    step_one(member_of(&group, 0), "check-in");
    const char *before = events_of(&group);
    struct answer answer = step_all(&group, "cancel", "all_or_nothing");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(events_of(&group), before);
    answer = step_all(&unpaid, "check-in", "all_or_nothing");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&answer, "current_status"), "PENDING_PAYMENT");
    assert_non_null(strstr(answer_text(&answer, "detail"), "waits for a payment"));
}

static void
a_group_with_nothing_left_to_do_says_what_it_can_do(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    struct answer answer = step_all(&group, "check-out", "all_or_nothing");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_null(answer_at(&answer, "current_status"));
    assert_int_equal(json_array_size(answer_at(&answer, "allowed")), 2);
    assert_string_equal(answer_text(&answer, "allowed/0"), "cancel");
    assert_string_equal(answer_text(&answer, "allowed/1"), "check-in");
    answer = step_all(&group, "cancel", "all_or_nothing");
    assert_status(&answer, 200);
    answer = step_all(&group, "check-in", "all_or_nothing");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_int_equal(json_array_size(answer_at(&answer, "allowed")), 0);
    assert_non_null(strstr(answer_text(&answer, "detail"), "have ended"));
}

static void
one_by_one_who_can_be_is_confirmed(void **state)
{
    (void)state;
    struct answer group = unpaid_group();
    step_one(member_of(&group, 1), "confirm");
    const char *was = look_at(member_of(&group, 1));
    struct answer answer = step_listed(&group, "confirm", "one_by_one");
    assert_first_alone(&answer, &group, "CONFIRMED", "CONFIRMED", was);
    answer = step_group(desk, &group, "cancel");
    assert_status(&answer, 200);
    group = unpaid_group();
    step_one(member_of(&group, 1), "cancel");
    was = look_at(member_of(&group, 1));
    answer = step_all(&group, "confirm", "one_by_one");
    assert_first_alone(&answer, &group, "CONFIRMED", "CANCELLED", was);
    assert_int_equal(free_studios(), 2);
}

/* Guests in the house can't be called off, and with them none of those that are to be called off together. */
static void
none_is_cancelled_where_one_of_them_can_not_be(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    step_one(member_of(&group, 1), "check-in");
    const char *was[2] = {look_at(member_of(&group, 0)), look_at(member_of(&group, 1))};
    struct answer answer = step_listed(&group, "cancel", "all_or_nothing");
    assert_pointer(&answer, 409, "INVALID_TRANSITION", "/items/1/booking_id");
    answer = step_group(desk, &group, "cancel");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&answer, "booking_id"), member_of(&group, 1));
    assert_string_equal(answer_text(&answer, "current_status"), "CHECKED_IN");
    for (int i = 0; i < 2; i++)
        assert_string_equal(look_at(member_of(&group, i)), was[i]);
}

static void
one_by_one_who_can_be_is_cancelled(void **state)
{
    (void)state;
    struct answer group = group_of_tonight();
    step_one(member_of(&group, 1), "check-in");
    const char *was = look_at(member_of(&group, 1));
    struct answer answer = step_all(&group, "cancel", "one_by_one");
    assert_first_alone(&answer, &group, "CANCELLED", "CHECKED_IN", was);
    group = unpaid_group();
    step_one(member_of(&group, 1), "cancel");
    was = look_at(member_of(&group, 1));
    assert_int_equal(free_studios(), 2);
    answer = step_listed(&group, "cancel", "one_by_one");
    assert_first_alone(&answer, &group, "CANCELLED", "CANCELLED", was);
    assert_int_equal(free_studios(), 3);
}

/* Who has paid leaves, also when others of the same morning have not. */
static void
one_by_one_only_who_owes_stays(void **state)
{
    (void)state;
    struct answer group = group_that_owes();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    pay(second, 5000);
    struct answer answer = one_by_one("noon", "check-out", first, second);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "done"), 1);
    assert_int_equal(answer_number(&answer, "refused"), 1);
    assert_int_equal(answer_number(&answer, "items/0/status"), 409);
    assert_string_equal(answer_text(&answer, "items/0/problem/code"), "BALANCE_DUE");
    assert_int_equal(answer_number(&answer, "items/0/problem/limits/balance_due"), 5000);
    assert_string_equal(answer_text(&answer, "items/1/booking/status"), "CHECKED_OUT");
    assert_string_equal(status_of(first), "CHECKED_IN");
    assert_string_equal(status_of(second), "CHECKED_OUT");
    pay(first, 5000);
    answer = one_by_one("noon", "check-out", first, second);
    assert_int_equal(answer_number(&answer, "done"), 2);
    assert_string_equal(status_of(first), "CHECKED_OUT");
}

static void
nobody_leaves_together_while_one_of_them_owes(void **state)
{
    (void)state;
    struct answer group = group_that_owes();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    pay(first, 5000);
    struct answer events = world_get(world, "/v1/bookings/%s/events", first);
    size_t count = json_array_size(answer_at(&events, "items"));
    struct answer answer = batch("check-out", first, second);
    assert_problem(&answer, 409, "BALANCE_DUE");
    assert_string_equal(answer_text(&answer, "booking_id"), second);
    assert_int_equal(answer_number(&answer, "limits/balance_due"), 5000);
    answer = step_group(desk, &group, "check-out");
    assert_problem(&answer, 409, "BALANCE_DUE");
    assert_string_equal(status_of(first), "CHECKED_IN");
    assert_string_equal(status_of(second), "CHECKED_IN");
    events = world_get(world, "/v1/bookings/%s/events", first);
    assert_int_equal(json_array_size(answer_at(&events, "items")), count);
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "room_status"), "OCCUPIED");
}

/* It does not matter for which of them it was paid. */
static void
one_who_pays_for_all_of_a_group_lets_each_leave(void **state)
{
    (void)state;
    struct answer group = group_that_owes();
    const char *first = answer_text(&group, "bookings/0/id"), *second = answer_text(&group, "bookings/1/id");
    pay(first, 9999);
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/check-out", second), NULL);
    assert_problem(&answer, 409, "BALANCE_DUE");
    assert_int_equal(answer_number(&answer, "limits/balance_due"), 1);
    pay(first, 1);
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/check-out", second), NULL);
    assert_status(&answer, 200);
    answer = step_group(desk, &group, "check-out");
    assert_status(&answer, 200);
    assert_string_equal(status_of(first), "CHECKED_OUT");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_batch_is_done_whole, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_first_that_is_refused_refuses_them_all, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_left_of_a_group_is_cancelled_at_once, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_group_comes_in_and_leaves_together, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(nobody_comes_in_when_one_of_them_can_not, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(rooms_are_given_with_the_keys, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(one_by_one_each_line_has_its_own_result, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_line_names_what_is_in_its_way_and_a_trial_the_room_it_would_get, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_same_lines_again_repeat_nothing, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_group_goes_one_by_one, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(several_are_confirmed_whole, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(none_is_confirmed_where_one_of_them_can_not_be, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_step_of_a_group_is_taken_by_the_rest_of_it, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_has_come_keeps_nobody_from_being_confirmed, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_can_not_be_meant_is_passed_over, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(another_status_refuses_all_of_the_group, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_group_with_nothing_left_to_do_says_what_it_can_do, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(one_by_one_who_can_be_is_confirmed, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(none_is_cancelled_where_one_of_them_can_not_be, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(one_by_one_who_can_be_is_cancelled, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(one_by_one_only_who_owes_stays, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(nobody_leaves_together_while_one_of_them_owes, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(one_who_pays_for_all_of_a_group_lets_each_leave, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_for_the_desk_alone_is_refused_elsewhere, setup, fixture_tear_down),
    };
    return test_run("api/batch", tests);
}
