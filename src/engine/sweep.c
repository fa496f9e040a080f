/* What time does by itself: holds and bookings lapse, nights come within the horizon. It only tidies; what has lapsed
 * is in nobody's way before it was here. */
#include "core/decide.h"
#include "engine/engine_intern.h"
#include "engine/facts_load.h"

static enum db_status
sweep_property(struct engine *engine, struct batch *batch, uint32_t property, size_t *ret_ended)
{
    struct batch_head *head;
    enum db_status status = batch_take_head(engine, batch, property, &head);
    const struct house_entry *house;
    if (status == DB_OK)
        status = house_cache_get(engine->houses, &engine->store, property, head->head.house_version, &house);
    if (status != DB_OK)
        return status;
    struct arena *arena = &engine->scratch;
    struct decision decision;
    status = day_turn(engine, batch, head, &house, arena);
    if (status == DB_OK)
        status = command_open_nights(engine, batch, head, house, arena);
    if (status != DB_OK || head->next_expiry > head->now_ms)
        return status;
    struct command command = {.kind = COMMAND_SWEEP, .actor = {.name = STR("system")}, .property = property};
    struct facts_load load = {.store = &engine->store,
                              .property = property,
                              .house = house,
                              .command = &command,
                              .now_ms = head->now_ms,
                              .arena = arena};
    struct facts facts;
    status = facts_load_lapsed(&load, ENGINE_SWEEP_LIMIT, &facts);
    if (status == DB_OK)
        status = command_make_fresh(engine, &command, head, arena, &facts);
    if (status != DB_OK)
        return status;
    decide(&facts, &command, arena, &decision);
    if (decision.out_of_memory)
        return engine_out_of_memory(engine);
    *ret_ended += decision.lapsed_events;
    return command_write_lapsed(engine, batch, head, &decision, &house->house, arena);
}

/* One transaction per property: a sweep never makes a command of another property wait for long. */
static size_t
sweep_in_transaction(struct engine *engine, uint32_t property)
{
    size_t ended = 0;
    struct batch batch = {.count = 0};
    arena_reset(&engine->scratch);
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    if (status == DB_OK)
        status = sweep_property(engine, &batch, property, &ended);
    if (status == DB_OK)
        status = batch_save_heads(engine, &batch);
    batch_withdraw_heads(engine, &batch);
    if (status == DB_OK)
        status = db_commit(engine->store.connection, &engine->store.err);
    if (status == DB_OK) {
        batch_publish_heads(engine, &batch);
        if (batch.wrote && engine->settings.on_commit != NULL)
            engine->settings.on_commit(engine->settings.user);
        return ended;
    }
    engine_log_failure(engine, "sweep failed", status);
    batch_forget_undone(engine, &batch);
    if (status == DB_UNKNOWN)
        engine_go_fatal(engine);
    else if (db_in_transaction(engine->store.connection)) {
        struct err ignored;
        (void)db_rollback(engine->store.connection, &ignored);
    }
    return 0;
}

size_t
engine_sweep(struct engine *engine)
{
    struct arena arena;
    struct property *properties;
    size_t property_count, ended = 0;
    arena_init(&arena, engine->settings.work_limit);
    if (store_list_properties(&engine->store, &arena, &properties, &property_count) == DB_OK)
        for (size_t i = 0; i < property_count && !engine->failed; i++)
            ended += sweep_in_transaction(engine, properties[i].number);
    arena_done(&arena);
    if (ended > 0 && engine->settings.log != NULL)
        log_line(engine->settings.log, LOG_INFO, "hold expired", LOG_I64("cleaned", (int64_t)ended), LOG_END);
    return ended;
}
