/* Growing text: it keeps what was put, and latches when its arena is full. */
#include "tests/unit/test.h"

#include <limits.h>

#include "base/text.h"

static void
pieces_add_up_across_growth(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct text text;
    text_init(&text, &arena, 1);
    for (int i = 0; i < 1000; i++)
        text_put(&text, STR("abc"));
    text_put_char(&text, '!');
    text_put_i64(&text, LLONG_MIN);
    text_put_format(&text, " %d/%s", 42, "x");
    struct str built = text_str(&text);
    assert_int_equal(built.len, 3000 + 1 + 20 + 5);
    assert_memory_equal(built.ptr + 2997, "abc!-9223372036854775808 42/x", 29);
    arena_done(&arena);
}

static void
a_full_arena_latches_and_shows_nothing(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256);
    struct text text;
    text_init(&text, &arena, 64);
    for (int i = 0; i < 100; i++)
        text_put(&text, STR("0123456789"));
    assert_true(text.overflowed);
    assert_int_equal(text_str(&text).len, 0);
    text_put_format(&text, "%d", 1);
    assert_int_equal(text_str(&text).len, 0);
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_add_up_across_growth),
        cmocka_unit_test(a_full_arena_latches_and_shows_nothing),
    };
    return test_run("base/text", tests);
}
