/* What a provider says meets what else goes on, in whatever order: the same webhooks in any order and repeated, and
 * webhooks beside the desk and the end of a booking's time, at once on connections of their own. */
#include <stdlib.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/api/provider.h"
#include "tests/api/race.h"
#include "tests/unit/test.h"

enum { PAID = 12900, ROUNDS = 40, NIGHTS = 200, STUDIOS = 3, LEADS = 4 };

static const char *desk;

static void
begin(int64_t sweep_interval_ms)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    settings.sweep_interval_ms = sweep_interval_ms;
    fixture_begin(&settings);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    provider_set();
}

static int
set_up(void **state)
{
    (void)state;
    begin(0);
    return 0;
}

/* The sweeper ends a booking within a millisecond, of our time, of its time being over by the clock of the test. */
static int
set_up_swept(void **state)
{
    (void)state;
    begin(1);
    return 0;
}

/* A stay of one night in a studio, so many nights from a day that is far off. */
static const char *
stay(int night, const char *more)
{
    return world_format(world,
                        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-%02d-%02d\","
                        "\"departure\":\"2027-%02d-%02d\",\"guest\":{\"name\":\"Ada Lovelace\"},\"price\":%d%s}",
                        house.property, house.studio, 3 + night / 27, 1 + night % 27, 3 + night / 27, 2 + night % 27,
                        PAID, more);
}

static const char *
book_unpaid(int night)
{
    struct answer made = post_as(desk, "/v1/bookings", stay(night, ",\"payment\":\"required\""));
    assert_status(&made, 201);
    return answer_text(&made, "id");
}

static struct answer
get(const char *booking, const char *more)
{
    struct answer answer = get_as(desk, world_format(world, "/v1/bookings/%s%s", booking, more));
    assert_status(&answer, 200);
    return answer;
}

static const char *
status_of(const char *booking)
{
    struct answer answer = get(booking, "");
    return answer_text(&answer, "status");
}

/* --- any order --- */

/* What is said of one intent: it was set aside, it was taken, 400 went back, 900 had gone back by then; and something
 * that is not for this house. */
enum said { SAID_AUTHORIZED, SAID_TAKEN, SAID_BACK_400, SAID_BACK_900, SAID_WRONG, SAID_COUNT };

static const char *
saying(enum said which, const char *intent, const char *booking)
{
    const char *event = world_format(world, "evt_%s_%d", intent, (int)which);
    switch (which) {
    case SAID_AUTHORIZED: return provider_intent(intent, event, "amount_capturable_updated", booking, PAID, PAID, 0);
    case SAID_TAKEN: return provider_intent(intent, event, "succeeded", booking, PAID, 0, PAID);
    case SAID_BACK_400: return provider_charge_of(intent, event, booking, PAID, 400);
    case SAID_BACK_900: return provider_charge_of(intent, event, booking, PAID, 900);
    case SAID_WRONG:
    case SAID_COUNT: break;
    }
    return provider_paid_elsewhere(intent, event, booking, PAID, "acct_1", "usd");
}

/* Amounts are cumulative, so the largest of each kind that was said so far is true, and nothing else. */
static void
assert_as_said(const char *booking, unsigned said)
{
    struct answer paid = get(booking, "/payments");
    long long refunded = (said & 1U << SAID_BACK_900) != 0 ? 900 : (said & 1U << SAID_BACK_400) != 0 ? 400 : 0;
    bool taken = (said & (1U << SAID_TAKEN | 1U << SAID_BACK_400 | 1U << SAID_BACK_900)) != 0;
    bool any = (said & ~(1U << SAID_WRONG)) != 0;
    assert_int_equal(json_array_size(answer_at(&paid, "items")), any ? 1 : 0);
    assert_string_equal(status_of(booking), taken ? "CONFIRMED" : "PENDING_PAYMENT");
    if (!any)
        return;
    assert_int_equal(answer_number(&paid, "items/0/authorized"), PAID);
    assert_int_equal(answer_number(&paid, "items/0/captured"), taken ? PAID : 0);
    assert_int_equal(answer_number(&paid, "items/0/refunded"), refunded);
    assert_int_equal(json_array_size(answer_at(&paid, "items/0/refunds")), 0);
}

/* The k-th order of so many things. */
static void
order_of(int k, enum said *order)
{
    enum said left[SAID_COUNT];
    for (int i = 0; i < SAID_COUNT; i++)
        left[i] = (enum said)i;
    for (int i = 0, count = SAID_COUNT; i < SAID_COUNT; i++, count--) {
        order[i] = left[k % count];
        left[k % count] = left[count - 1];
        k /= count;
    }
}

/* Every other story the wrong one is of another account, else it is in another currency. */
static const char *
saying_of(int k, enum said which, const char *intent, const char *booking)
{
    if (which == SAID_WRONG && k % 2 != 0)
        return provider_paid_elsewhere(intent, world_format(world, "evt_%s_other", intent), booking, PAID, "acct_2",
                                       "eur");
    return saying(which, intent, booking);
}

static void
webhooks_in_any_order_and_repeated_end_the_same(void **state)
{
    (void)state;
    for (int k = 0; k < 2 * 3 * 4 * 5; k++) {
        enum said order[SAID_COUNT];
        unsigned said = 0;
        const char *booking = book_unpaid(k), *intent = world_format(world, "pi_%d", k);
        order_of(k, order);
        for (int i = 0; i < SAID_COUNT; i++) {
            const char *outcome = provider_say(saying_of(k, order[i], intent, booking));
            assert_int_equal(strcmp(outcome, "set_aside") == 0, order[i] == SAID_WRONG);
            said |= 1U << order[i];
            assert_as_said(booking, said);
            const char *again = saying_of(k, order[(i + k) % (i + 1)], intent, booking);
            assert_string_equal(provider_say(again), "nothing_new");
        }
        assert_as_said(booking, (1U << SAID_COUNT) - 1);
    }
    struct answer aside = world_get(world, "/v1/payments/set-aside?property_id=%s&limit=200", house.property);
    json_t *items = answer_at(&aside, "items");
    int accounts = 0, currencies = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *cause = json_string_value(json_object_get(json_array_get(items, i), "cause"));
        accounts += strcmp(cause, "account") == 0;
        currencies += strcmp(cause, "currency") == 0;
    }
    assert_int_equal(accounts, 60);
    assert_int_equal(currencies, 60);
}

/* What is said of a refund of ours of 900: the payment was told with it and with 400 that others had the provider give
 * back, it succeeded, it failed, by two events, and something of another sum. */
static const char *
saying_of_refund(enum said which, const char *intent, const char *booking, const char *refund)
{
    const char *event = world_format(world, "evt_%s_%d", intent, (int)which);
    switch (which) {
    case SAID_AUTHORIZED: return provider_charge_of(intent, event, booking, PAID, 1300);
    case SAID_TAKEN: return provider_refund_of(event, refund, "succeeded", 900, "eur", intent);
    case SAID_BACK_400:
    case SAID_BACK_900: return provider_refund_of(event, refund, "failed", 900, "eur", intent);
    case SAID_WRONG:
    case SAID_COUNT: break;
    }
    return provider_refund_of(event, refund, "succeeded", 1300, "eur", intent);
}

/* The failure is the last word, whenever it comes; what others had given back has gone in any case. */
static void
assert_refund_as_said(const char *booking, unsigned said)
{
    struct answer paid = get(booking, "/payments");
    bool failed = (said & (1U << SAID_BACK_400 | 1U << SAID_BACK_900)) != 0;
    bool done = (said & 1U << SAID_TAKEN) != 0, told = (said & 1U << SAID_AUTHORIZED) != 0;
    assert_string_equal(answer_text(&paid, "items/0/refunds/0/status"), failed ? "failed" : done ? "settled" : "due");
    assert_int_equal(answer_number(&paid, "items/0/refunded"), failed ? told * 400 : told ? 1300 : done * 900);
    assert_int_equal(json_array_size(answer_at(&paid, "items/0/refunds")), 1);
}

static void
what_is_said_of_a_refund_in_any_order_and_repeated_ends_the_same(void **state)
{
    (void)state;
    for (int k = 0; k < 2 * 3 * 4 * 5; k++) {
        enum said order[SAID_COUNT];
        unsigned said = 0;
        const char *booking = book_unpaid(k), *intent = world_format(world, "pi_%d", k);
        assert_string_equal(provider_say(provider_intent(intent, world_format(world, "evt_%d", k), "succeeded", booking,
                                                         PAID, 0, PAID)),
                            "applied");
        struct answer paid = get(booking, "/payments");
        struct answer back = post_as(
            desk, world_format(world, "/v1/payments/%s/refund", answer_text(&paid, "items/0/id")), "{\"amount\":900}");
        const char *refund = answer_text(&back, "id");
        order_of(k, order);
        for (int i = 0; i < SAID_COUNT; i++) {
            const char *outcome = provider_say(saying_of_refund(order[i], intent, booking, refund));
            assert_int_equal(strcmp(outcome, "set_aside") == 0, order[i] == SAID_WRONG);
            said |= 1U << order[i];
            assert_refund_as_said(booking, said);
            const char *again = saying_of_refund(order[(i + k) % (i + 1)], intent, booking, refund);
            assert_string_equal(provider_say(again), "nothing_new");
            assert_refund_as_said(booking, said);
        }
    }
    fixture_assert_in_order();
}

/* --- at once --- */

static struct ask
webhook(const char *body)
{
    return (struct ask){.method = "POST",
                        .target = world_format(world, "/v1/webhooks/stripe/%s", house.property),
                        .body = body,
                        .fields = world_sign(world, "whsec_test", body)};
}

static struct ask
asks(const char *target, const char *body)
{
    return (struct ask){.method = "POST", .target = target, .token = desk, .body = body};
}

static int
promises(const char *booking)
{
    struct answer log = get(booking, "/events");
    json_t *items = answer_at(&log, "items");
    int count = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *from = json_string_value(json_object_get(json_array_get(items, i), "from"));
        const char *to = json_string_value(json_object_get(json_array_get(items, i), "to"));
        count += to != NULL && strcmp(to, "CONFIRMED") == 0 && (from == NULL || strcmp(from, "CONFIRMED") != 0);
    }
    return count;
}

/* One of the two confirms it, the money is there in any case, and nobody is told that it went wrong. */
static void
a_webhook_and_staff_confirm_at_once_and_it_is_confirmed_once(void **state)
{
    (void)state;
    struct race race = {.name = "a webhook and staff"};
    while (race_goes_on(&race)) {
        const char *booking = book_unpaid(race.rounds % NIGHTS);
        const char *intent = world_format(world, "pi_%d", race.rounds);
        race.asks[0] = webhook(saying(SAID_TAKEN, intent, booking));
        race.asks[1] = asks(world_format(world, "/v1/bookings/%s/confirm", booking), "{\"reason\":\"I saw it\"}");
        race_meet(&race);
        assert_status(&race.answers[0], 200);
        assert_string_equal(answer_text(&race.answers[0], "outcome"), "applied");
        bool by_staff = race.answers[1].status == 200;
        if (!by_staff)
            assert_problem(&race.answers[1], 409, "INVALID_TRANSITION");
        assert_as_said(booking, 1U << SAID_TAKEN);
        assert_int_equal(promises(booking), 1);
        race_note(&race, by_staff ? 1 : 0);
    }
}

static long long
due_of(const char *booking)
{
    struct answer paid = get(booking, "/payments");
    json_t *refunds = answer_at(&paid, "items/0/refunds");
    long long sum = 0;
    for (size_t i = 0; i < json_array_size(refunds); i++)
        sum += json_integer_value(json_object_get(json_array_get(refunds, i), "amount"));
    return sum;
}

/* Of its time, but for the last millisecond. */
static const char *
book_nearly_over(int night)
{
    const char *booking = book_unpaid(night);
    test_clock_advance_ms(&world->clock, 15 * INT64_C(60000) - 1); /* payment_ttl_s */
    return booking;
}

/* Asks as the time of a booking comes to its end: with so many requests answered in between, before it or, where
 * `lead` is negative, after it. At LEADS it is clear what comes first, answer or sweeper; near 0 nobody knows. */
static int
send_at_the_end(const struct ask *ask, int lead)
{
    long long swept = world_swept(world);
    int fd = lead > 0 ? world_send(world, ask) : -1;
    if (lead == LEADS)
        race_await_answer(fd);
    if (lead <= 0)
        test_clock_advance_ms(&world->clock, 1);
    if (lead == -LEADS)
        world_await_swept(world, swept + 1);
    for (int i = 0; i < abs(lead); i++)
        (void)get_as(desk, world_format(world, "/v1/properties/%s", house.property));
    if (lead > 0)
        test_clock_advance_ms(&world->clock, 1);
    fd = fd >= 0 ? fd : world_send(world, ask);
    if (lead == -LEADS)
        race_await_answer(fd);
    return fd;
}

static int
lead_of(int round)
{
    return round % (2 * LEADS + 1) - LEADS;
}

/* What happened to it, in the order of the log. */
static const char *
story_of(const char *booking)
{
    struct answer log = get(booking, "/events");
    json_t *items = answer_at(&log, "items");
    const char *story = "";
    for (size_t i = 0; i < json_array_size(items); i++)
        story =
            world_format(world, "%s %s", story, json_string_value(json_object_get(json_array_get(items, i), "kind")));
    return story;
}

/* Who came first of a payment and the end of a booking's time. */
enum first { FIRST_PAYMENT, FIRST_SWEEPER, FIRST_NEITHER, FIRST_COUNT };

/* Paid in time, or ended and brought back, by the sweeper or by the payment that found it over: whatever it was, the
 * booking is confirmed once and the money is there once. */
static enum first
assert_paid_once(const char *booking, long long swept)
{
    bool in_time = strstr(story_of(booking), "booking.expired") == NULL;
    const char *kinds = in_time ? "booking.confirmed" : "booking.expired booking.revived";
    assert_non_null(strstr(story_of(booking), kinds));
    assert_as_said(booking, 1U << SAID_TAKEN);
    assert_int_equal(promises(booking), 1);
    assert_int_equal(due_of(booking), 0);
    assert_true(swept == 0 || (swept == 1 && !in_time));
    return in_time ? FIRST_PAYMENT : swept == 1 ? FIRST_SWEEPER : FIRST_NEITHER;
}

static void
a_payment_and_the_sweeper_at_once_leave_one_promise(void **state)
{
    (void)state;
    int firsts[FIRST_COUNT] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        const char *booking = book_nearly_over(round);
        bool by_hand = round % 2 != 0;
        struct ask paid = by_hand ? asks(world_format(world, "/v1/bookings/%s/payments", booking),
                                         world_format(world, "{\"method\":\"cash\",\"amount\":%d}", PAID))
                                  : webhook(saying(SAID_TAKEN, world_format(world, "pi_%d", round), booking));
        long long swept = world_swept(world);
        int fd = send_at_the_end(&paid, lead_of(round));
        struct answer answer = world_receive(world, fd, false);
        world_hang_up(fd);
        assert_status(&answer, by_hand ? 201 : 200);
        firsts[assert_paid_once(booking, world_swept(world) - swept)]++;
    }
    print_message("# of %d times the payment was first %d times, the sweeper %d times\n", ROUNDS, firsts[FIRST_PAYMENT],
                  firsts[FIRST_SWEEPER]);
    assert_true(firsts[FIRST_PAYMENT] > 0 && firsts[FIRST_SWEEPER] > 0);
    fixture_assert_in_order();
}

/* The last studio is wanted by somebody else as the money comes: it is theirs and the money goes back, or it is ours
 * and they are told that it is sold. */
static bool
assert_one_winner(const char *booking, const struct answer *said, const struct answer *sold)
{
    bool ours = strcmp(status_of(booking), "CONFIRMED") == 0;
    assert_status(said, 200);
    if (ours)
        assert_problem(sold, 409, "SOLD_OUT");
    else
        assert_status(sold, 201);
    assert_string_equal(status_of(booking), ours ? "CONFIRMED" : "EXPIRED");
    assert_int_equal(due_of(booking), ours ? 0 : PAID);
    return ours;
}

/* The sweeper of the server runs meanwhile. */
static void
a_payment_and_the_end_of_its_time_leave_one_winner_and_no_money_in_between(void **state)
{
    (void)state;
    int won = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int other_first = round % 2, fds[2];
        for (int i = 1; i < STUDIOS; i++)
            (void)post_as(desk, "/v1/bookings", stay(round, ""));
        const char *booking = book_nearly_over(round);
        const struct ask both[2] = {webhook(saying(SAID_TAKEN, world_format(world, "pi_%d", round), booking)),
                                    asks("/v1/bookings", stay(round, ""))};
        struct answer answers[2];
        fds[other_first] = send_at_the_end(&both[other_first], lead_of(round));
        fds[1 - other_first] = world_send(world, &both[1 - other_first]);
        for (int i = 0; i < 2; i++) {
            answers[i] = world_receive(world, fds[i], false);
            world_hang_up(fds[i]);
        }
        won += assert_one_winner(booking, &answers[0], &answers[1]);
    }
    print_message("# the payment was first %d times of %d; the sweeper was before both %lld times\n", won, ROUNDS,
                  world_swept(world));
    assert_true(won > 0 && won < ROUNDS && world_swept(world) > 0);
    fixture_assert_in_order();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(webhooks_in_any_order_and_repeated_end_the_same),
        TEST(what_is_said_of_a_refund_in_any_order_and_repeated_ends_the_same),
        TEST(a_webhook_and_staff_confirm_at_once_and_it_is_confirmed_once),
        cmocka_unit_test_setup_teardown(a_payment_and_the_sweeper_at_once_leave_one_promise, set_up_swept,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_payment_and_the_end_of_its_time_leave_one_winner_and_no_money_in_between,
                                        set_up_swept, fixture_tear_down),
    };
    return test_run("api/payment_order", tests);
}
