/* Stretches are built in order by one function that joins neighbours, so that no result has two stretches where one
 * would do. */
#include "core/rooming.h"

#include "core/date.h"
#include "core/decide_audit.h"

static bool
is_empty(struct span span)
{
    return span.starts >= span.ends;
}

static struct span
meet(struct span a, struct span b)
{
    return (struct span){a.starts > b.starts ? a.starts : b.starts, a.ends < b.ends ? a.ends : b.ends};
}

/* A claim as a stretch: by the minute it lasts longer than its slot. */
static struct stretch
stretch_of(const struct booking *booking, const struct claim *claim)
{
    struct span span = {claim->span.starts, claim->span.ends - booking->turnaround_ms};
    return (struct stretch){.room = claim->room, .span = span, .pinned = claim->pinned};
}

static void
append(struct stretch *stretches, size_t *count, struct stretch next)
{
    if (is_empty(next.span))
        return;
    struct stretch *last = *count == 0 ? NULL : &stretches[*count - 1];
    if (last != NULL && id_equal(last->room, next.room) && last->pinned == next.pinned &&
        last->span.ends == next.span.starts)
        last->span.ends = next.span.ends;
    else
        stretches[(*count)++] = next;
}

size_t
rooming_replace(const struct booking *booking, struct span part, struct id room, bool pinned, struct arena *arena,
                struct stretch **ret_stretches)
{
    struct stretch *stretches = ARENA_ARRAY(arena, booking->claim_count + 2, struct stretch);
    size_t count = 0;
    *ret_stretches = stretches;
    if (stretches == NULL)
        return 0;
    for (size_t i = 0; i < booking->claim_count; i++) {
        struct stretch before = stretch_of(booking, &booking->claims[i]);
        before.span = meet(before.span, (struct span){INT64_MIN, part.starts});
        append(stretches, &count, before);
    }
    append(stretches, &count, (struct stretch){.room = room, .span = part, .pinned = pinned});
    for (size_t i = 0; i < booking->claim_count; i++) {
        struct stretch after = stretch_of(booking, &booking->claims[i]);
        after.span = meet(after.span, (struct span){part.ends, INT64_MAX});
        append(stretches, &count, after);
    }
    return count;
}

size_t
rooming_reach(const struct booking *booking, struct span span, struct arena *arena, struct stretch **ret_stretches)
{
    struct stretch *stretches = ARENA_ARRAY(arena, booking->claim_count + 1, struct stretch);
    size_t count = 0;
    *ret_stretches = stretches;
    if (stretches == NULL)
        return 0;
    for (size_t i = 0; i < booking->claim_count; i++) {
        struct stretch stretch = stretch_of(booking, &booking->claims[i]);
        bool from_arrival = i == 0 && stretch.span.starts == booking->span.starts;
        if (from_arrival || stretch.span.starts < span.starts)
            stretch.span.starts = span.starts;
        if (i + 1 == booking->claim_count || stretch.span.ends > span.ends)
            stretch.span.ends = span.ends;
        append(stretches, &count, stretch);
    }
    return count;
}

bool
rooming_find_room(const struct booking *booking, struct span part, struct stretch *ret_stretch)
{
    size_t found = 0;
    for (size_t i = 0; i < booking->claim_count; i++) {
        struct stretch stretch = stretch_of(booking, &booking->claims[i]);
        if (!span_overlaps(stretch.span, part))
            continue;
        if (found > 0 && !id_equal(stretch.room, ret_stretch->room))
            return false;
        stretch.pinned |= found > 0 && ret_stretch->pinned;
        *ret_stretch = stretch;
        found++;
    }
    return found > 0;
}

bool
rooming_stretch_on(const struct stretch *stretches, size_t count, int64_t at, struct stretch *ret_stretch)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        if (stretches[i].span.starts <= at) {
            *ret_stretch = stretches[i];
            found = true;
        }
    return found;
}

struct span
rooming_moved_part(const struct move_booking *move, const struct booking *booking, int32_t today)
{
    struct span part = booking_ahead(booking, today);
    if (move->has_from)
        part.starts = move->from;
    if (move->has_until)
        part.ends = move->until;
    return part;
}

bool
rooming_keeps_rooms(const struct booking *booking, struct span span, int32_t today)
{
    const struct claim *ahead = booking_claim_ahead(booking, today);
    if (ahead == NULL)
        return false;
    bool is_split = ahead + 1 < booking->claims + booking->claim_count;
    bool ends_before = ahead->span.starts > booking->span.starts && span.ends <= ahead->span.starts;
    return is_split || ends_before || booking->status == BOOKING_CHECKED_IN;
}

/* --- by command --- */

static size_t
of_assign(const struct assign_room *assign, const struct facts *facts, struct arena *arena, struct rooming *ret)
{
    const struct booking *booking = facts_booking(facts, assign->booking);
    if (booking == NULL)
        return 0;
    ret->booking = booking->id;
    ret->count = rooming_replace(booking, booking_ahead(booking, facts->today), assign->room, assign->pinned, arena,
                                 &ret->stretches);
    return ret->count > 0 ? 1 : 0;
}

static size_t
of_move(const struct move_booking *move, const struct facts *facts, struct arena *arena, struct rooming *ret)
{
    const struct booking *booking = facts_booking(facts, move->booking);
    if (booking == NULL || booking->claim_count == 0)
        return 0;
    struct span part = rooming_moved_part(move, booking, facts->today);
    if (is_empty(part) || !span_contains(booking->span, part))
        return 0;
    bool pinned = move->pinned || booking->status == BOOKING_CHECKED_IN; /* no re-shuffle takes guests along */
    ret->booking = booking->id;
    ret->count = rooming_replace(booking, part, move->to_room, pinned, arena, &ret->stretches);
    return ret->count > 0 ? 1 : 0;
}

static size_t
of_pin(const struct pin_room *pin, const struct facts *facts, struct arena *arena, struct rooming *ret)
{
    const struct booking *booking = facts_booking(facts, pin->booking);
    if (booking == NULL || booking->claim_count == 0)
        return 0;
    ret->booking = booking->id;
    ret->count = rooming_reach(booking, booking->span, arena, &ret->stretches);
    for (size_t i = 0; i < ret->count; i++)
        ret->stretches[i].pinned = pin->pinned;
    return ret->count > 0 ? 1 : 0;
}

/* Whoever comes in has their rooms for good: those they have, or the one that is named for all that is to come. */
static size_t
of_check_in(const struct check_in *check_in, const struct facts *facts, struct arena *arena, struct rooming *ret)
{
    const struct booking *booking = facts_booking(facts, check_in->booking);
    if (booking == NULL || booking->by_minute || (booking->claim_count == 0 && id_is_none(check_in->room)))
        return 0;
    struct span ahead = booking_ahead(booking, facts->today);
    ret->booking = booking->id;
    if (is_empty(ahead))
        return 0;
    if (id_is_none(check_in->room))
        ret->count = rooming_reach(booking, booking->span, arena, &ret->stretches);
    else
        ret->count = rooming_replace(booking, ahead, check_in->room, true, arena, &ret->stretches);
    for (size_t i = 0; i < ret->count; i++)
        ret->stretches[i].pinned = true;
    return ret->count > 0 ? 1 : 0;
}

/* Each gets the other's room for what is left of its own stay. */
static size_t
of_swap(const struct swap_rooms *swap, const struct facts *facts, struct arena *arena, struct rooming *ret)
{
    const struct booking *bookings[2] = {facts_booking(facts, swap->booking), facts_booking(facts, swap->other)};
    struct span parts[2];
    struct stretch rooms[2];
    for (size_t i = 0; i < 2; i++) {
        if (bookings[i] == NULL)
            return 0;
        parts[i] = booking_ahead(bookings[i], facts->today);
        if (is_empty(parts[i]) || !rooming_find_room(bookings[i], parts[i], &rooms[i]))
            return 0;
    }
    for (size_t i = 0; i < 2; i++) {
        ret[i].booking = bookings[i]->id;
        ret[i].count =
            rooming_replace(bookings[i], parts[i], rooms[1 - i].room, rooms[i].pinned, arena, &ret[i].stretches);
        if (ret[i].count == 0)
            return 0;
    }
    return 2;
}

static size_t
of_amend(const struct amend_booking *amend, const struct facts *facts, struct arena *arena, struct rooming *ret)
{
    const struct booking *booking = facts_booking(facts, amend->booking);
    struct span span;
    bool retyped = booking != NULL && !id_is_none(amend->room_type) && !id_equal(amend->room_type, booking->room_type);
    if (booking == NULL || retyped || !facts_amended_span(amend, booking, &span) ||
        !rooming_keeps_rooms(booking, span, facts->today))
        return 0;
    ret->booking = booking->id;
    ret->count = rooming_reach(booking, span, arena, &ret->stretches);
    return ret->count > 0 ? 1 : 0;
}

/* Who stays on without having said so stays where they are. */
static size_t
of_overstay(const struct facts *facts, const struct command *command, struct arena *arena, struct rooming *ret)
{
    const struct booking *booking = audit_overstay(facts, command);
    if (booking == NULL)
        return 0;
    ret->booking = booking->id;
    ret->count = rooming_reach(booking, audit_longer_span(booking, facts), arena, &ret->stretches);
    return ret->count > 0 ? 1 : 0;
}

size_t
rooming_of_command(const struct command *command, const struct facts *facts, struct arena *arena,
                   struct rooming ret_roomings[ROOMING_BOOKINGS_MAX])
{
    switch (command->kind) {
    case COMMAND_ASSIGN_ROOM: return of_assign(&command->assign_room, facts, arena, ret_roomings);
    case COMMAND_MOVE_BOOKING: return of_move(&command->move_booking, facts, arena, ret_roomings);
    case COMMAND_SWAP_ROOMS: return of_swap(&command->swap_rooms, facts, arena, ret_roomings);
    case COMMAND_CHECK_IN: return of_check_in(&command->check_in, facts, arena, ret_roomings);
    case COMMAND_PIN_ROOM: return of_pin(&command->pin_room, facts, arena, ret_roomings);
    case COMMAND_AMEND_BOOKING:
    case COMMAND_EXTEND_BOOKING: return of_amend(&command->amend_booking, facts, arena, ret_roomings);
    case COMMAND_STEP_JOB: return of_overstay(facts, command, arena, ret_roomings);
    default: return 0;
    }
}
