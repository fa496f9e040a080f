/* The request reader: lines from http_lines, the target from http_target, the body from http_body; here is what the
 * lines mean together.
 *
 *   REQUEST_LINE --line--> HEADERS --empty line--> ADMIT --http_reader_admit()--> BODY --> DONE
 *   any of them --fault--> REFUSED
 *
 * A line is judged when it is complete and the head as a whole when its empty line is there, bytes as they come: so the
 * first fault in order of bytes is the one told, and it does not matter how the bytes were cut. */
#include "net/http.h"

#include <assert.h>
#include <string.h>

#include "net/http_target.h"

enum reader_state { READER_REQUEST_LINE, READER_HEADERS, READER_ADMIT, READER_BODY, READER_DONE, READER_REFUSED };

/* What the fields of one head say about framing, gathered before it is judged as a whole. */
struct framing {
    size_t host_count;
    size_t length_count;
    size_t coding_count;
    size_t expect_count;
    struct str length;
    struct str coding;
    struct str expect;
    struct str upgrade;
    bool close;
    bool keep_alive;
    bool upgrade_named;
};

struct http_limits
http_limits_default(void)
{
    return (struct http_limits){.line_len = 16 << 10,
                                .head_len = 16 << 10,
                                .header_count = 64,
                                .chunk_extension_len = 256,
                                .segment_count = 32,
                                .param_count = 64};
}

struct str
http_request_header(const struct http_request *request, struct str name)
{
    return http_headers_find(request->headers, request->header_count, name);
}

struct str
http_request_param(const struct http_request *request, struct str name, size_t *ret_count)
{
    struct str first = {NULL, 0};
    size_t count = 0;
    for (size_t i = 0; i < request->param_count; i++) {
        if (!str_equal(request->params[i].name, name))
            continue;
        if (count == 0)
            first = request->params[i].value;
        count++;
    }
    if (ret_count != NULL)
        *ret_count = count;
    return first;
}

void
http_reader_init(struct http_reader *reader, const struct http_limits *limits, struct arena *arena)
{
    assert(limits->header_count <= HTTP_HEADERS_MAX && limits->line_len + limits->head_len <= HTTP_HEAD_MAX);
    *reader = (struct http_reader){.limits = limits, .arena = arena, .state = READER_REQUEST_LINE};
}

bool
http_reader_is_fresh(const struct http_reader *reader)
{
    return reader->state == READER_REQUEST_LINE && reader->lines.len == 0 && !reader->lines.cr;
}

static enum http_event
reader_refuse(struct http_reader *reader, enum http_refusal refusal)
{
    assert(refusal != HTTP_NOT_REFUSED);
    reader->refusal = refusal;
    reader->state = READER_REFUSED;
    return HTTP_REFUSED;
}

static enum http_method
method_find(struct str name)
{
    static const struct {
        struct str name;
        enum http_method method;
    } methods[] = {
        {{"GET", 3}, HTTP_GET},       {{"POST", 4}, HTTP_POST}, {{"PATCH", 5}, HTTP_PATCH},     {{"PUT", 3}, HTTP_PUT},
        {{"DELETE", 6}, HTTP_DELETE}, {{"HEAD", 4}, HTTP_HEAD}, {{"OPTIONS", 7}, HTTP_OPTIONS},
    };
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (str_equal(methods[i].name, name))
            return methods[i].method;
    return HTTP_OTHER;
}

/* HTTP-version is case-sensitive: "HTTP/" DIGIT "." DIGIT (RFC 9112 2.3). */
static enum http_refusal
version_check(struct str version, int *ret_minor)
{
    bool shaped = version.len == 8 && memcmp(version.ptr, "HTTP/", 5) == 0 && version.ptr[5] >= '0' &&
                  version.ptr[5] <= '9' && version.ptr[6] == '.' && version.ptr[7] >= '0' && version.ptr[7] <= '9';
    if (!shaped)
        return HTTP_REFUSED_LINE_BAD;
    if (version.ptr[5] != '1' || version.ptr[7] > '1')
        return HTTP_REFUSED_VERSION;
    *ret_minor = version.ptr[7] - '0';
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
request_line_check(struct http_reader *reader, struct str line)
{
    struct str rest = line;
    struct str method = str_split(&rest, ' ');
    if (!http_str_is_token(method))
        return HTTP_REFUSED_METHOD_BAD;
    struct str target = str_split(&rest, ' ');
    if (target.len == 0 || rest.ptr == NULL)
        return HTTP_REFUSED_LINE_BAD;
    enum http_refusal refusal = version_check(rest, &reader->request.minor);
    if (refusal != HTTP_NOT_REFUSED)
        return refusal;
    reader->method_len = method.len;
    reader->target_at = method.len + 1;
    reader->target_len = target.len;
    return HTTP_NOT_REFUSED;
}

static enum http_event
reader_take_request_line(struct http_reader *reader, struct str *input)
{
    enum http_refusal refusal;
    switch (http_lines_take(&reader->lines, reader->arena, input, reader->limits->line_len, HTTP_REFUSED_LINE_LONG,
                            &refusal)) {
    case HTTP_LINE_MORE: return HTTP_MORE;
    case HTTP_LINE_REFUSED: return reader_refuse(reader, refusal);
    case HTTP_LINE_DONE: break;
    }
    struct str line = http_lines_current(&reader->lines);
    if (line.len == 0 && !reader->blank_skipped) {
        reader->blank_skipped = true;
        return HTTP_MORE;
    }
    refusal = request_line_check(reader, line);
    if (refusal != HTTP_NOT_REFUSED)
        return reader_refuse(reader, refusal);
    http_lines_next(&reader->lines);
    reader->state = READER_HEADERS;
    return HTTP_MORE;
}

static void
connection_note(struct framing *framing, struct str list)
{
    struct str element;
    while (http_list_next(&list, &element)) {
        framing->close |= str_equal_nocase(element, STR("close"));
        framing->keep_alive |= str_equal_nocase(element, STR("keep-alive"));
        framing->upgrade_named |= str_equal_nocase(element, STR("upgrade"));
    }
}

/* The few fields that mean something down here. The length of the name tells most others apart at once. */
static void
framing_note(struct framing *framing, const struct http_header *header, struct http_request *request)
{
    struct str name = header->name;
    switch (name.len) {
    case 4:
        if (str_equal_nocase(name, STR("Host"))) {
            framing->host_count++;
            request->host = header->value;
        }
        break;
    case 6:
        if (str_equal_nocase(name, STR("Expect"))) {
            framing->expect_count++;
            framing->expect = header->value;
        }
        break;
    case 7:
        if (str_equal_nocase(name, STR("Upgrade")))
            framing->upgrade = header->value;
        break;
    case 10:
        if (str_equal_nocase(name, STR("Connection")))
            connection_note(framing, header->value);
        break;
    case 14:
        if (str_equal_nocase(name, STR("Content-Length"))) {
            framing->length_count++;
            framing->length = header->value;
        }
        break;
    case 17:
        if (str_equal_nocase(name, STR("Transfer-Encoding"))) {
            framing->coding_count++;
            framing->coding = header->value;
        }
        break;
    default: break;
    }
}

static enum http_refusal
host_check(const struct http_request *request, const struct framing *framing, struct str authority)
{
    if (framing->host_count > 1)
        return HTTP_REFUSED_HOST_REPEATED;
    if (framing->host_count == 0)
        return request->minor == 0 ? HTTP_NOT_REFUSED : HTTP_REFUSED_HOST_MISSING;
    if (!http_authority_is_valid(request->host))
        return HTTP_REFUSED_HOST_BAD;
    if (authority.ptr != NULL && !str_equal_nocase(authority, request->host))
        return HTTP_REFUSED_HOST_MISMATCH;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
length_check(struct http_reader *reader, const struct framing *framing)
{
    long long length;
    if (framing->length_count > 1)
        return HTTP_REFUSED_LENGTH_REPEATED;
    if (framing->length.len > 0 && framing->length.ptr[0] == '-')
        return HTTP_REFUSED_LENGTH_BAD;
    if (!str_to_i64(framing->length, &length))
        return HTTP_REFUSED_LENGTH_BAD;
    http_body_init_length(&reader->body, (uint64_t)length);
    return HTTP_NOT_REFUSED;
}

/* RFC 9112 6.1 to 6.3, with every "may" that lets a doubtful message through left out. */
static enum http_refusal
framing_check(struct http_reader *reader, const struct framing *framing)
{
    const struct http_limits *limits = reader->limits;
    if (framing->coding_count == 0) {
        if (framing->length_count > 0)
            return length_check(reader, framing);
        http_body_init_length(&reader->body, 0);
        return HTTP_NOT_REFUSED;
    }
    if (framing->length_count > 0)
        return HTTP_REFUSED_LENGTH_AND_CODING;
    if (reader->request.minor == 0)
        return HTTP_REFUSED_CODING_OLD;
    if (framing->coding_count > 1 || !str_equal_nocase(framing->coding, STR("chunked")))
        return HTTP_REFUSED_CODING_BAD;
    http_body_init_chunked(&reader->body, limits->chunk_extension_len, limits->head_len, limits->header_count);
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
expect_check(struct http_request *request, const struct framing *framing)
{
    if (framing->expect_count == 0 || request->minor == 0)
        return HTTP_NOT_REFUSED;
    if (framing->expect_count > 1 || !str_equal_nocase(framing->expect, STR("100-continue")))
        return HTTP_REFUSED_EXPECTATION;
    request->wants_continue = request->has_body;
    return HTTP_NOT_REFUSED;
}

/* The head is complete and its lines no longer move: places become views. */
static enum http_refusal
reader_place_views(struct http_reader *reader, struct framing *framing)
{
    struct http_request *request = &reader->request;
    const char *base = reader->lines.ptr;
    request->method_name = str_of(base, reader->method_len);
    request->method = method_find(request->method_name);
    request->target = str_of(base + reader->target_at, reader->target_len);
    struct http_header *headers = http_places_view(&reader->fields, &reader->lines, reader->arena);
    if (headers == NULL)
        return HTTP_REFUSED_MEMORY;
    for (size_t i = 0; i < reader->fields.count; i++)
        framing_note(framing, &headers[i], request);
    request->headers = headers;
    request->header_count = reader->fields.count;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
reader_judge_head(struct http_reader *reader)
{
    struct http_request *request = &reader->request;
    struct framing framing = {0};
    struct str authority;
    enum http_refusal refusal = reader_place_views(reader, &framing);
    if (refusal == HTTP_NOT_REFUSED)
        refusal = http_target_split(request, &authority);
    if (refusal == HTTP_NOT_REFUSED)
        refusal = host_check(request, &framing, authority);
    if (refusal == HTTP_NOT_REFUSED)
        refusal = framing_check(reader, &framing);
    if (refusal == HTTP_NOT_REFUSED)
        refusal = http_target_decode(request, reader->limits, reader->arena);
    if (refusal != HTTP_NOT_REFUSED)
        return refusal;
    request->has_body = reader->body.kind != HTTP_BODY_NONE;
    request->keep_alive = !framing.close && (request->minor == 1 || framing.keep_alive);
    if (framing.upgrade_named && request->minor == 1)
        request->upgrade = framing.upgrade;
    return expect_check(request, &framing);
}

static enum http_event
reader_take_header(struct http_reader *reader, struct str *input)
{
    size_t left = reader->limits->head_len - reader->head_len;
    enum http_refusal refusal;
    switch (http_lines_take(&reader->lines, reader->arena, input, left < 2 ? 0 : left - 2, HTTP_REFUSED_HEAD_LONG,
                            &refusal)) {
    case HTTP_LINE_MORE: return HTTP_MORE;
    case HTTP_LINE_REFUSED: return reader_refuse(reader, refusal);
    case HTTP_LINE_DONE: break;
    }
    struct str line = http_lines_current(&reader->lines);
    if (line.len == 0) {
        refusal = reader_judge_head(reader);
        if (refusal != HTTP_NOT_REFUSED)
            return reader_refuse(reader, refusal);
        reader->state = READER_ADMIT;
        return HTTP_HEAD_IN;
    }
    reader->head_len += line.len + 2;
    refusal = http_places_note(&reader->fields, &reader->lines, reader->limits->header_count, reader->arena);
    if (refusal != HTTP_NOT_REFUSED)
        return reader_refuse(reader, refusal);
    http_lines_next(&reader->lines);
    return HTTP_MORE;
}

static enum http_event
reader_take_body(struct http_reader *reader, struct str *input, struct str *ret_piece)
{
    enum http_refusal refusal;
    switch (http_body_read(&reader->body, input, ret_piece, &refusal)) {
    case HTTP_BODY_MORE: return HTTP_MORE;
    case HTTP_BODY_PIECE: return HTTP_PIECE;
    case HTTP_BODY_REFUSED: return reader_refuse(reader, refusal);
    case HTTP_BODY_END: break;
    }
    reader->state = READER_DONE;
    return HTTP_END;
}

enum http_event
http_reader_read(struct http_reader *reader, struct str *input, struct str *ret_piece)
{
    enum http_event event = HTTP_MORE;
    while (event == HTTP_MORE) {
        switch (reader->state) {
        case READER_REQUEST_LINE:
        case READER_HEADERS:
            if (input->len == 0)
                return HTTP_MORE;
            event = reader->state == READER_HEADERS ? reader_take_header(reader, input)
                                                    : reader_take_request_line(reader, input);
            break;
        case READER_BODY: return reader_take_body(reader, input, ret_piece);
        case READER_REFUSED: return HTTP_REFUSED;
        default: assert(false); /* admit first; and a reader reads one request */
        }
    }
    return event;
}

enum http_event
http_reader_admit(struct http_reader *reader, uint64_t body_len)
{
    assert(reader->state == READER_ADMIT);
    if (!http_body_allow(&reader->body, body_len))
        return reader_refuse(reader, HTTP_REFUSED_BODY_LARGE);
    reader->state = READER_BODY;
    return HTTP_MORE;
}
