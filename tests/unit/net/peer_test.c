/* Peers as text and as keys of the table of counters. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "net/peer.h"

static struct peer
peer_of(const char *address, uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &in.sin_addr) == 1)
        return peer_from_sockaddr((const struct sockaddr *)&in);
    assert_int_equal(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
    return peer_from_sockaddr((const struct sockaddr *)&in6);
}

static void
peers_have_a_text(void **state)
{
    (void)state;
    char text[PEER_TEXT_MAX];
    struct peer peer = peer_of("192.0.2.1", 80);
    assert_int_equal(peer_format(&peer, text), 12);
    assert_string_equal(text, "192.0.2.1:80");
    peer = peer_of("2001:db8::1", 65535);
    (void)peer_format(&peer, text);
    assert_string_equal(text, "[2001:db8::1]:65535");
    peer = peer_of("::ffff:192.0.2.1", 1);
    (void)peer_format(&peer, text);
    assert_string_equal(text, "192.0.2.1:1");
    peer = (struct peer){.kind = PEER_LOCAL, .uid = 1000};
    (void)peer_format(&peer, text);
    assert_string_equal(text, "uid:1000");
    const struct peer a = peer_of("192.0.2.1", 1);
    const struct peer b = peer_of("::ffff:192.0.2.1", 2);
    const struct peer c = peer_of("192.0.2.2", 1);
    assert_true(peer_same_address(&a, &b) && !peer_same_address(&a, &c));
}

static void
addresses_are_read_as_proxies_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *again;
    } good[] = {
        {"192.0.2.1", "192.0.2.1:0"},
        {"192.0.2.1:80", "192.0.2.1:80"},
        {"2001:db8::1", "[2001:db8::1]:0"},
        {"[2001:db8::1]", "[2001:db8::1]:0"},
        {"[2001:db8::1]:9", "[2001:db8::1]:9"},
        {"::ffff:192.0.2.1", "192.0.2.1:0"},
        {"[::ffff:192.0.2.1]:65535", "192.0.2.1:65535"},
    };
    static const char *const bad[] = {"",
                                      "unknown",
                                      "_hidden",
                                      "192.0.2",
                                      "192.0.2.256",
                                      "192.0.2.1:",
                                      "192.0.2.1:65536",
                                      "192.0.2.1:8x",
                                      "192.0.2.1 ",
                                      "[192.0.2.1]",
                                      "[2001:db8::1",
                                      "2001:db8::1]",
                                      "[2001:db8::1]9",
                                      "[2001:db8::1]:",
                                      "2001:db8:::1",
                                      "[]",
                                      ":",
                                      "::1%lo",
                                      "2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001"};
    struct peer peer;
    char text[PEER_TEXT_MAX];
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(peer_parse(str_from(good[i].text), &peer));
        (void)peer_format(&peer, text);
        assert_string_equal(text, good[i].again);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (peer_parse(str_from(bad[i]), &peer))
            fail_msg("\"%s\" was taken for an address", bad[i]);
    assert_false(peer_parse(str_of("::1\0", 4), &peer));
}

static void
an_ipv6_customer_counts_once(void **state)
{
    (void)state;
    struct peer_counts counts;
    assert_true(peer_counts_init(&counts, 10, 1));
    const struct peer a = peer_of("2001:db8:1:2::1", 1);
    const struct peer b = peer_of("2001:db8:1:2:ffff::9", 2);
    const struct peer c = peer_of("2001:db8:1:3::1", 1);
    const struct peer d = peer_of("192.0.2.1", 1);
    assert_int_equal(peer_counts_add(&counts, &a), 1);
    assert_int_equal(peer_counts_add(&counts, &b), 2);
    assert_int_equal(peer_counts_add(&counts, &c), 1);
    assert_int_equal(peer_counts_add(&counts, &d), 1);
    peer_counts_remove(&counts, &a);
    assert_int_equal(peer_counts_get(&counts, &b), 1);
    peer_counts_remove(&counts, &b);
    assert_int_equal(peer_counts_get(&counts, &b), 0);
    assert_int_equal(peer_counts_get(&counts, &c), 1);
    peer_counts_done(&counts);
}

static void
the_table_agrees_with_plain_counters(void **state)
{
    (void)state;
    enum { ADDRESSES = 100 };
    static uint32_t plain[ADDRESSES];
    struct peer_counts counts;
    unsigned seed = 3;
    /* a small table, so that chains are long and wrap around */
    assert_true(peer_counts_init(&counts, ADDRESSES, 42));
    for (int step = 0; step < 200000; step++) {
        size_t i = (size_t)rand_r(&seed) % ADDRESSES;
        struct peer peer = {.kind = PEER_IPV4, .address = {10, 0, 0, (uint8_t)i}};
        if (plain[i] > 0 && rand_r(&seed) % 2 == 0) {
            peer_counts_remove(&counts, &peer);
            plain[i]--;
        } else if (plain[i] < 3) {
            assert_int_equal(peer_counts_add(&counts, &peer), ++plain[i]);
        }
        if (step % 100 != 0)
            continue;
        for (size_t k = 0; k < ADDRESSES; k++) {
            peer.address[3] = (uint8_t)k;
            assert_int_equal(peer_counts_get(&counts, &peer), plain[k]);
        }
    }
    peer_counts_done(&counts);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_have_a_text),
        cmocka_unit_test(addresses_are_read_as_proxies_write_them),
        cmocka_unit_test(an_ipv6_customer_counts_once),
        cmocka_unit_test(the_table_agrees_with_plain_counters),
    };
    return test_run("net/peer", tests);
}
