/* Who is asking: the seam between the routes and whatever knows people and their tokens.
 *
 * An implementation answers from memory: asking costs no system call and no allocation, because it is done on the
 * network thread for every request. It refuses to know routes and to decide what a caller may do; that is the route
 * table's and the core's business. Everything here is for the network thread alone. */
#ifndef NIGHTLATCH_API_AUTH_H
#define NIGHTLATCH_API_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/id.h"
#include "core/role.h"
#include "net/http.h"
#include "net/peer.h"

struct principal_role {
    uint32_t property;
    enum role role;
};

struct principal {
    struct str actor; /* what the log will say: a public id, or "os:<uid>"; at most PRINCIPAL_ACTOR_MAX bytes */
    struct id id;     /* of the user or token: what its limits are counted under; none for no limits */
    struct id user;   /* the user, or the one whose token it is; none for whoever stands for themselves */
    bool owner;       /* of the installation: acts in every property */
    bool trusted;     /* the limits per token and per user are not for it */
    int64_t until_ms; /* of a token with an end: makes none that lasts longer; 0 for all others */
    const struct principal_role *roles; /* in order of property */
    size_t role_count;
};

enum { PRINCIPAL_ACTOR_MAX = 63 };

/* The role in a property; ROLE_NONE when it must look absent. Property 0 is the installation: ROLE_OWNER or none. */
enum role principal_role_in(const struct principal *principal, uint32_t property);

enum auth_result {
    AUTH_ANONYMOUS, /* no credential came with the request */
    AUTH_GOOD,
    AUTH_BAD, /* one came and is not valid (any more) */
    /* valid, but the request was not made by who it was given to: */
    AUTH_NO_CSRF_TOKEN,  /* a session without its CSRF token */
    AUTH_FOREIGN_ORIGIN, /* a session with it, from a page of another origin */
};

struct auth {
    /* AUTH_GOOD sets *ret_principal, which stays valid until the implementation is next told of a change, so: not
     * beyond the current turn of the loop. */
    enum auth_result (*identify)(struct auth *auth, const struct http_request *request, const struct peer *peer,
                                 const struct principal **ret_principal);
};

static inline enum auth_result
auth_identify(struct auth *auth, const struct http_request *request, const struct peer *peer,
              const struct principal **ret_principal)
{
    return auth->identify(auth, request, peer, ret_principal);
}

#endif
