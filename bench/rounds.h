/* What measurements that ask many times share: how often, and the figures in order. */
#ifndef NIGHTLATCH_BENCH_ROUNDS_H
#define NIGHTLATCH_BENCH_ROUNDS_H

#include <stddef.h>

enum { ROUNDS_MAX = 1000 };

/* --rounds N of the command line, 1 to ROUNDS_MAX; otherwise `usual`. 0 when the line can't be read. */
unsigned rounds_read(int argc, char **argv, unsigned usual);

/* In ascending order, so that the median is in the middle and the worst at the end. */
void rounds_sort(double *figures, size_t count);

#endif
