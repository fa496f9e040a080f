/* Ids are two integers; the text is base32 of 20 bytes, which are exactly 32 groups of five bits, so there is neither
 * padding nor a bit left over that a second spelling could hide in. */
#include "core/id.h"

#include <assert.h>
#include <stddef.h>

enum { ID_PUBLIC_BYTES = 4 + ID_BYTES };

static const char id_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static const struct {
    const char *prefix;
    const char *name;
} id_kinds[ID_KIND_COUNT] = {
#define ID_KIND(tail, prefix, what) [ID_##tail] = {prefix, what},
#include "core/id_kind.def"
#undef ID_KIND
};

struct id
id_make(int64_t ms, const unsigned char random[ID_RANDOM_BYTES])
{
    assert(ms > 0 && ms < (int64_t)1 << 48);
    struct id id = {.hi = (uint64_t)ms << 16 | (uint64_t)random[0] << 8 | random[1]};
    for (size_t i = 2; i < ID_RANDOM_BYTES; i++)
        id.lo = id.lo << 8 | random[i];
    return id;
}

int64_t
id_made_at_ms(struct id id)
{
    return (int64_t)(id.hi >> 16);
}

int
id_compare(struct id a, struct id b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    if (a.lo != b.lo)
        return a.lo < b.lo ? -1 : 1;
    return 0;
}

void
id_to_bytes(struct id id, unsigned char out[ID_BYTES])
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (unsigned char)(id.hi >> (56 - 8 * i));
        out[8 + i] = (unsigned char)(id.lo >> (56 - 8 * i));
    }
}

struct id
id_from_bytes(const unsigned char bytes[ID_BYTES])
{
    struct id id = ID_NONE;
    for (size_t i = 0; i < 8; i++) {
        id.hi = id.hi << 8 | bytes[i];
        id.lo = id.lo << 8 | bytes[8 + i];
    }
    return id;
}

void
id_format(enum id_kind kind, uint32_t property, struct id id, char out[ID_TEXT_SIZE])
{
    assert((unsigned)kind < ID_KIND_COUNT);
    assert(!id_is_none(id));
    unsigned char bytes[ID_PUBLIC_BYTES];
    for (size_t i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(property >> (24 - 8 * i));
    id_to_bytes(id, bytes + 4);

    memcpy(out, id_kinds[kind].prefix, ID_PREFIX_LEN);
    char *at = out + ID_PREFIX_LEN;
    *at++ = '_';
    unsigned bits = 0, bit_count = 0;
    for (size_t i = 0; i < ID_PUBLIC_BYTES; i++) {
        bits = (bits << 8 | bytes[i]) & 0xfff; /* at most 4 bits are waiting when a byte comes in */
        bit_count += 8;
        for (; bit_count >= 5; bit_count -= 5)
            *at++ = id_alphabet[bits >> (bit_count - 5) & 31];
    }
    *at = '\0';
}

static bool
id_parse_kind(struct str text, enum id_kind *ret_kind)
{
    for (int kind = 0; kind < ID_KIND_COUNT; kind++) {
        if (memcmp(text.ptr, id_kinds[kind].prefix, ID_PREFIX_LEN) == 0) {
            *ret_kind = (enum id_kind)kind;
            return true;
        }
    }
    return false;
}

static bool
id_decode(const char *at, unsigned char out[ID_PUBLIC_BYTES])
{
    unsigned bits = 0, bit_count = 0;
    for (size_t i = 0; i < ID_PUBLIC_BYTES; at++) {
        unsigned value;
        if (*at >= 'a' && *at <= 'z')
            value = (unsigned)(*at - 'a');
        else if (*at >= '2' && *at <= '7')
            value = (unsigned)(*at - '2') + 26;
        else
            return false;
        bits = (bits << 5 | value) & 0xfff; /* at most 7 bits are waiting when a character comes in */
        bit_count += 5;
        if (bit_count >= 8) {
            bit_count -= 8;
            out[i++] = (unsigned char)(bits >> bit_count);
        }
    }
    return true;
}

bool
id_parse(struct str text, enum id_kind *ret_kind, uint32_t *ret_property, struct id *ret_id)
{
    enum id_kind kind;
    unsigned char bytes[ID_PUBLIC_BYTES];
    if (text.len != ID_TEXT_LEN || text.ptr[ID_PREFIX_LEN] != '_' || !id_parse_kind(text, &kind) ||
        !id_decode(text.ptr + ID_PREFIX_LEN + 1, bytes))
        return false;
    struct id id = id_from_bytes(bytes + 4);
    if (id_is_none(id))
        return false;
    *ret_kind = kind;
    *ret_property = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    *ret_id = id;
    return true;
}

const char *
id_kind_prefix(enum id_kind kind)
{
    assert((unsigned)kind < ID_KIND_COUNT);
    return id_kinds[kind].prefix;
}

const char *
id_kind_name(enum id_kind kind)
{
    assert((unsigned)kind < ID_KIND_COUNT);
    return id_kinds[kind].name;
}
