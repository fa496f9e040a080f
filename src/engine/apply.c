/* One case per kind of change. What a change means is said in core/decision.h; the statements are the store's. */
#include "engine/apply.h"

#include <assert.h>

#include "core/code.h"
#include "store/store_closure.h"
#include "store/store_guest_link.h"
#include "store/store_job.h"
#include "store/store_payment.h"
#include "store/store_people.h"
#include "store/store_words.h"

/* A new property has a log of its own from the start. */
static enum db_status
put_property(struct store *store, const struct property *property)
{
    enum db_status status = store_put_property(store, property);
    if (status != DB_OK || property->version > 1)
        return status;
    struct store_head head = {.decided_at = property->created_at};
    return store_insert_head(store, property->number, &head);
}

/* Where changes are written, and what is known of those before. */
struct applying {
    struct store *store;
    uint32_t property;
    const struct house *house;
    int64_t now_ms;
    struct arena *arena;
    const struct decision *decision;
    bool house_changed;
};

/* Whether the decision brings the booking somebody by whose name it is to be found, or takes somebody away. */
static void
find_naming(const struct applying *a, const struct booking *booking, bool *ret_more, bool *ret_fewer)
{
    *ret_more = *ret_fewer = false;
    for (size_t i = 0; i < a->decision->change_count; i++) {
        const struct change *change = &a->decision->changes[i];
        if (change->kind == CHANGE_GUEST)
            *ret_more = *ret_more || id_equal(change->guest->id, booking->guest);
        else if (change->kind == CHANGE_COMPANION_ADD)
            *ret_more = *ret_more || id_equal(change->companion.booking, booking->id);
        else if (change->kind == CHANGE_COMPANION_DROP)
            *ret_fewer = *ret_fewer || id_equal(change->companion.booking, booking->id);
    }
}

static enum db_status
put_booking(struct applying *a, const struct booking *booking)
{
    int64_t number;
    bool more, fewer;
    bool is_code = code_parse(a->house->property->id, booking->code, &number);
    assert(is_code);
    if (!is_code)
        return DB_FAILED;
    if (booking->version == 1)
        return store_insert_booking(a->store, a->property, number, booking);
    enum db_status status = store_update_booking(a->store, a->property, booking);
    find_naming(a, booking, &more, &fewer);
    if (status == DB_OK && fewer)
        return store_renew_words(a->store, a->property, number, booking->id, a->arena);
    return status == DB_OK && more ? store_add_words(a->store, a->property, number, a->arena) : status;
}

static enum db_status
apply_change(struct applying *a, const struct change *change)
{
    struct store *store = a->store;
    uint32_t property = a->property;
    switch (change->kind) {
    case CHANGE_BOOKING: return put_booking(a, change->booking);
    case CHANGE_GROUP: return store_insert_group(store, property, change->group);
    case CHANGE_GUEST:
        return change->guest->version == 1 ? store_insert_guest(store, property, change->guest, a->arena)
                                           : store_change_guest(store, property, change->guest, a->arena);
    case CHANGE_COMPANION_ADD: return store_add_companion(store, property, &change->companion);
    case CHANGE_COMPANION_DROP: return store_drop_companion(store, property, &change->companion);
    case CHANGE_TEXT: return store_insert_text(store, property, change->text);
    case CHANGE_HOLD: return store_put_hold(store, property, change->hold);
    case CHANGE_CLOSURE: return store_put_closure(store, property, change->closure);
    case CHANGE_CLAIM_DROP: return store_drop_claim(store, property, &change->claim);
    case CHANGE_CLAIM_ADD: return store_add_claim(store, property, &change->claim);
    case CHANGE_STOCK: return store_move_stock(store, property, &change->stock);
    case CHANGE_NIGHTS_OPEN: return store_open_nights(store, property, &change->nights);
    case CHANGE_NIGHTS_SET: return store_set_nights(store, property, &change->nights);
    case CHANGE_OVERCOMMIT: return store_put_overcommit(store, property, change->overcommit);
    case CHANGE_ROOM_STATE: return store_put_room_state(store, property, change->room_state);
    case CHANGE_OCCUPANCY_END: return store_end_occupancy(store, property, &change->occupancy);
    case CHANGE_OCCUPANCY_BEGIN: return store_begin_occupancy(store, property, &change->occupancy);
    case CHANGE_PAYMENT: return store_put_payment(store, property, change->payment);
    case CHANGE_REFUND: return store_put_refund(store, property, change->refund);
    case CHANGE_SET_ASIDE: return store_put_set_aside(store, property, change->set_aside);
    case CHANGE_NOTICE: return store_insert_notice(store, property, &change->notice);
    case CHANGE_PROVIDER: return store_put_provider(store, property, change->provider);
    case CHANGE_USER: return store_put_user(store, change->user);
    case CHANGE_TOKEN: return store_put_token(store, change->token);
    case CHANGE_INVITATION: return store_put_invitation(store, change->invitation);
    case CHANGE_RESET: return store_put_reset(store, change->reset);
    case CHANGE_SESSION: return store_insert_session(store, change->session);
    case CHANGE_SESSION_END: return store_delete_session(store, change->id);
    case CHANGE_GUEST_LINK: return store_put_guest_link(store, property, change->guest_link);
    case CHANGE_JOB: return store_put_job(store, property, change->job);
    case CHANGE_JOB_ITEM: return store_insert_job_item(store, property, change->job_item.job, &change->job_item.item);
    default: break;
    }
    a->house_changed = true;
    switch (change->kind) {
    case CHANGE_PROPERTY: return put_property(store, change->property);
    case CHANGE_ROOM_TYPE: return store_put_room_type(store, property, change->room_type);
    case CHANGE_ROOM_TYPE_DELETE: return store_delete_room_type(store, property, change->id, a->now_ms);
    case CHANGE_ROOM: return store_put_room(store, property, change->room, change->room_state);
    case CHANGE_ROOM_DELETE: return store_delete_room(store, property, change->id, a->now_ms);
    default: break;
    }
    assert(!"a change that is none");
    return DB_FAILED;
}

enum db_status
apply_changes(struct store *store, uint32_t property, const struct house *house, const struct decision *decision,
              size_t from, size_t until, int64_t now_ms, struct arena *arena, bool *ret_house_changed)
{
    struct applying applying = {
        .store = store, .property = property, .house = house, .now_ms = now_ms, .arena = arena, .decision = decision};
    enum db_status status = DB_OK;
    assert(db_in_transaction(store->connection));
    for (size_t i = from; status == DB_OK && i < until; i++)
        status = apply_change(&applying, &decision->changes[i]);
    *ret_house_changed = *ret_house_changed || applying.house_changed;
    return status;
}
