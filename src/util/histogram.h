/* Values counted by size, as Prometheus reads them: how many were at most so large, how many in all, and their sum.
 *
 * Zeroed it is empty. Any thread may count and read; a reader may see a value in its bucket and not yet in the sum. It
 * refuses to know units and names. */
#ifndef NIGHTLATCH_UTIL_HISTOGRAM_H
#define NIGHTLATCH_UTIL_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 10 };

/* The largest value of each bucket, ascending; what is larger than the last goes to one more. */
struct histogram_scale {
    int64_t upper[HISTOGRAM_BUCKETS];
};

extern const struct histogram_scale histogram_of_time;  /* microseconds, from 100 to 2.5 s */
extern const struct histogram_scale histogram_of_count; /* powers of two, from 1 to 512 */

struct histogram {
    atomic_llong counts[HISTOGRAM_BUCKETS + 1];
    atomic_llong sum;
};

/* Always on the same scale. */
void histogram_note(struct histogram *histogram, const struct histogram_scale *scale, int64_t value);

struct histogram_reading {
    int64_t up_to[HISTOGRAM_BUCKETS + 1]; /* cumulative; the last is how many there are */
    int64_t sum;
};

struct histogram_reading histogram_read(const struct histogram *histogram);

#endif
