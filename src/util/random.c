/* Both sources stand on libsodium: the system's generator, and its ChaCha20 stream keyed by a seed. */
#include "util/random.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static uint64_t
little_endian_u64(const unsigned char bytes[8])
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static void
put_little_endian_u64(unsigned char bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

uint64_t
random_u64(struct random *random)
{
    unsigned char bytes[8];
    random->fill(random, bytes, sizeof(bytes));
    return little_endian_u64(bytes);
}

uint64_t
random_below(struct random *random, uint64_t bound)
{
    assert(bound > 0);
    /* 2^64 mod bound: draws below it would make the small remainders more likely than the others */
    uint64_t refused = (0 - bound) % bound;
    uint64_t draw;
    do
        draw = random_u64(random);
    while (draw < refused);
    return draw % bound;
}

static void
system_fill(struct random *random, void *ret_bytes, size_t len)
{
    (void)random;
    randombytes_buf(ret_bytes, len);
}

struct random *
random_system(struct err *err)
{
    static struct random source = {.fill = system_fill};
    if (sodium_init() < 0) {
        err_set(err, ERR_SYSTEM, "the cryptography library could not be set up");
        return NULL;
    }
    return &source;
}

static void
seeded_refill(struct random_seeded *seeded)
{
    unsigned char key[randombytes_SEEDBYTES] = {0};
    put_little_endian_u64(key, seeded->seed);
    put_little_endian_u64(key + 8, seeded->block++);
    randombytes_buf_deterministic(seeded->buffer, sizeof(seeded->buffer), key);
    seeded->used = 0;
}

static void
seeded_fill(struct random *random, void *ret_bytes, size_t len)
{
    struct random_seeded *seeded = (struct random_seeded *)random;
    unsigned char *at = ret_bytes;
    while (len > 0) {
        if (seeded->used == sizeof(seeded->buffer))
            seeded_refill(seeded);
        size_t piece = sizeof(seeded->buffer) - seeded->used;
        if (piece > len)
            piece = len;
        memcpy(at, seeded->buffer + seeded->used, piece);
        seeded->used += piece;
        at += piece;
        len -= piece;
    }
}

void
random_seeded_init(struct random_seeded *seeded, uint64_t seed)
{
    *seeded = (struct random_seeded){.random = {.fill = seeded_fill}, .seed = seed};
    seeded->used = sizeof(seeded->buffer);
}
