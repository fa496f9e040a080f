/* What the files of the desk share: its oracle, and how a step with all that it comes to is listed. For them alone. */
#ifndef NIGHTLATCH_TESTS_SIM_EXPLORER_DESK_H
#define NIGHTLATCH_TESTS_SIM_EXPLORER_DESK_H

#include "tests/sim/explorer_list.h"

enum { DESK_STAYS = STATE_OBJECTS + 1 };

struct desk {
    struct state_object stays[DESK_STAYS]; /* all of the state, closures too, in its order; a new one last */
    size_t count;
    struct state_room rooms[STATE_ROOMS];
};

/* --- the oracle --- */

/* Has nothing any more: its guests have left, or did not come. */
bool desk_is_gone(const struct state_object *stay);
/* Its guests are still to come. */
bool desk_is_expected(const struct state_object *stay);
bool desk_has_tonight(const struct state_object *stay);

/* May one of the stays, or a closure, be as it is now? With `displaces` those in its room who can move make way. */
enum outcome desk_settle(struct desk *desk, size_t number, bool displaces);

bool desk_is_occupied(const struct desk *desk, int room);
/* Inspected, and nothing is broken; whoever is in it. */
bool desk_is_ready(const struct desk *desk, int room);
/* Would somebody who is still to come be sent tonight to a room in which something is broken? */
bool desk_is_broken_tonight(const struct desk *desk, const struct state_object *stay, int room);

/* --- steps --- */

/* What a step comes to: `after` when it is accepted, and else what was there before. */
void desk_predict(struct lister *l, struct step *step, enum outcome outcome, const struct desk *after);

/* Only managers override. */
struct step *desk_add_step(struct lister *l, enum command_kind kind, bool overrides);
struct str desk_reason(bool overrides);

/* A step for two bookings at once, all or nothing; the caller says what it comes to. */
struct step *desk_add_pair(struct lister *l, enum command_kind kind, size_t first, size_t second);

/* Of an object of the state; of room 1 or 2, none for 0. */
struct id desk_id(const struct lister *l, size_t number);
struct id desk_room_id(const struct lister *l, int room);

/* Cleaning, mending and closing rooms, and what becomes of one that is closed. */
void list_desk_rooms(struct lister *l, const struct desk *before);
void list_desk_closure(struct lister *l, const struct desk *before, size_t number);
/* Which room a booking has. */
void list_desk_rooming(struct lister *l, const struct desk *before, size_t number);
/* How a booking ends without its guests, and who comes along. */
void list_desk_guests(struct lister *l, const struct desk *before, size_t number);

#endif
