/* Which room a booking has: what each command gives, refuses, and leaves as it was. The stored invariants (tiling,
 * stock, placement) are checked after each. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

static struct id
stay(struct world *w, struct id type, int from, int until)
{
    struct id id;
    assert_int_equal(book(w, desk, nights(type, ID_NONE, from, until), &id), OUTCOME_OK);
    return id;
}

/* Claim number `index` of the booking in order of time. */
static const struct claim *
claim_of(const struct world *w, struct id owner, size_t index)
{
    const struct claim *found = NULL;
    int64_t after = INT64_MIN;
    for (size_t n = 0; n <= index; n++) {
        found = NULL;
        for (size_t i = 0; i < w->model.claim_count; i++) {
            const struct claim *claim = &w->model.claims[i];
            if (id_equal(claim->owner, owner) && claim->span.starts > after &&
                (found == NULL || claim->span.starts < found->span.starts))
                found = claim;
        }
        if (found == NULL)
            return NULL;
        after = found->span.starts;
    }
    return found;
}

static void
assert_claim(const struct world *w, struct id owner, size_t index, struct id room, int from, int until)
{
    const struct claim *claim = claim_of(w, owner, index);
    assert_non_null(claim);
    assert_true(id_equal(claim->room, room));
    assert_true(span_equal(claim->span, span_from_nights(MODEL_TODAY + from, MODEL_TODAY + until)));
}

static int32_t
sold_on(const struct world *w, struct id type, int day)
{
    for (size_t i = 0; i < w->model.type_count; i++)
        if (id_equal(w->model.types[i].id, type))
            return house_model_night(&w->model, &w->model.types[i], MODEL_TODAY + day)->sold;
    fail();
    return 0;
}

/* --- who may --- */

static void
rooms_are_given_by_staff_alone(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(assign(w, teacher, id, w->room_101), OUTCOME_FORBIDDEN);
    assert_int_equal(unassign(w, teacher, id), OUTCOME_FORBIDDEN);
    assert_int_equal(move(w, teacher, id, w->room_101), OUTCOME_FORBIDDEN);
    assert_int_equal(swap(w, teacher, id, id), OUTCOME_FORBIDDEN);
    assert_int_equal(pin(w, teacher, id, true), OUTCOME_FORBIDDEN);
    assert_room(w, id, ID_NONE);
    world_done(w);
}

static void
what_is_named_must_be_there(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 2), nobody = {9, 9};
    assert_int_equal(assign(w, desk, nobody, w->room_101), OUTCOME_NOT_FOUND);
    assert_int_equal(assign(w, desk, id, nobody), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/room_id");
    assert_int_equal(move(w, desk, id, nobody), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/to_room_id");
    assert_int_equal(swap(w, desk, id, nobody), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/with_booking_id");
    assert_int_equal(assign(w, desk, id, w->room_a1), OUTCOME_VALIDATION_FAILED);
    world_done(w);
}

/* --- assign --- */

static void
a_room_is_given_for_the_whole_stay_and_kept(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 3);
    assert_int_equal(assign(w, desk, id, w->room_102), OUTCOME_OK);
    assert_event(w, 0, "booking.assigned");
    assert_claim(w, id, 0, w->room_102, 0, 3);
    assert_true(claim_of(w, id, 0)->pinned);
    assert_int_equal(booking_of(w, id)->version, 2);
    world_done(w);
}

static void
the_same_room_once_more_is_no_change(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 3);
    assert_int_equal(assign(w, desk, id, w->room_102), OUTCOME_OK);
    assert_int_equal(assign(w, desk, id, w->room_102), OUTCOME_OK);
    assert_true(id_equal(w->last.unchanged, id));
    assert_int_equal(w->last.event_count, 0);
    assert_int_equal(assign_loosely(w, desk, id, w->room_102), OUTCOME_OK);
    assert_event(w, 0, "booking.assigned");
    assert_false(claim_of(w, id, 0)->pinned);
    world_done(w);
}

/* The source's own race: two members of staff give one room to two guests. */
static void
a_room_that_is_kept_for_another_is_refused_with_who_has_it(void **state)
{
    WORLD;
    struct id first = stay(w, w->twin, 0, 3), second = stay(w, w->twin, 2, 4);
    assert_int_equal(assign(w, desk, first, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, manager, second, w->room_101), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(w->last.refusal.in_the_way_count, 1);
    assert_true(id_equal(w->last.refusal.in_the_way[0].owner, first));
    assert_room(w, second, ID_NONE);
    world_done(w);
}

static void
stays_that_touch_share_a_room(void **state)
{
    WORLD;
    struct id first = stay(w, w->twin, 0, 2), second = stay(w, w->twin, 2, 4);
    assert_int_equal(assign(w, desk, first, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, desk, second, w->room_101), OUTCOME_OK);
    world_done(w);
}

static void
who_is_not_pinned_makes_way(void **state)
{
    WORLD;
    struct id loose, id = stay(w, w->twin, 1, 3);
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 0, 2), &loose), OUTCOME_OK);
    assert_int_equal(assign_loosely(w, desk, id, w->room_101), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_event(w, 0, "booking.room_changed");
    assert_event(w, 1, "booking.assigned");
    assert_room(w, loose, w->room_102);
    assert_room(w, id, w->room_101);
    world_done(w);
}

/* I4: a pin that would leave another stay without any room for all its nights. */
static void
a_pin_that_leaves_no_room_for_a_stay_is_refused(void **state)
{
    WORLD;
    struct id one = stay(w, w->twin, 0, 2), two = stay(w, w->twin, 2, 4), across = stay(w, w->twin, 1, 3);
    assert_int_equal(assign(w, desk, one, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, desk, two, w->room_102), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(assign(w, desk, two, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, desk, across, w->room_102), OUTCOME_OK);
    world_done(w);
}

static void
a_better_room_counts_against_its_own_type(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 2);
    assert_int_equal(assign(w, desk, id, w->room_201), OUTCOME_OK);
    assert_int_equal(sold_on(w, w->twin, 0), 0);
    assert_int_equal(sold_on(w, w->annex, 0), 1);
    assert_true(id_equal(booking_of(w, id)->charged_room_type, w->twin));
    assert_true(id_equal(booking_of(w, id)->room_type, w->twin));
    assert_int_equal(unassign(w, desk, id), OUTCOME_OK);
    assert_int_equal(sold_on(w, w->twin, 0), 1);
    assert_int_equal(sold_on(w, w->annex, 0), 0);
    world_done(w);
}

static void
what_was_lent_of_a_better_type_must_be_there_of_the_one_sold(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 2);
    assert_int_equal(assign(w, desk, id, w->room_201), OUTCOME_OK);
    (void)stay(w, w->twin, 0, 2);
    (void)stay(w, w->twin, 1, 2);
    assert_int_equal(unassign(w, desk, id), OUTCOME_SOLD_OUT);
    assert_room(w, id, w->room_201);
    world_done(w);
}

/* F2: what is over is in nobody's way, in a room of another type than it was sold as neither. */
static void
what_lapsed_in_a_better_room_frees_it(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_unpaid(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(assign(w, desk, id, w->room_201), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 2), NULL), OUTCOME_SOLD_OUT);
    w->model.now_ms += w->model.property.payment_ttl_ms;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 2), NULL), OUTCOME_OK);
    assert_event(w, 0, "booking.expired");
    world_done(w);
}

static void
a_party_is_not_put_where_it_does_not_fit(void **state)
{
    WORLD;
    struct leg leg = nights(w->annex, ID_NONE, 0, 2);
    struct id id;
    leg.party = 2;
    assert_int_equal(book(w, desk, leg, &id), OUTCOME_OK);
    w->model.rooms[0].max_guests = 1;
    struct id small = w->model.rooms[0].id;
    assert_int_equal(assign(w, desk, id, small), OUTCOME_TOO_MANY_GUESTS);
    assert_string_equal(w->last.refusal.pointer, "/room_id");
    world_done(w);
}

static void
what_is_over_gets_no_room(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 1);
    world_pass_days(w, 1);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("already_over")));
    world_done(w);
}

/* R4 */
static void
nobody_is_sent_to_a_broken_room_today(void **state)
{
    WORLD;
    struct id today = stay(w, w->twin, 0, 2), later = stay(w, w->twin, 1, 2);
    world_break(w, w->room_101);
    assert_int_equal(assign(w, desk, today, w->room_101), OUTCOME_ROOM_NOT_READY);
    assert_string_equal(w->last.refusal.pointer, "/room_id");
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 1), NULL), OUTCOME_ROOM_NOT_READY);
    assert_int_equal(hold(w, desk, nights(ID_NONE, w->room_101, 0, 1), 1, NULL), OUTCOME_ROOM_NOT_READY);
    assert_int_equal(assign(w, desk, later, w->room_101), OUTCOME_OK); /* it may be mended by then */
    assert_int_equal(assign(w, desk, today, w->room_102), OUTCOME_OK);
    assert_int_equal(move(w, desk, today, w->room_101), OUTCOME_ROOM_NOT_READY);
    assert_string_equal(w->last.refusal.pointer, "/to_room_id");
    world_done(w);
}

/* R4: the explorer found that a swap did it, where an assignment and a move were refused */
static void
nobody_is_swapped_into_a_broken_room_today(void **state)
{
    WORLD;
    struct id here = stay(w, w->twin, 0, 1), there = stay(w, w->twin, 0, 1);
    assert_int_equal(assign(w, desk, here, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, desk, there, w->room_102), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(swap(w, desk, here, there), OUTCOME_ROOM_NOT_READY);
    assert_string_equal(w->last.refusal.pointer, "/with_booking_id");
    assert_int_equal(swap(w, desk, there, here), OUTCOME_ROOM_NOT_READY);
    assert_room(w, here, w->room_101);
    world_done(w);
}

static void
tomorrow_a_broken_room_may_be_swapped_for(void **state)
{
    WORLD;
    struct id here = stay(w, w->twin, 1, 2), there = stay(w, w->twin, 1, 2);
    assert_int_equal(assign(w, desk, here, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, desk, there, w->room_102), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(swap(w, desk, here, there), OUTCOME_OK);
    assert_room(w, there, w->room_101);
    world_done(w);
}

/* --- unassign --- */

static void
without_a_room_it_is_one_of_its_type_again(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 2);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(unassign(w, desk, id), OUTCOME_OK);
    assert_event(w, 0, "booking.unassigned");
    assert_room(w, id, ID_NONE);
    assert_int_equal(unassign(w, desk, id), OUTCOME_OK);
    assert_true(id_equal(w->last.unchanged, id));
    world_done(w);
}

static void
a_slot_always_has_a_room(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 600, 660), &id), OUTCOME_OK);
    assert_int_equal(unassign(w, desk, id), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("slot_needs_room")));
    world_done(w);
}

/* --- move --- */

static void
a_slot_moves_as_a_whole(void **state)
{
    WORLD;
    struct id id, other;
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 600, 660), &id), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a2, 630, 700), &other), OUTCOME_OK);
    assert_int_equal(move(w, desk, id, w->room_a2), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(move_part(w, desk, id, w->room_a2, 1, 2), OUTCOME_VALIDATION_FAILED);
    assert_int_equal(cancel(w, desk, other), OUTCOME_OK);
    assert_int_equal(move(w, desk, id, w->room_a2), OUTCOME_OK);
    assert_room(w, id, w->room_a2);
    world_done(w);
}

static void
what_has_no_room_is_not_moved(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 2), other = stay(w, w->twin, 0, 2);
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_NOT_ASSIGNED);
    assert_int_equal(pin(w, desk, id, true), OUTCOME_NOT_ASSIGNED);
    assert_int_equal(swap(w, desk, id, other), OUTCOME_NOT_ASSIGNED);
    world_done(w);
}

static void
nights_that_are_over_stay_where_they_were_spent(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 4);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(move_part(w, desk, id, w->room_102, 0, 4), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("nights_over")));
    assert_int_equal(move(w, desk, id, w->room_102), OUTCOME_OK);
    assert_event(w, 0, "booking.moved");
    assert_claim(w, id, 0, w->room_101, 0, 1);
    assert_claim(w, id, 1, w->room_102, 1, 4);
    assert_int_equal(sold_on(w, w->twin, 1), 1);
    world_done(w);
}

static void
a_stay_is_split_only_where_the_property_plans_such(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 1, 5);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, id, w->room_201, 3, 5), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("split_stay")));
    w->model.property.splits_stays = true;
    assert_int_equal(move_part(w, desk, id, w->room_201, 3, 5), OUTCOME_OK);
    assert_claim(w, id, 0, w->room_101, 1, 3);
    assert_claim(w, id, 1, w->room_201, 3, 5);
    assert_int_equal(sold_on(w, w->twin, 2), 1);
    assert_int_equal(sold_on(w, w->twin, 3), 0);
    assert_int_equal(sold_on(w, w->annex, 3), 1);
    assert_int_equal(move_part(w, desk, id, w->room_102, 2, 4), OUTCOME_OK);
    assert_claim(w, id, 0, w->room_101, 1, 2);
    assert_claim(w, id, 1, w->room_102, 2, 4);
    assert_claim(w, id, 2, w->room_201, 4, 5);
    assert_int_equal(move_part(w, desk, id, w->room_101, 2, 5), OUTCOME_OK);
    assert_claim(w, id, 0, w->room_101, 1, 5);
    assert_null(claim_of(w, id, 1));
    world_done(w);
}

/* Else the rest would be in the way of somebody by itself, and go to another room. */
static void
a_part_of_a_stay_is_pinned_only_where_it_may_be_split(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 1, 5), other = stay(w, w->twin, 3, 5);
    assert_int_equal(assign_loosely(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, id, w->room_101, 1, 3), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("split_stay")));
    assert_int_equal(assign(w, desk, other, w->room_101), OUTCOME_OK);
    assert_claim(w, id, 0, w->room_102, 1, 5);
    assert_null(claim_of(w, id, 1));
    world_done(w);
}

/* What the same command has just taken is nothing to be pushed on: its own stretches stay where it puts them. */
static void
a_stay_is_not_displaced_by_its_own_other_half(void **state)
{
    WORLD;
    struct id other = ID_NONE, id = stay(w, w->twin, 1, 5);
    w->model.property.splits_stays = true;
    assert_int_equal(assign_loosely(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_102, 2, 4), &other), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, id, w->room_102, 3, 5), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_claim(w, id, 0, w->room_101, 1, 5);
    assert_room(w, other, w->room_102);
    world_done(w);
}

static void
only_nights_of_the_stay_are_moved(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 1, 4);
    w->model.property.splits_stays = true;
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, id, w->room_102, 0, 3), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/from");
    assert_int_equal(move_part(w, desk, id, w->room_102, 4, 5), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/from");
    assert_int_equal(move_part(w, desk, id, w->room_102, 2, 5), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/until");
    assert_int_equal(move_part(w, desk, id, w->room_102, 2, 2), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/until");
    world_done(w);
}

/* --- split stays live on --- */

static struct id
split_stay(struct world *w)
{
    struct id id = stay(w, w->twin, 1, 5);
    w->model.property.splits_stays = true;
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, id, w->room_201, 3, 5), OUTCOME_OK);
    return id;
}

static void
a_split_stay_is_amended_in_its_rooms(void **state)
{
    WORLD;
    struct id id = split_stay(w);
    assert_int_equal(extend_stay(w, desk, id, 7), OUTCOME_OK);
    assert_event(w, 0, "booking.extended");
    assert_claim(w, id, 0, w->room_101, 1, 3);
    assert_claim(w, id, 1, w->room_201, 3, 7);
    assert_int_equal(amend_nights(w, desk, id, 2, 4), OUTCOME_OK);
    assert_claim(w, id, 0, w->room_101, 2, 3);
    assert_claim(w, id, 1, w->room_201, 3, 4);
    assert_int_equal(amend_nights(w, desk, id, 0, 3), OUTCOME_OK);
    assert_claim(w, id, 0, w->room_101, 0, 3);
    assert_null(claim_of(w, id, 1));
    world_done(w);
}

static void
a_split_stay_gives_back_all_its_rooms(void **state)
{
    WORLD;
    struct id id = split_stay(w);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(sold_on(w, w->twin, 1), 0);
    assert_int_equal(sold_on(w, w->annex, 4), 0);
    world_done(w);
}

static void
an_extension_does_not_end_earlier(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 3);
    assert_int_equal(extend_stay(w, desk, id, 2), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/departure");
    assert_int_equal(extend_stay(w, desk, id, 3), OUTCOME_OK);
    assert_true(id_equal(w->last.unchanged, id));
    assert_int_equal(extend_stay(w, desk, id, 4), OUTCOME_OK);
    world_done(w);
}

/* --- swap --- */

static void
two_stays_exchange_their_rooms_in_one_step(void **state)
{
    WORLD;
    struct id one = stay(w, w->twin, 0, 3), two = stay(w, w->twin, 1, 4);
    assert_int_equal(assign(w, desk, one, w->room_101), OUTCOME_OK);
    assert_int_equal(assign_loosely(w, desk, two, w->room_102), OUTCOME_OK);
    assert_int_equal(swap(w, desk, one, two), OUTCOME_OK);
    assert_event(w, 0, "booking.swapped");
    assert_event(w, 1, "booking.swapped");
    assert_claim(w, one, 0, w->room_102, 0, 3);
    assert_claim(w, two, 0, w->room_101, 1, 4);
    assert_true(claim_of(w, one, 0)->pinned);
    assert_false(claim_of(w, two, 0)->pinned);
    world_done(w);
}

/* One of them was in two pieces there, of which only one was pinned. */
static void
a_swap_within_one_room_is_no_change(void **state)
{
    WORLD;
    w->model.property.splits_stays = true;
    struct id one = stay(w, w->twin, 0, 1), two = stay(w, w->twin, 4, 6);
    assert_int_equal(assign_loosely(w, desk, one, w->room_101), OUTCOME_OK);
    assert_int_equal(assign_loosely(w, desk, two, w->room_101), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, two, w->room_101, 5, 6), OUTCOME_OK);
    assert_int_equal(swap(w, desk, one, two), OUTCOME_OK);
    assert_true(id_equal(w->last.unchanged, one));
    assert_int_equal(w->last.event_count, 0);
    world_done(w);
}

static void
a_swap_that_meets_a_third_changes_nothing(void **state)
{
    WORLD;
    struct id one = stay(w, w->twin, 1, 3), two = stay(w, w->twin, 2, 4), third = stay(w, w->twin, 0, 2);
    assert_int_equal(assign(w, desk, one, w->room_101), OUTCOME_OK);
    assert_int_equal(assign(w, desk, two, w->room_102), OUTCOME_OK);
    assert_int_equal(assign(w, desk, third, w->room_102), OUTCOME_OK);
    assert_int_equal(swap(w, desk, one, two), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_true(id_equal(w->last.refusal.in_the_way[0].owner, third));
    assert_room(w, one, w->room_101);
    assert_room(w, two, w->room_102);
    world_done(w);
}

static void
a_swap_with_itself_or_with_what_is_over_is_refused(void **state)
{
    WORLD;
    struct id one = stay(w, w->twin, 0, 2), two = stay(w, w->twin, 0, 2);
    assert_int_equal(assign(w, desk, one, w->room_101), OUTCOME_OK);
    assert_int_equal(swap(w, desk, one, one), OUTCOME_VALIDATION_FAILED);
    assert_int_equal(cancel(w, desk, two), OUTCOME_OK);
    assert_int_equal(swap(w, desk, one, two), OUTCOME_INVALID_TRANSITION);
    assert_string_equal(w->last.refusal.pointer, "/with_booking_id");
    world_done(w);
}

/* --- pin --- */

static void
a_pin_is_asked_whether_the_rest_still_fits(void **state)
{
    WORLD;
    struct id one = stay(w, w->twin, 0, 2), two = stay(w, w->twin, 2, 4);
    assert_int_equal(assign_loosely(w, desk, one, w->room_101), OUTCOME_OK);
    assert_int_equal(assign_loosely(w, desk, two, w->room_102), OUTCOME_OK);
    struct id across = stay(w, w->twin, 1, 3);
    assert_int_equal(pin(w, desk, one, true), OUTCOME_OK);
    assert_event(w, 0, "booking.pinned");
    assert_int_equal(pin(w, desk, two, true), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(pin(w, desk, one, false), OUTCOME_OK);
    assert_int_equal(pin(w, desk, two, true), OUTCOME_OK);
    assert_room(w, across, ID_NONE);
    world_done(w);
}

/* --- who comes late --- */

static void
who_comes_late_may_have_a_room_that_somebody_had_last_night(void **state)
{
    WORLD;
    struct id other, late = stay(w, w->twin, 0, 3);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), &other), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(assign(w, desk, late, w->room_101), OUTCOME_OK);
    assert_claim(w, late, 0, w->room_101, 1, 3);
    assert_int_equal(booking_of(w, late)->span.starts, span_from_nights(MODEL_TODAY, MODEL_TODAY + 3).starts);
    assert_int_equal(pin(w, desk, late, false), OUTCOME_OK);
    assert_int_equal(extend_stay(w, desk, late, 4), OUTCOME_OK);
    assert_claim(w, late, 0, w->room_101, 1, 4);
    assert_int_equal(check_in_to(w, manager, late, ID_NONE, true), OUTCOME_OK);
    assert_int_equal(extend_stay(w, desk, late, 5), OUTCOME_OK);
    assert_claim(w, late, 0, w->room_101, 1, 5);
    assert_int_equal(amend_nights(w, desk, late, 0, 1), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("before_room")));
    assert_int_equal(check_out(w, desk, late), OUTCOME_OK);
    assert_int_equal(undo_check_out(w, desk, late), OUTCOME_OK);
    assert_claim(w, late, 0, w->room_101, 1, 5);
    world_done(w);
}

static void
who_comes_late_is_let_into_such_a_room(void **state)
{
    WORLD;
    struct id other, late = stay(w, w->twin, 0, 3);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), &other), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(check_in_to(w, manager, late, w->room_101, true), OUTCOME_OK);
    assert_claim(w, late, 0, w->room_101, 1, 3);
    world_done(w);
}

/* A better room was lent for nights of which the first is over: nobody asks where they would have slept. */
static void
who_comes_late_goes_back_to_a_type_that_was_full_last_night(void **state)
{
    WORLD;
    struct id other, lent = stay(w, w->twin, 0, 3);
    assert_int_equal(assign(w, desk, lent, w->room_201), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), &other), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 0, 1), &other), OUTCOME_OK);
    assert_int_equal(unassign(w, desk, lent), OUTCOME_SOLD_OUT);
    world_pass_days(w, 1);
    assert_int_equal(unassign(w, desk, lent), OUTCOME_OK);
    assert_room(w, lent, ID_NONE);
    world_done(w);
}

/* Who makes way for another goes to a room that was not free last night. */
static void
who_comes_late_makes_way_with_the_nights_to_come_alone(void **state)
{
    WORLD;
    struct id other, late = stay(w, w->twin, 0, 3);
    assert_int_equal(assign_loosely(w, desk, late, w->room_101), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 0, 1), &other), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &other), OUTCOME_OK);
    assert_event(w, 0, "booking.room_changed");
    assert_claim(w, late, 0, w->room_101, 0, 1);
    assert_claim(w, late, 1, w->room_102, 1, 3);
    world_done(w);
}

/* It would rather lose its room than its dates, as it would have where it was first. */
static void
who_made_way_late_lets_go_of_the_second_room_too(void **state)
{
    WORLD;
    struct id other, late = stay(w, w->twin, 0, 3);
    assert_int_equal(assign_loosely(w, desk, late, w->room_101), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &other), OUTCOME_OK);
    assert_claim(w, late, 1, w->room_102, 1, 3);
    assert_int_equal(amend_nights(w, desk, late, 0, 1), OUTCOME_OK); /* it leaves today */
    assert_claim(w, late, 0, w->room_101, 0, 1);
    world_done(w);
    world_init(w);
    late = stay(w, w->twin, 0, 3);
    assert_int_equal(assign_loosely(w, desk, late, w->room_101), OUTCOME_OK);
    world_pass_days(w, 1);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &other), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_102, 4, 5), &other), OUTCOME_OK);
    assert_int_equal(extend_stay(w, desk, late, 5), OUTCOME_OK);
    assert_room(w, late, ID_NONE);
    world_done(w);
}

/* Who has moved today is checked out, and not made to have left yesterday the room they are in. */
static void
guests_who_moved_today_do_not_end_before_it(void **state)
{
    WORLD;
    struct id id = stay(w, w->twin, 0, 3);
    assert_int_equal(check_in_to(w, manager, id, w->room_101, true), OUTCOME_OK);
    world_pass_days(w, 1);
    struct command command = {
        .kind = COMMAND_MOVE_BOOKING,
        .property = 1,
        .actor = manager,
        .move_booking = {
            .booking = id, .to_room = w->room_102, .pinned = true, .overrides = true, .reason = STR("noise")}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 0, 1), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("before_room")));
    assert_int_equal(amend_nights(w, desk, id, 0, 2), OUTCOME_OK);
    assert_claim(w, id, 1, w->room_102, 1, 2);
    assert_int_equal(check_out(w, desk, id), OUTCOME_OK);
    world_done(w);
}

/* -- without a room of their own any more -- */

/* Each lets go of a room that is another's, and needs one for all its nights; both rooms are free on some of them. */
static void
who_lets_go_of_a_room_must_fit_elsewhere(void **state)
{
    WORLD;
    struct id other, id = stay(w, w->twin, 0, 1);
    assert_int_equal(assign_loosely(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 3, 4), &other), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 4, 5), &other), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 3, 5), OUTCOME_NO_ROOM_FITS);
    world_done(w);
}

static void
who_is_reinstated_must_fit_elsewhere(void **state)
{
    WORLD;
    struct id other, id = stay(w, w->twin, 0, 3);
    assert_int_equal(assign(w, desk, id, w->room_101), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_MARK_NO_SHOW, id), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), &other), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), &other), OUTCOME_OK);
    assert_int_equal(step(w, desk, COMMAND_REINSTATE_BOOKING, id), OUTCOME_NO_ROOM_FITS);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rooms_are_given_by_staff_alone),
        cmocka_unit_test(what_is_named_must_be_there),
        cmocka_unit_test(a_room_is_given_for_the_whole_stay_and_kept),
        cmocka_unit_test(the_same_room_once_more_is_no_change),
        cmocka_unit_test(a_room_that_is_kept_for_another_is_refused_with_who_has_it),
        cmocka_unit_test(stays_that_touch_share_a_room),
        cmocka_unit_test(who_is_not_pinned_makes_way),
        cmocka_unit_test(a_pin_that_leaves_no_room_for_a_stay_is_refused),
        cmocka_unit_test(a_better_room_counts_against_its_own_type),
        cmocka_unit_test(what_was_lent_of_a_better_type_must_be_there_of_the_one_sold),
        cmocka_unit_test(what_lapsed_in_a_better_room_frees_it),
        cmocka_unit_test(a_party_is_not_put_where_it_does_not_fit),
        cmocka_unit_test(what_is_over_gets_no_room),
        cmocka_unit_test(nobody_is_sent_to_a_broken_room_today),
        cmocka_unit_test(nobody_is_swapped_into_a_broken_room_today),
        cmocka_unit_test(tomorrow_a_broken_room_may_be_swapped_for),
        cmocka_unit_test(without_a_room_it_is_one_of_its_type_again),
        cmocka_unit_test(a_slot_always_has_a_room),
        cmocka_unit_test(a_slot_moves_as_a_whole),
        cmocka_unit_test(what_has_no_room_is_not_moved),
        cmocka_unit_test(nights_that_are_over_stay_where_they_were_spent),
        cmocka_unit_test(a_stay_is_split_only_where_the_property_plans_such),
        cmocka_unit_test(a_part_of_a_stay_is_pinned_only_where_it_may_be_split),
        cmocka_unit_test(a_stay_is_not_displaced_by_its_own_other_half),
        cmocka_unit_test(only_nights_of_the_stay_are_moved),
        cmocka_unit_test(a_split_stay_is_amended_in_its_rooms),
        cmocka_unit_test(a_split_stay_gives_back_all_its_rooms),
        cmocka_unit_test(an_extension_does_not_end_earlier),
        cmocka_unit_test(two_stays_exchange_their_rooms_in_one_step),
        cmocka_unit_test(a_swap_within_one_room_is_no_change),
        cmocka_unit_test(a_swap_that_meets_a_third_changes_nothing),
        cmocka_unit_test(a_swap_with_itself_or_with_what_is_over_is_refused),
        cmocka_unit_test(a_pin_is_asked_whether_the_rest_still_fits),
        cmocka_unit_test(who_comes_late_may_have_a_room_that_somebody_had_last_night),
        cmocka_unit_test(who_comes_late_is_let_into_such_a_room),
        cmocka_unit_test(who_comes_late_goes_back_to_a_type_that_was_full_last_night),
        cmocka_unit_test(who_comes_late_makes_way_with_the_nights_to_come_alone),
        cmocka_unit_test(who_made_way_late_lets_go_of_the_second_room_too),
        cmocka_unit_test(guests_who_moved_today_do_not_end_before_it),
        cmocka_unit_test(who_lets_go_of_a_room_must_fit_elsewhere),
        cmocka_unit_test(who_is_reinstated_must_fit_elsewhere),
    };
    return test_run("core/decide_rooming", tests);
}
