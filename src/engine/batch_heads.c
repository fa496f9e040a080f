/* The heads of the properties that a batch touches: taken before anything else is read, saved before the commit. */
#include <assert.h>

#include "engine/engine_intern.h"

enum db_status
batch_take_head(struct engine *engine, struct batch *batch, uint32_t property, struct batch_head **ret_head)
{
    for (size_t i = 0; i < batch->head_count; i++) {
        if (batch->heads[i].property == property) {
            *ret_head = &batch->heads[i];
            return DB_OK;
        }
    }
    assert(batch->head_count < HEADS_MAX);
    struct batch_head *head = &batch->heads[batch->head_count];
    *head = (struct batch_head){.property = property};
    enum db_status status = store_load_head(&engine->store, property, &head->head);
    if (status == DB_OK)
        status = store_next_expiry(&engine->store, property, &head->next_expiry);
    if (status != DB_OK)
        return status;
    if (engine->settings.guard != NULL)
        clock_guard_see_head(engine->settings.guard, head->head.decided_at);
    int64_t now = clock_now_ms(engine->settings.clock);
    head->now_ms = now > head->head.decided_at ? now : head->head.decided_at;
    batch->head_count++;
    *ret_head = head;
    return DB_OK;
}

enum db_status
batch_save_heads(struct engine *engine, struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++) {
        struct batch_head *head = &batch->heads[i];
        if (!head->changed)
            continue;
        head->head.decided_at = head->now_ms;
        enum db_status status = store_save_head(&engine->store, head->property, &head->head);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

void
batch_withdraw_heads(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++)
        if (batch->heads[i].changed)
            refusal_cache_withdraw(engine->refusals, batch->heads[i].property);
}

void
batch_publish_heads(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++)
        refusal_cache_publish(engine->refusals, batch->heads[i].property, &batch->heads[i].head);
}

void
batch_forget_undone(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++)
        house_cache_drop(engine->houses, batch->heads[i].property);
    if (key_filter_has_turned(engine->keys)) {
        key_filter_unload(engine->keys);
        atomic_store(&engine->stats.keys_loading, 1);
        engine->key_loading = (struct key_loading){.done = false};
    }
}
