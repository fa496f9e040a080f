/* Housekeeping: what is done in rooms, by room.def, and who is to do it. Nothing here looks at who is in the room, but
 * to keep them: a room is cleaned, inspected and mended with guests in it as without. */
#include <assert.h>

#include "core/deciding_booking.h"
#include "core/deciding_closure.h"

/* The working copy of the room the command names, in the version that it names; NULL when it was refused. */
static struct room_state *
find_room(struct deciding *d)
{
    struct room_state *state = deciding_room_state(d, d->command->room_step.room);
    if (state == NULL)
        deciding_refuse(d, OUTCOME_NOT_FOUND);
    else
        (void)deciding_refuse_stale(d, state->version);
    return deciding_refused(d) ? NULL : state;
}

static enum room_command
command_of(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_START_CLEANING: return ROOM_COMMAND_START_CLEANING;
    case COMMAND_FINISH_CLEANING: return ROOM_COMMAND_FINISH_CLEANING;
    case COMMAND_INSPECT_ROOM: return ROOM_COMMAND_INSPECT;
    case COMMAND_MARK_DIRTY: return ROOM_COMMAND_MARK_DIRTY;
    case COMMAND_REPORT_MAINTENANCE: return ROOM_COMMAND_REPORT_MAINTENANCE;
    default: break;
    }
    assert(command->kind == COMMAND_FINISH_MAINTENANCE);
    return ROOM_COMMAND_FINISH_MAINTENANCE;
}

/* The bookings that arrive today and were to have the room: told to who reports a fault, and not moved by it. */
static size_t
find_affected(struct deciding *d, struct id room, const struct id **ret_affected)
{
    struct id *affected = ARENA_ARRAY(d->arena, d->claim_count + 1, struct id);
    int64_t today = date_to_instant(d->facts->today);
    size_t count = 0;
    if (affected == NULL) {
        d->decision->out_of_memory = true;
        return 0;
    }
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        if (id_equal(claim->room, room) && claim->owner_kind == CLAIM_OF_BOOKING && claim->span.starts >= today &&
            claim->span.starts < today + DATE_DAY_MS)
            affected[count++] = claim->owner;
    }
    *ret_affected = affected;
    return count;
}

static void
set_fault(struct deciding *d, struct room_state *state, bool faulty, const struct free_text *words)
{
    if (faulty == room_is_faulty(state))
        return;
    state->fault = faulty && words != NULL ? words->id : ID_NONE;
    state->fault_since = faulty && words != NULL ? d->facts->now_ms : 0;
}

static void
record(struct deciding *d, struct room_state *state, const struct free_text *words)
{
    const struct id *affected = NULL;
    size_t count = d->command->kind == COMMAND_REPORT_MAINTENANCE ? find_affected(d, state->room, &affected) : 0;
    size_t before = d->decision->event_count;
    (void)deciding_put_room_state(d, state, words);
    if (d->decision->event_count == before)
        return;
    struct event *event = &d->decision->events[before];
    event->affected = affected;
    event->affected_count = count;
}

void
decide_housekeeping(struct deciding *d)
{
    const struct room_step *asked = &d->command->room_step;
    enum room_command command = command_of(d->command);
    struct room_state *state = find_room(d);
    enum cleanliness to;
    bool faulty;
    if (state == NULL)
        return;
    if (!room_machine_step(state, command, asked->result, &to, &faulty)) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
        refusal->status = room_status_name(room_status_of(state));
        refusal->room = state;
        return;
    }
    bool says_why = command == ROOM_COMMAND_REPORT_MAINTENANCE || command == ROOM_COMMAND_INSPECT ||
                    command == ROOM_COMMAND_MARK_DIRTY;
    const struct free_text *words = says_why ? deciding_put_reason(d, asked->note) : NULL;
    state->cleanliness = to;
    set_fault(d, state, faulty, words);
    record(d, state, words);
    if (asked->closes != NULL)
        deciding_close_rooms(d, asked->closes);
}

void
decide_set_room_note(struct deciding *d)
{
    struct room_state *state = find_room(d);
    if (state == NULL)
        return;
    if (d->command->room_step.note.len == 0 && id_is_none(state->note)) {
        d->decision->unchanged = state->room;
        return;
    }
    const struct free_text *words = deciding_put_reason(d, d->command->room_step.note);
    state->note = words == NULL ? ID_NONE : words->id;
    (void)deciding_put_room_state_as(d, state, STR("room.note_changed"), words);
}

/* "/room_ids/3" */
static const char *
point_at(struct deciding *d, size_t index)
{
    struct text text;
    text_init(&text, d->arena, 32);
    text_put_format(&text, "/room_ids/%zu", index);
    return deciding_cstr(d, &text);
}

static bool
refuse_bad_gift(struct deciding *d, const struct give_rooms *asked)
{
    if (!id_is_none(asked->attendant) && !d->facts->knows_attendant)
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/attendant_id", "There is no such user with a role here.");
    for (size_t i = 0; i < asked->room_count && !deciding_refused(d); i++) {
        if (deciding_room_state(d, asked->rooms[i]) == NULL)
            deciding_refuse_field(d, OUTCOME_NOT_FOUND, point_at(d, i), "There is no such room.");
        for (size_t j = 0; j < i && !deciding_refused(d); j++)
            if (id_equal(asked->rooms[i], asked->rooms[j]))
                deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, point_at(d, i), "The request has this room twice.");
    }
    return deciding_refused(d);
}

void
decide_give_rooms(struct deciding *d)
{
    const struct give_rooms *asked = &d->command->give_rooms;
    if (refuse_bad_gift(d, asked))
        return;
    for (size_t i = 0; i < asked->room_count; i++) {
        struct room_state *state = deciding_room_state(d, asked->rooms[i]);
        state->attendant = asked->attendant;
        (void)deciding_put_room_state_as(d, state, STR("room.attendant_changed"), NULL);
    }
}
