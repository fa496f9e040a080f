/* Two states of one booking, read from the log. */
#include "engine/room_history.h"

#include "engine/state_read.h"

static enum db_status
read_booking(struct store *store, const struct property *property, const struct store_event *event, struct arena *arena,
             struct booking *ret_booking)
{
    struct state state;
    if (!state_read_event(EVENT_OF_BOOKING, event->v, event->body, property, arena, &state, &store->err))
        return DB_FAILED;
    *ret_booking = state.booking;
    return DB_OK;
}

enum db_status
room_history_read(struct store *store, const struct property *property, const struct store_event *event,
                  struct arena *arena, struct room_change *ret_change)
{
    struct store_event before;
    *ret_change = (struct room_change){.before = {.version = 0}};
    enum db_status status = read_booking(store, property, event, arena, &ret_change->after);
    if (status != DB_OK)
        return status;
    status = store_load_event_before(store, property->number, event->subject, event->seq, arena, &before);
    if (status == DB_NO_ROW)
        return DB_OK;
    return status == DB_OK ? read_booking(store, property, &before, arena, &ret_change->before) : status;
}
