/* Every object of the domain as JSON: the body of an event in the log, and the same bytes in a reply.
 *
 * One form per object, members in a fixed order, none left out: what does not apply is null. Ids are public ids, dates
 * and instants ISO 8601 (instants in UTC), spans of time whole seconds or minutes as the member's name says.
 * state_read.h is the inverse. It refuses personal data: a booking names its guest by id, because the log is never
 * erased.
 *
 * `property` is the property that the object belongs to; only its number and id are looked at. The writer's text
 * latches when it is full, so nothing here can fail. Values that have no form (a time to live that is not of whole
 * seconds, a stay that is not of whole nights) are bugs. Any thread, one writer at a time. */
#ifndef NIGHTLATCH_ENGINE_STATE_H
#define NIGHTLATCH_ENGINE_STATE_H

#include "core/decision.h"
#include "util/json_write.h"

void state_write_booking(struct json_writer *writer, const struct property *property, const struct booking *booking);
/* The member `name`: those of a booking's claims that are on one room. */
void state_write_claims_on(struct json_writer *writer, const char *name, uint32_t property,
                           const struct booking *booking, struct id room);

void state_write_group(struct json_writer *writer, const struct property *property, const struct group *group);

/* That there is one, and whether they were erased; who they are is nowhere here. */
void state_write_guest(struct json_writer *writer, const struct property *property, const struct guest *guest);

void state_write_hold(struct json_writer *writer, const struct property *property, const struct hold *hold);
void state_write_job(struct json_writer *writer, const struct property *property, const struct job *job);
void state_write_property(struct json_writer *writer, const struct property *property);
void state_write_room_type(struct json_writer *writer, const struct property *property, const struct room_type *type);

/* What is going on in a room, with the status derived from it (core/room_state.h). As an exception, `occupied_by`,
 * `note_id` and `attendant_id` are there only where there is one: they came to the log after its first rooms. */
void state_write_room(struct json_writer *writer, const struct property *property, const struct room *room,
                      const struct room_state *state);

/* For a reader: the words of its texts beside their ids where they are not empty, and without `occupied_by` for those
 * who may not see bookings. */
struct state_room_view {
    struct str fault, note;
    bool hides_occupant;
};
void state_write_room_for(struct json_writer *writer, const struct property *property, const struct room *room,
                          const struct room_state *state, const struct state_room_view *view);

/* Without the words of why, which are in the event. */
void state_write_closure(struct json_writer *writer, const struct property *property, const struct closure *closure);

/* With them; ptr NULL for words that were erased. */
void state_write_closure_for(struct json_writer *writer, const struct property *property, const struct closure *closure,
                             struct str reason);

/* Without its secret, of which not even the hash is told, and without its end, which the booking says. */
void state_write_guest_link(struct json_writer *writer, const struct property *property, const struct guest_link *link);

/* A record of overcommit as it is on each of its nights. */
void state_write_overcommit(struct json_writer *writer, const struct property *property,
                            const struct overcommit *overcommit);

/* What was set over a range of nights; null for what was left as it is. */
void state_write_inventory(struct json_writer *writer, const struct property *property,
                           const struct nights_set *nights);

/* The body of an event: the state it shows, as above, and after it `hold_id` when a hold was confirmed into the
 * booking, `affected` when bookings that arrive were to have a room whose fault is reported, `provider_event_id` when a
 * provider said so, and `deleted` when the subject is gone. `house` is the one of the log that the event goes into; its
 * property is NULL only in the log of property 0, where each event shows a property or something of people. `property`
 * is the number of that log. */
void state_write_event_state(struct json_writer *writer, uint32_t property, const struct house *house,
                             const struct event *event);

/* What follows a member's name in a state that was written here, up to the state's end; `quoted` is the name as it is
 * written, "\"version\":". Empty when there is none. Of several members of that name it is the first, be it a nested
 * one: for names that only the object itself has. */
struct str state_find_member(struct str state, struct str quoted);

/* The room in the state of a booking that was written here, which is booking_room(); none while unassigned. */
struct id state_room_of_booking(struct str booking);

/* The list of companions in the state of a booking that was written here, and one public id after another off it:
 * false when there is none left. */
struct str state_companions(struct str booking);
bool state_next_companion(struct str *list, struct str *ret_id);

#endif
