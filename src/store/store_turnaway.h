/* Counters of demand that was refused for want of room.
 *
 * They are added to and read, and nothing else: nothing that is decided rests on them, no row names anybody, and the
 * log knows nothing of them. As in store.h: results in the arena, DB_OK or how it failed. */
#ifndef NIGHTLATCH_STORE_STORE_TURNAWAY_H
#define NIGHTLATCH_STORE_STORE_TURNAWAY_H

#include "core/outcome.h"
#include "store/store.h"

enum { STORE_NO_HOUR = -1 /* of what is sold by the night */ };

struct store_turnaway {
    int32_t date; /* days since 1970-01-01, local */
    int32_t hour; /* 0 to 23, local; STORE_NO_HOUR */
    struct id room_type;
    struct id room; /* none: any room of the type was wanted */
    enum outcome reason;
    int64_t units; /* that were refused: at least 1 */
};

/* Adds the units to what is counted there already. */
enum db_status store_add_turnaway(struct store *store, uint32_t property,
                                  const struct store_turnaway *turnaway) STORE_CHECKED;

/* Those of dates [from, until), of one type or (none) of all, in the order of the struct's members, after `after`
 * (NULL: from the first), at most `limit`. */
enum db_status store_list_turnaways(struct store *store, uint32_t property, int32_t from, int32_t until,
                                    struct id room_type, const struct store_turnaway *after, int64_t limit,
                                    struct arena *arena, struct store_turnaway **ret_turnaways,
                                    size_t *ret_count) STORE_CHECKED;

#endif
