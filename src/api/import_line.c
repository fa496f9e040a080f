/* Kind by kind, column by column. */
#include "api/import_line.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "core/date.h"

struct reading {
    const struct import_house *house;
    const json_t *fields;
    struct import_asked asked;
};

const char *
import_kind_path(enum import_kind kind)
{
    static const char *const paths[] = {"/v1/room-types", "/v1/rooms", "/v1/bookings", "/v1/guests"};
    return paths[kind];
}

void
import_column(enum import_kind kind, struct str pointer, char *ret_column, size_t size)
{
    static const char inside[] = "/guest";
    size_t len = 0, from = 0;
    if (kind == IMPORT_GUESTS && pointer.len > sizeof(inside) && memcmp(pointer.ptr, inside, sizeof(inside) - 1) == 0)
        from = sizeof(inside) - 1;
    for (size_t i = from + 1; i < pointer.len && len + 1 < size; i++)
        ret_column[len++] = pointer.ptr[i] == '/' ? '_' : pointer.ptr[i];
    ret_column[len] = '\0';
}

const char *
import_field(const json_t *fields, const char *column)
{
    const char *text = json_string_value(json_object_get(fields, column));
    return text == NULL ? "" : text;
}

const json_t *
import_find(const json_t *list, const char *name, const char *text, const char *second, const char *second_text)
{
    size_t index;
    const json_t *item;
    json_array_foreach (list, index, item)
        if (strcmp(import_field(item, name), text) == 0 &&
            (second == NULL || strcmp(import_field(item, second), second_text) == 0))
            return item;
    return NULL;
}

static const char *
get(const struct reading *r, const char *column)
{
    return import_field(r->fields, column);
}

static bool
refuse(struct reading *r, const char *column, const char *sentence)
{
    r->asked.fate = IMPORT_WRONG;
    r->asked.column = column;
    r->asked.sentence = sentence;
    return false;
}

/* --- fields --- */

/* A text that may be absent; false when it is too long, which was told. */
static bool
put_text(struct reading *r, json_t *body, const char *column, const char *member, size_t max, bool needed)
{
    const char *text = get(r, column);
    if (text[0] == '\0' && needed)
        return refuse(r, column, "is needed");
    if (strlen(text) > max)
        return refuse(r, column, "is too long");
    if (text[0] != '\0')
        (void)json_object_set_new(body, member, json_string(text));
    return true;
}

/* How large numbers may be is the interface's to say. */
static bool
put_whole(struct reading *r, const char *column)
{
    const char *text = get(r, column);
    long long value;
    if (text[0] == '\0')
        return true;
    if (!str_to_i64(str_from(text), &value) || value < 0)
        return refuse(r, column, "must be a whole number");
    (void)json_object_set_new(r->asked.body, column, json_integer(value));
    return true;
}

static bool
put_number(struct reading *r, const char *column)
{
    long long value;
    const char *text = get(r, column);
    if (text[0] != '\0' && (!str_to_i64(str_from(text), &value) || value < 1 || value > 10000))
        return refuse(r, column, "must be a whole number from 1 to 10000");
    return put_whole(r, column);
}

/* "true" and "false", as an export says it. */
static bool
put_flag(struct reading *r, const char *column)
{
    const char *text = get(r, column);
    bool is_true = strcasecmp(text, "true") == 0; /* spreadsheets shout it */
    if (!is_true && text[0] != '\0' && strcasecmp(text, "false") != 0)
        return refuse(r, column, "must be true or false");
    if (is_true)
        (void)json_object_set_new(r->asked.body, column, json_true());
    return true;
}

/* "bath; balcony", or the array itself. */
static bool
put_features(struct reading *r)
{
    const char *text = get(r, "features");
    struct str rest = str_from(text);
    json_t *list = text[0] == '[' ? json_loads(text, 0, NULL) : json_array();
    while (list != NULL && text[0] != '[' && rest.len > 0) {
        struct str word = str_trim(str_split(&rest, ';'));
        if (word.len > 0)
            (void)json_array_append_new(list, json_stringn(word.ptr, word.len));
    }
    if (!json_is_array(list)) {
        json_decref(list);
        return refuse(r, "features", "must be words with ; between");
    }
    (void)json_object_set_new(r->asked.body, "features", list);
    return true;
}

/* --- room types --- */

static bool
put_word(struct reading *r, const char *column, const char *one, const char *other, const char *sentence)
{
    const char *text = get(r, column);
    if (text[0] == '\0')
        return true;
    if (strcmp(text, one) != 0 && strcmp(text, other) != 0)
        return refuse(r, column, sentence);
    (void)json_object_set_new(r->asked.body, column, json_string(text));
    return true;
}

static void
read_room_type(struct reading *r)
{
    static const char *const numbers[] = {"units",      "hold_ttl_s", "opens_min",  "closes_min",      "turnaround_min",
                                          "length_min", "length_max", "notice_min", "quota_per_booker"};
    bool good = put_text(r, r->asked.body, "name", "name", 200, true) &&
                put_word(r, "sold_by", "night", "minute", "must be night or minute") &&
                put_word(r, "stock", "rooms", "count", "must be rooms or count") && put_number(r, "max_guests") &&
                put_features(r) && put_flag(r, "needs_approval");
    for (size_t i = 0; good && i < sizeof(numbers) / sizeof(numbers[0]); i++)
        good = put_whole(r, numbers[i]);
    if (good && json_object_get(r->asked.body, "sold_by") == NULL)
        (void)json_object_set_new(r->asked.body, "sold_by", json_string("night"));
    if (good && import_find(r->house->types, "name", get(r, "name"), NULL, NULL) != NULL)
        r->asked.fate = IMPORT_THERE;
}

/* --- rooms --- */

/* A type that the house does not have is made, where that was asked for. */
static bool
want_type(struct reading *r, const char *name)
{
    const char *sold_by = get(r, "sold_by"), *guests = get(r, "type_max_guests");
    long long max_guests = 2;
    if (r->house->wanted == NULL)
        return refuse(r, "room_type", "the property has no such type; --create-types makes it");
    if (sold_by[0] != '\0' && strcmp(sold_by, "night") != 0 && strcmp(sold_by, "minute") != 0)
        return refuse(r, "sold_by", "must be night or minute");
    if (guests[0] != '\0' && (!str_to_i64(str_from(guests), &max_guests) || max_guests < 1 || max_guests > 10000))
        return refuse(r, "type_max_guests", "must be a whole number from 1 to 10000");
    if (json_object_get(r->house->wanted, name) == NULL)
        (void)json_object_set_new(r->house->wanted, name,
                                  json_pack("{s:s, s:s, s:s, s:s, s:I}", "property_id", r->house->property, "name",
                                            name, "sold_by", sold_by[0] == '\0' ? "night" : sold_by, "stock", "rooms",
                                            "max_guests", (json_int_t)max_guests));
    return true;
}

static bool
put_room_type(struct reading *r)
{
    const char *name = get(r, "room_type");
    const json_t *type = import_find(r->house->types, "name", name, NULL, NULL);
    if (name[0] == '\0')
        return refuse(r, "room_type", "is needed");
    if (type != NULL)
        (void)json_object_set_new(r->asked.body, "room_type_id", json_string(import_field(type, "id")));
    else if (want_type(r, name))
        (void)json_object_set_new(r->asked.body, "room_type", json_string(name));
    return r->asked.fate == IMPORT_ASKS;
}

/* There already, unless it is of another type than the line says: then the file, or the house, is not what was meant.
 */
static void
compare_room(struct reading *r, const json_t *present)
{
    const char *asked = json_string_value(json_object_get(r->asked.body, "room_type_id"));
    if (asked == NULL || strcmp(import_field(present, "room_type_id"), asked) != 0)
        (void)refuse(r, "room_type", "the house has this room with another type");
    else
        r->asked.fate = IMPORT_THERE;
}

static void
read_room(struct reading *r)
{
    bool good = put_text(r, r->asked.body, "number", "number", 40, true) && put_room_type(r) &&
                put_text(r, r->asked.body, "building", "building", 200, false) &&
                put_text(r, r->asked.body, "floor", "floor", 40, false) && put_features(r) &&
                put_number(r, "max_guests");
    const json_t *present =
        good ? import_find(r->house->rooms, "number", get(r, "number"), "building", get(r, "building")) : NULL;
    if (present != NULL)
        compare_room(r, present);
}

/* --- bookings --- */

/* A stay by dates or a slot by instants; one that is over is left out. */
static bool
put_when(struct reading *r)
{
    static const char *const columns[2][2] = {{"arrival", "departure"}, {"starts_at", "ends_at"}};
    int by_minute = get(r, "starts_at")[0] != '\0';
    int64_t ends[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        const char *column = columns[by_minute][i], *text = get(r, column);
        int32_t date = 0;
        bool good = by_minute ? instant_parse(str_from(text), &ends[i]) : date_parse(str_from(text), &date);
        if (!good)
            return refuse(r, column,
                          by_minute ? "must be an instant such as 2027-03-01T09:00:00Z"
                                    : "must be a date such as 2027-03-01");
        if (!by_minute)
            ends[i] = date_to_instant(date);
        (void)json_object_set_new(r->asked.body, column, json_string(text));
    }
    if (ends[1] <= ends[0])
        return refuse(r, columns[by_minute][1], "must be later than the other end");
    if (ends[1] + (by_minute ? 0 : DATE_DAY_MS) <= r->house->now_ms)
        r->asked.fate = IMPORT_LEFT_OUT;
    return r->asked.fate == IMPORT_ASKS;
}

/* A room says its type: only what has none needs one. */
static bool
put_what(struct reading *r)
{
    const char *number = get(r, "room"), *building = get(r, "building"), *name = get(r, "room_type");
    if (number[0] != '\0') {
        const json_t *room =
            import_find(r->house->rooms, "number", number, building[0] == '\0' ? NULL : "building", building);
        if (room == NULL)
            return refuse(r, "room", "the property has no such room");
        (void)json_object_set_new(r->asked.body, "room_id", json_string(import_field(room, "id")));
        return true;
    }
    const json_t *type = import_find(r->house->types, "name", name, NULL, NULL);
    if (type == NULL)
        return refuse(r, "room_type",
                      name[0] == '\0' ? "is needed, or room" : "the property has no such type; import rooms first");
    (void)json_object_set_new(r->asked.body, "room_type_id", json_string(import_field(type, "id")));
    return true;
}

/* Of the columns of these names. */
static bool
put_person(struct reading *r, json_t *person, const char *name, const char *email, const char *phone)
{
    const char *address = get(r, email);
    if (address[0] != '\0' && strchr(address, '@') == NULL)
        return refuse(r, email, "must be an address such as ada@example.org");
    return put_text(r, person, name, "name", 200, true) && put_text(r, person, email, "email", 254, false) &&
           put_text(r, person, phone, "phone", 40, false);
}

/* A member `guest` of the request; the body has it. */
static json_t *
add_guest(struct reading *r)
{
    json_t *guest = json_object();
    (void)json_object_set_new(r->asked.body, "guest", guest);
    return guest;
}

static bool
put_payment(struct reading *r)
{
    const char *text = get(r, "payment");
    if (text[0] == '\0' || strcmp(text, "none") == 0)
        return true;
    if (strcmp(text, "required") != 0)
        return refuse(r, "payment", "must be none or required");
    (void)json_object_set_new(r->asked.body, "payment", json_string(text));
    return true;
}

static void
read_booking(struct reading *r)
{
    const char *status = get(r, "status");
    if (status[0] != '\0' && strcmp(status, "CONFIRMED") != 0) {
        r->asked.fate = IMPORT_LEFT_OUT;
        return;
    }
    (void)(put_when(r) && put_what(r) && put_flag(r, "pinned") && put_number(r, "party") &&
           put_person(r, add_guest(r), "guest_name", "guest_email", "guest_phone") && put_payment(r) &&
           put_whole(r, "price"));
}

/* --- guests --- */

/* Somebody who is known by their id, or who comes along with a booking. */
static void
read_guest(struct reading *r)
{
    bool known = get(r, "id")[0] != '\0';
    (void)json_object_del(r->asked.body, "property_id");
    if (!known && get(r, "booking")[0] == '\0') {
        (void)refuse(r, "booking", "is needed, or the id of a guest");
        return;
    }
    (void)put_person(r, known ? r->asked.body : add_guest(r), "name", "email", "phone");
}

struct import_asked
import_line_read(enum import_kind kind, const struct import_house *house, const json_t *fields)
{
    struct reading r = {.house = house, .fields = fields, .asked = {.fate = IMPORT_ASKS, .column = "", .sentence = ""}};
    r.asked.body = json_pack("{s:s}", "property_id", house->property);
    switch (kind) {
    case IMPORT_ROOM_TYPES: read_room_type(&r); break;
    case IMPORT_ROOMS: read_room(&r); break;
    case IMPORT_BOOKINGS: read_booking(&r); break;
    case IMPORT_GUESTS: read_guest(&r); break;
    }
    if (r.asked.fate != IMPORT_ASKS) {
        json_decref(r.asked.body);
        r.asked.body = NULL;
    }
    return r.asked;
}

/* --- the columns of a file --- */

bool
import_has_column(const json_t *columns, struct str name)
{
    size_t index;
    const json_t *column;
    json_array_foreach (columns, index, column)
        if (str_equal(str_of(json_string_value(column), json_string_length(column)), name))
            return true;
    return false;
}

static bool
has(const json_t *columns, const char *name)
{
    return import_has_column(columns, str_from(name));
}

static const char *
missing_when(const json_t *columns)
{
    bool is_stay = has(columns, "arrival") && has(columns, "departure");
    bool is_slot = has(columns, "starts_at") && has(columns, "ends_at");
    bool by_minute = !has(columns, "arrival") && !has(columns, "departure") &&
                     (has(columns, "starts_at") || has(columns, "ends_at"));
    if (is_stay || is_slot)
        return NULL;
    if (by_minute)
        return has(columns, "starts_at") ? "ends_at" : "starts_at";
    return has(columns, "arrival") ? "departure" : "arrival";
}

const char *
import_missing_column(enum import_kind kind, const json_t *columns, const char **ret_other)
{
    static const struct {
        const char *name, *other;
    } required[][3] = {[IMPORT_ROOM_TYPES] = {{"name", NULL}},
                       [IMPORT_ROOMS] = {{"number", NULL}, {"room_type", NULL}},
                       [IMPORT_BOOKINGS] = {{"room_type", "room"}, {"guest_name", NULL}},
                       [IMPORT_GUESTS] = {{"name", NULL}, {"booking", "id"}}};
    const char *missing = kind == IMPORT_BOOKINGS ? missing_when(columns) : NULL;
    *ret_other = NULL;
    for (size_t i = 0; missing == NULL && i < 3 && required[kind][i].name != NULL; i++) {
        const char *name = required[kind][i].name, *other = required[kind][i].other;
        if (has(columns, name) || (other != NULL && has(columns, other)))
            continue;
        missing = name;
        *ret_other = other;
    }
    return missing;
}
