/* Refunds that a provider is asked for: what is sent, when it is sent again, and what an answer comes to. The network
 * is the test's, which notes what it is asked and says what it was told to; the real one is in
 * tests/cmd/refund_test.py. */
#include "engine/refund_sender.h"
#include "tests/api/fixture.h"
#include "tests/api/provider.h"
#include "tests/unit/test.h"

enum { ASKED_MAX = 16, TEXT = 256, FIRST_WAIT_MS = 10000, PAID = 12900 };

/* Stands in for the network. */
struct fake_provider {
    struct outbound outbound; /* first */
    int status;               /* of its answers; 0: it gives none */
    const char *body;
    size_t asked;
    char url[TEXT], bearer[TEXT], keys[ASKED_MAX][TEXT], bodies[ASKED_MAX][TEXT];
    char seen[TEXT]; /* the status of the refund, as others saw it while this was asked */
    bool stopped;
};

static struct fake_provider fake;
static struct refund_sender *sender;
static const char *desk, *booking, *payments, *payment, *refund;

static void
keep(char *to, struct str text)
{
    assert_true(text.len < TEXT);
    memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
}

static const char *
shown(const char *path)
{
    struct answer answer = get_as(desk, payments);
    assert_status(&answer, 200);
    return answer_text(&answer, world_format(world, "items/0/%s", path));
}

static long long
shown_number(const char *path)
{
    struct answer answer = get_as(desk, payments);
    return answer_number(&answer, world_format(world, "items/0/%s", path));
}

static bool
fake_post(struct outbound *outbound, const struct outbound_request *request, struct arena *arena,
          struct outbound_answer *ret_answer, struct err *err)
{
    struct fake_provider *provider = (struct fake_provider *)outbound;
    (void)arena;
    assert_true(provider->asked < ASKED_MAX);
    keep(provider->url, request->url);
    keep(provider->bearer, request->bearer);
    keep(provider->keys[provider->asked], request->idempotency_key);
    keep(provider->bodies[provider->asked++], request->body);
    keep(provider->seen, str_from(shown("refunds/0/status")));
    *ret_answer = (struct outbound_answer){.status = provider->status, .body = str_from(provider->body)};
    if (provider->status == 0)
        err_set(err, ERR_IO, "nobody there");
    return true;
}

static void
fake_stop(struct outbound *outbound)
{
    ((struct fake_provider *)outbound)->stopped = true;
}

static void
answer_with(int status, const char *body)
{
    fake.status = status;
    fake.body = body;
}

static struct refund_sender *
make_sender(const struct sealer *sealer)
{
    struct err err;
    struct refund_sender_settings settings = {.engine = world->engine,
                                              .db = world->db,
                                              .clock = &world->clock.clock,
                                              .sealer = sealer,
                                              .outbound = &fake.outbound,
                                              .first_wait_ms = FIRST_WAIT_MS};
    struct refund_sender *made = refund_sender_new(&settings, &err);
    assert_non_null(made);
    return made;
}

/* A booking that was paid for through pi_1, and a part of it that is due to go back. */
static int
set_up(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    provider_set();
    struct answer made =
        post_as(desk, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":"
                             "\"2027-03-02\",\"guest\":{\"name\":\"Ada\"},\"payment\":\"required\",\"price\":%d}",
                             house.property, house.studio, PAID));
    assert_status(&made, 201);
    booking = answer_text(&made, "id");
    assert_string_equal(provider_say(provider_charge("evt_1", "charge.succeeded", booking, PAID, 0)), "applied");
    payments = world_format(world, "/v1/bookings/%s/payments", booking);
    payment = shown("id");
    struct answer back = post_as(desk, world_format(world, "/v1/payments/%s/refund", payment), "{\"amount\":900}");
    assert_string_equal(answer_text(&back, "status"), "due");
    refund = answer_text(&back, "id");
    fake = (struct fake_provider){.outbound = {.post = fake_post, .stop = fake_stop}};
    answer_with(200, "{\"id\":\"re_1\",\"status\":\"succeeded\"}");
    sender = make_sender(world->sealer);
    return 0;
}

static int
tear_down(void **state)
{
    refund_sender_free(sender);
    assert_true(fake.stopped);
    return fixture_tear_down(state);
}

static void
a_refund_is_written_as_sent_then_asked_for_once_and_settles(void **state)
{
    (void)state;
    assert_int_equal(refund_sender_step(sender), 1);
    assert_string_equal(fake.seen, "sent");
    assert_string_equal(fake.url, "http://127.0.0.1:9/v1/refunds");
    assert_string_equal(fake.bearer, "sk_test");
    assert_string_equal(fake.keys[0], refund);
    assert_string_equal(fake.bodies[0],
                        world_format(world, "payment_intent=pi_1&amount=900&metadata[refund_id]=%s", refund));
    assert_string_equal(shown("refunds/0/status"), "settled");
    assert_int_equal(shown_number("refunded"), 900);
    test_clock_advance_ms(&world->clock, 2 * FIRST_WAIT_MS);
    assert_int_equal(refund_sender_step(sender), 0);
}

/* What is no answer: overload, no answer at all, a key that is not let in, the first request still under way, and
 * something that is not the provider. */
/* Whoever gives money back by hand has to know whom, without a look at the payment and one at the booking. */
static void
the_list_says_who_gets_it_back_and_out_of_what(void **state)
{
    (void)state;
    struct answer list = get_as(desk, world_format(world, "/v1/refunds?property_id=%s", house.property));
    struct answer got = get_as(desk, world_format(world, "/v1/bookings/%s", booking));
    assert_string_equal(answer_text(&list, "items/0/code"), answer_text(&got, "code"));
    assert_string_equal(answer_text(&list, "items/0/guest_name"), "Ada");
    assert_string_equal(answer_text(&list, "items/0/method"), "card");
    assert_true(json_is_null(answer_at(&list, "items/0/group_id")));
    struct answer group =
        post_as(desk, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":"
                             "\"2027-03-02\",\"quantity\":2,\"guest\":{\"name\":\"Grace\"},\"price\":500}",
                             house.property, house.studio));
    struct answer paid = post_as(desk, world_format(world, "/v1/groups/%s/payments", answer_text(&group, "id")),
                                 "{\"method\":\"cash\",\"amount\":1000}");
    assert_status(&paid, 201);
    const char *one = answer_text(&group, "bookings/1/id");
    struct answer off = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", one), "{}");
    assert_status(&off, 200);
    list = get_as(desk, world_format(world, "/v1/refunds?property_id=%s", house.property));
    assert_string_equal(answer_text(&list, "items/1/guest_name"), "Grace");
    assert_string_equal(answer_text(&list, "items/1/method"), "cash");
    assert_string_equal(answer_text(&list, "items/1/group_id"), answer_text(&group, "id"));
    assert_string_equal(answer_text(&list, "items/1/code"), answer_text(&group, "bookings/1/code"));
}

static void
without_an_answer_it_is_asked_for_again_with_the_same_key(void **state)
{
    (void)state;
    static const int statuses[] = {500, 0, 429, 401, 409, 200, 302};
    int64_t wait_ms = FIRST_WAIT_MS;
    size_t count = sizeof(statuses) / sizeof(statuses[0]);
    for (size_t i = 0; i < count; i++) {
        answer_with(statuses[i], "<html>busy</html>");
        assert_int_equal(refund_sender_step(sender), 1);
        assert_string_equal(shown("refunds/0/status"), "sent");
        test_clock_advance_ms(&world->clock, wait_ms - 1);
        assert_int_equal(refund_sender_step(sender), 0);
        test_clock_advance_ms(&world->clock, 1);
        wait_ms *= 2;
    }
    answer_with(200, "{\"id\":\"re_1\",\"status\":\"succeeded\"}");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_int_equal(fake.asked, count + 1);
    for (size_t i = 0; i <= count; i++) {
        assert_string_equal(fake.keys[i], refund);
        assert_string_equal(fake.bodies[i], fake.bodies[0]);
    }
    assert_string_equal(shown("refunds/0/status"), "settled");
    assert_int_equal(shown_number("refunded"), 900);
}

static void
what_a_provider_refuses_has_failed_with_its_word_for_it(void **state)
{
    (void)state;
    answer_with(402, "{\"error\":{\"type\":\"card_error\",\"code\":\"charge_disputed\"}}");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_string_equal(shown("refunds/0/status"), "failed");
    assert_string_equal(shown("refunds/0/failure"), "charge_disputed");
    assert_int_equal(shown_number("refunded"), 0);
    test_clock_advance_ms(&world->clock, DATE_DAY_MS);
    assert_int_equal(refund_sender_step(sender), 0);
    struct answer again = post_as(desk, world_format(world, "/v1/payments/%s/refund", payment), "{\"amount\":900}");
    assert_string_equal(answer_text(&again, "status"), "due"); /* with a key of its own */
    answer_with(200, "{\"id\":\"re_2\",\"status\":\"succeeded\"}");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_string_equal(fake.keys[1], answer_text(&again, "id"));
}

static void
what_the_provider_still_works_on_waits_for_its_word(void **state)
{
    (void)state;
    answer_with(200, "{\"id\":\"re_1\",\"status\":\"pending\"}");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_string_equal(shown("refunds/0/status"), "sent");
    test_clock_advance_ms(&world->clock, DATE_DAY_MS);
    assert_int_equal(refund_sender_step(sender), 0);
    assert_string_equal(provider_say(provider_refund("evt_2", refund, "succeeded", 900)), "applied");
    assert_string_equal(shown("refunds/0/status"), "settled");
    assert_int_equal(shown_number("refunded"), 900);
}

/* The webhook that says so may be here before the answer. */
static void
a_webhook_before_the_answer_counts_once(void **state)
{
    (void)state;
    answer_with(0, "");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_string_equal(provider_say(provider_refund("evt_2", refund, "succeeded", 900)), "applied");
    test_clock_advance_ms(&world->clock, DATE_DAY_MS);
    assert_int_equal(refund_sender_step(sender), 0);
    assert_int_equal(fake.asked, 1);
    assert_int_equal(shown_number("refunded"), 900);
}

/* --- no answer for a day --- */

enum { KEY_MS = REFUND_SENDER_KEY_MS };

/* How many refunds are "in_doubt" or "failed". */
static size_t
that_are(const char *what)
{
    struct answer answer =
        get_as(desk, world_format(world, "/v1/refunds?property_id=%s&%s=true", house.property, what));
    assert_status(&answer, 200);
    return json_array_size(answer_at(&answer, "items"));
}

static size_t
in_doubt(void)
{
    return that_are("in_doubt");
}

static void
doubt(void)
{
    answer_with(0, "");
    assert_int_equal(refund_sender_step(sender), 1);
    test_clock_advance_ms(&world->clock, KEY_MS);
    assert_int_equal(refund_sender_step(sender), 0);
}

static struct answer
resolve_as(const char *token, const char *body)
{
    return post_as(token, world_format(world, "/v1/refunds/%s/resolve", refund), body);
}

/* Asked for again when the provider may have forgotten the key, it might go back twice. */
static void
without_an_answer_for_a_day_nobody_is_asked_any_more(void **state)
{
    (void)state;
    answer_with(0, "");
    assert_int_equal(refund_sender_step(sender), 1);
    test_clock_advance_ms(&world->clock, KEY_MS - 1);
    assert_int_equal(refund_sender_step(sender), 1);
    assert_int_equal(in_doubt(), 0);
    test_clock_advance_ms(&world->clock, 2 * FIRST_WAIT_MS);
    assert_int_equal(refund_sender_step(sender), 0);
    assert_string_equal(shown("refunds/0/status"), "sent");
    assert_string_equal(shown("refunds/0/failure"), "unanswered");
    assert_int_equal(in_doubt(), 1);
    test_clock_advance_ms(&world->clock, 2 * DATE_DAY_MS);
    assert_int_equal(refund_sender_step(sender), 0);
    assert_int_equal(fake.asked, 2);
    struct answer again = post_as(desk, world_format(world, "/v1/payments/%s/refund", payment),
                                  world_format(world, "{\"amount\":%d}", PAID));
    assert_problem(&again, 409, "POLICY_REFUSED"); /* it may have gone back */
}

static void
a_manager_says_that_it_has_gone_back(void **state)
{
    (void)state;
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    struct answer early = resolve_as(manager, "{\"status\":\"settled\",\"reason\":\"seen\"}");
    assert_problem(&early, 409, "INVALID_TRANSITION"); /* the provider has not even been asked */
    doubt();
    struct answer denied = resolve_as(desk, "{\"status\":\"settled\",\"reason\":\"seen\"}");
    assert_status(&denied, 403);
    struct answer wordless = resolve_as(manager, "{\"status\":\"settled\"}");
    assert_problem(&wordless, 422, "VALIDATION_FAILED");
    struct answer done = resolve_as(manager, "{\"status\":\"settled\",\"reason\":\"It is in their list.\"}");
    assert_status(&done, 200);
    assert_string_equal(answer_text(&done, "status"), "settled");
    assert_int_equal(shown_number("refunded"), 900);
    assert_int_equal(in_doubt(), 0);
    assert_string_equal(provider_say(provider_refund("evt_2", refund, "succeeded", 900)), "nothing_new");
    assert_int_equal(shown_number("refunded"), 900);
}

static void
one_that_never_arrived_is_made_anew(void **state)
{
    (void)state;
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    doubt();
    struct answer done = resolve_as(manager, "{\"status\":\"failed\",\"reason\":\"They know nothing of it.\"}");
    assert_status(&done, 200);
    assert_string_equal(shown("refunds/0/status"), "failed");
    assert_int_equal(shown_number("refunded"), 0);
    struct answer again = post_as(desk, world_format(world, "/v1/payments/%s/refund", payment), "{\"amount\":900}");
    assert_status(&again, 200);
    answer_with(200, "{\"id\":\"re_2\",\"status\":\"succeeded\"}");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_string_equal(fake.keys[1], answer_text(&again, "id"));
    assert_int_equal(shown_number("refunded"), 900);
}

static void
a_late_word_of_the_provider_ends_the_doubt(void **state)
{
    (void)state;
    doubt();
    assert_string_equal(provider_say(provider_refund("evt_2", refund, "succeeded", 900)), "applied");
    assert_string_equal(shown("refunds/0/status"), "settled");
    assert_int_equal(in_doubt(), 0);
    assert_int_equal(shown_number("refunded"), 900);
}

/* --- what had gone back and comes back --- */

/* It was called off, and all that was paid has gone back: 900 by the refund, the rest by another. */
static void
give_all_back(void)
{
    struct answer gone = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", booking), "{}");
    assert_status(&gone, 200);
    assert_int_equal(refund_sender_step(sender), 2);
    assert_int_equal(shown_number("refunded"), PAID);
}

static const char *
word(const char *event, const char *status)
{
    return provider_say(provider_refund_of(event, refund, status, 900, "eur", "pi_1"));
}

static void
assert_owed(int amount)
{
    struct answer got = get_as(desk, world_format(world, "/v1/bookings/%s", booking));
    assert_int_equal(answer_number(&got, "account/refund_due"), amount);
    assert_int_equal(answer_number(&got, "account/refunded"), PAID - amount);
    assert_string_equal(answer_text(&got, "payment_status"), amount == 0 ? "refunded" : "partially_refunded");
    assert_int_equal(shown_number("refunded"), PAID - amount);
}

/* How often the log of the property has that, from one status to another. */
static int
times(const char *kind, const char *from, const char *to)
{
    struct answer log = get_as(desk, world_format(world, "/v1/events?property_id=%s&limit=200", house.property));
    json_t *items = answer_at(&log, "items");
    int count = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        const char *was = json_string_value(json_object_get(item, "from"));
        count += strcmp(json_string_value(json_object_get(item, "kind")), kind) == 0 && was != NULL &&
                 strcmp(was, from) == 0 && strcmp(json_string_value(json_object_get(item, "to")), to) == 0;
    }
    return count;
}

static void
a_refund_that_had_succeeded_and_fails_is_owed_again(void **state)
{
    (void)state;
    give_all_back();
    assert_string_equal(word("evt_2", "succeeded"), "nothing_new");
    assert_string_equal(word("evt_3", "failed"), "applied");
    assert_string_equal(shown("refunds/0/status"), "failed");
    assert_string_equal(shown("refunds/0/failure"), "failed");
    assert_owed(900);
    assert_int_equal(times("refund.failed", "settled", "failed"), 1);
    assert_int_equal(times("payment.refund_returned", "refunded", "partially_refunded"), 1);
    assert_int_equal(times("booking.payment_changed", "CANCELLED", "CANCELLED"), 3); /* some, all, and less again */
    assert_string_equal(word("evt_4", "failed"), "nothing_new");
    assert_string_equal(word("evt_5", "succeeded"), "nothing_new");
    assert_string_equal(provider_say(provider_charge("evt_6", "charge.refunded", booking, PAID, PAID)), "nothing_new");
    assert_owed(900);
    assert_int_equal(refund_sender_step(sender), 0); /* it would fail again */
    struct answer moved =
        get_as(desk, world_format(world, "/v1/takings?property_id=%s&date=2026-11-22", house.property));
    assert_status(&moved, 200);
    assert_int_equal(answer_number(&moved, "total/refunded"), PAID - 900);
    size_t last = json_array_size(answer_at(&moved, "items")) - 1;
    assert_int_equal(answer_number(&moved, world_format(world, "items/%zu/refunded", last)), -900);
    fixture_assert_in_order();
}

static void
what_came_back_is_asked_for_again_by_staff(void **state)
{
    (void)state;
    give_all_back();
    assert_string_equal(word("evt_3", "failed"), "applied");
    assert_int_equal(that_are("failed"), 1);
    struct answer again = post_as(desk, world_format(world, "/v1/payments/%s/refund", payment), "{}");
    assert_status(&again, 200);
    assert_int_equal(answer_number(&again, "amount"), 900);
    assert_int_equal(that_are("failed"), 0); /* another is on its way */
    answer_with(200, "{\"id\":\"re_2\",\"status\":\"succeeded\"}");
    assert_int_equal(refund_sender_step(sender), 1);
    assert_owed(0);
    assert_string_equal(shown("refunds/0/status"), "failed");
    assert_int_equal(that_are("failed"), 0);
    struct answer both =
        get_as(desk, world_format(world, "/v1/refunds?property_id=%s&failed=true&in_doubt=true", house.property));
    assert_problem(&both, 422, "VALIDATION_FAILED");
    struct answer twice =
        resolve_as(fixture_caller(ROLE_MANAGER, true), "{\"status\":\"settled\",\"reason\":\"by transfer\"}");
    assert_problem(&twice, 409, "POLICY_REFUSED"); /* it would have gone back twice */
    assert_string_equal(answer_text(&twice, "rule"), "amount_over_captured");
    fixture_assert_in_order();
}

static void
what_came_back_is_given_in_another_way(void **state)
{
    (void)state;
    const char *manager = fixture_caller(ROLE_MANAGER, true);
    give_all_back();
    assert_string_equal(word("evt_3", "failed"), "applied");
    struct answer failed = resolve_as(manager, "{\"status\":\"failed\",\"reason\":\"so it is\"}");
    assert_problem(&failed, 409, "INVALID_TRANSITION");
    struct answer done = resolve_as(manager, "{\"status\":\"settled\",\"reason\":\"by transfer\"}");
    assert_status(&done, 200);
    assert_string_equal(answer_text(&done, "status"), "settled");
    assert_owed(0);
    assert_string_equal(word("evt_4", "failed"), "nothing_new"); /* of the same failure */
    assert_owed(0);
    fixture_assert_in_order();
}

static void
a_word_on_another_refund_than_was_asked_for_is_set_aside(void **state)
{
    (void)state;
    answer_with(200, "{\"id\":\"re_1\",\"status\":\"pending\"}");
    assert_int_equal(refund_sender_step(sender), 1);
    const struct {
        const char *said, *cause;
    } wrong[] = {
        {provider_refund_of("evt_2", refund, "succeeded", 9000, "eur", "pi_1"), "amount"},
        {provider_refund_of("evt_3", refund, "succeeded", 900, "usd", "pi_1"), "currency"},
        {provider_refund_of("evt_4", refund, "succeeded", 900, "eur", "pi_2"), "booking"},
        {provider_refund_of("evt_5", refund, "failed", 90, "eur", "pi_1"), "amount"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_string_equal(provider_say(wrong[i].said), "set_aside");
        assert_string_equal(provider_say(wrong[i].said), "nothing_new");
        struct answer aside = world_get(world, "/v1/payments/set-aside?property_id=%s", house.property);
        assert_string_equal(answer_text(&aside, "items/0/cause"), wrong[i].cause);
        struct answer seen = world_post(
            world, world_format(world, "/v1/payments/set-aside/%s/resolve", answer_text(&aside, "items/0/id")),
            "{\"reason\":\"seen\"}");
        assert_status(&seen, 200);
    }
    assert_string_equal(shown("refunds/0/status"), "sent");
    assert_int_equal(shown_number("refunded"), 0);
    assert_string_equal(word("evt_6", "succeeded"), "applied");
    assert_int_equal(shown_number("refunded"), 900);
    fixture_assert_in_order();
}

static void
who_has_another_key_file_asks_for_nothing(void **state)
{
    (void)state;
    static const unsigned char key[32] = {1};
    struct sealer *other = sealer_new(key);
    struct refund_sender *stranger = make_sender(other);
    assert_int_equal(refund_sender_step(stranger), 0);
    assert_string_equal(shown("refunds/0/status"), "due");
    refund_sender_free(stranger);
    sealer_free(other);
    assert_int_equal(refund_sender_step(sender), 1);
}

static void
without_a_key_nobody_is_asked(void **state)
{
    (void)state;
    struct answer answer = world_ask(
        world, &(struct ask){.method = "PUT",
                             .target = world_format(world, "/v1/properties/%s/payment-provider", house.property),
                             .token = world->owner,
                             .fields = "If-Match: \"1\"\r\n",
                             .body = "{\"api_key\":null}"});
    assert_status(&answer, 200);
    assert_int_equal(refund_sender_step(sender), 0);
    assert_string_equal(shown("refunds/0/status"), "due");
}

static void
waits_double_up_to_an_hour(void **state)
{
    (void)state;
    assert_int_equal(refund_sender_backoff_ms(10000, 1), 10000);
    assert_int_equal(refund_sender_backoff_ms(10000, 2), 20000);
    assert_int_equal(refund_sender_backoff_ms(10000, 9), 2560000);
    assert_int_equal(refund_sender_backoff_ms(10000, 10), 3600000);
    assert_int_equal(refund_sender_backoff_ms(10000, INT64_MAX), 3600000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refund_is_written_as_sent_then_asked_for_once_and_settles),
        TEST(the_list_says_who_gets_it_back_and_out_of_what),
        TEST(without_an_answer_it_is_asked_for_again_with_the_same_key),
        TEST(what_a_provider_refuses_has_failed_with_its_word_for_it),
        TEST(what_the_provider_still_works_on_waits_for_its_word),
        TEST(a_webhook_before_the_answer_counts_once),
        TEST(without_an_answer_for_a_day_nobody_is_asked_any_more),
        TEST(a_manager_says_that_it_has_gone_back),
        TEST(one_that_never_arrived_is_made_anew),
        TEST(a_late_word_of_the_provider_ends_the_doubt),
        TEST(a_refund_that_had_succeeded_and_fails_is_owed_again),
        TEST(what_came_back_is_asked_for_again_by_staff),
        TEST(what_came_back_is_given_in_another_way),
        TEST(a_word_on_another_refund_than_was_asked_for_is_set_aside),
        TEST(who_has_another_key_file_asks_for_nothing),
        TEST(without_a_key_nobody_is_asked),
        cmocka_unit_test(waits_double_up_to_an_hour),
    };
    return test_run("api/refund", tests);
}
