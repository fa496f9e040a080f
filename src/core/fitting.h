/* The placement question of one room type, as it stands in the middle of a decision.
 *
 * For the deciders: it gathers the type's rooms, the claims that are fixed to them, and what may move (unpinned claims,
 * unassigned bookings, held stock), asks placement within the search that the command has left, and says which claims
 * its answer is about. It refuses to judge and to change: a caller turns the answer into a refusal or into changes.
 * Everything is in the decision's arena. */
#ifndef NIGHTLATCH_CORE_FITTING_H
#define NIGHTLATCH_CORE_FITTING_H

#include "core/deciding.h"
#include "core/placement.h"

/* Nights that are over are nobody's any more: everything is asked about from the business date on. */
struct fitting {
    int64_t since;             /* ms: the business date */
    const struct room **rooms; /* of the type, in order of id; their number is placement's number */
    uint32_t room_count;
    struct placement_fixed *fixed;
    struct claim *fixed_claims; /* what each of `fixed` is */
    uint32_t fixed_count;
    struct placement_loose *loose;
    struct claim *loose_claims; /* what each of `loose` is, as it is stored; one that is unassigned or stock has no room
                                 * in it */
    uint32_t loose_count;
    bool leaves_out_had; /* fitting_keep() left out nights that an unproven asker takes, since they had them before */
};

/* Gathers what the working state has of the type. Rooms in `gone` are taken as not there (for a room that is to be
 * lost; NULL and 0 otherwise): what is fixed to one is left out, what may move from one has to. False when the arena is
 * full; the decision is void then. */
bool fitting_init(struct fitting *fitting, struct deciding *d, struct id room_type, const struct id *gone,
                  size_t gone_count) __attribute__((warn_unused_result));

/* Adds what is not in the working state yet, once: a claim on a room of the type, fixed or not; or, when `claim` has no
 * room, that many units (at most QUANTITY_MAX) of its span. A copy of *fitting made before still asks without it. */
void fitting_add(struct fitting *fitting, const struct claim *claim, int32_t quantity);

/* Parts of it, in the order in which they are given up where not everything fits: everything; of what may move, what
 * is proven, and holds (nobody says of one whether it is proven, so it comes in between); what is proven; and that
 * beside what is fixed and proven alone, as if nothing had been overridden. */
enum fitting_part { FITTING_ALL, FITTING_PROVEN_OR_HELD, FITTING_PROVEN, FITTING_PROVEN_ALONE };

/* Who asks for something, and the claims that they had before, of which those on a room are no question any more. */
struct fitting_asker {
    struct id owner; /* none: nobody asks, something is lost */
    const struct claim *had;
    size_t had_count; /* others' claims may be among them */
};

/* Leaves out what is not of the part; copies that were made before still have it. `d` says what is proven. What the
 * asker takes is of every part: where they are unproven, without what they had in the same room. False when the arena
 * is full; the decision is void then. */
bool fitting_keep(struct fitting *fitting, struct deciding *d, enum fitting_part part,
                  const struct fitting_asker *asker) __attribute__((warn_unused_result));

/* The number of a room; PLACEMENT_NO_ROOM when it is not one of these. */
uint32_t fitting_find_room(const struct fitting *fitting, struct id room);

/* Asks about `about` (PLACEMENT_ABOUT_ALL for everything). The search takes its nodes from the command's allowance.
 * More rooms than placement takes are UNPROVEN. False when the arena is full; the decision is void then. */
bool fitting_solve(const struct fitting *fitting, struct deciding *d, struct span about,
                   struct placement_answer *ret_answer) __attribute__((warn_unused_result));

/* The fixed claims that an IMPOSSIBLE answer names, in the arena; NULL with 0 when there are none. */
size_t fitting_claims_in_way(const struct fitting *fitting, struct deciding *d, const struct placement_answer *answer,
                             struct claim **ret_claims);

#endif
