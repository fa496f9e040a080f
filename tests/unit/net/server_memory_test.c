/* The heap gives out, at every allocation in turn: a client hears 503 or an end, nothing is answered by half, nothing
 * leaks, and once there is memory again the server serves as before.
 *
 * malloc() and calloc() of the objects under test are wrapped by the linker (ld --wrap, whose names for them are given
 * as labels); libuv's own are not. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server.h"

enum { GUARD_S = 60, BODY_LEN = 20000, RECOVERY = 5 /* failures until there is memory again */ };

void *real_malloc(size_t size) __asm__("__real_malloc");
void *real_calloc(size_t count, size_t size) __asm__("__real_calloc");
void *wrap_malloc(size_t size) __asm__("__wrap_malloc");
void *wrap_calloc(size_t count, size_t size) __asm__("__wrap_calloc");

static size_t fail_from; /* this allocation and all later ones fail; 0: none */
static size_t allocation_count;

static bool
must_fail(void)
{
    allocation_count++;
    return fail_from != 0 && allocation_count >= fail_from;
}

void *
wrap_malloc(size_t size)
{
    return must_fail() ? NULL : real_malloc(size);
}

void *
wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : real_calloc(count, size);
}

struct house {
    uv_loop_t loop;
    struct server *server;
    uint16_t port;
    size_t handled;
    bool closed;
};

static void
handle(struct server_request *request, void *user)
{
    struct house *house = user;
    struct server_reply reply = {.status = 200, .authenticated = true};
    struct arena *arena = server_request_arena(request);
    const struct http_request *http = server_request_http(request);
    house->handled++;
    http_fields_init(&reply.fields, arena);
    http_fields_add(&reply.fields, STR("X-Handled"), STR("yes"));
    reply.body = arena_copy_str(arena, http->has_body ? http->body : STR("short"));
    if (reply.body.ptr == NULL)
        reply = (struct server_reply){.status = 503}; /* what any handler does without memory */
    server_reply(request, &reply);
}

static int
dial(const struct house *house)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(house->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static size_t
count_text(const char *text, size_t len, const char *what)
{
    size_t count = 0;
    const char *at = text;
    while ((at = memmem(at, len - (size_t)(at - text), what, strlen(what))) != NULL) {
        count++;
        at++;
    }
    return count;
}

/* Sends two requests, the second with a body and one byte apart from its end, then ends its side; turns the loop until
 * the server has ended too, or `turns` are over. Returns what came back. */
static size_t
converse(struct house *house, char *received, size_t size, bool *ret_ended)
{
    static char request[BODY_LEN + 200];
    size_t len = 0;
    int fd = dial(house);
    int head = snprintf(request, sizeof(request),
                        "GET /a%%20b?c=%%20d HTTP/1.1\r\nHost: a\r\n\r\n"
                        "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
                        BODY_LEN);
    memset(request + head, 'x', BODY_LEN);
    size_t total = (size_t)head + BODY_LEN;
    assert_int_equal(send(fd, request, total - 1, MSG_NOSIGNAL), total - 1);
    bool rest_sent = false;
    *ret_ended = false;
    while (!*ret_ended) {
        uv_run(&house->loop, UV_RUN_NOWAIT);
        if (fail_from != 0 && allocation_count >= fail_from + RECOVERY)
            fail_from = 0; /* memory is back, or a connection might wait for it for ever */
        ssize_t got = recv(fd, received + len, size - len, 0);
        if (got > 0)
            len += (size_t)got;
        else
            *ret_ended = got == 0 || errno != EAGAIN;
        if (!rest_sent && count_text(received, len, "short") == 1) {
            /* the last byte comes on its own, so that the body has to grow or wait */
            (void)send(fd, request + total - 1, 1, MSG_NOSIGNAL);
            (void)shutdown(fd, SHUT_WR);
            rest_sent = true;
        }
        if (!*ret_ended && got < 0)
            uv_run(&house->loop, UV_RUN_ONCE);
    }
    assert_int_equal(close(fd), 0);
    return len;
}

static void
set_true(void *user)
{
    *(bool *)user = true;
}

static void
every_allocation_may_fail(void **state)
{
    (void)state;
    static struct house house;
    static char received[4 * BODY_LEN];
    struct err err;
    const struct server_settings settings = server_settings_default();
    const struct server_handler handler = {.handle = handle, .user = &house};
    size_t whole = 0;
    size_t broken = 0;
    assert_int_equal(uv_loop_init(&house.loop), 0);
    for (size_t nth = 1; whole == 0; nth++) {
        bool ended;
        fail_from = 0;
        house.server = server_new(&house.loop, &settings, &handler, &err);
        assert_non_null(house.server);
        assert_true(server_listen(house.server, STR("127.0.0.1:0"), 0, &house.port, &err));
        allocation_count = 0;
        fail_from = nth;
        size_t len = converse(&house, received, sizeof(received), &ended);
        size_t good = count_text(received, len, "HTTP/1.1 200 ");
        size_t bad = count_text(received, len, "HTTP/1.1 503 ");
        assert_true(good + bad <= 2);
        /* every 200 is whole */
        assert_int_equal(count_text(received, len, "X-Handled: yes"), good);
        if (fail_from == nth && allocation_count < nth)
            whole = good; /* nothing failed any more: the walk is over */
        else
            broken++;
        fail_from = 0;
        len = converse(&house, received, sizeof(received), &ended);
        assert_int_equal(count_text(received, len, "HTTP/1.1 200 "), 2);
        house.closed = false;
        server_close(house.server, set_true, &house.closed);
        while (!house.closed)
            uv_run(&house.loop, UV_RUN_ONCE);
        server_free(house.server);
    }
    assert_int_equal(whole, 2);
    print_message("# %zu allocations failed in turn\n", broken);
    assert_true(broken > 5);
    assert_int_equal(uv_loop_close(&house.loop), 0);
}

static void
a_server_without_memory_does_not_start(void **state)
{
    (void)state;
    struct house house = {0};
    struct err err = {0};
    const struct server_settings settings = server_settings_default();
    const struct server_handler handler = {.handle = handle, .user = &house};
    assert_int_equal(uv_loop_init(&house.loop), 0);
    for (size_t nth = 1; nth <= 2; nth++) {
        allocation_count = 0;
        fail_from = nth;
        assert_null(server_new(&house.loop, &settings, &handler, &err));
        assert_int_equal(err.kind, ERR_MEMORY);
    }
    fail_from = 0;
    house.server = server_new(&house.loop, &settings, &handler, &err);
    assert_non_null(house.server);
    allocation_count = 0;
    fail_from = 1;
    assert_false(server_listen(house.server, STR("127.0.0.1:0"), 0, &house.port, &err));
    assert_int_equal(err.kind, ERR_MEMORY);
    fail_from = 0;
    server_close(house.server, set_true, &house.closed);
    while (!house.closed)
        uv_run(&house.loop, UV_RUN_ONCE);
    server_free(house.server);
    assert_int_equal(uv_loop_close(&house.loop), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_server_without_memory_does_not_start),
    };
    (void)alarm(GUARD_S);
    return test_run("net/server_memory", tests);
}
