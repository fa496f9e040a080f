/* Bounds of amounts: minor units, which sums of an account never overflow (LEDGER_EVERYTHING). */
#ifndef NIGHTLATCH_CORE_AMOUNT_H
#define NIGHTLATCH_CORE_AMOUNT_H

#include <stdint.h>

#define AMOUNT_MAX INT64_C(9007199254740991) /* 2^53 - 1: what every reader of JSON keeps exactly */

static inline int64_t
amount_at_most(int64_t amount, int64_t limit)
{
    return amount < limit ? amount : limit;
}

static inline int64_t
amount_not_negative(int64_t amount)
{
    return amount > 0 ? amount : 0;
}

/* What is beyond all amounts stays the largest. The second may be negative, within all amounts. */
static inline int64_t
amount_add(int64_t a, int64_t b)
{
    return b > 0 && a > INT64_MAX - b ? INT64_MAX : a + b;
}

#endif
