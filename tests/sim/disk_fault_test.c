/* A batch of commands on a disk that has no space, breaks or is slow, at each of the batch's writes and syncs.
 *
 * Each trial starts from the same disk, breaks it at one place, and runs the same eight commands as one batch. SQLite
 * takes back the whole transaction when it finds no space, so that without it none of the batch happened, whichever
 * command it ended in: all are told STORAGE_FULL and are nowhere to be found, those too that are refused otherwise.
 * Reads go on, and once there is space the same keys complete the batch. After an I/O error an answer may be
 * OUTCOME_UNKNOWN: then the engine takes nothing more, and after the restart the same key finds each command whole or
 * absent.
 *
 * Very long guest names fill SQLite's page cache, so that it writes before the commit and the disk is full in the
 * middle of the batch; a single one that is longer than the cache, in that very command. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "tests/sim/fault_vfs.h"
#include "tests/support/house.h"

enum { COMMANDS = 8, LONG_NAME = 6 << 20, HUGE_NAME = 32 << 20, SYNCHRONOUS_FULL = 2, STRIDE_LONG = 2503 };

static struct house_fixture original;
static struct fault_disk *original_disk;
static char huge_name[HUGE_NAME];
static struct str short_names[COMMANDS], long_names[COMMANDS]; /* of the guests, one for each command */

/* --- the batch --- */

struct batch {
    struct leg legs[COMMANDS];
    struct engine_request requests[COMMANDS];
    enum outcome outcomes[COMMANDS];
    bool replayed[COMMANDS];
    struct id first[COMMANDS]; /* subject of the first event */
    size_t events[COMMANDS];
};

static void
ignore_answer(struct engine_request *request)
{
    (void)request;
}

/* Two beds and one too many, a double by type and one by room, slots that touch and one that overlaps. */
static void
batch_fill(struct batch *batch, const struct house_fixture *house, const struct str *guests)
{
    const struct leg legs[COMMANDS] = {
        house_nights(house->bed_type, ID_NONE, 1, 4), house_nights(house->bed_type, ID_NONE, 2, 5),
        house_nights(house->bed_type, ID_NONE, 3, 4), house_nights(house->double_type, ID_NONE, 1, 3),
        house_nights(ID_NONE, house->room_101, 3, 6), house_minutes(house->room_a1, 540, 600),
        house_minutes(house->room_a1, 600, 660),      house_minutes(house->room_a1, 570, 630),
    };
    memcpy(batch->legs, legs, sizeof(legs));
    for (size_t i = 0; i < COMMANDS; i++) {
        struct engine_request *request = &batch->requests[i];
        *request = house_create(house, &batch->legs[i]);
        request->command.create_bookings.guest.name = guests[i];
        request->has_key = true;
        memset(request->key, (int)i + 1, sizeof(request->key));
        request->done = ignore_answer;
    }
}

/* Submits all of it, lets the engine take it as one batch, and notes the answers. */
static void
batch_run(struct batch *batch, struct house_fixture *house, const struct str *guests)
{
    batch_fill(batch, house, guests);
    for (size_t i = 0; i < COMMANDS; i++)
        assert_true(engine_submit(house->engine, &batch->requests[i]));
    assert_int_equal(engine_step(house->engine), COMMANDS);
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct engine_result *result = &batch->requests[i].result;
        batch->outcomes[i] = result->refusal.outcome;
        batch->replayed[i] = result->replayed;
        batch->events[i] = result->refusal.outcome == OUTCOME_OK ? result->event_count : 0;
        batch->first[i] = batch->events[i] > 0 ? result->events[0].subject : ID_NONE;
        engine_request_done(&batch->requests[i]);
    }
}

/* --- what is in the store --- */

static void
on_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    print_message("# %s: %.*s\n", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

static struct store
open_reader(struct house_fixture *house)
{
    struct err err;
    struct store store = {.connection = NULL};
    assert_int_equal(db_connect(house->db, DB_READER, &store.connection, &err), DB_OK);
    return store;
}

static int64_t
read_seq(struct house_fixture *house)
{
    struct store store = open_reader(house);
    struct store_head head;
    assert_int_equal(store_load_head(&store, house->property, &head), DB_OK);
    db_disconnect(store.connection);
    return head.seq;
}

static void
assert_invariants(struct house_fixture *house)
{
    struct store store = open_reader(house);
    struct check_report report;
    struct check_settings settings = {
        .store = &store, .clock = &original.clock.clock, .memory_limit = 64u << 20, .on_finding = on_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    assert_int_equal(report.violations, 0);
    db_disconnect(store.connection);
}

/* Each success is there, and nothing but the successes. */
static void
assert_only_successes(struct house_fixture *house, const struct batch *batch, int64_t seq_before)
{
    struct store store = open_reader(house);
    struct arena arena;
    int64_t events = 0;
    arena_init(&arena, 64u << 20);
    for (size_t i = 0; i < COMMANDS; i++) {
        struct booking booking;
        events += (int64_t)batch->events[i];
        if (batch->outcomes[i] == OUTCOME_OK)
            assert_int_equal(store_load_booking(&store, house->property, batch->first[i], &arena, &booking), DB_OK);
    }
    arena_done(&arena);
    db_disconnect(store.connection);
    assert_int_equal(read_seq(house) - seq_before, events);
}

/* --- trials --- */

struct trial {
    struct fault_disk *disk;
    struct house_fixture house;
    struct batch batch;
    int64_t seq_before;
};

static void
trial_open(struct trial *trial, struct fault_disk *from, uint64_t seed)
{
    struct err err = {.kind = ERR_NONE};
    trial->disk = seed == 0 ? fault_disk_after_kill(from, fault_disk_op_count(from))
                            : fault_disk_after_cut(from, fault_disk_op_count(from), seed);
    trial->house = original;
    assert_true(house_open_copy(&trial->house, fault_disk_vfs(trial->disk), SYNCHRONOUS_FULL, &err));
    trial->seq_before = read_seq(&trial->house);
    fault_disk_settle(trial->disk);
}

static void
trial_close(struct trial *trial)
{
    house_close(&trial->house);
    fault_disk_free(trial->disk);
}

/* What the batch is answered when nothing is wrong. */
static const enum outcome expected[COMMANDS] = {OUTCOME_OK, OUTCOME_OK, OUTCOME_SOLD_OUT, OUTCOME_OK,
                                                OUTCOME_OK, OUTCOME_OK, OUTCOME_OK,       OUTCOME_ROOM_NOT_AVAILABLE};

/* Runs the batch again with its keys: what had happened is told again, the rest is done now. */
static void
assert_completes(struct trial *trial, const struct batch *before, const struct str *guests)
{
    batch_run(&trial->batch, &trial->house, guests);
    for (size_t i = 0; i < COMMANDS; i++) {
        assert_int_equal(trial->batch.outcomes[i], expected[i]);
        if (before->outcomes[i] != OUTCOME_OK)
            continue;
        assert_true(trial->batch.replayed[i]);
        assert_true(id_equal(trial->batch.first[i], before->first[i]));
    }
    assert_invariants(&trial->house);
}

/* None of the batch happened, and a process that is killed now leaves the same; with space again its keys do it all. */
static void
assert_nothing_then_completes(struct trial *trial, const struct str *guests)
{
    struct trial killed;
    for (size_t i = 0; i < COMMANDS; i++)
        assert_int_equal(trial->batch.outcomes[i], OUTCOME_STORAGE_FULL);
    assert_int_equal(trial->house.fatal_count, 0);
    assert_only_successes(&trial->house, &trial->batch, trial->seq_before);
    trial_open(&killed, trial->disk, 0);
    assert_only_successes(&killed.house, &trial->batch, trial->seq_before);
    trial_close(&killed);
    fault_disk_full_from_write(trial->disk, 0);
    struct batch before = trial->batch;
    assert_completes(trial, &before, guests);
}

/* One place for the disk to be full from. False when the batch was done before it came to that. */
static bool
fill_up_at(uint64_t nth, const struct str *guests)
{
    struct trial trial;
    trial_open(&trial, original_disk, 1);
    fault_disk_full_from_write(trial.disk, nth);
    batch_run(&trial.batch, &trial.house, guests);
    bool full = trial.batch.outcomes[0] == OUTCOME_STORAGE_FULL;
    if (full)
        assert_nothing_then_completes(&trial, guests);
    else
        for (size_t i = 0; i < COMMANDS; i++)
            assert_int_equal(trial.batch.outcomes[i], expected[i]);
    trial_close(&trial);
    return full;
}

static void
without_space_none_of_a_batch_happens_and_its_keys_complete_it_later(void **state)
{
    (void)state;
    int places = 0;
    for (uint64_t nth = 1; fill_up_at(nth, short_names); nth++)
        places++;
    print_message("# full at each of %d writes of a batch\n", places);
    assert_true(places >= 8);
}

static void
space_that_ends_anywhere_in_a_large_batch_is_no_different(void **state)
{
    (void)state;
    int places = 0;
    for (uint64_t nth = 1; fill_up_at(nth, long_names); nth += STRIDE_LONG)
        places++;
    print_message("# full at %d of the writes of a large batch\n", places);
    assert_true(places >= 8);
}

/* Which command the engine was at when the disk was first written to: each draws its ids once. */
static struct {
    void (*fill)(struct random *random, void *ret_bytes, size_t len);
    size_t begun, at_first_write;
} progress;

static void
count_draw(struct random *random, void *ret_bytes, size_t len)
{
    progress.begun++;
    progress.fill(random, ret_bytes, len);
}

static void
note_write(void *context, enum fault_kind kind, uint64_t op)
{
    (void)context;
    (void)op;
    if (kind == FAULT_WRITE && progress.at_first_write == 0)
        progress.at_first_write = progress.begun;
}

/* The disk is full as soon as something is written, which is in command k. */
static void
fill_up_in_command(size_t k)
{
    struct trial trial;
    struct str guests[COMMANDS];
    memcpy(guests, short_names, sizeof(guests));
    guests[k] = str_of(huge_name, sizeof(huge_name));
    trial_open(&trial, original_disk, 1);
    progress.fill = trial.house.random.random.fill;
    progress.begun = progress.at_first_write = 0;
    trial.house.random.random.fill = count_draw;
    fault_disk_watch(trial.disk, note_write, NULL);
    fault_disk_full_from_write(trial.disk, 1);
    batch_run(&trial.batch, &trial.house, guests);
    assert_int_equal(progress.at_first_write, k + 1);
    fault_disk_watch(trial.disk, NULL, NULL);
    assert_nothing_then_completes(&trial, guests);
    trial_close(&trial);
}

static void
space_that_ends_in_any_one_command_of_a_batch_is_no_different(void **state)
{
    (void)state;
    for (size_t k = 0; k < COMMANDS; k++)
        if (expected[k] == OUTCOME_OK) /* what is refused writes nothing */
            fill_up_in_command(k);
}

/* One write or sync that fails. False when the batch was done before it came to that. */
static bool
fail_at(uint64_t nth, void (*break_at)(struct fault_disk *disk, uint64_t nth), int *ret_unknown)
{
    struct trial trial, next;
    trial_open(&trial, original_disk, 1);
    break_at(trial.disk, nth);
    batch_run(&trial.batch, &trial.house, short_names);
    bool unknown = trial.house.fatal_count > 0;
    for (size_t i = 0; i < COMMANDS; i++) {
        enum outcome outcome = trial.batch.outcomes[i];
        assert_true(unknown ? outcome == OUTCOME_OUTCOME_UNKNOWN : outcome == expected[i]);
    }
    if (unknown) {
        struct engine_request late = house_create(&trial.house, &trial.batch.legs[0]);
        assert_int_equal(trial.house.fatal_count, 1);
        assert_false(engine_submit(trial.house.engine, &late));
        engine_request_done(&late);
    }
    *ret_unknown += unknown;
    for (uint64_t seed = 0; seed < 4; seed++) {
        trial_open(&next, trial.disk, seed);
        assert_completes(&next, &trial.batch, short_names);
        trial_close(&next);
    }
    trial_close(&trial);
    return unknown;
}

static void
a_failed_write_is_unknown_and_the_key_tells_after_the_restart(void **state)
{
    (void)state;
    int unknown = 0;
    for (uint64_t nth = 1; fail_at(nth, fault_disk_fail_write, &unknown); nth++)
        ;
    print_message("# an error at each of %d writes of a batch\n", unknown);
    assert_true(unknown >= 8);
}

static void
a_failed_sync_is_unknown_and_the_key_tells_after_the_restart(void **state)
{
    (void)state;
    int unknown = 0;
    for (uint64_t nth = 1; fail_at(nth, fault_disk_fail_sync, &unknown); nth++)
        ;
    print_message("# an error at each of %d syncs of a batch\n", unknown);
    assert_true(unknown >= 1);
}

/* Dry runs are batches of their own, so that what comes after one is two batches behind. */
static void
what_waits_behind_an_unknown_commit_is_not_begun(void **state)
{
    (void)state;
    struct trial trial;
    trial_open(&trial, original_disk, 1);
    fault_disk_fail_sync(trial.disk, 1);
    struct leg legs[] = {house_nights(trial.house.bed_type, ID_NONE, 1, 2),
                         house_nights(trial.house.bed_type, ID_NONE, 2, 3),
                         house_nights(trial.house.bed_type, ID_NONE, 3, 4)};
    struct engine_request requests[3];
    for (size_t i = 0; i < 3; i++) {
        requests[i] = house_create(&trial.house, &legs[i]);
        requests[i].dry_run = i == 1;
        requests[i].done = ignore_answer;
        assert_true(engine_submit(trial.house.engine, &requests[i]));
    }
    assert_int_equal(engine_step(trial.house.engine), 1);
    assert_int_equal(trial.house.fatal_count, 1);
    assert_int_equal(requests[0].result.refusal.outcome, OUTCOME_OUTCOME_UNKNOWN);
    uint64_t ops = fault_disk_op_count(trial.disk);
    assert_int_equal(engine_step(trial.house.engine), 1);
    assert_int_equal(engine_step(trial.house.engine), 1);
    assert_int_equal(requests[1].result.refusal.outcome, OUTCOME_BUSY_RETRY);
    assert_int_equal(requests[2].result.refusal.outcome, OUTCOME_BUSY_RETRY);
    for (size_t i = 0; i < 3; i++)
        engine_request_done(&requests[i]);
    house_close(&trial.house);
    assert_int_equal(fault_disk_op_count(trial.disk), ops); /* nor is the log moved into the file on closing */
    fault_disk_free(trial.disk);
}

/* --- a slow disk --- */

struct slow {
    struct test_clock *clock;
    int64_t sync_ms;
};

static void
take_time(void *context, enum fault_kind kind, uint64_t op)
{
    struct slow *slow = context;
    (void)op;
    if (kind == FAULT_SYNC)
        test_clock_advance_ms(slow->clock, slow->sync_ms);
}

/* How many of 4,096 commands are accepted at once after a while of single ones on such a disk. */
static size_t
accepted_after_single_ones(int64_t sync_ms)
{
    static struct engine_request waiting[4096];
    struct trial trial;
    trial_open(&trial, original_disk, 1);
    struct slow slow = {.clock = &trial.house.clock, .sync_ms = sync_ms};
    struct leg leg = house_nights(trial.house.bed_type, ID_NONE, 1, 2);
    fault_disk_watch(trial.disk, take_time, &slow);
    for (int i = 0; i < 50; i++)
        house_hold(&trial.house, trial.house.desk, house_nights(trial.house.bed_type, ID_NONE, i, i + 1), 1000, NULL);
    size_t accepted = 0;
    for (size_t i = 0; i < 4096; i++) {
        waiting[i] = house_create(&trial.house, &leg);
        waiting[i].done = ignore_answer;
        accepted += engine_submit(trial.house.engine, &waiting[i]);
    }
    while (engine_step(trial.house.engine) > 0)
        ;
    for (size_t i = 0; i < 4096; i++)
        engine_request_done(&waiting[i]);
    fault_disk_watch(trial.disk, NULL, NULL);
    trial_close(&trial);
    return accepted;
}

/* A commit of many takes a disk no longer than a commit of one. */
static void
a_rush_after_single_commands_is_not_refused(void **state)
{
    (void)state;
    assert_int_equal(accepted_after_single_ones(50), 4096);
}

static void
a_disk_that_takes_two_seconds_keeps_the_queue_short(void **state)
{
    (void)state;
    size_t accepted = accepted_after_single_ones(2000);
    assert_true(accepted >= 256 && accepted <= 768);
}

/* --- */

static int
make_original(void **state)
{
    (void)state;
    memset(huge_name, 'a', sizeof(huge_name));
    for (size_t i = 0; i < COMMANDS; i++) {
        short_names[i] = STR("Ada Lovelace");
        long_names[i] = str_of(huge_name, LONG_NAME);
    }
    original_disk = fault_disk_new();
    house_init_on(&original, fault_disk_vfs(original_disk));
    house_close(&original);
    fault_disk_settle(original_disk);
    return 0;
}

static int
free_original(void **state)
{
    (void)state;
    fault_disk_free(original_disk);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_space_none_of_a_batch_happens_and_its_keys_complete_it_later),
        cmocka_unit_test(space_that_ends_anywhere_in_a_large_batch_is_no_different),
        cmocka_unit_test(space_that_ends_in_any_one_command_of_a_batch_is_no_different),
        cmocka_unit_test(a_failed_write_is_unknown_and_the_key_tells_after_the_restart),
        cmocka_unit_test(a_failed_sync_is_unknown_and_the_key_tells_after_the_restart),
        cmocka_unit_test(what_waits_behind_an_unknown_commit_is_not_begun),
        cmocka_unit_test(a_rush_after_single_commands_is_not_refused),
        cmocka_unit_test(a_disk_that_takes_two_seconds_keeps_the_queue_short),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sim/disk_fault", tests, make_original, free_original);
}
