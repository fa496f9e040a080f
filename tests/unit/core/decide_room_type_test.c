/* Room types: stock that opens with them, what stays fixed, and when one can go. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

static struct house_world world;
static struct id present;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    present = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

/* A creation that is all right as it is. */
static struct put_room_type *
ask_to_create(enum sold_by sold_by, enum stock_kind stock)
{
    world.command.kind = COMMAND_CREATE_ROOM_TYPE;
    world.command.put_room_type.room_type = (struct room_type){.name = STR("New"),
                                                               .sold_by = sold_by,
                                                               .stock = stock,
                                                               .max_guests = 2,
                                                               .features = STR("[]"),
                                                               .hold_ttl_ms = 30000,
                                                               .closes_min = 1440,
                                                               .length_min = 1,
                                                               .length_max = 1440};
    world.command.put_room_type.units = 0;
    return &world.command.put_room_type;
}

static struct room_type *
ask_to_amend(void)
{
    world.command.kind = COMMAND_AMEND_ROOM_TYPE;
    world.command.put_room_type = (struct put_room_type){.room_type = world.types[0]};
    return &world.command.put_room_type.room_type;
}

static void
ask_to_delete(void)
{
    world.command.kind = COMMAND_DELETE_ROOM_TYPE;
    world.command.delete_room_type.room_type = present;
}

static void
assert_refused(void (*decider)(struct deciding *), enum outcome outcome, const char *pointer)
{
    world_decide(&world, decider);
    assert_int_equal(world.decision.refusal.outcome, outcome);
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
    if (pointer == NULL)
        assert_null(world.decision.refusal.pointer);
    else
        assert_string_equal(world.decision.refusal.pointer, pointer);
}

static void
a_new_type_opens_its_nights_without_units(void **state)
{
    (void)state;
    ask_to_create(SOLD_BY_NIGHT, STOCK_ROOMS);
    world_decide(&world, decide_put_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 2);
    const struct room_type *type = world_only_change(&world, CHANGE_ROOM_TYPE)->room_type;
    assert_true(id_equal(type->id, world.fresh[0]));
    assert_int_equal(type->version, 1);
    assert_int_equal(type->created_at, WORLD_NOW_MS);
    assert_int_equal(world.decision.changes[0].kind, CHANGE_ROOM_TYPE); /* rows of stock refer to it */
    const struct nights_set *nights = &world_only_change(&world, CHANGE_NIGHTS_OPEN)->nights;
    assert_true(id_equal(nights->room_type, type->id));
    assert_int_equal(nights->from, WORLD_TODAY);
    assert_int_equal(nights->until, WORLD_TODAY + HORIZON_DAYS);
    assert_int_equal(nights->units, 0);
    assert_int_equal(nights->allowance, 0);
    assert_int_equal(world.decision.event_count, 1);
    assert_ptr_equal(world_only_event(&world, "room_type.created")->room_type, type);
}

static void
a_count_opens_with_its_units_and_says_so(void **state)
{
    (void)state;
    ask_to_create(SOLD_BY_NIGHT, STOCK_COUNT)->units = 12;
    world_decide(&world, decide_put_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world_only_change(&world, CHANGE_NIGHTS_OPEN)->nights.units, 12);
    assert_int_equal(world.decision.event_count, 2);
    const struct event *event = world_only_event(&world, "inventory.set");
    assert_int_equal(event->nights->units, 12);
    assert_int_equal(event->nights->from, WORLD_TODAY);
    assert_int_equal(event->nights->until, WORLD_TODAY + HORIZON_DAYS);
    assert_true(id_equal(event->subject, world.fresh[0]));
}

static void
a_type_by_the_minute_has_no_nights(void **state)
{
    (void)state;
    ask_to_create(SOLD_BY_MINUTE, STOCK_ROOMS);
    world_decide(&world, decide_put_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 1);
    assert_int_equal(world.decision.event_count, 1);
}

static void
fields_that_do_not_go_together_are_refused(void **state)
{
    (void)state;
    ask_to_create(SOLD_BY_MINUTE, STOCK_COUNT);
    assert_refused(decide_put_room_type, OUTCOME_VALIDATION_FAILED, "/stock");
    ask_to_create(SOLD_BY_NIGHT, STOCK_ROOMS)->units = 1;
    assert_refused(decide_put_room_type, OUTCOME_VALIDATION_FAILED, "/units");
    struct put_room_type *asked = ask_to_create(SOLD_BY_MINUTE, STOCK_ROOMS);
    asked->room_type.opens_min = 600;
    asked->room_type.closes_min = 600;
    assert_refused(decide_put_room_type, OUTCOME_VALIDATION_FAILED, "/closes_min");
    asked = ask_to_create(SOLD_BY_MINUTE, STOCK_ROOMS);
    asked->room_type.length_min = 61;
    asked->room_type.length_max = 60;
    assert_refused(decide_put_room_type, OUTCOME_VALIDATION_FAILED, "/length_max");
    struct room_type *amended = ask_to_amend();
    amended->length_min = 61;
    amended->length_max = 60;
    assert_refused(decide_put_room_type, OUTCOME_VALIDATION_FAILED, "/length_max");
}

static void
a_name_is_given_once(void **state)
{
    (void)state;
    ask_to_create(SOLD_BY_NIGHT, STOCK_ROOMS);
    world.facts.name_taken = true;
    world.facts.taken = STR("New");
    assert_refused(decide_put_room_type, OUTCOME_ALREADY_EXISTS, "/name");
    assert_string_equal(world.decision.refusal.detail, "There is a room type with the name \"New\" already.");
    ask_to_amend();
    assert_refused(decide_put_room_type, OUTCOME_ALREADY_EXISTS, "/name");
}

static void
an_amend_raises_the_version(void **state)
{
    (void)state;
    struct room_type *asked = ask_to_amend();
    asked->max_guests = 3;
    asked->created_at = 1;
    asked->version = 1;
    world.command.if_version = 7;
    world_decide(&world, decide_put_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 1);
    const struct room_type *type = world_only_change(&world, CHANGE_ROOM_TYPE)->room_type;
    assert_int_equal(type->version, 8);
    assert_int_equal(type->created_at, 2000);
    assert_int_equal(type->max_guests, 3);
    assert_true(id_equal(type->id, present));
    assert_non_null(world_only_event(&world, "room_type.amended"));
}

static void
no_type_promises_more_than_its_rooms_take(void **state)
{
    (void)state;
    (void)world_add_room(&world, present, "101");
    (void)world_add_room(&world, present, "102");
    ask_to_amend()->max_guests = 3;
    world_decide(&world, decide_put_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK); /* rooms without a number of their own go along */
    world.rooms[0].max_guests = 2;
    assert_refused(decide_put_room_type, OUTCOME_VALIDATION_FAILED, "/max_guests");
    assert_string_equal(world.decision.refusal.detail, "Room 101 takes 2.");
    world.rooms[0].max_guests = 3;
    world_decide(&world, decide_put_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
}

static void
an_amend_to_what_is_there_is_no_change(void **state)
{
    (void)state;
    (void)world_add_room(&world, present, "101");
    world.rooms[0].max_guests = 1; /* too small, from before there was a rule for it */
    ask_to_amend();
    assert_refused(decide_put_room_type, OUTCOME_OK, NULL);
    assert_true(id_equal(world.decision.unchanged, present));
    world.rooms[0].max_guests = 0;
    struct room_type *asked = ask_to_amend();
    int32_t *const numbers[] = {&asked->max_guests, &asked->opens_min,  &asked->turnaround_min,  &asked->length_min,
                                &asked->length_max, &asked->notice_min, &asked->quota_per_booker};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        ask_to_amend();
        *numbers[i] += numbers[i] == &asked->length_min ? -1 : 1;
        world_decide(&world, decide_put_room_type);
        assert_true(id_is_none(world.decision.unchanged));
        assert_int_equal(world.decision.change_count, 1);
    }
}

static void
how_it_is_sold_stays(void **state)
{
    (void)state;
    ask_to_amend()->sold_by = SOLD_BY_MINUTE;
    assert_refused(decide_put_room_type, OUTCOME_READ_ONLY_FIELD, "/sold_by");
    ask_to_amend()->stock = STOCK_COUNT;
    assert_refused(decide_put_room_type, OUTCOME_READ_ONLY_FIELD, "/stock");
    ask_to_amend();
    world.command.put_room_type.units = 3;
    assert_refused(decide_put_room_type, OUTCOME_READ_ONLY_FIELD, "/units");
}

static void
a_stale_or_missing_type_is_left_alone(void **state)
{
    (void)state;
    ask_to_amend();
    world.command.if_version = 6;
    assert_refused(decide_put_room_type, OUTCOME_VERSION_MISMATCH, NULL);
    ask_to_delete();
    assert_refused(decide_delete_room_type, OUTCOME_VERSION_MISMATCH, NULL);
    world.command.if_version = 0;
    ask_to_amend()->id = world_id(&world);
    assert_refused(decide_put_room_type, OUTCOME_NOT_FOUND, NULL);
    ask_to_delete();
    world.command.delete_room_type.room_type = world_id(&world);
    assert_refused(decide_delete_room_type, OUTCOME_NOT_FOUND, NULL);
}

static void
an_empty_type_can_go(void **state)
{
    (void)state;
    ask_to_delete();
    world.command.if_version = 7;
    world_decide(&world, decide_delete_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 1);
    assert_true(id_equal(world_only_change(&world, CHANGE_ROOM_TYPE_DELETE)->id, present));
    const struct event *event = world_only_event(&world, "room_type.deleted");
    assert_true(event->deleted);
    assert_int_equal(event->room_type->version, 8);
    assert_true(str_equal(event->room_type->name, STR("Double")));
}

static void
a_type_with_rooms_stays(void **state)
{
    (void)state;
    world_add_room(&world, present, "101");
    ask_to_delete();
    assert_refused(decide_delete_room_type, OUTCOME_IN_USE, NULL);
    assert_string_equal(world.decision.refusal.detail, "It still has 1 room.");
    world_add_room(&world, present, "102");
    assert_refused(decide_delete_room_type, OUTCOME_IN_USE, NULL);
    assert_string_equal(world.decision.refusal.detail, "It still has 2 rooms.");
}

static void
a_type_with_bookings_stays(void **state)
{
    (void)state;
    world.blockers[0] = (struct claim){.owner_kind = CLAIM_OF_BOOKING, .owner = world_id(&world), .span = {5, 6}};
    world.facts.blocker_count = 1;
    ask_to_delete();
    assert_refused(decide_delete_room_type, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].owner, world.blockers[0].owner));
}

static void
a_type_that_is_sold_on_any_night_stays(void **state)
{
    (void)state;
    world_night(&world, present, WORLD_TODAY + HORIZON_DAYS - 1)->held = 1;
    ask_to_delete();
    assert_refused(decide_delete_room_type, OUTCOME_IN_USE, NULL);
    world_night(&world, present, WORLD_TODAY + HORIZON_DAYS - 1)->held = 0;
    world_night(&world, present, WORLD_TODAY)->sold = 1;
    assert_refused(decide_delete_room_type, OUTCOME_IN_USE, NULL);
    world.facts.today++; /* that night is over */
    world_decide(&world, decide_delete_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
}

static void
what_lapsed_in_the_way_is_not_in_the_way(void **state)
{
    (void)state;
    world.holds[0] = (struct hold){.id = world_id(&world), .status = HOLD_LAPSED};
    world.facts.hold_count = 1;
    world.bookings[0] = (struct booking){.id = world_id(&world), .status = BOOKING_EXPIRED};
    world.facts.booking_count = 1;
    world.blockers[0] = (struct claim){.owner_kind = CLAIM_OF_HOLD, .owner = world.holds[0].id};
    world.blockers[1] = (struct claim){.owner_kind = CLAIM_OF_BOOKING, .owner = world.bookings[0].id};
    world.facts.blocker_count = 2;
    ask_to_delete();
    world_decide(&world, decide_delete_room_type);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    world.holds[0].status = HOLD_ACTIVE;
    assert_refused(decide_delete_room_type, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].owner, world.holds[0].id));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_type_opens_its_nights_without_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_opens_with_its_units_and_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_type_by_the_minute_has_no_nights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fields_that_do_not_go_together_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_given_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_raises_the_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_type_promises_more_than_its_rooms_take, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_to_what_is_there_is_no_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(how_it_is_sold_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stale_or_missing_type_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_type_can_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_type_with_rooms_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_type_with_bookings_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_type_that_is_sold_on_any_night_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_lapsed_in_the_way_is_not_in_the_way, set_up, tear_down),
    };
    return test_run("core/decide_room_type", tests);
}
