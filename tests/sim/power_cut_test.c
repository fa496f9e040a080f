/* Power cuts: whatever is answered is on the disk, whatever is not is all there or not there at all.
 *
 * A workload of three commands runs once on a disk that remembers every change. Then, for a cut after each of its
 * writes and syncs, the disk that the cut leaves is opened as the next start would open it, and held against what had
 * been answered until then: each answered event is in the log, byte for byte, after some cuts also every stored
 * invariant holds, and after a few the log is folded into an empty database and gives the tables that are there. The
 * house (power_cut_steps.h) has something to write for each kind of step even when it comes first; that it does is a
 * case of its own.
 *
 * That the test can fail is shown by the same cuts under synchronous=NORMAL and OFF, and with replies taken as sent
 * before the commit: each must lose something.
 *
 *   power_cut_test            a sample of the workloads, for every change
 *   power_cut_test sweep      workloads in which each kind of step comes right after each, cut at every change, and
 *                             10,000 random cuts of all workloads
 *   power_cut_test sweep N M  the N-th of M equal parts of that, from 0 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "tests/sim/power_cut_steps.h"
#include "tests/support/rebuilt.h"

enum { STEPS = 3, SYNCHRONOUS_OFF = 0, SYNCHRONOUS_NORMAL = 1, SYNCHRONOUS_FULL = 2 };

static bool sweep;
static int part, parts = 1; /* of the sweep */

static struct power_cut_run original; /* what each workload begins with */

/* To the base of STEP_KINDS a workload's number has a digit for each step, the last one for the first. A stride that
 * has no divisor in common with the base goes through all kinds as the first step; that of the sweep meets each kind
 * right after each, as a case of its own shows. */
enum {
    STEP_KINDS = POWER_CUT_STEPS,
    WORKLOADS = STEP_KINDS * STEP_KINDS * STEP_KINDS,
    SAMPLE_STRIDE = 960,
    SWEEP_STRIDE = 56,
};

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

/* What is looked at after a cut takes very different times: the last answer a millisecond, the invariants ten, and what
 * the log makes of an empty database fifty. */
enum look { LOOK_AT_ANSWER, LOOK_AT_INVARIANTS, LOOK_AT_REBUILT };
enum { CUTS_TO_CHECK = 5, CUTS_TO_REBUILD = 128 };

static enum look
look_after(int cuts)
{
    if (cuts % CUTS_TO_REBUILD == 0)
        return LOOK_AT_REBUILT;
    return cuts % CUTS_TO_CHECK == 0 ? LOOK_AT_INVARIANTS : LOOK_AT_ANSWER;
}

static bool
is_in_log(struct store *store, int64_t seq, const unsigned char *hash)
{
    unsigned char found[STORE_HASH_BYTES];
    return store_load_event_hash(store, 1, seq, found) == DB_OK && memcmp(found, hash, sizeof(found)) == 0;
}

/* And the log ends where its property says that it does. */
static bool
is_answer_there(struct store *store, const struct answered *answered)
{
    struct store_head head;
    unsigned char beyond[STORE_HASH_BYTES];
    return is_in_log(store, answered->seq, answered->hash) && store_load_head(store, 1, &head) == DB_OK &&
           is_in_log(store, head.seq, head.hash) && store_load_event_hash(store, 1, head.seq + 1, beyond) == DB_NO_ROW;
}

static bool
is_consistent(struct store *store)
{
    struct check_report report;
    struct check_settings check = {
        .store = store, .clock = &original.house.clock.clock, .memory_limit = 4u << 20, .on_finding = on_finding};
    return check_run(&check, &report) == DB_OK && report.violations == 0;
}

/* Whether what the cut left holds everything answered at or before it and, where that is looked at, keeps every
 * invariant and is what its log makes of it. */
static bool
is_safe(struct fault_disk *disk, const struct answered *answered, enum look look)
{
    struct err err = {.kind = ERR_NONE};
    struct house_fixture house = original.house;
    struct store store = {.connection = NULL};
    if (!house_open_copy(&house, fault_disk_vfs(disk), SYNCHRONOUS_FULL, &err))
        return false;
    bool safe = db_connect(house.db, DB_READER, &store.connection, &err) == DB_OK;
    if (safe) {
        safe = is_answer_there(&store, answered) && (look < LOOK_AT_INVARIANTS || is_consistent(&store));
        db_disconnect(store.connection);
    }
    if (safe && look >= LOOK_AT_REBUILT)
        safe = rebuilt_compare(house.db, NULL, NULL).differences == 0;
    house_close(&house);
    return safe;
}

/* --- workloads and cuts --- */

struct workload {
    struct fault_disk *disk; /* its whole past */
    uint64_t ops;
    struct answered answers[STEPS + 1]; /* the first is what was there before */
};

static int written[STEP_KINDS]; /* how often a step of this kind was answered with an event */

static void
note_answer(struct power_cut_run *run, struct answered *ret_answer, uint64_t op)
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
    struct power_cut_run run = original;
    run.disk = fault_disk_after_cut(original.disk, fault_disk_op_count(original.disk), 1);
    assert_true(house_open_copy(&run.house, fault_disk_vfs(run.disk), synchronous, &err));
    fault_disk_settle(run.disk);
    note_answer(&run, &workload->answers[0], 0);
    for (int i = 0; i < STEPS; i++) {
        uint64_t before = fault_disk_op_count(run.disk);
        int kind = number % STEP_KINDS;
        number /= STEP_KINDS;
        power_cut_steps[kind].run(&run);
        note_answer(&run, &workload->answers[i + 1], early ? before : fault_disk_op_count(run.disk));
        written[kind] += workload->answers[i + 1].seq > workload->answers[i].seq ? 1 : 0;
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
cut_is_safe(const struct workload *workload, uint64_t op, uint64_t seed, enum look look)
{
    struct fault_disk *left = fault_disk_after_cut(workload->disk, op, seed);
    bool safe = is_safe(left, answered_by(workload, op), look);
    fault_disk_free(left);
    return safe;
}

/* A cut after every change, which keeps nothing unsynced after one change and some of it after the next; in the next
 * workload it is the other way round. Returns how many were not safe. */
static int
cut_everywhere(int number, int synchronous, bool early, int *ret_cuts)
{
    struct workload workload;
    int unsafe = 0;
    workload_run(&workload, number, synchronous, early);
    for (uint64_t op = 0; op <= workload.ops; op++) {
        uint64_t seed = (op + (uint64_t)(number / STEP_KINDS)) % 2 == 0 ? 0 : 2 + op;
        ++*ret_cuts;
        if (!cut_is_safe(&workload, op, seed, look_after(*ret_cuts))) {
            unsafe++;
            if (synchronous == SYNCHRONOUS_FULL && !early)
                print_message("# workload %d is not safe when cut after change %d, seed %d\n", number, (int)op,
                              (int)seed);
        }
    }
    fault_disk_free(workload.disk);
    return unsafe;
}

/* A step that is refused tests nothing. */
static void
each_kind_of_step_writes(void **state)
{
    (void)state;
    for (int kind = 0; kind < STEP_KINDS; kind++) {
        struct workload workload;
        workload_run(&workload, kind, SYNCHRONOUS_FULL, false); /* its first step is of this kind */
        if (workload.answers[1].seq == workload.answers[0].seq || workload.answers[1].op == 0)
            fail_msg("%s writes nothing", power_cut_steps[kind].name);
        fault_disk_free(workload.disk);
    }
}

/* Of what the sweep goes through, in all its parts. */
static void
each_kind_of_step_comes_right_after_each(void **state)
{
    static bool met[STEP_KINDS][STEP_KINDS];
    (void)state;
    for (int number = 0; number < WORKLOADS; number += SWEEP_STRIDE) {
        int first = number % STEP_KINDS, second = number / STEP_KINDS % STEP_KINDS;
        met[first][second] = true;
        met[second][number / STEP_KINDS / STEP_KINDS] = true;
    }
    for (int before = 0; before < STEP_KINDS; before++)
        for (int after = 0; after < STEP_KINDS; after++)
            if (!met[before][after])
                fail_msg("%s never comes after %s", power_cut_steps[after].name, power_cut_steps[before].name);
}

static void
a_cut_anywhere_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    int cuts = 0, unsafe = 0, workloads = 0;
    int stride = sweep ? SWEEP_STRIDE * parts : SAMPLE_STRIDE;
    memset(written, 0, sizeof(written));
    for (int number = sweep ? SWEEP_STRIDE * part : 0; number < WORKLOADS; number += stride, workloads++)
        unsafe += cut_everywhere(number, SYNCHRONOUS_FULL, false, &cuts);
    print_message("# %d cuts of %d workloads\n", cuts, workloads);
    for (int kind = 0; kind < STEP_KINDS; kind++)
        if (written[kind] == 0)
            fail_msg("%s was never written in them", power_cut_steps[kind].name);
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
                                   2 + random_below(&random.random, 1u << 30), look_after(cut + i));
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
    original.disk = fault_disk_new();
    house_init_on(&original.house, fault_disk_vfs(original.disk));
    power_cut_furnish(&original);
    house_close(&original.house);
    fault_disk_settle(original.disk);
    return 0;
}

static int
free_original(void **state)
{
    (void)state;
    fault_disk_free(original.disk);
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
        cmocka_unit_test(each_kind_of_step_writes),
        cmocka_unit_test(each_kind_of_step_comes_right_after_each),
        cmocka_unit_test(a_cut_anywhere_loses_nothing_that_was_answered),
        cmocka_unit_test(random_cuts_lose_nothing_that_was_answered),
        cmocka_unit_test(the_same_cuts_catch_synchronous_normal),
        cmocka_unit_test(the_same_cuts_catch_synchronous_off),
        cmocka_unit_test(the_same_cuts_catch_replies_before_the_commit),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sim/power_cut", tests, make_original, free_original);
}
