/* Replies as a client reads them: the counterpart of http.h, with the same strictness about where a message ends.
 *
 * Interim replies (1xx) are skipped; a switch of protocols is refused, because nobody here asked for one. It opens no
 * sockets and follows no redirects. One thread at a time. */
#ifndef NIGHTLATCH_NET_HTTP_REPLY_H
#define NIGHTLATCH_NET_HTTP_REPLY_H

#include "net/http.h"

/* All views point into the arena the reader was given. */
struct http_reply {
    int status; /* 200 to 599 */
    int minor;
    bool keep_alive;
    const struct http_header *headers;
    size_t header_count;
    struct str body; /* set by whoever collects the pieces */
};

/* The value of the first field called `name`, without case; ptr NULL when there is none. */
struct str http_reply_header(const struct http_reply *reply, struct str name);

/* Fields are read-only outside http_reply.c. */
struct http_reply_reader {
    struct http_reply reply; /* valid from HTTP_HEAD_IN on */
    enum http_refusal refusal;
    const struct http_limits *limits; /* borrowed */
    struct arena *arena;              /* borrowed */
    struct http_lines lines;
    struct http_body body;
    uint64_t body_max;
    uint8_t state;
    bool to_head; /* the reply to a HEAD request has no body whatever it says */
    struct http_places fields;
    size_t head_len;
};

/* Starts a reader for the reply to one request; bodies of more than `body_max` bytes are refused. limits->line_len
 * bounds the status line. `limits` and `arena` are borrowed until the reply is done with. */
void http_reply_reader_init(struct http_reply_reader *reader, const struct http_limits *limits, uint64_t body_max,
                            bool to_head, struct arena *arena);

/* As http_reader_read(), but that nothing needs to be admitted after HTTP_HEAD_IN. */
enum http_event http_reply_reader_read(struct http_reply_reader *reader, struct str *input, struct str *ret_piece);

/* The connection has ended: HTTP_END when that is how this reply ends, else HTTP_REFUSED. */
enum http_event http_reply_reader_end(struct http_reply_reader *reader);

/* Whether nothing of a reply has arrived yet. */
bool http_reply_reader_is_fresh(const struct http_reply_reader *reader);

#endif
