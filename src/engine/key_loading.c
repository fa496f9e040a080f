/* The keys that were stored before the start, read into the filter a stretch at a time. */
#include "engine/engine_intern.h"

enum { KEYS_AT_ONCE = 4000 /* stored keys read per step */ };

static enum db_status
load_keys(struct engine *engine)
{
    struct key_loading *loading = &engine->key_loading;
    unsigned char(*keys)[STORE_KEY_BYTES] = arena_alloc_array(&engine->scratch, KEYS_AT_ONCE, sizeof(*keys));
    size_t count = 0;
    if (keys == NULL)
        return engine_out_of_memory(engine);
    enum db_status status = loading->day == 0 ? store_load_key_day(&engine->store, &loading->day) : DB_OK;
    if (status == DB_OK)
        status = store_list_keys(&engine->store, loading->table, &loading->place, KEYS_AT_ONCE, keys, &count);
    if (status != DB_OK)
        return status;
    /* the last day not after that of today whose table it is */
    int64_t day = loading->day - (loading->day - loading->table + STORE_KEY_DAYS) % STORE_KEY_DAYS;
    for (size_t i = 0; i < count; i++)
        key_filter_add(engine->keys, day, keys[i]);
    if (count == KEYS_AT_ONCE)
        return DB_OK;
    loading->place = (struct store_key_place){.property = 0};
    if (++loading->table < STORE_KEY_DAYS)
        return DB_OK;
    loading->done = true;
    key_filter_loaded(engine->keys);
    return DB_OK;
}

void
key_loading_step(struct engine *engine)
{
    if (engine->key_loading.done || engine->failed)
        return;
    arena_reset(&engine->scratch);
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    if (status == DB_OK)
        status = load_keys(engine);
    if (status != DB_OK) {
        engine_log_failure(engine, "stored keys can't be read", status);
        engine->key_loading.done = true;
    }
    if (db_in_transaction(engine->store.connection)) {
        struct err ignored; /* it only read */
        (void)db_rollback(engine->store.connection, &ignored);
    }
    atomic_store(&engine->stats.keys_loading, !engine->key_loading.done);
}
