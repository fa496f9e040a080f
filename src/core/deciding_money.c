/* What nobody is to keep is told by what came and what went, each by itself, and not by the order in which that was
 * heard (deciding_money.h has the law): a payment that comes for what has ended goes back, and so does what is more
 * than the price; what a provider has given back by itself is taken off what is due, as long as nobody was asked for
 * it. */
#include "core/deciding_money.h"

#include <assert.h>

#include "core/amount.h"
#include "core/capacity.h"
#include "core/deciding_booking.h"

/* --- looking up --- */

struct payment *
deciding_payment(struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->payment_count; i++)
        if (id_equal(d->payments[i].id, id))
            return &d->payments[i];
    return NULL;
}

struct payment *
deciding_payment_by_reference(struct deciding *d, struct str reference)
{
    for (size_t i = 0; i < d->payment_count; i++)
        if (d->payments[i].method == PAYMENT_METHOD_CARD && str_equal(d->payments[i].reference, reference))
            return &d->payments[i];
    return NULL;
}

struct refund *
deciding_refund(struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->refund_count; i++)
        if (id_equal(d->refunds[i].id, id))
            return &d->refunds[i];
    return NULL;
}

/* --- sums --- */

struct ledger
deciding_ledger(const struct deciding *d)
{
    return (struct ledger){.bookings = d->bookings,
                           .booking_count = d->facts->booking_count,
                           .payments = d->payments,
                           .payment_count = d->payment_count,
                           .refunds = d->refunds,
                           .refund_count = d->refund_count};
}

struct price
deciding_price_of(const struct deciding *d, struct id booking, struct id group)
{
    struct price price = {.known = true};
    bool any = false;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *b = &d->bookings[i];
        if (!id_equal(b->id, booking) && (id_is_none(group) || !id_equal(b->group, group)))
            continue;
        any = true;
        price.known = price.known && b->price.known;
        price.minor += b->price.minor;
    }
    price.known = price.known && any;
    return price;
}

/* --- refunds --- */

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

/* A rule made it and nobody was asked for it. */
static bool
is_loose(const struct refund *refund)
{
    return refund->status == REFUND_DUE && refund->automatic && refund->attempts == 0;
}

/* Lowers one that is; returns by how much. */
static int64_t
lower_refund(struct deciding *d, struct refund *refund, int64_t amount)
{
    if (!is_loose(refund))
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

/* Those of the payment that changed (NULL: of none) first. */
static void
lower_refunds(struct deciding *d, struct account account, const struct payment *changed, int64_t amount)
{
    for (int others = changed == NULL ? 1 : 0; others < 2; others++)
        for (size_t i = 0; i < d->refund_count && amount > 0; i++) {
            const struct refund *refund = &d->refunds[i];
            const struct payment *payment = deciding_payment(d, refund->payment);
            bool is_first = changed != NULL && id_equal(refund->payment, changed->id);
            if (payment != NULL && is_first == (others == 0) &&
                ledger_account_has_payment(deciding_ledger(d), account, payment) &&
                (is_first || !is_for_another(d, refund, changed)))
                amount -= lower_refund(d, &d->refunds[i], amount);
        }
}

/* What the house had and was to keep of an account. */
struct kept {
    struct money money;
    int64_t called_off;  /* of `minor`: what those who were called off left, and their fees */
    int64_t minor;       /* LEDGER_EVERYTHING or more: nobody knows */
    int64_t fee;         /* owed of the fee that the payment is for */
    int64_t refused;     /* of `minor`: what is owed of refunds that failed, or are not told of yet */
    int64_t refused_off; /* of `called_off`: the same */
};

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
fees_owed(const struct payment *payment, const struct kept *kept)
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

static struct kept
kept_of(const struct deciding *d, struct account account, const struct payment *payment)
{
    bool any;
    struct kept kept = {.money = ledger_money_of(deciding_ledger(d), account),
                        .called_off = of_called_off(d, account),
                        .fee = fee_owed(d, payment)};
    kept.minor = ledger_charged(deciding_ledger(d), account, &any) + kept.called_off;
    if (!any)
        kept.minor = money_left(kept.money) + fees_owed(payment, &kept); /* what its end left with the house */
    kept.refused_off = refused_of_ended(d, account, true);
    kept.refused = any ? kept.refused_off : refused_of_ended(d, account, false);
    return kept;
}

/* Does it pay for a booking that was called off, and for no other? */
static bool
is_for_called_off(const struct deciding *d, const struct payment *payment)
{
    const struct booking *booking =
        id_is_none(payment->booking) ? NULL : ledger_booking(deciding_ledger(d), payment->booking);
    return booking != NULL && booking_is_called_off(booking);
}

/* What is with the house to stay, below zero where more is to go back than came. */
static int64_t
left_of(struct money money)
{
    return money.captured - money.refunded - money.open;
}

/* After a payment of the account has changed: what came and is not to be kept goes back; what went back by itself is
 * not owed any more, nor is what pays for a booking that came back. What came is looked at first and by itself, and
 * then what went: a word that tells of both comes to the same as two that tell of one each. What went back in answer to
 * what somebody was asked for is not open any more, so that it left nothing less. */
static void
balance_refunds(struct deciding *d, struct account account, const struct kept *before, const struct payment *payment)
{
    bool any;
    struct money now = ledger_money_of(deciding_ledger(d), account);
    int64_t came = now.captured - before->money.captured;
    int64_t went = came - (left_of(now) - left_of(before->money));
    int64_t charged = ledger_charged(deciding_ledger(d), account, &any);
    int64_t keep = any ? charged + before->called_off : before->minor;
    int64_t over = left_of(before->money) + came - keep, due = 0, lowered = 0;
    bool is_off = is_for_called_off(d, payment), is_known = keep < LEDGER_EVERYTHING;
    if (!is_off && !is_known)
        return;
    if (is_off && came > 0) {
        due = amount_not_negative(came - before->fee);
    } else if (is_known) {
        due = amount_at_most(came, amount_not_negative(over));
        lowered = amount_at_most(amount_not_negative(-over), amount_not_negative(keep - before->minor - came));
    }
    /* what went by itself may have been for what failed: of what came back to be charged that is in `over` by now; or
     * was what somebody left who called off, and is nobody else's to make good */
    int64_t lost = amount_not_negative(before->called_off - of_called_off(d, account));
    over += lowered - due - went + (!any ? before->refused : lost > before->refused_off ? lost : before->refused_off);
    lowered += is_known ? amount_at_most(amount_not_negative(-over), amount_not_negative(went)) : went;
    if (due > lowered)
        refund_risen(d, account, payment, due - lowered);
    else
        lower_refunds(d, account, payment, lowered - due);
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

/* --- bookings --- */

/* What was captured and is not given back by the house, nor about to be, nor owed because it came back: a refund that a
 * rule made due, and nobody was asked for, is still there. What a provider gives back by itself is not looked at, nor
 * whether it gave what it was asked for, so that it does not matter whether it tells of that before or after the
 * capture. */
static int64_t
brought_by(const struct deciding *d, const struct payment *payment)
{
    int64_t sum = payment->captured;
    for (size_t i = 0; i < d->refund_count; i++) {
        const struct refund *refund = &d->refunds[i];
        bool is_there = refund->status == REFUND_WITHDRAWN || is_loose(refund);
        if (id_equal(refund->payment, payment->id) && !is_there)
            sum -= refund->amount;
    }
    return amount_not_negative(sum);
}

/* Is what was captured enough for this booking: its own payments, or those of the account for all of it? What is given
 * back later does not make a promise undone. */
static bool
is_covered(const struct deciding *d, struct account account, const struct booking *booking)
{
    int64_t own = 0, of_group = 0, all = 0, owed = 0;
    for (size_t i = 0; i < d->payment_count; i++) {
        int64_t brought = brought_by(d, &d->payments[i]);
        own += id_equal(d->payments[i].booking, booking->id) ? brought : 0;
        of_group += id_is_none(d->payments[i].booking) &&
                            ledger_account_has_payment(deciding_ledger(d), account, &d->payments[i])
                        ? brought
                        : 0;
        all += ledger_account_has_payment(deciding_ledger(d), account, &d->payments[i]) ? brought : 0;
    }
    if (own > 0 && (!booking->price.known || own >= booking->price.minor))
        return true;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *other = &d->bookings[i];
        if (!account_has_booking(account, other) || booking_is_called_off(other))
            continue;
        if (!other->price.known)
            return of_group > 0;
        owed += other->price.minor;
    }
    return all > 0 && all >= owed;
}

/* By the night from the business date on, by the minute before it begins. */
static bool
is_still_to_come(const struct deciding *d, const struct booking *booking)
{
    int64_t present = booking->by_minute ? d->facts->now_ms : date_to_instant(d->facts->today);
    return booking->span.starts >= present;
}

/* Is there any booking that the capture would bring back? */
static bool
may_revive_any(const struct deciding *d, struct account account)
{
    for (size_t i = 0; i < d->facts->booking_count; i++)
        if (facts_may_revive(d->command, d->facts, &d->facts->bookings[i]) &&
            d->bookings[i].status == BOOKING_EXPIRED && is_covered(d, account, &d->bookings[i]))
            return true;
    return false;
}

static bool
retake(struct deciding *d, const struct leg *leg, size_t index, struct booking *booking)
{
    struct wanted wanted;
    if (!is_still_to_come(d, booking) || !wanted_resolve(d, leg, index, &wanted) || wanted_refuse_party(d, &wanted))
        return false;
    wanted.turnaround_ms = booking->turnaround_ms; /* as was promised */
    return capacity_take_for_booking(d, &wanted, booking);
}

/* Takes what all of them had, by the guards of a new booking. False when one can't be had: the decision is refused, and
 * must begin anew. */
static bool
retake_all(struct deciding *d, struct account account)
{
    const struct leg *legs;
    size_t leg_count = facts_legs(d->command, d->facts, d->arena, &legs), next = 0;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        if (!facts_may_revive(d->command, d->facts, &d->facts->bookings[i]))
            continue;
        size_t leg = next++;
        struct booking *booking = &d->bookings[i];
        if (leg < leg_count && booking->status == BOOKING_EXPIRED && is_covered(d, account, booking) &&
            !retake(d, &legs[leg], leg, booking))
            return false;
    }
    return leg_count > 0;
}

/* Where it goes from here: confirmed, or to somebody who approves of it. */
static enum booking_status
promise(struct deciding *d, struct booking *booking)
{
    const struct room_type *type = house_find_type(&d->facts->house, booking->room_type);
    bool waits = type != NULL && type->needs_approval;
    booking->expires_at = waits ? d->facts->now_ms + d->facts->house.property->approval_ttl_ms : 0;
    return waits ? BOOKING_PENDING_APPROVAL : BOOKING_CONFIRMED;
}

static enum payment_status
paid_status(struct deciding *d, const struct booking *booking)
{
    const struct payment **payments = ARENA_ARRAY(d->arena, d->payment_count + 1, const struct payment *);
    size_t count = 0;
    if (payments == NULL) {
        d->decision->out_of_memory = true;
        return booking->payment_status;
    }
    for (size_t i = 0; i < d->payment_count; i++) {
        const struct payment *payment = &d->payments[i];
        bool of_group = !id_is_none(payment->group) && id_equal(payment->group, booking->group);
        if (id_equal(payment->booking, booking->id) || of_group)
            payments[count++] = payment;
    }
    return payment_status_together(booking->payment == PAYMENT_REQUIRED, payments, count);
}

/* Each booking of the account goes where the money takes it, or shows how far it is paid. Only what comes in takes one
 * anywhere: nobody's booking is confirmed by what another is given back. */
static void
step_bookings(struct deciding *d, struct account account, bool comes_in, bool revives)
{
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        struct booking *booking = &d->bookings[i];
        if (!account_has_booking(account, booking))
            continue;
        enum payment_status status = paid_status(d, booking);
        bool waits = booking->status == BOOKING_PENDING_PAYMENT ||
                     (revives && booking->status == BOOKING_EXPIRED &&
                      facts_may_revive(d->command, d->facts, &d->facts->bookings[i]));
        bool moves = comes_in && waits && is_covered(d, account, booking);
        if (!moves && status == booking->payment_status)
            continue;
        booking->payment_status = status;
        deciding_record_step(d, booking, BOOKING_COMMAND_PAY, moves ? promise(d, booking) : booking->status, STR(""));
    }
}

/* --- payments --- */

/* Puts the new state among the working copies, so that all sums have it. */
static struct payment *
place(struct deciding *d, const struct payment *next)
{
    if (next->version == 0)
        return deciding_add_payment(d, *next);
    struct payment *payment = deciding_payment(d, next->id);
    assert(payment != NULL);
    *payment = *next;
    return payment;
}

static void
record_payment(struct deciding *d, struct payment *payment, enum payment_status from, struct str kind,
               struct str provider_event)
{
    bool is_new = payment->version == 0;
    if (is_new) {
        payment->id = deciding_fresh_id(d);
        payment->created_at = d->facts->now_ms;
    }
    payment->version++;
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_PAYMENT,
                                     .subject = payment->id,
                                     .from = is_new ? STR("") : payment_status_name(from),
                                     .to = payment_status_name(payment_status_of(payment)),
                                     .provider_event = provider_event,
                                     .state = EVENT_OF_PAYMENT,
                                     .payment = deciding_put_payment(d, payment)});
}

/* What was decided so far is dropped, but for what has lapsed: a revival that failed half way leaves no trace. */
static void
begin_anew(struct deciding *d)
{
    struct decision *decision = d->decision;
    deciding_init(d, d->facts, d->command, d->arena, decision);
    if (!decision->out_of_memory)
        decide_lapsed(d);
}

void
deciding_change_payment(struct deciding *d, struct payment next, struct str kind, struct str provider_event)
{
    struct account account = ledger_account_of_payment(deciding_ledger(d), &next);
    struct kept before = kept_of(d, account, &next);
    const struct payment *present = next.version == 0 ? NULL : deciding_payment(d, next.id);
    enum payment_status from = present == NULL ? PAYMENT_STATUS_NONE : payment_status_of(present);
    int64_t captured = present == NULL ? 0 : present->captured; /* `present` is what place() overwrites */
    struct payment *payment = place(d, &next);
    if (payment == NULL)
        return;
    bool comes_in = payment->captured > captured;
    bool revives = comes_in && may_revive_any(d, account);
    if (revives && !retake_all(d, account)) {
        revives = false;
        begin_anew(d);
        payment = d->decision->out_of_memory ? NULL : place(d, &next);
        if (payment == NULL)
            return;
    }
    record_payment(d, payment, from, kind, provider_event);
    step_bookings(d, account, comes_in, revives);
    balance_refunds(d, account, &before, payment);
}

void
deciding_count_settled(struct deciding *d, struct id id, struct str provider_event)
{
    struct payment *payment = deciding_payment(d, id);
    struct payment_fact fact = {.refunded = ledger_settled_refunds(deciding_ledger(d), id)};
    if (payment == NULL)
        return;
    struct payment next = *payment;
    if (payment_merge(&next, &fact, d->facts->now_ms))
        deciding_change_payment(d, next, STR("payment.refunded"), provider_event);
}

int64_t
deciding_come_back(const struct deciding *d, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < d->refund_count; i++)
        if (id_equal(d->refunds[i].payment, payment) && refund_has_come_back(&d->refunds[i]))
            sum += d->refunds[i].amount;
    return sum;
}

/* The refund alone can't tell whether it was counted: it was when it was settled, and when the provider told of the
 * payment in between. What it was not counted in was told before it was taken on, and is told again with it. */
void
deciding_count_come_back(struct deciding *d, const struct refund *refund)
{
    struct payment *payment = deciding_payment(d, refund->payment);
    if (payment == NULL)
        return;
    int64_t settled = ledger_settled_refunds(deciding_ledger(d), payment->id),
            rest = payment->refunded - refund->amount;
    enum payment_status from = payment_status_of(payment);
    if (payment->refunded == settled)
        return;
    payment->refunded = rest > settled ? rest : settled;
    record_payment(d, payment, from, STR("payment.refund_returned"), STR(""));
    step_bookings(d, ledger_account_of_payment(deciding_ledger(d), payment), false, false);
}
