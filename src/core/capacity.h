/* Can this be had? The one guard in front of every room and unit, and the one way in which they are given back.
 *
 * Creating, amending, acquiring a hold and confirming one all come through capacity_take(), so that none of them can
 * have a weaker guard than the others. It refuses to know why something is wanted: rules are wanted.h's, states are the
 * deciders'. It sees the working state, so legs of one command see each other, and what lapsed is out of the way.
 *
 * A type sold by the night is counted: a booking as one sold unit on each of its nights, a hold as so many held units,
 * on a room too. Where stock is rooms, enough units are not enough once anything is fixed to a room, so that placement
 * is asked as well. A type sold by the minute has no units, only claims. */
#ifndef NIGHTLATCH_CORE_CAPACITY_H
#define NIGHTLATCH_CORE_CAPACITY_H

#include "core/rooming.h"
#include "core/wanted.h"

struct taken {
    struct claim claim; /* what was claimed; its room is none when it was stock */
    enum booking_placement placement;
    bool was_insisted_on; /* without that it would have been refused */
};

/* How rooms may be changed: both as in struct wanted. */
struct room_terms {
    bool may_displace;
    enum insistence insists;
};

/* Takes it for the owner: stock, claim, and whatever must move for it. `owner_kind` is CLAIM_OF_BOOKING (sold),
 * CLAIM_OF_HOLD (held) or CLAIM_OF_CLOSURE (closed, always a room). What the owner had before must have been given
 * back. True, and *ret_taken set, or refused:
 *   SOLD_OUT            no unit on some night (named); or all rooms of a type by the minute are booked
 *   NO_ROOM_FITS        a unit every night, but proven not to fit, with the fixed claims in the way, unless it is
 *                       insisted on
 *   ROOM_NOT_AVAILABLE  the room has claims in the way, which are listed
 *   BOOKING_CONFLICT    only holds are in the way, with the instant until when
 *   TOO_MANY_GUESTS     by the minute without a room: no room of the type takes the party
 *   POLICY_REFUSED      rule "placement_unproven": it would fix a room, and whether the rest still fits could not be
 *                       shown; a sale by type, and what is insisted on, is taken as unproven instead
 * Nights before the business date are not asked for (a running stay keeps them). On nights that are sold beyond the
 * rooms there are (allowance, overcommit) a sale by type is no matter of placement; what fixes a room there takes none
 * from who is proven (core/promise.h). False, too, when the arena is full. */
bool capacity_take(struct deciding *d, const struct wanted *wanted, enum claim_owner owner_kind, struct id owner,
                   struct taken *ret_taken) __attribute__((warn_unused_result));

/* capacity_take() for a booking: sets its list of claims (in the arena) and its placement. */
bool capacity_take_for_booking(struct deciding *d, const struct wanted *wanted, struct booking *booking)
    __attribute__((warn_unused_result));

/* Gives blocking bookings of the facts other rooms: all that goes first, then all that comes, so that they may take
 * each other's. What stays as it is is not asked for anew, and nights that are over are not asked for at all. With
 * `may_displace` unpinned claims of other bookings make way for a pinned stretch. Sets the bookings' claims and
 * placement (their spans are the caller's), and ret_changed[] says of each whether anything is another. False when it
 * was refused as capacity_take() does, with what is in the way, or the arena is full. */
bool capacity_change_rooms(struct deciding *d, const struct rooming *roomings, size_t rooming_count,
                           struct room_terms terms, bool *ret_changed) __attribute__((warn_unused_result));

/* Gives a blocking booking by the night that has no room one of the type that it counts against, for all that is to
 * come of it. The claim can be moved, unless the party is tied to the room; so it changes no count and fixes nothing,
 * and what fitted before fits after: only the room itself is asked for. True, and the booking's list of claims set, or
 * refused:
 *   ROOM_NOT_AVAILABLE  the room has claims in the way, which are listed
 *   BOOKING_CONFLICT    only holds are in the way
 * A party that is tied takes the room as capacity_take() does. False, too, when the arena is full. */
bool capacity_assign(struct deciding *d, struct booking *booking, const struct room *room)
    __attribute__((warn_unused_result));

/* Gives back all that a blocking booking has, its nights from the business date on, and empties its list of claims; the
 * status is the caller's. */
void capacity_give_back_booking(struct deciding *d, struct booking *booking);

/* Gives back one claim of a blocking booking, with its nights from the business date on. */
void capacity_give_back_claim(struct deciding *d, const struct claim *claim, bool by_minute);

/* Gives back all that an active hold has; the status is the caller's. */
void capacity_give_back_hold(struct deciding *d, const struct hold *hold);

#endif
