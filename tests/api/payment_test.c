/* Money over HTTP: what a booking costs and who says so, what is paid by hand, and what a provider says. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/api/provider.h"
#include "tests/unit/test.h"

static const char *booker, *program, *desk;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    booker = fixture_caller(ROLE_BOOKER, false);
    program = fixture_caller(ROLE_BOOKER, true);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    return 0;
}

/* A stay in a studio, with more members. */
static const char *
stay(const char *more)
{
    return world_format(world,
                        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                        "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"Ada Lovelace\"}%s}",
                        house.property, house.studio, more);
}

static const char *
at(const struct answer *booking, const char *more)
{
    return world_format(world, "/v1/bookings/%s%s", answer_text(booking, "id"), more);
}

/* -- prices -- */

static void
staff_and_trusted_programs_say_what_it_costs(void **state)
{
    (void)state;
    struct answer answer = post_as(desk, "/v1/bookings", stay(",\"price\":12900"));
    assert_status(&answer, 201);
    assert_int_equal(answer_number(&answer, "price"), 12900);
    assert_int_equal(answer_number(&(struct answer){.json = get_as(desk, at(&answer, "")).json}, "price"), 12900);
    answer = post_as(program, "/v1/bookings", stay(",\"price\":0"));
    assert_int_equal(answer_number(&answer, "price"), 0);
    answer = post_as(booker, "/v1/bookings", stay(",\"price\":1"));
    assert_pointer(&answer, 403, "FORBIDDEN", "/price");
    answer = post_as(booker, "/v1/bookings", stay(",\"price\":null"));
    assert_status(&answer, 201);
    assert_true(json_is_null(answer_at(&answer, "price")));
}

static void
each_leg_has_a_price_of_its_own(void **state)
{
    (void)state;
    const char *leg = world_format(world,
                                   "{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\","
                                   "\"price\":",
                                   house.studio);
    const char *body =
        world_format(world, "{\"property_id\":\"%s\",\"guest\":{\"name\":\"Ada\"},\"legs\":[%s100},%s200}]}",
                     house.property, leg, leg);
    struct answer answer = post_as(desk, "/v1/bookings", body);
    assert_status(&answer, 201);
    assert_int_equal(answer_number(&answer, "bookings/0/price"), 100);
    assert_int_equal(answer_number(&answer, "bookings/1/price"), 200);
    answer = post_as(booker, "/v1/bookings", body);
    assert_pointer(&answer, 403, "FORBIDDEN", "/legs/0/price");
    answer = post_as(desk, "/v1/bookings", stay(",\"quantity\":1,\"price\":300"));
    assert_int_equal(answer_number(&answer, "bookings/0/price"), 300);
}

static void
a_price_is_whole_minor_units(void **state)
{
    static const char *const wrong[] = {"-1", "1.5", "\"12\"", "1000000000000", "9007199254740992", "true"};
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct answer answer = post_as(desk, "/v1/bookings", stay(world_format(world, ",\"price\":%s", wrong[i])));
        assert_true(answer.status == 422 || answer.status == 400);
    }
}

static void
staff_amend_a_price(void **state)
{
    (void)state;
    struct answer made = post_as(program, "/v1/bookings", stay(""));
    struct answer answer = world_patch(world, at(&made, ""), 1, "{\"price\":5000}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "price"), 5000);
    assert_int_equal(answer_number(&answer, "version"), 2);
    answer = world_patch(world, at(&made, ""), 2, "{\"price\":5000}");
    assert_int_equal(answer_number(&answer, "version"), 2);
    answer = world_patch(world, at(&made, ""), 2, "{\"party\":1,\"price\":null}");
    assert_true(json_is_null(answer_at(&answer, "price")));
    answer = world_ask(world, &(struct ask){.method = "PATCH",
                                            .target = at(&made, ""),
                                            .token = program,
                                            .body = "{\"price\":1}",
                                            .fields = "If-Match: \"3\"\r\n"});
    assert_pointer(&answer, 403, "FORBIDDEN", "/price");
}

/* -- by hand -- */

/* At the desk nobody has to read the booking again to know what is left. */
static void
a_payment_is_answered_with_what_is_left(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"price\":10000"));
    const char *dry = world_format(world, "%s?dry_run=true", at(&made, "/payments"));
    struct answer paid = post_as(desk, dry, "{\"method\":\"cash\",\"amount\":4000}");
    assert_null(answer_at(&paid, "account"));
    paid = post_as(desk, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":4000}");
    assert_int_equal(answer_number(&paid, "account/paid"), 4000);
    assert_int_equal(answer_number(&paid, "account/balance_due"), 6000);
    struct answer got = get_as(desk, at(&made, ""));
    assert_true(json_equal(answer_at(&got, "account"), answer_at(&paid, "account")));
    struct answer back = post_as(desk, world_format(world, "/v1/payments/%s/refund", answer_text(&paid, "id")),
                                 "{\"amount\":1000,\"reason\":\"a broken shower\"}");
    assert_status(&back, 200);
    assert_int_equal(answer_number(&back, "account/balance_due"), 7000);
    struct answer set_aside =
        post_as(desk, at(&made, "/payments"), "{\"method\":\"card_at_desk\",\"amount\":2000,\"captured\":false}");
    assert_int_equal(answer_number(&set_aside, "account/paid"), 4000);
    const char *step = world_format(world, "/v1/payments/%s", answer_text(&set_aside, "id"));
    struct answer taken = post_as(desk, world_format(world, "%s/capture", step), "{}");
    assert_status(&taken, 200);
    assert_int_equal(answer_number(&taken, "account/balance_due"), 5000);
}

static void
a_payment_for_a_group_is_answered_with_what_is_left_of_all(void **state)
{
    (void)state;
    struct answer group = post_as(desk, "/v1/bookings", stay(",\"quantity\":2,\"price\":10000"));
    assert_status(&group, 201);
    struct answer paid = post_as(desk, world_format(world, "/v1/groups/%s/payments", answer_text(&group, "id")),
                                 "{\"method\":\"cash\",\"amount\":4000}");
    assert_status(&paid, 201);
    struct answer got = get_as(desk, world_format(world, "/v1/groups/%s", answer_text(&group, "id")));
    assert_int_equal(answer_number(&paid, "account/balance_due"), 16000);
    assert_true(json_equal(answer_at(&got, "account"), answer_at(&paid, "account")));
}

static struct answer
make_unpaid(const char *more)
{
    struct answer answer =
        post_as(desk, "/v1/bookings", stay(world_format(world, ",\"payment\":\"required\"%s", more)));
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "status"), "PENDING_PAYMENT");
    assert_string_equal(answer_text(&answer, "payment_status"), "required");
    return answer;
}

static struct answer
get_booking(const struct answer *booking)
{
    return get_as(desk, at(booking, ""));
}

static void
cash_that_covers_the_price_confirms_the_booking(void **state)
{
    (void)state;
    struct answer made = make_unpaid(",\"price\":12900");
    struct answer paid = post_as(desk, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":12900}");
    assert_status(&paid, 201);
    assert_string_equal(answer_text(&paid, "status"), "captured");
    assert_string_equal(answer_text(&paid, "currency"), "EUR");
    const char *payment = world_format(world, "/v1/payments/%s", answer_text(&paid, "id"));
    assert_string_equal(answer_field(world, &paid, "Location"), payment);
    struct answer got = get_booking(&made);
    assert_string_equal(answer_text(&got, "status"), "CONFIRMED");
    assert_string_equal(answer_text(&got, "payment_status"), "captured");
    assert_true(json_is_null(answer_at(&got, "expires_at")));
    struct answer again = post_as(desk, world_format(world, "%s/capture", payment), "{}");
    assert_problem(&again, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&again, "allowed/0"), "refund");
    assert_int_equal(json_array_size(answer_at(&again, "allowed")), 1);
    struct answer back =
        post_as(desk, world_format(world, "%s/refund", payment), "{\"amount\":2900,\"reason\":\"no towels\"}");
    assert_status(&back, 200);
    assert_string_equal(answer_text(&back, "status"), "settled");
    got = get_booking(&made);
    assert_string_equal(answer_text(&got, "payment_status"), "partially_refunded");
    got = get_as(desk, at(&made, "/payments"));
    assert_int_equal(answer_number(&got, "items/0/refunded"), 2900);
    assert_int_equal(answer_number(&got, "items/0/refunds/0/amount"), 2900);
    again = post_as(booker, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":1}");
    assert_problem(&again, 403, "FORBIDDEN");
}

static void
what_is_more_than_the_price_is_not_taken(void **state)
{
    (void)state;
    struct answer made = make_unpaid(",\"price\":100");
    struct answer paid = post_as(desk, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":101}");
    assert_pointer(&paid, 409, "POLICY_REFUSED", "/amount");
    paid = post_as(desk, at(&made, "/payments"), "{\"method\":\"card\",\"amount\":100}");
    assert_pointer(&paid, 422, "VALIDATION_FAILED", "/method");
    paid = post_as(desk, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":0}");
    assert_pointer(&paid, 422, "VALIDATION_FAILED", "/amount");
}

static void
the_same_key_pays_once(void **state)
{
    (void)state;
    struct answer made = make_unpaid(",\"price\":100");
    struct ask ask = {.method = "POST",
                      .target = at(&made, "/payments"),
                      .token = desk,
                      .body = "{\"method\":\"cash\",\"amount\":60}",
                      .fields = "Idempotency-Key: once\r\n"};
    struct answer first = world_ask(world, &ask), second = world_ask(world, &ask);
    assert_string_equal(first.body.ptr, second.body.ptr);
    struct answer got = get_as(desk, at(&made, "/payments"));
    assert_int_equal(json_array_size(answer_at(&got, "items")), 1);
}

/* -- the balance at check-out -- */

/* 5,000 are to be paid by guests who are in the room; returns the booking. */
static struct answer
guests_who_owe(const char *room)
{
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    struct answer made =
        post_as(desk, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2026-11-22\",\"departure\":"
                             "\"2026-11-24\",\"guest\":{\"name\":\"Ada Lovelace\"},\"price\":5000}",
                             house.property, room));
    assert_status(&made, 201);
    struct answer in = post_as(manager, at(&made, "/check-in"), "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&in, 200);
    return made;
}

static void
guests_pay_before_they_leave_where_the_property_says_so(void **state)
{
    (void)state;
    const char *policy = world_format(world, "/v1/properties/%s", house.property);
    struct answer answer = world_patch(world, policy, 1, "{\"balance_rule\":\"sometimes\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/balance_rule");
    answer = world_patch(world, policy, 1, "{\"balance_rule\":\"required\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "balance_rule"), "required");
    struct answer made = guests_who_owe(house.room[0]);
    answer = post_as(desk, at(&made, "/check-out"), NULL);
    assert_problem(&answer, 409, "BALANCE_DUE");
    assert_int_equal(answer_number(&answer, "limits/balance_due"), 5000);
    assert_string_equal(answer_text(&(struct answer){.json = get_booking(&made).json}, "status"), "CHECKED_IN");
    answer = post_as(desk, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":5000}");
    assert_status(&answer, 201);
    answer = post_as(desk, at(&made, "/check-out"), NULL);
    assert_status(&answer, 200);
}

/* Out of goodwill, and the price stayed as it was. */
static void
what_was_refunded_is_owed_until_the_price_is_lowered(void **state)
{
    (void)state;
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    struct answer answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"balance_rule\":\"required\"}");
    assert_status(&answer, 200);
    struct answer made = guests_who_owe(house.room[0]);
    answer = post_as(desk, at(&made, "/check-out"), NULL);
    assert_null(strstr(answer_text(&answer, "detail"), "refunded"));
    struct answer paid = post_as(desk, at(&made, "/payments"), "{\"method\":\"cash\",\"amount\":5000}");
    assert_status(&paid, 201);
    answer = post_as(manager, world_format(world, "/v1/payments/%s/refund", answer_text(&paid, "id")),
                     "{\"amount\":2000,\"reason\":\"the noise\"}");
    assert_status(&answer, 200);
    answer = post_as(desk, at(&made, "/check-out"), NULL);
    assert_problem(&answer, 409, "BALANCE_DUE");
    assert_int_equal(answer_number(&answer, "limits/balance_due"), 2000);
    assert_non_null(strstr(answer_text(&answer, "detail"), "refunded does not count as paid"));
    answer = world_get(world, "%s", at(&made, ""));
    answer = world_patch(world, at(&made, ""), (int)answer_number(&answer, "version"), "{\"price\":3000}");
    assert_status(&answer, 200);
    answer = post_as(desk, at(&made, "/check-out"), NULL);
    assert_status(&answer, 200);
}

static void
a_manager_lets_guests_go_unpaid_and_the_log_says_why(void **state)
{
    (void)state;
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    struct answer answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"balance_rule\":\"required\"}");
    assert_status(&answer, 200);
    struct answer made = guests_who_owe(house.room[0]);
    answer = post_as(desk, at(&made, "/check-out"), "{\"override\":true,\"reason\":\"a regular\"}");
    assert_pointer(&answer, 403, "FORBIDDEN", "/override");
    answer = post_as(manager, at(&made, "/check-out"), "{\"override\":true}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = post_as(manager, at(&made, "/check-out"), "{\"override\":true,\"reason\":\"a regular\"}");
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/events?property_id=%s&after=%lld", house.property,
                       (long long)answer_number(&answer, "seq") - 1);
    assert_string_equal(answer_text(&answer, "items/0/kind"), "booking.checked_out");
    assert_string_equal(answer_text(&answer, "items/0/reason"), "a regular");
    assert_true(json_is_true(answer_at(&answer, "items/0/body/override")));
}

/* -- what is owed -- */

static void
assert_account(const struct answer *shown, const char *under, const int64_t expected[5])
{
    static const char *const names[] = {"charge", "paid", "refunded", "refund_due", "balance_due"};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(answer_number(shown, world_format(world, "%saccount/%s", under, names[i])), expected[i]);
}

static struct answer
take_cash(const char *target, int64_t amount)
{
    return post_as(desk, world_format(world, "%s/payments", target),
                   world_format(world, "{\"method\":\"cash\",\"amount\":%lld}", (long long)amount));
}

static void
a_booking_tells_what_its_guests_still_owe(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"price\":10000"));
    struct answer got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){10000, 0, 0, 0, 10000});
    struct answer paid = take_cash(at(&made, ""), 4000);
    assert_status(&paid, 201);
    got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){10000, 4000, 0, 0, 6000});
    struct answer lower = world_patch(world, at(&made, ""), (int)answer_number(&got, "version"), "{\"price\":3000}");
    assert_status(&lower, 200);
    assert_null(json_object_get(lower.json, "account")); /* a state that is kept has no sums of a moment */
    got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){3000, 4000, 0, 1000, 0});
    const char *refund = world_format(world, "/v1/payments/%s/refund", answer_text(&paid, "id"));
    struct answer back = post_as(desk, refund, "{}");
    assert_int_equal(answer_number(&back, "amount"), 1000);
    assert_int_equal(answer_number(&back, "total"), 1000);
    got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){3000, 4000, 1000, 0, 0});
    lower = world_patch(world, at(&made, ""), (int)answer_number(&got, "version"), "{\"price\":2500}");
    assert_status(&lower, 200);
    back = post_as(desk, refund, "{\"amount\":2500}"); /* what is due and as much again as goodwill */
    assert_int_equal(answer_number(&back, "total"), 2500);
    made = post_as(desk, "/v1/bookings", stay(""));
    got = get_booking(&made);
    assert_true(json_is_null(answer_at(&got, "account/charge")));
    assert_true(json_is_null(answer_at(&got, "account/balance_due")));
}

static void
a_group_tells_what_all_of_it_owe(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"quantity\":2,\"price\":10000"));
    assert_status(&made, 201);
    const char *group = world_format(world, "/v1/groups/%s", answer_text(&made, "id"));
    const char *first = world_format(world, "/v1/bookings/%s", answer_text(&made, "bookings/0/id"));
    struct answer paid = take_cash(first, 4000);
    assert_status(&paid, 201);
    paid = take_cash(group, 5000);
    assert_status(&paid, 201);
    struct answer got = get_as(desk, group);
    assert_account(&got, "", (int64_t[]){20000, 9000, 0, 0, 11000});
    assert_account(&got, "bookings/0/", (int64_t[]){10000, 4000, 0, 0, 6000});
    assert_account(&got, "bookings/1/", (int64_t[]){10000, 0, 0, 0, 10000});
    got = get_as(desk, first);
    assert_account(&got, "", (int64_t[]){10000, 4000, 0, 0, 6000});
    got = get_as(desk, world_format(world, "/v1/bookings?property_id=%s&arrivals=2027-03-01", house.property));
    assert_account(&got, "items/0/", (int64_t[]){10000, 4000, 0, 0, 6000});
    assert_account(&got, "items/1/", (int64_t[]){10000, 0, 0, 0, 10000});
    paid = take_cash(group, 11000);
    assert_status(&paid, 201);
    got = get_as(desk, first);
    assert_account(&got, "", (int64_t[]){10000, 4000, 0, 0, 0});
}

/* One of them has paid for both, and is told what is right by `check` too. */
static void
one_of_a_group_pays_for_all_and_all_are_confirmed(void **state)
{
    (void)state;
    struct answer made =
        post_as(desk, "/v1/bookings", stay(",\"quantity\":2,\"price\":10000,\"payment\":\"required\""));
    assert_status(&made, 201);
    struct answer paid = take_cash(world_format(world, "/v1/bookings/%s", answer_text(&made, "bookings/0/id")), 20000);
    assert_status(&paid, 201);
    struct answer got = get_as(desk, world_format(world, "/v1/groups/%s", answer_text(&made, "id")));
    assert_string_equal(answer_text(&got, "bookings/0/status"), "CONFIRMED");
    assert_string_equal(answer_text(&got, "bookings/1/status"), "CONFIRMED");
    assert_account(&got, "", (int64_t[]){20000, 20000, 0, 0, 0});
    fixture_assert_in_order();
}

/* The one who is priced anew has paid nothing, and what the other paid too much goes back to them. */
static void
an_extension_of_one_of_a_group_is_priced_for_all(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"quantity\":2,\"price\":10000"));
    assert_status(&made, 201);
    struct answer paid = take_cash(world_format(world, "/v1/bookings/%s", answer_text(&made, "bookings/0/id")), 20000);
    assert_status(&paid, 201);
    struct answer longer =
        post_as(desk, world_format(world, "/v1/bookings/%s/extend", answer_text(&made, "bookings/1/id")),
                "{\"departure\":\"2027-03-03\",\"price\":5000}");
    assert_status(&longer, 200);
    struct answer got = get_as(desk, world_format(world, "/v1/groups/%s", answer_text(&made, "id")));
    assert_account(&got, "", (int64_t[]){15000, 20000, 0, 5000, 0});
    fixture_assert_in_order();
}

static void
a_fee_is_paid_at_the_desk_and_does_not_go_back_by_itself(void **state)
{
    (void)state;
    struct answer policy = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"cancellation_window_h\":8760,\"cancellation_fee_percent\":30}");
    assert_status(&policy, 200);
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"price\":10000"));
    struct answer gone = post_as(desk, at(&made, "/cancel"), "{\"refund\":5}");
    assert_pointer(&gone, 409, "POLICY_REFUSED", "/refund");
    assert_string_equal(answer_text(&gone, "rule"), "refund_over_paid");
    assert_int_equal(answer_number(&gone, "limits/amount"), 0);
    gone = post_as(desk, at(&made, "/cancel"), "{}");
    assert_status(&gone, 200);
    struct answer got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){3000, 0, 0, 0, 3000});
    struct answer paid = take_cash(at(&made, ""), 3001);
    assert_pointer(&paid, 409, "POLICY_REFUSED", "/amount");
    assert_int_equal(answer_number(&paid, "limits/amount"), 3000);
    paid = take_cash(at(&made, ""), 3000);
    assert_status(&paid, 201);
    got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){3000, 3000, 0, 0, 0});
    struct answer more = take_cash(at(&made, ""), 1);
    assert_problem(&more, 409, "INVALID_TRANSITION");
    const char *refund = world_format(world, "/v1/payments/%s/refund", answer_text(&paid, "id"));
    struct answer back = post_as(desk, refund, "{}");
    assert_pointer(&back, 409, "POLICY_REFUSED", "/amount");
    assert_string_equal(answer_text(&back, "rule"), "fee_kept");
    assert_int_equal(answer_number(&back, "limits/amount"), 3000);
    back = post_as(desk, refund, "{\"amount\":3000,\"reason\":\"a complaint\"}");
    assert_status(&back, 200);
    fixture_assert_in_order();
}

/* Two of three were called off late: one figure, and one payment for it. */
static void
a_group_pays_its_price_and_fees_at_once(void **state)
{
    (void)state;
    struct answer policy = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"cancellation_window_h\":8760,\"cancellation_fee_percent\":30}");
    assert_status(&policy, 200);
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"quantity\":3,\"price\":10000"));
    assert_status(&made, 201);
    const char *group = world_format(world, "/v1/groups/%s", answer_text(&made, "id"));
    const char *members[3];
    for (size_t i = 0; i < 3; i++)
        members[i] =
            world_format(world, "/v1/bookings/%s", answer_text(&made, world_format(world, "bookings/%zu/id", i)));
    for (size_t i = 0; i < 2; i++) {
        struct answer gone = post_as(desk, world_format(world, "%s/cancel", members[i]), "{}");
        assert_status(&gone, 200);
    }
    struct answer got = get_as(desk, group);
    assert_account(&got, "", (int64_t[]){16000, 0, 0, 0, 16000});
    struct answer more = take_cash(group, 16001);
    assert_pointer(&more, 409, "POLICY_REFUSED", "/amount");
    assert_int_equal(answer_number(&more, "limits/amount"), 16000);
    struct answer paid = take_cash(group, 16000);
    assert_status(&paid, 201);
    got = get_as(desk, group);
    assert_account(&got, "", (int64_t[]){16000, 16000, 0, 0, 0});
    for (size_t i = 0; i < 3; i++) {
        got = get_as(desk, members[i]);
        assert_int_equal(answer_number(&got, "account/balance_due"), 0);
    }
    fixture_assert_in_order();
}

/* Of a group whose prices are not all known, who has one is told what is owed all the same. */
static void
a_price_that_is_not_known_hides_no_other_balance(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"quantity\":2,\"price\":10000"));
    assert_status(&made, 201);
    const char *known = world_format(world, "/v1/bookings/%s", answer_text(&made, "bookings/0/id"));
    const char *other = world_format(world, "/v1/bookings/%s", answer_text(&made, "bookings/1/id"));
    struct answer none = world_patch(world, other, 1, "{\"price\":null}");
    assert_status(&none, 200);
    struct answer got = get_as(desk, other);
    assert_true(json_is_null(answer_at(&got, "account/balance_due")));
    got = get_as(desk, known);
    assert_account(&got, "", (int64_t[]){10000, 0, 0, 0, 10000});
    struct answer paid = take_cash(known, 4000);
    assert_status(&paid, 201);
    got = get_as(desk, known);
    assert_account(&got, "", (int64_t[]){10000, 4000, 0, 0, 6000});
    got = get_as(desk, world_format(world, "/v1/groups/%s", answer_text(&made, "id")));
    assert_true(json_is_null(answer_at(&got, "account/balance_due")));
    assert_int_equal(answer_number(&got, "account/paid"), 4000);
}

static void
a_fee_is_let_go_of_for_a_reason(void **state)
{
    (void)state;
    struct answer made = post_as(desk, "/v1/bookings",
                                 world_format(world,
                                              "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":"
                                              "\"2026-11-22\",\"departure\":\"2026-11-24\",\"price\":10000,"
                                              "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                              house.property, house.studio));
    struct answer paid = take_cash(at(&made, ""), 10000);
    assert_status(&paid, 201);
    struct answer answer = post_as(desk, at(&made, "/no-show"), "{}");
    assert_int_equal(answer_number(&answer, "fee"), 10000);
    answer = post_as(desk, at(&made, "/waive-fee"), "{}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = post_as(desk, at(&made, "/waive-fee"), "{\"fee\":10000,\"reason\":\"a storm\"}");
    assert_pointer(&answer, 409, "POLICY_REFUSED", "/fee");
    assert_int_equal(answer_number(&answer, "limits/fee"), 10000);
    answer = post_as(desk, at(&made, "/waive-fee"), "{\"fee\":2500,\"reason\":\"a storm\"}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "fee"), 2500);
    assert_int_equal(answer_number(&answer, "waived_fee"), 7500);
    struct answer got = get_booking(&made);
    assert_account(&got, "", (int64_t[]){2500, 10000, 0, 7500, 0});
    got = get_as(desk, at(&made, "/events"));
    json_t *items = answer_at(&got, "items");
    bool is_told = false;
    for (size_t i = 0; i < json_array_size(items); i++)
        is_told |=
            strcmp(json_string_value(json_object_get(json_array_get(items, i), "kind")), "booking.fee_waived") == 0;
    assert_true(is_told);
    fixture_assert_in_order();
}

/* -- what a provider says -- */

static void
a_captured_charge_confirms_the_booking_once(void **state)
{
    (void)state;
    provider_set();
    struct answer made = make_unpaid(",\"price\":12900");
    const char *id = answer_text(&made, "id");
    assert_string_equal(provider_say(provider_charge("evt_1", "charge.succeeded", id, 12900, 0)), "applied");
    struct answer got = get_booking(&made);
    assert_string_equal(answer_text(&got, "status"), "CONFIRMED");
    long long version = answer_number(&got, "version");
    assert_string_equal(provider_say(provider_charge("evt_1", "charge.succeeded", id, 12900, 0)), "nothing_new");
    assert_string_equal(provider_say(provider_charge("evt_2", "charge.captured", id, 12900, 0)), "nothing_new");
    assert_string_equal(provider_say(provider_charge("evt_3", "charge.refunded", id, 12900, 900)), "applied");
    got = get_booking(&made);
    assert_string_equal(answer_text(&got, "payment_status"), "partially_refunded");
    assert_int_equal(answer_number(&got, "version"), version + 1);
    got = get_as(desk, at(&made, "/payments"));
    assert_string_equal(answer_text(&got, "items/0/reference"), "pi_1");
    assert_int_equal(answer_number(&got, "items/0/refunded"), 900);
    got = get_as(desk, at(&made, "/events"));
    assert_non_null(strstr(got.body.ptr, "\"actor\":\"stripe\""));
    got = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    assert_null(strstr(got.body.ptr, "whsec_test"));
}

static void
a_refund_of_a_provider_s_payment_waits_to_be_sent(void **state)
{
    (void)state;
    provider_set();
    struct answer made = make_unpaid(",\"price\":12900");
    assert_string_equal(provider_say(provider_charge("evt_1", "charge.succeeded", answer_text(&made, "id"), 12900, 0)),
                        "applied");
    struct answer got = get_as(desk, at(&made, "/payments"));
    const char *payment = world_format(world, "/v1/payments/%s", answer_text(&got, "items/0/id"));
    struct answer void_it = post_as(desk, world_format(world, "%s/void", payment), "{}");
    assert_problem(&void_it, 409, "INVALID_TRANSITION");
    struct answer back = post_as(desk, world_format(world, "%s/refund", payment), "{\"amount\":900}");
    assert_string_equal(answer_text(&back, "status"), "due");
    const char *done = provider_refund("evt_9", answer_text(&back, "id"), "succeeded", 900);
    const char *elsewhere = provider_refund("evt_8", answer_text(&back, "id"), "succeeded", 900);
    elsewhere = world_format(world, "{\"account\":\"acct_2\",%s", elsewhere + 1); /* which is not to be believed */
    assert_string_equal(provider_say(elsewhere), "set_aside");
    got = get_as(desk, payment);
    assert_int_equal(answer_number(&got, "refunded"), 0);
    assert_string_equal(provider_say(done), "applied");
    got = get_as(desk, payment);
    assert_int_equal(answer_number(&got, "refunded"), 900);
    assert_string_equal(provider_say(done), "nothing_new");
}

/* The one that was set aside for this event: it says why, and what was said. */
static json_t *
find_aside(const struct answer *list, const char *event)
{
    json_t *items = answer_at(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(items, i), "event")), event) == 0)
            return json_array_get(items, i);
    fail_msg("%s is not there: %s", event, list->body.ptr);
    return NULL;
}

static void
what_can_not_be_applied_is_set_aside_for_review(void **state)
{
    (void)state;
    provider_set();
    struct answer made = make_unpaid(",\"price\":12900");
    const char *id = answer_text(&made, "id");
    const char *no_refund = world_format(world, "rfd_%s", id + strlen("bkg_"));
    const struct {
        const char *event, *said, *cause, *currency;
        int amount;
    } wrong[] = {
        {"evt_1", provider_charge("evt_1", "charge.succeeded", id, 12901, 0), "amount", "EUR", 12901},
        {"evt_2", provider_charge("evt_2", "charge.succeeded", "bkg_nothing", 12900, 0), "booking", "EUR", 12900},
        {"evt_3", provider_paid_elsewhere("pi_7", "evt_3", id, 12900, "acct_2", "eur"), "account", "EUR", 12900},
        {"evt_4", provider_paid_elsewhere("pi_7", "evt_4", id, 12900, "acct_1", "usd"), "currency", "USD", 12900},
        {"evt_5", provider_refund("evt_5", no_refund, "succeeded", 900), "booking", "EUR", 900},
    };
    const size_t count = sizeof(wrong) / sizeof(wrong[0]);
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < count; i++)
            assert_string_equal(provider_say(wrong[i].said), again ? "nothing_new" : "set_aside");
    assert_string_equal(
        provider_say("{\"id\":\"evt_6\",\"type\":\"customer.created\",\"data\":{\"object\":{\"id\":\"cus\"}}}"),
        "ignored");
    struct answer got = get_booking(&made);
    assert_string_equal(answer_text(&got, "status"), "PENDING_PAYMENT");
    assert_int_equal(answer_number(&got, "version"), 1);
    got = get_as(desk, at(&made, "/payments"));
    assert_int_equal(json_array_size(answer_at(&got, "items")), 0);
    got = world_get(world, "/v1/payments/set-aside?property_id=%s", house.property);
    assert_int_equal(json_array_size(answer_at(&got, "items")), count);
    for (size_t i = 0; i < count; i++) {
        json_t *aside = find_aside(&got, wrong[i].event);
        assert_string_equal(json_string_value(json_object_get(aside, "cause")), wrong[i].cause);
        assert_string_equal(json_string_value(json_object_get(aside, "currency")), wrong[i].currency);
        assert_int_equal(json_integer_value(json_object_get(aside, "amount")), wrong[i].amount);
    }
    const char *resolve = world_format(world, "/v1/payments/set-aside/%s/resolve", answer_text(&got, "items/0/id"));
    struct answer done = world_post(world, resolve, "{\"reason\":\"given back in cash\"}");
    assert_status(&done, 200);
    done = world_post(world, resolve, "{\"reason\":\"again\"}");
    assert_problem(&done, 409, "INVALID_TRANSITION");
    got = world_get(world, "/v1/payments/set-aside?property_id=%s", house.property);
    assert_int_equal(json_array_size(answer_at(&got, "items")), count - 1);
}

static void
what_is_beyond_all_prices_is_set_aside(void **state)
{
    static const char *const amounts[] = {"1000000000000", "9007199254740991", "9007199254740992"};
    (void)state;
    provider_set();
    struct answer made = post_as(desk, "/v1/bookings", stay(",\"payment\":\"required\""));
    assert_status(&made, 201);
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        const char *said = world_format(
            world,
            "{\"id\":\"evt_%zu\",\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{\"id\":\"pi_%zu\","
            "\"amount\":100,\"amount_capturable\":%s,\"amount_received\":%s,\"currency\":\"eur\","
            "\"metadata\":{\"booking_id\":\"%s\"}}}}",
            i, i, amounts[i], amounts[i], answer_text(&made, "id"));
        assert_string_equal(provider_say(said), "set_aside");
    }
    struct answer got = get_booking(&made);
    assert_string_equal(answer_text(&got, "payment_status"), "required");
    fixture_assert_in_order();
}

static void
what_is_not_genuine_is_not_read(void **state)
{
    (void)state;
    const char *body = "{\"id\":\"evt_1\",\"type\":\"x\",\"data\":{\"object\":{}}}";
    struct answer answer = provider_post(body, world_sign(world, "whsec_test", body));
    assert_problem(&answer, 404, "NOT_FOUND"); /* no provider is set */
    provider_set();
    const char *good = world_sign(world, "whsec_test", body);
    answer = provider_post(body, NULL);
    assert_problem(&answer, 400, "BAD_REQUEST");
    answer = provider_post(body, "Stripe-Signature: v1=00\r\n");
    assert_problem(&answer, 400, "BAD_REQUEST");
    answer = provider_post(body, world_sign(world, "whsec_other", body));
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = provider_post(world_format(world, "%s ", body), good);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = provider_post("not JSON", world_sign(world, "whsec_test", "not JSON"));
    assert_problem(&answer, 400, "BAD_REQUEST");
    test_clock_advance_ms(&world->clock, 300000);
    answer = provider_post(body, good);
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, 1000);
    answer = provider_post(body, good);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(staff_and_trusted_programs_say_what_it_costs),
        TEST(each_leg_has_a_price_of_its_own),
        TEST(a_price_is_whole_minor_units),
        TEST(staff_amend_a_price),
        TEST(a_payment_is_answered_with_what_is_left),
        TEST(a_payment_for_a_group_is_answered_with_what_is_left_of_all),
        TEST(cash_that_covers_the_price_confirms_the_booking),
        TEST(what_is_more_than_the_price_is_not_taken),
        TEST(the_same_key_pays_once),
        TEST(guests_pay_before_they_leave_where_the_property_says_so),
        TEST(what_was_refunded_is_owed_until_the_price_is_lowered),
        TEST(a_manager_lets_guests_go_unpaid_and_the_log_says_why),
        TEST(a_booking_tells_what_its_guests_still_owe),
        TEST(a_group_tells_what_all_of_it_owe),
        TEST(one_of_a_group_pays_for_all_and_all_are_confirmed),
        TEST(an_extension_of_one_of_a_group_is_priced_for_all),
        TEST(a_fee_is_paid_at_the_desk_and_does_not_go_back_by_itself),
        TEST(a_group_pays_its_price_and_fees_at_once),
        TEST(a_price_that_is_not_known_hides_no_other_balance),
        TEST(a_fee_is_let_go_of_for_a_reason),
        TEST(a_captured_charge_confirms_the_booking_once),
        TEST(a_refund_of_a_provider_s_payment_waits_to_be_sent),
        TEST(what_can_not_be_applied_is_set_aside_for_review),
        TEST(what_is_beyond_all_prices_is_set_aside),
        TEST(what_is_not_genuine_is_not_read),
    };
    return test_run("api/payment", tests);
}
