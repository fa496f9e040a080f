/* Small statements of their own; nothing of the product's write path is here. */
#include "store/store_rebuild.h"

#include "store/store_row.h"

struct type_of_room {
    struct id type;
    bool by_night;
};

static bool
decode_type_of_room(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct type_of_room *found = item;
    (void)arena;
    found->type = store_column_id(rows, 0);
    found->by_night = str_equal(db_column_str(rows, 1), sold_by_name(SOLD_BY_NIGHT));
    return true;
}

enum db_status
store_type_of_room(struct store *store, uint32_t property, struct id room, struct id *ret_type, bool *ret_by_night)
{
    struct store_id_cell cell;
    struct type_of_room found = {.by_night = false};
    enum db_status status =
        store_fetch(store, STMT_REBUILD_TYPE_OF_ROOM, STORE_VALUES(db_int(property), store_id(room, &cell)), NULL,
                    decode_type_of_room, &found);
    *ret_type = found.type;
    *ret_by_night = found.by_night;
    return status;
}

enum db_status
store_drop_claims_of(struct store *store, uint32_t property, struct id owner)
{
    struct store_id_cell cell;
    return db_run(store->connection, STMT_REBUILD_DROP_CLAIMS, STORE_VALUES(db_int(property), store_id(owner, &cell)),
                  NULL, &store->err);
}

static enum db_status
put_occupant(struct store *store, uint32_t property, const struct room_state *s)
{
    struct store_id_cell room, booking;
    struct occupancy occupancy = {s->room, s->occupant};
    enum db_status status = db_run(
        store->connection, STMT_REBUILD_VACATE,
        STORE_VALUES(db_int(property), store_id(s->room, &room), store_id(s->occupant, &booking)), NULL, &store->err);
    return status == DB_OK && room_is_occupied(s) ? store_begin_occupancy(store, property, &occupancy) : status;
}

enum db_status
store_rebuild_room_state(struct store *store, uint32_t property, const struct room_state *s)
{
    struct store_id_cell id, fault, note, attendant;
    enum db_status status = store_run_one(
        store, STMT_REBUILD_ROOM_STATE,
        STORE_VALUES(db_text(cleanliness_name(s->cleanliness)), store_id_or_null(s->fault, &fault),
                     store_time_or_null(s->fault_since), store_id_or_null(s->note, &note),
                     store_id_or_null(s->attendant, &attendant), db_int(property), store_id(s->room, &id)));
    return status == DB_OK ? put_occupant(store, property, s) : status;
}

enum db_status
store_put_stranger(struct store *store, uint32_t property, struct id guest)
{
    struct store_id_cell cell;
    return db_run(store->connection, STMT_REBUILD_GUEST, STORE_VALUES(db_int(property), store_id(guest, &cell)), NULL,
                  &store->err);
}

static bool
decode_seq(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = db_column_i64(rows, 0);
    return true;
}

enum db_status
store_last_seq_about(struct store *store, uint32_t property, struct id subject, int64_t *ret_seq)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_REBUILD_LAST_ABOUT, STORE_VALUES(db_int(property), store_id(subject, &cell)), NULL,
                       decode_seq, ret_seq);
}
