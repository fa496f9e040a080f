/* Rooms for arrivals: each preference by itself, against brute force on small houses, against planted solutions and
 * plain first fit on large ones. With an argument the planted houses are many more. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/chance.h"
#include "bench/planted.h"

enum { ROOMS = 8, STAYS = 16, FIXED = 16, ARENA_LIMIT = 256 << 20, NODES = 2000 };

static bool sweeping;

static uint64_t seed;

static uint32_t
below(uint32_t limit)
{
    return chance_below(&seed, limit);
}

/* A question with its own storage. Rooms take two, are ready and in service; stays are of one and begin today. */
struct instance {
    struct auto_assign_room rooms[ROOMS];
    struct placement_fixed fixed[FIXED];
    struct auto_assign_stay stays[STAYS];
    struct auto_assign_question q;
};

static void
instance_init(struct instance *in, uint32_t room_count)
{
    memset(in, 0, sizeof(*in));
    for (uint32_t room = 0; room < ROOMS; room++)
        in->rooms[room] = (struct auto_assign_room){.capacity = 2, .ready = true};
    in->q = (struct auto_assign_question){
        .rooms = in->rooms, .room_count = room_count, .fixed = in->fixed, .stays = in->stays, .node_limit = NODES};
}

static void
fix(struct instance *in, uint32_t room, int32_t from, int32_t until)
{
    in->fixed[in->q.fixed_count++] = (struct placement_fixed){room, span_from_nights(from, until)};
}

static struct auto_assign_stay *
want(struct instance *in, int32_t from, int32_t until)
{
    struct auto_assign_stay *stay = &in->stays[in->q.stay_count++];
    *stay = (struct auto_assign_stay){.span = span_from_nights(from, until),
                                      .room = PLACEMENT_NO_ROOM,
                                      .wanted = true,
                                      .begins_today = from == 10,
                                      .party = 1};
    return stay;
}

static struct auto_assign_stay *
claim(struct instance *in, uint32_t room, int32_t from, int32_t until)
{
    struct auto_assign_stay *stay = want(in, from, until);
    stay->wanted = false;
    stay->room = room;
    return stay;
}

static bool
suits(const struct auto_assign_question *q, uint32_t i, uint32_t room)
{
    return q->rooms[room].capacity >= q->stays[i].party && !(q->rooms[room].faulty && q->stays[i].begins_today);
}

static bool
is_open(const struct auto_assign_question *q, uint32_t i, uint32_t room)
{
    for (uint32_t k = 0; k < q->fixed_count; k++)
        if (q->fixed[k].room == room && span_overlaps(q->fixed[k].span, q->stays[i].span))
            return false;
    return true;
}

/* Solves it, and whatever the answer is, it must hold together. */
static struct auto_assign_answer
solve(const struct auto_assign_question *q, struct arena *arena)
{
    struct auto_assign_answer answer;
    assert_true(auto_assign_solve(q, arena, &answer));
    uint32_t placed = 0, moved = 0, wanted = 0;
    for (uint32_t i = 0; i < q->stay_count; i++) {
        uint32_t room = answer.rooms[i];
        wanted += q->stays[i].wanted;
        if (room == PLACEMENT_NO_ROOM) {
            assert_int_equal(q->stays[i].room, PLACEMENT_NO_ROOM); /* nobody loses a room */
            continue;
        }
        assert_true(q->stays[i].wanted || q->stays[i].room != PLACEMENT_NO_ROOM);
        assert_in_range(room, 0, q->room_count - 1);
        assert_true(is_open(q, i, room));
        assert_true(suits(q, i, room) || q->stays[i].room == room);
        placed += q->stays[i].wanted;
        moved += !q->stays[i].wanted && q->stays[i].room != room;
        for (uint32_t j = 0; j < i; j++)
            assert_false(answer.rooms[j] == room && span_overlaps(q->stays[i].span, q->stays[j].span));
    }
    assert_int_equal(answer.wanted_count, wanted);
    assert_int_equal(answer.placed_count, placed);
    assert_int_equal(answer.moved_count, moved);
    assert_true(answer.placed_count >= answer.first_fit_count);
    return answer;
}

/* --- each preference, against all that come after it --- */

static void
who_arrives_today_gets_a_room_that_is_ready(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    in.rooms[0].ready = false;
    in.rooms[1].out_of_service = true;
    want(&in, 10, 12);
    assert_int_equal(solve(&in.q, *state).rooms[0], 1);
    in.stays[0].span = span_from_nights(11, 13); /* tomorrow it does not matter yet */
    in.stays[0].begins_today = false;
    assert_int_equal(solve(&in.q, *state).rooms[0], 0);
}

static void
a_room_that_is_out_of_service_is_given_last(void **state)
{
    struct instance in;
    static const uint8_t missing[] = {0, 1, 1};
    instance_init(&in, 3);
    in.rooms[0].out_of_service = true;
    for (int i = 0; i < 3; i++)
        want(&in, 10, 12)->missing = missing;
    in.q.stay_count = 1;
    assert_int_equal(solve(&in.q, *state).rooms[0], 1);
    in.q.stay_count = 3;
    assert_int_equal(solve(&in.q, *state).placed_count, 3);
}

static void
a_room_is_never_too_small_for_its_party(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    in.rooms[1].capacity = 3;
    in.rooms[1].ready = false;
    in.rooms[1].out_of_service = true;
    want(&in, 10, 12)->party = 3;
    want(&in, 10, 12)->party = 3;
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.placed_count, 1);
    assert_true(answer.rooms[0] == 1 || answer.rooms[1] == 1);
}

static void
nobody_who_arrives_today_is_sent_to_a_faulty_room(void **state)
{
    struct instance in;
    instance_init(&in, 1);
    in.rooms[0].faulty = true;
    want(&in, 10, 12);
    assert_int_equal(solve(&in.q, *state).placed_count, 0);
    in.stays[0].span = span_from_nights(11, 12);
    in.stays[0].begins_today = false;
    assert_int_equal(solve(&in.q, *state).placed_count, 1);
}

static void
what_was_wished_for_counts_before_holes(void **state)
{
    struct instance in;
    static const uint8_t missing[] = {2, 1, 2};
    instance_init(&in, 3);
    fix(&in, 0, 8, 10); /* touches on both sides */
    fix(&in, 0, 12, 14);
    fix(&in, 1, 7, 9); /* a day is left on both sides */
    fix(&in, 1, 13, 15);
    want(&in, 10, 12)->missing = missing;
    assert_int_equal(solve(&in.q, *state).rooms[0], 1);
    in.stays[0].missing = NULL;
    assert_int_equal(solve(&in.q, *state).rooms[0], 0);
}

static void
the_fewest_holes_are_made_and_then_the_smallest(void **state)
{
    struct instance in;
    instance_init(&in, 4);
    fix(&in, 1, 8, 9); /* room 0 is empty: two large holes. Room 1: one of a day, one large */
    fix(&in, 2, 8, 9); /* two of a day */
    fix(&in, 2, 13, 14);
    fix(&in, 3, 8, 10); /* one, large */
    want(&in, 10, 12);
    assert_int_equal(solve(&in.q, *state).rooms[0], 3);
    fix(&in, 3, 5, 11);
    assert_int_equal(solve(&in.q, *state).rooms[0], 2);
    fix(&in, 2, 10, 11);
    assert_int_equal(solve(&in.q, *state).rooms[0], 1);
}

static void
rooms_that_are_alike_are_given_in_their_order(void **state)
{
    struct instance in;
    instance_init(&in, 5);
    fix(&in, 1, 10, 11);
    for (int i = 0; i < 3; i++)
        want(&in, 10, 12);
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.rooms[0], 0);
    assert_int_equal(answer.rooms[1], 2);
    assert_int_equal(answer.rooms[2], 3);
}

/* The first would take the only room that does for the second. */
static void
a_preference_gives_way_when_another_would_get_no_room(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    in.rooms[0].ready = false;
    fix(&in, 0, 12, 13);
    want(&in, 10, 12);
    want(&in, 10, 15);
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.rooms[0], 0);
    assert_int_equal(answer.rooms[1], 1);
    assert_int_equal(answer.first_fit_count, 2);
}

/* --- claims, and what has no room yet --- */

static void
claims_stay_when_there_is_room_beside_them(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    in.rooms[1].ready = false;
    claim(&in, 0, 11, 13);
    want(&in, 10, 12);
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.moved_count, 0);
    assert_int_equal(answer.rooms[1], 1);
}

static void
a_claim_moves_when_nothing_else_gives_a_room(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 1, 13, 15);
    claim(&in, 0, 12, 13);
    want(&in, 10, 15);
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.first_fit_count, 0);
    assert_int_equal(answer.placed_count, 1);
    assert_int_equal(answer.rooms[0], 1);
    assert_int_equal(answer.rooms[1], 0);
    assert_int_equal(answer.moved_count, 1);
}

/* Room 0 has the fewer holes, and is the only one that is left for who comes tomorrow. */
static void
a_place_is_kept_for_what_has_no_room_yet(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 0, 8, 10);
    fix(&in, 1, 12, 13);
    want(&in, 10, 12);
    assert_int_equal(solve(&in.q, *state).rooms[0], 1); /* one side only is open there too, and the hole is smaller */
    in.q.fixed_count = 0;
    in.q.stay_count = 0;
    fix(&in, 0, 8, 10);
    fix(&in, 1, 15, 16);
    want(&in, 10, 12);
    assert_int_equal(solve(&in.q, *state).rooms[0], 0);
    want(&in, 11, 17)->wanted = false;
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.rooms[0], 1);
    assert_int_equal(answer.rooms[1], PLACEMENT_NO_ROOM);
    assert_true(answer.rest_fits);
}

static void
who_wants_a_room_comes_before_who_does_not_yet(void **state)
{
    struct instance in;
    instance_init(&in, 1);
    want(&in, 11, 12)->wanted = false;
    want(&in, 10, 12);
    struct auto_assign_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.rooms[1], 0);
    assert_false(answer.rest_fits);
}

static void
nothing_wanted_and_no_rooms_are_answers_too(void **state)
{
    struct instance in;
    instance_init(&in, 1);
    claim(&in, 0, 10, 12);
    assert_int_equal(solve(&in.q, *state).placed_count, 0);
    instance_init(&in, 0);
    want(&in, 10, 12);
    assert_int_equal(solve(&in.q, *state).placed_count, 0);
}

static void
an_arena_that_is_too_small_is_a_failure_not_an_answer(void **state)
{
    (void)state;
    struct instance in;
    instance_init(&in, 4);
    fix(&in, 0, 10, 11);
    want(&in, 10, 12);
    want(&in, 10, 13);
    bool done = false;
    for (size_t limit = 0; !done; limit += 64) {
        struct arena arena;
        struct auto_assign_answer answer;
        arena_init(&arena, limit);
        done = auto_assign_solve(&in.q, &arena, &answer);
        assert_true(!done || answer.placed_count == 2);
        arena_done(&arena);
        assert_true(limit < 1 << 20);
    }
}

/* --- against trying everything --- */

/* How good an answer is, better ones less; the weights are far enough apart for so few stays. */
static uint64_t
cost_of(const struct auto_assign_question *q, const uint32_t *rooms)
{
    uint64_t cost = 0;
    for (uint32_t i = 0; i < q->stay_count; i++) {
        const struct auto_assign_stay *s = &q->stays[i];
        if (!s->wanted)
            continue;
        if (rooms[i] == PLACEMENT_NO_ROOM) {
            cost += UINT64_C(1) << 50;
            continue;
        }
        const struct auto_assign_room *r = &q->rooms[rooms[i]];
        int64_t before = 15, after = 15;
        for (uint32_t k = 0; k < q->fixed_count; k++) {
            int64_t left = (s->span.starts - q->fixed[k].span.ends) / DATE_DAY_MS;
            int64_t right = (q->fixed[k].span.starts - s->span.ends) / DATE_DAY_MS;
            if (q->fixed[k].room == rooms[i] && left >= 0 && left < before)
                before = left;
            if (q->fixed[k].room == rooms[i] && right >= 0 && right < after)
                after = right;
        }
        cost += (uint64_t)(s->begins_today && !r->ready) << 40;
        cost += (uint64_t)r->out_of_service << 30;
        cost += (uint64_t)(s->missing == NULL ? 0 : s->missing[rooms[i]]) << 20;
        cost += (uint64_t)((before > 0) + (after > 0)) << 10;
        cost += (uint64_t)(before + after);
    }
    return cost;
}

static void
try_all(const struct auto_assign_question *q, uint32_t i, uint32_t *rooms, uint64_t *best)
{
    if (i == q->stay_count) {
        uint64_t cost = cost_of(q, rooms);
        *best = cost < *best ? cost : *best;
        return;
    }
    bool may_stay_out = q->stays[i].room == PLACEMENT_NO_ROOM;
    for (uint32_t room = 0; room < q->room_count; room++) {
        bool free = suits(q, i, room) && is_open(q, i, room);
        for (uint32_t j = 0; free && j < i; j++)
            free = rooms[j] != room || !span_overlaps(q->stays[j].span, q->stays[i].span);
        if (!free)
            continue;
        rooms[i] = room;
        try_all(q, i + 1, rooms, best);
    }
    rooms[i] = PLACEMENT_NO_ROOM;
    if (may_stay_out)
        try_all(q, i + 1, rooms, best);
}

static uint64_t
least_cost(const struct auto_assign_question *q)
{
    uint32_t rooms[STAYS];
    uint64_t best = UINT64_MAX;
    try_all(q, 0, rooms, &best);
    return best;
}

static void
furnish(struct instance *in, uint32_t room_count)
{
    instance_init(in, room_count);
    for (uint32_t room = 0; room < room_count; room++)
        in->rooms[room] = (struct auto_assign_room){
            .capacity = 2 + below(2), .ready = below(2) == 0, .faulty = below(8) == 0, .out_of_service = below(4) == 0};
    for (uint32_t k = below(2 * room_count); k > 0; k--) {
        int32_t from = 4 + (int32_t)below(14);
        fix(in, below(room_count), from, from + 1 + (int32_t)below(4));
    }
}

/* One day's arrivals, with nobody but them to be moved: the best of all answers is found. */
static void
one_days_arrivals_get_the_best_of_all_answers(void **state)
{
    static const uint8_t missing[2][ROOMS] = {{1, 0, 2, 0, 1}, {0, 0, 1, 1, 3}};
    for (uint32_t round = 0; round < (sweeping ? 20000 : 2000); round++) {
        struct instance in;
        seed = round;
        arena_reset(*state);
        furnish(&in, 1 + below(5));
        for (uint32_t count = 1 + below(5); count > 0; count--) {
            struct auto_assign_stay *stay = want(&in, 10, 11 + (int32_t)below(4));
            stay->party = 1 + below(3);
            stay->missing = below(2) == 0 ? NULL : missing[below(2)];
        }
        struct auto_assign_answer answer = solve(&in.q, *state);
        assert_int_equal(cost_of(&in.q, answer.rooms), least_cost(&in.q));
    }
}

/* A claim in the way of nothing at its place. */
static bool
place_claim(struct instance *in)
{
    uint32_t i = in->q.stay_count, room = below(in->q.room_count);
    int32_t from = 6 + (int32_t)below(8);
    struct auto_assign_stay *stay = claim(in, room, from, from + 1 + (int32_t)below(3));
    bool free = is_open(&in->q, i, room) && suits(&in->q, i, room);
    for (uint32_t j = 0; j < i; j++)
        free = free && (in->q.stays[j].room != room || !span_overlaps(in->q.stays[j].span, stay->span));
    in->q.stay_count -= !free;
    return free;
}

/* Several days, claims that may move, and others without a room: whoever can get a room gets one. */
static void
as_many_get_a_room_as_by_trying_everything(void **state)
{
    uint32_t wanted = 0, placed = 0, possible = 0, first_fit = 0;
    for (uint32_t round = 0; round < (sweeping ? 20000 : 2000); round++) {
        struct instance in;
        seed = round;
        arena_reset(*state);
        furnish(&in, 2 + below(3));
        for (uint32_t tries = below(5); tries > 0; tries--)
            (void)place_claim(&in);
        for (uint32_t count = 1 + below(5); count > 0; count--) {
            int32_t from = 8 + (int32_t)below(5);
            want(&in, from, from + 1 + (int32_t)below(3))->party = 1 + below(2);
        }
        struct auto_assign_answer answer = solve(&in.q, *state);
        uint32_t most = answer.wanted_count - (uint32_t)(least_cost(&in.q) >> 50);
        assert_true(answer.placed_count <= most && answer.placed_count >= answer.first_fit_count);
        if (most == answer.wanted_count)
            assert_int_equal(answer.placed_count, most);
        wanted += answer.wanted_count;
        placed += answer.placed_count;
        first_fit += answer.first_fit_count;
        possible += most;
    }
    fprintf(stderr, "small houses: %u wanted, %u possible, %u placed, %u by first fit\n", wanted, possible, placed,
            first_fit);
    assert_true(placed * UINT64_C(1000) >= possible * UINT64_C(995));
}

/* --- against planted solutions --- */

struct expected {
    struct planted planted;
    uint32_t rounds, sweep_rounds;
    uint32_t least; /* promille placed, over all rounds */
};

static void
planted_solutions_are_found_and_first_fit_never_finds_more(void **state)
{
    static const struct expected kinds[] = {
        {{100, 5, 30, 0, 0, -1, false, NODES}, 20, 300, 1000},   {{100, 5, 30, 0, 15, -1, false, NODES}, 20, 300, 1000},
        {{100, 5, 30, 30, 15, -1, false, NODES}, 20, 300, 1000}, {{100, 5, 30, 30, 5, -1, false, NODES}, 20, 300, 999},
        {{100, 5, 30, 30, 0, -1, false, NODES}, 20, 300, 990},   {{100, 5, 30, 0, 0, 12, false, NODES}, 20, 300, 1000},
        {{100, 5, 30, 30, 0, 12, false, NODES}, 20, 300, 1000},  {{500, 4, 20, 30, 0, 8, false, NODES}, 2, 30, 1000},
    };
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        const struct planted *p = &kinds[k].planted;
        uint32_t rounds = sweeping ? kinds[k].sweep_rounds : kinds[k].rounds;
        uint64_t wanted = 0, placed = 0, first_fit = 0;
        for (uint32_t round = 0; round < rounds; round++) {
            struct planted_house house;
            arena_reset(*state);
            assert_true(planted_make(p, round, *state, &house));
            struct auto_assign_answer answer = solve(&house.q, *state);
            assert_true(answer.placed_count >= answer.first_fit_count);
            wanted += answer.wanted_count;
            placed += answer.placed_count;
            first_fit += answer.first_fit_count;
        }
        fprintf(stderr, "%u rooms, %u %% pinned, %u %% vacant, %s: %.2f %% placed, %.2f %% by first fit; seeds 0-%u\n",
                p->rooms, p->pinned, p->vacant, p->day < 0 ? "all" : "one day", 100.0 * (double)placed / (double)wanted,
                100.0 * (double)first_fit / (double)wanted, rounds - 1);
        assert_true(placed * 1000 >= wanted * kinds[k].least);
    }
}

static void
the_same_question_has_the_same_answer(void **state)
{
    static const struct planted full = {60, 5, 30, 30, 0, -1, false, NODES};
    struct planted_house house;
    assert_true(planted_make(&full, 3, *state, &house));
    struct auto_assign_answer a = solve(&house.q, *state), b = solve(&house.q, *state);
    assert_int_equal(a.placed_count, b.placed_count);
    assert_memory_equal(a.rooms, b.rooms, house.q.stay_count * sizeof(*a.rooms));
}

static int
set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, ARENA_LIMIT);
    *state = &arena;
    return 0;
}

static int
tear_down(void **state)
{
    arena_done(*state);
    return 0;
}

#define auto_assign_unit_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(int argc, char **argv)
{
    (void)argv;
    sweeping = argc > 1;
    const struct CMUnitTest tests[] = {
        auto_assign_unit_test(who_arrives_today_gets_a_room_that_is_ready),
        auto_assign_unit_test(a_room_that_is_out_of_service_is_given_last),
        auto_assign_unit_test(a_room_is_never_too_small_for_its_party),
        auto_assign_unit_test(nobody_who_arrives_today_is_sent_to_a_faulty_room),
        auto_assign_unit_test(what_was_wished_for_counts_before_holes),
        auto_assign_unit_test(the_fewest_holes_are_made_and_then_the_smallest),
        auto_assign_unit_test(rooms_that_are_alike_are_given_in_their_order),
        auto_assign_unit_test(a_preference_gives_way_when_another_would_get_no_room),
        auto_assign_unit_test(claims_stay_when_there_is_room_beside_them),
        auto_assign_unit_test(a_claim_moves_when_nothing_else_gives_a_room),
        auto_assign_unit_test(a_place_is_kept_for_what_has_no_room_yet),
        auto_assign_unit_test(who_wants_a_room_comes_before_who_does_not_yet),
        auto_assign_unit_test(nothing_wanted_and_no_rooms_are_answers_too),
        auto_assign_unit_test(an_arena_that_is_too_small_is_a_failure_not_an_answer),
        auto_assign_unit_test(one_days_arrivals_get_the_best_of_all_answers),
        auto_assign_unit_test(as_many_get_a_room_as_by_trying_everything),
        auto_assign_unit_test(planted_solutions_are_found_and_first_fit_never_finds_more),
        auto_assign_unit_test(the_same_question_has_the_same_answer),
    };
    return test_run("core/auto_assign", tests);
}
