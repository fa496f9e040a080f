/* What the lines of a file said before of the things that they name, so that one that says otherwise is found.
 *
 * It is a JSON object that the caller makes, one for a file, and lets go. It refuses to know which of two lines is
 * right, and what is in the house. One thread. */
#ifndef NIGHTLATCH_API_IMPORT_EARLIER_H
#define NIGHTLATCH_API_IMPORT_EARLIER_H

#include <jansson.h>
#include <stdint.h>

enum import_again {
    IMPORT_FIRST,     /* no line before names it */
    IMPORT_AGAIN,     /* one does, and asks for just the same */
    IMPORT_OTHERWISE, /* one does, and asks for something else */
};

struct import_earlier {
    int64_t line;       /* which; not with IMPORT_FIRST */
    const json_t *body; /* what it asks for; not with IMPORT_FIRST, and as long as that lives */
    const char *member; /* with IMPORT_OTHERWISE: of the request, in which they differ; lives as long as both bodies */
};

/* `name`: of a thing, with its kind; `body`: what is asked for now. */
enum import_again import_earlier_find(const json_t *earlier, const char *name, const json_t *body,
                                      struct import_earlier *ret_earlier);

/* Keeps what a line asks for; it must not be changed afterwards. */
void import_earlier_keep(json_t *earlier, const char *name, json_t *body, int64_t line);

#endif
