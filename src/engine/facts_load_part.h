/* What the parts of the loader of facts share: the lists that grow while a command's facts are read.
 *
 * For facts_load.c, which goes through them in order, and for the parts: what the command names (facts_named.c), what
 * keeps something of the house in use (facts_blockers.c), and what else it wants (facts_wants.c, and facts_placement.c
 * for what hangs together). Each object is read once. DB_OK or how reading failed. */
#ifndef NIGHTLATCH_ENGINE_FACTS_LOAD_PART_H
#define NIGHTLATCH_ENGINE_FACTS_LOAD_PART_H

#include "engine/facts_load.h"

/* A growing array in the arena. */
struct facts_list {
    void *items;
    size_t count, capacity, size;
};

struct facts_loader {
    const struct facts_load *in;
    struct facts *facts;
    struct facts_list bookings, holds, claims, loose, stocks, blockers, room_states;
};

/* --- lists (facts_loader.c) --- */

/* A place for one more, in the arena; NULL when that is full. */
void *facts_list_add(struct facts_loader *l, struct facts_list *list);

/* Says that the arena is full. */
enum db_status facts_no_memory(struct facts_loader *l) STORE_CHECKED;

/* One that is not there is none of the facts, and no failure. */
enum db_status facts_add_booking(struct facts_loader *l, struct id id) STORE_CHECKED;
enum db_status facts_add_hold(struct facts_loader *l, struct id id) STORE_CHECKED;
enum db_status facts_add_room_state(struct facts_loader *l, struct id room) STORE_CHECKED;
enum db_status facts_add_room_states_of_type(struct facts_loader *l, struct id room_type) STORE_CHECKED;

/* Of those that were read, the ones that are not there yet. */
enum db_status facts_add_holds(struct facts_loader *l, const struct hold *holds, size_t count) STORE_CHECKED;
enum db_status facts_add_claims(struct facts_loader *l, const struct claim *claims, size_t count) STORE_CHECKED;

/* --- parts, in the order in which they are read --- */

/* Bookings, holds, closures, rooms and guests that the command names or is about. */
enum db_status facts_load_named(struct facts_loader *l) STORE_CHECKED;

/* Names that are taken, and what keeps rooms and types in use. */
enum db_status facts_load_blockers(struct facts_loader *l) STORE_CHECKED;

/* All that facts_wants() asks for, what is overcommitted, and what has lapsed in the way of it. */
enum db_status facts_load_wants(struct facts_loader *l) STORE_CHECKED;

/* What is overcommitted alone, with the nights of it. */
enum db_status facts_load_overcommitted(struct facts_loader *l) STORE_CHECKED;

/* Groups of the bookings that are there, and what was paid for them. */
enum db_status facts_load_money(struct facts_loader *l) STORE_CHECKED;

/* --- placement (facts_placement.c) --- */

/* What the want asks of placement; `fixes_rooms` as facts_fixes_rooms() says of its type. */
enum db_status facts_load_placement(struct facts_loader *l, const struct want *want, bool fixes_rooms) STORE_CHECKED;

/* Is the room that is wanted another's who could be moved? Then all who could be may have to be, one for the other. */
bool facts_is_moved_for(const struct facts_loader *l, const struct want *want);

/* The least span that holds both, and what is in both. */
static inline struct span
facts_hull(struct span a, struct span b)
{
    return (struct span){a.starts < b.starts ? a.starts : b.starts, a.ends > b.ends ? a.ends : b.ends};
}

static inline struct span
facts_within(struct span span, struct span bounds)
{
    return (struct span){span.starts > bounds.starts ? span.starts : bounds.starts,
                         span.ends < bounds.ends ? span.ends : bounds.ends};
}

#endif
