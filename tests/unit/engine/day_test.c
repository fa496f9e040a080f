/* The business date where a night audit rolls it: when it moves by itself, when it waits, and that it never goes back.
 */
#include "tests/unit/test.h"

#include <stdio.h>

#include "engine/engine_intern.h"
#include "engine/facts_load.h"
#include "tests/support/house.h"

#define HOUR_MS INT64_C(3600000)

static struct house_fixture house;

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

static void
set_audit(enum night_audit audit)
{
    struct engine_request request = {.command = {.kind = COMMAND_AMEND_PROPERTY,
                                                 .property = house.property,
                                                 .actor = {.name = STR("usr_admin"), .role = ROLE_ADMIN},
                                                 .put_property.property = *house_committed(&house)->house.property}};
    request.command.put_property.property.night_audit = audit;
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static void
book(int from, int until)
{
    assert_int_equal(house_book(&house, house_nights(house.double_type, ID_NONE, from, until), NULL), OUTCOME_OK);
}

/* Midnight in Paris, when the clock's date becomes the n-th day. */
static void
go_to_roll(int day)
{
    test_clock_set_ms(&house.clock, HOUSE_NOW - 11 * HOUR_MS + day * 24 * HOUR_MS);
}

static void
a_date_by_hand_stays_whatever_the_clock_says(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_BY_HAND);
    go_to_roll(3);
    book(0, 1); /* tonight is still the night of the day that is open */
    (void)engine_sweep(house.engine);
    assert_int_equal(house_today(&house), 0);
}

static void
an_empty_day_is_over_at_its_hour_and_not_before(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_AUTOMATIC);
    go_to_roll(1);
    test_clock_set_ms(&house.clock, clock_now_ms(&house.clock.clock) - 1);
    (void)engine_sweep(house.engine);
    assert_int_equal(house_today(&house), 0);
    test_clock_advance_ms(&house.clock, 1);
    (void)engine_sweep(house.engine);
    assert_int_equal(house_today(&house), 1);
}

/* Nobody waits for the sweeper: the command itself is decided on the new day. */
static void
a_command_finds_an_empty_day_over(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_AUTOMATIC);
    go_to_roll(1);
    assert_int_equal(house_book(&house, house_nights(house.double_type, ID_NONE, 0, 2), NULL), OUTCOME_BEYOND_HORIZON);
    book(1, 2);
    assert_int_equal(house_today(&house), 1);
}

static void
a_day_with_somebody_to_come_waits(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_AUTOMATIC);
    book(0, 1);
    go_to_roll(1);
    (void)engine_sweep(house.engine);
    assert_int_equal(house_today(&house), 0);
}

/* Shut for a week: up to the first day on which somebody was to come, and no further. */
static void
days_with_nothing_to_do_are_closed_together(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_AUTOMATIC);
    book(4, 5);
    assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 1, 2), NULL), OUTCOME_OK); /* no room */
    go_to_roll(9);
    (void)engine_sweep(house.engine);
    assert_int_equal(house_today(&house), 4);
}

static void
the_date_does_not_go_back_with_the_clock(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_AUTOMATIC);
    go_to_roll(2);
    (void)engine_sweep(house.engine);
    assert_int_equal(house_today(&house), 2);
    go_to_roll(1);
    (void)engine_sweep(house.engine);
    book(2, 3);
    assert_int_equal(house_today(&house), 2);
}

static void
a_roll_is_one_event_that_names_the_log_before_it(void **state)
{
    (void)state;
    struct arena arena;
    struct store_event event;
    struct store_head before;
    set_audit(NIGHT_AUDIT_AUTOMATIC);
    assert_int_equal(store_load_head(&house.engine->store, house.property, &before), DB_OK);
    go_to_roll(2);
    (void)engine_sweep(house.engine);
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_load_last_event_of(&house.engine->store, house.property,
                                              house_committed(&house)->house.property->id, &arena, &event),
                     DB_OK);
    assert_int_equal(event.seq, before.seq + 1);
    assert_true(str_equal(event.kind, STR("business_date.rolled")));
    assert_true(str_equal(event.actor, STR("system")));
    assert_true(str_equal(event.from, STR("2026-11-22")) && str_equal(event.to, STR("2026-11-24")));
    char named[96];
    (void)snprintf(named, sizeof(named), "\"head_seq\":%lld,\"head_hash\":\"%02x%02x", (long long)before.seq,
                   before.hash[0], before.hash[1]);
    assert_true(memmem(event.body.ptr, event.body.len, named, strlen(named)) != NULL);
    arena_done(&arena);
}

static void
nights_are_on_sale_from_the_stored_date_on(void **state)
{
    (void)state;
    set_audit(NIGHT_AUDIT_BY_HAND);
    go_to_roll(2);
    book(HORIZON_DAYS - 1, HORIZON_DAYS);
    assert_int_equal(house_book(&house, house_nights(house.double_type, ID_NONE, HORIZON_DAYS, HORIZON_DAYS + 1), NULL),
                     OUTCOME_BEYOND_HORIZON);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_date_by_hand_stays_whatever_the_clock_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_day_is_over_at_its_hour_and_not_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_finds_an_empty_day_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_day_with_somebody_to_come_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(days_with_nothing_to_do_are_closed_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_date_does_not_go_back_with_the_clock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_roll_is_one_event_that_names_the_log_before_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nights_are_on_sale_from_the_stored_date_on, set_up, tear_down),
    };
    return test_run("engine/day", tests);
}
