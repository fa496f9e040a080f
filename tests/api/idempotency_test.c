/* The same request with the same key: one effect, one reply. */
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
ask_with_key(const char *method, const char *target, const char *token, const char *key, const char *more,
             const char *body)
{
    return world_ask(world, &(struct ask){.method = method,
                                          .target = target,
                                          .token = token,
                                          .fields = world_format(world, "Idempotency-Key: %s\r\n%s", key, more),
                                          .body = body});
}

static const char *
stay(const char *name, const char *more)
{
    return world_format(world,
                        "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                        "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"%s\"}%s}",
                        house.property, house.studio, name, more);
}

static void
assert_same_bytes(const struct answer *first, const struct answer *second)
{
    assert_int_equal(second->status, first->status);
    assert_string_equal(second->body.ptr, first->body.ptr);
    const char *tag = answer_field(world, first, "ETag"), *place = answer_field(world, first, "Location");
    if (tag != NULL)
        assert_string_equal(answer_field(world, second, "ETag"), tag);
    if (place != NULL)
        assert_string_equal(answer_field(world, second, "Location"), place);
}

static size_t
count_bookings(void)
{
    struct answer answer = world_get(world, "/v1/bookings?property_id=%s", house.property);
    return json_array_size(answer_at(&answer, "items"));
}

static void
a_repeated_creation_gets_the_same_bytes(void **state)
{
    const char *bodies[] = {stay("Ada", ""), stay("Ada", ",\"quantity\":2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *key = world_format(world, "key-%zu", i);
        struct answer first = ask_with_key("POST", "/v1/bookings", world->owner, key, "", bodies[i]);
        assert_status(&first, 201);
        test_clock_advance_ms(&world->clock, 3600000);
        struct answer second = ask_with_key("POST", "/v1/bookings", world->owner, key, "", bodies[i]);
        assert_same_bytes(&first, &second);
    }
    assert_int_equal(count_bookings(), 3);
}

static void
every_command_can_be_repeated(void **state)
{
    const char *target;
    (void)state;
    struct answer booking = ask_with_key("POST", "/v1/bookings", world->owner, "b", "", stay("Ada", ""));
    target = world_format(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    const struct {
        const char *method, *target, *more, *body;
    } cases[] = {
        {"POST", "/v1/properties", "", "{\"name\":\"Key\",\"time_zone\":\"UTC\",\"currency\":\"EUR\"}"},
        {"PATCH", world_format(world, "/v1/properties/%s", house.property), "If-Match: \"1\"\r\n",
         "{\"shows_holders\":true}"},
        {"PATCH", world_format(world, "/v1/room-types/%s", house.type), "If-Match: \"1\"\r\n", "{\"max_guests\":3}"},
        {"PATCH", world_format(world, "/v1/rooms/%s", house.room[0]), "If-Match: \"1\"\r\n", "{\"floor\":\"3\"}"},
        {"DELETE", world_format(world, "/v1/rooms/%s", house.room[0]), "If-Match: \"2\"\r\n", NULL},
        {"PUT", "/v1/inventory", "",
         world_format(world, "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\",\"until\":\"2027-03-02\",\"units\":9}",
                      house.studio)},
        {"PATCH", target, "If-Match: \"1\"\r\n", "{\"departure\":\"2027-03-04\",\"guest\":{\"name\":\"Grace\"}}"},
        {"POST", world_format(world, "%s/cancel", target), "", "{}"},
        {"POST", "/v1/holds", "",
         world_format(world,
                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                      "\"departure\":\"2027-03-02\"}",
                      house.property, house.studio)},
        {"POST", "/v1/rooms:bulk-delete", "",
         world_format(world, "{\"property_id\":\"%s\",\"rooms\":[\"%s\"]}", house.property, house.room[1])},
        {"DELETE", world_format(world, "/v1/room-types/%s", house.type), "If-Match: \"2\"\r\n", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer first =
            ask_with_key(cases[i].method, cases[i].target, world->owner, "k", cases[i].more, cases[i].body);
        if (first.status >= 300)
            fail_msg("%s %s: %d %s", cases[i].method, cases[i].target, first.status, first.body.ptr);
        struct answer second =
            ask_with_key(cases[i].method, cases[i].target, world->owner, "k", cases[i].more, cases[i].body);
        assert_same_bytes(&first, &second);
    }
}

static void
what_has_changed_since_does_not_change_the_reply(void **state)
{
    (void)state;
    struct answer first = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    const char *target = world_format(world, "/v1/bookings/%s", answer_text(&first, "id"));
    struct answer answer = world_patch(world, target, 1, "{\"party\":2,\"guest\":{\"name\":\"Grace\"}}");
    assert_status(&answer, 200);
    answer = world_post(world, world_format(world, "%s/cancel", target), "{}");
    assert_status(&answer, 200);
    struct answer second = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    assert_same_bytes(&first, &second);
}

/* What a part of a request is completed with is no part of the request: the other end has moved on since, to where the
 * end that was given would be before it. So has the guest. */
static void
a_repeated_part_of_an_amendment_gets_the_first_reply(void **state)
{
    static const char body[] = "{\"departure\":\"2027-03-03\"}", match[] = "If-Match: \"1\"\r\n";
    (void)state;
    struct answer booking = ask_with_key("POST", "/v1/bookings", world->owner, "b", "", stay("Ada", ""));
    const char *target = world_format(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    struct answer first = ask_with_key("PATCH", target, world->owner, "k", match, body);
    assert_status(&first, 200);
    assert_string_equal(answer_text(&first, "guest/name"), "Ada");
    struct answer answer = world_patch(world, target, 2,
                                       "{\"arrival\":\"2027-03-10\",\"departure\":\"2027-03-12\","
                                       "\"guest\":{\"name\":\"Grace\"}}");
    assert_status(&answer, 200);
    struct answer second = ask_with_key("PATCH", target, world->owner, "k", match, body);
    assert_same_bytes(&first, &second);
    answer = world_get(world, "%s", target);
    assert_string_equal(answer_text(&answer, "departure"), "2027-03-12");
}

static void
another_request_with_the_key_is_refused(void **state)
{
    (void)state;
    struct answer answer = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    assert_status(&answer, 201);
    answer = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Eve", ""));
    assert_problem(&answer, 422, "IDEMPOTENCY_KEY_REUSED");
    answer = ask_with_key("POST", "/v1/bookings?dry_run=false", world->owner, "k", "", stay("Ada", ""));
    assert_problem(&answer, 422, "IDEMPOTENCY_KEY_REUSED");
    assert_int_equal(count_bookings(), 1);
}

static void
a_key_is_its_callers_own_and_its_routes(void **state)
{
    (void)state;
    struct answer first = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    struct answer second = ask_with_key("POST", "/v1/bookings", booker, "k", "", stay("Ada", ""));
    assert_status(&second, 201);
    assert_string_not_equal(answer_text(&first, "id"), answer_text(&second, "id"));
    struct answer answer = ask_with_key(
        "POST", world_format(world, "/v1/bookings/%s/cancel", answer_text(&first, "id")), world->owner, "k", "", "{}");
    assert_status(&answer, 200);
}

static void
a_refusal_is_not_remembered(void **state)
{
    (void)state;
    struct answer taken = ask_with_key("POST", "/v1/bookings", world->owner, "a", "", stay("Ada", ",\"quantity\":3"));
    assert_status(&taken, 201);
    struct answer answer = ask_with_key("POST", "/v1/bookings", world->owner, "b", "", stay("Eve", ""));
    assert_problem(&answer, 409, "SOLD_OUT");
    answer =
        world_post(world, world_format(world, "/v1/bookings/%s/cancel", answer_text(&taken, "bookings/0/id")), "{}");
    assert_status(&answer, 200);
    answer = ask_with_key("POST", "/v1/bookings", world->owner, "b", "", stay("Eve", ""));
    assert_status(&answer, 201);
}

static void
a_key_is_honoured_for_a_day(void **state)
{
    (void)state;
    struct answer first = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    test_clock_advance_ms(&world->clock, 86400000 - 1);
    struct answer second = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    assert_same_bytes(&first, &second);
    test_clock_advance_ms(&world->clock, 1);
    second = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    assert_string_not_equal(answer_text(&first, "id"), answer_text(&second, "id"));
}

/* Eight connections send the same thing at once. */
static void
at_once_one_has_the_effect_and_all_are_told(void **state)
{
    enum { RUSH = 8 };
    int connections[RUSH];
    const char *id = NULL;
    (void)state;
    for (int i = 0; i < RUSH; i++)
        connections[i] = world_send(world, &(struct ask){.method = "POST",
                                                         .target = "/v1/bookings",
                                                         .token = world->owner,
                                                         .fields = "Idempotency-Key: rush\r\n",
                                                         .body = stay("Ada", "")});
    for (int i = 0; i < RUSH; i++) {
        struct answer answer = world_receive(world, connections[i], false);
        world_hang_up(connections[i]);
        assert_status(&answer, 201);
        if (id != NULL)
            assert_string_equal(answer_text(&answer, "id"), id);
        id = answer_text(&answer, "id");
    }
    assert_int_equal(count_bookings(), 1);
}

static void
a_dry_run_leaves_no_key(void **state)
{
    (void)state;
    struct answer answer = ask_with_key("POST", "/v1/bookings?dry_run=true", world->owner, "k", "", stay("Ada", ""));
    assert_status(&answer, 200);
    answer = ask_with_key("POST", "/v1/bookings", world->owner, "k", "", stay("Ada", ""));
    assert_status(&answer, 201);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_repeated_creation_gets_the_same_bytes),
        CASE(every_command_can_be_repeated),
        CASE(what_has_changed_since_does_not_change_the_reply),
        CASE(a_repeated_part_of_an_amendment_gets_the_first_reply),
        CASE(another_request_with_the_key_is_refused),
        CASE(a_key_is_its_callers_own_and_its_routes),
        CASE(a_refusal_is_not_remembered),
        CASE(a_key_is_honoured_for_a_day),
        CASE(at_once_one_has_the_effect_and_all_are_told),
        CASE(a_dry_run_leaves_no_key),
    };
    return test_run("api/idempotency", tests);
}
