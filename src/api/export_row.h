/* What an export says of a room type, a room, a guest, a booking, a movement of money and an event:
 * rows of CSV with a fixed order of
 * columns, or lines of JSON.
 *
 * Columns are named in the first row of a CSV file; their order and names are part of the interface, new ones are added
 * at the end. JSON lines are the bodies of the HTTP interface, and behind their members, under the names of the
 * columns, what other objects are called that they name by id. An id is of use only to the database it came from:
 * import reads the names. It refuses to know where rows go. Everything may be called on any thread; text latches. */
#ifndef NIGHTLATCH_API_EXPORT_ROW_H
#define NIGHTLATCH_API_EXPORT_ROW_H

#include "core/house.h"
#include "engine/state.h"
#include "engine/takings.h"
#include "store/store.h"
#include "util/csv.h"

enum export_kind { EXPORT_ROOM_TYPES, EXPORT_ROOMS, EXPORT_GUESTS, EXPORT_BOOKINGS, EXPORT_TAKINGS, EXPORT_LOG };

/* The first row of a CSV file of this kind. */
void export_row_header(struct text *text, enum export_kind kind);

/* A room, what is going on in it, and the words of its texts. */
struct export_room {
    const struct room *room;
    const struct room_state *state;
    struct state_room_view view;
};

/* Each appends one whole line; nothing of a guest who was erased. `house` is the one that the object belongs to; in the
 * log of the installation its property is NULL. */
void export_row_room_type(struct text *text, bool json, const struct house *house, const struct room_type *type);
void export_row_room(struct text *text, bool json, const struct house *house, const struct export_room *of);
void export_row_guest(struct text *text, bool json, const struct house *house, const struct guest *guest);
void export_row_booking(struct text *text, bool json, const struct house *house, const struct booking *booking,
                        const struct guest_details *guest);
/* A line for every room of the house, which is a whole one, as it is in the store's snapshot. */
enum db_status export_row_rooms(struct text *text, bool json, const struct house *house, struct store *store,
                                struct arena *arena) STORE_CHECKED;
void export_row_taking(struct text *text, bool json, const struct house *house, const struct taking *taking,
                       const struct taking_payer *payer);
void export_row_event(struct text *text, bool json, uint32_t property, const struct store_event *event);

#endif
