/* Links of bookings: made, replaced and withdrawn by staff. The secret is the caller's business; here is its hash. */
#include "core/decide_guest_link.h"

#include "core/deciding_booking.h"

static void
put_link(struct deciding *d, const struct guest_link *link, struct str kind)
{
    struct guest_link *row = ARENA_NEW(d->arena, struct guest_link);
    if (row == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *row = *link;
    deciding_change(d, (struct change){.kind = CHANGE_GUEST_LINK, .guest_link = row});
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_GUEST_LINK,
                                     .subject = row->id,
                                     .state = EVENT_OF_GUEST_LINK,
                                     .guest_link = row});
}

void
guest_links_withdraw(struct deciding *d)
{
    for (size_t i = 0; i < d->facts->guest_link_count; i++) {
        struct guest_link link = d->facts->guest_links[i];
        link.withdrawn_at = d->facts->now_ms;
        link.version++;
        put_link(d, &link, STR("guest_link.withdrawn"));
    }
}

/* Nobody is behind the booking any more, or it is over for so long that the link would be dead at once. */
static bool
refuse_pointless(struct deciding *d, const struct booking *booking)
{
    const struct guest *guest = d->facts->guest;
    if (guest == NULL || guest->erased_at != 0)
        (void)deciding_refuse_rule(d, STR("erased"), "The guest was erased: there is nobody to give a link to.");
    else if (d->facts->now_ms >= guest_link_expires_at(booking))
        (void)deciding_refuse_rule(d, STR("already_over"), "It is over for so long that its link would not be good.");
    return deciding_refused(d);
}

void
decide_create_guest_link(struct deciding *d)
{
    const struct create_guest_link *asked = &d->command->create_guest_link;
    struct booking *booking = deciding_find_for_staff(d, asked->booking);
    if (booking == NULL || deciding_refuse_stale(d, booking->version) || refuse_pointless(d, booking))
        return;
    guest_links_withdraw(d);
    struct guest_link link = {.id = asked->id, .booking = booking->id, .created_at = d->facts->now_ms, .version = 1};
    memcpy(link.hash, asked->hash, SECRET_HASH_BYTES);
    put_link(d, &link, STR("guest_link.created"));
}

void
decide_withdraw_guest_link(struct deciding *d)
{
    const struct booking *booking = deciding_find_for_staff(d, d->command->withdraw_guest_link.booking);
    if (booking == NULL)
        return;
    if (d->facts->guest_link_count == 0)
        deciding_refuse(d, OUTCOME_NOT_FOUND)->detail = "The booking has no link.";
    else if (!deciding_refuse_stale(d, d->facts->guest_links[0].version))
        guest_links_withdraw(d);
}
