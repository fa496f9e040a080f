/* The stored invariants of a house, each the plain way: by looking at everything. */
#include <stdio.h>

#include "tests/support/house_model_part.h"

/* --- I1, L5: claims --- */

static bool
check_overlaps(struct house_model *model)
{
    for (size_t i = 0; i < model->claim_count; i++)
        for (size_t j = 0; j < i; j++)
            if (id_equal(model->claims[i].room, model->claims[j].room) &&
                span_overlaps(model->claims[i].span, model->claims[j].span))
                return model_fail(model, "I1", "two claims on one room overlap");
    return true;
}

/* The claims of one owner tile the span, or there are none. A stay may have been given its room after its arrival: they
 * begin on a day that has come then. */
static bool
tiles(const struct house_model *model, struct id owner, struct span span, bool by_night)
{
    if (house_model_claim(model, owner) == NULL)
        return true;
    int64_t covered = 0, first = INT64_MAX;
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        if (!id_equal(claim->owner, owner))
            continue;
        if (!span_contains(span, claim->span))
            return false;
        for (size_t j = 0; j < i; j++)
            if (id_equal(model->claims[j].owner, owner) && span_overlaps(model->claims[j].span, claim->span))
                return false;
        covered += claim->span.ends - claim->span.starts;
        first = claim->span.starts < first ? claim->span.starts : first;
    }
    bool begins = first == span.starts || (by_night && first <= date_to_instant(model->today));
    return begins && covered == span.ends - first;
}

static bool
check_booking_claims(struct house_model *model, const struct booking *b)
{
    bool has = house_model_claim(model, b->id) != NULL;
    struct span span = {b->span.starts, b->span.ends + b->turnaround_ms};
    if (b->status == BOOKING_CHECKED_OUT)
        span.ends = date_to_instant(b->checked_out_on) < span.ends ? date_to_instant(b->checked_out_on) : span.ends;
    else if (has && !booking_status_is_blocking(b->status))
        return model_fail(model, "L5", "a booking that is over has a claim");
    if (!tiles(model, b->id, span, !b->by_minute))
        return model_fail(model, "I1", "the claims of a booking do not tile its interval");
    if (!has && b->by_minute && booking_status_is_blocking(b->status))
        return model_fail(model, "I1", "a booking by the minute has no room");
    return true;
}

static bool
check_hold_claims(struct house_model *model, const struct hold *h)
{
    const struct claim *claim = house_model_claim(model, h->id);
    if (h->status != HOLD_ACTIVE || id_is_none(h->room))
        return claim == NULL || model_fail(model, "H1", "a hold that has ended, or is on stock, has a claim");
    struct claim due = hold_claim(h);
    return (claim != NULL && id_equal(claim->room, due.room) && span_equal(claim->span, due.span)) ||
           model_fail(model, "I1", "a hold on a room has not its claim");
}

static bool
is_out_of_order(const struct closure *closure)
{
    return closure->status == CLOSURE_OPEN && closure->kind == CLOSURE_OUT_OF_ORDER;
}

/* The room for as long as it is out of order, and no longer. */
static bool
check_closure_claim(struct house_model *model, const struct closure *closure)
{
    const struct claim *claim = house_model_claim(model, closure->id);
    if (!is_out_of_order(closure))
        return claim == NULL || model_fail(model, "R4", "a room is open again, and has a claim of its closure");
    return (claim != NULL && id_equal(claim->room, closure->room) && span_equal(claim->span, closure->span)) ||
           model_fail(model, "R4", "a room that is out of order has not its claim");
}

static bool
is_known_closure(const struct house_model *model, struct id id)
{
    for (size_t i = 0; i < model->closure_count; i++)
        if (id_equal(model->closures[i].id, id))
            return true;
    return false;
}

static bool
check_claim_owner(struct house_model *model, const struct claim *claim)
{
    const struct booking *booking = house_model_booking(model, claim->owner);
    const struct hold *hold = house_model_hold(model, claim->owner);
    bool known = (claim->owner_kind == CLAIM_OF_CLOSURE && is_known_closure(model, claim->owner)) ||
                 (claim->owner_kind == CLAIM_OF_BOOKING && booking != NULL) ||
                 (claim->owner_kind == CLAIM_OF_HOLD && hold != NULL);
    return known || model_fail(model, "I1", "a claim of nobody");
}

/* --- I2, I3, I5: counters --- */

static bool
is_on(struct span span, int32_t date)
{
    return span_contains_instant(span, date_to_instant(date));
}

/* Where a booking counts on a night: the type of the room it has then, else the type sold. */
static const struct room_type *
type_on_night(const struct house_model *model, const struct booking *b, int32_t date)
{
    for (size_t i = 0; i < model->claim_count; i++)
        if (id_equal(model->claims[i].owner, b->id) && is_on(model->claims[i].span, date))
            return model_type_of_room(model, model->claims[i].room);
    return model_type(model, b->room_type);
}

static void
count_night(const struct house_model *model, const struct room_type *type, struct night *night)
{
    night->sold = night->held = night->fixed = night->closed = 0;
    for (size_t i = 0; i < model->booking_count; i++) {
        const struct booking *b = &model->bookings[i];
        night->sold += booking_status_is_blocking(b->status) && !b->by_minute && is_on(b->span, night->date) &&
                       type_on_night(model, b, night->date) == type;
    }
    for (size_t i = 0; i < model->hold_count; i++) {
        const struct hold *h = &model->holds[i];
        if (h->status == HOLD_ACTIVE && !h->by_minute && is_on(h->span, night->date) &&
            id_equal(h->room_type, type->id))
            night->held += h->quantity;
    }
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        night->closed += claim->owner_kind == CLAIM_OF_CLOSURE && is_on(claim->span, night->date) &&
                         model_type_of_room(model, claim->room) == type;
        night->fixed += (claim->pinned || claim->owner_kind != CLAIM_OF_BOOKING) && is_on(claim->span, night->date) &&
                        model_type_of_room(model, claim->room) == type;
    }
}

/* It is its records, and no more than is needed. */
static bool
check_overcommit(struct house_model *model, const struct room_type *type, const struct night *night)
{
    int32_t recorded = 0;
    for (size_t i = 0; i < model->overcommit_count; i++)
        if (model->overcommits[i].from == night->date && id_equal(model->overcommits[i].room_type, type->id))
            recorded += model->overcommits[i].quantity;
    if (night->overcommit != recorded)
        return model_fail(model, "I5", "a night is overcommitted by another number than its records say");
    if (night->date >= model->today && night->overcommit > 0 && night_free(night) > 0)
        return model_fail(model, "I5", "a night is overcommitted and has units free");
    return true;
}

/* The counters of a night that is over are left as they were. */
static bool
check_night(struct house_model *model, const struct room_type *type, const struct night *night)
{
    struct night counted = *night;
    if (night->date >= model->today)
        count_night(model, type, &counted);
    if (night->closed != counted.closed)
        return model_fail(model, "I3", "a night has another number of rooms closed than there are closures");
    if (night->sold != counted.sold || night->held != counted.held || night->fixed != counted.fixed) {
        char what[160];
        snprintf(what, sizeof(what), "on night %d sold %d, held %d, fixed %d are stored; %d, %d, %d are there",
                 (int)(night->date - MODEL_TODAY), (int)night->sold, (int)night->held, (int)night->fixed,
                 (int)counted.sold, (int)counted.held, (int)counted.fixed);
        return model_fail(model, "I3", what);
    }
    if (night->sold + night->held > night->units - night->closed + night->allowance + night->overcommit)
        return model_fail(model, "I2", "a night is sold beyond its units");
    return check_overcommit(model, type, night);
}

/* --- I4: placement, by trying --- */

struct puzzle {
    const struct room *rooms[MODEL_ROOMS];
    size_t room_count;
    struct span taken[MODEL_ROOMS][MODEL_CLAIMS + MODEL_BOOKINGS];
    size_t taken_count[MODEL_ROOMS];
    struct span items[MODEL_BOOKINGS + MODEL_CLAIMS + 64];
    size_t item_count;
};

static bool
is_free(const struct puzzle *p, size_t room, struct span span)
{
    for (size_t i = 0; i < p->taken_count[room]; i++)
        if (span_overlaps(p->taken[room][i], span))
            return false;
    return true;
}

static bool
place(struct puzzle *p, size_t item)
{
    if (item == p->item_count)
        return true;
    for (size_t room = 0; room < p->room_count; room++) {
        if (!is_free(p, room, p->items[item]))
            continue;
        p->taken[room][p->taken_count[room]++] = p->items[item];
        if (place(p, item + 1))
            return true;
        p->taken_count[room]--;
    }
    return false;
}

/* What is over does not matter. */
static bool
cut_past(const struct house_model *model, struct span *span)
{
    int64_t today = date_to_instant(model->today);
    span->starts = span->starts < today ? today : span->starts;
    return span->starts < span->ends;
}

static void
fix(struct puzzle *p, struct id room, struct span span)
{
    for (size_t i = 0; i < p->room_count; i++)
        if (id_equal(p->rooms[i]->id, room))
            p->taken[i][p->taken_count[i]++] = span;
}

static bool
is_proven(const struct house_model *model, struct id owner)
{
    const struct booking *booking = house_model_booking(model, owner);
    return booking != NULL && booking->placement == PLACEMENT_STATE_PROVEN;
}

static bool
is_forced(const struct house_model *model, struct id owner)
{
    for (size_t i = 0; i < model->closure_count; i++)
        if (id_equal(model->closures[i].id, owner))
            return model->closures[i].placement == PLACEMENT_STATE_UNPROVEN;
    return false;
}

/* Is it fixed, and nothing was overridden for it? */
static bool
is_fixed_alone(const struct house_model *model, const struct claim *claim)
{
    return claim->owner_kind == CLAIM_OF_BOOKING ? is_proven(model, claim->owner) : !is_forced(model, claim->owner);
}

/* All, or what is proven alone. */
static bool
fits(const struct house_model *model, const struct room_type *type, struct span span, int32_t extra,
     const struct claim *fixed, bool proven_alone)
{
    struct puzzle p;
    struct loose loose[MODEL_BOOKINGS + MODEL_HOLDS];
    size_t loose_count = model_list_loose(model, type, loose);
    p.room_count = p.item_count = 0;
    for (size_t i = 0; i < model->room_count; i++)
        if (id_equal(model->rooms[i].room_type, type->id)) {
            p.taken_count[p.room_count] = 0;
            p.rooms[p.room_count++] = &model->rooms[i];
        }
    if (fixed != NULL)
        fix(&p, fixed->room, fixed->span);
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        struct span ahead = claim->span;
        if (model_type_of_room(model, claim->room) != type || !cut_past(model, &ahead))
            continue;
        if (claim->pinned || claim->owner_kind != CLAIM_OF_BOOKING) {
            if (!proven_alone || is_fixed_alone(model, claim))
                fix(&p, claim->room, ahead);
        } else if (!proven_alone || is_proven(model, claim->owner))
            p.items[p.item_count++] = ahead;
    }
    for (size_t i = 0; i < loose_count; i++)
        for (int32_t unit = 0; unit < loose[i].quantity && cut_past(model, &loose[i].span); unit++)
            if (!proven_alone || is_proven(model, loose[i].owner))
                p.items[p.item_count++] = loose[i].span;
    for (int32_t unit = 0; unit < extra; unit++)
        p.items[p.item_count++] = span;
    return place(&p, 0);
}

bool
house_model_fits(const struct house_model *model, const struct room_type *type, struct span span, int32_t extra,
                 const struct claim *fixed)
{
    return fits(model, type, span, extra, fixed, false);
}

/* Overbooking, and what was accepted without a proof, is told apart from what must hold. A night that was overcommitted
 * and has units again by their number may still have nobody's whole stay free. */
static bool
is_exempt(const struct house_model *model, const struct room_type *type)
{
    const struct night *nights = model->nights[type - model->types];
    if (model->was_overcommitted[type - model->types])
        return true;
    for (size_t i = 0; i < MODEL_NIGHTS; i++)
        if (nights[i].sold + nights[i].held > nights[i].units - nights[i].closed)
            return true;
    for (size_t i = 0; i < model->booking_count; i++) {
        const struct booking *b = &model->bookings[i];
        if (booking_status_is_blocking(b->status) && b->placement == PLACEMENT_STATE_UNPROVEN &&
            id_equal(b->room_type, type->id))
            return true;
    }
    return false;
}

/* Who is proven has a room whatever is done around them; what was overridden is known to be. */
static bool
check_placement(struct house_model *model, const struct room_type *type)
{
    if (type->stock == STOCK_ROOMS && !fits(model, type, (struct span){0, 1}, 0, NULL, true))
        return model_fail(model, "I4", "what is proven can't be placed around what is fixed");
    return type->stock != STOCK_ROOMS || is_exempt(model, type) ||
           house_model_fits(model, type, (struct span){0, 1}, 0, NULL) ||
           model_fail(model, "I4", "what is sold and held can't be placed around what is fixed");
}

/* --- L3 --- */

static bool
check_times(struct house_model *model, const struct booking *b)
{
    bool in = b->status == BOOKING_CHECKED_IN || b->status == BOOKING_CHECKED_OUT;
    bool waits = b->status == BOOKING_PENDING_PAYMENT || b->status == BOOKING_PENDING_APPROVAL;
    if ((b->checked_in_at != 0) != in || (b->checked_out_at != 0) != (b->status == BOOKING_CHECKED_OUT) ||
        (b->cancelled_at != 0) != (b->status == BOOKING_CANCELLED))
        return model_fail(model, "L3", "a timestamp is set without its status, or the other way round");
    if ((b->expires_at != 0) != (waits || b->status == BOOKING_EXPIRED))
        return model_fail(model, "L3",
                          "expires_at is set on a booking that does not wait, or missing on one that does");
    if (b->fee_minor != 0 && b->status != BOOKING_CANCELLED && b->status != BOOKING_NO_SHOW)
        return model_fail(model, "L3", "something is kept for a booking that has not ended");
    if (!id_is_none(b->lost_room) && b->status != BOOKING_NO_SHOW)
        return model_fail(model, "L3", "a booking has lost a room though its guests are not given up");
    return true;
}

/* --- L4 --- */

static bool
check_occupants(struct house_model *model)
{
    size_t in_house = 0, occupied = 0;
    for (size_t i = 0; i < model->booking_count; i++)
        in_house += model->bookings[i].status == BOOKING_CHECKED_IN;
    for (size_t i = 0; i < model->room_count; i++) {
        const struct booking *booking = house_model_booking(model, model->room_states[i].occupant);
        if (!room_is_occupied(&model->room_states[i]))
            continue;
        occupied++;
        if (booking == NULL || booking->status != BOOKING_CHECKED_IN ||
            !id_equal(booking->in_room, model->room_states[i].room))
            return model_fail(model, "L4", "someone is in a room who is not checked in");
    }
    return occupied == in_house || model_fail(model, "L4", "someone is checked in and in no room");
}

/* --- R6 --- */

static bool
check_companions(struct house_model *model, const struct booking *b)
{
    struct id ids[COMPANIONS_MAX];
    return house_model_companions(model, b->id, ids) < (size_t)b->party ||
           model_fail(model, "R6", "more guests are named than the party has");
}

bool
house_model_check(struct house_model *model)
{
    if (!check_overlaps(model))
        return false;
    for (size_t i = 0; i < model->claim_count; i++)
        if (!check_claim_owner(model, &model->claims[i]))
            return false;
    for (size_t i = 0; i < model->booking_count; i++)
        if (!check_booking_claims(model, &model->bookings[i]) || !check_times(model, &model->bookings[i]) ||
            !check_companions(model, &model->bookings[i]))
            return false;
    for (size_t i = 0; i < model->hold_count; i++)
        if (!check_hold_claims(model, &model->holds[i]))
            return false;
    for (size_t i = 0; i < model->closure_count; i++)
        if (!check_closure_claim(model, &model->closures[i]))
            return false;
    for (size_t i = 0; i < model->type_count; i++) {
        const struct room_type *type = &model->types[i];
        if (type->sold_by != SOLD_BY_NIGHT)
            continue;
        for (size_t j = 0; j < MODEL_NIGHTS; j++)
            if (!check_night(model, type, &model->nights[i][j]))
                return false;
        if (!check_placement(model, type))
            return false;
    }
    return check_occupants(model);
}
