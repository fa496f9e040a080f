/* What goes back in a decision: the one way in which a refund is made, lowered and recorded, and the rules of what is
 * due.
 *
 * For deciders. A rule makes due what nobody is to keep, and takes back what it made due as long as nobody was asked
 * for it (refund_is_loose). It refuses to know how a refund is given: that is for the provider's worker, or for the
 * desk. */
#ifndef NIGHTLATCH_CORE_DECIDING_REFUND_H
#define NIGHTLATCH_CORE_DECIDING_REFUND_H

#include "core/deciding.h"
#include "core/ledger.h"

/* A new refund of the payment in this status, recorded with its event; NULL when the arena is full. */
struct refund *deciding_make_refund(struct deciding *d, const struct payment *payment, struct id booking,
                                    int64_t amount, enum refund_status status, bool automatic,
                                    const struct free_text *reason);

/* Records a refund's new state (version not raised) with its event. */
void deciding_record_refund(struct deciding *d, struct refund *refund, enum refund_status from, struct str kind,
                            const struct free_text *reason, struct str provider_event);

/* Makes `amount` of what was paid for the booking due to go back, out of its own payments first, then its group's, the
 * newest first; what there is when that is less. Returns how much it was. One refund per payment it comes out of. For
 * those who end a booking, before or after they record the step. */
int64_t deciding_refund_due(struct deciding *d, const struct booking *booking, int64_t amount);

/* What others of its group paid for themselves above what is asked for them, and was kept for this one, goes back to
 * them, as far as the whole group does not need it. For those who end a booking, after what is due to it. */
void deciding_release_others(struct deciding *d, const struct booking *ended);

/* After the price of a booking has changed (it has the new one): what was captured above it is due to go back, as far
 * as the price sank; what a rule has made due is lowered again, as far as it rose and nobody was asked for it. */
void deciding_price_changed(struct deciding *d, const struct booking *booking, struct price before);

/* What the house had and was to keep of an account, in minor units. */
struct deciding_kept {
    struct money money;
    int64_t called_off;  /* of `minor`: what those who were called off left, and their fees */
    int64_t minor;       /* LEDGER_EVERYTHING or more: nobody knows */
    int64_t fee;         /* owed of the fee that the payment is for */
    int64_t refused;     /* of `minor`: what is owed of refunds that failed, or are not told of yet */
    int64_t refused_off; /* of `called_off`: the same */
};

/* Before `payment`, which is of the account, changes. */
struct deciding_kept deciding_kept_of(const struct deciding *d, struct account account, const struct payment *payment);

/* After it has changed, and the bookings with it: what came and is not to be kept goes back; what went back by itself
 * is not owed any more, nor is what pays for a booking that came back. What came is looked at first and by itself, and
 * then what went: a word that tells of both comes to the same as two that tell of one each. What went back in answer to
 * what somebody was asked for is not open any more, so that it left nothing less. */
void deciding_balance_refunds(struct deciding *d, struct account account, const struct deciding_kept *before,
                              const struct payment *payment);

#endif
