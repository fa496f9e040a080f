/* The policy's arithmetic (core/policy.h) put to a booking. */
#include "core/cancellation.h"

#include "core/policy.h"

/* What being late costs. */
static int64_t
late_fee(const struct property *property, const struct booking *booking)
{
    if (booking->status != BOOKING_CONFIRMED || !booking->price.known)
        return 0;
    return policy_fee(booking->price.minor, property->cancellation_fee_percent);
}

int64_t
cancellation_fee(const struct property *property, const struct booking *booking, int64_t now_ms, int64_t begins_ms)
{
    return policy_is_late(now_ms, begins_ms, property->cancellation_window_h) ? late_fee(property, booking) : 0;
}

bool
cancellation_is_free_for_now(const struct property *property, const struct booking *booking, int64_t now_ms,
                             int64_t begins_ms, int64_t *ret_until_ms, int64_t *ret_fee)
{
    *ret_fee = late_fee(property, booking);
    *ret_until_ms = policy_free_until(begins_ms, property->cancellation_window_h);
    return *ret_fee > 0 && now_ms < *ret_until_ms;
}
