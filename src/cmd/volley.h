/* Many HTTP clients that ask at the same moment: a volley.
 *
 * Every client has a connection of its own, made before the first shot, so that the requests leave together and not
 * one handshake after another. For the race and for measurements; it refuses to repeat a request. */
#ifndef NIGHTLATCH_CMD_VOLLEY_H
#define NIGHTLATCH_CMD_VOLLEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct volley_count {
    int64_t created, conflict, failed; /* 201, 409, 5xx */
    int64_t other;                     /* any other status */
    int64_t lost;                      /* no reply: refused, reset, timed out */
    int64_t first_other;               /* the first of `other`, for the one line that explains */
};

struct volley_settings {
    struct str place;  /* "HOST:PORT" */
    size_t clients;    /* connections, each of which sends one request per round */
    size_t rounds;     /* one after another */
    struct str warmup; /* a request that opens the connection; its answer is not counted */
    /* The request of a client in a round, complete; borrowed until the next call for the same client. */
    struct str (*request)(size_t client, size_t round, void *user);
    void *user;
    uint32_t timeout_ms; /* of one reply */
};

/* Runs it on this thread until the last answer. False with *err when no connection could be made at all. */
bool volley_run(const struct volley_settings *settings, struct volley_count *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
