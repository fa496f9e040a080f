/* Closures as rows. As in store.h: results in the arena, DB_OK or how it failed. */
#ifndef NIGHTLATCH_STORE_STORE_CLOSURE_H
#define NIGHTLATCH_STORE_STORE_CLOSURE_H

#include "core/closure.h"
#include "store/store.h"

/* DB_NO_ROW when absent. */
enum db_status store_load_closure(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                  struct closure *ret_closure) STORE_CHECKED;

/* In order of id, after `after`, at most `limit`; of a room (none: of all), and with `open` those that are not
 * reopened alone. */
struct store_closures_asked {
    struct id room, after;
    bool open;
    int64_t limit;
};
enum db_status store_page_closures(struct store *store, uint32_t property, const struct store_closures_asked *asked,
                                   struct arena *arena, struct closure **ret_closures, size_t *ret_count) STORE_CHECKED;

/* Open ones of a kind whose time overlaps the span, of all rooms. */
enum db_status store_closures_over(struct store *store, uint32_t property, enum closure_kind kind, struct span span,
                                   struct arena *arena, struct closure **ret_closures, size_t *ret_count) STORE_CHECKED;

/* A change; only the engine's apply() and the fold of a log call it. */
enum db_status store_put_closure(struct store *store, uint32_t property, const struct closure *closure) STORE_CHECKED;

#endif
