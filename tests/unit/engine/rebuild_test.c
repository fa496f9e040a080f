/* Folding the log of a busy house gives the tables that are stored; what is changed behind the engine's back, in any of
 * them or in the log, is named. The plants are indexed by the list of rebuilt tables: one without a plant fails, and so
 * does a table or a column of the schema that is neither rebuilt nor said not to be. */
#include "tests/unit/test.h"

#include <sqlite3.h>
#include <stdio.h>

#include "core/date.h"
#include "engine/rebuild.h"
#include "store/migrate.h"
#include "tests/support/house.h"
#include "tests/support/rebuilt.h"

static struct house_fixture house;

enum table {
#define REBUILT_TABLE(table, ...) TABLE_##table,
#include "engine/rebuild.def"
#undef REBUILT_TABLE
    TABLE_COUNT
};

static const char *const columns[TABLE_COUNT][40] = {
#define REBUILT_TABLE(table, stmt, key_count, kind, subject, ...) [TABLE_##table] = {__VA_ARGS__},
#include "engine/rebuild.def"
#undef REBUILT_TABLE
};

static const char *const table_names[TABLE_COUNT] = {
#define REBUILT_TABLE(table, ...) #table,
#include "engine/rebuild.def"
#undef REBUILT_TABLE
};

/* What the log does not say and the fold does not make: people and their secrets, words that can be erased, what helps
 * to find things, counts of what was refused, and the log itself. */
static const char *const not_rebuilt[] = {
    "migration",        "head",           "guest",         "text",
    "booking_word",     "event",          "job",           "job_item",
    "idempotency_0",    "idempotency_1",  "idempotency_2", "idempotency_day",
    "user_account",     "user_role",      "token",         "session",
    "invitation",       "password_reset", "sqlite_stat1",  "turnaway",
    "payment_provider", "guest_link",
};

/* A change of one row of each table, the column that it is in, and what the log's last word on it is about; without a
 * column, a row that nobody made. */
static const struct {
    const char *sql, *column;
} plants[TABLE_COUNT] = {
    [TABLE_property] = {"UPDATE property SET name = 'Other'", "name"},
    [TABLE_room_type] = {"UPDATE room_type SET max_guests = 7 WHERE name = 'Bed'", "max_guests"},
    [TABLE_room] = {"UPDATE room SET floor = '9' WHERE number = '101'", "floor"},
    [TABLE_occupancy] =
        {"INSERT INTO occupancy SELECT 1, r.id, b.id FROM room r, booking b WHERE r.number = '101' LIMIT 1", NULL},
    [TABLE_claim] = {"UPDATE claim SET pinned = 1 - pinned WHERE owner_kind = 'hold'", "pinned"},
    [TABLE_inventory_night] = {"UPDATE inventory_night SET fixed = fixed + 1 WHERE night = 20780 AND sold = 1",
                               "fixed"},
    [TABLE_room_event] = {"INSERT INTO room_event SELECT 1, id, 1 FROM room WHERE number = '101'", NULL},
    [TABLE_closure] = {"UPDATE closure SET created_by = 'usr_other'", "created_by"},
    [TABLE_overcommit] = {"INSERT INTO overcommit SELECT property, night, room_type, 'closure', randomblob(16), 0 "
                          "FROM inventory_night LIMIT 1",
                          NULL},
    [TABLE_booking_group] = {"UPDATE booking_group SET owner = 'usr_other'", "owner"},
    [TABLE_booking] = {"UPDATE booking SET party = 9 WHERE by_minute = 1", "party"},
    [TABLE_booking_guest] = {"INSERT INTO booking_guest SELECT b.property, b.id, g.id FROM booking b, guest g "
                             "WHERE g.id <> b.guest LIMIT 1",
                             NULL},
    [TABLE_payment] = {"INSERT INTO payment SELECT 1, id, id, NULL, 'cash', NULL, 'EUR', 1, 1, 0, 1, 1, NULL, "
                       "NULL, 1, 1 FROM booking LIMIT 1",
                       NULL},
    [TABLE_refund] = {"INSERT INTO refund SELECT 1, id, id, NULL, 1, 'due', 0, 0, NULL, NULL, "
                      "NULL, NULL, NULL, 1, 1 FROM booking LIMIT 1",
                      NULL},
    [TABLE_set_aside] = {"INSERT INTO set_aside SELECT 1, id, 'evt', 'k', 'amount', NULL, NULL, 1, 'EUR', 1, "
                         "NULL, 1 FROM booking LIMIT 1",
                         NULL},
    [TABLE_payment_notice] = {"INSERT INTO payment_notice SELECT 1, 'evt', 'pay', id, 1 FROM booking LIMIT 1", NULL},
    [TABLE_hold] = {"UPDATE hold SET expires_at = expires_at + 1 WHERE room IS NULL", "expires_at"},
};

static struct id
book(struct leg leg, size_t legs, enum booking_payment payment)
{
    struct leg both[2] = {leg, leg};
    struct engine_request request = house_create(&house, both);
    request.command.create_bookings.leg_count = legs;
    request.command.create_bookings.group = legs > 1;
    request.command.create_bookings.payment = payment;
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id booking = request.result.events[0].subject;
    engine_request_done(&request);
    return booking;
}

static struct id
run(struct command command, enum role role)
{
    struct engine_request request = {.command = command};
    request.command.property = 1;
    request.command.actor = (struct actor){.name = STR("usr_admin"), .role = role};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id subject = request.result.events[0].subject;
    engine_request_done(&request);
    return subject;
}

static struct id
make_room(struct id room_type, const char *number)
{
    struct room room = {.room_type = room_type, .number = str_from(number), .features = STR("[]")};
    return run((struct command){.kind = COMMAND_CREATE_ROOMS, .create_rooms = {.rooms = &room, .room_count = 1}},
               ROLE_ADMIN);
}

/* A type and a room that are gone again, so that the past has things that the present has not. */
static void
fill_and_empty(void)
{
    struct room_type suite = {.name = STR("Suite"),
                              .sold_by = SOLD_BY_NIGHT,
                              .stock = STOCK_ROOMS,
                              .max_guests = 2,
                              .features = STR("[\"balcony\"]"),
                              .hold_ttl_ms = 30000,
                              .closes_min = 1440,
                              .length_min = 1,
                              .length_max = 1440};
    struct id type =
        run((struct command){.kind = COMMAND_CREATE_ROOM_TYPE, .put_room_type = {.room_type = suite}}, ROLE_ADMIN);
    struct id room = make_room(type, "S1");
    struct room retyped = {.id = room, .room_type = house.double_type, .number = STR("103"), .features = STR("[]")};
    run((struct command){.kind = COMMAND_AMEND_ROOM, .amend_room = {.room = retyped}}, ROLE_ADMIN);
    struct id gone = make_room(house.double_type, "104");
    run((struct command){.kind = COMMAND_DELETE_ROOMS, .delete_rooms = {.rooms = &gone, .room_count = 1}}, ROLE_ADMIN);
    run((struct command){.kind = COMMAND_DELETE_ROOM_TYPE, .delete_room_type = {.room_type = type}}, ROLE_ADMIN);
}

/* One by force, over a stay that is left without a room, and one that is over again. */
static void
close_rooms(void)
{
    struct leg pinned = house_nights(ID_NONE, house.room_101, 40, 42);
    pinned.pinned = true;
    book(pinned, 1, PAYMENT_NONE);
    book(house_nights(house.double_type, ID_NONE, 40, 42), 1, PAYMENT_NONE);
    struct command command = {.kind = COMMAND_CLOSE_ROOMS,
                              .close_rooms = {.rooms = &house.room_101,
                                              .room_count = 1,
                                              .span = pinned.span,
                                              .reason = STR("a burst pipe"),
                                              .forces = true}};
    (void)run(command, ROLE_MANAGER);
    command.close_rooms.span = house_nights(ID_NONE, house.room_101, 50, 52).span;
    command.close_rooms.forces = false;
    struct id closure = run(command, ROLE_MANAGER);
    for (int until = 53; until > 50; until -= 2)
        (void)run((struct command){.kind = COMMAND_AMEND_CLOSURE,
                                   .amend_closure = {.closure = closure,
                                                     .ends = date_to_instant(HOUSE_DATE(until)),
                                                     .reason = STR("the plumber is late")}},
                  ROLE_FRONT_DESK);
    (void)run((struct command){.kind = COMMAND_REOPEN_ROOM, .closure_step = {.closure = closure}}, ROLE_MANAGER);
}

/* Two come along, and one of them is taken out again. */
static void
name_guests(void)
{
    struct leg leg = house_minutes(house.room_a1, 800, 860);
    leg.party = 3;
    struct name_guest name = {.details = {.name = STR("Grace Hopper")}};
    name.booking = book(leg, 1, PAYMENT_NONE);
    run((struct command){.kind = COMMAND_ADD_GUEST, .name_guest = name}, ROLE_FRONT_DESK);
    struct engine_request request = {
        .command = {.kind = COMMAND_ADD_GUEST, .property = 1, .actor = house.desk, .name_guest = name}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    assert_int_equal(request.result.companion_count, 2);
    name.guest = request.result.companions[0].id;
    engine_request_done(&request);
    run((struct command){.kind = COMMAND_REMOVE_GUEST, .name_guest = name}, ROLE_FRONT_DESK);
}

/* Guests are let in all the same, and the log says that they were told. */
static void
let_in_where_the_carpet_is_worn(void)
{
    struct leg tonight = house_nights(ID_NONE, house.room_102, 0, 1);
    struct command command = {.kind = COMMAND_CLOSE_ROOMS,
                              .close_rooms = {.rooms = &house.room_102,
                                              .room_count = 1,
                                              .kind = CLOSURE_OUT_OF_SERVICE,
                                              .span = tonight.span,
                                              .reason = STR("a worn carpet")}};
    (void)run(command, ROLE_MANAGER);
    struct id id = book(tonight, 1, PAYMENT_NONE);
    (void)run((struct command){.kind = COMMAND_CHECK_IN,
                               .check_in = {.booking = id, .overrides = true, .reason = STR("not inspected")}},
              ROLE_MANAGER);
    (void)run((struct command){.kind = COMMAND_CHECK_OUT, .booking_step = {.booking = id}}, ROLE_MANAGER);
}

static void
fill_house(void)
{
    struct leg pinned = house_nights(ID_NONE, house.room_101, 1, 3);
    pinned.pinned = true;
    book(pinned, 1, PAYMENT_NONE);
    book(house_nights(house.double_type, ID_NONE, 4, 6), 1, PAYMENT_NONE);
    book(house_nights(house.bed_type, ID_NONE, 10, 12), 2, PAYMENT_NONE);
    struct id id = book(house_nights(house.double_type, ID_NONE, 8, 9), 1, PAYMENT_NONE);
    run((struct command){.kind = COMMAND_CANCEL_BOOKING, .booking_step = {.booking = id, .reason = STR("rain")}},
        ROLE_FRONT_DESK);
    book(house_nights(house.double_type, ID_NONE, 20, 21), 1, PAYMENT_REQUIRED);
    book(house_minutes(house.room_a1, 540, 600), 1, PAYMENT_NONE);
    assert_int_equal(house_hold(&house, house.teacher, house_minutes(house.room_a1, 600, 660), 60000, NULL),
                     OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, house_nights(house.bed_type, ID_NONE, 15, 16), 60000, NULL),
                     OUTCOME_OK);
    run((struct command){.kind = COMMAND_SET_INVENTORY,
                         .set_inventory = {.room_type = house.bed_type,
                                           .from = HOUSE_DATE(30),
                                           .until = HOUSE_DATE(40),
                                           .units = 5,
                                           .allowance = 1}},
        ROLE_ADMIN);
    fill_and_empty();
    close_rooms();
    name_guests();
    let_in_where_the_carpet_is_worn();
}

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    fill_house();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

/* -- what was found -- */

struct seen {
    int count;
    enum rebuild_finding finding;
    char table[32], column[32], key[200], logged[300], stored[64];
    int64_t seq;
};

static void
keep(char *out, size_t size, struct str text)
{
    (void)snprintf(out, size, "%.*s", STR_ARG(text));
}

static void
see(const struct rebuild_difference *d, void *user)
{
    struct seen *seen = user;
    if (seen->count++ > 0)
        return;
    seen->finding = d->finding;
    seen->seq = d->seq;
    keep(seen->table, sizeof(seen->table), d->table);
    keep(seen->column, sizeof(seen->column), d->column);
    keep(seen->key, sizeof(seen->key), d->key);
    keep(seen->logged, sizeof(seen->logged), d->logged);
    keep(seen->stored, sizeof(seen->stored), d->stored);
}

static struct seen
look(void)
{
    struct seen seen = {.count = 0};
    struct rebuild_report report = rebuilt_compare(house.db, see, &seen);
    assert_int_equal(report.differences, seen.count);
    return seen;
}

static void
plant(const char *sql)
{
    house_plant(&house, sql);
}

/* -- tests -- */

static void
a_busy_house_is_what_its_log_makes_of_it(void **state)
{
    (void)state;
    struct rebuild_report report = rebuilt_compare(house.db, NULL, NULL);
    assert_int_equal(report.differences, 0);
    assert_int_equal(report.properties, 1);
    assert_true(report.events > 20 && report.rows > 2 * HORIZON_DAYS);
}

static long long
histories_of(const char *where)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    char sql[256];
    (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM room_event x JOIN event e USING (property, seq) WHERE %s",
                   where);
    assert_int_equal(sqlite3_open_v2(house.url + strlen("sqlite:"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    long long count = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return count;
}

/* Schema 24 makes it of a log that was written without it. */
static void
the_history_of_rooms_is_made_of_a_log_of_before(void **state)
{
    (void)state;
    static char again[8192];
    struct id id = book(house_nights(house.double_type, ID_NONE, 60, 62), 1, PAYMENT_NONE);
    struct id rooms[] = {house.room_101, house.room_102};
    for (size_t i = 0; i < 2; i++)
        run((struct command){.kind = COMMAND_ASSIGN_ROOM, .assign_room = {.booking = id, .room = rooms[i]}},
            ROLE_FRONT_DESK);
    run((struct command){.kind = COMMAND_UNASSIGN_ROOM, .booking_step = {.booking = id}}, ROLE_FRONT_DESK);
    (void)book(house_nights(house.double_type, house.room_101, 60, 62), 1, PAYMENT_NONE);
    long long of_bookings = histories_of("e.subject_kind = 'bkg'"),
              of_closures = histories_of("e.subject_kind = 'clo'");
    assert_true(of_bookings >= 4 && of_closures >= 1);
    long long of_new = histories_of("e.kind = 'booking.created'");
    assert_true(of_new >= 2);
    assert_int_equal(histories_of("e.kind = 'booking.created' AND json_array_length(e.body, '$.claims') = 0"), 0);
    assert_string_equal(migrations_sqlite.items[24].name, "room_history");
    (void)snprintf(again, sizeof(again), "DROP TABLE room_event;%s", migrations_sqlite.items[24].sql);
    plant(again);
    assert_int_equal(histories_of("e.subject_kind = 'bkg'"), of_bookings);
    assert_int_equal(histories_of("e.kind = 'booking.created'"), of_new);
    assert_int_equal(histories_of("e.subject_kind = 'clo'"), of_closures);
    assert_int_equal(look().count, 0);
}

static void
days_that_pass_are_folded_as_they_were_counted(void **state)
{
    (void)state;
    test_clock_advance_ms(&house.clock, 2 * DATE_DAY_MS);
    engine_sweep(house.engine);
    struct id id = book(house_nights(house.double_type, ID_NONE, 2, 9), 1, PAYMENT_NONE);
    test_clock_advance_ms(&house.clock, 3 * DATE_DAY_MS);
    engine_sweep(house.engine);
    run((struct command){.kind = COMMAND_CANCEL_BOOKING, .booking_step = {.booking = id}}, ROLE_FRONT_DESK);
    assert_int_equal(rebuilt_compare(house.db, NULL, NULL).differences, 0);
}

static void
plant_and_look(enum table table)
{
    plant(plants[table].sql);
    struct seen seen = look();
    if (seen.count == 0)
        fail_msg("nothing was found of: %s", plants[table].sql);
    assert_int_equal(seen.finding, plants[table].column == NULL ? REBUILD_ONLY_STORED : REBUILD_DIFFERENT);
    assert_string_equal(seen.table, table_names[table]);
    assert_true(seen.key[0] != '\0' && seen.seq > 0);
    if (plants[table].column == NULL)
        return;
    assert_string_equal(seen.column, plants[table].column);
    assert_true(strcmp(seen.logged, seen.stored) != 0);
}

static void
a_change_of_any_table_is_named_with_its_row_and_column(void **state)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        if (plants[table].sql == NULL)
            fail_msg("no plant for %s", table_names[table]);
        if (table > 0)
            set_up(state);
        plant_and_look((enum table)table);
        if (table + 1 < TABLE_COUNT)
            tear_down(state);
    }
}

static void
a_row_that_is_gone_is_only_in_the_log(void **state)
{
    (void)state;
    plant("DELETE FROM claim WHERE owner_kind = 'hold'");
    struct seen seen = look();
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.finding, REBUILD_ONLY_LOGGED);
    assert_string_equal(seen.table, "claim");
    assert_true(seen.seq > 0);
}

static void
a_row_that_nobody_made_is_only_in_the_table(void **state)
{
    (void)state;
    plant("INSERT INTO claim SELECT 1, id, 0, 1, 'closure', zeroblob(16), 0 FROM room WHERE number = '101'");
    struct seen seen = look();
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.finding, REBUILD_ONLY_STORED);
    assert_int_equal(seen.seq, 0);
}

static void
an_event_of_a_kind_that_nobody_knows_is_told(void **state)
{
    (void)state;
    plant("UPDATE event SET kind = 'booking.dreamt_of' WHERE kind = 'booking.cancelled'");
    struct seen seen = look();
    assert_int_equal(seen.finding, REBUILD_UNFOLDABLE);
    assert_non_null(strstr(seen.logged, "booking.dreamt_of"));
    assert_true(seen.seq > 0);
}

static void
a_member_that_nobody_knows_is_told(void **state)
{
    (void)state;
    plant(
        "UPDATE event SET body = replace(body, '\"party\":', '\"mood\":1,\"party\":') WHERE kind = 'booking.created'");
    struct seen seen = look();
    assert_int_equal(seen.finding, REBUILD_UNFOLDABLE);
    assert_non_null(strstr(seen.logged, "mood"));
}

/* Two bookings on one room at one time: the fresh tables have the guards of the stored ones. */
static void
a_history_that_could_not_have_been_stored_does_not_fold(void **state)
{
    (void)state;
    plant("UPDATE event SET body = replace(body, 'T10:00:00', 'T09:30:00') WHERE kind = 'hold.acquired' "
          "AND body LIKE '%T10:00:00%'");
    struct seen seen = look();
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.finding, REBUILD_UNFOLDABLE);
}

/* -- the schema -- */

static bool
is_not_rebuilt(const char *table)
{
    for (size_t i = 0; i < sizeof(not_rebuilt) / sizeof(not_rebuilt[0]); i++)
        if (strcmp(not_rebuilt[i], table) == 0)
            return true;
    return false;
}

static bool
is_rebuilt(const char *table, const char *column)
{
    for (int i = 0; i < TABLE_COUNT; i++)
        for (int j = 0; strcmp(table_names[i], table) == 0 && columns[i][j] != NULL; j++)
            if (strcmp(columns[i][j], column) == 0)
                return true;
    return strcmp(column, "property") == 0; /* what is compared is of one */
}

static void
every_table_and_column_is_rebuilt_or_said_not_to_be(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int rows = 0;
    assert_int_equal(sqlite3_open_v2(house.url + strlen("sqlite:"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name) c "
                                        "WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'sqlite_schema'",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; rows++) {
        const char *table = (const char *)sqlite3_column_text(stmt, 0);
        const char *column = (const char *)sqlite3_column_text(stmt, 1);
        if (!is_not_rebuilt(table) && !is_rebuilt(table, column))
            fail_msg("%s.%s is not in engine/rebuild.def", table, column);
    }
    assert_true(rows > 100);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_busy_house_is_what_its_log_makes_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_history_of_rooms_is_made_of_a_log_of_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(days_that_pass_are_folded_as_they_were_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_of_any_table_is_named_with_its_row_and_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_that_is_gone_is_only_in_the_log, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_that_nobody_made_is_only_in_the_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_of_a_kind_that_nobody_knows_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_member_that_nobody_knows_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_history_that_could_not_have_been_stored_does_not_fold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_table_and_column_is_rebuilt_or_said_not_to_be, set_up, tear_down),
    };
    return test_run("engine/rebuild", tests);
}
