/* Rows of guest_link. */
#include "store/store_guest_link.h"

#include <string.h>

#include "store/store_row.h"

static bool
decode_link(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct guest_link *link = item;
    struct str hash = db_column_str(rows, 1);
    (void)arena;
    *link = (struct guest_link){.id = store_column_id(rows, 0),
                                .booking = store_column_id(rows, 2),
                                .withdrawn_at = db_column_i64(rows, 3),
                                .created_at = db_column_i64(rows, 4),
                                .version = db_column_i64(rows, 5)};
    if (hash.len != SECRET_HASH_BYTES)
        return false;
    memcpy(link->hash, hash.ptr, SECRET_HASH_BYTES);
    return true;
}

enum db_status
store_load_guest_link(struct store *store, uint32_t property, struct id id, struct guest_link *ret_link)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_GUEST_LINK_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), NULL,
                       decode_link, ret_link);
}

enum db_status
store_load_guest_link_of(struct store *store, uint32_t property, struct id booking, struct guest_link *ret_link)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_GUEST_LINK_LOAD_OF, STORE_VALUES(db_int(property), store_id(booking, &cell)), NULL,
                       decode_link, ret_link);
}

enum db_status
store_list_guest_links(struct store *store, uint32_t property, struct id guest, struct arena *arena,
                       struct guest_link **ret_links, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_GUEST_LINK_LIST, STORE_VALUES(db_int(property), store_id(guest, &cell)), arena,
                      sizeof(struct guest_link), decode_link, &items, ret_count);
    *ret_links = items;
    return status;
}

enum db_status
store_put_guest_link(struct store *store, uint32_t property, const struct guest_link *link)
{
    struct store_id_cell id, booking;
    if (link->version > 1)
        return store_run_one(store, STMT_GUEST_LINK_UPDATE,
                             STORE_VALUES(store_time_or_null(link->withdrawn_at), db_int(link->version),
                                          db_int(property), store_id(link->id, &id), db_int(link->version - 1)));
    return store_run_one(store, STMT_GUEST_LINK_INSERT,
                         STORE_VALUES(db_int(property), store_id(link->id, &id),
                                      db_bytes(link->hash, SECRET_HASH_BYTES), store_id(link->booking, &booking),
                                      store_time_or_null(link->withdrawn_at), db_int(link->created_at),
                                      db_int(link->version)));
}
