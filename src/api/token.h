/* Bearer tokens: `nlt_<id>_<secret>`, shown once, kept as a hash.
 *
 * The id is the 32 characters of the token's public id after its prefix, the secret 32 random bytes as 52 characters
 * of base32 (RFC 4648 section 6, lower case, no padding). The secret is as strong as the hash, so that BLAKE2b without
 * salt or stretching is enough. It refuses to store anything. Any thread. */
#ifndef NIGHTLATCH_API_TOKEN_H
#define NIGHTLATCH_API_TOKEN_H

#include "core/id.h"
#include "util/random.h"

enum {
    TOKEN_SECRET_BYTES = 32,
    TOKEN_SECRET_LEN = 52, /* (32 * 8 + 4) / 5 */
    TOKEN_HASH_BYTES = 32, /* BLAKE2b-256 of the secret's characters */
    TOKEN_LEN = 4 + 32 + 1 + TOKEN_SECRET_LEN,
    TOKEN_SIZE = TOKEN_LEN + 1, /* with the terminator */
};

struct token_made {
    struct id id;
    char text[TOKEN_SIZE]; /* to be shown, and then forgotten */
    unsigned char hash[TOKEN_HASH_BYTES];
};

/* A new token, made at `now_ms`. `random` must be fit for secrets. */
void token_make(struct random *random, int64_t now_ms, struct token_made *ret_made);

/* Takes a token apart; false when it is none. The views are into `text`. */
bool token_parse(struct str text, struct id *ret_id, struct str *ret_secret) __attribute__((warn_unused_result));

/* The hash that is kept. */
void token_hash(struct str secret, unsigned char ret_hash[TOKEN_HASH_BYTES]);

/* Whether this is the secret of that hash, in the same time however many bytes agree. */
bool token_matches(struct str secret, const unsigned char hash[TOKEN_HASH_BYTES]) __attribute__((warn_unused_result));

/* The credential of an Authorization field with the Bearer scheme (RFC 6750 section 2.1); ptr NULL for another one. */
struct str token_of_authorization(struct str value);

#endif
