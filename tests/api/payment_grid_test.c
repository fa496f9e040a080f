/* The whole grid of a payment's statuses and commands over HTTP, by hand and of a provider, and of what becomes of
 * refunds and of what was set aside: what payment.def does not lead from a status is refused, says what may be asked
 * for instead, and changes nothing.
 *
 * The table says which pairs these are; the statuses are reached over HTTP. */
#include <string.h>

#include "core/payment.h"
#include "tests/api/fixture.h"
#include "tests/api/provider.h"
#include "tests/unit/test.h"

enum { PAID = 12900, PART = 900 };

static const char *desk, *booking;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    provider_set();
    return 0;
}

static void
book(void)
{
    struct answer made =
        post_as(desk, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":"
                             "\"2027-03-02\",\"guest\":{\"name\":\"Ada Lovelace\"},\"price\":%d}",
                             house.property, house.studio, PAID));
    assert_status(&made, 201);
    booking = answer_text(&made, "id");
}

/* Everything that can be seen of the booking and its money, and the log. */
static const char *
look(void)
{
    struct answer shown = get_as(desk, world_format(world, "/v1/bookings/%s", booking));
    struct answer paid = get_as(desk, world_format(world, "/v1/bookings/%s/payments", booking));
    struct answer aside =
        get_as(desk, world_format(world, "/v1/payments/set-aside?property_id=%s&all=true", house.property));
    struct answer events = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    return world_format(world, "%s%s%s%s", shown.body.ptr, paid.body.ptr, aside.body.ptr, events.body.ptr);
}

static struct answer
step(const char *payment, enum payment_command command, const char *body)
{
    return post_as(desk, world_format(world, "/v1/payments/%s/%s", payment, payment_command_name(command).ptr), body);
}

static void
must_step(const char *payment, enum payment_command command, const char *body)
{
    struct answer answer = step(payment, command, body);
    assert_status(&answer, 200);
}

/* The only payment of a booking of its own, by hand, in this status. */
static const char *
pay_by_hand(enum payment_status status)
{
    book();
    struct answer made = post_as(desk, world_format(world, "/v1/bookings/%s/payments", booking),
                                 world_format(world, "{\"method\":\"cash\",\"amount\":%d,\"captured\":false}", PAID));
    assert_status(&made, 201);
    const char *payment = answer_text(&made, "id");
    bool captured = status == PAYMENT_STATUS_CAPTURED || status == PAYMENT_STATUS_PARTIALLY_REFUNDED ||
                    status == PAYMENT_STATUS_REFUNDED;
    if (captured)
        must_step(payment, PAYMENT_COMMAND_CAPTURE, "{}");
    if (status == PAYMENT_STATUS_PARTIALLY_REFUNDED)
        must_step(payment, PAYMENT_COMMAND_REFUND, world_format(world, "{\"amount\":%d}", PART));
    if (status == PAYMENT_STATUS_REFUNDED)
        must_step(payment, PAYMENT_COMMAND_REFUND, "{}");
    if (status == PAYMENT_STATUS_FAILED)
        must_step(payment, PAYMENT_COMMAND_FAIL, "{}");
    if (status == PAYMENT_STATUS_VOIDED)
        must_step(payment, PAYMENT_COMMAND_VOID, "{}");
    return payment;
}

/* The same, as a provider says it. */
static const char *
pay_by_card(enum payment_status status)
{
    book();
    const char *intent = world_format(world, "pi_%d", (int)status), *event = world_format(world, "evt_%d", (int)status);
    const char *end = status == PAYMENT_STATUS_FAILED ? "payment_failed" : "canceled";
    if (status == PAYMENT_STATUS_AUTHORIZED)
        (void)provider_say(provider_intent(intent, event, "amount_capturable_updated", booking, PAID, PAID, 0));
    else if (status == PAYMENT_STATUS_FAILED || status == PAYMENT_STATUS_VOIDED)
        (void)provider_say(provider_intent(intent, event, end, booking, PAID, 0, 0));
    else
        (void)provider_say(provider_charge_of(intent, event, booking, PAID,
                                              status == PAYMENT_STATUS_CAPTURED   ? 0
                                              : status == PAYMENT_STATUS_REFUNDED ? PAID
                                                                                  : PART));
    struct answer paid = get_as(desk, world_format(world, "/v1/bookings/%s/payments", booking));
    return answer_text(&paid, "items/0/id");
}

static bool
has_route(enum payment_command command)
{
    return command != PAYMENT_COMMAND_AUTHORIZE; /* which makes a payment */
}

/* Exactly what the table leads from there, in its order. */
static void
assert_allowed(const struct answer *answer, enum payment_status from, bool by_hand)
{
    json_t *allowed = answer_at(answer, "allowed");
    size_t count = 0;
    for (int i = 0; i < PAYMENT_COMMAND_COUNT; i++) {
        enum payment_command command = (enum payment_command)i;
        if (!payment_machine_allows(from, command) || (!by_hand && command != PAYMENT_COMMAND_REFUND))
            continue;
        assert_string_equal(json_string_value(json_array_get(allowed, count)), payment_command_name(command).ptr);
        count++;
    }
    assert_true(json_is_array(allowed));
    assert_int_equal(json_array_size(allowed), count);
}

/* Returns how many were refused. */
static size_t
check_commands(enum payment_status from, const char *payment, bool by_hand)
{
    size_t tried = 0;
    struct answer shown = get_as(desk, world_format(world, "/v1/payments/%s", payment));
    assert_string_equal(answer_text(&shown, "status"), payment_status_name(from).ptr);
    const char *before = look();
    for (int i = 0; i < PAYMENT_COMMAND_COUNT; i++) {
        enum payment_command command = (enum payment_command)i;
        bool allows = payment_machine_allows(from, command);
        if (!has_route(command) || (allows && (by_hand || command == PAYMENT_COMMAND_REFUND)))
            continue;
        struct answer answer = step(payment, command, "{}");
        assert_problem(&answer, 409, allows ? "POLICY_REFUSED" : "INVALID_TRANSITION");
        if (allows) {
            assert_string_equal(answer_text(&answer, "rule"), "provider_payment");
        } else {
            assert_string_equal(answer_text(&answer, "current_status"), payment_status_name(from).ptr);
            assert_allowed(&answer, from, by_hand);
        }
        assert_string_equal(look(), before);
        tried++;
    }
    struct answer called_off = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", booking), "{}");
    assert_status(&called_off, 200);
    return tried;
}

static void
what_the_table_does_not_have_is_refused_and_changes_nothing(void **state)
{
    size_t tried = 0;
    (void)state;
    for (int from = PAYMENT_STATUS_AUTHORIZED; from < PAYMENT_STATUS_COUNT; from++)
        tried += check_commands((enum payment_status)from, pay_by_hand((enum payment_status)from), true);
    assert_int_equal(tried, 6 * 4 - 3 - 2); /* but for three steps of what is authorised, and two refunds */
}

/* What becomes of a provider's payment is the provider's to say, but for a refund. */
static void
of_a_provider_s_payment_only_a_refund_is_asked_for(void **state)
{
    size_t tried = 0;
    (void)state;
    for (int from = PAYMENT_STATUS_AUTHORIZED; from < PAYMENT_STATUS_COUNT; from++)
        tried += check_commands((enum payment_status)from, pay_by_card((enum payment_status)from), false);
    assert_int_equal(tried, 6 * 4 - 2);
}

/* --- refunds, and what was set aside --- */

static struct answer
resolve_refund(const char *refund, const char *became)
{
    return world_post(world, world_format(world, "/v1/refunds/%s/resolve", refund),
                      "{\"status\":\"%s\",\"reason\":\"It is in their list.\"}", became);
}

/* Behind the back of the engine, which reads the row anew for each command; without the words that make it one in
 * doubt. */
static void
put_refund_in_status(enum refund_status status)
{
    fixture_run_sql(world_format(world,
                                 "UPDATE refund SET status = '%s', failure = NULL, attempts = 1, sent_at = created_at, "
                                 "settled_at = created_at, failed_at = created_at",
                                 refund_status_name(status).ptr));
}

static void
a_refund_is_resolved_where_it_is_in_doubt_or_failed_and_was_given_all_the_same(void **state)
{
    (void)state;
    const char *payment = pay_by_card(PAYMENT_STATUS_CAPTURED);
    struct answer back = step(payment, PAYMENT_COMMAND_REFUND, world_format(world, "{\"amount\":%d}", PART));
    assert_status(&back, 200);
    const char *refund = answer_text(&back, "id");
    for (int i = 0; i < 2 * REFUND_STATUS_COUNT; i++) {
        enum refund_status status = (enum refund_status)(i / 2);
        if (status == REFUND_FAILED && i % 2 == 0)
            continue; /* last of all */
        put_refund_in_status(status);
        const char *before = look();
        struct answer answer = resolve_refund(refund, i % 2 == 0 ? "settled" : "failed");
        assert_problem(&answer, 409, "INVALID_TRANSITION");
        assert_string_equal(answer_text(&answer, "current_status"), refund_status_name(status).ptr);
        assert_int_equal(json_array_size(answer_at(&answer, "allowed")), 0);
        assert_string_equal(look(), before);
    }
    fixture_run_sql("UPDATE refund SET status = 'sent', failure = 'no answer'");
    struct answer answer = resolve_refund(refund, "failed");
    assert_status(&answer, 200);
    answer = resolve_refund(refund, "settled");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "failure"), "no answer");
}

static void
what_was_set_aside_is_resolved_once(void **state)
{
    (void)state;
    book();
    assert_string_equal(provider_say(provider_charge("evt_1", "charge.succeeded", booking, PAID + 1, 0)), "set_aside");
    struct answer aside = get_as(desk, world_format(world, "/v1/payments/set-aside?property_id=%s", house.property));
    const char *resolve = world_format(world, "/v1/payments/set-aside/%s/resolve", answer_text(&aside, "items/0/id"));
    struct answer answer = world_post(world, resolve, "{\"reason\":\"given back in cash\"}");
    assert_status(&answer, 200);
    const char *before = look();
    answer = world_post(world, resolve, "{\"reason\":\"given back in cash\"}");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&answer, "current_status"), "resolved");
    assert_int_equal(json_array_size(answer_at(&answer, "allowed")), 0);
    assert_string_equal(look(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_table_does_not_have_is_refused_and_changes_nothing),
        TEST(of_a_provider_s_payment_only_a_refund_is_asked_for),
        TEST(a_refund_is_resolved_where_it_is_in_doubt_or_failed_and_was_given_all_the_same),
        TEST(what_was_set_aside_is_resolved_once),
    };
    return test_run("api/payment_grid", tests);
}
