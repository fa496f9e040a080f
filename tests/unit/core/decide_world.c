/* Commands are small values on the stack: a decision is applied before its command goes. */
#include "tests/unit/core/decide_world.h"

/* STR() is no constant for an initialiser of static storage. */
#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

const struct actor desk = {TEXT("usr_desk"), ROLE_FRONT_DESK};
const struct actor manager = {TEXT("usr_manager"), ROLE_MANAGER};
const struct actor teacher = {TEXT("usr_teacher"), ROLE_BOOKER};
const struct actor pupil = {TEXT("usr_pupil"), ROLE_BOOKER};

static const struct guest_details someone = {TEXT("Ada Lovelace"), TEXT("ada@example.org"), {NULL, 0}};

void
world_init(struct world *w)
{
    struct house_model *m = &w->model;
    house_model_init(m);
    arena_init(&w->arena, (size_t)64 << 20);
    const struct room_type *twin = house_model_add_type(m, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    const struct room_type *annex = house_model_add_type(m, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    const struct room_type *bed = house_model_add_type(m, SOLD_BY_NIGHT, STOCK_COUNT, 2);
    struct room_type *class = house_model_add_type(m, SOLD_BY_MINUTE, STOCK_ROOMS, 0);
    class->max_guests = 30;
    w->twin = twin->id;
    w->annex = annex->id;
    w->bed = bed->id;
    w->class = class->id;
    w->room_101 = house_model_add_room(m, twin)->id;
    w->room_102 = house_model_add_room(m, twin)->id;
    w->room_201 = house_model_add_room(m, annex)->id;
    struct room *a1 = house_model_add_room(m, class), *a2 = house_model_add_room(m, class);
    a1->max_guests = 8;
    a2->max_guests = 20;
    w->room_a1 = a1->id;
    w->room_a2 = a2->id;
}

void
world_done(struct world *w)
{
    arena_done(&w->arena);
}

struct room_type *
world_type(struct world *w, struct id type)
{
    for (size_t i = 0; i < w->model.type_count; i++)
        if (id_equal(w->model.types[i].id, type))
            return &w->model.types[i];
    fail_msg("no such type");
    return NULL;
}

struct room *
world_room(struct world *w, struct id room)
{
    for (size_t i = 0; i < w->model.room_count; i++)
        if (id_equal(w->model.rooms[i].id, room))
            return &w->model.rooms[i];
    fail_msg("no such room");
    return NULL;
}

struct leg
nights(struct id type, struct id room, int from, int until)
{
    return (struct leg){
        .room_type = type, .room = room, .span = span_from_nights(MODEL_TODAY + from, MODEL_TODAY + until), .party = 1};
}

struct leg
pinned(struct id room, int from, int until)
{
    struct leg leg = nights(ID_NONE, room, from, until);
    leg.pinned = true;
    return leg;
}

struct leg
minutes(struct id type, struct id room, int from_min, int until_min)
{
    int64_t midnight = date_to_instant(MODEL_TODAY + 1);
    return (struct leg){.room_type = type,
                        .room = room,
                        .by_minute = true,
                        .span = {midnight + from_min * MODEL_MINUTE_MS, midnight + until_min * MODEL_MINUTE_MS},
                        .party = 1};
}

/* Without who was moved to another room: of several ways to make place the order of the facts chooses one. */
static size_t
count_told(const struct decision *decision)
{
    size_t count = 0;
    for (size_t i = decision->lapsed_events; i < decision->event_count; i++)
        count += !str_equal(decision->events[i].kind, STR("booking.room_changed"));
    return count;
}

/* What facts_wants() asks for must be enough: more facts change nothing that is told, but for which of several proofs
 * that nothing fits is found, or which of several ways to make place. */
static bool
is_same_on_all_facts(struct world *w, const struct command *command)
{
    struct facts some, all;
    struct decision on_some, on_all;
    house_model_load(&w->model, command, &w->arena, &some);
    house_model_load_all(&w->model, command, &w->arena, &all);
    decide(&some, command, &w->arena, &on_some);
    decide(&all, command, &w->arena, &on_all);
    const struct refusal *a = &on_some.refusal, *b = &on_all.refusal;
    struct close_rooms space;
    if (b->outcome == OUTCOME_NO_ROOM_FITS && facts_closes(command, &all, &space) != NULL)
        return true; /* somewhere else something did not fit before, since rooms may be closed by force */
    return a->outcome == b->outcome && str_equal(a->rule, b->rule) && a->expires_at == b->expires_at &&
           a->night_count == b->night_count && a->leg == b->leg &&
           (a->outcome == OUTCOME_NO_ROOM_FITS || id_equal(a->hold, b->hold)) &&
           count_told(&on_some) == count_told(&on_all);
}

enum outcome
world_try(struct world *w, const struct command *command)
{
    arena_reset(&w->arena);
    if (!is_same_on_all_facts(w, command))
        strcpy(w->model.why, "facts: it is decided differently when everything is known");
    else
        (void)house_model_run(&w->model, command, &w->arena, &w->last);
    return w->last.refusal.outcome;
}

enum outcome
world_run(struct world *w, const struct command *command)
{
    enum outcome outcome = world_try(w, command);
    if (w->model.why[0] != '\0')
        fail_msg("%s", w->model.why);
    return outcome;
}

/* The first subject of that kind that the command's own events are about. */
static struct id
subject_of(const struct world *w, enum id_kind kind)
{
    for (size_t i = w->last.lapsed_events; i < w->last.event_count; i++)
        if (w->last.events[i].subject_kind == kind && !str_equal(w->last.events[i].kind, STR("booking.room_changed")))
            return w->last.events[i].subject;
    return ID_NONE;
}

static enum outcome
create(struct world *w, struct actor actor, struct create_bookings asked, struct id *ret_id)
{
    asked.guest = someone;
    struct command command = {.kind = COMMAND_CREATE_BOOKINGS, .actor = actor, .property = 1, .create_bookings = asked};
    enum outcome outcome = world_run(w, &command);
    if (ret_id != NULL)
        *ret_id = subject_of(w, ID_BOOKING);
    return outcome;
}

enum outcome
book(struct world *w, struct actor actor, struct leg leg, struct id *ret_id)
{
    return create(w, actor, (struct create_bookings){.legs = &leg, .leg_count = 1}, ret_id);
}

enum outcome
book_unpaid(struct world *w, struct actor actor, struct leg leg, struct id *ret_id)
{
    return create(w, actor, (struct create_bookings){.legs = &leg, .leg_count = 1, .payment = PAYMENT_REQUIRED},
                  ret_id);
}

enum outcome
book_legs(struct world *w, struct actor actor, const struct leg *legs, size_t count)
{
    return create(w, actor,
                  (struct create_bookings){.legs = legs, .leg_count = count, .group = true, .from_legs = true}, NULL);
}

enum outcome
book_held(struct world *w, struct actor actor, struct leg leg, struct id held, struct id *ret_id)
{
    return create(w, actor, (struct create_bookings){.legs = &leg, .leg_count = 1, .hold = held}, ret_id);
}

enum outcome
amend_nights(struct world *w, struct actor actor, struct id booking, int from, int until)
{
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING,
        .actor = actor,
        .property = 1,
        .amend_booking = {.booking = booking,
                          .changes_span = true,
                          .span = span_from_nights(MODEL_TODAY + from, MODEL_TODAY + until)},
    };
    return world_run(w, &command);
}

enum outcome
confirm(struct world *w, struct actor actor, struct id booking, struct str reason)
{
    struct command command = {.kind = COMMAND_CONFIRM_BOOKING,
                              .actor = actor,
                              .property = 1,
                              .booking_step = {.booking = booking, .reason = reason}};
    return world_run(w, &command);
}

enum outcome
cancel(struct world *w, struct actor actor, struct id booking)
{
    struct command command = {.kind = COMMAND_CANCEL_BOOKING,
                              .actor = actor,
                              .property = 1,
                              .booking_step = {.booking = booking, .reason = STR("plans changed")}};
    return world_run(w, &command);
}

enum outcome
step(struct world *w, struct actor actor, enum command_kind kind, struct id booking)
{
    struct command command = {.kind = kind, .actor = actor, .property = 1, .booking_step = {.booking = booking}};
    return world_run(w, &command);
}

void
world_break(struct world *w, struct id room)
{
    for (size_t i = 0; i < w->model.room_count; i++)
        if (id_equal(w->model.room_states[i].room, room)) {
            w->model.room_states[i].fault = (struct id){7, 7};
            w->model.room_states[i].fault_since = w->model.now_ms;
        }
}

void
world_pass_days(struct world *w, int32_t days)
{
    w->model.today += days;
    w->model.now_ms += days * DATE_DAY_MS;
}

enum outcome
hold(struct world *w, struct actor actor, struct leg leg, int32_t quantity, struct id *ret_id)
{
    struct command command = {.kind = COMMAND_ACQUIRE_HOLD,
                              .actor = actor,
                              .property = 1,
                              .acquire_hold = {.leg = leg, .quantity = quantity}};
    enum outcome outcome = world_run(w, &command);
    if (ret_id != NULL)
        *ret_id = subject_of(w, ID_HOLD);
    return outcome;
}

enum outcome
extend(struct world *w, struct actor actor, struct id held, int64_t ttl_ms)
{
    struct command command = {
        .kind = COMMAND_EXTEND_HOLD, .actor = actor, .property = 1, .hold_step = {.hold = held, .ttl_ms = ttl_ms}};
    return world_run(w, &command);
}

enum outcome
release(struct world *w, struct actor actor, struct id held)
{
    struct command command = {.kind = COMMAND_RELEASE_HOLD, .actor = actor, .property = 1, .hold_step = {.hold = held}};
    return world_run(w, &command);
}

enum outcome
confirm_hold(struct world *w, struct actor actor, struct id held, struct id *ret_id)
{
    struct command command = {.kind = COMMAND_CONFIRM_HOLD,
                              .actor = actor,
                              .property = 1,
                              .confirm_hold = {.hold = held, .party = 1, .guest = someone}};
    enum outcome outcome = world_run(w, &command);
    if (ret_id != NULL)
        *ret_id = subject_of(w, ID_BOOKING);
    return outcome;
}

enum outcome
sweep(struct world *w)
{
    struct command command = {.kind = COMMAND_SWEEP, .actor = {STR("system"), ROLE_OWNER}, .property = 1};
    return world_run(w, &command);
}

enum outcome
extend_stay(struct world *w, struct actor actor, struct id booking, int until)
{
    struct command command = {.kind = COMMAND_EXTEND_BOOKING,
                              .actor = actor,
                              .property = 1,
                              .amend_booking = {.booking = booking,
                                                .changes_span = true,
                                                .keeps_starts = true,
                                                .span.ends = date_to_instant(MODEL_TODAY + until)}};
    return world_run(w, &command);
}

static enum outcome
assign_room(struct world *w, struct actor actor, struct assign_room assign_room)
{
    struct command command = {.kind = COMMAND_ASSIGN_ROOM, .actor = actor, .property = 1, .assign_room = assign_room};
    return world_run(w, &command);
}

enum outcome
assign(struct world *w, struct actor actor, struct id booking, struct id room)
{
    return assign_room(w, actor, (struct assign_room){.booking = booking, .room = room, .pinned = true});
}

enum outcome
assign_loosely(struct world *w, struct actor actor, struct id booking, struct id room)
{
    return assign_room(w, actor, (struct assign_room){.booking = booking, .room = room});
}

enum outcome
unassign(struct world *w, struct actor actor, struct id booking)
{
    struct command command = {
        .kind = COMMAND_UNASSIGN_ROOM, .actor = actor, .property = 1, .booking_step = {.booking = booking}};
    return world_run(w, &command);
}

static enum outcome
move_booking(struct world *w, struct actor actor, struct move_booking move_booking)
{
    struct command command = {
        .kind = COMMAND_MOVE_BOOKING, .actor = actor, .property = 1, .move_booking = move_booking};
    command.move_booking.pinned = true;
    return world_run(w, &command);
}

enum outcome
move(struct world *w, struct actor actor, struct id booking, struct id room)
{
    return move_booking(w, actor, (struct move_booking){.booking = booking, .to_room = room});
}

enum outcome
move_part(struct world *w, struct actor actor, struct id booking, struct id room, int from, int until)
{
    return move_booking(w, actor,
                        (struct move_booking){.booking = booking,
                                              .to_room = room,
                                              .has_from = true,
                                              .has_until = true,
                                              .from = date_to_instant(MODEL_TODAY + from),
                                              .until = date_to_instant(MODEL_TODAY + until)});
}

enum outcome
swap(struct world *w, struct actor actor, struct id booking, struct id other)
{
    struct command command = {
        .kind = COMMAND_SWAP_ROOMS, .actor = actor, .property = 1, .swap_rooms = {.booking = booking, .other = other}};
    return world_run(w, &command);
}

static enum outcome
desk_step(struct world *w, struct actor actor, enum command_kind kind, struct id booking)
{
    struct command command = {.kind = kind, .actor = actor, .property = 1, .booking_step = {.booking = booking}};
    return world_run(w, &command);
}

enum outcome
check_in_to(struct world *w, struct actor actor, struct id booking, struct id room, bool overrides)
{
    struct command command = {.kind = COMMAND_CHECK_IN,
                              .actor = actor,
                              .property = 1,
                              .check_in = {.booking = booking, .room = room, .overrides = overrides}};
    if (overrides)
        command.check_in.reason = STR("no other room");
    return world_run(w, &command);
}

enum outcome
walk_in(struct world *w, struct actor actor, struct leg leg, int nights, bool overrides, struct id *ret_id)
{
    struct command command = {.kind = COMMAND_WALK_IN,
                              .actor = actor,
                              .property = 1,
                              .walk_in = {.leg = leg, .nights = nights, .guest = someone, .overrides = overrides}};
    if (overrides)
        command.walk_in.reason = STR("no other room");
    enum outcome outcome = world_run(w, &command);
    if (ret_id != NULL)
        *ret_id = subject_of(w, ID_BOOKING);
    return outcome;
}

enum outcome
check_in(struct world *w, struct actor actor, struct id booking)
{
    return check_in_to(w, actor, booking, ID_NONE, false);
}

enum outcome
undo_check_in(struct world *w, struct actor actor, struct id booking)
{
    return desk_step(w, actor, COMMAND_UNDO_CHECK_IN, booking);
}

enum outcome
check_out(struct world *w, struct actor actor, struct id booking)
{
    return desk_step(w, actor, COMMAND_CHECK_OUT, booking);
}

enum outcome
undo_check_out(struct world *w, struct actor actor, struct id booking)
{
    return desk_step(w, actor, COMMAND_UNDO_CHECK_OUT, booking);
}

static enum outcome
name_guest(struct world *w, struct actor actor, enum command_kind kind, struct name_guest name_guest)
{
    struct command command = {.kind = kind, .actor = actor, .property = 1, .name_guest = name_guest};
    return world_run(w, &command);
}

enum outcome
add_guest(struct world *w, struct actor actor, struct id booking, struct id *ret_guest)
{
    enum outcome outcome =
        name_guest(w, actor, COMMAND_ADD_GUEST, (struct name_guest){.booking = booking, .details = someone});
    for (size_t i = 0; ret_guest != NULL && i < w->last.change_count; i++)
        if (w->last.changes[i].kind == CHANGE_COMPANION_ADD)
            *ret_guest = w->last.changes[i].companion.guest;
    return outcome;
}

enum outcome
add_known_guest(struct world *w, struct actor actor, struct id booking, struct id guest)
{
    return name_guest(w, actor, COMMAND_ADD_GUEST, (struct name_guest){.booking = booking, .guest = guest});
}

enum outcome
remove_guest(struct world *w, struct actor actor, struct id booking, struct id guest)
{
    return name_guest(w, actor, COMMAND_REMOVE_GUEST, (struct name_guest){.booking = booking, .guest = guest});
}

enum outcome
pin(struct world *w, struct actor actor, struct id booking, bool pinned)
{
    struct command command = {
        .kind = COMMAND_PIN_ROOM, .actor = actor, .property = 1, .pin_room = {.booking = booking, .pinned = pinned}};
    return world_run(w, &command);
}

struct str
event_kind(const struct world *w, size_t index)
{
    return index < w->last.event_count ? w->last.events[index].kind : (struct str){NULL, 0};
}

struct id
room_of(const struct world *w, struct id owner)
{
    const struct claim *claim = house_model_claim(&w->model, owner);
    return claim == NULL ? ID_NONE : claim->room;
}

const struct booking *
booking_of(const struct world *w, struct id id)
{
    const struct booking *booking = house_model_booking(&w->model, id);
    assert_non_null(booking);
    return booking;
}

const struct hold *
hold_of(const struct world *w, struct id id)
{
    const struct hold *found = house_model_hold(&w->model, id);
    assert_non_null(found);
    return found;
}
