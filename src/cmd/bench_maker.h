/* How the houses of measurements come to be: commands go to an engine of this process hundreds at a time and are
 * answered together, with one wait for the disk for all of them. For bench_house.c and bench_residents.c. */
#ifndef NIGHTLATCH_CMD_BENCH_MAKER_H
#define NIGHTLATCH_CMD_BENCH_MAKER_H

#include "cmd/bench_house.h"
#include "engine/engine.h"

enum { BENCH_AT_ONCE = 512, BENCH_ROOMS_MAX = 500 };

/* The machine's clock, put back. */
struct past_clock {
    struct clock clock;
    int64_t behind_ms;
};

struct bench_maker {
    struct bench_house *house;
    struct engine *engine;
    struct past_clock clock;
    struct random_seeded random;
    struct err *err;
    uint32_t number[BENCH_PROPERTIES_MAX];
    struct id type[BENCH_PROPERTIES_MAX][BENCH_TYPES_MAX];
    struct id room[BENCH_TYPES_MAX][BENCH_ROOMS_MAX]; /* of the first property */
};

/* One command among those that are answered together; what it borrows. */
struct bench_slot {
    struct engine_request request;
    struct leg leg;
    char name[48], email[48];
};

extern const struct actor bench_clerk;

/* 0 to bound - 1. */
int64_t bench_maker_pick(struct bench_maker *maker, int64_t bound);

/* True for OK; otherwise says with maker->err that `what` can't be made. */
bool bench_maker_must(struct bench_maker *maker, const char *what, enum outcome outcome);

/* Runs one command; the subjects of its first events, `count` of them, where it went well. */
enum outcome bench_maker_run(struct bench_maker *maker, struct command command, struct id *ret_subjects, size_t count);

/* Prepares the request of a slot, with a key of its own. */
void bench_maker_ask(struct bench_maker *maker, struct bench_slot *slot, struct command command);

/* Runs so many slots together. The requests have their results then; the caller calls engine_request_done() on each.
 * False with maker->err. */
bool bench_maker_run_slots(struct bench_maker *maker, struct bench_slot *slots, size_t count);

/* An engine on the database, whose clock is the machine's until `behind_ms` says otherwise. False with maker->err; the
 * caller frees maker->engine. */
bool bench_maker_open(struct bench_maker *maker, struct db *db);

/* The property with its types and rooms, as the settings say. */
bool bench_maker_make_property(struct bench_maker *maker, size_t at);

/* A room that is ready for guests. */
bool bench_maker_inspect(struct bench_maker *maker, struct id room);

/* The residents that the settings ask for (bench_residents.c). The clock stands two days back before, and one after. */
bool bench_make_residents(struct bench_maker *maker);

#endif
