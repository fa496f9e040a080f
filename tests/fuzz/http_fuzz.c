/* Requests as bytes from a stranger: the cut of the bytes changes nothing, and whatever is accepted satisfies, looked
 * at without the reader, what the table of framing tricks demands; written down plainly, it reads as the same request.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/http.h"
#include "net/http_target.h"
#include "net/http_writer.h"
#include "tests/net/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 64 << 20, INPUT_MAX = 64 << 10 };

static void
check_splits(struct str bytes, struct arena *arena)
{
    /* any seed but 0; taken from the input, so that a finding repeats */
    uint64_t seed = 0x9e3779b97f4a7c15U;
    for (size_t i = 0; i < bytes.len; i++)
        seed = (seed ^ (uint8_t)bytes.ptr[i]) * 0x100000001b3U;
    seed |= 1;
    struct trace whole = trace_requests(bytes, arena, NULL, NULL);
    struct trace slow = trace_requests(bytes, arena, trace_split_bytes, NULL);
    struct trace random = trace_requests(bytes, arena, trace_split_random, &seed);
    assert(!whole.text.overflowed && str_equal(text_str(&whole.text), text_str(&slow.text)));
    assert(str_equal(text_str(&whole.text), text_str(&random.text)));
}

/* Every CR has its LF and every LF its CR, and no other control byte is there but TAB. */
static void
check_line_ends(struct str head)
{
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.ptr[i];
        if (c == '\r')
            assert(i + 1 < head.len && head.ptr[i + 1] == '\n');
        else if (c == '\n')
            assert(i > 0 && head.ptr[i - 1] == '\r');
        else
            assert((c >= 0x20 && c != 0x7f) || c == '\t');
    }
}

/* How many lines begin with `name` and whatever follows it up to a colon. */
static size_t
count_lines(struct str head, const char *name)
{
    size_t count = 0;
    struct str rest = head;
    while (rest.ptr != NULL) {
        struct str line = str_split(&rest, '\n');
        struct str field = str_split(&line, ':');
        count += line.ptr != NULL && str_equal_nocase(str_trim(field), str_from(name));
    }
    return count;
}

static void
check_head(struct str head, const struct http_limits *limits, const struct http_request *request,
           const struct http_body *body)
{
    size_t lengths = count_lines(head, "content-length");
    size_t codings = count_lines(head, "transfer-encoding");
    size_t hosts = count_lines(head, "host");
    check_line_ends(head);
    assert(lengths + codings <= 1);
    assert(hosts == 1 || (hosts == 0 && request->minor == 0));
    assert(codings == 0 || request->minor == 1);
    assert((codings == 1) == (body->kind == HTTP_BODY_CHUNKED));
    assert(request->header_count <= limits->header_count && head.len <= limits->line_len + limits->head_len + 6);
    struct str rest = head;
    while (rest.ptr != NULL) {
        struct str line = str_split(&rest, '\n');
        assert(line.len == 0 || (line.ptr[0] != ' ' && line.ptr[0] != '\t'));
    }
}

static void
check_text(struct str text)
{
    assert(http_utf8_is_valid(text));
    for (size_t i = 0; i < text.len; i++)
        assert((unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f);
}

static void
check_target(const struct http_request *request)
{
    for (size_t i = 0; i < request->segment_count; i++) {
        check_text(request->segments[i]);
        assert(!str_equal(request->segments[i], STR(".")) && !str_equal(request->segments[i], STR("..")));
        assert(request->segments[i].len == 0 ||
               memchr(request->segments[i].ptr, '/', request->segments[i].len) == NULL);
    }
    for (size_t i = 0; i < request->param_count; i++) {
        check_text(request->params[i].name);
        check_text(request->params[i].value);
    }
}

static bool
is_framing(struct str name)
{
    static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Host", "Expect"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_equal_nocase(name, str_from(names[i])))
            return true;
    return false;
}

/* The same request as our own client would write it. */
static struct str
write_plainly(const struct http_request *request, struct arena *arena)
{
    struct text fields;
    struct text out;
    text_init(&fields, arena, 1024);
    text_init(&out, arena, 1024);
    for (size_t i = 0; i < request->header_count; i++) {
        if (is_framing(request->headers[i].name))
            continue;
        text_put(&fields, request->headers[i].name);
        text_put_char(&fields, ':');
        text_put(&fields, request->headers[i].value);
        text_put(&fields, STR("\r\n"));
    }
    const struct http_request_line line = {.method = request->method_name,
                                           .target = request->target,
                                           .host = request->host.len > 0 ? request->host : STR("a"),
                                           .fields = text_str(&fields),
                                           .has_body = true,
                                           .body_len = request->body.len};
    http_write_request(&out, &line);
    text_put(&out, request->body);
    return text_str(&out);
}

static void
assert_same(const struct http_request *a, const struct http_request *b)
{
    assert(str_equal(a->method_name, b->method_name) && str_equal(a->target, b->target));
    assert(str_equal(a->path, b->path) && str_equal(a->query, b->query) && str_equal(a->body, b->body));
    assert(a->segment_count == b->segment_count && a->param_count == b->param_count);
    for (size_t i = 0; i < a->segment_count; i++)
        assert(str_equal(a->segments[i], b->segments[i]));
    for (size_t i = 0; i < a->param_count; i++) {
        assert(str_equal(a->params[i].name, b->params[i].name));
        assert(str_equal(a->params[i].value, b->params[i].value));
    }
}

/* Reads one request off the front of *input; false when there is none or it is refused. The body is collected into
 * request.body. */
static bool
read_request(struct http_reader *reader, const struct http_limits *limits, struct arena *arena, struct str *input)
{
    struct str begin = *input;
    struct text body;
    text_init(&body, arena, 64);
    http_reader_init(reader, limits, arena);
    for (;;) {
        struct str piece = {NULL, 0};
        switch (http_reader_read(reader, input, &piece)) {
        case HTTP_MORE:
        case HTTP_REFUSED: return false;
        case HTTP_HEAD_IN:
            check_head(str_of(begin.ptr, begin.len - input->len), limits, &reader->request, &reader->body);
            check_target(&reader->request);
            (void)http_reader_admit(reader, TRACE_BODY_MAX);
            break;
        case HTTP_PIECE: text_put(&body, piece); break;
        case HTTP_END:
            reader->request.body = text_str(&body);
            assert(reader->request.body.len <= TRACE_BODY_MAX);
            return true;
        }
    }
}

static void
check_meaning(struct str bytes, struct arena *arena)
{
    /* Host may be added, and lengths be longer, than what was sent: the plain form needs a little more room */
    const struct http_limits limits = http_limits_default();
    struct http_limits wide = limits;
    wide.head_len += 1024;
    wide.header_count += 2;
    struct http_reader first;
    struct http_reader second;
    while (bytes.len > 0 && read_request(&first, &limits, arena, &bytes)) {
        /* CONNECT is refused, and an authority that was compared with no Host has none to agree with */
        if (first.request.host.len == 0 && first.request.target.ptr[0] != '/')
            continue;
        struct str plain = write_plainly(&first.request, arena);
        bool read = read_request(&second, &wide, arena, &plain);
        assert(read && plain.len == 0);
        assert_same(&first.request, &second.request);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str bytes = str_of(data, size < INPUT_MAX ? size : INPUT_MAX);
    arena_init(&arena, MEMORY);
    check_splits(bytes, &arena);
    arena_reset(&arena);
    check_meaning(bytes, &arena);
    arena_done(&arena);
    return 0;
}
