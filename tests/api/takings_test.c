/* What came in and went back in a day or a shift, over HTTP: what a drawer is counted against. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/api/provider.h"
#include "tests/unit/test.h"

enum { HOUR_MS = 3600000 };

static const char *desk, *late_desk;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    late_desk = fixture_caller(ROLE_FRONT_DESK, true);
    return 0;
}

static const char *
book_on(int day, int price)
{
    const char *body =
        world_format(world,
                     "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-%02d\","
                     "\"departure\":\"2027-03-%02d\",\"guest\":{\"name\":\"Ada Lovelace\"},\"price\":%d}",
                     house.property, house.studio, day, day + 1, price);
    struct answer made = post_as(desk, "/v1/bookings", body);
    assert_status(&made, 201);
    return answer_text(&made, "id");
}

static const char *
book(int price)
{
    return book_on(1, price);
}

static const char *
pay_as(const char *token, const char *booking, const char *method, int amount)
{
    struct answer paid = post_as(token, world_format(world, "/v1/bookings/%s/payments", booking),
                                 world_format(world, "{\"method\":\"%s\",\"amount\":%d}", method, amount));
    assert_status(&paid, 201);
    return answer_text(&paid, "id");
}

static void
give_back_as(const char *token, const char *payment, int amount)
{
    struct answer back = post_as(token, world_format(world, "/v1/payments/%s/refund", payment),
                                 world_format(world, "{\"amount\":%d}", amount));
    assert_status(&back, 200);
}

static struct answer
takings(const char *query)
{
    struct answer answer = get_as(desk, world_format(world, "/v1/takings?property_id=%s&%s", house.property, query));
    assert_status(&answer, 200);
    return answer;
}

static void
assert_sum(const struct answer *answer, size_t at, const char *method, int captured, int refunded)
{
    assert_string_equal(answer_text(answer, world_format(world, "sums/%zu/method", at)), method);
    assert_int_equal(answer_number(answer, world_format(world, "sums/%zu/captured", at)), captured);
    assert_int_equal(answer_number(answer, world_format(world, "sums/%zu/refunded", at)), refunded);
    assert_int_equal(answer_number(answer, world_format(world, "sums/%zu/net", at)), captured - refunded);
}

static void
assert_total(const struct answer *answer, int captured, int refunded)
{
    assert_int_equal(answer_number(answer, "total/captured"), captured);
    assert_int_equal(answer_number(answer, "total/refunded"), refunded);
    assert_int_equal(answer_number(answer, "total/net"), captured - refunded);
}

/* -- what is counted -- */

static void
a_day_has_what_came_and_what_went_back_by_method(void **state)
{
    (void)state;
    const char *first = book(9000), *second = book(7000);
    const char *cash = pay_as(desk, first, "cash", 5000);
    (void)pay_as(desk, first, "card_at_desk", 4000);
    (void)pay_as(late_desk, second, "cash", 7000);
    give_back_as(late_desk, cash, 1500);
    struct answer day = takings("date=2026-11-22");
    assert_string_equal(answer_text(&day, "currency"), "EUR");
    assert_string_equal(answer_text(&day, "from"), "2026-11-21T23:00:00Z");
    assert_string_equal(answer_text(&day, "until"), "2026-11-22T23:00:00Z");
    assert_int_equal(json_array_size(answer_at(&day, "sums")), 2);
    assert_sum(&day, 0, "cash", 12000, 1500);
    assert_sum(&day, 1, "card_at_desk", 4000, 0);
    assert_total(&day, 16000, 1500);
    assert_int_equal(json_array_size(answer_at(&day, "items")), 4);
    assert_string_equal(answer_text(&day, "items/0/payment_id"), cash);
    assert_string_equal(answer_text(&day, "items/0/booking_id"), first);
    assert_true(json_is_null(answer_at(&day, "items/0/group_id")));
    assert_string_equal(answer_text(&day, "items/0/guest_name"), "Ada Lovelace");
    assert_string_equal(answer_text(&day, "items/0/actor"), world_actor(world, desk));
    assert_int_equal(answer_number(&day, "items/0/captured"), 5000);
    assert_int_equal(answer_number(&day, "items/0/refunded"), 0);
    assert_string_equal(answer_text(&day, "items/3/payment_id"), cash);
    assert_string_equal(answer_text(&day, "items/3/actor"), world_actor(world, late_desk));
    assert_int_equal(answer_number(&day, "items/3/captured"), 0);
    assert_int_equal(answer_number(&day, "items/3/refunded"), 1500);
    struct answer booking = get_as(desk, world_format(world, "/v1/bookings/%s", first));
    assert_string_equal(answer_text(&day, "items/0/code"), answer_text(&booking, "code"));
}

static void
money_counts_when_it_is_taken_and_not_when_it_is_set_aside(void **state)
{
    (void)state;
    const char *booking = book(9000);
    struct answer held = post_as(desk, world_format(world, "/v1/bookings/%s/payments", booking),
                                 "{\"method\":\"card_at_desk\",\"amount\":9000,\"captured\":false}");
    assert_status(&held, 201);
    struct answer day = takings("date=2026-11-22");
    assert_int_equal(json_array_size(answer_at(&day, "items")), 0);
    assert_int_equal(json_array_size(answer_at(&day, "sums")), 0);
    assert_total(&day, 0, 0);
    struct answer taken =
        post_as(desk, world_format(world, "/v1/payments/%s/capture", answer_text(&held, "id")), "{\"amount\":6000}");
    assert_status(&taken, 200);
    day = takings("date=2026-11-22");
    assert_sum(&day, 0, "card_at_desk", 6000, 0);
}

static void
what_a_provider_says_counts_once_whatever_came_first(void **state)
{
    (void)state;
    const char *booking = book(12900);
    provider_set();
    assert_string_equal(provider_say(provider_charge("evt_2", "charge.refunded", booking, 12900, 900)), "applied");
    assert_string_equal(provider_say(provider_charge("evt_1", "charge.succeeded", booking, 12900, 0)), "nothing_new");
    struct answer day = takings("date=2026-11-22");
    assert_int_equal(json_array_size(answer_at(&day, "items")), 1);
    assert_int_equal(answer_number(&day, "items/0/captured"), 12900);
    assert_int_equal(answer_number(&day, "items/0/refunded"), 900);
    assert_string_equal(answer_text(&day, "items/0/reference"), "pi_1");
    assert_sum(&day, 0, "card", 12900, 900);
}

static void
a_group_s_payment_says_whose_it_is(void **state)
{
    (void)state;
    const char *leg = world_format(world,
                                   "{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\","
                                   "\"price\":4000}",
                                   house.studio);
    struct answer made =
        post_as(desk, "/v1/bookings",
                world_format(world, "{\"property_id\":\"%s\",\"guest\":{\"name\":\"Grace Hopper\"},\"legs\":[%s,%s]}",
                             house.property, leg, leg));
    assert_status(&made, 201);
    const char *group = answer_text(&made, "id");
    struct answer paid = post_as(desk, world_format(world, "/v1/groups/%s/payments", group),
                                 "{\"method\":\"bank_transfer\",\"amount\":8000}");
    assert_status(&paid, 201);
    struct answer day = takings("date=2026-11-22");
    assert_string_equal(answer_text(&day, "items/0/group_id"), group);
    assert_true(json_is_null(answer_at(&day, "items/0/booking_id")));
    assert_string_equal(answer_text(&day, "items/0/code"), answer_text(&made, "code"));
    assert_string_equal(answer_text(&day, "items/0/guest_name"), "Grace Hopper");
}

/* -- when -- */

static void
a_shift_has_its_first_instant_and_not_its_last(void **state)
{
    (void)state;
    const char *booking = book(9000);
    (void)pay_as(desk, booking, "cash", 1000); /* at 10:00 */
    test_clock_advance_ms(&world->clock, 4 * (int64_t)HOUR_MS);
    (void)pay_as(desk, booking, "cash", 200); /* at 14:00 */
    test_clock_advance_ms(&world->clock, 8 * (int64_t)HOUR_MS);
    (void)pay_as(desk, booking, "cash", 30); /* at 22:00 */
    struct answer shift = takings("from=2026-11-22T10:00:00Z&until=2026-11-22T14:00:00Z");
    assert_total(&shift, 1000, 0);
    shift = takings("from=2026-11-22T14:00:00Z&until=2026-11-22T22:00:00Z");
    assert_total(&shift, 200, 0);
    shift = takings("from=2026-11-22T14:00:00Z&until=2026-11-22T22:00:00.001Z");
    assert_total(&shift, 230, 0);
}

static void
a_day_begins_and_ends_at_the_house_s_midnight(void **state)
{
    (void)state;
    const char *booking = book(9000);
    test_clock_advance_ms(&world->clock, 12 * (int64_t)HOUR_MS + HOUR_MS / 2); /* 23:30 in Paris */
    (void)pay_as(desk, booking, "cash", 1000);
    test_clock_advance_ms(&world->clock, HOUR_MS); /* 00:30 there, and 23:30 in Greenwich */
    (void)pay_as(desk, booking, "cash", 200);
    struct answer day = takings("date=2026-11-22");
    assert_total(&day, 1000, 0);
    day = takings("date=2026-11-23");
    assert_total(&day, 200, 0);
}

/* -- pages -- */

static void
pages_go_on_where_they_ended_and_have_the_sums_of_all(void **state)
{
    (void)state;
    const char *booking = book(9000);
    for (int i = 0; i < 3; i++)
        (void)pay_as(desk, booking, "cash", 100 + i);
    struct answer page = takings("date=2026-11-22&limit=2");
    assert_int_equal(json_array_size(answer_at(&page, "items")), 2);
    assert_int_equal(answer_number(&page, "items/1/captured"), 101);
    assert_total(&page, 303, 0);
    const char *next = answer_text(&page, "next");
    page = takings(world_format(world, "date=2026-11-22&limit=2&after=%s", next));
    assert_int_equal(json_array_size(answer_at(&page, "items")), 1);
    assert_int_equal(answer_number(&page, "items/0/captured"), 102);
    assert_total(&page, 303, 0);
    assert_true(json_is_null(answer_at(&page, "next")));
}

/* More events than are read at once; those that moved no money are among them. */
static void
no_payment_of_a_long_day_is_left_out(void **state)
{
    int sum = 0;
    (void)state;
    for (int b = 0; b < 16; b++) {
        const char *booking = book_on(1 + b, 90000);
        for (int i = 0; i < 18; i++) {
            const char *body = world_format(world, "{\"method\":\"cash\",\"amount\":%d,\"captured\":%s}", 1 + b + i,
                                            i % 3 == 0 ? "false" : "true");
            struct answer paid = post_as(desk, world_format(world, "/v1/bookings/%s/payments", booking), body);
            assert_status(&paid, 201);
            sum += i % 3 == 0 ? 0 : 1 + b + i;
        }
    }
    struct answer day = takings("date=2026-11-22&limit=200");
    assert_total(&day, sum, 0);
    assert_int_equal(json_array_size(answer_at(&day, "items")), 16 * 12);
    assert_true(json_is_null(answer_at(&day, "next")));
}

/* -- bad input -- */

static void
a_period_is_a_day_or_two_instants(void **state)
{
    static const struct {
        const char *query, *pointer;
    } wrong[] = {
        {"", "?date"},
        {"date=2026-02-30", "?date"},
        {"date=2026-11-22&from=2026-11-22T10:00:00Z", "?from"},
        {"date=2026-11-22&until=2026-11-22T10:00:00Z", "?until"},
        {"from=2026-11-22T10:00:00Z", "?until"},
        {"until=2026-11-22T10:00:00Z", "?from"},
        {"from=2026-11-22&until=2026-11-23", "?from"},
        {"from=2026-11-22T10:00:00Z&until=2026-11-22T10:00:00Z", "?until"},
        {"from=2026-11-01T00:00:00Z&until=2026-12-02T00:00:00.001Z", "?until"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct answer answer =
            get_as(desk, world_format(world, "/v1/takings?property_id=%s&%s", house.property, wrong[i].query));
        assert_pointer(&answer, 422, "VALIDATION_FAILED", wrong[i].pointer);
    }
    struct answer month = takings("from=2026-11-01T00:00:00Z&until=2026-12-02T00:00:00Z");
    assert_total(&month, 0, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_day_has_what_came_and_what_went_back_by_method),
        CASE(money_counts_when_it_is_taken_and_not_when_it_is_set_aside),
        CASE(what_a_provider_says_counts_once_whatever_came_first),
        CASE(a_group_s_payment_says_whose_it_is),
        CASE(a_shift_has_its_first_instant_and_not_its_last),
        CASE(a_day_begins_and_ends_at_the_house_s_midnight),
        CASE(pages_go_on_where_they_ended_and_have_the_sums_of_all),
        CASE(no_payment_of_a_long_day_is_left_out),
        CASE(a_period_is_a_day_or_two_instants),
    };
    return test_run("api/takings", tests);
}
