/* Placement: does everything fit into the rooms, and who goes where?
 *
 * Counting units per night is not enough. With rooms 101 taken [1,3) and 102 taken [3,5), every night has a free room
 * and a stay [2,4) fits nowhere. This module answers for the rooms of one type: given what is fixed to a room (staff
 * pins, checked-in stays, closures, holds on a room) and what is loose (unpinned claims, unassigned bookings, the new
 * stay), is there a room for each loose item? It refuses to decide anything: it does not know prices, guests or
 * policies, changes nothing, and a stay keeps one room from its first to its last instant. The answer depends on the
 * question alone: same question, same answer, on every machine.
 *
 * The problem is NP-complete as soon as items are fixed (the k-track assignment problem of Brucker and Nordmann,
 * "The k-track assignment problem", Computing 52, 1994), so the exact search has a limit, and there is a third answer
 * besides yes and no. Every function is pure and may be called from any thread. */
#ifndef NIGHTLATCH_CORE_PLACEMENT_H
#define NIGHTLATCH_CORE_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/span.h"

#define PLACEMENT_NO_ROOM UINT32_MAX
#define PLACEMENT_NODE_LIMIT 20000 /* what the product uses */
enum {
    PLACEMENT_ROOMS_MAX = 2000,
    PLACEMENT_ITEMS_MAX = 1 << 24,         /* fixed, and loose */
    PLACEMENT_SEARCH_BYTES_MAX = 64 << 20, /* of one search; three times that for a question, at worst */
};

/* Rooms are numbered 0 to room_count - 1 by the caller, in the order in which ties are broken. */
struct placement_fixed {
    uint32_t room;
    struct span span;
};

struct placement_loose {
    struct span span;
    uint32_t current_room;   /* where it is now and would rather stay, or PLACEMENT_NO_ROOM */
    const uint64_t *allowed; /* a bit per room it may use, room_count bits, lowest bit first; NULL: all rooms */
};

struct placement_question {
    uint32_t room_count; /* at most PLACEMENT_ROOMS_MAX */
    const struct placement_fixed *fixed;
    uint32_t fixed_count;
    const struct placement_loose *loose;
    uint32_t loose_count;
    /* What the question is about: the span of the new stay, pin or closure. Only the loose items that overlap it, and
     * those that overlap these, and so on, are looked at; the rest can't be touched by it and is taken to fit as it is.
     * PLACEMENT_ABOUT_ALL looks at everything. */
    struct span about;
    uint32_t node_limit; /* choices the exact search may try, for the whole question; 0: no search */
};

#define PLACEMENT_ABOUT_ALL ((struct span){INT64_MIN, INT64_MAX})

enum placement_verdict {
    PLACEMENT_FITS,
    PLACEMENT_UNPROVEN,   /* neither found nor excluded within the limit */
    PLACEMENT_IMPOSSIBLE, /* proven: no assignment exists */
};

struct placement_answer {
    enum placement_verdict verdict;
    /* FITS: a room for each loose item that was looked at; an item that was not keeps its current_room, also where that
     * is PLACEMENT_NO_ROOM. Otherwise: every item's current_room. loose_count entries, in the arena. */
    const uint32_t *rooms;
    uint32_t moved_count; /* FITS: items that had a current room and get another */
    /* IMPOSSIBLE: indices into `fixed`, ascending, in the arena. These alone, with the loose items, already make it
     * impossible, and as far as it was cheap to find out none of them is idle in that. It may be empty: more stays than
     * rooms, or an item that is allowed no room. */
    const uint32_t *in_the_way;
    uint32_t in_the_way_count;
    /* IMPOSSIBLE: where it fails. If `failing_short` is not 0, that many more loose items need all of `failing` than
     * there are rooms free for all of it, which is proof enough for a person. If it is 0 the proof is the search, and
     * `failing` reaches from the first to the last of the fixed items above. */
    struct span failing;
    uint32_t failing_short;
    uint32_t nodes; /* choices the search tried; a measure of cost */
};

/* Answers the question. True, and *ret_answer set, unless the arena overflowed. Memory: about 250 bytes per loose
 * item, 100 per fixed item and per room; a search takes about a MiB for 100 rooms and 500 items, and at most
 * PLACEMENT_SEARCH_BYTES_MAX: a part of the house too large for that is not searched and is PLACEMENT_UNPROVEN when
 * first fit fails. All of it but the answer's is given back on return. Costs
 * O(n log n) unless a search is needed, and a search stops early when its choices cost more than 2,000 steps on
 * average, so that the time it takes is bounded too.
 *
 * Fixed items may touch and may overlap (nobody is placed there twice either way). Rooms out of range, empty spans and
 * a room_count over the maximum are bugs of the caller. A current room that is taken by a fixed item, or not allowed,
 * or claimed by two loose items that overlap, is not: one has to move. */
bool placement_solve(const struct placement_question *question, struct arena *arena,
                     struct placement_answer *ret_answer) __attribute__((warn_unused_result));

/* A free room, and the unused time that is left in it around a span: 0 where the span touches its neighbour,
 * INT64_MAX where there is none. */
struct placement_rank {
    uint32_t room;
    uint32_t capacity; /* guests */
    int64_t before_ms, after_ms;
};

struct placement_room_question {
    uint32_t room_count;
    const uint32_t *capacities;          /* guests per room, room_count entries */
    const struct placement_fixed *taken; /* in any order; turnaround already part of the spans */
    uint32_t taken_count;
    struct span wanted;
    struct span open; /* opening hours around `wanted`: their ends count as neighbours; PLACEMENT_ABOUT_ALL: none */
    uint32_t party;   /* guests */
};

/* The rooms that are free for all of `wanted` and hold the party, best first: the smallest capacity; then the fewest
 * holes (sides on which unused time is left); then the least time in holes, so that empty rooms stay whole for long
 * stays; then room order. Writes them to ret_ranks, which has room_count entries, and returns their number; 0 also when
 * `wanted` is not within `open`. Costs O(taken + rooms log rooms) and needs no memory. */
uint32_t placement_best_room(const struct placement_room_question *question, struct placement_rank *ret_ranks);

#endif
