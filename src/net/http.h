/* HTTP/1.x requests as bytes become them: what a request is, and a reader that is fed bytes in any split.
 *
 * The reader follows RFC 9112 (message syntax) and RFC 9110 (fields), leaving out what lets two parsers disagree about
 * where a message ends: it refuses folding, bare CR or LF, control bytes, blanks before a colon, two lengths, any
 * transfer coding but chunked, and a Host that is missing, repeated or malformed. It opens no sockets, reads no clock,
 * knows no resources and keeps nothing between two requests. What it refuses it names (http_refusal.def); after a
 * refusal the rest of the connection has no meaning and must be closed.
 *
 * Decisions where the RFCs leave room:
 * - One empty line before a request line is skipped (RFC 9112 2.2), a second one is refused.
 * - Methods are any token; CONNECT is refused with 501, because there is no tunnel to open. Others are the handler's.
 * - A version other than HTTP/1.0 and HTTP/1.1 is 505 when it is shaped like one (HTTP/2's preface among them), else
 * 400.
 * - An absolute target is taken when its authority is the Host field's, else 400; `*` with OPTIONS only; an authority
 *   only ever comes with CONNECT. A fragment is refused.
 * - A path must start with "/", is split before it is decoded, and may hold neither dot segments nor an encoded "/" or
 *   "\". Query pieces are form-encoded: "+" is a blank. Decoded text must be UTF-8 without control characters.
 * - Host needs one field on 1.1, at most one on 1.0; a name of letters, digits, "-", ".", "_", an IPv4 or a bracketed
 *   IPv6 address, with a port from 1 to 65535 or none.
 * - Expect: 100-continue is honoured on 1.1 and ignored on 1.0 (RFC 9110 10.1.1); any other expectation is 417.
 *
 * Nothing here is thread safe; a reader and its requests belong to one thread at a time. */
#ifndef NIGHTLATCH_NET_HTTP_H
#define NIGHTLATCH_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "net/http_body.h"
#include "net/http_headers.h"
#include "net/http_refusal.h"

enum {
    HTTP_HEADERS_MAX = 128,  /* what http_limits.header_count may be at most */
    HTTP_HEAD_MAX = 60 << 10 /* what http_limits.line_len and .head_len may come to together, in bytes */
};

/* Zero-initialised fields are not defaults: start from http_limits_default(). */
struct http_limits {
    size_t line_len;            /* bytes of the request line without its CRLF */
    size_t head_len;            /* bytes of all header lines with their CRLFs, without the empty line */
    size_t header_count;        /* fields; the trailer's are counted on their own */
    size_t chunk_extension_len; /* bytes after one chunk size; all chunks of a body together may use 16 times that */
    size_t segment_count;       /* pieces of the path */
    size_t param_count;         /* pieces of the query */
};

/* 16 KiB, 16 KiB, 64 fields, 256 bytes, 32 segments, 64 parameters. */
struct http_limits http_limits_default(void);

enum http_method {
    HTTP_OTHER, /* a token that is none of those below; see http_request.method_name */
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
};

/* One piece of the query, decoded, in the order sent. A name may come twice: the caller sees both. */
struct http_param {
    struct str name;
    struct str value; /* empty both for "a=" and for "a" */
};

/* A request whose head is complete. All views point into the arena the reader was given and live as long as that is
 * not reset. */
struct http_request {
    enum http_method method;
    struct str method_name;
    struct str target;          /* as sent, for logs */
    struct str path;            /* as sent, still encoded, without the query; "*" for OPTIONS * */
    struct str query;           /* as sent, still encoded, without the "?"; ptr NULL when there is none */
    const struct str *segments; /* the path's pieces, decoded: "/v1/rooms/" is "v1", "rooms", ""; none for "*" */
    size_t segment_count;
    const struct http_param *params;
    size_t param_count;
    const struct http_header *headers;
    size_t header_count;
    struct str host;    /* with its port as sent; empty when a 1.0 request has none */
    struct str upgrade; /* the Upgrade field when Connection names it too, else empty */
    int minor;          /* 1 for HTTP/1.1, 0 for HTTP/1.0 */
    bool keep_alive;    /* the client lets the connection be used again */
    bool has_body;      /* a length above 0, or chunked */
    bool wants_continue;
    struct str body; /* set by whoever collects the pieces, not by the reader */
};

/* The value of the first field called `name`, without case; ptr NULL when there is none. */
struct str http_request_header(const struct http_request *request, struct str name);

/* The value of the parameter called exactly `name`; ptr NULL when there is none. *ret_count, when not NULL, says how
 * many there are; the first one is returned. */
struct str http_request_param(const struct http_request *request, struct str name, size_t *ret_count);

enum http_event {
    HTTP_MORE,    /* all input is used up; feed more */
    HTTP_HEAD_IN, /* the head is complete: look at reader->request, then call http_reader_admit() */
    HTTP_PIECE,   /* a piece of the body */
    HTTP_END,     /* the message is complete; what is left of the input belongs to the next one */
    HTTP_REFUSED, /* see reader->refusal; from now on every call answers this */
};

/* Fields are read-only outside http_reader.c. */
struct http_reader {
    struct http_request request; /* valid from HTTP_HEAD_IN on */
    enum http_refusal refusal;
    const struct http_limits *limits; /* borrowed */
    struct arena *arena;              /* borrowed */
    struct http_lines lines;
    struct http_body body;
    uint8_t state;
    bool blank_skipped;
    struct http_places fields;
    size_t head_len;
    size_t method_len;
    size_t target_at;
    size_t target_len;
};

/* Starts a reader for one request. `limits` and `arena` are borrowed until the request is done with; the arena takes
 * at most about three times the head and must be empty or at least hold nothing that dies with the request. Cannot
 * fail: memory is taken when bytes come. */
void http_reader_init(struct http_reader *reader, const struct http_limits *limits, struct arena *arena);

/* Takes bytes from the front of *input until something is to be told. With HTTP_PIECE, *ret_piece views bytes of
 * *input as it was given. The events of a message do not depend on how its bytes are split, but for where pieces are
 * cut. A caller that has HTTP_MORE gives the next bytes; the old ones are not needed again. */
enum http_event http_reader_read(struct http_reader *reader, struct str *input, struct str *ret_piece);

/* Says after HTTP_HEAD_IN how many bytes of body are taken. Returns HTTP_REFUSED (BODY_LARGE) when the length that was
 * announced is above `body_len`, HTTP_MORE otherwise; a chunked body is cut off at the chunk that goes above. */
enum http_event http_reader_admit(struct http_reader *reader, uint64_t body_len);

/* Whether nothing of a request has arrived yet (a skipped empty line aside). */
bool http_reader_is_fresh(const struct http_reader *reader);

#endif
