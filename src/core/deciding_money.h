/* Money in a decision: the one way in which a payment or refund changes, and all that follows from it.
 *
 * For deciders. Facts bring an account whole, so all sums (ledger.h) are over everything there is.
 *
 * A provider's words come in any order. Whichever it was, bookings and payments end alike, every refund that was asked
 * for ends alike, and as much is due to go back. Where a refund has failed a weaker law holds: what the house has once
 * all that is due was given back, and all that is owed was paid, is alike, but what a provider gave back by itself may
 * have been taken for the refund that failed, or for one that a rule made. Words that contradict the provider's own are
 * outside of it: of a refund that was never asked for, or that one which it would not take on has gone back. */
#ifndef NIGHTLATCH_CORE_DECIDING_MONEY_H
#define NIGHTLATCH_CORE_DECIDING_MONEY_H

#include "core/deciding.h"
#include "core/ledger.h"

/* The working copies, as they stand now. */
struct ledger deciding_ledger(const struct deciding *d);

/* Makes `amount` of what was paid for the booking due to go back, out of its own payments first, then its group's, the
 * newest first; what there is when that is less. Returns how much it was. One refund per payment it comes out of. For
 * those who end a booking, before or after they record the step. */
int64_t deciding_refund_due(struct deciding *d, const struct booking *booking, int64_t amount);

/* What others of its group paid for themselves above what is asked for them, and was kept for this one, goes back to
 * them, as far as the whole group does not need it. For those who end a booking, after what is due to it. */
void deciding_release_others(struct deciding *d, const struct booking *ended);

/* What has become of a payment: its whole new state (version not raised), as facts of the world. Records it, and in the
 * same decision all that follows: bookings that it covers are confirmed (or wait for approval), those that had expired
 * come back if they can still be had (all of them or none), all show how far they are paid, and what nobody is to keep
 * becomes due. `kind` is the event's; `provider_event` empty where nobody else said so. A new payment has version 0 and
 * gets its id here. */
void deciding_change_payment(struct deciding *d, struct payment next, struct str kind, struct str provider_event);

/* A new refund of the payment in this status, recorded with its event; NULL when the arena is full. */
struct refund *deciding_make_refund(struct deciding *d, const struct payment *payment, struct id booking,
                                    int64_t amount, enum refund_status status, bool automatic,
                                    const struct free_text *reason);

/* Records a refund's new state (version not raised) with its event. */
void deciding_record_refund(struct deciding *d, struct refund *refund, enum refund_status from, struct str kind,
                            const struct free_text *reason, struct str provider_event);

/* Raises what the payment has given back to the sum of its refunds that are settled, and all that follows. */
void deciding_count_settled(struct deciding *d, struct id id, struct str provider_event);

/* After a refund has come back (refund_has_come_back; it is recorded so): lowers what the payment has given back, as
 * far as that may count it. Nothing else follows: the payer is owed it, and how it is given is for somebody to say. */
void deciding_count_come_back(struct deciding *d, const struct refund *refund);

/* The sum of the payment's refunds that have come back. */
int64_t deciding_come_back(const struct deciding *d, struct id payment);

/* NULL when the facts do not have it. */
struct payment *deciding_payment(struct deciding *d, struct id id);
struct payment *deciding_payment_by_reference(struct deciding *d, struct str reference);
struct refund *deciding_refund(struct deciding *d, struct id id);

/* What the payment is for in money: the price of its booking, or of all bookings of its group. Not known when one of
 * them is not. */
struct price deciding_price_of(const struct deciding *d, struct id booking, struct id group);

/* After the price of a booking has changed (it has the new one): what was captured above it is due to go back, as far
 * as the price sank; what a rule has made due is lowered again, as far as it rose and nobody was asked for it. */
void deciding_price_changed(struct deciding *d, const struct booking *booking, struct price before);

#endif
