/* Calls whose reply is kept: finding it, filling it, and telling those who wait.
 *
 * The bridge between calls and reply_cache.h. It refuses to keep anything but 200 replies; every other one is given to
 * its own caller alone, and those who waited are answered for themselves. */
#ifndef NIGHTLATCH_API_FILLING_H
#define NIGHTLATCH_API_FILLING_H

#include "api/reply.h"

/* Answers the call from the cache, or lets it wait for or become who fills. Network thread. */
void filling_start(struct call *call);

/* For who fills, inside its snapshot: true when the body from before is still right and everybody was answered. */
bool filling_revalidate(struct call *call, struct reader *reader);

/* Takes the reply of a call that fills: true when it was the kept one and everybody was answered with it. */
bool filling_take_reply(struct call *call, const struct reply *reply);

#endif
