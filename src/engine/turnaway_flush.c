/* What was noted of refused demand, put into its rows: engine_flush_turnaways().
 *
 * Notes become counters, a few hundred at most, which are added to their rows in one transaction and forgotten once it
 * is committed; a transaction that fails leaves them for the next. Here the house is known, and with it the type of a
 * room and the local hour of an instant. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "engine/engine_intern.h"
#include "store/store_turnaway.h"

enum {
    COUNTERS = 1024,             /* a power of two */
    SLOTS_MAX = STAY_NIGHTS_MAX, /* counters that one note may need */
    FULL = COUNTERS * 3 / 4,
    HOUR_MS = 3600000,
    MINUTE_MS = 60000,
};

_Static_assert(FULL > SLOTS_MAX, "a note finds room in an empty table");

struct counter {
    uint32_t property; /* 0: the place is empty */
    struct store_turnaway turnaway;
};

struct turnaway_counters {
    size_t count;
    struct counter places[COUNTERS];
};

struct turnaway_counters *
turnaway_counters_new(void)
{
    return calloc(1, sizeof(struct turnaway_counters));
}

void
turnaway_counters_free(struct turnaway_counters *counters)
{
    free(counters);
}

/* --- counting --- */

static size_t
place_of(uint32_t property, const struct store_turnaway *turnaway)
{
    uint64_t mixed = turnaway->room_type.lo ^ turnaway->room.lo ^ (uint64_t)turnaway->date * 31 ^
                     (uint64_t)(turnaway->hour + 1) << 9 ^ (uint64_t)turnaway->reason << 16 ^ property;
    return (size_t)(mixed * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (COUNTERS - 1);
}

static bool
is_of(const struct counter *counter, uint32_t property, const struct store_turnaway *turnaway)
{
    const struct store_turnaway *there = &counter->turnaway;
    return counter->property == property && there->date == turnaway->date && there->hour == turnaway->hour &&
           there->reason == turnaway->reason && id_equal(there->room_type, turnaway->room_type) &&
           id_equal(there->room, turnaway->room);
}

/* There is room: whoever takes notes has seen to it. */
static void
count(struct turnaway_counters *counters, uint32_t property, const struct store_turnaway *turnaway)
{
    size_t at = place_of(property, turnaway);
    while (counters->places[at].property != 0 && !is_of(&counters->places[at], property, turnaway))
        at = (at + 1) & (COUNTERS - 1);
    struct counter *counter = &counters->places[at];
    if (counter->property != 0) {
        counter->turnaway.units += turnaway->units;
        return;
    }
    *counter = (struct counter){.property = property, .turnaway = *turnaway};
    counters->count++;
}

static void
count_nights(struct turnaway_counters *counters, const struct turnaway *noted, struct store_turnaway *row)
{
    int32_t arrival = date_from_instant(noted->span.starts);
    for (int32_t night = 0; night < STAY_NIGHTS_MAX; night++)
        if ((noted->nights[night / 8] & 1u << (night % 8)) != 0) {
            row->date = arrival + night;
            count(counters, noted->property, row);
        }
}

/* Every local hour that the slot has a part of, as the clock on the wall shows it. */
static void
count_hours(struct engine *engine, const struct zone *zone, const struct turnaway *noted, int64_t now_ms,
            struct store_turnaway *row)
{
    size_t counted = 0;
    int64_t at = noted->span.starts;
    while (at < noted->span.ends && counted < SLOTS_MAX) {
        struct zone_wall wall = zone_wall_at(zone, at);
        row->date = wall.date;
        row->hour = wall.ms_of_day / HOUR_MS;
        if (!turnaways_had_hour(engine->turnaways, noted, row->date, row->hour, now_ms)) {
            count(engine->turnaway_counters, noted->property, row);
            counted++;
        }
        at += HOUR_MS - wall.ms_of_day % HOUR_MS;
    }
}

/* Of what is gone since the refusal nothing is counted. */
static void
count_noted(struct engine *engine, const struct house_entry *entry, const struct turnaway *noted, int64_t now_ms)
{
    const struct room *room = house_find_room(&entry->house, noted->room);
    struct id type = id_is_none(noted->room) ? noted->room_type : room == NULL ? ID_NONE : room->room_type;
    struct store_turnaway row = {
        .hour = STORE_NO_HOUR, .room_type = type, .room = noted->room, .reason = noted->reason, .units = noted->units};
    if (house_find_type(&entry->house, type) == NULL)
        return;
    if (noted->by_minute)
        count_hours(engine, entry->zone, noted, now_ms, &row);
    else
        count_nights(engine->turnaway_counters, noted, &row);
}

/* --- the transaction --- */

/* Every note that there is room for. */
static enum db_status
take_notes(struct engine *engine, struct batch *batch)
{
    struct turnaway noted;
    while (engine->turnaway_counters->count + SLOTS_MAX <= FULL && batch->head_count < HEADS_MAX &&
           turnaways_take(engine->turnaways, &noted)) {
        struct batch_head *head;
        const struct house_entry *house;
        enum db_status status = batch_take_head(engine, batch, noted.property, &head);
        if (status == DB_OK)
            status = house_cache_get(engine->houses, &engine->store, noted.property, head->head.house_version, &house);
        if (status == DB_OK)
            count_noted(engine, house, &noted, head->now_ms);
        else if (status != DB_NO_ROW)
            return status;
    }
    return DB_OK;
}

static enum db_status
write_counters(struct engine *engine)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < COUNTERS && status == DB_OK; i++) {
        const struct counter *counter = &engine->turnaway_counters->places[i];
        if (counter->property != 0)
            status = store_add_turnaway(&engine->store, counter->property, &counter->turnaway);
    }
    return status;
}

static void
forget_counters(struct engine *engine)
{
    struct turnaway_counters *counters = engine->turnaway_counters;
    for (size_t i = 0; i < COUNTERS; i++)
        engine_count(&engine->stats.turnaways,
                     counters->places[i].property == 0 ? 0 : counters->places[i].turnaway.units);
    memset(counters, 0, sizeof(*counters));
}

static enum db_status
run_transaction(struct engine *engine, struct batch *batch)
{
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    if (status == DB_OK)
        status = take_notes(engine, batch);
    if (status == DB_OK)
        status = write_counters(engine);
    return status == DB_OK ? db_commit(engine->store.connection, &engine->store.err) : status;
}

bool
engine_flush_turnaways(struct engine *engine)
{
    struct batch batch = {.count = 0};
    if (engine->failed || (engine->turnaway_counters->count == 0 && !turnaways_wait(engine->turnaways)))
        return false;
    enum db_status status = run_transaction(engine, &batch);
    if (status == DB_OK) {
        forget_counters(engine);
        return true;
    }
    engine_log_failure(engine, "counting refused demand failed", status);
    batch_forget_undone(engine, &batch);
    if (status == DB_UNKNOWN)
        engine_go_fatal(engine);
    else if (db_in_transaction(engine->store.connection)) {
        struct err ignored; /* of a rollback after a failure: the failure is what is told */
        (void)db_rollback(engine->store.connection, &ignored);
    }
    return false;
}
