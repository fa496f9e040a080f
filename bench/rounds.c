/* Both are about doubles and a command line, and know nothing of what is measured. */
#include "bench/rounds.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

unsigned
rounds_read(int argc, char **argv, unsigned usual)
{
    static const struct option options[] = {{"rounds", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    unsigned long rounds = usual;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option != 'r')
            return 0;
        rounds = strtoul(optarg, NULL, 10);
    }
    return rounds > ROUNDS_MAX ? 0 : (unsigned)rounds;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

void
rounds_sort(double *figures, size_t count)
{
    qsort(figures, count, sizeof(figures[0]), compare_doubles);
}
