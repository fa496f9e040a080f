/* What an account has paid, owes and is owed: sums over its bookings, payments and refunds as they stand.
 *
 * An account is a group with all its bookings, or one booking alone; its payments are those for the group and those for
 * each of its bookings. For whoever decides about money and whoever shows it, so that both say the same. It refuses to
 * change anything (deciding_payment.h does), and keeps no sums: they are taken anew each time they are asked for,
 * because an account has a few payments and a sum that is kept can be wrong.
 *
 * The house is to have the price of each booking that is neither called off nor expired; where nobody came the fee in
 * place of the price; and what those who were called off left of their own payments when they were. What is due to one
 * is never taken for what another has not paid. All amounts are minor units of the property's currency. */
#ifndef NIGHTLATCH_CORE_LEDGER_H
#define NIGHTLATCH_CORE_LEDGER_H

#include "core/booking.h"
#include "core/payment.h"

#define LEDGER_EVERYTHING (INT64_MAX / 4) /* more than any sum, and sums of it fit: nobody knows the price */

struct account {
    struct id booking, group; /* the booking where there is no group */
};

/* Accounts that are whole: all their bookings, payments and refunds; of others too, in any order. Not owned. */
struct ledger {
    const struct booking *bookings;
    size_t booking_count;
    const struct payment *payments;
    size_t payment_count;
    const struct refund *refunds;
    size_t refund_count;
};

struct money {
    int64_t captured, refunded, open; /* open: on its way back, or due to go */
};

struct account account_of_booking(const struct booking *booking);
bool account_has_booking(struct account account, const struct booking *booking);
struct account ledger_account_of_payment(struct ledger ledger, const struct payment *payment);
bool ledger_account_has_payment(struct ledger ledger, struct account account, const struct payment *payment);

/* NULL when the ledger does not have it. */
const struct booking *ledger_booking(struct ledger ledger, struct id id);

/* Called off: what was asked for it is not owed, and what it paid was settled then. */
bool booking_is_called_off(const struct booking *booking);

/* It is to be paid for, or was: called off and expired bookings are not. */
bool booking_is_charged(const struct booking *booking);

/* What the house is to have for a booking: its price, the fee where nobody came or it was called off, nothing for what
 * was declined or expired. */
struct price booking_charge(const struct booking *booking);

/* Was anything paid, set aside or tried for it, or for its group? */
bool booking_has_payments(const struct booking *booking);

/* --- sums --- */

/* The refunds of the payment that are still open; those that have gone back, whether it counts them already or not; and
 * what could still be given back of it. */
int64_t ledger_open_refunds(struct ledger ledger, struct id payment);
int64_t ledger_settled_refunds(struct ledger ledger, struct id payment);
int64_t ledger_refundable(struct ledger ledger, const struct payment *payment);

/* What is left of the payment for a rule to make due. It differs from what is refundable where more went back than is
 * settled and somebody was asked for a refund: that is taken for the answer, and not kept for it once more. */
int64_t ledger_left_of_payment(struct ledger ledger, const struct payment *payment);

/* All payments of an account; and those for this booking or group itself, and no other. */
struct money ledger_money_of(struct ledger ledger, struct account account);
struct money ledger_money_for(struct ledger ledger, struct id booking, struct id group);

/* What of it is with the house to stay, never negative; and of the payments for this booking itself. */
int64_t money_left(struct money money);
int64_t ledger_left_of_own(struct ledger ledger, const struct booking *booking);

/* What the account is to keep of what comes: what is asked for all bookings that are charged; LEDGER_EVERYTHING or more
 * where that is not known. *ret_any: is there any? */
int64_t ledger_charged(struct ledger ledger, struct account account, bool *ret_any);

/* What bookings that were called off left with the house out of their own payments: a fee, or what staff said is kept.
 * It pays for no other booking of the group. */
int64_t ledger_left_by_called_off(struct ledger ledger, struct account account);

/* What the fees of bookings that were called off are above their own payments: kept out of their group's, or owed. */
int64_t ledger_unpaid_fees(struct ledger ledger, struct account account);

/* What is left of what was captured for this booking, without what is on its way back: what its end can give back. In
 * a group it is what its own payments brought, and of the group's what the other bookings that still count leave over;
 * nothing of the group's where one of their prices is not known. */
int64_t ledger_paid(struct ledger ledger, const struct booking *booking);

/* What is still to be paid for this booking, never negative: of its price, or of the fee where it was called off or
 * nobody came; 0 where the price is not known, and of what was declined or expired. In a group no more than the whole
 * group owes. */
int64_t ledger_balance_due(struct ledger ledger, const struct booking *booking);

/* The most that would still be kept if it were paid for the account: what all its bookings that may yet be paid for
 * cost, the expired ones too, and the fees of those that were called off, without what was paid or authorised.
 * LEDGER_EVERYTHING where that is not known. */
int64_t ledger_payable(struct ledger ledger, struct account account);

/* --- what is owed back --- */

/* What is left of the payments for this booking or group itself above what is asked of them; all of it where that is
 * not known. */
int64_t ledger_above_charge(struct ledger ledger, struct id booking, struct id group);

/* The refunds of the payment that a provider refused: owed, unless they were given back in another way since. */
int64_t ledger_refused_refunds(struct ledger ledger, struct id payment);

/* What is owed of those of the payments for this booking or group itself: until it was given back in another way, which
 * is as long as it is above what is asked. With `in_question` also what was asked for, or is settled, and may be what
 * the provider told of before: what is above the charge then is what it has not told of yet. */
int64_t ledger_refused_owed(struct ledger ledger, struct id booking, struct id group, bool in_question);

/* --- to be shown --- */

struct ledger_summary {
    struct price charge; /* what is asked for it now: the price, a fee, or nothing */
    int64_t paid;        /* captured */
    int64_t refunded;    /* of that gone back */
    int64_t refund_due;  /* of that owed back and not gone, what a provider refused included */
    int64_t balance_due; /* still to be paid */
};

/* Of a booking its own payments alone; its balance counts its group's too. Of a group all that its account has; its
 * balance is what its bookings that go on have still to pay, and the fees of those that ended. */
struct ledger_summary ledger_summary_of_booking(struct ledger ledger, const struct booking *booking);
struct ledger_summary ledger_summary_of_group(struct ledger ledger, struct id group);

#endif
