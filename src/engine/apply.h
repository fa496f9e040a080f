/* The only function that writes what was decided. */
#ifndef NIGHTLATCH_ENGINE_APPLY_H
#define NIGHTLATCH_ENGINE_APPLY_H

#include "core/decision.h"
#include "store/store.h"

/* Writes changes [from, until) of a decision on `house`, in their order, inside the open transaction (asserted). DB_OK,
 * or the first failure, after which the transaction must be rolled back. *ret_house_changed is set, never cleared, when
 * the property's house is another one now. What it makes on its way is in the arena. */
enum db_status apply_changes(struct store *store, uint32_t property, const struct house *house,
                             const struct decision *decision, size_t from, size_t until, int64_t now_ms,
                             struct arena *arena, bool *ret_house_changed) STORE_CHECKED;

#endif
