/* The table of well-formed sequences as code: the second byte's range depends on the first, the rest are 80..BF. */
#include "util/utf8.h"

static bool
is_between(unsigned char byte, unsigned low, unsigned high)
{
    return byte >= low && byte <= high;
}

static size_t
sequence_len(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (is_between(first, 0xc2, 0xdf))
        return 2;
    if (is_between(first, 0xe0, 0xef))
        return 3;
    return is_between(first, 0xf0, 0xf4) ? 4 : 0;
}

static bool
second_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0: return is_between(second, 0xa0, 0xbf);
    case 0xed: return is_between(second, 0x80, 0x9f);
    case 0xf0: return is_between(second, 0x90, 0xbf);
    case 0xf4: return is_between(second, 0x80, 0x8f);
    default: return is_between(second, 0x80, 0xbf);
    }
}

size_t
utf8_take(struct str s, uint32_t *ret_code)
{
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    size_t len = s.len == 0 ? 0 : sequence_len(bytes[0]);
    if (len == 0 || len > s.len || (len > 1 && !second_fits(bytes[0], bytes[1])))
        return 0;
    uint32_t code = len == 1 ? bytes[0] : bytes[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (!is_between(bytes[i], 0x80, 0xbf))
            return 0;
        code = code << 6 | (bytes[i] & 0x3fu);
    }
    *ret_code = code;
    return len;
}

bool
utf8_is_valid(struct str s)
{
    while (s.len > 0) {
        uint32_t code;
        size_t len = utf8_take(s, &code);
        if (len == 0)
            return false;
        s.ptr += len;
        s.len -= len;
    }
    return true;
}

size_t
utf8_code_points(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return count;
}

struct str
utf8_cut(struct str s, size_t max)
{
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xc0) == 0x80)
        max--;
    return (struct str){s.ptr, max};
}
