/* Whom a request comes from: what a proxy says is believed, what anybody else says is not. */
#include "tests/unit/test.h"

#include "api/proxy.h"

enum { FIELDS_MAX = 4 };

static struct proxies
proxies_of(const char *list)
{
    struct proxies proxies;
    struct err err = {.kind = ERR_NONE};
    assert_true(proxies_parse(str_from(list), &proxies, &err));
    return proxies;
}

/* The client as text, of a request over a connection from `from` with these X-Forwarded-For fields. */
static const char *
client_of(const char *list, const char *from, const char *const fields[FIELDS_MAX])
{
    static char text[PEER_TEXT_MAX];
    const struct proxies proxies = proxies_of(list);
    struct http_header headers[FIELDS_MAX + 1] = {{STR("Host"), STR("203.0.113.9")}};
    struct http_request request = {.headers = headers, .header_count = 1};
    for (size_t i = 0; i < FIELDS_MAX && fields[i] != NULL; i++)
        headers[request.header_count++] = (struct http_header){STR("x-forwarded-FOR"), str_from(fields[i])};
    struct peer connection;
    assert_true(peer_parse(str_from(from), &connection));
    struct peer client = proxies_client(&proxies, &connection, &request);
    client.port = 0;
    (void)peer_format(&client, text);
    return text;
}

#define CLIENT(list, from, ...) client_of(list, from, (const char *const[FIELDS_MAX]){__VA_ARGS__})

static void
only_a_proxy_is_believed(void **state)
{
    (void)state;
    assert_string_equal(CLIENT("127.0.0.1", "192.0.2.7:4000", "198.51.100.1"), "192.0.2.7:0");
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:4000", "198.51.100.1"), "198.51.100.1:0");
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:4000", NULL), "127.0.0.1:0");
    assert_string_equal(CLIENT("::1", "[::1]:4000", "2001:db8::5"), "[2001:db8::5]:0");
}

static void
what_a_client_wrote_itself_is_not_believed(void **state)
{
    (void)state;
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:1", "203.0.113.1, 198.51.100.1"), "198.51.100.1:0");
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:1", "127.0.0.1, 198.51.100.1"), "198.51.100.1:0");
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:1", "203.0.113.1", "198.51.100.1"), "198.51.100.1:0");
}

static void
proxies_behind_proxies_are_passed_over(void **state)
{
    (void)state;
    assert_string_equal(CLIENT("127.0.0.1,10.0.0.0/8", "127.0.0.1:1", "203.0.113.1, 198.51.100.1 ,10.9.8.7"),
                        "198.51.100.1:0");
    assert_string_equal(CLIENT("127.0.0.1,10.0.0.0/8", "127.0.0.1:1", "198.51.100.1", "10.9.8.7,\t10.1.1.1:80"),
                        "198.51.100.1:0");
    assert_string_equal(CLIENT("127.0.0.1,10.0.0.0/8", "127.0.0.1:1", "10.9.8.7"), "10.9.8.7:0");
}

static void
what_is_no_address_is_whoever_sent_it(void **state)
{
    (void)state;
    assert_string_equal(CLIENT("127.0.0.1,10.0.0.0/8", "127.0.0.1:1", "198.51.100.1, unknown, 10.9.8.7"), "10.9.8.7:0");
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:1", ""), "127.0.0.1:0");
    assert_string_equal(CLIENT("127.0.0.1", "127.0.0.1:1", "198.51.100.1,"), "127.0.0.1:0");
}

static void
a_network_has_the_addresses_with_its_leading_bits(void **state)
{
    (void)state;
    static const struct {
        const char *list, *address;
        bool has;
    } cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},         {"10.0.0.0/8", "11.0.0.1", false},
        {"192.0.2.128/25", "192.0.2.129", true},    {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.1/31", "192.0.2.0", true},        {"192.0.2.1", "192.0.2.0", false},
        {"0.0.0.0/0", "203.0.113.1", true},         {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/33", "2001:db8:7fff::", true}, {"2001:db8::/33", "2001:db8:8000::", false},
        {"10.0.0.0/8", "::ffff:10.0.0.1", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct proxies proxies = proxies_of(cases[i].list);
        struct peer peer;
        assert_true(peer_parse(str_from(cases[i].address), &peer));
        assert_int_equal(proxies_have(&proxies, &peer), cases[i].has);
    }
    const struct proxies all = proxies_of("0.0.0.0/0,::/0");
    assert_false(proxies_have(&all, &(struct peer){.kind = PEER_LOCAL}));
}

static void
a_list_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "localhost",    "127.0.0.1,", "127.0.0.1/33", "::1/129",
                                      "10.0.0.0/x", "127.0.0.1:80", "10.0.0.0/",  "10.0.0.0/8/8", "127.0.0.1, ::1",
                                      "10.0.0.0/-1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct proxies proxies;
        struct err err = {.kind = ERR_NONE};
        if (proxies_parse(str_from(bad[i]), &proxies, &err))
            fail_msg("\"%s\" was taken for a list of proxies", bad[i]);
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_proxy_is_believed),
        cmocka_unit_test(what_a_client_wrote_itself_is_not_believed),
        cmocka_unit_test(proxies_behind_proxies_are_passed_over),
        cmocka_unit_test(what_is_no_address_is_whoever_sent_it),
        cmocka_unit_test(a_network_has_the_addresses_with_its_leading_bits),
        cmocka_unit_test(a_list_that_is_none_is_refused),
    };
    return test_run("api/proxy", tests);
}
