/* A state of the explorer's world: what is alive in 2 rooms over 3 nights, and nothing that can't matter any more.
 *
 * Two states that differ only in what is named below are one state, because no later decision can tell them apart:
 *   - ids, codes, guests, versions: nothing is decided by their value (if_version is not used here);
 *   - ended bookings and holds, but for a NO_SHOW, which may come back: whoever names one is refused, which the unit
 *     tests cover, and nothing else sees them;
 *   - the owner of a booking: both clients are staff, and staff act on everybody's bookings;
 *   - which client is which: owners are only ever compared for being the same;
 *   - which room is which: the rooms are equal, and with two of them a stay that must leave one can only go to the
 *     other, so that there is no choice that the order of rooms could sway; not at the desk, where the house has a
 *     choice of ready rooms, so that each keeps its name there;
 *   - absolute time: only how many ticks something has left, with every ttl a whole number of ticks.
 * A state is walked by rebuilding a house from it. */
#ifndef NIGHTLATCH_TESTS_SIM_EXPLORER_STATE_H
#define NIGHTLATCH_TESTS_SIM_EXPLORER_STATE_H

#include "tests/support/house_model.h"

enum {
    STATE_NIGHTS = 3,
    STATE_SPANS = 6, /* the stays within 3 nights */
    STATE_ROOMS = 2,
    STATE_CLIENTS = 2,
    STATE_OBJECTS = 8, /* 6 one-night units, and what a group could add */
};

#define STATE_TICK_MS INT64_C(60000) /* a hold's and an unpaid booking's time; extending gives two */

struct state {
    uint16_t objects[STATE_OBJECTS]; /* sorted, 0 for none; see explorer_state.c */
    uint16_t rooms;                  /* how clean each is; 0 when both are ready */
};

/* What is alive, unpacked. Rooms are numbers, 0 for none. */
struct state_object {
    bool is_hold, unpaid, pinned;
    bool given_up; /* a NO_SHOW, which can be taken up again; its room is the one it lost */
    bool left;     /* CHECKED_OUT today, which can be undone; its room is the one that was left */
    int span;
    int room;
    int in_room; /* where its guests are */
    int ticks;
    int owner;
    int quantity;
};

extern const struct str state_clients[STATE_CLIENTS];

/* The span with that number, 0 to STATE_SPANS - 1, and the number of one. */
struct span state_span(int number);
int state_span_number(struct span span);

/* A state and what is in it, in any order and back in that of the state; `rooms` from room 1 on. */
struct state state_pack(const struct state_object *objects, size_t count, const enum cleanliness rooms[STATE_ROOMS]);
struct state_object state_object(const struct state *state, size_t number);
enum cleanliness state_cleanliness(const struct state *state, int room);

/* The empty world; a house that is in the state, its bookings and holds in the order of the state; and what that house
 * must be like, with the same ids, once all that has lapsed is ended. The core has no part in either. */
void state_init_house(struct house_model *ret_model);
void state_to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model);
void state_to_swept_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model);

/* The number of a room, 1 or 2; 0 for none. */
int state_room_number(const struct house_model *model, struct id room);

/* The state a house is in; with `alike` rooms and clients that could be called by each other's names are not told
 * apart. False when it has more objects than a state can hold. */
bool state_from_house(const struct house_model *model, bool alike, struct state *ret_state);

size_t state_count(const struct state *state);

/* In words, for whoever reads what broke. */
void state_tell(const struct state *state, char *text, size_t size);

#endif
