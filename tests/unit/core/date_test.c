/* The calendar, walked day by day beside a plain one, and the texts: what is accepted, what is refused. */
#include "tests/unit/test.h"

#include "core/date.h"

static int64_t
instant(const char *text)
{
    int64_t ms;
    assert_true(instant_parse(str_from(text), &ms));
    return ms;
}

static bool
instant_parses(const char *text)
{
    int64_t ms;
    return instant_parse(str_from(text), &ms);
}

static bool
date_parses(const char *text)
{
    int32_t date;
    return date_parse(str_from(text), &date);
}

/* A calendar that knows nothing but how to turn the page: the independent computation. */
struct pages {
    int year, month, day;
    int weekday;
};

static void
pages_turn(struct pages *p)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int last = days[p->month - 1];
    if (p->month == 2 && ((p->year % 4 == 0 && p->year % 100 != 0) || p->year % 400 == 0))
        last = 29;
    p->weekday = p->weekday == 7 ? 1 : p->weekday + 1;
    if (++p->day > last) {
        p->day = 1;
        if (++p->month > 12) {
            p->month = 1;
            p->year++;
        }
    }
}

static void
every_day_of_the_range_agrees_with_turning_pages(void **state)
{
    (void)state;
    struct pages p = {1, 1, 1, 1};
    for (int32_t date = DATE_MIN; date <= DATE_MAX; date++, pages_turn(&p)) {
        int year, month, day;
        date_to_ymd(date, &year, &month, &day);
        if (year != p.year || month != p.month || day != p.day)
            fail_msg("date %d is %d-%d-%d, not %d-%d-%d", date, p.year, p.month, p.day, year, month, day);
        int32_t back;
        if (!date_from_ymd(p.year, p.month, p.day, &back) || back != date)
            fail_msg("%d-%d-%d is %d", p.year, p.month, p.day, date);
        if (date_weekday(date) != p.weekday)
            fail_msg("date %d is weekday %d", date, p.weekday);
    }
    assert_int_equal(p.year, 10000);
}

static void
every_date_comes_back_from_its_text(void **state)
{
    (void)state;
    char text[DATE_TEXT_SIZE];
    for (int32_t date = DATE_MIN; date <= DATE_MAX; date++) {
        date_format(date, text);
        int32_t back;
        if (!date_parse(str_from(text), &back) || back != date)
            fail_msg("%s is not %d", text, date);
    }
}

static void
known_days_have_their_numbers(void **state)
{
    (void)state;
    int32_t date;
    assert_true(date_parse(STR("1970-01-01"), &date));
    assert_int_equal(date, 0);
    assert_int_equal(date_weekday(date), 4);
    assert_true(date_parse(STR("2000-03-01"), &date));
    assert_int_equal(date, 11017);
    assert_true(date_parse(STR("0001-01-01"), &date));
    assert_int_equal(date, DATE_MIN);
    assert_true(date_parse(STR("9999-12-31"), &date));
    assert_int_equal(date, DATE_MAX);
}

static void
days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "2026-02-29",  "1900-02-29",  "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00",
        "2026-01-32",  "0000-01-01",  "2026-1-01",  "2026-01-1",  "02026-01-1", "20260101",   "2026/01/01",
        "2026-01-01 ", " 2026-01-01", "+026-01-01", "-026-01-01", "2026-01-0a", "",           "2026-01-011",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (date_parses(refused[i]))
            fail_msg("accepted %s", refused[i]);
    }
    assert_true(date_parses("2000-02-29"));
    assert_true(date_parses("2024-02-29"));
    int32_t date;
    assert_false(date_parse(str_of(NULL, 0), &date));
    assert_false(date_from_ymd(10000, 1, 1, &date));
    assert_false(date_from_ymd(2026, -1, 1, &date));
}

static void
instants_are_read_in_utc(void **state)
{
    (void)state;
    assert_int_equal(instant("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(instant("2026-11-22T10:00:00Z"), 1795341600000);
    assert_int_equal(instant("2026-11-22T10:00:00.123Z"), 1795341600123);
    assert_int_equal(instant("2026-11-22T11:30:00+01:30"), 1795341600000);
    assert_int_equal(instant("2026-11-21T23:00:00-11:00"), 1795341600000);
    assert_int_equal(instant("2026-11-22T10:00:00-00:00"), 1795341600000);
    assert_int_equal(instant("1969-12-31T23:59:59.999Z"), -1);
    assert_int_equal(instant("0001-01-01T00:00:00Z"), INSTANT_MIN);
    assert_int_equal(instant("9999-12-31T23:59:59.999Z"), INSTANT_MAX);
    /* the examples of RFC 3339 section 5.8 */
    assert_int_equal(instant("1985-04-12T23:20:50.52Z"), 482196050520);
    assert_int_equal(instant("1996-12-19T16:39:57-08:00"), instant("1996-12-20T00:39:57Z"));
    assert_int_equal(instant("1937-01-01T12:00:27.87+00:20"), -1041337172130);
}

static void
a_fraction_is_whole_milliseconds_or_refused(void **state)
{
    (void)state;
    assert_int_equal(instant("1970-01-01T00:00:00.1Z"), 100);
    assert_int_equal(instant("1970-01-01T00:00:00.12Z"), 120);
    assert_int_equal(instant("1970-01-01T00:00:00.120000000Z"), 120);
    assert_int_equal(instant("1970-01-01T00:00:00.000Z"), 0);
    assert_false(instant_parses("1970-01-01T00:00:00.1234Z"));
    assert_false(instant_parses("1970-01-01T00:00:00.000000001Z"));
    assert_false(instant_parses("1970-01-01T00:00:00.1200000000Z"));
    assert_false(instant_parses("1970-01-01T00:00:00.Z"));
    assert_false(instant_parses("1970-01-01T00:00:00,1Z"));
}

static void
malformed_instants_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "2026-11-22",
        "2026-11-22T",
        "2026-11-22T10:00Z",
        "2026-11-22T10:00:00",
        "2026-11-22t10:00:00Z",
        "2026-11-22T10:00:00z",
        "2026-11-22 10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-22T10:00:00+24:00",
        "2026-11-22T10:00:00+01:60",
        "2026-11-22T10:00:00+0100",
        "2026-11-22T10:00:00+01",
        "2026-11-22T10:00:00+01:00 ",
        "2026-11-22T10:00:00ZZ",
        " 2026-11-22T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-11-22T1 :00:00Z",
        "2026-11-22T-1:00:00Z",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (instant_parses(refused[i]))
            fail_msg("accepted %s", refused[i]);
    }
    int64_t ms;
    assert_false(instant_parse(str_of(NULL, 0), &ms));
    /* a NUL inside is a byte like any other */
    assert_false(instant_parse(str_of("2026-11-22T10:00:00\0", 20), &ms));
}

static void
instants_are_written_in_one_form(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_SIZE];
    instant_format(1795341600000, text);
    assert_string_equal(text, "2026-11-22T10:00:00Z");
    instant_format(1795341600123, text);
    assert_string_equal(text, "2026-11-22T10:00:00.123Z");
    instant_format(1795341600007, text);
    assert_string_equal(text, "2026-11-22T10:00:00.007Z");
    instant_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    instant_format(INSTANT_MIN, text);
    assert_string_equal(text, "0001-01-01T00:00:00Z");
    instant_format(INSTANT_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void
instants_come_back_from_their_text(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_SIZE];
    /* a step that is prime to a day, an hour and a second visits every kind of remainder */
    for (int64_t ms = INSTANT_MIN; ms <= INSTANT_MAX; ms += 315576000 * (int64_t)997 / 10 + 7) {
        instant_format(ms, text);
        assert_int_equal(instant(text), ms);
    }
}

static void
dates_begin_at_midnight_utc(void **state)
{
    (void)state;
    assert_int_equal(date_to_instant(1), DATE_DAY_MS);
    assert_int_equal(date_from_instant(DATE_DAY_MS - 1), 0);
    assert_int_equal(date_from_instant(DATE_DAY_MS), 1);
    assert_int_equal(date_from_instant(-1), -1);
    assert_int_equal(date_from_instant(INSTANT_MIN), DATE_MIN);
    assert_int_equal(date_from_instant(INSTANT_MAX), DATE_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_range_agrees_with_turning_pages),
        cmocka_unit_test(every_date_comes_back_from_its_text),
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(instants_are_read_in_utc),
        cmocka_unit_test(a_fraction_is_whole_milliseconds_or_refused),
        cmocka_unit_test(malformed_instants_are_refused),
        cmocka_unit_test(instants_are_written_in_one_form),
        cmocka_unit_test(instants_come_back_from_their_text),
        cmocka_unit_test(dates_begin_at_midnight_utc),
    };
    return test_run("core/date", tests);
}
