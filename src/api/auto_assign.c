/* Rooms for those who arrive: for one booking, or for all of a day in as many requests as it takes. */
#include <assert.h>

#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "api/roomed_text.h"
#include "engine/state.h"

enum { ENTRY_TEXT = 192, TYPES_MAX = 100 };

void
auto_assign_shape_one(struct call *call, struct shape *query, struct shape *body)
{
    struct auto_assign_booking *asked = &call->engine.command.auto_assign_booking;
    (void)query;
    call->engine.command.kind = COMMAND_AUTO_ASSIGN_BOOKING;
    *asked = (struct auto_assign_booking){.booking = call->ids[0]};
    (void)shape_str(shape_field(body, "building", SHAPE_NULLABLE), 0, PART_NAME_MAX, &asked->building);
    (void)part_features(call, body, &asked->features);
}

static void
shape_types(struct call *call, struct shape *body, struct auto_assign_arrivals *asked)
{
    struct shape_list list;
    if (shape_list(shape_field(body, "room_type_ids", SHAPE_OPTIONAL), 1, TYPES_MAX, &list) != SHAPE_SET)
        return;
    struct id *types = ARENA_ARRAY(call->arena, list.count, struct id);
    for (size_t i = 0; types != NULL && i < list.count; i++)
        (void)call_shape_id(call, shape_item(&list, i), ID_ROOM_TYPE, &types[i]);
    asked->room_types = types;
    asked->room_type_count = types == NULL ? 0 : list.count;
}

void
auto_assign_shape_day(struct call *call, struct shape *query, struct shape *body)
{
    struct auto_assign_arrivals *asked = &call->engine.command.auto_assign_arrivals;
    int64_t limit = ASSIGNED_AT_ONCE_MAX;
    (void)query;
    call->engine.command.kind = COMMAND_AUTO_ASSIGN_ARRIVALS;
    *asked = (struct auto_assign_arrivals){.date = 0};
    call_shape_property(call, body, SHAPE_REQUIRED);
    (void)shape_date(shape_field(body, "date", SHAPE_REQUIRED), &asked->date);
    (void)shape_i64(shape_field(body, "limit", SHAPE_OPTIONAL), 1, ASSIGNED_AT_ONCE_MAX, &limit);
    shape_types(call, body, asked);
    asked->limit = (size_t)limit;
}

/* Nobody was waiting for a room: nothing is in the log, and a repeated request looks again. */
static void
put_nothing(struct call *call, struct text *text)
{
    char property[ID_TEXT_SIZE], date[DATE_TEXT_SIZE];
    id_format(ID_PROPERTY, call->property, call->property_id, property);
    date_format(call->engine.command.auto_assign_arrivals.date, date);
    text_put_format(text,
                    "{\"property_id\":\"%s\",\"date\":\"%s\",\"assigned\":0,\"remaining\":0,\"unplaced\":[],"
                    "\"items\":[],\"moved\":[],\"seq\":null}",
                    property, date);
}

/* What came of it is the last event; who got which room is in those before it. */
static void
send_day(struct call *call, struct reader *reader)
{
    const struct engine_result *result = &call->engine.result;
    const struct roomed_text of = {call, reader};
    struct text text;
    const struct store_event *last = &result->events[result->event_count - 1];
    text_init(&text, call->arena, ENTRY_TEXT * (result->event_count + 4));
    assert(str_equal(last->kind, STR("arrivals.assigned")) && last->body.len > 0);
    text_put(&text, str_of(last->body.ptr, last->body.len - 1));
    roomed_text_put(&text, "items", &of, STR("booking.assigned"));
    roomed_text_put(&text, "moved", &of, STR("booking.room_changed"));
    text_put(&text, STR(",\"seq\":"));
    if (last->seq > 0)
        text_put_i64(&text, last->seq);
    else
        text_put(&text, STR("null")); /* a dry run has no place in the log */
    text_put_char(&text, '}');
    reply_text(call, &text, 0);
}

void
auto_assign_render_day(struct call *call, const struct engine_result *result)
{
    struct text text;
    if (result->event_count > 0) {
        render_with_reader(call, send_day);
        return;
    }
    text_init(&text, call->arena, (size_t)4 * ENTRY_TEXT);
    put_nothing(call, &text);
    reply_text(call, &text, 0);
}
