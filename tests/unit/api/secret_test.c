/* Secrets as texts: what is made can be read, and nothing else can. */
#include "tests/unit/test.h"

#include <string.h>

#include "api/secret.h"

static struct random_seeded source;

static struct secret_made
make(enum secret_kind kind)
{
    struct secret_made made;
    secret_make(kind, &source.random, 1795341600000, &made);
    return made;
}

static int
set_up(void **state)
{
    (void)state;
    random_seeded_init(&source, 7);
    return 0;
}

static void
what_is_made_is_read_as_its_own_kind_alone(void **state)
{
    (void)state;
    for (int kind = SECRET_TOKEN; kind <= SECRET_RESET; kind++) {
        struct secret_made made = make((enum secret_kind)kind);
        assert_int_equal(strlen(made.text), SECRET_LEN);
        for (int other = SECRET_TOKEN; other <= SECRET_RESET; other++) {
            struct id id;
            unsigned char hash[SECRET_HASH_BYTES];
            bool read = secret_read((enum secret_kind)other, str_from(made.text), &id, hash);
            assert_int_equal(read, other == kind);
            if (read) {
                assert_true(id_equal(id, made.id));
                assert_memory_equal(hash, made.hash, SECRET_HASH_BYTES);
            }
        }
    }
}

/* A link of a property is none of the installation's, even with the same number of characters, nor the other way round.
 */
static void
a_link_of_a_property_says_which(void **state)
{
    (void)state;
    struct secret_made made, of_nobody = make(SECRET_GUEST_LINK), token = make(SECRET_TOKEN);
    struct id id;
    uint32_t property = 0;
    unsigned char hash[SECRET_HASH_BYTES];
    secret_make_in(SECRET_GUEST_LINK, 70000, &source.random, 1795341600000, &made);
    assert_int_equal(strlen(made.text), SECRET_LEN);
    assert_true(secret_read_in(SECRET_GUEST_LINK, str_from(made.text), &property, &id, hash));
    assert_int_equal(property, 70000);
    assert_true(id_equal(id, made.id));
    assert_memory_equal(hash, made.hash, SECRET_HASH_BYTES);
    assert_false(secret_read(SECRET_GUEST_LINK, str_from(made.text), &id, hash));
    assert_false(secret_read_in(SECRET_GUEST_LINK, str_from(of_nobody.text), &property, &id, hash));
    assert_false(secret_read_in(SECRET_GUEST_LINK, str_from(token.text), &property, &id, hash));
}

static void
a_text_that_differs_in_one_character_is_another_secret_or_none(void **state)
{
    (void)state;
    struct secret_made made = make(SECRET_TOKEN);
    for (size_t i = 0; i < SECRET_LEN; i++) {
        char text[SECRET_SIZE];
        struct id id = ID_NONE;
        unsigned char hash[SECRET_HASH_BYTES] = {0};
        memcpy(text, made.text, sizeof(text));
        text[i] = text[i] == 'q' ? 'r' : 'q';
        if (secret_read(SECRET_TOKEN, str_of(text, SECRET_LEN), &id, hash))
            assert_false(id_equal(id, made.id) && secret_hash_equal(hash, made.hash));
    }
}

static void
a_text_of_another_length_is_none(void **state)
{
    (void)state;
    struct secret_made made = make(SECRET_SESSION);
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    for (size_t len = 0; len < SECRET_LEN; len++)
        assert_false(secret_read(SECRET_SESSION, str_of(made.text, len), &id, hash));
    assert_false(secret_read(SECRET_SESSION, str_of(made.text, SECRET_SIZE), &id, hash));
}

static void
no_two_are_alike(void **state)
{
    (void)state;
    struct secret_made a = make(SECRET_RESET), b = make(SECRET_RESET);
    assert_false(id_equal(a.id, b.id));
    assert_string_not_equal(secret_chars(str_from(a.text)).ptr, secret_chars(str_from(b.text)).ptr);
    assert_false(secret_hash_equal(a.hash, b.hash));
    assert_true(secret_hash_equal(a.hash, a.hash));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_made_is_read_as_its_own_kind_alone, set_up),
        cmocka_unit_test_setup(a_link_of_a_property_says_which, set_up),
        cmocka_unit_test_setup(a_text_that_differs_in_one_character_is_another_secret_or_none, set_up),
        cmocka_unit_test_setup(a_text_of_another_length_is_none, set_up),
        cmocka_unit_test_setup(no_two_are_alike, set_up),
    };
    return test_run("api/secret", tests);
}
