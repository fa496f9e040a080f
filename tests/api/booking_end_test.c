/* How bookings end before anybody came, over HTTP: approval, no-show, reinstatement. */
#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booker, *desk;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    booker = fixture_caller(ROLE_BOOKER, true);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    return 0;
}

static struct answer
book_as(const char *token, const char *what, const char *from, const char *until)
{
    struct answer answer = post_as(token, "/v1/bookings",
                                   world_format(world,
                                                "{\"property_id\":\"%s\",%s,\"arrival\":\"%s\",\"departure\":\"%s\","
                                                "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                                house.property, what, from, until));
    assert_status(&answer, 201);
    return answer;
}

static const char *
in_room(int number)
{
    return world_format(world, "\"room_id\":\"%s\"", house.room[number]);
}

static struct answer
step(const char *token, const struct answer *booking, const char *command, const char *body)
{
    return post_as(token, world_format(world, "/v1/bookings/%s/%s", answer_text(booking, "id"), command), body);
}

static void
ask_for_approval(void)
{
    struct answer answer = world_get(world, "/v1/room-types/%s", house.type);
    answer = world_patch(world, world_format(world, "/v1/room-types/%s", house.type),
                         (int)answer_number(&answer, "version"), "{\"needs_approval\":true}");
    assert_status(&answer, 200);
}

static long long
free_on(const char *date)
{
    struct answer answer = world_get(world, "/v1/inventory?room_type_id=%s&from=%s&until=2027-03-09", house.type, date);
    return answer_number(&answer, "nights/0/free");
}

static void
a_pending_approval_holds_its_stock_until_somebody_says_yes_or_no(void **state)
{
    (void)state;
    ask_for_approval();
    struct answer yes = book_as(booker, in_room(0), "2027-03-01", "2027-03-02");
    struct answer no = book_as(booker, in_room(1), "2027-03-01", "2027-03-02");
    assert_string_equal(answer_text(&no, "status"), "PENDING_APPROVAL");
    assert_int_equal(free_on("2027-03-01"), 0);
    struct answer answer = step(booker, &yes, "approve", "{}");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = step(desk, &yes, "approve", "{\"reason\":\"a regular\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    answer = step(desk, &no, "decline", "{\"reason\":\"the hall is being painted\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "DECLINED");
    assert_true(json_is_null(answer_at(&answer, "expires_at")));
    assert_int_equal(free_on("2027-03-01"), 1);
    answer = world_get(world, "/v1/bookings/%s/events", answer_text(&no, "id"));
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.declined");
    assert_string_equal(answer_text(&answer, "items/1/reason"), "the hall is being painted");
    answer = step(desk, &no, "approve", "{}");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
}

static void
guests_who_do_not_come_are_given_up_and_taken_up_again(void **state)
{
    (void)state;
    struct answer stay = book_as(desk, in_room(0), "2026-11-22", "2026-11-25");
    struct answer later = book_as(desk, in_room(1), "2026-11-23", "2026-11-25");
    struct answer answer = step(desk, &later, "no-show", "{}");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "before_arrival");
    assert_string_equal(answer_text(&answer, "limits/first_day"), "2026-11-23");
    answer = step(booker, &stay, "no-show", "{}");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = step(desk, &stay, "no-show", "{\"reason\":\"nobody came\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "NO_SHOW");
    assert_string_equal(answer_text(&answer, "lost_room_id"), house.room[0]);
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    const char *type = world_format(world, "\"room_type_id\":\"%s\",\"quantity\":2", house.type);
    struct answer others = book_as(desk, type, "2026-11-22", "2026-11-23");
    answer = step(desk, &stay, "reinstate", "{}");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "nights/0"), "2026-11-22");
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", answer_text(&others, "bookings/0/id")), "{}");
    assert_status(&answer, 200);
    answer = step(desk, &stay, "reinstate", "{\"reason\":\"a late train\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_null(answer_at(&answer, "lost_room_id"));
}

static void
a_repeated_request_is_told_the_same(void **state)
{
    (void)state;
    struct answer stay = book_as(desk, in_room(0), "2026-11-22", "2026-11-25");
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/bookings/%s/no-show", answer_text(&stay, "id")),
                      .token = desk,
                      .body = "{}",
                      .fields = "Idempotency-Key: once\r\n"};
    struct answer first = world_ask(world, &ask), second = world_ask(world, &ask);
    assert_status(&first, 200);
    assert_true(str_equal(first.body, second.body));
}

/* -- what it costs -- */

static void
set_policy(void)
{
    struct answer answer = world_get(world, "/v1/properties/%s", house.property);
    answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property),
                         (int)answer_number(&answer, "version"),
                         "{\"cancellation_window_h\":24,\"cancellation_fee_percent\":50,\"no_show_fee_percent\":80}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "cancellation_window_h"), 24);
    assert_int_equal(answer_number(&answer, "no_show_fee_percent"), 80);
}

static struct answer
book_for(const char *price, const char *from, const char *until)
{
    return book_as(desk, world_format(world, "%s,\"price\":%s", in_room(0), price), from, until);
}

/* Midnight in Paris, not in Greenwich: 24 hours before the 24th are the 22nd at 23:00Z. */
static void
the_window_ends_by_the_hours_of_the_property(void **state)
{
    (void)state;
    set_policy();
    test_clock_advance_ms(&world->clock, 13 * INT64_C(3600000) - 1);
    struct answer booking = book_for("10001", "2026-11-24", "2026-11-25");
    struct answer answer = step(desk, &booking, "cancel", "{}");
    assert_status(&answer, 200);
    assert_null(answer_at(&answer, "fee"));
    test_clock_advance_ms(&world->clock, 1);
    booking = book_for("10001", "2026-11-24", "2026-11-25");
    answer = step(desk, &booking, "cancel", "{}");
    assert_int_equal(answer_number(&answer, "fee"), 5000);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_int_equal(answer_number(&answer, "fee"), 5000);
}

static void
fees_and_refunds_are_the_staff_s_to_change(void **state)
{
    (void)state;
    set_policy();
    struct answer booking = book_as(booker, in_room(0), "2026-11-23", "2026-11-24");
    struct answer answer = step(booker, &booking, "cancel", "{\"refund\":false}");
    assert_pointer(&answer, 403, "FORBIDDEN", "/refund");
    answer = step(booker, &booking, "cancel", "{\"waive_fee\":true,\"reason\":\"please\"}");
    assert_pointer(&answer, 403, "FORBIDDEN", "/waive_fee");
    answer = step(desk, &booking, "cancel", "{\"refund\":\"all\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/refund");
    answer = step(desk, &booking, "cancel", "{\"refund\":0}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/refund");
    answer = step(booker, &booking, "cancel", "{}");
    assert_status(&answer, 200);
    booking = book_for("10001", "2026-11-23", "2026-11-25");
    answer = step(desk, &booking, "cancel", "{\"waive_fee\":true}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = step(desk, &booking, "payments", "{\"method\":\"cash\",\"amount\":1000}");
    assert_status(&answer, 201);
    answer = step(desk, &booking, "cancel", "{\"waive_fee\":true,\"reason\":\"no heating\",\"refund\":700}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "waived_fee"), 5000);
    assert_int_equal(answer_number(&answer, "asked_refund"), 700);
    assert_null(answer_at(&answer, "fee"));
}

static void
guests_who_do_not_come_pay_their_part(void **state)
{
    (void)state;
    set_policy();
    struct answer booking = book_for("10001", "2026-11-22", "2026-11-24");
    struct answer answer = step(desk, &booking, "no-show", "{}");
    assert_int_equal(answer_number(&answer, "fee"), 8000);
    answer = step(desk, &booking, "reinstate", "{}");
    assert_null(answer_at(&answer, "fee"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pending_approval_holds_its_stock_until_somebody_says_yes_or_no, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_who_do_not_come_are_given_up_and_taken_up_again, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_request_is_told_the_same, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_window_ends_by_the_hours_of_the_property, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(fees_and_refunds_are_the_staff_s_to_change, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_who_do_not_come_pay_their_part, setup, fixture_tear_down),
    };
    return test_run("api/booking_end", tests);
}
