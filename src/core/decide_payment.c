/* Payments and refunds that somebody asks for: what was taken at the desk, what is given back, what a sender of refunds
 * has learned, and what was set aside. What a provider says by itself is in decide_payment_note.c. */
#include <assert.h>

#include "core/amount.h"
#include "core/deciding_booking.h"
#include "core/deciding_money.h"
#include "core/deciding_payment.h"
#include "core/deciding_refund.h"

/* --- a new one, by hand --- */

/* The bookings that it would be for; NULL when there are none. */
static const struct booking *
first_of(const struct deciding *d, struct id booking, struct id group)
{
    for (size_t i = 0; i < d->facts->booking_count; i++)
        if (id_equal(d->bookings[i].id, booking) || (!id_is_none(group) && id_equal(d->bookings[i].group, group)))
            return &d->bookings[i];
    return NULL;
}

/* Money for what was called off would only have to go back, but for a fee that is owed for it. */
static bool
refuse_called_off(struct deciding *d, struct id booking, struct id group)
{
    const struct booking *last = NULL;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *b = &d->bookings[i];
        if (!id_equal(b->id, booking) && (id_is_none(group) || !id_equal(b->group, group)))
            continue;
        if (!booking_is_called_off(b) || ledger_balance_due(deciding_ledger(d), b) > 0)
            return false;
        last = b;
    }
    struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
    refusal->status = last == NULL ? STR("NONE") : booking_status_name(last->status);
    refusal->booking_status = last == NULL ? BOOKING_NONE : last->status;
    refusal->keeps_fee = last != NULL && last->fee_minor > 0;
    refusal->detail = "It was called off, and no fee is left to be paid for it.";
    return true;
}

static size_t
payments_of(struct deciding *d, struct account account)
{
    size_t count = 0;
    for (size_t i = 0; i < d->payment_count; i++)
        count += ledger_account_has_payment(deciding_ledger(d), account, &d->payments[i]);
    return count;
}

/* What was set aside for this booking by itself and is not taken yet. */
static int64_t
authorized_for(const struct deciding *d, const struct booking *booking)
{
    int64_t sum = 0;
    for (size_t i = 0; i < d->payment_count; i++)
        if (id_equal(d->payments[i].booking, booking->id) &&
            payment_status_of(&d->payments[i]) == PAYMENT_STATUS_AUTHORIZED)
            sum += d->payments[i].authorized;
    return sum;
}

/* What may still be paid: for what was called off its fee, for all else what the whole account comes to, fees and all.
 */
static int64_t
payable(const struct deciding *d, const struct booking *first)
{
    if (!booking_is_called_off(first))
        return ledger_payable(deciding_ledger(d), account_of_booking(first));
    int64_t left = ledger_balance_due(deciding_ledger(d), first) - authorized_for(d, first);
    return left > 0 ? left : 0;
}

static bool
refuse_amount(struct deciding *d, const struct create_payment *asked, const struct booking *first)
{
    struct account account = account_of_booking(first);
    if (payments_of(d, account) >= PAYMENTS_BY_HAND_MAX) {
        deciding_add_limit(deciding_refuse_rule(d, STR("payments_max"), "So many payments are enough for one account."),
                           "payments_max", PAYMENTS_BY_HAND_MAX);
        return true;
    }
    int64_t most = id_is_none(asked->group) ? payable(d, first) : ledger_payable(deciding_ledger(d), account);
    if (asked->amount <= most)
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("amount_over_price"),
                             "That would be more than is to be paid. Amounts are minor units: cents, not euros.");
    refusal->pointer = "/amount";
    deciding_add_limit(refusal, "amount", most);
    return true;
}

void
decide_create_payment(struct deciding *d)
{
    const struct create_payment *asked = &d->command->create_payment;
    const struct booking *first = first_of(d, asked->booking, asked->group);
    if (first == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (refuse_called_off(d, asked->booking, asked->group) || refuse_amount(d, asked, first))
        return;
    struct payment payment = {.booking = asked->booking,
                              .group = asked->group,
                              .method = asked->method,
                              .reference = asked->reference,
                              .currency = d->facts->house.property->currency};
    struct payment_fact fact = {.authorized = asked->amount, .captured = asked->captured ? asked->amount : 0};
    (void)payment_merge(&payment, &fact, d->facts->now_ms);
    deciding_change_payment(d, payment, asked->captured ? STR("payment.captured") : STR("payment.authorized"), STR(""));
}

/* --- one that is there --- */

static bool
refuse_step(struct deciding *d, const struct payment *payment, enum payment_command step)
{
    enum payment_status status = payment_status_of(payment);
    if (deciding_refuse_stale(d, payment->version))
        return true;
    if (!payment_machine_allows(status, step)) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
        refusal->status = payment_status_name(status);
        refusal->payment = payment;
        return true;
    }
    if (step == PAYMENT_COMMAND_REFUND || payment_method_is_by_hand(payment->method))
        return false;
    (void)deciding_refuse_rule(d, STR("provider_payment"), "What becomes of it is the provider's to say.");
    return true;
}

static void
capture(struct deciding *d, const struct payment *payment, int64_t amount)
{
    if (amount > payment->authorized) {
        deciding_refuse_rule(d, STR("amount_over_authorized"), "No more was authorised.")->pointer = "/amount";
        return;
    }
    struct payment next = *payment;
    struct payment_fact fact = {.captured = amount == 0 ? payment->authorized : amount};
    (void)payment_merge(&next, &fact, d->facts->now_ms);
    deciding_change_payment(d, next, STR("payment.captured"), STR(""));
}

static void
end_payment(struct deciding *d, const struct payment *payment, bool failed)
{
    struct payment next = *payment;
    struct payment_fact fact = {.failed = failed, .voided = !failed};
    (void)payment_merge(&next, &fact, d->facts->now_ms);
    deciding_change_payment(d, next, failed ? STR("payment.failed") : STR("payment.voided"), STR(""));
}

/* What was handed over settles what was due first; a row that it settles in part is lowered by it. Returns what is left
 * of the amount. */
static int64_t
settle_due(struct deciding *d, struct id payment, int64_t amount, const struct free_text *reason)
{
    for (size_t i = 0; i < d->refund_count && amount > 0; i++) {
        struct refund *refund = &d->refunds[i];
        if (!id_equal(refund->payment, payment) || refund->status != REFUND_DUE)
            continue;
        if (amount >= refund->amount) {
            amount -= refund->amount;
            refund->status = REFUND_SETTLED;
            refund->settled_at = d->facts->now_ms;
            deciding_record_refund(d, refund, REFUND_DUE, STR("refund.settled"), reason, STR(""));
        } else {
            refund->amount -= amount;
            deciding_record_refund(d, refund, REFUND_DUE, STR("refund.lowered"), reason, STR(""));
            return amount;
        }
    }
    return amount;
}

/* Did all that the payment was for end before anybody came? */
static bool
ended_early(const struct deciding *d, const struct payment *payment)
{
    bool any = false;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *b = &d->bookings[i];
        bool is_of =
            id_equal(b->id, payment->booking) || (!id_is_none(payment->group) && id_equal(b->group, payment->group));
        if (is_of && booking_is_charged(b) && b->status != BOOKING_NO_SHOW)
            return false;
        any |= is_of;
    }
    return any;
}

/* How much a refund is that says no amount: what is due by hand, or what a provider refused and is owed still; else all
 * that there is, or what of it is above the fee of what ended. */
static int64_t
unsaid_refund(const struct deciding *d, const struct payment *payment, int64_t due, int64_t there_is)
{
    struct ledger ledger = deciding_ledger(d);
    int64_t above = amount_at_most(ledger_above_charge(ledger, payment->booking, payment->group), there_is);
    int64_t refused = amount_at_most(ledger_refused_refunds(ledger, payment->id), above);
    if (due > 0 || refused > 0)
        return due > 0 ? due : refused;
    return ended_early(d, payment) ? above : there_is;
}

static bool
refuse_refund(struct deciding *d, int64_t amount, int64_t there_is)
{
    struct refusal *refusal = NULL;
    if (there_is == 0 || amount > there_is)
        refusal =
            deciding_refuse_rule(d, STR("amount_over_captured"), "There is not so much left of what was captured.");
    else if (amount == 0)
        refusal = deciding_refuse_rule(
            d, STR("fee_kept"), "What is left is the fee: waive it, or name an amount to give that back all the same.");
    if (refusal == NULL)
        return false;
    refusal->pointer = "/amount";
    deciding_add_limit(refusal, "amount", there_is);
    return true;
}

/* By hand the money has been handed over; a provider is asked for it once this is durable. */
static void
refund(struct deciding *d, const struct payment *payment, const struct step_payment *asked)
{
    bool by_hand = payment_method_is_by_hand(payment->method);
    int64_t due = by_hand ? ledger_open_refunds(deciding_ledger(d), payment->id) : 0;
    int64_t there_is = ledger_refundable(deciding_ledger(d), payment) + due;
    int64_t amount = asked->amount > 0 ? asked->amount : unsaid_refund(d, payment, due, there_is);
    if (refuse_refund(d, amount, there_is))
        return;
    struct id id = payment->id, booking = payment->booking;
    const struct free_text *reason = deciding_put_reason(d, asked->reason);
    if (by_hand)
        amount = settle_due(d, id, amount, reason);
    payment = deciding_payment(d, id);
    if (amount > 0)
        (void)deciding_make_refund(d, payment, booking, amount, by_hand ? REFUND_SETTLED : REFUND_DUE, false, reason);
    if (by_hand)
        deciding_count_settled(d, id, STR(""));
}

void
decide_step_payment(struct deciding *d)
{
    const struct step_payment *asked = &d->command->step_payment;
    const struct payment *payment = deciding_payment(d, asked->payment);
    if (payment == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (refuse_step(d, payment, asked->step))
        return;
    switch (asked->step) {
    case PAYMENT_COMMAND_CAPTURE: capture(d, payment, asked->amount); break;
    case PAYMENT_COMMAND_FAIL: end_payment(d, payment, true); break;
    case PAYMENT_COMMAND_VOID: end_payment(d, payment, false); break;
    case PAYMENT_COMMAND_REFUND: refund(d, payment, asked); break;
    case PAYMENT_COMMAND_AUTHORIZE:
    case PAYMENT_COMMAND_COUNT: assert(!"no step of a payment that is there"); break;
    }
}

/* --- what the sender of refunds has learned --- */

void
decide_step_refund(struct deciding *d)
{
    static const struct str kinds[] = {[REFUND_STEP_SEND] = {"refund.sent", 11},
                                       [REFUND_STEP_NOTE] = {"refund.accepted", 15},
                                       [REFUND_STEP_SETTLE] = {"refund.settled", 14},
                                       [REFUND_STEP_FAIL] = {"refund.failed", 13},
                                       [REFUND_STEP_DOUBT] = {"refund.doubted", 14}};
    const struct step_refund *asked = &d->command->step_refund;
    struct refund *refund = deciding_refund(d, asked->refund);
    if (refund == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    bool asks = asked->step == REFUND_STEP_SEND || asked->step == REFUND_STEP_DOUBT;
    bool is_answered = !asks && refund->attempts == 0; /* without having been asked for */
    if (!refund_is_open(refund) || is_answered || (asks && refund_is_in_doubt(refund))) {
        deciding_refuse(d, OUTCOME_INVALID_TRANSITION)->status = refund_status_name(refund->status);
        return;
    }
    enum refund_status from = refund->status;
    struct id payment = refund->payment;
    static const enum refund_status statuses[] = {[REFUND_STEP_SEND] = REFUND_SENT,
                                                  [REFUND_STEP_NOTE] = REFUND_SENT,
                                                  [REFUND_STEP_SETTLE] = REFUND_SETTLED,
                                                  [REFUND_STEP_FAIL] = REFUND_FAILED};
    if (asked->step != REFUND_STEP_DOUBT)
        refund->status = statuses[asked->step];
    if (asked->step == REFUND_STEP_SEND) {
        refund->attempts++;
        refund->sent_at = d->facts->now_ms;
    }
    if (asked->step == REFUND_STEP_SETTLE)
        refund->settled_at = d->facts->now_ms;
    if (asked->step == REFUND_STEP_FAIL)
        refund->failed_at = d->facts->now_ms;
    if (asked->reference.len > 0)
        refund->provider_reference = asked->reference;
    refund->failure = asked->failure;
    deciding_record_refund(d, refund, from, kinds[asked->step], NULL, STR(""));
    if (asked->step == REFUND_STEP_SETTLE)
        deciding_count_settled(d, payment, STR(""));
    else if (refund_has_come_back(refund))
        deciding_count_come_back(d, refund);
}

/* --- a refund that somebody has to look at --- */

/* In doubt: it may have gone back or not. Failed: it may have been given in another way since, of what there is. */
static bool
refuse_resolve(struct deciding *d, const struct refund *refund, bool settled)
{
    bool is_owed = refund->status == REFUND_FAILED && settled;
    const struct payment *payment = deciding_payment(d, refund->payment);
    int64_t there_is = payment == NULL ? 0 : ledger_refundable(deciding_ledger(d), payment);
    if (!is_owed && !refund_is_in_doubt(refund)) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
        refusal->status = refund_status_name(refund->status);
        refusal->detail = "It is not in doubt: what becomes of it is not for anybody to say.";
        return true;
    }
    if (!is_owed || refund->amount <= there_is)
        return false;
    deciding_add_limit(deciding_refuse_rule(d, STR("amount_over_captured"),
                                            "There is not so much left of what was captured: it has gone back, or is "
                                            "to go, by another refund."),
                       "amount", there_is);
    return true;
}

void
decide_resolve_refund(struct deciding *d)
{
    const struct resolve_refund *asked = &d->command->resolve_refund;
    struct refund *refund = deciding_refund(d, asked->refund);
    if (refund == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (deciding_refuse_stale(d, refund->version))
        return;
    if (refuse_resolve(d, refund, asked->settled))
        return;
    enum refund_status from = refund->status;
    struct id payment = refund->payment;
    refund->status = asked->settled ? REFUND_SETTLED : REFUND_FAILED;
    if (asked->settled) {
        refund->settled_at = d->facts->now_ms;
        refund->failure = from == REFUND_FAILED ? refund->failure : STR("");
    } else {
        refund->failed_at = d->facts->now_ms;
    }
    deciding_record_refund(d, refund, from, asked->settled ? STR("refund.settled") : STR("refund.failed"),
                           deciding_put_reason(d, asked->reason), STR(""));
    if (asked->settled)
        deciding_count_settled(d, payment, STR(""));
    else if (refund_has_come_back(refund))
        deciding_count_come_back(d, refund);
}

/* --- what was set aside --- */

void
decide_resolve_set_aside(struct deciding *d)
{
    const struct resolve_set_aside *asked = &d->command->resolve_set_aside;
    const struct set_aside *present = d->facts->set_aside;
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (deciding_refuse_stale(d, present->version))
        return;
    if (present->resolved_at != 0) {
        deciding_refuse(d, OUTCOME_INVALID_TRANSITION)->status = STR("resolved");
        return;
    }
    struct set_aside *next = ARENA_NEW(d->arena, struct set_aside);
    if (next == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *next = *present;
    next->resolved_at = d->facts->now_ms;
    next->version++;
    deciding_change(d, (struct change){.kind = CHANGE_SET_ASIDE, .set_aside = next});
    deciding_event(d, (struct event){.kind = STR("set_aside.resolved"),
                                     .subject_kind = ID_SET_ASIDE,
                                     .subject = next->id,
                                     .from = STR("open"),
                                     .to = STR("resolved"),
                                     .reason = deciding_put_reason(d, asked->reason),
                                     .state = EVENT_OF_SET_ASIDE,
                                     .set_aside = next});
}

/* --- the provider of a property --- */

void
decide_set_payment_provider(struct deciding *d)
{
    const struct set_payment_provider *asked = &d->command->set_payment_provider;
    const struct payment_provider *present = d->facts->provider;
    if (d->facts->house.property == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (deciding_refuse_stale(d, present == NULL ? 0 : present->version))
        return;
    if (present == NULL && asked->keeps_secret) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/webhook_secret", "The first time it is required.");
        return;
    }
    struct payment_provider *next = ARENA_NEW(d->arena, struct payment_provider);
    if (next == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *next = asked->provider;
    next->id = present == NULL ? deciding_fresh_id(d) : present->id;
    next->created_at = present == NULL ? d->facts->now_ms : present->created_at;
    next->version = present == NULL ? 1 : present->version + 1;
    if (asked->keeps_secret && present != NULL)
        next->sealed_secret = present->sealed_secret;
    if (asked->keeps_api_key)
        next->sealed_api_key = present == NULL ? STR("") : present->sealed_api_key;
    deciding_change(d, (struct change){.kind = CHANGE_PROVIDER, .provider = next});
    deciding_event(d, (struct event){.kind = STR("payment_provider.set"),
                                     .subject_kind = ID_PROVIDER,
                                     .subject = next->id,
                                     .state = EVENT_OF_PROVIDER,
                                     .provider = next});
}
