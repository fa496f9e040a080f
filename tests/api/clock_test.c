/* A wall clock that is set while the server runs: nothing expires by it, the server says so, and an owner ends it. */
#include <stdio.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

enum { MINUTE = 60000, HOUR = 3600000 };

static const char *booker, *other;

static int
setup(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    (void)state;
    settings.guarded = true;
    fixture_begin(&settings);
    booker = fixture_caller(ROLE_BOOKER, true);
    other = fixture_caller(ROLE_BOOKER, true);
    return 0;
}

static struct answer
ask(const char *token, const char *method, const char *target, const char *body)
{
    struct ask ask = {.method = method, .target = target, .token = token, .body = body};
    return world_ask(world, &ask);
}

/* Holds the classroom from nine to ten, tomorrow, for 90 s. */
static struct answer
hold(const char *token)
{
    return ask(token, "POST", "/v1/holds",
               world_format(world,
                            "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"starts_at\":\"2026-11-23T09:00:00Z\","
                            "\"ends_at\":\"2026-11-23T10:00:00Z\",\"ttl_s\":90,\"queue\":false}",
                            house.property, house.slot_room[0]));
}

static void
step(int64_t ms)
{
    test_clock_set_ms(&world->clock, clock_now_ms(&world->clock.clock) + ms);
}

static void
assert_unready(const char *trust)
{
    struct answer answer = ask(NULL, "GET", "/readyz", NULL);
    assert_problem(&answer, 503, "BUSY_RETRY");
    assert_non_null(strstr(answer_text(&answer, "detail"), "nightlatch clock accept"));
    answer = ask(world->owner, "GET", "/v1/clock", NULL);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "trust"), trust);
    answer = ask(NULL, "GET", "/metrics", NULL);
    assert_non_null(strstr(answer.body.ptr, "\nnightlatch_clock_trusted 0\n"));
    assert_non_null(strstr(answer.body.ptr, "\nnightlatch_clock_stops_total 1\n"));
}

static void
assert_ready(void)
{
    struct answer answer = ask(NULL, "GET", "/readyz", NULL);
    assert_status(&answer, 200);
    answer = ask(NULL, "GET", "/metrics", NULL);
    assert_non_null(strstr(answer.body.ptr, "\nnightlatch_clock_trusted 1\n"));
}

static void
a_small_correction_is_none_of_anybodys_business(void **state)
{
    (void)state;
    step(59000);
    assert_ready();
    step(-59000);
    assert_ready();
}

/* The jump is of years: without a guard the hold would be over, and the house would stay in that year. */
static void
a_clock_set_ahead_ends_no_hold_and_does_not_reach_the_log(void **state)
{
    (void)state;
    struct answer held = hold(booker);
    assert_status(&held, 201);
    step(30LL * 365 * 24 * HOUR);
    struct answer answer = hold(other);
    assert_problem(&answer, 409, "BOOKING_CONFLICT");
    assert_unready("stepped_forward");
    answer = ask(booker, "POST", world_format(world, "/v1/holds/%s/confirm", answer_text(&held, "id")),
                 "{\"party\":2,\"guest\":{\"name\":\"Ada\"}}");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "created_at"), "2026-11-22T10:00:00Z");
    step(-30LL * 365 * 24 * HOUR);
    assert_unready("stepped_forward");
    answer = ask(world->owner, "POST", "/v1/clock/accept", NULL);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "trust"), "trusted");
    assert_ready();
}

static void
what_is_over_when_the_clock_is_accepted_expires_then(void **state)
{
    (void)state;
    assert_int_equal(hold(booker).status, 201);
    test_clock_advance_ms(&world->clock, 80000);
    step(HOUR);
    assert_unready("stepped_forward");
    test_clock_advance_ms(&world->clock, MINUTE); /* the hold would be over by now, and is not: the clock stands */
    struct answer answer = hold(other);
    assert_problem(&answer, 409, "BOOKING_CONFLICT");
    step(-HOUR);
    answer = ask(world->owner, "POST", "/v1/clock/accept", NULL);
    assert_status(&answer, 200);
    assert_int_equal(hold(other).status, 201);
}

static void
a_clock_set_back_revives_nothing_and_decisions_do_not_go_back(void **state)
{
    (void)state;
    struct answer held = hold(booker);
    test_clock_advance_ms(&world->clock, 90000);
    assert_int_equal(hold(other).status, 201); /* ends the first */
    step(-2 * HOUR);
    assert_unready("stepped_back");
    struct answer answer = ask(booker, "POST", world_format(world, "/v1/holds/%s/confirm", answer_text(&held, "id")),
                               "{\"party\":2,\"guest\":{\"name\":\"Ada\"}}");
    assert_problem(&answer, 409, "HOLD_EXPIRED");
    answer = ask(world->owner, "POST", "/v1/clock/accept", NULL);
    assert_status(&answer, 200);
    answer = ask(booker, "POST", world_format(world, "/v1/holds/%s/confirm", answer_text(&held, "id")),
                 "{\"party\":2,\"guest\":{\"name\":\"Ada\"}}");
    assert_problem(&answer, 409, "HOLD_EXPIRED");
    /* the log's last decision is two hours ahead of the wall now, and that was accepted: it is decided for that time */
    answer = ask(world->owner, "POST", "/v1/rooms",
                 world_format(world, "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"77\"}",
                              house.property, house.classroom));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "created_at"), "2026-11-22T10:01:30Z");
    assert_ready();
}

static void
only_an_owner_may_see_and_accept_the_clock(void **state)
{
    (void)state;
    const char *admin = fixture_caller(ROLE_ADMIN, true);
    struct answer answer = ask(admin, "POST", "/v1/clock/accept", NULL);
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = ask(admin, "GET", "/v1/clock", NULL);
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = ask(NULL, "POST", "/v1/clock/accept", NULL);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = ask(world->owner, "POST", "/v1/clock/accept", NULL);
    assert_status(&answer, 200); /* there was nothing to accept */
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_small_correction_is_none_of_anybodys_business),
        CASE(a_clock_set_ahead_ends_no_hold_and_does_not_reach_the_log),
        CASE(what_is_over_when_the_clock_is_accepted_expires_then),
        CASE(a_clock_set_back_revives_nothing_and_decisions_do_not_go_back),
        CASE(only_an_owner_may_see_and_accept_the_clock),
    };
    return test_run("api/clock", tests);
}
