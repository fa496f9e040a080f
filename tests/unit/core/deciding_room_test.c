/* What is going on in rooms, as a decision moves it: versions, events, and who leaves before who comes. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

static struct house_world world;
static struct deciding d;
static struct id room_101, room_102, ada, grace;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    struct id doubles = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    room_101 = world_add_room(&world, doubles, "101");
    room_102 = world_add_room(&world, doubles, "102");
    ada = world_id(&world);
    grace = world_id(&world);
    world.room_states[0].occupant = ada;
    deciding_init(&d, &world.facts, &world.command, &world.arena, &world.decision);
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
a_room_that_was_not_loaded_has_no_state(void **state)
{
    (void)state;
    assert_null(deciding_room_state(&d, ada));
    assert_true(id_equal(deciding_room_state(&d, room_102)->room, room_102));
}

static void
what_changes_in_a_room_is_one_version_and_one_event(void **state)
{
    (void)state;
    struct room_state *there = deciding_room_state(&d, room_102);
    there->cleanliness = CLEANLINESS_DIRTY;
    const struct room_state *row = deciding_put_room_state(&d, there, NULL);
    assert_int_equal(row->version, 6);
    assert_ptr_equal(world_only_change(&world, CHANGE_ROOM_STATE)->room_state, row);
    const struct event *event = world_only_event(&world, "room.status_changed");
    assert_true(str_equal(event->from, STR("READY_FOR_GUEST")) && str_equal(event->to, STR("CHECKOUT_DIRTY")));
    assert_ptr_equal(event->room_state, row);
    assert_true(id_equal(event->room->id, room_102));
    there->cleanliness = CLEANLINESS_CLEANING;
    assert_int_equal(deciding_put_room_state(&d, there, NULL)->version, 7);
    assert_true(str_equal(world.decision.events[1].from, STR("CHECKOUT_DIRTY")));
    assert_int_equal(row->cleanliness, CLEANLINESS_DIRTY); /* what was recorded stays */
    assert_int_equal(world.room_states[1].version, 5);     /* facts are not touched */
}

static void
cleaning_an_occupied_room_is_an_event_too(void **state)
{
    (void)state;
    struct room_state *there = deciding_room_state(&d, room_101);
    there->cleanliness = CLEANLINESS_CLEANING;
    (void)deciding_put_room_state(&d, there, NULL);
    const struct event *event = world_only_event(&world, "room.status_changed");
    assert_true(str_equal(event->from, STR("OCCUPIED")) && str_equal(event->to, STR("OCCUPIED")));
}

static void
who_moves_leaves_before_they_come(void **state)
{
    (void)state;
    (void)deciding_put_room_state(&d, deciding_occupy(&d, room_102, ada), NULL); /* said the wrong way round */
    struct room_state *left = deciding_vacate(&d, room_101);
    left->cleanliness = CLEANLINESS_DIRTY;
    (void)deciding_put_room_state(&d, left, NULL);
    assert_int_equal(world.decision.change_count, 4);
    assert_int_equal(world.decision.changes[0].kind, CHANGE_OCCUPANCY_END);
    assert_true(id_equal(world.decision.changes[0].occupancy.room, room_101));
    assert_true(id_equal(world.decision.changes[0].occupancy.booking, ada));
    assert_int_equal(world.decision.changes[1].kind, CHANGE_OCCUPANCY_BEGIN);
    assert_true(id_equal(world.decision.changes[1].occupancy.room, room_102));
    assert_true(str_equal(world.decision.events[0].to, STR("OCCUPIED")));
    assert_true(str_equal(world.decision.events[1].from, STR("OCCUPIED")));
    assert_true(str_equal(world.decision.events[1].to, STR("CHECKOUT_DIRTY")));
}

static void
two_parties_change_rooms(void **state)
{
    (void)state;
    world.room_states[1].occupant = grace;
    deciding_init(&d, &world.facts, &world.command, &world.arena, &world.decision);
    (void)deciding_vacate(&d, room_101);
    (void)deciding_occupy(&d, room_101, grace);
    (void)deciding_vacate(&d, room_102);
    (void)deciding_occupy(&d, room_102, ada);
    static const enum change_kind order[] = {CHANGE_OCCUPANCY_END, CHANGE_OCCUPANCY_END, CHANGE_OCCUPANCY_BEGIN,
                                             CHANGE_OCCUPANCY_BEGIN};
    assert_int_equal(world.decision.change_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(world.decision.changes[i].kind, order[i]);
    assert_true(id_equal(world.decision.changes[3].occupancy.booking, ada));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_room_that_was_not_loaded_has_no_state, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_changes_in_a_room_is_one_version_and_one_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cleaning_an_occupied_room_is_an_event_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_moves_leaves_before_they_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_parties_change_rooms, set_up, tear_down),
    };
    return test_run("core/deciding_room", tests);
}
