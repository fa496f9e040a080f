/* Chunked framing (RFC 9112 7.1) as a machine that takes one byte at a time between the runs of content:
 *
 *   SIZE --;--> EXTENSION        SIZE, EXTENSION --CR--> SIZE_LF --LF--> DATA, or TRAILER_START after size 0
 *   DATA --all--> DATA_CR --CR--> DATA_LF --LF--> SIZE
 *   TRAILER_START --CR--> END_LF --LF--> end     TRAILER_START --token--> TRAILER_NAME --:--> TRAILER_VALUE
 *   TRAILER_VALUE --CR--> TRAILER_LF --LF--> TRAILER_START
 */
#include "net/http_body.h"

#include <assert.h>

#include "net/http_lines.h"

enum { CHUNK_DIGITS_MAX = 16, CHUNK_EXTENSIONS_FACTOR = 16 };

enum chunk_state {
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    CHUNK_TRAILER_START,
    CHUNK_TRAILER_NAME,
    CHUNK_TRAILER_VALUE,
    CHUNK_TRAILER_LF,
    CHUNK_END_LF,
    CHUNK_END,
};

void
http_body_init_length(struct http_body *body, uint64_t length)
{
    *body = (struct http_body){.kind = length == 0 ? HTTP_BODY_NONE : HTTP_BODY_LENGTH, .left = length};
}

void
http_body_init_chunked(struct http_body *body, size_t extension_max, size_t trailer_max, size_t trailer_count_max)
{
    *body = (struct http_body){.kind = HTTP_BODY_CHUNKED,
                               .state = CHUNK_SIZE,
                               .extension_max = extension_max,
                               .trailer_max = trailer_max,
                               .trailer_count_max = trailer_count_max};
}

void
http_body_init_until_close(struct http_body *body)
{
    *body = (struct http_body){.kind = HTTP_BODY_UNTIL_CLOSE};
}

bool
http_body_allow(struct http_body *body, uint64_t max)
{
    body->max = max;
    return body->kind != HTTP_BODY_LENGTH || body->left <= max;
}

static int
hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* CR or LF where neither may be, told apart from what is merely malformed. */
static enum http_refusal
chunk_refuse(unsigned char c, enum http_refusal otherwise)
{
    if (c == '\n')
        return HTTP_REFUSED_BARE_LF;
    if (c == '\r')
        return HTTP_REFUSED_BARE_CR;
    return http_byte_is_text(c) ? otherwise : HTTP_REFUSED_CONTROL_BYTE;
}

/* The size is known: is there room for that chunk? */
static enum http_refusal
chunk_check_size(struct http_body *body)
{
    if (body->digit_count == 0)
        return HTTP_REFUSED_CHUNK_BAD;
    if (body->left > body->max - body->total)
        return HTTP_REFUSED_BODY_LARGE;
    body->total += body->left;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
chunk_take_size(struct http_body *body, unsigned char c)
{
    int digit = hex_digit(c);
    if (digit >= 0) {
        if (body->digit_count == CHUNK_DIGITS_MAX)
            return HTTP_REFUSED_CHUNK_BAD;
        body->digit_count++;
        body->left = body->left << 4 | (uint64_t)digit;
        return HTTP_NOT_REFUSED;
    }
    if (c != ';' && c != '\r')
        return chunk_refuse(c, HTTP_REFUSED_CHUNK_BAD);
    body->state = c == ';' ? CHUNK_EXTENSION : CHUNK_SIZE_LF;
    return chunk_check_size(body);
}

static enum http_refusal
chunk_take_extension(struct http_body *body, unsigned char c)
{
    if (c == '\r') {
        /* ";" alone names nothing */
        if (body->extension_len == 0)
            return HTTP_REFUSED_CHUNK_EXTENSION;
        body->state = CHUNK_SIZE_LF;
        return HTTP_NOT_REFUSED;
    }
    /* no obs-text: a byte above 0x7f has no place in a token, and none in a value we would want to skip */
    if (!http_byte_is_text(c) || c >= 0x80)
        return chunk_refuse(c, HTTP_REFUSED_CHUNK_EXTENSION);
    if (body->extension_len == body->extension_max ||
        body->extensions_len == body->extension_max * CHUNK_EXTENSIONS_FACTOR)
        return HTTP_REFUSED_CHUNK_EXTENSION;
    body->extension_len++;
    body->extensions_len++;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
chunk_take_size_end(struct http_body *body, unsigned char c)
{
    if (c != '\n')
        return HTTP_REFUSED_BARE_CR;
    body->state = body->left == 0 ? CHUNK_TRAILER_START : CHUNK_DATA;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
chunk_take_data_end(struct http_body *body, unsigned char c)
{
    if (body->state == CHUNK_DATA_CR) {
        if (c != '\r')
            return chunk_refuse(c, HTTP_REFUSED_CHUNK_BAD);
        body->state = CHUNK_DATA_LF;
        return HTTP_NOT_REFUSED;
    }
    if (c != '\n')
        return HTTP_REFUSED_BARE_CR;
    body->state = CHUNK_SIZE;
    body->digit_count = 0;
    body->extension_len = 0;
    return HTTP_NOT_REFUSED;
}

static void
trailer_name_put(struct http_body *body, unsigned char c)
{
    if (body->name_len < HTTP_BODY_NAME_MAX)
        body->name[body->name_len++] = (char)c;
}

/* RFC 9110 6.5.1 forbids them to be sent; whoever sends them hopes that somebody merges them into the head. */
static bool
trailer_is_forbidden(const struct http_body *body)
{
    struct str name = str_of(body->name, body->name_len);
    return str_equal_nocase(name, STR("Content-Length")) || str_equal_nocase(name, STR("Transfer-Encoding")) ||
           str_equal_nocase(name, STR("Host"));
}

static enum http_refusal
chunk_take_trailer_start(struct http_body *body, unsigned char c)
{
    if (c == '\r') {
        body->state = CHUNK_END_LF;
        return HTTP_NOT_REFUSED;
    }
    if (c == ' ' || c == '\t')
        return HTTP_REFUSED_HEADER_FOLDED;
    if (!http_byte_is_token(c))
        return chunk_refuse(c, HTTP_REFUSED_HEADER_NAME);
    if (body->trailer_count == body->trailer_count_max)
        return HTTP_REFUSED_TRAILER_LONG;
    body->trailer_count++;
    body->name_len = 0;
    trailer_name_put(body, c);
    body->state = CHUNK_TRAILER_NAME;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
chunk_take_trailer(struct http_body *body, unsigned char c)
{
    if (body->trailer_len == body->trailer_max)
        return HTTP_REFUSED_TRAILER_LONG;
    body->trailer_len++;
    switch (body->state) {
    case CHUNK_TRAILER_START: return chunk_take_trailer_start(body, c);
    case CHUNK_TRAILER_NAME:
        if (c == ':') {
            body->state = CHUNK_TRAILER_VALUE;
            return trailer_is_forbidden(body) ? HTTP_REFUSED_TRAILER_FRAMING : HTTP_NOT_REFUSED;
        }
        if (!http_byte_is_token(c))
            return chunk_refuse(c, HTTP_REFUSED_HEADER_NAME);
        trailer_name_put(body, c);
        return HTTP_NOT_REFUSED;
    case CHUNK_TRAILER_VALUE:
        if (c == '\r')
            body->state = CHUNK_TRAILER_LF;
        else if (!http_byte_is_text(c))
            return chunk_refuse(c, HTTP_REFUSED_CONTROL_BYTE);
        return HTTP_NOT_REFUSED;
    default:
        if (c != '\n')
            return HTTP_REFUSED_BARE_CR;
        body->state = body->state == CHUNK_END_LF ? CHUNK_END : CHUNK_TRAILER_START;
        return HTTP_NOT_REFUSED;
    }
}

static enum http_refusal
chunk_take(struct http_body *body, unsigned char c)
{
    switch (body->state) {
    case CHUNK_SIZE: return chunk_take_size(body, c);
    case CHUNK_EXTENSION: return chunk_take_extension(body, c);
    case CHUNK_SIZE_LF: return chunk_take_size_end(body, c);
    case CHUNK_DATA_CR:
    case CHUNK_DATA_LF: return chunk_take_data_end(body, c);
    default: return chunk_take_trailer(body, c);
    }
}

/* Cuts what belongs to the content off the input. */
static void
body_take_content(struct http_body *body, struct str *input, struct str *ret_piece)
{
    size_t len = input->len < body->left ? input->len : (size_t)body->left;
    *ret_piece = str_of(input->ptr, len);
    input->ptr += len;
    input->len -= len;
    body->left -= len;
}

static enum http_body_event
body_read_chunked(struct http_body *body, struct str *input, struct str *ret_piece, enum http_refusal *ret_refusal)
{
    while (input->len > 0) {
        if (body->state == CHUNK_DATA) {
            body_take_content(body, input, ret_piece);
            if (body->left == 0)
                body->state = CHUNK_DATA_CR;
            return HTTP_BODY_PIECE;
        }
        enum http_refusal refusal = chunk_take(body, (unsigned char)input->ptr[0]);
        if (refusal != HTTP_NOT_REFUSED) {
            *ret_refusal = refusal;
            return HTTP_BODY_REFUSED;
        }
        input->ptr++;
        input->len--;
        if (body->state == CHUNK_END)
            return HTTP_BODY_END;
    }
    return HTTP_BODY_MORE;
}

static enum http_body_event
body_read_until_close(struct http_body *body, struct str *input, struct str *ret_piece, enum http_refusal *ret_refusal)
{
    if (input->len == 0)
        return HTTP_BODY_MORE;
    if (input->len > body->max - body->total) {
        *ret_refusal = HTTP_REFUSED_BODY_LARGE;
        return HTTP_BODY_REFUSED;
    }
    body->total += input->len;
    *ret_piece = *input;
    *input = str_of(input->ptr + input->len, 0);
    return HTTP_BODY_PIECE;
}

enum http_body_event
http_body_read(struct http_body *body, struct str *input, struct str *ret_piece, enum http_refusal *ret_refusal)
{
    switch (body->kind) {
    case HTTP_BODY_NONE: return HTTP_BODY_END;
    case HTTP_BODY_LENGTH:
        if (body->left == 0)
            return HTTP_BODY_END;
        if (input->len == 0)
            return HTTP_BODY_MORE;
        body_take_content(body, input, ret_piece);
        return HTTP_BODY_PIECE;
    case HTTP_BODY_CHUNKED:
        assert(body->state != CHUNK_END);
        return body_read_chunked(body, input, ret_piece, ret_refusal);
    case HTTP_BODY_UNTIL_CLOSE: return body_read_until_close(body, input, ret_piece, ret_refusal);
    }
    assert(false);
    return HTTP_BODY_MORE;
}
