/* The changes of a decision as statements. Nothing else in the tree writes to these tables. */
#include "store/store_row.h"
#include "store/store_words.h"

#include <assert.h>

enum db_status
store_save_head(struct store *store, uint32_t property, const struct store_head *head)
{
    return store_run_one(store, STMT_HEAD_SAVE,
                         STORE_VALUES(db_int(head->seq), db_bytes(head->hash, STORE_HASH_BYTES),
                                      db_int(head->decided_at), db_int(head->next_code), db_int(head->house_version),
                                      db_int(property)));
}

enum db_status
store_insert_head(struct store *store, uint32_t property, const struct store_head *head)
{
    return store_run_one(store, STMT_HEAD_INSERT,
                         STORE_VALUES(db_int(property), db_int(head->seq), db_bytes(head->hash, STORE_HASH_BYTES),
                                      db_int(head->decided_at), db_int(head->next_code), db_int(head->house_version)));
}

static struct db_value
price_or_null(struct price price)
{
    return price.known ? db_int(price.minor) : db_null();
}

static struct db_value
fee_or_null(const struct booking *b)
{
    return b->fee_minor > 0 ? db_int(b->fee_minor) : db_null();
}

/* The business date that goes with an instant. */
static struct db_value
date_of(int64_t at_ms, int32_t date)
{
    return at_ms != 0 ? db_int(date) : db_null();
}

enum db_status
store_insert_booking(struct store *store, uint32_t property, int64_t code_number, const struct booking *b)
{
    struct store_id_cell id, group, type, charged, guest, lost, left;
    return store_run_one(
        store, STMT_BOOKING_INSERT,
        STORE_VALUES(db_int(property), store_id(b->id, &id), db_text(b->code), store_id_or_null(b->group, &group),
                     store_id(b->room_type, &type), store_id(b->charged_room_type, &charged),
                     db_text(booking_status_name(b->status)), db_int(b->by_minute), db_int(b->span.starts),
                     db_int(b->span.ends), db_int(b->turnaround_ms), store_text_or_null(b->local_starts),
                     store_text_or_null(b->local_ends), db_int(b->party), store_id(b->guest, &guest), db_text(b->owner),
                     db_text(booking_payment_name(b->payment)), db_text(booking_placement_name(b->placement)),
                     store_time_or_null(b->expires_at), store_time_or_null(b->checked_in_at),
                     store_time_or_null(b->checked_out_at), store_time_or_null(b->cancelled_at), db_int(b->created_at),
                     db_int(b->version), price_or_null(b->price), db_text(payment_status_name(b->payment_status)),
                     store_id_or_null(b->lost_room, &lost), fee_or_null(b), date_of(b->checked_in_at, b->checked_in_on),
                     date_of(b->checked_out_at, b->checked_out_on), store_id_or_null(b->left_room, &left),
                     db_int((int64_t)b->companion_count), db_int(code_number)));
}

enum db_status
store_update_booking(struct store *store, uint32_t property, const struct booking *b)
{
    struct store_id_cell id, type, charged, guest, lost, left;
    return store_run_one(
        store, STMT_BOOKING_UPDATE,
        STORE_VALUES(store_id(b->room_type, &type), store_id(b->charged_room_type, &charged),
                     db_text(booking_status_name(b->status)), db_int(b->span.starts), db_int(b->span.ends),
                     db_int(b->turnaround_ms), store_text_or_null(b->local_starts), store_text_or_null(b->local_ends),
                     db_int(b->party), store_id(b->guest, &guest), db_text(booking_payment_name(b->payment)),
                     db_text(booking_placement_name(b->placement)), store_time_or_null(b->expires_at),
                     store_time_or_null(b->checked_in_at), store_time_or_null(b->checked_out_at),
                     store_time_or_null(b->cancelled_at), db_int(b->version), price_or_null(b->price),
                     db_text(payment_status_name(b->payment_status)), store_id_or_null(b->lost_room, &lost),
                     fee_or_null(b), date_of(b->checked_in_at, b->checked_in_on),
                     date_of(b->checked_out_at, b->checked_out_on), store_id_or_null(b->left_room, &left),
                     db_int((int64_t)b->companion_count), db_int(property), store_id(b->id, &id),
                     db_int(b->version - 1)));
}

enum db_status
store_add_companion(struct store *store, uint32_t property, const struct companion *companion)
{
    struct store_id_cell booking, guest;
    return store_run_one(
        store, STMT_COMPANION_INSERT,
        STORE_VALUES(db_int(property), store_id(companion->booking, &booking), store_id(companion->guest, &guest)));
}

enum db_status
store_drop_companion(struct store *store, uint32_t property, const struct companion *companion)
{
    struct store_id_cell booking, guest;
    return store_run_one(
        store, STMT_COMPANION_DELETE,
        STORE_VALUES(db_int(property), store_id(companion->booking, &booking), store_id(companion->guest, &guest)));
}

/* The party of a hold that was taken before it was kept is not known, and stays so. */
static struct db_value
party_or_null(const struct hold *hold)
{
    return hold->party > 0 ? db_int(hold->party) : db_null();
}

static enum db_status
update_hold(struct store *store, uint32_t property, const struct hold *h)
{
    struct store_id_cell id, booking, group;
    return store_run_one(store, STMT_HOLD_UPDATE,
                         STORE_VALUES(db_text(hold_status_name(h->status)), party_or_null(h), db_int(h->expires_at),
                                      db_int(h->version), store_id_or_null(h->booking, &booking),
                                      store_id_or_null(h->group, &group), db_int(property), store_id(h->id, &id),
                                      db_int(h->version - 1)));
}

enum db_status
store_put_hold(struct store *store, uint32_t property, const struct hold *h)
{
    struct store_id_cell id, type, room, booking, group;
    if (h->version > 1)
        return update_hold(store, property, h);
    return store_run_one(
        store, STMT_HOLD_INSERT,
        STORE_VALUES(db_int(property), store_id(h->id, &id), db_text(hold_status_name(h->status)), db_text(h->owner),
                     store_id(h->room_type, &type), store_id_or_null(h->room, &room), db_int(h->by_minute),
                     db_int(h->span.starts), db_int(h->span.ends), db_int(h->turnaround_ms), db_int(h->quantity),
                     party_or_null(h), db_int(h->expires_at), db_int(h->created_at), db_int(h->version),
                     store_id_or_null(h->booking, &booking), store_id_or_null(h->group, &group)));
}

enum db_status
store_insert_group(struct store *store, uint32_t property, const struct group *group)
{
    struct store_id_cell id, guest;
    return store_run_one(store, STMT_GROUP_INSERT,
                         STORE_VALUES(db_int(property), store_id(group->id, &id), db_text(group->code),
                                      store_id(group->guest, &guest), db_text(group->owner), db_int(group->created_at),
                                      db_int(group->version)));
}

enum db_status
store_insert_guest(struct store *store, uint32_t property, const struct guest *guest, struct arena *arena)
{
    struct store_id_cell id;
    struct str words;
    enum db_status status = store_guest_words(store, guest, arena, &words);
    if (status != DB_OK)
        return status;
    return store_run_one(store, STMT_GUEST_INSERT,
                         STORE_VALUES(db_int(property), store_id(guest->id, &id), db_text(guest->details.name),
                                      store_text_or_null(guest->details.email),
                                      store_text_or_null(guest->details.phone), db_int(guest->created_at),
                                      db_int(guest->version), store_time_or_null(guest->erased_at), db_text(words)));
}

enum db_status
store_insert_text(struct store *store, uint32_t property, const struct free_text *text)
{
    struct store_id_cell id;
    return store_run_one(
        store, STMT_TEXT_INSERT,
        STORE_VALUES(db_int(property), store_id(text->id, &id), db_text(text->content), db_int(text->created_at)));
}

enum db_status
store_add_claim(struct store *store, uint32_t property, const struct claim *claim)
{
    struct store_id_cell room, owner;
    return store_run_one(store, STMT_CLAIM_INSERT,
                         STORE_VALUES(db_int(property), store_id(claim->room, &room), db_int(claim->span.starts),
                                      db_int(claim->span.ends), db_text(claim_owner_name(claim->owner_kind)),
                                      store_id(claim->owner, &owner), db_int(claim->pinned)));
}

enum db_status
store_drop_claim(struct store *store, uint32_t property, const struct claim *claim)
{
    struct store_id_cell room, owner;
    return store_run_one(store, STMT_CLAIM_DELETE,
                         STORE_VALUES(db_int(property), store_id(claim->room, &room), db_int(claim->span.starts),
                                      store_id(claim->owner, &owner)));
}

/* A statement over a range of nights that must touch every one of them. */
static enum db_status
run_over_nights(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count, int32_t from,
                int32_t until)
{
    int64_t changes = 0;
    enum db_status status = db_run(store->connection, stmt, values, value_count, &changes, &store->err);
    if (status == DB_OK && changes != until - from) {
        err_set(&store->err, ERR_DATA, "%s reached %lld nights of %d", db_stmt_table[stmt].name, (long long)changes,
                (int)(until - from));
        return DB_CONFLICT;
    }
    return status;
}

enum db_status
store_move_stock(struct store *store, uint32_t property, const struct stock_move *move)
{
    struct store_id_cell type;
    return run_over_nights(store, STMT_NIGHT_MOVE,
                           STORE_VALUES(db_int(move->units), db_int(move->closed), db_int(move->sold),
                                        db_int(move->held), db_int(move->fixed), db_int(property),
                                        store_id(move->room_type, &type), db_int(move->from), db_int(move->until)),
                           move->from, move->until);
}

enum db_status
store_open_nights(struct store *store, uint32_t property, const struct nights_set *nights)
{
    struct store_id_cell cell;
    struct db_value type = store_id(nights->room_type, &cell);
    int32_t allowance = nights->allowance > 0 ? nights->allowance : 0;
    for (int32_t night = nights->from; night < nights->until; night++) {
        enum db_status status = store_run_one(
            store, STMT_NIGHT_OPEN,
            STORE_VALUES(db_int(property), type, db_int(night), db_int(nights->units), db_int(allowance)));
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

enum db_status
store_set_nights(struct store *store, uint32_t property, const struct nights_set *nights)
{
    struct store_id_cell type;
    return run_over_nights(store, STMT_NIGHT_SET,
                           STORE_VALUES(nights->units >= 0 ? db_int(nights->units) : db_null(),
                                        nights->allowance >= 0 ? db_int(nights->allowance) : db_null(),
                                        db_int(property), store_id(nights->room_type, &type), db_int(nights->from),
                                        db_int(nights->until)),
                           nights->from, nights->until);
}

enum db_status
store_put_overcommit(struct store *store, uint32_t property, const struct overcommit *o)
{
    struct store_id_cell type_cell, subject_cell;
    struct db_value type = store_id(o->room_type, &type_cell), subject = store_id(o->subject, &subject_cell);
    for (int32_t night = o->from; night < o->until; night++) {
        enum db_status status =
            store_run_one(store, STMT_OVERCOMMIT_PUT,
                          STORE_VALUES(db_int(property), db_int(night), type, db_text(overcommit_kind_name(o->kind)),
                                       subject, db_int(o->quantity)));
        if (status != DB_OK)
            return status;
    }
    return run_over_nights(store, STMT_NIGHT_OVERCOMMIT,
                           STORE_VALUES(db_int(property), type, db_int(o->from), db_int(o->until)), o->from, o->until);
}

static struct db_value
date_or_null(const struct property *p)
{
    return p->night_audit == NIGHT_AUDIT_NONE ? db_null() : db_int(p->business_date);
}

enum db_status
store_put_property(struct store *store, const struct property *p)
{
    struct store_id_cell id;
    if (p->version > 1)
        return store_run_one(store, STMT_PROPERTY_UPDATE,
                             STORE_VALUES(db_text(p->name), db_int(p->day_rolls_at_min), db_int(p->payment_ttl_ms),
                                          db_int(p->approval_ttl_ms), db_int(p->shows_holders),
                                          db_text(night_audit_name(p->night_audit)), date_or_null(p),
                                          db_int(p->version), db_int(p->cancellation_window_h),
                                          db_int(p->cancellation_fee_percent), db_int(p->no_show_fee_percent),
                                          db_int(p->splits_stays), db_text(balance_rule_name(p->balance_rule)),
                                          db_int(p->number)));
    return store_run_one(store, STMT_PROPERTY_INSERT,
                         STORE_VALUES(db_int(p->number), store_id(p->id, &id), db_text(p->name), db_text(p->time_zone),
                                      db_text(p->currency), db_int(p->day_rolls_at_min), db_int(p->payment_ttl_ms),
                                      db_int(p->approval_ttl_ms), db_int(p->shows_holders),
                                      db_text(night_audit_name(p->night_audit)), date_or_null(p), db_int(p->created_at),
                                      db_int(p->version), db_int(p->cancellation_window_h),
                                      db_int(p->cancellation_fee_percent), db_int(p->no_show_fee_percent),
                                      db_int(p->splits_stays), db_text(balance_rule_name(p->balance_rule))));
}

enum db_status
store_put_room_type(struct store *store, uint32_t property, const struct room_type *t)
{
    struct store_id_cell cell;
    struct db_value id = store_id(t->id, &cell);
    if (t->version > 1)
        return store_run_one(store, STMT_ROOM_TYPE_UPDATE,
                             STORE_VALUES(db_text(t->name), db_int(t->max_guests), db_text(t->features),
                                          db_int(t->needs_approval), db_int(t->hold_ttl_ms), db_int(t->opens_min),
                                          db_int(t->closes_min), db_int(t->turnaround_min), db_int(t->length_min),
                                          db_int(t->length_max), db_int(t->notice_min), db_int(t->quota_per_booker),
                                          db_int(t->version), db_int(property), id));
    return store_run_one(store, STMT_ROOM_TYPE_INSERT,
                         STORE_VALUES(db_int(property), id, db_text(t->name), db_text(sold_by_name(t->sold_by)),
                                      db_text(stock_kind_name(t->stock)), db_int(t->max_guests), db_text(t->features),
                                      db_int(t->needs_approval), db_int(t->hold_ttl_ms), db_int(t->opens_min),
                                      db_int(t->closes_min), db_int(t->turnaround_min), db_int(t->length_min),
                                      db_int(t->length_max), db_int(t->notice_min), db_int(t->quota_per_booker),
                                      db_int(t->created_at), db_int(t->version)));
}

static enum db_status
update_room(struct store *store, uint32_t property, const struct room *r, int64_t version)
{
    struct store_id_cell id, type;
    return store_run_one(store, STMT_ROOM_UPDATE,
                         STORE_VALUES(store_id(r->room_type, &type), db_text(r->number), db_text(r->floor),
                                      db_text(r->building), db_text(r->features), db_int(r->max_guests),
                                      db_int(version), db_int(property), store_id(r->id, &id), db_int(version - 1)));
}

enum db_status
store_put_room(struct store *store, uint32_t property, const struct room *r, const struct room_state *s)
{
    struct store_id_cell id, type, fault, note, attendant;
    if (s->version > 1)
        return update_room(store, property, r, s->version);
    return store_run_one(store, STMT_ROOM_INSERT,
                         STORE_VALUES(db_int(property), store_id(r->id, &id), store_id(r->room_type, &type),
                                      db_text(r->number), db_text(r->floor), db_text(r->building), db_text(r->features),
                                      db_int(r->max_guests), db_int(r->created_at),
                                      db_text(cleanliness_name(s->cleanliness)), store_id_or_null(s->fault, &fault),
                                      store_time_or_null(s->fault_since), store_id_or_null(s->note, &note),
                                      store_id_or_null(s->attendant, &attendant), db_int(s->version)));
}

enum db_status
store_put_room_state(struct store *store, uint32_t property, const struct room_state *s)
{
    struct store_id_cell id, fault, note, attendant;
    return store_run_one(store, STMT_ROOM_STATE_UPDATE,
                         STORE_VALUES(db_text(cleanliness_name(s->cleanliness)), store_id_or_null(s->fault, &fault),
                                      store_time_or_null(s->fault_since), store_id_or_null(s->note, &note),
                                      store_id_or_null(s->attendant, &attendant), db_int(s->version), db_int(property),
                                      store_id(s->room, &id), db_int(s->version - 1)));
}

enum db_status
store_end_occupancy(struct store *store, uint32_t property, const struct occupancy *occupancy)
{
    struct store_id_cell room, booking;
    return store_run_one(
        store, STMT_OCCUPANCY_DELETE,
        STORE_VALUES(db_int(property), store_id(occupancy->room, &room), store_id(occupancy->booking, &booking)));
}

enum db_status
store_begin_occupancy(struct store *store, uint32_t property, const struct occupancy *occupancy)
{
    struct store_id_cell room, booking;
    return store_run_one(
        store, STMT_OCCUPANCY_INSERT,
        STORE_VALUES(db_int(property), store_id(occupancy->room, &room), store_id(occupancy->booking, &booking)));
}

enum db_status
store_delete_room(struct store *store, uint32_t property, struct id room, int64_t now_ms)
{
    struct store_id_cell id;
    return store_run_one(store, STMT_ROOM_DELETE, STORE_VALUES(db_int(now_ms), db_int(property), store_id(room, &id)));
}

enum db_status
store_delete_room_type(struct store *store, uint32_t property, struct id room_type, int64_t now_ms)
{
    struct store_id_cell cell;
    struct db_value id = store_id(room_type, &cell);
    enum db_status status =
        db_run(store->connection, STMT_NIGHT_DELETE_TYPE, STORE_VALUES(db_int(property), id), NULL, &store->err);
    if (status != DB_OK)
        return status;
    return store_run_one(store, STMT_ROOM_TYPE_DELETE, STORE_VALUES(db_int(now_ms), db_int(property), id));
}
