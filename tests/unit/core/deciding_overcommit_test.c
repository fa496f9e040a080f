/* Overcommit: raised by what lacks and no more, with its record, and lowered first by whatever comes free. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

static struct house_world world;
static struct id doubles, singles, closure, stay;
static bool was_raised;

/* Three doubles and two singles, all sold for a week. */
static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    doubles = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    singles = world_add_type(&world, "Single", SOLD_BY_NIGHT, STOCK_ROOMS);
    for (int32_t i = 0; i < 7; i++) {
        world_night(&world, doubles, WORLD_TODAY + i)->units = 3;
        world_night(&world, doubles, WORLD_TODAY + i)->sold = 3;
        world_night(&world, singles, WORLD_TODAY + i)->units = 2;
        world_night(&world, singles, WORLD_TODAY + i)->sold = 2;
    }
    closure = world_id(&world);
    stay = world_id(&world);
    was_raised = false;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

/* Days after today. */
static struct span
nights(int32_t from, int32_t until)
{
    return span_from_nights(WORLD_TODAY + from, WORLD_TODAY + until);
}

/* A record that is there already, and its nights with it. */
static void
put_record(struct id room_type, int32_t from, int32_t until, enum overcommit_kind kind, struct id subject)
{
    for (int32_t date = WORLD_TODAY + from; date < WORLD_TODAY + until; date++) {
        world.overcommits[world.facts.overcommit_count++] =
            (struct overcommit){room_type, date, date + 1, kind, subject, 1};
        world_night(&world, room_type, date)->overcommit++;
        world_night(&world, room_type, date)->sold++;
    }
}

static const struct event *
event_at(size_t index)
{
    assert_true(index < world.decision.event_count);
    return &world.decision.events[index];
}

static void
assert_event(size_t index, const char *kind, int32_t from, int32_t until, int32_t quantity)
{
    const struct event *event = event_at(index);
    assert_true(str_equal(event->kind, str_from(kind)));
    assert_int_equal(event->overcommit->from - WORLD_TODAY, from);
    assert_int_equal(event->overcommit->until - WORLD_TODAY, until);
    assert_int_equal(event->overcommit->quantity, quantity);
}

static void
close_doubles(struct deciding *d)
{
    was_raised = deciding_overcommit(d, doubles, nights(1, 4), 1, OVERCOMMIT_CLOSURE, closure);
    deciding_move_closed(d, doubles, nights(1, 4), 1);
}

static void
it_is_raised_with_its_record_before_a_unit_goes(void **state)
{
    (void)state;
    world_decide(&world, close_doubles);
    assert_true(was_raised);
    assert_int_equal(world.decision.event_count, 1);
    assert_event(0, "overcommit.raised", 1, 4, 1);
    assert_true(id_equal(event_at(0)->overcommit->subject, closure));
    assert_int_equal(world.decision.changes[0].kind, CHANGE_OVERCOMMIT);
    assert_int_equal(world.decision.changes[1].kind, CHANGE_STOCK);
}

static void
only_nights_that_lack_are_raised(void **state)
{
    (void)state;
    world_night(&world, doubles, WORLD_TODAY + 2)->sold = 2;
    world_decide(&world, close_doubles);
    assert_int_equal(world.decision.event_count, 2);
    assert_event(0, "overcommit.raised", 1, 2, 1);
    assert_event(1, "overcommit.raised", 3, 4, 1);
}

static void
an_allowance_is_used_first(void **state)
{
    (void)state;
    for (int32_t i = 1; i < 4; i++)
        world_night(&world, doubles, WORLD_TODAY + i)->allowance = 1;
    world_decide(&world, close_doubles);
    assert_false(was_raised);
    assert_int_equal(world.decision.event_count, 0);
}

static void
overcommit_past_nights(struct deciding *d)
{
    was_raised = deciding_overcommit(d, doubles, nights(-2, 1), 1, OVERCOMMIT_OVERSTAY, stay);
    deciding_move_stock(d, doubles, nights(-2, 1), 1, 0);
}

static void
nights_that_are_over_are_not_raised(void **state)
{
    (void)state;
    world_decide(&world, overcommit_past_nights);
    assert_int_equal(world.decision.event_count, 1);
    assert_event(0, "overcommit.raised", 0, 1, 1);
}

static void
overcommit_and_take_nothing(struct deciding *d)
{
    (void)deciding_overcommit(d, doubles, nights(0, 1), 1, OVERCOMMIT_OVERSTAY, stay);
}

static void
what_is_not_taken_falls_again(void **state)
{
    (void)state;
    world_decide(&world, overcommit_and_take_nothing);
    assert_int_equal(world.decision.event_count, 2);
    assert_event(1, "overcommit.fell", 0, 1, 0);
}

static void
give_back_doubles(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 7), -1, 0);
}

static void
what_comes_free_lowers_it_first(void **state)
{
    (void)state;
    put_record(doubles, 1, 4, OVERCOMMIT_CLOSURE, closure);
    put_record(singles, 1, 4, OVERCOMMIT_CLOSURE, closure);
    world_decide(&world, give_back_doubles);
    assert_int_equal(world.decision.event_count, 1);
    assert_event(0, "overcommit.fell", 1, 4, 0);
    assert_true(id_equal(event_at(0)->subject, doubles));
    assert_int_equal(world.decision.changes[1].kind, CHANGE_OVERCOMMIT);
}

static void
one_unit_lowers_one_of_two_records(void **state)
{
    (void)state;
    put_record(doubles, 1, 3, OVERCOMMIT_OVERSTAY, stay);
    put_record(doubles, 1, 3, OVERCOMMIT_CLOSURE, closure);
    world_decide(&world, give_back_doubles);
    assert_int_equal(world.decision.event_count, 1);
    assert_event(0, "overcommit.fell", 1, 3, 0);
    assert_true(id_equal(event_at(0)->overcommit->subject, closure)); /* the lower id */
}

static void
give_back_and_take_again(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 7), -1, 0);
    deciding_move_stock(d, doubles, nights(0, 2), 1, 0);
}

static void
what_is_taken_again_at_once_was_not_free(void **state)
{
    (void)state;
    put_record(doubles, 1, 4, OVERCOMMIT_CLOSURE, closure);
    world_decide(&world, give_back_and_take_again);
    assert_int_equal(world.decision.event_count, 1);
    assert_event(0, "overcommit.fell", 2, 4, 0);
}

static void
add_a_double(struct deciding *d)
{
    deciding_move_units(d, doubles, WORLD_TODAY, WORLD_TODAY + 7, 1);
}

static void
set_an_allowance(struct deciding *d)
{
    struct nights_set set = {
        .room_type = doubles, .from = WORLD_TODAY, .until = WORLD_TODAY + 7, .units = -1, .allowance = 1};
    deciding_set_nights(d, &set);
}

static void
reopen(struct deciding *d)
{
    deciding_move_closed(d, doubles, nights(0, 7), -1);
}

static void
whatever_frees_a_unit_lowers_it(void **state)
{
    (void)state;
    void (*frees[])(struct deciding *) = {add_a_double, set_an_allowance, reopen};
    for (size_t i = 0; i < sizeof(frees) / sizeof(frees[0]); i++) {
        tear_down(state);
        set_up(state);
        put_record(doubles, 1, 4, OVERCOMMIT_CLOSURE, closure);
        world_decide(&world, frees[i]);
        assert_int_equal(world.decision.event_count, 1);
        assert_event(0, "overcommit.fell", 1, 4, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_raised_with_its_record_before_a_unit_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_nights_that_lack_are_raised, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_allowance_is_used_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nights_that_are_over_are_not_raised, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_taken_falls_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_free_lowers_it_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_unit_lowers_one_of_two_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_taken_again_at_once_was_not_free, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whatever_frees_a_unit_lowers_it, set_up, tear_down),
    };
    return test_run("core/deciding_overcommit", tests);
}
