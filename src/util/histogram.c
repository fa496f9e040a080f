/* Counters by bucket, not cumulative: a value touches one of them, and who reads adds up. */
#include "util/histogram.h"

const struct histogram_scale histogram_of_time = {
    .upper = {100, 500, 1000, 2500, 5000, 10000, 50000, 250000, 1000000, 2500000}};
const struct histogram_scale histogram_of_count = {.upper = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512}};

void
histogram_note(struct histogram *histogram, const struct histogram_scale *scale, int64_t value)
{
    size_t bucket = 0;
    while (bucket < HISTOGRAM_BUCKETS && value > scale->upper[bucket])
        bucket++;
    atomic_fetch_add_explicit(&histogram->counts[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum, value, memory_order_relaxed);
}

struct histogram_reading
histogram_read(const struct histogram *histogram)
{
    struct histogram_reading reading;
    int64_t count = 0;
    for (size_t bucket = 0; bucket <= HISTOGRAM_BUCKETS; bucket++) {
        count += atomic_load_explicit(&histogram->counts[bucket], memory_order_relaxed);
        reading.up_to[bucket] = count;
    }
    reading.sum = atomic_load_explicit(&histogram->sum, memory_order_relaxed);
    return reading;
}
