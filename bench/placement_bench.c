/* What a placement question costs, in microseconds: median and worst over many houses of a kind.
 *
 * A house is planted: the nights of each room are cut into stays, some are left out, some are pinned. The stays that
 * are not pinned know their room, or do not; then one more stay is asked for, or nothing new. Houses are made from
 * fixed seeds, so two runs ask the same questions.
 *
 *   placement_bench [--rounds 40] */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench/rounds.h"
#include "core/placement.h"
#include "tests/support/chance.h"

enum { NIGHTS_MAX = 800 };

struct kind {
    const char *name;
    uint32_t rooms, stays_per_room, nights;
    uint32_t pinned, vacant; /* percent */
    bool settled;            /* the loose stays have rooms */
    bool arrival;            /* one more stay is asked for */
};

static const struct kind kinds[] = {
    {"100 rooms, settled, 85 % full, 10 % pinned, one arrives", 100, 5, 30, 10, 15, true, true},
    {"100 rooms, unassigned, 85 % full, 30 % pinned", 100, 5, 30, 30, 15, false, false},
    {"100 rooms, settled, 95 % full, 30 % pinned, one arrives", 100, 5, 30, 30, 5, true, true},
    {"100 rooms, unassigned, 98 % full, 30 % pinned", 100, 5, 30, 30, 2, false, false},
    {"100 rooms, unassigned, all full, 30 % pinned", 100, 5, 30, 30, 0, false, false},
    {"1000 rooms, settled, 85 % full, 10 % pinned, one arrives", 1000, 5, 30, 10, 15, true, true},
    {"1000 rooms, unassigned, 85 % full, 30 % pinned", 1000, 5, 30, 30, 15, false, false},
    {"1000 rooms, unassigned, 97 % full, 30 % pinned, short", 1000, 2, 10, 30, 3, false, false},
    {"1000 rooms, unassigned, all full, 30 % pinned, short", 1000, 2, 10, 30, 0, false, false},
    {"1000 rooms, two years, unassigned, 85 % full, no pins", 1000, 180, 730, 0, 15, false, false},
    {"1000 rooms, two years, unassigned, 85 % full, 10 % pinned", 1000, 180, 730, 10, 15, false, false},
};

struct result {
    double us[ROUNDS_MAX];
    unsigned verdicts[3];
    unsigned long long nodes;
    size_t bytes;
};

static uint64_t seed;

static uint32_t
below(uint32_t limit)
{
    return chance_below(&seed, limit);
}

static double
now_us(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

/* One more stay of 1 to 5 nights, where there is a room for each of them. */
static void
ask_for_one_more(struct placement_question *q, struct placement_loose *loose, const uint32_t *depth, uint32_t nights)
{
    for (int tries = 0; tries < 1000; tries++) {
        uint32_t starts = below(nights - 5), ends = starts + 1 + below(5);
        uint32_t night = starts;
        while (night < ends && depth[night] < q->room_count)
            night++;
        if (night < ends)
            continue;
        struct span span = span_from_nights((int32_t)starts, (int32_t)ends);
        loose[q->loose_count++] = (struct placement_loose){span, PLACEMENT_NO_ROOM, NULL};
        q->about = span;
        return;
    }
}

static bool
plant(const struct kind *kind, struct placement_question *q, struct arena *arena)
{
    size_t most = (size_t)kind->rooms * kind->stays_per_room + 1;
    struct placement_fixed *fixed = ARENA_ARRAY(arena, most, struct placement_fixed);
    struct placement_loose *loose = ARENA_ARRAY(arena, most, struct placement_loose);
    if (arena->overflowed)
        return false;
    static uint32_t depth[NIGHTS_MAX];
    static bool cut[NIGHTS_MAX];
    memset(depth, 0, sizeof(depth));
    *q = (struct placement_question){.room_count = kind->rooms,
                                     .fixed = fixed,
                                     .loose = loose,
                                     .about = PLACEMENT_ABOUT_ALL,
                                     .node_limit = PLACEMENT_NODE_LIMIT};
    for (uint32_t room = 0; room < kind->rooms; room++) {
        memset(cut, 0, sizeof(cut));
        cut[kind->nights] = true;
        for (uint32_t cuts = 1; cuts < kind->stays_per_room;) {
            uint32_t at = 1 + below(kind->nights - 1);
            cuts += !cut[at];
            cut[at] = true;
        }
        uint32_t starts = 0;
        for (uint32_t ends = 1; ends <= kind->nights; ends++) {
            if (!cut[ends])
                continue;
            struct span span = span_from_nights((int32_t)starts, (int32_t)ends);
            bool vacant = below(100) < kind->vacant, pinned = below(100) < kind->pinned;
            for (uint32_t night = starts; night < ends && !vacant; night++)
                depth[night]++;
            starts = ends;
            if (vacant)
                continue;
            if (pinned)
                fixed[q->fixed_count++] = (struct placement_fixed){room, span};
            else
                loose[q->loose_count++] =
                    (struct placement_loose){span, kind->settled ? room : PLACEMENT_NO_ROOM, NULL};
        }
    }
    if (kind->arrival)
        ask_for_one_more(q, loose, depth, kind->nights);
    return true;
}

static bool
measure(const struct kind *kind, unsigned rounds, struct arena *arena, struct result *result)
{
    memset(result, 0, sizeof(*result));
    for (unsigned round = 0; round < rounds; round++) {
        struct placement_question q;
        struct placement_answer answer;
        seed = round;
        arena_reset(arena);
        if (!plant(kind, &q, arena))
            return false;
        size_t before = arena->used;
        double begun = now_us();
        if (!placement_solve(&q, arena, &answer))
            return false;
        result->us[round] = now_us() - begun;
        result->verdicts[answer.verdict]++;
        result->nodes += answer.nodes;
        result->bytes = arena->used - before > result->bytes ? arena->used - before : result->bytes;
    }
    return true;
}

int
main(int argc, char **argv)
{
    unsigned rounds = rounds_read(argc, argv, 40);
    if (rounds == 0)
        return 64;
    static struct result result;
    struct arena arena;
    arena_init(&arena, (size_t)512 << 20);
    printf("%-60s %10s %10s %5s %8s %10s %8s %9s\n", "", "median us", "worst us", "fits", "unproven", "impossible",
           "choices", "KiB");
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        unsigned of = kinds[k].nights > 100 && rounds > 5 ? 5 : rounds;
        if (!measure(&kinds[k], of, &arena, &result)) {
            (void)fprintf(stderr, "out of memory\n");
            return 71;
        }
        rounds_sort(result.us, of);
        printf("%-60s %10.0f %10.0f %5u %8u %10u %8llu %9zu\n", kinds[k].name, result.us[of / 2], result.us[of - 1],
               result.verdicts[PLACEMENT_FITS], result.verdicts[PLACEMENT_UNPROVEN],
               result.verdicts[PLACEMENT_IMPOSSIBLE], result.nodes / of, result.bytes / 1024);
    }
    arena_done(&arena);
    return 0;
}
