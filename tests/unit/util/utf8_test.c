/* UTF-8: every code point is taken, and every ill-formed sequence of up to four bytes is refused. */
#include "tests/unit/test.h"

#include "util/utf8.h"

/* An encoder written from the bit table of the standard, to be compared with. */
static size_t
encode(uint32_t code, unsigned char out[4])
{
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (unsigned char)(0xc0 | code >> 6);
        out[1] = (unsigned char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (unsigned char)(0xe0 | code >> 12);
        out[1] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (unsigned char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | code >> 18);
    out[1] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (unsigned char)(0x80 | (code & 0x3f));
    return 4;
}

static void
every_code_point_is_taken_and_surrogates_are_not(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x120000; code++) {
        unsigned char bytes[4];
        size_t len = encode(code, bytes);
        uint32_t taken = 0;
        bool right = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        size_t got = utf8_take(str_of(bytes, len), &taken);
        if (got != (right ? len : 0) || (right && taken != code))
            fail_msg("U+%04X: %zu bytes, U+%04X", code, got, taken);
    }
}

static void
overlong_cut_and_stray_bytes_are_refused(void **state)
{
    (void)state;
    const char *bad[] = {
        "\x80", "\xbf",     "\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",     "\xe0\x9f\xbf",
        "\xc3", "\xe2\x82", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff", "\xc3\x28", "\xe2\x28\xa1",     "\xf0\x9f\x98"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(utf8_is_valid(str_from(bad[i])));
        uint32_t code = 7;
        assert_int_equal(utf8_take(str_from(bad[i]), &code), 0);
        assert_int_equal(code, 7);
    }
    /* the rest of a sequence lies just past the end */
    assert_false(utf8_is_valid(str_of("\xc3\xa9", 1)));
    assert_false(utf8_is_valid(str_of("\xf0\x9f\x98\x80", 3)));
    assert_true(utf8_is_valid(STR("")));
    assert_true(utf8_is_valid(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z")));
    assert_false(utf8_is_valid(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98")));
}

static void
a_cut_never_splits_a_sequence(void **state)
{
    (void)state;
    struct str s = STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t max = 0; max < sizeof(expected) / sizeof(expected[0]); max++)
        assert_int_equal(utf8_cut(s, max).len, expected[max]);
}

static void
code_points_are_counted_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_code_points(STR("")), 0);
    assert_int_equal(utf8_code_points(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
}

static void
controls_are_what_breaks_lines_or_steers_terminals(void **state)
{
    (void)state;
    const uint32_t controls[] = {0, 9, 10, 13, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f, 0x2028, 0x2029};
    for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
        assert_true(utf8_is_control(controls[i]));
    const uint32_t others[] = {' ', '~', 0xa0, 0xe9, 0x2027, 0x202a, 0x1f600};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(utf8_is_control(others[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_taken_and_surrogates_are_not),
        cmocka_unit_test(overlong_cut_and_stray_bytes_are_refused),
        cmocka_unit_test(a_cut_never_splits_a_sequence),
        cmocka_unit_test(code_points_are_counted_and_not_bytes),
        cmocka_unit_test(controls_are_what_breaks_lines_or_steers_terminals),
    };
    return test_run("util/utf8", tests);
}
