/* Refused demand, as it was counted. */
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "store/store_turnaway.h"
#include "util/json_write.h"

enum { CURSOR_LEN = 4 + 1 + ID_BYTES + ID_BYTES + 1, ITEM_TEXT = 224 };

struct turnaways_asked {
    struct id room_type; /* none: all */
    int32_t from, until;
    struct page page;
};

void
turnaway_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct turnaways_asked *asked = call_ask(call, sizeof(*asked));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)part_range(query, STAY_NIGHTS_MAX, &asked->from, &asked->until);
    (void)call_shape_id(call, shape_field(query, "room_type_id", SHAPE_OPTIONAL), ID_ROOM_TYPE, &asked->room_type);
    call_shape_page(call, query, CURSOR_LEN, &asked->page);
}

/* Where the next page begins: the members of the last one shown. */
static struct str
write_cursor(struct call *call, const struct store_turnaway *last)
{
    unsigned char bytes[CURSOR_LEN];
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)((uint32_t)last->date >> (24 - 8 * i));
    bytes[4] = (unsigned char)(last->hour + 1);
    id_to_bytes(last->room_type, bytes + 5);
    id_to_bytes(last->room, bytes + 5 + ID_BYTES);
    bytes[CURSOR_LEN - 1] = (unsigned char)last->reason;
    return call_write_cursor(call, bytes, sizeof(bytes));
}

/* A cursor that was made up leads anywhere in the list. */
static bool
read_cursor(struct str cursor, struct store_turnaway *ret_after)
{
    const unsigned char *bytes = (const unsigned char *)cursor.ptr;
    if (cursor.len != CURSOR_LEN)
        return false;
    uint32_t date = 0;
    for (int i = 0; i < 4; i++)
        date = date << 8 | bytes[i];
    *ret_after = (struct store_turnaway){
        .date = (int32_t)date,
        .hour = bytes[4] - 1,
        .room_type = id_from_bytes(bytes + 5),
        .room = id_from_bytes(bytes + 5 + ID_BYTES),
        .reason = bytes[CURSOR_LEN - 1] < OUTCOME_COUNT ? (enum outcome)bytes[CURSOR_LEN - 1] : OUTCOME_OK};
    return true;
}

static void
write_turnaway(struct json_writer *writer, uint32_t property, const struct store_turnaway *turnaway)
{
    json_write_object_begin(writer);
    json_member_date(writer, "date", turnaway->date);
    if (turnaway->hour == STORE_NO_HOUR)
        json_member_null(writer, "hour");
    else
        json_member_i64(writer, "hour", turnaway->hour);
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property, turnaway->room_type);
    json_member_id_or_null(writer, "room_id", ID_ROOM, property, turnaway->room);
    json_member_str(writer, "reason", outcome_info(turnaway->reason)->code);
    json_member_i64(writer, "count", turnaway->units);
    json_write_object_end(writer);
}

/* `count` may be one more than the page holds. */
static void
send_page(struct call *call, const struct turnaways_asked *asked, const struct store_turnaway *turnaways, size_t count)
{
    size_t shown = count > (size_t)asked->page.limit ? (size_t)asked->page.limit : count;
    struct str next = {NULL, 0};
    struct text text;
    struct json_writer writer;
    text_init(&text, call->arena, 128 + shown * ITEM_TEXT);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; i < shown; i++)
        write_turnaway(&writer, call->property, &turnaways[i]);
    json_write_array_end(&writer);
    if (count > shown)
        next = write_cursor(call, &turnaways[shown - 1]);
    json_member_str_or_null(&writer, "next", next);
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}

void
turnaway_load(struct call *call, struct reader *reader)
{
    const struct turnaways_asked *asked = call->asked;
    struct store_turnaway after, *turnaways;
    size_t count;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    if (!id_is_none(asked->room_type) && house_find_type(&house->house, asked->room_type) == NULL) {
        reply_refuse_field(call, OUTCOME_NOT_FOUND, "?room_type_id", "There is no such room type.");
        return;
    }
    bool goes_on = read_cursor(asked->page.after, &after);
    enum db_status status =
        store_list_turnaways(&reader->store, call->property, asked->from, asked->until, asked->room_type,
                             goes_on ? &after : NULL, asked->page.limit + 1, &reader->scratch, &turnaways, &count);
    if (call_check(call, reader, status))
        send_page(call, asked, turnaways, count);
}
