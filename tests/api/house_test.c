/* Properties, room types, rooms and inventory over HTTP. */
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static struct answer
remove_at(const char *target, int version)
{
    return world_ask(world, &(struct ask){.method = "DELETE",
                                          .target = target,
                                          .token = world->owner,
                                          .fields = world_format(world, "If-Match: \"%d\"\r\n", version)});
}

static const char *
path(const char *collection, const char *id)
{
    return world_format(world, "/v1/%s/%s", collection, id);
}

static struct answer
book(const char *what, const char *id)
{
    return world_post(world, "/v1/bookings",
                      "{\"property_id\":\"%s\",\"%s\":\"%s\",\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-03\","
                      "\"guest\":{\"name\":\"Ada\"}}",
                      house.property, what, id);
}

/* -- properties -- */

static void
a_property_is_made_with_its_defaults(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/properties",
                                      "{\"name\":\"Hotel Ada\",\"time_zone\":\"Europe/Paris\",\"currency\":\"EUR\"}");
    assert_status(&answer, 201);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
    assert_string_equal(answer_field(world, &answer, "Location"),
                        world_format(world, "/v1/properties/%s", answer_text(&answer, "id")));
    assert_int_equal(answer_number(&answer, "seq"), 2);
    assert_int_equal(answer_number(&answer, "day_rolls_at_min"), 180);
    assert_int_equal(answer_number(&answer, "payment_ttl_s"), 900);
    assert_true(json_is_false(answer_at(&answer, "shows_holders")));
    struct answer got = world_get(world, "/v1/properties/%s", answer_text(&answer, "id"));
    assert_status(&got, 200);
    assert_true(json_is_null(answer_at(&answer, "business_date"))); /* nothing that the log would have to follow */
    assert_string_equal(answer_text(&got, "business_date"), "2026-11-22");
    json_object_del(answer.json, "seq");
    json_object_del(answer.json, "business_date");
    json_object_del(got.json, "business_date");
    assert_true(json_equal(got.json, answer.json));
}

static void
a_property_needs_a_zone_and_a_currency_that_exist(void **state)
{
    (void)state;
    struct answer answer =
        world_post(world, "/v1/properties", "{\"name\":\"X\",\"time_zone\":\"Europe/Nowhere\",\"currency\":\"eur\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/time_zone");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/currency");
}

static void
a_property_of_the_same_name_already_exists(void **state)
{
    static const char body[] = "{\"name\":\"Twin\",\"time_zone\":\"UTC\",\"currency\":\"EUR\"}";
    (void)state;
    struct answer answer = world_post(world, "/v1/properties", body);
    assert_status(&answer, 201);
    answer = world_post(world, "/v1/properties", body);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/name");
}

/* It is 11:00 in Paris, on a day that began at 03:00. */
static void
a_later_roll_of_the_day_does_not_take_the_day_back(void **state)
{
    const char *target = path("properties", house.property);
    (void)state;
    struct answer answer = world_patch(world, target, 1, "{\"day_rolls_at_min\":661}");
    assert_pointer(&answer, 409, "POLICY_REFUSED", "/day_rolls_at_min");
    assert_string_equal(answer_text(&answer, "rule"), "business_date_back");
    answer = world_patch(world, target, 1, "{\"day_rolls_at_min\":660}");
    assert_status(&answer, 200);
}

/* Who rolls the date changes while there is one date only. */
static void
a_property_has_its_date_rolled_by_an_audit(void **state)
{
    const char *target = path("properties", house.property);
    (void)state;
    struct answer answer = world_patch(world, target, 1, "{\"night_audit\":\"sometimes\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/night_audit");
    answer = world_patch(world, target, 1, "{\"business_date\":\"2026-11-22\"}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/business_date");
    answer = world_patch(world, target, 1, "{\"night_audit\":\"by_hand\"}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "business_date"), "2026-11-22");
    test_clock_advance_ms(&world->clock, 24 * 3600000);
    answer = world_get(world, "%s", target);
    assert_string_equal(answer_text(&answer, "business_date"), "2026-11-22");
    answer = world_patch(world, target, 2, "{\"night_audit\":\"none\"}");
    assert_pointer(&answer, 409, "POLICY_REFUSED", "/night_audit");
    assert_string_equal(answer_text(&answer, "rule"), "business_date_differs");
    test_clock_set_ms(&world->clock, WORLD_NOW_MS);
    answer = world_patch(world, target, 2, "{\"night_audit\":\"none\"}");
    assert_status(&answer, 200);
}

static void
a_house_begins_with_audits_where_it_says_so(void **state)
{
    (void)state;
    test_clock_advance_ms(&world->clock, INT64_C(15) * 3600000); /* 02:00 of the next day in Paris: not rolled yet */
    static const char house_of[] = "{\"name\":\"%s\",\"time_zone\":\"Europe/Paris\",\"currency\":\"EUR\",%s}";
    struct answer answer = world_post(world, "/v1/properties", house_of, "Audited", "\"night_audit\":\"automatic\"");
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "night_audit"), "automatic");
    assert_string_equal(answer_text(&answer, "business_date"), "2026-11-22");
    answer = world_get(world, "/v1/properties/%s", answer_text(&answer, "id"));
    assert_string_equal(answer_text(&answer, "business_date"), "2026-11-22");
    answer =
        world_post(world, "/v1/properties", house_of, "Early", "\"night_audit\":\"by_hand\",\"day_rolls_at_min\":60");
    assert_string_equal(answer_text(&answer, "business_date"), "2026-11-23");
    answer = world_post(world, "/v1/properties", house_of, "Wrong", "\"night_audit\":\"sometimes\"");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/night_audit");
    answer = world_post(world, "/v1/properties", house_of, "Wrong", "\"business_date\":\"2026-11-22\"");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/business_date");
    fixture_assert_in_order();
}

static void
a_property_is_amended_from_its_version(void **state)
{
    const char *target = path("properties", house.property);
    (void)state;
    struct answer answer = world_patch(world, target, 1, "{\"shows_holders\":true,\"day_rolls_at_min\":0}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "version"), 2);
    assert_true(json_is_true(answer_at(&answer, "shows_holders")));
    assert_string_equal(answer_text(&answer, "time_zone"), "Europe/Paris");
    answer = world_patch(world, target, 1, "{\"shows_holders\":false}");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    assert_non_null(answer_field(world, &answer, "ETag"));
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"2\""); /* what the next attempt may be made from */
    answer = world_patch(world, target, 2, "{\"currency\":\"USD\"}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/currency");
    answer = world_patch(world, target, 2, "{\"version\":7}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/version");
    answer = world_ask(
        world, &(struct ask){.method = "PATCH", .target = target, .token = world->owner, .body = "{\"name\":\"A\"}"});
    assert_problem(&answer, 428, "IF_MATCH_REQUIRED");
    answer = world_ask(world, &(struct ask){.method = "PATCH",
                                            .target = target,
                                            .token = world->owner,
                                            .fields = "If-Match: *\r\n",
                                            .body = "{\"name\":\"A\"}"});
    assert_status(&answer, 200);
}

/* A change to what is there already: the same version, the `seq` of the last real change, and nothing in the log. */
static void
assert_no_change(const char *target, int version, const char *body)
{
    struct answer before = world_get(world, "%s", target);
    struct answer log = world_get(world, "/v1/events?property_id=%s", house.property);
    struct answer answer = world_patch(world, target, version, "%s", body);
    assert_status(&answer, 200);
    assert_string_equal(answer_field(world, &answer, "ETag"), world_format(world, "\"%d\"", version));
    assert_true(answer_number(&answer, "seq") > 0);
    json_object_del(answer.json, "seq");
    json_object_del(answer.json, "business_date"); /* the log has none while it follows the clock */
    json_object_del(before.json, "business_date");
    assert_true(json_equal(answer.json, before.json));
    struct answer after = world_get(world, "/v1/events?property_id=%s", house.property);
    assert_status(&after, 200);
    assert_true(json_equal(after.json, log.json));
}

static void
a_patch_to_what_is_there_is_no_change(void **state)
{
    const char *property = path("properties", house.property), *studio = path("room-types", house.studio);
    const char *room = path("rooms", house.room[0]);
    (void)state;
    assert_no_change(property, 1, "{}"); /* known from the installation's log alone */
    assert_no_change(property, 1, "{\"time_zone\":\"Europe/Paris\",\"shows_holders\":false,\"payment_ttl_s\":900}");
    assert_no_change(studio, 1, "{}"); /* the last event that names it is of its nights */
    assert_no_change(studio, 1, "{\"name\":\"Studio\",\"features\":[]}");
    assert_no_change(room, 1, "{}");
    assert_no_change(room, 1, "{\"number\":\"101\",\"floor\":null,\"max_guests\":null}");
    struct answer answer = world_patch(world, property, 1, "{\"payment_ttl_s\":901}");
    assert_status(&answer, 200);
    long long seq = answer_number(&answer, "seq");
    answer = world_patch(world, property, 2, "{\"payment_ttl_s\":901}");
    assert_int_equal(answer_number(&answer, "seq"), seq);
    assert_int_equal(answer_number(&answer, "version"), 2);
    answer = world_patch(world, property, 1, "{}");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
}

static void
the_list_of_properties_shows_where_the_caller_has_a_role(void **state)
{
    struct small_house other = world_build_house(world);
    const struct principal_role roles[] = {{other.number, ROLE_VIEWER}};
    const char *viewer = world_add_token(world, false, true, roles, 1);
    (void)state;
    struct answer answer =
        world_ask(world, &(struct ask){.method = "GET", .target = "/v1/properties", .token = viewer});
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/id"), other.property);
    answer = world_get(world, "/v1/properties");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
}

static void
pages_of_properties_go_on_after_the_cursor(void **state)
{
    (void)state;
    (void)world_build_house(world);
    (void)world_build_house(world);
    struct answer answer = world_get(world, "/v1/properties?limit=2");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    answer = world_get(world, "/v1/properties?limit=2&after=%s", answer_text(&answer, "next"));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_true(json_is_null(answer_at(&answer, "next")));
    answer = world_get(world, "/v1/properties?after=%%21");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?after");
}

/* -- room types -- */

static void
a_room_type_is_made_amended_and_deleted(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/room-types",
                                      "{\"property_id\":\"%s\",\"name\":\"Suite\",\"sold_by\":\"night\","
                                      "\"features\":[\"sea\",\"bath\",\"sea\"]}",
                                      house.property);
    assert_status(&answer, 201);
    assert_int_equal(answer_number(&answer, "hold_ttl_s"), 600);
    assert_string_equal(answer_text(&answer, "stock"), "rooms");
    assert_int_equal(json_array_size(answer_at(&answer, "features")), 2);
    assert_string_equal(answer_text(&answer, "features/0"), "bath");
    const char *target = path("room-types", answer_text(&answer, "id"));
    answer = world_patch(world, target, 1, "{\"max_guests\":4,\"features\":[]}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "max_guests"), 4);
    assert_string_equal(answer_text(&answer, "name"), "Suite");
    answer = world_get(world, "%s", target);
    assert_int_equal(answer_number(&answer, "version"), 2);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"2\"");
    answer = remove_at(target, 1);
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    answer = remove_at(target, 2);
    assert_status(&answer, 200);
    assert_true(json_is_true(answer_at(&answer, "deleted")));
    answer = world_get(world, "%s", target);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = remove_at(target, 2);
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
a_room_type_keeps_how_it_is_sold(void **state)
{
    const char *target = path("room-types", house.type);
    (void)state;
    struct answer answer = world_patch(world, target, 1, "{\"sold_by\":\"minute\"}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/sold_by");
    answer = world_patch(world, target, 1, "{\"stock\":\"count\"}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/stock");
    answer = world_patch(world, target, 1, "{\"units\":4}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/units");
    answer = world_patch(world, target, 1, "{\"property_id\":\"%s\"}", house.property);
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/property_id");
}

static void
a_room_type_is_refused_for_what_contradicts_itself(void **state)
{
    (void)state;
    struct answer answer = world_post(
        world, "/v1/room-types", "{\"property_id\":\"%s\",\"name\":\"A\",\"sold_by\":\"minute\",\"stock\":\"count\"}",
        house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/stock");
    answer =
        world_post(world, "/v1/room-types",
                   "{\"property_id\":\"%s\",\"name\":\"A\",\"sold_by\":\"minute\",\"opens_min\":600,\"closes_min\":60}",
                   house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/closes_min");
    answer = world_post(world, "/v1/room-types", "{\"property_id\":\"%s\",\"name\":\"Double\",\"sold_by\":\"night\"}",
                        house.property);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/name");
}

static void
room_types_do_not_differ_in_capitals_alone(void **state)
{
    char suite[ID_TEXT_SIZE];
    (void)state;
    struct answer answer =
        world_post(world, "/v1/room-types", "{\"property_id\":\"%s\",\"name\":\"Führungssuite\",\"sold_by\":\"night\"}",
                   house.property);
    assert_status(&answer, 201);
    (void)snprintf(suite, sizeof(suite), "%s", answer_text(&answer, "id"));
    answer = world_post(world, "/v1/room-types",
                        "{\"property_id\":\"%s\",\"name\":\"FÜHRUNGSSUITE\",\"sold_by\":\"night\"}", house.property);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/name");
    assert_non_null(strstr(answer_text(&answer, "detail"), "\"Führungssuite\""));
    /* its own name it may write in another way */
    answer = world_patch(world, path("room-types", suite), 1, "{\"name\":\"führungssuite\"}");
    assert_status(&answer, 200);
    answer = world_patch(world, path("room-types", suite), 2, "{\"name\":\"DOUBLE\"}");
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/name");
    answer = remove_at(path("room-types", suite), 2);
    assert_status(&answer, 200);
    answer = world_patch(world, path("room-types", suite), 3, "{\"features\":[]}");
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
a_room_type_with_rooms_or_bookings_stays(void **state)
{
    (void)state;
    struct answer answer = remove_at(path("room-types", house.type), 1);
    assert_problem(&answer, 409, "IN_USE");
    answer = book("room_type_id", house.studio);
    assert_status(&answer, 201);
    const char *booking = answer_text(&answer, "id"), *code = answer_text(&answer, "code");
    answer = remove_at(path("room-types", house.studio), 1);
    assert_problem(&answer, 409, "IN_USE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/kind"), "booking");
    assert_string_equal(answer_text(&answer, "in_the_way/0/id"), booking);
    assert_string_equal(answer_text(&answer, "in_the_way/0/code"), code);
    assert_true(json_is_null(answer_at(&answer, "in_the_way/0/room_number"))); /* it has none yet */
}

static void
room_types_are_listed_in_pages(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/room-types?property_id=%s&limit=2", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    answer = world_get(world, "/v1/room-types?property_id=%s&limit=2&after=%s", house.property,
                       answer_text(&answer, "next"));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_true(json_is_null(answer_at(&answer, "next")));
    answer = world_get(world, "/v1/room-types");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?property_id");
}

/* -- rooms -- */

static void
a_room_is_made_amended_and_deleted(void **state)
{
    (void)state;
    struct answer answer = world_post(
        world, "/v1/rooms",
        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"201\",\"floor\":\"2\",\"building\":\"Main\"}",
        house.property, house.type);
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "room_status"), "CLEANED_UNINSPECTED");
    assert_true(json_is_null(answer_at(&answer, "max_guests")));
    const char *target = path("rooms", answer_text(&answer, "id"));
    answer = world_patch(world, target, 1, "{\"max_guests\":3,\"floor\":null,\"features\":[\"bath\"]}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "max_guests"), 3);
    assert_true(json_is_null(answer_at(&answer, "floor")));
    assert_string_equal(answer_text(&answer, "building"), "Main");
    answer = world_patch(world, target, 2, "{\"max_guests\":null}");
    assert_true(json_is_null(answer_at(&answer, "max_guests")));
    answer = world_patch(world, target, 3, "{\"room_status\":\"OCCUPIED\"}");
    assert_pointer(&answer, 422, "READ_ONLY_FIELD", "/room_status");
    answer = world_patch(world, target, 3, "{\"number\":\"201\",\"building\":\"Main\"}");
    assert_status(&answer, 200);
    answer = world_ask(world, &(struct ask){.method = "DELETE", .target = target, .token = world->owner});
    assert_problem(&answer, 428, "IF_MATCH_REQUIRED");
    answer = remove_at(target, 3);
    assert_status(&answer, 200);
    answer = world_get(world, "%s", target);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_patch(world, target, 4, "{\"floor\":\"1\"}");
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* Occupancy is the booking's, and the status of a room is a function of it. */
static void
what_follows_from_other_things_is_read_only(void **state)
{
    static const char *const fields[] = {"room_status", "is_occupied", "cleanliness", "fault"};
    (void)state;
    const char *target = path("rooms", house.room[0]);
    struct answer before = world_get(world, "%s", target);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct answer answer = world_patch(world, target, 1, "{\"%s\":true}", fields[i]);
        assert_pointer(&answer, 422, "READ_ONLY_FIELD", world_format(world, "/%s", fields[i]));
    }
    struct answer after = world_get(world, "%s", target);
    assert_true(json_equal(before.json, after.json));
}

/* Nobody makes them ready, or empty, to be able to delete them. */
static void
rooms_that_go_leave_their_last_state_behind(void **state)
{
    (void)state;
    struct answer answer = world_post(world, world_format(world, "/v1/rooms/%s/report-maintenance", house.room[0]),
                                      "{\"note\":\"The tap drips.\"}");
    assert_status(&answer, 200);
    answer = world_post(world, "/v1/rooms:bulk-delete", "{\"property_id\":\"%s\",\"rooms\":[\"%s\",\"%s\"]}",
                        house.property, house.room[0], house.room[1]);
    assert_status(&answer, 200);
    static const char *const statuses[] = {"MAINTENANCE_REQUIRED", "CLEANED_UNINSPECTED"};
    for (size_t i = 0; i < 2; i++) {
        answer = world_get(world, "/v1/rooms/%s/events?limit=200", house.room[i]);
        size_t last = json_array_size(answer_at(&answer, "items")) - 1;
        assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/kind", last)), "room.deleted");
        assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/body/room_status", last)), statuses[i]);
    }
}

static void
a_number_is_given_once_per_building(void **state)
{
    (void)state;
    struct answer answer =
        world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"101\"}",
                   house.property, house.type);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/number");
    answer = world_patch(world, path("rooms", house.room[1]), 1, "{\"number\":\"101\"}");
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/number");
    answer = world_patch(world, path("rooms", house.room[1]), 1, "{\"number\":\"101\",\"building\":\"Annex\"}");
    assert_status(&answer, 200);
}

static void
a_room_is_retyped_with_its_stock(void **state)
{
    (void)state;
    struct answer answer = world_post(
        world, "/v1/room-types", "{\"property_id\":\"%s\",\"name\":\"Twin\",\"sold_by\":\"night\"}", house.property);
    const char *twin = answer_text(&answer, "id");
    answer = world_patch(world, path("rooms", house.room[0]), 1, "{\"room_type_id\":\"%s\"}", twin);
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-02", twin);
    assert_int_equal(answer_number(&answer, "nights/0/units"), 1);
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-01&until=2027-03-02", house.type);
    assert_int_equal(answer_number(&answer, "nights/0/units"), 1);
    answer = world_patch(world, path("rooms", house.room[1]), 1, "{\"room_type_id\":\"%s\"}", house.classroom);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/room_type_id");
    answer = world_patch(world, path("rooms", house.room[1]), 1, "{\"room_type_id\":\"%s\"}", house.studio);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/room_type_id");
}

static void
a_room_that_somebody_has_stays(void **state)
{
    (void)state;
    struct answer answer = book("room_id", house.room[0]);
    assert_status(&answer, 201);
    answer = remove_at(path("rooms", house.room[0]), 1);
    assert_problem(&answer, 409, "IN_USE");
    assert_string_equal(answer_text(&answer, "in_the_way/0/room_id"), house.room[0]);
    assert_string_equal(answer_text(&answer, "in_the_way/0/arrival"), "2027-03-01");
}

static void
rooms_are_made_in_bulk_all_or_none(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/rooms:bulk-create",
                                      "{\"property_id\":\"%s\",\"rooms\":[{\"room_type_id\":\"%s\",\"number\":\"301\"},"
                                      "{\"room_type_id\":\"%s\",\"number\":\"302\"}]}",
                                      house.property, house.type, house.type);
    assert_status(&answer, 201);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_int_equal(answer_number(&answer, "seq"), answer_number(&answer, "items/1/seq"));
    const char *first = answer_text(&answer, "items/0/id"), *second = answer_text(&answer, "items/1/id");
    answer = world_post(world, "/v1/rooms:bulk-create",
                        "{\"property_id\":\"%s\",\"rooms\":[{\"room_type_id\":\"%s\",\"number\":\"303\"},"
                        "{\"room_type_id\":\"%s\",\"number\":\"301\"}]}",
                        house.property, house.type, house.type);
    assert_pointer(&answer, 409, "ALREADY_EXISTS", "/rooms/1/number");
    answer = world_post(world, "/v1/rooms:bulk-create",
                        "{\"property_id\":\"%s\",\"rooms\":[{\"room_type_id\":\"%s\"},{\"number\":\"301\"}]}",
                        house.property, house.type);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/rooms/0/number");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/rooms/1/room_type_id");
    answer = world_get(world, "/v1/rooms?property_id=%s&room_type_id=%s", house.property, house.type);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 4);
    answer = world_post(world, "/v1/rooms:bulk-delete", "{\"property_id\":\"%s\",\"rooms\":[\"%s\",\"%s\"]}",
                        house.property, first, second);
    assert_status(&answer, 200);
    answer = world_post(world, "/v1/rooms:bulk-delete", "{\"property_id\":\"%s\",\"rooms\":[\"%s\"]}", house.property,
                        first);
    assert_pointer(&answer, 404, "NOT_FOUND", "/rooms/0");
}

static void
five_hundred_rooms_are_made_at_once_and_no_more(void **state)
{
    struct text text;
    (void)state;
    for (int count = 500; count <= 501; count++) {
        text_init(&text, &world->memory, 64 << 10);
        text_put_format(&text, "{\"property_id\":\"%s\",\"rooms\":[", house.property);
        for (int i = 0; i < count; i++)
            text_put_format(&text, "%s{\"room_type_id\":\"%s\",\"number\":\"N%d\",\"building\":\"B%d\"}",
                            i == 0 ? "" : ",", house.type, i, count);
        text_put_format(&text, "]}%c", '\0');
        struct answer answer = world_ask(
            world, &(struct ask){
                       .method = "POST", .target = "/v1/rooms:bulk-create", .token = world->owner, .body = text.ptr});
        if (count == 500)
            assert_status(&answer, 201);
        else
            assert_pointer(&answer, 422, "VALIDATION_FAILED", "/rooms");
    }
}

static void
rooms_are_listed_by_type_building_and_number(void **state)
{
    (void)state;
    struct answer answer = world_patch(world, path("rooms", house.room[1]), 1, "{\"building\":\"Annex\"}");
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/rooms?property_id=%s", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 4);
    answer = world_get(world, "/v1/rooms?property_id=%s&building=Annex", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    answer = world_get(world, "/v1/rooms?property_id=%s&building=", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 3);
    answer = world_get(world, "/v1/rooms?property_id=%s&number=C1", house.property);
    assert_string_equal(answer_text(&answer, "items/0/id"), house.slot_room[0]);
    answer = world_get(world, "/v1/rooms?property_id=%s&limit=3", house.property);
    answer =
        world_get(world, "/v1/rooms?property_id=%s&limit=3&after=%s", house.property, answer_text(&answer, "next"));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
}

/* -- inventory -- */

static struct answer
set_inventory(const char *type, const char *more)
{
    return world_ask(world, &(struct ask){.method = "PUT",
                                          .target = "/v1/inventory",
                                          .token = world->owner,
                                          .body = world_format(world,
                                                               "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\","
                                                               "\"until\":\"2027-03-11\"%s}",
                                                               type, more)});
}

static void
units_and_allowance_are_set_over_a_range(void **state)
{
    (void)state;
    struct answer answer = set_inventory(house.studio, ",\"units\":10,\"allowance\":2");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "units"), 10);
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-02-28&until=2027-03-12", house.studio);
    assert_int_equal(json_array_size(answer_at(&answer, "nights")), 12);
    assert_int_equal(answer_number(&answer, "nights/0/units"), 3);
    assert_int_equal(answer_number(&answer, "nights/1/units"), 10);
    assert_int_equal(answer_number(&answer, "nights/1/free"), 12);
    assert_int_equal(answer_number(&answer, "nights/10/allowance"), 2);
    assert_int_equal(answer_number(&answer, "nights/11/allowance"), 0);
    answer = set_inventory(house.studio, ",\"allowance\":0");
    assert_true(json_is_null(answer_at(&answer, "units")));
}

static void
inventory_is_refused_where_it_can_not_be(void **state)
{
    (void)state;
    struct answer answer = set_inventory(house.type, ",\"units\":10");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/units");
    answer = set_inventory(house.classroom, ",\"allowance\":1");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/room_type_id");
    answer = set_inventory(house.studio, "");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/units");
    answer = book("room_type_id", house.studio);
    assert_status(&answer, 201);
    answer = set_inventory(house.studio, ",\"units\":0");
    assert_problem(&answer, 409, "IN_USE");
    assert_string_equal(answer_text(&answer, "nights/0"), "2027-03-01");
    answer = world_ask(world, &(struct ask){.method = "PUT",
                                            .target = "/v1/inventory",
                                            .token = world->owner,
                                            .body = world_format(world,
                                                                 "{\"room_type_id\":\"%s\",\"from\":\"2020-01-01\","
                                                                 "\"until\":\"2020-01-03\",\"units\":1}",
                                                                 house.studio)});
    assert_problem(&answer, 409, "BEYOND_HORIZON");
    assert_int_equal(json_array_size(answer_at(&answer, "nights")), 2);
    answer = world_get(world, "/v1/inventory?room_type_id=%s&from=2027-03-11&until=2027-03-11", house.studio);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?until");
}

/* -- dry runs -- */

static void
a_dry_run_answers_and_changes_nothing(void **state)
{
    (void)state;
    struct answer answer =
        world_post(world, "/v1/rooms?dry_run=true", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"9\"}",
                   house.property, house.type);
    assert_status(&answer, 200);
    assert_true(json_is_null(answer_at(&answer, "seq")));
    assert_null(answer_field(world, &answer, "Location"));
    assert_null(answer_field(world, &answer, "ETag"));
    answer = world_get(world, "/v1/rooms/%s", answer_text(&answer, "id"));
    assert_problem(&answer, 404, "NOT_FOUND");
    answer =
        world_post(world, "/v1/rooms?dry_run=true",
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"101\"}", house.property, house.type);
    assert_problem(&answer, 409, "ALREADY_EXISTS");
    answer = world_post(world, "/v1/rooms?dry_run=1", "{}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?dry_run");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_property_is_made_with_its_defaults),
        CASE(a_property_needs_a_zone_and_a_currency_that_exist),
        CASE(a_property_of_the_same_name_already_exists),
        CASE(a_later_roll_of_the_day_does_not_take_the_day_back),
        CASE(a_property_has_its_date_rolled_by_an_audit),
        CASE(a_house_begins_with_audits_where_it_says_so),
        CASE(a_property_is_amended_from_its_version),
        CASE(a_patch_to_what_is_there_is_no_change),
        CASE(the_list_of_properties_shows_where_the_caller_has_a_role),
        CASE(pages_of_properties_go_on_after_the_cursor),
        CASE(a_room_type_is_made_amended_and_deleted),
        CASE(a_room_type_keeps_how_it_is_sold),
        CASE(a_room_type_is_refused_for_what_contradicts_itself),
        CASE(room_types_do_not_differ_in_capitals_alone),
        CASE(a_room_type_with_rooms_or_bookings_stays),
        CASE(room_types_are_listed_in_pages),
        CASE(a_room_is_made_amended_and_deleted),
        CASE(what_follows_from_other_things_is_read_only),
        CASE(rooms_that_go_leave_their_last_state_behind),
        CASE(a_number_is_given_once_per_building),
        CASE(a_room_is_retyped_with_its_stock),
        CASE(a_room_that_somebody_has_stays),
        CASE(rooms_are_made_in_bulk_all_or_none),
        CASE(five_hundred_rooms_are_made_at_once_and_no_more),
        CASE(rooms_are_listed_by_type_building_and_number),
        CASE(units_and_allowance_are_set_over_a_range),
        CASE(inventory_is_refused_where_it_can_not_be),
        CASE(a_dry_run_answers_and_changes_nothing),
    };
    return test_run("api/house", tests);
}
