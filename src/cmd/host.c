/* Putting together goes from the disk to the socket; taking apart goes the other way, so that whoever is asked last is
 * still there. Draining: first no new connections, then the answers under way, then the engine, then the database. */
#include "cmd/host.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "api/api.h"
#include "api/auth_store.h"
#include "api/secret.h"
#include "cmd/clock_mark.h"
#include "cmd/database.h"
#include "engine/clock_guard.h"
#include "engine/engine.h"
#include "engine/refund_sender.h"
#include "net/server.h"
#include "store/lock.h"

enum { PATH_SIZE = 512, SIGNALS = 2, ORIGINS_MAX = 16, LOCK_PAUSE_MS = 20 };

struct host {
    struct host_settings settings;
    struct host_limits limits;
    struct str origins[ORIGINS_MAX];
    struct store_lock *lock;
    struct db *db;
    struct clock_guard *guard;
    char clock_mark[PATH_SIZE]; /* the file that says that the clock has stopped */
    struct engine *engine;
    struct auth_store *auth;
    struct sealer *sealer;
    struct outbound *outbound;
    struct refund_sender *refunds;
    struct api *api;
    struct server *server;
    struct random *random;
    struct secret_made token;
    struct secret_made setup; /* of the link for the first owner */
    bool has_setup;
    uint16_t port;

    uv_loop_t loop;
    bool loop_ready;
    uv_async_t stop; /* host_stop() */
    bool stop_ready;
    uv_signal_t signals[SIGNALS];
    bool closing;

    pthread_mutex_t mutex; /* guards `fatal` */
    struct err fatal;      /* of the engine */

    pthread_t thread;
    bool has_thread;
    bool thread_result;
    struct err thread_err;
};

/* --- from the engine's thread --- */

static void
on_commit(void *user)
{
    struct host *host = user;
    auth_store_refresh(host->auth);
    api_on_commit(host->api);
}

/* A refresh that failed after its commit is made up for here. */
static void
on_sweep(void *user)
{
    auth_store_refresh(((struct host *)user)->auth);
}

static void
on_answered(void *user)
{
    api_on_answered(((struct host *)user)->api);
}

static void
on_fatal(const struct err *err, void *user)
{
    struct host *host = user;
    pthread_mutex_lock(&host->mutex);
    host->fatal = *err;
    host->fatal.kind = ERR_IO;
    pthread_mutex_unlock(&host->mutex);
    host_stop(host);
}

/* --- the end --- */

static void
close_handle(uv_handle_t *handle, void *user)
{
    (void)user;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void
on_closed(void *user)
{
    struct host *host = user;
    uv_walk(&host->loop, close_handle, NULL);
}

static void
on_drained(void *user)
{
    struct host *host = user;
    server_close(host->server, on_closed, host);
}

static void
begin_end(struct host *host)
{
    if (host->closing)
        return;
    host->closing = true;
    server_drain(host->server, on_drained, host);
}

static void
on_stop(uv_async_t *async)
{
    begin_end(async->data);
}

static void
on_signal(uv_signal_t *handle, int number)
{
    struct host *host = handle->data;
    if (host->settings.log != NULL)
        log_line(host->settings.log, LOG_INFO, "stopping", LOG_I64("signal", number), LOG_END);
    begin_end(host);
}

void
host_stop(struct host *host)
{
    uv_async_send(&host->stop);
}

/* --- putting together --- */

static bool
open_loop(struct host *host, struct err *err)
{
    int error = uv_loop_init(&host->loop);
    if (error == 0) {
        host->loop_ready = true;
        error = uv_async_init(&host->loop, &host->stop, on_stop);
    }
    if (error != 0) {
        err_set(err, ERR_SYSTEM, "can't make an event loop: %s", uv_strerror(error));
        return false;
    }
    host->stop.data = host;
    host->stop_ready = true;
    return true;
}

/* Whoever has to act reads the log or asks /readyz; a restart must not make it forgotten. */
static void
on_clock(enum clock_trust trust, int64_t stopped_at_ms, int64_t off_by_ms, void *user)
{
    const struct host *host = user;
    struct err err = {.kind = ERR_NONE};
    if (trust == CLOCK_TRUSTED)
        clock_mark_remove(host->clock_mark);
    else
        (void)!clock_mark_write(host->clock_mark, stopped_at_ms, &err);
    if (host->settings.log == NULL)
        return;
    if (err.kind != ERR_NONE)
        log_line(host->settings.log, LOG_ERROR, "a restart will not know that the clock has stopped", LOG_ERR(&err),
                 LOG_END);
    if (trust != CLOCK_TRUSTED)
        log_line(host->settings.log, LOG_ERROR, "the clock is not believed any more",
                 LOG_CSTR("reason", clock_trust_name(trust)), LOG_I64("off_by_ms", off_by_ms), LOG_END);
}

static bool
open_clock(struct host *host, struct err *err)
{
    if (!database_sibling(host->settings.db, ".clock-stopped", host->clock_mark, sizeof(host->clock_mark), err))
        return false;
    struct clock_guard_settings settings = {.clock = clock_system(),
                                            .stopped_at_ms = clock_mark_read(host->clock_mark),
                                            .on_change = on_clock,
                                            .user = host};
    if (settings.stopped_at_ms != 0 && host->settings.log != NULL)
        log_line(host->settings.log, LOG_ERROR, "the clock had stopped and was not accepted since", LOG_END);
    host->guard = clock_guard_new(&settings, err);
    return host->guard != NULL;
}

static bool
open_engine(struct host *host, struct err *err)
{
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    settings.db = host->db;
    settings.clock = clock_guard_clock(host->guard);
    settings.guard = host->guard;
    settings.random = host->random;
    settings.log = host->settings.log;
    settings.sweep_interval_ms = host->settings.sweep_interval_ms;
    settings.slow_ms = host->settings.slow_ms;
    settings.queue_limit = (size_t)host->limits.queued;
    settings.on_commit = on_commit;
    settings.on_sweep = on_sweep;
    settings.on_answered = on_answered;
    settings.on_fatal = on_fatal;
    settings.user = host;
    return engine_new(&settings, &host->engine, err) == DB_OK;
}

static bool
open_auth(struct host *host, struct err *err)
{
    struct auth_store_settings settings = {.db = host->db,
                                           .clock = clock_guard_clock(host->guard),
                                           .log = host->settings.log,
                                           .secure_cookies = host->settings.behind_proxy,
                                           .lets_in_user = true,
                                           .uid = getuid()};
    host->auth = auth_store_new(&settings, err);
    if (host->auth == NULL || !host->settings.owner_token)
        return host->auth != NULL;
    secret_make(SECRET_TOKEN, host->random, clock_now_ms(clock_guard_clock(host->guard)), &host->token);
    return auth_store_let_in_token(host->auth, host->token.id, host->token.hash, err);
}

static bool
split_origins(struct host *host, size_t *ret_count, struct err *err)
{
    struct str rest = host->settings.origins == NULL ? (struct str){NULL, 0} : str_from(host->settings.origins);
    for (*ret_count = 0; rest.ptr != NULL; ++*ret_count) {
        if (*ret_count == ORIGINS_MAX) {
            err_set(err, ERR_CONFIG, "more than %d origins", ORIGINS_MAX);
            return false;
        }
        host->origins[*ret_count] = str_split(&rest, ',');
    }
    return true;
}

static bool
open_api(struct host *host, struct err *err)
{
    struct api_settings settings = API_SETTINGS_DEFAULT;
    struct server_handler handler;
    settings.engine = host->engine;
    settings.db = host->db;
    settings.clock = clock_guard_clock(host->guard);
    settings.guard = host->guard;
    settings.random = host->random;
    settings.auth = auth_store_auth(host->auth);
    settings.secure_cookies = host->settings.behind_proxy;
    settings.proxies = host->settings.proxies;
    settings.origins = host->origins;
    if (!split_origins(host, &settings.origin_count, err))
        return false;
    settings.limits = host->limits.callers;
    settings.log = host->settings.log;
    if (host->settings.key_file != NULL) {
        host->sealer = sealer_new_from_file(host->settings.key_file, err);
        if (host->sealer == NULL)
            return false;
    }
    settings.sealer = host->sealer;
    host->api = api_new(&settings, &handler, err);
    if (host->api == NULL)
        return false;
    struct server_settings server = server_settings_default();
    server.connection_max = (uint32_t)host->limits.connections;
    server.anonymous_max = (uint32_t)host->limits.address_connections;
    host->server = server_new(&host->loop, &server, &handler, err);
    return host->server != NULL;
}

/* Secrets of providers can be read with a key file alone, and without them nobody can be asked for a refund. */
static bool
open_refunds(struct host *host, struct err *err)
{
    if (host->sealer == NULL || host->settings.refund_wait_ms == 0)
        return true;
    host->outbound = outbound_curl_new(err);
    if (host->outbound == NULL)
        return false;
    struct refund_sender_settings settings = {.engine = host->engine,
                                              .db = host->db,
                                              .clock = clock_guard_clock(host->guard),
                                              .sealer = host->sealer,
                                              .outbound = host->outbound,
                                              .log = host->settings.log,
                                              .first_wait_ms = host->settings.refund_wait_ms};
    host->refunds = refund_sender_new(&settings, err);
    return host->refunds != NULL && refund_sender_start(host->refunds, err);
}

static bool
open_listeners(struct host *host, struct err *err)
{
    if (host->settings.listen != NULL &&
        !server_listen(host->server, str_from(host->settings.listen), 0, &host->port, err)) {
        const struct err cause = *err;
        if (cause.kind == ERR_UNAVAILABLE)
            err_set(err, cause.kind, "%.400s; --listen HOST:PORT names another place, port 0 a free one",
                    cause.message);
        return false;
    }
    char path[PATH_SIZE];
    if (!host->settings.control_socket)
        return true;
    if (!database_sibling(host->settings.db, ".sock", path, sizeof(path), err))
        return false;
    return server_listen_local(host->server, path, 1, err);
}

/* A link for the first owner, unless there is an owner: the engine knows. */
static bool
open_setup(struct host *host, struct err *err)
{
    if (!host->settings.first_owner_link)
        return true;
    struct engine_request request = {
        .command = {.kind = COMMAND_CREATE_SETUP,
                    .actor = {.name = STR("system"), .role = ROLE_OWNER},
                    .create_invitation = {.held = {.role = ROLE_OWNER}}},
    };
    struct create_invitation *create = &request.command.create_invitation;
    secret_make(SECRET_INVITATION, host->random, clock_now_ms(clock_guard_clock(host->guard)), &host->setup);
    create->id = host->setup.id;
    memcpy(create->hash, host->setup.hash, SECRET_HASH_BYTES);
    bool accepted = engine_run(host->engine, &request);
    enum outcome outcome = accepted ? request.result.refusal.outcome : OUTCOME_BUSY_RETRY;
    engine_request_done(&request);
    host->has_setup = outcome == OUTCOME_OK;
    if (outcome == OUTCOME_OK || outcome == OUTCOME_POLICY_REFUSED)
        return true;
    err_set(err, ERR_UNAVAILABLE, "can't make the link for the first owner: %s", outcome_info(outcome)->code.ptr);
    return false;
}

static void
watch_signals(struct host *host)
{
    static const int numbers[SIGNALS] = {SIGINT, SIGTERM};
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&host->loop, &host->signals[i]);
        host->signals[i].data = host;
        uv_signal_start(&host->signals[i], on_signal, numbers[i]);
    }
}

/* A command that has the database for a moment is no reason not to start. */
static bool
take_lock(struct host *host, const char *path, struct err *err)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
    int64_t waited_ms = 0;
    while (!store_lock_take(path, &host->lock, err)) {
        if (err->kind != ERR_UNAVAILABLE || waited_ms >= host->settings.wait_ms)
            return false;
        (void)nanosleep(&pause, NULL);
        waited_ms += LOCK_PAUSE_MS;
    }
    return true;
}

static bool
open_all(struct host *host, struct err *err)
{
    char path[PATH_SIZE];
    host->random = random_system(err);
    return host->random != NULL && database_sibling(host->settings.db, "", path, sizeof(path), err) &&
           take_lock(host, path, err) && open_clock(host, err) &&
           database_open_to_write(host->settings.db, &host->db, err) && open_loop(host, err) &&
           open_engine(host, err) && open_auth(host, err) && open_api(host, err) && open_listeners(host, err) &&
           engine_start(host->engine, err) && open_setup(host, err) && open_refunds(host, err);
}

struct host_limits
host_limits_default(void)
{
    const struct server_settings server = server_settings_default();
    const struct engine_settings engine = ENGINE_SETTINGS_DEFAULT;
    return (struct host_limits){.connections = server.connection_max,
                                .address_connections = server.anonymous_max,
                                .queued = (int64_t)engine.queue_limit,
                                .callers = limits_settings_default()};
}

struct host *
host_new(const struct host_settings *settings, struct err *err)
{
    struct host *host = calloc(1, sizeof(*host));
    if (host == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a server");
        return NULL;
    }
    host->settings = *settings;
    host->limits = settings->limits == NULL ? host_limits_default() : *settings->limits;
    pthread_mutex_init(&host->mutex, NULL);
    if (!open_all(host, err)) {
        host_free(host);
        return NULL;
    }
    if (settings->ends_on_signals)
        watch_signals(host);
    return host;
}

uint16_t
host_port(const struct host *host)
{
    return host->port;
}

const char *
host_owner_token(const struct host *host)
{
    return host->token.text;
}

const char *
host_setup_secret(const struct host *host)
{
    return host->has_setup ? host->setup.text : NULL;
}

/* --- running --- */

bool
host_run(struct host *host, struct err *err)
{
    uv_run(&host->loop, UV_RUN_DEFAULT);
    pthread_mutex_lock(&host->mutex);
    bool well = host->fatal.kind == ERR_NONE;
    if (!well)
        *err = host->fatal;
    pthread_mutex_unlock(&host->mutex);
    return well;
}

static void *
run_thread(void *argument)
{
    struct host *host = argument;
    host->thread_result = host_run(host, &host->thread_err);
    return NULL;
}

bool
host_start_thread(struct host *host, struct err *err)
{
    int error = pthread_create(&host->thread, NULL, run_thread, host);
    if (error != 0)
        err_set(err, ERR_SYSTEM, "can't start a server thread: %s", strerror(error));
    host->has_thread = error == 0;
    return host->has_thread;
}

bool
host_join(struct host *host, struct err *err)
{
    host_stop(host);
    pthread_join(host->thread, NULL);
    host->has_thread = false;
    bool result = host->thread_result;
    if (!result)
        *err = host->thread_err;
    host_free(host);
    return result;
}

/* A server that never ran still has open handles, which only a turn of the loop can close. */
static void
close_loop(struct host *host)
{
    if (!host->loop_ready)
        return;
    if (!host->closing && host->server != NULL)
        server_close(host->server, on_closed, host);
    else if (host->server == NULL)
        uv_walk(&host->loop, close_handle, NULL);
    uv_run(&host->loop, UV_RUN_DEFAULT);
}

void
host_free(struct host *host)
{
    if (host == NULL)
        return;
    close_loop(host);
    refund_sender_free(host->refunds); /* while its commands are still taken */
    outbound_curl_free(host->outbound);
    engine_stop(host->engine);
    if (host->server != NULL)
        server_free(host->server);
    api_free(host->api);
    sealer_free(host->sealer);
    auth_store_free(host->auth);
    engine_free(host->engine); /* the writer goes last: the last to go empties the write-ahead log, and readers can't */
    if (host->loop_ready)
        uv_loop_close(&host->loop);
    if (host->db != NULL)
        db_close(host->db);
    clock_guard_free(host->guard);
    store_lock_release(host->lock);
    pthread_mutex_destroy(&host->mutex);
    free(host);
}
