/* Guests come, change rooms, leave; and each step taken back. Who is in which room, stock and claims are checked by the
 * model after each command. */
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

#define assert_in(w, booking, room) assert_true(id_equal(state_of((w), (room))->occupant, (booking)))
#define assert_empty(w, room) assert_true(id_is_none(state_of((w), (room))->occupant))

static struct id
stay_in(struct world *w, struct id room, int from, int until)
{
    struct id id;
    assert_int_equal(book(w, desk, nights(ID_NONE, room, from, until), &id), OUTCOME_OK);
    return id;
}

static struct id
guests_in(struct world *w, struct id room, int until)
{
    struct id id = stay_in(w, room, 0, until);
    assert_int_equal(check_in(w, desk, id), OUTCOME_OK);
    return id;
}

static int32_t
sold_on(const struct world *w, int day)
{
    return house_model_night(&w->model, &w->model.types[0], MODEL_TODAY + day)->sold;
}

static void
let_a_day_pass(struct world *w)
{
    w->model.now_ms += DATE_DAY_MS;
    w->model.today++;
}

/* --- check-in --- */

static void
guests_come_in_and_the_room_is_theirs(void **state)
{
    WORLD;
    struct id id = stay_in(w, w->room_101, 0, 3);
    assert_int_equal(check_in(w, desk, id), OUTCOME_OK);
    assert_event(w, 0, "booking.checked_in");
    assert_event(w, 1, "room.status_changed");
    assert_true(str_equal(w->last.events[1].from, STR("READY_FOR_GUEST")));
    assert_true(str_equal(w->last.events[1].to, STR("OCCUPIED")));
    assert_in(w, id, w->room_101);
    assert_int_equal(booking_of(w, id)->checked_in_on, MODEL_TODAY);
    assert_int_equal(booking_of(w, id)->checked_in_at, MODEL_NOW);
    assert_true(house_model_claim(&w->model, id)->pinned);
    world_done(w);
}

static void
a_room_is_given_with_the_key(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, id), OUTCOME_NOT_ASSIGNED);
    assert_int_equal(check_in_to(w, desk, id, w->room_102, false), OUTCOME_OK);
    assert_room(w, id, w->room_102);
    assert_in(w, id, w->room_102);
    world_done(w);
}

static void
guests_come_on_their_day(void **state)
{
    WORLD;
    struct id later = stay_in(w, w->room_101, 1, 3), early = stay_in(w, w->room_102, 0, 1);
    assert_int_equal(check_in(w, desk, later), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("before_arrival")));
    let_a_day_pass(w);
    assert_int_equal(check_in(w, desk, early), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("already_over")));
    let_a_day_pass(w);
    assert_int_equal(check_in(w, desk, later), OUTCOME_OK); /* a night late, and welcome */
    world_done(w);
}

static void
a_slot_is_not_checked_in(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 600, 660), &id), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, id), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("nights_only")));
    world_done(w);
}

/* R3 */
static void
a_room_that_is_not_ready_is_refused_or_overridden_by_a_manager(void **state)
{
    WORLD;
    struct id id = stay_in(w, w->room_101, 0, 2);
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_CLEANED;
    assert_int_equal(check_in(w, desk, id), OUTCOME_ROOM_NOT_READY);
    assert_true(str_equal(w->last.refusal.status, STR("CLEANED_UNINSPECTED")));
    assert_int_equal(check_in_to(w, desk, id, ID_NONE, true), OUTCOME_FORBIDDEN);
    assert_string_equal(w->last.refusal.pointer, "/override");
    assert_int_equal(check_in_to(w, manager, id, ID_NONE, true), OUTCOME_OK);
    assert_true(w->last.events[0].overrides);
    assert_non_null(w->last.events[0].reason);
    world_done(w);
}

static void
a_room_with_a_fault_is_not_ready(void **state)
{
    WORLD;
    struct id id = stay_in(w, w->room_101, 0, 2);
    state_of(w, w->room_101)->fault = (struct id){7, 7};
    state_of(w, w->room_101)->fault_since = MODEL_NOW;
    assert_int_equal(check_in(w, desk, id), OUTCOME_ROOM_NOT_READY);
    assert_true(str_equal(w->last.refusal.status, STR("MAINTENANCE_REQUIRED")));
    world_done(w);
}

/* R1: no reason lets two parties into one room. */
static void
two_parties_are_never_in_one_room(void **state)
{
    WORLD;
    struct id first = guests_in(w, w->room_101, 1);
    let_a_day_pass(w); /* who should have left has not */
    struct id second = stay_in(w, w->room_101, 1, 2);
    assert_int_equal(check_in(w, desk, second), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_true(id_equal(w->last.refusal.in_the_way[0].owner, first));
    assert_int_equal(check_in_to(w, manager, second, ID_NONE, true), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(check_out(w, desk, first), OUTCOME_OK);
    assert_int_equal(check_in_to(w, manager, second, ID_NONE, true), OUTCOME_OK);
    world_done(w);
}

static void
who_is_in_the_house_is_not_moved_for_others(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 3);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_in(w, id, w->room_101);
    assert_int_equal(cancel(w, desk, id), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(unassign(w, desk, id), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

static void
a_check_in_is_taken_back_on_the_same_day(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 3);
    assert_int_equal(undo_check_in(w, desk, id), OUTCOME_OK);
    assert_event(w, 0, "booking.check_in_undone");
    assert_empty(w, w->room_101);
    assert_int_equal(state_of(w, w->room_101)->cleanliness, CLEANLINESS_INSPECTED);
    assert_int_equal(booking_of(w, id)->checked_in_at, 0);
    assert_int_equal(check_in(w, desk, id), OUTCOME_OK);
    let_a_day_pass(w);
    assert_int_equal(undo_check_in(w, desk, id), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("another_day")));
    world_done(w);
}

/* --- check-out --- */

static void
guests_who_leave_early_give_their_nights_back(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 4);
    let_a_day_pass(w);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    assert_event(w, 0, "booking.checked_out");
    assert_true(str_equal(w->last.events[1].to, STR("CHECKOUT_DIRTY")));
    assert_empty(w, w->room_101);
    assert_int_equal(state_of(w, w->room_101)->cleanliness, CLEANLINESS_DIRTY);
    assert_int_equal(sold_on(w, 1), 0);
    assert_int_equal(sold_on(w, 3), 0);
    assert_true(span_equal(house_model_claim(&w->model, id)->span, span_from_nights(MODEL_TODAY, MODEL_TODAY + 1)));
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    world_done(w);
}

static void
guests_who_leave_on_the_day_they_came_were_never_there_at_night(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 2);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    assert_null(house_model_claim(&w->model, id));
    assert_int_equal(sold_on(w, 0), 0);
    assert_true(id_equal(booking_of(w, id)->left_room, w->room_101));
    world_done(w);
}

static void
a_check_out_is_taken_back_while_the_room_is_free(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 4);
    let_a_day_pass(w);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    assert_int_equal(undo_check_out(w, desk, id), OUTCOME_OK);
    assert_event(w, 0, "booking.check_out_undone");
    assert_in(w, id, w->room_101);
    assert_true(span_equal(house_model_claim(&w->model, id)->span, span_from_nights(MODEL_TODAY, MODEL_TODAY + 4)));
    assert_int_equal(sold_on(w, 3), 1);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    struct id other = stay_in(w, w->room_101, 1, 2);
    assert_int_equal(check_in_to(w, manager, other, ID_NONE, true), OUTCOME_OK);
    assert_int_equal(undo_check_out(w, desk, id), OUTCOME_ROOM_NOT_AVAILABLE);
    let_a_day_pass(w);
    assert_int_equal(undo_check_out(w, desk, id), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("another_day")));
    world_done(w);
}

static void
a_check_out_on_the_day_of_arrival_is_taken_back_whole(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 2);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    assert_int_equal(undo_check_out(w, desk, id), OUTCOME_OK);
    assert_in(w, id, w->room_101);
    assert_int_equal(sold_on(w, 1), 1);
    world_done(w);
}

/* --- in the house --- */

static void
guests_move_and_leave_a_room_to_be_cleaned(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 4);
    let_a_day_pass(w);
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_DIRTY;
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_ROOM_NOT_READY);
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_INSPECTED;
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_OK);
    assert_in(w, id, w->room_102);
    assert_empty(w, w->room_101);
    assert_int_equal(state_of(w, w->room_101)->cleanliness, CLEANLINESS_DIRTY);
    assert_int_equal(booking_of(w, id)->status, BOOKING_CHECKED_IN);
    world_done(w);
}

/* Otherwise a re-shuffle would count on taking them along, and nobody would make way for them. */
static void
guests_who_move_have_the_room_for_good_whatever_was_said(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 1), later;
    struct command command = {.kind = COMMAND_MOVE_BOOKING, .actor = desk, .property = 1};
    command.move_booking = (struct move_booking){.booking = id, .to_room = w->room_102};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_in(w, id, w->room_102);
    assert_true(house_model_claim(&w->model, id)->pinned);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_102, 1, 2), &later), OUTCOME_OK);
    assert_int_equal(extend_stay(w, desk, id, 2), OUTCOME_OK);
    assert_room(w, later, w->room_101);
    world_done(w);
}

/* A move that is planned for a later night is made when the guests make it. */
static void
a_planned_move_is_made_on_its_day(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 4);
    assert_int_equal(move_part(w, desk, id, w->room_102, 1, 4), OUTCOME_OK);
    assert_in(w, id, w->room_101);
    let_a_day_pass(w);
    assert_in(w, id, w->room_101);
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_OK);
    assert_in(w, id, w->room_102);
    assert_empty(w, w->room_101);
    world_done(w);
}

/* Tonight's room need not be ready yet when somebody plans the night after, and nobody is sent there by that. */
static void
whoever_is_to_change_rooms_later_stays_where_they_are(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 4);
    assert_int_equal(move_part(w, desk, id, w->room_102, 1, 4), OUTCOME_OK);
    let_a_day_pass(w);
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_DIRTY;
    assert_int_equal(move_part(w, desk, id, w->room_101, 2, 4), OUTCOME_OK);
    assert_in(w, id, w->room_101);
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_ROOM_NOT_READY);
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_INSPECTED;
    assert_int_equal(move_part(w, desk, id, w->room_102, 3, 4), OUTCOME_OK);
    assert_in(w, id, w->room_101);
    assert_int_equal(move_part(w, desk, id, w->room_102, 1, 2), OUTCOME_OK);
    assert_in(w, id, w->room_102);
    world_done(w);
}

static void
two_parties_in_the_house_change_places(void **state)
{
    WORLD;
    struct id one = guests_in(w, w->room_101, 3), two = guests_in(w, w->room_102, 2);
    assert_int_equal(swap(w, desk, one, two), OUTCOME_OK);
    assert_in(w, one, w->room_102);
    assert_in(w, two, w->room_101);
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_DIRTY;
    assert_int_equal(swap(w, desk, one, two), OUTCOME_ROOM_NOT_READY);
    assert_in(w, one, w->room_102);
    world_done(w);
}

static enum outcome
swap_anyway(struct world *w, struct actor actor, struct id booking, struct id other)
{
    struct command command = {
        .kind = COMMAND_SWAP_ROOMS,
        .actor = actor,
        .property = 1,
        .swap_rooms = {.booking = booking, .other = other, .overrides = true, .reason = STR("no other room")}};
    return world_run(w, &command);
}

/* Each of the two says why: words of its own, so that those of one can be erased without the other's. */
static void
assert_swapped_anyway(const struct world *w, struct id booking, struct id other)
{
    for (size_t i = 0; i < 2; i++) {
        assert_event(w, i, "booking.swapped");
        assert_true(w->last.events[i].overrides);
        assert_int_equal(w->last.events[i].override_role, ROLE_MANAGER);
        assert_non_null(w->last.events[i].reason);
        assert_true(str_equal(w->last.events[i].reason->content, STR("no other room")));
    }
    assert_true(id_equal(w->last.events[0].subject, booking));
    assert_true(id_equal(w->last.events[1].subject, other));
    assert_false(id_equal(w->last.events[0].reason->id, w->last.events[1].reason->id));
}

static void
a_manager_has_parties_change_places_in_rooms_that_are_not_ready(void **state)
{
    WORLD;
    struct id one = guests_in(w, w->room_101, 3), two = guests_in(w, w->room_102, 2);
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_CLEANED;
    state_of(w, w->room_102)->fault = (struct id){7, 7};
    state_of(w, w->room_102)->fault_since = MODEL_NOW;
    assert_int_equal(swap(w, manager, one, two), OUTCOME_ROOM_NOT_READY);
    assert_true(str_equal(w->last.refusal.status, STR("OCCUPIED")));
    assert_int_equal(swap_anyway(w, desk, one, two), OUTCOME_FORBIDDEN);
    assert_string_equal(w->last.refusal.pointer, "/override");
    assert_int_equal(swap_anyway(w, manager, one, two), OUTCOME_OK);
    assert_swapped_anyway(w, one, two);
    assert_in(w, one, w->room_102);
    assert_in(w, two, w->room_101);
    assert_int_equal(state_of(w, w->room_101)->cleanliness, CLEANLINESS_DIRTY);
    assert_int_equal(state_of(w, w->room_102)->cleanliness, CLEANLINESS_DIRTY);
    assert_true(room_is_faulty(state_of(w, w->room_102)));
    assert_false(room_is_faulty(state_of(w, w->room_101)));
    world_done(w);
}

/* Only those who are in the house go anywhere, so it is their new room that has to be ready. */
static void
who_is_in_the_house_changes_rooms_with_who_is_still_to_come(void **state)
{
    WORLD;
    struct id here = guests_in(w, w->room_101, 3), coming = stay_in(w, w->room_102, 0, 2);
    state_of(w, w->room_101)->cleanliness = CLEANLINESS_CLEANED;
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_CLEANED;
    assert_int_equal(swap(w, desk, coming, here), OUTCOME_ROOM_NOT_READY);
    assert_in(w, here, w->room_101);
    state_of(w, w->room_102)->cleanliness = CLEANLINESS_INSPECTED;
    assert_int_equal(swap(w, desk, coming, here), OUTCOME_OK);
    assert_false(w->last.events[0].overrides);
    assert_in(w, here, w->room_102);
    assert_empty(w, w->room_101);
    assert_room(w, coming, w->room_101);
    assert_int_equal(booking_of(w, coming)->status, BOOKING_CONFIRMED);
    assert_int_equal(state_of(w, w->room_101)->cleanliness, CLEANLINESS_DIRTY);
    assert_int_equal(state_of(w, w->room_102)->cleanliness, CLEANLINESS_INSPECTED);
    assert_int_equal(swap(w, desk, coming, here), OUTCOME_ROOM_NOT_READY);
    assert_true(str_equal(w->last.refusal.status, STR("CHECKOUT_DIRTY")));
    assert_int_equal(swap_anyway(w, manager, coming, here), OUTCOME_OK);
    assert_swapped_anyway(w, coming, here);
    assert_in(w, here, w->room_101);
    assert_empty(w, w->room_102);
    assert_room(w, coming, w->room_102);
    assert_int_equal(state_of(w, w->room_101)->cleanliness, CLEANLINESS_DIRTY);
    assert_int_equal(state_of(w, w->room_102)->cleanliness, CLEANLINESS_DIRTY);
    world_done(w);
}

static void
guests_stay_longer_in_their_room(void **state)
{
    WORLD;
    struct id id = guests_in(w, w->room_101, 2), loose = stay_in(w, w->room_101, 2, 4);
    assert_int_equal(extend_stay(w, desk, id, 3), OUTCOME_OK);
    assert_room(w, loose, w->room_102);
    assert_int_equal(amend_nights(w, desk, id, 1, 3), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("already_started")));
    assert_int_equal(amend_nights(w, desk, id, 0, 1), OUTCOME_OK);
    assert_in(w, id, w->room_101);
    world_done(w);
}

/* --- many at once --- */

/* Whoever has to make way for another of them comes in where they are then. */
static void
one_of_a_batch_makes_way_for_another_and_both_come_in(void **state)
{
    WORLD;
    struct id first, second;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 2), &first), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 2), &second), OUTCOME_OK);
    const struct booking_step lines[] = {{.booking = first, .room = w->room_101}, {.booking = second}};
    const struct command command = {
        .kind = COMMAND_BATCH_BOOKINGS,
        .actor = desk,
        .property = 1,
        .booking_batch = {.step = COMMAND_CHECK_IN, .items = lines, .count = 2, .from_items = true}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_in(w, first, w->room_101);
    assert_in(w, second, w->room_102);
    world_done(w);
}

static void
a_batch_that_breaks_off_leaves_nobody_in_a_room(void **state)
{
    WORLD;
    struct id first = stay_in(w, w->room_101, 0, 2), later = stay_in(w, w->room_102, 1, 2);
    const struct booking_step lines[] = {{.booking = first}, {.booking = later}};
    const struct command command = {
        .kind = COMMAND_BATCH_BOOKINGS,
        .actor = desk,
        .property = 1,
        .booking_batch = {.step = COMMAND_CHECK_IN, .items = lines, .count = 2, .from_items = true}};
    assert_int_equal(world_run(w, &command), OUTCOME_POLICY_REFUSED);
    assert_true(id_equal(w->last.refusal.booking, later));
    assert_string_equal(w->last.refusal.pointer, "/items/1/booking_id");
    assert_empty(w, w->room_101);
    assert_status(w, first, BOOKING_CONFIRMED);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guests_come_in_and_the_room_is_theirs),
        cmocka_unit_test(a_room_is_given_with_the_key),
        cmocka_unit_test(guests_come_on_their_day),
        cmocka_unit_test(a_slot_is_not_checked_in),
        cmocka_unit_test(a_room_that_is_not_ready_is_refused_or_overridden_by_a_manager),
        cmocka_unit_test(a_room_with_a_fault_is_not_ready),
        cmocka_unit_test(two_parties_are_never_in_one_room),
        cmocka_unit_test(who_is_in_the_house_is_not_moved_for_others),
        cmocka_unit_test(a_check_in_is_taken_back_on_the_same_day),
        cmocka_unit_test(guests_who_leave_early_give_their_nights_back),
        cmocka_unit_test(guests_who_leave_on_the_day_they_came_were_never_there_at_night),
        cmocka_unit_test(a_check_out_is_taken_back_while_the_room_is_free),
        cmocka_unit_test(a_check_out_on_the_day_of_arrival_is_taken_back_whole),
        cmocka_unit_test(guests_move_and_leave_a_room_to_be_cleaned),
        cmocka_unit_test(guests_who_move_have_the_room_for_good_whatever_was_said),
        cmocka_unit_test(a_planned_move_is_made_on_its_day),
        cmocka_unit_test(whoever_is_to_change_rooms_later_stays_where_they_are),
        cmocka_unit_test(two_parties_in_the_house_change_places),
        cmocka_unit_test(a_manager_has_parties_change_places_in_rooms_that_are_not_ready),
        cmocka_unit_test(who_is_in_the_house_changes_rooms_with_who_is_still_to_come),
        cmocka_unit_test(guests_stay_longer_in_their_room),
        cmocka_unit_test(one_of_a_batch_makes_way_for_another_and_both_come_in),
        cmocka_unit_test(a_batch_that_breaks_off_leaves_nobody_in_a_room),
    };
    return test_run("core/decide_stay", tests);
}
