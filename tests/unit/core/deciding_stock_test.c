/* Moves of nights: as few are recorded as come to the same, and on the way none leaves a night with more taken, or any
 * counter with less, than it would have been by one move after another. */
#include "tests/unit/test.h"

#include "tests/support/chance.h"
#include "tests/unit/core/house_world.h"

enum { NIGHTS = 4, MOVES_MAX = 8, SEQUENCES = 20000 };

static struct house_world world;
static struct id doubles, singles;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    doubles = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    singles = world_add_type(&world, "Single", SOLD_BY_NIGHT, STOCK_ROOMS);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

static struct span
nights(int32_t from, int32_t until)
{
    return span_from_nights(WORLD_TODAY + from, WORLD_TODAY + until);
}

/* The only move of these nights, which must be the `at`th change. */
static void
assert_move(size_t at, int32_t from, int32_t sold, int32_t fixed)
{
    assert_true(at < world.decision.change_count);
    assert_int_equal(world.decision.changes[at].kind, CHANGE_STOCK);
    assert_int_equal(world.decision.changes[at].stock.from - WORLD_TODAY, from);
    assert_int_equal(world.decision.changes[at].stock.sold, sold);
    assert_int_equal(world.decision.changes[at].stock.fixed, fixed);
}

/* -- one after another -- */

static void
give_back_and_take_the_same(struct deciding *d)
{
    deciding_move_fixed(d, doubles, WORLD_TODAY, WORLD_TODAY + 3, -1);
    deciding_move_stock(d, doubles, nights(0, 3), -1, 0);
    deciding_move_fixed(d, doubles, WORLD_TODAY + 1, WORLD_TODAY + 2, -1);
    deciding_move_stock(d, doubles, nights(1, 2), -1, 0);
    deciding_move_stock(d, doubles, nights(0, 3), 1, 0);
    deciding_move_fixed(d, doubles, WORLD_TODAY, WORLD_TODAY + 3, 1);
    deciding_move_stock(d, doubles, nights(1, 2), 1, 0);
    deciding_move_fixed(d, doubles, WORLD_TODAY + 1, WORLD_TODAY + 2, 1);
}

static void
two_stays_that_change_rooms_write_no_night(void **state)
{
    (void)state;
    world_decide(&world, give_back_and_take_the_same);
    assert_int_equal(world.decision.change_count, 0);
}

static void
take_and_fix(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 3), 1, 0);
    deciding_move_fixed(d, doubles, WORLD_TODAY, WORLD_TODAY + 3, 1);
}

static void
a_stay_that_is_given_a_room_at_once_writes_its_nights_once(void **state)
{
    (void)state;
    world_decide(&world, take_and_fix);
    assert_int_equal(world.decision.change_count, 1);
    assert_move(0, 0, 1, 1);
}

/* Its unit is another's by the time that it is taken back. */
static void
give_back_to_another(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 3), -1, 0);
    deciding_move_stock(d, doubles, nights(0, 1), 1, 0);
    deciding_move_stock(d, doubles, nights(0, 3), 1, 0);
}

static void
what_another_took_in_between_is_given_back_first(void **state)
{
    (void)state;
    world_decide(&world, give_back_to_another);
    assert_int_equal(world.decision.change_count, 3);
    assert_move(0, 0, -1, 0);
}

static void
exchange_types(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 3), -1, 0);
    deciding_move_stock(d, singles, nights(0, 3), 1, 0);
}

static void
types_are_moved_apart(void **state)
{
    (void)state;
    world_decide(&world, exchange_types);
    assert_int_equal(world.decision.change_count, 2);
}

/* -- what stands apart -- */

static void
end_lapsed_and_take(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 3), -1, 0);
    d->decision->lapsed_changes = d->decision->change_count;
    deciding_move_stock(d, doubles, nights(0, 3), 1, 0);
}

/* It stays ended when the command is refused. */
static void
what_lapsed_is_no_part_of_the_command(void **state)
{
    (void)state;
    world_decide(&world, end_lapsed_and_take);
    assert_int_equal(world.decision.change_count, 2);
}

static void
set_between(struct deciding *d)
{
    struct nights_set set = {
        .room_type = doubles, .from = WORLD_TODAY, .until = WORLD_TODAY + 3, .units = 1, .allowance = -1};
    deciding_move_stock(d, doubles, nights(0, 3), -1, 0);
    deciding_set_nights(d, &set);
    deciding_move_stock(d, doubles, nights(0, 3), 1, 0);
}

static void
units_between(struct deciding *d)
{
    deciding_move_stock(d, doubles, nights(0, 3), -1, 0);
    deciding_move_units(d, doubles, WORLD_TODAY, WORLD_TODAY + 3, -1);
    deciding_move_stock(d, doubles, nights(0, 3), 1, 0);
}

static void
nothing_is_put_off_past_other_limits(void **state)
{
    (void)state;
    world_decide(&world, set_between);
    assert_int_equal(world.decision.change_count, 3);
    world_decide(&world, units_between);
    assert_int_equal(world.decision.change_count, 3);
}

/* -- any sequence -- */

static struct stock_move asked[MOVES_MAX];
static size_t asked_count;

static void
move_as_asked(struct deciding *d)
{
    for (size_t i = 0; i < asked_count; i++) {
        const struct stock_move *move = &asked[i];
        if (move->closed != 0)
            deciding_move_closed(d, doubles, span_from_nights(move->from, move->until), move->closed);
        else if (move->fixed != 0)
            deciding_move_fixed(d, doubles, move->from, move->until, move->fixed);
        else
            deciding_move_stock(d, doubles, span_from_nights(move->from, move->until), move->sold, move->held);
    }
}

static void
ask_at_random(uint64_t *seed)
{
    asked_count = 1 + chance_below(seed, MOVES_MAX);
    for (size_t i = 0; i < asked_count; i++) {
        int32_t from = (int32_t)chance_below(seed, NIGHTS), by = chance_below(seed, 2) == 0 ? 1 : -1;
        asked[i] = (struct stock_move){.from = WORLD_TODAY + from};
        asked[i].until = asked[i].from + 1 + (int32_t)chance_below(seed, (uint32_t)(NIGHTS - from));
        int32_t *counters[] = {&asked[i].closed, &asked[i].fixed, &asked[i].sold, &asked[i].sold, &asked[i].held};
        *counters[chance_below(seed, sizeof(counters) / sizeof(counters[0]))] = by;
    }
}

/* How far a night went on its way, and where it came to. */
struct course {
    int32_t closed, sold, held, fixed;
    int32_t taken_most, closed_least, sold_least, held_least, fixed_least;
};

static int32_t
lower(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void
follow(struct course *course, const struct stock_move *move, int32_t date)
{
    if (date < move->from || date >= move->until)
        return;
    course->closed += move->closed;
    course->sold += move->sold;
    course->held += move->held;
    course->fixed += move->fixed;
    int32_t taken = course->closed + course->sold + course->held;
    course->taken_most = taken > course->taken_most ? taken : course->taken_most;
    course->closed_least = lower(course->closed_least, course->closed);
    course->sold_least = lower(course->sold_least, course->sold);
    course->held_least = lower(course->held_least, course->held);
    course->fixed_least = lower(course->fixed_least, course->fixed);
}

static void
assert_no_further(const struct course *recorded, const struct course *plain)
{
    assert_int_equal(recorded->closed, plain->closed);
    assert_int_equal(recorded->sold, plain->sold);
    assert_int_equal(recorded->held, plain->held);
    assert_int_equal(recorded->fixed, plain->fixed);
    assert_true(recorded->taken_most <= plain->taken_most);
    assert_true(recorded->closed_least >= plain->closed_least);
    assert_true(recorded->sold_least >= plain->sold_least);
    assert_true(recorded->held_least >= plain->held_least);
    assert_true(recorded->fixed_least >= plain->fixed_least);
}

static void
any_moves_come_to_the_same_and_go_no_further_on_their_way(void **state)
{
    (void)state;
    uint64_t seed = 20261123;
    size_t spared = 0;
    for (int i = 0; i < SEQUENCES; i++) {
        ask_at_random(&seed);
        world_decide(&world, move_as_asked);
        assert_true(world.decision.change_count <= asked_count);
        spared += asked_count - world.decision.change_count;
        for (int32_t date = WORLD_TODAY; date < WORLD_TODAY + NIGHTS; date++) {
            struct course plain = {.sold = 0}, recorded = {.sold = 0};
            for (size_t j = 0; j < asked_count; j++)
                follow(&plain, &asked[j], date);
            for (size_t j = 0; j < world.decision.change_count; j++)
                follow(&recorded, &world.decision.changes[j].stock, date);
            assert_no_further(&recorded, &plain);
        }
        arena_reset(&world.arena);
    }
    assert_true(spared > SEQUENCES / 4); /* or nothing was asked */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(two_stays_that_change_rooms_write_no_night),
        CASE(a_stay_that_is_given_a_room_at_once_writes_its_nights_once),
        CASE(what_another_took_in_between_is_given_back_first),
        CASE(types_are_moved_apart),
        CASE(what_lapsed_is_no_part_of_the_command),
        CASE(nothing_is_put_off_past_other_limits),
        CASE(any_moves_come_to_the_same_and_go_no_further_on_their_way),
    };
    return test_run("core/deciding_stock", tests);
}
