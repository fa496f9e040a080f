/* One request on its way: who asks, for what, in which property, and how far it has come.
 *
 * The order of checks is here and nowhere else: rates, route, shape, caller, property, role; then a reader or the
 * engine, which ask for existence, version, state, policy and capacity. A call lives in its request's arena and belongs
 * to one thread at a time: the network's, a reader's, or the engine's; it is handed on, never shared, and ends with its
 * reply. It refuses to know any resource: those are the files that handlers.h lists. */
#ifndef NIGHTLATCH_API_CALL_H
#define NIGHTLATCH_API_CALL_H

#include "api/auth.h"
#include "api/reader_pool.h"
#include "api/reply_cache.h"
#include "api/route.h"
#include "api/secret.h"
#include "engine/engine.h"
#include "net/server.h"
#include "util/shape.h"

struct api;

enum {
    REQUEST_ID_MAX = 128,      /* bytes of an X-Request-Id that is taken over */
    IDEMPOTENCY_KEY_MAX = 255, /* visible ASCII characters */
};

struct call {
    struct reader_job job; /* first: a reader gives it back */
    struct api *api;
    struct server_request *request;
    const struct http_request *http;
    struct arena *arena;       /* the request's */
    const struct route *route; /* NULL until one was found */
    struct route_match match;
    int64_t began_ns;   /* monotonic */
    struct peer client; /* whom the limits per address are for */
    struct str request_id;
    struct str origin; /* of a browser that may read the reply (CORS); empty for none */
    struct shape_report report;

    /* the caller */
    enum auth_result auth;
    struct str actor;
    struct id caller; /* what limits are counted under; none for no limits */
    struct id user;   /* who answers for what the caller makes; none for whoever stands for themselves */
    enum role role;   /* in the property */
    bool owner, trusted;
    int64_t until_ms;                   /* when the token it came with ends; 0 for never, or none */
    const struct principal_role *roles; /* in order of property */
    size_t role_count;
    struct id link; /* of a guest, by the text of their token; none for all others */
    unsigned char link_hash[SECRET_HASH_BYTES];

    /* what is asked for */
    struct id ids[ROUTE_IDS_MAX]; /* of the path */
    bool has_property;
    uint32_t property;
    struct id property_id;   /* none when the property was not named by its own id */
    const char *foreign;     /* a field that holds an id of another property: absent here; NULL for none */
    bool has_match;          /* If-Match came */
    struct str alternatives; /* to what was refused, while names are looked up for it; a JSON array */
    bool completed;          /* by load() from a version that the caller did not name */
    bool dry_run;
    struct engine_request engine; /* the command, for routes that write */
    void *asked;                  /* what else shape() found, for load() and render(); in the arena */
    void (*send)(struct call *call, struct reader *reader); /* set by render() of a reply that wants a reader */

    /* where it is */
    bool on_engine;              /* the engine wakes the loop once for many replies */
    bool submitted;              /* the engine's part is to be ended with the reply */
    bool hold_begun;             /* as is a hold that counts for the limits */
    int64_t hold_ahead;          /* from limits_begin_hold() */
    struct cache_asker asker;    /* for replies that are kept */
    struct cache_entry *filling; /* the entry that this call's reply goes into; NULL for none */
    int64_t right_at_seq;        /* set by load() of such a route: the log it read ... */
    int64_t right_until_ms;      /* ... and when the clock alone makes the reply wrong */
};

/* Takes a request from the network thread to its reply. */
void call_handle(struct server_request *request, void *user);

/* --- for shape(): reading what is common --- */

/* The id of a property that leads the call, `need` as in shape_field(). */
void call_shape_property(struct call *call, struct shape *shape, unsigned need);

/* An id of something in the call's property; the first one read decides which that is when nothing else did, and one of
 * another property makes the call end as NOT_FOUND once the caller is known. */
enum shape_is call_shape_id(struct call *call, struct shape_field field, enum id_kind kind, struct id *ret_id);

/* `limit` (1 to 200, default 50) and `after` of a page. */
struct page {
    int64_t limit;
    struct str after; /* the bytes a cursor stands for, in the arena; empty at the beginning */
};
void call_shape_page(struct call *call, struct shape *query, size_t cursor_len, struct page *ret_page);

/* `after` alone. */
void call_shape_cursor(struct call *call, struct shape *query, size_t cursor_len, struct str *ret_after);

/* An object of `size` zeroed bytes in the arena as call->asked; never NULL: an arena that is full gives a spare one and
 * latches, and the call then ends as BUSY_RETRY. */
void *call_ask(struct call *call, size_t size);

/* --- for load() --- */

/* The house of the call's property. NULL when it was answered: NOT_FOUND, or a failure. */
const struct house_entry *call_house(struct call *call, struct reader *reader);

/* True when `status` is DB_OK. Otherwise the call was answered: NOT_FOUND for DB_NO_ROW, or the failure. */
bool call_check(struct call *call, struct reader *reader, enum db_status status) __attribute__((warn_unused_result));

/* Sends the call to a reader's thread. */
void call_read(struct call *call);

/* Sends the call on to a reader's thread, from whichever has it, to be gone on with by job->run; &call->job does. False
 * when too many wait: the call is still the caller's. */
bool call_hand_to_reader(struct call *call, struct reader_job *job) __attribute__((warn_unused_result));

/* Notes what makes this request the same as another, for one with a key that is not submitted as it is. */
void call_take_fingerprint(struct call *call);

/* Sends the command to the engine, now that it is complete. */
void call_submit(struct call *call);

/* For routes that need If-Match, once what they name was found in its version: true when it came, otherwise the call
 * was answered, with the tag to send. The caller may see the version. */
bool call_require_match(struct call *call, int64_t version) __attribute__((warn_unused_result));

/* Of a command whose other fields load() has taken from the object in this version: it holds for no other, even where
 * the caller said If-Match: *, so that what somebody else changes meanwhile is not put back. */
void call_completed_from(struct call *call, int64_t version);

/* The name of a cursor: base64url of these bytes, in the call's arena. */
struct str call_write_cursor(struct call *call, const void *bytes, size_t len);

/* Now: the wall clock, ms. */
int64_t call_now_ms(const struct call *call);

#endif
