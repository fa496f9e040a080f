/* Payments and refunds among the working copies of a decision: looked up, and added up.
 *
 * For deciders. Facts bring an account whole, so all sums (ledger.h) are over everything there is. It changes nothing:
 * deciding_payment.h and deciding_refund.h do. */
#ifndef NIGHTLATCH_CORE_DECIDING_MONEY_H
#define NIGHTLATCH_CORE_DECIDING_MONEY_H

#include "core/deciding.h"
#include "core/ledger.h"

/* The working copies, as they stand now. */
struct ledger deciding_ledger(const struct deciding *d);

/* NULL when the facts do not have it. */
struct payment *deciding_payment(struct deciding *d, struct id id);
struct payment *deciding_payment_by_reference(struct deciding *d, struct str reference);
struct refund *deciding_refund(struct deciding *d, struct id id);

/* What the payment is for in money: the price of its booking, or of all bookings of its group. Not known when one of
 * them is not. */
struct price deciding_price_of(const struct deciding *d, struct id booking, struct id group);

/* The sum of the payment's refunds that have come back. */
int64_t deciding_come_back(const struct deciding *d, struct id payment);

#endif
