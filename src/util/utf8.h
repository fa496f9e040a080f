/* UTF-8, looked at one sequence at a time.
 *
 * It knows what is well-formed (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing past U+10FFFF) and
 * which code points are controls. It refuses to normalise, to change case and to count what a reader would call
 * characters: of those it knows the code points. Pure; any thread. */
#ifndef NIGHTLATCH_UTIL_UTF8_H
#define NIGHTLATCH_UTIL_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { UTF8_SEQUENCE_MAX = 4 /* bytes of one code point */ };

/* Bytes of the well-formed sequence at the front of `s`, 1 to 4, with its code point; 0, and nothing written, when `s`
 * is empty or does not begin with one. */
size_t utf8_take(struct str s, uint32_t *ret_code) __attribute__((warn_unused_result));

/* The whole of `s` is well-formed; so is the empty one. */
bool utf8_is_valid(struct str s);

/* How many code points `s` has, which must be valid. */
size_t utf8_code_points(struct str s);

/* The longest front of `s` of at most `max` bytes that does not cut a sequence in two; `s` must be valid. */
struct str utf8_cut(struct str s, size_t max);

/* C0 (NUL, TAB and line ends among them), DEL, C1, and the two separators U+2028 and U+2029: what can break a line or
 * steer a terminal. */
static inline bool
utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

#endif
