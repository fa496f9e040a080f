/* Whoever stands at the desk: booked, given a room and let in, in one decision.
 *
 * The stay begins on the business date, so that a guest who comes at half past one at night has the night that is still
 * open. Its log reads as if each step had been asked for alone. The room is one that is ready; which of those suits
 * best is looked at here, since a room that is not ready is of no use to somebody with a suitcase in their hand. */
#include "core/capacity.h"
#include "core/deciding_create.h"
#include "core/deciding_stay.h"

enum { TRIED_MAX = 16 }; /* rooms that are asked for before it is given up */

/* A room that is ready, and how well it would do. */
struct candidate {
    const struct room *room;
    bool out_of_service; /* tonight */
    bool in_the_way;     /* somebody has it on one of the nights, and may be able to move */
    int32_t guests;      /* it takes */
    int32_t gap;         /* days unused between the stay and the next claim */
};

static const struct room_type *
type_of(const struct house *house, const struct leg *leg)
{
    const struct room *room = id_is_none(leg->room) ? NULL : house_find_room(house, leg->room);
    return house_find_type(house, room == NULL ? leg->room_type : room->room_type);
}

/* Existence, then what is sold. */
static bool
resolve(struct deciding *d, struct wanted *ret_wanted)
{
    const struct walk_in *asked = &d->command->walk_in;
    const struct leg *leg;
    struct span span;
    if (facts_legs(d->command, d->facts, d->arena, &leg) == 0) {
        d->decision->out_of_memory = true;
        return false;
    }
    const struct room_type *type = type_of(&d->facts->house, leg);
    if (type != NULL && type->sold_by == SOLD_BY_MINUTE) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, id_is_none(leg->room) ? "/room_type_id" : "/room_id",
                              "It is let by the minute; a walk-in stays the night.");
        return false;
    }
    if (!wanted_resolve(d, leg, 0, ret_wanted))
        return false;
    ret_wanted->pinned = ret_wanted->may_displace = true;
    if (facts_walk_in_span(asked, d->facts->today, &span))
        return true;
    deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/departure",
                          "It must be after the business date, and at most 366 days.");
    return false;
}

/* --- which room --- */

static int32_t
gap_after(const struct deciding *d, struct id room, struct span span)
{
    int64_t gap_ms = WALK_IN_AROUND_DAYS * DATE_DAY_MS;
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        if (id_equal(claim->room, room) && claim->span.starts >= span.ends && claim->span.starts - span.ends < gap_ms)
            gap_ms = claim->span.starts - span.ends;
    }
    return (int32_t)(gap_ms / DATE_DAY_MS);
}

/* One that is in service, then one that nobody has to leave, no larger than need be, and with the least left unused
 * after it. */
static bool
is_better(const struct candidate *a, const struct candidate *b)
{
    if (a->out_of_service != b->out_of_service)
        return !a->out_of_service;
    if (a->in_the_way != b->in_the_way)
        return !a->in_the_way;
    return a->guests != b->guests ? a->guests < b->guests : a->gap < b->gap;
}

/* The best of the rooms that are ready, the best first; of those that are alike the first of the house. */
static size_t
find_candidates(struct deciding *d, const struct wanted *wanted, struct candidate candidates[TRIED_MAX])
{
    const struct house *house = &d->facts->house;
    size_t count = 0;
    for (size_t i = 0; i < house->room_count; i++) {
        const struct room *room = &house->rooms[i];
        const struct room_state *state = deciding_room_state(d, room->id);
        if (!id_equal(room->room_type, wanted->type->id) || state == NULL || !room_is_ready(state) ||
            room_max_guests(room, wanted->type) < wanted->party)
            continue;
        struct candidate candidate = {
            .room = room,
            .out_of_service = facts_is_out_of_service(d->facts, d->command, room->id),
            .in_the_way = deciding_claim_in_way(d, room->id, wanted->span, ID_NONE) != NULL,
            .guests = room_max_guests(room, wanted->type),
            .gap = gap_after(d, room->id, wanted->span),
        };
        size_t at = count;
        while (at > 0 && is_better(&candidate, &candidates[at - 1]))
            at--;
        if (at == TRIED_MAX)
            continue;
        count += count < TRIED_MAX ? 1 : 0;
        memmove(&candidates[at + 1], &candidates[at], (count - at - 1) * sizeof(*candidates));
        candidates[at] = candidate;
    }
    return count;
}

/* Nothing is recorded by what is refused here, so that the next can be asked for. */
static bool
take_any(struct deciding *d, struct wanted *wanted, struct booking *booking)
{
    struct candidate candidates[TRIED_MAX];
    size_t count = find_candidates(d, wanted, candidates);
    bool are_promised = false; /* to somebody else, some of these */
    for (size_t i = 0; i < count; i++) {
        wanted->room = candidates[i].room;
        if (capacity_take_for_booking(d, wanted, booking))
            return true;
        if (d->decision->out_of_memory || d->decision->refusal.outcome == OUTCOME_SOLD_OUT)
            return false;
        are_promised |= d->decision->refusal.may_be_insisted_on;
        d->decision->refusal = (struct refusal){.outcome = OUTCOME_OK};
    }
    wanted->room = NULL; /* is there anything to wait for? */
    wanted->pinned = wanted->may_displace = false;
    if (!capacity_take_for_booking(d, wanted, booking))
        return false;
    if (are_promised)
        deciding_refuse(d, OUTCOME_NO_ROOM_FITS)->detail =
            "There are not rooms for all, and what is ready is promised to others; a manager may name a room as "
            "`room_id` and override that, with a reason.";
    else
        deciding_refuse(d, OUTCOME_ROOM_NOT_READY)->detail =
            count == 0 ? "No room of this type is ready." : "No room that is ready is free for the whole stay.";
    return false;
}

static bool
take_room(struct deciding *d, struct wanted *wanted, struct booking *booking)
{
    if (wanted->type->stock != STOCK_ROOMS) {
        deciding_refuse(d, OUTCOME_NO_ROOM_FITS)->detail = "What is sold by count alone has no rooms.";
        return false;
    }
    if (wanted->room == NULL)
        return take_any(d, wanted, booking);
    wanted->insists = d->command->walk_in.overrides ? INSISTS_IN_DOUBT : INSISTS_NOT;
    if (deciding_refuse_not_ready(d, wanted->room->id, ID_NONE, d->command->walk_in.overrides))
        return false;
    if (!capacity_take_for_booking(d, wanted, booking))
        deciding_offer_override(d);
    return !deciding_refused(d) && !d->decision->out_of_memory;
}

/* --- recording it --- */

/* What was taken counts from the first event on; which room it is is told by the second. */
static void
record(struct deciding *d, struct booking *booking)
{
    const struct walk_in *asked = &d->command->walk_in;
    struct claim *claims = booking->claims;
    struct id room = claims[0].room;
    const struct guest *guest = deciding_add_guest(d, &asked->guest);
    if (guest == NULL)
        return;
    booking->guest = guest->id;
    booking->claims = NULL;
    booking->claim_count = 0;
    deciding_record_created(d, booking, ID_NONE);
    booking->claims = claims;
    booking->claim_count = 1;
    deciding_record_step(d, booking, BOOKING_COMMAND_ASSIGN, booking->status, STR(""));
    booking->checked_in_at = d->facts->now_ms;
    booking->checked_in_on = d->facts->today;
    booking->in_room = room;
    const struct free_text *words =
        deciding_record_step(d, booking, BOOKING_COMMAND_CHECK_IN, BOOKING_CHECKED_IN, asked->reason);
    deciding_mark_override(d, asked->overrides);
    deciding_warn_out_of_service(d, room);
    (void)deciding_put_room_state(d, deciding_occupy(d, room, booking->id), words);
}

void
decide_walk_in(struct deciding *d)
{
    const struct walk_in *asked = &d->command->walk_in;
    struct wanted wanted;
    if (!role_is_staff(d->command->actor.role)) {
        deciding_refuse(d, OUTCOME_FORBIDDEN);
        return;
    }
    if (deciding_refuse_override(d, asked->overrides) || !resolve(d, &wanted) || wanted_refuse_party(d, &wanted) ||
        wanted_refuse_time(d, &wanted, NULL, d->facts->now_ms))
        return;
    struct booking booking = deciding_first_booking(d, &wanted, PAYMENT_NONE, deciding_fresh_id(d), ID_NONE, ID_NONE);
    booking.status = BOOKING_CONFIRMED; /* whoever lets them in approves of it */
    booking.expires_at = 0;
    if (take_room(d, &wanted, &booking) && !d->decision->out_of_memory)
        record(d, &booking);
}
