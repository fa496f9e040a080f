/* What nobody is to keep is told by what came and what went, each by itself, and not by the order in which that was
 * heard (deciding_payment.h has the law): a payment that comes for what has ended goes back, and so does what is more
 * than the price; what a provider has given back by itself is taken off what is due, as long as nobody was asked for
 * it. */
#include "core/deciding_refund.h"

#include <assert.h>

#include "core/amount.h"
#include "core/deciding_money.h"

void
deciding_record_refund(struct deciding *d, struct refund *refund, enum refund_status from, struct str kind,
                       const struct free_text *reason, struct str provider_event)
{
    bool is_new = refund->version == 0;
    refund->version++;
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_REFUND,
                                     .subject = refund->id,
                                     .from = is_new ? STR("") : refund_status_name(from),
                                     .to = refund_status_name(refund->status),
                                     .reason = reason,
                                     .provider_event = provider_event,
                                     .state = EVENT_OF_REFUND,
                                     .of_refund = deciding_put_refund(d, refund)});
}

struct refund *
deciding_make_refund(struct deciding *d, const struct payment *payment, struct id booking, int64_t amount,
                     enum refund_status status, bool automatic, const struct free_text *reason)
{
    assert(amount > 0);
    struct refund *refund =
        deciding_add_refund(d, (struct refund){.id = deciding_fresh_id(d),
                                               .payment = payment->id,
                                               .booking = booking,
                                               .amount = amount,
                                               .status = status,
                                               .automatic = automatic,
                                               .settled_at = status == REFUND_SETTLED ? d->facts->now_ms : 0,
                                               .created_at = d->facts->now_ms});
    if (refund == NULL)
        return NULL;
    deciding_record_refund(d, refund, status, status == REFUND_SETTLED ? STR("refund.settled") : STR("refund.due"),
                           reason, STR(""));
    return refund;
}

/* The newest payment for this booking or group, of those before `before` (none: of all), that has anything left. */
static const struct payment *
newest_payment(const struct deciding *d, struct id booking, struct id group, struct id before)
{
    const struct payment *found = NULL;
    for (size_t i = 0; i < d->payment_count; i++) {
        const struct payment *payment = &d->payments[i];
        bool is_in = id_equal(payment->booking, booking) && id_equal(payment->group, group) &&
                     (id_is_none(before) || id_compare(payment->id, before) < 0) &&
                     ledger_left_of_payment(deciding_ledger(d), payment) > 0;
        if (is_in && (found == NULL || id_compare(payment->id, found->id) > 0))
            found = payment;
    }
    return found;
}

/* Out of the payments for this booking or group; returns what could not be had. */
static int64_t
refund_from(struct deciding *d, struct id booking, struct id group, struct id of_booking, int64_t amount)
{
    struct id before = ID_NONE;
    const struct payment *payment;
    while (amount > 0 && (payment = newest_payment(d, booking, group, before)) != NULL) {
        int64_t part = amount_at_most(amount, ledger_left_of_payment(deciding_ledger(d), payment));
        before = payment->id;
        if (deciding_make_refund(d, payment, of_booking, part, REFUND_DUE, true, NULL) == NULL)
            return amount;
        amount -= part;
    }
    return amount;
}

int64_t
deciding_refund_due(struct deciding *d, const struct booking *booking, int64_t amount)
{
    int64_t left = refund_from(d, booking->id, ID_NONE, booking->id, amount);
    if (left > 0 && !id_is_none(booking->group))
        left = refund_from(d, ID_NONE, booking->group, booking->id, left);
    return amount - left;
}

/* Out of any payment of the account. */
static void
refund_account(struct deciding *d, struct account account, int64_t amount)
{
    if (!id_is_none(account.group))
        amount = refund_from(d, ID_NONE, account.group, ID_NONE, amount);
    for (size_t i = 0; i < d->facts->booking_count && amount > 0; i++)
        if (account_has_booking(account, &d->bookings[i]))
            amount = refund_from(d, d->bookings[i].id, ID_NONE, d->bookings[i].id, amount);
}

/* Out of the payment that brought it, and only what that does not have any more out of others. */
static void
refund_risen(struct deciding *d, struct account account, const struct payment *payment, int64_t amount)
{
    int64_t part = amount_at_most(amount, ledger_left_of_payment(deciding_ledger(d), payment));
    if (part > 0 && deciding_make_refund(d, payment, payment->booking, part, REFUND_DUE, true, NULL) == NULL)
        return;
    refund_account(d, account, amount - part);
}

/* Lowers one that is; returns by how much. */
static int64_t
lower_refund(struct deciding *d, struct refund *refund, int64_t amount)
{
    if (!refund_is_loose(refund))
        return 0;
    if (amount >= refund->amount) {
        refund->status = REFUND_WITHDRAWN;
        deciding_record_refund(d, refund, REFUND_DUE, STR("refund.withdrawn"), NULL, STR(""));
        return refund->amount;
    }
    refund->amount -= amount;
    deciding_record_refund(d, refund, REFUND_DUE, STR("refund.lowered"), NULL, STR(""));
    return amount;
}

/* What is due to one whose booking is over is never taken for what another has not paid. */
static bool
is_for_another(const struct deciding *d, const struct refund *refund, const struct payment *changed)
{
    const struct booking *booking =
        id_is_none(refund->booking) ? NULL : ledger_booking(deciding_ledger(d), refund->booking);
    bool is_over = booking != NULL && (!booking_is_charged(booking) || booking->status == BOOKING_NO_SHOW);
    return is_over && (changed == NULL || !id_equal(changed->booking, booking->id));
}

/* Whose a refund is, as seen from the payment that changed (NULL for none). */
enum whose {
    OF_PAYMENT,
    OF_BOOKING, /* of another payment for the same booking, or due to that */
    OF_OTHERS,
    WHOSE_COUNT
};

static enum whose
whose(const struct refund *refund, const struct payment *payment, const struct payment *changed)
{
    if (changed == NULL)
        return OF_OTHERS;
    if (id_equal(payment->id, changed->id))
        return OF_PAYMENT;
    bool is_same = id_equal(payment->booking, changed->booking) || id_equal(refund->booking, changed->booking);
    return is_same && !id_is_none(changed->booking) ? OF_BOOKING : OF_OTHERS;
}

/* The nearest first. */
static void
lower_refunds(struct deciding *d, struct account account, const struct payment *changed, int64_t amount)
{
    for (int turn = 0; turn < WHOSE_COUNT; turn++)
        for (size_t i = 0; i < d->refund_count && amount > 0; i++) {
            const struct refund *refund = &d->refunds[i];
            const struct payment *payment = deciding_payment(d, refund->payment);
            if (payment != NULL && (int)whose(refund, payment, changed) == turn &&
                ledger_account_has_payment(deciding_ledger(d), account, payment) &&
                (turn == OF_PAYMENT || !is_for_another(d, refund, changed)))
                amount -= lower_refund(d, &d->refunds[i], amount);
        }
}

/* What is still owed of the fee of a booking that was called off, when this payment by hand is for it. What a provider
 * takes by itself is no answer to what somebody asked for at the desk. */
static int64_t
fee_owed(const struct deciding *d, const struct payment *payment)
{
    struct ledger ledger = deciding_ledger(d);
    const struct booking *booking = id_is_none(payment->booking) ? NULL : ledger_booking(ledger, payment->booking);
    bool is_asked = booking != NULL && booking_is_called_off(booking) && payment_method_is_by_hand(payment->method);
    return is_asked ? ledger_balance_due(ledger, booking) : 0;
}

/* The same of all fees of a group of which nothing is left but these, when it is for the group. */
static int64_t
fees_owed(const struct payment *payment, const struct deciding_kept *kept)
{
    bool is_asked = id_is_none(payment->booking) && payment_method_is_by_hand(payment->method);
    return is_asked ? amount_not_negative(kept->called_off - money_left(kept->money)) : 0;
}

/* What is kept for those who were called off: what they left of their own, and their fees out of what others paid. */
static int64_t
of_called_off(const struct deciding *d, struct account account)
{
    struct ledger ledger = deciding_ledger(d);
    return ledger_left_by_called_off(ledger, account) + ledger_unpaid_fees(ledger, account);
}

/* What of the money that is kept for those whose booking is over is theirs: a refund of it failed, or was asked for and
 * is not told of yet. */
static int64_t
refused_of_ended(const struct deciding *d, struct account account, bool any)
{
    struct ledger ledger = deciding_ledger(d);
    int64_t sum = any || id_is_none(account.group) ? 0 : ledger_refused_owed(ledger, ID_NONE, account.group, true);
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *booking = &d->bookings[i];
        if (account_has_booking(account, booking) && (!any || booking_is_called_off(booking)))
            sum += ledger_refused_owed(ledger, booking->id, ID_NONE, true);
    }
    return sum;
}

struct deciding_kept
deciding_kept_of(const struct deciding *d, struct account account, const struct payment *payment)
{
    bool any;
    struct deciding_kept kept = {.money = ledger_money_of(deciding_ledger(d), account),
                                 .called_off = of_called_off(d, account),
                                 .fee = fee_owed(d, payment)};
    kept.minor = ledger_charged(deciding_ledger(d), account, &any) + kept.called_off;
    if (!any)
        kept.minor = money_left(kept.money) + fees_owed(payment, &kept); /* what its end left with the house */
    kept.refused_off = refused_of_ended(d, account, true);
    kept.refused = any ? kept.refused_off : refused_of_ended(d, account, false);
    return kept;
}

/* The booking that it pays for, and no other, where that was called off; else NULL. */
static const struct booking *
called_off_of(const struct deciding *d, const struct payment *payment)
{
    const struct booking *booking =
        id_is_none(payment->booking) ? NULL : ledger_booking(deciding_ledger(d), payment->booking);
    return booking != NULL && booking_is_called_off(booking) ? booking : NULL;
}

/* What is with the house to stay, below zero where more is to go back than came. */
static int64_t
left_of(struct money money)
{
    return money.captured - money.refunded - money.open;
}

/* What has happened to a payment, by its amounts. */
struct movement {
    int64_t came, went; /* what went in answer to what somebody was asked for is in neither */
    int64_t due;        /* of what came: what is not to be kept */
};

/* What is due to who paid it, and can still be taken back. */
static int64_t
loose_of(struct deciding *d, const struct payment *changed)
{
    int64_t sum = 0;
    for (size_t i = 0; i < d->refund_count; i++) {
        const struct payment *payment = deciding_payment(d, d->refunds[i].payment);
        if (payment != NULL && whose(&d->refunds[i], payment, changed) != OF_OTHERS && refund_is_loose(&d->refunds[i]))
            sum += d->refunds[i].amount;
    }
    return sum;
}

/* What one who called off leaves the house: at least their fee, which others pay where they do not. */
static int64_t
kept_for(const struct booking *off, int64_t left)
{
    int64_t fee = off->status == BOOKING_CANCELLED ? off->fee_minor : 0;
    return left > fee ? left : fee;
}

/* What went by itself to one who called off answers what is due to them; what is beyond that they had left with the
 * house, and nobody else is to make it good. `excused` may have been for what failed, and answers nothing. */
static int64_t
lost_by(struct deciding *d, const struct booking *off, const struct payment *payment, struct movement moved,
        int64_t excused)
{
    int64_t now = left_of(ledger_money_for(deciding_ledger(d), off->id, ID_NONE));
    int64_t answered = amount_at_most(loose_of(d, payment) + moved.due, amount_not_negative(moved.went - excused));
    return amount_not_negative(kept_for(off, now + moved.went - moved.came) -
                               kept_for(off, now - moved.due + answered));
}

void
deciding_balance_refunds(struct deciding *d, struct account account, const struct deciding_kept *before,
                         const struct payment *payment)
{
    bool any;
    const struct booking *off = called_off_of(d, payment);
    struct money now = ledger_money_of(deciding_ledger(d), account);
    struct movement moved = {.came = now.captured - before->money.captured};
    moved.went = moved.came - (left_of(now) - left_of(before->money));
    int64_t charged = ledger_charged(deciding_ledger(d), account, &any);
    int64_t keep = any ? charged + before->called_off : before->minor;
    int64_t over = left_of(before->money) + moved.came - keep, lowered = 0;
    bool is_known = keep < LEDGER_EVERYTHING;
    if (off == NULL && !is_known)
        return;
    if (off != NULL && moved.came > 0) {
        moved.due = amount_not_negative(moved.came - before->fee);
    } else if (is_known) {
        moved.due = amount_at_most(moved.came, amount_not_negative(over));
        lowered = amount_at_most(amount_not_negative(-over), amount_not_negative(keep - before->minor - moved.came));
    }
    /* what went by itself may have been for what failed: of what came back to be charged that is in `over` by now */
    over += lowered - moved.due;
    int64_t spare = is_known ? amount_not_negative(over) : 0;
    int64_t lost = off == NULL ? 0 : lost_by(d, off, payment, moved, before->refused_off + spare);
    int64_t excused = !any ? before->refused : lost > before->refused_off ? lost : before->refused_off;
    int64_t answers = moved.went - excused - (is_known ? over : 0);
    lowered += amount_at_most(amount_not_negative(answers), amount_not_negative(moved.went));
    if (moved.due > lowered)
        refund_risen(d, account, payment, moved.due - lowered);
    else
        lower_refunds(d, account, payment, lowered - moved.due);
}

void
deciding_price_changed(struct deciding *d, const struct booking *booking, struct price before)
{
    struct account account = account_of_booking(booking);
    bool any;
    if (!booking_is_charged(booking) || !booking->price.known)
        return;
    struct money now = ledger_money_of(deciding_ledger(d), account);
    int64_t net = now.captured - now.refunded,
            keep = ledger_charged(deciding_ledger(d), account, &any) + of_called_off(d, account);
    if (!before.known) { /* what others of the account paid was for what they owe, as long as that is not known */
        int64_t own = ledger_left_of_own(deciding_ledger(d), booking);
        int64_t back = deciding_refund_due(d, booking, amount_not_negative(own - booking->price.minor));
        if (keep < LEDGER_EVERYTHING)
            refund_account(d, account, amount_not_negative(net - now.open - back - keep));
        return;
    }
    if (keep >= LEDGER_EVERYTHING)
        return;
    int64_t lowered = before.minor - booking->price.minor;
    refund_account(d, account,
                   amount_at_most(amount_not_negative(lowered), amount_not_negative(net - now.open - keep)));
    lower_refunds(d, account, NULL,
                  amount_at_most(amount_not_negative(-lowered), amount_not_negative(now.open + keep - net)));
}

void
deciding_release_others(struct deciding *d, const struct booking *ended)
{
    struct account account = account_of_booking(ended);
    bool any;
    int64_t keep = ledger_charged(deciding_ledger(d), account, &any);
    if (id_is_none(ended->group) || keep >= LEDGER_EVERYTHING)
        return;
    int64_t over = money_left(ledger_money_of(deciding_ledger(d), account)) - keep - of_called_off(d, account);
    for (size_t i = 0; i < d->facts->booking_count && over > 0; i++) {
        const struct booking *other = &d->bookings[i];
        if (id_equal(other->id, ended->id) || !account_has_booking(account, other) || booking_is_called_off(other))
            continue;
        int64_t asked = booking_is_charged(other) ? booking_charge(other).minor : 0;
        int64_t back = amount_at_most(over, amount_not_negative(ledger_left_of_own(deciding_ledger(d), other) - asked));
        over -= back - refund_from(d, other->id, ID_NONE, other->id, back);
    }
}
