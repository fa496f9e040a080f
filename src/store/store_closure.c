/* Kind and status are words in the database, so that a row can be read without the program. */
#include "store/store_closure.h"

#include "store/store_row.h"

static bool
decode_closure(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct closure *closure = item;
    *closure = (struct closure){.id = store_column_id(rows, 0), .room = store_column_id(rows, 1)};
    if (!closure_kind_parse(db_column_str(rows, 2), &closure->kind) ||
        !closure_status_parse(db_column_str(rows, 3), &closure->status))
        return false;
    closure->by_minute = db_column_i64(rows, 4) != 0;
    closure->span = (struct span){db_column_i64(rows, 5), db_column_i64(rows, 6)};
    closure->reason = store_column_id(rows, 7);
    closure->created_by = arena_copy_str(arena, db_column_str(rows, 8));
    closure->created_at = db_column_i64(rows, 9);
    closure->reopened_at = db_column_i64(rows, 10);
    closure->version = db_column_i64(rows, 11);
    closure->placement = str_equal(db_column_str(rows, 12), booking_placement_name(PLACEMENT_STATE_UNPROVEN))
                             ? PLACEMENT_STATE_UNPROVEN
                             : PLACEMENT_STATE_PROVEN;
    return true;
}

enum db_status
store_load_closure(struct store *store, uint32_t property, struct id id, struct arena *arena,
                   struct closure *ret_closure)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_CLOSURE_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       decode_closure, ret_closure);
}

static enum db_status
collect(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count, struct arena *arena,
        struct closure **ret_closures, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, stmt, values, value_count, arena, sizeof(struct closure),
                                          decode_closure, &items, ret_count);
    *ret_closures = items;
    return status;
}

enum db_status
store_page_closures(struct store *store, uint32_t property, const struct store_closures_asked *asked,
                    struct arena *arena, struct closure **ret_closures, size_t *ret_count)
{
    struct store_id_cell room, after;
    if (!id_is_none(asked->room))
        return collect(store, STMT_CLOSURE_PAGE_OF_ROOM,
                       STORE_VALUES(db_int(property), store_id(asked->room, &room), store_id(asked->after, &after),
                                    db_int(asked->open), db_int(asked->limit)),
                       arena, ret_closures, ret_count);
    if (asked->open)
        return collect(store, STMT_CLOSURE_PAGE_OPEN,
                       STORE_VALUES(db_int(property), store_id(asked->after, &after), db_int(asked->limit)), arena,
                       ret_closures, ret_count);
    return collect(store, STMT_CLOSURE_PAGE,
                   STORE_VALUES(db_int(property), store_id(asked->after, &after), db_int(asked->limit)), arena,
                   ret_closures, ret_count);
}

enum db_status
store_closures_over(struct store *store, uint32_t property, enum closure_kind kind, struct span span,
                    struct arena *arena, struct closure **ret_closures, size_t *ret_count)
{
    return collect(
        store, STMT_CLOSURE_OVER,
        STORE_VALUES(db_int(property), db_text(closure_kind_name(kind)), db_int(span.starts), db_int(span.ends)), arena,
        ret_closures, ret_count);
}

enum db_status
store_put_closure(struct store *store, uint32_t property, const struct closure *c)
{
    struct store_id_cell id, room, reason;
    if (c->version > 1)
        return store_run_one(store, STMT_CLOSURE_UPDATE,
                             STORE_VALUES(db_text(closure_status_name(c->status)), db_int(c->span.ends),
                                          store_time_or_null(c->reopened_at), db_int(c->version),
                                          db_text(booking_placement_name(c->placement)), db_int(property),
                                          store_id(c->id, &id), db_int(c->version - 1)));
    return store_run_one(store, STMT_CLOSURE_INSERT,
                         STORE_VALUES(db_int(property), store_id(c->id, &id), store_id(c->room, &room),
                                      db_text(closure_kind_name(c->kind)), db_text(closure_status_name(c->status)),
                                      db_int(c->by_minute), db_int(c->span.starts), db_int(c->span.ends),
                                      store_id_or_null(c->reason, &reason), db_text(c->created_by),
                                      db_int(c->created_at), store_time_or_null(c->reopened_at), db_int(c->version),
                                      db_text(booking_placement_name(c->placement))));
}
