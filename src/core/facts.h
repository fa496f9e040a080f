/* What a decision may look at: the present state of everything its command can touch, and nothing else.
 *
 * The engine loads facts inside the transaction that will apply the decision; the explorer takes them from its model.
 * facts_wants() says what a command needs, so that both load the same. */
#ifndef NIGHTLATCH_CORE_FACTS_H
#define NIGHTLATCH_CORE_FACTS_H

#include "base/arena.h"
#include "core/command.h"
#include "core/guest_link.h"

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
    enum claim_owner owner_kind;
};

/* What is known about a leg by the minute outside the core: wall time at the property, and the booker's other
 * bookings. All zero for a leg by the night. */
struct local_slot {
    struct str starts, ends;      /* "2027-03-01T10:00" */
    int32_t starts_min, ends_min; /* minutes after the local midnight on which the slot starts */
    int64_t live_ahead;           /* the actor's blocking bookings of its type, not lapsed, that end after now */
};

/* What a day has to be audited for before it can be closed. */
struct day_work {
    bool in_house; /* somebody is checked in */
    int32_t
        first_arrival; /* of the confirmed stays in rooms that were to begin before the clock's date; INT32_MAX: none */
};

struct facts {
    int64_t now_ms;      /* when this is decided; never before an earlier decision of the property */
    int32_t today;       /* the property's business date */
    int32_t clock_date;  /* what it would be if it followed the clock */
    int32_t local_date;  /* what the calendar on its wall shows: no audit goes beyond that */
    int32_t today_asked; /* the clock's, with the day rolling when the command asks; amending a property alone */
    struct house house;

    /* Bookings and holds that the command names; those that have a room over the time that the command closes it, or
     * are in it; those that a want asks for; and all whose time is over (expires_at <= now) and that own a claim below,
     * are a loose item below, or count in a night below. */
    const struct booking *bookings;
    size_t booking_count;
    const int64_t *begins; /* of a cancellation: when the day of arrival, or the slot, of each booking begins at the
                            * property, ms; NULL for other commands */
    const struct hold *holds;
    size_t hold_count;

    /* Stock of the wanted types over the wanted nights. */
    const struct stock *stocks;
    size_t stock_count;

    /* What is overcommitted from the business date on, each record by the night, in order of night, type and subject;
     * the stock of their types over their nights is above, whatever the command is. */
    const struct overcommit *overcommits;
    size_t overcommit_count;

    /* Every claim that overlaps a wanted span on a wanted room, and the nearest neighbours on each side for a type
     * sold by the minute; where `placement` is wanted, every claim of the type's rooms that overlaps the connected
     * component. Claims of the bookings and holds above may be left out here. */
    const struct claim *claims;
    size_t claim_count;

    /* Where placement is wanted: the loose items of the connected component; never one that is also in claims. */
    const struct loose *loose;
    size_t loose_count;

    /* Where placement is wanted: the property's blocking bookings and open closures with something to come that are
     * unproven. */
    const struct id *unproven;
    size_t unproven_count;

    /* What is going on in the rooms of facts_named_rooms(), in those of the claims of the bookings that the command
     * names, and those that their guests are in, where facts_needs_room_states() says so, and in those that a want asks
     * for; each once. */
    const struct room_state *room_states;
    size_t room_state_count;

    const struct closure *closure; /* that the command names; NULL where there is none */

    const struct closure *out_of_service; /* open ones of that kind, all that overlap facts_service_span() at least */
    size_t out_of_service_count;

    const struct local_slot *local; /* one per leg of facts_legs() */
    size_t local_count;

    bool name_taken;              /* a property, room type or room of that name or number is there */
    struct str taken;             /* which one */
    const struct claim *blockers; /* delete, retype: live claims and unassigned needs that keep the room in use */
    size_t blocker_count;

    /* Of the bookings above that anything was ever paid for, and of their groups: all payments, and all their refunds.
     * The other bookings of such a group are among the bookings, behind those that the command names. */
    const struct payment *payments;
    size_t payment_count;
    const struct refund *refunds;
    size_t refund_count;
    const struct set_aside *set_aside;       /* that the command names; NULL for none, as of the next two */
    const struct payment_provider *provider; /* of a command that sets it */
    const struct payment_notice_seen *seen;  /* the event of the provider's had its effect before */

    const struct guest *guest; /* of a booking whose guest an amend describes, or the one that a command on a guest
                                * or one that adds a guest to a booking names; NULL when there is none */
    const struct guest_link *guest_links; /* that were not withdrawn: of the booking that a command on links names, that
                                           * a guest acts on or whose guest an amend describes, of all bookings of a
                                           * guest who is erased */
    size_t guest_link_count;
    bool knows_attendant; /* the user that rooms are given to is there, not disabled, and has a role in the property */

    struct people people;         /* of a command on people */
    const struct job *job;        /* that a step is of; NULL where it does not exist */
    const struct job *running;    /* of the kind that is to be started, or the audit where a day is turned or a property
                                   * amended; NULL for none */
    size_t step_count;            /* of a step: the first so many bookings are those it takes up */
    const struct job_item *items; /* of a step that ends a job: all there are */
    size_t item_count;
    struct day_work work; /* of a command that turns the day */

    const struct id *fresh_ids; /* command_fresh_ids() of them */
    const struct str *fresh_codes;
};

/* How far beyond a walk-in it is known what has the rooms, so that gaps can be told apart. */
enum { WALK_IN_AROUND_DAYS = 15 };

/* So many bookings are looked at to see whether they may change rooms when arrivals are given theirs. */
enum { MOVABLE_OWNERS_MAX = 500 };

/* One thing to load. */
struct want {
    struct id room_type;
    struct id room; /* none: every room of the type */
    struct span span;
    bool nights;        /* stock rows of the type over the span */
    bool placed_nights; /* with `nights` and `placement`: of all that is on sale, also where the component reaches */
    bool claims;        /* claims on the room(s) over the span, and the holds that own any of them */
    bool placement; /* the connected component of the span: the type's loose items and unpinned claims that overlap it,
                     * those that overlap these, and so on, and all claims that overlap any of them; more may come with
                     * it. Where nobody has to change rooms, what begins after all that is fixed in the type, or ends
                     * before, may be left out, and all of it where nothing is fixed ... */
    bool fixes;     /* ... unless this is set: the command itself fixes something to a room, over its span. All of it
                     * may be left out, too, where each such want of the type is for one room that it fixes, and nobody
                     * is in the type on these nights who could be moved: everybody then has a room, and stays in it.
                     * Who would rather lose their room than their dates fixes none */
    bool owners;    /* and the bookings that own unpinned claims of the component: they may have to change rooms; and
                     * where any of these is for tonight, what is going on in the rooms of the type. Where nobody who
                     * could be moved is in `room`, nobody has to be, and they may be left out */
    bool arrivals;  /* with `placement`: the bookings that are loose in the component and arrive when `span` begins, of
                     * `owners` none where more than MOVABLE_OWNERS_MAX claims are unpinned: these stay then */
    int64_t around_ms; /* with `placement`: the claims on the type's rooms that long before and after the component too,
                        * so that it is known what would be left unused; their owners are not looked for */
    bool own_holds;    /* the actor's active holds on the type of exactly this span, without turnaround; on `room` if it
                        * is given. `span` is then the leg's own */
    bool held_stock;  /* with `nights`: of the actor's live holds on the type the oldest few that are on nights of which
                       * fewer than `units` are left, so that who is refused is told of their own hold. No decision
                       * rests on them: more of the actor's holds may be there */
    bool room_states; /* what is going on in the room(s) */
    int32_t units;    /* how many are asked for on one night, at most */
    int32_t gone; /* with `placement`: how many units the type is to lose. What could then only be sold by an allowance
                   * on some night is loaded as if something were fixed on it */
};

/* One of the bookings; NULL when it is not among them. */
const struct booking *facts_booking(const struct facts *facts, struct id id);

/* The named objects are loaded first: their ids, in the order in which they are to be loaded. `ret_ids` is in the
 * arena; the count is 0 too when the arena is full. */
size_t facts_named_bookings(const struct command *command, struct arena *arena, struct id **ret_ids);
size_t facts_named_holds(const struct command *command, struct arena *arena, struct id **ret_ids);

/* The rooms whose state the command itself asks for, in the same way. */
size_t facts_named_rooms(const struct command *command, struct arena *arena, struct id **ret_ids);

/* The closure that it names; none where it names none. */
struct id facts_named_closure(const struct command *command);

/* What the command closes: what it says, or in *space what the closure that it amends is to be. NULL where nothing is
 * closed, or nobody kept out by it. The closure that is named must be among the facts. */
const struct close_rooms *facts_closes(const struct command *command, const struct facts *facts,
                                       struct close_rooms *space);

/* The time over which it matters which rooms are out of service: for whom a room is chosen, and tonight for who lets
 * guests in. Empty, and so no valid span, where it does not matter. Needs the bookings. */
struct span facts_service_span(const struct command *command, const struct facts *facts);

/* Is the room out of service in that time? */
bool facts_is_out_of_service(const struct facts *facts, const struct command *command, struct id room);

/* Whether it also matters what is going on in the rooms that the named bookings have. */
bool facts_needs_room_states(const struct command *command);
/* What a command about money names, all else none: its account is then the group of that booking, of the payment's, of
 * the refund's payment's; or that booking alone. Its bookings, payments and refunds are to be loaded. */
struct facts_money {
    bool wanted; /* false: the command is not about money */
    struct id booking, group, payment, refund;
    struct str reference; /* of a provider's payment */
    struct id set_aside;
    struct str event; /* of a provider's */
    bool provider;    /* the property's provider is to be loaded */
};
struct facts_money facts_named_money(const struct command *command);

/* Whether the group of a booking is to be loaded with it: where it is paid for, or ends, or is to be paid, what others
 * of its group paid counts too. `command` may be NULL. */
bool facts_wants_group(const struct command *command, const struct booking *booking, int64_t now_ms);

/* Whether a capture may bring this booking back: it has expired, or is about to, and is of the account that a command
 * about money is on. Such a booking is a leg of the command, in the order of the facts. */
bool facts_may_revive(const struct command *command, const struct facts *facts, const struct booking *booking);

/* How many new ids a decision on these facts may use: those of the command, and refunds of what ends. */
size_t facts_fresh_ids(const struct command *command, const struct facts *facts);

/* When a booking is to be after an amend that is for such a time (by the minute or not, as the booking is). False when
 * the end that stays makes no interval of at most 366 days with the other; *ret_span is what the booking has then. */
bool facts_amended_span(const struct amend_booking *amend, const struct booking *booking, struct span *ret_span);

/* The stay that a walk-in asks for, from the business date on. False when its departure does not come after that, or is
 * more than 366 nights away; *ret_span is the first night alone then. */
bool facts_walk_in_span(const struct walk_in *walk_in, int32_t today, struct span *ret_span);

/* Then, with house, bookings and holds in place, what the command comes down to: the legs of a create, the leg of a
 * walk-in or of a hold that is acquired, what a booking is to be after an amend or a reinstatement, the units of a hold
 * that is confirmed. Nothing is checked; 0 legs where there are none or what is named was not found. `ret_legs` is
 * borrowed from the command or in the arena. */
size_t facts_legs(const struct command *command, const struct facts *facts, struct arena *arena,
                  const struct leg **ret_legs);

/* Whether the command asks when its bookings begin. */
bool facts_wants_begins(const struct command *command);

/* And what else is needed. Wants of one type may overlap; whoever loads them merges. Returns the count; `ret_wants` is
 * in the arena, NULL with 0 when the arena is full. */
size_t facts_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                   struct want **ret_wants);

/* Does every want of the type that asks for placement fix the room that it names? Where it does and nobody could be
 * moved, the rest of the type may be left out, see struct want. What is not fixed may do without its room. */
bool facts_fixes_rooms(const struct want *wants, size_t count, struct id room_type);

#endif
