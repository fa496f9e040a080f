/* The best room for a span: the order, the neighbours, and the edges of the day. */
#include "tests/unit/test.h"

#include <string.h>

#include "core/placement.h"
#include "tests/support/chance.h"

enum { ROOMS = 12, TAKEN = 24, DAY = 40 };

static uint64_t seed = 5;

static uint32_t
below(uint32_t limit)
{
    return chance_below(&seed, limit);
}

static struct placement_room_question
ask(uint32_t room_count, const uint32_t *capacities, const struct placement_fixed *taken, uint32_t taken_count,
    struct span wanted)
{
    return (struct placement_room_question){
        .room_count = room_count,
        .capacities = capacities,
        .taken = taken,
        .taken_count = taken_count,
        .wanted = wanted,
        .open = PLACEMENT_ABOUT_ALL,
        .party = 1,
    };
}

static void
the_smallest_room_that_holds_the_party_comes_first(void **state)
{
    (void)state;
    static const uint32_t capacities[] = {30, 12, 20, 12, 8};
    struct placement_rank ranks[5];
    struct placement_room_question q = ask(5, capacities, NULL, 0, (struct span){10, 20});
    q.party = 12;
    assert_int_equal(placement_best_room(&q, ranks), 4);
    assert_int_equal(ranks[0].room, 1);
    assert_int_equal(ranks[1].room, 3);
    assert_int_equal(ranks[2].room, 2);
    assert_int_equal(ranks[3].room, 0);
    q.party = 31;
    assert_int_equal(placement_best_room(&q, ranks), 0);
}

static void
a_span_goes_where_it_leaves_the_fewest_and_smallest_holes(void **state)
{
    (void)state;
    static const uint32_t capacities[] = {2, 2, 2, 2, 2, 2};
    static const struct placement_fixed taken[] = {
        {1, {0, 8}},                 /* a hole of 2 before, open after */
        {2, {0, 10}},                /* touches before, open after */
        {3, {0, 10}}, {3, {20, 30}}, /* fills it */
        {4, {0, 9}},  {4, {21, 30}}, /* small holes on both sides */
        {5, {0, 10}}, {5, {24, 30}}, /* touches before, a hole of 4 after */
    };
    struct placement_rank ranks[6];
    struct placement_room_question q = ask(6, capacities, taken, 8, (struct span){10, 20});
    assert_int_equal(placement_best_room(&q, ranks), 6);
    static const uint32_t expected[] = {3, 5, 2, 4, 0, 1};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(ranks[i].room, expected[i]);
    assert_int_equal(ranks[3].before_ms, 1);
    assert_int_equal(ranks[3].after_ms, 1);
    assert_int_equal(ranks[4].before_ms, INT64_MAX);
    assert_int_equal(ranks[5].before_ms, 2);
    assert_int_equal(ranks[5].after_ms, INT64_MAX);
}

static void
the_ends_of_the_opening_hours_are_neighbours(void **state)
{
    (void)state;
    static const uint32_t capacities[] = {2, 2};
    static const struct placement_fixed taken[] = {{1, {0, 7}}};
    struct placement_rank ranks[2];
    struct placement_room_question q = ask(2, capacities, taken, 1, (struct span){10, 20});
    q.open = (struct span){5, 20};
    assert_int_equal(placement_best_room(&q, ranks), 2);
    assert_int_equal(ranks[0].room, 1); /* taken until 7: the smaller hole */
    assert_int_equal(ranks[0].before_ms, 3);
    assert_int_equal(ranks[0].after_ms, 0);
    assert_int_equal(ranks[1].before_ms, 5);
    q.open = (struct span){5, 19};
    assert_int_equal(placement_best_room(&q, ranks), 0);
}

static void
a_room_that_is_taken_for_an_instant_of_it_is_not_offered(void **state)
{
    (void)state;
    static const uint32_t capacities[] = {2, 2, 2, 2};
    static const struct placement_fixed taken[] = {
        {0, {19, 21}}, {1, {5, 11}}, {1, {25, 26}}, {2, {12, 13}}, {2, {2, 10}}};
    struct placement_rank ranks[4];
    struct placement_room_question q = ask(4, capacities, taken, 5, (struct span){10, 20});
    assert_int_equal(placement_best_room(&q, ranks), 1);
    assert_int_equal(ranks[0].room, 3);
}

/* The unused time next to `wanted` in a room, instant by instant; -1 if the room is taken in between. */
static void
measure(const bool *taken, struct span wanted, int64_t *before, int64_t *after)
{
    *before = *after = 0;
    for (int64_t t = wanted.starts; t < wanted.ends; t++)
        *before = taken[t] ? -1 : *before;
    for (int64_t t = wanted.starts - 1; *before >= 0 && t >= 0 && !taken[t]; t--)
        ++*before;
    for (int64_t t = wanted.ends; t < DAY && !taken[t]; t++)
        ++*after;
}

static void
the_ranking_agrees_with_looking_at_every_instant(void **state)
{
    (void)state;
    for (int round = 0; round < 5000; round++) {
        uint32_t capacities[ROOMS], taken_count = below(TAKEN), room_count = 1 + below(ROOMS);
        struct placement_fixed taken[TAKEN];
        bool grid[ROOMS][DAY] = {{false}};
        for (uint32_t room = 0; room < room_count; room++)
            capacities[room] = 1 + below(3);
        for (uint32_t k = 0; k < taken_count; k++) {
            int64_t starts = below(DAY),
                    ends = starts + 1 + below((uint32_t)(DAY - starts) < 8 ? DAY - (uint32_t)starts : 8);
            taken[k] = (struct placement_fixed){below(room_count), {starts, ends}};
            memset(grid[taken[k].room] + starts, true, (size_t)(ends - starts));
        }
        int64_t starts = below(DAY - 8);
        struct placement_room_question q =
            ask(room_count, capacities, taken, taken_count, (struct span){starts, starts + 1 + below(8)});
        q.open = (struct span){0, DAY};
        q.party = 1 + below(3);
        struct placement_rank ranks[ROOMS];
        uint32_t count = placement_best_room(&q, ranks), expected = 0;
        for (uint32_t room = 0; room < room_count; room++) {
            int64_t before, after;
            measure(grid[room], q.wanted, &before, &after);
            if (before < 0 || capacities[room] < q.party)
                continue;
            expected++;
            bool found = false;
            for (uint32_t i = 0; i < count; i++)
                found = found || (ranks[i].room == room && ranks[i].before_ms == before && ranks[i].after_ms == after &&
                                  ranks[i].capacity == capacities[room]);
            assert_true(found);
        }
        assert_int_equal(count, expected);
        for (uint32_t i = 1; i < count; i++) {
            const struct placement_rank *a = &ranks[i - 1], *b = &ranks[i];
            int64_t holes_a = (a->before_ms > 0) + (a->after_ms > 0), holes_b = (b->before_ms > 0) + (b->after_ms > 0);
            int64_t keys_a[] = {a->capacity, holes_a, a->before_ms + a->after_ms, a->room};
            int64_t keys_b[] = {b->capacity, holes_b, b->before_ms + b->after_ms, b->room};
            int key = 0;
            while (key < 3 && keys_a[key] == keys_b[key])
                key++;
            assert_true(keys_a[key] < keys_b[key]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_room_that_holds_the_party_comes_first),
        cmocka_unit_test(a_span_goes_where_it_leaves_the_fewest_and_smallest_holes),
        cmocka_unit_test(the_ends_of_the_opening_hours_are_neighbours),
        cmocka_unit_test(a_room_that_is_taken_for_an_instant_of_it_is_not_offered),
        cmocka_unit_test(the_ranking_agrees_with_looking_at_every_instant),
    };
    return test_run("core/placement_rank", tests);
}
