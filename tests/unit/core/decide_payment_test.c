/* Money in decisions: the grid of a payment's states, what a capture does to a booking in each of its states, and that
 * neither the order nor the repetition of what a provider says makes a difference. */
#include "core/ledger.h"
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

enum { PRICE = 10000 };

/* --- the grid --- */

/* Where each command that is asked for leads, by hand. */
static const char *const grid[PAYMENT_STATUS_COUNT][PAYMENT_COMMAND_COUNT] = {
    [PAYMENT_STATUS_NONE] = {"authorized", "captured", "-", "-", "-"},
    [PAYMENT_STATUS_REQUIRED] = {"-", "-", "-", "-", "-"},
    [PAYMENT_STATUS_AUTHORIZED] = {"-", "captured", "failed", "voided", "-"},
    [PAYMENT_STATUS_CAPTURED] = {"-", "-", "-", "-", "partially_refunded refunded"},
    [PAYMENT_STATUS_PARTIALLY_REFUNDED] = {"-", "-", "-", "-", "partially_refunded refunded"},
    [PAYMENT_STATUS_REFUNDED] = {"-", "-", "-", "-", "-"},
    [PAYMENT_STATUS_FAILED] = {"-", "-", "-", "-", "-"},
    [PAYMENT_STATUS_VOIDED] = {"-", "-", "-", "-", "-"},
};

static bool
is_word_of(const char *words, struct str word)
{
    struct str rest = str_from(words);
    while (rest.ptr != NULL)
        if (str_equal(str_split(&rest, ' '), word))
            return true;
    return false;
}

static void
the_table_of_payments_is_the_grid(void **state)
{
    (void)state;
    for (int from = 0; from < PAYMENT_STATUS_COUNT; from++)
        for (int command = 0; command < PAYMENT_COMMAND_COUNT; command++) {
            const char *expected = grid[from][command];
            assert_int_equal(payment_machine_allows((enum payment_status)from, (enum payment_command)command),
                             strcmp(expected, "-") != 0);
            for (int to = 0; to < PAYMENT_STATUS_COUNT; to++)
                assert_int_equal(payment_machine_event((enum payment_status)from, (enum payment_command)command,
                                                       (enum payment_status)to)
                                         .len > 0,
                                 is_word_of(expected, payment_status_name((enum payment_status)to)));
        }
}

/* PAY leads from each status to itself; unpaid and expired bookings to a promise. */
static void
paying_leads_to_a_promise_from_unpaid_and_expired_alone(void **state)
{
    (void)state;
    for (int from = BOOKING_NONE; from < BOOKING_STATUS_COUNT; from++)
        for (int to = BOOKING_NONE; to < BOOKING_STATUS_COUNT; to++) {
            bool promises = (from == BOOKING_PENDING_PAYMENT || from == BOOKING_EXPIRED) &&
                            (to == BOOKING_CONFIRMED || to == BOOKING_PENDING_APPROVAL);
            struct str event =
                booking_machine_event((enum booking_status)from, BOOKING_COMMAND_PAY, (enum booking_status)to);
            assert_int_equal(event.len > 0, promises || (from == to && from != BOOKING_NONE));
        }
}

/* --- acting --- */

static enum outcome
book_priced(struct world *w, struct leg leg, enum booking_payment payment, struct id *ret_id)
{
    leg.price = (struct price){.known = true, .minor = PRICE};
    return payment == PAYMENT_REQUIRED ? book_unpaid(w, desk, leg, ret_id) : book(w, desk, leg, ret_id);
}

static enum outcome
pay(struct world *w, struct id booking, struct id group, int64_t amount, bool captured)
{
    struct command command = {
        .kind = COMMAND_CREATE_PAYMENT,
        .actor = desk,
        .property = 1,
        .create_payment = {
            .booking = booking, .group = group, .method = PAYMENT_METHOD_CASH, .amount = amount, .captured = captured}};
    return world_run(w, &command);
}

static enum outcome
take_step(struct world *w, struct id payment, enum payment_command step, int64_t amount)
{
    struct command command = {.kind = COMMAND_STEP_PAYMENT,
                              .actor = desk,
                              .property = 1,
                              .step_payment = {.payment = payment, .step = step, .amount = amount}};
    return world_run(w, &command);
}

static struct note_payment
said(const char *event, const char *reference, struct id booking, struct payment_fact fact)
{
    return (struct note_payment){.event = str_from(event),
                                 .kind = STR("test"),
                                 .reference = str_from(reference),
                                 .named = STR("bkg"),
                                 .booking = booking,
                                 .fact = fact,
                                 .amount = PRICE,
                                 .currency = STR("EUR")};
}

static enum outcome
note(struct world *w, struct note_payment said)
{
    struct command command = {
        .kind = COMMAND_NOTE_PAYMENT, .actor = {.name = STR("stripe")}, .property = 1, .note_payment = said};
    return world_run(w, &command);
}

static enum outcome
note_captured(struct world *w, const char *event, struct id booking)
{
    return note(w, said(event, "pi_1", booking, (struct payment_fact){.captured = PRICE}));
}

static int64_t
owed(const struct house_model *model)
{
    int64_t sum = 0;
    for (size_t i = 0; i < model->refund_count; i++)
        if (refund_is_open(&model->refunds[i]))
            sum += model->refunds[i].amount;
    return sum;
}

/* --- ends --- */

static enum outcome
cancel_with(struct world *w, struct actor actor, struct id booking, struct refund_wish refund)
{
    struct command command = {.kind = COMMAND_CANCEL_BOOKING,
                              .actor = actor,
                              .property = 1,
                              .booking_step = {.booking = booking, .refund = refund}};
    return world_run(w, &command);
}

/* P4: what is not kept is due to go back in the same transaction. */
/* Whoever cancels within so many hours of their arrival owes so much of their price. */
static void
ask_fee(struct world *w, int32_t percent, int32_t hours)
{
    w->model.property.cancellation_window_h = hours;
    w->model.property.cancellation_fee_percent = percent;
}

static void
who_cancels_gets_back_all_but_the_fee(void **state)
{
    WORLD;
    struct id free, late;
    ask_fee(w, 30, 48);
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 5, 7), PAYMENT_NONE, &free), OUTCOME_OK);
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_NONE, &late), OUTCOME_OK);
    assert_int_equal(pay(w, free, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(pay(w, late, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, free), OUTCOME_OK);
    assert_event(w, 0, "booking.cancelled");
    assert_event(w, 1, "refund.due");
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(cancel(w, desk, late), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE + PRICE - PRICE * 30 / 100);
    world_done(w);
}

static void
staff_say_what_goes_back(void **state)
{
    WORLD;
    struct id nothing, some;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 5, 7), PAYMENT_NONE, &nothing), OUTCOME_OK);
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 5, 7), PAYMENT_NONE, &some), OUTCOME_OK);
    assert_int_equal(pay(w, nothing, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(pay(w, some, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel_with(w, desk, nothing, (struct refund_wish){.asked = REFUND_NOTHING}), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(cancel_with(w, desk, some, (struct refund_wish){REFUND_AMOUNT, 2500}), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 2500);
    world_done(w);
}

static void
what_was_declined_or_never_paid_for_keeps_nothing(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 5, 7), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(w->model.refund_count, 0);
    world_type(w, w->twin)->needs_approval = true;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 5, 7), PAYMENT_REQUIRED, &id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_APPROVAL);
    struct command decline = {
        .kind = COMMAND_DECLINE_BOOKING, .actor = desk, .property = 1, .booking_step = {.booking = id}};
    assert_int_equal(world_run(w, &decline), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

/* --- the balance at check-out --- */

static enum outcome
leave(struct world *w, struct actor actor, struct id booking, bool overrides)
{
    struct command command = {
        .kind = COMMAND_CHECK_OUT,
        .actor = actor,
        .property = 1,
        .booking_step = {.booking = booking, .overrides = overrides, .reason = overrides ? STR("a VIP") : STR("")}};
    return world_run(w, &command);
}

static struct id
priced_guests(struct world *w, struct id room)
{
    struct id id;
    assert_int_equal(book_priced(w, nights(ID_NONE, room, 0, 2), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, id), OUTCOME_OK);
    return id;
}

static void
who_has_not_paid_leaves_only_where_the_house_lets_them(void **state)
{
    WORLD;
    struct id one = priced_guests(w, w->room_101), other = priced_guests(w, w->room_102);
    assert_int_equal(leave(w, desk, one, false), OUTCOME_OK);
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(leave(w, desk, other, false), OUTCOME_BALANCE_DUE);
    assert_int_equal(w->last.refusal.limits[0].value, PRICE);
    assert_int_equal(pay(w, other, ID_NONE, PRICE - 1, true), OUTCOME_OK);
    assert_int_equal(pay(w, other, ID_NONE, 1, false), OUTCOME_OK); /* promised is not taken */
    assert_int_equal(leave(w, desk, other, false), OUTCOME_BALANCE_DUE);
    assert_int_equal(w->last.refusal.limits[0].value, 1);
    assert_int_equal(take_step(w, w->model.payments[w->model.payment_count - 1].id, PAYMENT_COMMAND_CAPTURE, 0),
                     OUTCOME_OK);
    assert_int_equal(leave(w, desk, other, false), OUTCOME_OK);
    assert_false(w->last.events[0].overrides);
    world_done(w);
}

static void
what_is_on_its_way_back_pays_for_nothing(void **state)
{
    WORLD;
    struct id id = priced_guests(w, w->room_101);
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 2500), OUTCOME_OK);
    assert_int_equal(leave(w, desk, id, false), OUTCOME_BALANCE_DUE);
    assert_int_equal(w->last.refusal.limits[0].value, 2500);
    world_done(w);
}

static void
a_manager_lets_guests_go_for_a_reason(void **state)
{
    WORLD;
    struct id id = priced_guests(w, w->room_101);
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(leave(w, desk, id, true), OUTCOME_FORBIDDEN);
    assert_string_equal(w->last.refusal.pointer, "/override");
    assert_int_equal(leave(w, manager, id, true), OUTCOME_OK);
    assert_true(w->last.events[0].overrides);
    assert_non_null(w->last.events[0].reason);
    world_done(w);
}

static void
a_stay_without_a_price_has_no_balance(void **state)
{
    WORLD;
    struct id id;
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, id), OUTCOME_OK);
    assert_int_equal(leave(w, desk, id, false), OUTCOME_OK);
    world_done(w);
}

/* --- another price --- */

static enum outcome
waive(struct world *w, struct actor actor, struct id booking, int64_t left)
{
    struct command command = {
        .kind = COMMAND_WAIVE_FEE,
        .actor = actor,
        .property = 1,
        .booking_step = {.booking = booking, .fee_left_minor = left, .reason = STR("their flight was off")}};
    return world_run(w, &command);
}

static enum outcome
set_price(struct world *w, struct id booking, bool known, int64_t minor)
{
    struct command command = {.kind = COMMAND_AMEND_BOOKING,
                              .actor = desk,
                              .property = 1,
                              .amend_booking = {.booking = booking,
                                                .changes_price = true,
                                                .price = {.known = known, .minor = known ? minor : 0}}};
    return world_run(w, &command);
}

static void
a_price_below_what_was_captured_makes_the_rest_due(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_REQUIRED, &id), OUTCOME_OK);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_int_equal(set_price(w, id, true, PRICE - 1000), OUTCOME_OK);
    assert_event(w, 0, "booking.amended");
    assert_event(w, 1, "refund.due");
    assert_int_equal(owed(&w->model), 1000);
    assert_int_equal(set_price(w, id, true, PRICE - 1500), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 1500);
    assert_int_equal(set_price(w, id, true, PRICE - 200), OUTCOME_OK); /* nobody was asked for it yet */
    assert_int_equal(owed(&w->model), 200);
    assert_int_equal(set_price(w, id, true, PRICE * 2), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    world_done(w);
}

static void
a_price_that_becomes_known_gives_back_what_is_above_it(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(set_price(w, id, false, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(set_price(w, id, true, PRICE - 300), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 300);
    world_done(w);
}

/* What staff said goes back stays as they said. */
static void
a_higher_price_takes_back_no_refund_that_staff_made(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_REQUIRED, &id), OUTCOME_OK);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 700), OUTCOME_OK);
    assert_int_equal(set_price(w, id, true, PRICE * 2), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 700);
    assert_int_equal(set_price(w, id, true, PRICE - 700), OUTCOME_OK); /* which had gone already */
    assert_int_equal(owed(&w->model), 700);
    world_done(w);
}

static enum outcome
charge_late(struct world *w, struct actor actor, struct amend_booking asked)
{
    struct command command = {.kind = COMMAND_AMEND_BOOKING, .actor = actor, .property = 1, .amend_booking = asked};
    return world_run(w, &command);
}

/* The minibar is found when the guests are gone, perhaps the day after; or they are to have something back. */
static void
staff_change_the_price_of_a_stay_that_is_over_and_say_why(void **state)
{
    WORLD;
    struct id id = priced_guests(w, w->room_101);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(leave(w, desk, id, false), OUTCOME_OK);
    w->model.today += 3;
    struct amend_booking asked = {.booking = id, .changes_price = true, .price = {true, PRICE + 900}};
    assert_int_equal(charge_late(w, desk, asked), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/reason");
    asked.reason = STR("the minibar");
    assert_int_equal(charge_late(w, desk, asked), OUTCOME_OK);
    assert_event(w, 0, "booking.amended");
    assert_non_null(w->last.events[0].reason);
    assert_status(w, id, BOOKING_CHECKED_OUT);
    assert_int_equal(booking_of(w, id)->price.minor, PRICE + 900);
    assert_int_equal(pay(w, id, ID_NONE, 901, true), OUTCOME_POLICY_REFUSED);
    assert_int_equal(pay(w, id, ID_NONE, 900, true), OUTCOME_OK);
    asked.price.minor = PRICE - 100;
    assert_int_equal(charge_late(w, desk, asked), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 1000);
    assert_int_equal(charge_late(w, desk, asked), OUTCOME_OK); /* as it is: nothing to say */
    assert_int_equal(w->last.event_count, 0);
    world_done(w);
}

/* Who stayed where, and when, and who they were, is as it was. */
static void
nothing_but_the_price_of_a_stay_that_is_over_changes(void **state)
{
    WORLD;
    struct id id = priced_guests(w, w->room_101);
    assert_int_equal(leave(w, desk, id, false), OUTCOME_OK);
    const struct amend_booking others[] = {
        {.booking = id, .changes_span = true, .span = span_from_nights(MODEL_TODAY, MODEL_TODAY + 3)},
        {.booking = id, .room_type = w->annex},
        {.booking = id, .party = 2},
        {.booking = id, .changes_guest = true, .guest = {.name = STR("Somebody Else")}},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct amend_booking asked = others[i];
        asked.changes_price = true;
        asked.price = (struct price){true, 1};
        asked.reason = STR("they said so");
        assert_int_equal(charge_late(w, desk, asked), OUTCOME_POLICY_REFUSED);
        assert_string_equal(w->last.refusal.rule.ptr, "already_over");
    }
    assert_int_equal(booking_of(w, id)->price.minor, PRICE);
    world_done(w);
}

/* --- captures --- */

static void
a_capture_that_covers_the_price_confirms_at_once(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_REQUIRED, &id);
    assert_int_equal(pay(w, id, ID_NONE, PRICE / 2, true), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_PAYMENT);
    assert_int_equal(booking_of(w, id)->payment_status, PAYMENT_STATUS_CAPTURED);
    assert_int_equal(pay(w, id, ID_NONE, PRICE / 2 + 1, true), OUTCOME_POLICY_REFUSED);
    assert_int_equal(pay(w, id, ID_NONE, PRICE / 2, true), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    assert_int_equal(booking_of(w, id)->expires_at, 0);
    world_done(w);
}

static void
what_needs_approval_is_paid_and_waits_with_a_deadline(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->twin)->needs_approval = true;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_REQUIRED, &id);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_APPROVAL);
    assert_int_equal(booking_of(w, id)->expires_at, w->model.now_ms + w->model.property.approval_ttl_ms);
    w->model.now_ms = booking_of(w, id)->expires_at;
    assert_int_equal(sweep(w), OUTCOME_OK);
    assert_status(w, id, BOOKING_EXPIRED);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

static void
an_authorisation_confirms_nothing(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_REQUIRED, &id);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, false), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_PAYMENT);
    struct id payment = w->model.payments[0].id;
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 0), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_CAPTURE, PRICE + 1), OUTCOME_POLICY_REFUSED);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_CAPTURE, 0), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_VOID, 0), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

static void
without_a_price_any_capture_is_enough(void **state)
{
    WORLD;
    struct id id;
    (void)book_unpaid(w, desk, nights(w->twin, ID_NONE, 0, 2), &id);
    assert_int_equal(note(w, said("evt_1", "pi_1", id, (struct payment_fact){.captured = 1})), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    world_done(w);
}

/* --- late --- */

static struct id
expired(struct world *w)
{
    struct id id;
    (void)book_priced(w, nights(w->annex, ID_NONE, 1, 3), PAYMENT_REQUIRED, &id);
    w->model.now_ms = booking_of(w, id)->expires_at;
    (void)sweep(w);
    assert_status(w, id, BOOKING_EXPIRED);
    return id;
}

static void
a_late_capture_brings_back_what_is_still_free(void **state)
{
    WORLD;
    struct id id = expired(w);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 3), NULL), OUTCOME_SOLD_OUT);
    world_done(w);
}

/* In the very command that finds it expired. */
static void
a_capture_at_the_instant_of_expiry_is_late(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->annex, ID_NONE, 1, 3), PAYMENT_REQUIRED, &id);
    w->model.now_ms = booking_of(w, id)->expires_at;
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_event(w, 0, "booking.expired");
    assert_status(w, id, BOOKING_CONFIRMED);
    world_done(w);
}

static void
a_late_capture_for_what_is_sold_is_due_to_go_back(void **state)
{
    WORLD;
    struct id id = expired(w);
    (void)book(w, desk, nights(w->annex, ID_NONE, 2, 3), NULL);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_status(w, id, BOOKING_EXPIRED);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_int_equal(note_captured(w, "evt_2", id), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

static void
a_stay_that_has_begun_does_not_come_back(void **state)
{
    WORLD;
    struct id id = expired(w);
    w->model.today += 2;
    w->model.now_ms += 2 * DATE_DAY_MS;
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_status(w, id, BOOKING_EXPIRED);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

static void
a_cancelled_booking_never_revives(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->annex, ID_NONE, 1, 3), PAYMENT_REQUIRED, &id);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_status(w, id, BOOKING_CANCELLED);
    assert_int_equal(booking_of(w, id)->payment_status, PAYMENT_STATUS_CAPTURED);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(w->model.refunds[0].status, REFUND_DUE);
    world_done(w);
}

/* What went back once does not come back with the next word about it: only a capture brings anything back. */
static void
what_was_given_back_brings_nothing_back(void **state)
{
    WORLD;
    struct id id = expired(w), other;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 3), &other), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_status(w, id, BOOKING_EXPIRED);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 0), OUTCOME_OK);
    assert_int_equal(w->model.refunds[0].status, REFUND_SETTLED);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(cancel(w, desk, other), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, false), OUTCOME_OK);
    assert_status(w, id, BOOKING_EXPIRED);
    struct id second = w->model.payments[1].id;
    assert_int_equal(take_step(w, second, PAYMENT_COMMAND_CAPTURE, PRICE / 2), OUTCOME_OK);
    assert_status(w, id, BOOKING_EXPIRED);
    assert_int_equal(owed(&w->model), PRICE / 2);
    world_done(w);
}

/* A refund by hand is no capture: it does not try to bring anything back, and stays as it was decided. */
static void
what_is_handed_back_of_what_expired_is_handed_back(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_unpaid(w, desk, nights(w->annex, ID_NONE, 1, 3), &id), OUTCOME_OK);
    w->model.now_ms = booking_of(w, id)->expires_at;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 3), NULL), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, 5000, true), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 5000);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 1000), OUTCOME_OK);
    assert_int_equal(w->model.payments[0].refunded, 1000);
    assert_int_equal(owed(&w->model), 4000);
    world_done(w);
}

/* Half of it, taken twice and handed back once, is half of it. */
static void
what_was_handed_back_pays_for_no_promise(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_REQUIRED, &id);
    assert_int_equal(pay(w, id, ID_NONE, PRICE / 2, true), OUTCOME_OK);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 0), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE / 2, true), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_PAYMENT);
    assert_int_equal(pay(w, id, ID_NONE, PRICE / 2, true), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    world_done(w);
}

/* --- groups --- */

static struct id
book_group(struct world *w, const struct leg *legs, size_t count)
{
    struct guest_details guest = {.name = STR("Ada")};
    struct command command = {
        .kind = COMMAND_CREATE_BOOKINGS,
        .actor = desk,
        .property = 1,
        .create_bookings = {
            .legs = legs, .leg_count = count, .group = true, .guest = guest, .payment = PAYMENT_REQUIRED}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    return w->model.bookings[w->model.booking_count - 1].group;
}

static void
a_group_is_confirmed_whole_or_not_at_all(void **state)
{
    WORLD;
    struct leg legs[2] = {nights(w->twin, ID_NONE, 1, 3), nights(w->annex, ID_NONE, 1, 3)};
    legs[0].price = (struct price){true, 4000};
    legs[1].price = (struct price){true, 6000};
    struct id group = book_group(w, legs, 2), first = w->model.bookings[0].id, second = w->model.bookings[1].id;
    assert_int_equal(pay(w, ID_NONE, group, 9999, true), OUTCOME_OK);
    assert_status(w, first, BOOKING_PENDING_PAYMENT);
    assert_int_equal(pay(w, ID_NONE, group, 1, true), OUTCOME_OK);
    assert_status(w, first, BOOKING_CONFIRMED);
    assert_status(w, second, BOOKING_CONFIRMED);
    world_done(w);
}

static void
an_expired_group_comes_back_whole_or_goes_back_whole(void **state)
{
    for (int sold = 0; sold < 2; sold++) {
        WORLD;
        struct leg legs[2] = {nights(w->twin, ID_NONE, 1, 3), nights(w->annex, ID_NONE, 1, 3)};
        legs[0].price = (struct price){true, 4000};
        legs[1].price = (struct price){true, 6000};
        struct id group = book_group(w, legs, 2), first = w->model.bookings[0].id, second = w->model.bookings[1].id;
        w->model.now_ms = booking_of(w, first)->expires_at;
        (void)sweep(w);
        if (sold)
            (void)book(w, desk, nights(w->annex, ID_NONE, 1, 2), NULL);
        struct note_payment captured = said("evt_1", "pi_1", ID_NONE, (struct payment_fact){.captured = PRICE});
        captured.group = group;
        assert_int_equal(note(w, captured), OUTCOME_OK);
        assert_status(w, first, sold ? BOOKING_EXPIRED : BOOKING_CONFIRMED);
        assert_status(w, second, sold ? BOOKING_EXPIRED : BOOKING_CONFIRMED);
        assert_int_equal(owed(&w->model), sold ? PRICE : 0);
        world_done(w);
    }
}

/* --- refunds by hand, and what is not right --- */

static void
what_is_handed_back_settles_at_once(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_REQUIRED, &id);
    (void)pay(w, id, ID_NONE, PRICE, true);
    struct id payment = w->model.payments[0].id;
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, PRICE + 1), OUTCOME_POLICY_REFUSED);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 3000), OUTCOME_OK);
    assert_int_equal(w->model.payments[0].refunded, 3000);
    assert_int_equal(booking_of(w, id)->payment_status, PAYMENT_STATUS_PARTIALLY_REFUNDED);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 7001), OUTCOME_POLICY_REFUSED);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 0), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->payment_status, PAYMENT_STATUS_REFUNDED);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 1), OUTCOME_INVALID_TRANSITION);
    assert_status(w, id, BOOKING_CONFIRMED);
    world_done(w);
}

static void
what_is_not_right_is_set_aside_and_changes_nothing(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_REQUIRED, &id);
    struct note_payment right = said("evt_1", "pi_1", id, (struct payment_fact){.captured = PRICE});
    struct note_payment amount = right, currency = right, account = right, booking = right;
    amount.amount = PRICE - 1;
    currency.event = STR("evt_2"), currency.currency = STR("USD");
    account.event = STR("evt_3"), account.other_account = true;
    booking.event = STR("evt_4"), booking.booking = w->room_101;
    struct note_payment wrong[] = {amount, currency, account, booking};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(note(w, wrong[i]), OUTCOME_OK);
        assert_event(w, 0, "set_aside.created");
        assert_int_equal(w->last.events[0].set_aside->cause, i);
        assert_int_equal(note(w, wrong[i]), OUTCOME_OK);
        assert_int_equal(w->last.event_count, 0);
    }
    assert_int_equal(w->model.set_aside_count, 4);
    assert_int_equal(w->model.payment_count, 0);
    assert_status(w, id, BOOKING_PENDING_PAYMENT);
    world_done(w);
}

/* --- what is due stays due --- */

static enum outcome
late_for_a_fee(struct world *w, struct id booking)
{
    ask_fee(w, 30, 240);
    w->model.property.no_show_fee_percent = 40;
    return cancel(w, desk, booking);
}

/* A row that is paid out in part keeps the rest, and so do the rows of other payments. */
static void
what_is_handed_back_takes_nothing_off_the_rest_that_is_due(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_NONE, &id);
    assert_int_equal(pay(w, id, ID_NONE, 4000, true), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE - 4000, true), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 1000), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 1000);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 4000);
    world_done(w);
}

/* By the provider each refund is asked for and settles by itself. */
static void
a_refund_that_settles_takes_nothing_off_the_next(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_NONE, &id);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_int_equal(note(w, said("evt_2", "pi_2", id, (struct payment_fact){.captured = PRICE})), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE); /* paid twice */
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 2 * PRICE);
    struct command step = {.kind = COMMAND_STEP_REFUND,
                           .actor = {.name = STR("system")},
                           .property = 1,
                           .step_refund = {.refund = w->model.refunds[0].id, .step = REFUND_STEP_SETTLE}};
    assert_int_equal(world_run(w, &step), OUTCOME_INVALID_TRANSITION); /* nobody has asked for it yet */
    step.step_refund.step = REFUND_STEP_SEND;
    assert_int_equal(world_run(w, &step), OUTCOME_OK);
    step.step_refund.step = REFUND_STEP_SETTLE;
    assert_int_equal(world_run(w, &step), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

/* Of guests who did not come the house keeps its fee, not the price. */
static void
guests_who_did_not_come_are_owed_all_above_the_fee(void **state)
{
    WORLD;
    struct id id;
    w->model.property.no_show_fee_percent = 40;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_NONE, &id);
    assert_int_equal(pay(w, id, ID_NONE, 5000, true), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, 5000, false), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 1000);
    assert_int_equal(pay(w, id, ID_NONE, 1, true), OUTCOME_POLICY_REFUSED);
    assert_int_equal(take_step(w, w->model.payments[1].id, PAYMENT_COMMAND_CAPTURE, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 6000);
    assert_int_equal(take_step(w, w->model.payments[1].id, PAYMENT_COMMAND_REFUND, 2000), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 4000);
    world_done(w);
}

/* Two bookings of PRICE in a group, of the first days from today; the group's id. */
static struct id
two_of_a_group(struct world *w, struct id *ret_first, struct id *ret_second)
{
    struct leg legs[2] = {nights(ID_NONE, w->room_101, 0, 2), nights(ID_NONE, w->room_102, 0, 2)};
    legs[0].price = legs[1].price = (struct price){true, PRICE};
    struct command command = {
        .kind = COMMAND_CREATE_BOOKINGS,
        .actor = desk,
        .property = 1,
        .create_bookings = {.legs = legs, .leg_count = 2, .group = true, .guest = {.name = STR("Ada")}}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    *ret_first = w->model.bookings[0].id;
    *ret_second = w->model.bookings[1].id;
    return w->model.bookings[0].group;
}

static void
what_others_of_a_group_pay_changes_nothing_for_who_cancelled(void **state)
{
    WORLD;
    struct id gone, stays;
    (void)two_of_a_group(w, &gone, &stays);
    assert_int_equal(pay(w, gone, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(late_for_a_fee(w, gone), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 3000);
    assert_int_equal(pay(w, stays, ID_NONE, 4000, true), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 3000); /* nobody's due refund pays for others */
    assert_int_equal(pay(w, stays, ID_NONE, PRICE - 4000, true), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 3000); /* the fee is kept */
    world_done(w);
}

static void
a_fee_that_was_kept_pays_for_no_other_of_the_group(void **state)
{
    WORLD;
    struct id gone, stays;
    (void)two_of_a_group(w, &gone, &stays);
    assert_int_equal(check_in(w, desk, stays), OUTCOME_OK);
    assert_int_equal(pay(w, gone, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(late_for_a_fee(w, gone), OUTCOME_OK);
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(leave(w, desk, stays, false), OUTCOME_BALANCE_DUE);
    assert_int_equal(w->last.refusal.limits[0].value, PRICE);
    world_done(w);
}

/* A group of which one was called off: the house keeps 6,000 of what they had paid with pi_1, 4,000 are due to them and
 * 1,000 to the other. */
static struct id
keep_a_part_of_one(struct world *w)
{
    struct id gone, stays;
    (void)two_of_a_group(w, &gone, &stays);
    assert_int_equal(note_captured(w, "evt_1", gone), OUTCOME_OK);
    assert_int_equal(pay(w, stays, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel_with(w, desk, gone, (struct refund_wish){REFUND_AMOUNT, 4000}), OUTCOME_OK);
    assert_int_equal(set_price(w, stays, true, PRICE - 1000), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 5000);
    return gone;
}

/* The provider gives it back by itself: what is due to them first, and then what they had left. */
static void
what_one_who_called_off_had_left_is_no_other_s_to_make_good(void **state)
{
    static const char *const events[] = {"evt_2", "evt_3", "evt_4"};
    static const int64_t words[][3] = {{PRICE}, {4000, PRICE}, {7000, PRICE}, {3000, 4000, 7000}, {7000}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        WORLD;
        struct id gone = keep_a_part_of_one(w);
        for (size_t j = 0; j < 3 && words[i][j] > 0; j++) {
            struct payment_fact back = {.captured = PRICE, .refunded = words[i][j]};
            assert_int_equal(note(w, said(events[j], "pi_1", gone, back)), OUTCOME_OK);
            assert_int_equal(owed(&w->model), 1000 + (words[i][j] < 4000 ? 4000 - words[i][j] : 0));
        }
        world_done(w);
    }
}

/* 3,000 more come and go back: told as one thing, or one after the other. */
static void
what_comes_and_goes_for_one_who_called_off_is_told_at_once_or_not(void **state)
{
    const struct payment_fact came = {.authorized = PRICE, .captured = 3000},
                              both = {.authorized = PRICE, .captured = 3000, .refunded = 3000};
    for (int words = 1; words <= 2; words++) {
        WORLD;
        struct id gone = keep_a_part_of_one(w);
        if (words == 2) {
            assert_int_equal(note(w, said("evt_2", "pi_2", gone, came)), OUTCOME_OK);
            assert_int_equal(owed(&w->model), 8000);
        }
        assert_int_equal(note(w, said("evt_3", "pi_2", gone, both)), OUTCOME_OK);
        assert_int_equal(owed(&w->model), 5000);
        world_done(w);
    }
}

/* It does not matter for which of the bookings it was. */
static void
one_who_pays_for_all_of_a_group_lets_all_leave(void **state)
{
    WORLD;
    struct id pays, other;
    (void)two_of_a_group(w, &pays, &other);
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(check_in(w, desk, other), OUTCOME_OK);
    assert_int_equal(pay(w, pays, ID_NONE, 2 * PRICE - 1, true), OUTCOME_OK);
    assert_int_equal(leave(w, desk, other, false), OUTCOME_BALANCE_DUE);
    assert_int_equal(w->last.refusal.limits[0].value, 1);
    assert_int_equal(pay(w, pays, ID_NONE, 1, true), OUTCOME_OK);
    assert_int_equal(leave(w, desk, other, false), OUTCOME_OK);
    world_done(w);
}

/* The provider tells of it before the answer to what it was asked is written down. */
static void
a_refund_that_is_told_of_before_it_settles_takes_nothing_off_the_next(void **state)
{
    WORLD;
    struct id id;
    (void)book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_NONE, &id);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK);
    assert_int_equal(note(w, said("evt_2", "pi_2", id, (struct payment_fact){.captured = PRICE})), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    struct refund first = w->model.refunds[0];
    bool is_first = id_equal(first.payment, w->model.payments[0].id);
    struct command send = {.kind = COMMAND_STEP_REFUND,
                           .actor = {.name = STR("system")},
                           .property = 1,
                           .step_refund = {.refund = first.id, .step = REFUND_STEP_SEND}};
    assert_int_equal(world_run(w, &send), OUTCOME_OK);
    assert_int_equal(note(w, said("evt_3", is_first ? "pi_1" : "pi_2", id,
                                  (struct payment_fact){.captured = PRICE, .refunded = PRICE})),
                     OUTCOME_OK);
    send.step_refund.step = REFUND_STEP_SETTLE;
    assert_int_equal(world_run(w, &send), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

/* While a price is not known, all that came is kept for it. */
static void
the_last_price_of_a_group_that_becomes_known_gives_back_what_is_above_all(void **state)
{
    WORLD;
    struct id first, second;
    struct id group = two_of_a_group(w, &first, &second);
    assert_int_equal(set_price(w, first, false, 0), OUTCOME_OK);
    assert_int_equal(pay(w, ID_NONE, group, 2 * PRICE, true), OUTCOME_OK);
    assert_int_equal(set_price(w, first, true, PRICE - 300), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 300);
    world_done(w);
}

/* What the group paid is for those who came, once the others have their fee. */
static void
who_came_leaves_a_paid_group_whatever_goes_back_to_who_did_not(void **state)
{
    WORLD;
    struct id gone, stays;
    struct id group = two_of_a_group(w, &gone, &stays);
    w->model.property.no_show_fee_percent = 40;
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(check_in(w, desk, stays), OUTCOME_OK);
    assert_int_equal(pay(w, ID_NONE, group, 2 * PRICE, true), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, gone), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 4000);
    assert_int_equal(leave(w, desk, stays, false), OUTCOME_OK);
    world_done(w);
}

/* It was for the other as well, who does not come now. */
static void
one_who_paid_for_all_of_a_group_gets_back_what_is_not_needed(void **state)
{
    WORLD;
    struct id pays, other;
    (void)two_of_a_group(w, &pays, &other);
    assert_int_equal(pay(w, pays, ID_NONE, 2 * PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, other), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    assert_true(id_equal(w->model.refunds[0].booking, pays));
    world_done(w);
}

static void
who_paid_for_one_who_did_not_come_pays_the_fee(void **state)
{
    WORLD;
    struct id pays, other;
    (void)two_of_a_group(w, &pays, &other);
    assert_int_equal(pay(w, pays, ID_NONE, 2 * PRICE, true), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, pays), OUTCOME_OK);
    w->model.property.no_show_fee_percent = 40;
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, other), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 4000);
    assert_int_equal(leave(w, desk, pays, false), OUTCOME_OK);
    world_done(w);
}

/* Nobody is to come for it, so that it pays for nobody, though the group owes more. */
static void
what_comes_late_for_one_who_was_called_off_goes_back(void **state)
{
    WORLD;
    struct id gone, stays;
    (void)two_of_a_group(w, &gone, &stays);
    assert_int_equal(cancel(w, desk, gone), OUTCOME_OK);
    assert_int_equal(note_captured(w, "evt_1", gone), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(cancel(w, desk, stays), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

/* --- the fee of what ended --- */

/* Called off too late, with nothing paid: 30 % are owed. */
static void
cancel_late(struct world *w, struct id *ret_id)
{
    ask_fee(w, 30, 48);
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_NONE, ret_id), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, *ret_id), OUTCOME_OK);
    assert_int_equal(booking_of(w, *ret_id)->fee_minor, 3000);
}

static void
assert_limit(const struct world *w, const char *rule, int64_t value)
{
    assert_true(str_equal(w->last.refusal.rule, str_from(rule)));
    assert_int_equal(w->last.refusal.limit_count, 1);
    assert_int_equal(w->last.refusal.limits[0].value, value);
}

static void
a_fee_is_paid_at_the_desk_after_the_end(void **state)
{
    WORLD;
    struct id id;
    cancel_late(w, &id);
    assert_int_equal(pay(w, id, ID_NONE, 3001, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", 3000);
    assert_int_equal(pay(w, id, ID_NONE, 1000, true), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, 2001, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", 2000);
    assert_int_equal(pay(w, id, ID_NONE, 2000, true), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_status(w, id, BOOKING_CANCELLED);
    assert_int_equal(booking_of(w, id)->payment_status, PAYMENT_STATUS_CAPTURED);
    assert_int_equal(pay(w, id, ID_NONE, 1, true), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(note_captured(w, "evt_1", id), OUTCOME_OK); /* a provider's comes for nothing */
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

static void
a_fee_that_was_waived_is_not_asked_for(void **state)
{
    WORLD;
    struct id id;
    cancel_late(w, &id);
    struct command command = {.kind = COMMAND_CANCEL_BOOKING,
                              .actor = desk,
                              .property = 1,
                              .booking_step = {.waives_fee = true, .reason = STR("a death in the family")}};
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_NONE, &command.booking_step.booking),
                     OUTCOME_OK);
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_int_equal(pay(w, command.booking_step.booking, ID_NONE, 1, true), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

/* What was set aside as a security is taken for the fee, and no more of it. */
static void
a_security_that_is_captured_pays_the_fee(void **state)
{
    WORLD;
    struct id id;
    ask_fee(w, 30, 48);
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, false), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, 1, true), OUTCOME_POLICY_REFUSED);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_CAPTURE, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 3000);
    world_done(w);
}

/* Of a group whose guests leave only when it is paid, one has called off, too late. */
static struct id
one_of_two_is_gone(struct world *w, struct id *ret_gone, struct id *ret_stays)
{
    struct id group = two_of_a_group(w, ret_gone, ret_stays);
    w->model.property.balance_rule = BALANCE_REQUIRED;
    assert_int_equal(late_for_a_fee(w, *ret_gone), OUTCOME_OK);
    return group;
}

/* Each of a group owes the fee of their own booking, and who still comes owes none of it. */
static void
a_fee_in_a_group_is_paid_for_the_booking_it_is_of(void **state)
{
    WORLD;
    struct id gone, stays;
    struct id group = one_of_two_is_gone(w, &gone, &stays);
    assert_int_equal(pay(w, ID_NONE, group, PRICE + 3001, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", PRICE + 3000);
    assert_int_equal(pay(w, gone, ID_NONE, 3001, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", 3000);
    assert_int_equal(pay(w, gone, ID_NONE, 3000, true), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(check_in(w, desk, stays), OUTCOME_OK);
    assert_int_equal(leave(w, desk, stays, false), OUTCOME_BALANCE_DUE);
    assert_int_equal(pay(w, ID_NONE, group, PRICE, true), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(leave(w, desk, stays, false), OUTCOME_OK);
    world_done(w);
}

static int64_t
group_balance(const struct world *w, struct id group)
{
    const struct house_model *m = &w->model;
    struct ledger ledger = {m->bookings, m->booking_count, m->payments, m->payment_count, m->refunds, m->refund_count};
    return ledger_summary_of_group(ledger, group).balance_due;
}

/* One figure and one payment: the prices of who comes first, then the fees. */
static void
one_payment_of_a_group_pays_its_prices_and_fees(void **state)
{
    WORLD;
    struct id gone, stays;
    struct id group = one_of_two_is_gone(w, &gone, &stays);
    assert_int_equal(group_balance(w, group), PRICE + 3000);
    assert_int_equal(pay(w, ID_NONE, group, PRICE, true), OUTCOME_OK);
    assert_int_equal(group_balance(w, group), 3000);
    assert_int_equal(check_in(w, desk, stays), OUTCOME_OK);
    assert_int_equal(leave(w, desk, stays, false), OUTCOME_OK); /* they owe no fee of others */
    assert_int_equal(pay(w, ID_NONE, group, 3000, true), OUTCOME_OK);
    assert_int_equal(group_balance(w, group), 0);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(pay(w, gone, ID_NONE, 1, true), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(pay(w, ID_NONE, group, 1, true), OUTCOME_POLICY_REFUSED);
    world_done(w);
}

/* What was to go back to the others while one of them was not expected pays for that one again. */
static void
who_comes_after_all_is_paid_for_by_what_others_have_too_much(void **state)
{
    WORLD;
    struct id late, stays;
    (void)two_of_a_group(w, &late, &stays);
    w->model.property.no_show_fee_percent = 0;
    assert_int_equal(pay(w, stays, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(set_price(w, stays, true, PRICE - 1000), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0); /* the group owes more than that */
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, late), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 1000);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, late), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    world_done(w);
}

/* All were called off, each with a fee: one payment for them, no more, and it does not come back by itself. */
static void
one_payment_of_a_group_that_was_called_off_pays_all_its_fees(void **state)
{
    WORLD;
    struct id one, other;
    struct id group = two_of_a_group(w, &one, &other);
    ask_fee(w, 30, 240);
    assert_int_equal(cancel(w, desk, one), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, other), OUTCOME_OK);
    assert_int_equal(group_balance(w, group), 6000);
    assert_int_equal(pay(w, one, ID_NONE, 1000, true), OUTCOME_OK);
    assert_int_equal(pay(w, ID_NONE, group, 5001, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", 5000);
    assert_int_equal(pay(w, ID_NONE, group, 2000, true), OUTCOME_OK);
    assert_int_equal(group_balance(w, group), 3000);
    assert_int_equal(pay(w, ID_NONE, group, 3000, true), OUTCOME_OK);
    assert_int_equal(group_balance(w, group), 0);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(pay(w, ID_NONE, group, 1, true), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(waive(w, desk, other, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 3000);
    world_done(w);
}

/* What the group paid is for the fees that are owed too, in whatever order they come about. */
static void
what_a_group_paid_goes_back_only_above_all_its_fees(void **state)
{
    enum { BOTH_PAY, SECOND_IS_LET_OFF, FIRST_IS_LET_OFF, WAYS };
    for (int way = 0; way < WAYS; way++) {
        WORLD;
        struct id one, other;
        struct id group = two_of_a_group(w, &one, &other);
        ask_fee(w, 50, 240);
        assert_int_equal(pay(w, ID_NONE, group, PRICE, true), OUTCOME_OK);
        struct command command = {.kind = COMMAND_CANCEL_BOOKING, .actor = desk, .property = 1};
        command.booking_step = (struct booking_step){.booking = one,
                                                     .waives_fee = way == FIRST_IS_LET_OFF,
                                                     .reason = way == FIRST_IS_LET_OFF ? STR("ill") : STR("")};
        assert_int_equal(world_run(w, &command), OUTCOME_OK);
        assert_int_equal(owed(&w->model), 0); /* the other still comes */
        command.booking_step = (struct booking_step){.booking = other,
                                                     .waives_fee = way == SECOND_IS_LET_OFF,
                                                     .reason = way == SECOND_IS_LET_OFF ? STR("ill") : STR("")};
        assert_int_equal(world_run(w, &command), OUTCOME_OK);
        assert_int_equal(owed(&w->model), way == BOTH_PAY ? 0 : PRICE / 2);
        assert_int_equal(group_balance(w, group), 0);
        world_done(w);
    }
}

static void
a_fee_that_a_group_paid_stays_kept_whatever_the_others_cost(void **state)
{
    WORLD;
    struct id gone, stays;
    struct id group = two_of_a_group(w, &gone, &stays);
    ask_fee(w, 40, 240);
    assert_int_equal(pay(w, ID_NONE, group, 2 * PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, gone), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 4000);
    assert_int_equal(set_price(w, stays, true, PRICE + 5000), OUTCOME_OK);
    assert_int_equal(set_price(w, stays, true, PRICE), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 4000);
    assert_int_equal(waive(w, desk, gone, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    world_done(w);
}

static void
who_paid_for_one_who_called_off_pays_the_fee_until_it_is_waived(void **state)
{
    WORLD;
    struct id gone, stays;
    (void)two_of_a_group(w, &gone, &stays);
    ask_fee(w, 40, 240);
    assert_int_equal(pay(w, stays, ID_NONE, 2 * PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, gone), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 4000);
    assert_int_equal(pay(w, gone, ID_NONE, 1, true), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(waive(w, desk, gone, 1000), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE - 1000);
    world_done(w);
}

/* Asked without an amount, a refund gives what nobody is to keep. */
static void
a_fee_goes_back_only_where_its_amount_is_named(void **state)
{
    WORLD;
    struct id id;
    ask_fee(w, 30, 48);
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 1, 3), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    struct id payment = w->model.payments[0].id;
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 0), OUTCOME_OK);
    assert_int_equal(w->model.payments[0].refunded, PRICE - 3000);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 0), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "fee_kept", 3000);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 3001), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_captured", 3000);
    assert_int_equal(take_step(w, payment, PAYMENT_COMMAND_REFUND, 3000), OUTCOME_OK);
    assert_int_equal(w->model.payments[0].refunded, PRICE);
    world_done(w);
}

/* A night audit gave them up, and the fee was kept before anybody asked why. */
static void
a_fee_is_waived_after_the_end_and_goes_back(void **state)
{
    WORLD;
    struct id id;
    w->model.property.no_show_fee_percent = 100;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(waive(w, desk, id, 0), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(waive(w, teacher, id, 0), OUTCOME_FORBIDDEN);
    assert_int_equal(waive(w, desk, id, PRICE), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "no_fee_left", PRICE);
    assert_int_equal(waive(w, desk, id, 4000), OUTCOME_OK);
    assert_event(w, 0, "booking.fee_waived");
    assert_int_equal(w->last.events[0].waived_minor, 6000);
    assert_int_equal(owed(&w->model), 6000);
    assert_int_equal(waive(w, desk, id, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(waive(w, desk, id, 0), OUTCOME_POLICY_REFUSED);
    world_done(w);
}

/* The flight was only late: what was to go back pays for the stay again. What has gone back has to be paid again. */
static void
guests_who_come_after_all_have_paid_what_did_not_go_back(void **state)
{
    WORLD;
    struct id id;
    w->model.property.no_show_fee_percent = 30;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 0, 2), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(pay(w, id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_int_equal(waive(w, desk, id, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_event(w, 0, "booking.reinstated");
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(pay(w, id, ID_NONE, 1, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", 0);
    world_done(w);
}

/* What nobody had paid of it is not owed any more, and nothing goes back for it. */
static void
a_fee_that_was_not_paid_is_waived_and_not_asked_for(void **state)
{
    WORLD;
    struct id id;
    cancel_late(w, &id);
    assert_int_equal(pay(w, id, ID_NONE, 1000, true), OUTCOME_OK);
    assert_int_equal(waive(w, desk, id, 2000), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 0);
    assert_int_equal(pay(w, id, ID_NONE, 1001, true), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "amount_over_price", 1000);
    assert_int_equal(waive(w, desk, id, 0), OUTCOME_OK);
    assert_int_equal(owed(&w->model), 1000);
    assert_int_equal(pay(w, id, ID_NONE, 1, true), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

static void
no_more_is_promised_back_than_was_paid(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_priced(w, nights(w->twin, ID_NONE, 5, 7), PAYMENT_NONE, &id), OUTCOME_OK);
    assert_int_equal(cancel_with(w, desk, id, (struct refund_wish){REFUND_AMOUNT, 5}), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "refund_over_paid", 0);
    assert_string_equal(w->last.refusal.pointer, "/refund");
    assert_int_equal(pay(w, id, ID_NONE, 4000, true), OUTCOME_OK);
    assert_int_equal(cancel_with(w, desk, id, (struct refund_wish){REFUND_AMOUNT, 4001}), OUTCOME_POLICY_REFUSED);
    assert_limit(w, "refund_over_paid", 4000);
    assert_int_equal(cancel_with(w, desk, id, (struct refund_wish){REFUND_AMOUNT, 4000}), OUTCOME_OK);
    assert_int_equal(w->last.events[0].refund.minor, 4000);
    assert_int_equal(owed(&w->model), 4000);
    world_done(w);
}

/* More came by card than was to be kept, and what was paid in cash was handed back. */
static void
begin_handed_back(struct world *w, struct id *ret_id)
{
    world_init(w);
    assert_int_equal(book_priced(w, nights(w->annex, ID_NONE, 1, 3), PAYMENT_NONE, ret_id), OUTCOME_OK);
    assert_int_equal(pay(w, *ret_id, ID_NONE, PRICE, true), OUTCOME_OK);
    assert_int_equal(note(w, said("evt_1", "pi_1", *ret_id, (struct payment_fact){.captured = PRICE / 2})), OUTCOME_OK);
    assert_int_equal(take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, PRICE), OUTCOME_OK);
    assert_int_equal(owed(&w->model), PRICE / 2);
}

static void
one_word_of_what_came_and_went_is_two_words(void **state)
{
    (void)state;
    struct payment_fact came = {.captured = PRICE}, both = {.captured = PRICE, .refunded = PRICE / 2};
    for (int order = 0; order < 2; order++) {
        struct world world, *w = &world;
        struct id id;
        begin_handed_back(w, &id);
        assert_int_equal(note(w, said("evt_2", "pi_1", id, order == 0 ? came : both)), OUTCOME_OK);
        assert_int_equal(note(w, said("evt_3", "pi_1", id, order == 0 ? both : came)), OUTCOME_OK);
        assert_int_equal(owed(&w->model), 0);
        assert_int_equal(w->model.payments[1].refunded, PRICE / 2);
        world_done(w);
    }
}

/* --- any order, any repetition --- */

enum { LETTERS = 6, WORD = 6, OUR_REFUND = 3000 };

/* Where a story begins. */
enum start {
    START_UNPAID,
    START_EXPIRED_FREE,
    START_EXPIRED_SOLD,
    START_CANCELLED,
    START_REFUNDED,  /* paid, and some of it is to go back */
    START_ALL_ASKED, /* paid and cancelled, and the provider was asked to give all of it back */
    START_COUNT
};

/* What is not right about a letter, so that it is set aside. */
enum wrong { RIGHT, WRONG_AMOUNT, WRONG_CURRENCY, WRONG_ACCOUNT, WRONG_OWNER, WRONG_PAYMENT };

/* Whether it is about a refund of ours, instead of a payment. */
enum about { OF_PAYMENT, OF_REFUND_DONE, OF_REFUND_FAILED };

/* What the letters of a pool say. */
struct letter {
    const char *reference;
    struct payment_fact fact;
    enum wrong wrong;
    enum about about;
};

/* A pool is for one booking or for a group of two, and is told from some of the starts. */
static const struct pool {
    unsigned starts;
    bool of_group;
    struct letter letters[LETTERS];
} pools[] = {
    {0xf,
     false,
     {{"pi_1", {.authorized = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE, .refunded = 3000}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE, .refunded = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.failed = true}, RIGHT, OF_PAYMENT},
      {"pi_1", {.voided = true}, RIGHT, OF_PAYMENT}}},
    {0xf,
     false,
     {{"pi_1", {.failed = true}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = 4000}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_2", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_2", {.captured = PRICE, .refunded = 6000}, RIGHT, OF_PAYMENT},
      {"pi_3", {.captured = PRICE}, WRONG_AMOUNT, OF_PAYMENT}}},
    {0xf,
     false,
     {{"pi_1", {.captured = PRICE}, WRONG_CURRENCY, OF_PAYMENT},
      {"pi_1", {.captured = PRICE, .refunded = PRICE}, WRONG_ACCOUNT, OF_PAYMENT},
      {"pi_3", {.captured = PRICE}, WRONG_OWNER, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, WRONG_AMOUNT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_2", {.captured = PRICE, .refunded = 6000}, RIGHT, OF_PAYMENT}}},
    {0xf,
     true,
     {{"pi_1", {.authorized = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE, .refunded = 3000}, RIGHT, OF_PAYMENT},
      {"pi_1", {.failed = true}, RIGHT, OF_PAYMENT},
      {"pi_2", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_2", {.captured = PRICE}, WRONG_CURRENCY, OF_PAYMENT}}},
    {1u << START_REFUNDED,
     false,
     {{"pi_1", {.captured = PRICE, .refunded = OUR_REFUND}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.authorized = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = 0}, WRONG_ACCOUNT, OF_REFUND_FAILED},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, WRONG_OWNER, OF_REFUND_DONE}}},
    {1u << START_REFUNDED,
     false,
     {{"pi_1", {.captured = PRICE, .refunded = OUR_REFUND}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.failed = true}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = 0}, WRONG_ACCOUNT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_FAILED},
      {"pi_1", {.captured = 0}, WRONG_OWNER, OF_REFUND_FAILED}}},
    /* it succeeds and fails, beside 400 that the provider was asked for by others */
    {1u << START_REFUNDED,
     false,
     {{"pi_1", {.captured = PRICE, .refunded = OUR_REFUND}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE, .refunded = OUR_REFUND + 400}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_FAILED},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_FAILED}}},
    {1u << START_ALL_ASKED,
     false,
     {{"pi_1", {.captured = PRICE, .refunded = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = PRICE}, RIGHT, OF_PAYMENT},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_FAILED},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, WRONG_ACCOUNT, OF_REFUND_FAILED}}},
    /* another sum, currency or payment than was asked for is no word on it, good or bad */
    {1u << START_REFUNDED | 1u << START_ALL_ASKED,
     false,
     {{"pi_1", {.captured = 0}, WRONG_AMOUNT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, WRONG_CURRENCY, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, WRONG_PAYMENT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, WRONG_AMOUNT, OF_REFUND_FAILED},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_DONE},
      {"pi_1", {.captured = 0}, RIGHT, OF_REFUND_FAILED}}},
};

/* What must be in the end, from which letters there were alone: a model that knows nothing of decisions. */
struct end {
    enum booking_status status;
    int64_t captured, refunded, owed;
    int64_t shown; /* what the guests are told is owed them */
    enum refund_status refund;
    size_t aside;
};

struct story {
    struct world *w;
    const struct pool *pool;
    enum start start;
    bool approval; /* of what is sold */
    struct id bookings[2], group, refund;
    int64_t refund_amount; /* 0: there was none */
    size_t booking_count, told;
};

static bool
is_told(const struct story *story, unsigned letters, int i, const char *reference)
{
    const struct letter *letter = &story->pool->letters[i];
    return (letters & (1u << i)) != 0 && letter->wrong == RIGHT && strcmp(letter->reference, reference) == 0;
}

/* Was anything of that kind told of our refund? */
static bool
is_word(const struct story *story, unsigned letters, enum about about)
{
    for (int i = 0; i < LETTERS; i++)
        if (is_told(story, letters, i, "pi_1") && story->pool->letters[i].about == about)
            return true;
    return false;
}

/* What went back at the provider's, all in all, and what of it came back: a refund that failed is in every sum that it
 * told of the payment while it had gone, and went nowhere in the end. */
static void
predict_money(const struct story *story, unsigned letters, struct end *end)
{
    static const char *const references[] = {"pi_1", "pi_2"};
    bool done = is_word(story, letters, OF_REFUND_DONE), failed = is_word(story, letters, OF_REFUND_FAILED);
    for (size_t r = 0; r < 2; r++) {
        int64_t captured = r == 0 && story->refund_amount > 0 ? PRICE : 0,
                refunded = r == 0 && done ? story->refund_amount : 0;
        for (int i = 0; i < LETTERS; i++) {
            const struct letter *letter = &story->pool->letters[i];
            if (!is_told(story, letters, i, references[r]))
                continue;
            captured = letter->fact.captured > captured ? letter->fact.captured : captured;
            refunded = letter->fact.refunded > refunded ? letter->fact.refunded : refunded;
        }
        if (r == 0 && failed)
            refunded = refunded > story->refund_amount ? refunded - story->refund_amount : 0;
        end->captured += captured;
        end->refunded += refunded;
    }
}

static struct end
predict(const struct story *story, unsigned letters)
{
    static const enum booking_status starts[] = {BOOKING_PENDING_PAYMENT, BOOKING_EXPIRED,   BOOKING_EXPIRED,
                                                 BOOKING_CANCELLED,       BOOKING_CONFIRMED, BOOKING_CANCELLED};
    enum booking_status promise = story->approval ? BOOKING_PENDING_APPROVAL : BOOKING_CONFIRMED;
    struct end end = {.status = story->start == START_REFUNDED ? promise : starts[story->start]};
    bool done = is_word(story, letters, OF_REFUND_DONE), failed = is_word(story, letters, OF_REFUND_FAILED);
    predict_money(story, letters, &end);
    for (int i = 0; i < LETTERS; i++)
        end.aside += (letters & (1u << i)) != 0 && story->pool->letters[i].wrong != RIGHT;
    if (end.captured >= PRICE && (story->start == START_UNPAID || story->start == START_EXPIRED_FREE))
        end.status = promise;
    int64_t left = end.captured - end.refunded;
    bool counts = end.status == promise || end.status == BOOKING_PENDING_PAYMENT;
    end.owed = counts ? (left > PRICE ? left - PRICE : 0) : left;
    if (story->refund_amount == 0)
        return end;
    end.refund = failed                            ? REFUND_FAILED
                 : done                            ? REFUND_SETTLED
                 : story->start == START_ALL_ASKED ? REFUND_SENT
                                                   : REFUND_DUE;
    end.owed = failed || done ? 0 : story->refund_amount;
    end.shown = story->start == START_ALL_ASKED ? PRICE - end.refunded : end.owed;
    return end;
}

static void
check_end(struct story *story, const struct house_model *model, unsigned letters)
{
    struct end expected = predict(story, letters);
    int64_t captured = 0, refunded = 0;
    for (size_t i = 0; i < model->payment_count; i++) {
        captured += model->payments[i].captured;
        refunded += model->payments[i].refunded;
    }
    for (size_t i = 0; i < story->booking_count; i++)
        assert_int_equal(house_model_booking(model, story->bookings[i])->status, expected.status);
    assert_int_equal(captured, expected.captured);
    assert_int_equal(refunded, expected.refunded);
    assert_int_equal(owed(model), expected.owed);
    assert_int_equal(model->set_aside_count, expected.aside);
    if (story->refund_amount == 0)
        return;
    struct ledger ledger = {model->bookings,      model->booking_count, model->payments,
                            model->payment_count, model->refunds,       model->refund_count};
    const struct booking *booking = house_model_booking(model, story->bookings[0]);
    assert_int_equal(model->refund_count, 1);
    assert_int_equal(model->refunds[0].status, expected.refund);
    if (story->start == START_ALL_ASKED || expected.refunded == 0)
        assert_int_equal(ledger_summary_of_booking(ledger, booking).refund_due, expected.shown);
    assert_int_equal(booking->payment_status, expected.refunded == 0      ? PAYMENT_STATUS_CAPTURED
                                              : expected.refunded < PRICE ? PAYMENT_STATUS_PARTIALLY_REFUNDED
                                                                          : PAYMENT_STATUS_REFUNDED);
}

static struct note_payment
says(const struct story *story, int i)
{
    static const char *const events[LETTERS] = {"evt_0", "evt_1", "evt_2", "evt_3", "evt_4", "evt_5"};
    const struct letter *letter = &story->pool->letters[i];
    struct note_payment says = said(events[i], letter->reference, story->bookings[0], letter->fact);
    if (story->pool->of_group) {
        says.booking = ID_NONE;
        says.group = story->group;
    }
    if (letter->about != OF_PAYMENT) {
        says.refund = letter->wrong == WRONG_OWNER ? story->w->room_101 : story->refund;
        says.refund_failed = letter->about == OF_REFUND_FAILED;
        says.refund_reference = STR("re_1");
        says.reference = letter->wrong == WRONG_PAYMENT ? STR("pi_9") : says.reference;
        says.charge = STR("ch_1");
        says.amount = story->refund_amount;
    } else if (letter->wrong == WRONG_OWNER) {
        says.booking = story->w->room_101;
    }
    if (letter->wrong == WRONG_CURRENCY)
        says.currency = STR("USD");
    says.other_account = letter->wrong == WRONG_ACCOUNT;
    says.amount += letter->wrong == WRONG_AMOUNT;
    return says;
}

/* All words that go on from here; each end of one is an end that is looked at. */
static void
tell(struct story *story, const struct house_model *before, unsigned letters, int length)
{
    for (int i = 0; length < WORD && i < LETTERS; i++) {
        struct house_model model = *before;
        struct decision decision;
        struct facts facts;
        struct command command = {.kind = COMMAND_NOTE_PAYMENT,
                                  .actor = {.name = STR("stripe")},
                                  .property = 1,
                                  .note_payment = says(story, i)};
        arena_reset(&story->w->arena);
        house_model_load(&model, &command, &story->w->arena, &facts);
        decide(&facts, &command, &story->w->arena, &decision);
        if (!house_model_apply(&model, &decision))
            fail_msg("%s", model.why);
        model.next_id += 8;
        story->told++;
        check_end(story, &model, letters | 1u << i);
        tell(story, &model, letters | 1u << i, length + 1);
    }
}

/* One booking in the annex, or that and another for the same nights. */
static void
begin_unpaid(struct story *story)
{
    struct world *w = story->w;
    struct leg legs[2] = {nights(w->annex, ID_NONE, 1, 3), nights(w->twin, ID_NONE, 1, 3)};
    legs[0].price = (struct price){true, 6000};
    legs[1].price = (struct price){true, PRICE - 6000};
    if (story->pool->of_group)
        story->group = book_group(w, legs, 2);
    else
        assert_int_equal(book_priced(w, legs[0], PAYMENT_REQUIRED, &story->bookings[0]), OUTCOME_OK);
    story->booking_count = w->model.booking_count;
    for (size_t i = 0; i < story->booking_count; i++) {
        story->bookings[i] = w->model.bookings[i].id;
        assert_int_equal(w->model.bookings[i].status, BOOKING_PENDING_PAYMENT);
    }
}

static enum outcome
take_refund_step(struct world *w, struct id refund, enum refund_step step)
{
    struct command command = {.kind = COMMAND_STEP_REFUND,
                              .actor = {.name = STR("system")},
                              .property = 1,
                              .step_refund = {.refund = refund, .step = step}};
    return world_run(w, &command);
}

static void
begin_refund(struct story *story)
{
    struct world *w = story->w;
    bool all = story->start == START_ALL_ASKED;
    assert_int_equal(note(w, said("evt_first", "pi_1", story->bookings[0], (struct payment_fact){.captured = PRICE})),
                     OUTCOME_OK);
    assert_int_equal(all ? cancel(w, desk, story->bookings[0])
                         : take_step(w, w->model.payments[0].id, PAYMENT_COMMAND_REFUND, OUR_REFUND),
                     OUTCOME_OK);
    story->refund = w->model.refunds[0].id;
    story->refund_amount = w->model.refunds[0].amount;
    if (all)
        assert_int_equal(take_refund_step(w, story->refund, REFUND_STEP_SEND), OUTCOME_OK);
}

static void
begin(struct story *story)
{
    struct world *w = story->w;
    begin_unpaid(story);
    if (story->start == START_EXPIRED_FREE || story->start == START_EXPIRED_SOLD) {
        w->model.now_ms = booking_of(w, story->bookings[0])->expires_at;
        (void)sweep(w);
    }
    if (story->start == START_EXPIRED_SOLD)
        assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_OK);
    for (size_t i = 0; story->start == START_CANCELLED && i < story->booking_count; i++)
        assert_int_equal(cancel(w, desk, story->bookings[i]), OUTCOME_OK);
    if (story->start == START_REFUNDED || story->start == START_ALL_ASKED)
        begin_refund(story);
}

/* Half of it had come too late, and would not go back; then all of it comes, and some of that goes back by itself. */
static void
one_word_that_brings_a_booking_back_is_two_words(void **state)
{
    (void)state;
    struct payment_fact came = {.captured = PRICE}, both = {.captured = PRICE, .refunded = PRICE / 4};
    for (int order = 0; order < 2; order++) {
        WORLD;
        struct id id = expired(w);
        assert_int_equal(note(w, said("evt_1", "pi_1", id, (struct payment_fact){.captured = PRICE / 2})), OUTCOME_OK);
        assert_int_equal(take_refund_step(w, w->model.refunds[0].id, REFUND_STEP_SEND), OUTCOME_OK);
        assert_int_equal(take_refund_step(w, w->model.refunds[0].id, REFUND_STEP_FAIL), OUTCOME_OK);
        assert_int_equal(note(w, said("evt_2", "pi_2", id, order == 0 ? came : both)), OUTCOME_OK);
        assert_int_equal(note(w, said("evt_3", "pi_2", id, order == 0 ? both : came)), OUTCOME_OK);
        assert_status(w, id, BOOKING_CONFIRMED);
        assert_int_equal(owed(&w->model), PRICE / 4);
        world_done(w);
    }
}

static void
tell_all_of(const struct pool *pool, enum start start, bool approval)
{
    struct world world, *w = &world;
    world_init(w);
    world_type(w, w->annex)->needs_approval = approval;
    world_type(w, w->twin)->needs_approval = approval;
    struct story story = {.w = w, .pool = pool, .start = start, .approval = approval};
    begin(&story);
    struct house_model model = w->model;
    tell(&story, &model, 0, 0);
    assert_int_equal(story.told, 6 + 36 + 216 + 1296 + 7776 + 46656);
    world_done(w);
}

static void
any_order_and_repetition_ends_the_same(void **state)
{
    (void)state;
    for (size_t pool = 0; pool < sizeof(pools) / sizeof(pools[0]); pool++)
        for (int start = 0; start < START_COUNT; start++)
            for (int approval = 0; approval < 2; approval++)
                if ((pools[pool].starts & (1u << start)) != 0)
                    tell_all_of(&pools[pool], (enum start)start, approval != 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_cancels_gets_back_all_but_the_fee),
        cmocka_unit_test(staff_say_what_goes_back),
        cmocka_unit_test(what_was_declined_or_never_paid_for_keeps_nothing),
        cmocka_unit_test(who_has_not_paid_leaves_only_where_the_house_lets_them),
        cmocka_unit_test(what_is_on_its_way_back_pays_for_nothing),
        cmocka_unit_test(a_manager_lets_guests_go_for_a_reason),
        cmocka_unit_test(a_stay_without_a_price_has_no_balance),
        cmocka_unit_test(a_price_below_what_was_captured_makes_the_rest_due),
        cmocka_unit_test(a_price_that_becomes_known_gives_back_what_is_above_it),
        cmocka_unit_test(a_higher_price_takes_back_no_refund_that_staff_made),
        cmocka_unit_test(staff_change_the_price_of_a_stay_that_is_over_and_say_why),
        cmocka_unit_test(nothing_but_the_price_of_a_stay_that_is_over_changes),
        cmocka_unit_test(the_table_of_payments_is_the_grid),
        cmocka_unit_test(paying_leads_to_a_promise_from_unpaid_and_expired_alone),
        cmocka_unit_test(a_capture_that_covers_the_price_confirms_at_once),
        cmocka_unit_test(what_needs_approval_is_paid_and_waits_with_a_deadline),
        cmocka_unit_test(an_authorisation_confirms_nothing),
        cmocka_unit_test(without_a_price_any_capture_is_enough),
        cmocka_unit_test(a_late_capture_brings_back_what_is_still_free),
        cmocka_unit_test(a_capture_at_the_instant_of_expiry_is_late),
        cmocka_unit_test(a_late_capture_for_what_is_sold_is_due_to_go_back),
        cmocka_unit_test(a_stay_that_has_begun_does_not_come_back),
        cmocka_unit_test(a_cancelled_booking_never_revives),
        cmocka_unit_test(what_was_given_back_brings_nothing_back),
        cmocka_unit_test(what_is_handed_back_of_what_expired_is_handed_back),
        cmocka_unit_test(what_was_handed_back_pays_for_no_promise),
        cmocka_unit_test(a_group_is_confirmed_whole_or_not_at_all),
        cmocka_unit_test(an_expired_group_comes_back_whole_or_goes_back_whole),
        cmocka_unit_test(what_is_handed_back_settles_at_once),
        cmocka_unit_test(what_is_not_right_is_set_aside_and_changes_nothing),
        cmocka_unit_test(what_is_handed_back_takes_nothing_off_the_rest_that_is_due),
        cmocka_unit_test(a_refund_that_settles_takes_nothing_off_the_next),
        cmocka_unit_test(guests_who_did_not_come_are_owed_all_above_the_fee),
        cmocka_unit_test(what_others_of_a_group_pay_changes_nothing_for_who_cancelled),
        cmocka_unit_test(a_fee_that_was_kept_pays_for_no_other_of_the_group),
        cmocka_unit_test(what_one_who_called_off_had_left_is_no_other_s_to_make_good),
        cmocka_unit_test(what_comes_and_goes_for_one_who_called_off_is_told_at_once_or_not),
        cmocka_unit_test(one_who_pays_for_all_of_a_group_lets_all_leave),
        cmocka_unit_test(a_refund_that_is_told_of_before_it_settles_takes_nothing_off_the_next),
        cmocka_unit_test(the_last_price_of_a_group_that_becomes_known_gives_back_what_is_above_all),
        cmocka_unit_test(who_came_leaves_a_paid_group_whatever_goes_back_to_who_did_not),
        cmocka_unit_test(one_who_paid_for_all_of_a_group_gets_back_what_is_not_needed),
        cmocka_unit_test(what_comes_late_for_one_who_was_called_off_goes_back),
        cmocka_unit_test(who_paid_for_one_who_did_not_come_pays_the_fee),
        cmocka_unit_test(a_fee_is_paid_at_the_desk_after_the_end),
        cmocka_unit_test(a_fee_that_was_waived_is_not_asked_for),
        cmocka_unit_test(a_security_that_is_captured_pays_the_fee),
        cmocka_unit_test(a_fee_in_a_group_is_paid_for_the_booking_it_is_of),
        cmocka_unit_test(a_fee_goes_back_only_where_its_amount_is_named),
        cmocka_unit_test(one_payment_of_a_group_pays_its_prices_and_fees),
        cmocka_unit_test(one_payment_of_a_group_that_was_called_off_pays_all_its_fees),
        cmocka_unit_test(who_comes_after_all_is_paid_for_by_what_others_have_too_much),
        cmocka_unit_test(what_a_group_paid_goes_back_only_above_all_its_fees),
        cmocka_unit_test(a_fee_that_a_group_paid_stays_kept_whatever_the_others_cost),
        cmocka_unit_test(who_paid_for_one_who_called_off_pays_the_fee_until_it_is_waived),
        cmocka_unit_test(a_fee_is_waived_after_the_end_and_goes_back),
        cmocka_unit_test(guests_who_come_after_all_have_paid_what_did_not_go_back),
        cmocka_unit_test(a_fee_that_was_not_paid_is_waived_and_not_asked_for),
        cmocka_unit_test(no_more_is_promised_back_than_was_paid),
        cmocka_unit_test(one_word_of_what_came_and_went_is_two_words),
        cmocka_unit_test(one_word_that_brings_a_booking_back_is_two_words),
        cmocka_unit_test(any_order_and_repetition_ends_the_same),
    };
    return test_run("core/decide_payment", tests);
}
