/* Houses as the database has them, kept between commands.
 *
 * A head carries a version of its house; a cached house of that version is current. Belongs to one thread. A house is
 * valid until the next call for the same property with another version. */
#ifndef NIGHTLATCH_ENGINE_HOUSE_CACHE_H
#define NIGHTLATCH_ENGINE_HOUSE_CACHE_H

#include "core/house.h"
#include "store/store.h"
#include "util/zone.h"

struct house_entry {
    struct house house;
    const struct zone *zone; /* of the property; NULL for property 0 */
    int64_t version;
    int32_t turned_on; /* the clock's date on which the end of a day was last looked at; 0: not yet */
    int32_t open_on;   /* the business date for which all nights on sale are known to be open; 0: not known */
};

struct house_cache;

struct house_cache *house_cache_new(void); /* NULL when memory is short */
void house_cache_free(struct house_cache *cache);

/* DB_OK, DB_NO_ROW for no such property, or how loading failed (store->err). */
enum db_status house_cache_get(struct house_cache *cache, struct store *store, uint32_t property, int64_t version,
                               const struct house_entry **ret_entry) STORE_CHECKED;

/* Sets `open_on` of a property that is remembered. It is forgotten with the property, so also where the transaction
 * that opened the nights is rolled back. */
void house_cache_note_open(struct house_cache *cache, uint32_t property, int32_t today);

/* Sets `turned_on`, and is forgotten, in the same way. */
void house_cache_note_turned(struct house_cache *cache, uint32_t property, int32_t clock_date);

/* Forgets a property, so that the next call loads it again: for a transaction that was rolled back. */
void house_cache_drop(struct house_cache *cache, uint32_t property);

#endif
