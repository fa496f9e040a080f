/* Memory that is given back all at once: one arena per request or per batch, passed as a parameter.
 *
 * An arena grows in blocks up to a fixed limit. Past the limit, or when the heap is exhausted, allocation returns
 * NULL and the arena latches `overflowed`, so that a long piece of work may check once, at its end. It refuses to
 * free single objects, to run destructors and to be shared between threads without a hand-over. */
#ifndef NIGHTLATCH_BASE_ARENA_H
#define NIGHTLATCH_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *newest; /* owned; NULL until the first allocation */
    size_t used;                /* bytes in all blocks, padding included */
    size_t limit;               /* bytes */
    bool overflowed;            /* latched until arena_reset() */
};

/* Cannot fail: no memory is taken yet. `limit` in bytes bounds everything this arena will ever hand out. */
void arena_init(struct arena *arena, size_t limit);

/* Frees every block. The arena may be initialised again. */
void arena_done(struct arena *arena);

/* Forgets every object and clears the latch, but keeps one block for the next round. */
void arena_reset(struct arena *arena);

/* How far an arena is filled. Valid until the arena is reset or rewound to an earlier mark. */
struct arena_mark {
    struct arena_block *block;
    size_t block_used, used;
};

/* Where the arena stands, for a piece of work whose own objects nobody wants once it is done. */
struct arena_mark arena_mark(const struct arena *arena);

/* Frees every object that was made after the mark; those from before stay. `overflowed` stays latched: what did not
 * fit is missing all the same. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* `size` bytes, zeroed, aligned for any object; NULL on overflow. The memory lives until reset or done. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result));

/* `count` objects of `size` bytes, zeroed; NULL on overflow, of the product too. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size) __attribute__((warn_unused_result));

/* A copy of `s` in the arena; an empty str on overflow. */
struct str arena_copy_str(struct arena *arena, struct str s);

/* A NUL-terminated copy of `s`; NULL on overflow. */
char *arena_copy_cstr(struct arena *arena, struct str s) __attribute__((warn_unused_result));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

#endif
