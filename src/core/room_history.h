/* Which events of a decision are to be found in the history of a room.
 *
 * What is done to a room has the room as its subject, and is found by that. What happens to a booking or a closure has
 * the room in its body alone, so such events say which rooms they are about: those that the booking got, gave up or has
 * for other dates now, those that its guests came into or left, and the one that a closure is of. A booking as it is
 * made is about the rooms it is made in: none for a stay without a room, which is what most are. It refuses to judge
 * what a change means. Pure. */
#ifndef NIGHTLATCH_CORE_ROOM_HISTORY_H
#define NIGHTLATCH_CORE_ROOM_HISTORY_H

#include "core/decision.h"
#include "core/facts.h"

/* At most so many rooms are written by room_history_of_change(). */
size_t room_history_rooms_max(const struct booking *before, const struct booking *after);

/* The rooms that a booking's next state is about, each once, into an array of room_history_rooms_max(). Of one that is
 * made, the state before has version 0 and no more. */
size_t room_history_of_change(const struct booking *before, const struct booking *after, struct id *ret_rooms);

/* Names the rooms of all events of a decision; sets `out_of_memory` where the arena is full. */
void room_history_name(const struct facts *facts, struct arena *arena, struct decision *decision);

#endif
