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

/* Keeps a party out of rooms that are too small for it; NULL when every room will do. False when the arena is full. */
static bool
allow_by_party(struct deciding *d, const struct fitting *fitting, const struct room_type *type, uint32_t current,
               int32_t party, const uint64_t **ret_allowed)
{
    uint64_t *allowed = ARENA_ARRAY(d->arena, fitting->room_count / 64 + 1, uint64_t);
    bool limited = false;
    *ret_allowed = NULL;
    if (allowed == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < fitting->room_count; i++) {
        if (i == current || room_max_guests(fitting->rooms[i], type) >= party)
            allowed[i / 64] |= UINT64_C(1) << (i % 64);
        else
            limited = true;
    }
    if (limited)
        *ret_allowed = allowed;
    return true;
}

static bool
limit_by_party(struct deciding *d, struct fitting *fitting, const struct room_type *type)
{
    for (uint32_t i = 0; i < fitting->loose_count; i++) {
        const struct booking *booking = deciding_booking(d, fitting->loose_claims[i].owner);
        struct placement_loose *item = &fitting->loose[i];
        if (booking != NULL && !allow_by_party(d, fitting, type, item->current_room, booking->party, &item->allowed))
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

enum displaced
capacity_displace(struct deciding *d, const struct wanted *wanted, const struct claim *claim)
{
    struct fitting fitting;
    struct placement_answer answer;
    if (!can_all_move(d, claim))
        return DISPLACED_IMPOSSIBLE;
    if (!fitting_init(&fitting, d, wanted->type->id, NULL, 0) || !limit_by_party(d, &fitting, wanted->type))
        return DISPLACED_VOID;
    fitting_add(&fitting, claim, 1);
    if (!fitting_solve(&fitting, d, claim->span, &answer))
        return DISPLACED_VOID;
    if (answer.verdict == PLACEMENT_UNPROVEN)
        return DISPLACED_UNPROVEN;
    if (answer.verdict == PLACEMENT_IMPOSSIBLE || !can_carry_out(d, &fitting, answer.rooms))
        return DISPLACED_IMPOSSIBLE;
    capacity_move_claims(d, &fitting, answer.rooms);
    return d->decision->out_of_memory ? DISPLACED_VOID : DISPLACED_DONE;
}
