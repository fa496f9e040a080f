/* The fields of a head, of a request or a reply, while it arrives and once it is there.
 *
 * While lines come in, what is kept of a field is its places in them, not pointers: the lines may move as the head
 * grows. Once it is complete the places become views. It refuses to know what any field means. */
#ifndef NIGHTLATCH_NET_HTTP_HEADERS_H
#define NIGHTLATCH_NET_HTTP_HEADERS_H

#include "net/http_lines.h"

struct http_header {
    struct str name; /* as sent; compare without case */
    struct str
        value; /* blanks at both ends taken off; bytes from 0x80 on are possible, control bytes but TAB are not */
};

/* The value of the first field called `name`, without case; ptr NULL when there is none. */
struct str http_headers_find(const struct http_header *headers, size_t count, struct str name);

/* Zeroed there are none. */
struct http_places {
    uint16_t *at; /* four of each: start of name, its length, start of value, its length; in the lines */
    uint16_t count;
};

/* Splits the current line of `lines` and keeps where its parts are; `limit` is how many fields there may be, the same
 * each time. HTTP_NOT_REFUSED, or why the line is refused. */
enum http_refusal http_places_note(struct http_places *places, const struct http_lines *lines, size_t limit,
                                   struct arena *arena);

/* The fields as views into the lines, which must no longer move; NULL when the arena is full. */
struct http_header *http_places_view(const struct http_places *places, const struct http_lines *lines,
                                     struct arena *arena) __attribute__((warn_unused_result));

#endif
