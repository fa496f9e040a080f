/* The write path on a real database: what is accepted is there, what is refused is not, and keys repeat replies. */
#include "tests/unit/test.h"

#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#include "core/date.h"
#include "engine/clock_guard.h"
#include "tests/support/house.h"

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

static enum outcome
step(enum command_kind kind, struct actor actor, struct id booking)
{
    struct engine_request request = {
        .command = {.kind = kind, .property = 1, .actor = actor, .booking_step = {.booking = booking}}};
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static void
stock_is_sold_once_and_given_back_by_a_cancel(void **state)
{
    (void)state;
    struct id first, second;
    assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 1, 3), &first), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 2, 4), &second), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 2, 3), NULL), OUTCOME_SOLD_OUT);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.desk, first), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.desk, first), OUTCOME_INVALID_TRANSITION);
}

/* As an admin; both belong to the house from now on. */
static enum outcome
run_as_admin(struct command command)
{
    struct engine_request request = {.command = command};
    request.command.property = 1;
    request.command.actor = (struct actor){.name = STR("usr_admin"), .role = ROLE_ADMIN};
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static enum outcome
delete_room(struct id room)
{
    return run_as_admin(
        (struct command){.kind = COMMAND_DELETE_ROOMS, .delete_rooms = {.rooms = &room, .room_count = 1}});
}

static enum outcome
delete_type(struct id type)
{
    return run_as_admin((struct command){.kind = COMMAND_DELETE_ROOM_TYPE, .delete_room_type = {.room_type = type}});
}

static void
a_stay_that_is_over_is_cancelled_after_its_room_is_gone(void **state)
{
    (void)state;
    struct id booking;
    assert_int_equal(house_book(&house, house_nights(house.double_type, house.room_101, 1, 2), &booking), OUTCOME_OK);
    test_clock_advance_ms(&house.clock, 3 * DATE_DAY_MS);
    assert_int_equal(delete_room(house.room_101), OUTCOME_OK);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.desk, booking), OUTCOME_OK);
}

/* The night before the day of departure was the last. */
static void
a_stay_that_ends_today_is_cancelled_after_its_room_is_gone(void **state)
{
    (void)state;
    struct id booking;
    assert_int_equal(house_book(&house, house_nights(house.double_type, house.room_101, 1, 2), &booking), OUTCOME_OK);
    test_clock_advance_ms(&house.clock, 2 * DATE_DAY_MS);
    assert_int_equal(delete_room(house.room_101), OUTCOME_OK);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.desk, booking), OUTCOME_OK);
}

static void
a_stay_that_is_over_is_cancelled_after_its_type_is_gone(void **state)
{
    (void)state;
    struct id booking;
    assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 1, 2), &booking), OUTCOME_OK);
    test_clock_advance_ms(&house.clock, 3 * DATE_DAY_MS);
    assert_int_equal(delete_type(house.bed_type), OUTCOME_OK);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.desk, booking), OUTCOME_OK);
}

/* What waits for a payment longer than its stay lasts is ended when its room is long gone. */
static void
an_unpaid_stay_that_is_over_lapses_after_its_room_is_gone(void **state)
{
    (void)state;
    struct property property = {.number = 0};
    struct arena arena;
    struct property *properties;
    size_t count;
    struct store store = {.connection = NULL};
    struct err err;
    arena_init(&arena, 1 << 20);
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_list_properties(&store, &arena, &properties, &count), DB_OK);
    db_disconnect(store.connection);
    property = properties[0];
    property.payment_ttl_ms = 7 * DATE_DAY_MS;
    assert_int_equal(
        run_as_admin((struct command){.kind = COMMAND_AMEND_PROPERTY, .put_property = {.property = property}}),
        OUTCOME_OK);
    arena_done(&arena);
    struct leg leg = house_nights(house.double_type, house.room_101, 1, 2);
    struct engine_request request = house_create(&house, &leg);
    request.command.create_bookings.payment = PAYMENT_REQUIRED;
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
    test_clock_advance_ms(&house.clock, 3 * DATE_DAY_MS);
    assert_int_equal(delete_room(house.room_101), OUTCOME_OK);
    test_clock_advance_ms(&house.clock, 5 * DATE_DAY_MS);
    assert_int_equal(engine_sweep(house.engine), 1);
}

/* seatsurfing #2552: touching bookings were refused */
static void
back_to_back_slots_are_accepted_and_overlaps_are_not(void **state)
{
    (void)state;
    assert_int_equal(house_book(&house, house_minutes(house.room_a1, 540, 600), NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_minutes(house.room_a1, 600, 660), NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_minutes(house.room_a1, 480, 540), NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, house_minutes(house.room_a1, 570, 630), NULL), OUTCOME_ROOM_NOT_AVAILABLE);
}

static void
a_restart_keeps_what_was_acknowledged(void **state)
{
    (void)state;
    assert_int_equal(house_book(&house, house_nights(house.double_type, house.room_101, 1, 3), NULL), OUTCOME_OK);
    house_reopen(&house);
    assert_int_equal(house_book(&house, house_nights(house.double_type, house.room_101, 2, 4), NULL),
                     OUTCOME_ROOM_NOT_AVAILABLE);
}

static void
set_key(struct engine_request *request, unsigned char key, unsigned char fingerprint)
{
    request->has_key = true;
    memset(request->key, key, sizeof(request->key));
    memset(request->fingerprint, fingerprint, sizeof(request->fingerprint));
}

/* cal.com #13068: a double click booked twice */
static void
a_repeated_key_gives_the_same_effect_once(void **state)
{
    (void)state;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 2);
    struct engine_request first = house_create(&house, &leg), again = house_create(&house, &leg);
    set_key(&first, 1, 1);
    set_key(&again, 1, 1);
    assert_int_equal(house_run(&house, &first), OUTCOME_OK);
    assert_int_equal(house_run(&house, &again), OUTCOME_OK);
    assert_false(first.result.replayed);
    assert_true(again.result.replayed);
    assert_int_equal(again.result.event_count, first.result.event_count);
    assert_true(str_equal(again.result.events[0].body, first.result.events[0].body));
    assert_int_equal(again.result.events[0].seq, first.result.events[0].seq);
    engine_request_done(&again);
    again = house_create(&house, &leg);
    set_key(&again, 1, 2);
    assert_int_equal(house_run(&house, &again), OUTCOME_IDEMPOTENCY_KEY_REUSED);
    engine_request_done(&again);
    test_clock_advance_ms(&house.clock, 86400000);
    again = house_create(&house, &leg);
    set_key(&again, 1, 2);
    assert_int_equal(house_run(&house, &again), OUTCOME_OK);
    assert_false(again.result.replayed);
    engine_request_done(&first);
    engine_request_done(&again);
}

static void
a_refusal_is_decided_anew_under_the_same_key(void **state)
{
    (void)state;
    struct id in_the_way;
    struct leg leg = house_nights(house.double_type, house.room_101, 1, 2);
    assert_int_equal(house_book(&house, leg, &in_the_way), OUTCOME_OK);
    struct engine_request request = house_create(&house, &leg);
    set_key(&request, 1, 1);
    assert_int_equal(house_run(&house, &request), OUTCOME_ROOM_NOT_AVAILABLE);
    engine_request_done(&request);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.desk, in_the_way), OUTCOME_OK);
    request = house_create(&house, &leg);
    set_key(&request, 1, 1);
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static void
an_expired_hold_is_in_nobodys_way_with_the_sweeper_off(void **state)
{
    (void)state;
    struct id hold;
    struct leg slot = house_minutes(house.room_a1, 540, 600);
    assert_int_equal(house_hold(&house, house.teacher, slot, 30000, &hold), OUTCOME_OK);
    assert_int_equal(house_book(&house, slot, NULL), OUTCOME_BOOKING_CONFLICT);
    test_clock_advance_ms(&house.clock, 29999);
    assert_int_equal(house_book(&house, slot, NULL), OUTCOME_BOOKING_CONFLICT);
    test_clock_advance_ms(&house.clock, 1);
    assert_int_equal(house_book(&house, slot, NULL), OUTCOME_OK);
}

static void
what_lapsed_is_ended_even_when_the_command_is_refused(void **state)
{
    (void)state;
    struct id hold;
    struct leg bed = house_nights(house.bed_type, ID_NONE, 1, 2);
    assert_int_equal(house_book(&house, bed, NULL), OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, bed, 30000, &hold), OUTCOME_OK);
    test_clock_advance_ms(&house.clock, 30000);
    struct leg both[] = {bed, bed};
    struct engine_request request = house_create(&house, both);
    request.command.create_bookings.leg_count = 2;
    assert_int_equal(house_run(&house, &request), OUTCOME_SOLD_OUT);
    engine_request_done(&request);
    assert_int_equal(atomic_load(&engine_read_stats(house.engine)->lapsed), 1);
    assert_int_equal(engine_sweep(house.engine), 0);
}

static void
the_sweeper_ends_what_has_lapsed_and_nothing_else(void **state)
{
    (void)state;
    struct id hold;
    assert_int_equal(house_hold(&house, house.teacher, house_minutes(house.room_a1, 540, 600), 30000, &hold),
                     OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, house_minutes(house.room_a1, 600, 660), 60000, &hold),
                     OUTCOME_OK);
    assert_int_equal(engine_sweep(house.engine), 0);
    test_clock_advance_ms(&house.clock, 30000);
    assert_int_equal(engine_sweep(house.engine), 1);
    assert_int_equal(engine_sweep(house.engine), 0);
}

static void
post_sweep(void *user)
{
    (void)sem_post(user);
}

/* The thread is alone with it: its first sweep is due at once, and the next in an hour. */
static void
more_than_a_sweep_may_end_is_ended_without_waiting_for_the_next(void **state)
{
    (void)state;
    enum { HOLDS = ENGINE_SWEEP_LIMIT + 20 };
    struct timespec until;
    struct err err;
    sem_t swept;
    for (int i = 0; i < HOLDS; i++)
        assert_int_equal(
            house_hold(&house, house.desk, house_nights(house.bed_type, ID_NONE, 1 + i, 2 + i), 30000, &(struct id){0}),
            OUTCOME_OK);
    engine_free(house.engine);
    test_clock_advance_ms(&house.clock, 7200000);
    assert_int_equal(sem_init(&swept, 0, 0), 0);
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    settings.db = house.db;
    settings.clock = &house.clock.clock;
    settings.random = &house.random.random;
    settings.sweep_interval_ms = 3600000;
    settings.on_sweep = post_sweep;
    settings.user = &swept;
    assert_int_equal(engine_new(&settings, &house.engine, &err), DB_OK);
    assert_true(engine_start(house.engine, &err));
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    assert_int_equal(sem_timedwait(&swept, &until), 0);
    assert_int_equal(atomic_load(&engine_read_stats(house.engine)->lapsed), HOLDS);
    engine_stop(house.engine);
    assert_int_equal(sem_destroy(&swept), 0);
}

static void
the_sweeper_opens_the_nights_that_come_within_the_horizon(void **state)
{
    (void)state;
    struct leg far = house_nights(house.bed_type, ID_NONE, HORIZON_DAYS - 1, HORIZON_DAYS + 1);
    assert_int_equal(house_book(&house, far, NULL), OUTCOME_BEYOND_HORIZON);
    test_clock_advance_ms(&house.clock, 86400000);
    engine_sweep(house.engine);
    assert_int_equal(house_book(&house, far, NULL), OUTCOME_OK);
}

static void
a_night_that_has_come_within_the_horizon_is_sold_with_the_sweeper_off(void **state)
{
    (void)state;
    struct leg far = house_nights(house.bed_type, ID_NONE, HORIZON_DAYS - 1, HORIZON_DAYS + 1);
    test_clock_advance_ms(&house.clock, DATE_DAY_MS);
    assert_int_equal(house_book(&house, far, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, far, NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, far, NULL), OUTCOME_SOLD_OUT);
}

static void
a_dry_run_decides_and_leaves_nothing(void **state)
{
    (void)state;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 2);
    for (int i = 0; i < 5; i++) {
        struct engine_request request = house_create(&house, &leg);
        request.dry_run = true;
        assert_int_equal(house_run(&house, &request), OUTCOME_OK);
        assert_int_equal(request.result.event_count, 1);
        assert_int_equal(request.result.events[0].seq, 0);
        engine_request_done(&request);
    }
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
}

/* medusa #16502: lines of the same item were not added up */
static void
legs_of_a_group_are_all_or_nothing(void **state)
{
    (void)state;
    struct leg legs[3];
    for (int i = 0; i < 3; i++)
        legs[i] = house_nights(house.bed_type, ID_NONE, 1, 2);
    struct engine_request request = house_create(&house, legs);
    request.command.create_bookings.leg_count = 3;
    assert_int_equal(house_run(&house, &request), OUTCOME_SOLD_OUT);
    engine_request_done(&request);
    request = house_create(&house, legs);
    request.command.create_bookings.leg_count = 2;
    request.command.create_bookings.group = true;
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    assert_int_equal(request.result.event_count, 3);
    engine_request_done(&request);
}

static struct engine_request batch[64];
static size_t batch_answered;

static void
count_answer(struct engine_request *request)
{
    (void)request;
    batch_answered++;
}

static void
a_batch_is_one_commit_and_sells_no_more_than_there_is(void **state)
{
    (void)state;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 5, 6);
    long long commits = atomic_load(&engine_read_stats(house.engine)->commits);
    batch_answered = 0;
    for (size_t i = 0; i < 64; i++) {
        batch[i] = house_create(&house, &leg);
        batch[i].done = count_answer;
        assert_true(engine_submit(house.engine, &batch[i]));
    }
    assert_int_equal(batch_answered, 0);
    assert_int_equal(engine_step(house.engine), 64);
    assert_int_equal(batch_answered, 64);
    size_t won = 0;
    for (size_t i = 0; i < 64; i++) {
        won += batch[i].result.refusal.outcome == OUTCOME_OK;
        engine_request_done(&batch[i]);
    }
    assert_int_equal(won, 2);
    assert_int_equal(atomic_load(&engine_read_stats(house.engine)->commits), commits + 1);
}

static size_t answered_before_it;

static void
note_place(struct engine_request *request)
{
    (void)request;
    answered_before_it = batch_answered;
}

/* One who gives back what a thousand ask for does not wait for them, and one who asks is not starved by them. */
static void
what_gives_back_goes_first_and_leaves_half_of_a_batch(void **state)
{
    (void)state;
    static struct engine_request asking[600], giving[600];
    struct leg leg = house_nights(house.bed_type, ID_NONE, 5, 6);
    for (size_t i = 0; i < 600; i++) {
        asking[i] = house_create(&house, &leg);
        asking[i].done = i == 0 ? note_place : count_answer;
        assert_true(engine_submit(house.engine, &asking[i]));
    }
    for (size_t i = 0; i < 600; i++) {
        giving[i] = (struct engine_request){
            .command = {.kind = COMMAND_CANCEL_BOOKING, .property = 1, .actor = house.desk}, .done = count_answer};
        assert_true(engine_submit(house.engine, &giving[i]));
    }
    batch_answered = 0;
    assert_int_equal(engine_step(house.engine), 256);
    assert_int_equal(answered_before_it, 128);
    while (engine_step(house.engine) > 0)
        ;
    assert_int_equal(batch_answered, 1199);
    for (size_t i = 0; i < 600; i++) {
        engine_request_done(&asking[i]);
        engine_request_done(&giving[i]);
    }
}

static void
a_full_queue_refuses_at_once(void **state)
{
    (void)state;
    struct leg leg = house_nights(house.bed_type, ID_NONE, 5, 6);
    static struct engine_request waiting[4097];
    for (size_t i = 0; i < 4097; i++) {
        waiting[i] = house_create(&house, &leg);
        waiting[i].done = count_answer;
        assert_int_equal(engine_submit(house.engine, &waiting[i]), i < 4096);
    }
    while (engine_step(house.engine) > 0)
        ;
    for (size_t i = 0; i < 4097; i++)
        engine_request_done(&waiting[i]);
}

/* The house's engine anew, with a log that goes to the file. */
static void
log_to(FILE *file, struct log *log)
{
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    struct err err;
    engine_free(house.engine);
    log_init(log, fileno(file), LOG_FORMAT_TEXT, LOG_INFO, &house.clock.clock);
    settings.db = house.db;
    settings.clock = &house.clock.clock;
    settings.random = &house.random.random;
    settings.log = log;
    settings.slow_ms = 1500;
    assert_int_equal(engine_new(&settings, &house.engine, &err), DB_OK);
}

/* As long as asked for is slow, and less is not; of those that were slow together one is told. */
static void
what_takes_long_is_logged_once_a_batch_with_what_it_waited_for(void **state)
{
    (void)state;
    struct leg leg = house_nights(house.class_type, ID_NONE, 5, 6);
    struct engine_request requests[3];
    char line[1000] = "";
    struct log log;
    FILE *file = tmpfile();
    assert_non_null(file);
    log_to(file, &log);
    for (int i = 0; i < 3; i++) {
        requests[i] = house_create(&house, &leg);
        requests[i].done = count_answer;
        requests[i].request_id = i == 0 ? STR("req_first") : STR("req_later");
        assert_true(engine_submit(house.engine, &requests[i]));
        test_clock_advance_ms(&house.clock, 700);
    }
    test_clock_advance_ms(&house.clock, 50);
    assert_int_equal(engine_step(house.engine), 3);
    assert_int_equal(atomic_load(&engine_read_stats(house.engine)->slow), 1);
    log_done(&log);
    rewind(file);
    size_t len = fread(line, 1, sizeof(line) - 1, file);
    assert_true(len > 0 && line[len - 1] == '\n' && strchr(line, '\n') == line + len - 1);
    assert_non_null(strstr(line, "command=booking.create property=1 request_id=req_first ms=2150 queue_ms=2150 "));
    assert_non_null(strstr(line, "batch=3 slow=1"));
    (void)fclose(file);
    for (int i = 0; i < 3; i++)
        engine_request_done(&requests[i]);
    engine_free(house.engine);
    house.engine = NULL;
}

static void
a_bookers_booking_is_theirs_alone(void **state)
{
    (void)state;
    struct actor other = {.name = STR("usr_other"), .role = ROLE_BOOKER};
    struct leg slot = house_minutes(house.room_a1, 540, 600);
    struct engine_request request = house_create(&house, &slot);
    request.command.actor = house.teacher;
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id booking = request.result.events[0].subject;
    engine_request_done(&request);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, other, booking), OUTCOME_NOT_FOUND);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, house.teacher, booking), OUTCOME_OK);
}

/* The house's engine anew, by a clock that is watched. */
static struct clock_guard *
watch_clock(void)
{
    struct err err = {.kind = ERR_NONE};
    struct clock_guard_settings guarded = {.clock = &house.clock.clock};
    struct clock_guard *guard = clock_guard_new(&guarded, &err);
    assert_non_null(guard);
    engine_free(house.engine);
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    settings.db = house.db;
    settings.clock = clock_guard_clock(guard);
    settings.guard = guard;
    settings.random = &house.random.random;
    assert_int_equal(engine_new(&settings, &house.engine, &err), DB_OK);
    return guard;
}

/* What another process writes beside the engine: its next decision finds it. */
static void
write_beside(const char *sql)
{
    struct err err = {.kind = ERR_NONE};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    struct db *db;
    struct db_connection *writer;
    settings.url = house.url;
    assert_int_equal(db_open(&settings, &db, &err), DB_OK);
    assert_int_equal(db_connect(db, DB_WRITER, &writer, &err), DB_OK);
    assert_int_equal(db_script(writer, sql, &err), DB_OK);
    db_disconnect(writer);
    db_close(db);
}

/* Heads are looked at with each decision and not at the start alone. */
static void
a_log_that_gets_ahead_of_a_running_engine_stops_its_clock(void **state)
{
    (void)state;
    char sql[80];
    struct clock_guard *guard = watch_clock();
    struct leg leg = house_nights(house.double_type, ID_NONE, 1, 2);
    (void)snprintf(sql, sizeof(sql), "UPDATE head SET decided_at = %lld WHERE property = 1",
                   (long long)HOUSE_NOW + CLOCK_STEP_MAX_MS);
    write_beside(sql);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(clock_guard_read(guard).trust, CLOCK_TRUSTED);
    (void)snprintf(sql, sizeof(sql), "UPDATE head SET decided_at = %lld WHERE property = 1",
                   (long long)HOUSE_NOW + CLOCK_STEP_MAX_MS + 1);
    write_beside(sql);
    assert_int_equal(house_book(&house, leg, NULL), OUTCOME_OK);
    assert_int_equal(clock_guard_read(guard).trust, CLOCK_HEAD_AHEAD);
    assert_int_equal(clock_guard_read(guard).off_by_ms, CLOCK_STEP_MAX_MS + 1);
    engine_free(house.engine);
    house.engine = NULL;
    clock_guard_free(guard);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(stock_is_sold_once_and_given_back_by_a_cancel),
        CASE(a_stay_that_is_over_is_cancelled_after_its_room_is_gone),
        CASE(a_stay_that_ends_today_is_cancelled_after_its_room_is_gone),
        CASE(a_stay_that_is_over_is_cancelled_after_its_type_is_gone),
        CASE(an_unpaid_stay_that_is_over_lapses_after_its_room_is_gone),
        CASE(back_to_back_slots_are_accepted_and_overlaps_are_not),
        CASE(a_restart_keeps_what_was_acknowledged),
        CASE(a_repeated_key_gives_the_same_effect_once),
        CASE(a_refusal_is_decided_anew_under_the_same_key),
        CASE(an_expired_hold_is_in_nobodys_way_with_the_sweeper_off),
        CASE(what_lapsed_is_ended_even_when_the_command_is_refused),
        CASE(the_sweeper_ends_what_has_lapsed_and_nothing_else),
        CASE(more_than_a_sweep_may_end_is_ended_without_waiting_for_the_next),
        CASE(the_sweeper_opens_the_nights_that_come_within_the_horizon),
        CASE(a_night_that_has_come_within_the_horizon_is_sold_with_the_sweeper_off),
        CASE(a_dry_run_decides_and_leaves_nothing),
        CASE(legs_of_a_group_are_all_or_nothing),
        CASE(a_batch_is_one_commit_and_sells_no_more_than_there_is),
        CASE(what_gives_back_goes_first_and_leaves_half_of_a_batch),
        CASE(a_full_queue_refuses_at_once),
        CASE(what_takes_long_is_logged_once_a_batch_with_what_it_waited_for),
        CASE(a_bookers_booking_is_theirs_alone),
        CASE(a_log_that_gets_ahead_of_a_running_engine_stops_its_clock),
    };
    return test_run("engine/engine", tests);
}
