/* The wheel: nothing passes early, nothing is forgotten, however far ahead and however late one looks. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "net/deadlines.h"

static size_t
take_all(struct deadlines *wheel, uint64_t now_ms)
{
    size_t count = 0;
    deadlines_turn(wheel, now_ms);
    while (deadlines_take_passed(wheel) != NULL)
        count++;
    return count;
}

static void
a_deadline_passes_at_its_millisecond_not_before(void **state)
{
    (void)state;
    static struct deadlines wheel;
    for (uint64_t at = 1000; at < 1400; at++) {
        struct deadline deadline = {0};
        deadlines_init(&wheel, 900);
        deadlines_set(&wheel, &deadline, at);
        assert_int_equal(take_all(&wheel, at - 1), 0);
        assert_true(deadlines_is_set(&deadline));
        assert_int_equal(take_all(&wheel, at), 1);
        assert_false(deadlines_is_set(&deadline));
        assert_int_equal(take_all(&wheel, at + 1000000), 0);
    }
}

static void
what_lies_rounds_ahead_waits_its_rounds(void **state)
{
    (void)state;
    static struct deadlines wheel;
    struct deadline deadline = {0};
    deadlines_init(&wheel, 0);
    deadlines_set(&wheel, &deadline, 1000000);
    for (uint64_t now = 0; now < 1000000; now += 97)
        assert_int_equal(take_all(&wheel, now), 0);
    assert_int_equal(take_all(&wheel, 1000000), 1);
}

static void
a_long_absence_forgets_nothing(void **state)
{
    (void)state;
    static struct deadlines wheel;
    static struct deadline many[1000];
    memset(many, 0, sizeof(many));
    deadlines_init(&wheel, 5);
    for (size_t i = 0; i < 1000; i++)
        deadlines_set(&wheel, &many[i], i * 301);
    assert_int_equal(take_all(&wheel, 10000000), 1000);
}

static void
clearing_and_moving_work_from_everywhere(void **state)
{
    (void)state;
    static struct deadlines wheel;
    struct deadline a = {0};
    struct deadline b = {0};
    deadlines_init(&wheel, 0);
    deadlines_clear(&a);
    deadlines_set(&wheel, &a, 590);
    deadlines_set(&wheel, &b, 590);
    deadlines_turn(&wheel, 600);
    /* both have passed but are not yet taken: one is cleared, one moved on, within its slot */
    deadlines_clear(&a);
    deadlines_set(&wheel, &b, 610);
    assert_null(deadlines_take_passed(&wheel));
    assert_int_equal(take_all(&wheel, 609), 0);
    assert_int_equal(take_all(&wheel, 610), 1);
    deadlines_set(&wheel, &a, 10); /* long past */
    assert_int_equal(take_all(&wheel, 610), 1);
    deadlines_set(&wheel, &a, 5000);
    assert_int_equal(take_all(&wheel, 100), 0); /* a step back */
    assert_int_equal(take_all(&wheel, 5000), 1);
}

/* A thousand random steps beside a plain array. */
static void
agrees_with_a_plain_list(void **state)
{
    (void)state;
    static struct deadlines wheel;
    static struct deadline many[64];
    uint64_t at[64] = {0}; /* 0: not set */
    uint64_t now = 12345;
    unsigned seed = 7;
    memset(many, 0, sizeof(many));
    deadlines_init(&wheel, now);
    for (int step = 0; step < 20000; step++) {
        size_t i = (size_t)rand_r(&seed) % 64;
        switch (rand_r(&seed) % 4) {
        case 0:
        case 1:
            at[i] = now + (uint64_t)(rand_r(&seed) % 100000);
            deadlines_set(&wheel, &many[i], at[i]);
            break;
        case 2:
            at[i] = 0;
            deadlines_clear(&many[i]);
            break;
        default: {
            now += (uint64_t)(rand_r(&seed) % 3000);
            deadlines_turn(&wheel, now);
            struct deadline *passed;
            while ((passed = deadlines_take_passed(&wheel)) != NULL) {
                size_t which = (size_t)(passed - many);
                assert_true(at[which] != 0 && at[which] <= now);
                at[which] = 0;
            }
            for (size_t k = 0; k < 64; k++)
                assert_true(at[k] == 0 || at[k] > now);
        }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_passes_at_its_millisecond_not_before),
        cmocka_unit_test(what_lies_rounds_ahead_waits_its_rounds),
        cmocka_unit_test(a_long_absence_forgets_nothing),
        cmocka_unit_test(clearing_and_moving_work_from_everywhere),
        cmocka_unit_test(agrees_with_a_plain_list),
    };
    return test_run("net/deadlines", tests);
}
