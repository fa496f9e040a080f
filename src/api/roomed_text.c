/* Out of the states in the events, in which a booking's id is first, and the room it is to have its last claim's. */
#include "api/roomed_text.h"

#include <assert.h>

#include "api/call.h"
#include "api/desk_names.h"
#include "core/code.h"
#include "engine/state.h"
#include "util/json_write.h"

/* Empty when it has none. */
static struct str
last_room(struct str booking)
{
    struct str found = {NULL, 0}, claims = state_find_member(booking, STR("\"claims\":["));
    const char *end = claims.len == 0 ? NULL : memchr(claims.ptr, ']', claims.len);
    struct str rest = end == NULL ? found : str_of(claims.ptr, (size_t)(end - claims.ptr));
    for (;;) {
        rest = state_find_member(rest, STR("\"room_id\":\""));
        if (rest.len <= ID_TEXT_LEN)
            return found;
        found = str_of(rest.ptr, ID_TEXT_LEN);
    }
}

static void
put_names(struct text *text, const struct roomed_text *of, const struct store_event *event, struct str room)
{
    struct desk_names names;
    struct json_writer writer;
    enum id_kind kind;
    uint32_t property;
    struct id id;
    const struct house_entry *house;
    if (!desk_names_of_state(of->call, of->reader, event->subject, STR(""), &names) ||
        reader_house(of->reader, of->call->property, &house, NULL) != DB_OK)
        return;
    bool has_room = room.len > 0 && id_parse(room, &kind, &property, &id);
    size_t at = json_text_more_begin(text, &writer);
    json_member_str_if(&writer, "guest_name", names.guest_name);
    json_member_str_if(&writer, "room_number", has_room ? desk_names_room(&house->house, id) : STR(""));
    json_text_more_end(&writer, at);
}

static void
put_one(struct text *text, const struct roomed_text *of, const struct store_event *event, bool first)
{
    struct str booking = state_find_member(event->body, STR("\"id\":\"")), room = last_room(event->body);
    struct str code = state_find_member(event->body, STR("\"code\":\""));
    assert(booking.len > ID_TEXT_LEN && code.len > CODE_LEN);
    text_put_format(text, "%s{\"booking_id\":\"%.*s\",\"code\":\"%.*s\",\"room_id\":", first ? "" : ",",
                    (int)ID_TEXT_LEN, booking.ptr, (int)CODE_LEN, code.ptr);
    if (room.len > 0)
        text_put_format(text, "\"%.*s\"}", STR_ARG(room));
    else
        text_put(text, STR("null}"));
    put_names(text, of, event, room);
}

void
roomed_text_put(struct text *text, const char *name, const struct roomed_text *of, struct str kind)
{
    const struct engine_result *result = &of->call->engine.result;
    bool first = true;
    text_put_format(text, ",\"%s\":[", name);
    for (size_t i = 0; i < result->event_count; i++) {
        if (!str_equal(result->events[i].kind, kind))
            continue;
        put_one(text, of, &result->events[i], first);
        first = false;
    }
    text_put_char(text, ']');
}

static bool
made_way(const struct store_event *event, struct id for_whom)
{
    return !id_equal(event->subject, for_whom) &&
           (str_equal(event->kind, STR("booking.room_changed")) || str_equal(event->kind, STR("booking.unassigned")));
}

bool
roomed_text_any_moved(const struct engine_result *result, struct id for_whom)
{
    for (size_t i = 0; i < result->event_count; i++)
        if (made_way(&result->events[i], for_whom))
            return true;
    return false;
}

void
roomed_text_add_moved(struct text *text, const struct roomed_text *of, struct id for_whom)
{
    const struct engine_result *result = &of->call->engine.result;
    bool first = true;
    if (!roomed_text_any_moved(result, for_whom))
        return;
    json_text_reopen(text);
    text_put(text, STR(",\"moved\":["));
    for (size_t i = 0; i < result->event_count; i++) {
        if (!made_way(&result->events[i], for_whom))
            continue;
        put_one(text, of, &result->events[i], first);
        first = false;
    }
    text_put(text, STR("]}"));
}
