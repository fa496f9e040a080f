/* The same steps as the request reader's, with RFC 9112 6.3's rules for replies: the status and the request's method
 * come before any field when it is decided whether there is a body. */
#include "net/http_reply.h"

#include <assert.h>
#include <string.h>

enum reply_state { REPLY_STATUS_LINE, REPLY_HEADERS, REPLY_BODY, REPLY_DONE, REPLY_REFUSED };

struct str
http_reply_header(const struct http_reply *reply, struct str name)
{
    return http_headers_find(reply->headers, reply->header_count, name);
}

void
http_reply_reader_init(struct http_reply_reader *reader, const struct http_limits *limits, uint64_t body_max,
                       bool to_head, struct arena *arena)
{
    assert(limits->header_count <= HTTP_HEADERS_MAX && limits->line_len + limits->head_len <= HTTP_HEAD_MAX);
    *reader = (struct http_reply_reader){
        .limits = limits, .arena = arena, .body_max = body_max, .to_head = to_head, .state = REPLY_STATUS_LINE};
}

bool
http_reply_reader_is_fresh(const struct http_reply_reader *reader)
{
    return reader->state == REPLY_STATUS_LINE && reader->lines.len == 0 && !reader->lines.cr;
}

static enum http_event
reply_refuse(struct http_reply_reader *reader, enum http_refusal refusal)
{
    reader->refusal = refusal;
    reader->state = REPLY_REFUSED;
    return HTTP_REFUSED;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK"; the blank before an empty phrase may be missing, as some servers have it. */
static enum http_refusal
status_line_check(struct http_reply_reader *reader, struct str line)
{
    if (line.len < 12 || memcmp(line.ptr, "HTTP/1.", 7) != 0 || line.ptr[8] != ' ')
        return HTTP_REFUSED_LINE_BAD;
    if (line.ptr[7] != '0' && line.ptr[7] != '1')
        return HTTP_REFUSED_VERSION;
    if (!is_digit(line.ptr[9]) || !is_digit(line.ptr[10]) || !is_digit(line.ptr[11]))
        return HTTP_REFUSED_LINE_BAD;
    if (line.len > 12 && line.ptr[12] != ' ')
        return HTTP_REFUSED_LINE_BAD;
    reader->reply.minor = line.ptr[7] - '0';
    reader->reply.status = (line.ptr[9] - '0') * 100 + (line.ptr[10] - '0') * 10 + (line.ptr[11] - '0');
    if (reader->reply.status < 100 || reader->reply.status > 599 || reader->reply.status == 101)
        return HTTP_REFUSED_LINE_BAD;
    return HTTP_NOT_REFUSED;
}

struct reply_framing {
    size_t length_count;
    size_t coding_count;
    struct str length;
    struct str coding;
    bool close;
    bool keep_alive;
};

static void
reply_framing_note(struct reply_framing *framing, const struct http_header *header)
{
    struct str list = header->value;
    struct str element;
    if (str_equal_nocase(header->name, STR("Content-Length"))) {
        framing->length_count++;
        framing->length = header->value;
    } else if (str_equal_nocase(header->name, STR("Transfer-Encoding"))) {
        framing->coding_count++;
        framing->coding = header->value;
    } else if (str_equal_nocase(header->name, STR("Connection"))) {
        while (http_list_next(&list, &element)) {
            framing->close |= str_equal_nocase(element, STR("close"));
            framing->keep_alive |= str_equal_nocase(element, STR("keep-alive"));
        }
    }
}

static enum http_refusal
reply_body_init(struct http_reply_reader *reader, const struct reply_framing *framing)
{
    long long length;
    int status = reader->reply.status;
    if (framing->coding_count > 0 && framing->length_count > 0)
        return HTTP_REFUSED_LENGTH_AND_CODING;
    if (framing->length_count > 1)
        return HTTP_REFUSED_LENGTH_REPEATED;
    if (framing->coding_count > 1 || (framing->coding_count == 1 && !str_equal_nocase(framing->coding, STR("chunked"))))
        return HTTP_REFUSED_CODING_BAD;
    if (framing->coding_count == 1 && reader->reply.minor == 0)
        return HTTP_REFUSED_CODING_OLD;
    if (framing->length_count == 1 && (!str_to_i64(framing->length, &length) || framing->length.ptr[0] == '-'))
        return HTTP_REFUSED_LENGTH_BAD;
    if (reader->to_head || status == 204 || status == 304)
        http_body_init_length(&reader->body, 0);
    else if (framing->coding_count == 1)
        http_body_init_chunked(&reader->body, reader->limits->chunk_extension_len, reader->limits->head_len,
                               reader->limits->header_count);
    else if (framing->length_count == 1)
        http_body_init_length(&reader->body, (uint64_t)length);
    else
        http_body_init_until_close(&reader->body);
    return http_body_allow(&reader->body, reader->body_max) ? HTTP_NOT_REFUSED : HTTP_REFUSED_BODY_LARGE;
}

static enum http_refusal
reply_judge_head(struct http_reply_reader *reader)
{
    struct reply_framing framing = {0};
    struct http_header *headers = http_places_view(&reader->fields, &reader->lines, reader->arena);
    if (headers == NULL)
        return HTTP_REFUSED_MEMORY;
    for (size_t i = 0; i < reader->fields.count; i++)
        reply_framing_note(&framing, &headers[i]);
    reader->reply.headers = headers;
    reader->reply.header_count = reader->fields.count;
    enum http_refusal refusal = reply_body_init(reader, &framing);
    reader->reply.keep_alive = !framing.close && (reader->reply.minor == 1 || framing.keep_alive) &&
                               reader->body.kind != HTTP_BODY_UNTIL_CLOSE;
    return refusal;
}

/* An interim reply is over: the real one starts on clean lines. Its memory stays in the arena, whose limit ends a
 * stream of interim replies. */
static void
reply_start_over(struct http_reply_reader *reader)
{
    reader->lines = (struct http_lines){0};
    reader->fields.count = 0;
    reader->state = REPLY_STATUS_LINE;
}

static enum http_event
reply_take_line(struct http_reply_reader *reader, struct str line)
{
    enum http_refusal refusal;
    if (reader->state == REPLY_STATUS_LINE) {
        refusal = status_line_check(reader, line);
        reader->state = REPLY_HEADERS;
    } else if (line.len > 0) {
        reader->head_len += line.len + 2;
        refusal = http_places_note(&reader->fields, &reader->lines, reader->limits->header_count, reader->arena);
    } else if (reader->reply.status < 200) {
        reply_start_over(reader);
        return HTTP_MORE;
    } else {
        refusal = reply_judge_head(reader);
        reader->state = REPLY_BODY;
        if (refusal == HTTP_NOT_REFUSED)
            return HTTP_HEAD_IN;
    }
    if (refusal != HTTP_NOT_REFUSED)
        return reply_refuse(reader, refusal);
    http_lines_next(&reader->lines);
    return HTTP_MORE;
}

static enum http_event
reply_read_head(struct http_reply_reader *reader, struct str *input)
{
    bool first = reader->state == REPLY_STATUS_LINE;
    size_t left = reader->limits->head_len - reader->head_len;
    size_t line_max = first ? reader->limits->line_len : left < 2 ? 0 : left - 2;
    enum http_refusal refusal;
    switch (http_lines_take(&reader->lines, reader->arena, input, line_max,
                            first ? HTTP_REFUSED_LINE_LONG : HTTP_REFUSED_HEAD_LONG, &refusal)) {
    case HTTP_LINE_MORE: return HTTP_MORE;
    case HTTP_LINE_REFUSED: return reply_refuse(reader, refusal);
    case HTTP_LINE_DONE: break;
    }
    return reply_take_line(reader, http_lines_current(&reader->lines));
}

static enum http_event
reply_read_body(struct http_reply_reader *reader, struct str *input, struct str *ret_piece)
{
    enum http_refusal refusal;
    switch (http_body_read(&reader->body, input, ret_piece, &refusal)) {
    case HTTP_BODY_MORE: return HTTP_MORE;
    case HTTP_BODY_PIECE: return HTTP_PIECE;
    case HTTP_BODY_REFUSED: return reply_refuse(reader, refusal);
    case HTTP_BODY_END: break;
    }
    reader->state = REPLY_DONE;
    return HTTP_END;
}

enum http_event
http_reply_reader_read(struct http_reply_reader *reader, struct str *input, struct str *ret_piece)
{
    enum http_event event = HTTP_MORE;
    while (event == HTTP_MORE) {
        switch (reader->state) {
        case REPLY_STATUS_LINE:
        case REPLY_HEADERS:
            if (input->len == 0)
                return HTTP_MORE;
            event = reply_read_head(reader, input);
            break;
        case REPLY_BODY: return reply_read_body(reader, input, ret_piece);
        case REPLY_REFUSED: return HTTP_REFUSED;
        default: assert(false); /* a reader reads one reply */
        }
    }
    return event;
}

enum http_event
http_reply_reader_end(struct http_reply_reader *reader)
{
    if (reader->state == REPLY_BODY && reader->body.kind == HTTP_BODY_UNTIL_CLOSE) {
        reader->state = REPLY_DONE;
        return HTTP_END;
    }
    return reply_refuse(reader, HTTP_REFUSED_LINE_BAD);
}
