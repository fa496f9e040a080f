/* A small house for the tests of deciders: types, rooms, nights and what is booked in them, put together by hand.
 *
 * It refuses to check anything: a test may build a house that could not be. Ids are handed out in rising order, so
 * that arrays are sorted by id as facts promise. */
#ifndef NIGHTLATCH_TESTS_UNIT_CORE_HOUSE_WORLD_H
#define NIGHTLATCH_TESTS_UNIT_CORE_HOUSE_WORLD_H

#include "core/deciding_overcommit.h"

enum { WORLD_TODAY = 20779, WORLD_TYPES_MAX = 6, WORLD_ROOMS_MAX = 16, WORLD_ITEMS_MAX = 16, WORLD_FRESH_MAX = 16 };
#define WORLD_NOW_MS ((int64_t)WORLD_TODAY * DATE_DAY_MS + 36000000)

struct house_world {
    struct arena arena;
    struct property property;
    struct room_type types[WORLD_TYPES_MAX];
    struct stock stocks[WORLD_TYPES_MAX];
    struct night nights[WORLD_TYPES_MAX][HORIZON_DAYS];
    struct room rooms[WORLD_ROOMS_MAX];
    struct room_state room_states[WORLD_ROOMS_MAX]; /* of all of them, in the same order */
    struct claim claims[WORLD_ITEMS_MAX];
    struct claim blockers[WORLD_ITEMS_MAX];
    struct loose loose[WORLD_ITEMS_MAX];
    struct booking bookings[WORLD_ITEMS_MAX];
    struct hold holds[WORLD_ITEMS_MAX];
    struct overcommit overcommits[WORLD_ITEMS_MAX]; /* those the test puts there; facts.overcommit_count counts them */
    struct id fresh[WORLD_FRESH_MAX];
    uint64_t next_id;
    struct facts facts;
    struct command command;
    struct decision decision;
};

/* A property without anything. Everything the world hands out lives until world_done(). */
void world_init(struct house_world *world);
void world_done(struct house_world *world);

struct id world_id(struct house_world *world);

/* A type with open nights but no units (by the night), its fields those of an ordinary one. */
struct id world_add_type(struct house_world *world, const char *name, enum sold_by sold_by, enum stock_kind stock);

/* A room in building "Main", counted in its type's nights. All types before all rooms. */
struct id world_add_room(struct house_world *world, struct id type, const char *number);

/* The night of a type, to be changed by the test. */
struct night *world_night(struct house_world *world, struct id type, int32_t date);

/* A pinned stay [from, until) in days after today, on a room: a claim, sold and fixed in the room's type. */
struct id world_add_pinned(struct house_world *world, struct id room, int32_t from, int32_t until);

/* The same, but not pinned: a claim that may be moved to another room of the type. */
struct id world_add_unpinned(struct house_world *world, struct id room, int32_t from, int32_t until);

/* A stay that has no room yet: sold, and loose. */
struct id world_add_unassigned(struct house_world *world, struct id type, int32_t from, int32_t until);

/* Runs one decider on the world's command from a fresh start; the decision is in the world. */
void world_decide(struct house_world *world, void (*decider)(struct deciding *d));

/* The only change (event) of this kind in the decision; NULL when there is none or more than one. */
const struct change *world_only_change(const struct house_world *world, enum change_kind kind);
const struct event *world_only_event(const struct house_world *world, const char *kind);

#endif
