/* One command, one decider. */
#include "core/deciding_overcommit.h"
#include "core/room_history.h"

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
    case COMMAND_START_CLEANING:
    case COMMAND_FINISH_CLEANING:
    case COMMAND_INSPECT_ROOM:
    case COMMAND_MARK_DIRTY:
    case COMMAND_REPORT_MAINTENANCE:
    case COMMAND_FINISH_MAINTENANCE: decide_housekeeping(d); break;
    case COMMAND_SET_ROOM_NOTE: decide_set_room_note(d); break;
    case COMMAND_GIVE_ROOMS: decide_give_rooms(d); break;
    case COMMAND_CLOSE_ROOMS: decide_close_rooms(d); break;
    case COMMAND_AMEND_CLOSURE: decide_amend_closure(d); break;
    case COMMAND_REOPEN_ROOM: decide_reopen_room(d); break;
    case COMMAND_SET_INVENTORY: decide_set_inventory(d); break;
    case COMMAND_CREATE_BOOKINGS: decide_create_bookings(d); break;
    case COMMAND_ASSIGN_ROOM: decide_assign_room(d); break;
    case COMMAND_UNASSIGN_ROOM: decide_unassign_room(d); break;
    case COMMAND_MOVE_BOOKING: decide_move_booking(d); break;
    case COMMAND_SWAP_ROOMS: decide_swap_rooms(d); break;
    case COMMAND_PIN_ROOM: decide_pin_room(d); break;
    case COMMAND_WALK_IN: decide_walk_in(d); break;
    case COMMAND_CHECK_IN: decide_check_in(d); break;
    case COMMAND_UNDO_CHECK_IN: decide_undo_check_in(d); break;
    case COMMAND_CHECK_OUT: decide_check_out(d); break;
    case COMMAND_UNDO_CHECK_OUT: decide_undo_check_out(d); break;
    case COMMAND_EXTEND_BOOKING:
    case COMMAND_AMEND_BOOKING: decide_amend_booking(d); break;
    case COMMAND_CONFIRM_BOOKING: decide_confirm_booking(d); break;
    case COMMAND_CANCEL_BOOKING: decide_cancel_booking(d); break;
    case COMMAND_APPROVE_BOOKING: decide_approve_booking(d); break;
    case COMMAND_DECLINE_BOOKING: decide_decline_booking(d); break;
    case COMMAND_MARK_NO_SHOW: decide_mark_no_show(d); break;
    case COMMAND_WAIVE_FEE: decide_waive_fee(d); break;
    case COMMAND_REINSTATE_BOOKING: decide_reinstate_booking(d); break;
    case COMMAND_BATCH_BOOKINGS: decide_booking_batch(d); break;
    case COMMAND_ADD_GUEST: decide_add_guest(d); break;
    case COMMAND_REMOVE_GUEST: decide_remove_guest(d); break;
    case COMMAND_AMEND_GUEST: decide_amend_guest(d); break;
    case COMMAND_ERASE_GUEST: decide_erase_guest(d); break;
    case COMMAND_CREATE_GUEST_LINK: decide_create_guest_link(d); break;
    case COMMAND_WITHDRAW_GUEST_LINK: decide_withdraw_guest_link(d); break;
    case COMMAND_AUTO_ASSIGN_BOOKING: decide_auto_assign_booking(d); break;
    case COMMAND_AUTO_ASSIGN_ARRIVALS: decide_auto_assign_arrivals(d); break;
    case COMMAND_ACQUIRE_HOLD: decide_acquire_hold(d); break;
    case COMMAND_EXTEND_HOLD: decide_extend_hold(d); break;
    case COMMAND_RELEASE_HOLD: decide_release_hold(d); break;
    case COMMAND_CONFIRM_HOLD: decide_confirm_hold(d); break;
    case COMMAND_CREATE_PAYMENT: decide_create_payment(d); break;
    case COMMAND_STEP_PAYMENT: decide_step_payment(d); break;
    case COMMAND_NOTE_PAYMENT: decide_note_payment(d); break;
    case COMMAND_STEP_REFUND: decide_step_refund(d); break;
    case COMMAND_RESOLVE_REFUND: decide_resolve_refund(d); break;
    case COMMAND_RESOLVE_SET_ASIDE: decide_resolve_set_aside(d); break;
    case COMMAND_SET_PAYMENT_PROVIDER: decide_set_payment_provider(d); break;
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
    case COMMAND_START_JOB: decide_start_job(d); break;
    case COMMAND_STEP_JOB: decide_step_job(d); break;
    case COMMAND_TURN_DAY: decide_turn_day(d); break;
    case COMMAND_SWEEP: break; /* what lapsed has been ended, and that was all */
    case COMMAND_KIND_COUNT: break;
    }
}

void
deciding_restart(struct deciding *d)
{
    deciding_init(d, d->facts, d->whole, d->arena, d->decision);
    if (!d->decision->out_of_memory)
        decide_lapsed(d);
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
    if (!ret_decision->out_of_memory && !deciding_refused(&d))
        deciding_settle_overcommit(&d);
    if (!ret_decision->out_of_memory) /* else events may name what there was no room for */
        room_history_name(facts, arena, ret_decision);
}
