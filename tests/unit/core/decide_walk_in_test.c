/* Whoever stands at the desk is booked, given a room and let in, or nothing happens at all. Stock, claims and who is in
 * which room are checked by the model after each command. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

static struct room_state *
state_of(struct world *w, struct id room)
{
    for (size_t i = 0; i < w->model.room_count; i++)
        if (id_equal(w->model.room_states[i].room, room))
            return &w->model.room_states[i];
    fail();
    return NULL;
}

static struct leg
one_of(struct id type)
{
    return (struct leg){.room_type = type, .party = 1};
}

static struct leg
in_room(struct id room)
{
    return (struct leg){.room = room, .party = 1};
}

static int32_t
sold_on(const struct world *w, int day)
{
    return house_model_night(&w->model, &w->model.types[0], MODEL_TODAY + day)->sold;
}

static void
whoever_walks_in_has_a_room_at_once(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 2, false, &id), OUTCOME_OK);
    assert_status(w, id, BOOKING_CHECKED_IN);
    assert_int_equal(booking_of(w, id)->span.starts, date_to_instant(MODEL_TODAY));
    assert_int_equal(booking_of(w, id)->span.ends, date_to_instant(MODEL_TODAY + 2));
    assert_int_equal(booking_of(w, id)->checked_in_on, MODEL_TODAY);
    assert_int_equal(booking_of(w, id)->version, 3);
    assert_room(w, id, w->room_101);
    assert_true(id_equal(state_of(w, w->room_101)->occupant, id));
    assert_true(house_model_claim(&w->model, id)->pinned);
    assert_int_equal(sold_on(w, 0), 1);
    assert_int_equal(sold_on(w, 1), 1);
    assert_int_equal(sold_on(w, 2), 0);
    world_done(w);
}

static void
its_log_reads_as_if_each_step_had_been_asked_for(void **state)
{
    WORLD;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, NULL), OUTCOME_OK);
    assert_event(w, 0, "booking.created");
    assert_event(w, 1, "booking.assigned");
    assert_event(w, 2, "booking.checked_in");
    assert_event(w, 3, "room.status_changed");
    assert_int_equal(w->last.event_count, 4);
    assert_true(str_equal(w->last.events[0].to, STR("CONFIRMED")));
    assert_int_equal(w->last.events[0].booking->claim_count, 0);
    assert_int_equal(w->last.events[1].booking->claim_count, 1);
    assert_int_equal(w->last.events[1].booking->checked_in_at, 0);
    world_done(w);
}

/* The business date rules, whatever the calendar says: at half past one the night is still open. */
static void
the_night_that_is_still_open_is_booked(void **state)
{
    WORLD;
    struct id id;
    w->model.now_ms += DATE_DAY_MS; /* the clock goes on, the business date does not */
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, &id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->span.starts, date_to_instant(MODEL_TODAY));
    world_done(w);
}

static void
a_room_that_is_not_ready_is_passed_over(void **state)
{
    WORLD;
    struct id id;
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_CLEANED;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, &id), OUTCOME_OK);
    assert_room(w, id, w->room_102);
    world_done(w);
}

static void
when_none_is_ready_that_is_said(void **state)
{
    WORLD;
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_CLEANED;
    state_of(w, w->room_102)->fault = (struct id){7, 7};
    state_of(w, w->room_102)->fault_since = MODEL_NOW;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, NULL), OUTCOME_ROOM_NOT_READY);
    assert_int_equal(w->last.event_count, w->last.lapsed_events);
    assert_int_equal(w->last.change_count, w->last.lapsed_changes);
    assert_int_equal(sold_on(w, 0), 0);
    world_done(w);
}

/* Sold out comes before not ready only where there is nothing to wait for. */
static void
a_full_house_is_sold_out(void **state)
{
    WORLD;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, NULL), OUTCOME_OK);
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, NULL), OUTCOME_OK);
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.refusal.night_count, 1);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY);
    world_done(w);
}

static void
the_room_that_is_wished_for_is_had_when_it_is_ready(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(walk_in(w, desk, in_room(w->room_102), 1, false, &id), OUTCOME_OK);
    assert_room(w, id, w->room_102);
    assert_int_equal(walk_in(w, desk, in_room(w->room_102), 1, false, NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_DIRTY;
    assert_int_equal(walk_in(w, desk, in_room(w->room_101), 1, false, NULL), OUTCOME_ROOM_NOT_READY);
    world_done(w);
}

static void
a_manager_lets_them_in_all_the_same_and_that_is_on_record(void **state)
{
    WORLD;
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_CLEANED;
    assert_int_equal(walk_in(w, desk, in_room(w->room_101), 1, true, NULL), OUTCOME_FORBIDDEN);
    assert_string_equal(w->last.refusal.pointer, "/override");
    assert_int_equal(walk_in(w, manager, in_room(w->room_101), 1, true, NULL), OUTCOME_OK);
    assert_event(w, 2, "booking.checked_in");
    assert_true(w->last.events[2].overrides);
    assert_non_null(w->last.events[2].reason);
    assert_false(w->last.events[1].overrides);
    world_done(w);
}

/* Two parties are never in one room, whoever asks. */
static void
no_override_lets_a_second_party_in(void **state)
{
    WORLD;
    assert_int_equal(walk_in(w, desk, in_room(w->room_101), 1, false, NULL), OUTCOME_OK);
    assert_int_equal(walk_in(w, manager, in_room(w->room_101), 1, true, NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

static void
a_room_kept_for_somebody_tomorrow_is_had_for_tonight_alone(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, &id), OUTCOME_OK);
    assert_room(w, id, w->room_101); /* nothing is left unused after it */
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 3, false, NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 2, false, &id), OUTCOME_OK);
    assert_room(w, id, w->room_102);
    world_done(w);
}

/* A stay that can move makes way for the only room that is ready. */
static void
who_may_still_move_makes_way(void **state)
{
    WORLD;
    struct id id, later;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 1, 3), &later), OUTCOME_OK);
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_DIRTY;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 2, false, &id), OUTCOME_OK);
    assert_room(w, id, w->room_101);
    assert_room(w, later, w->room_102);
    assert_event(w, 0, "booking.room_changed");
    assert_event(w, 1, "booking.created");
    world_done(w);
}

static void
nobody_moves_where_another_room_is_free(void **state)
{
    WORLD;
    struct id id, later;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 1, 3), &later), OUTCOME_OK);
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 2, false, &id), OUTCOME_OK);
    assert_room(w, id, w->room_102);
    assert_room(w, later, w->room_101);
    world_done(w);
}

static void
what_has_no_rooms_has_none_to_walk_into(void **state)
{
    WORLD;
    assert_int_equal(walk_in(w, desk, one_of(w->bed), 1, false, NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(walk_in(w, desk, one_of(w->class), 1, false, NULL), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/room_type_id");
    assert_int_equal(walk_in(w, desk, in_room(w->room_a1), 1, false, NULL), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/room_id");
    world_done(w);
}

static void
what_is_wrong_is_refused_by_its_field(void **state)
{
    WORLD;
    struct leg many = {.room_type = w->twin, .party = 9};
    struct command command = {
        .kind = COMMAND_WALK_IN,
        .actor = desk,
        .property = 1,
        .walk_in = {.leg = one_of(w->twin), .departure = MODEL_TODAY, .guest = {.name = STR("Ada")}}};
    assert_int_equal(world_run(w, &command), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/departure");
    command.walk_in.departure = MODEL_TODAY + 367;
    assert_int_equal(world_run(w, &command), OUTCOME_VALIDATION_FAILED);
    command.walk_in.departure = MODEL_TODAY + 2;
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_int_equal(walk_in(w, desk, many, 1, false, NULL), OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(walk_in(w, desk, one_of((struct id){9, 9}), 1, false, NULL), OUTCOME_NOT_FOUND);
    assert_int_equal(walk_in(w, teacher, one_of(w->twin), 1, false, NULL), OUTCOME_FORBIDDEN);
    world_done(w);
}

/* Who lets them in approves of it. */
static void
no_approval_is_waited_for(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->twin)->needs_approval = true;
    assert_int_equal(walk_in(w, desk, one_of(w->twin), 1, false, &id), OUTCOME_OK);
    assert_status(w, id, BOOKING_CHECKED_IN);
    assert_int_equal(booking_of(w, id)->expires_at, 0);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_walks_in_has_a_room_at_once),
        cmocka_unit_test(its_log_reads_as_if_each_step_had_been_asked_for),
        cmocka_unit_test(the_night_that_is_still_open_is_booked),
        cmocka_unit_test(a_room_that_is_not_ready_is_passed_over),
        cmocka_unit_test(when_none_is_ready_that_is_said),
        cmocka_unit_test(a_full_house_is_sold_out),
        cmocka_unit_test(the_room_that_is_wished_for_is_had_when_it_is_ready),
        cmocka_unit_test(a_manager_lets_them_in_all_the_same_and_that_is_on_record),
        cmocka_unit_test(no_override_lets_a_second_party_in),
        cmocka_unit_test(a_room_kept_for_somebody_tomorrow_is_had_for_tonight_alone),
        cmocka_unit_test(who_may_still_move_makes_way),
        cmocka_unit_test(nobody_moves_where_another_room_is_free),
        cmocka_unit_test(what_has_no_rooms_has_none_to_walk_into),
        cmocka_unit_test(what_is_wrong_is_refused_by_its_field),
        cmocka_unit_test(no_approval_is_waited_for),
    };
    return test_run("core/decide_walk_in", tests);
}
