/* A booking that nothing was paid for, and that is alone, needs no look. */
#include "engine/ledger_load.h"

#include "store/store_list.h"
#include "store/store_payment.h"

static enum db_status
out_of_memory(struct store *store)
{
    err_set(&store->err, ERR_MEMORY, "the payments of an account do not fit the memory they were given");
    return DB_FAILED;
}

/* Puts `count` more behind the array. */
static bool
append(struct arena *arena, void **array, size_t *array_count, const void *more, size_t count, size_t size)
{
    if (count == 0)
        return true;
    char *wider = arena_alloc_array(arena, *array_count + count, size);
    if (wider == NULL)
        return false;
    if (*array_count > 0)
        memcpy(wider, *array, *array_count * size);
    memcpy(wider + *array_count * size, more, count * size);
    *array = wider;
    *array_count += count;
    return true;
}

enum db_status
ledger_add_payments(struct store *store, uint32_t property, struct id booking, struct id group, struct arena *arena,
                    struct ledger_lists *lists)
{
    struct payment *payments;
    struct refund *refunds;
    size_t count, refund_count;
    enum db_status status = store_list_payments(store, property, booking, group, arena, &payments, &count);
    if (status != DB_OK)
        return status;
    void *array = lists->payments;
    if (!append(arena, &array, &lists->payment_count, payments, count, sizeof(*payments)))
        return out_of_memory(store);
    lists->payments = array;
    for (size_t i = 0; i < count; i++) {
        status = store_list_refunds(store, property, payments[i].id, arena, &refunds, &refund_count);
        if (status != DB_OK)
            return status;
        array = lists->refunds;
        if (!append(arena, &array, &lists->refund_count, refunds, refund_count, sizeof(*refunds)))
            return out_of_memory(store);
        lists->refunds = array;
    }
    return DB_OK;
}

static struct ledger
ledger_of(const struct booking *bookings, size_t count, const struct ledger_lists *lists)
{
    return (struct ledger){.bookings = bookings,
                           .booking_count = count,
                           .payments = lists->payments,
                           .payment_count = lists->payment_count,
                           .refunds = lists->refunds,
                           .refund_count = lists->refund_count};
}

enum db_status
ledger_load_group(struct store *store, uint32_t property, struct id group, const struct booking *bookings,
                  size_t booking_count, struct arena *arena, struct ledger *ret_ledger)
{
    struct ledger_lists lists = {.payment_count = 0};
    enum db_status status = ledger_add_payments(store, property, ID_NONE, group, arena, &lists);
    for (size_t i = 0; status == DB_OK && i < booking_count; i++)
        if (booking_has_payments(&bookings[i]))
            status = ledger_add_payments(store, property, bookings[i].id, ID_NONE, arena, &lists);
    *ret_ledger = ledger_of(bookings, booking_count, &lists);
    return status;
}

enum db_status
ledger_load(struct store *store, uint32_t property, const struct booking *booking, struct arena *arena,
            struct ledger *ret_ledger)
{
    struct booking *bookings;
    size_t count;
    struct ledger_lists lists = {.payment_count = 0};
    enum db_status status = DB_OK;
    if (id_is_none(booking->group)) {
        if (booking_has_payments(booking))
            status = ledger_add_payments(store, property, booking->id, ID_NONE, arena, &lists);
        *ret_ledger = ledger_of(booking, 1, &lists);
        return status;
    }
    status = store_list_group_bookings(store, property, booking->group, arena, &bookings, &count);
    return status != DB_OK ? status
                           : ledger_load_group(store, property, booking->group, bookings, count, arena, ret_ledger);
}
