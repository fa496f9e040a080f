/* One set of conditions, five statements. */
#include "store/store_list.h"

#include <assert.h>

#include "base/text.h"
#include "store/store_row.h"
#include "store/store_words.h"

enum { CONDITIONS = 18 + STORE_GUEST_WORDS_MAX, VALUES_MAX = CONDITIONS + 5 };

static struct db_value
text_or_any(struct str text)
{
    return text.len == 0 ? db_null() : db_text(text);
}

/* The first word after all that begin with the prefix: no character comes after U+10FFFF. Empty when the arena is full.
 */
static struct str
after_prefix(struct str prefix, struct arena *arena)
{
    static const char last[] = "\xf4\x8f\xbf\xbf";
    struct text text;
    text_init(&text, arena, prefix.len + sizeof(last));
    text_put(&text, prefix);
    text_put(&text, str_from(last));
    return text_str(&text);
}

/* The bounds that hold for stays and slots alike. */
static struct store_range
hull(struct store_range a, struct store_range b)
{
    return (struct store_range){a.from < b.from ? a.from : b.from, a.until > b.until ? a.until : b.until};
}

static enum db_status
complete(struct store *store, uint32_t property, struct arena *arena, struct booking *bookings, size_t count)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = store_complete_booking(store, property, arena, &bookings[i]);
    return status;
}

/* The values of a statement, as they are put together. */
struct asking {
    struct db_value values[VALUES_MAX];
    int count;
    enum db_stmt stmt;
};

static void
ask(struct asking *asking, struct db_value value)
{
    asking->values[asking->count++] = value;
}

static void
ask_range(struct asking *asking, struct store_range range)
{
    ask(asking, db_int(range.from));
    ask(asking, db_int(range.until));
}

/* By the longest word, which the fewest names have. */
static enum db_status
ask_word(struct asking *asking, struct store *store, uint32_t property, const struct words *words, struct arena *arena)
{
    struct store_head head;
    struct str longest = words->items[0];
    for (size_t i = 1; i < words->count; i++)
        if (words->items[i].len > longest.len)
            longest = words->items[i];
    enum db_status status = store_load_head(store, property, &head);
    if (status != DB_OK)
        return status;
    struct str after = after_prefix(longest, arena);
    if (after.len == 0)
        return store_out_of_memory(store);
    int64_t parts = head.next_code / STORE_WORD_PART;
    asking->stmt = STMT_BOOKING_PAGE_BY_GUEST;
    ask(asking, db_int(parts));
    ask(asking, db_text(longest));
    ask(asking, db_text(after));
    ask(asking, db_int(parts * STORE_WORD_PART));
    return DB_OK;
}

static enum db_status
ask_way(struct asking *asking, struct store *store, uint32_t property, const struct store_booking_filter *filter,
        struct arena *arena)
{
    switch (filter->way) {
    case STORE_BOOKINGS_BY_ID: asking->stmt = STMT_BOOKING_PAGE; break;
    case STORE_BOOKINGS_LIVE_STAYS:
    case STORE_BOOKINGS_BY_START:
        asking->stmt =
            filter->way == STORE_BOOKINGS_LIVE_STAYS ? STMT_BOOKING_PAGE_LIVE_STAYS : STMT_BOOKING_PAGE_BY_START;
        ask_range(asking, hull(filter->stay_starts, filter->slot_starts));
        ask_range(asking, hull(filter->stay_ends, filter->slot_ends));
        break;
    case STORE_BOOKINGS_BY_ROOM: asking->stmt = STMT_BOOKING_PAGE_BY_ROOM; break;
    case STORE_BOOKINGS_BY_GUEST: return ask_word(asking, store, property, &filter->guest, arena);
    }
    return DB_OK;
}

enum db_status
store_list_bookings(struct store *store, uint32_t property, const struct store_booking_filter *filter, struct id after,
                    int64_t limit, struct arena *arena, struct booking **ret_bookings, size_t *ret_count)
{
    struct store_id_cell after_cell, room_cell;
    struct asking asking = {.count = 0};
    assert(filter->guest.count <= STORE_GUEST_WORDS_MAX);
    ask(&asking, db_int(property));
    ask(&asking, store_id(after, &after_cell));
    ask(&asking, text_or_any(filter->status));
    ask(&asking, text_or_any(filter->owner));
    ask(&asking, db_int(filter->stay_starts.from));
    ask(&asking, db_int(filter->slot_starts.from));
    ask(&asking, db_int(filter->stay_starts.until));
    ask(&asking, db_int(filter->slot_starts.until));
    ask(&asking, db_int(filter->stay_ends.from));
    ask(&asking, db_int(filter->slot_ends.from));
    ask(&asking, db_int(filter->stay_ends.until));
    ask(&asking, db_int(filter->slot_ends.until));
    ask(&asking, store_id_or_null(filter->room, &room_cell));
    for (size_t i = 0; i < STORE_GUEST_WORDS_MAX; i++)
        ask(&asking, i < filter->guest.count ? db_text(filter->guest.items[i]) : db_null());
    ask(&asking, db_int(filter->came_about));
    ask(&asking, db_int(filter->awaited));
    ask(&asking, db_int(filter->arrived));
    ask(&asking, filter->overdue == INT64_MIN ? db_null() : db_int(filter->overdue));
    ask(&asking, filter->changes_room == INT64_MIN ? db_null() : db_int(filter->changes_room));
    enum db_status status = ask_way(&asking, store, property, filter, arena);
    if (status != DB_OK)
        return status;
    ask(&asking, db_int(limit));
    void *items;
    status = store_collect(store, asking.stmt, asking.values, asking.count, arena, sizeof(struct booking),
                           store_decode_booking, &items, ret_count);
    *ret_bookings = items;
    return status == DB_OK ? complete(store, property, arena, *ret_bookings, *ret_count) : status;
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
