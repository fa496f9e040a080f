/* Names of the states of a hold. */
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
