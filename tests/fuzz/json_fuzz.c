/* JSON from outside, and JSON of ours, against jansson's own judgement.
 *
 * Whatever the scan takes jansson must take too (but for a key given twice and a number too large for a double), and
 * what it refuses without a limit being met jansson must refuse as well. What was read is written by our writer, and
 * must come back as the same tree. The readers of fields then go over it, for the sanitizers. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "util/json.h"
#include "util/json_write.h"
#include "util/shape.h"
#include "util/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_tree(struct json_writer *writer, json_t *tree)
{
    switch (json_typeof(tree)) {
    case JSON_OBJECT: {
        const char *key;
        json_t *value;
        json_write_object_begin(writer);
        json_object_foreach (tree, key, value) {
            json_write_key_str(writer, str_from(key));
            write_tree(writer, value);
        }
        json_write_object_end(writer);
        break;
    }
    case JSON_ARRAY:
        json_write_array_begin(writer);
        for (size_t i = 0; i < json_array_size(tree); i++)
            write_tree(writer, json_array_get(tree, i));
        json_write_array_end(writer);
        break;
    case JSON_STRING: json_write_str(writer, str_of(json_string_value(tree), json_string_length(tree))); break;
    case JSON_INTEGER: json_write_i64(writer, json_integer_value(tree)); break;
    case JSON_TRUE:
    case JSON_FALSE: json_write_bool(writer, json_is_true(tree)); break;
    case JSON_REAL: /* none of ours is written */
    case JSON_NULL: json_write_null(writer); break;
    }
}

static bool
has_real(json_t *tree)
{
    const char *key;
    json_t *value;
    json_object_foreach (tree, key, value) {
        if (has_real(value))
            return true;
    }
    for (size_t i = 0; i < json_array_size(tree); i++)
        if (has_real(json_array_get(tree, i)))
            return true;
    return json_is_real(tree);
}

static void
check_round_trip(json_t *tree, struct arena *arena)
{
    struct text text;
    struct json_writer writer;
    text_init(&text, arena, 256);
    json_writer_init(&writer, &text);
    write_tree(&writer, tree);
    json_writer_done(&writer);
    struct str written = text_str(&text);
    struct json_problem problem;
    json_t *again = json_read(written, &json_limits_default, &problem);
    assert(again != NULL);
    assert(has_real(tree) || json_equal(tree, again));
    json_decref(again);
}

static void
read_every_way(struct shape *shape, const char *name)
{
    struct shape_field field = shape_field(shape, name, SHAPE_NULLABLE);
    const struct shape_word words[] = {{"night", 0}, {"minute", 1}};
    struct str text;
    int64_t number;
    int32_t date;
    int word;
    bool flag;
    enum id_kind kind;
    uint32_t property;
    struct id id;
    struct shape_list list;
    if (shape_str(field, 0, 100, &text) == SHAPE_SET)
        assert(utf8_is_valid(text) && utf8_code_points(text) <= 100);
    if (shape_i64(field, -9, 9, &number) == SHAPE_SET)
        assert(number >= -9 && number <= 9);
    (void)shape_text(field, 0, 100, &text);
    (void)shape_secret(field, 0, 100, &text);
    (void)shape_bool(field, &flag);
    (void)shape_enum(field, words, 2, &word);
    (void)shape_date(field, &date);
    (void)shape_instant(field, &number);
    (void)shape_id_any(field, &kind, &property, &id);
    if (shape_list(field, 0, 100, &list) == SHAPE_SET)
        for (size_t i = 0; i < list.count; i++)
            (void)shape_str(shape_item(&list, i), 0, 100, &text);
}

static void
read_fields(json_t *tree, struct arena *arena)
{
    static const char *const read_only[] = {"status", NULL};
    struct shape_report report;
    struct shape shape, child;
    shape_report_init(&report, arena);
    if (shape_init_json(&shape, &report, tree)) {
        read_every_way(&shape, "a");
        read_every_way(&shape, "");
        shape_read_only(&shape, read_only);
        if (shape_object(shape_field(&shape, "o", SHAPE_REQUIRED), &child) == SHAPE_SET) {
            read_every_way(&child, "a");
            shape_finish(&child);
        }
        shape_finish(&shape);
    }
    struct text text;
    struct json_writer writer;
    text_init(&text, arena, 256);
    json_writer_init(&writer, &text);
    shape_report_write(&report, &writer);
    json_writer_done(&writer);
    struct json_problem problem;
    assert(text.overflowed || json_scan(text_str(&text), &json_limits_default, &problem));
}

static bool
is_limit(enum json_fault fault)
{
    return fault == JSON_FAULT_DEPTH || fault == JSON_FAULT_TOKENS || fault == JSON_FAULT_STRING ||
           fault == JSON_FAULT_NUMBER;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    struct json_problem scanned, problem;
    json_error_t error;
    bool taken = json_scan(text, &json_limits_default, &scanned);
    json_t *theirs = json_loadb(size == 0 ? "" : (const char *)data, size, JSON_REJECT_DUPLICATES, &error);
    json_t *ours = json_read(text, &json_limits_default, &problem);
    /* jansson overlooks a NUL right behind a number */
    bool has_nul = size > 0 && memchr(data, 0, size) != NULL;
    if (!taken) {
        assert(ours == NULL && problem.fault == scanned.fault);
        assert(theirs == NULL || is_limit(scanned.fault) || has_nul);
    } else {
        assert(!has_nul && (ours != NULL) == (theirs != NULL));
        assert(ours != NULL || problem.fault == JSON_FAULT_DUPLICATE || problem.fault == JSON_FAULT_NUMBER);
    }
    if (ours == NULL)
        assert(problem.offset <= size && utf8_is_valid(str_from(problem.pointer)) && problem.reason != NULL);
    if (ours != NULL) {
        struct arena arena;
        arena_init(&arena, (size_t)8 << 20);
        check_round_trip(ours, &arena);
        read_fields(ours, &arena);
        arena_done(&arena);
    }
    json_decref(theirs);
    json_decref(ours);
    return 0;
}
