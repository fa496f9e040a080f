/* Power cuts: whatever is answered is on the disk, whatever is not is all there or not there at all.
 *
 * A workload of three commands runs once on a disk that remembers every change. Then, for a cut after each of its
 * writes and syncs, the disk that the cut leaves is opened as the next start would open it, and held against what had
 * been answered until then: each answered event is in the log, byte for byte, and every stored invariant holds. The
 * house begins with guests in a room, a booking and a hold, so that each kind of step has something to write even when
 * it comes first; that it does is a case of its own.
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
#include "tests/sim/fault_vfs.h"
#include "tests/support/house.h"

enum { STEPS = 3, SYNCHRONOUS_OFF = 0, SYNCHRONOUS_NORMAL = 1, SYNCHRONOUS_FULL = 2 };

static bool sweep;
static int part, parts = 1; /* of the sweep */

/* --- commands --- */

struct run {
    struct house_fixture house;
    struct fault_disk *disk;
    struct id booking, hold; /* the newest of each */
    struct id guests, room;  /* the stay that came last, and the double that they are in */
    int closed;              /* nights of room 102 */
};

static struct run original; /* what each workload begins with */

static struct engine_request
ask(const struct run *run, enum command_kind kind)
{
    return (struct engine_request){.command = {.kind = kind, .property = 1, .actor = run->house.desk}};
}

/* What desks may not do without a manager. */
static struct engine_request
ask_as_manager(const struct run *run, enum command_kind kind)
{
    struct engine_request request = ask(run, kind);
    request.command.actor = (struct actor){.name = STR("usr_manager"), .role = ROLE_MANAGER};
    return request;
}

static enum outcome
run_step(struct run *run, struct engine_request request)
{
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
    struct engine_request request = ask(run, COMMAND_CONFIRM_HOLD);
    request.command.confirm_hold =
        (struct confirm_hold){.hold = run->hold, .party = 1, .guest = {.name = STR("Ada Lovelace")}};
    run_step(run, request);
}

static void
cancel(struct run *run)
{
    struct engine_request request = ask(run, COMMAND_CANCEL_BOOKING);
    request.command.booking_step.booking = run->booking;
    run_step(run, request);
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
    run_step(run, request);
}

static void
expire(struct run *run)
{
    test_clock_advance_ms(&run->house.clock, 60000);
    engine_sweep(run->house.engine);
}

/* The one double that is ready is 102. */
static void
walk_in(struct run *run)
{
    struct engine_request request = ask(run, COMMAND_WALK_IN);
    request.command.walk_in = (struct walk_in){
        .leg = {.room_type = run->house.double_type, .party = 1}, .nights = 1, .guest = {.name = STR("Grace Hopper")}};
    if (house_run(&run->house, &request) == OUTCOME_OK) {
        run->guests = request.result.events[0].subject;
        run->room = run->house.room_102;
    }
    engine_request_done(&request);
}

static void
move_guests(struct run *run)
{
    struct id to = id_equal(run->room, run->house.room_101) ? run->house.room_102 : run->house.room_101;
    struct engine_request request = ask_as_manager(run, COMMAND_MOVE_BOOKING);
    request.command.move_booking = (struct move_booking){
        .booking = run->guests, .to_room = to, .pinned = true, .overrides = true, .reason = STR("the tap drips")};
    if (run_step(run, request) == OUTCOME_OK)
        run->room = to;
}

static void
check_out(struct run *run)
{
    struct engine_request request = ask(run, COMMAND_CHECK_OUT);
    request.command.booking_step.booking = run->guests;
    run_step(run, request);
}

static void
pay(struct run *run)
{
    struct engine_request request = ask(run, COMMAND_CREATE_PAYMENT);
    request.command.create_payment = (struct create_payment){
        .booking = run->booking, .method = PAYMENT_METHOD_CASH, .amount = 12000, .captured = true};
    run_step(run, request);
}

/* Whatever is next in room 101, where no inspection is ever passed. */
static void
clean(struct run *run)
{
    static const enum command_kind kinds[] = {COMMAND_START_CLEANING, COMMAND_FINISH_CLEANING, COMMAND_INSPECT_ROOM};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct engine_request request = ask(run, kinds[i]);
        request.command.room_step.room = run->house.room_101;
        if (kinds[i] == COMMAND_INSPECT_ROOM)
            request.command.room_step.result = ROOM_RESULT_FAIL;
        if (run_step(run, request) == OUTCOME_OK)
            return;
    }
}

static void
close_room(struct run *run)
{
    int night = 20 + run->closed++;
    struct engine_request request = ask_as_manager(run, COMMAND_CLOSE_ROOMS);
    request.command.close_rooms =
        (struct close_rooms){.rooms = &run->house.room_102,
                             .room_count = 1,
                             .kind = CLOSURE_OUT_OF_ORDER,
                             .span = span_from_nights(HOUSE_DATE(night), HOUSE_DATE(night + 1)),
                             .reason = STR("paint")};
    run_step(run, request);
}

static const struct {
    const char *name;
    void (*run)(struct run *run);
} steps[] = {
    {"a stay by type", book_stock},
    {"a stay in a room", book_room},
    {"a slot", book_slot},
    {"a hold", hold_slot},
    {"a hold confirmed", confirm_hold},
    {"a cancellation", cancel},
    {"a group with a key", book_group},
    {"a sweep", expire},
    {"a walk-in", walk_in},
    {"guests who move", move_guests},
    {"a check-out", check_out},
    {"a payment by hand", pay},
    {"a room cleaned", clean},
    {"a room closed", close_room},
};

/* To the base of STEP_KINDS a workload's number has a digit for each step, the last one for the first. A stride that
 * has no divisor in common with the base goes through all kinds as the first step; one below the base meets each kind
 * right after each. */
enum {
    STEP_KINDS = sizeof(steps) / sizeof(steps[0]),
    WORKLOADS = STEP_KINDS * STEP_KINDS * STEP_KINDS,
    SAMPLE_STRIDE = 225,
    SWEEP_STRIDE = 9,
};
_Static_assert(SWEEP_STRIDE < STEP_KINDS, "some kinds would never come right after some others");

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
    struct house_fixture house = original.house;
    struct check_report report;
    struct store store = {.connection = NULL};
    unsigned char hash[STORE_HASH_BYTES];
    if (!house_open_copy(&house, fault_disk_vfs(disk), SYNCHRONOUS_FULL, &err))
        return false;
    bool safe = db_connect(house.db, DB_READER, &store.connection, &err) == DB_OK;
    if (safe) {
        struct check_settings check = {
            .store = &store, .clock = &original.house.clock.clock, .memory_limit = 4u << 20, .on_finding = on_finding};
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

static int written[STEP_KINDS]; /* how often a step of this kind was answered with an event */

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
    struct run run = original;
    run.disk = fault_disk_after_cut(original.disk, fault_disk_op_count(original.disk), 1);
    assert_true(house_open_copy(&run.house, fault_disk_vfs(run.disk), synchronous, &err));
    fault_disk_settle(run.disk);
    note_answer(&run, &workload->answers[0], 0);
    for (int i = 0; i < STEPS; i++) {
        uint64_t before = fault_disk_op_count(run.disk);
        int kind = number % STEP_KINDS;
        number /= STEP_KINDS;
        steps[kind].run(&run);
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

/* A step that is refused tests nothing. */
static void
each_kind_of_step_writes(void **state)
{
    (void)state;
    for (int kind = 0; kind < STEP_KINDS; kind++) {
        struct workload workload;
        workload_run(&workload, kind, SYNCHRONOUS_FULL, false); /* its first step is of this kind */
        if (workload.answers[1].seq == workload.answers[0].seq || workload.answers[1].op == 0)
            fail_msg("%s writes nothing", steps[kind].name);
        fault_disk_free(workload.disk);
    }
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
            fail_msg("%s was never written in them", steps[kind].name);
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

/* Room 102 is ready; the guests in 101 were let in before it was. */
static void
furnish(struct run *run)
{
    struct engine_request inspect = ask(run, COMMAND_INSPECT_ROOM);
    inspect.command.room_step = (struct room_step){.room = run->house.room_102, .result = ROOM_RESULT_PASS};
    assert_int_equal(run_step(run, inspect), OUTCOME_OK);
    struct engine_request guests = ask_as_manager(run, COMMAND_WALK_IN);
    guests.command.walk_in = (struct walk_in){.leg = {.room = run->house.room_101, .party = 1},
                                              .nights = 2,
                                              .guest = {.name = STR("Emmy Noether")},
                                              .overrides = true,
                                              .reason = STR("they are tired")};
    assert_int_equal(house_run(&run->house, &guests), OUTCOME_OK);
    run->guests = guests.result.events[0].subject;
    run->room = run->house.room_101;
    engine_request_done(&guests);
    struct leg stay = house_nights(run->house.bed_type, ID_NONE, 8, 10);
    assert_int_equal(house_book(&run->house, stay, &run->booking), OUTCOME_OK);
    struct leg slot = house_minutes(run->house.room_a1, 720, 780);
    assert_int_equal(house_hold(&run->house, run->house.desk, slot, 60000, &run->hold), OUTCOME_OK);
}

static int
make_original(void **state)
{
    (void)state;
    original.disk = fault_disk_new();
    house_init_on(&original.house, fault_disk_vfs(original.disk));
    furnish(&original);
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
        cmocka_unit_test(a_cut_anywhere_loses_nothing_that_was_answered),
        cmocka_unit_test(random_cuts_lose_nothing_that_was_answered),
        cmocka_unit_test(the_same_cuts_catch_synchronous_normal),
        cmocka_unit_test(the_same_cuts_catch_synchronous_off),
        cmocka_unit_test(the_same_cuts_catch_replies_before_the_commit),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sim/power_cut", tests, make_original, free_original);
}
