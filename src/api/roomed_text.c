/* Out of the states in the events, in which a booking's id is first, and the room it is to have its last claim's. */
#include "api/roomed_text.h"

#include <assert.h>

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
put_one(struct text *text, const struct store_event *event, bool first)
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
}

void
roomed_text_put(struct text *text, const char *name, const struct engine_result *result, struct str kind)
{
    bool first = true;
    text_put_format(text, ",\"%s\":[", name);
    for (size_t i = 0; i < result->event_count; i++) {
        if (!str_equal(result->events[i].kind, kind))
            continue;
        put_one(text, &result->events[i], first);
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

void
roomed_text_add_moved(struct text *text, const struct engine_result *result, struct id for_whom)
{
    bool first = true;
    for (size_t i = 0; i < result->event_count; i++) {
        if (!made_way(&result->events[i], for_whom))
            continue;
        if (first) {
            json_text_reopen(text);
            text_put(text, STR(",\"moved\":["));
        }
        put_one(text, &result->events[i], first);
        first = false;
    }
    if (!first)
        text_put(text, STR("]}"));
}
