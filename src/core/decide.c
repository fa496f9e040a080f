/* One command, one decider. */
#include "core/deciding.h"

static void
decide_command(struct deciding *d)
{
    switch (d->command->kind) {
    case COMMAND_CREATE_PROPERTY:
    case COMMAND_AMEND_PROPERTY: decide_put_property(d); break;
    case COMMAND_CREATE_ROOM_TYPE:
    case COMMAND_AMEND_ROOM_TYPE: decide_put_room_type(d); break;
    case COMMAND_DELETE_ROOM_TYPE: decide_delete_room_type(d); break;
    case COMMAND_CREATE_ROOMS: decide_create_rooms(d); break;
    case COMMAND_AMEND_ROOM: decide_amend_room(d); break;
    case COMMAND_DELETE_ROOMS: decide_delete_rooms(d); break;
    case COMMAND_SET_INVENTORY: decide_set_inventory(d); break;
    case COMMAND_CREATE_BOOKINGS: decide_create_bookings(d); break;
    case COMMAND_AMEND_BOOKING: decide_amend_booking(d); break;
    case COMMAND_CONFIRM_BOOKING: decide_confirm_booking(d); break;
    case COMMAND_CANCEL_BOOKING: decide_cancel_booking(d); break;
    case COMMAND_ACQUIRE_HOLD: decide_acquire_hold(d); break;
    case COMMAND_EXTEND_HOLD: decide_extend_hold(d); break;
    case COMMAND_RELEASE_HOLD: decide_release_hold(d); break;
    case COMMAND_CONFIRM_HOLD: decide_confirm_hold(d); break;
    case COMMAND_CREATE_USER: decide_create_user(d); break;
    case COMMAND_AMEND_USER: decide_amend_user(d); break;
    case COMMAND_SET_ROLE: decide_set_role(d); break;
    case COMMAND_CREATE_INVITATION: decide_create_invitation(d); break;
    case COMMAND_CREATE_SETUP: decide_create_setup(d); break;
    case COMMAND_WITHDRAW_INVITATION: decide_withdraw_invitation(d); break;
    case COMMAND_ACCEPT_INVITATION: decide_accept_invitation(d); break;
    case COMMAND_REQUEST_RESET: decide_request_reset(d); break;
    case COMMAND_COMPLETE_RESET: decide_complete_reset(d); break;
    case COMMAND_START_SESSION: decide_start_session(d); break;
    case COMMAND_END_SESSION: decide_end_session(d); break;
    case COMMAND_CREATE_TOKEN: decide_create_token(d); break;
    case COMMAND_REVOKE_TOKEN: decide_revoke_token(d); break;
    case COMMAND_SWEEP: break; /* what lapsed has been ended, and that was all */
    case COMMAND_KIND_COUNT: break;
    }
}

void
decide(const struct facts *facts, const struct command *command, struct arena *arena, struct decision *ret_decision)
{
    struct deciding d;
    deciding_init(&d, facts, command, arena, ret_decision);
    if (!ret_decision->out_of_memory)
        decide_lapsed(&d);
    if (!ret_decision->out_of_memory)
        decide_command(&d);
}
