/* Letting in whoever comes by the link of a booking.
 *
 * Their credential is no token or session of auth.h, and is known to no other route: there are as many links as
 * bookings, so they are not kept in memory, and only a reader can tell whether one is good. Until then the caller is
 * nobody, for the limits too. For call.c. */
#ifndef NIGHTLATCH_API_GUEST_LINK_H
#define NIGHTLATCH_API_GUEST_LINK_H

#include "api/call.h"

/* What a link that is not good is told, whatever is wrong with it. */
extern const char guest_link_refused[];

/* Takes the Authorization field apart: who they say they are. Sets the property; call->link stays none where the field
 * is not there or has another form. Network thread. */
void guest_link_identify(struct call *call);

/* Whether the link is good: then call->ids[0] is its booking, which is of call->property, and the caller acts as
 * ROLE_GUEST. Otherwise the call was answered. A reader's thread. */
bool guest_link_admit(struct call *call, struct reader *reader) __attribute__((warn_unused_result));

#endif
