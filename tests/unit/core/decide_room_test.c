/* Rooms: units that come and go with them, and the reasons for which one has to stay. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

static struct house_world world;
static struct id doubles, singles, beds, classrooms;
static struct id room_101, room_102, room_201, class_1;

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
assert_accepted(void (*decider)(struct deciding *))
{
    world_decide(&world, decider);
    assert_false(world.decision.out_of_memory);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
}

/* What the decision adds to the units of a type over all nights on sale; 0 when it does not move it. */
static int32_t
units_moved(struct id type)
{
    int32_t units = 0;
    for (size_t i = 0; i < world.decision.change_count; i++) {
        const struct change *change = &world.decision.changes[i];
        if (change->kind != CHANGE_STOCK || !id_equal(change->stock.room_type, type))
            continue;
        assert_int_equal(change->stock.from, WORLD_TODAY);
        assert_int_equal(change->stock.until, WORLD_TODAY + HORIZON_DAYS);
        assert_int_equal(change->stock.sold, 0);
        assert_int_equal(change->stock.held, 0);
        assert_int_equal(change->stock.fixed, 0);
        assert_int_equal(units, 0); /* one move per type */
        units = change->stock.units;
    }
    return units;
}

static size_t
count_changes(enum change_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < world.decision.change_count; i++)
        count += world.decision.changes[i].kind == kind ? 1 : 0;
    return count;
}

/* -- create -- */

static struct room asked_rooms[4];

static void
ask_to_create(size_t count)
{
    static const char *const numbers[] = {"301", "302", "303", "304"};
    for (size_t i = 0; i < count; i++)
        asked_rooms[i] = (struct room){.room_type = doubles,
                                       .number = str_from(numbers[i]),
                                       .floor = STR("3"),
                                       .building = STR("Main"),
                                       .features = STR("[]")};
    world.command.kind = COMMAND_CREATE_ROOMS;
    world.command.create_rooms = (struct create_rooms){.rooms = asked_rooms, .room_count = count};
}

static void
new_rooms_are_clean_and_add_their_units(void **state)
{
    (void)state;
    ask_to_create(4);
    asked_rooms[1].room_type = singles;
    asked_rooms[3].room_type = classrooms;
    assert_accepted(decide_create_rooms);
    assert_int_equal(count_changes(CHANGE_ROOM), 4);
    assert_int_equal(world.decision.event_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct room *room = world.decision.changes[i].room;
        assert_true(id_equal(room->id, world.fresh[i]));
        assert_true(str_equal(room->number, asked_rooms[i].number));
        const struct room_state *made = world.decision.changes[i].room_state;
        assert_int_equal(made->version, 1);
        assert_true(id_equal(made->room, room->id));
        assert_int_equal(room->created_at, WORLD_NOW_MS);
        assert_int_equal(made->cleanliness, CLEANLINESS_CLEANED);
        assert_false(room_is_faulty(made) || room_is_occupied(made));
        assert_true(str_equal(world.decision.events[i].kind, STR("room.created")));
        assert_ptr_equal(world.decision.events[i].room, room);
        assert_ptr_equal(world.decision.events[i].room_state, made);
    }
    assert_int_equal(units_moved(doubles), 2);
    assert_int_equal(units_moved(singles), 1);
    assert_int_equal(count_changes(CHANGE_STOCK), 2);
}

static void
only_open_nights_are_moved(void **state)
{
    (void)state;
    world.stocks[0].night_count--; /* the last is not open yet */
    ask_to_create(1);
    assert_accepted(decide_create_rooms);
    const struct stock_move *move = &world_only_change(&world, CHANGE_STOCK)->stock;
    assert_int_equal(move->from, WORLD_TODAY);
    assert_int_equal(move->until, WORLD_TODAY + HORIZON_DAYS - 1);
    world.facts.today += 2; /* nights of the past stay as they were */
    assert_accepted(decide_create_rooms);
    assert_int_equal(world_only_change(&world, CHANGE_STOCK)->stock.from, WORLD_TODAY + 2);
}

static void
a_room_needs_a_type_that_has_rooms(void **state)
{
    (void)state;
    ask_to_create(3);
    asked_rooms[2].room_type = beds;
    assert_refused(decide_create_rooms, OUTCOME_VALIDATION_FAILED, "/rooms/2/room_type_id");
    asked_rooms[1].room_type = world_id(&world);
    assert_refused(decide_create_rooms, OUTCOME_NOT_FOUND, "/rooms/1/room_type_id");
}

static void
a_room_by_the_night_takes_what_its_type_promises(void **state)
{
    (void)state;
    ask_to_create(2);
    asked_rooms[0].max_guests = 2;
    asked_rooms[1].max_guests = 1;
    assert_refused(decide_create_rooms, OUTCOME_VALIDATION_FAILED, "/rooms/1/max_guests");
    asked_rooms[1].room_type = classrooms;
    assert_accepted(decide_create_rooms); /* a slot gets a room that is large enough at once */
    asked_rooms[1].room_type = doubles;
    asked_rooms[1].max_guests = 3;
    assert_accepted(decide_create_rooms);
}

static void
a_number_comes_once_in_a_request(void **state)
{
    (void)state;
    ask_to_create(4);
    asked_rooms[3].number = asked_rooms[1].number;
    assert_refused(decide_create_rooms, OUTCOME_VALIDATION_FAILED, "/rooms/3/number");
    asked_rooms[3].building = STR("Annex"); /* another door */
    assert_accepted(decide_create_rooms);
}

static void
a_number_that_is_taken_is_pointed_at(void **state)
{
    (void)state;
    ask_to_create(3);
    world.facts.name_taken = true;
    world.facts.taken = STR("302");
    assert_refused(decide_create_rooms, OUTCOME_ALREADY_EXISTS, "/rooms/1/number");
    assert_string_equal(world.decision.refusal.detail, "There is a room with the number \"302\" already.");
}

/* -- amend and retype -- */

static struct room *
ask_to_amend(struct id room)
{
    world.command.kind = COMMAND_AMEND_ROOM;
    world.command.amend_room.room = *house_find_room(&world.facts.house, room);
    return &world.command.amend_room.room;
}

static void
an_amend_keeps_what_no_caller_sets(void **state)
{
    (void)state;
    world.room_states[0].fault = world_id(&world);
    world.room_states[0].fault_since = 12;
    struct room *asked = ask_to_amend(room_101);
    asked->number = STR("101a");
    asked->floor = STR("2");
    asked->created_at = 0;
    world.command.if_version = 5;
    assert_accepted(decide_amend_room);
    assert_int_equal(world.decision.change_count, 1);
    const struct room *room = world_only_change(&world, CHANGE_ROOM)->room;
    const struct room_state *state_after = world_only_change(&world, CHANGE_ROOM)->room_state;
    assert_true(str_equal(room->number, STR("101a")));
    assert_true(str_equal(room->floor, STR("2")));
    assert_int_equal(state_after->cleanliness, CLEANLINESS_INSPECTED);
    assert_true(id_equal(state_after->fault, world.room_states[0].fault));
    assert_int_equal(state_after->fault_since, 12);
    assert_int_equal(room->created_at, 3000);
    assert_int_equal(state_after->version, 6);
    assert_non_null(world_only_event(&world, "room.amended"));
}

static void
an_amend_to_what_is_there_is_no_change(void **state)
{
    (void)state;
    ask_to_amend(room_101)->created_at = 0; /* no caller's to set */
    assert_accepted(decide_amend_room);
    assert_true(id_equal(world.decision.unchanged, room_101));
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
    ask_to_amend(room_101)->max_guests = 9;
    assert_accepted(decide_amend_room);
    assert_true(id_is_none(world.decision.unchanged));
    assert_int_equal(world.decision.change_count, 1);
}

static void
a_room_with_bookings_can_be_amended(void **state)
{
    (void)state;
    ask_to_amend(room_101)->floor = STR("2");
    world.blockers[0] = (struct claim){.room = room_101, .owner = world_id(&world)};
    world.facts.blocker_count = 1;
    assert_accepted(decide_amend_room);
}

static void
a_stale_missing_or_doubled_room_is_left_alone(void **state)
{
    (void)state;
    ask_to_amend(room_101);
    world.command.if_version = 4;
    assert_refused(decide_amend_room, OUTCOME_VERSION_MISMATCH, NULL);
    world.command.if_version = 0;
    world.facts.name_taken = true;
    world.facts.taken = STR("101");
    assert_refused(decide_amend_room, OUTCOME_ALREADY_EXISTS, "/number");
    ask_to_amend(room_101)->id = world_id(&world);
    assert_refused(decide_amend_room, OUTCOME_NOT_FOUND, NULL);
}

static void
another_type_takes_the_unit_along(void **state)
{
    (void)state;
    ask_to_amend(room_102)->room_type = singles;
    assert_accepted(decide_amend_room);
    assert_int_equal(units_moved(doubles), -1);
    assert_int_equal(units_moved(singles), 1);
    assert_true(id_equal(world_only_change(&world, CHANGE_ROOM)->room->room_type, singles));
    assert_int_equal(world.decision.event_count, 1);
    assert_non_null(world_only_event(&world, "room.retyped"));
}

static void
a_room_stays_large_enough_for_its_type(void **state)
{
    (void)state;
    struct room *asked = ask_to_amend(room_101);
    asked->max_guests = 1;
    assert_refused(decide_amend_room, OUTCOME_VALIDATION_FAILED, "/max_guests");
    asked->max_guests = 2;
    assert_accepted(decide_amend_room);
    world.types[1].max_guests = 3;
    asked->room_type = singles;
    assert_refused(decide_amend_room, OUTCOME_VALIDATION_FAILED, "/max_guests");
    world.rooms[0].max_guests = 2;
    assert_refused(decide_amend_room, OUTCOME_VALIDATION_FAILED, "/room_type_id");
    asked->max_guests = 0;
    assert_accepted(decide_amend_room);
}

static void
a_room_keeps_the_way_it_is_sold(void **state)
{
    (void)state;
    ask_to_amend(room_102)->room_type = classrooms;
    assert_refused(decide_amend_room, OUTCOME_VALIDATION_FAILED, "/room_type_id");
    ask_to_amend(room_102)->room_type = beds;
    assert_refused(decide_amend_room, OUTCOME_VALIDATION_FAILED, "/room_type_id");
    ask_to_amend(room_102)->room_type = world_id(&world);
    assert_refused(decide_amend_room, OUTCOME_NOT_FOUND, "/room_type_id");
    ask_to_amend(class_1)->room_type = doubles;
    assert_refused(decide_amend_room, OUTCOME_VALIDATION_FAILED, "/room_type_id");
}

static void
a_room_in_use_keeps_its_type(void **state)
{
    (void)state;
    ask_to_amend(room_102)->room_type = singles;
    world.blockers[0] = (struct claim){.room = room_102, .owner_kind = CLAIM_OF_CLOSURE, .owner = world_id(&world)};
    world.facts.blocker_count = 1;
    assert_refused(decide_amend_room, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].room, room_102));
}

static void
a_unit_that_is_sold_can_not_change_type(void **state)
{
    (void)state;
    ask_to_amend(room_102)->room_type = singles;
    struct night *night = world_night(&world, doubles, WORLD_TODAY + 40);
    night->sold = 1;
    assert_accepted(decide_amend_room);
    night->held = 1;
    world_night(&world, doubles, WORLD_TODAY + 41)->sold = 2;
    assert_refused(decide_amend_room, OUTCOME_SOLD_OUT, NULL);
    assert_int_equal(world.decision.refusal.night_count, 2);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY + 40);
    assert_int_equal(world.decision.refusal.nights[1], WORLD_TODAY + 41);
}

static void
closures_count_against_and_allowances_for_a_loss(void **state)
{
    (void)state;
    ask_to_amend(room_102)->room_type = singles;
    struct night *night = world_night(&world, doubles, WORLD_TODAY);
    night->sold = 1;
    night->closed = 1;
    assert_refused(decide_amend_room, OUTCOME_SOLD_OUT, NULL);
    night->allowance = 1;
    assert_accepted(decide_amend_room);
    night->allowance = 0;
    night->overcommit = 1;
    assert_accepted(decide_amend_room);
}

/* -- delete -- */

static struct id asked_ids[4];

static void
ask_to_delete(size_t count, struct id first, struct id second)
{
    asked_ids[0] = first;
    asked_ids[1] = second;
    world.command.kind = COMMAND_DELETE_ROOMS;
    world.command.delete_rooms = (struct delete_rooms){.rooms = asked_ids, .room_count = count};
}

static void
rooms_go_together_with_their_units(void **state)
{
    (void)state;
    ask_to_delete(2, room_101, room_201);
    assert_accepted(decide_delete_rooms);
    assert_int_equal(count_changes(CHANGE_ROOM_DELETE), 2);
    assert_true(id_equal(world.decision.changes[0].id, room_101));
    assert_true(id_equal(world.decision.changes[1].id, room_201));
    assert_int_equal(units_moved(doubles), -1);
    assert_int_equal(units_moved(singles), -1);
    assert_int_equal(world.decision.event_count, 2);
    assert_true(world.decision.events[0].deleted);
    assert_int_equal(world.decision.events[0].room_state->version, 6);
    ask_to_delete(1, class_1, ID_NONE);
    assert_accepted(decide_delete_rooms);
    assert_int_equal(count_changes(CHANGE_STOCK), 0);
}

static void
a_room_with_someone_in_it_is_not_deleted(void **state)
{
    (void)state;
    struct id guest = world.room_states[0].occupant = world_id(&world); /* overstays: no claim of theirs is left */
    ask_to_delete(1, room_101, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].owner, guest));
    assert_true(id_equal(world.decision.refusal.in_the_way[0].room, room_101));
    world.claims[0] = (struct claim){.room = room_101,
                                     .span = span_from_nights(WORLD_TODAY - 1, WORLD_TODAY + 1),
                                     .owner_kind = CLAIM_OF_BOOKING,
                                     .owner = guest};
    world.facts.claim_count = 1;
    assert_refused(decide_delete_rooms, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1); /* once, although it is also in the room */
}

static void
losses_of_one_type_are_summed(void **state)
{
    (void)state;
    world_night(&world, doubles, WORLD_TODAY + 5)->sold = 1;
    ask_to_delete(1, room_101, ID_NONE);
    assert_accepted(decide_delete_rooms);
    ask_to_delete(2, room_101, room_102);
    assert_refused(decide_delete_rooms, OUTCOME_SOLD_OUT, NULL);
    assert_int_equal(world.decision.refusal.night_count, 1);
    assert_int_equal(world.decision.refusal.nights[0], WORLD_TODAY + 5);
}

static void
the_list_names_each_room_once(void **state)
{
    (void)state;
    ask_to_delete(2, room_101, room_101);
    assert_refused(decide_delete_rooms, OUTCOME_VALIDATION_FAILED, "/rooms/1");
    ask_to_delete(2, room_101, world_id(&world));
    assert_refused(decide_delete_rooms, OUTCOME_NOT_FOUND, "/rooms/1");
}

static void
a_version_is_meant_for_a_single_room(void **state)
{
    (void)state;
    world.command.if_version = 4;
    ask_to_delete(1, room_101, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_VERSION_MISMATCH, NULL);
    ask_to_delete(2, room_101, room_102);
    assert_accepted(decide_delete_rooms);
}

static void
one_room_in_use_keeps_all_of_them(void **state)
{
    (void)state;
    ask_to_delete(2, room_101, room_102);
    world.blockers[0] = (struct claim){.room = room_102, .owner_kind = CLAIM_OF_HOLD, .owner = world_id(&world)};
    world.facts.blocker_count = 1;
    assert_refused(decide_delete_rooms, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].owner, world.blockers[0].owner));
}

static void
a_claim_keeps_its_room_until_it_is_over(void **state)
{
    (void)state;
    struct id other = world_add_unpinned(&world, room_101, 0, 3), owner = world_add_unpinned(&world, room_102, 0, 1);
    ask_to_delete(1, room_102, ID_NONE);
    world.blockers[0] = world.claims[1]; /* told twice, listed once */
    world.facts.blocker_count = 1;
    assert_refused(decide_delete_rooms, OUTCOME_IN_USE, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 1);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].owner, owner));
    assert_false(id_equal(owner, other));
    world.facts.blocker_count = 0;
    assert_refused(decide_delete_rooms, OUTCOME_IN_USE, NULL);
    world.facts.today++; /* the date of its departure */
    assert_accepted(decide_delete_rooms);
}

static void
a_slot_keeps_its_room_until_its_end(void **state)
{
    (void)state;
    world.claims[0] =
        (struct claim){.room = class_1, .span = {WORLD_NOW_MS - 60000, WORLD_NOW_MS + 1}, .owner = world_id(&world)};
    world.facts.claim_count = 1;
    ask_to_delete(1, class_1, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_IN_USE, NULL);
    world.facts.now_ms++;
    assert_accepted(decide_delete_rooms);
}

/* Rooms 101 taken [1,3) and 103 taken [3,5): every night has a room free, and [2,4) fits neither. With 102 it fits. */
static void
enough_units_are_not_enough_where_rooms_are_fixed(void **state)
{
    (void)state;
    struct id room_103 = world_add_room(&world, doubles, "103");
    struct id first = world_add_pinned(&world, room_101, 1, 3), second = world_add_pinned(&world, room_103, 3, 5);
    world_add_unassigned(&world, doubles, 2, 4);
    ask_to_delete(1, room_102, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_NO_ROOM_FITS, NULL);
    assert_int_equal(world.decision.refusal.in_the_way_count, 2);
    assert_true(id_equal(world.decision.refusal.in_the_way[0].owner, first));
    assert_true(id_equal(world.decision.refusal.in_the_way[1].owner, second));
    ask_to_amend(room_102)->room_type = singles;
    assert_refused(decide_amend_room, OUTCOME_NO_ROOM_FITS, NULL);
    ask_to_delete(1, room_201, ID_NONE); /* the pins are of another type */
    assert_accepted(decide_delete_rooms);
}

static void
unpinned_stays_may_be_shuffled_for_a_loss(void **state)
{
    (void)state;
    struct id room_103 = world_add_room(&world, doubles, "103");
    world_add_pinned(&world, room_101, 1, 3);
    world_add_unpinned(&world, room_103, 3, 5); /* it may go to 101 */
    world_add_unassigned(&world, doubles, 2, 4);
    ask_to_delete(1, room_102, ID_NONE);
    assert_accepted(decide_delete_rooms);
}

/* It was sold beyond what could be shown to fit. */
static void
call_unproven(struct id booking)
{
    static struct id ids[WORLD_ITEMS_MAX];
    if (world.facts.unproven_count == 0)
        world.facts.unproven = ids;
    ids[world.facts.unproven_count++] = booking;
}

/* It is for sales, not for taking rooms from who has been promised one. */
static void
an_allowance_takes_no_room_from_who_is_promised_one(void **state)
{
    (void)state;
    world_add_unassigned(&world, doubles, 0, 1);
    world_add_unassigned(&world, doubles, 0, 1);
    ask_to_delete(1, room_102, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_SOLD_OUT, NULL);
    world_night(&world, doubles, WORLD_TODAY)->allowance = 1;
    assert_refused(decide_delete_rooms, OUTCOME_NO_ROOM_FITS, NULL);
}

static void
who_was_sold_by_an_allowance_alone_may_lose_a_room_that_others_had_first(void **state)
{
    (void)state;
    world_add_pinned(&world, room_101, 0, 2);
    call_unproven(world_add_unassigned(&world, doubles, 0, 1));
    world_night(&world, doubles, WORLD_TODAY)->allowance = 2;
    ask_to_delete(1, room_102, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_NO_ROOM_FITS, NULL); /* all of them fitted */
    call_unproven(world_add_unassigned(&world, doubles, 0, 1));
    assert_accepted(decide_delete_rooms);
}

/* The one who is promised a room hangs together with the night on which there is one too many. */
static void
who_is_proven_keeps_a_room_next_to_an_overbooked_night(void **state)
{
    (void)state;
    struct id room_103 = world_add_room(&world, doubles, "103");
    world_add_pinned(&world, room_101, 1, 2);
    world_add_pinned(&world, room_103, 3, 4);
    world_add_unassigned(&world, doubles, 1, 4);
    call_unproven(world_add_unassigned(&world, doubles, 1, 2));
    call_unproven(world_add_unassigned(&world, doubles, 1, 2));
    world_night(&world, doubles, WORLD_TODAY + 1)->allowance = 2;
    ask_to_delete(1, room_102, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_NO_ROOM_FITS, NULL);
    ask_to_amend(room_102)->room_type = singles;
    assert_refused(decide_amend_room, OUTCOME_NO_ROOM_FITS, NULL);
}

/* Of holds it is not known, and they come after who is proven. */
static void
what_is_held_keeps_a_room_while_it_had_one(void **state)
{
    (void)state;
    struct id room_103 = world_add_room(&world, doubles, "103");
    world_add_pinned(&world, room_101, 1, 2);
    world_add_pinned(&world, room_103, 3, 4);
    world_add_unassigned(&world, doubles, 1, 4);
    world.loose[0].owner_kind = CLAIM_OF_HOLD;
    call_unproven(world_add_unassigned(&world, doubles, 1, 2));
    call_unproven(world_add_unassigned(&world, doubles, 1, 2));
    world_night(&world, doubles, WORLD_TODAY + 1)->allowance = 2;
    ask_to_delete(1, room_102, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_NO_ROOM_FITS, NULL);
}

static void
a_chain_of_stays_hangs_together_in_any_order(void **state)
{
    (void)state;
    world_add_room(&world, doubles, "103");
    world_add_pinned(&world, room_101, 0, 5);
    world_add_unassigned(&world, doubles, 8, 10);
    world_add_unassigned(&world, doubles, 6, 9);
    for (int i = 0; i < 4; i++)
        call_unproven(world_add_unassigned(&world, doubles, 4, 7)); /* five for three rooms on night 4 */
    for (int i = 4; i < 7; i++)
        world_night(&world, doubles, WORLD_TODAY + i)->allowance = 3;
    ask_to_delete(1, room_102, ID_NONE);
    assert_accepted(decide_delete_rooms);
}

static void
an_overbooked_night_excuses_no_other(void **state)
{
    (void)state;
    struct id room_103 = world_add_room(&world, doubles, "103");
    world_add_pinned(&world, room_101, 1, 3);
    world_add_pinned(&world, room_103, 3, 5);
    world_add_unassigned(&world, doubles, 2, 4);
    world_night(&world, doubles, WORLD_TODAY + 40)->sold = 9;
    world_night(&world, doubles, WORLD_TODAY + 40)->allowance = 9;
    ask_to_delete(1, room_102, ID_NONE);
    assert_refused(decide_delete_rooms, OUTCOME_NO_ROOM_FITS, NULL);
}

static void
a_full_arena_voids_the_decision(void **state)
{
    (void)state;
    struct id room_103 = world_add_room(&world, doubles, "103");
    world_add_pinned(&world, room_101, 1, 3);
    world_add_pinned(&world, room_103, 3, 5);
    ask_to_delete(1, room_102, ID_NONE);
    size_t full_runs = 0;
    for (size_t spare = 0; spare < 4096; spare += 64) {
        struct deciding deciding;
        arena_reset(&world.arena);
        world.arena.limit = (size_t)64 << 20;
        deciding_init(&deciding, &world.facts, &world.command, &world.arena, &world.decision);
        world.arena.limit = world.arena.used + spare;
        decide_delete_rooms(&deciding);
        full_runs += world.decision.out_of_memory ? 1 : 0;
        assert_true(world.decision.out_of_memory || world.decision.refusal.outcome == OUTCOME_OK);
        assert_true(world.decision.out_of_memory == world.arena.overflowed);
    }
    assert_true(full_runs > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_rooms_are_clean_and_add_their_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_open_nights_are_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_needs_a_type_that_has_rooms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_by_the_night_takes_what_its_type_promises, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_comes_once_in_a_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_that_is_taken_is_pointed_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_keeps_what_no_caller_sets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_to_what_is_there_is_no_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_with_bookings_can_be_amended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stale_missing_or_doubled_room_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_type_takes_the_unit_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_stays_large_enough_for_its_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_keeps_the_way_it_is_sold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_in_use_keeps_its_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_unit_that_is_sold_can_not_change_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closures_count_against_and_allowances_for_a_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_go_together_with_their_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_with_someone_in_it_is_not_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(losses_of_one_type_are_summed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_list_names_each_room_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_is_meant_for_a_single_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_room_in_use_keeps_all_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_claim_keeps_its_room_until_it_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slot_keeps_its_room_until_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(enough_units_are_not_enough_where_rooms_are_fixed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unpinned_stays_may_be_shuffled_for_a_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_allowance_takes_no_room_from_who_is_promised_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_sold_by_an_allowance_alone_may_lose_a_room_that_others_had_first,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_held_keeps_a_room_while_it_had_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_proven_keeps_a_room_next_to_an_overbooked_night, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_chain_of_stays_hangs_together_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overbooked_night_excuses_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_voids_the_decision, set_up, tear_down),
    };
    return test_run("core/decide_room", tests);
}
