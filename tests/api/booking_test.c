/* Bookings over HTTP. */
#include <string.h>

#include "tests/api/world.h"
#include "tests/unit/test.h"

static struct world *world;
static struct small_house house;

static int
setup(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    (void)state;
    world = world_new(&settings);
    house = world_build_house(world);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static struct answer
book(const char *from, const char *until)
{
    return world_post(world, "/v1/bookings",
                      "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                      "\"party\":2,\"guest\":{\"name\":\"Ada Lovelace\",\"email\":\"ada@example.org\"}}",
                      house.property, house.type, from, until);
}

static void
a_booking_is_made_and_answered_whole(void **state)
{
    (void)state;
    struct answer answer = book("2027-03-01", "2027-03-04");
    assert_status(&answer, 201);
    answer = world_get(world, "/v1/bookings/%s", answer_text(&answer, "id"));
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "guest/name"), "Ada Lovelace");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_booking_is_made_and_answered_whole, setup, teardown),
    };
    return test_run("api/booking", tests);
}
