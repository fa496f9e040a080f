/* An HTTP/1.1 server over libuv: listeners, connections, deadlines and limits; the requests themselves are someone
 * else's.
 *
 * One loop thread reads, judges framing (http.h) and hands each complete request to a handler. A reply comes back at
 * once or later and from any thread. The server refuses to know resources, JSON, roles and TLS, to run two requests of
 * one connection at the same time (RFC 9112 9.3.2 allows that for safe methods only), and to hold a reply for a client
 * that does not read: what is unsent is bounded and has a deadline.
 *
 * Threads: everything is for the loop thread but server_reply(), server_reply_queue(), server_wake(),
 * server_read_counters() and the accessors of a request, which whoever holds the request may call.
 *
 * SIGPIPE is ignored for the whole process from server_new() on, because libuv writes with writev(2). */
#ifndef NIGHTLATCH_NET_SERVER_H
#define NIGHTLATCH_NET_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/http.h"
#include "net/http_writer.h"
#include "net/peer.h"

struct server;
struct server_request;

/* Where the server's time comes from. */
struct server_clock {
    uint64_t (*monotonic_ms)(void *user); /* never decreases; NULL: the loop's own time, uv_now() */
    int64_t (*wall_s)(void *user);        /* seconds since 1970, UTC, for Date; NULL: no Date field is sent */
    void *user;
};

/* Start from server_settings_default(). All times in milliseconds. */
struct server_settings {
    struct http_limits http;
    struct server_clock clock;
    uint32_t connection_max;  /* 8192 */
    uint32_t health_reserve;  /* 64: the last of them, which only health requests may use */
    uint32_t anonymous_max;   /* 64: connections per address whose last request carried no valid credential */
    uint32_t head_timeout;    /* 10,000 from the first byte of a request to the end of its head */
    uint32_t body_timeout;    /* 30,000 from the end of the head to the end of the body */
    uint32_t body_grace;      /* 5,000 before the rate is looked at */
    uint32_t body_rate;       /* 500 bytes per second, on average since the grace */
    uint32_t idle_timeout;    /* 15,000 without a byte between requests, and before the first */
    uint32_t write_timeout;   /* 15,000 without a byte of a reply being taken */
    uint32_t linger_timeout;  /* 2,000 of reading on after the last reply, so that it is not lost in a reset */
    uint32_t drain_idle;      /* 200: how long an idle connection lives on while draining */
    uint64_t body_max;        /* 64 KiB, unless admit() says otherwise */
    uint64_t body_memory_max; /* 256 MiB of bodies held at once by all connections */
    size_t reply_memory_max;  /* 16 MiB in a request's arena beyond its head and body */
    size_t unsent_max;        /* 256 KiB unsent on a connection before its next request is looked at */
    int backlog;              /* 1024 */
    uint64_t seed;            /* of the table of addresses; any random number */
};

struct server_settings server_settings_default(void);

/* What the head of a request allows it; filled with the defaults before admit() is asked. */
struct server_admission {
    uint64_t body_max; /* bytes; more is 413, before any of it is read when the length is announced; at most 4 GiB */
    uint32_t body_timeout; /* milliseconds */
    bool health;           /* may use the reserve, and counts for no address */
};

/* One reply. The server adds status line, Date, Content-Length and Connection, leaves the body out for HEAD, and knows
 * when to close. */
struct server_reply {
    int status;                   /* 200 to 599 */
    struct http_fields fields;    /* in the request's arena; zero-initialised: none */
    struct str body;              /* in the request's arena, static, or owned by `owner` */
    void (*release)(void *owner); /* loop thread, once the body is no longer needed; NULL: nothing to do */
    void *owner;
    bool authenticated; /* the request carried a valid credential */
    bool close;         /* close the connection after this reply */
};

/* The other half of the server. Every function runs on the loop thread and must not take longer than a millisecond. */
struct server_handler {
    /* A head is complete, its body not yet read. May be NULL. */
    void (*admit)(const struct http_request *request, const struct peer *peer, struct server_admission *admission,
                  void *user);
    /* A request is complete. It must be answered exactly once, now or later; until then the request and all its views
     * stay valid, also when the client goes away (the reply is dropped then). */
    void (*handle)(struct server_request *request, void *user);
    /* Fills fields and body of a reply the server makes on its own; its status is set. `request` is NULL when the head
     * was not complete, and holds no more than what was understood when the head itself is refused. May be NULL: a
     * reply without a body. */
    void (*render_error)(enum http_refusal refusal, const struct http_request *request, struct arena *arena,
                         struct server_reply *reply, void *user);
    /* Whether the limit per address is not for this one, a configured proxy. May be NULL: nobody is. Unix sockets
     * have no address and no limit. */
    bool (*is_exempt)(const struct peer *peer, void *user);
    void *user;
};

/* A server without listeners on `loop`, which must outlive it. `settings` and `handler` are copied. NULL with a failure
 * when memory or the loop's wake-up is not to be had. */
struct server *server_new(uv_loop_t *loop, const struct server_settings *settings, const struct server_handler *handler,
                          struct err *err) __attribute__((warn_unused_result));

/* Listens on "HOST:PORT": an IPv4 address, a bracketed IPv6 address or a name, which is looked up (blocking; every
 * address found is listened on). Port 0 picks a free one; *ret_port, when not NULL, says which. `tag` comes back from
 * server_request_tag(). False with ERR_USAGE for a malformed place, ERR_UNAVAILABLE when it is taken. */
bool server_listen(struct server *server, struct str place, int tag, uint16_t *ret_port, struct err *err)
    __attribute__((warn_unused_result));

/* Listens on a unix socket that only this user may connect to: it has mode 0600 from the instant it exists. A socket
 * left behind that nobody answers on is replaced; anything else at `path` is a failure (ERR_UNAVAILABLE). The socket is
 * removed when listening ends. Its connections count for no limit but that of open files: whoever may connect could as
 * well stop the server. */
bool server_listen_local(struct server *server, const char *path, int tag, struct err *err)
    __attribute__((warn_unused_result));

/* What was asked; valid until replied. */
const struct http_request *server_request_http(const struct server_request *request);
/* Who asked; valid until replied. */
const struct peer *server_request_peer(const struct server_request *request);
/* The tag of the listener it came in by. */
int server_request_tag(const struct server_request *request);
/* Memory for the reply and for what leads to it; belongs to whoever holds the request, lives until the reply is sent.
 * Its limit is settings.reply_memory_max beyond what the request itself takes. */
struct arena *server_request_arena(struct server_request *request);
/* A place for the handler's own pointer, NULL at first. */
void **server_request_context(struct server_request *request);
/* The server it belongs to. */
struct server *server_request_server(const struct server_request *request);

/* Answers. The request is no longer the caller's. Within handle() the reply is taken at once, otherwise it is queued
 * and the loop woken. */
void server_reply(struct server_request *request, const struct server_reply *reply);

/* Queues an answer without waking the loop, for a batch that ends with one server_wake(). */
void server_reply_queue(struct server_request *request, const struct server_reply *reply);
void server_wake(struct server *server);

/* Ends every listener; requests under way are answered, with Connection: close; idle connections are closed after
 * settings.drain_idle. `on_drained` runs on the loop once no connection and no unanswered request is left, at the
 * earliest in the next turn of the loop. Repeating it changes only whom to tell. */
void server_drain(struct server *server, void (*on_drained)(void *user), void *user);

/* Closes listeners and connections at once. No other thread may answer requests any more: those that are open die with
 * the server. `on_closed` runs on the loop when all handles are closed; then, and only then, server_free() may be
 * called. */
void server_close(struct server *server, void (*on_closed)(void *user), void *user);
void server_free(struct server *server);

/* Looks for deadlines that have passed by the server's clock. The server does so by itself 8 times a second of the
 * loop's time; with a clock that is moved by hand, whoever moves it calls this. */
void server_check_deadlines(struct server *server);

struct server_counters {
    uint64_t connections_open;     /* now */
    uint64_t connections_accepted; /* ever, as all below */
    uint64_t requests;             /* handed to the handler */
    uint64_t requests_open;        /* now: handed over and not answered */
    uint64_t replies[6];           /* by the first digit of the status; refusals included */
    uint64_t replies_dropped;      /* the client was gone */
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t closed_idle;    /* idle_timeout */
    uint64_t closed_stalled; /* write_timeout */
    uint64_t closed_broken;  /* reset by the client, or ended amid a request */
    uint64_t closed_crowded; /* anonymous_max */
    uint64_t turned_away;    /* connections dropped without a word, far above connection_max */
    uint64_t refusals[HTTP_REFUSAL_COUNT];
};

/* Any thread. Each number is right, but they are not of one instant. */
void server_read_counters(const struct server *server, struct server_counters *ret_counters);

#endif
