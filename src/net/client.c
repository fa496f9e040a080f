/* The client is a small machine around one handle:
 *
 *   DOWN --send--> CONNECTING --connected--> UP (request under way, or idle)
 *   CONNECTING, UP --failure, or a reply that ends the connection--> CLOSING --closed--> DOWN
 *
 * A failure is told when its handle has been closed, so never from within client_send(), and a request that is sent
 * while the old connection closes waits for that. Deadlines are looked at by one coarse timer per client that only runs
 * while there is something to watch: sending a request costs no timer operation. */
#include "net/client.h"

#include <assert.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    CLIENT_READ_BUFFER = 16 << 10,
    CLIENT_MEMORY = 256 << 10, /* for heads; the body's limit comes on top */
    CLIENT_KEPT_ARENA = 16 << 10,
    CLIENT_TICKS = 8, /* looks at a deadline per shortest timeout */
};

enum client_state { CLIENT_DOWN, CLIENT_CONNECTING, CLIENT_UP, CLIENT_CLOSING };

struct client {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    uv_timer_t timer;
    uv_connect_t connect;
    uv_write_t write;
    uv_loop_t *loop;
    struct client_settings settings;
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
        struct sockaddr_un local;
    } place;
    enum client_state state;
    enum client_outcome closing_as; /* what a request under way is told once closed; CLIENT_OK: it was answered */
    bool busy;                      /* a request is under way */
    bool waiting;                   /* it waits for the old connection to be closed */
    bool ticking;
    bool dying;
    bool to_head;
    struct str request; /* borrowed */
    client_done *done;
    void *user;
    uint64_t deadline; /* loop time in ms; UINT64_MAX: none */
    struct arena arena;
    struct http_reply_reader reader;
    char *body; /* in the arena */
    size_t body_len;
    size_t body_capacity;
    size_t handles_open; /* while dying */
    void (*on_freed)(void *user);
    void *freed_user;
    char read_buffer[CLIENT_READ_BUFFER];
};

const char *
client_outcome_name(enum client_outcome outcome)
{
    switch (outcome) {
    case CLIENT_OK: return "ok";
    case CLIENT_REFUSED: return "refused";
    case CLIENT_RESET: return "reset";
    case CLIENT_TIMEOUT: return "timeout";
    case CLIENT_BAD_REPLY: return "bad reply";
    case CLIENT_CANCELLED: return "cancelled";
    }
    return "unknown";
}

struct client_settings
client_settings_default(void)
{
    return (struct client_settings){
        .http = http_limits_default(), .connect_timeout = 5000, .reply_timeout = 30000, .body_max = 16 << 20};
}

bool
client_is_connected(const struct client *client)
{
    return client->state == CLIENT_UP;
}

/* ---- closing ---- */

static void client_connect(struct client *client);

static void
client_finish(struct client *client, enum client_outcome outcome, const struct http_reply *reply)
{
    client->busy = false;
    client->deadline = UINT64_MAX;
    client->done(client, outcome, reply, client->user);
}

static void
client_handle_gone(struct client *client)
{
    if (--client->handles_open > 0)
        return;
    if (client->busy)
        client_finish(client, CLIENT_CANCELLED, NULL);
    void (*on_freed)(void *user) = client->on_freed;
    void *user = client->freed_user;
    arena_done(&client->arena);
    free(client);
    if (on_freed != NULL)
        on_freed(user);
}

static void
on_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    client->state = CLIENT_DOWN;
    if (client->dying) {
        client_handle_gone(client);
        return;
    }
    if (client->waiting) {
        client->waiting = false;
        client_connect(client);
        return;
    }
    if (client->busy)
        client_finish(client, client->closing_as, NULL);
}

static void
client_fail(struct client *client, enum client_outcome outcome)
{
    if (client->state == CLIENT_CLOSING)
        return;
    client->closing_as = outcome;
    client->state = CLIENT_CLOSING;
    uv_close(&client->uv.handle, on_closed);
}

/* ---- time ---- */

static void
on_tick(uv_timer_t *timer)
{
    struct client *client = timer->data;
    if (!client->busy) {
        (void)uv_timer_stop(timer);
        client->ticking = false;
        return;
    }
    if (uv_now(client->loop) >= client->deadline)
        client_fail(client, client->state == CLIENT_CONNECTING ? CLIENT_REFUSED : CLIENT_TIMEOUT);
}

static void
client_watch(struct client *client, uint32_t timeout)
{
    if (timeout == 0) {
        client->deadline = UINT64_MAX;
        return;
    }
    client->deadline = uv_now(client->loop) + timeout;
    if (client->ticking)
        return;
    uint32_t shortest = client->settings.connect_timeout;
    if (client->settings.reply_timeout != 0 && client->settings.reply_timeout < shortest)
        shortest = client->settings.reply_timeout;
    uint64_t tick = shortest / CLIENT_TICKS + 1;
    client->ticking = uv_timer_start(&client->timer, on_tick, tick, tick) == 0;
}

/* ---- reading ---- */

static bool
client_body_reserve(struct client *client, size_t need)
{
    if (need <= client->body_capacity)
        return true;
    size_t capacity = client->body_capacity * 2 < need ? need : client->body_capacity * 2;
    char *body = arena_alloc(&client->arena, capacity);
    if (body == NULL)
        return false;
    if (client->body_len > 0)
        memcpy(body, client->body, client->body_len);
    client->body = body;
    client->body_capacity = capacity;
    return true;
}

static void
client_answer(struct client *client)
{
    struct http_reply *reply = &client->reader.reply;
    reply->body = str_of(client->body, client->body_len);
    /* answered before all of the request was taken: what is left to write would look like the next one */
    if (!reply->keep_alive || uv_stream_get_write_queue_size(&client->uv.stream) > 0)
        client_fail(client, CLIENT_OK);
    client_finish(client, CLIENT_OK, reply);
}

/* A reply comes as one stretch of bytes, and what follows it was not asked for. */
static void
client_take(struct client *client, struct str input)
{
    for (;;) {
        struct str piece = {NULL, 0};
        switch (http_reply_reader_read(&client->reader, &input, &piece)) {
        case HTTP_MORE: return;
        case HTTP_HEAD_IN: break;
        case HTTP_PIECE:
            if (!client_body_reserve(client, client->body_len + piece.len)) {
                client_fail(client, CLIENT_BAD_REPLY);
                return;
            }
            memcpy(client->body + client->body_len, piece.ptr, piece.len);
            client->body_len += piece.len;
            break;
        case HTTP_END:
            if (input.len > 0)
                client_fail(client, CLIENT_BAD_REPLY);
            else
                client_answer(client);
            return;
        case HTTP_REFUSED: client_fail(client, CLIENT_BAD_REPLY); return;
        }
    }
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct client *client = handle->data;
    (void)suggested;
    ret_buf->base = client->read_buffer;
    ret_buf->len = sizeof(client->read_buffer);
}

static void
on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct client *client = stream->data;
    if (client->state != CLIENT_UP || len == 0)
        return;
    if (len > 0 && client->busy) {
        client_take(client, str_of(buf->base, (size_t)len));
        return;
    }
    if (len == UV_EOF && client->busy && http_reply_reader_end(&client->reader) == HTTP_END) {
        client_answer(client);
        return;
    }
    /* the server ended an idle connection, or broke off, or speaks unasked */
    client_fail(client, len > 0 ? CLIENT_BAD_REPLY : CLIENT_RESET);
}

/* ---- sending ---- */

static void
on_written(uv_write_t *req, int status)
{
    struct client *client = req->handle->data;
    /* a server may answer and close before it has read everything: the reply is looked for all the same */
    if (status < 0 && status != UV_EPIPE && status != UV_ECONNRESET && client->state == CLIENT_UP)
        client_fail(client, CLIENT_RESET);
}

static void
client_write(struct client *client)
{
    struct str rest = client->request;
    client_watch(client, client->settings.reply_timeout);
    /* libuv takes a pointer to bytes it will only read */
    uv_buf_t buf = {.base = (char *)(uintptr_t)rest.ptr, .len = rest.len};
    int sent = uv_try_write(&client->uv.stream, &buf, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        client_fail(client, CLIENT_RESET);
        return;
    }
    if (sent > 0) {
        buf.base += sent;
        buf.len -= (size_t)sent;
    }
    if (buf.len > 0 && uv_write(&client->write, &client->uv.stream, &buf, 1, on_written) != 0)
        client_fail(client, CLIENT_RESET);
}

static void
on_connect(uv_connect_t *req, int status)
{
    struct client *client = req->handle->data;
    if (client->state != CLIENT_CONNECTING)
        return;
    if (status < 0 || uv_read_start(&client->uv.stream, on_alloc, on_read) != 0) {
        client_fail(client, CLIENT_REFUSED);
        return;
    }
    client->state = CLIENT_UP;
    client_write(client);
}

static void
client_connect(struct client *client)
{
    bool local = client->place.any.sa_family == AF_UNIX;
    int rc = local ? uv_pipe_init(client->loop, &client->uv.pipe, 0) : uv_tcp_init(client->loop, &client->uv.tcp);
    assert(rc == 0); /* both only fill the struct: no socket is made yet */
    client->uv.handle.data = client;
    client->state = CLIENT_CONNECTING;
    client_watch(client, client->settings.connect_timeout);
    if (local) {
        uv_pipe_connect(&client->connect, &client->uv.pipe, client->place.local.sun_path, on_connect);
        return;
    }
    rc = uv_tcp_connect(&client->connect, &client->uv.tcp, &client->place.any, on_connect);
    if (rc != 0)
        client_fail(client, CLIENT_REFUSED);
    else
        (void)uv_tcp_nodelay(&client->uv.tcp, 1);
}

void
client_send(struct client *client, struct str request, bool to_head, client_done *done, void *user)
{
    assert(!client->busy && !client->dying);
    client->busy = true;
    client->request = request;
    client->to_head = to_head;
    client->done = done;
    client->user = user;
    if (client->arena.used > CLIENT_KEPT_ARENA)
        arena_done(&client->arena);
    else
        arena_reset(&client->arena);
    client->body = NULL;
    client->body_len = 0;
    client->body_capacity = 0;
    http_reply_reader_init(&client->reader, &client->settings.http, client->settings.body_max, to_head, &client->arena);
    switch (client->state) {
    case CLIENT_DOWN: client_connect(client); break;
    case CLIENT_UP: client_write(client); break;
    case CLIENT_CLOSING: client->waiting = true; break;
    case CLIENT_CONNECTING: assert(false); break;
    }
}

/* ---- life ---- */

static bool
client_find_place(struct client *client, struct str place, struct err *err)
{
    struct str unix_prefix = STR("unix:");
    if (str_starts_with(place, unix_prefix)) {
        struct str path = str_of(place.ptr + unix_prefix.len, place.len - unix_prefix.len);
        if (path.len == 0 || path.len >= sizeof(client->place.local.sun_path)) {
            err_set(err, ERR_USAGE, "\"%.*s\" is no path a socket can have", STR_ARG(path));
            return false;
        }
        client->place.local.sun_family = AF_UNIX;
        memcpy(client->place.local.sun_path, path.ptr, path.len);
        return true;
    }
    char host[256] = "";
    const char *colon = place.len == 0 ? NULL : memrchr(place.ptr, ':', place.len);
    size_t host_len = colon == NULL ? 0 : (size_t)(colon - place.ptr);
    bool bracketed = host_len > 2 && place.ptr[0] == '[' && place.ptr[host_len - 1] == ']';
    char port[6] = "";
    size_t port_len = colon == NULL ? 0 : place.len - host_len - 1;
    if (host_len == 0 || host_len >= sizeof(host) || port_len == 0 || port_len >= sizeof(port)) {
        err_set(err, ERR_USAGE, "\"%.*s\" is not HOST:PORT", STR_ARG(place));
        return false;
    }
    memcpy(host, place.ptr + bracketed, host_len - 2 * (size_t)bracketed);
    memcpy(port, colon + 1, port_len);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(host, port, &hints, &found);
    if (rc != 0) {
        err_set(err, ERR_USAGE, "no address for \"%s\": %s", host, gai_strerror(rc));
        return false;
    }
    memcpy(&client->place.storage, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

struct client *
client_new(uv_loop_t *loop, struct str place, const struct client_settings *settings, struct err *err)
{
    struct client *client = calloc(1, sizeof(*client));
    if (client == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a client");
        return NULL;
    }
    if (!client_find_place(client, place, err)) {
        free(client);
        return NULL;
    }
    client->loop = loop;
    client->settings = *settings;
    client->deadline = UINT64_MAX;
    arena_init(&client->arena, CLIENT_MEMORY + 2 * settings->body_max);
    (void)uv_timer_init(loop, &client->timer); /* cannot fail */
    client->timer.data = client;
    (void)signal(SIGPIPE, SIG_IGN);
    return client;
}

static void
on_timer_closed(uv_handle_t *handle)
{
    client_handle_gone(handle->data);
}

void
client_free(struct client *client, void (*on_freed)(void *user), void *user)
{
    assert(!client->dying);
    client->dying = true;
    client->on_freed = on_freed;
    client->freed_user = user;
    client->handles_open = client->state == CLIENT_DOWN ? 1 : 2;
    uv_close((uv_handle_t *)&client->timer, on_timer_closed);
    if (client->state != CLIENT_DOWN && client->state != CLIENT_CLOSING)
        client_fail(client, CLIENT_CANCELLED);
}
