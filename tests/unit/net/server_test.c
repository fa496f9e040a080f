/* The server over real loopback sockets: order, deadlines, limits, draining, replies from elsewhere.
 *
 * One thread runs both ends. The loop is turned by hand until what is waited for has happened; time is a number that
 * the test moves. The only real time is the guard that ends a test which waits in vain. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/server.h"

enum { PARKED_MAX = 512, GUARD_S = 60, REPLY_MAX = 4 << 20 };

struct house {
    uv_loop_t loop;
    struct server *server;
    struct server_settings settings;
    uint64_t now_ms;
    int64_t wall_s;
    uint16_t port;
    struct server_request *parked[PARKED_MAX];
    size_t parked_count;
    size_t handled;
    size_t released;
    char last_error[64];
    struct peer last_peer;
    int last_tag;
    bool exempt;
    bool drained;
    bool closed;
    char *received; /* what the last wait has read */
    size_t received_len;
};

/* more than two sockets hold when nobody reads: tcp_wmem's usual maximum is 4 MiB */
static char big_body[16 << 20];

/* ---- the handler ---- */

static uint64_t
house_now(void *user)
{
    return ((struct house *)user)->now_ms;
}

static int64_t
house_wall(void *user)
{
    return ((struct house *)user)->wall_s;
}

static bool
path_is(const struct http_request *request, const char *path)
{
    return str_equal(request->path, str_from(path));
}

static void
house_release(void *owner)
{
    ((struct house *)owner)->released++;
}

static void
house_answer(struct house *house, struct server_request *request)
{
    const struct http_request *http = server_request_http(request);
    struct server_reply reply = {.status = 200, .body = http->path};
    reply.authenticated = http_request_header(http, STR("Authorization")).ptr != NULL;
    http_fields_init(&reply.fields, server_request_arena(request));
    http_fields_add(&reply.fields, STR("X-Handled"), STR("yes"));
    if (path_is(http, "/echo")) {
        reply.body = http->body;
    } else if (path_is(http, "/big")) {
        reply.body = str_of(big_body, sizeof(big_body));
        reply.release = house_release;
        reply.owner = house;
    } else if (path_is(http, "/nothing")) {
        reply.status = 204;
        reply.body = (struct str){NULL, 0};
    }
    reply.close = path_is(http, "/close");
    server_reply(request, &reply);
}

static void
house_handle(struct server_request *request, void *user)
{
    struct house *house = user;
    const struct http_request *http = server_request_http(request);
    house->handled++;
    house->last_peer = *server_request_peer(request);
    house->last_tag = server_request_tag(request);
    if (str_starts_with(http->path, STR("/later"))) {
        assert_true(house->parked_count < PARKED_MAX);
        house->parked[house->parked_count++] = request;
        return;
    }
    if (path_is(http, "/meanwhile")) { /* another thread is done with the first one and has not woken the loop yet */
        struct server_reply reply = {.status = 200, .body = STR("done")};
        server_reply_queue(house->parked[0], &reply);
    }
    house_answer(house, request);
}

static void
house_admit(const struct http_request *request, const struct peer *peer, struct server_admission *admission, void *user)
{
    (void)user;
    assert_true(peer->kind != PEER_UNKNOWN);
    admission->health = path_is(request, "/health");
    if (path_is(request, "/import")) {
        admission->body_max = 4 << 20;
        admission->body_timeout = 120000;
    }
}

static void
house_render_error(enum http_refusal refusal, const struct http_request *request, struct arena *arena,
                   struct server_reply *reply, void *user)
{
    struct house *house = user;
    (void)request;
    (void)snprintf(house->last_error, sizeof(house->last_error), "%s", http_refusal_code(refusal));
    http_fields_init(&reply->fields, arena);
    http_fields_add(&reply->fields, STR("Content-Type"), STR("application/problem+json"));
    reply->body = str_from(http_refusal_code(refusal));
}

static bool
house_is_exempt(const struct peer *peer, void *user)
{
    (void)peer;
    return ((struct house *)user)->exempt;
}

/* ---- beginning and end ---- */

static void
house_build(struct house *house)
{
    struct err err;
    const struct server_handler handler = {.admit = house_admit,
                                           .handle = house_handle,
                                           .render_error = house_render_error,
                                           .is_exempt = house_is_exempt,
                                           .user = house};
    house->server = server_new(&house->loop, &house->settings, &handler, &err);
    assert_non_null(house->server);
    assert_true(server_listen(house->server, STR("127.0.0.1:0"), 7, &house->port, &err));
}

static int
set_up(void **state)
{
    struct house *house = calloc(1, sizeof(*house));
    if (house == NULL)
        return -1;
    house->received = malloc(REPLY_MAX);
    house->now_ms = 1000000;
    house->wall_s = 784111777;
    house->settings = server_settings_default();
    house->settings.clock = (struct server_clock){house_now, house_wall, house};
    *state = house;
    return house->received == NULL ? -1 : uv_loop_init(&house->loop);
}

static void
on_closed(void *user)
{
    ((struct house *)user)->closed = true;
}

static int
tear_down(void **state)
{
    struct house *house = *state;
    server_close(house->server, on_closed, house);
    while (!house->closed)
        uv_run(&house->loop, UV_RUN_ONCE);
    server_free(house->server);
    int rc = uv_loop_close(&house->loop);
    free(house->received);
    free(house);
    return rc;
}

/* ---- turning the loop ---- */

/* Runs whatever can run now. */
static void
turn(struct house *house)
{
    struct pollfd fd = {.fd = uv_backend_fd(&house->loop), .events = POLLIN};
    do
        uv_run(&house->loop, UV_RUN_NOWAIT);
    while (poll(&fd, 1, 0) > 0);
    uv_run(&house->loop, UV_RUN_NOWAIT);
}

/* Turns the loop until `condition` holds; main()'s alarm ends a test that waits in vain. */
#define AWAIT(house, condition)                                                                                        \
    do {                                                                                                               \
        while (!(condition))                                                                                           \
            uv_run(&(house)->loop, UV_RUN_ONCE);                                                                       \
    } while (0)

static void
advance(struct house *house, uint64_t ms)
{
    house->now_ms += ms;
    server_check_deadlines(house->server);
    turn(house);
}

static struct server_counters
counters(const struct house *house)
{
    struct server_counters counters;
    server_read_counters(house->server, &counters);
    return counters;
}

static int
dial(struct house *house)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(house->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    uint64_t before = counters(house).connections_accepted;
    AWAIT(house, counters(house).connections_accepted > before);
    turn(house);
    return fd;
}

/* Waits until one of both ends can go on. */
static void
wait_for(struct house *house, int fd, short events)
{
    /* what the last turn has begun to watch is known to the kernel only after another one */
    turn(house);
    struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = uv_backend_fd(&house->loop), .events = POLLIN}};
    assert_true(poll(fds, 2, -1) > 0);
    uv_run(&house->loop, UV_RUN_NOWAIT);
}

/* Sends, and waits until the server has read it all. */
static void
put(struct house *house, int fd, struct str bytes)
{
    uint64_t expected = counters(house).bytes_in + bytes.len;
    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0) {
            assert_int_equal(errno, EAGAIN);
            wait_for(house, fd, POLLOUT);
            continue;
        }
        bytes = str_of(bytes.ptr + sent, bytes.len - (size_t)sent);
    }
    AWAIT(house, counters(house).bytes_in >= expected);
    turn(house);
}

static void
put_text(struct house *house, int fd, const char *text)
{
    put(house, fd, str_from(text));
}

enum ending { STILL_OPEN, ENDED, RESET };

/* Reads what is there. */
static enum ending
read_some(struct house *house, int fd)
{
    for (;;) {
        assert_true(house->received_len < REPLY_MAX - 1);
        ssize_t len = recv(fd, house->received + house->received_len, REPLY_MAX - 1 - house->received_len, 0);
        if (len == 0)
            return ENDED;
        if (len < 0)
            return errno == EAGAIN ? STILL_OPEN : RESET;
        house->received_len += (size_t)len;
        house->received[house->received_len] = '\0';
    }
}

static void
forget(struct house *house)
{
    house->received_len = 0;
    house->received[0] = '\0';
}

static size_t
count_text(const struct house *house, const char *text)
{
    size_t count = 0;
    const char *end = house->received + house->received_len;
    for (const char *at = house->received; at < end; at++) {
        at = memmem(at, (size_t)(end - at), text, strlen(text));
        if (at == NULL)
            break;
        count++;
    }
    return count;
}

/* Reads until `text` has come `times` times; an end of the connection before that fails the test. */
static void
expect_times(struct house *house, int fd, const char *text, size_t times)
{
    forget(house);
    for (;;) {
        enum ending ending = read_some(house, fd);
        if (count_text(house, text) >= times)
            return;
        if (ending != STILL_OPEN)
            fail_msg("%s before %zu times \"%s\": %.300s", ending == ENDED ? "ended" : "reset", times, text,
                     house->received);
        wait_for(house, fd, POLLIN);
    }
}

static void
expect(struct house *house, int fd, const char *text)
{
    expect_times(house, fd, text, 1);
}

/* Reads to the end of the connection, which must be an orderly one, and closes. */
static void
expect_end(struct house *house, int fd)
{
    enum ending ending;
    forget(house);
    while ((ending = read_some(house, fd)) == STILL_OPEN)
        wait_for(house, fd, POLLIN);
    assert_int_equal(ending, ENDED);
    assert_int_equal(close(fd), 0);
    turn(house);
}

static void
expect_silence(struct house *house, int fd)
{
    forget(house);
    turn(house);
    assert_int_equal(read_some(house, fd), STILL_OPEN);
    assert_int_equal(house->received_len, 0);
}

static void
answer_parked(struct house *house, size_t i)
{
    struct server_request *request = house->parked[i];
    house->parked[i] = NULL;
    house_answer(house, request);
    turn(house);
}

static void
hang_up(struct house *house, int fd)
{
    assert_int_equal(close(fd), 0);
    turn(house);
}

#define HOST " HTTP/1.1\r\nHost: a\r\n"
#define GET(path) "GET " path HOST "\r\n"

/* ---- requests and replies ---- */

static void
a_connection_serves_request_after_request(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    for (int i = 0; i < 3; i++) {
        put_text(house, fd, GET("/now"));
        expect(house, fd, "\r\n\r\n/now");
        assert_string_equal(house->received,
                            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 4\r\n"
                            "X-Handled: yes\r\n\r\n/now");
    }
    house->wall_s++;
    put_text(house, fd, GET("/now"));
    expect(house, fd, "Date: Sun, 06 Nov 1994 08:49:38 GMT");
    assert_int_equal(house->last_tag, 7);
    assert_int_equal(house->last_peer.kind, PEER_IPV4);
    assert_int_equal(counters(house).requests, 4);
    assert_int_equal(counters(house).replies[2], 4);
    hang_up(house, fd);
    AWAIT(house, counters(house).connections_open == 0);
}

static void
bytes_may_come_one_at_a_time(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    const char *request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n";
    for (size_t i = 0; request[i] != '\0'; i++)
        put(house, fd, str_of(request + i, 1));
    expect(house, fd, "\r\n\r\nabcde");
    hang_up(house, fd);
}

static void
head_and_no_content_have_no_body(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, "HEAD /now" HOST "\r\n" GET("/nothing") GET("/last"));
    expect(house, fd, "\r\n\r\n/last");
    assert_non_null(strstr(house->received, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                            "Content-Length: 4\r\nX-Handled: yes\r\n\r\nHTTP/1.1 204 No Content\r\n"));
    assert_int_equal(count_text(house, "Content-Length"), 2);
    hang_up(house, fd);
}

static void
old_clients_get_what_they_ask_for(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, "GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect(house, fd, "Connection: keep-alive\r\n");
    put_text(house, fd, "GET /now HTTP/1.0\r\n\r\n");
    expect_end(house, fd);
    assert_int_equal(count_text(house, "Connection: close\r\n"), 1);
}

static void
closing_is_said_and_done(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    /* what was pipelined behind the last request is not looked at, and does not reset the reply away */
    put_text(house, fd, GET("/close") GET("/now"));
    expect_end(house, fd);
    assert_int_equal(count_text(house, "HTTP/1.1 200"), 1);
    assert_int_equal(count_text(house, "Connection: close\r\n"), 1);
    assert_int_equal(house->handled, 1);
    fd = dial(house);
    put_text(house, fd, "GET /now" HOST "Connection: close\r\n\r\n");
    expect_end(house, fd);
    assert_int_equal(count_text(house, "Connection: close\r\n"), 1);
}

static void
pipelined_requests_are_answered_in_order(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/later1") GET("/now") GET("/later2") GET("/end"));
    expect_silence(house, fd);
    /* one at a time: the second is not even begun while the first is under way */
    assert_int_equal(house->handled, 1);
    answer_parked(house, 0);
    expect(house, fd, "\r\n\r\n/now");
    assert_non_null(strstr(house->received, "\r\n\r\n/later1HTTP/1.1 200"));
    assert_int_equal(house->parked_count, 2);
    answer_parked(house, 1);
    expect(house, fd, "\r\n\r\n/end");
    assert_int_equal(house->handled, 4);
    hang_up(house, fd);
}

static void
a_thousand_pipelined_requests_are_all_answered(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    char *bytes = malloc(100000);
    assert_non_null(bytes);
    size_t len = 0;
    for (int i = 0; i < 1000; i++)
        len += (size_t)sprintf(bytes + len, "GET /%d" HOST "\r\n", 10000 + i);
    put(house, fd, str_of(bytes, len));
    expect(house, fd, "\r\n\r\n/10999");
    const char *at = house->received;
    for (int i = 0; i < 1000; i++) {
        char body[32];
        (void)sprintf(body, "\r\n\r\n/%d", 10000 + i);
        at = strstr(at, body);
        assert_non_null(at);
    }
    free(bytes);
    hang_up(house, fd);
}

static void
a_half_closed_client_still_gets_its_reply(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/later"));
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    expect_silence(house, fd);
    answer_parked(house, 0);
    expect_end(house, fd);
    assert_int_equal(count_text(house, "\r\n\r\n/later"), 1);
    assert_int_equal(count_text(house, "Connection: close"), 1);
    assert_int_equal(counters(house).closed_broken, 0);
}

static void
half_a_request_is_given_up_when_the_client_ends(void **state)
{
    struct house *house = *state;
    house_build(house);
    static const char *const halves[] = {"GET", "GET /now" HOST, "POST /now" HOST "Content-Length: 5\r\n\r\nabc"};
    for (size_t i = 0; i < 3; i++) {
        int fd = dial(house);
        put_text(house, fd, halves[i]);
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        expect_end(house, fd);
        assert_int_equal(house->received_len, 0);
        AWAIT(house, counters(house).closed_broken == i + 1);
    }
    assert_int_equal(house->handled, 0);
}

static void
reset(struct house *house, int fd)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
    hang_up(house, fd);
}

static void
a_reply_for_a_client_that_has_gone_is_dropped(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, "POST /later" HOST "Content-Length: 3\r\n\r\nabc");
    AWAIT(house, house->parked_count == 1);
    reset(house, fd);
    AWAIT(house, counters(house).connections_open == 0);
    assert_int_equal(counters(house).requests_open, 1);
    /* the request is still whole */
    const struct http_request *http = server_request_http(house->parked[0]);
    assert_true(str_equal(http->body, STR("abc")) && path_is(http, "/later"));
    answer_parked(house, 0);
    AWAIT(house, counters(house).requests_open == 0);
    assert_int_equal(counters(house).replies_dropped, 1);
}

static void
a_body_given_for_a_reply_is_released_once(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/big"));
    assert_int_equal(house->released, 0);
    while (house->released == 0) {
        wait_for(house, fd, POLLIN);
        assert_true(recv(fd, house->received, 1 << 20, 0) != 0);
    }
    put_text(house, fd, GET("/big"));
    assert_int_equal(house->released, 1);
    reset(house, fd);
    AWAIT(house, house->released == 2);
}

/* ---- replies from another thread ---- */

struct answerer {
    struct house *house;
    size_t count;
};

static void *
answer_all(void *user)
{
    struct answerer *answerer = user;
    struct house *house = answerer->house;
    for (size_t i = 0; i < answerer->count; i++) {
        struct server_request *request = house->parked[i];
        struct server_reply reply = {.status = 201, .authenticated = true};
        http_fields_init(&reply.fields, server_request_arena(request));
        http_fields_add_i64(&reply.fields, STR("X-Number"), (long long)i);
        reply.body = arena_copy_str(server_request_arena(request), server_request_http(request)->target);
        server_reply_queue(request, &reply);
    }
    server_wake(house->server);
    return NULL;
}

static void
another_thread_answers_a_batch_with_one_wake(void **state)
{
    struct house *house = *state;
    enum { CLIENTS = 200 };
    static int fds[CLIENTS];
    house_build(house);
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = dial(house);
        char request[64];
        (void)snprintf(request, sizeof(request), "GET /later/%zu" HOST "\r\n", i);
        put_text(house, fds[i], request);
    }
    assert_int_equal(house->parked_count, CLIENTS);
    struct answerer answerer = {house, CLIENTS};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, answer_all, &answerer), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    turn(house);
    for (size_t i = 0; i < CLIENTS; i++) {
        char reply[64];
        (void)snprintf(reply, sizeof(reply), "\r\n\r\n/later/%zu", i);
        expect(house, fds[i], reply);
        hang_up(house, fds[i]);
    }
    assert_int_equal(counters(house).replies[2], CLIENTS);
}

/* The loop reads what a thousand clients have sent before it hears that it was woken. */
static void
what_is_done_is_sent_with_the_next_read_and_does_not_wait_for_the_wake(void **state)
{
    struct house *house = *state;
    house_build(house);
    int waiting = dial(house), asking = dial(house);
    put_text(house, waiting, GET("/later"));
    expect_silence(house, waiting);
    put_text(house, asking, GET("/meanwhile"));
    assert_int_equal(counters(house).requests_open, 0);
    expect(house, waiting, "\r\n\r\ndone");
    expect(house, asking, "\r\n\r\n/meanwhile");
    hang_up(house, waiting);
    hang_up(house, asking);
}

/* Threads that answer each request on their own while the loop hands out more. */
struct worker_pool {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct server_request *waiting[64];
    size_t count;
    bool ending;
};

static void *
work(void *user)
{
    struct worker_pool *pool = user;
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        while (pool->count == 0 && !pool->ending)
            pthread_cond_wait(&pool->filled, &pool->lock);
        if (pool->count == 0) {
            pthread_mutex_unlock(&pool->lock);
            return NULL;
        }
        struct server_request *request = pool->waiting[--pool->count];
        pthread_mutex_unlock(&pool->lock);
        struct server_reply reply = {.status = 200, .body = STR("worked")};
        server_reply(request, &reply);
    }
}

static void
pool_handle(struct server_request *request, void *user)
{
    struct worker_pool *pool = user;
    pthread_mutex_lock(&pool->lock);
    assert_true(pool->count < 64);
    pool->waiting[pool->count++] = request;
    pthread_cond_signal(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
}

static void
threads_answer_while_the_loop_goes_on(void **state)
{
    struct house *house = *state;
    static struct worker_pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};
    enum { THREADS = 3, CLIENTS = 16, ROUNDS = 50 };
    struct err err;
    const struct server_handler handler = {.handle = pool_handle, .user = &pool};
    house->server = server_new(&house->loop, &house->settings, &handler, &err);
    assert_non_null(house->server);
    assert_true(server_listen(house->server, STR("127.0.0.1:0"), 0, &house->port, &err));
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &pool), 0);
    int fds[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        fds[i] = dial(house);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++)
            put_text(house, fds[i], GET("/"));
        for (size_t i = 0; i < CLIENTS; i++)
            expect(house, fds[i], "worked");
    }
    pthread_mutex_lock(&pool.lock);
    pool.ending = true;
    pthread_cond_broadcast(&pool.filled);
    pthread_mutex_unlock(&pool.lock);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < CLIENTS; i++)
        hang_up(house, fds[i]);
    assert_int_equal(counters(house).replies[2], CLIENTS * ROUNDS);
}

/* ---- deadlines ---- */

static void
a_head_has_ten_seconds_from_its_first_byte(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    advance(house, 5000); /* waiting for the first byte is another matter */
    put_text(house, fd, "GET /");
    for (int i = 0; i < 9; i++) {
        advance(house, 1000);
        put_text(house, fd, "x"); /* a trickle does not help */
    }
    advance(house, 999);
    expect_silence(house, fd);
    advance(house, 1);
    expect_end(house, fd);
    assert_true(str_starts_with(str_from(house->received), STR("HTTP/1.1 408 Request Timeout\r\n")));
    assert_string_equal(house->last_error, "REQUEST_TIMEOUT");
    assert_int_equal(counters(house).refusals[HTTP_REFUSED_HEAD_SLOW], 1);
}

static void
an_idle_connection_is_closed_without_a_word(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fresh = dial(house);
    int used = dial(house);
    int blank = dial(house);
    put_text(house, used, GET("/now"));
    expect(house, used, "/now");
    put_text(house, blank, "\r\n");
    advance(house, 14999);
    expect_silence(house, fresh);
    expect_silence(house, used);
    expect_end(house, blank); /* an empty line has a head's time, but nothing to answer */
    assert_int_equal(house->received_len, 0);
    advance(house, 1);
    expect_end(house, fresh);
    assert_int_equal(house->received_len, 0);
    expect_end(house, used);
    assert_int_equal(house->received_len, 0);
    assert_int_equal(counters(house).closed_idle, 3);
}

static void
each_request_starts_the_idle_time_anew(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    for (int i = 0; i < 5; i++) {
        advance(house, 14000);
        put_text(house, fd, GET("/now"));
        expect(house, fd, "/now");
    }
    hang_up(house, fd);
}

static void
a_body_must_come_at_five_hundred_bytes_a_second(void **state)
{
    struct house *house = *state;
    char bytes[600];
    memset(bytes, 'x', sizeof(bytes));
    house_build(house);
    int slow = dial(house);
    int fast = dial(house);
    put_text(house, slow, "POST /now" HOST "Content-Length: 60000\r\n\r\n");
    put_text(house, fast, "POST /now" HOST "Content-Length: 60000\r\n\r\n");
    for (int second = 0; second < 20; second++) {
        if (counters(house).refusals[HTTP_REFUSED_BODY_SLOW] == 0)
            put(house, slow, str_of(bytes, 300));
        put(house, fast, str_of(bytes, 500));
        advance(house, 1000);
    }
    expect_silence(house, fast);
    expect_end(house, slow);
    assert_true(str_starts_with(str_from(house->received), STR("HTTP/1.1 408 ")));
    assert_int_equal(counters(house).refusals[HTTP_REFUSED_BODY_SLOW], 1);
    hang_up(house, fast);
}

static void
a_body_has_thirty_seconds_in_all(void **state)
{
    struct house *house = *state;
    char bytes[1000];
    memset(bytes, 'x', sizeof(bytes));
    house_build(house);
    int plain = dial(house);
    int import = dial(house);
    put_text(house, plain, "POST /now" HOST "Content-Length: 65000\r\n\r\n");
    put_text(house, import, "POST /import" HOST "Content-Length: 65000\r\n\r\n");
    for (int second = 0; second < 30; second++) {
        expect_silence(house, plain);
        put(house, plain, str_of(bytes, 1000));
        put(house, import, str_of(bytes, 1000));
        advance(house, 1000);
    }
    expect_end(house, plain);
    assert_true(str_starts_with(str_from(house->received), STR("HTTP/1.1 408 ")));
    /* where the handler has said so it may take longer */
    for (int second = 0; second < 35; second++) {
        put(house, import, str_of(bytes, 1000));
        advance(house, 1000);
    }
    expect(house, import, "/import");
    hang_up(house, import);
}

static void
the_handler_has_all_the_time_it_wants(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/later"));
    advance(house, 1000000);
    expect_silence(house, fd);
    answer_parked(house, 0);
    expect(house, fd, "/later");
    hang_up(house, fd);
}

static void
a_client_that_does_not_read_is_cut_off(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    char requests[1024] = "";
    for (int i = 0; i < 20; i++)
        strcat(requests, GET("/big"));
    put_text(house, fd, requests);
    /* what is unsent is bounded: nobody works for a client that does not read */
    assert_int_equal(house->handled, 1);
    advance(house, 14999);
    assert_int_equal(counters(house).connections_open, 1);
    /* what the sockets still swallowed meanwhile was progress, but that ends */
    for (int i = 0; i < 100 && counters(house).connections_open == 1; i++)
        advance(house, 15000);
    assert_int_equal(counters(house).connections_open, 0);
    assert_int_equal(counters(house).closed_stalled, 1);
    assert_int_equal(house->released, 1);
    assert_int_equal(close(fd), 0);
}

static void
a_slow_reader_gets_everything_in_the_end(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/big") GET("/big") GET("/end"));
    size_t got = 0;
    uint64_t sent = counters(house).bytes_out;
    do {
        wait_for(house, fd, POLLIN);
        if (counters(house).bytes_out > sent) {
            /* each bit that gets out is progress, however long it took */
            sent = counters(house).bytes_out;
            house->now_ms += 14000;
        }
        ssize_t len = recv(fd, house->received, 1 << 20, 0);
        if (len < 0) {
            assert_int_equal(errno, EAGAIN); /* the loop had something to do, not we */
            continue;
        }
        assert_true(len > 0);
        got += (size_t)len;
        house->received_len = (size_t)len;
    } while (count_text(house, "\r\n\r\n/end") == 0);
    assert_true(got > 2 * sizeof(big_body) && got < 2 * sizeof(big_body) + 1000);
    assert_int_equal(house->released, 2);
    assert_int_equal(house->handled, 3);
    hang_up(house, fd);
}

/* ---- refusals ---- */

static void
a_refusal_is_rendered_by_the_handler_and_ends_the_connection(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/now") "GET / HTTP/1.1\r\nHost : a\r\n\r\n" GET("/now"));
    expect_end(house, fd);
    assert_non_null(strstr(house->received, "HTTP/1.1 400 Bad Request\r\n"));
    assert_non_null(strstr(house->received, "Content-Type: application/problem+json\r\n"));
    assert_non_null(strstr(house->received, "Connection: close\r\n"));
    assert_non_null(strstr(house->received, "\r\n\r\nBAD_REQUEST"));
    assert_int_equal(house->handled, 1);
    assert_int_equal(counters(house).refusals[HTTP_REFUSED_HEADER_NAME], 1);
    assert_int_equal(counters(house).replies[4], 1);
}

static void
a_body_that_is_too_large_is_refused_before_it_comes(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, "POST /now" HOST "Content-Length: 65537\r\n\r\n");
    expect(house, fd, "PAYLOAD_TOO_LARGE");
    /* the client goes on sending, as clients do, and still sees reply and end, not a reset */
    static char bytes[65537];
    put(house, fd, str_of(bytes, sizeof(bytes)));
    expect_end(house, fd);
    fd = dial(house);
    put_text(house, fd, "POST /now" HOST "Content-Length: 65537\r\n\r\n");
    put(house, fd, str_of(bytes, sizeof(bytes)));
    expect_end(house, fd);
    assert_int_equal(count_text(house, "HTTP/1.1 413 Content Too Large\r\n"), 1);
    fd = dial(house);
    put_text(house, fd, "POST /import" HOST "Content-Length: 65537\r\n\r\n");
    put(house, fd, str_of(bytes, sizeof(bytes)));
    expect(house, fd, "/import");
    hang_up(house, fd);
}

static void
lingering_has_an_end(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, "BAD\r\n\r\n");
    expect(house, fd, "BAD_REQUEST");
    for (int i = 0; i < 10 && counters(house).connections_open == 1; i++) {
        (void)send(fd, "x", 1, MSG_NOSIGNAL);
        advance(house, 500);
    }
    AWAIT(house, counters(house).connections_open == 0);
    assert_int_equal(close(fd), 0);
}

static void
bodies_share_a_bounded_memory(void **state)
{
    struct house *house = *state;
    house->settings.body_memory_max = 100000;
    house_build(house);
    static char bytes[60000];
    int first = dial(house);
    int second = dial(house);
    put_text(house, first, "POST /now" HOST "Content-Length: 60001\r\n\r\n");
    put(house, first, str_of(bytes, 60000));
    put_text(house, second, "POST /now" HOST "Content-Length: 60001\r\n\r\n");
    put(house, second, str_of(bytes, 60000));
    expect_end(house, second);
    assert_non_null(strstr(house->received, "HTTP/1.1 503 "));
    assert_string_equal(house->last_error, "BUSY_RETRY");
    put_text(house, first, "x");
    expect(house, first, "/now");
    /* and what was taken has been given back */
    put_text(house, first, "POST /now" HOST "Content-Length: 60001\r\n\r\n");
    put(house, first, str_of(bytes, 60000));
    put_text(house, first, "x");
    expect(house, first, "/now");
    hang_up(house, first);
}

/* ---- 100 Continue ---- */

static void
continue_is_sent_when_the_body_waits_for_it(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, "POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    expect(house, fd, "HTTP/1.1 100 Continue\r\n\r\n");
    put_text(house, fd, "abc");
    expect(house, fd, "\r\n\r\nabc");
    assert_int_equal(count_text(house, "100 Continue"), 0);
    /* not when the body is there already */
    put_text(house, fd, "POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    expect(house, fd, "\r\n\r\nabc");
    assert_int_equal(count_text(house, "100 Continue"), 0);
    /* and not when it isn't wanted at all */
    put_text(house, fd, "POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 300000\r\n\r\n");
    expect_end(house, fd);
    assert_int_equal(count_text(house, "100 Continue"), 0);
    assert_int_equal(count_text(house, "HTTP/1.1 413 "), 1);
}

/* ---- limits ---- */

static void
the_last_places_are_for_health(void **state)
{
    struct house *house = *state;
    house->settings.connection_max = 4;
    house->settings.health_reserve = 1;
    house_build(house);
    int fds[3];
    for (size_t i = 0; i < 3; i++)
        fds[i] = dial(house);
    int fourth = dial(house);
    put_text(house, fourth, GET("/now"));
    expect_end(house, fourth);
    assert_int_equal(count_text(house, "HTTP/1.1 503 "), 1);
    assert_string_equal(house->last_error, "BUSY_RETRY");
    fourth = dial(house);
    int fifth = dial(house); /* does not even get to ask */
    expect_end(house, fifth);
    assert_int_equal(count_text(house, "HTTP/1.1 503 "), 1);
    put_text(house, fourth, GET("/health"));
    expect_end(house, fourth);
    assert_int_equal(count_text(house, "\r\n\r\n/health"), 1);
    assert_int_equal(count_text(house, "Connection: close"), 1);
    for (size_t i = 0; i < 3; i++) {
        put_text(house, fds[i], GET("/now"));
        expect(house, fds[i], "\r\n\r\n/now");
        assert_int_equal(count_text(house, "Connection: close"), 0);
        hang_up(house, fds[i]);
    }
    assert_int_equal(counters(house).refusals[HTTP_REFUSED_CONNECTIONS], 2);
}

static void
far_above_the_limit_connections_are_dropped(void **state)
{
    struct house *house = *state;
    house->settings.connection_max = 1;
    house->settings.health_reserve = 0;
    house_build(house);
    int fds[67];
    for (size_t i = 0; i < 67; i++)
        fds[i] = dial(house);
    AWAIT(house, counters(house).turned_away == 2);
    assert_int_equal(counters(house).refusals[HTTP_REFUSED_CONNECTIONS], 64);
    for (size_t i = 0; i < 67; i++)
        hang_up(house, fds[i]);
    AWAIT(house, counters(house).connections_open == 0);
}

/* Asks for `path`, with a credential or without; tells whether the connection is to be closed. */
static bool
ask(struct house *house, int fd, const char *path, bool with_credential)
{
    char request[128];
    (void)snprintf(request, sizeof(request), "GET %s" HOST "%s\r\n", path,
                   with_credential ? "Authorization: x\r\n" : "");
    put_text(house, fd, request);
    char body[64];
    (void)snprintf(body, sizeof(body), "\r\n\r\n%s", path);
    expect(house, fd, body);
    return count_text(house, "Connection: close") == 1;
}

static void
an_address_has_so_many_connections_without_a_credential(void **state)
{
    struct house *house = *state;
    house->settings.anonymous_max = 2;
    house_build(house);
    int fds[6];
    for (size_t i = 0; i < 6; i++)
        fds[i] = dial(house); /* connecting alone counts for nothing */
    assert_false(ask(house, fds[0], "/now", false));
    assert_false(ask(house, fds[1], "/now", false));
    assert_false(ask(house, fds[2], "/now", true)); /* a burst that authenticates is not refused */
    assert_false(ask(house, fds[3], "/health", false));
    assert_true(ask(house, fds[4], "/now", false));
    expect_end(house, fds[4]);
    assert_int_equal(counters(house).closed_crowded, 1);
    /* a valid credential frees the place, the lack of one takes it again */
    assert_false(ask(house, fds[0], "/now", true));
    assert_false(ask(house, fds[2], "/now", false));
    assert_true(ask(house, fds[0], "/now", false));
    expect_end(house, fds[0]);
    /* so does leaving */
    hang_up(house, fds[1]);
    assert_false(ask(house, fds[5], "/now", false));
    for (size_t i = 2; i < 6; i++)
        if (i != 4)
            hang_up(house, fds[i]);
    int fd = dial(house);
    assert_false(ask(house, fd, "/now", false));
    hang_up(house, fd);
}

static void
a_configured_proxy_has_no_limit(void **state)
{
    struct house *house = *state;
    house->settings.anonymous_max = 0;
    house->exempt = true;
    house_build(house);
    int fd = dial(house);
    assert_false(ask(house, fd, "/now", false));
    hang_up(house, fd);
}

/* ---- the unix socket and other places to listen ---- */

static void
socket_path(struct house *house, char *out, size_t len)
{
    (void)snprintf(out, len, "/tmp/nightlatch-server-test.%ld.%u.sock", (long)getpid(), house->port);
}

static int
dial_local(struct house *house, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    turn(house);
    return fd;
}

static void
a_local_socket_is_private_and_names_its_user(void **state)
{
    struct house *house = *state;
    struct err err;
    struct stat status;
    char path[100];
    house->settings.anonymous_max = 0;
    house_build(house);
    socket_path(house, path, sizeof(path));
    mode_t mask = umask(0);
    assert_true(server_listen_local(house->server, path, 9, &err));
    umask(mask);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    int fd = dial_local(house, path);
    assert_false(ask(house, fd, "/now", false)); /* no address, so no limit per address */
    assert_int_equal(house->last_peer.kind, PEER_LOCAL);
    assert_int_equal(house->last_peer.uid, getuid());
    assert_int_equal(house->last_tag, 9);
    /* a second server finds it taken */
    assert_false(server_listen_local(house->server, path, 9, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    hang_up(house, fd);
    server_drain(house->server, NULL, NULL);
    assert_int_equal(stat(path, &status), -1);
}

static void
a_socket_left_behind_is_replaced_and_a_file_is_not(void **state)
{
    struct house *house = *state;
    struct err err;
    char path[100];
    house_build(house);
    socket_path(house, path, sizeof(path));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(close(fd), 0);
    assert_true(server_listen_local(house->server, path, 0, &err));
    hang_up(house, dial_local(house, path));
    char file[110];
    (void)snprintf(file, sizeof(file), "%s.file", path);
    fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_false(server_listen_local(house->server, file, 0, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_int_equal(unlink(file), 0);
    char long_path[200];
    memset(long_path, 'x', sizeof(long_path));
    long_path[199] = '\0';
    assert_false(server_listen_local(house->server, long_path, 0, &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

static void
places_to_listen_are_checked(void **state)
{
    struct house *house = *state;
    struct err err;
    char taken[32];
    house_build(house);
    static const char *const bad[] = {"",
                                      ":",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      ":80",
                                      "::1:80",
                                      "[::1]80",
                                      "127.0.0.1:x",
                                      "127.0.0.1:65536",
                                      "127.0.0.1:-1",
                                      "127.0.0.1:123456",
                                      "[]:1",
                                      "no host:1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(server_listen(house->server, str_from(bad[i]), 0, NULL, &err));
        if (err.kind != ERR_USAGE)
            fail_msg("%s: %s", bad[i], err.message);
    }
    (void)snprintf(taken, sizeof(taken), "127.0.0.1:%u", house->port);
    assert_false(server_listen(house->server, str_from(taken), 0, NULL, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_true(server_listen(house->server, STR("localhost:0"), 0, NULL, &err));
}

static void
ipv6_peers_are_known_as_such(void **state)
{
    struct house *house = *state;
    struct err err;
    uint16_t port;
    house_build(house);
    if (!server_listen(house->server, STR("[::1]:0"), 3, &port, &err)) {
        print_message("# no IPv6 here: %s\n", err.message);
        skip();
    }
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    assert_false(ask(house, fd, "/now", false));
    char text[PEER_TEXT_MAX];
    (void)peer_format(&house->last_peer, text);
    assert_true(str_starts_with(str_from(text), STR("[::1]:")));
    hang_up(house, fd);
}

/* ---- draining ---- */

static void
on_drained(void *user)
{
    ((struct house *)user)->drained = true;
}

static void
draining_finishes_what_is_under_way(void **state)
{
    struct house *house = *state;
    house_build(house);
    int idle = dial(house);
    int busy = dial(house);
    int half = dial(house);
    put_text(house, busy, GET("/later"));
    put_text(house, half, "GET /now" HOST);
    advance(house, 5000);
    server_drain(house->server, on_drained, house);
    turn(house);
    assert_false(house->drained);
    /* nobody new */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(house->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int refused = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(refused, (const struct sockaddr *)&address, sizeof(address)), -1);
    assert_int_equal(close(refused), 0);
    /* what is half there may be completed */
    put_text(house, half, "\r\n");
    expect_end(house, half);
    assert_int_equal(count_text(house, "Connection: close"), 1);
    advance(house, 199);
    expect_silence(house, idle);
    advance(house, 1);
    expect_end(house, idle);
    assert_int_equal(house->received_len, 0);
    assert_false(house->drained);
    answer_parked(house, 0);
    expect_end(house, busy);
    assert_int_equal(count_text(house, "\r\n\r\n/later"), 1);
    assert_true(house->drained);
}

static void
a_drain_waits_for_requests_whose_client_has_gone(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fd = dial(house);
    put_text(house, fd, GET("/later"));
    reset(house, fd);
    server_drain(house->server, on_drained, house);
    turn(house);
    assert_false(house->drained);
    answer_parked(house, 0);
    assert_true(house->drained);
}

static void
an_empty_server_is_drained_at_once(void **state)
{
    struct house *house = *state;
    house_build(house);
    server_drain(house->server, on_drained, house);
    assert_false(house->drained);
    turn(house);
    assert_true(house->drained);
}

static void
closing_at_once_leaves_nothing_behind(void **state)
{
    struct house *house = *state;
    house_build(house);
    int fds[4];
    for (size_t i = 0; i < 4; i++)
        fds[i] = dial(house);
    put_text(house, fds[0], GET("/later"));
    put_text(house, fds[1], "POST /now" HOST "Content-Length: 5\r\n\r\nabc");
    put_text(house, fds[2], GET("/big") GET("/big"));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(close(fds[i]), 0);
    /* tear_down() closes, with a request open, one half read, replies unsent: leaks and handles are counted there */
}

static void
an_idle_connection_holds_little_memory(void **state)
{
    struct house *house = *state;
    enum { CLIENTS = 500 };
    static int fds[CLIENTS];
    house_build(house);
    /* the pool of requests is the server's, not the connections': fill it first */
    int first = dial(house);
    assert_false(ask(house, first, "/now", true));
    size_t before = mallinfo2().uordblks;
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = dial(house);
        assert_false(ask(house, fds[i], "/now", true));
    }
    size_t each = (mallinfo2().uordblks - before) / CLIENTS;
    print_message("# %zu bytes per idle connection\n", each);
    assert_true(each <= 4096);
    for (size_t i = 0; i < CLIENTS; i++)
        hang_up(house, fds[i]);
    hang_up(house, first);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_connection_serves_request_after_request),
        TEST(bytes_may_come_one_at_a_time),
        TEST(head_and_no_content_have_no_body),
        TEST(old_clients_get_what_they_ask_for),
        TEST(closing_is_said_and_done),
        TEST(pipelined_requests_are_answered_in_order),
        TEST(a_thousand_pipelined_requests_are_all_answered),
        TEST(a_half_closed_client_still_gets_its_reply),
        TEST(half_a_request_is_given_up_when_the_client_ends),
        TEST(a_reply_for_a_client_that_has_gone_is_dropped),
        TEST(a_body_given_for_a_reply_is_released_once),
        TEST(another_thread_answers_a_batch_with_one_wake),
        TEST(what_is_done_is_sent_with_the_next_read_and_does_not_wait_for_the_wake),
        TEST(threads_answer_while_the_loop_goes_on),
        TEST(a_head_has_ten_seconds_from_its_first_byte),
        TEST(an_idle_connection_is_closed_without_a_word),
        TEST(each_request_starts_the_idle_time_anew),
        TEST(a_body_must_come_at_five_hundred_bytes_a_second),
        TEST(a_body_has_thirty_seconds_in_all),
        TEST(the_handler_has_all_the_time_it_wants),
        TEST(a_client_that_does_not_read_is_cut_off),
        TEST(a_slow_reader_gets_everything_in_the_end),
        TEST(a_refusal_is_rendered_by_the_handler_and_ends_the_connection),
        TEST(a_body_that_is_too_large_is_refused_before_it_comes),
        TEST(lingering_has_an_end),
        TEST(bodies_share_a_bounded_memory),
        TEST(continue_is_sent_when_the_body_waits_for_it),
        TEST(the_last_places_are_for_health),
        TEST(far_above_the_limit_connections_are_dropped),
        TEST(an_address_has_so_many_connections_without_a_credential),
        TEST(a_configured_proxy_has_no_limit),
        TEST(a_local_socket_is_private_and_names_its_user),
        TEST(a_socket_left_behind_is_replaced_and_a_file_is_not),
        TEST(places_to_listen_are_checked),
        TEST(ipv6_peers_are_known_as_such),
        TEST(draining_finishes_what_is_under_way),
        TEST(a_drain_waits_for_requests_whose_client_has_gone),
        TEST(an_empty_server_is_drained_at_once),
        TEST(closing_at_once_leaves_nothing_behind),
        TEST(an_idle_connection_holds_little_memory),
    };
    (void)alarm(GUARD_S);
    return test_run("net/server", tests);
}
