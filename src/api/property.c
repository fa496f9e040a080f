/* Properties: made by the owner, governed by their admins, seen by whoever has a role in them. */
#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/facts_load.h"
#include "engine/state.h"

enum {
    DAY_ROLLS_AT_MIN = 180, /* a walk-in at half past one is still of the night before */
    PAYMENT_TTL_S = 900,
    APPROVAL_TTL_S = 172800,
    NO_SHOW_FEE_PERCENT = 100, /* the room was kept for them; what is paid goes back by nobody's saying so */
    TTL_MAX_S = 31622400,      /* a leap year */
};

/* What a change brings; the rest stays. */
enum property_field {
    NAME = 1,
    TIME_ZONE = 2,
    CURRENCY = 4,
    DAY_ROLLS = 8,
    PAYMENT = 16,
    APPROVAL = 32,
    HOLDERS = 64,
    AUDIT = 128,
    WINDOW = 256,
    CANCELLATION_FEE = 512,
    NO_SHOW_FEE = 1024,
    SPLITS = 2048,
    BALANCE = 4096
};

struct property_change {
    unsigned fields;
    struct property value;
};

static const char *const read_only[] = {"id", "business_date", "version", "seq", "created_at", NULL};

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

static enum shape_is
shape_audit(struct shape_field field, enum night_audit *ret_audit)
{
    static const struct shape_word words[] = {
        {"none", NIGHT_AUDIT_NONE}, {"automatic", NIGHT_AUDIT_AUTOMATIC}, {"by_hand", NIGHT_AUDIT_BY_HAND}};
    int word;
    enum shape_is is = shape_enum(field, words, 3, &word);
    if (is == SHAPE_SET)
        *ret_audit = (enum night_audit)word;
    return is;
}

static enum shape_is
shape_balance(struct shape_field field, enum balance_rule *ret_rule)
{
    static const struct shape_word words[] = {{"ignored", BALANCE_IGNORED}, {"required", BALANCE_REQUIRED}};
    int word;
    enum shape_is is = shape_enum(field, words, BALANCE_RULE_COUNT, &word);
    if (is == SHAPE_SET)
        *ret_rule = (enum balance_rule)word;
    return is;
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
    note(change, WINDOW,
         part_i32(shape_field(body, "cancellation_window_h", SHAPE_OPTIONAL), 0, CANCELLATION_WINDOW_MAX_H,
                  &value->cancellation_window_h));
    note(change, CANCELLATION_FEE,
         part_i32(shape_field(body, "cancellation_fee_percent", SHAPE_OPTIONAL), 0, 100,
                  &value->cancellation_fee_percent));
    note(change, NO_SHOW_FEE,
         part_i32(shape_field(body, "no_show_fee_percent", SHAPE_OPTIONAL), 0, 100, &value->no_show_fee_percent));
    note(change, HOLDERS, shape_bool(shape_field(body, "shows_holders", SHAPE_OPTIONAL), &value->shows_holders));
    note(change, SPLITS, shape_bool(shape_field(body, "splits_stays", SHAPE_OPTIONAL), &value->splits_stays));
    note(change, AUDIT, shape_audit(shape_field(body, "night_audit", SHAPE_OPTIONAL), &value->night_audit));
    note(change, BALANCE, shape_balance(shape_field(body, "balance_rule", SHAPE_OPTIONAL), &value->balance_rule));
    shape_read_only(body, read_only);
}

/* The day on which a house of night audits begins: the clock's. It has no zone yet that the engine could ask. */
static int32_t
first_date(struct call *call, const struct property_change *change)
{
    const struct zone *zone;
    struct err err;
    bool knows = (change->fields & TIME_ZONE) != 0 && change->value.night_audit != NIGHT_AUDIT_NONE;
    if (!knows || zone_cache_get(call->api->zones, change->value.time_zone, &zone, &err) != ZONE_FOUND)
        return 0;
    return facts_clock_date(&change->value, zone, call_now_ms(call));
}

void
property_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct property_change change = {.value = {.day_rolls_at_min = DAY_ROLLS_AT_MIN,
                                               .payment_ttl_ms = PAYMENT_TTL_S * INT64_C(1000),
                                               .approval_ttl_ms = APPROVAL_TTL_S * INT64_C(1000),
                                               .no_show_fee_percent = NO_SHOW_FEE_PERCENT}};
    (void)query;
    shape_fields(call, body, SHAPE_REQUIRED, &change);
    change.value.business_date = first_date(call, &change);
    call->engine.command.kind = COMMAND_CREATE_PROPERTY;
    call->engine.command.put_property.property = change.value;
}

void
property_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    struct property_change *change = call_ask(call, sizeof(*change));
    shape_fields(call, body, SHAPE_OPTIONAL, change);
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
    if ((change->fields & WINDOW) == 0)
        whole.cancellation_window_h = present->cancellation_window_h;
    if ((change->fields & CANCELLATION_FEE) == 0)
        whole.cancellation_fee_percent = present->cancellation_fee_percent;
    if ((change->fields & NO_SHOW_FEE) == 0)
        whole.no_show_fee_percent = present->no_show_fee_percent;
    if ((change->fields & HOLDERS) == 0)
        whole.shows_holders = present->shows_holders;
    if ((change->fields & AUDIT) == 0)
        whole.night_audit = present->night_audit;
    if ((change->fields & SPLITS) == 0)
        whole.splits_stays = present->splits_stays;
    if ((change->fields & BALANCE) == 0)
        whole.balance_rule = present->balance_rule;
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

/* With its business date, also where that is nowhere stored. False when it is not known. */
static bool
write_shown(struct call *call, struct json_writer *writer, const struct property *property)
{
    struct property shown = *property;
    const struct zone *zone;
    struct err err;
    if (property->night_audit == NIGHT_AUDIT_NONE) {
        if (zone_cache_get(call->api->zones, property->time_zone, &zone, &err) != ZONE_FOUND)
            return false;
        shown.business_date = facts_clock_date(property, zone, call_now_ms(call));
    }
    state_write_property(writer, &shown);
    return true;
}

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
        if (!write_shown(call, &writer, &properties[i])) {
            reply_refuse(call, OUTCOME_BUSY_RETRY);
            return;
        }
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
    if (write_shown(call, &writer, property))
        reply_text(call, &text, property->version);
    else
        reply_refuse(call, OUTCOME_BUSY_RETRY);
}
