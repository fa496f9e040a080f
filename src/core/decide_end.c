/* How a booking ends before anybody came: it is called off, declined, or its guests do not come. And the one way back,
 * for guests who come after all. Each gives stock and room back in the same decision; coming back asks for them by the
 * guard of a new booking, because others may have them by now. */
#include "core/cancellation.h"
#include "core/capacity.h"
#include "core/decide_end.h"
#include "core/deciding_booking.h"
#include "core/deciding_money.h"
#include "core/deciding_refund.h"

/* --- what it costs --- */

/* Fees and refunds are the staff's to change, and somebody will ask why. */
static bool
refuse_favours(struct deciding *d, const struct booking_step *asked)
{
    bool staff = role_is_staff(d->command->actor.role);
    if (asked->waives_fee && !staff)
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/waive_fee", "Staff waive fees.");
    else if (asked->refund.asked != REFUND_BY_POLICY && !staff)
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/refund", "Staff say what goes back.");
    else if (asked->waives_fee && str_trim(asked->reason).len == 0)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/reason", "Say why the fee is waived.");
    return deciding_refused(d);
}

/* Between what was read and what is decided the hour may have come from which on it costs something. */
static bool
refuse_higher_fee(struct deciding *d, const struct booking_step *asked, int64_t fee)
{
    if (!asked->limits_fee || fee <= asked->fee_max_minor)
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("fee_higher"), "Cancelling costs more by now than what was agreed to.");
    deciding_add_limit(refusal, "fee", fee);
    return true;
}

/* Nobody is promised what the house does not have of them. */
static bool
refuse_refund_over_paid(struct deciding *d, const struct booking_step *asked, const struct booking *booking)
{
    int64_t paid = ledger_paid(deciding_ledger(d), booking);
    if (asked->refund.asked != REFUND_AMOUNT || asked->refund.minor <= paid)
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("refund_over_paid"), "So much was not paid for it, or is on its way back already.");
    refusal->pointer = "/refund";
    deciding_add_limit(refusal, "amount", paid);
    return true;
}

/* The step with its fee, kept or waived, and what was said of a refund; what is not kept of what was paid is due to go
 * back in the same decision (P4). */
static void
record_end(struct deciding *d, struct booking *booking, enum booking_command command, enum booking_status to,
           const struct booking_step *asked, int64_t fee)
{
    int64_t paid = ledger_paid(deciding_ledger(d), booking);
    booking->fee_minor = asked->waives_fee ? 0 : fee;
    deciding_record_step(d, booking, command, to, asked->reason);
    if (d->decision->out_of_memory)
        return;
    struct event *event = &d->decision->events[d->decision->event_count - 1];
    event->waived_minor = asked->waives_fee ? fee : 0;
    event->refund = asked->refund;
    (void)deciding_refund_due(d, booking, policy_refund(&asked->refund, paid, booking->fee_minor));
    deciding_release_others(d, booking);
}

/* --- cancel, decline --- */

void
decide_cancel_booking(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    if (refuse_favours(d, asked))
        return;
    struct booking *booking = deciding_find_visible(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_CANCEL) ||
        deciding_refuse_begun(d, booking))
        return;
    int64_t fee =
        cancellation_fee(d->facts->house.property, booking, d->facts->now_ms, d->facts->begins[booking - d->bookings]);
    if (refuse_higher_fee(d, asked, asked->waives_fee ? 0 : fee) || refuse_refund_over_paid(d, asked, booking))
        return;
    capacity_give_back_booking(d, booking);
    booking->expires_at = 0;
    booking->cancelled_at = d->facts->now_ms;
    record_end(d, booking, BOOKING_COMMAND_CANCEL, BOOKING_CANCELLED, asked, fee);
}

void
decide_decline_booking(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_DECLINE))
        return;
    capacity_give_back_booking(d, booking);
    booking->expires_at = 0;
    int64_t paid = ledger_paid(deciding_ledger(d), booking);
    deciding_record_step(d, booking, BOOKING_COMMAND_DECLINE, BOOKING_DECLINED, asked->reason);
    (void)deciding_refund_due(d, booking, paid);
    deciding_release_others(d, booking);
}

/* --- no-show --- */

/* Nobody is late before the day of arrival has come, and a slot is over when its time is. */
static bool
refuse_not_due(struct deciding *d, const struct booking *booking)
{
    if (booking->by_minute) {
        (void)deciding_refuse_rule(d, STR("nights_only"), "A booking by the minute is not waited for.");
        return true;
    }
    if (deciding_has_begun(d, booking))
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("before_arrival"), "Its guests are not expected before the day of arrival.");
    deciding_add_date_limit(refusal, "first_day", date_from_instant(booking->span.starts));
    return true;
}

/* The room of the first night that is to come, or of the last one there was. */
static struct id
room_to_lose(const struct deciding *d, const struct booking *booking)
{
    int64_t at = booking_ahead(booking, d->facts->today).starts;
    for (size_t i = 0; i < booking->claim_count; i++)
        if (span_contains_instant(booking->claims[i].span, at))
            return booking->claims[i].room;
    return booking->claim_count == 0 ? ID_NONE : booking->claims[booking->claim_count - 1].room;
}

void
end_as_no_show(struct deciding *d, struct booking *booking, const struct booking_step *asked)
{
    const struct property *property = d->facts->house.property;
    booking->lost_room = room_to_lose(d, booking);
    capacity_give_back_booking(d, booking);
    int64_t fee = booking->price.known ? policy_fee(booking->price.minor, property->no_show_fee_percent) : 0;
    record_end(d, booking, BOOKING_COMMAND_NO_SHOW, BOOKING_NO_SHOW, asked, fee);
}

void
decide_mark_no_show(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    if (refuse_favours(d, asked))
        return;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_NO_SHOW) || refuse_not_due(d, booking))
        return;
    end_as_no_show(d, booking, asked);
}

/* --- a fee that is not kept after all --- */

/* A fee is let go of, or of a part of it; it is raised by nobody, who would have agreed to that? */
static bool
refuse_waiver(struct deciding *d, const struct booking_step *asked, const struct booking *booking)
{
    if (asked->fee_left_minor < booking->fee_minor)
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("no_fee_left"),
                             booking->fee_minor == 0 ? "There is no fee that could be waived."
                                                     : "The fee that is left must be lower than the present one.");
    refusal->pointer = "/fee";
    deciding_add_limit(refusal, "fee", booking->fee_minor);
    return true;
}

/* What was paid for what is not kept any more is due to go back in the same decision. */
void
decide_waive_fee(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_WAIVE_FEE) ||
        refuse_waiver(d, asked, booking))
        return;
    int64_t waived = booking->fee_minor - asked->fee_left_minor;
    int64_t above = ledger_paid(deciding_ledger(d), booking) - asked->fee_left_minor;
    booking->fee_minor = asked->fee_left_minor;
    deciding_record_step(d, booking, BOOKING_COMMAND_WAIVE_FEE, booking->status, asked->reason);
    if (d->decision->out_of_memory)
        return;
    d->decision->events[d->decision->event_count - 1].waived_minor = waived;
    if (above > 0)
        (void)deciding_refund_due(d, booking, above < waived ? above : waived);
    deciding_release_others(d, booking);
}

/* --- reinstate --- */

/* What is over can't be had any more, and nobody knows what a type was that is not sold any more. */
static bool
refuse_gone(struct deciding *d, const struct booking *booking)
{
    if (!span_is_valid(booking_ahead(booking, d->facts->today)))
        (void)deciding_refuse_rule(d, STR("already_over"), "Its departure has come: book anew.");
    else if (house_find_type(&d->facts->house, booking->room_type) == NULL)
        (void)deciding_refuse_rule(d, STR("not_sold"), "Its room type is not sold any more: book another one.");
    return deciding_refused(d);
}

/* Somebody else's by now, or broken tonight, when nobody is sent to it (R4). */
static bool
is_lost(struct deciding *d, const struct wanted *wanted)
{
    return deciding_claim_in_way(d, wanted->room->id, wanted->span, ID_NONE) != NULL ||
           wanted_is_broken_today(d, wanted);
}

/* Its old room if that can be had, else none. A party that only larger rooms of the type take needs that room. */
static bool
look_up_wanted(struct deciding *d, struct wanted *ret_wanted)
{
    const struct leg *leg;
    if (facts_legs(d->command, d->facts, d->arena, &leg) == 0) {
        d->decision->out_of_memory = true;
        return false;
    }
    if (!wanted_resolve(d, leg, 0, ret_wanted))
        return false;
    if (ret_wanted->room != NULL && !party_is_tied(ret_wanted->party, ret_wanted->type) && is_lost(d, ret_wanted))
        ret_wanted->room = NULL;
    return !wanted_refuse_party(d, ret_wanted) && !wanted_refuse_broken_today(d, ret_wanted, NULL);
}

/* Nights that passed without the guests may have been somebody else's in every room, so the stay begins with the
 * business date where it was to have begun before. What its end made due and nobody was asked for pays for it again. */
void
decide_reinstate_booking(struct deciding *d)
{
    const struct booking_step *asked = &d->command->booking_step;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    struct wanted wanted;
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_REINSTATE) || refuse_gone(d, booking) ||
        !look_up_wanted(d, &wanted) || !capacity_take_for_booking(d, &wanted, booking))
        return;
    struct price kept = booking_charge(booking);
    booking->span = wanted.span;
    booking->lost_room = ID_NONE;
    booking->fee_minor = 0;
    deciding_record_step(d, booking, BOOKING_COMMAND_REINSTATE, BOOKING_CONFIRMED, asked->reason);
    deciding_price_changed(d, booking, kept);
}
