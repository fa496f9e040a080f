/* The machine's clock behind the vtable. Reading the two clocks named here cannot fail on a system that has them, and
 * a booking decided on a made-up time would be worse than a crash: hence the assertions. */
#include "util/clock.h"

#include <assert.h>
#include <time.h>

static int64_t
system_now_ms(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    int status = clock_gettime(CLOCK_REALTIME, &now);
    assert(status == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
system_monotonic_ns(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    int status = clock_gettime(CLOCK_BOOTTIME, &now);
    assert(status == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static const struct clock system_clock = {.now_ms = system_now_ms, .monotonic_ns = system_monotonic_ns};

const struct clock *
clock_system(void)
{
    return &system_clock;
}
