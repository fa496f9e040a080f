/* Half-open intervals, the one notion of "when" in the product.
 *
 * A claim, a slot and a stay are all `[starts, ends)` in milliseconds since 1970-01-01T00:00:00Z: a slot by its
 * instants, a stay by its local dates, each counted as midnight UTC. The two never meet on one room, since a room type
 * is sold by the night or by the minute. This is the only place that says what overlapping means: intervals that touch
 * do not. It refuses to know time zones and opening hours. Every function is pure and may be called from any thread. */
#ifndef NIGHTLATCH_CORE_SPAN_H
#define NIGHTLATCH_CORE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/date.h"

struct span {
    int64_t starts; /* ms, first instant inside */
    int64_t ends;   /* ms, first instant after */
};

/* Not empty, and within the years 0001 to 9999 (an end at midnight after the last day included). Every other function
 * here is meant for such spans; an empty span overlaps nothing it only touches. */
static inline bool
span_is_valid(struct span s)
{
    return s.starts < s.ends && s.starts >= INSTANT_MIN && s.ends <= INSTANT_MAX + 1;
}

static inline bool
span_overlaps(struct span a, struct span b)
{
    return a.starts < b.ends && b.starts < a.ends;
}

/* All of `inner` lies in `outer`. */
static inline bool
span_contains(struct span outer, struct span inner)
{
    return outer.starts <= inner.starts && inner.ends <= outer.ends;
}

static inline bool
span_contains_instant(struct span s, int64_t ms)
{
    return s.starts <= ms && ms < s.ends;
}

static inline bool
span_equal(struct span a, struct span b)
{
    return a.starts == b.starts && a.ends == b.ends;
}

/* Order by start, then by end; -1, 0, 1. */
int span_compare(struct span a, struct span b);

/* The stay `[arrival, departure)` in local dates, as a claim has it. arrival < departure, both in range, or it is a
 * bug: what a caller sends is checked before it gets here. */
struct span span_from_nights(int32_t arrival, int32_t departure);

/* The inverse; false, and nothing written, when the span is not valid, not of whole days, or ends after the last
 * date that can be written. */
bool span_to_nights(struct span s, int32_t *ret_arrival, int32_t *ret_departure) __attribute__((warn_unused_result));

#endif
