/* People and the keys they hold: users with their roles, tokens, sessions, and the links that let someone in once.
 *
 * Plain facts of the installation (property 0), loaded by the engine and never changed in place. Secrets are here as
 * hashes alone and are never shown: neither in an event nor in a reply. Text is borrowed from whoever loaded it.
 * Instants are milliseconds since the epoch, UTC; 0 stands for "not" where that may be. */
#ifndef NIGHTLATCH_CORE_PEOPLE_H
#define NIGHTLATCH_CORE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"
#include "core/role.h"

enum {
    SECRET_HASH_BYTES = 32, /* BLAKE2b-256 of a secret's characters */
    USER_ROLES_MAX = 200,   /* properties one user may have a role in */
};

#define SESSION_TTL_MS INT64_C(604800000)      /* a week */
#define INVITATION_TTL_MS INT64_C(604800000)   /* a week */
#define SETUP_TTL_MS INT64_C(86400000)         /* a day: the link for the first owner */
#define PASSWORD_RESET_TTL_MS INT64_C(3600000) /* an hour */

/* What someone may do where. Property 0 is the installation and goes with ROLE_OWNER, every other with the rest. */
struct held_role {
    uint32_t property;
    struct id property_id; /* its public id; none for the installation */
    enum role role;
};

struct user {
    struct id id;
    struct str email; /* lower case, unique */
    struct str name;
    struct str locale;   /* BCP 47; empty for none */
    struct str password; /* argon2id string; empty: none can be given, so nobody can sign in */
    bool owner;          /* of the installation */
    int64_t disabled_at;
    int64_t sessions_from;         /* sessions begun before are over */
    const struct held_role *roles; /* in order of property */
    size_t role_count;
    int64_t created_at, version;
};

struct token {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct str name;
    struct id user; /* never more than this user may; none: it stands for itself */
    struct held_role held;
    bool trusted; /* the limits per token are not for it */
    int64_t expires_at, revoked_at;
    int64_t created_at, version;
};

struct session {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct id user;
    int64_t created_at, expires_at;
};

struct invitation {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct str email; /* empty for the first owner, who says it when accepting */
    struct held_role held;
    bool is_setup; /* the link for the first owner */
    int64_t expires_at, used_at, void_at;
    int64_t created_at, version;
};

struct password_reset {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct id user;
    int64_t expires_at, used_at;
    int64_t created_at;
};

/* What a command on people may look at; what was not found is NULL. */
struct people {
    const struct user *user;         /* whom the command names, or whose the named session, token or reset is */
    const struct user *email_holder; /* who has the e-mail address that the command asks for */
    const struct token *token;
    const struct session *session;
    const struct invitation *invitation;
    const struct password_reset *reset;
    const struct invitation *setups; /* links for the first owner that are open, whatever their age */
    size_t setup_count;
    int64_t owner_count;   /* users who are owners and can sign in */
    bool property_missing; /* a role is to be held in a property that is not there */
};

/* The role in a property; ROLE_NONE without one. Owners are ROLE_OWNER everywhere. */
enum role user_role_in(const struct user *user, uint32_t property);

/* The same bytes, in the same time however many agree. */
bool secret_hash_equal(const unsigned char a[SECRET_HASH_BYTES], const unsigned char b[SECRET_HASH_BYTES]);

/* Whether the link can still be used at this instant. */
bool invitation_is_open(const struct invitation *invitation, int64_t now_ms);
bool password_reset_is_open(const struct password_reset *reset, int64_t now_ms);

#endif
