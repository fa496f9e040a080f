/* Keys are hashes already: their words are taken as they are. Words of a filter are read and written by atomics; what
 * orders them is the count of requests on their way, which is taken back with release after the bits were set, and read
 * with acquire before them: whoever sees that a request has ended sees the bits of its effect. */
#include "engine/key_filter.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORDS = 1 << 18, /* of 64 bits: 2 MiB, which a million keys fill to a fifth */
    BITS_PER_KEY = 4,
    DAYS = STORE_KEY_DAYS,
    ON_THEIR_WAY = 1 << 14, /* counters; a power of two */
};

struct key_filter {
    atomic_bool loaded;
    int64_t day[DAYS]; /* whose keys the bits are; the writer's alone, as the next */
    bool turned;
    atomic_uint_fast64_t *bits[DAYS];
    atomic_uint on_their_way[ON_THEIR_WAY];
};

struct key_filter *
key_filter_new(void)
{
    struct key_filter *filter = calloc(1, sizeof(*filter));
    for (int i = 0; filter != NULL && i < DAYS; i++) {
        filter->bits[i] = calloc(WORDS, sizeof(*filter->bits[i]));
        if (filter->bits[i] == NULL) {
            key_filter_free(filter);
            filter = NULL;
        }
    }
    return filter;
}

void
key_filter_free(struct key_filter *filter)
{
    if (filter == NULL)
        return;
    for (int i = 0; i < DAYS; i++)
        free(filter->bits[i]);
    free(filter);
}

static uint64_t
half_of(const unsigned char key[STORE_KEY_BYTES], size_t half)
{
    uint64_t word;
    memcpy(&word, key + half * sizeof(word), sizeof(word));
    return word;
}

static uint64_t
bit_of(const unsigned char key[STORE_KEY_BYTES], int i)
{
    /* double hashing (Kirsch and Mitzenmacher 2006): as good as four hashes */
    return (half_of(key, 0) + (uint64_t)i * (half_of(key, 1) | 1)) % ((uint64_t)WORDS * 64);
}

static size_t
counter_of(const unsigned char key[STORE_KEY_BYTES])
{
    return (size_t)(half_of(key, 1) >> 32) & (ON_THEIR_WAY - 1);
}

void
key_filter_begin(struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES])
{
    atomic_fetch_add_explicit(&filter->on_their_way[counter_of(key)], 1, memory_order_relaxed);
}

void
key_filter_end(struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES])
{
    atomic_fetch_sub_explicit(&filter->on_their_way[counter_of(key)], 1, memory_order_release);
}

static void
empty(struct key_filter *filter, int64_t at)
{
    for (size_t i = 0; i < WORDS; i++)
        if (atomic_load_explicit(&filter->bits[at][i], memory_order_relaxed) != 0)
            atomic_store_explicit(&filter->bits[at][i], 0, memory_order_relaxed);
}

void
key_filter_add(struct key_filter *filter, int64_t day, const unsigned char key[STORE_KEY_BYTES])
{
    int64_t at = day % DAYS;
    if (filter->day[at] < day) {
        if (filter->day[at] != 0) {
            empty(filter, at);
            filter->turned = true;
        }
        filter->day[at] = day;
    }
    for (int i = 0; i < BITS_PER_KEY; i++) {
        uint64_t bit = bit_of(key, i);
        atomic_fetch_or_explicit(&filter->bits[at][bit / 64], UINT64_C(1) << bit % 64, memory_order_relaxed);
    }
}

void
key_filter_loaded(struct key_filter *filter)
{
    atomic_store_explicit(&filter->loaded, true, memory_order_release);
}

void
key_filter_note_turns(struct key_filter *filter)
{
    filter->turned = false;
}

bool
key_filter_has_turned(const struct key_filter *filter)
{
    return filter->turned;
}

void
key_filter_unload(struct key_filter *filter)
{
    filter->turned = false;
    atomic_store_explicit(&filter->loaded, false, memory_order_release);
}

static bool
has_all_bits(const struct key_filter *filter, int at, const unsigned char key[STORE_KEY_BYTES])
{
    for (int i = 0; i < BITS_PER_KEY; i++) {
        uint64_t bit = bit_of(key, i);
        uint64_t word = atomic_load_explicit(&filter->bits[at][bit / 64], memory_order_relaxed);
        if ((word >> bit % 64 & 1) == 0)
            return false;
    }
    return true;
}

bool
key_filter_may_be_stored(const struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES])
{
    if (!atomic_load_explicit(&filter->loaded, memory_order_acquire))
        return true;
    for (int at = 0; at < DAYS; at++)
        if (has_all_bits(filter, at, key))
            return true;
    return false;
}

bool
key_filter_may_be_known(const struct key_filter *filter, const unsigned char key[STORE_KEY_BYTES])
{
    return atomic_load_explicit(&filter->on_their_way[counter_of(key)], memory_order_acquire) != 0 ||
           key_filter_may_be_stored(filter, key);
}
