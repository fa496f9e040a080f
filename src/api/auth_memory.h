/* Callers kept in memory: bearer tokens that whoever starts the server has filled in, and the control socket.
 *
 * It refuses to store, to expire and to serve sessions. Tokens are added before requests are served, or between two of
 * them on the same thread. */
#ifndef NIGHTLATCH_API_AUTH_MEMORY_H
#define NIGHTLATCH_API_AUTH_MEMORY_H

#include "api/auth.h"
#include "api/token.h"
#include "base/err.h"

struct auth_memory;

/* NULL without memory. */
struct auth_memory *auth_memory_new(struct err *err) __attribute__((warn_unused_result));
void auth_memory_free(struct auth_memory *memory);

/* What the routes are given. */
struct auth *auth_memory_auth(struct auth_memory *memory);

/* Whoever comes by a unix socket under this user id is the owner of the installation, as actor "os:<uid>". The socket
 * itself lets nobody else in. */
void auth_memory_let_in_user(struct auth_memory *memory, uint32_t uid);

struct auth_memory_token {
    struct id id;
    const unsigned char *hash; /* TOKEN_HASH_BYTES, copied */
    bool owner;
    bool trusted;
    const struct principal_role *roles; /* in order of property, copied */
    size_t role_count;
};

/* Adds a token, or replaces the one of that id. False without memory. */
bool auth_memory_put(struct auth_memory *memory, const struct auth_memory_token *token, struct err *err)
    __attribute__((warn_unused_result));

/* From now on the token is not known; nothing happens when it was not. */
void auth_memory_remove(struct auth_memory *memory, struct id id);

#endif
