/* The reply reader: what a reply becomes, where its body ends, and what is no reply; any split. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "net/http_reply.h"

enum { BODY_MAX = 100 };

struct fixture {
    struct arena arena;
    struct http_limits limits;
    struct http_reply_reader reader;
    char body[256];
    size_t body_len;
};

static int
set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (f == NULL)
        return -1;
    arena_init(&f->arena, 1 << 20);
    f->limits = http_limits_default();
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    free(f);
    return 0;
}

/* Reads in pieces of at most `step` bytes; `ends` says that the connection ends after them. */
static enum http_event
read_in_steps(struct fixture *f, struct str bytes, size_t step, bool to_head, bool ends)
{
    arena_reset(&f->arena);
    f->body_len = 0;
    http_reply_reader_init(&f->reader, &f->limits, BODY_MAX, to_head, &f->arena);
    enum http_event event = HTTP_MORE;
    while (bytes.len > 0) {
        struct str input = str_of(bytes.ptr, bytes.len < step ? bytes.len : step);
        bytes = str_of(bytes.ptr + input.len, bytes.len - input.len);
        do {
            struct str piece = {NULL, 0};
            event = http_reply_reader_read(&f->reader, &input, &piece);
            if (event == HTTP_END || event == HTTP_REFUSED)
                return event;
            memcpy(f->body + f->body_len, piece.len == 0 ? "" : piece.ptr, piece.len);
            f->body_len += piece.len;
        } while (event != HTTP_MORE);
    }
    return ends ? http_reply_reader_end(&f->reader) : event;
}

static enum http_event
read_reply(struct fixture *f, const char *text, bool to_head, bool ends)
{
    enum http_event whole = read_in_steps(f, str_from(text), SIZE_MAX, to_head, ends);
    size_t body_len = f->body_len;
    enum http_refusal refusal = f->reader.refusal;
    for (size_t step = 1; step < 8; step++) {
        assert_int_equal(read_in_steps(f, str_from(text), step, to_head, ends), whole);
        assert_int_equal(f->reader.refusal, refusal);
        if (whole == HTTP_END)
            assert_int_equal(f->body_len, body_len);
    }
    return whole;
}

static void
assert_body(struct fixture *f, const char *expected)
{
    assert_true(str_equal(str_of(f->body, f->body_len), str_from(expected)));
}

#define OK "HTTP/1.1 200 OK\r\n"

static void
a_reply_is_told_apart_into_its_parts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_reply(f, "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX-A:  b \r\n\r\nabc", false, false),
                     HTTP_END);
    assert_int_equal(f->reader.reply.status, 404);
    assert_true(f->reader.reply.keep_alive);
    assert_true(str_equal(http_reply_header(&f->reader.reply, STR("x-a")), STR("b")));
    assert_null(http_reply_header(&f->reader.reply, STR("x-b")).ptr);
    assert_body(f, "abc");
}

static void
a_body_ends_where_the_head_says(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_reply(f, OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", false, false),
                     HTTP_END);
    assert_body(f, "abc");
    assert_int_equal(read_reply(f, OK "\r\nabc", false, true), HTTP_END);
    assert_body(f, "abc");
    assert_false(f->reader.reply.keep_alive);
    assert_int_equal(read_reply(f, OK "\r\nabc", false, false), HTTP_MORE);
    assert_int_equal(read_reply(f, "HTTP/1.1 204 No Content\r\n\r\n", false, false), HTTP_END);
    assert_int_equal(read_reply(f, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, false), HTTP_END);
    assert_int_equal(read_reply(f, OK "Content-Length: 9\r\n\r\n", true, false), HTTP_END);
    assert_body(f, "");
}

static void
interim_replies_are_skipped(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_reply(f,
                                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" OK
                                "Content-Length: 1\r\n\r\na",
                                false, false),
                     HTTP_END);
    assert_int_equal(f->reader.reply.status, 200);
    assert_int_equal(f->reader.reply.header_count, 1);
}

static void
keeping_alive_follows_version_and_connection(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_reply(f, OK "Content-Length: 0\r\nConnection: x, close\r\n\r\n", false, false), HTTP_END);
    assert_false(f->reader.reply.keep_alive);
    assert_int_equal(read_reply(f, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, false), HTTP_END);
    assert_false(f->reader.reply.keep_alive);
    assert_int_equal(
        read_reply(f, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n", false, false),
        HTTP_END);
    assert_true(f->reader.reply.keep_alive);
}

static void
what_is_no_reply_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        enum http_refusal refusal;
    } cases[] = {
        {"HTTP/2 200\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.2 200 OK\r\n\r\n", HTTP_REFUSED_VERSION},
        {"HTTP/1.1 20 OK\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.1 2000 OK\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.1 600 X\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.1 099 X\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.1  200 OK\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"SSH-2.0-OpenSSH_9.2p1\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", HTTP_REFUSED_LINE_BAD},
        {"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", HTTP_REFUSED_BARE_LF},
        {OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", HTTP_REFUSED_LENGTH_REPEATED},
        {OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_REFUSED_LENGTH_AND_CODING},
        {OK "Transfer-Encoding: gzip\r\n\r\n", HTTP_REFUSED_CODING_BAD},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_REFUSED_CODING_OLD},
        {OK "Content-Length: -1\r\n\r\n", HTTP_REFUSED_LENGTH_BAD},
        {OK "Content-Length: 101\r\n\r\n", HTTP_REFUSED_BODY_LARGE},
        {OK "Transfer-Encoding: chunked\r\n\r\n65\r\n", HTTP_REFUSED_BODY_LARGE},
        {OK " folded: a\r\n\r\n", HTTP_REFUSED_HEADER_FOLDED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_reply(f, cases[i].text, false, false), HTTP_REFUSED);
        if (f->reader.refusal != cases[i].refusal)
            fail_msg("%s: %s", cases[i].text, http_refusal_name(f->reader.refusal));
    }
}

static void
a_connection_that_ends_too_early_is_no_end(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_reply(f, "", false, true), HTTP_REFUSED);
    assert_int_equal(read_reply(f, OK "Content-Length: 3\r\n\r\nab", false, true), HTTP_REFUSED);
    assert_int_equal(read_reply(f, OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", false, true), HTTP_REFUSED);
    assert_int_equal(read_reply(f, OK "X: y\r\n", false, true), HTTP_REFUSED);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_reply_is_told_apart_into_its_parts), TEST(a_body_ends_where_the_head_says),
        TEST(interim_replies_are_skipped),          TEST(keeping_alive_follows_version_and_connection),
        TEST(what_is_no_reply_is_refused),          TEST(a_connection_that_ends_too_early_is_no_end),
    };
    return test_run("net/http_reply", tests);
}
