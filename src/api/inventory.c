/* Stock, set and seen night by night. */
#include "api/availability.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"

void
inventory_shape_set(struct call *call, struct shape *query, struct shape *body)
{
    struct set_inventory set = {.units = -1, .allowance = -1};
    (void)query;
    call_shape_property(call, body, SHAPE_OPTIONAL);
    (void)call_shape_id(call, shape_field(body, "room_type_id", SHAPE_REQUIRED), ID_ROOM_TYPE, &set.room_type);
    (void)part_range(body, HORIZON_DAYS, &set.from, &set.until);
    struct shape_field units = shape_field(body, "units", SHAPE_OPTIONAL);
    struct shape_field allowance = shape_field(body, "allowance", SHAPE_OPTIONAL);
    (void)part_i32(units, 0, UNITS_MAX, &set.units);
    (void)part_i32(allowance, 0, UNITS_MAX, &set.allowance);
    if (units.is == SHAPE_ABSENT && allowance.is == SHAPE_ABSENT)
        (void)shape_refuse(units, "is required, or allowance");
    call->engine.command.kind = COMMAND_SET_INVENTORY;
    call->engine.command.set_inventory = set;
}

struct inventory_asked {
    struct id room_type;
    int32_t from, until;
};

void
inventory_shape_get(struct call *call, struct shape *query, struct shape *body)
{
    struct inventory_asked *asked = call_ask(call, sizeof(*asked));
    (void)body;
    call_shape_property(call, query, SHAPE_OPTIONAL);
    (void)call_shape_id(call, shape_field(query, "room_type_id", SHAPE_REQUIRED), ID_ROOM_TYPE, &asked->room_type);
    (void)part_range(query, STAY_NIGHTS_MAX, &asked->from, &asked->until);
}

void
inventory_load(struct call *call, struct reader *reader)
{
    const struct inventory_asked *asked = call->asked;
    const struct house_entry *house = call_house(call, reader);
    struct night *nights = NULL;
    struct text text;
    struct json_writer writer;
    if (house == NULL)
        return;
    const struct room_type *type = house_find_type(&house->house, asked->room_type);
    if (type == NULL) {
        reply_refuse_field(call, OUTCOME_NOT_FOUND, "?room_type_id", "There is no such room type.");
        return;
    }
    struct availability_asked range = {
        .property = call->property, .from = asked->from, .until = asked->until, .now_ms = call_now_ms(call)};
    enum db_status status = availability_begin(reader, house, &range);
    if (status == DB_OK)
        status = availability_nights(reader, &range, type, &reader->scratch, &nights);
    if (!call_check(call, reader, status))
        return;
    text_init(&text, call->arena, 128 * (size_t)(asked->until - asked->from) + 256);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_id(&writer, "room_type_id", ID_ROOM_TYPE, call->property, type->id);
    json_member_array_begin(&writer, "nights");
    for (int32_t i = 0; i < asked->until - asked->from; i++)
        availability_write_night(&writer, &range, &nights[i]);
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}
