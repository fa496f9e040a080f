/* Commands on bookings: create, amend, confirm, cancel, and who comes along. */
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"

/* What the machine and the engine set. */
static const char *const read_only[] = {"id",
                                        "code",
                                        "group_id",
                                        "status",
                                        "claims",
                                        "placement",
                                        "guest_id",
                                        "companion_ids",
                                        "guests",
                                        "payment_status",
                                        "expires_at",
                                        "checked_in_at",
                                        "checked_in_on",
                                        "checked_out_on",
                                        "left_room_id",
                                        "checked_out_at",
                                        "cancelled_at",
                                        "created_at",
                                        "created_by",
                                        "version",
                                        "seq",
                                        "charged_room_type_id",
                                        "local_starts",
                                        "local_ends",
                                        "turnaround_min",
                                        NULL};

/* -- create -- */

static void
shape_leg(struct call *call, struct shape *shape, struct leg *ret_leg)
{
    part_leg(call, shape, ret_leg);
    (void)shape_bool(shape_field(shape, "pinned", SHAPE_OPTIONAL), &ret_leg->pinned);
    (void)part_price(shape, &ret_leg->price);
}

static void
shape_one_of_legs(struct call *call, struct shape_field item, struct leg *ret_leg)
{
    struct shape shape;
    if (shape_object(item, &shape) != SHAPE_SET)
        return;
    shape_leg(call, &shape, ret_leg);
    shape_finish(&shape);
}

/* Each leg says what it is; nothing of that stands beside them. */
static void
shape_legs(struct call *call, struct shape *body, struct shape_field field, struct create_bookings *create)
{
    static const char *const of_legs[] = {"room_type_id", "room_id", "arrival",  "departure", "starts_at", "ends_at",
                                          "party",        "pinned",  "quantity", "price",     NULL};
    struct shape_list list;
    for (size_t i = 0; of_legs[i] != NULL; i++) {
        struct shape_field beside = shape_field(body, of_legs[i], SHAPE_NULLABLE);
        if (beside.is != SHAPE_ABSENT)
            (void)shape_refuse(beside, "can't stand beside legs: each leg has its own");
    }
    if (shape_list(field, 1, LEGS_MAX, &list) != SHAPE_SET)
        return;
    struct leg *legs = ARENA_ARRAY(call->arena, list.count, struct leg);
    for (size_t i = 0; legs != NULL && i < list.count; i++)
        shape_one_of_legs(call, shape_item(&list, i), &legs[i]);
    create->legs = legs;
    create->leg_count = list.count;
    create->group = create->from_legs = true;
}

static void
shape_quantity(struct call *call, struct shape *body, struct create_bookings *create)
{
    int32_t quantity = 1;
    struct leg leg = {.party = 1};
    shape_leg(call, body, &leg);
    create->group = part_i32(shape_field(body, "quantity", SHAPE_OPTIONAL), 1, QUANTITY_MAX, &quantity) == SHAPE_SET;
    struct leg *legs = ARENA_ARRAY(call->arena, (size_t)quantity, struct leg);
    for (int32_t i = 0; legs != NULL && i < quantity; i++)
        legs[i] = leg;
    create->legs = legs;
    create->leg_count = (size_t)quantity;
}

void
booking_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct create_bookings create = {.payment = PAYMENT_NONE};
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    struct shape_field legs = shape_field(body, "legs", SHAPE_OPTIONAL);
    if (legs.is == SHAPE_ABSENT)
        shape_quantity(call, body, &create);
    else
        shape_legs(call, body, legs, &create);
    (void)part_guest(body, SHAPE_REQUIRED, &create.guest);
    part_payment(body, &create.payment);
    (void)call_shape_id(call, shape_field(body, "hold_id", SHAPE_NULLABLE), ID_HOLD, &create.hold);
    shape_read_only(body, read_only);
    call->engine.command.kind = COMMAND_CREATE_BOOKINGS;
    call->engine.command.create_bookings = create;
}

/* -- amend -- */

void
booking_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    static const char *const fixed[] = {"property_id", "room_id", "payment", "pinned", NULL};
    struct part_when when;
    struct amend_booking amend = {.booking = call->ids[0]};
    (void)query;
    if (part_when_partly(body, &when) == SHAPE_SET) {
        amend.changes_span = true;
        amend.keeps_starts = !when.has_starts;
        amend.keeps_ends = !when.has_ends;
        amend.by_minute = when.by_minute;
        amend.span = when.span;
    }
    (void)call_shape_id(call, shape_field(body, "room_type_id", SHAPE_OPTIONAL), ID_ROOM_TYPE, &amend.room_type);
    (void)part_i32(shape_field(body, "party", SHAPE_OPTIONAL), 1, PART_PARTY_MAX, &amend.party);
    enum shape_is price = part_price(body, &amend.price);
    amend.changes_price = price == SHAPE_SET || price == SHAPE_NULL;
    amend.changes_guest = part_guest(body, SHAPE_OPTIONAL, &amend.guest) == SHAPE_SET;
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &amend.reason);
    shape_read_only(body, read_only);
    shape_read_only(body, fixed);
    call->engine.command.kind = COMMAND_AMEND_BOOKING;
    call->engine.command.amend_booking = amend;
}

/* A new end is all there is to it, so it needs no version: whoever extends does not undo what another amended. */
void
booking_shape_extend(struct call *call, struct shape *query, struct shape *body)
{
    struct amend_booking amend = {.booking = call->ids[0], .changes_span = true, .keeps_starts = true};
    struct part_when when;
    (void)query;
    if (part_when_partly(body, &when) == SHAPE_SET) {
        amend.by_minute = when.by_minute;
        amend.span = when.span;
    }
    struct shape_field starts = shape_field(body, when.by_minute ? "starts_at" : "arrival", SHAPE_OPTIONAL);
    struct shape_field ends = shape_field(body, when.by_minute ? "ends_at" : "departure", SHAPE_OPTIONAL);
    if (when.has_starts)
        (void)shape_refuse(starts, "stays as it is: extending changes the end alone");
    else if (!when.has_ends && ends.is == SHAPE_ABSENT)
        (void)shape_refuse(ends, "is needed: until when it is to last");
    enum shape_is price = part_price(body, &amend.price);
    amend.changes_price = price == SHAPE_SET || price == SHAPE_NULL;
    call->engine.command.kind = COMMAND_EXTEND_BOOKING;
    call->engine.command.amend_booking = amend;
}

/* A request without If-Match is refused here; all else that depends on the booking is the engine's to say, since an
 * earlier request with the same key may have had its effect. */
void
booking_load_amend(struct call *call, struct reader *reader)
{
    struct booking booking;
    enum db_status status =
        store_load_booking(&reader->store, call->property, call->ids[0], &reader->scratch, &booking);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    bool seen = status == DB_OK && (role_is_staff(call->role) || str_equal(booking.owner, call->actor));
    if (!seen || call_require_match(call, booking.version))
        call_submit(call);
}

/* -- confirm, approve, cancel, decline, no-show, reinstate -- */

/* true is what the policy gives back anyway, false nothing, a number so much. */
static void
shape_refund(struct shape *body, struct refund_wish *ret_wish)
{
    struct shape_field field = shape_field(body, "refund", SHAPE_OPTIONAL);
    bool all = true;
    if (field.is == SHAPE_SET && json_is_integer(field.json)) {
        if (shape_i64(field, 1, PRICE_MAX, &ret_wish->minor) == SHAPE_SET)
            ret_wish->asked = REFUND_AMOUNT;
    } else if (field.is == SHAPE_SET && !json_is_boolean(field.json)) {
        (void)shape_refuse(field, "must be true, false or an amount");
    } else if (shape_bool(field, &all) == SHAPE_SET && !all) {
        ret_wish->asked = REFUND_NOTHING;
    }
}

void
booking_shape_how(struct shape *body, enum command_kind kind, struct booking_step *step)
{
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->reason);
    if (kind == COMMAND_CANCEL_BOOKING || kind == COMMAND_MARK_NO_SHOW)
        (void)shape_bool(shape_field(body, "waive_fee", SHAPE_OPTIONAL), &step->waives_fee);
    if (kind == COMMAND_CANCEL_BOOKING)
        shape_refund(body, &step->refund);
}

static void
shape_step(struct call *call, struct shape *body, enum command_kind kind)
{
    struct booking_step *step = &call->engine.command.booking_step;
    call->engine.command.kind = kind;
    step->booking = call->ids[0];
    booking_shape_how(body, kind, step);
}

void
booking_shape_confirm(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_CONFIRM_BOOKING);
}

void
booking_shape_approve(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_APPROVE_BOOKING);
}

void
booking_shape_decline(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_DECLINE_BOOKING);
}

void
booking_shape_reinstate(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_REINSTATE_BOOKING);
}

void
booking_shape_waive_fee(struct call *call, struct shape *query, struct shape *body)
{
    struct booking_step *step = &call->engine.command.booking_step;
    (void)query;
    call->engine.command.kind = COMMAND_WAIVE_FEE;
    step->booking = call->ids[0];
    (void)shape_text(shape_field(body, "reason", SHAPE_REQUIRED), 1, PART_REASON_MAX, &step->reason);
    (void)shape_i64(shape_field(body, "fee", SHAPE_OPTIONAL), 0, PRICE_MAX, &step->fee_left_minor);
}

void
booking_shape_no_show(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_MARK_NO_SHOW);
}

void
booking_shape_cancel(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, COMMAND_CANCEL_BOOKING);
}

/* -- who comes along -- */

void
booking_shape_add_guest(struct call *call, struct shape *query, struct shape *body)
{
    struct name_guest name = {.booking = call->ids[0]};
    (void)query;
    part_guest_or_id(call, body, &name.guest, &name.details);
    call->engine.command.kind = COMMAND_ADD_GUEST;
    call->engine.command.name_guest = name;
}

void
booking_shape_remove_guest(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_REMOVE_GUEST;
    call->engine.command.name_guest = (struct name_guest){.booking = call->ids[0], .guest = call->ids[1]};
}
