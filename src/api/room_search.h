/* Free rooms for a stay or a slot, best first: the room that is just large enough, with the fewest features nobody
 * asked for, leaving the fewest holes beside it. Rooms that only a hold is on come after them, and those that are out
 * of service last, both marked.
 *
 * Claims say which rooms are free. Whether such a room can be had also depends on rules, on stock and on what must fit
 * into the other rooms, so the core is asked: once per type, and for every room shown where something of the type is
 * fixed in place. It refuses to say who holds a room. For load() functions. */
#ifndef NIGHTLATCH_API_ROOM_SEARCH_H
#define NIGHTLATCH_API_ROOM_SEARCH_H

#include "api/trial.h"
#include "core/placement.h"

enum { ROOM_SEARCH_FEATURES_MAX = 20 };

struct room_search {
    bool by_minute;
    struct span span; /* ms; dates as midnight UTC */
    int32_t party;
    struct id room_type;                           /* none: any that is sold this way */
    struct str building;                           /* ptr NULL: any */
    struct str features[ROOM_SEARCH_FEATURES_MAX]; /* as JSON strings */
    size_t feature_count;
    size_t limit; /* rooms at most */
};

struct room_found {
    const struct room *room; /* of the house */
    struct placement_rank rank;
    size_t spare_features;
    int64_t held_until;  /* ms; 0: nobody holds it */
    bool out_of_service; /* at some time of it; it can be had */
    bool needs_trial;    /* its type has something fixed in place */
};

/* The rooms, in memory of the reader's. */
enum db_status room_search_find(const struct trial *trial, const struct room_search *search,
                                struct room_found **ret_found, size_t *ret_count) STORE_CHECKED;

#endif
