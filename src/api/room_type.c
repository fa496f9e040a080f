/* What a property sells. */
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state.h"

enum {
    HOLD_TTL_NIGHT_S = 600, /* at a checkout */
    HOLD_TTL_MINUTE_S = 30, /* on a room */
    MAX_GUESTS = 2,
    DAY_MIN = 1440,
    LENGTH_MAX_MIN = STAY_NIGHTS_MAX * DAY_MIN,
};

/* What a change brings; the rest stays. */
enum type_field {
    NAME = 1,
    SOLD_BY = 2,
    STOCK = 4,
    GUESTS = 8,
    FEATURES = 16,
    APPROVAL = 32,
    HOLD_TTL = 64,
    OPENS = 128,
    CLOSES = 256,
    TURNAROUND = 512,
    SHORTEST = 1024,
    LONGEST = 2048,
    NOTICE = 4096,
    QUOTA = 8192,
};

struct type_change {
    unsigned fields;
    struct room_type value;
    int32_t units; /* 0 when not given */
};

static const char *const read_only[] = {"id", "version", "seq", "created_at", NULL};

static void
note(struct type_change *change, enum type_field field, enum shape_is is)
{
    if (is == SHAPE_SET)
        change->fields |= field;
}

static void
shape_kind(struct shape *body, unsigned need, struct type_change *change)
{
    static const struct shape_word sold_by[] = {{"night", SOLD_BY_NIGHT}, {"minute", SOLD_BY_MINUTE}};
    static const struct shape_word stock[] = {{"rooms", STOCK_ROOMS}, {"count", STOCK_COUNT}};
    int word;
    if (shape_enum(shape_field(body, "sold_by", need), sold_by, 2, &word) == SHAPE_SET) {
        change->value.sold_by = (enum sold_by)word;
        change->fields |= SOLD_BY;
    }
    if (shape_enum(shape_field(body, "stock", SHAPE_OPTIONAL), stock, 2, &word) == SHAPE_SET) {
        change->value.stock = (enum stock_kind)word;
        change->fields |= STOCK;
    }
}

static void
note_i32(struct shape *body, struct type_change *change, const char *name, enum type_field field, int32_t min,
         int32_t max, int32_t *ret_value)
{
    note(change, field, part_i32(shape_field(body, name, SHAPE_OPTIONAL), min, max, ret_value));
}

static void
shape_fields(struct call *call, struct shape *body, unsigned need, struct type_change *change)
{
    struct room_type *value = &change->value;
    note(change, NAME, shape_str(shape_field(body, "name", need), 1, PART_NAME_MAX, &value->name));
    shape_kind(body, need, change);
    note_i32(body, change, "max_guests", GUESTS, 1, PART_PARTY_MAX, &value->max_guests);
    note(change, FEATURES, part_features(call, body, &value->features));
    note(change, APPROVAL, shape_bool(shape_field(body, "needs_approval", SHAPE_OPTIONAL), &value->needs_approval));
    note(change, HOLD_TTL,
         part_seconds(shape_field(body, "hold_ttl_s", SHAPE_OPTIONAL), 1, PART_HOLD_TTL_MAX_S, &value->hold_ttl_ms));
    note_i32(body, change, "opens_min", OPENS, 0, DAY_MIN - 1, &value->opens_min);
    note_i32(body, change, "closes_min", CLOSES, 1, DAY_MIN, &value->closes_min);
    note_i32(body, change, "turnaround_min", TURNAROUND, 0, DAY_MIN, &value->turnaround_min);
    note_i32(body, change, "length_min", SHORTEST, 1, LENGTH_MAX_MIN, &value->length_min);
    note_i32(body, change, "length_max", LONGEST, 1, LENGTH_MAX_MIN, &value->length_max);
    note_i32(body, change, "notice_min", NOTICE, 0, LENGTH_MAX_MIN, &value->notice_min);
    note_i32(body, change, "quota_per_booker", QUOTA, 0, 100000, &value->quota_per_booker);
    (void)part_i32(shape_field(body, "units", SHAPE_OPTIONAL), 0, UNITS_MAX, &change->units);
    shape_read_only(body, read_only);
}

void
room_type_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct type_change change = {.value = {.max_guests = MAX_GUESTS,
                                           .features = STR("[]"),
                                           .closes_min = DAY_MIN,
                                           .length_min = 1,
                                           .length_max = DAY_MIN}};
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    shape_fields(call, body, SHAPE_REQUIRED, &change);
    if ((change.fields & HOLD_TTL) == 0)
        change.value.hold_ttl_ms =
            INT64_C(1000) * (change.value.sold_by == SOLD_BY_NIGHT ? HOLD_TTL_NIGHT_S : HOLD_TTL_MINUTE_S);
    call->engine.command.kind = COMMAND_CREATE_ROOM_TYPE;
    call->engine.command.put_room_type = (struct put_room_type){.room_type = change.value, .units = change.units};
}

void
room_type_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    static const char *const fixed[] = {"property_id", NULL};
    (void)query;
    shape_fields(call, body, SHAPE_OPTIONAL, call_ask(call, sizeof(struct type_change)));
    shape_read_only(body, fixed);
}

/* The whole new state of a type; text is copied, because a house is the reader's. */
static struct room_type
merge(struct call *call, const struct room_type *present, const struct type_change *change)
{
    struct room_type whole = *present;
    unsigned fields = change->fields;
    const struct room_type *value = &change->value;
    whole.name = (fields & NAME) != 0 ? value->name : arena_copy_str(call->arena, present->name);
    whole.features = (fields & FEATURES) != 0 ? value->features : arena_copy_str(call->arena, present->features);
    if ((fields & SOLD_BY) != 0)
        whole.sold_by = value->sold_by;
    if ((fields & STOCK) != 0)
        whole.stock = value->stock;
    if ((fields & GUESTS) != 0)
        whole.max_guests = value->max_guests;
    if ((fields & APPROVAL) != 0)
        whole.needs_approval = value->needs_approval;
    if ((fields & HOLD_TTL) != 0)
        whole.hold_ttl_ms = value->hold_ttl_ms;
    if ((fields & OPENS) != 0)
        whole.opens_min = value->opens_min;
    if ((fields & CLOSES) != 0)
        whole.closes_min = value->closes_min;
    if ((fields & TURNAROUND) != 0)
        whole.turnaround_min = value->turnaround_min;
    if ((fields & SHORTEST) != 0)
        whole.length_min = value->length_min;
    if ((fields & LONGEST) != 0)
        whole.length_max = value->length_max;
    if ((fields & NOTICE) != 0)
        whole.notice_min = value->notice_min;
    if ((fields & QUOTA) != 0)
        whole.quota_per_booker = value->quota_per_booker;
    return whole;
}

/* A type that is gone may have gone by this very request, sent again: then the engine knows. */
void
room_type_load_amend(struct call *call, struct reader *reader)
{
    const struct type_change *change = call->asked;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    const struct room_type *present = house_find_type(&house->house, call->ids[0]);
    if (present != NULL && !call_require_match(call, present->version))
        return;
    struct put_room_type *put = &call->engine.command.put_room_type;
    call->engine.command.kind = COMMAND_AMEND_ROOM_TYPE;
    put->room_type = present == NULL ? change->value : merge(call, present, change);
    put->room_type.id = call->ids[0];
    put->units = change->units;
    if (present != NULL)
        call_completed_from(call, present->version);
    call_submit(call);
}

void
room_type_shape_delete(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_DELETE_ROOM_TYPE;
    call->engine.command.delete_room_type.room_type = call->ids[0];
}

void
room_type_load_delete(struct call *call, struct reader *reader)
{
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    const struct room_type *present = house_find_type(&house->house, call->ids[0]);
    if (present == NULL || call_require_match(call, present->version))
        call_submit(call);
}

/* -- reading -- */

void
room_type_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    call_shape_page(call, query, ID_BYTES, call_ask(call, sizeof(struct page)));
}

void
room_type_load_list(struct call *call, struct reader *reader)
{
    struct id_page list;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    id_page_begin(&list, call, call->asked);
    for (size_t i = 0; i < house->house.type_count; i++)
        if (id_page_takes(&list, house->house.types[i].id))
            state_write_room_type(&list.writer, house->house.property, &house->house.types[i]);
    id_page_send(&list);
}

void
room_type_load_one(struct call *call, struct reader *reader)
{
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    const struct room_type *type = house_find_type(&house->house, call->ids[0]);
    if (type == NULL) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    text_init(&text, call->arena, 768);
    json_writer_init(&writer, &text);
    state_write_room_type(&writer, house->house.property, type);
    reply_text(call, &text, type->version);
}
