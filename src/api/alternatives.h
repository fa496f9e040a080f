/* What somebody could have instead of what was refused for want of room: another room, another room type, another time.
 * Who is to be let in is offered rooms that are ready, and who wants to stay on the latest departure that can be had.
 *
 * Up to three, each tried by the core's own rules, with the rights of its caller, on a reader's snapshot, which is as
 * new as the refusal or at most ALTERNATIVES_AGE_MS old. What a booking that is to be changed has already is none of
 * them. They are a courtesy: under load there are none. They never say who is in the way; where that is said to staff,
 * of a room that is to be closed, each booking has its own: the rooms that it could be moved to. */
#ifndef NIGHTLATCH_API_ALTERNATIVES_H
#define NIGHTLATCH_API_ALTERNATIVES_H

#include "api/call.h"

enum {
    ALTERNATIVES_MAX = 3,
    ALTERNATIVES_AGE_MS = 250, /* how long an answer is given to others of the same role who ask for the same */
};

/* For a command that the engine has refused: true when the refusal is now on its way with alternatives, and the call is
 * no longer the caller's. False when there are none for it. Any thread. */
bool alternatives_start(struct call *call) __attribute__((warn_unused_result));

struct alternatives_memory;

/* What was found lately; one for all calls. NULL without memory. */
struct alternatives_memory *alternatives_memory_new(struct err *err) __attribute__((warn_unused_result));
void alternatives_memory_free(struct alternatives_memory *memory);

#endif
