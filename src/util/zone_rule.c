/* Parsing takes pieces off the front of the text. Changes are found by laying out those of the years around the asked
 * instant, of which there are two a year: nothing to search, nothing to keep. */
#include "util/zone_rule.h"

#include "core/date.h"

enum { HOUR_S = 3600, DAY_S = 86400, RULE_HOURS_MAX = 167 };

/* -- parsing -- */

static bool
take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = (struct str){rest->ptr + 1, rest->len - 1};
    return true;
}

/* A number of 1 to 3 digits from `min` to `max`. */
static bool
take_number(struct str *rest, int min, int max, int *ret_value)
{
    int value = 0;
    size_t count = 0;
    while (count < rest->len && count < 3 && rest->ptr[count] >= '0' && rest->ptr[count] <= '9')
        value = value * 10 + (rest->ptr[count++] - '0');
    if (count == 0 || value < min || value > max)
        return false;
    *rest = (struct str){rest->ptr + count, rest->len - count};
    *ret_value = value;
    return true;
}

static bool
is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* An abbreviation: three letters or more, or anything between angle brackets. It is not kept. */
static bool
take_name(struct str *rest)
{
    size_t len = 0;
    if (take_char(rest, '<')) {
        while (len < rest->len && rest->ptr[len] != '>')
            len++;
        *rest = (struct str){rest->ptr + len, rest->len - len};
        return len >= 3 && take_char(rest, '>');
    }
    while (len < rest->len && is_letter(rest->ptr[len]))
        len++;
    *rest = (struct str){rest->ptr + len, rest->len - len};
    return len >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(struct str *rest, int hours_max, int32_t *ret_s)
{
    bool negative = take_char(rest, '-');
    if (!negative)
        (void)take_char(rest, '+');
    int hours, minutes = 0, seconds = 0;
    if (!take_number(rest, 0, hours_max, &hours))
        return false;
    if (take_char(rest, ':')) {
        if (!take_number(rest, 0, 59, &minutes))
            return false;
        if (take_char(rest, ':') && !take_number(rest, 0, 59, &seconds))
            return false;
    }
    int32_t value = hours * HOUR_S + minutes * 60 + seconds;
    *ret_s = negative ? -value : value;
    return true;
}

/* POSIX counts offsets west of UTC. */
static bool
take_offset(struct str *rest, int32_t *ret_s)
{
    int32_t west;
    if (!take_time(rest, 24, &west))
        return false;
    *ret_s = -west;
    return true;
}

static bool
take_day(struct str *rest, struct zone_rule_day *ret_day)
{
    *ret_day = (struct zone_rule_day){.time_s = 2 * HOUR_S};
    bool right;
    if (take_char(rest, 'M')) {
        ret_day->form = ZONE_RULE_MONTH;
        right = take_number(rest, 1, 12, &ret_day->month) && take_char(rest, '.') &&
                take_number(rest, 1, 5, &ret_day->week) && take_char(rest, '.') &&
                take_number(rest, 0, 6, &ret_day->day);
    } else if (take_char(rest, 'J')) {
        ret_day->form = ZONE_RULE_JULIAN;
        right = take_number(rest, 1, 365, &ret_day->day);
    } else {
        ret_day->form = ZONE_RULE_DAY;
        right = take_number(rest, 0, 365, &ret_day->day);
    }
    return right && (!take_char(rest, '/') || take_time(rest, RULE_HOURS_MAX, &ret_day->time_s));
}

bool
zone_rule_parse(struct str text, struct zone_rule *ret_rule)
{
    *ret_rule = (struct zone_rule){0};
    if (!take_name(&text) || !take_offset(&text, &ret_rule->standard_s))
        return false;
    ret_rule->saving_s = ret_rule->standard_s;
    if (text.len == 0)
        return true;
    ret_rule->has_saving = true;
    ret_rule->saving_s = ret_rule->standard_s + HOUR_S;
    if (!take_name(&text))
        return false;
    if (text.len > 0 && text.ptr[0] != ',' && !take_offset(&text, &ret_rule->saving_s))
        return false;
    return take_char(&text, ',') && take_day(&text, &ret_rule->starts) && take_char(&text, ',') &&
           take_day(&text, &ret_rule->ends) && text.len == 0;
}

/* -- changes -- */

static int32_t
first_of(int year, int month)
{
    int32_t date = 0;
    bool exists = date_from_ymd(year, month, 1, &date);
    (void)exists; /* every month has a first day */
    return date;
}

static int32_t
nth_weekday(int year, const struct zone_rule_day *day)
{
    int32_t first = first_of(year, day->month);
    int ahead = (day->day - date_weekday(first) % 7 + 7) % 7;
    int in_month = ahead + 7 * (day->week - 1);
    while (in_month >= date_days_in_month(year, day->month))
        in_month -= 7;
    return first + in_month;
}

static int64_t
local_time_of(int year, const struct zone_rule_day *day)
{
    int32_t date = first_of(year, 1);
    switch (day->form) {
    case ZONE_RULE_MONTH: date = nth_weekday(year, day); break;
    case ZONE_RULE_DAY: date += day->day; break;
    case ZONE_RULE_JULIAN:
        date += day->day - 1;
        if (day->day > 59 && date_days_in_month(year, 2) == 29)
            date++;
        break;
    }
    return (int64_t)date * DAY_S + day->time_s;
}

enum { CHANGE_COUNT = 6 };

/* The changes of the year of `at_s` and of its neighbours. Where the end of one saving is the start of the next (saving
 * all year round), the start comes later in the list. */
static size_t
lay_out(const struct zone_rule *rule, int64_t at_s, struct zone_change changes[CHANGE_COUNT])
{
    int64_t days = at_s / DAY_S;
    int32_t date = (int32_t)(days < DATE_MIN ? DATE_MIN : days > DATE_MAX ? DATE_MAX : days);
    int year, month, day;
    date_to_ymd(date, &year, &month, &day);
    size_t count = 0;
    for (int y = year - 1; y <= year + 1; y++) {
        if (y < 1 || y > 9999)
            continue;
        int64_t starts = local_time_of(y, &rule->starts) - rule->standard_s;
        int64_t ends = local_time_of(y, &rule->ends) - rule->saving_s;
        changes[count++] = (struct zone_change){starts, rule->saving_s};
        changes[count++] = (struct zone_change){ends, rule->standard_s};
    }
    return count;
}

bool
zone_rule_change_before(const struct zone_rule *rule, int64_t at_s, struct zone_change *ret_change)
{
    struct zone_change changes[CHANGE_COUNT];
    size_t count = rule->has_saving ? lay_out(rule, at_s, changes) : 0;
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        if (changes[i].at_s <= at_s && (!found || changes[i].at_s >= ret_change->at_s)) {
            *ret_change = changes[i];
            found = true;
        }
    }
    return found;
}

bool
zone_rule_change_after(const struct zone_rule *rule, int64_t at_s, struct zone_change *ret_change)
{
    struct zone_change changes[CHANGE_COUNT];
    size_t count = rule->has_saving ? lay_out(rule, at_s, changes) : 0;
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        if (changes[i].at_s > at_s && (!found || changes[i].at_s <= ret_change->at_s)) {
            *ret_change = changes[i];
            found = true;
        }
    }
    return found;
}
