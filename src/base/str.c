/* Views of bytes: comparison, splitting and the one decimal parser everything else uses. Nothing here allocates. */
#include "base/str.h"

#include <limits.h>

int
str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len ? 1 : 0;
}

static unsigned char
lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

bool
str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i]))
            return false;
    return true;
}

bool
str_starts_with(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

struct str
str_split(struct str *rest, char separator)
{
    const char *at = rest->len == 0 ? NULL : memchr(rest->ptr, separator, rest->len);
    struct str piece = *rest;
    if (at == NULL) {
        *rest = (struct str){NULL, 0};
        return piece;
    }
    piece.len = (size_t)(at - rest->ptr);
    rest->len -= piece.len + 1;
    rest->ptr = at + 1;
    return piece;
}

struct str
str_trim(struct str s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

bool
str_to_i64(struct str s, long long *ret_value)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = negative ? 1 : 0;
    if (s.len == i || s.len - i > 19)
        return false;
    long long value = 0;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        int digit = s.ptr[i] - '0';
        /* accumulated negatively, so that LLONG_MIN has a way in */
        if (value < (LLONG_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (!negative && value == LLONG_MIN)
        return false;
    *ret_value = negative ? value : -value;
    return true;
}
