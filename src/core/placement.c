/* A question is cut into parts that hang together by overlapping loose items; each part it is about goes through these
 * steps until one of them answers:
 *
 *   1. Everyone stays where they are, and those without a room get what is left.
 *   2. Who is still without takes a room from the fewest others, and these get what is left.
 *   3. Counting: a stretch that more items need as a whole than there are rooms free for it proves that nothing fits.
 *   4. First fit with those who overlap someone without a room, then with everyone: four ways each.
 *   5. The exact search, of the items among the fixed ones only.
 *
 * Without fixed items (and allowed sets) this never searches, and needs not: rooms are then all the same, and intervals
 * fit into as many rooms as overlap at the worst instant. Proof: give rooms in order of start; when an item starts, the
 * rooms in use are those of the other items that contain that instant, which are fewer than the rooms; a free room
 * exists, and nothing that starts earlier is still to come. So step 3 finds a stretch (of one instant) or first fit
 * succeeds whatever room it picks, and it may pick the current one.
 *
 * The same proof lets step 5 leave out what starts after the end of the last fixed item or ends before the start of the
 * first: whatever the search finds for the rest can be continued by first fit, forwards after it and backwards before.
 */
#include "core/placement.h"
#include "core/placement_part.h"

#include <assert.h>
#include <string.h>

enum {
    PLACEMENT_REPAIR_ITEMS = 4,   /* at most so many without a room for step 2 */
    PLACEMENT_REPAIR_ROOMS = 8,   /* rooms tried for each of them */
    PLACEMENT_BACK_ROUNDS = 4,    /* of sending items back to their current rooms */
    PLACEMENT_PROOF_TRIES = 48,   /* attempts to make a proof smaller */
    PLACEMENT_PROOF_NODES = 1000, /* choices in each of them */
};

/* A time and the item it belongs to, for sorting. */
struct placement_key {
    int64_t time;
    uint32_t item;
};

struct placement_solver {
    const struct placement_question *question;
    struct placement_answer *answer;
    uint32_t *rooms;      /* of the answer: per loose item of the question */
    uint32_t *in_the_way; /* of the answer; room for all fixed items */
    struct arena *arena;
    uint32_t nodes; /* left */

    struct placement_key *by_start; /* all loose items */
    struct placement_key *by_fixed_start;
    struct placement_key *scratch;

    /* the part at hand; arrays sized for the largest */
    struct placement_part part;
    struct placement_space space;
    struct placement_search_memory memory;
    struct placement_item *items;
    uint32_t *loose; /* per item: its number in the question */
    struct placement_key *ends;
    uint32_t *by_end;
    int64_t *times;
    uint32_t *room_class, *class_map;
    struct placement_busy *fixed; /* the fixed items around the part */
    uint32_t *fixed_number;       /* their numbers in the question */
    bool *fixed_active;           /* false: left out, to see whether it still is impossible */
    uint32_t fixed_count;
    uint32_t *item_rooms, *rooms_before;
    bool *todo;
    uint32_t *room_marks;
};

/* Stable merge sort from below; the result is in `keys`. */
static void
placement_sort_keys(struct placement_key *keys, struct placement_key *scratch, size_t count)
{
    struct placement_key *from = keys, *to = scratch;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = middle + width < count ? middle + width : count;
            size_t a = low, b = middle;
            for (size_t k = low; k < high; k++) {
                bool left = a < middle && (b == high || from[a].time <= from[b].time);
                to[k] = left ? from[a++] : from[b++];
            }
        }
        struct placement_key *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != keys)
        memcpy(keys, from, count * sizeof(*keys));
}

/* ---- the part at hand, in small integers ---- */

/* The number of times at or before `time`: what a search for the first later one finds. */
static int32_t
placement_times_until(const struct placement_solver *s, int64_t time)
{
    int32_t low = 0, high = s->part.time_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (s->times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last of the part's times at or before `time`, or the first of all. */
static int32_t
placement_time_before(const struct placement_solver *s, int64_t time)
{
    int32_t until = placement_times_until(s, time);
    return until == 0 ? 0 : until - 1;
}

/* The first of the part's times at or after `time`, or the last of all. */
static int32_t
placement_time_after(const struct placement_solver *s, int64_t time)
{
    int32_t until = placement_times_until(s, time);
    if (until > 0 && s->times[until - 1] == time)
        return until - 1;
    return until == s->part.time_count ? until - 1 : until;
}

/* Merges the sorted starts and ends into the distinct times of the part, and numbers the items' ends with them. */
static void
placement_number_times(struct placement_solver *s, const struct placement_key *starts, uint32_t count)
{
    uint32_t a = 0, b = 0;
    int32_t last = -1;
    while (b < count) { /* the last of all is an end */
        bool start = a < count && starts[a].time <= s->ends[b].time;
        int64_t time = start ? starts[a].time : s->ends[b].time;
        if (last < 0 || s->times[last] != time)
            s->times[++last] = time;
        if (start)
            s->items[a++].from = last;
        else
            s->items[s->ends[b++].item].to = last;
    }
    s->part.time_count = last + 1;
}

/* Refines the classes of rooms by one allowed set: rooms stay together if they were and the set treats them alike. */
static uint32_t
placement_refine_classes(struct placement_solver *s, const struct placement_item *item, uint32_t class_count)
{
    uint32_t count = 0;
    memset(s->class_map, 0xff, 2 * (size_t)class_count * sizeof(*s->class_map));
    for (uint32_t room = 0; room < s->part.room_count; room++) {
        uint32_t *mapped = &s->class_map[2 * s->room_class[room] + placement_allows(item, room)];
        if (*mapped == PLACEMENT_NONE)
            *mapped = count++;
        s->room_class[room] = *mapped;
    }
    return count;
}

static void
placement_find_classes(struct placement_solver *s)
{
    const uint64_t *last = NULL;
    uint32_t class_count = 1;
    memset(s->room_class, 0, s->part.room_count * sizeof(*s->room_class));
    s->part.limited = false;
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        const struct placement_item *item = &s->items[i];
        if (item->allowed == NULL || item->allowed == last)
            continue;
        s->part.limited = true;
        last = item->allowed;
        class_count = placement_refine_classes(s, item, class_count);
    }
}

static void
placement_load_items(struct placement_solver *s, const struct placement_key *starts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct placement_loose *loose = &s->question->loose[starts[i].item];
        s->loose[i] = starts[i].item;
        s->items[i] = (struct placement_item){0, 0, loose->current_room, loose->allowed};
        s->ends[i] = (struct placement_key){loose->span.ends, i};
    }
    placement_sort_keys(s->ends, s->scratch, count);
    for (uint32_t i = 0; i < count; i++)
        s->by_end[i] = s->ends[i].item;
    s->part = (struct placement_part){
        .room_count = s->question->room_count,
        .item_count = count,
        .items = s->items,
        .by_end = s->by_end,
        .room_class = s->room_class,
    };
    placement_number_times(s, starts, count);
    placement_find_classes(s);
}

/* From the fixed items that may overlap the part (numbers in fixed_number, fixed_count of them). */
static void
placement_load_fixed(struct placement_solver *s)
{
    for (uint32_t k = 0; k < s->fixed_count; k++) {
        const struct placement_fixed *fixed = &s->question->fixed[s->fixed_number[k]];
        s->fixed[k] = (struct placement_busy){
            fixed->room,
            placement_time_before(s, fixed->span.starts),
            placement_time_after(s, fixed->span.ends),
        };
        s->fixed_active[k] = true;
    }
}

/* ---- steps ---- */

/* The gaps between the fixed items that count, and between the items that have a room and are not to be placed. */
static void
placement_open_space(struct placement_solver *s, bool with_placed)
{
    struct placement_space *space = &s->space;
    space->busy_count = 0;
    for (uint32_t k = 0; k < s->fixed_count; k++) {
        if (s->fixed_active[k])
            space->busy[space->busy_count++] = s->fixed[k];
    }
    for (uint32_t i = 0; with_placed && i < s->part.item_count; i++) {
        if (!s->todo[i] && s->item_rooms[i] != PLACEMENT_NO_ROOM)
            space->busy[space->busy_count++] =
                (struct placement_busy){s->item_rooms[i], s->items[i].from, s->items[i].to};
    }
    placement_find_gaps(space, &s->part);
}

static void
placement_set_todo(struct placement_solver *s, bool todo)
{
    memset(s->todo, todo, s->part.item_count * sizeof(*s->todo));
}

/* Per room: where its gaps begin. */
static void
placement_mark_room_gaps(struct placement_solver *s)
{
    uint32_t gap = 0;
    for (uint32_t room = 0; room < s->part.room_count; room++) {
        s->room_marks[room] = gap;
        while (gap < s->space.gap_count && s->space.gaps[gap].room == room)
            gap++;
    }
}

/* Everyone whose current room can be kept gets it, in order of start; the rest are to do. */
static void
placement_keep_current(struct placement_solver *s)
{
    uint32_t *gap_at = s->room_marks; /* per room: the first gap that may still matter */
    placement_open_space(s, false);
    placement_mark_room_gaps(s);
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        const struct placement_item *item = &s->items[i];
        uint32_t room = item->current_room;
        s->todo[i] = true;
        s->item_rooms[i] = PLACEMENT_NO_ROOM;
        if (room == PLACEMENT_NO_ROOM || !placement_allows(item, room))
            continue;
        while (gap_at[room] < s->space.gap_count && s->space.gaps[gap_at[room]].room == room &&
               s->space.gaps[gap_at[room]].to <= item->from)
            gap_at[room]++;
        if (gap_at[room] == s->space.gap_count)
            continue;
        struct placement_gap *at = &s->space.gaps[gap_at[room]];
        if (at->room == room && at->from <= item->from && item->to <= at->to) {
            at->from = item->to; /* what is left of it */
            s->todo[i] = false;
            s->item_rooms[i] = room;
        }
    }
}

static const struct placement_fit_way placement_tight = {false, false, false};

/* Step 1. Returns how many are without a room. */
static uint32_t
placement_try_keep(struct placement_solver *s)
{
    placement_keep_current(s);
    placement_open_space(s, true);
    return placement_fit(&s->space, &s->part, s->todo, placement_tight, s->item_rooms);
}

/* Per room, how many placed items overlap `item`; PLACEMENT_NONE where something fixed does, or it is not allowed. */
static void
placement_count_hits(struct placement_solver *s, const struct placement_item *item)
{
    uint32_t *hits = s->room_marks;
    for (uint32_t room = 0; room < s->part.room_count; room++)
        hits[room] = placement_allows(item, room) ? 0 : PLACEMENT_NONE;
    for (uint32_t k = 0; k < s->fixed_count; k++) {
        if (s->fixed[k].from < item->to && item->from < s->fixed[k].to)
            hits[s->fixed[k].room] = PLACEMENT_NONE;
    }
    for (uint32_t i = 0; i < s->part.item_count && s->items[i].from < item->to; i++) {
        uint32_t room = s->item_rooms[i];
        if (item->from < s->items[i].to && room != PLACEMENT_NO_ROOM && hits[room] != PLACEMENT_NONE)
            hits[room]++;
    }
}

/* Puts item `x` into `room`, and the items that are there elsewhere; false, and nothing changed, if they do not fit. */
static bool
placement_try_eviction(struct placement_solver *s, uint32_t x, uint32_t room)
{
    placement_set_todo(s, false);
    memcpy(s->rooms_before, s->item_rooms, s->part.item_count * sizeof(*s->item_rooms));
    for (uint32_t i = 0; i < s->part.item_count; i++)
        s->todo[i] = s->item_rooms[i] == room && s->items[i].from < s->items[x].to && s->items[x].from < s->items[i].to;
    s->item_rooms[x] = room;
    placement_open_space(s, true);
    if (placement_fit(&s->space, &s->part, s->todo, placement_tight, s->item_rooms) == 0)
        return true;
    memcpy(s->item_rooms, s->rooms_before, s->part.item_count * sizeof(*s->item_rooms));
    return false;
}

static bool
placement_repair_item(struct placement_solver *s, uint32_t x)
{
    for (int tried = 0; tried < PLACEMENT_REPAIR_ROOMS; tried++) {
        uint32_t best = PLACEMENT_NONE;
        if (tried == 0)
            placement_count_hits(s, &s->items[x]);
        for (uint32_t room = 0; room < s->part.room_count; room++) {
            if (s->room_marks[room] != PLACEMENT_NONE &&
                (best == PLACEMENT_NONE || s->room_marks[room] < s->room_marks[best]))
                best = room;
        }
        if (best == PLACEMENT_NONE)
            return false;
        s->room_marks[best] = PLACEMENT_NONE;
        if (placement_try_eviction(s, x, best))
            return true;
    }
    return false;
}

/* Step 2; true if nobody is without a room any more. */
static bool
placement_try_repair(struct placement_solver *s, uint32_t without_room)
{
    if (without_room > PLACEMENT_REPAIR_ITEMS)
        return false;
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        if (s->item_rooms[i] == PLACEMENT_NO_ROOM && !placement_repair_item(s, i))
            return false;
    }
    return true;
}

/* Whoever overlaps an item without a room is to be placed anew, with it. */
static void
placement_loosen_neighbours(struct placement_solver *s)
{
    int32_t *reach =
        (int32_t *)s->space.ends; /* per time: the latest end of an item without a room that starts by then */
    int32_t latest = 0;
    uint32_t i = 0;
    for (int32_t t = 0; t < s->part.time_count; t++) {
        for (; i < s->part.item_count && s->items[i].from == t; i++) {
            if (s->item_rooms[i] == PLACEMENT_NO_ROOM && s->items[i].to > latest)
                latest = s->items[i].to;
        }
        reach[t] = latest;
    }
    for (i = 0; i < s->part.item_count; i++)
        s->todo[i] = reach[s->items[i].to - 1] > s->items[i].from;
}

/* Step 4, for the items to do. The others keep their rooms. */
static bool
placement_try_first_fit(struct placement_solver *s, bool keep_current)
{
    placement_open_space(s, true);
    for (int way = 0; way < 4; way++) {
        struct placement_fit_way fit = {way & 1, way & 2, keep_current};
        if (placement_fit(&s->space, &s->part, s->todo, fit, s->item_rooms) == 0)
            return true;
    }
    return false;
}

/* Leaves to do what starts before the end of the last fixed item and ends after the start of the first. */
static void
placement_keep_core(struct placement_solver *s, int32_t *ret_first, int32_t *ret_last)
{
    int32_t first = s->part.time_count, last = 0;
    for (uint32_t k = 0; k < s->fixed_count; k++) {
        if (!s->fixed_active[k])
            continue;
        first = s->fixed[k].from < first ? s->fixed[k].from : first;
        last = s->fixed[k].to > last ? s->fixed[k].to : last;
    }
    if (s->part.limited) {
        first = 0;
        last = s->part.time_count - 1;
    }
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        s->todo[i] = s->items[i].from < last && s->items[i].to > first;
        s->item_rooms[i] = PLACEMENT_NO_ROOM;
    }
    *ret_first = first;
    *ret_last = last;
}

/* Adds the items before `first` (backwards) or from `last` on to those that are placed; always works, see above. */
static void
placement_continue(struct placement_solver *s, bool backwards, int32_t first, int32_t last)
{
    for (uint32_t i = 0; i < s->part.item_count; i++)
        s->todo[i] = backwards ? s->items[i].to <= first : s->items[i].from >= last;
    placement_open_space(s, true);
    uint32_t without_room =
        placement_fit(&s->space, &s->part, s->todo, (struct placement_fit_way){backwards, false, true}, s->item_rooms);
    assert(without_room == 0);
    (void)without_room;
}

/* Step 5. */
static enum placement_search_result
placement_try_search(struct placement_solver *s, uint32_t *nodes)
{
    int32_t first, last;
    placement_keep_core(s, &first, &last);
    placement_open_space(s, false);
    enum placement_search_result result =
        placement_search(&s->space, &s->part, s->todo, nodes, &s->memory, s->arena, s->item_rooms);
    if (result == PLACEMENT_SEARCH_FOUND && !s->part.limited) {
        placement_continue(s, true, first, last);
        placement_continue(s, false, first, last);
    }
    return result;
}

/* ---- few moves ---- */

/* Sends items back to their current rooms where these turn out to be free, each gap once. True if some went. */
static bool
placement_send_back(struct placement_solver *s)
{
    bool sent = false;
    placement_set_todo(s, false);
    placement_open_space(s, true);
    placement_mark_room_gaps(s);
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        const struct placement_item *item = &s->items[i];
        uint32_t room = item->current_room;
        if (room == PLACEMENT_NO_ROOM || s->item_rooms[i] == room || !placement_allows(item, room))
            continue;
        for (uint32_t gap = s->room_marks[room]; gap < s->space.gap_count && s->space.gaps[gap].room == room; gap++) {
            struct placement_gap *at = &s->space.gaps[gap];
            if (at->from > item->from || item->to > at->to)
                continue;
            at->from = item->to;
            s->item_rooms[i] = room;
            sent = true;
            break;
        }
    }
    return sent;
}

/* ---- proof ---- */

/* Fixed items that make the shortage: one for each room that is missing, and no more rooms than it takes. */
static void
placement_answer_shortage(struct placement_solver *s, const struct placement_shortage *shortage)
{
    struct placement_answer *answer = s->answer;
    answer->failing = (struct span){s->times[shortage->from], s->times[shortage->to]};
    answer->failing_short = shortage->needed - shortage->available;
    answer->in_the_way_count = 0;
    uint32_t rooms = s->part.room_count;
    uint32_t wanted = shortage->needed > rooms ? 0 : rooms - shortage->needed + 1;
    memset(s->room_marks, 0, rooms * sizeof(*s->room_marks));
    for (uint32_t k = 0; k < s->fixed_count && answer->in_the_way_count < wanted; k++) {
        const struct placement_busy *fixed = &s->fixed[k];
        if (!s->fixed_active[k] || fixed->from >= shortage->to || shortage->from >= fixed->to ||
            s->room_marks[fixed->room] != 0)
            continue;
        s->room_marks[fixed->room] = 1;
        s->in_the_way[answer->in_the_way_count++] = s->fixed_number[k];
    }
}

/* Is the part impossible with the fixed items alone that are active? Unknown counts as no. Counting need not be tried
 * again: what is not short with all of them is not short with some. */
static bool
placement_still_impossible(struct placement_solver *s)
{
    placement_set_todo(s, true);
    if (placement_try_first_fit(s, false))
        return false;
    uint32_t allowance = s->nodes < PLACEMENT_PROOF_NODES ? s->nodes : PLACEMENT_PROOF_NODES, left = allowance;
    enum placement_search_result result = placement_try_search(s, &left);
    s->nodes -= allowance - left;
    return result == PLACEMENT_SEARCH_EXCLUDED;
}

/* The fixed items in the order in which to try without them: those away from what the question is about first. */
static void
placement_order_suspects(struct placement_solver *s, uint32_t *order)
{
    uint32_t count = 0;
    for (int near = 0; near < 2; near++) {
        for (uint32_t k = 0; k < s->fixed_count; k++) {
            if (span_overlaps(s->question->fixed[s->fixed_number[k]].span, s->question->about) == (near == 1))
                order[count++] = k;
        }
    }
}

static void
placement_set_active(struct placement_solver *s, const uint32_t *suspects, uint32_t count, bool active)
{
    for (uint32_t k = 0; k < count; k++)
        s->fixed_active[suspects[k]] = active;
}

/* Leaves out fixed items, in chunks that get smaller, for as long as it stays impossible without them. Returns how many
 * suspects are left. */
static uint32_t
placement_shrink_proof(struct placement_solver *s, uint32_t *suspects)
{
    uint32_t count = s->fixed_count, tries = 0;
    placement_order_suspects(s, suspects);
    for (uint32_t chunk = (count + 1) / 2; chunk > 0; chunk = chunk < count ? chunk / 2 : count / 2) {
        for (uint32_t at = 0; at < count && tries < PLACEMENT_PROOF_TRIES; tries++) {
            uint32_t size = count - at < chunk ? count - at : chunk;
            placement_set_active(s, suspects + at, size, false);
            if (placement_still_impossible(s)) {
                count -= size;
                memmove(suspects + at, suspects + at + size, (count - at) * sizeof(*suspects));
            } else {
                placement_set_active(s, suspects + at, size, true);
                at += size;
            }
        }
    }
    return count;
}

/* What the search has excluded: the fixed items it takes, and the time that was searched. */
static void
placement_answer_excluded(struct placement_solver *s)
{
    struct placement_answer *answer = s->answer;
    uint32_t *suspects = s->in_the_way; /* numbers in the part, for now */
    int32_t first = s->part.time_count, last = 0;
    answer->in_the_way_count = placement_shrink_proof(s, suspects);
    answer->failing_short = 0;
    for (uint32_t k = 0; k < answer->in_the_way_count; k++) {
        const struct placement_busy *fixed = &s->fixed[suspects[k]];
        first = fixed->from < first ? fixed->from : first;
        last = fixed->to > last ? fixed->to : last;
        s->in_the_way[k] = s->fixed_number[suspects[k]];
    }
    if (first >= last) { /* no fixed item is needed for it */
        first = 0;
        last = s->part.time_count - 1;
    }
    answer->failing = (struct span){s->times[first], s->times[last]};
}

/* ---- the whole ---- */

static bool
placement_has_current(const struct placement_solver *s)
{
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        if (s->items[i].current_room != PLACEMENT_NO_ROOM)
            return true;
    }
    return false;
}

static enum placement_verdict
placement_solve_moving(struct placement_solver *s)
{
    bool has_current = placement_has_current(s);
    if (has_current) {
        placement_loosen_neighbours(s);
        if (placement_try_first_fit(s, true))
            return PLACEMENT_FITS;
    }
    placement_set_todo(s, true);
    if ((has_current && placement_try_first_fit(s, true)) || placement_try_first_fit(s, false))
        return PLACEMENT_FITS;
    switch (placement_try_search(s, &s->nodes)) {
    case PLACEMENT_SEARCH_FOUND: return PLACEMENT_FITS;
    case PLACEMENT_SEARCH_EXCLUDED: placement_answer_excluded(s); return PLACEMENT_IMPOSSIBLE;
    case PLACEMENT_SEARCH_LIMIT:
    case PLACEMENT_SEARCH_OVERFLOW: break; /* the arena has latched it */
    }
    return PLACEMENT_UNPROVEN;
}

/* Takes the answer for the part over into the answer for the question. */
static void
placement_take_rooms(struct placement_solver *s)
{
    for (uint32_t i = 0; i < s->part.item_count; i++) {
        s->rooms[s->loose[i]] = s->item_rooms[i];
        if (s->items[i].current_room != PLACEMENT_NO_ROOM && s->items[i].current_room != s->item_rooms[i])
            s->answer->moved_count++;
    }
}

static enum placement_verdict
placement_solve_part(struct placement_solver *s, const struct placement_key *starts, uint32_t count)
{
    placement_load_items(s, starts, count);
    placement_load_fixed(s);
    uint32_t without_room = placement_try_keep(s);
    if (without_room > 0 && !placement_try_repair(s, without_room)) {
        struct placement_shortage shortage;
        placement_open_space(s, false);
        if (placement_find_shortage(&s->space, &s->part, &shortage)) {
            placement_answer_shortage(s, &shortage);
            return PLACEMENT_IMPOSSIBLE;
        }
        enum placement_verdict verdict = placement_solve_moving(s);
        if (verdict != PLACEMENT_FITS)
            return verdict;
        for (int round = 0; round < PLACEMENT_BACK_ROUNDS && placement_send_back(s); round++) {
        }
    }
    placement_take_rooms(s);
    return PLACEMENT_FITS;
}

/* The next stretch of loose items that hang together: where it ends in by_start, and until when it lasts. */
static uint32_t
placement_part_end(const struct placement_solver *s, uint32_t first, int64_t *ret_until)
{
    const struct placement_question *q = s->question;
    uint32_t at = first;
    int64_t until = INT64_MIN;
    for (; at < q->loose_count && (at == first || s->by_start[at].time < until); at++) {
        int64_t ends = q->loose[s->by_start[at].item].span.ends;
        until = ends > until ? ends : until;
    }
    *ret_until = until;
    return at;
}

/* Brings fixed_number up to a part, given what it was for an earlier one: drops what has ended, adds what has begun. */
static void
placement_advance_fixed(struct placement_solver *s, uint32_t *fixed_at, struct span part)
{
    const struct placement_question *q = s->question;
    uint32_t kept = 0;
    for (uint32_t k = 0; k < s->fixed_count; k++) {
        if (q->fixed[s->fixed_number[k]].span.ends > part.starts)
            s->fixed_number[kept++] = s->fixed_number[k];
    }
    for (; *fixed_at < q->fixed_count && s->by_fixed_start[*fixed_at].time < part.ends; (*fixed_at)++) {
        if (q->fixed[s->by_fixed_start[*fixed_at].item].span.ends > part.starts)
            s->fixed_number[kept++] = s->by_fixed_start[*fixed_at].item;
    }
    s->fixed_count = kept;
}

static void
placement_sort_question(struct placement_solver *s)
{
    const struct placement_question *q = s->question;
    for (uint32_t i = 0; i < q->loose_count; i++) {
        assert(q->loose[i].span.starts < q->loose[i].span.ends);
        assert(q->loose[i].current_room < q->room_count || q->loose[i].current_room == PLACEMENT_NO_ROOM);
        s->by_start[i] = (struct placement_key){q->loose[i].span.starts, i};
        s->rooms[i] = q->loose[i].current_room;
    }
    for (uint32_t i = 0; i < q->fixed_count; i++) {
        assert(q->fixed[i].span.starts < q->fixed[i].span.ends && q->fixed[i].room < q->room_count);
        s->by_fixed_start[i] = (struct placement_key){q->fixed[i].span.starts, i};
    }
    placement_sort_keys(s->by_start, s->scratch, q->loose_count);
    placement_sort_keys(s->by_fixed_start, s->scratch, q->fixed_count);
}

/* The number of items in the largest part that the question is about. */
static uint32_t
placement_largest_part(const struct placement_solver *s)
{
    uint32_t largest = 0, end;
    for (uint32_t first = 0; first < s->question->loose_count; first = end) {
        struct span part = {s->by_start[first].time, 0};
        end = placement_part_end(s, first, &part.ends);
        if (span_overlaps(part, s->question->about) && end - first > largest)
            largest = end - first;
    }
    return largest;
}

static bool
placement_alloc_question(struct placement_solver *s)
{
    const struct placement_question *q = s->question;
    uint32_t most = q->loose_count > q->fixed_count ? q->loose_count : q->fixed_count;
    s->rooms = ARENA_ARRAY(s->arena, q->loose_count, uint32_t);
    s->in_the_way = ARENA_ARRAY(s->arena, q->fixed_count, uint32_t);
    s->by_start = ARENA_ARRAY(s->arena, q->loose_count, struct placement_key);
    s->by_fixed_start = ARENA_ARRAY(s->arena, q->fixed_count, struct placement_key);
    s->scratch = ARENA_ARRAY(s->arena, most, struct placement_key);
    return !s->arena->overflowed;
}

static bool
placement_alloc_part(struct placement_solver *s, uint32_t item_count)
{
    uint32_t room_count = s->question->room_count, fixed_count = s->question->fixed_count;
    s->items = ARENA_ARRAY(s->arena, item_count, struct placement_item);
    s->loose = ARENA_ARRAY(s->arena, item_count, uint32_t);
    s->ends = ARENA_ARRAY(s->arena, item_count, struct placement_key);
    s->by_end = ARENA_ARRAY(s->arena, item_count, uint32_t);
    s->times = ARENA_ARRAY(s->arena, 2 * (size_t)item_count, int64_t);
    s->room_class = ARENA_ARRAY(s->arena, room_count, uint32_t);
    s->class_map = ARENA_ARRAY(s->arena, 2 * (size_t)room_count, uint32_t);
    s->fixed = ARENA_ARRAY(s->arena, fixed_count, struct placement_busy);
    s->fixed_number = ARENA_ARRAY(s->arena, fixed_count, uint32_t);
    s->fixed_active = ARENA_ARRAY(s->arena, fixed_count, bool);
    s->item_rooms = ARENA_ARRAY(s->arena, item_count, uint32_t);
    s->rooms_before = ARENA_ARRAY(s->arena, item_count, uint32_t);
    s->todo = ARENA_ARRAY(s->arena, item_count, bool);
    s->room_marks = ARENA_ARRAY(s->arena, room_count, uint32_t);
    const struct placement_part largest = {
        .room_count = room_count, .item_count = item_count, .time_count = 2 * (int32_t)item_count};
    return placement_space_init(&s->space, &largest, fixed_count + item_count, s->arena);
}

/* Part by part, until one is impossible. */
static enum placement_verdict
placement_solve_parts(struct placement_solver *s)
{
    enum placement_verdict worst = PLACEMENT_FITS;
    uint32_t end, fixed_at = 0;
    for (uint32_t first = 0; first < s->question->loose_count && worst != PLACEMENT_IMPOSSIBLE; first = end) {
        struct span part = {s->by_start[first].time, 0};
        end = placement_part_end(s, first, &part.ends);
        if (!span_overlaps(part, s->question->about))
            continue;
        placement_advance_fixed(s, &fixed_at, part);
        enum placement_verdict verdict = placement_solve_part(s, s->by_start + first, end - first);
        worst = verdict > worst ? verdict : worst;
    }
    return worst;
}

/* Nobody moves unless everything fits. */
static void
placement_answer_refusal(struct placement_solver *s)
{
    s->answer->moved_count = 0;
    for (uint32_t i = 0; i < s->question->loose_count; i++)
        s->rooms[i] = s->question->loose[i].current_room;
    for (uint32_t i = 0; i < s->answer->in_the_way_count; i++)
        s->by_fixed_start[i] = (struct placement_key){s->in_the_way[i], 0};
    placement_sort_keys(s->by_fixed_start, s->scratch, s->answer->in_the_way_count);
    for (uint32_t i = 0; i < s->answer->in_the_way_count; i++)
        s->in_the_way[i] = (uint32_t)s->by_fixed_start[i].time;
}

bool
placement_solve(const struct placement_question *question, struct arena *arena, struct placement_answer *ret_answer)
{
    assert(question->room_count <= PLACEMENT_ROOMS_MAX);
    assert(question->loose_count <= PLACEMENT_ITEMS_MAX && question->fixed_count <= PLACEMENT_ITEMS_MAX);
    struct placement_answer answer = {.verdict = PLACEMENT_FITS};
    struct placement_solver s = {
        .question = question, .answer = &answer, .arena = arena, .nodes = question->node_limit};
    if (!placement_alloc_question(&s))
        return false;
    struct arena_mark mark = arena_mark(arena); /* the answer is in what came before */
    placement_sort_question(&s);
    uint32_t largest = placement_largest_part(&s);
    if (largest > 0) {
        if (!placement_alloc_part(&s, largest))
            return false;
        answer.verdict = placement_solve_parts(&s);
    }
    arena_rewind(arena, mark);
    if (arena->overflowed)
        return false;
    if (answer.verdict != PLACEMENT_FITS)
        placement_answer_refusal(&s);
    answer.rooms = s.rooms;
    answer.in_the_way = s.in_the_way;
    answer.nodes = question->node_limit - s.nodes;
    *ret_answer = answer;
    return true;
}
