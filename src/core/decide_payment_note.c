/* What a provider says of a payment. It is a fact, so it is never refused: it is applied once, set aside for somebody
 * to look at, or says nothing new. Whether it can be believed (its signature) was settled before. */
#include "core/amount.h"
#include "core/deciding_money.h"
#include "core/deciding_payment.h"
#include "core/deciding_refund.h"

/* The event had its effect: once is enough. */
static void
note_seen(struct deciding *d, enum id_kind subject_kind, struct id subject)
{
    const struct note_payment *said = &d->command->note_payment;
    struct payment_notice_seen seen = {
        .event = said->event, .subject = subject, .subject_kind = subject_kind, .at = d->facts->now_ms};
    deciding_change(d, (struct change){.kind = CHANGE_NOTICE, .notice = seen});
}

static void
put_aside(struct deciding *d, enum set_aside_cause cause)
{
    const struct note_payment *said = &d->command->note_payment;
    struct set_aside *aside = ARENA_NEW(d->arena, struct set_aside);
    if (aside == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *aside = (struct set_aside){.id = deciding_fresh_id(d),
                                .event = said->event,
                                .kind = said->kind,
                                .cause = cause,
                                .reference = said->reference,
                                .named = said->named,
                                .amount = said->amount,
                                .currency = said->currency,
                                .created_at = d->facts->now_ms,
                                .version = 1};
    deciding_change(d, (struct change){.kind = CHANGE_SET_ASIDE, .set_aside = aside});
    deciding_event(d, (struct event){.kind = STR("set_aside.created"),
                                     .subject_kind = ID_SET_ASIDE,
                                     .subject = aside->id,
                                     .to = STR("open"),
                                     .provider_event = said->event,
                                     .state = EVENT_OF_SET_ASIDE,
                                     .set_aside = aside});
    note_seen(d, ID_SET_ASIDE, aside->id);
}

/* --- about a refund --- */

/* Of the payment that it is a refund of here, by one of the provider's names for it; or it does not say. */
static bool
is_of_its_payment(struct deciding *d, const struct refund *refund)
{
    const struct note_payment *said = &d->command->note_payment;
    const struct payment *payment = deciding_payment(d, refund->payment);
    if (payment == NULL)
        return false;
    return (said->reference.len == 0 && said->charge.len == 0) || str_equal(said->reference, payment->reference) ||
           str_equal(said->charge, payment->reference);
}

/* False: it is what was asked for. */
static bool
put_aside_other(struct deciding *d, const struct refund *refund)
{
    const struct note_payment *said = &d->command->note_payment;
    bool is_right = false;
    if (refund == NULL || !is_of_its_payment(d, refund))
        put_aside(d, SET_ASIDE_BOOKING);
    else if (!str_equal(said->currency, d->facts->house.property->currency))
        put_aside(d, SET_ASIDE_CURRENCY);
    else if (said->amount != refund->amount)
        put_aside(d, SET_ASIDE_AMOUNT);
    else
        is_right = true;
    return !is_right;
}

/* A failure is its last word, also on what had succeeded (docs.stripe.com/refunds#failed-refunds): whichever of the two
 * comes first, it has failed. What was refused here before the provider is known to have taken it on may still turn
 * out to have gone back. */
static bool
is_news(const struct refund *refund, bool failed)
{
    if (failed)
        return refund->status != REFUND_WITHDRAWN && (refund->failed_at == 0 || refund->provider_reference.len == 0);
    return refund_is_open(refund) || (refund->status == REFUND_FAILED && !refund_has_come_back(refund));
}

/* What was refused and then given by another refund can't have gone back as well. What the provider has told of the
 * payment is not looked at: it may be this one. */
static bool
is_beyond_payment(struct deciding *d, const struct refund *refund)
{
    const struct payment *payment = deciding_payment(d, refund->payment);
    struct ledger ledger = deciding_ledger(d);
    return !refund_is_open(refund) && refund->amount > payment->captured - ledger_settled_refunds(ledger, payment->id) -
                                                           ledger_open_refunds(ledger, payment->id);
}

static void
note_refund(struct deciding *d)
{
    const struct note_payment *said = &d->command->note_payment;
    struct refund *refund = deciding_refund(d, said->refund);
    if (put_aside_other(d, refund))
        return;
    if (!is_news(refund, said->refund_failed)) {
        d->decision->unchanged = refund->id;
        return;
    }
    if (!said->refund_failed && is_beyond_payment(d, refund)) {
        put_aside(d, SET_ASIDE_AMOUNT);
        return;
    }
    enum refund_status from = refund->status;
    struct id payment = refund->payment;
    refund->status = said->refund_failed ? REFUND_FAILED : REFUND_SETTLED;
    refund->failed_at = said->refund_failed ? d->facts->now_ms : 0;
    if (!said->refund_failed)
        refund->settled_at = d->facts->now_ms;
    if (!said->refund_failed || said->failure.len > 0)
        refund->failure = said->failure;
    refund->provider_reference = said->refund_reference;
    note_seen(d, ID_REFUND, refund->id);
    deciding_record_refund(d, refund, from, said->refund_failed ? STR("refund.failed") : STR("refund.settled"), NULL,
                           said->event);
    if (said->refund_failed)
        deciding_count_come_back(d, refund);
    else
        deciding_count_settled(d, payment, STR(""));
}

/* --- about a payment --- */

/* Named by the event, or known by its reference from before. */
static bool
find_owner(const struct deciding *d, const struct payment *known, struct id *ret_booking, struct id *ret_group)
{
    const struct note_payment *said = &d->command->note_payment;
    *ret_booking = known != NULL ? known->booking : said->booking;
    *ret_group = known != NULL ? known->group : id_is_none(said->booking) ? said->group : ID_NONE;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *booking = &d->bookings[i];
        if (id_equal(booking->id, *ret_booking) || (!id_is_none(*ret_group) && id_equal(booking->group, *ret_group)))
            return true;
    }
    return false;
}

/* Nothing here costs more, and sums are only counted on within that. */
static bool
is_beyond_all_prices(const struct note_payment *said)
{
    return said->amount > PRICE_MAX || said->fact.authorized > PRICE_MAX || said->fact.captured > PRICE_MAX ||
           said->fact.refunded > PRICE_MAX;
}

/* The whole price, no more and no less; or what the payment was for before, since a price may be amended. */
static bool
is_right_amount(const struct deciding *d, const struct payment *known, struct id booking, struct id group)
{
    const struct note_payment *said = &d->command->note_payment;
    struct price price = deciding_price_of(d, booking, group);
    if (is_beyond_all_prices(said))
        return false;
    bool was_right = known != NULL && known->authorized == said->amount;
    return said->amount == 0 || !price.known || said->amount == price.minor || was_right;
}

/* What it says has gone back may count refunds of ours that have come back since. */
static struct payment_fact
fact_of(const struct deciding *d, const struct payment *known)
{
    struct payment_fact fact = d->command->note_payment.fact;
    int64_t come_back = known == NULL ? 0 : deciding_come_back(d, known->id);
    if (fact.captured < fact.refunded)
        fact.captured = fact.refunded;
    fact.refunded = amount_not_negative(fact.refunded - come_back);
    return fact;
}

static struct str
kind_of(const struct payment *before, const struct payment *after)
{
    if (after->refunded > before->refunded)
        return STR("payment.refunded");
    if (after->captured > before->captured)
        return STR("payment.captured");
    if (after->voided_at != before->voided_at)
        return STR("payment.voided");
    if (after->failed_at != before->failed_at)
        return STR("payment.failed");
    return STR("payment.authorized");
}

void
decide_note_payment(struct deciding *d)
{
    const struct note_payment *said = &d->command->note_payment;
    struct id booking, group;
    if (d->facts->seen != NULL) {
        d->decision->unchanged = d->facts->seen->subject;
        return;
    }
    if (said->other_account) {
        put_aside(d, SET_ASIDE_ACCOUNT);
        return;
    }
    if (!id_is_none(said->refund)) {
        note_refund(d);
        return;
    }
    const struct payment *known = deciding_payment_by_reference(d, said->reference);
    if (!find_owner(d, known, &booking, &group)) {
        put_aside(d, SET_ASIDE_BOOKING);
        return;
    }
    if (!str_equal(said->currency, d->facts->house.property->currency)) {
        put_aside(d, SET_ASIDE_CURRENCY);
        return;
    }
    if (!is_right_amount(d, known, booking, group)) {
        put_aside(d, SET_ASIDE_AMOUNT);
        return;
    }
    struct payment before = {.booking = booking,
                             .group = group,
                             .method = PAYMENT_METHOD_CARD,
                             .reference = said->reference,
                             .currency = d->facts->house.property->currency};
    if (known != NULL)
        before = *known;
    struct payment next = before;
    struct payment_fact fact = fact_of(d, known);
    if (!payment_merge(&next, &fact, d->facts->now_ms)) {
        d->decision->unchanged = before.id;
        return;
    }
    deciding_change_payment(d, next, kind_of(&before, &next), said->event);
    /* the payment that was made or changed is the last but what followed from it; found by its reference */
    const struct payment *payment = deciding_payment_by_reference(d, said->reference);
    if (payment != NULL)
        note_seen(d, ID_PAYMENT, payment->id);
}
