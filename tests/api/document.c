/* Walking the document as it is built into the program. */
#include "tests/api/document.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/assets.h"
#include "util/utf8.h"

json_t *
document_get(void)
{
    static json_t *document;
    if (document == NULL) {
        json_error_t error;
        document = json_loadb(asset_openapi.bytes, asset_openapi.len, JSON_REJECT_DUPLICATES, &error);
        if (document == NULL) {
            (void)fprintf(stderr, "the document is not JSON: %s\n", error.text);
            abort();
        }
    }
    return document;
}

json_t *
document_resolve(json_t *node)
{
    const char *ref;
    while ((ref = json_string_value(json_object_get(node, "$ref"))) != NULL) {
        char piece[128];
        node = document_get();
        for (const char *at = ref + 2; *at != '\0';) { /* after "#/" */
            size_t len = strcspn(at, "/");
            (void)snprintf(piece, sizeof(piece), "%.*s", (int)len, at);
            node = json_object_get(node, piece);
            at += len + (at[len] == '/' ? 1 : 0);
        }
        if (node == NULL) {
            (void)fprintf(stderr, "%s leads nowhere\n", ref);
            abort();
        }
    }
    return node;
}

json_t *
document_operation(const char *path, const char *method)
{
    char lower[16];
    size_t len = 0;
    for (; len < sizeof(lower) - 1 && method[len] != '\0'; len++)
        lower[len] = (char)tolower((unsigned char)method[len]);
    lower[len] = '\0';
    return json_object_get(json_object_get(json_object_get(document_get(), "paths"), path), lower);
}

/* -- schemas -- */

struct place {
    char *why;
    size_t why_len;
    char at[256];
};

static bool check(json_t *schema, json_t *value, struct place *place);

static bool
wrong(struct place *place, const char *what, const char *more)
{
    (void)snprintf(place->why, place->why_len, "%s: %s %s", place->at[0] == '\0' ? "/" : place->at, what, more);
    return false;
}

static bool
is_type(const char *type, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return strcmp(type, "object") == 0;
    case JSON_ARRAY: return strcmp(type, "array") == 0;
    case JSON_STRING: return strcmp(type, "string") == 0;
    case JSON_INTEGER: return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    case JSON_REAL: return strcmp(type, "number") == 0;
    case JSON_TRUE:
    case JSON_FALSE: return strcmp(type, "boolean") == 0;
    case JSON_NULL: return strcmp(type, "null") == 0;
    }
    return false;
}

static bool
check_type(json_t *types, json_t *value, struct place *place)
{
    if (json_is_string(types))
        return is_type(json_string_value(types), value) || wrong(place, "is not a", json_string_value(types));
    for (size_t i = 0; i < json_array_size(types); i++)
        if (is_type(json_string_value(json_array_get(types, i)), value))
            return true;
    return wrong(place, "is of none of the types", "");
}

static bool
check_enum(json_t *words, json_t *value, struct place *place)
{
    for (size_t i = 0; i < json_array_size(words); i++)
        if (json_equal(json_array_get(words, i), value))
            return true;
    return wrong(place, "is none of the words", "");
}

static bool
check_pattern(const char *pattern, json_t *value, struct place *place)
{
    regex_t regex;
    if (!json_is_string(value))
        return true;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return wrong(place, "has a pattern that is none:", pattern);
    bool good = regexec(&regex, json_string_value(value), 0, NULL, 0) == 0;
    regfree(&regex);
    return good || wrong(place, "does not match", pattern);
}

static bool
check_child(json_t *schema, json_t *value, struct place *place, const char *name)
{
    size_t len = strlen(place->at);
    (void)snprintf(place->at + len, sizeof(place->at) - len, "/%s", name);
    bool good = check(schema, value, place);
    if (good)
        place->at[len] = '\0';
    return good;
}

static bool
check_members(json_t *schema, json_t *value, struct place *place)
{
    json_t *properties = json_object_get(schema, "properties"), *member;
    const char *name;
    if (!json_is_object(value))
        return true;
    json_object_foreach (value, name, member) {
        json_t *known = json_object_get(properties, name);
        if (known == NULL && json_is_false(json_object_get(schema, "additionalProperties")))
            return wrong(place, "has a member that is not in the document:", name);
        if (known != NULL && !check_child(known, member, place, name))
            return false;
    }
    return true;
}

static bool
check_required(json_t *names, json_t *value, struct place *place)
{
    for (size_t i = 0; json_is_object(value) && i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (json_object_get(value, name) == NULL)
            return wrong(place, "lacks", name);
    }
    return true;
}

static bool
check_items(json_t *items, json_t *value, struct place *place)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        char index[24];
        (void)snprintf(index, sizeof(index), "%zu", i);
        if (!check_child(items, json_array_get(value, i), place, index))
            return false;
    }
    return true;
}

static bool
check_any(json_t *choices, json_t *value, struct place *place)
{
    struct place first = *place;
    for (size_t i = 0; i < json_array_size(choices); i++) {
        struct place copy = *place;
        if (check(json_array_get(choices, i), value, &copy))
            return true;
        if (i == 0)
            first = copy;
    }
    return wrong(&first, "fits none of the choices", "");
}

/* In code points, RFC 8259's characters. */
static json_int_t
length_of(json_t *text)
{
    return (json_int_t)utf8_code_points(str_of(json_string_value(text), json_string_length(text)));
}

static bool
check_bounds(const char *keyword, json_t *limit, json_t *value, struct place *place)
{
    json_int_t bound = json_integer_value(limit);
    bool good = true;
    if (strcmp(keyword, "minimum") == 0)
        good = !json_is_integer(value) || json_integer_value(value) >= bound;
    else if (strcmp(keyword, "maximum") == 0)
        good = !json_is_integer(value) || json_integer_value(value) <= bound;
    else if (strcmp(keyword, "minLength") == 0)
        good = !json_is_string(value) || length_of(value) >= bound;
    else if (strcmp(keyword, "maxLength") == 0)
        good = !json_is_string(value) || length_of(value) <= bound;
    else if (strcmp(keyword, "minItems") == 0)
        good = !json_is_array(value) || (json_int_t)json_array_size(value) >= bound;
    else if (strcmp(keyword, "maxItems") == 0)
        good = !json_is_array(value) || (json_int_t)json_array_size(value) <= bound;
    else
        return wrong(place, "has a keyword that this check does not know:", keyword);
    return good || wrong(place, "is out of bounds:", keyword);
}

static bool
is_remark(const char *keyword)
{
    static const char *const remarks[] = {"description",          "default", "examples", "format",
                                          "additionalProperties", "$ref"};
    for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++)
        if (strcmp(keyword, remarks[i]) == 0)
            return true;
    return false;
}

static bool
check_keyword(json_t *schema, const char *keyword, json_t *argument, json_t *value, struct place *place)
{
    if (is_remark(keyword))
        return true;
    if (strcmp(keyword, "type") == 0)
        return check_type(argument, value, place);
    if (strcmp(keyword, "enum") == 0)
        return check_enum(argument, value, place);
    if (strcmp(keyword, "pattern") == 0)
        return check_pattern(json_string_value(argument), value, place);
    if (strcmp(keyword, "properties") == 0)
        return check_members(schema, value, place);
    if (strcmp(keyword, "required") == 0)
        return check_required(argument, value, place);
    if (strcmp(keyword, "items") == 0)
        return check_items(argument, value, place);
    if (strcmp(keyword, "anyOf") == 0)
        return check_any(argument, value, place);
    return check_bounds(keyword, argument, value, place);
}

static bool
check(json_t *schema, json_t *value, struct place *place)
{
    const char *keyword;
    json_t *argument;
    schema = document_resolve(schema);
    json_object_foreach (schema, keyword, argument)
        if (!check_keyword(schema, keyword, argument, value, place))
            return false;
    return true;
}

bool
document_matches(json_t *schema, json_t *value, char *ret_why, size_t why_len)
{
    struct place place = {.why = ret_why, .why_len = why_len};
    return check(schema, value, &place);
}

/* -- answers -- */

bool
document_promises(const char *path, const char *method, int status, json_t *body, char *ret_why, size_t why_len)
{
    char key[8];
    const char *type;
    json_t *content;
    (void)snprintf(key, sizeof(key), "%d", status);
    json_t *operation = document_operation(path, method);
    json_t *response = document_resolve(json_object_get(json_object_get(operation, "responses"), key));
    if (response == NULL) {
        (void)snprintf(ret_why, why_len, "%s %s does not promise a %d", method, path, status);
        return false;
    }
    json_object_foreach (json_object_get(response, "content"), type, content) {
        bool is_json = strstr(type, "json") != NULL;
        if (is_json && body == NULL)
            (void)snprintf(ret_why, why_len, "%s %s %d is not JSON", method, path, status);
        if (is_json && body == NULL)
            return false;
        if (is_json)
            return document_matches(json_object_get(content, "schema"), body, ret_why, why_len);
    }
    return true;
}
