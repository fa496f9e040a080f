/* Many requests with a few connections: each connection sends the next as soon as it has its answer.
 *
 * Requests are sent again, with the key they had, when a connection is lost or the server is busy; so each must carry
 * an Idempotency-Key. It refuses to know what is sent. One thread, its own loop. */
#ifndef NIGHTLATCH_CMD_IMPORT_SEND_H
#define NIGHTLATCH_CMD_IMPORT_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct import_send {
    const char *place; /* net/client.h */
    size_t clients;
    size_t count; /* requests 0..count-1, begun in this order */
    /* Writes the whole request number `item`, its step 0 or a later one, to malloc'ed memory that is freed here; empty
     * when there is nothing to send for it. */
    struct str (*request)(size_t item, int step, void *user);
    /* What came of it. True: send its next step. */
    bool (*answer)(size_t item, int step, int status, struct str body, void *user);
    bool (*go_on)(void *user); /* false: begin no more requests */
    void *user;
};

/* True when every request that was begun has its answer; false with *err (ERR_UNAVAILABLE) when the server is gone, or
 * busy for long. */
bool import_send_run(const struct import_send *send, struct err *err) __attribute__((warn_unused_result));

#endif
