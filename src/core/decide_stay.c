/* The desk: guests come in, leave, and either is taken back as long as the business date is the same.
 *
 * Who is in which room is the occupancy, a row of its own. It begins with a check-in, goes along when the guests move,
 * and ends with the check-out; nothing else touches it. A stay that is checked in has its rooms for good: its claims
 * are pinned, so that no re-shuffle reaches them. */
#include <assert.h>

#include "core/capacity.h"
#include "core/deciding_money.h"
#include "core/deciding_stay.h"

static bool
refuse_slot(struct deciding *d, const struct booking *booking)
{
    if (!booking->by_minute)
        return false;
    (void)deciding_refuse_rule(d, STR("nights_only"), "A booking by the minute is not checked in.");
    return true;
}

static struct span
today_of(const struct deciding *d)
{
    return span_from_nights(d->facts->today, d->facts->today + 1);
}

/* --- check-in --- */

static bool
refuse_not_today(struct deciding *d, const struct booking *booking)
{
    int64_t today = date_to_instant(d->facts->today);
    if (booking->span.starts > today) {
        struct refusal *refusal = deciding_refuse_rule(d, STR("before_arrival"),
                                                       "Its guests arrive on a later day; amend the arrival first.");
        deciding_add_date_limit(refusal, "first_day", date_from_instant(booking->span.starts));
        return true;
    }
    if (booking->span.ends > today)
        return false;
    (void)deciding_refuse_rule(d, STR("already_over"), "Its departure has come: book anew.");
    return true;
}

void
decide_check_in(struct deciding *d)
{
    const struct check_in *asked = &d->command->check_in;
    struct booking *booking = deciding_booking(d, asked->booking);
    struct rooming rooming[ROOMING_BOOKINGS_MAX];
    struct stretch tonight;
    bool changed;
    if (booking != NULL && role_is_staff(d->command->actor.role) && !id_is_none(asked->room) &&
        deciding_refuse_unknown_room(d, asked->room, "/room_id"))
        return;
    booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_CHECK_IN) || refuse_slot(d, booking) ||
        deciding_refuse_override(d, asked->overrides))
        return;
    if (id_is_none(asked->room) && booking->claim_count == 0) {
        deciding_refuse(d, OUTCOME_NOT_ASSIGNED)->detail =
            "The booking has no room yet: its check-in takes one as `room_id`, or assign one before.";
        return;
    }
    if ((!id_is_none(asked->room) && deciding_refuse_unfit_room(d, booking, asked->room, "/room_id")) ||
        refuse_not_today(d, booking))
        return;
    struct facts present = *d->facts; /* of several who come in together, one may have moved another */
    present.bookings = d->bookings;
    if (rooming_of_command(d->command, &present, d->arena, rooming) == 0) {
        d->decision->out_of_memory = true;
        return;
    }
    if (!rooming_stretch_on(rooming[0].stretches, rooming[0].count, date_to_instant(d->facts->today), &tonight)) {
        assert(!"a stay of today has a room for today");
        return;
    }
    struct room_terms terms = {.may_displace = true, .insists = asked->overrides ? INSISTS_IN_DOUBT : INSISTS_NOT};
    if (deciding_refuse_not_ready(d, tonight.room, ID_NONE, asked->overrides))
        return;
    if (!capacity_change_rooms(d, rooming, 1, terms, &changed)) {
        deciding_offer_override(d);
        return;
    }
    booking->checked_in_at = d->facts->now_ms;
    booking->checked_in_on = d->facts->today;
    booking->in_room = tonight.room;
    const struct free_text *words =
        deciding_record_step(d, booking, BOOKING_COMMAND_CHECK_IN, BOOKING_CHECKED_IN, asked->reason);
    deciding_mark_override(d, asked->overrides);
    deciding_warn_out_of_service(d, tonight.room);
    (void)deciding_put_room_state(d, deciding_occupy(d, tonight.room, booking->id), words);
}

/* The room stays as clean as it is: whether somebody was in it is not known, and housekeeping can say so. */
void
decide_undo_check_in(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_UNDO_CHECK_IN) ||
        deciding_refuse_another_day(d, booking->checked_in_on))
        return;
    struct room_state *room = deciding_room_of_guests(d, booking->id);
    assert(room != NULL); /* L4 */
    booking->checked_in_at = 0;
    booking->in_room = ID_NONE;
    booking->checked_in_on = 0;
    const struct free_text *words =
        deciding_record_step(d, booking, BOOKING_COMMAND_UNDO_CHECK_IN, BOOKING_CONFIRMED, asked->reason);
    (void)deciding_put_room_state(d, deciding_vacate(d, room->room), words);
}

/* --- check-out --- */

/* The nights from today on go back; what was spent stays on record where it was spent. */
static void
end_claims(struct deciding *d, struct booking *booking)
{
    struct claim *claims = ARENA_ARRAY(d->arena, booking->claim_count + 1, struct claim);
    int64_t today = date_to_instant(d->facts->today);
    size_t count = 0;
    if (claims == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < booking->claim_count; i++) {
        struct claim claim = booking->claims[i];
        if (claim.span.ends > today) {
            capacity_give_back_claim(d, &claim, false);
            claim.span.ends = today;
            if (claim.span.starts >= today)
                continue;
            deciding_add_claim(d, claim);
        }
        claims[count++] = claim;
    }
    booking->claims = claims;
    booking->claim_count = count;
}

/* The house may want its money before the guests are gone. */
static bool
refuse_unpaid(struct deciding *d, const struct booking *booking, bool overrides)
{
    struct ledger ledger = deciding_ledger(d);
    int64_t due = ledger_balance_due(ledger, booking);
    if (d->facts->house.property->balance_rule == BALANCE_IGNORED || overrides || due == 0)
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_BALANCE_DUE);
    refusal->detail = "Part of the price is still to be paid; a manager may override that, with a reason.";
    if (ledger_summary_of_booking(ledger, booking).paid > ledger_left_of_own(ledger, booking))
        refusal->detail = "Part of the price is still to be paid, and what was refunded does not count as paid: lower "
                          "the price by it if it is not to be; a manager may override that, with a reason.";
    deciding_add_limit(refusal, "balance_due", due);
    return true;
}

void
decide_check_out(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_CHECK_OUT) ||
        deciding_refuse_override(d, asked->overrides) || refuse_unpaid(d, booking, asked->overrides))
        return;
    struct room_state *room = deciding_room_of_guests(d, booking->id);
    assert(room != NULL); /* L4 */
    end_claims(d, booking);
    booking->checked_out_at = d->facts->now_ms;
    booking->checked_out_on = d->facts->today;
    booking->left_room = room->room;
    booking->in_room = ID_NONE;
    const struct free_text *words =
        deciding_record_step(d, booking, BOOKING_COMMAND_CHECK_OUT, BOOKING_CHECKED_OUT, asked->reason);
    deciding_mark_override(d, asked->overrides);
    room = deciding_vacate(d, room->room);
    room->cleanliness = CLEANLINESS_DIRTY;
    (void)deciding_put_room_state(d, room, words);
}

/* Takes the nights that were given back once more, in the room that was left, joined to those spent there. */
static bool
retake_nights(struct deciding *d, struct booking *booking)
{
    struct span ahead = booking_ahead(booking, d->facts->today);
    const struct room *room = house_find_room(&d->facts->house, booking->left_room);
    struct claim *claims = ARENA_ARRAY(d->arena, booking->claim_count + 1, struct claim);
    size_t count = booking->claim_count;
    if (claims == NULL)
        d->decision->out_of_memory = true;
    if (claims == NULL || ahead.starts >= ahead.ends)
        return claims != NULL;
    for (size_t i = 0; i < count; i++)
        claims[i] = booking->claims[i];
    struct span span = ahead;
    if (count > 0 && id_equal(claims[count - 1].room, room->id) && claims[count - 1].span.ends == ahead.starts) {
        span.starts = claims[--count].span.starts;
        deciding_drop_claim(d, &claims[count]);
    }
    struct wanted wanted = {.type = house_find_type(&d->facts->house, room->room_type),
                            .room = room,
                            .span = span,
                            .party = booking->party,
                            .quantity = 1,
                            .pinned = true,
                            .may_displace = true};
    struct taken taken;
    if (!capacity_take(d, &wanted, CLAIM_OF_BOOKING, booking->id, &taken))
        return false;
    claims[count++] = taken.claim;
    booking->placement = taken.placement;
    booking->claims = claims;
    booking->claim_count = count;
    return true;
}

void
decide_undo_check_out(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_UNDO_CHECK_OUT) ||
        deciding_refuse_another_day(d, booking->checked_out_on))
        return;
    struct room_state *room = deciding_room_state(d, booking->left_room);
    if (room == NULL || house_find_room(&d->facts->house, booking->left_room) == NULL) {
        (void)deciding_refuse_rule(d, STR("room_gone"), "The room that was left is not there any more.");
        return;
    }
    if (deciding_refuse_occupied(d, room) || !retake_nights(d, booking))
        return;
    struct id left = booking->left_room;
    booking->checked_out_at = 0;
    booking->checked_out_on = 0;
    booking->left_room = ID_NONE;
    booking->in_room = left;
    const struct free_text *words =
        deciding_record_step(d, booking, BOOKING_COMMAND_UNDO_CHECK_OUT, BOOKING_CHECKED_IN, asked->reason);
    (void)deciding_put_room_state(d, deciding_occupy(d, left, booking->id), words);
}

/* --- moving in the house --- */

void
deciding_guests_move(struct deciding *d, const struct booking_move *moves, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct room_state *room = deciding_vacate(d, moves[i].from);
        room->cleanliness = CLEANLINESS_DIRTY;
    }
    for (size_t i = 0; i < count; i++)
        (void)deciding_occupy(d, moves[i].to, moves[i].booking);
    for (size_t i = 0; i < count; i++) {
        (void)deciding_put_room_state(d, deciding_room_state(d, moves[i].to), moves[i].reason);
        struct room_state *left = deciding_room_state(d, moves[i].from);
        bool taken_over = false; /* by the other of a swap: recorded as where that one went */
        for (size_t j = 0; j < count; j++)
            taken_over |= id_equal(moves[j].to, moves[i].from);
        if (!taken_over)
            (void)deciding_put_room_state(d, left, moves[i].reason);
    }
}

bool
deciding_find_move(struct deciding *d, const struct booking *booking, const struct rooming *rooming,
                   struct booking_move *ret_move)
{
    struct stretch tonight;
    const struct room_state *present =
        booking->status == BOOKING_CHECKED_IN ? deciding_room_of_guests(d, booking->id) : NULL;
    if (present == NULL || !rooming_stretch_on(rooming->stretches, rooming->count, today_of(d).starts, &tonight) ||
        id_equal(tonight.room, present->room))
        return false;
    *ret_move = (struct booking_move){.booking = booking->id, .from = present->room, .to = tonight.room};
    return true;
}
