/* The log of a property and the record of what was done under which idempotency key. */
#include "store/store_row.h"

#include <assert.h>

#include "core/date.h"

enum { KEY_TABLES = STORE_KEY_DAYS };

enum db_status
store_append_event(struct store *store, uint32_t property, const struct store_event *e)
{
    struct store_id_cell subject, reason;
    struct str words = id_is_none(e->reason_id) ? e->reason : STR("");
    return store_run_one(store, STMT_EVENT_INSERT,
                         STORE_VALUES(db_int(property), db_int(e->seq), db_int(e->at), db_text(e->kind),
                                      db_text(e->subject_kind), store_id(e->subject, &subject), db_text(e->actor),
                                      store_text_or_null(e->from), store_text_or_null(e->to), store_text_or_null(words),
                                      store_text_or_null(e->request_id), db_int(e->v), db_text(e->body),
                                      db_bytes(e->hash, STORE_HASH_BYTES), store_id_or_null(e->reason_id, &reason)));
}

enum db_status
store_add_to_room(struct store *store, uint32_t property, struct id room, int64_t seq)
{
    struct store_id_cell cell;
    return store_run_one(store, STMT_ROOM_EVENT_INSERT,
                         STORE_VALUES(db_int(property), store_id(room, &cell), db_int(seq)));
}

static enum db_status
list_range(struct store *store, enum db_stmt stmt, uint32_t property, int64_t after, int64_t limit, struct arena *arena,
           struct store_event **ret_events, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, stmt, STORE_VALUES(db_int(property), db_int(after), db_int(limit)),
                                          arena, sizeof(struct store_event), store_decode_event, &items, ret_count);
    *ret_events = items;
    return status;
}

enum db_status
store_list_events(struct store *store, uint32_t property, int64_t after, int64_t limit, struct arena *arena,
                  struct store_event **ret_events, size_t *ret_count)
{
    return list_range(store, STMT_EVENT_RANGE, property, after, limit, arena, ret_events, ret_count);
}

enum db_status
store_list_events_but_payments(struct store *store, uint32_t property, int64_t after, int64_t limit,
                               struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    return list_range(store, STMT_EVENT_RANGE_BUT_PAYMENTS, property, after, limit, arena, ret_events, ret_count);
}

static enum db_status
list_events_of(struct store *store, enum db_stmt stmt, uint32_t property, struct id subject, int64_t after,
               int64_t limit, struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status = store_collect(
        store, stmt, STORE_VALUES(db_int(property), store_id(subject, &cell), db_int(after), db_int(limit)), arena,
        sizeof(struct store_event), store_decode_event, &items, ret_count);
    *ret_events = items;
    return status;
}

enum db_status
store_list_events_of(struct store *store, uint32_t property, struct id subject, int64_t after, int64_t limit,
                     struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    return list_events_of(store, STMT_EVENT_OF_SUBJECT, property, subject, after, limit, arena, ret_events, ret_count);
}

enum db_status
store_list_events_of_guest(struct store *store, uint32_t property, struct id guest, int64_t after, int64_t limit,
                           struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    return list_events_of(store, STMT_EVENT_OF_GUEST, property, guest, after, limit, arena, ret_events, ret_count);
}

enum db_status
store_list_events_of_room(struct store *store, uint32_t property, struct id room, int64_t after, int64_t limit,
                          struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    return list_events_of(store, STMT_EVENT_OF_ROOM, property, room, after, limit, arena, ret_events, ret_count);
}

enum db_status
store_list_events_of_payments(struct store *store, uint32_t property, int64_t after_at, int64_t after, int64_t until,
                              int64_t limit, struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    void *items;
    enum db_status status =
        store_collect(store, STMT_EVENT_OF_PAYMENTS,
                      STORE_VALUES(db_int(property), db_int(after_at), db_int(after), db_int(until), db_int(limit)),
                      arena, sizeof(struct store_event), store_decode_event, &items, ret_count);
    *ret_events = items;
    return status;
}

enum db_status
store_load_event_before(struct store *store, uint32_t property, struct id subject, int64_t seq, struct arena *arena,
                        struct store_event *ret_event)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_EVENT_BEFORE, STORE_VALUES(db_int(property), store_id(subject, &cell), db_int(seq)),
                       arena, store_decode_event, ret_event);
}

enum db_status
store_load_last_event_of(struct store *store, uint32_t property, struct id subject, struct arena *arena,
                         struct store_event *ret_event)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_EVENT_LAST_OF, STORE_VALUES(db_int(property), store_id(subject, &cell)), arena,
                       store_decode_event, ret_event);
}

static bool
decode_hash(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    struct str hash = db_column_str(rows, 0);
    if (hash.len != STORE_HASH_BYTES)
        return false;
    memcpy(item, hash.ptr, STORE_HASH_BYTES);
    return true;
}

enum db_status
store_load_event_hash(struct store *store, uint32_t property, int64_t seq, unsigned char ret_hash[STORE_HASH_BYTES])
{
    memset(ret_hash, 0, STORE_HASH_BYTES);
    if (seq == 0)
        return DB_OK;
    return store_fetch(store, STMT_EVENT_HASH, STORE_VALUES(db_int(property), db_int(seq)), NULL, decode_hash,
                       ret_hash);
}

/* --- idempotency --- */

static bool
decode_idempotency(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    struct store_idempotency *record = item;
    struct str request = db_column_str(rows, 0);
    if (request.len != STORE_KEY_BYTES)
        return false;
    memcpy(record->request, request.ptr, STORE_KEY_BYTES);
    record->first_seq = db_column_i64(rows, 1);
    record->event_count = db_column_i64(rows, 2);
    record->at = db_column_i64(rows, 3);
    return true;
}

enum db_status
store_find_idempotency(struct store *store, uint32_t property, const unsigned char key[STORE_KEY_BYTES],
                       struct store_idempotency *ret_record)
{
    struct store_idempotency found[KEY_TABLES];
    struct db_rows *rows;
    enum db_status status =
        db_query(store->connection, STMT_IDEMPOTENCY_FIND,
                 STORE_VALUES(db_int(property), db_bytes(key, STORE_KEY_BYTES)), &rows, &store->err);
    if (status != DB_OK)
        return status;
    bool any = false;
    while ((status = db_next(rows, &store->err)) == DB_ROW) {
        if (!decode_idempotency(rows, NULL, &found[0])) {
            err_set(&store->err, ERR_DATA, "an idempotency record can't be decoded");
            status = DB_FAILED;
            break;
        }
        if (!any || found[0].at > ret_record->at)
            *ret_record = found[0];
        any = true;
    }
    db_finish(rows);
    if (status != DB_NO_ROW)
        return status;
    memcpy(ret_record->key, key, STORE_KEY_BYTES);
    return any ? DB_OK : DB_NO_ROW;
}

static bool
decode_day(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = db_column_i64(rows, 0);
    return true;
}

enum db_status
store_load_key_day(struct store *store, int64_t *ret_day)
{
    return store_fetch(store, STMT_IDEMPOTENCY_DAY, NULL, 0, NULL, decode_day, ret_day);
}

enum db_status
store_turn_key_day(struct store *store, int64_t *day)
{
    static const enum db_stmt empty[KEY_TABLES] = {STMT_IDEMPOTENCY_EMPTY_0, STMT_IDEMPOTENCY_EMPTY_1,
                                                   STMT_IDEMPOTENCY_EMPTY_2};
    int64_t stored = 0;
    enum db_status status = store_load_key_day(store, &stored);
    if (status != DB_OK)
        return status;
    if (stored >= *day) {
        *day = stored;
        return DB_OK;
    }
    int64_t first = *day - stored >= KEY_TABLES ? *day - KEY_TABLES + 1 : stored + 1;
    for (int64_t turned = first; status == DB_OK && turned <= *day; turned++)
        status = db_run(store->connection, empty[turned % KEY_TABLES], NULL, 0, NULL, &store->err);
    if (status != DB_OK)
        return status;
    return store_run_one(store, STMT_IDEMPOTENCY_DAY_SET, STORE_VALUES(db_int(*day)));
}

enum db_status
store_insert_idempotency(struct store *store, uint32_t property, int64_t day, const struct store_idempotency *record)
{
    static const enum db_stmt insert[KEY_TABLES] = {STMT_IDEMPOTENCY_INSERT_0, STMT_IDEMPOTENCY_INSERT_1,
                                                    STMT_IDEMPOTENCY_INSERT_2};
    assert(day >= 0);
    return store_run_one(store, insert[day % KEY_TABLES],
                         STORE_VALUES(db_int(property), db_bytes(record->key, STORE_KEY_BYTES),
                                      db_bytes(record->request, STORE_KEY_BYTES), db_int(record->first_seq),
                                      db_int(record->event_count), db_int(record->at)));
}

static bool
take_key(const struct db_rows *rows, struct store_key_place *place)
{
    struct str key = db_column_str(rows, 1);
    if (key.len != STORE_KEY_BYTES)
        return false;
    place->property = db_column_i64(rows, 0);
    memcpy(place->key, key.ptr, STORE_KEY_BYTES);
    return true;
}

enum db_status
store_list_keys(struct store *store, int table, struct store_key_place *place, size_t limit,
                unsigned char (*ret_keys)[STORE_KEY_BYTES], size_t *ret_count)
{
    static const enum db_stmt walk[KEY_TABLES] = {STMT_IDEMPOTENCY_WALK_0, STMT_IDEMPOTENCY_WALK_1,
                                                  STMT_IDEMPOTENCY_WALK_2};
    struct db_rows *rows;
    *ret_count = 0;
    unsigned char from[STORE_KEY_BYTES]; /* bound to the statement while the place moves */
    memcpy(from, place->key, STORE_KEY_BYTES);
    enum db_status status =
        db_query(store->connection, walk[table],
                 STORE_VALUES(db_int(place->property), db_bytes(from, STORE_KEY_BYTES), db_int((int64_t)limit)), &rows,
                 &store->err);
    if (status != DB_OK)
        return status;
    while ((status = db_next(rows, &store->err)) == DB_ROW) {
        if (!take_key(rows, place)) {
            err_set(&store->err, ERR_DATA, "an idempotency key can't be decoded");
            status = DB_FAILED;
            break;
        }
        memcpy(ret_keys[(*ret_count)++], place->key, STORE_KEY_BYTES);
    }
    db_finish(rows);
    return status == DB_NO_ROW ? DB_OK : status;
}
