/* What the request reader makes of a stretch of bytes, as text that can be compared.
 *
 * Feeds the bytes in pieces of any lengths, request after request, and writes down everything the reader tells: so two
 * ways of cutting the same bytes, or two readers, can be held against each other with one string comparison. */
#ifndef NIGHTLATCH_TESTS_NET_TRACE_H
#define NIGHTLATCH_TESTS_NET_TRACE_H

#include <stdint.h>

#include "base/text.h"
#include "net/http.h"

enum { TRACE_BODY_MAX = 64 << 10 };

struct trace {
    struct text text;          /* owned by the arena given */
    enum http_refusal refusal; /* of the last message, if it was refused */
    size_t request_count;      /* complete requests */
    bool fresh;                /* nothing of a further request has come */
};

/* How long the next piece may be, at least 1; `left` bytes are to come. */
typedef size_t trace_split(void *user, size_t left);

/* Reads all of `bytes` with the default limits; bodies up to TRACE_BODY_MAX. A NULL split feeds everything at once. */
struct trace trace_requests(struct str bytes, struct arena *arena, trace_split *split, void *user);

/* Splits: one byte at a time; and pieces of random length from a seed held in a uint64_t. */
size_t trace_split_bytes(void *user, size_t left);
size_t trace_split_random(void *user, size_t left);

#endif
