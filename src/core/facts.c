/* What a command needs to know. Legs come first: everything that asks for capacity comes down to legs, so that one
 * rule says what to load and, later, one function decides whether it can be had. */
#include "core/facts.h"

#include <assert.h>

#include "core/facts_house.h"

static const struct booking *
find_booking(const struct facts *facts, struct id id)
{
    for (size_t i = 0; i < facts->booking_count; i++)
        if (id_equal(facts->bookings[i].id, id))
            return &facts->bookings[i];
    return NULL;
}

static const struct hold *
find_hold(const struct facts *facts, struct id id)
{
    for (size_t i = 0; i < facts->hold_count; i++)
        if (id_equal(facts->holds[i].id, id))
            return &facts->holds[i];
    return NULL;
}

static size_t
one_id(struct id id, struct arena *arena, struct id **ret_ids)
{
    *ret_ids = id_is_none(id) ? NULL : ARENA_NEW(arena, struct id);
    if (*ret_ids == NULL)
        return 0;
    **ret_ids = id;
    return 1;
}

size_t
facts_named_bookings(const struct command *command, struct arena *arena, struct id **ret_ids)
{
    switch (command->kind) {
    case COMMAND_AMEND_BOOKING: return one_id(command->amend_booking.booking, arena, ret_ids);
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_CANCEL_BOOKING: return one_id(command->booking_step.booking, arena, ret_ids);
    default: return one_id(ID_NONE, arena, ret_ids);
    }
}

size_t
facts_named_holds(const struct command *command, struct arena *arena, struct id **ret_ids)
{
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: return one_id(command->create_bookings.hold, arena, ret_ids);
    case COMMAND_EXTEND_HOLD:
    case COMMAND_RELEASE_HOLD: return one_id(command->hold_step.hold, arena, ret_ids);
    case COMMAND_CONFIRM_HOLD: return one_id(command->confirm_hold.hold, arena, ret_ids);
    default: return one_id(ID_NONE, arena, ret_ids);
    }
}

bool
facts_amended_span(const struct amend_booking *amend, const struct booking *booking, struct span *ret_span)
{
    *ret_span = booking->span;
    if (!amend->changes_span || amend->by_minute != booking->by_minute)
        return true;
    struct span span = {amend->keeps_starts ? booking->span.starts : amend->span.starts,
                        amend->keeps_ends ? booking->span.ends : amend->span.ends};
    int64_t length = span.ends - span.starts;
    if (length <= 0 || length > STAY_NIGHTS_MAX * DATE_DAY_MS)
        return false;
    *ret_span = span;
    return true;
}

/* What the booking is to be: the room stays as long as the type does. */
static size_t
amended_leg(const struct amend_booking *amend, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    const struct booking *booking = find_booking(facts, amend->booking);
    struct leg *leg = booking == NULL ? NULL : ARENA_NEW(arena, struct leg);
    if (leg == NULL)
        return 0;
    *leg = (struct leg){
        .room_type = id_is_none(amend->room_type) ? booking->room_type : amend->room_type,
        .by_minute = booking->by_minute,
        .party = amend->party == 0 ? booking->party : amend->party,
    };
    (void)facts_amended_span(amend, booking, &leg->span); /* one that is none is refused by the decision */
    if (booking->claim_count > 0 && id_equal(leg->room_type, booking->room_type)) {
        leg->room_type = ID_NONE; /* the room says it; it may be a better one than was sold */
        leg->room = booking->claims[0].room;
        leg->pinned = booking->claims[0].pinned;
    }
    *ret = leg;
    return 1;
}

static size_t
held_legs(const struct confirm_hold *confirm, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    const struct hold *hold = find_hold(facts, confirm->hold);
    struct leg *legs = hold == NULL ? NULL : ARENA_ARRAY(arena, (size_t)hold->quantity, struct leg);
    if (legs == NULL)
        return 0;
    for (int32_t i = 0; i < hold->quantity; i++)
        legs[i] = (struct leg){.room_type = hold->room_type,
                               .room = hold->room,
                               .by_minute = hold->by_minute,
                               .span = hold->span,
                               .party = confirm->party > 0 ? confirm->party : hold->party};
    *ret = legs;
    return (size_t)hold->quantity;
}

size_t
facts_legs(const struct command *command, const struct facts *facts, struct arena *arena, const struct leg **ret_legs)
{
    *ret_legs = NULL;
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: *ret_legs = command->create_bookings.legs; return command->create_bookings.leg_count;
    case COMMAND_ACQUIRE_HOLD: *ret_legs = &command->acquire_hold.leg; return 1;
    case COMMAND_AMEND_BOOKING: return amended_leg(&command->amend_booking, facts, arena, ret_legs);
    case COMMAND_CONFIRM_HOLD: return held_legs(&command->confirm_hold, facts, arena, ret_legs);
    default: return 0;
    }
}

/* The type a leg is about; NULL when what it names is not there. */
static const struct room_type *
leg_type(const struct house *house, const struct leg *leg)
{
    if (id_is_none(leg->room))
        return house_find_type(house, leg->room_type);
    const struct room *room = house_find_room(house, leg->room);
    return room == NULL ? NULL : house_find_type(house, room->room_type);
}

/* How long a slot may keep its room beyond its end: as long as the type asks for now, or as was stored before. */
static int64_t
longest_turnaround(const struct command *command, const struct facts *facts, const struct room_type *type)
{
    int64_t turnaround_ms = type->turnaround_min * (int64_t)60000;
    for (size_t i = 0; command->kind == COMMAND_AMEND_BOOKING && i < facts->booking_count; i++)
        if (facts->bookings[i].turnaround_ms > turnaround_ms)
            turnaround_ms = facts->bookings[i].turnaround_ms;
    for (size_t i = 0; i < facts->hold_count; i++)
        if (facts->holds[i].turnaround_ms > turnaround_ms)
            turnaround_ms = facts->holds[i].turnaround_ms;
    return turnaround_ms;
}

static struct want
leg_want(const struct command *command, const struct facts *facts, const struct leg *leg, const struct room_type *type)
{
    bool acquires = command->kind == COMMAND_ACQUIRE_HOLD;
    struct want want = {.room_type = type->id, .room = leg->room, .span = leg->span};
    if (type->sold_by == SOLD_BY_MINUTE) {
        want.span.ends += longest_turnaround(command, facts, type);
        want.claims = true;
        return want;
    }
    want.nights = true;
    want.held_stock = true;
    want.units = acquires ? command->acquire_hold.quantity : 1;
    want.claims = !id_is_none(leg->room);
    want.placement = type->stock == STOCK_ROOMS;
    want.fixes = want.placement && want.claims && (acquires || leg->pinned || party_is_tied(leg->party, type));
    want.owners = want.fixes && command->kind == COMMAND_CREATE_BOOKINGS;
    return want;
}

/* But for the units, which add up. */
static bool
want_equal(const struct want *a, const struct want *b)
{
    return id_equal(a->room_type, b->room_type) && id_equal(a->room, b->room) && span_equal(a->span, b->span) &&
           a->nights == b->nights && a->claims == b->claims && a->placement == b->placement && a->fixes == b->fixes &&
           a->owners == b->owners && a->own_holds == b->own_holds && a->held_stock == b->held_stock;
}

/* One leg that fixes a room makes every component of its type worth looking at. */
static void
spread_fixing(struct want *wants, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; wants[i].fixes && j < count; j++)
            if (wants[j].placement && id_equal(wants[i].room_type, wants[j].room_type)) {
                wants[j].fixes = true;
                wants[j].owners |= wants[i].owners;
            }
}

size_t
facts_wants(const struct command *command, const struct facts *facts, struct arena *arena, struct want **ret_wants)
{
    const struct leg *legs;
    size_t leg_count = facts_legs(command, facts, arena, &legs), count = 0;
    if (leg_count == 0)
        return facts_house_wants(command, facts, arena, ret_wants);
    struct want *wants = ARENA_ARRAY(arena, leg_count + 1, struct want);
    *ret_wants = wants;
    if (wants == NULL)
        return 0;
    for (size_t i = 0; i < leg_count; i++) {
        const struct room_type *type = leg_type(&facts->house, &legs[i]);
        if (type == NULL)
            continue; /* the decision will say so */
        wants[count] = leg_want(command, facts, &legs[i], type);
        if (count > 0 && want_equal(&wants[count - 1], &wants[count])) /* a quantity is that many equal legs */
            wants[count - 1].units += wants[count].units;
        else
            count++;
        if (command->kind == COMMAND_ACQUIRE_HOLD)
            wants[count++] =
                (struct want){.room_type = type->id, .room = legs[i].room, .span = legs[i].span, .own_holds = true};
    }
    spread_fixing(wants, count);
    return count;
}
