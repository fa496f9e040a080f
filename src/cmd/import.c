/* `nightlatch import`: room types, rooms, bookings and guests from a file, by the interface that everybody else uses.
 *
 * Every line is looked at before anything is changed, so that a file with a mistake does nothing at all; with --preview
 * the server is asked as well what it would say to each, and only a file without a refusal is imported. Then room types
 * that are missing are made, if that was asked for. Then each line is one request whose key comes from
 * what the line says: an import that was interrupted, or ran before, makes nothing twice for as long as keys are kept
 * (a day); rooms are known by their number for ever. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sodium.h>

#include "api/import_line.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/database.h"
#include "cmd/import_file.h"
#include "cmd/import_target.h"
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
    bool dry_run, preview, skip_errors, create_types;
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
        OPTION_FLAG(struct import_options, preview, "preview",                                                         \
                    "Ask the server what it would say to each line first, tell what is refused, and import only when " \
                    "nothing is (or what is not, with --skip-errors)."),                                               \
        OPTION_FLAG(struct import_options, skip_errors, "skip-errors",                                                 \
                    "Import the good lines of a file that has wrong ones.")

static const struct option_spec room_options[] = {
    IMPORT_OPTIONS,
    OPTION_FLAG(struct import_options, create_types, "create-types",
                "Make the room types that the file names and the property does not have."),
};
static const struct option_spec booking_options[] = {IMPORT_OPTIONS};

static const struct command_line room_type_command = {
    .name = "import room-types",
    .summary =
        "Makes room types from a file as `export room-types` writes it. Columns: name is needed; sold_by (night or "
        "minute), stock (rooms or count), units of each night where stock is count, max_guests, features (words "
        "with ; between), needs_approval, hold_ttl_s, and for what is sold by the minute opens_min, closes_min, "
        "turnaround_min, length_min, length_max, notice_min, quota_per_booker. Others are not looked at. A type "
        "whose name is there already stays as it is.",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .options = booking_options,
    .option_count = sizeof(booking_options) / sizeof(booking_options[0]),
};

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
        "needed; party, pinned, guest_email, guest_phone, payment, price (in minor units). Lines whose status is "
        "another than "
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

static const struct command_line guest_command = {
    .name = "import guests",
    .summary =
        "Puts right what is known of guests, and names those who come along with a booking. Columns: name is needed; "
        "email, phone; id, of a guest as `export guests` writes it, whose details become those of the line (what is "
        "empty stays as it is), or booking, the code of the booking that somebody new comes along with. A guest who is "
        "known just so, or whose name is among those of the booking, stays as they are.",
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
    const char *method;      /* of the request; static */
    char *path;              /* owned; NULL: of the kind */
    char *body;              /* owned; JSON of the request */
    char *confirm_id;        /* owned; the booking that is to be confirmed next */
    const struct item *same; /* of a line before that asks for the same room or type, and is sent for both; or NULL */
    char *problem;           /* owned; what is said of one: of what is wrong, or was refused, a line for each mistake */
    char key[2 * HASH_BYTES + 1];
};

struct import {
    const struct import_options *chosen;
    enum import_kind kind;
    bool dry;     /* this pass asks and changes nothing */
    bool is_done; /* the last pass was begun: there is a result */
    struct control *control;
    struct import_file file;
    struct item *items; /* one per line */
    char property[ID_TEXT_SIZE];
    struct id property_id; /* the same, which codes are made with */
    json_t *types;         /* owned; array as the interface lists them */
    json_t *rooms;         /* owned; likewise */
    json_t *earlier;       /* owned; what lines asked for, as import_earlier.h has it */
    json_t *wanted;        /* owned; name -> body of the types to make */
    int64_t started_ms;
    int64_t counts[REFUSED + 1];
    int64_t answered;
    struct progress progress;
};

/* --- telling --- */

/* Adds to what is said of a line. Kept until the end: answers come in any order, and are told in that of the lines. */
static void
note(struct import *import, size_t index, const char *field, const char *code, const char *sentence)
{
    struct item *item = &import->items[index];
    char *before = item->problem;
    if (asprintf(&item->problem, "%sline %" PRId64 "%s%s: %s%s%s\n", before == NULL ? "" : before,
                 import->file.lines[index].number, field[0] == '\0' ? "" : ", ", field, code,
                 code[0] == '\0' ? "" : ": ", sentence) < 0)
        item->problem = NULL; /* counted all the same */
    free(before);
}

/* What is said of the first lines that are wrong, be it that the file or the server says so, or else of those that are
 * not, and how many more there are; and always what ended the reading. */
static void
tell(const struct import *import, bool wrong)
{
    int64_t told = 0, hidden = 0;
    for (size_t i = 0; i < import->file.count; i++) {
        const struct item *item = &import->items[i];
        bool is_wrong = item->fate == WRONG || item->fate == REFUSED;
        bool ends = import->file.is_cut && i + 1 == import->file.count;
        if (item->problem == NULL || is_wrong != wrong)
            continue;
        if (told++ < ERRORS_SHOWN || ends)
            (void)fputs(item->problem, stderr);
        else
            hidden++;
    }
    if (hidden > 0)
        (void)fprintf(stderr, "and %" PRId64 " more\n", hidden);
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
    size_t made = json_object_size(import->wanted);
    printf("%zu room type%s created\n", made, made == 1 ? "" : "s");
    return load_list(import, "room-types", &import->types, err);
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
    for (size_t i = 0; import->kind == IMPORT_BOOKINGS && i < import->file.count; i++) {
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

static bool
find_guest(struct import *import, size_t index, struct err *err)
{
    struct item *item = &import->items[index];
    struct import_target guest;
    if (!import_target_find(import->control, import->property, import->file.lines[index].fields, &guest, err))
        return false;
    item->method = guest.method;
    item->path = strdup(guest.path);
    if (guest.wrong != NULL) {
        item->fate = WRONG;
        note(import, index, guest.column, "NOT_FOUND", guest.wrong);
    } else if (guest.there) {
        item->fate = ALREADY_THERE;
    }
    if (item->path == NULL)
        err_set(err, ERR_MEMORY, "no memory for the requests");
    return item->path != NULL;
}

static bool
find_guests(struct import *import, struct err *err)
{
    for (size_t i = 0; import->kind == IMPORT_GUESTS && i < import->file.count; i++)
        if (import->items[i].fate == TO_SEND && !find_guest(import, i, err))
            return false;
    return true;
}

/* --- the columns --- */

/* Told once, and not for each line: a file without a column is another file than was meant. */
static bool
check_columns(const struct import *import, struct err *err)
{
    const char *other, *missing = import_missing_column(import->kind, import->file.columns, &other);
    if (import->file.columns == NULL || missing == NULL)
        return true;
    import_file_refuse(&import->file, missing, other, err);
    return false;
}

/* --- lines that say the same --- */

/* Lines are in the order of their numbers. */
static const struct item *
find_item(const struct import *import, int64_t number)
{
    size_t from = 0, until = import->file.count;
    while (from + 1 < until) {
        size_t middle = from + (until - from) / 2;
        if (import->file.lines[middle].number <= number)
            from = middle;
        else
            until = middle;
    }
    return &import->items[from];
}

static void
set_same(struct import *import, size_t index, int64_t number)
{
    char sentence[64];
    (void)snprintf(sentence, sizeof(sentence), "line %" PRId64 " says the same", number);
    import->items[index].fate = ALREADY_THERE;
    import->items[index].same = find_item(import, number);
    note(import, index, "", "", sentence);
}

/* What became of the line before that is sent for both; there is nothing more to say. */
static void
settle_same(struct item *item)
{
    bool is_made = item->same == NULL || item->same->fate == MADE || item->same->fate == ALREADY_THERE;
    if (!is_made)
        item->fate = item->same->fate;
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
    const struct import_house house = {.property = import->property,
                                       .types = import->types,
                                       .rooms = import->rooms,
                                       .earlier = import->earlier,
                                       .now_ms = import->started_ms,
                                       .without_type = "--create-types makes it",
                                       .wanted = import->chosen->create_types ? import->wanted : NULL};
    struct import_asked asked = import_line_read(import->kind, &house, line->fields, line->number);
    switch (asked.fate) {
    case IMPORT_ASKS: item->fate = TO_SEND; break;
    case IMPORT_LEFT_OUT: item->fate = LEFT_OUT; break;
    case IMPORT_THERE: item->fate = ALREADY_THERE; break;
    case IMPORT_SAME: set_same(import, index, asked.same_as); break;
    case IMPORT_WRONG:
        for (size_t i = 0; i < asked.mistake_count; i++)
            set_wrong(import, index, asked.mistakes[i].column, asked.mistakes[i].sentence);
        break;
    }
    if (item->fate == TO_SEND)
        item->body = json_dumps(asked.body, JSON_COMPACT);
    json_decref(asked.body);
    return item->fate != TO_SEND || item->body != NULL;
}

static void
count_fates(struct import *import)
{
    memset(import->counts, 0, sizeof(import->counts));
    for (size_t i = 0; i < import->file.count; i++)
        import->counts[import->items[i].fate]++;
}

/* Is the server to be asked about lines before any is sent? */
static bool
asks_about_lines(const struct import *import)
{
    return import->chosen->preview || import->chosen->dry_run;
}

/* A file with a line that is wrong, or that the server would refuse, does nothing at all unless told to. */
static bool
refuse_file(const struct import *import, struct err *err)
{
    int64_t wrong = import->counts[WRONG], refused = import->counts[REFUSED], bad = wrong + refused;
    if (bad == 0 || import->chosen->skip_errors)
        return false;
    const char *are = bad == 1 ? "is wrong" : "are wrong";
    err_set(err, ERR_DATA, "%" PRId64 " of %zu line%s %s%s%s: nothing was imported", bad, import->file.count,
            import->file.count == 1 ? "" : "s", wrong > 0 ? are : "", wrong > 0 && refused > 0 ? " or " : "",
            refused > 0 ? "would be refused" : "");
    return true;
}

static bool
check_lines(struct import *import, struct err *err)
{
    import_add_plain_names(import->types);
    for (size_t i = 0; i < import->file.count; i++)
        if (!check_line(import, i)) {
            err_set(err, ERR_MEMORY, "no memory for the requests");
            return false;
        }
    if (!refuse_what_is_here(import, err) || !find_guests(import, err))
        return false;
    count_fates(import);
    if (asks_about_lines(import)) /* of those that are not wrong too, so that all there is to mend is told at once */
        return true;
    return !refuse_file(import, err);
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

static void
hash_line(const char *path, const char *body, unsigned char ret_hash[HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    if (path[0] != '\0')
        crypto_generichash_update(&state, (const unsigned char *)path, strlen(path) + 1);
    crypto_generichash_update(&state, (const unsigned char *)body, strlen(body));
    crypto_generichash_final(&state, ret_hash, HASH_BYTES);
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
        const struct item *item = &import->items[i];
        keyed[i].index = i;
        hash_line(item->path == NULL ? "" : item->path, item->body == NULL ? "" : item->body, keyed[i].hash);
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

/* Puts the id of a type that was made since in the place of its name. NULL when it is to be made by a pass that is not
 * dry. */
static char *
finish_room(const struct import *import, const char *text)
{
    json_t *body = json_loads(text, 0, NULL);
    const char *name = control_text(body, "room_type");
    const json_t *type = name[0] == '\0' ? NULL : import_find(import->types, "name", name, NULL, NULL);
    bool is_known = name[0] == '\0' || type != NULL;
    if (type != NULL)
        (void)json_object_set_new(body, "room_type_id", json_string(control_text(type, "id")));
    (void)json_object_del(body, "room_type");
    char *finished = is_known ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    return finished;
}

/* Changes go for whatever version there is. */
static struct str
write_request(const struct import *import, const char *method, const char *path, const char *key, const char *suffix,
              const char *body)
{
    char *text = NULL;
    int len = asprintf(&text,
                       "%s %s%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s"
                       "Idempotency-Key: import-%s%s\r\nContent-Length: %zu\r\n\r\n%s",
                       method, path, import->dry ? "?dry_run=true" : "",
                       strcmp(method, "PATCH") == 0 ? "If-Match: *\r\n" : "", key, suffix, strlen(body), body);
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
        return write_request(import, "POST", path, item->key, "-confirm", "{\"reason\":\"imported as confirmed\"}");
    }
    if (item->path != NULL)
        return write_request(import, item->method, item->path, item->key, "", item->body);
    if (import->kind != IMPORT_ROOMS)
        return write_request(import, "POST", import_kind_path(import->kind), item->key, "", item->body);
    char *body = finish_room(import, item->body);
    if (body == NULL) {
        item->fate = MADE; /* as it would be, with its type */
        return (struct str){NULL, 0};
    }
    struct str request = write_request(import, "POST", import_kind_path(import->kind), item->key, "", body);
    free(body);
    return request;
}

/* One of the mistakes that the server tells, at its column. */
static void
note_error(struct import *import, size_t index, const char *code, const json_t *error)
{
    const char *pointer = control_text(error, "pointer");
    char column[NAME_SIZE] = "";
    if (pointer[0] == '/')
        import_column(import->kind, str_from(pointer), column, sizeof(column));
    note(import, index, column, code, control_text(error, "detail"));
}

static void
take_refusal(struct import *import, size_t index, const json_t *problem)
{
    const json_t *errors = json_object_get(problem, "errors");
    const char *code = control_text(problem, "code");
    if (strcmp(code, "ALREADY_EXISTS") == 0) {
        import->items[index].fate = ALREADY_THERE;
        return;
    }
    import->items[index].fate = REFUSED;
    code = code[0] == '\0' ? "REFUSED" : code;
    for (size_t i = 0; i < json_array_size(errors); i++)
        note_error(import, index, code, json_array_get(errors, i));
    if (json_array_size(errors) == 0)
        note(import, index, "", code, control_text(problem, "detail"));
}

/* Made by this run, or by an earlier one whose reply this is. */
static bool
take_made(struct import *import, size_t index, const json_t *made)
{
    struct item *item = &import->items[index];
    int64_t created_at = INT64_MAX;
    (void)!instant_parse(str_from(control_text(made, "created_at")), &created_at);
    item->fate = created_at < import->started_ms && import->kind != IMPORT_GUESTS ? ALREADY_THERE : MADE;
    const char *status = control_text(made, "status");
    if (import->kind != IMPORT_BOOKINGS || import->dry || strcmp(status, "CONFIRMED") == 0)
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
    for (size_t i = 0; i < import->file.count; i++)
        settle_same(&import->items[i]);
    count_fates(import);
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
    static const char *const names[] = {"room type", "room", "booking", "guest"};
    printf("%" PRId64 " %s%s %s%s, %" PRId64 " already there, %" PRId64 " refused\n", import->counts[MADE],
           names[import->kind], import->counts[MADE] == 1 ? "" : "s", import->chosen->dry_run ? "would be " : "",
           import->kind == IMPORT_GUESTS ? "named or put right" : "created", import->counts[ALREADY_THERE],
           import->counts[REFUSED] + import->counts[WRONG]);
    if (import->counts[LEFT_OUT] > 0)
        printf("%" PRId64 " line%s left out: not CONFIRMED, or over\n", import->counts[LEFT_OUT],
               import->counts[LEFT_OUT] == 1 ? "" : "s");
    if (import->counts[TO_SEND] > 0)
        printf("%" PRId64 " line%s not reached\n", import->counts[TO_SEND], import->counts[TO_SEND] == 1 ? "" : "s");
}

/* Asks about every line. What would be made is sent after it; what is refused has been told. */
static bool
preview(struct import *import, struct err *err)
{
    import->dry = true;
    if (!send_lines(import, err))
        return false;
    if (refuse_file(import, err))
        return false;
    for (size_t i = 0; i < import->file.count; i++)
        import->items[i].fate = import->items[i].fate == MADE      ? TO_SEND
                                : import->items[i].fate == REFUSED ? WRONG
                                                                   : import->items[i].fate;
    count_fates(import);
    import->answered = 0;
    return true;
}

static bool
look_at_lines(struct import *import, struct err *err)
{
    return find_property(import, err) && load_list(import, "room-types", &import->types, err) &&
           load_list(import, "rooms", &import->rooms, err) && check_lines(import, err) && make_keys(import, err);
}

static bool
do_lines(struct import *import, struct err *err)
{
    stopping_watch();
    bool ends_there = import->counts[WRONG] > 0 && !import->chosen->skip_errors;
    if (asks_about_lines(import) && (ends_there || !import->chosen->dry_run) && !preview(import, err))
        return false;
    import->dry = import->chosen->dry_run;
    if (!make_types(import, err))
        return false;
    import->is_done = true;
    return send_lines(import, err);
}

/* What is wrong is told when all that can be was found, in one list, also when it is what ended the import. */
static bool
import_with(struct import *import, struct err *err)
{
    bool sent = look_at_lines(import, err) && do_lines(import, err);
    tell(import, false);
    tell(import, true);
    if (import->is_done)
        print_result(import);
    if (sent && import->counts[REFUSED] + import->counts[WRONG] > 0) {
        int64_t count = import->counts[REFUSED] + import->counts[WRONG];
        err_set(err, ERR_DATA, "%" PRId64 " line%s not imported", count, count == 1 ? " was" : "s were");
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
    import->earlier = json_object();
    import->wanted = json_object();
    if (import->items == NULL || import->earlier == NULL || import->wanted == NULL) {
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
run(const struct command_line *command, enum import_kind kind, size_t argc, char *const *argv)
{
    struct import_options chosen = {.db = NULL};
    struct import import = {.chosen = &chosen, .kind = kind, .started_ms = clock_now_ms(clock_system())};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    bool imported = import_file(&import, arguments.items[0], &err);
    for (size_t i = 0; import.items != NULL && i < import.file.count; i++) {
        free(import.items[i].path);
        free(import.items[i].body);
        free(import.items[i].confirm_id);
        free(import.items[i].problem);
    }
    free(import.items);
    import_file_done(&import.file);
    json_decref(import.types);
    json_decref(import.rooms);
    json_decref(import.earlier);
    json_decref(import.wanted);
    (void)fflush(stdout);
    return imported ? EX_OK : cmd_fail(&err);
}

static int
run_room_types(size_t argc, char *const *argv)
{
    return run(&room_type_command, IMPORT_ROOM_TYPES, argc, argv);
}

static int
run_rooms(size_t argc, char *const *argv)
{
    return run(&room_command, IMPORT_ROOMS, argc, argv);
}

static int
run_bookings(size_t argc, char *const *argv)
{
    return run(&booking_command, IMPORT_BOOKINGS, argc, argv);
}

static int
run_guests(size_t argc, char *const *argv)
{
    return run(&guest_command, IMPORT_GUESTS, argc, argv);
}

int
cmd_import(size_t argc, char *const *argv)
{
    static const struct cmd kinds[] = {
        {"room-types", "what a property sells", run_room_types},
        {"rooms", "rooms, and their types where asked for", run_rooms},
        {"bookings", "confirmed bookings that are not over", run_bookings},
        {"guests", "who comes along with a booking, and what is known of a guest", run_guests},
    };
    return cmd_dispatch_group("import", kinds, sizeof(kinds) / sizeof(kinds[0]), argc, argv);
}
