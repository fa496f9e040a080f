/* Which room for which arrival: as many of the stays that want a room as possible, and the rooms that suit them best.
 *
 * It answers for the rooms of one type: given what is fixed to a room, the claims that may still move, the stays that
 * want a room now and what else is sold or held without one, it says who goes where. It refuses to decide anything:
 * whether a booking may get a room, and what becomes of one that gets none, is the business of its caller. The answer
 * depends on the question alone: same question, same answer, on every machine.
 *
 * Never fewer get a room than by plain first fit (in order of arrival, each takes the first room that is free): that is
 * made too, and the better of the two is kept. Claims move only where that gives somebody a room, or keeps a place for
 * what has none yet. Every function is pure and may be called from any thread. */
#ifndef NIGHTLATCH_CORE_AUTO_ASSIGN_H
#define NIGHTLATCH_CORE_AUTO_ASSIGN_H

#include "core/placement.h"

/* Rooms are numbered 0 to room_count - 1 by the caller, in the order in which ties are broken. */
struct auto_assign_room {
    uint32_t capacity;   /* guests */
    bool ready;          /* a guest may move in now */
    bool faulty;         /* nobody who arrives today is sent there */
    bool out_of_service; /* sold, but given to somebody last */
};

struct auto_assign_stay {
    struct span span; /* ms */
    uint32_t room;    /* of a claim that may move, or PLACEMENT_NO_ROOM */
    bool wanted;      /* wants a room; others without a room are kept a place for, where there is one */
    bool begins_today;
    uint32_t party;         /* guests */
    const uint8_t *missing; /* per room, how much of what was wished for it lacks; NULL: nothing was wished for */
};

struct auto_assign_question {
    const struct auto_assign_room *rooms;
    uint32_t room_count; /* at most PLACEMENT_ROOMS_MAX */
    const struct placement_fixed *fixed;
    uint32_t fixed_count;
    const struct auto_assign_stay *stays; /* in the order in which they are served where they are alike */
    uint32_t stay_count;
    uint32_t node_limit; /* choices the exact search may try, for the whole question */
};

struct auto_assign_answer {
    /* Per stay: the room of one that is wanted, PLACEMENT_NO_ROOM when there is none for it; the room that a claim is
     * to be on, most often the one it is on; PLACEMENT_NO_ROOM for the rest. In the arena. */
    const uint32_t *rooms;
    uint32_t wanted_count;
    uint32_t placed_count;    /* of those that are wanted */
    uint32_t first_fit_count; /* how many plain first fit places */
    uint32_t moved_count;     /* claims that have to change rooms */
    bool rest_fits;           /* it was shown that what has no room yet still fits when this is done */
    uint32_t nodes;           /* choices the search tried */
};

/* Answers the question. Among the answers that place as many, those are preferred, in this order, in which more who
 * arrive today get a room that is ready; fewer rooms are out of service; less is missing of what was wished for; fewer
 * holes (sides on which unused time is left) are made, and smaller ones (counted in days, up to 15); and of rooms that
 * are alike in all this the first are taken. No room is too small for its party. Stays that begin together are given
 * rooms together, by the best matching there is with all others where they are; several beginnings come in turn, so
 * that for one day's arrivals the preferences are exact unless a claim has to move, and otherwise a good answer, not
 * always the best.
 *
 * Claims must not overlap each other or anything fixed on their rooms, and a wanted stay has no room yet: bugs of the
 * caller. Costs: the sweeps and the search of placement_solve(), which is asked only while something has no place;
 * O(wanted x rooms) for first fit; and for the stays of one beginning O(kinds of stays x kinds of rooms) per kind,
 * where rooms are of a kind that nothing above tells apart. Memory: as placement_solve(), and about 100 bytes per stay
 * and room; all but the answer's is given back on return. False when the arena overflowed. */
bool auto_assign_solve(const struct auto_assign_question *question, struct arena *arena,
                       struct auto_assign_answer *ret_answer) __attribute__((warn_unused_result));

#endif
