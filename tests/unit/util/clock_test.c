/* The clocks: the machine's runs on, the test clock moves only when it is moved. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <time.h>

#include "tests/support/test_clock.h"

static void
the_system_clock_is_utc_and_runs_on(void **state)
{
    (void)state;
    const struct clock *clock = clock_system();
    int64_t before_s = (int64_t)time(NULL);
    int64_t now_ms = clock_now_ms(clock);
    assert_true(now_ms >= before_s * 1000 - 1000 && now_ms < before_s * 1000 + 60000);
    int64_t last = clock_monotonic_ns(clock);
    for (int i = 0; i < 1000; i++) {
        int64_t next = clock_monotonic_ns(clock);
        assert_true(next >= last);
        last = next;
    }
}

static void
the_test_clock_passes_and_steps(void **state)
{
    (void)state;
    struct test_clock clock;
    test_clock_init(&clock, 1000);
    int64_t start_ns = clock_monotonic_ns(&clock.clock);
    test_clock_advance_ms(&clock, 250);
    assert_int_equal(clock_now_ms(&clock.clock), 1250);
    assert_int_equal(clock_monotonic_ns(&clock.clock) - start_ns, 250000000);
    test_clock_set_ms(&clock, -5);
    assert_int_equal(clock_now_ms(&clock.clock), -5);
    assert_int_equal(clock_monotonic_ns(&clock.clock) - start_ns, 250000000);
}

static void *
advance_a_thousand_times(void *arg)
{
    for (int i = 0; i < 1000; i++)
        test_clock_advance_ms(arg, 1);
    return NULL;
}

static void
threads_may_move_the_test_clock_together(void **state)
{
    (void)state;
    struct test_clock clock;
    test_clock_init(&clock, 0);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, advance_a_thousand_times, &clock), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(clock_now_ms(&clock.clock), 4000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_clock_is_utc_and_runs_on),
        cmocka_unit_test(the_test_clock_passes_and_steps),
        cmocka_unit_test(threads_may_move_the_test_clock_together),
    };
    return test_run("util/clock", tests);
}
