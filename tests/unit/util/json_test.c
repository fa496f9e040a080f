/* Reading JSON: what is refused, why, and where; each limit at its edge and one past it. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"

/* A piece repeated between a head and a tail; freed by the caller. */
static char *
repeated(const char *head, const char *piece, size_t count, const char *tail)
{
    size_t len = strlen(piece), size = strlen(head) + len * count + strlen(tail) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    char *at = stpcpy(text, head);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, piece);
    stpcpy(at, tail);
    return text;
}

static enum json_fault
fault_of(struct str text)
{
    struct json_problem problem;
    json_t *tree = json_read(text, &json_limits_default, &problem);
    assert_true((tree == NULL) == (problem.fault != JSON_FAULT_NONE));
    json_decref(tree);
    return problem.fault;
}

static void
well_formed_texts_are_read(void **state)
{
    (void)state;
    const char *good[] = {"{}",
                          "[]",
                          " \t\r\n[ ] \n",
                          "[[],{},null,true,false,\"\",0,-0,1,-1]",
                          "{\"a\":{\"b\":[1,2,{\"c\":null}]},\"d\":\"\"}",
                          "{\"\":1}",
                          "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
                          "[\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\"]",
                          "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"]",
                          "[9007199254740992,-9007199254740992]",
                          "[0.5,-0.0,1e5,1E+5,2.5e-3,1e308]",
                          "{\"a\":{\"x\":1},\"b\":{\"x\":1}}"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (fault_of(str_from(good[i])) != JSON_FAULT_NONE)
            fail_msg("refused: %s", good[i]);
}

static void
malformed_texts_are_refused(void **state)
{
    (void)state;
    const char *bad[] = {"",
                         " ",
                         "{",
                         "[",
                         "]",
                         "{]",
                         "[}",
                         "[1,]",
                         "[,1]",
                         "[1 2]",
                         "{\"a\"}",
                         "{\"a\":}",
                         "{\"a\":1,}",
                         "{a:1}",
                         "{'a':1}",
                         "{1:1}",
                         "[1]]",
                         "[1] 2",
                         "nul",
                         "null",
                         "1",
                         "\"a\"",
                         "[nul]",
                         "[True]",
                         "[01]",
                         "[-]",
                         "[+1]",
                         "[.5]",
                         "[1.]",
                         "[1e]",
                         "[1e+]",
                         "[0x1]",
                         "[NaN]",
                         "[-01]",
                         "[Infinity]",
                         "[\"]",
                         "[\"\\\"]",
                         "[\"\\x\"]",
                         "[\"\\u12\"]",
                         "[\"\n\"]",
                         "[\"\t\"]",
                         "[\"\\u12g4\"]",
                         "[1]//",
                         "/**/[1]",
                         "[1\f]",
                         "[\"a\" \"b\"]",
                         "\xef\xbb\xbf[]",
                         "[1\xc2\xa0]",
                         "{\"a\" 1}",
                         "{\"a\"::1}",
                         "{,}",
                         "[\"\\u\"]",
                         "[\"\\",
                         "[\"\\u",
                         "[\"\\uD8"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (fault_of(str_from(bad[i])) != JSON_FAULT_SYNTAX)
            fail_msg("not a syntax error: %s", bad[i]);
    assert_int_equal(fault_of(STR("[\0]")), JSON_FAULT_SYNTAX);
    assert_int_equal(fault_of(STR("[]\0")), JSON_FAULT_SYNTAX);
    assert_int_equal(fault_of(STR("[\"a\0b\"]")), JSON_FAULT_SYNTAX);
}

static void
text_that_is_not_unicode_is_refused(void **state)
{
    (void)state;
    const char *bad[] = {"[\"\xff\"]",
                         "[\"\xc0\xaf\"]",
                         "[\"\xed\xa0\x80\"]",
                         "[\"\xf4\x90\x80\x80\"]",
                         "[\"\\ud800\"]",
                         "[\"\\udc00\"]",
                         "[\"\\ud800\\ud800\"]",
                         "[\"\\ud800x\"]",
                         "[\"\\ud800\\n\"]",
                         "[\"\\udc00\\ud800\"]",
                         "[\"\\uDBFF\\u0041\"]",
                         "[\"\\u0000\"]",
                         "{\"a\\u0000b\":1}",
                         "{\"\xe9\":1}",
                         "[\"\\ud800"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (fault_of(str_from(bad[i])) != JSON_FAULT_UTF8)
            fail_msg("taken for Unicode: %s", bad[i]);
}

static void
depth_32_is_read_and_33_is_not(void **state)
{
    (void)state;
    char text[200];
    for (size_t depth = 30; depth <= 35; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(fault_of(str_of(text, 2 * depth)), depth <= 32 ? JSON_FAULT_NONE : JSON_FAULT_DEPTH);
    }
    char *deep = repeated("", "[", 1000000, "");
    assert_int_equal(fault_of(str_from(deep)), JSON_FAULT_DEPTH);
    free(deep);
}

static void
ten_thousand_tokens_are_read_and_one_more_is_not(void **state)
{
    (void)state;
    /* the array is a token itself */
    char *most = repeated("[0", ",0", 9998, "]"), *more = repeated("[0", ",0", 9999, "]");
    assert_int_equal(fault_of(str_from(most)), JSON_FAULT_NONE);
    assert_int_equal(fault_of(str_from(more)), JSON_FAULT_TOKENS);
    char *empty = repeated("[{}", ",{}", 9999, "]");
    assert_int_equal(fault_of(str_from(empty)), JSON_FAULT_TOKENS);
    free(most);
    free(more);
    free(empty);
}

static void
strings_and_keys_are_measured_after_their_escapes(void **state)
{
    (void)state;
    const char *pieces[] = {"a", "\\n", "\\u0041"};
    for (size_t i = 0; i < 3; i++) {
        char *most = repeated("[\"", pieces[i], 16384, "\"]"), *more = repeated("[\"", pieces[i], 16385, "\"]");
        assert_int_equal(fault_of(str_from(most)), JSON_FAULT_NONE);
        assert_int_equal(fault_of(str_from(more)), JSON_FAULT_STRING);
        free(most);
        free(more);
    }
    char *pairs = repeated("{\"", "\\ud83d\\ude00", 4096, "\":1}"), *key = repeated("{\"", "\\u20ac", 5462, "\":1}");
    assert_int_equal(fault_of(str_from(pairs)), JSON_FAULT_NONE);
    assert_int_equal(fault_of(str_from(key)), JSON_FAULT_STRING);
    free(pairs);
    free(key);
}

static void
numbers_past_what_can_be_kept_exactly_are_refused(void **state)
{
    (void)state;
    const char *bad[] = {"[9007199254740993]", "[-9007199254740993]", "[99999999999999999999999]", "[1e309]",
                         "[-1.5e999]"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(fault_of(str_from(bad[i])), JSON_FAULT_NUMBER);
}

static void
a_problem_says_what_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pointer;
        size_t offset;
        enum json_fault fault;
    } cases[] = {
        {"{\"a\":1,\"a\":2}", "/a", 10, JSON_FAULT_DUPLICATE},
        {"{\"a\":1,\"\\u0061\":2}", "/a", 15, JSON_FAULT_DUPLICATE},
        {"{\"guest\":{\"name\":\"x\", \"name\" :2}}", "/guest/name", 28, JSON_FAULT_DUPLICATE},
        {"[0,[1,{\"b\":[[],nope]}]]", "/1/1/b/1", 15, JSON_FAULT_SYNTAX},
        {"{\"a/b~c\\u0041\\n\\\\\":x}", "/a~1b~0cA\n\\", 19, JSON_FAULT_SYNTAX},
        {"{\"\\ud83d\\ude00\\u20ac\":[\"\\ud83d\"]}", "/\xf0\x9f\x98\x80\xe2\x82\xac/0", 24, JSON_FAULT_UTF8},
        {"{\"price\":{\"x\":1},\"y\":1e400 }", "/y", 26, JSON_FAULT_NUMBER},
        {"{\"n\":9007199254740993}", "/n", 21, JSON_FAULT_NUMBER},
        {"{\"a\":1 \"b\":2}", "/a", 7, JSON_FAULT_SYNTAX},
        {"{\"a\":1,b:2}", "", 7, JSON_FAULT_SYNTAX},
        {"[1] x", "", 4, JSON_FAULT_SYNTAX},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct json_problem problem;
        assert_null(json_read(str_from(cases[i].text), &json_limits_default, &problem));
        if (problem.fault != cases[i].fault || problem.offset != cases[i].offset ||
            strcmp(problem.pointer, cases[i].pointer) != 0)
            fail_msg("%s: fault %d at %zu, %s", cases[i].text, problem.fault, problem.offset, problem.pointer);
    }
}

static void
a_long_path_is_cut_off_and_terminated(void **state)
{
    (void)state;
    char *text = repeated("{\"", "k", 1000, "\":[x]}");
    struct json_problem problem;
    assert_null(json_read(str_from(text), &json_limits_default, &problem));
    assert_true(strlen(problem.pointer) < sizeof(problem.pointer));
    assert_int_equal(problem.pointer[0], '/');
    free(text);
}

static void
a_problem_is_described_in_one_line(void **state)
{
    (void)state;
    struct json_problem problem;
    assert_null(json_read(STR("{\"a\":[1,}"), &json_limits_default, &problem));
    struct arena arena;
    arena_init(&arena, 4096);
    struct text text;
    text_init(&text, &arena, 64);
    json_problem_describe(&problem, &text);
    assert_true(str_equal(text_str(&text), STR("expected a value (byte 8, at /a/1)")));
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_texts_are_read),
        cmocka_unit_test(malformed_texts_are_refused),
        cmocka_unit_test(text_that_is_not_unicode_is_refused),
        cmocka_unit_test(depth_32_is_read_and_33_is_not),
        cmocka_unit_test(ten_thousand_tokens_are_read_and_one_more_is_not),
        cmocka_unit_test(strings_and_keys_are_measured_after_their_escapes),
        cmocka_unit_test(numbers_past_what_can_be_kept_exactly_are_refused),
        cmocka_unit_test(a_problem_says_what_and_where),
        cmocka_unit_test(a_long_path_is_cut_off_and_terminated),
        cmocka_unit_test(a_problem_is_described_in_one_line),
    };
    return test_run("util/json", tests);
}
