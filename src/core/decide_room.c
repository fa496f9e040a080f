/* Physical rooms: made in bulk, amended, given another type, taken away in bulk.
 *
 * A room of a type sold by the night is one unit of every night on sale, so each of these is also one move of the
 * type's stock over the whole horizon. A room that anybody has or is promised stays, and what is left of a type must
 * be enough for what is sold of it. */
#include <assert.h>

#include "core/deciding_loss.h"

/* Units of the nights on sale, one count per type of the house. */
static int32_t *
count_units(struct deciding *d)
{
    int32_t *units = ARENA_ARRAY(d->arena, d->facts->house.type_count + 1, int32_t);
    if (units == NULL)
        d->decision->out_of_memory = true;
    return units;
}

static void
add_unit(const struct deciding *d, int32_t *units, struct id room_type)
{
    const struct house *house = &d->facts->house;
    units[house_find_type(house, room_type) - house->types]++;
}

/* Moves the stock of one type over its nights on sale that are open; the next to be opened takes after the last. */
static void
move_type(struct deciding *d, struct id room_type, int32_t units)
{
    const struct stock *stock = deciding_stock(d, room_type);
    assert(stock != NULL);
    if (stock->night_count == 0)
        return;
    int32_t first = stock->nights[0].date, from = first > d->facts->today ? first : d->facts->today;
    int32_t until = first + (int32_t)stock->night_count;
    if (from >= until)
        return;
    deciding_move_units(d, room_type, from, until, units);
}

/* Every type by its count, times `sign`. What is sold by the minute has no stock. */
static void
move_units(struct deciding *d, const int32_t *units, int32_t sign)
{
    const struct house *house = &d->facts->house;
    for (size_t i = 0; i < house->type_count; i++)
        if (units[i] != 0 && house->types[i].sold_by == SOLD_BY_NIGHT)
            move_type(d, house->types[i].id, sign * units[i]);
}

static struct event
event_of(const struct room *room, const struct room_state *state, struct str kind)
{
    return (struct event){.kind = kind,
                          .subject_kind = ID_ROOM,
                          .subject = room->id,
                          .state = EVENT_OF_ROOM,
                          .room = room,
                          .room_state = state};
}

/* What is going on in a room that the command names: loaded with it. */
static const struct room_state *
state_of(struct deciding *d, struct id room)
{
    const struct room_state *state = deciding_room_state(d, room);
    assert(state != NULL);
    return state;
}

/* Records the room with its state in the version after `state`; a copy, so that the working one stays. */
static void
record(struct deciding *d, const struct room *room, const struct room_state *state, struct str kind)
{
    struct room_state *row = ARENA_NEW(d->arena, struct room_state);
    if (row == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *row = *state;
    row->version++;
    deciding_change(d, (struct change){.kind = CHANGE_ROOM, .room = room, .room_state = row});
    deciding_event(d, event_of(room, row, kind));
}

/* "/rooms/3/number"; without a field "/rooms/3". */
static const char *
point_at(struct deciding *d, size_t index, const char *field)
{
    struct text text;
    text_init(&text, d->arena, 64);
    text_put_format(&text, "/rooms/%zu%s%s", index, field == NULL ? "" : "/", field == NULL ? "" : field);
    return deciding_cstr(d, &text);
}

static bool
have_same_number(const struct room *a, const struct room *b)
{
    return str_equal(a->number, b->number) && str_equal(a->building, b->building);
}

static void
refuse_taken_number(struct deciding *d, const char *pointer)
{
    struct text text;
    text_init(&text, d->arena, 96);
    text_put_format(&text, "There is a room with the number \"%.*s\" already.", STR_ARG(d->facts->taken));
    deciding_refuse_field(d, OUTCOME_ALREADY_EXISTS, pointer, deciding_cstr(d, &text));
}

static void
refuse_too_small(struct deciding *d, const char *pointer, const struct room_type *type)
{
    struct text text;
    text_init(&text, d->arena, 128);
    text_put_format(&text,
                    "The type promises room for %d: a room sold by the night takes as many or is of another type.",
                    type->max_guests);
    deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, pointer, deciding_cstr(d, &text));
}

/* -- create -- */

/* Looks at one room of the request, and at those before it. True when it was refused. */
static bool
refuse_bad_room(struct deciding *d, size_t index)
{
    const struct room *rooms = d->command->create_rooms.rooms;
    const struct room_type *type = house_find_type(&d->facts->house, rooms[index].room_type);
    if (type == NULL)
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, point_at(d, index, "room_type_id"), "There is no such room type.");
    else if (type->stock != STOCK_ROOMS)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, point_at(d, index, "room_type_id"),
                              "The stock of this room type is a count and has no rooms.");
    else if (room_is_too_small(&rooms[index], type))
        refuse_too_small(d, point_at(d, index, "max_guests"), type);
    for (size_t i = 0; i < index && !deciding_refused(d); i++)
        if (have_same_number(&rooms[i], &rooms[index]))
            deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, point_at(d, index, "number"),
                                  "The request has this number twice.");
    return deciding_refused(d);
}

/* Which room of the request has the number that is taken. */
static size_t
find_taken(const struct deciding *d)
{
    const struct create_rooms *asked = &d->command->create_rooms;
    for (size_t i = 0; i < asked->room_count; i++)
        if (str_equal(asked->rooms[i].number, d->facts->taken))
            return i;
    return 0;
}

static void
create_room(struct deciding *d, const struct room *asked, struct room *room)
{
    *room = *asked;
    room->id = deciding_fresh_id(d);
    room->created_at = d->facts->now_ms;
    struct room_state state = {.room = room->id, .cleanliness = CLEANLINESS_CLEANED};
    record(d, room, &state, STR("room.created"));
}

void
decide_create_rooms(struct deciding *d)
{
    const struct create_rooms *asked = &d->command->create_rooms;
    for (size_t i = 0; i < asked->room_count; i++)
        if (refuse_bad_room(d, i))
            return;
    if (d->facts->name_taken) {
        refuse_taken_number(d, point_at(d, find_taken(d), "number"));
        return;
    }
    struct room *rooms = ARENA_ARRAY(d->arena, asked->room_count, struct room);
    int32_t *units = count_units(d);
    if (rooms == NULL || units == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < asked->room_count; i++) {
        create_room(d, &asked->rooms[i], &rooms[i]);
        add_unit(d, units, rooms[i].room_type);
    }
    move_units(d, units, 1);
}

/* -- amend and retype -- */

/* True when the room can't be of this type, and it was refused. */
static bool
refuse_bad_retype(struct deciding *d, const struct room_type *from, const struct room_type *to)
{
    if (to == NULL)
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/room_type_id", "There is no such room type.");
    else if (to->stock != STOCK_ROOMS)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/room_type_id",
                              "The stock of this room type is a count and has no rooms.");
    else if (to->sold_by != from->sold_by)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/room_type_id",
                              "A room sold by the night can't be sold by the minute, nor the other way round.");
    return deciding_refused(d);
}

static void
retype_stock(struct deciding *d, struct id from, struct id to)
{
    int32_t *lost = count_units(d), *won = count_units(d);
    if (lost == NULL || won == NULL)
        return;
    add_unit(d, lost, from);
    add_unit(d, won, to);
    move_units(d, lost, -1);
    move_units(d, won, 1);
}

/* The room as asked for, but for what no caller sets. */
static void
record_amended(struct deciding *d, const struct room *present, const struct room *asked, struct str kind)
{
    struct room *room = ARENA_NEW(d->arena, struct room);
    if (room == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *room = *asked;
    room->created_at = present->created_at;
    record(d, room, state_of(d, present->id), kind);
}

void
decide_amend_room(struct deciding *d)
{
    const struct house *house = &d->facts->house;
    const struct room *asked = &d->command->amend_room.room;
    const struct room *present = house_find_room(house, asked->id);
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    const struct room_type *from = house_find_type(house, present->room_type);
    assert(from != NULL);
    const struct room_type *to = house_find_type(house, asked->room_type);
    bool retyped = to != from;
    if (retyped && refuse_bad_retype(d, from, to))
        return;
    bool same = room_is_same(asked, present); /* what is there may be older than a rule for it */
    if (!same && room_is_too_small(asked, to)) {
        refuse_too_small(d, retyped && asked->max_guests == present->max_guests ? "/room_type_id" : "/max_guests", to);
        return;
    }
    if (deciding_refuse_stale(d, state_of(d, present->id)->version))
        return;
    if (d->facts->name_taken) {
        refuse_taken_number(d, "/number");
        return;
    }
    if (same) {
        d->decision->unchanged = present->id;
        return;
    }
    if (retyped && (deciding_refuse_blocked(d, &present->id, 1, "A room with bookings or holds keeps its type.") ||
                    deciding_refuse_loss(d, from, 1, &present->id, 1)))
        return;
    record_amended(d, present, asked, retyped ? STR("room.retyped") : STR("room.amended"));
    if (retyped)
        retype_stock(d, from->id, asked->room_type);
}

/* -- delete -- */

/* True when the list itself is wrong, and it was refused. */
static bool
refuse_bad_list(struct deciding *d)
{
    const struct delete_rooms *asked = &d->command->delete_rooms;
    for (size_t i = 0; i < asked->room_count && !deciding_refused(d); i++) {
        if (house_find_room(&d->facts->house, asked->rooms[i]) == NULL)
            deciding_refuse_field(d, OUTCOME_NOT_FOUND, point_at(d, i, NULL), "There is no such room.");
        for (size_t j = 0; j < i && !deciding_refused(d); j++)
            if (id_equal(asked->rooms[i], asked->rooms[j]))
                deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, point_at(d, i, NULL),
                                      "The request has this room twice.");
    }
    return deciding_refused(d);
}

static void
delete_room(struct deciding *d, const struct room *present, struct room_state *last)
{
    *last = *state_of(d, present->id);
    last->version++;
    deciding_change(d, (struct change){.kind = CHANGE_ROOM_DELETE, .id = present->id});
    struct event event = event_of(present, last, STR("room.deleted"));
    event.deleted = true;
    deciding_event(d, event);
}

/* True when a type would lose more rooms than it can, or the arena was full. */
static bool
refuse_losses(struct deciding *d, const int32_t *units)
{
    const struct house *house = &d->facts->house;
    const struct delete_rooms *asked = &d->command->delete_rooms;
    for (size_t i = 0; i < house->type_count; i++)
        if (units[i] > 0 && deciding_refuse_loss(d, &house->types[i], units[i], asked->rooms, asked->room_count))
            return true;
    return false;
}

void
decide_delete_rooms(struct deciding *d)
{
    const struct house *house = &d->facts->house;
    const struct delete_rooms *asked = &d->command->delete_rooms;
    if (refuse_bad_list(d))
        return;
    /* a version can only be meant for one room */
    if (asked->room_count == 1 && deciding_refuse_stale(d, state_of(d, asked->rooms[0])->version))
        return;
    if (deciding_refuse_blocked(d, asked->rooms, asked->room_count, "A room with bookings or holds can't be deleted."))
        return;
    struct room_state *last = ARENA_ARRAY(d->arena, asked->room_count, struct room_state);
    int32_t *units = count_units(d);
    if (last == NULL || units == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < asked->room_count; i++)
        add_unit(d, units, house_find_room(house, asked->rooms[i])->room_type);
    if (refuse_losses(d, units))
        return;
    for (size_t i = 0; i < asked->room_count; i++)
        delete_room(d, house_find_room(house, asked->rooms[i]), &last[i]);
    move_units(d, units, -1);
}
