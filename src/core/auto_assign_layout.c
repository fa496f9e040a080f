/* Rooms as short lists of stays, over the fixed spans in order. */
#include <assert.h>
#include <string.h>

#include "core/auto_assign_part.h"

/* Inserts from behind: what is loaded comes in order, so that this hardly ever moves anything. */
static void
insert_fixed(struct auto_assign_layout *layout, const struct placement_fixed *fixed)
{
    uint32_t at = layout->fixed_end[fixed->room]++;
    for (; at > layout->fixed_at[fixed->room] && layout->fixed[at - 1].starts > fixed->span.starts; at--)
        layout->fixed[at] = layout->fixed[at - 1];
    layout->fixed[at] = fixed->span;
}

static void
join_fixed(struct auto_assign_layout *layout, uint32_t room)
{
    uint32_t kept = layout->fixed_at[room];
    for (uint32_t i = kept + 1; i < layout->fixed_end[room]; i++) {
        struct span *last = &layout->fixed[kept];
        if (layout->fixed[i].starts > last->ends)
            layout->fixed[++kept] = layout->fixed[i];
        else if (layout->fixed[i].ends > last->ends)
            last->ends = layout->fixed[i].ends;
    }
    if (layout->fixed_end[room] > layout->fixed_at[room])
        layout->fixed_end[room] = kept + 1;
}

static void
load_fixed(struct auto_assign_layout *layout)
{
    const struct auto_assign_question *q = layout->question;
    for (uint32_t k = 0; k < q->fixed_count; k++) {
        assert(q->fixed[k].room < q->room_count && span_is_valid(q->fixed[k].span));
        layout->fixed_at[q->fixed[k].room + 1]++;
    }
    for (uint32_t room = 0; room < q->room_count; room++) {
        layout->fixed_at[room + 1] += layout->fixed_at[room];
        layout->fixed_end[room] = layout->fixed_at[room];
    }
    for (uint32_t k = 0; k < q->fixed_count; k++)
        insert_fixed(layout, &q->fixed[k]);
    for (uint32_t room = 0; room < q->room_count; room++)
        join_fixed(layout, room);
}

void
auto_assign_layout_reset(struct auto_assign_layout *layout)
{
    const struct auto_assign_question *q = layout->question;
    memset(layout->first, 0xff, q->room_count * sizeof(*layout->first));
    for (uint32_t i = 0; i < q->stay_count; i++) {
        layout->room_of[i] = PLACEMENT_NO_ROOM;
        if (q->stays[i].room != PLACEMENT_NO_ROOM)
            auto_assign_put(layout, i, q->stays[i].room);
    }
}

void
auto_assign_layout_set(struct auto_assign_layout *layout, const uint32_t *rooms)
{
    memset(layout->first, 0xff, layout->question->room_count * sizeof(*layout->first));
    for (uint32_t i = 0; i < layout->question->stay_count; i++) {
        layout->room_of[i] = PLACEMENT_NO_ROOM;
        if (rooms[i] != PLACEMENT_NO_ROOM)
            auto_assign_put(layout, i, rooms[i]);
    }
}

bool
auto_assign_layout_init(struct auto_assign_layout *layout, const struct auto_assign_question *question,
                        struct arena *arena)
{
    *layout = (struct auto_assign_layout){
        .question = question,
        .fixed_at = ARENA_ARRAY(arena, (size_t)question->room_count + 1, uint32_t),
        .fixed = ARENA_ARRAY(arena, (size_t)question->fixed_count + 1, struct span),
        .fixed_end = ARENA_ARRAY(arena, (size_t)question->room_count + 1, uint32_t),
        .room_of = ARENA_ARRAY(arena, (size_t)question->stay_count + 1, uint32_t),
        .first = ARENA_ARRAY(arena, (size_t)question->room_count + 1, uint32_t),
        .next = ARENA_ARRAY(arena, (size_t)question->stay_count + 1, uint32_t),
    };
    if (arena->overflowed)
        return false;
    load_fixed(layout);
    auto_assign_layout_reset(layout);
    return true;
}

void
auto_assign_put(struct auto_assign_layout *layout, uint32_t stay, uint32_t room)
{
    assert(layout->room_of[stay] == PLACEMENT_NO_ROOM && room < layout->question->room_count);
    layout->room_of[stay] = room;
    layout->next[stay] = layout->first[room];
    layout->first[room] = stay;
}

void
auto_assign_take(struct auto_assign_layout *layout, uint32_t stay)
{
    assert(layout->room_of[stay] != PLACEMENT_NO_ROOM);
    uint32_t *link = &layout->first[layout->room_of[stay]];
    while (*link != stay)
        link = &layout->next[*link];
    *link = layout->next[stay];
    layout->room_of[stay] = PLACEMENT_NO_ROOM;
}

/* The first fixed span of the room that ends after `at`; the room's end when there is none. */
static uint32_t
first_fixed_after(const struct auto_assign_layout *layout, uint32_t room, int64_t at)
{
    uint32_t low = layout->fixed_at[room], high = layout->fixed_end[room];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (layout->fixed[middle].ends <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
auto_assign_is_open(const struct auto_assign_layout *layout, uint32_t room, struct span span)
{
    uint32_t at = first_fixed_after(layout, room, span.starts);
    return at == layout->fixed_end[room] || layout->fixed[at].starts >= span.ends;
}

bool
auto_assign_suits(const struct auto_assign_question *question, uint32_t stay, uint32_t room)
{
    const struct auto_assign_room *r = &question->rooms[room];
    return r->capacity >= question->stays[stay].party && !(r->faulty && question->stays[stay].begins_today);
}

bool
auto_assign_is_free(const struct auto_assign_layout *layout, uint32_t room, struct span span)
{
    for (uint32_t i = layout->first[room]; i != AUTO_ASSIGN_NONE; i = layout->next[i])
        if (span_overlaps(layout->question->stays[i].span, span))
            return false;
    return auto_assign_is_open(layout, room, span);
}

/* Narrows the gap by a span that is taken; false when it is taken at `at`. */
static bool
narrow(struct span *gap, struct span taken, int64_t at)
{
    if (span_contains_instant(taken, at))
        return false;
    if (taken.ends <= at && taken.ends > gap->starts)
        gap->starts = taken.ends;
    else if (taken.starts > at && taken.starts < gap->ends)
        gap->ends = taken.starts;
    return true;
}

bool
auto_assign_gap_at(const struct auto_assign_layout *layout, uint32_t room, int64_t at, struct span *ret_gap)
{
    *ret_gap = PLACEMENT_ABOUT_ALL;
    uint32_t after = first_fixed_after(layout, room, at);
    if (after < layout->fixed_end[room] && !narrow(ret_gap, layout->fixed[after], at))
        return false;
    if (after > layout->fixed_at[room])
        (void)narrow(ret_gap, layout->fixed[after - 1], at);
    for (uint32_t i = layout->first[room]; i != AUTO_ASSIGN_NONE; i = layout->next[i])
        if (!narrow(ret_gap, layout->question->stays[i].span, at))
            return false;
    return true;
}
