/* Where chance comes from: a source is handed in at start, the system's in the server, a seeded one in simulations and
 * for made-up demo data, so that a run can be repeated from its seed.
 *
 * It refuses floating point and distributions: bytes, and whole numbers without bias. The seeded source must never
 * make a secret or an identifier that others rely on: whoever knows the seed knows them all. */
#ifndef NIGHTLATCH_UTIL_RANDOM_H
#define NIGHTLATCH_UTIL_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What an implementation provides; it never fails. */
struct random {
    void (*fill)(struct random *random, void *ret_bytes, size_t len);
};

/* Fills `len` bytes. */
static inline void
random_fill(struct random *random, void *ret_bytes, size_t len)
{
    random->fill(random, ret_bytes, len);
}

/* 64 even bits, read from the source in little-endian order (so that a seed means the same on every machine). */
uint64_t random_u64(struct random *random);

/* A number from 0 to `bound` - 1, each equally likely; `bound` must not be 0. May ask the source more than once: draws
 * from the incomplete last stretch of 2^64 are thrown away. */
uint64_t random_below(struct random *random, uint64_t bound);

/* The kernel's generator (through libsodium's randombytes), fit for secrets; any thread, lives as long as the process.
 * NULL with a failure when the library can't be set up. */
struct random *random_system(struct err *err) __attribute__((warn_unused_result));

enum { RANDOM_SEEDED_BUFFER = 512 };

/* A repeatable stream: the same seed gives the same bytes, however they are asked for. One thread at a time. */
struct random_seeded {
    struct random random; /* hand out &seeded->random */
    uint64_t seed;
    uint64_t block; /* number of buffers made so far */
    size_t used;    /* bytes of `buffer` already handed out */
    unsigned char buffer[RANDOM_SEEDED_BUFFER];
};

/* Cannot fail and takes no memory. The stream is ChaCha20 (libsodium's randombytes_buf_deterministic) in blocks of
 * RANDOM_SEEDED_BUFFER bytes, keyed by seed and block number. */
void random_seeded_init(struct random_seeded *seeded, uint64_t seed);

#endif
