/* A table of columns per kind, and one function per kind that writes them in that order. */
#include "api/export_row.h"

#include <assert.h>
#include <jansson.h>

#include "api/parts.h"
#include "api/taking_text.h"
#include "util/json_write.h"
#include "util/utf8.h"

static const char *const room_type_columns[] = {"name",       "sold_by",          "stock",      "max_guests",
                                                "features",   "needs_approval",   "hold_ttl_s", "opens_min",
                                                "closes_min", "turnaround_min",   "length_min", "length_max",
                                                "notice_min", "quota_per_booker", "id",         NULL};

static const char *const guest_columns[] = {"name", "email", "phone", "created_at", "id", NULL};

static const char *const room_columns[] = {"number",      "building",        "floor",    "room_type",
                                           "sold_by",     "type_max_guests", "features", "max_guests",
                                           "cleanliness", "fault",           "id",       NULL};

static const char *const booking_columns[] = {"code",
                                              "status",
                                              "arrival",
                                              "departure",
                                              "starts_at",
                                              "ends_at",
                                              "room_type",
                                              "room",
                                              "building",
                                              "pinned",
                                              "party",
                                              "guest_name",
                                              "guest_email",
                                              "guest_phone",
                                              "payment",
                                              "group_id",
                                              "expires_at",
                                              "checked_in_at",
                                              "checked_out_at",
                                              "cancelled_at",
                                              "created_by",
                                              "created_at",
                                              "id",
                                              "price",
                                              NULL};

/* Bodies are in JSON lines alone: they have another form for each kind of event. */
static const char *const taking_columns[] = {"at",         "method",     "captured",  "refunded", "currency",
                                             "code",       "guest_name", "reference", "actor",    "payment_id",
                                             "booking_id", "group_id",   NULL};
static const char *const event_columns[] = {"seq",   "at",     "kind",       "subject", "from", "to",
                                            "actor", "reason", "request_id", "hash",    NULL};

void
export_row_header(struct text *text, enum export_kind kind)
{
    static const char *const *const columns[] = {room_type_columns, room_columns,   guest_columns,
                                                 booking_columns,   taking_columns, event_columns};
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    for (size_t i = 0; columns[kind][i] != NULL; i++)
        csv_write_str(&writer, str_from(columns[kind][i]));
    csv_end_row(&writer);
}

/* --- parts --- */

/* A JSON array of words as "bath; balcony"; as it is when a word has the separator in it. */
static void
write_features(struct csv_writer *writer, struct str features)
{
    char joined[PART_FEATURES_MAX * (UTF8_SEQUENCE_MAX * PART_FEATURE_MAX + 2) + 1] = "";
    size_t len = 0, index;
    json_t *word, *list = json_loadb(features.ptr == NULL ? "[]" : features.ptr, features.len, 0, NULL);
    bool plain = true;
    json_array_foreach (list, index, word) {
        struct str text = str_of(json_string_value(word), json_string_length(word));
        plain = plain && len + text.len + 2 < sizeof(joined) && memchr(text.ptr, ';', text.len) == NULL;
        if (!plain)
            break;
        len += (size_t)snprintf(joined + len, sizeof(joined) - len, "%s%.*s", index > 0 ? "; " : "", STR_ARG(text));
    }
    json_decref(list);
    csv_write_str(writer, plain ? str_of(joined, len) : features);
}

static void
write_instant_if(struct csv_writer *writer, int64_t ms)
{
    if (ms != 0)
        csv_write_instant(writer, ms);
    else
        csv_write_empty(writer);
}

static void
write_positive(struct csv_writer *writer, int64_t value)
{
    if (value > 0)
        csv_write_i64(writer, value);
    else
        csv_write_empty(writer);
}

static void
add_member(struct text *text, const char *name, struct str value)
{
    struct json_writer writer;
    text_put_format(text, ",\"%s\":", name);
    json_writer_init(&writer, text);
    if (value.len == 0)
        json_write_null(&writer);
    else
        json_write_str(&writer, value);
}

/* --- room types --- */

static void
room_type_csv(struct text *text, const struct house *house, const struct room_type *type)
{
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    csv_write_str(&writer, type->name);
    csv_write_str(&writer, sold_by_name(type->sold_by));
    csv_write_str(&writer, stock_kind_name(type->stock));
    csv_write_i64(&writer, type->max_guests);
    write_features(&writer, type->features);
    csv_write_str(&writer, type->needs_approval ? STR("true") : STR("false"));
    csv_write_i64(&writer, type->hold_ttl_ms / 1000);
    csv_write_i64(&writer, type->opens_min);
    csv_write_i64(&writer, type->closes_min);
    csv_write_i64(&writer, type->turnaround_min);
    csv_write_i64(&writer, type->length_min);
    csv_write_i64(&writer, type->length_max);
    csv_write_i64(&writer, type->notice_min);
    csv_write_i64(&writer, type->quota_per_booker);
    csv_write_id(&writer, ID_ROOM_TYPE, house->property->number, type->id);
    csv_end_row(&writer);
}

void
export_row_room_type(struct text *text, bool json, const struct house *house, const struct room_type *type)
{
    struct json_writer writer;
    if (!json) {
        room_type_csv(text, house, type);
        return;
    }
    json_writer_init(&writer, text);
    state_write_room_type(&writer, house->property, type);
    text_put_char(text, '\n');
}

/* --- guests --- */

static void
guest_csv(struct text *text, const struct house *house, const struct guest *guest)
{
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    csv_write_str(&writer, guest->details.name);
    csv_write_str(&writer, guest->details.email);
    csv_write_str(&writer, guest->details.phone);
    csv_write_instant(&writer, guest->created_at);
    csv_write_id(&writer, ID_GUEST, house->property->number, guest->id);
    csv_end_row(&writer);
}

static void
guest_json(struct text *text, const struct house *house, const struct guest *guest)
{
    struct json_writer writer;
    json_writer_init(&writer, text);
    json_write_object_begin(&writer);
    json_member_id(&writer, "id", ID_GUEST, house->property->number, guest->id);
    json_member_str(&writer, "name", guest->details.name);
    json_member_str_if(&writer, "email", guest->details.email);
    json_member_str_if(&writer, "phone", guest->details.phone);
    json_member_instant(&writer, "created_at", guest->created_at);
    json_write_object_end(&writer);
    text_put_char(text, '\n');
}

void
export_row_guest(struct text *text, bool json, const struct house *house, const struct guest *guest)
{
    if (guest->details.name.len == 0)
        return;
    if (json)
        guest_json(text, house, guest);
    else
        guest_csv(text, house, guest);
}

/* --- rooms --- */

static void
room_csv(struct text *text, const struct house *house, const struct export_room *of, const struct room_type *type)
{
    const struct room *room = of->room;
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    csv_write_str(&writer, room->number);
    csv_write_str(&writer, room->building);
    csv_write_str(&writer, room->floor);
    csv_write_str(&writer, type->name);
    csv_write_str(&writer, sold_by_name(type->sold_by));
    csv_write_i64(&writer, type->max_guests);
    write_features(&writer, room->features);
    write_positive(&writer, room->max_guests);
    csv_write_str(&writer, cleanliness_name(of->state->cleanliness));
    csv_write_str(&writer, of->view.fault);
    csv_write_id(&writer, ID_ROOM, house->property->number, room->id);
    csv_end_row(&writer);
}

static void
room_json(struct text *text, const struct house *house, const struct export_room *of, const struct room_type *type)
{
    struct json_writer writer;
    json_writer_init(&writer, text);
    state_write_room_for(&writer, house->property, of->room, of->state, &of->view);
    json_text_reopen(text);
    add_member(text, "room_type", type->name);
    add_member(text, "sold_by", sold_by_name(type->sold_by));
    text_put_format(text, ",\"type_max_guests\":%d}\n", (int)type->max_guests);
}

void
export_row_room(struct text *text, bool json, const struct house *house, const struct export_room *of)
{
    const struct room_type *type = house_find_type(house, of->room->room_type);
    assert(type != NULL && "a room has a type of its house");
    if (json)
        room_json(text, house, of, type);
    else
        room_csv(text, house, of, type);
}

/* The words of a text; empty for none, and for one that was erased. */
static enum db_status
find_words(struct store *store, uint32_t property, struct id text, struct arena *arena, struct str *ret_words)
{
    struct free_text found = {.content = STR("")};
    enum db_status status = DB_OK;
    if (!id_is_none(text))
        status = store_load_text(store, property, text, arena, &found);
    *ret_words = found.content;
    return status == DB_NO_ROW ? DB_OK : status;
}

/* The states are in the order of the rooms, and of the same transaction. */
enum db_status
export_row_rooms(struct text *text, bool json, const struct house *house, struct store *store, struct arena *arena)
{
    struct room_state *states;
    uint32_t property = house->property->number;
    size_t count;
    enum db_status status = store_list_room_states(store, property, arena, &states, &count);
    assert(status != DB_OK || count == house->room_count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct export_room of = {.room = &house->rooms[i], .state = &states[i]};
        status = find_words(store, property, states[i].fault, arena, &of.view.fault);
        if (status == DB_OK)
            status = find_words(store, property, states[i].note, arena, &of.view.note);
        export_row_room(text, json, house, &of);
    }
    return status;
}

/* --- bookings --- */

static void
write_when(struct csv_writer *writer, const struct booking *booking)
{
    int32_t arrival, departure;
    if (!booking->by_minute && span_to_nights(booking->span, &arrival, &departure)) {
        csv_write_date(writer, arrival);
        csv_write_date(writer, departure);
        csv_write_empty(writer);
        csv_write_empty(writer);
        return;
    }
    csv_write_empty(writer);
    csv_write_empty(writer);
    csv_write_instant(writer, booking->span.starts);
    csv_write_instant(writer, booking->span.ends);
}

/* Where it is in a room: a deleted one has a claim only where the stay is over, and no name any more. */
struct place {
    struct str type, room, building;
    bool pinned;
};

static struct place
place_of(const struct house *house, const struct booking *booking)
{
    const struct room_type *type = house_find_type(house, booking->room_type);
    const struct room *room = booking->claim_count == 0 ? NULL : house_find_room(house, booking->claims[0].room);
    struct place place = {.pinned = booking->claim_count > 0 && booking->claims[0].pinned};
    if (type != NULL)
        place.type = type->name;
    if (room != NULL) {
        place.room = room->number;
        place.building = room->building;
    }
    return place;
}

static void
booking_csv(struct text *text, const struct house *house, const struct booking *booking,
            const struct guest_details *guest)
{
    struct place place = place_of(house, booking);
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    csv_write_str(&writer, booking->code);
    csv_write_str(&writer, booking_status_name(booking->status));
    write_when(&writer, booking);
    csv_write_str(&writer, place.type);
    csv_write_str(&writer, place.room);
    csv_write_str(&writer, place.building);
    csv_write_str(&writer, place.pinned ? STR("true") : STR("false"));
    csv_write_i64(&writer, booking->party);
    csv_write_str(&writer, guest->name);
    csv_write_str(&writer, guest->email);
    csv_write_str(&writer, guest->phone);
    csv_write_str(&writer, booking_payment_name(booking->payment));
    csv_write_id(&writer, ID_GROUP, house->property->number, booking->group);
    write_instant_if(&writer, booking->expires_at);
    write_instant_if(&writer, booking->checked_in_at);
    write_instant_if(&writer, booking->checked_out_at);
    write_instant_if(&writer, booking->cancelled_at);
    csv_write_str(&writer, booking->owner);
    csv_write_instant(&writer, booking->created_at);
    csv_write_id(&writer, ID_BOOKING, house->property->number, booking->id);
    if (booking->price.known)
        csv_write_i64(&writer, booking->price.minor);
    else
        csv_write_empty(&writer);
    csv_end_row(&writer);
}

static void
booking_json(struct text *text, const struct house *house, const struct booking *booking,
             const struct guest_details *guest)
{
    struct place place = place_of(house, booking);
    struct json_writer writer;
    char id[ID_TEXT_SIZE];
    json_writer_init(&writer, text);
    state_write_booking(&writer, house->property, booking);
    id_format(ID_GUEST, house->property->number, booking->guest, id);
    json_text_reopen(text);
    text_put(text, STR(",\"guest\":"));
    json_writer_init(&writer, text);
    json_write_object_begin(&writer);
    json_member_str(&writer, "id", str_from(id));
    json_member_str(&writer, "name", guest->name);
    json_member_str_if(&writer, "email", guest->email);
    json_member_str_if(&writer, "phone", guest->phone);
    json_write_object_end(&writer);
    add_member(text, "room_type", place.type);
    add_member(text, "room", place.room);
    add_member(text, "building", place.building);
    text_put(text, STR("}\n"));
}

void
export_row_booking(struct text *text, bool json, const struct house *house, const struct booking *booking,
                   const struct guest_details *guest)
{
    if (json)
        booking_json(text, house, booking, guest);
    else
        booking_csv(text, house, booking, guest);
}

/* --- what was taken and given back --- */

static void
taking_csv(struct text *text, const struct house *house, const struct taking *taking, const struct taking_payer *payer)
{
    const struct payment *payment = &taking->payment;
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    csv_write_instant(&writer, taking->at);
    csv_write_str(&writer, payment_method_name(payment->method));
    csv_write_i64(&writer, taking->captured);
    csv_write_i64(&writer, taking->refunded);
    csv_write_str(&writer, payment->currency);
    csv_write_str(&writer, payer->code);
    csv_write_str(&writer, payer->guest_name);
    csv_write_str(&writer, payment->reference);
    csv_write_str(&writer, taking->actor);
    csv_write_id(&writer, ID_PAYMENT, house->property->number, payment->id);
    csv_write_id(&writer, ID_BOOKING, house->property->number, payment->booking);
    csv_write_id(&writer, ID_GROUP, house->property->number, payment->group);
    csv_end_row(&writer);
}

void
export_row_taking(struct text *text, bool json, const struct house *house, const struct taking *taking,
                  const struct taking_payer *payer)
{
    struct json_writer writer;
    if (!json) {
        taking_csv(text, house, taking, payer);
        return;
    }
    json_writer_init(&writer, text);
    taking_write(&writer, house->property, taking, payer, STR(""));
    text_put_char(text, '\n');
}

/* --- the log --- */

/* The public id of what the event is about; empty where that has none. */
static struct str
subject_of(uint32_t property, const struct store_event *event, char out[ID_TEXT_SIZE])
{
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (str_equal(event->subject_kind, str_from(id_kind_prefix((enum id_kind)kind))) &&
            !id_is_none(event->subject)) {
            id_format((enum id_kind)kind, property, event->subject, out);
            return str_from(out);
        }
    return (struct str){NULL, 0};
}

static void
event_csv(struct text *text, const struct store_event *event, struct str subject, struct str hash)
{
    struct csv_writer writer;
    csv_writer_init(&writer, text);
    csv_write_i64(&writer, event->seq);
    csv_write_instant(&writer, event->at);
    csv_write_str(&writer, event->kind);
    csv_write_str(&writer, subject);
    csv_write_str(&writer, event->from);
    csv_write_str(&writer, event->to);
    csv_write_str(&writer, event->actor);
    csv_write_str(&writer, event->reason);
    csv_write_str(&writer, event->request_id);
    csv_write_str(&writer, hash);
    csv_end_row(&writer);
}

static void
event_json(struct text *text, uint32_t property, const struct store_event *event, struct str subject, struct str hash)
{
    struct json_writer writer;
    json_writer_init(&writer, text);
    json_write_object_begin(&writer);
    json_member_i64(&writer, "seq", event->seq);
    json_member_instant(&writer, "at", event->at);
    json_member_str(&writer, "kind", event->kind);
    json_member_str_or_null(&writer, "subject", subject);
    json_member_str_if(&writer, "from", event->from);
    json_member_str_if(&writer, "to", event->to);
    json_member_str(&writer, "actor", event->actor);
    json_member_str_if(&writer, "reason", event->reason);
    json_member_id_or_null(&writer, "reason_id", ID_TEXT, property, event->reason_id);
    json_member_str_if(&writer, "request_id", event->request_id);
    json_member_i64(&writer, "v", event->v);
    json_member_raw(&writer, "body", event->body);
    json_member_str(&writer, "hash", hash);
    json_write_object_end(&writer);
    text_put_char(text, '\n');
}

void
export_row_event(struct text *text, bool json, uint32_t property, const struct store_event *event)
{
    char id[ID_TEXT_SIZE], hex[2 * STORE_HASH_BYTES + 1];
    struct str subject = subject_of(property, event, id), hash = str_of(hex, sizeof(hex) - 1);
    for (size_t i = 0; i < STORE_HASH_BYTES; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", event->hash[i]);
    if (json)
        event_json(text, property, event, subject, hash);
    else
        event_csv(text, event, subject, hash);
}
