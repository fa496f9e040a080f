/* Whether an Idempotency-Key may have an effect already, without asking the database.
 *
 * "No" is certain: no effect is stored under the key, and no request with it is on its way through the engine. "Maybe"
 * means that the one who asks has to look. Stored keys are bits in a filter per day of the tables that keep them
 * (Bloom 1970, four bits a key), which is emptied when its table is; requests on their way are counted by a few bits of
 * their key. Both have a fixed size: a filter that has filled up says "maybe" more often and nothing worse. It refuses
 * to answer "no" before it has been told of every key that was stored before it was made.
 *
 * Threads: any may ask, begin and end; only one, the writer's, adds and says that all are loaded. */
#ifndef NIGHTLATCH_ENGINE_KEY_FILTER_H
#define NIGHTLATCH_ENGINE_KEY_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct key_filter;

/* About 6 MiB of address space, of which what is used is touched. NULL without memory. */
struct key_filter *key_filter_new(void);
void key_filter_free(struct key_filter *filter); /* NULL is allowed */

/* A request with this key is on its way, from before anybody can decide it until after its effect is added. */
void key_filter_begin(struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES]);
void key_filter_end(struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES]);

/* An effect is going to be stored under the key in the table of this day, before it is committed. A day that comes
 * round empties what the day before it in the same table left. */
void key_filter_add(struct key_filter *filter, int64_t day, const unsigned char key[STORE_KEY_BYTES]);

/* Every key that was stored has been added. */
void key_filter_loaded(struct key_filter *filter);

/* The beginning of a transaction, and whether a filter was emptied since: when the transaction is undone then, the
 * table was not, and all have to be loaded again. */
void key_filter_note_turns(struct key_filter *filter);
bool key_filter_has_turned(const struct key_filter *filter);
void key_filter_unload(struct key_filter *filter);

/* Whether an effect may be stored, requests on their way left out: for who decides them one after another. */
bool key_filter_may_be_stored(const struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES]);

/* The same, those on their way included. */
bool key_filter_may_be_known(const struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES]);

#endif
