/* The engine on a real database and the house in memory live the same random lives, and every command must end alike.
 *
 * Both decide with the same core, so what differs is what they show it and what they make of its answer: this is the
 * test of the engine's loader and of its apply(). Ids are the two sides' own and are matched as they come to be. At the
 * end of each life the database is checked by its own rules. */
#include <stdio.h>

#include "engine/check.h"
#include "tests/support/house.h"
#include "tests/support/house_life.h"
#include "tests/unit/test.h"

enum { LIVES = 15, STEPS = 160, PAIRS_MAX = 2048 };

struct twins {
    struct house_fixture house;
    struct house_model model;
    struct house_life life;
    struct arena arena;
    struct id ours[PAIRS_MAX], theirs[PAIRS_MAX]; /* in the model, in the engine */
    size_t pair_count;
};

static void
pair(struct twins *t, struct id ours, struct id theirs)
{
    assert_true(t->pair_count < PAIRS_MAX);
    t->ours[t->pair_count] = ours;
    t->theirs[t->pair_count++] = theirs;
}

static struct id
translate(const struct twins *t, struct id ours)
{
    for (size_t i = 0; i < t->pair_count; i++)
        if (id_equal(t->ours[i], ours))
            return t->theirs[i];
    return ours; /* none, or nothing that exists */
}

/* The model of what house_init() makes: same types, same rooms, same rules. */
static void
twins_init(struct twins *t, uint64_t seed)
{
    house_init(&t->house);
    house_model_init(&t->model);
    arena_init(&t->arena, (size_t)64 << 20);
    t->pair_count = 0;
    t->model.now_ms = HOUSE_NOW;
    struct room_type *twin = house_model_add_type(&t->model, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    struct room_type *bed = house_model_add_type(&t->model, SOLD_BY_NIGHT, STOCK_COUNT, 2);
    struct room_type *class = house_model_add_type(&t->model, SOLD_BY_MINUTE, STOCK_ROOMS, 0);
    class->max_guests = 30;
    class->length_min = 5;
    twin->hold_ttl_ms = bed->hold_ttl_ms = class->hold_ttl_ms = 30000;
    pair(t, twin->id, t->house.double_type);
    pair(t, bed->id, t->house.bed_type);
    pair(t, class->id, t->house.class_type);
    pair(t, house_model_add_room(&t->model, twin)->id, t->house.room_101);
    pair(t, house_model_add_room(&t->model, twin)->id, t->house.room_102);
    pair(t, house_model_add_room(&t->model, class)->id, t->house.room_a1);
    t->life = (struct house_life){.model = &t->model, .seed = seed};
}

static void
twins_done(struct twins *t)
{
    arena_done(&t->arena);
    house_done(&t->house);
}

/* The command for the other side; legs go into `legs`. */
static struct command
translate_command(const struct twins *t, const struct command *ours, struct leg legs[3])
{
    struct command theirs = *ours;
    switch (ours->kind) {
    case COMMAND_CREATE_BOOKINGS:
        for (size_t i = 0; i < ours->create_bookings.leg_count; i++) {
            legs[i] = ours->create_bookings.legs[i];
            legs[i].room_type = translate(t, legs[i].room_type);
            legs[i].room = translate(t, legs[i].room);
        }
        theirs.create_bookings.legs = legs;
        theirs.create_bookings.hold = translate(t, ours->create_bookings.hold);
        break;
    case COMMAND_ACQUIRE_HOLD:
        theirs.acquire_hold.leg.room_type = translate(t, ours->acquire_hold.leg.room_type);
        theirs.acquire_hold.leg.room = translate(t, ours->acquire_hold.leg.room);
        break;
    case COMMAND_AMEND_BOOKING:
        theirs.amend_booking.booking = translate(t, ours->amend_booking.booking);
        theirs.amend_booking.room_type = translate(t, ours->amend_booking.room_type);
        break;
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_CANCEL_BOOKING: theirs.booking_step.booking = translate(t, ours->booking_step.booking); break;
    case COMMAND_CONFIRM_HOLD: theirs.confirm_hold.hold = translate(t, ours->confirm_hold.hold); break;
    default: theirs.hold_step.hold = translate(t, ours->hold_step.hold); break;
    }
    return theirs;
}

/* What came to be on both sides, in the same order. */
static void
pair_new(struct twins *t, const struct decision *decision, const struct engine_result *result)
{
    size_t own = decision->event_count - decision->lapsed_events;
    assert_int_equal(result->unchanged, !id_is_none(decision->unchanged));
    if (result->unchanged)
        return;
    assert_int_equal(own, result->event_count);
    for (size_t i = 0; i < own; i++) {
        const struct event *ours = &decision->events[decision->lapsed_events + i];
        assert_true(str_equal(ours->kind, result->events[i].kind) ||
                    str_equal(ours->kind, STR("booking.room_changed")));
        if (ours->from.len == 0)
            pair(t, ours->subject, result->events[i].subject);
    }
}

static void
step(struct twins *t, int life, int number, size_t outcomes[OUTCOME_COUNT])
{
    struct decision decision;
    struct leg legs[3];
    house_life_forget(&t->model);
    struct command ours = house_life_command(&t->life);
    struct engine_request request = {.command = translate_command(t, &ours, legs)};
    arena_reset(&t->arena);
    if (!house_model_run(&t->model, &ours, &t->arena, &decision))
        fail_msg("life %d, step %d: %s", life, number, t->model.why);
    enum outcome theirs = house_run(&t->house, &request);
    if (theirs != decision.refusal.outcome)
        fail_msg("life %d, step %d: %s in memory, %s on the database", life, number,
                 outcome_info(decision.refusal.outcome)->code.ptr, outcome_info(theirs)->code.ptr);
    outcomes[theirs]++;
    if (theirs == OUTCOME_OK)
        pair_new(t, &decision, &request.result);
    engine_request_done(&request);
    int64_t ms = house_life_pick(&t->life, 4) * 10000 * (house_life_pick(&t->life, 12) == 0 ? 30 : 1);
    t->model.now_ms += ms;
    test_clock_advance_ms(&t->house.clock, ms);
}

static void
tell_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    print_message("# %s %.*s\n", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

static void
check_database(struct house_fixture *house)
{
    struct err err = {.kind = ERR_NONE};
    struct store store = {.connection = NULL};
    struct check_report report;
    assert_int_equal(db_connect(house->db, DB_READER, &store.connection, &err), DB_OK);
    struct check_settings settings = {
        .store = &store, .clock = &house->clock.clock, .memory_limit = 16U << 20, .on_finding = tell_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    assert_int_equal(report.violations, 0);
    db_disconnect(store.connection);
}

static void
the_engine_comes_to_the_same_as_the_model(void **state)
{
    (void)state;
    static struct twins t;
    size_t outcomes[OUTCOME_COUNT] = {0};
    for (int life = 0; life < LIVES; life++) {
        twins_init(&t, (uint64_t)(life + 1) * UINT64_C(0x9e3779b97f4a7c15));
        for (int number = 0; number < STEPS; number++)
            step(&t, life, number, outcomes);
        check_database(&t.house);
        twins_done(&t);
    }
    assert_true(outcomes[OUTCOME_OK] > LIVES * STEPS / 10);
    assert_true(outcomes[OUTCOME_SOLD_OUT] > 0 && outcomes[OUTCOME_HOLD_EXPIRED] > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_comes_to_the_same_as_the_model),
    };
    return test_run("sim/engine_model", tests);
}
