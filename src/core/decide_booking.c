/* Bookings that exist are confirmed, approved and amended. Existence, version, state, policy, capacity: checked in
 * this order, and the first that fails is told. A booking of somebody else is not there for a caller who is not staff.
 */
#include "core/capacity.h"
#include "core/decide_guest_link.h"
#include "core/deciding_booking.h"
#include "core/deciding_refund.h"

/* --- confirm, approve --- */

/* An unpaid booking is confirmed against the rule, so it is said why, and by whom as what. */
void
decide_confirm_booking(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_CONFIRM))
        return;
    if (booking->status == BOOKING_PENDING_PAYMENT && str_trim(asked->reason).len == 0) {
        (void)deciding_refuse_rule(d, STR("payment_required"),
                                   "It is not paid: to confirm it all the same, give a reason.");
        return;
    }
    bool unpaid = booking->status == BOOKING_PENDING_PAYMENT;
    booking->expires_at = 0;
    deciding_record_step(d, booking, BOOKING_COMMAND_CONFIRM, BOOKING_CONFIRMED, asked->reason);
    deciding_mark_override(d, unpaid); /* P6 */
}

/* A request that waits for somebody's word gets it. */
void
decide_approve_booking(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_APPROVE))
        return;
    booking->expires_at = 0;
    deciding_record_step(d, booking, BOOKING_COMMAND_APPROVE, BOOKING_CONFIRMED, asked->reason);
}

/* --- amend --- */

/* The field of one end of an interval. */
static const char *
end_pointer(const struct amend_booking *asked, bool later)
{
    static const char *const pointers[2][2] = {{"/arrival", "/departure"}, {"/starts_at", "/ends_at"}};
    return pointers[asked->by_minute ? 1 : 0][later ? 1 : 0];
}

/* The fields that can't be right for this booking, whatever its state. */
static bool
refuse_bad_amend(struct deciding *d, const struct amend_booking *asked, const struct booking *booking)
{
    const struct room_type *type =
        id_is_none(asked->room_type) ? NULL : house_find_type(&d->facts->house, asked->room_type);
    if (asked->changes_price && !role_is_staff(d->command->actor.role))
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/price", "Staff say prices.");
    else if (!id_is_none(asked->room_type) && type == NULL)
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/room_type_id", "There is no such room type.");
    else if (type != NULL && (type->sold_by == SOLD_BY_MINUTE) != booking->by_minute)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/room_type_id",
                              "A stay can't become a slot, nor the other way round.");
    else if (asked->changes_span && asked->by_minute != booking->by_minute)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, end_pointer(asked, asked->keeps_starts),
                              asked->by_minute ? "A stay has an arrival and a departure."
                                               : "A slot has starts_at and ends_at.");
    return deciding_refused(d);
}

/* What the present booking makes of an interval of which one end was given. */
static bool
refuse_bad_span(struct deciding *d, const struct amend_booking *asked, const struct booking *booking)
{
    struct span span;
    if (facts_amended_span(asked, booking, &span))
        return false;
    deciding_refuse_field(
        d, OUTCOME_VALIDATION_FAILED, end_pointer(asked, !asked->keeps_ends),
        "Together with the end that stays, it must be an interval that begins before it ends, of at most 366 days.");
    return true;
}

static bool
is_retyped(const struct amend_booking *asked, const struct booking *booking)
{
    return !id_is_none(asked->room_type) && !id_equal(asked->room_type, booking->room_type);
}

/* Was promised without being asked for, or approved as it was: more or other is not a booker's to take. */
static bool
refuse_unapproved(struct deciding *d, const struct booking *booking, const struct wanted *wanted, bool other)
{
    bool more = other || wanted->party > booking->party;
    if (!more || !wanted->type->needs_approval || booking->status != BOOKING_CONFIRMED ||
        role_is_staff(d->command->actor.role))
        return false;
    (void)deciding_refuse_rule(d, STR("approval_required"), "This room type is let with approval only; ask the staff.");
    return true;
}

/* Whoever is named comes: the party is at least of those, the guest who booked among them. */
static bool
refuse_fewer_than_named(struct deciding *d, const struct booking *booking, int32_t party)
{
    if (booking->companion_count < (size_t)party)
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_TOO_MANY_GUESTS);
    refusal->detail = "More guests than that are named; remove some of them first.";
    refusal->pointer = "/party";
    deciding_add_limit(refusal, "party", (int64_t)booking->companion_count + 1);
    return true;
}

static bool
refuse_amend_rules(struct deciding *d, const struct booking *booking, const struct wanted *wanted)
{
    bool retyped = is_retyped(&d->command->amend_booking, booking);
    bool moved = !span_equal(booking->span, wanted->span);
    if (refuse_fewer_than_named(d, booking, wanted->party) ||
        ((retyped || wanted->party != booking->party) && wanted_refuse_party(d, wanted)))
        return true;
    const struct span *had = retyped ? NULL : &booking->span; /* past nights were sold of the type they were sold of */
    if ((retyped || moved) && wanted_refuse_time(d, wanted, had, d->facts->now_ms))
        return true;
    return refuse_unapproved(d, booking, wanted, retyped || moved) || (retyped && wanted_refuse_quota(d, wanted, 0));
}

static bool
has_room_tonight(const struct deciding *d, const struct booking *booking, const struct room *room)
{
    for (size_t i = 0; i < booking->claim_count; i++)
        if (id_equal(booking->claims[i].room, room->id) &&
            span_contains_instant(booking->claims[i].span, date_to_instant(d->facts->today)))
            return true;
    return false;
}

/* Would it be sent to a room tonight in which something is broken (R4)? Who is to have it tonight as it is, or is in
 * it, is sent nowhere by other dates. `had` is the booking with the rooms that it has so far. */
static bool
is_sent_to_broken_room(struct deciding *d, const struct booking *had, const struct wanted *wanted)
{
    return wanted->room != NULL && had->status != BOOKING_CHECKED_IN && wanted_is_broken_today(d, wanted) &&
           !has_room_tonight(d, had, wanted->room);
}

/* `wanted` may be a part of what it is to be, of the interval `span`; it is the end that moved which is at fault. */
static bool
refuse_broken_room(struct deciding *d, const struct booking *had, const struct wanted *wanted, struct span span)
{
    return is_sent_to_broken_room(d, had, wanted) &&
           wanted_refuse_broken_today(d, wanted, span.starts != had->span.starts ? "arrival" : "departure");
}

/* A stay that is not pinned would rather lose its room than its dates. */
static void
let_go_of_room(struct deciding *d, const struct booking *had, struct wanted *wanted)
{
    const struct room_type *sold = house_find_type(&d->facts->house, had->room_type);
    if (had->by_minute || wanted->pinned || wanted->room == NULL || sold == NULL || party_is_tied(wanted->party, sold))
        return;
    if (deciding_claim_in_way(d, wanted->room->id, wanted_ahead(d, wanted), ID_NONE) == NULL &&
        !is_sent_to_broken_room(d, had, wanted))
        return;
    wanted->room = NULL;
    wanted->type = sold;
}

/* The same rooms, for longer or less long. */
static bool
reach_in_rooms(struct deciding *d, struct booking *booking, const struct wanted *wanted)
{
    struct rooming rooming[ROOMING_BOOKINGS_MAX];
    bool changed;
    if (rooming_of_command(d->command, d->facts, d->arena, rooming) == 0) {
        d->decision->out_of_memory = true; /* the span was found good before */
        return false;
    }
    booking->party = wanted->party;
    for (size_t i = 0; i < rooming[0].count; i++) {
        struct wanted each = *wanted;
        each.room = house_find_room(&d->facts->house, rooming[0].stretches[i].room);
        each.span = rooming[0].stretches[i].span;
        if (each.room != NULL && (wanted_refuse_party(d, &each) || refuse_broken_room(d, booking, &each, wanted->span)))
            return false;
    }
    if (!capacity_change_rooms(d, rooming, 1, (struct room_terms){.may_displace = true}, &changed))
        return false;
    booking->span = wanted->span;
    return true;
}

/* Of a stay that has begun, what it takes: in the room that it has already from when on it had it, and else what is to
 * come; all that there is where nothing is. */
static struct span
present_part(const struct deciding *d, const struct wanted *wanted, const struct claim *had)
{
    struct span present = wanted->span, ahead = wanted_ahead(d, wanted);
    if (span_equal(present, ahead))
        return present;
    if (had != NULL && wanted->room != NULL)
        present.starts = had->span.starts;
    else if (span_is_valid(ahead))
        present = ahead;
    return present;
}

/* Gives back what it had and takes what it is to have, as a new booking would. */
static bool
retake(struct deciding *d, struct booking *booking, struct wanted *wanted)
{
    bool retyped = is_retyped(&d->command->amend_booking, booking);
    const struct claim *had = booking_claim_ahead(booking, d->facts->today);
    if (!retyped && rooming_keeps_rooms(booking, wanted->span, d->facts->today))
        return reach_in_rooms(d, booking, wanted);
    bool tied = had != NULL && wanted->pinned && !had->pinned;
    if (!retyped && !tied && span_equal(booking->span, wanted->span))
        return true;
    const struct booking before = *booking;
    capacity_give_back_booking(d, booking);
    let_go_of_room(d, &before, wanted);
    if (refuse_broken_room(d, &before, wanted, wanted->span))
        return false;
    struct wanted present = *wanted;
    present.span = present_part(d, wanted, had);
    if (!capacity_take_for_booking(d, &present, booking))
        return false;
    if (retyped)
        booking->room_type = booking->charged_room_type = wanted->type->id;
    booking->span = wanted->span;
    booking->turnaround_ms = wanted->turnaround_ms;
    if (booking->by_minute) {
        booking->local_starts = d->facts->local[0].starts;
        booking->local_ends = d->facts->local[0].ends;
    }
    return true;
}

static bool
has_other_name(const struct guest *present, const struct guest_details *details)
{
    return present == NULL || !str_equal(present->details.name, details->name);
}

/* Who has another name is somebody else: whoever has the link of the one before would act for them. Of the same name it
 * is the same person, whose details are corrected. */
static bool
set_guest(struct deciding *d, struct booking *booking, const struct guest_details *details)
{
    struct guest *guest = ARENA_NEW(d->arena, struct guest);
    if (guest == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    *guest =
        (struct guest){.id = deciding_fresh_id(d), .details = *details, .created_at = d->facts->now_ms, .version = 1};
    deciding_change(d, (struct change){.kind = CHANGE_GUEST, .guest = guest});
    booking->guest = guest->id; /* a row of its own: the others of a group keep theirs */
    if (has_other_name(d->facts->guest, details))
        guest_links_withdraw(d);
    return true;
}

/* Details that are those of the present guest make no new one. */
static bool
is_other_guest(const struct deciding *d, const struct amend_booking *asked)
{
    const struct guest *present = d->facts->guest;
    return asked->changes_guest &&
           (has_other_name(present, &asked->guest) || !str_equal(present->details.email, asked->guest.email) ||
            !str_equal(present->details.phone, asked->guest.phone));
}

/* Who is in the house has come when they came, and changes rooms by moving. */
static bool
refuse_in_house(struct deciding *d, const struct amend_booking *asked, const struct booking *booking)
{
    struct span span;
    if (booking->status != BOOKING_CHECKED_IN || !facts_amended_span(asked, booking, &span))
        return false;
    if (!is_retyped(asked, booking) && span.starts == booking->span.starts)
        return false;
    (void)deciding_refuse_rule(d, STR("already_started"),
                               "The guests are in the house: their departure can change, and they can move.");
    return true;
}

/* Who came late, or has moved since, has a room from that day on: a stay that ends before would have none of it. */
static bool
refuse_no_night_left(struct deciding *d, const struct amend_booking *asked, const struct booking *booking)
{
    struct span span;
    bool in_house = booking->status == BOOKING_CHECKED_IN;
    const struct claim *first = in_house ? booking_claim_ahead(booking, d->facts->today) : booking->claims;
    if (booking->claim_count == 0 || first->span.starts == booking->span.starts ||
        !facts_amended_span(asked, booking, &span) || span.ends > first->span.starts)
        return false;
    struct refusal *refusal = deciding_refuse_rule(
        d, STR("before_room"), "It has its room from a later day on: check it out, or end it, instead.");
    deciding_add_date_limit(refusal, "first_day", date_from_instant(first->span.starts));
    return true;
}

/* An extension that would end earlier is a slip of the pen. */
static bool
refuse_no_extension(struct deciding *d, const struct amend_booking *asked, const struct booking *booking)
{
    if (d->command->kind != COMMAND_EXTEND_BOOKING || asked->span.ends >= booking->span.ends)
        return false;
    deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, asked->by_minute ? "/ends_at" : "/departure",
                          "It is before the present one; amend the booking to end it earlier.");
    return true;
}

/* Who stayed where, and when, is what happened. What they owe may still become more, or less. */
static void
amend_past_stay(struct deciding *d, const struct amend_booking *asked, struct booking *booking)
{
    struct span span;
    bool other_price = asked->changes_price && !price_equal(asked->price, booking->price);
    if (!facts_amended_span(asked, booking, &span) || !span_equal(span, booking->span) || is_retyped(asked, booking) ||
        (asked->party != 0 && asked->party != booking->party) || is_other_guest(d, asked)) {
        (void)deciding_refuse_rule(d, STR("already_over"), "The guests have left: its price alone can change.");
        return;
    }
    if (!other_price) {
        d->decision->unchanged = booking->id;
        return;
    }
    if (str_trim(asked->reason).len == 0) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/reason", "Say why, since the guests have left.");
        return;
    }
    const struct price before = booking->price;
    booking->price = asked->price;
    (void)deciding_record_step(d, booking, BOOKING_COMMAND_AMEND, booking->status, asked->reason);
    deciding_price_changed(d, booking, before);
}

void
decide_amend_booking(struct deciding *d)
{
    const struct amend_booking *asked = &d->command->amend_booking;
    enum booking_command step =
        d->command->kind == COMMAND_EXTEND_BOOKING ? BOOKING_COMMAND_EXTEND : BOOKING_COMMAND_AMEND;
    struct booking *booking = deciding_find_visible(d, asked->booking);
    const struct leg *leg;
    struct wanted wanted;
    if (booking == NULL || refuse_bad_amend(d, asked, booking) || deciding_refuse_step(d, booking, step) ||
        deciding_refuse_begun(d, booking))
        return;
    if (booking->status == BOOKING_CHECKED_OUT) {
        amend_past_stay(d, asked, booking);
        return;
    }
    if (refuse_in_house(d, asked, booking) || refuse_no_extension(d, asked, booking) ||
        refuse_bad_span(d, asked, booking) || refuse_no_night_left(d, asked, booking))
        return;
    if (facts_legs(d->command, d->facts, d->arena, &leg) == 0) {
        d->decision->out_of_memory = true;
        return;
    }
    if (!wanted_resolve(d, leg, 0, &wanted))
        return;
    if (!is_retyped(asked, booking))
        wanted.turnaround_ms = booking->turnaround_ms; /* as was promised */
    bool other_guest = is_other_guest(d, asked);
    bool other_price = asked->changes_price && !price_equal(asked->price, booking->price);
    if (!other_guest && !other_price && !is_retyped(asked, booking) && wanted.party == booking->party &&
        span_equal(wanted.span, booking->span)) {
        d->decision->unchanged = booking->id;
        return;
    }
    if (refuse_amend_rules(d, booking, &wanted) || !retake(d, booking, &wanted))
        return;
    const struct price before = booking->price;
    booking->party = wanted.party;
    if (asked->changes_price)
        booking->price = asked->price;
    if (other_guest && !set_guest(d, booking, &asked->guest))
        return;
    deciding_record_step(d, booking, step, booking->status, asked->reason);
    if (other_price)
        deciding_price_changed(d, booking, before);
}
