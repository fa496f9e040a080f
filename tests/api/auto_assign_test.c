/* Rooms for those who arrive, over HTTP: for one booking, for all of a day, tried first, repeated, and in part. */
#include "tests/api/fixture.h"
#include "tests/unit/test.h"

/* Everybody stays from 1 March on in the small house, which has two rooms; who books first is the older. */
static const char *
book(const char *until)
{
    test_clock_advance_ms(&world->clock, 1);
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                      "\"departure\":\"%s\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                      house.property, house.type, until);
    assert_status(&answer, 201);
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    return answer_text(&answer, "id");
}

static struct answer
assign(const char *booking, const char *body)
{
    return world_ask(world, &(struct ask){.method = "POST",
                                          .target = world_format(world, "/v1/bookings/%s/auto-assign", booking),
                                          .token = world->owner,
                                          .body = body});
}

static struct answer
assign_day(const char *query, const char *more, const char *fields)
{
    return world_ask(world,
                     &(struct ask){.method = "POST",
                                   .target = world_format(world, "/v1/bookings:auto-assign%s", query),
                                   .token = world->owner,
                                   .body = world_format(world, "{\"property_id\":\"%s\",\"date\":\"2027-03-01\"%s}",
                                                        house.property, more),
                                   .fields = fields});
}

static bool
has_room(const char *booking)
{
    struct answer answer = world_get(world, "/v1/bookings/%s", booking);
    return !json_is_null(answer_at(&answer, "room_id"));
}

static void
a_booking_is_shown_with_the_room_it_got(void **state)
{
    (void)state;
    const char *booking = book("2027-03-03");
    struct answer answer = assign(booking, "{}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    assert_true(json_is_false(answer_at(&answer, "claims/0/pinned")));
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    assert_int_equal(answer_number(&answer, "version"), 2);
    struct answer again = assign(booking, "{}");
    assert_true(str_equal(answer.body, again.body));
    answer = world_get(world, "/v1/bookings/%s/events", booking);
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.assigned");
}

static void
what_is_wished_for_is_had_where_it_can_be(void **state)
{
    (void)state;
    struct answer answer = world_patch(world, world_format(world, "/v1/rooms/%s", house.room[1]), 1,
                                       "{\"building\":\"Annex\",\"features\":[\"terrace\"]}");
    assert_status(&answer, 200);
    answer = assign(book("2027-03-02"), "{\"features\":[\"terrace\"]}");
    assert_string_equal(answer_text(&answer, "room_id"), house.room[1]);
    answer = assign(book("2027-03-02"), "{\"building\":\"Annex\"}"); /* which is taken */
    assert_string_equal(answer_text(&answer, "room_id"), house.room[0]);
    answer = assign(answer_text(&answer, "id"), "{\"features\":\"terrace\"}");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
}

static void
all_of_a_day_get_rooms_in_one_request_or_in_several(void **state)
{
    (void)state;
    const char *one = book("2027-03-02"), *two = book("2027-03-04");
    struct answer answer = assign_day("?dry_run=true", "", NULL);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "assigned"), 2);
    assert_true(json_is_null(answer_at(&answer, "seq")));
    assert_false(has_room(one));
    answer = assign_day("", ",\"limit\":1", NULL);
    assert_int_equal(answer_number(&answer, "assigned"), 1);
    assert_int_equal(answer_number(&answer, "remaining"), 1);
    assert_string_equal(answer_text(&answer, "items/0/booking_id"), one);
    assert_non_null(answer_text(&answer, "items/0/guest_name"));
    assert_non_null(answer_text(&answer, "items/0/room_number"));
    assert_false(has_room(two));
    answer = assign_day("", world_format(world, ",\"room_type_ids\":[\"%s\"]", house.type), NULL);
    assert_int_equal(answer_number(&answer, "assigned"), 1);
    assert_int_equal(answer_number(&answer, "remaining"), 0);
    assert_string_equal(answer_text(&answer, "items/0/booking_id"), two);
    assert_true(has_room(two));
    answer = assign_day("", "", NULL);
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "assigned"), 0);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    assert_true(json_is_null(answer_at(&answer, "seq")));
}

static void
a_repeated_request_is_told_the_same(void **state)
{
    (void)state;
    (void)book("2027-03-02");
    struct answer first = assign_day("", "", "Idempotency-Key: once\r\n");
    assert_int_equal(answer_number(&first, "assigned"), 1);
    struct answer second = assign_day("", "", "Idempotency-Key: once\r\n");
    assert_true(str_equal(first.body, second.body));
}

static void
those_without_a_room_are_listed_and_alone_they_are_refused(void **state)
{
    (void)state;
    struct answer answer =
        world_ask(world, &(struct ask){.method = "PUT",
                                       .target = "/v1/inventory",
                                       .token = world->owner,
                                       .body = world_format(world,
                                                            "{\"room_type_id\":\"%s\",\"from\":\"2027-03-02\","
                                                            "\"until\":\"2027-03-03\",\"allowance\":1}",
                                                            house.type)});
    assert_status(&answer, 200);
    for (int room = 0; room < 2; room++) {
        answer = world_post(world, "/v1/bookings",
                            "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"pinned\":true,\"arrival\":\"2027-03-02\","
                            "\"departure\":\"2027-03-03\",\"guest\":{\"name\":\"Grace Hopper\"}}",
                            house.property, house.room[room]);
        assert_status(&answer, 201);
    }
    const char *booking = book("2027-03-04"); /* by the allowance */
    answer = assign_day("", "", NULL);
    assert_int_equal(answer_number(&answer, "assigned"), 0);
    assert_string_equal(answer_text(&answer, "unplaced/0/booking_id"), booking);
    assert_string_equal(answer_text(&answer, "unplaced/0/code"), "ROOM_NOT_AVAILABLE");
    answer = assign(booking, "{}");
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_int_equal(json_array_size(answer_at(&answer, "in_the_way")), 2);
}

static void
what_is_named_must_be_there_and_ahead(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/bookings:auto-assign",
                                      "{\"property_id\":\"%s\",\"date\":\"2026-11-21\"}", house.property);
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_string_equal(answer_text(&answer, "limits/first_day"), "2026-11-22");
    answer = assign_day("", ",\"limit\":101", NULL);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/limit");
    answer = assign_day("", ",\"room_type_ids\":[\"typ_00000001000000000000000000000001\"]", NULL);
    assert_true(answer.status == 404 || answer.status == 422);
    answer = assign("bkg_none", "{}");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
}

/* Of a property the log also has what came of its arrivals, which is not how the property is. */
static void
a_property_is_shown_as_it_is_after_its_arrivals(void **state)
{
    (void)state;
    const char *target = world_format(world, "/v1/properties/%s", house.property);
    book("2027-03-03");
    struct answer answer = assign_day("", "", "");
    assert_int_equal(answer_number(&answer, "assigned"), 1);
    answer = world_patch(world, target, 1, "{}"); /* changes nothing */
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "id"), house.property);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_booking_is_shown_with_the_room_it_got, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_wished_for_is_had_where_it_can_be, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(all_of_a_day_get_rooms_in_one_request_or_in_several, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_request_is_told_the_same, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(those_without_a_room_are_listed_and_alone_they_are_refused, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_named_must_be_there_and_ahead, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_property_is_shown_as_it_is_after_its_arrivals, fixture_set_up,
                                        fixture_tear_down),
    };
    return test_run("api/auto_assign", tests);
}
