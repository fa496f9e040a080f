/* What the house keeps when a booking ends before its guests came: the arithmetic of its cancellation policy.
 *
 * Integers alone, rounded down in the guest's favour. It refuses to know a booking and what was paid for it: whoever
 * ends one asks what its end costs. Pure. */
#ifndef NIGHTLATCH_CORE_POLICY_H
#define NIGHTLATCH_CORE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum { CANCELLATION_WINDOW_MAX_H = 8784 }; /* as long before as a stay may last */

/* So many percent (0 to 100) of a price in minor units (0 to PRICE_MAX), rounded down. */
int64_t policy_fee(int64_t price_minor, int32_t percent);

/* Whether cancelling costs a fee by now: it is free until `window_h` hours before `begins_ms`, when the day of arrival,
 * or the slot, begins at the property; from that instant on it is not. Instants in ms; hours are real ones, also where
 * a clock is set in between. */
bool policy_is_late(int64_t now_ms, int64_t begins_ms, int32_t window_h);

/* The first instant at which it is late. */
int64_t policy_free_until(int64_t begins_ms, int32_t window_h);

/* What of `paid_minor` a cancellation gives back: all but the fee; as much as somebody said, where they did. */
enum refund_asked {
    REFUND_BY_POLICY, /* nothing was said: all but the fee */
    REFUND_NOTHING,
    REFUND_AMOUNT,
};
struct refund_wish {
    enum refund_asked asked;
    int64_t minor; /* REFUND_AMOUNT: > 0 */
};
int64_t policy_refund(const struct refund_wish *wish, int64_t paid_minor, int64_t fee_minor);

#endif
