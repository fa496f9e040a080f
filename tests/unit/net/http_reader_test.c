/* The request reader: what a request becomes, every framing trick by name, the limits at their edges, any split. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/http.h"
#include "net/http_target.h"
#include "tests/net/trace.h"

struct fixture {
    struct arena arena;
    struct http_limits limits;
    struct http_reader reader;
    char body[4096];
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

/* Reads one request with a body of at most `body_max`; returns the last event and leaves what follows in *input. */
static enum http_event
read_rest(struct fixture *f, struct str *input, uint64_t body_max)
{
    arena_reset(&f->arena);
    f->body_len = 0;
    http_reader_init(&f->reader, &f->limits, &f->arena);
    for (;;) {
        struct str piece;
        enum http_event event = http_reader_read(&f->reader, input, &piece);
        if (event == HTTP_HEAD_IN) {
            (void)http_reader_admit(&f->reader, body_max);
        } else if (event == HTTP_PIECE) {
            assert_true(f->body_len + piece.len <= sizeof(f->body));
            memcpy(f->body + f->body_len, piece.ptr, piece.len);
            f->body_len += piece.len;
        } else {
            return event;
        }
    }
}

static enum http_event
read_one(struct fixture *f, struct str input)
{
    return read_rest(f, &input, 1000);
}

static void
assert_str(struct str actual, const char *expected)
{
    if (!str_equal(actual, str_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(actual), expected);
}

static void
assert_refused(struct fixture *f, struct str input, enum http_refusal refusal)
{
    enum http_event event = read_one(f, input);
    if (event != HTTP_REFUSED || f->reader.refusal != refusal)
        fail_msg("event %d, %s instead of %s: %.*s", (int)event, http_refusal_name(f->reader.refusal),
                 http_refusal_name(refusal), STR_ARG(input));
    /* a refusal is for good */
    struct str more = STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    struct str piece;
    assert_int_equal(http_reader_read(&f->reader, &more, &piece), HTTP_REFUSED);
}

static void
assert_taken(struct fixture *f, struct str input)
{
    if (read_one(f, input) != HTTP_END)
        fail_msg("%s: %.*s", http_refusal_name(f->reader.refusal), STR_ARG(input));
}

static void
a_request_is_told_apart_into_its_parts(void **state)
{
    struct fixture *f = *state;
    assert_taken(f, STR("PATCH /v1/rooms/a%20b?x=1&x=%C3%A9+z&flag HTTP/1.1\r\nHost: Example.org:8080\r\n"
                        "X-Blank:\t two  words \t\r\nCONTENT-length: 5\r\nempty:\r\n\r\nhello"));
    const struct http_request *r = &f->reader.request;
    assert_int_equal(r->method, HTTP_PATCH);
    assert_str(r->method_name, "PATCH");
    assert_str(r->target, "/v1/rooms/a%20b?x=1&x=%C3%A9+z&flag");
    assert_str(r->path, "/v1/rooms/a%20b");
    assert_str(r->query, "x=1&x=%C3%A9+z&flag");
    assert_int_equal(r->segment_count, 3);
    assert_str(r->segments[2], "a b");
    assert_int_equal(r->param_count, 3);
    size_t count;
    assert_str(http_request_param(r, STR("x"), &count), "1");
    assert_int_equal(count, 2);
    assert_str(r->params[1].value, "\xc3\xa9 z");
    assert_non_null(http_request_param(r, STR("flag"), NULL).ptr);
    assert_null(http_request_param(r, STR("X"), &count).ptr);
    assert_int_equal(count, 0);
    assert_int_equal(r->header_count, 4);
    assert_str(http_request_header(r, STR("x-blank")), "two  words");
    assert_non_null(http_request_header(r, STR("Empty")).ptr);
    assert_null(http_request_header(r, STR("absent")).ptr);
    assert_str(r->host, "Example.org:8080");
    assert_true(r->keep_alive && r->has_body && !r->wants_continue);
    assert_int_equal(r->minor, 1);
    assert_str(str_of(f->body, f->body_len), "hello");
}

static void
keep_alive_follows_version_and_connection(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *head;
        bool keep;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, ,CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_taken(f, str_from(cases[i].head));
        assert_int_equal(f->reader.request.keep_alive, cases[i].keep);
    }
}

static void
upgrade_is_told_only_when_connection_names_it(void **state)
{
    struct fixture *f = *state;
    assert_taken(f, STR("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n"));
    assert_str(f->reader.request.upgrade, "websocket");
    assert_taken(f, STR("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"));
    assert_int_equal(f->reader.request.upgrade.len, 0);
    assert_taken(f, STR("GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"));
    assert_int_equal(f->reader.request.upgrade.len, 0);
}

static void
targets_come_in_three_forms(void **state)
{
    struct fixture *f = *state;
    const struct http_request *r = &f->reader.request;
    assert_taken(f, STR("GET http://Example.org:80/a/b?c HTTP/1.1\r\nHost: example.ORG:80\r\n\r\n"));
    assert_str(r->path, "/a/b");
    assert_str(r->query, "c");
    assert_taken(f, STR("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_str(r->path, "/");
    assert_null(r->query.ptr);
    assert_taken(f, STR("GET http://[::1]:80?q=1 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"));
    assert_str(r->path, "/");
    assert_str(r->query, "q=1");
    assert_taken(f, STR("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_str(r->path, "*");
    assert_int_equal(r->segment_count, 0);
    assert_taken(f, STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(r->segment_count, 1);
    assert_str(r->segments[0], "");
    assert_refused(f, STR("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_REFUSED_TARGET_BAD);
    assert_refused(f, STR("GET a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"), HTTP_REFUSED_TARGET_BAD);
    assert_refused(f, STR("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_REFUSED_TARGET_BAD);
    assert_refused(f, STR("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_REFUSED_TARGET_BAD);
    assert_refused(f, STR("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_REFUSED_TARGET_BAD);
    assert_refused(f, STR("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_REFUSED_HOST_MISMATCH);
    assert_refused(f, STR("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), HTTP_REFUSED_METHOD_UNSUPPORTED);
}

/* Refuses GET <target> with the given reason. */
static void
assert_target(struct fixture *f, const char *target, enum http_refusal refusal)
{
    char request[512];
    int len = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    if (refusal == HTTP_NOT_REFUSED)
        assert_taken(f, str_of(request, (size_t)len));
    else
        assert_refused(f, str_of(request, (size_t)len), refusal);
}

static void
escapes_must_decode_to_clean_text(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *target;
        enum http_refusal refusal;
    } cases[] = {
        {"/%41", HTTP_NOT_REFUSED},
        {"/a?b=%2Fc%5Cd", HTTP_NOT_REFUSED},
        {"/%F0%9F%98%80", HTTP_NOT_REFUSED},
        {"/%", HTTP_REFUSED_TARGET_ESCAPE},
        {"/%4", HTTP_REFUSED_TARGET_ESCAPE},
        {"/%4/", HTTP_REFUSED_TARGET_ESCAPE},
        {"/%zz", HTTP_REFUSED_TARGET_ESCAPE},
        {"/%00", HTTP_REFUSED_TARGET_ESCAPE},
        {"/a?b=%00", HTTP_REFUSED_TARGET_ESCAPE},
        {"/a?b%0d%0a=1", HTTP_REFUSED_TARGET_ESCAPE},
        {"/a?%7f", HTTP_REFUSED_TARGET_ESCAPE},
        {"/a%2Fb", HTTP_REFUSED_TARGET_ESCAPE},
        {"/a%5cb", HTTP_REFUSED_TARGET_ESCAPE},
        {"/%80", HTTP_REFUSED_TARGET_UTF8},
        {"/%C0%AF", HTTP_REFUSED_TARGET_UTF8},
        {"/a?b=%ED%A0%80", HTTP_REFUSED_TARGET_UTF8},
        {"/a?b=%F4%90%80%80", HTTP_REFUSED_TARGET_UTF8},
        {"/a?b=%C3", HTTP_REFUSED_TARGET_UTF8},
        {"/.", HTTP_REFUSED_TARGET_DOTS},
        {"/a/../b", HTTP_REFUSED_TARGET_DOTS},
        {"/a/%2e%2E/b", HTTP_REFUSED_TARGET_DOTS},
        {"/a/.%2e", HTTP_REFUSED_TARGET_DOTS},
        {"/...", HTTP_NOT_REFUSED},
        {"/a?..=../..", HTTP_NOT_REFUSED},
        {"/a#b", HTTP_REFUSED_TARGET_BAD},
        {"/a?b#c", HTTP_REFUSED_TARGET_BAD},
        {"/a\\b", HTTP_REFUSED_TARGET_BAD},
        {"/a|b", HTTP_REFUSED_TARGET_BAD},
        {"/a?b[]=|{}^`\\", HTTP_NOT_REFUSED},
        {"/a?<b>", HTTP_REFUSED_TARGET_BAD},
        {"/\xc3\xa9", HTTP_REFUSED_TARGET_BAD},
        {"//a//", HTTP_NOT_REFUSED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_target(f, cases[i].target, cases[i].refusal);
}

static void
empty_query_pieces_are_skipped(void **state)
{
    struct fixture *f = *state;
    assert_target(f, "/a?&b=1&&=2&", HTTP_NOT_REFUSED);
    assert_int_equal(f->reader.request.param_count, 2);
    assert_str(f->reader.request.params[1].name, "");
    assert_str(f->reader.request.params[1].value, "2");
    assert_target(f, "/a+b%20c", HTTP_NOT_REFUSED); /* a "+" is a blank in the query only */
    assert_str(f->reader.request.segments[0], "a+b c");
    assert_target(f, "/a?", HTTP_NOT_REFUSED);
    assert_int_equal(f->reader.request.param_count, 0);
    assert_non_null(f->reader.request.query.ptr);
}

static void
framing_tricks_are_refused_by_name(void **state)
{
    struct fixture *f = *state;
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
    static const struct {
        struct str bytes;
        enum http_refusal refusal;
    } cases[] = {
#define CASE(text, name) {{text, sizeof(text) - 1}, HTTP_REFUSED_##name}
        CASE(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", LENGTH_AND_CODING),
        CASE(POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", LENGTH_AND_CODING),
        CASE(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", LENGTH_REPEATED),
        CASE(POST "Content-Length: 3, 3\r\n\r\nabc", LENGTH_BAD),
        CASE(POST "Content-Length: +3\r\n\r\nabc", LENGTH_BAD),
        CASE(POST "Content-Length: -0\r\n\r\n", LENGTH_BAD),
        CASE(POST "Content-Length: \r\n\r\n", LENGTH_BAD),
        CASE(POST "Content-Length: 0x3\r\n\r\nabc", LENGTH_BAD),
        CASE(POST "Content-Length: 99999999999999999999\r\n\r\n", LENGTH_BAD),
        CASE(POST "Content-Length: 1001\r\n\r\n", BODY_LARGE),
        CASE(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", CODING_BAD),
        CASE(POST "Transfer-Encoding: chunked, chunked\r\n\r\n", CODING_BAD),
        CASE(POST "Transfer-Encoding: identity\r\n\r\n", CODING_BAD),
        CASE(POST "Transfer-Encoding: \r\n\r\n", CODING_BAD),
        CASE(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", CODING_BAD),
        CASE(POST "Transfer-Encoding: \x0b"
                  "chunked\r\n\r\n",
             CONTROL_BYTE),
        CASE("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", CODING_OLD),
        CASE("GET / HTTP/1.1\nHost: a\r\n\r\n", BARE_LF),
        CASE("GET / HTTP/1.1\r\nHost: a\n\r\n", BARE_LF),
        CASE("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", BARE_CR),
        CASE("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", BARE_CR),
        CASE("GET / HTTP/1.1\r\nHost: a\r\n\n", BARE_LF),
        CASE("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n", HEADER_FOLDED),
        CASE("GET / HTTP/1.1\r\n Host: a\r\n\r\n", HEADER_FOLDED),
        CASE("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tfolded\r\n\r\n", HEADER_FOLDED),
        CASE("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", CONTROL_BYTE),
        CASE("GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n", CONTROL_BYTE),
        CASE("GET / HTTP/1.1\r\nHost : a\r\n\r\n", HEADER_NAME),
        CASE("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", HEADER_NAME),
        CASE("GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n", HEADER_NAME),
        CASE("GET / HTTP/1.1\r\nHost: a\r\nX\xc3: b\r\n\r\n", HEADER_NAME),
        CASE("GET / HTTP/1.1\r\n\r\n", HOST_MISSING),
        CASE("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", HOST_REPEATED),
        CASE("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", HOST_REPEATED),
        CASE("GET / HTTP/1.1\r\nHost:\r\n\r\n", HOST_BAD),
        CASE("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HOST_BAD),
        CASE("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HOST_BAD),
        CASE("GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", METHOD_BAD),
        CASE(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", METHOD_BAD),
        CASE("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", LINE_BAD),
        CASE("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", LINE_BAD),
        CASE("GET /\r\n\r\n", LINE_BAD),
        CASE("GET / http/1.1\r\nHost: a\r\n\r\n", LINE_BAD),
        CASE("GET / HTTP/11\r\nHost: a\r\n\r\n", LINE_BAD),
        CASE("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", METHOD_BAD),
        CASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", VERSION),
        CASE("GET / HTTP/1.2\r\nHost: a\r\n\r\n", VERSION),
        CASE("GET / HTTP/0.9\r\nHost: a\r\n\r\n", VERSION),
        CASE("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", METHOD_BAD),
        CASE("\x16\x03\x01\x02", CONTROL_BYTE),
        CASE(POST "Expect: the-unexpected\r\nContent-Length: 1\r\n\r\na", EXPECTATION),
        CASE(POST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na", EXPECTATION),
#undef CASE
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused(f, cases[i].bytes, cases[i].refusal);
}

static void
chunked_bodies_are_put_together(void **state)
{
    struct fixture *f = *state;
    struct str input = STR(POST "Transfer-Encoding: Chunked\r\n\r\n"
                                "5\r\nhello\r\n001;a=b;c=\"d e\"\r\n \r\nA\r\n0123456789\r\n0;last\r\n"
                                "Content-Lengths: 77\r\nX: y\r\n\r\nGET");
    assert_int_equal(read_rest(f, &input, 16), HTTP_END);
    assert_str(str_of(f->body, f->body_len), "hello 0123456789");
    assert_str(input, "GET");
    assert_null(http_request_header(&f->reader.request, STR("X")).ptr);
    input = STR(POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nc\r\n");
    assert_int_equal(read_rest(f, &input, 16), HTTP_REFUSED);
    assert_int_equal(f->reader.refusal, HTTP_REFUSED_BODY_LARGE);
}

static void
chunk_framing_is_strict(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *body;
        enum http_refusal refusal;
    } cases[] = {
        {"\r\n", HTTP_REFUSED_CHUNK_BAD},
        {";a\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"g\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"-1\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"0x1\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"1 \r\n", HTTP_REFUSED_CHUNK_BAD},
        {" 1\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"00000000000000001\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"ffffffffffffffff\r\n", HTTP_REFUSED_BODY_LARGE},
        {"1\na", HTTP_REFUSED_BARE_LF},
        {"1\ra", HTTP_REFUSED_BARE_CR},
        {"1;\r\n", HTTP_REFUSED_CHUNK_EXTENSION},
        {"1;a\n", HTTP_REFUSED_BARE_LF},
        {"1;a\xff\r\n", HTTP_REFUSED_CHUNK_EXTENSION},
        {"1;a\x01\r\n", HTTP_REFUSED_CONTROL_BYTE},
        {"1\r\nab\r\n", HTTP_REFUSED_CHUNK_BAD},
        {"1\r\na\n", HTTP_REFUSED_BARE_LF},
        {"1\r\na\rb", HTTP_REFUSED_BARE_CR},
        {"0\r\n\n", HTTP_REFUSED_BARE_LF},
        {"0\r\n\rX", HTTP_REFUSED_BARE_CR},
        {"0\r\n X: y\r\n\r\n", HTTP_REFUSED_HEADER_FOLDED},
        {"0\r\nX : y\r\n\r\n", HTTP_REFUSED_HEADER_NAME},
        {"0\r\nX\r\n\r\n", HTTP_REFUSED_BARE_CR},
        {"0\r\ncontent-LENGTH: 1\r\n\r\n", HTTP_REFUSED_TRAILER_FRAMING},
        {"0\r\nA: b\r\nTransfer-Encoding: x\r\n\r\n", HTTP_REFUSED_TRAILER_FRAMING},
        {"0\r\nHost:", HTTP_REFUSED_TRAILER_FRAMING},
        {"0\r\n: y\r\n\r\n", HTTP_REFUSED_HEADER_NAME},
        {"0\r\nX: \x01\r\n\r\n", HTTP_REFUSED_CONTROL_BYTE},
        {"0\r\nX: y\rz\r\n\r\n", HTTP_REFUSED_BARE_CR},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char request[256];
        int len = snprintf(request, sizeof(request), POST "Transfer-Encoding: chunked\r\n\r\n%s", cases[i].body);
        assert_refused(f, str_of(request, (size_t)len), cases[i].refusal);
    }
}

static void
byte_classes_are_what_the_rfc_lists(void **state)
{
    (void)state;
    const char *token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (unsigned c = 0; c < 256; c++) {
        assert_int_equal(http_byte_is_token((unsigned char)c), c != 0 && c < 128 && strchr(token, (int)c) != NULL);
        assert_int_equal(http_byte_is_text((unsigned char)c), c == '\t' || (c >= ' ' && c != 127));
    }
}

/* Every byte once in a path and once in a query: RFC 3986's pchar and "/", and the WHATWG URL standard's query set. */
static void
targets_hold_the_bytes_they_may(void **state)
{
    struct fixture *f = *state;
    const char *path = "-._~!$&'()*+,;=:@/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (unsigned c = 1; c < 256; c++) {
        char request[64];
        bool printable = c > ' ' && c < 127 && c != '%' && c != '?';
        int len = snprintf(request, sizeof(request), "GET /a%c HTTP/1.1\r\nHost: a\r\n\r\n", (int)c);
        bool taken = read_one(f, str_of(request, (size_t)len)) == HTTP_END;
        assert_int_equal(taken, c == '?' || (printable && strchr(path, (int)c) != NULL));
        len = snprintf(request, sizeof(request), "GET /?%c HTTP/1.1\r\nHost: a\r\n\r\n", (int)c);
        taken = read_one(f, str_of(request, (size_t)len)) == HTTP_END;
        assert_int_equal(taken, c == '?' || (printable && strchr("\"#<>", (int)c) == NULL));
    }
}

static void
hosts_are_names_or_addresses_with_a_port(void **state)
{
    (void)state;
    const char *good[] = {"a", "A-b.c_d", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:1", "a:65535", "a:080", "1.2"};
    const char *bad[] = {"",     "a:",   "a:0", "a:65536",  "a:1a",   "a:-1",      "a:+1", "a b",
                         "a@b",  "[::1", "[]",  "[::1]a",   "[::1]:", "[1.2.3.4]", "::1",  "[::1%25a]",
                         "a%41", "a;b",  "a#",  "\xc3\xa9", "[v1.a]", "a:123456"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(http_authority_is_valid(str_from(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (http_authority_is_valid(str_from(bad[i])))
            fail_msg("%s", bad[i]);
}

/* Every code point once, and every sequence of up to three bytes against a decoder written the other way round. */
static bool
utf8_is_valid_slowly(const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t need = p[i] < 0x80 ? 1 : p[i] < 0xc0 ? 0 : p[i] < 0xe0 ? 2 : p[i] < 0xf0 ? 3 : p[i] < 0xf8 ? 4 : 0;
        if (need == 0 || len - i < need)
            return false;
        uint32_t code = need == 1 ? p[i] : p[i] & (0xffU >> (need + 1));
        for (size_t k = 1; k < need; k++) {
            if ((p[i + k] & 0xc0) != 0x80)
                return false;
            code = code << 6 | (p[i + k] & 0x3fU);
        }
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < least[need] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return false;
        i += need;
    }
    return true;
}

static void
utf8_agrees_with_a_plain_decoder(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1U << 24; i += 7) {
        unsigned char text[4] = {(unsigned char)(i >> 16), (unsigned char)(i >> 8), (unsigned char)i, 0x80};
        for (size_t len = 1; len <= 4; len++)
            if (http_utf8_is_valid(str_of(text, len)) != utf8_is_valid_slowly(text, len))
                fail_msg("%06x, %zu bytes", i, len);
    }
    for (uint32_t i = 0; i < 1U << 16; i++) {
        unsigned char text[4] = {(unsigned char)(0xf0 | (i >> 13)), (unsigned char)(0x80 | ((i >> 6) & 0x7f)), 0x80,
                                 (unsigned char)(0x80 | (i & 0x3f))};
        assert_int_equal(http_utf8_is_valid(str_of(text, 4)), utf8_is_valid_slowly(text, 4));
    }
}

/* "GET /aaa... HTTP/1.1", `line_len` bytes long, then headers of `head_len` bytes with their CRLFs. */
static struct str
request_of(char *out, size_t line_len, size_t head_len)
{
    char *at = out;
    at += sprintf(at, "GET /");
    size_t fill = line_len - strlen("GET / HTTP/1.1");
    memset(at, 'a', fill);
    at += fill;
    at += sprintf(at, " HTTP/1.1\r\nHost: a\r\n");
    size_t left = head_len - strlen("Host: a\r\n");
    if (left > 0) {
        at += sprintf(at, "X: ");
        memset(at, 'b', left - 5);
        at += left - 5;
        at += sprintf(at, "\r\n");
    }
    at += sprintf(at, "\r\n");
    return str_of(out, (size_t)(at - out));
}

static void
limits_hold_at_their_edges(void **state)
{
    struct fixture *f = *state;
    static char bytes[64 << 10];
    assert_taken(f, request_of(bytes, 16384, 16384));
    assert_refused(f, request_of(bytes, 16385, 9), HTTP_REFUSED_LINE_LONG);
    assert_refused(f, request_of(bytes, 100, 16385), HTTP_REFUSED_HEAD_LONG);
    /* one byte too many is enough: no need to wait for the end of the line */
    memset(bytes, 'a', sizeof(bytes));
    struct str input = str_of(bytes, 16384);
    assert_int_equal(read_rest(f, &input, 0), HTTP_MORE);
    input = str_of(bytes, 16385);
    assert_int_equal(read_rest(f, &input, 0), HTTP_REFUSED);
}

static void
header_segment_and_parameter_counts_are_limited(void **state)
{
    struct fixture *f = *state;
    char bytes[4096];
    for (size_t extra = 0; extra < 2; extra++) {
        char *at = bytes + sprintf(bytes, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (size_t i = 0; i < 63 + extra; i++)
            at += sprintf(at, "X: b\r\n");
        at += sprintf(at, "\r\n");
        struct str request = str_of(bytes, (size_t)(at - bytes));
        if (extra == 0)
            assert_taken(f, request);
        else
            assert_refused(f, request, HTTP_REFUSED_HEADERS_MANY);
        for (size_t kind = 0; kind < 2; kind++) {
            char target[512] = "/a?b";
            target[2] = kind == 0 ? '\0' : '?';
            for (size_t i = 1; i < (kind == 0 ? 32 : 64) + extra; i++)
                strcat(target, kind == 0 ? "/a" : "&b");
            assert_target(f, target, extra == 0 ? HTTP_NOT_REFUSED : HTTP_REFUSED_TARGET_PARTS);
        }
    }
}

static void
chunk_extensions_and_trailers_are_limited(void **state)
{
    struct fixture *f = *state;
    static char bytes[64 << 10];
    for (size_t extra = 0; extra < 2; extra++) {
        int head = sprintf(bytes, POST "Transfer-Encoding: chunked\r\n\r\n");
        char *at = bytes + head;
        /* one extension of exactly 256 bytes */
        *at++ = '0';
        *at++ = ';';
        memset(at, 'x', 256 + extra);
        at += 256 + extra;
        at += sprintf(at, "\r\n\r\n");
        struct str request = str_of(bytes, (size_t)(at - bytes));
        if (extra == 0)
            assert_taken(f, request);
        else
            assert_refused(f, request, HTTP_REFUSED_CHUNK_EXTENSION);
        /* sixteen of them are the most a body may have */
        at = bytes + head;
        for (size_t i = 0; i < 16 + extra; i++) {
            at += sprintf(at, "1;");
            memset(at, 'x', 256);
            at += 256;
            at += sprintf(at, "\r\na\r\n");
        }
        at += sprintf(at, "0\r\n\r\n");
        request = str_of(bytes, (size_t)(at - bytes));
        if (extra == 0)
            assert_taken(f, request);
        else
            assert_refused(f, request, HTTP_REFUSED_CHUNK_EXTENSION);
        /* a trailer may be as long, and have as many fields, as a header */
        at = bytes + head + sprintf(bytes + head, "0\r\nX: ");
        size_t fill = 16384 - strlen("X: \r\n") - strlen("\r\n") + extra;
        memset(at, 'x', fill);
        at += fill;
        at += sprintf(at, "\r\n\r\n");
        request = str_of(bytes, (size_t)(at - bytes));
        if (extra == 0)
            assert_taken(f, request);
        else
            assert_refused(f, request, HTTP_REFUSED_TRAILER_LONG);
        at = bytes + head + sprintf(bytes + head, "0\r\n");
        for (size_t i = 0; i < 64 + extra; i++)
            at += sprintf(at, "X:\r\n");
        at += sprintf(at, "\r\n");
        request = str_of(bytes, (size_t)(at - bytes));
        if (extra == 0)
            assert_taken(f, request);
        else
            assert_refused(f, request, HTTP_REFUSED_TRAILER_LONG);
    }
}

static void
continue_is_wanted_only_for_a_body_on_1_1(void **state)
{
    struct fixture *f = *state;
    assert_taken(f, STR(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na"));
    assert_true(f->reader.request.wants_continue);
    assert_taken(f, STR(POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n"));
    assert_false(f->reader.request.wants_continue);
    assert_taken(f, STR("POST / HTTP/1.0\r\nExpect: whatever\r\nContent-Length: 1\r\n\r\na"));
    assert_false(f->reader.request.wants_continue);
}

static void
a_full_arena_is_a_refusal_not_a_crash(void **state)
{
    struct fixture *f = *state;
    struct str request = STR("GET /a%20b?c=%20 HTTP/1.1\r\nHost: a\r\n\r\n");
    size_t refused = 0;
    for (size_t limit = 0; limit < 4096; limit += 16) {
        struct arena small;
        arena_init(&small, limit);
        http_reader_init(&f->reader, &f->limits, &small);
        struct str input = request;
        struct str piece;
        enum http_event event = http_reader_read(&f->reader, &input, &piece);
        if (event == HTTP_REFUSED) {
            assert_int_equal(f->reader.refusal, HTTP_REFUSED_MEMORY);
            refused++;
        } else {
            assert_int_equal(event, HTTP_HEAD_IN);
        }
        arena_done(&small);
    }
    assert_true(refused > 50 && refused < 250);
}

static void
requests_follow_each_other_in_one_stream(void **state)
{
    struct fixture *f = *state;
    struct trace trace =
        trace_requests(STR(POST "Content-Length: 3\r\n\r\nabc\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n" POST
                                "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nGET / HT"),
                       &f->arena, NULL, NULL);
    assert_int_equal(trace.request_count, 3);
    assert_int_equal(trace.refusal, HTTP_NOT_REFUSED);
    assert_false(trace.fresh);
}

static void
no_split_changes_what_is_read(void **state)
{
    (void)state;
    static const char *const streams[] = {
        POST "Content-Length: 3\r\n\r\nabc\r\nGET /b?c=%41 HTTP/1.1\r\nHost: b\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\n\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTab:\tone\ttwo\r\nLong: 0123456789abcdef0123456789abcdef\x01\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n",
    };
    for (size_t s = 0; s < sizeof(streams) / sizeof(streams[0]); s++) {
        struct arena arena;
        arena_init(&arena, 8 << 20);
        struct str bytes = str_from(streams[s]);
        struct str whole = text_str(&(struct text){0});
        struct trace first = trace_requests(bytes, &arena, NULL, NULL);
        whole = text_str(&first.text);
        struct trace slow = trace_requests(bytes, &arena, trace_split_bytes, NULL);
        assert_true(whole.len > 0 && str_equal(whole, text_str(&slow.text)));
        for (uint64_t seed = 1; seed <= 20; seed++) {
            uint64_t random = seed * 0x9e3779b97f4a7c15U;
            struct trace trace = trace_requests(bytes, &arena, trace_split_random, &random);
            if (!str_equal(whole, text_str(&trace.text)))
                fail_msg("seed %llu:\n%.*s\n%.*s", (unsigned long long)seed, STR_ARG(whole),
                         STR_ARG(text_str(&trace.text)));
        }
        arena_done(&arena);
    }
}

/* The first fault in order of bytes is told even when a later one is in the same piece. */
static void
the_first_fault_is_the_one_told(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, STR("GET / HTTP/3.0\r\nHost: a\nX\0\r\n\r\n"), HTTP_REFUSED_VERSION);
    assert_refused(f, STR("GET / HTTP/1.1\r\nBad Name: a\r\nX: b\n\r\n"), HTTP_REFUSED_HEADER_NAME);
    assert_refused(f, STR("GET /%zz HTTP/1.1\r\nHost: a\r\nX: b\n\r\n"), HTTP_REFUSED_BARE_LF);
}

static void
every_refusal_has_an_answer(void **state)
{
    (void)state;
    for (enum http_refusal r = 1; r < HTTP_REFUSAL_COUNT; r++) {
        assert_true(http_refusal_status(r) >= 400 && http_refusal_status(r) <= 599);
        assert_true(strlen(http_refusal_code(r)) > 0 && strlen(http_refusal_sentence(r)) > 0);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_told_apart_into_its_parts),
        TEST(keep_alive_follows_version_and_connection),
        TEST(upgrade_is_told_only_when_connection_names_it),
        TEST(targets_come_in_three_forms),
        TEST(escapes_must_decode_to_clean_text),
        TEST(empty_query_pieces_are_skipped),
        TEST(framing_tricks_are_refused_by_name),
        TEST(chunked_bodies_are_put_together),
        TEST(chunk_framing_is_strict),
        TEST(byte_classes_are_what_the_rfc_lists),
        TEST(targets_hold_the_bytes_they_may),
        TEST(hosts_are_names_or_addresses_with_a_port),
        TEST(utf8_agrees_with_a_plain_decoder),
        TEST(limits_hold_at_their_edges),
        TEST(header_segment_and_parameter_counts_are_limited),
        TEST(chunk_extensions_and_trailers_are_limited),
        TEST(continue_is_wanted_only_for_a_body_on_1_1),
        TEST(a_full_arena_is_a_refusal_not_a_crash),
        TEST(requests_follow_each_other_in_one_stream),
        TEST(no_split_changes_what_is_read),
        TEST(the_first_fault_is_the_one_told),
        TEST(every_refusal_has_an_answer),
    };
    return test_run("net/http_reader", tests);
}
