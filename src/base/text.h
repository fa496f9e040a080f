/* Text that is built piece by piece in an arena: replies, event bodies, log lines.
 *
 * Once anything did not fit, the text is latched as overflowed and every later call does nothing, so a renderer
 * checks once at its end. It refuses to grow past its arena's limit and to be changed after its arena is reset. */
#ifndef NIGHTLATCH_BASE_TEXT_H
#define NIGHTLATCH_BASE_TEXT_H

#include "base/arena.h"

struct text {
    struct arena *arena; /* borrowed */
    char *ptr;           /* in the arena; not terminated */
    size_t len;          /* bytes */
    size_t capacity;     /* bytes */
    bool overflowed;
};

/* Starts empty with room for `capacity` bytes; more is taken as needed. */
void text_init(struct text *text, struct arena *arena, size_t capacity);

void text_put(struct text *text, struct str piece);
void text_put_char(struct text *text, char c);
void text_put_i64(struct text *text, long long value);

/* printf into the text. */
void text_put_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `len` more bytes at the end, already counted as part of the text; NULL when latched. */
char *text_extend(struct text *text, size_t len) __attribute__((warn_unused_result));

/* What has been built; valid until the next call that grows the text. Empty when latched. */
struct str text_str(const struct text *text);

#endif
