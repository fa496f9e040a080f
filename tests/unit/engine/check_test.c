/* The checker finds nothing wrong with a busy house, and names each violation that is planted behind the engine's
 * back. The list of plants is indexed by the checker's own rules: a rule without a plant fails. */
#include "tests/unit/test.h"

#include <sodium.h>
#include <stdio.h>

#include "core/date.h"
#include "engine/check.h"
#include "engine/event_log.h"
#include "tests/support/house.h"

static struct house_fixture house;

/* A job that the log does not know, with so many lines in its report. */
#define NEW_JOB(items)                                                                                                 \
    ("INSERT INTO job VALUES (1, randomblob(16), 'night_audit', 'RUNNING', 20779, 0, NULL, 0, 0, 0, 0, 0, " items      \
     ", 'system', 1795341600000, NULL, 1)")
/* A payment with these columns, from its currency on; and a refund of it: status, amount, settled_at. */
#define A_PAYMENT(columns)                                                                                             \
    "INSERT INTO payment SELECT property, x'000102030405060708090a0b0c0d0e0f', id, NULL, 'cash', NULL, " columns       \
    ", NULL, NULL, 1, 1 FROM booking WHERE property = 1 LIMIT 1"
#define A_REFUND(columns)                                                                                              \
    "INSERT INTO refund (status, amount, settled_at, property, id, payment, automatic, attempts, created_at, "         \
    "version) "                                                                                                        \
    "VALUES (" columns ", 1, randomblob(16), x'000102030405060708090a0b0c0d0e0f', 0, 0, 1, 1)"

/* So much was taken by hand for the booking, or group, of the first booking that fits. */
#define PAID(amount, booking, group, of)                                                                               \
    "INSERT INTO payment SELECT property, randomblob(16), " booking ", " group ", 'cash', NULL, 'EUR', " amount        \
    ", " amount ", 0, 1, 1, NULL, NULL, 1, 1 FROM booking WHERE property = 1 AND " of " LIMIT 1;"
#define PAID_FOR(amount, of) PAID(amount, "id", "NULL", of)
#define PAID_BY_GROUP(amount) PAID(amount, "NULL", "booking_group", "booking_group IS NOT NULL")
#define DUE_BACK(amount, status)                                                                                       \
    "INSERT INTO refund (status, amount, property, id, payment, automatic, attempts, created_at, version) "            \
    "SELECT '" status "', " amount ", 1, randomblob(16), id, 1, 0, 1, 1 FROM payment;"

/* Of a night on which nothing is sold. */
#define RECORD_OVERCOMMIT                                                                                              \
    "INSERT INTO overcommit SELECT property, night, room_type, 'closure', randomblob(16), 1 FROM inventory_night "     \
    "WHERE night = 20790;"

/* The stay that is pinned, in a room that was held since before its fault, had none until then. */
#define HAD_NO_ROOM(kind)                                                                                              \
    "UPDATE event SET body = replace(body, '\"claims\":[{', '\"claims\":[],\"was\":[{') WHERE kind = "                 \
    "'booking.created' AND subject = (SELECT subject FROM event WHERE kind = 'booking.pinned');"                       \
    "UPDATE event SET kind = '" kind "' WHERE kind = 'booking.pinned'"

/* What is planted for each rule: SQL that runs with triggers dropped and constraints off. */
static const char *const plants[CHECK_RULE_COUNT] = {
    [CHECK_RULE_CLAIM_OVERLAP] = ("INSERT INTO claim SELECT property, room, starts + 60000, ends + 60000, 'closure', "
                                  "owner, 0 FROM claim WHERE owner_kind = 'hold'"),
    [CHECK_RULE_CLAIM_EMPTY] = "UPDATE claim SET ends = starts WHERE owner_kind = 'hold'",
    [CHECK_RULE_CLAIM_TILING] = ("UPDATE claim SET ends = ends - 60000 WHERE owner_kind = 'booking' AND owner IN "
                                 "(SELECT id FROM booking WHERE by_minute = 1 AND status = 'CONFIRMED')"),
    [CHECK_RULE_SLOT_WITHOUT_CLAIM] = "DELETE FROM claim WHERE owner IN (SELECT id FROM booking WHERE by_minute = 1)",
    [CHECK_RULE_STOCK_LIMIT] = "UPDATE inventory_night SET units = 0 WHERE sold > 0",
    [CHECK_RULE_STOCK_SOLD] = "UPDATE inventory_night SET sold = sold - 1 WHERE sold > 0",
    [CHECK_RULE_STOCK_HELD] = "UPDATE inventory_night SET held = 0",
    [CHECK_RULE_STOCK_FIXED] = "UPDATE inventory_night SET fixed = fixed + 1 WHERE fixed > 0",
    [CHECK_RULE_STOCK_NEGATIVE] = "UPDATE inventory_night SET allowance = -1 WHERE night = 20780",
    [CHECK_RULE_STOCK_UNITS] = "UPDATE inventory_night SET units = units + 1 WHERE fixed > 0",
    [CHECK_RULE_OVERCOMMIT] = "UPDATE inventory_night SET overcommit = 1 WHERE night = 20790",
    [CHECK_RULE_STOCK_CLOSED] = "UPDATE inventory_night SET closed = 0 WHERE closed > 0",
    [CHECK_RULE_CLOSURE_CLAIM] = "DELETE FROM claim WHERE owner_kind = 'closure'",
    [CHECK_RULE_CLOSURE_EVENTS] = "UPDATE closure SET version = version + 1",
    [CHECK_RULE_OVERCOMMIT_NEEDED] =
        (RECORD_OVERCOMMIT "UPDATE inventory_night SET overcommit = 1 WHERE night = 20790"),
    [CHECK_RULE_BOOKING_TIMES] = "UPDATE booking SET cancelled_at = NULL WHERE status = 'CANCELLED'",
    [CHECK_RULE_FEE] = "UPDATE booking SET fee_minor = 5 WHERE status = 'CANCELLED'",
    [CHECK_RULE_LOST_ROOM] = "UPDATE booking SET lost_room = zeroblob(16) WHERE status = 'NO_SHOW'",
    [CHECK_RULE_LOG_TIMES] = "UPDATE event SET at = at - 5000 WHERE seq = 6",
    [CHECK_RULE_CLAIM_OF_ENDED] =
        ("INSERT INTO claim SELECT 1, (SELECT id FROM room WHERE number = '102'), starts, ends, "
         "'booking', id, 0 FROM booking WHERE status = 'CANCELLED'"),
    [CHECK_RULE_BOOKING_EVENTS] = "UPDATE booking SET version = version + 1",
    [CHECK_RULE_GUEST_EVENTS] = "UPDATE guest SET version = version + 1",
    [CHECK_RULE_ERASED_GUEST] = "UPDATE guest SET erased_at = 5",
    [CHECK_RULE_HOLD_EVENTS] = "UPDATE hold SET version = version + 1",
    [CHECK_RULE_GUEST_LINK_EVENTS] = "UPDATE guest_link SET withdrawn_at = 5, version = 2",
    [CHECK_RULE_GUEST_LINKS] = "UPDATE guest SET erased_at = 5",
    [CHECK_RULE_JOB_EVENTS] = NEW_JOB("0"),
    [CHECK_RULE_JOB_ITEMS] = NEW_JOB("1"),
    [CHECK_RULE_JOBS_FOLD] = NEW_JOB("0"),
    [CHECK_RULE_DATE_ROLLS] = ("UPDATE event SET kind = 'business_date.rolled', from_status = '2026-11-23', "
                               "to_status = '2026-11-22' WHERE seq = 4"),
    [CHECK_RULE_HOLD_CLAIM] = "DELETE FROM claim WHERE owner_kind = 'hold'",
    [CHECK_RULE_ENDED_HOLD_CLAIM] = "UPDATE hold SET status = 'RELEASED' WHERE room IS NOT NULL AND status = 'ACTIVE'",
    [CHECK_RULE_HOLD_ENDS] = "UPDATE hold SET status = 'RELEASED' WHERE room IS NULL AND status = 'ACTIVE'",
    [CHECK_RULE_HOLD_BOOKED] = "UPDATE hold SET booking = randomblob(16) WHERE status = 'CONFIRMED'",
    [CHECK_RULE_HOLD_FENCED] = "UPDATE hold SET expires_at = created_at WHERE status = 'CONFIRMED'",
    [CHECK_RULE_PAYMENT_BOUNDS] = (A_PAYMENT("'EUR', 5, 6, 0, 1, 1")),
    [CHECK_RULE_PAYMENT_CURRENCY] = (A_PAYMENT("'ZZZ', 0, 0, 0, NULL, NULL")),
    [CHECK_RULE_REFUND_SUMS] = (A_PAYMENT("'EUR', 5, 5, 0, 1, 1") ";" A_REFUND("'due', 6, NULL")),
    [CHECK_RULE_NOTICES] = "INSERT INTO payment_notice VALUES (1, 'evt', 'pay', randomblob(16), 1)",
    [CHECK_RULE_LIMBO] =
        ("UPDATE booking SET status = 'EXPIRED', booking_group = NULL WHERE status = 'CONFIRMED';"
         "INSERT INTO payment SELECT property, randomblob(16), id, NULL, 'cash', NULL, 'EUR', 5, 5, 0, 1, "
         "1, NULL, NULL, 1, 1 FROM booking WHERE status = 'EXPIRED' LIMIT 1"),
    [CHECK_RULE_REVIVED] = "UPDATE event SET from_status = 'DECLINED' WHERE kind = 'booking.confirmed'",
    [CHECK_RULE_SET_ASIDE] = ("INSERT INTO set_aside VALUES (1, randomblob(16), 'evt', 'k', 'amount', NULL, NULL, 1, "
                              "'EUR', 1, NULL, 1)"),
    [CHECK_RULE_REFUND_ENDS] = (A_PAYMENT("'EUR', 5, 5, 5, 1, 1") ";" A_REFUND("'settled', 5, 1")),
    [CHECK_RULE_PAYMENT_EVENTS] = (A_PAYMENT("'EUR', 0, 0, 0, NULL, NULL")),
    [CHECK_RULE_UNPAID] = "UPDATE booking SET status = 'CONFIRMED' WHERE status = 'PENDING_PAYMENT'",
    [CHECK_RULE_LOG_SUBJECTS] = "DELETE FROM hold WHERE room IS NULL AND status = 'ACTIVE'",
    [CHECK_RULE_LOG_GAPS] = "DELETE FROM event WHERE seq = 4",
    [CHECK_RULE_KEYS] = "INSERT INTO idempotency_0 VALUES (1, zeroblob(16), zeroblob(16), 100000, 1, 0)",
    [CHECK_RULE_REFERENCES] = "UPDATE booking SET guest = zeroblob(16)",
    [CHECK_RULE_CLAIM_ROOM] = "UPDATE claim SET room = zeroblob(16) WHERE owner_kind = 'hold'",
    [CHECK_RULE_TURNAWAYS] = ("INSERT INTO turnaway SELECT property, 20800, 9, id, x'', 'SOLD_OUT', 1 FROM room_type "
                              "WHERE name = 'Bed'"),
    [CHECK_RULE_ACTORS] = "UPDATE event SET actor = '' WHERE seq = 5",
    [CHECK_RULE_DELETED_ROOM] = "UPDATE room SET deleted_at = 1 WHERE number = 'A1'",
    [CHECK_RULE_PEOPLE_EVENTS] = "UPDATE user_account SET version = version + 1",
    [CHECK_RULE_ROLE_PROPERTY] = "UPDATE user_role SET of_property = 9",
    [CHECK_RULE_PEOPLE_USER] = "UPDATE session SET user_account = zeroblob(16)",
    [CHECK_RULE_OCCUPANTS] =
        "INSERT INTO occupancy SELECT 1, r.id, b.id FROM room r, booking b WHERE r.number = '101' LIMIT 1",
    [CHECK_RULE_ROOM_OF_GUESTS] =
        "UPDATE booking SET status = 'CHECKED_IN' WHERE status = 'CONFIRMED' AND by_minute = 0",
    [CHECK_RULE_COMPANIONS] = "UPDATE booking SET companions = 0 WHERE companions > 0",
    [CHECK_RULE_ROOM_EVENTS] = "UPDATE room SET version = version + 1 WHERE number = '101'",
    [CHECK_RULE_ROOM_STEPS] = ("UPDATE event SET body = replace(replace(body, '\"CLEANING\"', '\"DIRTY\"'), "
                               "'CLEANING_IN_PROGRESS', 'CHECKOUT_DIRTY') WHERE kind = 'room.status_changed'"),
    [CHECK_RULE_ENTRIES] = ("UPDATE event SET body = replace(body, '\"override\":true', '\"override\":false') "
                            "WHERE kind = 'booking.checked_in'"),
    /* out of the booking that was held since before the fault */
    [CHECK_RULE_ROOM_FOR_TODAY] =
        "UPDATE event SET body = replace(body, '\"hold_id\"', '\"told_id\"') WHERE kind = 'booking.created'",
    [CHECK_RULE_PLACEMENT] =
        ("INSERT INTO claim SELECT 1, id, 1795737600000, 1795996800000, 'closure', zeroblob(16), 0 "
         "FROM room WHERE number IN ('101', '102')"),
    [CHECK_RULE_MACHINE] = "UPDATE event SET from_status = 'CANCELLED' WHERE kind = 'booking.confirmed'",
    [CHECK_RULE_STATUS_CHAIN] = "UPDATE event SET from_status = 'PENDING_PAYMENT' WHERE kind = 'booking.cancelled'",
    [CHECK_RULE_WORDS] = "UPDATE head SET next_code = next_code + 512", /* a part that is complete has its words */
    [CHECK_RULE_GUEST_WORDS] = "UPDATE guest SET words = 'somebody'",
    [CHECK_RULE_BOOKINGS_FOLD] = "UPDATE booking SET party = party + 1",
    [CHECK_RULE_ROOM_SIZE] = "UPDATE room SET max_guests = 1 WHERE number = '101'",
    [CHECK_RULE_CODES] = "UPDATE booking SET code_number = code_number + 100",
    [CHECK_RULE_HOLDS_FOLD] = "UPDATE hold SET expires_at = expires_at + 1",
    [CHECK_RULE_GROUPS_FOLD] = "UPDATE booking_group SET code = 'ABCDEF'",
    [CHECK_RULE_HOUSE_FOLD] = "UPDATE room SET floor = '9'",
    [CHECK_RULE_STOCK_FOLD] = ("UPDATE inventory_night SET units = units + 1 WHERE room_type = "
                               "(SELECT id FROM room_type WHERE name = 'Bed') AND night = 20800"),
    [CHECK_RULE_CHAIN] = "UPDATE event SET body = body || ' ' WHERE seq = 4",
};

/* One booking that has a room is in the house, in this one. */
#define GUESTS_IN(room)                                                                                                \
    "DELETE FROM occupancy;"                                                                                           \
    "INSERT INTO occupancy SELECT c.property, " room ", c.owner FROM claim c JOIN booking b ON b.id = c.owner "        \
    "WHERE b.by_minute = 0 AND b.status = 'CONFIRMED' LIMIT 1;"                                                        \
    "UPDATE booking SET status = 'CHECKED_IN' WHERE id IN (SELECT booking FROM occupancy);"

/* What the same rules look at besides. */
static const struct {
    enum check_rule rule;
    const char *sql;
} other_plants[] = {
    {CHECK_RULE_CLAIM_TILING, "UPDATE claim SET starts = starts + 86400000 WHERE owner IN (SELECT id FROM booking "
                              "WHERE by_minute = 0 AND ends - starts > 86400000 AND starts >= 20780 * 86400000)"},
    {CHECK_RULE_CLAIM_TILING, "UPDATE claim SET starts = starts + 60000 WHERE owner_kind = 'booking' AND owner IN "
                              "(SELECT id FROM booking WHERE by_minute = 1 AND status = 'CONFIRMED')"},
    {CHECK_RULE_TURNAWAYS, "INSERT INTO turnaway VALUES (1, 20800, -1, zeroblob(16), x'', 'SOLD_OUT', 1)"},
    {CHECK_RULE_TURNAWAYS, "INSERT INTO turnaway SELECT property, 20800, -1, id, zeroblob(16), 'SOLD_OUT', 1 "
                           "FROM room_type WHERE name = 'Bed'"},
    {CHECK_RULE_LIMBO,
     (PAID_FOR(
         "31",
         "status = 'CANCELLED'") "UPDATE booking SET price_minor = 100, fee_minor = 30 WHERE status = 'CANCELLED'")},
    {CHECK_RULE_LIMBO,
     (PAID_FOR("100", "status = 'NO_SHOW'")
          DUE_BACK("69", "due") "UPDATE booking SET price_minor = 100, fee_minor = 30 WHERE status = 'NO_SHOW'")},
    {CHECK_RULE_LIMBO, (PAID_FOR("5", "status = 'NO_SHOW'") "UPDATE booking SET status = 'DECLINED'")},
    {CHECK_RULE_LIMBO, (PAID_FOR("5", "status = 'CONFIRMED'") "UPDATE booking SET price_minor = 4")},
    {CHECK_RULE_LIMBO,
     (PAID_FOR("5", "status = 'CONFIRMED'") DUE_BACK("1", "withdrawn") "UPDATE booking SET price_minor = 4")},
    {CHECK_RULE_LIMBO, (PAID_BY_GROUP("5") "UPDATE booking SET status = 'EXPIRED' WHERE booking_group IS NOT NULL")},
    {CHECK_RULE_LIMBO, (PAID_BY_GROUP("9") "UPDATE booking SET price_minor = 4 WHERE booking_group IS NOT NULL")},
    {CHECK_RULE_LIMBO,
     ("UPDATE booking SET price_minor = 4 WHERE booking_group IS NOT NULL;"
      "UPDATE booking SET status = 'CANCELLED' WHERE id = (SELECT max(id) FROM booking WHERE booking_group IS NOT "
      "NULL);" PAID_FOR("5", "booking_group IS NOT NULL AND status = 'CONFIRMED'"))},
    {CHECK_RULE_LIMBO,
     "UPDATE booking SET status = 'PENDING_APPROVAL', expires_at = NULL WHERE status = 'PENDING_PAYMENT'"},
    {CHECK_RULE_UNPAID, "UPDATE event SET body = replace(body, '\"override\":true', '\"override\":false') WHERE kind = "
                        "'booking.confirmed'"},
    {CHECK_RULE_UNPAID, "UPDATE event SET body = replace(body, '\"override_role\":', '\"other_role\":') "
                        "WHERE kind = 'booking.confirmed'"},
    {CHECK_RULE_UNPAID, "UPDATE event SET reason = NULL, reason_id = NULL WHERE kind = 'booking.confirmed'"},
    {CHECK_RULE_LOST_ROOM,
     "UPDATE booking SET lost_room = (SELECT id FROM room WHERE number = '102') WHERE status = 'CANCELLED'"},
    {CHECK_RULE_ROOM_OF_GUESTS, GUESTS_IN("(SELECT id FROM room WHERE number = 'A1')")},
    {CHECK_RULE_ROOM_OF_GUESTS,
     (GUESTS_IN("c.room") "UPDATE property SET night_audit = 'by_hand', business_date = 20000")}, /* before it begins */
    {CHECK_RULE_PEOPLE_EVENTS, "UPDATE token SET version = version + 1"},
    {CHECK_RULE_PEOPLE_EVENTS, "UPDATE invitation SET version = version + 1"},
    {CHECK_RULE_ROLE_PROPERTY, "UPDATE token SET of_property = 9"},
    {CHECK_RULE_ROLE_PROPERTY, "UPDATE invitation SET of_property = 9"},
    {CHECK_RULE_PEOPLE_USER, "UPDATE user_role SET user_account = zeroblob(16)"},
    {CHECK_RULE_PEOPLE_USER, "UPDATE token SET user_account = zeroblob(16)"},
    {CHECK_RULE_PEOPLE_USER, "UPDATE password_reset SET user_account = zeroblob(16)"},
    {CHECK_RULE_STATUS_CHAIN, "UPDATE event SET from_status = 'RELEASED' WHERE kind = 'hold.confirmed'"},
    {CHECK_RULE_COMPANIONS, "DELETE FROM booking_guest"},
    {CHECK_RULE_COMPANIONS, "UPDATE booking SET party = 1 WHERE companions > 0"},
    {CHECK_RULE_COMPANIONS, "INSERT INTO booking_guest SELECT property, randomblob(16), id FROM guest LIMIT 1"},
    {CHECK_RULE_COMPANIONS, "UPDATE booking_guest SET guest = randomblob(16)"},
    {CHECK_RULE_COMPANIONS, "UPDATE booking_guest SET guest = (SELECT b.guest FROM booking b WHERE b.id = booking)"},
    {CHECK_RULE_BOOKINGS_FOLD, "UPDATE booking_guest SET guest = (SELECT max(id) FROM guest)"},
    {CHECK_RULE_ENTRIES, "UPDATE event SET body = replace(body, '\"override_role\":', '\"other_role\":') "
                         "WHERE kind = 'booking.moved'"},
    {CHECK_RULE_ENTRIES, "UPDATE event SET reason = NULL, reason_id = NULL WHERE kind = 'booking.swapped'"},
    {CHECK_RULE_ENTRIES, "UPDATE event SET reason_id = NULL WHERE seq = (SELECT max(seq) FROM event WHERE kind = "
                         "'booking.swapped')"},
    {CHECK_RULE_ENTRIES, "UPDATE event SET body = replace(body, '\"override\":true', '\"override\":false') WHERE seq = "
                         "(SELECT max(seq) FROM event WHERE kind = 'booking.swapped')"},
    {CHECK_RULE_ENTRIES, "UPDATE event SET kind = 'booking.checked_in' WHERE kind = 'booking.check_out_undone'"},
    {CHECK_RULE_ENTRIES, "UPDATE event SET body = replace(replace(body, '\"INSPECTED\"', '\"CLEANED\"'), "
                         "'READY_FOR_GUEST', 'CLEANED_UNINSPECTED') WHERE subject_kind = 'rom'"},
    {CHECK_RULE_ROOM_FOR_TODAY, HAD_NO_ROOM("booking.room_changed")},
    {CHECK_RULE_ROOM_FOR_TODAY, HAD_NO_ROOM("booking.amended")},
    {CHECK_RULE_ROOM_FOR_TODAY, HAD_NO_ROOM("booking.swapped")},
    {CHECK_RULE_ROOM_FOR_TODAY, HAD_NO_ROOM("booking.reinstated")},
    {CHECK_RULE_ROOM_FOR_TODAY, "UPDATE event SET reason = NULL, reason_id = NULL WHERE kind = 'booking.checked_in'"},
    {CHECK_RULE_CLOSURE_CLAIM, "UPDATE closure SET status = 'REOPENED'"},
    {CHECK_RULE_CLOSURE_CLAIM, "UPDATE closure SET ends = ends + 86400000"},
    {CHECK_RULE_OVERCOMMIT, RECORD_OVERCOMMIT},
    {CHECK_RULE_STOCK_FOLD, ("UPDATE inventory_night SET allowance = 1 WHERE room_type = "
                             "(SELECT id FROM room_type WHERE name = 'Double') AND night = 20800")},
};

static enum outcome
step(enum command_kind kind, struct id booking, const char *reason)
{
    struct engine_request request = {.command = {.kind = kind,
                                                 .property = 1,
                                                 .actor = house.desk,
                                                 .booking_step = {.booking = booking, .reason = str_from(reason)}}};
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

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

static void
give_link(struct id booking)
{
    struct engine_request request = {
        .command = {
            .kind = COMMAND_CREATE_GUEST_LINK,
            .property = 1,
            .actor = house.desk,
            .create_guest_link = {.id = id_make(HOUSE_NOW, (const unsigned char *)"4123456789"), .booking = booking}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static struct id
run_as_owner(struct command command)
{
    struct engine_request request = {.command = command};
    request.command.actor = (struct actor){.name = STR("usr_owner"), .role = ROLE_OWNER};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id subject = request.result.events[0].subject;
    engine_request_done(&request);
    return subject;
}

static struct id
property_id(void)
{
    struct store store = {.connection = NULL};
    struct property *properties;
    struct arena arena;
    struct err err;
    size_t count;
    arena_init(&arena, 1 << 20);
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_list_properties(&store, &arena, &properties, &count), DB_OK);
    struct id id = properties[0].id;
    db_disconnect(store.connection);
    arena_done(&arena);
    return id;
}

/* A user with a role who is signed in, has a token and has lost the password, and someone who was invited. */
static void
fill_people(void)
{
    struct held_role held = {.property = 1, .property_id = property_id(), .role = ROLE_MANAGER};
    const struct str email = STR("ada@example.org");
    struct id user = run_as_owner((struct command){
        .kind = COMMAND_CREATE_USER,
        .create_user = {
            .email = email, .name = STR("Ada"), .password = STR("hashed"), .roles = &held, .role_count = 1}});
    (void)run_as_owner((struct command){.kind = COMMAND_AMEND_USER,
                                        .amend_user = {.user = user, .changes_name = true, .name = STR("Ada L")}});
    (void)run_as_owner((struct command){.kind = COMMAND_START_SESSION,
                                        .start_session = {.id = id_make(HOUSE_NOW, (const unsigned char *)"0123456789"),
                                                          .user = user,
                                                          .verified = STR("hashed")}});
    (void)run_as_owner((struct command){.kind = COMMAND_CREATE_TOKEN,
                                        .create_token = {.id = id_make(HOUSE_NOW, (const unsigned char *)"1123456789"),
                                                         .name = STR("key"),
                                                         .user = user,
                                                         .held = held}});
    (void)run_as_owner((struct command){
        .kind = COMMAND_REQUEST_RESET,
        .request_reset = {.id = id_make(HOUSE_NOW, (const unsigned char *)"2123456789"), .user = user}});
    (void)run_as_owner(
        (struct command){.kind = COMMAND_CREATE_INVITATION,
                         .create_invitation = {.id = id_make(HOUSE_NOW, (const unsigned char *)"3123456789"),
                                               .email = STR("grace@example.org"),
                                               .held = held}});
}

/* Somebody comes along, does not, and does after all. */
static void
name_guests(void)
{
    struct leg leg = house_nights(house.bed_type, ID_NONE, 30, 31);
    leg.party = 2;
    struct name_guest name = {.booking = book(leg, 1, PAYMENT_NONE), .details = {.name = STR("Grace Hopper")}};
    struct engine_request request = {
        .command = {.kind = COMMAND_ADD_GUEST, .property = 1, .actor = house.desk, .name_guest = name}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    assert_int_equal(request.result.companion_count, 1);
    name.guest = request.result.companions[0].id;
    engine_request_done(&request);
    request = (struct engine_request){
        .command = {.kind = COMMAND_REMOVE_GUEST, .property = 1, .actor = house.desk, .name_guest = name}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
    request = (struct engine_request){
        .command = {.kind = COMMAND_ADD_GUEST, .property = 1, .actor = house.desk, .name_guest = name}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

/* The booking that the first event is about. */
static struct id
run_as_manager(struct command command)
{
    struct engine_request request = {.command = command};
    request.command.property = 1;
    request.command.actor = (struct actor){.name = STR("usr_boss"), .role = ROLE_MANAGER};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id subject = request.result.events[0].subject;
    engine_request_done(&request);
    return subject;
}

static void
keep_room(struct id room, enum command_kind kind, enum room_result result)
{
    (void)run_as_manager(
        (struct command){.kind = kind, .room_step = {.room = room, .result = result, .note = STR("a leak")}});
}

static void
keep_house(enum command_kind kind, enum room_result result)
{
    keep_room(house.room_102, kind, result);
}

static struct id
walk_in(struct id room)
{
    return run_as_manager((struct command){.kind = COMMAND_WALK_IN,
                                           .walk_in = {.leg = {.room = room, .party = 1},
                                                       .nights = 1,
                                                       .guest = {.name = STR("Ada Lovelace")},
                                                       .overrides = true,
                                                       .reason = STR("no other room")}});
}

/* All ways of coming into a room, or of being given one for today, that there are: once it is ready, and then in
 * whichever state it is. 102 is inspected, 101 is not. */
static void
let_guests_in(void)
{
    const struct str reason = STR("no other room");
    struct id other, hold, one = book(house_nights(ID_NONE, house.room_102, 0, 1), 1, PAYMENT_NONE);
    (void)run_as_manager((struct command){.kind = COMMAND_CHECK_IN, .check_in = {.booking = one}});
    assert_int_equal(step(COMMAND_CHECK_OUT, one, ""), OUTCOME_OK);
    assert_int_equal(step(COMMAND_UNDO_CHECK_OUT, one, ""), OUTCOME_OK);
    (void)run_as_manager((struct command){
        .kind = COMMAND_MOVE_BOOKING,
        .move_booking = {.booking = one, .to_room = house.room_101, .overrides = true, .reason = reason}});
    other = walk_in(house.room_102);
    (void)run_as_manager(
        (struct command){.kind = COMMAND_SWAP_ROOMS,
                         .swap_rooms = {.booking = one, .other = other, .overrides = true, .reason = reason}});
    assert_int_equal(step(COMMAND_CHECK_OUT, one, ""), OUTCOME_OK);
    assert_int_equal(step(COMMAND_CHECK_OUT, other, ""), OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, house_nights(ID_NONE, house.room_101, 0, 1), 60000, &hold),
                     OUTCOME_OK);
    keep_room(house.room_101, COMMAND_REPORT_MAINTENANCE, ROOM_RESULT_NONE);
    keep_room(house.room_102, COMMAND_REPORT_MAINTENANCE, ROOM_RESULT_NONE);
    struct engine_request confirm = {
        .command = {.kind = COMMAND_CONFIRM_HOLD,
                    .property = 1,
                    .actor = house.teacher,
                    .confirm_hold = {.hold = hold, .party = 1, .guest = {.name = STR("Grace Hopper")}}}};
    assert_int_equal(house_run(&house, &confirm), OUTCOME_OK);
    one = confirm.result.events[1].subject;
    engine_request_done(&confirm);
    (void)run_as_manager((struct command){.kind = COMMAND_PIN_ROOM, .pin_room = {.booking = one, .pinned = true}});
    assert_int_equal(step(COMMAND_CHECK_OUT, walk_in(house.room_102), ""), OUTCOME_OK);
}

/* A night on which both doubles are sold, and one of them is closed by force; another that is opened again. */
static void
close_rooms(void)
{
    struct leg pinned = house_nights(ID_NONE, house.room_101, 25, 26);
    pinned.pinned = true;
    book(pinned, 1, PAYMENT_NONE);
    book(house_nights(house.double_type, ID_NONE, 25, 26), 1, PAYMENT_NONE);
    struct engine_request request = {.command = {.kind = COMMAND_CLOSE_ROOMS,
                                                 .property = 1,
                                                 .actor = {.name = STR("usr_boss"), .role = ROLE_MANAGER},
                                                 .close_rooms = {.rooms = &house.room_101,
                                                                 .room_count = 1,
                                                                 .span = pinned.span,
                                                                 .reason = STR("a burst pipe"),
                                                                 .forces = true}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

/* Something of everything that these commands can make. */
static void
fill_house(void)
{
    struct id id, hold;
    struct leg pinned = house_nights(ID_NONE, house.room_101, 1, 3);
    pinned.pinned = true;
    give_link(book(pinned, 1, PAYMENT_NONE));
    book(house_nights(house.double_type, ID_NONE, 4, 6), 1, PAYMENT_NONE);
    book(house_nights(house.bed_type, ID_NONE, 10, 12), 2, PAYMENT_NONE);
    id = book(house_nights(house.double_type, ID_NONE, 8, 9), 1, PAYMENT_NONE);
    assert_int_equal(step(COMMAND_CANCEL_BOOKING, id, ""), OUTCOME_OK);
    book(house_nights(house.double_type, ID_NONE, 20, 21), 1, PAYMENT_REQUIRED);
    id = book(house_nights(house.double_type, ID_NONE, 22, 23), 1, PAYMENT_REQUIRED);
    assert_int_equal(step(COMMAND_CONFIRM_BOOKING, id, "paid in cash"), OUTCOME_OK);
    id = book(house_nights(ID_NONE, house.room_102, 0, 1), 1, PAYMENT_NONE);
    assert_int_equal(step(COMMAND_MARK_NO_SHOW, id, "did not come"), OUTCOME_OK);
    book(house_minutes(house.room_a1, 540, 600), 1, PAYMENT_NONE);
    assert_int_equal(house_hold(&house, house.teacher, house_minutes(house.room_a1, 600, 660), 60000, NULL),
                     OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, house_nights(house.bed_type, ID_NONE, 15, 16), 60000, NULL),
                     OUTCOME_OK);
    assert_int_equal(house_hold(&house, house.teacher, house_minutes(house.room_a1, 700, 760), 60000, &hold),
                     OUTCOME_OK);
    struct engine_request confirm = {
        .command = {.kind = COMMAND_CONFIRM_HOLD,
                    .property = 1,
                    .actor = house.teacher,
                    .confirm_hold = {.hold = hold, .party = 1, .guest = {.name = STR("Grace Hopper")}}}};
    assert_int_equal(house_run(&house, &confirm), OUTCOME_OK);
    engine_request_done(&confirm);
    keep_house(COMMAND_INSPECT_ROOM, ROOM_RESULT_FAIL);
    keep_house(COMMAND_START_CLEANING, ROOM_RESULT_NONE);
    keep_house(COMMAND_FINISH_CLEANING, ROOM_RESULT_NONE);
    keep_house(COMMAND_REPORT_MAINTENANCE, ROOM_RESULT_NONE);
    keep_house(COMMAND_FINISH_MAINTENANCE, ROOM_RESULT_PASS);
    keep_house(COMMAND_SET_ROOM_NOTE, ROOM_RESULT_NONE);
    close_rooms();
    name_guests();
    let_guests_in();
}

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    fill_house();
    fill_people();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

static bool named[CHECK_RULE_COUNT];
static enum id_kind last_kind; /* of what was named last */

static void
on_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    named[finding->rule] = true;
    last_kind = finding->kind;
}

static struct check_report
check(void)
{
    struct err err = {.kind = ERR_NONE};
    struct store store = {.connection = NULL};
    struct check_report report;
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    memset(named, 0, sizeof(named));
    struct check_settings settings = {
        .store = &store, .clock = &house.clock.clock, .memory_limit = 16u << 20, .on_finding = on_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    db_disconnect(store.connection);
    return report;
}

static void
plant(const char *sql)
{
    house_plant(&house, sql);
}

static void
a_busy_house_is_in_order(void **state)
{
    (void)state;
    struct check_report report = check();
    for (int rule = 0; rule < CHECK_RULE_COUNT; rule++)
        if (named[rule])
            fail_msg("%s is broken", check_rule_name((enum check_rule)rule));
    assert_int_equal(report.violations, 0);
    assert_int_equal(report.unproven, 0);
    assert_true(report.events > 20);
    assert_true(report.bookings == 17 && report.holds == 4);
}

static void
assert_in_order(void)
{
    struct check_report report = check();
    for (int rule = 0; rule < CHECK_RULE_COUNT; rule++)
        if (named[rule])
            fail_msg("%s is broken", check_rule_name((enum check_rule)rule));
    assert_int_equal(report.violations, 0);
}

static void
run_as_admin(struct command command)
{
    struct engine_request request = {.command = command};
    request.command.property = 1;
    request.command.actor = (struct actor){.name = STR("usr_admin"), .role = ROLE_ADMIN};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

/* The nights of past stays stay as they were counted, whatever becomes of their rooms. */
static void
a_room_of_past_stays_may_change_its_type_or_go(void **state)
{
    (void)state;
    struct store store = {.connection = NULL};
    struct house loaded;
    struct arena arena;
    struct err err;
    arena_init(&arena, 1 << 20);
    run_as_admin((struct command){.kind = COMMAND_CREATE_ROOM_TYPE,
                                  .put_room_type.room_type = {.name = STR("Suite"),
                                                              .sold_by = SOLD_BY_NIGHT,
                                                              .stock = STOCK_ROOMS,
                                                              .max_guests = 2,
                                                              .features = STR("[]"),
                                                              .hold_ttl_ms = 30000,
                                                              .closes_min = 1440,
                                                              .length_min = 1,
                                                              .length_max = 1440}});
    test_clock_advance_ms(&house.clock, 30 * DATE_DAY_MS);
    engine_sweep(house.engine);
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_load_house(&store, 1, &arena, &loaded), DB_OK);
    db_disconnect(store.connection);
    struct room room = *house_find_room(&loaded, house.room_101);
    for (size_t i = 0; i < loaded.type_count; i++)
        if (str_equal(loaded.types[i].name, STR("Suite")))
            room.room_type = loaded.types[i].id;
    run_as_admin((struct command){.kind = COMMAND_AMEND_ROOM, .amend_room = {.room = room}});
    assert_in_order();
    run_as_admin(
        (struct command){.kind = COMMAND_DELETE_ROOMS, .delete_rooms = {.rooms = &house.room_101, .room_count = 1}});
    assert_in_order();
    arena_done(&arena);
}

/* Where an allowance is used somebody has no room, as was allowed. */
static void
an_allowance_that_is_used_is_in_order(void **state)
{
    (void)state;
    run_as_admin((struct command){.kind = COMMAND_SET_INVENTORY,
                                  .set_inventory = {.room_type = house.double_type,
                                                    .from = HOUSE_DATE(40),
                                                    .until = HOUSE_DATE(42),
                                                    .units = -1,
                                                    .allowance = 1}});
    for (int i = 0; i < 3; i++)
        book(house_nights(house.double_type, ID_NONE, 40, 42), 1, PAYMENT_NONE);
    assert_in_order();
}

/* Of those that are too many it is known who they are. */
static void
who_is_proven_has_a_room_on_a_night_that_is_overbooked(void **state)
{
    an_allowance_that_is_used_is_in_order(state);
    plant("UPDATE booking SET placement = 'proven'");
    assert_int_equal(check().by_invariant[CHECK_INVARIANT_I4], 1);
}

/* Every word that the log has of why, after the texts were erased; the count of events that had one. */
static int
count_reasons(void)
{
    struct store store = {.connection = NULL};
    struct store_event *events;
    struct arena arena;
    struct err err;
    size_t count;
    int reasons = 0;
    arena_init(&arena, 1 << 20);
    assert_int_equal(db_connect(house.db, DB_READER, &store.connection, &err), DB_OK);
    assert_int_equal(store_list_events(&store, 1, 0, 100, &arena, &events, &count), DB_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(events[i].reason.len, 0);
        reasons += !id_is_none(events[i].reason_id);
    }
    db_disconnect(store.connection);
    arena_done(&arena);
    return reasons;
}

/* The log is never changed, so what may have to go is not in it: not in its rows and not in their hashes. */
static void
erased_words_and_people_leave_the_log_in_order(void **state)
{
    (void)state;
    plant("DELETE FROM text; UPDATE guest SET name = '', words = '', email = NULL, phone = NULL");
    assert_int_equal(count_reasons(), 19); /* those of rooms name what the bookings' events do */
    assert_in_order();
}

#define CLOSED_TOO_MANY(placement)                                                                                     \
    "INSERT INTO closure SELECT 1, id, id, 'out_of_order', 'OPEN', 0, 1795737600000, 1795996800000, NULL, 'usr_x', "   \
    "1, "                                                                                                              \
    "NULL, 1, '" placement "' FROM room WHERE number IN ('101', '102');"                                               \
    "INSERT INTO claim SELECT 1, id, 1795737600000, 1795996800000, 'closure', id, 0 "                                  \
    "FROM room WHERE number IN ('101', '102')"

/* A promise that was broken knowingly is told apart from one that should hold. */
static void
what_does_not_fit_beside_a_forced_closure_is_known_and_not_broken(void **state)
{
    (void)state;
    plant(CLOSED_TOO_MANY("unproven"));
    assert_int_equal(check().unproven, 1);
    assert_int_equal(check().by_invariant[CHECK_INVARIANT_I4], 0);
}

static void
what_does_not_fit_beside_a_closure_that_nobody_forced_is_broken(void **state)
{
    (void)state;
    plant(CLOSED_TOO_MANY("proven"));
    assert_int_equal(check().by_invariant[CHECK_INVARIANT_I4], 1);
}

static void
a_guest_with_other_words_than_the_name_s_is_named_as_a_guest(void **state)
{
    (void)state;
    plant("UPDATE guest SET words = 'somebody'");
    assert_true(check().violations > 0);
    assert_int_equal(last_kind, ID_GUEST);
}

/* It is one reason that stands in the log, not any. */
static void
a_reason_can_not_be_put_in_the_place_of_another(void **state)
{
    (void)state;
    plant("UPDATE event SET reason_id = x'00000000000000000000000000000007' WHERE reason_id IS NOT NULL");
    assert_true(check().violations > 0);
    assert_true(named[CHECK_RULE_CHAIN]);
}

/* What was logged before there were texts has its words in the log, and goes on being read and verified. */
static void
a_reason_that_the_log_itself_says_is_hashed_as_it_always_was(void **state)
{
    (void)state;
    struct store_event row = {.seq = 7,
                              .at = 5,
                              .kind = STR("booking.cancelled"),
                              .subject_kind = STR("bkg"),
                              .actor = STR("usr_desk"),
                              .from = STR("CONFIRMED"),
                              .to = STR("CANCELLED"),
                              .reason = STR("rain"),
                              .v = 1,
                              .body = STR("{}")};
    unsigned char zeros[STORE_HASH_BYTES] = {0}, hash[STORE_HASH_BYTES];
    char hex[2 * STORE_HASH_BYTES + 1];
    event_log_hash(zeros, 1, &row, hash);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    assert_string_equal(hex, "a7d13090f16c84adf88cfff6cd0f49e4af6b80c9ad7b7dd5066777f4c74bf563");
}

static void
assert_named(enum check_rule rule, const char *sql)
{
    set_up(NULL);
    plant(sql);
    struct check_report report = check();
    if (!named[rule])
        fail_msg("%s was broken and not named: %s", check_rule_name(rule), sql);
    assert_true(report.by_invariant[check_rule_invariant(rule)] > 0);
    tear_down(NULL);
}

static void
every_planted_violation_is_named(void **state)
{
    (void)state;
    for (int rule = 0; rule < CHECK_RULE_COUNT; rule++) {
        if (plants[rule] == NULL)
            fail_msg("nothing is planted for %s", check_rule_name((enum check_rule)rule));
        assert_named((enum check_rule)rule, plants[rule]);
    }
    for (size_t i = 0; i < sizeof(other_plants) / sizeof(other_plants[0]); i++)
        assert_named(other_plants[i].rule, other_plants[i].sql);
}

/* Money that is kept for something, or is to go back, is no limbo; nor is it where nobody knows the price, or staff
 * said what goes back. */
static void
money_that_is_somewhere_is_in_no_limbo(void **state)
{
    static const char *const fine[] = {
        (PAID_FOR(
            "30",
            "status = 'CANCELLED'") "UPDATE booking SET price_minor = 100, fee_minor = 30 WHERE status = 'CANCELLED'"),
        (PAID_FOR("100", "status = 'NO_SHOW'") DUE_BACK("50", "due")
             DUE_BACK("20", "failed") "UPDATE booking SET price_minor = 100, fee_minor = 30 WHERE status = 'NO_SHOW'"),
        (PAID_FOR("5", "status = 'CONFIRMED'") "UPDATE booking SET price_minor = 5"),
        (PAID_FOR("5", "status = 'CONFIRMED'")),
        (PAID_BY_GROUP("8") "UPDATE booking SET price_minor = 4 WHERE booking_group IS NOT NULL"),
        (PAID_BY_GROUP("9") DUE_BACK("1", "sent") "UPDATE booking SET price_minor = 4 WHERE booking_group IS NOT NULL"),
        (PAID_FOR("9", "status = 'CANCELLED'") "UPDATE event SET body = '{\"asked_refund\":0,' || substr(body, 2) "
                                               "WHERE kind = 'booking.cancelled'"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        set_up(NULL);
        plant(fine[i]);
        (void)check();
        if (named[CHECK_RULE_LIMBO])
            fail_msg("it is called limbo: %s", fine[i]);
        tear_down(NULL);
    }
}

/* As of a stay whose later nights are moved. */
static void
whoever_had_the_room_before_its_fault_was_not_sent_there(void **state)
{
    (void)state;
    plant("UPDATE event SET kind = 'booking.moved' WHERE kind = 'booking.pinned'");
    assert_true(check().violations > 0);
    assert_true(named[CHECK_RULE_CHAIN]);
    assert_false(named[CHECK_RULE_ROOM_FOR_TODAY]);
}

/* Rows and events as they were before holds kept a party and what they became. */
static void
holds_from_before_read_as_they_were_written(void **state)
{
    (void)state;
    plant("UPDATE hold SET party = NULL, booking = NULL, booking_group = NULL;"
          "UPDATE event SET body = replace(body, ',\"party\":1', '') WHERE kind LIKE 'hold.%';"
          "UPDATE event SET body = substr(body, 1, instr(body, ',\"booking_id\"') - 1) || "
          "substr(body, instr(body, ',\"created_by\"')) WHERE kind = 'hold.confirmed'");
    (void)check();
    for (int rule = 0; rule < CHECK_RULE_COUNT; rule++)
        assert_int_equal(named[rule], rule == CHECK_RULE_CHAIN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_busy_house_is_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_of_past_stays_may_change_its_type_or_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_proven_has_a_room_on_a_night_that_is_overbooked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_allowance_that_is_used_is_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(erased_words_and_people_leave_the_log_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_beside_a_forced_closure_is_known_and_not_broken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_beside_a_closure_that_nobody_forced_is_broken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_guest_with_other_words_than_the_name_s_is_named_as_a_guest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_reason_can_not_be_put_in_the_place_of_another, set_up, tear_down),
        cmocka_unit_test(a_reason_that_the_log_itself_says_is_hashed_as_it_always_was),
        cmocka_unit_test_setup_teardown(holds_from_before_read_as_they_were_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_had_the_room_before_its_fault_was_not_sent_there, set_up, tear_down),
        cmocka_unit_test(money_that_is_somewhere_is_in_no_limbo),
        cmocka_unit_test(every_planted_violation_is_named),
    };
    return test_run("engine/check", tests);
}
