/* The exact search by itself, without the first fit that spares it most of its work: against brute force. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/placement_part.h"
#include "tests/support/chance.h"

enum { ROOMS = 5, ITEMS = 24, NIGHTS = 10 };

static uint64_t seed;

static uint32_t
below(uint32_t limit)
{
    return chance_below(&seed, limit);
}

struct trial {
    struct placement_part part;
    struct placement_item items[ITEMS];
    uint32_t by_end[ITEMS];
    uint32_t room_class[ROOMS];
    bool taken[ROOMS][NIGHTS];
    uint64_t allowed;
    struct placement_space space;
};

/* Items by start; `pinned` of eight stretches are taken, and in a limited trial some items may use the low rooms only.
 */
static void
make_trial(struct trial *trial, uint32_t pinned, bool limited, struct arena *arena)
{
    memset(trial, 0, sizeof(*trial));
    struct placement_part *part = &trial->part;
    *part = (struct placement_part){.room_count = 1 + below(ROOMS),
                                    .time_count = NIGHTS + 1,
                                    .items = trial->items,
                                    .by_end = trial->by_end,
                                    .room_class = trial->room_class,
                                    .limited = limited};
    uint32_t starts_at[NIGHTS][ITEMS], count_at[NIGHTS] = {0}, item_count = 0;
    for (uint32_t room = 0; room < part->room_count; room++) {
        uint32_t to;
        for (uint32_t from = 0; from < NIGHTS; from = to) {
            to = from + 1 + below(5);
            to = to > NIGHTS ? NIGHTS : to;
            uint32_t fate = below(8);
            if (fate < pinned)
                memset(trial->taken[room] + from, true, to - from);
            else if (fate < 7 && item_count < ITEMS && ++item_count > 0)
                starts_at[from][count_at[from]++] = below(6) > 0 || to == NIGHTS ? to : to + 1;
        }
    }
    trial->allowed = 1 + below(1u << part->room_count);
    for (uint32_t room = 0; room < part->room_count; room++)
        trial->room_class[room] = limited && (trial->allowed >> room & 1) != 0;
    for (uint32_t from = 0; from < NIGHTS; from++) {
        for (uint32_t k = 0; k < count_at[from]; k++) {
            uint32_t current = below(2) == 0 ? PLACEMENT_NO_ROOM : below(part->room_count);
            trial->items[part->item_count++] = (struct placement_item){
                (int32_t)from, (int32_t)starts_at[from][k], current, limited && below(3) == 0 ? &trial->allowed : NULL};
        }
    }
    assert_true(placement_space_init(&trial->space, part, ROOMS * NIGHTS, arena));
    for (uint32_t room = 0; room < part->room_count; room++) {
        for (int32_t night = 0; night < NIGHTS; night++) {
            if (trial->taken[room][night])
                trial->space.busy[trial->space.busy_count++] = (struct placement_busy){room, night, night + 1};
        }
    }
    placement_find_gaps(&trial->space, part);
}

/* Takes or gives back the nights of item `i` in `room`; false, and nothing taken, if it can't be there. */
static bool
occupy(struct trial *trial, uint32_t i, uint32_t room)
{
    const struct placement_item *item = &trial->items[i];
    if (!placement_allows(item, room))
        return false;
    for (int32_t night = item->from; night < item->to; night++) {
        if (trial->taken[room][night])
            return false;
    }
    memset(trial->taken[room] + item->from, true, (size_t)(item->to - item->from));
    return true;
}

static bool
brute_force(struct trial *trial, uint32_t i)
{
    if (i == trial->part.item_count)
        return true;
    for (uint32_t room = 0; room < trial->part.room_count; room++) {
        if (!occupy(trial, i, room))
            continue;
        bool found = brute_force(trial, i + 1);
        memset(trial->taken[room] + trial->items[i].from, false, (size_t)(trial->items[i].to - trial->items[i].from));
        if (found)
            return true;
    }
    return false;
}

static void
check_trials(uint32_t pinned, bool limited, struct arena *arena)
{
    static struct trial trial;
    bool todo[ITEMS];
    uint32_t counts[4] = {0}, most = 0, choices = 0;
    memset(todo, true, sizeof(todo));
    for (int round = 0; round < 5000; round++) {
        uint32_t rooms[ITEMS], nodes = 5000;
        struct placement_search_memory memory = {0};
        arena_reset(arena);
        make_trial(&trial, pinned, limited, arena);
        enum placement_search_result result =
            placement_search(&trial.space, &trial.part, todo, &nodes, &memory, arena, rooms);
        counts[result]++;
        choices += 5000 - nodes;
        most = 5000 - nodes > most ? 5000 - nodes : most;
        assert_int_equal(result, brute_force(&trial, 0) ? PLACEMENT_SEARCH_FOUND : PLACEMENT_SEARCH_EXCLUDED);
        for (uint32_t i = 0; result == PLACEMENT_SEARCH_FOUND && i < trial.part.item_count; i++)
            assert_true(occupy(&trial, i, rooms[i]));
    }
    fprintf(stderr, "%u of 8 pinned%s: %u found, %u excluded, %u choices, at most %u\n", pinned,
            limited ? ", limited" : "", counts[PLACEMENT_SEARCH_FOUND], counts[PLACEMENT_SEARCH_EXCLUDED], choices,
            most);
    assert_true(counts[PLACEMENT_SEARCH_FOUND] > 500 && counts[PLACEMENT_SEARCH_EXCLUDED] > 500);
    assert_true(choices > 1000);
}

static void
the_search_agrees_with_trying_everything(void **state)
{
    seed = 21;
    check_trials(1, false, *state);
    check_trials(2, false, *state);
    check_trials(4, false, *state);
}

static void
the_search_respects_what_items_are_allowed(void **state)
{
    seed = 22;
    check_trials(1, true, *state);
    check_trials(3, true, *state);
}

static int
set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, 1 << 24);
    *state = &arena;
    return 0;
}

static int
tear_down(void **state)
{
    arena_done(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_search_agrees_with_trying_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_search_respects_what_items_are_allowed, set_up, tear_down),
    };
    return test_run("core/placement_search", tests);
}
