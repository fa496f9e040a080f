/* Listeners, the life of the server, and the way back of replies from other threads.
 *
 * Replies from elsewhere come through a list that any thread pushes onto with one compare-and-swap and the loop takes
 * whole with one exchange; the wake-up costs at most one write to an eventfd however many replies it stands for. */
#include "net/server_intern.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The request that this thread has just handed to a handler: answering it then and there needs no queue. Only a loop
 * thread ever sets it. */
static _Thread_local const struct server_request *dispatching;

struct server_settings
server_settings_default(void)
{
    return (struct server_settings){
        .http = http_limits_default(),
        .connection_max = 8192,
        .health_reserve = 64,
        .anonymous_max = 64,
        .head_timeout = 10000,
        .body_timeout = 30000,
        .body_grace = 5000,
        .body_rate = 500,
        .idle_timeout = 15000,
        .write_timeout = 15000,
        .linger_timeout = 2000,
        .drain_idle = 200,
        .body_max = 64 << 10,
        .body_memory_max = 256 << 20,
        .reply_memory_max = 16 << 20,
        .unsent_max = 256 << 10,
        .backlog = 1024,
    };
}

/* ---- time ---- */

uint64_t
server_now_ms(const struct server *server)
{
    const struct server_clock *clock = &server->settings.clock;
    return clock->monotonic_ms == NULL ? uv_now(server->loop) : clock->monotonic_ms(clock->user);
}

struct str
server_date(struct server *server)
{
    const struct server_clock *clock = &server->settings.clock;
    if (clock->wall_s == NULL)
        return (struct str){NULL, 0};
    int64_t now = clock->wall_s(clock->user);
    if (now != server->date_s) {
        http_write_date(server->date, now);
        server->date_s = now;
    }
    return str_of(server->date, HTTP_DATE_LEN);
}

void
server_check_deadlines(struct server *server)
{
    deadlines_turn(&server->deadlines, server_now_ms(server));
    struct deadline *deadline;
    while ((deadline = deadlines_take_passed(&server->deadlines)) != NULL)
        conn_expire((struct conn *)(void *)((char *)deadline - offsetof(struct conn, deadline)));
}

static void
listener_retry(struct listener *listener)
{
    if (listener->accept_due)
        listener->accept_due = !conn_accept(listener);
}

static void
on_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;
    bool needed = false;
    server_check_deadlines(server);
    for (struct listener *listener = server->listeners; listener != NULL; listener = listener->next) {
        listener_retry(listener);
        needed |= listener->accept_due;
    }
    if (!needed && server->conn_count == 0) {
        (void)uv_timer_stop(timer);
        server->ticking = false;
    }
}

void
server_tick_on(struct server *server)
{
    if (server->ticking || server->closing)
        return;
    /* can only fail for a handle that is being closed */
    server->ticking = uv_timer_start(&server->timer, on_tick, DEADLINES_SLOT_MS, DEADLINES_SLOT_MS) == 0;
}

/* ---- requests ---- */

struct server_request *
server_request_new(struct server *server)
{
    struct server_request *request = server->pool;
    if (request != NULL) {
        server->pool = request->next;
        server->pool_count--;
        request->next = NULL;
    } else {
        request = calloc(1, sizeof(*request));
        if (request == NULL)
            return NULL;
        request->server = server;
        arena_init(&request->arena, 0);
    }
    request->arena.limit = SERVER_HEAD_MEMORY;
    http_reader_init(&request->reader, &server->settings.http, &request->arena);
    return request;
}

static void
request_destroy(struct server_request *request)
{
    arena_done(&request->arena);
    free(request);
}

void
server_request_free(struct server_request *request)
{
    struct server *server = request->server;
    if (request->reply.release != NULL)
        request->reply.release(request->reply.owner);
    server->body_memory -= request->body_capacity;
    if (server->pool_count >= SERVER_POOL_MAX) {
        request_destroy(request);
        return;
    }
    /* what a large request has grown to is not kept for small ones */
    if (request->arena.used > SERVER_KEPT_ARENA)
        arena_done(&request->arena);
    else
        arena_reset(&request->arena);
    request->conn = NULL;
    request->replied = false;
    request->reply = (struct server_reply){0};
    request->body = NULL;
    request->body_len = 0;
    request->body_capacity = 0;
    request->context = NULL;
    request->next = server->pool;
    server->pool = request;
    server->pool_count++;
}

static void
open_add(struct server *server, struct server_request *request)
{
    request->open.older = server->open.older;
    request->open.newer = &server->open;
    server->open.older->newer = &request->open;
    server->open.older = &request->open;
    counter_add(&server->counters.requests, 1);
    counter_add(&server->counters.requests_open, 1);
}

static void
open_remove(struct server_request *request)
{
    request->open.older->newer = request->open.newer;
    request->open.newer->older = request->open.older;
    counter_subtract(&request->server->counters.requests_open, 1);
}

bool
server_request_dispatch(struct server_request *request)
{
    struct server *server = request->server;
    open_add(server, request);
    dispatching = request;
    server->handler.handle(request, server->handler.user);
    bool answered = dispatching == NULL;
    dispatching = NULL;
    if (answered)
        open_remove(request);
    return answered;
}

const struct http_request *
server_request_http(const struct server_request *request)
{
    return &request->reader.request;
}

const struct peer *
server_request_peer(const struct server_request *request)
{
    return &request->peer;
}

int
server_request_tag(const struct server_request *request)
{
    return request->tag;
}

struct arena *
server_request_arena(struct server_request *request)
{
    return &request->arena;
}

void **
server_request_context(struct server_request *request)
{
    return &request->context;
}

struct server *
server_request_server(const struct server_request *request)
{
    return request->server;
}

/* ---- replies ---- */

static void
request_set_reply(struct server_request *request, const struct server_reply *reply)
{
    assert(!request->replied);
    assert(reply->status >= 200 && reply->status <= 599);
    assert(reply->body.len == 0 || (reply->status != 204 && reply->status != 304));
    request->replied = true;
    request->reply = *reply;
}

void
server_reply_queue(struct server_request *request, const struct server_reply *reply)
{
    struct server *server = request->server;
    request_set_reply(request, reply);
    /* once pushed it may be gone: nothing of the request is touched after the exchange */
    struct server_request *newest = atomic_load_explicit(&server->completed, memory_order_relaxed);
    do
        request->next = newest;
    while (!atomic_compare_exchange_weak_explicit(&server->completed, &newest, request, memory_order_release,
                                                  memory_order_relaxed));
}

void
server_wake(struct server *server)
{
    /* fails only on a handle that was never initialised */
    (void)uv_async_send(&server->wake);
}

void
server_reply(struct server_request *request, const struct server_reply *reply)
{
    if (dispatching == request) {
        request_set_reply(request, reply);
        dispatching = NULL;
        return;
    }
    struct server *server = request->server;
    server_reply_queue(request, reply);
    server_wake(server);
}

/* The list comes newest first; replies go out in the order they were given. */
static struct server_request *
completed_take(struct server *server)
{
    struct server_request *newest = atomic_exchange_explicit(&server->completed, NULL, memory_order_acquire);
    struct server_request *oldest = NULL;
    while (newest != NULL) {
        struct server_request *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

void
server_send_completed(struct server *server)
{
    if (atomic_load_explicit(&server->completed, memory_order_relaxed) == NULL)
        return;
    struct server_request *request = completed_take(server);
    while (request != NULL) {
        struct server_request *next = request->next;
        request->next = NULL;
        open_remove(request);
        if (request->conn != NULL) {
            conn_complete(request->conn);
        } else {
            counter_add(&server->counters.replies_dropped, 1);
            server_request_free(request);
        }
        request = next;
    }
    server_check_drained(server);
}

static void
on_wake(uv_async_t *wake)
{
    struct server *server = wake->data;
    server_send_completed(server);
    server_check_drained(server);
}

/* ---- listening ---- */

static void
on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    /* a connection that failed before it was accepted is nobody's loss */
    if (status < 0)
        return;
    if (!conn_accept(listener)) {
        listener->accept_due = true;
        server_tick_on(listener->server);
    }
}

static void
on_listener_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    struct server *server = listener->server;
    free(listener->path);
    free(listener);
    server_handle_closed(server);
}

static void
listener_close(struct listener *listener)
{
    if (listener->path != NULL)
        (void)unlink(listener->path);
    uv_close(&listener->uv.handle, on_listener_closed);
}

static struct listener *
listener_new(struct server *server, const char *path, int tag, struct err *err)
{
    struct listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL || (path != NULL && (listener->path = strdup(path)) == NULL)) {
        free(listener);
        err_set(err, ERR_MEMORY, "no memory for a listener");
        return NULL;
    }
    int rc =
        path == NULL ? uv_tcp_init(server->loop, &listener->uv.tcp) : uv_pipe_init(server->loop, &listener->uv.pipe, 0);
    if (rc != 0) {
        free(listener->path);
        free(listener);
        err_set(err, ERR_SYSTEM, "no handle for a listener: %s", uv_strerror(rc));
        return NULL;
    }
    listener->uv.handle.data = listener;
    listener->server = server;
    listener->tag = tag;
    server->handle_count++;
    return listener;
}

static void
listener_enlist(struct listener *listener)
{
    listener->next = listener->server->listeners;
    listener->server->listeners = listener;
}

static void
server_close_listeners(struct server *server)
{
    while (server->listeners != NULL) {
        struct listener *listener = server->listeners;
        server->listeners = listener->next;
        listener_close(listener);
    }
}

static void
sockaddr_set_port(struct sockaddr *address, uint16_t port)
{
    /* both families keep the port in the same place (RFC 3493 3.3 keeps sin6_port where sin_port is) */
    ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
}

static int
listen_at(struct listener *listener, const struct sockaddr *address, uint16_t *ret_port)
{
    int rc = uv_tcp_bind(&listener->uv.tcp, address, 0);
    if (rc == 0)
        rc = uv_listen(&listener->uv.stream, listener->server->settings.backlog, on_connection);
    if (rc != 0)
        return rc;
    struct sockaddr_storage bound;
    int len = sizeof(bound);
    rc = uv_tcp_getsockname(&listener->uv.tcp, (struct sockaddr *)&bound, &len);
    *ret_port = peer_from_sockaddr((const struct sockaddr *)&bound).port;
    return rc;
}

/* "HOST:PORT" with the brackets of an IPv6 address taken off; what they are worth, getaddrinfo() says. */
static bool
place_split(struct str place, char ret_host[256], char ret_port[6])
{
    const char *colon = place.len == 0 ? NULL : memrchr(place.ptr, ':', place.len);
    if (colon == NULL)
        return false;
    struct str host = str_of(place.ptr, (size_t)(colon - place.ptr));
    struct str port = str_of(colon + 1, place.len - host.len - 1);
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = str_of(host.ptr + 1, host.len - 2);
    else if (host.len == 0 || memchr(host.ptr, ':', host.len) != NULL)
        return false;
    long long number;
    if (host.len > 255 || port.len == 0 || port.len > 5 || !str_to_i64(port, &number) || number < 0 ||
        number > UINT16_MAX)
        return false;
    memcpy(ret_host, host.ptr, host.len);
    ret_host[host.len] = '\0';
    memcpy(ret_port, port.ptr, port.len);
    ret_port[port.len] = '\0';
    return true;
}

bool
server_listen(struct server *server, struct str place, int tag, uint16_t *ret_port, struct err *err)
{
    char host[256];
    char port_text[6];
    if (!place_split(place, host, port_text)) {
        err_set(err, ERR_USAGE, "\"%.*s\" is not HOST:PORT, such as 127.0.0.1:8080 with a port up to 65535",
                STR_ARG(place));
        return false;
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(host, port_text, &hints, &found);
    if (rc != 0) {
        err_set(err, ERR_USAGE, "no address for \"%s\": %s", host, gai_strerror(rc));
        return false;
    }
    uint16_t port = 0;
    size_t count = 0;
    rc = 0;
    for (struct addrinfo *at = found; at != NULL; at = at->ai_next) {
        struct listener *listener = listener_new(server, NULL, tag, err);
        if (listener == NULL) {
            freeaddrinfo(found);
            return false;
        }
        /* with port 0 the first address picks, and the others follow */
        if (port != 0)
            sockaddr_set_port(at->ai_addr, port);
        int failed = listen_at(listener, at->ai_addr, &port);
        if (failed != 0) {
            rc = failed;
            listener_close(listener);
            continue;
        }
        listener_enlist(listener);
        count++;
    }
    freeaddrinfo(found);
    if (count == 0) {
        if (rc == UV_EADDRINUSE)
            err_set(err, ERR_UNAVAILABLE, "%.*s is taken: another program listens there", STR_ARG(place));
        else
            err_set(err, ERR_UNAVAILABLE, "can't listen on %.*s: %s", STR_ARG(place), uv_strerror(rc));
        return false;
    }
    if (ret_port != NULL)
        *ret_port = port;
    return true;
}

/* Whether somebody answers on the socket file; a file that can't be connected to was left behind. */
static bool
local_is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return true;
    int rc = connect(fd, (const struct sockaddr *)address, sizeof(*address));
    bool alive = rc == 0 || errno != ECONNREFUSED;
    (void)close(fd);
    return alive;
}

/* Removes a socket that was left behind. False when something else is in the way. */
static bool
local_clear(const struct sockaddr_un *address, struct err *err)
{
    struct stat status;
    if (lstat(address->sun_path, &status) != 0) {
        if (errno == ENOENT)
            return true;
        err_set(err, ERR_SYSTEM, "can't look at %s: %s", address->sun_path, strerror(errno));
        return false;
    }
    if (!S_ISSOCK(status.st_mode)) {
        err_set(err, ERR_UNAVAILABLE, "%s is there and is no socket", address->sun_path);
        return false;
    }
    if (local_is_alive(address)) {
        err_set(err, ERR_UNAVAILABLE, "another process listens on %s", address->sun_path);
        return false;
    }
    if (unlink(address->sun_path) != 0 && errno != ENOENT) {
        err_set(err, ERR_SYSTEM, "can't remove %s: %s", address->sun_path, strerror(errno));
        return false;
    }
    return true;
}

/* A bound socket whose file has mode 0600 from the start: Linux gives the file the mode of the socket, so no window is
 * open between bind(2) and chmod(2), and the process's umask stays alone. */
static int
local_bind(const struct sockaddr_un *address, struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || fchmod(fd, 0600) != 0 || bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
        err_set(err, errno == EADDRINUSE ? ERR_UNAVAILABLE : ERR_SYSTEM, "can't listen on %s: %s", address->sun_path,
                strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    return fd;
}

bool
server_listen_local(struct server *server, const char *path, int tag, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof(address.sun_path)) {
        err_set(err, ERR_USAGE, "the path of a socket has 1 to %zu bytes: %s", sizeof(address.sun_path) - 1, path);
        return false;
    }
    memcpy(address.sun_path, path, len);
    if (!local_clear(&address, err))
        return false;
    int fd = local_bind(&address, err);
    if (fd < 0)
        return false;
    struct listener *listener = listener_new(server, path, tag, err);
    if (listener == NULL) {
        (void)close(fd);
        (void)unlink(path);
        return false;
    }
    int rc = uv_pipe_open(&listener->uv.pipe, fd);
    if (rc != 0)
        (void)close(fd);
    else
        rc = uv_listen(&listener->uv.stream, server->settings.backlog, on_connection);
    if (rc != 0) {
        err_set(err, ERR_SYSTEM, "can't listen on %s: %s", path, uv_strerror(rc));
        listener_close(listener);
        return false;
    }
    listener_enlist(listener);
    return true;
}

/* ---- life ---- */

struct server *
server_new(uv_loop_t *loop, const struct server_settings *settings, const struct server_handler *handler,
           struct err *err)
{
    assert(handler->handle != NULL && settings->health_reserve <= settings->connection_max);
    struct server *server = calloc(1, sizeof(*server));
    if (server == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a server");
        return NULL;
    }
    server->loop = loop;
    server->settings = *settings;
    server->handler = *handler;
    server->date_s = -1;
    server->open.older = &server->open;
    server->open.newer = &server->open;
    deadlines_init(&server->deadlines, server_now_ms(server));
    if (!peer_counts_init(&server->addresses, settings->connection_max + SERVER_TURNED_AWAY_MARGIN, settings->seed)) {
        err_set(err, ERR_MEMORY, "no memory for a table of addresses");
        free(server);
        return NULL;
    }
    int rc = uv_async_init(loop, &server->wake, on_wake);
    if (rc != 0) {
        err_set(err, ERR_SYSTEM, "no wake-up for the loop: %s", uv_strerror(rc));
        peer_counts_done(&server->addresses);
        free(server);
        return NULL;
    }
    (void)uv_timer_init(loop, &server->timer); /* cannot fail */
    server->wake.data = server;
    server->timer.data = server;
    server->handle_count = 2;
    (void)signal(SIGPIPE, SIG_IGN);
    return server;
}

void
server_check_drained(struct server *server)
{
    bool idle = server->conn_count == 0 && server->open.newer == &server->open;
    if (!server->draining || !idle || server->on_drained == NULL)
        return;
    void (*on_drained)(void *user) = server->on_drained;
    server->on_drained = NULL;
    on_drained(server->drained_user);
}

void
server_drain(struct server *server, void (*on_drained)(void *user), void *user)
{
    server->on_drained = on_drained;
    server->drained_user = user;
    server->draining = true;
    server_close_listeners(server);
    struct conn *older;
    for (struct conn *conn = server->conns; conn != NULL; conn = older) {
        older = conn->older;
        conn_drain(conn);
    }
    server_wake(server);
}

void
server_handle_closed(struct server *server)
{
    server->handle_count--;
    if (server->closing && server->handle_count == 0)
        server->on_closed(server->closed_user);
}

static void
on_own_handle_closed(uv_handle_t *handle)
{
    server_handle_closed(handle->data);
}

void
server_close(struct server *server, void (*on_closed)(void *user), void *user)
{
    assert(!server->closing);
    server->on_closed = on_closed;
    server->closed_user = user;
    server->on_drained = NULL;
    server->closing = true;
    server_close_listeners(server);
    for (struct conn *conn = server->conns; conn != NULL; conn = conn->older)
        conn_close(conn);
    uv_close((uv_handle_t *)&server->wake, on_own_handle_closed);
    uv_close((uv_handle_t *)&server->timer, on_own_handle_closed);
}

void
server_free(struct server *server)
{
    assert(server->closing && server->handle_count == 0);
    struct request_link *newer;
    for (struct request_link *link = server->open.newer; link != &server->open; link = newer) {
        struct server_request *request = (struct server_request *)(void *)link;
        newer = link->newer;
        if (request->replied && request->reply.release != NULL)
            request->reply.release(request->reply.owner);
        request_destroy(request);
    }
    while (server->pool != NULL) {
        struct server_request *request = server->pool;
        server->pool = request->next;
        request_destroy(request);
    }
    peer_counts_done(&server->addresses);
    free(server);
}

void
server_read_counters(const struct server *server, struct server_counters *ret_counters)
{
    const uint64_t *from = (const uint64_t *)(const void *)&server->counters;
    uint64_t *to = (uint64_t *)(void *)ret_counters;
    static_assert(sizeof(*ret_counters) % sizeof(*to) == 0, "counters are 64-bit words throughout");
    for (size_t i = 0; i < sizeof(*ret_counters) / sizeof(*to); i++)
        to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}
