/* What is over is ended before the command is looked at, so that it is in nobody's way, sweeper or not. The instant
 * expires_at itself is past the end. Bookings and holds come in the order of the facts. */
#include "core/capacity.h"
#include "core/deciding_money.h"
#include "core/deciding_refund.h"
#include "core/deciding_overcommit.h"

/* What was paid for it goes back: nobody got anything for it. */
static void
expire_booking(struct deciding *d, struct booking *booking)
{
    enum booking_status from = booking->status;
    int64_t paid = ledger_paid(deciding_ledger(d), booking);
    capacity_give_back_booking(d, booking);
    booking->status = BOOKING_EXPIRED;
    booking->version++;
    deciding_event(d, (struct event){.kind = booking_machine_event(from, BOOKING_COMMAND_EXPIRE, BOOKING_EXPIRED),
                                     .subject_kind = ID_BOOKING,
                                     .subject = booking->id,
                                     .from = booking_status_name(from),
                                     .to = booking_status_name(BOOKING_EXPIRED),
                                     .state = EVENT_OF_BOOKING,
                                     .booking = deciding_put_booking(d, booking)});
    if (paid > 0)
        (void)deciding_refund_due(d, booking, paid);
    deciding_release_others(d, booking);
}

static void
expire_hold(struct deciding *d, struct hold *hold)
{
    capacity_give_back_hold(d, hold);
    hold->status = HOLD_LAPSED;
    hold->version++;
    deciding_event(d, (struct event){.kind = STR("hold.expired"),
                                     .subject_kind = ID_HOLD,
                                     .subject = hold->id,
                                     .from = hold_status_name(HOLD_ACTIVE),
                                     .to = hold_status_name(HOLD_LAPSED),
                                     .state = EVENT_OF_HOLD,
                                     .hold = deciding_put_hold(d, hold)});
}

void
decide_lapsed(struct deciding *d)
{
    int64_t now = d->facts->now_ms;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        struct booking *booking = &d->bookings[i];
        bool is_over = booking->expires_at > 0 && booking->expires_at <= now;
        if (is_over && booking_machine_allows(booking->status, BOOKING_COMMAND_EXPIRE))
            expire_booking(d, booking);
    }
    for (size_t i = 0; i < d->facts->hold_count; i++) {
        struct hold *hold = &d->holds[i];
        if (hold->status == HOLD_ACTIVE && !hold_is_live(hold, now))
            expire_hold(d, hold);
    }
    deciding_settle_overcommit(d);
    d->decision->lapsed_changes = d->decision->change_count;
    d->decision->lapsed_events = d->decision->event_count;
}
