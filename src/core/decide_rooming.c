/* Which room a booking has: given, taken away, changed for another, exchanged, pinned.
 *
 * Staff alone do that. A claim that they give is pinned unless they say otherwise, and unpinned claims of others on the
 * room make way for it where all that is booked still fits. What is past of a stay stays where it was spent. */
#include "core/capacity.h"
#include "core/deciding_stay.h"

/* The booking when its caller may take this step with it; NULL when it was refused. */
static struct booking *
find_for_step(struct deciding *d, struct id id, enum booking_command command)
{
    if (!role_is_staff(d->command->actor.role)) {
        deciding_refuse(d, OUTCOME_FORBIDDEN);
        return NULL;
    }
    struct booking *booking = deciding_find_visible(d, id);
    return booking == NULL || deciding_refuse_step(d, booking, command) ? NULL : booking;
}

static bool
refuse_over(struct deciding *d, const struct booking *booking)
{
    int64_t over = booking->by_minute ? d->facts->now_ms : date_to_instant(d->facts->today);
    if (booking->span.ends > over)
        return false;
    (void)deciding_refuse_rule(d, STR("already_over"), "Nothing of it is still to come.");
    return true;
}

static bool
refuse_unassigned(struct deciding *d, const struct booking *booking)
{
    if (booking->claim_count > 0)
        return false;
    deciding_refuse(d, OUTCOME_NOT_ASSIGNED);
    return true;
}

/* R4: nobody is sent to a room today in which something is broken. */
static bool
refuse_broken_today(struct deciding *d, const struct booking *booking, struct span part, struct id room,
                    const char *pointer)
{
    struct span today = span_from_nights(d->facts->today, d->facts->today + 1);
    if (booking->by_minute || booking->status == BOOKING_CHECKED_IN || !span_overlaps(part, today) ||
        !deciding_refuse_faulty_today(d, room))
        return false;
    d->decision->refusal.pointer = pointer;
    return true;
}

/* How the rooms of a command's bookings are changed. */
struct change_of_rooms {
    enum booking_command step;
    bool may_displace;
    bool overrides; /* rooms that guests go to need not be ready, and who was promised one may have none */
    struct str reason;
};

/* A move of nights after this one sends nobody anywhere, also where one that was planned for today is still to come. */
static bool
is_of_later_nights(const struct deciding *d)
{
    const struct move_booking *move = &d->command->move_booking;
    return d->command->kind == COMMAND_MOVE_BOOKING && move->has_from && move->from > date_to_instant(d->facts->today);
}

/* Guests who are in the house and have to change rooms with this, and where they may not go. True when it was refused.
 */
static bool
find_moves(struct deciding *d, const struct rooming *roomings, size_t count, bool overrides, struct booking_move *moves,
           size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < count && !is_of_later_nights(d); i++)
        if (deciding_find_move(d, deciding_booking(d, roomings[i].booking), &roomings[i], &moves[*ret_count]))
            ++*ret_count;
    for (size_t i = 0; i < *ret_count; i++) {
        struct id leaving = *ret_count == 2 ? moves[1 - i].booking : ID_NONE;
        if (deciding_refuse_not_ready(d, moves[i].to, leaving, overrides))
            return true;
    }
    return false;
}

static struct booking_move *
move_of(struct booking_move *moves, size_t count, struct id booking)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(moves[i].booking, booking))
            return &moves[i];
    return NULL;
}

/* Carries out what rooming_of_command() says, and records the step of each booking that it changes; guests who are in
 * the house go along. Nothing to do is no change. */
static void
change_rooms(struct deciding *d, struct change_of_rooms how)
{
    struct rooming roomings[ROOMING_BOOKINGS_MAX];
    struct booking_move moves[ROOMING_BOOKINGS_MAX];
    bool changed[ROOMING_BOOKINGS_MAX], any = false;
    size_t count = rooming_of_command(d->command, d->facts, d->arena, roomings), move_count = 0;
    if (count == 0)
        d->decision->out_of_memory = true; /* what else it could be was refused before */
    if (count == 0 || find_moves(d, roomings, count, how.overrides, moves, &move_count))
        return;
    struct room_terms terms = {how.may_displace, how.overrides ? INSISTS_IN_DOUBT : INSISTS_NOT};
    if (!capacity_change_rooms(d, roomings, count, terms, changed)) {
        if (how.step != BOOKING_COMMAND_PIN)
            deciding_offer_override(d);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct booking *booking = deciding_booking(d, roomings[i].booking);
        struct booking_move *move = move_of(moves, move_count, booking->id);
        if (!changed[i] && move == NULL)
            continue;
        any = true;
        if (move != NULL)
            booking->in_room = move->to;
        const struct free_text *said = deciding_record_step(d, booking, how.step, booking->status, how.reason);
        if (move != NULL)
            move->reason = said;
        deciding_mark_override(d, how.overrides);
    }
    deciding_guests_move(d, moves, move_count);
    if (!any)
        d->decision->unchanged = roomings[0].booking;
}

/* --- assign, pin, unassign --- */

void
decide_assign_room(struct deciding *d)
{
    const struct assign_room *asked = &d->command->assign_room;
    struct booking *booking = deciding_booking(d, asked->booking);
    if (booking != NULL && role_is_staff(d->command->actor.role) &&
        deciding_refuse_unknown_room(d, asked->room, "/room_id"))
        return;
    booking = find_for_step(d, asked->booking, BOOKING_COMMAND_ASSIGN);
    if (booking == NULL || deciding_refuse_override(d, asked->overrides) ||
        deciding_refuse_unfit_room(d, booking, asked->room, "/room_id") || refuse_over(d, booking) ||
        refuse_broken_today(d, booking, booking->span, asked->room, "/room_id"))
        return;
    change_rooms(d, (struct change_of_rooms){BOOKING_COMMAND_ASSIGN, true, asked->overrides, asked->reason});
}

void
decide_pin_room(struct deciding *d)
{
    const struct pin_room *asked = &d->command->pin_room;
    struct booking *booking = find_for_step(d, asked->booking, BOOKING_COMMAND_PIN);
    if (booking == NULL || refuse_unassigned(d, booking) || refuse_over(d, booking))
        return;
    change_rooms(d, (struct change_of_rooms){.step = BOOKING_COMMAND_PIN, .may_displace = true});
}

/* Back among those of its type that have no room yet. What was lent of a better type must be there of the one sold. */
void
decide_unassign_room(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    const struct leg *leg;
    struct wanted wanted;
    struct booking *booking = find_for_step(d, asked->booking, BOOKING_COMMAND_UNASSIGN);
    if (booking == NULL)
        return;
    if (booking->by_minute) {
        (void)deciding_refuse_rule(d, STR("slot_needs_room"), "A slot always has a room; move it to another.");
        return;
    }
    if (booking->claim_count == 0) {
        d->decision->unchanged = booking->id;
        return;
    }
    if (refuse_over(d, booking))
        return;
    if (facts_legs(d->command, d->facts, d->arena, &leg) == 0) {
        d->decision->out_of_memory = true;
        return;
    }
    if (!wanted_resolve(d, leg, 0, &wanted))
        return;
    capacity_give_back_booking(d, booking);
    if (capacity_take_for_booking(d, &wanted, booking))
        deciding_record_step(d, booking, BOOKING_COMMAND_UNASSIGN, booking->status, asked->reason);
}

/* --- move --- */

static bool
refuse_bad_part(struct deciding *d, const struct move_booking *asked, const struct booking *booking)
{
    struct span part = rooming_moved_part(asked, booking, d->facts->today);
    bool by_part = asked->has_from || asked->has_until;
    if (by_part && booking->by_minute)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, asked->has_from ? "/from" : "/until",
                              "A slot moves as a whole.");
    else if (asked->has_from && (part.starts < booking->span.starts || part.starts >= booking->span.ends))
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/from", "It is none of the stay's nights.");
    else if (asked->has_until && (part.ends <= part.starts || part.ends > booking->span.ends))
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/until",
                              "It must be after the first night that moves, and not after the departure.");
    return deciding_refused(d);
}

static bool
refuse_past_part(struct deciding *d, const struct move_booking *asked, const struct booking *booking)
{
    if (booking->by_minute || !asked->has_from || asked->from >= date_to_instant(d->facts->today))
        return false;
    (void)deciding_refuse_rule(d, STR("nights_over"), "Nights that are over stay in the room they were spent in.");
    return true;
}

/* Would the part of the stay that is to come be planned in several rooms? A guest who is in the house may move. Nor is
 * a part pinned by itself: the rest could be made to leave the room for somebody else. */
static bool
refuse_split(struct deciding *d, const struct booking *booking)
{
    struct rooming rooming[ROOMING_BOOKINGS_MAX];
    struct span ahead = booking_ahead(booking, d->facts->today);
    size_t parts = 0;
    if (d->facts->house.property->splits_stays || booking->status == BOOKING_CHECKED_IN ||
        rooming_of_command(d->command, d->facts, d->arena, rooming) == 0)
        return false;
    for (size_t i = 0; i < rooming[0].count; i++)
        parts += span_overlaps(rooming[0].stretches[i].span, ahead) ? 1 : 0;
    if (parts < 2)
        return false;
    (void)deciding_refuse_rule(d, STR("split_stay"), "This property plans no stay in several rooms: move all of it.");
    return true;
}

void
decide_move_booking(struct deciding *d)
{
    const struct move_booking *asked = &d->command->move_booking;
    struct booking *booking = deciding_booking(d, asked->booking);
    if (booking != NULL && role_is_staff(d->command->actor.role) &&
        deciding_refuse_unknown_room(d, asked->to_room, "/to_room_id"))
        return;
    booking = find_for_step(d, asked->booking, BOOKING_COMMAND_MOVE);
    if (booking == NULL || deciding_refuse_override(d, asked->overrides) || refuse_unassigned(d, booking) ||
        deciding_refuse_unfit_room(d, booking, asked->to_room, "/to_room_id") || refuse_over(d, booking) ||
        refuse_bad_part(d, asked, booking) || refuse_past_part(d, asked, booking) || refuse_split(d, booking) ||
        refuse_broken_today(d, booking, rooming_moved_part(asked, booking, d->facts->today), asked->to_room,
                            "/to_room_id"))
        return;
    change_rooms(d, (struct change_of_rooms){BOOKING_COMMAND_MOVE, true, asked->overrides, asked->reason});
}

/* --- swap: between these two, so nobody else is moved for it --- */

/* Have they one room between them, at different times? */
static bool
share_room(const struct deciding *d, const struct booking *a, const struct booking *b)
{
    struct stretch one, other;
    return rooming_find_room(a, booking_ahead(a, d->facts->today), &one) &&
           rooming_find_room(b, booking_ahead(b, d->facts->today), &other) && id_equal(one.room, other.room);
}

/* Each has one room for all that is still to come, and would do in the other's. */
static bool
refuse_unswappable(struct deciding *d, const struct booking *booking, const struct booking *other, const char *pointer)
{
    struct stretch theirs;
    if (refuse_unassigned(d, booking) || refuse_over(d, booking))
        return true;
    if (!rooming_find_room(other, booking_ahead(other, d->facts->today), &theirs)) {
        (void)deciding_refuse_rule(d, STR("split_stay"), "A stay in several rooms can't be swapped: move its parts.");
        return true;
    }
    if (!deciding_refuse_unfit_room(d, booking, theirs.room, pointer))
        return false;
    d->decision->refusal.booking = booking->id; /* which of the two */
    return true;
}

/* As if each were moved to the other's room by itself. */
static bool
refuse_broken_swap(struct deciding *d, const struct booking *booking, const struct booking *other, const char *pointer)
{
    struct span ahead = booking_ahead(booking, d->facts->today);
    struct stretch theirs;
    return rooming_find_room(other, booking_ahead(other, d->facts->today), &theirs) &&
           refuse_broken_today(d, booking, ahead, theirs.room, pointer);
}

void
decide_swap_rooms(struct deciding *d)
{
    const struct swap_rooms *asked = &d->command->swap_rooms;
    struct booking *booking = find_for_step(d, asked->booking, BOOKING_COMMAND_SWAP);
    if (booking == NULL || deciding_refuse_override(d, asked->overrides))
        return;
    struct booking *other = deciding_booking(d, asked->other);
    if (other == NULL) {
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/with_booking_id", "There is no such booking.");
        return;
    }
    if (!booking_machine_allows(other->status, BOOKING_COMMAND_SWAP)) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
        refusal->pointer = "/with_booking_id";
        refusal->status = booking_status_name(other->status);
        refusal->booking_status = other->status;
        return;
    }
    if (refuse_unassigned(d, other) || refuse_over(d, other) ||
        refuse_unswappable(d, booking, other, "/with_booking_id") ||
        refuse_unswappable(d, other, booking, "/with_booking_id"))
        return;
    if (other == booking)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/with_booking_id", "It is this very booking.");
    else if (share_room(d, booking, other))
        d->decision->unchanged = booking->id;
    else if (!refuse_broken_swap(d, booking, other, "/with_booking_id") &&
             !refuse_broken_swap(d, other, booking, "/with_booking_id"))
        change_rooms(d, (struct change_of_rooms){BOOKING_COMMAND_SWAP, false, asked->overrides, asked->reason});
}
