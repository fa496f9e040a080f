/* One step for many bookings, all or nothing: each is decided as if it had been asked for alone, one after another on
 * the same working state, and the first that is refused refuses them all and says which it was. */
#include <assert.h>

#include "core/deciding.h"

static void
decide_one(struct deciding *d, enum command_kind step)
{
    switch (step) {
    case COMMAND_CONFIRM_BOOKING: decide_confirm_booking(d); break;
    case COMMAND_CANCEL_BOOKING: decide_cancel_booking(d); break;
    case COMMAND_APPROVE_BOOKING: decide_approve_booking(d); break;
    case COMMAND_DECLINE_BOOKING: decide_decline_booking(d); break;
    case COMMAND_MARK_NO_SHOW: decide_mark_no_show(d); break;
    case COMMAND_CHECK_IN: decide_check_in(d); break;
    case COMMAND_CHECK_OUT: decide_check_out(d); break;
    default: assert(!"a step that is not taken together"); break;
    }
}

/* "/items/3/reason" where the caller wrote items; the booking by its id in any case. */
static void
name_item(struct deciding *d, const struct booking_batch *batch, size_t index)
{
    struct refusal *refusal = &d->decision->refusal;
    struct text text;
    refusal->leg = index;
    refusal->booking = batch->items[index].booking;
    if (!batch->from_items)
        return;
    text_init(&text, d->arena, 48);
    text_put_format(&text, "/items/%zu%s", index, refusal->pointer == NULL ? "/booking_id" : refusal->pointer);
    refusal->pointer = deciding_cstr(d, &text);
}

void
decide_booking_batch(struct deciding *d)
{
    const struct command *whole = d->command;
    const struct booking_batch *batch = &whole->booking_batch;
    struct command one;
    if (batch->count == 0) {
        deciding_refuse(d, OUTCOME_INVALID_TRANSITION)->detail = "No booking of the group is left for this.";
        return;
    }
    d->command = &one;
    for (size_t i = 0; i < batch->count && !deciding_refused(d) && !d->decision->out_of_memory; i++) {
        one = command_of_line(whole, i);
        decide_one(d, batch->step);
        if (deciding_refused(d))
            name_item(d, batch, i);
    }
    d->command = whole;
}
