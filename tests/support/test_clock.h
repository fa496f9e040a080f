/* A clock that stands still until a test moves it.
 *
 * Wall and monotonic time are moved together (time passes) or apart (somebody set the clock). It refuses to run by
 * itself. Any thread may read or move it at any time. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_TEST_CLOCK_H
#define NIGHTLATCH_TESTS_SUPPORT_TEST_CLOCK_H

#include "util/clock.h"

struct test_clock {
    struct clock clock; /* hand out &test_clock->clock; it must not outlive the test clock */
    _Atomic int64_t wall_ms;
    _Atomic int64_t monotonic;
};

/* Starts at `now_ms` (milliseconds since the epoch, UTC), with a monotonic reading of one second. */
void test_clock_init(struct test_clock *clock, int64_t now_ms);

/* Time passes: both readings move on by `ms`, which must not be negative. Who sees the monotonic one moved sees the
 * wall moved too. */
void test_clock_advance_ms(struct test_clock *clock, int64_t ms);

/* As above in nanoseconds; only whole milliseconds of it reach the wall. */
void test_clock_advance_ns(struct test_clock *clock, int64_t ns);

/* Somebody sets the wall clock, either way; the monotonic reading stays. */
void test_clock_set_ms(struct test_clock *clock, int64_t now_ms);

#endif
