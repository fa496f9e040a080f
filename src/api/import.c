/* A file of lines, each of which becomes the request that anybody would send for it and goes through the engine by
 * itself, in the order of the file; the reply says what became of each.
 *
 * Lines are read, checked and made into commands by the shape() of the route that such a request has, on a reader's
 * thread; the engine's thread then only hands over the next one when the one before is answered. A line's key comes
 * from what it asks for and from how many equal lines stand before it, as in `nightlatch import`: a file that is sent
 * again within a day makes nothing twice. */
#include "api/import_line.h"

#include <sodium.h>
#include <string.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/import_guest.h"
#include "api/problem.h"
#include "api/reply.h"
#include "core/code.h"
#include "util/csv.h"

enum { LINES_MAX = 2000, COLUMN_SIZE = 64, LINE_TEXT = 384, DETAIL_MAX = 1024 };

struct import;

/* What became of a line. */
enum line_result { LINE_SENT, LINE_CREATED, LINE_CHANGED, LINE_THERE, LINE_LEFT_OUT, LINE_REFUSED, LINE_RESULT_COUNT };

struct line {
    struct call call; /* as if it had come by itself: shape() fills it, the engine gets its request */
    struct import *import;
    int64_t number;          /* in the file, from 1 */
    const struct line *same; /* a line before that asks for the same room or type, and is sent for both; or NULL */
    enum line_result result;
    enum route_name route; /* whose request it is */
    bool confirms;         /* its booking is made, and is now confirmed */
    struct id made;
    struct str code, detail; /* of a refusal */
    char column[COLUMN_SIZE];
};

struct import {
    struct call *call;
    enum import_kind kind;
    bool dry_run;
    struct line **lines; /* in the arena */
    size_t count, at;
    const char *wrong; /* with the file as such; NULL: nothing */
    struct text reply; /* its memory is there before the first line is sent */
};

/* --- shape --- */

void
import_shape(struct call *call, struct shape *query, struct shape *body)
{
    static const struct shape_word kinds[] = {{"room-types", IMPORT_ROOM_TYPES},
                                              {"rooms", IMPORT_ROOMS},
                                              {"bookings", IMPORT_BOOKINGS},
                                              {"guests", IMPORT_GUESTS}};
    struct import *import = call_ask(call, sizeof(*import));
    int kind = 0;
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)shape_enum(shape_field(query, "kind", SHAPE_REQUIRED), kinds, sizeof(kinds) / sizeof(kinds[0]), &kind);
    (void)shape_bool(shape_field(query, "dry_run", SHAPE_OPTIONAL), &import->dry_run);
    import->call = call;
    import->kind = (enum import_kind)kind;
}

/* --- lines --- */

static void
refuse_line(struct line *line, struct str code, const char *column, struct str detail)
{
    line->result = LINE_REFUSED;
    line->code = code;
    line->detail = detail;
    (void)snprintf(line->column, sizeof(line->column), "%s", column);
}

/* Puts another mistake behind those of a line's detail: the first has the line's column to itself, others bring theirs
 * along. Those that there is no room for are told when some of these were mended. */
static void
add_mistake(struct line *line, struct text *detail, const char *column, struct str sentence)
{
    size_t len = strlen(column) + sentence.len + 4;
    if (detail->len == 0)
        refuse_line(line, outcome_info(OUTCOME_VALIDATION_FAILED)->code, column, sentence);
    if (detail->len == 0)
        text_put(detail, sentence);
    else if (detail->len + len <= DETAIL_MAX)
        text_put_format(detail, "; %s%s%.*s", column, column[0] == '\0' ? "" : ": ", STR_ARG(sentence));
}

/* With all that is wrong with what it says. */
static void
refuse_mistakes(struct line *line, const struct import_asked *asked)
{
    struct text detail;
    text_init(&detail, line->import->call->arena, DETAIL_MAX);
    for (size_t i = 0; i < asked->mistake_count; i++)
        add_mistake(line, &detail, asked->mistakes[i].column, str_from(asked->mistakes[i].sentence));
    line->detail = text_str(&detail);
}

/* The same of what the route found. */
static void
refuse_problems(struct line *line, const struct shape_report *report)
{
    struct text detail;
    char column[COLUMN_SIZE];
    text_init(&detail, line->import->call->arena, DETAIL_MAX);
    for (size_t i = 0; i < report->count; i++) {
        import_column(line->import->kind, report->problems[i].pointer, column, sizeof(column));
        add_mistake(line, &detail, column, report->problems[i].sentence);
    }
    line->code = outcome_info(shape_report_outcome(report))->code;
    line->detail = text_str(&detail);
}

static void
refuse_invalid(struct line *line, const char *column, const char *detail)
{
    refuse_line(line, outcome_info(OUTCOME_VALIDATION_FAILED)->code, column, str_from(detail));
}

static void
put_column(struct line *line, struct str pointer)
{
    import_column(line->import->kind, pointer, line->column, sizeof(line->column));
}

/* As call.c has it for a request: the route's own shape() reads the body into the command. */
static void
shape_line(struct line *line, json_t *tree)
{
    struct call *of = line->import->call, *call = &line->call;
    struct shape query, body;
    call->api = of->api;
    call->http = of->http;
    call->arena = of->arena;
    call->route = route_get(line->route);
    shape_report_init(&call->report, of->arena);
    shape_init_query(&query, &call->report, NULL, 0);
    if (shape_init_json(&body, &call->report, tree)) {
        call->route->shape(call, &query, &body);
        shape_finish(&body);
    }
    if (shape_report_outcome(&call->report) != OUTCOME_OK)
        refuse_problems(line, &call->report);
}

/* The engine's request of a line that is to be sent. */
static void
complete_line(struct line *line, const char *body, int64_t equal_before)
{
    struct call *of = line->import->call;
    struct engine_request *engine = &line->call.engine;
    crypto_generichash_state state;
    engine->command.actor = (struct actor){.name = of->actor, .role = of->role};
    engine->command.property = of->property;
    engine->dry_run = line->import->dry_run;
    engine->no_demand = true;
    engine->request_id = of->request_id;
    crypto_generichash_init(&state, NULL, 0, STORE_KEY_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)of->actor.ptr, of->actor.len);
    crypto_generichash_update(&state, (const unsigned char *)import_kind_path(line->import->kind),
                              strlen(import_kind_path(line->import->kind)) + 1);
    crypto_generichash_update(&state, (const unsigned char *)&equal_before, sizeof(equal_before));
    crypto_generichash_update(&state, (const unsigned char *)body, strlen(body));
    crypto_generichash_final(&state, engine->key, STORE_KEY_BYTES);
    memcpy(engine->fingerprint, engine->key, STORE_KEY_BYTES);
    engine->has_key = true;
}

/* Did a line before say something of this guest? Then what they are now is not what they will be. `seen` keeps it. */
static bool
is_told_before(const struct line *line, struct id guest, json_t *seen)
{
    char id[ID_TEXT_SIZE];
    id_format(ID_GUEST, line->import->call->property, guest, id);
    bool before = json_object_get(seen, id) != NULL;
    (void)json_object_set_new(seen, id, json_true());
    return before;
}

/* What the route's load() would read: whom the line is about. */
static enum db_status
find_guest(struct line *line, struct reader *reader, const json_t *fields, json_t *seen)
{
    struct put_guest *put = &line->call.engine.command.put_guest;
    struct import_guest found;
    enum db_status status = import_guest_find(line->import->call, reader, fields, &found);
    if (status != DB_OK)
        return status;
    if (found.outcome != OUTCOME_OK)
        refuse_line(line, outcome_info(found.outcome)->code, found.column, str_from(found.wrong));
    else if (!(found.route == ROUTE_GUEST_AMEND && is_told_before(line, found.id, seen)) && found.there)
        line->result = LINE_THERE;
    line->route = found.route;
    line->call.ids[0] = found.id;
    if (found.route == ROUTE_GUEST_AMEND)
        *put = (struct put_guest){.details = found.details, .keeps_empty = true};
    return DB_OK;
}

/* A house's own export would book everything that is in nobody's way a second time. */
static enum db_status
refuse_what_is_here(struct line *line, struct reader *reader, const json_t *fields)
{
    struct call *of = line->import->call;
    const char *code = import_field(fields, "code"), *id = import_field(fields, "id");
    struct booking booking;
    char own[ID_TEXT_SIZE];
    int64_t number;
    const struct house_entry *house;
    struct store_head head;
    enum db_status status = reader_house(reader, of->property, &house, &head);
    if (status != DB_OK || line->import->kind != IMPORT_BOOKINGS ||
        !code_parse(house->house.property->id, str_from(code), &number))
        return status;
    status = store_load_booking_by_code(&reader->store, of->property, number, &reader->scratch, &booking);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    id_format(ID_BOOKING, of->property, booking.id, own);
    if (id[0] == '\0' || strcmp(id, own) == 0)
        refuse_line(line, outcome_info(OUTCOME_ALREADY_EXISTS)->code, "code", STR("This booking is here already."));
    return DB_OK;
}

/* How many lines before asked for just the same; `seen` counts them. */
static int64_t
count_equal(json_t *seen, const char *body)
{
    int64_t before = json_integer_value(json_object_get(seen, body));
    (void)json_object_set_new(seen, body, json_integer(before + 1));
    return before;
}

/* What the line asks for and of whom, for its key; in the arena, NULL when that is full. */
static const char *
identify(const struct line *line, const json_t *asked)
{
    struct call *of = line->import->call;
    char id[ID_TEXT_SIZE] = "";
    char *body = json_dumps(asked, JSON_COMPACT);
    struct text text;
    if (line->import->kind == IMPORT_GUESTS)
        id_format(line->route == ROUTE_GUEST_AMEND ? ID_GUEST : ID_BOOKING, of->property, line->call.ids[0], id);
    text_init(&text, of->arena, 256);
    text_put_format(&text, "%s%s", id, body == NULL ? "" : body);
    bool whole = body != NULL && !text.overflowed;
    free(body);
    return whole ? arena_copy_cstr(of->arena, text_str(&text)) : NULL;
}

/* Sends it on its way: into the command, or refused, or found to be there. */
static enum db_status
prepare_line(struct line *line, struct reader *reader, const json_t *fields, json_t *asked, json_t *seen)
{
    static const enum route_name routes[] = {ROUTE_ROOM_TYPE_CREATE, ROUTE_ROOM_CREATE, ROUTE_BOOKING_CREATE};
    bool guests = line->import->kind == IMPORT_GUESTS;
    if (!guests)
        line->route = routes[line->import->kind];
    enum db_status status = guests ? find_guest(line, reader, fields, seen) : refuse_what_is_here(line, reader, fields);
    if (status != DB_OK || line->result != LINE_SENT)
        return status;
    const char *identity = identify(line, asked);
    if (identity == NULL) {
        refuse_line(line, outcome_info(OUTCOME_BUSY_RETRY)->code, "", STR("No memory is left for this line."));
        return DB_OK;
    }
    const struct put_guest put = line->call.engine.command.put_guest;
    shape_line(line, asked);
    if (line->route == ROUTE_GUEST_AMEND)
        line->call.engine.command.put_guest = (struct put_guest){line->call.ids[0], put.details, put.keeps_empty};
    if (line->result == LINE_SENT)
        complete_line(line, identity, count_equal(seen, identity));
    return DB_OK;
}

/* What it shares with a line before is known when that one was sent. */
static void
set_same(struct line *line, int64_t number)
{
    struct import *import = line->import;
    struct text text;
    for (size_t i = 0; i < import->count && line->same == NULL; i++)
        line->same = import->lines[i]->number == number ? import->lines[i] : NULL;
    text_init(&text, import->call->arena, 48);
    text_put_format(&text, "line %lld says the same", (long long)number);
    line->detail = text_str(&text);
    line->result = LINE_THERE;
}

static void
settle_same(struct line *line)
{
    const struct line *same = line->same;
    if (same != NULL && same->result == LINE_REFUSED)
        refuse_line(line, same->code, same->column, line->detail);
}

static enum db_status
read_line(struct line *line, struct reader *reader, const struct import_house *house, const json_t *fields,
          json_t *seen)
{
    struct import_asked asked = import_line_read(line->import->kind, house, fields, line->number);
    switch (asked.fate) {
    case IMPORT_LEFT_OUT: line->result = LINE_LEFT_OUT; return DB_OK;
    case IMPORT_THERE: line->result = LINE_THERE; return DB_OK;
    case IMPORT_SAME: set_same(line, asked.same_as); return DB_OK;
    case IMPORT_WRONG: refuse_mistakes(line, &asked); return DB_OK;
    case IMPORT_ASKS: break;
    }
    enum db_status status = prepare_line(line, reader, fields, asked.body, seen);
    json_decref(asked.body);
    return status;
}

/* --- the file --- */

/* NULL when the arena is full. */
static struct line *
add_line(struct import *import, int64_t number)
{
    struct line *line = ARENA_NEW(import->call->arena, struct line);
    if (line == NULL)
        return NULL;
    line->import = import;
    line->number = number;
    import->lines[import->count++] = line;
    return line;
}

/* Without the blanks at both ends, which a request may have too and which name nothing. */
static json_t *
fields_of(const struct csv_row *row, const json_t *columns)
{
    json_t *fields = json_object();
    size_t index;
    const json_t *column;
    json_array_foreach (columns, index, column) {
        struct str text = str_trim(csv_unguard(row->fields[index]));
        if (text.len > 0)
            (void)json_object_set_new(fields, json_string_value(column), json_stringn(text.ptr, text.len));
    }
    return fields;
}

static void
refuse_header(struct import *import, const char *before, const char *name, const char *after, const char *other)
{
    struct text text;
    text_init(&text, import->call->arena, 256);
    text_put_format(&text, "The header %s %s%s%s.", before, name, after, other);
    text_put_char(&text, '\0');
    import->wrong = text.overflowed ? "The header is wrong." : text.ptr;
}

/* Of a file that may say anything only what is a name is said back. */
static const char *
name_of_column(struct import *import, struct str name, size_t index)
{
    struct text text;
    bool is_plain = name.len < COLUMN_SIZE;
    for (size_t i = 0; is_plain && i < name.len; i++)
        is_plain = name.ptr[i] >= ' ' && name.ptr[i] < 0x7f;
    text_init(&text, import->call->arena, COLUMN_SIZE + 32);
    if (is_plain)
        text_put_format(&text, "column \"%.*s\"", STR_ARG(name));
    else
        text_put_format(&text, "name of column %zu", index + 1);
    text_put_char(&text, '\0');
    return text.overflowed ? "" : text.ptr;
}

/* A file without a column, or with one twice, is another file than was meant: it is refused as such, not line by line.
 * Columns without a name are what a spreadsheet leaves at the right, and nobody looks at them. */
static json_t *
columns_of(struct import *import, const struct csv_row *row)
{
    json_t *columns = json_array();
    const char *other;
    for (size_t i = 0; i < row->count; i++) {
        struct str name = str_trim(csv_unguard(row->fields[i]));
        if (name.len > 0 && import_has_column(columns, name) && import->wrong == NULL)
            refuse_header(import, "has the", name_of_column(import, name, i), " twice", "");
        (void)json_array_append_new(columns, json_stringn(name.len == 0 ? "" : name.ptr, name.len));
    }
    const char *missing = import_missing_column(import->kind, columns, &other);
    if (missing != NULL && import->wrong == NULL)
        refuse_header(import, "has no column", missing, other == NULL ? "" : " or ", other == NULL ? "" : other);
    return columns;
}

/* Of a row without fields to look at. */
static void
refuse_row(struct line *line, enum csv_result result, const char *wrong)
{
    struct text text;
    text_init(&text, line->import->call->arena, LINE_TEXT);
    text_put_format(&text, "%s%s", wrong, result == CSV_RAGGED ? "" : IMPORT_READ_NO_FURTHER);
    text_put_char(&text, '\0');
    refuse_invalid(line, "", text.overflowed ? wrong : text.ptr);
}

/* The first row names the columns; behind one whose end is not certain nothing is read. */
static enum db_status
read_rows(struct import *import, struct reader *reader, struct csv_reader *csv, const struct import_house *house)
{
    json_t *columns = NULL, *seen = json_object();
    enum db_status status = DB_OK;
    while (status == DB_OK && import->count < LINES_MAX) {
        struct csv_row row;
        struct err err;
        enum csv_result result = csv_reader_next(csv, &row, &err);
        if (result == CSV_MORE) {
            csv_reader_end(csv);
            continue;
        }
        if (result == CSV_END)
            break;
        if (result == CSV_ROW && columns == NULL) {
            columns = columns_of(import, &row);
            if (import->wrong != NULL)
                break;
            continue;
        }
        struct line *line = add_line(import, result == CSV_ROW ? row.line : csv->wrong_line);
        if (line == NULL)
            break; /* latched: the reply says so */
        if (result == CSV_WRONG || result == CSV_RAGGED)
            refuse_row(line, result, csv->wrong);
        if (result == CSV_WRONG)
            break;
        if (result == CSV_RAGGED)
            continue;
        json_t *fields = fields_of(&row, columns);
        status = read_line(line, reader, house, fields, seen);
        json_decref(fields);
    }
    json_decref(columns);
    json_decref(seen);
    return status;
}

static void
add_named(json_t *list, enum id_kind kind, uint32_t property, struct id id, const char *member, struct str name,
          struct str building)
{
    char text[ID_TEXT_SIZE];
    id_format(kind, property, id, text);
    json_t *item = json_pack("{s:s, s:s%}", "id", text, member, name.ptr, name.len);
    if (building.ptr != NULL)
        (void)json_object_set_new(item, "building", json_stringn(building.ptr, building.len));
    (void)json_array_append_new(list, item);
}

static enum db_status
read_file(struct import *import, struct reader *reader, const struct house *house)
{
    struct call *call = import->call;
    char property[ID_TEXT_SIZE];
    json_t *types = json_array(), *rooms = json_array(), *earlier = json_object();
    struct csv_reader csv;
    id_format(ID_PROPERTY, call->property, house->property->id, property);
    for (size_t i = 0; i < house->type_count; i++)
        add_named(types, ID_ROOM_TYPE, call->property, house->types[i].id, "name", house->types[i].name,
                  (struct str){NULL, 0});
    for (size_t i = 0; i < house->room_count; i++) {
        char type[ID_TEXT_SIZE];
        add_named(rooms, ID_ROOM, call->property, house->rooms[i].id, "number", house->rooms[i].number,
                  house->rooms[i].building);
        id_format(ID_ROOM_TYPE, call->property, house->rooms[i].room_type, type);
        (void)json_object_set_new(json_array_get(rooms, i), "room_type_id", json_string(type));
    }
    import_add_plain_names(types);
    const struct import_house named = {.property = property,
                                       .types = types,
                                       .rooms = rooms,
                                       .earlier = earlier,
                                       .now_ms = call_now_ms(call),
                                       .without_type = "import room types first"};
    csv_reader_init(&csv);
    csv_reader_feed_file(&csv, call->http->body);
    enum db_status status = read_rows(import, reader, &csv, &named);
    csv_reader_done(&csv);
    json_decref(earlier);
    json_decref(types);
    json_decref(rooms);
    return status;
}

/* --- the reply --- */

static const char *const results[] = {"sent", "created", "changed", "there", "left_out", "refused"};

static void
write_line(struct json_writer *writer, const struct line *line)
{
    static const enum id_kind kinds[] = {ID_ROOM_TYPE, ID_ROOM, ID_BOOKING, ID_BOOKING};
    enum id_kind kind = line->route == ROUTE_GUEST_AMEND ? ID_GUEST : kinds[line->import->kind];
    json_write_object_begin(writer);
    json_member_i64(writer, "line", line->number);
    json_member_str(writer, "result", str_from(results[line->result]));
    json_member_id_or_null(writer, "id", kind, line->import->call->property, line->made);
    json_member_str_or_null(writer, "code", line->code);
    json_member_str_or_null(writer, "column", line->column[0] == '\0' ? (struct str){NULL, 0} : str_from(line->column));
    json_member_str_or_null(writer, "detail", line->detail);
    json_write_object_end(writer);
}

static void
send_results(struct import *import)
{
    int64_t counts[LINE_RESULT_COUNT] = {0};
    struct json_writer writer;
    json_writer_init(&writer, &import->reply);
    for (size_t i = 0; i < import->count; i++) {
        settle_same(import->lines[i]);
        counts[import->lines[i]->result]++;
    }
    json_write_object_begin(&writer);
    json_write_key(&writer, "dry_run");
    json_write_bool(&writer, import->dry_run);
    for (int i = LINE_CREATED; i < LINE_RESULT_COUNT; i++)
        json_member_i64(&writer, results[i], counts[i]);
    json_member_array_begin(&writer, "lines");
    for (size_t i = 0; i < import->count; i++)
        write_line(&writer, import->lines[i]);
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    reply_text(import->call, &import->reply, 0);
}

/* --- line after line --- */

static void send_next(struct import *import);

static void
take_refusal(struct line *line)
{
    const struct refusal *refusal = &line->call.engine.result.refusal;
    const struct outcome_info *info = outcome_info(refusal->outcome);
    if (refusal->outcome == OUTCOME_ALREADY_EXISTS) {
        line->result = LINE_THERE;
        return;
    }
    struct arena *arena = line->import->call->arena;
    refuse_line(line, info->code, "",
                refusal->detail == NULL ? info->meaning : arena_copy_str(arena, str_from(refusal->detail)));
    if (refusal->pointer != NULL)
        put_column(line, problem_pointer(&line->call.engine.command, false, refusal->pointer));
}

/* A booking that waits for its payment is confirmed, as the file says it was. */
static bool
goes_on(struct line *line)
{
    struct engine_request *engine = &line->call.engine;
    const struct store_event *made = engine->result.events;
    if (line->confirms || engine->dry_run || line->import->kind != IMPORT_BOOKINGS ||
        !str_equal(made->to, booking_status_name(BOOKING_PENDING_PAYMENT)))
        return false;
    line->confirms = true;
    engine->command.kind = COMMAND_CONFIRM_BOOKING;
    engine->command.booking_step =
        (struct booking_step){.booking = made->subject, .reason = STR("imported as confirmed")};
    engine->key[0] ^= 1;
    engine->fingerprint[0] ^= 1;
    return true;
}

/* The engine's thread. What the engine added is freed with each answer. */
static void
on_line_done(struct engine_request *engine)
{
    struct line *line = engine->user;
    struct import *import = line->import;
    bool again = false;
    import->call->on_engine = true;
    if (engine->result.refusal.outcome != OUTCOME_OK) {
        take_refusal(line);
    } else if (!line->confirms) {
        bool there = engine->result.replayed || engine->result.unchanged, guests = line->import->kind == IMPORT_GUESTS;
        line->made = engine->dry_run ? ID_NONE : engine->result.events[0].subject;
        line->result = there ? LINE_THERE : guests ? LINE_CHANGED : LINE_CREATED;
        again = goes_on(line);
    }
    engine_request_done(engine);
    import->at += again ? 0 : 1;
    send_next(import);
}

static void
send_next(struct import *import)
{
    for (; import->at < import->count; import->at++) {
        struct line *line = import->lines[import->at];
        if (line->result != LINE_SENT && !line->confirms)
            continue;
        line->call.engine.done = on_line_done;
        line->call.engine.user = line;
        if (engine_submit(import->call->api->settings.engine, &line->call.engine))
            return;
        refuse_line(line, outcome_info(OUTCOME_BUSY_RETRY)->code, "", outcome_info(OUTCOME_BUSY_RETRY)->meaning);
        line->confirms = false;
    }
    send_results(import);
}

/* Of a line more than of any other request: each has what a call has, its fields, what is wrong with it, and its place
 * in the reply. */
enum { LINE_MEMORY = (int)sizeof(struct line) + 3 * LINE_TEXT + 3 * DETAIL_MAX };

/* What the reply may take, quotes in texts escaped; the engine's refusals are short. */
static size_t
reply_size(const struct import *import)
{
    size_t size = 256 + import->count * LINE_TEXT;
    for (size_t i = 0; i < import->count; i++)
        size += 2 * import->lines[i]->detail.len;
    return size;
}

void
import_load(struct call *call, struct reader *reader)
{
    struct import *import = call->asked;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    call->arena->limit += (size_t)LINES_MAX * LINE_MEMORY;
    import->lines = ARENA_ARRAY(call->arena, LINES_MAX, struct line *);
    if (import->lines == NULL) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    if (!call_check(call, reader, read_file(import, reader, &house->house)))
        return;
    text_init(&import->reply, call->arena, reply_size(import));
    if (call->arena->overflowed)
        reply_refuse(call, OUTCOME_BUSY_RETRY); /* nothing was sent */
    else if (import->wrong != NULL)
        reply_refuse_field(call, OUTCOME_VALIDATION_FAILED, "", import->wrong);
    else if (import->count == 0 || import->count == LINES_MAX)
        reply_refuse_field(call, OUTCOME_VALIDATION_FAILED, "",
                           import->count == 0 ? "The file has no line but, perhaps, the names of columns."
                                              : "The file has more lines than are taken at once, which is 1,999.");
    else
        send_next(import);
}
