/* What a decision is shown of a real database: above all that what has lapsed is never in anybody's way, wherever it
 * reaches. The rules themselves are tested on the core. */
#include "tests/unit/test.h"

#include "engine/engine_intern.h"
#include "engine/facts_load.h"
#include "tests/support/house.h"

static struct house_fixture house;

static int
set_up(void **state)
{
    (void)state;
    house_init(&house);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    house_done(&house);
    return 0;
}

static enum outcome
book(struct actor actor, struct leg leg, bool pinned, enum booking_payment payment)
{
    leg.pinned = pinned;
    struct engine_request request = house_create(&house, &leg);
    request.command.actor = actor;
    request.command.create_bookings.payment = payment;
    enum outcome outcome = house_run(&house, &request);
    engine_request_done(&request);
    return outcome;
}

static void
pass_payment_time(void)
{
    test_clock_advance_ms(&house.clock, 900000);
}

/* The unpaid stay at the far end of a chain of stays is three days away from what is asked for. */
static void
a_lapsed_stay_far_along_the_component_is_in_nobodys_way(void **state)
{
    (void)state;
    struct id none = ID_NONE, twin = house.double_type;
    assert_int_equal(book(house.desk, house_nights(none, house.room_102, 0, 1), true, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 5, 6), true, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 1, 5), false, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_102, 4, 6), false, PAYMENT_REQUIRED), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(twin, none, 0, 2), false, PAYMENT_NONE), OUTCOME_NO_ROOM_FITS);
    pass_payment_time();
    assert_int_equal(book(house.desk, house_nights(twin, none, 0, 2), false, PAYMENT_NONE), OUTCOME_OK);
}

static void
a_lapsed_booking_does_not_count_against_the_quota(void **state)
{
    (void)state;
    struct engine_request request = {.command = {.kind = COMMAND_CREATE_ROOM_TYPE,
                                                 .property = house.property,
                                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                 .put_room_type.room_type = {.name = STR("Practice room"),
                                                                             .sold_by = SOLD_BY_MINUTE,
                                                                             .max_guests = 2,
                                                                             .features = STR("[]"),
                                                                             .hold_ttl_ms = 30000,
                                                                             .closes_min = 1440,
                                                                             .length_min = 5,
                                                                             .length_max = 1440,
                                                                             .quota_per_booker = 1}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct room room = {.room_type = request.result.events[0].subject, .number = STR("P1"), .features = STR("[]")};
    engine_request_done(&request);
    request = (struct engine_request){.command = {.kind = COMMAND_CREATE_ROOMS,
                                                  .property = house.property,
                                                  .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                  .create_rooms = {.rooms = &room, .room_count = 1}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct id p1 = request.result.events[0].subject;
    engine_request_done(&request);

    struct leg first = house_minutes(p1, 0, 60), second = house_minutes(p1, 7200, 7260);
    assert_int_equal(book(house.teacher, first, false, PAYMENT_REQUIRED), OUTCOME_OK);
    assert_int_equal(book(house.teacher, second, false, PAYMENT_NONE), OUTCOME_POLICY_REFUSED);
    pass_payment_time();
    assert_int_equal(book(house.teacher, second, false, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.teacher, first, false, PAYMENT_NONE), OUTCOME_POLICY_REFUSED);
}

/* --- how much is read --- */

static void
set_inventory(struct id room_type, int until, int32_t units, int32_t allowance)
{
    struct engine_request request = {.command = {.kind = COMMAND_SET_INVENTORY,
                                                 .property = house.property,
                                                 .actor = {.name = STR("usr_manager"), .role = ROLE_MANAGER},
                                                 .set_inventory = {.room_type = room_type,
                                                                   .from = HOUSE_DATE(1),
                                                                   .until = HOUSE_DATE(until),
                                                                   .units = units,
                                                                   .allowance = allowance}}};
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

static void
set_beds(int32_t units)
{
    set_inventory(house.bed_type, 20, units, -1);
}

/* How many holds, stays without a room, claims and nights of the first type a decision of this command is shown. */
struct shown {
    size_t holds, loose, claims, nights;
};

static struct shown
show(const struct command *command)
{
    struct arena arena;
    struct facts facts;
    struct store_head head;
    const struct house_entry *entry;
    struct store *store = &house.engine->store;
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_load_head(store, house.property, &head), DB_OK);
    assert_int_equal(house_cache_get(house.engine->houses, store, house.property, head.house_version, &entry), DB_OK);
    const struct facts_load load = {.store = store,
                                    .property = house.property,
                                    .house = entry,
                                    .command = command,
                                    .now_ms = HOUSE_NOW,
                                    .arena = &arena};
    assert_int_equal(facts_load(&load, &facts), DB_OK);
    struct shown shown = {.holds = facts.hold_count,
                          .loose = facts.loose_count,
                          .claims = facts.claim_count,
                          .nights = facts.stock_count == 0 ? 0 : facts.stocks[0].night_count};
    arena_done(&arena);
    return shown;
}

static size_t
holds_shown(const struct command *command)
{
    return show(command).holds;
}

static size_t
loose_shown(struct leg leg)
{
    struct command command = {.kind = COMMAND_CREATE_BOOKINGS,
                              .property = house.property,
                              .actor = house.desk,
                              .create_bookings = {.legs = &leg, .leg_count = 1, .guest = {.name = STR("Ada")}}};
    return show(&command).loose;
}

/* A stay without a room over each pair of nights, so that all hangs together. */
static void
book_season(int from, int until)
{
    for (int night = from; night + 1 < until; night++)
        assert_int_equal(
            book(house.desk, house_nights(house.double_type, ID_NONE, night, night + 2), false, PAYMENT_NONE),
            OUTCOME_OK);
}

static void
a_guest_who_leaves_tomorrow_is_no_question_to_next_season(void **state)
{
    (void)state;
    struct id none = ID_NONE, twin = house.double_type;
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 0, 2), true, PAYMENT_NONE), OUTCOME_OK);
    book_season(2, 60);
    assert_int_equal(loose_shown(house_nights(twin, none, 30, 32)), 0);
    assert_int_equal(loose_shown(house_nights(twin, none, 1, 3)), 0);
    assert_int_equal(loose_shown(house_nights(none, house.room_102, 30, 32)), 0);
}

static void
what_lies_between_two_pins_is_read_whole_and_each_stay_once(void **state)
{
    (void)state;
    struct id none = ID_NONE, twin = house.double_type;
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 0, 1), true, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 60, 61), true, PAYMENT_NONE), OUTCOME_OK);
    book_season(1, 60);
    book_season(61, 90);
    for (int night = 1; night < 60; night++)
        assert_int_equal(loose_shown(house_nights(twin, none, night, night + 1)), 58);
    assert_int_equal(loose_shown(house_nights(twin, none, 70, 72)), 0);
}

static size_t
claims_shown(struct leg leg)
{
    struct command command = {.kind = COMMAND_CREATE_BOOKINGS,
                              .property = house.property,
                              .actor = house.desk,
                              .create_bookings = {.legs = &leg, .leg_count = 1, .guest = {.name = STR("Ada")}}};
    return show(&command).claims;
}

/* Whoever has a room of their own stays in it, so that no other room is looked at for one that is named. */
static void
where_nobody_could_be_moved_a_room_is_read_by_itself(void **state)
{
    (void)state;
    struct id none = ID_NONE, twin = house.double_type;
    struct leg leg = house_nights(none, house.room_102, 1, 3);
    leg.pinned = true;
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 1, 3), true, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(claims_shown(leg), 0);
    assert_int_equal(claims_shown(house_nights(twin, none, 1, 3)), 1);
    leg.span = house_nights(none, house.room_102, 3, 6).span;
    assert_int_equal(book(house.desk, house_nights(twin, none, 5, 6), false, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(show(&(struct command){.kind = COMMAND_CREATE_BOOKINGS,
                                            .property = house.property,
                                            .actor = house.desk,
                                            .create_bookings = {.legs = &leg, .leg_count = 1}})
                         .loose,
                     1);
}

/* --- closures --- */

static struct command
close_102(const struct id *room, int from, int until)
{
    return (struct command){.kind = COMMAND_CLOSE_ROOMS,
                            .property = house.property,
                            .actor = {.name = STR("usr_manager"), .role = ROLE_MANAGER},
                            .close_rooms = {.rooms = room,
                                            .room_count = 1,
                                            .kind = CLOSURE_OUT_OF_ORDER,
                                            .span = span_from_nights(HOUSE_DATE(from), HOUSE_DATE(until)),
                                            .reason = STR("The window is broken.")}};
}

static void
what_is_closed_and_opened_again_is_read_for_its_own_nights(void **state)
{
    (void)state;
    struct engine_request request = {.command = close_102(&house.room_102, 10, 12)};
    assert_int_equal(show(&request.command).nights, 2);
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    struct command reopen = {.kind = COMMAND_REOPEN_ROOM,
                             .property = house.property,
                             .actor = house.desk,
                             .closure_step = {.closure = request.result.events[0].subject}};
    assert_int_equal(show(&reopen).nights, 2);
    engine_request_done(&request);
}

/* One stay has the night of the closure, and with two others a night on which one is sold too many: nobody could be
 * shown a room for that night before, so it does not keep the room from being closed. */
static void
a_closure_is_shown_the_overbooked_night_at_the_end_of_its_component(void **state)
{
    (void)state;
    struct id twin = house.double_type, none = ID_NONE;
    set_inventory(twin, 20, -1, 1);
    for (int from = 2; from < 5; from++)
        assert_int_equal(book(house.desk, house_nights(twin, none, from, 5), false, PAYMENT_NONE), OUTCOME_OK);
    assert_int_equal(book(house.desk, house_nights(none, house.room_101, 6, 7), true, PAYMENT_NONE), OUTCOME_OK);
    struct engine_request request = {.command = close_102(&house.room_102, 2, 3)};
    assert_int_equal(show(&request.command).nights, 3);
    assert_int_equal(house_run(&house, &request), OUTCOME_OK);
    engine_request_done(&request);
}

/* --- own holds --- */

/* Holds of the teacher's on beds, each of another length. The first of them is `ret_first`. */
static void
hold_beds(int count, struct id *ret_first)
{
    for (int i = 0; i < count; i++) {
        struct id hold;
        struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3 + i);
        assert_int_equal(house_hold(&house, house.teacher, leg, 30000, &hold), OUTCOME_OK);
        test_clock_advance_ms(&house.clock, 1); /* ids are in order of their times */
        if (i == 0)
            *ret_first = hold;
    }
}

static struct command
teacher_books(const struct leg *legs, size_t count)
{
    return (struct command){.kind = COMMAND_CREATE_BOOKINGS,
                            .property = house.property,
                            .actor = house.teacher,
                            .create_bookings = {.legs = legs, .leg_count = count, .guest = {.name = STR("Ada")}}};
}

/* A shop holds hundreds under one name: they were all listed for each of its bookings. */
static void
own_holds_are_looked_for_only_where_they_could_be_in_the_way(void **state)
{
    (void)state;
    struct id first;
    set_beds(15);
    hold_beds(12, &first);
    const struct leg legs[4] = {
        house_nights(house.bed_type, ID_NONE, 1, 3), house_nights(house.bed_type, ID_NONE, 1, 3),
        house_nights(house.bed_type, ID_NONE, 1, 3), house_nights(house.bed_type, ID_NONE, 2, 4)};
    struct command command = teacher_books(legs, 3);
    assert_int_equal(holds_shown(&command), 0);
    command = teacher_books(legs, 4); /* of one night in two more than are left */
    assert_int_equal(holds_shown(&command), 8);
    command = (struct command){.kind = COMMAND_ACQUIRE_HOLD,
                               .property = house.property,
                               .actor = house.teacher,
                               .acquire_hold = {.leg = house_nights(house.bed_type, ID_NONE, 1, 20), .quantity = 3}};
    assert_int_equal(holds_shown(&command), 0);
    command.acquire_hold.quantity = 4;
    assert_int_equal(holds_shown(&command), 8);
    command.actor = house.desk;
    assert_int_equal(holds_shown(&command), 0);
}

/* The last units are those that it holds. */
static void
who_books_what_they_hold_is_shown_that_hold_alone(void **state)
{
    (void)state;
    struct id first, hold;
    set_beds(3);
    hold_beds(1, &first);
    for (int i = 0; i < 2; i++)
        assert_int_equal(house_book(&house, house_nights(house.bed_type, ID_NONE, 1, 3), &hold), OUTCOME_OK);
    struct command command = {.kind = COMMAND_CONFIRM_HOLD,
                              .property = house.property,
                              .actor = house.teacher,
                              .confirm_hold = {.hold = first}};
    assert_int_equal(holds_shown(&command), 1);
    set_beds(4);
    assert_int_equal(house_hold(&house, house.teacher, house_nights(house.bed_type, ID_NONE, 1, 2), 30000, &hold),
                     OUTCOME_OK);
    assert_int_equal(holds_shown(&command), 1);
}

static void
who_is_refused_is_told_of_the_oldest_of_their_own_holds(void **state)
{
    (void)state;
    struct id first;
    set_beds(12);
    hold_beds(12, &first);
    struct leg leg = house_nights(house.bed_type, ID_NONE, 1, 3);
    struct engine_request request = {.command = teacher_books(&leg, 1)};
    assert_int_equal(house_run(&house, &request), OUTCOME_SOLD_OUT);
    assert_true(id_equal(request.result.refusal.hold, first));
    engine_request_done(&request);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_lapsed_stay_far_along_the_component_is_in_nobodys_way),
        CASE(a_lapsed_booking_does_not_count_against_the_quota),
        CASE(a_guest_who_leaves_tomorrow_is_no_question_to_next_season),
        CASE(what_lies_between_two_pins_is_read_whole_and_each_stay_once),
        CASE(where_nobody_could_be_moved_a_room_is_read_by_itself),
        CASE(what_is_closed_and_opened_again_is_read_for_its_own_nights),
        CASE(a_closure_is_shown_the_overbooked_night_at_the_end_of_its_component),
        CASE(own_holds_are_looked_for_only_where_they_could_be_in_the_way),
        CASE(who_books_what_they_hold_is_shown_that_hold_alone),
        CASE(who_is_refused_is_told_of_the_oldest_of_their_own_holds),
    };
    return test_run("engine/facts_load", tests);
}
