/* Moving unpinned claims off a room that staff pin to somebody else. For capacity.c alone. */
#ifndef NIGHTLATCH_CORE_CAPACITY_DISPLACE_H
#define NIGHTLATCH_CORE_CAPACITY_DISPLACE_H

#include "core/capacity.h"

enum displaced {
    DISPLACED_DONE,       /* the room is free for the claim now */
    DISPLACED_IMPOSSIBLE, /* something there can't move, or has nowhere to go */
    DISPLACED_UNPROVEN,   /* the search ended without a proof, either way */
    DISPLACED_VOID,       /* the arena is full */
};

/* Moves what overlaps `claim` on its room, and what that pushes on, to other rooms of the type: their claims are
 * dropped and added, and each booking that changes rooms gets its next version and a booking.room_changed event.
 * Bookings that are not among the facts, are not unpinned, or may not be displaced by their status stay. */
enum displaced capacity_displace(struct deciding *d, const struct wanted *wanted, const struct claim *claim);

#endif
