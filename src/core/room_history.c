/* A booking's event shows its state, so the change is what lies between that and the state before: the one that its
 * last event in this decision shows, or the facts have. */
#include "core/room_history.h"

size_t
room_history_rooms_max(const struct booking *before, const struct booking *after)
{
    return before->claim_count + after->claim_count + 2;
}

static size_t
add_room(struct id *rooms, size_t count, struct id room)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(rooms[i], room))
            return count;
    rooms[count] = room;
    return count + 1;
}

/* Whether it is pinned is not asked: that says nothing of who has the room. */
static bool
has_claim(const struct booking *booking, const struct claim *claim)
{
    for (size_t i = 0; i < booking->claim_count; i++)
        if (id_equal(booking->claims[i].room, claim->room) && booking->claims[i].span.starts == claim->span.starts &&
            booking->claims[i].span.ends == claim->span.ends)
            return true;
    return false;
}

static size_t
add_lacking(struct id *rooms, size_t count, const struct booking *of, const struct booking *in)
{
    for (size_t i = 0; i < of->claim_count; i++)
        if (!has_claim(in, &of->claims[i]))
            count = add_room(rooms, count, of->claims[i].room);
    return count;
}

size_t
room_history_of_change(const struct booking *before, const struct booking *after, struct id *ret_rooms)
{
    size_t count = add_lacking(ret_rooms, 0, before, after);
    count = add_lacking(ret_rooms, count, after, before);
    if (id_equal(before->in_room, after->in_room))
        return count;
    if (!id_is_none(before->in_room))
        count = add_room(ret_rooms, count, before->in_room);
    if (!id_is_none(after->in_room))
        count = add_room(ret_rooms, count, after->in_room);
    return count;
}

/* Of version 0 where the decision makes the booking. */
static const struct booking *
find_before(const struct facts *facts, const struct decision *decision, size_t index)
{
    static const struct booking none = {.version = 0};
    struct id id = decision->events[index].subject;
    if (decision->events[index].booking->version == 1)
        return &none;
    for (size_t i = index; i-- > 0;)
        if (decision->events[i].state == EVENT_OF_BOOKING && id_equal(decision->events[i].subject, id))
            return decision->events[i].booking;
    for (size_t i = 0; i < facts->booking_count; i++)
        if (id_equal(facts->bookings[i].id, id))
            return &facts->bookings[i];
    return NULL;
}

static size_t
name_booking(const struct facts *facts, struct arena *arena, struct decision *decision, size_t index)
{
    struct event *event = &decision->events[index];
    const struct booking *before = find_before(facts, decision, index);
    if (before == NULL || (before->version == 0 && event->booking->claim_count == 0))
        return 0; /* as most bookings are made, in no room */
    struct id *rooms = ARENA_ARRAY(arena, room_history_rooms_max(before, event->booking), struct id);
    event->rooms = rooms;
    decision->out_of_memory |= rooms == NULL;
    return rooms == NULL ? 0 : room_history_of_change(before, event->booking, rooms);
}

void
room_history_name(const struct facts *facts, struct arena *arena, struct decision *decision)
{
    for (size_t i = 0; i < decision->event_count; i++) {
        struct event *event = &decision->events[i];
        if (event->state == EVENT_OF_BOOKING) {
            event->room_count = name_booking(facts, arena, decision, i);
        } else if (event->state == EVENT_OF_CLOSURE) {
            event->rooms = &event->closure->room;
            event->room_count = 1;
        }
    }
}
