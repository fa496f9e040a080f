/* From method and path to the row of route.def that serves them.
 *
 * The paths become a tree of their pieces once, at start; finding a route walks it and takes no memory. A literal piece
 * wins over an id. It refuses to know what a route does, and to be lenient: no trailing slash, no case folding. The
 * table is constant and the tree does not change after routes_new(), so any thread may look things up. */
#ifndef NIGHTLATCH_API_ROUTE_H
#define NIGHTLATCH_API_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/id.h"
#include "core/role.h"
#include "net/http.h"

struct call;
struct reader;
struct shape;
struct engine_result;
struct text;

enum route_name {
#define ROUTE(name, method, path, property, roles, flags, body, shape, load, render, summary) ROUTE_##name,
#include "api/route.def"
#undef ROUTE
    ROUTE_COUNT
};

/* What leads to the property a request is about. */
enum route_property {
    ROUTE_PROPERTY_NONE, /* the installation itself */
    ROUTE_PROPERTY_PATH,
    ROUTE_PROPERTY_BODY,
    ROUTE_PROPERTY_QUERY,
    ROUTE_PROPERTY_LINK, /* the guest's link that the caller comes by */
};

enum route_flags {
    ROUTE_WRITES = 1,  /* a command: takes Idempotency-Key, If-Match and ?dry_run */
    ROUTE_MATCHES = 2, /* needs If-Match */
    ROUTE_CACHED = 4,  /* the reply may be kept as long as the property's log does not move on */
    ROUTE_INLINE = 8,  /* load() runs on the loop's thread and gets no reader */
    ROUTE_PEOPLE = 16, /* its command is the installation's, whatever property it gives a role in */
    ROUTE_CSV = 64,    /* the body is a file of text/csv, which is not shaped */
    ROUTE_RAW = 128,   /* load() takes the body as the bytes it is; it is not read as JSON before */
    ROUTE_SECRET = 32, /* body or reply hold a secret: the reply is not given twice, and no hash of the body is kept */
};

/* Bits of roles; ROLE_BIT(ROLE_ADMIN). The last two are about callers without a role in the property. */
#define ROLE_BIT(role) (1u << (role))
#define ROLES_GUEST ROLE_BIT(ROLE_GUEST) /* goes with ROUTE_PROPERTY_LINK, and neither goes without the other */
#define ROLES_OWN ROLE_BIT(ROLE_OWNER)
#define ROLES_GOVERN (ROLES_OWN | ROLE_BIT(ROLE_ADMIN))
#define ROLES_MANAGE (ROLES_GOVERN | ROLE_BIT(ROLE_MANAGER))
#define ROLES_STAFF (ROLES_MANAGE | ROLE_BIT(ROLE_FRONT_DESK))
#define ROLES_CLEAN (ROLES_STAFF | ROLE_BIT(ROLE_HOUSEKEEPING))
#define ROLES_BOOK (ROLES_STAFF | ROLE_BIT(ROLE_BOOKER))
#define ROLES_SEE_LOG (ROLES_STAFF | ROLE_BIT(ROLE_VIEWER))
#define ROLES_SEE_BOOKINGS (ROLES_BOOK | ROLE_BIT(ROLE_VIEWER))
#define ROLES_SEE (ROLES_SEE_BOOKINGS | ROLE_BIT(ROLE_HOUSEKEEPING))
#define ROLES_SIGNED_IN (1u << 30) /* whoever has a valid credential */
#define ROLES_PUBLIC (1u << 31)    /* anybody */

enum {
    ROUTE_BODY_SMALL = 64 << 10, /* bytes */
    ROUTE_BODY_HOOK = 256 << 10, /* what a provider sends */
    ROUTE_BODY_FILE = 1 << 20,   /* two thousand lines */
    ROUTE_BODY_BULK = 1 << 20,   /* five hundred rooms; a hundred of the longest reasons, escaped */
    ROUTE_IDS_MAX = 2,           /* ids in one path */
};

struct route {
    enum route_name name;
    enum http_method method;
    struct str method_name;
    const char *path;
    enum route_property property;
    unsigned roles;
    unsigned flags;
    uint64_t body_max;
    /* Reads query and body (NULL when the route takes none) into the call; problems go to its report. Loop thread. */
    void (*shape)(struct call *call, struct shape *query, struct shape *body);
    /* Makes the reply of a read, or completes a command. A reader's thread, or the loop's with ROUTE_INLINE. */
    void (*load)(struct call *call, struct reader *reader);
    /* Makes the reply of a command that had an effect. The engine's thread. */
    void (*render)(struct call *call, const struct engine_result *result);
    const char *summary;
};

/* The row of a route; never NULL. */
const struct route *route_get(enum route_name name);

/* The kind of id that a piece of a path like "{room_type_id}" stands for; false for a literal piece. */
bool route_piece_kind(struct str piece, enum id_kind *ret_kind) __attribute__((warn_unused_result));

/* One tree per process is enough; the caller owns it. NULL without memory. */
struct routes;
struct routes *routes_new(struct err *err) __attribute__((warn_unused_result));
void routes_free(struct routes *routes);

enum route_found {
    ROUTE_FOUND,
    ROUTE_NO_PATH,   /* nothing has this path */
    ROUTE_NO_METHOD, /* something has, but not with this method */
};

struct route_match {
    const struct route *route;     /* with ROUTE_FOUND */
    struct str ids[ROUTE_IDS_MAX]; /* the pieces that stand where the path has ids, as they came */
    enum id_kind kinds[ROUTE_IDS_MAX];
    size_t id_count;
    unsigned allowed; /* bits 1 << enum http_method of what the path takes, HEAD and OPTIONS included */
};

/* HEAD finds what GET finds. `segments` are those of struct http_request. */
enum route_found routes_find(const struct routes *routes, enum http_method method, const struct str *segments,
                             size_t segment_count, struct route_match *ret_match);

/* "GET, HEAD, OPTIONS", for an Allow field; the longest has ROUTE_ALLOW_SIZE bytes with its terminator. */
enum { ROUTE_ALLOW_SIZE = 64 };
void route_write_allow(unsigned allowed, char ret_text[ROUTE_ALLOW_SIZE]);

#endif
