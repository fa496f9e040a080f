/* Time zones: dates and offsets that are known from history, the rule at changes of the clock, and damaged files. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/date.h"
#include "tests/support/scratch.h"
#include "util/zone.h"

static int64_t
instant(const char *text)
{
    int64_t ms;
    if (!instant_parse(str_from(text), &ms))
        fail_msg("not an instant: %s", text);
    return ms;
}

static int32_t
date(const char *text)
{
    int32_t value;
    if (!date_parse(str_from(text), &value))
        fail_msg("not a date: %s", text);
    return value;
}

static struct zone *
open_zone(const char *name)
{
    struct zone *zone = NULL;
    struct err err = {0};
    if (zone_open(ZONE_DIRECTORY, str_from(name), &zone, &err) != ZONE_FOUND)
        fail_msg("%s: %s", name, err.message);
    return zone;
}

static void
offsets_of_past_and_future_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *at;
        int32_t offset_s;
    } cases[] = {
        {"Europe/Paris", "1900-01-01T00:00:00Z", 561},
        {"Europe/Paris", "2026-07-01T00:00:00Z", 7200},
        {"Europe/Paris", "2026-03-29T00:59:59.999Z", 3600},
        {"Europe/Paris", "2026-03-29T01:00:00Z", 7200},
        {"Europe/Paris", "2099-07-01T00:00:00Z", 7200},
        {"Europe/Paris", "2099-12-01T00:00:00Z", 3600},
        {"America/New_York", "2035-07-04T00:00:00Z", -14400},
        {"America/New_York", "2060-12-24T00:00:00Z", -18000},
        {"Asia/Kathmandu", "1985-12-31T00:00:00Z", 19800},
        {"Asia/Kathmandu", "2040-01-01T00:00:00Z", 20700},
        {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000},
        {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400},
        {"Europe/Dublin", "2030-01-01T00:00:00Z", 0},
        {"Europe/Dublin", "2030-07-01T00:00:00Z", 3600},
        {"Africa/Casablanca", "2026-03-01T00:00:00Z", 0},
        {"Africa/Casablanca", "2026-06-01T00:00:00Z", 3600},
        {"UTC", "0001-01-01T00:00:00Z", 0},
        {"Etc/GMT+5", "9999-01-01T00:00:00Z", -18000},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zone *zone = open_zone(cases[i].zone);
        assert_true(str_equal(zone_name(zone), str_from(cases[i].zone)));
        if (zone_offset_s(zone, instant(cases[i].at)) != cases[i].offset_s)
            fail_msg("%s at %s: %d", cases[i].zone, cases[i].at, zone_offset_s(zone, instant(cases[i].at)));
        zone_close(zone);
    }
}

static void
a_local_date_begins_at_local_midnight(void **state)
{
    (void)state;
    struct zone *zone = open_zone("America/New_York");
    assert_int_equal(zone_local_date(zone, instant("2027-03-01T04:59:59.999Z")), date("2027-02-28"));
    assert_int_equal(zone_local_date(zone, instant("2027-03-01T05:00:00Z")), date("2027-03-01"));
    struct zone_wall wall = zone_wall_at(zone, instant("1969-12-31T23:59:59.999Z"));
    assert_int_equal(wall.date, -1);
    assert_int_equal(wall.ms_of_day, 19 * 3600000 - 1);
    assert_int_equal(wall.offset_s, -18000);
    zone_close(zone);
}

static void
assert_instant_of(const struct zone *zone, const char *day, int32_t minutes, const char *expected)
{
    char got[INSTANT_TEXT_SIZE];
    instant_format(zone_instant_of(zone, date(day), minutes), got);
    if (strcmp(got, expected) != 0)
        fail_msg("%s + %d minutes: %s", day, minutes, got);
}

static void
a_time_left_out_is_reckoned_with_the_offset_before(void **state)
{
    (void)state;
    struct zone *zone = open_zone("Europe/Paris");
    assert_instant_of(zone, "2026-03-29", 119, "2026-03-29T00:59:00Z");
    assert_instant_of(zone, "2026-03-29", 120, "2026-03-29T01:00:00Z");
    assert_instant_of(zone, "2026-03-29", 150, "2026-03-29T01:30:00Z"); /* shown as 03:30 */
    assert_instant_of(zone, "2026-03-29", 180, "2026-03-29T01:00:00Z");
    assert_instant_of(zone, "2026-03-29", 1440, "2026-03-29T22:00:00Z");
    assert_instant_of(zone, "2099-03-29", 150, "2099-03-29T01:30:00Z");
    zone_close(zone);
}

static void
a_time_that_comes_twice_is_the_first(void **state)
{
    (void)state;
    struct zone *zone = open_zone("Europe/Paris");
    assert_instant_of(zone, "2026-10-25", 119, "2026-10-24T23:59:00Z");
    assert_instant_of(zone, "2026-10-25", 120, "2026-10-25T00:00:00Z");
    assert_instant_of(zone, "2026-10-25", 179, "2026-10-25T00:59:00Z");
    assert_instant_of(zone, "2026-10-25", 180, "2026-10-25T02:00:00Z");
    zone_close(zone);
}

static void
a_day_that_begins_in_a_gap_begins_at_the_change(void **state)
{
    (void)state;
    struct zone *zone = open_zone("America/Sao_Paulo");
    assert_instant_of(zone, "2018-11-04", 0, "2018-11-04T03:00:00Z");
    assert_int_equal(zone_local_date(zone, instant("2018-11-04T03:00:00Z")), date("2018-11-04"));
    assert_int_equal(zone_local_date(zone, instant("2018-11-04T02:59:59.999Z")), date("2018-11-03"));
    zone_close(zone);
}

static void
the_day_samoa_left_out_has_no_length(void **state)
{
    (void)state;
    struct zone *zone = open_zone("Pacific/Apia");
    assert_instant_of(zone, "2011-12-29", 1439, "2011-12-30T09:59:00Z");
    assert_instant_of(zone, "2011-12-30", 0, "2011-12-30T10:00:00Z");
    assert_instant_of(zone, "2011-12-31", 0, "2011-12-30T10:00:00Z");
    assert_instant_of(zone, "2011-12-31", 60, "2011-12-30T11:00:00Z");
    assert_int_equal(zone_local_date(zone, instant("2011-12-30T10:00:00Z")), date("2011-12-31"));
    zone_close(zone);
}

static void
names_outside_the_database_are_unknown(void **state)
{
    (void)state;
    const char *names[] = {
        "",
        "/",
        "Mars/Olympus",
        "europe/paris",
        "Europe",
        "Europe/",
        "/Europe/Paris",
        "Europe//Paris",
        "../zoneinfo/UTC",
        "Europe/../UTC",
        "./UTC",
        "posix/UTC",
        "right/UTC",
        "localtime",
        "Factory",
        "posixrules",
        "tzdata.zi",
        "zone.tab",
        "leapseconds",
        "Europe/Paris ",
        "UTC\n",
        "-UTC",
        "Europe/Paris/x",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct zone *zone = NULL;
        struct err err = {0};
        if (zone_open(ZONE_DIRECTORY, str_from(names[i]), &zone, &err) != ZONE_UNKNOWN)
            fail_msg("taken for a zone: %s", names[i]);
    }
    struct zone *zone = NULL;
    struct err err = {0};
    assert_int_equal(zone_open(ZONE_DIRECTORY, STR("UTC\0"), &zone, &err), ZONE_UNKNOWN);
}

static void
a_missing_database_is_a_failure(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    struct err err = {0};
    assert_int_equal(zone_open("/nonexistent/zoneinfo", STR("UTC"), &zone, &err), ZONE_FAILED);
    assert_int_equal(err.kind, ERR_NO_INPUT);
}

/* A database with one zone, whose bytes a test damages. */
struct database {
    struct scratch scratch;
    char path[300];
    char bytes[8192]; /* of Europe/Paris, undamaged */
    size_t len;
};

static void
database_init(struct database *database)
{
    scratch_init(&database->scratch);
    (void)snprintf(database->path, sizeof(database->path), "%s/Zone", database->scratch.path);
    FILE *file = fopen(ZONE_DIRECTORY "/Europe/Paris", "rb");
    assert_non_null(file);
    database->len = fread(database->bytes, 1, sizeof(database->bytes), file);
    assert_in_range(database->len, 100, sizeof(database->bytes) - 1);
    fclose(file);
}

static enum zone_found
open_damaged(const struct database *database, const char *bytes, size_t len)
{
    FILE *file = fopen(database->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
    struct zone *zone = NULL;
    struct err err = {0};
    enum zone_found found = zone_open(database->scratch.path, STR("Zone"), &zone, &err);
    if (found == ZONE_FOUND) {
        /* whatever is taken can be asked */
        for (int64_t ms = -4000000000000; ms < 9000000000000; ms += 86400000LL * 500)
            (void)zone_instant_of(zone, zone_local_date(zone, ms), 720);
        zone_close(zone);
    } else if (found == ZONE_FAILED) {
        assert_int_equal(err.kind, ERR_DATA);
    }
    return found;
}

static void
cut_and_damaged_files_are_refused_or_harmless(void **state)
{
    (void)state;
    struct database database;
    database_init(&database);
    assert_int_equal(open_damaged(&database, database.bytes, database.len), ZONE_FOUND);
    for (size_t len = 0; len < database.len; len += len < 60 ? 1 : 41)
        assert_int_equal(open_damaged(&database, database.bytes, len), len < 4 ? ZONE_UNKNOWN : ZONE_FAILED);
    assert_int_equal(open_damaged(&database, database.bytes, database.len - 1), ZONE_FAILED);
    unsigned seed = 1;
    for (int round = 0; round < 2000; round++) {
        char damaged[sizeof(database.bytes)];
        memcpy(damaged, database.bytes, database.len);
        for (int i = 0; i < 3; i++) {
            seed = seed * 1103515245 + 12345;
            /* half of the damage hits the headers and the rule at the end */
            size_t at = (seed >> 8) % database.len;
            if (round % 2 == 0)
                at = at % 2 == 0 ? at % 44 : database.len - 1 - at % 40;
            damaged[at] = (char)(seed >> 24);
        }
        (void)open_damaged(&database, damaged, database.len);
    }
    scratch_done(&database.scratch);
}

/* Opens a file made from scratch: an empty block of 32-bit data, then two types (0 and 3600 s) without a name, two
 * changes at the given seconds to the given types, and a footer. */
static enum zone_found
open_made(const struct database *database, unsigned char version, const unsigned char seconds[2],
          const unsigned char types[2], unsigned char leap_count, const char *footer)
{
    unsigned char bytes[400] = {0}, *at = bytes;
    for (int block = 0; block < 2; block++) {
        memcpy(at, "TZif", 4);
        at[4] = version;
        if (block == 1) {
            at[20 + 11] = leap_count;
            at[20 + 15] = 2; /* changes */
            at[20 + 19] = 2; /* types */
            at[20 + 23] = 4; /* bytes of names */
        }
        at += 44;
    }
    for (int i = 0; i < 2; i++, at += 8)
        at[7] = seconds[i];
    memcpy(at, types, 2);
    at += 2 + 6;
    at[2] = 0x0e; /* 3600 */
    at[3] = 0x10;
    at += 6;
    at += 4 + leap_count * 12;
    at = (unsigned char *)stpcpy((char *)at, footer);
    return open_damaged(database, (const char *)bytes, (size_t)(at - bytes));
}

static void
every_part_of_a_file_is_checked(void **state)
{
    (void)state;
    struct database database;
    database_init(&database);
    const unsigned char ascending[] = {5, 9}, equal[] = {5, 5}, descending[] = {9, 5}, types[] = {1, 0},
                        third_type[] = {1, 2};
    assert_int_equal(open_made(&database, '2', ascending, types, 0, "\nAAA0\n"), ZONE_FOUND);
    assert_int_equal(open_made(&database, '3', ascending, types, 0, "\n\n"), ZONE_FOUND);
    assert_int_equal(open_made(&database, '1', ascending, types, 0, "\nAAA0\n"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', equal, types, 0, "\nAAA0\n"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', descending, types, 0, "\nAAA0\n"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', ascending, third_type, 0, "\nAAA0\n"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', ascending, types, 1, "\nAAA0\n"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', ascending, types, 0, "\nAAA\n"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', ascending, types, 0, "\nAAA0"), ZONE_FAILED);
    assert_int_equal(open_made(&database, '2', ascending, types, 0, ""), ZONE_FAILED);
    scratch_done(&database.scratch);
}

static void
a_directory_or_other_file_is_no_zone(void **state)
{
    (void)state;
    struct database database;
    database_init(&database);
    assert_int_equal(open_damaged(&database, "hello", 5), ZONE_UNKNOWN);
    assert_int_equal(unlink(database.path), 0);
    assert_int_equal(mkfifo(database.path, 0600), 0);
    struct zone *zone = NULL;
    struct err err = {0};
    assert_int_equal(zone_open(database.scratch.path, STR("Zone"), &zone, &err), ZONE_UNKNOWN);
    scratch_done(&database.scratch);
}

struct asker {
    struct zone_cache *cache;
    const struct zone *zones[2];
};

static void *
ask_many_times(void *arg)
{
    struct asker *asker = arg;
    struct err err = {0};
    for (int i = 0; i < 2000; i++) {
        struct str name = i % 2 == 0 ? STR("Europe/Paris") : STR("Asia/Kathmandu");
        if (zone_cache_get(asker->cache, name, &asker->zones[i % 2], &err) != ZONE_FOUND)
            return NULL;
        if (zone_offset_s(asker->zones[i % 2], 0) != (i % 2 == 0 ? 3600 : 19800))
            return NULL;
    }
    return asker;
}

static void
threads_share_the_zones_of_a_cache(void **state)
{
    (void)state;
    struct zone_cache *cache = zone_cache_new(ZONE_DIRECTORY);
    assert_non_null(cache);
    struct asker askers[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        askers[i] = (struct asker){.cache = cache};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_many_times, &askers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &askers[i]);
        assert_ptr_equal(askers[i].zones[0], askers[0].zones[0]);
        assert_ptr_equal(askers[i].zones[1], askers[0].zones[1]);
    }
    const struct zone *zone = NULL;
    struct err err = {0};
    assert_int_equal(zone_cache_get(cache, STR("Mars/Olympus"), &zone, &err), ZONE_UNKNOWN);
    zone_cache_free(cache);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_of_past_and_future_are_known),
        cmocka_unit_test(a_local_date_begins_at_local_midnight),
        cmocka_unit_test(a_time_left_out_is_reckoned_with_the_offset_before),
        cmocka_unit_test(a_time_that_comes_twice_is_the_first),
        cmocka_unit_test(a_day_that_begins_in_a_gap_begins_at_the_change),
        cmocka_unit_test(the_day_samoa_left_out_has_no_length),
        cmocka_unit_test(names_outside_the_database_are_unknown),
        cmocka_unit_test(a_missing_database_is_a_failure),
        cmocka_unit_test(cut_and_damaged_files_are_refused_or_harmless),
        cmocka_unit_test(every_part_of_a_file_is_checked),
        cmocka_unit_test(a_directory_or_other_file_is_no_zone),
        cmocka_unit_test(threads_share_the_zones_of_a_cache),
    };
    return test_run("util/zone", tests);
}
