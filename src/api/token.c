/* Tokens are one kind of secret. */
#include "api/token.h"

#include <string.h>

#include <sodium.h>

#include "api/secret.h"

void
token_make(struct random *random, int64_t now_ms, struct token_made *ret_made)
{
    struct secret_made made;
    secret_make(SECRET_TOKEN, random, now_ms, &made);
    ret_made->id = made.id;
    memcpy(ret_made->text, made.text, TOKEN_SIZE);
    memcpy(ret_made->hash, made.hash, TOKEN_HASH_BYTES);
    sodium_memzero(&made, sizeof(made));
}

bool
token_parse(struct str text, struct id *ret_id, struct str *ret_secret)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    if (!secret_read(SECRET_TOKEN, text, ret_id, hash))
        return false;
    *ret_secret = secret_chars(text);
    return true;
}

void
token_hash(struct str secret, unsigned char ret_hash[TOKEN_HASH_BYTES])
{
    secret_hash(secret, ret_hash);
}

bool
token_matches(struct str secret, const unsigned char hash[TOKEN_HASH_BYTES])
{
    unsigned char found[TOKEN_HASH_BYTES];
    token_hash(secret, found);
    return sodium_memcmp(found, hash, TOKEN_HASH_BYTES) == 0;
}

struct str
token_of_authorization(struct str value)
{
    struct str scheme = str_split(&value, ' ');
    if (value.ptr == NULL || !str_equal_nocase(scheme, STR("bearer")))
        return (struct str){NULL, 0};
    return str_trim(value);
}
