/* What an event of a booking did to its stay in one room, as the log has it.
 *
 * A body shows the state after the event; what was there before is in the body of the event before it, which an index
 * finds. For whoever shows the history of a room; it refuses to say which events are part of one (core/room_history.h
 * did, when they were decided). */
#ifndef NIGHTLATCH_ENGINE_ROOM_HISTORY_H
#define NIGHTLATCH_ENGINE_ROOM_HISTORY_H

#include "core/booking.h"
#include "store/store.h"

/* The booking before its event and after it, with their claims; `before` has none where that is its first event. Texts
 * and claims are in the arena. Fails with store->err where the log can't be read. */
struct room_change {
    struct booking before, after;
};
enum db_status room_history_read(struct store *store, const struct property *property, const struct store_event *event,
                                 struct arena *arena, struct room_change *ret_change) STORE_CHECKED;

#endif
