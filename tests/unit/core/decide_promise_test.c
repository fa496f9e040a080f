/* Who is proven keeps a room, whatever is done around them: what is refused for that, who may insist, and what is known
 * of it afterwards. The stored invariants (I4 among them) are checked after each. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

static struct id
stay(struct world *w, int from, int until)
{
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, from, until), &id), OUTCOME_OK);
    return id;
}

/* Too many on the night, and all of it hangs together. X is to have 102, which Y leaves to it. */
struct too_many {
    struct id x, y, z;
};

static struct too_many
sell_too_many(struct world *w, int night)
{
    struct too_many all = {.x = stay(w, night, night + 3)};
    w->model.nights[0][night].allowance = 2;
    assert_int_equal(book(w, desk, pinned(w->room_101, night, night + 1), &all.y), OUTCOME_OK);
    all.z = stay(w, night, night + 1);
    assert_int_equal(booking_of(w, all.x)->placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(booking_of(w, all.y)->placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(booking_of(w, all.z)->placement, PLACEMENT_STATE_UNPROVEN);
    return all;
}

/* --- closures --- */

static enum outcome
close_room(struct world *w, struct id room, int from, int until, bool forces)
{
    struct command command = {.kind = COMMAND_CLOSE_ROOMS,
                              .actor = manager,
                              .property = 1,
                              .close_rooms = {.rooms = &room,
                                              .room_count = 1,
                                              .kind = CLOSURE_OUT_OF_ORDER,
                                              .span = span_from_nights(MODEL_TODAY + from, MODEL_TODAY + until),
                                              .reason = STR("a pipe burst"),
                                              .forces = forces}};
    return world_run(w, &command);
}

static enum outcome
close_until(struct world *w, const struct closure *closure, int until, bool forces)
{
    struct command command = {.kind = COMMAND_AMEND_CLOSURE,
                              .actor = manager,
                              .property = 1,
                              .amend_closure = {.closure = closure->id,
                                                .ends = date_to_instant(MODEL_TODAY + until),
                                                .forces = forces,
                                                .reason = STR("it takes another day")}};
    return world_run(w, &command);
}

static void
no_room_is_closed_that_is_promised_next_to_an_overbooked_night(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 1);
    assert_int_equal(close_room(w, w->room_102, 3, 4, false), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(close_room(w, w->room_101, 3, 4, false), OUTCOME_OK);
    assert_int_equal(w->model.closures[0].placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(cancel(w, desk, all.z), OUTCOME_OK);
    assert_int_equal(assign(w, desk, all.x, w->room_102), OUTCOME_OK);
    world_done(w);
}

static void
a_room_is_closed_by_force_and_it_is_known_that_somebody_has_none_for_it(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 1);
    assert_int_equal(close_room(w, w->room_102, 3, 4, true), OUTCOME_OK);
    assert_int_equal(w->model.closures[0].placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(w->model.overcommit_count, 0); /* there is a unit each night */
    assert_int_equal(cancel(w, desk, all.z), OUTCOME_OK);
    assert_int_equal(assign(w, desk, all.x, w->room_101), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(assign(w, desk, all.x, w->room_102), OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

static void
no_room_is_closed_by_an_allowance_but_by_force(void **state)
{
    WORLD;
    (void)stay(w, 1, 2);
    (void)stay(w, 1, 2);
    w->model.nights[0][1].allowance = 1;
    assert_int_equal(close_room(w, w->room_102, 1, 2, false), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(close_room(w, w->room_102, 1, 2, true), OUTCOME_OK);
    assert_int_equal(w->model.closures[0].placement, PLACEMENT_STATE_UNPROVEN);
    world_done(w);
}

/* With it everything fitted before, and nothing is overbooked. */
static void
force_closes_a_room_for_which_stays_would_have_to_change_theirs(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), NULL), OUTCOME_OK);
    struct id x = stay(w, 1, 3);
    assert_int_equal(close_room(w, w->room_102, 2, 3, false), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(close_room(w, w->room_102, 2, 3, true), OUTCOME_OK);
    assert_int_equal(w->model.closures[0].placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(booking_of(w, x)->placement, PLACEMENT_STATE_PROVEN);
    world_done(w);
}

static void
a_closure_that_is_made_shorter_is_asked_about_anew(void **state)
{
    WORLD;
    (void)sell_too_many(w, 1);
    assert_int_equal(close_room(w, w->room_102, 3, 6, true), OUTCOME_OK);
    const struct closure *closure = &w->model.closures[0];
    assert_int_equal(close_until(w, closure, 5, false), OUTCOME_OK); /* it is no worse than it was */
    assert_int_equal(closure->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(close_room(w, w->room_101, 6, 7, false), OUTCOME_OK);
    closure = &w->model.closures[1];
    assert_int_equal(close_until(w, closure, 8, false), OUTCOME_OK);
    assert_int_equal(closure->placement, PLACEMENT_STATE_PROVEN);
    world_done(w);
}

static void
a_forced_closure_takes_no_more_nights_without_force(void **state)
{
    WORLD;
    (void)sell_too_many(w, 1);
    assert_int_equal(book(w, desk, pinned(w->room_101, 6, 7), NULL), OUTCOME_OK);
    (void)stay(w, 5, 7);
    assert_int_equal(close_room(w, w->room_102, 3, 5, true), OUTCOME_OK);
    assert_int_equal(w->model.closures[0].placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(close_room(w, w->room_102, 5, 6, false), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(close_until(w, &w->model.closures[0], 6, false), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(close_until(w, &w->model.closures[0], 6, true), OUTCOME_OK);
    world_done(w);
}

static void
who_is_sent_away_by_force_keeps_their_promise(void **state)
{
    WORLD;
    struct id x, y;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &x), OUTCOME_OK);
    assert_int_equal(close_room(w, w->room_101, 1, 2, true), OUTCOME_OK);
    assert_true(id_is_none(room_of(w, x)));
    assert_int_equal(booking_of(w, x)->placement, PLACEMENT_STATE_PROVEN); /* the other room is free */
    assert_int_equal(w->model.closures[0].placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(book(w, desk, pinned(w->room_101, 4, 5), &x), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 4, 5), &y), OUTCOME_OK);
    assert_int_equal(close_room(w, w->room_101, 4, 5, true), OUTCOME_OK);
    assert_int_equal(booking_of(w, x)->placement, PLACEMENT_STATE_PROVEN); /* once it is open again they have it */
    assert_int_equal(booking_of(w, y)->placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(w->model.closures[1].placement, PLACEMENT_STATE_UNPROVEN);
    world_done(w);
}

/* Two rooms one after the other were theirs; in one for all of it there may be none. */
static void
who_is_sent_away_from_one_of_two_rooms_is_promised_none(void **state)
{
    WORLD;
    struct id x;
    w->model.property.splits_stays = true;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), &x), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, x, w->room_102, 2, 3), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(close_room(w, w->room_102, 2, 3, true), OUTCOME_OK);
    assert_int_equal(booking_of(w, x)->placement, PLACEMENT_STATE_UNPROVEN);
    world_done(w);
}

/* --- the desk --- */

#define ASSERT_PROVEN(w, id) assert_int_equal(booking_of(w, id)->placement, PLACEMENT_STATE_PROVEN)

static void
who_is_promised_a_room_is_so_whatever_is_done_with_them(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 1);
    assert_int_equal(assign(w, desk, all.x, w->room_102), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(pin(w, desk, all.x, false), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(pin(w, desk, all.x, true), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(unassign(w, desk, all.x), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(amend_nights(w, desk, all.x, 1, 5), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(amend_nights(w, desk, all.x, 1, 2), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(assign_loosely(w, desk, all.x, w->room_102), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(assign(w, desk, all.z, w->room_102), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(unassign(w, desk, all.y), OUTCOME_OK);
    ASSERT_PROVEN(w, all.y);
    assert_int_equal(assign(w, desk, all.z, w->room_101), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(assign(w, desk, all.y, w->room_101), OUTCOME_OK);
    ASSERT_PROVEN(w, all.y);
    world_done(w);
}

static void
who_is_promised_a_room_is_so_once_they_are_in_it(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 0);
    assert_int_equal(check_in_to(w, desk, all.x, w->room_102, false), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(move_part(w, desk, all.x, w->room_101, 1, 3), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    assert_int_equal(extend_stay(w, desk, all.x, 4), OUTCOME_OK);
    ASSERT_PROVEN(w, all.x);
    world_done(w);
}

/* What is added is beyond the rooms there are: nobody has promised that. */
static void
a_night_that_is_added_by_an_allowance_is_not_promised(void **state)
{
    WORLD;
    struct id x = stay(w, 1, 2);
    (void)stay(w, 2, 3);
    (void)stay(w, 2, 3);
    w->model.nights[0][2].allowance = 1;
    assert_int_equal(amend_nights(w, desk, x, 1, 3), OUTCOME_OK);
    assert_int_equal(booking_of(w, x)->placement, PLACEMENT_STATE_UNPROVEN);
    world_done(w);
}

static void
who_is_one_too_many_takes_no_room_from_who_is_promised_one(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 1);
    assert_int_equal(assign(w, desk, all.z, w->room_102), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(hold(w, desk, nights(ID_NONE, w->room_102, 1, 2), 1, NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 2), NULL), OUTCOME_OK); /* by an allowance */
    assert_int_equal(assign(w, desk, all.x, w->room_102), OUTCOME_OK);
    world_done(w);
}

static void
who_is_one_too_many_gets_a_room_that_nobody_is_promised(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 1);
    assert_int_equal(cancel(w, desk, all.x), OUTCOME_OK);
    (void)stay(w, 1, 2);
    assert_int_equal(assign(w, desk, all.z, w->room_102), OUTCOME_OK);
    world_done(w);
}

static enum outcome
assign_anyway(struct world *w, struct actor actor, struct id booking, struct id room)
{
    struct command command = {.kind = COMMAND_ASSIGN_ROOM,
                              .actor = actor,
                              .property = 1,
                              .assign_room = {.booking = booking,
                                              .room = room,
                                              .pinned = true,
                                              .overrides = true,
                                              .reason = STR("they have been here for a week")}};
    return world_run(w, &command);
}

/* Who has none then is as before: should the other call off, they have one again. */
static void
a_manager_may_say_who_has_no_room_where_somebody_has_none(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 1);
    assert_int_equal(assign_anyway(w, desk, all.z, w->room_102), OUTCOME_FORBIDDEN);
    assert_int_equal(assign(w, manager, all.z, w->room_102), OUTCOME_NO_ROOM_FITS);
    assert_true(w->last.refusal.may_be_insisted_on);
    assert_non_null(strstr(w->last.refusal.detail, "a manager may override that"));
    assert_int_equal(assign_anyway(w, manager, all.z, w->room_102), OUTCOME_OK);
    assert_true(w->last.events[0].overrides);
    assert_int_equal(booking_of(w, all.z)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(booking_of(w, all.x)->placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(assign(w, desk, all.x, w->room_102), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(close_room(w, w->room_102, 3, 4, false), OUTCOME_NO_ROOM_FITS); /* they are promised it still */
    assert_int_equal(cancel(w, desk, all.z), OUTCOME_OK);
    assert_int_equal(assign(w, desk, all.x, w->room_102), OUTCOME_OK);
    world_done(w);
}

/* One was insisted on: that excuses nobody else, nor the same in another room. */
static void
each_who_is_put_before_who_was_promised_a_room_is_insisted_on(void **state)
{
    WORLD;
    struct id promised[2] = {stay(w, 1, 2), stay(w, 1, 2)};
    w->model.nights[0][1].allowance = 2;
    struct id d = stay(w, 1, 2), e = stay(w, 1, 2);
    assert_int_equal(assign_anyway(w, manager, d, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, manager, e, w->room_102), OUTCOME_NO_ROOM_FITS);
    assert_true(w->last.refusal.may_be_insisted_on);
    assert_int_equal(assign(w, desk, promised[0], w->room_102), OUTCOME_OK);
    ASSERT_PROVEN(w, promised[0]);
    assert_int_equal(unassign(w, desk, promised[0]), OUTCOME_OK);
    assert_int_equal(assign_anyway(w, manager, e, w->room_102), OUTCOME_OK);
    assert_int_equal(booking_of(w, e)->placement, PLACEMENT_STATE_UNPROVEN);
    ASSERT_PROVEN(w, promised[0]);
    ASSERT_PROVEN(w, promised[1]);
    world_done(w);
}

static enum outcome
swap_anyway(struct world *w, struct id booking, struct id other)
{
    struct command command = {
        .kind = COMMAND_SWAP_ROOMS,
        .actor = manager,
        .property = 1,
        .swap_rooms = {.booking = booking, .other = other, .overrides = true, .reason = STR("they asked for it")}};
    return world_run(w, &command);
}

/* Whichever of the two is named first. */
static void
a_swap_leaves_who_is_promised_a_room_and_who_was_insisted_on(void **state)
{
    for (int first = 0; first < 2; first++) {
        WORLD;
        struct id a;
        assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &a), OUTCOME_OK);
        struct id x = stay(w, 1, 2);
        w->model.nights[0][1].allowance = 1;
        struct id b = stay(w, 1, 2);
        assert_int_equal(assign_anyway(w, manager, b, w->room_102), OUTCOME_OK);
        struct id one = first == 0 ? a : b, other = first == 0 ? b : a;
        assert_int_equal(swap(w, desk, one, other), OUTCOME_NO_ROOM_FITS);
        assert_int_equal(swap_anyway(w, one, other), OUTCOME_OK);
        ASSERT_PROVEN(w, a);
        ASSERT_PROVEN(w, x);
        assert_int_equal(booking_of(w, b)->placement, PLACEMENT_STATE_UNPROVEN);
        world_done(w);
    }
}

/* An override for a room that is not clean is none for that. */
static void
nobody_overrides_where_there_is_a_room_for_everybody(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    (void)stay(w, 0, 3);
    assert_int_equal(walk_in(w, manager, nights(ID_NONE, w->room_102, 1, 2), 1, true, NULL), OUTCOME_SOLD_OUT);
    struct id other;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 2), &other), OUTCOME_OK);
    assert_int_equal(assign_anyway(w, manager, other, w->room_102), OUTCOME_NO_ROOM_FITS);
    assert_false(w->last.refusal.may_be_insisted_on);
    assert_string_equal(w->last.refusal.detail,
                        "The room is free, but with it not everybody who has booked would have one.");
    world_done(w);
}

/* Three stand at the desk in the order in which nobody had counted on them. */
static void
who_comes_first_is_let_in_where_a_manager_says_so(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 0);
    assert_int_equal(check_in_to(w, manager, all.z, w->room_102, false), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(check_in_to(w, manager, all.z, w->room_102, true), OUTCOME_OK);
    assert_int_equal(booking_of(w, all.z)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(check_in(w, desk, all.y), OUTCOME_OK);
    assert_int_equal(check_in_to(w, manager, all.x, w->room_102, true), OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

static void
a_walk_in_is_let_in_instead_where_a_manager_says_so(void **state)
{
    WORLD;
    struct id id;
    (void)sell_too_many(w, 0);
    assert_int_equal(walk_in(w, manager, nights(w->twin, ID_NONE, 0, 1), 1, false, NULL), OUTCOME_NO_ROOM_FITS);
    assert_non_null(strstr(w->last.refusal.detail, "`room_id`"));
    assert_int_equal(walk_in(w, manager, nights(ID_NONE, w->room_102, 0, 1), 1, false, NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(walk_in(w, manager, nights(ID_NONE, w->room_102, 0, 1), 1, true, &id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->placement, PLACEMENT_STATE_UNPROVEN);
    world_done(w);
}

/* The night that was insisted on stays so whatever is made of the others. */
static void
a_stay_that_was_insisted_on_is_unproven_until_all_of_it_is_had_anew(void **state)
{
    WORLD;
    struct id x = stay(w, 0, 1), z;
    w->model.nights[0][0].allowance = 1;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    z = stay(w, 0, 2);
    assert_int_equal(check_in_to(w, manager, z, w->room_102, true), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, z, w->room_101, 1, 2), OUTCOME_OK);
    assert_int_equal(booking_of(w, z)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(extend_stay(w, desk, z, 3), OUTCOME_OK);
    assert_int_equal(booking_of(w, z)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(cancel(w, desk, x), OUTCOME_OK);
    world_done(w);
}

/* Two are promised a room, X from the first to the third night, and V is given one on the second all the same. */
static struct id
insist_on_one_night(struct world *w, struct id *ret_x)
{
    *ret_x = stay(w, 1, 4);
    ASSERT_PROVEN(w, stay(w, 2, 3));
    w->model.nights[0][2].allowance = 1;
    struct id v = stay(w, 2, 3);
    assert_int_equal(assign_anyway(w, manager, v, w->room_101), OUTCOME_OK);
    return v;
}

/* V may have X's room on one night. That is no leave to take it on the nights beside. */
static void
what_is_insisted_on_for_one_night_excuses_nothing_on_another(void **state)
{
    WORLD;
    struct id x, z, v = insist_on_one_night(w, &x);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &z), OUTCOME_OK);
    ASSERT_PROVEN(w, z); /* the room is theirs */
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 4), NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(cancel(w, desk, v), OUTCOME_OK);
    assert_int_equal(assign(w, desk, x, w->room_102), OUTCOME_OK);
    world_done(w);
}

/* The same, where who takes the room was sold by its type before, when it could not be shown that all fit. */
static void
who_is_given_a_room_beside_all_who_were_promised_one_is_promised_it(void **state)
{
    WORLD;
    struct id x, z;
    (void)insist_on_one_night(w, &x);
    z = stay(w, 1, 2);
    assert_int_equal(booking_of(w, z)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(assign(w, desk, z, w->room_101), OUTCOME_OK);
    ASSERT_PROVEN(w, z);
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 4), NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(assign(w, desk, x, w->room_102), OUTCOME_OK);
    world_done(w);
}

/* A fits in one room on the first night and in the other on the second: that is none for both. */
static void
who_adds_a_night_for_which_no_room_is_left_keeps_what_they_have(void **state)
{
    WORLD;
    struct id a = stay(w, 1, 2), b = stay(w, 1, 2), z, other;
    w->model.nights[0][1].allowance = 2;
    z = stay(w, 1, 2);
    assert_int_equal(book(w, desk, pinned(w->room_101, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, b), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 2), &other), OUTCOME_OK);
    assert_int_equal(assign(w, desk, z, w->room_102), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, a, 1, 3), OUTCOME_NO_ROOM_FITS);
    ASSERT_PROVEN(w, a);
    assert_int_equal(assign(w, desk, a, w->room_101), OUTCOME_OK);
    world_done(w);
}

/* V was put before Y, who has called off: X is to have the other room, and V is in theirs for good. */
static void
a_night_is_not_added_in_a_room_that_was_insisted_on(void **state)
{
    WORLD;
    struct id x = stay(w, 1, 2), y = stay(w, 1, 2), v;
    w->model.nights[0][1].allowance = 2;
    v = stay(w, 1, 2);
    (void)stay(w, 1, 2);
    assert_int_equal(assign_anyway(w, manager, v, w->room_101), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, y), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, x, 1, 3), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(assign(w, desk, x, w->room_102), OUTCOME_OK);
    ASSERT_PROVEN(w, x);
    world_done(w);
}

/* For a night they were let in before somebody; that is over, and the next is had as by anybody. */
static void
what_was_insisted_on_is_over_with_its_nights(void **state)
{
    WORLD;
    struct id x, z;
    (void)stay(w, 0, 1);
    w->model.nights[0][0].allowance = 1;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    z = stay(w, 0, 1);
    assert_int_equal(check_in_to(w, manager, z, w->room_102, true), OUTCOME_OK);
    (void)insist_on_one_night(w, &x);
    world_pass_days(w, 1);
    assert_int_equal(extend_stay(w, desk, z, 2), OUTCOME_OK);
    ASSERT_PROVEN(w, z);
    assert_int_equal(book(w, desk, pinned(w->room_101, 3, 4), NULL), OUTCOME_NO_ROOM_FITS);
    ASSERT_PROVEN(w, x);
    world_done(w);
}

/* Back into the room that was theirs, on a night that is overbooked. */
static void
who_comes_back_is_promised_the_room_as_before(void **state)
{
    WORLD;
    struct id x = stay(w, 0, 2);
    assert_int_equal(check_in_to(w, desk, x, w->room_101, false), OUTCOME_OK);
    w->model.nights[0][1].allowance = 2;
    (void)stay(w, 1, 2);
    (void)stay(w, 1, 2);
    ASSERT_PROVEN(w, x);
    assert_int_equal(check_out(w, desk, x), OUTCOME_OK);
    (void)stay(w, 1, 2);
    assert_int_equal(undo_check_out(w, desk, x), OUTCOME_OK);
    ASSERT_PROVEN(w, x);
    world_done(w);
}

/* They were let in for a night; another is asked for as for anybody. */
static void
who_was_let_in_stays_on_where_nobody_was_promised_the_room(void **state)
{
    WORLD;
    struct too_many all = sell_too_many(w, 0);
    assert_int_equal(check_in_to(w, manager, all.z, w->room_102, true), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, all.y), OUTCOME_OK);
    assert_int_equal(extend_stay(w, desk, all.z, 2), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(amend_nights(w, desk, all.x, 1, 3), OUTCOME_OK); /* they were sent elsewhere for tonight */
    assert_int_equal(extend_stay(w, desk, all.z, 2), OUTCOME_OK);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_room_is_closed_that_is_promised_next_to_an_overbooked_night),
        cmocka_unit_test(a_room_is_closed_by_force_and_it_is_known_that_somebody_has_none_for_it),
        cmocka_unit_test(no_room_is_closed_by_an_allowance_but_by_force),
        cmocka_unit_test(force_closes_a_room_for_which_stays_would_have_to_change_theirs),
        cmocka_unit_test(a_closure_that_is_made_shorter_is_asked_about_anew),
        cmocka_unit_test(who_is_one_too_many_takes_no_room_from_who_is_promised_one),
        cmocka_unit_test(who_is_one_too_many_gets_a_room_that_nobody_is_promised),
        cmocka_unit_test(a_manager_may_say_who_has_no_room_where_somebody_has_none),
        cmocka_unit_test(nobody_overrides_where_there_is_a_room_for_everybody),
        cmocka_unit_test(who_comes_first_is_let_in_where_a_manager_says_so),
        cmocka_unit_test(a_stay_that_was_insisted_on_is_unproven_until_all_of_it_is_had_anew),
        cmocka_unit_test(who_was_let_in_stays_on_where_nobody_was_promised_the_room),
        cmocka_unit_test(a_forced_closure_takes_no_more_nights_without_force),
        cmocka_unit_test(who_is_sent_away_by_force_keeps_their_promise),
        cmocka_unit_test(who_is_sent_away_from_one_of_two_rooms_is_promised_none),
        cmocka_unit_test(who_is_promised_a_room_is_so_whatever_is_done_with_them),
        cmocka_unit_test(who_is_promised_a_room_is_so_once_they_are_in_it),
        cmocka_unit_test(a_night_that_is_added_by_an_allowance_is_not_promised),
        cmocka_unit_test(each_who_is_put_before_who_was_promised_a_room_is_insisted_on),
        cmocka_unit_test(a_swap_leaves_who_is_promised_a_room_and_who_was_insisted_on),
        cmocka_unit_test(a_walk_in_is_let_in_instead_where_a_manager_says_so),
        cmocka_unit_test(what_is_insisted_on_for_one_night_excuses_nothing_on_another),
        cmocka_unit_test(who_is_given_a_room_beside_all_who_were_promised_one_is_promised_it),
        cmocka_unit_test(who_adds_a_night_for_which_no_room_is_left_keeps_what_they_have),
        cmocka_unit_test(a_night_is_not_added_in_a_room_that_was_insisted_on),
        cmocka_unit_test(what_was_insisted_on_is_over_with_its_nights),
        cmocka_unit_test(who_comes_back_is_promised_the_room_as_before),
    };
    return test_run("core/decide_promise", tests);
}
