/* What rooms for many arrivals cost, in milliseconds of CPU time, and how many get one, beside plain first fit.
 *
 * The houses are planted (bench/planted.h), so a solution exists, from seeds counted from 0, so that two runs
 * ask the same questions. One JSON object a line.
 *
 *   auto_assign_bench [--rounds 20] */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench/rounds.h"
#include "bench/planted.h"

enum { NODES = 2000 };

struct kind {
    const char *name;
    struct planted planted;
};

static const struct kind kinds[] = {
    {"500 arrivals into 1,000 rooms, later stays unassigned, no pins", {1000, 5, 30, 0, 10, 10, false, NODES}},
    {"500 arrivals into 1,000 rooms, later stays unassigned, 30 % pinned", {1000, 5, 30, 30, 10, 10, false, NODES}},
    {"500 arrivals into 1,000 rooms, later stays on rooms, 30 % pinned", {1000, 5, 30, 30, 10, 10, true, NODES}},
    {"all of 100 rooms and 30 nights, no pins", {100, 5, 30, 0, 0, -1, false, NODES}},
    {"all of 100 rooms and 30 nights, 30 % pinned, 10 % vacant", {100, 5, 30, 30, 10, -1, false, NODES}},
    {"all of 100 rooms and 30 nights, 30 % pinned, all full", {100, 5, 30, 30, 0, -1, false, NODES}},
    {"all of 1,000 rooms and 30 nights, 30 % pinned, 10 % vacant", {1000, 5, 30, 30, 10, -1, false, NODES}},
    {"all of 1,000 rooms and 10 nights, 30 % pinned, all full", {1000, 2, 10, 30, 0, -1, false, NODES}},
};

static double
cpu_ms(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

struct result {
    double ms[ROUNDS_MAX];
    uint64_t wanted, placed, first_fit, moved;
    double least;                        /* percent placed of one house */
    unsigned rest_fits, below_first_fit; /* houses */
};

static bool
measure(const struct kind *kind, unsigned rounds, struct arena *arena, struct result *result)
{
    memset(result, 0, sizeof(*result));
    for (unsigned round = 0; round < rounds; round++) {
        struct planted_house house;
        struct auto_assign_answer answer;
        arena_reset(arena);
        if (!planted_make(&kind->planted, round, arena, &house))
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
        result->below_first_fit += answer.placed_count < answer.first_fit_count;
        double percent = 100.0 * answer.placed_count / answer.wanted_count;
        result->least = round == 0 || percent < result->least ? percent : result->least;
    }
    return true;
}

int
main(int argc, char **argv)
{
    unsigned rounds = rounds_read(argc, argv, 20);
    if (rounds == 0)
        return 64;
    static struct result result;
    struct arena arena;
    arena_init(&arena, (size_t)512 << 20);
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        if (!measure(&kinds[k], rounds, &arena, &result)) {
            (void)fprintf(stderr, "out of memory\n");
            return 71;
        }
        rounds_sort(result.ms, rounds);
        printf(
            "{\"what\": \"%s\", \"seeds\": %u, \"wanted\": %.1f, \"placed_percent\": %.3f, \"least\": %.2f, "
            "\"first_fit_percent\": %.3f, \"below_first_fit\": %u, \"rest_shown_to_fit\": %u, \"claims_moved\": %.1f, "
            "\"cpu_ms_median\": %.2f, \"cpu_ms_worst\": %.2f}\n",
            kinds[k].name, rounds, (double)result.wanted / rounds, 100 * (double)result.placed / (double)result.wanted,
            result.least, 100 * (double)result.first_fit / (double)result.wanted, result.below_first_fit,
            result.rest_fits, (double)result.moved / rounds, result.ms[rounds / 2], result.ms[rounds - 1]);
        (void)fflush(stdout);
    }
    arena_done(&arena);
    return 0;
}
