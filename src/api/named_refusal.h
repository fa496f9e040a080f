/* A refusal of the engine on its way to its caller, with the names of what is in the way.
 *
 * Most refusals have nothing in the way, or a caller who is not told of it, and go out at once on the thread that has
 * them. The others take a turn on a reader's thread, each time anew: one that was kept (engine/refusal_cache.h) names
 * nobody. Where no reader is free the refusal goes out without names: they are a courtesy, the refusal is not. It
 * refuses to tell guests and bookers anything. */
#ifndef NIGHTLATCH_API_NAMED_REFUSAL_H
#define NIGHTLATCH_API_NAMED_REFUSAL_H

#include "api/call.h"
#include "api/desk_names.h"
#include "api/reply.h"

/* Whether this caller is told of something in the way, so that there is a name to look up. */
bool named_refusal_has_names(const struct call *call, const struct refusal *refusal);

/* Those names, or NULL where there are none, or `reader` is NULL. On the reader's thread. */
const struct desk_names *named_refusal_look_up(struct call *call, struct reader *reader, const struct refusal *refusal);

/* Ends the call with what the engine refused it for. `alternatives` is a JSON array in the call's arena, empty for
 * none. Any thread that has the call. */
void named_refusal_send(struct call *call, struct str alternatives);

/* The same on a reader's thread; `reader` may be NULL. */
void named_refusal_send_from(struct call *call, struct reader *reader, struct instead instead);

#endif
