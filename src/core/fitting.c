/* Copies, because the working state moves on while an answer is acted upon. */
#include "core/fitting.h"

#include <assert.h>

static bool
is_among(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(ids[i], id))
            return true;
    return false;
}

static bool
gather_rooms(struct fitting *fitting, struct deciding *d, struct id room_type, const struct id *gone, size_t gone_count)
{
    const struct house *house = &d->facts->house;
    fitting->rooms = ARENA_ARRAY(d->arena, house->room_count + 1, const struct room *);
    if (fitting->rooms == NULL)
        return false;
    for (size_t i = 0; i < house->room_count; i++)
        if (id_equal(house->rooms[i].room_type, room_type) && !is_among(gone, gone_count, house->rooms[i].id))
            fitting->rooms[fitting->room_count++] = &house->rooms[i];
    return true;
}

static size_t
count_units(const struct deciding *d, struct id room_type)
{
    size_t count = 0;
    for (size_t i = 0; i < d->loose_count; i++)
        if (id_equal(d->loose[i].room_type, room_type))
            count += (size_t)d->loose[i].quantity;
    return count;
}

/* Room for everything, and for what fitting_add() may bring. */
static bool
make_space(struct fitting *fitting, struct deciding *d, struct id room_type)
{
    size_t loose = d->claim_count + count_units(d, room_type) + QUANTITY_MAX;
    fitting->fixed = ARENA_ARRAY(d->arena, d->claim_count + 1, struct placement_fixed);
    fitting->fixed_claims = ARENA_ARRAY(d->arena, d->claim_count + 1, struct claim);
    fitting->loose = ARENA_ARRAY(d->arena, loose, struct placement_loose);
    fitting->loose_claims = ARENA_ARRAY(d->arena, loose, struct claim);
    return fitting->fixed != NULL && fitting->fixed_claims != NULL && fitting->loose != NULL &&
           fitting->loose_claims != NULL;
}

/* False where all of it is over. */
static bool
still_ahead(const struct fitting *fitting, struct span *span)
{
    if (span->starts < fitting->since)
        span->starts = fitting->since;
    return span->starts < span->ends;
}

static void
add_fixed(struct fitting *fitting, const struct claim *claim, uint32_t room)
{
    struct span span = claim->span;
    if (!still_ahead(fitting, &span))
        return;
    fitting->fixed_claims[fitting->fixed_count] = *claim;
    fitting->fixed[fitting->fixed_count++] = (struct placement_fixed){.room = room, .span = span};
}

static void
add_loose(struct fitting *fitting, struct claim claim, uint32_t room)
{
    struct span span = claim.span;
    if (!still_ahead(fitting, &span))
        return;
    fitting->loose_claims[fitting->loose_count] = claim;
    fitting->loose[fitting->loose_count++] = (struct placement_loose){.span = span, .current_room = room};
}

/* A claim is of this type because of its room; one on a room that is gone was of it too. */
static void
gather_claims(struct fitting *fitting, const struct deciding *d, const struct id *gone, size_t gone_count)
{
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        uint32_t room = fitting_find_room(fitting, claim->room);
        if (room == PLACEMENT_NO_ROOM && !is_among(gone, gone_count, claim->room))
            continue;
        if (!claim_is_fixed(claim))
            add_loose(fitting, *claim, room);
        else if (room != PLACEMENT_NO_ROOM)
            add_fixed(fitting, claim, room);
    }
}

static void
gather_loose(struct fitting *fitting, const struct deciding *d, struct id room_type)
{
    for (size_t i = 0; i < d->loose_count; i++) {
        const struct loose *loose = &d->loose[i];
        for (int32_t unit = 0; id_equal(loose->room_type, room_type) && unit < loose->quantity; unit++)
            add_loose(fitting,
                      (struct claim){.span = loose->span, .owner_kind = loose->owner_kind, .owner = loose->owner},
                      PLACEMENT_NO_ROOM);
    }
}

bool
fitting_init(struct fitting *fitting, struct deciding *d, struct id room_type, const struct id *gone, size_t gone_count)
{
    *fitting = (struct fitting){.since = date_to_instant(d->facts->today)};
    if (!gather_rooms(fitting, d, room_type, gone, gone_count) || !make_space(fitting, d, room_type)) {
        d->decision->out_of_memory = true;
        return false;
    }
    gather_claims(fitting, d, gone, gone_count);
    gather_loose(fitting, d, room_type);
    return true;
}

void
fitting_add(struct fitting *fitting, const struct claim *claim, int32_t quantity)
{
    uint32_t room = fitting_find_room(fitting, claim->room);
    assert(quantity <= QUANTITY_MAX && (room != PLACEMENT_NO_ROOM || id_is_none(claim->room)));
    if (room != PLACEMENT_NO_ROOM && claim_is_fixed(claim))
        add_fixed(fitting, claim, room);
    else
        for (int32_t unit = 0; unit < quantity; unit++)
            add_loose(fitting, *claim, room);
}

/* The first of what the asker had on the claim's room within it; NULL when they had nothing there. */
static const struct claim *
find_had(const struct fitting_asker *asker, const struct claim *claim)
{
    const struct claim *first = NULL;
    for (size_t i = 0; i < asker->had_count; i++) {
        const struct claim *had = &asker->had[i];
        if (id_equal(had->owner, asker->owner) && id_equal(had->room, claim->room) && claim_is_fixed(had) &&
            span_overlaps(had->span, claim->span) && (first == NULL || had->span.starts < first->span.starts))
            first = had;
    }
    return first;
}

/* Keeps of the asker's claim what they had not before: one part more, at most, for each that they had. */
static void
keep_added(struct fitting *fitting, const struct fitting_asker *asker, struct claim claim, uint32_t room)
{
    while (claim.span.starts < claim.span.ends) {
        const struct claim *had = find_had(asker, &claim);
        struct claim added = claim;
        if (had != NULL) {
            added.span.ends = had->span.starts;
            fitting->leaves_out_had |= had->span.ends > fitting->since;
        }
        if (added.span.starts < added.span.ends)
            add_fixed(fitting, &added, room);
        claim.span.starts = had == NULL ? claim.span.ends : had->span.ends;
    }
}

/* Nobody's but a booking's or a closure's claim says that it is unproven. */
static bool
keep_fixed(struct fitting *fitting, struct deciding *d, const struct fitting_asker *asker)
{
    const struct placement_fixed *fixed = fitting->fixed;
    const struct claim *claims = fitting->fixed_claims;
    uint32_t count = fitting->fixed_count;
    size_t most = (size_t)count + asker->had_count + 1;
    fitting->fixed = ARENA_ARRAY(d->arena, most, struct placement_fixed);
    fitting->fixed_claims = ARENA_ARRAY(d->arena, most, struct claim);
    fitting->fixed_count = 0;
    for (uint32_t i = 0; fitting->fixed != NULL && fitting->fixed_claims != NULL && i < count; i++) {
        if (!deciding_is_unproven(d, claims[i].owner))
            add_fixed(fitting, &claims[i], fixed[i].room);
        else if (id_equal(claims[i].owner, asker->owner))
            keep_added(fitting, asker, claims[i], fixed[i].room);
    }
    return fitting->fixed != NULL && fitting->fixed_claims != NULL;
}

static bool
is_of_part(struct deciding *d, const struct claim *claim, enum fitting_part part)
{
    if (part == FITTING_ALL)
        return true;
    if (claim->owner_kind == CLAIM_OF_HOLD)
        return part == FITTING_PROVEN_OR_HELD;
    return !deciding_is_unproven(d, claim->owner);
}

bool
fitting_keep(struct fitting *fitting, struct deciding *d, enum fitting_part part, const struct fitting_asker *asker)
{
    const struct placement_loose *loose = fitting->loose;
    const struct claim *claims = fitting->loose_claims;
    uint32_t count = fitting->loose_count;
    fitting->loose = ARENA_ARRAY(d->arena, (size_t)count + 1, struct placement_loose);
    fitting->loose_claims = ARENA_ARRAY(d->arena, (size_t)count + 1, struct claim);
    fitting->loose_count = 0;
    if (fitting->loose == NULL || fitting->loose_claims == NULL ||
        (part == FITTING_PROVEN_ALONE && !keep_fixed(fitting, d, asker))) {
        d->decision->out_of_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!is_of_part(d, &claims[i], part))
            continue;
        fitting->loose[fitting->loose_count] = loose[i];
        fitting->loose_claims[fitting->loose_count++] = claims[i];
    }
    return true;
}

uint32_t
fitting_find_room(const struct fitting *fitting, struct id room)
{
    uint32_t low = 0, high = fitting->room_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = id_compare(fitting->rooms[middle]->id, room);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PLACEMENT_NO_ROOM;
}

bool
fitting_solve(const struct fitting *fitting, struct deciding *d, struct span about, struct placement_answer *ret_answer)
{
    struct placement_question question = {.room_count = fitting->room_count,
                                          .fixed = fitting->fixed,
                                          .fixed_count = fitting->fixed_count,
                                          .loose = fitting->loose,
                                          .loose_count = fitting->loose_count,
                                          .about = about,
                                          .node_limit = d->nodes_left};
    *ret_answer = (struct placement_answer){.verdict = PLACEMENT_UNPROVEN};
    if (fitting->room_count > PLACEMENT_ROOMS_MAX)
        return true;
    if (!placement_solve(&question, d->arena, ret_answer)) {
        d->decision->out_of_memory = true;
        return false;
    }
    d->nodes_left -= ret_answer->nodes < d->nodes_left ? ret_answer->nodes : d->nodes_left;
    return true;
}

size_t
fitting_claims_in_way(const struct fitting *fitting, struct deciding *d, const struct placement_answer *answer,
                      struct claim **ret_claims)
{
    size_t count = answer->verdict == PLACEMENT_IMPOSSIBLE ? answer->in_the_way_count : 0;
    struct claim *claims = ARENA_ARRAY(d->arena, count + 1, struct claim);
    *ret_claims = NULL;
    if (claims == NULL)
        d->decision->out_of_memory = true;
    if (claims == NULL || count == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        claims[i] = fitting->fixed_claims[answer->in_the_way[i]];
    *ret_claims = claims;
    return count;
}
