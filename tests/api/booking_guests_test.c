/* Who comes along with a booking, over HTTP: named, shown with it wherever it is shown, found by, and taken out again.
 */
#include <sqlite3.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *desk, *manager, *booker, *booking;

static const char *
book_from(const char *arrival, const char *token, int party)
{
    const char *body = world_format(world,
                                    "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\","
                                    "\"departure\":\"2026-11-25\",\"party\":%d,\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                    house.property, house.type, arrival, party);
    struct answer answer = post_as(token, "/v1/bookings", body);
    assert_status(&answer, 201);
    assert_int_equal(json_array_size(answer_at(&answer, "guests")), 1);
    return answer_text(&answer, "id");
}

static const char *
book_as(const char *token, int party)
{
    return book_from("2026-11-22", token, party);
}

/* A double for two, and Ada alone in it so far. */
static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, true);
    booker = fixture_caller(ROLE_BOOKER, true);
    booking = book_as(desk, 2);
    return 0;
}

static struct answer
look(void)
{
    return world_get(world, "/v1/bookings/%s", booking);
}

static struct answer
name_as(const char *token, const char *guest)
{
    return post_as(token, world_format(world, "/v1/bookings/%s/guests", booking),
                   world_format(world, "{\"guest\":%s}", guest));
}

/* The id of somebody new who comes along. */
static const char *
name(const char *who)
{
    struct answer answer = name_as(desk, world_format(world, "{\"name\":\"%s\"}", who));
    assert_status(&answer, 200);
    json_t *guests = answer_at(&answer, "guests");
    for (size_t i = 1; i < json_array_size(guests); i++) {
        const json_t *guest = json_array_get(guests, i);
        if (strcmp(json_string_value(json_object_get(guest, "name")), who) == 0)
            return json_string_value(json_object_get(guest, "id"));
    }
    fail_msg("%s is not named", who);
    return NULL;
}

static struct answer
take_out(const char *guest, const char *fields)
{
    return world_ask(world, &(struct ask){.method = "DELETE",
                                          .target = world_format(world, "/v1/bookings/%s/guests/%s", booking, guest),
                                          .token = desk,
                                          .fields = fields});
}

static struct answer
act(const char *command, const char *body)
{
    return post_as(manager, world_format(world, "/v1/bookings/%s/%s", booking, command), body);
}

/* -- naming -- */

static void
who_comes_along_is_shown_with_the_booking(void **state)
{
    (void)state;
    struct answer answer = look();
    assert_int_equal(json_array_size(answer_at(&answer, "guests")), 1);
    assert_null(answer_at(&answer, "companion_ids"));
    answer = name_as(desk, "{\"name\":\"Grace Hopper\",\"email\":\"grace@example.org\"}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "version"), 2);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"2\"");
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "guests/0/name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "guests/0/id"), answer_text(&answer, "guest_id"));
    assert_string_equal(answer_text(&answer, "guests/1/name"), "Grace Hopper");
    assert_string_equal(answer_text(&answer, "guests/1/email"), "grace@example.org");
    assert_string_equal(answer_text(&answer, "guests/1/id"), answer_text(&answer, "companion_ids/0"));
    struct answer read = look();
    assert_true(json_equal(answer_at(&read, "guests"), answer_at(&answer, "guests")));
    struct answer list = world_get(world, "/v1/bookings?property_id=%s", house.property);
    assert_true(json_equal(answer_at(&list, "items/0/guests"), answer_at(&answer, "guests")));
    struct answer guest = world_get(world, "/v1/guests/%s", answer_text(&answer, "guests/1/id"));
    assert_string_equal(answer_text(&guest, "name"), "Grace Hopper");
    fixture_assert_in_order();
}

/* Whatever has become of the booking since, it is the answer of the first time. */
static void
the_same_request_again_names_nobody_twice(void **state)
{
    (void)state;
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/bookings/%s/guests", booking),
                      .token = desk,
                      .fields = "Idempotency-Key: once\r\n",
                      .body = "{\"guest\":{\"name\":\"Grace Hopper\"}}"};
    struct answer first = world_ask(world, &ask), again = world_ask(world, &ask);
    assert_status(&first, 200);
    assert_true(str_equal(first.body, again.body));
    struct answer answer = take_out(answer_text(&first, "companion_ids/0"), NULL);
    assert_status(&answer, 200);
    again = world_ask(world, &ask);
    assert_true(str_equal(first.body, again.body));
    answer = look();
    assert_int_equal(json_array_size(answer_at(&answer, "guests")), 1);
}

static void
a_dry_run_shows_who_would_be_named(void **state)
{
    (void)state;
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/guests?dry_run=true", booking),
                                   "{\"guest\":{\"name\":\"Grace Hopper\",\"phone\":\"+1 2\"}}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "guests/0/name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "guests/1/name"), "Grace Hopper");
    assert_string_equal(answer_text(&answer, "guests/1/phone"), "+1 2");
    answer = look();
    assert_int_equal(json_array_size(answer_at(&answer, "guests")), 1);
    assert_int_equal(answer_number(&answer, "version"), 1);
}

static void
who_is_known_is_named_by_id(void **state)
{
    (void)state;
    struct answer other = world_get(world, "/v1/bookings/%s", book_as(desk, 1)), answer = look();
    const char *lead = world_format(world, "{\"id\":\"%s\"}", answer_text(&answer, "guest/id"));
    const char *known = world_format(world, "{\"id\":\"%s\"}", answer_text(&other, "guest/id"));
    answer = name_as(desk, lead);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/guest/id");
    answer = name_as(desk, known);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "companion_ids/0"), answer_text(&other, "guest/id"));
    answer = name_as(desk, known);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/guest/id");
    const char *never = world_format(world, "gst_%s", answer_text(&other, "id") + 4); /* a booking's number */
    answer = name_as(desk, world_format(world, "{\"id\":\"%s\"}", never));
    assert_pointer(&answer, 404, "NOT_FOUND", "/guest/id");
    answer = name_as(desk, world_format(world, "{\"id\":\"%s\",\"name\":\"Grace\"}", answer_text(&other, "guest/id")));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/guest/name");
    answer = name_as(desk, "{\"email\":\"grace@example.org\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/guest/name");
    answer = act("guests", "{}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/guest");
}

static void
no_more_are_named_than_the_party_has(void **state)
{
    (void)state;
    const char *grace = name("Grace Hopper");
    struct answer answer = name_as(desk, "{\"name\":\"Mary Somerville\"}");
    assert_problem(&answer, 409, "TOO_MANY_GUESTS");
    assert_int_equal(answer_number(&answer, "limits/party"), 2);
    answer = world_patch(world, world_format(world, "/v1/bookings/%s", booking), 2, "{\"party\":1}");
    assert_problem(&answer, 409, "TOO_MANY_GUESTS");
    assert_int_equal(answer_number(&answer, "limits/party"), 2);
    answer = take_out(grace, NULL);
    assert_status(&answer, 200);
    answer = world_patch(world, world_format(world, "/v1/bookings/%s", booking), 3, "{\"party\":1}");
    assert_status(&answer, 200);
    answer = name_as(desk, "{\"name\":\"Mary Somerville\"}");
    assert_problem(&answer, 409, "TOO_MANY_GUESTS");
}

static void
who_does_not_come_after_all_is_taken_out(void **state)
{
    (void)state;
    const char *grace = name("Grace Hopper");
    struct answer answer = look();
    const char *ada = answer_text(&answer, "guest/id");
    answer = take_out(ada, NULL);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "lead_guest");
    answer = take_out(grace, "If-Match: \"1\"\r\n");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    answer = take_out(grace, "If-Match: \"2\"\r\n");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "version"), 3);
    assert_int_equal(json_array_size(answer_at(&answer, "guests")), 1);
    assert_null(answer_at(&answer, "companion_ids"));
    answer = take_out(grace, NULL);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_get(world, "/v1/bookings/%s/events", booking);
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.guest_added");
    assert_string_equal(answer_text(&answer, "items/2/kind"), "booking.guest_removed");
    assert_null(strstr(answer.body.ptr, "Hopper"));
    fixture_assert_in_order();
}

static void
a_slot_has_guests_as_a_stay_does(void **state)
{
    (void)state;
    struct answer answer =
        world_post(world, "/v1/bookings",
                   "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"starts_at\":\"2026-11-22T11:00:00Z\","
                   "\"ends_at\":\"2026-11-22T12:00:00Z\",\"party\":3,\"guest\":{\"name\":\"Ada\"}}",
                   house.property, house.slot_room[0]);
    assert_status(&answer, 201);
    booking = answer_text(&answer, "id");
    (void)name("Grace Hopper");
    (void)name("Mary Somerville");
    test_clock_advance_ms(&world->clock, INT64_C(2) * 3600000);
    answer = take_out(answer_text(&answer, "guest/id"), NULL);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    answer = look();
    answer = take_out(answer_text(&answer, "companion_ids/0"), NULL);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "already_over");
}

/* -- what becomes of them -- */

static void
assert_two_named(const struct answer *answer, int status)
{
    assert_status(answer, status);
    assert_int_equal(json_array_size(answer_at(answer, "guests")), 2);
    assert_string_equal(answer_text(answer, "guests/0/name"), "Ada Lovelace");
    assert_string_equal(answer_text(answer, "guests/1/name"), "Grace Hopper");
}

/* R6: moving and checking out take them along, and so does what is undone. */
static void
they_go_wherever_the_booking_goes(void **state)
{
    (void)state;
    (void)name("Grace Hopper");
    for (int i = 0; i < 2; i++) {
        struct answer inspected =
            post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[i]), "{\"result\":\"pass\"}");
        assert_status(&inspected, 200);
    }
    const char *first = world_format(world, "{\"room_id\":\"%s\"}", house.room[0]);
    struct answer answer = act("check-in", first);
    assert_two_named(&answer, 200);
    answer = act("undo-check-in", "{}");
    assert_two_named(&answer, 200);
    answer = post_as(desk, world_format(world, "/v1/rooms/%s/start-cleaning", house.room[0]), "{}");
    answer =
        act("check-in", world_format(world, "{\"room_id\":\"%s\",\"override\":true,\"reason\":\"they were in it\"}",
                                     house.room[0]));
    assert_two_named(&answer, 200);
    answer = act("move", world_format(world, "{\"to_room_id\":\"%s\"}", house.room[1]));
    assert_two_named(&answer, 200);
    answer = world_get(world, "/v1/rooms/%s", house.room[1]);
    assert_string_equal(answer_text(&answer, "occupied_by"), booking);
    answer = act("check-out", "{}");
    assert_two_named(&answer, 200);
    answer = name_as(desk, "{\"name\":\"Mary Somerville\"}");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    answer = act("undo-check-out", "{}");
    assert_two_named(&answer, 200);
    fixture_assert_in_order();
}

static size_t
count_found(const char *words)
{
    struct answer answer = world_get(world, "/v1/bookings?property_id=%s&guest=%s", house.property, words);
    assert_status(&answer, 200);
    return json_array_size(answer_at(&answer, "items"));
}

/* A part of the words is complete, so that the index of them is asked and not only the guests' rows. */
static void
complete_a_part(void)
{
    struct answer stock =
        world_ask(world, &(struct ask){.method = "PUT",
                                       .target = "/v1/inventory",
                                       .token = world->owner,
                                       .body = world_format(world,
                                                            "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\","
                                                            "\"until\":\"2027-03-07\",\"units\":1000}",
                                                            house.studio)});
    assert_status(&stock, 200);
    for (int i = 0; i < 11; i++) {
        struct answer crowd = world_post(world, "/v1/bookings",
                                         "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"quantity\":50,"
                                         "\"arrival\":\"2027-03-05\",\"departure\":\"2027-03-06\","
                                         "\"guest\":{\"name\":\"Crowd\"}}",
                                         house.property, house.studio);
        assert_status(&crowd, 201);
    }
}

static void
a_booking_is_found_by_who_comes_along(void **state)
{
    (void)state;
    const char *grace = name("Grace Hopper");
    assert_int_equal(count_found("hopper"), 1);
    assert_int_equal(count_found("ada+hopper"), 0); /* two people */
    complete_a_part();
    assert_int_equal(count_found("grace+hop"), 1);
    struct answer answer = look();
    const char *code = answer_text(&answer, "code");
    answer = world_get(world, "/v1/bookings?property_id=%s&code=%s&guest=hopper", house.property, code);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    fixture_assert_in_order();
    answer = take_out(grace, NULL);
    assert_status(&answer, 200);
    assert_int_equal(count_found("hopper"), 0);
    answer = world_get(world, "/v1/bookings?property_id=%s&code=%s&guest=hopper", house.property, code);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    (void)name("Mary Somerville"); /* once the part is complete */
    assert_int_equal(count_found("somerville"), 1);
    assert_int_equal(count_found("lovelace"), 1);
    fixture_assert_in_order();
}

static void
a_guest_has_the_history_of_what_they_come_along_with(void **state)
{
    (void)state;
    const char *grace = name("Grace Hopper");
    struct answer answer = get_as(desk, world_format(world, "/v1/guests/%s/events", grace));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/0/kind"), "booking.created");
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.guest_added");
}

/* Erased or renamed, they are still in the room, and nothing about the booking is lost with them. */
static void
who_is_erased_still_comes_along(void **state)
{
    (void)state;
    const char *grace = name("Grace Hopper");
    complete_a_part();
    struct answer answer =
        world_patch(world, world_format(world, "/v1/guests/%s", grace), 1, "{\"name\":\"Grace Murray\"}");
    assert_status(&answer, 200);
    assert_int_equal(count_found("murray"), 1);
    assert_int_equal(count_found("hopper"), 0);
    assert_int_equal(count_found("lovelace"), 1);
    answer = act("cancel", "{\"reason\":\"Ada is ill\"}");
    assert_status(&answer, 200);
    answer = world_ask(world, &(struct ask){.method = "DELETE",
                                            .target = world_format(world, "/v1/guests/%s", grace),
                                            .token = manager,
                                            .fields = "If-Match: \"2\"\r\n"});
    assert_status(&answer, 200);
    assert_int_equal(count_found("murray"), 0);
    assert_int_equal(count_found("lovelace"), 1);
    answer = look();
    assert_string_equal(answer_text(&answer, "guests/1/name"), "Erased guest");
    assert_string_equal(answer_text(&answer, "guests/1/id"), grace);
    answer = world_get(world, "/v1/bookings/%s/events", booking);
    assert_string_equal(answer_text(&answer, "items/2/reason"), "Ada is ill");
    booking = book_as(desk, 2);
    answer = name_as(desk, world_format(world, "{\"id\":\"%s\"}", grace));
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "erased");
    fixture_assert_in_order();
}

static int
count_words(const char *word)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(world_format(world, "%s/world.db", world->scratch.path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM booking_word WHERE word = ?1", -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(stmt, 1, word, -1, SQLITE_TRANSIENT), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int count = sqlite3_column_int(stmt, 0);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return count;
}

/* Nobody would find them any more who erases them later. */
static void
of_who_is_taken_out_no_word_is_left(void **state)
{
    (void)state;
    const char *grace = name("Grace Hopper");
    complete_a_part();
    assert_int_equal(count_words("hopper"), 1);
    assert_int_equal(count_words("lovelace"), 1);
    struct answer answer = take_out(grace, NULL);
    assert_status(&answer, 200);
    assert_int_equal(count_words("hopper"), 0);
    assert_int_equal(count_words("lovelace"), 1);
}

/* -- for whom -- */

static void
staff_name_guests_and_whoever_booked_sees_them(void **state)
{
    (void)state;
    booking = book_from("2026-11-24", booker, 2);
    struct answer answer = name_as(booker, "{\"name\":\"Grace Hopper\"}");
    assert_problem(&answer, 403, "FORBIDDEN");
    (void)name("Grace Hopper");
    answer = get_as(booker, world_format(world, "/v1/bookings/%s", booking));
    assert_two_named(&answer, 200);
    answer = act("guest-link", "{}");
    assert_status(&answer, 201);
    const char *token = answer_text(&answer, "token");
    answer = get_as(token, "/v1/guest/booking");
    assert_status(&answer, 200);
    assert_null(strstr(answer.body.ptr, "Hopper"));
    assert_null(answer_at(&answer, "guests"));
    assert_null(answer_at(&answer, "companion_ids"));
    answer = post_as(token, "/v1/guest/booking/cancel", "{\"accepted_fee\":0}");
    assert_status(&answer, 200);
    assert_null(answer_at(&answer, "companion_ids"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_comes_along_is_shown_with_the_booking, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_same_request_again_names_nobody_twice, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_shows_who_would_be_named, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_is_known_is_named_by_id, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(no_more_are_named_than_the_party_has, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_does_not_come_after_all_is_taken_out, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_slot_has_guests_as_a_stay_does, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(they_go_wherever_the_booking_goes, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_booking_is_found_by_who_comes_along, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_has_the_history_of_what_they_come_along_with, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_is_erased_still_comes_along, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(of_who_is_taken_out_no_word_is_left, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(staff_name_guests_and_whoever_booked_sees_them, setup, fixture_tear_down),
    };
    return test_run("api/booking_guests", tests);
}
