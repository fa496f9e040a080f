/* Asked in the order of precedence: units, then the room, then placement; recorded when all have agreed. */
#include "core/capacity.h"

#include <assert.h>

#include "core/capacity_displace.h"
#include "core/promise.h"

static struct refusal *
refuse(struct deciding *d, const struct wanted *wanted, enum outcome outcome)
{
    struct refusal *refusal = deciding_refuse(d, outcome);
    refusal->leg = wanted->leg;
    return refusal;
}

/* --- a room, and what is in its way --- */

struct in_the_way {
    struct claim *claims; /* what is there to stay: bookings and closures */
    size_t claim_count;
    bool held;          /* by holds too, or by holds alone */
    struct id own_hold; /* one of them that is the caller's own; none where none is */
    int64_t held_until; /* when the last of them lapses, ms */
};

/* Keeps the caller's own of two holds; of several the oldest, in whatever order they come. */
static void
keep_own_hold(const struct deciding *d, const struct hold *hold, struct id *own)
{
    if (hold == NULL || !hold_is_live(hold, d->facts->now_ms) || !str_equal(hold->owner, d->command->actor.name))
        return;
    if (id_is_none(*own) || id_compare(hold->id, *own) < 0)
        *own = hold->id;
}

static void
name_own_hold(struct refusal *refusal, struct id own)
{
    refusal->hold = own;
    if (!id_is_none(own))
        refusal->detail = "A hold of your own is in the way: confirm it with hold_id, or release it.";
}

static bool
find_in_the_way(struct deciding *d, struct id room, struct span span, struct in_the_way *ret)
{
    *ret = (struct in_the_way){.claims = ARENA_ARRAY(d->arena, d->claim_count + 1, struct claim)};
    if (ret->claims == NULL) {
        d->decision->out_of_memory = true;
        return true;
    }
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        if (!id_equal(claim->room, room) || !span_overlaps(claim->span, span))
            continue;
        if (claim->owner_kind != CLAIM_OF_HOLD) {
            ret->claims[ret->claim_count++] = *claim;
            continue;
        }
        const struct hold *hold = deciding_hold(d, claim->owner);
        assert(hold != NULL); /* holds are loaded with their claims, see struct want */
        ret->held = true;
        keep_own_hold(d, hold, &ret->own_hold);
        ret->held_until = hold->expires_at > ret->held_until ? hold->expires_at : ret->held_until;
    }
    return ret->claim_count > 0 || ret->held;
}

/* What other legs of the command take is not there when it is refused, so that nobody is sent to look for it. */
static size_t
leave_out_fresh(const struct deciding *d, struct claim *claims, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!deciding_is_fresh(d, claims[i].owner))
            claims[kept++] = claims[i];
    return kept;
}

static void
name_other_leg(struct refusal *refusal, size_t before)
{
    if (refusal->in_the_way_count == 0 && before > 0)
        refusal->detail = "Another part of this request takes the room.";
}

static void
refuse_room(struct deciding *d, const struct wanted *wanted, const struct in_the_way *way)
{
    if (d->decision->out_of_memory)
        return;
    if (way->claim_count > 0) {
        struct refusal *refusal = refuse(d, wanted, OUTCOME_ROOM_NOT_AVAILABLE);
        refusal->in_the_way = way->claims;
        refusal->in_the_way_count = leave_out_fresh(d, way->claims, way->claim_count);
        name_other_leg(refusal, way->claim_count);
        return;
    }
    struct refusal *refusal = refuse(d, wanted, OUTCOME_BOOKING_CONFLICT);
    refusal->expires_at = way->held_until;
    name_own_hold(refusal, way->own_hold);
}

/* --- nights: units --- */

/* The caller's own hold on stock or a room of the type, on one of these nights. */
static struct id
find_own_hold(const struct deciding *d, struct id room_type, const int32_t *nights, size_t night_count)
{
    struct id own = ID_NONE;
    for (size_t i = 0; i < d->facts->hold_count; i++)
        for (size_t j = 0; id_equal(d->holds[i].room_type, room_type) && j < night_count; j++)
            if (span_contains_instant(d->holds[i].span, date_to_instant(nights[j])))
                keep_own_hold(d, &d->holds[i], &own);
    return own;
}

/* Units of the night that earlier legs of the same request take: they are there for whoever asks for less. */
static int32_t
taken_by_other_legs(const struct deciding *d, const struct wanted *wanted, int64_t at)
{
    int32_t taken = 0;
    for (size_t i = 0; wanted->leg > 0 && i < d->loose_count; i++)
        if (id_equal(d->loose[i].room_type, wanted->type->id) && span_contains_instant(d->loose[i].span, at) &&
            deciding_is_fresh(d, d->loose[i].owner))
            taken += d->loose[i].quantity;
    for (size_t i = 0; wanted->leg > 0 && i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        const struct room *room = span_contains_instant(claim->span, at) && deciding_is_fresh(d, claim->owner)
                                      ? house_find_room(&d->facts->house, claim->room)
                                      : NULL;
        taken += room != NULL && id_equal(room->room_type, wanted->type->id) ? 1 : 0;
    }
    return taken;
}

/* What could have been asked for on all of these nights. */
static int32_t
least_available(const struct deciding *d, const struct wanted *wanted, const int32_t *nights, size_t count)
{
    int32_t least = INT32_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct night *night = deciding_night(d, wanted->type->id, nights[i]);
        int32_t free = night == NULL ? 0 : night_free(night);
        free += taken_by_other_legs(d, wanted, date_to_instant(nights[i]));
        least = free < least ? free : least;
    }
    return least < 0 ? 0 : least;
}

static bool
refuse_sold_out(struct deciding *d, const struct wanted *wanted)
{
    struct span ahead = wanted_ahead(d, wanted);
    int32_t *nights;
    if (ahead.starts >= ahead.ends)
        return false;
    size_t count = deciding_nights_without(d, wanted->type->id, ahead, wanted->quantity, &nights);
    if (count == 0 || d->decision->out_of_memory)
        return count > 0;
    struct refusal *refusal = refuse(d, wanted, OUTCOME_SOLD_OUT);
    refusal->nights = nights;
    refusal->night_count = count;
    deciding_add_limit(refusal, REFUSAL_AVAILABLE, least_available(d, wanted, nights, count));
    name_own_hold(refusal, find_own_hold(d, wanted->type->id, nights, count));
    return true;
}

/* How a booking of the command that is proven, and has been since its beginning, was then: it is promised a room. NULL
 * for everybody else. */
static const struct booking *
find_promised(struct deciding *d, struct id owner)
{
    const struct booking *present = deciding_booking(d, owner);
    if (present == NULL || !booking_status_is_blocking(present->status) || deciding_is_unproven(d, owner))
        return NULL;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *before = &d->facts->bookings[i];
        if (id_equal(before->id, owner))
            return before->placement == PLACEMENT_STATE_PROVEN && booking_status_is_blocking(before->status) ? before
                                                                                                             : NULL;
    }
    return NULL;
}

/* Had it a unit of the type on this night? */
static bool
had_night(const struct deciding *d, const struct booking *booking, struct id room_type, int64_t at)
{
    if (booking->claim_count == 0)
        return id_equal(booking->room_type, room_type) && span_contains_instant(booking->span, at);
    for (size_t i = 0; i < booking->claim_count; i++) {
        const struct room *room = house_find_room(&d->facts->house, booking->claims[i].room);
        if (span_contains_instant(booking->claims[i].span, at) && room != NULL && id_equal(room->room_type, room_type))
            return true;
    }
    return false;
}

/* Would it be sold on some night beyond the rooms that there are? Then somebody will have no room, as was allowed.
 * Without the nights that `promised` had, NULL for none. */
static bool
is_overbooked(const struct deciding *d, const struct wanted *wanted, const struct booking *promised)
{
    struct span ahead = wanted_ahead(d, wanted);
    for (int64_t at = ahead.starts; at < ahead.ends; at += DATE_DAY_MS) {
        const struct night *night = deciding_night(d, wanted->type->id, date_from_instant(at));
        if (night != NULL && night_is_overbooked(night, wanted->quantity) &&
            !(promised != NULL && had_night(d, promised, wanted->type->id, at)))
            return true;
    }
    return false;
}

/* --- nights: placement --- */

static struct refusal *
refuse_unproven(struct deciding *d, const struct wanted *wanted)
{
    struct refusal *refusal = refuse(d, wanted, OUTCOME_POLICY_REFUSED);
    refusal->rule = STR("placement_unproven");
    refusal->detail = "It could not be shown that everything booked still fits when this room is taken.";
    return refusal;
}

static bool
settle_unproven(struct deciding *d, const struct wanted *wanted, const struct claim *claim, struct taken *taken)
{
    bool fixes = !id_is_none(claim->room) && claim_is_fixed(claim);
    taken->placement = PLACEMENT_STATE_UNPROVEN;
    taken->was_insisted_on = fixes && wanted->insists >= INSISTS_IN_DOUBT;
    if (fixes && !taken->was_insisted_on)
        refuse_unproven(d, wanted)->may_be_insisted_on = true;
    return !fixes || taken->was_insisted_on;
}

/* Somebody would have no room with it: it is refused, unless it is insisted on at least so much. */
static bool
settle_misfit(struct deciding *d, const struct wanted *wanted, enum insistence least, const struct breach *breach,
              struct taken *taken)
{
    struct claim *claims;
    size_t count = fitting_claims_in_way(&breach->fitting, d, &breach->answer, &claims);
    if (d->decision->out_of_memory)
        return false;
    if (wanted->insists >= least) {
        taken->placement = PLACEMENT_STATE_UNPROVEN;
        taken->was_insisted_on = true;
        return true;
    }
    struct refusal *refusal = refuse(d, wanted, OUTCOME_NO_ROOM_FITS);
    if (wanted->room != NULL)
        refusal->detail = "The room is free, but with it not everybody who has booked would have one.";
    refusal->in_the_way = claims;
    refusal->in_the_way_count = leave_out_fresh(d, claims, count);
    refusal->may_be_insisted_on = least == INSISTS_IN_DOUBT;
    name_other_leg(refusal, count);
    struct id own = ID_NONE;
    for (size_t i = 0; i < refusal->in_the_way_count; i++)
        keep_own_hold(d, deciding_hold(d, claims[i].owner), &own);
    name_own_hold(refusal, own);
    return false;
}

/* A sale by type, or a claim that can move: only that what fitted fits on is asked of it. By an allowance not even
 * that, but it promises nothing then, other than to who adds no night by it to what they were promised: they keep a
 * room beside all that was not insisted on, or their nights stay as they are. */
static bool
fit_loose(struct deciding *d, const struct wanted *wanted, const struct claim *claim, struct taken *taken)
{
    const struct booking *promised = find_promised(d, claim->owner);
    struct fitting with;
    struct breach breach;
    if (is_overbooked(d, wanted, promised)) {
        taken->placement = PLACEMENT_STATE_UNPROVEN;
        return true;
    }
    if (!fitting_init(&with, d, wanted->type->id, NULL, 0))
        return false;
    fitting_add(&with, claim, wanted->quantity);
    if (with.fixed_count == 0)
        return true;
    struct question question = {wanted->type->id, claim->owner, wanted->span, FITTING_ALL, FITTING_ALL};
    enum promise promise = promise_ask(d, &question, &with, &breach);
    if (promised != NULL && (promise == PROMISE_EXCUSED || promise == PROMISE_UNPROVEN)) {
        question.first = FITTING_PROVEN_OR_HELD;
        question.last = FITTING_PROVEN_ALONE;
        promise = promise_ask(d, &question, &with, &breach);
    }
    switch (promise) {
    case PROMISE_KEPT: return true;
    case PROMISE_EXCUSED: taken->placement = PLACEMENT_STATE_UNPROVEN; return true;
    case PROMISE_UNPROVEN: return settle_unproven(d, wanted, claim, taken);
    case PROMISE_BROKEN: return settle_misfit(d, wanted, INSISTS_BY_FORCE, &breach, taken);
    case PROMISE_VOID: return false;
    }
    return false;
}

/* A claim on a room for good: it has to leave one to whoever was promised one, and is then itself proven, however it
 * was sold: the room is theirs, and what comes later has to fit beside it. An allowance is for sales, so that a closure
 * which needs it is asked about as if nothing were overbooked; force takes no account of who is promised nothing. */
static bool
fit_fixed(struct deciding *d, const struct wanted *wanted, const struct claim *claim, struct taken *taken)
{
    bool overbooks = is_overbooked(d, wanted, NULL);
    bool sells_more = overbooks && claim->owner_kind != CLAIM_OF_CLOSURE;
    struct fitting with;
    struct breach breach;
    if (!fitting_init(&with, d, wanted->type->id, NULL, 0))
        return false;
    fitting_add(&with, claim, wanted->quantity);
    struct question question = {
        wanted->type->id, claim->owner, wanted->span,
        sells_more || wanted->insists == INSISTS_BY_FORCE ? FITTING_PROVEN_OR_HELD : FITTING_ALL, FITTING_PROVEN_ALONE};
    switch (promise_ask(d, &question, &with, &breach)) {
    case PROMISE_KEPT:
        if (breach.fitting.leaves_out_had)
            taken->placement = PLACEMENT_STATE_UNPROVEN;
        return true;
    case PROMISE_EXCUSED: taken->placement = PLACEMENT_STATE_UNPROVEN; return true;
    case PROMISE_UNPROVEN: return settle_unproven(d, wanted, claim, taken);
    case PROMISE_BROKEN:
        return settle_misfit(d, wanted, overbooks || breach.part != FITTING_ALL ? INSISTS_IN_DOUBT : INSISTS_BY_FORCE,
                             &breach, taken);
    case PROMISE_VOID: return false;
    }
    return false;
}

/* Does all that was promised still fit when this is added? Without anything fixed the units have answered already: a
 * stay is an interval, and intervals need as many rooms as the most that overlap. What did not fit before (overbooking,
 * or a sale that was accepted unproven) is not the fault of this one. Who was promised a room is so on, as long as it
 * is shown that they have one beside all others who were. */
static bool
fit_in(struct deciding *d, const struct wanted *wanted, const struct claim *claim, struct taken *taken)
{
    taken->placement = PLACEMENT_STATE_PROVEN;
    if (wanted->type->stock != STOCK_ROOMS)
        return true;
    bool fixes = !id_is_none(claim->room) && claim_is_fixed(claim);
    return fixes ? fit_fixed(d, wanted, claim, taken) : fit_loose(d, wanted, claim, taken);
}

/* Displacing has asked placement already. False when refused, and when there is nothing to ask any more. */
static bool
displace(struct deciding *d, const struct wanted *wanted, const struct claim *claim, const struct in_the_way *way,
         struct taken *taken)
{
    taken->placement = PLACEMENT_STATE_PROVEN;
    switch (capacity_displace(d, wanted, claim)) {
    case DISPLACED_DONE: return true;
    case DISPLACED_UNPROVEN: (void)refuse_unproven(d, wanted); return false; /* who is in the way is still there */
    case DISPLACED_IMPOSSIBLE: refuse_room(d, wanted, way); return false;
    case DISPLACED_FAULTY:
        refuse_room(d, wanted, way);
        d->decision->refusal.detail = "Who has it could only make way tonight into a room that has a fault.";
        return false;
    case DISPLACED_VOID: return false;
    }
    return false;
}

static void
record_nights(struct deciding *d, const struct wanted *wanted, const struct claim *claim)
{
    bool sold = claim->owner_kind == CLAIM_OF_BOOKING;
    if (claim->owner_kind == CLAIM_OF_CLOSURE)
        deciding_move_closed(d, wanted->type->id, wanted->span, 1);
    else
        deciding_move_stock(d, wanted->type->id, wanted->span, sold ? 1 : 0, sold ? 0 : wanted->quantity);
    if (!id_is_none(claim->room))
        deciding_add_claim(d, *claim);
    else
        deciding_add_loose(d, (struct loose){.owner = claim->owner,
                                             .room_type = wanted->type->id,
                                             .span = wanted->span,
                                             .quantity = wanted->quantity,
                                             .owner_kind = claim->owner_kind});
}

static bool
take_nights(struct deciding *d, const struct wanted *wanted, struct taken *taken)
{
    struct in_the_way way = {.claims = NULL};
    struct claim *claim = &taken->claim;
    if (refuse_sold_out(d, wanted))
        return false;
    bool blocked = !id_is_none(claim->room) && find_in_the_way(d, claim->room, claim->span, &way);
    if (blocked && !wanted->may_displace) {
        refuse_room(d, wanted, &way);
        return false;
    }
    if (blocked ? !displace(d, wanted, claim, &way, taken) : !fit_in(d, wanted, claim, taken))
        return false;
    record_nights(d, wanted, claim);
    return true;
}

/* --- by the minute --- */

/* Opening hours around the slot, so that the edge of the day is no hole. */
static struct span
open_around(const struct deciding *d, const struct wanted *wanted)
{
    const struct room_type *type = wanted->type;
    if (type->opens_min == 0 && type->closes_min == 1440)
        return PLACEMENT_ABOUT_ALL;
    const struct local_slot *local = &d->facts->local[wanted->leg];
    int64_t before_ms = (int64_t)(local->starts_min - type->opens_min) * 60000;
    int64_t after_ms = (int64_t)(type->closes_min - local->ends_min) * 60000;
    return (struct span){wanted->span.starts - (before_ms > 0 ? before_ms : 0),
                         wanted->span.ends + (after_ms > 0 ? after_ms : 0) + wanted->turnaround_ms};
}

/* The free room that suits best; NULL when none is free. */
static const struct room *
find_best_room(struct deciding *d, const struct wanted *wanted, struct span span)
{
    struct fitting fitting; /* a slot never moves, so all its claims are in the way, pinned or not */
    if (!fitting_init(&fitting, d, wanted->type->id, NULL, 0))
        return NULL;
    uint32_t *capacities = ARENA_ARRAY(d->arena, fitting.room_count + 1, uint32_t);
    struct placement_fixed *taken = ARENA_ARRAY(d->arena, d->claim_count + 1, struct placement_fixed);
    struct placement_rank *ranks = ARENA_ARRAY(d->arena, fitting.room_count + 1, struct placement_rank);
    if (capacities == NULL || taken == NULL || ranks == NULL) {
        d->decision->out_of_memory = true;
        return NULL;
    }
    uint32_t taken_count = 0;
    for (uint32_t i = 0; i < fitting.room_count; i++)
        capacities[i] = (uint32_t)room_max_guests(fitting.rooms[i], wanted->type);
    for (size_t i = 0; i < d->claim_count; i++) {
        uint32_t room = fitting_find_room(&fitting, d->claims[i].room);
        if (room != PLACEMENT_NO_ROOM)
            taken[taken_count++] = (struct placement_fixed){.room = room, .span = d->claims[i].span};
    }
    struct placement_room_question question = {.room_count = fitting.room_count,
                                               .capacities = capacities,
                                               .taken = taken,
                                               .taken_count = taken_count,
                                               .wanted = span,
                                               .open = open_around(d, wanted),
                                               .party = (uint32_t)wanted->party};
    return placement_best_room(&question, ranks) == 0 ? NULL : fitting.rooms[ranks[0].room];
}

/* No room is free. Where one is kept from the caller by holds alone it may be free soon, and the earliest such instant
 * is told. */
static void
refuse_slot(struct deciding *d, const struct wanted *wanted, struct span span)
{
    const struct house *house = &d->facts->house;
    struct in_the_way way, soonest = {.held = false};
    bool any = false, large_enough = false;
    for (size_t i = 0; i < house->room_count && !d->decision->out_of_memory; i++) {
        const struct room *room = &house->rooms[i];
        if (!id_equal(room->room_type, wanted->type->id))
            continue;
        any = true;
        if (room_max_guests(room, wanted->type) < wanted->party)
            continue;
        large_enough = true;
        if (find_in_the_way(d, room->id, span, &way) && way.claim_count == 0 &&
            (!soonest.held || way.held_until < soonest.held_until))
            soonest = way;
    }
    if (d->decision->out_of_memory)
        return;
    if (soonest.held)
        refuse_room(d, wanted, &soonest);
    else if (!any || large_enough || !wanted_refuse_party(d, wanted))
        refuse(d, wanted, OUTCOME_SOLD_OUT);
}

static bool
take_slot(struct deciding *d, const struct wanted *wanted, struct taken *taken)
{
    struct claim *claim = &taken->claim;
    struct in_the_way way;
    taken->placement = PLACEMENT_STATE_PROVEN;
    claim->span.ends += wanted->turnaround_ms;
    if (wanted->room == NULL) {
        const struct room *room = find_best_room(d, wanted, claim->span);
        if (room == NULL) {
            refuse_slot(d, wanted, claim->span);
            return false;
        }
        claim->room = room->id;
    } else if (find_in_the_way(d, claim->room, claim->span, &way)) {
        refuse_room(d, wanted, &way);
        return false;
    }
    deciding_add_claim(d, *claim);
    return true;
}

bool
capacity_take(struct deciding *d, const struct wanted *wanted, enum claim_owner owner_kind, struct id owner,
              struct taken *ret_taken)
{
    *ret_taken = (struct taken){.claim = {.room = wanted->room == NULL ? ID_NONE : wanted->room->id,
                                          .span = wanted->span,
                                          .owner_kind = owner_kind,
                                          .owner = owner,
                                          .pinned = wanted->pinned}};
    bool took =
        wanted->type->sold_by == SOLD_BY_MINUTE ? take_slot(d, wanted, ret_taken) : take_nights(d, wanted, ret_taken);
    bool unproven = owner_kind == CLAIM_OF_BOOKING   ? ret_taken->placement == PLACEMENT_STATE_UNPROVEN
                    : owner_kind == CLAIM_OF_CLOSURE ? ret_taken->was_insisted_on
                                                     : false;
    if (took && unproven && deciding_is_fresh(d, owner))
        deciding_add_unproven(d, owner);
    return took && !d->decision->out_of_memory;
}

bool
capacity_take_for_booking(struct deciding *d, const struct wanted *wanted, struct booking *booking)
{
    struct taken taken;
    if (!capacity_take(d, wanted, CLAIM_OF_BOOKING, booking->id, &taken))
        return false;
    booking->placement = taken.placement;
    booking->claims = NULL;
    booking->claim_count = 0;
    if (id_is_none(taken.claim.room))
        return true;
    booking->claims = ARENA_NEW(d->arena, struct claim);
    if (booking->claims == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    booking->claims[0] = taken.claim;
    booking->claim_count = 1;
    return true;
}

static bool
assign_tied(struct deciding *d, struct booking *booking, const struct room *room, const struct room_type *type)
{
    struct wanted wanted = {.type = type,
                            .room = room,
                            .span = booking_ahead(booking, d->facts->today),
                            .party = booking->party,
                            .quantity = 1,
                            .pinned = true};
    capacity_give_back_booking(d, booking);
    return capacity_take_for_booking(d, &wanted, booking);
}

bool
capacity_assign(struct deciding *d, struct booking *booking, const struct room *room)
{
    const struct room_type *type = house_find_type(&d->facts->house, room->room_type);
    struct in_the_way way;
    assert(type != NULL && id_equal(type->id, booking->room_type) && !booking->by_minute && booking->claim_count == 0 &&
           booking_status_is_blocking(booking->status));
    if (party_is_tied(booking->party, type))
        return assign_tied(d, booking, room, type);
    struct claim claim = {.room = room->id,
                          .span = booking_ahead(booking, d->facts->today),
                          .owner_kind = CLAIM_OF_BOOKING,
                          .owner = booking->id};
    if (deciding_claim_in_way(d, room->id, claim.span, ID_NONE) != NULL) {
        if (find_in_the_way(d, room->id, claim.span, &way))
            refuse_room(d, &(struct wanted){.type = type, .room = room}, &way);
        return false;
    }
    booking->claims = ARENA_NEW(d->arena, struct claim);
    if (booking->claims == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    booking->claims[0] = claim;
    booking->claim_count = 1;
    deciding_drop_loose(d, booking->id);
    deciding_add_claim(d, claim);
    return !d->decision->out_of_memory;
}

/* --- giving back --- */

/* The nights of a claim count against the type of its room. Once they are over, that may be gone. */
static void
give_back_nights(struct deciding *d, const struct claim *claim)
{
    if (claim->span.ends <= date_to_instant(d->facts->today))
        return;
    const struct room *room = house_find_room(&d->facts->house, claim->room);
    assert(room != NULL); /* a room that somebody has can't be deleted */
    deciding_move_stock(d, room->room_type, claim->span, -1, 0);
}

void
capacity_give_back_claim(struct deciding *d, const struct claim *claim, bool by_minute)
{
    if (!by_minute)
        give_back_nights(d, claim);
    deciding_drop_claim(d, claim);
}

void
capacity_give_back_booking(struct deciding *d, struct booking *booking)
{
    if (!booking->by_minute && booking->claim_count == 0)
        deciding_move_stock(d, booking->room_type, booking->span, -1, 0);
    for (size_t i = 0; !booking->by_minute && i < booking->claim_count; i++)
        give_back_nights(d, &booking->claims[i]);
    deciding_drop_claims(d, booking->id);
    deciding_drop_loose(d, booking->id);
    booking->claims = NULL;
    booking->claim_count = 0;
}

void
capacity_give_back_hold(struct deciding *d, const struct hold *hold)
{
    if (!hold->by_minute)
        deciding_move_stock(d, hold->room_type, hold->span, 0, -hold->quantity);
    deciding_drop_claims(d, hold->id);
    deciding_drop_loose(d, hold->id);
}
