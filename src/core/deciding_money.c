/* Looked up and added up among the working copies. */
#include "core/deciding_money.h"

/* --- looking up --- */

struct payment *
deciding_payment(struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->payment_count; i++)
        if (id_equal(d->payments[i].id, id))
            return &d->payments[i];
    return NULL;
}

struct payment *
deciding_payment_by_reference(struct deciding *d, struct str reference)
{
    for (size_t i = 0; i < d->payment_count; i++)
        if (d->payments[i].method == PAYMENT_METHOD_CARD && str_equal(d->payments[i].reference, reference))
            return &d->payments[i];
    return NULL;
}

struct refund *
deciding_refund(struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->refund_count; i++)
        if (id_equal(d->refunds[i].id, id))
            return &d->refunds[i];
    return NULL;
}

/* --- sums --- */

struct ledger
deciding_ledger(const struct deciding *d)
{
    return (struct ledger){.bookings = d->bookings,
                           .booking_count = d->facts->booking_count,
                           .payments = d->payments,
                           .payment_count = d->payment_count,
                           .refunds = d->refunds,
                           .refund_count = d->refund_count};
}

struct price
deciding_price_of(const struct deciding *d, struct id booking, struct id group)
{
    struct price price = {.known = true};
    bool any = false;
    for (size_t i = 0; i < d->facts->booking_count; i++) {
        const struct booking *b = &d->bookings[i];
        if (!id_equal(b->id, booking) && (id_is_none(group) || !id_equal(b->group, group)))
            continue;
        any = true;
        price.known = price.known && b->price.known;
        price.minor += b->price.minor;
    }
    price.known = price.known && any;
    return price;
}

int64_t
deciding_come_back(const struct deciding *d, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < d->refund_count; i++)
        if (id_equal(d->refunds[i].payment, payment) && refund_has_come_back(&d->refunds[i]))
            sum += d->refunds[i].amount;
    return sum;
}
