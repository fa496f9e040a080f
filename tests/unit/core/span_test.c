/* Intervals: overlap against counting instants one by one, and stays there and back. */
#include "tests/unit/test.h"

#include "core/span.h"

static void
overlapping_is_having_an_instant_in_common(void **state)
{
    (void)state;
    enum { TOP = 7 };
    for (int64_t a = 0; a < TOP; a++)
        for (int64_t b = a + 1; b <= TOP; b++)
            for (int64_t c = 0; c < TOP; c++)
                for (int64_t d = c + 1; d <= TOP; d++) {
                    struct span p = {a, b}, q = {c, d};
                    int common = 0, only_q = 0;
                    for (int64_t t = 0; t < TOP; t++) {
                        common += span_contains_instant(p, t) && span_contains_instant(q, t);
                        only_q += !span_contains_instant(p, t) && span_contains_instant(q, t);
                    }
                    assert_int_equal(span_overlaps(p, q), common > 0);
                    assert_int_equal(span_overlaps(q, p), common > 0);
                    assert_int_equal(span_contains(p, q), only_q == 0);
                }
}

static void
back_to_back_never_conflicts(void **state)
{
    (void)state;
    struct span first = span_from_nights(10, 12), next = span_from_nights(12, 13);
    assert_false(span_overlaps(first, next));
    assert_false(span_overlaps(next, first));
    assert_false(span_contains_instant(first, first.ends));
    assert_true(span_contains_instant(next, first.ends));
}

static void
order_is_by_start_then_end(void **state)
{
    (void)state;
    struct span a = {1, 3}, b = {1, 4}, c = {2, 3};
    assert_int_equal(span_compare(a, b), -1);
    assert_int_equal(span_compare(b, c), -1);
    assert_int_equal(span_compare(c, a), 1);
    assert_int_equal(span_compare(a, a), 0);
    assert_true(span_equal(a, a));
    assert_false(span_equal(a, b));
    assert_false(span_equal(a, c));
}

static void
a_stay_comes_back_from_its_span(void **state)
{
    (void)state;
    static const int32_t starts[] = {DATE_MIN, -1, 0, 1, 20779, DATE_MAX - 366};
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        for (int32_t nights = 1; nights <= 366; nights++) {
            struct span s = span_from_nights(starts[i], starts[i] + nights);
            assert_true(span_is_valid(s));
            assert_int_equal(s.ends - s.starts, nights * DATE_DAY_MS);
            int32_t arrival, departure;
            assert_true(span_to_nights(s, &arrival, &departure));
            assert_int_equal(arrival, starts[i]);
            assert_int_equal(departure, starts[i] + nights);
        }
}

static void
what_is_not_whole_nights_is_no_stay(void **state)
{
    (void)state;
    int32_t arrival, departure;
    assert_false(span_to_nights((struct span){0, 0}, &arrival, &departure));
    assert_false(span_to_nights((struct span){DATE_DAY_MS, 0}, &arrival, &departure));
    assert_false(span_to_nights((struct span){1, DATE_DAY_MS}, &arrival, &departure));
    assert_false(span_to_nights((struct span){0, DATE_DAY_MS - 1}, &arrival, &departure));
    assert_false(span_to_nights((struct span){0, INSTANT_MAX + 1}, &arrival, &departure));
    assert_false(span_to_nights((struct span){INSTANT_MIN - DATE_DAY_MS, 0}, &arrival, &departure));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_is_having_an_instant_in_common),
        cmocka_unit_test(back_to_back_never_conflicts),
        cmocka_unit_test(order_is_by_start_then_end),
        cmocka_unit_test(a_stay_comes_back_from_its_span),
        cmocka_unit_test(what_is_not_whole_nights_is_no_stay),
    };
    return test_run("core/span", tests);
}
