/* The whole grid of statuses and commands over HTTP: what booking.def does not lead from a status is refused with
 * INVALID_TRANSITION and changes nothing.
 *
 * The table says which pairs these are, and the route table which commands can be asked for, so that a new command is
 * tried by itself. One that needs fields says here how it is asked. */
#include <sqlite3.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booking_id, *other_id, *guest_id;

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

/* Behind the back of the engine, which reads the row anew for each command: there is no way over HTTP into every
 * status that takes no time. */
static void
put_in_status(enum booking_status status)
{
    sqlite3 *db;
    char *said = NULL;
    bool in = status == BOOKING_CHECKED_IN || status == BOOKING_CHECKED_OUT;
    assert_int_equal(sqlite3_open(world_format(world, "%s/world.db", world->scratch.path), &db), SQLITE_OK);
    const char *sql = world_format(
        world,
        "PRAGMA ignore_check_constraints = ON; UPDATE booking SET status = '%s', checked_in_at = %s, "
        "checked_out_at = %s, cancelled_at = %s WHERE code_number = 0",
        booking_status_name(status).ptr, in ? "created_at" : "NULL",
        status == BOOKING_CHECKED_OUT ? "created_at" : "NULL", status == BOOKING_CANCELLED ? "created_at" : "NULL");
    (void)sqlite3_busy_timeout(db, 60000);
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s", said);
    assert_int_equal(sqlite3_changes(db), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_table_does_not_have_is_refused_and_changes_nothing, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_happens_by_itself_can_not_be_asked_for, setup, fixture_tear_down),
    };
    return test_run("api/booking_grid", tests);
}
