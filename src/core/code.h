/* Short codes that are read out at the desk: six characters without look-alikes (no 0, 1, I, O).
 *
 * A code is a number of the property's own counter, put through a permutation: no two are the same, none has to be
 * looked up first, and the next one can't be guessed from the last. Pure. */
#ifndef NIGHTLATCH_CORE_CODE_H
#define NIGHTLATCH_CORE_CODE_H

#include <stdint.h>

#include "core/id.h"

enum { CODE_LEN = 6, CODE_SIZE = CODE_LEN + 1 };

/* How many different codes a property has. */
#define CODE_COUNT ((int64_t)1 << 30)

/* The code of the n-th booking or group of a property, 0 <= n < CODE_COUNT; `property_id` chooses the permutation. */
void code_format(struct id property_id, int64_t n, char out[CODE_SIZE]);

#endif
