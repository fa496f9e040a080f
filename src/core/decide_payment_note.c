/* What a provider says of a payment. It is a fact, so it is never refused: it is applied once, set aside for somebody
 * to look at, or says nothing new. Whether it can be believed (its signature) was settled before. */
#include "core/deciding_money.h"

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

static void
note_refund(struct deciding *d)
{
    const struct note_payment *said = &d->command->note_payment;
    struct refund *refund = deciding_refund(d, said->refund);
    if (refund == NULL) {
        put_aside(d, SET_ASIDE_BOOKING);
        return;
    }
    enum refund_status from = refund->status;
    bool says_new = said->refund_failed ? from != REFUND_FAILED && from != REFUND_WITHDRAWN : refund_is_open(refund);
    if (!says_new) {
        d->decision->unchanged = refund->id;
        return;
    }
    struct id payment = refund->payment;
    refund->status = said->refund_failed ? REFUND_FAILED : REFUND_SETTLED;
    if (said->refund_failed)
        refund->failed_at = d->facts->now_ms;
    else
        refund->settled_at = d->facts->now_ms;
    if (!said->refund_failed || said->failure.len > 0)
        refund->failure = said->failure;
    note_seen(d, ID_REFUND, refund->id);
    deciding_record_refund(d, refund, from, said->refund_failed ? STR("refund.failed") : STR("refund.settled"), NULL,
                           said->event);
    if (!said->refund_failed)
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
    if (!payment_merge(&next, &said->fact, d->facts->now_ms)) {
        d->decision->unchanged = before.id;
        return;
    }
    deciding_change_payment(d, next, kind_of(&before, &next), said->event);
    /* the payment that was made or changed is the last but what followed from it; found by its reference */
    const struct payment *payment = deciding_payment_by_reference(d, said->reference);
    if (payment != NULL)
        note_seen(d, ID_PAYMENT, payment->id);
}
