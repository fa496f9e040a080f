/* What each command asks to be loaded. That it is enough is shown wherever a decision is run on all facts as well; here
 * is that it is no more than that, since every want is a read under the property's head. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

/* The wants of a command in this house, with the named objects loaded. */
static size_t
wants_of(struct world *w, const struct command *command, struct want **ret_wants)
{
    struct facts facts;
    arena_reset(&w->arena);
    house_model_load(&w->model, command, &w->arena, &facts);
    return facts_wants(command, &facts, &w->arena, ret_wants);
}

static struct command
creating(const struct leg *legs, size_t count)
{
    return (struct command){.kind = COMMAND_CREATE_BOOKINGS,
                            .actor = desk,
                            .property = 1,
                            .create_bookings = {.legs = legs, .leg_count = count, .guest = {.name = STR("Ada")}}};
}

static void
a_count_wants_its_nights_alone(void **state)
{
    WORLD;
    struct leg leg = nights(w->bed, ID_NONE, 1, 3);
    struct command command = creating(&leg, 1);
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 1);
    assert_true(wants[0].nights);
    assert_false(wants[0].claims || wants[0].placement || wants[0].fixes || wants[0].owners || wants[0].own_holds);
    assert_true(span_equal(wants[0].span, leg.span));
    world_done(w);
}

static void
a_stay_by_type_wants_placement_where_there_are_rooms(void **state)
{
    WORLD;
    struct leg leg = nights(w->twin, ID_NONE, 1, 3);
    struct command command = creating(&leg, 1);
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 1);
    assert_true(wants[0].nights && wants[0].placement);
    assert_false(wants[0].claims || wants[0].fixes || wants[0].owners);
    world_done(w);
}

static void
a_pin_wants_who_may_have_to_move_in_every_leg_of_its_type(void **state)
{
    WORLD;
    struct leg legs[] = {nights(w->twin, ID_NONE, 5, 6), nights(w->annex, ID_NONE, 5, 6), pinned(w->room_101, 1, 3)};
    struct command command = creating(legs, 3);
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 3);
    assert_true(wants[0].fixes && wants[0].owners && wants[2].fixes && wants[2].owners && wants[2].claims);
    assert_false(wants[1].fixes || wants[1].owners);
    assert_true(id_equal(wants[2].room_type, w->twin)); /* the room says it */
    world_done(w);
}

static void
a_quantity_wants_the_same_once(void **state)
{
    WORLD;
    struct leg legs[] = {nights(w->bed, ID_NONE, 1, 3), nights(w->bed, ID_NONE, 1, 3), nights(w->bed, ID_NONE, 1, 3)};
    struct command command = creating(legs, 3);
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 1);
    world_done(w);
}

static void
a_slot_wants_claims_until_its_turnaround_is_over(void **state)
{
    WORLD;
    world_type(w, w->class)->turnaround_min = 10;
    struct leg leg = minutes(w->class, ID_NONE, 0, 60);
    struct command command = creating(&leg, 1);
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 1);
    assert_true(wants[0].claims);
    assert_false(wants[0].nights || wants[0].placement);
    assert_int_equal(wants[0].span.ends, leg.span.ends + 10 * MODEL_MINUTE_MS);
    world_done(w);
}

static void
what_is_not_there_is_not_wanted(void **state)
{
    WORLD;
    struct leg leg = nights((struct id){9, 9}, ID_NONE, 1, 3);
    struct command command = creating(&leg, 1);
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 0);
    command = (struct command){.kind = COMMAND_AMEND_BOOKING, .actor = desk, .amend_booking.booking = {9, 9}};
    assert_int_equal(wants_of(w, &command, &wants), 0);
    world_done(w);
}

static void
acquiring_wants_ones_own_holds_too(void **state)
{
    WORLD;
    struct command command = {.kind = COMMAND_ACQUIRE_HOLD,
                              .actor = teacher,
                              .property = 1,
                              .acquire_hold = {.leg = nights(ID_NONE, w->room_101, 0, 2), .quantity = 1}};
    struct want *wants;
    assert_int_equal(wants_of(w, &command, &wants), 2);
    assert_true(wants[0].claims && wants[0].fixes);
    assert_false(wants[0].owners); /* a hold moves nobody */
    assert_true(wants[1].own_holds);
    world_done(w);
}

static void
an_amend_wants_what_is_to_be(void **state)
{
    WORLD;
    struct id id;
    const struct leg *legs;
    struct want *wants;
    struct facts facts;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), &id), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING,
        .actor = desk,
        .property = 1,
        .amend_booking = {.booking = id, .changes_span = true, .span = nights(ID_NONE, ID_NONE, 4, 6).span}};
    arena_reset(&w->arena);
    house_model_load(&w->model, &command, &w->arena, &facts);
    assert_int_equal(facts_legs(&command, &facts, &w->arena, &legs), 1);
    assert_true(legs[0].pinned && id_equal(legs[0].room, w->room_101));
    assert_int_equal(wants_of(w, &command, &wants), 1);
    assert_true(span_equal(wants[0].span, command.amend_booking.span));
    assert_true(wants[0].fixes && wants[0].claims);
    assert_false(wants[0].owners);
    command.amend_booking.room_type = w->annex;
    assert_int_equal(wants_of(w, &command, &wants), 1);
    assert_true(id_is_none(wants[0].room) && id_equal(wants[0].room_type, w->annex));
    world_done(w);
}

static void
a_confirmed_hold_is_as_many_legs_as_units(void **state)
{
    WORLD;
    struct id held;
    const struct leg *legs;
    struct want *wants;
    struct facts facts;
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_CONFIRM_HOLD, .actor = teacher, .property = 1, .confirm_hold = {.hold = held, .party = 1}};
    arena_reset(&w->arena);
    house_model_load(&w->model, &command, &w->arena, &facts);
    assert_int_equal(facts_legs(&command, &facts, &w->arena, &legs), 2);
    assert_int_equal(wants_of(w, &command, &wants), 1);
    world_done(w);
}

static void
steps_that_only_give_back_want_nothing(void **state)
{
    WORLD;
    struct id booked, held, *ids;
    struct want *wants;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), &booked), OUTCOME_OK);
    assert_int_equal(hold(w, desk, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    static const enum command_kind kinds[] = {COMMAND_CANCEL_BOOKING, COMMAND_CONFIRM_BOOKING, COMMAND_EXTEND_HOLD,
                                              COMMAND_RELEASE_HOLD, COMMAND_SWEEP};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct command command = {.kind = kinds[i], .actor = desk, .property = 1};
        if (i < 2)
            command.booking_step.booking = booked;
        else if (i < 4)
            command.hold_step.hold = held;
        assert_int_equal(wants_of(w, &command, &wants), 0);
        assert_int_equal(facts_named_bookings(&command, &w->arena, &ids), i < 2 ? 1 : 0);
        if (i < 2)
            assert_true(id_equal(ids[0], booked));
        assert_int_equal(facts_named_holds(&command, &w->arena, &ids), i == 2 || i == 3 ? 1 : 0);
    }
    world_done(w);
}

/* --- a decision within its memory --- */

/* With too little memory a decision is void and says so; with enough it is the same as ever. */
static void
decide_in_ever_more_memory(struct world *w, const struct command *command)
{
    struct facts facts;
    struct decision ample, tight;
    struct arena arena;
    size_t voids = 0;
    arena_reset(&w->arena);
    house_model_load(&w->model, command, &w->arena, &facts);
    decide(&facts, command, &w->arena, &ample);
    assert_false(ample.out_of_memory);
    for (size_t limit = 32;; limit += 32) {
        arena_init(&arena, limit);
        decide(&facts, command, &arena, &tight);
        voids += tight.out_of_memory;
        if (!tight.out_of_memory) {
            assert_int_equal(tight.refusal.outcome, ample.refusal.outcome);
            assert_int_equal(tight.change_count, ample.change_count);
            assert_int_equal(tight.event_count, ample.event_count);
            arena_done(&arena);
            break;
        }
        arena_done(&arena);
    }
    assert_true(voids > 0);
}

static void
a_full_arena_makes_a_decision_void_and_nothing_worse(void **state)
{
    WORLD;
    struct id booked, held;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &booked), OUTCOME_OK);
    assert_int_equal(hold(w, desk, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    struct leg legs[] = {pinned(w->room_101, 2, 4), nights(w->annex, ID_NONE, 0, 2), minutes(w->class, ID_NONE, 0, 60)};
    struct leg beyond = nights(w->twin, ID_NONE, -1, 1), full = minutes(ID_NONE, (struct id){9, 9}, 0, 60);
    struct command commands[] = {
        creating(legs, 3),
        creating(&beyond, 1),
        creating(&full, 1),
        {.kind = COMMAND_AMEND_BOOKING,
         .actor = desk,
         .amend_booking = {.booking = booked,
                           .changes_span = true,
                           .span = legs[0].span,
                           .changes_guest = true,
                           .guest = {.name = STR("Grace")}}},
        {.kind = COMMAND_CANCEL_BOOKING, .actor = desk, .booking_step.booking = booked},
        {.kind = COMMAND_CONFIRM_HOLD, .actor = desk, .confirm_hold = {.hold = held, .party = 1}},
        {.kind = COMMAND_ACQUIRE_HOLD, .actor = desk, .acquire_hold = {.leg = legs[1], .quantity = 1}},
        {.kind = COMMAND_RELEASE_HOLD, .actor = desk, .hold_step.hold = held},
    };
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        decide_in_ever_more_memory(w, &commands[i]);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_wants_its_nights_alone),
        cmocka_unit_test(a_stay_by_type_wants_placement_where_there_are_rooms),
        cmocka_unit_test(a_pin_wants_who_may_have_to_move_in_every_leg_of_its_type),
        cmocka_unit_test(a_quantity_wants_the_same_once),
        cmocka_unit_test(a_slot_wants_claims_until_its_turnaround_is_over),
        cmocka_unit_test(what_is_not_there_is_not_wanted),
        cmocka_unit_test(acquiring_wants_ones_own_holds_too),
        cmocka_unit_test(an_amend_wants_what_is_to_be),
        cmocka_unit_test(a_confirmed_hold_is_as_many_legs_as_units),
        cmocka_unit_test(steps_that_only_give_back_want_nothing),
        cmocka_unit_test(a_full_arena_makes_a_decision_void_and_nothing_worse),
    };
    return test_run("core/facts", tests);
}
