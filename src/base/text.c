/* A growing buffer in an arena. Growth copies into a new, doubled piece; the old piece stays behind in the arena
 * until its reset, which costs at most as much memory again as the final text. */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

void
text_init(struct text *text, struct arena *arena, size_t capacity)
{
    *text = (struct text){.arena = arena, .capacity = capacity < 64 ? 64 : capacity};
    text->ptr = arena_alloc(arena, text->capacity);
    text->overflowed = text->ptr == NULL;
}

static bool
text_reserve(struct text *text, size_t more)
{
    if (text->overflowed)
        return false;
    if (more <= text->capacity - text->len)
        return true;
    size_t capacity = text->capacity;
    while (capacity - text->len < more) {
        if (capacity > SIZE_MAX / 2) {
            text->overflowed = true;
            return false;
        }
        capacity *= 2;
    }
    char *ptr = arena_alloc(text->arena, capacity);
    if (ptr == NULL) {
        text->overflowed = true;
        return false;
    }
    memcpy(ptr, text->ptr, text->len);
    text->ptr = ptr;
    text->capacity = capacity;
    return true;
}

char *
text_extend(struct text *text, size_t len)
{
    if (!text_reserve(text, len))
        return NULL;
    char *at = text->ptr + text->len;
    text->len += len;
    return at;
}

void
text_put(struct text *text, struct str piece)
{
    if (piece.len == 0)
        return;
    char *at = text_extend(text, piece.len);
    if (at != NULL)
        memcpy(at, piece.ptr, piece.len);
}

void
text_put_char(struct text *text, char c)
{
    char *at = text_extend(text, 1);
    if (at != NULL)
        *at = c;
}

void
text_put_i64(struct text *text, long long value)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    unsigned long long rest = value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--at = '-';
    text_put(text, str_of(at, (size_t)(digits + sizeof(digits) - at)));
}

void
text_put_format(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        text->overflowed = true;
    else if (text_reserve(text, (size_t)len + 1)) {
        /* the terminator needs a byte of room but is not part of the text */
        (void)vsnprintf(text->ptr + text->len, (size_t)len + 1, format, again);
        text->len += (size_t)len;
    }
    va_end(again);
}

struct str
text_str(const struct text *text)
{
    return text->overflowed ? (struct str){NULL, 0} : (struct str){text->ptr, text->len};
}
