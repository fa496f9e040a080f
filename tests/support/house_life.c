/* Stays lie within a week from today, slots within a day and a half, so that they meet. */
#include "tests/support/house_life.h"

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

static bool
one_in(struct house_life *life, int count)
{
    return house_life_pick(life, count) == 0;
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
any_booking(struct house_life *life)
{
    const struct house_model *m = life->model;
    return m->booking_count == 0 ? ID_NONE : m->bookings[house_life_pick(life, (int)m->booking_count)].id;
}

static struct id
any_live_booking(struct house_life *life)
{
    struct id id = ID_NONE;
    for (int tries = 0; tries < 8; tries++) {
        id = any_booking(life);
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
    for (size_t i = 0; i < count; i++)
        life->legs[i] = any_leg(life);
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
    return (struct command){
        .kind = cancel ? COMMAND_CANCEL_BOOKING : COMMAND_CONFIRM_BOOKING,
        .actor = actor,
        .property = 1,
        .booking_step = {.booking = one_in(life, 3) ? any_booking(life) : any_live_booking(life),
                         .reason = one_in(life, 2) ? STR("") : STR("as agreed")},
    };
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
    int kind = is_nearly_full(life->model) ? 12 : house_life_pick(life, 14);
    if (kind < 5)
        return any_create(life, actor);
    if (kind < 7)
        return any_amend(life, actor);
    if (kind < 9)
        return any_acquire(life, actor);
    if (kind < 11)
        return any_hold_step(life, actor);
    return any_booking_step(life, actor, kind > 11);
}

void
house_life_forget(struct house_model *model)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->booking_count; i++)
        if (booking_status_is_blocking(model->bookings[i].status) || model->booking_count < MODEL_BOOKINGS - 6)
            model->bookings[kept++] = model->bookings[i];
    model->booking_count = kept;
    kept = 0;
    for (size_t i = 0; i < model->hold_count; i++)
        if (model->holds[i].status == HOLD_ACTIVE || model->hold_count < MODEL_HOLDS - 3)
            model->holds[kept++] = model->holds[i];
    model->hold_count = kept;
}
