/* The log as it is stored: the body byte for byte, with the hashes that chain the events. */
#include <sodium.h>

#include "api/actor_names.h"
#include "api/event_page.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "engine/room_history.h"
#include "engine/state.h"
#include "util/json_write.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 200, EVENT_TEXT = 1536 };

static void
shape_page(struct shape *query, struct event_page *page)
{
    page->limit = LIMIT_DEFAULT;
    (void)shape_i64(shape_field(query, "after", SHAPE_OPTIONAL), 0, INT64_C(1) << 53, &page->after);
    (void)shape_i64(shape_field(query, "limit", SHAPE_OPTIONAL), 1, LIMIT_MAX, &page->limit);
}

void
event_shape_page(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    shape_page(query, call_ask(call, sizeof(struct event_page)));
}

void
event_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_OPTIONAL); /* without one, the log of the installation */
    shape_page(query, call_ask(call, sizeof(struct event_page)));
}

static void
put_hash(struct json_writer *writer, const char *name, const unsigned char hash[STORE_HASH_BYTES])
{
    char hex[2 * STORE_HASH_BYTES + 1];
    sodium_bin2hex(hex, sizeof(hex), hash, STORE_HASH_BYTES);
    json_member_str(writer, name, str_of(hex, (size_t)2 * STORE_HASH_BYTES));
}

/* The public id of a subject, whose kind is stored as its prefix. */
static void
put_subject(struct json_writer *writer, uint32_t property, const struct store_event *event)
{
    for (int i = 0; i < ID_KIND_COUNT; i++)
        if (str_equal(event->subject_kind, str_from(id_kind_prefix((enum id_kind)i)))) {
            json_member_id(writer, "subject", (enum id_kind)i, property, event->subject);
            return;
        }
    json_member_null(writer, "subject");
}

/* A new property is a subject of the installation's log, under its own number: as its state says it. */
static void
put_new_property(struct json_writer *writer, const struct store_event *event)
{
    static const char start[] = "{\"id\":\"";
    bool fits =
        event->body.len > sizeof(start) - 1 + ID_TEXT_LEN && memcmp(event->body.ptr, start, sizeof(start) - 1) == 0;
    if (fits)
        json_member_str(writer, "subject", str_of(event->body.ptr + sizeof(start) - 1, ID_TEXT_LEN));
    else
        json_member_null(writer, "subject");
}

static void
put_event(struct json_writer *writer, uint32_t property, const struct store_event *event, struct str actor_name,
          const unsigned char previous[STORE_HASH_BYTES])
{
    json_member_i64(writer, "seq", event->seq);
    json_member_instant(writer, "at", event->at);
    json_member_str(writer, "actor", event->actor);
    actor_name_write(writer, actor_name);
    json_member_str(writer, "kind", event->kind);
    if (property == 0 && str_equal(event->subject_kind, str_from(id_kind_prefix(ID_PROPERTY))))
        put_new_property(writer, event);
    else
        put_subject(writer, property, event);
    json_member_str_if(writer, "from", event->from);
    json_member_str_if(writer, "to", event->to);
    json_member_str_if(writer, "reason", event->reason);
    json_member_id_or_null(writer, "reason_id", ID_TEXT, property, event->reason_id);
    json_member_str_if(writer, "request_id", event->request_id);
    json_member_i64(writer, "v", event->v);
    json_member_raw(writer, "body", event->body);
    put_hash(writer, "previous_hash", previous);
    put_hash(writer, "hash", event->hash);
}

/* Whose history a page is, where that adds something to its events: a room's. */
struct told_of {
    const struct property *property;
    struct id room;
};

/* Which part of a stay is in this room, before and after. */
static enum db_status
put_stay(struct json_writer *writer, struct reader *reader, const struct told_of *of, const struct store_event *event)
{
    struct arena_mark mark = arena_mark(&reader->scratch);
    struct room_change change;
    if (of == NULL || !str_equal(event->subject_kind, str_from(id_kind_prefix(ID_BOOKING))))
        return DB_OK;
    enum db_status status = room_history_read(&reader->store, of->property, event, &reader->scratch, &change);
    if (status != DB_OK)
        return status;
    json_write_key(writer, "stay");
    json_write_object_begin(writer);
    json_member_str(writer, "code", change.after.code);
    state_write_claims_on(writer, "had", of->property->number, &change.before, of->room);
    state_write_claims_on(writer, "has", of->property->number, &change.after, of->room);
    json_write_object_end(writer);
    arena_rewind(&reader->scratch, mark);
    return DB_OK;
}

/* Of consecutive events each has the hash of the one before; otherwise it is looked up. */
static enum db_status
load_previous(struct call *call, struct reader *reader, const struct store_event *events, size_t index,
              unsigned char ret_hash[STORE_HASH_BYTES])
{
    if (index > 0 && events[index - 1].seq == events[index].seq - 1) {
        memcpy(ret_hash, events[index - 1].hash, STORE_HASH_BYTES);
        return DB_OK;
    }
    return store_load_event_hash(&reader->store, call->property, events[index].seq - 1, ret_hash);
}

static enum db_status
write_event(struct json_writer *writer, struct call *call, struct reader *reader, const struct told_of *of,
            const struct store_event *event, struct actor_names *names, const unsigned char previous[STORE_HASH_BYTES])
{
    struct str actor_name;
    enum db_status status = actor_names_find(names, call, reader, event->actor, &actor_name);
    if (status != DB_OK)
        return status;
    json_write_object_begin(writer);
    put_event(writer, call->property, event, actor_name, previous);
    status = put_stay(writer, reader, of, event);
    json_write_object_end(writer);
    return status;
}

/* `count` may be one more than the page holds. */
static void
send_page_of(struct call *call, struct reader *reader, const struct told_of *of, const struct store_event *events,
             size_t count)
{
    const struct event_page *page = call->asked;
    size_t shown = count > (size_t)page->limit ? (size_t)page->limit : count;
    struct text text;
    struct json_writer writer;
    struct actor_names names = {NULL};
    enum db_status status = DB_OK;
    text_init(&text, call->arena, 64 + shown * EVENT_TEXT);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; i < shown && status == DB_OK; i++) {
        unsigned char previous[STORE_HASH_BYTES];
        status = load_previous(call, reader, events, i, previous);
        if (status == DB_OK)
            status = write_event(&writer, call, reader, of, &events[i], &names, previous);
    }
    json_write_array_end(&writer);
    json_write_key(&writer, "next");
    if (count > shown)
        json_write_i64(&writer, events[shown - 1].seq);
    else
        json_write_null(&writer);
    json_write_object_end(&writer);
    if (call_check(call, reader, status))
        reply_text(call, &text, 0);
}

static void
send_page(struct call *call, struct reader *reader, const struct store_event *events, size_t count)
{
    send_page_of(call, reader, NULL, events, count);
}

/* What a role may not read of payments themselves, it is not told by the log. */
static bool
may_see_payments(const struct call *call)
{
    return (route_get(ROUTE_PAYMENT_GET)->roles & ROLE_BIT(call->role)) != 0;
}

static enum db_status
list_events(const struct call *call, struct reader *reader, struct store_event **ret_events, size_t *ret_count)
{
    const struct event_page *page = call->asked;
    if (call->property == 0 || may_see_payments(call))
        return store_list_events(&reader->store, call->property, page->after, page->limit + 1, &reader->scratch,
                                 ret_events, ret_count);
    return store_list_events_but_payments(&reader->store, call->property, page->after, page->limit + 1,
                                          &reader->scratch, ret_events, ret_count);
}

void
event_load_list(struct call *call, struct reader *reader)
{
    struct store_event *events;
    size_t count;
    if (call->property != 0 && call_house(call, reader) == NULL)
        return;
    if (call_check(call, reader, list_events(call, reader, &events, &count)))
        send_page(call, reader, events, count);
}

/* Of one that is gone the log says that it was a room: another's id with the prefix of a room's names none. */
static bool
was_room(struct call *call, struct reader *reader)
{
    struct store_event event;
    if (!call_check(call, reader,
                    store_load_last_event_of(&reader->store, call->property, call->ids[0], &reader->scratch, &event)))
        return false;
    bool was = str_equal(event.subject_kind, str_from(id_kind_prefix(ID_ROOM)));
    if (!was)
        reply_refuse(call, OUTCOME_NOT_FOUND);
    return was;
}

/* Of a room that is there, or was: the log keeps what happened to it. */
void
event_load_of_room(struct call *call, struct reader *reader)
{
    const struct house_entry *house = call_house(call, reader);
    const struct event_page *page = call->asked;
    struct store_event *events;
    size_t count;
    if (house == NULL)
        return;
    if (house_find_room(&house->house, call->ids[0]) == NULL && !was_room(call, reader))
        return;
    if (!call_check(call, reader,
                    store_list_events_of_room(&reader->store, call->property, call->ids[0], page->after,
                                              page->limit + 1, &reader->scratch, &events, &count)))
        return;
    struct told_of of = {.property = house->house.property, .room = call->ids[0]};
    send_page_of(call, reader, &of, events, count);
}

void
event_load_of_guest(struct call *call, struct reader *reader)
{
    const struct event_page *page = call->asked;
    struct store_event *events;
    struct guest guest;
    size_t count;
    if (call_check(call, reader,
                   store_load_guest(&reader->store, call->property, call->ids[0], &reader->scratch, &guest)) &&
        call_check(call, reader,
                   store_list_events_of_guest(&reader->store, call->property, guest.id, page->after, page->limit + 1,
                                              &reader->scratch, &events, &count)))
        send_page(call, reader, events, count);
}

void
event_load_of_subject(struct call *call, struct reader *reader, struct id subject)
{
    const struct event_page *page = call->asked;
    struct store_event *events;
    size_t count;
    if (call_check(call, reader,
                   store_list_events_of(&reader->store, call->property, subject, page->after, page->limit + 1,
                                        &reader->scratch, &events, &count)))
        send_page(call, reader, events, count);
}
