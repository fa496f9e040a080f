/* The whole grid of what housekeeping can ask of a room, against rules said here in other words than room.def's. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

#define S(text)                                                                                                        \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

static struct house_world world;
static struct id room_101, room_102;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    struct id doubles = world_add_type(&world, "Double", SOLD_BY_NIGHT, STOCK_ROOMS);
    room_101 = world_add_room(&world, doubles, "101");
    room_102 = world_add_room(&world, doubles, "102");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

static const enum command_kind kinds[] = {COMMAND_START_CLEANING,     COMMAND_FINISH_CLEANING,
                                          COMMAND_INSPECT_ROOM,       COMMAND_MARK_DIRTY,
                                          COMMAND_REPORT_MAINTENANCE, COMMAND_FINISH_MAINTENANCE};

/* What the domain says a command does; false where it does not go. */
static bool
rule(enum cleanliness *cleanliness, bool *faulty, enum command_kind kind, enum room_result result)
{
    bool good = result == ROOM_RESULT_PASS;
    switch (kind) {
    case COMMAND_START_CLEANING:
    case COMMAND_FINISH_CLEANING: {
        enum cleanliness from = kind == COMMAND_START_CLEANING ? CLEANLINESS_DIRTY : CLEANLINESS_CLEANING;
        bool goes = *cleanliness == from && result == ROOM_RESULT_NONE;
        *cleanliness = goes ? from + 1 : *cleanliness;
        return goes;
    }
    case COMMAND_INSPECT_ROOM:
        if (*cleanliness != CLEANLINESS_CLEANED || result == ROOM_RESULT_NONE || result == ROOM_RESULT_AS_IT_WAS)
            return false;
        *cleanliness = good ? CLEANLINESS_INSPECTED : CLEANLINESS_DIRTY;
        return true;
    case COMMAND_MARK_DIRTY:
        if (*cleanliness == CLEANLINESS_DIRTY || result != ROOM_RESULT_NONE)
            return false;
        *cleanliness = CLEANLINESS_DIRTY;
        return true;
    case COMMAND_REPORT_MAINTENANCE:
        if (*faulty || result != ROOM_RESULT_NONE)
            return false;
        return *faulty = true;
    default:
        if (!*faulty || result == ROOM_RESULT_NONE)
            return false;
        *faulty = false;
        if (result == ROOM_RESULT_AS_IT_WAS)
            return true;
        *cleanliness = good ? CLEANLINESS_INSPECTED : CLEANLINESS_DIRTY;
        return true;
    }
}

static void
ask(enum command_kind kind, enum room_result result)
{
    world.command.kind = kind;
    world.command.room_step = (struct room_step){.room = room_101, .result = result, .note = STR("a leak")};
    world_decide(&world, decide_housekeeping);
}

static void
check_cell(struct room_state before, enum command_kind kind, enum room_result result)
{
    enum cleanliness to = before.cleanliness;
    bool faulty = room_is_faulty(&before);
    world.room_states[0] = before;
    ask(kind, result);
    if (!rule(&to, &faulty, kind, result)) {
        assert_int_equal(world.decision.refusal.outcome, OUTCOME_INVALID_TRANSITION);
        assert_true(str_equal(world.decision.refusal.status, room_status_name(room_status_of(&before))));
        assert_int_equal(world.decision.change_count + world.decision.event_count, 0);
        return;
    }
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    const struct room_state *after = world_only_change(&world, CHANGE_ROOM_STATE)->room_state;
    assert_int_equal(after->cleanliness, to);
    assert_int_equal(room_is_faulty(after), faulty);
    assert_int_equal(after->fault_since, faulty ? (room_is_faulty(&before) ? before.fault_since : WORLD_NOW_MS) : 0);
    assert_true(id_equal(after->occupant, before.occupant)); /* never touched */
    assert_null(world_only_change(&world, CHANGE_OCCUPANCY_END));
    assert_int_equal(after->version, before.version + 1);
    const struct event *event = world_only_event(&world, "room.status_changed");
    bool says_why = kind == COMMAND_INSPECT_ROOM || kind == COMMAND_MARK_DIRTY || kind == COMMAND_REPORT_MAINTENANCE;
    assert_true((event->reason != NULL) == says_why);
    assert_true(!says_why || str_equal(event->reason->content, STR("a leak")));
    assert_true(room_machine_has_step(&before, after));
}

static void
every_command_in_every_state_goes_by_the_rules(void **state)
{
    (void)state;
    struct id fault = world_id(&world), guest = world_id(&world);
    size_t cells = 0;
    for (int bits = 0; bits < CLEANLINESS_COUNT * 4; bits++)
        for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
            for (int result = 0; result < ROOM_RESULT_COUNT; result++, cells++)
                check_cell((struct room_state){.room = room_101,
                                               .cleanliness = (enum cleanliness)(bits / 4),
                                               .fault = (bits & 1) != 0 ? fault : ID_NONE,
                                               .fault_since = (bits & 1) != 0 ? 12 : 0,
                                               .occupant = (bits & 2) != 0 ? guest : ID_NONE,
                                               .version = 5},
                           kinds[kind], (enum room_result)result);
    assert_int_equal(cells, 384);
}

static void
whoever_finds_a_room_dirty_need_not_say_why(void **state)
{
    static const enum command_kind both[] = {COMMAND_INSPECT_ROOM, COMMAND_MARK_DIRTY};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world.room_states[0] = (struct room_state){.room = room_101, .cleanliness = CLEANLINESS_CLEANED, .version = 1};
        world.command.kind = both[i];
        world.command.room_step =
            (struct room_step){.room = room_101, .result = i == 0 ? ROOM_RESULT_FAIL : ROOM_RESULT_NONE};
        assert_int_equal(command_fresh_ids(&world.command), 0);
        world_decide(&world, decide_housekeeping);
        assert_null(world_only_event(&world, "room.status_changed")->reason);
        assert_null(world_only_change(&world, CHANGE_TEXT));
        world.command.room_step.note = STR("hair in the bath");
        assert_int_equal(command_fresh_ids(&world.command), 1);
    }
}

static void
who_arrives_today_is_told_with_a_fault(void **state)
{
    (void)state;
    struct id here = world_add_pinned(&world, room_101, 0, 2);
    (void)world_add_pinned(&world, room_101, 2, 4);
    (void)world_add_unpinned(&world, room_102, 0, 1);
    ask(COMMAND_REPORT_MAINTENANCE, ROOM_RESULT_NONE);
    const struct event *event = world_only_event(&world, "room.status_changed");
    assert_int_equal(event->affected_count, 1);
    assert_true(id_equal(event->affected[0], here));
    assert_true(str_equal(event->to, STR("MAINTENANCE_REQUIRED")));
    const struct free_text *text = world_only_change(&world, CHANGE_TEXT)->text;
    assert_true(str_equal(text->content, STR("a leak")));
    assert_ptr_equal(event->reason, text);
    assert_true(id_equal(event->room_state->fault, text->id));
    assert_int_equal(world.decision.change_count, 2); /* nobody is moved */
}

static void
a_stale_or_missing_room_is_left_alone(void **state)
{
    (void)state;
    world.room_states[0].cleanliness = CLEANLINESS_DIRTY;
    world.command.if_version = 4;
    ask(COMMAND_START_CLEANING, ROOM_RESULT_NONE);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_VERSION_MISMATCH);
    world.command.if_version = 5;
    ask(COMMAND_START_CLEANING, ROOM_RESULT_NONE);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    world.command.if_version = 0;
    world.facts.room_state_count = 0;
    ask(COMMAND_START_CLEANING, ROOM_RESULT_NONE);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_NOT_FOUND);
}

static void
a_note_is_left_and_taken_away(void **state)
{
    (void)state;
    world.command.kind = COMMAND_SET_ROOM_NOTE;
    world.command.room_step = (struct room_step){.room = room_101, .note = STR("extra towels")};
    world_decide(&world, decide_set_room_note);
    const struct room_state *after = world_only_change(&world, CHANGE_ROOM_STATE)->room_state;
    assert_true(id_equal(after->note, world_only_change(&world, CHANGE_TEXT)->text->id));
    assert_non_null(world_only_event(&world, "room.note_changed"));
    world.room_states[0].note = after->note;
    world.command.room_step.note = STR("");
    world_decide(&world, decide_set_room_note);
    assert_true(id_is_none(world_only_change(&world, CHANGE_ROOM_STATE)->room_state->note));
    world.room_states[0].note = ID_NONE;
    world_decide(&world, decide_set_room_note);
    assert_true(id_equal(world.decision.unchanged, room_101));
}

static void
rooms_are_given_all_or_none(void **state)
{
    (void)state;
    struct id ada = world_id(&world), rooms[] = {room_101, room_102, ada};
    world.command.kind = COMMAND_GIVE_ROOMS;
    world.command.give_rooms = (struct give_rooms){.rooms = rooms, .room_count = 2, .attendant = ada};
    world_decide(&world, decide_give_rooms);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_NOT_FOUND); /* nobody of that id has a role here */
    assert_string_equal(world.decision.refusal.pointer, "/attendant_id");
    world.facts.knows_attendant = true;
    world_decide(&world, decide_give_rooms);
    assert_int_equal(world.decision.event_count, 2);
    assert_true(id_equal(world.decision.events[1].room_state->attendant, ada));
    world.command.give_rooms.room_count = 3;
    world_decide(&world, decide_give_rooms);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_NOT_FOUND);
    assert_string_equal(world.decision.refusal.pointer, "/room_ids/2");
    assert_int_equal(world.decision.change_count, 0);
    rooms[1] = room_101;
    world_decide(&world, decide_give_rooms);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_VALIDATION_FAILED);
}

static void
a_faulty_room_is_not_for_who_arrives_today(void **state)
{
    (void)state;
    struct deciding d;
    deciding_init(&d, &world.facts, &world.command, &world.arena, &world.decision);
    assert_false(deciding_refuse_faulty_today(&d, room_101));
    deciding_room_state(&d, room_101)->fault = world_id(&world);
    assert_true(deciding_refuse_faulty_today(&d, room_101));
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_ROOM_NOT_READY);
}

static void
rooms_are_walked_by_building_floor_and_number(void **state)
{
    (void)state;
    static const struct room walk[] = {
        {.building = S(""), .floor = S("9"), .number = S("901")},
        {.building = S("Main"), .floor = S("2"), .number = S("9")},
        {.building = S("Main"), .floor = S("2"), .number = S("10")},
        {.building = S("Main"), .floor = S("2"), .number = S("10a")},
        {.building = S("Main"), .floor = S("2"), .number = S("A2")},
        {.building = S("Main"), .floor = S("2"), .number = S("A11")},
        {.building = S("Main"), .floor = S("10"), .number = S("1")},
        {.building = S("Wing"), .floor = S("1"), .number = S("1")},
    };
    size_t count = sizeof(walk) / sizeof(walk[0]);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            assert_int_equal(room_compare_walk(&walk[i], &walk[j]), (i > j) - (i < j));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_command_in_every_state_goes_by_the_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_finds_a_room_dirty_need_not_say_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_arrives_today_is_told_with_a_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stale_or_missing_room_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_is_left_and_taken_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_are_given_all_or_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_faulty_room_is_not_for_who_arrives_today, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_are_walked_by_building_floor_and_number, set_up, tear_down),
    };
    return test_run("core/decide_housekeeping", tests);
}
