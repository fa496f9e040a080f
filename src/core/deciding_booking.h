/* A step in the life of a booking that exists: who may see it, whether the machine allows the step, and how the step is
 * recorded.
 *
 * For the deciders of bookings. Every step of every booking comes through deciding_record_step(), so that none is
 * without its version and its event. It refuses to know what a step does to stock and rooms. */
#ifndef NIGHTLATCH_CORE_DECIDING_BOOKING_H
#define NIGHTLATCH_CORE_DECIDING_BOOKING_H

#include "core/deciding.h"

/* The working copy; NULL when it was refused: NOT_FOUND where it is not there, or is somebody else's and the caller is
 * not staff; UNAUTHENTICATED for a guest whose link is not one of this booking, or not any more. */
struct booking *deciding_find_visible(struct deciding *d, struct id id);

/* The same for what is the staff's alone: NULL too when it was refused with FORBIDDEN, which is asked first. */
struct booking *deciding_find_for_staff(struct deciding *d, struct id id);

/* Version, then state: refuses with VERSION_MISMATCH or INVALID_TRANSITION; true when it was refused. */
bool deciding_refuse_step(struct deciding *d, const struct booking *booking, enum booking_command command);

/* The first night or minute has come. */
bool deciding_has_begun(const struct deciding *d, const struct booking *booking);

/* Refuses with the rule "already_started" a caller who is not staff; true when it was refused. */
bool deciding_refuse_begun(struct deciding *d, const struct booking *booking);

/* The words as a text of their own, which an event can name; NULL when nothing was said. Uses a fresh id. */
const struct free_text *deciding_put_reason(struct deciding *d, struct str words);

/* Raises the version, sets the status, and records the row and the event of that step; `reason` may be empty. The step
 * must be one of the machine's. Returns the reason's text, for what else is recorded of this step; NULL for none. */
const struct free_text *deciding_record_step(struct deciding *d, struct booking *booking, enum booking_command command,
                                             enum booking_status to, struct str reason);

/* Says in the event that was recorded last that a rule was overridden, and as what the caller did. */
void deciding_mark_override(struct deciding *d, bool overrides);

#endif
