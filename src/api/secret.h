/* Secrets that are shown once and kept as a hash: tokens, sessions, links.
 *
 * Their text is `<prefix>_<id>_<secret>`: the 32 characters of the public id after its own prefix, so that the row is
 * found without looking at the secret, and 32 random bytes as 52 characters of base32 (RFC 4648 section 6, lower case,
 * no padding). The secret is as strong as the hash, so that BLAKE2b without salt or stretching is enough. It refuses to
 * store anything. Any thread. */
#ifndef NIGHTLATCH_API_SECRET_H
#define NIGHTLATCH_API_SECRET_H

#include "core/people.h"
#include "util/random.h"

enum secret_kind {
    SECRET_TOKEN,      /* "nlt" */
    SECRET_SESSION,    /* "nls" */
    SECRET_INVITATION, /* "nli" */
    SECRET_RESET,      /* "nlr" */
    SECRET_GUEST_LINK, /* "nlg"; of a property, all others are of the installation */
};

enum {
    SECRET_CHARS = 52,                          /* (32 * 8 + 4) / 5 */
    SECRET_LEN = 3 + 1 + 32 + 1 + SECRET_CHARS, /* of the whole text */
    SECRET_SIZE = SECRET_LEN + 1,               /* with the terminator */
};

struct secret_made {
    struct id id;
    char text[SECRET_SIZE]; /* to be shown, and then forgotten */
    unsigned char hash[SECRET_HASH_BYTES];
};

/* A new one, of the instant `now_ms`. `random` must be fit for secrets. */
void secret_make(enum secret_kind kind, struct random *random, int64_t now_ms, struct secret_made *ret_made);

/* The same for something of a property, whose number is in the text as it is in every public id. */
void secret_make_in(enum secret_kind kind, uint32_t property, struct random *random, int64_t now_ms,
                    struct secret_made *ret_made);

/* Takes a text apart: the id, and the hash of its secret. False when it is none of that kind, or not the
 * installation's. */
bool secret_read(enum secret_kind kind, struct str text, struct id *ret_id, unsigned char ret_hash[SECRET_HASH_BYTES])
    __attribute__((warn_unused_result));

/* The same for something of a property; false for the installation's. */
bool secret_read_in(enum secret_kind kind, struct str text, uint32_t *ret_property, struct id *ret_id,
                    unsigned char ret_hash[SECRET_HASH_BYTES]) __attribute__((warn_unused_result));

/* The hash that is kept of the 52 characters. */
void secret_hash(struct str secret, unsigned char ret_hash[SECRET_HASH_BYTES]);

/* The 52 characters of a text that secret_read() takes. */
struct str secret_chars(struct str text);

#endif
