/* Houses that are known to have an answer, for the tests and the measurement of auto-assign.
 *
 * The nights of each room are cut into stays, some are left out, some are pinned. Either all the other stays want
 * rooms, or those that arrive on one day do; what began before is fixed then, and what comes later has a room that it
 * may change, or none yet. */
#ifndef NIGHTLATCH_BENCH_PLANTED_H
#define NIGHTLATCH_BENCH_PLANTED_H

#include "core/auto_assign.h"

enum { PLANTED_NIGHTS_MAX = 100 };

struct planted {
    uint32_t rooms, stays_per_room;
    uint32_t nights;         /* at most PLANTED_NIGHTS_MAX */
    uint32_t pinned, vacant; /* percent */
    int32_t day;             /* the arrivals of this day alone, in half of the rooms at least; -1: all want rooms */
    bool settled;            /* later stays have rooms that they may change */
    uint32_t node_limit;
};

struct planted_house {
    struct auto_assign_room *rooms;
    struct placement_fixed *fixed;
    struct auto_assign_stay *stays;
    struct auto_assign_question q;
};

/* The same seed makes the same house. All in the arena; false when that is too small. */
bool planted_make(const struct planted *planted, uint64_t seed, struct arena *arena, struct planted_house *ret_house)
    __attribute__((warn_unused_result));

#endif
