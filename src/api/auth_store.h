/* Who is asking, by what the store holds: bearer tokens, sessions in cookies, the control socket.
 *
 * Everything is kept in memory, loaded once and then carried on from the log of property 0, whose events name what has
 * changed. auth_store_refresh() reads on the engine's thread, between a commit and its answers, so that whoever is
 * answered finds the change made; the network thread takes it over with its next question, without waiting and without
 * a system call. A row that can't be read leaves the follower behind, and it tries again a second later. It
 * refuses to write, to hash passwords, and to know routes. */
#ifndef NIGHTLATCH_API_AUTH_STORE_H
#define NIGHTLATCH_API_AUTH_STORE_H

#include "api/auth.h"
#include "core/people.h"
#include "store/store.h"
#include "util/clock.h"
#include "util/log.h"

struct auth_store;

struct auth_store_settings {
    struct db *db;             /* borrowed, as all below; must outlive the store */
    const struct clock *clock; /* for what runs out */
    struct log *log;           /* may be NULL */
    bool secure_cookies;       /* the outside is TLS */
    bool lets_in_user;         /* whoever comes by a unix socket under `uid` is an owner, as actor "os:<uid>" */
    uint32_t uid;
    const struct str *origins; /* pages elsewhere that may use a session: "https://desk.example" */
    size_t origin_count;
};

/* Opens a connection and loads everything. NULL with a failure. Any thread, before the engine runs. */
struct auth_store *auth_store_new(const struct auth_store_settings *settings, struct err *err)
    __attribute__((warn_unused_result));
/* After the engine and the server have ended. NULL is allowed. */
void auth_store_free(struct auth_store *store);

/* What the routes are given; for the network thread. */
struct auth *auth_store_auth(struct auth_store *store);

/* A trusted owner's token that is not in the store and lives as long as this does. Before the engine runs; false
 * without memory. */
bool auth_store_let_in_token(struct auth_store *store, struct id id, const unsigned char hash[SECRET_HASH_BYTES],
                             struct err *err) __attribute__((warn_unused_result));

/* Follows the log of property 0 as far as it goes. The engine's thread, after each commit, and now and then. */
void auth_store_refresh(struct auth_store *store);

#endif
