/* Power cuts: whatever is answered is on the disk, whatever is not is all there or not there at all.
 *
 * A workload of three commands runs once on a disk that remembers every change. Then, for a cut after each of its
 * writes and syncs, the disk that the cut leaves is opened as the next start would open it, and held against what had
 * been answered until then: each answered event is in the log, byte for byte, and every stored invariant holds.
 *
 * That the test can fail is shown by the same cuts under synchronous=NORMAL and OFF, and with replies taken as sent
 * before the commit: each must lose something.
 *
 *   power_cut_test            a sample of the workloads, for every change
 *   power_cut_test sweep      every workload of three, each cut at every change, and 10,000 random cuts
 *   power_cut_test sweep N M  the N-th of M equal parts of that, from 0 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "tests/sim/fault_vfs.h"
#include "tests/support/house.h"

enum { STEPS = 3, SYNCHRONOUS_OFF = 0, SYNCHRONOUS_NORMAL = 1, SYNCHRONOUS_FULL = 2, SAMPLE_STRIDE = 29 };

static struct house_fixture original;
static struct fault_disk *original_disk;
static bool sweep;
static int part, parts = 1; /* of the sweep */

/* --- commands --- */

struct run {
    struct house_fixture house;
    struct fault_disk *disk;
    struct id booking, hold; /* the newest of each */
};

static enum outcome
run_step(struct run *run, enum command_kind kind)
{
    struct engine_request request = {.command = {.kind = kind, .property = 1, .actor = run->house.desk}};
    switch (kind) {
    case COMMAND_CONFIRM_HOLD:
        request.command.confirm_hold =
            (struct confirm_hold){.hold = run->hold, .party = 1, .guest = {.name = STR("Ada Lovelace")}};
        break;
    case COMMAND_RELEASE_HOLD: request.command.hold_step.hold = run->hold; break;
    default: request.command.booking_step.booking = run->booking; break;
    }
    enum outcome outcome = house_run(&run->house, &request);
    engine_request_done(&request);
    return outcome;
}

static void
book_stock(struct run *run)
{
    house_book(&run->house, house_nights(run->house.bed_type, ID_NONE, 1, 4), &run->booking);
}

static void
book_room(struct run *run)
{
    struct leg leg = house_nights(ID_NONE, run->house.room_101, 2, 4);
    leg.pinned = true;
    house_book(&run->house, leg, &run->booking);
}

static void
book_slot(struct run *run)
{
    house_book(&run->house, house_minutes(run->house.room_a1, 540, 600), &run->booking);
}

static void
hold_slot(struct run *run)
{
    house_hold(&run->house, run->house.desk, house_minutes(run->house.room_a1, 600, 660), 60000, &run->hold);
}

static void
confirm_hold(struct run *run)
{
    run_step(run, COMMAND_CONFIRM_HOLD);
}

static void
cancel(struct run *run)
{
    run_step(run, COMMAND_CANCEL_BOOKING);
}

static void
book_group(struct run *run)
{
    struct leg legs[2] = {house_nights(run->house.bed_type, ID_NONE, 6, 8),
                          house_nights(run->house.double_type, ID_NONE, 6, 7)};
    struct engine_request request = house_create(&run->house, legs);
    request.command.create_bookings.leg_count = 2;
    request.command.create_bookings.group = true;
    request.has_key = true;
    request.key[0] = 7;
    house_run(&run->house, &request);
    engine_request_done(&request);
}

static void
expire(struct run *run)
{
    test_clock_advance_ms(&run->house.clock, 60000);
    engine_sweep(run->house.engine);
}

static void (*const steps[])(struct run *run) = {book_stock,   book_room, book_slot,  hold_slot,
                                                 confirm_hold, cancel,    book_group, expire};
enum { STEP_KINDS = sizeof(steps) / sizeof(steps[0]), WORKLOADS = STEP_KINDS * STEP_KINDS * STEP_KINDS };

/* --- what was answered --- */

struct answered {
    uint64_t op; /* changes of the disk when the answer left */
    int64_t seq; /* the log's last event by then */
    unsigned char hash[STORE_HASH_BYTES];
};

/* The head of the property as a reader sees it; false when the database can't be read. */
static bool
read_head(struct db *db, struct store_head *ret_head)
{
    struct err err = {.kind = ERR_NONE};
    struct store store = {.connection = NULL};
    if (db_connect(db, DB_READER, &store.connection, &err) != DB_OK)
        return false;
    bool read = store_load_head(&store, 1, ret_head) == DB_OK;
    db_disconnect(store.connection);
    return read;
}

static void
on_finding(const struct check_finding *finding, void *user)
{
    (void)finding;
    (void)user;
}

/* Whether what the cut left holds everything answered at or before it and, when `thorough`, keeps every invariant. */
static bool
is_safe(struct fault_disk *disk, const struct answered *answered, bool thorough)
{
    struct err err = {.kind = ERR_NONE};
    struct house_fixture house = original;
    struct check_report report;
    struct store store = {.connection = NULL};
    unsigned char hash[STORE_HASH_BYTES];
    if (!house_open_copy(&house, fault_disk_vfs(disk), SYNCHRONOUS_FULL, &err))
        return false;
    bool safe = db_connect(house.db, DB_READER, &store.connection, &err) == DB_OK;
    if (safe) {
        struct check_settings check = {
            .store = &store, .clock = &original.clock.clock, .memory_limit = 4u << 20, .on_finding = on_finding};
        safe = store_load_event_hash(&store, 1, answered->seq, hash) == DB_OK &&
               memcmp(hash, answered->hash, sizeof(hash)) == 0 &&
               (!thorough || (check_run(&check, &report) == DB_OK && report.violations == 0));
        db_disconnect(store.connection);
    }
    house_close(&house);
    return safe;
}

/* --- workloads and cuts --- */

struct workload {
    struct fault_disk *disk; /* its whole past */
    uint64_t ops;
    struct answered answers[STEPS + 1]; /* the first is what was there before */
};

static void
note_answer(struct run *run, struct answered *ret_answer, uint64_t op)
{
    struct store_head head;
    assert_true(read_head(run->house.db, &head));
    ret_answer->op = op;
    ret_answer->seq = head.seq;
    memcpy(ret_answer->hash, head.hash, sizeof(head.hash));
}

/* Runs workload `number` with this setting. `early` takes a step's reply as sent before its commit. */
static void
workload_run(struct workload *workload, int number, int synchronous, bool early)
{
    struct err err = {.kind = ERR_NONE};
    struct run run = {.house = original, .booking = {1, 1}, .hold = {1, 1}};
    run.disk = fault_disk_after_cut(original_disk, fault_disk_op_count(original_disk), 1);
    assert_true(house_open_copy(&run.house, fault_disk_vfs(run.disk), synchronous, &err));
    fault_disk_settle(run.disk);
    note_answer(&run, &workload->answers[0], 0);
    for (int i = 0; i < STEPS; i++) {
        uint64_t before = fault_disk_op_count(run.disk);
        steps[number % STEP_KINDS](&run);
        number /= STEP_KINDS;
        note_answer(&run, &workload->answers[i + 1], early ? before : fault_disk_op_count(run.disk));
    }
    workload->ops = fault_disk_op_count(run.disk);
    workload->disk = run.disk;
    house_close(&run.house);
}

static const struct answered *
answered_by(const struct workload *workload, uint64_t op)
{
    const struct answered *last = &workload->answers[0];
    for (int i = 1; i <= STEPS; i++)
        if (workload->answers[i].op <= op)
            last = &workload->answers[i];
    return last;
}

static bool
cut_is_safe(const struct workload *workload, uint64_t op, uint64_t seed, bool thorough)
{
    struct fault_disk *left = fault_disk_after_cut(workload->disk, op, seed);
    bool safe = is_safe(left, answered_by(workload, op), thorough);
    fault_disk_free(left);
    return safe;
}

/* Cuts after every change, keeping nothing unsynced and keeping some of it. What is answered is looked for after each
 * cut; the invariants, which take ten times as long, after every eighth. Returns how many were not safe. */
static int
cut_everywhere(int number, int synchronous, bool early, int *ret_cuts)
{
    struct workload workload;
    int unsafe = 0;
    workload_run(&workload, number, synchronous, early);
    for (uint64_t op = 0; op <= workload.ops; op++) {
        for (uint64_t seed = 0; seed < 4; seed += 2) {
            ++*ret_cuts;
            if (!cut_is_safe(&workload, op, seed + (seed > 0 ? op : 0), *ret_cuts % 8 == 0)) {
                unsafe++;
                if (synchronous == SYNCHRONOUS_FULL && !early)
                    print_message("# workload %d is not safe when cut after change %d, seed %d\n", number, (int)op,
                                  (int)seed);
            }
        }
    }
    fault_disk_free(workload.disk);
    return unsafe;
}

static void
a_cut_anywhere_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    int cuts = 0, unsafe = 0;
    for (int number = part; number < WORKLOADS; number += sweep ? parts : SAMPLE_STRIDE)
        unsafe += cut_everywhere(number, SYNCHRONOUS_FULL, false, &cuts);
    print_message("# %d cuts\n", cuts);
    assert_true(cuts > 100);
    assert_int_equal(unsafe, 0);
}

static void
random_cuts_lose_nothing_that_was_answered(void **state)
{
    (void)state;
    struct random_seeded random;
    random_seeded_init(&random, 42 + (uint64_t)part);
    int unsafe = 0;
    for (int cut = 0; cut < (sweep ? 10000 / parts : 100); cut += 20) {
        struct workload workload;
        int number = (int)random_below(&random.random, WORKLOADS);
        workload_run(&workload, number, SYNCHRONOUS_FULL, false);
        for (int i = 0; i < 20; i++)
            unsafe += !cut_is_safe(&workload, random_below(&random.random, workload.ops + 1),
                                   2 + random_below(&random.random, 1u << 30), i % 8 == 0);
        fault_disk_free(workload.disk);
    }
    assert_int_equal(unsafe, 0);
}

/* The three ways to be wrong that the test must notice; any workload that writes will do. */
static void
the_same_cuts_catch_synchronous_normal(void **state)
{
    (void)state;
    int cuts = 0;
    assert_true(cut_everywhere(0, SYNCHRONOUS_NORMAL, false, &cuts) > 0);
}

static void
the_same_cuts_catch_synchronous_off(void **state)
{
    (void)state;
    int cuts = 0;
    assert_true(cut_everywhere(0, SYNCHRONOUS_OFF, false, &cuts) > 0);
}

static void
the_same_cuts_catch_replies_before_the_commit(void **state)
{
    (void)state;
    int cuts = 0;
    assert_true(cut_everywhere(0, SYNCHRONOUS_FULL, true, &cuts) > 0);
}

static int
make_original(void **state)
{
    (void)state;
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
main(int argc, char **argv)
{
    sweep = argc > 1 && strcmp(argv[1], "sweep") == 0;
    if (sweep && argc == 4) {
        part = (int)strtol(argv[2], NULL, 10);
        parts = (int)strtol(argv[3], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_loses_nothing_that_was_answered),
        cmocka_unit_test(random_cuts_lose_nothing_that_was_answered),
        cmocka_unit_test(the_same_cuts_catch_synchronous_normal),
        cmocka_unit_test(the_same_cuts_catch_synchronous_off),
        cmocka_unit_test(the_same_cuts_catch_replies_before_the_commit),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sim/power_cut", tests, make_original, free_original);
}
