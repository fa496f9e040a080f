/* The engine on a real database and the house in memory live the same random lives, and every command must end alike.
 *
 * Both decide with the same core, so what differs is what they show it and what they make of its answer: this is the
 * test of the engine's loader and of its apply(). Ids are the two sides' own and are matched as they come to be. At the
 * end of each life the database is checked by its own rules, and its log folded and compared. */
#include <stdio.h>

#include "engine/check.h"
#include "engine/state.h"
#include "store/store_guest_link.h"
#include "store/store_payment.h"
#include "tests/support/house.h"
#include "tests/support/house_life.h"
#include "tests/support/house_money.h"
#include "tests/support/house_naming.h"
#include "tests/support/house_seen.h"
#include "tests/support/house_seldom.h"
#include "tests/support/house_upkeep.h"
#include "tests/support/rebuilt.h"
#include "tests/unit/test.h"

enum { LIVES = 40, STEPS = 200, PAIRS_MAX = 4096 };

struct twins {
    struct house_fixture house;
    struct house_model model;
    struct house_life life;
    struct arena arena;
    struct id ours[PAIRS_MAX], theirs[PAIRS_MAX]; /* in the model, in the engine */
    size_t pair_count;
};

/* What must have happened in these lives, of what seldom does. */
static const char *const kinds[] = {"guest.amended", "guest.erased", "guest_link.created", "guest_link.withdrawn",
                                    "inventory.set"};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct seen {
    struct house_seen all;
    size_t late_prices; /* of stays that are over */
};

static void
pair(struct twins *t, struct id ours, struct id theirs)
{
    assert_true(t->pair_count < PAIRS_MAX);
    t->ours[t->pair_count] = ours;
    t->theirs[t->pair_count++] = theirs;
}

static struct id
translate(const struct twins *t, struct id ours)
{
    for (size_t i = 0; i < t->pair_count; i++)
        if (id_equal(t->ours[i], ours))
            return t->theirs[i];
    return ours; /* none, or nothing that exists */
}

/* What is committed; db_disconnect() ends it. */
static struct store
open_reader(const struct twins *t)
{
    struct err err = {.kind = ERR_NONE};
    struct store store = {.connection = NULL};
    assert_int_equal(db_connect(t->house.db, DB_READER, &store.connection, &err), DB_OK);
    return store;
}

/* What the house asks for, on both sides: some lives with a balance and fees. */
static void
set_rules(struct twins *t, uint64_t seed)
{
    struct store store = open_reader(t);
    struct property *properties, rules;
    size_t count;
    assert_int_equal(store_list_properties(&store, &t->arena, &properties, &count), DB_OK);
    db_disconnect(store.connection);
    assert_int_equal(count, 1);
    rules = properties[0];
    rules.balance_rule = seed % 3 == 0 ? BALANCE_IGNORED : BALANCE_REQUIRED;
    rules.cancellation_window_h = 48;
    rules.cancellation_fee_percent = 30;
    rules.no_show_fee_percent = seed % 2 == 0 ? 40 : 100;
    struct engine_request request = {.command = {.kind = COMMAND_AMEND_PROPERTY,
                                                 .actor = {.name = STR("usr_admin"), .role = ROLE_ADMIN},
                                                 .property = 1,
                                                 .put_property = {.property = rules}}};
    assert_int_equal(house_run(&t->house, &request), OUTCOME_OK);
    engine_request_done(&request);
    t->model.property.balance_rule = rules.balance_rule;
    t->model.property.cancellation_window_h = rules.cancellation_window_h;
    t->model.property.cancellation_fee_percent = rules.cancellation_fee_percent;
    t->model.property.no_show_fee_percent = rules.no_show_fee_percent;
}

/* The model of what house_init() makes: same types, same rooms, same rules. */
static void
twins_init(struct twins *t, uint64_t seed)
{
    house_init(&t->house);
    house_model_init(&t->model);
    arena_init(&t->arena, (size_t)64 << 20);
    t->pair_count = 0;
    t->model.now_ms = HOUSE_NOW;
    struct room_type *twin = house_model_add_type(&t->model, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    struct room_type *bed = house_model_add_type(&t->model, SOLD_BY_NIGHT, STOCK_COUNT, 2);
    struct room_type *class = house_model_add_type(&t->model, SOLD_BY_MINUTE, STOCK_ROOMS, 0);
    class->max_guests = 30;
    class->length_min = 5;
    twin->hold_ttl_ms = bed->hold_ttl_ms = class->hold_ttl_ms = 30000;
    pair(t, twin->id, t->house.double_type);
    pair(t, bed->id, t->house.bed_type);
    pair(t, class->id, t->house.class_type);
    struct id first = t->house.room_101, second = t->house.room_102; /* in the order of their ids, as in the model */
    bool in_order = id_compare(first, second) < 0;
    pair(t, house_model_add_room(&t->model, twin)->id, in_order ? first : second);
    pair(t, house_model_add_room(&t->model, twin)->id, in_order ? second : first);
    pair(t, house_model_add_room(&t->model, class)->id, t->house.room_a1);
    for (size_t i = 0; i < t->model.room_count; i++)
        t->model.room_states[i].cleanliness = CLEANLINESS_CLEANED; /* as the engine makes rooms */
    t->life = (struct house_life){.model = &t->model, .seed = seed};
    set_rules(t, seed);
}

static void
twins_done(struct twins *t)
{
    arena_done(&t->arena);
    house_done(&t->house);
}

/* Of the engine's refunds the one that is the same as ours, but for when it came to be: what has lapsed is ended by
 * whichever command comes across it, and that need not be the same one on both sides. Ours when there is none. */
static struct id
find_refund(struct twins *t, const struct refund *ours)
{
    struct store store = open_reader(t);
    struct refund *refunds;
    struct id found = ours->id;
    size_t count;
    assert_int_equal(store_list_refunds(&store, 1, translate(t, ours->payment), &t->arena, &refunds, &count), DB_OK);
    for (size_t i = 0; i < count; i++)
        if (id_equal(refunds[i].booking, translate(t, ours->booking)) && refunds[i].amount == ours->amount &&
            refunds[i].status == ours->status && refunds[i].automatic == ours->automatic &&
            refunds[i].attempts == ours->attempts)
            found = refunds[i].id;
    db_disconnect(store.connection);
    return found;
}

/* What a command made before it was looked at has no pair. */
static struct id
translate_refund(struct twins *t, struct id ours)
{
    for (size_t i = 0; i < t->model.refund_count; i++) {
        if (!id_equal(t->model.refunds[i].id, ours))
            continue;
        struct id found = find_refund(t, &t->model.refunds[i]);
        if (id_equal(found, ours)) {
            (void)engine_sweep(t->house.engine);
            found = find_refund(t, &t->model.refunds[i]);
        }
        assert_false(id_equal(found, ours)); /* the engine has it */
        return found;
    }
    return ours;
}

/* A command about money; false when it is none. */
static bool
translate_money(struct twins *t, const struct command *ours, struct command *theirs)
{
    switch (ours->kind) {
    case COMMAND_CREATE_PAYMENT:
        theirs->create_payment.booking = translate(t, ours->create_payment.booking);
        theirs->create_payment.group = translate(t, ours->create_payment.group);
        return true;
    case COMMAND_STEP_PAYMENT: theirs->step_payment.payment = translate(t, ours->step_payment.payment); return true;
    case COMMAND_STEP_REFUND: theirs->step_refund.refund = translate_refund(t, ours->step_refund.refund); return true;
    case COMMAND_NOTE_PAYMENT:
        theirs->note_payment.booking = translate(t, ours->note_payment.booking);
        theirs->note_payment.group = translate(t, ours->note_payment.group);
        theirs->note_payment.refund = translate_refund(t, ours->note_payment.refund);
        return true;
    default: return false;
    }
}

/* The house has more nights than the model: what is beyond those of the one is to be beyond those of the other. */
static int32_t
translate_night(const struct twins *t, int32_t date)
{
    return date <= t->model.first_night + MODEL_NIGHTS ? date : date + HORIZON_DAYS;
}

/* A command about guests, links or nights themselves; false when it is none. */
static bool
translate_seldom(const struct twins *t, const struct command *ours, struct command *theirs)
{
    switch (ours->kind) {
    case COMMAND_AMEND_GUEST:
    case COMMAND_ERASE_GUEST: theirs->put_guest.guest = translate(t, ours->put_guest.guest); return true;
    case COMMAND_CREATE_GUEST_LINK:
        theirs->create_guest_link.booking = translate(t, ours->create_guest_link.booking);
        return true;
    case COMMAND_WITHDRAW_GUEST_LINK:
        theirs->withdraw_guest_link.booking = translate(t, ours->withdraw_guest_link.booking);
        return true;
    case COMMAND_SET_INVENTORY:
        theirs->set_inventory.room_type = translate(t, ours->set_inventory.room_type);
        theirs->set_inventory.until = translate_night(t, ours->set_inventory.until);
        return true;
    default: return false;
    }
}

/* The command for the other side; legs go into `legs`, rooms into `closed`, lines of a batch into `steps`. */
static struct command
translate_command(struct twins *t, const struct command *ours, struct leg legs[3], struct id closed[2],
                  struct booking_step steps[LIFE_BATCH])
{
    struct command theirs = *ours;
    if (translate_money(t, ours, &theirs) || translate_seldom(t, ours, &theirs))
        return theirs;
    switch (ours->kind) {
    case COMMAND_BATCH_BOOKINGS:
        for (size_t i = 0; i < ours->booking_batch.count; i++) {
            steps[i] = ours->booking_batch.items[i];
            steps[i].booking = translate(t, steps[i].booking);
        }
        theirs.booking_batch.items = steps;
        break;
    case COMMAND_CREATE_BOOKINGS:
        for (size_t i = 0; i < ours->create_bookings.leg_count; i++) {
            legs[i] = ours->create_bookings.legs[i];
            legs[i].room_type = translate(t, legs[i].room_type);
            legs[i].room = translate(t, legs[i].room);
        }
        theirs.create_bookings.legs = legs;
        theirs.create_bookings.hold = translate(t, ours->create_bookings.hold);
        break;
    case COMMAND_ACQUIRE_HOLD:
        theirs.acquire_hold.leg.room_type = translate(t, ours->acquire_hold.leg.room_type);
        theirs.acquire_hold.leg.room = translate(t, ours->acquire_hold.leg.room);
        break;
    case COMMAND_AMEND_BOOKING:
        theirs.amend_booking.booking = translate(t, ours->amend_booking.booking);
        theirs.amend_booking.room_type = translate(t, ours->amend_booking.room_type);
        break;
    case COMMAND_AUTO_ASSIGN_BOOKING:
        theirs.auto_assign_booking.booking = translate(t, ours->auto_assign_booking.booking);
        break;
    case COMMAND_AUTO_ASSIGN_ARRIVALS: break; /* names a day */
    case COMMAND_EXTEND_BOOKING: theirs.amend_booking.booking = translate(t, ours->amend_booking.booking); break;
    case COMMAND_ASSIGN_ROOM:
        theirs.assign_room.booking = translate(t, ours->assign_room.booking);
        theirs.assign_room.room = translate(t, ours->assign_room.room);
        break;
    case COMMAND_MOVE_BOOKING:
        theirs.move_booking.booking = translate(t, ours->move_booking.booking);
        theirs.move_booking.to_room = translate(t, ours->move_booking.to_room);
        break;
    case COMMAND_SWAP_ROOMS:
        theirs.swap_rooms.booking = translate(t, ours->swap_rooms.booking);
        theirs.swap_rooms.other = translate(t, ours->swap_rooms.other);
        break;
    case COMMAND_CHECK_IN:
        theirs.check_in.booking = translate(t, ours->check_in.booking);
        theirs.check_in.room = translate(t, ours->check_in.room);
        break;
    case COMMAND_WALK_IN:
        theirs.walk_in.leg.room_type = translate(t, ours->walk_in.leg.room_type);
        theirs.walk_in.leg.room = translate(t, ours->walk_in.leg.room);
        break;
    case COMMAND_UNDO_CHECK_IN:
    case COMMAND_CHECK_OUT:
    case COMMAND_UNDO_CHECK_OUT: theirs.booking_step.booking = translate(t, ours->booking_step.booking); break;
    case COMMAND_ADD_GUEST:
    case COMMAND_REMOVE_GUEST:
        theirs.name_guest.booking = translate(t, ours->name_guest.booking);
        theirs.name_guest.guest = translate(t, ours->name_guest.guest);
        break;
    case COMMAND_PIN_ROOM: theirs.pin_room.booking = translate(t, ours->pin_room.booking); break;
    case COMMAND_UNASSIGN_ROOM:
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_CANCEL_BOOKING:
    case COMMAND_APPROVE_BOOKING:
    case COMMAND_DECLINE_BOOKING:
    case COMMAND_MARK_NO_SHOW:
    case COMMAND_WAIVE_FEE:
    case COMMAND_REINSTATE_BOOKING: theirs.booking_step.booking = translate(t, ours->booking_step.booking); break;
    case COMMAND_START_CLEANING:
    case COMMAND_FINISH_CLEANING:
    case COMMAND_INSPECT_ROOM:
    case COMMAND_MARK_DIRTY:
    case COMMAND_REPORT_MAINTENANCE:
    case COMMAND_FINISH_MAINTENANCE:
    case COMMAND_SET_ROOM_NOTE: theirs.room_step.room = translate(t, ours->room_step.room); break;
    case COMMAND_CLOSE_ROOMS:
        for (size_t i = 0; i < ours->close_rooms.room_count; i++)
            closed[i] = translate(t, ours->close_rooms.rooms[i]);
        theirs.close_rooms.rooms = closed;
        break;
    case COMMAND_AMEND_CLOSURE: theirs.amend_closure.closure = translate(t, ours->amend_closure.closure); break;
    case COMMAND_REOPEN_ROOM: theirs.closure_step.closure = translate(t, ours->closure_step.closure); break;
    case COMMAND_CONFIRM_HOLD: theirs.confirm_hold.hold = translate(t, ours->confirm_hold.hold); break;
    default: theirs.hold_step.hold = translate(t, ours->hold_step.hold); break;
    }
    return theirs;
}

static bool
is_paired(const struct twins *t, struct id theirs)
{
    for (size_t i = 0; i < t->pair_count; i++)
        if (id_equal(t->theirs[i], theirs))
            return true;
    return false;
}

/* Whoever is new in a booking is its guest, or one who comes along; a command brings one of each at most. */
static void
pair_guests(struct twins *t, const struct booking *ours, struct str theirs)
{
    struct str list = state_companions(theirs), text;
    enum id_kind kind;
    uint32_t property;
    struct id id;
    text = state_find_member(theirs, STR("\"guest_id\":\""));
    assert_true(id_parse(str_of(text.ptr, ID_TEXT_LEN), &kind, &property, &id));
    if (!is_paired(t, id))
        pair(t, ours->guest, id);
    assert_true(id_equal(translate(t, ours->guest), id));
    for (size_t i = 0; i < ours->companion_count; i++) {
        assert_true(state_next_companion(&list, &text) && id_parse(text, &kind, &property, &id));
        for (size_t j = 0; j < ours->companion_count && !is_paired(t, id); j++)
            if (id_equal(translate(t, ours->companions[j]), ours->companions[j]))
                pair(t, ours->companions[j], id);
    }
    assert_false(state_next_companion(&list, &text));
}

/* Of several links that go together each side has its own order. */
static bool
tells_of(const struct engine_result *result, struct str kind, struct id theirs)
{
    for (size_t i = 0; i < result->event_count; i++)
        if (id_equal(result->events[i].subject, theirs) && str_equal(result->events[i].kind, kind))
            return true;
    return false;
}

/* Whose id was not made by the command: it was there before, or came with it. */
static bool
is_known(const struct event *ours)
{
    return ours->subject_kind == ID_ROOM_TYPE || ours->subject_kind == ID_GUEST || ours->subject_kind == ID_GUEST_LINK;
}

/* What came to be on both sides, in the same order. */
static void
pair_new(struct twins *t, const struct decision *decision, const struct engine_result *result)
{
    size_t own = decision->event_count - decision->lapsed_events;
    assert_int_equal(result->unchanged, !id_is_none(decision->unchanged));
    if (result->unchanged)
        return;
    assert_int_equal(own, result->event_count);
    for (size_t i = 0; i < own; i++) {
        const struct event *ours = &decision->events[decision->lapsed_events + i];
        assert_true(str_equal(ours->kind, result->events[i].kind) ||
                    str_equal(ours->kind, STR("booking.room_changed")));
        if (is_known(ours))
            assert_true(tells_of(result, ours->kind, translate(t, ours->subject)));
        else if (ours->from.len == 0)
            pair(t, ours->subject, result->events[i].subject);
        if (ours->state == EVENT_OF_BOOKING && id_equal(translate(t, ours->subject), result->events[i].subject))
            pair_guests(t, ours->booking, result->events[i].body);
    }
}

/* A guest who is erased loses the links of what the model has forgotten, too: there they go before. */
static void
forget(struct twins *t)
{
    static struct guest_link links[MODEL_LINKS];
    size_t count = t->model.link_count;
    for (size_t i = 0; i < count; i++)
        links[i] = t->model.links[i];
    house_life_forget(&t->model);
    for (size_t i = 0; i < count; i++) {
        if (house_model_booking(&t->model, links[i].booking) != NULL)
            continue;
        struct engine_request request = {.command = {.kind = COMMAND_WITHDRAW_GUEST_LINK,
                                                     .actor = t->house.desk,
                                                     .property = 1,
                                                     .withdraw_guest_link = {translate(t, links[i].booking)}}};
        assert_int_equal(house_run(&t->house, &request), OUTCOME_OK);
        engine_request_done(&request);
    }
}

static struct command
next_command(struct twins *t)
{
    int kind = house_life_pick(&t->life, 16);
    struct command command = kind == 0  ? house_life_late_price(&t->life, t->house.desk)
                             : kind < 4 ? house_life_seldom(&t->life)
                                        : house_life_command(&t->life);
    if (command.kind == COMMAND_CREATE_GUEST_LINK)
        for (size_t i = 0; i < SECRET_HASH_BYTES; i++)
            command.create_guest_link.hash[i] = (unsigned char)(command.create_guest_link.id.lo + i);
    return command;
}

static void
note(struct seen *seen, const struct decision *decision)
{
    house_seen_note(&seen->all, decision);
    for (size_t i = decision->lapsed_events; i < decision->event_count; i++) {
        const struct event *event = &decision->events[i];
        seen->late_prices +=
            str_equal(event->kind, STR("booking.amended")) && event->booking->status == BOOKING_CHECKED_OUT;
    }
}

static void
step(struct twins *t, int life, int number, struct seen *seen)
{
    struct decision decision;
    struct leg legs[3];
    struct id closed[2];
    struct booking_step steps[LIFE_BATCH];
    static struct house_money books;
    static struct house_naming naming;
    static struct house_upkeep upkeep;
    static struct house_seldom seldom;
    forget(t);
    struct command ours = next_command(t);
    arena_reset(&t->arena);
    struct engine_request request = {.command = translate_command(t, &ours, legs, closed, steps)};
    house_money_take(&t->model, &ours, &books);
    house_naming_take(&t->model, &ours, &naming);
    house_upkeep_take(&t->model, &ours, &upkeep);
    house_seldom_take(&t->model, &ours, &seldom);
    if (!house_model_run(&t->model, &ours, &t->arena, &decision) ||
        !house_money_audit(&books, &ours, &decision, &t->model) ||
        !house_naming_audit(&naming, &ours, &decision, &t->model) ||
        !house_upkeep_audit(&upkeep, &ours, &decision, &t->model) ||
        !house_seldom_audit(&seldom, &ours, &decision, &t->model))
        fail_msg("life %d, step %d: %s", life, number, t->model.why);
    enum outcome theirs = house_run(&t->house, &request);
    if (theirs != decision.refusal.outcome)
        fail_msg("life %d, step %d: %s is %s in memory, %s on the database", life, number,
                 command_kind_name(ours.kind).ptr, outcome_info(decision.refusal.outcome)->code.ptr,
                 outcome_info(theirs)->code.ptr);
    note(seen, &decision);
    if (theirs == OUTCOME_OK)
        pair_new(t, &decision, &request.result);
    engine_request_done(&request);
    int64_t ms = 1 + house_life_pick(&t->life, 4) * 10000 * (house_life_pick(&t->life, 12) == 0 ? 30 : 1);
    t->model.now_ms += ms;
    test_clock_advance_ms(&t->house.clock, ms);
}

static void
tell_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    print_message("# %s %.*s\n", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

static void
check_database(struct twins *t, struct store *store)
{
    struct check_report report;
    struct check_settings settings = {
        .store = store, .clock = &t->house.clock.clock, .memory_limit = 16U << 20, .on_finding = tell_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    assert_int_equal(report.violations, 0);
}

/* Of one payment: its amounts, and what is due to go back of it. */
static void
compare_payment(struct twins *t, struct store *store, const struct payment *ours)
{
    struct payment theirs;
    struct refund *refunds;
    size_t count;
    int64_t open = 0;
    arena_reset(&t->arena);
    assert_int_equal(store_load_payment(store, 1, translate(t, ours->id), &t->arena, &theirs), DB_OK);
    assert_int_equal(store_list_refunds(store, 1, theirs.id, &t->arena, &refunds, &count), DB_OK);
    assert_int_equal(theirs.authorized, ours->authorized);
    assert_int_equal(theirs.captured, ours->captured);
    assert_int_equal(theirs.refunded, ours->refunded);
    for (size_t i = 0; i < count; i++)
        open += refund_is_open(&refunds[i]) ? refunds[i].amount : 0;
    for (size_t i = 0; i < t->model.refund_count; i++)
        if (id_equal(t->model.refunds[i].payment, ours->id) && refund_is_open(&t->model.refunds[i]))
            open -= t->model.refunds[i].amount;
    assert_int_equal(open, 0);
}

static void
compare_companions(struct twins *t, const struct booking *theirs, struct id ours)
{
    struct id ids[COMPANIONS_MAX];
    size_t count = house_model_companions(&t->model, ours, ids);
    assert_int_equal(theirs->companion_count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(booking_has_companion(theirs, translate(t, ids[i])));
}

static void
compare_bookings(struct twins *t, struct store *store)
{
    struct booking theirs;
    for (size_t i = 0; i < t->model.payment_count; i++)
        compare_payment(t, store, &t->model.payments[i]);
    for (size_t i = 0; i < t->model.booking_count; i++) {
        const struct booking *ours = &t->model.bookings[i];
        arena_reset(&t->arena);
        assert_int_equal(store_load_booking(store, 1, translate(t, ours->id), &t->arena, &theirs), DB_OK);
        assert_int_equal(theirs.status, ours->status);
        assert_int_equal(theirs.payment_status, ours->payment_status);
        assert_int_equal(theirs.fee_minor, ours->fee_minor);
        assert_int_equal(theirs.price.known, ours->price.known);
        assert_int_equal(theirs.price.minor, ours->price.minor);
        compare_companions(t, &theirs, ours->id);
    }
}

static bool
has_claim(const struct twins *t, const struct claim *theirs, size_t count, const struct claim *ours)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(theirs[i].owner, translate(t, ours->owner)) && span_equal(theirs[i].span, ours->span) &&
            theirs[i].pinned == ours->pinned)
            return true;
    return false;
}

/* Of each room: how clean it is, whether something is broken, who is in it, and who has it when. */
static void
compare_rooms(struct twins *t, struct store *store)
{
    struct room_state theirs;
    struct claim *claims;
    size_t count;
    for (size_t i = 0; i < t->model.room_count; i++) {
        const struct room_state *ours = &t->model.room_states[i];
        struct id room = translate(t, ours->room);
        arena_reset(&t->arena);
        assert_int_equal(store_load_room_state(store, 1, room, &theirs), DB_OK);
        assert_int_equal(theirs.cleanliness, ours->cleanliness);
        assert_int_equal(room_is_faulty(&theirs), room_is_faulty(ours));
        assert_int_equal(id_is_none(theirs.note), id_is_none(ours->note));
        assert_true(id_equal(theirs.occupant, translate(t, ours->occupant)));
        assert_int_equal(store_claims_on_room(store, 1, room, (struct span){0, INT64_MAX}, &t->arena, &claims, &count),
                         DB_OK);
        for (size_t j = 0; j < t->model.claim_count; j++)
            assert_true(!id_equal(t->model.claims[j].room, ours->room) ||
                        has_claim(t, claims, count, &t->model.claims[j]));
    }
}

/* Guests who were put right or erased. */
static void
compare_guests(struct twins *t, struct store *store)
{
    struct guest theirs;
    for (size_t i = 0; i < t->model.changed_guest_count; i++) {
        const struct guest *ours = &t->model.changed_guests[i];
        arena_reset(&t->arena);
        assert_int_equal(store_load_guest(store, 1, translate(t, ours->id), &t->arena, &theirs), DB_OK);
        assert_true(str_equal(theirs.details.name, ours->details.name));
        assert_int_equal(theirs.erased_at, ours->erased_at);
        assert_int_equal(theirs.version, ours->version);
    }
}

static const struct guest_link *
link_of(const struct twins *t, struct id booking)
{
    for (size_t i = 0; i < t->model.link_count; i++)
        if (id_equal(t->model.links[i].booking, booking))
            return &t->model.links[i];
    return NULL;
}

static void
compare_links(struct twins *t, struct store *store)
{
    struct guest_link theirs;
    for (size_t i = 0; i < t->model.booking_count; i++) {
        struct id booking = t->model.bookings[i].id;
        const struct guest_link *ours = link_of(t, booking);
        assert_int_equal(store_load_guest_link_of(store, 1, translate(t, booking), &theirs),
                         ours == NULL ? DB_NO_ROW : DB_OK);
        if (ours == NULL)
            continue;
        assert_true(id_equal(theirs.id, ours->id));
        assert_memory_equal(theirs.hash, ours->hash, SECRET_HASH_BYTES);
        assert_int_equal(theirs.created_at, ours->created_at);
    }
}

/* Of each type that is sold by the night: what there is, and what of it is taken. */
static void
compare_nights(struct twins *t, struct store *store)
{
    struct night *theirs;
    size_t count;
    for (size_t i = 0; i < t->model.type_count; i++) {
        const struct room_type *type = &t->model.types[i];
        int32_t from = t->model.first_night;
        if (type->sold_by != SOLD_BY_NIGHT)
            continue;
        arena_reset(&t->arena);
        assert_int_equal(
            store_load_nights(store, 1, translate(t, type->id), from, from + MODEL_NIGHTS, &t->arena, &theirs, &count),
            DB_OK);
        assert_int_equal(count, MODEL_NIGHTS);
        for (size_t j = 0; j < count; j++)
            assert_memory_equal(&theirs[j], &t->model.nights[i][j], sizeof(theirs[j]));
    }
}

static void
compare(struct twins *t)
{
    struct store store = open_reader(t);
    compare_bookings(t, &store);
    compare_rooms(t, &store);
    compare_guests(t, &store);
    compare_links(t, &store);
    compare_nights(t, &store);
    check_database(t, &store);
    db_disconnect(store.connection);
}

/* Which of those that have lapsed a command comes across is the loader's own affair: a sweep comes across all. */
static void
end_lapsed(struct twins *t)
{
    struct command sweep = {.kind = COMMAND_SWEEP, .actor = {.name = STR("system")}, .property = 1};
    struct decision decision;
    arena_reset(&t->arena);
    if (!house_model_run(&t->model, &sweep, &t->arena, &decision))
        fail_msg("a sweep: %s", t->model.why);
    (void)engine_sweep(t->house.engine);
}

static void
live(struct twins *t, int life, struct seen *seen)
{
    twins_init(t, (uint64_t)(life + 1) * UINT64_C(0x9e3779b97f4a7c15));
    for (int number = 0; number < STEPS; number++)
        step(t, life, number, seen);
    end_lapsed(t);
    compare(t);
    assert_int_equal(rebuilt_compare(t->house.db, NULL, NULL).differences, 0);
    twins_done(t);
}

static void
the_engine_comes_to_the_same_as_the_model(void **state)
{
    (void)state;
    static struct twins t;
    struct seen seen = {.all = {.kinds = kinds, .kind_count = KINDS}};
    for (int life = 0; life < LIVES; life++)
        live(&t, life, &seen);
    static const enum outcome due[] = {OUTCOME_SOLD_OUT,       OUTCOME_HOLD_EXPIRED,    OUTCOME_BALANCE_DUE,
                                       OUTCOME_ROOM_NOT_READY, OUTCOME_POLICY_REFUSED,  OUTCOME_BEYOND_HORIZON,
                                       OUTCOME_IN_USE,         OUTCOME_UNAUTHENTICATED, OUTCOME_NOT_FOUND};
    assert_true(house_seen_all(&seen.all, due, sizeof(due) / sizeof(due[0])));
    print_message("# late prices %zu\n", seen.late_prices);
    assert_true(seen.late_prices > 0 && seen.all.outcomes[OUTCOME_OK] > LIVES * STEPS / 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_comes_to_the_same_as_the_model),
    };
    return test_run("sim/engine_model", tests);
}
