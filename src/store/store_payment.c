/* Rows of money, in the column order of stmt_payment.def. */
#include "store/store_payment.h"

#include "store/store_row.h"

/* --- decoders --- */

static struct str
text_at(const struct db_rows *rows, int column, struct arena *arena)
{
    struct str text = db_column_str(rows, column);
    return text.len == 0 ? (struct str){"", 0} : arena_copy_str(arena, text);
}

static bool
decode_payment(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct payment *p = item;
    *p = (struct payment){
        .id = store_column_id(rows, 0),
        .booking = store_column_id(rows, 1),
        .group = store_column_id(rows, 2),
        .reference = text_at(rows, 4, arena),
        .currency = text_at(rows, 5, arena),
        .authorized = db_column_i64(rows, 6),
        .captured = db_column_i64(rows, 7),
        .refunded = db_column_i64(rows, 8),
        .authorized_at = db_column_i64(rows, 9),
        .captured_at = db_column_i64(rows, 10),
        .failed_at = db_column_i64(rows, 11),
        .voided_at = db_column_i64(rows, 12),
        .created_at = db_column_i64(rows, 13),
        .version = db_column_i64(rows, 14),
    };
    return payment_method_parse(db_column_str(rows, 3), &p->method);
}

static bool
decode_refund(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct refund *r = item;
    *r = (struct refund){
        .id = store_column_id(rows, 0),
        .payment = store_column_id(rows, 1),
        .booking = store_column_id(rows, 2),
        .amount = db_column_i64(rows, 3),
        .automatic = db_column_i64(rows, 5) != 0,
        .attempts = db_column_i64(rows, 6),
        .sent_at = db_column_i64(rows, 7),
        .settled_at = db_column_i64(rows, 8),
        .failed_at = db_column_i64(rows, 9),
        .provider_reference = text_at(rows, 10, arena),
        .failure = text_at(rows, 11, arena),
        .created_at = db_column_i64(rows, 12),
        .version = db_column_i64(rows, 13),
    };
    return refund_status_parse(db_column_str(rows, 4), &r->status);
}

static bool
decode_set_aside(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct set_aside *s = item;
    *s = (struct set_aside){
        .id = store_column_id(rows, 0),
        .event = text_at(rows, 1, arena),
        .kind = text_at(rows, 2, arena),
        .reference = text_at(rows, 4, arena),
        .named = text_at(rows, 5, arena),
        .amount = db_column_i64(rows, 6),
        .currency = text_at(rows, 7, arena),
        .created_at = db_column_i64(rows, 8),
        .resolved_at = db_column_i64(rows, 9),
        .version = db_column_i64(rows, 10),
    };
    return set_aside_cause_parse(db_column_str(rows, 3), &s->cause);
}

static bool
decode_provider(const struct db_rows *rows, struct arena *arena, void *item)
{
    *(struct payment_provider *)item = (struct payment_provider){
        .id = store_column_id(rows, 0),
        .account = text_at(rows, 1, arena),
        .api_base = text_at(rows, 2, arena),
        .sealed_secret = text_at(rows, 3, arena),
        .sealed_api_key = text_at(rows, 4, arena),
        .created_at = db_column_i64(rows, 5),
        .version = db_column_i64(rows, 6),
    };
    return true;
}

static bool
decode_notice(const struct db_rows *rows, struct arena *arena, void *item)
{
    static const enum id_kind kinds[] = {ID_PAYMENT, ID_REFUND, ID_SET_ASIDE};
    struct payment_notice_seen *seen = item;
    struct str prefix = db_column_str(rows, 0);
    (void)arena;
    seen->subject = store_column_id(rows, 1);
    seen->at = db_column_i64(rows, 2);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (str_equal(str_from(id_kind_prefix(kinds[i])), prefix)) {
            seen->subject_kind = kinds[i];
            return true;
        }
    }
    return false;
}

/* --- one --- */

enum db_status
store_load_payment(struct store *store, uint32_t property, struct id id, struct arena *arena,
                   struct payment *ret_payment)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_PAYMENT_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       decode_payment, ret_payment);
}

enum db_status
store_load_payment_by_reference(struct store *store, uint32_t property, struct str reference, struct arena *arena,
                                struct payment *ret_payment)
{
    return store_fetch(store, STMT_PAYMENT_BY_REFERENCE, STORE_VALUES(db_int(property), db_text(reference)), arena,
                       decode_payment, ret_payment);
}

enum db_status
store_load_refund(struct store *store, uint32_t property, struct id id, struct arena *arena, struct refund *ret_refund)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_REFUND_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       decode_refund, ret_refund);
}

enum db_status
store_load_set_aside(struct store *store, uint32_t property, struct id id, struct arena *arena,
                     struct set_aside *ret_set_aside)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_SET_ASIDE_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena,
                       decode_set_aside, ret_set_aside);
}

enum db_status
store_load_provider(struct store *store, uint32_t property, struct arena *arena, struct payment_provider *ret_provider)
{
    return store_fetch(store, STMT_PROVIDER_LOAD, STORE_VALUES(db_int(property)), arena, decode_provider, ret_provider);
}

enum db_status
store_load_notice(struct store *store, uint32_t property, struct str event, struct payment_notice_seen *ret_seen)
{
    ret_seen->event = event;
    return store_fetch(store, STMT_NOTICE_LOAD, STORE_VALUES(db_int(property), db_text(event)), NULL, decode_notice,
                       ret_seen);
}

/* --- several --- */

enum db_status
store_list_payments(struct store *store, uint32_t property, struct id booking, struct id group, struct arena *arena,
                    struct payment **ret_payments, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    bool of_group = id_is_none(booking);
    enum db_status status = store_collect(store, of_group ? STMT_PAYMENT_OF_GROUP : STMT_PAYMENT_OF_BOOKING,
                                          STORE_VALUES(db_int(property), store_id(of_group ? group : booking, &cell)),
                                          arena, sizeof(struct payment), decode_payment, &items, ret_count);
    *ret_payments = items;
    return status;
}

enum db_status
store_list_refunds(struct store *store, uint32_t property, struct id payment, struct arena *arena,
                   struct refund **ret_refunds, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_REFUND_OF_PAYMENT, STORE_VALUES(db_int(property), store_id(payment, &cell)), arena,
                      sizeof(struct refund), decode_refund, &items, ret_count);
    *ret_refunds = items;
    return status;
}

enum db_status
store_list_refunds_that(struct store *store, uint32_t property, enum store_refunds are, struct id after, int64_t limit,
                        struct arena *arena, struct refund **ret_refunds, size_t *ret_count)
{
    static const enum db_stmt stmts[] = {[STORE_REFUNDS_OPEN] = STMT_REFUND_OPEN,
                                         [STORE_REFUNDS_IN_DOUBT] = STMT_REFUND_IN_DOUBT,
                                         [STORE_REFUNDS_FAILED] = STMT_REFUND_FAILED};
    void *items;
    enum db_status status = store_collect_page(store, stmts[are], property, after, limit, arena, sizeof(struct refund),
                                               decode_refund, &items, ret_count);
    *ret_refunds = items;
    return status;
}

enum db_status
store_page_payments(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                    struct payment **ret_payments, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_PAYMENT_WALK, property, after, limit, arena,
                                               sizeof(struct payment), decode_payment, &items, ret_count);
    *ret_payments = items;
    return status;
}

enum db_status
store_page_refunds(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                   struct refund **ret_refunds, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_REFUND_WALK, property, after, limit, arena,
                                               sizeof(struct refund), decode_refund, &items, ret_count);
    *ret_refunds = items;
    return status;
}

enum db_status
store_page_set_aside(struct store *store, uint32_t property, bool open, struct id after, int64_t limit,
                     struct arena *arena, struct set_aside **ret_items, size_t *ret_count)
{
    void *items;
    enum db_stmt stmt = open ? STMT_SET_ASIDE_OPEN : STMT_SET_ASIDE_WALK;
    enum db_status status = store_collect_page(store, stmt, property, after, limit, arena, sizeof(struct set_aside),
                                               decode_set_aside, &items, ret_count);
    *ret_items = items;
    return status;
}

/* --- changes --- */

enum db_status
store_put_payment(struct store *store, uint32_t property, const struct payment *p)
{
    struct store_id_cell id, booking, group;
    if (p->version > 1)
        return store_run_one(store, STMT_PAYMENT_UPDATE,
                             STORE_VALUES(db_int(p->authorized), db_int(p->captured), db_int(p->refunded),
                                          store_time_or_null(p->authorized_at), store_time_or_null(p->captured_at),
                                          store_time_or_null(p->failed_at), store_time_or_null(p->voided_at),
                                          db_int(p->version), db_int(property), store_id(p->id, &id),
                                          db_int(p->version - 1)));
    return store_run_one(store, STMT_PAYMENT_INSERT,
                         STORE_VALUES(db_int(property), store_id(p->id, &id), store_id_or_null(p->booking, &booking),
                                      store_id_or_null(p->group, &group), db_text(payment_method_name(p->method)),
                                      store_text_or_null(p->reference), db_text(p->currency), db_int(p->authorized),
                                      db_int(p->captured), db_int(p->refunded), store_time_or_null(p->authorized_at),
                                      store_time_or_null(p->captured_at), store_time_or_null(p->failed_at),
                                      store_time_or_null(p->voided_at), db_int(p->created_at), db_int(p->version)));
}

enum db_status
store_put_refund(struct store *store, uint32_t property, const struct refund *r)
{
    struct store_id_cell id, payment, booking;
    if (r->version > 1)
        return store_run_one(store, STMT_REFUND_UPDATE,
                             STORE_VALUES(db_int(r->amount), db_text(refund_status_name(r->status)),
                                          db_int(r->attempts), store_time_or_null(r->sent_at),
                                          store_time_or_null(r->settled_at), store_time_or_null(r->failed_at),
                                          store_text_or_null(r->provider_reference), store_text_or_null(r->failure),
                                          db_int(r->version), db_int(property), store_id(r->id, &id),
                                          db_int(r->version - 1)));
    return store_run_one(store, STMT_REFUND_INSERT,
                         STORE_VALUES(db_int(property), store_id(r->id, &id), store_id(r->payment, &payment),
                                      store_id_or_null(r->booking, &booking), db_int(r->amount),
                                      db_text(refund_status_name(r->status)), db_int(r->automatic), db_int(r->attempts),
                                      store_time_or_null(r->sent_at), store_time_or_null(r->settled_at),
                                      store_time_or_null(r->failed_at), store_text_or_null(r->provider_reference),
                                      store_text_or_null(r->failure), db_int(r->created_at), db_int(r->version)));
}

enum db_status
store_put_set_aside(struct store *store, uint32_t property, const struct set_aside *aside)
{
    struct store_id_cell id;
    if (aside->version > 1)
        return store_run_one(store, STMT_SET_ASIDE_UPDATE,
                             STORE_VALUES(store_time_or_null(aside->resolved_at), db_int(aside->version),
                                          db_int(property), store_id(aside->id, &id), db_int(aside->version - 1)));
    return store_run_one(store, STMT_SET_ASIDE_INSERT,
                         STORE_VALUES(db_int(property), store_id(aside->id, &id), db_text(aside->event),
                                      db_text(aside->kind), db_text(set_aside_cause_name(aside->cause)),
                                      store_text_or_null(aside->reference), store_text_or_null(aside->named),
                                      db_int(aside->amount), db_text(aside->currency), db_int(aside->created_at),
                                      store_time_or_null(aside->resolved_at), db_int(aside->version)));
}

enum db_status
store_put_provider(struct store *store, uint32_t property, const struct payment_provider *p)
{
    struct store_id_cell id;
    if (p->version > 1)
        return store_run_one(store, STMT_PROVIDER_UPDATE,
                             STORE_VALUES(store_text_or_null(p->account), store_text_or_null(p->api_base),
                                          db_text(p->sealed_secret), store_text_or_null(p->sealed_api_key),
                                          db_int(p->version), db_int(property), db_int(p->version - 1)));
    return store_run_one(store, STMT_PROVIDER_INSERT,
                         STORE_VALUES(db_int(property), store_id(p->id, &id), store_text_or_null(p->account),
                                      store_text_or_null(p->api_base), db_text(p->sealed_secret),
                                      store_text_or_null(p->sealed_api_key), db_int(p->created_at),
                                      db_int(p->version)));
}

enum db_status
store_insert_notice(struct store *store, uint32_t property, const struct payment_notice_seen *seen)
{
    struct store_id_cell subject;
    return store_run_one(store, STMT_NOTICE_INSERT,
                         STORE_VALUES(db_int(property), db_text(seen->event),
                                      db_text(str_from(id_kind_prefix(seen->subject_kind))),
                                      store_id(seen->subject, &subject), db_int(seen->at)));
}
