/* The table keeps its probe chains whole by moving entries back when one is removed, so there are no tombstones. */
#include "net/peer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct peer_count {
    uint64_t key[2];
    uint32_t count; /* 0: free */
};

static struct peer
peer_from_ipv6(const struct sockaddr_in6 *in6)
{
    struct peer peer = {.kind = PEER_IPV6, .port = ntohs(in6->sin6_port)};
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        peer.kind = PEER_IPV4;
        memcpy(peer.address, in6->sin6_addr.s6_addr + 12, 4);
    } else {
        memcpy(peer.address, in6->sin6_addr.s6_addr, 16);
    }
    return peer;
}

struct peer
peer_from_sockaddr(const struct sockaddr *address)
{
    struct peer peer = {.kind = PEER_UNKNOWN};
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof(in));
        peer.kind = PEER_IPV4;
        memcpy(peer.address, &in.sin_addr, 4);
        peer.port = ntohs(in.sin_port);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof(in6));
        peer = peer_from_ipv6(&in6);
    } else if (address->sa_family == AF_UNIX) {
        peer.kind = PEER_LOCAL;
    }
    return peer;
}

size_t
peer_format(const struct peer *peer, char ret_text[PEER_TEXT_MAX])
{
    char address[INET6_ADDRSTRLEN] = "";
    int len = 0;
    switch (peer->kind) {
    case PEER_IPV4:
        (void)inet_ntop(AF_INET, peer->address, address, sizeof(address));
        len = snprintf(ret_text, PEER_TEXT_MAX, "%s:%u", address, peer->port);
        break;
    case PEER_IPV6:
        (void)inet_ntop(AF_INET6, peer->address, address, sizeof(address));
        len = snprintf(ret_text, PEER_TEXT_MAX, "[%s]:%u", address, peer->port);
        break;
    case PEER_LOCAL: len = snprintf(ret_text, PEER_TEXT_MAX, "uid:%u", peer->uid); break;
    case PEER_UNKNOWN: len = snprintf(ret_text, PEER_TEXT_MAX, "unknown"); break;
    }
    return (size_t)len;
}

static bool
port_parse(struct str text, in_port_t *ret_port)
{
    unsigned port = 0;
    if (text.len == 0 || text.len > 5)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *ret_port = htons((uint16_t)port);
    return port <= UINT16_MAX;
}

bool
peer_parse(struct str text, struct peer *ret_peer)
{
    char address[INET6_ADDRSTRLEN];
    in_port_t port = 0;
    struct str host = text, rest = {NULL, 0};
    bool bracketed = text.len > 0 && text.ptr[0] == '[';
    if (bracketed) {
        rest = str_of(text.ptr + 1, text.len - 1);
        host = str_split(&rest, ']');
        if (rest.ptr == NULL || (rest.len > 0 && rest.ptr[0] != ':'))
            return false;
        rest = rest.len == 0 ? (struct str){NULL, 0} : str_of(rest.ptr + 1, rest.len - 1);
    } else {
        rest = text;
        struct str first = str_split(&rest, ':');
        if (rest.ptr != NULL && memchr(rest.ptr, ':', rest.len) == NULL)
            host = first; /* one colon: a v4 address and its port */
        else
            rest = (struct str){NULL, 0};
    }
    if (host.len >= sizeof(address) || (rest.ptr != NULL && !port_parse(rest, &port)))
        return false;
    memcpy(address, host.ptr, host.len);
    address[host.len] = '\0';
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = port};
    if (!bracketed && inet_pton(AF_INET, address, &in.sin_addr) == 1)
        *ret_peer = peer_from_sockaddr((const struct sockaddr *)&in);
    else if (strlen(address) == host.len && inet_pton(AF_INET6, address, &in6.sin6_addr) == 1)
        *ret_peer = peer_from_sockaddr((const struct sockaddr *)&in6);
    else
        return false;
    return true;
}

bool
peer_same_address(const struct peer *a, const struct peer *b)
{
    return a->kind == b->kind && memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static void
count_key(const struct peer *peer, uint64_t ret_key[2])
{
    ret_key[0] = (uint64_t)peer->kind;
    memcpy(&ret_key[1], peer->address, 8);
}

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014) over the key and the seed. */
static size_t
count_home(const struct peer_counts *counts, const uint64_t key[2])
{
    uint64_t x = key[1] ^ (key[0] * 0x9e3779b97f4a7c15U) ^ counts->seed;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return (size_t)(x ^ (x >> 31)) & (counts->slot_count - 1);
}

bool
peer_counts_init(struct peer_counts *counts, size_t max, uint64_t seed)
{
    size_t slot_count = 16;
    while (slot_count < max * 2)
        slot_count *= 2;
    *counts = (struct peer_counts){.slot_count = slot_count, .max = max, .seed = seed};
    counts->slots = calloc(slot_count, sizeof(*counts->slots));
    return counts->slots != NULL;
}

void
peer_counts_done(struct peer_counts *counts)
{
    free(counts->slots);
    counts->slots = NULL;
}

/* The address's own slot, or the free one where it would go. */
static size_t
count_find(const struct peer_counts *counts, const uint64_t key[2])
{
    size_t at = count_home(counts, key);
    while (counts->slots[at].count != 0 && memcmp(counts->slots[at].key, key, sizeof(counts->slots[at].key)) != 0)
        at = (at + 1) & (counts->slot_count - 1);
    return at;
}

uint32_t
peer_counts_add(struct peer_counts *counts, const struct peer *peer)
{
    uint64_t key[2];
    count_key(peer, key);
    struct peer_count *slot = &counts->slots[count_find(counts, key)];
    if (slot->count == 0) {
        assert(counts->used < counts->max);
        memcpy(slot->key, key, sizeof(slot->key));
        counts->used++;
    }
    return ++slot->count;
}

/* Closes the gap at `gap`: an entry further on moves back into it unless its home lies after the gap. */
static void
count_close_gap(struct peer_counts *counts, size_t gap)
{
    const size_t mask = counts->slot_count - 1;
    for (size_t at = (gap + 1) & mask; counts->slots[at].count != 0; at = (at + 1) & mask) {
        size_t home = count_home(counts, counts->slots[at].key);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        counts->slots[gap] = counts->slots[at];
        counts->slots[at].count = 0;
        gap = at;
    }
}

void
peer_counts_remove(struct peer_counts *counts, const struct peer *peer)
{
    uint64_t key[2];
    count_key(peer, key);
    size_t at = count_find(counts, key);
    assert(counts->slots[at].count > 0);
    if (--counts->slots[at].count > 0)
        return;
    counts->used--;
    count_close_gap(counts, at);
}

uint32_t
peer_counts_get(const struct peer_counts *counts, const struct peer *peer)
{
    uint64_t key[2];
    count_key(peer, key);
    return counts->slots[count_find(counts, key)].count;
}
