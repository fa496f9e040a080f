/* The cheap half of placement: gaps, first fit, and the proof by counting.
 *
 * First fit sweeps over time. It keeps the gaps that are open and unused in lists by their deadline (the instant at
 * which something fixed begins), and gives each starting item the gap with the earliest deadline that is not before its
 * end. A bitmap with a summary over the deadlines makes finding that one O(1) in practice; the whole sweep is linear
 * after the sorting that the part comes with. Backwards is the same sweep over a mirrored clock. */
#include "core/placement_part.h"

#include <string.h>

bool
placement_space_init(struct placement_space *space, const struct placement_part *part, uint32_t busy_capacity,
                     struct arena *arena)
{
    size_t times = (size_t)part->time_count, gaps = (size_t)part->room_count + busy_capacity;
    size_t buckets = times > part->room_count ? times : part->room_count;
    *space = (struct placement_space){
        .busy = ARENA_ARRAY(arena, busy_capacity, struct placement_busy),
        .busy_sorted = ARENA_ARRAY(arena, busy_capacity, struct placement_busy),
        .busy_capacity = busy_capacity,
        .gaps = ARENA_ARRAY(arena, gaps, struct placement_gap),
        .bucket = ARENA_ARRAY(arena, buckets + 1, uint32_t),
        .opens = ARENA_ARRAY(arena, times, uint32_t),
        .starts = ARENA_ARRAY(arena, times, uint32_t),
        .ends = ARENA_ARRAY(arena, times, uint32_t),
        .free_at = ARENA_ARRAY(arena, times, uint32_t),
        .deadlines = ARENA_ARRAY(arena, times / 64 + 1, uint64_t),
        .deadlines_summary = ARENA_ARRAY(arena, times / 4096 + 1, uint64_t),
        .gap_next = ARENA_ARRAY(arena, gaps, uint32_t),
        .gap_previous = ARENA_ARRAY(arena, gaps, uint32_t),
        .gap_free = ARENA_ARRAY(arena, gaps, bool),
        .item_next = ARENA_ARRAY(arena, part->item_count, uint32_t),
        .item_gap = ARENA_ARRAY(arena, part->item_count, uint32_t),
        .room_gap = ARENA_ARRAY(arena, part->room_count, uint32_t),
    };
    return !arena->overflowed;
}

/* Turns counts per bucket into the position where each bucket begins. */
static void
placement_counts_to_positions(uint32_t *bucket, uint32_t bucket_count)
{
    uint32_t position = 0;
    for (uint32_t i = 0; i < bucket_count; i++) {
        uint32_t count = bucket[i];
        bucket[i] = position;
        position += count;
    }
}

/* Two stable counting sorts: by from, then by room. */
static void
placement_sort_busy(struct placement_space *space, const struct placement_part *part)
{
    uint32_t *bucket = space->bucket;
    memset(bucket, 0, (size_t)part->time_count * sizeof(*bucket));
    for (uint32_t i = 0; i < space->busy_count; i++)
        bucket[space->busy[i].from]++;
    placement_counts_to_positions(bucket, (uint32_t)part->time_count);
    for (uint32_t i = 0; i < space->busy_count; i++)
        space->busy_sorted[bucket[space->busy[i].from]++] = space->busy[i];

    memset(bucket, 0, part->room_count * sizeof(*bucket));
    for (uint32_t i = 0; i < space->busy_count; i++)
        bucket[space->busy_sorted[i].room]++;
    placement_counts_to_positions(bucket, part->room_count);
    for (uint32_t i = 0; i < space->busy_count; i++)
        space->busy[bucket[space->busy_sorted[i].room]++] = space->busy_sorted[i];
}

static void
placement_add_gap(struct placement_space *space, uint32_t room, int32_t from, int32_t to)
{
    if (from < to)
        space->gaps[space->gap_count++] = (struct placement_gap){room, from, to};
}

void
placement_find_gaps(struct placement_space *space, const struct placement_part *part)
{
    placement_sort_busy(space, part);
    space->gap_count = 0;
    uint32_t at = 0;
    for (uint32_t room = 0; room < part->room_count; room++) {
        int32_t from = 0;
        for (; at < space->busy_count && space->busy[at].room == room; at++) {
            placement_add_gap(space, room, from, space->busy[at].from);
            if (space->busy[at].to > from)
                from = space->busy[at].to;
        }
        placement_add_gap(space, room, from, part->time_count - 1);
    }
}

/* The sweep: what placement_fit() needs at hand while it runs. */
struct placement_sweep {
    struct placement_space *space;
    const struct placement_part *part;
    struct placement_fit_way way;
};

static int32_t
placement_mirror(const struct placement_sweep *sweep, int32_t time)
{
    return sweep->way.backwards ? sweep->part->time_count - 1 - time : time;
}

static int32_t
placement_sweep_end(const struct placement_sweep *sweep, const struct placement_item *item)
{
    return placement_mirror(sweep, sweep->way.backwards ? item->from : item->to);
}

static int32_t
placement_sweep_deadline(const struct placement_sweep *sweep, uint32_t gap)
{
    const struct placement_gap *g = &sweep->space->gaps[gap];
    return placement_mirror(sweep, sweep->way.backwards ? g->from : g->to);
}

static void
placement_push(uint32_t *head, uint32_t *next, uint32_t what)
{
    next[what] = *head;
    *head = what;
}

/* Lists per time of the gaps that open and of the items that start then. What is pushed last comes first, so the items
 * are pushed in the order of their ends, or against it. */
static void
placement_sweep_prepare(const struct placement_sweep *sweep, const bool *todo)
{
    struct placement_space *space = sweep->space;
    const struct placement_part *part = sweep->part;
    size_t times = (size_t)part->time_count;
    memset(space->opens, 0xff, times * sizeof(*space->opens));
    memset(space->starts, 0xff, times * sizeof(*space->starts));
    memset(space->ends, 0xff, times * sizeof(*space->ends));
    memset(space->free_at, 0xff, times * sizeof(*space->free_at));
    memset(space->deadlines, 0, (times / 64 + 1) * sizeof(*space->deadlines));
    memset(space->deadlines_summary, 0, (times / 4096 + 1) * sizeof(*space->deadlines_summary));
    memset(space->room_gap, 0xff, part->room_count * sizeof(*space->room_gap));
    for (uint32_t gap = 0; gap < space->gap_count; gap++) {
        int32_t opens = placement_mirror(sweep, sweep->way.backwards ? space->gaps[gap].to : space->gaps[gap].from);
        placement_push(&space->opens[opens], space->gap_next, gap);
        space->gap_free[gap] = false;
    }
    bool ascending = sweep->way.backwards == sweep->way.short_first;
    for (uint32_t k = 0; k < part->item_count; k++) {
        uint32_t at = ascending ? k : part->item_count - 1 - k;
        uint32_t i = sweep->way.backwards ? at : part->by_end[at];
        if (!todo[i])
            continue;
        int32_t starts = placement_mirror(sweep, sweep->way.backwards ? part->items[i].to : part->items[i].from);
        placement_push(&space->starts[starts], space->item_next, i);
    }
}

static void
placement_release_gap(const struct placement_sweep *sweep, uint32_t gap)
{
    struct placement_space *space = sweep->space;
    uint32_t deadline = (uint32_t)placement_sweep_deadline(sweep, gap);
    uint32_t first = space->free_at[deadline];
    placement_push(&space->free_at[deadline], space->gap_next, gap);
    space->gap_previous[gap] = PLACEMENT_NONE;
    if (first != PLACEMENT_NONE)
        space->gap_previous[first] = gap;
    space->gap_free[gap] = true;
    space->deadlines[deadline / 64] |= (uint64_t)1 << (deadline % 64);
    space->deadlines_summary[deadline / 4096] |= (uint64_t)1 << (deadline / 64 % 64);
}

static void
placement_take_gap(const struct placement_sweep *sweep, uint32_t gap)
{
    struct placement_space *space = sweep->space;
    uint32_t deadline = (uint32_t)placement_sweep_deadline(sweep, gap);
    uint32_t next = space->gap_next[gap], previous = space->gap_previous[gap];
    if (next != PLACEMENT_NONE)
        space->gap_previous[next] = previous;
    if (previous != PLACEMENT_NONE)
        space->gap_next[previous] = next;
    else
        space->free_at[deadline] = next;
    space->gap_free[gap] = false;
    if (space->free_at[deadline] != PLACEMENT_NONE)
        return;
    space->deadlines[deadline / 64] &= ~((uint64_t)1 << (deadline % 64));
    if (space->deadlines[deadline / 64] == 0)
        space->deadlines_summary[deadline / 4096] &= ~((uint64_t)1 << (deadline / 64 % 64));
}

/* The first deadline at or after `at` with a free gap; PLACEMENT_NONE if there is none. */
static uint32_t
placement_next_deadline(const struct placement_space *space, uint32_t time_count, uint32_t at)
{
    if (at >= time_count)
        return PLACEMENT_NONE;
    uint64_t word = space->deadlines[at / 64] >> (at % 64);
    if (word != 0)
        return at + (uint32_t)__builtin_ctzll(word);
    uint32_t block = at / 64 + 1, block_count = time_count / 64 + 1;
    while (block < block_count) {
        uint64_t summary = space->deadlines_summary[block / 64] >> (block % 64);
        if (summary != 0) {
            block += (uint32_t)__builtin_ctzll(summary);
            return block * 64 + (uint32_t)__builtin_ctzll(space->deadlines[block]);
        }
        block = (block / 64 + 1) * 64;
    }
    return PLACEMENT_NONE;
}

/* The gap an item gets at its start: its current room's if that is wished and possible, else the tightest. */
static uint32_t
placement_choose_gap(const struct placement_sweep *sweep, const struct placement_item *item)
{
    const struct placement_space *space = sweep->space;
    int32_t end = placement_sweep_end(sweep, item);
    if (sweep->way.keep_current && item->current_room != PLACEMENT_NO_ROOM &&
        placement_allows(item, item->current_room)) {
        uint32_t gap = space->room_gap[item->current_room];
        if (gap != PLACEMENT_NONE && space->gap_free[gap] && placement_sweep_deadline(sweep, gap) >= end)
            return gap;
    }
    uint32_t times = (uint32_t)sweep->part->time_count;
    uint32_t deadline = placement_next_deadline(space, times, (uint32_t)end);
    for (; deadline != PLACEMENT_NONE; deadline = placement_next_deadline(space, times, deadline + 1)) {
        for (uint32_t gap = space->free_at[deadline]; gap != PLACEMENT_NONE; gap = space->gap_next[gap]) {
            if (placement_allows(item, space->gaps[gap].room))
                return gap;
        }
    }
    return PLACEMENT_NONE;
}

/* Gaps that open now become free; of those that open together the lowest room ends up in front, because they were
 * pushed, and are released, in turn. */
static void
placement_open_gaps(const struct placement_sweep *sweep, uint32_t time)
{
    struct placement_space *space = sweep->space;
    uint32_t next;
    for (uint32_t gap = space->opens[time]; gap != PLACEMENT_NONE; gap = next) {
        next = space->gap_next[gap];
        space->room_gap[space->gaps[gap].room] = gap;
        placement_release_gap(sweep, gap);
    }
}

uint32_t
placement_fit(struct placement_space *space, const struct placement_part *part, const bool *todo,
              struct placement_fit_way way, uint32_t *rooms)
{
    const struct placement_sweep sweep = {space, part, way};
    placement_sweep_prepare(&sweep, todo);
    uint32_t without_room = 0;
    for (uint32_t time = 0; time < (uint32_t)part->time_count; time++) {
        uint32_t next;
        for (uint32_t i = space->ends[time]; i != PLACEMENT_NONE; i = space->item_next[i])
            placement_release_gap(&sweep, space->item_gap[i]);
        placement_open_gaps(&sweep, time);
        for (uint32_t i = space->starts[time]; i != PLACEMENT_NONE; i = next) {
            next = space->item_next[i];
            uint32_t gap = placement_choose_gap(&sweep, &part->items[i]);
            if (gap == PLACEMENT_NONE) {
                rooms[i] = PLACEMENT_NO_ROOM;
                without_room++;
                continue;
            }
            placement_take_gap(&sweep, gap);
            rooms[i] = space->gaps[gap].room;
            space->item_gap[i] = gap;
            placement_push(&space->ends[placement_sweep_end(&sweep, &part->items[i])], space->item_next, i);
        }
    }
    return without_room;
}

/* For each start u, goes through the ends v after it: an item that covers [u, v) needs a gap that does, and no two of
 * them share one. (Matching the items at one instant to the gaps at it, each to one that contains it, is possible for
 * all of them exactly if no such [u, v) around the instant is short: take the items by their starts, give each the
 * open gap with the earliest deadline that will do; where one gets none, its start and the smallest end among those it
 * competes with are a short stretch. So this finds whatever can be found by looking at one instant at a time.) */
bool
placement_find_shortage(struct placement_space *space, const struct placement_part *part,
                        struct placement_shortage *ret_shortage)
{
    size_t times = (size_t)part->time_count;
    uint32_t *item_ends = space->ends, *gap_ends = space->free_at; /* counts, here */
    memset(item_ends, 0, times * sizeof(*item_ends));
    memset(gap_ends, 0, times * sizeof(*gap_ends));
    memset(space->opens, 0xff, times * sizeof(*space->opens));
    for (uint32_t gap = 0; gap < space->gap_count; gap++)
        placement_push(&space->opens[space->gaps[gap].from], space->gap_next, gap);

    uint32_t item_at = 0, items = 0, gaps = 0;
    int32_t best = INT32_MAX;
    for (int32_t u = 0; u < part->time_count; u++) {
        items -= item_ends[u];
        gaps -= gap_ends[u];
        for (; item_at < part->item_count && part->items[item_at].from == u; item_at++, items++)
            item_ends[part->items[item_at].to]++;
        for (uint32_t gap = space->opens[u]; gap != PLACEMENT_NONE; gap = space->gap_next[gap], gaps++)
            gap_ends[space->gaps[gap].to]++;
        uint32_t needed = items, available = gaps;
        for (int32_t v = u + 1; needed > 0 && v - u < best; v++) {
            if (needed > available) {
                best = v - u;
                *ret_shortage = (struct placement_shortage){u, v, needed, available};
                break;
            }
            needed -= item_ends[v];
            available -= gap_ends[v];
        }
    }
    return best != INT32_MAX;
}
