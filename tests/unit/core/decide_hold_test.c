/* Holds: one end each, in nobody's way after it, and no gap between a hold and its booking. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

#define TEN_MINUTES (10 * MODEL_MINUTE_MS)

static void
a_room_is_held_for_as_long_as_the_type_says(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &id), OUTCOME_OK);
    assert_event(w, 0, "hold.acquired");
    assert_int_equal(hold_of(w, id)->expires_at, MODEL_NOW + TEN_MINUTES);
    assert_room(w, id, w->room_101);
    assert_int_equal(house_model_night(&w->model, world_type(w, w->twin), MODEL_TODAY)->held, 1);
    assert_int_equal(house_model_night(&w->model, world_type(w, w->twin), MODEL_TODAY)->fixed, 1);
    world_done(w);
}

static void
a_held_slot_is_always_a_room(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(hold(w, teacher, minutes(w->class, ID_NONE, 0, 60), 1, &id), OUTCOME_OK);
    assert_room(w, id, w->room_a1);
    assert_true(id_equal(hold_of(w, id)->room, w->room_a1));
    world_done(w);
}

static void
a_hold_is_asked_what_a_booking_is_asked(void **state)
{
    WORLD;
    assert_int_equal(hold(w, desk, nights(w->twin, ID_NONE, -1, 1), 1, NULL), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(hold(w, desk, nights(w->bed, ID_NONE, 0, 1), 3, NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    assert_int_equal(hold(w, desk, nights(ID_NONE, w->room_101, 0, 1), 1, NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(hold(w, desk, nights(ID_NONE, w->room_102, 0, 1), 2, NULL), OUTCOME_VALIDATION_FAILED);
    struct leg leg = nights(w->twin, ID_NONE, 0, 1);
    leg.party = 3;
    assert_int_equal(hold(w, desk, leg, 1, NULL), OUTCOME_TOO_MANY_GUESTS);
    world_done(w);
}

static void
the_instant_expires_at_is_past_the_end(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(hold(w, teacher, nights(w->annex, ID_NONE, 0, 1), 1, &id), OUTCOME_OK);
    w->model.now_ms = hold_of(w, id)->expires_at - 1;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(hold_of(w, id)->status, HOLD_ACTIVE);
    w->model.now_ms++;
    assert_int_equal(confirm_hold(w, teacher, id, NULL), OUTCOME_HOLD_EXPIRED);
    assert_int_equal(hold_of(w, id)->status, HOLD_LAPSED); /* ended by the very command that was refused */
    assert_int_equal(w->last.lapsed_events, 1);
    assert_event(w, 0, "hold.expired");
    world_done(w);
}

/* F2: no sweeper is needed; Hi.Events #466: a hold that ends gives its stock back */
static void
an_expired_hold_is_in_nobodys_way(void **state)
{
    WORLD;
    struct id on_room, on_stock, on_slot;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &on_room), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, nights(w->annex, ID_NONE, 0, 2), 1, &on_stock), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, &on_slot), OUTCOME_OK);
    w->model.now_ms += TEN_MINUTES;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    assert_event(w, 0, "hold.expired");
    assert_event(w, 1, "booking.created");
    assert_int_equal(hold_of(w, on_stock)->status, HOLD_ACTIVE); /* not in the way: left for the sweeper */
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 30, 90), NULL), OUTCOME_OK);
    assert_int_equal(hold_of(w, on_slot)->status, HOLD_LAPSED);
    world_done(w);
}

static void
what_lapsed_ends_even_when_the_command_is_refused(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 0, 2), NULL), OUTCOME_OK);
    w->model.now_ms += TEN_MINUTES;
    struct leg legs[] = {nights(w->twin, ID_NONE, 0, 1), nights(w->twin, ID_NONE, 0, 1)};
    assert_int_equal(book_legs(w, desk, legs, 2), OUTCOME_SOLD_OUT);
    assert_int_equal(w->last.event_count, 1);
    assert_int_equal(hold_of(w, held)->status, HOLD_LAPSED);
    assert_room(w, held, ID_NONE);
    world_done(w);
}

static void
the_sweeper_ends_everything_that_is_over(void **state)
{
    WORLD;
    struct id held, unpaid, live;
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    assert_int_equal(book_unpaid(w, desk, nights(ID_NONE, w->room_101, 0, 2), &unpaid), OUTCOME_OK);
    w->model.now_ms += w->model.property.payment_ttl_ms;
    assert_int_equal(hold(w, teacher, nights(w->annex, ID_NONE, 0, 2), 1, &live), OUTCOME_OK);
    assert_int_equal(sweep(w), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 2);
    assert_status(w, unpaid, BOOKING_EXPIRED);
    assert_int_equal(booking_of(w, unpaid)->expires_at, MODEL_NOW + w->model.property.payment_ttl_ms);
    assert_int_equal(hold_of(w, held)->status, HOLD_LAPSED);
    assert_int_equal(hold_of(w, live)->status, HOLD_ACTIVE);
    assert_int_equal(sweep(w), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 0);
    world_done(w);
}

/* --- renew, extend, release --- */

static void
who_asks_again_keeps_the_hold_they_have(void **state)
{
    WORLD;
    struct id room, again, stock, slot;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &room), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &stock), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, minutes(w->class, ID_NONE, 0, 60), 1, &slot), OUTCOME_OK);
    w->model.now_ms += MODEL_MINUTE_MS;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &again), OUTCOME_OK);
    assert_event(w, 0, "hold.renewed");
    assert_true(id_equal(again, room));
    assert_int_equal(hold_of(w, room)->expires_at, w->model.now_ms + TEN_MINUTES);
    assert_int_equal(hold_of(w, room)->version, 2);
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &again), OUTCOME_OK);
    assert_true(id_equal(again, stock));
    assert_int_equal(hold(w, teacher, minutes(w->class, ID_NONE, 0, 60), 1, &again), OUTCOME_OK);
    assert_true(id_equal(again, slot));
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, &again), OUTCOME_OK);
    assert_true(id_equal(again, slot));
    assert_int_equal(w->model.hold_count, 3);
    /* somebody else, or something else, is another hold */
    assert_int_equal(hold(w, pupil, nights(ID_NONE, w->room_101, 0, 2), 1, NULL), OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 1), 1, NULL), OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 1, NULL), OUTCOME_SOLD_OUT);
    world_done(w);
}

static void
renewing_and_extending_never_shorten(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &id), OUTCOME_OK);
    assert_int_equal(extend(w, teacher, id, 2 * TEN_MINUTES), OUTCOME_OK);
    assert_event(w, 0, "hold.extended");
    assert_int_equal(hold_of(w, id)->expires_at, MODEL_NOW + 2 * TEN_MINUTES);
    assert_int_equal(extend(w, teacher, id, 1), OUTCOME_OK);
    assert_int_equal(hold_of(w, id)->expires_at, MODEL_NOW + 2 * TEN_MINUTES);
    assert_int_equal(extend(w, teacher, id, 0), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, NULL), OUTCOME_OK);
    assert_int_equal(hold_of(w, id)->expires_at, MODEL_NOW + 2 * TEN_MINUTES);
    assert_int_equal(hold_of(w, id)->version, 5);
    world_done(w);
}

/* Extended every few minutes, a room was kept from everybody for as long as somebody cared to. */
static void
a_hold_is_not_prolonged_for_ever(void **state)
{
    WORLD;
    struct id id, again;
    int64_t latest = MODEL_NOW + 6 * TEN_MINUTES;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &id), OUTCOME_OK);
    for (int i = 1; i <= 5; i++) {
        w->model.now_ms = MODEL_NOW + i * 9 * MODEL_MINUTE_MS;
        assert_int_equal(extend(w, teacher, id, 0), OUTCOME_OK);
    }
    w->model.now_ms = latest - 6 * MODEL_MINUTE_MS;
    int64_t present = hold_of(w, id)->expires_at;
    assert_int_equal(extend(w, teacher, id, 0), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("hold_length")));
    assert_int_equal(w->last.refusal.latest_expires_at, latest);
    assert_int_equal(w->last.refusal.expires_at, present);
    assert_int_equal(hold_of(w, id)->expires_at, present);
    assert_int_equal(extend(w, teacher, id, 6 * MODEL_MINUTE_MS), OUTCOME_OK);
    assert_int_equal(hold_of(w, id)->expires_at, latest);
    assert_int_equal(extend(w, teacher, id, 6 * MODEL_MINUTE_MS + 1), OUTCOME_POLICY_REFUSED);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &again), OUTCOME_OK);
    assert_true(id_equal(again, id)); /* a double click takes nothing twice, at the end neither */
    assert_int_equal(hold_of(w, id)->expires_at, latest);
    w->model.now_ms = latest;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), NULL), OUTCOME_OK);
    world_done(w);
}

static void
short_and_long_holds_have_a_latest_end_too(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->twin)->hold_ttl_ms = 30000;
    world_type(w, w->annex)->hold_ttl_ms = 5 * 60 * MODEL_MINUTE_MS;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &id), OUTCOME_OK);
    assert_int_equal(extend(w, teacher, id, 15 * MODEL_MINUTE_MS + 1), OUTCOME_POLICY_REFUSED);
    assert_int_equal(extend(w, teacher, id, 15 * MODEL_MINUTE_MS), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_201, 0, 2), 1, &id), OUTCOME_OK);
    assert_int_equal(extend(w, teacher, id, DATE_DAY_MS + 1), OUTCOME_POLICY_REFUSED);
    assert_int_equal(extend(w, teacher, id, DATE_DAY_MS), OUTCOME_OK);
    world_done(w);
}

static void
a_hold_that_was_taken_for_longer_is_not_prolonged(void **state)
{
    WORLD;
    struct command command = {
        .kind = COMMAND_ACQUIRE_HOLD,
        .actor = teacher,
        .property = 1,
        .acquire_hold = {.leg = nights(ID_NONE, w->room_101, 0, 2), .quantity = 1, .ttl_ms = 12 * TEN_MINUTES}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    struct id id = w->last.events[0].subject;
    w->model.now_ms += MODEL_MINUTE_MS;
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_int_equal(hold_of(w, id)->expires_at, MODEL_NOW + 12 * TEN_MINUTES);
    assert_int_equal(extend(w, teacher, id, 12 * TEN_MINUTES), OUTCOME_POLICY_REFUSED);
    assert_int_equal(w->last.refusal.latest_expires_at, MODEL_NOW + 12 * TEN_MINUTES);
    assert_int_equal(extend(w, teacher, id, 0), OUTCOME_OK);
    world_done(w);
}

/* Their own forgotten hold told people that somebody else was faster. */
static void
an_own_hold_in_the_way_is_named(void **state)
{
    WORLD;
    struct id room, stock, slot;
    const struct refusal *refusal = &w->last.refusal;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &room), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 3), NULL), OUTCOME_BOOKING_CONFLICT);
    assert_true(id_equal(refusal->hold, room) && refusal->detail != NULL);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 1, 3), 1, NULL), OUTCOME_BOOKING_CONFLICT);
    assert_true(id_equal(refusal->hold, room));
    assert_int_equal(book(w, pupil, nights(ID_NONE, w->room_101, 1, 3), NULL), OUTCOME_BOOKING_CONFLICT);
    assert_true(id_is_none(refusal->hold) && refusal->detail == NULL);
    assert_int_equal(hold(w, teacher, nights(w->annex, ID_NONE, 0, 2), 1, &stock), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_SOLD_OUT);
    assert_true(id_equal(refusal->hold, stock) && refusal->detail != NULL);
    assert_int_equal(book(w, pupil, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_SOLD_OUT);
    assert_true(id_is_none(refusal->hold) && refusal->detail == NULL);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 2, 3), NULL), OUTCOME_SOLD_OUT);
    assert_true(id_is_none(refusal->hold)); /* they hold another night */
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, &slot), OUTCOME_OK);
    assert_int_equal(book(w, teacher, minutes(ID_NONE, w->room_a1, 30, 90), NULL), OUTCOME_BOOKING_CONFLICT);
    assert_true(id_equal(refusal->hold, slot));
    w->model.now_ms += TEN_MINUTES;
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 1, 2), NULL), OUTCOME_OK);
    world_done(w);
}

/* Rooms 101 [0,1) booked, 102 [1,2) held by the caller: each night has a unit, and no room is free for both. */
static void
an_own_hold_that_leaves_no_room_is_named(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 1), NULL), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_102, 1, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 0, 2), NULL), OUTCOME_NO_ROOM_FITS);
    assert_true(id_equal(w->last.refusal.hold, held));
    assert_int_equal(book(w, pupil, nights(w->twin, ID_NONE, 0, 2), NULL), OUTCOME_NO_ROOM_FITS);
    assert_true(id_is_none(w->last.refusal.hold));
    world_done(w);
}

static void
only_the_owner_touches_a_hold(void **state)
{
    WORLD;
    struct id id, nobody = {9, 9};
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &id), OUTCOME_OK);
    assert_int_equal(release(w, pupil, id), OUTCOME_NOT_FOUND);
    assert_int_equal(release(w, manager, id), OUTCOME_FORBIDDEN);
    assert_int_equal(extend(w, manager, id, 0), OUTCOME_FORBIDDEN);
    assert_int_equal(confirm_hold(w, manager, id, NULL), OUTCOME_FORBIDDEN);
    assert_int_equal(book_held(w, manager, nights(ID_NONE, w->room_101, 0, 2), id, NULL), OUTCOME_FORBIDDEN);
    assert_int_equal(release(w, teacher, nobody), OUTCOME_NOT_FOUND);
    assert_int_equal(confirm_hold(w, teacher, nobody, NULL), OUTCOME_NOT_FOUND);
    assert_int_equal(release(w, teacher, id), OUTCOME_OK);
    world_done(w);
}

static void
a_hold_ends_once(void **state)
{
    WORLD;
    struct id released, confirmed;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &released), OUTCOME_OK);
    assert_int_equal(release(w, teacher, released), OUTCOME_OK);
    assert_event(w, 0, "hold.released");
    assert_int_equal(house_model_night(&w->model, world_type(w, w->twin), MODEL_TODAY)->held, 0);
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &confirmed), OUTCOME_OK);
    assert_false(id_equal(confirmed, released));
    assert_int_equal(confirm_hold(w, teacher, confirmed, NULL), OUTCOME_OK);
    struct id ended[] = {released, confirmed};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(release(w, teacher, ended[i]), OUTCOME_HOLD_EXPIRED);
        assert_int_equal(extend(w, teacher, ended[i], 0), OUTCOME_HOLD_EXPIRED);
        assert_int_equal(confirm_hold(w, teacher, ended[i], NULL), OUTCOME_HOLD_EXPIRED);
        assert_int_equal(book_held(w, teacher, nights(ID_NONE, w->room_101, 0, 2), ended[i], NULL),
                         OUTCOME_HOLD_EXPIRED);
    }
    world_done(w);
}

static void
a_stale_version_of_a_hold_changes_nothing(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &id), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_RELEASE_HOLD, .actor = teacher, .property = 1, .if_version = 2, .hold_step = {.hold = id}};
    assert_int_equal(world_run(w, &command), OUTCOME_VERSION_MISMATCH);
    command.if_version = 1;
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    world_done(w);
}

/* --- confirm --- */

static enum outcome
confirm_for(struct world *w, struct id held, int32_t party, struct id *ret_booked)
{
    struct command command = {.kind = COMMAND_CONFIRM_HOLD,
                              .actor = teacher,
                              .property = 1,
                              .confirm_hold = {.hold = held, .party = party, .guest = {.name = STR("Ada")}}};
    enum outcome outcome = world_run(w, &command);
    if (outcome == OUTCOME_OK)
        *ret_booked = w->last.events[w->last.lapsed_events + 1].subject;
    return outcome;
}

/* Confirmed without a word of it, a hold for two was booked for one. */
static void
a_hold_keeps_the_party_it_was_asked_for(void **state)
{
    WORLD;
    struct id held, booked;
    struct leg leg = nights(ID_NONE, w->room_101, 0, 2);
    leg.party = 2;
    assert_int_equal(hold(w, teacher, leg, 1, &held), OUTCOME_OK);
    assert_int_equal(hold_of(w, held)->party, 2);
    assert_int_equal(confirm_for(w, held, 0, &booked), OUTCOME_OK);
    assert_int_equal(booking_of(w, booked)->party, 2);
    leg = minutes(ID_NONE, w->room_a2, 0, 60);
    leg.party = 20;
    assert_int_equal(hold(w, teacher, leg, 1, &held), OUTCOME_OK);
    leg.party = 0; /* in POST /v1/bookings with the hold's id */
    assert_int_equal(book_held(w, teacher, leg, held, &booked), OUTCOME_OK);
    assert_int_equal(booking_of(w, booked)->party, 20);
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    assert_int_equal(confirm_for(w, held, 0, &booked), OUTCOME_OK);
    assert_int_equal(booking_of(w, booked)->party, 1);
    world_done(w);
}

static void
who_confirms_may_say_another_party_under_the_same_rules(void **state)
{
    WORLD;
    struct id held, booked;
    struct leg leg = minutes(ID_NONE, w->room_a1, 0, 60);
    leg.party = 5;
    assert_int_equal(hold(w, teacher, leg, 1, &held), OUTCOME_OK);
    assert_int_equal(confirm_for(w, held, 9, NULL), OUTCOME_TOO_MANY_GUESTS); /* the room takes 8 */
    leg.party = 9;
    assert_int_equal(book_held(w, teacher, leg, held, NULL), OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(hold_of(w, held)->party, 5);
    assert_int_equal(confirm_for(w, held, 8, &booked), OUTCOME_OK);
    assert_int_equal(booking_of(w, booked)->party, 8);
    assert_int_equal(hold_of(w, held)->party, 5);
    world_done(w);
}

static void
asking_again_for_another_party_keeps_that_one(void **state)
{
    WORLD;
    struct id small, again;
    struct leg leg = minutes(w->class, ID_NONE, 0, 60);
    leg.party = 4;
    assert_int_equal(hold(w, teacher, leg, 1, &small), OUTCOME_OK);
    assert_room(w, small, w->room_a1);
    leg.party = 8;
    assert_int_equal(hold(w, teacher, leg, 1, &again), OUTCOME_OK);
    assert_true(id_equal(again, small));
    assert_int_equal(hold_of(w, small)->party, 8);
    leg.party = 9; /* more than the held room takes */
    assert_int_equal(hold(w, teacher, leg, 1, &again), OUTCOME_OK);
    assert_event(w, 0, "hold.acquired");
    assert_room(w, again, w->room_a2);
    leg = minutes(ID_NONE, w->room_a1, 0, 60);
    leg.party = 9;
    assert_int_equal(hold(w, teacher, leg, 1, NULL), OUTCOME_TOO_MANY_GUESTS);
    world_done(w);
}

/* "Expired" is what was told of a hold whose booking was in the house. */
static void
a_confirmed_hold_says_what_it_became(void **state)
{
    WORLD;
    struct id held, booked;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(confirm_hold(w, teacher, held, &booked), OUTCOME_OK);
    assert_true(id_equal(hold_of(w, held)->booking, booked) && id_is_none(hold_of(w, held)->group));
    assert_int_equal(confirm_hold(w, teacher, held, NULL), OUTCOME_HOLD_EXPIRED);
    assert_true(id_equal(w->last.refusal.booking, booked) && id_is_none(w->last.refusal.group));
    assert_true(str_equal(w->last.refusal.status, STR("CONFIRMED")));
    assert_int_equal(release(w, teacher, held), OUTCOME_HOLD_EXPIRED);
    assert_true(id_equal(w->last.refusal.booking, booked));
    assert_int_equal(confirm_hold(w, pupil, held, NULL), OUTCOME_NOT_FOUND); /* nobody else is told */
    assert_true(id_is_none(w->last.refusal.booking));
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    assert_int_equal(confirm_hold(w, teacher, held, NULL), OUTCOME_OK);
    struct id group = w->last.events[3].subject;
    assert_int_equal(extend(w, teacher, held, 0), OUTCOME_HOLD_EXPIRED);
    assert_true(id_equal(w->last.refusal.group, group) && id_is_none(w->last.refusal.booking));
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_201, 0, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(release(w, teacher, held), OUTCOME_OK);
    assert_int_equal(release(w, teacher, held), OUTCOME_HOLD_EXPIRED);
    assert_true(id_is_none(w->last.refusal.booking) && id_is_none(w->last.refusal.group));
    world_done(w);
}

/* cal.com #29968, #10789: the guard only on create, not on confirm */
static void
a_hold_becomes_a_booking_without_a_gap(void **state)
{
    WORLD;
    struct id held, booked;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_201, 0, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(confirm_hold(w, teacher, held, &booked), OUTCOME_OK);
    assert_event(w, 0, "hold.confirmed");
    assert_event(w, 1, "booking.created");
    assert_true(id_equal(w->last.events[1].hold_id, held));
    assert_room(w, booked, w->room_201);
    assert_room(w, held, ID_NONE);
    const struct night *night = house_model_night(&w->model, world_type(w, w->annex), MODEL_TODAY);
    assert_int_equal(night->sold, 1);
    assert_int_equal(night->held, 0);
    assert_int_equal(night->fixed, 0); /* asked for by a guest, not pinned */
    world_done(w);
}

static void
a_held_quantity_becomes_a_group(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(hold(w, teacher, nights(w->bed, ID_NONE, 0, 2), 2, &held), OUTCOME_OK);
    assert_int_equal(confirm_hold(w, teacher, held, NULL), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 4);
    assert_event(w, 3, "group.created");
    assert_int_equal(w->model.booking_count, 2);
    assert_int_equal(house_model_night(&w->model, world_type(w, w->bed), MODEL_TODAY)->sold, 2);
    world_done(w);
}

static void
create_with_a_hold_takes_exactly_what_is_held(void **state)
{
    WORLD;
    struct id held, slot, booked;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(book_held(w, teacher, nights(ID_NONE, w->room_101, 0, 3), held, NULL), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/hold_id");
    assert_int_equal(book_held(w, teacher, nights(ID_NONE, w->room_102, 0, 2), held, NULL), OUTCOME_VALIDATION_FAILED);
    assert_int_equal(book_held(w, teacher, nights(w->annex, ID_NONE, 0, 2), held, NULL), OUTCOME_VALIDATION_FAILED);
    assert_int_equal(book_held(w, teacher, nights(w->twin, ID_NONE, 0, 2), held, &booked), OUTCOME_OK);
    assert_room(w, booked, w->room_101); /* a leg without a room gets the one that is held */
    assert_int_equal(hold(w, teacher, minutes(w->class, ID_NONE, 0, 60), 1, &slot), OUTCOME_OK);
    assert_int_equal(book_held(w, teacher, minutes(w->class, ID_NONE, 0, 60), slot, &booked), OUTCOME_OK);
    assert_room(w, booked, w->room_a1);
    struct id nobody = {9, 9};
    assert_int_equal(book_held(w, teacher, nights(w->twin, ID_NONE, 0, 2), nobody, NULL), OUTCOME_NOT_FOUND);
    world_done(w);
}

static void
held_stock_is_confirmed_where_only_it_is_left(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), NULL), OUTCOME_OK);
    assert_int_equal(hold(w, teacher, nights(w->twin, ID_NONE, 0, 2), 1, &held), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 2), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(book(w, desk, pinned(w->room_102, 1, 2), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(confirm_hold(w, teacher, held, NULL), OUTCOME_OK);
    world_done(w);
}

static void
a_refused_confirm_leaves_the_hold_as_it_is(void **state)
{
    WORLD;
    struct id held;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 2), 1, &held), OUTCOME_OK);
    struct command command = {.kind = COMMAND_CONFIRM_HOLD,
                              .actor = teacher,
                              .property = 1,
                              .confirm_hold = {.hold = held, .party = 3, .guest = {.name = STR("Ada")}}};
    assert_int_equal(world_run(w, &command), OUTCOME_TOO_MANY_GUESTS);
    assert_int_equal(hold_of(w, held)->status, HOLD_ACTIVE);
    assert_int_equal(hold_of(w, held)->version, 1);
    assert_room(w, held, w->room_101);
    world_done(w);
}

static void
notice_is_counted_from_when_it_was_held(void **state)
{
    WORLD;
    struct id held;
    world_type(w, w->class)->notice_min = 14 * 60;
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, &held), OUTCOME_OK);
    w->model.now_ms += MODEL_MINUTE_MS;
    assert_int_equal(book(w, teacher, minutes(ID_NONE, w->room_a2, 0, 60), NULL), OUTCOME_POLICY_REFUSED);
    assert_int_equal(confirm_hold(w, teacher, held, NULL), OUTCOME_OK);
    world_done(w);
}

/* What is held was promised before it broke, and may be mended by the evening: who comes is told at the desk. */
static void
a_held_room_that_breaks_is_confirmed_and_lets_nobody_in(void **state)
{
    WORLD;
    struct id held, booked;
    assert_int_equal(hold(w, teacher, nights(ID_NONE, w->room_101, 0, 1), 1, &held), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(confirm_hold(w, teacher, held, &booked), OUTCOME_OK);
    assert_room(w, booked, w->room_101);
    assert_int_equal(check_in(w, desk, booked), OUTCOME_ROOM_NOT_READY);
    assert_int_equal(check_in_to(w, desk, booked, w->room_102, false), OUTCOME_OK);
    world_done(w);
}

static void
turnaround_is_what_it_was_when_held(void **state)
{
    WORLD;
    struct id held, booked;
    world_type(w, w->class)->turnaround_min = 10;
    assert_int_equal(hold(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), 1, &held), OUTCOME_OK);
    world_type(w, w->class)->turnaround_min = 30;
    assert_int_equal(confirm_hold(w, teacher, held, &booked), OUTCOME_OK);
    assert_int_equal(booking_of(w, booked)->turnaround_ms, TEN_MINUTES);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_is_held_for_as_long_as_the_type_says),
        cmocka_unit_test(a_held_slot_is_always_a_room),
        cmocka_unit_test(a_hold_is_asked_what_a_booking_is_asked),
        cmocka_unit_test(the_instant_expires_at_is_past_the_end),
        cmocka_unit_test(an_expired_hold_is_in_nobodys_way),
        cmocka_unit_test(what_lapsed_ends_even_when_the_command_is_refused),
        cmocka_unit_test(the_sweeper_ends_everything_that_is_over),
        cmocka_unit_test(who_asks_again_keeps_the_hold_they_have),
        cmocka_unit_test(renewing_and_extending_never_shorten),
        cmocka_unit_test(a_hold_is_not_prolonged_for_ever),
        cmocka_unit_test(short_and_long_holds_have_a_latest_end_too),
        cmocka_unit_test(a_hold_that_was_taken_for_longer_is_not_prolonged),
        cmocka_unit_test(an_own_hold_in_the_way_is_named),
        cmocka_unit_test(an_own_hold_that_leaves_no_room_is_named),
        cmocka_unit_test(only_the_owner_touches_a_hold),
        cmocka_unit_test(a_hold_ends_once),
        cmocka_unit_test(a_stale_version_of_a_hold_changes_nothing),
        cmocka_unit_test(a_hold_becomes_a_booking_without_a_gap),
        cmocka_unit_test(a_hold_keeps_the_party_it_was_asked_for),
        cmocka_unit_test(who_confirms_may_say_another_party_under_the_same_rules),
        cmocka_unit_test(asking_again_for_another_party_keeps_that_one),
        cmocka_unit_test(a_confirmed_hold_says_what_it_became),
        cmocka_unit_test(a_held_quantity_becomes_a_group),
        cmocka_unit_test(create_with_a_hold_takes_exactly_what_is_held),
        cmocka_unit_test(held_stock_is_confirmed_where_only_it_is_left),
        cmocka_unit_test(a_refused_confirm_leaves_the_hold_as_it_is),
        cmocka_unit_test(notice_is_counted_from_when_it_was_held),
        cmocka_unit_test(a_held_room_that_breaks_is_confirmed_and_lets_nobody_in),
        cmocka_unit_test(turnaround_is_what_it_was_when_held),
    };
    return test_run("core/decide_hold", tests);
}
