/* Decoders, one per kind of row, in the column order of stmt.def; and the loops that collect rows. */
#include "store/store_row.h"

#include "core/date.h"

struct id
store_column_id(const struct db_rows *rows, int index)
{
    struct str bytes = db_column_str(rows, index);
    return bytes.len == ID_BYTES ? id_from_bytes((const unsigned char *)bytes.ptr) : ID_NONE;
}

struct db_value
store_id(struct id id, struct store_id_cell *cell)
{
    id_to_bytes(id, cell->bytes);
    return db_bytes(cell->bytes, ID_BYTES);
}

struct db_value
store_id_or_null(struct id id, struct store_id_cell *cell)
{
    return id_is_none(id) ? db_null() : store_id(id, cell);
}

struct db_value
store_text_or_null(struct str text)
{
    return text.len == 0 ? db_null() : db_text(text);
}

struct db_value
store_time_or_null(int64_t ms)
{
    return ms == 0 ? db_null() : db_int(ms);
}

/* The columns of one row, taken in turn. */
struct cursor {
    const struct db_rows *rows;
    struct arena *arena;
    int at;
};

static int64_t
take_i64(struct cursor *c)
{
    return db_column_i64(c->rows, c->at++);
}

static int32_t
take_i32(struct cursor *c)
{
    return (int32_t)db_column_i64(c->rows, c->at++);
}

static bool
take_bool(struct cursor *c)
{
    return db_column_i64(c->rows, c->at++) != 0;
}

static struct id
take_id(struct cursor *c)
{
    return store_column_id(c->rows, c->at++);
}

/* Text that must outlive the row. */
static struct str
take_text(struct cursor *c)
{
    struct str text = db_column_str(c->rows, c->at++);
    return text.len == 0 ? (struct str){"", 0} : arena_copy_str(c->arena, text);
}

/* Text of a fixed set of names, compared and dropped. */
static struct str
take_name(struct cursor *c)
{
    return db_column_str(c->rows, c->at++);
}

static struct str
audit_of(int audit)
{
    return night_audit_name((enum night_audit)audit);
}

static struct str
balance_of(int rule)
{
    return balance_rule_name((enum balance_rule)rule);
}

/* One of a fixed set of names, of which the schema allows no other. */
static int
take_word(struct cursor *c, int count, struct str (*name_of)(int))
{
    struct str name = take_name(c);
    int word = 0;
    while (word < count - 1 && !str_equal(name, name_of(word)))
        word++;
    return word;
}

bool
store_decode_id(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct id *)item = store_column_id(rows, 0);
    return true;
}

bool
store_decode_property(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct property *p = item;
    p->number = (uint32_t)take_i64(&c);
    p->id = take_id(&c);
    p->name = take_text(&c);
    p->time_zone = take_text(&c);
    p->currency = take_text(&c);
    p->day_rolls_at_min = take_i32(&c);
    p->payment_ttl_ms = take_i64(&c);
    p->approval_ttl_ms = take_i64(&c);
    p->shows_holders = take_bool(&c);
    p->night_audit = (enum night_audit)take_word(&c, NIGHT_AUDIT_COUNT, audit_of);
    p->business_date = take_i32(&c);
    p->created_at = take_i64(&c);
    p->version = take_i64(&c);
    p->cancellation_window_h = take_i32(&c);
    p->cancellation_fee_percent = take_i32(&c);
    p->no_show_fee_percent = take_i32(&c);
    p->splits_stays = take_bool(&c);
    p->balance_rule = (enum balance_rule)take_word(&c, BALANCE_RULE_COUNT, balance_of);
    return true;
}

bool
store_decode_room_type(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct room_type *t = item;
    t->id = take_id(&c);
    t->name = take_text(&c);
    t->sold_by = str_equal(take_name(&c), sold_by_name(SOLD_BY_NIGHT)) ? SOLD_BY_NIGHT : SOLD_BY_MINUTE;
    t->stock = str_equal(take_name(&c), stock_kind_name(STOCK_ROOMS)) ? STOCK_ROOMS : STOCK_COUNT;
    t->max_guests = take_i32(&c);
    t->features = take_text(&c);
    t->needs_approval = take_bool(&c);
    t->hold_ttl_ms = take_i64(&c);
    t->opens_min = take_i32(&c);
    t->closes_min = take_i32(&c);
    t->turnaround_min = take_i32(&c);
    t->length_min = take_i32(&c);
    t->length_max = take_i32(&c);
    t->notice_min = take_i32(&c);
    t->quota_per_booker = take_i32(&c);
    t->created_at = take_i64(&c);
    t->version = take_i64(&c);
    return true;
}

bool
store_decode_room(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct room *r = item;
    r->id = take_id(&c);
    r->room_type = take_id(&c);
    r->number = take_text(&c);
    r->floor = take_text(&c);
    r->building = take_text(&c);
    r->features = take_text(&c);
    r->max_guests = take_i32(&c);
    r->created_at = take_i64(&c);
    return true;
}

bool
store_decode_room_state(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct room_state *s = item;
    s->room = take_id(&c);
    if (!cleanliness_parse(take_name(&c), &s->cleanliness))
        return false;
    s->fault = take_id(&c);
    s->fault_since = take_i64(&c);
    s->note = take_id(&c);
    s->attendant = take_id(&c);
    s->version = take_i64(&c);
    s->occupant = take_id(&c);
    return true;
}

bool
store_decode_text(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct free_text *t = item;
    t->id = take_id(&c);
    t->content = take_text(&c);
    t->created_at = take_i64(&c);
    return true;
}

bool
store_decode_claim(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct claim *claim = item;
    claim->room = take_id(&c);
    claim->span.starts = take_i64(&c);
    claim->span.ends = take_i64(&c);
    if (!claim_owner_parse(take_name(&c), &claim->owner_kind))
        return false;
    claim->owner = take_id(&c);
    claim->pinned = take_bool(&c);
    return true;
}

bool
store_decode_night(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct night *n = item;
    n->date = take_i32(&c);
    n->units = take_i32(&c);
    n->closed = take_i32(&c);
    n->sold = take_i32(&c);
    n->held = take_i32(&c);
    n->allowance = take_i32(&c);
    n->overcommit = take_i32(&c);
    n->fixed = take_i32(&c);
    return true;
}

/* Of one night. */
bool
store_decode_overcommit(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct overcommit *o = item;
    o->room_type = take_id(&c);
    o->from = take_i32(&c);
    o->until = o->from + 1;
    if (!overcommit_kind_parse(take_name(&c), &o->kind))
        return false;
    o->subject = take_id(&c);
    o->quantity = take_i32(&c);
    return true;
}

bool
store_decode_booking(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct booking *b = item;
    b->id = take_id(&c);
    b->code = take_text(&c);
    b->group = take_id(&c);
    b->room_type = take_id(&c);
    b->charged_room_type = take_id(&c);
    if (!booking_status_parse(take_name(&c), &b->status))
        return false;
    b->by_minute = take_bool(&c);
    b->span.starts = take_i64(&c);
    b->span.ends = take_i64(&c);
    b->turnaround_ms = take_i64(&c);
    b->local_starts = take_text(&c);
    b->local_ends = take_text(&c);
    b->party = take_i32(&c);
    b->guest = take_id(&c);
    b->owner = take_text(&c);
    b->payment = str_equal(take_name(&c), booking_payment_name(PAYMENT_REQUIRED)) ? PAYMENT_REQUIRED : PAYMENT_NONE;
    b->placement = str_equal(take_name(&c), booking_placement_name(PLACEMENT_STATE_UNPROVEN)) ? PLACEMENT_STATE_UNPROVEN
                                                                                              : PLACEMENT_STATE_PROVEN;
    b->expires_at = take_i64(&c);
    b->checked_in_at = take_i64(&c);
    b->checked_out_at = take_i64(&c);
    b->cancelled_at = take_i64(&c);
    b->created_at = take_i64(&c);
    b->version = take_i64(&c);
    b->price.known = !db_column_is_null(rows, c.at);
    b->price.minor = take_i64(&c);
    b->claims = NULL;
    b->claim_count = 0;
    bool known = payment_status_parse(take_name(&c), &b->payment_status);
    b->lost_room = take_id(&c);
    b->fee_minor = take_i64(&c);
    b->checked_in_on = take_i32(&c);
    b->checked_out_on = take_i32(&c);
    b->left_room = take_id(&c);
    b->companions = NULL;
    b->companion_count = (size_t)take_i64(&c);
    return known;
}

bool
store_decode_group(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct group *g = item;
    g->id = take_id(&c);
    g->code = take_text(&c);
    g->guest = take_id(&c);
    g->owner = take_text(&c);
    g->created_at = take_i64(&c);
    g->version = take_i64(&c);
    return true;
}

bool
store_decode_guest(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct guest *g = item;
    g->id = take_id(&c);
    g->details.name = take_text(&c);
    g->details.email = take_text(&c);
    g->details.phone = take_text(&c);
    g->created_at = take_i64(&c);
    g->version = take_i64(&c);
    g->erased_at = take_i64(&c);
    return true;
}

bool
store_decode_hold(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct hold *h = item;
    h->id = take_id(&c);
    if (!hold_status_parse(take_name(&c), &h->status))
        return false;
    h->owner = take_text(&c);
    h->room_type = take_id(&c);
    h->room = take_id(&c);
    h->by_minute = take_bool(&c);
    h->span.starts = take_i64(&c);
    h->span.ends = take_i64(&c);
    h->turnaround_ms = take_i64(&c);
    h->quantity = take_i32(&c);
    h->party = take_i32(&c);
    h->expires_at = take_i64(&c);
    h->created_at = take_i64(&c);
    h->version = take_i64(&c);
    h->booking = take_id(&c);
    h->group = take_id(&c);
    return true;
}

bool
store_decode_event(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct cursor c = {rows, arena, 0};
    struct store_event *e = item;
    e->seq = take_i64(&c);
    e->at = take_i64(&c);
    e->kind = take_text(&c);
    e->subject_kind = take_text(&c);
    e->subject = take_id(&c);
    e->actor = take_text(&c);
    e->from = take_text(&c);
    e->to = take_text(&c);
    e->reason = take_text(&c);
    e->request_id = take_text(&c);
    e->v = take_i64(&c);
    e->body = take_text(&c);
    struct str hash = take_name(&c);
    if (hash.len != STORE_HASH_BYTES)
        return false;
    memcpy(e->hash, hash.ptr, STORE_HASH_BYTES);
    e->reason_id = take_id(&c);
    struct str words = take_text(&c);
    if (!id_is_none(e->reason_id))
        e->reason = words;
    return true;
}

enum db_status
store_out_of_memory(struct store *store)
{
    err_set(&store->err, ERR_MEMORY, "the memory of the request is full");
    return DB_FAILED;
}

static enum db_status
undecodable(struct store *store, enum db_stmt stmt)
{
    err_set(&store->err, ERR_DATA, "a row of %s can't be decoded", db_stmt_table[stmt].name);
    return DB_FAILED;
}

enum db_status
store_collect_more(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count,
                   struct arena *arena, size_t item_size, store_decoder decode, void **items, size_t *count)
{
    struct db_rows *rows;
    enum db_status status = db_query(store->connection, stmt, values, value_count, &rows, &store->err);
    if (status != DB_OK)
        return status;
    size_t capacity = *count;
    while ((status = db_next(rows, &store->err)) == DB_ROW) {
        if (*count == capacity) {
            size_t wider = capacity < 8 ? 8 : capacity * 2;
            void *array = arena_alloc_array(arena, wider, item_size);
            if (array == NULL) {
                status = store_out_of_memory(store);
                goto out;
            }
            if (*count > 0)
                memcpy(array, *items, *count * item_size);
            *items = array;
            capacity = wider;
        }
        if (!decode(rows, arena, (char *)*items + *count * item_size)) {
            status = undecodable(store, stmt);
            goto out;
        }
        ++*count;
    }
    if (status == DB_NO_ROW)
        status = arena->overflowed ? store_out_of_memory(store) : DB_OK;
out:
    db_finish(rows);
    return status;
}

enum db_status
store_collect(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count,
              struct arena *arena, size_t item_size, store_decoder decode, void **ret_items, size_t *ret_count)
{
    *ret_items = NULL;
    *ret_count = 0;
    return store_collect_more(store, stmt, values, value_count, arena, item_size, decode, ret_items, ret_count);
}

enum db_status
store_collect_page(struct store *store, enum db_stmt stmt, uint32_t property, struct id after, int64_t limit,
                   struct arena *arena, size_t item_size, store_decoder decode, void **ret_items, size_t *ret_count)
{
    struct store_id_cell cell;
    return store_collect(store, stmt, STORE_VALUES(db_int(property), store_id(after, &cell), db_int(limit)), arena,
                         item_size, decode, ret_items, ret_count);
}

enum db_status
store_fetch(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count, struct arena *arena,
            store_decoder decode, void *item)
{
    struct db_rows *rows;
    enum db_status status = db_query(store->connection, stmt, values, value_count, &rows, &store->err);
    if (status != DB_OK)
        return status;
    status = db_next(rows, &store->err);
    if (status == DB_ROW) {
        status = DB_OK;
        if (!decode(rows, arena, item))
            status = undecodable(store, stmt);
        else if (arena != NULL && arena->overflowed)
            status = store_out_of_memory(store);
    }
    db_finish(rows);
    return status;
}

enum db_status
store_run_one(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count)
{
    int64_t changes = 0;
    enum db_status status = db_run(store->connection, stmt, values, value_count, &changes, &store->err);
    if (status == DB_OK && changes != 1) {
        err_set(&store->err, ERR_DATA, "%s changed %lld rows instead of one", db_stmt_table[stmt].name,
                (long long)changes);
        return DB_CONFLICT;
    }
    return status;
}
