/* Single calls of the API for subcommands: one request, one answer, no loop to look after. */
#ifndef NIGHTLATCH_CMD_HTTP_CALL_H
#define NIGHTLATCH_CMD_HTTP_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "core/id.h"

struct http_call {
    const char *place;   /* "HOST:PORT" or "unix:PATH" */
    const char *token;   /* bearer token; NULL for none */
    struct arena *arena; /* of requests and answers */
    bool any_version;    /* changes go for whatever version there is (If-Match: *) */
};

/* Sends one request (`body` empty for none) and waits for its answer. False with *err when there was none. */
bool http_call_send(const struct http_call *call, const char *method, const char *path, struct str body,
                    int *ret_status, struct str *ret_body, struct err *err) __attribute__((warn_unused_result));

/* POSTs and returns the `id` of what was made. False with *err, which quotes the problem, for any answer but 201. */
bool http_call_create(const struct http_call *call, const char *path, const char *body, char ret_id[ID_TEXT_SIZE],
                      struct err *err) __attribute__((warn_unused_result));

/* GETs and adds up every integer member called `name`, however deep. */
bool http_call_sum(const struct http_call *call, const char *path, const char *name, int64_t *ret_sum, struct err *err)
    __attribute__((warn_unused_result));

#endif
