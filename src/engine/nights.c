/* One change and one event per type that has nights to open. */
#include "engine/nights.h"

static enum db_status
out_of_memory(struct store *store)
{
    err_set(&store->err, ERR_MEMORY, "no memory for the nights to open");
    return DB_FAILED;
}

static enum db_status
open_type(struct store *store, uint32_t property, const struct room_type *type, int32_t today, struct arena *arena,
          struct decision *decision)
{
    struct night last;
    if (type->sold_by != SOLD_BY_NIGHT)
        return DB_OK;
    enum db_status status = store_last_night(store, property, type->id, &last);
    if (status != DB_OK || last.date + 1 >= today + HORIZON_DAYS)
        return status == DB_NO_ROW ? DB_OK : status;
    struct nights_set *nights = ARENA_NEW(arena, struct nights_set);
    if (nights == NULL)
        return out_of_memory(store);
    *nights = (struct nights_set){.room_type = type->id,
                                  .from = last.date + 1,
                                  .until = today + HORIZON_DAYS,
                                  .units = last.units,
                                  .allowance = last.allowance};
    decision->changes[decision->change_count++] = (struct change){.kind = CHANGE_NIGHTS_OPEN, .nights = *nights};
    decision->events[decision->event_count++] = (struct event){.kind = STR("inventory.opened"),
                                                               .subject_kind = ID_ROOM_TYPE,
                                                               .subject = type->id,
                                                               .state = EVENT_OF_INVENTORY,
                                                               .nights = nights};
    return DB_OK;
}

enum db_status
nights_decide(struct store *store, uint32_t property, const struct house *house, int32_t today, struct arena *arena,
              struct decision *ret_decision)
{
    *ret_decision = (struct decision){.changes = ARENA_ARRAY(arena, house->type_count, struct change),
                                      .events = ARENA_ARRAY(arena, house->type_count, struct event)};
    if (ret_decision->changes == NULL || ret_decision->events == NULL)
        return out_of_memory(store);
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < house->type_count; i++)
        status = open_type(store, property, &house->types[i], today, arena, ret_decision);
    return status;
}
