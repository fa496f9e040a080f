/* Rooms as they are entered and left. */
#include "core/deciding_stay.h"

#include "core/wanted.h"

enum { SENTENCE = 112 };

struct room_state *
deciding_room_of_guests(struct deciding *d, struct id booking)
{
    for (size_t i = 0; i < d->facts->room_state_count; i++)
        if (id_equal(d->room_states[i].occupant, booking))
            return &d->room_states[i];
    return NULL;
}

bool
deciding_refuse_unknown_room(struct deciding *d, struct id id, const char *pointer)
{
    if (house_find_room(&d->facts->house, id) != NULL)
        return false;
    deciding_refuse_field(d, OUTCOME_NOT_FOUND, pointer, "There is no such room.");
    return true;
}

bool
deciding_refuse_unfit_room(struct deciding *d, const struct booking *booking, struct id id, const char *pointer)
{
    const struct room *room = house_find_room(&d->facts->house, id);
    const struct room_type *type = house_find_type(&d->facts->house, room->room_type);
    struct wanted wanted = {.type = type, .room = room, .party = booking->party};
    if ((type->sold_by == SOLD_BY_MINUTE) != booking->by_minute)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, pointer,
                              booking->by_minute ? "The room is let by the night, and this is a slot."
                                                 : "The room is let by the minute, and this is a stay.");
    else if (wanted_refuse_party(d, &wanted))
        d->decision->refusal.pointer = pointer;
    return deciding_refused(d);
}

bool
deciding_refuse_override(struct deciding *d, bool overrides)
{
    if (!overrides || role_may_override(d->command->actor.role))
        return false;
    deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/override", "Managers override rules.");
    return true;
}

void
deciding_offer_override(struct deciding *d)
{
    struct refusal *refusal = &d->decision->refusal;
    if (refusal->may_be_insisted_on && refusal->outcome == OUTCOME_NO_ROOM_FITS)
        refusal->detail =
            "There are not rooms for all, and with this one taken somebody who was promised a room would have "
            "none; a manager may override that, with a reason.";
    else if (refusal->may_be_insisted_on)
        refusal->detail = "It could not be shown that everything booked still fits when this room is taken; a manager "
                          "may override that, with a reason.";
}

/* "Room 204 is not inspected": of several rooms in one request it has to be said which. */
static const char *
say_of_room(struct deciding *d, const char *before, struct id id, const char *after)
{
    const struct room *room = house_find_room(&d->facts->house, id);
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    text_put(&text, str_from(before));
    if (room != NULL) {
        text_put_char(&text, ' ');
        text_put(&text, room->number);
    }
    text_put(&text, str_from(after));
    return deciding_cstr(d, &text);
}

/* Their claim on the room, as far as it was read: who should have left has none for tonight, and then no dates are
 * told. */
static struct claim
claim_of_occupant(const struct deciding *d, const struct room_state *room)
{
    for (size_t i = 0; i < d->claim_count; i++)
        if (id_equal(d->claims[i].owner, room->occupant) && id_equal(d->claims[i].room, room->room))
            return d->claims[i];
    return (struct claim){.room = room->room, .owner_kind = CLAIM_OF_BOOKING, .owner = room->occupant};
}

bool
deciding_refuse_occupied(struct deciding *d, const struct room_state *room)
{
    if (!room_is_occupied(room))
        return false;
    struct claim *claim = ARENA_NEW(d->arena, struct claim);
    if (claim == NULL) {
        d->decision->out_of_memory = true;
        return true;
    }
    *claim = claim_of_occupant(d, room);
    struct refusal *refusal = deciding_refuse(d, OUTCOME_ROOM_NOT_AVAILABLE);
    refusal->detail = say_of_room(d, "Somebody is still in room", room->room, ".");
    refusal->in_the_way = claim;
    refusal->in_the_way_count = 1;
    return true;
}

bool
deciding_refuse_not_ready(struct deciding *d, struct id id, struct id leaving, bool overrides)
{
    const struct room_state *room = deciding_room_state(d, id);
    if (room == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND); /* the house has it, so that it is being deleted */
        return true;
    }
    bool leaves = !id_is_none(leaving) && id_equal(room->occupant, leaving);
    if (!leaves && deciding_refuse_occupied(d, room))
        return true;
    if (overrides || (room->cleanliness == CLEANLINESS_INSPECTED && !room_is_faulty(room)))
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_ROOM_NOT_READY);
    refusal->status = room_status_name(room_status_of(room));
    refusal->detail =
        say_of_room(d, "Room", id,
                    room_is_faulty(room) ? " has a fault; a manager may override that, with a reason."
                                         : " is not inspected; a manager may override that, with a reason.");
    return true;
}

void
deciding_warn_out_of_service(struct deciding *d, struct id room)
{
    if (d->decision->event_count > 0 && facts_is_out_of_service(d->facts, d->command, room))
        d->decision->events[d->decision->event_count - 1].out_of_service = true;
}

bool
deciding_refuse_another_day(struct deciding *d, int32_t on)
{
    if (on == d->facts->today)
        return false;
    (void)deciding_refuse_rule(d, STR("another_day"), "It can be taken back on the same business date alone.");
    return true;
}
