/* What does not fit in a line of the header: order, and the two-way street between nights and milliseconds. */
#include "core/span.h"

#include <assert.h>

int
span_compare(struct span a, struct span b)
{
    if (a.starts != b.starts)
        return a.starts < b.starts ? -1 : 1;
    if (a.ends != b.ends)
        return a.ends < b.ends ? -1 : 1;
    return 0;
}

struct span
span_from_nights(int32_t arrival, int32_t departure)
{
    assert(arrival < departure);
    return (struct span){date_to_instant(arrival), date_to_instant(departure)};
}

bool
span_to_nights(struct span s, int32_t *ret_arrival, int32_t *ret_departure)
{
    if (!span_is_valid(s) || s.ends > INSTANT_MAX || s.starts % DATE_DAY_MS != 0 || s.ends % DATE_DAY_MS != 0)
        return false;
    *ret_arrival = date_from_instant(s.starts);
    *ret_departure = date_from_instant(s.ends);
    return true;
}
