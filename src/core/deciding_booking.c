/* What has begun is the staff's to change, and what a booker does not own is not there for them. */
#include "core/deciding_booking.h"

#include <assert.h>

/* A link may have been withdrawn since its bearer was let in. */
static bool
refuse_dead_link(struct deciding *d, const struct booking *booking)
{
    for (size_t i = 0; i < d->facts->guest_link_count; i++) {
        const struct guest_link *link = &d->facts->guest_links[i];
        if (id_equal(link->id, d->command->actor.link) && guest_link_is_open(link, booking, d->facts->now_ms))
            return false;
    }
    deciding_refuse(d, OUTCOME_UNAUTHENTICATED);
    return true;
}

struct booking *
deciding_find_visible(struct deciding *d, struct id id)
{
    const struct actor *actor = &d->command->actor;
    struct booking *booking = deciding_booking(d, id);
    bool by_link = actor->role == ROLE_GUEST;
    bool visible = booking != NULL && (by_link || role_is_staff(actor->role) || str_equal(booking->owner, actor->name));
    if (visible && by_link && refuse_dead_link(d, booking))
        return NULL;
    if (!visible)
        deciding_refuse(d, OUTCOME_NOT_FOUND);
    return visible ? booking : NULL;
}

struct booking *
deciding_find_for_staff(struct deciding *d, struct id id)
{
    if (role_is_staff(d->command->actor.role))
        return deciding_find_visible(d, id);
    deciding_refuse(d, OUTCOME_FORBIDDEN);
    return NULL;
}

/* What has to come before what a promised booking takes; NULL where that is not it. */
static const char *
say_awaited(enum booking_status status)
{
    switch (status) {
    case BOOKING_PENDING_PAYMENT:
        return "It waits for a payment: that, or `confirm` with a reason, has to come before this; `allowed` lists "
               "what "
               "it takes now.";
    case BOOKING_PENDING_APPROVAL:
        return "It waits for approval: `approve` or `confirm` has to come before this; `allowed` lists what it takes "
               "now.";
    default: return NULL;
    }
}

bool
deciding_refuse_step(struct deciding *d, const struct booking *booking, enum booking_command command)
{
    if (deciding_refuse_stale(d, booking->version))
        return true;
    if (booking_machine_allows(booking->status, command))
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
    refusal->status = booking_status_name(booking->status);
    refusal->booking_status = booking->status;
    refusal->keeps_fee = booking->fee_minor > 0;
    if (booking_machine_allows(BOOKING_CONFIRMED, command))
        refusal->detail = say_awaited(booking->status);
    return true;
}

bool
deciding_has_begun(const struct deciding *d, const struct booking *booking)
{
    int64_t present = booking->by_minute ? d->facts->now_ms : date_to_instant(d->facts->today);
    return booking->span.starts <= present;
}

bool
deciding_refuse_begun(struct deciding *d, const struct booking *booking)
{
    if (role_is_staff(d->command->actor.role) || !deciding_has_begun(d, booking))
        return false;
    (void)deciding_refuse_rule(d, STR("already_started"), "It has begun; ask the staff.");
    return true;
}

const struct free_text *
deciding_put_reason(struct deciding *d, struct str words)
{
    if (words.len == 0)
        return NULL;
    struct free_text *text = ARENA_NEW(d->arena, struct free_text);
    if (text == NULL) {
        d->decision->out_of_memory = true;
        return NULL;
    }
    *text = (struct free_text){.id = deciding_fresh_id(d), .content = words, .created_at = d->facts->now_ms};
    deciding_change(d, (struct change){.kind = CHANGE_TEXT, .text = text});
    return text;
}

const struct free_text *
deciding_record_step(struct deciding *d, struct booking *booking, enum booking_command command, enum booking_status to,
                     struct str reason)
{
    enum booking_status from = booking->status;
    booking->status = to;
    booking->version++;
    struct str kind = booking_machine_event(from, command, to);
    assert(kind.len > 0);
    const struct free_text *text = deciding_put_reason(d, reason);
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_BOOKING,
                                     .subject = booking->id,
                                     .from = booking_status_name(from),
                                     .to = booking_status_name(to),
                                     .reason = text,
                                     .state = EVENT_OF_BOOKING,
                                     .booking = deciding_put_booking(d, booking)});
    return text;
}

void
deciding_mark_override(struct deciding *d, bool overrides)
{
    if (!overrides || d->decision->event_count == 0)
        return;
    struct event *event = &d->decision->events[d->decision->event_count - 1];
    event->overrides = true;
    event->override_role = d->command->actor.role;
}
