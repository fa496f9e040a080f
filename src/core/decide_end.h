/* Endings of a booking that come about as a part of something else, like the end of a day. For deciders that have found
 * already that the booking may end so; it refuses nothing. */
#ifndef NIGHTLATCH_CORE_DECIDE_END_H
#define NIGHTLATCH_CORE_DECIDE_END_H

#include "core/deciding.h"

/* Nobody came: a confirmed stay that has begun ends as NO_SHOW and gives back all it has. `asked` says why (a
 * reason takes a fresh id) and what becomes of the fee; zeroed, as the policy says. */
void end_as_no_show(struct deciding *d, struct booking *booking, const struct booking_step *asked);

#endif
