/* Deterministic noise for tests and measurements: the same seed gives the same questions on every machine. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_CHANCE_H
#define NIGHTLATCH_TESTS_SUPPORT_CHANCE_H

#include <stdint.h>

/* The next 64 bits of `*seed`, which moves on: the splitmix64 finaliser of a counter (Steele, Lea and Flood, 2014). */
static inline uint64_t
chance_next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* 0 <= n < limit; even enough for limits far below 2^32. */
static inline uint32_t
chance_below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)(chance_next(seed) >> 32) % limit;
}

#endif
