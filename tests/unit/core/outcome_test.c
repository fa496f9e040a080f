/* The codes of the interface, frozen: golden/outcomes.txt was written by hand from the documentation, in order of
 * precedence, and the table must say the same. Usage: outcome_test GOLDEN-FILE */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/outcome.h"

static const char *golden_path;

static void
codes_statuses_and_precedence_are_frozen(void **state)
{
    (void)state;
    FILE *golden = fopen(golden_path, "r");
    assert_non_null(golden);
    char line[128];
    int row = OUTCOME_OK + 1;
    for (; fgets(line, sizeof(line), golden) != NULL; row++) {
        char expected[128];
        assert_true(row < OUTCOME_COUNT);
        const struct outcome_info *info = outcome_info((enum outcome)row);
        (void)snprintf(expected, sizeof(expected), "%d %.*s\n", info->http_status, STR_ARG(info->code));
        assert_string_equal(line, expected);
    }
    assert_int_equal(row, OUTCOME_COUNT);
    assert_int_equal(fclose(golden), 0);
}

/* What may be sent again as it is, and nothing else. */
static void
transient_is_what_passes_by_itself(void **state)
{
    (void)state;
    static const char *const transient[] = {"REQUEST_TIMEOUT",  "RATE_LIMITED", "IDEMPOTENCY_IN_FLIGHT",
                                            "BOOKING_CONFLICT", "BUSY_RETRY",   "OUTCOME_UNKNOWN"};
    for (int row = OUTCOME_OK; row < OUTCOME_COUNT; row++) {
        const struct outcome_info *info = outcome_info((enum outcome)row);
        bool expected = false;
        for (size_t i = 0; i < sizeof(transient) / sizeof(transient[0]); i++)
            expected = expected || str_equal(info->code, str_from(transient[i]));
        assert_int_equal(info->transient, expected);
    }
}

static void
every_outcome_can_be_told_to_a_person(void **state)
{
    (void)state;
    for (int row = OUTCOME_OK; row < OUTCOME_COUNT; row++) {
        const struct outcome_info *info = outcome_info((enum outcome)row);
        assert_true(info->title.len > 0 && info->title.len <= 30);
        assert_true(info->meaning.len > 0 && info->meaning.ptr[info->meaning.len - 1] == '.');
        for (int other = OUTCOME_OK; other < row; other++) {
            assert_false(str_equal(info->title, outcome_info((enum outcome)other)->title));
            assert_false(str_equal(info->code, outcome_info((enum outcome)other)->code));
        }
    }
}

static void
success_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(outcome_info(OUTCOME_OK)->http_status, 200);
    for (int row = OUTCOME_OK + 1; row < OUTCOME_COUNT; row++) {
        int http_status = outcome_info((enum outcome)row)->http_status;
        assert_true(http_status >= 400 && http_status <= 599);
    }
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_statuses_and_precedence_are_frozen),
        cmocka_unit_test(transient_is_what_passes_by_itself),
        cmocka_unit_test(every_outcome_can_be_told_to_a_person),
        cmocka_unit_test(success_is_no_error),
    };
    if (argc != 2)
        return 64;
    golden_path = argv[1];
    return test_run("core/outcome", tests);
}
