/* Bookings come to be, out of legs or out of a hold: both in make_bookings(), so that the guards are the same ones.
 *
 * All or nothing: the first leg that can't be had refuses the command. Legs are taken one after another and see each
 * other. A hold that is confirmed gives back what it has in the same decision, just before the bookings take it. */
#include <assert.h>

#include "core/capacity.h"
#include "core/deciding_create.h"

/* All that is known before capacity is asked for. */
struct plan {
    struct wanted *wanted;
    size_t count;
    bool group;
    const struct guest_details *guest;
    enum booking_payment payment;
    struct hold *hold; /* to be confirmed into them; NULL for none */
};

const struct guest *
deciding_add_guest(struct deciding *d, const struct guest_details *details)
{
    struct guest *guest = ARENA_NEW(d->arena, struct guest);
    if (guest == NULL) {
        d->decision->out_of_memory = true;
        return NULL;
    }
    *guest =
        (struct guest){.id = deciding_fresh_id(d), .details = *details, .created_at = d->facts->now_ms, .version = 1};
    deciding_change(d, (struct change){.kind = CHANGE_GUEST, .guest = guest});
    return guest;
}

static struct group *
add_group(struct deciding *d, struct id guest)
{
    struct group *group = ARENA_NEW(d->arena, struct group);
    if (group == NULL) {
        d->decision->out_of_memory = true;
        return NULL;
    }
    *group = (struct group){.id = deciding_fresh_id(d),
                            .code = deciding_fresh_code(d),
                            .guest = guest,
                            .owner = d->command->actor.name,
                            .created_at = d->facts->now_ms,
                            .version = 1};
    deciding_change(d, (struct change){.kind = CHANGE_GROUP, .group = group});
    return group;
}

/* The hold says into what, for whoever confirms it once more. */
static void
end_hold(struct deciding *d, struct hold *hold, struct id group, struct id booking)
{
    capacity_give_back_hold(d, hold);
    hold->status = HOLD_CONFIRMED;
    hold->version++;
    hold->group = group;
    hold->booking = id_is_none(group) ? booking : ID_NONE;
    deciding_event(d, (struct event){.kind = STR("hold.confirmed"),
                                     .subject_kind = ID_HOLD,
                                     .subject = hold->id,
                                     .from = hold_status_name(HOLD_ACTIVE),
                                     .to = hold_status_name(HOLD_CONFIRMED),
                                     .state = EVENT_OF_HOLD,
                                     .hold = deciding_put_hold(d, hold)});
}

struct booking
deciding_first_booking(struct deciding *d, const struct wanted *wanted, enum booking_payment payment, struct id id,
                       struct id group, struct id guest)
{
    const struct property *property = d->facts->house.property;
    struct booking booking = {
        .id = id,
        .code = deciding_fresh_code(d),
        .group = group,
        .room_type = wanted->type->id,
        .charged_room_type = wanted->type->id,
        .status = booking_machine_first(payment, wanted->type->needs_approval),
        .by_minute = wanted->type->sold_by == SOLD_BY_MINUTE,
        .span = wanted->span,
        .turnaround_ms = wanted->turnaround_ms,
        .party = wanted->party,
        .guest = guest,
        .owner = d->command->actor.name,
        .payment = payment,
        .price = wanted->price,
        .payment_status = payment_status_unpaid(payment == PAYMENT_REQUIRED),
        .created_at = d->facts->now_ms,
        .version = 1,
    };
    if (booking.by_minute) {
        booking.local_starts = d->facts->local[wanted->leg].starts;
        booking.local_ends = d->facts->local[wanted->leg].ends;
    }
    if (booking.status == BOOKING_PENDING_PAYMENT)
        booking.expires_at = d->facts->now_ms + property->payment_ttl_ms;
    else if (booking.status == BOOKING_PENDING_APPROVAL)
        booking.expires_at = d->facts->now_ms + property->approval_ttl_ms;
    return booking;
}

void
deciding_record_created(struct deciding *d, const struct booking *booking, struct id hold)
{
    deciding_event(d,
                   (struct event){.kind = booking_machine_event(BOOKING_NONE, BOOKING_COMMAND_CREATE, booking->status),
                                  .subject_kind = ID_BOOKING,
                                  .subject = booking->id,
                                  .to = booking_status_name(booking->status),
                                  .state = EVENT_OF_BOOKING,
                                  .booking = deciding_put_booking(d, booking),
                                  .hold_id = hold});
}

static bool
make_booking(struct deciding *d, const struct plan *plan, const struct wanted *wanted, struct id id, struct id group,
             struct id guest)
{
    struct booking booking = deciding_first_booking(d, wanted, plan->payment, id, group, guest);
    if (!capacity_take_for_booking(d, wanted, &booking))
        return false;
    deciding_record_created(d, &booking, plan->hold == NULL ? ID_NONE : plan->hold->id);
    return true;
}

static void
make_bookings(struct deciding *d, const struct plan *plan)
{
    const struct guest *guest = deciding_add_guest(d, plan->guest);
    const struct group *group = guest != NULL && plan->group ? add_group(d, guest->id) : NULL;
    if (d->decision->out_of_memory)
        return;
    struct id of_group = group == NULL ? ID_NONE : group->id, id = deciding_fresh_id(d);
    if (plan->hold != NULL)
        end_hold(d, plan->hold, of_group, id);
    for (size_t i = 0; i < plan->count; i++) {
        if (i > 0)
            id = deciding_fresh_id(d);
        if (!make_booking(d, plan, &plan->wanted[i], id, of_group, guest->id))
            return;
    }
    if (group != NULL)
        deciding_event(d, (struct event){.kind = STR("group.created"),
                                         .subject_kind = ID_GROUP,
                                         .subject = group->id,
                                         .state = EVENT_OF_GROUP,
                                         .group = group});
}

/* Legs of the same type before this one: they will be ahead of it too. */
static int64_t
count_before(const struct plan *plan, size_t index)
{
    int64_t count = 0;
    for (size_t i = 0; i < index; i++)
        count += plan->wanted[i].type == plan->wanted[index].type ? 1 : 0;
    return count;
}

static bool
refuse_rules(struct deciding *d, const struct plan *plan)
{
    int64_t asked_at = plan->hold == NULL ? d->facts->now_ms : plan->hold->created_at;
    for (size_t i = 0; i < plan->count; i++) {
        const struct wanted *wanted = &plan->wanted[i];
        if (wanted_refuse_party(d, wanted) || wanted_refuse_time(d, wanted, NULL, asked_at) ||
            wanted_refuse_quota(d, wanted, count_before(plan, i)) ||
            (plan->hold == NULL && wanted_refuse_broken_today(d, wanted, "room_id")))
            return true;
    }
    return false;
}

static bool
resolve(struct deciding *d, struct plan *plan)
{
    const struct leg *legs;
    plan->count = facts_legs(d->command, d->facts, d->arena, &legs);
    plan->wanted = ARENA_ARRAY(d->arena, plan->count + 1, struct wanted);
    if (plan->wanted == NULL || plan->count == 0) {
        d->decision->out_of_memory = true; /* no command without legs comes here */
        return false;
    }
    for (size_t i = 0; i < plan->count; i++)
        if (!wanted_resolve(d, &legs[i], i, &plan->wanted[i]))
            return false;
    return true;
}

/* A pin keeps a room from everybody, so it is for staff. Looked at before what exists, as every question of a role. */
static bool
refuse_pins(struct deciding *d, const struct create_bookings *asked)
{
    for (size_t i = 0; i < asked->leg_count && !deciding_refused(d); i++) {
        const struct leg *leg = &asked->legs[i];
        if (leg->pinned && id_is_none(leg->room))
            deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, wanted_pointer(d, i, "pinned"),
                                  "Only a room can be pinned.");
        else if (leg->pinned && !role_is_staff(d->command->actor.role))
            deciding_refuse_field(d, OUTCOME_FORBIDDEN, wanted_pointer(d, i, "pinned"), "Only staff pin rooms.");
        if (deciding_refused(d))
            d->decision->refusal.leg = i;
    }
    return deciding_refused(d);
}

/* What something costs is not for whoever buys it to say. */
static bool
refuse_prices(struct deciding *d, const struct plan *plan)
{
    if (role_is_staff(d->command->actor.role) || d->command->actor.trusted)
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        const struct wanted *wanted = &plan->wanted[i];
        if (!wanted->price.known)
            continue;
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, wanted_pointer(d, wanted->leg, "price"),
                              "Staff and trusted programs say prices.");
        d->decision->refusal.leg = wanted->leg;
        return true;
    }
    return false;
}

/* Each leg must be what is held, and all of it. One that names no room of its own gets the room that is held, and one
 * that says nothing of its party the party that was held for. */
static bool
refuse_other_than_held(struct deciding *d, const struct leg *legs, struct plan *plan)
{
    const struct hold *hold = plan->hold;
    bool same = plan->count == (size_t)hold->quantity;
    for (size_t i = 0; i < plan->count && same; i++) {
        struct wanted *wanted = &plan->wanted[i];
        if (wanted->room == NULL && !id_is_none(hold->room))
            wanted->room = house_find_room(&d->facts->house, hold->room);
        same = id_equal(wanted->type->id, hold->room_type) && span_equal(wanted->span, hold->span) &&
               id_equal(wanted->room == NULL ? ID_NONE : wanted->room->id, hold->room);
        wanted->turnaround_ms = hold->turnaround_ms;
        if (legs[i].party == 0 && hold->party > 0)
            wanted->party = hold->party;
    }
    if (same)
        return false;
    deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/hold_id", "The hold is for something else.");
    return true;
}

void
decide_create_bookings(struct deciding *d)
{
    const struct create_bookings *asked = &d->command->create_bookings;
    struct plan plan = {
        .group = asked->group || asked->leg_count > 1, .guest = &asked->guest, .payment = asked->payment};
    assert(asked->leg_count > 0);
    if (refuse_pins(d, asked) || !resolve(d, &plan) || refuse_prices(d, &plan))
        return;
    for (size_t i = 0; i < plan.count; i++)
        plan.wanted[i].may_displace = asked->legs[plan.wanted[i].leg].pinned;
    if (!id_is_none(asked->hold)) {
        plan.hold = deciding_own_hold(d, asked->hold, "/hold_id");
        if (plan.hold == NULL || refuse_other_than_held(d, asked->legs, &plan) || deciding_refuse_ended(d, plan.hold))
            return;
    }
    if (!refuse_rules(d, &plan))
        make_bookings(d, &plan);
}

void
decide_confirm_hold(struct deciding *d)
{
    const struct confirm_hold *asked = &d->command->confirm_hold;
    struct hold *hold = deciding_own_hold(d, asked->hold, NULL);
    if (hold == NULL || deciding_refuse_stale(d, hold->version) || deciding_refuse_ended(d, hold))
        return;
    struct plan plan = {.group = hold->quantity > 1, .guest = &asked->guest, .payment = asked->payment, .hold = hold};
    if (!resolve(d, &plan) || refuse_prices(d, &plan))
        return;
    for (size_t i = 0; i < plan.count; i++)
        plan.wanted[i].turnaround_ms = hold->turnaround_ms;
    if (!refuse_rules(d, &plan))
        make_bookings(d, &plan);
}
