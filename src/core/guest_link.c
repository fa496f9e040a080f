/* When a link is good. */
#include "core/guest_link.h"

int64_t
guest_link_expires_at(const struct booking *booking)
{
    return booking->span.ends + GUEST_LINK_AFTER_MS;
}

bool
guest_link_is_open(const struct guest_link *link, const struct booking *booking, int64_t now_ms)
{
    return link->withdrawn_at == 0 && id_equal(link->booking, booking->id) && now_ms < guest_link_expires_at(booking);
}
