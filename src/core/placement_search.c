/* The exact half of placement: depth-first search with propagation, over kinds of gaps.
 *
 * Gaps that hold the same items are interchangeable, and intervals of which at most m overlap at any instant can be
 * spread over m equal gaps. So the search does not choose rooms: it chooses for each item a *kind* of gap, each kind
 * with a capacity, and rooms are given out at the end. That takes all symmetry between equal rooms out of the search;
 * all rooms without fixed items are one kind.
 *
 * State: for each item the set of kinds that are still possible; for each kind and instant the items placed there
 * (`depth`) and those placed or still possible (`count`). What follows from a choice is drawn at once:
 *  - a kind that is full at an instant is taken from the items there that are not placed;
 *  - an item with one kind left is placed, with none left the branch is dead;
 *  - `spare`: at each instant, the sum over kinds of min(capacity, count), less the items that are there. Below zero
 *    the branch is dead. At zero every kind must take all it can get: where count <= capacity, all of them are placed.
 *
 * A choice is binary: this item in this kind, or not. After a failure the second half holds on the level below and its
 * consequences are drawn there. The search restarts with growing limits, and keeps what it learned about which items
 * are in failures; a run that ends by itself is a proof. */
#include "core/placement_part.h"

#include <assert.h>
#include <string.h>

enum {
    FINDER_CELLS_MAX = 1 << 21,        /* kinds x instants */
    FINDER_CHOICES_MAX = 1 << 21,      /* items x kinds, and items x their instants */
    FINDER_RUN_FIRST = 250,            /* choices before the first restart; each run is half as long again */
    FINDER_STEPS_PER_NODE = 2000,      /* what a choice may cost on average, in steps of the inner loops */
    FINDER_KIND_MASK = (1u << 31) - 1, /* satisfies -Wconversion; there never are that many */
    FINDER_LOOK = 32,                  /* instants to either side when judging how tight a place is */
};

struct finder_kind {
    int32_t from, to;
    uint32_t room_class;
    uint32_t capacity;
    uint32_t first_gap; /* position in gap_order */
};

/* A step that can be undone: the item was placed in the kind, or the kind taken from the item's set. */
struct finder_trail {
    uint32_t item;
    unsigned kind : 31;
    unsigned placed : 1;
};

/* A choice that was made: what the trail was before it. */
struct finder_level {
    uint32_t trail_count;
    uint32_t item;
    uint32_t kind;
};

struct finder {
    const struct placement_part *part;
    const struct placement_gap *gaps;
    uint32_t item_count; /* those to be placed, numbered anew */
    uint32_t *items;     /* their numbers in the part */
    uint32_t kind_count;
    struct finder_kind *kinds;
    uint32_t *gap_order; /* gaps, kind by kind */
    size_t set_words;
    uint64_t *sets; /* item_count x set_words */
    uint32_t *set_sizes;
    uint32_t *placed;        /* kind or PLACEMENT_NONE */
    uint32_t *forced;        /* kind or PLACEMENT_NONE: in the queue */
    uint32_t *favourite;     /* kind it was in last, at first its current room's; or PLACEMENT_NONE */
    uint32_t *weights;       /* failures it was part of, and 1 */
    uint16_t *count, *depth; /* kind_count x time_count; more items than rooms at an instant was excluded before */
    int32_t *spare;
    uint32_t *at_first; /* per time: position in at_items */
    uint32_t *at_items;
    struct finder_trail *trail;
    uint32_t trail_count;
    struct finder_level *levels;
    uint32_t level_count;
    uint32_t unplaced_count;
    uint32_t *queue; /* items with an entry in `forced` */
    uint32_t queue_count;
    bool dead;
    bool recall;    /* this run prefers favourites */
    uint64_t steps; /* left */
};

static const struct placement_item *
finder_item(const struct finder *f, uint32_t i)
{
    return &f->part->items[f->items[i]];
}

static bool
finder_has(const struct finder *f, uint32_t i, uint32_t kind)
{
    return (f->sets[i * f->set_words + kind / 64] >> (kind % 64) & 1) != 0;
}

static size_t
finder_cell(const struct finder *f, uint32_t kind, int32_t time)
{
    return (size_t)kind * (size_t)f->part->time_count + (size_t)time;
}

static void
finder_spend(struct finder *f, uint64_t steps)
{
    f->steps -= steps < f->steps ? steps : f->steps;
}

static void
finder_force(struct finder *f, uint32_t i, uint32_t kind)
{
    if (f->forced[i] == kind || f->placed[i] == kind)
        return;
    if (f->forced[i] != PLACEMENT_NONE || f->placed[i] != PLACEMENT_NONE) {
        f->dead = true;
        f->weights[i]++;
        return;
    }
    f->forced[i] = kind;
    f->queue[f->queue_count++] = i;
}

/* All that can be in `kind` at `time` must be. */
static void
finder_force_cell(struct finder *f, uint32_t kind, int32_t time)
{
    finder_spend(f, f->at_first[time + 1] - f->at_first[time]);
    for (uint32_t k = f->at_first[time]; k < f->at_first[time + 1]; k++) {
        uint32_t i = f->at_items[k];
        if (f->placed[i] == PLACEMENT_NONE && finder_has(f, i, kind))
            finder_force(f, i, kind);
    }
}

/* There is nothing to spare at `time` any more. */
static void
finder_tighten(struct finder *f, int32_t time)
{
    finder_spend(f, f->kind_count);
    for (uint32_t kind = 0; kind < f->kind_count; kind++) {
        const struct finder_kind *k = &f->kinds[kind];
        if (k->from > time || time >= k->to)
            continue;
        size_t cell = finder_cell(f, kind, time);
        if (f->count[cell] <= k->capacity && f->depth[cell] < f->count[cell])
            finder_force_cell(f, kind, time);
    }
}

/* An instant that ended short is a failure of everyone there; without this the search does not learn where the house is
 * tight, and finds a third of what it finds with it. */
static void
finder_blame(struct finder *f, int32_t time)
{
    for (uint32_t k = f->at_first[time]; k < f->at_first[time + 1]; k++)
        f->weights[f->at_items[k]]++;
}

/* Item `i` can't be in `kind` any more. */
static void
finder_uncount(struct finder *f, uint32_t i, uint32_t kind)
{
    const struct placement_item *item = finder_item(f, i);
    uint32_t capacity = f->kinds[kind].capacity;
    finder_spend(f, (uint64_t)(item->to - item->from));
    for (int32_t t = item->from; t < item->to; t++) {
        uint32_t left = --f->count[finder_cell(f, kind, t)];
        if (left < capacity) {
            f->spare[t]--;
            if (f->spare[t] < 0) {
                if (!f->dead)
                    finder_blame(f, t);
                f->dead = true;
            } else if (f->spare[t] == 0) {
                finder_tighten(f, t);
            }
        } else if (left == capacity && f->spare[t] == 0) {
            finder_force_cell(f, kind, t);
        }
    }
}

static void
finder_take(struct finder *f, uint32_t i, uint32_t kind)
{
    f->sets[i * f->set_words + kind / 64] &= ~((uint64_t)1 << (kind % 64));
    f->set_sizes[i]--;
    f->trail[f->trail_count++] = (struct finder_trail){i, kind & FINDER_KIND_MASK, 0};
    finder_uncount(f, i, kind);
}

static uint32_t
finder_next_kind(const struct finder *f, uint32_t i, uint32_t kind)
{
    for (size_t word = kind / 64; word < f->set_words; word++) {
        uint64_t bits = f->sets[i * f->set_words + word];
        if (word == kind / 64)
            bits &= ~(uint64_t)0 << (kind % 64);
        if (bits != 0)
            return (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
    }
    return PLACEMENT_NONE;
}

static void
finder_forbid(struct finder *f, uint32_t i, uint32_t kind)
{
    finder_take(f, i, kind);
    if (f->set_sizes[i] == 0) {
        f->dead = true;
        f->weights[i]++;
    } else if (f->set_sizes[i] == 1) {
        finder_force(f, i, finder_next_kind(f, i, 0));
    }
}

static void
finder_place(struct finder *f, uint32_t i, uint32_t kind)
{
    const struct placement_item *item = finder_item(f, i);
    f->placed[i] = f->favourite[i] = kind;
    f->unplaced_count--;
    f->trail[f->trail_count++] = (struct finder_trail){i, kind & FINDER_KIND_MASK, 1};
    for (int32_t t = item->from; t < item->to; t++)
        f->depth[finder_cell(f, kind, t)]++;
    for (uint32_t k = finder_next_kind(f, i, 0); k != PLACEMENT_NONE; k = finder_next_kind(f, i, k + 1)) {
        if (k != kind)
            finder_take(f, i, k);
    }
    for (int32_t t = item->from; t < item->to && !f->dead; t++) {
        if (f->depth[finder_cell(f, kind, t)] < f->kinds[kind].capacity)
            continue;
        finder_spend(f, f->at_first[t + 1] - f->at_first[t]);
        for (uint32_t k = f->at_first[t]; k < f->at_first[t + 1]; k++) {
            uint32_t other = f->at_items[k];
            if (f->placed[other] == PLACEMENT_NONE && finder_has(f, other, kind))
                finder_forbid(f, other, kind);
        }
    }
}

static void
finder_undo(struct finder *f, uint32_t trail_count)
{
    while (f->trail_count > trail_count) {
        struct finder_trail *last = &f->trail[--f->trail_count];
        const struct placement_item *item = finder_item(f, last->item);
        uint32_t capacity = f->kinds[last->kind].capacity;
        if (last->placed) {
            f->placed[last->item] = PLACEMENT_NONE;
            f->unplaced_count++;
            for (int32_t t = item->from; t < item->to; t++)
                f->depth[finder_cell(f, last->kind, t)]--;
            continue;
        }
        f->sets[last->item * f->set_words + last->kind / 64] |= (uint64_t)1 << (last->kind % 64);
        f->set_sizes[last->item]++;
        for (int32_t t = item->from; t < item->to; t++) {
            if (f->count[finder_cell(f, last->kind, t)]++ < capacity)
                f->spare[t]++;
        }
    }
}

/* Works the queue off, and what joins it meanwhile; false when the branch is dead. The queue is empty afterwards. */
static bool
finder_propagate(struct finder *f)
{
    for (uint32_t at = 0; at < f->queue_count && !f->dead; at++) {
        uint32_t i = f->queue[at], kind = f->forced[i];
        if (f->placed[i] == PLACEMENT_NONE && finder_has(f, i, kind)) {
            finder_place(f, i, kind);
        } else if (f->placed[i] != kind) {
            f->dead = true;
            f->weights[i]++;
        }
    }
    for (uint32_t at = 0; at < f->queue_count; at++)
        f->forced[f->queue[at]] = PLACEMENT_NONE;
    f->queue_count = 0;
    bool alive = !f->dead;
    f->dead = false;
    return alive;
}

/* The item with the fewest kinds left per failure it was part of. */
static uint32_t
finder_choose_item(const struct finder *f)
{
    uint32_t best = PLACEMENT_NONE;
    for (uint32_t i = 0; i < f->item_count; i++) {
        if (f->placed[i] != PLACEMENT_NONE)
            continue;
        if (best == PLACEMENT_NONE ||
            (uint64_t)f->set_sizes[i] * f->weights[best] < (uint64_t)f->set_sizes[best] * f->weights[i])
            best = i;
    }
    return best;
}

/* How much unused time there would be on the sides of the item in this kind: first the tighter side, then the other. */
static uint32_t
finder_slack(const struct finder *f, const struct placement_item *item, uint32_t kind)
{
    const struct finder_kind *k = &f->kinds[kind];
    uint32_t before = 0, after = 0;
    for (int32_t t = item->from - 1; t >= k->from && before < FINDER_LOOK; t--, before++) {
        if (f->depth[finder_cell(f, kind, t)] == k->capacity)
            break;
    }
    for (int32_t t = item->to; t < k->to && after < FINDER_LOOK; t++, after++) {
        if (f->depth[finder_cell(f, kind, t)] == k->capacity)
            break;
    }
    uint32_t tighter = before < after ? before : after;
    return tighter * (FINDER_LOOK + 1) + before + after - tighter;
}

static uint32_t
finder_choose_kind(const struct finder *f, uint32_t i)
{
    if (f->recall && f->favourite[i] != PLACEMENT_NONE && finder_has(f, i, f->favourite[i]))
        return f->favourite[i];
    uint32_t best = PLACEMENT_NONE, best_slack = 0;
    for (uint32_t kind = finder_next_kind(f, i, 0); kind != PLACEMENT_NONE; kind = finder_next_kind(f, i, kind + 1)) {
        uint32_t slack = finder_slack(f, finder_item(f, i), kind);
        if (best == PLACEMENT_NONE || slack < best_slack) {
            best = kind;
            best_slack = slack;
        }
    }
    return best;
}

/* Goes back until a choice can be turned round without a contradiction; false when there is none: all is excluded. */
static bool
finder_backtrack(struct finder *f)
{
    while (f->level_count > 0) {
        struct finder_level level = f->levels[--f->level_count];
        finder_undo(f, level.trail_count);
        finder_forbid(f, level.item, level.kind);
        if (finder_propagate(f))
            return true;
    }
    return false;
}

/* Searches until the items are placed, all is excluded, or `limit` choices are used. */
static enum placement_search_result
finder_run(struct finder *f, uint32_t limit, uint32_t *nodes)
{
    for (uint32_t used = 0; f->unplaced_count > 0; used++) {
        if (used == limit || *nodes == 0 || f->steps == 0)
            return PLACEMENT_SEARCH_LIMIT;
        (*nodes)--;
        uint32_t i = finder_choose_item(f), kind = finder_choose_kind(f, i);
        finder_spend(f, f->item_count + f->set_sizes[i] * (uint64_t)FINDER_LOOK);
        f->levels[f->level_count++] = (struct finder_level){f->trail_count, i, kind};
        finder_place(f, i, kind);
        if (!finder_propagate(f) && !finder_backtrack(f))
            return PLACEMENT_SEARCH_EXCLUDED;
    }
    return PLACEMENT_SEARCH_FOUND;
}

/* Hands out pieces of one block; with a NULL block it only measures. */
struct finder_carve {
    unsigned char *block;
    size_t used;
};

static void *
finder_piece(struct finder_carve *carve, size_t count, size_t size)
{
    void *piece = carve->block == NULL ? NULL : carve->block + carve->used;
    carve->used += (count * size + 15) & ~(size_t)15;
    return piece;
}

static bool
finder_reserve(struct placement_block *memory, struct arena *arena, size_t size)
{
    if (memory->size >= size)
        return true;
    /* What was too small stays in the arena until the question is answered: doubling, all of it together is less than
     * three times the largest. */
    if (size < 2 * memory->size)
        size = 2 * memory->size < PLACEMENT_SEARCH_BYTES_MAX ? 2 * memory->size : PLACEMENT_SEARCH_BYTES_MAX;
    memory->ptr = arena_alloc(arena, size);
    memory->size = memory->ptr == NULL ? 0 : size;
    return memory->ptr != NULL;
}

/* What the number of kinds does not matter for. */
static void
finder_carve_small(struct finder *f, struct finder_carve *carve, size_t gaps, size_t items, size_t times)
{
    f->items = finder_piece(carve, items, sizeof(*f->items));
    f->set_sizes = finder_piece(carve, items, sizeof(*f->set_sizes));
    f->placed = finder_piece(carve, items, sizeof(*f->placed));
    f->forced = finder_piece(carve, items, sizeof(*f->forced));
    f->favourite = finder_piece(carve, items, sizeof(*f->favourite));
    f->weights = finder_piece(carve, items, sizeof(*f->weights));
    f->queue = finder_piece(carve, items, sizeof(*f->queue));
    f->levels = finder_piece(carve, items, sizeof(*f->levels));
    f->spare = finder_piece(carve, times, sizeof(*f->spare));
    f->at_first = finder_piece(carve, times + 1, sizeof(*f->at_first));
    f->gap_order = finder_piece(carve, gaps, sizeof(*f->gap_order));
    f->kinds = finder_piece(carve, gaps, sizeof(*f->kinds));
}

static void
finder_carve_large(struct finder *f, struct finder_carve *carve, size_t at_count, size_t choice_count)
{
    size_t cells = f->kind_count * (size_t)f->part->time_count;
    f->sets = finder_piece(carve, f->item_count * f->set_words, sizeof(*f->sets));
    f->count = finder_piece(carve, cells, sizeof(*f->count));
    f->depth = finder_piece(carve, cells, sizeof(*f->depth));
    f->at_items = finder_piece(carve, at_count, sizeof(*f->at_items));
    f->trail = finder_piece(carve, choice_count + f->item_count, sizeof(*f->trail));
}

/* Stable counting sort of f->gap_order by one of the keys of a kind. */
static void
finder_sort_gaps(struct finder *f, struct placement_space *space, uint32_t gap_count, const uint32_t *keys,
                 uint32_t key_count)
{
    uint32_t *bucket = space->bucket, *sorted = space->gap_previous;
    memset(bucket, 0, key_count * sizeof(*bucket));
    for (uint32_t k = 0; k < gap_count; k++)
        bucket[keys[f->gap_order[k]]]++;
    uint32_t position = 0;
    for (uint32_t k = 0; k < key_count; k++) {
        uint32_t count = bucket[k];
        bucket[k] = position;
        position += count;
    }
    for (uint32_t k = 0; k < gap_count; k++)
        sorted[bucket[keys[f->gap_order[k]]]++] = f->gap_order[k];
    memcpy(f->gap_order, sorted, gap_count * sizeof(*sorted));
}

/* Trims each gap to the first start and the last end of an item in it, drops those that can hold none, and groups the
 * rest into kinds. */
static void
finder_make_kinds(struct finder *f, struct placement_space *space)
{
    int32_t times = f->part->time_count;
    int32_t *next_start = (int32_t *)space->starts, *last_end = (int32_t *)space->ends; /* scratch, here */
    for (int32_t t = 0; t < times; t++) {
        next_start[t] = times;
        last_end[t] = -1;
    }
    for (uint32_t i = 0; i < f->item_count; i++) {
        next_start[finder_item(f, i)->from] = finder_item(f, i)->from;
        last_end[finder_item(f, i)->to] = finder_item(f, i)->to;
    }
    for (int32_t t = times - 2; t >= 0; t--)
        next_start[t] = next_start[t] < times ? next_start[t] : next_start[t + 1];
    for (int32_t t = 1; t < times; t++)
        last_end[t] = last_end[t] >= 0 ? last_end[t] : last_end[t - 1];

    uint32_t *keys = space->gap_next;
    uint32_t gap_count = 0;
    for (uint32_t gap = 0; gap < space->gap_count; gap++) {
        if (next_start[f->gaps[gap].from] < last_end[f->gaps[gap].to])
            f->gap_order[gap_count++] = gap;
    }
    for (uint32_t k = 0; k < gap_count; k++)
        keys[f->gap_order[k]] = (uint32_t)last_end[f->gaps[f->gap_order[k]].to];
    finder_sort_gaps(f, space, gap_count, keys, (uint32_t)times);
    for (uint32_t k = 0; k < gap_count; k++)
        keys[f->gap_order[k]] = (uint32_t)next_start[f->gaps[f->gap_order[k]].from];
    finder_sort_gaps(f, space, gap_count, keys, (uint32_t)times);
    for (uint32_t k = 0; k < gap_count; k++)
        keys[f->gap_order[k]] = f->part->room_class[f->gaps[f->gap_order[k]].room];
    finder_sort_gaps(f, space, gap_count, keys, f->part->room_count);

    f->kind_count = 0;
    for (uint32_t k = 0; k < gap_count; k++) {
        const struct placement_gap *gap = &f->gaps[f->gap_order[k]];
        struct finder_kind kind = {next_start[gap->from], last_end[gap->to], f->part->room_class[gap->room], 1, k};
        struct finder_kind *last = f->kind_count == 0 ? NULL : &f->kinds[f->kind_count - 1];
        if (last != NULL && last->from == kind.from && last->to == kind.to && last->room_class == kind.room_class)
            last->capacity++;
        else
            f->kinds[f->kind_count++] = kind;
    }
}

static bool
finder_may(const struct finder *f, uint32_t i, uint32_t kind)
{
    const struct placement_item *item = finder_item(f, i);
    const struct finder_kind *k = &f->kinds[kind];
    return k->from <= item->from && item->to <= k->to &&
           placement_allows(item, f->gaps[f->gap_order[k->first_gap]].room);
}

/* Lists per time of the items there; f->at_first was filled with positions. */
static void
finder_fill_lists(struct finder *f)
{
    for (uint32_t i = 0; i < f->item_count; i++) {
        for (int32_t t = finder_item(f, i)->from; t < finder_item(f, i)->to; t++)
            f->at_items[f->at_first[t]++] = i;
    }
    for (int32_t t = f->part->time_count; t > 0; t--)
        f->at_first[t] = f->at_first[t - 1];
    f->at_first[0] = 0;
}

static void
finder_fill_sets(struct finder *f)
{
    for (uint32_t i = 0; i < f->item_count; i++) {
        const struct placement_item *item = finder_item(f, i);
        for (uint32_t kind = 0; kind < f->kind_count; kind++) {
            if (!finder_may(f, i, kind))
                continue;
            f->sets[i * f->set_words + kind / 64] |= (uint64_t)1 << (kind % 64);
            f->set_sizes[i]++;
            for (int32_t t = item->from; t < item->to; t++)
                f->count[finder_cell(f, kind, t)]++;
        }
    }
}

/* At first an item's favourite is the kind of its current room's gap. */
static void
finder_fill_favourites(struct finder *f, uint32_t *room_items)
{
    memset(room_items, 0xff, f->part->room_count * sizeof(*room_items));
    for (uint32_t i = 0; i < f->item_count; i++) {
        uint32_t room = finder_item(f, i)->current_room;
        f->favourite[i] = PLACEMENT_NONE;
        f->forced[i] = PLACEMENT_NONE; /* next in the list of the room's items, here */
        if (room == PLACEMENT_NO_ROOM)
            continue;
        f->forced[i] = room_items[room];
        room_items[room] = i;
    }
    for (uint32_t kind = 0; kind < f->kind_count; kind++) {
        for (uint32_t k = 0; k < f->kinds[kind].capacity; k++) {
            uint32_t room = f->gaps[f->gap_order[f->kinds[kind].first_gap + k]].room;
            for (uint32_t i = room_items[room]; i != PLACEMENT_NONE; i = f->forced[i]) {
                if (finder_may(f, i, kind))
                    f->favourite[i] = kind;
            }
        }
    }
    memset(f->forced, 0xff, f->item_count * sizeof(*f->forced));
}

static void
finder_fill(struct finder *f, struct placement_space *space)
{
    size_t cells = f->kind_count * (size_t)f->part->time_count;
    memset(f->sets, 0, f->item_count * f->set_words * sizeof(*f->sets));
    memset(f->set_sizes, 0, f->item_count * sizeof(*f->set_sizes));
    memset(f->placed, 0xff, f->item_count * sizeof(*f->placed));
    memset(f->count, 0, cells * sizeof(*f->count));
    memset(f->depth, 0, cells * sizeof(*f->depth));
    for (uint32_t i = 0; i < f->item_count; i++)
        f->weights[i] = 1;
    finder_fill_lists(f);
    finder_fill_sets(f);
    finder_fill_favourites(f, space->room_gap);
    for (int32_t t = 0; t < f->part->time_count; t++) {
        f->spare[t] = -(int32_t)(f->at_first[t + 1] - f->at_first[t]);
        for (uint32_t kind = 0; kind < f->kind_count; kind++) {
            uint32_t count = f->count[finder_cell(f, kind, t)], capacity = f->kinds[kind].capacity;
            f->spare[t] += (int32_t)(count < capacity ? count : capacity);
        }
    }
}

/* What follows before the first choice; false when that is a contradiction. */
static bool
finder_begin(struct finder *f)
{
    for (uint32_t i = 0; i < f->item_count; i++) {
        if (f->set_sizes[i] == 0)
            return false;
        if (f->set_sizes[i] == 1)
            finder_force(f, i, finder_next_kind(f, i, 0));
    }
    for (int32_t t = 0; t < f->part->time_count; t++) {
        if (f->spare[t] < 0)
            return false;
        if (f->spare[t] == 0 && f->at_first[t] < f->at_first[t + 1])
            finder_tighten(f, t);
    }
    return finder_propagate(f);
}

/* Gives rooms within each kind: by start, the current room if it is free, else the one that was left last. There always
 * is one, because no more items of a kind overlap than it has gaps. */
static void
finder_give_rooms(const struct finder *f, struct placement_space *space, uint32_t *rooms)
{
    int32_t *free_from = (int32_t *)space->gap_previous; /* scratch, here; by position in gap_order */
    for (uint32_t k = 0; k < space->gap_count; k++)
        free_from[k] = -1;
    for (uint32_t i = 0; i < f->item_count; i++) {
        const struct placement_item *item = finder_item(f, i);
        const struct finder_kind *kind = &f->kinds[f->placed[i]];
        uint32_t best = PLACEMENT_NONE;
        for (uint32_t k = kind->first_gap; k < kind->first_gap + kind->capacity; k++) {
            if (free_from[k] > item->from)
                continue;
            if (f->gaps[f->gap_order[k]].room == item->current_room) {
                best = k;
                break;
            }
            if (best == PLACEMENT_NONE || free_from[k] > free_from[best])
                best = k;
        }
        assert(best != PLACEMENT_NONE);
        free_from[best] = item->to;
        rooms[f->items[i]] = f->gaps[f->gap_order[best]].room;
    }
}

static enum placement_search_result
finder_solve(struct finder *f, uint32_t *nodes)
{
    f->steps = (uint64_t)*nodes * FINDER_STEPS_PER_NODE;
    if (!finder_begin(f))
        return PLACEMENT_SEARCH_EXCLUDED;
    enum placement_search_result result = PLACEMENT_SEARCH_LIMIT;
    for (uint32_t limit = FINDER_RUN_FIRST; result == PLACEMENT_SEARCH_LIMIT; limit += limit / 2) {
        f->recall = !f->recall;
        result = finder_run(f, limit, nodes);
        if (result != PLACEMENT_SEARCH_LIMIT || *nodes == 0 || f->steps == 0)
            break;
        /* what was excluded without any choice stays excluded */
        if (f->level_count > 0)
            finder_undo(f, f->levels[0].trail_count);
        f->level_count = 0;
    }
    return result;
}

/* Numbers the items and counts them per time; returns the sum of their lengths. */
static size_t
finder_take_items(struct finder *f, const bool *todo)
{
    size_t at_count = 0;
    memset(f->at_first, 0, ((size_t)f->part->time_count + 1) * sizeof(*f->at_first));
    for (uint32_t i = 0; i < f->part->item_count; i++) {
        if (!todo[i])
            continue;
        const struct placement_item *item = &f->part->items[i];
        f->items[f->item_count++] = i;
        at_count += (size_t)(item->to - item->from);
        for (int32_t t = item->from; t < item->to && at_count <= FINDER_CHOICES_MAX; t++)
            f->at_first[t + 1]++;
    }
    for (int32_t t = 0; t < f->part->time_count; t++)
        f->at_first[t + 1] += f->at_first[t];
    return at_count;
}

static size_t
finder_count_choices(const struct finder *f)
{
    size_t choice_count = 0;
    for (uint32_t i = 0; i < f->item_count; i++) {
        for (uint32_t kind = 0; kind < f->kind_count; kind++)
            choice_count += finder_may(f, i, kind);
    }
    return choice_count;
}

enum placement_search_result
placement_search(struct placement_space *space, const struct placement_part *part, const bool *todo, uint32_t *nodes,
                 struct placement_search_memory *memory, struct arena *arena, uint32_t *rooms)
{
    if (*nodes == 0)
        return PLACEMENT_SEARCH_LIMIT;
    struct finder f = {.part = part, .gaps = space->gaps};
    size_t times = (size_t)part->time_count;
    struct finder_carve carve = {NULL, 0};
    finder_carve_small(&f, &carve, space->gap_count, part->item_count, times);
    if (!finder_reserve(&memory->small, arena, carve.used))
        return PLACEMENT_SEARCH_OVERFLOW;
    carve = (struct finder_carve){memory->small.ptr, 0};
    finder_carve_small(&f, &carve, space->gap_count, part->item_count, times);

    size_t at_count = finder_take_items(&f, todo);
    if (f.item_count == 0)
        return PLACEMENT_SEARCH_FOUND;
    finder_make_kinds(&f, space);
    if (f.kind_count * times > FINDER_CELLS_MAX || (size_t)f.kind_count * f.item_count > FINDER_CHOICES_MAX ||
        at_count > FINDER_CHOICES_MAX)
        return PLACEMENT_SEARCH_LIMIT;
    f.set_words = f.kind_count / 64 + 1;
    f.unplaced_count = f.item_count;
    size_t choice_count = finder_count_choices(&f);
    carve = (struct finder_carve){NULL, 0};
    finder_carve_large(&f, &carve, at_count, choice_count);
    if (carve.used > PLACEMENT_SEARCH_BYTES_MAX)
        return PLACEMENT_SEARCH_LIMIT;
    if (!finder_reserve(&memory->large, arena, carve.used))
        return PLACEMENT_SEARCH_OVERFLOW;
    carve = (struct finder_carve){memory->large.ptr, 0};
    finder_carve_large(&f, &carve, at_count, choice_count);

    finder_fill(&f, space);
    enum placement_search_result result = finder_solve(&f, nodes);
    if (result == PLACEMENT_SEARCH_FOUND)
        finder_give_rooms(&f, space, rooms);
    return result;
}
