/* The only way to ask what time it is: a clock is handed in at start, real in the server, set by hand in tests.
 *
 * Two readings that must not be mixed: wall time (which an operator may step, and which bookings mean) and monotonic
 * time (which only ever runs on, and which measures durations). It refuses to know time zones (util/zone.h), to sleep
 * and to hold back a wall clock that was stepped: whoever decides on expiry compares the two readings. No other file
 * of the project reads the system's clock. */
#ifndef NIGHTLATCH_UTIL_CLOCK_H
#define NIGHTLATCH_UTIL_CLOCK_H

#include <stdint.h>

/* What an implementation provides. Both functions may be called from any thread and never fail. */
struct clock {
    int64_t (*now_ms)(const struct clock *clock);
    int64_t (*monotonic_ns)(const struct clock *clock);
};

/* Wall time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX.1 "seconds since the Epoch"). */
static inline int64_t
clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock);
}

/* Nanoseconds since an arbitrary point in the past; never decreases, and a stepped wall clock does not move it. */
static inline int64_t
clock_monotonic_ns(const struct clock *clock)
{
    return clock->monotonic_ns(clock);
}

/* The machine's own clock; lives as long as the process, any thread. The wall is CLOCK_REALTIME. The other is
 * CLOCK_BOOTTIME, which counts the time that a machine is suspended, unlike CLOCK_MONOTONIC: after its sleep the two
 * agree on how long that was, and a hold is as old as it is. */
const struct clock *clock_system(void);

#endif
