/* The link of one booking: whoever has it sees that booking and may cancel it, and nothing else.
 *
 * A plain fact of a property. Its secret is here as a hash alone. When it lapses is not kept but follows from the
 * booking as it is now, so that a stay which is put off takes its link along. Instants are milliseconds since the
 * epoch, UTC. Pure. */
#ifndef NIGHTLATCH_CORE_GUEST_LINK_H
#define NIGHTLATCH_CORE_GUEST_LINK_H

#include "core/booking.h"
#include "core/people.h"

/* How long after the end of its booking a link is good: two weeks, for whoever looks up what they paid. */
#define GUEST_LINK_AFTER_MS INT64_C(1209600000)

struct guest_link {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct id booking;
    int64_t withdrawn_at; /* 0 for not; one that was replaced was withdrawn */
    int64_t created_at, version;
};

/* From this instant on no link of the booking is good. A stay ends when the day of its departure begins in UTC. */
int64_t guest_link_expires_at(const struct booking *booking);

/* Whether the link can be used for this booking at this instant. */
bool guest_link_is_open(const struct guest_link *link, const struct booking *booking, int64_t now_ms);

#endif
