/* The longest texts that the document permits, of the widest characters there are: kept, shown, found, exported and
 * imported again as they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

#define UNFOLDED "\xf0\x9d\x85\xa0" /* U+1D160: what is compared has three characters for it, of twelve bytes */
#define SHARP "\xe1\xba\x9e"        /* U+1E9E, whose small form is another letter */
enum { NAME = 200, EMAIL = 254, SHORT = 40, REASON = 500, FEATURES = 50, LINES = 100 };

/* `count` characters, of which the first two tell which it is. */
static const char *
wide(int which, size_t count)
{
    return world_format(world, "%02d%s", which, world_repeat(world, WORLD_WIDE, count - 2));
}

static const char *
address(void)
{
    return world_format(world, "%s@a.bc", world_repeat(world, WORLD_WIDE, EMAIL - strlen("@a.bc")));
}

/* In the order in which they are kept. */
static const char *
features(void)
{
    const char *list = "";
    for (int i = 0; i < FEATURES; i++)
        list = world_format(world, "%s%s\"%s\"", list, i == 0 ? "" : ",", wide(i, SHORT));
    return list;
}

static struct answer
make_type(void)
{
    struct answer answer = world_post(world, "/v1/room-types",
                                      "{\"property_id\":\"%s\",\"name\":\"%s\",\"sold_by\":\"night\",\"stock\":"
                                      "\"rooms\",\"max_guests\":2,\"features\":[%s]}",
                                      house.property, wide(1, NAME), features());
    assert_status(&answer, 201);
    return answer;
}

static struct answer
make_room(const char *type, int number)
{
    struct answer answer =
        world_post(world, "/v1/rooms",
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"%s\",\"floor\":\"%s\","
                   "\"building\":\"%s\",\"features\":[%s]}",
                   house.property, type, wide(number, SHORT), wide(2, SHORT), wide(3, NAME), features());
    assert_status(&answer, 201);
    return answer;
}

static struct answer
book(const char *type)
{
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                      "\"departure\":\"2027-03-03\",\"guest\":{\"name\":\"%s\",\"email\":\"%s\","
                                      "\"phone\":\"%s\"}}",
                                      house.property, type, wide(4, NAME), address(), wide(5, SHORT));
    assert_status(&answer, 201);
    return answer;
}

static struct answer export(const char *what)
{
    struct answer answer = world_get(world, "/v1/exports/%s.csv?property_id=%s", what, house.property);
    assert_status(&answer, 200);
    return answer;
}

static struct answer
import(const char *kind, const char *csv)
{
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/imports?property_id=%s&kind=%s", house.property, kind),
                      .token = world->owner,
                      .type = "text/csv; charset=utf-8",
                      .body = csv};
    struct answer answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    return answer;
}

static void
they_are_kept_and_shown_as_they_came(void **state)
{
    (void)state;
    struct answer type = make_type(), room = make_room(answer_text(&type, "id"), 6);
    struct answer booking = book(answer_text(&type, "id"));
    struct answer got = world_get(world, "/v1/rooms/%s", answer_text(&room, "id"));
    assert_string_equal(answer_text(&got, "number"), wide(6, SHORT));
    assert_string_equal(answer_text(&got, "building"), wide(3, NAME));
    assert_int_equal(json_array_size(answer_at(&got, "features")), FEATURES);
    assert_string_equal(answer_text(&got, "features/49"), wide(49, SHORT));
    got = world_post(world, world_format(world, "/v1/bookings/%s/cancel", answer_text(&booking, "id")),
                     "{\"reason\":\"%s\"}", wide(7, REASON));
    assert_status(&got, 200);
    got = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&got, "guest/name"), wide(4, NAME));
    assert_string_equal(answer_text(&got, "guest/email"), address());
    assert_string_equal(answer_text(&got, "guest/phone"), wide(5, SHORT));
    got = world_get(world, "/v1/bookings/%s/events", answer_text(&booking, "id"));
    assert_status(&got, 200);
    assert_non_null(strstr(got.body.ptr, wide(7, REASON)));
    fixture_assert_in_order();
}

static size_t
count_found(const char *collection, const char *name, const char *value)
{
    struct answer answer =
        world_get(world, "/v1/%s?property_id=%s%s&%s=%s", collection, house.property,
                  strcmp(collection, "rooms/search") == 0 ? "&arrival=2027-04-01&departure=2027-04-03" : "", name,
                  world_encode(world, value));
    assert_status(&answer, 200);
    return json_array_size(answer_at(&answer, "items"));
}

static void
they_are_found_by_all_of_it(void **state)
{
    (void)state;
    struct answer type = make_type();
    make_room(answer_text(&type, "id"), 6);
    book(answer_text(&type, "id"));
    assert_int_equal(count_found("rooms", "number", wide(6, SHORT)), 1);
    assert_int_equal(count_found("rooms", "number", wide(7, SHORT)), 0);
    assert_int_equal(count_found("rooms", "building", wide(3, NAME)), 1);
    assert_int_equal(count_found("rooms/search", "features", wide(49, SHORT)), 1);
    assert_int_equal(count_found("rooms/search", "features", wide(50, SHORT)), 0);
    assert_int_equal(count_found("bookings", "guest", wide(4, NAME)), 1);
}

/* Twenty of them, each of which the request line has with twelve bytes a character. */
static void
as_many_features_as_may_be_asked_for_fit_into_a_request_line(void **state)
{
    const char *asked = "";
    (void)state;
    struct answer type = make_type();
    make_room(answer_text(&type, "id"), 6);
    for (int i = 0; i < 20; i++)
        asked = world_format(world, "%s&features=%s", asked, world_encode(world, wide(i, SHORT)));
    struct answer answer =
        world_get(world, "/v1/rooms/search?property_id=%s&arrival=2027-03-01&departure=2027-03-03&building=%s%s",
                  house.property, world_encode(world, wide(3, NAME)), asked);
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
}

static void
a_feature_is_found_whatever_is_in_it(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/rooms",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"9\",\"features\":"
                                      "[\"32\\\" screen\",\"a\\\\b\"]}",
                                      house.property, house.type);
    assert_status(&answer, 201);
    assert_int_equal(count_found("rooms/search", "features", "32\" screen"), 1);
    assert_int_equal(count_found("rooms/search", "features", "a\\b"), 1);
    assert_int_equal(count_found("rooms/search", "features", " screen"), 0);
    assert_int_equal(count_found("rooms/search", "features", "32\""), 0);
}

static void
they_are_exported_and_known_again(void **state)
{
    (void)state;
    struct answer type = make_type();
    make_room(answer_text(&type, "id"), 6);
    book(answer_text(&type, "id"));
    struct answer answer = import("room-types", export("room-types").body.ptr);
    assert_int_equal(answer_number(&answer, "there"), 4);
    answer = import("rooms", export("rooms").body.ptr);
    assert_int_equal(answer_number(&answer, "there"), 5);
    assert_non_null(strstr(export("bookings").body.ptr, wide(4, NAME)));
    assert_non_null(strstr(export("rooms").body.ptr, world_format(world, "%s; %s", wide(48, SHORT), wide(49, SHORT))));
    answer = import("guests", export("guests").body.ptr);
    assert_int_equal(answer_number(&answer, "there"), 1);
}

static void
they_are_imported_and_one_character_more_is_not(void **state)
{
    (void)state;
    struct answer answer =
        import("room-types", world_format(world, "name\n%s\n%s\n", wide(1, NAME), wide(1, NAME + 1)));
    assert_int_equal(answer_number(&answer, "created"), 1);
    assert_string_equal(answer_text(&answer, "lines/1/detail"), "is too long: 200 characters at most");
    answer = import("rooms", world_format(world, "number,building,floor,room_type\n%s,%s,%s,%s\n%s,%s,%s,%s\n",
                                          wide(1, SHORT), wide(2, NAME), wide(3, SHORT), wide(1, NAME),
                                          wide(1, SHORT + 1), wide(2, NAME + 1), wide(3, SHORT + 1), wide(1, NAME)));
    assert_int_equal(answer_number(&answer, "created"), 1);
    assert_string_equal(answer_text(&answer, "lines/1/detail"),
                        "is too long: 40 characters at most; building: is too long: 200 characters at most; "
                        "floor: is too long: 40 characters at most");
    answer = import("bookings", world_format(world,
                                             "room_type,arrival,departure,guest_name,guest_email,guest_phone\n"
                                             "Studio,2027-03-01,2027-03-03,%s,%s,%s\n",
                                             wide(4, NAME), address(), wide(5, SHORT)));
    assert_int_equal(answer_number(&answer, "created"), 1);
}

/* What two lines ask for is compared whole, however many bytes that has. */
static void
names_that_differ_at_their_ends_are_two(void **state)
{
    const char *begins = world_repeat(world, UNFOLDED, NAME - 1), *lines = "number,building,room_type\n";
    (void)state;
    struct answer answer = import("room-types", world_format(world, "name\n%s1\n%s2\n", begins, begins));
    assert_int_equal(answer_number(&answer, "created"), 2);
    for (int i = 0; i < 2; i++)
        lines = world_format(world, "%s1,%s%d,Double\n", lines, world_repeat(world, WORLD_WIDE, NAME - 1), i);
    answer = import("rooms", lines);
    assert_int_equal(answer_number(&answer, "created"), 2);
}

/* The sentence has the other name whole. */
static void
a_name_that_differs_in_capitals_alone_is_told_whole(void **state)
{
    (void)state;
    const char *there = world_format(world, "%s" SHARP, world_repeat(world, WORLD_WIDE, NAME - 1));
    const char *other = world_format(world, "%s\xc3\x9f", world_repeat(world, WORLD_WIDE, NAME - 1));
    struct answer answer = import("room-types", world_format(world, "name\n%s\n%s\n", there, other));
    assert_int_equal(answer_number(&answer, "created"), 1);
    assert_string_equal(answer_text(&answer, "lines/1/detail"),
                        world_format(world, "line 2 has \"%s\", which differs in capitals alone", there));
    answer = import("room-types", world_format(world, "name\n%s\n", other));
    assert_string_equal(answer_text(&answer, "lines/0/detail"),
                        world_format(world, "the property has \"%s\", which differs in capitals alone", there));
}

/* Two thousand lines that each repeat the longest name in what is wrong with them. */
static void
a_whole_file_of_them_is_answered(void **state)
{
    static char csv[1 << 20];
    size_t len;
    (void)state;
    const char *there = world_format(world, "%s" SHARP, world_repeat(world, WORLD_WIDE, NAME - 1));
    assert_int_equal(
        answer_number(&(struct answer){.json = import("room-types", world_format(world, "name\n%s\n", there)).json},
                      "created"),
        1);
    len = (size_t)sprintf(csv, "name\n");
    while (len + 900 < sizeof(csv))
        len += (size_t)sprintf(csv + len, "%s\xc3\x9f\n", world_repeat(world, WORLD_WIDE, NAME - 1));
    struct answer answer = import("room-types", csv);
    assert_true(answer_number(&answer, "refused") > 1000);
}

/* Of bookings that are not there: each line is read, and told so. */
static void
a_batch_with_the_longest_reasons_is_taken(void **state)
{
    json_t *items = json_array();
    char id[ID_TEXT_SIZE];
    (void)state;
    id_format(ID_BOOKING, house.number, (struct id){UINT64_C(0x19a000000000000), 7}, id);
    for (int i = 0; i < LINES; i++)
        (void)json_array_append_new(
            items, json_pack("{s:s, s:s}", "booking_id", id, "reason", world_repeat(world, WORLD_WIDE, REASON)));
    json_t *body = json_pack("{s:s, s:s, s:s, s:o}", "property_id", house.property, "mode", "one_by_one", "command",
                             "cancel", "items", items);
    char *text = json_dumps(body, JSON_ENSURE_ASCII);
    assert_true(strlen(text) > (size_t)12 * LINES * REASON);
    struct answer answer = world_ask(
        world, &(struct ask){.method = "POST", .target = "/v1/bookings:batch", .token = world->owner, .body = text});
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), LINES);
    free(text);
    json_decref(body);
}

/* A page of rooms with all the features there may be. */
static void
a_full_page_of_them_is_shown(void **state)
{
    (void)state;
    struct answer type = make_type();
    for (int i = 0; i < 200; i++) {
        struct answer room = world_post(
            world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"x%d\",\"features\":[%s]}",
            house.property, answer_text(&type, "id"), i, i == 0 ? features() : "\"y\"");
        assert_status(&room, 201);
    }
    assert_int_equal(fixture_run_sql("UPDATE room SET features = (SELECT features FROM room WHERE number = 'x0') "
                                     "WHERE number LIKE 'x%'"),
                     200);
    struct answer answer = world_get(world, "/v1/rooms?property_id=%s&limit=200", house.property);
    assert_status(&answer, 200);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(they_are_kept_and_shown_as_they_came),
        CASE(they_are_found_by_all_of_it),
        CASE(as_many_features_as_may_be_asked_for_fit_into_a_request_line),
        CASE(a_feature_is_found_whatever_is_in_it),
        CASE(they_are_exported_and_known_again),
        CASE(they_are_imported_and_one_character_more_is_not),
        CASE(names_that_differ_at_their_ends_are_two),
        CASE(a_name_that_differs_in_capitals_alone_is_told_whole),
        CASE(a_whole_file_of_them_is_answered),
        CASE(a_batch_with_the_longest_reasons_is_taken),
        CASE(a_full_page_of_them_is_shown),
    };
    return test_run("api/long_text", tests);
}
