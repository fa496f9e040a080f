/* The words of names: what people type finds what was written. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "util/words.h"

static struct arena arena;

static int
setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* The words with a blank between. */
static void
assert_words(const char *text, const char *expected)
{
    struct words words;
    char joined[1024] = "";
    assert_true(words_of(str_from(text), &arena, &words));
    for (size_t i = 0; i < words.count; i++) {
        size_t len = strlen(joined);
        (void)snprintf(joined + len, sizeof(joined) - len, "%s%.*s", i == 0 ? "" : " ", STR_ARG(words.items[i]));
    }
    assert_string_equal(joined, expected);
}

static void
case_accents_and_width_do_not_count(void **state)
{
    (void)state;
    assert_words("Ada Lovelace", "ada lovelace");
    assert_words("ANAÏS Müller", "anais muller");
    assert_words("A\xcc\x8angstro\xcc\x88m", "angstrom"); /* with combining marks */
    assert_words("Weiß", "weiss");
    assert_words("Ｔａｎａｋａ", "tanaka"); /* full width */
    assert_words("Łukasz Nuñez Đorđević", "lukasz nunez dordevic");
    assert_words("Øster Þór Æsir Yıldız Œuvre Guðrún", "oster thor aesir yildiz oeuvre gudrun");
    assert_words("Ελένη ΟΔΥΣΣΕΥΣ Οδυσσεύς", "ελενη οδυσσευσ"); /* both sigmas */
    assert_words("İpek", "ipek");                              /* whatever the locale */
    assert_words("Ёлкина Анна", "елкина анна");
    assert_words("田中 太郎", "田中 太郎");
}

static void
what_stands_between_words_only_parts_them(void **state)
{
    (void)state;
    assert_words("O'Brien-Smith, Pat (Dr.)", "obrien smith pat dr");
    assert_words("  D’Arcy \t4711 ' ''  ", "darcy 4711");
    assert_words("Jos\xc2\xad"
                 "eph",
                 "joseph"); /* a soft hyphen is nothing */
    assert_words("", "");
    assert_words("--- ...", "");
}

static void
each_word_is_there_once_and_they_are_bounded(void **state)
{
    (void)state;
    assert_words("Ana ANA aná Bo", "ana bo");
    assert_words("a b c d e f g h i j k l m n o p q r", "a b c d e f g h i j k l m n o p");
    assert_words("abcdefghijklmnopqrstuvwxyz0123456789 b", "abcdefghijklmnopqrstuvwxyz012345 b");
    /* cut before the character that does not fit, and not filled up behind it */
    assert_words("abcdefghijklmnopqrstuvwxyz01234\xd1\x8fz", "abcdefghijklmnopqrstuvwxyz01234");
}

static void
assert_match(const char *name, const char *asked, bool expected)
{
    struct words words, wanted;
    assert_true(words_of_name(str_from(name), &arena, &words) && words_of(str_from(asked), &arena, &wanted));
    if (words_match(&words, &wanted) != expected)
        fail_msg("%s asked for as %s", name, asked);
}

static void
a_name_is_found_by_the_beginnings_of_its_words(void **state)
{
    (void)state;
    assert_match("Ada King Lovelace", "lov", true);
    assert_match("Ada King Lovelace", "love ada", true);
    assert_match("Ada King Lovelace", "ada byron", false);
    assert_match("Ada King Lovelace", "lace", false);
    assert_match("Ada King Lovelace", "", true);
    assert_match("---", "a", false);
    assert_match("Pat O'Brien", "o'brien", true);
    assert_match("Pat O'Brien", "OBrien", true);
    assert_match("Pat O'Brien", "o brien", true);
    assert_match("Pat O’Brien", "brien pat", true);
    assert_match("OBrien", "o'brien", true);
}

static void
a_full_arena_is_told(void **state)
{
    (void)state;
    struct arena small;
    struct words words;
    arena_init(&small, 64);
    assert_false(words_of(STR("A name of some length, longer than there is room for"), &small, &words));
    arena_done(&small);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(case_accents_and_width_do_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(what_stands_between_words_only_parts_them, setup, teardown),
        cmocka_unit_test_setup_teardown(each_word_is_there_once_and_they_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_is_found_by_the_beginnings_of_its_words, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_arena_is_told, setup, teardown),
    };
    return test_run("util/words", tests);
}
