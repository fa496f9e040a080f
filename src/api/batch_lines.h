/* A batch one by one: each line is a command of its own, with its own commit and its own outcome.
 *
 * The lines go through the engine one after another, in their order, and what one is refused for is nothing to the
 * others. With an Idempotency-Key each line has a key that is made of it and of the line's number, so that the same
 * request again repeats nothing, wherever the first one broke off. It refuses to undo anything: who wants that asks for
 * all or nothing. */
#ifndef NIGHTLATCH_API_BATCH_LINES_H
#define NIGHTLATCH_API_BATCH_LINES_H

#include "api/call.h"

/* Ends the call with IDEMPOTENCY_KEY_REUSED, and is true, where its key was used for another request: as a whole, or
 * for any of as many lines. On a reader's thread, once the batch is complete. */
bool batch_lines_refuse_reused(struct call *call, struct reader *reader, bool one_by_one);

/* Sends the first line; the call ends with the result of the last. The call's command is the whole batch. On a reader's
 * thread. */
void batch_lines_start(struct call *call, struct reader *reader);

#endif
