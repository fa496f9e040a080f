/* Facts for decisions: what is there now. */
#include "store/store_row.h"

#include "core/date.h"

/* --- head --- */

static bool
decode_head(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    struct store_head *head = item;
    struct str hash = db_column_str(rows, 1);
    if (hash.len != STORE_HASH_BYTES)
        return false;
    head->seq = db_column_i64(rows, 0);
    memcpy(head->hash, hash.ptr, STORE_HASH_BYTES);
    head->decided_at = db_column_i64(rows, 2);
    head->next_code = db_column_i64(rows, 3);
    head->house_version = db_column_i64(rows, 4);
    return true;
}

enum db_status
store_load_head(struct store *store, uint32_t property, struct store_head *ret_head)
{
    return store_fetch(store, STMT_HEAD_LOAD, STORE_VALUES(db_int(property)), NULL, decode_head, ret_head);
}

/* --- house --- */

enum db_status
store_load_house(struct store *store, uint32_t property, struct arena *arena, struct house *ret_house)
{
    *ret_house = (struct house){.property = NULL};
    if (property == 0)
        return DB_OK;
    struct property *row = ARENA_NEW(arena, struct property);
    if (row == NULL)
        return store_out_of_memory(store);
    enum db_status status =
        store_fetch(store, STMT_PROPERTY_LOAD, STORE_VALUES(db_int(property)), arena, store_decode_property, row);
    if (status != DB_OK)
        return status;
    ret_house->property = row;
    void *items;
    status = store_collect(store, STMT_ROOM_TYPE_LIST, STORE_VALUES(db_int(property)), arena, sizeof(struct room_type),
                           store_decode_room_type, &items, &ret_house->type_count);
    if (status != DB_OK)
        return status;
    ret_house->types = items;
    status = store_collect(store, STMT_ROOM_LIST, STORE_VALUES(db_int(property)), arena, sizeof(struct room),
                           store_decode_room, &items, &ret_house->room_count);
    ret_house->rooms = items;
    return status;
}

enum db_status
store_list_properties(struct store *store, struct arena *arena, struct property **ret_properties, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, STMT_PROPERTY_LIST, NULL, 0, arena, sizeof(struct property),
                                          store_decode_property, &items, ret_count);
    *ret_properties = items;
    return status;
}

static bool
decode_i64(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = db_column_i64(rows, 0);
    return true;
}

enum db_status
store_next_property_number(struct store *store, uint32_t *ret_number)
{
    int64_t number = 0;
    enum db_status status = store_fetch(store, STMT_PROPERTY_NEXT, NULL, 0, NULL, decode_i64, &number);
    *ret_number = (uint32_t)number;
    return status;
}

static bool
decode_property_id(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct id *)item = store_column_id(rows, 1);
    return true;
}

enum db_status
store_property_name_taken(struct store *store, struct str name, struct id except, bool *ret_taken)
{
    struct id found = ID_NONE;
    enum db_status status =
        store_fetch(store, STMT_PROPERTY_BY_NAME, STORE_VALUES(db_text(name)), NULL, decode_property_id, &found);
    *ret_taken = status == DB_OK && !id_equal(found, except);
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
store_load_room_state(struct store *store, uint32_t property, struct id room, struct room_state *ret_state)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_ROOM_STATE_LOAD, STORE_VALUES(db_int(property), store_id(room, &cell)), NULL,
                       store_decode_room_state, ret_state);
}

enum db_status
store_list_room_states(struct store *store, uint32_t property, struct arena *arena, struct room_state **ret_states,
                       size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, STMT_ROOM_STATE_LIST, STORE_VALUES(db_int(property)), arena,
                                          sizeof(struct room_state), store_decode_room_state, &items, ret_count);
    *ret_states = items;
    return status;
}

enum db_status
store_list_room_states_of_type(struct store *store, uint32_t property, struct id room_type, struct arena *arena,
                               struct room_state **ret_states, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_ROOM_STATE_OF_TYPE, STORE_VALUES(db_int(property), store_id(room_type, &cell)), arena,
                      sizeof(struct room_state), store_decode_room_state, &items, ret_count);
    *ret_states = items;
    return status;
}

/* --- bookings, groups, guests --- */

static bool
decode_room_id(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct id *)item = store_column_id(rows, 0);
    return true;
}

static enum db_status
load_companions(struct store *store, uint32_t property, struct arena *arena, struct booking *booking)
{
    struct store_id_cell cell;
    void *items;
    if (booking->companion_count == 0)
        return DB_OK;
    enum db_status status =
        store_collect(store, STMT_COMPANION_LIST, STORE_VALUES(db_int(property), store_id(booking->id, &cell)), arena,
                      sizeof(struct id), store_decode_id, &items, &booking->companion_count);
    booking->companions = items;
    return status;
}

enum db_status
store_complete_booking(struct store *store, uint32_t property, struct arena *arena, struct booking *booking)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_CLAIM_BY_OWNER, STORE_VALUES(db_int(property), store_id(booking->id, &cell)), arena,
                      sizeof(struct claim), store_decode_claim, &items, &booking->claim_count);
    booking->claims = items;
    booking->in_room = ID_NONE;
    if (status == DB_OK)
        status = load_companions(store, property, arena, booking);
    if (status != DB_OK || booking->status != BOOKING_CHECKED_IN)
        return status;
    status = store_fetch(store, STMT_OCCUPANCY_OF_BOOKING, STORE_VALUES(db_int(property), store_id(booking->id, &cell)),
                         arena, decode_room_id, &booking->in_room);
    return status == DB_NO_ROW ? DB_OK : status; /* `check` tells */
}

static enum db_status
load_one_booking(struct store *store, uint32_t property, enum db_stmt stmt, struct db_value key, struct arena *arena,
                 struct booking *ret_booking)
{
    enum db_status status =
        store_fetch(store, stmt, STORE_VALUES(db_int(property), key), arena, store_decode_booking, ret_booking);
    if (status != DB_OK)
        return status;
    return store_complete_booking(store, property, arena, ret_booking);
}

enum db_status
store_load_booking(struct store *store, uint32_t property, struct id id, struct arena *arena,
                   struct booking *ret_booking)
{
    struct store_id_cell cell;
    return load_one_booking(store, property, STMT_BOOKING_LOAD, store_id(id, &cell), arena, ret_booking);
}

enum db_status
store_load_booking_by_code(struct store *store, uint32_t property, int64_t code_number, struct arena *arena,
                           struct booking *ret_booking)
{
    return load_one_booking(store, property, STMT_BOOKING_BY_CODE, db_int(code_number), arena, ret_booking);
}

enum db_status
store_load_group(struct store *store, uint32_t property, struct id id, struct arena *arena, struct group *ret_group)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_GROUP_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       store_decode_group, ret_group);
}

enum db_status
store_load_group_by_code(struct store *store, uint32_t property, struct str code, struct arena *arena,
                         struct group *ret_group)
{
    return store_fetch(store, STMT_GROUP_BY_CODE, STORE_VALUES(db_int(property), db_text(code)), arena,
                       store_decode_group, ret_group);
}

enum db_status
store_list_group_bookings(struct store *store, uint32_t property, struct id group, struct arena *arena,
                          struct booking **ret_bookings, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_BOOKING_BY_GROUP, STORE_VALUES(db_int(property), store_id(group, &cell)), arena,
                      sizeof(struct booking), store_decode_booking, &items, ret_count);
    *ret_bookings = items;
    for (size_t i = 0; status == DB_OK && i < *ret_count; i++)
        status = store_complete_booking(store, property, arena, &(*ret_bookings)[i]);
    return status;
}

enum db_status
store_load_guest(struct store *store, uint32_t property, struct id id, struct arena *arena, struct guest *ret_guest)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_GUEST_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       store_decode_guest, ret_guest);
}

enum db_status
store_list_companions(struct store *store, uint32_t property, struct id booking, struct arena *arena,
                      struct guest **ret_guests, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_COMPANION_GUESTS, STORE_VALUES(db_int(property), store_id(booking, &cell)), arena,
                      sizeof(struct guest), store_decode_guest, &items, ret_count);
    *ret_guests = items;
    return status;
}

enum db_status
store_load_text(struct store *store, uint32_t property, struct id id, struct arena *arena, struct free_text *ret_text)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_TEXT_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       store_decode_text, ret_text);
}

/* --- holds --- */

enum db_status
store_load_hold(struct store *store, uint32_t property, struct id id, struct arena *arena, struct hold *ret_hold)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_HOLD_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       store_decode_hold, ret_hold);
}

enum db_status
store_list_holds_of(struct store *store, uint32_t property, struct str owner, int64_t now_ms, struct arena *arena,
                    struct hold **ret_holds, size_t *ret_count)
{
    void *items;
    enum db_status status =
        store_collect(store, STMT_HOLD_OF_OWNER, STORE_VALUES(db_int(property), db_text(owner), db_int(now_ms)), arena,
                      sizeof(struct hold), store_decode_hold, &items, ret_count);
    *ret_holds = items;
    return status;
}

enum db_status
store_list_holds_on(struct store *store, uint32_t property, struct str owner, int64_t now_ms, struct id room_type,
                    struct span span, struct arena *arena, struct hold **ret_holds, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_HOLD_OF_OWNER_ON,
                      STORE_VALUES(db_int(property), db_text(owner), db_int(now_ms), store_id(room_type, &cell),
                                   db_int(span.ends), db_int(span.starts)),
                      arena, sizeof(struct hold), store_decode_hold, &items, ret_count);
    *ret_holds = items;
    return status;
}

enum db_status
store_list_holds_like(struct store *store, uint32_t property, struct str owner, struct id room_type, struct span span,
                      struct arena *arena, struct hold **ret_holds, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status = store_collect(store, STMT_HOLD_OF_OWNER_LIKE,
                                          STORE_VALUES(db_int(property), db_text(owner), store_id(room_type, &cell),
                                                       db_int(span.starts), db_int(span.ends)),
                                          arena, sizeof(struct hold), store_decode_hold, &items, ret_count);
    *ret_holds = items;
    return status;
}

enum db_status
store_list_holds(struct store *store, uint32_t property, int64_t now_ms, struct id after, int64_t limit,
                 struct arena *arena, struct hold **ret_holds, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status = store_collect(
        store, STMT_HOLD_LIVE, STORE_VALUES(db_int(property), db_int(now_ms), store_id(after, &cell), db_int(limit)),
        arena, sizeof(struct hold), store_decode_hold, &items, ret_count);
    *ret_holds = items;
    return status;
}

/* --- stock --- */

enum db_status
store_load_nights(struct store *store, uint32_t property, struct id room_type, int32_t from, int32_t until,
                  struct arena *arena, struct night **ret_nights, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_NIGHT_RANGE,
                      STORE_VALUES(db_int(property), store_id(room_type, &cell), db_int(from), db_int(until)), arena,
                      sizeof(struct night), store_decode_night, &items, ret_count);
    *ret_nights = items;
    return status;
}

enum db_status
store_load_overcommits(struct store *store, uint32_t property, int32_t from, struct arena *arena,
                       struct overcommit **ret_overcommits, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, STMT_OVERCOMMIT_AHEAD, STORE_VALUES(db_int(property), db_int(from)),
                                          arena, sizeof(struct overcommit), store_decode_overcommit, &items, ret_count);
    *ret_overcommits = items;
    return status;
}

static bool
decode_hull_of_nights(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct span *)item = (struct span){0, 0};
    if (!db_column_is_null(rows, 0))
        *(struct span *)item = span_from_nights((int32_t)db_column_i64(rows, 0), (int32_t)db_column_i64(rows, 1) + 1);
    return true;
}

enum db_status
store_fixed_nights(struct store *store, uint32_t property, struct id room_type, int32_t from, struct span *ret_hull)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_NIGHT_FIXED_AHEAD,
                       STORE_VALUES(db_int(property), store_id(room_type, &cell), db_int(from)), NULL,
                       decode_hull_of_nights, ret_hull);
}

static bool
decode_last_night(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct night *)item = (struct night){
        .date = (int32_t)db_column_i64(rows, 0),
        .units = (int32_t)db_column_i64(rows, 1),
        .allowance = (int32_t)db_column_i64(rows, 2),
    };
    return true;
}

enum db_status
store_last_night(struct store *store, uint32_t property, struct id room_type, struct night *ret_night)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_NIGHT_LAST, STORE_VALUES(db_int(property), store_id(room_type, &cell)), NULL,
                       decode_last_night, ret_night);
}

/* --- claims --- */

static enum db_status
collect_claims(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count,
               struct arena *arena, struct claim **ret_claims, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, stmt, values, value_count, arena, sizeof(struct claim),
                                          store_decode_claim, &items, ret_count);
    *ret_claims = items;
    return status;
}

enum db_status
store_claims_on_room(struct store *store, uint32_t property, struct id room, struct span span, struct arena *arena,
                     struct claim **ret_claims, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_claims(store, STMT_CLAIM_ON_ROOM,
                          STORE_VALUES(db_int(property), store_id(room, &cell), db_int(span.ends), db_int(span.starts)),
                          arena, ret_claims, ret_count);
}

enum db_status
store_claims_on_type(struct store *store, uint32_t property, struct id room_type, struct span span, struct arena *arena,
                     struct claim **ret_claims, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_claims(
        store, STMT_CLAIM_ON_TYPE,
        STORE_VALUES(db_int(span.ends), db_int(span.starts), db_int(property), store_id(room_type, &cell)), arena,
        ret_claims, ret_count);
}

enum db_status
store_claim_after(struct store *store, uint32_t property, struct id room, int64_t ms, struct arena *arena,
                  struct claim **ret_claims, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_claims(store, STMT_CLAIM_AFTER_ON_ROOM,
                          STORE_VALUES(db_int(property), store_id(room, &cell), db_int(ms)), arena, ret_claims,
                          ret_count);
}

enum db_status
store_live_claims_on_room(struct store *store, uint32_t property, struct id room, int64_t ms, struct arena *arena,
                          struct claim **ret_claims, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_claims(store, STMT_CLAIM_LIVE_ON_ROOM,
                          STORE_VALUES(db_int(property), store_id(room, &cell), db_int(ms)), arena, ret_claims,
                          ret_count);
}

/* (id, starts, ends) of a booking or hold, as a claim that has no room. */
static bool
decode_need(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct claim *)item = (struct claim){
        .owner = store_column_id(rows, 0),
        .span = {db_column_i64(rows, 1), db_column_i64(rows, 2)},
    };
    return true;
}

/* A stay lasts at most STAY_NIGHTS_MAX nights: what reaches past `ms` starts after this. */
static int64_t
earliest_start(int64_t ms)
{
    return ms - (STAY_NIGHTS_MAX + 1) * DATE_DAY_MS;
}

enum db_status
store_needs_of_type(struct store *store, uint32_t property, struct id room_type, int64_t ms, struct arena *arena,
                    struct claim **ret_claims, size_t *ret_count)
{
    struct store_id_cell cell;
    struct db_value type = store_id(room_type, &cell);
    void *items;
    enum db_status status = store_collect(store, STMT_BOOKING_LIVE_OF_TYPE,
                                          STORE_VALUES(db_int(property), type, db_int(earliest_start(ms)), db_int(ms)),
                                          arena, sizeof(struct claim), decode_need, &items, ret_count);
    if (status != DB_OK)
        return status;
    size_t bookings = *ret_count;
    status = store_collect_more(store, STMT_HOLD_LIVE_OF_TYPE, STORE_VALUES(db_int(property), type), arena,
                                sizeof(struct claim), decode_need, &items, ret_count);
    *ret_claims = items;
    for (size_t i = bookings; status == DB_OK && i < *ret_count; i++)
        (*ret_claims)[i].owner_kind = CLAIM_OF_HOLD;
    return status;
}

/* --- loose items of placement --- */

static bool
decode_loose_booking(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct loose *)item = (struct loose){
        .owner = store_column_id(rows, 0),
        .span = {db_column_i64(rows, 1), db_column_i64(rows, 2)},
        .quantity = 1,
    };
    return true;
}

static bool
decode_loose_hold(const struct db_rows *rows, struct arena *arena, void *item)
{
    if (!decode_loose_booking(rows, arena, item))
        return false;
    ((struct loose *)item)->quantity = (int32_t)db_column_i64(rows, 3);
    ((struct loose *)item)->owner_kind = CLAIM_OF_HOLD;
    return true;
}

static enum db_status
collect_loose(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count,
              store_decoder decode, struct id room_type, struct arena *arena, struct loose **ret_loose,
              size_t *ret_count)
{
    void *items;
    enum db_status status =
        store_collect(store, stmt, values, value_count, arena, sizeof(struct loose), decode, &items, ret_count);
    *ret_loose = items;
    for (size_t i = 0; status == DB_OK && i < *ret_count; i++)
        (*ret_loose)[i].room_type = room_type;
    return status;
}

enum db_status
store_loose_bookings(struct store *store, uint32_t property, struct id room_type, struct span span, int64_t since,
                     struct arena *arena, struct loose **ret_loose, size_t *ret_count)
{
    struct store_id_cell cell;
    int64_t earliest = earliest_start(span.starts);
    return collect_loose(store, STMT_BOOKING_UNASSIGNED,
                         STORE_VALUES(db_int(property), store_id(room_type, &cell),
                                      db_int(since > earliest ? since - 1 : earliest), db_int(span.ends),
                                      db_int(span.starts)),
                         decode_loose_booking, room_type, arena, ret_loose, ret_count);
}

enum db_status
store_loose_holds(struct store *store, uint32_t property, struct id room_type, struct span span, struct arena *arena,
                  struct loose **ret_loose, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_loose(
        store, STMT_HOLD_ON_STOCK,
        STORE_VALUES(db_int(property), store_id(room_type, &cell), db_int(span.ends), db_int(span.starts)),
        decode_loose_hold, room_type, arena, ret_loose, ret_count);
}

/* --- what has lapsed --- */

static enum db_status
collect_ids(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count, struct arena *arena,
            struct id **ret_ids, size_t *ret_count)
{
    void *items;
    enum db_status status =
        store_collect(store, stmt, values, value_count, arena, sizeof(struct id), store_decode_id, &items, ret_count);
    *ret_ids = items;
    return status;
}

enum db_status
store_unproven(struct store *store, uint32_t property, int64_t ms, struct arena *arena, struct id **ret_ids,
               size_t *ret_count)
{
    return collect_ids(store, STMT_UNPROVEN, STORE_VALUES(db_int(property), db_int(ms), db_int(property), db_int(ms)),
                       arena, ret_ids, ret_count);
}

enum db_status
store_lapsed_bookings(struct store *store, uint32_t property, struct id room_type, struct span span, int64_t now_ms,
                      struct arena *arena, struct id **ret_ids, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_ids(store, STMT_BOOKING_LAPSED,
                       STORE_VALUES(db_int(property), db_int(now_ms), store_id(room_type, &cell), db_int(span.ends),
                                    db_int(span.starts)),
                       arena, ret_ids, ret_count);
}

enum db_status
store_lapsed_holds(struct store *store, uint32_t property, struct id room_type, struct span span, int64_t now_ms,
                   struct arena *arena, struct id **ret_ids, size_t *ret_count)
{
    struct store_id_cell cell;
    return collect_ids(store, STMT_HOLD_LAPSED,
                       STORE_VALUES(db_int(property), db_int(now_ms), store_id(room_type, &cell), db_int(span.ends),
                                    db_int(span.starts)),
                       arena, ret_ids, ret_count);
}

enum db_status
store_lapsed_any(struct store *store, uint32_t property, int64_t now_ms, int64_t limit, struct arena *arena,
                 struct id **ret_bookings, size_t *ret_booking_count, struct id **ret_holds, size_t *ret_hold_count)
{
    enum db_status status =
        collect_ids(store, STMT_BOOKING_LAPSED_ANY, STORE_VALUES(db_int(property), db_int(now_ms), db_int(limit)),
                    arena, ret_bookings, ret_booking_count);
    if (status != DB_OK)
        return status;
    return collect_ids(store, STMT_HOLD_LAPSED_ANY, STORE_VALUES(db_int(property), db_int(now_ms), db_int(limit)),
                       arena, ret_holds, ret_hold_count);
}

/* --- pages --- */

enum db_status
store_page_bookings(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                    struct booking **ret_bookings, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_BOOKING_WALK, property, after, limit, arena,
                                               sizeof(struct booking), store_decode_booking, &items, ret_count);
    *ret_bookings = items;
    for (size_t i = 0; status == DB_OK && i < *ret_count; i++)
        status = store_complete_booking(store, property, arena, &(*ret_bookings)[i]);
    return status;
}

enum db_status
store_page_holds(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                 struct hold **ret_holds, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_HOLD_WALK, property, after, limit, arena,
                                               sizeof(struct hold), store_decode_hold, &items, ret_count);
    *ret_holds = items;
    return status;
}

enum db_status
store_page_groups(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                  struct group **ret_groups, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_GROUP_WALK, property, after, limit, arena,
                                               sizeof(struct group), store_decode_group, &items, ret_count);
    *ret_groups = items;
    return status;
}

static bool
decode_expiry(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    int64_t *earliest = item;
    if (!db_column_is_null(rows, 0) && db_column_i64(rows, 0) < *earliest)
        *earliest = db_column_i64(rows, 0);
    return true;
}

enum db_status
store_next_expiry(struct store *store, uint32_t property, int64_t *ret_ms)
{
    *ret_ms = INT64_MAX;
    enum db_status status =
        store_fetch(store, STMT_BOOKING_NEXT_EXPIRY, STORE_VALUES(db_int(property)), NULL, decode_expiry, ret_ms);
    if (status != DB_OK)
        return status;
    return store_fetch(store, STMT_HOLD_NEXT_EXPIRY, STORE_VALUES(db_int(property)), NULL, decode_expiry, ret_ms);
}

enum db_status
store_count_ahead(struct store *store, uint32_t property, struct id room_type, struct str owner, int64_t now_ms,
                  int64_t *ret_count)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_BOOKING_AHEAD_OF_OWNER,
                       STORE_VALUES(db_int(property), store_id(room_type, &cell), db_int(earliest_start(now_ms)),
                                    db_int(now_ms), db_text(owner)),
                       NULL, decode_i64, ret_count);
}
