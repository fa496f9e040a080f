/* Losing rooms. The nights are counted first; placement is asked only where a claim is fixed to a room, since without
 * one any stays that fit by count can be laid out (a stay is an interval, and intervals need as many rooms as the most
 * that overlap). */
#include "core/deciding_loss.h"

#include "core/promise.h"

/* What lapsed has been ended before the command was looked at, but was loaded as a blocker. */
static bool
has_lapsed(struct deciding *d, const struct claim *blocker)
{
    if (blocker->owner_kind == CLAIM_OF_CLOSURE)
        return false;
    const struct hold *hold = deciding_hold(d, blocker->owner);
    if (hold != NULL)
        return hold->status != HOLD_ACTIVE;
    const struct booking *booking = deciding_booking(d, blocker->owner);
    return booking != NULL && !booking_status_is_blocking(booking->status);
}

/* A stay is over on the date of its departure, a slot at its end. */
static bool
is_over(const struct deciding *d, const struct room *room, const struct claim *claim)
{
    const struct room_type *type = house_find_type(&d->facts->house, room->room_type);
    bool by_night = type != NULL && type->sold_by == SOLD_BY_NIGHT;
    return claim->span.ends <= (by_night ? date_to_instant(d->facts->today) : d->facts->now_ms);
}

static bool
is_among(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(ids[i], id))
            return true;
    return false;
}

static bool
is_listed(const struct claim *list, size_t count, const struct claim *claim)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(list[i].owner, claim->owner) && id_equal(list[i].room, claim->room) &&
            list[i].span.starts == claim->span.starts)
            return true;
    return false;
}

/* Whoever is in the room although their time in it is over: they overstay. By their last claim of it, or from today on
 * where that is long past. False when nobody is. */
static bool
find_overstay(struct deciding *d, struct id room, struct claim *ret_claim)
{
    const struct room_state *state = deciding_room_state(d, room);
    if (state == NULL || !room_is_occupied(state))
        return false;
    *ret_claim = (struct claim){.room = room,
                                .span = span_from_nights(d->facts->today, d->facts->today + 1),
                                .owner_kind = CLAIM_OF_BOOKING,
                                .owner = state->occupant};
    for (size_t i = 0; i < d->claim_count; i++)
        if (id_equal(d->claims[i].room, room) && id_equal(d->claims[i].owner, state->occupant))
            *ret_claim = d->claims[i];
    return true;
}

static bool
has_owner(const struct claim *list, size_t count, struct id owner)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(list[i].owner, owner))
            return true;
    return false;
}

bool
deciding_refuse_blocked(struct deciding *d, const struct id *gone, size_t gone_count, const char *detail)
{
    struct claim *live = ARENA_ARRAY(d->arena, d->facts->blocker_count + d->claim_count + gone_count + 1, struct claim);
    if (live == NULL) {
        d->decision->out_of_memory = true;
        return true;
    }
    size_t count = 0;
    for (size_t i = 0; i < d->facts->blocker_count; i++)
        if (!has_lapsed(d, &d->facts->blockers[i]))
            live[count++] = d->facts->blockers[i];
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        const struct room *room = house_find_room(&d->facts->house, claim->room);
        if (room != NULL && is_among(gone, gone_count, room->id) && !is_over(d, room, claim) &&
            !is_listed(live, count, claim))
            live[count++] = *claim;
    }
    for (size_t i = 0; i < gone_count; i++)
        if (find_overstay(d, gone[i], &live[count]) && !has_owner(live, count, live[count].owner))
            count++;
    if (count == 0)
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_IN_USE);
    refusal->detail = detail;
    refusal->in_the_way = live;
    refusal->in_the_way_count = count;
    return true;
}

/* The nights on which the type could not lose `units`; none when it can. */
static size_t
find_short_nights(struct deciding *d, struct id room_type, int32_t units, int32_t **ret_dates)
{
    size_t count = 0;
    *ret_dates = ARENA_ARRAY(d->arena, HORIZON_DAYS, int32_t);
    if (*ret_dates == NULL) {
        d->decision->out_of_memory = true;
        return 0;
    }
    for (int32_t date = d->facts->today; date < d->facts->today + HORIZON_DAYS; date++) {
        const struct night *night = deciding_night(d, room_type, date);
        if (night == NULL)
            continue; /* not opened yet: it will be opened with the rooms there are then */
        struct night after = *night;
        after.units -= units;
        if (!night_is_within(&after))
            (*ret_dates)[count++] = date;
    }
    return count;
}

static bool
refuse_unplaced(struct deciding *d, const struct fitting *fitting, const struct placement_answer *answer)
{
    struct claim *in_the_way;
    size_t count = fitting_claims_in_way(fitting, d, answer, &in_the_way);
    struct refusal *refusal = deciding_refuse(d, OUTCOME_NO_ROOM_FITS);
    refusal->detail = answer->verdict == PLACEMENT_IMPOSSIBLE
                          ? "What is booked would not fit into the rooms that are left."
                          : "It could not be shown that what is booked fits into the rooms that are left.";
    refusal->in_the_way = in_the_way;
    refusal->in_the_way_count = count;
    return true;
}

/* From the first start that is not before `from`, what hangs together; nothing when nothing starts there. */
static struct span
next_together(const struct fitting *fitting, int64_t from)
{
    struct span next = {INT64_MAX, INT64_MAX};
    for (uint32_t i = 0; i < fitting->loose_count; i++)
        if (fitting->loose[i].span.starts >= from && fitting->loose[i].span.starts < next.starts)
            next = fitting->loose[i].span;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < fitting->loose_count; i++) {
            struct span item = fitting->loose[i].span;
            if (!span_overlaps(next, item) || item.ends <= next.ends)
                continue;
            next.ends = item.ends;
            again = true;
        }
    }
    return next;
}

/* Not everything fits into what is left: of that which hangs together, each is asked about for itself, so that what did
 * not fit before excuses nothing but itself. A house of stays of one night has as many of these as nights: what one of
 * them took up is free for the next. True when it was refused, or the arena was full. */
static bool
refuse_breach(struct deciding *d, struct id room_type, const struct fitting *left)
{
    for (struct span at = next_together(left, INT64_MIN); at.starts < at.ends; at = next_together(left, at.ends)) {
        struct breach breach;
        struct arena_mark mark = arena_mark(d->arena);
        struct question question = {
            .room_type = room_type, .asker = ID_NONE, .about = at, .first = FITTING_ALL, .last = FITTING_PROVEN_ALONE};
        enum promise promise = promise_ask(d, &question, left, &breach);
        if (promise == PROMISE_VOID)
            return true;
        if (promise == PROMISE_UNPROVEN || promise == PROMISE_BROKEN)
            return refuse_unplaced(d, &breach.fitting, &breach.answer);
        arena_rewind(d->arena, mark);
    }
    return false;
}

/* Does all that the type has sold and held still fit without the `gone` rooms? True when it was refused, or the arena
 * was full. */
static bool
refuse_unplaceable(struct deciding *d, struct id room_type, const struct id *gone, size_t gone_count)
{
    struct fitting left;
    struct placement_answer answer;
    if (!fitting_init(&left, d, room_type, gone, gone_count) || !fitting_solve(&left, d, PLACEMENT_ABOUT_ALL, &answer))
        return true;
    return answer.verdict != PLACEMENT_FITS && refuse_breach(d, room_type, &left);
}

/* An allowance is for sales: on a night that would need it after the loss, the units are no answer. */
static bool
is_a_question(const struct deciding *d, struct id room_type, int32_t units)
{
    const struct stock *stock = deciding_stock(d, room_type);
    for (size_t i = 0; stock != NULL && i < stock->night_count; i++)
        if (stock->nights[i].date >= d->facts->today &&
            (stock->nights[i].fixed > 0 || night_is_overbooked(&stock->nights[i], units)))
            return true;
    return false;
}

bool
deciding_refuse_loss(struct deciding *d, const struct room_type *type, int32_t units, const struct id *gone,
                     size_t gone_count)
{
    if (type->sold_by != SOLD_BY_NIGHT)
        return false;
    int32_t *dates;
    size_t count = find_short_nights(d, type->id, units, &dates);
    if (count > 0) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_SOLD_OUT);
        refusal->detail = "More is sold and held on these nights than the rooms that would be left.";
        refusal->nights = dates;
        refusal->night_count = count;
        return true;
    }
    if (d->decision->out_of_memory)
        return true;
    return is_a_question(d, type->id, units) && refuse_unplaceable(d, type->id, gone, gone_count);
}
