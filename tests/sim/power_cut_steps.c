/* The house of the power cuts, and what is done in it. */
#include "tests/sim/power_cut_steps.h"

#include "tests/unit/test.h"

#include <stdio.h>

#include "core/date.h"
#include "engine/facts_load.h"

enum { SLOT = 1440 + 540, PRICE = 12000 };

/* --- commands --- */

static struct engine_request
ask(const struct power_cut_run *run, enum command_kind kind)
{
    return (struct engine_request){.command = {.kind = kind, .property = 1, .actor = run->house.desk}};
}

/* What desks may not do without a manager. */
static struct engine_request
ask_as_manager(const struct power_cut_run *run, enum command_kind kind)
{
    struct engine_request request = ask(run, kind);
    request.command.actor = (struct actor){.name = STR("usr_manager"), .role = ROLE_MANAGER};
    return request;
}

static enum outcome
run_step(struct power_cut_run *run, struct engine_request request)
{
    enum outcome outcome = house_run(&run->house, &request);
    engine_request_done(&request);
    return outcome;
}

static void
book_stock(struct power_cut_run *run)
{
    house_book(&run->house, house_nights(run->house.bed_type, ID_NONE, 1, 4), &run->booking);
}

static void
book_room(struct power_cut_run *run)
{
    struct leg leg = house_nights(ID_NONE, run->house.room_101, 2, 4);
    leg.pinned = true;
    house_book(&run->house, leg, &run->booking);
}

static void
book_slot(struct power_cut_run *run)
{
    house_book(&run->house, house_minutes(run->house.room_a1, SLOT, SLOT + 60), &run->booking);
}

static void
hold_slot(struct power_cut_run *run)
{
    house_hold(&run->house, run->house.desk, house_minutes(run->house.room_a1, SLOT + 60, SLOT + 120), 60000,
               &run->hold);
}

static void
confirm_hold(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_CONFIRM_HOLD);
    request.command.confirm_hold =
        (struct confirm_hold){.hold = run->hold, .party = 1, .guest = {.name = STR("Ada Lovelace")}};
    run_step(run, request);
}

static void
cancel(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_CANCEL_BOOKING);
    request.command.booking_step.booking = run->booking;
    run_step(run, request);
}

static void
book_group(struct power_cut_run *run)
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
expire(struct power_cut_run *run)
{
    test_clock_advance_ms(&run->house.clock, 60000);
    engine_sweep(run->house.engine);
}

/* The one double that is ready is 102. */
static void
walk_in(struct power_cut_run *run)
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
move_guests(struct power_cut_run *run)
{
    struct id to = id_equal(run->room, run->house.room_101) ? run->house.room_102 : run->house.room_101;
    struct engine_request request = ask_as_manager(run, COMMAND_MOVE_BOOKING);
    request.command.move_booking = (struct move_booking){
        .booking = run->guests, .to_room = to, .pinned = true, .overrides = true, .reason = STR("the tap drips")};
    if (run_step(run, request) == OUTCOME_OK)
        run->room = to;
}

static void
check_out(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_CHECK_OUT);
    request.command.booking_step.booking = run->guests;
    run_step(run, request);
}

static void
pay(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_CREATE_PAYMENT);
    request.command.create_payment = (struct create_payment){
        .booking = run->booking, .method = PAYMENT_METHOD_CASH, .amount = 12000, .captured = true};
    run_step(run, request);
}

/* Whatever is next in room 101, where no inspection is ever passed. */
static void
clean(struct power_cut_run *run)
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
close_room(struct power_cut_run *run)
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

/* --- rooms and guests --- */

static struct engine_request
step_of(const struct power_cut_run *run, enum command_kind kind, struct id booking)
{
    struct engine_request request = ask_as_manager(run, kind);
    request.command.booking_step = (struct booking_step){.booking = booking, .reason = STR("as agreed")};
    return request;
}

static struct engine_request
check_in_of(const struct power_cut_run *run, struct id booking, struct id room)
{
    struct engine_request request = ask_as_manager(run, COMMAND_CHECK_IN);
    request.command.check_in =
        (struct check_in){.booking = booking, .room = room, .overrides = true, .reason = STR("no other")};
    return request;
}

static void
check_in(struct power_cut_run *run)
{
    if (run_step(run, check_in_of(run, run->arrival, run->rooms[0])) == OUTCOME_OK) {
        run->guests = run->arrival;
        run->room = run->rooms[0];
    }
}

static void
assign(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_ASSIGN_ROOM);
    request.command.assign_room = (struct assign_room){.booking = run->arrival, .room = run->rooms[0]};
    run_step(run, request);
}

static void
unassign(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_UNASSIGN_ROOM, run->with_room[0]));
}

static void
swap(struct power_cut_run *run)
{
    struct engine_request request = ask_as_manager(run, COMMAND_SWAP_ROOMS);
    request.command.swap_rooms = (struct swap_rooms){.booking = run->with_room[0], .other = run->with_room[1]};
    run_step(run, request);
}

static void
undo_check_in(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_UNDO_CHECK_IN, run->guests));
}

static void
undo_check_out(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_UNDO_CHECK_OUT, run->gone));
}

/* By a night more each time, as long as the room is free. */
static void
extend(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_EXTEND_BOOKING);
    request.command.amend_booking =
        (struct amend_booking){.booking = run->arrival,
                               .changes_span = true,
                               .keeps_starts = true,
                               .span = {0, date_to_instant(HOUSE_DATE(4 + run->extended++))}};
    run_step(run, request);
}

static void
name_guest(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_ADD_GUEST);
    request.command.name_guest =
        (struct name_guest){.booking = run->arrival, .details = {.name = STR("Mary Somerville")}};
    run_step(run, request);
}

static void
amend_closure(struct power_cut_run *run)
{
    struct engine_request request = ask_as_manager(run, COMMAND_AMEND_CLOSURE);
    request.command.amend_closure =
        (struct amend_closure){.closure = run->closure, .ends = date_to_instant(HOUSE_DATE(42 + run->closed_longer++))};
    run_step(run, request);
}

/* --- ends, and what they cost --- */

static void
no_show(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_MARK_NO_SHOW, run->arrival));
}

static void
reinstate(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_REINSTATE_BOOKING, run->missed[0]));
}

static void
waive_fee(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_WAIVE_FEE, run->missed[1]));
}

static void
approve(struct power_cut_run *run)
{
    run_step(run, step_of(run, COMMAND_APPROVE_BOOKING, run->asked));
}

static void
cancel_together(struct power_cut_run *run)
{
    struct booking_step items[2] = {{.booking = run->together[0]}, {.booking = run->together[1]}};
    struct engine_request request = ask(run, COMMAND_BATCH_BOOKINGS);
    request.command.booking_batch =
        (struct booking_batch){.step = COMMAND_CANCEL_BOOKING, .items = items, .count = 2, .from_items = true};
    run_step(run, request);
}

static void
refund(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_STEP_PAYMENT);
    request.command.step_payment =
        (struct step_payment){.payment = run->payment, .step = PAYMENT_COMMAND_REFUND, .amount = 100};
    run_step(run, request);
}

/* Each time of another payment, of which only the first is what is waited for. */
static void
hear_provider(struct power_cut_run *run)
{
    char event[16], payment[16];
    int event_len = snprintf(event, sizeof(event), "evt_%d", run->heard);
    int payment_len = snprintf(payment, sizeof(payment), "pi_%d", run->heard++);
    struct engine_request request = ask(run, COMMAND_NOTE_PAYMENT);
    request.command.actor.name = STR("stripe");
    request.command.note_payment = (struct note_payment){.event = str_of(event, (size_t)event_len),
                                                         .kind = STR("payment_intent.succeeded"),
                                                         .reference = str_of(payment, (size_t)payment_len),
                                                         .named = STR("somebody"),
                                                         .booking = run->unpaid,
                                                         .fact = {.captured = PRICE},
                                                         .amount = PRICE,
                                                         .currency = STR("EUR")};
    run_step(run, request);
}

/* A part of the night audit; the first begins it. */
static void
audit(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_START_JOB);
    request.command.start_job.kind = JOB_NIGHT_AUDIT;
    run_step(run, request);
    engine_step_job(run->house.engine);
}

const struct power_cut_step power_cut_steps[POWER_CUT_STEPS] = {
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
    {"a check-in", check_in},
    {"a room given", assign},
    {"a room taken away", unassign},
    {"rooms exchanged", swap},
    {"a check-in undone", undo_check_in},
    {"a check-out undone", undo_check_out},
    {"a longer stay", extend},
    {"a guest named", name_guest},
    {"a closure amended", amend_closure},
    {"a no-show", no_show},
    {"a booking reinstated", reinstate},
    {"a fee waived", waive_fee},
    {"an approval", approve},
    {"a batch", cancel_together},
    {"a refund", refund},
    {"a provider heard", hear_provider},
    {"a part of an audit", audit},
};

/* --- the house --- */

static void
must(struct power_cut_run *run, struct engine_request request)
{
    assert_int_equal(run_step(run, request), OUTCOME_OK);
}

/* Its nights are closed by hand, and today is still to be; who does not come pays all the same. */
static void
close_nights_by_hand(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_AMEND_PROPERTY);
    request.command.actor = (struct actor){.name = STR("usr_admin"), .role = ROLE_ADMIN};
    request.command.put_property.property = *house_committed(&run->house)->house.property;
    request.command.put_property.property.night_audit = NIGHT_AUDIT_BY_HAND;
    request.command.put_property.property.no_show_fee_percent = 100;
    must(run, request);
    test_clock_advance_ms(&run->house.clock, DATE_DAY_MS);
}

static void
make_rooms(struct power_cut_run *run)
{
    struct room rooms[4];
    const char *numbers[4] = {"103", "104", "105", "106"};
    struct engine_request request = ask_as_manager(run, COMMAND_CREATE_ROOMS);
    for (int i = 0; i < 4; i++)
        rooms[i] = (struct room){.room_type = run->house.double_type,
                                 .number = str_from(numbers[i]),
                                 .floor = STR("1"),
                                 .building = STR("Main"),
                                 .features = STR("[]")};
    request.command.create_rooms = (struct create_rooms){.rooms = rooms, .room_count = 4};
    assert_int_equal(house_run(&run->house, &request), OUTCOME_OK);
    for (size_t i = 0; i < 4; i++)
        run->rooms[i] = request.result.events[i].subject;
    engine_request_done(&request);
}

/* A type that is sold on approval, and one who asked for it. */
static void
ask_for_approval(struct power_cut_run *run)
{
    struct engine_request request = ask_as_manager(run, COMMAND_CREATE_ROOM_TYPE);
    request.command.put_room_type = (struct put_room_type){.units = 9,
                                                           .room_type = {.name = STR("Salon"),
                                                                         .sold_by = SOLD_BY_NIGHT,
                                                                         .stock = STOCK_COUNT,
                                                                         .max_guests = 2,
                                                                         .features = STR("[]"),
                                                                         .needs_approval = true,
                                                                         .hold_ttl_ms = 30000,
                                                                         .closes_min = 1440,
                                                                         .length_min = 5,
                                                                         .length_max = 1440}};
    assert_int_equal(house_run(&run->house, &request), OUTCOME_OK);
    struct id salon = request.result.events[0].subject;
    engine_request_done(&request);
    assert_int_equal(house_book(&run->house, house_nights(salon, ID_NONE, 5, 6), &run->asked), OUTCOME_OK);
}

/* A stay in a double, priced. */
static struct id
book_double(struct power_cut_run *run, struct id room, int from, int until, enum booking_payment payment)
{
    struct id booking;
    struct leg leg = house_nights(id_is_none(room) ? run->house.double_type : ID_NONE, room, from, until);
    leg.party = 2;
    leg.price = (struct price){true, PRICE};
    struct engine_request request = house_create(&run->house, &leg);
    request.command.create_bookings.payment = payment;
    assert_int_equal(house_run(&run->house, &request), OUTCOME_OK);
    booking = request.result.events[0].subject;
    engine_request_done(&request);
    return booking;
}

static void
book_doubles(struct power_cut_run *run)
{
    run->gone = book_double(run, run->rooms[1], 0, 2, PAYMENT_NONE);
    must(run, check_in_of(run, run->gone, ID_NONE));
    struct engine_request leave = step_of(run, COMMAND_CHECK_OUT, run->gone);
    leave.command.booking_step.overrides = true;
    must(run, leave);
    for (int i = 0; i < 2; i++) {
        run->missed[i] = book_double(run, ID_NONE, 0, 1, PAYMENT_NONE);
        must(run, step_of(run, COMMAND_MARK_NO_SHOW, run->missed[i]));
        run->with_room[i] = book_double(run, run->rooms[2 + i], 12, 14, PAYMENT_NONE);
        run->together[i] = book_double(run, ID_NONE, 16, 17, PAYMENT_NONE);
    }
    run->arrival = book_double(run, ID_NONE, 0, 3, PAYMENT_NONE);
    run->unpaid = book_double(run, ID_NONE, 18, 19, PAYMENT_REQUIRED);
}

static void
close_a_room(struct power_cut_run *run)
{
    struct engine_request request = ask_as_manager(run, COMMAND_CLOSE_ROOMS);
    request.command.close_rooms = (struct close_rooms){.rooms = &run->rooms[1],
                                                       .room_count = 1,
                                                       .kind = CLOSURE_OUT_OF_ORDER,
                                                       .span = span_from_nights(HOUSE_DATE(40), HOUSE_DATE(41)),
                                                       .reason = STR("paint")};
    assert_int_equal(house_run(&run->house, &request), OUTCOME_OK);
    run->closure = request.result.events[0].subject;
    engine_request_done(&request);
}

static void
take_cash(struct power_cut_run *run)
{
    struct engine_request request = ask(run, COMMAND_CREATE_PAYMENT);
    request.command.create_payment = (struct create_payment){
        .booking = run->together[0], .method = PAYMENT_METHOD_CASH, .amount = PRICE, .captured = true};
    assert_int_equal(house_run(&run->house, &request), OUTCOME_OK);
    run->payment = request.result.events[0].subject;
    engine_request_done(&request);
}

/* Room 102 is ready; the guests in 101 were let in before it was. */
static void
let_guests_in(struct power_cut_run *run)
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
}

void
power_cut_furnish(struct power_cut_run *run)
{
    close_nights_by_hand(run);
    make_rooms(run);
    ask_for_approval(run);
    book_doubles(run);
    close_a_room(run);
    take_cash(run);
    let_guests_in(run);
    struct leg stay = house_nights(run->house.bed_type, ID_NONE, 8, 10);
    assert_int_equal(house_book(&run->house, stay, &run->booking), OUTCOME_OK);
    struct leg slot = house_minutes(run->house.room_a1, SLOT + 180, SLOT + 240);
    assert_int_equal(house_hold(&run->house, run->house.desk, slot, 60000, &run->hold), OUTCOME_OK);
}
