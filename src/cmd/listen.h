/* Where a server of this program may listen, and how its address is told. It refuses to resolve names. */
#ifndef NIGHTLATCH_CMD_LISTEN_H
#define NIGHTLATCH_CMD_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { LISTEN_URL_SIZE = 320 };

/* Whether `listen` is HOST:PORT and, unless `outside_allowed`, an address that this machine alone can reach: one of
 * 127.0.0.0/8, [::1] or "localhost". False with ERR_USAGE; `otherwise` ends its sentence, what to do instead. */
bool listen_check(const char *listen, bool outside_allowed, const char *otherwise, struct err *err)
    __attribute__((warn_unused_result));

/* "http://HOST:PORT" for a place that was checked, with the port that was picked. */
void listen_url(const char *listen, uint16_t port, char ret_url[LISTEN_URL_SIZE]);

#endif
