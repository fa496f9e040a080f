/* A guest's own row is put right, or emptied for good. The log knows a guest by id alone, so that neither is in it: it
 * says that it was done, when and by whom. What the guest has booked and which room they are in stays as it is. */
#include "core/decide_guest_link.h"

static const struct guest *
find_guest(struct deciding *d)
{
    const struct guest *guest = d->facts->guest;
    if (!role_is_staff(d->command->actor.role))
        deciding_refuse(d, OUTCOME_FORBIDDEN);
    else if (guest == NULL)
        deciding_refuse(d, OUTCOME_NOT_FOUND);
    else
        (void)deciding_refuse_stale(d, guest->version);
    return deciding_refused(d) ? NULL : guest;
}

static void
record(struct deciding *d, const struct guest *present, const struct guest_details *details, int64_t erased_at,
       struct str kind)
{
    struct guest *guest = ARENA_NEW(d->arena, struct guest);
    if (guest == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *guest = *present;
    guest->details = *details;
    guest->erased_at = erased_at;
    guest->version++;
    deciding_change(d, (struct change){.kind = CHANGE_GUEST, .guest = guest});
    deciding_event(
        d, (struct event){
               .kind = kind, .subject_kind = ID_GUEST, .subject = guest->id, .state = EVENT_OF_GUEST, .guest = guest});
}

/* And was put right before: of one who never was, the log has nothing that could be shown. */
static bool
is_known_so(const struct guest *guest, const struct guest_details *details)
{
    return guest->version > 1 && str_equal(guest->details.name, details->name) &&
           str_equal(guest->details.email, details->email) && str_equal(guest->details.phone, details->phone);
}

/* What is to be known of them. */
static struct guest_details
asked_details(const struct guest *guest, const struct put_guest *asked)
{
    struct guest_details details = asked->details;
    if (asked->keeps_empty && details.name.len == 0)
        details.name = guest->details.name;
    if (asked->keeps_empty && details.email.len == 0)
        details.email = guest->details.email;
    if (asked->keeps_empty && details.phone.len == 0)
        details.phone = guest->details.phone;
    return details;
}

void
decide_amend_guest(struct deciding *d)
{
    const struct guest *guest = find_guest(d);
    if (guest == NULL)
        return;
    struct guest_details details = asked_details(guest, &d->command->put_guest);
    if (guest->erased_at != 0)
        (void)deciding_refuse_rule(d, STR("erased"), "The guest was erased, and nobody can be put in their place.");
    else if (is_known_so(guest, &details))
        d->decision->unchanged = guest->id;
    else
        record(d, guest, &details, 0, STR("guest.amended"));
}

void
decide_erase_guest(struct deciding *d)
{
    static const struct guest_details nobody = {{"", 0}, {"", 0}, {"", 0}};
    const struct guest *guest = find_guest(d);
    if (guest == NULL)
        return;
    if (guest->erased_at != 0) {
        d->decision->unchanged = guest->id;
        return;
    }
    guest_links_withdraw(d); /* whoever has one would still see when their stay was */
    record(d, guest, &nobody, d->facts->now_ms, STR("guest.erased"));
}
