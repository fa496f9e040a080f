/* One step for many bookings, all or nothing: each is decided as if it had been asked for alone, one after another on
 * the same working state, and the first that is refused refuses them all and says which it was. Of a group only those
 * are asked who have the step before them, so that it can be taken again for the rest. */
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

/* --- of a group --- */

/* The steps that would find somebody in the group to take them. */
static void
find_allowed(struct deciding *d, const struct booking_batch *batch, struct refusal *refusal)
{
    static const enum booking_command steps[] = {BOOKING_COMMAND_CONFIRM, BOOKING_COMMAND_CANCEL,
                                                 BOOKING_COMMAND_CHECK_IN, BOOKING_COMMAND_CHECK_OUT};
    for (size_t i = 0; i < batch->count; i++)
        for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++)
            if (booking_machine_allows(deciding_booking(d, batch->items[i].booking)->status, steps[j]))
                refusal->group_allows |= UINT64_C(1) << steps[j];
}

/* Nobody took the step: as it was asked for where anybody is there already, else refused. */
static void
settle_untouched(struct deciding *d, const struct booking_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct booking *booking = deciding_booking(d, batch->items[i].booking);
        if (booking->status != command_group_leads_to(batch->step))
            continue;
        d->decision->unchanged = booking->id;
        return;
    }
    struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
    refusal->of_group = true;
    find_allowed(d, batch, refusal);
    refusal->detail = refusal->group_allows == 0
                          ? "All bookings of the group have ended, so that nothing is left to do."
                          : "No booking of the group is left for this.";
}

static bool
refuse_strangers(struct deciding *d, const struct booking_batch *batch)
{
    if (batch->from_items || batch->step == COMMAND_CANCEL_BOOKING || role_is_staff(d->command->actor.role))
        return false;
    deciding_refuse(d, OUTCOME_FORBIDDEN);
    return true;
}

/* Is the line's booking a group's that is asked for nothing? One that is not there is for the step to refuse. */
static bool
passes_over(struct deciding *d, const struct booking_batch *batch, size_t index)
{
    const struct booking *booking = batch->from_items ? NULL : deciding_booking(d, batch->items[index].booking);
    return booking != NULL && command_group_passes_over(batch->step, booking->status);
}

void
decide_booking_batch(struct deciding *d)
{
    const struct command *whole = d->command;
    const struct booking_batch *batch = &whole->booking_batch;
    struct command *one = ARENA_NEW(d->arena, struct command);
    size_t taken = 0;
    if (one == NULL)
        d->decision->out_of_memory = true;
    if (one == NULL || refuse_strangers(d, batch))
        return;
    d->command = one;
    for (size_t i = 0; i < batch->count && !deciding_refused(d) && !d->decision->out_of_memory; i++) {
        if (passes_over(d, batch, i))
            continue;
        *one = command_of_line(whole, i);
        decide_one(d, batch->step);
        taken++;
        if (deciding_refused(d))
            name_item(d, batch, i);
    }
    d->command = whole;
    if (taken == 0)
        settle_untouched(d, batch);
}
