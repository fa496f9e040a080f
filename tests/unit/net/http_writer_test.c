/* The writer: heads byte by byte, what it refuses to write, and the date. */
#include "tests/unit/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/http_writer.h"

static void
assert_head(const struct http_head *head, const char *expected)
{
    struct arena arena;
    struct text text;
    arena_init(&arena, 1 << 16);
    text_init(&text, &arena, 64);
    http_write_head(&text, head);
    struct str actual = text_str(&text);
    if (!str_equal(actual, str_from(expected)))
        fail_msg("%.*s\nis not\n%s", STR_ARG(actual), expected);
    arena_done(&arena);
}

static void
a_head_is_status_own_fields_and_the_callers(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct http_fields fields;
    http_fields_init(&fields, &arena);
    http_fields_add(&fields, STR("Content-Type"), STR("application/json"));
    http_fields_add_i64(&fields, STR("Retry-After"), -3);
    struct http_head head = {.status = 200,
                             .body_len = 12,
                             .minor = 1,
                             .keep_alive = true,
                             .date = STR("Sun, 06 Nov 1994 08:49:37 GMT"),
                             .server = STR("x"),
                             .fields = http_fields_lines(&fields)};
    assert_head(&head, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: x\r\nContent-Length: 12\r\n"
                       "Content-Type: application/json\r\nRetry-After: -3\r\n\r\n");
    assert_false(http_fields_overflowed(&fields));
    arena_done(&arena);
}

static void
connection_is_said_only_where_it_differs_from_the_version(void **state)
{
    (void)state;
    struct http_head head = {.status = 404, .minor = 1, .keep_alive = true};
    assert_head(&head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    head.keep_alive = false;
    assert_head(&head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    head.minor = 0;
    assert_head(&head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    head.keep_alive = true;
    assert_head(&head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

static void
statuses_without_a_body_have_no_length(void **state)
{
    (void)state;
    struct http_head head = {.status = 204, .minor = 1, .keep_alive = true};
    assert_head(&head, "HTTP/1.1 204 No Content\r\n\r\n");
    head.status = 304;
    assert_head(&head, "HTTP/1.1 304 Not Modified\r\n\r\n");
    head.status = 299;
    assert_head(&head, "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
}

static void
streams_and_upgrades_are_framed_as_such(void **state)
{
    (void)state;
    struct http_head head = {.status = 200, .minor = 1, .keep_alive = true, .framing = HTTP_FRAMING_CHUNKED};
    assert_head(&head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    head = (struct http_head){.status = 200, .minor = 0, .framing = HTTP_FRAMING_CLOSE};
    assert_head(&head, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    head = (struct http_head){
        .status = 101, .minor = 1, .framing = HTTP_FRAMING_UPGRADE, .upgrade = STR("websocket"), .keep_alive = true};
    assert_head(&head, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    char size[18];
    assert_int_equal(http_write_chunk_size(size, 255), 4);
    assert_memory_equal(size, "ff\r\n", 4);
    assert_int_equal(http_write_chunk_size(size, UINT64_MAX), 18);
    assert_true(str_equal(http_write_chunk_end(), STR("0\r\n\r\n")));
}

static void
requests_are_written_too(void **state)
{
    (void)state;
    struct arena arena;
    struct text text;
    arena_init(&arena, 1 << 16);
    text_init(&text, &arena, 64);
    struct http_request_line line = {.method = STR("GET"), .target = STR("/a?b=%20"), .host = STR("h:1")};
    http_write_request(&text, &line);
    line = (struct http_request_line){.method = STR("POST"),
                                      .target = STR("/"),
                                      .host = STR("h"),
                                      .fields = STR("X: y\r\n"),
                                      .has_body = true,
                                      .close = true};
    http_write_request(&text, &line);
    assert_true(
        str_equal(text_str(&text), STR("GET /a?b=%20 HTTP/1.1\r\nHost: h:1\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\n"
                                       "Content-Length: 0\r\nConnection: close\r\nX: y\r\n\r\n")));
    arena_done(&arena);
}

static void
dates_are_imf_fixdates(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        const char *text;
    } cases[] = {
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* the example of RFC 9110 */
        {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[HTTP_DATE_LEN + 1] = "";
        http_write_date(text, cases[i].at);
        assert_string_equal(text, cases[i].text);
    }
}

/* Runs `misuse` in a child process and expects its assert. */
static void
assert_aborts(void (*misuse)(struct http_fields *))
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct http_fields fields;
    http_fields_init(&fields, &arena);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGABRT, SIG_DFL);
        (void)fclose(stderr);
        misuse(&fields);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    arena_done(&arena);
}

static void
line_feed_in_value(struct http_fields *fields)
{
    http_fields_add(fields, STR("Location"), STR("/a\nSet-Cookie: b"));
}

static void
carriage_return_in_value(struct http_fields *fields)
{
    http_fields_add(fields, STR("Location"), STR("/a\r"));
}

static void
nul_in_value(struct http_fields *fields)
{
    http_fields_add(fields, STR("Location"), STR("a\0b"));
}

static void
blank_in_name(struct http_fields *fields)
{
    http_fields_add(fields, STR("Bad Name"), STR("a"));
}

static void
framing_field(struct http_fields *fields)
{
    http_fields_add(fields, STR("content-LENGTH"), STR("0"));
}

static void
no_field_can_split_a_reply(void **state)
{
    (void)state;
    void (*const misuses[])(struct http_fields *) = {line_feed_in_value, carriage_return_in_value, nul_in_value,
                                                     blank_in_name, framing_field};
    for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++)
        assert_aborts(misuses[i]);
}

static void
a_full_arena_latches(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 512);
    struct http_fields fields;
    http_fields_init(&fields, &arena);
    for (int i = 0; i < 100; i++)
        http_fields_add(&fields, STR("X-Field"), STR("0123456789"));
    assert_true(http_fields_overflowed(&fields));
    assert_int_equal(http_fields_lines(&fields).len, 0);
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_status_own_fields_and_the_callers),
        cmocka_unit_test(connection_is_said_only_where_it_differs_from_the_version),
        cmocka_unit_test(statuses_without_a_body_have_no_length),
        cmocka_unit_test(streams_and_upgrades_are_framed_as_such),
        cmocka_unit_test(requests_are_written_too),
        cmocka_unit_test(dates_are_imf_fixdates),
        cmocka_unit_test(no_field_can_split_a_reply),
        cmocka_unit_test(a_full_arena_latches),
    };
    return test_run("net/http_writer", tests);
}
