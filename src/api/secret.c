/* Making and reading of secrets. */
#include "api/secret.h"

#include <string.h>

#include <sodium.h>

enum { RANDOM_BYTES = 32, PREFIX_CHARS = 3, ID_CHARS = ID_TEXT_LEN - ID_PREFIX_LEN - 1, ID_AT = PREFIX_CHARS + 1 };

static const struct {
    char prefix[PREFIX_CHARS + 1];
    enum id_kind id_kind;
} kinds[] = {
    [SECRET_TOKEN] = {"nlt", ID_TOKEN},           [SECRET_SESSION] = {"nls", ID_SESSION},
    [SECRET_INVITATION] = {"nli", ID_INVITATION}, [SECRET_RESET] = {"nlr", ID_PASSWORD_RESET},
    [SECRET_GUEST_LINK] = {"nlg", ID_GUEST_LINK},
};

static void
write_base32(const unsigned char bytes[RANDOM_BYTES], char *out)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < RANDOM_BYTES; i++) {
        held = (held << 8 | bytes[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            *out++ = alphabet[held >> (bits - 5) & 31];
    }
    *out++ = alphabet[held << (5 - bits) & 31];
    *out = '\0';
}

void
secret_hash(struct str secret, unsigned char ret_hash[SECRET_HASH_BYTES])
{
    crypto_generichash(ret_hash, SECRET_HASH_BYTES, (const unsigned char *)secret.ptr, secret.len, NULL, 0);
}

struct str
secret_chars(struct str text)
{
    return str_of(text.ptr + SECRET_LEN - SECRET_CHARS, SECRET_CHARS);
}

void
secret_make_in(enum secret_kind kind, uint32_t property, struct random *random, int64_t now_ms,
               struct secret_made *ret_made)
{
    unsigned char chance[ID_RANDOM_BYTES], bytes[RANDOM_BYTES];
    char id_text[ID_TEXT_SIZE];
    random_fill(random, chance, sizeof(chance));
    random_fill(random, bytes, sizeof(bytes));
    ret_made->id = id_make(now_ms, chance);
    id_format(kinds[kind].id_kind, property, ret_made->id, id_text);
    memcpy(ret_made->text, kinds[kind].prefix, PREFIX_CHARS);
    ret_made->text[PREFIX_CHARS] = '_';
    memcpy(ret_made->text + ID_AT, id_text + ID_PREFIX_LEN + 1, ID_CHARS);
    ret_made->text[ID_AT + ID_CHARS] = '_';
    write_base32(bytes, ret_made->text + SECRET_LEN - SECRET_CHARS);
    sodium_memzero(bytes, sizeof(bytes));
    secret_hash(secret_chars(str_of(ret_made->text, SECRET_LEN)), ret_made->hash);
}

void
secret_make(enum secret_kind kind, struct random *random, int64_t now_ms, struct secret_made *ret_made)
{
    secret_make_in(kind, 0, random, now_ms, ret_made);
}

static bool
take_apart(enum secret_kind kind, struct str text, uint32_t *ret_property, struct id *ret_id,
           unsigned char ret_hash[SECRET_HASH_BYTES])
{
    char id_text[ID_TEXT_LEN];
    enum id_kind id_kind;
    if (text.len != SECRET_LEN || memcmp(text.ptr, kinds[kind].prefix, PREFIX_CHARS) != 0 ||
        text.ptr[PREFIX_CHARS] != '_' || text.ptr[ID_AT + ID_CHARS] != '_')
        return false;
    memcpy(id_text, id_kind_prefix(kinds[kind].id_kind), ID_PREFIX_LEN);
    id_text[ID_PREFIX_LEN] = '_';
    memcpy(id_text + ID_PREFIX_LEN + 1, text.ptr + ID_AT, ID_CHARS);
    if (!id_parse(str_of(id_text, ID_TEXT_LEN), &id_kind, ret_property, ret_id))
        return false;
    secret_hash(secret_chars(text), ret_hash);
    return true;
}

bool
secret_read(enum secret_kind kind, struct str text, struct id *ret_id, unsigned char ret_hash[SECRET_HASH_BYTES])
{
    uint32_t property;
    return take_apart(kind, text, &property, ret_id, ret_hash) && property == 0;
}

bool
secret_read_in(enum secret_kind kind, struct str text, uint32_t *ret_property, struct id *ret_id,
               unsigned char ret_hash[SECRET_HASH_BYTES])
{
    return take_apart(kind, text, ret_property, ret_id, ret_hash) && *ret_property != 0;
}
