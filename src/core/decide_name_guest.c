/* Who comes along with a booking: its companions, beside the guest who booked. They hang on the booking and not on a
 * room, so whatever becomes of its rooms takes them along; a slot has them as a stay does. */
#include "core/deciding_booking.h"
#include "core/deciding_create.h"

/* Who is in the house may be named until they leave, however long that takes. */
static bool
refuse_over(struct deciding *d, const struct booking *booking)
{
    int64_t present = booking->by_minute ? d->facts->now_ms : date_to_instant(d->facts->today);
    if (booking->status == BOOKING_CHECKED_IN || booking->span.ends > present)
        return false;
    (void)deciding_refuse_rule(d, STR("already_over"), "Its time is over, and whoever came has left.");
    return true;
}

/* -- the companions of a working copy -- */

/* In order of id, as they are stored. */
static void
insert(struct deciding *d, struct booking *booking, struct id guest)
{
    struct id *ids = ARENA_ARRAY(d->arena, booking->companion_count + 1, struct id);
    size_t count = 0;
    if (ids == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    while (count < booking->companion_count && id_compare(booking->companions[count], guest) < 0) {
        ids[count] = booking->companions[count];
        count++;
    }
    ids[count] = guest;
    for (size_t i = count; i < booking->companion_count; i++)
        ids[i + 1] = booking->companions[i];
    booking->companions = ids;
    booking->companion_count++;
}

static void
take_out(struct deciding *d, struct booking *booking, struct id guest)
{
    struct id *ids = ARENA_ARRAY(d->arena, booking->companion_count, struct id);
    size_t count = 0;
    if (ids == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < booking->companion_count; i++)
        if (!id_equal(booking->companions[i], guest))
            ids[count++] = booking->companions[i];
    booking->companions = ids;
    booking->companion_count = count;
}

/* -- add -- */

/* Somebody who is there already, and is nobody in this booking yet. */
static bool
refuse_known(struct deciding *d, const struct booking *booking, struct id guest)
{
    if (id_equal(booking->guest, guest) || booking_has_companion(booking, guest)) {
        deciding_refuse_field(d, OUTCOME_ALREADY_EXISTS, "/guest/id", "The booking names this guest already.");
        return true;
    }
    if (d->facts->guest->erased_at == 0)
        return false;
    (void)deciding_refuse_rule(d, STR("erased"), "The guest was erased, and nobody can be put in their place.");
    return true;
}

static bool
refuse_full(struct deciding *d, const struct booking *booking)
{
    bool is_long = booking->companion_count >= COMPANIONS_MAX;
    if (!is_long && booking->companion_count + 1 < (size_t)booking->party)
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_TOO_MANY_GUESTS);
    refusal->detail = is_long ? "A booking names no more guests than that, however large its party."
                              : "All of the party are named; amend the booking if more come.";
    deciding_add_limit(refusal, "party", is_long ? COMPANIONS_MAX + 1 : booking->party);
    return true;
}

void
decide_add_guest(struct deciding *d)
{
    const struct name_guest *asked = &d->command->name_guest;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    bool is_known = !id_is_none(asked->guest);
    if (booking == NULL)
        return;
    if (is_known && d->facts->guest == NULL) {
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/guest/id", "There is no such guest.");
        return;
    }
    if (deciding_refuse_step(d, booking, BOOKING_COMMAND_ADD_GUEST) ||
        (is_known && refuse_known(d, booking, asked->guest)) || refuse_full(d, booking) || refuse_over(d, booking))
        return;
    const struct guest *guest = is_known ? d->facts->guest : deciding_add_guest(d, &asked->details);
    if (guest == NULL)
        return;
    insert(d, booking, guest->id);
    deciding_change(d, (struct change){.kind = CHANGE_COMPANION_ADD, .companion = {booking->id, guest->id}});
    deciding_record_step(d, booking, BOOKING_COMMAND_ADD_GUEST, booking->status, STR(""));
}

/* -- remove -- */

static bool
refuse_stranger(struct deciding *d, const struct booking *booking, struct id guest)
{
    if (id_equal(booking->guest, guest) || booking_has_companion(booking, guest))
        return false;
    deciding_refuse(d, OUTCOME_NOT_FOUND);
    return true;
}

static bool
refuse_lead(struct deciding *d, const struct booking *booking, struct id guest)
{
    if (!id_equal(booking->guest, guest))
        return false;
    (void)deciding_refuse_rule(d, STR("lead_guest"),
                               "They are the guest who booked: amend the booking to change them.");
    return true;
}

void
decide_remove_guest(struct deciding *d)
{
    const struct name_guest *asked = &d->command->name_guest;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || refuse_stranger(d, booking, asked->guest) ||
        deciding_refuse_step(d, booking, BOOKING_COMMAND_REMOVE_GUEST) || refuse_lead(d, booking, asked->guest) ||
        refuse_over(d, booking))
        return;
    take_out(d, booking, asked->guest);
    deciding_change(d, (struct change){.kind = CHANGE_COMPANION_DROP, .companion = {booking->id, asked->guest}});
    deciding_record_step(d, booking, BOOKING_COMMAND_REMOVE_GUEST, booking->status, STR(""));
}
