/* A place is judged by its text: a name could lead elsewhere tomorrow, so that of names "localhost" alone is taken. */
#include "cmd/listen.h"

#include <stdio.h>
#include <string.h>

#include "net/peer.h"

/* Of the host alone: a port that is none is told where it is listened on. */
static bool
is_loopback(struct str host)
{
    static const uint8_t loopback_ipv6[16] = {[15] = 1};
    struct peer peer;
    if (str_equal(host, STR("localhost")))
        return true;
    if (!peer_parse(host, &peer))
        return false;
    return peer.kind == PEER_IPV4 ? peer.address[0] == 127
                                  : peer.kind == PEER_IPV6 && memcmp(peer.address, loopback_ipv6, 16) == 0;
}

bool
listen_check(const char *listen, bool outside_allowed, const char *otherwise, struct err *err)
{
    const char *colon = strrchr(listen, ':');
    if (colon == NULL) {
        err_set(err, ERR_USAGE, "\"%s\" is not HOST:PORT, such as 127.0.0.1:8080", listen);
        return false;
    }
    if (outside_allowed || is_loopback(str_of(listen, (size_t)(colon - listen))))
        return true;
    err_set(err, ERR_USAGE, "%s can be reached from outside and speaks no TLS; %s", listen, otherwise);
    return false;
}

void
listen_url(const char *listen, uint16_t port, char ret_url[LISTEN_URL_SIZE])
{
    const char *colon = strrchr(listen, ':');
    (void)snprintf(ret_url, LISTEN_URL_SIZE, "http://%.*s:%u", (int)(colon - listen), listen, (unsigned)port);
}
