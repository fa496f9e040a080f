/* Refused demand as the interface shows it, a second behind. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static struct answer
book(const char *what, const char *id, const char *when, const char *guest)
{
    return world_post(world, "/v1/bookings",
                      "{\"property_id\":\"%s\",\"%s\":\"%s\",%s,\"guest\":{\"name\":\"Ada\",\"email\":\"%s\"}}",
                      house.property, what, id, when, guest);
}

static void
assert_refused(const char *what, const char *id, const char *when, const char *guest, const char *code)
{
    struct answer answer = book(what, id, when, guest);
    assert_problem(&answer, 409, code);
}

static const char first_night[] = "\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\"";
static const char four_nights[] = "\"arrival\":\"2027-02-27\",\"departure\":\"2027-03-03\"";
static const char nine_to_eleven[] = "\"starts_at\":\"2027-03-01T09:00:00Z\",\"ends_at\":\"2027-03-01T11:00:00Z\"";

/* All studios of the first of March, and the morning of a classroom. */
static void
sell_out(void)
{
    for (int i = 0; i < 3; i++) {
        struct answer answer = book("room_type_id", house.studio, first_night, "ada@example.org");
        assert_status(&answer, 201);
    }
    struct answer answer = book("room_id", house.slot_room[0], nine_to_eleven, "ada@example.org");
    assert_status(&answer, 201);
}

/* The engine's thread writes after the batch that it is busy with when a second is over, and before the next one. */
static void
let_a_second_pass(void)
{
    test_clock_advance_ms(&world->clock, 1000);
    for (int i = 0; i < 2; i++) {
        struct ask ask = {.method = "PUT",
                          .target = "/v1/inventory",
                          .token = world->owner,
                          .body =
                              world_format(world,
                                           "{\"room_type_id\":\"%s\",\"from\":\"2027-06-01\",\"until\":\"2027-06-02\","
                                           "\"allowance\":%d}",
                                           house.studio, i)};
        struct answer answer = world_ask(world, &ask);
        assert_status(&answer, 200);
    }
}

static struct answer
turnaways(const char *more)
{
    struct answer answer =
        world_get(world, "/v1/turnaways?property_id=%s&from=2027-02-01&until=2027-04-01%s", house.property, more);
    assert_status(&answer, 200);
    return answer;
}

static void
each_night_and_hour_says_what_was_wanted_and_why_it_was_refused(void **state)
{
    (void)state;
    sell_out();
    assert_refused("room_type_id", house.studio, four_nights, "grace@example.org", "SOLD_OUT");
    assert_refused("room_type_id", house.studio, four_nights, "grace@example.org", "SOLD_OUT");
    assert_refused("room_type_id", house.studio, first_night, "edsger@example.org", "SOLD_OUT");
    assert_refused("room_id", house.slot_room[0], nine_to_eleven, "edsger@example.org", "ROOM_NOT_AVAILABLE");
    let_a_second_pass();
    struct answer answer = turnaways("");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 3);
    assert_string_equal(answer_text(&answer, "items/0/date"), "2027-03-01");
    assert_true(json_is_null(answer_at(&answer, "items/0/hour")));
    assert_string_equal(answer_text(&answer, "items/0/room_type_id"), house.studio);
    assert_true(json_is_null(answer_at(&answer, "items/0/room_id")));
    assert_string_equal(answer_text(&answer, "items/0/reason"), "SOLD_OUT");
    assert_int_equal(answer_number(&answer, "items/0/count"), 2);
    assert_int_equal(answer_number(&answer, "items/1/hour"), 10);
    assert_int_equal(answer_number(&answer, "items/2/hour"), 11);
    assert_string_equal(answer_text(&answer, "items/2/room_type_id"), house.classroom);
    assert_string_equal(answer_text(&answer, "items/2/room_id"), house.slot_room[0]);
    assert_string_equal(answer_text(&answer, "items/2/reason"), "ROOM_NOT_AVAILABLE");
    assert_int_equal(answer_number(&answer, "items/2/count"), 1);
}

static void
a_list_is_of_dates_types_and_pages(void **state)
{
    (void)state;
    sell_out();
    assert_refused("room_type_id", house.studio, first_night, "grace@example.org", "SOLD_OUT");
    assert_refused("room_id", house.slot_room[0], nine_to_eleven, "grace@example.org", "ROOM_NOT_AVAILABLE");
    let_a_second_pass();
    struct answer answer = turnaways(world_format(world, "&room_type_id=%s", house.classroom));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    answer = turnaways("&limit=2");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    answer = turnaways(world_format(world, "&limit=2&after=%s", answer_text(&answer, "next")));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_int_equal(answer_number(&answer, "items/0/hour"), 11);
    assert_true(json_is_null(answer_at(&answer, "next")));
    answer = world_get(world, "/v1/turnaways?property_id=%s&from=2027-03-02&until=2027-04-01", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
}

static void
nobody_was_turned_away_by_a_trial(void **state)
{
    (void)state;
    sell_out();
    struct answer answer =
        world_post(world, "/v1/bookings?dry_run=true",
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",%s,\"guest\":{\"name\":\"Ada\"}}", house.property,
                   house.studio, first_night);
    assert_problem(&answer, 409, "SOLD_OUT");
    let_a_second_pass();
    answer = turnaways("");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
}

static void
what_is_asked_wrongly_is_refused(void **state)
{
    (void)state;
    struct small_house other = world_build_house(world);
    struct answer answer = world_get(world, "/v1/turnaways?property_id=%s&from=2027-03-01", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?until");
    answer = world_get(world, "/v1/turnaways?property_id=%s&from=2027-03-01&until=2028-03-03", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?until");
    answer = world_get(world, "/v1/turnaways?property_id=%s&from=2027-03-01&until=2027-03-02&room_type_id=%s",
                       house.property, other.studio);
    assert_pointer(&answer, 404, "NOT_FOUND", "?room_type_id");
    answer =
        world_get(world, "/v1/turnaways?property_id=%s&from=2027-03-01&until=2027-03-02&after=AAAA", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?after");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_night_and_hour_says_what_was_wanted_and_why_it_was_refused),
        CASE(a_list_is_of_dates_types_and_pages),
        CASE(nobody_was_turned_away_by_a_trial),
        CASE(what_is_asked_wrongly_is_refused),
    };
    return test_run("api/turnaway", tests);
}
