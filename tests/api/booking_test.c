/* Bookings and groups over HTTP: what is made, changed and refused, and what is told about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* A body with guest and property. */
static const char *
body_of(const char *more)
{
    return world_format(world, "{\"property_id\":\"%s\",\"guest\":{\"name\":\"Ada Lovelace\"}%s}", house.property,
                        more);
}

static const char *
stay(const char *type, const char *from, const char *until)
{
    return body_of(
        world_format(world, ",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\"", type, from, until));
}

static const char *
stay_in(const char *room, const char *from, const char *until)
{
    return body_of(
        world_format(world, ",\"room_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\"", room, from, until));
}

static const char *
slot_in(const char *room, const char *from, const char *until)
{
    return body_of(
        world_format(world, ",\"room_id\":\"%s\",\"starts_at\":\"%s\",\"ends_at\":\"%s\"", room, from, until));
}

static struct answer
book(const char *body)
{
    struct answer answer = post_as(world->owner, "/v1/bookings", body);
    assert_status(&answer, 201);
    return answer;
}

static const char *
at(const struct answer *booking, const char *command)
{
    return world_format(world, "/v1/bookings/%s%s", answer_text(booking, "id"), command);
}

/* -- create -- */

static void
a_booking_is_made_and_answered_whole(void **state)
{
    (void)state;
    struct answer answer = book(world_format(
        world,
        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-04\","
        "\"party\":2,\"guest\":{\"name\":\" Ada Lovelace \",\"email\":\"ada@example.org\",\"phone\":\"+44 1\"},"
        "\"payment\":\"none\"}",
        house.property, house.type));
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "guest/id"), answer_text(&answer, "guest_id"));
    assert_string_equal(answer_text(&answer, "arrival"), "2027-03-01");
    assert_true(json_is_null(answer_at(&answer, "group_id")));
    assert_true(json_is_null(answer_at(&answer, "room_id")));
    assert_true(answer_number(&answer, "seq") > 0);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
    assert_string_equal(answer_field(world, &answer, "Location"), at(&answer, ""));
    struct answer got = world_get(world, "%s", at(&answer, ""));
    assert_status(&got, 200);
    assert_string_equal(answer_field(world, &got, "ETag"), "\"1\"");
    json_object_del(answer.json, "seq");
    assert_int_equal(json_object_del(got.json, "account"), 0);
    assert_true(json_equal(got.json, answer.json));
}

static void
a_slot_takes_a_room(void **state)
{
    (void)state;
    struct answer answer = book(slot_in(house.slot_room[0], "2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z"));
    assert_string_equal(answer_text(&answer, "room_id"), house.slot_room[0]);
    assert_string_equal(answer_text(&answer, "local_starts"), "2027-03-01T10:00");
    assert_null(answer_at(&answer, "arrival"));
    answer = book(body_of(world_format(world,
                                       ",\"room_type_id\":\"%s\",\"starts_at\":\"2027-03-01T11:00:00+01:00\","
                                       "\"ends_at\":\"2027-03-01T12:00:00+01:00\",\"party\":30",
                                       house.classroom)));
    assert_string_equal(answer_text(&answer, "starts_at"), "2027-03-01T10:00:00Z");
    assert_non_null(answer_text(&answer, "room_id"));
}

static void
a_quantity_makes_a_group_all_or_none(void **state)
{
    const char *body = body_of(world_format(world,
                                            ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                            "\"departure\":\"2027-03-02\",\"quantity\":2",
                                            house.studio));
    (void)state;
    struct answer answer = book(body);
    assert_int_equal(json_array_size(answer_at(&answer, "bookings")), 2);
    assert_string_equal(answer_text(&answer, "bookings/0/group_id"), answer_text(&answer, "id"));
    assert_string_equal(answer_text(&answer, "bookings/1/guest/name"), "Ada Lovelace");
    assert_true(answer_number(&answer, "bookings/0/seq") < answer_number(&answer, "bookings/1/seq"));
    assert_true(answer_number(&answer, "bookings/1/seq") < answer_number(&answer, "seq"));
    assert_string_equal(answer_field(world, &answer, "Location"),
                        world_format(world, "/v1/groups/%s", answer_text(&answer, "id")));
    struct answer refused = post_as(world->owner, "/v1/bookings", body);
    assert_problem(&refused, 409, "SOLD_OUT");
    struct answer got = world_get(world, "/v1/groups/%s", answer_text(&answer, "id"));
    assert_int_equal(json_array_size(answer_at(&got, "bookings")), 2);
    assert_string_equal(answer_text(&got, "code"), answer_text(&answer, "code"));
    answer = book(body_of(world_format(world,
                                       ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                       "\"departure\":\"2027-03-02\",\"quantity\":1",
                                       house.studio)));
    assert_int_equal(json_array_size(answer_at(&answer, "bookings")), 1);
}

static const char *
stay_until(const char *departure, const char *more)
{
    return body_of(world_format(world, ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"%s\"%s",
                                house.type, departure, more));
}

/* Twice: the second is told from what is kept of the first. */
static void
who_asks_for_more_than_is_left_is_told_how_many_are(void **state)
{
    (void)state;
    const char *three = stay_until("2027-03-03", ",\"quantity\":3");
    for (size_t i = 0; i < 2; i++) {
        struct answer answer = post_as(world->owner, "/v1/bookings", three);
        assert_problem(&answer, 409, "SOLD_OUT");
        assert_int_equal(answer_number(&answer, "limits/available"), 2);
        assert_string_equal(answer_text(&answer, "detail"),
                            "Only 2 are left on all of these nights; `nights` lists the dates.");
    }
    (void)book(stay(house.type, "2027-03-02", "2027-03-03"));
    struct answer answer = post_as(world->owner, "/v1/bookings", three);
    assert_int_equal(answer_number(&answer, "limits/available"), 1);
    assert_string_equal(answer_text(&answer, "nights/0"), "2027-03-02");
    answer = post_as(world->owner, "/v1/holds",
                     world_format(world,
                                  "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"quantity\":2,"
                                  "\"arrival\":\"2027-03-02\",\"departure\":\"2027-03-03\"}",
                                  house.property, house.type));
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "detail"),
                        "Only 1 is left on all of these nights; `nights` lists the dates.");
    (void)book(stay(house.type, "2027-03-02", "2027-03-03"));
    answer = post_as(world->owner, "/v1/bookings", three);
    assert_int_equal(answer_number(&answer, "limits/available"), 0);
}

static void
legs_make_a_group_of_different_bookings(void **state)
{
    (void)state;
    struct answer answer = book(body_of(world_format(
        world,
        ",\"legs\":[{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\",\"party\":2},"
        "{\"room_id\":\"%s\",\"starts_at\":\"2027-03-01T09:00:00Z\",\"ends_at\":\"2027-03-01T10:00:00Z\"}]",
        house.type, house.slot_room[1])));
    assert_int_equal(json_array_size(answer_at(&answer, "bookings")), 2);
    assert_int_equal(answer_number(&answer, "bookings/0/party"), 2);
    assert_string_equal(answer_text(&answer, "bookings/1/room_id"), house.slot_room[1]);
}

/* The desk was shown the id of a booking that was never made: the leg before, of the same request. */
static void
the_leg_that_can_t_be_had_is_pointed_at(void **state)
{
    const char *const leg = "{\"room_id\":\"%s\",\"arrival\":\"2027-03-%02d\",\"departure\":\"2027-03-%02d\"}";
    const char *one = world_format(world, leg, house.room[0], 1, 3),
               *next = world_format(world, leg, house.room[0], 3, 5);
    (void)state;
    struct answer answer =
        post_as(world->owner, "/v1/bookings", body_of(world_format(world, ",\"legs\":[%s,%s,%s]", one, next, one)));
    assert_pointer(&answer, 409, "ROOM_NOT_AVAILABLE", "/legs/2");
    assert_null(answer_at(&answer, "in_the_way"));
    assert_non_null(strstr(answer_text(&answer, "detail"), "this request"));
    answer = book(body_of(world_format(world, ",\"legs\":[%s,%s]", one, next))); /* back to back is no overlap */
    const char *first = answer_text(&answer, "bookings/0/id");
    answer = post_as(world->owner, "/v1/bookings",
                     body_of(world_format(world, ",\"legs\":[%s,%s]", world_format(world, leg, house.room[1], 5, 6),
                                          world_format(world, leg, house.room[0], 2, 3))));
    assert_pointer(&answer, 409, "ROOM_NOT_AVAILABLE", "/legs/1");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), first);
    answer = post_as(world->owner, "/v1/bookings", stay_in(house.room[0], "2027-03-02", "2027-03-03"));
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_null(answer_at(&answer, "errors"));
}

/* A body with so many legs. */
static const char *
legs_of(size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count; i++)
        text =
            world_format(world, "%s%s{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\"}",
                         text, i == 0 ? "" : ",", house.type);
    return body_of(world_format(world, ",\"legs\":[%s]", text));
}

/* The last that is taken is decided, be it refused for want of rooms; the next is not looked at. */
static void
what_is_asked_for_at_once_has_its_limits(void **state)
{
    (void)state;
    struct answer answer = post_as(world->owner, "/v1/bookings", legs_of(50));
    assert_problem(&answer, 409, "SOLD_OUT");
    answer = post_as(world->owner, "/v1/bookings", legs_of(51));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/legs");
    answer = post_as(world->owner, "/v1/bookings", stay_until("2027-03-02", ",\"quantity\":50"));
    assert_problem(&answer, 409, "SOLD_OUT");
    answer = post_as(world->owner, "/v1/bookings", stay_until("2027-03-02", ",\"quantity\":51"));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/quantity");
    answer = post_as(world->owner, "/v1/bookings", stay_until("2028-03-01", "")); /* 366 nights, one of a leap day */
    assert_status(&answer, 201);
    answer = post_as(world->owner, "/v1/bookings", stay_until("2028-03-02", ""));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = world_get(world, "/v1/bookings?property_id=%s&limit=200", house.property);
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/bookings?property_id=%s&limit=201", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?limit");
}

static void
the_leg_at_fault_is_pointed_at(void **state)
{
    (void)state;
    struct answer answer =
        post_as(world->owner, "/v1/bookings",
                body_of(world_format(
                    world,
                    ",\"legs\":[{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\"},"
                    "{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\"}]",
                    house.type, house.classroom)));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/legs/1/arrival");
    answer = post_as(world->owner, "/v1/bookings", body_of(",\"legs\":[{}],\"quantity\":2"));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/quantity");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/legs/0/room_type_id");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/legs/0/arrival");
}

static void
fields_that_can_not_be_are_422_at_their_place(void **state)
{
    static const struct {
        const char *more, *pointer;
    } cases[] = {
        {"\"arrival\":\"2027-03-02\",\"departure\":\"2027-03-02\"", "/departure"},
        {"\"arrival\":\"2027-03-02\",\"departure\":\"2027-03-01\"", "/departure"},
        {"\"arrival\":\"2027-02-29\",\"departure\":\"2027-03-02\"", "/arrival"},
        {"\"arrival\":\"2027-03-01\",\"departure\":\"2028-03-02\"", "/departure"},
        {"\"arrival\":\"2027-03-01\"", "/departure"},
        {"\"departure\":\"2027-03-01\"", "/arrival"},
        {"\"party\":1", "/arrival"},
        {"\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\",\"starts_at\":\"2027-03-01T09:00:00Z\"",
         "/starts_at"},
        {"\"starts_at\":\"2027-03-01T09:00:01Z\",\"ends_at\":\"2027-03-01T10:00:00Z\"", "/starts_at"},
        {"\"starts_at\":\"2027-03-01T09:00:00\",\"ends_at\":\"2027-03-01T10:00:00Z\"", "/starts_at"},
        {"\"starts_at\":\"2027-03-01T10:00:00Z\",\"ends_at\":\"2027-03-01T10:00:00Z\"", "/ends_at"},
        {"\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\",\"party\":0", "/party"},
        {"\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\",\"quantity\":51", "/quantity"},
        {"\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\",\"payment\":\"later\"", "/payment"},
        {"\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\",\"pinned\":true", "/pinned"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer =
            post_as(world->owner, "/v1/bookings",
                    body_of(world_format(world, ",\"room_type_id\":\"%s\",%s", house.type, cases[i].more)));
        assert_pointer(&answer, 422, "VALIDATION_FAILED", cases[i].pointer);
    }
    struct answer answer = post_as(
        world->owner, "/v1/bookings",
        world_format(world, "{\"property_id\":\"%s\",\"guest\":{\"name\":\"\",\"email\":\"x\"}}", house.property));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/guest/name");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/guest/email");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/room_type_id");
}

static void
what_the_machine_sets_is_read_only(void **state)
{
    static const char *const fields[] = {"status",  "code", "claims", "checked_in_at",
                                         "version", "seq",  "id",     "expires_at"};
    (void)state;
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-02"));
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const char *field = world_format(world, "/%s", fields[i]);
        struct answer answer =
            post_as(world->owner, "/v1/bookings", body_of(world_format(world, ",\"%s\":null", fields[i])));
        assert_pointer(&answer, 422, "READ_ONLY_FIELD", field);
        answer = world_patch(world, at(&booking, ""), 1, "{\"%s\":\"CANCELLED\"}", fields[i]);
        assert_pointer(&answer, 422, "READ_ONLY_FIELD", field);
    }
    struct answer answer = world_patch(world, at(&booking, ""), 1, "{\"room_id\":\"%s\"}", house.room[0]);
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/room_id");
}

/* -- refusals of capacity, with alternatives -- */

static void
sold_out_names_the_nights_and_what_could_be_had(void **state)
{
    (void)state;
    (void)book(stay(house.type, "2027-03-02", "2027-03-03"));
    (void)book(stay(house.type, "2027-03-02", "2027-03-03"));
    struct answer answer = post_as(world->owner, "/v1/bookings", stay(house.type, "2027-03-01", "2027-03-04"));
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_int_equal(json_array_size(answer_at(&answer, "nights")), 1);
    assert_string_equal(answer_text(&answer, "nights/0"), "2027-03-02");
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 3);
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "room_type");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_type_id"), house.studio);
    assert_string_equal(answer_text(&answer, "alternatives/1/kind"), "dates");
    assert_string_equal(answer_text(&answer, "alternatives/1/arrival"), "2027-03-03");
    assert_string_equal(answer_text(&answer, "alternatives/2/arrival"), "2027-02-27");
    for (size_t i = 0; i < 3; i++) {
        const char *type = answer_text(&answer, world_format(world, "alternatives/%zu/room_type_id", i));
        (void)book(stay(type, answer_text(&answer, world_format(world, "alternatives/%zu/arrival", i)),
                        answer_text(&answer, world_format(world, "alternatives/%zu/departure", i))));
    }
}

static void
a_room_that_is_taken_is_told_with_another(void **state)
{
    (void)state;
    struct answer first = book(stay_in(house.room[0], "2027-03-01", "2027-03-04"));
    const char *body = stay_in(house.room[0], "2027-03-03", "2027-03-05");
    struct answer answer = post_as(world->owner, "/v1/bookings", body);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), answer_text(&first, "id"));
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "room");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_id"), house.room[1]);
    answer = post_as(booker, "/v1/bookings", body);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    assert_null(answer_at(&answer, "in_the_way"));
    assert_string_equal(answer_text(&answer, "alternatives/0/room_id"), house.room[1]);
}

static const char *
named_in_the_way(const char *body)
{
    struct answer answer = post_as(world->owner, "/v1/bookings", body);
    assert_problem(&answer, 409, "ROOM_NOT_AVAILABLE");
    char *text = json_dumps(answer_at(&answer, "in_the_way/0"), JSON_COMPACT);
    const char *named = world_format(world, "%s", text);
    free(text);
    return named;
}

static void
erase_guest(const struct answer *booking, int version)
{
    struct answer answer =
        world_ask(world, &(struct ask){.method = "DELETE",
                                       .target = world_format(world, "/v1/guests/%s", answer_text(booking, "guest/id")),
                                       .token = world->owner,
                                       .fields = world_format(world, "If-Match: \"%d\"\r\n", version)});
    assert_status(&answer, 200);
}

/* Asked a second time the refusal is one that was kept: it names nobody, so the names are looked up for it anew. */
static void
who_is_in_the_way_has_the_name_they_have_now(void **state)
{
    (void)state;
    struct answer first = book(stay_in(house.room[0], "2027-03-01", "2027-03-04"));
    const char *body = stay_in(house.room[0], "2027-03-03", "2027-03-05");
    const char *named = named_in_the_way(body);
    assert_non_null(strstr(named, world_format(world, "\"code\":\"%s\"", answer_text(&first, "code"))));
    assert_non_null(strstr(named, "\"guest_name\":\"Ada Lovelace\""));
    assert_non_null(strstr(named, "\"room_number\":\"101\""));
    long long again = atomic_load(&engine_read_stats(world->engine)->refused_again);
    assert_string_equal(named_in_the_way(body), named);
    assert_int_equal(atomic_load(&engine_read_stats(world->engine)->refused_again), again + 1);
    struct answer answer = world_patch(world, world_format(world, "/v1/guests/%s", answer_text(&first, "guest/id")), 1,
                                       "{\"name\":\"Ada King\"}");
    assert_status(&answer, 200);
    assert_non_null(strstr(named_in_the_way(body), "\"guest_name\":\"Ada King\""));
    erase_guest(&first, 2);
    named = named_in_the_way(body);
    assert_non_null(strstr(named, "\"guest_name\":null"));
    assert_non_null(strstr(named, answer_text(&first, "code")));
}

static void
a_room_that_is_held_is_a_conflict_until_then(void **state)
{
    const char *body = slot_in(house.slot_room[0], "2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z");
    (void)state;
    struct answer hold = post_as(desk, "/v1/holds",
                                 world_format(world,
                                              "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"starts_at\":"
                                              "\"2027-03-01T09:00:00Z\",\"ends_at\":\"2027-03-01T10:00:00Z\"}",
                                              house.property, house.slot_room[0]));
    assert_status(&hold, 201);
    struct answer answer = post_as(world->owner, "/v1/bookings", body);
    assert_problem(&answer, 409, "BOOKING_CONFLICT");
    assert_string_equal(answer_text(&answer, "expires_at"), "2026-11-22T10:00:30Z");
    assert_string_equal(answer_field(world, &answer, "Retry-After"), "30");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_id"), house.slot_room[1]);
    assert_string_equal(answer_text(&answer, "alternatives/1/kind"), "time");
    assert_string_equal(answer_text(&answer, "alternatives/1/starts_at"), "2027-03-01T10:00:00Z");
    test_clock_advance_ms(&world->clock, 30000);
    answer = post_as(world->owner, "/v1/bookings", body);
    assert_status(&answer, 201);
}

static void
the_same_alternatives_serve_for_a_quarter_of_a_second(void **state)
{
    const char *body = stay(house.type, "2027-03-01", "2027-03-02");
    (void)state;
    (void)book(body);
    (void)book(body);
    struct answer first = post_as(booker, "/v1/bookings", body);
    (void)book(stay(house.studio, "2027-03-01", "2027-03-02"));
    (void)book(stay(house.studio, "2027-03-01", "2027-03-02"));
    (void)book(stay(house.studio, "2027-03-01", "2027-03-02"));
    struct answer second = post_as(booker, "/v1/bookings", body);
    assert_true(json_equal(answer_at(&first, "alternatives"), answer_at(&second, "alternatives")));
    test_clock_advance_ms(&world->clock, 250);
    struct answer third = post_as(booker, "/v1/bookings", body);
    assert_string_equal(answer_text(&third, "alternatives/0/kind"), "dates");
}

static void
rules_are_refused_by_name(void **state)
{
    (void)state;
    struct answer answer = post_as(world->owner, "/v1/bookings", stay(house.type, "2026-11-01", "2026-11-03"));
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_string_equal(answer_text(&answer, "nights/0"), "2026-11-01");
    assert_string_equal(answer_text(&answer, "limits/first_day"), "2026-11-22");
    assert_string_equal(answer_text(&answer, "limits/last_day"), "2028-11-20");
    assert_string_equal(answer_text(&answer, "detail"),
                        "2026-11-01 is past: the days on sale are 2026-11-22 to 2028-11-20.");
    answer = post_as(world->owner, "/v1/bookings", stay(house.type, "2028-11-20", "2028-11-22"));
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_string_equal(answer_text(&answer, "nights/0"), "2028-11-21");
    answer = post_as(world->owner, "/v1/bookings", stay(house.type, "2028-11-20", "2028-11-21"));
    assert_status(&answer, 201);
    answer = post_as(world->owner, "/v1/bookings",
                     body_of(world_format(world,
                                          ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                          "\"departure\":\"2027-03-02\",\"party\":3",
                                          house.type)));
    assert_problem(&answer, 409, "TOO_MANY_GUESTS");
    assert_int_equal(answer_number(&answer, "limits/max_guests"), 2);
    assert_string_equal(answer_text(&answer, "detail"), "This room type takes at most 2 guests.");
    answer = post_as(world->owner, "/v1/bookings",
                     slot_in(house.slot_room[0], "2027-03-01T09:00:00Z", "2027-03-03T10:00:00Z"));
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "slot_length");
    assert_int_equal(answer_number(&answer, "limits/length_max"), 1440);
    answer =
        post_as(world->owner, "/v1/bookings", slot_in(house.room[0], "2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z"));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/starts_at");
    answer = post_as(booker, "/v1/bookings",
                     body_of(world_format(world,
                                          ",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                          "\"departure\":\"2027-03-02\",\"pinned\":true",
                                          house.room[0])));
    assert_pointer(&answer, 403, "FORBIDDEN", "/pinned");
}

static struct answer
slot(const char *from, const char *until)
{
    return post_as(booker, "/v1/bookings",
                   slot_in(house.slot_room[0], world_format(world, "2027-03-01T%s:00Z", from),
                           world_format(world, "2027-03-01T%s:00Z", until)));
}

static void
rules_of_a_room_type_are_told_with_their_values(void **state)
{
    (void)state;
    struct answer answer = world_patch(world, world_format(world, "/v1/room-types/%s", house.classroom), 1,
                                       "{\"opens_min\":510,\"closes_min\":1020,\"length_min\":30,\"length_max\":120,"
                                       "\"notice_min\":60,\"quota_per_booker\":1}");
    assert_status(&answer, 200);
    answer = slot("07:00", "08:00"); /* 08:00 in Paris */
    assert_string_equal(answer_text(&answer, "rule"), "opening_hours");
    assert_int_equal(answer_number(&answer, "limits/opens_min"), 510);
    assert_int_equal(answer_number(&answer, "limits/closes_min"), 1020);
    assert_string_equal(answer_text(&answer, "detail"),
                        "The slot is not within opening hours, 08:30 to 17:00 at the property.");
    answer = slot("09:00", "09:15");
    assert_string_equal(answer_text(&answer, "detail"), "A slot of this room type takes 30 to 120 minutes.");
    assert_int_equal(answer_number(&answer, "limits/length_min"), 30);
    answer =
        post_as(booker, "/v1/bookings", slot_in(house.slot_room[0], "2026-11-22T10:30:00Z", "2026-11-22T11:30:00Z"));
    assert_string_equal(answer_text(&answer, "rule"), "notice");
    assert_int_equal(answer_number(&answer, "limits/notice_min"), 60);
    answer =
        post_as(booker, "/v1/bookings", slot_in(house.slot_room[0], "2028-12-01T10:30:00Z", "2028-12-01T11:30:00Z"));
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_string_equal(answer_text(&answer, "nights/0"), "2028-12-01");
    assert_string_equal(answer_text(&answer, "limits/last_day"), "2028-11-20");
    answer = slot("09:00", "10:00");
    assert_status(&answer, 201);
    answer = slot("11:00", "12:00");
    assert_string_equal(answer_text(&answer, "rule"), "quota");
    assert_int_equal(answer_number(&answer, "limits/quota_per_booker"), 1);
}

static void
a_booking_in_a_property_that_is_not_there_is_404(void **state)
{
    char text[ID_TEXT_SIZE];
    (void)state;
    id_format(ID_PROPERTY, 4000000, (struct id){UINT64_C(0x19a000000000000), 9}, text);
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                      "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"A\"}}",
                                      text, house.type);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_get(world, "/v1/bookings?property_id=%s", text);
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* -- amend -- */

static void
a_booking_is_amended_from_its_version(void **state)
{
    (void)state;
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-03"));
    struct answer answer = world_patch(world, at(&booking, ""), 1,
                                       "{\"arrival\":\"2027-03-02\",\"departure\":\"2027-03-06\",\"party\":2}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "arrival"), "2027-03-02");
    assert_int_equal(answer_number(&answer, "party"), 2);
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
    answer = world_patch(world, at(&booking, ""), 2, "{\"departure\":\"2027-03-04\"}");
    assert_string_equal(answer_text(&answer, "arrival"), "2027-03-02");
    assert_string_equal(answer_text(&answer, "departure"), "2027-03-04");
    answer = world_patch(world, at(&booking, ""), 3, "{\"arrival\":\"2027-03-04\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/arrival");
    answer = world_patch(world, at(&booking, ""), 3, "{\"departure\":\"2027-03-02\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = world_patch(world, at(&booking, ""), 3, "{\"starts_at\":\"2027-03-04T10:00:00Z\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/starts_at");
    answer = world_patch(world, at(&booking, ""), 3, "{\"guest\":{\"name\":\"Grace Hopper\"}}");
    assert_string_equal(answer_text(&answer, "guest/name"), "Grace Hopper");
    answer = world_patch(world, at(&booking, ""), 3, "{\"party\":1}");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    answer = world_get(world, "%s", at(&booking, ""));
    assert_string_equal(answer_text(&answer, "guest/name"), "Grace Hopper");
}

/* Nothing but its place in the log, and whether a rule was overridden with it, stands in the reply to a write beside
 * what a GET shows; and nothing but the account, which has no version, in that beside the reply. */
static void
assert_shown(const struct answer *write)
{
    assert_status(write, 200);
    struct answer got = world_get(world, "%s", at(write, ""));
    json_t *shown = json_copy(write->json);
    json_object_del(shown, "seq");
    json_object_del(shown, "override");
    json_object_del(shown, "override_role");
    assert_int_equal(json_object_del(got.json, "account"), 0);
    assert_true(json_equal(shown, got.json));
    json_decref(shown);
    assert_string_equal(answer_field(world, write, "ETag"), answer_field(world, &got, "ETag"));
}

static void
every_write_answers_with_what_a_get_shows(void **state)
{
    (void)state;
    struct answer booking = book(world_format(
        world,
        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-04\","
        "\"guest\":{\"name\":\"Ada Lovelace\",\"email\":\"ada@example.org\",\"phone\":\"+44 1\"},"
        "\"payment\":\"required\"}",
        house.property, house.type));
    struct answer answer = post_as(desk, at(&booking, "/confirm"), "{\"reason\":\"pays at the desk\"}");
    assert_string_equal(answer_text(&answer, "guest/email"), "ada@example.org");
    assert_shown(&answer);
    answer = world_patch(world, at(&booking, ""), 2, "{\"departure\":\"2027-03-03\"}");
    assert_string_equal(answer_text(&answer, "guest/phone"), "+44 1");
    assert_shown(&answer);
    answer = world_patch(world, at(&booking, ""), 3, "{\"guest\":{\"name\":\"Grace Hopper\"}}");
    assert_shown(&answer);
    answer = post_as(desk, at(&booking, "/cancel?dry_run=true"), "{}");
    assert_string_equal(answer_text(&answer, "guest/name"), "Grace Hopper");
    answer = post_as(desk, at(&booking, "/cancel"), "{}");
    assert_string_equal(answer_text(&answer, "guest/name"), "Grace Hopper");
    assert_shown(&answer);
}

static long long
last_seq(void)
{
    struct answer answer = world_get(world, "/v1/events?property_id=%s&limit=200", house.property);
    size_t count = json_array_size(answer_at(&answer, "items"));
    return answer_number(&answer, world_format(world, "items/%zu/seq", count - 1));
}

static void
an_amendment_that_changes_nothing_leaves_no_version(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "{\"party\":1}",
        "{\"departure\":\"2027-03-03\"}",
        "{\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-03\"}",
        "{\"guest\":{\"name\":\"Ada Lovelace\"}}",
    };
    (void)state;
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-03"));
    long long seq = last_seq();
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct answer answer = world_patch(world, at(&booking, ""), 1, "%s", bodies[i]);
        assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
        assert_int_equal(answer_number(&answer, "seq"), answer_number(&booking, "seq"));
        assert_shown(&answer);
    }
    assert_int_equal(last_seq(), seq);
    struct answer answer = world_patch(world, at(&booking, ""), 2, "{}");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    answer = world_patch(world, at(&booking, ""), 1, "{\"guest\":{\"name\":\"Ada Lovelace\",\"phone\":\"1\"}}");
    assert_int_equal(answer_number(&answer, "version"), 2);
}

static void
an_amendment_needs_if_match_of_a_booking_that_is_there(void **state)
{
    char text[ID_TEXT_SIZE];
    (void)state;
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-03"));
    struct ask ask = {.method = "PATCH", .target = at(&booking, ""), .token = world->owner, .body = "{\"party\":2}"};
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 428, "IF_MATCH_REQUIRED");
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
    assert_non_null(strstr(answer_text(&answer, "detail"), "If-Match"));
    assert_non_null(strstr(answer_text(&answer, "detail"), "\"1\""));
    ask.token = booker;
    answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
    id_format(ID_BOOKING, house.number, (struct id){UINT64_C(0x19a000000000000), 9}, text);
    ask.target = world_format(world, "/v1/bookings/%s", text);
    ask.token = world->owner;
    answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
too_large_a_party_is_offered_a_type_that_takes_it(void **state)
{
    (void)state;
    struct answer suite = world_post(world, "/v1/room-types",
                                     "{\"property_id\":\"%s\",\"name\":\"Suite\",\"sold_by\":\"night\","
                                     "\"stock\":\"rooms\",\"max_guests\":9}",
                                     house.property);
    assert_status(&suite, 201);
    struct answer answer =
        world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"900\"}",
                   house.property, answer_text(&suite, "id"));
    assert_status(&answer, 201);
    const char *body = stay_until("2027-03-03", ",\"party\":9");
    answer = post_as(world->owner, "/v1/bookings", body);
    assert_problem(&answer, 409, "TOO_MANY_GUESTS");
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 1);
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "room_type");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_type_id"), answer_text(&suite, "id"));
    (void)book(body_of(world_format(
        world, ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-03\",\"party\":9",
        answer_text(&suite, "id"))));
    test_clock_advance_ms(&world->clock, 1000);
    answer = post_as(world->owner, "/v1/bookings", body);
    assert_problem(&answer, 409, "TOO_MANY_GUESTS");
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 0);
}

/* A slot has no nights to list, so the words must not send anybody to look for them. */
static void
a_slot_that_is_sold_out_is_told_without_nights(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++)
        (void)book(slot_in(house.slot_room[i], "2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z"));
    struct answer answer =
        post_as(world->owner, "/v1/bookings",
                world_format(world,
                             "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"guest\":{\"name\":\"Bob\"},"
                             "\"starts_at\":\"2027-03-01T09:30:00Z\",\"ends_at\":\"2027-03-01T10:30:00Z\"}",
                             house.property, house.classroom));
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "detail"), "No room of this type is free at that time.");
    assert_null(answer_at(&answer, "nights"));
    (void)book(stay(house.type, "2027-03-05", "2027-03-06"));
    (void)book(stay(house.type, "2027-03-05", "2027-03-06"));
    answer = post_as(world->owner, "/v1/bookings", stay(house.type, "2027-03-05", "2027-03-06"));
    assert_string_equal(answer_text(&answer, "detail"), "No stock is left; `nights` lists the dates.");
}

static void
an_amendment_that_finds_no_room_changes_nothing(void **state)
{
    (void)state;
    (void)book(stay(house.type, "2027-03-05", "2027-03-06"));
    (void)book(stay(house.type, "2027-03-05", "2027-03-06"));
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-03"));
    struct answer answer = world_patch(world, at(&booking, ""), 1, "{\"departure\":\"2027-03-07\"}");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "nights/0"), "2027-03-05");
    answer = world_get(world, "%s", at(&booking, ""));
    assert_int_equal(answer_number(&answer, "version"), 1);
}

/* The dates around are free but for what the booking takes itself: it may be moved onto its own nights. */
static void
an_amendment_that_finds_no_room_is_told_what_it_could_have(void **state)
{
    (void)state;
    (void)book(stay(house.type, "2027-03-01", "2027-03-10"));
    (void)book(stay(house.type, "2027-03-06", "2027-03-07"));
    struct answer booking = book(stay(house.type, "2027-03-02", "2027-03-05"));
    struct answer answer =
        world_patch(world, at(&booking, ""), 1, "{\"arrival\":\"2027-03-04\",\"departure\":\"2027-03-07\"}");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "room_type");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_type_id"), house.studio);
    assert_string_equal(answer_text(&answer, "alternatives/1/kind"), "dates");
    assert_string_equal(answer_text(&answer, "alternatives/1/arrival"), "2027-03-03");
    assert_string_equal(answer_text(&answer, "alternatives/1/departure"), "2027-03-06");
    answer = world_patch(world, at(&booking, ""), 1, "{\"arrival\":\"2027-03-03\",\"departure\":\"2027-03-06\"}");
    assert_status(&answer, 200);
}

static void
an_amendment_is_not_offered_what_the_booking_has(void **state)
{
    (void)state;
    (void)book(stay(house.type, "2027-03-04", "2027-03-05"));
    (void)book(stay(house.type, "2027-03-04", "2027-03-05"));
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-04"));
    struct answer answer =
        world_patch(world, at(&booking, ""), 1, "{\"arrival\":\"2027-03-02\",\"departure\":\"2027-03-05\"}");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_int_equal(json_array_size(answer_at(&answer, "alternatives")), 3);
    assert_string_equal(answer_text(&answer, "alternatives/0/room_type_id"), house.studio);
    assert_string_equal(answer_text(&answer, "alternatives/1/arrival"), "2027-02-28");
    assert_string_equal(answer_text(&answer, "alternatives/2/arrival"), "2027-03-05");
    booking = book(stay(house.studio, "2027-03-04", "2027-03-05"));
    answer = world_patch(world, at(&booking, ""), 1, "{\"room_type_id\":\"%s\"}", house.type);
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "dates");
}

static struct answer
move_as(const char *token, const struct answer *booking, const char *from, const char *until)
{
    return world_ask(
        world, &(struct ask){.method = "PATCH",
                             .target = at(booking, ""),
                             .token = token,
                             .fields = "If-Match: \"1\"\r\n",
                             .body = world_format(world, "{\"arrival\":\"%s\",\"departure\":\"%s\"}", from, until)});
}

/* A type that is let with approval is nothing a booker can change to; the desk can, and what it was offered a moment
 * ago is not told to the booker. */
static void
an_amendment_is_offered_what_its_own_caller_may_have(void **state)
{
    (void)state;
    struct answer answer =
        world_patch(world, world_format(world, "/v1/room-types/%s", house.studio), 1, "{\"needs_approval\":true}");
    assert_status(&answer, 200);
    (void)book(stay(house.type, "2027-03-04", "2027-03-05"));
    (void)book(stay(house.type, "2027-03-04", "2027-03-05"));
    struct answer booking = post_as(booker, "/v1/bookings", stay(house.type, "2027-03-01", "2027-03-04"));
    assert_string_equal(answer_text(&booking, "status"), "CONFIRMED");
    answer = move_as(desk, &booking, "2027-03-02", "2027-03-05");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "alternatives/0/room_type_id"), house.studio);
    answer = move_as(booker, &booking, "2027-03-02", "2027-03-05");
    assert_problem(&answer, 409, "SOLD_OUT");
    assert_string_equal(answer_text(&answer, "alternatives/0/kind"), "dates");
    answer = move_as(booker, &booking, answer_text(&answer, "alternatives/0/arrival"),
                     answer_text(&answer, "alternatives/0/departure"));
    assert_status(&answer, 200);
}

/* -- confirm, cancel -- */

static void
an_unpaid_booking_is_confirmed_by_staff_with_a_reason(void **state)
{
    (void)state;
    struct answer booking = book(body_of(world_format(world,
                                                      ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                                      "\"departure\":\"2027-03-02\",\"payment\":\"required\"",
                                                      house.type)));
    assert_string_equal(answer_text(&booking, "status"), "PENDING_PAYMENT");
    assert_string_equal(answer_text(&booking, "expires_at"), "2026-11-22T10:15:00Z");
    struct answer answer = post_as(desk, at(&booking, "/confirm"), NULL);
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "payment_required");
    answer = post_as(booker, at(&booking, "/confirm"), "{}");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = post_as(desk, at(&booking, "/confirm"), "{\"reason\":\"pays at the desk\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CONFIRMED");
    assert_true(json_is_null(answer_at(&answer, "expires_at")));
    answer = post_as(desk, at(&booking, "/confirm"), "{}");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&answer, "current_status"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "allowed/0"), "amend");
    assert_string_equal(answer_text(&answer, "allowed/1"), "extend");
    assert_string_equal(answer_text(&answer, "allowed/2"), "cancel");
}

/* A slot ends at an instant and a stay on a day: what is refused is the field that was sent. */
static void
a_field_of_the_other_kind_is_named_as_it_was_sent(void **state)
{
    (void)state;
    struct answer slot = book(slot_in(house.slot_room[0], "2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z"));
    struct answer stays = book(stay(house.type, "2027-03-01", "2027-03-02"));
    struct answer answer = post_as(world->owner, at(&slot, "/extend"), "{\"departure\":\"2027-03-02\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = post_as(world->owner, at(&stays, "/extend"), "{\"ends_at\":\"2027-03-03T10:00:00Z\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/ends_at");
    answer = world_patch(world, at(&slot, ""), 1, "{\"departure\":\"2027-03-02\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/departure");
    answer = world_patch(world, at(&slot, ""), 1, "{\"arrival\":\"2027-02-28\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/arrival");
    answer = world_patch(world, at(&stays, ""), 1, "{\"starts_at\":\"2027-03-01T09:00:00Z\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/starts_at");
}

static void
a_cancelled_booking_gives_its_stock_back(void **state)
{
    (void)state;
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-02"));
    struct answer answer = post_as(world->owner, at(&booking, "/cancel"), "{\"reason\":\"rain\",\"refund\":true}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "status"), "CANCELLED");
    assert_string_equal(answer_text(&answer, "cancelled_at"), "2026-11-22T10:00:00Z");
    assert_string_equal(answer_text(&answer, "guest/id"), answer_text(&booking, "guest/id"));
    answer = post_as(world->owner, at(&booking, "/cancel"), NULL);
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_int_equal(json_array_size(answer_at(&answer, "allowed")), 0);
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-02", house.type);
    assert_int_equal(answer_number(&answer, "nights/0/sold"), 0);
}

static void
a_stale_command_is_refused_only_when_it_names_a_version(void **state)
{
    (void)state;
    struct answer booking = book(stay(house.type, "2027-03-01", "2027-03-02"));
    struct ask ask = {.method = "POST",
                      .target = at(&booking, "/cancel"),
                      .token = world->owner,
                      .fields = "If-Match: \"7\"\r\n",
                      .body = "{}"};
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    ask.fields = "If-Match: \"1\"\r\n";
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
}

/* -- seeing -- */

static void
a_booker_sees_and_changes_their_own_only(void **state)
{
    (void)state;
    struct answer others = book(stay(house.type, "2027-03-01", "2027-03-02"));
    struct answer own = post_as(booker, "/v1/bookings", stay(house.type, "2027-03-01", "2027-03-02"));
    assert_status(&own, 201);
    struct ask ask = {.method = "GET", .target = at(&others, ""), .token = booker};
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
    ask.target = at(&others, "/events");
    answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
    ask.target = at(&own, "/events");
    answer = world_ask(world, &ask);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    ask.target = world_format(world, "/v1/bookings?property_id=%s", house.property);
    answer = world_ask(world, &ask);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/id"), answer_text(&own, "id"));
    answer = get_as(booker, world_format(world, "/v1/bookings?property_id=%s&guest=lovelace", house.property));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/id"), answer_text(&own, "id"));
    answer = get_as(booker, world_format(world, "/v1/bookings?property_id=%s&guest=lovelace&code=%s", house.property,
                                         answer_text(&others, "code")));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    answer = post_as(booker, at(&others, "/cancel"), "{}");
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = post_as(booker, at(&own, "/cancel"), "{}");
    assert_status(&answer, 200);
}

static size_t
count_of(const char *query)
{
    struct answer answer = world_get(world, "/v1/bookings?property_id=%s&%s", house.property, query);
    assert_status(&answer, 200);
    return json_array_size(answer_at(&answer, "items"));
}

static void
bookings_are_listed_by_what_is_known_of_them(void **state)
{
    (void)state;
    struct answer first = book(world_format(world,
                                            "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                            "\"departure\":\"2027-03-04\",\"guest\":{\"name\":\"Grace Hopper\"}}",
                                            house.property, house.room[0]));
    struct answer second = book(stay(house.type, "2027-03-03", "2027-03-05"));
    (void)book(slot_in(house.slot_room[0], "2027-03-01T23:00:00Z", "2027-03-02T00:00:00Z")); /* 00:00 in Paris */
    struct answer gone = book(stay(house.studio, "2027-03-01", "2027-03-02"));
    (void)post_as(world->owner, at(&gone, "/cancel"), "{}");
    assert_int_equal(count_of("limit=10"), 4);
    assert_int_equal(count_of("status=CONFIRMED"), 3);
    assert_int_equal(count_of("status=CANCELLED"), 1);
    assert_int_equal(count_of("arrivals=2027-03-01"), 1);                  /* whoever cancelled does not come */
    assert_int_equal(count_of("arrivals=2027-03-01&status=CANCELLED"), 1); /* unless asked for */
    assert_int_equal(count_of("departures=2027-03-02"), 1);                /* the slot; not who cancelled */
    assert_int_equal(count_of(world_format(world, "code=%s&arrivals=2027-03-01", answer_text(&gone, "code"))), 0);
    assert_int_equal(count_of("arrivals=2027-03-02"), 1); /* the slot, by local time */
    assert_int_equal(count_of("arrivals=2027-03-01&status=CONFIRMED"), 1);
    assert_int_equal(count_of("departures=2027-03-04"), 1);
    assert_int_equal(count_of("in_house=2027-03-03"), 2);
    assert_int_equal(count_of("in_house=2027-03-04"), 1);
    assert_int_equal(count_of("date=2027-03-02"), 2);
    assert_int_equal(count_of("date=2027-03-01&arrivals=true"), 1);
    assert_int_equal(count_of("arrivals=true"), 0);
    assert_int_equal(count_of("guest=grace"), 1);
    assert_int_equal(count_of("guest=ada%20l"), 3);
    assert_int_equal(count_of("guest=HOPP"), 1);
    assert_int_equal(count_of("guest=H%C3%B6pper,%20grace"), 1);
    assert_int_equal(count_of("guest=opper"), 0);
    assert_int_equal(count_of("guest=grace%20lovelace"), 0);
    assert_int_equal(count_of(world_format(world, "room_id=%s", house.room[0])), 1);
    assert_int_equal(count_of(world_format(world, "room_id=%s&guest=ada", house.room[0])), 0);
    assert_int_equal(count_of(world_format(world, "code=%s", answer_text(&first, "code"))), 1);
    assert_int_equal(count_of(world_format(world, "code=%s&guest=hopp", answer_text(&first, "code"))), 1);
    assert_int_equal(count_of(world_format(world, "code=%s&guest=love", answer_text(&first, "code"))), 0);
    assert_int_equal(count_of(world_format(world, "code=%s&status=CANCELLED", answer_text(&first, "code"))), 0);
    assert_int_equal(count_of("code=AAAAAA"), 0);
    const char *code = answer_text(&first, "code");
    char lower[16], apart[16];
    for (size_t i = 0; i <= strlen(code); i++)
        lower[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] - 'A' + 'a' : code[i]);
    (void)snprintf(apart, sizeof(apart), "%.3s-%s", lower, code + 3);
    assert_int_equal(count_of(world_format(world, "code=%s", lower)), 1);
    assert_int_equal(count_of(world_format(world, "code=%s", apart)), 1);
    assert_int_equal(count_of(world_format(world, "code=+%.2s+%.3s++%s", lower, lower + 2, lower + 5)), 1);
    struct answer answer = world_get(world, "/v1/bookings?property_id=%s&limit=1&arrivals=2027-03-03", house.property);
    assert_string_equal(answer_text(&answer, "items/0/id"), answer_text(&second, "id"));
    assert_true(json_is_null(answer_at(&answer, "next")));
    answer = world_get(world, "/v1/bookings?property_id=%s&status=GONE", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?status");
    answer = world_get(world, "/v1/bookings?property_id=%s&code=AAA-AAA-A", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?code");
    answer = world_get(world, "/v1/bookings?property_id=%s&code=------", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?code");
    answer = world_get(world, "/v1/bookings?property_id=%s&arrivals=today", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?arrivals");
    const char *const no_guests[] = {"%25", "_", "a", "%CC%81", "a%20b%20c%20d%20e%20f%20g"};
    for (size_t i = 0; i < sizeof(no_guests) / sizeof(no_guests[0]); i++) {
        answer = world_get(world, "/v1/bookings?property_id=%s&guest=%s", house.property, no_guests[i]);
        assert_pointer(&answer, 422, "VALIDATION_FAILED", "?guest");
    }
}

static struct answer
come_to(const char *room, const char *arrival, const char *departure)
{
    struct answer booking =
        book(world_format(world,
                          "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                          "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                          house.property, room, arrival, departure));
    struct answer in =
        post_as(world->owner, at(&booking, "/check-in"), "{\"override\":true,\"reason\":\"not inspected\"}");
    assert_status(&in, 200);
    return booking;
}

/* It is the code that whoever booked was told. */
static void
the_code_of_a_group_finds_its_bookings(void **state)
{
    (void)state;
    struct answer group = book(body_of(world_format(world,
                                                    ",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                                    "\"departure\":\"2027-03-02\",\"quantity\":2",
                                                    house.studio)));
    const char *code = answer_text(&group, "code");
    (void)book(stay(house.type, "2027-03-01", "2027-03-02"));
    assert_int_equal(count_of(world_format(world, "code=%s", code)), 2);
    assert_int_equal(count_of(world_format(world, "code=%s&guest=ada", code)), 2);
    assert_int_equal(count_of(world_format(world, "code=%s&guest=grace", code)), 0);
    assert_int_equal(count_of(world_format(world, "code=%s&arrivals=2027-03-02", code)), 0);
    struct answer page = world_get(world, "/v1/bookings?property_id=%s&code=%s&limit=1", house.property, code);
    assert_string_equal(answer_text(&page, "items/0/id"), answer_text(&group, "bookings/0/id"));
    page = world_get(world, "/v1/bookings?property_id=%s&code=%s&limit=1&after=%s", house.property, code,
                     answer_text(&page, "next"));
    assert_string_equal(answer_text(&page, "items/0/id"), answer_text(&group, "bookings/1/id"));
    assert_true(json_is_null(answer_at(&page, "next")));
    struct answer off = post_as(
        world->owner, world_format(world, "/v1/bookings/%s/cancel", answer_text(&group, "bookings/0/id")), "{}");
    assert_status(&off, 200);
    assert_int_equal(count_of(world_format(world, "code=%s&status=CONFIRMED", code)), 1);
    struct answer theirs = get_as(fixture_caller(ROLE_BOOKER, true),
                                  world_format(world, "/v1/bookings?property_id=%s&code=%s", house.property, code));
    assert_int_equal(json_array_size(answer_at(&theirs, "items")), 0);
}

/* What a desk reads in the morning: who is there, whoever is to leave today among them, and who is still to come. */
static void
the_lists_of_today_are_of_who_is_there_and_who_is_awaited(void **state)
{
    (void)state;
    struct answer leaves = come_to(house.room[0], "2026-11-22", "2026-11-23");
    (void)come_to(house.room[1], "2026-11-22", "2026-11-24");
    struct answer late = book(stay(house.studio, "2026-11-22", "2026-11-24"));
    (void)book(stay(house.studio, "2026-11-22", "2026-11-23")); /* nothing of it is left tomorrow */
    assert_int_equal(count_of("in_house=true"), 2);
    assert_int_equal(count_of("arrivals=true"), 4);
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    struct answer today = book(stay(house.type, "2026-11-23", "2026-11-24"));
    assert_int_equal(count_of("in_house=true"), 2);
    assert_int_equal(count_of("in_house=2026-11-23"), 2);
    assert_int_equal(count_of("in_house=2026-11-22"), 4); /* by their dates */
    assert_int_equal(count_of("in_house=true&status=CONFIRMED"), 2);
    assert_int_equal(count_of("arrivals=true"), 2);
    assert_int_equal(count_of("arrivals=2026-11-22"), 4);
    assert_int_equal(count_of("arrivals=2026-11-24"), 0);
    assert_int_equal(count_of("departures=true"), 2);
    assert_int_equal(count_of(world_format(world, "arrivals=true&code=%s", answer_text(&late, "code"))), 1);
    assert_int_equal(count_of(world_format(world, "arrivals=true&code=%s", answer_text(&today, "code"))), 1);
    assert_int_equal(count_of(world_format(world, "arrivals=true&code=%s", answer_text(&leaves, "code"))), 0);
    struct answer out = post_as(world->owner, at(&leaves, "/check-out"), "{}");
    assert_status(&out, 200);
    assert_int_equal(count_of("in_house=true"), 1);
    (void)book(slot_in(house.slot_room[0], "2026-11-23T15:00:00Z", "2026-11-23T16:00:00Z")); /* nobody is checked in */
    assert_int_equal(count_of("in_house=true"), 2);
    assert_int_equal(count_of("in_house=true&arrivals=2026-11-22"), 1);
}

static void
move_from(const struct answer *booking, const char *room, const char *from)
{
    struct answer moved =
        post_as(world->owner, at(booking, "/move"),
                world_format(world, "{\"to_room_id\":\"%s\"%s%s%s,\"override\":true,\"reason\":\"not inspected\"}",
                             room, *from == '\0' ? "" : ",\"from\":\"", from, *from == '\0' ? "" : "\""));
    assert_status(&moved, 200);
}

/* Nobody arrives or leaves, and still there are guests to be taken from one room to another. */
static void
who_is_to_change_rooms_today_is_in_a_list(void **state)
{
    (void)state;
    struct answer changes = come_to(house.room[0], "2026-11-22", "2026-11-25");
    (void)book(stay(house.studio, "2026-11-22", "2026-11-25"));
    move_from(&changes, house.room[1], "2026-11-23");
    const char *by_code = world_format(world, "room_changes=true&code=%s", answer_text(&changes, "code"));
    assert_int_equal(count_of("room_changes=true"), 0);
    assert_int_equal(count_of(by_code), 0);
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    assert_int_equal(count_of("room_changes=true"), 1);
    assert_int_equal(count_of(by_code), 1);
    assert_int_equal(count_of("room_changes=true&departures=2026-11-23"), 0);
    struct answer list = world_get(world, "/v1/bookings?property_id=%s&room_changes=true", house.property);
    assert_string_equal(answer_text(&list, "items/0/id"), answer_text(&changes, "id"));
    assert_string_equal(answer_text(&list, "items/0/room_id"), house.room[0]);
    assert_string_equal(answer_text(&list, "items/0/claims/1/room_id"), house.room[1]);
    move_from(&changes, house.room[1], "");
    assert_int_equal(count_of("room_changes=true"), 0);
    assert_int_equal(count_of(by_code), 0);
    struct answer no = world_get(world, "/v1/bookings?property_id=%s&room_changes=1", house.property);
    assert_problem(&no, 422, "VALIDATION_FAILED");
}

/* Nobody is given up here by a night audit: whoever did not come is in one list for as long as they are booked, and so
 * is whoever did not go. */
static void
nobody_is_lost_who_did_not_come_or_go_in_time(void **state)
{
    (void)state;
    struct answer stays_on = come_to(house.room[0], "2026-11-22", "2026-11-23");
    struct answer never_came = book(stay(house.studio, "2026-11-22", "2026-11-23"));
    (void)book(stay(house.studio, "2026-11-22", "2026-11-25")); /* late, and still awaited */
    struct answer called_off = book(stay(house.type, "2026-11-22", "2026-11-23"));
    struct answer off = post_as(world->owner, at(&called_off, "/cancel"), "{}");
    assert_status(&off, 200);
    (void)book(slot_in(house.slot_room[0], "2026-11-22T15:00:00Z", "2026-11-22T16:00:00Z")); /* over, as slots are */
    assert_int_equal(count_of("overdue=true"), 0);
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    assert_int_equal(count_of("arrivals=true"), 1);
    assert_int_equal(count_of("overdue=true"), 1); /* who leaves today is in time */
    assert_int_equal(count_of("overdue=true&status=CONFIRMED"), 1);
    test_clock_advance_ms(&world->clock, INT64_C(86400000));
    assert_int_equal(count_of("overdue=true"), 2);
    test_clock_advance_ms(&world->clock, 400 * INT64_C(86400000)); /* longer than any stay */
    assert_int_equal(count_of("overdue=true"), 3);
    assert_int_equal(count_of("overdue=true&limit=1"), 1);
    assert_int_equal(count_of(world_format(world, "overdue=true&code=%s", answer_text(&never_came, "code"))), 1);
    assert_int_equal(count_of(world_format(world, "overdue=true&code=%s", answer_text(&stays_on, "code"))), 1);
    assert_int_equal(count_of(world_format(world, "overdue=true&code=%s", answer_text(&called_off, "code"))), 0);
    assert_int_equal(count_of(world_format(world, "overdue=true&room_id=%s", house.room[0])), 1);
    struct answer out = post_as(world->owner, at(&stays_on, "/check-out"), "{}");
    assert_status(&out, 200);
    out = post_as(world->owner, at(&never_came, "/no-show"), "{}");
    assert_status(&out, 200);
    assert_int_equal(count_of("overdue=true"), 1);
    struct answer no = world_get(world, "/v1/bookings?property_id=%s&overdue=yes", house.property);
    assert_problem(&no, 422, "VALIDATION_FAILED");
}

/* Who departs is looked for from the earliest day on which they can have come. */
static void
the_longest_stay_is_listed_from_its_first_night_to_its_departure(void **state)
{
    (void)state;
    (void)book(stay(house.studio, "2027-03-01", "2028-03-01")); /* 366 nights */
    assert_int_equal(count_of("departures=2028-03-01"), 1);
    assert_int_equal(count_of("departures=2028-02-29"), 0);
    assert_int_equal(count_of("departures=2028-03-02"), 0);
    assert_int_equal(count_of("in_house=2027-03-01"), 1);
    assert_int_equal(count_of("in_house=2028-02-29"), 1);
    assert_int_equal(count_of("in_house=2028-03-01"), 0);
    assert_int_equal(count_of("arrivals=2027-03-01&departures=2028-03-01"), 1);
    assert_int_equal(count_of("arrivals=2027-03-02&departures=2028-03-01"), 0);
}

/* Page by page, with seven bookings behind the query. */
static void
assert_pages(const char *query)
{
    size_t seen = 0;
    const char *after = "", *last = "";
    for (int pages = 0; pages < 10; pages++) {
        struct answer answer =
            world_get(world, "/v1/bookings?property_id=%s&limit=3%s%s", house.property, query, after);
        for (size_t i = 0; i < json_array_size(answer_at(&answer, "items")); i++) {
            const char *arrival = answer_text(&answer, world_format(world, "items/%zu/arrival", i));
            assert_true(strcmp(arrival, last) > 0);
            last = arrival;
            seen++;
        }
        if (json_is_null(answer_at(&answer, "next")))
            break;
        after = world_format(world, "&after=%s", answer_text(&answer, "next"));
    }
    assert_int_equal(seen, 7);
}

static void
pages_of_bookings_show_each_once(void **state)
{
    (void)state;
    for (int i = 1; i <= 7; i++) {
        test_clock_advance_ms(&world->clock, 1); /* ids are in order of time */
        (void)book(
            stay(house.studio, world_format(world, "2027-04-0%d", i), world_format(world, "2027-04-0%d", i + 1)));
    }
    assert_pages("");
    assert_pages("&guest=love%20a");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_booking_is_made_and_answered_whole),
        CASE(a_slot_takes_a_room),
        CASE(a_quantity_makes_a_group_all_or_none),
        CASE(who_asks_for_more_than_is_left_is_told_how_many_are),
        CASE(legs_make_a_group_of_different_bookings),
        CASE(the_leg_that_can_t_be_had_is_pointed_at),
        CASE(what_is_asked_for_at_once_has_its_limits),
        CASE(the_leg_at_fault_is_pointed_at),
        CASE(fields_that_can_not_be_are_422_at_their_place),
        CASE(what_the_machine_sets_is_read_only),
        CASE(sold_out_names_the_nights_and_what_could_be_had),
        CASE(a_room_that_is_taken_is_told_with_another),
        CASE(who_is_in_the_way_has_the_name_they_have_now),
        CASE(a_room_that_is_held_is_a_conflict_until_then),
        CASE(the_same_alternatives_serve_for_a_quarter_of_a_second),
        CASE(rules_are_refused_by_name),
        CASE(rules_of_a_room_type_are_told_with_their_values),
        CASE(a_booking_in_a_property_that_is_not_there_is_404),
        CASE(a_booking_is_amended_from_its_version),
        CASE(every_write_answers_with_what_a_get_shows),
        CASE(an_amendment_that_changes_nothing_leaves_no_version),
        CASE(an_amendment_needs_if_match_of_a_booking_that_is_there),
        CASE(too_large_a_party_is_offered_a_type_that_takes_it),
        CASE(a_slot_that_is_sold_out_is_told_without_nights),
        CASE(an_amendment_that_finds_no_room_changes_nothing),
        CASE(an_amendment_that_finds_no_room_is_told_what_it_could_have),
        CASE(an_amendment_is_not_offered_what_the_booking_has),
        CASE(an_amendment_is_offered_what_its_own_caller_may_have),
        CASE(an_unpaid_booking_is_confirmed_by_staff_with_a_reason),
        CASE(a_field_of_the_other_kind_is_named_as_it_was_sent),
        CASE(a_cancelled_booking_gives_its_stock_back),
        CASE(a_stale_command_is_refused_only_when_it_names_a_version),
        CASE(a_booker_sees_and_changes_their_own_only),
        CASE(bookings_are_listed_by_what_is_known_of_them),
        CASE(the_code_of_a_group_finds_its_bookings),
        CASE(the_lists_of_today_are_of_who_is_there_and_who_is_awaited),
        CASE(who_is_to_change_rooms_today_is_in_a_list),
        CASE(nobody_is_lost_who_did_not_come_or_go_in_time),
        CASE(the_longest_stay_is_listed_from_its_first_night_to_its_departure),
        CASE(pages_of_bookings_show_each_once),
    };
    return test_run("api/booking", tests);
}
