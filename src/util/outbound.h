/* Requests to other servers: the seam through which the program speaks to the outside.
 *
 * A vtable, so that tests and simulations stand in for the network. It refuses to retry, to follow redirections and to
 * know what is asked for: one request, one answer or none. Whoever calls has no transaction open. */
#ifndef NIGHTLATCH_UTIL_OUTBOUND_H
#define NIGHTLATCH_UTIL_OUTBOUND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct outbound_request {
    struct str url;             /* https; http to this machine alone */
    struct str bearer;          /* of the Authorization field */
    struct str idempotency_key; /* of the field of that name */
    struct str body;            /* application/x-www-form-urlencoded (WHATWG URL 5.2) */
};

struct outbound_answer {
    int status;      /* of HTTP; 0: none came, and whether the request arrived is not known */
    struct str body; /* in the arena, at most OUTBOUND_BODY_MAX bytes; terminated */
};

enum { OUTBOUND_BODY_MAX = 65536 };

struct outbound {
    /* POSTs and waits, no longer than the implementation's limits. False with *err only when it could not even be
     * tried. */
    bool (*post)(struct outbound *outbound, const struct outbound_request *request, struct arena *arena,
                 struct outbound_answer *ret_answer, struct err *err);
    /* Makes a post() that is under way return soon, and every later one at once. Any thread. */
    void (*stop)(struct outbound *outbound);
};

/* By libcurl: certificates are verified, 10 s to connect, 30 s in all. For one thread but for stop(). NULL with a
 * failure. */
struct outbound *outbound_curl_new(struct err *err) __attribute__((warn_unused_result));
void outbound_curl_free(struct outbound *outbound);

#endif
