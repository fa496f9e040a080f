/* Losing rooms. The nights are counted first; placement is asked only where a claim is fixed to a room, since without
 * one any stays that fit by count can be laid out (a stay is an interval, and intervals need as many rooms as the most
 * that overlap). */
#include "core/deciding_loss.h"

#include "core/fitting.h"

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

bool
deciding_refuse_blocked(struct deciding *d, const char *detail)
{
    struct claim *live = ARENA_ARRAY(d->arena, d->facts->blocker_count + 1, struct claim);
    if (live == NULL) {
        d->decision->out_of_memory = true;
        return true;
    }
    size_t count = 0;
    for (size_t i = 0; i < d->facts->blocker_count; i++)
        if (!has_lapsed(d, &d->facts->blockers[i]))
            live[count++] = d->facts->blockers[i];
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

/* Where claims are fixed to rooms, enough units are not enough. Where more is sold than there are rooms (an allowance
 * was used, or a loss was forced), nothing could be placed anyway: those nights are watched, not proven. */
static bool
needs_placement(const struct deciding *d, struct id room_type, int32_t units)
{
    const struct stock *stock = deciding_stock(d, room_type);
    bool has_fixed = false;
    for (size_t i = 0; stock != NULL && i < stock->night_count; i++) {
        const struct night *night = &stock->nights[i];
        if (night->date < d->facts->today)
            continue;
        if (night->sold + night->held > night->units - units - night->closed)
            return false;
        has_fixed = has_fixed || night->fixed > 0;
    }
    return has_fixed;
}

/* Does all that the type has sold and held still fit without the `gone` rooms? A loss is like a closure: it is refused
 * also when the search reaches its limit. True when it was refused, or the arena was full. */
static bool
refuse_unplaceable(struct deciding *d, struct id room_type, const struct id *gone, size_t gone_count)
{
    struct fitting fitting;
    struct placement_answer answer;
    const struct claim *in_the_way;
    if (!fitting_init(&fitting, d, room_type, gone, gone_count) ||
        !fitting_solve(&fitting, d, PLACEMENT_ABOUT_ALL, &answer))
        return true;
    if (answer.verdict == PLACEMENT_FITS)
        return false;
    size_t count = fitting_claims_in_way(&fitting, d, &answer, &in_the_way);
    struct refusal *refusal = deciding_refuse(d, OUTCOME_NO_ROOM_FITS);
    refusal->detail = answer.verdict == PLACEMENT_IMPOSSIBLE
                          ? "What is booked would not fit into the rooms that are left."
                          : "It could not be shown that what is booked fits into the rooms that are left.";
    refusal->in_the_way = in_the_way;
    refusal->in_the_way_count = count;
    return true;
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
    return needs_placement(d, type->id, units) && refuse_unplaceable(d, type->id, gone, gone_count);
}
