/* Chance: the seeded stream repeats, bounds are kept and even. */
#include "tests/unit/test.h"

#include <string.h>

#include "util/random.h"

static void
the_same_seed_gives_the_same_bytes_however_they_are_asked_for(void **state)
{
    (void)state;
    struct random_seeded a, b, c;
    random_seeded_init(&a, 42);
    random_seeded_init(&b, 42);
    random_seeded_init(&c, 43);
    unsigned char whole[2000], pieces[2000], other[2000];
    random_fill(&a.random, whole, sizeof(whole));
    for (size_t at = 0, step = 1; at < sizeof(pieces); at += step, step = step % 700 + 1) {
        size_t left = sizeof(pieces) - at;
        random_fill(&b.random, pieces + at, step < left ? step : left);
    }
    random_fill(&c.random, other, sizeof(other));
    assert_memory_equal(whole, pieces, sizeof(whole));
    assert_memory_not_equal(whole, other, 16);
    assert_memory_not_equal(whole, whole + RANDOM_SEEDED_BUFFER, 16);
}

static void
a_seed_means_the_same_on_every_machine(void **state)
{
    (void)state;
    struct random_seeded seeded;
    random_seeded_init(&seeded, 1);
    assert_true(random_u64(&seeded.random) == 0x912fe8375f9b0604ULL);
}

static void
numbers_below_a_bound_are_even(void **state)
{
    (void)state;
    struct random_seeded seeded;
    random_seeded_init(&seeded, 7);
    unsigned seen[6] = {0};
    for (int i = 0; i < 60000; i++)
        seen[random_below(&seeded.random, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 9500, 10500);
    for (int i = 0; i < 100; i++)
        assert_int_equal(random_below(&seeded.random, 1), 0);
}

/* A source that hands out one byte again and again, then 0xff. */
struct stuck {
    struct random random;
    unsigned char byte;
    int rounds;
};

static void
stuck_fill(struct random *random, void *ret_bytes, size_t len)
{
    struct stuck *stuck = (struct stuck *)random;
    memset(ret_bytes, stuck->rounds-- > 0 ? stuck->byte : 0xff, len);
}

static void
draws_that_would_bias_are_thrown_away(void **state)
{
    (void)state;
    /* 2^64 mod (2^63 + 1) is 2^63 - 1, so a draw of 0 must be repeated */
    struct stuck stuck = {.random = {.fill = stuck_fill}, .byte = 0, .rounds = 3};
    uint64_t bound = (1ULL << 63) + 1;
    assert_true(random_below(&stuck.random, bound) == UINT64_MAX % bound);
    assert_int_equal(stuck.rounds, -1);
}

static void
the_system_source_does_not_repeat_itself(void **state)
{
    (void)state;
    struct err err = {0};
    struct random *random = random_system(&err);
    assert_non_null(random);
    unsigned char a[16] = {0}, b[16] = {0};
    random_fill(random, a, sizeof(a));
    random_fill(random, b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_however_they_are_asked_for),
        cmocka_unit_test(a_seed_means_the_same_on_every_machine),
        cmocka_unit_test(numbers_below_a_bound_are_even),
        cmocka_unit_test(draws_that_would_bias_are_thrown_away),
        cmocka_unit_test(the_system_source_does_not_repeat_itself),
    };
    return test_run("util/random", tests);
}
