/* Commands on the rooms of bookings: assign, unassign, move, swap, pin. */
#include "api/handlers.h"
#include "api/parts.h"
#include "core/date.h"

static struct command *
begin(struct call *call, enum command_kind kind)
{
    call->engine.command.kind = kind;
    return &call->engine.command;
}

/* Staff give rooms to keep them, so a claim is pinned unless they say that it may be moved. */
static bool
shape_pinned(struct shape *body)
{
    bool pinned = true;
    (void)shape_bool(shape_field(body, "pinned", SHAPE_OPTIONAL), &pinned);
    return pinned;
}

void
rooming_shape_assign(struct call *call, struct shape *query, struct shape *body)
{
    struct assign_room *assign = &begin(call, COMMAND_ASSIGN_ROOM)->assign_room;
    (void)query;
    assign->booking = call->ids[0];
    (void)call_shape_id(call, shape_field(body, "room_id", SHAPE_REQUIRED), ID_ROOM, &assign->room);
    assign->pinned = shape_pinned(body);
    part_override(body, &assign->overrides, &assign->reason);
}

void
rooming_shape_unassign(struct call *call, struct shape *query, struct shape *body)
{
    struct booking_step *step = &begin(call, COMMAND_UNASSIGN_ROOM)->booking_step;
    (void)query;
    step->booking = call->ids[0];
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->reason);
}

/* Dates of a stay; which of its nights they may be is the decision's to say. */
static bool
shape_night(struct shape *body, const char *name, int64_t *ret_ms)
{
    int32_t date;
    if (shape_date(shape_field(body, name, SHAPE_OPTIONAL), &date) != SHAPE_SET)
        return false;
    *ret_ms = date_to_instant(date);
    return true;
}

void
rooming_shape_move(struct call *call, struct shape *query, struct shape *body)
{
    struct move_booking *move = &begin(call, COMMAND_MOVE_BOOKING)->move_booking;
    (void)query;
    move->booking = call->ids[0];
    (void)call_shape_id(call, shape_field(body, "to_room_id", SHAPE_REQUIRED), ID_ROOM, &move->to_room);
    move->has_from = shape_night(body, "from", &move->from);
    move->has_until = shape_night(body, "until", &move->until);
    move->pinned = shape_pinned(body);
    part_override(body, &move->overrides, &move->reason);
}

void
rooming_shape_swap(struct call *call, struct shape *query, struct shape *body)
{
    struct swap_rooms *swap = &begin(call, COMMAND_SWAP_ROOMS)->swap_rooms;
    (void)query;
    swap->booking = call->ids[0];
    (void)call_shape_id(call, shape_field(body, "with_booking_id", SHAPE_REQUIRED), ID_BOOKING, &swap->other);
    part_override(body, &swap->overrides, &swap->reason);
}

void
rooming_shape_pin(struct call *call, struct shape *query, struct shape *body)
{
    struct pin_room *pin = &begin(call, COMMAND_PIN_ROOM)->pin_room;
    (void)query;
    pin->booking = call->ids[0];
    pin->pinned = shape_pinned(body);
}
