/* A booking is two words. The first has its status, whether it is paid for before, its ticks, and of each of its two
 * payments, by card and in cash, what was authorised, taken and given back, and whether it failed or was called off;
 * the second the refunds of each, at most two. Amounts are halves of a price, which is also what it costs to cancel. */
#include <assert.h>
#include <stdio.h>

#include "core/ledger.h"
#include "tests/sim/explorer_world.h"
#include "tests/support/house_money.h"

#define UNIT INT64_C(5000)

enum { PRICE_UNITS = 2, PAYMENTS = 2, REFUNDS = 2, BOOKINGS = STATE_OBJECTS / 2, AMOUNT_MAX = 3 };

struct paid_part {
    bool known;
    int authorized, captured, refunded;
    bool failed, voided;
    struct {
        int status; /* + 1; 0 for none */
        int amount;
        bool automatic, whole; /* for the payment as such */
        bool taken_on;         /* the provider has a name for it: what fails then has come back */
    } refunds[REFUNDS];
};

struct bill {
    enum booking_status status;
    bool required, owes;
    int ticks;
    struct paid_part parts[PAYMENTS];
};

static const struct str references[BOOKINGS] = {{"pi_1", 4}, {"pi_2", 4}, {"pi_3", 4}, {"pi_4", 4}};

static void
pack(const struct bill *bill, uint32_t ret[2])
{
    ret[0] = (uint32_t)bill->status << 1 | UINT32_C(1) | (uint32_t)bill->required << 5 | (uint32_t)bill->owes << 6 |
             (uint32_t)bill->ticks << 7;
    ret[1] = 0;
    for (int i = 0; i < PAYMENTS; i++) {
        const struct paid_part *p = &bill->parts[i];
        ret[0] |= ((uint32_t)p->known | (uint32_t)p->authorized << 1 | (uint32_t)p->captured << 3 |
                   (uint32_t)p->refunded << 5 | (uint32_t)p->failed << 7 | (uint32_t)p->voided << 8)
                  << (8 + 9 * i);
        for (int j = 0; j < REFUNDS; j++)
            ret[1] |= ((uint32_t)p->refunds[j].status | (uint32_t)p->refunds[j].amount << 3 |
                       (uint32_t)p->refunds[j].automatic << 5 | (uint32_t)p->refunds[j].whole << 6 |
                       (uint32_t)p->refunds[j].taken_on << 7)
                      << (8 * (i * REFUNDS + j));
    }
}

static struct bill
unpack(const uint32_t words[2])
{
    struct bill bill = {.status = (enum booking_status)(words[0] >> 1 & 15),
                        .required = words[0] >> 5 & 1,
                        .owes = words[0] >> 6 & 1,
                        .ticks = words[0] >> 7 & 1};
    for (int i = 0; i < PAYMENTS; i++) {
        uint32_t bits = words[0] >> (8 + 9 * i);
        struct paid_part *p = &bill.parts[i];
        *p = (struct paid_part){.known = bits & 1,
                                .authorized = bits >> 1 & 3,
                                .captured = bits >> 3 & 3,
                                .refunded = bits >> 5 & 3,
                                .failed = bits >> 7 & 1,
                                .voided = bits >> 8 & 1};
        for (int j = 0; j < REFUNDS; j++) {
            bits = words[1] >> (8 * (i * REFUNDS + j));
            p->refunds[j].status = bits & 7;
            p->refunds[j].amount = bits >> 3 & 3;
            p->refunds[j].automatic = bits >> 5 & 1;
            p->refunds[j].whole = bits >> 6 & 1;
            p->refunds[j].taken_on = bits >> 7 & 1;
        }
    }
    return bill;
}

static size_t
count_bills(const struct state *state)
{
    size_t count = 0;
    while (count < BOOKINGS && state->objects[2 * count] != 0)
        count++;
    return count;
}

/* --- a house of a state --- */

static void
init_house(struct house_model *ret_model)
{
    house_model_init(ret_model);
    struct room_type *type = house_model_add_type(ret_model, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    ret_model->property.payment_ttl_ms = STATE_TICK_MS;
    ret_model->property.cancellation_window_h = 48;
    ret_model->property.cancellation_fee_percent = 50;
    house_model_add_room(ret_model, type);
}

static struct id
next_id(struct house_model *m)
{
    return (struct id){UINT64_C(1) << 20, ++m->next_id};
}

static struct span
tomorrow(void)
{
    return span_from_nights(MODEL_TODAY + 1, MODEL_TODAY + 2);
}

static void
add_refunds(struct house_model *m, const struct paid_part *part, const struct payment *payment)
{
    for (int i = 0; i < REFUNDS && part->refunds[i].status != 0; i++) {
        enum refund_status status = (enum refund_status)(part->refunds[i].status - 1);
        m->refunds[m->refund_count++] = (struct refund){
            .id = next_id(m),
            .payment = payment->id,
            .booking = part->refunds[i].whole ? ID_NONE : payment->booking,
            .amount = part->refunds[i].amount * UNIT,
            .status = status,
            .automatic = part->refunds[i].automatic,
            .attempts = status == REFUND_DUE ? 0 : 1,
            .sent_at = status == REFUND_DUE ? 0 : m->now_ms,
            .settled_at = status == REFUND_SETTLED ? m->now_ms : 0,
            .failed_at = status == REFUND_FAILED ? m->now_ms : 0,
            .provider_reference = part->refunds[i].taken_on ? STR("re_1") : STR(""),
            .created_at = m->now_ms,
            .version = 1,
        };
    }
}

static const struct payment *
add_payment(struct house_model *m, const struct paid_part *part, struct id booking, int which, struct str reference)
{
    struct payment *payment = &m->payments[m->payment_count++];
    *payment = (struct payment){.id = next_id(m),
                                .booking = booking,
                                .method = which == 0 ? PAYMENT_METHOD_CARD : PAYMENT_METHOD_CASH,
                                .reference = which == 0 ? reference : STR(""),
                                .currency = m->property.currency,
                                .authorized = part->authorized * UNIT,
                                .captured = part->captured * UNIT,
                                .refunded = part->refunded * UNIT,
                                .authorized_at = part->authorized > 0 ? m->now_ms : 0,
                                .captured_at = part->captured > 0 ? m->now_ms : 0,
                                .failed_at = part->failed ? m->now_ms : 0,
                                .voided_at = part->voided ? m->now_ms : 0,
                                .created_at = m->now_ms,
                                .version = 1};
    add_refunds(m, part, payment);
    return payment;
}

static void
add_bill(struct house_model *m, const struct bill *bill, size_t number)
{
    const struct payment *payments[PAYMENTS];
    size_t count = 0;
    struct booking *b = &m->bookings[m->booking_count++];
    *b = (struct booking){.id = next_id(m),
                          .room_type = m->types[0].id,
                          .charged_room_type = m->types[0].id,
                          .status = bill->status,
                          .span = tomorrow(),
                          .party = 1,
                          .owner = state_clients[0],
                          .payment = bill->required ? PAYMENT_REQUIRED : PAYMENT_NONE,
                          .price = {true, PRICE_UNITS * UNIT},
                          .fee_minor = bill->owes ? UNIT : 0,
                          .created_at = m->now_ms,
                          .version = 1};
    b->guest = state_guest_id(b->id);
    if (bill->status == BOOKING_PENDING_PAYMENT || bill->status == BOOKING_EXPIRED)
        b->expires_at = m->now_ms + bill->ticks * STATE_TICK_MS;
    if (bill->status == BOOKING_CANCELLED)
        b->cancelled_at = m->now_ms;
    m->nights[0][1].sold += booking_status_is_blocking(bill->status);
    for (int i = 0; i < PAYMENTS; i++)
        if (bill->parts[i].known)
            payments[count++] = add_payment(m, &bill->parts[i], b->id, i, references[number]);
    b->payment_status = payment_status_together(bill->required, payments, count);
}

static void
to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    *ret_model = *empty;
    for (size_t i = 0; i < count_bills(state); i++) {
        struct bill bill = unpack(&state->objects[2 * i]);
        add_bill(ret_model, &bill, i);
    }
}

/* --- and back --- */

/* False when there is more of it than fits. */
static bool
see_amount(int64_t amount, int *ret)
{
    assert(amount % UNIT == 0);
    *ret = (int)(amount / UNIT);
    return *ret <= AMOUNT_MAX;
}

static bool
see_refunds(const struct house_model *m, const struct payment *payment, struct paid_part *part)
{
    int count = 0;
    for (size_t i = 0; i < m->refund_count; i++) {
        const struct refund *r = &m->refunds[i];
        if (!id_equal(r->payment, payment->id) || r->status == REFUND_WITHDRAWN)
            continue;
        if (count == REFUNDS || !see_amount(r->amount, &part->refunds[count].amount))
            return false;
        part->refunds[count].status = (int)r->status + 1;
        part->refunds[count].automatic = r->automatic && r->status == REFUND_DUE; /* nothing asks for it later */
        part->refunds[count].taken_on = refund_has_come_back(r);
        part->refunds[count++].whole = id_is_none(r->booking);
    }
    return true;
}

static bool
see_payments(const struct house_model *m, const struct booking *b, struct bill *bill)
{
    for (size_t i = 0; i < m->payment_count; i++) {
        const struct payment *payment = &m->payments[i];
        struct paid_part *part = &bill->parts[payment->method == PAYMENT_METHOD_CARD ? 0 : 1];
        if (!id_equal(payment->booking, b->id))
            continue;
        if (part->known || !see_amount(payment->authorized, &part->authorized) ||
            !see_amount(payment->captured, &part->captured) || !see_amount(payment->refunded, &part->refunded) ||
            !see_refunds(m, payment, part))
            return false;
        part->known = true;
        part->failed = payment->failed_at != 0;
        part->voided = payment->voided_at != 0;
    }
    return true;
}

static bool
has_refunds(const struct house_model *m, struct id payment)
{
    for (size_t i = 0; i < m->refund_count; i++)
        if (id_equal(m->refunds[i].payment, payment))
            return true;
    return false;
}

/* Where bookings are in each other's way, nobody pays in cash, and of one of them at most anything else was said than
 * that it is paid. */
static bool
is_simple(const struct house_model *m)
{
    size_t others = 0;
    for (size_t i = 0; i < m->payment_count; i++) {
        const struct payment *p = &m->payments[i];
        if (p->method != PAYMENT_METHOD_CARD)
            return false;
        others += p->captured != PRICE_UNITS * UNIT || p->refunded > 0 || p->failed_at != 0 || p->voided_at != 0 ||
                  has_refunds(m, p->id);
    }
    return others < 2;
}

static bool
from_house(const struct house_model *m, struct state *ret_state)
{
    *ret_state = (struct state){.rooms = 0};
    if (m->booking_count > BOOKINGS || (m->booking_count > 1 && !is_simple(m)))
        return false;
    for (size_t i = 0; i < m->booking_count; i++) {
        const struct booking *b = &m->bookings[i];
        struct bill bill = {.status = b->status,
                            .required = b->payment == PAYMENT_REQUIRED,
                            .owes = b->fee_minor > 0,
                            .ticks = b->status == BOOKING_PENDING_PAYMENT && b->expires_at > m->now_ms};
        uint32_t words[2];
        if (!see_payments(m, b, &bill))
            return false;
        pack(&bill, words);
        size_t at = i;
        for (; at > 0 && (ret_state->objects[2 * at - 2] < words[0] ||
                          (ret_state->objects[2 * at - 2] == words[0] && ret_state->objects[2 * at - 1] < words[1]));
             at--)
            memcpy(&ret_state->objects[2 * at], &ret_state->objects[2 * at - 2], sizeof(words));
        memcpy(&ret_state->objects[2 * at], words, sizeof(words));
    }
    return true;
}

/* --- a provider's words --- */

/* What a provider may say of a payment, each time as much as it has said by then. */
static const struct {
    const char *text;
    struct payment_fact fact;
} facts_said[] = {
    {"authorised", {.authorized = 2 * UNIT}},
    {"captured", {.captured = 2 * UNIT}},
    {"captured by half", {.captured = UNIT}},
    {"failed", {.failed = true}},
    {"voided", {.voided = true}},
    {"refunded by half", {.captured = 2 * UNIT, .refunded = UNIT}},
    {"refunded", {.captured = 2 * UNIT, .refunded = 2 * UNIT}},
};
enum { FACTS_SAID = sizeof(facts_said) / sizeof(facts_said[0]), WORDS_MAX = FACTS_SAID + 2 * REFUNDS };

struct word {
    const char *text;
    struct note_payment said;
};

static struct word
word_of_payment(const struct booking *b, struct str reference, size_t which)
{
    return (struct word){.text = facts_said[which].text,
                         .said = {.event = STR("evt_1"),
                                  .kind = STR("said"),
                                  .reference = reference,
                                  .booking = b->id,
                                  .fact = facts_said[which].fact,
                                  .amount = PRICE_UNITS * UNIT,
                                  .currency = STR("EUR")}};
}

static struct word
word_of_refund(const struct payment *payment, const struct refund *refund, bool fails)
{
    return (struct word){.text = fails ? "refund failed" : "refund succeeded",
                         .said = {.event = STR("evt_1"),
                                  .kind = STR("refund.updated"),
                                  .reference = payment->reference,
                                  .amount = refund->amount,
                                  .currency = STR("EUR"),
                                  .refund = refund->id,
                                  .refund_reference = STR("re_1"),
                                  .refund_failed = fails,
                                  .failure = fails ? STR("lost") : STR("")}};
}

/* NULL for money that was handed over. */
static const struct payment *
card_of(const struct house_model *m, struct id payment)
{
    for (size_t i = 0; i < m->payment_count; i++)
        if (id_equal(m->payments[i].id, payment) && m->payments[i].method == PAYMENT_METHOD_CARD)
            return &m->payments[i];
    return NULL;
}

/* All that it may say of the money of one booking: of its payment, and of each refund, whatever became of that. */
static size_t
words_for(const struct house_model *m, const struct booking *b, struct word ret_words[WORDS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < FACTS_SAID; i++)
        ret_words[count++] = word_of_payment(b, references[b - m->bookings], i);
    for (size_t i = 0; i < m->refund_count; i++) {
        const struct payment *card = card_of(m, m->refunds[i].payment);
        if (card == NULL || !id_equal(card->booking, b->id))
            continue;
        for (int fails = 0; fails < 2; fails++) {
            assert(count < WORDS_MAX);
            ret_words[count++] = word_of_refund(card, &m->refunds[i], fails != 0);
        }
    }
    return count;
}

/* --- steps --- */

struct payer_lister {
    const struct house_model *model;
    struct step *steps;
    size_t count;
};

static struct step *
add(struct payer_lister *l, enum command_kind kind, const char *text, int64_t number)
{
    struct step *step = steps_add_unjudged(l->steps, &l->count, kind);
    snprintf(step->text, sizeof(step->text), "%s %lld", text, (long long)number);
    return step;
}

/* A word on a refund is said of another sum, too: that is no word on it. */
static void
list_words(struct payer_lister *l, const struct booking *b)
{
    struct word words[WORDS_MAX];
    size_t count = words_for(l->model, b, words);
    for (size_t i = 0; i < count; i++) {
        bool is_of_refund = !id_is_none(words[i].said.refund);
        int64_t number = (int64_t)(is_of_refund ? words[i].said.refund.lo : b->id.lo);
        add(l, COMMAND_NOTE_PAYMENT, words[i].text, number)->command.note_payment = words[i].said;
        words[i].said.amount += UNIT;
        if (is_of_refund)
            add(l, COMMAND_NOTE_PAYMENT, "of another sum: refund", number)->command.note_payment = words[i].said;
    }
}

/* Of one that is open, and that a provider is asked for. */
static void
list_refund(struct payer_lister *l, const struct refund *refund)
{
    static const enum refund_step steps[] = {REFUND_STEP_SEND, REFUND_STEP_NOTE, REFUND_STEP_SETTLE, REFUND_STEP_FAIL};
    static const char *const texts[] = {"send refund", "provider has refund", "settle refund", "fail refund"};
    if (!refund_is_open(refund) || card_of(l->model, refund->payment) == NULL)
        return;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        add(l, COMMAND_STEP_REFUND, texts[i], (int64_t)refund->id.lo)->command.step_refund =
            (struct step_refund){refund->id, steps[i], STR(""), steps[i] == REFUND_STEP_FAIL ? STR("lost") : STR("")};
}

static void
list_payment(struct payer_lister *l, const struct payment *payment)
{
    static const enum payment_command steps[] = {PAYMENT_COMMAND_CAPTURE, PAYMENT_COMMAND_FAIL, PAYMENT_COMMAND_VOID,
                                                 PAYMENT_COMMAND_REFUND};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        for (int half = 0; half < 2; half++) {
            if (half != 0 && steps[i] != PAYMENT_COMMAND_REFUND)
                continue;
            add(l, COMMAND_STEP_PAYMENT, payment_command_name(steps[i]).ptr, (int64_t)payment->id.lo)
                ->command.step_payment = (struct step_payment){payment->id, steps[i], half * UNIT, STR("as agreed")};
        }
}

static void
list_booking(struct payer_lister *l, const struct booking *b)
{
    int64_t number = (int64_t)b->id.lo;
    list_words(l, b);
    for (int captured = 0; captured < 2; captured++)
        add(l, COMMAND_CREATE_PAYMENT, captured != 0 ? "pay in cash" : "promise cash", number)->command.create_payment =
            (struct create_payment){.booking = b->id,
                                    .method = PAYMENT_METHOD_CASH,
                                    .amount = PRICE_UNITS * UNIT,
                                    .captured = captured != 0};
    add(l, COMMAND_CANCEL_BOOKING, "cancel", number)->command.booking_step = (struct booking_step){.booking = b->id};
    add(l, COMMAND_CONFIRM_BOOKING, "confirm", number)->command.booking_step =
        (struct booking_step){.booking = b->id, .reason = STR("known here")};
}

static size_t
list_steps(const struct state *state, const struct house_model *model, struct step ret_steps[STEPS_MAX])
{
    struct payer_lister l = {model, ret_steps, 0};
    (void)state;
    for (int required = 0; required < 2; required++) {
        struct step *step = add(&l, COMMAND_CREATE_BOOKINGS, "create, paid for:", required);
        step->legs[0] = (struct leg){
            .room_type = model->types[0].id, .span = tomorrow(), .party = 1, .price = {true, PRICE_UNITS * UNIT}};
        step->command.create_bookings =
            (struct create_bookings){.legs = step->legs,
                                     .leg_count = 1,
                                     .guest = {.name = {"Ada", 3}},
                                     .payment = required != 0 ? PAYMENT_REQUIRED : PAYMENT_NONE};
    }
    for (size_t i = 0; i < model->booking_count; i++)
        list_booking(&l, &model->bookings[i]);
    for (size_t i = 0; i < model->payment_count; i++)
        list_payment(&l, &model->payments[i]);
    for (size_t i = 0; i < model->refund_count; i++)
        list_refund(&l, &model->refunds[i]);
    add(&l, COMMAND_SWEEP, "time passes", 1)->tick = true;
    add(&l, COMMAND_SWEEP, "sweep", 1);
    return l.count;
}

/* --- what holds of words --- */

static const char *
run(struct house_model *model, const struct note_payment *said, const char *event, struct arena *arena,
    struct decision *ret_decision)
{
    struct command command = {
        .kind = COMMAND_NOTE_PAYMENT, .actor = {state_clients[0], ROLE_MANAGER}, .property = 1, .note_payment = *said};
    command.note_payment.event = str_from(event);
    return house_model_run(model, &command, arena, ret_decision) ? NULL : model->why;
}

/* The same event again, and, unless it was set aside, the same fact in another event. */
static const char *
law_of_repetition(const struct house_model *after, const struct note_payment *said, bool aside, struct arena *arena)
{
    static const char *const events[] = {"evt_1", "evt_2"};
    static struct house_model copy;
    for (size_t i = 0; i < (aside ? 1 : 2); i++) {
        struct decision decision;
        copy = *after;
        const char *why = run(&copy, said, events[i], arena, &decision);
        if (why != NULL)
            return why;
        if (decision.change_count > 0)
            return "P2: what a provider says again has an effect again";
    }
    return NULL;
}

/* What is set aside is for somebody to look at, and changes nothing: there is itself, and that it was heard. */
static const char *
law_of_aside(const struct decision *decision)
{
    return decision->change_count == decision->lapsed_changes + 2 ? NULL : "P7: what is set aside changes something";
}

/* Nobody has it, or one whose time is over. */
static bool
is_to_be_had(const struct house_model *m)
{
    for (size_t i = 0; i < m->booking_count; i++)
        if (m->bookings[i].status == BOOKING_PENDING_PAYMENT && m->bookings[i].expires_at <= m->now_ms)
            return true;
    return night_free(house_model_night(m, &m->types[0], MODEL_TODAY + 1)) > 0;
}

/* Too late for a booking that ran out, money brings it back where the room is still to be had; what was called off or
 * given to somebody else stays so. */
static const char *
law_of_late(const struct house_model *before, const struct house_model *after)
{
    for (size_t i = 0; i < before->booking_count; i++) {
        const struct booking *b = &before->bookings[i], *now = house_model_booking(after, b->id);
        if (b->status == BOOKING_CANCELLED && now->status != BOOKING_CANCELLED)
            return "P5: what was called off comes back";
        if (b->status == BOOKING_EXPIRED && now->status == BOOKING_CONFIRMED && !is_to_be_had(before))
            return "P5: what ran out comes back though somebody else has the room";
    }
    return NULL;
}

static const char *
law_of(const struct house_model *before, struct house_model *after, const struct step *step,
       const struct decision *decision, struct arena *arena)
{
    static struct house_money books;
    if (step->tick)
        return NULL;
    house_money_take(before, &step->command, &books);
    if (!house_money_audit(&books, &step->command, decision, after))
        return after->why;
    const char *why = law_of_late(before, after);
    if (why != NULL || step->command.kind != COMMAND_NOTE_PAYMENT || decision->change_count == decision->lapsed_changes)
        return why;
    if (after->seen_count != before->seen_count + 1)
        return "P2: a word had an effect and is not known as heard";
    bool aside = after->set_aside_count > before->set_aside_count;
    if (aside)
        why = law_of_aside(decision);
    return why != NULL ? why : law_of_repetition(after, &step->command.note_payment, aside, arena);
}

static struct ledger
ledger_of(const struct house_model *m)
{
    return (struct ledger){m->bookings, m->booking_count, m->payments, m->payment_count, m->refunds, m->refund_count};
}

/* A rule made it and nobody was asked for it: which of several is lowered does not matter. */
static bool
is_loose(const struct refund *refund)
{
    return refund->automatic && refund->attempts == 0 &&
           (refund->status == REFUND_DUE || refund->status == REFUND_WITHDRAWN);
}

static bool
has_failed(const struct house_model *m)
{
    for (size_t i = 0; i < m->refund_count; i++)
        if (m->refunds[i].status == REFUND_FAILED)
            return true;
    return false;
}

/* What two orders of words must agree in: what became of bookings, payments and refunds; what the house has of each
 * once all is paid and given back; and, unless a refund has failed (`loosely`), how much of that is due to go back and
 * still to be paid. Where one has, it matters for that whether what a provider gave by itself came before: it may be
 * taken for that refund, or for one that a rule made. */
static bool
is_alike(const struct house_model *a, const struct house_model *b, bool loosely)
{
    bool same = a->payment_count == b->payment_count && (loosely || a->set_aside_count == b->set_aside_count);
    for (size_t i = 0; i < a->booking_count && same; i++) {
        const struct booking *one = &a->bookings[i], *other = &b->bookings[i];
        struct ledger_summary told = ledger_summary_of_booking(ledger_of(a), one),
                              told_other = ledger_summary_of_booking(ledger_of(b), other);
        same = one->status == other->status && one->payment_status == other->payment_status &&
               told.balance_due - told.refund_due == told_other.balance_due - told_other.refund_due &&
               (loosely || told.refund_due == told_other.refund_due);
    }
    for (size_t i = 0; i < a->payment_count && same; i++)
        same = a->payments[i].authorized == b->payments[i].authorized &&
               a->payments[i].captured == b->payments[i].captured && a->payments[i].refunded == b->payments[i].refunded;
    for (size_t i = 0; i < a->refund_count && i < b->refund_count && same; i++)
        same = (is_loose(&a->refunds[i]) && is_loose(&b->refunds[i])) || a->refunds[i].status == b->refunds[i].status;
    return same;
}

/* A house after one word, and what that was. */
struct told {
    struct house_model after;
    bool changed;
};

static const char *
law_of_order(const struct house_model *model, const struct word *words, const struct told *told, const size_t pair[2],
             struct arena *arena)
{
    static struct house_model copies[2];
    static char why[120];
    const struct house_model *ends[2];
    for (size_t way = 0; way < 2; way++) {
        const struct told *first = &told[pair[way]], *other = &told[pair[1 - way]];
        struct decision decision;
        ends[way] = &other->after; /* as good as after it alone, when the first says nothing new */
        if (!first->changed)
            continue;
        copies[way] = first->after;
        ends[way] = &copies[way];
        const char *wrong = run(&copies[way], &words[pair[1 - way]].said, "evt_2", arena, &decision);
        if (wrong != NULL)
            return wrong;
        arena_reset(arena);
    }
    bool failed = has_failed(model) || has_failed(ends[0]) || has_failed(ends[1]);
    if (is_alike(ends[0], ends[1], failed))
        return NULL;
    (void)snprintf(why, sizeof(why), "P3: %s (%u) and %s (%u) come to something else in the other order",
                   words[pair[0]].text, (unsigned)words[pair[0]].said.refund.lo, words[pair[1]].text,
                   (unsigned)words[pair[1]].said.refund.lo);
    return why;
}

/* What a provider that keeps to its word may say: nothing of a refund that it was never asked for, and not that one has
 * gone back after all that it would not take on, since something else may be due in its place by then. */
static bool
is_consistent(const struct house_model *m, const struct word *word)
{
    for (size_t i = 0; i < m->refund_count; i++) {
        const struct refund *refund = &m->refunds[i];
        bool is_refused = refund->status == REFUND_FAILED && !refund_has_come_back(refund);
        if (id_equal(refund->id, word->said.refund))
            return refund->status != REFUND_DUE && (word->said.refund_failed || !is_refused);
    }
    return true;
}

static bool
are_consistent(const struct house_model *m, const struct word *one, const struct word *other)
{
    bool same_refund = !id_is_none(one->said.refund) && id_equal(one->said.refund, other->said.refund);
    return same_refund || (is_consistent(m, one) && is_consistent(m, other));
}

static const char *
law_of_words(const struct house_model *model, const struct booking *b, struct arena *arena)
{
    static struct told told[WORDS_MAX];
    struct word words[WORDS_MAX];
    size_t count = words_for(model, b, words);
    for (size_t i = 0; i < count; i++) {
        struct decision decision;
        told[i].after = *model;
        const char *why = run(&told[i].after, &words[i].said, "evt_1", arena, &decision);
        if (why != NULL)
            return why;
        told[i].changed = decision.change_count > 0;
        arena_reset(arena);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            bool matters = told[i].changed || told[j].changed;
            const char *why = matters && are_consistent(model, &words[i], &words[j])
                                  ? law_of_order(model, words, told, (const size_t[]){i, j}, arena)
                                  : NULL;
            if (why != NULL)
                return why;
        }
    return NULL;
}

static const char *
law_of_state(const struct house_model *model, struct arena *arena)
{
    for (size_t i = 0; i < model->booking_count; i++) {
        const char *why = law_of_words(model, &model->bookings[i], arena);
        if (why != NULL)
            return why;
    }
    return NULL;
}

const struct explorer_world explorer_payments = {"--payments", init_house, to_house, from_house,
                                                 count_bills,  list_steps, law_of,   law_of_state};
