/* Jobs over HTTP: started, followed to their end, and what is refused. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

enum { DAY_MS = 86400000, ASKED_MAX = 100000 };

static int
set_up(void **state)
{
    (void)state;
    fixture_begin(NULL);
    struct answer answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"night_audit\":\"by_hand\"}");
    assert_status(&answer, 200);
    return 0;
}

static struct answer
start(void)
{
    return world_post(world, "/v1/jobs", "{\"property_id\":\"%s\",\"kind\":\"night_audit\"}", house.property);
}

static const char *
book(const char *arrival, const char *departure)
{
    struct answer answer =
        world_post(world, "/v1/bookings",
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                   "\"guest\":{\"name\":\"Ada\"}}",
                   house.property, house.type, arrival, departure);
    assert_status(&answer, 201);
    return world_format(world, "%s", answer_text(&answer, "id"));
}

/* Asked until it has ended: the engine goes on with it between two requests. */
static struct answer
follow(const char *job)
{
    for (int asked = 0; asked < ASKED_MAX; asked++) {
        struct answer answer = world_get(world, "/v1/jobs/%s", job);
        assert_status(&answer, 200);
        if (strcmp(answer_text(&answer, "status"), "RUNNING") != 0)
            return answer;
    }
    fail_msg("the job does not end");
    return (struct answer){.status = 0};
}

static void
a_night_audit_closes_the_day_and_reports(void **state)
{
    (void)state;
    const char *late = book("2026-11-22", "2026-11-23");
    struct answer answer = world_get(world, "/v1/bookings/%s", late);
    const char *code = world_format(world, "%s", answer_text(&answer, "code"));
    test_clock_advance_ms(&world->clock, DAY_MS);
    answer = start();
    assert_status(&answer, 202);
    const char *job = world_format(world, "%s", answer_text(&answer, "id"));
    assert_string_equal(answer_field(world, &answer, "Location"), world_format(world, "/v1/jobs/%s", job));
    assert_string_equal(answer_text(&answer, "date"), "2026-11-22");
    answer = follow(job);
    assert_string_equal(answer_text(&answer, "status"), "COMPLETED");
    assert_int_equal(answer_number(&answer, "counts/no_shows"), 1);
    assert_string_equal(answer_text(&answer, "items/0/list"), "no_shows");
    assert_string_equal(answer_text(&answer, "items/0/booking_id"), late);
    struct answer report = world_get(world, "/v1/reports/night-audit?property_id=%s&date=2026-11-22", house.property);
    assert_status(&report, 200);
    assert_string_equal(answer_text(&report, "items/0/code"), code);
    assert_string_equal(answer_text(&report, "items/0/guest_name"), "Ada");
    assert_true(json_is_null(answer_at(&report, "items/0/room_number")));
    assert_int_equal(answer_number(&report, "items/0/account/charge"), 0);
    json_t *item = json_array_get(json_object_get(report.json, "items"), 0);
    static const char *const beside[] = {"code", "guest_name", "room_number", "account"};
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
        assert_int_equal(json_object_del(item, beside[i]), 0);
    assert_true(json_equal(report.json, answer.json)); /* and all else is the job's */
    answer = world_get(world, "/v1/bookings/%s", late);
    assert_string_equal(answer_text(&answer, "status"), "NO_SHOW");
    answer = world_get(world, "/v1/properties/%s", house.property);
    assert_string_equal(answer_text(&answer, "business_date"), "2026-11-23");
    answer = world_get(world, "/v1/jobs?property_id=%s", house.property);
    assert_string_equal(answer_text(&answer, "items/0/id"), job);
    answer = world_get(world, "/v1/reports/night-audit?property_id=%s&date=2026-11-23", house.property);
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* A night more that nobody asked a price for: whoever reads the report sees what is charged, and puts it right. */
static void
a_report_tells_what_those_who_stayed_on_are_charged(void **state)
{
    (void)state;
    const char *booking = book("2026-11-22", "2026-11-23");
    struct answer answer = world_patch(world, world_format(world, "/v1/bookings/%s", booking), 1, "{\"price\":9000}");
    assert_status(&answer, 200);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/payments", booking),
                        "{\"method\":\"cash\",\"amount\":9000}");
    assert_status(&answer, 201);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/assign", booking), "{\"room_id\":\"%s\"}",
                        house.room[0]);
    assert_status(&answer, 200);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/check-in", booking),
                        "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, 2 * DAY_MS);
    for (int day = 0; day < 2; day++) {
        answer = start();
        assert_status(&answer, 202);
        answer = follow(world_format(world, "%s", answer_text(&answer, "id")));
        assert_string_equal(answer_text(&answer, "status"), "COMPLETED");
    }
    const char *target = world_format(world, "/v1/reports/night-audit?property_id=%s&date=2026-11-23", house.property);
    struct answer report = world_get(world, "%s", target);
    assert_string_equal(answer_text(&report, "items/0/list"), "overstays");
    assert_int_equal(answer_number(&report, "items/0/account/charge"), 9000);
    assert_int_equal(answer_number(&report, "items/0/account/balance_due"), 0);
    answer = world_get(world, "/v1/bookings/%s", booking);
    answer = world_patch(world, world_format(world, "/v1/bookings/%s", booking), (int)answer_number(&answer, "version"),
                         "{\"price\":18000}");
    assert_status(&answer, 200);
    report = world_get(world, "%s", target);
    assert_int_equal(answer_number(&report, "items/0/account/balance_due"), 9000);
}

/* The day of a move that was planned has come, and the guests are still where they were. */
static void
guests_are_in_their_old_room_until_they_move(void **state)
{
    (void)state;
    const char *booking = book("2026-11-22", "2026-11-25");
    struct answer answer = world_post(world, world_format(world, "/v1/bookings/%s/assign", booking),
                                      "{\"room_id\":\"%s\"}", house.room[0]);
    assert_status(&answer, 200);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/check-in", booking),
                        "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&answer, 200);
    answer = world_post(world, world_format(world, "/v1/bookings/%s/move", booking),
                        "{\"to_room_id\":\"%s\",\"from\":\"2026-11-23\"}", house.room[1]);
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, DAY_MS);
    answer = start();
    assert_status(&answer, 202);
    answer = follow(world_format(world, "%s", answer_text(&answer, "id")));
    assert_string_equal(answer_text(&answer, "status"), "COMPLETED");
    answer = world_get(world, "/v1/bookings/%s", booking);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "claims/1/room_id"), house.room[1]);
    fixture_assert_in_order();
}

static void
a_day_that_is_not_over_is_not_closed(void **state)
{
    (void)state;
    struct answer answer = start();
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "day_not_over");
    assert_string_equal(answer_text(&answer, "limits/local_date"), "2026-11-22");
}

static void
a_job_is_of_a_kind_that_there_is(void **state)
{
    (void)state;
    struct answer answer =
        world_post(world, "/v1/jobs", "{\"property_id\":\"%s\",\"kind\":\"spring_clean\"}", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/kind");
}

static void
where_the_clock_rolls_the_date_there_is_no_audit(void **state)
{
    (void)state;
    struct answer answer =
        world_patch(world, world_format(world, "/v1/properties/%s", house.property), 2, "{\"night_audit\":\"none\"}");
    assert_status(&answer, 200);
    answer = start();
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "no_night_audit");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_night_audit_closes_the_day_and_reports, set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_report_tells_what_those_who_stayed_on_are_charged, set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_are_in_their_old_room_until_they_move, set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_day_that_is_not_over_is_not_closed, set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_job_is_of_a_kind_that_there_is, set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(where_the_clock_rolls_the_date_there_is_no_audit, set_up, fixture_tear_down),
    };
    return test_run("api/job", tests);
}
