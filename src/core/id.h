/* Ids of everything a caller can name: 48 bits of milliseconds, then 80 random bits.
 *
 * Inside, an id is 128 bits, and the order of ids is the order of their milliseconds. Outside it is a prefix for the
 * kind and 32 characters that hold the property's number too, so that role and shard are known from the id alone.
 * This module refuses to read a clock or to make randomness: both are handed in. It does not know whether the thing
 * an id names exists. Every function is pure and may be called from any thread. */
#ifndef NIGHTLATCH_CORE_ID_H
#define NIGHTLATCH_CORE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
    ID_BYTES = 16,        /* the stored form */
    ID_RANDOM_BYTES = 10, /* what id_make() is given */
    ID_PREFIX_LEN = 3,
    ID_TEXT_LEN = ID_PREFIX_LEN + 1 + 32,
    ID_TEXT_SIZE = ID_TEXT_LEN + 1, /* with the terminator */
};

enum id_kind {
#define ID_KIND(tail, prefix, what) ID_##tail,
#include "core/id_kind.def"
#undef ID_KIND
    ID_KIND_COUNT
};

struct id {
    uint64_t hi; /* 48 bits of milliseconds since 1970-01-01T00:00:00Z, 16 random bits */
    uint64_t lo; /* 64 random bits */
};

/* "No id": all bits zero. id_make() never makes it, id_parse() refuses it. */
#define ID_NONE ((struct id){0, 0})

/* An id of the instant `ms` (milliseconds since the epoch, 0 < ms < 2^48: until the year 10889; anything else is a
 * bug), with `random` from a generator fit for secrets: ids must not be guessable. */
struct id id_make(int64_t ms, const unsigned char random[ID_RANDOM_BYTES]);

/* The instant the id was made at, in milliseconds since the epoch. */
int64_t id_made_at_ms(struct id id);

static inline bool
id_is_none(struct id id)
{
    return id.hi == 0 && id.lo == 0;
}

static inline bool
id_equal(struct id a, struct id b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

/* -1, 0 or 1: the order by time, and the same as memcmp() of the stored forms. */
int id_compare(struct id a, struct id b);

/* The stored form: 16 bytes, big-endian. Any 16 bytes are an id (or none). */
void id_to_bytes(struct id id, unsigned char out[ID_BYTES]);
struct id id_from_bytes(const unsigned char bytes[ID_BYTES]);

/* Writes `<prefix>_<32 characters>` and a terminator: base32 (RFC 4648 section 6, in lower case, no padding needed)
 * of 20 bytes, the property's number as 4 bytes big-endian and the stored form. The text does not sort by time,
 * because digits come after letters in that alphabet. None, or a kind out of range, is a bug. */
void id_format(enum id_kind kind, uint32_t property, struct id id, char out[ID_TEXT_SIZE]);

/* The inverse of id_format(), strict: exact length, lower case, a known prefix, not none. Each id has one text only.
 * False, and nothing written, on anything else. */
bool id_parse(struct str text, enum id_kind *ret_kind, uint32_t *ret_property, struct id *ret_id)
    __attribute__((warn_unused_result));

/* The three letters, and what the thing is called in a sentence ("room type"); static strings. */
const char *id_kind_prefix(enum id_kind kind);
const char *id_kind_name(enum id_kind kind);

#endif
