/* What a decision may look at: the present state of everything its command can touch, and nothing else.
 *
 * The engine loads facts inside the transaction that will apply the decision; the explorer takes them from its model.
 * facts_wants() says what a command needs, so that both load the same. */
#ifndef NIGHTLATCH_CORE_FACTS_H
#define NIGHTLATCH_CORE_FACTS_H

#include "base/arena.h"
#include "core/command.h"

/* The nights of one type, gapless from the first. Dates outside the array have no stock row. */
struct stock {
    struct id room_type;
    struct night *nights;
    size_t night_count;
};

/* A blocking booking or stock hold that has no fixed room: placement may put it anywhere. */
struct loose {
    struct id owner;
    struct id room_type;
    struct id room; /* where an unpinned claim has it now; none while unassigned */
    struct span span;
    int32_t quantity; /* of a stock hold; else 1 */
};

/* Local wall time of a leg at the property, worked out where the time zone is known. */
struct local_slot {
    struct str starts, ends;      /* "2027-03-01T10:00" */
    int32_t starts_min, ends_min; /* minutes after the local midnight on which the slot starts */
};

struct facts {
    int64_t now_ms; /* when this is decided; never before an earlier decision of the property */
    int32_t today;  /* the property's business date */
    struct house house;

    /* Bookings and holds that the command names, and those whose time is over and which are in its way. */
    const struct booking *bookings;
    size_t booking_count;
    const struct hold *holds;
    size_t hold_count;

    /* Stock of the wanted types over the wanted nights. */
    const struct stock *stocks;
    size_t stock_count;

    /* Every claim that overlaps a wanted span on a wanted room, and the nearest neighbours on each side for a type
     * sold by the minute; where `placement` is wanted, every claim of the type's rooms in the connected component. */
    const struct claim *claims;
    size_t claim_count;

    /* Where placement is wanted: the loose items of the connected component. */
    const struct loose *loose;
    size_t loose_count;

    const struct local_slot *local; /* one per leg of the command */
    size_t local_count;

    int64_t live_ahead;           /* live bookings ahead of the actor on the wanted minute type, for the quota */
    bool name_taken;              /* a property, room type or room of that name or number is there */
    struct str taken;             /* which one */
    const struct claim *blockers; /* delete, retype: live claims and unassigned needs that keep the room in use */
    size_t blocker_count;

    const struct id *fresh_ids; /* command_fresh_ids() of them */
    const struct str *fresh_codes;
};

/* One thing to load. */
struct want {
    struct id room_type;
    struct id room; /* none: every room of the type */
    struct span span;
    bool nights;    /* stock rows of the type over the span */
    bool claims;    /* claims on the room(s) over the span */
    bool placement; /* the connected component of the span, when the type has anything fixed in it */
};

/* The named objects are loaded first: their ids, in the order in which they are to be loaded. `ret_ids` is in the
 * arena. */
size_t facts_named_bookings(const struct command *command, struct arena *arena, struct id **ret_ids);
size_t facts_named_holds(const struct command *command, struct arena *arena, struct id **ret_ids);

/* Then, with house, bookings and holds in place, what else is needed. Wants of one type may overlap; whoever loads
 * them merges. Returns the count; `ret_wants` is in the arena, NULL with 0 when the arena is full. */
size_t facts_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                   struct want **ret_wants);

#endif
