/* Who comes along with a booking: who may be named, when, how many, and who may be taken out again. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    (void)state;                                                                                                       \
    struct world world, *w = &world;                                                                                   \
    world_init(w)

static struct id
stay_for(struct world *w, int32_t party)
{
    struct id id;
    struct leg leg = nights(w->twin, ID_NONE, 0, 2);
    leg.party = party;
    world_type(w, w->twin)->max_guests = 4;
    assert_int_equal(book(w, desk, leg, &id), OUTCOME_OK);
    return id;
}

static size_t
count_named(const struct world *w, struct id booking)
{
    struct id ids[COMPANIONS_MAX];
    return 1 + house_model_companions(&w->model, booking, ids);
}

static void
the_booking_says_who_comes_along_in_order(void **state)
{
    WORLD;
    struct id id = stay_for(w, 4), other = stay_for(w, 1), first, second;
    assert_int_equal(add_guest(w, desk, id, &first), OUTCOME_OK);
    assert_event(w, 0, "booking.guest_added");
    assert_int_equal(w->last.change_count, 3);
    assert_int_equal(w->last.changes[0].kind, CHANGE_GUEST);
    assert_int_equal(w->last.changes[1].kind, CHANGE_COMPANION_ADD);
    assert_int_equal(w->last.changes[2].kind, CHANGE_BOOKING);
    assert_int_equal(add_guest(w, desk, id, &second), OUTCOME_OK);
    struct id known = booking_of(w, other)->guest; /* older than they are */
    assert_int_equal(add_known_guest(w, desk, id, known), OUTCOME_OK);
    const struct booking *shown = w->last.events[0].booking;
    assert_int_equal(shown->version, 4);
    assert_int_equal(shown->companion_count, 3);
    assert_true(id_equal(shown->companions[0], known));
    assert_true(id_equal(shown->companions[1], first) && id_equal(shown->companions[2], second));
    assert_int_equal(w->last.change_count, 2); /* nobody is made anew */
    assert_int_equal(remove_guest(w, desk, id, first), OUTCOME_OK);
    assert_event(w, 0, "booking.guest_removed");
    shown = w->last.events[0].booking;
    assert_int_equal(shown->companion_count, 2);
    assert_true(id_equal(shown->companions[0], known) && id_equal(shown->companions[1], second));
    world_done(w);
}

static void
whoever_booked_is_one_of_the_party(void **state)
{
    WORLD;
    struct id id = stay_for(w, 2), alone = stay_for(w, 1);
    assert_int_equal(add_guest(w, desk, alone, NULL), OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(add_guest(w, desk, id, NULL), OUTCOME_OK);
    assert_int_equal(add_guest(w, desk, id, NULL), OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(w->last.refusal.limit_count, 1);
    assert_string_equal(w->last.refusal.limits[0].name, "party");
    assert_int_equal(w->last.refusal.limits[0].value, 2);
    world_done(w);
}

static enum outcome
amend_party(struct world *w, struct id booking, int32_t party)
{
    struct command command = {.kind = COMMAND_AMEND_BOOKING,
                              .actor = desk,
                              .property = 1,
                              .amend_booking = {.booking = booking, .party = party}};
    return world_run(w, &command);
}

static void
a_party_is_not_made_smaller_than_those_who_are_named(void **state)
{
    WORLD;
    struct id id = stay_for(w, 4), guest;
    assert_int_equal(add_guest(w, desk, id, NULL), OUTCOME_OK);
    assert_int_equal(add_guest(w, desk, id, &guest), OUTCOME_OK);
    assert_int_equal(amend_party(w, id, 2), OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(w->last.refusal.limits[0].value, 3);
    assert_int_equal(amend_party(w, id, 3), OUTCOME_OK);
    assert_int_equal(remove_guest(w, desk, id, guest), OUTCOME_OK);
    assert_int_equal(amend_party(w, id, 2), OUTCOME_OK);
    assert_int_equal(count_named(w, id), 2);
    world_done(w);
}

static void
however_large_a_party_a_hundred_are_named(void **state)
{
    WORLD;
    struct id id;
    struct leg leg = minutes(w->class, w->room_a2, 540, 600);
    leg.party = 200;
    world_type(w, w->class)->max_guests = 200;
    world_room(w, w->room_a2)->max_guests = 200;
    assert_int_equal(book(w, desk, leg, &id), OUTCOME_OK);
    struct facts facts;
    struct command command = {.kind = COMMAND_ADD_GUEST,
                              .actor = desk,
                              .property = 1,
                              .name_guest = {.booking = id, .details.name = STR("A")}};
    struct id ids[COMPANIONS_MAX];
    for (size_t i = 0; i < COMPANIONS_MAX; i++)
        ids[i] = (struct id){8, i};
    house_model_load(&w->model, &command, &w->arena, &facts);
    struct booking full = facts.bookings[0];
    full.companions = ids;
    full.companion_count = COMPANIONS_MAX - 1;
    facts.bookings = &full;
    struct decision decision;
    decide(&facts, &command, &w->arena, &decision);
    assert_int_equal(decision.refusal.outcome, OUTCOME_OK);
    full.companion_count = COMPANIONS_MAX;
    decide(&facts, &command, &w->arena, &decision);
    assert_int_equal(decision.refusal.outcome, OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(decision.refusal.limits[0].value, COMPANIONS_MAX + 1);
    world_done(w);
}

static void
nobody_is_named_twice(void **state)
{
    WORLD;
    struct id id = stay_for(w, 4), guest;
    assert_int_equal(add_known_guest(w, desk, id, booking_of(w, id)->guest), OUTCOME_ALREADY_EXISTS);
    assert_string_equal(w->last.refusal.pointer, "/guest/id");
    assert_int_equal(add_guest(w, desk, id, &guest), OUTCOME_OK);
    assert_int_equal(add_known_guest(w, desk, id, guest), OUTCOME_ALREADY_EXISTS);
    assert_int_equal(add_known_guest(w, desk, id, (struct id){9, 9}), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/guest/id");
    assert_int_equal(count_named(w, id), 2);
    world_done(w);
}

static void
who_booked_is_not_taken_out_and_a_stranger_is_not_found(void **state)
{
    WORLD;
    struct id id = stay_for(w, 4), other = stay_for(w, 4), guest;
    assert_int_equal(add_guest(w, desk, other, &guest), OUTCOME_OK);
    assert_int_equal(remove_guest(w, desk, id, guest), OUTCOME_NOT_FOUND);
    assert_int_equal(remove_guest(w, desk, id, booking_of(w, id)->guest), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("lead_guest")));
    assert_int_equal(remove_guest(w, desk, other, guest), OUTCOME_OK);
    assert_int_equal(remove_guest(w, desk, other, guest), OUTCOME_NOT_FOUND);
    world_done(w);
}

static void
it_is_for_staff_and_not_from_another_version(void **state)
{
    WORLD;
    struct id id;
    struct leg leg = nights(w->twin, ID_NONE, 0, 2);
    leg.party = 2;
    assert_int_equal(book(w, teacher, leg, &id), OUTCOME_OK);
    assert_int_equal(add_guest(w, teacher, id, NULL), OUTCOME_FORBIDDEN);
    assert_int_equal(remove_guest(w, teacher, id, booking_of(w, id)->guest), OUTCOME_FORBIDDEN);
    struct command command = {.kind = COMMAND_ADD_GUEST,
                              .actor = desk,
                              .property = 1,
                              .if_version = 2,
                              .name_guest = {.booking = id, .details.name = STR("Grace Hopper")}};
    assert_int_equal(world_run(w, &command), OUTCOME_VERSION_MISMATCH);
    command.if_version = 1;
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    world_done(w);
}

/* Until their time is over, or as long as they are in the house. */
static void
what_is_over_stays_as_it_was(void **state)
{
    WORLD;
    struct id late = stay_for(w, 4), in_house = stay_for(w, 4), guest;
    assert_int_equal(add_guest(w, desk, late, &guest), OUTCOME_OK);
    assert_int_equal(assign(w, desk, in_house, w->room_101), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, in_house), OUTCOME_OK);
    world_pass_days(w, 2);
    assert_int_equal(add_guest(w, desk, late, NULL), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("already_over")));
    assert_int_equal(remove_guest(w, desk, late, guest), OUTCOME_POLICY_REFUSED);
    assert_int_equal(add_guest(w, desk, in_house, NULL), OUTCOME_OK);
    world_done(w);
}

/* R6: whatever becomes of the rooms. */
static void
they_go_wherever_the_booking_goes(void **state)
{
    WORLD;
    struct id id = stay_for(w, 4);
    assert_int_equal(add_guest(w, desk, id, NULL), OUTCOME_OK);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, id), OUTCOME_OK);
    assert_int_equal(w->last.events[0].booking->companion_count, 1);
    assert_int_equal(add_guest(w, desk, id, NULL), OUTCOME_OK);
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_OK);
    assert_int_equal(w->last.events[0].booking->companion_count, 2);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    assert_int_equal(count_named(w, id), 3);
    assert_int_equal(undo_check_out(w, desk, id), OUTCOME_OK);
    assert_int_equal(undo_check_in(w, desk, id), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(count_named(w, id), 3);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_booking_says_who_comes_along_in_order),
        cmocka_unit_test(whoever_booked_is_one_of_the_party),
        cmocka_unit_test(a_party_is_not_made_smaller_than_those_who_are_named),
        cmocka_unit_test(however_large_a_party_a_hundred_are_named),
        cmocka_unit_test(nobody_is_named_twice),
        cmocka_unit_test(who_booked_is_not_taken_out_and_a_stranger_is_not_found),
        cmocka_unit_test(it_is_for_staff_and_not_from_another_version),
        cmocka_unit_test(what_is_over_stays_as_it_was),
        cmocka_unit_test(they_go_wherever_the_booking_goes),
    };
    return test_run("core/decide_name_guest", tests);
}
