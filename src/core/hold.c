/* Names of the states of a hold, and how long it may live. */
#include "core/hold.h"

#include <assert.h>

static const struct str hold_names[HOLD_STATUS_COUNT] = {
    [HOLD_ACTIVE] = {"ACTIVE", 6},
    [HOLD_CONFIRMED] = {"CONFIRMED", 9},
    [HOLD_RELEASED] = {"RELEASED", 8},
    [HOLD_LAPSED] = {"EXPIRED", 7},
};

struct str
hold_status_name(enum hold_status status)
{
    assert((int)status >= 0 && status < HOLD_STATUS_COUNT);
    return hold_names[status];
}

bool
hold_status_parse(struct str name, enum hold_status *ret_status)
{
    for (int status = 0; status < HOLD_STATUS_COUNT; status++) {
        if (str_equal(hold_names[status], name)) {
            *ret_status = (enum hold_status)status;
            return true;
        }
    }
    return false;
}

int64_t
hold_latest_end(const struct hold *hold, int64_t ttl_ms)
{
    int64_t life_ms = HOLD_PROLONGED_TIMES * ttl_ms;
    if (life_ms < HOLD_PROLONGED_MIN_MS)
        life_ms = HOLD_PROLONGED_MIN_MS;
    if (life_ms > HOLD_PROLONGED_MAX_MS)
        life_ms = HOLD_PROLONGED_MAX_MS;
    int64_t latest = hold->created_at + life_ms;
    return latest > hold->expires_at ? latest : hold->expires_at;
}
