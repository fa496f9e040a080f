/* Which way SQLite goes to the rows of each statement. A plan that reads a whole property is right and slow, which no
 * other test sees: the houses of tests are small. */
#include "tests/unit/test.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "store/migrate.h"

static int
setup(void **state)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int i = 0; i < migrations_sqlite.count; i++)
        assert_int_equal(sqlite3_exec(db, migrations_sqlite.items[i].sql, NULL, NULL, NULL), SQLITE_OK);
    *state = db;
    return 0;
}

static int
teardown(void **state)
{
    assert_int_equal(sqlite3_close(*state), SQLITE_OK);
    return 0;
}

/* Looks at every step of a statement's plan; calls `look` with it. */
static void
walk_plan(sqlite3 *db, const char *sql, void (*look)(const char *step, void *user), void *user)
{
    char text[8192];
    sqlite3_stmt *stmt;
    (void)snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        look((const char *)sqlite3_column_text(stmt, 3), user);
    (void)sqlite3_finalize(stmt);
}

/* What reads a property, or a table, whole, and may: a check and a rebuild do nothing else, a house is read whole and
 * kept, of the lists only few rows are in the index, and a new name is looked for among properties. */
static bool
may_read_all(const char *name)
{
    static const char *const names[] = {
        "MIGRATION_TABLES",      "MIGRATION_LIST",          "HEAD_LIST",           "PROPERTY_LIST",
        "PROPERTY_BY_NAME",      "ROOM_TYPE_LIST",          "ROOM_LIST",           "HOLD_NEXT_EXPIRY",
        "HOLD_ON_STOCK",         "HOLD_LIVE_OF_TYPE",       "USER_LIVE_OWNERS",    "INVITATION_SETUPS",
        "BOOKING_PAGE_BY_START", "BOOKING_PAGE_LIVE_STAYS", "AUDIT_FIRST_ARRIVAL", "AUDIT_IN_HOUSE",
        "AUDIT_ARRIVALS",        "JOB_RUNNING_ALL",         "ROOM_STATE_LIST", /* of the types of a property */
    };
    if (strncmp(name, "CHECK_", 6) == 0 || strncmp(name, "REBUILT_", 8) == 0)
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void
refuse_reading_all(const char *step, void *user)
{
    const char *whole = "(property=?)";
    size_t len = strlen(step), whole_len = strlen(whole);
    bool ends_so = len >= whole_len && strcmp(step + len - whole_len, whole) == 0;
    if (strcmp(step, "SCAN CONSTANT ROW") == 0 || strcmp(step, "SCAN part") == 0)
        return; /* numbers that a statement counts by itself */
    if (strncmp(step, "SCAN page_of_", strlen("SCAN page_of_")) == 0)
        return; /* what a part of it has found, and cut to a page */
    if (ends_so || strncmp(step, "SCAN ", 5) == 0)
        fail_msg("%s: %s", (const char *)user, step);
}

static void
no_statement_of_a_request_reads_a_whole_property(void **state)
{
    for (int i = 0; i < STMT_COUNT; i++) {
        const struct db_stmt_text *text = &db_stmt_table[i];
        if (!may_read_all(text->name))
            walk_plan(*state, text->sql, refuse_reading_all, (void *)(uintptr_t)text->name);
    }
}

struct sought {
    const char *words;
    bool found;
};

static void
look_for(const char *step, void *user)
{
    struct sought *sought = user;
    sought->found = sought->found || strstr(step, sought->words) != NULL;
}

static void
assert_goes_by(sqlite3 *db, enum db_stmt stmt, const char *words)
{
    struct sought sought = {.words = words};
    walk_plan(db, db_stmt_table[stmt].sql, look_for, &sought);
    if (!sought.found)
        fail_msg("%s does not go by %s", db_stmt_table[stmt].name, words);
}

static void
statements_of_a_booking_go_by_the_index_made_for_them(void **state)
{
    assert_goes_by(*state, STMT_NIGHT_FIXED_AHEAD, "INDEX inventory_night_fixed");
    assert_goes_by(*state, STMT_OVERCOMMIT_AHEAD, "PRIMARY KEY (property=? AND night>?)");
    assert_goes_by(*state, STMT_CLAIM_BY_OWNER, "INDEX claim_by_owner");
    assert_goes_by(*state, STMT_CLAIM_ON_TYPE, "INDEX room_by_type");
    assert_goes_by(*state, STMT_GROUP_BY_CODE, "(property=? AND code=?)");
    assert_goes_by(*state, STMT_COMPANION_LIST, "PRIMARY KEY (property=? AND booking=?)");
    assert_goes_by(*state, STMT_COMPANION_GUESTS, "SEARCH c USING PRIMARY KEY (property=? AND booking=?)");
    assert_goes_by(*state, STMT_GUEST_BOOKINGS, "INDEX booking_guest_by_guest");
    assert_goes_by(*state, STMT_EVENT_OF_GUEST, "INDEX booking_guest_by_guest");
    assert_goes_by(*state, STMT_REFUND_FAILED, "INDEX refund_failed (property=? AND id>?)");
    assert_goes_by(*state, STMT_EVENT_OF_PAYMENTS, "INDEX event_of_payments (property=? AND (at,seq)>(?,?) AND at<?)");
    assert_goes_by(*state, STMT_EVENT_OF_ROOM, "SEARCH room_event USING PRIMARY KEY (property=? AND room=? AND seq>?)");
    assert_goes_by(*state, STMT_EVENT_OF_ROOM,
                   "SEARCH event USING COVERING INDEX event_by_subject (property=? AND subject=? AND seq>?)");
    assert_goes_by(*state, STMT_EVENT_OF_ROOM, "INDEX sqlite_autoindex_event_1 (property=? AND seq=?)");
    assert_goes_by(*state, STMT_EVENT_BEFORE, "INDEX event_by_subject (property=? AND subject=? AND seq<?)");
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_GUEST, "SEARCH n USING PRIMARY KEY (property=? AND booking=?)");
    assert_goes_by(*state, STMT_HOLD_OF_OWNER, "INDEX hold_by_owner");
    assert_goes_by(*state, STMT_HOLD_OF_OWNER_ON, "INDEX hold_by_owner");
    assert_goes_by(*state, STMT_HOLD_OF_OWNER_LIKE, "INDEX hold_by_owner");
    assert_goes_by(*state, STMT_BOOKING_NEXT_EXPIRY, "INDEX booking_expiring");
    assert_goes_by(*state, STMT_BOOKING_UNASSIGNED, "INDEX booking_blocking_by_start");
    assert_goes_by(*state, STMT_UNPROVEN, "INDEX booking_unproven (property=? AND ends>?)");
    assert_goes_by(*state, STMT_UNPROVEN, "INDEX closure_unproven (property=? AND ends>?)");
    assert_goes_by(*state, STMT_BOOKING_LIVE_OF_TYPE, "INDEX booking_blocking_by_start");
    assert_goes_by(*state, STMT_BOOKING_AHEAD_OF_OWNER, "INDEX booking_blocking_by_start");
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_START, "INDEX booking_blocking_by_start");
    assert_goes_by(*state, STMT_BOOKING_PAGE_LIVE_STAYS, "INDEX booking_blocking_by_start");
    assert_goes_by(*state, STMT_BOOKING_PAGE_LIVE_STAYS, "SEARCH m USING INDEX claim_by_owner");
    assert_goes_by(*state, STMT_BOOKING_PAGE_LIVE_STAYS,
                   "INDEX sqlite_autoindex_occupancy_2 (property=? AND booking=?)");
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_START, "INDEX booking_ended_by_start");
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_START, "MERGE (UNION ALL)"); /* each half with all that is asked */
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_GUEST,
                   "SEARCH w USING PRIMARY KEY (property=? AND part=? AND word>? AND word<?)");
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_GUEST, "AND code_number>?)");
    assert_goes_by(*state, STMT_BOOKING_PAGE_BY_GUEST,
                   "SEARCH b USING INDEX sqlite_autoindex_booking_1 (property=? AND id=?)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_statement_of_a_request_reads_a_whole_property, setup, teardown),
        cmocka_unit_test_setup_teardown(statements_of_a_booking_go_by_the_index_made_for_them, setup, teardown),
    };
    return test_run("store/plan", tests);
}
