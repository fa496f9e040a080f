/* Housekeeping over HTTP: the whole grid, who is told what, the list to walk by, and two who change a room at once. */
#include <string.h>

#include "core/room_state.h"
#include "tests/api/fixture.h"
#include "tests/api/race.h"
#include "tests/unit/test.h"

static struct answer
room_step(const char *token, const char *command, const char *body)
{
    return post_as(token, world_format(world, "/v1/rooms/%s/%s", house.room[0], command), body);
}

static const char *
look(void)
{
    struct answer rooms = world_get(world, "/v1/rooms?property_id=%s", house.property);
    struct answer events = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    return world_format(world, "%s%s", rooms.body.ptr, events.body.ptr);
}

static const struct {
    enum room_command command;
    enum room_result result;
    const char *body;
} steps[] = {
    {ROOM_COMMAND_START_CLEANING, ROOM_RESULT_NONE, "{}"},
    {ROOM_COMMAND_FINISH_CLEANING, ROOM_RESULT_NONE, "{}"},
    {ROOM_COMMAND_INSPECT, ROOM_RESULT_PASS, "{\"result\":\"pass\"}"},
    {ROOM_COMMAND_INSPECT, ROOM_RESULT_FAIL, "{\"result\":\"fail\"}"},
    {ROOM_COMMAND_MARK_DIRTY, ROOM_RESULT_NONE, "{}"},
    {ROOM_COMMAND_REPORT_MAINTENANCE, ROOM_RESULT_NONE, "{\"note\":\"a leak\"}"},
    {ROOM_COMMAND_FINISH_MAINTENANCE, ROOM_RESULT_PASS, "{\"quality\":\"ok\"}"},
    {ROOM_COMMAND_FINISH_MAINTENANCE, ROOM_RESULT_FAIL, "{\"quality\":\"dirty\"}"},
    {ROOM_COMMAND_FINISH_MAINTENANCE, ROOM_RESULT_AS_IT_WAS, "{\"quality\":\"repaired\"}"},
};

static void
put_in_state(const struct room_state *state)
{
    fixture_run_sql(world_format(
        world,
        "DELETE FROM occupancy; %s; UPDATE room SET cleanliness = '%s', fault = %s, fault_since = %s "
        "WHERE number = '101'",
        room_is_occupied(state) ? "INSERT INTO occupancy SELECT 1, r.id, b.id FROM room r, booking b "
                                  "WHERE r.number = '101' LIMIT 1"
                                : "SELECT 1",
        cleanliness_name(state->cleanliness).ptr, room_is_faulty(state) ? "CAST('some fault text.' AS BLOB)" : "NULL",
        room_is_faulty(state) ? "1" : "NULL"));
}

static void
assert_refused(const struct answer *answer, const struct room_state *state, enum room_command command)
{
    assert_problem(answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(answer, "current_status"), room_status_name(room_status_of(state)).ptr);
    json_t *allowed = answer_at(answer, "allowed");
    size_t count = 0;
    for (int i = 0; i < ROOM_COMMAND_COUNT; i++)
        count += room_machine_allows(state, (enum room_command)i);
    assert_int_equal(json_array_size(allowed), count);
    for (size_t i = 0; i < json_array_size(allowed); i++)
        assert_string_not_equal(json_string_value(json_array_get(allowed, i)), room_command_name(command).ptr);
}

static bool
try_step(const struct room_state *state, size_t step)
{
    enum cleanliness to;
    bool faulty;
    put_in_state(state);
    const char *before = look();
    struct answer answer = room_step(world->owner, room_command_name(steps[step].command).ptr, steps[step].body);
    if (!room_machine_step(state, steps[step].command, steps[step].result, &to, &faulty)) {
        assert_refused(&answer, state, steps[step].command);
        assert_string_equal(look(), before);
        return false;
    }
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "cleanliness"), cleanliness_name(to).ptr);
    assert_int_equal(json_is_object(answer_at(&answer, "fault")), faulty);
    assert_int_equal(json_is_true(answer_at(&answer, "is_occupied")), room_is_occupied(state));
    return true;
}

static void
the_table_is_the_whole_of_what_can_be_done(void **state)
{
    (void)state;
    size_t done = 0, refused = 0;
    struct answer booking = world_post(world, "/v1/bookings",
                                       "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                       "\"departure\":\"2026-11-25\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                       house.property, house.type);
    assert_status(&booking, 201);
    for (int bits = 0; bits < CLEANLINESS_COUNT * 4; bits++) {
        struct room_state there = {.cleanliness = (enum cleanliness)(bits / 4)};
        there.fault = (bits & 1) != 0 ? (struct id){0, 1} : ID_NONE;
        there.occupant = (bits & 2) != 0 ? (struct id){0, 1} : ID_NONE;
        for (size_t step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
            if (try_step(&there, step))
                done++;
            else
                refused++;
        }
    }
    assert_int_equal(done, 60);
    assert_int_equal(refused, 84);
}

static void
a_room_is_cleaned_inspected_and_mended(void **state)
{
    (void)state;
    const char *maid = fixture_caller(ROLE_HOUSEKEEPING, false);
    struct answer answer = room_step(maid, "inspect", "{\"result\":\"fail\"}"); /* a new room is clean */
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_status"), "CHECKOUT_DIRTY");
    answer = room_step(maid, "start-cleaning", "{}");
    assert_string_equal(answer_text(&answer, "room_status"), "CLEANING_IN_PROGRESS");
    answer = room_step(maid, "finish-cleaning", "{}");
    assert_string_equal(answer_text(&answer, "room_status"), "CLEANED_UNINSPECTED");
    answer = room_step(maid, "inspect", "{\"result\":\"pass\"}");
    assert_string_equal(answer_text(&answer, "room_status"), "READY_FOR_GUEST");
    assert_int_equal(answer_number(&answer, "version"), 5);
    answer = room_step(maid, "report-maintenance", "{\"note\":\"the window does not close\"}");
    assert_string_equal(answer_text(&answer, "room_status"), "MAINTENANCE_REQUIRED");
    assert_string_equal(answer_text(&answer, "fault/note"), "the window does not close");
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "fault/note"), "the window does not close");
    answer = room_step(maid, "finish-maintenance", "{\"quality\":\"ok\"}");
    assert_string_equal(answer_text(&answer, "room_status"), "READY_FOR_GUEST");
    answer = room_step(maid, "report-maintenance", "{\"note\":\"  \"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/note");
    answer = room_step(fixture_caller(ROLE_BOOKER, false), "start-cleaning", "{}");
    assert_problem(&answer, 403, "FORBIDDEN");
}

/* What a reply shows of a room is what whoever reads it next sees. */
static void
a_step_is_answered_with_the_words_of_the_room(void **state)
{
    (void)state;
    struct answer answer = room_step(world->owner, "report-maintenance?dry_run=true", "{\"note\":\"a \\\"leak\\\"\"}");
    assert_string_equal(answer_text(&answer, "fault/note"), "a \"leak\"");
    answer = room_step(world->owner, "report-maintenance", "{\"note\":\"a leak\"}");
    assert_string_equal(answer_text(&answer, "fault/note"), "a leak");
    answer = room_step(world->owner, "set-note", "{\"note\":\"no towels\"}");
    assert_string_equal(answer_text(&answer, "note"), "no towels");
    assert_string_equal(answer_text(&answer, "fault/note"), "a leak");
    answer = room_step(world->owner, "mark-dirty", "{}");
    struct answer room = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_true(json_equal(answer_at(&room, "fault"), answer_at(&answer, "fault")));
    assert_true(json_equal(answer_at(&room, "note"), answer_at(&answer, "note")));
    answer = room_step(world->owner, "finish-maintenance", "{\"quality\":\"ok\"}");
    assert_true(json_is_null(answer_at(&answer, "fault")));
    assert_string_equal(answer_text(&answer, "note"), "no towels");
}

static void
who_arrives_today_is_told_to_who_reports(void **state)
{
    (void)state;
    struct answer booking = world_post(world, "/v1/bookings",
                                       "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                       "\"departure\":\"2026-11-25\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                       house.property, house.room[0]);
    assert_status(&booking, 201);
    struct answer answer = room_step(world->owner, "report-maintenance", "{\"note\":\"a leak\"}");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "affected")), 1);
    assert_string_equal(answer_text(&answer, "affected/0"), answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "affected_bookings/0/booking_id"), answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "affected_bookings/0/code"), answer_text(&booking, "code"));
    assert_string_equal(answer_text(&answer, "affected_bookings/0/guest_name"), "Ada Lovelace");
    answer = room_step(world->owner, "finish-maintenance", "{\"quality\":\"ok\"}");
    assert_status(&answer, 200);
    answer = room_step(fixture_caller(ROLE_HOUSEKEEPING, false), "report-maintenance", "{\"note\":\"a leak\"}");
    assert_int_equal(json_array_size(answer_at(&answer, "affected")), 1);
    assert_null(answer_at(&answer, "affected_bookings"));
    booking = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&booking, "room_id"), house.room[0]); /* and stays */
}

static void
who_may_not_see_bookings_is_not_told_who_is_in_a_room(void **state)
{
    (void)state;
    const char *maid = fixture_caller(ROLE_HOUSEKEEPING, false);
    struct answer booking = world_post(world, "/v1/bookings",
                                       "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2026-11-22\","
                                       "\"departure\":\"2026-11-25\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                       house.property, house.type);
    struct room_state there = {.cleanliness = CLEANLINESS_DIRTY, .occupant = {0, 1}};
    put_in_state(&there);
    struct answer answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "occupied_by"), answer_text(&booking, "id"));
    answer = get_as(maid, world_format(world, "/v1/rooms/%s", house.room[0]));
    assert_null(answer_at(&answer, "occupied_by"));
    assert_true(json_is_true(answer_at(&answer, "is_occupied")));
    answer = room_step(maid, "start-cleaning", "{}");
    assert_status(&answer, 200);
    assert_null(answer_at(&answer, "occupied_by"));
    assert_string_equal(answer_text(&answer, "room_status"), "OCCUPIED");
    answer = room_step(world->owner, "finish-cleaning", "{}");
    assert_string_equal(answer_text(&answer, "occupied_by"), answer_text(&booking, "id"));
}

static void
a_note_is_read_and_taken_away(void **state)
{
    (void)state;
    struct answer answer = room_step(world->owner, "set-note", "{\"note\":\"extra towels\"}");
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&answer, "note"), "extra towels");
    answer = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    assert_null(strstr(answer.body.ptr, "\"body\":{\"note\":\"extra")); /* by its id alone */
    answer = room_step(world->owner, "set-note", "{\"note\":null}");
    assert_status(&answer, 200);
    assert_null(answer_at(&answer, "note_id"));
    answer = room_step(world->owner, "set-note", "{\"note\":null}"); /* as it is */
    assert_status(&answer, 200);
}

static const char *
make_user(const char *email, const char *role)
{
    struct answer user = world_post(
        world, "/v1/users", "{\"email\":\"%s\",\"name\":\"Maid\",\"roles\":[{\"property_id\":\"%s\",\"role\":\"%s\"}]}",
        email, house.property, role);
    assert_status(&user, 201);
    return answer_text(&user, "id");
}

static void
give(const char *rooms, const char *attendant, int status)
{
    struct answer answer =
        world_post(world, "/v1/rooms:assign-attendant", "{\"property_id\":\"%s\",%s,\"attendant_id\":\"%s\"}",
                   house.property, rooms, attendant);
    assert_status(&answer, status);
}

static void
make_room(const char *number, const char *floor)
{
    struct answer answer = world_post(
        world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"%s\",\"floor\":\"%s\"}",
        house.property, house.type, number, floor);
    assert_status(&answer, 201);
}

static void
a_floor_is_given_and_walked(void **state)
{
    (void)state;
    const char *ada = make_user("maid@example.org", "housekeeping");
    make_room("10", "8");
    make_room("9", "8");
    give("\"floor\":\"8\"", ada, 200);
    give("\"floor\":\"88\"", ada, 404);
    struct answer answer =
        world_post(world, "/v1/rooms:assign-attendant",
                   "{\"property_id\":\"%s\",\"floor\":\"88\",\"attendant_id\":\"%s\"}", house.property, ada);
    assert_pointer(&answer, 404, "NOT_FOUND", "/floor");
    assert_string_equal(answer_text(&answer, "detail"), "No room is on that floor.");
    give("\"floor\":\"8\"", "usr_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 404);
    struct answer report =
        world_get(world, "/v1/reports/housekeeping?property_id=%s&attendant_id=%s", house.property, ada);
    assert_status(&report, 200);
    assert_int_equal(json_array_size(answer_at(&report, "items")), 2);
    assert_string_equal(answer_text(&report, "items/0/room/number"), "9");
    assert_string_equal(answer_text(&report, "items/1/room/number"), "10");
    assert_string_equal(answer_text(&report, "items/1/room/attendant_id"), ada);
    report = world_get(world, "/v1/reports/housekeeping?property_id=%s&floor=8&building=x", house.property);
    assert_int_equal(json_array_size(answer_at(&report, "items")), 0);
}

static void
assert_left(const char *expected)
{
    struct answer report =
        world_get(world, "/v1/reports/housekeeping?property_id=%s&floor=8&todo=true", house.property);
    char left[32] = "";
    for (size_t i = 0; i < json_array_size(answer_at(&report, "items")) && strlen(left) < 16; i++)
        (void)snprintf(left + strlen(left), sizeof(left) - strlen(left), "%s ",
                       answer_text(&report, world_format(world, "items/%zu/room/number", i)));
    assert_string_equal(left, expected);
}

static void
what_is_left_to_be_done_is_listed_by_itself(void **state)
{
    (void)state;
    make_room("9", "8");
    make_room("10", "8");
    struct answer rooms = world_get(world, "/v1/reports/housekeeping?property_id=%s&floor=8", house.property);
    const char *nine = world_format(world, "/v1/rooms/%s", answer_text(&rooms, "items/0/room/id"));
    assert_left("9 10 ");
    struct answer answer = world_post(world, world_format(world, "%s/inspect", nine), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    assert_left("10 ");
    answer = world_post(world, world_format(world, "%s/report-maintenance", nine), "{\"note\":\"no light\"}");
    assert_status(&answer, 200);
    assert_left("9 10 ");
}

static void
book(const char *arrival, const char *departure)
{
    struct answer booking =
        world_post(world, "/v1/bookings",
                   "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                   "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                   house.property, house.room[0], arrival, departure);
    assert_status(&booking, 201);
}

static void
assert_day(const char *date, bool leaves, bool stays, bool arrives, const char *ready_by)
{
    struct answer report = world_get(world, "/v1/reports/housekeeping?property_id=%s&date=%s", house.property, date);
    assert_status(&report, 200);
    json_t *items = answer_at(&report, "items"), *item = NULL;
    for (size_t i = 0; i < json_array_size(items); i++)
        if (strcmp(json_string_value(json_object_get(json_object_get(json_array_get(items, i), "room"), "id")),
                   house.room[0]) == 0)
            item = json_array_get(items, i);
    assert_non_null(item);
    assert_int_equal(json_is_true(json_object_get(item, "departure")), leaves);
    assert_int_equal(json_is_true(json_object_get(item, "stay_over")), stays);
    assert_int_equal(json_is_true(json_object_get(item, "arrival")), arrives);
    if (ready_by == NULL)
        assert_true(json_is_null(json_object_get(item, "ready_by")));
    else
        assert_string_equal(json_string_value(json_object_get(item, "ready_by")), ready_by);
}

/* Nobody knocks on the door of guests who are in their room already. */
static void
guests_who_have_come_arrive_no_more(void **state)
{
    (void)state;
    struct answer booking =
        world_post(world, "/v1/bookings",
                   "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2026-11-22\",\"departure\":\"2026-11-24\","
                   "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                   house.property, house.room[0]);
    assert_status(&booking, 201);
    book("2026-11-26", "2026-11-27");
    assert_day("2026-11-22", false, false, true, "2026-11-22");
    struct answer in =
        post_as(world->owner, world_format(world, "/v1/bookings/%s/check-in", answer_text(&booking, "id")),
                "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&in, 200);
    assert_day("2026-11-22", false, false, false, "2026-11-26");
    assert_day("2026-11-23", false, true, false, "2026-11-26");
}

static void
the_list_says_which_rooms_are_closed(void **state)
{
    (void)state;
    static const char *const kinds[] = {"out_of_service", "out_of_order"};
    for (size_t i = 0; i < 2; i++) {
        struct answer closed = close_room_as(world->owner, house.room[i], kinds[i], "2026-11-23", "2026-11-25", "");
        assert_status(&closed, 201);
    }
    struct answer report = world_get(world, "/v1/reports/housekeeping?property_id=%s&date=2026-11-24", house.property);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(answer_text(&report, world_format(world, "items/%zu/room/id", i)), house.room[i]);
        assert_string_equal(answer_text(&report, world_format(world, "items/%zu/closure/kind", i)), kinds[i]);
        assert_string_equal(answer_text(&report, world_format(world, "items/%zu/closure/until", i)), "2026-11-25");
    }
    report = world_get(world, "/v1/reports/housekeeping?property_id=%s&date=2026-11-25", house.property);
    for (size_t i = 0; i < json_array_size(answer_at(&report, "items")); i++)
        assert_true(json_is_null(answer_at(&report, world_format(world, "items/%zu/closure", i))));
}

static void
the_list_says_who_leaves_stays_and_comes(void **state)
{
    (void)state;
    book("2026-11-23", "2026-11-25");
    book("2026-11-25", "2026-11-26");
    assert_day("2026-11-22", false, false, false, "2026-11-23");
    assert_day("2026-11-23", false, false, true, "2026-11-23");
    assert_day("2026-11-24", false, true, false, "2026-11-25");
    assert_day("2026-11-25", true, false, true, "2026-11-25");
    assert_day("2026-11-26", true, false, false, NULL);
    assert_day("2026-11-27", false, false, false, NULL);
}

static struct ask
to_room(const char *command, const char *body)
{
    return (struct ask){
        .method = "POST", .target = world_format(world, "/v1/rooms/%s/%s", house.room[0], command), .body = body};
}

/* Both say the same at once: what one has done is not there any more for the other to do. */
static void
say_twice(struct race *race, const char *command, const char *body)
{
    race->asks[0] = race->asks[1] = to_room(command, body);
    race_meet(race);
    int first = race->answers[0].status == 200 ? 0 : 1;
    assert_status(&race->answers[first], 200);
    assert_problem(&race->answers[1 - first], 409, "INVALID_TRANSITION");
    race_note(race, first);
}

static void
of_two_who_say_the_same_at_once_one_is_heard(void **state)
{
    (void)state;
    struct race race = {.name = "twice the same"};
    while (race_goes_on(&race)) {
        struct answer before = world_get(world, "/v1/rooms/%s", house.room[0]);
        say_twice(&race, "inspect", "{\"result\":\"fail\"}");
        say_twice(&race, "start-cleaning", "{}");
        say_twice(&race, "finish-cleaning", "{}");
        say_twice(&race, "report-maintenance", "{\"note\":\"a leak\"}");
        say_twice(&race, "finish-maintenance", "{\"quality\":\"dirty\"}");
        say_twice(&race, "start-cleaning", "{}");
        say_twice(&race, "finish-cleaning", "{}");
        struct answer after = world_get(world, "/v1/rooms/%s", house.room[0]);
        assert_int_equal(answer_number(&after, "version"), answer_number(&before, "version") + 7);
    }
}

/* Two different changes of a room in this state; is the second made too after the first or the second of them, and how
 * is the room then? */
static const struct change_pair {
    const char *name, *from, *commands[2], *bodies[2];
    bool both[2];
    const char *ends[2], *status[2];
} change_pairs[] = {
    {"fit and not fit",
     "CLEANED",
     {"inspect", "inspect"},
     {"{\"result\":\"pass\"}", "{\"result\":\"fail\"}"},
     {false, false},
     {"INSPECTED", "DIRTY"},
     {"READY_FOR_GUEST", "CHECKOUT_DIRTY"}},
    {"fit and used since",
     "CLEANED",
     {"inspect", "mark-dirty"},
     {"{\"result\":\"pass\"}", "{}"},
     {true, false},
     {"DIRTY", "DIRTY"},
     {"CHECKOUT_DIRTY", "CHECKOUT_DIRTY"}},
    {"cleaned and broken",
     "CLEANING",
     {"finish-cleaning", "report-maintenance"},
     {"{}", "{\"note\":\"a leak\"}"},
     {true, true},
     {"CLEANED", "CLEANED"},
     {"MAINTENANCE_REQUIRED", "MAINTENANCE_REQUIRED"}},
    {"broken and used since",
     "CLEANED",
     {"report-maintenance", "mark-dirty"},
     {"{\"note\":\"a leak\"}", "{}"},
     {true, true},
     {"DIRTY", "DIRTY"},
     {"MAINTENANCE_REQUIRED", "MAINTENANCE_REQUIRED"}},
};

static void
must_step(const char *command, const char *body)
{
    struct answer answer = room_step(world->owner, command, body);
    assert_status(&answer, 200);
}

/* Sound, and CLEANING or CLEANED. */
static struct answer
start_over(const char *from)
{
    struct answer room = world_get(world, "/v1/rooms/%s", house.room[0]);
    if (!json_is_null(answer_at(&room, "fault")))
        must_step("finish-maintenance", "{\"quality\":\"dirty\"}");
    else if (strcmp(answer_text(&room, "cleanliness"), "DIRTY") != 0)
        must_step("mark-dirty", "{}");
    must_step("start-cleaning", "{}");
    if (strcmp(from, "CLEANED") == 0)
        must_step("finish-cleaning", "{}");
    room = world_get(world, "/v1/rooms/%s", house.room[0]);
    assert_string_equal(answer_text(&room, "cleanliness"), from);
    return room;
}

static void
check_changes(const struct change_pair *pair)
{
    struct race race = {.name = pair->name};
    while (race_goes_on(&race)) {
        struct answer before = start_over(pair->from);
        for (int i = 0; i < 2; i++)
            race.asks[i] = to_room(pair->commands[i], pair->bodies[i]);
        int first = race_run(&race);
        assert_status(&race.answers[first], 200);
        if (pair->both[first])
            assert_status(&race.answers[1 - first], 200);
        else
            assert_problem(&race.answers[1 - first], 409, "INVALID_TRANSITION");
        struct answer after = world_get(world, "/v1/rooms/%s", house.room[0]);
        assert_string_equal(answer_text(&after, "cleanliness"), pair->ends[first]);
        assert_string_equal(answer_text(&after, "room_status"), pair->status[first]);
        assert_int_equal(answer_number(&after, "version") - answer_number(&before, "version"),
                         pair->both[first] ? 2 : 1);
    }
}

static void
of_two_changes_at_once_the_second_is_of_what_the_first_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(change_pairs) / sizeof(change_pairs[0]); i++)
        check_changes(&change_pairs[i]);
    fixture_assert_in_order();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_table_is_the_whole_of_what_can_be_done, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_is_cleaned_inspected_and_mended, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_step_is_answered_with_the_words_of_the_room, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_arrives_today_is_told_to_who_reports, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_list_says_which_rooms_are_closed, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_may_not_see_bookings_is_not_told_who_is_in_a_room, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_note_is_read_and_taken_away, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_floor_is_given_and_walked, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_list_says_who_leaves_stays_and_comes, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_who_have_come_arrive_no_more, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_left_to_be_done_is_listed_by_itself, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(of_two_who_say_the_same_at_once_one_is_heard, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(of_two_changes_at_once_the_second_is_of_what_the_first_left, fixture_set_up,
                                        fixture_tear_down),
    };
    return test_run("api/housekeeping", tests);
}
