/* Movements of money, each the difference between two states of one payment. */
#include "engine/takings.h"

#include "engine/state_read.h"

enum { STEP = 250 };

static enum db_status
read_payment(const struct property *property, const struct store_event *event, struct store *store, struct arena *arena,
             struct payment *ret_payment)
{
    struct state state;
    if (!state_read_event(EVENT_OF_PAYMENT, event->v, event->body, property, arena, &state, &store->err))
        return DB_FAILED;
    *ret_payment = state.payment;
    return DB_OK;
}

/* What the payment had come to before; nothing where this is its first event. */
static enum db_status
read_before(const struct property *property, const struct store_event *event, struct store *store, struct arena *arena,
            struct payment *ret_payment)
{
    struct store_event before;
    enum db_status status =
        store_load_event_before(store, property->number, event->subject, event->seq, arena, &before);
    *ret_payment = (struct payment){.version = 0};
    if (status == DB_NO_ROW)
        return DB_OK;
    return status == DB_OK ? read_payment(property, &before, store, arena, ret_payment) : status;
}

static enum db_status
read_taking(const struct property *property, const struct store_event *event, struct store *store, struct arena *arena,
            struct taking *ret_taking)
{
    struct payment before;
    struct taking *taking = ret_taking;
    *taking = (struct taking){.seq = event->seq, .at = event->at, .actor = event->actor};
    enum db_status status = read_payment(property, event, store, arena, &taking->payment);
    if (status == DB_OK)
        status = read_before(property, event, store, arena, &before);
    if (status == DB_OK) {
        taking->captured = taking->payment.captured - before.captured;
        taking->refunded = taking->payment.refunded - before.refunded;
    }
    return status;
}

enum db_status
takings_next(struct takings *takings, struct store *store, struct arena *arena, struct taking **ret_items,
             size_t *ret_count)
{
    struct store_event *events;
    size_t count;
    int64_t after_at = takings->seq == 0 ? takings->from : takings->at;
    enum db_status status = store_list_events_of_payments(store, takings->property->number, after_at, takings->seq,
                                                          takings->until, STEP, arena, &events, &count);
    *ret_count = 0;
    if (status != DB_OK)
        return status;
    *ret_items = ARENA_ARRAY(arena, count + 1, struct taking);
    if (*ret_items == NULL) {
        err_set(&store->err, ERR_MEMORY, "no memory for the takings");
        return DB_FAILED;
    }
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct taking *taking = &(*ret_items)[*ret_count];
        status = read_taking(takings->property, &events[i], store, arena, taking);
        *ret_count += taking->captured != 0 || taking->refunded != 0;
        takings->at = events[i].at;
        takings->seq = events[i].seq;
    }
    takings->done = count < STEP;
    return status;
}

enum db_status
takings_payer(struct store *store, uint32_t property, const struct payment *payment, struct arena *arena,
              struct taking_payer *ret_payer)
{
    struct booking booking = {.version = 0};
    struct group group = {.version = 0};
    struct guest guest = {.version = 0};
    bool of_group = id_is_none(payment->booking);
    enum db_status status = of_group ? store_load_group(store, property, payment->group, arena, &group)
                                     : store_load_booking(store, property, payment->booking, arena, &booking);
    if (status == DB_OK)
        status = store_load_guest(store, property, of_group ? group.guest : booking.guest, arena, &guest);
    *ret_payer = (struct taking_payer){.code = of_group ? group.code : booking.code, .guest_name = guest.details.name};
    return status == DB_NO_ROW ? DB_OK : status;
}
