/* Stays lie within a week from today, slots within a day and a half, so that they meet. */
#include "tests/support/house_life_part.h"

#include <stdio.h>

int
house_life_pick(struct house_life *life, int count)
{
    /* xorshift64*, from Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016 */
    life->seed ^= life->seed >> 12;
    life->seed ^= life->seed << 25;
    life->seed ^= life->seed >> 27;
    return (int)((life->seed * UINT64_C(2685821657736338717)) >> 33) % count;
}

struct actor
house_life_actor(struct house_life *life)
{
    const struct actor actors[] = {{STR("usr_desk"), ROLE_FRONT_DESK},
                                   {STR("usr_desk"), ROLE_FRONT_DESK},
                                   {STR("usr_manager"), ROLE_MANAGER},
                                   {STR("usr_teacher"), ROLE_BOOKER},
                                   {STR("usr_pupil"), ROLE_BOOKER}};
    return actors[house_life_pick(life, 5)];
}

/* --- what there is --- */

/* Mostly one with many rooms, where more can come between. */
static const struct room_type *
any_type(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct room *room = &m->rooms[house_life_pick(life, (int)m->room_count)];
    for (size_t i = 0; i < m->type_count && !one_in(life, 4); i++)
        if (id_equal(m->types[i].id, room->room_type))
            return &m->types[i];
    return &m->types[house_life_pick(life, (int)m->type_count)];
}

/* ID_NONE for a type without rooms. */
static struct id
any_room(struct house_life *life, const struct room_type *type)
{
    const struct house_model *m = life->model;
    for (int tries = 0; tries < 16; tries++) {
        const struct room *room = &m->rooms[house_life_pick(life, (int)m->room_count)];
        if (id_equal(room->room_type, type->id))
            return room->id;
    }
    return ID_NONE;
}

static struct id
any_live_booking(struct house_life *life)
{
    struct id id = ID_NONE;
    for (int tries = 0; tries < 8; tries++) {
        id = any_booking_id(life);
        const struct booking *booking = house_model_booking(life->model, id);
        if (booking != NULL && booking_status_is_blocking(booking->status))
            break;
    }
    return id;
}

static struct id
any_hold(struct house_life *life)
{
    const struct house_model *m = life->model;
    return m->hold_count == 0 ? ID_NONE : m->holds[house_life_pick(life, (int)m->hold_count)].id;
}

/* NULL when none was found soon. */
static const struct hold *
any_live_hold(struct house_life *life)
{
    for (int tries = 0; tries < 8; tries++) {
        const struct hold *hold = house_model_hold(life->model, any_hold(life));
        if (hold != NULL && hold_is_live(hold, life->model->now_ms))
            return hold;
    }
    return NULL;
}

/* --- what is asked for --- */

static struct leg
any_slot(struct house_life *life, const struct room_type *type)
{
    int64_t from = date_to_instant(life->model->today) + (480 + house_life_pick(life, 40) * 30) * MODEL_MINUTE_MS;
    return (struct leg){.room_type = type->id,
                        .room = one_in(life, 2) ? any_room(life, type) : ID_NONE,
                        .by_minute = true,
                        .span = {from, from + (1 + house_life_pick(life, 4)) * 30 * MODEL_MINUTE_MS},
                        .party = 1 + house_life_pick(life, 12)};
}

static struct leg
any_stay(struct house_life *life, const struct room_type *type)
{
    int32_t from = life->model->today + house_life_pick(life, 4) - (one_in(life, 16) ? 1 : 0);
    struct leg leg = {.room_type = type->id,
                      .span = span_from_nights(from, from + 1 + house_life_pick(life, 4)),
                      .party = 1 + (one_in(life, 8) ? 2 : house_life_pick(life, 2))};
    if (!one_in(life, 2))
        return leg;
    leg.room = any_room(life, type);
    leg.pinned = !id_is_none(leg.room) && one_in(life, 2);
    if (!id_is_none(leg.room) && one_in(life, 2))
        leg.room_type = ID_NONE; /* the room says it */
    return leg;
}

static struct leg
any_leg(struct house_life *life)
{
    const struct room_type *type = any_type(life);
    return type->sold_by == SOLD_BY_MINUTE ? any_slot(life, type) : any_stay(life, type);
}

static struct leg
leg_of_hold(const struct hold *hold)
{
    return (struct leg){
        .room_type = hold->room_type, .room = hold->room, .by_minute = hold->by_minute, .span = hold->span, .party = 1};
}

static struct command
any_create(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_CREATE_BOOKINGS, .actor = actor, .property = 1};
    size_t count = one_in(life, 3) ? 1 + (size_t)house_life_pick(life, 3) : 1;
    for (size_t i = 0; i < count; i++) {
        life->legs[i] = any_leg(life);
        life->legs[i].price = house_life_price(life, actor);
    }
    command.create_bookings = (struct create_bookings){
        .legs = life->legs,
        .leg_count = count,
        .group = count > 1,
        .guest = {.name = STR("Ada Lovelace")},
        .payment = one_in(life, 3) ? PAYMENT_REQUIRED : PAYMENT_NONE,
    };
    const struct hold *hold = house_model_hold(life->model, any_hold(life));
    if (hold == NULL || !one_in(life, 6))
        return command;
    command.create_bookings.hold = hold->id;
    command.actor.name = one_in(life, 4) ? actor.name : hold->owner;
    if (one_in(life, 2))
        life->legs[0] = leg_of_hold(hold);
    if (!str_equal(command.actor.name, actor.name))
        for (size_t i = 0; i < count; i++)
            life->legs[i].price = (struct price){.known = false};
    return command;
}

struct command
house_life_late_price(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_AMEND_BOOKING, .actor = actor, .property = 1};
    for (int tries = 0; tries < 16; tries++) {
        struct id id = any_booking_id(life);
        const struct booking *booking = house_model_booking(life->model, id);
        command.amend_booking = (struct amend_booking){.booking = id,
                                                       .changes_price = true,
                                                       .price = house_life_price(life, actor),
                                                       .party = one_in(life, 4) ? 1 + house_life_pick(life, 3) : 0,
                                                       .reason = one_in(life, 4) ? STR("") : STR("the minibar")};
        if (booking != NULL && booking->status == BOOKING_CHECKED_OUT)
            break;
    }
    return command;
}

static struct command
any_amend(struct house_life *life, struct actor actor)
{
    struct leg leg = any_leg(life);
    struct command command = {.kind = COMMAND_AMEND_BOOKING, .actor = actor, .property = 1};
    struct id id = any_live_booking(life);
    const struct booking *booking = house_model_booking(life->model, id);
    if (booking != NULL && booking->by_minute != leg.by_minute && !one_in(life, 6))
        leg.by_minute = booking->by_minute, leg.span = booking->span;
    int len = snprintf(life->guest, sizeof(life->guest), "Grace Hopper %d", ++life->guests);
    bool partly = one_in(life, 6);
    command.amend_booking = (struct amend_booking){
        .booking = id,
        .keeps_starts = partly && life->guests % 2 == 0,
        .keeps_ends = partly && life->guests % 2 != 0,
        .changes_span = !one_in(life, 5),
        .span = leg.span,
        .by_minute = leg.by_minute,
        .room_type = one_in(life, 4) ? any_type(life)->id : ID_NONE,
        .party = one_in(life, 4) ? 1 + house_life_pick(life, 3) : 0,
        .changes_guest = one_in(life, 8),
        .guest = {.name = str_of(life->guest, (size_t)len)},
    };
    if (role_is_staff(actor.role) && one_in(life, 3)) {
        command.amend_booking.changes_price = true;
        command.amend_booking.price = house_life_price(life, actor);
        command.amend_booking.changes_span &= one_in(life, 3);
    }
    return command;
}

static struct command
any_hold_step(struct house_life *life, struct actor actor)
{
    static const enum command_kind kinds[] = {COMMAND_EXTEND_HOLD, COMMAND_RELEASE_HOLD, COMMAND_CONFIRM_HOLD};
    struct command command = {.kind = kinds[house_life_pick(life, 3)], .actor = actor, .property = 1};
    struct id id = any_hold(life);
    const struct hold *hold = house_model_hold(life->model, id);
    if (hold != NULL && !one_in(life, 4))
        command.actor.name = hold->owner;
    if (command.kind == COMMAND_CONFIRM_HOLD)
        command.confirm_hold = (struct confirm_hold){.hold = id, .party = 1, .guest = {.name = STR("Ada Lovelace")}};
    else
        command.hold_step = (struct hold_step){.hold = id, .ttl_ms = house_life_pick(life, 20) * MODEL_MINUTE_MS};
    return command;
}

static struct command
any_booking_step(struct house_life *life, struct actor actor, bool cancel)
{
    static const enum command_kind others[] = {
        COMMAND_CONFIRM_BOOKING,   COMMAND_CONFIRM_BOOKING,   COMMAND_APPROVE_BOOKING,
        COMMAND_DECLINE_BOOKING,   COMMAND_MARK_NO_SHOW,      COMMAND_MARK_NO_SHOW,
        COMMAND_REINSTATE_BOOKING, COMMAND_REINSTATE_BOOKING, COMMAND_WAIVE_FEE};
    struct command command = {
        .kind = cancel ? COMMAND_CANCEL_BOOKING : others[house_life_pick(life, 9)],
        .actor = actor,
        .property = 1,
        .booking_step = {.booking = one_in(life, 3) ? any_booking_id(life) : any_live_booking(life),
                         .reason = one_in(life, 2) ? STR("") : STR("as agreed")},
    };
    struct booking_step *step = &command.booking_step;
    for (int tries = 0; command.kind == COMMAND_REINSTATE_BOOKING && tries < 16; tries++) {
        const struct booking *one = any_booking(life);
        if (one != NULL && one->status == BOOKING_NO_SHOW)
            step->booking = one->id;
    }
    for (int tries = 0; command.kind == COMMAND_WAIVE_FEE && tries < 16; tries++) {
        const struct booking *one = any_booking(life);
        if (one != NULL && one->fee_minor > 0)
            step->booking = one->id;
    }
    if (command.kind == COMMAND_WAIVE_FEE && one_in(life, 2))
        step->fee_left_minor = house_life_pick(life, 4) * INT64_C(1250);
    bool has_fee = cancel || command.kind == COMMAND_MARK_NO_SHOW;
    step->waives_fee = has_fee && one_in(life, 6);
    if (cancel && one_in(life, 6))
        step->refund.asked = one_in(life, 2) ? REFUND_NOTHING : REFUND_AMOUNT;
    if (step->refund.asked == REFUND_AMOUNT)
        step->refund.minor = 1 + house_life_pick(life, 4) * INT64_C(2500);
    return command;
}

/* A part of the stay, mostly one that could be. */
static void
take_part(struct house_life *life, const struct booking *booking, struct move_booking *move)
{
    int64_t nights = (booking->span.ends - booking->span.starts) / DATE_DAY_MS;
    int from = house_life_pick(life, (int)nights + 1);
    move->has_from = one_in(life, 2);
    move->from = booking->span.starts + from * DATE_DAY_MS;
    move->has_until = one_in(life, 3);
    move->until = move->from + (1 + house_life_pick(life, (int)nights)) * DATE_DAY_MS;
}

/* Another room for a booking; of its own kind but for now and then. */
static struct command
any_rooming(struct house_life *life, struct actor actor)
{
    static const enum command_kind kinds[] = {
        COMMAND_ASSIGN_ROOM, COMMAND_ASSIGN_ROOM,    COMMAND_MOVE_BOOKING,  COMMAND_SWAP_ROOMS, COMMAND_UNASSIGN_ROOM,
        COMMAND_PIN_ROOM,    COMMAND_EXTEND_BOOKING, COMMAND_CHECK_IN,      COMMAND_CHECK_IN,   COMMAND_CHECK_IN,
        COMMAND_CHECK_OUT,   COMMAND_UNDO_CHECK_IN,  COMMAND_UNDO_CHECK_OUT};
    struct command command = {.kind = kinds[house_life_pick(life, 13)], .actor = actor, .property = 1};
    struct id id = any_live_booking(life), room = any_room(life, any_type(life));
    const struct booking *booking = house_model_booking(life->model, id);
    bool pinned = !one_in(life, 3);
    if (id_is_none(room))
        room = life->model->rooms[0].id;
    switch (command.kind) {
    case COMMAND_ASSIGN_ROOM:
        command.assign_room = (struct assign_room){.booking = id, .room = room, .pinned = pinned};
        command.assign_room.overrides = one_in(life, 4);
        command.assign_room.reason = command.assign_room.overrides ? STR("no other room") : STR("");
        break;
    case COMMAND_MOVE_BOOKING:
        command.move_booking = (struct move_booking){.booking = id, .to_room = room, .pinned = pinned};
        if (booking != NULL && !booking->by_minute)
            take_part(life, booking, &command.move_booking);
        break;
    case COMMAND_SWAP_ROOMS:
        command.swap_rooms = (struct swap_rooms){.booking = id, .other = any_live_booking(life)};
        break;
    case COMMAND_CHECK_IN:
        command.check_in = (struct check_in){.booking = id, .room = one_in(life, 2) ? room : ID_NONE};
        command.check_in.overrides = one_in(life, 2);
        command.check_in.reason = command.check_in.overrides ? STR("no other room") : STR("");
        break;
    case COMMAND_UNDO_CHECK_OUT: command.booking_step = (struct booking_step){.booking = any_booking_id(life)}; break;
    case COMMAND_PIN_ROOM: command.pin_room = (struct pin_room){.booking = id, .pinned = pinned}; break;
    case COMMAND_EXTEND_BOOKING:
        command.amend_booking = (struct amend_booking){.booking = id, .changes_span = true, .keeps_starts = true};
        if (booking != NULL) {
            command.amend_booking.by_minute = booking->by_minute;
            command.amend_booking.span.ends =
                booking->span.ends + (booking->by_minute ? 30 * MODEL_MINUTE_MS : DATE_DAY_MS);
        }
        if (one_in(life, 3)) {
            command.amend_booking.changes_price = true;
            command.amend_booking.price = (struct price){true, 2500 * (1 + house_life_pick(life, 8))};
        }
        break;
    default: command.booking_step = (struct booking_step){.booking = id}; break;
    }
    return command;
}

static struct command
any_acquire(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_ACQUIRE_HOLD, .actor = actor, .property = 1};
    const struct hold *hold = any_live_hold(life);
    command.acquire_hold = (struct acquire_hold){.leg = any_leg(life), .quantity = one_in(life, 6) ? 2 : 1};
    if (hold == NULL || !one_in(life, 3))
        return command;
    command.actor.name = hold->owner; /* asks again for what they have */
    command.acquire_hold = (struct acquire_hold){.leg = leg_of_hold(hold), .quantity = hold->quantity};
    return command;
}

static struct command
any_auto_assign(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_AUTO_ASSIGN_BOOKING, .actor = actor, .property = 1};
    command.auto_assign_booking = (struct auto_assign_booking){.booking = any_live_booking(life)};
    if (one_in(life, 2))
        return command;
    command.kind = COMMAND_AUTO_ASSIGN_ARRIVALS;
    command.auto_assign_arrivals = (struct auto_assign_arrivals){.date = life->model->today + house_life_pick(life, 4),
                                                                 .limit = 1 + (size_t)house_life_pick(life, 4)};
    return command;
}

static struct command
any_walk_in(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_WALK_IN, .actor = actor, .property = 1};
    const struct room_type *type = any_type(life);
    struct walk_in *walk_in = &command.walk_in;
    *walk_in = (struct walk_in){.leg = {.room_type = type->id, .party = 1 + house_life_pick(life, 2)},
                                .nights = 1 + house_life_pick(life, 4),
                                .guest = {.name = STR("Ada Lovelace")}};
    if (one_in(life, 2)) {
        walk_in->leg.room = any_room(life, type);
        walk_in->overrides = !id_is_none(walk_in->leg.room) && one_in(life, 2);
        walk_in->reason = walk_in->overrides ? STR("no other room") : STR("");
    }
    return command;
}

static struct command
any_reopening(struct house_life *life, struct actor actor)
{
    const struct house_model *m = life->model;
    size_t count = m->closure_count;
    return (struct command){
        .kind = COMMAND_REOPEN_ROOM,
        .actor = actor,
        .property = 1,
        .closure_step = {.closure = count == 0 ? ID_NONE : m->closures[house_life_pick(life, (int)count)].id}};
}

/* A few days longer or less long, and now and then by force or by instants where it is dates. */
static struct command
any_closure_amend(struct house_life *life, struct actor actor)
{
    const struct house_model *m = life->model;
    struct command command = {.kind = COMMAND_AMEND_CLOSURE, .actor = actor, .property = 1};
    if (m->closure_count == 0)
        return command;
    const struct closure *closure = &m->closures[house_life_pick(life, (int)m->closure_count)];
    int64_t step = closure->by_minute ? INT64_C(1800000) : DATE_DAY_MS;
    int64_t last = date_to_instant(m->first_night + MODEL_NIGHTS); /* a house has more of them than the model */
    int64_t ends = closure->span.ends + (house_life_pick(life, 7) - 3) * step;
    if (one_in(life, 2))
        command.actor.role = ROLE_MANAGER;
    command.amend_closure =
        (struct amend_closure){.closure = closure->id,
                               .by_minute = closure->by_minute != one_in(life, 12),
                               .ends = ends < last ? ends : last,
                               .reason = one_in(life, 2) ? STR("the plumber did not come") : STR(""),
                               .forces = one_in(life, 2)};
    return command;
}

/* One room or two of a type, mostly of those that are let as the closure says, and now and then by force. */
static struct command
any_closing(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_CLOSE_ROOMS, .actor = actor, .property = 1};
    struct leg leg = any_leg(life);
    const struct room_type *type = any_type(life);
    for (int i = 0; i < 2; i++)
        life->closed[i] = any_room(life, type);
    if (life->model->closure_count + 2 > MODEL_CLOSURES || id_is_none(life->closed[0]) || one_in(life, 3))
        return one_in(life, 2) ? any_closure_amend(life, actor) : any_reopening(life, actor);
    if (one_in(life, 2))
        command.actor.role = ROLE_MANAGER;
    bool by_minute = type->sold_by == SOLD_BY_MINUTE;
    if (leg.by_minute != by_minute && !one_in(life, 6))
        leg = by_minute ? any_slot(life, type) : any_stay(life, type);
    command.close_rooms = (struct close_rooms){
        .rooms = life->closed,
        .room_count = !id_is_none(life->closed[1]) && one_in(life, 4) ? 2 : 1,
        .from_list = true,
        .kind = one_in(life, 4) ? CLOSURE_OUT_OF_SERVICE : CLOSURE_OUT_OF_ORDER,
        .by_minute = leg.by_minute,
        .span = leg.span,
        .reason = STR("a burst pipe"),
        .forces = one_in(life, 2),
    };
    return command;
}

/* Who booked something, or comes along with it. */
static struct id
any_guest(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct booking *booking = any_booking(life);
    if (m->companion_count > 0 && one_in(life, 2))
        return m->companions[house_life_pick(life, (int)m->companion_count)].guest;
    return booking == NULL ? ID_NONE : booking->guest;
}

/* Somebody new or known comes along, or somebody who does is taken out; now and then somebody else. */
static struct command
any_naming(struct house_life *life, struct actor actor)
{
    const struct house_model *m = life->model;
    struct command command = {.kind = COMMAND_ADD_GUEST, .actor = actor, .property = 1};
    struct name_guest *name = &command.name_guest;
    bool full = m->companion_count + 1 >= MODEL_COMPANIONS;
    *name = (struct name_guest){.booking = one_in(life, 8) ? any_booking_id(life) : any_live_booking(life),
                                .details = {.name = STR("Mary Somerville")}};
    if (!full && !one_in(life, 3)) {
        name->guest = one_in(life, 3) ? any_guest(life) : ID_NONE;
        return command;
    }
    command.kind = COMMAND_REMOVE_GUEST;
    name->guest = any_guest(life);
    if (m->companion_count > 0 && (full || !one_in(life, 3))) {
        struct companion companion = m->companions[house_life_pick(life, (int)m->companion_count)];
        *name = (struct name_guest){.booking = companion.booking, .guest = companion.guest};
    }
    return command;
}

static bool
is_nearly_full(const struct house_model *m)
{
    return m->booking_count + 6 > MODEL_BOOKINGS || m->hold_count + 3 > MODEL_HOLDS ||
           m->claim_count + 6 > MODEL_CLAIMS;
}

struct command
house_life_command(struct house_life *life)
{
    struct actor actor = house_life_actor(life);
    if (one_in(life, 12))
        return any_auto_assign(life, actor);
    if (one_in(life, 14))
        return any_closing(life, actor);
    if (one_in(life, 10))
        return any_naming(life, actor);
    if (one_in(life, 6))
        return house_life_upkeep(life);
    int kind = is_nearly_full(life->model) ? 12 : house_life_pick(life, 26);
    if (kind >= 20)
        return house_life_money(life);
    if (kind < 5)
        return one_in(life, 6) ? any_walk_in(life, actor) : any_create(life, actor);
    if (kind < 7)
        return role_is_staff(actor.role) && one_in(life, 4) ? house_life_late_price(life, actor)
                                                            : any_amend(life, actor);
    if (kind < 9)
        return any_acquire(life, actor);
    if (kind < 11)
        return any_hold_step(life, actor);
    if (kind < 14)
        return any_booking_step(life, actor, kind > 11);
    return any_rooming(life, actor);
}

/* The nights that guests who left have spent. */
static void
forget_claims(struct house_model *model, struct id owner)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->claim_count; i++)
        if (!id_equal(model->claims[i].owner, owner))
            model->claims[kept++] = model->claims[i];
    model->claim_count = kept;
}

/* All that it shares its money with, too. */
static bool
is_over(const struct house_model *model, const struct booking *booking)
{
    for (size_t i = 0; i < model->booking_count; i++) {
        const struct booking *other = &model->bookings[i];
        bool together = other == booking || (!id_is_none(booking->group) && id_equal(other->group, booking->group));
        if (together && booking_status_is_blocking(other->status))
            return false;
    }
    return true;
}

static void
forget_payments(struct house_model *model, const struct booking *booking)
{
    size_t kept = 0, kept_refunds = 0;
    for (size_t i = 0; i < model->payment_count; i++) {
        struct payment payment = model->payments[i];
        bool together = !id_is_none(booking->group) && id_equal(payment.group, booking->group);
        if (!id_equal(payment.booking, booking->id) && !together) {
            model->payments[kept++] = payment;
            continue;
        }
        kept_refunds = 0;
        for (size_t j = 0; j < model->refund_count; j++)
            if (!id_equal(model->refunds[j].payment, payment.id))
                model->refunds[kept_refunds++] = model->refunds[j];
        model->refund_count = kept_refunds;
    }
    model->payment_count = kept;
}

static void
forget_companions(struct house_model *model, struct id booking)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->companion_count; i++)
        if (!id_equal(model->companions[i].booking, booking))
            model->companions[kept++] = model->companions[i];
    model->companion_count = kept;
}

static void
forget_bookings(struct house_model *model)
{
    bool many = model->booking_count >= MODEL_BOOKINGS - 6 || model->payment_count > MODEL_PAYMENTS - 6 ||
                model->refund_count > MODEL_REFUNDS / 2;
    bool drops[MODEL_BOOKINGS];
    size_t kept = 0;
    for (size_t i = 0; i < model->booking_count; i++)
        drops[i] = many && is_over(model, &model->bookings[i]);
    for (size_t i = 0; i < model->booking_count; i++) {
        if (!drops[i]) {
            model->bookings[kept++] = model->bookings[i];
            continue;
        }
        forget_claims(model, model->bookings[i].id);
        forget_companions(model, model->bookings[i].id);
        forget_payments(model, &model->bookings[i]);
    }
    model->booking_count = kept;
}

/* The older half of what a provider said. */
static void
forget_notices(struct house_model *model)
{
    if (model->seen_count < MODEL_NOTICES - 2)
        return;
    model->seen_count /= 2;
    for (size_t i = 0; i < model->seen_count; i++)
        model->seen[i] = model->seen[i + model->seen_count];
}

void
house_life_forget(struct house_model *model)
{
    forget_bookings(model);
    house_model_forget_guests(model);
    forget_notices(model);
    size_t kept = 0;
    for (size_t i = 0; i < model->hold_count; i++)
        if (model->holds[i].status == HOLD_ACTIVE || model->hold_count < MODEL_HOLDS - 3)
            model->holds[kept++] = model->holds[i];
    model->hold_count = kept;
    kept = 0;
    for (size_t i = 0; i < model->closure_count; i++)
        if (model->closures[i].status == CLOSURE_OPEN || model->closure_count < MODEL_CLOSURES - 2)
            model->closures[kept++] = model->closures[i];
    model->closure_count = kept;
    kept = 0;
    for (size_t i = 0; i < model->overcommit_count; i++)
        if (model->overcommits[i].quantity > 0)
            model->overcommits[kept++] = model->overcommits[i];
    model->overcommit_count = kept;
}
