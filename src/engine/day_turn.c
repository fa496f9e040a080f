/* The end of a business day, where the property leaves that to the clock and the audit together. Asked of every
 * command, so the common case is two comparisons; what is found on a day that can't be closed yet is remembered with
 * the house.
 */
#include "core/decide.h"
#include "engine/engine_intern.h"
#include "engine/facts_load.h"

/* Whether the clock says that the date should have moved on, and it has not been seen to already that it can't. */
static bool
is_due(const struct house_entry *house, int64_t now_ms, int32_t *ret_clock_date)
{
    const struct property *property = house->house.property;
    if (property == NULL || property->night_audit != NIGHT_AUDIT_AUTOMATIC)
        return false;
    *ret_clock_date = facts_clock_date(property, house->zone, now_ms);
    return *ret_clock_date > property->business_date && house->turned_on != *ret_clock_date;
}

enum db_status
day_turn(struct engine *engine, struct batch *batch, struct batch_head *head, const struct house_entry **house,
         struct arena *arena)
{
    int32_t clock_date;
    if (!is_due(*house, head->now_ms, &clock_date))
        return DB_OK;
    struct command command = {.kind = COMMAND_TURN_DAY, .actor = {.name = STR("system")}, .property = head->property};
    struct facts_load load = {.store = &engine->store,
                              .property = head->property,
                              .house = *house,
                              .command = &command,
                              .now_ms = head->now_ms,
                              .arena = arena};
    struct facts facts;
    struct decision decision;
    struct store_event *rows;
    enum db_status status = facts_load(&load, &facts);
    if (status == DB_OK)
        status = command_make_fresh(engine, &command, head, arena, &facts);
    if (status != DB_OK)
        return status;
    decide(&facts, &command, arena, &decision);
    if (decision.out_of_memory)
        return engine_out_of_memory(engine);
    if (decision.event_count == 0) {
        house_cache_note_turned(engine->houses, head->property, clock_date);
        return DB_OK;
    }
    status = command_write_part(engine, batch, head, &decision, 0, decision.change_count, 0, decision.event_count,
                                &(*house)->house, command.actor.name, STR(""), arena, &rows);
    if (status == DB_OK)
        status = house_cache_get(engine->houses, &engine->store, head->property, head->head.house_version, house);
    if (status == DB_OK)
        house_cache_note_turned(engine->houses, head->property, clock_date);
    return status;
}
