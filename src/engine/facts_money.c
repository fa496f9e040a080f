/* From a refund to its payment, from a payment to its booking or group, and from there to the whole account. */
#include "engine/facts_money.h"

#include "engine/ledger_load.h"
#include "store/store_payment.h"

static enum db_status
out_of_memory(const struct facts_load *load)
{
    err_set(&load->store->err, ERR_MEMORY, "the facts of a command do not fit its memory");
    return DB_FAILED;
}

/* What is not there is none. */
static enum db_status
or_none(enum db_status status)
{
    return status == DB_NO_ROW ? DB_OK : status;
}

/* --- what is named beside an account --- */

static enum db_status
load_provider(const struct facts_load *load, struct facts *facts)
{
    struct payment_provider *provider = ARENA_NEW(load->arena, struct payment_provider);
    if (provider == NULL)
        return out_of_memory(load);
    enum db_status status = store_load_provider(load->store, load->property, load->arena, provider);
    if (status == DB_OK)
        facts->provider = provider;
    return or_none(status);
}

static enum db_status
load_set_aside(const struct facts_load *load, struct id id, struct facts *facts)
{
    struct set_aside *aside = ARENA_NEW(load->arena, struct set_aside);
    if (aside == NULL)
        return out_of_memory(load);
    enum db_status status = store_load_set_aside(load->store, load->property, id, load->arena, aside);
    if (status == DB_OK)
        facts->set_aside = aside;
    return or_none(status);
}

static enum db_status
load_seen(const struct facts_load *load, struct str event, struct facts *facts)
{
    struct payment_notice_seen *seen = ARENA_NEW(load->arena, struct payment_notice_seen);
    if (seen == NULL)
        return out_of_memory(load);
    enum db_status status = store_load_notice(load->store, load->property, event, seen);
    if (status == DB_OK)
        facts->seen = seen;
    return or_none(status);
}

/* --- the account --- */

/* The payment that is meant; its owner goes before what the command says. */
static enum db_status
find_owner(const struct facts_load *load, struct facts_money *named)
{
    struct refund refund;
    struct payment payment = {.version = 0};
    enum db_status status = DB_NO_ROW;
    if (!id_is_none(named->refund)) {
        status = store_load_refund(load->store, load->property, named->refund, load->arena, &refund);
        if (status == DB_OK)
            named->payment = refund.payment;
        else if (status != DB_NO_ROW)
            return status;
    }
    status = DB_NO_ROW;
    if (!id_is_none(named->payment))
        status = store_load_payment(load->store, load->property, named->payment, load->arena, &payment);
    else if (named->reference.len > 0)
        status = store_load_payment_by_reference(load->store, load->property, named->reference, load->arena, &payment);
    if (status == DB_OK) {
        named->booking = payment.booking;
        named->group = payment.group;
    }
    return or_none(status);
}

static enum db_status
list_group(const struct facts_load *load, struct id group, struct id **ret_ids, size_t *ret_count)
{
    struct booking *bookings;
    size_t count;
    enum db_status status =
        store_list_group_bookings(load->store, load->property, group, load->arena, &bookings, &count);
    struct id *ids = status == DB_OK ? ARENA_ARRAY(load->arena, count + 1, struct id) : NULL;
    if (status != DB_OK)
        return status;
    if (ids == NULL)
        return out_of_memory(load);
    for (size_t i = 0; i < count; i++)
        ids[i] = bookings[i].id;
    *ret_ids = ids;
    *ret_count = count;
    return DB_OK;
}

static enum db_status
list_alone(const struct facts_load *load, struct id booking, struct id **ret_ids, size_t *ret_count)
{
    struct id *id = ARENA_NEW(load->arena, struct id);
    if (id == NULL)
        return out_of_memory(load);
    *id = booking;
    *ret_ids = id;
    *ret_count = 1;
    return DB_OK;
}

enum db_status
facts_find_group(const struct facts_load *load, const struct booking *booking, struct id **ret_ids, size_t *ret_count)
{
    *ret_count = 0;
    return id_is_none(booking->group) ? DB_OK : list_group(load, booking->group, ret_ids, ret_count);
}

enum db_status
facts_find_account(const struct facts_load *load, struct facts *facts, struct id **ret_ids, size_t *ret_count)
{
    struct facts_money named = facts_named_money(load->command);
    enum db_status status = DB_OK;
    *ret_count = 0;
    if (named.provider)
        status = load_provider(load, facts);
    if (status == DB_OK && !id_is_none(named.set_aside))
        status = load_set_aside(load, named.set_aside, facts);
    if (status == DB_OK && named.event.len > 0)
        status = load_seen(load, named.event, facts);
    if (status == DB_OK)
        status = find_owner(load, &named);
    if (status != DB_OK)
        return status;
    if (!id_is_none(named.booking)) {
        struct booking booking;
        status = store_load_booking(load->store, load->property, named.booking, load->arena, &booking);
        if (status != DB_OK)
            return or_none(status);
        if (id_is_none(booking.group))
            return list_alone(load, named.booking, ret_ids, ret_count);
        named.group = booking.group;
    }
    return id_is_none(named.group) ? DB_OK : list_group(load, named.group, ret_ids, ret_count);
}

/* --- payments --- */

static bool
is_first_of_group(const struct facts *facts, size_t index)
{
    const struct booking *booking = &facts->bookings[index];
    if (id_is_none(booking->group))
        return false;
    for (size_t i = 0; i < index; i++)
        if (id_equal(facts->bookings[i].group, booking->group))
            return false;
    return true;
}

enum db_status
facts_load_payments(const struct facts_load *load, struct facts *facts)
{
    struct ledger_lists lists = {.payment_count = 0};
    bool wanted = load->command != NULL && facts_named_money(load->command).wanted;
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < facts->booking_count; i++) {
        const struct booking *booking = &facts->bookings[i];
        if (!wanted && !booking_has_payments(booking) && id_is_none(booking->group))
            continue;
        if (wanted || booking_has_payments(booking))
            status = ledger_add_payments(load->store, load->property, booking->id, ID_NONE, load->arena, &lists);
        if (status == DB_OK && is_first_of_group(facts, i) && (wanted || booking_has_payments(booking)))
            status = ledger_add_payments(load->store, load->property, ID_NONE, booking->group, load->arena, &lists);
    }
    facts->payments = lists.payments;
    facts->payment_count = lists.payment_count;
    facts->refunds = lists.refunds;
    facts->refund_count = lists.refund_count;
    return status;
}
