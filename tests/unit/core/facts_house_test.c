/* What commands on the house load: one want per type, one per room that goes, and no night that is not on sale. */
#include "tests/unit/test.h"

#include "core/facts.h"
#include "tests/unit/core/house_world.h"

static struct house_world world;
static struct id doubles, singles, beds, classrooms;
static struct id room_101, room_102, room_201, class_1;
static struct want *wants;
static size_t want_count;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    doubles = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    singles = world_add_type(&world, "Single", SOLD_BY_NIGHT, STOCK_ROOMS);
    beds = world_add_type(&world, "Bed", SOLD_BY_NIGHT, STOCK_COUNT);
    classrooms = world_add_type(&world, "Classroom", SOLD_BY_MINUTE, STOCK_ROOMS);
    room_101 = world_add_room(&world, doubles, "101");
    room_102 = world_add_room(&world, doubles, "102");
    room_201 = world_add_room(&world, singles, "201");
    class_1 = world_add_room(&world, classrooms, "C1");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

static void
ask(enum command_kind kind)
{
    world.command.kind = kind;
    want_count = facts_wants(&world.command, &world.facts, &world.arena, &wants);
}

static void
assert_nights(size_t index, struct id type, int32_t from, int32_t until, bool placement)
{
    assert_true(index < want_count);
    assert_true(id_equal(wants[index].room_type, type));
    assert_true(id_is_none(wants[index].room));
    assert_true(span_equal(wants[index].span, span_from_nights(WORLD_TODAY + from, WORLD_TODAY + until)));
    assert_true(wants[index].nights);
    assert_int_equal(wants[index].placement, placement);
    assert_false(wants[index].claims);
}

static void
assert_room(size_t index, struct id room)
{
    assert_true(index < want_count);
    assert_true(id_equal(wants[index].room, room));
    assert_true(wants[index].claims);
    assert_false(wants[index].nights);
    assert_true(wants[index].span.starts <= WORLD_NOW_MS && wants[index].span.ends > INSTANT_MAX);
}

static void
new_rooms_want_the_nights_of_their_types(void **state)
{
    (void)state;
    struct room rooms[] = {{.room_type = doubles},
                           {.room_type = classrooms},
                           {.room_type = doubles},
                           {.room_type = singles},
                           {.room_type = world_id(&world)}};
    world.command.create_rooms = (struct create_rooms){.rooms = rooms, .room_count = 5};
    ask(COMMAND_CREATE_ROOMS);
    assert_int_equal(want_count, 2);
    assert_nights(0, doubles, 0, HORIZON_DAYS, false);
    assert_nights(1, singles, 0, HORIZON_DAYS, false);
}

static void
a_room_that_goes_wants_its_claims_and_placement(void **state)
{
    (void)state;
    struct id ids[] = {room_101, room_201, room_102, class_1, world_id(&world)};
    world.command.delete_rooms = (struct delete_rooms){.rooms = ids, .room_count = 5};
    ask(COMMAND_DELETE_ROOMS);
    assert_int_equal(want_count, 6);
    assert_nights(0, doubles, 0, HORIZON_DAYS, true);
    assert_room(1, room_101);
    assert_nights(2, singles, 0, HORIZON_DAYS, true);
    assert_room(3, room_201);
    assert_room(4, room_102);
    assert_room(5, class_1);
}

static void
only_a_change_of_type_wants_anything(void **state)
{
    (void)state;
    world.command.amend_room.room = world.rooms[0];
    ask(COMMAND_AMEND_ROOM);
    assert_int_equal(want_count, 0);
    world.command.amend_room.room.room_type = singles;
    ask(COMMAND_AMEND_ROOM);
    assert_int_equal(want_count, 3);
    assert_nights(0, doubles, 0, HORIZON_DAYS, true);
    assert_room(1, room_101);
    assert_nights(2, singles, 0, HORIZON_DAYS, false);
}

static void
a_type_that_goes_wants_its_nights(void **state)
{
    (void)state;
    world.command.delete_room_type.room_type = beds;
    ask(COMMAND_DELETE_ROOM_TYPE);
    assert_int_equal(want_count, 1);
    assert_nights(0, beds, 0, HORIZON_DAYS, false);
    world.command.delete_room_type.room_type = classrooms;
    ask(COMMAND_DELETE_ROOM_TYPE);
    assert_int_equal(want_count, 0);
}

static void
inventory_wants_no_more_than_is_on_sale(void **state)
{
    (void)state;
    struct set_inventory *set = &world.command.set_inventory;
    *set = (struct set_inventory){.room_type = beds, .from = WORLD_TODAY + 3, .until = WORLD_TODAY + 9};
    ask(COMMAND_SET_INVENTORY);
    assert_int_equal(want_count, 1);
    assert_nights(0, beds, 3, 9, false);
    set->from = DATE_MIN;
    set->until = DATE_MAX;
    ask(COMMAND_SET_INVENTORY);
    assert_nights(0, beds, 0, HORIZON_DAYS, false);
    set->from = WORLD_TODAY + HORIZON_DAYS;
    ask(COMMAND_SET_INVENTORY);
    assert_int_equal(want_count, 0);
    set->from = WORLD_TODAY - 5;
    set->until = WORLD_TODAY;
    ask(COMMAND_SET_INVENTORY);
    assert_int_equal(want_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_rooms_want_the_nights_of_their_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_goes_wants_its_claims_and_placement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_a_change_of_type_wants_anything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_type_that_goes_wants_its_nights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inventory_wants_no_more_than_is_on_sale, set_up, tear_down),
    };
    return test_run("core/facts_house", tests);
}
