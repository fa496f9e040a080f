/* The inside of placement: one part of a question, in small integers. For placement*.c alone.
 *
 * A part is a set of loose items that hang together by overlapping, with the fixed items around them. Times are
 * indices into the sorted distinct starts and ends of its loose items, so every interval below is [from, to) in those
 * indices. What is left of a room between fixed items is a gap: an item fits a room exactly if one of the room's gaps
 * contains it, and gaps of one room have nothing to do with each other, so gaps, not rooms, are what items are placed
 * in. All memory is the arena's. */
#ifndef NIGHTLATCH_CORE_PLACEMENT_PART_H
#define NIGHTLATCH_CORE_PLACEMENT_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/placement.h"

#define PLACEMENT_NONE UINT32_MAX

struct placement_item {
    int32_t from, to;
    uint32_t current_room;
    const uint64_t *allowed;
};

/* A stretch of a room that nobody may be placed in. */
struct placement_busy {
    uint32_t room;
    int32_t from, to;
};

struct placement_gap {
    uint32_t room;
    int32_t from, to;
};

struct placement_part {
    uint32_t room_count;
    uint32_t item_count;
    int32_t time_count;
    const struct placement_item *items; /* by from */
    const uint32_t *by_end;             /* item numbers by to */
    const uint32_t *room_class;         /* rooms of one class are allowed to the same items; room_count entries */
    bool limited;                       /* some item has an allowed set */
};

/* Scratch for placement_find_gaps() and placement_fit(), sized once per part. */
struct placement_space {
    struct placement_busy *busy; /* filled by the caller before placement_find_gaps() */
    struct placement_busy *busy_sorted;
    uint32_t busy_count;
    uint32_t busy_capacity;
    struct placement_gap *gaps; /* result of placement_find_gaps(), by room, then from */
    uint32_t gap_count;
    uint32_t *bucket;    /* max(room_count, time_count) + 1 */
    uint32_t *opens;     /* per time: list of gaps */
    uint32_t *starts;    /* per time: list of items */
    uint32_t *ends;      /* per time: list of items */
    uint32_t *free_at;   /* per deadline: list of free gaps */
    uint64_t *deadlines; /* a bit per time: free_at is not empty */
    uint64_t *deadlines_summary;
    uint32_t *gap_next, *gap_previous; /* links of free_at; gap_next of opens before that */
    bool *gap_free;
    uint32_t *item_next, *item_gap;
    uint32_t *room_gap; /* per room: the gap that is open now */
};

static inline bool
placement_allows(const struct placement_item *item, uint32_t room)
{
    return item->allowed == NULL || (item->allowed[room / 64] >> (room % 64) & 1) != 0;
}

/* False when the arena overflowed. Room for busy_capacity busy stretches. */
bool placement_space_init(struct placement_space *space, const struct placement_part *part, uint32_t busy_capacity,
                          struct arena *arena) __attribute__((warn_unused_result));

/* Fills space->gaps from space->busy, which is reordered. */
void placement_find_gaps(struct placement_space *space, const struct placement_part *part);

/* How first fit goes about it. */
struct placement_fit_way {
    bool backwards;    /* from the last end to the first start */
    bool short_first;  /* of the items that start together */
    bool keep_current; /* an item takes its current room when that is free */
};

/* First fit: goes through the items with todo[i] in the order of their starts and gives each the tightest gap that is
 * free. Writes rooms[i] for those (PLACEMENT_NO_ROOM where nothing was free) and returns how many got none. */
uint32_t placement_fit(struct placement_space *space, const struct placement_part *part, const bool *todo,
                       struct placement_fit_way way, uint32_t *rooms);

/* A proof by counting: a stretch that more items need as a whole than there are gaps that hold it. */
struct placement_shortage {
    int32_t from, to;
    uint32_t needed, available; /* needed > available */
};

/* Looks for the shortest shortage (the earliest of several) given space->gaps; false if there is none. Finding none
 * proves nothing, unless no item is fixed and none is limited. */
bool placement_find_shortage(struct placement_space *space, const struct placement_part *part,
                             struct placement_shortage *ret_shortage);

enum placement_search_result {
    PLACEMENT_SEARCH_FOUND,
    PLACEMENT_SEARCH_EXCLUDED,
    PLACEMENT_SEARCH_LIMIT,    /* of choices, or of size */
    PLACEMENT_SEARCH_OVERFLOW, /* of the arena */
};

/* What the search reuses between calls; start with a zeroed one. */
struct placement_block {
    void *ptr;
    size_t size; /* bytes */
};

struct placement_search_memory {
    struct placement_block small, large;
};

/* Exact search over space->gaps for the items with todo[i]; at most *nodes choices, which is lowered by those used.
 * FOUND: rooms[i] is written for those items. */
enum placement_search_result placement_search(struct placement_space *space, const struct placement_part *part,
                                              const bool *todo, uint32_t *nodes, struct placement_search_memory *memory,
                                              struct arena *arena, uint32_t *rooms);

#endif
