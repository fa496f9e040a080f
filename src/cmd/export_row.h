/* What an export says of a room, a booking and an event: rows of CSV with a fixed order of columns, or lines of JSON.
 *
 * Columns are named in the first row of a CSV file; their order and names are part of the interface, new ones are added
 * at the end. JSON lines are the bodies of the HTTP interface, and behind their members, under the names of the
 * columns, what other objects are called that they name by id. An id is of use only to the database it came from:
 * import reads the names. It refuses to know where rows go. Everything may be called on any thread; text latches. */
#ifndef NIGHTLATCH_CMD_EXPORT_ROW_H
#define NIGHTLATCH_CMD_EXPORT_ROW_H

#include "core/house.h"
#include "store/store.h"
#include "util/csv.h"

enum export_kind { EXPORT_ROOMS, EXPORT_BOOKINGS, EXPORT_LOG };

/* The first row of a CSV file of this kind. */
void export_row_header(struct text *text, enum export_kind kind);

/* Each appends one whole line. `house` is the one that the object belongs to; in the log of the installation its
 * property is NULL. */
void export_row_room(struct text *text, bool json, const struct house *house, const struct room *room);
void export_row_booking(struct text *text, bool json, const struct house *house, const struct booking *booking,
                        const struct guest_details *guest);
void export_row_event(struct text *text, bool json, uint32_t property, const struct store_event *event);

#endif
