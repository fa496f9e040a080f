/* The HTTP face of store/naive.h, for `nightlatch race --naive`: every POST tries to sell one unit the naive way. */
#ifndef NIGHTLATCH_CMD_NAIVE_SERVER_H
#define NIGHTLATCH_CMD_NAIVE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct naive_server;

/* Serves on a free loopback port on a thread of its own. `path` is a scratch file that naive_init() made. */
struct naive_server *naive_server_start(const char *path, int64_t units, int64_t delay_ms, struct err *err)
    __attribute__((warn_unused_result));
uint16_t naive_server_port(const struct naive_server *server);

/* Ends the thread and frees. */
void naive_server_stop(struct naive_server *server);

#endif
