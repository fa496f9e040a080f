/* Names, what follows from them, and the table of room.def. */
#include "core/room_state.h"

#include <assert.h>
#include <stddef.h>

bool
room_is_ready(const struct room_state *state)
{
    return room_status_of(state) == ROOM_READY_FOR_GUEST;
}

enum room_status
room_status_of(const struct room_state *state)
{
    if (room_is_occupied(state))
        return ROOM_OCCUPIED;
    if (room_is_faulty(state))
        return ROOM_MAINTENANCE_REQUIRED;
    switch (state->cleanliness) {
    case CLEANLINESS_DIRTY: return ROOM_CHECKOUT_DIRTY;
    case CLEANLINESS_CLEANING: return ROOM_CLEANING_IN_PROGRESS;
    case CLEANLINESS_CLEANED: return ROOM_CLEANED_UNINSPECTED;
    case CLEANLINESS_INSPECTED: return ROOM_READY_FOR_GUEST;
    case CLEANLINESS_COUNT: break;
    }
    assert(!"a cleanliness that is none");
    return ROOM_CHECKOUT_DIRTY;
}

static const struct str cleanliness_names[CLEANLINESS_COUNT] = {
    [CLEANLINESS_DIRTY] = {"DIRTY", 5},
    [CLEANLINESS_CLEANING] = {"CLEANING", 8},
    [CLEANLINESS_CLEANED] = {"CLEANED", 7},
    [CLEANLINESS_INSPECTED] = {"INSPECTED", 9},
};

struct str
cleanliness_name(enum cleanliness cleanliness)
{
    assert((int)cleanliness >= 0 && cleanliness < CLEANLINESS_COUNT);
    return cleanliness_names[cleanliness];
}

bool
cleanliness_parse(struct str name, enum cleanliness *ret_cleanliness)
{
    for (int i = 0; i < CLEANLINESS_COUNT; i++) {
        if (str_equal(cleanliness_names[i], name)) {
            *ret_cleanliness = (enum cleanliness)i;
            return true;
        }
    }
    return false;
}

struct str
room_status_name(enum room_status status)
{
    switch (status) {
    case ROOM_OCCUPIED: return STR("OCCUPIED");
    case ROOM_MAINTENANCE_REQUIRED: return STR("MAINTENANCE_REQUIRED");
    case ROOM_CHECKOUT_DIRTY: return STR("CHECKOUT_DIRTY");
    case ROOM_CLEANING_IN_PROGRESS: return STR("CLEANING_IN_PROGRESS");
    case ROOM_CLEANED_UNINSPECTED: return STR("CLEANED_UNINSPECTED");
    case ROOM_READY_FOR_GUEST: return STR("READY_FOR_GUEST");
    case ROOM_STATUS_COUNT: break;
    }
    assert(!"a room status that is none");
    return STR("");
}

enum fault_asked { FAULT_EITHER, FAULT_SOUND, FAULT_FAULTY };

static const struct transition {
    enum cleanliness from;
    enum fault_asked fault_before;
    enum room_command command;
    enum room_result result;
    enum cleanliness to;
    enum fault_asked fault_after;
} transitions[] = {
#define ROOM_TRANSITION(from, before, command, result, to, after)                                                      \
    {CLEANLINESS_##from, FAULT_##before, ROOM_COMMAND_##command, ROOM_RESULT_##result, CLEANLINESS_##to, FAULT_##after},
#include "core/room.def"
#undef ROOM_TRANSITION
};

enum { TRANSITION_COUNT = sizeof(transitions) / sizeof(transitions[0]) };

struct str
room_command_name(enum room_command command)
{
    static const struct str names[ROOM_COMMAND_COUNT] = {
#define ROOM_COMMAND(name, wire) [ROOM_COMMAND_##name] = {wire, sizeof(wire) - 1},
#include "core/room.def"
#undef ROOM_COMMAND
    };
    assert((int)command >= 0 && command < ROOM_COMMAND_COUNT);
    return names[command];
}

/* Is the row for a room in this state? */
static bool
starts_at(const struct transition *row, const struct room_state *state)
{
    return row->from == state->cleanliness &&
           (row->fault_before == FAULT_EITHER || (row->fault_before == FAULT_FAULTY) == room_is_faulty(state));
}

static bool
is_faulty_after(const struct transition *row, const struct room_state *before)
{
    return row->fault_after == FAULT_EITHER ? room_is_faulty(before) : row->fault_after == FAULT_FAULTY;
}

bool
room_machine_step(const struct room_state *state, enum room_command command, enum room_result result,
                  enum cleanliness *ret_to, bool *ret_faulty)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++) {
        const struct transition *row = &transitions[i];
        if (row->command != command || row->result != result || !starts_at(row, state))
            continue;
        *ret_to = row->to;
        *ret_faulty = is_faulty_after(row, state);
        return true;
    }
    return false;
}

bool
room_machine_allows(const struct room_state *state, enum room_command command)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (transitions[i].command == command && starts_at(&transitions[i], state))
            return true;
    return false;
}

bool
room_machine_has_step(const struct room_state *from, const struct room_state *to)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (starts_at(&transitions[i], from) && transitions[i].to == to->cleanliness &&
            is_faulty_after(&transitions[i], from) == room_is_faulty(to))
            return true;
    return false;
}
