/* The rule for all years to come: what parses, and when it changes the offset. */
#include "tests/unit/test.h"

#include "core/date.h"
#include "util/zone_rule.h"

static int64_t
second_of(const char *instant)
{
    int64_t ms;
    if (!instant_parse(str_from(instant), &ms))
        fail_msg("not an instant: %s", instant);
    return ms / 1000;
}

static void
rules_of_the_database_are_parsed(void **state)
{
    (void)state;
    const char *good[] = {"UTC0",
                          "<+0545>-5:45",
                          "CET-1CEST,M3.5.0,M10.5.0/3",
                          "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                          "EST5EDT,M3.2.0,M11.1.0",
                          "IST-1GMT0,M10.5.0,M3.5.0/1",
                          "EET-2EEST,M3.4.4/50,M10.4.4/50",
                          "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                          "AAA3BBB,J60/-167:59:59,300/167",
                          "LMT0:09:21"};
    struct zone_rule rule;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!zone_rule_parse(str_from(good[i]), &rule))
            fail_msg("refused: %s", good[i]);
    assert_true(zone_rule_parse(STR("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"), &rule));
    assert_true(rule.standard_s == 37800 && rule.saving_s == 39600 && rule.has_saving);
    assert_true(rule.starts.month == 10 && rule.starts.week == 1 && rule.starts.day == 0 && rule.starts.time_s == 7200);
    assert_true(zone_rule_parse(STR("CET-1CEST,M3.5.0,M10.5.0/3"), &rule));
    assert_true(rule.standard_s == 3600 && rule.saving_s == 7200 && rule.ends.time_s == 10800);
}

static void
anything_else_is_refused(void **state)
{
    (void)state;
    const char *bad[] = {"",
                         "C",
                         "CE-1",
                         "CET",
                         "CET-",
                         "CET-1CEST",
                         "CET-1CEST,M3.5.0",
                         "CET-1CEST,M3.5.0,",
                         "CET-1CEST,M3.5.0,M10.5.0/3x",
                         "CET-25",
                         "CET-1:60",
                         "CET-1CEST,M13.5.0,M10.5.0",
                         "CET-1CEST,M3.6.0,M10.5.0",
                         "CET-1CEST,M3.5.7,M10.5.0",
                         "CET-1CEST,J0,J2",
                         "CET-1CEST,J366,J2",
                         "CET-1CEST,366,2",
                         "CET-1CEST,M3.5.0/168,M10.5.0",
                         "<CET-1",
                         "<CE>-1",
                         ":Europe/Paris",
                         "CET-1CEST,M3.5,M10.5.0",
                         "CET-0001",
                         "CET -1"};
    struct zone_rule rule;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (zone_rule_parse(str_from(bad[i]), &rule))
            fail_msg("taken: %s", bad[i]);
}

static void
assert_changes(const char *text, const char *at, const char *before, int32_t before_s, const char *after,
               int32_t after_s)
{
    struct zone_rule rule;
    struct zone_change change;
    assert_true(zone_rule_parse(str_from(text), &rule));
    assert_true(zone_rule_change_before(&rule, second_of(at), &change));
    assert_int_equal(change.at_s, second_of(before));
    assert_int_equal(change.offset_s, before_s);
    assert_true(zone_rule_change_after(&rule, second_of(at), &change));
    assert_int_equal(change.at_s, second_of(after));
    assert_int_equal(change.offset_s, after_s);
}

static void
changes_are_found_at_their_very_second(void **state)
{
    (void)state;
    const char *paris = "CET-1CEST,M3.5.0,M10.5.0/3";
    assert_changes(paris, "2045-03-26T00:59:59Z", "2044-10-30T01:00:00Z", 3600, "2045-03-26T01:00:00Z", 7200);
    assert_changes(paris, "2045-03-26T01:00:00Z", "2045-03-26T01:00:00Z", 7200, "2045-10-29T01:00:00Z", 3600);
    /* the southern summer spans the turn of the year */
    assert_changes("AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-01-01T00:00:00Z", "2049-10-02T16:00:00Z", 39600,
                   "2050-04-02T16:00:00Z", 36000);
}

static void
julian_days_skip_the_leap_day_and_others_count_it(void **state)
{
    (void)state;
    assert_changes("AAA0BBB,J60/0,J300/0", "2048-01-15T00:00:00Z", "2047-10-26T23:00:00Z", 0, "2048-03-01T00:00:00Z",
                   3600);
    assert_changes("AAA0BBB,J59/0,J300/0", "2048-01-15T00:00:00Z", "2047-10-26T23:00:00Z", 0, "2048-02-28T00:00:00Z",
                   3600);
    assert_changes("AAA0BBB,59/0,300/0", "2048-01-15T00:00:00Z", "2047-10-27T23:00:00Z", 0, "2048-02-29T00:00:00Z",
                   3600);
}

static void
saving_all_year_round_never_ends(void **state)
{
    (void)state;
    struct zone_rule rule;
    struct zone_change change;
    assert_true(zone_rule_parse(STR("EST5EDT,0/0,J365/25"), &rule));
    for (int64_t at_s = second_of("2040-12-20T00:00:00Z"); at_s < second_of("2041-01-10T00:00:00Z"); at_s += 600) {
        assert_true(zone_rule_change_before(&rule, at_s, &change));
        assert_int_equal(change.offset_s, -4 * 3600);
    }
}

static void
a_rule_without_saving_never_changes(void **state)
{
    (void)state;
    struct zone_rule rule;
    struct zone_change change;
    assert_true(zone_rule_parse(STR("<+0545>-5:45"), &rule));
    assert_int_equal(rule.standard_s, 20700);
    assert_false(zone_rule_change_before(&rule, 0, &change));
    assert_false(zone_rule_change_after(&rule, 0, &change));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_of_the_database_are_parsed),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(changes_are_found_at_their_very_second),
        cmocka_unit_test(julian_days_skip_the_leap_day_and_others_count_it),
        cmocka_unit_test(saving_all_year_round_never_ends),
        cmocka_unit_test(a_rule_without_saving_never_changes),
    };
    return test_run("util/zone_rule", tests);
}
