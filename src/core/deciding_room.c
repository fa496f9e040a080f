/* What is going on in rooms, as it is decided. The occupancy is a row of its own with two keys, and a decision may move
 * several parties at once: whoever leaves is recorded before whoever comes. */
#include <assert.h>
#include <string.h>

#include "core/deciding.h"

struct room_state *
deciding_room_state(struct deciding *d, struct id room)
{
    for (size_t i = 0; i < d->facts->room_state_count; i++)
        if (id_equal(d->room_states[i].room, room))
            return &d->room_states[i];
    return NULL;
}

const struct room_state *
deciding_put_room_state_as(struct deciding *d, struct room_state *state, struct str kind,
                           const struct free_text *reason)
{
    assert(state >= d->room_states && state < d->room_states + d->facts->room_state_count);
    enum room_status *shown = &d->room_shown[state - d->room_states];
    const struct room *room = house_find_room(&d->facts->house, state->room);
    assert(room != NULL);
    state->version++;
    struct room_state *row = ARENA_NEW(d->arena, struct room_state);
    if (row == NULL) {
        d->decision->out_of_memory = true;
        return state;
    }
    *row = *state;
    enum room_status from = *shown;
    *shown = room_status_of(row);
    deciding_change(d, (struct change){.kind = CHANGE_ROOM_STATE, .room_state = row});
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_ROOM,
                                     .subject = row->room,
                                     .from = room_status_name(from),
                                     .to = room_status_name(*shown),
                                     .reason = reason,
                                     .state = EVENT_OF_ROOM,
                                     .room = room,
                                     .room_state = row});
    return row;
}

const struct room_state *
deciding_put_room_state(struct deciding *d, struct room_state *state, const struct free_text *reason)
{
    return deciding_put_room_state_as(d, state, STR("room.status_changed"), reason);
}

bool
deciding_refuse_faulty_today(struct deciding *d, struct id room)
{
    const struct room_state *state = deciding_room_state(d, room);
    assert(state != NULL);
    if (!room_is_faulty(state))
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_ROOM_NOT_READY);
    refusal->detail = "The room has a fault that was reported and is not mended yet.";
    return true;
}

struct room_state *
deciding_occupy(struct deciding *d, struct id room, struct id booking)
{
    struct room_state *state = deciding_room_state(d, room);
    assert(state != NULL && !room_is_occupied(state) && !id_is_none(booking));
    state->occupant = booking;
    deciding_change(d, (struct change){.kind = CHANGE_OCCUPANCY_BEGIN, .occupancy = {room, booking}});
    return state;
}

/* Moves the change that was recorded last in front of the first begin. */
static void
put_before_begins(struct decision *decision)
{
    size_t last = decision->change_count - 1, first = decision->lapsed_changes;
    while (first < last && decision->changes[first].kind != CHANGE_OCCUPANCY_BEGIN)
        first++;
    struct change change = decision->changes[last];
    memmove(&decision->changes[first + 1], &decision->changes[first], (last - first) * sizeof(change));
    decision->changes[first] = change;
}

struct room_state *
deciding_vacate(struct deciding *d, struct id room)
{
    struct room_state *state = deciding_room_state(d, room);
    assert(state != NULL && room_is_occupied(state));
    size_t before = d->decision->change_count;
    deciding_change(d, (struct change){.kind = CHANGE_OCCUPANCY_END, .occupancy = {room, state->occupant}});
    state->occupant = ID_NONE;
    if (d->decision->change_count > before)
        put_before_begins(d->decision);
    return state;
}
