/* The field is read from its end: each proxy adds at the end whom it heard from, and what stands before that was
 * written by somebody further away. */
#include "api/proxy.h"

static bool
has_prefix(const struct peer *address, int bits, const struct peer *peer)
{
    if (peer->kind != address->kind)
        return false;
    for (int i = 0; i < bits; i += 8) {
        int counted = bits - i < 8 ? bits - i : 8;
        if ((address->address[i / 8] ^ peer->address[i / 8]) >> (8 - counted) != 0)
            return false;
    }
    return true;
}

bool
proxies_have(const struct proxies *proxies, const struct peer *peer)
{
    for (size_t i = 0; i < proxies->count; i++)
        if (has_prefix(&proxies->items[i].address, proxies->items[i].bits, peer))
            return true;
    return false;
}

static bool
parse_bits(struct str text, int most, int *ret_bits)
{
    if (text.len == 0 || text.len > 3)
        return false;
    *ret_bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *ret_bits = *ret_bits * 10 + (text.ptr[i] - '0');
    }
    return *ret_bits <= most;
}

bool
proxies_parse(struct str list, struct proxies *ret_proxies, struct err *err)
{
    struct proxies proxies = {.count = 0};
    while (list.ptr != NULL) {
        struct str bits = str_split(&list, ',');
        struct str whole = bits, address = str_split(&bits, '/');
        struct peer peer;
        int most, counted;
        if (proxies.count == PROXIES_MAX) {
            err_set(err, ERR_CONFIG, "more than %d proxies", PROXIES_MAX);
            return false;
        }
        bool good = peer_parse(address, &peer);
        most = good && peer.kind == PEER_IPV4 ? 32 : 128;
        counted = most;
        if (!good || peer.port != 0 || (bits.ptr != NULL && !parse_bits(bits, most, &counted))) {
            err_set(err, ERR_CONFIG, "\"%.*s\" is no address such as 127.0.0.1 or 10.0.0.0/8", STR_ARG(whole));
            return false;
        }
        proxies.items[proxies.count].address = peer;
        proxies.items[proxies.count++].bits = counted;
    }
    *ret_proxies = proxies;
    return true;
}

static struct str
trim_blanks(struct str text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = str_of(text.ptr + 1, text.len - 1);
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* Takes the last piece off a list with commas. */
static struct str
take_last(struct str *list)
{
    size_t at = list->len;
    while (at > 0 && list->ptr[at - 1] != ',')
        at--;
    struct str last = str_of(list->ptr + at, list->len - at);
    *list = at == 0 ? (struct str){NULL, 0} : str_of(list->ptr, at - 1);
    return trim_blanks(last);
}

struct peer
proxies_client(const struct proxies *proxies, const struct peer *connection, const struct http_request *request)
{
    struct peer client = *connection;
    if (!proxies_have(proxies, &client))
        return client;
    for (size_t i = request->header_count; i-- > 0;) {
        struct str list = request->headers[i].value;
        if (!str_equal_nocase(request->headers[i].name, STR("X-Forwarded-For")))
            continue;
        while (list.ptr != NULL) {
            struct peer before;
            if (!peer_parse(take_last(&list), &before))
                return client;
            client = before;
            if (!proxies_have(proxies, &client))
                return client;
        }
    }
    return client;
}
