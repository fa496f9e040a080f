/* The night audit as a job: each step by hand, with everything that the desk may do between two of them. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "core/decide_audit.h"
#include "engine/check.h"
#include "engine/engine_intern.h"
#include "engine/facts_load.h"
#include "store/store_job.h"
#include "tests/support/house.h"
#include "tests/support/rebuilt.h"

#define HOUR_MS INT64_C(3600000)

static struct house_fixture house;
static struct arena arena;

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    arena_init(&arena, 16 << 20);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    house_done(&house);
    return 0;
}

/* --- the house --- */

static enum outcome
set_audit(enum night_audit audit)
{
    struct engine_request request = {.command = {.kind = COMMAND_AMEND_PROPERTY,
                                                 .property = house.property,
                                                 .actor = {.name = STR("usr_admin"), .role = ROLE_ADMIN},
                                                 .put_property.property = *house_committed(&house)->house.property}};
    request.command.put_property.property.night_audit = audit;
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static struct id
book(struct id type, struct id room, int from, int until)
{
    struct id booking;
    assert_int_equal(house_book(&house, house_nights(type, room, from, until), &booking), OUTCOME_OK);
    return booking;
}

static struct booking
load(struct id id)
{
    struct booking booking;
    assert_int_equal(store_load_booking(&house.engine->store, house.property, id, &arena, &booking), DB_OK);
    return booking;
}

/* Midnight in Paris, when the clock's date becomes the n-th day. */
static void
go_to(int day)
{
    test_clock_set_ms(&house.clock, HOUSE_NOW - 11 * HOUR_MS + day * 24 * HOUR_MS);
}

/* Into the room that was booked, cleaned or not. */
static void
check_in(struct id booking)
{
    struct engine_request request = {
        .command = {.kind = COMMAND_CHECK_IN,
                    .property = house.property,
                    .actor = {.name = STR("usr_manager"), .role = ROLE_MANAGER},
                    .check_in = {.booking = booking, .overrides = true, .reason = STR("ready")}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static struct id
stay(struct id room, int from, int until)
{
    struct id booking = book(ID_NONE, room, from, until);
    check_in(booking);
    return booking;
}

static enum outcome
run_step(enum command_kind kind, struct id booking)
{
    struct engine_request request = {
        .command = {.kind = kind, .property = house.property, .actor = house.desk, .booking_step.booking = booking}};
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static enum cleanliness
cleanliness_of(struct id room)
{
    struct room_state state;
    assert_int_equal(store_load_room_state(&house.engine->store, house.property, room, &state), DB_OK);
    return state.cleanliness;
}

/* Of doubles on the n-th day. */
static int32_t
overcommit_on(int day)
{
    struct night *nights;
    size_t count;
    assert_int_equal(store_load_nights(&house.engine->store, house.property, house.double_type, HOUSE_DATE(day),
                                       HOUSE_DATE(day + 1), &arena, &nights, &count),
                     DB_OK);
    assert_int_equal(count, 1);
    return nights[0].overcommit;
}

static int
departure_of(struct id booking)
{
    return date_from_instant(load(booking).span.ends) - HOUSE_DATE(0);
}

/* --- the job --- */

static enum outcome
start(struct id *ret_job)
{
    struct engine_request request = {.command = {.kind = COMMAND_START_JOB,
                                                 .property = house.property,
                                                 .actor = house.desk,
                                                 .start_job.kind = JOB_NIGHT_AUDIT}};
    enum outcome outcome = house_run(&house, &request);
    if (outcome == OUTCOME_OK && ret_job != NULL)
        *ret_job = request.result.events[0].subject;
    engine_request_done(&request);
    return outcome;
}

static struct job
load_job(struct id id)
{
    struct job job;
    assert_int_equal(store_load_job(&house.engine->store, house.property, id, &arena, &job), DB_OK);
    return job;
}

static int
finish(void)
{
    int steps = 0;
    while (engine_step_job(house.engine))
        assert_true(++steps < 100);
    return steps;
}

static void
no_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    fail_msg("%s: %.*s", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

static void
assert_whole(void)
{
    struct check_report report;
    struct err err;
    struct store store = {.connection = NULL};
    struct check_settings settings = {
        .store = &store, .clock = &house.clock.clock, .on_finding = no_finding, .memory_limit = 64 << 20};
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(check_run(&settings, &report), DB_OK);
    db_disconnect(store.connection);
    assert_int_equal(report.violations, 0);
    assert_int_equal(rebuilt_compare(house.db, NULL, NULL).differences, 0);
}

/* --- tests --- */

static void
those_who_did_not_come_are_no_shows_and_the_day_is_closed(void **state)
{
    (void)state;
    struct id job, none = ID_NONE;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id late = book(none, house.room_101, 0, 2), bed = book(house.bed_type, none, 0, 1);
    struct id ahead = book(house.double_type, none, 1, 2);
    go_to(1);
    assert_int_equal(start(&job), OUTCOME_OK);
    assert_int_equal(house_today(&house), 0);
    (void)finish();
    assert_int_equal(load(late).status, BOOKING_NO_SHOW);
    assert_int_equal(load(late).claim_count, 0);
    assert_int_equal(load(bed).status, BOOKING_CONFIRMED); /* nobody is checked in to what has no rooms */
    assert_int_equal(load(ahead).status, BOOKING_CONFIRMED);
    assert_int_equal(house_today(&house), 1);
    assert_int_equal(load_job(job).status, JOB_COMPLETED);
    assert_int_equal(load_job(job).tallies[0], 1);
    assert_whole();
}

static void
the_end_shows_the_whole_report(void **state)
{
    (void)state;
    struct id job;
    struct store_event event;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    (void)book(ID_NONE, house.room_101, 0, 1);
    (void)book(ID_NONE, house.room_102, 0, 1);
    go_to(1);
    assert_int_equal(start(&job), OUTCOME_OK);
    (void)finish();
    assert_int_equal(store_load_last_event_of(&house.engine->store, house.property, job, &arena, &event), DB_OK);
    assert_true(str_equal(event.kind, STR("audit.completed")));
    assert_true(str_equal(event.actor, STR("system")));
    size_t lines = 0;
    for (struct str rest = event.body; (rest.ptr = memmem(rest.ptr, rest.len, "\"list\":\"no_shows\"", 17)) != NULL;) {
        lines++;
        rest.ptr += 17;
        rest.len = (size_t)(event.body.ptr + event.body.len - rest.ptr);
    }
    assert_int_equal(lines, 2);
}

/* More doubles, at most 100. */
static void
add_doubles(size_t count, struct id *ret_rooms)
{
    struct room rooms[100];
    static char numbers[100][8];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(numbers[i], sizeof(numbers[i]), "R%zu", i);
        rooms[i] = (struct room){.room_type = house.double_type,
                                 .number = str_from(numbers[i]),
                                 .building = STR("B"),
                                 .features = STR("[]")};
    }
    struct engine_request request = {.command = {.kind = COMMAND_CREATE_ROOMS,
                                                 .property = house.property,
                                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                 .create_rooms = {.rooms = rooms, .room_count = count}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    for (size_t i = 0; i < count; i++)
        ret_rooms[i] = request.result.events[i].subject;
    engine_request_done(&request);
}

static void
more_than_a_step_takes_is_done_in_several(void **state)
{
    (void)state;
    enum { ARRIVALS = 2 * JOB_STEP_MAX + 1 };
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id rooms[ARRIVALS];
    add_doubles(ARRIVALS, rooms);
    for (int i = 0; i < ARRIVALS; i++)
        (void)book(house.double_type, ID_NONE, 0, 1);
    struct id job;
    go_to(1);
    assert_int_equal(start(&job), OUTCOME_OK);
    assert_true(engine_step_job(house.engine));
    assert_int_equal(load_job(job).tallies[0], JOB_STEP_MAX);
    assert_int_equal(house_today(&house), 0);
    house_reopen(&house); /* a new process goes on where this one stopped */
    assert_int_equal(finish(), 4);
    assert_int_equal(load_job(job).tallies[0], ARRIVALS);
    assert_int_equal(house_today(&house), 1);
    assert_whole();
}

static void
one_audit_runs_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    go_to(1);
    assert_int_equal(start(NULL), OUTCOME_OK);
    assert_int_equal(start(NULL), OUTCOME_ALREADY_EXISTS);
    (void)finish();
    assert_int_equal(house_today(&house), 1);
    assert_int_equal(start(NULL), OUTCOME_POLICY_REFUSED); /* twice over the same night */
    assert_int_equal(finish(), 0);
    assert_int_equal(house_today(&house), 1);
}

static void
a_day_is_not_closed_before_the_next_has_come(void **state)
{
    (void)state;
    assert_int_equal(start(NULL), OUTCOME_POLICY_REFUSED); /* the clock rolls it */
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    assert_int_equal(start(NULL), OUTCOME_POLICY_REFUSED);
    go_to(1);
    test_clock_set_ms(&house.clock, clock_now_ms(&house.clock.clock) - 1);
    assert_int_equal(start(NULL), OUTCOME_POLICY_REFUSED);
    go_to(1);
    assert_int_equal(start(NULL), OUTCOME_OK);
}

static void
who_rolls_the_date_stays_the_same_during_an_audit(void **state)
{
    (void)state;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id job;
    go_to(1);
    assert_int_equal(start(&job), OUTCOME_OK);
    while (load_job(job).phase != AUDIT_CLOSE)
        assert_true(engine_step_job(house.engine));
    assert_int_equal(set_audit(NIGHT_AUDIT_NONE), OUTCOME_POLICY_REFUSED);
    (void)finish();
    assert_int_equal(house_today(&house), 1);
    assert_int_equal(set_audit(NIGHT_AUDIT_NONE), OUTCOME_OK);
}

/* Automatic: every day with work is closed by an audit of its own, and those without by none. */
static void
days_that_were_missed_are_audited_one_by_one(void **state)
{
    (void)state;
    assert_int_equal(set_audit(NIGHT_AUDIT_AUTOMATIC), OUTCOME_OK);
    struct id first = book(ID_NONE, house.room_101, 0, 1), second = book(ID_NONE, house.room_101, 3, 4);
    go_to(6);
    int audits = 0;
    for (int rounds = 0; rounds < 10; rounds++) {
        (void)engine_sweep(house.engine);
        audits += finish() > 0;
    }
    assert_int_equal(load(first).status, BOOKING_NO_SHOW);
    assert_int_equal(load(second).status, BOOKING_NO_SHOW);
    assert_int_equal(house_today(&house), 6);
    assert_int_equal(audits, 2);
    struct job job;
    assert_int_equal(
        store_load_job_of_day(&house.engine->store, house.property, JOB_NIGHT_AUDIT, HOUSE_DATE(0), &arena, &job),
        DB_OK);
    assert_int_equal(
        store_load_job_of_day(&house.engine->store, house.property, JOB_NIGHT_AUDIT, HOUSE_DATE(3), &arena, &job),
        DB_OK);
    assert_int_equal(
        store_load_job_of_day(&house.engine->store, house.property, JOB_NIGHT_AUDIT, HOUSE_DATE(4), &arena, &job),
        DB_NO_ROW);
    assert_whole();
}

/* What comes after its turn is the next audit's: a walk-in is not turned out in the night it came. */
static void
a_booking_made_after_its_turn_stays(void **state)
{
    (void)state;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    go_to(1);
    assert_int_equal(start(NULL), OUTCOME_OK);
    assert_true(engine_step_job(house.engine));
    struct id walk_in = book(ID_NONE, house.room_101, 0, 2);
    (void)finish();
    assert_int_equal(house_today(&house), 1);
    assert_int_equal(load(walk_in).status, BOOKING_CONFIRMED);
    assert_whole();
}

/* Every step of the audit with a cancellation and a booking in front of it. */
static void
the_desk_works_between_any_two_steps(void **state)
{
    (void)state;
    for (int before = 0; before < 4; before++) {
        assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
        int today = house_today(&house);
        struct id late = book(ID_NONE, house.room_101, today, today + 1);
        struct id other = book(ID_NONE, house.room_102, today, today + 2);
        go_to(today + 1);
        for (int step = 0;; step++) {
            if (step == before) {
                struct engine_request request = {.command = {.kind = COMMAND_CANCEL_BOOKING,
                                                             .property = house.property,
                                                             .actor = house.desk,
                                                             .booking_step.booking = other}};
                enum outcome outcome = house_run(&house, &request);
                assert_int_equal(outcome, step < 2 ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION);
                engine_request_done(&request);
            }
            if (step == 0)
                assert_int_equal(start(NULL), OUTCOME_OK);
            else if (!engine_step_job(house.engine))
                break;
        }
        assert_int_equal(house_today(&house), today + 1);
        assert_int_equal(load(late).status, BOOKING_NO_SHOW);
        assert_int_equal(load(other).status, before < 2 ? BOOKING_CANCELLED : BOOKING_NO_SHOW);
        assert_whole();
    }
}

/* Nobody said of them whether they came: the house was open before it had audits. */
static void
stays_from_before_the_first_audit_are_left_alone(void **state)
{
    (void)state;
    struct id old = book(house.double_type, ID_NONE, 0, 1), due = book(house.double_type, ID_NONE, 2, 3);
    go_to(2);
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    go_to(3);
    assert_int_equal(start(NULL), OUTCOME_OK);
    (void)finish();
    assert_int_equal(load(old).status, BOOKING_CONFIRMED);
    assert_int_equal(load(due).status, BOOKING_NO_SHOW);
    assert_whole();
}

static void
rooms_that_were_slept_in_are_to_be_cleaned(void **state)
{
    (void)state;
    struct id job;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id leaves = stay(house.room_101, 0, 1), stays = stay(house.room_102, 0, 3);
    assert_int_not_equal(cleanliness_of(house.room_101), CLEANLINESS_DIRTY);
    go_to(1);
    assert_int_equal(start(&job), OUTCOME_OK);
    (void)finish();
    assert_int_equal(cleanliness_of(house.room_101), CLEANLINESS_DIRTY);
    assert_int_equal(cleanliness_of(house.room_102), CLEANLINESS_DIRTY);
    assert_int_equal(load_job(job).tallies[1], 1);
    assert_int_equal(load_job(job).tallies[2], 1);
    assert_int_equal(load_job(job).item_count, 0);
    assert_int_equal(departure_of(leaves), 1);
    assert_int_equal(departure_of(stays), 3);
    assert_int_equal(house_today(&house), 1);
    assert_whole();
}

static void
who_should_have_left_gets_a_night_more(void **state)
{
    (void)state;
    struct id job;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id late = stay(house.room_101, 0, 1);
    go_to(1);
    assert_int_equal(start(NULL), OUTCOME_OK);
    (void)finish();
    go_to(2);
    assert_int_equal(start(&job), OUTCOME_OK);
    (void)finish();
    assert_int_equal(departure_of(late), 2);
    assert_int_equal(load(late).claim_count, 1);
    assert_true(load(late).claims[0].span.ends == load(late).span.ends);
    assert_int_equal(load_job(job).tallies[3], 1);
    assert_int_equal(load_job(job).item_count, 1);
    assert_int_equal(house_today(&house), 2);
    assert_whole();
}

/* Whoever could be moved is; who holds on to the room keeps it, and the audit goes on. */
static void
an_overstay_moves_only_who_can_be_moved(void **state)
{
    (void)state;
    for (int pinned = 0; pinned < 2; pinned++) {
        struct id job;
        assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
        int today = house_today(&house);
        struct id late = stay(house.room_101, today, today + 1), next;
        struct leg leg = house_nights(ID_NONE, house.room_101, today + 1, today + 2);
        leg.pinned = pinned != 0;
        go_to(today + 1);
        assert_int_equal(start(NULL), OUTCOME_OK);
        (void)finish();
        go_to(today + 2);
        assert_int_equal(start(&job), OUTCOME_OK);
        assert_true(engine_step_job(house.engine)); /* no-shows */
        assert_int_equal(house_book(&house, leg, &next), OUTCOME_OK);
        (void)finish();
        assert_int_equal(house_today(&house), today + 2);
        assert_int_equal(departure_of(late), pinned ? today + 1 : today + 2);
        assert_int_equal(load_job(job).tallies[3], pinned ? 0 : 1);
        assert_int_equal(load_job(job).tallies[4], pinned ? 1 : 0);
        assert_int_equal(load_job(job).item_count, 1);
        assert_int_equal(load(next).claim_count, 1);
        assert_int_equal(id_equal(load(next).claims[0].room, house.room_101), pinned);
        assert_int_equal(run_step(COMMAND_CANCEL_BOOKING, next), OUTCOME_OK);
        assert_int_equal(run_step(COMMAND_CHECK_OUT, late), OUTCOME_OK);
        assert_whole();
    }
}

/* There are rooms for all but the one of them that is promised to somebody for the nights after, too. They are in it.
 */
static void
an_overstay_goes_before_who_was_promised_the_room(void **state)
{
    (void)state;
    struct id job, next;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id late = stay(house.room_101, 0, 1);
    go_to(1);
    assert_int_equal(start(NULL), OUTCOME_OK);
    (void)finish();
    go_to(2);
    assert_int_equal(start(&job), OUTCOME_OK);
    assert_true(engine_step_job(house.engine)); /* no-shows */
    struct leg leg = house_nights(ID_NONE, house.room_102, 2, 3);
    leg.pinned = true;
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_nights(house.double_type, ID_NONE, 1, 3), &next), OUTCOME_OK);
    (void)finish();
    assert_int_equal(departure_of(late), 2);
    assert_int_equal(load_job(job).tallies[3], 1);
    assert_int_equal(load(late).placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(load(next).placement, PLACEMENT_STATE_PROVEN);
    assert_whole();
}

/* The last unit is sold again while the audit runs: one more than there is. */
static void
an_overstay_can_be_one_more_than_there_is(void **state)
{
    (void)state;
    struct id job, sold[20];
    size_t count = 0;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    struct id late = stay(house.room_101, 0, 1);
    go_to(1);
    assert_int_equal(start(NULL), OUTCOME_OK);
    (void)finish();
    go_to(2);
    assert_int_equal(start(&job), OUTCOME_OK);
    assert_true(engine_step_job(house.engine)); /* no-shows */
    while (house_book(&house, house_nights(house.double_type, ID_NONE, 1, 2), &sold[count]) == OUTCOME_OK)
        assert_true(++count < 20);
    (void)finish();
    assert_int_equal(house_today(&house), 2);
    assert_int_equal(departure_of(late), 2);
    assert_int_equal(load_job(job).tallies[4], 1);
    assert_int_equal(overcommit_on(1), 1);
    assert_whole();
}

static void
guests_who_change_rooms_meanwhile_keep_their_turn(void **state)
{
    (void)state;
    enum { STAYS = JOB_STEP_MAX + 1 };
    struct id rooms[STAYS + 1], bookings[STAYS], job;
    assert_int_equal(set_audit(NIGHT_AUDIT_BY_HAND), OUTCOME_OK);
    add_doubles(STAYS + 1, rooms);
    for (int i = 0; i < STAYS; i++)
        bookings[i] = stay(rooms[i], 0, 2);
    go_to(1);
    assert_int_equal(start(&job), OUTCOME_OK);
    assert_true(engine_step_job(house.engine)); /* no-shows */
    assert_true(engine_step_job(house.engine)); /* all but one */
    assert_int_equal(load_job(job).tallies[2], JOB_STEP_MAX);
    struct engine_request move = {.command = {.kind = COMMAND_MOVE_BOOKING,
                                              .property = house.property,
                                              .actor = {.name = STR("usr_manager"), .role = ROLE_MANAGER},
                                              .move_booking = {.booking = bookings[STAYS - 1],
                                                               .to_room = rooms[STAYS],
                                                               .pinned = true,
                                                               .overrides = true,
                                                               .reason = STR("noise")}}};
    assert_int_equal(house_run(&house, &move), OUTCOME_OK);
    engine_request_done(&move);
    (void)finish();
    assert_int_equal(load_job(job).tallies[2], STAYS);
    assert_int_equal(cleanliness_of(rooms[STAYS]), CLEANLINESS_DIRTY);
    assert_whole();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stays_from_before_the_first_audit_are_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_that_were_slept_in_are_to_be_cleaned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_should_have_left_gets_a_night_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overstay_moves_only_who_can_be_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overstay_goes_before_who_was_promised_the_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overstay_can_be_one_more_than_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(guests_who_change_rooms_meanwhile_keep_their_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_who_did_not_come_are_no_shows_and_the_day_is_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_shows_the_whole_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_than_a_step_takes_is_done_in_several, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_audit_runs_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_day_is_not_closed_before_the_next_has_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_rolls_the_date_stays_the_same_during_an_audit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(days_that_were_missed_are_audited_one_by_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_booking_made_after_its_turn_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_desk_works_between_any_two_steps, set_up, tear_down),
    };
    return test_run("engine/audit", tests);
}
