/* Stock rows, what lapsed, and the route that shows them. */
#include "api/availability.h"

#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/facts_load.h"
#include "store/store_list.h"

enum { NIGHTS_MAX = 62, TYPES_MAX = 200, NIGHT_TEXT = 96 };

enum db_status
availability_begin(struct reader *reader, const struct house_entry *house, struct availability_asked *asked)
{
    int64_t next_ms = INT64_MAX;
    enum db_status status = store_next_expiry(&reader->store, asked->property, &next_ms);
    asked->today = facts_today(house, asked->now_ms);
    asked->any_lapsed = next_ms <= asked->now_ms;
    return status;
}

/* -- what lapsed -- */

static void
give_back(const struct availability_asked *asked, struct night *nights, struct span span, int32_t sold, int32_t held)
{
    int32_t from, until;
    if (!span_to_nights(span, &from, &until))
        return;
    for (int32_t date = from > asked->from ? from : asked->from; date < until && date < asked->until; date++) {
        nights[date - asked->from].sold -= sold;
        nights[date - asked->from].held -= held;
    }
}

static enum db_status
give_back_holds(struct reader *reader, const struct availability_asked *asked, const struct room_type *type,
                struct span span, struct night *nights)
{
    struct id *ids;
    size_t count;
    struct hold hold;
    enum db_status status = store_lapsed_holds(&reader->store, asked->property, type->id, span, asked->now_ms,
                                               &reader->scratch, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        status = store_load_hold(&reader->store, asked->property, ids[i], &reader->scratch, &hold);
        if (status == DB_OK)
            give_back(asked, nights, hold.span, 0, hold.quantity);
    }
    return status;
}

static enum db_status
give_back_bookings(struct reader *reader, const struct availability_asked *asked, const struct room_type *type,
                   struct span span, struct night *nights)
{
    struct id *ids;
    size_t count;
    struct booking booking;
    enum db_status status = store_lapsed_bookings(&reader->store, asked->property, type->id, span, asked->now_ms,
                                                  &reader->scratch, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        status = store_load_booking(&reader->store, asked->property, ids[i], &reader->scratch, &booking);
        if (status == DB_OK)
            give_back(asked, nights, booking.span, 1, 0);
    }
    return status;
}

/* -- nights -- */

static enum db_status
load_rows(struct reader *reader, const struct availability_asked *asked, const struct room_type *type,
          struct night *nights)
{
    struct night *rows;
    size_t count;
    enum db_status status = store_load_nights(&reader->store, asked->property, type->id, asked->from, asked->until,
                                              &reader->scratch, &rows, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        nights[rows[i].date - asked->from] = rows[i];
    return status;
}

enum db_status
availability_nights(struct reader *reader, const struct availability_asked *asked, const struct room_type *type,
                    struct arena *arena, struct night **ret_nights)
{
    size_t count = (size_t)(asked->until - asked->from);
    struct night *nights = ARENA_ARRAY(arena, count, struct night);
    if (nights == NULL) {
        err_set(&reader->store.err, ERR_MEMORY, "no memory for the nights");
        return DB_FAILED;
    }
    for (size_t i = 0; i < count; i++)
        nights[i].date = asked->from + (int32_t)i;
    *ret_nights = nights;
    enum db_status status = load_rows(reader, asked, type, nights);
    if (status != DB_OK || !asked->any_lapsed)
        return status;
    struct span span = span_from_nights(asked->from, asked->until);
    status = give_back_holds(reader, asked, type, span, nights);
    return status == DB_OK ? give_back_bookings(reader, asked, type, span, nights) : status;
}

int32_t
availability_free(const struct availability_asked *asked, const struct night *night)
{
    return night->date < asked->today ? 0 : night_free(night);
}

void
availability_write_night(struct json_writer *writer, const struct availability_asked *asked, const struct night *night)
{
    json_write_object_begin(writer);
    json_member_date(writer, "date", night->date);
    json_member_i64(writer, "units", night->units);
    json_member_i64(writer, "closed", night->closed);
    json_member_i64(writer, "sold", night->sold);
    json_member_i64(writer, "held", night->held);
    json_member_i64(writer, "allowance", night->allowance);
    json_member_i64(writer, "free", availability_free(asked, night));
    json_write_object_end(writer);
}

enum db_status
availability_until(struct reader *reader, const struct house_entry *house, const struct availability_asked *asked,
                   int64_t *ret_until_ms)
{
    int64_t expiry_ms;
    enum db_status status = store_next_expiry_after(&reader->store, asked->property, asked->now_ms, &expiry_ms);
    if (status != DB_OK)
        return status;
    int64_t rolls_ms = facts_today_until(house, asked->now_ms);
    *ret_until_ms = expiry_ms < rolls_ms ? expiry_ms : rolls_ms;
    return DB_OK;
}

/* -- the route -- */

struct query_asked {
    struct id room_type; /* none: all that are sold by the night */
    int32_t from, until;
    int32_t party; /* 0: any */
};

void
availability_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct query_asked *asked = call_ask(call, sizeof(*asked));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)part_range(query, NIGHTS_MAX, &asked->from, &asked->until);
    (void)part_i32(shape_field(query, "party", SHAPE_OPTIONAL), 1, PART_PARTY_MAX, &asked->party);
    (void)call_shape_id(call, shape_field(query, "room_type_id", SHAPE_OPTIONAL), ID_ROOM_TYPE, &asked->room_type);
}

static bool
is_asked_for(const struct query_asked *asked, const struct room_type *type)
{
    return type->sold_by == SOLD_BY_NIGHT && (id_is_none(asked->room_type) || id_equal(asked->room_type, type->id)) &&
           asked->party <= type->max_guests;
}

static enum db_status
write_type(struct reader *reader, struct json_writer *writer, const struct availability_asked *range,
           const struct room_type *type)
{
    struct night *nights;
    enum db_status status = availability_nights(reader, range, type, &reader->scratch, &nights);
    if (status != DB_OK)
        return status;
    json_write_object_begin(writer);
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, range->property, type->id);
    json_member_array_begin(writer, "nights");
    for (int32_t i = 0; i < range->until - range->from; i++)
        availability_write_night(writer, range, &nights[i]);
    json_write_array_end(writer);
    json_write_object_end(writer);
    return DB_OK;
}

static size_t
count_types(const struct house *house, const struct query_asked *asked)
{
    size_t count = 0;
    for (size_t i = 0; i < house->type_count; i++)
        count += is_asked_for(asked, &house->types[i]) ? 1 : 0;
    return count;
}

/* False when it was answered. */
static bool
check_types(struct call *call, const struct house *house, const struct query_asked *asked, size_t count)
{
    const struct room_type *type = house_find_type(house, asked->room_type);
    if (!id_is_none(asked->room_type) && type == NULL)
        reply_refuse_field(call, OUTCOME_NOT_FOUND, "?room_type_id", "There is no such room type.");
    else if (type != NULL && type->sold_by != SOLD_BY_NIGHT)
        reply_refuse_field(call, OUTCOME_VALIDATION_FAILED, "?room_type_id",
                           "The room type is sold by the minute; look for slots with GET /v1/rooms/search.");
    else if (count > TYPES_MAX)
        reply_refuse_field(call, OUTCOME_VALIDATION_FAILED, "?room_type_id",
                           "The property has more than 200 room types; ask for one.");
    else
        return true;
    return false;
}

void
availability_load(struct call *call, struct reader *reader)
{
    const struct query_asked *asked = call->asked;
    struct availability_asked range = {
        .property = call->property, .from = asked->from, .until = asked->until, .now_ms = call_now_ms(call)};
    const struct house_entry *entry = call_house(call, reader);
    if (entry == NULL)
        return;
    const struct house *house = &entry->house;
    size_t count = count_types(house, asked);
    if (!check_types(call, house, asked, count))
        return;
    struct text text;
    struct json_writer writer;
    enum db_status status = availability_begin(reader, entry, &range);
    if (status == DB_OK)
        status = availability_until(reader, entry, &range, &call->right_until_ms);
    text_init(&text, call->arena, 128 + count * (128 + NIGHT_TEXT * (size_t)(range.until - range.from)));
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; status == DB_OK && i < house->type_count; i++)
        if (is_asked_for(asked, &house->types[i]))
            status = write_type(reader, &writer, &range, &house->types[i]);
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    if (call_check(call, reader, status))
        reply_text(call, &text, 0);
}
