/* A payment in a decision: the one way in which it changes, and all that follows from it.
 *
 * For deciders. A provider's words come in any order. Whichever it was, bookings and payments end alike, every refund
 * that was asked for ends alike, and as much is due to go back. Where a refund has failed a weaker law holds: what the
 * house has once all that is due was given back, and all that is owed was paid, is alike, but what a provider gave back
 * by itself may have been taken for the refund that failed, or for one that a rule made. The same where staff kept more
 * than the fee of what was called off, and the provider gave back more than was due: what it had kept is told by what
 * is there, and what comes after that goes back. Words that contradict the provider's own are outside of it: of a
 * refund that was never asked for, or that one which it would not take on has gone back. */
#ifndef NIGHTLATCH_CORE_DECIDING_PAYMENT_H
#define NIGHTLATCH_CORE_DECIDING_PAYMENT_H

#include "core/deciding.h"

/* What has become of a payment: its whole new state (version not raised), as facts of the world. Records it, and in the
 * same decision all that follows: bookings that it covers are confirmed (or wait for approval), those that had expired
 * come back if they can still be had (all of them or none), all show how far they are paid, and what nobody is to keep
 * becomes due. `kind` is the event's; `provider_event` empty where nobody else said so. A new payment has version 0 and
 * gets its id here. */
void deciding_change_payment(struct deciding *d, struct payment next, struct str kind, struct str provider_event);

/* Raises what the payment has given back to the sum of its refunds that are settled, and all that follows. */
void deciding_count_settled(struct deciding *d, struct id id, struct str provider_event);

/* After a refund has come back (refund_has_come_back; it is recorded so): lowers what the payment has given back, as
 * far as that may count it. Nothing else follows: the payer is owed it, and how it is given is for somebody to say. */
void deciding_count_come_back(struct deciding *d, const struct refund *refund);

#endif
