/* Replies as bytes: header fields, the head around them, the date.
 *
 * Framing is decided here and nowhere else: a caller names the status, its own fields and how the body ends, and can
 * neither set Content-Length, Transfer-Encoding, Connection, Upgrade or Date nor bring a CR, LF or NUL into a field:
 * both are asserted. It refuses to hold bodies and to compress. Everything is built in the caller's arena and latches
 * when that is full (base/text.h). */
#ifndef NIGHTLATCH_NET_HTTP_WRITER_H
#define NIGHTLATCH_NET_HTTP_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/text.h"

/* Header lines under construction, each with its CRLF. Zero-initialised it is an empty set that takes no memory. */
struct http_fields {
    struct text text;
};

/* Makes room in `arena`, which the lines then live in. */
void http_fields_init(struct http_fields *fields, struct arena *arena);

/* Adds "name: value". Asserts that `name` is a token, that `value` holds text only (no control bytes but TAB) and that
 * the field is not one of the writer's own. Both are copied. */
void http_fields_add(struct http_fields *fields, struct str name, struct str value);
void http_fields_add_i64(struct http_fields *fields, struct str name, long long value);

/* How the end of a body is told. */
enum http_framing {
    HTTP_FRAMING_LENGTH,  /* Content-Length; left out where the status has no body (1xx, 204, 304) */
    HTTP_FRAMING_CHUNKED, /* Transfer-Encoding: chunked, for a stream on a 1.1 connection */
    HTTP_FRAMING_CLOSE,   /* the body ends with the connection: a stream to a 1.0 client */
    HTTP_FRAMING_UPGRADE, /* 101: what follows is another protocol */
};

struct http_head {
    int status; /* 100 to 599 */
    enum http_framing framing;
    uint64_t body_len;  /* with HTTP_FRAMING_LENGTH; for HEAD, the length that GET would have sent */
    int minor;          /* of the request: decides whether keeping alive must be said or closing */
    bool keep_alive;    /* must be false with HTTP_FRAMING_CLOSE */
    struct str date;    /* IMF-fixdate; empty leaves the field out */
    struct str upgrade; /* with HTTP_FRAMING_UPGRADE: the protocol's name */
    struct str server;  /* Server field; empty leaves it out */
    struct str fields;  /* complete lines, from http_fields_lines() */
};

/* The lines so far; empty also when they overflowed, which http_fields_overflowed() tells. */
struct str http_fields_lines(const struct http_fields *fields);
bool http_fields_overflowed(const struct http_fields *fields);

/* Appends the whole head with its empty line. The status line always says HTTP/1.1 (RFC 9110 2.5). */
void http_write_head(struct text *out, const struct http_head *head);

/* The head of a request, for clients. */
struct http_request_line {
    struct str method; /* a token */
    struct str target; /* as it goes on the wire: printable ASCII without blanks, already escaped */
    struct str host;
    struct str fields; /* complete lines, from http_fields_lines() */
    bool has_body;     /* says Content-Length, also when it is 0 */
    uint64_t body_len;
    bool close; /* asks for the connection to be closed after the reply */
};

/* Appends the whole head with its empty line, in HTTP/1.1. Asserts what is said of method, target and host. */
void http_write_request(struct text *out, const struct http_request_line *request);

/* "HTTP/1.1 100 Continue" with its empty line. */
struct str http_write_continue(void);

enum { HTTP_DATE_LEN = 29 };

/* IMF-fixdate (RFC 9110 5.6.7) of `wall_s`, seconds since 1970 in UTC, for years 1970 to 9999; not terminated. */
void http_write_date(char ret_text[HTTP_DATE_LEN], int64_t wall_s);

/* The size line that precedes a chunk of `len` bytes, up to 18 bytes; the caller adds the content and a CRLF. A length
 * of 0 is refused by assert: it would end the body. Returns the number of bytes. */
size_t http_write_chunk_size(char ret_text[18], uint64_t len);

/* What ends a chunked body. */
struct str http_write_chunk_end(void);

#endif
