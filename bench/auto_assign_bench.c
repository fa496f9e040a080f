/* What rooms for many arrivals cost, in milliseconds of CPU time, and how many get one, beside plain first fit.
 *
 * A house is planted: the nights of each room are cut into stays, some are left out, some are pinned. Either all the
 * other stays want rooms, or those that arrive on one day do; what began before is fixed then, and what comes later has
 * a room that it may change, or none yet. A solution exists, therefore. Houses are made from seeds counted from 0, so
 * two runs ask the same questions. One JSON object a line.
 *
 *   auto_assign_bench [--rounds 20] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/auto_assign.h"

enum { ROUNDS_MAX = 1000, NIGHTS_MAX = 100, NODES = 2000 };

struct kind {
    const char *name;
    uint32_t rooms, stays_per_room, nights;
    uint32_t pinned, vacant; /* percent */
    int32_t day;             /* the arrivals of this day alone, half of the rooms'; -1: all want rooms */
    bool settled;            /* later stays have rooms that they may change */
};

static const struct kind kinds[] = {
    {"500 arrivals into 1,000 rooms, later stays unassigned, no pins", 1000, 5, 30, 0, 10, 10, false},
    {"500 arrivals into 1,000 rooms, later stays unassigned, 30 % pinned", 1000, 5, 30, 30, 10, 10, false},
    {"500 arrivals into 1,000 rooms, later stays on rooms, 30 % pinned", 1000, 5, 30, 30, 10, 10, true},
    {"all of 100 rooms and 30 nights, no pins", 100, 5, 30, 0, 0, -1, false},
    {"all of 100 rooms and 30 nights, 30 % pinned, 10 % vacant", 100, 5, 30, 30, 10, -1, false},
    {"all of 100 rooms and 30 nights, 30 % pinned, all full", 100, 5, 30, 30, 0, -1, false},
    {"all of 1,000 rooms and 30 nights, 30 % pinned, 10 % vacant", 1000, 5, 30, 30, 10, -1, false},
    {"all of 1,000 rooms and 10 nights, 30 % pinned, all full", 1000, 2, 10, 30, 0, -1, false},
};

static uint64_t seed;

/* The splitmix64 finaliser of a counter. */
static uint32_t
below(uint32_t limit)
{
    uint64_t z = seed += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % limit;
}

static double
cpu_ms(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

struct house {
    struct auto_assign_room *rooms;
    struct placement_fixed *fixed;
    struct auto_assign_stay *stays;
    struct auto_assign_question q;
};

static void
plant_stay(const struct kind *kind, struct house *house, uint32_t room, struct span span)
{
    int32_t from = (int32_t)(span.starts / DATE_DAY_MS);
    bool pinned = below(100) < kind->pinned && from != kind->day;
    struct auto_assign_stay stay = {
        .span = span, .room = PLACEMENT_NO_ROOM, .wanted = kind->day < 0 || from == kind->day, .party = 1 + below(4)};
    if (pinned || (kind->day >= 0 && from < kind->day)) {
        house->fixed[house->q.fixed_count++] = (struct placement_fixed){room, span};
        return;
    }
    stay.begins_today = kind->day >= 0 && stay.wanted;
    if (!stay.wanted && kind->settled)
        stay.room = room;
    house->stays[house->q.stay_count++] = stay;
}

/* Half of the rooms change hands on the day. */
static void
cut_nights(const struct kind *kind, uint32_t room, bool cut[NIGHTS_MAX + 1])
{
    memset(cut, 0, NIGHTS_MAX + 1);
    cut[kind->nights] = true;
    uint32_t cuts = 1;
    if (kind->day >= 0 && room % 2 == 0)
        cuts += cut[kind->day] = true;
    while (cuts < kind->stays_per_room) {
        uint32_t at = 1 + below(kind->nights - 1);
        if (kind->day >= 0 && at == (uint32_t)kind->day)
            continue;
        cuts += !cut[at];
        cut[at] = true;
    }
}

/* Otherwise those that begin together would come in the order of the rooms they were planted in. */
static void
shuffle(struct house *house)
{
    for (uint32_t i = house->q.stay_count; i > 1; i--) {
        uint32_t j = below(i);
        struct auto_assign_stay kept = house->stays[i - 1];
        house->stays[i - 1] = house->stays[j];
        house->stays[j] = kept;
    }
}

static bool
plant(const struct kind *kind, struct house *house, struct arena *arena)
{
    size_t most = (size_t)kind->rooms * kind->stays_per_room;
    *house = (struct house){.rooms = ARENA_ARRAY(arena, kind->rooms, struct auto_assign_room),
                            .fixed = ARENA_ARRAY(arena, most, struct placement_fixed),
                            .stays = ARENA_ARRAY(arena, most, struct auto_assign_stay)};
    if (arena->overflowed)
        return false;
    house->q = (struct auto_assign_question){.rooms = house->rooms,
                                             .room_count = kind->rooms,
                                             .fixed = house->fixed,
                                             .stays = house->stays,
                                             .node_limit = NODES};
    for (uint32_t room = 0; room < kind->rooms; room++) {
        house->rooms[room] =
            (struct auto_assign_room){.capacity = 4, .ready = below(4) > 0, .out_of_service = below(50) == 0};
        bool cut[NIGHTS_MAX + 1];
        cut_nights(kind, room, cut);
        uint32_t starts = 0;
        for (uint32_t ends = 1; ends <= kind->nights; ends++) {
            if (!cut[ends])
                continue;
            bool arrival = kind->day >= 0 && starts == (uint32_t)kind->day;
            if (below(100) >= kind->vacant || arrival)
                plant_stay(kind, house, room, span_from_nights((int32_t)starts, (int32_t)ends));
            starts = ends;
        }
    }
    shuffle(house);
    return true;
}

struct result {
    double ms[ROUNDS_MAX];
    uint64_t wanted, placed, first_fit, moved;
    double least; /* percent placed of one house */
    unsigned rest_fits;
};

static bool
measure(const struct kind *kind, unsigned rounds, struct arena *arena, struct result *result)
{
    memset(result, 0, sizeof(*result));
    for (unsigned round = 0; round < rounds; round++) {
        struct house house;
        struct auto_assign_answer answer;
        seed = round;
        arena_reset(arena);
        if (!plant(kind, &house, arena))
            return false;
        double begun = cpu_ms();
        if (!auto_assign_solve(&house.q, arena, &answer))
            return false;
        result->ms[round] = cpu_ms() - begun;
        result->wanted += answer.wanted_count;
        result->placed += answer.placed_count;
        result->first_fit += answer.first_fit_count;
        result->moved += answer.moved_count;
        result->rest_fits += answer.rest_fits;
        double percent = 100.0 * answer.placed_count / answer.wanted_count;
        result->least = round == 0 || percent < result->least ? percent : result->least;
    }
    return true;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {{"rounds", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    unsigned rounds = 20;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option != 'r')
            return 64;
        rounds = (unsigned)strtoul(optarg, NULL, 10);
    }
    if (rounds == 0 || rounds > ROUNDS_MAX)
        return 64;
    static struct result result;
    struct arena arena;
    arena_init(&arena, (size_t)512 << 20);
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        if (!measure(&kinds[k], rounds, &arena, &result)) {
            (void)fprintf(stderr, "out of memory\n");
            return 71;
        }
        qsort(result.ms, rounds, sizeof(result.ms[0]), compare_doubles);
        printf("{\"what\": \"%s\", \"seeds\": %u, \"wanted\": %.1f, \"placed_percent\": %.3f, \"least\": %.2f, "
               "\"first_fit_percent\": %.3f, \"rest_shown_to_fit\": %u, \"claims_moved\": %.1f, "
               "\"cpu_ms_median\": %.2f, \"cpu_ms_worst\": %.2f}\n",
               kinds[k].name, rounds, (double)result.wanted / rounds,
               100 * (double)result.placed / (double)result.wanted, result.least,
               100 * (double)result.first_fit / (double)result.wanted, result.rest_fits, (double)result.moved / rounds,
               result.ms[rounds / 2], result.ms[rounds - 1]);
        (void)fflush(stdout);
    }
    arena_done(&arena);
    return 0;
}
