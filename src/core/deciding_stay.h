/* Guests in rooms, for the deciders of the desk: which room they are in, whether a room may be entered, and how they
 * move from one to another.
 *
 * It refuses to know of stock and claims: those are capacity.h's, and are asked for beside. */
#ifndef NIGHTLATCH_CORE_DECIDING_STAY_H
#define NIGHTLATCH_CORE_DECIDING_STAY_H

#include "core/deciding_booking.h"
#include "core/rooming.h"

/* What is going on in the room that this booking's guests are in; NULL when they are in none. */
struct room_state *deciding_room_of_guests(struct deciding *d, struct id booking);

/* Each true when it was refused:
 * NOT_FOUND at the pointer, for a room that is not there; */
bool deciding_refuse_unknown_room(struct deciding *d, struct id id, const char *pointer);
/* VALIDATION_FAILED or TOO_MANY_GUESTS at the pointer, for a room that this booking could not have at all; */
bool deciding_refuse_unfit_room(struct deciding *d, const struct booking *booking, struct id id, const char *pointer);
/* FORBIDDEN at /override, for whoever may not override; */
bool deciding_refuse_override(struct deciding *d, bool overrides);
/* ROOM_NOT_AVAILABLE, because somebody else is in it; no override helps: two parties are never in one room; */
bool deciding_refuse_occupied(struct deciding *d, const struct room_state *room);
/* that, unless it is `leaving` who is in it, or ROOM_NOT_READY, because it is not inspected or has a fault, unless it
 * is overridden; */
bool deciding_refuse_not_ready(struct deciding *d, struct id room, struct id leaving, bool overrides);
/* POLICY_REFUSED "another_day", because the business date has moved on. */
bool deciding_refuse_another_day(struct deciding *d, int32_t on);

/* Says of a refusal that may be insisted on that an override would do; of others nothing. */
void deciding_offer_override(struct deciding *d);

/* Says in the event that was recorded last that the room they come into is out of service, where it is. */
void deciding_warn_out_of_service(struct deciding *d, struct id room);

/* Guests of a booking who go from one room to another. */
struct booking_move {
    struct id booking, from, to;
    const struct free_text *reason; /* of the booking's event, which is said of the rooms too; NULL for none */
};

/* Do the guests have to move for these rooms to be theirs? False when they are in no room, or in the right one. A stay
 * whose nights are all over is where its last one was. */
bool deciding_find_move(struct deciding *d, const struct booking *booking, const struct rooming *rooming,
                        struct booking_move *ret_move);

/* All at once, so that two parties can change places; the rooms that are left are to be cleaned. */
void deciding_guests_move(struct deciding *d, const struct booking_move *moves, size_t count);

#endif
