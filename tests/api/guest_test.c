/* Guests over HTTP: read, put right, erased for good; and the log, which stays whole. */
#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static const char *booker, *desk, *manager;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    booker = fixture_caller(ROLE_BOOKER, true);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, true);
    return 0;
}

static struct answer
book(const char *name)
{
    struct answer answer = world_post(world, "/v1/bookings",
                                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                      "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"%s\","
                                      "\"email\":\"ada@example.org\",\"phone\":\"+44 1\"}}",
                                      house.property, house.studio, name);
    assert_status(&answer, 201);
    return answer;
}

static const char *
path_of(const struct answer *booking)
{
    return world_format(world, "/v1/guests/%s", answer_text(booking, "guest/id"));
}

static struct answer
erase(const char *token, const char *path, const char *version)
{
    return world_ask(
        world, &(struct ask){.method = "DELETE",
                             .target = path,
                             .token = token,
                             .fields = version == NULL ? NULL : world_format(world, "If-Match: \"%s\"\r\n", version)});
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
    for (int i = 0; i < 11; i++) {
        struct answer held = world_post(world, "/v1/bookings",
                                        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"quantity\":50,"
                                        "\"arrival\":\"2027-03-05\",\"departure\":\"2027-03-06\","
                                        "\"guest\":{\"name\":\"Crowd\"}}",
                                        house.property, house.studio);
        assert_status(&held, 201);
    }
}

static void
stock_studios(void)
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
}

static void
a_guest_is_put_right_and_found_by_the_new_name(void **state)
{
    (void)state;
    stock_studios();
    struct answer booking = book("Ada Lovelace");
    complete_a_part();
    struct answer answer = get_as(booker, path_of(&booking));
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = get_as(desk, path_of(&booking));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "name"), "Ada Lovelace");
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
    assert_int_equal(count_found("lovelace"), 1);
    answer = world_patch(world, path_of(&booking), 1, "{\"name\":\"Grace Hopper\",\"phone\":null}");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "name"), "Grace Hopper");
    assert_string_equal(answer_text(&answer, "email"), "ada@example.org");
    assert_true(json_is_null(answer_at(&answer, "phone")));
    assert_int_equal(answer_number(&answer, "version"), 2);
    assert_int_equal(count_found("lovelace"), 0);
    assert_int_equal(count_found("hopper"), 1);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "guest/name"), "Grace Hopper");
    assert_int_equal(answer_number(&answer, "version"), 1);
    answer = world_patch(world, path_of(&booking), 2, "{\"name\":\"Grace Hopper\"}"); /* as they are known already */
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "version"), 2);
    answer = world_patch(world, path_of(&booking), 1, "{\"phone\":\"1\"}");
    assert_problem(&answer, 412, "VERSION_MISMATCH");
    fixture_assert_in_order();
}

static void
an_erased_guest_is_nowhere_any_more_and_the_log_is_whole(void **state)
{
    (void)state;
    stock_studios();
    struct answer booking = book("Ada Lovelace");
    complete_a_part();
    const char *id = answer_text(&booking, "id");
    struct answer answer =
        post_as(desk, world_format(world, "/v1/bookings/%s/cancel", id), "{\"reason\":\"Ada is ill\"}");
    assert_status(&answer, 200);
    answer = erase(desk, path_of(&booking), "1");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = erase(manager, path_of(&booking), NULL);
    assert_problem(&answer, 428, "IF_MATCH_REQUIRED");
    answer = erase(manager, path_of(&booking), "1");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "name"), "Erased guest");
    assert_string_equal(answer_text(&answer, "erased_at"), "2026-11-22T10:00:00Z");
    assert_int_equal(count_found("lovelace"), 0);
    answer = get_as(desk, path_of(&booking));
    assert_string_equal(answer_text(&answer, "name"), "Erased guest");
    assert_true(json_is_null(answer_at(&answer, "email")));
    answer = world_get(world, "/v1/bookings/%s", id);
    assert_string_equal(answer_text(&answer, "guest/name"), "Erased guest");
    answer = world_get(world, "/v1/bookings/%s/events", id);
    assert_string_equal(answer_text(&answer, "items/1/kind"), "booking.cancelled");
    assert_true(json_is_null(answer_at(&answer, "items/1/reason")));
    answer = world_patch(world, path_of(&booking), 2, "{\"name\":\"Somebody\"}");
    assert_problem(&answer, 409, "POLICY_REFUSED");
    assert_string_equal(answer_text(&answer, "rule"), "erased");
    answer = erase(manager, path_of(&booking), "2"); /* once more is no more */
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "version"), 2);
    fixture_assert_in_order();
}

/* Within the millisecond in which they were erased: what is said afterwards is not of what was erased. */
static void
what_is_said_after_an_erasure_stays(void **state)
{
    (void)state;
    stock_studios();
    struct answer booking = book("Ada Lovelace");
    struct answer answer = erase(manager, path_of(&booking), "1");
    assert_status(&answer, 200);
    const char *id = answer_text(&booking, "id");
    answer = post_as(desk, world_format(world, "/v1/bookings/%s/cancel", id), "{\"reason\":\"nobody will come\"}");
    assert_status(&answer, 200);
    answer = world_get(world, "/v1/bookings/%s/events", id);
    assert_string_equal(answer_text(&answer, "items/1/reason"), "nobody will come");
    fixture_assert_in_order();
}

static void
who_is_not_there_is_not_found(void **state)
{
    (void)state;
    char id[ID_TEXT_SIZE];
    id_format(ID_GUEST, house.number, (struct id){7, 7}, id);
    struct answer answer = world_get(world, "/v1/guests/%s", id);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = erase(manager, world_format(world, "/v1/guests/%s", id), "1");
    assert_problem(&answer, 404, "NOT_FOUND");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_guest_is_put_right_and_found_by_the_new_name, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(an_erased_guest_is_nowhere_any_more_and_the_log_is_whole, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_said_after_an_erasure_stays, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_is_not_there_is_not_found, setup, fixture_tear_down),
    };
    return test_run("api/guest", tests);
}
