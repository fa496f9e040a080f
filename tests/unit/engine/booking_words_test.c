/* Bookings are found by any word of their guest's name: in a part of the numbers that is complete, in the one that is
 * open, across the boundary, and after the guest has changed. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "core/date.h"
#include "engine/check.h"
#include "store/store_list.h"
#include "store/store_words.h"
#include "tests/support/house.h"

static struct house_fixture house;
static struct id newest; /* booking */
static size_t others;    /* bookings of nobody in particular */

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    others = 0;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

/* One booking, or a group of them, for a guest, each on a night of its own from `night` on. */
static void
book(const char *guest, int night, size_t count)
{
    struct leg legs[LEGS_MAX];
    assert_true(count <= LEGS_MAX);
    for (size_t i = 0; i < count; i++)
        legs[i] = house_nights(house.bed_type, ID_NONE, night + (int)i, night + (int)i + 1);
    struct engine_request request = house_create(&house, legs);
    request.command.create_bookings.leg_count = count;
    request.command.create_bookings.group = count > 1;
    request.command.create_bookings.guest.name = str_from(guest);
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    newest = request.result.events[0].subject;
    engine_request_done(&request);
}

static int64_t
next_number(void)
{
    struct store store = {.connection = NULL};
    struct store_head head;
    struct err err;
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_load_head(&store, house.property, &head), DB_OK);
    db_disconnect(store.connection);
    return head.next_code;
}

/* Fills the numbers up to `until` with somebody else's bookings. */
static void
fill(int64_t until)
{
    for (int64_t number = next_number(), night = 2; number < until; number++, night++) {
        book("Somebody Else", (int)(night % 700), 1);
        others++;
    }
    assert_int_equal(next_number(), until);
}

static size_t
found(const char *asked)
{
    struct store store = {.connection = NULL};
    struct store_booking_filter filter = STORE_BOOKING_FILTER_ALL;
    struct booking *bookings;
    struct arena arena;
    struct err err;
    size_t count;
    arena_init(&arena, 8 << 20);
    filter.way = STORE_BOOKINGS_BY_GUEST;
    assert_true(words_of(str_from(asked), &arena, &filter.guest));
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    enum db_status status =
        store_list_bookings(&store, house.property, &filter, ID_NONE, 1000, &arena, &bookings, &count);
    db_disconnect(store.connection);
    if (status != DB_OK)
        fail_msg("%s: %s", db_status_name(status), store.err.message);
    arena_done(&arena);
    return count;
}

static void
on_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    fail_msg("%s: %.*s", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

static void
assert_in_order(void)
{
    struct store store = {.connection = NULL};
    struct check_report report;
    struct err err;
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    struct check_settings settings = {
        .store = &store, .clock = &house.clock.clock, .memory_limit = 16u << 20, .on_finding = on_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    db_disconnect(store.connection);
}

/* What is given out and not used would leave few bookings to a part, and many parts to look through. */
static void
numbers_are_given_out_as_they_are_used(void **state)
{
    (void)state;
    struct id hold;
    assert_int_equal(next_number(), 0);
    book("Ada Lovelace", 0, 1);
    assert_int_equal(next_number(), 1);
    book("Grace Hopper", 10, 6);
    assert_int_equal(next_number(), 8); /* the group has a code too */
    assert_int_equal(house_hold(&house, house.desk, house_nights(house.bed_type, ID_NONE, 20, 21), 60000, &hold),
                     OUTCOME_OK);
    struct engine_request confirm = {
        .command = {.kind = COMMAND_CONFIRM_HOLD,
                    .property = house.property,
                    .actor = house.desk,
                    .confirm_hold = {.hold = hold, .party = 1, .guest = {.name = STR("Mary Somerville")}}}};
    assert_int_equal(house_run(&house, &confirm), OUTCOME_OK);
    engine_request_done(&confirm);
    assert_int_equal(next_number(), 9);
    assert_in_order();
}

static void
a_name_is_found_in_open_and_in_complete_parts(void **state)
{
    (void)state;
    book("Ada Lovelace", 0, 1);
    assert_int_equal(found("love"), 1);
    fill(STORE_WORD_PART - 1);
    assert_int_equal(found("love"), 1);
    fill(STORE_WORD_PART + 1); /* the first part is complete */
    assert_int_equal(found("love"), 1);
    assert_int_equal(found("ada lovelace"), 1);
    assert_int_equal(found("ada else"), 0);
    book("Ada Byron", 0, 1);
    assert_int_equal(found("ADA"), 2);
    assert_int_equal(found("somebody"), others);
    assert_true(others > STORE_WORD_PART / 2);
    assert_in_order();
}

static void
a_group_across_the_boundary_is_found_whole(void **state)
{
    (void)state;
    fill(STORE_WORD_PART - 3);
    book("Grace Hopper", 10, 6);
    assert_int_equal(found("hopper"), 6);
    assert_in_order();
}

static void
amend_guest(struct id booking, const char *name)
{
    struct engine_request request = {
        .command = {.kind = COMMAND_AMEND_BOOKING,
                    .property = house.property,
                    .actor = house.desk,
                    .amend_booking = {.booking = booking, .changes_guest = true, .guest = {.name = str_from(name)}}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static void
a_booking_is_found_by_its_new_guest_and_not_by_the_old(void **state)
{
    (void)state;
    book("Ada Lovelace", 0, 1);
    struct id booking = newest;
    amend_guest(booking, "Ada Augusta King");
    assert_int_equal(found("king"), 1);
    assert_int_equal(found("love"), 0);
    fill(STORE_WORD_PART + 1);
    assert_int_equal(found("king"), 1);
    amend_guest(booking, "Mary Somerville"); /* in a part that is complete */
    assert_int_equal(found("king"), 0);
    assert_int_equal(found("mary"), 1);
    assert_in_order();
}

static void
names_of_every_kind_are_found_in_a_complete_part(void **state)
{
    (void)state;
    book("100%_Off Club", 0, 1);
    book("\xe5\xb1\xb1\xe7\x94\xb0\xe5\xa4\xaa\xe9\x83\x8e", 1, 1); /* one word of four characters */
    book("Abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz Bo", 2, 1);
    book("\xcc\x81\xcc\x88 -- %", 3, 1); /* no word at all */
    book("Tail \xf4\x8f\xbf\xbd", 4, 1);
    for (int complete = 0; complete < 2; complete++) {
        assert_int_equal(found("100"), 1);
        assert_int_equal(found("%100_off%"), 1);
        assert_int_equal(found("1%0"), 0); /* 1 and 0: no pattern */
        assert_int_equal(found("\xe5\xb1\xb1"), 1);
        assert_int_equal(found("\xe7\x94\xb0"), 0);
        assert_int_equal(found("abcdefghijklmnopqrstuvwxyzabcdefghijkl bo"), 1);
        assert_int_equal(found("abcdefghijklmnopqrstuvwxyzabz"), 0);
        assert_int_equal(found("tail"), 1);
        fill(STORE_WORD_PART + 1);
    }
    assert_in_order();
}

/* Keys can't be stored from now on: whoever has one fails when everything else of the command was written. */
static void
break_keys(void)
{
    struct db_connection *writer;
    struct err err;
    engine_free(house.engine);
    house.engine = NULL;
    assert_int_equal(db_connect(house.db, DB_WRITER, &writer, &err), DB_OK);
    for (int i = 0; i < 3; i++) {
        char script[160];
        (void)snprintf(script, sizeof(script),
                       "CREATE TRIGGER no_key_%d BEFORE INSERT ON idempotency_%d BEGIN SELECT RAISE(ABORT, 'no'); END",
                       i, i);
        assert_int_equal(db_script(writer, script, &err), DB_OK);
    }
    db_disconnect(writer);
    house_reopen(&house);
}

static void
ignore_answer(struct engine_request *request)
{
    (void)request;
}

static void
a_part_whose_last_command_is_undone_is_completed_by_the_next(void **state)
{
    (void)state;
    enum { COUNT = 3 };
    static const char *const names[COUNT] = {"Ada Lovelace", "Grace Hopper", "Mary Somerville"};
    struct engine_request requests[COUNT];
    struct leg leg = house_nights(house.double_type, ID_NONE, 1, 2);
    break_keys();
    fill(STORE_WORD_PART - 2);
    for (size_t i = 0; i < COUNT; i++) {
        requests[i] = house_create(&house, &leg);
        requests[i].command.create_bookings.guest.name = str_from(names[i]);
        requests[i].has_key = i == 1;
        requests[i].done = ignore_answer;
        assert_true(engine_submit(house.engine, &requests[i]));
    }
    assert_int_equal(engine_step(house.engine), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(requests[i].result.refusal.outcome, i == 1 ? OUTCOME_BUSY_RETRY : OUTCOME_OK);
        engine_request_done(&requests[i]);
    }
    assert_int_equal(next_number(), STORE_WORD_PART);
    assert_int_equal(found("ada"), 1);
    assert_int_equal(found("grace"), 0);
    assert_int_equal(found("mary"), 1);
    assert_in_order();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_given_out_as_they_are_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_found_in_open_and_in_complete_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_across_the_boundary_is_found_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_booking_is_found_by_its_new_guest_and_not_by_the_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_of_every_kind_are_found_in_a_complete_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_part_whose_last_command_is_undone_is_completed_by_the_next, set_up,
                                        tear_down),
    };
    return test_run("engine/booking_words", tests);
}
