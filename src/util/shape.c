/* A field is looked up once and handed to its reader by value; where it stands is a chain of places, which becomes a
 * pointer only when something is wrong. What differs between JSON and a query is settled in three small functions:
 * lookup, scalar_text() and shape_item(). */
#include "util/shape.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "util/utf8.h"

/* -- the report -- */

enum {
    POINTER_NAME_MAX = 120
}; /* bytes of one name in a pointer: an unknown field's name may be as long as a string */

void
shape_report_init(struct shape_report *report, struct arena *arena)
{
    report->arena = arena;
    report->count = 0;
    report->has_more = false;
    report->synonyms = NULL;
}

enum outcome
shape_report_outcome(const struct shape_report *report)
{
    if (report->arena->overflowed)
        return OUTCOME_BUSY_RETRY;
    if (report->count == 0)
        return OUTCOME_OK;
    for (size_t i = 0; i < report->count; i++)
        if (report->problems[i].code == OUTCOME_READ_ONLY_FIELD)
            return OUTCOME_READ_ONLY_FIELD;
    return OUTCOME_VALIDATION_FAILED;
}

void
shape_report_write(const struct shape_report *report, struct json_writer *writer)
{
    json_write_array_begin(writer);
    for (size_t i = 0; i < report->count; i++) {
        const struct shape_problem *problem = &report->problems[i];
        json_write_object_begin(writer);
        json_member_str(writer, "pointer", problem->pointer);
        json_member_str(writer, "code", outcome_info(problem->code)->code);
        json_member_str(writer, "detail", problem->sentence);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

/* RFC 6901 section 4: "~" is written "~0", "/" is written "~1". */
static void
put_name(struct text *text, const char *name)
{
    struct str whole = str_from(name), cut = utf8_cut(whole, POINTER_NAME_MAX);
    for (size_t i = 0; i < cut.len; i++) {
        if (cut.ptr[i] == '~')
            text_put(text, STR("~0"));
        else if (cut.ptr[i] == '/')
            text_put(text, STR("~1"));
        else
            text_put_char(text, cut.ptr[i]);
    }
    if (cut.len < whole.len)
        text_put(text, STR("..."));
}

static void
put_place(struct text *text, const struct shape_place *place)
{
    if (place->up == NULL)
        return;
    put_place(text, place->up);
    if (place->in_query) {
        /* the items of a repeated parameter share its name */
        if (place->name != NULL) {
            text_put_char(text, '?');
            text_put(text, str_from(place->name));
        }
        return;
    }
    text_put_char(text, '/');
    if (place->name != NULL)
        put_name(text, place->name);
    else
        text_put_i64(text, (long long)place->index);
}

static void
add_problem(struct shape_report *report, enum outcome code, const struct shape_place *place, struct str sentence)
{
    if (report->count == SHAPE_PROBLEM_MAX) {
        report->has_more = true;
        return;
    }
    struct text pointer;
    text_init(&pointer, report->arena, 64);
    put_place(&pointer, place);
    report->problems[report->count++] = (struct shape_problem){
        .code = code, .pointer = text_str(&pointer), .sentence = arena_copy_str(report->arena, sentence)};
}

static enum shape_is
wrong(const struct shape_field *field, struct str sentence)
{
    add_problem(field->report, OUTCOME_VALIDATION_FAILED, &field->place, sentence);
    return SHAPE_WRONG;
}

enum shape_is
shape_refuse(struct shape_field field, const char *format, ...)
{
    char sentence[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return wrong(&field, str_from(sentence));
}

/* -- objects and queries -- */

bool
shape_init_json(struct shape *shape, struct shape_report *report, json_t *root)
{
    *shape = (struct shape){.report = report, .object = root};
    if (json_is_object(root))
        return true;
    add_problem(report, OUTCOME_VALIDATION_FAILED, &shape->place, STR("must be an object"));
    return false;
}

void
shape_init_query(struct shape *shape, struct shape_report *report, const struct shape_param *params, size_t count)
{
    *shape = (struct shape){.place = {.in_query = true}, .report = report, .params = params, .param_count = count};
}

static void
remember(struct shape *shape, const char *name)
{
    assert(shape->known_count < SHAPE_FIELD_MAX);
    shape->known[shape->known_count++] = name;
}

/* The parameter called `name` at or after `from`; param_count when there is none. */
static size_t
find_param(const struct shape *shape, const char *name, size_t from)
{
    while (from < shape->param_count && !str_equal(shape->params[from].name, str_from(name)))
        from++;
    return from;
}

static void
look_up(const struct shape *shape, const char *name, struct shape_field *field)
{
    if (shape->place.in_query) {
        size_t at = find_param(shape, name, 0);
        if (at == shape->param_count)
            return;
        field->query = shape;
        field->param = &shape->params[at];
    } else {
        field->json = json_object_get(shape->object, name);
        if (field->json == NULL)
            return;
    }
    field->is = json_is_null(field->json) ? SHAPE_NULL : SHAPE_SET;
}

struct shape_field
shape_field(struct shape *shape, const char *name, unsigned need)
{
    remember(shape, name);
    struct shape_field field = {.place = {.up = &shape->place, .name = name, .in_query = shape->place.in_query},
                                .report = shape->report,
                                .is = SHAPE_ABSENT};
    look_up(shape, name, &field);
    if (field.is == SHAPE_ABSENT && (need & SHAPE_REQUIRED) != 0)
        field.is = wrong(&field, STR("is required"));
    else if (field.is == SHAPE_NULL && (need & SHAPE_NULLABLE) == 0)
        field.is = wrong(&field, STR("must not be null"));
    return field;
}

void
shape_read_only(struct shape *shape, const char *const *names)
{
    assert(shape->read_only_count < SHAPE_READ_ONLY_MAX);
    shape->read_only[shape->read_only_count++] = names;
}

static bool
is_known(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->known_count; i++)
        if (strcmp(shape->known[i], name) == 0)
            return true;
    return false;
}

static bool
is_read_only(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->read_only_count; i++)
        for (const char *const *names = shape->read_only[i]; *names != NULL; names++)
            if (strcmp(*names, name) == 0)
                return true;
    return false;
}

/* What the caller may have meant: the first known name of the group that has this one; NULL for none. */
static const char *
find_synonym(const struct shape *shape, const char *name)
{
    const char *const *group = shape->report->synonyms;
    while (group != NULL && *group != NULL) {
        const char *known = NULL;
        bool has_name = false;
        for (; *group != NULL; group++) {
            has_name = has_name || strcmp(*group, name) == 0;
            if (known == NULL && is_known(shape, *group))
                known = *group;
        }
        if (has_name)
            return known;
        group++;
    }
    return NULL;
}

static void
check_known(struct shape *shape, const char *name)
{
    if (is_known(shape, name))
        return;
    const struct shape_place place = {.up = &shape->place, .name = name, .in_query = shape->place.in_query};
    if (is_read_only(shape, name)) {
        add_problem(shape->report, OUTCOME_READ_ONLY_FIELD, &place, STR("can't be set by the caller"));
        return;
    }
    const char *known = find_synonym(shape, name);
    struct text sentence;
    text_init(&sentence, shape->report->arena, 48);
    text_put(&sentence, STR("is not known here"));
    if (known != NULL)
        text_put_format(&sentence, "; it is called %s", known);
    add_problem(shape->report, OUTCOME_VALIDATION_FAILED, &place, text_str(&sentence));
}

void
shape_finish(struct shape *shape)
{
    if (shape->place.in_query) {
        for (size_t i = 0; i < shape->param_count; i++) {
            struct str name = utf8_cut(shape->params[i].name, POINTER_NAME_MAX);
            const char *copy = arena_copy_cstr(shape->report->arena, name);
            if (copy != NULL)
                check_known(shape, copy);
        }
        return;
    }
    for (void *at = json_object_iter(shape->object); at != NULL; at = json_object_iter_next(shape->object, at))
        check_known(shape, json_object_iter_key(at));
}

/* -- strings -- */

/* The text of a string or of a parameter given once. */
static enum shape_is
scalar_text(const struct shape_field *field, struct str sentence, struct str *ret_text)
{
    if (field->is != SHAPE_SET)
        return field->is;
    if (field->param != NULL) {
        const struct shape *query = field->query;
        size_t next = query == NULL ? 0 : (size_t)(field->param - query->params) + 1;
        if (query != NULL && find_param(query, field->place.name, next) < query->param_count)
            return wrong(field, STR("is given more than once"));
        *ret_text = field->param->value;
        return SHAPE_SET;
    }
    if (!json_is_string(field->json))
        return wrong(field, sentence);
    *ret_text = str_of(json_string_value(field->json), json_string_length(field->json));
    return SHAPE_SET;
}

static bool
is_printable(struct str s, bool multiline)
{
    while (s.len > 0) {
        uint32_t code;
        size_t len = utf8_take(s, &code);
        if (len == 0 || (utf8_is_control(code) && !(multiline && (code == '\n' || code == '\t'))))
            return false;
        s = (struct str){s.ptr + len, s.len - len};
    }
    return true;
}

static enum shape_is
keep_text(const struct shape_field *field, struct str s, size_t min, size_t max, struct str *ret_value)
{
    size_t count = utf8_code_points(s);
    if (count < min && count == 0)
        return shape_refuse(*field, "must not be empty");
    if (count < min || count > max)
        return min == max ? shape_refuse(*field, "must be %zu characters long", min)
                          : shape_refuse(*field, "must be %zu to %zu characters long", min, max);
    struct str copy = arena_copy_str(field->report->arena, s);
    if (copy.ptr == NULL)
        return SHAPE_WRONG;
    *ret_value = copy;
    return SHAPE_SET;
}

enum shape_is
shape_str(struct shape_field field, size_t min, size_t max, struct str *ret_value)
{
    struct str s;
    enum shape_is is = scalar_text(&field, STR("must be a string"), &s);
    if (is != SHAPE_SET)
        return is;
    if (!is_printable(s, false))
        return wrong(&field, STR("must be one line of UTF-8 without control characters"));
    return keep_text(&field, str_trim(s), min, max, ret_value);
}

static struct str
trim_lines(struct str s)
{
    struct str before;
    do {
        before = s;
        s = str_trim(s);
        if (s.len > 0 && s.ptr[0] == '\n')
            s = (struct str){s.ptr + 1, s.len - 1};
        if (s.len > 0 && s.ptr[s.len - 1] == '\n')
            s.len--;
    } while (s.len != before.len);
    return s;
}

enum shape_is
shape_text(struct shape_field field, size_t min, size_t max, struct str *ret_value)
{
    struct str s;
    enum shape_is is = scalar_text(&field, STR("must be a string"), &s);
    if (is != SHAPE_SET)
        return is;
    if (!is_printable(s, true))
        return wrong(&field, STR("must be UTF-8 without control characters other than line feeds and tabs"));
    return keep_text(&field, trim_lines(s), min, max, ret_value);
}

enum shape_is
shape_secret(struct shape_field field, size_t min, size_t max, struct str *ret_value)
{
    struct str s;
    enum shape_is is = scalar_text(&field, STR("must be a string"), &s);
    return is != SHAPE_SET ? is : keep_text(&field, s, min, max, ret_value);
}

/* -- other scalars -- */

static enum shape_is
refuse_range(const struct shape_field *field, int64_t min, int64_t max)
{
    return shape_refuse(*field, "must be a whole number from %lld to %lld", (long long)min, (long long)max);
}

enum shape_is
shape_i64(struct shape_field field, int64_t min, int64_t max, int64_t *ret_value)
{
    long long value;
    if (field.is != SHAPE_SET)
        return field.is;
    if (field.param != NULL) {
        struct str s;
        if (scalar_text(&field, STR(""), &s) != SHAPE_SET)
            return SHAPE_WRONG;
        if (!str_to_i64(s, &value))
            return refuse_range(&field, min, max);
    } else {
        if (!json_is_integer(field.json))
            return refuse_range(&field, min, max);
        value = json_integer_value(field.json);
    }
    if (value < min || value > max)
        return refuse_range(&field, min, max);
    *ret_value = value;
    return SHAPE_SET;
}

enum shape_is
shape_bool(struct shape_field field, bool *ret_value)
{
    if (field.is != SHAPE_SET)
        return field.is;
    if (field.param == NULL) {
        if (!json_is_boolean(field.json))
            return wrong(&field, STR("must be true or false"));
        *ret_value = json_is_true(field.json);
        return SHAPE_SET;
    }
    struct str s;
    if (scalar_text(&field, STR(""), &s) != SHAPE_SET)
        return SHAPE_WRONG;
    bool yes = str_equal(s, STR("true"));
    if (!yes && !str_equal(s, STR("false")))
        return wrong(&field, STR("must be true or false"));
    *ret_value = yes;
    return SHAPE_SET;
}

static enum shape_is
refuse_word(const struct shape_field *field, const struct shape_word *words, size_t word_count)
{
    struct text text;
    text_init(&text, field->report->arena, 128);
    text_put(&text, word_count == 1 ? STR("must be ") : STR("must be one of "));
    for (size_t i = 0; i < word_count; i++) {
        if (i > 0)
            text_put(&text, STR(", "));
        text_put(&text, str_from(words[i].word));
    }
    return wrong(field, text_str(&text));
}

enum shape_is
shape_enum(struct shape_field field, const struct shape_word *words, size_t word_count, int *ret_value)
{
    if (field.is == SHAPE_SET && field.param == NULL && !json_is_string(field.json))
        return refuse_word(&field, words, word_count);
    struct str s;
    enum shape_is is = scalar_text(&field, STR(""), &s);
    if (is != SHAPE_SET)
        return is;
    for (size_t i = 0; i < word_count; i++) {
        if (str_equal(s, str_from(words[i].word))) {
            *ret_value = words[i].value;
            return SHAPE_SET;
        }
    }
    return refuse_word(&field, words, word_count);
}

enum shape_is
shape_date(struct shape_field field, int32_t *ret_date)
{
    const struct str sentence = STR("must be a date such as 2027-03-01");
    struct str s;
    enum shape_is is = scalar_text(&field, sentence, &s);
    if (is == SHAPE_SET && !date_parse(s, ret_date))
        return wrong(&field, sentence);
    return is;
}

enum shape_is
shape_instant(struct shape_field field, int64_t *ret_ms)
{
    const struct str sentence = STR("must be an instant such as 2027-03-01T09:00:00Z, in whole milliseconds at most");
    struct str s;
    enum shape_is is = scalar_text(&field, sentence, &s);
    if (is == SHAPE_SET && !instant_parse(s, ret_ms))
        return wrong(&field, sentence);
    return is;
}

enum shape_is
shape_id_any(struct shape_field field, enum id_kind *ret_kind, uint32_t *ret_property, struct id *ret_id)
{
    struct str s;
    enum shape_is is = scalar_text(&field, STR("must be an id"), &s);
    if (is == SHAPE_SET && !id_parse(s, ret_kind, ret_property, ret_id))
        return wrong(&field, STR("must be an id"));
    return is;
}

enum shape_is
shape_id(struct shape_field field, enum id_kind kind, uint32_t *ret_property, struct id *ret_id)
{
    struct str s;
    enum shape_is is = scalar_text(&field, STR("must be an id"), &s);
    if (is != SHAPE_SET)
        return is;
    enum id_kind found;
    uint32_t property;
    struct id id;
    if (!id_parse(s, &found, &property, &id) || found != kind)
        return shape_refuse(field, "must be the id of a %s: %s_...", id_kind_name(kind), id_kind_prefix(kind));
    *ret_property = property;
    *ret_id = id;
    return SHAPE_SET;
}

/* -- what holds others -- */

enum shape_is
shape_object(struct shape_field field, struct shape *ret_child)
{
    assert(!field.place.in_query);
    if (field.is != SHAPE_SET)
        return field.is;
    if (!json_is_object(field.json))
        return wrong(&field, STR("must be an object"));
    *ret_child = (struct shape){.place = field.place, .report = field.report, .object = field.json};
    return SHAPE_SET;
}

static size_t
count_items(const struct shape_field *field)
{
    if (field->param == NULL)
        return json_array_size(field->json);
    size_t count = 0;
    for (size_t at = 0; (at = find_param(field->query, field->place.name, at)) < field->query->param_count; at++)
        count++;
    return count;
}

enum shape_is
shape_list(struct shape_field field, size_t min, size_t max, struct shape_list *ret_list)
{
    if (field.is != SHAPE_SET)
        return field.is;
    if (field.param == NULL && !json_is_array(field.json))
        return wrong(&field, STR("must be an array"));
    size_t count = count_items(&field);
    if (count < min || count > max)
        return shape_refuse(field, "must have %zu to %zu items", min, max);
    *ret_list = (struct shape_list){.place = field.place, .report = field.report, .count = count};
    ret_list->array = field.json;
    ret_list->query = field.query;
    return SHAPE_SET;
}

struct shape_field
shape_item(const struct shape_list *list, size_t index)
{
    assert(index < list->count);
    struct shape_field field = {.report = list->report, .is = SHAPE_SET};
    field.place = (struct shape_place){.up = &list->place, .index = index, .in_query = list->place.in_query};
    if (list->query != NULL) {
        size_t at = find_param(list->query, list->place.name, 0);
        for (size_t i = 0; i < index; i++)
            at = find_param(list->query, list->place.name, at + 1);
        field.param = &list->query->params[at];
        return field;
    }
    field.json = json_array_get(list->array, index);
    if (json_is_null(field.json))
        field.is = wrong(&field, STR("must not be null"));
    return field;
}
