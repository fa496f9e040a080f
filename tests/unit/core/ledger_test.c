/* What an account shows: nothing that is owed is counted twice, whichever way money went back. */
#include "core/ledger.h"

#include "tests/unit/test.h"

enum { PRICE = 10000, FEE = 4000, REST = PRICE - FEE };

static struct id
id_of(uint64_t number)
{
    return (struct id){.hi = 1, .lo = number};
}

/* One booking that is alone and was called off for a fee, its payment by card, and what became of the refund. */
static struct ledger_summary
summary_of(enum booking_status status, int64_t refunded, const struct refund *refunds, size_t refund_count)
{
    const struct booking booking = {.id = id_of(1),
                                    .status = status,
                                    .price = {.known = true, .minor = status == BOOKING_CANCELLED ? PRICE : FEE},
                                    .fee_minor = status == BOOKING_CANCELLED ? FEE : 0};
    const struct payment payment = {.id = id_of(2),
                                    .booking = booking.id,
                                    .method = PAYMENT_METHOD_CARD,
                                    .authorized = PRICE,
                                    .captured = PRICE,
                                    .refunded = refunded};
    const struct ledger ledger = {.bookings = &booking,
                                  .booking_count = 1,
                                  .payments = &payment,
                                  .payment_count = 1,
                                  .refunds = refunds,
                                  .refund_count = refund_count};
    return ledger_summary_of_booking(ledger, &booking);
}

static struct refund
refund_of(enum refund_status status, int attempts)
{
    return (struct refund){.id = id_of(3),
                           .payment = id_of(2),
                           .booking = id_of(1),
                           .amount = REST,
                           .status = status,
                           .attempts = attempts};
}

static void
what_went_back_is_not_owed_once_more(void **state)
{
    static const struct {
        enum refund_status first, second; /* REFUND_WITHDRAWN: there is none */
        int64_t refunded, due;
    } cases[] = {
        {REFUND_DUE, REFUND_WITHDRAWN, 0, REST},
        {REFUND_SENT, REFUND_WITHDRAWN, 0, REST},
        {REFUND_SENT, REFUND_WITHDRAWN, REST, 0}, /* the provider told of it before its answer */
        {REFUND_SETTLED, REFUND_WITHDRAWN, REST, 0},
        {REFUND_FAILED, REFUND_WITHDRAWN, 0, REST},
        {REFUND_FAILED, REFUND_DUE, 0, REST}, /* asked for anew */
        {REFUND_FAILED, REFUND_SETTLED, REST, 0},
        {REFUND_FAILED, REFUND_WITHDRAWN, REST, 0}, /* given back at the provider */
    };
    static const enum booking_status statuses[] = {BOOKING_CANCELLED, BOOKING_CONFIRMED};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        enum booking_status status = statuses[i % 2];
        const struct refund refunds[] = {refund_of(cases[i / 2].first, 1), refund_of(cases[i / 2].second, 1)};
        struct ledger_summary summary = summary_of(status, cases[i / 2].refunded, refunds, 2);
        assert_int_equal(summary.paid, PRICE);
        assert_int_equal(summary.refunded, cases[i / 2].refunded);
        assert_int_equal(summary.refund_due, cases[i / 2].due);
        assert_int_equal(summary.charge.minor, FEE);
        assert_int_equal(summary.balance_due, 0);
    }
}

/* What one of a group paid for their fee is not asked of the group's payment again. */
static void
a_group_s_payment_is_asked_for_what_its_bookings_do_not_pay(void **state)
{
    (void)state;
    struct id group = id_of(9);
    const struct booking bookings[] = {
        {.id = id_of(1), .group = group, .status = BOOKING_CANCELLED, .price = {true, PRICE}, .fee_minor = FEE},
        {.id = id_of(2), .group = group, .status = BOOKING_CANCELLED, .price = {true, PRICE}, .fee_minor = FEE}};
    const struct payment payments[] = {{.id = id_of(3), .booking = bookings[0].id, .authorized = FEE, .captured = FEE},
                                       {.id = id_of(4), .group = group, .authorized = PRICE, .captured = PRICE}};
    const struct ledger ledger = {.bookings = bookings, .booking_count = 2, .payments = payments, .payment_count = 2};
    assert_int_equal(ledger_above_charge(ledger, ID_NONE, group), PRICE - FEE);
    assert_int_equal(ledger_above_charge(ledger, bookings[0].id, ID_NONE), 0);
    struct ledger_summary summary = ledger_summary_of_group(ledger, group);
    assert_int_equal(summary.charge.minor, 2 * FEE);
    assert_int_equal(summary.paid, PRICE + FEE);
    assert_int_equal(summary.balance_due, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_went_back_is_not_owed_once_more),
        cmocka_unit_test(a_group_s_payment_is_asked_for_what_its_bookings_do_not_pay),
    };
    return test_run("core/ledger", tests);
}
