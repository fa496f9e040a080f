/* Splitting first, decoding after: an escaped separator is never taken for a separator. */
#include "net/http_target.h"

#include <arpa/inet.h>
#include <string.h>

enum { HOST_LEN_MAX = 255 };

/* pchar of RFC 3986 3.3 and "/"; escapes are looked at when decoding. */
static const struct http_byte_set path_bytes = {
    {HTTP_BYTE('!') | HTTP_BYTES('$', '/') | HTTP_BYTES('0', ';') | HTTP_BYTE('='),
     HTTP_BYTES('@', 'Z') | HTTP_BYTE('_') | HTTP_BYTES('a', 'z') | HTTP_BYTE('~')}};

/* What browsers send unescaped in a query (the WHATWG URL standard's query set): wider than RFC 3986, and harmless. */
static const struct http_byte_set query_bytes = {
    {HTTP_BYTE('!') | HTTP_BYTES('$', ';') | HTTP_BYTE('=') | HTTP_BYTE('?'), HTTP_BYTES('@', '~')}};

/* A registered name without escapes and without what RFC 3986 calls sub-delims. */
static const struct http_byte_set host_bytes = {{HTTP_BYTE('-') | HTTP_BYTE('.') | HTTP_BYTES('0', '9'),
                                                 HTTP_BYTES('A', 'Z') | HTTP_BYTE('_') | HTTP_BYTES('a', 'z')}};

static bool
all_bytes_in(const struct http_byte_set *set, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!http_byte_in(set, (unsigned char)s.ptr[i]))
            return false;
    return true;
}

static bool
port_is_valid(struct str port)
{
    long long value;
    return port.len <= 5 && port.len > 0 && port.ptr[0] != '-' && str_to_i64(port, &value) && value >= 1 &&
           value <= 65535;
}

static bool
ipv6_is_valid(struct str s)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char address[16];
    if (s.len == 0 || s.len >= sizeof(text))
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return inet_pton(AF_INET6, text, address) == 1;
}

bool
http_authority_is_valid(struct str s)
{
    if (s.len == 0 || s.len > HOST_LEN_MAX)
        return false;
    struct str rest = s;
    if (s.ptr[0] == '[') {
        struct str address = str_split(&rest, ']');
        if (rest.ptr == NULL || !ipv6_is_valid(str_of(address.ptr + 1, address.len - 1)))
            return false;
        return rest.len == 0 || (rest.ptr[0] == ':' && port_is_valid(str_of(rest.ptr + 1, rest.len - 1)));
    }
    struct str name = str_split(&rest, ':');
    return name.len > 0 && all_bytes_in(&host_bytes, name) && (rest.ptr == NULL || port_is_valid(rest));
}

/* Well-formed byte sequences, table 3-7 of the Unicode standard: the second byte's range depends on the first. */
static size_t
utf8_sequence_len(const unsigned char *p, size_t len)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t need;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        need = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        need = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        need = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (len < need || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return need;
}

bool
http_utf8_is_valid(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        size_t len = utf8_sequence_len(p + i, s.len - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

/* Takes scheme and authority off the front of an absolute target. */
static bool
absolute_split(struct str *rest, struct str *ret_authority)
{
    struct str scheme = str_split(rest, ':');
    if (!str_equal_nocase(scheme, STR("http")) && !str_equal_nocase(scheme, STR("https")))
        return false;
    if (rest->ptr == NULL || !str_starts_with(*rest, STR("//")))
        return false;
    struct str after = str_of(rest->ptr + 2, rest->len - 2);
    size_t len = 0;
    while (len < after.len && after.ptr[len] != '/' && after.ptr[len] != '?')
        len++;
    *ret_authority = str_of(after.ptr, len);
    *rest = str_of(after.ptr + len, after.len - len);
    return http_authority_is_valid(*ret_authority);
}

enum http_refusal
http_target_split(struct http_request *request, struct str *ret_authority)
{
    struct str rest = request->target;
    *ret_authority = (struct str){NULL, 0};
    if (str_equal(request->method_name, STR("CONNECT")))
        return HTTP_REFUSED_METHOD_UNSUPPORTED;
    if (str_equal(rest, STR("*"))) {
        request->path = rest;
        return request->method == HTTP_OPTIONS ? HTTP_NOT_REFUSED : HTTP_REFUSED_TARGET_BAD;
    }
    if (rest.ptr[0] != '/' && !absolute_split(&rest, ret_authority))
        return HTTP_REFUSED_TARGET_BAD;
    request->path = str_split(&rest, '?');
    request->query = rest;
    if (request->path.len == 0) /* "http://host" and "http://host?query": RFC 9112 3.2.1 */
        request->path = STR("/");
    if (!all_bytes_in(&path_bytes, request->path) || !all_bytes_in(&query_bytes, request->query))
        return HTTP_REFUSED_TARGET_BAD;
    return HTTP_NOT_REFUSED;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct decoder {
    struct arena *arena;
    bool form; /* query rules: "+" is a blank, "/" and "\" may be escaped */
};

/* The byte that an escape stands for. Control bytes are refused in both places, so that no decoded text can end a line
 * of a log or of a header. */
static enum http_refusal
escape_decode(const struct decoder *decoder, struct str rest, char *ret_byte)
{
    int high = rest.len > 2 ? hex_digit(rest.ptr[1]) : -1;
    int low = rest.len > 2 ? hex_digit(rest.ptr[2]) : -1;
    if (high < 0 || low < 0)
        return HTTP_REFUSED_TARGET_ESCAPE;
    int byte = high << 4 | low;
    if (byte < 0x20 || byte == 0x7f || (!decoder->form && (byte == '/' || byte == '\\')))
        return HTTP_REFUSED_TARGET_ESCAPE;
    *ret_byte = (char)byte;
    return HTTP_NOT_REFUSED;
}

static bool
needs_decoding(const struct decoder *decoder, struct str raw)
{
    if (raw.len == 0)
        return false;
    return memchr(raw.ptr, '%', raw.len) != NULL || (decoder->form && memchr(raw.ptr, '+', raw.len) != NULL);
}

static enum http_refusal
piece_decode(const struct decoder *decoder, struct str raw, struct str *ret_text)
{
    *ret_text = raw;
    if (!needs_decoding(decoder, raw))
        return HTTP_NOT_REFUSED;
    char *out = arena_alloc(decoder->arena, raw.len);
    if (out == NULL)
        return HTTP_REFUSED_MEMORY;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '%') {
            enum http_refusal refusal = escape_decode(decoder, str_of(raw.ptr + i, raw.len - i), &c);
            if (refusal != HTTP_NOT_REFUSED)
                return refusal;
            i += 2;
        } else if (c == '+' && decoder->form) {
            c = ' ';
        }
        out[len++] = c;
    }
    *ret_text = str_of(out, len);
    return http_utf8_is_valid(*ret_text) ? HTTP_NOT_REFUSED : HTTP_REFUSED_TARGET_UTF8;
}

static size_t
count_pieces(struct str s, char separator)
{
    size_t count = 1;
    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == separator;
    return count;
}

static enum http_refusal
path_decode(struct http_request *request, const struct http_limits *limits, struct arena *arena)
{
    const struct decoder decoder = {.arena = arena, .form = false};
    struct str rest = str_of(request->path.ptr + 1, request->path.len - 1);
    size_t count = count_pieces(rest, '/');
    if (count > limits->segment_count)
        return HTTP_REFUSED_TARGET_PARTS;
    struct str *segments = ARENA_ARRAY(arena, count, struct str);
    if (segments == NULL)
        return HTTP_REFUSED_MEMORY;
    for (size_t i = 0; i < count; i++) {
        enum http_refusal refusal = piece_decode(&decoder, str_split(&rest, '/'), &segments[i]);
        if (refusal != HTTP_NOT_REFUSED)
            return refusal;
        if (str_equal(segments[i], STR(".")) || str_equal(segments[i], STR("..")))
            return HTTP_REFUSED_TARGET_DOTS;
    }
    request->segments = segments;
    request->segment_count = count;
    return HTTP_NOT_REFUSED;
}

static enum http_refusal
param_decode(const struct decoder *decoder, struct str piece, struct http_param *ret_param)
{
    struct str value = piece;
    struct str name = str_split(&value, '=');
    enum http_refusal refusal = piece_decode(decoder, name, &ret_param->name);
    if (refusal != HTTP_NOT_REFUSED)
        return refusal;
    return piece_decode(decoder, value.ptr == NULL ? STR("") : value, &ret_param->value);
}

static enum http_refusal
query_decode(struct http_request *request, const struct http_limits *limits, struct arena *arena)
{
    const struct decoder decoder = {.arena = arena, .form = true};
    struct str rest = request->query;
    size_t count = count_pieces(rest, '&');
    if (count > limits->param_count)
        return HTTP_REFUSED_TARGET_PARTS;
    struct http_param *params = ARENA_ARRAY(arena, count, struct http_param);
    if (params == NULL)
        return HTTP_REFUSED_MEMORY;
    while (rest.ptr != NULL) {
        struct str piece = str_split(&rest, '&');
        if (piece.len == 0)
            continue;
        enum http_refusal refusal = param_decode(&decoder, piece, &params[request->param_count]);
        if (refusal != HTTP_NOT_REFUSED)
            return refusal;
        request->param_count++;
    }
    request->params = params;
    return HTTP_NOT_REFUSED;
}

enum http_refusal
http_target_decode(struct http_request *request, const struct http_limits *limits, struct arena *arena)
{
    if (request->path.ptr[0] == '*')
        return HTTP_NOT_REFUSED;
    enum http_refusal refusal = path_decode(request, limits, arena);
    if (refusal == HTTP_NOT_REFUSED && request->query.ptr != NULL)
        refusal = query_decode(request, limits, arena);
    return refusal;
}
