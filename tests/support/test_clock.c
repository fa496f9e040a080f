/* Two atomics behind the vtable; a reader may see the wall moved before the other, as with a real machine's clocks. */
#include "tests/support/test_clock.h"

#include <assert.h>
#include <stdatomic.h>

static int64_t
test_now_ms(const struct clock *clock)
{
    return atomic_load(&((const struct test_clock *)clock)->wall_ms);
}

static int64_t
test_monotonic_ns(const struct clock *clock)
{
    return atomic_load(&((const struct test_clock *)clock)->monotonic);
}

void
test_clock_init(struct test_clock *clock, int64_t now_ms)
{
    clock->clock = (struct clock){.now_ms = test_now_ms, .monotonic_ns = test_monotonic_ns};
    atomic_init(&clock->wall_ms, now_ms);
    atomic_init(&clock->monotonic, 1000000000);
}

void
test_clock_advance_ms(struct test_clock *clock, int64_t ms)
{
    test_clock_advance_ns(clock, ms * 1000000);
}

void
test_clock_advance_ns(struct test_clock *clock, int64_t ns)
{
    assert(ns >= 0);
    atomic_fetch_add(&clock->wall_ms, ns / 1000000); /* first: what is due at this reading finds the hour it is due */
    atomic_fetch_add(&clock->monotonic, ns);
}

void
test_clock_set_ms(struct test_clock *clock, int64_t now_ms)
{
    atomic_store(&clock->wall_ms, now_ms);
}
