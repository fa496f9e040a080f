/* Reading fields: what is taken, what is refused with which pointer and sentence, in bodies and in queries. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "util/json.h"
#include "util/shape.h"

struct fixture {
    struct arena arena;
    struct shape_report report;
    struct shape shape;
    json_t *tree;
};

static int
set_up(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    arena_init(&fixture.arena, 1 << 20);
    shape_report_init(&fixture.report, &fixture.arena);
    *state = &fixture;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    json_decref(f->tree);
    arena_done(&f->arena);
    return 0;
}

/* Begins to read `text` afresh. */
static struct shape *
body(struct fixture *f, const char *text)
{
    json_decref(f->tree);
    f->tree = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(f->tree);
    shape_report_init(&f->report, &f->arena);
    assert_true(shape_init_json(&f->shape, &f->report, f->tree));
    return &f->shape;
}

/* The report as one line per problem: "pointer sentence". */
static void
assert_report(struct fixture *f, const char *expected)
{
    struct text text;
    text_init(&text, &f->arena, 256);
    for (size_t i = 0; i < f->report.count; i++) {
        const struct shape_problem *problem = &f->report.problems[i];
        text_put_format(&text, "%s%.*s %.*s", i == 0 ? "" : "\n", STR_ARG(problem->pointer),
                        STR_ARG(problem->sentence));
    }
    struct str told = text_str(&text);
    if (!str_equal(told, str_from(expected)))
        fail_msg("told: %.*s", STR_ARG(told));
}

/* JSON Schema counts so: a character beyond the first plane is one. */
static void
lengths_are_counted_in_code_points(void **state)
{
    struct fixture *f = *state;
    struct str name;
    struct shape *s = body(f, "{\"wide\":\" \\ud842\\udfb7\\u00e9a \",\"lines\":\"\\ud842\\udfb7\\n\\u00e9\","
                              "\"secret\":\" \\ud842\\udfb7 \"}");
    assert_int_equal(shape_str(shape_field(s, "wide", 0), 1, 3, &name), SHAPE_SET);
    assert_true(str_equal(name, STR("\xf0\xa0\xae\xb7\xc3\xa9"
                                    "a")));
    assert_int_equal(shape_str(shape_field(s, "wide", 0), 3, 3, &name), SHAPE_SET);
    assert_int_equal(shape_str(shape_field(s, "wide", 0), 1, 2, &name), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(s, "wide", 0), 4, 7, &name), SHAPE_WRONG);
    assert_int_equal(shape_text(shape_field(s, "lines", 0), 3, 3, &name), SHAPE_SET);
    assert_int_equal(shape_text(shape_field(s, "lines", 0), 4, 9, &name), SHAPE_WRONG);
    assert_int_equal(shape_secret(shape_field(s, "secret", 0), 3, 3, &name), SHAPE_SET);
    assert_int_equal(shape_secret(shape_field(s, "secret", 0), 2, 2, &name), SHAPE_WRONG);
    assert_report(f, "/wide must be 1 to 2 characters long\n/wide must be 4 to 7 characters long\n"
                     "/lines must be 4 to 9 characters long\n/secret must be 2 characters long");
}

static void
fields_of_the_right_shape_are_read(void **state)
{
    struct fixture *f = *state;
    struct id id = id_make(1000, (const unsigned char[ID_RANDOM_BYTES]){9}), read_id;
    char id_text[ID_TEXT_SIZE], json[512];
    id_format(ID_ROOM, 77, id, id_text);
    (void)snprintf(
        json, sizeof(json),
        "{\"name\":\"  Ada Lov\\u00e9lace \",\"note\":\"\\na\\n\\tb \\n\",\"password\":\" x\\u0001 \",\"party\":-3,"
        "\"yes\":true,\"no\":false,\"sold_by\":\"minute\",\"arrival\":\"2027-03-01\","
        "\"at\":\"2027-03-01T09:00:00.250+01:00\",\"room_id\":\"%s\"}",
        id_text);
    struct shape *s = body(f, json);
    struct str name, note, password;
    int64_t party, at;
    int32_t arrival;
    uint32_t property;
    enum id_kind kind;
    bool yes = false, no = true;
    int sold_by;
    const struct shape_word words[] = {{"night", 4}, {"minute", 5}};
    assert_int_equal(shape_str(shape_field(s, "name", SHAPE_REQUIRED), 1, 100, &name), SHAPE_SET);
    assert_int_equal(shape_text(shape_field(s, "note", SHAPE_REQUIRED), 1, 100, &note), SHAPE_SET);
    assert_int_equal(shape_secret(shape_field(s, "password", SHAPE_REQUIRED), 1, 100, &password), SHAPE_SET);
    assert_int_equal(shape_i64(shape_field(s, "party", SHAPE_REQUIRED), -3, 50, &party), SHAPE_SET);
    assert_int_equal(shape_bool(shape_field(s, "yes", SHAPE_REQUIRED), &yes), SHAPE_SET);
    assert_int_equal(shape_bool(shape_field(s, "no", SHAPE_REQUIRED), &no), SHAPE_SET);
    assert_int_equal(shape_enum(shape_field(s, "sold_by", SHAPE_REQUIRED), words, 2, &sold_by), SHAPE_SET);
    assert_int_equal(shape_date(shape_field(s, "arrival", SHAPE_REQUIRED), &arrival), SHAPE_SET);
    assert_int_equal(shape_instant(shape_field(s, "at", SHAPE_REQUIRED), &at), SHAPE_SET);
    struct shape_field room = shape_field(s, "room_id", SHAPE_REQUIRED);
    assert_int_equal(shape_id(room, ID_ROOM, &property, &read_id), SHAPE_SET);
    assert_int_equal(shape_id_any(room, &kind, &property, &read_id), SHAPE_SET);
    shape_finish(s);
    assert_report(f, "");
    assert_int_equal(shape_report_outcome(&f->report), OUTCOME_OK);
    json_decref(f->tree);
    f->tree = NULL;
    assert_true(str_equal(name, STR("Ada Lov\xc3\xa9lace")));
    assert_true(str_equal(note, STR("a\n\tb")));
    assert_true(str_equal(password, STR(" x\x01 ")));
    assert_int_equal(party, -3);
    assert_true(yes && !no);
    assert_int_equal(sold_by, 5);
    assert_int_equal(arrival, 20878);
    assert_int_equal(at, 20878 * 86400000LL + 8 * 3600000 + 250);
    assert_int_equal(property, 77);
    assert_int_equal(kind, ID_ROOM);
    assert_true(id_equal(id, read_id));
}

static void
absent_null_and_set_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct shape *s = body(f, "{\"b\":null,\"c\":null,\"d\":1}");
    int64_t value = 7;
    assert_int_equal(shape_i64(shape_field(s, "a", SHAPE_OPTIONAL), 0, 9, &value), SHAPE_ABSENT);
    assert_int_equal(shape_i64(shape_field(s, "b", SHAPE_NULLABLE), 0, 9, &value), SHAPE_NULL);
    assert_int_equal(shape_i64(shape_field(s, "c", SHAPE_REQUIRED), 0, 9, &value), SHAPE_WRONG);
    assert_int_equal(shape_i64(shape_field(s, "e", SHAPE_REQUIRED | SHAPE_NULLABLE), 0, 9, &value), SHAPE_WRONG);
    assert_int_equal(value, 7);
    assert_int_equal(shape_i64(shape_field(s, "d", SHAPE_REQUIRED | SHAPE_NULLABLE), 0, 9, &value), SHAPE_SET);
    assert_int_equal(value, 1);
    assert_report(f, "/c must not be null\n/e is required");
    assert_int_equal(shape_report_outcome(&f->report), OUTCOME_VALIDATION_FAILED);
}

static void
wrong_types_are_never_converted(void **state)
{
    struct fixture *f = *state;
    struct shape *s =
        body(f, "{\"i\":\"1\",\"r\":1.0,\"e\":1e2,\"s\":1,\"b\":\"true\",\"b2\":1,\"d\":20270301,\"o\":[],"
                "\"l\":{},\"w\":3,\"id\":5,\"t\":true}");
    int64_t i = 7;
    struct str str = {NULL, 0};
    bool b = false;
    int32_t date = 7;
    int word = 7;
    uint32_t property = 7;
    struct id id = ID_NONE;
    struct shape child;
    struct shape_list list;
    const struct shape_word words[] = {{"night", 0}, {"minute", 1}};
    assert_int_equal(shape_i64(shape_field(s, "i", 0), 0, 9, &i), SHAPE_WRONG);
    assert_int_equal(shape_i64(shape_field(s, "r", 0), 0, 9, &i), SHAPE_WRONG);
    assert_int_equal(shape_i64(shape_field(s, "e", 0), 0, 900, &i), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(s, "s", 0), 0, 9, &str), SHAPE_WRONG);
    assert_int_equal(shape_bool(shape_field(s, "b", 0), &b), SHAPE_WRONG);
    assert_int_equal(shape_bool(shape_field(s, "b2", 0), &b), SHAPE_WRONG);
    assert_int_equal(shape_date(shape_field(s, "d", 0), &date), SHAPE_WRONG);
    assert_int_equal(shape_object(shape_field(s, "o", 0), &child), SHAPE_WRONG);
    assert_int_equal(shape_list(shape_field(s, "l", 0), 0, 9, &list), SHAPE_WRONG);
    assert_int_equal(shape_enum(shape_field(s, "w", 0), words, 2, &word), SHAPE_WRONG);
    assert_int_equal(shape_id(shape_field(s, "id", 0), ID_ROOM, &property, &id), SHAPE_WRONG);
    assert_int_equal(shape_i64(shape_field(s, "t", 0), 0, 9, &i), SHAPE_WRONG);
    assert_true(i == 7 && date == 7 && word == 7 && property == 7 && str.ptr == NULL && id_is_none(id));
    assert_report(f, "/i must be a whole number from 0 to 9\n/r must be a whole number from 0 to 9\n"
                     "/e must be a whole number from 0 to 900\n/s must be a string\n/b must be true or false\n"
                     "/b2 must be true or false\n/d must be a date such as 2027-03-01\n/o must be an object\n"
                     "/l must be an array\n/w must be one of night, minute\n/id must be an id\n"
                     "/t must be a whole number from 0 to 9");
}

static void
values_out_of_bounds_are_refused(void **state)
{
    struct fixture *f = *state;
    struct id id = id_make(1000, (const unsigned char[ID_RANDOM_BYTES]){9});
    char id_text[ID_TEXT_SIZE], json[512];
    id_format(ID_ROOM, 77, id, id_text);
    (void)snprintf(
        json, sizeof(json),
        "{\"low\":0,\"high\":10,\"blank\":\"  \",\"long\":\"abcde\",\"ctl\":\"a\\u007fb\",\"nl\":\"a\\nb\","
        "\"cr\":\"a\\rb\",\"w\":\"Night\",\"d\":\"2027-02-29\",\"at\":\"2027-03-01T09:00:00\",\"id\":\"%s\"}",
        id_text);
    struct shape *s = body(f, json);
    int64_t i;
    struct str str;
    int word;
    int32_t date;
    uint32_t property;
    const struct shape_word words[] = {{"night", 0}};
    assert_int_equal(shape_i64(shape_field(s, "low", 0), 1, 9, &i), SHAPE_WRONG);
    assert_int_equal(shape_i64(shape_field(s, "high", 0), 1, 9, &i), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(s, "blank", 0), 1, 4, &str), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(s, "long", 0), 1, 4, &str), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(s, "ctl", 0), 1, 4, &str), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(s, "nl", 0), 1, 4, &str), SHAPE_WRONG);
    assert_int_equal(shape_text(shape_field(s, "cr", 0), 1, 4, &str), SHAPE_WRONG);
    assert_int_equal(shape_enum(shape_field(s, "w", 0), words, 1, &word), SHAPE_WRONG);
    assert_int_equal(shape_date(shape_field(s, "d", 0), &date), SHAPE_WRONG);
    assert_int_equal(shape_instant(shape_field(s, "at", 0), &i), SHAPE_WRONG);
    assert_int_equal(shape_id(shape_field(s, "id", 0), ID_BOOKING, &property, &id), SHAPE_WRONG);
    assert_report(f, "/low must be a whole number from 1 to 9\n/high must be a whole number from 1 to 9\n"
                     "/blank must not be empty\n/long must be 1 to 4 characters long\n"
                     "/ctl must be one line of UTF-8 without control characters\n"
                     "/nl must be one line of UTF-8 without control characters\n"
                     "/cr must be UTF-8 without control characters other than line feeds and tabs\n"
                     "/w must be night\n/d must be a date such as 2027-03-01\n"
                     "/at must be an instant such as 2027-03-01T09:00:00Z, in whole milliseconds at most\n"
                     "/id must be the id of a booking: bkg_...");
}

static void
nested_values_have_pointers_of_rfc_6901(void **state)
{
    struct fixture *f = *state;
    struct shape *s = body(f, "{\"legs\":[{\"party\":1},{\"party\":0,\"x/y~z\":{}},7,null],\"guest\":{\"name\":5}}");
    struct shape_list legs;
    int64_t party;
    assert_int_equal(shape_list(shape_field(s, "legs", SHAPE_REQUIRED), 1, 50, &legs), SHAPE_SET);
    for (size_t i = 0; i < legs.count; i++) {
        struct shape leg;
        if (shape_object(shape_item(&legs, i), &leg) != SHAPE_SET)
            continue;
        (void)shape_i64(shape_field(&leg, "party", SHAPE_REQUIRED), 1, 50, &party);
        shape_finish(&leg);
    }
    struct shape guest;
    struct str name;
    assert_int_equal(shape_object(shape_field(s, "guest", SHAPE_REQUIRED), &guest), SHAPE_SET);
    struct shape_field field = shape_field(&guest, "name", SHAPE_REQUIRED);
    assert_int_equal(shape_str(field, 1, 9, &name), SHAPE_WRONG);
    assert_int_equal(shape_refuse(field, "must be %d", 5), SHAPE_WRONG);
    shape_finish(&guest);
    shape_finish(s);
    assert_report(f, "/legs/1/party must be a whole number from 1 to 50\n/legs/1/x~1y~0z is not known here\n"
                     "/legs/2 must be an object\n/legs/3 must not be null\n/guest/name must be a string\n"
                     "/guest/name must be 5");
}

static void
lists_have_a_size(void **state)
{
    struct fixture *f = *state;
    struct shape *s = body(f, "{\"none\":[],\"three\":[1,2,3]}");
    struct shape_list list;
    assert_int_equal(shape_list(shape_field(s, "none", 0), 1, 2, &list), SHAPE_WRONG);
    struct shape_field three = shape_field(s, "three", 0);
    assert_int_equal(shape_list(three, 1, 2, &list), SHAPE_WRONG);
    assert_int_equal(shape_list(three, 1, 3, &list), SHAPE_SET);
    int64_t sum = 0, value;
    for (size_t i = 0; i < list.count; i++, sum += value)
        assert_int_equal(shape_i64(shape_item(&list, i), 0, 9, &value), SHAPE_SET);
    assert_int_equal(sum, 6);
    assert_report(f, "/none must have 1 to 2 items\n/three must have 1 to 2 items");
}

static void
read_only_and_unknown_fields_are_reported(void **state)
{
    struct fixture *f = *state;
    static const char *const read_only[] = {"status", "checked_in_at", "version", NULL};
    struct shape *s = body(f, "{\"party\":1,\"status\":\"CONFIRMED\",\"checked_in_at\":null,\"nonsense\":1}");
    int64_t party;
    assert_int_equal(shape_i64(shape_field(s, "party", 0), 1, 9, &party), SHAPE_SET);
    shape_read_only(s, read_only);
    shape_finish(s);
    assert_report(f, "/status can't be set by the caller\n/checked_in_at can't be set by the caller\n"
                     "/nonsense is not known here");
    assert_int_equal(f->report.problems[0].code, OUTCOME_READ_ONLY_FIELD);
    assert_int_equal(f->report.problems[2].code, OUTCOME_VALIDATION_FAILED);
    assert_int_equal(shape_report_outcome(&f->report), OUTCOME_READ_ONLY_FIELD);
}

static void
a_body_that_is_no_object_is_refused_at_its_root(void **state)
{
    struct fixture *f = *state;
    f->tree = json_loads("[1]", 0, NULL);
    assert_false(shape_init_json(&f->shape, &f->report, f->tree));
    assert_report(f, " must be an object");
}

static void
a_report_keeps_a_bounded_number_of_problems(void **state)
{
    struct fixture *f = *state;
    char json[4096] = "{", *at = json + 1;
    for (int i = 0; i < 100; i++)
        at += snprintf(at, sizeof(json) - (size_t)(at - json), "%s\"f%d\":1", i == 0 ? "" : ",", i);
    (void)snprintf(at, sizeof(json) - (size_t)(at - json), "}");
    shape_finish(body(f, json));
    assert_int_equal(f->report.count, SHAPE_PROBLEM_MAX);
    assert_true(f->report.has_more);
    assert_true(str_equal(f->report.problems[31].pointer, STR("/f31")));
}

static void
the_name_of_an_unknown_field_is_cut(void **state)
{
    struct fixture *f = *state;
    char json[2048] = "{\"", *at = json + 2;
    for (int i = 0; i < 400; i++)
        at = stpcpy(at, "\xc3\xa9");
    stpcpy(at, "\":1}");
    shape_finish(body(f, json));
    struct str pointer = f->report.problems[0].pointer;
    assert_int_equal(pointer.len, 1 + 120 + 3);
    assert_memory_equal(pointer.ptr + pointer.len - 5, "\xc3\xa9...", 5);
}

static void
an_exhausted_arena_is_not_taken_for_success(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256);
    struct shape_report report;
    struct shape shape;
    shape_report_init(&report, &arena);
    char long_text[1000];
    memset(long_text, 'a', sizeof(long_text));
    json_t *tree = json_pack("{s:s%}", "name", long_text, sizeof(long_text));
    assert_true(shape_init_json(&shape, &report, tree));
    struct str name;
    assert_int_equal(shape_str(shape_field(&shape, "name", SHAPE_REQUIRED), 1, 2000, &name), SHAPE_WRONG);
    assert_int_equal(shape_report_outcome(&report), OUTCOME_BUSY_RETRY);
    json_decref(tree);
    arena_done(&arena);
}

static void
a_query_is_read_with_the_same_readers(void **state)
{
    struct fixture *f = *state;
    const struct shape_param params[] = {
        {STR("limit"), STR("50")},        {STR("feature"), STR("balcony")}, {STR("dry_run"), STR("true")},
        {STR("from"), STR("2027-03-01")}, {STR("feature"), STR("bath")},    {STR("empty"), STR("")},
    };
    struct shape s;
    shape_init_query(&s, &f->report, params, 6);
    int64_t limit = 0, after = 3;
    bool dry_run = false;
    int32_t from = 0;
    struct str text = {NULL, 0};
    struct shape_list features;
    assert_int_equal(shape_i64(shape_field(&s, "limit", SHAPE_OPTIONAL), 1, 200, &limit), SHAPE_SET);
    assert_int_equal(shape_i64(shape_field(&s, "after", SHAPE_OPTIONAL), 1, 200, &after), SHAPE_ABSENT);
    assert_int_equal(shape_bool(shape_field(&s, "dry_run", SHAPE_OPTIONAL), &dry_run), SHAPE_SET);
    assert_int_equal(shape_date(shape_field(&s, "from", SHAPE_REQUIRED), &from), SHAPE_SET);
    assert_int_equal(shape_str(shape_field(&s, "empty", SHAPE_OPTIONAL), 0, 9, &text), SHAPE_SET);
    assert_int_equal(shape_list(shape_field(&s, "feature", SHAPE_OPTIONAL), 0, 9, &features), SHAPE_SET);
    assert_int_equal(features.count, 2);
    const char *expected[] = {"balcony", "bath"};
    for (size_t i = 0; i < features.count; i++) {
        assert_int_equal(shape_str(shape_item(&features, i), 1, 9, &text), SHAPE_SET);
        assert_true(str_equal(text, str_from(expected[i])));
    }
    shape_finish(&s);
    assert_report(f, "");
    assert_true(limit == 50 && after == 3 && dry_run && from == 20878);
}

static void
wrong_parameters_are_pointed_at_with_a_question_mark(void **state)
{
    struct fixture *f = *state;
    const struct shape_param params[] = {
        {STR("limit"), STR("1e2")}, {STR("dry_run"), STR("yes")}, {STR("id"), STR("a")},
        {STR("id"), STR("b")},      {STR("f"), STR("ok")},        {STR("f"), STR("too long")},
        {STR("x"), STR("")},        {STR("nl"), STR("a\nb")},     {STR("bad"), STR("\xff")},
    };
    struct shape s;
    shape_init_query(&s, &f->report, params, 9);
    int64_t value;
    bool flag;
    struct str text;
    struct shape_list list;
    assert_int_equal(shape_i64(shape_field(&s, "limit", 0), 1, 200, &value), SHAPE_WRONG);
    assert_int_equal(shape_bool(shape_field(&s, "dry_run", 0), &flag), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(&s, "id", 0), 1, 9, &text), SHAPE_WRONG);
    assert_int_equal(shape_i64(shape_field(&s, "from", SHAPE_REQUIRED), 1, 200, &value), SHAPE_WRONG);
    assert_int_equal(shape_list(shape_field(&s, "f", 0), 0, 9, &list), SHAPE_SET);
    assert_int_equal(shape_str(shape_item(&list, 1), 1, 3, &text), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(&s, "nl", 0), 1, 9, &text), SHAPE_WRONG);
    assert_int_equal(shape_str(shape_field(&s, "bad", 0), 1, 9, &text), SHAPE_WRONG);
    shape_finish(&s);
    assert_report(f, "?limit must be a whole number from 1 to 200\n?dry_run must be true or false\n"
                     "?id is given more than once\n?from is required\n?f must be 1 to 3 characters long\n"
                     "?nl must be one line of UTF-8 without control characters\n"
                     "?bad must be one line of UTF-8 without control characters\n?x is not known here");
}

static void
a_report_is_written_as_problem_details_want_it(void **state)
{
    struct fixture *f = *state;
    static const char *const read_only[] = {"status", NULL};
    struct shape *s = body(f, "{\"status\":1,\"x\\\"y\":1}");
    shape_read_only(s, read_only);
    shape_finish(s);
    struct text text;
    text_init(&text, &f->arena, 64);
    struct json_writer writer;
    json_writer_init(&writer, &text);
    shape_report_write(&f->report, &writer);
    json_writer_done(&writer);
    assert_true(str_equal(
        text_str(&text),
        STR("[{\"pointer\":\"/status\",\"code\":\"READ_ONLY_FIELD\",\"detail\":\"can't be set by the caller\"},"
            "{\"pointer\":\"/x\\\"y\",\"code\":\"VALIDATION_FAILED\",\"detail\":\"is not known here\"}]")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lengths_are_counted_in_code_points),
        TEST(fields_of_the_right_shape_are_read),
        TEST(absent_null_and_set_are_told_apart),
        TEST(wrong_types_are_never_converted),
        TEST(values_out_of_bounds_are_refused),
        TEST(nested_values_have_pointers_of_rfc_6901),
        TEST(lists_have_a_size),
        TEST(read_only_and_unknown_fields_are_reported),
        TEST(a_body_that_is_no_object_is_refused_at_its_root),
        TEST(a_report_keeps_a_bounded_number_of_problems),
        TEST(the_name_of_an_unknown_field_is_cut),
        TEST(an_exhausted_arena_is_not_taken_for_success),
        TEST(a_query_is_read_with_the_same_readers),
        TEST(wrong_parameters_are_pointed_at_with_a_question_mark),
        TEST(a_report_is_written_as_problem_details_want_it),
    };
    return test_run("util/shape", tests);
}
