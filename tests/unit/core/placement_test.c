/* Placement: against brute force where that is possible, against planted solutions where it is not. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/placement.h"
#include "tests/support/chance.h"

enum { ITEMS = 32, ARENA_LIMIT = 256 << 20 };

static uint64_t seed;

static uint32_t
below(uint32_t limit)
{
    return chance_below(&seed, limit);
}

/* A question with its own storage. */
struct instance {
    struct placement_fixed fixed[ITEMS];
    struct placement_loose loose[ITEMS];
    uint64_t allowed[ITEMS];
    struct placement_question q;
};

static void
instance_init(struct instance *in, uint32_t room_count)
{
    memset(in, 0, sizeof(*in));
    in->q = (struct placement_question){
        .room_count = room_count,
        .fixed = in->fixed,
        .loose = in->loose,
        .about = PLACEMENT_ABOUT_ALL,
        .node_limit = PLACEMENT_NODE_LIMIT,
    };
}

static void
fix(struct instance *in, uint32_t room, int64_t starts, int64_t ends)
{
    in->fixed[in->q.fixed_count++] = (struct placement_fixed){room, {starts, ends}};
}

static void
add(struct instance *in, int64_t starts, int64_t ends, uint32_t current_room)
{
    in->loose[in->q.loose_count++] = (struct placement_loose){{starts, ends}, current_room, NULL};
}

static bool
may_use(const struct placement_question *q, uint32_t i, uint32_t room)
{
    const struct placement_loose *loose = &q->loose[i];
    if (loose->allowed != NULL && (loose->allowed[room / 64] >> (room % 64) & 1) == 0)
        return false;
    for (uint32_t k = 0; k < q->fixed_count; k++) {
        if (q->fixed[k].room == room && span_overlaps(q->fixed[k].span, loose->span))
            return false;
    }
    return true;
}

/* Tries everything; writes the least number of items that have to leave their current room. */
static bool
brute_force(const struct placement_question *q, uint32_t i, uint32_t *rooms, uint32_t moves, uint32_t *least)
{
    if (i == q->loose_count) {
        *least = moves < *least ? moves : *least;
        return true;
    }
    bool found = false;
    for (uint32_t room = 0; room < q->room_count; room++) {
        bool free = may_use(q, i, room);
        for (uint32_t j = 0; free && j < i; j++)
            free = rooms[j] != room || !span_overlaps(q->loose[j].span, q->loose[i].span);
        uint32_t current = q->loose[i].current_room;
        uint32_t more = moves + (current != PLACEMENT_NO_ROOM && current != room);
        if (!free || more >= *least)
            continue;
        rooms[i] = room;
        found = brute_force(q, i + 1, rooms, more, least) || found;
    }
    return found;
}

static bool
is_possible(const struct placement_question *q, uint32_t *ret_least_moves)
{
    uint32_t rooms[ITEMS];
    *ret_least_moves = UINT32_MAX;
    return brute_force(q, 0, rooms, 0, ret_least_moves);
}

static void
check_rooms(const struct placement_question *q, const struct placement_answer *answer)
{
    uint32_t moved = 0;
    for (uint32_t i = 0; i < q->loose_count; i++) {
        assert_in_range(answer->rooms[i], 0, q->room_count - 1);
        assert_true(may_use(q, i, answer->rooms[i]));
        moved += q->loose[i].current_room != PLACEMENT_NO_ROOM && q->loose[i].current_room != answer->rooms[i];
        for (uint32_t j = 0; j < i; j++)
            assert_false(answer->rooms[i] == answer->rooms[j] && span_overlaps(q->loose[i].span, q->loose[j].span));
    }
    assert_int_equal(moved, answer->moved_count);
}

/* With the named fixed items alone it must be impossible already. */
static void
check_proof(const struct placement_question *q, const struct placement_answer *answer)
{
    struct placement_fixed kept[ITEMS];
    struct placement_question less = *q;
    less.fixed = kept;
    less.fixed_count = answer->in_the_way_count;
    for (uint32_t k = 0; k < answer->in_the_way_count; k++) {
        assert_true(k == 0 || answer->in_the_way[k - 1] < answer->in_the_way[k]);
        assert_in_range(answer->in_the_way[k], 0, q->fixed_count - 1);
        kept[k] = q->fixed[answer->in_the_way[k]];
    }
    uint32_t least;
    assert_false(is_possible(&less, &least));
    assert_true(answer->failing.starts < answer->failing.ends);
    for (uint32_t i = 0; i < q->loose_count; i++)
        assert_int_equal(answer->rooms[i], q->loose[i].current_room);
}

static struct placement_answer
solve(const struct placement_question *q, struct arena *arena)
{
    struct placement_answer answer;
    assert_true(placement_solve(q, arena, &answer));
    return answer;
}

/* Solves a small instance that is looked at as a whole, and compares. */
static enum placement_verdict
compare(const struct placement_question *q, struct arena *arena)
{
    arena_reset(arena);
    struct placement_answer answer = solve(q, arena);
    uint32_t least;
    bool possible = is_possible(q, &least);
    assert_int_equal(answer.verdict, possible ? PLACEMENT_FITS : PLACEMENT_IMPOSSIBLE);
    if (possible)
        check_rooms(q, &answer);
    else
        check_proof(q, &answer);
    return answer.verdict;
}

/* --- examples --- */

static void
two_pins_can_shut_out_a_stay_that_has_a_room_every_night(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 0, 1, 3);
    fix(&in, 1, 3, 5);
    add(&in, 2, 4, PLACEMENT_NO_ROOM);
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
    assert_int_equal(answer.in_the_way_count, 2);
    assert_true(span_equal(answer.failing, (struct span){2, 4}));
    assert_int_equal(answer.failing_short, 1);
    assert_int_equal(answer.nodes, 0);
}

static void
the_same_stay_fits_when_one_of_them_may_move(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 0, 1, 3);
    add(&in, 3, 5, 1);
    add(&in, 2, 4, PLACEMENT_NO_ROOM);
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    assert_int_equal(answer.rooms[0], 0);
    assert_int_equal(answer.rooms[1], 1);
    assert_int_equal(answer.moved_count, 1);
}

/* The stay [3,5) overlaps neither pin. The pin before forces [1,4) into room 1, the pin after forces [4,7) into room 0,
 * and each of the two shuts the stay out of its room. */
static void
pins_outside_the_nights_of_a_stay_can_shut_it_out(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 0, 0, 2);
    fix(&in, 1, 6, 8);
    add(&in, 1, 4, 1);
    add(&in, 4, 7, 0);
    add(&in, 3, 5, PLACEMENT_NO_ROOM);
    in.q.about = (struct span){3, 5};
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
    assert_int_equal(answer.in_the_way_count, 2);
    assert_int_equal(answer.failing_short, 0);
    for (uint32_t gone = 0; gone < 2; gone++) {
        struct instance less = in;
        less.q.loose = less.loose;
        less.q.fixed = less.fixed + gone;
        less.q.fixed_count = 1;
        answer = solve(&less.q, *state);
        assert_int_equal(answer.verdict, PLACEMENT_FITS);
        check_rooms(&less.q, &answer);
    }
}

static void
pins_that_do_not_matter_are_not_named(void **state)
{
    struct instance in;
    instance_init(&in, 3);
    fix(&in, 2, 0, 9);
    fix(&in, 0, 0, 2);
    fix(&in, 1, 6, 8);
    fix(&in, 0, 8, 9);
    fix(&in, 1, 0, 1);
    add(&in, 1, 4, 1);
    add(&in, 4, 7, 0);
    add(&in, 3, 5, PLACEMENT_NO_ROOM);
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
    assert_int_equal(answer.in_the_way_count, 3);
    assert_int_equal(answer.in_the_way[0], 0);
    assert_int_equal(answer.in_the_way[1], 1);
    assert_int_equal(answer.in_the_way[2], 2);
}

static void
more_stays_than_rooms_is_nobodys_pin(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 0, 7, 9);
    add(&in, 0, 4, 0);
    add(&in, 2, 6, 1);
    add(&in, 3, 8, PLACEMENT_NO_ROOM);
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
    assert_int_equal(answer.in_the_way_count, 0);
    assert_true(span_equal(answer.failing, (struct span){3, 4}));
    assert_int_equal(answer.failing_short, 1);
    assert_int_equal(answer.rooms[0], 0);
    assert_int_equal(answer.rooms[1], 1);
    assert_int_equal(answer.rooms[2], PLACEMENT_NO_ROOM);
}

static void
back_to_back_stays_share_a_room(void **state)
{
    struct instance in;
    instance_init(&in, 1);
    fix(&in, 0, 0, 2);
    add(&in, 2, 3, PLACEMENT_NO_ROOM);
    add(&in, 3, 7, PLACEMENT_NO_ROOM);
    fix(&in, 0, 7, 8);
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    check_rooms(&in.q, &answer);
}

static void
what_the_question_is_not_about_is_left_alone(void **state)
{
    struct instance in;
    instance_init(&in, 1);
    add(&in, 0, 3, 0);
    add(&in, 1, 2, 0); /* broken, but elsewhere */
    add(&in, 3, 5, PLACEMENT_NO_ROOM);
    add(&in, 9, 10, PLACEMENT_NO_ROOM);
    in.q.about = (struct span){3, 5};
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    assert_int_equal(answer.rooms[0], 0);
    assert_int_equal(answer.rooms[1], 0);
    assert_int_equal(answer.rooms[2], 0);
    assert_int_equal(answer.rooms[3], PLACEMENT_NO_ROOM);
    in.q.about = (struct span){2, 3};
    assert_int_equal(solve(&in.q, *state).verdict, PLACEMENT_IMPOSSIBLE);
}

static void
a_new_pin_makes_the_claim_under_it_move(void **state)
{
    struct instance in;
    instance_init(&in, 3);
    add(&in, 0, 4, 0);
    add(&in, 2, 6, 1);
    fix(&in, 0, 3, 5);
    in.q.about = in.fixed[0].span;
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    assert_int_equal(answer.moved_count, 1);
    assert_int_equal(answer.rooms[0], 2);
    assert_int_equal(answer.rooms[1], 1);
}

static void
an_item_that_is_allowed_no_room_is_impossible_without_pins(void **state)
{
    struct instance in;
    instance_init(&in, 2);
    add(&in, 0, 4, PLACEMENT_NO_ROOM);
    in.loose[0].allowed = in.allowed;
    struct placement_answer answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
    assert_int_equal(answer.in_the_way_count, 0);
    in.allowed[0] = 2;
    answer = solve(&in.q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    assert_int_equal(answer.rooms[0], 1);
}

static void
nothing_loose_always_fits_and_nothing_fits_into_no_room(void **state)
{
    struct instance in;
    instance_init(&in, 1);
    fix(&in, 0, 0, 4);
    assert_int_equal(solve(&in.q, *state).verdict, PLACEMENT_FITS);
    instance_init(&in, 0);
    assert_int_equal(solve(&in.q, *state).verdict, PLACEMENT_FITS);
    add(&in, 0, 4, PLACEMENT_NO_ROOM);
    assert_int_equal(solve(&in.q, *state).verdict, PLACEMENT_IMPOSSIBLE);
}

static void
an_arena_that_is_too_small_is_a_failure_not_an_answer(void **state)
{
    (void)state;
    struct instance in;
    instance_init(&in, 2);
    fix(&in, 0, 0, 2);
    fix(&in, 1, 6, 8);
    add(&in, 1, 4, 1);
    add(&in, 4, 7, 0);
    add(&in, 3, 5, PLACEMENT_NO_ROOM);
    int answered = 0;
    for (size_t limit = 0; limit < 1 << 14; limit += 64) {
        struct arena arena;
        struct placement_answer answer;
        arena_init(&arena, limit);
        if (placement_solve(&in.q, &arena, &answer)) {
            assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
            answered++;
        } else {
            assert_true(arena.overflowed);
            assert_int_equal(answered, 0);
        }
        arena_done(&arena);
    }
    assert_true(answered > 0);
}

/* --- brute force --- */

/* Adds an item that stays in `room`, or a loose one if that is room_count; false if the room is taken then. */
static bool
try_add(struct instance *in, uint32_t room, int64_t starts, int64_t ends)
{
    for (uint32_t k = 0; k < in->q.fixed_count; k++) {
        if (in->fixed[k].room == room && span_overlaps(in->fixed[k].span, (struct span){starts, ends}))
            return false;
    }
    if (room == in->q.room_count)
        add(in, starts, ends, PLACEMENT_NO_ROOM);
    else
        fix(in, room, starts, ends);
    return true;
}

/* All multisets of `left` more items out of the spans of `nights` nights, each loose or fixed to any room. */
static void
enumerate(const struct instance *in, int nights, int first, int left, uint32_t *counts, struct arena *arena)
{
    if (in->q.loose_count > 0)
        counts[compare(&in->q, arena)]++;
    if (left == 0)
        return;
    int number = 0;
    for (int starts = 0; starts < nights; starts++) {
        for (int ends = starts + 1; ends <= nights; ends++) {
            for (uint32_t room = 0; room <= in->q.room_count; room++, number++) {
                struct instance more = *in;
                more.q.fixed = more.fixed;
                more.q.loose = more.loose;
                if (number >= first && try_add(&more, room, starts, ends))
                    enumerate(&more, nights, number, left - 1, counts, arena);
            }
        }
    }
}

static void
every_small_house_agrees_with_trying_everything(void **state)
{
    static const struct {
        uint32_t rooms;
        int items, nights;
    } sizes[] = {{1, 5, 5}, {2, 4, 5}, {2, 5, 4}, {3, 4, 4}};
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        struct instance in;
        uint32_t counts[3] = {0};
        instance_init(&in, sizes[k].rooms);
        enumerate(&in, sizes[k].nights, 0, sizes[k].items, counts, *state);
        fprintf(stderr, "%u rooms, up to %d items, %d nights: %u fit, %u do not\n", sizes[k].rooms, sizes[k].items,
                sizes[k].nights, counts[PLACEMENT_FITS], counts[PLACEMENT_IMPOSSIBLE]);
        assert_int_equal(counts[PLACEMENT_UNPROVEN], 0);
        assert_true(counts[PLACEMENT_FITS] > 0 && counts[PLACEMENT_IMPOSSIBLE] > 0);
    }
}

/* Up to 8 items on up to 4 rooms; some fixed, some limited, some with a current room that may be taken. */
static void
make_random(struct instance *in, bool limited)
{
    instance_init(in, 1 + below(4));
    uint32_t items = 1 + below(8);
    int64_t nights = 3 + below(8);
    for (uint32_t k = 0; k < items; k++) {
        int64_t starts = below((uint32_t)nights), ends = starts + 1 + below((uint32_t)(nights - starts));
        bool free = below(3) == 0;
        uint32_t room = below(in->q.room_count);
        for (uint32_t j = 0; j < in->q.fixed_count; j++)
            free =
                free && !(in->fixed[j].room == room && span_overlaps(in->fixed[j].span, (struct span){starts, ends}));
        if (free) {
            fix(in, room, starts, ends);
            continue;
        }
        add(in, starts, ends, below(2) == 0 ? room : PLACEMENT_NO_ROOM);
        if (limited && below(3) == 0) {
            in->allowed[k] = 1 + below(15);
            in->loose[in->q.loose_count - 1].allowed = &in->allowed[k];
        }
    }
}

static void
random_houses_agree_with_trying_everything(void **state)
{
    uint32_t counts[3] = {0};
    seed = 11;
    for (int round = 0; round < 20000; round++) {
        struct instance in;
        make_random(&in, round % 2 == 1);
        counts[compare(&in.q, *state)]++;
    }
    fprintf(stderr, "random: %u fit, %u do not\n", counts[PLACEMENT_FITS], counts[PLACEMENT_IMPOSSIBLE]);
    assert_true(counts[PLACEMENT_FITS] > 2000 && counts[PLACEMENT_IMPOSSIBLE] > 2000);
}

/* Rooms cut into stays without a gap, many of them pinned; then some leave, and others of a length that there are rooms
 * for every night come instead. Here counting is often not enough, and first fit neither. */
static void
make_tight(struct instance *in)
{
    instance_init(in, 3 + below(3));
    int64_t nights = 6 + below(7);
    uint32_t depth[16] = {0};
    for (uint32_t room = 0; room < in->q.room_count; room++) {
        int64_t ends;
        for (int64_t starts = 0; starts < nights; starts = ends) {
            ends = starts + 1 + below(5);
            ends = ends > nights ? nights : ends;
            uint32_t fate = below(8);
            if (fate == 0)
                continue;
            for (int64_t night = starts; night < ends; night++)
                depth[night]++;
            if (fate < 4)
                fix(in, room, starts, ends);
            else
                add(in, starts, ends, PLACEMENT_NO_ROOM);
        }
    }
    for (int64_t starts = 0, ends; starts < nights; starts = ends) {
        for (ends = starts; ends < nights && depth[ends] < in->q.room_count; ends++) {
        }
        if (ends > starts)
            add(in, starts, ends, PLACEMENT_NO_ROOM);
        else
            ends++;
    }
}

static void
tight_houses_agree_with_trying_everything(void **state)
{
    uint32_t counts[3] = {0}, searched = 0, proofs = 0, most = 0;
    seed = 13;
    for (int round = 0; round < 6000; round++) {
        struct instance in;
        make_tight(&in);
        counts[compare(&in.q, *state)]++;
        struct placement_answer answer = solve(&in.q, *state);
        searched += answer.nodes > 0;
        proofs += answer.verdict == PLACEMENT_IMPOSSIBLE && answer.failing_short == 0;
        most = answer.nodes > most ? answer.nodes : most;
    }
    fprintf(stderr, "tight: %u fit, %u do not; %u searched, %u proven by search, at most %u choices\n",
            counts[PLACEMENT_FITS], counts[PLACEMENT_IMPOSSIBLE], searched, proofs, most);
    assert_true(searched > 10 && proofs > 60);
    assert_true(most < 2000);
}

/* Everyone has a room; one more comes. If nobody has to move for it, nobody does; if one has to, one does. */
static void
nobody_moves_without_need(void **state)
{
    uint32_t seen[4] = {0}, excess = 0;
    seed = 12;
    for (int round = 0; round < 20000; round++) {
        struct instance in;
        make_random(&in, false);
        uint32_t count = 0;
        for (uint32_t i = 0; i < in.q.loose_count; i++) {
            in.loose[i].current_room = PLACEMENT_NO_ROOM;
            bool is_free = false;
            for (uint32_t room = 0; room < in.q.room_count && !is_free; room++) {
                is_free = may_use(&in.q, i, room);
                for (uint32_t j = 0; j < count; j++)
                    is_free = is_free &&
                              !(in.loose[j].current_room == room && span_overlaps(in.loose[j].span, in.loose[i].span));
                if (is_free)
                    in.loose[i].current_room = room;
            }
            if (is_free)
                in.loose[count++] = in.loose[i];
        }
        in.q.loose_count = count;
        int64_t starts = below(6);
        add(&in, starts, starts + 1 + below(4), PLACEMENT_NO_ROOM);
        arena_reset(*state);
        struct placement_answer answer = solve(&in.q, *state);
        uint32_t least;
        if (!is_possible(&in.q, &least))
            continue;
        assert_int_equal(answer.verdict, PLACEMENT_FITS);
        check_rooms(&in.q, &answer);
        seen[least < 3 ? least : 3]++;
        excess += answer.moved_count - least;
        if (least <= 1)
            assert_int_equal(answer.moved_count, least);
    }
    fprintf(stderr, "least moves 0: %u, 1: %u, 2: %u, more: %u; moves beyond the least: %u\n", seen[0], seen[1],
            seen[2], seen[3], excess);
    assert_true(seen[1] > 100 && seen[2] > 5);
}

/* --- large --- */

struct house {
    struct placement_fixed *fixed;
    struct placement_loose *loose;
    struct placement_question q;
};

/* Cuts `nights` of each room into `per_room` stays, leaves out `vacant` percent of them, pins `pinned` percent of the
 * rest to where they are, and lets the others forget their rooms. So a solution exists. */
static void
plant(struct house *house, uint32_t rooms, uint32_t per_room, uint32_t nights, uint32_t pinned, uint32_t vacant,
      struct arena *arena)
{
    house->fixed = ARENA_ARRAY(arena, (size_t)rooms * per_room, struct placement_fixed);
    house->loose = ARENA_ARRAY(arena, (size_t)rooms * per_room, struct placement_loose);
    bool *cut = ARENA_ARRAY(arena, nights + 1, bool);
    assert_false(arena->overflowed);
    house->q = (struct placement_question){.room_count = rooms,
                                           .fixed = house->fixed,
                                           .loose = house->loose,
                                           .about = PLACEMENT_ABOUT_ALL,
                                           .node_limit = PLACEMENT_NODE_LIMIT};
    for (uint32_t room = 0; room < rooms; room++) {
        memset(cut, 0, nights * sizeof(*cut));
        cut[nights] = true;
        for (uint32_t cuts = 1; cuts < per_room;) {
            uint32_t at = 1 + below(nights - 1);
            cuts += !cut[at];
            cut[at] = true;
        }
        uint32_t starts = 0;
        for (uint32_t night = 1; night <= nights; night++) {
            if (!cut[night])
                continue;
            struct span span = {starts * DATE_DAY_MS, night * DATE_DAY_MS};
            starts = night;
            if (below(100) < vacant)
                continue;
            if (below(100) < pinned)
                house->fixed[house->q.fixed_count++] = (struct placement_fixed){room, span};
            else
                house->loose[house->q.loose_count++] = (struct placement_loose){span, PLACEMENT_NO_ROOM, NULL};
        }
    }
}

/* Counts how many of `rounds` planted houses are found with `node_limit`. None may be called impossible. */
static uint32_t
count_found(uint32_t pinned, uint32_t vacant, uint32_t rounds, uint32_t node_limit, uint32_t *ret_nodes)
{
    uint32_t found = 0;
    struct arena arena;
    arena_init(&arena, ARENA_LIMIT);
    *ret_nodes = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct house house;
        arena_reset(&arena);
        seed = round;
        plant(&house, 100, 5, 30, pinned, vacant, &arena);
        house.q.node_limit = node_limit;
        struct placement_answer answer = solve(&house.q, &arena);
        assert_int_not_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
        assert_true(answer.nodes <= node_limit);
        *ret_nodes = answer.nodes > *ret_nodes ? answer.nodes : *ret_nodes;
        if (answer.verdict == PLACEMENT_FITS) {
            check_rooms(&house.q, &answer);
            found++;
        }
    }
    arena_done(&arena);
    return found;
}

/* 100 rooms and about 500 stays over 30 nights. `least` is in percent of the houses. */
static void
planted_solutions_are_found(void **state)
{
    (void)state;
    static const struct {
        uint32_t pinned, vacant, rounds, least;
    } houses[] = {{0, 0, 50, 100},  {0, 20, 50, 100}, {30, 20, 50, 100}, {30, 10, 100, 99},
                  {30, 5, 100, 99}, {30, 2, 30, 90},  {60, 5, 30, 90},   {30, 0, 10, 40}};
    for (size_t k = 0; k < sizeof(houses) / sizeof(houses[0]); k++) {
        uint32_t nodes, ignored, rounds = houses[k].rounds;
        uint32_t first_fit = count_found(houses[k].pinned, houses[k].vacant, rounds, 0, &ignored);
        uint32_t found = count_found(houses[k].pinned, houses[k].vacant, rounds, PLACEMENT_NODE_LIMIT, &nodes);
        fprintf(stderr, "%u %% pinned, %u %% vacant: first fit %u, with search %u of %u; most choices %u\n",
                houses[k].pinned, houses[k].vacant, first_fit, found, rounds, nodes);
        assert_true(found >= first_fit);
        assert_true(found * 100 >= houses[k].least * rounds);
    }
}

static void
the_same_question_has_the_same_answer(void **state)
{
    struct house house;
    seed = 3;
    plant(&house, 40, 6, 30, 30, 1, *state);
    struct placement_answer a = solve(&house.q, *state), b = solve(&house.q, *state);
    assert_int_equal(a.verdict, b.verdict);
    assert_int_equal(a.nodes, b.nodes);
    assert_memory_equal(a.rooms, b.rooms, house.q.loose_count * sizeof(*a.rooms));
}

/* A house that is full and tightly pinned can't be settled by 300 choices; it says so, and nobody is sent anywhere. */
static void
the_limit_ends_the_search_with_unproven(void **state)
{
    struct house house;
    uint32_t unproven = 0;
    for (uint64_t round = 0; round < 10; round++) {
        arena_reset(*state);
        seed = round;
        plant(&house, 100, 5, 30, 30, 0, *state);
        house.q.node_limit = 300;
        struct placement_answer answer = solve(&house.q, *state);
        assert_true(answer.nodes <= 300);
        if (answer.verdict != PLACEMENT_UNPROVEN)
            continue;
        unproven++;
        assert_int_equal(answer.nodes, 300);
        for (uint32_t i = 0; i < house.q.loose_count; i++)
            assert_int_equal(answer.rooms[i], PLACEMENT_NO_ROOM);
    }
    assert_true(unproven > 0);
}

/* Without pins it fits exactly if no instant has more stays than rooms, at any size and without search. */
static void
without_pins_counting_is_enough(void **state)
{
    enum { MANY = 20000, NIGHTS = 730 };
    struct placement_loose *loose = ARENA_ARRAY(*state, MANY, struct placement_loose);
    static uint32_t depth[NIGHTS + 32];
    seed = 4;
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        int64_t starts = below(NIGHTS), nights = 1 + below(14);
        loose[i] = (struct placement_loose){{starts, starts + nights}, PLACEMENT_NO_ROOM, NULL};
        for (int64_t night = starts; night < starts + nights; night++) {
            depth[night]++;
            deepest = depth[night] > deepest ? depth[night] : deepest;
        }
    }
    struct placement_question q = {.room_count = deepest,
                                   .loose = loose,
                                   .loose_count = MANY,
                                   .about = PLACEMENT_ABOUT_ALL,
                                   .node_limit = PLACEMENT_NODE_LIMIT};
    struct placement_answer answer = solve(&q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    assert_int_equal(answer.nodes, 0);
    for (uint32_t i = 0; i < MANY; i++)
        loose[i].current_room = answer.rooms[i];
    answer = solve(&q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_FITS);
    assert_int_equal(answer.moved_count, 0);
    for (uint32_t i = 0; i < MANY; i++) { /* a room is lost */
        if (loose[i].current_room == deepest - 1)
            loose[i].current_room = PLACEMENT_NO_ROOM;
    }
    q.room_count = deepest - 1;
    answer = solve(&q, *state);
    assert_int_equal(answer.verdict, PLACEMENT_IMPOSSIBLE);
    assert_int_equal(answer.in_the_way_count, 0);
    assert_int_equal(answer.failing_short, 1);
    assert_int_equal(answer.nodes, 0);
}

/* The first start of a fixed item and the last end. */
static struct span
fixed_hull(const struct placement_question *q)
{
    struct span hull = {INT64_MAX, INT64_MIN};
    for (uint32_t i = 0; i < q->fixed_count; i++) {
        hull.starts = q->fixed[i].span.starts < hull.starts ? q->fixed[i].span.starts : hull.starts;
        hull.ends = q->fixed[i].span.ends > hull.ends ? q->fixed[i].span.ends : hull.ends;
    }
    return hull;
}

/* Whoever asks may leave it out where there are rooms enough for each night, as there are in these houses. */
static void
what_begins_after_all_that_is_fixed_or_ends_before_changes_no_answer(void **state)
{
    uint32_t left_out = 0, counts[3] = {0};
    seed = 17;
    for (int round = 0; round < 6000; round++) {
        struct instance in;
        make_tight(&in);
        struct placement_answer whole = solve(&in.q, *state);
        struct span hull = fixed_hull(&in.q);
        uint32_t kept = 0;
        for (uint32_t i = 0; i < in.q.loose_count; i++)
            if (span_overlaps(in.loose[i].span, hull))
                in.loose[kept++] = in.loose[i];
        left_out += in.q.loose_count - kept;
        in.q.loose_count = kept;
        assert_int_equal(solve(&in.q, *state).verdict, whole.verdict);
        counts[whole.verdict]++;
    }
    assert_true(left_out > 1000 && counts[PLACEMENT_FITS] > 1000 && counts[PLACEMENT_IMPOSSIBLE] > 100);
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

#define placement_unit_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        placement_unit_test(two_pins_can_shut_out_a_stay_that_has_a_room_every_night),
        placement_unit_test(the_same_stay_fits_when_one_of_them_may_move),
        placement_unit_test(pins_outside_the_nights_of_a_stay_can_shut_it_out),
        placement_unit_test(pins_that_do_not_matter_are_not_named),
        placement_unit_test(more_stays_than_rooms_is_nobodys_pin),
        placement_unit_test(back_to_back_stays_share_a_room),
        placement_unit_test(what_the_question_is_not_about_is_left_alone),
        placement_unit_test(a_new_pin_makes_the_claim_under_it_move),
        placement_unit_test(an_item_that_is_allowed_no_room_is_impossible_without_pins),
        placement_unit_test(nothing_loose_always_fits_and_nothing_fits_into_no_room),
        placement_unit_test(an_arena_that_is_too_small_is_a_failure_not_an_answer),
        placement_unit_test(every_small_house_agrees_with_trying_everything),
        placement_unit_test(random_houses_agree_with_trying_everything),
        placement_unit_test(tight_houses_agree_with_trying_everything),
        placement_unit_test(nobody_moves_without_need),
        placement_unit_test(planted_solutions_are_found),
        placement_unit_test(the_same_question_has_the_same_answer),
        placement_unit_test(the_limit_ends_the_search_with_unproven),
        placement_unit_test(without_pins_counting_is_enough),
        placement_unit_test(what_begins_after_all_that_is_fixed_or_ends_before_changes_no_answer),
    };
    return test_run("core/placement", tests);
}
