/* Ids: order, the stored form, and a public text that has exactly one spelling. */
#include "tests/unit/test.h"

#include "core/id.h"
#include "tests/support/chance.h"

static const unsigned char some_random[ID_RANDOM_BYTES] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x10, 0x32};

static struct id
noisy_id(uint64_t *state)
{
    unsigned char random[ID_RANDOM_BYTES];
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (unsigned char)chance_next(state);
    return id_make((int64_t)(chance_next(state) >> 16 | 1), random);
}

static bool
parses(const char *text)
{
    enum id_kind kind;
    uint32_t property;
    struct id id;
    return id_parse(str_from(text), &kind, &property, &id);
}

static void
an_id_holds_its_instant_then_the_random_bits(void **state)
{
    (void)state;
    struct id id = id_make(0x0123456789ab, some_random);
    unsigned char bytes[ID_BYTES];
    id_to_bytes(id, bytes);
    const unsigned char expected[ID_BYTES] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x01, 0x23,
                                              0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x10, 0x32};
    assert_memory_equal(bytes, expected, ID_BYTES);
    assert_true(id_equal(id_from_bytes(bytes), id));
    assert_int_equal(id_made_at_ms(id), 0x0123456789ab);
}

static void
a_later_instant_sorts_later_whatever_the_random_bits(void **state)
{
    (void)state;
    unsigned char high[ID_RANDOM_BYTES], low[ID_RANDOM_BYTES] = {0};
    memset(high, 0xff, sizeof(high));
    assert_true(id_compare(id_make(1000, high), id_make(1001, low)) < 0);
    assert_true(id_compare(id_make(((int64_t)1 << 48) - 1, low), id_make(1, high)) > 0);
}

static void
order_is_the_order_of_the_stored_bytes(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        struct id a = noisy_id(&seed), b = noisy_id(&seed);
        if (i % 3 == 0)
            b.hi = a.hi;
        if (i % 7 == 0)
            b = a;
        unsigned char bytes_a[ID_BYTES], bytes_b[ID_BYTES];
        id_to_bytes(a, bytes_a);
        id_to_bytes(b, bytes_b);
        int by_bytes = memcmp(bytes_a, bytes_b, ID_BYTES);
        assert_int_equal(id_compare(a, b), (by_bytes > 0) - (by_bytes < 0));
        assert_int_equal(id_equal(a, b), by_bytes == 0);
    }
}

static void
the_text_is_lower_case_rfc_4648_base32(void **state)
{
    (void)state;
    /* computed apart: base32(01020304 0123456789ab 0123456789abcdef1032) */
    char text[ID_TEXT_SIZE];
    id_format(ID_BOOKING, 0x01020304, id_make(0x0123456789ab, some_random), text);
    assert_string_equal(text, "bkg_aebagbabencwpcnlaerukz4jvpg66ebs");
}

static void
every_kind_and_property_comes_back_from_its_text(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 20000; i++) {
        struct id id = noisy_id(&seed), parsed_id = ID_NONE;
        enum id_kind kind = (enum id_kind)(i % ID_KIND_COUNT), parsed_kind = ID_KIND_COUNT;
        uint32_t property = i < 100 ? (uint32_t)i : (uint32_t)chance_next(&seed), parsed_property = 0;
        char text[ID_TEXT_SIZE];
        id_format(kind, property, id, text);
        assert_int_equal(strlen(text), ID_TEXT_LEN);
        assert_true(id_parse(str_from(text), &parsed_kind, &parsed_property, &parsed_id));
        assert_int_equal(parsed_kind, kind);
        assert_int_equal(parsed_property, property);
        assert_true(id_equal(parsed_id, id));
    }
}

/* Whatever parses, formats to the very same bytes, so an id can't have two spellings. */
static void
one_changed_byte_is_refused_or_another_id(void **state)
{
    (void)state;
    struct id id = id_make(1800000000000, some_random);
    char text[ID_TEXT_SIZE];
    id_format(ID_HOLD, 7, id, text);
    int accepted = 0;
    for (size_t at = 0; at < ID_TEXT_LEN; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char changed[ID_TEXT_SIZE], again[ID_TEXT_SIZE];
            memcpy(changed, text, sizeof(text));
            changed[at] = (char)byte;
            enum id_kind kind;
            uint32_t property;
            struct id parsed;
            if (!id_parse(str_of(changed, ID_TEXT_LEN), &kind, &property, &parsed))
                continue;
            accepted++;
            id_format(kind, property, parsed, again);
            assert_memory_equal(again, changed, ID_TEXT_LEN);
        }
    }
    /* 32 letters at each of 32 places, and the prefix as it was */
    assert_int_equal(accepted, 32 * 32 + ID_PREFIX_LEN + 1);
}

static void
malformed_texts_are_refused(void **state)
{
    (void)state;
    assert_true(parses("bkg_aebagbabencwpcnlaerukz4jvpg66ebs"));
    assert_false(parses(""));
    assert_false(parses("bkg_"));
    assert_false(parses("bkg_aebagbabencwpcnlaerukz4jvpg66eb"));
    assert_false(parses("bkg_aebagbabencwpcnlaerukz4jvpg66ebsa"));
    assert_false(parses("bkg_AEBAGBABENCWPCNLAERUKZ4JVPG66EBS"));
    assert_false(parses("BKG_aebagbabencwpcnlaerukz4jvpg66ebs"));
    assert_false(parses("xyz_aebagbabencwpcnlaerukz4jvpg66ebs"));
    assert_false(parses("bkg-aebagbabencwpcnlaerukz4jvpg66ebs"));
    assert_false(parses("bkg_aebagbabencwpcnlaerukz4jvpg66eb1"));
    assert_false(parses("bkg_aebagbabencwpcnlaerukz4jvpg66eb="));
    assert_false(parses(" bkg_aebagbabencwpcnlaerukz4jvpg66eb"));
    enum id_kind kind;
    uint32_t property;
    struct id id;
    assert_false(id_parse(str_of(NULL, 0), &kind, &property, &id));
}

static void
no_id_is_not_a_public_id(void **state)
{
    (void)state;
    assert_false(parses("prp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    assert_true(id_is_none(ID_NONE));
    assert_false(id_is_none(id_make(1, some_random)));
}

static void
prefixes_are_unique_and_three_lower_case_letters(void **state)
{
    (void)state;
    for (int a = 0; a < ID_KIND_COUNT; a++) {
        const char *prefix = id_kind_prefix((enum id_kind)a);
        assert_int_equal(strlen(prefix), ID_PREFIX_LEN);
        for (int i = 0; i < ID_PREFIX_LEN; i++)
            assert_true(prefix[i] >= 'a' && prefix[i] <= 'z');
        assert_true(strlen(id_kind_name((enum id_kind)a)) > 0);
        for (int b = 0; b < a; b++)
            assert_string_not_equal(prefix, id_kind_prefix((enum id_kind)b));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_holds_its_instant_then_the_random_bits),
        cmocka_unit_test(a_later_instant_sorts_later_whatever_the_random_bits),
        cmocka_unit_test(order_is_the_order_of_the_stored_bytes),
        cmocka_unit_test(the_text_is_lower_case_rfc_4648_base32),
        cmocka_unit_test(every_kind_and_property_comes_back_from_its_text),
        cmocka_unit_test(one_changed_byte_is_refused_or_another_id),
        cmocka_unit_test(malformed_texts_are_refused),
        cmocka_unit_test(no_id_is_not_a_public_id),
        cmocka_unit_test(prefixes_are_unique_and_three_lower_case_letters),
    };
    return test_run("core/id", tests);
}
