/* What server.c (listeners, life and death, the queue of replies) and connection.c (one client) share.
 *
 * Nobody outside src/net includes it. Everything belongs to the loop thread but for two things: `completed`, onto which
 * any thread pushes, and the counters, which any thread reads. */
#ifndef NIGHTLATCH_NET_SERVER_INTERN_H
#define NIGHTLATCH_NET_SERVER_INTERN_H

#include <stdatomic.h>

#include "net/deadlines.h"
#include "net/server.h"

enum {
    SERVER_READ_BUFFER = 16 << 10,   /* also the most that a connection can stash */
    SERVER_POOL_MAX = 256,           /* request objects kept for the next request */
    SERVER_TURNED_AWAY_MARGIN = 64,  /* connections above the limit that still hear 503 */
    SERVER_KEPT_ARENA = 16 << 10,    /* a request that used more gives its memory back to the heap */
    SERVER_HEAD_MEMORY = 256 << 10,  /* in a request's arena for its head and what is decoded from it */
    SERVER_REPLY_HEAD_MEMORY = 8192, /* always there for the head of a reply and for an error */
};

/* What admit() may allow at most: a body is held in memory. */
#define SERVER_BODY_MAX (UINT64_C(1) << 32)

/*   WAITING --byte--> HEAD --head complete--> BODY --body complete--> HANDLING --reply--> WAITING
 *   HEAD, BODY --refused--> WAITING with `last`
 *   WAITING with `last` and everything sent --> LINGERING --end of input or time--> CLOSED
 *   any of them --broken--> CLOSED                                                          */
enum conn_phase {
    CONN_WAITING,   /* for the first byte of a request; conn->request is NULL */
    CONN_HEAD,      /* conn->request is being read */
    CONN_BODY,      /* likewise */
    CONN_HANDLING,  /* conn->request is the handler's */
    CONN_LINGERING, /* our side is shut down; what still comes is thrown away */
    CONN_CLOSED,    /* uv_close() is under way */
};

/* Bytes to be sent, in order; lives in a request. */
struct out {
    struct out *next;
    struct str parts[2];
    size_t sent;                  /* bytes, counted over both parts */
    struct server_request *owner; /* given back when all is sent; NULL for the interim reply */
};

/* Links of a ring of open requests; the head is in the server. */
struct request_link {
    struct request_link *older;
    struct request_link *newer;
};

struct server_request {
    struct request_link open; /* first, so that a link is its request; set while the handler has it */
    struct server *server;
    struct conn *conn;           /* NULL once the client has gone */
    struct server_request *next; /* in the pool, or among the completed */
    struct http_reader reader;
    struct arena arena;
    struct server_admission admission;
    struct peer peer; /* a copy: the connection may go first */
    int tag;
    bool replied; /* written by whoever replies */
    struct server_reply reply;
    struct out interim; /* 100 Continue */
    struct out out;
    char *body; /* in the arena */
    size_t body_len;
    size_t body_capacity;
    void *context;
};

struct conn {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct server *server;
    struct conn *older; /* all connections of the server */
    struct conn *newer;
    struct deadline deadline;
    struct server_request *request;
    struct out *out_first;
    struct out *out_last;
    size_t unsent;     /* bytes in `out` */
    size_t write_len;  /* bytes of it that uv_write() has; 0: no write under way */
    uint64_t since_ms; /* when the phase began */
    uint64_t write_ms; /* when the write under way began */
    uint64_t body_in;  /* bytes of body since `since_ms` */
    char *stash;       /* owned; bytes that came before their turn */
    size_t stash_len;  /* bytes */
    size_t stash_at;   /* how many of them have been read */
    union {
        uv_write_t write;
        uv_shutdown_t shutdown; /* only once nothing is left to write */
    } req;
    struct peer peer;
    int tag;
    enum conn_phase phase;
    bool reading;
    bool eof;     /* the client has shut down its side */
    bool last;    /* no further request is read */
    bool reserve; /* above the limit: for health only */
    bool counted; /* in server->addresses */
};

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct server *server;
    struct listener *next;
    char *path; /* owned; NULL for TCP */
    int tag;
    bool accept_due; /* a connection waits that there was no memory for */
};

struct server {
    uv_loop_t *loop;
    struct server_settings settings;
    struct server_handler handler;
    uv_async_t wake;
    uv_timer_t timer;
    struct listener *listeners;
    struct conn *conns;
    uint32_t conn_count;
    size_t handle_count; /* handles not yet closed: wake, timer, listeners, connections */
    struct server_request *pool;
    size_t pool_count;
    struct request_link open; /* ring head of requests that handlers have */
    _Atomic(struct server_request *) completed;
    struct deadlines deadlines;
    struct peer_counts addresses;
    uint64_t body_memory; /* bytes of bodies held by all requests */
    struct server_counters counters;
    int64_t date_s;
    char date[HTTP_DATE_LEN];
    bool ticking;
    bool draining;
    bool closing;
    void (*on_drained)(void *user);
    void *drained_user;
    void (*on_closed)(void *user);
    void *closed_user;
    char read_buffer[SERVER_READ_BUFFER];
};

/* One thread writes, any reads: no locked instruction is needed. */
static inline void
counter_add(uint64_t *counter, uint64_t more)
{
    __atomic_store_n(counter, *counter + more, __ATOMIC_RELAXED);
}

static inline void
counter_subtract(uint64_t *counter, uint64_t less)
{
    __atomic_store_n(counter, *counter - less, __ATOMIC_RELAXED);
}

/* server.c */
/* Sends what other threads have answered meanwhile; between two events of the loop, never within one. */
void server_send_completed(struct server *server);
uint64_t server_now_ms(const struct server *server);
struct str server_date(struct server *server);
/* A request object, from the pool if there is one; NULL without memory. */
struct server_request *server_request_new(struct server *server);
/* Releases its reply and takes it back. */
void server_request_free(struct server_request *request);
/* Hands it to the handler; true when it was answered at once. */
bool server_request_dispatch(struct server_request *request);
/* Something may have been the last thing a drain waited for. */
void server_check_drained(struct server *server);
/* A handle of the server has been closed. */
void server_handle_closed(struct server *server);
/* Deadlines exist: keep the timer going. */
void server_tick_on(struct server *server);

/* connection.c */
/* Takes the connection that waits at the listener. False when there was no memory, and it still waits. */
bool conn_accept(struct listener *listener);
/* The reply to conn->request is in its `reply`. */
void conn_complete(struct conn *conn);
/* Its deadline has passed. */
void conn_expire(struct conn *conn);
/* The server has begun to drain. */
void conn_drain(struct conn *conn);
/* Closes at once. A request under way stays the handler's. */
void conn_close(struct conn *conn);

#endif
