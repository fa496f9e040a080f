/* Booking codes: a permutation of a property's counter, there and back. */
#include "tests/unit/test.h"

#include "core/code.h"

static const struct id property = {.hi = 0x0190a5b2c3d4e5f6, .lo = 0x8899aabbccddeeff};
static const struct id other = {.hi = 0x0190a5b2c3d4e5f7, .lo = 0x8899aabbccddef00};

static void
assert_there_and_back(struct id of, int64_t n)
{
    char text[CODE_SIZE];
    int64_t again = -1;
    code_format(of, n, text);
    assert_int_equal(strlen(text), CODE_LEN);
    assert_true(code_parse(of, str_of(text, CODE_LEN), &again));
    assert_int_equal(again, n);
}

/* Nobody's code is another's: each leads back to its number. */
static void
a_code_leads_back_to_its_number(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 100000; n++)
        assert_there_and_back(property, n);
    for (int64_t n = CODE_COUNT - 1; n > 0; n -= 10007)
        assert_there_and_back(other, n);
}

static void
codes_do_not_follow_one_another(void **state)
{
    (void)state;
    char text[CODE_SIZE], next[CODE_SIZE];
    int alike = 0;
    code_format(property, 0, text);
    for (int64_t n = 1; n <= 1000; n++) {
        code_format(property, n, next);
        alike += strncmp(text, next, 3) == 0;
        memcpy(text, next, CODE_SIZE);
    }
    assert_in_range(alike, 0, 5); /* three of six characters are the same by chance once in 32,768 times */
}

static void
two_properties_have_codes_of_their_own(void **state)
{
    (void)state;
    int alike = 0;
    for (int64_t n = 0; n < 1000; n++) {
        char mine[CODE_SIZE], theirs[CODE_SIZE];
        code_format(property, n, mine);
        code_format(other, n, theirs);
        alike += strcmp(mine, theirs) == 0;
    }
    assert_in_range(alike, 0, 1);
}

static void
what_is_no_code_has_no_number(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",       "ABCDE",  "ABCDEFG", "ABCDE1", "ABCDE0",
                                        "ABCDEI", "ABCDEO", "abcdef",  "ABC-EF"};
    int64_t n;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(code_parse(property, str_from(wrong[i]), &n));
    assert_false(code_parse(property, str_of("ABCDE\0", CODE_LEN), &n));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_leads_back_to_its_number),
        cmocka_unit_test(codes_do_not_follow_one_another),
        cmocka_unit_test(two_properties_have_codes_of_their_own),
        cmocka_unit_test(what_is_no_code_has_no_number),
    };
    return test_run("core/code", tests);
}
