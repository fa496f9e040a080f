/* A booking as it comes to be, for the deciders that make one: the guest, the first state, the first event.
 *
 * It refuses to know whether the booking may be had; that is wanted.h's and capacity.h's, and is asked before. */
#ifndef NIGHTLATCH_CORE_DECIDING_CREATE_H
#define NIGHTLATCH_CORE_DECIDING_CREATE_H

#include "core/wanted.h"

/* Records a new guest; uses a fresh id. NULL when the arena is full. */
const struct guest *deciding_add_guest(struct deciding *d, const struct guest_details *details);

/* The booking in its first state, still without rooms; uses a fresh code. */
struct booking deciding_first_booking(struct deciding *d, const struct wanted *wanted, enum booking_payment payment,
                                      struct id id, struct id group, struct id guest);

/* Records a booking of version 1 and its first event. `hold` is what was confirmed into it; none otherwise. */
void deciding_record_created(struct deciding *d, const struct booking *booking, struct id hold);

#endif
