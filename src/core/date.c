/* The calendar is arithmetic on a year that begins on 1 March, so that the leap day is the last day of its year, and
 * on eras of 400 years, after which the Gregorian calendar repeats. The formulas are those of Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days). */
#include "core/date.h"

#include <assert.h>
#include <stddef.h>

enum {
    DATE_ERA_DAYS = 146097,   /* 400 years */
    DATE_EPOCH_SHIFT = 719468 /* days from 0000-03-01 to 1970-01-01 */
};

int
date_days_in_month(int year, int month)
{
    assert(year >= 1 && year <= 9999 && month >= 1 && month <= 12);
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

bool
date_from_ymd(int year, int month, int day, int32_t *ret_date)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > date_days_in_month(year, month))
        return false;
    int y = month <= 2 ? year - 1 : year; /* never negative: the range begins with year 1 */
    int era = y / 400;
    int year_of_era = y - era * 400;
    int month_from_march = month > 2 ? month - 3 : month + 9;
    int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *ret_date = era * DATE_ERA_DAYS + day_of_era - DATE_EPOCH_SHIFT;
    return true;
}

void
date_to_ymd(int32_t date, int *ret_year, int *ret_month, int *ret_day)
{
    assert(date_in_range(date));
    int shifted = date + DATE_EPOCH_SHIFT; /* days since 0000-03-01, never negative in range */
    int era = shifted / DATE_ERA_DAYS;
    int day_of_era = shifted - era * DATE_ERA_DAYS;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *ret_year = era * 400 + year_of_era + (*ret_month <= 2);
}

int
date_weekday(int32_t date)
{
    assert(date_in_range(date));
    return (date - DATE_MIN) % 7 + 1; /* 0001-01-01 is a Monday */
}

/* Exactly `count` decimal digits at `at`. */
static bool
date_read_digits(const char *at, size_t count, int *ret_value)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        value = value * 10 + (at[i] - '0');
    }
    *ret_value = value;
    return true;
}

static char *
date_write_digits(char *at, size_t count, int value)
{
    for (size_t i = count; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + count;
}

bool
date_parse(struct str text, int32_t *ret_date)
{
    int year, month, day;
    return text.len == DATE_TEXT_LEN && text.ptr[4] == '-' && text.ptr[7] == '-' &&
           date_read_digits(text.ptr, 4, &year) && date_read_digits(text.ptr + 5, 2, &month) &&
           date_read_digits(text.ptr + 8, 2, &day) && date_from_ymd(year, month, day, ret_date);
}

void
date_format(int32_t date, char out[DATE_TEXT_SIZE])
{
    int year, month, day;
    date_to_ymd(date, &year, &month, &day);
    char *at = date_write_digits(out, 4, year);
    *at++ = '-';
    at = date_write_digits(at, 2, month);
    *at++ = '-';
    at = date_write_digits(at, 2, day);
    *at = '\0';
}

int32_t
date_from_instant(int64_t ms)
{
    assert(instant_in_range(ms));
    return (int32_t)((ms - INSTANT_MIN) / DATE_DAY_MS) + DATE_MIN;
}

int64_t
date_to_instant(int32_t date)
{
    assert(date_in_range(date));
    return date * DATE_DAY_MS;
}

/* `hh:mm:ss` at the front of *rest; at most 23:59:59. */
static bool
instant_take_time(struct str *rest, int *ret_s)
{
    const char *at = rest->ptr;
    int hour, minute, second;
    if (rest->len < 8 || !date_read_digits(at, 2, &hour) || at[2] != ':' || !date_read_digits(at + 3, 2, &minute) ||
        at[5] != ':' || !date_read_digits(at + 6, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return false;
    *rest = str_of(at + 8, rest->len - 8);
    *ret_s = (hour * 60 + minute) * 60 + second;
    return true;
}

/* An optional `.` and 1 to 9 digits at the front of *rest, whole milliseconds only. */
static bool
instant_take_fraction(struct str *rest, int *ret_ms)
{
    *ret_ms = 0;
    if (rest->len == 0 || rest->ptr[0] != '.')
        return true;
    int scale = 100;
    size_t len = 1;
    for (; len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9'; len++) {
        int digit = rest->ptr[len] - '0';
        if (len > 9 || (scale == 0 && digit != 0))
            return false;
        *ret_ms += digit * scale;
        scale /= 10;
    }
    if (len == 1)
        return false;
    *rest = str_of(rest->ptr + len, rest->len - len);
    return true;
}

/* All of `text` is `Z`, `+hh:mm` or `-hh:mm`. */
static bool
instant_read_offset(struct str text, int *ret_minutes)
{
    if (str_equal(text, STR("Z"))) {
        *ret_minutes = 0;
        return true;
    }
    int hour, minute;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':' ||
        !date_read_digits(text.ptr + 1, 2, &hour) || !date_read_digits(text.ptr + 4, 2, &minute) || hour > 23 ||
        minute > 59)
        return false;
    *ret_minutes = (hour * 60 + minute) * (text.ptr[0] == '-' ? -1 : 1);
    return true;
}

bool
instant_parse(struct str text, int64_t *ret_ms)
{
    int32_t date;
    int seconds, fraction_ms, offset_minutes;
    if (text.len < DATE_TEXT_LEN + 1 || !date_parse(str_of(text.ptr, DATE_TEXT_LEN), &date) ||
        text.ptr[DATE_TEXT_LEN] != 'T')
        return false;
    struct str rest = str_of(text.ptr + DATE_TEXT_LEN + 1, text.len - DATE_TEXT_LEN - 1);
    if (!instant_take_time(&rest, &seconds) || !instant_take_fraction(&rest, &fraction_ms) ||
        !instant_read_offset(rest, &offset_minutes))
        return false;
    int64_t ms = date * DATE_DAY_MS + (seconds - offset_minutes * 60) * (int64_t)1000 + fraction_ms;
    if (!instant_in_range(ms))
        return false;
    *ret_ms = ms;
    return true;
}

void
instant_format(int64_t ms, char out[INSTANT_TEXT_SIZE])
{
    int32_t date = date_from_instant(ms);
    int rest = (int)(ms - date_to_instant(date));
    date_format(date, out);
    char *at = out + DATE_TEXT_LEN;
    *at++ = 'T';
    at = date_write_digits(at, 2, rest / 3600000);
    *at++ = ':';
    at = date_write_digits(at, 2, rest / 60000 % 60);
    *at++ = ':';
    at = date_write_digits(at, 2, rest / 1000 % 60);
    if (rest % 1000 != 0) {
        *at++ = '.';
        at = date_write_digits(at, 3, rest % 1000);
    }
    *at++ = 'Z';
    *at = '\0';
}
