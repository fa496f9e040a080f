/* Rooms: single and in bulk. */
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "api/room_text.h"
#include "engine/state.h"

/* What a change brings; the rest stays. */
enum room_field { TYPE = 1, NUMBER = 2, FLOOR = 4, BUILDING = 8, FEATURES = 16, GUESTS = 32 };

struct room_change {
    unsigned fields;
    struct room value;
};

static const char *const read_only[] = {"id",    "version",      "seq",         "created_at",  "cleanliness",
                                        "fault", "room_status",  "is_occupied", "occupied_by", "note_id",
                                        "note",  "attendant_id", NULL};

static void
note(struct room_change *change, enum room_field field, enum shape_is is)
{
    if (is == SHAPE_SET || is == SHAPE_NULL)
        change->fields |= field;
}

static void
shape_fields(struct call *call, struct shape *body, unsigned need, struct room_change *change)
{
    struct room *value = &change->value;
    note(change, TYPE, call_shape_id(call, shape_field(body, "room_type_id", need), ID_ROOM_TYPE, &value->room_type));
    note(change, NUMBER, shape_str(shape_field(body, "number", need), 1, PART_NUMBER_MAX, &value->number));
    note(change, FLOOR, shape_str(shape_field(body, "floor", SHAPE_NULLABLE), 0, PART_NUMBER_MAX, &value->floor));
    note(change, BUILDING,
         shape_str(shape_field(body, "building", SHAPE_NULLABLE), 0, PART_NAME_MAX, &value->building));
    note(change, FEATURES, part_features(call, body, &value->features));
    note(change, GUESTS,
         part_i32(shape_field(body, "max_guests", SHAPE_NULLABLE), 1, PART_PARTY_MAX, &value->max_guests));
    shape_read_only(body, read_only);
}

void
room_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct room_change *change = call_ask(call, sizeof(*change));
    (void)query;
    change->value.features = STR("[]");
    call_shape_property(call, body, SHAPE_REQUIRED);
    shape_fields(call, body, SHAPE_REQUIRED, change);
    call->engine.command.kind = COMMAND_CREATE_ROOMS;
    call->engine.command.create_rooms = (struct create_rooms){.rooms = &change->value, .room_count = 1};
}

static void
shape_one_of_many(struct call *call, struct shape_field item, struct room *ret_room)
{
    struct shape shape;
    struct room_change change = {.value = {.features = STR("[]")}};
    if (shape_object(item, &shape) != SHAPE_SET)
        return;
    shape_fields(call, &shape, SHAPE_REQUIRED, &change);
    shape_finish(&shape);
    *ret_room = change.value;
}

void
room_shape_bulk_create(struct call *call, struct shape *query, struct shape *body)
{
    struct shape_list list;
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    if (shape_list(shape_field(body, "rooms", SHAPE_REQUIRED), 1, BULK_ROOMS_MAX, &list) != SHAPE_SET)
        return;
    struct room *rooms = ARENA_ARRAY(call->arena, list.count, struct room);
    for (size_t i = 0; rooms != NULL && i < list.count; i++)
        shape_one_of_many(call, shape_item(&list, i), &rooms[i]);
    call->engine.command.kind = COMMAND_CREATE_ROOMS;
    call->engine.command.create_rooms = (struct create_rooms){.rooms = rooms, .room_count = list.count};
}

void
room_shape_bulk_delete(struct call *call, struct shape *query, struct shape *body)
{
    struct shape_list list;
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    if (shape_list(shape_field(body, "rooms", SHAPE_REQUIRED), 1, BULK_ROOMS_MAX, &list) != SHAPE_SET)
        return;
    struct id *rooms = ARENA_ARRAY(call->arena, list.count, struct id);
    for (size_t i = 0; rooms != NULL && i < list.count; i++)
        (void)call_shape_id(call, shape_item(&list, i), ID_ROOM, &rooms[i]);
    call->engine.command.kind = COMMAND_DELETE_ROOMS;
    call->engine.command.delete_rooms = (struct delete_rooms){.rooms = rooms, .room_count = list.count};
}

void
room_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    static const char *const fixed[] = {"property_id", NULL};
    (void)query;
    shape_fields(call, body, SHAPE_OPTIONAL, call_ask(call, sizeof(struct room_change)));
    shape_read_only(body, fixed);
}

/* The whole new state of a room; text is copied, because a house is the reader's. */
static struct room
merge(struct call *call, const struct room *present, const struct room_change *change)
{
    struct room whole = change->value;
    unsigned fields = change->fields;
    if ((fields & TYPE) == 0)
        whole.room_type = present->room_type;
    if ((fields & NUMBER) == 0)
        whole.number = arena_copy_str(call->arena, present->number);
    if ((fields & FLOOR) == 0)
        whole.floor = arena_copy_str(call->arena, present->floor);
    if ((fields & BUILDING) == 0)
        whole.building = arena_copy_str(call->arena, present->building);
    if ((fields & FEATURES) == 0)
        whole.features = arena_copy_str(call->arena, present->features);
    if ((fields & GUESTS) == 0)
        whole.max_guests = present->max_guests;
    return whole;
}

/* What is going on in the room that the path names, in the version that the caller knows; false when it was answered.
 */
static bool
find_version(struct call *call, struct reader *reader, struct room_state *ret_state)
{
    return call_check(call, reader, store_load_room_state(&reader->store, call->property, call->ids[0], ret_state)) &&
           call_require_match(call, ret_state->version);
}

/* A room that is gone may have gone by this very request, sent again: then the engine knows. */
void
room_load_amend(struct call *call, struct reader *reader)
{
    const struct room_change *change = call->asked;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    struct room_state state;
    const struct room *present = house_find_room(&house->house, call->ids[0]);
    if (present != NULL && !find_version(call, reader, &state))
        return;
    struct room *room = &call->engine.command.amend_room.room;
    call->engine.command.kind = COMMAND_AMEND_ROOM;
    *room = present == NULL ? change->value : merge(call, present, change);
    room->id = call->ids[0];
    if (present != NULL)
        call_completed_from(call, state.version);
    call_submit(call);
}

void
room_shape_delete(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_DELETE_ROOMS;
    call->engine.command.delete_rooms = (struct delete_rooms){.rooms = &call->ids[0], .room_count = 1};
}

void
room_load_delete(struct call *call, struct reader *reader)
{
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    struct room_state state;
    if (house_find_room(&house->house, call->ids[0]) == NULL || find_version(call, reader, &state))
        call_submit(call);
}

/* -- reading -- */

struct room_list {
    struct page page;
    struct id room_type; /* none: any */
    struct str building; /* ptr NULL: any */
    struct str number;   /* ptr NULL: any */
};

void
room_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    struct room_list *list = call_ask(call, sizeof(*list));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)call_shape_id(call, shape_field(query, "room_type_id", SHAPE_OPTIONAL), ID_ROOM_TYPE, &list->room_type);
    (void)shape_str(shape_field(query, "building", SHAPE_OPTIONAL), 0, PART_NAME_MAX, &list->building);
    (void)shape_str(shape_field(query, "number", SHAPE_OPTIONAL), 1, PART_NUMBER_MAX, &list->number);
    call_shape_page(call, query, ID_BYTES, &list->page);
}

static bool
is_asked_for(const struct room_list *list, const struct room *room)
{
    return (id_is_none(list->room_type) || id_equal(list->room_type, room->room_type)) &&
           (list->building.ptr == NULL || str_equal(list->building, room->building)) &&
           (list->number.ptr == NULL || str_equal(list->number, room->number));
}

void
room_load_list(struct call *call, struct reader *reader)
{
    enum db_status status = DB_OK;
    struct room_state state;
    struct id_page page;
    const struct room_list *list = call->asked;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    id_page_begin(&page, call, &list->page);
    for (size_t i = 0; status == DB_OK && i < house->house.room_count; i++) {
        const struct room *room = &house->house.rooms[i];
        if (is_asked_for(list, room) && id_page_takes(&page, room->id))
            status = room_text_write(call, reader, &page.writer, house->house.property, room, &state);
    }
    if (call_check(call, reader, status))
        id_page_send(&page);
}

void
room_load_one(struct call *call, struct reader *reader)
{
    struct text text;
    struct json_writer writer;
    struct room_state state;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    const struct room *room = house_find_room(&house->house, call->ids[0]);
    if (room == NULL) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    text_init(&text, call->arena, 640);
    json_writer_init(&writer, &text);
    if (call_check(call, reader, room_text_write(call, reader, &writer, house->house.property, room, &state)))
        reply_text(call, &text, state.version);
}
