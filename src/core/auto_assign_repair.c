/* A stay without a room takes one from those that are in it, if these find another, or take one in their turn. What was
 * tried is undone from a trail, so that nobody ends without a room who had one. */
#include <assert.h>

#include "core/auto_assign_part.h"

enum {
    REPAIR_DEPTH = 3,           /* how often somebody is sent elsewhere because of the one before */
    REPAIR_IN_WAY = 2,          /* so many stays may have to leave a room */
    REPAIR_ROOMS = 6,           /* rooms that are tried at each depth */
    REPAIR_TRAIL = 256,         /* moves of one attempt */
    REPAIR_STEPS = 1500000,     /* rooms that are looked at, all in all ... */
    REPAIR_STEPS_EACH = 150000, /* ... and for one stay */
};

struct moved {
    uint32_t stay, room; /* where it was */
};

struct repair {
    struct auto_assign_layout *layout;
    uint32_t steps;
    struct moved trail[REPAIR_TRAIL];
    uint32_t trail_count;
};

/* A room that has to be left by a few. */
struct candidate {
    uint32_t room, count;
};

static void
move(struct repair *r, uint32_t stay, uint32_t room)
{
    r->trail[r->trail_count++] = (struct moved){stay, r->layout->room_of[stay]};
    if (r->layout->room_of[stay] != PLACEMENT_NO_ROOM)
        auto_assign_take(r->layout, stay);
    if (room != PLACEMENT_NO_ROOM)
        auto_assign_put(r->layout, stay, room);
}

static void
undo(struct repair *r, uint32_t trail_count)
{
    while (r->trail_count > trail_count) {
        const struct moved *last = &r->trail[--r->trail_count];
        if (r->layout->room_of[last->stay] != PLACEMENT_NO_ROOM)
            auto_assign_take(r->layout, last->stay);
        if (last->room != PLACEMENT_NO_ROOM)
            auto_assign_put(r->layout, last->stay, last->room);
    }
}

/* The stays of the room that overlap; one more than REPAIR_IN_WAY stands for all larger numbers. */
static uint32_t
find_in_way(const struct auto_assign_layout *layout, uint32_t room, struct span span, uint32_t stays[REPAIR_IN_WAY + 1])
{
    uint32_t count = 0;
    for (uint32_t i = layout->first[room]; i != AUTO_ASSIGN_NONE && count <= REPAIR_IN_WAY; i = layout->next[i])
        if (span_overlaps(layout->question->stays[i].span, span))
            stays[count++] = i;
    return count;
}

/* Lists rooms with the fewest in the way, in their order; the only one listed where a room is free. */
static uint32_t
find_candidates(struct repair *r, uint32_t stay, struct candidate list[REPAIR_ROOMS])
{
    const struct auto_assign_question *q = r->layout->question;
    uint32_t count = 0, ignored[REPAIR_IN_WAY + 1];
    for (uint32_t room = 0; room < q->room_count && r->steps > 0; room++) {
        r->steps--;
        if (!auto_assign_suits(q, stay, room) || !auto_assign_is_open(r->layout, room, q->stays[stay].span))
            continue;
        struct candidate found = {room, find_in_way(r->layout, room, q->stays[stay].span, ignored)};
        if (found.count == 0) {
            list[0] = found;
            return 1;
        }
        if (found.count > REPAIR_IN_WAY || (count == REPAIR_ROOMS && list[count - 1].count <= found.count))
            continue;
        uint32_t at = count < REPAIR_ROOMS ? count++ : count - 1;
        for (; at > 0 && list[at - 1].count > found.count; at--)
            list[at] = list[at - 1];
        list[at] = found;
    }
    return count;
}

static bool find_room(struct repair *r, uint32_t stay, uint32_t depth);

/* Puts the stay into the room, and who is there elsewhere. */
static bool
evict(struct repair *r, uint32_t stay, uint32_t room, uint32_t depth)
{
    uint32_t in_way[REPAIR_IN_WAY + 1], mark = r->trail_count;
    uint32_t count = find_in_way(r->layout, room, r->layout->question->stays[stay].span, in_way);
    if (r->trail_count + 2 * count + 1 > REPAIR_TRAIL || (count > 0 && depth == 0))
        return false;
    for (uint32_t i = 0; i < count; i++)
        move(r, in_way[i], PLACEMENT_NO_ROOM);
    move(r, stay, room);
    for (uint32_t i = 0; i < count; i++) {
        if (!find_room(r, in_way[i], depth - 1)) {
            undo(r, mark);
            return false;
        }
    }
    return true;
}

static bool
find_room(struct repair *r, uint32_t stay, uint32_t depth)
{
    struct candidate list[REPAIR_ROOMS];
    uint32_t count = find_candidates(r, stay, list);
    for (uint32_t i = 0; i < count; i++)
        if (evict(r, stay, list[i].room, depth))
            return true;
    return false;
}

/* Deeper and deeper, since most find one soon. */
static bool
repair_stay(struct repair *r, uint32_t stay)
{
    for (uint32_t depth = 0; depth <= REPAIR_DEPTH; depth++) {
        r->trail_count = 0;
        if (find_room(r, stay, depth))
            return true;
    }
    return false;
}

uint32_t
auto_assign_repair(struct auto_assign_layout *layout, const uint32_t *stays, uint32_t count)
{
    struct repair r = {.layout = layout};
    uint32_t left = REPAIR_STEPS, repaired = 0;
    for (uint32_t k = 0; k < count && left > 0; k++) {
        if (layout->room_of[stays[k]] != PLACEMENT_NO_ROOM)
            continue;
        uint32_t allowance = left < REPAIR_STEPS_EACH ? left : REPAIR_STEPS_EACH;
        r.steps = allowance;
        repaired += repair_stay(&r, stays[k]);
        left -= allowance - r.steps;
    }
    return repaired;
}
