/* Bytes become lines: the first layer under the readers of requests and of replies.
 *
 * Collects the lines of a head, CRLFs left out, one after the other in a buffer of an arena. It refuses a CR without
 * its LF, an LF without its CR and every control byte but TAB, and knows nothing of what a line means. Also the classes
 * of bytes that RFC 9110 names, and the rule that splits a field line. */
#ifndef NIGHTLATCH_NET_HTTP_LINES_H
#define NIGHTLATCH_NET_HTTP_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "net/http_refusal.h"

/* A set of bytes, a bit each. */
struct http_byte_set {
    uint64_t bits[4];
};

/* For initialisers of sets: one byte, and all from one to another, both within the same quarter of the 256. */
#define HTTP_BYTE(c) (UINT64_C(1) << ((c)&63))
#define HTTP_BYTES(from, to) ((HTTP_BYTE(to) << 1) - HTTP_BYTE(from))

extern const struct http_byte_set http_token_bytes;

static inline bool
http_byte_in(const struct http_byte_set *set, unsigned char c)
{
    return (set->bits[c >> 6] >> (c & 63) & 1) != 0;
}

/* tchar of RFC 9110 5.6.2: what a token (method, field name) is made of. */
static inline bool
http_byte_is_token(unsigned char c)
{
    return http_byte_in(&http_token_bytes, c);
}

/* May stand in a line: TAB, and everything from 0x20 on but DEL. */
static inline bool
http_byte_is_text(unsigned char c)
{
    return (c >= 0x20 && c != 0x7f) || c == '\t';
}

/* Whether `s` is a token, that is not empty and tchar throughout. */
bool http_str_is_token(struct str s);

struct http_lines {
    char *ptr; /* in the arena; all lines so far, without their CRLFs; moves when it grows, the old bytes stay */
    size_t len;
    size_t capacity;
    size_t line_at; /* where the line begins that is being collected */
    bool cr;        /* the last byte was a CR, which is not stored */
};

enum http_line {
    HTTP_LINE_MORE, /* the input is used up */
    HTTP_LINE_DONE, /* ptr + line_at up to len is a line; call http_lines_next() before the next take */
    HTTP_LINE_REFUSED,
};

/* Takes bytes off the front of *input up to the end of the current line. The line may have `line_max` bytes without its
 * CRLF; one byte more is refused as `too_long`. Of several faults the first in order of bytes is told, whatever the
 * split. *ret_refusal is set only with HTTP_LINE_REFUSED; it is HTTP_REFUSED_MEMORY when the arena is full. */
enum http_line http_lines_take(struct http_lines *lines, struct arena *arena, struct str *input, size_t line_max,
                               enum http_refusal too_long, enum http_refusal *ret_refusal);

/* The line just completed; valid until the arena is reset. */
struct str http_lines_current(const struct http_lines *lines);

/* Keeps the current line and begins the next one. */
void http_lines_next(struct http_lines *lines);

/* Splits a complete, non-empty header or trailer line into name and value, both views of `line`, the value trimmed.
 * HTTP_NOT_REFUSED, HTTP_REFUSED_HEADER_FOLDED or HTTP_REFUSED_HEADER_NAME. */
enum http_refusal http_field_split(struct str line, struct str *ret_name, struct str *ret_value);

/* Takes the next non-empty element off a comma-separated list (RFC 9110 5.6.1), trimmed; false at its end. Quoted
 * strings are not understood: no list read here has any. */
bool http_list_next(struct str *list, struct str *ret_element);

#endif
