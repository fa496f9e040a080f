/* The library folds the whole text to code points; the rest is cutting them apart. */
#include "util/words.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "util/utf8.h"

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
is_apostrophe(utf8proc_int32_t code)
{
    return code == '\'' || code == 0x2018 || code == 0x2019 || code == 0x02bc;
}

/* Letters that have no decomposition, because their strokes and hooks are no marks, and what stands for them. */
static const struct {
    utf8proc_int32_t code;
    const char *plain;
} plain_letters[] = {{0xe6, "ae"}, {0xf0, "d"},  {0xf8, "o"},  {0xfe, "th"},  {0x111, "d"}, {0x127, "h"},
                     {0x131, "i"}, {0x142, "l"}, {0x14b, "n"}, {0x153, "oe"}, {0x167, "t"}};

/* A folded code point as it is written in a word, at most UTF8_SEQUENCE_MAX bytes. */
static size_t
write_letter(utf8proc_int32_t code, utf8proc_uint8_t ret_bytes[UTF8_SEQUENCE_MAX])
{
    for (size_t i = 0; i < sizeof(plain_letters) / sizeof(plain_letters[0]); i++) {
        if (plain_letters[i].code != code)
            continue;
        size_t len = strlen(plain_letters[i].plain);
        memcpy(ret_bytes, plain_letters[i].plain, len);
        return len;
    }
    return (size_t)utf8proc_encode_char(code, ret_bytes);
}

static bool
has(const struct words *words, struct str word)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_equal(words->items[i], word))
            return true;
    return false;
}

/* One word from the front of [*at, until), without what is too long; what parts it from the next is passed. An
 * apostrophe `parts` too, or is left out. */
static struct str
take_word(const utf8proc_int32_t **at, const utf8proc_int32_t *until, bool parts, char *bytes)
{
    size_t len = 0;
    bool cut = false;
    while (*at < until && (is_apostrophe(**at) || !is_of_word(**at)))
        (*at)++;
    for (; *at < until && (is_apostrophe(**at) ? !parts : is_of_word(**at)); (*at)++) {
        utf8proc_uint8_t sequence[UTF8_SEQUENCE_MAX];
        size_t more = is_apostrophe(**at) ? 0 : write_letter(**at, sequence);
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

/* Adds those that are not there yet, as long as there is room. */
static void
add_words(struct words *words, const utf8proc_int32_t *codes, size_t count, bool parts, struct arena *arena)
{
    char bytes[WORD_BYTES_MAX];
    for (const utf8proc_int32_t *at = codes, *until = codes + count; at < until && words->count < WORDS_MAX;) {
        struct str word = take_word(&at, until, parts, bytes);
        if (word.len > 0 && !has(words, word))
            words->items[words->count++] = arena_copy_str(arena, word);
    }
}

bool
words_of(struct str text, struct arena *arena, struct words *ret_words)
{
    size_t count;
    ret_words->count = 0;
    const utf8proc_int32_t *codes = fold(utf8_cut(text, WORDS_TEXT_MAX), arena, &count);
    if (codes != NULL)
        add_words(ret_words, codes, count, false, arena);
    return !arena->overflowed;
}

bool
words_of_name(struct str name, struct arena *arena, struct words *ret_words)
{
    size_t count;
    ret_words->count = 0;
    const utf8proc_int32_t *codes = fold(utf8_cut(name, WORDS_TEXT_MAX), arena, &count);
    if (codes != NULL) {
        add_words(ret_words, codes, count, false, arena);
        add_words(ret_words, codes, count, true, arena);
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

struct str
words_without_case(struct str text, struct arena *arena)
{
    utf8proc_uint8_t *folded;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &folded,
                                        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    if (len < 0)
        return (struct str){"", 0};
    struct str copy = arena_copy_str(arena, str_of((const char *)folded, (size_t)len));
    free(folded);
    return copy;
}
