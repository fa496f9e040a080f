/* Losing rooms. The nights are counted first; placement is asked only where a claim is fixed to a room, since without
 * one any stays that fit by count can be laid out (a stay is an interval, and intervals need as many rooms as the most
 * that overlap). */
#include "core/deciding_loss.h"

#include "core/placement.h"

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

static bool
is_among(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(ids[i], id))
            return true;
    return false;
}

/* The rooms that the type would have left, in order of id, and what is to be placed in them. */
struct remainder {
    struct id *rooms;
    uint32_t room_count;
    struct placement_fixed *fixed;
    const struct claim **fixed_claims; /* what each of `fixed` is */
    uint32_t fixed_count;
    struct placement_loose *loose;
    uint32_t loose_count;
};

static uint32_t
find_room(const struct remainder *left, struct id room)
{
    uint32_t low = 0, high = left->room_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = id_compare(left->rooms[middle], room);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PLACEMENT_NO_ROOM;
}

static bool
collect_rooms(struct deciding *d, struct id room_type, const struct id *gone, size_t gone_count, struct remainder *left)
{
    const struct house *house = &d->facts->house;
    left->rooms = ARENA_ARRAY(d->arena, house->room_count, struct id);
    if (left->rooms == NULL)
        return false;
    for (size_t i = 0; i < house->room_count; i++)
        if (id_equal(house->rooms[i].room_type, room_type) && !is_among(gone, gone_count, house->rooms[i].id))
            left->rooms[left->room_count++] = house->rooms[i].id;
    return true;
}

static bool
collect_fixed(struct deciding *d, struct remainder *left)
{
    left->fixed = ARENA_ARRAY(d->arena, d->claim_count + 1, struct placement_fixed);
    left->fixed_claims = ARENA_ARRAY(d->arena, d->claim_count + 1, const struct claim *);
    if (left->fixed == NULL || left->fixed_claims == NULL)
        return false;
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        uint32_t room = find_room(left, claim->room);
        if (room == PLACEMENT_NO_ROOM || !claim_is_fixed(claim))
            continue;
        left->fixed_claims[left->fixed_count] = claim;
        left->fixed[left->fixed_count++] = (struct placement_fixed){.room = room, .span = claim->span};
    }
    return true;
}

static bool
collect_loose(struct deciding *d, struct id room_type, struct remainder *left)
{
    size_t count = 0;
    for (size_t i = 0; i < d->loose_count; i++)
        if (id_equal(d->loose[i].room_type, room_type))
            count += (size_t)d->loose[i].quantity;
    left->loose = ARENA_ARRAY(d->arena, count + 1, struct placement_loose);
    if (left->loose == NULL)
        return false;
    for (size_t i = 0; i < d->loose_count; i++) {
        const struct loose *item = &d->loose[i];
        if (!id_equal(item->room_type, room_type))
            continue;
        uint32_t room = id_is_none(item->room) ? PLACEMENT_NO_ROOM : find_room(left, item->room);
        for (int32_t unit = 0; unit < item->quantity; unit++)
            left->loose[left->loose_count++] = (struct placement_loose){.span = item->span, .current_room = room};
    }
    return true;
}

static void
refuse_misfit(struct deciding *d, const struct remainder *left, const struct placement_answer *answer)
{
    struct claim *claims = ARENA_ARRAY(d->arena, answer->in_the_way_count + 1, struct claim);
    if (claims == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < answer->in_the_way_count; i++)
        claims[i] = *left->fixed_claims[answer->in_the_way[i]];
    struct refusal *refusal = deciding_refuse(d, OUTCOME_NO_ROOM_FITS);
    refusal->detail = answer->verdict == PLACEMENT_IMPOSSIBLE
                          ? "What is booked would not fit into the rooms that are left."
                          : "It could not be shown that what is booked fits into the rooms that are left.";
    refusal->in_the_way = claims;
    refusal->in_the_way_count = answer->in_the_way_count;
}

/* Does all that the type has sold and held still fit without the `gone` rooms? A loss is like a closure: it is refused
 * also when the search reaches its limit. True when it was refused, or the arena was full. */
static bool
refuse_unplaceable(struct deciding *d, struct id room_type, const struct id *gone, size_t gone_count)
{
    struct remainder left = {.room_count = 0};
    struct placement_answer answer = {.verdict = PLACEMENT_UNPROVEN};
    if (!collect_rooms(d, room_type, gone, gone_count, &left) || !collect_fixed(d, &left) ||
        !collect_loose(d, room_type, &left)) {
        d->decision->out_of_memory = true;
        return true;
    }
    struct placement_question question = {.room_count = left.room_count,
                                          .fixed = left.fixed,
                                          .fixed_count = left.fixed_count,
                                          .loose = left.loose,
                                          .loose_count = left.loose_count,
                                          .about = PLACEMENT_ABOUT_ALL,
                                          .node_limit = PLACEMENT_NODE_LIMIT};
    if (left.room_count <= PLACEMENT_ROOMS_MAX && !placement_solve(&question, d->arena, &answer)) {
        d->decision->out_of_memory = true;
        return true;
    }
    if (answer.verdict == PLACEMENT_FITS)
        return false;
    refuse_misfit(d, &left, &answer);
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
