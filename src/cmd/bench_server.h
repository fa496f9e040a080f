/* The server that is measured: a process of its own, so that what it uses can be told from what its clients use. */
#ifndef NIGHTLATCH_CMD_BENCH_SERVER_H
#define NIGHTLATCH_CMD_BENCH_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct bench_server {
    pid_t pid;
    char place[32];  /* "127.0.0.1:PORT" */
    char token[160]; /* of an owner */
    const char *db;  /* path of the database */
};

/* What the process has used since its start, or is using. */
struct bench_usage {
    int64_t user_ms, system_ms; /* CPU time, /proc/PID/stat */
    int64_t written_bytes;      /* caused to be sent to the disk, /proc/PID/io */
    int64_t rss_bytes, rss_peak_bytes;
    int64_t commits; /* with changes, as the server counts them */
};

/* Starts a server on the database at `path`, which is made when it is not there; `path` is borrowed. No other thread
 * may run in this process. False with *err. */
bool bench_server_start(const char *path, struct bench_server *ret_server, struct err *err)
    __attribute__((warn_unused_result));

/* Waits until the server has read what it reads beside its work after a start. False with *err when it is gone. */
bool bench_server_settle(const struct bench_server *server, struct err *err) __attribute__((warn_unused_result));

/* False with *err when the server is gone. */
bool bench_server_measure(const struct bench_server *server, struct bench_usage *ret_usage, struct err *err)
    __attribute__((warn_unused_result));

/* The bytes of a database that no server has open: its file and what of its log is left. */
int64_t bench_server_db_bytes(const char *path);

/* Tells it to end and waits until it has. False with *err when it did not end well. */
bool bench_server_stop(struct bench_server *server, struct err *err) __attribute__((warn_unused_result));

#endif
