/* Moving unpinned claims off a room that somebody else gets. For capacity*.c and whoever asks placement himself. */
#ifndef NIGHTLATCH_CORE_CAPACITY_DISPLACE_H
#define NIGHTLATCH_CORE_CAPACITY_DISPLACE_H

#include "core/capacity.h"
#include "core/fitting.h"

enum displaced {
    DISPLACED_DONE,       /* the room is free for the claim now */
    DISPLACED_IMPOSSIBLE, /* something there can't move, or has nowhere to go */
    DISPLACED_FAULTY,     /* it has nowhere to go tonight but rooms in which something is broken (R4) */
    DISPLACED_UNPROVEN,   /* the search ended without a proof, either way */
    DISPLACED_VOID,       /* the arena is full */
};

/* Moves what overlaps `claim` on its room, and what that pushes on, to other rooms of the type: their claims are
 * dropped and added, and each booking that changes rooms gets its next version and a booking.room_changed event.
 * Bookings that are not among the facts, are not unpinned, or may not be displaced by their status stay. Who has a room
 * for tonight may stay in it, and is sent to no other one that has a fault; who has none yet is sent nowhere by this.
 */
enum displaced capacity_displace(struct deciding *d, const struct wanted *wanted, const struct claim *claim);

/* The booking behind a claim, if it is among the facts and the claim may be moved; NULL otherwise. */
struct booking *capacity_find_movable(struct deciding *d, const struct claim *claim);

/* Moves the claims among fitting->loose to the rooms of `rooms` (one number for each of fitting->loose; what has no
 * room now is not looked at), as capacity_displace() does. Each of those that move must be movable, and all of them
 * free of each other and of what stays where they come to: a bug otherwise. */
void capacity_move_claims(struct deciding *d, const struct fitting *fitting, const uint32_t *rooms);

#endif
