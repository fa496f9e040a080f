/* By name: the line, and the body of its request. */
#include "api/import_earlier.h"

/* The first member of `body` that the other has not, or has otherwise; NULL when there is none. */
static const char *
find_member(const json_t *body, const json_t *other)
{
    const char *member;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)body, member, value)
        if (!json_equal(value, json_object_get(other, member)))
            return member;
    return NULL;
}

enum import_again
import_earlier_find(const json_t *earlier, const char *name, const json_t *body, struct import_earlier *ret_earlier)
{
    const json_t *before = json_object_get(earlier, name), *said = json_object_get(before, "body");
    *ret_earlier = (struct import_earlier){.line = json_integer_value(json_object_get(before, "line")), .body = said};
    if (before == NULL)
        return IMPORT_FIRST;
    ret_earlier->member = find_member(body, said);
    if (ret_earlier->member == NULL)
        ret_earlier->member = find_member(said, body);
    return ret_earlier->member == NULL ? IMPORT_AGAIN : IMPORT_OTHERWISE;
}

void
import_earlier_keep(json_t *earlier, const char *name, json_t *body, int64_t line)
{
    (void)json_object_set_new(earlier, name, json_pack("{s:I, s:O}", "line", (json_int_t)line, "body", body));
}
