/* One arena per property, so that a stale house is thrown away whole. Properties are few (a chain of houses), so they
 * are searched linearly. */
#include "engine/house_cache.h"

#include <stdlib.h>

enum { HOUSE_MEMORY_MAX = 64 << 20 };

struct house_slot {
    struct house_slot *next;
    uint32_t property;
    bool filled;
    struct arena arena;
    struct house_entry entry;
};

struct house_cache {
    struct house_slot *slots; /* owned */
    struct zone_cache *zones; /* owned; zones outlive the houses that use them */
};

struct house_cache *
house_cache_new(void)
{
    struct house_cache *cache = calloc(1, sizeof(struct house_cache));
    if (cache != NULL && (cache->zones = zone_cache_new(ZONE_DIRECTORY)) == NULL) {
        free(cache);
        return NULL;
    }
    return cache;
}

static void
slot_empty(struct house_slot *slot)
{
    slot->entry = (struct house_entry){.zone = NULL};
    slot->filled = false;
    arena_reset(&slot->arena);
}

void
house_cache_free(struct house_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->slots != NULL) {
        struct house_slot *slot = cache->slots;
        cache->slots = slot->next;
        slot_empty(slot);
        arena_done(&slot->arena);
        free(slot);
    }
    zone_cache_free(cache->zones);
    free(cache);
}

static struct house_slot *
slot_find(struct house_cache *cache, uint32_t property)
{
    for (struct house_slot *slot = cache->slots; slot != NULL; slot = slot->next)
        if (slot->property == property)
            return slot;
    return NULL;
}

static struct house_slot *
slot_add(struct house_cache *cache, uint32_t property)
{
    struct house_slot *slot = calloc(1, sizeof(*slot));
    if (slot == NULL)
        return NULL;
    slot->property = property;
    arena_init(&slot->arena, HOUSE_MEMORY_MAX);
    slot->next = cache->slots;
    cache->slots = slot;
    return slot;
}

static enum db_status
slot_fill(struct house_cache *cache, struct house_slot *slot, struct store *store, int64_t version)
{
    enum db_status status = store_load_house(store, slot->property, &slot->arena, &slot->entry.house);
    if (status != DB_OK)
        return status;
    if (slot->entry.house.property != NULL) {
        struct str name = slot->entry.house.property->time_zone;
        enum zone_found found = zone_cache_get(cache->zones, name, &slot->entry.zone, &store->err);
        if (found == ZONE_UNKNOWN)
            err_set(&store->err, ERR_DATA, "time zone %.*s is not in the database of this machine", STR_ARG(name));
        if (found != ZONE_FOUND)
            return DB_FAILED;
    }
    slot->entry.version = version;
    slot->filled = true;
    return DB_OK;
}

enum db_status
house_cache_get(struct house_cache *cache, struct store *store, uint32_t property, int64_t version,
                const struct house_entry **ret_entry)
{
    struct house_slot *slot = slot_find(cache, property);
    if (slot == NULL && (slot = slot_add(cache, property)) == NULL) {
        err_set(&store->err, ERR_MEMORY, "no memory for another house");
        return DB_FAILED;
    }
    if (!slot->filled || slot->entry.version != version) {
        slot_empty(slot);
        enum db_status status = slot_fill(cache, slot, store, version);
        if (status != DB_OK) {
            slot_empty(slot);
            return status;
        }
    }
    *ret_entry = &slot->entry;
    return DB_OK;
}

void
house_cache_drop(struct house_cache *cache, uint32_t property)
{
    struct house_slot *slot = slot_find(cache, property);
    if (slot != NULL)
        slot_empty(slot);
}

void
house_cache_note_open(struct house_cache *cache, uint32_t property, int32_t today)
{
    struct house_slot *slot = slot_find(cache, property);
    if (slot != NULL)
        slot->entry.open_on = today;
}

void
house_cache_note_turned(struct house_cache *cache, uint32_t property, int32_t clock_date)
{
    struct house_slot *slot = slot_find(cache, property);
    if (slot != NULL)
        slot->entry.turned_on = clock_date;
}
