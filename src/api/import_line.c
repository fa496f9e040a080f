/* Kind by kind, column by column. */
#include "api/import_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/import_earlier.h"
#include "api/parts.h"
#include "base/arena.h"
#include "base/text.h"
#include "core/date.h"
#include "util/utf8.h"
#include "util/words.h"

enum { PLAIN_BYTES = 256 * 1024 /* for one name, or one line; most take less than one */ };

struct reading {
    const struct import_house *house;
    const json_t *fields;
    int64_t number;
    struct import_asked asked;
    struct arena arena; /* of names, as long as the line is read */
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

/* Reading goes on: whoever has to mend the file wants to know of all of it. */
static void __attribute__((format(printf, 3, 4))) refuse(struct reading *r, const char *column, const char *format, ...)
{
    struct import_asked *asked = &r->asked;
    va_list args;
    asked->fate = IMPORT_WRONG;
    if (asked->mistake_count == IMPORT_MISTAKES_MAX)
        return;
    struct import_mistake *mistake = &asked->mistakes[asked->mistake_count++];
    (void)snprintf(mistake->column, sizeof(mistake->column), "%s", column);
    va_start(args, format);
    (void)vsnprintf(mistake->sentence, sizeof(mistake->sentence), format, args);
    va_end(args);
}

/* --- fields --- */

/* A text that may be absent, of at most `max` characters, as the interface counts them. */
static void
put_text(struct reading *r, json_t *body, const char *column, const char *member, size_t max, bool needed)
{
    const char *text = get(r, column);
    if (text[0] == '\0' && needed)
        refuse(r, column, "is needed");
    else if (utf8_code_points(str_from(text)) > max)
        refuse(r, column, "is too long: %zu characters at most", max);
    else if (text[0] != '\0')
        (void)json_object_set_new(body, member, json_string(text));
}

/* How large numbers may be is the interface's to say. */
static void
put_whole(struct reading *r, const char *column)
{
    const char *text = get(r, column);
    long long value;
    if (text[0] == '\0')
        return;
    if (!str_to_i64(str_from(text), &value) || value < 0)
        refuse(r, column, "must be a whole number");
    else
        (void)json_object_set_new(r->asked.body, column, json_integer(value));
}

static void
put_price(struct reading *r)
{
    const char *text = get(r, "price");
    long long value;
    if (text[0] != '\0' && !str_to_i64(str_from(text), &value))
        refuse(r, "price", "must be a whole number of minor units, such as 24000 for 240.00");
    else
        put_whole(r, "price");
}

/* Of guests or places; *value stays as it is where the column is empty, or wrong. */
static void
read_number(struct reading *r, const char *column, long long *value)
{
    const char *text = get(r, column);
    long long number;
    if (text[0] == '\0')
        return;
    if (!str_to_i64(str_from(text), &number) || number < 1 || number > 10000)
        refuse(r, column, "must be a whole number from 1 to 10000");
    else
        *value = number;
}

static void
put_number(struct reading *r, const char *column)
{
    long long value = 0;
    read_number(r, column, &value);
    if (value > 0)
        (void)json_object_set_new(r->asked.body, column, json_integer(value));
}

/* "true" and "false", as an export says it. */
static void
put_flag(struct reading *r, const char *column)
{
    const char *text = get(r, column);
    bool is_true = strcasecmp(text, "true") == 0; /* spreadsheets shout it */
    if (!is_true && text[0] != '\0' && strcasecmp(text, "false") != 0)
        refuse(r, column, "must be true or false");
    if (is_true)
        (void)json_object_set_new(r->asked.body, column, json_true());
}

/* "bath; balcony", or the array itself. */
static void
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
        refuse(r, "features", "must be words with ; between");
        return;
    }
    (void)json_object_set_new(r->asked.body, "features", list);
}

/* What a line asks for, among all that the file does; without memory the line is refused. Folded, a name may have three
 * times its bytes. */
static const char *
key_of(struct reading *r, const char *what, const char *name, const char *second)
{
    struct text text;
    text_init(&text, &r->arena, 64);
    text_put_format(&text, "%s %zu %s %s", what, strlen(name), name, second);
    text_put_char(&text, '\0');
    if (!text.overflowed)
        return text_str(&text).ptr;
    refuse(r, "", "can't be read: no memory is left for it");
    return "";
}

/* --- names of types --- */

/* A name without what people write now so and now otherwise: capitals, accents, blanks and what else parts words. */
static json_t *
plain_name(const char *name, struct arena *arena)
{
    struct words words;
    struct text text;
    arena_reset(arena);
    text_init(&text, arena, 64);
    if (words_of(str_from(name), arena, &words))
        for (size_t i = 0; i < words.count; i++)
            text_put(&text, words.items[i]);
    return json_stringn(text.len == 0 ? "" : text.ptr, text_str(&text).len);
}

void
import_add_plain_names(json_t *types)
{
    struct arena arena;
    size_t index;
    json_t *type;
    arena_init(&arena, PLAIN_BYTES);
    json_array_foreach (types, index, type)
        (void)json_object_set_new(type, "plain", plain_name(import_field(type, "name"), &arena));
    arena_done(&arena);
}

/* The type of nearly this name; NULL when there is none. */
static const json_t *
find_near_type(const json_t *types, const char *name)
{
    struct arena arena;
    arena_init(&arena, PLAIN_BYTES);
    json_t *plain = plain_name(name, &arena);
    const char *text = json_string_value(plain);
    const json_t *near = text == NULL || text[0] == '\0' ? NULL : import_find(types, "plain", text, NULL, NULL);
    json_decref(plain);
    arena_done(&arena);
    return near;
}

/* The house has no type of just this name; `what_helps` when it has none of nearly this name either. */
static void
refuse_type(struct reading *r, const char *name, const char *what_helps)
{
    const json_t *near = find_near_type(r->house->types, name);
    if (near != NULL)
        refuse(r, "room_type", "the property has \"%s\", written otherwise", import_field(near, "name"));
    else
        refuse(r, "room_type", "the property has no such type; %s", what_helps);
}

/* --- lines before --- */

static void
refuse_otherwise(struct reading *r, const char *what, const struct import_earlier *before, const char *column)
{
    refuse(r, column, "line %" PRId64 " has this %s already, with another %s", before->line, what,
           strcmp(column, "room_type") == 0 ? "type" : column);
}

/* What becomes of a line that is right so far: the house has what it names, or a line before asks for it, or says
 * otherwise. `name`: of what it asks for, among all that the file does. */
static void
compare_with_earlier(struct reading *r, const char *what, const char *name, bool is_there)
{
    struct import_earlier before;
    if (r->asked.fate != IMPORT_ASKS)
        return;
    enum import_again again = import_earlier_find(r->house->earlier, name, r->asked.body, &before);
    bool of_type = again == IMPORT_OTHERWISE && strcmp(before.member, "room_type_id") == 0;
    if (again == IMPORT_FIRST)
        import_earlier_keep(r->house->earlier, name, r->asked.body, r->number);
    if (again == IMPORT_OTHERWISE)
        refuse_otherwise(r, what, &before, of_type ? "room_type" : before.member);
    else if (is_there)
        r->asked.fate = IMPORT_THERE;
    else if (again == IMPORT_AGAIN)
        r->asked.fate = IMPORT_SAME;
    r->asked.same_as = before.line;
}

/* The type of the house whose name is this one without capitals. */
static const json_t *
find_other_case(struct reading *r, struct str folded)
{
    struct arena arena;
    const json_t *type, *found = NULL;
    size_t index;
    arena_init(&arena, PLAIN_BYTES);
    json_array_foreach (r->house->types, index, type) {
        arena_reset(&arena);
        if (found == NULL && str_equal(words_without_case(str_from(import_field(type, "name")), &arena), folded))
            found = type;
    }
    arena_done(&arena);
    return found;
}

/* What lines that ask for a type are found again by, in whatever capitals. */
static const char *
key_without_case(struct reading *r, const char *name)
{
    struct str folded = words_without_case(str_from(name), &r->arena);
    return key_of(r, "written", folded.ptr == NULL ? "" : folded.ptr, "");
}

/* Two types whose names differ in capitals alone are one, written twice: by whom the house has, or a line before.
 * `name` is of no type of the house. */
static void
refuse_other_case(struct reading *r, const char *column, const char *name)
{
    struct import_earlier before;
    const json_t *type = find_other_case(r, words_without_case(str_from(name), &r->arena));
    json_t *said = json_pack("{s:s}", "name", name);
    if (type != NULL)
        refuse(r, column, "the property has \"%s\", which differs in capitals alone", import_field(type, "name"));
    else if (import_earlier_find(r->house->earlier, key_without_case(r, name), said, &before) == IMPORT_OTHERWISE)
        refuse(r, column, "line %" PRId64 " has \"%s\", which differs in capitals alone", before.line,
               import_field(before.body, "name"));
    json_decref(said);
}

/* For refuse_other_case() of later lines: this one is the first that asks for the type. */
static void
keep_case(struct reading *r, const char *name)
{
    json_t *said = json_pack("{s:s}", "name", name);
    import_earlier_keep(r->house->earlier, key_without_case(r, name), said, r->number);
    json_decref(said);
}

/* --- room types --- */

/* One of two words; NULL where the column is empty, or wrong. */
static const char *
read_word(struct reading *r, const char *column, const char *one, const char *other)
{
    const char *text = get(r, column);
    if (strcmp(text, one) == 0 || strcmp(text, other) == 0)
        return text;
    if (text[0] != '\0')
        refuse(r, column, "must be %s or %s", one, other);
    return NULL;
}

static void
put_word(struct reading *r, const char *column, const char *one, const char *other)
{
    const char *word = read_word(r, column, one, other);
    if (word != NULL)
        (void)json_object_set_new(r->asked.body, column, json_string(word));
}

static void
read_room_type(struct reading *r)
{
    static const char *const numbers[] = {"units",      "hold_ttl_s", "opens_min",  "closes_min",      "turnaround_min",
                                          "length_min", "length_max", "notice_min", "quota_per_booker"};
    put_text(r, r->asked.body, "name", "name", PART_NAME_MAX, true);
    put_word(r, "sold_by", "night", "minute");
    put_word(r, "stock", "rooms", "count");
    put_number(r, "max_guests");
    put_features(r);
    put_flag(r, "needs_approval");
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        put_whole(r, numbers[i]);
    if (json_object_get(r->asked.body, "sold_by") == NULL)
        (void)json_object_set_new(r->asked.body, "sold_by", json_string("night"));
    bool is_there = import_find(r->house->types, "name", get(r, "name"), NULL, NULL) != NULL;
    if (r->asked.fate == IMPORT_ASKS && !is_there)
        refuse_other_case(r, "name", get(r, "name"));
    compare_with_earlier(r, "type", key_of(r, "type", get(r, "name"), ""), is_there);
    if (r->asked.fate == IMPORT_ASKS)
        keep_case(r, get(r, "name"));
}

/* --- rooms --- */

/* A type that the house does not have is made, where that was asked for: of a line that is right, which is known when
 * all of it was read. What the line does not say is as a line before has it. NULL when it is not to be made. The
 * caller's to let go. */
static json_t *
want_type(struct reading *r, const char *name)
{
    if (r->house->wanted == NULL) {
        refuse_type(r, name, r->house->without_type);
        return NULL;
    }
    if (utf8_code_points(str_from(name)) > PART_NAME_MAX) {
        refuse(r, "room_type", "is too long: %d characters at most", PART_NAME_MAX);
        return NULL;
    }
    const json_t *before = json_object_get(r->house->wanted, name), *had = json_object_get(before, "max_guests");
    long long max_guests = had == NULL ? 2 : json_integer_value(had);
    const char *word = read_word(r, "sold_by", "night", "minute");
    const char *sold_by = word != NULL ? word : before != NULL ? import_field(before, "sold_by") : "night";
    read_number(r, "type_max_guests", &max_guests);
    (void)json_object_set_new(r->asked.body, "room_type", json_string(name));
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "property_id", r->house->property, "name", name, "sold_by", sold_by,
                     "stock", "rooms", "max_guests", (json_int_t)max_guests);
}

/* What want_type() gives. */
static json_t *
put_room_type(struct reading *r)
{
    const char *name = get(r, "room_type");
    const json_t *type = import_find(r->house->types, "name", name, NULL, NULL);
    if (name[0] == '\0')
        refuse(r, "room_type", "is needed");
    else if (type == NULL)
        return want_type(r, name);
    else
        (void)json_object_set_new(r->asked.body, "room_type_id", json_string(import_field(type, "id")));
    return NULL;
}

/* The house has the room: with another type than the line says, the file, or the house, is not what was meant. */
static void
compare_room(struct reading *r, const json_t *present)
{
    const char *asked = json_string_value(json_object_get(r->asked.body, "room_type_id"));
    if (asked == NULL || strcmp(import_field(present, "room_type_id"), asked) != 0)
        refuse(r, "room_type", "the house has this room with another type");
}

/* A type that is to be made: once, and as every line that says how says it. */
static void
compare_type(struct reading *r, const json_t *type)
{
    struct import_earlier before;
    const char *name = key_of(r, "type", get(r, "room_type"), "");
    if (import_earlier_find(r->house->earlier, name, type, &before) == IMPORT_OTHERWISE)
        refuse_otherwise(r, "type", &before, strcmp(before.member, "sold_by") == 0 ? "sold_by" : "type_max_guests");
    else
        refuse_other_case(r, "room_type", get(r, "room_type"));
}

static void
keep_type(struct reading *r, json_t *type)
{
    struct import_earlier before;
    const char *name = key_of(r, "type", get(r, "room_type"), "");
    if (import_earlier_find(r->house->earlier, name, type, &before) != IMPORT_FIRST)
        return;
    import_earlier_keep(r->house->earlier, name, type, r->number);
    keep_case(r, get(r, "room_type"));
    (void)json_object_set(r->house->wanted, get(r, "room_type"), type);
}

static void
read_room(struct reading *r)
{
    put_text(r, r->asked.body, "number", "number", PART_NUMBER_MAX, true);
    json_t *type = put_room_type(r);
    put_text(r, r->asked.body, "building", "building", PART_NAME_MAX, false);
    put_text(r, r->asked.body, "floor", "floor", PART_NUMBER_MAX, false);
    put_features(r);
    put_number(r, "max_guests");
    const json_t *present = import_find(r->house->rooms, "number", get(r, "number"), "building", get(r, "building"));
    if (r->asked.fate == IMPORT_ASKS && present != NULL)
        compare_room(r, present);
    if (r->asked.fate == IMPORT_ASKS && type != NULL)
        compare_type(r, type);
    compare_with_earlier(r, "room", key_of(r, "room", get(r, "number"), get(r, "building")), present != NULL);
    if (r->asked.fate == IMPORT_ASKS && type != NULL)
        keep_type(r, type);
    json_decref(type);
}

/* --- bookings --- */

/* One end of a stay, which is a date, or of a slot, which is an instant; 0 when it is neither. */
static int64_t
put_end(struct reading *r, const char *column, bool by_minute)
{
    const char *text = get(r, column);
    int64_t instant = 0;
    int32_t date = 0;
    bool good = by_minute ? instant_parse(str_from(text), &instant) : date_parse(str_from(text), &date);
    if (good)
        (void)json_object_set_new(r->asked.body, column, json_string(text));
    else
        refuse(r, column,
               by_minute ? "must be an instant such as 2027-03-01T09:00:00Z" : "must be a date such as 2027-03-01");
    return by_minute ? instant : date_to_instant(date);
}

/* A stay by dates or a slot by instants; one that is over is left out. */
static void
put_when(struct reading *r)
{
    static const char *const columns[2][2] = {{"arrival", "departure"}, {"starts_at", "ends_at"}};
    bool by_minute = get(r, "starts_at")[0] != '\0';
    int64_t starts = put_end(r, columns[by_minute][0], by_minute), ends = put_end(r, columns[by_minute][1], by_minute);
    if (r->asked.fate == IMPORT_WRONG)
        return;
    if (ends <= starts)
        refuse(r, columns[by_minute][1], "must be later than the other end");
    else if (ends + (by_minute ? 0 : DATE_DAY_MS) <= r->house->now_ms)
        r->asked.fate = IMPORT_LEFT_OUT;
}

static void
put_room(struct reading *r)
{
    const char *building = get(r, "building");
    const json_t *room =
        import_find(r->house->rooms, "number", get(r, "room"), building[0] == '\0' ? NULL : "building", building);
    if (room == NULL)
        refuse(r, "room", "the property has no such room");
    else
        (void)json_object_set_new(r->asked.body, "room_id", json_string(import_field(room, "id")));
}

/* A room says its type: only what has none needs one. */
static void
put_what(struct reading *r)
{
    const char *name = get(r, "room_type");
    const json_t *type = import_find(r->house->types, "name", name, NULL, NULL);
    if (get(r, "room")[0] != '\0')
        put_room(r);
    else if (name[0] == '\0')
        refuse(r, "room_type", "is needed, or room");
    else if (type == NULL)
        refuse_type(r, name, "import rooms first");
    else
        (void)json_object_set_new(r->asked.body, "room_type_id", json_string(import_field(type, "id")));
}

/* Of the columns of these names. */
static void
put_person(struct reading *r, json_t *person, const char *name, const char *email, const char *phone)
{
    const char *address = get(r, email);
    put_text(r, person, name, "name", PART_NAME_MAX, true);
    if (address[0] != '\0' && strchr(address, '@') == NULL)
        refuse(r, email, "must be an address such as ada@example.org");
    else
        put_text(r, person, email, "email", PART_EMAIL_MAX, false);
    put_text(r, person, phone, "phone", PART_PHONE_MAX, false);
}

/* A member `guest` of the request; the body has it. */
static json_t *
add_guest(struct reading *r)
{
    json_t *guest = json_object();
    (void)json_object_set_new(r->asked.body, "guest", guest);
    return guest;
}

static void
put_payment(struct reading *r)
{
    const char *word = read_word(r, "payment", "none", "required");
    if (word != NULL && strcmp(word, "required") == 0)
        (void)json_object_set_new(r->asked.body, "payment", json_string(word));
}

static void
read_booking(struct reading *r)
{
    const char *status = get(r, "status");
    if (status[0] != '\0' && strcmp(status, "CONFIRMED") != 0)
        r->asked.fate = IMPORT_LEFT_OUT;
    else
        put_when(r);
    if (r->asked.fate == IMPORT_LEFT_OUT)
        return;
    put_what(r);
    put_flag(r, "pinned");
    put_number(r, "party");
    put_person(r, add_guest(r), "guest_name", "guest_email", "guest_phone");
    put_payment(r);
    put_price(r);
}

/* --- guests --- */

/* Somebody who is known by their id, or who comes along with a booking. */
static void
read_guest(struct reading *r)
{
    bool known = get(r, "id")[0] != '\0';
    (void)json_object_del(r->asked.body, "property_id");
    if (!known && get(r, "booking")[0] == '\0')
        refuse(r, "booking", "is needed, or the id of a guest");
    put_person(r, known ? r->asked.body : add_guest(r), "name", "email", "phone");
}

struct import_asked
import_line_read(enum import_kind kind, const struct import_house *house, const json_t *fields, int64_t number)
{
    struct reading r = {.house = house, .fields = fields, .number = number, .asked = {.fate = IMPORT_ASKS}};
    arena_init(&r.arena, PLAIN_BYTES);
    r.asked.body = json_pack("{s:s}", "property_id", house->property);
    switch (kind) {
    case IMPORT_ROOM_TYPES: read_room_type(&r); break;
    case IMPORT_ROOMS: read_room(&r); break;
    case IMPORT_BOOKINGS: read_booking(&r); break;
    case IMPORT_GUESTS: read_guest(&r); break;
    }
    arena_done(&r.arena);
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
