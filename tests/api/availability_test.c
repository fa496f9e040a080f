/* What is free, and which rooms: as a booking that came now would find it, also when the answer was kept. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booker;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    booker = fixture_caller(ROLE_BOOKER, true);
    return 0;
}

static struct answer
post(const char *target, const char *more)
{
    struct answer answer = world_post(world, target, "{\"property_id\":\"%s\"%s%s}", house.property,
                                      strcmp(target, "/v1/bookings") == 0 ? ",\"guest\":{\"name\":\"Ada\"}" : "", more);
    assert_status(&answer, 201);
    return answer;
}

static const char *
nights(const char *what, const char *id, const char *from, const char *until)
{
    return world_format(world, ",\"%s\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\"", what, id, from, until);
}

static const char *
slot(const char *what, const char *id, const char *from, const char *until)
{
    return world_format(world, ",\"%s\":\"%s\",\"starts_at\":\"2027-03-01T%s:00Z\",\"ends_at\":\"2027-03-01T%s:00Z\"",
                        what, id, from, until);
}

/* -- availability -- */

static long long
free_on(const char *type, const char *date)
{
    struct answer answer = world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=%s&until=2027-03-10",
                                     house.property, type, date);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/0/room_type_id"), type);
    assert_string_equal(answer_text(&answer, "items/0/nights/0/date"), date);
    return answer_number(&answer, "items/0/nights/0/free");
}

static void
every_type_by_the_night_is_shown_night_by_night(void **state)
{
    (void)state;
    (void)post("/v1/bookings", nights("room_type_id", house.type, "2027-03-02", "2027-03-03"));
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-03-08", house.property);
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_int_equal(json_array_size(answer_at(&answer, "items/0/nights")), 7);
    struct answer one =
        world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-03-08&room_type_id=%s",
                  house.property, house.type);
    assert_int_equal(json_array_size(answer_at(&one, "items")), 1);
    assert_int_equal(answer_number(&one, "items/0/nights/1/units"), 2);
    assert_int_equal(answer_number(&one, "items/0/nights/1/sold"), 1);
    assert_int_equal(answer_number(&one, "items/0/nights/1/free"), 1);
    assert_int_equal(answer_number(&one, "items/0/nights/2/free"), 2);
}

static struct answer
availability(const char *until, const char *more)
{
    return world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=%s%s", house.property, until, more);
}

/* What one call may ask for at most; the house has two types by the night to begin with. */
static void
two_hundred_types_over_sixty_two_nights_are_shown_and_no_more(void **state)
{
    (void)state;
    for (int i = 2; i < 200; i++)
        (void)post("/v1/room-types", world_format(world,
                                                  ",\"name\":\"Type %d\",\"sold_by\":\"night\",\"stock\":\"count\","
                                                  "\"units\":%d,\"max_guests\":%d",
                                                  i, i, 1 + i % 2));
    struct answer answer = availability("2027-05-02", "");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 200);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(json_array_size(answer_at(&answer, world_format(world, "items/%zu/nights", i))), 62);
    assert_string_equal(answer_text(&answer, "items/199/nights/61/date"), "2027-05-01");
    answer = availability("2027-05-03", "");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?until");
    (void)post("/v1/room-types", ",\"name\":\"One more\",\"sold_by\":\"night\",\"stock\":\"count\",\"units\":1");
    answer = availability("2027-05-02", "");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?room_type_id");
    answer = availability("2027-05-02", world_format(world, "&room_type_id=%s", house.studio));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    answer = availability("2027-05-02", "&party=2");
    assert_status(&answer, 200);
}

static void
types_too_small_for_the_party_are_left_out(void **state)
{
    (void)state;
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-03-02&party=3", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
}

/* Shown as free for a party that every booking of the type was refused for. */
static void
a_write_is_seen_by_whoever_asks_after_it(void **state)
{
    (void)state;
    assert_int_equal(free_on(house.studio, "2027-03-01"), 3);
    for (int i = 2; i >= 0; i--) {
        (void)post("/v1/bookings", nights("room_type_id", house.studio, "2027-03-01", "2027-03-02"));
        assert_int_equal(free_on(house.studio, "2027-03-01"), i);
        assert_int_equal(free_on(house.studio, "2027-03-01"), i); /* kept */
    }
}

static void
writes_elsewhere_leave_a_kept_answer_right(void **state)
{
    (void)state;
    assert_int_equal(free_on(house.studio, "2027-03-01"), 3);
    (void)world_build_house(world);
    assert_int_equal(free_on(house.studio, "2027-03-01"), 3);
}

static void
what_lapsed_is_free_at_that_instant_without_a_sweeper(void **state)
{
    (void)state;
    (void)post("/v1/holds", world_format(world, "%s,\"quantity\":2,\"ttl_s\":60",
                                         nights("room_type_id", house.studio, "2027-03-01", "2027-03-02")));
    (void)post("/v1/bookings", world_format(world, "%s,\"payment\":\"required\"",
                                            nights("room_type_id", house.studio, "2027-03-01", "2027-03-02")));
    assert_int_equal(free_on(house.studio, "2027-03-01"), 0);
    test_clock_advance_ms(&world->clock, 59999);
    assert_int_equal(free_on(house.studio, "2027-03-01"), 0);
    test_clock_advance_ms(&world->clock, 1);
    assert_int_equal(free_on(house.studio, "2027-03-01"), 2);
    test_clock_advance_ms(&world->clock, 840000);
    assert_int_equal(free_on(house.studio, "2027-03-01"), 3);
}

static void
nothing_is_free_on_what_is_past_or_not_on_sale(void **state)
{
    (void)state;
    assert_int_equal(free_on(house.studio, "2027-03-01"), 3);
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=2026-11-21&until=2026-11-24",
                  house.property, house.studio);
    assert_int_equal(answer_number(&answer, "items/0/nights/0/free"), 0);
    assert_int_equal(answer_number(&answer, "items/0/nights/1/free"), 3);
    test_clock_advance_ms(&world->clock, 16 * 3600000 - 1); /* 02:59:59.999 in Paris */
    answer = world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=2026-11-21&until=2026-11-24",
                       house.property, house.studio);
    assert_int_equal(answer_number(&answer, "items/0/nights/1/free"), 3);
    test_clock_advance_ms(&world->clock, 1);
    answer = world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=2026-11-21&until=2026-11-24",
                       house.property, house.studio);
    assert_int_equal(answer_number(&answer, "items/0/nights/1/free"), 0);
    answer = world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=2030-01-01&until=2030-01-02",
                       house.property, house.studio);
    assert_int_equal(answer_number(&answer, "items/0/nights/0/units"), 0);
}

static void
more_than_62_nights_are_refused(void **state)
{
    (void)state;
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-05-02", house.property);
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-05-03", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?until");
}

static void
the_answer_is_compressed_for_who_takes_it(void **state)
{
    struct ask ask = {.method = "GET",
                      .target = world_format(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-04-01",
                                             house.property),
                      .token = booker};
    (void)state;
    struct answer plain = world_ask(world, &ask);
    assert_null(answer_field(world, &plain, "Content-Encoding"));
    assert_string_equal(answer_field(world, &plain, "Vary"), "Accept-Encoding");
    int connection;
    static const char *const taking[] = {"gzip", "br, gzip;q=0.5", "*", "*;q=0, gzip"};
    static const char *const refusing[] = {"gzip;Q=0.000", "br", "identity", "*, gzip;q=0"};
    for (size_t i = 0; i < sizeof(taking) / sizeof(taking[0]); i++) {
        ask.fields = world_format(world, "Accept-Encoding: %s\r\n", taking[i]);
        connection = world_send(world, &ask);
        struct answer packed = world_receive(world, connection, false);
        world_hang_up(connection);
        assert_string_equal(answer_field(world, &packed, "Content-Encoding"), "gzip");
        assert_true(packed.body.len * 4 < plain.body.len);
        assert_string_equal(world_unpack(world, packed.body), plain.body.ptr);
        ask.fields = world_format(world, "Accept-Encoding: %s\r\n", refusing[i]);
        struct answer again = world_ask(world, &ask);
        assert_string_equal(again.body.ptr, plain.body.ptr);
    }
}

/* Many at once, with a write before: one reading serves all of them. */
static void
a_crowd_is_served_by_one_reading(void **state)
{
    enum { CROWD = 40 };
    int connections[CROWD];
    struct ask ask = {.method = "GET",
                      .target = world_format(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-05-01",
                                             house.property),
                      .token = booker};
    (void)state;
    struct answer first = world_ask(world, &ask);
    for (int i = 0; i < CROWD; i++)
        connections[i] = world_send(world, &ask);
    for (int i = 0; i < CROWD; i++) {
        struct answer answer = world_receive(world, connections[i], false);
        world_hang_up(connections[i]);
        assert_string_equal(answer.body.ptr, first.body.ptr);
    }
    struct answer metrics = world_get(world, "/metrics");
    assert_non_null(strstr(metrics.body.ptr, "\nnightlatch_kept_reply_fills_total 1\n"));
    assert_non_null(strstr(metrics.body.ptr, "\nnightlatch_kept_reply_hits_total 40\n"));
}

static void
a_refusal_is_not_kept(void **state)
{
    char text[ID_TEXT_SIZE];
    (void)state;
    id_format(ID_ROOM_TYPE, house.number, (struct id){UINT64_C(0x19a000000000000), 9}, text);
    for (int i = 0; i < 2; i++) {
        struct answer answer =
            world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-03-02&room_type_id=%s",
                      house.property, text);
        assert_pointer(&answer, 404, "NOT_FOUND", "?room_type_id");
    }
}

/* -- search -- */

static struct answer
search(const char *more)
{
    struct answer answer = world_get(world, "/v1/rooms/search?property_id=%s&%s", house.property, more);
    assert_status(&answer, 200);
    return answer;
}

static size_t
count_found(const char *more)
{
    struct answer answer = search(more);
    return json_array_size(answer_at(&answer, "items"));
}

static void
free_rooms_are_found_for_a_stay(void **state)
{
    (void)state;
    assert_int_equal(count_found("arrival=2027-03-01&departure=2027-03-03"), 2);
    (void)post("/v1/bookings", nights("room_id", house.room[0], "2027-03-01", "2027-03-02"));
    struct answer answer = search("arrival=2027-03-01&departure=2027-03-03");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.room[1]);
    assert_string_equal(answer_text(&answer, "items/0/number"), "102");
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-03"), 2);
    assert_int_equal(count_found("arrival=2027-03-01&departure=2027-03-03&party=3"), 0);
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-03&features=balcony"), 2);
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-03&features=balcony&features=sea"), 0);
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-03&building=Annex"), 0);
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-03&limit=1"), 1);
}

/* Both nights have a room, and one stay takes the only stock there is. */
static void
no_room_is_found_where_stock_is_gone(void **state)
{
    (void)state;
    (void)post("/v1/bookings", nights("room_type_id", house.type, "2027-03-01", "2027-03-02"));
    (void)post("/v1/bookings", nights("room_type_id", house.type, "2027-03-01", "2027-03-02"));
    assert_int_equal(count_found("arrival=2027-03-01&departure=2027-03-02"), 0);
    assert_int_equal(count_found("arrival=2026-11-01&departure=2026-11-02"), 0);
}

/* Each night has a unit left and 103 is free, but only 103 can take who has no room yet. */
static void
a_room_is_left_out_that_somebody_else_must_have(void **state)
{
    (void)state;
    (void)post("/v1/rooms", world_format(world, ",\"room_type_id\":\"%s\",\"number\":\"103\"", house.type));
    (void)post("/v1/bookings",
               world_format(world, "%s,\"pinned\":true", nights("room_id", house.room[0], "2027-03-01", "2027-03-03")));
    (void)post("/v1/bookings",
               world_format(world, "%s,\"pinned\":true", nights("room_id", house.room[1], "2027-03-03", "2027-03-05")));
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-04"), 1);
    (void)post("/v1/bookings", nights("room_type_id", house.type, "2027-03-02", "2027-03-04"));
    assert_int_equal(free_on(house.type, "2027-03-02"), 1);
    assert_int_equal(free_on(house.type, "2027-03-03"), 1);
    assert_int_equal(count_found("arrival=2027-03-02&departure=2027-03-04"), 0);
    struct answer answer = world_post(world, "/v1/bookings", "{\"property_id\":\"%s\",\"guest\":{\"name\":\"Eve\"}%s}",
                                      house.property, nights("room_type_id", house.type, "2027-03-02", "2027-03-04"));
    assert_problem(&answer, 409, "NO_ROOM_FITS");
    assert_int_equal(json_array_size(answer_at(&answer, "in_the_way")), 2);
}

/* An empty list would read as nothing free. */
static void
a_type_by_the_minute_has_no_nights_and_is_told_where_to_look(void **state)
{
    (void)state;
    struct answer answer =
        world_get(world, "/v1/availability?property_id=%s&room_type_id=%s&from=2027-03-01&until=2027-03-02",
                  house.property, house.classroom);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?room_type_id");
    assert_non_null(strstr(answer_text(&answer, "errors/0/detail"), "GET /v1/rooms/search"));
}

static void
the_smallest_room_that_fits_comes_first(void **state)
{
    (void)state;
    struct answer answer = world_patch(world, world_format(world, "/v1/rooms/%s", house.slot_room[1]), 1,
                                       "{\"max_guests\":10,\"features\":[\"beamer\"]}");
    assert_status(&answer, 200);
    answer = search("starts_at=2027-03-01T09:00:00Z&ends_at=2027-03-01T10:00:00Z&party=5");
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.slot_room[1]);
    assert_int_equal(answer_number(&answer, "items/0/max_guests"), 10);
    answer = search("starts_at=2027-03-01T09:00:00Z&ends_at=2027-03-01T10:00:00Z&party=11");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    answer = search("starts_at=2027-03-01T09:00:00Z&ends_at=2027-03-01T10:00:00Z&features=beamer");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
}

static void
features_nobody_asked_for_come_last(void **state)
{
    (void)state;
    struct answer answer =
        world_patch(world, world_format(world, "/v1/rooms/%s", house.room[0]), 1, "{\"features\":[\"sea\",\"bath\"]}");
    assert_status(&answer, 200);
    answer = search("arrival=2027-03-01&departure=2027-03-02");
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.room[1]);
    answer = search("arrival=2027-03-01&departure=2027-03-02&features=sea");
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.room[0]);
}

static void
a_room_that_leaves_no_hole_comes_first(void **state)
{
    (void)state;
    (void)post("/v1/bookings", slot("room_id", house.slot_room[1], "08:00", "09:00"));
    struct answer answer = search("starts_at=2027-03-01T09:00:00Z&ends_at=2027-03-01T10:00:00Z");
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.slot_room[1]);
    (void)post("/v1/bookings", slot("room_id", house.slot_room[0], "08:00", "09:00"));
    (void)post("/v1/bookings", slot("room_id", house.slot_room[0], "10:00", "11:00"));
    answer = search("starts_at=2027-03-01T09:00:00Z&ends_at=2027-03-01T10:00:00Z");
    assert_string_equal(answer_text(&answer, "items/0/room_id"), house.slot_room[0]);
}

static void
a_held_room_comes_last_and_is_marked(void **state)
{
    static const char when[] = "starts_at=2027-03-01T09:00:00Z&ends_at=2027-03-01T10:00:00Z";
    (void)state;
    (void)post("/v1/holds", slot("room_id", house.slot_room[0], "09:00", "10:00"));
    struct answer answer = search(when);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_string_equal(answer_text(&answer, "items/1/room_id"), house.slot_room[0]);
    assert_true(json_is_true(answer_at(&answer, "items/1/held")));
    assert_string_equal(answer_text(&answer, "items/1/held_until"), "2026-11-22T10:00:30Z");
    assert_null(strstr(answer.body.ptr, "tok_"));
    test_clock_advance_ms(&world->clock, 30000);
    answer = search(when);
    assert_true(json_is_false(answer_at(&answer, "items/0/held")));
    assert_true(json_is_false(answer_at(&answer, "items/1/held")));
}

static void
rules_of_the_type_keep_its_rooms_out(void **state)
{
    (void)state;
    struct answer answer = world_patch(world, world_format(world, "/v1/room-types/%s", house.classroom), 1,
                                       "{\"opens_min\":480,\"closes_min\":1080,\"turnaround_min\":15}");
    assert_status(&answer, 200);
    assert_int_equal(count_found("starts_at=2027-03-01T07:00:00Z&ends_at=2027-03-01T08:00:00Z"), 2);
    assert_int_equal(count_found("starts_at=2027-03-01T06:00:00Z&ends_at=2027-03-01T08:00:00Z"), 0);
    (void)post("/v1/bookings", slot("room_id", house.slot_room[0], "09:00", "10:00"));
    assert_int_equal(count_found("starts_at=2027-03-01T10:00:00Z&ends_at=2027-03-01T11:00:00Z"), 1);
    assert_int_equal(count_found("starts_at=2027-03-01T10:15:00Z&ends_at=2027-03-01T11:00:00Z"), 2);
    assert_int_equal(count_found("starts_at=2027-03-01T07:50:00Z&ends_at=2027-03-01T08:50:00Z"), 1);
}

static void
a_search_says_when(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/rooms/search?property_id=%s", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?arrival");
    answer = world_get(world, "/v1/rooms/search?property_id=%s&arrival=2027-03-01", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?departure");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_type_by_the_night_is_shown_night_by_night),
        CASE(two_hundred_types_over_sixty_two_nights_are_shown_and_no_more),
        CASE(types_too_small_for_the_party_are_left_out),
        CASE(a_write_is_seen_by_whoever_asks_after_it),
        CASE(writes_elsewhere_leave_a_kept_answer_right),
        CASE(what_lapsed_is_free_at_that_instant_without_a_sweeper),
        CASE(nothing_is_free_on_what_is_past_or_not_on_sale),
        CASE(more_than_62_nights_are_refused),
        CASE(the_answer_is_compressed_for_who_takes_it),
        CASE(a_crowd_is_served_by_one_reading),
        CASE(a_refusal_is_not_kept),
        CASE(free_rooms_are_found_for_a_stay),
        CASE(no_room_is_found_where_stock_is_gone),
        CASE(a_room_is_left_out_that_somebody_else_must_have),
        CASE(a_type_by_the_minute_has_no_nights_and_is_told_where_to_look),
        CASE(the_smallest_room_that_fits_comes_first),
        CASE(features_nobody_asked_for_come_last),
        CASE(a_room_that_leaves_no_hole_comes_first),
        CASE(a_held_room_comes_last_and_is_marked),
        CASE(rules_of_the_type_keep_its_rooms_out),
        CASE(a_search_says_when),
    };
    return test_run("api/availability", tests);
}
