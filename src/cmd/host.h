/* A whole server in one place: database, engine, API, network, put together and taken apart in order.
 *
 * `serve` hosts one on the main thread, `demo`, `race` and `bench` a scratch one on a thread of its own. It refuses to
 * know what it is hosted for. */
#ifndef NIGHTLATCH_CMD_HOST_H
#define NIGHTLATCH_CMD_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "api/limits.h"
#include "api/proxy.h"
#include "base/err.h"
#include "util/log.h"

struct host;

/* What a caller and all callers together may ask for. Start from host_limits_default(). */
struct host_limits {
    int64_t connections, address_connections; /* at once; the second without a valid credential */
    int64_t queued;                           /* commands that may wait */
    struct limits_settings callers;
};

struct host_limits host_limits_default(void);

struct host_settings {
    const char *db;                   /* URL */
    const char *listen;               /* "HOST:PORT"; port 0 picks one; NULL: none, for the control socket alone */
    bool behind_proxy;                /* the outside is TLS, which a proxy speaks */
    struct proxies proxies;           /* that are believed when they say for whom they ask */
    const char *key_file;             /* of secrets that are kept encrypted; NULL: none can be kept */
    const char *origins;              /* of pages that may read replies, with commas between; NULL: none */
    const struct host_limits *limits; /* copied; NULL: host_limits_default() */
    int64_t wait_ms;                  /* for another process that has the database to end; 0: not at all */
    bool control_socket;              /* also listen on `<db>.sock`, for this user's own commands */
    int64_t sweep_interval_ms;        /* 0: never */
    int64_t refund_wait_ms;           /* between two attempts at a refund, the first two; 0: none is sent out */
    int64_t slow_ms;                  /* commands that take as long are logged; 0: none are */
    struct log *log;                  /* borrowed; may be NULL */
    bool owner_token;      /* make a token for an owner that lives as long as the host, see host_owner_token() */
    bool first_owner_link; /* make a link for the first owner while there is none, see host_setup_secret() */
    bool ends_on_signals;  /* from host_new() on SIGINT and SIGTERM end host_run(), even before it has begun */
};

/* Everything is open and listening; nothing is answered before host_run(). NULL with a failure. */
struct host *host_new(const struct host_settings *settings, struct err *err) __attribute__((warn_unused_result));

uint16_t host_port(const struct host *host);

/* The bearer token asked for by `owner_token`; as long as the host. */
const char *host_owner_token(const struct host *host);

/* The secret of the link for the first owner, which works once and makes every earlier one void; NULL when there is an
 * owner. As long as the host. */
const char *host_setup_secret(const struct host *host);

/* Serves on this thread until host_stop() or, with `ends_on_signals`, SIGINT or SIGTERM; then drains: nothing
 * acknowledged is lost, what is under way is answered. False with *err when a commit's outcome became unknown (ERR_IO):
 * the process must end at once. */
bool host_run(struct host *host, struct err *err) __attribute__((warn_unused_result));

/* Ends host_run(), from any thread. */
void host_stop(struct host *host);

/* Runs the host on a thread of its own. host_join() ends and frees it; false with *err as host_run(). */
bool host_start_thread(struct host *host, struct err *err) __attribute__((warn_unused_result));
bool host_join(struct host *host, struct err *err) __attribute__((warn_unused_result));

/* Takes everything apart. Not while it runs. NULL is allowed. */
void host_free(struct host *host);

#endif
