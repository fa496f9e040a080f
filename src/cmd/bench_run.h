/* What the measurements of `nightlatch bench` share: a run on a house and its server, the requests that clients send,
 * and how figures are told.
 *
 * It refuses to know what is measured: each measurement is a function of a struct bench. */
#ifndef NIGHTLATCH_CMD_BENCH_RUN_H
#define NIGHTLATCH_CMD_BENCH_RUN_H

#include "cmd/bench_house.h"
#include "cmd/bench_server.h"
#include "cmd/load.h"
#include "cmd/scratch_dir.h"
#include "util/random.h"

enum { BENCH_REQUEST_SIZE = 1024, BENCH_PATH_SIZE = 512 };

struct bench_options {
    int64_t clients, storm_clients, seconds, rounds, residents, growth;
    const char *dir;
    bool json;
};

struct bench {
    const struct bench_options *options;
    char dir[SCRATCH_DIR_SIZE];
    struct random_seeded random;
    uint64_t keys; /* given out */
    struct err err;
};

/* One measurement under way: a house, its server, and a buffer per client. */
struct bench_run {
    struct bench *bench;
    const struct bench_house *house;
    struct bench_server server;
    size_t clients;
    char (*requests)[BENCH_REQUEST_SIZE];
    struct str fixed; /* the request that is always the same */
    bool plain;       /* reads don't offer to take gzip */
    void *more;       /* what the measurement keeps for itself */
};

/* One figure, and what it is called in JSON. */
struct bench_figure {
    const char *name;
    double value;
};

/* Prints the figures of one round, as a line of JSON where that was asked for. */
void bench_tell(const struct bench *bench, const char *what, int64_t round, const struct bench_figure *figures,
                size_t count);

#define BENCH_TELL(bench, what, round, ...)                                                                            \
    bench_tell(bench, what, round, (const struct bench_figure[]){__VA_ARGS__},                                         \
               sizeof((const struct bench_figure[]){__VA_ARGS__}) / sizeof(struct bench_figure))

/* Counts per second of a load, and parts per piece; 0 where there was nothing. */
double bench_per_second(int64_t count, const struct load_result *result);
double bench_each(double whole, int64_t count);

/* 0 to bound - 1. */
int64_t bench_pick(struct bench *bench, int64_t bound);

/* Complete requests, in `out`; commands with a key of their own. What has just been made is in its first version, which
 * a PATCH or DELETE names. */
struct str bench_write_get(const struct bench_run *run, const char *path, char out[BENCH_REQUEST_SIZE]);
struct str bench_write_post(struct bench_run *run, const char *path, const char *body, char out[BENCH_REQUEST_SIZE]);
struct str bench_write_to_new(struct bench_run *run, const char *method, const char *path, const char *body,
                              char out[BENCH_REQUEST_SIZE]);
struct str bench_write_booking(struct bench_run *run, size_t property, size_t type, int32_t arrival, int32_t nights,
                               char out[BENCH_REQUEST_SIZE]);

/* A stay of any type, at any time, as the next request of a client; `user` is the run. */
struct str bench_random_booking(size_t client, void *user);

/* A new house in bench->dir, on the path in `path`. False with bench->err. */
bool bench_make_house(struct bench *bench, const char *name, struct bench_house_settings settings,
                      struct bench_house *ret_house, char path[BENCH_PATH_SIZE]);

/* Starts the house's server, for so many clients. False with bench->err; close it all the same. */
bool bench_open(struct bench_run *run, struct bench *bench, const struct bench_house *house, size_t clients);

/* Stops it. True when all went well until now and the server ended well. */
bool bench_close(struct bench_run *run, bool well);

/* One load of bench->options->seconds; `answer` may be NULL. False with bench->err. */
bool bench_shoot(struct bench_run *run, struct str (*request)(size_t client, void *user),
                 void (*answer)(size_t client, int status, struct str body, void *user),
                 struct load_result *ret_result);

/* The same until `enough` says so, or for a quarter of an hour. */
bool bench_shoot_until(struct bench_run *run, struct str (*request)(size_t client, void *user),
                       void (*answer)(size_t client, int status, struct str body, void *user),
                       bool (*enough)(void *user), struct load_result *ret_result);

/* How fast each command of the desk is beside plain creation (bench_desk.c). */
bool bench_desk(struct bench *bench);

/* Rooms for all who arrive on a day (bench_arrivals.c). */
bool bench_arrivals(struct bench *bench);

/* How long bookings take while a night audit goes on (bench_audit.c). */
bool bench_audit(struct bench *bench);

#endif
