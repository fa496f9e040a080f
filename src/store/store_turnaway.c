/* Reasons are stored by their codes, so that the order of outcomes may change. */
#include "store/store_turnaway.h"

#include "store/store_row.h"

static struct str
code_of(enum outcome reason)
{
    return outcome_info(reason)->code;
}

static bool
find_reason(struct str code, enum outcome *ret_reason)
{
    static const enum outcome reasons[] = {OUTCOME_SOLD_OUT, OUTCOME_NO_ROOM_FITS, OUTCOME_ROOM_NOT_AVAILABLE,
                                           OUTCOME_BOOKING_CONFLICT};
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (str_equal(code_of(reasons[i]), code)) {
            *ret_reason = reasons[i];
            return true;
        }
    return false;
}

/* Empty for none: NULL has no place in a key. */
static struct db_value
room_or_empty(struct id room, struct store_id_cell *cell)
{
    return id_is_none(room) ? db_bytes(cell->bytes, 0) : store_id(room, cell);
}

static bool
decode(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct store_turnaway *turnaway = item;
    (void)arena;
    *turnaway = (struct store_turnaway){.date = (int32_t)db_column_i64(rows, 0),
                                        .hour = (int32_t)db_column_i64(rows, 1),
                                        .room_type = store_column_id(rows, 2),
                                        .room = store_column_id(rows, 3),
                                        .units = db_column_i64(rows, 5)};
    return find_reason(db_column_str(rows, 4), &turnaway->reason);
}

enum db_status
store_add_turnaway(struct store *store, uint32_t property, const struct store_turnaway *turnaway)
{
    struct store_id_cell type, room;
    return store_run_one(store, STMT_TURNAWAY_ADD,
                         STORE_VALUES(db_int(property), db_int(turnaway->date), db_int(turnaway->hour),
                                      store_id(turnaway->room_type, &type), room_or_empty(turnaway->room, &room),
                                      db_text(code_of(turnaway->reason)), db_int(turnaway->units)));
}

enum db_status
store_list_turnaways(struct store *store, uint32_t property, int32_t from, int32_t until, struct id room_type,
                     const struct store_turnaway *after, int64_t limit, struct arena *arena,
                     struct store_turnaway **ret_turnaways, size_t *ret_count)
{
    const struct store_turnaway first = {.date = from, .hour = STORE_NO_HOUR};
    const struct store_turnaway *past = after == NULL ? &first : after;
    struct store_id_cell past_type, past_room, type;
    struct str reason = after == NULL ? STR("") : code_of(after->reason);
    void *items;
    enum db_status status = store_collect(
        store, STMT_TURNAWAY_PAGE,
        STORE_VALUES(db_int(property), db_int(past->date > from ? past->date : from), db_int(until), db_int(past->date),
                     db_int(past->hour), store_id(past->room_type, &past_type), room_or_empty(past->room, &past_room),
                     db_text(reason), store_id_or_null(room_type, &type), db_int(limit)),
        arena, sizeof(struct store_turnaway), decode, &items, ret_count);
    *ret_turnaways = items;
    return status;
}
