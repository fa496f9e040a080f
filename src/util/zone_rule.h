/* The rule at the end of a time zone file: what holds after its last listed change, for ever.
 *
 * The text is POSIX's TZ variable (POSIX.1-2017, Base Definitions, 8.3) with RFC 8536 section 3.3.1's extension of the
 * hours to 167 and below zero: "CET-1CEST,M3.5.0,M10.5.0/3". For util/zone.c alone; it refuses TZ texts without rules
 * for the change and those that name a file. Pure; any thread. All times in seconds since 1970-01-01T00:00:00Z. */
#ifndef NIGHTLATCH_UTIL_ZONE_RULE_H
#define NIGHTLATCH_UTIL_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* A day of the year, and the time of that day. */
struct zone_rule_day {
    enum zone_rule_form {
        ZONE_RULE_MONTH,  /* M: `day` is the weekday (0 Sunday), `week` 1 to 5 (5: the last) of `month` */
        ZONE_RULE_JULIAN, /* J: `day` 1 to 365, 29 February never counted */
        ZONE_RULE_DAY,    /* `day` 0 to 365, 29 February counted */
    } form;
    int month, week, day;
    int32_t time_s; /* of local time then in force, from midnight */
};

struct zone_rule {
    int32_t standard_s; /* east of UTC */
    int32_t saving_s;   /* east of UTC; equal to the above when has_saving is false */
    bool has_saving;
    struct zone_rule_day starts, ends; /* of the saving */
};

/* A change of the offset. */
struct zone_change {
    int64_t at_s;
    int32_t offset_s; /* east of UTC, from at_s on */
};

/* False on anything that is not wholly a rule. */
bool zone_rule_parse(struct str text, struct zone_rule *ret_rule) __attribute__((warn_unused_result));

/* The last change at or before `at_s`. A rule without saving has none, and for one the offset is standard_s. */
bool zone_rule_change_before(const struct zone_rule *rule, int64_t at_s, struct zone_change *ret_change)
    __attribute__((warn_unused_result));

/* The first change after `at_s`. */
bool zone_rule_change_after(const struct zone_rule *rule, int64_t at_s, struct zone_change *ret_change)
    __attribute__((warn_unused_result));

#endif
