/* The heap gives out at every allocation of a batch in turn, once or for good: each command is done or told to come
 * again, none is done by half, and once there is memory the same keys complete the batch.
 *
 * malloc(), calloc() and realloc() of the program's own objects are wrapped by the linker (ld --wrap, whose names for
 * them are given as labels); SQLite gets an allocator of its own through its configuration. */
#include "tests/unit/test.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "tests/support/house.h"

enum { COMMANDS = 4, CHECK_EVERY = 100 };

void *real_malloc(size_t size) __asm__("__real_malloc");
void *real_calloc(size_t count, size_t size) __asm__("__real_calloc");
void *real_realloc(void *old, size_t size) __asm__("__real_realloc");
void *wrap_malloc(size_t size) __asm__("__wrap_malloc");
void *wrap_calloc(size_t count, size_t size) __asm__("__wrap_calloc");
void *wrap_realloc(void *old, size_t size) __asm__("__wrap_realloc");

static struct {
    bool armed, for_good;
    size_t fail_at; /* counted from 1 */
    size_t count;
} heap;

static bool
must_fail(void)
{
    if (!heap.armed)
        return false;
    heap.count++;
    return heap.for_good ? heap.count >= heap.fail_at : heap.count == heap.fail_at;
}

void *
wrap_malloc(size_t size)
{
    return must_fail() ? NULL : real_malloc(size);
}

void *
wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : real_calloc(count, size);
}

void *
wrap_realloc(void *old, size_t size)
{
    return must_fail() ? NULL : real_realloc(old, size);
}

static sqlite3_mem_methods sqlite_heap;

static void *
sqlite_malloc(int size)
{
    return must_fail() ? NULL : sqlite_heap.xMalloc(size);
}

static void *
sqlite_realloc(void *old, int size)
{
    return must_fail() ? NULL : sqlite_heap.xRealloc(old, size);
}

/* --- one trial --- */

struct batch {
    struct leg legs[COMMANDS];
    struct engine_request requests[COMMANDS];
    enum outcome outcomes[COMMANDS];
    bool replayed[COMMANDS];
    struct id subjects[COMMANDS]; /* of the first event */
};

static struct house_fixture house;
static unsigned char serial; /* makes the keys of each trial its own */
static unsigned char serial_high;
static size_t stride;

static void
ignore_answer(struct engine_request *request)
{
    (void)request;
}

/* A bed, a room, a slot, and a hold on the other room. */
static void
batch_fill(struct batch *batch)
{
    const struct leg legs[COMMANDS] = {
        house_nights(house.bed_type, ID_NONE, 1, 4),
        house_nights(ID_NONE, house.room_101, 3, 6),
        house_minutes(house.room_a1, 540, 600),
        house_nights(ID_NONE, house.room_102, 3, 6),
    };
    memcpy(batch->legs, legs, sizeof(legs));
    for (size_t i = 0; i < COMMANDS; i++) {
        struct engine_request *request = &batch->requests[i];
        *request = house_create(&house, &batch->legs[i]);
        request->has_key = true;
        memset(request->key, (int)i + 1, sizeof(request->key));
        request->key[0] = serial;
        request->key[1] = serial_high;
        request->done = ignore_answer;
    }
    batch->requests[COMMANDS - 1].command =
        (struct command){.kind = COMMAND_ACQUIRE_HOLD,
                         .property = house.property,
                         .actor = house.desk,
                         .acquire_hold = {.leg = batch->legs[COMMANDS - 1], .quantity = 1, .ttl_ms = 60000}};
}

static void
batch_run(struct batch *batch)
{
    batch_fill(batch);
    for (size_t i = 0; i < COMMANDS; i++)
        assert_true(engine_submit(house.engine, &batch->requests[i]));
    (void)engine_step(house.engine);
    heap.armed = false;
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct engine_result *result = &batch->requests[i].result;
        batch->outcomes[i] = result->refusal.outcome;
        batch->replayed[i] = result->replayed;
        batch->subjects[i] = batch->outcomes[i] == OUTCOME_OK ? result->events[0].subject : ID_NONE;
        engine_request_done(&batch->requests[i]);
    }
}

static struct store
open_reader(void)
{
    struct err err;
    struct store store = {.connection = NULL};
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    return store;
}

static int64_t
read_seq(void)
{
    struct store store = open_reader();
    struct store_head head;
    assert_int_equal(store_load_head(&store, house.property, &head), DB_OK);
    db_disconnect(store.connection);
    return head.seq;
}

static void
assert_invariants(void)
{
    struct store store = open_reader();
    struct check_report report;
    struct check_settings settings = {.store = &store, .clock = &house.clock.clock, .memory_limit = 64u << 20};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    assert_int_equal(report.violations, 0);
    db_disconnect(store.connection);
}

/* Gives everything back, so that the next trial finds the house empty. */
static void
batch_undo(const struct batch *batch)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        struct engine_request request = {.command = {.property = house.property, .actor = house.desk}};
        if (i < COMMANDS - 1) {
            request.command.kind = COMMAND_CANCEL_BOOKING;
            request.command.booking_step.booking = batch->subjects[i];
        } else {
            request.command.kind = COMMAND_RELEASE_HOLD;
            request.command.hold_step.hold = batch->subjects[i];
        }
        assert_int_equal(house_run(&house, &request), OUTCOME_OK);
        engine_request_done(&request);
    }
}

struct tally {
    int places, told_again, unknown;
};

/* One place for the heap to give out. False when the batch was done before it came to that. */
static bool
fail_at(size_t nth, bool for_good, struct tally *tally)
{
    struct batch first, second;
    int64_t seq = read_seq();
    serial++;
    serial_high = (unsigned char)(serial_high + (serial == 0));
    heap.fail_at = nth;
    heap.for_good = for_good;
    heap.count = 0;
    heap.armed = true;
    batch_run(&first);
    bool failed = heap.count >= nth, unknown = house.fatal_count > 0;
    size_t done = 0;
    for (size_t i = 0; i < COMMANDS; i++) {
        enum outcome outcome = first.outcomes[i];
        done += outcome == OUTCOME_OK;
        if (outcome != OUTCOME_OK)
            assert_int_equal(outcome, unknown ? OUTCOME_OUTCOME_UNKNOWN : OUTCOME_BUSY_RETRY);
        assert_true(failed || outcome == OUTCOME_OK);
    }
    if (unknown)
        house_reopen(&house);
    else
        assert_int_equal(read_seq() - seq, done);
    batch_run(&second);
    for (size_t i = 0; i < COMMANDS; i++) {
        assert_int_equal(second.outcomes[i], OUTCOME_OK);
        if (!unknown)
            assert_int_equal(second.replayed[i], first.outcomes[i] == OUTCOME_OK);
    }
    assert_int_equal(read_seq() - seq, COMMANDS);
    batch_undo(&second);
    tally->places += failed;
    tally->told_again += done < COMMANDS;
    tally->unknown += unknown;
    if (nth % CHECK_EVERY == 0)
        assert_invariants();
    return failed;
}

static void
fail_everywhere(bool for_good)
{
    struct tally tally = {0};
    size_t nth = 1;
    while (fail_at(nth, for_good, &tally))
        nth += stride;
    assert_invariants();
    print_message(
        "# no memory %s each of %d allocations of a batch: %d times a command was told to come again, %d times "
        "its outcome was unknown\n",
        for_good ? "from" : "at", tally.places, tally.told_again, tally.unknown);
    /* after a single failure the engine runs the batch again, and it is done */
    assert_true(tally.places > 20 && (!for_good || tally.told_again > 10));
}

static void
an_allocation_that_fails_leaves_nothing_done_by_half(void **state)
{
    (void)state;
    fail_everywhere(false);
}

static void
a_heap_that_stays_empty_leaves_nothing_done_by_half(void **state)
{
    (void)state;
    fail_everywhere(true);
}

static int
make_house(void **state)
{
    (void)state;
    house_init(&house);
    return 0;
}

static int
free_house(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_allocation_that_fails_leaves_nothing_done_by_half, make_house, free_house),
        cmocka_unit_test_setup_teardown(a_heap_that_stays_empty_leaves_nothing_done_by_half, make_house, free_house),
    };
    stride = argc > 1 && strcmp(argv[1], "sweep") == 0 ? 1 : 7;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_heap), SQLITE_OK);
    sqlite3_mem_methods failing = sqlite_heap;
    failing.xMalloc = sqlite_malloc;
    failing.xRealloc = sqlite_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
    return test_run("sim/memory", tests);
}
