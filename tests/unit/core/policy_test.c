/* The arithmetic of what is kept: roundings, ends of ranges, the instant from which it costs something. */
#include "core/policy.h"

#include "tests/unit/test.h"

#define HOUR_MS INT64_C(3600000)
#define BEGINS INT64_C(1795341600000)

static void
a_fee_is_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(policy_fee(0, 100), 0);
    assert_int_equal(policy_fee(9999, 0), 0);
    assert_int_equal(policy_fee(9999, 100), 9999);
    assert_int_equal(policy_fee(9999, 50), 4999);
    assert_int_equal(policy_fee(1, 99), 0);
    assert_int_equal(policy_fee(199, 33), 65);
    for (int64_t price = 0; price < 300; price++)
        for (int32_t percent = 0; percent <= 100; percent++)
            assert_int_equal(policy_fee(price, percent), price * percent / 100);
}

static void
the_largest_price_does_not_overflow(void **state)
{
    (void)state;
    assert_true(policy_fee(INT64_C(9007199254740991), 100) == INT64_C(9007199254740991));
    assert_true(policy_fee(INT64_C(9007199254740991), 99) == INT64_C(8917127262193581));
    assert_true(policy_fee(INT64_MAX, 100) == INT64_MAX);
}

static void
cancelling_is_late_from_the_instant_on(void **state)
{
    (void)state;
    assert_false(policy_is_late(BEGINS - 1, BEGINS, 0));
    assert_true(policy_is_late(BEGINS, BEGINS, 0));
    assert_false(policy_is_late(BEGINS - 24 * HOUR_MS - 1, BEGINS, 24));
    assert_true(policy_is_late(BEGINS - 24 * HOUR_MS, BEGINS, 24));
    assert_true(policy_is_late(BEGINS - CANCELLATION_WINDOW_MAX_H * HOUR_MS, BEGINS, CANCELLATION_WINDOW_MAX_H));
}

static void
what_goes_back_is_never_more_than_was_paid(void **state)
{
    (void)state;
    struct refund_wish policy = {REFUND_BY_POLICY, 0}, nothing = {REFUND_NOTHING, 0}, some = {REFUND_AMOUNT, 700};
    assert_int_equal(policy_refund(&policy, 1000, 300), 700);
    assert_int_equal(policy_refund(&policy, 200, 300), 0);
    assert_int_equal(policy_refund(&nothing, 1000, 300), 0);
    assert_int_equal(policy_refund(&some, 1000, 300), 700);
    assert_int_equal(policy_refund(&some, 1000, 900), 700);
    assert_int_equal(policy_refund(&some, 200, 0), 200);
    assert_int_equal(policy_refund(&some, 0, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fee_is_rounded_down),
        cmocka_unit_test(the_largest_price_does_not_overflow),
        cmocka_unit_test(cancelling_is_late_from_the_instant_on),
        cmocka_unit_test(what_goes_back_is_never_more_than_was_paid),
    };
    return test_run("core/policy", tests);
}
