/* Where a body ends: by length, by chunks, or at the end of the connection (replies only).
 *
 * Takes framed bytes in any split and gives back pieces of content. It refuses more content than allowed, chunk sizes
 * of more than 16 digits, blanks around a size, bare CR or LF, control bytes and long extensions. Trailers are checked
 * like headers and dropped, and those that speak of framing or host are refused: nothing that comes after the body can
 * change what the head has said. */
#ifndef NIGHTLATCH_NET_HTTP_BODY_H
#define NIGHTLATCH_NET_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "net/http_refusal.h"

enum { HTTP_BODY_NAME_MAX = 18 }; /* one more than the longest name a trailer must not have */

enum http_body_kind {
    HTTP_BODY_NONE,
    HTTP_BODY_LENGTH,
    HTTP_BODY_CHUNKED,
    HTTP_BODY_UNTIL_CLOSE, /* never ends by itself */
};

/* Fields are for http_body.c; `kind` and `left` may be read. */
struct http_body {
    enum http_body_kind kind;
    uint8_t state;
    uint8_t digit_count;
    uint64_t left;  /* content bytes still to come: of the body, or of the chunk */
    uint64_t total; /* content bytes so far, announced chunks included */
    uint64_t max;   /* content bytes allowed */
    size_t extension_len;
    size_t extensions_len; /* of all chunks together */
    size_t extension_max;
    size_t trailer_len;
    size_t trailer_max;
    size_t trailer_count;
    size_t trailer_count_max;
    uint8_t name_len;              /* of the trailer under way, counted up to the end of `name` */
    char name[HTTP_BODY_NAME_MAX]; /* its beginning */
};

enum http_body_event {
    HTTP_BODY_MORE,
    HTTP_BODY_PIECE,
    HTTP_BODY_END,
    HTTP_BODY_REFUSED,
};

/* A body of `length` bytes, or an empty one. */
void http_body_init_length(struct http_body *body, uint64_t length);

/* A chunked body. Extensions may have `extension_max` bytes per chunk and 16 times that in all; the trailer
 * `trailer_max` bytes with its CRLFs, in at most `trailer_count_max` fields. */
void http_body_init_chunked(struct http_body *body, size_t extension_max, size_t trailer_max, size_t trailer_count_max);

/* A body that ends when the connection does. */
void http_body_init_until_close(struct http_body *body);

/* Allows `max` bytes of content; none are allowed before. False when the length that is known is above it. */
bool http_body_allow(struct http_body *body, uint64_t max) __attribute__((warn_unused_result));

/* Takes bytes off *input until something is to be told. *ret_piece is a view of the input, never empty. *ret_refusal is
 * set only with HTTP_BODY_REFUSED. After HTTP_BODY_END nothing more may be read. */
enum http_body_event http_body_read(struct http_body *body, struct str *input, struct str *ret_piece,
                                    enum http_refusal *ret_refusal);

#endif
