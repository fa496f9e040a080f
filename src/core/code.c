/* A balanced Feistel network over 30 bits (Luby and Rackoff, 1988: four rounds of a random function make a
 * permutation), keyed by the property's random id. A permutation, so codes repeat only after 2^30 of them. */
#include "core/code.h"

#include <assert.h>
#include <string.h>

static const char alphabet[33] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

enum { HALF_BITS = 15, HALF_MASK = (1 << HALF_BITS) - 1, ROUNDS = 4 };

/* A function of half, round and key that looks random: the finaliser of splitmix64. */
static uint32_t
round_of(uint32_t half, unsigned round, uint64_t key)
{
    uint64_t z = key + half + (uint64_t)(round + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(z ^ (z >> 31)) & HALF_MASK;
}

void
code_format(struct id property_id, int64_t n, char out[CODE_SIZE])
{
    assert(n >= 0 && n < CODE_COUNT);
    uint32_t left = (uint32_t)(n >> HALF_BITS), right = (uint32_t)(n & HALF_MASK);
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint32_t next = left ^ round_of(right, round, property_id.lo);
        left = right;
        right = next;
    }
    uint32_t code = left << HALF_BITS | right;
    for (int i = CODE_LEN - 1; i >= 0; i--) {
        out[i] = alphabet[code & 31];
        code >>= 5;
    }
    out[CODE_LEN] = '\0';
}

bool
code_parse(struct id property_id, struct str text, int64_t *ret_n)
{
    if (text.len != CODE_LEN)
        return false;
    uint32_t code = 0;
    for (size_t i = 0; i < CODE_LEN; i++) {
        const char *at = memchr(alphabet, text.ptr[i], sizeof(alphabet) - 1);
        if (at == NULL)
            return false;
        code = code << 5 | (uint32_t)(at - alphabet);
    }
    uint32_t left = code >> HALF_BITS, right = code & HALF_MASK;
    for (unsigned round = ROUNDS; round > 0; round--) {
        uint32_t before = right ^ round_of(left, round - 1, property_id.lo);
        right = left;
        left = before;
    }
    *ret_n = (int64_t)left << HALF_BITS | right;
    return true;
}

bool
code_tidy(struct str text, char ret_code[CODE_SIZE])
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '-')
            continue;
        if (len < CODE_LEN)
            ret_code[len] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        len++;
    }
    ret_code[len < CODE_LEN ? len : CODE_LEN] = '\0';
    return len == CODE_LEN;
}
