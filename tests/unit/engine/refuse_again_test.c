/* What the engine says without deciding is what it would have decided: each thing that could make a refusal wrong is
 * done, and the refusal must not be given again. */
#include "tests/unit/test.h"

#include "tests/support/house.h"

static struct house_fixture house;
static struct arena arena;

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    arena_init(&arena, 1 << 20);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    arena_done(&arena);
    return 0;
}

static struct engine_request
keyed(struct leg *leg, unsigned char key)
{
    struct engine_request request = house_create(&house, leg);
    request.has_key = key != 0;
    memset(request.key, key, sizeof(request.key));
    return request;
}

/* Whether the engine refuses at once, and how. */
static bool
refuses_again(struct leg leg, unsigned char key, enum outcome outcome)
{
    struct engine_request request = keyed(&leg, key);
    if (!engine_refuse_again(house.engine, &request, &arena))
        return false;
    assert_int_equal(request.result.refusal.outcome, outcome);
    return true;
}

static enum outcome
cancel(struct id booking)
{
    struct engine_request request = {
        .command = {
            .kind = COMMAND_CANCEL_BOOKING, .property = 1, .actor = house.desk, .booking_step = {.booking = booking}}};
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static enum outcome
run(struct command command)
{
    command.property = 1;
    command.actor = (struct actor){.name = STR("usr_manager"), .role = ROLE_MANAGER};
    struct engine_request request = {.command = command};
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

/* Two beds are sold, and a third is refused. */
static struct leg
sell_out(struct id *ret_booking)
{
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, leg, ret_booking), OUTCOME_OK);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_SOLD_OUT);
    assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    return leg;
}

static void
it_names_the_nights_as_the_decision_did(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    struct engine_request request = house_create(&house, &leg);
    request.command.create_bookings.guest.name = STR("Somebody else");
    assert_true(engine_refuse_again(house.engine, &request, &arena));
    assert_int_equal(request.result.refusal.night_count, 2);
    assert_int_equal(request.result.refusal.nights[0], HOUSE_DATE(1));
    assert_int_equal(request.result.refusal.nights[1], HOUSE_DATE(2));
    assert_int_equal(atomic_load(&engine_read_stats(house.engine)->refused_again), 2);
    assert_int_equal(atomic_load(&engine_read_stats(house.engine)->by_outcome[OUTCOME_SOLD_OUT]), 3);
}

static void
another_question_is_not_answered(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    leg.span.starts += 86400000;
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
}

static void
a_dry_run_is_decided(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    struct engine_request request = house_create(&house, &leg);
    request.dry_run = true;
    assert_false(engine_refuse_again(house.engine, &request, &arena));
}

static void
a_unit_that_comes_back_ends_it(void **state)
{
    (void)state;
    struct id booking;
    struct leg leg = sell_out(&booking);
    assert_int_equal(cancel(booking), OUTCOME_OK);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
}

static void
changed_inventory_ends_it(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    const struct command more = {
        .kind = COMMAND_SET_INVENTORY,
        .set_inventory = {
            .room_type = house.bed_type, .from = HOUSE_DATE(1), .until = HOUSE_DATE(3), .units = 3, .allowance = -1}};
    assert_int_equal(run(more), OUTCOME_OK);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
}

static void
a_room_that_is_added_ends_it(void **state)
{
    (void)state;
    struct leg leg = house_nights(house.double_type, ID_NONE, 1, 2);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_SOLD_OUT);
    assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    const struct room room = {.room_type = house.double_type,
                              .number = STR("103"),
                              .floor = STR(""),
                              .building = STR(""),
                              .features = STR("[]")};
    assert_int_equal(
        run((struct command){.kind = COMMAND_CREATE_ROOMS, .create_rooms = {.rooms = &room, .room_count = 1}}),
        OUTCOME_OK);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
}

static void
the_instant_at_which_a_hold_lapses_ends_it(void **state)
{
    (void)state;
    struct id hold;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, leg, 30000, &hold), OUTCOME_OK);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_SOLD_OUT);
    test_clock_advance_ms(&house.clock, 29999);
    assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    test_clock_advance_ms(&house.clock, 1);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
}

static bool
is_told_again(struct actor actor, const struct leg *leg, enum outcome outcome)
{
    struct engine_request request = house_create(&house, leg);
    request.command.actor = actor;
    bool again = engine_refuse_again(house.engine, &request, &arena);
    assert_true(!again || request.result.refusal.outcome == outcome);
    return again;
}

static void
assert_told_of(struct actor actor, const struct leg *leg, enum outcome outcome, struct id hold)
{
    struct engine_request request = house_create(&house, leg);
    request.command.actor = actor;
    assert_int_equal(house_run(&house, &request), outcome);
    assert_true(id_equal(request.result.refusal.hold, hold));
    engine_request_done(&request);
}

/* Whoever had asked first was told nothing of a hold, and so was then the one whose hold it was. */
static void
another_is_told_of_a_hold_of_their_own(void **state)
{
    (void)state;
    struct id hold;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3);
    struct actor colleague = {.name = STR("usr_colleague"), .role = ROLE_BOOKER};
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, leg, 30000, &hold), OUTCOME_OK);
    assert_told_of(colleague, &leg, OUTCOME_SOLD_OUT, ID_NONE);
    assert_true(is_told_again(colleague, &leg, OUTCOME_SOLD_OUT));
    assert_false(is_told_again(house.teacher, &leg, OUTCOME_SOLD_OUT));
    assert_told_of(house.teacher, &leg, OUTCOME_SOLD_OUT, hold);
    assert_told_of(colleague, &leg, OUTCOME_SOLD_OUT, ID_NONE);
}

/* The hold on 101 and the pinned stay in 102 leave no room for both nights, though a unit is left of each. */
static void
another_is_told_that_their_own_hold_leaves_no_room(void **state)
{
    (void)state;
    struct id hold;
    struct leg pinned = house_nights(ID_NONE, house.room_102, 2, 3);
    struct leg stay = house_nights(house.double_type, ID_NONE, 1, 3);
    struct actor colleague = {.name = STR("usr_colleague"), .role = ROLE_BOOKER};
    pinned.pinned = true;
    assert_int_equal(house_book(&house, pinned, NULL), OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, house_nights(ID_NONE, house.room_101, 1, 2), 30000, &hold),
                     OUTCOME_OK);
    assert_told_of(colleague, &stay, OUTCOME_NO_ROOM_FITS, ID_NONE);
    assert_true(is_told_again(colleague, &stay, OUTCOME_NO_ROOM_FITS));
    assert_false(is_told_again(house.teacher, &stay, OUTCOME_NO_ROOM_FITS));
    assert_told_of(house.teacher, &stay, OUTCOME_NO_ROOM_FITS, hold);
}

static void
what_bookings_have_filled_is_refused_to_all_alike(void **state)
{
    (void)state;
    struct actor colleague = {.name = STR("usr_colleague"), .role = ROLE_BOOKER};
    struct leg leg = sell_out(NULL);
    assert_told_of(colleague, &leg, OUTCOME_SOLD_OUT, ID_NONE);
    assert_true(is_told_again(house.teacher, &leg, OUTCOME_SOLD_OUT));
}

/* The property's day is Paris's: at 10:00Z on 22 November it has another thirteen hours. */
static void
the_turn_of_the_business_date_ends_it(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    test_clock_advance_ms(&house.clock, 13 * 3600000 - 1);
    assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    test_clock_advance_ms(&house.clock, 1);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
}

static void
a_slot_that_has_begun_ends_it(void **state)
{
    (void)state;
    struct leg slot = house_minutes(house.room_a1, -900, -840); /* 09:00Z to 10:00Z on 22 November */
    slot.span.starts += 2 * 3600000;
    slot.span.ends += 2 * 3600000; /* 11:00Z to 12:00Z */
    assert_int_equal(house_book(&house, slot, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, slot, NULL), OUTCOME_ROOM_NOT_AVAILABLE);
    test_clock_advance_ms(&house.clock, 3600000 - 1);
    assert_true(refuses_again(slot, 0, OUTCOME_ROOM_NOT_AVAILABLE));
    test_clock_advance_ms(&house.clock, 1);
    assert_false(refuses_again(slot, 0, OUTCOME_ROOM_NOT_AVAILABLE));
}

static void
a_clock_that_went_back_ends_it(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    test_clock_set_ms(&house.clock, HOUSE_NOW - 1);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
}

static void
a_restart_knows_nothing_until_it_has_decided(void **state)
{
    (void)state;
    struct leg leg = sell_out(NULL);
    house_reopen(&house);
    assert_false(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_SOLD_OUT);
    assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
}

/* --- keys --- */

static enum outcome
book_under(struct leg leg, unsigned char key, bool *ret_replayed)
{
    struct engine_request request = keyed(&leg, key);
    enum outcome outcome = house_run(&house, &request);
    *ret_replayed = request.result.replayed;
    engine_request_done(&request);
    return outcome;
}

static void
a_key_with_an_effect_gets_its_effect(void **state)
{
    (void)state;
    bool replayed;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3);
    assert_int_equal(book_under(leg, 1, &replayed), OUTCOME_OK);
    assert_int_equal(book_under(leg, 2, &replayed), OUTCOME_OK);
    assert_int_equal(book_under(leg, 3, &replayed), OUTCOME_SOLD_OUT);
    assert_true(refuses_again(leg, 4, OUTCOME_SOLD_OUT));
    assert_true(refuses_again(leg, 3, OUTCOME_SOLD_OUT)); /* a refused key leaves nothing */
    assert_false(refuses_again(leg, 1, OUTCOME_SOLD_OUT));
    assert_int_equal(book_under(leg, 1, &replayed), OUTCOME_OK);
    assert_true(replayed);
}

static void
a_key_that_was_stored_before_the_start_gets_its_effect(void **state)
{
    (void)state;
    bool replayed;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3);
    assert_int_equal(book_under(leg, 1, &replayed), OUTCOME_OK);
    test_clock_advance_ms(&house.clock, 14 * 3600000); /* the next day, and its table */
    assert_int_equal(book_under(leg, 2, &replayed), OUTCOME_OK);
    house_reopen(&house);
    for (int steps = 0; steps < 3; steps++) { /* keys are read a table per step; before that any may be stored */
        assert_int_equal(house_book(&house, leg, NULL), OUTCOME_SOLD_OUT);
        assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT));
        assert_int_equal(refuses_again(leg, 9, OUTCOME_SOLD_OUT), steps == 2);
        assert_false(refuses_again(leg, 1, OUTCOME_SOLD_OUT));
        assert_false(refuses_again(leg, 2, OUTCOME_SOLD_OUT));
    }
    assert_int_equal(book_under(leg, 1, &replayed), OUTCOME_OK);
    assert_true(replayed);
}

static void
ignore(struct engine_request *request)
{
    (void)request;
}

/* A client that asks again because it heard nothing must not be told "sold out" while its first request wins. */
static void
a_key_that_is_on_its_way_waits_for_itself(void **state)
{
    (void)state;
    struct id booking;
    struct leg leg = sell_out(&booking);
    struct engine_request back = {.command = {.kind = COMMAND_CANCEL_BOOKING,
                                              .property = 1,
                                              .actor = house.desk,
                                              .booking_step = {.booking = booking}},
                                  .done = ignore};
    struct engine_request first = keyed(&leg, 5);
    first.done = ignore;
    assert_true(engine_submit(house.engine, &back));
    assert_true(engine_submit(house.engine, &first));
    assert_false(refuses_again(leg, 5, OUTCOME_SOLD_OUT));
    assert_true(refuses_again(leg, 6, OUTCOME_SOLD_OUT)); /* nothing has been committed yet */
    assert_int_equal(engine_step(house.engine), 2);
    assert_int_equal(first.result.refusal.outcome, OUTCOME_OK);
    engine_request_done(&back);
    engine_request_done(&first);
}

/* --- while a commit is under way --- */

static int64_t (*real_monotonic_ns)(const struct clock *clock);
static struct leg probed;
static int asked, refused;
static bool probing;

/* The engine looks at this clock right before it commits, too. */
static int64_t
probe(const struct clock *clock)
{
    if (probing) {
        asked++;
        refused += refuses_again(probed, 0, OUTCOME_SOLD_OUT);
    }
    return real_monotonic_ns(clock);
}

static void
start_probing(struct engine_request *request)
{
    (void)request;
}

/* From the moment at which a reader may see the unit free, nobody is told that it is not. */
static void
nobody_is_refused_from_before_a_commit_that_changes_something(void **state)
{
    (void)state;
    struct id booking;
    probed = sell_out(&booking);
    real_monotonic_ns = house.clock.clock.monotonic_ns;
    asked = refused = 0;
    struct engine_request back = {.command = {.kind = COMMAND_CANCEL_BOOKING,
                                              .property = 1,
                                              .actor = house.desk,
                                              .booking_step = {.booking = booking}},
                                  .done = start_probing};
    assert_true(engine_submit(house.engine, &back));
    house.clock.clock.monotonic_ns = probe;
    probing = true;
    assert_int_equal(engine_step(house.engine), 1);
    probing = false;
    house.clock.clock.monotonic_ns = real_monotonic_ns;
    /* as the batch began, around the wait for the database, as its commands began and had ended, and around what each
     * decides and writes: still refused; around the commit, and as slow commands are looked for at the end: not */
    assert_int_equal(asked, 12);
    assert_int_equal(refused, 8);
    engine_request_done(&back);
}

/* --- in one batch --- */

static void
a_batch_decides_a_question_once_while_nothing_changes(void **state)
{
    (void)state;
    struct id booking;
    struct leg leg = sell_out(&booking);
    struct engine_request requests[5];
    for (size_t i = 0; i < 5; i++) {
        requests[i] = house_create(&house, &leg);
        if (i == 2) /* another's wish amends what is in the way: a day less */
            requests[i].command = (struct command){
                .kind = COMMAND_AMEND_BOOKING,
                .property = 1,
                .actor = house.desk,
                .amend_booking = {
                    .booking = booking, .changes_span = true, .span = house_nights(ID_NONE, ID_NONE, 4, 5).span}};
        requests[i].done = ignore;
        assert_true(engine_submit(house.engine, &requests[i]));
    }
    assert_int_equal(engine_step(house.engine), 5);
    const enum outcome expected[] = {OUTCOME_SOLD_OUT, OUTCOME_SOLD_OUT, OUTCOME_OK, OUTCOME_OK, OUTCOME_SOLD_OUT};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(requests[i].result.refusal.outcome, expected[i]);
        engine_request_done(&requests[i]);
    }
    assert_true(refuses_again(leg, 0, OUTCOME_SOLD_OUT)); /* the last of them was decided on what is now committed */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_names_the_nights_as_the_decision_did),
        CASE(another_question_is_not_answered),
        CASE(a_dry_run_is_decided),
        CASE(a_unit_that_comes_back_ends_it),
        CASE(changed_inventory_ends_it),
        CASE(a_room_that_is_added_ends_it),
        CASE(the_instant_at_which_a_hold_lapses_ends_it),
        CASE(another_is_told_of_a_hold_of_their_own),
        CASE(another_is_told_that_their_own_hold_leaves_no_room),
        CASE(what_bookings_have_filled_is_refused_to_all_alike),
        CASE(the_turn_of_the_business_date_ends_it),
        CASE(a_slot_that_has_begun_ends_it),
        CASE(a_clock_that_went_back_ends_it),
        CASE(a_restart_knows_nothing_until_it_has_decided),
        CASE(a_key_with_an_effect_gets_its_effect),
        CASE(a_key_that_was_stored_before_the_start_gets_its_effect),
        CASE(a_key_that_is_on_its_way_waits_for_itself),
        CASE(nobody_is_refused_from_before_a_commit_that_changes_something),
        CASE(a_batch_decides_a_question_once_while_nothing_changes),
    };
    return test_run("engine/refuse_again", tests);
}
