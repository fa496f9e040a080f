/* Making, reading and checking of bearer tokens. */
#include "api/token.h"

#include <string.h>

#include <sodium.h>

enum { ID_CHARS = ID_TEXT_LEN - ID_PREFIX_LEN - 1 };

static void
write_base32(const unsigned char bytes[TOKEN_SECRET_BYTES], char *out)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < TOKEN_SECRET_BYTES; i++) {
        held = (held << 8 | bytes[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            *out++ = alphabet[held >> (bits - 5) & 31];
    }
    *out++ = alphabet[held << (5 - bits) & 31];
    *out = '\0';
}

void
token_make(struct random *random, int64_t now_ms, struct token_made *ret_made)
{
    unsigned char chance[ID_RANDOM_BYTES], secret[TOKEN_SECRET_BYTES];
    char id_text[ID_TEXT_SIZE];
    random_fill(random, chance, sizeof(chance));
    random_fill(random, secret, sizeof(secret));
    ret_made->id = id_make(now_ms, chance);
    id_format(ID_TOKEN, 0, ret_made->id, id_text);
    memcpy(ret_made->text, "nlt_", 4);
    memcpy(ret_made->text + 4, id_text + ID_PREFIX_LEN + 1, ID_CHARS);
    ret_made->text[4 + ID_CHARS] = '_';
    write_base32(secret, ret_made->text + 4 + ID_CHARS + 1);
    sodium_memzero(secret, sizeof(secret));
    token_hash(str_of(ret_made->text + 4 + ID_CHARS + 1, TOKEN_SECRET_LEN), ret_made->hash);
}

bool
token_parse(struct str text, struct id *ret_id, struct str *ret_secret)
{
    char id_text[ID_TEXT_LEN] = "tok_";
    enum id_kind kind;
    uint32_t property;
    if (text.len != TOKEN_LEN || memcmp(text.ptr, "nlt_", 4) != 0 || text.ptr[4 + ID_CHARS] != '_')
        return false;
    memcpy(id_text + ID_PREFIX_LEN + 1, text.ptr + 4, ID_CHARS);
    if (!id_parse(str_of(id_text, ID_TEXT_LEN), &kind, &property, ret_id) || property != 0)
        return false;
    *ret_secret = str_of(text.ptr + 4 + ID_CHARS + 1, TOKEN_SECRET_LEN);
    return true;
}

void
token_hash(struct str secret, unsigned char ret_hash[TOKEN_HASH_BYTES])
{
    crypto_generichash(ret_hash, TOKEN_HASH_BYTES, (const unsigned char *)secret.ptr, secret.len, NULL, 0);
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
