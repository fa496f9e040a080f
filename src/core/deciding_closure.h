/* Closing rooms as a part of a command: of the one that asks for nothing else, and of a report that comes with it. */
#ifndef NIGHTLATCH_CORE_DECIDING_CLOSURE_H
#define NIGHTLATCH_CORE_DECIDING_CLOSURE_H

#include "core/deciding.h"

/* Closes all the rooms or none, in their order, one closure.created event each after those of what moved for it; or
 * refuses:
 *   NOT_FOUND, VALIDATION_FAILED  a room that is none, comes twice, or is let in another way than the closure says
 *   FORBIDDEN           force, by who may not override; with another command, who is not staff
 *   BEYOND_HORIZON      nights that are over, or not on sale yet
 *   ROOM_NOT_AVAILABLE  claims in the way that can't be moved, which are listed; by force those of guests in the house,
 *                       holds and closures alone. Slots are never moved
 *   BOOKING_CONFLICT    only holds are in the way
 *   SOLD_OUT            more is sold on some night (named) than would be left; not by force
 *   NO_ROOM_FITS        what is booked would not fit into what is left, with the fixed claims in the way; not by force
 *   POLICY_REFUSED      rule "placement_unproven": it could not be shown to; not by force
 * Guests who leave on the first of its days may be in the room still. */
void deciding_close_rooms(struct deciding *d, const struct close_rooms *asked);

#endif
