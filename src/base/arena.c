/* A chain of blocks, newest first. Objects are zeroed when handed out, because a block is reused after a reset. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { ARENA_BLOCK_MIN = 4096 };

struct arena_block {
    struct arena_block *older;
    size_t size; /* bytes of payload */
    size_t used; /* bytes of payload */
    alignas(max_align_t) unsigned char payload[];
};

void
arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){.limit = limit};
}

void
arena_done(struct arena *arena)
{
    while (arena->newest != NULL) {
        struct arena_block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    arena->used = 0;
    arena->overflowed = false;
}

void
arena_reset(struct arena *arena)
{
    if (arena->newest != NULL) {
        /* the newest block is the largest: blocks double */
        struct arena_block *kept = arena->newest;
        struct arena_block *block = kept->older;
        while (block != NULL) {
            struct arena_block *older = block->older;
            free(block);
            block = older;
        }
        kept->older = NULL;
        kept->used = 0;
    }
    arena->used = 0;
    arena->overflowed = false;
}

struct arena_mark
arena_mark(const struct arena *arena)
{
    return (struct arena_mark){
        .block = arena->newest, .block_used = arena->newest == NULL ? 0 : arena->newest->used, .used = arena->used};
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->newest != mark.block) {
        assert(arena->newest != NULL);
        struct arena_block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    if (mark.block != NULL)
        mark.block->used = mark.block_used;
    arena->used = mark.used;
}

static bool
arena_grow(struct arena *arena, size_t need)
{
    size_t size = arena->newest == NULL ? ARENA_BLOCK_MIN : arena->newest->size * 2;
    if (size > arena->limit)
        size = arena->limit;
    if (size < need)
        size = need;
    struct arena_block *block = malloc(sizeof(*block) + size);
    if (block == NULL)
        return false;
    block->older = arena->newest;
    block->size = size;
    block->used = 0;
    arena->newest = block;
    return true;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    const size_t mask = alignof(max_align_t) - 1;
    if (size > SIZE_MAX - mask) {
        arena->overflowed = true;
        return NULL;
    }
    size_t need = size == 0 ? mask + 1 : (size + mask) & ~mask;
    if (need > arena->limit - arena->used) {
        arena->overflowed = true;
        return NULL;
    }
    if (arena->newest == NULL || arena->newest->size - arena->newest->used < need) {
        if (!arena_grow(arena, need)) {
            arena->overflowed = true;
            return NULL;
        }
    }
    struct arena_block *block = arena->newest;
    void *object = block->payload + block->used;
    block->used += need;
    arena->used += need;
    return memset(object, 0, need);
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->overflowed = true;
        return NULL;
    }
    return arena_alloc(arena, count * size);
}

struct str
arena_copy_str(struct arena *arena, struct str s)
{
    char *copy = arena_copy_cstr(arena, s);
    return copy == NULL ? (struct str){NULL, 0} : (struct str){copy, s.len};
}

char *
arena_copy_cstr(struct arena *arena, struct str s)
{
    if (s.len == SIZE_MAX) {
        arena->overflowed = true;
        return NULL;
    }
    char *copy = arena_alloc(arena, s.len + 1);
    if (copy != NULL && s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return copy;
}
