/* What there is to do in the rooms on a day: who leaves, stays and comes, by claims, which are what a stay has of a
 * room after any move. */
#include <stdlib.h>

#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "api/room_text.h"
#include "core/date.h"
#include "engine/facts_load.h"
#include "engine/state.h"
#include "store/store_closure.h"

enum { ITEM_TEXT = 1280 };

struct report {
    bool has_date;
    int32_t date;               /* the business date where none was given */
    struct str floor, building; /* ptr NULL: any */
    struct id attendant;        /* none: anybody's */
    bool todo;                  /* those alone in which something is left to be done */
};

void
housekeeping_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct report *report = call_ask(call, sizeof(*report));
    uint32_t number = 0;
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    report->has_date = shape_date(shape_field(query, "date", SHAPE_OPTIONAL), &report->date) == SHAPE_SET;
    (void)shape_str(shape_field(query, "floor", SHAPE_OPTIONAL), 0, PART_NUMBER_MAX, &report->floor);
    (void)shape_str(shape_field(query, "building", SHAPE_OPTIONAL), 0, PART_NAME_MAX, &report->building);
    struct shape_field attendant = shape_field(query, "attendant_id", SHAPE_OPTIONAL);
    if (shape_id(attendant, ID_USER, &number, &report->attendant) == SHAPE_SET && number != 0)
        (void)shape_refuse(attendant, "must be a user");
    (void)shape_bool(shape_field(query, "todo", SHAPE_OPTIONAL), &report->todo);
}

static int
compare_rooms(const void *a, const void *b)
{
    const struct room *const *x = a, *const *y = b;
    return room_compare_walk(*x, *y);
}

/* The rooms of that floor and building, in the order of a walk. */
static size_t
list_rooms(struct call *call, const struct house *house, const struct room ***ret_rooms)
{
    const struct report *report = call->asked;
    const struct room **rooms = ARENA_ARRAY(call->arena, house->room_count + 1, const struct room *);
    size_t count = 0;
    for (size_t i = 0; rooms != NULL && i < house->room_count; i++) {
        const struct room *room = &house->rooms[i];
        if ((report->floor.ptr == NULL || str_equal(report->floor, room->floor)) &&
            (report->building.ptr == NULL || str_equal(report->building, room->building)))
            rooms[count++] = room;
    }
    if (count > 0)
        qsort(rooms, count, sizeof(const struct room *), compare_rooms);
    *ret_rooms = rooms;
    return count;
}

struct day {
    bool arrives, leaves, stays;
    bool is_asked_for; /* someone comes on the day or later */
    int32_t ready_by;
};

/* Guests who are in the room already do not arrive in it any more, and it need not be ready for them. */
static void
note_claim(struct day *day, const struct claim *claim, int64_t midnight, struct id occupant)
{
    int64_t next = midnight + DATE_DAY_MS;
    bool has_come = id_equal(claim->owner, occupant) && claim->span.starts >= midnight && claim->span.starts < next;
    if (claim->owner_kind != CLAIM_OF_BOOKING || has_come)
        return;
    day->arrives |= claim->span.starts >= midnight && claim->span.starts < next;
    day->leaves |= claim->span.ends >= midnight && claim->span.ends < next && claim->span.starts < midnight;
    day->stays |= claim->span.starts < midnight && claim->span.ends >= next;
    if (claim->span.starts >= midnight && !day->is_asked_for) {
        day->is_asked_for = true;
        day->ready_by = date_from_instant(claim->span.starts);
    }
}

static enum db_status
find_day(struct call *call, struct reader *reader, const struct room_state *state, int32_t date, struct day *ret_day)
{
    struct claim *claims;
    size_t count;
    int64_t midnight = date_to_instant(date);
    struct span around = {midnight - 1, midnight + DATE_DAY_MS}; /* whoever leaves at midnight is there before it */
    *ret_day = (struct day){.arrives = false};
    enum db_status status =
        store_claims_on_room(&reader->store, call->property, state->room, around, &reader->scratch, &claims, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        note_claim(ret_day, &claims[i], midnight, state->occupant);
    if (status != DB_OK || ret_day->is_asked_for)
        return status;
    status = store_claim_after(&reader->store, call->property, state->room, midnight + DATE_DAY_MS, &reader->scratch,
                               &claims, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        note_claim(ret_day, &claims[i], midnight, state->occupant);
    return status;
}

/* Rooms that are closed on the day, each kind in a list of its own. */
struct closed {
    struct closure *closures[2];
    size_t count[2];
};

static enum db_status
find_closed(struct call *call, struct reader *reader, int32_t date, struct closed *ret_closed)
{
    static const enum closure_kind kinds[] = {CLOSURE_OUT_OF_ORDER, CLOSURE_OUT_OF_SERVICE};
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < 2; i++)
        status = store_closures_over(&reader->store, call->property, kinds[i], span_from_nights(date, date + 1),
                                     call->arena, &ret_closed->closures[i], &ret_closed->count[i]);
    return status;
}

/* Of several the one that keeps more from being done in the room; NULL where it is open. */
static const struct closure *
closure_of(const struct closed *closed, struct id room)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < closed->count[i]; j++)
            if (id_equal(closed->closures[i][j].room, room))
                return &closed->closures[i][j];
    return NULL;
}

static enum db_status
write_item(struct call *call, struct reader *reader, struct json_writer *writer, const struct house *house,
           const struct room *room, const struct closure *closure, int32_t date)
{
    struct day day;
    struct room_state state;
    json_write_object_begin(writer);
    json_write_key(writer, "room");
    enum db_status status = room_text_write(call, reader, writer, house->property, room, &state);
    if (status == DB_OK)
        status = find_day(call, reader, &state, date, &day);
    if (status != DB_OK)
        return status;
    json_member_bool(writer, "departure", day.leaves);
    json_member_bool(writer, "stay_over", day.stays);
    json_member_bool(writer, "arrival", day.arrives);
    json_write_key(writer, "ready_by");
    if (day.is_asked_for)
        json_write_date(writer, day.ready_by);
    else
        json_write_null(writer);
    json_write_key(writer, "closure");
    if (closure != NULL)
        state_write_closure(writer, house->property, closure);
    else
        json_write_null(writer);
    json_write_object_end(writer);
    return DB_OK;
}

/* Whether the room is among those of the attendant that was asked for, and has something left to be done. */
static enum db_status
is_asked_for(struct call *call, struct reader *reader, struct id room, bool *ret_asked)
{
    const struct report *report = call->asked;
    struct room_state state = {.version = 0};
    *ret_asked = true;
    if (id_is_none(report->attendant) && !report->todo)
        return DB_OK;
    enum db_status status = store_load_room_state(&reader->store, call->property, room, &state);
    bool is_theirs = id_is_none(report->attendant) || id_equal(state.attendant, report->attendant);
    bool is_done = state.cleanliness == CLEANLINESS_INSPECTED && !room_is_faulty(&state);
    *ret_asked = status == DB_OK && is_theirs && !(report->todo && is_done);
    return status;
}

void
housekeeping_load(struct call *call, struct reader *reader)
{
    const struct report *report = call->asked;
    const struct house_entry *house = call_house(call, reader);
    const struct room **rooms;
    struct text text;
    struct json_writer writer;
    if (house == NULL)
        return;
    int32_t date = report->has_date ? report->date : facts_today(house, call_now_ms(call));
    size_t count = list_rooms(call, &house->house, &rooms);
    struct closed closed;
    enum db_status status = find_closed(call, reader, date, &closed);
    text_init(&text, call->arena, 64 + count * ITEM_TEXT);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_date(&writer, "date", date);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        bool asked;
        status = is_asked_for(call, reader, rooms[i]->id, &asked);
        if (status == DB_OK && asked)
            status =
                write_item(call, reader, &writer, &house->house, rooms[i], closure_of(&closed, rooms[i]->id), date);
    }
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    if (call_check(call, reader, status))
        reply_text(call, &text, 0);
}
