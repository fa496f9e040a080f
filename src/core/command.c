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

/* A text for each reason. */
static size_t
count_reasons(const struct booking_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += batch->items[i].reason.len > 0;
    return count;
}

struct command
command_of_line(const struct command *batch, size_t index)
{
    const struct booking_step *line = &batch->booking_batch.items[index];
    struct command one = {.kind = batch->booking_batch.step, .actor = batch->actor, .property = batch->property};
    if (one.kind == COMMAND_CHECK_IN)
        one.check_in = (struct check_in){
            .booking = line->booking, .room = line->room, .overrides = line->overrides, .reason = line->reason};
    else
        one.booking_step = *line;
    return one;
}

enum booking_status
command_group_leads_to(enum command_kind step)
{
    switch (step) {
    case COMMAND_CONFIRM_BOOKING: return BOOKING_CONFIRMED;
    case COMMAND_CANCEL_BOOKING: return BOOKING_CANCELLED;
    case COMMAND_CHECK_IN: return BOOKING_CHECKED_IN;
    case COMMAND_CHECK_OUT: return BOOKING_CHECKED_OUT;
    default: return BOOKING_NONE;
    }
}

bool
command_group_passes_over(enum command_kind step, enum booking_status status)
{
    if (status == command_group_leads_to(step) || !booking_status_is_blocking(status))
        return true;
    if (step == COMMAND_CONFIRM_BOOKING && status == BOOKING_CHECKED_IN)
        return true;
    return step == COMMAND_CHECK_OUT && status != BOOKING_CHECKED_IN;
}

const struct close_rooms *
command_closes(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CLOSE_ROOMS: return &command->close_rooms;
    case COMMAND_REPORT_MAINTENANCE: return command->room_step.closes;
    default: return NULL;
    }
}

/* A closure and its reason for each room. */
static size_t
count_closing(const struct command *command)
{
    const struct close_rooms *closes = command_closes(command);
    return closes == NULL ? 0 : 2 * closes->room_count;
}

size_t
command_fresh_ids(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: return command->create_bookings.leg_count + 2; /* and a guest, and a group */
    case COMMAND_BATCH_BOOKINGS: return count_reasons(&command->booking_batch);
    case COMMAND_WALK_IN: return 3; /* a guest, and a text */
    case COMMAND_CREATE_ROOMS: return command->create_rooms.room_count;
    case COMMAND_CONFIRM_HOLD: return QUANTITY_MAX + 2; /* the hold's quantity is not known yet */
    case COMMAND_ASSIGN_ROOM: return command->assign_room.reason.len > 0 ? 1 : 0;
    case COMMAND_MOVE_BOOKING: return command->move_booking.reason.len > 0 ? 1 : 0;
    case COMMAND_SWAP_ROOMS: return command->swap_rooms.reason.len > 0 ? 2 : 0; /* a text for each */
    case COMMAND_CHECK_IN: return command->check_in.reason.len > 0 ? 1 : 0;
    case COMMAND_UNDO_CHECK_IN:
    case COMMAND_CHECK_OUT:
    case COMMAND_UNDO_CHECK_OUT:
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_UNASSIGN_ROOM:
    case COMMAND_CANCEL_BOOKING:
    case COMMAND_APPROVE_BOOKING:
    case COMMAND_DECLINE_BOOKING:
    case COMMAND_MARK_NO_SHOW:
    case COMMAND_WAIVE_FEE:
    case COMMAND_REINSTATE_BOOKING: return command->booking_step.reason.len > 0 ? 1 : 0; /* a text */
    case COMMAND_AMEND_BOOKING: return command->amend_booking.reason.len > 0 ? 2 : 1;    /* a guest, a text */
    case COMMAND_CLOSE_ROOMS: return count_closing(command);
    case COMMAND_AMEND_CLOSURE: return command->amend_closure.reason.len > 0 ? 1 : 0;
    case COMMAND_ADD_GUEST: return id_is_none(command->name_guest.guest) ? 1 : 0;
    case COMMAND_REOPEN_ROOM: return command->closure_step.reason.len > 0 ? 1 : 0;
    case COMMAND_REPORT_MAINTENANCE: return 1 + count_closing(command); /* and a text */
    case COMMAND_INSPECT_ROOM:
    case COMMAND_MARK_DIRTY:
    case COMMAND_SET_ROOM_NOTE: return command->room_step.note.len > 0 ? 1 : 0; /* a text */
    case COMMAND_CREATE_PAYMENT: return 1;                                      /* and refunds, see facts_fresh_ids() */
    case COMMAND_STEP_PAYMENT: return 2;                                        /* a text, a refund by hand */
    case COMMAND_NOTE_PAYMENT: return 1;                                        /* a payment, or what is set aside */
    case COMMAND_RESOLVE_REFUND:
    case COMMAND_RESOLVE_SET_ASIDE: return 1;    /* a text */
    case COMMAND_SET_PAYMENT_PROVIDER: return 1; /* the first time */
    case COMMAND_START_JOB:
    case COMMAND_TURN_DAY: /* the audit */
    case COMMAND_CREATE_PROPERTY:
    case COMMAND_CREATE_ROOM_TYPE:
    case COMMAND_CREATE_USER:
    case COMMAND_ACCEPT_INVITATION: /* a user */
    case COMMAND_ACQUIRE_HOLD: return 1;
    default: return 0;
    }
}

size_t
command_fresh_codes(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: return command->create_bookings.leg_count + 1;
    case COMMAND_WALK_IN: return 1;
    case COMMAND_CONFIRM_HOLD: return QUANTITY_MAX + 1;
    default: return 0;
    }
}
