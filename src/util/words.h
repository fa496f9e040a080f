/* The words of a name, as people look for them: neither case nor accents nor the width of a letter count.
 *
 * A word is a run of letters and digits; what stands between (blanks, hyphens) only parts them, and apostrophes are
 * left out, as many who type a name leave them out; a name has what they part as words of its own besides. Each is
 * written the way Unicode compares without regard to case (compatibility decomposition, full case folding, marks taken
 * off): "Anaïs O'Brien-Müller" has the words anais, obrien and muller, "Weiß" is weiss. Latin letters that Unicode does
 * not take apart are written as those without such letters write them: "Łukasz Østergård" is lukasz ostergard. It
 * refuses to know languages: "Mueller" is another name.
 *
 * The same text gives the same words on every machine, whatever its locale, and stored words stay right with a newer
 * library: decompositions and foldings of characters that are assigned never change (Unicode's stability policy). Who
 * changes the rest of these rules writes guest.words and booking_word anew in a step of the schema.
 *
 * Pure but for the library's heap; any thread. */
#ifndef NIGHTLATCH_UTIL_WORDS_H
#define NIGHTLATCH_UTIL_WORDS_H

#include "base/arena.h"

enum {
    WORDS_TEXT_MAX = 1024, /* bytes of a text that are looked at */
    WORDS_MAX = 16,        /* of one text; what comes behind is left out */
    WORD_BYTES_MAX = 32,   /* of UTF-8; what is longer is cut before the character that does not fit */
};

struct words {
    struct str items[WORDS_MAX]; /* in their order, each once; in the arena */
    size_t count;
};

/* The words of `text`, as it is asked for, which must be valid UTF-8; none of a text without a letter or digit. False
 * when the arena is full. */
bool words_of(struct str text, struct arena *arena, struct words *ret_words) __attribute__((warn_unused_result));

/* The same of a name that is to be found: "O'Brien" has the words obrien, o and brien. */
bool words_of_name(struct str name, struct arena *arena, struct words *ret_words) __attribute__((warn_unused_result));

/* A text as it compares with others without regard to case, and to nothing else; of valid UTF-8, in the arena. Empty
 * when the arena, or the library's memory, is full. */
struct str words_without_case(struct str text, struct arena *arena);

/* Each word that is asked for begins one of these. */
bool words_match(const struct words *words, const struct words *asked);

#endif
