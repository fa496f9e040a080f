/* The rules of rooms once more, without the core's table and without its functions for them. */
#include "tests/support/house_upkeep.h"

#include "tests/support/house_model_part.h"

/* --- what housekeeping does --- */

static bool
is_about_upkeep(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_START_CLEANING:
    case COMMAND_FINISH_CLEANING:
    case COMMAND_INSPECT_ROOM:
    case COMMAND_MARK_DIRTY:
    case COMMAND_REPORT_MAINTENANCE:
    case COMMAND_FINISH_MAINTENANCE:
    case COMMAND_SET_ROOM_NOTE: return true;
    default: return false;
    }
}

/* A fault is some words; which is not the housekeeper's to know before. */
static void
set_broken(struct room_state *room, bool broken)
{
    room->fault = broken ? room->room : ID_NONE;
}

static bool
is_broken(const struct room_state *room)
{
    return !id_is_none(room->fault);
}

/* False when it can't be done with a room like that. */
static bool
work(struct room_state *room, const struct command *command)
{
    enum room_result result = command->room_step.result;
    enum cleanliness was = room->cleanliness;
    switch (command->kind) {
    case COMMAND_START_CLEANING: room->cleanliness = CLEANLINESS_CLEANING; return was == CLEANLINESS_DIRTY;
    case COMMAND_FINISH_CLEANING: room->cleanliness = CLEANLINESS_CLEANED; return was == CLEANLINESS_CLEANING;
    case COMMAND_INSPECT_ROOM:
        room->cleanliness = result == ROOM_RESULT_PASS ? CLEANLINESS_INSPECTED : CLEANLINESS_DIRTY;
        return was == CLEANLINESS_CLEANED;
    case COMMAND_MARK_DIRTY: room->cleanliness = CLEANLINESS_DIRTY; return was != CLEANLINESS_DIRTY;
    case COMMAND_REPORT_MAINTENANCE:
        if (is_broken(room))
            return false;
        set_broken(room, true);
        return true;
    case COMMAND_FINISH_MAINTENANCE:
        if (!is_broken(room))
            return false;
        set_broken(room, false);
        if (result != ROOM_RESULT_AS_IT_WAS)
            room->cleanliness = result == ROOM_RESULT_PASS ? CLEANLINESS_INSPECTED : CLEANLINESS_DIRTY;
        return true;
    default: return true; /* a note */
    }
}

static struct room_state *
find_room(struct room_state *rooms, const struct house_model *model, struct id id)
{
    for (size_t i = 0; i < model->room_count; i++)
        if (id_equal(rooms[i].room, id))
            return &rooms[i];
    return NULL;
}

static void
predict_work(const struct house_model *model, const struct command *command, struct house_upkeep *upkeep)
{
    struct room_state *room = find_room(upkeep->rooms, model, command->room_step.room);
    struct room_state after;
    if (room == NULL) {
        upkeep->outcome = OUTCOME_NOT_FOUND;
        return;
    }
    after = *room;
    upkeep->outcome = work(&after, command) ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION;
    if (upkeep->outcome == OUTCOME_OK)
        *room = after;
}

/* --- who may be told that a room is not ready --- */

static bool
is_unready(struct house_upkeep *upkeep, const struct house_model *model, struct id id)
{
    const struct room_state *room = find_room(upkeep->rooms, model, id);
    return room != NULL && (is_broken(room) || room->cleanliness != CLEANLINESS_INSPECTED);
}

static bool
is_broken_room(struct house_upkeep *upkeep, const struct house_model *model, struct id id)
{
    const struct room_state *room = find_room(upkeep->rooms, model, id);
    return room != NULL && is_broken(room);
}

/* One of the rooms that a booking has. */
static bool
has_unready(struct house_upkeep *upkeep, const struct house_model *model, struct id booking)
{
    for (size_t i = 0; i < model->claim_count; i++)
        if (id_equal(model->claims[i].owner, booking) && is_unready(upkeep, model, model->claims[i].room))
            return true;
    return false;
}

static bool
is_unready_for(struct house_upkeep *upkeep, const struct house_model *model, struct id booking, struct id room)
{
    return id_is_none(room) ? has_unready(upkeep, model, booking) : is_unready(upkeep, model, room);
}

static bool
any_line_is_unready(struct house_upkeep *upkeep, const struct house_model *model, const struct booking_batch *batch)
{
    for (size_t i = 0; i < batch->count && batch->step == COMMAND_CHECK_IN; i++)
        if (!batch->items[i].overrides && is_unready_for(upkeep, model, batch->items[i].booking, batch->items[i].room))
            return true;
    return false;
}

static bool
any_leg_is_broken(struct house_upkeep *upkeep, const struct house_model *model, const struct create_bookings *create)
{
    for (size_t i = 0; i < create->leg_count; i++)
        if (is_broken_room(upkeep, model, create->legs[i].room))
            return true;
    return false;
}

/* A room that the booking has, or had before it was given up. */
static bool
may_be_brought_to_broken(struct house_upkeep *upkeep, const struct house_model *model, struct id id)
{
    const struct booking *booking = house_model_booking(model, id);
    if (booking != NULL && is_broken_room(upkeep, model, booking->lost_room))
        return true;
    for (size_t i = 0; i < model->claim_count; i++)
        if (id_equal(model->claims[i].owner, id) && is_broken_room(upkeep, model, model->claims[i].room))
            return true;
    return false;
}

/* Guests in the house are kept out of what is not ready, all others of what is broken tonight. */
static bool
may_be_unready(struct house_upkeep *upkeep, const struct house_model *model, const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CHECK_IN:
        return !command->check_in.overrides &&
               is_unready_for(upkeep, model, command->check_in.booking, command->check_in.room);
    case COMMAND_WALK_IN: /* without a room: none that is ready can be had */
        return !command->walk_in.overrides &&
               (id_is_none(command->walk_in.leg.room) || is_unready(upkeep, model, command->walk_in.leg.room));
    case COMMAND_BATCH_BOOKINGS: return any_line_is_unready(upkeep, model, &command->booking_batch);
    case COMMAND_MOVE_BOOKING: return is_unready(upkeep, model, command->move_booking.to_room);
    case COMMAND_SWAP_ROOMS:
        return has_unready(upkeep, model, command->swap_rooms.booking) ||
               has_unready(upkeep, model, command->swap_rooms.other);
    case COMMAND_ASSIGN_ROOM: return is_broken_room(upkeep, model, command->assign_room.room);
    case COMMAND_AMEND_BOOKING:
    case COMMAND_EXTEND_BOOKING: return may_be_brought_to_broken(upkeep, model, command->amend_booking.booking);
    case COMMAND_REINSTATE_BOOKING: return may_be_brought_to_broken(upkeep, model, command->booking_step.booking);
    case COMMAND_ACQUIRE_HOLD: return is_broken_room(upkeep, model, command->acquire_hold.leg.room);
    case COMMAND_CREATE_BOOKINGS: return any_leg_is_broken(upkeep, model, &command->create_bookings);
    case COMMAND_AUTO_ASSIGN_BOOKING:
        for (size_t i = 0; i < model->room_count; i++)
            if (is_broken(&upkeep->rooms[i]))
                return true;
        return false;
    default: return false;
    }
}

void
house_upkeep_take(const struct house_model *model, const struct command *command, struct house_upkeep *ret_upkeep)
{
    *ret_upkeep = (struct house_upkeep){.is_upkeep = is_about_upkeep(command), .claim_count = model->claim_count};
    for (size_t i = 0; i < model->room_count; i++)
        ret_upkeep->rooms[i] = model->room_states[i];
    for (size_t i = 0; i < model->claim_count; i++)
        ret_upkeep->claims[i] = model->claims[i];
    if (ret_upkeep->is_upkeep)
        predict_work(model, command, ret_upkeep);
    else
        ret_upkeep->may_be_unready = may_be_unready(ret_upkeep, model, command);
}

/* --- what came of it --- */

static bool
overrides(const struct command *command, struct id booking)
{
    const struct booking_batch *batch = &command->booking_batch;
    bool may = command->actor.role >= ROLE_MANAGER;
    switch (command->kind) {
    case COMMAND_CHECK_IN: return may && command->check_in.overrides && command->check_in.reason.len > 0;
    case COMMAND_WALK_IN: return may && command->walk_in.overrides && command->walk_in.reason.len > 0;
    case COMMAND_MOVE_BOOKING: return may && command->move_booking.overrides && command->move_booking.reason.len > 0;
    case COMMAND_SWAP_ROOMS: return may && command->swap_rooms.overrides && command->swap_rooms.reason.len > 0;
    case COMMAND_BATCH_BOOKINGS:
        for (size_t i = 0; i < batch->count; i++)
            if (id_equal(batch->items[i].booking, booking))
                return may && batch->items[i].overrides && batch->items[i].reason.len > 0;
        return false;
    default: return false;
    }
}

/* Whoever leaves leaves a room to be cleaned, unless they were never there. Nothing else changes without housekeeping.
 */
static bool
audit_room(const struct room_state *before, const struct command *command, const struct room_state *after,
           struct house_model *model)
{
    bool left = !id_is_none(before->occupant) && !id_equal(before->occupant, after->occupant);
    bool came = !id_is_none(after->occupant) && !id_equal(before->occupant, after->occupant);
    enum cleanliness due = left && command->kind != COMMAND_UNDO_CHECK_IN ? CLEANLINESS_DIRTY : before->cleanliness;
    if (after->cleanliness != due || is_broken(after) != is_broken(before))
        return model_fail(model, "R2", "a room is cleaner, dirtier or less whole than it should be");
    bool ready = before->cleanliness == CLEANLINESS_INSPECTED && !is_broken(before);
    if (came && !ready && command->kind != COMMAND_UNDO_CHECK_OUT && !overrides(command, after->occupant))
        return model_fail(model, "R3", "someone is let into a room that is not ready, and nobody overrode that");
    return true;
}

static bool
had_room(const struct house_upkeep *upkeep, const struct claim *claim, int64_t tonight)
{
    for (size_t i = 0; i < upkeep->claim_count; i++)
        if (id_equal(upkeep->claims[i].owner, claim->owner) && id_equal(upkeep->claims[i].room, claim->room) &&
            span_contains_instant(upkeep->claims[i].span, tonight))
            return true;
    return false;
}

/* What was held was asked for before it broke, and a closure takes in nobody. */
static bool
was_promised(const struct house_model *model, const struct command *command, const struct claim *claim)
{
    const struct booking *booking = house_model_booking(model, claim->owner);
    bool confirms = command->kind == COMMAND_CONFIRM_HOLD ||
                    (command->kind == COMMAND_CREATE_BOOKINGS && !id_is_none(command->create_bookings.hold));
    return claim->owner_kind == CLAIM_OF_CLOSURE || (confirms && booking != NULL && booking->version == 1);
}

static bool
audit_tonight(const struct house_upkeep *upkeep, const struct command *command, struct house_model *model)
{
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        const struct booking *booking = house_model_booking(model, claim->owner);
        const struct room_type *type = model_type_of_room(model, claim->room);
        bool in_house = booking != NULL && booking->status == BOOKING_CHECKED_IN;
        int64_t tonight = date_to_instant(model->today);
        if (type->sold_by != SOLD_BY_NIGHT || in_house || !span_contains_instant(claim->span, tonight) ||
            had_room(upkeep, claim, tonight) || was_promised(model, command, claim))
            continue;
        for (size_t room = 0; room < model->room_count; room++)
            if (id_equal(model->rooms[room].id, claim->room) && is_broken(&upkeep->rooms[room]))
                return model_fail(model, "R4", "someone is given for tonight a room in which something is broken");
    }
    return true;
}

bool
house_upkeep_audit(const struct house_upkeep *upkeep, const struct command *command, const struct decision *decision,
                   struct house_model *model)
{
    enum outcome outcome = decision->refusal.outcome;
    if (upkeep->is_upkeep && outcome != upkeep->outcome)
        return model_fail(model, "R2", "housekeeping does what can't be done, or not what can");
    if (outcome == OUTCOME_ROOM_NOT_READY && !upkeep->may_be_unready)
        return model_fail(model, "R3", "it is told of a room that it is not ready, and it is");
    for (size_t i = 0; i < model->room_count; i++)
        if (!audit_room(&upkeep->rooms[i], command, &model->room_states[i], model))
            return false;
    return audit_tonight(upkeep, command, model);
}
