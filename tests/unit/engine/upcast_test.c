/* Bodies of older releases get what they lacked, and keep what they have. */
#include "tests/unit/test.h"

#include "engine/upcast.h"

static const struct {
    int64_t version;
    enum event_state of;
    const char *member, *json;
} additions[] = {
#define UPCAST(version, noun, member, json) {version, EVENT_OF_##noun, member, json},
#include "engine/upcast.def"
#undef UPCAST
};

enum { ADDITION_COUNT = sizeof(additions) / sizeof(additions[0]) };

static void
each_member_is_added_to_bodies_from_before_it_alone(void **state)
{
    (void)state;
    struct err err;
    for (size_t i = 0; i < ADDITION_COUNT; i++) {
        json_t *old = json_object(), *present = json_object();
        assert_true(upcast_body(additions[i].of, additions[i].version - 1, old, &err));
        assert_true(upcast_body(additions[i].of, EVENT_VERSION, present, &err));
        json_t *wanted = json_loads(additions[i].json, JSON_DECODE_ANY, NULL);
        if (!json_equal(json_object_get(old, additions[i].member), wanted))
            fail_msg("%s is not %s", additions[i].member, additions[i].json);
        assert_int_equal(json_object_size(present), 0);
        json_decref(wanted);
        json_decref(old);
        json_decref(present);
    }
}

static void
a_member_that_is_there_stays(void **state)
{
    (void)state;
    struct err err;
    json_t *body = json_pack("{s:i}", "price", 12000);
    assert_true(upcast_body(EVENT_OF_BOOKING, 1, body, &err));
    assert_int_equal(json_integer_value(json_object_get(body, "price")), 12000);
    json_decref(body);
}

static void
a_version_that_is_not_there_yet_is_refused(void **state)
{
    (void)state;
    struct err err;
    json_t *body = json_object();
    assert_false(upcast_body(EVENT_OF_BOOKING, EVENT_VERSION + 1, body, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_false(upcast_body(EVENT_OF_BOOKING, 0, body, &err));
    json_decref(body);
}

/* A default that is not JSON would be taken for a heap that is exhausted. */
static void
every_default_is_json_and_no_step_is_from_the_future(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADDITION_COUNT; i++) {
        json_t *json = json_loads(additions[i].json, JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        json_decref(json);
        assert_true(additions[i].version > 1 && additions[i].version <= EVENT_VERSION);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_member_is_added_to_bodies_from_before_it_alone),
        cmocka_unit_test(a_member_that_is_there_stays),
        cmocka_unit_test(a_version_that_is_not_there_yet_is_refused),
        cmocka_unit_test(every_default_is_json_and_no_step_is_from_the_future),
    };
    return test_run("engine/upcast", tests);
}
