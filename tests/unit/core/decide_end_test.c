/* How bookings end before anybody came, and how one is taken up again. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

static int32_t
sold_on(const struct world *w, struct id type, int day)
{
    for (size_t i = 0; i < w->model.type_count; i++)
        if (id_equal(w->model.types[i].id, type))
            return house_model_night(&w->model, &w->model.types[i], MODEL_TODAY + day)->sold;
    return -1;
}

#define assert_rule(w, name) assert_true(str_equal((w)->last.refusal.rule, STR(name)))

/* --- cancel --- */

static void
cancelling_gives_stock_and_room_back_at_once(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, pinned(w->room_201, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_non_null(w->last.events[0].reason);
    assert_int_equal(booking_of(w, id)->cancelled_at, MODEL_NOW);
    assert_int_equal(sold_on(w, w->annex, 0), 0);
    assert_int_equal(house_model_night(&w->model, world_type(w, w->annex), MODEL_TODAY)->fixed, 0);
    assert_int_equal(book(w, desk, pinned(w->room_201, 0, 2), NULL), OUTCOME_OK);
    world_done(w);
}

static void
a_booker_cancels_their_own_and_sees_no_other(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), &id), OUTCOME_OK);
    assert_int_equal(cancel(w, pupil, id), OUTCOME_NOT_FOUND);
    assert_int_equal(cancel(w, teacher, id), OUTCOME_OK);
    world_done(w);
}

static void
what_has_begun_is_not_a_bookers_to_cancel(void **state)
{
    WORLD;
    struct id slot, stay, later;
    assert_int_equal(book(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), &slot), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 0, 2), &stay), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 1, 2), &later), OUTCOME_OK);
    assert_int_equal(cancel(w, teacher, stay), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("already_started")));
    assert_int_equal(cancel(w, teacher, later), OUTCOME_OK);
    w->model.now_ms = booking_of(w, slot)->span.starts;
    assert_int_equal(cancel(w, teacher, slot), OUTCOME_POLICY_REFUSED);
    assert_int_equal(cancel(w, desk, slot), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, stay), OUTCOME_OK);
    world_done(w);
}

/* --- what it costs --- */

static void
set_policy(struct world *w)
{
    w->model.property.cancellation_window_h = 24;
    w->model.property.cancellation_fee_percent = 50;
    w->model.property.no_show_fee_percent = 80;
}

static struct id
book_for(struct world *w, struct actor actor, struct leg leg, int64_t minor)
{
    struct id id;
    assert_int_equal(book(w, actor, leg, &id), OUTCOME_OK);
    w->model.bookings[w->model.booking_count - 1].price = (struct price){.known = true, .minor = minor};
    return id;
}

static enum outcome
end_with(struct world *w, struct actor actor, enum command_kind kind, struct booking_step step)
{
    struct command command = {.kind = kind, .actor = actor, .property = 1, .booking_step = step};
    return world_run(w, &command);
}

static void
a_late_cancellation_costs_its_part_of_the_price(void **state)
{
    WORLD;
    set_policy(w);
    struct id late = book_for(w, teacher, nights(w->twin, ID_NONE, 1, 2), 9999);
    struct id early = book_for(w, teacher, nights(w->twin, ID_NONE, 2, 3), 9999);
    assert_int_equal(cancel(w, teacher, late), OUTCOME_OK);
    assert_int_equal(booking_of(w, late)->fee_minor, 4999);
    assert_int_equal(cancel(w, teacher, early), OUTCOME_OK);
    assert_int_equal(booking_of(w, early)->fee_minor, 0);
    struct id slot = book_for(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1000);
    assert_int_equal(cancel(w, teacher, slot), OUTCOME_OK);
    assert_int_equal(booking_of(w, slot)->fee_minor, 500);
    world_done(w);
}

static void
cancelling_is_free_until_the_very_instant(void **state)
{
    WORLD;
    set_policy(w);
    struct id free = book_for(w, teacher, nights(w->twin, ID_NONE, 2, 3), 100);
    struct id late = book_for(w, teacher, nights(w->twin, ID_NONE, 2, 3), 100);
    w->model.now_ms = date_to_instant(MODEL_TODAY + 1) - 1;
    assert_int_equal(cancel(w, teacher, free), OUTCOME_OK);
    assert_int_equal(booking_of(w, free)->fee_minor, 0);
    w->model.now_ms++;
    assert_int_equal(cancel(w, teacher, late), OUTCOME_OK);
    assert_int_equal(booking_of(w, late)->fee_minor, 50);
    world_done(w);
}

static void
what_was_not_promised_or_has_no_price_costs_nothing(void **state)
{
    WORLD;
    struct id unpaid, unpriced;
    set_policy(w);
    assert_int_equal(book_unpaid(w, desk, nights(w->twin, ID_NONE, 0, 1), &unpaid), OUTCOME_OK);
    w->model.bookings[w->model.booking_count - 1].price = (struct price){.known = true, .minor = 1000};
    assert_int_equal(cancel(w, desk, unpaid), OUTCOME_OK);
    assert_int_equal(booking_of(w, unpaid)->fee_minor, 0);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 1), &unpriced), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, unpriced), OUTCOME_OK);
    assert_int_equal(booking_of(w, unpriced)->fee_minor, 0);
    world_done(w);
}

static void
staff_waive_a_fee_with_a_reason_and_it_is_told(void **state)
{
    WORLD;
    set_policy(w);
    struct id id = book_for(w, teacher, nights(w->twin, ID_NONE, 1, 2), 1000);
    struct booking_step waive = {.booking = id, .waives_fee = true};
    assert_int_equal(end_with(w, desk, COMMAND_CANCEL_BOOKING, waive), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/reason");
    waive.reason = STR("the heating failed");
    assert_int_equal(end_with(w, teacher, COMMAND_CANCEL_BOOKING, waive), OUTCOME_FORBIDDEN);
    assert_int_equal(end_with(w, desk, COMMAND_CANCEL_BOOKING, waive), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->fee_minor, 0);
    assert_int_equal(w->last.events[0].waived_minor, 500);
    world_done(w);
}

static void
what_staff_say_of_a_refund_is_in_the_event(void **state)
{
    WORLD;
    struct id id = book_for(w, teacher, nights(w->twin, ID_NONE, 1, 2), 1000);
    struct booking_step step = {.booking = id, .refund = {REFUND_AMOUNT, 300}};
    assert_int_equal(end_with(w, teacher, COMMAND_CANCEL_BOOKING, step), OUTCOME_FORBIDDEN);
    assert_string_equal(w->last.refusal.pointer, "/refund");
    step.refund = (struct refund_wish){.asked = REFUND_NOTHING};
    assert_int_equal(end_with(w, desk, COMMAND_CANCEL_BOOKING, step), OUTCOME_OK);
    assert_int_equal(w->last.events[0].refund.asked, REFUND_NOTHING);
    world_done(w);
}

static void
guests_who_do_not_come_pay_theirs_until_they_come_after_all(void **state)
{
    WORLD;
    set_policy(w);
    struct id id = book_for(w, teacher, nights(w->twin, ID_NONE, 0, 2), 1000);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->fee_minor, 800);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->fee_minor, 0);
    struct booking_step waive = {.booking = id, .waives_fee = true, .reason = STR("ill")};
    assert_int_equal(end_with(w, desk, COMMAND_MARK_NO_SHOW, waive), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->fee_minor, 0);
    assert_int_equal(w->last.events[0].waived_minor, 800);
    world_done(w);
}

/* --- approval --- */

static void
a_pending_approval_holds_its_stock_and_room_until_it_is_declined(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->annex)->needs_approval = true;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_201, 0, 2), &id), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_APPROVAL);
    assert_int_equal(sold_on(w, w->annex, 1), 1);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(step(w, teacher, COMMAND_DECLINE_BOOKING, id), OUTCOME_FORBIDDEN);
    assert_int_equal(step(w, desk, COMMAND_DECLINE_BOOKING, id), OUTCOME_OK);
    assert_status(w, id, BOOKING_DECLINED);
    assert_int_equal(booking_of(w, id)->expires_at, 0);
    assert_room(w, id, ID_NONE);
    assert_int_equal(sold_on(w, w->annex, 1), 0);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_OK);
    world_done(w);
}

static void
an_approved_booking_keeps_what_it_held(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->annex)->needs_approval = true;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_201, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(step(w, manager, COMMAND_APPROVE_BOOKING, id), OUTCOME_OK);
    assert_room(w, id, w->room_201);
    assert_int_equal(sold_on(w, w->annex, 0), 1);
    world_done(w);
}

/* --- no-show --- */

static void
guests_are_given_up_from_the_day_of_arrival_on(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_201, 1, 4), &id), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_POLICY_REFUSED);
    assert_rule(w, "before_arrival");
    assert_int_equal(w->last.refusal.limits[0].value, MODEL_TODAY + 1);
    world_pass_days(w, 1);
    assert_int_equal(step(w, teacher, COMMAND_MARK_NO_SHOW, id), OUTCOME_FORBIDDEN);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_event(w, 0, "booking.no_show");
    assert_status(w, id, BOOKING_NO_SHOW);
    assert_true(id_equal(booking_of(w, id)->lost_room, w->room_201));
    assert_room(w, id, ID_NONE);
    assert_int_equal(sold_on(w, w->annex, 1), 0);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_201, 1, 4), NULL), OUTCOME_OK);
    world_done(w);
}

static void
nights_that_are_over_stay_counted_as_they_were(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 3), &id), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_int_equal(sold_on(w, w->annex, 0), 1);
    assert_int_equal(sold_on(w, w->annex, 1), 0);
    assert_true(id_is_none(booking_of(w, id)->lost_room));
    world_done(w);
}

static void
a_slot_is_not_waited_for(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 0, 60), &id), OUTCOME_OK);
    world_pass_days(w, 2);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_POLICY_REFUSED);
    assert_rule(w, "nights_only");
    world_done(w);
}

/* --- reinstate --- */

/* A stay in the annex's one room that was given up on its first day. */
static struct id
give_up(struct world *w, struct leg leg)
{
    struct id id;
    assert_int_equal(book(w, desk, leg, &id), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    return id;
}

static void
guests_who_come_after_all_get_their_room_back(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(ID_NONE, w->room_102, 0, 3));
    assert_int_equal(step(w, teacher, COMMAND_REINSTATE_BOOKING, id), OUTCOME_FORBIDDEN);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_event(w, 0, "booking.reinstated");
    assert_status(w, id, BOOKING_CONFIRMED);
    assert_room(w, id, w->room_102);
    assert_int_equal(sold_on(w, w->twin, 2), 1);
    assert_true(id_is_none(booking_of(w, id)->lost_room));
    world_done(w);
}

/* R4 */
static void
a_room_that_is_broken_tonight_is_not_given_back(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(ID_NONE, w->room_102, 0, 3));
    world_break(w, w->room_102);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    world_done(w);
}

/* R4: it can be taken up again when the room is mended, or as another booking. */
static void
a_large_party_is_not_taken_up_again_in_a_broken_room(void **state)
{
    WORLD;
    w->model.rooms[1].max_guests = 3; /* 102 */
    struct leg leg = nights(ID_NONE, w->room_102, 0, 3);
    leg.party = 3;
    struct id id = give_up(w, leg);
    world_break(w, w->room_102);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_ROOM_NOT_READY);
    assert_status(w, id, BOOKING_NO_SHOW);
    world_done(w);
}

static void
a_room_that_was_given_on_is_lost_and_the_stay_is_not(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(ID_NONE, w->room_102, 0, 3));
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    assert_int_equal(sold_on(w, w->twin, 1), 2);
    world_done(w);
}

static void
coming_back_is_guarded_like_a_new_booking(void **state)
{
    WORLD;
    struct id sold = give_up(w, nights(w->annex, ID_NONE, 0, 3));
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, sold), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY + 2);
    assert_status(w, sold, BOOKING_NO_SHOW);
    struct id squeezed = give_up(w, nights(w->twin, ID_NONE, 0, 2));
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, squeezed), OUTCOME_NO_ROOM_FITS);
    world_done(w);
}

/* Of a larger party it may be the only room that takes them. */
static void
a_party_that_needs_its_room_is_refused_without_it(void **state)
{
    WORLD;
    world_room(w, w->room_102)->max_guests = 4;
    struct leg leg = nights(ID_NONE, w->room_102, 0, 3);
    leg.party = 3;
    struct id id = give_up(w, leg);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

static void
a_hold_on_the_room_is_told_or_stepped_around(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(ID_NONE, w->room_201, 0, 2)), held;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_201, 0, 1), 1, &held), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_SOLD_OUT);
    w->model.now_ms = hold_of(w, held)->expires_at; /* over, and in nobody's way */
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_event(w, 0, "hold.expired");
    assert_room(w, id, w->room_201);
    world_done(w);
}

static void
a_stay_taken_up_later_begins_with_the_business_date(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(ID_NONE, w->room_201, 0, 3));
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_201, 0, 1), NULL), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_true(span_equal(booking_of(w, id)->span, span_from_nights(MODEL_TODAY + 1, MODEL_TODAY + 3)));
    assert_room(w, id, w->room_201);
    world_done(w);
}

static void
what_is_over_is_not_taken_up(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(w->annex, ID_NONE, 0, 2));
    world_pass_days(w, 2);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_POLICY_REFUSED);
    assert_rule(w, "already_over");
    world_done(w);
}

static void
a_room_that_is_gone_or_of_another_type_is_not_asked_for(void **state)
{
    WORLD;
    struct id id = give_up(w, nights(ID_NONE, w->room_102, 0, 2));
    struct booking *booking = &w->model.bookings[w->model.booking_count - 1];
    booking->lost_room = (struct id){9, 9};
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    id = give_up(w, nights(w->twin, ID_NONE, 0, 2));
    w->model.bookings[w->model.booking_count - 1].lost_room = w->room_201;
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    id = give_up(w, nights(w->annex, ID_NONE, 0, 2));
    w->model.bookings[w->model.booking_count - 1].room_type = (struct id){9, 9};
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_POLICY_REFUSED);
    assert_rule(w, "not_sold");
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancelling_gives_stock_and_room_back_at_once),
        cmocka_unit_test(a_booker_cancels_their_own_and_sees_no_other),
        cmocka_unit_test(what_has_begun_is_not_a_bookers_to_cancel),
        cmocka_unit_test(a_late_cancellation_costs_its_part_of_the_price),
        cmocka_unit_test(cancelling_is_free_until_the_very_instant),
        cmocka_unit_test(what_was_not_promised_or_has_no_price_costs_nothing),
        cmocka_unit_test(staff_waive_a_fee_with_a_reason_and_it_is_told),
        cmocka_unit_test(what_staff_say_of_a_refund_is_in_the_event),
        cmocka_unit_test(guests_who_do_not_come_pay_theirs_until_they_come_after_all),
        cmocka_unit_test(a_pending_approval_holds_its_stock_and_room_until_it_is_declined),
        cmocka_unit_test(an_approved_booking_keeps_what_it_held),
        cmocka_unit_test(guests_are_given_up_from_the_day_of_arrival_on),
        cmocka_unit_test(nights_that_are_over_stay_counted_as_they_were),
        cmocka_unit_test(a_slot_is_not_waited_for),
        cmocka_unit_test(guests_who_come_after_all_get_their_room_back),
        cmocka_unit_test(a_room_that_is_broken_tonight_is_not_given_back),
        cmocka_unit_test(a_large_party_is_not_taken_up_again_in_a_broken_room),
        cmocka_unit_test(a_room_that_was_given_on_is_lost_and_the_stay_is_not),
        cmocka_unit_test(coming_back_is_guarded_like_a_new_booking),
        cmocka_unit_test(a_party_that_needs_its_room_is_refused_without_it),
        cmocka_unit_test(a_hold_on_the_room_is_told_or_stepped_around),
        cmocka_unit_test(a_stay_taken_up_later_begins_with_the_business_date),
        cmocka_unit_test(what_is_over_is_not_taken_up),
        cmocka_unit_test(a_room_that_is_gone_or_of_another_type_is_not_asked_for),
    };
    return test_run("core/decide_end", tests);
}
