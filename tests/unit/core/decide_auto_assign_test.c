/* Rooms for those who arrive: what is refused, what is chosen, who moves, and what is told of a day. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

static struct room_state *
world_room_state(struct world *w, struct id room)
{
    for (size_t i = 0; i < w->model.room_count; i++)
        if (id_equal(w->model.room_states[i].room, room))
            return &w->model.room_states[i];
    fail_msg("no such room");
    return NULL;
}

static enum outcome
auto_assign(struct world *w, struct actor actor, struct auto_assign_booking asked)
{
    struct command command = {
        .kind = COMMAND_AUTO_ASSIGN_BOOKING, .actor = actor, .property = 1, .auto_assign_booking = asked};
    return world_run(w, &command);
}

static enum outcome
assign_one(struct world *w, struct id booking)
{
    return auto_assign(w, desk, (struct auto_assign_booking){.booking = booking});
}

static enum outcome
assign_day(struct world *w, struct actor actor, int day, size_t limit)
{
    struct command command = {.kind = COMMAND_AUTO_ASSIGN_ARRIVALS,
                              .actor = actor,
                              .property = 1,
                              .auto_assign_arrivals = {.date = MODEL_TODAY + day, .limit = limit}};
    return world_run(w, &command);
}

static struct id
stay(struct world *w, int from, int until)
{
    struct id id;
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, from, until), &id), OUTCOME_OK);
    return id;
}

/* What the latest command on a day said of it. */
static const struct arrivals *
told(const struct world *w)
{
    assert_true(w->last.event_count > w->last.lapsed_events);
    const struct event *last = &w->last.events[w->last.event_count - 1];
    assert_true(str_equal(last->kind, STR("arrivals.assigned")));
    return last->arrivals;
}

/* --- one booking --- */

static void
a_booking_gets_a_room_that_may_be_changed_for_another(void **state)
{
    WORLD;
    struct id id = stay(w, 1, 3);
    assert_int_equal(assign_one(w, id), OUTCOME_OK);
    assert_event(w, 0, "booking.assigned");
    assert_int_equal(w->last.event_count, 1);
    assert_room(w, id, w->room_101);
    assert_false(house_model_claim(&w->model, id)->pinned);
    assert_int_equal(booking_of(w, id)->version, 2);
    world_done(w);
}

static void
a_booking_that_has_a_room_keeps_it(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 3), &id), OUTCOME_OK);
    assert_int_equal(assign_one(w, id), OUTCOME_OK);
    assert_true(id_equal(w->last.unchanged, id));
    assert_room(w, id, w->room_102);
    world_done(w);
}

static void
staff_alone_give_rooms_and_only_to_what_is_there_and_live(void **state)
{
    WORLD;
    struct id id = stay(w, 1, 3);
    assert_int_equal(auto_assign(w, teacher, (struct auto_assign_booking){.booking = id}), OUTCOME_FORBIDDEN);
    assert_int_equal(assign_day(w, teacher, 1, 10), OUTCOME_FORBIDDEN);
    assert_int_equal(assign_one(w, w->room_101), OUTCOME_NOT_FOUND);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(assign_one(w, id), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

static void
what_is_sold_by_count_has_no_rooms(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, teacher, nights(w->bed, ID_NONE, 1, 3), &id), OUTCOME_OK);
    assert_int_equal(assign_one(w, id), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(assign_day(w, desk, 1, 10), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 0); /* and nobody waits for one */
    world_done(w);
}

static void
a_wish_is_met_where_it_can_be(void **state)
{
    WORLD;
    world_room(w, w->room_101)->building = STR("north");
    world_room(w, w->room_102)->building = STR("south");
    world_room(w, w->room_102)->features = STR("[\"bath\",\"sea \\\"view\\\"\"]");
    struct id view = stay(w, 1, 3), south = stay(w, 4, 6), both = stay(w, 7, 9);
    assert_int_equal(
        auto_assign(w, desk, (struct auto_assign_booking){.booking = view, .features = STR("[\"sea \\\"view\\\"\"]")}),
        OUTCOME_OK);
    assert_room(w, view, w->room_102);
    assert_int_equal(auto_assign(w, desk, (struct auto_assign_booking){.booking = south, .building = STR("south")}),
                     OUTCOME_OK);
    assert_room(w, south, w->room_102);
    struct auto_assign_booking neither = {
        .booking = both, .building = STR("north"), .features = STR("[\"balcony\",\"sea\"]")};
    assert_int_equal(auto_assign(w, desk, neither), OUTCOME_OK);
    assert_room(w, both, w->room_101);
    world_done(w);
}

/* Who was to come yesterday and has not is expected today. */
static void
who_comes_late_arrives_today(void **state)
{
    WORLD;
    struct id late = stay(w, 0, 3), over = stay(w, 0, 1);
    world_pass_days(w, 1);
    assert_int_equal(assign_day(w, desk, 2, 10), OUTCOME_OK);
    assert_room(w, late, ID_NONE);
    assert_int_equal(assign_day(w, desk, 1, 10), OUTCOME_OK);
    assert_int_equal(told(w)->assigned, 1);
    assert_false(id_is_none(room_of(w, late)));
    assert_room(w, over, ID_NONE);
    world_done(w);
}

static void
who_arrives_today_gets_a_room_that_is_ready(void **state)
{
    WORLD;
    world_room_state(w, w->room_101)->cleanliness = CLEANLINESS_DIRTY;
    world_room_state(w, w->room_102)->cleanliness = CLEANLINESS_INSPECTED;
    struct id later = stay(w, 3, 4), today = stay(w, 0, 1);
    assert_int_equal(assign_one(w, later), OUTCOME_OK);
    assert_room(w, later, w->room_101);
    assert_int_equal(assign_one(w, today), OUTCOME_OK);
    assert_room(w, today, w->room_102);
    world_done(w);
}

static void
a_claim_that_is_not_pinned_makes_way(void **state)
{
    WORLD;
    struct id first, fixed, id;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 3, 4), &first), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 5, 6), &fixed), OUTCOME_OK);
    id = stay(w, 1, 6);
    assert_int_equal(assign_one(w, id), OUTCOME_OK);
    assert_room(w, id, w->room_101);
    assert_room(w, first, w->room_102);
    assert_event(w, 0, "booking.room_changed");
    assert_event(w, 1, "booking.assigned");
    world_done(w);
}

/* By the count it fits, and it is where the others can't be moved that it does not. */
static void
without_a_room_for_it_a_booking_is_told_why(void **state)
{
    WORLD;
    struct id one, two;
    w->model.nights[0][2].allowance = w->model.nights[0][3].allowance = 1;
    assert_int_equal(book(w, desk, pinned(w->room_101, 2, 4), &one), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 2, 4), &two), OUTCOME_OK);
    struct id id = stay(w, 1, 5);
    assert_int_equal(assign_one(w, id), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(w->last.refusal.in_the_way_count, 2);
    assert_room(w, id, ID_NONE);
    world_done(w);
}

/* --- all of a day --- */

static void
all_who_arrive_on_a_day_get_rooms_and_nobody_else(void **state)
{
    WORLD;
    struct id one = stay(w, 1, 3), two = stay(w, 1, 2), other = stay(w, 2, 3), annexed;
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 1, 2), &annexed), OUTCOME_OK);
    assert_int_equal(assign_day(w, desk, 1, 10), OUTCOME_OK);
    assert_false(id_is_none(room_of(w, one)));
    assert_false(id_is_none(room_of(w, two)));
    assert_room(w, annexed, w->room_201);
    assert_room(w, other, ID_NONE);
    assert_int_equal(told(w)->assigned, 3);
    assert_int_equal(told(w)->remaining, 0);
    assert_int_equal(told(w)->unplaced_count, 0);
    assert_int_equal(assign_day(w, desk, 1, 10), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 0); /* nobody waits any more, and nothing is said */
    world_done(w);
}

static void
a_step_gives_as_many_rooms_as_it_may_and_says_how_many_are_left(void **state)
{
    WORLD;
    struct id one = stay(w, 1, 3), two = stay(w, 1, 2), annexed;
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 1, 2), &annexed), OUTCOME_OK);
    assert_int_equal(assign_day(w, desk, 1, 1), OUTCOME_OK);
    assert_int_equal(told(w)->assigned, 1);
    assert_int_equal(told(w)->remaining, 2);
    assert_false(id_is_none(room_of(w, one))); /* the older first */
    assert_room(w, two, ID_NONE);
    assert_int_equal(assign_day(w, desk, 1, 2), OUTCOME_OK);
    assert_int_equal(told(w)->assigned, 2);
    assert_int_equal(told(w)->remaining, 0);
    world_done(w);
}

/* The first could have either room, the second only 101: that both get one shows that they are looked at together. */
static void
a_step_looks_at_those_too_who_come_later(void **state)
{
    WORLD;
    struct id fixed;
    world_room_state(w, w->room_101)->cleanliness = CLEANLINESS_INSPECTED;
    struct id one = stay(w, 0, 2), two = stay(w, 0, 5);
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 4), &fixed), OUTCOME_OK);
    assert_int_equal(assign_day(w, desk, 0, 1), OUTCOME_OK);
    assert_room(w, one, w->room_102);
    assert_int_equal(assign_day(w, desk, 0, 1), OUTCOME_OK);
    assert_room(w, two, w->room_101);
    world_done(w);
}

static void
those_without_a_room_are_listed_with_the_reason(void **state)
{
    WORLD;
    struct id fixed, other;
    w->model.nights[0][2].allowance = 1;
    assert_int_equal(book(w, desk, pinned(w->room_101, 2, 3), &fixed), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 2, 3), &other), OUTCOME_OK);
    struct id id = stay(w, 1, 4), placed = stay(w, 1, 2);
    assert_int_equal(assign_day(w, desk, 1, 10), OUTCOME_OK);
    assert_false(id_is_none(room_of(w, placed)));
    assert_int_equal(told(w)->assigned, 1);
    assert_int_equal(told(w)->unplaced_count, 1);
    assert_true(id_equal(told(w)->unplaced[0].booking, id));
    assert_int_equal(told(w)->unplaced[0].why, OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

static void
a_faulty_room_is_not_for_today(void **state)
{
    WORLD;
    struct id id, later;
    world_room_state(w, w->room_201)->fault = (struct id){1, 1}; /* some words */
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 0, 1), &id), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 1, 2), &later), OUTCOME_OK);
    assert_int_equal(assign_one(w, id), OUTCOME_ROOM_NOT_READY);
    assert_int_equal(assign_day(w, desk, 0, 10), OUTCOME_OK);
    assert_int_equal(told(w)->unplaced[0].why, OUTCOME_ROOM_NOT_READY);
    assert_int_equal(assign_one(w, later), OUTCOME_OK);
    assert_room(w, later, w->room_201);
    world_done(w);
}

static void
a_day_that_is_over_or_not_on_sale_and_a_type_that_is_not_there_are_refused(void **state)
{
    WORLD;
    struct command command = {
        .kind = COMMAND_AUTO_ASSIGN_ARRIVALS,
        .actor = desk,
        .property = 1,
        .auto_assign_arrivals = {.date = MODEL_TODAY, .room_types = &w->room_101, .room_type_count = 1, .limit = 1}};
    assert_int_equal(assign_day(w, desk, -1, 10), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(assign_day(w, desk, HORIZON_DAYS, 10), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(world_run(w, &command), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/room_type_ids/0");
    command.auto_assign_arrivals.room_types = &w->annex;
    struct id id = stay(w, 0, 1);
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    world_done(w);
}

static void
who_has_not_paid_in_time_gets_no_room(void **state)
{
    WORLD;
    struct id unpaid, id = stay(w, 1, 2);
    assert_int_equal(book_unpaid(w, teacher, nights(w->twin, ID_NONE, 1, 2), &unpaid), OUTCOME_OK);
    w->model.now_ms += 24 * 3600 * INT64_C(1000) - 36000000 - 1; /* to the end of the day */
    assert_int_equal(assign_day(w, desk, 1, 10), OUTCOME_OK);
    assert_status(w, unpaid, BOOKING_EXPIRED);
    assert_int_equal(told(w)->assigned, 1);
    assert_false(id_is_none(room_of(w, id)));
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_booking_gets_a_room_that_may_be_changed_for_another),
        cmocka_unit_test(a_booking_that_has_a_room_keeps_it),
        cmocka_unit_test(staff_alone_give_rooms_and_only_to_what_is_there_and_live),
        cmocka_unit_test(what_is_sold_by_count_has_no_rooms),
        cmocka_unit_test(a_wish_is_met_where_it_can_be),
        cmocka_unit_test(who_comes_late_arrives_today),
        cmocka_unit_test(who_arrives_today_gets_a_room_that_is_ready),
        cmocka_unit_test(a_claim_that_is_not_pinned_makes_way),
        cmocka_unit_test(without_a_room_for_it_a_booking_is_told_why),
        cmocka_unit_test(all_who_arrive_on_a_day_get_rooms_and_nobody_else),
        cmocka_unit_test(a_step_gives_as_many_rooms_as_it_may_and_says_how_many_are_left),
        cmocka_unit_test(a_step_looks_at_those_too_who_come_later),
        cmocka_unit_test(those_without_a_room_are_listed_with_the_reason),
        cmocka_unit_test(a_faulty_room_is_not_for_today),
        cmocka_unit_test(a_day_that_is_over_or_not_on_sale_and_a_type_that_is_not_there_are_refused),
        cmocka_unit_test(who_has_not_paid_in_time_gets_no_room),
    };
    return test_run("core/decide_auto_assign", tests);
}
