/* Commands of the desk: check-in, check-out, and each taken back. */
#include "api/handlers.h"
#include "api/parts.h"

void
stay_shape_check_in(struct call *call, struct shape *query, struct shape *body)
{
    struct check_in *check_in = &call->engine.command.check_in;
    (void)query;
    call->engine.command.kind = COMMAND_CHECK_IN;
    check_in->booking = call->ids[0];
    (void)call_shape_id(call, shape_field(body, "room_id", SHAPE_NULLABLE), ID_ROOM, &check_in->room);
    part_override(body, &check_in->overrides, &check_in->reason);
}

/* The last night is said by its departure or by how many there are, and the first is the business date's. */
static void
shape_stay(struct shape *body, struct walk_in *walk_in)
{
    struct shape_field departure = shape_field(body, "departure", SHAPE_OPTIONAL);
    struct shape_field nights = shape_field(body, "nights", SHAPE_OPTIONAL);
    (void)shape_date(departure, &walk_in->departure);
    (void)part_i32(nights, 1, STAY_NIGHTS_MAX, &walk_in->nights);
    if (departure.is == SHAPE_ABSENT && nights.is == SHAPE_ABSENT)
        (void)shape_refuse(departure, "is required, or nights");
    else if (departure.is != SHAPE_ABSENT && nights.is != SHAPE_ABSENT)
        (void)shape_refuse(nights, "can't be given with departure");
}

void
stay_shape_walk_in(struct call *call, struct shape *query, struct shape *body)
{
    static const char *const read_only[] = {"id", "code", "status", "arrival", "version", "seq", NULL};
    struct walk_in walk_in = {.leg.party = 0};
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    struct shape_field override = shape_field(body, "override", SHAPE_OPTIONAL);
    part_unit(call, body, &walk_in.leg);
    shape_stay(body, &walk_in);
    (void)part_price(body, &walk_in.leg.price);
    (void)part_guest(body, SHAPE_REQUIRED, &walk_in.guest);
    part_override(body, &walk_in.overrides, &walk_in.reason);
    if (walk_in.overrides && id_is_none(walk_in.leg.room))
        (void)shape_refuse(override, "is for a room: give room_id");
    shape_read_only(body, read_only);
    call->engine.command.kind = COMMAND_WALK_IN;
    call->engine.command.walk_in = walk_in;
}

static void
shape_step(struct call *call, struct shape *body, enum command_kind kind)
{
    struct booking_step *step = &call->engine.command.booking_step;
    call->engine.command.kind = kind;
    step->booking = call->ids[0];
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->reason);
}

void
stay_shape_undo_check_in(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_UNDO_CHECK_IN);
}

void
stay_shape_check_out(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    struct booking_step *step = &call->engine.command.booking_step;
    call->engine.command.kind = COMMAND_CHECK_OUT;
    step->booking = call->ids[0];
    part_override(body, &step->overrides, &step->reason);
}

void
stay_shape_undo_check_out(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_UNDO_CHECK_OUT);
}
