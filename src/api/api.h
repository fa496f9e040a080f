/* The HTTP interface: requests become commands and queries, decisions and rows become replies.
 *
 * api_new() gives the handler for net/server.h. It refuses to open sockets, to write to the database (commands go to
 * the engine) and to read a clock of its own. handle() runs on the server's loop; reads run on threads of the API's
 * own; replies to commands are rendered on the engine's thread. */
#ifndef NIGHTLATCH_API_API_H
#define NIGHTLATCH_API_API_H

#include "api/auth.h"
#include "api/limits.h"
#include "api/proxy.h"
#include "engine/engine.h"
#include "net/server.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/random.h"
#include "util/sealer.h"

struct api;

/* What a link is for. */
enum api_link {
    API_LINK_INVITATION,
    API_LINK_RESET,
};

/* Whoever sends links by mail. Called on the engine's thread; takes copies and returns at once. Without one, links are
 * given to whoever asks for them on someone's behalf, and nobody can ask for themselves. */
struct api_mail {
    void (*send_link)(struct api_mail *mail, enum api_link link, struct str email, struct str secret);
};

/* Start from API_SETTINGS_DEFAULT. Everything that is pointed to is borrowed and must outlive the API. */
struct api_settings {
    struct engine *engine;
    struct db *db; /* for readers; the one the engine writes to */
    const struct clock *clock;
    struct clock_guard *guard; /* whose clock `clock` is, to be seen and accepted; NULL: it is always believed */
    struct random *random;     /* fit for secrets; api_new()'s thread and the network's */
    struct auth *auth;
    struct api_mail *mail;       /* may be NULL */
    const struct sealer *sealer; /* of secrets that are used again; NULL: none can be kept */
    bool secure_cookies;         /* the outside is TLS */
    struct proxies proxies;      /* that are believed when they say for whom they ask */
    struct log *log;             /* may be NULL */
    struct limits_settings limits;
    size_t reader_count;
    size_t reader_queue; /* jobs that may wait for a reader; more are refused as BUSY_RETRY */
    size_t password_threads;
    size_t password_queue;     /* passwords that may wait to be hashed; more are refused as BUSY_RETRY */
    size_t cache_bytes;        /* of kept replies */
    const struct str *origins; /* origins of pages that may read replies: "https://desk.example" */
    size_t origin_count;
    const char *zone_directory;         /* of the time zone database */
    const char *(*unready)(void *user); /* NULL while ready, else a sentence for /readyz; any thread; may be NULL */
    void *user;
};

#define API_SETTINGS_DEFAULT                                                                                           \
    {                                                                                                                  \
        .limits = limits_settings_default(), .reader_count = 2, .reader_queue = 1024, .password_threads = 2,           \
        .password_queue = 32, .cache_bytes = 12u << 20, .zone_directory = "/usr/share/zoneinfo"                        \
    }

/* Starts the readers. The database is migrated already. *ret_handler is to be given to server_new(), and is valid as
 * long as the API. NULL with a failure. */
struct api *api_new(const struct api_settings *settings, struct server_handler *ret_handler, struct err *err)
    __attribute__((warn_unused_result));

/* No request may be under way: the server is drained or closed, the engine idle. NULL is allowed. */
void api_free(struct api *api);

/* For engine_settings: after each commit that wrote, and after the last answer of a batch. Both are for the engine's
 * thread. The second wakes the server whose requests were answered. */
void api_on_commit(struct api *api);
void api_on_answered(struct api *api);

#endif
