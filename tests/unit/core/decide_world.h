/* The house that tests of the deciders act in, and short ways to act in it.
 *
 * Rooms 101 and 102 sold by the night, an annex with room 201 alone, a dormitory of 2 beds (a count), and classrooms A1
 * (8 guests) and A2 (20 guests) let by the minute. Every command runs on the model twice, on what it wants and on
 * everything there is, and must come to the same; every invariant is checked after it. */
#ifndef NIGHTLATCH_TESTS_UNIT_CORE_DECIDE_WORLD_H
#define NIGHTLATCH_TESTS_UNIT_CORE_DECIDE_WORLD_H

#include "tests/support/house_model.h"
#include "tests/unit/test.h"

struct world {
    struct house_model model;
    struct arena arena;
    struct decision last; /* of the latest command */
    struct id twin, annex, bed, class;
    struct id room_101, room_102, room_201, room_a1, room_a2;
};

extern const struct actor desk;    /* front desk */
extern const struct actor manager; /* another member of staff */
extern const struct actor teacher; /* a booker */
extern const struct actor pupil;   /* another booker */

void world_init(struct world *w);
void world_done(struct world *w);

/* The type, to be changed before the first command. */
struct room_type *world_type(struct world *w, struct id type);
struct room *world_room(struct world *w, struct id room);

/* Legs: days after today; minutes after tomorrow's midnight. Party 1. */
struct leg nights(struct id type, struct id room, int from, int until);
struct leg pinned(struct id room, int from, int until);
struct leg minutes(struct id type, struct id room, int from_min, int until_min);

/* Runs the command, fails the test when anything breaks, and returns how it ended. */
enum outcome world_run(struct world *w, const struct command *command);

/* The same, but tells what broke in model.why instead. */
enum outcome world_try(struct world *w, const struct command *command);

/* A booking of one leg; the id of the booking, if there is one, in *ret_id (may be NULL). */
enum outcome book(struct world *w, struct actor actor, struct leg leg, struct id *ret_id);
enum outcome book_unpaid(struct world *w, struct actor actor, struct leg leg, struct id *ret_id);
enum outcome book_legs(struct world *w, struct actor actor, const struct leg *legs, size_t count);
enum outcome book_held(struct world *w, struct actor actor, struct leg leg, struct id held, struct id *ret_id);
enum outcome amend_nights(struct world *w, struct actor actor, struct id booking, int from, int until);
enum outcome confirm(struct world *w, struct actor actor, struct id booking, struct str reason);
enum outcome cancel(struct world *w, struct actor actor, struct id booking);
/* A command of struct booking_step, without a reason. */
enum outcome step(struct world *w, struct actor actor, enum command_kind kind, struct id booking);
enum outcome hold(struct world *w, struct actor actor, struct leg leg, int32_t quantity, struct id *ret_id);
enum outcome extend(struct world *w, struct actor actor, struct id held, int64_t ttl_ms);
enum outcome release(struct world *w, struct actor actor, struct id held);
enum outcome confirm_hold(struct world *w, struct actor actor, struct id held, struct id *ret_id);
enum outcome sweep(struct world *w);

/* The rooms of bookings; dates are days after today. A claim that is given is pinned, with assign_loosely() it is not.
 */
enum outcome extend_stay(struct world *w, struct actor actor, struct id booking, int until);
enum outcome assign(struct world *w, struct actor actor, struct id booking, struct id room);
enum outcome assign_loosely(struct world *w, struct actor actor, struct id booking, struct id room);
enum outcome unassign(struct world *w, struct actor actor, struct id booking);
enum outcome move(struct world *w, struct actor actor, struct id booking, struct id room);
enum outcome move_part(struct world *w, struct actor actor, struct id booking, struct id room, int from, int until);
enum outcome swap(struct world *w, struct actor actor, struct id booking, struct id other);
/* A walk-in for so many nights; the span of the leg is not looked at. */
enum outcome walk_in(struct world *w, struct actor actor, struct leg leg, int nights, bool overrides,
                     struct id *ret_id);
enum outcome check_in(struct world *w, struct actor actor, struct id booking);
enum outcome check_in_to(struct world *w, struct actor actor, struct id booking, struct id room, bool overrides);
enum outcome undo_check_in(struct world *w, struct actor actor, struct id booking);
enum outcome check_out(struct world *w, struct actor actor, struct id booking);
enum outcome undo_check_out(struct world *w, struct actor actor, struct id booking);
/* Who comes along: somebody new, somebody who is known, and not any more. */
enum outcome add_guest(struct world *w, struct actor actor, struct id booking, struct id *ret_guest);
enum outcome add_known_guest(struct world *w, struct actor actor, struct id booking, struct id guest);
enum outcome remove_guest(struct world *w, struct actor actor, struct id booking, struct id guest);
enum outcome pin(struct world *w, struct actor actor, struct id booking, bool pinned);

/* The kind of the latest command's event number `index`, the lapsed ones included; empty beyond the last. */
struct str event_kind(const struct world *w, size_t index);
#define assert_event(w, index, name) assert_true(str_equal(event_kind((w), (index)), STR(name)))

/* Something in the room is broken from now on. */
void world_break(struct world *w, struct id room);

/* So many nights go by. */
void world_pass_days(struct world *w, int32_t days);

/* Where the booking or hold is: its room, or none. */
struct id room_of(const struct world *w, struct id owner);
#define assert_room(w, owner, room) assert_true(id_equal(room_of((w), (owner)), (room)))

const struct booking *booking_of(const struct world *w, struct id id);
const struct hold *hold_of(const struct world *w, struct id id);
#define assert_status(w, id, expected) assert_int_equal(booking_of((w), (id))->status, (expected))

#endif
