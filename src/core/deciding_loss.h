/* What keeps a part of the house from being taken away: who still has it, and what its type has sold.
 *
 * For the deciders of rooms and room types. Counting comes first; where claims are fixed to rooms, the bookings must
 * also be shown to fit into what is left, because enough units a night are not enough for stays of several nights. It
 * refuses to move anybody: a room is emptied before it goes. */
#ifndef NIGHTLATCH_CORE_DECIDING_LOSS_H
#define NIGHTLATCH_CORE_DECIDING_LOSS_H

#include "core/deciding.h"

/* Refuses with IN_USE, listing them, when facts->blockers has a claim or need whose owner has not lapsed, or when any
 * of the `gone` rooms (NULL and 0 for none) has a claim that is not over or someone in it; `detail` is static. True
 * when it was refused, or the arena was full. */
bool deciding_refuse_blocked(struct deciding *d, const struct id *gone, size_t gone_count, const char *detail);

/* May `type` lose these rooms, `units` of which are its own? Refuses with SOLD_OUT, naming the nights on which sold and
 * held would be more than what is left, or with NO_ROOM_FITS, naming the fixed claims in the way, when what is sold
 * and held can't be placed in the other rooms or could not be shown to; what did not fit before either is no reason,
 * but who is proven keeps a room (core/promise.h), also where an allowance would do for the units. A type sold by the
 * minute can always lose a room that nobody has. True when it was refused, or the arena was full. */
bool deciding_refuse_loss(struct deciding *d, const struct room_type *type, int32_t units, const struct id *gone,
                          size_t gone_count);

#endif
