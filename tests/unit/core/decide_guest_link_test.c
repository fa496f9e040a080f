/* Links of bookings: who makes them, when they are good, and what a guest decides by one. */
#include <string.h>

#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

#define assert_rule(decision, name) assert_true(str_equal((decision)->refusal.rule, STR(name)))

static const struct id link_id = {7, 8}, other_link_id = {7, 9};

static const struct guest somebody = {.id = {1, 1}, .version = 1};

/* The link of a booking, as it was made. */
static struct guest_link
link_of(struct id booking)
{
    return (struct guest_link){.id = link_id, .booking = booking, .created_at = MODEL_NOW, .version = 1};
}

/* The model knows no links: its facts, with this one. */
static struct decision
decide_with(struct world *w, const struct command *command, const struct guest_link *link, const struct guest *guest)
{
    struct facts facts;
    struct decision decision;
    house_model_load(&w->model, command, &w->arena, &facts);
    facts.guest_links = link;
    facts.guest_link_count = link == NULL ? 0 : 1;
    facts.guest = guest;
    decide(&facts, command, &w->arena, &decision);
    assert_false(decision.out_of_memory);
    return decision;
}

static struct decision
make(struct world *w, struct actor actor, struct id booking, const struct guest_link *former, const struct guest *guest)
{
    return decide_with(w,
                       &(struct command){.kind = COMMAND_CREATE_GUEST_LINK,
                                         .actor = actor,
                                         .property = w->model.property.number,
                                         .create_guest_link = {.id = other_link_id, .hash = {5}, .booking = booking}},
                       former, guest);
}

static struct decision
cancel_by(struct world *w, struct id link, const struct guest_link *there, struct booking_step step)
{
    return decide_with(w,
                       &(struct command){.kind = COMMAND_CANCEL_BOOKING,
                                         .actor = {.name = STR("gln_x"), .role = ROLE_GUEST, .link = link},
                                         .property = w->model.property.number,
                                         .booking_step = step},
                       there, NULL);
}

static struct id
stay(struct world *w, int from)
{
    struct id id;
    struct leg leg = nights(w->twin, ID_NONE, from, from + 2);
    leg.price = (struct price){.known = true, .minor = 1001};
    assert_int_equal(book(w, desk, leg, &id), OUTCOME_OK);
    return id;
}

static void
staff_make_links_and_a_newer_one_withdraws_the_former(void **state)
{
    WORLD;
    struct id id = stay(w, 3);
    struct guest_link former = link_of(id);
    struct decision decision = make(w, desk, id, &former, &somebody);
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(decision.change_count, 2);
    assert_true(id_equal(decision.changes[0].guest_link->id, link_id));
    assert_int_equal(decision.changes[0].guest_link->withdrawn_at, MODEL_NOW);
    assert_int_equal(decision.changes[0].guest_link->version, 2);
    assert_true(id_equal(decision.changes[1].guest_link->id, other_link_id));
    assert_int_equal(decision.changes[1].guest_link->hash[0], 5);
    assert_int_equal(decision.changes[1].guest_link->withdrawn_at, 0);
    assert_true(str_equal(decision.events[0].kind, STR("guest_link.withdrawn")));
    assert_true(str_equal(decision.events[1].kind, STR("guest_link.created")));
    decision = make(w, teacher, id, NULL, &somebody);
    assert_int_equal(decision.refusal.outcome, OUTCOME_FORBIDDEN);
    world_done(w);
}

static void
no_link_is_made_for_who_was_erased_or_what_is_long_over(void **state)
{
    WORLD;
    struct id id = stay(w, 3);
    const struct guest erased = {.id = {1, 1}, .erased_at = 5, .version = 2};
    struct decision decision = make(w, desk, id, NULL, &erased);
    assert_int_equal(decision.refusal.outcome, OUTCOME_POLICY_REFUSED);
    assert_rule(&decision, "erased");
    w->model.now_ms = booking_of(w, id)->span.ends + GUEST_LINK_AFTER_MS - 1;
    decision = make(w, desk, id, NULL, &somebody);
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    w->model.now_ms++;
    decision = make(w, desk, id, NULL, &somebody);
    assert_int_equal(decision.refusal.outcome, OUTCOME_POLICY_REFUSED);
    assert_rule(&decision, "already_over");
    world_done(w);
}

static void
a_guest_cancels_the_booking_of_their_link_and_no_other(void **state)
{
    WORLD;
    struct id id = stay(w, 3), other = stay(w, 5);
    struct guest_link link = link_of(id);
    struct decision decision = cancel_by(w, link_id, &link, (struct booking_step){.booking = other});
    assert_int_equal(decision.refusal.outcome, OUTCOME_UNAUTHENTICATED);
    decision = cancel_by(w, other_link_id, &link, (struct booking_step){.booking = id});
    assert_int_equal(decision.refusal.outcome, OUTCOME_UNAUTHENTICATED);
    decision = cancel_by(w, link_id, NULL, (struct booking_step){.booking = id});
    assert_int_equal(decision.refusal.outcome, OUTCOME_UNAUTHENTICATED);
    decision = cancel_by(w, ID_NONE, NULL, (struct booking_step){.booking = id});
    assert_int_equal(decision.refusal.outcome, OUTCOME_UNAUTHENTICATED);
    link.withdrawn_at = 1;
    decision = cancel_by(w, link_id, &link, (struct booking_step){.booking = id});
    assert_int_equal(decision.refusal.outcome, OUTCOME_UNAUTHENTICATED);
    link.withdrawn_at = 0;
    decision = cancel_by(w, link_id, &link, (struct booking_step){.booking = id});
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    world_done(w);
}

static void
a_guest_waives_nothing_and_says_no_refund(void **state)
{
    WORLD;
    struct id id = stay(w, 3);
    struct guest_link link = link_of(id);
    struct decision decision =
        cancel_by(w, link_id, &link, (struct booking_step){.booking = id, .waives_fee = true, .reason = STR("please")});
    assert_int_equal(decision.refusal.outcome, OUTCOME_FORBIDDEN);
    decision = cancel_by(w, link_id, &link,
                         (struct booking_step){.booking = id, .refund = {.asked = REFUND_AMOUNT, .minor = 1001}});
    assert_int_equal(decision.refusal.outcome, OUTCOME_FORBIDDEN);
    world_done(w);
}

static void
nobody_pays_more_than_they_agreed_to(void **state)
{
    WORLD;
    struct id id = stay(w, 1);
    struct guest_link link = link_of(id);
    w->model.property.cancellation_window_h = 72;
    w->model.property.cancellation_fee_percent = 50;
    struct booking_step step = {.booking = id, .limits_fee = true, .fee_max_minor = 499};
    struct decision decision = cancel_by(w, link_id, &link, step);
    assert_int_equal(decision.refusal.outcome, OUTCOME_POLICY_REFUSED);
    assert_rule(&decision, "fee_higher");
    assert_int_equal(decision.refusal.limits[0].value, 500);
    step.fee_max_minor = 500;
    decision = cancel_by(w, link_id, &link, step);
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    world_done(w);
}

static void
with_a_guest_all_their_links_go(void **state)
{
    WORLD;
    struct id id = stay(w, 3);
    struct guest_link link = link_of(id);
    struct decision decision = decide_with(w,
                                           &(struct command){.kind = COMMAND_ERASE_GUEST,
                                                             .actor = desk,
                                                             .property = w->model.property.number,
                                                             .put_guest = {.guest = somebody.id}},
                                           &link, &somebody);
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(decision.event_count, 2);
    assert_true(str_equal(decision.events[0].kind, STR("guest_link.withdrawn")));
    assert_true(str_equal(decision.events[1].kind, STR("guest.erased")));
    world_done(w);
}

static struct decision
name_guest(struct world *w, struct id booking, struct guest_details details, const struct guest_link *link,
           const struct guest *present)
{
    return decide_with(
        w,
        &(struct command){.kind = COMMAND_AMEND_BOOKING,
                          .actor = desk,
                          .property = w->model.property.number,
                          .amend_booking = {.booking = booking, .changes_guest = true, .guest = details}},
        link, present);
}

static void
who_takes_the_place_of_a_guest_takes_their_link(void **state)
{
    WORLD;
    struct id id = stay(w, 3);
    struct guest_link link = link_of(id);
    const struct guest ada = {.id = {1, 1}, .details = {.name = STR("Ada Lovelace")}, .version = 1};
    struct decision decision = name_guest(w, id, (struct guest_details){.name = STR("Grace Hopper")}, &link, &ada);
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(decision.event_count, 2);
    assert_true(str_equal(decision.events[0].kind, STR("guest_link.withdrawn")));
    assert_true(id_equal(decision.events[0].subject, link_id));
    assert_int_equal(decision.events[0].guest_link->withdrawn_at, MODEL_NOW);
    assert_int_equal(decision.events[0].guest_link->version, 2);
    assert_true(str_equal(decision.events[1].kind, STR("booking.amended")));
    decision = name_guest(w, id, (struct guest_details){.name = STR("Grace Hopper")}, &link, NULL);
    assert_int_equal(decision.event_count, 2);
    world_done(w);
}

static void
whose_details_are_corrected_keeps_their_link(void **state)
{
    WORLD;
    struct id id = stay(w, 3);
    struct guest_link link = link_of(id);
    const struct guest ada = {.id = {1, 1}, .details = {.name = STR("Ada Lovelace")}, .version = 1};
    const struct guest_details corrected[] = {{.name = STR("Ada Lovelace"), .phone = STR("+33 1")},
                                              {.name = STR("Ada Lovelace"), .email = STR("ada@example.org")}};
    for (size_t i = 0; i < sizeof(corrected) / sizeof(corrected[0]); i++) {
        struct decision decision = name_guest(w, id, corrected[i], &link, &ada);
        assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
        assert_int_equal(decision.event_count, 1);
        assert_true(str_equal(decision.events[0].kind, STR("booking.amended")));
    }
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(staff_make_links_and_a_newer_one_withdraws_the_former),
        cmocka_unit_test(no_link_is_made_for_who_was_erased_or_what_is_long_over),
        cmocka_unit_test(a_guest_cancels_the_booking_of_their_link_and_no_other),
        cmocka_unit_test(a_guest_waives_nothing_and_says_no_refund),
        cmocka_unit_test(nobody_pays_more_than_they_agreed_to),
        cmocka_unit_test(with_a_guest_all_their_links_go),
        cmocka_unit_test(who_takes_the_place_of_a_guest_takes_their_link),
        cmocka_unit_test(whose_details_are_corrected_keeps_their_link),
    };
    return test_run("core/decide_guest_link", tests);
}
