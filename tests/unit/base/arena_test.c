/* The arena: alignment, zeroing, the limit and its latch. */
#include "tests/unit/test.h"

#include "base/arena.h"

static void
objects_are_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (int round = 0; round < 2; round++) {
        for (size_t size = 1; size < 300; size++) {
            unsigned char *object = arena_alloc(&arena, size);
            assert_non_null(object);
            assert_int_equal((uintptr_t)object % 16, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(object[i], 0);
            memset(object, 0xff, size);
        }
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void
the_limit_latches_until_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024);
    assert_non_null(arena_alloc(&arena, 1000));
    assert_null(arena_alloc(&arena, 100));
    assert_true(arena.overflowed);
    arena_reset(&arena);
    assert_false(arena.overflowed);
    assert_non_null(arena_alloc(&arena, 1024));
    arena_done(&arena);
}

/* What came before the mark is whole, what came after it is given back, whether or not blocks were added. */
static void
a_rewound_arena_keeps_what_came_before_the_mark(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct arena_mark empty = arena_mark(&arena);
    char *kept = arena_copy_cstr(&arena, STR("kept"));
    struct arena_mark mark = arena_mark(&arena);
    for (size_t size = 16; size < 1 << 19; size *= 2) {
        size_t used = arena.used;
        memset(arena_alloc(&arena, size), 0xff, size);
        memset(arena_alloc(&arena, size / 2), 0xff, size / 2);
        arena_rewind(&arena, mark);
        assert_int_equal(arena.used, used);
        assert_string_equal(kept, "kept");
    }
    assert_int_equal(*(char *)arena_alloc(&arena, 1), 0);
    arena_rewind(&arena, empty);
    assert_int_equal(arena.used, 0);
    assert_non_null(arena_alloc(&arena, 1 << 20));
    arena_done(&arena);
}

static void
rewinding_does_not_hide_an_overflow(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024);
    struct arena_mark mark = arena_mark(&arena);
    assert_null(arena_alloc(&arena, 2000));
    arena_rewind(&arena, mark);
    assert_true(arena.overflowed);
    arena_done(&arena);
}

static void
a_product_that_overflows_is_refused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 4));
    assert_true(arena.overflowed);
    arena_reset(&arena);
    assert_null(arena_alloc(&arena, SIZE_MAX - 3));
    arena_done(&arena);
}

static void
copies_are_terminated(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    assert_string_equal(arena_copy_cstr(&arena, str_of("abcdef", 3)), "abc");
    assert_int_equal(arena_copy_str(&arena, STR("xy")).len, 2);
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_zeroed_and_aligned),
        cmocka_unit_test(the_limit_latches_until_reset),
        cmocka_unit_test(a_rewound_arena_keeps_what_came_before_the_mark),
        cmocka_unit_test(rewinding_does_not_hide_an_overflow),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(copies_are_terminated),
    };
    return test_run("base/arena", tests);
}
