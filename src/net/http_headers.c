/* Places are 16 bits each: a head is at most HTTP_HEAD_MAX bytes, which the readers see to. */
#include "net/http_headers.h"

enum { PLACES_EACH = 4 };

struct str
http_headers_find(const struct http_header *headers, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(headers[i].name, name))
            return headers[i].value;
    return (struct str){NULL, 0};
}

enum http_refusal
http_places_note(struct http_places *places, const struct http_lines *lines, size_t limit, struct arena *arena)
{
    struct str name;
    struct str value;
    enum http_refusal refusal = http_field_split(http_lines_current(lines), &name, &value);
    if (refusal != HTTP_NOT_REFUSED)
        return refusal;
    if (places->count == limit)
        return HTTP_REFUSED_HEADERS_MANY;
    if (places->at == NULL)
        places->at = ARENA_ARRAY(arena, limit * PLACES_EACH, uint16_t);
    if (places->at == NULL)
        return HTTP_REFUSED_MEMORY;
    uint16_t *at = places->at + (size_t)places->count * PLACES_EACH;
    at[0] = (uint16_t)(name.ptr - lines->ptr);
    at[1] = (uint16_t)name.len;
    at[2] = (uint16_t)(value.ptr - lines->ptr);
    at[3] = (uint16_t)value.len;
    places->count++;
    return HTTP_NOT_REFUSED;
}

struct http_header *
http_places_view(const struct http_places *places, const struct http_lines *lines, struct arena *arena)
{
    struct http_header *headers = ARENA_ARRAY(arena, places->count, struct http_header);
    for (size_t i = 0; headers != NULL && i < places->count; i++) {
        const uint16_t *at = places->at + i * PLACES_EACH;
        headers[i].name = str_of(lines->ptr + at[0], at[1]);
        headers[i].value = str_of(lines->ptr + at[2], at[3]);
    }
    return headers;
}
