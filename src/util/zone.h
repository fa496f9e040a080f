/* IANA time zones: from an instant to a local date and back.
 *
 * Zones are read from the system's compiled database (TZif files, RFC 8536, as tzdata installs them) by a reader of
 * our own: glibc knows one zone per process, and libical turns the files into recurrence rules, which differs from the
 * files for some zones (of 39,000 instants in 13 zones, 372 differed, two of them in this decade). This module refuses
 * names that are not in the database, files with leap seconds, and to notice that the database was updated: a running
 * process keeps what it has read. It does not know what a property's day is. A zone never changes once open, so any
 * thread may use it. Dates and instants are those of core/date.h: an instant is milliseconds since the epoch, UTC. */
#ifndef NIGHTLATCH_UTIL_ZONE_H
#define NIGHTLATCH_UTIL_ZONE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct zone;

enum zone_found {
    ZONE_FOUND,
    ZONE_UNKNOWN, /* not a name of the database */
    ZONE_FAILED,  /* no database there, a file that can't be read or is not what it should be, no memory: see err */
};

#define ZONE_DIRECTORY "/usr/share/zoneinfo" /* where tzdata installs the database */

/* Opens the zone called exactly `name` ("Europe/Paris") from the database in `directory`. Names of the database's own
 * files and of its variants ("posix/", "right/", "localtime", "Factory") are unknown. Give back with zone_close(). */
enum zone_found zone_open(const char *directory, struct str name, struct zone **ret_zone, struct err *err)
    __attribute__((warn_unused_result));

/* NULL is allowed. */
void zone_close(struct zone *zone);

/* The name it was opened by; lives as long as the zone. */
struct str zone_name(const struct zone *zone);

/* What a clock on the wall shows. */
struct zone_wall {
    int32_t date;      /* days since 1970-01-01, local */
    int32_t ms_of_day; /* milliseconds since the day's 00:00 as the clock shows it */
    int32_t offset_s;  /* local time minus UTC, in seconds: positive east of Greenwich */
};

struct zone_wall zone_wall_at(const struct zone *zone, int64_t instant_ms);

/* The local date at an instant. */
int32_t zone_local_date(const struct zone *zone, int64_t instant_ms);

/* Local time minus UTC at an instant, in seconds. */
int32_t zone_offset_s(const struct zone *zone, int64_t instant_ms);

/* The instant at which the clock on the wall shows `minutes` (0 to 1440) after 00:00 of `date`. RFC 5545 section 3.3.5
 * says what to do when clocks change: a time that comes twice means the first; a time that is left out is reckoned with
 * the offset before the change (02:30 on the night that jumps from 02:00 to 03:00 is the instant shown as 03:30). So
 * the first instant of a date is zone_instant_of(date, 0) even where clocks change at midnight, and a date that is left
 * out whole (2011-12-30 in Pacific/Apia) begins and ends at the same instant. */
int64_t zone_instant_of(const struct zone *zone, int32_t date, int32_t minutes);

/* Zones kept open by name, each opened once. */
struct zone_cache;

/* `directory` is copied; NULL when memory is exhausted. */
struct zone_cache *zone_cache_new(const char *directory);

/* No zone of it may be in use any more. NULL is allowed. */
void zone_cache_free(struct zone_cache *cache);

/* As zone_open(), but the zone stays the cache's and lives as long as it; any thread. */
enum zone_found zone_cache_get(struct zone_cache *cache, struct str name, const struct zone **ret_zone, struct err *err)
    __attribute__((warn_unused_result));

#endif
