/* Somebody pays, a provider tells of it (early, late, twice, or of what is not right), money goes back, and guests come
 * and leave, who may have to pay first. */
#include <stdio.h>

#include "tests/support/house_life_part.h"

struct price
house_life_price(struct house_life *life, struct actor actor)
{
    static const int64_t prices[] = {10000, 6000, 2501};
    if (!role_is_staff(actor.role) || one_in(life, 4))
        return (struct price){.known = false};
    return (struct price){.known = true, .minor = prices[house_life_pick(life, 3)]};
}

/* What there is in the model. */
static const struct payment *
any_payment(struct house_life *life, bool by_card)
{
    const struct house_model *m = life->model;
    for (int tries = 0; tries < 8 && m->payment_count > 0; tries++) {
        const struct payment *payment = &m->payments[house_life_pick(life, (int)m->payment_count)];
        if (!by_card || payment->method == PAYMENT_METHOD_CARD)
            return payment;
    }
    return NULL;
}

static int64_t
price_of_account(const struct house_life *life, const struct booking *booking)
{
    int64_t sum = 0;
    for (size_t i = 0; i < life->model->booking_count; i++) {
        const struct booking *b = &life->model->bookings[i];
        if (b == booking || (!id_is_none(booking->group) && id_equal(b->group, booking->group)))
            sum += b->price.minor;
    }
    return sum;
}

static int64_t
any_amount(struct house_life *life, int64_t all)
{
    switch (house_life_pick(life, 5)) {
    case 0: return all / 2 + 1;
    case 1: return 1 + house_life_pick(life, 2000);
    case 2: return one_in(life, 3) ? all + 1 : all / 3 + 1;
    default: return all > 0 ? all : 1;
    }
}

static struct command
command_of(struct house_life *life, enum command_kind kind)
{
    return (struct command){.kind = kind, .actor = house_life_actor(life), .property = 1};
}

/* By hand, for a booking or its group. */
static struct command
any_payment_by_hand(struct house_life *life, const struct booking *booking)
{
    static const enum payment_method methods[] = {PAYMENT_METHOD_CASH, PAYMENT_METHOD_CARD_AT_DESK,
                                                  PAYMENT_METHOD_OTHER};
    struct command command = command_of(life, COMMAND_CREATE_PAYMENT);
    bool together = !id_is_none(booking->group) && one_in(life, 2);
    command.create_payment = (struct create_payment){
        .booking = together ? ID_NONE : booking->id,
        .group = together ? booking->group : ID_NONE,
        .method = methods[house_life_pick(life, 3)],
        .amount = any_amount(life, together ? price_of_account(life, booking) : booking->price.minor),
        .captured = !one_in(life, 3),
    };
    return command;
}

/* What becomes of one. */
static struct command
any_payment_step(struct house_life *life, const struct payment *payment)
{
    static const enum payment_command steps[] = {PAYMENT_COMMAND_CAPTURE, PAYMENT_COMMAND_CAPTURE,
                                                 PAYMENT_COMMAND_FAIL,    PAYMENT_COMMAND_VOID,
                                                 PAYMENT_COMMAND_REFUND,  PAYMENT_COMMAND_REFUND};
    bool taken = payment->captured > 0;
    enum payment_command step = steps[house_life_pick(life, 6)];
    struct command command = command_of(life, COMMAND_STEP_PAYMENT);
    if (taken && !one_in(life, 8))
        step = PAYMENT_COMMAND_REFUND;
    command.step_payment = (struct step_payment){
        .payment = one_in(life, 16) ? (struct id){7, 7} : payment->id,
        .step = step,
        .amount = one_in(life, 2) ? 0 : any_amount(life, taken ? payment->captured : payment->authorized),
        .reason = one_in(life, 4) ? STR("as agreed") : STR("")};
    if (step == PAYMENT_COMMAND_FAIL || step == PAYMENT_COMMAND_VOID)
        command.step_payment.amount = 0;
    return command;
}

/* --- a provider --- */

static struct str
new_word(struct house_life *life, const char *kind)
{
    char *word = life->words[life->word_count];
    int len = snprintf(word, LIFE_WORD, "%s_%d", kind, life->word_count++);
    return str_of(word, (size_t)len);
}

static struct payment_fact
any_fact(struct house_life *life, int64_t amount)
{
    struct payment_fact fact = {.authorized = one_in(life, 2) ? amount : 0};
    switch (house_life_pick(life, 8)) {
    case 0: fact.failed = true; break;
    case 1: fact.voided = true; break;
    case 2: fact.authorized = amount; break;
    case 3: fact.captured = amount / 2; break;
    case 4: fact.captured = amount, fact.refunded = one_in(life, 2) ? amount : amount / 4; break;
    default: fact.captured = amount; break;
    }
    return fact;
}

/* Things that are not right, each now and then. */
static void
spoil(struct house_life *life, struct note_payment *said)
{
    switch (house_life_pick(life, 32)) {
    case 0: said->amount++; break;
    case 1: said->currency = STR("USD"); break;
    case 2: said->other_account = true; break;
    case 3: said->booking = said->group = life->model->rooms[0].id; break;
    default: break;
    }
}

/* By the one name of its payment that we have, or by another. */
static struct note_payment
any_refund_note(struct house_life *life, const struct refund *refund, bool fails)
{
    struct str reference = STR("");
    for (size_t i = 0; i < life->model->payment_count; i++)
        if (id_equal(life->model->payments[i].id, refund->payment))
            reference = life->model->payments[i].reference;
    struct note_payment said = {.event = new_word(life, "evt"),
                                .kind = STR("refund.updated"),
                                .reference = one_in(life, 8) ? STR("pi_other") : reference,
                                .charge = one_in(life, 4) ? reference : STR("ch_1"),
                                .amount = refund->amount,
                                .currency = STR("EUR"),
                                .refund = refund->id,
                                .refund_failed = fails,
                                .refund_reference = STR("re_1"),
                                .failure = fails ? STR("lost_card") : STR("")};
    spoil(life, &said);
    return said;
}

/* Of the refunds of a provider's payments: its own word, or what the sender learned. */
static struct command
any_refund_step(struct house_life *life)
{
    const struct house_model *m = life->model;
    struct command command = command_of(life, COMMAND_STEP_REFUND);
    const struct refund *refund = NULL;
    for (int tries = 0; tries < 12 && m->refund_count > 0 && refund == NULL; tries++) {
        const struct refund *one = &m->refunds[house_life_pick(life, (int)m->refund_count)];
        for (size_t i = 0; i < m->payment_count; i++)
            if (id_equal(m->payments[i].id, one->payment) && m->payments[i].method == PAYMENT_METHOD_CARD)
                refund = one;
    }
    struct id id = refund == NULL ? ID_NONE : refund->id;
    bool fails = one_in(life, 6);
    if (refund != NULL && one_in(life, 3)) {
        command.kind = COMMAND_NOTE_PAYMENT;
        command.note_payment = any_refund_note(life, refund, one_in(life, 3));
        return command;
    }
    static const enum refund_step steps[] = {REFUND_STEP_SEND, REFUND_STEP_SEND, REFUND_STEP_SETTLE, REFUND_STEP_NOTE};
    command.step_refund = (struct step_refund){.refund = id,
                                               .step = fails ? REFUND_STEP_FAIL : steps[house_life_pick(life, 4)],
                                               .reference = one_in(life, 2) ? STR("re_1") : STR(""),
                                               .failure = fails ? STR("lost_card") : STR("")};
    return command;
}

/* A payment that it told of before, or a new one. */
static struct command
any_note(struct house_life *life, const struct booking *booking)
{
    const struct house_model *m = life->model;
    const struct payment *known = one_in(life, 2) ? any_payment(life, true) : NULL;
    struct command command = command_of(life, COMMAND_NOTE_PAYMENT);
    bool together = !id_is_none(booking->group) && one_in(life, 2);
    int64_t amount = price_of_account(life, booking);
    if (id_is_none(booking->group) || !together)
        amount = booking->price.minor;
    if (amount == 0)
        amount = 5000;
    if (known != NULL)
        amount = known->authorized > 0 ? known->authorized : amount;
    command.note_payment = (struct note_payment){
        .event = m->seen_count > 0 && one_in(life, 8) ? m->seen[house_life_pick(life, (int)m->seen_count)].event
                                                      : new_word(life, "evt"),
        .kind = STR("test"),
        .reference = known != NULL ? known->reference : new_word(life, "pi"),
        .named = STR("somebody"),
        .booking = together ? ID_NONE : booking->id,
        .group = together ? booking->group : ID_NONE,
        .fact = any_fact(life, amount),
        .amount = one_in(life, 8) ? 0 : amount,
        .currency = STR("EUR"),
    };
    spoil(life, &command.note_payment);
    return command;
}

/* --- the desk --- */

static const struct booking *
any_of_status(struct house_life *life, enum booking_status status)
{
    for (int tries = 0; tries < 24; tries++) {
        const struct booking *booking = any_booking(life);
        if (booking != NULL && booking->status == status && !booking->by_minute)
            return booking;
    }
    return NULL;
}

/* One, or several together; the rooms are as they are, so that it takes a manager. */
static struct command
any_arrival(struct house_life *life, const struct booking *booking)
{
    struct command command = {.kind = COMMAND_CHECK_IN,
                              .actor = {.name = STR("usr_manager"), .role = ROLE_MANAGER},
                              .property = 1,
                              .check_in = {.booking = booking->id, .overrides = true, .reason = STR("no other")}};
    if (house_model_claim(life->model, booking->id) == NULL)
        command.check_in.room = life->model->rooms[house_life_pick(life, (int)life->model->room_count)].id;
    return command;
}

static struct command
any_leaving(struct house_life *life, const struct booking *booking)
{
    struct command command = command_of(life, COMMAND_CHECK_OUT);
    size_t count = 1 + (size_t)house_life_pick(life, LIFE_BATCH);
    for (size_t i = 0; i < count; i++) {
        const struct booking *one = i == 0 ? booking : any_of_status(life, BOOKING_CHECKED_IN);
        bool overrides = one_in(life, 5);
        life->steps[i] = (struct booking_step){.booking = one == NULL ? booking->id : one->id,
                                               .overrides = overrides,
                                               .reason = overrides ? STR("a VIP") : STR("")};
    }
    command.booking_step = life->steps[0];
    if (one_in(life, 2))
        return command;
    command.kind = COMMAND_BATCH_BOOKINGS;
    command.booking_batch = (struct booking_batch){COMMAND_CHECK_OUT, life->steps, count, true};
    return command;
}

struct command
house_life_money(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct booking *booking = any_booking(life);
    const struct booking *waiting = one_in(life, 3) ? any_of_status(life, BOOKING_PENDING_PAYMENT) : NULL;
    const struct booking *coming = any_of_status(life, BOOKING_CONFIRMED);
    const struct booking *leaving = any_of_status(life, BOOKING_CHECKED_IN);
    const struct payment *payment = any_payment(life, false);
    bool is_full = m->payment_count == MODEL_PAYMENTS || m->refund_count > MODEL_REFUNDS * 3 / 4 ||
                   life->word_count + 2 > LIFE_WORDS;
    int kind = house_life_pick(life, 12);
    if (waiting != NULL)
        booking = waiting;
    if (kind < 2 && leaving != NULL)
        return any_leaving(life, leaving);
    if ((kind < 3 || is_full) && coming != NULL)
        return any_arrival(life, coming);
    if (kind < 6 && payment != NULL && !is_full)
        return any_payment_step(life, payment);
    if (kind < 8 && !is_full)
        return any_refund_step(life);
    if (booking == NULL || is_full)
        return (struct command){.kind = COMMAND_CHECK_OUT,
                                .actor = house_life_actor(life),
                                .property = 1,
                                .booking_step = {.booking = booking == NULL ? ID_NONE : booking->id}};
    return kind < 10 ? any_payment_by_hand(life, booking) : any_note(life, booking);
}
