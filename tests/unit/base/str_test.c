/* Views: order, splitting, and the decimal parser at its edges. */
#include "tests/unit/test.h"

#include <limits.h>

#include "base/str.h"

static void
order_is_bytewise_with_prefixes_first(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_true(str_compare(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_compare(STR(""), STR("")), 0);
    assert_true(str_equal_nocase(STR("Host"), STR("hOST")));
    assert_false(str_equal_nocase(STR("@"), STR("`")));
}

static void
split_visits_empty_pieces_too(void **state)
{
    (void)state;
    struct str rest = STR("a,,b,");
    const char *expected[] = {"a", "", "b", ""};
    size_t count = 0;
    while (rest.ptr != NULL) {
        struct str piece = str_split(&rest, ',');
        assert_true(count < 4);
        assert_true(str_equal(piece, str_from(expected[count])));
        count++;
    }
    assert_int_equal(count, 4);
}

static void
decimal_parser_takes_the_whole_range_and_nothing_else(void **state)
{
    (void)state;
    long long value = 7;
    assert_true(str_to_i64(STR("9223372036854775807"), &value));
    assert_true(value == LLONG_MAX);
    assert_true(str_to_i64(STR("-9223372036854775808"), &value));
    assert_true(value == LLONG_MIN);
    const char *bad[] = {"", "-", "+1", " 1", "1 ", "0x1", "1e3", "9223372036854775808", "-9223372036854775809", "12a"};
    value = 7;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(str_to_i64(str_from(bad[i]), &value));
    assert_true(value == 7);
}

static void
trim_takes_blanks_at_both_ends_only(void **state)
{
    (void)state;
    assert_true(str_equal(str_trim(STR(" \t a b\t")), STR("a b")));
    assert_int_equal(str_trim(STR(" \t")).len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_bytewise_with_prefixes_first),
        cmocka_unit_test(split_visits_empty_pieces_too),
        cmocka_unit_test(decimal_parser_takes_the_whole_range_and_nothing_else),
        cmocka_unit_test(trim_takes_blanks_at_both_ends_only),
    };
    return test_run("base/str", tests);
}
