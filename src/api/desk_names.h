/* What a desk knows things by, beside their ids: the code of a booking and who made it, the number on a door, why a
 * room is closed.
 *
 * Names are looked up when they are asked for, in the snapshot of a reader: the log keeps nobody's, so no event has
 * them, and neither has a refusal, which may be one that was kept. What is not there, or not any more, is empty: a
 * guest who was erased, a room that was taken out. It refuses to decide who may be told. */
#ifndef NIGHTLATCH_API_DESK_NAMES_H
#define NIGHTLATCH_API_DESK_NAMES_H

#include "base/text.h"
#include "core/decision.h"
#include "store/store.h"

struct call;
struct json_writer;
struct reader;

/* Text of the reader's scratch, or of its house: gone when the reader's job ends. */
struct desk_names {
    struct str code, guest_name;     /* of a booking, and of who booked */
    struct str room_number;          /* of the room that it is about */
    struct str closure_kind, reason; /* of a closure */
};

/* Code, guest and room of a booking of the call's property. The room is booking_room(): the one it is in, or is to
 * have. DB_OK, with nothing where there is no such booking, or how reading failed. */
enum db_status desk_names_of_booking(struct call *call, struct reader *reader, const struct house *house, struct id id,
                                     struct desk_names *ret_names) STORE_CHECKED;

/* The same of a booking as a command leaves it, for a reply that shows that state: the room is the state's, which a dry
 * run has stored nowhere. An empty state is that of the stored row. False where reading failed, which is logged, or
 * `reader` is NULL: the reply goes without. */
bool desk_names_of_state(struct call *call, struct reader *reader, struct id booking, struct str state,
                         struct desk_names *ret_names) __attribute__((warn_unused_result));

/* The number of a room; empty for none, and for one that was taken out. */
struct str desk_names_room(const struct house *house, struct id room);

/* As many as refusal->in_the_way has, in its order. NULL where reading failed, which is logged: a refusal is told
 * without. */
const struct desk_names *desk_names_in_the_way(struct call *call, struct reader *reader, const struct refusal *refusal);

/* Members of an object that is open: "code", "guest_name" and "room_number" of a booking; of a closure "room_number",
 * "closure_kind" and "reason"; of a hold the room alone. Empty ones are null. */
void desk_names_write(struct json_writer *writer, enum claim_owner of, const struct desk_names *names);

/* Reopens the object that `text` ends with, and closes it again with those of a booking that is shown there: its code
 * it has already. */
void desk_names_add(struct text *text, const struct desk_names *names);

#endif
