/* A room as a caller may see it: with the words of its texts, and with who is in it for those who see all bookings. */
#ifndef NIGHTLATCH_API_ROOM_TEXT_H
#define NIGHTLATCH_API_ROOM_TEXT_H

#include "api/call.h"
#include "util/json_write.h"

/* Writes the object; what is going on in the room is in *ret_state then. DB_OK, or how reading failed, with nothing
 * written. `room` is of the house of the reader's snapshot. */
enum db_status room_text_write(struct call *call, struct reader *reader, struct json_writer *writer,
                               const struct property *property, const struct room *room,
                               struct room_state *ret_state) STORE_CHECKED;

/* The state of a room in an event's body with what the log does not have and whoever reads the room sees: the words of
 * its texts, and, for those who see all bookings, who the bookings are that a fault affects. Words that came with the
 * request are its own; the others, and names, want a reader, and are left out where it is NULL. */
void room_text_put_logged(struct text *text, struct call *call, struct reader *reader, struct str body);

/* Whether there is anything in it that wants a reader. */
bool room_text_wants_reader(struct str body);

#endif
