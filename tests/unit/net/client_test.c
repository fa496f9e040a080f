/* The client against the project's own server, and against a script that plays a server nobody would want. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/client.h"
#include "net/server.h"

enum { GUARD_S = 60 };

struct world {
    uv_loop_t loop;
    struct server *server;
    uint16_t port;
    bool server_closed;
    struct client *client;
    bool client_freed;
    int script; /* a listening socket */
    /* the last answer */
    size_t done_count;
    enum client_outcome outcome;
    int status;
    char body[128];
    size_t body_len;
    size_t again; /* requests to send from the callback */
};

static void
world_handle(struct server_request *request, void *user)
{
    static char big[1 << 20];
    (void)user;
    const struct http_request *http = server_request_http(request);
    struct server_reply reply = {.status = 200, .body = http->has_body ? http->body : http->path};
    if (str_equal(http->path, STR("/big")))
        reply.body = str_of(big, sizeof(big));
    reply.close = str_equal(http->path, STR("/close"));
    server_reply(request, &reply);
}

static int
set_up(void **state)
{
    struct err err;
    struct world *w = calloc(1, sizeof(*w));
    if (w == NULL || uv_loop_init(&w->loop) != 0)
        return -1;
    const struct server_settings settings = server_settings_default();
    const struct server_handler handler = {.handle = world_handle, .user = w};
    w->server = server_new(&w->loop, &settings, &handler, &err);
    w->script = -1;
    *state = w;
    return w->server != NULL && server_listen(w->server, STR("127.0.0.1:0"), 0, &w->port, &err) ? 0 : -1;
}

static void
set_true(void *user)
{
    *(bool *)user = true;
}

static int
tear_down(void **state)
{
    struct world *w = *state;
    if (w->client != NULL)
        client_free(w->client, set_true, &w->client_freed);
    if (w->script >= 0)
        (void)close(w->script);
    server_close(w->server, set_true, &w->server_closed);
    (void)uv_run(&w->loop, UV_RUN_DEFAULT);
    server_free(w->server);
    int rc = uv_loop_close(&w->loop);
    free(w);
    return rc;
}

static void
dial(struct world *w, uint16_t port, uint32_t reply_timeout)
{
    struct err err;
    char place[32];
    struct client_settings settings = client_settings_default();
    settings.reply_timeout = reply_timeout;
    settings.body_max = 2 << 20;
    (void)snprintf(place, sizeof(place), "127.0.0.1:%u", port);
    w->client = client_new(&w->loop, str_from(place), &settings, &err);
    assert_non_null(w->client);
}

static void
on_done(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    struct world *w = user;
    w->done_count++;
    w->outcome = outcome;
    assert_int_equal(reply != NULL, outcome == CLIENT_OK);
    if (reply != NULL) {
        w->status = reply->status;
        w->body_len = reply->body.len;
        size_t len = reply->body.len < sizeof(w->body) - 1 ? reply->body.len : sizeof(w->body) - 1;
        memcpy(w->body, len == 0 ? "" : reply->body.ptr, len);
        w->body[len] = '\0';
    }
    if (w->again > 0) {
        w->again--;
        client_send(client, STR("GET /again HTTP/1.1\r\nHost: a\r\n\r\n"), false, on_done, w);
    }
}

static void
await_done(struct world *w, size_t count)
{
    while (w->done_count < count)
        (void)uv_run(&w->loop, UV_RUN_ONCE);
}

static enum client_outcome
ask(struct world *w, const char *request)
{
    size_t before = w->done_count;
    client_send(w->client, str_from(request), str_starts_with(str_from(request), STR("HEAD")), on_done, w);
    assert_int_equal(w->done_count, before); /* never from within */
    await_done(w, before + 1);
    return w->outcome;
}

static struct str
request_get(const char *path, char *out, size_t size)
{
    int len = snprintf(out, size, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    return str_of(out, (size_t)len);
}

static enum client_outcome
get(struct world *w, const char *path)
{
    char request[128];
    (void)request_get(path, request, sizeof(request));
    return ask(w, request);
}

/* ---- against the server ---- */

static void
one_connection_carries_request_after_request(void **state)
{
    struct world *w = *state;
    struct server_counters counters;
    dial(w, w->port, 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(get(w, "/hello"), CLIENT_OK);
        assert_int_equal(w->status, 200);
        assert_string_equal(w->body, "/hello");
    }
    assert_int_equal(ask(w, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"), CLIENT_OK);
    assert_string_equal(w->body, "abc");
    assert_int_equal(ask(w, "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"), CLIENT_OK);
    assert_int_equal(w->body_len, 0);
    assert_true(client_is_connected(w->client));
    server_read_counters(w->server, &counters);
    assert_int_equal(counters.connections_accepted, 1);
}

static void
it_connects_again_after_a_close(void **state)
{
    struct world *w = *state;
    struct server_counters counters;
    dial(w, w->port, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(w, "/close"), CLIENT_OK);
        assert_false(client_is_connected(w->client));
    }
    server_read_counters(w->server, &counters);
    assert_int_equal(counters.connections_accepted, 3);
}

static void
the_next_request_may_be_sent_from_the_callback(void **state)
{
    struct world *w = *state;
    dial(w, w->port, 0);
    w->again = 50;
    client_send(w->client, STR("GET /close HTTP/1.1\r\nHost: a\r\n\r\n"), false, on_done, w);
    await_done(w, 51);
    assert_int_equal(w->outcome, CLIENT_OK);
    assert_string_equal(w->body, "/again");
}

static void
large_requests_and_replies_pass(void **state)
{
    struct world *w = *state;
    dial(w, w->port, 0);
    assert_int_equal(get(w, "/big"), CLIENT_OK);
    assert_int_equal(w->body_len, 1 << 20);
    /* too large for the server: its answer is heard although most of the request was never read */
    enum { LEN = 8 << 20 };
    char *request = calloc(1, LEN);
    assert_non_null(request);
    (void)snprintf(request, LEN, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", LEN);
    client_send(w->client, str_of(request, LEN), false, on_done, w);
    await_done(w, 2);
    assert_int_equal(w->outcome, CLIENT_OK);
    assert_int_equal(w->status, 413);
    free(request);
    assert_int_equal(get(w, "/after"), CLIENT_OK);
}

static void
unix_sockets_are_places_too(void **state)
{
    struct world *w = *state;
    struct err err;
    char path[100];
    char place[110];
    const struct client_settings settings = client_settings_default();
    (void)snprintf(path, sizeof(path), "/tmp/nightlatch-client-test.%ld.sock", (long)getpid());
    (void)snprintf(place, sizeof(place), "unix:%s", path);
    assert_true(server_listen_local(w->server, path, 0, &err));
    w->client = client_new(&w->loop, str_from(place), &settings, &err);
    assert_non_null(w->client);
    assert_int_equal(get(w, "/local"), CLIENT_OK);
    assert_string_equal(w->body, "/local");
}

static void
bad_places_are_told(void **state)
{
    struct world *w = *state;
    struct err err;
    const struct client_settings settings = client_settings_default();
    static const char *const bad[] = {"", "unix:", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:1234567", "a b:80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_null(client_new(&w->loop, str_from(bad[i]), &settings, &err));
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

/* ---- against a script ---- */

static uint16_t
script_listen(struct world *w)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    w->script = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(w->script, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(w->script, 4), 0);
    assert_int_equal(getsockname(w->script, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

/* Sends a request, lets the script take it and answer with `reply`, and returns the script's end. */
static int
script_answer(struct world *w, const char *reply)
{
    char request[256];
    client_send(w->client, STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), false, on_done, w);
    while (!client_is_connected(w->client))
        (void)uv_run(&w->loop, UV_RUN_ONCE);
    int fd = accept(w->script, NULL, NULL);
    assert_true(fd >= 0);
    assert_true(recv(fd, request, sizeof(request), 0) > 0);
    assert_int_equal(send(fd, reply, strlen(reply), MSG_NOSIGNAL), strlen(reply));
    return fd;
}

static void
nobody_there_is_told_as_refused(void **state)
{
    struct world *w = *state;
    uint16_t port = script_listen(w);
    assert_int_equal(close(w->script), 0);
    w->script = -1;
    dial(w, port, 0);
    assert_int_equal(get(w, "/"), CLIENT_REFUSED);
    assert_int_equal(get(w, "/"), CLIENT_REFUSED);
    assert_string_equal(client_outcome_name(w->outcome), "refused");
}

static void
an_end_before_the_reply_is_told_as_reset(void **state)
{
    struct world *w = *state;
    static const char *const parts[] = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"};
    dial(w, script_listen(w), 0);
    for (size_t i = 0; i < 3; i++) {
        int fd = script_answer(w, parts[i]);
        assert_int_equal(close(fd), 0);
        await_done(w, i + 1);
        assert_int_equal(w->outcome, CLIENT_RESET);
    }
}

static void
a_reply_that_ends_with_the_connection_is_one(void **state)
{
    struct world *w = *state;
    dial(w, script_listen(w), 0);
    int fd = script_answer(w, "HTTP/1.1 200 OK\r\n\r\nabc");
    assert_int_equal(close(fd), 0);
    await_done(w, 1);
    assert_int_equal(w->outcome, CLIENT_OK);
    assert_string_equal(w->body, "abc");
    assert_false(client_is_connected(w->client));
}

static void
nonsense_is_told_as_a_bad_reply(void **state)
{
    struct world *w = *state;
    static const char *const nonsense[] = {
        "SSH-2.0\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n", /* an answer nobody asked for */
    };
    dial(w, script_listen(w), 0);
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        int fd = script_answer(w, nonsense[i]);
        await_done(w, i + 1);
        assert_int_equal(w->outcome, CLIENT_BAD_REPLY);
        assert_int_equal(close(fd), 0);
    }
}

static void
silence_is_told_as_a_timeout(void **state)
{
    struct world *w = *state;
    dial(w, script_listen(w), 20);
    int fd = script_answer(w, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
    await_done(w, 1);
    assert_int_equal(w->outcome, CLIENT_TIMEOUT);
    assert_int_equal(close(fd), 0);
}

static void
freeing_cancels_what_is_under_way(void **state)
{
    struct world *w = *state;
    dial(w, script_listen(w), 0);
    int fd = script_answer(w, "HTTP/1.1 200 OK\r\n");
    client_free(w->client, set_true, &w->client_freed);
    w->client = NULL;
    while (!w->client_freed)
        (void)uv_run(&w->loop, UV_RUN_ONCE);
    assert_int_equal(w->done_count, 1);
    assert_int_equal(w->outcome, CLIENT_CANCELLED);
    assert_int_equal(close(fd), 0);
}

static void
an_idle_connection_that_ends_is_made_again(void **state)
{
    struct world *w = *state;
    dial(w, script_listen(w), 0);
    int fd = script_answer(w, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
    await_done(w, 1);
    assert_int_equal(close(fd), 0);
    while (client_is_connected(w->client))
        (void)uv_run(&w->loop, UV_RUN_ONCE);
    fd = script_answer(w, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb");
    await_done(w, 2);
    assert_int_equal(w->outcome, CLIENT_OK);
    assert_string_equal(w->body, "b");
    assert_int_equal(close(fd), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(one_connection_carries_request_after_request),
        TEST(it_connects_again_after_a_close),
        TEST(the_next_request_may_be_sent_from_the_callback),
        TEST(large_requests_and_replies_pass),
        TEST(unix_sockets_are_places_too),
        TEST(bad_places_are_told),
        TEST(nobody_there_is_told_as_refused),
        TEST(an_end_before_the_reply_is_told_as_reset),
        TEST(a_reply_that_ends_with_the_connection_is_one),
        TEST(nonsense_is_told_as_a_bad_reply),
        TEST(silence_is_told_as_a_timeout),
        TEST(freeing_cancels_what_is_under_way),
        TEST(an_idle_connection_that_ends_is_made_again),
    };
    (void)alarm(GUARD_S);
    return test_run("net/client", tests);
}
