/* Values counted by size. */
#include "tests/unit/test.h"

#include "util/histogram.h"

static void
a_value_counts_in_every_bucket_that_is_not_too_small(void **state)
{
    (void)state;
    struct histogram histogram = {.sum = 0};
    histogram_note(&histogram, &histogram_of_count, 1);
    histogram_note(&histogram, &histogram_of_count, 3);
    histogram_note(&histogram, &histogram_of_count, 4);
    histogram_note(&histogram, &histogram_of_count, 512);
    histogram_note(&histogram, &histogram_of_count, 513);
    struct histogram_reading reading = histogram_read(&histogram);
    static const int64_t expected[HISTOGRAM_BUCKETS + 1] = {1, 1, 3, 3, 3, 3, 3, 3, 3, 4, 5};
    for (size_t i = 0; i <= HISTOGRAM_BUCKETS; i++)
        assert_int_equal(reading.up_to[i], expected[i]);
    assert_int_equal(reading.sum, 1 + 3 + 4 + 512 + 513);
}

static void
scales_ascend(void **state)
{
    (void)state;
    for (size_t i = 1; i < HISTOGRAM_BUCKETS; i++) {
        assert_true(histogram_of_time.upper[i - 1] < histogram_of_time.upper[i]);
        assert_true(histogram_of_count.upper[i - 1] < histogram_of_count.upper[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_counts_in_every_bucket_that_is_not_too_small),
        cmocka_unit_test(scales_ascend),
    };
    return test_run("util/histogram", tests);
}
