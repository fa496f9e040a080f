/* Who is at the other end of a connection, and how many connections an address has.
 *
 * It refuses to resolve names and to look into headers: behind a proxy the peer is the proxy. */
#ifndef NIGHTLATCH_NET_PEER_H
#define NIGHTLATCH_NET_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"

enum peer_kind {
    PEER_UNKNOWN,
    PEER_IPV4, /* also a v4 address that came mapped into v6 */
    PEER_IPV6,
    PEER_LOCAL, /* a unix socket: the kernel vouches for uid */
};

struct peer {
    enum peer_kind kind;
    uint8_t address[16]; /* network order; IPv4 uses the first four, PEER_LOCAL none */
    uint16_t port;       /* host order */
    uint32_t uid;        /* PEER_LOCAL only, from SO_PEERCRED */
};

enum { PEER_TEXT_MAX = 64 };

/* From getpeername() and the like; PEER_UNKNOWN for other families. */
struct peer peer_from_sockaddr(const struct sockaddr *address);

/* "192.0.2.1:80", "[2001:db8::1]:80" or "uid:1000", terminated. Returns the length. */
size_t peer_format(const struct peer *peer, char ret_text[PEER_TEXT_MAX]);

/* From an address as text: "192.0.2.1", "2001:db8::1", "[2001:db8::1]", the first and the last also with a port. A v4
 * address mapped into v6 is PEER_IPV4. False for anything else. */
bool peer_parse(struct str text, struct peer *ret_peer) __attribute__((warn_unused_result));

/* The same address, ports and uids aside. */
bool peer_same_address(const struct peer *a, const struct peer *b);

/* Counters by address; an IPv6 address counts with its whole /64, which is what one customer is given. */
struct peer_counts {
    struct peer_count *slots; /* owned; open addressing, linear probing */
    size_t slot_count;        /* a power of two, at least twice `max` */
    size_t used;
    size_t max; /* addresses that can be counted at once */
    uint64_t seed;
};

/* Room for `max` addresses at once. `seed` spreads them, so that an attacker who picks addresses cannot pick places.
 * False when the heap is exhausted. */
bool peer_counts_init(struct peer_counts *counts, size_t max, uint64_t seed) __attribute__((warn_unused_result));
void peer_counts_done(struct peer_counts *counts);

/* One more; returns how many there are now. Asserts that `max` is not exceeded. */
uint32_t peer_counts_add(struct peer_counts *counts, const struct peer *peer);

/* One less; asserts that there was one. */
void peer_counts_remove(struct peer_counts *counts, const struct peer *peer);

/* How many there are. */
uint32_t peer_counts_get(const struct peer_counts *counts, const struct peer *peer);

#endif
