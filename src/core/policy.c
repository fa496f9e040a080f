/* A price of up to PRICE_MAX times a percentage would fit, but hundreds and rest apart need no argument about it. */
#include "core/policy.h"

#include <assert.h>

int64_t
policy_fee(int64_t price_minor, int32_t percent)
{
    assert(price_minor >= 0 && percent >= 0 && percent <= 100);
    return price_minor / 100 * percent + price_minor % 100 * percent / 100;
}

int64_t
policy_free_until(int64_t begins_ms, int32_t window_h)
{
    return begins_ms - window_h * INT64_C(3600000);
}

bool
policy_is_late(int64_t now_ms, int64_t begins_ms, int32_t window_h)
{
    return now_ms >= policy_free_until(begins_ms, window_h);
}

int64_t
policy_refund(const struct refund_wish *wish, int64_t paid_minor, int64_t fee_minor)
{
    int64_t rest = paid_minor > fee_minor ? paid_minor - fee_minor : 0;
    switch (wish->asked) {
    case REFUND_BY_POLICY: return rest;
    case REFUND_NOTHING: return 0;
    case REFUND_AMOUNT: return wish->minor < paid_minor ? wish->minor : paid_minor;
    }
    assert(!"a wish that is none");
    return rest;
}
