/* The houses a measurement runs on: equal properties with equal types of equal rooms, and bookings in random order.
 *
 * They are made by commands through an engine in this process, in large batches, as durably as any. The same settings
 * give the same houses, ids apart. */
#ifndef NIGHTLATCH_CMD_BENCH_HOUSE_H
#define NIGHTLATCH_CMD_BENCH_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/id.h"

enum { BENCH_PROPERTIES_MAX = 10, BENCH_TYPES_MAX = 20, BENCH_STAY_NIGHTS_MAX = 3, BENCH_STAYS_MAX = 500 };

struct bench_house_settings {
    const char *path;                          /* of the database, which must not be there */
    size_t properties, types_each, rooms_each; /* rooms of a type */
    size_t stays; /* of today in the first property, one night each, spread over the types, each pinned to the first of
                   * two rooms of its own, which are inspected; at most half as many as rooms */
    size_t residents; /* of the first property alone: bookings that its night audit, which is made by hand, finds of the
                       * day before; each has a room of its own, at most as many as there are. In tens: seven stay on,
                       * one leaves today (a fifth of these should have left yesterday), one came yesterday, and one
                       * was to. None where the date follows the clock */
    int64_t bookings; /* of 1 to 3 nights; once the houses are half full, an old one is cancelled for each new one */
};

struct bench_house {
    struct bench_house_settings settings;
    char property[BENCH_PROPERTIES_MAX][ID_TEXT_SIZE];
    char type[BENCH_PROPERTIES_MAX][BENCH_TYPES_MAX][ID_TEXT_SIZE];
    char on_request[ID_TEXT_SIZE]; /* with stays: a type of the first property that needs approval */
    char stay[BENCH_STAYS_MAX][ID_TEXT_SIZE];
    char room[BENCH_STAYS_MAX][2][ID_TEXT_SIZE]; /* of each stay */
    int32_t first_night;                         /* tomorrow; nights are on sale from then on for two years */
    int64_t bookings, cancelled, refused;
    double fill_seconds; /* bookings and cancellations alone */
};

/* False with *err. */
bool bench_house_make(const struct bench_house_settings *settings, struct bench_house *ret_house, struct err *err)
    __attribute__((warn_unused_result));

/* The last night a random stay may begin in, counted from the first. */
enum { BENCH_ARRIVALS = 720 };

#endif
