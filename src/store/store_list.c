/* One set of conditions, five statements. */
#include "store/store_list.h"

#include "store/store_row.h"

enum { CONDITIONS = 15, VALUES_MAX = CONDITIONS + 3 };

static struct db_value
text_or_any(struct str text)
{
    return text.len == 0 ? db_null() : db_text(text);
}

/* The first name after all that begin with the prefix: no character comes after U+10FFFF. */
static enum db_status
after_prefix(struct store *store, struct str prefix, struct arena *arena, struct str *ret_after)
{
    static const char last[] = "\xf4\x8f\xbf\xbf";
    size_t len = prefix.len + sizeof(last) - 1;
    char *text = arena_alloc(arena, len);
    if (text == NULL)
        return store_out_of_memory(store);
    memcpy(text, prefix.ptr, prefix.len);
    memcpy(text + prefix.len, last, sizeof(last) - 1);
    *ret_after = str_of(text, len);
    return DB_OK;
}

/* The bounds that hold for stays and slots alike. */
static struct store_range
hull(struct store_range a, struct store_range b)
{
    return (struct store_range){a.from < b.from ? a.from : b.from, a.until > b.until ? a.until : b.until};
}

static enum db_status
load_claims(struct store *store, uint32_t property, struct arena *arena, struct booking *bookings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct store_id_cell cell;
        void *items;
        enum db_status status =
            store_collect(store, STMT_CLAIM_BY_OWNER, STORE_VALUES(db_int(property), store_id(bookings[i].id, &cell)),
                          arena, sizeof(struct claim), store_decode_claim, &items, &bookings[i].claim_count);
        if (status != DB_OK)
            return status;
        bookings[i].claims = items;
    }
    return DB_OK;
}

static enum db_stmt
choose(const struct store_booking_filter *filter, struct store_range *ret_hull, bool *ret_ranged)
{
    *ret_ranged = filter->way == STORE_BOOKINGS_BY_START || filter->way == STORE_BOOKINGS_BY_END;
    *ret_hull = filter->way == STORE_BOOKINGS_BY_START ? hull(filter->stay_starts, filter->slot_starts)
                                                       : hull(filter->stay_ends, filter->slot_ends);
    switch (filter->way) {
    case STORE_BOOKINGS_BY_START: return STMT_BOOKING_PAGE_BY_START;
    case STORE_BOOKINGS_BY_END: return STMT_BOOKING_PAGE_BY_END;
    case STORE_BOOKINGS_BY_ROOM: return STMT_BOOKING_PAGE_BY_ROOM;
    case STORE_BOOKINGS_BY_GUEST: return STMT_BOOKING_PAGE_BY_GUEST;
    case STORE_BOOKINGS_BY_ID: break;
    }
    return STMT_BOOKING_PAGE;
}

enum db_status
store_list_bookings(struct store *store, uint32_t property, const struct store_booking_filter *filter, struct id after,
                    int64_t limit, struct arena *arena, struct booking **ret_bookings, size_t *ret_count)
{
    struct store_id_cell after_cell, room_cell;
    struct str guest_end = {NULL, 0};
    if (filter->guest.len > 0) {
        enum db_status status = after_prefix(store, filter->guest, arena, &guest_end);
        if (status != DB_OK)
            return status;
    }
    struct db_value values[VALUES_MAX] = {
        db_int(property),
        store_id(after, &after_cell),
        text_or_any(filter->status),
        text_or_any(filter->owner),
        db_int(filter->stay_starts.from),
        db_int(filter->slot_starts.from),
        db_int(filter->stay_starts.until),
        db_int(filter->slot_starts.until),
        db_int(filter->stay_ends.from),
        db_int(filter->slot_ends.from),
        db_int(filter->stay_ends.until),
        db_int(filter->slot_ends.until),
        store_id_or_null(filter->room, &room_cell),
        text_or_any(filter->guest),
        text_or_any(guest_end),
    };
    int count = CONDITIONS;
    struct store_range range;
    bool ranged;
    enum db_stmt stmt = choose(filter, &range, &ranged);
    if (ranged) {
        values[count++] = db_int(range.from);
        values[count++] = db_int(range.until);
    }
    values[count++] = db_int(limit);
    void *items;
    enum db_status status = store_collect(store, stmt, values, count, arena, sizeof(struct booking),
                                          store_decode_booking, &items, ret_count);
    *ret_bookings = items;
    return status == DB_OK ? load_claims(store, property, arena, *ret_bookings, *ret_count) : status;
}

static bool
decode_next_claim(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct store_next_claim *next = item;
    (void)arena;
    next->room = store_column_id(rows, 0);
    next->starts = db_column_is_null(rows, 1) ? INT64_MAX : db_column_i64(rows, 1);
    return true;
}

enum db_status
store_next_claims(struct store *store, uint32_t property, struct id room_type, int64_t ms, struct arena *arena,
                  struct store_next_claim **ret_claims, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status = store_collect(store, STMT_CLAIM_NEXT_ON_TYPE,
                                          STORE_VALUES(db_int(ms), db_int(property), store_id(room_type, &cell)), arena,
                                          sizeof(struct store_next_claim), decode_next_claim, &items, ret_count);
    *ret_claims = items;
    return status;
}

static bool
decode_instant(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = db_column_is_null(rows, 0) ? INT64_MAX : db_column_i64(rows, 0);
    return true;
}

enum db_status
store_next_expiry_after(struct store *store, uint32_t property, int64_t now_ms, int64_t *ret_ms)
{
    int64_t booking, hold;
    enum db_status status = store_fetch(store, STMT_BOOKING_EXPIRY_AFTER,
                                        STORE_VALUES(db_int(property), db_int(now_ms)), NULL, decode_instant, &booking);
    if (status == DB_OK)
        status = store_fetch(store, STMT_HOLD_EXPIRY_AFTER, STORE_VALUES(db_int(property), db_int(now_ms)), NULL,
                             decode_instant, &hold);
    if (status == DB_OK)
        *ret_ms = booking < hold ? booking : hold;
    return status;
}
