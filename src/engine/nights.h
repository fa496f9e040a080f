/* The nights that come within the horizon as the days go by. */
#ifndef NIGHTLATCH_ENGINE_NIGHTS_H
#define NIGHTLATCH_ENGINE_NIGHTS_H

#include "base/arena.h"
#include "core/decision.h"
#include "store/store.h"

/* Opens, as one decision, every night up to the horizon that the types of the house sell and that has no stock row yet:
 * a copy of the last that has one. `today` is the business date. *ret_decision is in the arena and has no events when
 * there is nothing to open. DB_OK, or how reading failed (store->err). Inside a transaction of the engine's thread. */
enum db_status nights_decide(struct store *store, uint32_t property, const struct house *house, int32_t today,
                             struct arena *arena, struct decision *ret_decision) STORE_CHECKED;

#endif
