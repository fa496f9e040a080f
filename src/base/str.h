/* A stretch of bytes that someone else owns.
 *
 * A `struct str` is a view: pointer and length, no terminator promised, never freed. It refuses to own memory, to
 * know about encodings and to be a C string; a caller that needs a terminator copies with arena_copy_cstr(). */
#ifndef NIGHTLATCH_BASE_STR_H
#define NIGHTLATCH_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* bytes */
};

/* A view of a string literal; the length is known to the compiler. */
#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
/* Argument pair for printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, ((s).ptr == NULL ? "" : (s).ptr)

static inline struct str
str_from(const char *cstr)
{
    return (struct str){cstr, cstr == NULL ? 0 : strlen(cstr)};
}

static inline struct str
str_of(const void *ptr, size_t len)
{
    return (struct str){ptr, len};
}

static inline bool
str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytewise order, a shorter prefix first; <0, 0, >0 as memcmp. */
int str_compare(struct str a, struct str b);

/* ASCII letters compare equal regardless of case; other bytes exactly. */
bool str_equal_nocase(struct str a, struct str b);

bool str_starts_with(struct str s, struct str prefix);

/* Takes everything before the first `separator` off the front of *rest and returns it; *rest keeps what follows the
 * separator. Without a separator all of *rest is returned and *rest becomes empty with ptr NULL, so that
 * `while (rest.ptr != NULL)` visits every piece, the empty ones too. */
struct str str_split(struct str *rest, char separator);

/* Strips ASCII blanks (space, tab) at both ends. */
struct str str_trim(struct str s);

/* Whole-string decimal parse, optional leading '-', no blanks, no '+', at most 19 digits. False (and *ret_value
 * untouched) on anything else or on overflow. */
bool str_to_i64(struct str s, long long *ret_value) __attribute__((warn_unused_result));

#endif
