/* One client: bytes in, requests out to the handler, replies back in order.
 *
 * Every event (bytes, a reply, a finished write, a deadline) changes the connection's state and then ends in
 * conn_settle(), the one place that sends what there is, takes up what was waiting, decides about closing, and sets
 * reading and deadline by the state reached. At most one request of a connection is with the handler; bytes that come
 * meanwhile are stashed (one read buffer at most, then reading stops), so the order of replies needs no bookkeeping. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/server_intern.h"

enum {
    WRITE_PIECES_MAX = 32,       /* per writev(2) */
    WRITE_QUEUED_PIECES = 4,     /* per uv_write(): as many as it takes without an allocation */
    WRITE_QUEUED_MAX = 64 << 10, /* bytes per uv_write(), so that progress shows */
    BODY_CAPACITY_MIN = 4 << 10,
};

static void conn_settle(struct conn *conn);

static struct conn *
conn_of(void *handle)
{
    return ((uv_handle_t *)handle)->data;
}

static void
conn_set_phase(struct conn *conn, enum conn_phase phase)
{
    conn->phase = phase;
    conn->since_ms = server_now_ms(conn->server);
}

/* ---- sending ---- */

static void
out_push(struct conn *conn, struct out *out)
{
    out->next = NULL;
    out->sent = 0;
    if (conn->out_first == NULL)
        conn->out_first = out;
    else
        conn->out_last->next = out;
    conn->out_last = out;
    conn->unsent += out->parts[0].len + out->parts[1].len;
}

/* Up to `max` pieces and `max_len` bytes of what is to be sent next. Returns the number of pieces. */
static unsigned
out_gather(const struct conn *conn, uv_buf_t *bufs, unsigned max, size_t max_len, size_t *ret_len)
{
    unsigned count = 0;
    size_t len = 0;
    for (const struct out *out = conn->out_first; out != NULL; out = out->next) {
        size_t skip = out->sent;
        for (size_t i = 0; i < 2; i++) {
            struct str part = out->parts[i];
            size_t skipped = skip < part.len ? skip : part.len;
            skip -= skipped;
            size_t take = part.len - skipped;
            if (take == 0)
                continue;
            if (count == max || len == max_len) {
                *ret_len = len;
                return count;
            }
            if (take > max_len - len)
                take = max_len - len;
            /* libuv takes a pointer to bytes it will only read */
            bufs[count].base = (char *)(uintptr_t)(part.ptr + skipped);
            bufs[count].len = take;
            count++;
            len += take;
        }
    }
    *ret_len = len;
    return count;
}

/* `len` more bytes have gone out; what is finished goes back. */
static void
out_advance(struct conn *conn, size_t len)
{
    counter_add(&conn->server->counters.bytes_out, len);
    conn->unsent -= len;
    while (conn->out_first != NULL) {
        struct out *out = conn->out_first;
        size_t left = out->parts[0].len + out->parts[1].len - out->sent;
        if (len < left) {
            out->sent += len;
            return;
        }
        len -= left;
        conn->out_first = out->next;
        if (out->owner != NULL)
            server_request_free(out->owner);
    }
    conn->out_last = NULL;
}

static void
on_written(uv_write_t *req, int status)
{
    struct conn *conn = conn_of(req->handle);
    if (conn->phase == CONN_CLOSED)
        return;
    size_t len = conn->write_len;
    conn->write_len = 0;
    if (status < 0) {
        counter_add(&conn->server->counters.closed_broken, 1);
        conn_close(conn);
        return;
    }
    out_advance(conn, len);
    conn_settle(conn);
}

/* The socket is full: libuv waits for it to drain. */
static bool
conn_queue_write(struct conn *conn)
{
    uv_buf_t bufs[WRITE_QUEUED_PIECES];
    size_t len;
    unsigned count = out_gather(conn, bufs, WRITE_QUEUED_PIECES, WRITE_QUEUED_MAX, &len);
    if (uv_write(&conn->req.write, &conn->uv.stream, bufs, count, on_written) != 0)
        return false;
    conn->write_len = len;
    conn->write_ms = server_now_ms(conn->server);
    return true;
}

/* Sends as much as the socket takes. False when the connection is broken. */
static bool
conn_flush(struct conn *conn)
{
    while (conn->out_first != NULL && conn->write_len == 0) {
        uv_buf_t bufs[WRITE_PIECES_MAX];
        size_t len;
        unsigned count = out_gather(conn, bufs, WRITE_PIECES_MAX, SIZE_MAX, &len);
        int sent = uv_try_write(&conn->uv.stream, bufs, count);
        if (sent < 0 && sent != UV_EAGAIN)
            return false;
        if (sent > 0)
            out_advance(conn, (size_t)sent);
        if ((sent < 0 || (size_t)sent < len) && !conn_queue_write(conn))
            return false;
    }
    return true;
}

/* ---- replying ---- */

static bool
reply_keeps_alive(const struct conn *conn, const struct server_request *request)
{
    return request->reader.request.keep_alive && !request->reply.close && !conn->last && !conn->eof && !conn->reserve &&
           !conn->server->draining;
}

/* Turns request->reply into bytes behind what is still to be sent. The request is out's from here on. */
static void
conn_send_reply(struct conn *conn, struct server_request *request)
{
    struct server *server = conn->server;
    const struct server_reply *reply = &request->reply;
    const struct http_request *http = &request->reader.request;
    struct http_head head = {.status = reply->status,
                             .body_len = reply->body.len,
                             .minor = request->reader.refusal == HTTP_NOT_REFUSED ? http->minor : 1,
                             .keep_alive = reply_keeps_alive(conn, request),
                             .date = server_date(server),
                             .fields = http_fields_lines(&reply->fields)};
    struct text text;
    request->arena.limit += SERVER_REPLY_HEAD_MEMORY + head.fields.len;
    request->arena.overflowed = false;
    text_init(&text, &request->arena, 256 + head.fields.len);
    http_write_head(&text, &head);
    if (!head.keep_alive)
        conn->last = true;
    if (text.overflowed || http_fields_overflowed(&reply->fields)) {
        /* half a reply would be a lie: better none at all */
        counter_add(&server->counters.replies_dropped, 1);
        conn->last = true;
        server_request_free(request);
        return;
    }
    counter_add(&server->counters.replies[reply->status / 100], 1);
    request->out.parts[0] = text_str(&text);
    request->out.parts[1] = http->method == HTTP_HEAD ? (struct str){NULL, 0} : reply->body;
    request->out.owner = request;
    out_push(conn, &request->out);
}

/* Answers for itself, and ends the conversation: after a refusal nobody knows where the next request would begin. */
static void
conn_refuse(struct conn *conn, enum http_refusal refusal)
{
    struct server *server = conn->server;
    struct server_request *request = conn->request;
    counter_add(&server->counters.refusals[refusal], 1);
    conn->request = NULL;
    conn_set_phase(conn, CONN_WAITING);
    if (request == NULL)
        request = server_request_new(server);
    if (request == NULL) {
        conn->last = true;
        return;
    }
    request->arena.limit += SERVER_REPLY_HEAD_MEMORY;
    request->arena.overflowed = false;
    request->reply = (struct server_reply){.status = http_refusal_status(refusal), .close = true};
    request->reader.refusal = refusal;
    if (server->handler.render_error != NULL)
        server->handler.render_error(refusal, request->reader.request.headers == NULL ? NULL : &request->reader.request,
                                     &request->arena, &request->reply, server->handler.user);
    conn_send_reply(conn, request);
}

/* The limit per address: those above it are told to go, with the reply they have waited for. */
static void
conn_note_credential(struct conn *conn, const struct server_request *request)
{
    struct server *server = conn->server;
    bool counts = !request->reply.authenticated && !request->admission.health;
    if (counts == conn->counted || (conn->peer.kind != PEER_IPV4 && conn->peer.kind != PEER_IPV6))
        return;
    if (!counts) {
        peer_counts_remove(&server->addresses, &conn->peer);
        conn->counted = false;
        return;
    }
    if (server->handler.is_exempt != NULL && server->handler.is_exempt(&conn->peer, server->handler.user))
        return;
    uint32_t count = peer_counts_add(&server->addresses, &conn->peer);
    conn->counted = true;
    if (count > server->settings.anonymous_max) {
        counter_add(&server->counters.closed_crowded, 1);
        conn->last = true;
    }
}

static void
conn_reply(struct conn *conn)
{
    struct server_request *request = conn->request;
    conn->request = NULL;
    conn_set_phase(conn, CONN_WAITING);
    conn_note_credential(conn, request);
    conn_send_reply(conn, request);
}

void
conn_complete(struct conn *conn)
{
    assert(conn->phase == CONN_HANDLING);
    conn_reply(conn);
    conn_settle(conn);
}

/* ---- reading ---- */

static bool
conn_begin_request(struct conn *conn)
{
    struct server_request *request = server_request_new(conn->server);
    if (request == NULL)
        return false;
    request->conn = conn;
    request->peer = conn->peer;
    request->tag = conn->tag;
    conn->request = request;
    conn_set_phase(conn, CONN_HEAD);
    return true;
}

static void
conn_send_continue(struct conn *conn)
{
    struct server_request *request = conn->request;
    request->interim = (struct out){.parts = {http_write_continue(), {NULL, 0}}};
    out_push(conn, &request->interim);
}

static void
conn_take_head(struct conn *conn, struct str rest)
{
    struct server *server = conn->server;
    struct server_request *request = conn->request;
    const struct http_request *http = &request->reader.request;
    request->admission =
        (struct server_admission){.body_max = server->settings.body_max, .body_timeout = server->settings.body_timeout};
    if (server->handler.admit != NULL)
        server->handler.admit(http, &conn->peer, &request->admission, server->handler.user);
    if (conn->reserve && !request->admission.health) {
        conn_refuse(conn, HTTP_REFUSED_CONNECTIONS);
        return;
    }
    conn_set_phase(conn, CONN_BODY);
    conn->body_in = 0;
    assert(request->admission.body_max <= SERVER_BODY_MAX);
    /* the body may need its size twice over while it grows */
    request->arena.limit += 2 * request->admission.body_max;
    if (http_reader_admit(&request->reader, request->admission.body_max) == HTTP_REFUSED)
        conn_refuse(conn, request->reader.refusal);
    else if (http->wants_continue && rest.len == 0)
        conn_send_continue(conn);
}

/* How much to make room for: all of it when the piece is all there is, else twice what there was, but never more than
 * what can come. A length that was only announced takes no memory. */
static size_t
body_capacity(const struct server_request *request, size_t need)
{
    const struct http_body *body = &request->reader.body;
    uint64_t most = body->kind == HTTP_BODY_LENGTH ? need + body->left : request->admission.body_max;
    uint64_t capacity = request->body_capacity * 2;
    if (capacity < BODY_CAPACITY_MIN)
        capacity = BODY_CAPACITY_MIN;
    while (capacity < need)
        capacity *= 2;
    return (size_t)(capacity < most ? capacity : most);
}

static bool
body_reserve(struct server_request *request, size_t need)
{
    struct server *server = request->server;
    if (need <= request->body_capacity)
        return true;
    size_t capacity = body_capacity(request, need);
    if (server->body_memory + capacity > server->settings.body_memory_max)
        return false;
    char *body = arena_alloc(&request->arena, capacity);
    if (body == NULL)
        return false;
    if (request->body_len > 0)
        memcpy(body, request->body, request->body_len);
    server->body_memory += capacity - request->body_capacity;
    request->body = body;
    request->body_capacity = capacity;
    return true;
}

static void
conn_take_piece(struct conn *conn, struct str piece)
{
    struct server_request *request = conn->request;
    conn->body_in += piece.len;
    if (!body_reserve(request, request->body_len + piece.len)) {
        conn_refuse(conn, HTTP_REFUSED_MEMORY);
        return;
    }
    memcpy(request->body + request->body_len, piece.ptr, piece.len);
    request->body_len += piece.len;
}

static void
conn_dispatch(struct conn *conn)
{
    struct server_request *request = conn->request;
    request->reader.request.body = str_of(request->body, request->body_len);
    request->arena.limit = request->arena.used + conn->server->settings.reply_memory_max;
    conn_set_phase(conn, CONN_HANDLING);
    if (server_request_dispatch(request))
        conn_reply(conn);
}

/* One event of the reader; false when it wants more bytes. */
static bool
conn_step(struct conn *conn, struct str *input)
{
    struct str piece = {NULL, 0};
    if (conn->phase == CONN_WAITING) {
        if (input->len == 0)
            return false;
        if (!conn_begin_request(conn)) {
            conn_refuse(conn, HTTP_REFUSED_MEMORY);
            return true;
        }
    }
    switch (http_reader_read(&conn->request->reader, input, &piece)) {
    case HTTP_MORE: return false;
    case HTTP_HEAD_IN: conn_take_head(conn, *input); break;
    case HTTP_PIECE: conn_take_piece(conn, piece); break;
    case HTTP_END: conn_dispatch(conn); break;
    case HTTP_REFUSED: conn_refuse(conn, conn->request->reader.refusal); break;
    }
    return true;
}

/* Whether the next byte has someone to read it. */
static bool
conn_is_ready(const struct conn *conn)
{
    return conn->phase <= CONN_BODY && !conn->last && conn->unsent <= conn->server->settings.unsent_max;
}

static void
conn_take(struct conn *conn, struct str *input)
{
    while (conn_is_ready(conn) && conn_step(conn, input))
        ;
}

/* Keeps what came too early. Without memory the connection is lost: bytes can't be unread. */
static void
conn_stash(struct conn *conn, struct str rest)
{
    conn->stash = malloc(rest.len);
    if (conn->stash == NULL) {
        conn_close(conn);
        return;
    }
    memcpy(conn->stash, rest.ptr, rest.len);
    conn->stash_len = rest.len;
    conn->stash_at = 0;
}

static void
stash_drop(struct conn *conn)
{
    free(conn->stash);
    conn->stash = NULL;
    conn->stash_len = 0;
}

static void
conn_take_stash(struct conn *conn)
{
    struct str input = str_of(conn->stash + conn->stash_at, conn->stash_len - conn->stash_at);
    conn_take(conn, &input);
    conn->stash_at = conn->stash_len - input.len;
    if (input.len == 0 || conn->last)
        stash_drop(conn);
}

/* The client has ended its side: what is under way is finished, what is half there can't be. */
static void
conn_take_eof(struct conn *conn)
{
    conn->eof = true;
    if (conn->phase == CONN_LINGERING) {
        conn_close(conn);
        return;
    }
    if (conn->phase == CONN_HEAD || conn->phase == CONN_BODY) {
        counter_add(&conn->server->counters.closed_broken, 1);
        conn_close(conn);
        return;
    }
    conn->last = true;
    conn_settle(conn);
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    /* one buffer for all: libuv fills it and calls on_read() before it asks again */
    struct server *server = conn_of(handle)->server;
    (void)suggested;
    ret_buf->base = server->read_buffer;
    ret_buf->len = sizeof(server->read_buffer);
}

static void
on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct conn *conn = conn_of(stream);
    if (conn->phase == CONN_CLOSED || len == 0)
        return;
    if (len == UV_EOF) {
        conn_take_eof(conn);
        return;
    }
    if (len < 0) {
        counter_add(&conn->server->counters.closed_broken, 1);
        conn_close(conn);
        return;
    }
    struct server *server = conn->server;
    counter_add(&server->counters.bytes_in, (uint64_t)len);
    struct str input = str_of(buf->base, (size_t)len);
    conn_take(conn, &input);
    /* behind the last request everything is thrown away */
    if (input.len > 0 && !conn->last)
        conn_stash(conn, input);
    conn_settle(conn);
    /* the loop hears of a thousand clients before it hears of a wake-up: who waits for the disk would wait for all */
    server_send_completed(server);
}

/* ---- settling ---- */

static void
on_shutdown(uv_shutdown_t *req, int status)
{
    struct conn *conn = conn_of(req->handle);
    if (conn->phase != CONN_CLOSED && status < 0)
        conn_close(conn);
}

/* Ends our side and waits for the client's end: closing with unread bytes would reset the connection, and the reset
 * can overtake the reply (RFC 9112 9.6). */
static void
conn_linger(struct conn *conn)
{
    conn_set_phase(conn, CONN_LINGERING);
    stash_drop(conn);
    if (conn->eof || uv_shutdown(&conn->req.shutdown, &conn->uv.stream, on_shutdown) != 0)
        conn_close(conn);
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* How long the body may take by now: the grace and what its bytes have earned, at most the timeout as a whole. */
static uint64_t
body_time(const struct conn *conn)
{
    const struct server_settings *settings = &conn->server->settings;
    uint64_t earned = settings->body_rate == 0 ? UINT32_MAX : conn->body_in * 1000 / settings->body_rate;
    return earlier(conn->request->admission.body_timeout, settings->body_grace + earned);
}

/* UINT64_MAX when nothing is awaited from the client. */
static uint64_t
conn_deadline(const struct conn *conn)
{
    const struct server_settings *settings = &conn->server->settings;
    uint64_t at = UINT64_MAX;
    switch (conn->phase) {
    case CONN_WAITING:
        if (conn->out_first == NULL)
            at = conn->since_ms + (conn->server->draining ? settings->drain_idle : settings->idle_timeout);
        break;
    case CONN_HEAD: at = conn->since_ms + settings->head_timeout; break;
    case CONN_BODY: at = conn->since_ms + body_time(conn); break;
    case CONN_LINGERING: at = conn->since_ms + settings->linger_timeout; break;
    case CONN_HANDLING:
    case CONN_CLOSED: break;
    }
    if (conn->write_len > 0)
        at = earlier(at, conn->write_ms + settings->write_timeout);
    return at;
}

static void
conn_set_reading(struct conn *conn)
{
    bool reading = !conn->eof && conn->stash == NULL;
    if (reading == conn->reading)
        return;
    conn->reading = reading;
    if (!reading)
        (void)uv_read_stop(&conn->uv.stream);
    else if (uv_read_start(&conn->uv.stream, on_alloc, on_read) != 0)
        conn_close(conn);
}

static void
conn_settle(struct conn *conn)
{
    for (;;) {
        if (conn->phase == CONN_CLOSED)
            return;
        if (!conn_flush(conn)) {
            counter_add(&conn->server->counters.closed_broken, 1);
            conn_close(conn);
            return;
        }
        if (conn->stash == NULL || !conn_is_ready(conn))
            break;
        conn_take_stash(conn);
    }
    if (conn->last && conn->phase == CONN_WAITING && conn->out_first == NULL)
        conn_linger(conn);
    if (conn->phase != CONN_CLOSED)
        conn_set_reading(conn);
    if (conn->phase == CONN_CLOSED)
        return;
    uint64_t at = conn_deadline(conn);
    if (at == UINT64_MAX)
        deadlines_clear(&conn->deadline);
    else
        deadlines_set(&conn->server->deadlines, &conn->deadline, at);
}

void
conn_expire(struct conn *conn)
{
    struct server *server = conn->server;
    uint64_t now = server_now_ms(server);
    if (conn->write_len > 0 && now >= conn->write_ms + server->settings.write_timeout) {
        counter_add(&server->counters.closed_stalled, 1);
        conn_close(conn);
        return;
    }
    switch (conn->phase) {
    case CONN_HEAD:
        if (!http_reader_is_fresh(&conn->request->reader)) {
            conn_refuse(conn, HTTP_REFUSED_HEAD_SLOW);
            break;
        }
        /* nothing but an empty line has come: there is no request to answer */
        counter_add(&server->counters.closed_idle, 1);
        conn_close(conn);
        return;
    case CONN_BODY: conn_refuse(conn, HTTP_REFUSED_BODY_SLOW); break;
    case CONN_WAITING:
        counter_add(&server->counters.closed_idle, 1);
        conn_close(conn);
        return;
    case CONN_LINGERING: conn_close(conn); return;
    case CONN_HANDLING:
    case CONN_CLOSED: break;
    }
    conn_settle(conn);
}

void
conn_drain(struct conn *conn)
{
    if (conn->phase == CONN_WAITING)
        conn->since_ms = server_now_ms(conn->server);
    conn_settle(conn);
}

/* ---- beginning and end ---- */

static void
on_closed(uv_handle_t *handle)
{
    struct conn *conn = conn_of(handle);
    struct server *server = conn->server;
    if (conn->older != NULL)
        conn->older->newer = conn->newer;
    if (conn->newer != NULL)
        conn->newer->older = conn->older;
    else
        server->conns = conn->older;
    server->conn_count--;
    counter_subtract(&server->counters.connections_open, 1);
    free(conn);
    server_check_drained(server);
    /* last: the server may be gone after it */
    server_handle_closed(server);
}

void
conn_close(struct conn *conn)
{
    if (conn->phase == CONN_CLOSED)
        return;
    if (conn->counted)
        peer_counts_remove(&conn->server->addresses, &conn->peer);
    deadlines_clear(&conn->deadline);
    stash_drop(conn);
    while (conn->out_first != NULL) {
        struct out *out = conn->out_first;
        conn->out_first = out->next;
        if (out->owner != NULL)
            server_request_free(out->owner);
    }
    if (conn->request != NULL && conn->phase == CONN_HANDLING)
        conn->request->conn = NULL;
    else if (conn->request != NULL)
        server_request_free(conn->request);
    conn->request = NULL;
    conn->phase = CONN_CLOSED;
    uv_close(&conn->uv.handle, on_closed);
}

static void
conn_note_peer(struct conn *conn, bool local)
{
    struct sockaddr_storage address;
    int len = sizeof(address);
    if (!local) {
        if (uv_tcp_getpeername(&conn->uv.tcp, (struct sockaddr *)&address, &len) == 0)
            conn->peer = peer_from_sockaddr((const struct sockaddr *)&address);
        return;
    }
    struct ucred credentials;
    socklen_t credentials_len = sizeof(credentials);
    uv_os_fd_t fd;
    if (uv_fileno(&conn->uv.handle, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &credentials_len) != 0)
        return;
    conn->peer.kind = PEER_LOCAL;
    conn->peer.uid = credentials.uid;
}

static void
conn_enlist(struct conn *conn)
{
    struct server *server = conn->server;
    conn->older = server->conns;
    if (conn->older != NULL)
        conn->older->newer = conn;
    server->conns = conn;
    server->conn_count++;
    server->handle_count++;
    counter_add(&server->counters.connections_accepted, 1);
    counter_add(&server->counters.connections_open, 1);
}

/* A new connection finds the server full, nearly full, or as usual. Local ones are few and trusted: never too many. */
static void
conn_welcome(struct conn *conn)
{
    struct server *server = conn->server;
    const struct server_settings *settings = &server->settings;
    bool local = conn->peer.kind == PEER_LOCAL;
    conn_set_phase(conn, CONN_WAITING);
    if (!local && server->conn_count > settings->connection_max + SERVER_TURNED_AWAY_MARGIN) {
        counter_add(&server->counters.turned_away, 1);
        conn_close(conn);
        return;
    }
    if (!local && server->conn_count > settings->connection_max)
        conn_refuse(conn, HTTP_REFUSED_CONNECTIONS);
    conn->reserve = !local && server->conn_count > settings->connection_max - settings->health_reserve;
    server_tick_on(server);
    conn_settle(conn);
}

bool
conn_accept(struct listener *listener)
{
    struct server *server = listener->server;
    struct conn *conn = calloc(1, sizeof(*conn));
    if (conn == NULL)
        return false;
    bool local = listener->path != NULL;
    int rc = local ? uv_pipe_init(server->loop, &conn->uv.pipe, 0) : uv_tcp_init(server->loop, &conn->uv.tcp);
    if (rc != 0) {
        free(conn);
        return false;
    }
    conn->uv.handle.data = conn;
    conn->server = server;
    conn->tag = listener->tag;
    conn_enlist(conn);
    if (uv_accept(&listener->uv.stream, &conn->uv.stream) != 0) {
        conn_close(conn);
        return true;
    }
    conn_note_peer(conn, local);
    if (!local)
        (void)uv_tcp_nodelay(&conn->uv.tcp, 1);
    conn_welcome(conn);
    return true;
}
