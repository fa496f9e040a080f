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

/* A blocking booking without a claim, or stock that is held: placement may put it into any room of the type. Unpinned
 * claims are as movable, and are found among the claims. */
struct loose {
    struct id owner;
    struct id room_type;
    struct span span;
    int32_t quantity; /* of a stock hold; else 1 */
};

/* What is known about a leg by the minute outside the core: wall time at the property, and the booker's other
 * bookings. All zero for a leg by the night. */
struct local_slot {
    struct str starts, ends;      /* "2027-03-01T10:00" */
    int32_t starts_min, ends_min; /* minutes after the local midnight on which the slot starts */
    int64_t live_ahead;           /* the actor's blocking bookings of its type, not lapsed, that end after now */
};

struct facts {
    int64_t now_ms;      /* when this is decided; never before an earlier decision of the property */
    int32_t today;       /* the property's business date */
    int32_t today_asked; /* what that would be with the day rolling when the command asks; amending a property alone */
    struct house house;

    /* Bookings and holds that the command names; those that a want asks for; and all whose time is over (expires_at <=
     * now) and that own a claim below, are a loose item below, or count in a night below. */
    const struct booking *bookings;
    size_t booking_count;
    const struct hold *holds;
    size_t hold_count;

    /* Stock of the wanted types over the wanted nights. */
    const struct stock *stocks;
    size_t stock_count;

    /* Every claim that overlaps a wanted span on a wanted room, and the nearest neighbours on each side for a type
     * sold by the minute; where `placement` is wanted, every claim of the type's rooms that overlaps the connected
     * component. Claims of the bookings and holds above may be left out here. */
    const struct claim *claims;
    size_t claim_count;

    /* Where placement is wanted: the loose items of the connected component; never one that is also in claims. */
    const struct loose *loose;
    size_t loose_count;

    const struct local_slot *local; /* one per leg of facts_legs() */
    size_t local_count;

    bool name_taken;              /* a property, room type or room of that name or number is there */
    struct str taken;             /* which one */
    const struct claim *blockers; /* delete, retype: live claims and unassigned needs that keep the room in use */
    size_t blocker_count;

    const struct guest *guest; /* of a booking whose guest an amend describes; NULL when they were erased */

    struct people people; /* of a command on people */

    const struct id *fresh_ids; /* command_fresh_ids() of them */
    const struct str *fresh_codes;
};

/* One thing to load. */
struct want {
    struct id room_type;
    struct id room; /* none: every room of the type */
    struct span span;
    bool nights;     /* stock rows of the type over the span */
    bool claims;     /* claims on the room(s) over the span, and the holds that own any of them */
    bool placement;  /* the connected component of the span: the type's loose items and unpinned claims that overlap it,
                      * those that overlap these, and so on, and all claims that overlap any of them; may be left out
                      * where nothing in it is fixed ... */
    bool fixes;      /* ... unless this is set: the command itself fixes something to a room */
    bool owners;     /* and the bookings that own unpinned claims of the component: they may have to change rooms */
    bool own_holds;  /* the actor's active holds on the type of exactly this span, without turnaround; on `room` if it
                      * is given. `span` is then the leg's own */
    bool held_stock; /* with `nights`: of the actor's live holds on the type the oldest few that are on nights of which
                      * fewer than `units` are left, so that who is refused is told of their own hold. No decision
                      * rests on them: more of the actor's holds may be there */
    int32_t units;   /* how many are asked for on one night, at most */
};

/* The named objects are loaded first: their ids, in the order in which they are to be loaded. `ret_ids` is in the
 * arena; the count is 0 too when the arena is full. */
size_t facts_named_bookings(const struct command *command, struct arena *arena, struct id **ret_ids);
size_t facts_named_holds(const struct command *command, struct arena *arena, struct id **ret_ids);

/* When a booking is to be after an amend that is for such a time (by the minute or not, as the booking is). False when
 * the end that stays makes no interval of at most 366 days with the other; *ret_span is what the booking has then. */
bool facts_amended_span(const struct amend_booking *amend, const struct booking *booking, struct span *ret_span);

/* Then, with house, bookings and holds in place, what the command comes down to: the legs of a create, the leg of a
 * hold that is acquired, what a booking is to be after an amend, the units of a hold that is confirmed. Nothing is
 * checked; 0 legs where there are none or what is named was not found. `ret_legs` is borrowed from the command or in
 * the arena. */
size_t facts_legs(const struct command *command, const struct facts *facts, struct arena *arena,
                  const struct leg **ret_legs);

/* And what else is needed. Wants of one type may overlap; whoever loads them merges. Returns the count; `ret_wants` is
 * in the arena, NULL with 0 when the arena is full. */
size_t facts_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                   struct want **ret_wants);

#endif
