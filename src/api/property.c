/* Properties: made by the owner, governed by their admins, seen by whoever has a role in them. */
#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state.h"

enum {
    DAY_ROLLS_AT_MIN = 180, /* a walk-in at half past one is still of the night before */
    PAYMENT_TTL_S = 900,
    APPROVAL_TTL_S = 172800,
    TTL_MAX_S = 31622400, /* a leap year */
};

/* What a change brings; the rest stays. */
enum property_field { NAME = 1, TIME_ZONE = 2, CURRENCY = 4, DAY_ROLLS = 8, PAYMENT = 16, APPROVAL = 32, HOLDERS = 64 };

struct property_change {
    unsigned fields;
    struct property value;
};

static const char *const read_only[] = {"id", "version", "seq", "created_at", NULL};

static enum shape_is
shape_zone(struct call *call, struct shape_field field, struct str *ret_name)
{
    const struct zone *zone;
    struct err err;
    enum shape_is is = shape_str(field, 1, 64, ret_name);
    if (is == SHAPE_SET && zone_cache_get(call->api->zones, *ret_name, &zone, &err) != ZONE_FOUND)
        return shape_refuse(field, "must be a zone of the IANA database, as in \"Europe/Paris\"");
    return is;
}

static enum shape_is
shape_currency(struct shape_field field, struct str *ret_currency)
{
    enum shape_is is = shape_str(field, 3, 3, ret_currency);
    for (size_t i = 0; is == SHAPE_SET && i < 3; i++)
        if (ret_currency->ptr[i] < 'A' || ret_currency->ptr[i] > 'Z')
            return shape_refuse(field, "must be three capital letters of ISO 4217, as in \"EUR\"");
    return is;
}

static void
note(struct property_change *change, enum property_field field, enum shape_is is)
{
    if (is == SHAPE_SET)
        change->fields |= field;
}

static void
shape_fields(struct call *call, struct shape *body, unsigned need, struct property_change *change)
{
    struct property *value = &change->value;
    note(change, NAME, shape_str(shape_field(body, "name", need), 1, PART_NAME_MAX, &value->name));
    note(change, TIME_ZONE, shape_zone(call, shape_field(body, "time_zone", need), &value->time_zone));
    note(change, CURRENCY, shape_currency(shape_field(body, "currency", need), &value->currency));
    note(change, DAY_ROLLS,
         part_i32(shape_field(body, "day_rolls_at_min", SHAPE_OPTIONAL), 0, 1439, &value->day_rolls_at_min));
    note(change, PAYMENT,
         part_seconds(shape_field(body, "payment_ttl_s", SHAPE_OPTIONAL), 1, TTL_MAX_S, &value->payment_ttl_ms));
    note(change, APPROVAL,
         part_seconds(shape_field(body, "approval_ttl_s", SHAPE_OPTIONAL), 1, TTL_MAX_S, &value->approval_ttl_ms));
    note(change, HOLDERS, shape_bool(shape_field(body, "shows_holders", SHAPE_OPTIONAL), &value->shows_holders));
    shape_read_only(body, read_only);
}

void
property_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct property_change change = {.value = {.day_rolls_at_min = DAY_ROLLS_AT_MIN,
                                               .payment_ttl_ms = PAYMENT_TTL_S * INT64_C(1000),
                                               .approval_ttl_ms = APPROVAL_TTL_S * INT64_C(1000)}};
    (void)query;
    shape_fields(call, body, SHAPE_REQUIRED, &change);
    call->engine.command.kind = COMMAND_CREATE_PROPERTY;
    call->engine.command.put_property.property = change.value;
}

void
property_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_fields(call, body, SHAPE_OPTIONAL, call_ask(call, sizeof(struct property_change)));
}

/* The whole new state of a property; text is copied, because a house is the reader's. */
static struct property
merge(struct call *call, const struct property *present, const struct property_change *change)
{
    struct property whole = change->value;
    whole.number = call->property;
    whole.id = call->ids[0];
    if (present == NULL)
        return whole;
    if ((change->fields & NAME) == 0)
        whole.name = arena_copy_str(call->arena, present->name);
    if ((change->fields & TIME_ZONE) == 0)
        whole.time_zone = arena_copy_str(call->arena, present->time_zone);
    if ((change->fields & CURRENCY) == 0)
        whole.currency = arena_copy_str(call->arena, present->currency);
    if ((change->fields & DAY_ROLLS) == 0)
        whole.day_rolls_at_min = present->day_rolls_at_min;
    if ((change->fields & PAYMENT) == 0)
        whole.payment_ttl_ms = present->payment_ttl_ms;
    if ((change->fields & APPROVAL) == 0)
        whole.approval_ttl_ms = present->approval_ttl_ms;
    if ((change->fields & HOLDERS) == 0)
        whole.shows_holders = present->shows_holders;
    return whole;
}

void
property_load_amend(struct call *call, struct reader *reader)
{
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL || !call_require_match(call, house->house.property->version))
        return;
    call->engine.command.kind = COMMAND_AMEND_PROPERTY;
    call->engine.command.put_property.property = merge(call, house->house.property, call->asked);
    call_completed_from(call, house->house.property->version);
    call_submit(call);
}

/* -- reading -- */

void
property_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_page(call, query, sizeof(uint32_t), call_ask(call, sizeof(struct page)));
}

static bool
is_seen(const struct call *call, uint32_t number)
{
    const struct principal principal = {.owner = call->owner, .roles = call->roles, .role_count = call->role_count};
    return principal_role_in(&principal, number) != ROLE_NONE;
}

void
property_load_list(struct call *call, struct reader *reader)
{
    struct property *properties;
    size_t count, shown = 0;
    const struct page *page = call->asked;
    uint32_t after = 0, last = 0;
    if (!call_check(call, reader, store_list_properties(&reader->store, &reader->scratch, &properties, &count)))
        return;
    if (page->after.len == sizeof(after))
        memcpy(&after, page->after.ptr, sizeof(after));
    struct text text;
    struct json_writer writer;
    bool more = false;
    text_init(&text, call->arena, 1024);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; i < count && !more; i++) {
        if (properties[i].number <= after || !is_seen(call, properties[i].number))
            continue;
        more = shown == (size_t)page->limit;
        if (more)
            break;
        state_write_property(&writer, &properties[i]);
        last = properties[i].number;
        shown++;
    }
    json_write_array_end(&writer);
    json_member_str_or_null(&writer, "next",
                            more ? call_write_cursor(call, &last, sizeof(last)) : (struct str){NULL, 0});
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}

void
property_load_one(struct call *call, struct reader *reader)
{
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    const struct property *property = house->house.property;
    if (property == NULL || !id_equal(property->id, call->ids[0])) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    state_write_property(&writer, property);
    reply_text(call, &text, property->version);
}
