/* What is counted of refused demand: once per caller and night or hour, in units, on the nights that were short; and
 * what is not counted. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "core/date.h"
#include "engine/turnaway.h"
#include "store/store_turnaway.h"
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

/* --- asking --- */

static struct engine_request
create(const struct leg *legs, size_t count, const char *email)
{
    struct engine_request request = house_create(&house, legs);
    request.command.create_bookings.leg_count = count;
    request.command.create_bookings.guest.email = str_from(email);
    return request;
}

/* Runs it; how it ended, without what it took. */
static enum outcome
end(struct engine_request request)
{
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static enum outcome
book_for(struct leg leg, const char *email)
{
    return end(create(&leg, 1, email));
}

/* Whether it is refused without a decision. */
static bool
refuses_again(struct leg leg, const char *email)
{
    struct engine_request request = create(&leg, 1, email);
    return engine_refuse_again(house.engine, &request, &arena);
}

static struct leg
beds(int from, int until)
{
    return house_nights(house.bed_type, ID_NONE, from, until);
}

/* Both beds of these nights, and the flush that follows counts nothing. */
static void
sell_out(int from, int until)
{
    assert_int_equal(house_book(&house, beds(from, until), NULL), OUTCOME_OK);
    assert_int_equal(house_book(&house, beds(from, until), NULL), OUTCOME_OK);
}

/* --- reading --- */

static struct store_turnaway *
flushed(size_t *ret_count)
{
    struct store store = {.connection = NULL};
    struct store_turnaway *turnaways;
    struct err err;
    while (engine_flush_turnaways(house.engine))
        ;
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_list_turnaways(&store, 1, HOUSE_DATE(-10), HOUSE_DATE(700), ID_NONE, NULL, 1000, &arena,
                                          &turnaways, ret_count),
                     DB_OK);
    db_disconnect(store.connection);
    return turnaways;
}

/* All units that are counted. */
static int64_t
counted(void)
{
    size_t count;
    struct store_turnaway *turnaways = flushed(&count);
    int64_t units = 0;
    for (size_t i = 0; i < count; i++)
        units += turnaways[i].units;
    return units;
}

/* --- what is counted --- */

static void
the_nights_that_were_short_are_counted_and_no_others(void **state)
{
    (void)state;
    size_t count;
    sell_out(2, 4);
    assert_int_equal(book_for(beds(1, 6), "ada@example.org"), OUTCOME_SOLD_OUT);
    struct store_turnaway *turnaways = flushed(&count);
    assert_int_equal(count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(turnaways[i].date, HOUSE_DATE(2 + i));
        assert_int_equal(turnaways[i].hour, STORE_NO_HOUR);
        assert_true(id_equal(turnaways[i].room_type, house.bed_type));
        assert_true(id_is_none(turnaways[i].room));
        assert_int_equal(turnaways[i].reason, OUTCOME_SOLD_OUT);
        assert_int_equal(turnaways[i].units, 1);
    }
}

/* A walk-in says no arrival: it is tonight. */
static void
whoever_walks_in_in_vain_is_counted_for_the_night_that_was_short(void **state)
{
    (void)state;
    size_t count;
    struct leg rooms[2] = {house_nights(house.double_type, ID_NONE, 0, 1),
                           house_nights(house.double_type, ID_NONE, 0, 1)};
    assert_int_equal(end(create(rooms, 2, "ada@example.org")), OUTCOME_OK);
    struct engine_request request = create(rooms, 1, "");
    request.command.kind = COMMAND_WALK_IN;
    request.command.walk_in = (struct walk_in){
        .leg = {.room_type = house.double_type, .party = 1}, .nights = 2, .guest = {.name = STR("Grace Hopper")}};
    assert_int_equal(end(request), OUTCOME_SOLD_OUT);
    struct store_turnaway *turnaways = flushed(&count);
    assert_int_equal(count, 1);
    assert_int_equal(turnaways[0].date, HOUSE_DATE(0));
    assert_true(id_equal(turnaways[0].room_type, house.double_type));
    assert_int_equal(turnaways[0].units, 1);
}

static void
as_many_are_counted_as_were_wanted_of_the_same(void **state)
{
    (void)state;
    sell_out(1, 2);
    struct leg legs[4] = {beds(1, 2), beds(1, 2), beds(1, 2), house_nights(house.double_type, ID_NONE, 1, 2)};
    assert_int_equal(end(create(legs, 4, "ada@example.org")), OUTCOME_SOLD_OUT);
    assert_int_equal(counted(), 3);
}

static void
whoever_asks_again_is_counted_once_until_they_were_quiet(void **state)
{
    (void)state;
    sell_out(1, 3);
    for (int i = 0; i < 40; i++) {
        enum outcome outcome = OUTCOME_SOLD_OUT;
        if (!refuses_again(beds(1, 3), "ada@example.org"))
            outcome = book_for(beds(1, 3), "ada@example.org");
        assert_int_equal(outcome, OUTCOME_SOLD_OUT);
        test_clock_advance_ms(&house.clock, TURNAWAY_QUIET_MS / 2);
    }
    assert_int_equal(counted(), 2);
    test_clock_advance_ms(&house.clock, TURNAWAY_QUIET_MS);
    assert_int_equal(book_for(beds(1, 3), "ada@example.org"), OUTCOME_SOLD_OUT);
    assert_int_equal(counted(), 4);
}

/* What is refused without being decided counts as well. */
static void
another_guest_of_the_same_caller_is_another_demand(void **state)
{
    (void)state;
    sell_out(1, 2);
    assert_int_equal(book_for(beds(1, 2), "ada@example.org"), OUTCOME_SOLD_OUT);
    assert_true(refuses_again(beds(1, 2), "grace@example.org"));
    assert_true(refuses_again(beds(1, 2), "grace@example.org"));
    assert_true(refuses_again(beds(1, 2), "edsger@example.org"));
    assert_int_equal(counted(), 3);
}

static void
of_stays_that_overlap_each_night_is_counted_once(void **state)
{
    (void)state;
    sell_out(1, 5);
    assert_int_equal(book_for(beds(1, 3), "ada@example.org"), OUTCOME_SOLD_OUT);
    assert_int_equal(book_for(beds(2, 5), "ada@example.org"), OUTCOME_SOLD_OUT);
    assert_int_equal(book_for(beds(1, 5), "ada@example.org"), OUTCOME_SOLD_OUT);
    assert_int_equal(counted(), 4);
}

static void
a_room_that_is_taken_counts_on_the_nights_that_are(void **state)
{
    (void)state;
    size_t count;
    struct leg taken = house_nights(ID_NONE, house.room_101, 3, 4),
               wanted = house_nights(ID_NONE, house.room_101, 2, 6);
    taken.pinned = true;
    assert_int_equal(house_book(&house, taken, NULL), OUTCOME_OK);
    wanted.pinned = true;
    assert_int_equal(book_for(wanted, ""), OUTCOME_ROOM_NOT_AVAILABLE);
    struct store_turnaway *turnaways = flushed(&count);
    assert_int_equal(count, 1);
    assert_int_equal(turnaways[0].date, HOUSE_DATE(3));
    assert_int_equal(turnaways[0].reason, OUTCOME_ROOM_NOT_AVAILABLE);
    assert_true(id_equal(turnaways[0].room, house.room_101));
    assert_true(id_equal(turnaways[0].room_type, house.double_type));
}

/* 09:30 to 11:30 in UTC is 10:30 to 12:30 in Paris. */
static void
a_slot_counts_in_each_local_hour_it_has_a_part_of(void **state)
{
    (void)state;
    size_t count;
    assert_int_equal(house_book(&house, house_minutes(house.room_a1, 0, 1440), NULL), OUTCOME_OK);
    assert_int_equal(book_for(house_minutes(house.room_a1, 570, 690), ""), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(book_for(house_minutes(house.room_a1, 570, 690), ""), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_int_equal(book_for(house_minutes(house.room_a1, 660, 750), ""), OUTCOME_ROOM_NOT_AVAILABLE);
    struct store_turnaway *turnaways = flushed(&count);
    assert_int_equal(count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(turnaways[i].date, HOUSE_DATE(1));
        assert_int_equal(turnaways[i].hour, 10 + i);
        assert_int_equal(turnaways[i].units, 1);
    }
}

static void
a_hold_that_is_refused_counts_and_one_by_its_own_holder_does_not(void **state)
{
    (void)state;
    struct leg slot = house_minutes(house.room_a1, 600, 660), other = house_minutes(house.room_a1, 630, 690);
    assert_int_equal(house_hold(&house, house.teacher, slot, 60000, NULL), OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, other, 60000, NULL), OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(counted(), 0);
    assert_int_equal(house_hold(&house, house.desk, slot, 60000, NULL), OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(counted(), 1);
}

/* --- what is not --- */

static void
trials_and_what_is_marked_so_are_no_demand(void **state)
{
    (void)state;
    struct leg leg = beds(1, 2);
    sell_out(1, 2);
    struct engine_request dry = create(&leg, 1, ""), import = create(&leg, 1, "");
    dry.dry_run = true;
    import.no_demand = true;
    assert_int_equal(end(dry), OUTCOME_SOLD_OUT);
    assert_int_equal(end(import), OUTCOME_SOLD_OUT);
    assert_false(engine_flush_turnaways(house.engine));
}

static void
what_is_not_on_sale_is_no_demand_for_room(void **state)
{
    (void)state;
    assert_int_equal(book_for(beds(-3, -2), ""), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(book_for(beds(800, 801), ""), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(book_for(house_nights(ID_NONE, house.room_a1, 1, 2), ""), OUTCOME_VALIDATION_FAILED);
    assert_false(engine_flush_turnaways(house.engine));
}

/* --- the rows --- */

static void
rows_are_added_to(void **state)
{
    (void)state;
    size_t count;
    sell_out(1, 2);
    assert_int_equal(book_for(beds(1, 2), "ada@example.org"), OUTCOME_SOLD_OUT);
    assert_int_equal(counted(), 1);
    assert_int_equal(book_for(beds(1, 2), "grace@example.org"), OUTCOME_SOLD_OUT);
    struct store_turnaway *turnaways = flushed(&count);
    assert_int_equal(count, 1);
    assert_int_equal(turnaways[0].units, 2);
}

static void
a_clean_stop_writes_what_was_noted(void **state)
{
    (void)state;
    sell_out(1, 2);
    assert_int_equal(book_for(beds(1, 2), ""), OUTCOME_SOLD_OUT);
    house_reopen(&house);
    assert_int_equal(counted(), 1);
}

/* No event, no seq: what is not in the log can't be folded out of it. */
static void
the_log_is_not_moved_on(void **state)
{
    (void)state;
    struct store store = {.connection = NULL};
    struct store_head before, after;
    struct err err;
    sell_out(1, 2);
    assert_int_equal(book_for(beds(1, 2), ""), OUTCOME_SOLD_OUT);
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_load_head(&store, 1, &before), DB_OK);
    assert_true(engine_flush_turnaways(house.engine));
    assert_int_equal(store_load_head(&store, 1, &after), DB_OK);
    db_disconnect(store.connection);
    assert_memory_equal(&before, &after, sizeof(before));
}

/* Whoever writes around the engine. */
static void
the_database_refuses_what_can_not_be(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "INSERT INTO turnaway SELECT 1, 20800, 24, id, x'', 'SOLD_OUT', 1 FROM room_type",
        "INSERT INTO turnaway SELECT 1, 20800, -2, id, x'', 'SOLD_OUT', 1 FROM room_type",
        "INSERT INTO turnaway SELECT 1, 20800, -1, id, x'00', 'SOLD_OUT', 1 FROM room_type",
        "INSERT INTO turnaway SELECT 1, 20800, -1, id, x'', 'TOO_MANY_GUESTS', 1 FROM room_type",
        "INSERT INTO turnaway SELECT 1, 20800, -1, id, x'', 'SOLD_OUT', 0 FROM room_type",
        "INSERT INTO turnaway VALUES (1, 20800, -1, zeroblob(16), x'', 'SOLD_OUT', 1)",
        "INSERT INTO turnaway SELECT 2, 20800, -1, id, x'', 'SOLD_OUT', 1 FROM room_type",
    };
    struct db_connection *writer;
    struct err err;
    engine_free(house.engine);
    house.engine = NULL;
    assert_int_equal(db_connect(house.db, DB_WRITER, &writer, &err), DB_OK);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(db_script(writer, wrong[i], &err), DB_CONFLICT);
    db_disconnect(writer);
}

/* A note that needs more counters than are left waits for the next flush. */
static void
more_than_a_flush_may_write_is_written_by_the_next(void **state)
{
    (void)state;
    sell_out(1, 301);
    for (int i = 0; i < 4; i++)
        sell_out(301 + 60 * i, 301 + 60 * (i + 1));
    assert_int_equal(book_for(beds(1, 301), ""), OUTCOME_SOLD_OUT);
    for (int i = 0; i < 4; i++)
        assert_int_equal(book_for(beds(301 + 60 * i, 301 + 60 * (i + 1)), ""), OUTCOME_SOLD_OUT);
    assert_true(engine_flush_turnaways(house.engine));
    assert_true(engine_flush_turnaways(house.engine));
    assert_false(engine_flush_turnaways(house.engine));
    assert_int_equal(counted(), 540);
}

static void
what_does_not_fit_is_lost_and_said_to_be(void **state)
{
    (void)state;
    struct turnaways *turnaways = turnaways_new();
    struct turnaway noted;
    struct leg leg = beds(1, 2);
    struct command command = house_create(&house, &leg).command;
    const struct refusal refusal = {.outcome = OUTCOME_SOLD_OUT};
    int taken = 0;
    for (int i = 0; i < 5000; i++) {
        char email[32];
        (void)snprintf(email, sizeof(email), "%d@example.org", i);
        command.create_bookings.guest.email = str_from(email);
        turnaways_note(turnaways, &command, &refusal, HOUSE_NOW);
    }
    while (turnaways_take(turnaways, &noted))
        taken++;
    assert_int_equal(taken, 4096);
    assert_int_equal(turnaways_lost(turnaways), 5000 - 4096);
    turnaways_note(turnaways, &command, &refusal, HOUSE_NOW + TURNAWAY_QUIET_MS);
    assert_true(turnaways_take(turnaways, &noted));
    assert_int_equal(noted.units, 1);
    turnaways_free(turnaways);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_nights_that_were_short_are_counted_and_no_others),
        CASE(whoever_walks_in_in_vain_is_counted_for_the_night_that_was_short),
        CASE(as_many_are_counted_as_were_wanted_of_the_same),
        CASE(whoever_asks_again_is_counted_once_until_they_were_quiet),
        CASE(another_guest_of_the_same_caller_is_another_demand),
        CASE(of_stays_that_overlap_each_night_is_counted_once),
        CASE(a_room_that_is_taken_counts_on_the_nights_that_are),
        CASE(a_slot_counts_in_each_local_hour_it_has_a_part_of),
        CASE(a_hold_that_is_refused_counts_and_one_by_its_own_holder_does_not),
        CASE(trials_and_what_is_marked_so_are_no_demand),
        CASE(what_is_not_on_sale_is_no_demand_for_room),
        CASE(rows_are_added_to),
        CASE(a_clean_stop_writes_what_was_noted),
        CASE(the_log_is_not_moved_on),
        CASE(the_database_refuses_what_can_not_be),
        CASE(more_than_a_flush_may_write_is_written_by_the_next),
        CASE(what_does_not_fit_is_lost_and_said_to_be),
    };
    return test_run("engine/turnaway", tests);
}
