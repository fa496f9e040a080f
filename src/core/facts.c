/* What a command needs to know. Legs come first: everything that asks for capacity comes down to legs, so that one
 * rule says what to load and, later, one function decides whether it can be had. */
#include "core/facts.h"

#include <assert.h>

#include "core/facts_auto_assign.h"
#include "core/facts_house.h"
#include "core/facts_rooming.h"

const struct booking *
facts_booking(const struct facts *facts, struct id id)
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

/* In the order in which bookings are locked. */
static size_t
two_ids(struct id a, struct id b, struct arena *arena, struct id **ret_ids)
{
    *ret_ids = ARENA_ARRAY(arena, 2, struct id);
    if (*ret_ids == NULL)
        return 0;
    bool in_order = id_compare(a, b) < 0;
    (*ret_ids)[0] = in_order ? a : b;
    (*ret_ids)[1] = in_order ? b : a;
    return 2;
}

static size_t
ids_of_batch(const struct booking_batch *batch, struct arena *arena, struct id **ret_ids)
{
    *ret_ids = ARENA_ARRAY(arena, batch->count + 1, struct id);
    if (*ret_ids == NULL)
        return 0;
    for (size_t i = 0; i < batch->count; i++)
        (*ret_ids)[i] = batch->items[i].booking;
    return batch->count;
}

size_t
facts_named_bookings(const struct command *command, struct arena *arena, struct id **ret_ids)
{
    switch (command->kind) {
    case COMMAND_BATCH_BOOKINGS: return ids_of_batch(&command->booking_batch, arena, ret_ids);
    case COMMAND_AMEND_BOOKING:
    case COMMAND_EXTEND_BOOKING: return one_id(command->amend_booking.booking, arena, ret_ids);
    case COMMAND_ASSIGN_ROOM: return one_id(command->assign_room.booking, arena, ret_ids);
    case COMMAND_MOVE_BOOKING: return one_id(command->move_booking.booking, arena, ret_ids);
    case COMMAND_SWAP_ROOMS: return two_ids(command->swap_rooms.booking, command->swap_rooms.other, arena, ret_ids);
    case COMMAND_PIN_ROOM: return one_id(command->pin_room.booking, arena, ret_ids);
    case COMMAND_AUTO_ASSIGN_BOOKING: return one_id(command->auto_assign_booking.booking, arena, ret_ids);
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_CANCEL_BOOKING:
    case COMMAND_CHECK_IN: return one_id(command->check_in.booking, arena, ret_ids);
    case COMMAND_UNDO_CHECK_IN:
    case COMMAND_CHECK_OUT:
    case COMMAND_UNDO_CHECK_OUT:
    case COMMAND_UNASSIGN_ROOM:
    case COMMAND_APPROVE_BOOKING:
    case COMMAND_DECLINE_BOOKING:
    case COMMAND_MARK_NO_SHOW:
    case COMMAND_WAIVE_FEE:
    case COMMAND_REINSTATE_BOOKING: return one_id(command->booking_step.booking, arena, ret_ids);
    case COMMAND_ADD_GUEST:
    case COMMAND_REMOVE_GUEST: return one_id(command->name_guest.booking, arena, ret_ids);
    case COMMAND_CREATE_GUEST_LINK: return one_id(command->create_guest_link.booking, arena, ret_ids);
    case COMMAND_WITHDRAW_GUEST_LINK: return one_id(command->withdraw_guest_link.booking, arena, ret_ids);
    default: return one_id(ID_NONE, arena, ret_ids);
    }
}

struct facts_money
facts_named_money(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_PAYMENT:
        return (struct facts_money){
            .wanted = true, .booking = command->create_payment.booking, .group = command->create_payment.group};
    case COMMAND_STEP_PAYMENT: return (struct facts_money){.wanted = true, .payment = command->step_payment.payment};
    case COMMAND_NOTE_PAYMENT:
        return (struct facts_money){.wanted = true,
                                    .booking = command->note_payment.booking,
                                    .group = command->note_payment.group,
                                    .refund = command->note_payment.refund,
                                    .reference = command->note_payment.reference,
                                    .event = command->note_payment.event};
    case COMMAND_STEP_REFUND: return (struct facts_money){.wanted = true, .refund = command->step_refund.refund};
    case COMMAND_RESOLVE_REFUND: return (struct facts_money){.wanted = true, .refund = command->resolve_refund.refund};
    case COMMAND_RESOLVE_SET_ASIDE:
        return (struct facts_money){.wanted = true, .set_aside = command->resolve_set_aside.set_aside};
    case COMMAND_SET_PAYMENT_PROVIDER: return (struct facts_money){.wanted = true, .provider = true};
    default: return (struct facts_money){.wanted = false};
    }
}

/* The first booking is of the account; the others of a group have the same. */
bool
facts_may_revive(const struct command *command, const struct facts *facts, const struct booking *booking)
{
    bool captures = command->kind == COMMAND_CREATE_PAYMENT || command->kind == COMMAND_STEP_PAYMENT ||
                    command->kind == COMMAND_NOTE_PAYMENT;
    if (!captures || facts->booking_count == 0)
        return false;
    const struct booking *first = &facts->bookings[0];
    bool of_account =
        id_equal(booking->id, first->id) || (!id_is_none(first->group) && id_equal(booking->group, first->group));
    bool is_over = booking->expires_at > 0 && booking->expires_at <= facts->now_ms &&
                   booking_machine_allows(booking->status, BOOKING_COMMAND_EXPIRE);
    return of_account && (is_over || booking->status == BOOKING_EXPIRED);
}

size_t
facts_fresh_ids(const struct command *command, const struct facts *facts)
{
    /* each refund ends a payment, a booking's share, what one paid above it, or what a group has above its own */
    size_t refunds = facts->payment_count == 0 ? 0 : facts->payment_count + 3 * facts->booking_count;
    return command_fresh_ids(command) + refunds + (facts_named_money(command).wanted ? 2 : 0);
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

/* A copy of a list of ids. */
static size_t
many_ids(const struct id *ids, size_t count, struct arena *arena, struct id **ret_ids)
{
    *ret_ids = ARENA_ARRAY(arena, count, struct id);
    if (*ret_ids == NULL)
        return 0;
    memcpy(*ret_ids, ids, count * sizeof(*ids));
    return count;
}

size_t
facts_named_rooms(const struct command *command, struct arena *arena, struct id **ret_ids)
{
    switch (command->kind) {
    case COMMAND_AMEND_ROOM: return one_id(command->amend_room.room.id, arena, ret_ids);
    case COMMAND_START_CLEANING:
    case COMMAND_FINISH_CLEANING:
    case COMMAND_INSPECT_ROOM:
    case COMMAND_MARK_DIRTY:
    case COMMAND_REPORT_MAINTENANCE:
    case COMMAND_FINISH_MAINTENANCE:
    case COMMAND_SET_ROOM_NOTE: return one_id(command->room_step.room, arena, ret_ids);
    case COMMAND_CLOSE_ROOMS:
        return many_ids(command->close_rooms.rooms, command->close_rooms.room_count, arena, ret_ids);
    case COMMAND_GIVE_ROOMS: return many_ids(command->give_rooms.rooms, command->give_rooms.room_count, arena, ret_ids);
    case COMMAND_DELETE_ROOMS:
        return many_ids(command->delete_rooms.rooms, command->delete_rooms.room_count, arena, ret_ids);
    default: return one_id(ID_NONE, arena, ret_ids);
    }
}

struct id
facts_named_closure(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_AMEND_CLOSURE: return command->amend_closure.closure;
    case COMMAND_REOPEN_ROOM: return command->closure_step.closure;
    default: return ID_NONE;
    }
}

const struct close_rooms *
facts_closes(const struct command *command, const struct facts *facts, struct close_rooms *space)
{
    const struct closure *closure = facts->closure;
    if (command->kind != COMMAND_AMEND_CLOSURE)
        return command_closes(command);
    if (closure == NULL || !closure_claims(closure) || command->amend_closure.ends <= closure->span.starts)
        return NULL;
    *space = (struct close_rooms){.rooms = &closure->room,
                                  .room_count = 1,
                                  .kind = closure->kind,
                                  .by_minute = closure->by_minute,
                                  .span = {closure->span.starts, command->amend_closure.ends},
                                  .forces = command->amend_closure.forces};
    return space;
}

struct span
facts_service_span(const struct command *command, const struct facts *facts)
{
    enum command_kind kind = command->kind == COMMAND_BATCH_BOOKINGS ? command->booking_batch.step : command->kind;
    switch (kind) {
    case COMMAND_AUTO_ASSIGN_BOOKING: {
        const struct booking *booking = facts_booking(facts, command->auto_assign_booking.booking);
        return booking == NULL ? (struct span){0, 0} : booking_ahead(booking, facts->today);
    }
    case COMMAND_AUTO_ASSIGN_ARRIVALS:
        return span_from_nights(command->auto_assign_arrivals.date, command->auto_assign_arrivals.date + 1);
    case COMMAND_CHECK_IN:
    case COMMAND_WALK_IN: return span_from_nights(facts->today, facts->today + 1);
    default: return (struct span){0, 0};
    }
}

bool
facts_is_out_of_service(const struct facts *facts, const struct command *command, struct id room)
{
    struct span span = facts_service_span(command, facts);
    for (size_t i = 0; span_is_valid(span) && i < facts->out_of_service_count; i++) {
        const struct closure *closure = &facts->out_of_service[i];
        if (closure->kind == CLOSURE_OUT_OF_SERVICE && closure->status == CLOSURE_OPEN &&
            id_equal(closure->room, room) && span_overlaps(closure->span, span))
            return true;
    }
    return false;
}

bool
facts_needs_room_states(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_AMEND_BOOKING:
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_ADD_GUEST:
    case COMMAND_REMOVE_GUEST:                 /* they are in whatever room the booking is in */
    case COMMAND_WAIVE_FEE:                    /* nobody came */
    case COMMAND_CANCEL_BOOKING: return false; /* nobody is in the room yet, and its cleaning can wait */
    default: return true;
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

bool
facts_walk_in_span(const struct walk_in *walk_in, int32_t today, struct span *ret_span)
{
    int32_t departure = walk_in->nights > 0 ? today + walk_in->nights : walk_in->departure;
    bool is_stay = departure > today && departure - today <= STAY_NIGHTS_MAX;
    *ret_span = span_from_nights(today, is_stay ? departure : today + 1);
    return is_stay;
}

/* What the booking is to be: the room stays as long as the type does. */
static size_t
amended_leg(const struct amend_booking *amend, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    const struct booking *booking = facts_booking(facts, amend->booking);
    struct leg *leg = booking == NULL ? NULL : ARENA_NEW(arena, struct leg);
    if (leg == NULL)
        return 0;
    *leg = (struct leg){
        .room_type = id_is_none(amend->room_type) ? booking->room_type : amend->room_type,
        .by_minute = booking->by_minute,
        .party = amend->party == 0 ? booking->party : amend->party,
    };
    (void)facts_amended_span(amend, booking, &leg->span); /* one that is none is refused by the decision */
    const struct claim *present = booking_claim_ahead(booking, facts->today);
    if (present != NULL && id_equal(leg->room_type, booking->room_type)) {
        leg->room_type = ID_NONE; /* the room says it; it may be a better one than was sold */
        leg->room = present->room;
        leg->pinned = present->pinned;
    }
    *ret = leg;
    return 1;
}

/* The nights that are still to come, in the room it had where that is still of the type sold. */
static size_t
reinstated_leg(struct id id, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    const struct booking *booking = facts_booking(facts, id);
    struct leg *leg = booking == NULL ? NULL : ARENA_NEW(arena, struct leg);
    if (leg == NULL)
        return 0;
    *leg = (struct leg){.room_type = booking->room_type,
                        .by_minute = booking->by_minute,
                        .span = booking_ahead(booking, facts->today),
                        .party = booking->party};
    const struct room *room = house_find_room(&facts->house, booking->lost_room);
    if (room != NULL && id_equal(room->room_type, booking->room_type))
        leg->room = room->id;
    *ret = leg;
    return span_is_valid(leg->span) ? 1 : 0;
}

/* The type that was sold, without a room. */
static size_t
unassigned_leg(struct id id, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    const struct booking *booking = facts_booking(facts, id);
    struct leg *leg = booking == NULL ? NULL : ARENA_NEW(arena, struct leg);
    if (leg == NULL)
        return 0;
    *leg = (struct leg){.room_type = booking->room_type,
                        .by_minute = booking->by_minute,
                        .span = booking_ahead(booking, facts->today),
                        .party = booking->party};
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
                               .party = confirm->party > 0 ? confirm->party : hold->party,
                               .price = confirm->price};
    *ret = legs;
    return (size_t)hold->quantity;
}

/* What has to be had anew for bookings that come back: any room of their type. */
static size_t
revived_legs(const struct command *command, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    struct leg *legs = ARENA_ARRAY(arena, facts->booking_count + 1, struct leg);
    size_t count = 0;
    for (size_t i = 0; legs != NULL && i < facts->booking_count; i++) {
        const struct booking *booking = &facts->bookings[i];
        if (facts_may_revive(command, facts, booking))
            legs[count++] = (struct leg){.room_type = booking->room_type,
                                         .by_minute = booking->by_minute,
                                         .span = booking->span,
                                         .party = booking->party};
    }
    *ret = legs;
    return count;
}

static size_t
walk_in_leg(const struct walk_in *walk_in, const struct facts *facts, struct arena *arena, const struct leg **ret)
{
    struct leg *leg = ARENA_NEW(arena, struct leg);
    if (leg == NULL)
        return 0;
    *leg = walk_in->leg;
    (void)facts_walk_in_span(walk_in, facts->today, &leg->span); /* one that is none is refused by the decision */
    *ret = leg;
    return 1;
}

size_t
facts_legs(const struct command *command, const struct facts *facts, struct arena *arena, const struct leg **ret_legs)
{
    *ret_legs = NULL;
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: *ret_legs = command->create_bookings.legs; return command->create_bookings.leg_count;
    case COMMAND_ACQUIRE_HOLD: *ret_legs = &command->acquire_hold.leg; return 1;
    case COMMAND_WALK_IN: return walk_in_leg(&command->walk_in, facts, arena, ret_legs);
    case COMMAND_AMEND_BOOKING:
    case COMMAND_EXTEND_BOOKING: return amended_leg(&command->amend_booking, facts, arena, ret_legs);
    case COMMAND_UNASSIGN_ROOM: return unassigned_leg(command->booking_step.booking, facts, arena, ret_legs);
    case COMMAND_CONFIRM_HOLD: return held_legs(&command->confirm_hold, facts, arena, ret_legs);
    case COMMAND_REINSTATE_BOOKING: return reinstated_leg(command->booking_step.booking, facts, arena, ret_legs);
    case COMMAND_CREATE_PAYMENT:
    case COMMAND_STEP_PAYMENT:
    case COMMAND_NOTE_PAYMENT: return revived_legs(command, facts, arena, ret_legs);
    default: return 0;
    }
}

/* Whether others paid for it matters to who leaves and to who changes a price; what they paid for it, to who ends it;
 * what is to go back to them, to who comes after all. */
static bool
wants_groups(const struct command *command)
{
    enum command_kind kind = command->kind == COMMAND_BATCH_BOOKINGS ? command->booking_batch.step : command->kind;
    switch (kind) {
    case COMMAND_CHECK_OUT:
    case COMMAND_CANCEL_BOOKING:
    case COMMAND_DECLINE_BOOKING:
    case COMMAND_MARK_NO_SHOW:
    case COMMAND_WAIVE_FEE:
    case COMMAND_REINSTATE_BOOKING:
    case COMMAND_STEP_JOB: return true; /* the audit, of those who did not come */
    case COMMAND_AMEND_BOOKING:
    case COMMAND_EXTEND_BOOKING: return command->amend_booking.changes_price;
    default: return false;
    }
}

bool
facts_wants_group(const struct command *command, const struct booking *booking, int64_t now_ms)
{
    bool is_paid = booking->payment_status != PAYMENT_STATUS_NONE && booking->payment_status != PAYMENT_STATUS_REQUIRED;
    bool is_over = booking->expires_at > 0 && booking->expires_at <= now_ms &&
                   booking_machine_allows(booking->status, BOOKING_COMMAND_EXPIRE);
    return !id_is_none(booking->group) && (is_paid || is_over || (command != NULL && wants_groups(command)));
}

bool
facts_wants_begins(const struct command *command)
{
    return command->kind == COMMAND_CANCEL_BOOKING ||
           (command->kind == COMMAND_BATCH_BOOKINGS && command->booking_batch.step == COMMAND_CANCEL_BOOKING);
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
    bool amends = command->kind == COMMAND_AMEND_BOOKING || command->kind == COMMAND_EXTEND_BOOKING ||
                  facts_named_money(command).wanted;
    for (size_t i = 0; amends && i < facts->booking_count; i++)
        if (facts->bookings[i].turnaround_ms > turnaround_ms)
            turnaround_ms = facts->bookings[i].turnaround_ms;
    for (size_t i = 0; i < facts->hold_count; i++)
        if (facts->holds[i].turnaround_ms > turnaround_ms)
            turnaround_ms = facts->holds[i].turnaround_ms;
    return turnaround_ms;
}

/* Somebody comes in now: what is going on in every room that would do, and who could make way there. */
static struct want
walk_in_want(const struct leg *leg, const struct room_type *type)
{
    return (struct want){.room_type = type->id,
                         .room = leg->room,
                         .span = leg->span,
                         .units = 1,
                         .nights = true,
                         .held_stock = true,
                         .claims = true,
                         .room_states = true,
                         .placement = true,
                         .fixes = true,
                         .owners = true,
                         .around_ms = WALK_IN_AROUND_DAYS * DATE_DAY_MS};
}

static struct want
leg_want(const struct command *command, const struct facts *facts, const struct leg *leg, const struct room_type *type)
{
    if (command->kind == COMMAND_WALK_IN && type->sold_by == SOLD_BY_NIGHT && type->stock == STOCK_ROOMS)
        return walk_in_want(leg, type);
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
    want.room_states = want.claims && span_contains_instant(leg->span, date_to_instant(facts->today));
    want.placement = type->stock == STOCK_ROOMS;
    want.fixes = want.placement && want.claims && (acquires || leg->pinned || party_is_tied(leg->party, type));
    want.owners = want.fixes && command->kind == COMMAND_CREATE_BOOKINGS;
    return want;
}

/* A stay that was lent a room of another type may have to go back to the type it was sold as. */
static const struct room_type *
lent_from(const struct command *command, const struct facts *facts, const struct leg *leg, const struct room_type *type)
{
    bool amends = command->kind == COMMAND_AMEND_BOOKING || command->kind == COMMAND_EXTEND_BOOKING;
    if (!amends || id_is_none(leg->room))
        return NULL;
    const struct booking *booking = facts_booking(facts, command->amend_booking.booking);
    bool lent = booking != NULL && !id_equal(booking->room_type, type->id);
    return lent ? house_find_type(&facts->house, booking->room_type) : NULL;
}

/* But for the units, which add up. */
static bool
want_equal(const struct want *a, const struct want *b)
{
    return id_equal(a->room_type, b->room_type) && id_equal(a->room, b->room) && span_equal(a->span, b->span) &&
           a->nights == b->nights && a->claims == b->claims && a->placement == b->placement && a->fixes == b->fixes &&
           a->owners == b->owners && a->own_holds == b->own_holds && a->held_stock == b->held_stock &&
           a->room_states == b->room_states && a->arrivals == b->arrivals && a->around_ms == b->around_ms;
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
    if (command->kind == COMMAND_AUTO_ASSIGN_BOOKING || command->kind == COMMAND_AUTO_ASSIGN_ARRIVALS)
        return facts_auto_assign_wants(command, facts, arena, ret_wants);
    size_t count = facts_rooming_wants(command, facts, arena, ret_wants);
    if (count > 0)
        return count;
    size_t leg_count = facts_legs(command, facts, arena, &legs);
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
        const struct room_type *sold = lent_from(command, facts, &legs[i], type);
        if (sold != NULL) {
            struct leg leg = legs[i];
            leg.room = ID_NONE;
            wants[count++] = leg_want(command, facts, &leg, sold);
        }
        if (command->kind == COMMAND_ACQUIRE_HOLD)
            wants[count++] =
                (struct want){.room_type = type->id, .room = legs[i].room, .span = legs[i].span, .own_holds = true};
    }
    spread_fixing(wants, count);
    return count;
}

bool
facts_fixes_rooms(const struct want *wants, size_t count, struct id room_type)
{
    for (size_t i = 0; i < count; i++)
        if (wants[i].placement && id_equal(wants[i].room_type, room_type) &&
            (id_is_none(wants[i].room) || !wants[i].claims || !wants[i].fixes))
            return false;
    return true;
}
