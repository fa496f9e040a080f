/* "No" is certain: whatever was added or is on its way is never denied. */
#include "engine/key_filter.h"

#include "tests/unit/test.h"
#include "util/random.h"

enum { KEYS = 20000 };

static struct key_filter *filter;
static struct random_seeded chance;

static int
set_up(void **state)
{
    (void)state;
    filter = key_filter_new();
    random_seeded_init(&chance, 7);
    return filter == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
    (void)state;
    key_filter_free(filter);
    return 0;
}

static void
make_key(unsigned char key[STORE_KEY_BYTES])
{
    random_fill(&chance.random, key, STORE_KEY_BYTES);
}

static void
before_all_are_loaded_any_may_be_stored(void **state)
{
    (void)state;
    unsigned char key[STORE_KEY_BYTES];
    make_key(key);
    assert_true(key_filter_may_be_stored(filter, key));
    assert_true(key_filter_may_be_known(filter, key));
    key_filter_loaded(filter);
    assert_false(key_filter_may_be_stored(filter, key));
    assert_false(key_filter_may_be_known(filter, key));
    key_filter_unload(filter);
    assert_true(key_filter_may_be_stored(filter, key));
}

static void
what_was_added_is_never_denied_and_little_else_is_suspected(void **state)
{
    (void)state;
    static unsigned char keys[KEYS][STORE_KEY_BYTES];
    unsigned char other[STORE_KEY_BYTES];
    size_t suspected = 0;
    key_filter_loaded(filter);
    for (size_t i = 0; i < KEYS; i++) {
        make_key(keys[i]);
        key_filter_add(filter, 20000 + (int64_t)(i % 2), keys[i]);
    }
    for (size_t i = 0; i < KEYS; i++)
        assert_true(key_filter_may_be_stored(filter, keys[i]));
    for (size_t i = 0; i < KEYS; i++) {
        make_key(other);
        suspected += key_filter_may_be_stored(filter, other);
    }
    assert_true(suspected < KEYS / 1000);
}

static void
a_day_that_comes_round_lets_go_of_the_one_before_it_alone(void **state)
{
    (void)state;
    unsigned char old[STORE_KEY_BYTES], yesterday[STORE_KEY_BYTES], today[STORE_KEY_BYTES];
    make_key(old);
    make_key(yesterday);
    make_key(today);
    key_filter_loaded(filter);
    key_filter_add(filter, 20000, old);
    key_filter_add(filter, 20002, yesterday);
    key_filter_note_turns(filter);
    assert_true(key_filter_may_be_stored(filter, old));
    key_filter_add(filter, 20003, today);
    assert_true(key_filter_has_turned(filter));
    assert_false(key_filter_may_be_stored(filter, old));
    assert_true(key_filter_may_be_stored(filter, yesterday));
    assert_true(key_filter_may_be_stored(filter, today));
    key_filter_add(filter, 20000, old); /* of a table that is still being loaded: nothing is let go of */
    assert_true(key_filter_may_be_stored(filter, today));
    assert_true(key_filter_may_be_stored(filter, old));
}

static void
who_is_on_its_way_is_known_until_it_has_ended(void **state)
{
    (void)state;
    unsigned char key[STORE_KEY_BYTES];
    make_key(key);
    key_filter_loaded(filter);
    key_filter_begin(filter, key);
    key_filter_begin(filter, key);
    assert_true(key_filter_may_be_known(filter, key));
    assert_false(key_filter_may_be_stored(filter, key));
    key_filter_end(filter, key);
    assert_true(key_filter_may_be_known(filter, key));
    key_filter_end(filter, key);
    assert_false(key_filter_may_be_known(filter, key));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(before_all_are_loaded_any_may_be_stored),
        CASE(what_was_added_is_never_denied_and_little_else_is_suspected),
        CASE(a_day_that_comes_round_lets_go_of_the_one_before_it_alone),
        CASE(who_is_on_its_way_is_known_until_it_has_ended),
    };
    return test_run("engine/key_filter", tests);
}
