/* Looking for alternatives runs on a reader's thread, and only while hardly anybody waits for one and not more often
 * than RATE_PER_SECOND. A crowd that wants the same thing is told the same alternatives. */
#include "api/alternatives.h"

#include <assert.h>
#include <stdlib.h>

#include <sodium.h>

#include "api/api_intern.h"
#include "api/availability.h"
#include "api/named_refusal.h"
#include "api/room_search.h"
#include "core/rooming.h"
#include "engine/facts_load.h"

enum {
    WAITING_MAX = 4, /* readers' jobs: more is load */
    RATE_PER_SECOND = 50,
    KEPT = 64,        /* answers kept; a power of two */
    KEPT_TEXT = 1024, /* bytes of one */
    DAYS_AROUND = 7,  /* how far other dates are looked for */
    SLOTS_AROUND = 4, /* how many lengths away other slots are looked for */
    TRIALS_MAX = 16,  /* for one answer */
    WAYS_MAX = 16,    /* of who is in the way of a closure are looked after, as long as the trials last */
    QUESTION_BYTES = 16,
};

struct kept {
    unsigned char question[QUESTION_BYTES];
    int64_t at_ns; /* monotonic; 0: nothing is kept */
    size_t len;
    char text[KEPT_TEXT];
};

struct alternatives_memory {
    pthread_mutex_t mutex;
    int64_t debt_until_ns; /* as in limits.c */
    struct kept kept[KEPT];
};

struct alternatives_memory *
alternatives_memory_new(struct err *err)
{
    struct alternatives_memory *memory = calloc(1, sizeof(*memory));
    if (memory == NULL)
        err_set(err, ERR_MEMORY, "no memory for alternatives");
    else
        pthread_mutex_init(&memory->mutex, NULL);
    return memory;
}

void
alternatives_memory_free(struct alternatives_memory *memory)
{
    if (memory == NULL)
        return;
    pthread_mutex_destroy(&memory->mutex);
    free(memory);
}

/* -- the question -- */

struct question {
    struct leg leg;
    int32_t quantity;
    struct id booking; /* that is to be changed so; none for a new one */
    bool of_rooms;     /* it is to get leg.room for leg.span: another room is all that helps */
    bool now;          /* somebody is to be let in: a room that is ready is all that helps */
    bool extends;      /* it is to last until the end of leg.span: fewer nights more are all that helps */
    int64_t ends;      /* with that: until when it lasts as it is; not known yet when it is asked */
    bool of_party;     /* the party is too large, which no other date helps */
    unsigned char hash[QUESTION_BYTES];
};

static bool
may_have_alternatives(enum outcome outcome, enum command_kind kind)
{
    switch (outcome) {
    case OUTCOME_SOLD_OUT:
    case OUTCOME_NO_ROOM_FITS:
    case OUTCOME_ROOM_NOT_AVAILABLE:
    case OUTCOME_BOOKING_CONFLICT:
    case OUTCOME_ROOM_NOT_READY: return true;
    case OUTCOME_NOT_ASSIGNED: return kind == COMMAND_CHECK_IN;
    case OUTCOME_TOO_MANY_GUESTS: return kind == COMMAND_CREATE_BOOKINGS || kind == COMMAND_ACQUIRE_HOLD;
    default: return false;
    }
}

/* Of a stay that begins on the business date, which is not known yet; till then the span says what was asked for. */
static bool
ask_for_ready_room(const struct command *command, struct question *ret_question)
{
    const struct walk_in *walk_in = &command->walk_in;
    *ret_question = (struct question){.leg = walk_in->leg, .quantity = 1, .now = true};
    ret_question->leg.span = (struct span){walk_in->departure, walk_in->nights};
    return true;
}

/* Into the room that they name, or the one that their booking has, which is not known yet. */
static bool
ask_for_check_in(const struct command *command, struct question *ret_question)
{
    *ret_question = (struct question){
        .leg.room = command->check_in.room, .quantity = 1, .booking = command->check_in.booking, .now = true};
    return true;
}

/* A booking that is there is to have a room: for what part of its stay is not known yet. */
static bool
ask_for_room(const struct command *command, struct question *ret_question)
{
    bool assigns = command->kind == COMMAND_ASSIGN_ROOM;
    *ret_question = (struct question){
        .leg.room = assigns ? command->assign_room.room : command->move_booking.to_room,
        .quantity = 1,
        .booking = assigns ? command->assign_room.booking : command->move_booking.booking,
        .of_rooms = true,
    };
    if (!assigns) /* a part of the stay is another question than all of it */
        ret_question->leg.span = (struct span){command->move_booking.from, command->move_booking.until};
    return true;
}

/* One leg, or several equal ones; legs that differ have no simple alternative. What an amendment does not name is not
 * known yet. */
static bool
ask_of_command(const struct command *command, struct question *ret_question)
{
    if (command->kind == COMMAND_AMEND_BOOKING || command->kind == COMMAND_EXTEND_BOOKING) {
        const struct amend_booking *amend = &command->amend_booking;
        *ret_question = (struct question){.leg = {.room_type = amend->room_type,
                                                  .by_minute = amend->by_minute,
                                                  .span = amend->span,
                                                  .party = amend->party},
                                          .quantity = 1,
                                          .booking = amend->booking,
                                          .extends = command->kind == COMMAND_EXTEND_BOOKING};
        return true;
    }
    if (command->kind == COMMAND_ASSIGN_ROOM || command->kind == COMMAND_MOVE_BOOKING)
        return ask_for_room(command, ret_question);
    if (command->kind == COMMAND_CHECK_IN)
        return ask_for_check_in(command, ret_question);
    if (command->kind == COMMAND_WALK_IN)
        return ask_for_ready_room(command, ret_question);
    if (command->kind == COMMAND_ACQUIRE_HOLD) {
        *ret_question = (struct question){.leg = command->acquire_hold.leg, .quantity = command->acquire_hold.quantity};
        return true;
    }
    if (command->kind != COMMAND_CREATE_BOOKINGS || !id_is_none(command->create_bookings.hold) ||
        (command->create_bookings.from_legs && command->create_bookings.leg_count > 1))
        return false;
    *ret_question = (struct question){.leg = command->create_bookings.legs[0],
                                      .quantity = (int32_t)command->create_bookings.leg_count};
    ret_question->leg.pinned = false;
    return true;
}

static bool
ask(const struct call *call, struct question *ret_question)
{
    const struct command *command = &call->engine.command;
    enum outcome outcome = call->engine.result.refusal.outcome;
    if (!may_have_alternatives(outcome, command->kind) || !ask_of_command(command, ret_question))
        return false;
    ret_question->of_party = outcome == OUTCOME_TOO_MANY_GUESTS;
    return true;
}

/* Field by field: padding is not part of a question. Of the caller the role alone: who is refused for want of room is
 * neither at their quota, nor is the booking another's. */
static void
hash(const struct call *call, struct question *question)
{
    const struct leg *leg = &question->leg;
    const int64_t fields[] = {call->property,
                              call->engine.command.actor.role,
                              (int64_t)leg->room_type.hi,
                              (int64_t)leg->room_type.lo,
                              (int64_t)leg->room.hi,
                              (int64_t)leg->room.lo,
                              leg->by_minute ? 1 : 0,
                              leg->span.starts,
                              leg->span.ends,
                              leg->party,
                              question->quantity,
                              question->of_rooms ? 1 : 0,
                              question->now ? 1 : 0,
                              question->extends ? 1 : 0,
                              question->of_party ? 1 : 0,
                              (int64_t)question->booking.hi,
                              (int64_t)question->booking.lo};
    crypto_generichash(question->hash, QUESTION_BYTES, (const unsigned char *)fields, sizeof(fields), NULL, 0);
}

/* -- what is kept -- */

static struct kept *
place_of(struct alternatives_memory *memory, const struct question *question)
{
    return &memory->kept[question->hash[0] & (KEPT - 1)];
}

/* So often and not more. With the mutex. */
static bool
may_look(struct alternatives_memory *memory, int64_t now_ns)
{
    int64_t each_ns = INT64_C(1000000000) / RATE_PER_SECOND;
    if (memory->debt_until_ns >= now_ns + 4 * each_ns)
        return false;
    memory->debt_until_ns = (memory->debt_until_ns > now_ns ? memory->debt_until_ns : now_ns) + each_ns;
    return true;
}

/* A copy of what is kept in *ret_text, or the permission to look: neither is load. */
enum permission { REFUSED, FOUND, LOOK };

static enum permission
ask_memory(struct call *call, const struct question *question, struct str *ret_text)
{
    struct alternatives_memory *memory = call->api->alternatives;
    int64_t now_ns = clock_monotonic_ns(call->api->settings.clock);
    enum permission permission = REFUSED;
    pthread_mutex_lock(&memory->mutex);
    const struct kept *kept = place_of(memory, question);
    bool same = kept->at_ns != 0 && memcmp(kept->question, question->hash, QUESTION_BYTES) == 0;
    if (same && now_ns - kept->at_ns < ALTERNATIVES_AGE_MS * INT64_C(1000000)) {
        *ret_text = arena_copy_str(call->arena, str_of(kept->text, kept->len));
        permission = FOUND;
    } else if (may_look(memory, now_ns)) {
        permission = LOOK;
    }
    pthread_mutex_unlock(&memory->mutex);
    return permission;
}

static void
keep(struct call *call, const struct question *question, int64_t at_ns, struct str text)
{
    struct alternatives_memory *memory = call->api->alternatives;
    if (text.len > KEPT_TEXT)
        return;
    pthread_mutex_lock(&memory->mutex);
    struct kept *kept = place_of(memory, question);
    memcpy(kept->question, question->hash, QUESTION_BYTES);
    kept->at_ns = at_ns;
    kept->len = text.len;
    memcpy(kept->text, text.ptr, text.len);
    pthread_mutex_unlock(&memory->mutex);
}

/* -- looking -- */

struct looking {
    struct call *call;
    struct command command; /* that is to be accepted */
    struct trial trial;
    struct availability_asked range;
    const struct question *question;
    const struct room_type *type; /* of what was asked for */
    struct json_writer writer;
    int found, trials;
};

static bool
is_done(const struct looking *l)
{
    return l->found == ALTERNATIVES_MAX || l->trials >= TRIALS_MAX;
}

static bool
try_leg(struct looking *l, const struct leg *leg)
{
    l->trials++;
    if (!id_is_none(l->question->booking))
        return trial_run_amend(&l->trial, l->question->booking, leg);
    return trial_run(&l->trial, leg, l->question->quantity) == OUTCOME_OK;
}

static void
add(struct looking *l, const char *kind, const struct leg *leg, const struct room *room)
{
    uint32_t property = l->trial.property;
    int32_t arrival, departure;
    l->found++;
    json_write_object_begin(&l->writer);
    json_member_cstr(&l->writer, "kind", kind);
    if (!id_is_none(leg->room_type))
        json_member_id(&l->writer, "room_type_id", ID_ROOM_TYPE, property, leg->room_type);
    if (!id_is_none(leg->room))
        json_member_id(&l->writer, "room_id", ID_ROOM, property, leg->room);
    if (room != NULL)
        json_member_str(&l->writer, "number", room->number);
    if (leg->by_minute) {
        json_member_instant(&l->writer, "starts_at", leg->span.starts);
        json_member_instant(&l->writer, "ends_at", leg->span.ends);
    } else if (span_to_nights(leg->span, &arrival, &departure)) {
        json_member_date(&l->writer, "arrival", arrival);
        json_member_date(&l->writer, "departure", departure);
    }
    json_write_object_end(&l->writer);
}

/* The best other room of the same type, where a room was asked for. */
static enum db_status
look_for_room(struct looking *l)
{
    const struct leg *asked = &l->question->leg;
    const struct room_search search = {.by_minute = asked->by_minute,
                                       .span = asked->span,
                                       .party = asked->party,
                                       .room_type = l->type->id,
                                       .limit = 2};
    struct room_found *found;
    size_t count;
    if (id_is_none(asked->room) || l->question->quantity != 1 || l->type->stock != STOCK_ROOMS)
        return DB_OK;
    enum db_status status = room_search_find(&l->trial, &search, &found, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct leg leg = *asked;
        leg.room = found[i].room->id;
        leg.room_type = ID_NONE;
        if (found[i].held_until != 0 || id_equal(leg.room, asked->room) || !try_leg(l, &leg))
            continue;
        add(l, "room", &leg, found[i].room);
        break;
    }
    return status;
}

/* The same command with another room. */
static bool
try_room(struct looking *l, const struct room *room)
{
    struct command command = l->command;
    l->trials++;
    switch (command.kind) {
    case COMMAND_ASSIGN_ROOM: command.assign_room.room = room->id; break;
    case COMMAND_CHECK_IN: command.check_in.room = room->id; break;
    case COMMAND_MOVE_BOOKING: command.move_booking.to_room = room->id; break;
    case COMMAND_WALK_IN:
        command.walk_in.leg.room_type = ID_NONE;
        command.walk_in.leg.room = room->id;
        break;
    default: assert(!"a command that names no room"); break;
    }
    return trial_run_command(&l->trial, &command);
}

static bool
is_taken(const struct room *room, struct span span, const struct claim *claims, size_t claim_count)
{
    for (size_t i = 0; i < claim_count; i++)
        if (id_equal(claims[i].room, room->id) && span_overlaps(claims[i].span, span))
            return true;
    return false;
}

/* Rooms of the same type that nobody has meanwhile, and that the command would be accepted with. */
static enum db_status
look_for_rooms(struct looking *l)
{
    const struct leg *asked = &l->question->leg;
    const struct house *house = &l->trial.house->house;
    struct reader *reader = l->trial.reader;
    struct claim *claims;
    size_t count;
    enum db_status status = store_claims_on_type(&reader->store, l->trial.property, l->type->id, asked->span,
                                                 &reader->scratch, &claims, &count);
    for (size_t i = 0; status == DB_OK && i < house->room_count && !is_done(l); i++) {
        const struct room *room = &house->rooms[i];
        struct leg leg = *asked;
        leg.room = room->id;
        if (id_equal(room->room_type, l->type->id) && !id_equal(room->id, asked->room) &&
            !is_taken(room, asked->span, claims, count) && try_room(l, room))
            add(l, "room", &leg, room);
    }
    return status;
}

static bool
is_ready(struct id room, const struct room_state *states, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(states[i].room, room))
            return room_is_ready(&states[i]);
    return false;
}

/* Rooms of one type that are ready, and that the command would be accepted with. */
static void
try_ready_rooms(struct looking *l, const struct room_type *type, const struct room_state *states, size_t count)
{
    const struct house *house = &l->trial.house->house;
    for (size_t i = 0; i < house->room_count && !is_done(l); i++) {
        const struct room *room = &house->rooms[i];
        struct leg leg = {.room = room->id, .span = l->question->leg.span};
        if (id_equal(room->room_type, type->id) && !id_equal(room->id, l->question->leg.room) &&
            is_ready(room->id, states, count) && try_room(l, room))
            add(l, "room", &leg, room);
    }
}

/* Of the type that was asked for first, then of the others; who has booked gets a room of the type they were to have.
 */
static enum db_status
look_for_ready(struct looking *l)
{
    const struct house *house = &l->trial.house->house;
    struct reader *reader = l->trial.reader;
    struct room_state *states;
    size_t count;
    enum db_status status =
        store_list_room_states(&reader->store, l->trial.property, &reader->scratch, &states, &count);
    if (status == DB_OK)
        try_ready_rooms(l, l->type, states, count);
    if (!id_is_none(l->question->booking))
        return status;
    for (size_t i = 0; status == DB_OK && i < house->type_count && !is_done(l); i++)
        if (&house->types[i] != l->type && house->types[i].sold_by == SOLD_BY_NIGHT)
            try_ready_rooms(l, &house->types[i], states, count);
    return status;
}

static enum db_status
load_type(struct looking *l, const struct room_type *type, struct night **ret_nights)
{
    return availability_nights(l->trial.reader, &l->range, type, &l->trial.reader->scratch, ret_nights);
}

/* Worth a trial. A booking that is to be changed takes some of the nights itself. */
static bool
is_free(const struct looking *l, const struct night *nights, int32_t arrival, int32_t departure)
{
    if (!id_is_none(l->question->booking))
        return true;
    for (int32_t date = arrival; date < departure; date++)
        if (availability_free(&l->range, &nights[date - l->range.from]) < l->question->quantity)
            return false;
    return true;
}

/* The smallest other type that takes the party on the same dates. */
static enum db_status
look_for_type(struct looking *l, int32_t arrival, int32_t departure)
{
    const struct house *house = &l->trial.house->house;
    enum db_status status = DB_OK;
    const struct room_type *best = NULL;
    for (size_t i = 0; i < house->type_count && status == DB_OK && !is_done(l); i++) {
        const struct room_type *type = &house->types[i];
        struct night *nights;
        if (type == l->type || type->sold_by != SOLD_BY_NIGHT || type->max_guests < l->question->leg.party ||
            (best != NULL && best->max_guests <= type->max_guests))
            continue;
        status = load_type(l, type, &nights);
        struct leg leg = l->question->leg;
        leg.room = ID_NONE;
        leg.room_type = type->id;
        if (status == DB_OK && is_free(l, nights, arrival, departure) && try_leg(l, &leg))
            best = type;
    }
    if (status == DB_OK && best != NULL) {
        struct leg leg = l->question->leg;
        leg.room = ID_NONE;
        leg.room_type = best->id;
        add(l, "room_type", &leg, NULL);
    }
    return status;
}

/* The nearest other dates of the same length, later before earlier. */
static enum db_status
look_for_dates(struct looking *l, int32_t arrival, int32_t departure)
{
    struct night *nights;
    enum db_status status = load_type(l, l->type, &nights);
    for (int32_t i = 2; status == DB_OK && i <= 2 * DAYS_AROUND + 1 && !is_done(l); i++) {
        int32_t shift = i % 2 == 0 ? i / 2 : -(i / 2);
        struct leg leg = l->question->leg;
        leg.span = span_from_nights(arrival + shift, departure + shift);
        if (is_free(l, nights, arrival + shift, departure + shift) && try_leg(l, &leg))
            add(l, "dates", &leg, NULL);
    }
    return status;
}

/* The nearest other slots of the same length, later before earlier. */
static void
look_for_slots(struct looking *l)
{
    struct span span = l->question->leg.span;
    int64_t length = span.ends - span.starts;
    for (int64_t i = 2; i <= 2 * SLOTS_AROUND + 1 && !is_done(l); i++) {
        int64_t shift = (i % 2 == 0 ? i / 2 : -(i / 2)) * length;
        struct leg leg = l->question->leg;
        leg.span = (struct span){span.starts + shift, span.ends + shift};
        if (span_is_valid(leg.span) && try_leg(l, &leg))
            add(l, "time", &leg, NULL);
    }
}

/* The latest departure with which it would be accepted, if there is one after the present one: what lasts less long
 * needs no more. */
static void
look_for_departure(struct looking *l)
{
    struct leg leg = l->question->leg;
    int64_t most = leg.span.ends;
    leg.span.ends = l->question->ends;
    while (most - leg.span.ends > DATE_DAY_MS && !is_done(l)) {
        int64_t middle = leg.span.ends + (most - leg.span.ends) / (2 * DATE_DAY_MS) * DATE_DAY_MS;
        struct command command = l->command;
        l->trials++;
        command.amend_booking.span.ends = middle;
        if (trial_run_command(&l->trial, &command))
            leg.span.ends = middle;
        else
            most = middle;
    }
    if (leg.span.ends > l->question->ends)
        add(l, "dates", &leg, NULL);
}

static const struct room_type *
type_of(const struct house *house, const struct leg *leg)
{
    const struct room *room = id_is_none(leg->room) ? NULL : house_find_room(house, leg->room);
    return house_find_type(house, room != NULL ? room->room_type : leg->room_type);
}

static enum db_status
look(struct looking *l)
{
    int32_t arrival, departure;
    struct span span = l->question->leg.span;
    if (l->question->now)
        return look_for_ready(l);
    if (l->question->of_rooms)
        return look_for_rooms(l);
    if (l->question->extends) {
        if (!l->question->leg.by_minute)
            look_for_departure(l);
        return DB_OK;
    }
    enum db_status status = look_for_room(l);
    if (status != DB_OK || l->question->leg.by_minute) {
        if (status == DB_OK && !l->question->of_party)
            look_for_slots(l);
        return status;
    }
    if (!span_to_nights(span, &arrival, &departure) || !date_in_range((int64_t)arrival - DAYS_AROUND) ||
        !date_in_range((int64_t)departure + DAYS_AROUND))
        return DB_OK;
    l->range.from = arrival - DAYS_AROUND;
    l->range.until = departure + DAYS_AROUND;
    status = availability_begin(l->trial.reader, l->trial.house, &l->range);
    l->trial.may_have_lapsed = l->range.any_lapsed;
    if (status == DB_OK)
        status = look_for_type(l, arrival, departure);
    return status == DB_OK && !l->question->of_party ? look_for_dates(l, arrival, departure) : status;
}

/* The part of the stay that the room is for, and the room they have where they name none. */
static bool
complete_room(struct call *call, const struct house_entry *house, const struct booking *booking, struct leg *leg)
{
    const struct command *command = &call->engine.command;
    int32_t today = facts_today(house, call_now_ms(call));
    const struct claim *present = id_is_none(leg->room) ? booking_claim_ahead(booking, today) : NULL;
    if (present != NULL)
        leg->room = present->room;
    if (id_is_none(leg->room))
        leg->room_type = booking->room_type;
    leg->by_minute = booking->by_minute;
    leg->party = booking->party;
    leg->span = command->kind == COMMAND_MOVE_BOOKING ? rooming_moved_part(&command->move_booking, booking, today)
                                                      : booking_ahead(booking, today);
    return leg->span.starts < leg->span.ends;
}

/* What the amendment leaves as it is. False when the booking is gone from the snapshot, or none was asked about. */
static bool
complete(struct call *call, struct reader *reader, struct question *question)
{
    const struct house_entry *house;
    struct booking booking;
    struct leg *leg = &question->leg;
    if (question->now && id_is_none(question->booking))
        return reader_house(reader, call->property, &house, NULL) == DB_OK &&
               facts_walk_in_span(&call->engine.command.walk_in, facts_today(house, call_now_ms(call)), &leg->span);
    if (id_is_none(question->booking))
        return true;
    if (reader_house(reader, call->property, &house, NULL) != DB_OK ||
        store_load_booking(&reader->store, call->property, question->booking, &reader->scratch, &booking) != DB_OK)
        return false;
    if (question->of_rooms || question->now)
        return complete_room(call, house, &booking, leg);
    if (!facts_amended_span(&call->engine.command.amend_booking, &booking, &leg->span))
        return false;
    question->ends = booking.span.ends;
    leg->by_minute = booking.by_minute;
    if (id_is_none(leg->room_type))
        leg->room_type = booking.room_type;
    if (leg->party == 0)
        leg->party = booking.party;
    return true;
}

/* False when reading failed. */
static bool
begin(struct looking *l, struct call *call, struct reader *reader)
{
    int64_t now_ms = call_now_ms(call);
    *l = (struct looking){.call = call,
                          .command = call->engine.command,
                          .range = {.property = call->property, .now_ms = now_ms},
                          .trial = {.reader = reader,
                                    .actor = call->engine.command.actor,
                                    .property = call->property,
                                    .now_ms = now_ms,
                                    .may_have_lapsed = true}};
    return reader_house(reader, call->property, &l->trial.house, NULL) == DB_OK;
}

/* What `find_any` finds, as JSON; empty when reading failed: nobody misses it. */
static struct str
write_found(struct looking *l, const struct question *question, enum db_status (*find_any)(struct looking *l))
{
    struct text text;
    l->question = question;
    l->type = type_of(&l->trial.house->house, &question->leg);
    l->found = 0;
    if (l->type == NULL)
        return STR("");
    text_init(&text, l->call->arena, 512);
    json_writer_init(&l->writer, &text);
    json_write_array_begin(&l->writer);
    enum db_status status = find_any(l);
    json_write_array_end(&l->writer);
    return status == DB_OK ? text_str(&text) : STR("");
}

/* Everything there is. */
static struct str
find(struct call *call, struct reader *reader, const struct question *question)
{
    struct looking l;
    return begin(&l, call, reader) ? write_found(&l, question, look) : STR("");
}

static void
run(struct reader_job *job, struct reader *reader, const struct err *err)
{
    struct call *call = (struct call *)(void *)job;
    struct question question;
    struct str text = STR("");
    int64_t at_ns = clock_monotonic_ns(call->api->settings.clock);
    (void)err;
    if (reader != NULL && ask(call, &question)) {
        hash(call, &question);
        if (complete(call, reader, &question))
            text = find(call, reader, &question);
        keep(call, &question, at_ns, text);
    }
    named_refusal_send_from(call, reader, (struct instead){.alternatives = text});
}

/* -- who is in the way of a closure -- */

/* Not for want of a unit, which another room of the type does not help. */
static bool
is_closed_on_somebody(const struct call *call)
{
    const struct command *command = &call->engine.command;
    const struct refusal *refusal = &call->engine.result.refusal;
    bool closes = command_closes(command) != NULL || command->kind == COMMAND_AMEND_CLOSURE;
    return closes && refusal->outcome == OUTCOME_ROOM_NOT_AVAILABLE && named_refusal_has_names(call, refusal);
}

/* The rooms that a booking could be moved to for all that is still to come of it; empty where it is not one. */
static struct str
find_rooms_for(struct looking *l, const struct claim *claim)
{
    struct reader *reader = l->trial.reader;
    struct booking booking;
    if (claim->owner_kind != CLAIM_OF_BOOKING ||
        store_load_booking(&reader->store, l->trial.property, claim->owner, &reader->scratch, &booking) != DB_OK)
        return STR("");
    l->command = (struct command){
        .kind = COMMAND_MOVE_BOOKING,
        .actor = l->trial.actor,
        .property = l->trial.property,
        .move_booking = {.booking = claim->owner, .by_minute = booking.by_minute, .pinned = claim->pinned}};
    const struct question question = {
        .leg = {.room = claim->room,
                .by_minute = booking.by_minute,
                .party = booking.party,
                .span = booking_ahead(&booking, facts_today(l->trial.house, l->trial.now_ms))},
        .quantity = 1,
        .booking = claim->owner,
        .of_rooms = true};
    struct str rooms = span_is_valid(question.leg.span) ? write_found(l, &question, look_for_rooms) : STR("");
    l->question = NULL;
    bool gave_up = l->found == 0 && l->trials >= TRIALS_MAX; /* which is not to say that there are none */
    return gave_up ? STR("") : rooms;
}

static void
run_for_closure(struct reader_job *job, struct reader *reader, const struct err *err)
{
    struct call *call = (struct call *)(void *)job;
    const struct refusal *refusal = &call->engine.result.refusal;
    struct instead instead = {.rooms_for = NULL};
    struct looking l;
    (void)err;
    struct str *rooms = reader == NULL ? NULL : ARENA_ARRAY(call->arena, refusal->in_the_way_count, struct str);
    if (rooms != NULL && begin(&l, call, reader)) {
        for (size_t i = 0; i < refusal->in_the_way_count && i < WAYS_MAX && l.trials < TRIALS_MAX; i++)
            rooms[i] = find_rooms_for(&l, &refusal->in_the_way[i]);
        instead.rooms_for = rooms;
    }
    named_refusal_send_from(call, reader, instead);
}

static bool
may_look_for_closure(const struct call *call)
{
    struct alternatives_memory *memory = call->api->alternatives;
    pthread_mutex_lock(&memory->mutex);
    bool may = may_look(memory, clock_monotonic_ns(call->api->settings.clock));
    pthread_mutex_unlock(&memory->mutex);
    return may;
}

static bool
hand_on(struct call *call, void (*run_job)(struct reader_job *job, struct reader *reader, const struct err *err))
{
    if (reader_pool_waiting(call->api->readers) > WAITING_MAX)
        return false;
    call->job.run = run_job;
    return call_hand_to_reader(call, &call->job);
}

bool
alternatives_start(struct call *call)
{
    struct question question;
    struct str text;
    if (is_closed_on_somebody(call))
        return may_look_for_closure(call) && hand_on(call, run_for_closure);
    if (!ask(call, &question))
        return false;
    hash(call, &question);
    switch (ask_memory(call, &question, &text)) {
    case REFUSED: return false;
    case FOUND: named_refusal_send(call, text); return true;
    case LOOK: break;
    }
    return hand_on(call, run);
}
