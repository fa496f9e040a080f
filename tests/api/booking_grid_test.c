/* The whole grid of statuses and commands over HTTP: what booking.def does not lead from a status is refused with
 * INVALID_TRANSITION and changes nothing, also where it is asked for by a guest's link, of a group or of a list.
 *
 * The table says which pairs these are, and the route table which commands can be asked for, so that a new command is
 * tried by itself. One that needs fields says here how it is asked. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booking_id, *other_id, *guest_id, *group_id;

/* What commands are sent that do not do with an empty object; %R is a room, %B another booking. */
static const struct {
    const char *command, *body;
} bodies[] = {
    {"amend", "{\"party\":2}"},
    {"assign", "{\"room_id\":\"%R\"}"},
    {"move", "{\"to_room_id\":\"%R\"}"},
    {"swap", "{\"with_booking_id\":\"%B\"}"},
    {"extend", "{\"departure\":\"2026-11-29\"}"},
    {"waive-fee", "{\"reason\":\"a complaint\"}"},
    {"add-guest", "{\"guest\":{\"name\":\"Grace Hopper\"}}"},
};

static const char *
book(void)
{
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                      "\"departure\":\"2026-11-25\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                      house.property, house.type);
    assert_status(&answer, 201);
    return answer_text(&answer, "id");
}

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    booking_id = book();
    other_id = book();
    struct answer answer = world_get(world, "/v1/bookings/%s", booking_id);
    guest_id = answer_text(&answer, "guest_id");
    return 0;
}

static const char *
body_for(const char *command)
{
    const char *body = "{}";
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        if (strcmp(bodies[i].command, command) == 0)
            body = bodies[i].body;
    const char *at = strchr(body, '%');
    if (at == NULL)
        return body;
    return world_format(world, "%.*s%s%s", (int)(at - body), body, at[1] == 'R' ? house.room[1] : other_id, at + 2);
}

/* Where a command is asked for that is not a word behind its booking; %G is the guest who booked. */
static const struct {
    const char *command, *path, *target;
    enum http_method method;
} places[] = {
    {"amend", "", "", HTTP_PATCH},
    {"add-guest", "/guests", "/guests", HTTP_POST},
    {"remove-guest", "/guests/{guest_id}", "/guests/%G", HTTP_DELETE},
};

/* The route of a command; NULL for what happens to a booking by itself, and for creating one. */
static const struct route *
find_route(const char *command)
{
    const char *path = world_format(world, "/v1/bookings/{booking_id}/%s", command);
    enum http_method method = HTTP_POST;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (strcmp(places[i].command, command) == 0) {
            path = world_format(world, "/v1/bookings/{booking_id}%s", places[i].path);
            method = places[i].method;
        }
    }
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        if (strcmp(route->path, path) == 0 && route->method == method)
            return route;
    }
    return NULL;
}

static const char *
target_for(const char *command)
{
    const char *target = world_format(world, "/%s", command);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(places[i].command, command) == 0)
            target = places[i].target;
    const char *at = strchr(target, '%');
    if (at != NULL)
        target = world_format(world, "%.*s%s", (int)(at - target), target, guest_id);
    return world_format(world, "/v1/bookings/%s%s", booking_id, target);
}

/* There is no way over HTTP into every status that takes no time. */
static void
put_in_status(enum booking_status status)
{
    bool in = status == BOOKING_CHECKED_IN || status == BOOKING_CHECKED_OUT;
    int changed = fixture_run_sql(world_format(
        world,
        "PRAGMA ignore_check_constraints = ON; UPDATE booking SET status = '%s', checked_in_at = %s, "
        "checked_out_at = %s, cancelled_at = %s WHERE code_number = (SELECT min(code_number) FROM booking)",
        booking_status_name(status).ptr, in ? "created_at" : "NULL",
        status == BOOKING_CHECKED_OUT ? "created_at" : "NULL", status == BOOKING_CANCELLED ? "created_at" : "NULL"));
    assert_int_equal(changed, 1);
}

/* Everything that can be seen of the house. */
static const char *
look(void)
{
    struct answer booking = world_get(world, "/v1/bookings/%s", booking_id);
    struct answer other = world_get(world, "/v1/bookings/%s", other_id);
    struct answer rooms = world_get(world, "/v1/rooms?property_id=%s", house.property);
    struct answer nights =
        world_get(world, "/v1/inventory?room_type_id=%s&from=2026-11-22&until=2026-12-01", house.type);
    struct answer events = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    return world_format(world, "%s%s%s%s%s", booking.body.ptr, other.body.ptr, rooms.body.ptr, nights.body.ptr,
                        events.body.ptr);
}

/* What may be asked for instead is said, and the command is not among it. */
static void
assert_refused(const struct answer *answer, enum booking_status from, const char *command)
{
    if (answer->status != 409)
        fail_msg("%s of a %s: %d %s", command, booking_status_name(from).ptr, answer->status, answer->body.ptr);
    assert_problem(answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(answer, "current_status"), booking_status_name(from).ptr);
    json_t *allowed = answer_at(answer, "allowed");
    for (size_t i = 0; i < json_array_size(allowed); i++)
        assert_string_not_equal(json_string_value(json_array_get(allowed, i)), command);
}

static size_t
check_commands(enum booking_status from)
{
    size_t tried = 0;
    put_in_status(from);
    const char *before = look();
    for (int i = 0; i < BOOKING_COMMAND_COUNT; i++) {
        const char *command = booking_command_name((enum booking_command)i).ptr;
        const struct route *route = find_route(command);
        if (route == NULL || booking_machine_allows(from, (enum booking_command)i))
            continue;
        struct answer answer =
            world_ask(world, &(struct ask){.method = route->method_name.ptr,
                                           .target = target_for(command),
                                           .token = world->owner,
                                           .body = route->method == HTTP_DELETE ? NULL : body_for(command),
                                           .fields = "If-Match: \"1\"\r\n"});
        assert_refused(&answer, from, command);
        assert_string_equal(look(), before);
        tried++;
    }
    return tried;
}

static void
what_the_table_does_not_have_is_refused_and_changes_nothing(void **state)
{
    size_t tried = 0;
    (void)state;
    for (int from = BOOKING_NONE + 1; from < BOOKING_STATUS_COUNT; from++)
        tried += check_commands((enum booking_status)from);
    print_message("# %zu pairs\n", tried);
    assert_true(tried >= 54);
}

static void
what_happens_by_itself_can_not_be_asked_for(void **state)
{
    (void)state;
    assert_null(find_route("expire"));
    assert_null(find_route("displace"));
    assert_non_null(find_route("amend"));
    assert_non_null(find_route("no-show"));
    assert_non_null(find_route("add-guest"));
    assert_non_null(find_route("remove-guest"));
}

/* --- what is asked for in other places --- */

static void
assert_unchanged(const struct answer *answer, enum booking_status from, const char *command, const char *before)
{
    assert_refused(answer, from, command);
    assert_string_equal(look(), before);
}

static void
a_room_is_looked_for_where_one_may_be_given(void **state)
{
    (void)state;
    for (int i = BOOKING_NONE + 1; i < BOOKING_STATUS_COUNT; i++) {
        enum booking_status from = (enum booking_status)i;
        if (booking_machine_allows(from, BOOKING_COMMAND_ASSIGN))
            continue;
        put_in_status(from);
        const char *before = look();
        struct answer answer = world_post(world, world_format(world, "/v1/bookings/%s/auto-assign", booking_id), "{}");
        assert_unchanged(&answer, from, "assign", before);
    }
}

static void
a_guest_cancels_what_staff_could_cancel(void **state)
{
    (void)state;
    struct answer link = world_post(world, world_format(world, "/v1/bookings/%s/guest-link", booking_id), "{}");
    assert_status(&link, 201);
    for (int i = BOOKING_NONE + 1; i < BOOKING_STATUS_COUNT; i++) {
        enum booking_status from = (enum booking_status)i;
        if (booking_machine_allows(from, BOOKING_COMMAND_CANCEL))
            continue;
        put_in_status(from);
        const char *before = look();
        struct answer answer =
            post_as(answer_text(&link, "token"), "/v1/guest/booking/cancel", "{\"accepted_fee\":1000}");
        assert_unchanged(&answer, from, "cancel", before);
    }
}

/* Steps of many: what is asked for, and what it is in the table. */
static const struct {
    enum booking_command command;
    enum booking_status to; /* of a group; else BOOKING_NONE */
} steps[] = {
    {BOOKING_COMMAND_CONFIRM, BOOKING_CONFIRMED},   {BOOKING_COMMAND_CANCEL, BOOKING_CANCELLED},
    {BOOKING_COMMAND_CHECK_IN, BOOKING_CHECKED_IN}, {BOOKING_COMMAND_CHECK_OUT, BOOKING_CHECKED_OUT},
    {BOOKING_COMMAND_APPROVE, BOOKING_NONE},        {BOOKING_COMMAND_DECLINE, BOOKING_NONE},
    {BOOKING_COMMAND_NO_SHOW, BOOKING_NONE},
};

/* The first booking is of a group of its own. */
static int
setup_group(void **state)
{
    (void)state;
    fixture_begin(NULL);
    struct answer group = world_post(world, "/v1/bookings",
                                     "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                     "\"departure\":\"2026-11-25\",\"quantity\":1,\"guest\":{\"name\":\"Ada\"}}",
                                     house.property, house.type);
    assert_status(&group, 201);
    group_id = answer_text(&group, "id");
    booking_id = answer_text(&group, "bookings/0/id");
    other_id = book();
    return 0;
}

/* One by one the request is answered, and its only line is refused. */
static void
assert_line_refused(const struct answer *answer, enum booking_status from, const char *command)
{
    assert_status(answer, 200);
    assert_int_equal(answer_number(answer, "done"), 0);
    assert_int_equal(answer_number(answer, "items/0/status"), 409);
    assert_string_equal(answer_text(answer, "items/0/problem/code"), "INVALID_TRANSITION");
    assert_string_equal(answer_text(answer, "items/0/problem/current_status"), booking_status_name(from).ptr);
    json_t *allowed = answer_at(answer, "items/0/problem/allowed");
    assert_true(json_is_array(allowed));
    for (size_t i = 0; i < json_array_size(allowed); i++)
        assert_string_not_equal(json_string_value(json_array_get(allowed, i)), command);
}

/* Of a group only what has not ended is asked: where nothing is left, there is no status to tell of; and whoever is
 * there already is left there. */
static void
check_group_step(enum booking_status from, enum booking_status to, const char *command, const char *before)
{
    const char *target = world_format(world, "/v1/groups/%s/%s", group_id, command);
    struct answer answer = world_post(world, target, "{}");
    if (from == to) {
        assert_status(&answer, 200);
        answer = world_post(world, target, "{\"mode\":\"one_by_one\"}");
        assert_int_equal(answer_number(&answer, "already"), 1);
        assert_string_equal(look(), before);
        return;
    }
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    if (answer_at(&answer, "current_status") != NULL)
        assert_refused(&answer, from, command);
    assert_string_equal(look(), before);
    answer = world_post(world, target, "{\"mode\":\"one_by_one\"}");
    assert_line_refused(&answer, from, command);
    assert_string_equal(look(), before);
}

static struct answer
step_listed(const char *command, const char *mode)
{
    return world_post(world, "/v1/bookings:batch",
                      "{\"property_id\":\"%s\",\"mode\":\"%s\",\"command\":\"%s\",\"items\":[{\"booking_id\":\"%s\"}]}",
                      house.property, mode, command, booking_id);
}

static void
check_listed_step(enum booking_status from, const char *command, const char *before)
{
    struct answer answer = step_listed(command, "all_or_nothing");
    assert_pointer(&answer, 409, "INVALID_TRANSITION", "/items/0/booking_id");
    assert_unchanged(&answer, from, command, before);
    answer = step_listed(command, "one_by_one");
    assert_line_refused(&answer, from, command);
    assert_string_equal(look(), before);
}

static void
what_is_refused_of_one_is_refused_of_many(void **state)
{
    size_t tried = 0;
    (void)state;
    for (int i = BOOKING_NONE + 1; i < BOOKING_STATUS_COUNT; i++) {
        enum booking_status from = (enum booking_status)i;
        put_in_status(from);
        const char *before = look();
        for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
            const char *command = booking_command_name(steps[s].command).ptr;
            if (booking_machine_allows(from, steps[s].command))
                continue;
            if (steps[s].to != BOOKING_NONE)
                check_group_step(from, steps[s].to, command, before);
            check_listed_step(from, command, before);
            tried++;
        }
    }
    print_message("# %zu pairs\n", tried);
    assert_int_equal(tried, 9 * 7 - 2 - 3 - 1 - 1 - 1 - 1 - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_table_does_not_have_is_refused_and_changes_nothing, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_happens_by_itself_can_not_be_asked_for, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_is_looked_for_where_one_may_be_given, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_cancels_what_staff_could_cancel, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_refused_of_one_is_refused_of_many, setup_group, fixture_tear_down),
    };
    return test_run("api/booking_grid", tests);
}
