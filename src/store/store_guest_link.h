/* Links of bookings: rows of guest_link. The rules of store.h hold here too. */
#ifndef NIGHTLATCH_STORE_STORE_GUEST_LINK_H
#define NIGHTLATCH_STORE_STORE_GUEST_LINK_H

#include "core/guest_link.h"
#include "store/store.h"

enum db_status store_load_guest_link(struct store *store, uint32_t property, struct id id,
                                     struct guest_link *ret_link) STORE_CHECKED;

/* The one of a booking that was not withdrawn, be it too old or not; DB_NO_ROW without one. */
enum db_status store_load_guest_link_of(struct store *store, uint32_t property, struct id booking,
                                        struct guest_link *ret_link) STORE_CHECKED;

/* Those of all bookings of a guest that were not withdrawn. */
enum db_status store_list_guest_links(struct store *store, uint32_t property, struct id guest, struct arena *arena,
                                      struct guest_link **ret_links, size_t *ret_count) STORE_CHECKED;

/* A new one, or with withdrawn_at one that is withdrawn; only the engine's apply() calls it. */
enum db_status store_put_guest_link(struct store *store, uint32_t property,
                                    const struct guest_link *link) STORE_CHECKED;

#endif
