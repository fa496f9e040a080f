/* What folding a log asks of the fresh tables and of the log, beside the verbs of store.h that fill them.
 *
 * For engine/rebuild*.c alone. Every function returns as those of store.h do. */
#ifndef NIGHTLATCH_STORE_STORE_REBUILD_H
#define NIGHTLATCH_STORE_STORE_REBUILD_H

#include "store/store.h"

/* The type of a room, deleted or not, and how it is sold. DB_NO_ROW for no such room. */
enum db_status store_type_of_room(struct store *store, uint32_t property, struct id room, struct id *ret_type,
                                  bool *ret_by_night) STORE_CHECKED;

/* Drops whatever claims the owner has. */
enum db_status store_drop_claims_of(struct store *store, uint32_t property, struct id owner) STORE_CHECKED;

/* What is going on in a room that is there already, whatever its version. Who comes into it leaves the room they were
 * in: the events of one decision may tell of a move from either end. */
enum db_status store_rebuild_room_state(struct store *store, uint32_t property,
                                        const struct room_state *state) STORE_CHECKED;

/* Someone of whom nothing is known but the id, so that what names them can be stored; once is enough. */
enum db_status store_put_stranger(struct store *store, uint32_t property, struct id guest) STORE_CHECKED;

/* The number of the last event that has this subject; 0 for none. */
enum db_status store_last_seq_about(struct store *store, uint32_t property, struct id subject,
                                    int64_t *ret_seq) STORE_CHECKED;

#endif
