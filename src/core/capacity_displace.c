/* Placement is asked with the new claim as fixed, and its whole answer is carried out: the claim in the way may have
 * pushed another on. All drops come before all adds, because two bookings may change places. Nights that are over
 * stay where they were. */
#include "core/capacity_displace.h"

#include "core/fitting.h"

struct booking *
capacity_find_movable(struct deciding *d, const struct claim *claim)
{
    for (size_t i = 0; i < d->roomed_count; i++)
        if (id_equal(d->roomed[i], claim->owner))
            return NULL;
    struct booking *booking = claim_is_fixed(claim) ? NULL : deciding_booking(d, claim->owner);
    return booking != NULL && booking_machine_allows(booking->status, BOOKING_COMMAND_DISPLACE) ? booking : NULL;
}

static bool
can_all_move(struct deciding *d, const struct claim *claim)
{
    for (size_t i = 0; i < d->claim_count; i++)
        if (id_equal(d->claims[i].room, claim->room) && span_overlaps(d->claims[i].span, claim->span) &&
            capacity_find_movable(d, &d->claims[i]) == NULL)
            return false;
    return true;
}

/* A bit per room, as placement has them. */
static bool
has_room(const uint64_t *rooms, uint32_t room)
{
    return (rooms[room / 64] >> (room % 64) & 1) != 0;
}

static uint64_t *
alloc_rooms(struct deciding *d, const struct fitting *fitting)
{
    uint64_t *rooms = ARENA_ARRAY(d->arena, fitting->room_count / 64 + 1, uint64_t);
    if (rooms == NULL)
        d->decision->out_of_memory = true;
    return rooms;
}

/* The rooms in which something is broken, as far as is known: it is where anybody could be moved tonight. NULL when the
 * arena is full. */
static const uint64_t *
find_faulty(struct deciding *d, const struct fitting *fitting, bool *ret_any)
{
    uint64_t *faulty = alloc_rooms(d, fitting);
    *ret_any = false;
    for (size_t i = 0; faulty != NULL && i < d->facts->room_state_count; i++) {
        uint32_t room = fitting_find_room(fitting, d->room_states[i].room);
        if (room == PLACEMENT_NO_ROOM || !room_is_faulty(&d->room_states[i]))
            continue;
        faulty[room / 64] |= UINT64_C(1) << (room % 64);
        *ret_any = true;
    }
    return faulty;
}

/* Keeps a party out of rooms that are too small for it, and of those of `closed` (NULL for none); `allowed` is NULL
 * when every room will do. False when the arena is full. */
static bool
limit_item(struct deciding *d, const struct fitting *fitting, const struct room_type *type, int32_t party,
           const uint64_t *closed, struct placement_loose *item)
{
    uint64_t *allowed = alloc_rooms(d, fitting);
    bool limited = false;
    item->allowed = NULL;
    for (uint32_t i = 0; allowed != NULL && i < fitting->room_count; i++) {
        bool will_do = room_max_guests(fitting->rooms[i], type) >= party && (closed == NULL || !has_room(closed, i));
        if (i == item->current_room || will_do)
            allowed[i / 64] |= UINT64_C(1) << (i % 64);
        else
            limited = true;
    }
    if (limited)
        item->allowed = allowed;
    return allowed != NULL;
}

/* What is over is cut off: who has a room for tonight begins now. */
static bool
is_of_tonight(const struct fitting *fitting, const struct placement_loose *item)
{
    return item->current_room != PLACEMENT_NO_ROOM && item->span.starts == fitting->since;
}

/* Says which rooms each may be given; those of `faulty` (NULL for none) to nobody for tonight. */
static bool
limit_rooms(struct deciding *d, struct fitting *fitting, const struct room_type *type, const uint64_t *faulty)
{
    for (uint32_t i = 0; i < fitting->loose_count; i++) {
        const struct booking *booking = deciding_booking(d, fitting->loose_claims[i].owner);
        struct placement_loose *item = &fitting->loose[i];
        if (booking != NULL &&
            !limit_item(d, fitting, type, booking->party, is_of_tonight(fitting, item) ? faulty : NULL, item))
            return false;
    }
    return true;
}

static bool
has_moved(const struct fitting *fitting, const uint32_t *rooms, uint32_t index)
{
    uint32_t current = fitting->loose[index].current_room;
    return current != PLACEMENT_NO_ROOM && rooms[index] != current;
}

static bool
can_carry_out(struct deciding *d, const struct fitting *fitting, const uint32_t *rooms)
{
    for (uint32_t i = 0; i < fitting->loose_count; i++)
        if (has_moved(fitting, rooms, i) && capacity_find_movable(d, &fitting->loose_claims[i]) == NULL)
            return false;
    return true;
}

/* The booking's claim `from` becomes one from `since` on in another room, behind what is over of it, if anything is. */
static void
split_claim(struct deciding *d, struct booking *booking, const struct claim *from, struct id room, int64_t since)
{
    struct claim *claims = ARENA_ARRAY(d->arena, booking->claim_count + 1, struct claim);
    size_t count = 0;
    if (claims == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < booking->claim_count; i++) {
        claims[count++] = booking->claims[i];
        if (!id_equal(booking->claims[i].room, from->room) || booking->claims[i].span.starts != from->span.starts)
            continue;
        if (from->span.starts < since) {
            claims[count - 1].span.ends = since;
            deciding_add_claim(d, claims[count - 1]);
            claims[count] = *from;
            claims[count++].span.starts = since;
        }
        claims[count - 1].room = room;
        deciding_add_claim(d, claims[count - 1]);
    }
    booking->claims = claims;
    booking->claim_count = count;
}

/* One version and one event for a booking, however many of its claims moved. */
static void
record_moved(struct deciding *d, struct booking *booking)
{
    struct str status = booking_status_name(booking->status);
    booking->version++;
    deciding_event(
        d, (struct event){.kind = booking_machine_event(booking->status, BOOKING_COMMAND_DISPLACE, booking->status),
                          .subject_kind = ID_BOOKING,
                          .subject = booking->id,
                          .from = status,
                          .to = status,
                          .state = EVENT_OF_BOOKING,
                          .booking = deciding_put_booking(d, booking)});
}

static bool
owns_moved(const struct fitting *fitting, const uint32_t *rooms, struct id owner)
{
    for (uint32_t i = 0; i < fitting->loose_count; i++)
        if (has_moved(fitting, rooms, i) && id_equal(fitting->loose_claims[i].owner, owner))
            return true;
    return false;
}

void
capacity_move_claims(struct deciding *d, const struct fitting *fitting, const uint32_t *rooms)
{
    for (uint32_t i = 0; i < fitting->loose_count; i++)
        if (has_moved(fitting, rooms, i))
            deciding_drop_claim(d, &fitting->loose_claims[i]);
    for (uint32_t i = 0; i < fitting->loose_count; i++) {
        if (!has_moved(fitting, rooms, i))
            continue;
        const struct claim *claim = &fitting->loose_claims[i];
        split_claim(d, deciding_booking(d, claim->owner), claim, fitting->rooms[rooms[i]]->id,
                    fitting->loose[i].span.starts);
    }
    for (size_t i = 0; i < d->facts->booking_count; i++)
        if (owns_moved(fitting, rooms, d->bookings[i].id))
            record_moved(d, &d->bookings[i]);
}

/* Where everybody would go when the claim, which is in the fitting, has its room; `faulty` as in limit_rooms(). */
static enum displaced
find_rooms(struct deciding *d, struct fitting *fitting, const struct wanted *wanted, const struct claim *claim,
           const uint64_t *faulty, struct placement_answer *ret_answer)
{
    if (!limit_rooms(d, fitting, wanted->type, faulty) || !fitting_solve(fitting, d, claim->span, ret_answer))
        return DISPLACED_VOID;
    if (ret_answer->verdict == PLACEMENT_UNPROVEN)
        return DISPLACED_UNPROVEN;
    if (ret_answer->verdict == PLACEMENT_IMPOSSIBLE || !can_carry_out(d, fitting, ret_answer->rooms))
        return DISPLACED_IMPOSSIBLE;
    return DISPLACED_DONE;
}

enum displaced
capacity_displace(struct deciding *d, const struct wanted *wanted, const struct claim *claim)
{
    struct fitting fitting;
    struct placement_answer answer, otherwise;
    bool any_faulty;
    if (!can_all_move(d, claim))
        return DISPLACED_IMPOSSIBLE;
    if (!fitting_init(&fitting, d, wanted->type->id, NULL, 0))
        return DISPLACED_VOID;
    fitting_add(&fitting, claim, 1);
    const uint64_t *faulty = find_faulty(d, &fitting, &any_faulty);
    enum displaced displaced =
        faulty == NULL ? DISPLACED_VOID : find_rooms(d, &fitting, wanted, claim, faulty, &answer);
    if (displaced == DISPLACED_IMPOSSIBLE && any_faulty)
        return find_rooms(d, &fitting, wanted, claim, NULL, &otherwise) == DISPLACED_DONE ? DISPLACED_FAULTY
                                                                                          : displaced;
    if (displaced == DISPLACED_DONE)
        capacity_move_claims(d, &fitting, answer.rooms);
    return d->decision->out_of_memory ? DISPLACED_VOID : displaced;
}
