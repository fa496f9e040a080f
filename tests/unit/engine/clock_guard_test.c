/* When a clock is believed, and what time it is when it is not. */
#include "tests/unit/test.h"

#include "engine/clock_guard.h"
#include "tests/support/test_clock.h"

enum { SECOND = 1000, MINUTE = 60000, HOUR = 3600000 };
static const int64_t noon = 1800000000000; /* 2027-01-15T08:00:00Z */
static const int64_t year = 365LL * 86400000;

struct fixture {
    struct test_clock clock;
    struct clock_guard *guard;
    const struct clock *guarded;
    int changes;
    enum clock_trust last;
    int64_t stopped_at_ms, off_by_ms;
};

static void
on_change(enum clock_trust trust, int64_t stopped_at_ms, int64_t off_by_ms, void *user)
{
    struct fixture *f = user;
    f->changes++;
    f->last = trust;
    f->stopped_at_ms = stopped_at_ms;
    f->off_by_ms = off_by_ms;
    (void)clock_now_ms(f->guarded); /* whoever is told may ask for the time, as a log does */
}

static void
begin(struct fixture *f, int64_t stopped_at_ms)
{
    struct err err;
    struct clock_guard_settings settings = {
        .clock = &f->clock.clock, .stopped_at_ms = stopped_at_ms, .on_change = on_change, .user = f};
    clock_guard_free(f->guard);
    f->guard = clock_guard_new(&settings, &err);
    assert_non_null(f->guard);
    f->guarded = clock_guard_clock(f->guard);
    f->changes = 0;
}

static int
setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.changes = 0};
    test_clock_init(&fixture.clock, noon);
    begin(&fixture, 0);
    assert_true(clock_now_ms(fixture.guarded) == noon);
    *state = &fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    clock_guard_free(f->guard);
    return 0;
}

static enum clock_trust
trust(struct fixture *f)
{
    return clock_guard_read(f->guard).trust;
}

/* Somebody sets the wall clock by so much. */
static void
step(struct fixture *f, int64_t ms)
{
    test_clock_set_ms(&f->clock, clock_now_ms(&f->clock.clock) + ms);
}

/* Time passes, looked at every second as the engine does; the wall runs `fast_ms` fast per second. */
static void
pass(struct fixture *f, int64_t ms, int64_t fast_ms)
{
    for (int64_t at = 0; at < ms; at += SECOND) {
        test_clock_advance_ms(&f->clock, SECOND);
        if (fast_ms != 0)
            step(f, fast_ms);
        (void)clock_now_ms(f->guarded);
    }
}

static void
a_clock_that_runs_is_the_wall_clock(void **state)
{
    struct fixture *f = *state;
    pass(f, HOUR, 0);
    assert_true(clock_now_ms(f->guarded) == noon + HOUR);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
    assert_true(clock_monotonic_ns(f->guarded) == clock_monotonic_ns(&f->clock.clock));
}

static void
a_step_of_59_s_is_a_correction_and_one_of_61_s_is_not(void **state)
{
    struct fixture *f = *state;
    for (int sign = -1; sign <= 1; sign += 2) {
        test_clock_init(&f->clock, noon);
        begin(f, 0);
        (void)clock_now_ms(f->guarded);
        step(f, sign * 59 * SECOND);
        assert_true(clock_now_ms(f->guarded) == noon + sign * 59 * SECOND);
        assert_int_equal(trust(f), CLOCK_TRUSTED);
        test_clock_init(&f->clock, noon);
        begin(f, 0);
        pass(f, MINUTE, 0);
        step(f, sign * 61 * SECOND);
        assert_true(clock_now_ms(f->guarded) == noon + MINUTE);
        assert_int_equal(trust(f), sign > 0 ? CLOCK_STEPPED_FORWARD : CLOCK_STEPPED_BACK);
        assert_int_equal(f->changes, 1);
        assert_true(f->stopped_at_ms == noon + MINUTE && f->off_by_ms == sign * 61 * SECOND);
    }
}

static void
a_stopped_clock_stands_still_whatever_the_wall_does(void **state)
{
    struct fixture *f = *state;
    step(f, 30 * year);
    assert_true(clock_now_ms(f->guarded) == noon);
    pass(f, HOUR, 0);
    assert_true(clock_now_ms(f->guarded) == noon);
    step(f, -30 * year); /* it is right again, and nobody has said so */
    pass(f, HOUR, 0);
    assert_true(clock_now_ms(f->guarded) == noon);
    assert_int_equal(trust(f), CLOCK_STEPPED_FORWARD);
    assert_int_equal(f->changes, 1);
    assert_int_equal(clock_guard_read(f->guard).stops, 1);
}

/* What passed before the step was seen, passed. */
static void
it_stops_at_the_time_that_could_last_be_believed(void **state)
{
    struct fixture *f = *state;
    test_clock_advance_ms(&f->clock, 10 * MINUTE);
    step(f, -HOUR);
    assert_true(clock_now_ms(f->guarded) == noon + 10 * MINUTE);
}

static void
an_accepted_clock_goes_on_from_the_wall(void **state)
{
    struct fixture *f = *state;
    assert_false(clock_guard_accept(f->guard));
    step(f, HOUR);
    assert_true(clock_now_ms(f->guarded) == noon);
    assert_true(clock_guard_accept(f->guard));
    assert_int_equal(f->changes, 2);
    assert_int_equal(f->last, CLOCK_TRUSTED);
    assert_true(clock_now_ms(f->guarded) == noon + HOUR);
    step(f, -2 * HOUR);
    assert_true(clock_now_ms(f->guarded) == noon + HOUR);
    assert_int_equal(trust(f), CLOCK_STEPPED_BACK);
    assert_int_equal(clock_guard_read(f->guard).stops, 2);
}

/* Slewing by chrony's fastest is 8.3 %, by the kernel's adjtime 0.05 %. */
static void
a_slow_drift_never_stops_it(void **state)
{
    struct fixture *f = *state;
    pass(f, 4 * HOUR, 83);
    pass(f, 4 * HOUR, -83);
    pass(f, 24 * HOUR, 1);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
    assert_true(clock_now_ms(f->guarded) == clock_now_ms(&f->clock.clock));
}

static void
several_small_steps_in_a_row_are_a_large_one(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        step(f, 40 * SECOND);
        pass(f, 2 * SECOND, 0);
    }
    assert_int_equal(trust(f), CLOCK_STEPPED_FORWARD);
}

static void
small_steps_far_apart_are_small_steps(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        step(f, 40 * SECOND);
        pass(f, 10 * MINUTE, 0);
    }
    assert_int_equal(trust(f), CLOCK_TRUSTED);
}

/* A process that was stopped for long is not lenient when it goes on. */
static void
a_long_time_without_a_reading_is_no_excuse(void **state)
{
    struct fixture *f = *state;
    test_clock_advance_ms(&f->clock, HOUR);
    step(f, 61 * SECOND);
    assert_int_equal(trust(f), CLOCK_STEPPED_FORWARD);
}

/* Looked at a thousand times a second, it follows as fast as when looked at once. */
static void
how_often_it_is_read_does_not_matter(void **state)
{
    struct fixture *f = *state;
    step(f, 50 * SECOND);
    for (int i = 0; i < 600 * SECOND; i++) {
        test_clock_advance_ms(&f->clock, 1);
        (void)clock_now_ms(f->guarded);
    }
    step(f, 50 * SECOND);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
}

/* Both readings count the sleep of a suspended machine (util/clock.h). */
static void
a_machine_that_slept_is_believed(void **state)
{
    struct fixture *f = *state;
    test_clock_advance_ms(&f->clock, 9 * HOUR);
    assert_true(clock_now_ms(f->guarded) == noon + 9 * HOUR);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
}

static void
a_head_a_minute_ahead_stops_it(void **state)
{
    struct fixture *f = *state;
    clock_guard_see_head(f->guard, noon + MINUTE);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
    clock_guard_see_head(f->guard, noon + MINUTE + 1);
    assert_int_equal(trust(f), CLOCK_HEAD_AHEAD);
    clock_guard_see_head(f->guard, noon + 3 * HOUR);
    assert_true(clock_guard_read(f->guard).off_by_ms == 3 * HOUR);
    pass(f, MINUTE, 0);
    assert_true(clock_now_ms(f->guarded) == noon);
}

/* Decisions never go back: after a step back was accepted, every head is ahead until the wall has come there. */
static void
heads_that_were_accepted_do_not_stop_it_again(void **state)
{
    struct fixture *f = *state;
    clock_guard_see_head(f->guard, noon + 3 * HOUR);
    clock_guard_see_head(f->guard, noon + 2 * HOUR);
    assert_true(clock_guard_accept(f->guard));
    clock_guard_see_head(f->guard, noon + 3 * HOUR);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
    clock_guard_see_head(f->guard, noon + 3 * HOUR + 1);
    assert_int_equal(trust(f), CLOCK_HEAD_AHEAD);
    step(f, -6 * HOUR);
    assert_true(clock_guard_accept(f->guard));
    clock_guard_see_head(f->guard, noon + 3 * HOUR + 1);
    assert_int_equal(trust(f), CLOCK_TRUSTED);
}

static void
a_clock_that_had_stopped_is_stopped_in_the_next_process(void **state)
{
    struct fixture *f = *state;
    begin(f, noon - HOUR);
    assert_int_equal(trust(f), CLOCK_NOT_ACCEPTED);
    assert_true(clock_now_ms(f->guarded) == noon - HOUR);
    clock_guard_see_head(f->guard, noon - MINUTE);
    assert_true(clock_guard_accept(f->guard));
    assert_true(clock_now_ms(f->guarded) == noon);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_clock_that_runs_is_the_wall_clock),
        CASE(a_step_of_59_s_is_a_correction_and_one_of_61_s_is_not),
        CASE(a_stopped_clock_stands_still_whatever_the_wall_does),
        CASE(it_stops_at_the_time_that_could_last_be_believed),
        CASE(an_accepted_clock_goes_on_from_the_wall),
        CASE(a_slow_drift_never_stops_it),
        CASE(several_small_steps_in_a_row_are_a_large_one),
        CASE(small_steps_far_apart_are_small_steps),
        CASE(a_long_time_without_a_reading_is_no_excuse),
        CASE(how_often_it_is_read_does_not_matter),
        CASE(a_machine_that_slept_is_believed),
        CASE(a_head_a_minute_ahead_stops_it),
        CASE(heads_that_were_accepted_do_not_stop_it_again),
        CASE(a_clock_that_had_stopped_is_stopped_in_the_next_process),
    };
    return test_run("engine/clock_guard", tests);
}
