/* A state of the explorer's world: what is alive in 2 rooms over 3 nights, and nothing that can't matter any more.
 *
 * Two states that differ only in what is named below are one state, because no later decision can tell them apart:
 *   - ids, codes, guests, versions: nothing is decided by their value (if_version is not used here);
 *   - ended bookings and holds, but for a NO_SHOW, which may come back: whoever names one is refused, which the unit
 *     tests cover, and nothing else sees them; so are rooms that were closed and are open again;
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
    STATE_PARTY = 2, /* who books, and one who may be named */
    STATE_NIGHTS = 3,
    STATE_SPANS = 6, /* the stays within 3 nights */
    STATE_ROOMS = 2,
    STATE_CLIENTS = 2,
    STATE_OBJECTS = 8, /* 6 one-night units, and what a group could add */
};

#define STATE_TICK_MS INT64_C(60000) /* a hold's and an unpaid booking's time; extending gives two */

struct state {
    uint32_t objects[STATE_OBJECTS]; /* sorted, 0 for none; see explorer_state.c */
    uint32_t rooms;                  /* how clean each is, and whether something is broken; 0 when both are ready */
};

/* What is alive, unpacked. Rooms are numbers, 0 for none. */
struct state_object {
    bool is_hold, unpaid, unapproved, pinned;
    bool is_closure;  /* of a room that is out of order; always pinned */
    bool given_up;    /* a NO_SHOW, which can be taken up again; its room is the one it lost */
    bool owes;        /* given up, and a fee is kept for it */
    bool left;        /* CHECKED_OUT today, which can be undone; its room is the one that was left */
    bool accompanied; /* somebody is named beside who booked */
    int span;
    int room;
    int in_room; /* where its guests are */
    int ticks;
    int owner;
    int quantity;
};

/* What goes on in a room, beside who is in it. */
struct state_room {
    enum cleanliness cleanliness;
    bool faulty;
};

extern const struct str state_clients[STATE_CLIENTS];
extern const struct price state_price; /* of every booking */

/* The span with that number, 0 to STATE_SPANS - 1, and the number of one. */
struct span state_span(int number);
int state_span_number(struct span span);

/* A state and what is in it, in any order and back in that of the state; `rooms` from room 1 on. */
struct state state_pack(const struct state_object *objects, size_t count, const struct state_room rooms[STATE_ROOMS]);
struct state_object state_object(const struct state *state, size_t number);
struct state_room state_room(const struct state *state, int room);

/* The empty world; a house that is in the state, its bookings and holds in the order of the state; and what that house
 * must be like, with the same ids, once all that has lapsed is ended. The core has no part in either. */
void state_init_house(struct house_model *ret_model);
void state_to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model);
void state_to_swept_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model);

/* The id of an object of the state in a house that was made from it; and of the guest of a booking, and of the one who
 * comes along with it. */
struct id state_id(const struct state *state, const struct house_model *model, size_t number);
struct id state_guest_id(struct id booking);
struct id state_companion_id(struct id booking);

/* The number of a room, 1 or 2; 0 for none. */
int state_room_number(const struct house_model *model, struct id room);

/* The state a house is in; with `alike` rooms and clients that could be called by each other's names are not told
 * apart. False when it has more objects than a state can hold. */
bool state_from_house(const struct house_model *model, bool alike, struct state *ret_state);

size_t state_count(const struct state *state);

/* In words, for whoever reads what broke. */
void state_tell(const struct state *state, char *text, size_t size);

#endif
