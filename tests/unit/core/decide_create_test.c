/* Creating bookings: what can be had, what can't and why, and that a refusal leaves nothing behind. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

static void
a_stay_by_type_is_sold_and_has_no_room_yet(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    const struct booking *b = booking_of(w, id);
    assert_int_equal(b->status, BOOKING_CONFIRMED);
    assert_int_equal(b->placement, PLACEMENT_STATE_PROVEN);
    assert_int_equal(b->expires_at, 0);
    assert_true(id_equal(b->charged_room_type, w->twin));
    assert_true(str_equal(b->owner, desk.name));
    assert_true(id_is_none(b->group));
    assert_room(w, id, ID_NONE);
    assert_int_equal(house_model_night(&w->model, world_type(w, w->twin), MODEL_TODAY)->sold, 1);
    assert_event(w, 0, "booking.created");
    assert_int_equal(w->last.events[0].from.len, 0);
    assert_true(str_equal(w->last.events[0].to, STR("CONFIRMED")));
    world_done(w);
}

static void
a_stay_on_a_room_has_that_room(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, teacher, nights(w->twin, w->room_102, 0, 2), &id), OUTCOME_OK);
    assert_room(w, id, w->room_102);
    assert_false(house_model_claim(&w->model, id)->pinned);
    world_done(w);
}

/* seatsurfing #2552: touching bookings refused */
static void
back_to_back_is_accepted_in_a_room_and_by_the_minute(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_201, 0, 2), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_201, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_201, 3, 4), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 540, 600), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 600, 660), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 480, 540), NULL), OUTCOME_OK);
    world_done(w);
}

/* fossasia/eventyay #1359: the lock skipped; cal.com #13068: a double click books twice */
static void
the_last_room_is_sold_once(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 3), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 2, 4), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.refusal.night_count, 1);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY + 2);
    world_done(w);
}

/* wp-hotelier #12: a stay refused because its nights were summed */
static void
nights_are_asked_one_by_one_and_not_summed(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 6), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 6, 7), NULL), OUTCOME_OK);
    world_done(w);
}

/* medusa #16502: batch lines of the same item not summed */
static void
legs_of_one_command_see_each_other(void **state)
{
    WORLD;
    struct leg legs[] = {nights(w->bed, ID_NONE, 0, 2), nights(w->bed, ID_NONE, 1, 3), nights(w->bed, ID_NONE, 1, 2)};
    assert_int_equal(book_legs(w, desk, legs, 3), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.refusal.leg, 2);
    assert_int_equal(w->last.change_count, 0);
    assert_int_equal(w->model.booking_count, 0);
    assert_int_equal(book_legs(w, desk, legs, 2), OUTCOME_OK);
    struct leg same_room[] = {minutes(ID_NONE, w->room_a1, 0, 60), minutes(ID_NONE, w->room_a1, 59, 90)};
    assert_int_equal(book_legs(w, desk, same_room, 2), OUTCOME_ROOM_NOT_AVAILABLE);
    struct leg same_pin[] = {pinned(w->room_101, 0, 1), pinned(w->room_101, 0, 1)};
    assert_int_equal(book_legs(w, desk, same_pin, 2), OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

/* cal.com #15997: a series checked only for its first slots */
static void
the_last_leg_is_checked_like_the_first(void **state)
{
    WORLD;
    struct leg legs[8];
    for (int i = 0; i < 8; i++)
        legs[i] = nights(w->annex, ID_NONE, i, i + 1);
    assert_int_equal(book(w, desk, legs[7], NULL), OUTCOME_OK);
    assert_int_equal(book_legs(w, desk, legs, 8), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.refusal.leg, 7);
    assert_int_equal(w->model.booking_count, 1);
    world_done(w);
}

static void
legs_become_a_group_with_one_guest(void **state)
{
    WORLD;
    struct leg legs[] = {nights(w->bed, ID_NONE, 0, 2), pinned(w->room_101, 0, 2),
                         minutes(w->class, ID_NONE, 540, 600)};
    assert_int_equal(book_legs(w, desk, legs, 3), OUTCOME_OK);
    assert_int_equal(w->model.guest_count, 1);
    assert_int_equal(w->model.group_count, 1);
    assert_int_equal(w->last.event_count, 4);
    assert_event(w, 2, "booking.created");
    assert_event(w, 3, "group.created");
    const struct group *group = w->last.events[3].group;
    for (size_t i = 0; i < 3; i++) {
        assert_true(id_equal(w->model.bookings[i].group, group->id));
        assert_true(id_equal(w->model.bookings[i].guest, group->guest));
    }
    world_done(w);
}

static void
quantity_one_can_make_a_group_too(void **state)
{
    WORLD;
    struct leg leg = nights(w->bed, ID_NONE, 0, 2);
    assert_int_equal(book_legs(w, desk, &leg, 1), OUTCOME_OK);
    assert_int_equal(w->model.group_count, 1);
    world_done(w);
}

/* --- what it names --- */

static void
what_is_not_there_is_named_by_its_pointer(void **state)
{
    WORLD;
    struct id nobody = {7, 7};
    assert_int_equal(book(w, desk, nights(ID_NONE, nobody, 0, 1), NULL), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/room_id");
    assert_int_equal(book(w, desk, nights(nobody, ID_NONE, 0, 1), NULL), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/room_type_id");
    struct leg legs[] = {nights(w->twin, ID_NONE, 0, 1), nights(ID_NONE, nobody, 0, 1)};
    assert_int_equal(book_legs(w, desk, legs, 2), OUTCOME_NOT_FOUND);
    assert_string_equal(w->last.refusal.pointer, "/legs/1/room_id");
    assert_int_equal(w->last.refusal.leg, 1);
    world_done(w);
}

static void
room_and_type_must_go_together(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(w->annex, w->room_101, 0, 1), NULL), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/room_id");
    assert_int_equal(book(w, desk, nights(w->bed, w->room_101, 0, 1), NULL), OUTCOME_VALIDATION_FAILED);
    world_done(w);
}

static void
dates_are_for_nights_and_instants_for_minutes(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(w->class, ID_NONE, 1, 2), NULL), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/arrival");
    assert_int_equal(book(w, desk, minutes(w->twin, ID_NONE, 0, 60), NULL), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/starts_at");
    world_done(w);
}

static void
only_staff_pin_and_only_rooms(void **state)
{
    WORLD;
    assert_int_equal(book(w, teacher, pinned(w->room_101, 0, 1), NULL), OUTCOME_FORBIDDEN);
    struct leg leg = nights(w->twin, ID_NONE, 0, 1);
    leg.pinned = true;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_VALIDATION_FAILED);
    world_done(w);
}

/* --- rules --- */

static void
a_party_must_fit(void **state)
{
    WORLD;
    struct leg leg = nights(w->twin, ID_NONE, 0, 1);
    leg.party = 3;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_TOO_MANY_GUESTS);
    leg = minutes(ID_NONE, w->room_a1, 0, 60);
    leg.party = 9;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_TOO_MANY_GUESTS);
    leg = minutes(w->class, ID_NONE, 0, 60);
    leg.party = 25; /* the type takes 30, none of its rooms does */
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_TOO_MANY_GUESTS);
    world_done(w);
}

static void
a_party_must_fit_into_some_room_of_the_type(void **state)
{
    WORLD;
    struct leg leg = nights(w->twin, ID_NONE, 0, 1);
    leg.party = 2;
    world_room(w, w->room_101)->max_guests = 1;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_OK);
    world_room(w, w->room_102)->max_guests = 1;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_TOO_MANY_GUESTS);
    world_done(w);
}

static void
nights_past_and_beyond_the_horizon_are_named(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, -2, 1), NULL), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(w->last.refusal.night_count, 2);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY - 2);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, HORIZON_DAYS - 1, HORIZON_DAYS + 1), NULL),
                     OUTCOME_BEYOND_HORIZON);
    assert_int_equal(w->last.refusal.night_count, 1);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY + HORIZON_DAYS);
    /* the last night that is sold has no row in this small house */
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, HORIZON_DAYS - 1, HORIZON_DAYS), NULL), OUTCOME_SOLD_OUT);
    world_done(w);
}

static void
a_slot_that_is_over_or_too_far_ahead_is_beyond_the_horizon(void **state)
{
    WORLD;
    struct leg leg = minutes(ID_NONE, w->room_a1, 0, 60);
    leg.span = (struct span){w->model.now_ms - 60 * MODEL_MINUTE_MS, w->model.now_ms};
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_BEYOND_HORIZON);
    leg.span.ends++; /* a walk-in into a lesson that has begun */
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_OK);
    leg.span.ends = date_to_instant(MODEL_TODAY + HORIZON_DAYS); /* the end of the last day */
    leg.span.starts = leg.span.ends - 60 * MODEL_MINUTE_MS;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_OK);
    leg.span.starts = leg.span.ends;
    leg.span.ends += 60 * MODEL_MINUTE_MS;
    assert_int_equal(book(w, desk, leg, NULL), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY + HORIZON_DAYS);
    world_done(w);
}

#define assert_rule(w, expected)                                                                                       \
    (assert_int_equal((w)->last.refusal.outcome, OUTCOME_POLICY_REFUSED),                                              \
     assert_true(str_equal((w)->last.refusal.rule, STR(expected))))

static void
slots_keep_the_rules_of_their_type(void **state)
{
    WORLD;
    struct room_type *class = world_type(w, w->class);
    class->opens_min = 480;
    class->closes_min = 1080;
    class->length_min = 30;
    class->length_max = 120;
    book(w, desk, minutes(w->class, ID_NONE, 600, 629), NULL);
    assert_rule(w, "slot_length");
    book(w, desk, minutes(w->class, ID_NONE, 600, 721), NULL);
    assert_rule(w, "slot_length");
    book(w, desk, minutes(w->class, ID_NONE, 479, 540), NULL);
    assert_rule(w, "opening_hours");
    book(w, desk, minutes(w->class, ID_NONE, 1020, 1081), NULL);
    assert_rule(w, "opening_hours");
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 480, 600), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 960, 1080), NULL), OUTCOME_OK);
    class->notice_min = 14 * 60; /* from 10:00 today */
    book(w, desk, minutes(w->class, ID_NONE, 480, 600), NULL);
    assert_int_equal(w->last.refusal.outcome, OUTCOME_OK);
    class->notice_min = 14 * 60 + 8 * 60 + 1;
    book(w, desk, minutes(w->class, ID_NONE, 480, 540), NULL);
    assert_rule(w, "notice");
    world_done(w);
}

static void
always_open_means_past_midnight_too(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 1410, 1470), NULL), OUTCOME_OK);
    world_done(w);
}

static void
bookers_have_a_quota_and_staff_have_none(void **state)
{
    WORLD;
    world_type(w, w->class)->quota_per_booker = 2;
    struct leg legs[] = {minutes(w->class, ID_NONE, 0, 60), minutes(w->class, ID_NONE, 60, 120),
                         minutes(w->class, ID_NONE, 120, 180)};
    assert_int_equal(book_legs(w, teacher, legs, 3), OUTCOME_POLICY_REFUSED);
    assert_rule(w, "quota");
    assert_int_equal(w->last.refusal.leg, 2);
    assert_int_equal(book_legs(w, teacher, legs, 2), OUTCOME_OK);
    assert_int_equal(book(w, teacher, legs[2], NULL), OUTCOME_POLICY_REFUSED);
    assert_int_equal(book(w, pupil, legs[2], NULL), OUTCOME_OK);
    assert_int_equal(book_legs(w, desk, legs, 1), OUTCOME_OK);
    world_done(w);
}

/* --- first status --- */

static void
payment_comes_before_approval_and_both_have_an_end(void **state)
{
    WORLD;
    struct id unpaid, unapproved;
    world_type(w, w->twin)->needs_approval = true;
    assert_int_equal(book_unpaid(w, desk, nights(w->twin, ID_NONE, 0, 1), &unpaid), OUTCOME_OK);
    assert_status(w, unpaid, BOOKING_PENDING_PAYMENT);
    assert_int_equal(booking_of(w, unpaid)->expires_at, MODEL_NOW + w->model.property.payment_ttl_ms);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 1), &unapproved), OUTCOME_OK);
    assert_status(w, unapproved, BOOKING_PENDING_APPROVAL);
    assert_int_equal(booking_of(w, unapproved)->expires_at, MODEL_NOW + w->model.property.approval_ttl_ms);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 1), NULL), OUTCOME_SOLD_OUT); /* both take stock */
    world_done(w);
}

/* --- capacity --- */

static void
a_taken_room_says_what_is_in_the_way(void **state)
{
    WORLD;
    struct id first;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), &first), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 2, 4), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(w->last.refusal.in_the_way_count, 1);
    assert_true(id_equal(w->last.refusal.in_the_way[0].owner, first));
    world_done(w);
}

static void
a_held_room_says_until_when(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 1, 3), 1, &held), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 2, 4), NULL), OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(w->last.refusal.expires_at, hold_of(w, held)->expires_at);
    /* a booking there as well: waiting would not help */
    assert_int_equal(book(w, desk, pinned(w->room_101, 3, 4), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 2, 4), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    /* no unit is left at all: that comes first */
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 1, 2), NULL), OUTCOME_SOLD_OUT);
    world_done(w);
}

static void
a_hold_of_ones_own_must_be_named(void **state)
{
    WORLD;
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, NULL), OUTCOME_OK);
    assert_int_equal(book(w, teacher, minutes(ID_NONE, w->room_a1, 30, 60), NULL), OUTCOME_BOOKING_CONFLICT);
    assert_non_null(w->last.refusal.detail);
    world_done(w);
}

static void
units_on_every_night_are_not_enough(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 5), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 2, 4), NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(w->last.refusal.in_the_way_count, 2);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 3, 5), NULL), OUTCOME_OK);
    world_done(w);
}

static void
unpinned_rooms_are_reshuffled_on_paper_for_a_sale(void **state)
{
    WORLD;
    struct id asked_for;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &asked_for), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 5), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 2, 4), NULL), OUTCOME_OK);
    assert_room(w, asked_for, w->room_101); /* nobody has to move before a room is needed */
    world_done(w);
}

static void
a_pin_that_leaves_no_room_for_another_is_refused(void **state)
{
    WORLD;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 2, 4), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 5), NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(hold(w, desk, nights(ID_NONE, w->room_102, 3, 5), 1, NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(book(w, desk, pinned(w->room_101, 3, 5), NULL), OUTCOME_OK);
    world_done(w);
}

static void
a_pin_displaces_an_unpinned_booking(void **state)
{
    WORLD;
    struct id asked_for, fixed;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &asked_for), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 2, 4), &fixed), OUTCOME_OK);
    assert_room(w, fixed, w->room_101);
    assert_room(w, asked_for, w->room_102);
    assert_int_equal(booking_of(w, asked_for)->version, 2);
    assert_event(w, 0, "booking.room_changed");
    assert_true(id_equal(w->last.events[0].subject, asked_for));
    assert_event(w, 1, "booking.created");
    world_done(w);
}

static void
displacing_may_push_another_on(void **state)
{
    WORLD;
    struct id a, b;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &a), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_102, 2, 4), &b), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), NULL), OUTCOME_OK);
    assert_room(w, a, w->room_102);
    assert_room(w, b, w->room_101);
    assert_int_equal(w->last.event_count, 3);
    world_done(w);
}

static void
who_has_nowhere_to_go_is_not_displaced(void **state)
{
    WORLD;
    struct id a;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &a), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_true(id_equal(w->last.refusal.in_the_way[0].owner, a));
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 2), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    world_done(w);
}

static void
a_large_party_is_not_displaced_into_a_small_room(void **state)
{
    WORLD;
    struct id family;
    w->model.rooms[0].max_guests = 3; /* 101 */
    struct leg leg = nights(ID_NONE, w->room_101, 1, 3);
    leg.party = 3;
    assert_int_equal(book(w, teacher, leg, &family), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_room(w, family, w->room_101);
    world_done(w);
}

/* A fault takes no unit off the count, a closure does: it may be mended by the evening. */
static void
a_broken_room_is_sold_by_type_and_given_to_nobody_for_tonight(void **state)
{
    WORLD;
    struct id id;
    world_break(w, w->room_201);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), &id), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(assign(w, desk, id, w->room_201), OUTCOME_ROOM_NOT_READY);
    assert_int_equal(check_in_to(w, desk, id, w->room_201, false), OUTCOME_ROOM_NOT_READY);
    world_done(w);
}

/* R4: nobody who has a room for tonight is sent from it to one in which something is broken. */
static void
who_makes_way_tonight_is_not_sent_to_a_broken_room(void **state)
{
    WORLD;
    struct id a;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 0, 2), &a), OUTCOME_OK);
    world_break(w, w->room_102);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(w->last.refusal.in_the_way_count, 1);
    assert_true(id_equal(w->last.refusal.in_the_way[0].owner, a));
    assert_non_null(w->last.refusal.detail);
    assert_non_null(strstr(w->last.refusal.detail, "fault"));
    assert_room(w, a, w->room_101);
    world_done(w);
}

static void
a_room_that_is_full_is_not_said_to_have_a_fault(void **state)
{
    WORLD;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 0, 2), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_OK);
    world_break(w, w->room_102);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_null(w->last.refusal.detail);
    world_done(w);
}

/* By then it may be mended. */
static void
who_makes_way_later_may_be_given_a_broken_room(void **state)
{
    WORLD;
    struct id a;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &a), OUTCOME_OK);
    world_break(w, w->room_102);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    assert_room(w, a, w->room_102);
    world_done(w);
}

/* What is pinned begins tomorrow, and pushes from 101 to 102 who would push tonight's guests from there to 101. */
static void
who_is_pushed_on_tonight_is_not_sent_to_a_broken_room(void **state)
{
    WORLD;
    struct id later, tonight;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), &later), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_102, 0, 2), &tonight), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(book(w, desk, pinned(w->room_101, 2, 4), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_room(w, tonight, w->room_102);
    assert_room(w, later, w->room_101);
    world_done(w);
}

/* Who has it already is not sent there, and is not sent away. */
static void
who_has_a_broken_room_tonight_may_stay_when_others_make_way(void **state)
{
    WORLD;
    struct id here, later;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_102, 0, 2), &here), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 2, 4), &later), OUTCOME_OK);
    world_break(w, w->room_102);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 3), NULL), OUTCOME_OK);
    assert_room(w, here, w->room_102);
    assert_room(w, later, w->room_102);
    world_done(w);
}

/* The others are too small for it: no night that needs it elsewhere may be sold. */
static void
a_party_larger_than_its_type_promises_stays_in_its_room(void **state)
{
    WORLD;
    struct id family;
    w->model.rooms[0].max_guests = 3; /* 101 */
    assert_int_equal(book(w, desk, pinned(w->room_102, 4, 6), NULL), OUTCOME_OK);
    struct leg leg = nights(ID_NONE, w->room_101, 1, 3);
    leg.party = 3;
    assert_int_equal(book(w, teacher, leg, &family), OUTCOME_OK);
    assert_true(house_model_claim(&w->model, family)->pinned);
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 2, 5), NULL), OUTCOME_NO_ROOM_FITS);
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 2, 4), NULL), OUTCOME_OK);
    world_done(w);
}

static void
overbooking_by_allowance_is_not_a_matter_of_placement(void **state)
{
    WORLD;
    struct id id;
    for (size_t i = 0; i < MODEL_NIGHTS; i++)
        w->model.nights[1][i].allowance = 1; /* annex */
    assert_int_equal(book(w, desk, pinned(w->room_201, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 2), &id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_SOLD_OUT);
    /* what is overbooked next door in time does not stand in the way */
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 2, 3), &id), OUTCOME_OK);
    world_done(w);
}

static void
what_did_not_fit_before_is_not_the_fault_of_the_next(void **state)
{
    WORLD;
    struct id walked, id;
    w->model.nights[0][0].allowance = 1; /* one twin too many may be sold tonight */
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 0, 1), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 2), &walked), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 3), &id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 2), &id), OUTCOME_OK);
    assert_room(w, id, w->room_101);
    assert_int_equal(cancel(w, desk, walked), OUTCOME_OK);
    world_done(w);
}

/* --- by the minute --- */

static void
a_slot_takes_the_smallest_room_that_is_large_enough(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 0, 60), &id), OUTCOME_OK);
    assert_room(w, id, w->room_a1);
    struct leg leg = minutes(w->class, ID_NONE, 100, 160);
    leg.party = 9;
    assert_int_equal(book(w, desk, leg, &id), OUTCOME_OK);
    assert_room(w, id, w->room_a2);
    assert_true(str_equal(booking_of(w, id)->local_starts, STR("2026-11-23T01:40")));
    world_done(w);
}

static void
turnaround_keeps_the_room_after_the_slot(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->class)->turnaround_min = 10;
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 60, 120), &id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->turnaround_ms, 10 * MODEL_MINUTE_MS);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 129, 180), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 0, 51), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 130, 180), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 0, 50), NULL), OUTCOME_OK);
    world_done(w);
}

static void
no_free_classroom_is_sold_out_or_held(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a2, 0, 60), 1, &held), OUTCOME_OK);
    w->model.now_ms += MODEL_MINUTE_MS;
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 30, 90), NULL), OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(w->last.refusal.expires_at, hold_of(w, held)->expires_at); /* the earlier of the two */
    w->model.now_ms = hold_of(w, held)->expires_at;
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 30, 90), NULL), OUTCOME_OK);
    w->model.now_ms += MODEL_MINUTE_MS;
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 30, 90), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(w->class, ID_NONE, 30, 90), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.refusal.night_count, 0);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stay_by_type_is_sold_and_has_no_room_yet),
        cmocka_unit_test(a_stay_on_a_room_has_that_room),
        cmocka_unit_test(back_to_back_is_accepted_in_a_room_and_by_the_minute),
        cmocka_unit_test(the_last_room_is_sold_once),
        cmocka_unit_test(nights_are_asked_one_by_one_and_not_summed),
        cmocka_unit_test(legs_of_one_command_see_each_other),
        cmocka_unit_test(the_last_leg_is_checked_like_the_first),
        cmocka_unit_test(legs_become_a_group_with_one_guest),
        cmocka_unit_test(quantity_one_can_make_a_group_too),
        cmocka_unit_test(what_is_not_there_is_named_by_its_pointer),
        cmocka_unit_test(room_and_type_must_go_together),
        cmocka_unit_test(dates_are_for_nights_and_instants_for_minutes),
        cmocka_unit_test(only_staff_pin_and_only_rooms),
        cmocka_unit_test(a_party_must_fit),
        cmocka_unit_test(a_party_must_fit_into_some_room_of_the_type),
        cmocka_unit_test(nights_past_and_beyond_the_horizon_are_named),
        cmocka_unit_test(a_slot_that_is_over_or_too_far_ahead_is_beyond_the_horizon),
        cmocka_unit_test(slots_keep_the_rules_of_their_type),
        cmocka_unit_test(always_open_means_past_midnight_too),
        cmocka_unit_test(bookers_have_a_quota_and_staff_have_none),
        cmocka_unit_test(payment_comes_before_approval_and_both_have_an_end),
        cmocka_unit_test(a_taken_room_says_what_is_in_the_way),
        cmocka_unit_test(a_held_room_says_until_when),
        cmocka_unit_test(a_hold_of_ones_own_must_be_named),
        cmocka_unit_test(units_on_every_night_are_not_enough),
        cmocka_unit_test(unpinned_rooms_are_reshuffled_on_paper_for_a_sale),
        cmocka_unit_test(a_pin_that_leaves_no_room_for_another_is_refused),
        cmocka_unit_test(a_pin_displaces_an_unpinned_booking),
        cmocka_unit_test(displacing_may_push_another_on),
        cmocka_unit_test(who_has_nowhere_to_go_is_not_displaced),
        cmocka_unit_test(a_large_party_is_not_displaced_into_a_small_room),
        cmocka_unit_test(a_broken_room_is_sold_by_type_and_given_to_nobody_for_tonight),
        cmocka_unit_test(who_makes_way_tonight_is_not_sent_to_a_broken_room),
        cmocka_unit_test(a_room_that_is_full_is_not_said_to_have_a_fault),
        cmocka_unit_test(who_makes_way_later_may_be_given_a_broken_room),
        cmocka_unit_test(who_is_pushed_on_tonight_is_not_sent_to_a_broken_room),
        cmocka_unit_test(who_has_a_broken_room_tonight_may_stay_when_others_make_way),
        cmocka_unit_test(a_party_larger_than_its_type_promises_stays_in_its_room),
        cmocka_unit_test(overbooking_by_allowance_is_not_a_matter_of_placement),
        cmocka_unit_test(what_did_not_fit_before_is_not_the_fault_of_the_next),
        cmocka_unit_test(a_slot_takes_the_smallest_room_that_is_large_enough),
        cmocka_unit_test(turnaround_keeps_the_room_after_the_slot),
        cmocka_unit_test(no_free_classroom_is_sold_out_or_held),
    };
    return test_run("core/decide_create", tests);
}
