/* Loads what a decision may look at, as core/facts.h asks for it. */
#ifndef NIGHTLATCH_ENGINE_FACTS_LOAD_H
#define NIGHTLATCH_ENGINE_FACTS_LOAD_H

#include "core/facts.h"
#include "engine/house_cache.h"
#include "store/store.h"

struct facts_load {
    struct store *store;
    uint32_t property;
    const struct house_entry *house;
    const struct command *command;
    int64_t now_ms;
    bool may_have_lapsed; /* something of the property has expires_at <= now; false saves looking for it */
    struct arena *arena;
};

/* What the business date is by the clock alone: the local date, counted from the time of day at which it rolls. */
int32_t facts_clock_date(const struct property *property, const struct zone *zone, int64_t now_ms);

/* The business date of a property at an instant: the clock's, or the one that its last night audit began. */
int32_t facts_today(const struct house_entry *house, int64_t now_ms);

/* When the day of arrival, or the slot, of a booking begins at its property, ms. */
int64_t facts_begins(const struct house_entry *house, const struct booking *booking);

/* Until when the clock alone does not move it on; INT64_MAX where only an audit does. */
int64_t facts_today_until(const struct house_entry *house, int64_t now_ms);

/* Fills everything but the fresh ids and codes. DB_OK or how reading failed; the facts borrow from house, command and
 * arena. */
enum db_status facts_load(const struct facts_load *load, struct facts *ret_facts) STORE_CHECKED;

/* The facts of a sweep: what has lapsed, oldest first, at most `limit` bookings and as many holds. */
enum db_status facts_load_lapsed(const struct facts_load *load, int64_t limit, struct facts *ret_facts) STORE_CHECKED;

#endif
