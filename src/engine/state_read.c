/* Field by field, in the order of state.c. The readers of util/shape.h collect what is wrong; only what is particular
 * to states is added here: everything is of one property, and derived members must agree. */
#include "engine/state_read.h"

#include <assert.h>

#include "core/amount.h"
#include "engine/state.h"
#include "engine/state_money.h"
#include "engine/upcast.h"
#include "util/json.h"
#include "util/shape.h"

enum { TEXT_MAX = 16384, CLAIMS_MAX = STAY_NIGHTS_MAX, SECOND_MS = 1000, MINUTE_MS = 60000 };

/* One object on its way in. */
struct reader {
    struct shape *shape;
    const struct property *property;
    struct arena *arena;
};

/* -- fields -- */

static int64_t
read_i64(struct reader *r, const char *name, int64_t min, int64_t max)
{
    int64_t value = 0;
    (void)shape_i64(shape_field(r->shape, name, SHAPE_REQUIRED), min, max, &value);
    return value;
}

static int32_t
read_i32(struct reader *r, const char *name, int32_t min)
{
    return (int32_t)read_i64(r, name, min, INT32_MAX);
}

/* 0 where the member is not there: it came to the log later. */
static int32_t
read_i32_if_there(struct reader *r, const char *name, int32_t min)
{
    int64_t value = 0;
    (void)shape_i64(shape_field(r->shape, name, SHAPE_OPTIONAL), min, INT32_MAX, &value);
    return (int32_t)value;
}

/* `absent` for null. */
static int32_t
read_i32_or_null(struct reader *r, const char *name, int32_t min, int32_t absent)
{
    int64_t value = absent;
    (void)shape_i64(shape_field(r->shape, name, SHAPE_REQUIRED | SHAPE_NULLABLE), min, INT32_MAX, &value);
    return (int32_t)value;
}

static int64_t
read_whole(struct reader *r, const char *name, int64_t unit_ms)
{
    return read_i64(r, name, 0, INT32_MAX) * unit_ms;
}

static bool
read_bool(struct reader *r, const char *name)
{
    bool value = false;
    (void)shape_bool(shape_field(r->shape, name, SHAPE_REQUIRED), &value);
    return value;
}

static struct str
read_str(struct reader *r, const char *name)
{
    struct str value = {"", 0};
    (void)shape_secret(shape_field(r->shape, name, SHAPE_REQUIRED), 1, TEXT_MAX, &value);
    return value;
}

/* Empty for null. */
static struct str
read_str_or_null(struct reader *r, const char *name)
{
    struct str value = {"", 0};
    (void)shape_secret(shape_field(r->shape, name, SHAPE_REQUIRED | SHAPE_NULLABLE), 1, TEXT_MAX, &value);
    return value;
}

static int64_t
read_instant(struct reader *r, const char *name)
{
    int64_t ms = 0;
    (void)shape_instant(shape_field(r->shape, name, SHAPE_REQUIRED), &ms);
    return ms;
}

/* 0 for null. */
static int64_t
read_instant_or_null(struct reader *r, const char *name)
{
    int64_t ms = 0;
    (void)shape_instant(shape_field(r->shape, name, SHAPE_REQUIRED | SHAPE_NULLABLE), &ms);
    return ms;
}

static int32_t
read_date(struct reader *r, const char *name)
{
    int32_t date = 0;
    (void)shape_date(shape_field(r->shape, name, SHAPE_REQUIRED), &date);
    return date;
}

static struct id
read_id_of(struct reader *r, struct shape_field field, enum id_kind kind)
{
    uint32_t property = 0;
    struct id id = ID_NONE;
    if (shape_id(field, kind, &property, &id) == SHAPE_SET && property != r->property->number)
        (void)shape_refuse(field, "must be of the property whose log this is");
    return id;
}

static struct id
read_id_field(struct reader *r, const char *name, enum id_kind kind, unsigned need)
{
    return read_id_of(r, shape_field(r->shape, name, need), kind);
}

static struct id
read_id(struct reader *r, const char *name, enum id_kind kind)
{
    return read_id_field(r, name, kind, SHAPE_REQUIRED);
}

/* None for null. */
static struct id
read_id_or_null(struct reader *r, const char *name, enum id_kind kind)
{
    return read_id_field(r, name, kind, SHAPE_REQUIRED | SHAPE_NULLABLE);
}

static void
expect_property(struct reader *r)
{
    struct shape_field field = shape_field(r->shape, "property_id", SHAPE_REQUIRED);
    uint32_t number = 0;
    struct id id = ID_NONE;
    if (shape_id(field, ID_PROPERTY, &number, &id) == SHAPE_SET &&
        (number != r->property->number || !id_equal(id, r->property->id)))
        (void)shape_refuse(field, "must be the property whose log this is");
}

/* A member that is derived from others. */
static void
expect_str(struct reader *r, const char *name, struct str derived)
{
    struct shape_field field = shape_field(r->shape, name, SHAPE_REQUIRED);
    struct str value;
    if (shape_secret(field, 0, TEXT_MAX, &value) == SHAPE_SET && !str_equal(value, derived))
        (void)shape_refuse(field, "must be %.*s", STR_ARG(derived));
}

/* One of `count` names, by number. */
static int
read_name(struct reader *r, const char *name, int count, struct str (*name_of)(int))
{
    struct shape_field field = shape_field(r->shape, name, SHAPE_REQUIRED);
    struct str value;
    if (shape_secret(field, 0, TEXT_MAX, &value) != SHAPE_SET)
        return 0;
    for (int i = 0; i < count; i++)
        if (str_equal(name_of(i), value))
            return i;
    (void)shape_refuse(field, "is a name of none of them");
    return 0;
}

static struct str
name_of_booking_status(int i)
{
    return booking_status_name((enum booking_status)(i + 1)); /* without NONE */
}

static struct str
name_of_payment(int i)
{
    return booking_payment_name((enum booking_payment)i);
}

static struct str
name_of_payment_status(int i)
{
    return payment_status_name((enum payment_status)i);
}

static struct str
name_of_method(int i)
{
    return payment_method_name((enum payment_method)i);
}

static struct str
name_of_refund_status(int i)
{
    return refund_status_name((enum refund_status)i);
}

static struct str
name_of_cause(int i)
{
    return set_aside_cause_name((enum set_aside_cause)i);
}

static struct str
name_of_placement(int i)
{
    return booking_placement_name((enum booking_placement)i);
}

static struct str
name_of_hold_status(int i)
{
    return hold_status_name((enum hold_status)i);
}

static struct str
name_of_sold_by(int i)
{
    return sold_by_name((enum sold_by)i);
}

static struct str
name_of_stock(int i)
{
    return stock_kind_name((enum stock_kind)i);
}

static struct str
name_of_audit(int i)
{
    return night_audit_name((enum night_audit)i);
}

static struct str
name_of_cleanliness(int i)
{
    return cleanliness_name((enum cleanliness)i);
}

/* Strings of an array, written again: the form is the writer's own. */
static struct str
read_features(struct reader *r)
{
    struct shape_list list;
    struct json_writer writer;
    struct text text;
    text_init(&text, r->arena, 64);
    json_writer_init(&writer, &text);
    json_write_array_begin(&writer);
    if (shape_list(shape_field(r->shape, "features", SHAPE_REQUIRED), 0, TEXT_MAX, &list) == SHAPE_SET) {
        for (size_t i = 0; i < list.count; i++) {
            struct str feature = {"", 0};
            (void)shape_secret(shape_item(&list, i), 1, TEXT_MAX, &feature);
            json_write_str(&writer, feature);
        }
    }
    json_write_array_end(&writer);
    return text_str(&text);
}

/* -- spans and claims -- */

static bool
is_by_minute(const struct reader *r)
{
    return json_object_get(r->shape->object, "starts_at") != NULL;
}

static struct span
read_span(struct reader *r, bool by_minute)
{
    struct span span;
    const char *end = by_minute ? "ends_at" : "departure";
    if (by_minute) {
        span.starts = read_instant(r, "starts_at");
        span.ends = read_instant(r, end);
    } else {
        span.starts = date_to_instant(read_date(r, "arrival"));
        span.ends = date_to_instant(read_date(r, end));
    }
    if (!span_is_valid(span))
        (void)shape_refuse(shape_field(r->shape, end, SHAPE_NULLABLE), "must be after the start");
    return span;
}

static void
read_claim(struct reader *r, struct shape_field field, const struct booking *booking, struct claim *claim)
{
    struct shape child;
    if (shape_object(field, &child) != SHAPE_SET)
        return;
    struct reader inner = {.shape = &child, .property = r->property, .arena = r->arena};
    claim->room = read_id(&inner, "room_id", ID_ROOM);
    claim->span = read_span(&inner, booking->by_minute);
    claim->owner_kind = CLAIM_OF_BOOKING;
    claim->owner = booking->id;
    claim->pinned = read_bool(&inner, "pinned");
    shape_finish(&child);
}

static void
read_claims(struct reader *r, struct booking *booking)
{
    struct shape_list list;
    if (shape_list(shape_field(r->shape, "claims", SHAPE_REQUIRED), 0, CLAIMS_MAX, &list) != SHAPE_SET)
        return;
    booking->claims = ARENA_ARRAY(r->arena, list.count + 1, struct claim);
    if (booking->claims == NULL)
        return;
    booking->claim_count = list.count;
    for (size_t i = 0; i < list.count; i++)
        read_claim(r, shape_item(&list, i), booking, &booking->claims[i]);
}

/* The room of the first claim. */
static void
expect_room(struct reader *r, struct booking *booking)
{
    struct id room = read_id_or_null(r, "room_id", ID_ROOM);
    if (booking->status == BOOKING_CHECKED_IN)
        booking->in_room = room;
    if (!id_equal(room, booking_room(booking)))
        (void)shape_refuse(shape_field(r->shape, "room_id", SHAPE_NULLABLE),
                           "must be the room that was left, or that of the first claim");
}

/* -- objects -- */

/* Not known for null. */
static struct price
read_price(struct reader *r)
{
    struct price price = {.known = false};
    struct shape_field field = shape_field(r->shape, "price", SHAPE_REQUIRED | SHAPE_NULLABLE);
    price.known = shape_i64(field, 0, PRICE_MAX, &price.minor) == SHAPE_SET;
    return price;
}

/* In order, and whoever booked is none of them. */
static void
read_companions(struct reader *r, struct booking *booking)
{
    struct shape_list list;
    struct shape_field field = shape_field(r->shape, "companion_ids", SHAPE_OPTIONAL);
    if (shape_list(field, 1, COMPANIONS_MAX, &list) != SHAPE_SET)
        return;
    struct id *ids = ARENA_ARRAY(r->arena, list.count, struct id);
    if (ids == NULL)
        return;
    for (size_t i = 0; i < list.count; i++) {
        ids[i] = read_id_of(r, shape_item(&list, i), ID_GUEST);
        if ((i > 0 && id_compare(ids[i - 1], ids[i]) >= 0) || id_equal(ids[i], booking->guest))
            (void)shape_refuse(field, "must be in order, each once, and without the guest who booked");
    }
    booking->companions = ids;
    booking->companion_count = list.count;
    if (list.count >= (size_t)booking->party)
        (void)shape_refuse(field, "must be fewer than the party");
}

static void
read_booking(struct reader *r, struct booking *booking)
{
    booking->id = read_id(r, "id", ID_BOOKING);
    booking->code = read_str(r, "code");
    expect_property(r);
    booking->group = read_id_or_null(r, "group_id", ID_GROUP);
    booking->room_type = read_id(r, "room_type_id", ID_ROOM_TYPE);
    booking->charged_room_type = read_id(r, "charged_room_type_id", ID_ROOM_TYPE);
    booking->status =
        (enum booking_status)(read_name(r, "status", BOOKING_STATUS_COUNT - 1, name_of_booking_status) + 1);
    booking->by_minute = is_by_minute(r);
    booking->span = read_span(r, booking->by_minute);
    if (booking->by_minute) {
        booking->local_starts = read_str(r, "local_starts");
        booking->local_ends = read_str(r, "local_ends");
        booking->turnaround_ms = read_whole(r, "turnaround_min", MINUTE_MS);
    }
    read_claims(r, booking);
    booking->placement =
        (enum booking_placement)read_name(r, "placement", PLACEMENT_STATE_UNPROVEN + 1, name_of_placement);
    booking->party = read_i32(r, "party", 1);
    booking->guest = read_id(r, "guest_id", ID_GUEST);
    read_companions(r, booking);
    booking->payment = (enum booking_payment)read_name(r, "payment", PAYMENT_REQUIRED + 1, name_of_payment);
    booking->price = read_price(r);
    booking->payment_status =
        (enum payment_status)read_name(r, "payment_status", PAYMENT_STATUS_COUNT, name_of_payment_status);
    booking->expires_at = read_instant_or_null(r, "expires_at");
    booking->checked_in_at = read_instant_or_null(r, "checked_in_at");
    booking->checked_out_at = read_instant_or_null(r, "checked_out_at");
    booking->cancelled_at = read_instant_or_null(r, "cancelled_at");
    (void)shape_date(shape_field(r->shape, "checked_in_on", SHAPE_OPTIONAL), &booking->checked_in_on);
    (void)shape_date(shape_field(r->shape, "checked_out_on", SHAPE_OPTIONAL), &booking->checked_out_on);
    booking->left_room = read_id_field(r, "left_room_id", ID_ROOM, SHAPE_OPTIONAL);
    expect_room(r, booking);
    booking->lost_room = read_id_field(r, "lost_room_id", ID_ROOM, SHAPE_OPTIONAL);
    (void)shape_i64(shape_field(r->shape, "fee", SHAPE_OPTIONAL), 1, PRICE_MAX, &booking->fee_minor);
    booking->owner = read_str(r, "created_by");
    booking->created_at = read_instant(r, "created_at");
    booking->version = read_i64(r, "version", 1, INT64_MAX);
}

static void
read_group(struct reader *r, struct group *group)
{
    group->id = read_id(r, "id", ID_GROUP);
    expect_property(r);
    group->code = read_str(r, "code");
    group->guest = read_id(r, "guest_id", ID_GUEST);
    group->owner = read_str(r, "created_by");
    group->created_at = read_instant(r, "created_at");
    group->version = read_i64(r, "version", 1, INT64_MAX);
}

/* None where the member is not there. */
static struct id
read_id_if_there(struct reader *r, const char *name, enum id_kind kind)
{
    return read_id_field(r, name, kind, SHAPE_OPTIONAL);
}

static void
read_hold(struct reader *r, struct hold *hold)
{
    hold->id = read_id(r, "id", ID_HOLD);
    expect_property(r);
    hold->status = (enum hold_status)read_name(r, "status", HOLD_STATUS_COUNT, name_of_hold_status);
    hold->room_type = read_id(r, "room_type_id", ID_ROOM_TYPE);
    hold->room = read_id_or_null(r, "room_id", ID_ROOM);
    hold->by_minute = is_by_minute(r);
    hold->span = read_span(r, hold->by_minute);
    if (hold->by_minute)
        hold->turnaround_ms = read_whole(r, "turnaround_min", MINUTE_MS);
    hold->quantity = read_i32(r, "quantity", 1);
    hold->party = read_i32_if_there(r, "party", 1);
    hold->expires_at = read_instant(r, "expires_at");
    hold->booking = read_id_if_there(r, "booking_id", ID_BOOKING);
    hold->group = read_id_if_there(r, "group_id", ID_GROUP);
    hold->owner = read_str(r, "created_by");
    hold->created_at = read_instant(r, "created_at");
    hold->version = read_i64(r, "version", 1, INT64_MAX);
}

static struct str
name_of_balance(int i)
{
    return balance_rule_name((enum balance_rule)i);
}

static void
read_audit(struct reader *r, struct property *property)
{
    struct shape_field date = shape_field(r->shape, "business_date", SHAPE_REQUIRED | SHAPE_NULLABLE);
    int audit = read_name(r, "night_audit", NIGHT_AUDIT_COUNT, name_of_audit);
    property->night_audit = (enum night_audit)audit;
    if ((shape_date(date, &property->business_date) == SHAPE_SET) != (audit != NIGHT_AUDIT_NONE))
        (void)shape_refuse(date, "is there where the audit rolls it, and only there");
}

/* The log as it stood when the date was rolled. */
static void
read_head(struct reader *r)
{
    int64_t seq;
    struct str hash;
    (void)shape_i64(shape_field(r->shape, "head_seq", SHAPE_OPTIONAL), 0, INT64_MAX, &seq);
    (void)shape_secret(shape_field(r->shape, "head_hash", SHAPE_OPTIONAL), 64, 64, &hash);
}

static void
read_property(struct reader *r, struct property *property)
{
    (void)shape_id(shape_field(r->shape, "id", SHAPE_REQUIRED), ID_PROPERTY, &property->number, &property->id);
    property->name = read_str(r, "name");
    property->time_zone = read_str(r, "time_zone");
    property->currency = read_str(r, "currency");
    property->day_rolls_at_min = read_i32(r, "day_rolls_at_min", 0);
    property->payment_ttl_ms = read_whole(r, "payment_ttl_s", SECOND_MS);
    property->approval_ttl_ms = read_whole(r, "approval_ttl_s", SECOND_MS);
    property->cancellation_window_h = read_i32(r, "cancellation_window_h", 0);
    property->cancellation_fee_percent = read_i32(r, "cancellation_fee_percent", 0);
    property->no_show_fee_percent = read_i32(r, "no_show_fee_percent", 0);
    property->shows_holders = read_bool(r, "shows_holders");
    read_audit(r, property);
    property->splits_stays = read_bool(r, "splits_stays");
    property->balance_rule = (enum balance_rule)read_name(r, "balance_rule", BALANCE_RULE_COUNT, name_of_balance);
    property->created_at = read_instant(r, "created_at");
    property->version = read_i64(r, "version", 1, INT64_MAX);
    read_head(r);
}

static void
read_room_type(struct reader *r, struct room_type *type)
{
    type->id = read_id(r, "id", ID_ROOM_TYPE);
    expect_property(r);
    type->name = read_str(r, "name");
    type->sold_by = (enum sold_by)read_name(r, "sold_by", SOLD_BY_MINUTE + 1, name_of_sold_by);
    type->stock = (enum stock_kind)read_name(r, "stock", STOCK_COUNT + 1, name_of_stock);
    type->max_guests = read_i32(r, "max_guests", 1);
    type->features = read_features(r);
    type->needs_approval = read_bool(r, "needs_approval");
    type->hold_ttl_ms = read_whole(r, "hold_ttl_s", SECOND_MS);
    type->opens_min = read_i32(r, "opens_min", 0);
    type->closes_min = read_i32(r, "closes_min", 0);
    type->turnaround_min = read_i32(r, "turnaround_min", 0);
    type->length_min = read_i32(r, "length_min", 0);
    type->length_max = read_i32(r, "length_max", 0);
    type->notice_min = read_i32(r, "notice_min", 0);
    type->quota_per_booker = read_i32(r, "quota_per_booker", 0);
    type->created_at = read_instant(r, "created_at");
    type->version = read_i64(r, "version", 1, INT64_MAX);
}

static void
read_fault(struct reader *r, struct room_state *state)
{
    struct shape child;
    if (shape_object(shape_field(r->shape, "fault", SHAPE_REQUIRED | SHAPE_NULLABLE), &child) != SHAPE_SET)
        return;
    struct reader inner = {.shape = &child, .property = r->property, .arena = r->arena};
    state->fault = read_id(&inner, "note_id", ID_TEXT);
    state->fault_since = read_instant(&inner, "since");
    shape_finish(&child);
}

/* Users are the installation's. */
static struct id
read_user_if_there(struct reader *r, const char *name)
{
    struct shape_field field = shape_field(r->shape, name, SHAPE_OPTIONAL);
    uint32_t property = 0;
    struct id id = ID_NONE;
    if (shape_id(field, ID_USER, &property, &id) == SHAPE_SET && property != 0)
        (void)shape_refuse(field, "must be of the installation");
    return id;
}

static void
read_room_state(struct reader *r, struct room_state *state)
{
    state->cleanliness = (enum cleanliness)read_name(r, "cleanliness", CLEANLINESS_COUNT, name_of_cleanliness);
    read_fault(r, state);
    state->occupant = read_id_if_there(r, "occupied_by", ID_BOOKING);
    if (read_bool(r, "is_occupied") != room_is_occupied(state))
        (void)shape_refuse(shape_field(r->shape, "is_occupied", SHAPE_REQUIRED), "must say what occupied_by says");
    expect_str(r, "room_status", room_status_name(room_status_of(state)));
    state->note = read_id_if_there(r, "note_id", ID_TEXT);
    state->attendant = read_user_if_there(r, "attendant_id");
}

static void
read_room(struct reader *r, struct room *room, struct room_state *state)
{
    room->id = read_id(r, "id", ID_ROOM);
    expect_property(r);
    room->room_type = read_id(r, "room_type_id", ID_ROOM_TYPE);
    room->number = read_str(r, "number");
    room->floor = read_str_or_null(r, "floor");
    room->building = read_str_or_null(r, "building");
    room->features = read_features(r);
    room->max_guests = read_i32_or_null(r, "max_guests", 1, 0);
    state->room = room->id;
    read_room_state(r, state);
    room->created_at = read_instant(r, "created_at");
    state->version = read_i64(r, "version", 1, INT64_MAX);
}

static void
read_inventory(struct reader *r, struct nights_set *nights)
{
    nights->room_type = read_id(r, "room_type_id", ID_ROOM_TYPE);
    expect_property(r);
    nights->from = read_date(r, "from");
    nights->until = read_date(r, "until");
    nights->units = read_i32_or_null(r, "units", 0, -1);
    nights->allowance = read_i32_or_null(r, "allowance", 0, -1);
}

static void
read_overcommit(struct reader *r, struct overcommit *overcommit)
{
    overcommit->room_type = read_id(r, "room_type_id", ID_ROOM_TYPE);
    expect_property(r);
    overcommit->from = read_date(r, "from");
    overcommit->until = read_date(r, "until");
    struct str kind = read_str(r, "kind");
    if (!overcommit_kind_parse(kind, &overcommit->kind))
        (void)shape_refuse(shape_field(r->shape, "kind", SHAPE_REQUIRED), "must be a kind of overcommit");
    overcommit->subject = read_id(r, "subject_id", overcommit->kind == OVERCOMMIT_CLOSURE ? ID_CLOSURE : ID_BOOKING);
    overcommit->quantity = read_i32(r, "quantity", 0);
}

static void
read_closure(struct reader *r, struct closure *closure)
{
    closure->id = read_id(r, "id", ID_CLOSURE);
    expect_property(r);
    closure->room = read_id(r, "room_id", ID_ROOM);
    if (!closure_kind_parse(read_str(r, "kind"), &closure->kind))
        (void)shape_refuse(shape_field(r->shape, "kind", SHAPE_REQUIRED), "must be a kind of closure");
    if (!closure_status_parse(read_str(r, "status"), &closure->status))
        (void)shape_refuse(shape_field(r->shape, "status", SHAPE_REQUIRED), "must be the status of a closure");
    closure->by_minute = is_by_minute(r);
    if (closure->by_minute)
        closure->span = (struct span){read_instant(r, "starts_at"), read_instant(r, "ends_at")};
    else
        closure->span = (struct span){date_to_instant(read_date(r, "from")), date_to_instant(read_date(r, "until"))};
    closure->placement =
        (enum booking_placement)read_name(r, "placement", PLACEMENT_STATE_UNPROVEN + 1, name_of_placement);
    closure->created_by = read_str(r, "created_by");
    closure->reopened_at = read_instant_or_null(r, "reopened_at");
    closure->created_at = read_instant(r, "created_at");
    closure->version = read_i64(r, "version", 1, INT64_MAX);
}

static void
read_affected(struct reader *r, struct state *state)
{
    struct shape_list list;
    if (shape_list(shape_field(r->shape, "affected", SHAPE_OPTIONAL), 1, CLAIMS_MAX, &list) != SHAPE_SET)
        return;
    struct id *affected = ARENA_ARRAY(r->arena, list.count, struct id);
    if (affected == NULL)
        return;
    for (size_t i = 0; i < list.count; i++) {
        uint32_t number = 0;
        struct shape_field item = shape_item(&list, i);
        if (shape_id(item, ID_BOOKING, &number, &affected[i]) == SHAPE_SET && number != r->property->number)
            (void)shape_refuse(item, "must be of the property whose log this is");
    }
    state->affected = affected;
    state->affected_count = list.count;
}

/* -- money -- */

static int64_t
read_minor(struct reader *r, const char *name)
{
    return read_i64(r, name, 0, PRICE_MAX);
}

static void
read_payment(struct reader *r, struct payment *payment)
{
    payment->id = read_id(r, "id", ID_PAYMENT);
    expect_property(r);
    payment->booking = read_id_or_null(r, "booking_id", ID_BOOKING);
    payment->group = read_id_or_null(r, "group_id", ID_GROUP);
    payment->method = (enum payment_method)read_name(r, "method", PAYMENT_METHOD_COUNT, name_of_method);
    payment->reference = read_str_or_null(r, "reference");
    payment->currency = read_str(r, "currency");
    payment->authorized = read_minor(r, "authorized");
    payment->captured = read_minor(r, "captured");
    payment->refunded = read_minor(r, "refunded");
    payment->authorized_at = read_instant_or_null(r, "authorized_at");
    payment->captured_at = read_instant_or_null(r, "captured_at");
    payment->failed_at = read_instant_or_null(r, "failed_at");
    payment->voided_at = read_instant_or_null(r, "voided_at");
    payment->created_at = read_instant(r, "created_at");
    payment->version = read_i64(r, "version", 1, INT64_MAX);
    expect_str(r, "status", payment_status_name(payment_status_of(payment)));
}

static void
read_refund(struct reader *r, struct refund *refund)
{
    refund->id = read_id(r, "id", ID_REFUND);
    expect_property(r);
    refund->payment = read_id(r, "payment_id", ID_PAYMENT);
    refund->booking = read_id_or_null(r, "booking_id", ID_BOOKING);
    refund->amount = read_i64(r, "amount", 1, PRICE_MAX);
    refund->status = (enum refund_status)read_name(r, "status", REFUND_STATUS_COUNT, name_of_refund_status);
    refund->automatic = read_bool(r, "automatic");
    refund->attempts = read_minor(r, "attempts");
    refund->sent_at = read_instant_or_null(r, "sent_at");
    refund->settled_at = read_instant_or_null(r, "settled_at");
    refund->failed_at = read_instant_or_null(r, "failed_at");
    refund->provider_reference = read_str_or_null(r, "provider_reference");
    refund->failure = read_str_or_null(r, "failure");
    refund->created_at = read_instant(r, "created_at");
    refund->version = read_i64(r, "version", 1, INT64_MAX);
}

static void
read_set_aside(struct reader *r, struct set_aside *aside)
{
    aside->id = read_id(r, "id", ID_SET_ASIDE);
    expect_property(r);
    aside->event = read_str(r, "event");
    aside->kind = read_str(r, "kind");
    aside->cause = (enum set_aside_cause)read_name(r, "cause", SET_ASIDE_CAUSE_COUNT, name_of_cause);
    aside->reference = read_str_or_null(r, "reference");
    aside->named = read_str_or_null(r, "named");
    aside->amount = read_i64(r, "amount", 0, AMOUNT_MAX); /* whatever was said */
    aside->currency = read_str_or_null(r, "currency");
    aside->resolved_at = read_instant_or_null(r, "resolved_at");
    aside->created_at = read_instant(r, "created_at");
    aside->version = read_i64(r, "version", 1, INT64_MAX);
}

static void
read_warning(struct reader *r, struct state *state)
{
    struct shape_field field = shape_field(r->shape, "warning", SHAPE_OPTIONAL);
    struct str warning;
    state->out_of_service = shape_str(field, 1, TEXT_MAX, &warning) == SHAPE_SET;
    if (state->out_of_service && !str_equal(warning, STR("out_of_service")))
        (void)shape_refuse(field, "must be a warning of a check-in");
}

/* What an event adds to the state it shows. */
static void
read_extras(struct reader *r, struct state *state)
{
    struct shape_field hold = shape_field(r->shape, "hold_id", SHAPE_OPTIONAL);
    struct shape_field deleted = shape_field(r->shape, "deleted", SHAPE_OPTIONAL);
    uint32_t number = 0;
    struct str role;
    (void)shape_bool(shape_field(r->shape, "override", SHAPE_OPTIONAL), &state->overrides);
    (void)shape_str(shape_field(r->shape, "override_role", SHAPE_OPTIONAL), 1, 20, &role);
    (void)shape_i64(shape_field(r->shape, "waived_fee", SHAPE_OPTIONAL), 1, PRICE_MAX, &state->waived_minor);
    struct shape_field refund = shape_field(r->shape, "asked_refund", SHAPE_OPTIONAL);
    if (shape_i64(refund, 0, PRICE_MAX, &state->refund.minor) == SHAPE_SET)
        state->refund.asked = state->refund.minor > 0 ? REFUND_AMOUNT : REFUND_NOTHING;
    if (shape_id(hold, ID_HOLD, &number, &state->hold_id) == SHAPE_SET && number != r->property->number)
        (void)shape_refuse(hold, "must be of the property whose log this is");
    if (state->of == EVENT_OF_ROOM)
        read_affected(r, state);
    if (state->of == EVENT_OF_BOOKING)
        read_warning(r, state);
    (void)shape_secret(shape_field(r->shape, "provider_event_id", SHAPE_OPTIONAL), 1, TEXT_MAX, &state->provider_event);
    if (shape_bool(deleted, &state->deleted) == SHAPE_SET && !state->deleted)
        (void)shape_refuse(deleted, "must be true or absent");
}

static void
read_state(struct reader *r, struct state *state)
{
    switch (state->of) {
    case EVENT_OF_BOOKING: read_booking(r, &state->booking); break;
    case EVENT_OF_GROUP: read_group(r, &state->group); break;
    case EVENT_OF_HOLD: read_hold(r, &state->hold); break;
    case EVENT_OF_PROPERTY: read_property(r, &state->property); break;
    case EVENT_OF_ROOM_TYPE: read_room_type(r, &state->room_type); break;
    case EVENT_OF_ROOM: read_room(r, &state->room, &state->room_state); break;
    case EVENT_OF_INVENTORY: read_inventory(r, &state->nights); break;
    case EVENT_OF_OVERCOMMIT: read_overcommit(r, &state->overcommit); break;
    case EVENT_OF_CLOSURE: read_closure(r, &state->closure); break;
    case EVENT_OF_ARRIVALS: assert(!"what came of giving rooms is in the bookings"); break;
    case EVENT_OF_PAYMENT: read_payment(r, &state->payment); break;
    case EVENT_OF_REFUND: read_refund(r, &state->of_refund); break;
    case EVENT_OF_SET_ASIDE: read_set_aside(r, &state->set_aside); break;
    case EVENT_OF_PROVIDER:
    case EVENT_OF_GUEST_LINK:
    case EVENT_OF_GUEST:
    case EVENT_OF_USER:
    case EVENT_OF_TOKEN:
    case EVENT_OF_INVITATION:
    case EVENT_OF_RESET:
    case EVENT_OF_SESSION:
    case EVENT_OF_JOB: assert(!"people, secrets and jobs are not made again from the log"); break;
    }
    if (state->of != EVENT_OF_PROPERTY)
        read_extras(r, state);
    shape_finish(r->shape);
}

bool
state_of_kind(struct str kind, enum event_state *ret_of)
{
    static const struct {
        struct str noun;
        enum event_state of;
    } nouns[] = {
        {{"booking", 7}, EVENT_OF_BOOKING},     {{"group", 5}, EVENT_OF_GROUP},
        {{"hold", 4}, EVENT_OF_HOLD},           {{"property", 8}, EVENT_OF_PROPERTY},
        {{"room_type", 9}, EVENT_OF_ROOM_TYPE}, {{"room", 4}, EVENT_OF_ROOM},
        {{"inventory", 9}, EVENT_OF_INVENTORY}, {{"business_date", 13}, EVENT_OF_PROPERTY},
        {{"payment", 7}, EVENT_OF_PAYMENT},     {{"refund", 6}, EVENT_OF_REFUND},
        {{"set_aside", 9}, EVENT_OF_SET_ASIDE}, {{"overcommit", 10}, EVENT_OF_OVERCOMMIT},
        {{"closure", 7}, EVENT_OF_CLOSURE},
    };
    struct str rest = kind, noun = str_split(&rest, '.');
    for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]) && rest.len > 0; i++) {
        if (str_equal(nouns[i].noun, noun)) {
            *ret_of = nouns[i].of;
            return true;
        }
    }
    return false;
}

/* False, and why, when anything was wrong. */
static bool
conclude(const struct shape_report *report, struct err *err)
{
    if (report->arena->overflowed) {
        err_set(err, ERR_MEMORY, "no memory for a state");
        return false;
    }
    if (report->count == 0)
        return true;
    const struct shape_problem *first = &report->problems[0];
    err_set(err, ERR_DATA, "%.*s %.*s", STR_ARG(first->pointer), STR_ARG(first->sentence));
    return false;
}

bool
state_read(enum event_state of, struct str json, const struct property *property, struct arena *arena,
           struct state *ret_state, struct err *err)
{
    return state_read_event(of, EVENT_VERSION, json, property, arena, ret_state, err);
}

bool
state_read_event(enum event_state of, int64_t v, struct str json, const struct property *property, struct arena *arena,
                 struct state *ret_state, struct err *err)
{
    struct json_problem problem;
    json_t *tree = json_read(json, &json_limits_default, &problem);
    if (tree == NULL) {
        err_set(err, problem.fault == JSON_FAULT_MEMORY ? ERR_MEMORY : ERR_DATA, "%s (byte %zu)", problem.reason,
                problem.offset);
        return false;
    }
    struct shape_report report;
    struct shape shape;
    struct reader reader = {.shape = &shape, .property = property, .arena = arena};
    *ret_state = (struct state){.of = of};
    if (!upcast_body(of, v, tree, err)) {
        json_decref(tree);
        return false;
    }
    shape_report_init(&report, arena);
    if (shape_init_json(&shape, &report, tree))
        read_state(&reader, ret_state);
    json_decref(tree);
    return conclude(&report, err);
}

static void
write_money(struct json_writer *writer, const struct property *property, const struct state *state)
{
    json_write_object_begin(writer);
    if (state->of == EVENT_OF_PAYMENT)
        state_put_payment(writer, property, &state->payment);
    else if (state->of == EVENT_OF_REFUND)
        state_put_refund(writer, property, &state->of_refund);
    else
        state_put_set_aside(writer, property, &state->set_aside);
    json_write_object_end(writer);
}

void
state_write_read(struct json_writer *writer, const struct property *property, const struct state *state)
{
    switch (state->of) {
    case EVENT_OF_BOOKING: state_write_booking(writer, property, &state->booking); break;
    case EVENT_OF_GROUP: state_write_group(writer, property, &state->group); break;
    case EVENT_OF_HOLD: state_write_hold(writer, property, &state->hold); break;
    case EVENT_OF_PROPERTY: state_write_property(writer, &state->property); break;
    case EVENT_OF_ROOM_TYPE: state_write_room_type(writer, property, &state->room_type); break;
    case EVENT_OF_ROOM: state_write_room(writer, property, &state->room, &state->room_state); break;
    case EVENT_OF_INVENTORY: state_write_inventory(writer, property, &state->nights); break;
    case EVENT_OF_OVERCOMMIT: state_write_overcommit(writer, property, &state->overcommit); break;
    case EVENT_OF_CLOSURE: state_write_closure(writer, property, &state->closure); break;
    case EVENT_OF_ARRIVALS: assert(!"it is not read"); break;
    case EVENT_OF_PAYMENT:
    case EVENT_OF_REFUND:
    case EVENT_OF_SET_ASIDE: write_money(writer, property, state); break;
    case EVENT_OF_PROVIDER:
    case EVENT_OF_GUEST_LINK:
    case EVENT_OF_GUEST:
    case EVENT_OF_USER:
    case EVENT_OF_TOKEN:
    case EVENT_OF_INVITATION:
    case EVENT_OF_RESET:
    case EVENT_OF_SESSION:
    case EVENT_OF_JOB: assert(!"people and jobs are not made again from the log"); break;
    }
}
