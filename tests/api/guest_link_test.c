/* The link of a booking over HTTP: made, replaced, withdrawn and lapsed; what its bearer sees and can do, and that this
 * is all. */
#include <stdio.h>
#include <string.h>

#include "api/secret.h"
#include "tests/api/fixture.h"
#include "tests/unit/test.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define PRICE 30000

static const char *desk, *manager;
static const char *booking; /* of Ada: 2026-12-01 to 2026-12-04, nine days from now */

struct link {
    const char *id, *token;
};

static struct answer
book(const char *name, const char *arrival, const char *departure)
{
    struct answer answer =
        post_as(desk, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                             "\"party\":2,\"price\":%d,\"guest\":{\"name\":\"%s\",\"email\":\"ada@example.org\"}}",
                             house.property, house.type, arrival, departure, PRICE, name));
    assert_status(&answer, 201);
    return answer;
}

/* Free until two days before, half the price after that. */
static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, true);
    struct answer policy = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"cancellation_window_h\":48,\"cancellation_fee_percent\":50}");
    assert_status(&policy, 200);
    struct answer made = book("Ada Lovelace", "2026-12-01", "2026-12-04");
    booking = answer_text(&made, "id");
    return 0;
}

static const char *
path_of(const char *of)
{
    return world_format(world, "/v1/bookings/%s/guest-link", of);
}

static struct link
make_link(const char *of)
{
    struct answer answer = post_as(desk, path_of(of), "{}");
    assert_status(&answer, 201);
    return (struct link){answer_text(&answer, "id"), answer_text(&answer, "token")};
}

static struct answer
see(const char *token)
{
    return get_as(token, "/v1/guest/booking");
}

static struct answer
cancel_with(const char *token, const char *body, const char *fields)
{
    return world_ask(
        world,
        &(struct ask){
            .method = "POST", .target = "/v1/guest/booking/cancel", .token = token, .body = body, .fields = fields});
}

static struct answer
cancel(const char *token, long long accepted_fee)
{
    return cancel_with(token, world_format(world, "{\"accepted_fee\":%lld}", accepted_fee), NULL);
}

static void
assert_shut(const char *token)
{
    struct answer answer = see(token);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = cancel(token, PRICE);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
}

static void
assert_open(const char *token)
{
    struct answer answer = see(token);
    assert_status(&answer, 200);
}

static const char *
status_of(const char *of)
{
    struct answer answer = world_get(world, "/v1/bookings/%s", of);
    assert_status(&answer, 200);
    return answer_text(&answer, "status");
}

/* -- its life -- */

static void
a_link_is_made_and_shown_once(void **state)
{
    (void)state;
    struct answer made = world_ask(world, &(struct ask){.method = "POST",
                                                        .target = path_of(booking),
                                                        .token = desk,
                                                        .body = "{}",
                                                        .fields = "Idempotency-Key: one\r\n"});
    assert_status(&made, 201);
    const char *token = answer_text(&made, "token");
    assert_string_equal(answer_text(&made, "url"), world_format(world, "/booking#%s", token));
    assert_string_equal(answer_text(&made, "booking_id"), booking);
    assert_string_equal(answer_text(&made, "expires_at"), "2026-12-18T00:00:00Z");
    struct answer again = world_ask(world, &(struct ask){.method = "POST",
                                                         .target = path_of(booking),
                                                         .token = desk,
                                                         .body = "{}",
                                                         .fields = "Idempotency-Key: one\r\n"});
    assert_problem(&again, 409, "SECRET_NOT_REPEATABLE");
    struct answer seen = get_as(desk, path_of(booking));
    assert_status(&seen, 200);
    assert_string_equal(answer_text(&seen, "id"), answer_text(&made, "id"));
    assert_null(strstr(seen.body.ptr, strrchr(token, '_')));
    assert_open(token);
}

static void
a_dry_run_makes_no_link(void **state)
{
    (void)state;
    struct answer answer = post_as(desk, world_format(world, "%s?dry_run=true", path_of(booking)), "{}");
    assert_status(&answer, 200);
    assert_null(answer_at(&answer, "token"));
    answer = get_as(desk, path_of(booking));
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
a_newer_link_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    struct link first = make_link(booking), second = make_link(booking);
    assert_shut(first.token);
    assert_open(second.token);
    struct answer seen = get_as(desk, path_of(booking));
    assert_string_equal(answer_text(&seen, "id"), second.id);
}

static void
a_link_is_withdrawn_in_its_version(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct ask ask = {.method = "DELETE", .target = path_of(booking), .token = desk};
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 428, "IF_MATCH_REQUIRED");
    ask.fields = "If-Match: \"7\"\r\n";
    answer = world_ask(world, &ask);
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    assert_open(link.token);
    ask.fields = "If-Match: \"1\"\r\nIdempotency-Key: gone\r\n";
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    assert_shut(link.token);
    struct answer again = world_ask(world, &ask);
    assert_status(&again, 200);
    assert_string_equal(again.body.ptr, answer.body.ptr);
    ask.fields = "If-Match: \"1\"\r\n";
    answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* 2026-12-18T00:00Z is 25 days and 14 hours from the beginning of each test. */
static void
a_link_lapses_two_weeks_after_the_departure(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    test_clock_advance_ms(&world->clock, 25 * DAY_MS + 14 * HOUR_MS - 1);
    assert_open(link.token);
    test_clock_advance_ms(&world->clock, 1);
    assert_shut(link.token);
    struct answer answer = post_as(desk, path_of(booking), "{}");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "already_over");
}

static void
a_stay_that_is_put_off_takes_its_link_along(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = world_patch(world, world_format(world, "/v1/bookings/%s", booking), 1,
                                       "{\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-04\"}");
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, 40 * DAY_MS);
    answer = see(link.token);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "arrival"), "2027-03-01");
    assert_string_equal(answer_text(&answer, "link_expires_at"), "2027-03-18T00:00:00Z");
}

static void
the_link_of_an_erased_guest_is_withdrawn_and_none_is_made_again(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = world_get(world, "/v1/bookings/%s", booking);
    const char *guest = world_format(world, "%s", answer_text(&answer, "guest/id"));
    answer = world_ask(world, &(struct ask){.method = "DELETE",
                                            .target = world_format(world, "/v1/guests/%s", guest),
                                            .token = manager,
                                            .fields = "If-Match: \"1\"\r\n"});
    assert_status(&answer, 200);
    assert_shut(link.token);
    answer = post_as(desk, path_of(booking), "{}");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "erased");
}

static struct answer
name_guest(int version, const char *guest)
{
    return world_patch(world, world_format(world, "/v1/bookings/%s", booking), version, "{\"guest\":%s}", guest);
}

/* Whoever had it is not who comes any more. */
static void
a_booking_with_another_guest_has_a_link_no_more(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = name_guest(1, "{\"name\":\"Grace Hopper\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "guest/name"), "Grace Hopper");
    assert_int_equal(answer_number(&answer, "version"), 2);
    assert_shut(link.token);
    assert_string_equal(status_of(booking), "CONFIRMED");
    answer = get_as(desk, path_of(booking));
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    assert_non_null(strstr(answer.body.ptr, "guest_link.withdrawn"));
    assert_open(make_link(booking).token);
    assert_shut(link.token);
    fixture_assert_in_order();
}

static void
a_guest_whose_address_is_corrected_keeps_their_link(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = name_guest(1, "{\"name\":\"Ada Lovelace\",\"phone\":\"+33 1 23 45 67 89\"}");
    assert_status(&answer, 200);
    answer = name_guest(2, "{\"name\":\"Ada Lovelace\",\"email\":\"lovelace@example.org\"}");
    assert_status(&answer, 200);
    assert_open(link.token);
    fixture_assert_in_order();
}

/* -- what its bearer may -- */

static void
a_guest_sees_what_concerns_them_and_nothing_else(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = see(link.token);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "property/time_zone"), "Europe/Paris");
    assert_string_equal(answer_text(&answer, "arrival"), "2026-12-01");
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_int_equal(answer_number(&answer, "party"), 2);
    assert_int_equal(answer_number(&answer, "price"), PRICE);
    static const char *const hidden[] = {"Ada",  "guest_id", "bkg_",       "gst_",  "prp_",
                                         "rmt_", "rom_",     "created_by", "claims"};
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (strstr(answer.body.ptr, hidden[i]) != NULL)
            fail_msg("%s is shown: %s", hidden[i], answer.body.ptr);
}

/* Arrival is at 2026-11-30T23:00Z, two days before which is a week and 13 hours from the beginning. */
static void
what_cancelling_costs_is_told_beforehand(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = see(link.token);
    assert_true(json_is_true(answer_at(&answer, "cancellation/allowed")));
    assert_int_equal(answer_number(&answer, "cancellation/fee"), 0);
    assert_string_equal(answer_text(&answer, "cancellation/free_until"), "2026-11-28T23:00:00Z");
    assert_int_equal(answer_number(&answer, "cancellation/fee_after"), PRICE / 2);
    test_clock_advance_ms(&world->clock, 6 * DAY_MS + 13 * HOUR_MS);
    answer = see(link.token);
    assert_int_equal(answer_number(&answer, "cancellation/fee"), PRICE / 2);
    assert_true(json_is_null(answer_at(&answer, "cancellation/free_until")));
    test_clock_advance_ms(&world->clock, 3 * DAY_MS);
    answer = see(link.token);
    assert_false(json_is_true(answer_at(&answer, "cancellation/allowed")));
    assert_string_equal(answer_text(&answer, "cancellation/refused_because"), "already_started");
}

/* Of a group the same person may have paid for others too. */
static void
what_was_paid_for_it_and_goes_back_is_told(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = see(link.token);
    assert_int_equal(answer_number(&answer, "paid"), 0);
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/payments", booking),
                     world_format(world, "{\"method\":\"cash\",\"amount\":%d}", PRICE));
    assert_status(&answer, 201);
    answer = see(link.token);
    assert_int_equal(answer_number(&answer, "paid"), PRICE);
    assert_int_equal(answer_number(&answer, "refund_due"), 0);
    answer = cancel(link.token, 0);
    assert_status(&answer, 200);
    answer = see(link.token);
    assert_int_equal(answer_number(&answer, "refunded"), 0);
    assert_int_equal(answer_number(&answer, "refund_due"), PRICE);
    struct answer list = get_as(desk, world_format(world, "/v1/bookings/%s/payments", booking));
    answer = post_as(desk, world_format(world, "/v1/payments/%s/refund", answer_text(&list, "items/0/id")),
                     world_format(world, "{\"amount\":%d,\"reason\":\"cancelled\"}", PRICE));
    assert_status(&answer, 200);
    answer = see(link.token);
    assert_int_equal(answer_number(&answer, "paid"), PRICE);
    assert_int_equal(answer_number(&answer, "refunded"), PRICE);
    assert_int_equal(answer_number(&answer, "refund_due"), 0);
}

static void
a_cancellation_in_time_is_free(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = cancel_with(link.token, "{\"accepted_fee\":0,\"reason\":\"we are ill\"}", NULL);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CANCELLED");
    assert_true(json_is_null(answer_at(&answer, "fee")));
    assert_string_equal(status_of(booking), "CANCELLED");
    answer = see(link.token);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CANCELLED");
    assert_string_equal(answer_text(&answer, "cancellation/refused_because"), "status");
    answer = cancel(link.token, 0);
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    answer = world_get(world, "/v1/bookings/%s/events", booking);
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.cancelled");
    assert_string_equal(answer_text(&answer, "items/1/actor"), link.id);
    assert_string_equal(answer_text(&answer, "items/1/reason"), "we are ill");
}

static void
a_late_cancellation_costs_what_the_guest_agreed_to(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    test_clock_advance_ms(&world->clock, 6 * DAY_MS + 13 * HOUR_MS);
    struct answer answer = cancel(link.token, PRICE / 2 - 1);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "fee_higher");
    assert_int_equal(answer_number(&answer, "limits/fee"), PRICE / 2);
    assert_string_equal(status_of(booking), "CONFIRMED");
    answer = cancel(link.token, PRICE / 2);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "fee"), PRICE / 2);
    answer = see(link.token);
    assert_int_equal(answer_number(&answer, "fee"), PRICE / 2);
}

static void
nobody_cancels_by_link_what_has_begun(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    test_clock_advance_ms(&world->clock, 9 * DAY_MS);
    struct answer answer = cancel(link.token, PRICE);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "already_started");
}

static void
a_guest_can_neither_waive_a_fee_nor_ask_for_a_refund(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer =
        cancel_with(link.token, "{\"accepted_fee\":0,\"waive_fee\":true,\"reason\":\"please\"}", NULL);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/waive_fee");
    answer = cancel_with(link.token, "{\"accepted_fee\":0,\"refund\":true}", NULL);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/refund");
    answer = cancel_with(link.token, "{}", NULL);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/accepted_fee");
    assert_string_equal(status_of(booking), "CONFIRMED");
}

static void
the_same_key_has_its_effect_once(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer first =
        cancel_with(link.token, "{\"accepted_fee\":0}", "Idempotency-Key: once\r\nIf-Match: \"1\"\r\n");
    assert_status(&first, 200);
    struct answer second =
        cancel_with(link.token, "{\"accepted_fee\":0}", "Idempotency-Key: once\r\nIf-Match: \"1\"\r\n");
    assert_status(&second, 200);
    assert_string_equal(second.body.ptr, first.body.ptr);
    second = cancel_with(link.token, "{\"accepted_fee\":5}", "Idempotency-Key: once\r\n");
    assert_problem(&second, 422, "IDEMPOTENCY_KEY_REUSED");
    struct answer made = book("Grace Hopper", "2026-12-01", "2026-12-04");
    struct link other = make_link(answer_text(&made, "id"));
    struct answer theirs = cancel_with(other.token, "{\"accepted_fee\":0}", "Idempotency-Key: once\r\n");
    assert_status(&theirs, 200);
    assert_string_not_equal(answer_text(&theirs, "code"), answer_text(&first, "code"));
}

static void
a_booking_that_was_changed_is_not_cancelled_unseen(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer =
        world_patch(world, world_format(world, "/v1/bookings/%s", booking), 1, "{\"departure\":\"2026-12-05\"}");
    assert_status(&answer, 200);
    answer = cancel_with(link.token, "{\"accepted_fee\":0}", "If-Match: \"1\"\r\n");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    assert_string_equal(status_of(booking), "CONFIRMED");
}

/* -- what nobody may by it -- */

/* Each half of a link is worth nothing without the other, and all that is wrong is told alike. */
static void
half_a_link_opens_nothing_and_tells_nothing(void **state)
{
    (void)state;
    struct answer made = book("Grace Hopper", "2026-12-01", "2026-12-04");
    struct link ada = make_link(booking), grace = make_link(answer_text(&made, "id"));
    int head = SECRET_LEN - SECRET_CHARS;
    const char *spliced = world_format(world, "%.*s%s", head, ada.token, grace.token + head);
    const char *as_token = world_format(world, "nlt%s", ada.token + 3);
    const char *cut = world_format(world, "%.*s", (int)strlen(ada.token) - 1, ada.token);
    const char *bad[] = {spliced, as_token, cut, desk, "", world_format(world, "%sa", ada.token)};
    char first[512] = "";
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct answer answer = see(bad[i]);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
        if (first[0] == '\0')
            (void)snprintf(first, sizeof(first), "%s", answer_text(&answer, "detail"));
        assert_string_equal(answer_text(&answer, "detail"), first);
    }
    struct answer none = see(NULL);
    assert_problem(&none, 401, "UNAUTHENTICATED");
    assert_open(ada.token);
}

/* That all other routes refuse it is walked through by route_role_test; here those of its own booking. */
static void
a_link_opens_no_other_door(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer made = book("Grace Hopper", "2026-12-01", "2026-12-04");
    const char *const paths[] = {
        world_format(world, "/v1/bookings/%s", booking),
        world_format(world, "/v1/bookings/%s", answer_text(&made, "id")),
        world_format(world, "/v1/bookings/%s/events", booking),
        world_format(world, "/v1/bookings?property_id=%s", house.property),
        world_format(world, "/v1/events?property_id=%s", house.property),
        path_of(booking),
        "/v1/me",
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct answer answer = get_as(link.token, paths[i]);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    struct answer answer = post_as(link.token, world_format(world, "/v1/bookings/%s/cancel", booking), "{}");
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    assert_string_equal(status_of(booking), "CONFIRMED");
}

static void
nobody_can_hold_the_role_of_a_guest(void **state)
{
    (void)state;
    struct answer answer =
        world_post(world, "/v1/tokens", "{\"property_id\":\"%s\",\"role\":\"guest\",\"name\":\"t\"}", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/role");
    answer = world_post(world, "/v1/invitations",
                        "{\"property_id\":\"%s\",\"role\":\"guest\",\"email\":\"g@example.org\"}", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/role");
}

static void
guesses_count_for_the_limit_of_their_address(void **state)
{
    (void)state;
    world_free(world);
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    settings.limits.anonymous = (struct limit_rate){.per_second = 1, .burst = 3};
    fixture_begin(&settings);
    char guess[SECRET_SIZE], id[ID_TEXT_SIZE];
    id_format(ID_GUEST_LINK, house.number, (struct id){1, 2}, id);
    (void)snprintf(guess, sizeof(guess), "nlg_%s_%052d", id + ID_PREFIX_LEN + 1, 0);
    for (int i = 0; i < 3; i++) {
        struct answer answer = see(guess);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    struct answer answer = see(guess);
    assert_problem(&answer, 429, "RATE_LIMITED");
}

/* -- what stays of it -- */

static void
links_of_all_ends_leave_a_sound_store(void **state)
{
    (void)state;
    struct answer answer, grace = book("Grace Hopper", "2026-12-01", "2026-12-04");
    (void)make_link(booking);
    answer = cancel(make_link(booking).token, 0);
    assert_status(&answer, 200);
    (void)make_link(answer_text(&grace, "id"));
    answer =
        world_ask(world, &(struct ask){.method = "DELETE",
                                       .target = world_format(world, "/v1/guests/%s", answer_text(&grace, "guest/id")),
                                       .token = manager,
                                       .fields = "If-Match: \"1\"\r\n"});
    assert_status(&answer, 200);
    fixture_assert_in_order();
}

static bool
file_has(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    static char bytes[16 << 20];
    size_t len = fread(bytes, 1, sizeof(bytes), file);
    assert_int_equal(fclose(file), 0);
    return memmem(bytes, len, text, strlen(text)) != NULL;
}

/* Backups are copies of these files, and the log is in them. */
static void
the_secret_is_in_no_file_and_no_event(void **state)
{
    (void)state;
    struct link link = make_link(booking);
    struct answer answer = cancel(link.token, 0);
    assert_status(&answer, 200);
    const char *secret = strrchr(link.token, '_') + 1;
    const char *log = world_format(world, "%s/world.db-wal", world->scratch.path);
    assert_false(file_has(world_format(world, "%s/world.db", world->scratch.path), secret));
    assert_false(file_has(log, secret));
    assert_true(file_has(log, "guest_link.created")); /* this is where it would be */
    answer = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    assert_null(strstr(answer.body.ptr, secret));
    assert_non_null(strstr(answer.body.ptr, "guest_link.created"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_is_made_and_shown_once, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_makes_no_link, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_newer_link_takes_the_place_of_the_one_before, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_withdrawn_in_its_version, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_link_lapses_two_weeks_after_the_departure, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_stay_that_is_put_off_takes_its_link_along, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_link_of_an_erased_guest_is_withdrawn_and_none_is_made_again, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_booking_with_another_guest_has_a_link_no_more, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_whose_address_is_corrected_keeps_their_link, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_sees_what_concerns_them_and_nothing_else, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_cancelling_costs_is_told_beforehand, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_was_paid_for_it_and_goes_back_is_told, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_cancellation_in_time_is_free, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_late_cancellation_costs_what_the_guest_agreed_to, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(nobody_cancels_by_link_what_has_begun, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_can_neither_waive_a_fee_nor_ask_for_a_refund, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_same_key_has_its_effect_once, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_booking_that_was_changed_is_not_cancelled_unseen, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(half_a_link_opens_nothing_and_tells_nothing, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_link_opens_no_other_door, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(nobody_can_hold_the_role_of_a_guest, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guesses_count_for_the_limit_of_their_address, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(links_of_all_ends_leave_a_sound_store, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_secret_is_in_no_file_and_no_event, setup, fixture_tear_down),
    };
    return test_run("api/guest_link", tests);
}
