/* Whom a request comes from when a proxy stands in front: the limits per address are for clients, not for the proxy.
 *
 * A proxy that is named here is believed when it says in X-Forwarded-For whom it speaks for, and nobody else is: a
 * client can write that field too. It refuses to read Forwarded (RFC 7239), which proxies do not send unless told to,
 * and to say who may do what: a credential does. */
#ifndef NIGHTLATCH_API_PROXY_H
#define NIGHTLATCH_API_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/http.h"
#include "net/peer.h"

enum { PROXIES_MAX = 32 };

struct proxies {
    struct {
        struct peer address;
        int bits; /* how many of its leading bits count */
    } items[PROXIES_MAX];
    size_t count; /* 0: none is believed */
};

/* Reads addresses with commas between, each with how many bits count if not all: "127.0.0.1,10.0.0.0/8,::1". False with
 * ERR_CONFIG. */
bool proxies_parse(struct str list, struct proxies *ret_proxies, struct err *err) __attribute__((warn_unused_result));

bool proxies_have(const struct proxies *proxies, const struct peer *peer);

/* Who asks: the connection's other end, or, when that is one of the proxies, the last address of X-Forwarded-For that
 * is not one of them. What can't be read as an address ends the search at whoever sent it. */
struct peer proxies_client(const struct proxies *proxies, const struct peer *connection,
                           const struct http_request *request);

#endif
