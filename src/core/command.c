/* command.def as names, and how much fresh material each command may use. */
#include "core/command.h"

#include <assert.h>

static const struct str command_names[COMMAND_KIND_COUNT] = {
#define COMMAND(name, wire) [COMMAND_##name] = {wire, sizeof(wire) - 1},
#include "core/command.def"
#undef COMMAND
};

struct str
command_kind_name(enum command_kind kind)
{
    assert((int)kind >= 0 && kind < COMMAND_KIND_COUNT);
    return command_names[kind];
}

size_t
command_fresh_ids(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: return command->create_bookings.leg_count + 2; /* and a guest, and a group */
    case COMMAND_CREATE_ROOMS: return command->create_rooms.room_count;
    case COMMAND_CONFIRM_HOLD: return QUANTITY_MAX + 2; /* the hold's quantity is not known yet */
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_CANCEL_BOOKING: return command->booking_step.reason.len > 0 ? 1 : 0; /* a text */
    case COMMAND_CREATE_PROPERTY:
    case COMMAND_CREATE_ROOM_TYPE:
    case COMMAND_CREATE_USER:
    case COMMAND_ACCEPT_INVITATION: /* a user */
    case COMMAND_AMEND_BOOKING:     /* a guest */
    case COMMAND_ACQUIRE_HOLD: return 1;
    default: return 0;
    }
}

size_t
command_fresh_codes(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: return command->create_bookings.leg_count + 1;
    case COMMAND_CONFIRM_HOLD: return QUANTITY_MAX + 1;
    default: return 0;
    }
}
