/* Writing JSON: exact bytes, escapes for every byte, and a text that jansson reads back. */
#include "tests/unit/test.h"

#include <jansson.h>

#include "util/json_write.h"

struct fixture {
    struct arena arena;
    struct text text;
    struct json_writer writer;
};

static int
set_up(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, 1 << 20);
    text_init(&fixture.text, &fixture.arena, 64);
    json_writer_init(&fixture.writer, &fixture.text);
    *state = &fixture;
    return 0;
}

static int
tear_down(void **state)
{
    arena_done(&((struct fixture *)*state)->arena);
    return 0;
}

#define assert_written(fixture, expected)                                                                              \
    do {                                                                                                               \
        json_writer_done(&(fixture)->writer);                                                                          \
        struct str written = text_str(&(fixture)->text);                                                               \
        if (!str_equal(written, str_from(expected)))                                                                   \
            fail_msg("written: %.*s", STR_ARG(written));                                                               \
    } while (0)

static void
nested_values_get_their_commas(void **state)
{
    struct fixture *f = *state;
    struct json_writer *w = &f->writer;
    json_write_object_begin(w);
    json_member_i64(w, "min", INT64_MIN);
    json_member_array_begin(w, "a");
    json_write_array_begin(w);
    json_write_array_end(w);
    json_write_object_begin(w);
    json_write_object_end(w);
    json_write_i64(w, 0);
    json_write_bool(w, true);
    json_write_null(w);
    json_write_array_end(w);
    json_member_object_begin(w, "o");
    json_member_bool(w, "no", false);
    json_member_null(w, "nil");
    json_write_object_end(w);
    json_member_raw(w, "raw", STR("[1,2]"));
    json_write_key_str(w, STR("k\"ey"));
    json_write_cstr(w, "v");
    json_write_object_end(w);
    assert_written(f, "{\"min\":-9223372036854775808,\"a\":[[],{},0,true,null],\"o\":{\"no\":false,\"nil\":null},"
                      "\"raw\":[1,2],\"k\\\"ey\":\"v\"}");
}

static void
dates_instants_and_ids_have_one_form(void **state)
{
    struct fixture *f = *state;
    struct json_writer *w = &f->writer;
    json_write_object_begin(w);
    json_member_date(w, "d", 0);
    json_member_instant(w, "i", 1000);
    json_member_instant(w, "ms", 1001);
    json_member_instant_if(w, "unset", false, 0);
    json_member_instant_if(w, "set", true, 0);
    json_member_id_or_null(w, "none", ID_ROOM, 1, ID_NONE);
    json_member_str_or_null(w, "nil", (struct str){NULL, 0});
    json_member_str_or_null(w, "empty", STR(""));
    json_write_object_end(w);
    assert_written(f, "{\"d\":\"1970-01-01\",\"i\":\"1970-01-01T00:00:01Z\",\"ms\":\"1970-01-01T00:00:01.001Z\","
                      "\"unset\":null,\"set\":\"1970-01-01T00:00:00Z\",\"none\":null,\"nil\":null,\"empty\":\"\"}");
}

static void
an_id_is_its_public_form(void **state)
{
    struct fixture *f = *state;
    struct id id = id_make(1, (const unsigned char[ID_RANDOM_BYTES]){1, 2, 3});
    char text[ID_TEXT_SIZE];
    id_format(ID_BOOKING, 5, id, text);
    json_write_id(&f->writer, ID_BOOKING, 5, id);
    struct str written = text_str(&f->text);
    assert_int_equal(written.len, ID_TEXT_LEN + 2);
    assert_memory_equal(written.ptr + 1, text, ID_TEXT_LEN);
}

static void
every_ascii_byte_survives_a_round_trip(void **state)
{
    struct fixture *f = *state;
    char bytes[127];
    for (int i = 0; i < 127; i++)
        bytes[i] = (char)(i + 1);
    json_write_array_begin(&f->writer);
    json_write_str(&f->writer, str_of(bytes, sizeof(bytes)));
    json_write_array_end(&f->writer);
    struct str written = text_str(&f->text);
    for (size_t i = 0; i < written.len; i++)
        assert_true((unsigned char)written.ptr[i] >= 0x20);
    json_t *tree = json_loadb(written.ptr, written.len, 0, NULL);
    assert_non_null(tree);
    assert_int_equal(json_string_length(json_array_get(tree, 0)), sizeof(bytes));
    assert_memory_equal(json_string_value(json_array_get(tree, 0)), bytes, sizeof(bytes));
    json_decref(tree);
}

static void
escapes_are_the_short_ones_where_there_are_any(void **state)
{
    struct fixture *f = *state;
    json_write_str(&f->writer, STR("\"\\\b\f\n\r\t\0\x1f\x7f/"));
    assert_written(f, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7f/\"");
}

static void
unicode_is_kept_and_ill_formed_bytes_are_replaced(void **state)
{
    struct fixture *f = *state;
    json_write_str(&f->writer, STR("\xc3\xa9\xf0\x9f\x98\x80|\xff|\xc3|\xed\xa0\x80|"));
    assert_written(f, "\"\xc3\xa9\xf0\x9f\x98\x80|\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\"");
}

static void
an_overflowed_text_shows_nothing(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 512);
    struct text text;
    text_init(&text, &arena, 64);
    struct json_writer writer;
    json_writer_init(&writer, &text);
    json_write_array_begin(&writer);
    for (int i = 0; i < 200; i++)
        json_write_cstr(&writer, "0123456789");
    json_write_array_end(&writer);
    json_writer_done(&writer);
    assert_true(text.overflowed);
    assert_int_equal(text_str(&text).len, 0);
    arena_done(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nested_values_get_their_commas),
        TEST(dates_instants_and_ids_have_one_form),
        TEST(an_id_is_its_public_form),
        TEST(every_ascii_byte_survives_a_round_trip),
        TEST(escapes_are_the_short_ones_where_there_are_any),
        TEST(unicode_is_kept_and_ill_formed_bytes_are_replaced),
        TEST(an_overflowed_text_shows_nothing),
    };
    return test_run("util/json_write", tests);
}
