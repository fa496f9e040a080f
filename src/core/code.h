/* Short codes that are read out at the desk: six characters without look-alikes (no 0, 1, I, O).
 *
 * A code is a number of the property's own counter, put through a permutation: no two are the same, none has to be
 * looked up first, and the next one can't be guessed from the last. Pure. */
#ifndef NIGHTLATCH_CORE_CODE_H
#define NIGHTLATCH_CORE_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"

enum { CODE_LEN = 6, CODE_SIZE = CODE_LEN + 1 };

/* How many different codes a property has. */
#define CODE_COUNT ((int64_t)1 << 30)

/* The code of the n-th booking or group of a property, 0 <= n < CODE_COUNT; `property_id` chooses the permutation. */
void code_format(struct id property_id, int64_t n, char out[CODE_SIZE]);

/* The number whose code `text` is; the other way round of code_format(). False when it is no code: another length, or a
 * character that codes do not have. Every text of that form is the code of some number, given out or not. */
bool code_parse(struct id property_id, struct str text, int64_t *ret_n) __attribute__((warn_unused_result));

/* A code as somebody wrote it down, in small letters or with blanks and hyphens in it, in the form of codes; false when
 * that leaves another number of characters. `ret_code` is ended by a NUL. */
bool code_tidy(struct str text, char ret_code[CODE_SIZE]) __attribute__((warn_unused_result));

#endif
