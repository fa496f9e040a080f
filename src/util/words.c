/* The library folds the whole text to code points; the rest is cutting them apart. */
#include "util/words.h"

#include <utf8proc.h>

#include "util/utf8.h"

enum { SEQUENCE_MAX = 4 /* bytes of one code point */ };

static utf8proc_option_t
folding(void)
{
    return UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK |
           UTF8PROC_IGNORE;
}

static bool
is_of_word(utf8proc_int32_t code)
{
    utf8proc_category_t category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static bool
has(const struct words *words, struct str word)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_equal(words->items[i], word))
            return true;
    return false;
}

/* One word from the front of [*at, until), without what is too long; what parts it from the next is passed. */
static struct str
take_word(const utf8proc_int32_t **at, const utf8proc_int32_t *until, char *bytes)
{
    size_t len = 0;
    bool cut = false;
    while (*at < until && !is_of_word(**at))
        (*at)++;
    for (; *at < until && is_of_word(**at); (*at)++) {
        utf8proc_uint8_t sequence[SEQUENCE_MAX];
        size_t more = (size_t)utf8proc_encode_char(**at, sequence);
        cut = cut || len + more > WORD_BYTES_MAX;
        if (cut)
            continue;
        memcpy(bytes + len, sequence, more);
        len += more;
    }
    return str_of(bytes, len);
}

/* The code points of the folded text; NULL when the arena is full. */
static utf8proc_int32_t *
fold(struct str text, struct arena *arena, size_t *ret_count)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.ptr;
    utf8proc_ssize_t len = (utf8proc_ssize_t)text.len;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, len, NULL, 0, folding());
    *ret_count = count < 0 ? 0 : (size_t)count;
    utf8proc_int32_t *codes = ARENA_ARRAY(arena, *ret_count + 1, utf8proc_int32_t);
    if (codes != NULL && *ret_count > 0)
        (void)utf8proc_decompose(bytes, len, codes, count, folding());
    return codes;
}

bool
words_of(struct str text, struct arena *arena, struct words *ret_words)
{
    size_t count;
    char bytes[WORD_BYTES_MAX];
    ret_words->count = 0;
    const utf8proc_int32_t *codes = fold(utf8_cut(text, WORDS_TEXT_MAX), arena, &count);
    if (codes == NULL)
        return false;
    for (const utf8proc_int32_t *at = codes, *until = codes + count; at < until && ret_words->count < WORDS_MAX;) {
        struct str word = take_word(&at, until, bytes);
        if (word.len == 0 || has(ret_words, word))
            continue;
        ret_words->items[ret_words->count++] = arena_copy_str(arena, word);
    }
    return !arena->overflowed;
}

static bool
begins_one_of(const struct words *words, struct str beginning)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_starts_with(words->items[i], beginning))
            return true;
    return false;
}

bool
words_match(const struct words *words, const struct words *asked)
{
    for (size_t i = 0; i < asked->count; i++)
        if (!begins_one_of(words, asked->items[i]))
            return false;
    return true;
}
