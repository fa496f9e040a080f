/* A steady load: N clients, each of which sends its next request as soon as it has the answer to the last.
 *
 * For measurements. A closed loop like this one finds how much a server carries; the times it reports are those of a
 * server that is asked as often as it can answer. It refuses to repeat a request and to judge an answer. */
#ifndef NIGHTLATCH_CMD_LOAD_H
#define NIGHTLATCH_CMD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct load_settings {
    struct str place;    /* "HOST:PORT" */
    size_t clients;      /* connections, made before the measurement begins */
    int64_t duration_ms; /* no request is sent later than that */
    struct str warmup;   /* the request that opens each connection; its answer is not counted */
    /* The next request of a client, complete; unchanged until its answer. */
    struct str (*request)(size_t client, void *user);
    /* Every answer, as it comes; `body` until this returns. May be NULL. */
    void (*answer)(size_t client, int status, struct str body, void *user);
    /* Is it enough before its time is up? Asked after every answer. May be NULL. */
    bool (*enough)(void *user);
    void *user;
};

struct load_result {
    int64_t by_class[6]; /* answers by the first digit of their status */
    int64_t lost;        /* no answer: refused, reset, timed out */
    int64_t elapsed_ns;  /* from the first request to the last answer */
    int64_t p50_us, p99_us, max_us;
};

/* Answers per second, all together. */
double load_rate(const struct load_result *result);

/* Runs it on this thread. False with *err when no connection could be made, or without memory. */
bool load_run(const struct load_settings *settings, struct load_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

#endif
