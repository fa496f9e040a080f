/* Civil dates and instants: numbers, and the two texts they are written as.
 *
 * A date is an int32_t, days since 1970-01-01 in the proleptic Gregorian calendar; it belongs to no time zone. An
 * instant is an int64_t, milliseconds since 1970-01-01T00:00:00Z without leap seconds. Both cover the years 0001 to
 * 9999 and nothing else, so that each has exactly one text of fixed form. This module refuses to know time zones, to
 * read a clock, to guess at a text that is nearly right, and to round. Every function is pure and may be called from
 * any thread. A value outside its range is a bug, a text that is not exactly of the form is `false`. */
#ifndef NIGHTLATCH_CORE_DATE_H
#define NIGHTLATCH_CORE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DATE_MIN ((int32_t)-719162) /* 0001-01-01 */
#define DATE_MAX ((int32_t)2932896) /* 9999-12-31 */
#define DATE_DAY_MS ((int64_t)86400000)
#define INSTANT_MIN (DATE_MIN * DATE_DAY_MS)           /* 0001-01-01T00:00:00Z */
#define INSTANT_MAX ((DATE_MAX + 1) * DATE_DAY_MS - 1) /* 9999-12-31T23:59:59.999Z */

enum {
    DATE_TEXT_LEN = 10,
    DATE_TEXT_SIZE = DATE_TEXT_LEN + 1, /* with the terminator */
    INSTANT_TEXT_SIZE = 24 + 1,         /* 2026-11-22T10:00:00.123Z and the terminator */
};

static inline bool
date_in_range(int64_t date)
{
    return date >= DATE_MIN && date <= DATE_MAX;
}

static inline bool
instant_in_range(int64_t ms)
{
    return ms >= INSTANT_MIN && ms <= INSTANT_MAX;
}

/* The date of a year (1 to 9999), month (1 to 12) and day; false, and nothing written, when there is no such day. */
bool date_from_ymd(int year, int month, int day, int32_t *ret_date) __attribute__((warn_unused_result));

void date_to_ymd(int32_t date, int *ret_year, int *ret_month, int *ret_day);

/* 28 to 31; a year or month out of range is a bug. */
int date_days_in_month(int year, int month);

/* ISO weekday: 1 is Monday, 7 is Sunday. */
int date_weekday(int32_t date);

/* `2026-11-22`: ISO 8601 extended calendar date, ten characters, four digits of year. */
bool date_parse(struct str text, int32_t *ret_date) __attribute__((warn_unused_result));
void date_format(int32_t date, char out[DATE_TEXT_SIZE]);

/* The date in UTC of an instant, and the instant at which a date begins in UTC. */
int32_t date_from_instant(int64_t ms);
int64_t date_to_instant(int32_t date);

/* RFC 3339 section 5.6 date-time. Accepted: `T` and `Z` in upper case; `Z` or an offset `+hh:mm` / `-hh:mm` up to
 * 23:59 (-00:00 counts as UTC); a fraction of 1 to 9 digits, of which those after the third must be 0. Refused, each
 * because accepting it would mean to change it silently: a blank or lower-case letter as separator (the RFC lets an
 * application insist on upper case), second 60 (there is no such millisecond here), hour 24, precision finer than a
 * millisecond, and an instant that falls outside the range in UTC. */
bool instant_parse(struct str text, int64_t *ret_ms) __attribute__((warn_unused_result));

/* `2026-11-22T10:00:00Z`, or with `.123` when the milliseconds are not 0; always UTC, always terminated. */
void instant_format(int64_t ms, char out[INSTANT_TEXT_SIZE]);

#endif
