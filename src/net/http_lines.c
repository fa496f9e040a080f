/* The hot loop of the reader is text_run(): eight bytes at a time while they are ordinary, then one by one up to what
 * is not. Everything else here runs once per line. */
#include "net/http_lines.h"

#include <assert.h>
#include <string.h>

enum { LINES_CAPACITY_MIN = 1024 };

const struct http_byte_set http_token_bytes = {
    {HTTP_BYTE('!') | HTTP_BYTES('#', '\'') | HTTP_BYTE('*') | HTTP_BYTE('+') | HTTP_BYTE('-') | HTTP_BYTE('.') |
         HTTP_BYTES('0', '9'),
     HTTP_BYTES('A', 'Z') | HTTP_BYTES('^', 'z') | HTTP_BYTE('|') | HTTP_BYTE('~')}};

bool
http_str_is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!http_byte_is_token((unsigned char)s.ptr[i]))
            return false;
    return s.len > 0;
}

/* How many bytes at the front are text; a TAB may end the count early, the caller sees to it. Eight bytes at a time:
 * the high bit of a byte in `low` is set when it is below 0x20, in `del` when it is 0x7f. A borrow can only raise false
 * alarms above a real one, and an alarm only means "look closer". */
static size_t
text_run(const char *ptr, size_t len)
{
    const uint64_t ones = 0x0101010101010101U;
    const uint64_t highs = 0x8080808080808080U;
    size_t i = 0;
    while (len - i >= 8) {
        uint64_t word;
        memcpy(&word, ptr + i, 8);
        uint64_t low = (word - ones * 0x20) & ~word;
        uint64_t x = word ^ (ones * 0x7f);
        uint64_t del = (x - ones) & ~x;
        if (((low | del) & highs) != 0)
            break;
        i += 8;
    }
    while (i < len && http_byte_is_text((unsigned char)ptr[i]))
        i++;
    return i;
}

static bool
lines_reserve(struct http_lines *lines, struct arena *arena, size_t more)
{
    if (more <= lines->capacity - lines->len)
        return true;
    size_t capacity = lines->capacity == 0 ? LINES_CAPACITY_MIN : lines->capacity;
    while (capacity - lines->len < more)
        capacity *= 2;
    char *ptr = arena_alloc(arena, capacity);
    if (ptr == NULL)
        return false;
    if (lines->len > 0)
        memcpy(ptr, lines->ptr, lines->len);
    lines->ptr = ptr;
    lines->capacity = capacity;
    return true;
}

static void
input_skip(struct str *input, size_t len)
{
    input->ptr += len;
    input->len -= len;
}

/* The byte that ended a run: CR, LF or one that may not be there. */
static enum http_refusal
refuse_byte(unsigned char c)
{
    return c == '\n' ? HTTP_REFUSED_BARE_LF : HTTP_REFUSED_CONTROL_BYTE;
}

enum http_line
http_lines_take(struct http_lines *lines, struct arena *arena, struct str *input, size_t line_max,
                enum http_refusal too_long, enum http_refusal *ret_refusal)
{
    while (input->len > 0) {
        if (lines->cr) {
            if (input->ptr[0] != '\n') {
                *ret_refusal = HTTP_REFUSED_BARE_CR;
                return HTTP_LINE_REFUSED;
            }
            input_skip(input, 1);
            lines->cr = false;
            return HTTP_LINE_DONE;
        }
        size_t room = line_max - (lines->len - lines->line_at);
        size_t run = text_run(input->ptr, input->len < room ? input->len : room);
        if (run > 0) {
            if (!lines_reserve(lines, arena, run)) {
                *ret_refusal = HTTP_REFUSED_MEMORY;
                return HTTP_LINE_REFUSED;
            }
            memcpy(lines->ptr + lines->len, input->ptr, run);
            lines->len += run;
            input_skip(input, run);
            continue;
        }
        if (input->ptr[0] != '\r') {
            *ret_refusal = room == 0 ? too_long : refuse_byte((unsigned char)input->ptr[0]);
            return HTTP_LINE_REFUSED;
        }
        lines->cr = true;
        input_skip(input, 1);
    }
    return HTTP_LINE_MORE;
}

struct str
http_lines_current(const struct http_lines *lines)
{
    /* before the first byte is stored there is no buffer, and no arithmetic on NULL */
    if (lines->ptr == NULL)
        return (struct str){"", 0};
    return str_of(lines->ptr + lines->line_at, lines->len - lines->line_at);
}

void
http_lines_next(struct http_lines *lines)
{
    assert(!lines->cr);
    lines->line_at = lines->len;
}

enum http_refusal
http_field_split(struct str line, struct str *ret_name, struct str *ret_value)
{
    assert(line.len > 0);
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return HTTP_REFUSED_HEADER_FOLDED;
    size_t name_len = 0;
    while (name_len < line.len && http_byte_is_token((unsigned char)line.ptr[name_len]))
        name_len++;
    if (name_len == 0 || name_len == line.len || line.ptr[name_len] != ':')
        return HTTP_REFUSED_HEADER_NAME;
    *ret_name = str_of(line.ptr, name_len);
    *ret_value = str_trim(str_of(line.ptr + name_len + 1, line.len - name_len - 1));
    return HTTP_NOT_REFUSED;
}

bool
http_list_next(struct str *list, struct str *ret_element)
{
    while (list->ptr != NULL) {
        *ret_element = str_trim(str_split(list, ','));
        if (ret_element->len > 0)
            return true;
    }
    return false;
}
