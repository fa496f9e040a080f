/* A client's side of one keep-alive connection: requests out, replies in, failures by name.
 *
 * One request at a time; the connection is made when it is first needed and made again after it was lost. It refuses to
 * retry (only the caller knows what may run twice), to follow redirects, to speak TLS and to pool: whoever wants N
 * connections makes N clients. Everything runs on the loop's thread and in the loop's time.
 *
 * SIGPIPE is ignored for the whole process from client_new() on, because libuv writes with writev(2). */
#ifndef NIGHTLATCH_NET_CLIENT_H
#define NIGHTLATCH_NET_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "base/err.h"
#include "base/str.h"
#include "net/http_reply.h"

struct client;

enum client_outcome {
    CLIENT_OK,
    CLIENT_REFUSED,   /* nobody listens there, or no way leads there in time; the request has not been sent */
    CLIENT_RESET,     /* the connection ended before the reply was complete; whether it was handled is unknown */
    CLIENT_TIMEOUT,   /* the reply did not come in time; likewise */
    CLIENT_BAD_REPLY, /* what came is not a reply, or is larger than allowed; likewise */
    CLIENT_CANCELLED, /* client_free() while it was under way; likewise */
};

/* "refused", "reset" and so on. */
const char *client_outcome_name(enum client_outcome outcome);

/* Start from client_settings_default(). */
struct client_settings {
    struct http_limits http;
    uint32_t connect_timeout; /* 5,000 ms */
    uint32_t reply_timeout;   /* 30,000 ms from sending to the end of the reply; 0: none */
    uint64_t body_max;        /* 16 MiB */
};

struct client_settings client_settings_default(void);

/* What became of a request. `reply` is NULL unless `outcome` is CLIENT_OK and valid until this returns; the next
 * request may be sent from here. Never called from within client_send(). */
typedef void client_done(struct client *client, enum client_outcome outcome, const struct http_reply *reply,
                         void *user);

/* A client of "HOST:PORT" (an address, a bracketed IPv6 address or a name, looked up here and now, blocking; the first
 * address is used) or "unix:PATH". Nothing is connected yet. NULL with ERR_USAGE or ERR_MEMORY. `settings` is copied.
 */
struct client *client_new(uv_loop_t *loop, struct str place, const struct client_settings *settings, struct err *err)
    __attribute__((warn_unused_result));

/* Sends the bytes of one request, complete with head and body, borrowed until `done` is called. `to_head` says that it
 * is a HEAD request. Asserts that none is under way. */
void client_send(struct client *client, struct str request, bool to_head, client_done *done, void *user);

/* Whether a connection is open at this moment. */
bool client_is_connected(const struct client *client);

/* Closes; a request under way ends as CLIENT_CANCELLED. The client is freed by the loop later, which then calls
 * `on_freed`, unless that is NULL. */
void client_free(struct client *client, void (*on_freed)(void *user), void *user);

#endif
