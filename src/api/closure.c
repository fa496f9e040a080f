/* Rooms that are closed for a time, and opened again. Why one is closed is a text: read with the closure, and not in
 * the reply to the command, which is made of what is in the log. */
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state.h"
#include "store/store_closure.h"

/* -- closing -- */

/* `from` and `until` are dates, of rooms let by the night; `starts_at` and `ends_at` instants, of others. */
static void
shape_when(struct shape *body, struct close_rooms *closes)
{
    struct part_when when;
    int32_t from, until;
    closes->by_minute = shape_field(body, "starts_at", SHAPE_OPTIONAL).is != SHAPE_ABSENT ||
                        shape_field(body, "ends_at", SHAPE_OPTIONAL).is != SHAPE_ABSENT;
    if (closes->by_minute) {
        if (part_when(body, SHAPE_REQUIRED, &when) == SHAPE_SET)
            closes->span = when.span;
    } else if (part_range(body, HORIZON_DAYS, &from, &until)) {
        closes->span = span_from_nights(from, until);
    }
}

void
closure_shape_how(struct shape *body, struct close_rooms *closes)
{
    static const struct shape_word words[] = {{"out_of_order", CLOSURE_OUT_OF_ORDER},
                                              {"out_of_service", CLOSURE_OUT_OF_SERVICE}};
    int kind = CLOSURE_OUT_OF_ORDER;
    (void)shape_enum(shape_field(body, "kind", SHAPE_REQUIRED), words, 2, &kind);
    closes->kind = (enum closure_kind)kind;
    shape_when(body, closes);
    (void)shape_bool(shape_field(body, "force", SHAPE_OPTIONAL), &closes->forces);
}

static void
shape_rooms(struct call *call, struct shape *body, struct close_rooms *closes)
{
    struct shape_list list;
    struct id one = ID_NONE;
    struct shape_field field = shape_field(body, "room_id", SHAPE_OPTIONAL);
    enum shape_is named = call_shape_id(call, field, ID_ROOM, &one);
    closes->from_list =
        shape_list(shape_field(body, "room_ids", SHAPE_OPTIONAL), 1, CLOSED_AT_ONCE_MAX, &list) != SHAPE_ABSENT;
    if (closes->from_list == (named != SHAPE_ABSENT)) {
        (void)shape_refuse(field, "is needed, or else room_ids, and not both");
        return;
    }
    size_t count = closes->from_list ? list.count : 1;
    struct id *rooms = ARENA_ARRAY(call->arena, count, struct id);
    if (rooms == NULL)
        return;
    rooms[0] = one;
    for (size_t i = 0; closes->from_list && i < count; i++)
        (void)call_shape_id(call, shape_item(&list, i), ID_ROOM, &rooms[i]);
    closes->rooms = rooms;
    closes->room_count = count;
}

void
closure_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct close_rooms *closes = &call->engine.command.close_rooms;
    (void)query;
    call->engine.command.kind = COMMAND_CLOSE_ROOMS;
    call_shape_property(call, body, SHAPE_OPTIONAL);
    shape_rooms(call, body, closes);
    closure_shape_how(body, closes);
    (void)shape_text(shape_field(body, "reason", SHAPE_REQUIRED), 1, PART_REASON_MAX, &closes->reason);
}

void
closure_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    static const char *const fixed[] = {"property_id", "room_id",    "kind",       "status",      "from",
                                        "starts_at",   "created_by", "created_at", "reopened_at", "version",
                                        "id",          "placement",  NULL};
    struct amend_closure *amend = &call->engine.command.amend_closure;
    struct shape_field until = shape_field(body, "until", SHAPE_OPTIONAL);
    struct shape_field ends = shape_field(body, "ends_at", SHAPE_OPTIONAL);
    (void)query;
    call->engine.command.kind = COMMAND_AMEND_CLOSURE;
    amend->closure = call->ids[0];
    amend->by_minute = ends.is != SHAPE_ABSENT;
    if ((until.is == SHAPE_ABSENT) == (ends.is == SHAPE_ABSENT))
        (void)shape_refuse(until, "is needed, or else ends_at, and not both");
    else
        (void)part_end(amend->by_minute ? ends : until, amend->by_minute, &amend->ends);
    (void)shape_bool(shape_field(body, "force", SHAPE_OPTIONAL), &amend->forces);
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &amend->reason);
    shape_read_only(body, fixed);
}

void
closure_shape_reopen(struct call *call, struct shape *query, struct shape *body)
{
    struct closure_step *step = &call->engine.command.closure_step;
    (void)query;
    call->engine.command.kind = COMMAND_REOPEN_ROOM;
    step->closure = call->ids[0];
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->reason);
}

/* -- reading -- */

/* With the words of why; null once they are erased. */
static enum db_status
write_closure(struct call *call, struct reader *reader, struct json_writer *writer, const struct property *property,
              const struct closure *closure)
{
    struct free_text words = {.content = {NULL, 0}};
    enum db_status status = DB_NO_ROW;
    if (!id_is_none(closure->reason))
        status = store_load_text(&reader->store, call->property, closure->reason, &reader->scratch, &words);
    if (status != DB_OK && status != DB_NO_ROW)
        return status;
    state_write_closure_for(writer, property, closure, words.content);
    return DB_OK;
}

/* A closure that is not there is the decision's to refuse. */
void
closure_load_amend(struct call *call, struct reader *reader)
{
    struct closure closure;
    enum db_status status =
        store_load_closure(&reader->store, call->property, call->ids[0], &reader->scratch, &closure);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    if (status == DB_NO_ROW || call_require_match(call, closure.version))
        call_submit(call);
}

struct closures_asked {
    struct page page;
    struct store_closures_asked filter;
};

void
closure_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    struct closures_asked *asked = call_ask(call, sizeof(*asked));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)call_shape_id(call, shape_field(query, "room_id", SHAPE_OPTIONAL), ID_ROOM, &asked->filter.room);
    (void)shape_bool(shape_field(query, "open", SHAPE_OPTIONAL), &asked->filter.open);
    call_shape_page(call, query, ID_BYTES, &asked->page);
}

void
closure_load_list(struct call *call, struct reader *reader)
{
    const struct closures_asked *asked = call->asked;
    struct store_closures_asked filter = asked->filter;
    struct id_page list;
    struct closure *closures;
    size_t count;
    const struct house_entry *house = call_house(call, reader);
    filter.after = id_page_after(&asked->page);
    filter.limit = asked->page.limit + 1;
    if (house == NULL ||
        !call_check(call, reader,
                    store_page_closures(&reader->store, call->property, &filter, &reader->scratch, &closures, &count)))
        return;
    id_page_begin(&list, call, &asked->page);
    for (size_t i = 0; i < count; i++)
        if (id_page_takes(&list, closures[i].id) &&
            !call_check(call, reader, write_closure(call, reader, &list.writer, house->house.property, &closures[i])))
            return;
    id_page_send(&list);
}

void
closure_load_one(struct call *call, struct reader *reader)
{
    struct closure closure;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_closure(&reader->store, call->property, call->ids[0], &reader->scratch, &closure)))
        return;
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    if (call_check(call, reader, write_closure(call, reader, &writer, house->house.property, &closure)))
        reply_text(call, &text, closure.version);
}
