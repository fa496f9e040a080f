/* First everything that goes, then everything that comes, one stretch after another: each is asked for as a new booking
 * would, with those before it in place. */
#include <assert.h>

#include "core/capacity.h"

static bool
is_pinned(const struct booking *booking, const struct stretch *stretch, const struct room_type *type)
{
    return stretch->pinned || party_is_tied(booking->party, type);
}

static const struct room_type *
type_of_room(const struct deciding *d, struct id id)
{
    const struct room *room = house_find_room(&d->facts->house, id);
    return room == NULL ? NULL : house_find_type(&d->facts->house, room->room_type);
}

/* The claim that this stretch leaves as it is; NULL when there is none. A room of the past may be gone. */
static const struct claim *
find_kept(const struct deciding *d, const struct booking *booking, const struct stretch *stretch)
{
    const struct room_type *type = type_of_room(d, stretch->room);
    for (size_t i = 0; i < booking->claim_count; i++) {
        const struct claim *claim = &booking->claims[i];
        if (id_equal(claim->room, stretch->room) && claim->span.starts == stretch->span.starts &&
            claim->span.ends - booking->turnaround_ms == stretch->span.ends &&
            claim->pinned == (type == NULL ? stretch->pinned : is_pinned(booking, stretch, type)))
            return claim;
    }
    return NULL;
}

static bool
is_kept(const struct deciding *d, const struct booking *booking, const struct claim *claim,
        const struct stretch *stretches, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (find_kept(d, booking, &stretches[i]) == claim)
            return true;
    return false;
}

static void
give_back(struct deciding *d, struct booking *booking, const struct stretch *stretches, size_t count)
{
    if (booking->claim_count == 0 && !booking->by_minute) {
        deciding_move_stock(d, booking->room_type, booking->span, -1, 0);
        deciding_drop_loose(d, booking->id);
    }
    for (size_t i = 0; i < booking->claim_count; i++)
        if (!is_kept(d, booking, &booking->claims[i], stretches, count))
            capacity_give_back_claim(d, &booking->claims[i], booking->by_minute);
}

/* Whether they find other rooms is not asked here. */
static bool
all_in_the_way_yield(const struct refusal *refusal)
{
    for (size_t i = 0; i < refusal->in_the_way_count; i++)
        if (claim_is_fixed(&refusal->in_the_way[i]))
            return false;
    return refusal->outcome == OUTCOME_ROOM_NOT_AVAILABLE && refusal->in_the_way_count > 0;
}

/* Nights that are over are written down and not asked for. */
static bool
take(struct deciding *d, const struct booking *booking, const struct stretch *stretch, struct room_terms terms,
     struct taken *ret_taken)
{
    const struct room *room = house_find_room(&d->facts->house, stretch->room);
    if (!booking->by_minute && stretch->span.ends <= date_to_instant(d->facts->today)) {
        *ret_taken = (struct taken){.claim = {.room = stretch->room,
                                              .span = stretch->span,
                                              .owner_kind = CLAIM_OF_BOOKING,
                                              .owner = booking->id,
                                              .pinned = stretch->pinned}};
        deciding_add_claim(d, ret_taken->claim);
        return true;
    }
    assert(room != NULL); /* the decider has looked for it */
    struct wanted wanted = {.type = house_find_type(&d->facts->house, room->room_type),
                            .room = room,
                            .span = stretch->span,
                            .turnaround_ms = booking->turnaround_ms,
                            .party = booking->party,
                            .quantity = 1,
                            .insists = terms.insists};
    wanted.pinned = is_pinned(booking, stretch, wanted.type);
    wanted.may_displace = terms.may_displace && wanted.pinned;
    if (capacity_take(d, &wanted, CLAIM_OF_BOOKING, booking->id, ret_taken))
        return true;
    if (terms.may_displace && !wanted.pinned && !booking->by_minute && all_in_the_way_yield(&d->decision->refusal))
        d->decision->refusal.detail =
            "What is in the way is not pinned: it makes way for a booking that is, where everything still fits.";
    return false;
}

static bool
is_changed(const struct deciding *d, const struct booking *booking, const struct rooming *rooming)
{
    bool changed = booking->claim_count != rooming->count;
    for (size_t i = 0; i < rooming->count; i++)
        changed |= find_kept(d, booking, &rooming->stretches[i]) == NULL;
    return changed;
}

static bool
take_all(struct deciding *d, struct booking *booking, const struct rooming *rooming, struct room_terms terms,
         enum booking_placement at_best)
{
    struct booking before = *booking;
    struct claim *claims = ARENA_ARRAY(d->arena, rooming->count + 1, struct claim);
    if (claims == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    enum booking_placement placement = at_best; /* what it was counts while it is asked */
    for (size_t i = 0; i < rooming->count; i++) {
        struct taken taken = {.placement = PLACEMENT_STATE_PROVEN};
        const struct claim *kept = find_kept(d, &before, &rooming->stretches[i]);
        if (kept != NULL)
            taken = (struct taken){.claim = *kept, .placement = before.placement};
        else if (!take(d, booking, &rooming->stretches[i], terms, &taken))
            return false;
        claims[i] = taken.claim;
        if (taken.placement == PLACEMENT_STATE_UNPROVEN)
            placement = PLACEMENT_STATE_UNPROVEN;
    }
    booking->placement = placement;
    booking->claims = claims;
    booking->claim_count = rooming->count;
    return !d->decision->out_of_memory;
}

/* Of several, first those who are promised a room: the other could make them seem to fit as long as it is nowhere. For
 * the same reason nobody is promised one by it who was not before. */
static bool
take_each(struct deciding *d, const struct rooming *roomings, size_t rooming_count, struct room_terms terms,
          const bool *changed)
{
    enum booking_placement before[ROOMING_BOOKINGS_MAX];
    for (size_t i = 0; i < rooming_count; i++)
        before[i] = deciding_booking(d, roomings[i].booking)->placement;
    if (rooming_count == 1)
        return !changed[0] ||
               take_all(d, deciding_booking(d, roomings[0].booking), roomings, terms, PLACEMENT_STATE_PROVEN);
    for (enum booking_placement turn = PLACEMENT_STATE_PROVEN; turn <= PLACEMENT_STATE_UNPROVEN; turn++)
        for (size_t i = 0; i < rooming_count; i++)
            if (changed[i] && before[i] == turn &&
                !take_all(d, deciding_booking(d, roomings[i].booking), &roomings[i], terms, turn))
                return false;
    return true;
}

bool
capacity_change_rooms(struct deciding *d, const struct rooming *roomings, size_t rooming_count, struct room_terms terms,
                      bool *ret_changed)
{
    assert(rooming_count <= ROOMING_BOOKINGS_MAX);
    d->roomed_count = rooming_count;
    for (size_t i = 0; i < rooming_count; i++) {
        struct booking *booking = deciding_booking(d, roomings[i].booking);
        assert(booking != NULL && booking_status_is_blocking(booking->status));
        d->roomed[i] = booking->id;
        ret_changed[i] = is_changed(d, booking, &roomings[i]);
        if (ret_changed[i])
            give_back(d, booking, roomings[i].stretches, roomings[i].count);
    }
    bool took = take_each(d, roomings, rooming_count, terms, ret_changed);
    d->roomed_count = 0;
    return took;
}
