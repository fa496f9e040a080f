/* On which nights more is sold and held than there is, as an allowance, a forced closure or an overstay let it be. */
#include "api/availability.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"

struct overbooked_asked {
    int32_t from, until;
};

void
overbooked_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct overbooked_asked *asked = call_ask(call, sizeof(*asked));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)part_range(query, STAY_NIGHTS_MAX, &asked->from, &asked->until);
}

static void
write_night(struct json_writer *writer, uint32_t property, const struct room_type *type, const struct night *night,
            int32_t over)
{
    json_write_object_begin(writer);
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property, type->id);
    json_member_date(writer, "date", night->date);
    json_member_i64(writer, "units", night->units);
    json_member_i64(writer, "closed", night->closed);
    json_member_i64(writer, "sold", night->sold);
    json_member_i64(writer, "held", night->held);
    json_member_i64(writer, "allowance", night->allowance);
    json_member_i64(writer, "over", over);
    json_write_object_end(writer);
}

static enum db_status
write_type(struct reader *reader, struct json_writer *writer, const struct availability_asked *range,
           const struct room_type *type)
{
    struct night *nights;
    enum db_status status = availability_nights(reader, range, type, &reader->scratch, &nights);
    for (int32_t i = 0; status == DB_OK && i < range->until - range->from; i++) {
        int32_t over = nights[i].sold + nights[i].held - (nights[i].units - nights[i].closed);
        if (over > 0)
            write_night(writer, range->property, type, &nights[i], over);
    }
    return status;
}

void
overbooked_load(struct call *call, struct reader *reader)
{
    const struct overbooked_asked *asked = call->asked;
    const struct house_entry *entry = call_house(call, reader);
    struct availability_asked range = {
        .property = call->property, .from = asked->from, .until = asked->until, .now_ms = call_now_ms(call)};
    struct text text;
    struct json_writer writer;
    if (entry == NULL)
        return;
    enum db_status status = availability_begin(reader, entry, &range);
    text_init(&text, call->arena, 1024);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; status == DB_OK && i < entry->house.type_count; i++)
        if (entry->house.types[i].sold_by == SOLD_BY_NIGHT)
            status = write_type(reader, &writer, &range, &entry->house.types[i]);
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    if (call_check(call, reader, status))
        reply_text(call, &text, 0);
}
