/* `nightlatch import`: rooms and bookings from a file, by the interface that everybody else uses.
 *
 * Three passes. Every line is looked at before anything is changed, so that a file with a mistake does nothing at all.
 * Then room types that are missing are made, if that was asked for. Then each line is one request whose key comes from
 * what the line says: an import that was interrupted, or ran before, makes nothing twice for as long as keys are kept
 * (a day); rooms are known by their number for ever. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sodium.h>

#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/database.h"
#include "cmd/import_file.h"
#include "cmd/import_send.h"
#include "cmd/property_choice.h"
#include "cmd/stopping.h"
#include "core/code.h"
#include "core/date.h"
#include "core/house.h"
#include "util/progress.h"

enum { CLIENTS = 16, HASH_BYTES = 16, ERRORS_SHOWN = 20, PATH_SIZE = 160, NAME_SIZE = 64 };

struct import_options {
    const char *db, *property;
    int format;
    bool dry_run, skip_errors, create_types;
};

static const char *const formats[] = {"auto", "csv", "jsonl", NULL};

#define IMPORT_OPTIONS                                                                                                 \
    OPTION_STRING(struct import_options, db, "db", "URL", DATABASE_DEFAULT,                                            \
                  "The database, sqlite:PATH, whether or not a server has it."),                                       \
        OPTION_STRING(struct import_options, property, "property", "P", NULL,                                          \
                      "The property, " PROPERTY_CHOICE_HELP "; not needed when there is only one."),                   \
        OPTION_CHOICE(struct import_options, format, "format", "FORMAT", "auto", formats,                              \
                      "How the file is written; auto goes by its name: .csv, .jsonl or .ndjson."),                     \
        OPTION_FLAG(struct import_options, dry_run, "dry-run",                                                         \
                    "Look at every line and ask the server what it would say to it, and change nothing. Lines that "   \
                    "are in each other's way are not found."),                                                         \
        OPTION_FLAG(struct import_options, skip_errors, "skip-errors",                                                 \
                    "Import the good lines of a file that has wrong ones.")

static const struct option_spec room_options[] = {
    IMPORT_OPTIONS,
    OPTION_FLAG(struct import_options, create_types, "create-types",
                "Make the room types that the file names and the property does not have."),
};
static const struct option_spec booking_options[] = {IMPORT_OPTIONS};

static const struct command_line room_command = {
    .name = "import rooms",
    .summary = "Makes rooms from a file as `export rooms` writes it. Columns: number and room_type are needed; "
               "building, floor, features (words with ; between), max_guests; for types that are made, sold_by (night "
               "or minute) and type_max_guests. Others are not looked at. A room whose number is there already in its "
               "building stays as it is.",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .options = room_options,
    .option_count = sizeof(room_options) / sizeof(room_options[0]),
};

static const struct command_line booking_command = {
    .name = "import bookings",
    .summary =
        "Makes confirmed bookings from a file as `export bookings` writes it. Columns: arrival and departure, or "
        "starts_at and ends_at; room_type or room (with building where two have the number); guest_name are "
        "needed; party, pinned, guest_email, guest_phone, payment. Lines whose status is another than "
        "CONFIRMED, and stays that are over, are left out: what happened before stays in the old log. A line whose "
        "code (and id, where there is one) is that of a booking of the property is wrong: it is here already. "
        "Bookings get new codes, and those of a group come back as single ones. The same file can be imported "
        "again within a day and makes nothing twice.",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .options = booking_options,
    .option_count = sizeof(booking_options) / sizeof(booking_options[0]),
};

/* What becomes of a line. */
enum fate { TO_SEND, LEFT_OUT, ALREADY_THERE, WRONG, MADE, REFUSED };

struct item {
    enum fate fate;
    char *body;       /* owned; JSON of the request */
    char *confirm_id; /* owned; the booking that is to be confirmed next */
    char *problem;    /* owned; what is said of a line that is wrong or was refused */
    char key[2 * HASH_BYTES + 1];
};

struct import {
    const struct import_options *chosen;
    bool bookings;
    struct control *control;
    struct import_file file;
    struct item *items; /* one per line */
    char property[ID_TEXT_SIZE];
    struct id property_id; /* the same, which codes are made with */
    json_t *types;         /* owned; array as the interface lists them */
    json_t *rooms;         /* owned; likewise */
    json_t *wanted;        /* owned; name -> body of the types to make */
    int64_t started_ms;
    int64_t counts[REFUSED + 1];
    int64_t answered;
    struct progress progress;
};

/* --- telling --- */

/* Kept until the pass is over: answers come in any order, and are told in that of the lines. */
static void
note(struct import *import, size_t index, const char *field, const char *code, const char *sentence)
{
    char **problem = &import->items[index].problem;
    free(*problem);
    if (asprintf(problem, "line %" PRId64 "%s%s: %s: %s", import->file.lines[index].number,
                 field[0] == '\0' ? "" : ", ", field, code, sentence) < 0)
        *problem = NULL; /* counted all the same */
}

/* Says what was wrong with the first lines of this fate, and how many more there are. */
static void
tell(const struct import *import, enum fate fate)
{
    int64_t shown = 0;
    for (size_t i = 0; i < import->file.count && shown < ERRORS_SHOWN; i++)
        if (import->items[i].fate == fate) {
            (void)fprintf(stderr, "%s\n", import->items[i].problem == NULL ? "" : import->items[i].problem);
            shown++;
        }
    if (import->counts[fate] > shown)
        (void)fprintf(stderr, "and %" PRId64 " more\n", import->counts[fate] - shown);
}

static void
set_wrong(struct import *import, size_t index, const char *field, const char *sentence)
{
    import->items[index].fate = WRONG;
    note(import, index, field, "VALIDATION_FAILED", sentence);
}

/* --- what is there --- */

static bool
collect(const json_t *item, void *user)
{
    return json_array_append(user, (json_t *)(uintptr_t)item) == 0;
}

/* A list of the property as one array. */
static bool
load_list(struct import *import, const char *what, json_t **ret_list, struct err *err)
{
    char path[PATH_SIZE];
    json_decref(*ret_list);
    *ret_list = json_array();
    (void)snprintf(path, sizeof(path), "/v1/%s?property_id=%s", what, import->property);
    return control_list(import->control, path, collect, *ret_list, err);
}

static bool
find_property(struct import *import, struct err *err)
{
    struct property_choice choice;
    property_choice_init(&choice, import->chosen->property);
    if (!property_choice_ask(&choice, import->control, import->property, err))
        return false;
    import->property_id = choice.id;
    return true;
}

/* The item of a list whose members have these texts; `second` NULL: any. NULL when there is none. */
static const json_t *
find_by(const json_t *list, const char *name, const char *text, const char *second, const char *second_text)
{
    size_t index;
    const json_t *item;
    json_array_foreach (list, index, item)
        if (strcmp(control_text(item, name), text) == 0 &&
            (second == NULL || strcmp(control_text(item, second), second_text) == 0))
            return item;
    return NULL;
}

/* --- fields --- */

static bool
is_number(const char *text, int64_t min, int64_t max, long long *ret_value)
{
    return str_to_i64(str_from(text), ret_value) && *ret_value >= min && *ret_value <= max;
}

/* A text that may be absent; false when it is too long, which was told. */
static bool
put_text(struct import *import, size_t index, json_t *body, const char *column, const char *member, size_t max,
         bool needed)
{
    const char *text = import_line_get(&import->file.lines[index], column);
    if (text[0] == '\0' && needed)
        set_wrong(import, index, column, "is needed");
    else if (strlen(text) > max)
        set_wrong(import, index, column, "is too long");
    else if (text[0] != '\0')
        (void)json_object_set_new(body, member, json_string(text));
    return import->items[index].fate != WRONG;
}

static bool
put_number(struct import *import, size_t index, json_t *body, const char *column, const char *member)
{
    const char *text = import_line_get(&import->file.lines[index], column);
    long long value;
    if (text[0] == '\0')
        return true;
    if (!is_number(text, 1, 10000, &value)) {
        set_wrong(import, index, column, "must be a whole number from 1 to 10000");
        return false;
    }
    (void)json_object_set_new(body, member, json_integer(value));
    return true;
}

/* "bath; balcony", or the array itself. */
static bool
put_features(struct import *import, size_t index, json_t *body)
{
    const char *text = import_line_get(&import->file.lines[index], "features");
    struct str rest = str_from(text);
    json_t *list = text[0] == '[' ? json_loads(text, 0, NULL) : json_array();
    while (list != NULL && text[0] != '[' && rest.len > 0) {
        struct str word = str_trim(str_split(&rest, ';'));
        if (word.len > 0)
            (void)json_array_append_new(list, json_stringn(word.ptr, word.len));
    }
    if (!json_is_array(list)) {
        json_decref(list);
        set_wrong(import, index, "features", "must be words with ; between");
        return false;
    }
    (void)json_object_set_new(body, "features", list);
    return true;
}

/* --- rooms --- */

/* The type of a room, which may be one that is to be made: then it has no id yet. */
static bool
check_type(struct import *import, size_t index)
{
    const struct import_line *line = &import->file.lines[index];
    const char *name = import_line_get(line, "room_type"), *sold_by = import_line_get(line, "sold_by");
    const char *guests = import_line_get(line, "type_max_guests");
    long long max_guests = 2;
    if (find_by(import->types, "name", name, NULL, NULL) != NULL)
        return true;
    if (!import->chosen->create_types) {
        set_wrong(import, index, "room_type", "the property has no such type; --create-types makes it");
        return false;
    }
    if (sold_by[0] != '\0' && strcmp(sold_by, "night") != 0 && strcmp(sold_by, "minute") != 0)
        set_wrong(import, index, "sold_by", "must be night or minute");
    else if (guests[0] != '\0' && !is_number(guests, 1, 10000, &max_guests))
        set_wrong(import, index, "type_max_guests", "must be a whole number from 1 to 10000");
    else if (json_object_get(import->wanted, name) == NULL)
        (void)json_object_set_new(import->wanted, name,
                                  json_pack("{s:s, s:s, s:s, s:s, s:I}", "property_id", import->property, "name", name,
                                            "sold_by", sold_by[0] == '\0' ? "night" : sold_by, "stock", "rooms",
                                            "max_guests", (json_int_t)max_guests));
    return import->items[index].fate != WRONG;
}

/* Fills the body but for the type, whose id is not known before it is made. */
static void
check_room(struct import *import, size_t index, json_t *body)
{
    const struct import_line *line = &import->file.lines[index];
    bool good = put_text(import, index, body, "number", "number", 40, true) &&
                put_text(import, index, body, "room_type", "room_type", 200, true) &&
                put_text(import, index, body, "building", "building", 200, false) &&
                put_text(import, index, body, "floor", "floor", 40, false) && put_features(import, index, body) &&
                put_number(import, index, body, "max_guests", "max_guests") && check_type(import, index);
    if (good && find_by(import->rooms, "number", import_line_get(line, "number"), "building",
                        import_line_get(line, "building")) != NULL)
        import->items[index].fate = ALREADY_THERE;
}

static bool
make_types(struct import *import, struct err *err)
{
    const char *name;
    json_t *body, *answer;
    if (json_object_size(import->wanted) == 0 || import->chosen->dry_run)
        return true;
    json_object_foreach (import->wanted, name, body) {
        if (!control_call(import->control, "POST", "/v1/room-types", body, &answer, err)) {
            err_wrap(err, "room type %s", name);
            return false;
        }
        json_decref(answer);
    }
    printf("%zu room types created\n", json_object_size(import->wanted));
    return load_list(import, "room-types", &import->types, err);
}

/* --- bookings --- */

/* "true" and "false", as an export says it. */
static bool
put_pinned(struct import *import, size_t index, json_t *body)
{
    const char *text = import_line_get(&import->file.lines[index], "pinned");
    bool pinned = strcasecmp(text, "true") == 0; /* spreadsheets shout it */
    if (!pinned && text[0] != '\0' && strcasecmp(text, "false") != 0) {
        set_wrong(import, index, "pinned", "must be true or false");
        return false;
    }
    if (pinned)
        (void)json_object_set_new(body, "pinned", json_true());
    return true;
}

static bool
put_room(struct import *import, size_t index, json_t *body)
{
    const struct import_line *line = &import->file.lines[index];
    const char *number = import_line_get(line, "room"), *building = import_line_get(line, "building");
    if (number[0] == '\0')
        return true;
    const json_t *room = find_by(import->rooms, "number", number, building[0] == '\0' ? NULL : "building", building);
    if (room == NULL) {
        set_wrong(import, index, "room", "the property has no such room");
        return false;
    }
    (void)json_object_set_new(body, "room_id", json_string(control_text(room, "id")));
    return true;
}

/* A room says its type: only what has none needs one. */
static bool
put_what(struct import *import, size_t index, json_t *body)
{
    const char *name = import_line_get(&import->file.lines[index], "room_type");
    if (!put_room(import, index, body))
        return false;
    if (json_object_get(body, "room_id") != NULL)
        return true;
    const json_t *type = find_by(import->types, "name", name, NULL, NULL);
    if (type == NULL) {
        set_wrong(import, index, "room_type",
                  name[0] == '\0' ? "is needed, or room" : "the property has no such type; import rooms first");
        return false;
    }
    (void)json_object_set_new(body, "room_type_id", json_string(control_text(type, "id")));
    return true;
}

/* A stay by dates or a slot by instants; one that is over is left out. */
static bool
put_when(struct import *import, size_t index, json_t *body)
{
    static const char *const columns[2][2] = {{"arrival", "departure"}, {"starts_at", "ends_at"}};
    const struct import_line *line = &import->file.lines[index];
    int by_minute = import_line_get(line, "starts_at")[0] != '\0';
    int64_t ends[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        const char *column = columns[by_minute][i], *text = import_line_get(line, column);
        int32_t date = 0;
        bool good = by_minute ? instant_parse(str_from(text), &ends[i]) : date_parse(str_from(text), &date);
        if (!good) {
            set_wrong(import, index, column,
                      by_minute ? "must be an instant such as 2027-03-01T09:00:00Z"
                                : "must be a date such as 2027-03-01");
            return false;
        }
        if (!by_minute)
            ends[i] = date_to_instant(date);
        (void)json_object_set_new(body, column, json_string(text));
    }
    if (ends[1] <= ends[0]) {
        set_wrong(import, index, columns[by_minute][1], "must be later than the other end");
        return false;
    }
    if (ends[1] + (by_minute ? 0 : DATE_DAY_MS) <= import->started_ms)
        import->items[index].fate = LEFT_OUT;
    return import->items[index].fate != LEFT_OUT;
}

static bool
put_guest(struct import *import, size_t index, json_t *body)
{
    json_t *guest = json_object();
    const char *email = import_line_get(&import->file.lines[index], "guest_email");
    (void)json_object_set_new(body, "guest", guest);
    if (email[0] != '\0' && strchr(email, '@') == NULL) {
        set_wrong(import, index, "guest_email", "must be an address such as ada@example.org");
        return false;
    }
    return put_text(import, index, guest, "guest_name", "name", 200, true) &&
           put_text(import, index, guest, "guest_email", "email", 254, false) &&
           put_text(import, index, guest, "guest_phone", "phone", 40, false);
}

static bool
put_payment(struct import *import, size_t index, json_t *body)
{
    const char *text = import_line_get(&import->file.lines[index], "payment");
    if (text[0] == '\0' || strcmp(text, "none") == 0)
        return true;
    if (strcmp(text, "required") != 0) {
        set_wrong(import, index, "payment", "must be none or required");
        return false;
    }
    (void)json_object_set_new(body, "payment", json_string(text));
    return true;
}

static void
check_booking(struct import *import, size_t index, json_t *body)
{
    const char *status = import_line_get(&import->file.lines[index], "status");
    if (status[0] != '\0' && strcmp(status, "CONFIRMED") != 0) {
        import->items[index].fate = LEFT_OUT;
        return;
    }
    (void)(put_when(import, index, body) && put_what(import, index, body) && put_pinned(import, index, body) &&
           put_number(import, index, body, "party", "party") && put_guest(import, index, body) &&
           put_payment(import, index, body));
}

/* Whether the booking of an export's line is one of this house. Where the line has an id, that decides: two houses may
 * happen to have the same code, and no two bookings the same id. */
static bool
is_here(struct import *import, const struct import_line *line, bool *ret_here, struct err *err)
{
    const char *code = import_line_get(line, "code"), *id = import_line_get(line, "id");
    char path[PATH_SIZE];
    int64_t number;
    json_t *answer;
    *ret_here = false;
    if (!code_parse(import->property_id, str_from(code), &number))
        return true; /* another system's */
    (void)snprintf(path, sizeof(path), "/v1/bookings?property_id=%s&code=%s", import->property, code);
    if (!control_call(import->control, "GET", path, NULL, &answer, err))
        return false;
    const json_t *booking = json_array_get(json_object_get(answer, "items"), 0);
    *ret_here = booking != NULL && (id[0] == '\0' || strcmp(id, control_text(booking, "id")) == 0);
    json_decref(answer);
    return true;
}

/* A house's own export would book everything that is in nobody's way a second time: no key knows how it was made. */
static bool
refuse_what_is_here(struct import *import, struct err *err)
{
    for (size_t i = 0; import->bookings && i < import->file.count; i++) {
        const struct import_line *line = &import->file.lines[i];
        char sentence[64];
        bool here = false;
        if (import->items[i].fate == TO_SEND && !is_here(import, line, &here, err))
            return false;
        if (!here)
            continue;
        import->items[i].fate = WRONG;
        (void)snprintf(sentence, sizeof(sentence), "booking %s is here already", import_line_get(line, "code"));
        note(import, i, "code", "ALREADY_EXISTS", sentence);
    }
    return true;
}

/* --- the columns --- */

static bool
has_both(const struct import_file *file, const char *one, const char *other)
{
    return import_file_has(file, one) && import_file_has(file, other);
}

/* Told once, and not for each line: a file without a column is another file than was meant. */
static bool
check_columns(const struct import *import, struct err *err)
{
    const struct import_file *file = &import->file;
    if (!import->bookings)
        return import_file_require(file, "number", NULL, err) && import_file_require(file, "room_type", NULL, err);
    bool by_minute = !import_file_has(file, "arrival") && !import_file_has(file, "departure") &&
                     (import_file_has(file, "starts_at") || import_file_has(file, "ends_at"));
    if (!has_both(file, "arrival", "departure") && !has_both(file, "starts_at", "ends_at") &&
        (!import_file_require(file, by_minute ? "starts_at" : "arrival", NULL, err) ||
         !import_file_require(file, by_minute ? "ends_at" : "departure", NULL, err)))
        return false;
    return import_file_require(file, "room_type", "room", err) && import_file_require(file, "guest_name", NULL, err);
}

/* --- the first pass --- */

static bool
check_line(struct import *import, size_t index)
{
    const struct import_line *line = &import->file.lines[index];
    struct item *item = &import->items[index];
    if (line->fields == NULL) {
        set_wrong(import, index, "", line->wrong);
        return true;
    }
    json_t *body = json_pack("{s:s}", "property_id", import->property);
    if (import->bookings)
        check_booking(import, index, body);
    else
        check_room(import, index, body);
    if (item->fate == TO_SEND)
        item->body = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return item->fate != TO_SEND || item->body != NULL;
}

static void
count_fates(struct import *import)
{
    memset(import->counts, 0, sizeof(import->counts));
    for (size_t i = 0; i < import->file.count; i++)
        import->counts[import->items[i].fate]++;
}

static bool
check_lines(struct import *import, struct err *err)
{
    for (size_t i = 0; i < import->file.count; i++)
        if (!check_line(import, i)) {
            err_set(err, ERR_MEMORY, "no memory for the requests");
            return false;
        }
    if (!refuse_what_is_here(import, err))
        return false;
    count_fates(import);
    tell(import, WRONG);
    if (import->counts[WRONG] == 0 || import->chosen->skip_errors)
        return true;
    err_set(err, ERR_DATA, "%" PRId64 " of %zu lines are wrong: nothing was imported", import->counts[WRONG],
            import->file.count);
    return false;
}

/* --- keys --- */

struct keyed {
    unsigned char hash[HASH_BYTES];
    size_t index;
};

static int
compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = memcmp(x->hash, y->hash, HASH_BYTES);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* A line's key is the hash of what it asks for and of how many equal lines came before it: putting one line right, or
 * leaving one away, changes no other's key. */
static bool
make_keys(struct import *import, struct err *err)
{
    struct keyed *keyed = calloc(import->file.count, sizeof(*keyed));
    if (keyed == NULL) {
        err_set(err, ERR_MEMORY, "no memory for keys");
        return false;
    }
    for (size_t i = 0; i < import->file.count; i++) {
        const char *body = import->items[i].body == NULL ? "" : import->items[i].body;
        keyed[i].index = i;
        crypto_generichash(keyed[i].hash, HASH_BYTES, (const unsigned char *)body, strlen(body), NULL, 0);
    }
    qsort(keyed, import->file.count, sizeof(*keyed), compare_keyed);
    uint64_t equal = 0;
    for (size_t i = 0; i < import->file.count; i++) {
        unsigned char key[HASH_BYTES];
        equal = i > 0 && memcmp(keyed[i].hash, keyed[i - 1].hash, HASH_BYTES) == 0 ? equal + 1 : 0;
        crypto_generichash(key, HASH_BYTES, keyed[i].hash, HASH_BYTES, (const unsigned char *)&equal, sizeof(equal));
        sodium_bin2hex(import->items[keyed[i].index].key, sizeof(import->items[0].key), key, HASH_BYTES);
    }
    free(keyed);
    return true;
}

/* --- sending --- */

/* Puts the type's id in the place of its name. NULL when it is to be made by a run that is not dry. */
static char *
finish_room(const struct import *import, const char *text)
{
    json_t *body = json_loads(text, 0, NULL);
    const json_t *type = find_by(import->types, "name", control_text(body, "room_type"), NULL, NULL);
    (void)json_object_del(body, "room_type");
    (void)json_object_set_new(body, "room_type_id", json_string(control_text(type, "id")));
    char *finished = type == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return finished;
}

static struct str
write_request(const struct import *import, const char *path, const char *key, const char *suffix, const char *body)
{
    char *text = NULL;
    int len = asprintf(&text,
                       "POST %s%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       "Idempotency-Key: import-%s%s\r\nContent-Length: %zu\r\n\r\n%s",
                       path, import->chosen->dry_run ? "?dry_run=true" : "", key, suffix, strlen(body), body);
    return len < 0 ? (struct str){NULL, 0} : str_of(text, (size_t)len);
}

static struct str
on_request(size_t index, int step, void *user)
{
    struct import *import = user;
    struct item *item = &import->items[index];
    char path[PATH_SIZE];
    if (item->fate != TO_SEND && step == 0)
        return (struct str){NULL, 0};
    if (step > 0) {
        (void)snprintf(path, sizeof(path), "/v1/bookings/%s/confirm", item->confirm_id);
        return write_request(import, path, item->key, "-confirm", "{\"reason\":\"imported as confirmed\"}");
    }
    if (import->bookings)
        return write_request(import, "/v1/bookings", item->key, "", item->body);
    char *body = finish_room(import, item->body);
    if (body == NULL) {
        item->fate = MADE; /* as it would be, with its type */
        return (struct str){NULL, 0};
    }
    struct str request = write_request(import, "/v1/rooms", item->key, "", body);
    free(body);
    return request;
}

static void
take_refusal(struct import *import, size_t index, const json_t *problem)
{
    const json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
    const char *pointer = control_text(first, "pointer"), *code = control_text(problem, "code");
    char column[NAME_SIZE] = "";
    if (strcmp(code, "ALREADY_EXISTS") == 0) {
        import->items[index].fate = ALREADY_THERE;
        return;
    }
    import->items[index].fate = REFUSED;
    if (pointer[0] == '/')
        (void)snprintf(column, sizeof(column), "%s", pointer + 1);
    for (char *slash = column; (slash = strchr(slash, '/')) != NULL;)
        *slash = '_'; /* "/guest/name" came from the column guest_name */
    note(import, index, column, code[0] == '\0' ? "REFUSED" : code,
         control_text(first == NULL ? problem : first, "detail"));
}

/* Made by this run, or by an earlier one whose reply this is. */
static bool
take_made(struct import *import, size_t index, const json_t *made)
{
    struct item *item = &import->items[index];
    int64_t created_at = INT64_MAX;
    (void)!instant_parse(str_from(control_text(made, "created_at")), &created_at);
    item->fate = created_at < import->started_ms ? ALREADY_THERE : MADE;
    const char *status = control_text(made, "status");
    if (!import->bookings || import->chosen->dry_run || strcmp(status, "CONFIRMED") == 0)
        return false;
    item->confirm_id = strdup(control_text(made, "id"));
    return item->confirm_id != NULL;
}

static bool
on_answer(size_t index, int step, int status, struct str text, void *user)
{
    struct import *import = user;
    json_t *body = json_loadb(text.ptr == NULL ? "" : text.ptr, text.len, 0, NULL);
    bool more = false;
    if (status < 200 || status > 299)
        take_refusal(import, index, body);
    else if (step == 0)
        more = take_made(import, index, body);
    json_decref(body);
    if (!more)
        progress_set(&import->progress, ++import->answered);
    return more;
}

static bool
on_go_on(void *user)
{
    (void)user;
    return !stopping_is_asked();
}

static bool
send_lines(struct import *import, struct err *err)
{
    struct import_send send = {.place = control_place(import->control),
                               .clients = CLIENTS,
                               .count = import->file.count,
                               .request = on_request,
                               .answer = on_answer,
                               .go_on = on_go_on,
                               .user = import};
    progress_init(&import->progress, STDERR_FILENO, clock_system(), "importing", import->counts[TO_SEND]);
    bool sent = import_send_run(&send, err);
    progress_done(&import->progress);
    count_fates(import);
    tell(import, REFUSED);
    if (sent && stopping_is_asked()) {
        err_set(err, ERR_UNAVAILABLE, "the import was stopped; run it again to go on where it stopped");
        return false;
    }
    return sent;
}

/* --- the command --- */

static void
print_result(const struct import *import)
{
    const char *what = import->bookings ? "bookings" : "rooms";
    printf("%" PRId64 " %s %s, %" PRId64 " already there, %" PRId64 " refused\n", import->counts[MADE], what,
           import->chosen->dry_run ? "would be created" : "created", import->counts[ALREADY_THERE],
           import->counts[REFUSED] + import->counts[WRONG]);
    if (import->counts[LEFT_OUT] > 0)
        printf("%" PRId64 " lines left out: not CONFIRMED, or over\n", import->counts[LEFT_OUT]);
    if (import->counts[TO_SEND] > 0)
        printf("%" PRId64 " lines not reached\n", import->counts[TO_SEND]);
}

static bool
import_with(struct import *import, struct err *err)
{
    if (!find_property(import, err) || !load_list(import, "room-types", &import->types, err) ||
        !load_list(import, "rooms", &import->rooms, err) || !check_lines(import, err) || !make_keys(import, err) ||
        !make_types(import, err))
        return false;
    stopping_watch();
    bool sent = send_lines(import, err);
    print_result(import);
    if (sent && import->counts[REFUSED] + import->counts[WRONG] > 0) {
        err_set(err, ERR_DATA, "%" PRId64 " lines were not imported", import->counts[REFUSED] + import->counts[WRONG]);
        return false;
    }
    return sent;
}

static bool
choose_format(const struct import_options *chosen, const char *path, enum import_format *ret_format, struct err *err)
{
    const char *dot = strrchr(path, '.');
    *ret_format = chosen->format == 2 ? IMPORT_JSONL : IMPORT_CSV;
    if (chosen->format != 0 || (dot != NULL && strcmp(dot, ".csv") == 0))
        return true;
    *ret_format = IMPORT_JSONL;
    if (dot != NULL && (strcmp(dot, ".jsonl") == 0 || strcmp(dot, ".ndjson") == 0))
        return true;
    err_set(err, ERR_USAGE, "%s does not say by its name what it is: --format csv or --format jsonl does", path);
    return false;
}

static bool
import_file(struct import *import, const char *path, struct err *err)
{
    enum import_format format;
    if (!choose_format(import->chosen, path, &format, err) || !import_file_read(&import->file, path, format, err) ||
        !check_columns(import, err))
        return false;
    import->items = calloc(import->file.count, sizeof(*import->items));
    import->wanted = json_object();
    if (import->items == NULL || import->wanted == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the file's lines");
        return false;
    }
    if (!control_open(import->chosen->db, &import->control, err))
        return false;
    bool imported = import_with(import, err);
    control_close(import->control);
    return imported;
}

static int
run(const struct command_line *command, bool bookings, size_t argc, char *const *argv)
{
    struct import_options chosen = {.db = NULL};
    struct import import = {.chosen = &chosen, .bookings = bookings, .started_ms = clock_now_ms(clock_system())};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    bool imported = import_file(&import, arguments.items[0], &err);
    for (size_t i = 0; import.items != NULL && i < import.file.count; i++) {
        free(import.items[i].body);
        free(import.items[i].confirm_id);
        free(import.items[i].problem);
    }
    free(import.items);
    import_file_done(&import.file);
    json_decref(import.types);
    json_decref(import.rooms);
    json_decref(import.wanted);
    (void)fflush(stdout);
    return imported ? EX_OK : cmd_fail(&err);
}

static int
run_rooms(size_t argc, char *const *argv)
{
    return run(&room_command, false, argc, argv);
}

static int
run_bookings(size_t argc, char *const *argv)
{
    return run(&booking_command, true, argc, argv);
}

int
cmd_import(size_t argc, char *const *argv)
{
    static const struct cmd kinds[] = {
        {"rooms", "rooms, and their types where asked for", run_rooms},
        {"bookings", "confirmed bookings that are not over", run_bookings},
    };
    return cmd_dispatch_group("import", kinds, sizeof(kinds) / sizeof(kinds[0]), argc, argv);
}
