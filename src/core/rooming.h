/* Which rooms a stay is to have, night after night: the stretches that its claims become.
 *
 * Pure arithmetic on spans: a stay is tiled by stretches without gap or overlap, from
 * its arrival on or from when it was given a room after that, and a command on its rooms replaces a
 * part of them. It refuses to know whether a room is free; that is capacity.h's. What a command is to load and what the
 * decision then does come from the same function, so that they can't disagree. */
#ifndef NIGHTLATCH_CORE_ROOMING_H
#define NIGHTLATCH_CORE_ROOMING_H

#include "core/facts.h"

/* One stretch of a booking in one room; by the minute the slot without its turnaround. */
struct stretch {
    struct id room;
    struct span span; /* ms */
    bool pinned;
};

struct rooming {
    struct id booking;
    struct stretch *stretches; /* in order, as the booking's claims are to be */
    size_t count;
};

enum { ROOMING_BOOKINGS_MAX = 2 }; /* of one command */

/* The booking's rooms with `part` of it (within its interval) in `room`; what is outside stays as it is. Of a booking
 * without claims, the part is all that it has. Neighbouring stretches of one room become one. In the arena; 0 when it
 * is full. */
size_t rooming_replace(const struct booking *booking, struct span part, struct id room, bool pinned,
                       struct arena *arena, struct stretch **ret_stretches);

/* The booking's rooms for another interval: the last stretch reaches further, or ends earlier, and so does the first
 * where it begins with the booking; those that lie outside go. A booking without claims has none. 0, too, when the
 * arena is full. */
size_t rooming_reach(const struct booking *booking, struct span span, struct arena *arena,
                     struct stretch **ret_stretches);

/* The one room that the booking has for all of the part; false when it has none or several. */
bool rooming_find_room(const struct booking *booking, struct span part, struct stretch *ret_stretch);

/* The stretch in which the instant lies, or the last that began before it; false when none did. */
bool rooming_stretch_on(const struct stretch *stretches, size_t count, int64_t at, struct stretch *ret_stretch);

/* The part that a move is for: as asked, or what is still to come. */
struct span rooming_moved_part(const struct move_booking *move, const struct booking *booking, int32_t today);

/* Does an amendment for this interval keep the rooms and only reach further or less far in them: of a stay whose nights
 * to come several rooms share, whose guests are in the house, or that is to end in what is over of it? */
bool rooming_keeps_rooms(const struct booking *booking, struct span span, int32_t today);

/* What each booking's rooms are to be after this command: 0 to ROOMING_BOOKINGS_MAX of them; 0 too where it names
 * something that is not there, or asks for what can't be, which the decision finds before it comes here. The span of a
 * booking that is amended is the new one. */
size_t rooming_of_command(const struct command *command, const struct facts *facts, struct arena *arena,
                          struct rooming ret_roomings[ROOMING_BOOKINGS_MAX]);

#endif
