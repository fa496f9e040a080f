/* Setting units and allowance: where it may be set, how far, and never below what is sold. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

static struct house_world world;
static struct id count_type, room_type, minute_type;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    count_type = world_add_type(&world, "Bed", SOLD_BY_NIGHT, STOCK_COUNT);
    room_type = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    minute_type = world_add_type(&world, "Classroom", SOLD_BY_MINUTE, STOCK_ROOMS);
    world_add_room(&world, room_type, "101");
    for (int32_t i = 0; i < HORIZON_DAYS; i++)
        world_night(&world, count_type, WORLD_TODAY + i)->units = 10;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

/* Days after today; -1 leaves a number as it is. */
static void
set(struct id type, int32_t from, int32_t until, int32_t units, int32_t allowance)
{
    world.command.kind = COMMAND_SET_INVENTORY;
    world.command.set_inventory = (struct set_inventory){.room_type = type,
                                                         .from = WORLD_TODAY + from,
                                                         .until = WORLD_TODAY + until,
                                                         .units = units,
                                                         .allowance = allowance};
    world_decide(&world, decide_set_inventory);
}

static void
assert_refused(enum outcome outcome, const char *pointer)
{
    assert_int_equal(world.decision.refusal.outcome, outcome);
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
    if (pointer == NULL)
        assert_null(world.decision.refusal.pointer);
    else
        assert_string_equal(world.decision.refusal.pointer, pointer);
}

static void
a_setting_is_one_change_and_one_event(void **state)
{
    (void)state;
    set(count_type, 2, 5, 12, -1);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 1);
    const struct change *change = world_only_change(&world, CHANGE_NIGHTS_SET);
    assert_true(id_equal(change->nights.room_type, count_type));
    assert_int_equal(change->nights.from, WORLD_TODAY + 2);
    assert_int_equal(change->nights.until, WORLD_TODAY + 5);
    assert_int_equal(change->nights.units, 12);
    assert_int_equal(change->nights.allowance, -1);
    const struct event *event = world_only_event(&world, "inventory.set");
    assert_int_equal(event->state, EVENT_OF_INVENTORY);
    assert_int_equal(event->subject_kind, ID_ROOM_TYPE);
    assert_true(id_equal(event->subject, count_type));
    assert_int_equal(event->nights->units, 12);
}

static void
units_are_set_only_where_stock_is_a_count(void **state)
{
    (void)state;
    set(room_type, 0, 1, 5, -1);
    assert_refused(OUTCOME_VALIDATION_FAILED, "/units");
    set(room_type, 0, 1, -1, 1);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
}

static void
what_has_no_nights_has_no_inventory(void **state)
{
    (void)state;
    set(minute_type, 0, 1, -1, 1);
    assert_refused(OUTCOME_VALIDATION_FAILED, "/room_type_id");
    set(world_id(&world), 0, 1, -1, 1);
    assert_refused(OUTCOME_NOT_FOUND, "/room_type_id");
}

static void
something_must_be_set_on_some_night(void **state)
{
    (void)state;
    set(count_type, 0, 1, -1, -1);
    assert_refused(OUTCOME_VALIDATION_FAILED, "/units");
    set(count_type, 1, 1, 5, -1);
    assert_refused(OUTCOME_VALIDATION_FAILED, "/until");
}

static void
units_never_fall_below_what_is_sold_and_held(void **state)
{
    (void)state;
    *world_night(&world, count_type, WORLD_TODAY + 3) =
        (struct night){.date = WORLD_TODAY + 3, .units = 10, .closed = 1, .sold = 6, .held = 1};
    set(count_type, 0, 10, 8, -1); /* 8 - 1 closed: exactly enough */
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    set(count_type, 0, 10, 7, -1);
    assert_refused(OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.night_count, 1);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY + 3);
    set(count_type, 0, 10, 7, 1); /* the allowance makes up for it */
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    set(count_type, 4, 10, 0, -1); /* not on that night */
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
}

static void
an_allowance_that_is_used_stays(void **state)
{
    (void)state;
    struct night *night = world_night(&world, room_type, WORLD_TODAY + 1);
    night->allowance = 2;
    night->sold = 2;
    set(room_type, 0, 3, -1, 1);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    set(room_type, 0, 3, -1, 0);
    assert_refused(OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.night_count, 1);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY + 1);
}

static void
an_overcommit_counts_as_room(void **state)
{
    (void)state;
    struct night *night = world_night(&world, count_type, WORLD_TODAY);
    night->sold = 10;
    night->overcommit = 3;
    set(count_type, 0, 1, 7, -1);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    set(count_type, 0, 1, 6, -1);
    assert_refused(OUTCOME_IN_USE, NULL);
}

static void
only_nights_on_sale_are_set(void **state)
{
    (void)state;
    set(count_type, 0, HORIZON_DAYS, 11, -1);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    set(count_type, HORIZON_DAYS - 1, HORIZON_DAYS + 2, 11, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
    assert_int_equal(world.decision.refusal.night_count, 2);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY + HORIZON_DAYS);
    assert_int_equal(world.decision.refusal.nights[1], WORLD_TODAY + HORIZON_DAYS + 1);
    set(count_type, -1, 1, 11, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
    assert_int_equal(world.decision.refusal.night_count, 1);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY - 1);
}

static void
a_night_that_is_past_is_not_set_though_its_stock_is_there(void **state)
{
    (void)state;
    world.facts.today++;
    set(count_type, 0, 2, 11, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY);
}

static void
a_night_that_is_not_open_yet_is_beyond_the_horizon(void **state)
{
    (void)state;
    world.stocks[0].night_count--;
    set(count_type, HORIZON_DAYS - 2, HORIZON_DAYS, 11, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
    assert_int_equal(world.decision.refusal.night_count, 1);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY + HORIZON_DAYS - 1);
}

static void
a_range_of_ages_is_refused_with_a_bounded_list(void **state)
{
    (void)state;
    set(count_type, 0, DATE_MAX - WORLD_TODAY, 11, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
    assert_int_equal(world.decision.refusal.night_count, STAY_NIGHTS_MAX);
    set(count_type, DATE_MIN - WORLD_TODAY, 1, 11, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
    assert_int_equal(world.decision.refusal.night_count, STAY_NIGHTS_MAX);
}

static void
beyond_the_horizon_is_told_before_what_is_sold(void **state)
{
    (void)state;
    world_night(&world, count_type, WORLD_TODAY + HORIZON_DAYS - 1)->sold = 10;
    set(count_type, HORIZON_DAYS - 1, HORIZON_DAYS + 1, 0, -1);
    assert_refused(OUTCOME_BEYOND_HORIZON, NULL);
}

static void
a_full_arena_voids_the_decision(void **state)
{
    (void)state;
    struct id type = count_type;
    set(type, 0, 1, 11, -1);
    struct deciding deciding;
    deciding_init(&deciding, &world.facts, &world.command, &world.arena, &world.decision);
    world.arena.limit = world.arena.used;
    decide_set_inventory(&deciding);
    assert_true(world.decision.out_of_memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_setting_is_one_change_and_one_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(units_are_set_only_where_stock_is_a_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_nights_has_no_inventory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(something_must_be_set_on_some_night, set_up, tear_down),
        cmocka_unit_test_setup_teardown(units_never_fall_below_what_is_sold_and_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_allowance_that_is_used_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overcommit_counts_as_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_nights_on_sale_are_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_night_that_is_past_is_not_set_though_its_stock_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_night_that_is_not_open_yet_is_beyond_the_horizon, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_range_of_ages_is_refused_with_a_bounded_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(beyond_the_horizon_is_told_before_what_is_sold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_voids_the_decision, set_up, tear_down),
    };
    return test_run("core/decide_inventory", tests);
}
