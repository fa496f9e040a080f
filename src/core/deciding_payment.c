/* A payment has changed: it is put among the working copies first, so that all sums have it, then the bookings go where
 * the money takes them, and last what is not to be kept becomes due. */
#include "core/deciding_payment.h"

#include <assert.h>

#include "core/amount.h"
#include "core/capacity.h"
#include "core/deciding_booking.h"
#include "core/deciding_money.h"
#include "core/deciding_refund.h"

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
        bool is_there = refund->status == REFUND_WITHDRAWN || refund_is_loose(refund);
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
    struct deciding_kept before = deciding_kept_of(d, account, &next);
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
    deciding_balance_refunds(d, account, &before, payment);
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
