/* What is malformed, over every route: ids, fields, bodies, methods, headers. The routes come from the table, what they
 * take from the document, so that a new route is tested the day it is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/document.h"
#include "tests/api/fixture.h"
#include "tests/unit/test.h"

/* -- building requests from the table -- */

/* An id of this kind that nothing has, in the house's property where it belongs into one. */
static const char *
some_id(enum id_kind kind)
{
    char text[ID_TEXT_SIZE];
    bool of_people =
        kind == ID_USER || kind == ID_TOKEN || kind == ID_SESSION || kind == ID_INVITATION || kind == ID_PASSWORD_RESET;
    if (kind == ID_PROPERTY)
        return house.property;
    id_format(kind, of_people ? 0 : house.number, (struct id){UINT64_C(0x19a000000000000), 7}, text);
    return world_format(world, "%s", text);
}

/* The path with ids in it; the one at `bad_at` is `bad`. */
static const char *
fill_path(const struct route *route, size_t bad_at, const char *bad)
{
    const char *path = "";
    struct str rest = str_from(route->path + 1);
    size_t count = 0;
    while (rest.ptr != NULL) {
        enum id_kind kind;
        struct str piece = str_split(&rest, '/');
        if (!route_piece_kind(piece, &kind))
            path = world_format(world, "%s/%.*s", path, STR_ARG(piece));
        else
            path = world_format(world, "%s/%s", path, count++ == bad_at ? bad : some_id(kind));
    }
    return path;
}

static struct answer
ask_route(const struct route *route, const char *target, const char *body)
{
    return world_ask(world, &(struct ask){.method = route->method_name.ptr,
                                          .target = target,
                                          .token = world->owner,
                                          .fields = "If-Match: \"1\"\r\n",
                                          .type = (route->flags & ROUTE_CSV) != 0 ? "text/csv" : NULL,
                                          .body = route->body_max == 0 ? NULL : body});
}

static bool
is_public(const struct route *route)
{
    return (route->roles & ROLES_PUBLIC) != 0;
}

static const char *const bad_ids[] = {
    "x",
    "bkg_",
    "1",
    "null",
    "BKG_AAAAAAIBUIBLFRIAIC67W7EYFRVAEPSS",
    "zzz_aaaaaaibuiblfriaic67w7eyfrvaepss",
    "bkg_aaaaaaibuiblfriaic67w7eyfrvaepss0",
    "bkg_aaaaaaibuiblfriaic67w7eyfrvaeps1",
    "bkg_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "que_aaaaaaibuiblfriaic67w7eyfrvaepss",
    "%27%3B--",
};

static void
a_malformed_id_in_a_path_is_422_with_its_place(void **state)
{
    size_t asked = 0;
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        struct str rest = str_from(route->path + 1);
        size_t at = 0;
        while (rest.ptr != NULL) {
            enum id_kind kind;
            struct str piece = str_split(&rest, '/');
            if (!route_piece_kind(piece, &kind))
                continue;
            for (size_t j = 0; j < sizeof(bad_ids) / sizeof(bad_ids[0]); j++) {
                struct answer answer = ask_route(route, fill_path(route, at, bad_ids[j]), "{}");
                assert_pointer(&answer, 422, "VALIDATION_FAILED", world_format(world, "%.*s", STR_ARG(piece)));
                asked++;
            }
            at++;
        }
    }
    assert_true(asked > 100);
}

/* Whether a schema is an id, or null, or an id. */
static bool
is_id(json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    json_t *choices = json_object_get(schema, "anyOf");
    size_t len = ref == NULL ? 0 : strlen(ref);
    if (ref != NULL && len > 2 && strcmp(ref + len - 2, "Id") == 0)
        return true;
    return json_array_size(choices) > 0 && is_id(json_array_get(choices, 0));
}

static json_t *
body_schema(const struct route *route)
{
    json_t *operation = document_operation(route->path, route->method_name.ptr);
    json_t *content = json_object_get(json_object_get(operation, "requestBody"), "content");
    return document_resolve(json_object_get(json_object_get(content, "application/json"), "schema"));
}

static size_t visited;

/* Every parameter of a query, with its schema. */
typedef void (*visit_parameter)(const struct route *route, const char *name, json_t *schema);

static void
visit_queries(visit_parameter visit)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *parameters = json_object_get(document_operation(route->path, route->method_name.ptr), "parameters");
        for (size_t j = 0; j < json_array_size(parameters); j++) {
            json_t *parameter = document_resolve(json_array_get(parameters, j));
            if (strcmp(json_string_value(json_object_get(parameter, "in")), "query") == 0)
                visit(route, json_string_value(json_object_get(parameter, "name")),
                      json_object_get(parameter, "schema"));
        }
    }
}

static struct answer
ask_with_query(const struct route *route, const char *name, const char *value)
{
    visited++;
    return ask_route(route, world_format(world, "%s?%s=%s", fill_path(route, SIZE_MAX, ""), name, value), "{}");
}

static void
give_bad_ids_in_query(const struct route *route, const char *name, json_t *schema)
{
    for (size_t i = 0; is_id(schema) && i < sizeof(bad_ids) / sizeof(bad_ids[0]); i++) {
        struct answer answer = ask_with_query(route, name, bad_ids[i]);
        assert_pointer(&answer, 422, "VALIDATION_FAILED", world_format(world, "?%s", name));
    }
}

static void
a_malformed_id_in_a_query_is_422_with_its_place(void **state)
{
    (void)state;
    visited = 0;
    visit_queries(give_bad_ids_in_query);
    assert_true(visited > 80);
}

/* Every property of a body's schema, the nested ones too: `make` writes the body that has only this one. */
typedef void (*visit_property)(const struct route *route, const char *before, const char *name, const char *after,
                               const char *pointer, json_t *schema);

static void
visit_object(const struct route *route, const char *before, const char *after, const char *pointer, json_t *object,
             visit_property visit)
{
    const char *name;
    json_t *schema;
    json_object_foreach (json_object_get(object, "properties"), name, schema) {
        json_t *resolved = document_resolve(schema), *items = json_object_get(resolved, "items");
        const char *at = world_format(world, "%s/%s", pointer, name);
        visit(route, before, name, after, at, schema);
        if (json_object_get(resolved, "properties") != NULL)
            visit_object(route, world_format(world, "%s\"%s\":{", before, name), world_format(world, "}%s", after), at,
                         resolved, visit);
        if (items != NULL && json_object_get(document_resolve(items), "properties") != NULL)
            visit_object(route, world_format(world, "%s\"%s\":[{", before, name), world_format(world, "}]%s", after),
                         world_format(world, "%s/0", at), document_resolve(items), visit);
    }
}

static void
visit_bodies(visit_property visit)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *schema = body_schema(route);
        if (schema != NULL && (route->flags & ROUTE_RAW) == 0)
            visit_object(route, "{", "}", "", schema, visit);
    }
}

static struct answer
ask_with(const struct route *route, const char *before, const char *name, const char *after, const char *value)
{
    visited++;
    return ask_route(route, fill_path(route, SIZE_MAX, ""),
                     world_format(world, "%s\"%s\":%s%s", before, name, value, after));
}

static void
give_bad_ids(const struct route *route, const char *before, const char *name, const char *after, const char *pointer,
             json_t *schema)
{
    bool list = json_object_get(document_resolve(schema), "items") != NULL &&
                is_id(json_object_get(document_resolve(schema), "items"));
    if (!list && !is_id(schema))
        return;
    for (size_t i = 0; i < sizeof(bad_ids) / sizeof(bad_ids[0]); i++) {
        struct answer answer =
            ask_with(route, before, name, after, world_format(world, list ? "[\"%s\"]" : "\"%s\"", bad_ids[i]));
        assert_pointer(&answer, 422, "VALIDATION_FAILED", list ? world_format(world, "%s/0", pointer) : pointer);
    }
}

static void
a_malformed_id_in_a_body_is_422_with_its_place(void **state)
{
    (void)state;
    visited = 0;
    visit_bodies(give_bad_ids);
    assert_true(visited > 150);
}

/* A problem at the pointer or below it. */
static void
assert_points_into(const struct answer *answer, const char *pointer)
{
    for (size_t i = 0; i < json_array_size(answer_at(answer, "errors")); i++) {
        json_t *error = json_array_get(answer_at(answer, "errors"), i);
        const char *found = json_string_value(json_object_get(error, "pointer"));
        if (strncmp(found, pointer, strlen(pointer)) == 0)
            return;
    }
    fail_msg("nothing points at %s: %s", pointer, answer->body.ptr);
}

static void
give_wrong_types(const struct route *route, const char *before, const char *name, const char *after,
                 const char *pointer, json_t *schema)
{
    static const char *const values[] = {"{\"a\":[1.5]}", "[[[]]]", "1.5", "1e3", "-9007199254740991", "\"\\u0007\""};
    bool is_secret = strstr(name, "password") != NULL;
    (void)schema;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (is_secret && values[i][0] == '"')
            continue; /* may hold any character */
        struct answer answer = ask_with(route, before, name, after, values[i]);
        assert_int_equal(answer.status, 422);
        assert_points_into(&answer, pointer);
    }
}

static void
a_value_of_a_wrong_type_is_422_at_its_place(void **state)
{
    (void)state;
    visited = 0;
    visit_bodies(give_wrong_types);
    assert_true(visited > 500);
}

static void
is_known(const struct route *route, const char *before, const char *name, const char *after, const char *pointer,
         json_t *schema)
{
    struct answer answer = ask_with(route, before, name, after, "\"\\u0007\"");
    (void)schema;
    for (size_t i = 0; i < json_array_size(answer_at(&answer, "errors")); i++) {
        json_t *error = json_array_get(answer_at(&answer, "errors"), i);
        if (strcmp(json_string_value(json_object_get(error, "pointer")), pointer) == 0)
            assert_string_not_equal(json_string_value(json_object_get(error, "detail")), "is not known here");
    }
}

static void
every_field_of_the_document_is_known(void **state)
{
    (void)state;
    visit_bodies(is_known);
}

static void
a_field_that_is_not_known_is_refused_by_every_route(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        const char *path = fill_path(route, SIZE_MAX, "");
        struct answer answer;
        if (route->body_max > 0 && (route->flags & (ROUTE_CSV | ROUTE_RAW)) == 0) {
            answer = ask_route(route, path, "{\"nobody_knows\":1}");
            assert_int_equal(answer.status, 422);
            assert_points_into(&answer, "/nobody_knows");
        }
        if ((route->flags & ROUTE_INLINE) != 0)
            continue;
        answer = ask_route(route, world_format(world, "%s?nobody_knows=1", path), "{}");
        assert_int_equal(answer.status, 422);
        assert_points_into(&answer, "?nobody_knows");
    }
}

static void
a_parameter_given_twice_is_refused(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/rooms?property_id=%s&limit=1&limit=2", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?limit");
}

/* -- bodies -- */

static struct answer
send_body(const char *type, const char *body)
{
    return world_ask(
        world,
        &(struct ask){.method = "POST", .target = "/v1/properties", .token = world->owner, .type = type, .body = body});
}

static void
a_body_that_is_no_json_is_400(void **state)
{
    static const char *const bodies[] = {
        "{",
        "{\"name\":}",
        "{\"name\":\"a\"",
        "nul",
        "{'name':1}",
        "{\"a\":1,}",
        "{\"name\":\"\xff\"}",
        "{\"name\":\"\\ud800\"}",
        "{\"a\":01}",
        "{\"name\":1,\"name\":2}",
        "\xef\xbb\xbf{}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct answer answer = send_body("application/json", bodies[i]);
        assert_problem(&answer, 400, "BAD_REQUEST");
    }
}

/* -- lengths: the document counts characters, as JSON Schema does -- */

/* The schema itself, or the one that isn't null among its choices. */
static json_t *
of_choice(json_t *schema)
{
    json_t *resolved = document_resolve(schema), *choices = json_object_get(resolved, "anyOf");
    return choices == NULL ? resolved : document_resolve(json_array_get(choices, 0));
}

static bool
is_text(json_t *schema)
{
    json_t *type = json_object_get(schema, "type");
    const char *word = json_string_value(json_is_array(type) ? json_array_get(type, 0) : type);
    return word != NULL && strcmp(word, "string") == 0;
}

/* `count` characters in the form that the document asks for: the widest there are, where that is left open. */
static const char *
text_of_length(json_t *schema, size_t count)
{
    const char *format = json_string_value(json_object_get(schema, "format"));
    if (json_object_get(schema, "pattern") != NULL)
        return world_repeat(world, "a", count);
    if (format != NULL && strcmp(format, "email") == 0)
        return world_format(world, "%s@a.bc", world_repeat(world, WORLD_WIDE, count - strlen("@a.bc")));
    if (format != NULL && strcmp(format, "uri") == 0)
        return world_format(world, "https://%s", world_repeat(world, WORLD_WIDE, count - strlen("https://")));
    return world_repeat(world, WORLD_WIDE, count);
}

/* Of these there is none of the greatest length: a name of the database, and six characters with what may stand between
 * them. */
static bool
is_of_a_list(const char *name)
{
    return strcmp(name, "time_zone") == 0 || strcmp(name, "code") == 0;
}

static bool
is_refused_at(const struct answer *answer, const char *pointer)
{
    for (size_t i = 0; i < json_array_size(answer_at(answer, "errors")); i++) {
        json_t *error = json_array_get(answer_at(answer, "errors"), i);
        if (strcmp(json_string_value(json_object_get(error, "pointer")), pointer) == 0 &&
            strcmp(json_string_value(json_object_get(error, "code")), "VALIDATION_FAILED") == 0)
            return true;
    }
    return false;
}

static void
give_lengths(const struct route *route, const char *before, const char *name, const char *after, const char *pointer,
             json_t *schema)
{
    json_t *text = of_choice(schema), *items = json_object_get(text, "items");
    bool list = items != NULL;
    text = list ? of_choice(items) : text;
    size_t max = (size_t)json_integer_value(json_object_get(text, "maxLength"));
    const char *at = list ? world_format(world, "%s/0", pointer) : pointer;
    if (max == 0)
        return;
    struct answer answer = ask_with(route, before, name, after,
                                    world_format(world, list ? "[\"%s\"]" : "\"%s\"", text_of_length(text, max + 1)));
    if (answer.status != 422 || !is_refused_at(&answer, at))
        fail_msg("%s %s takes %zu characters at %s: %s", route->method_name.ptr, route->path, max + 1, at,
                 answer.body.ptr);
    if (is_of_a_list(name))
        return;
    answer = ask_with(route, before, name, after,
                      world_format(world, list ? "[\"%s\"]" : "\"%s\"", text_of_length(text, max)));
    if (answer.status == 413 || answer.status == 503 || is_refused_at(&answer, at))
        fail_msg("%s %s refuses %zu characters at %s: %s", route->method_name.ptr, route->path, max, at,
                 answer.body.ptr);
}

static void
the_longest_text_of_wide_characters_is_taken_and_one_more_is_not(void **state)
{
    (void)state;
    visited = 0;
    visit_bodies(give_lengths);
    assert_true(visited > 150);
}

static void
give_lengths_in_query(const struct route *route, const char *name, json_t *schema)
{
    json_t *resolved = document_resolve(schema), *items = json_object_get(resolved, "items");
    json_t *text = items == NULL ? resolved : document_resolve(items);
    size_t max = (size_t)json_integer_value(json_object_get(text, "maxLength"));
    if (max == 0)
        return;
    struct answer answer = ask_with_query(route, name, world_encode(world, text_of_length(text, max + 1)));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", world_format(world, "?%s", name));
    answer = ask_with_query(route, name, world_encode(world, text_of_length(text, max)));
    if (!is_of_a_list(name) && (answer.status == 414 || is_refused_at(&answer, world_format(world, "?%s", name))))
        fail_msg("%s %s refuses %zu characters in %s: %s", route->method_name.ptr, route->path, max, name,
                 answer.body.ptr);
}

static void
the_same_holds_for_parameters(void **state)
{
    (void)state;
    visited = 0;
    visit_queries(give_lengths_in_query);
    assert_true(visited > 12);
}

static void
is_limited(const struct route *route, const char *before, const char *name, const char *after, const char *pointer,
           json_t *schema)
{
    static const char *const limits[] = {"maxLength", "enum", "const", "format", "pattern"};
    json_t *text = of_choice(schema), *items = json_object_get(text, "items");
    bool limited = false;
    (void)before, (void)name, (void)after;
    text = items == NULL ? text : of_choice(items);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        limited |= json_object_get(text, limits[i]) != NULL;
    if (is_text(text) && !limited)
        fail_msg("%s %s: nothing says how long %s may be", route->method_name.ptr, route->path, pointer);
}

static void
the_document_says_how_long_a_text_may_be(void **state)
{
    (void)state;
    visit_bodies(is_limited);
}

/* The largest value of a schema, as far as texts and lists go. */
static json_t *
largest(json_t *schema)
{
    json_t *of = of_choice(schema), *items = json_object_get(of, "items"), *member;
    size_t max = (size_t)json_integer_value(json_object_get(of, "maxLength"));
    const char *name;
    if (max > 0)
        return json_string(text_of_length(of, max));
    if (json_object_get(of, "properties") != NULL) {
        json_t *object = json_object();
        json_object_foreach (json_object_get(of, "properties"), name, member)
            (void)json_object_set_new(object, name, largest(member));
        return object;
    }
    if (items == NULL)
        return json_string("12345678901234567890123456789012345678");
    json_t *list = json_array();
    for (json_int_t i = json_integer_value(json_object_get(of, "maxItems")); i > 0; i--)
        (void)json_array_append_new(list, largest(items));
    return list;
}

/* With every character written as two escapes, which are twelve bytes. Of many rooms at once the body is what limits
 * them, and the document says so. */
static void
the_longest_texts_fit_into_a_body_however_they_are_written(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *schema = body_schema(route);
        if (schema == NULL || (route->flags & ROUTE_RAW) != 0 || route->name == ROUTE_ROOM_BULK_CREATE)
            continue;
        json_t *tree = largest(schema);
        char *body = json_dumps(tree, JSON_ENSURE_ASCII);
        struct answer answer = ask_route(route, fill_path(route, SIZE_MAX, ""), body);
        if (answer.status == 413 || answer.status == 503)
            fail_msg("%s %s: %zu bytes are too many", route->method_name.ptr, route->path, strlen(body));
        free(body);
        json_decref(tree);
    }
}

static void
a_body_over_a_limit_of_json_is_422(void **state)
{
    const char *const bodies[] = {
        world_format(world, "{\"name\":%s1%s}", world_repeat(world, "[", 32), world_repeat(world, "]", 32)),
        world_format(world, "{\"name\":[%s1]}", world_repeat(world, "1,", 10000)),
        world_format(world, "{\"name\":\"%s\"}", world_repeat(world, "a", (16 << 10) + 1)),
        "{\"name\":9007199254740993}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct answer answer = send_body("application/json", bodies[i]);
        assert_problem(&answer, 422, "VALIDATION_FAILED");
    }
}

/* Whether it was refused for its depth, and not for what the field must be. */
static bool
is_too_deep(const char *body)
{
    struct answer answer = send_body("application/json", body);
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    return strstr(answer_text(&answer, "detail"), "nested") != NULL;
}

static void
a_body_is_read_32_deep_and_no_deeper(void **state)
{
    (void)state;
    assert_false(is_too_deep(
        world_format(world, "{\"name\":%s1%s}", world_repeat(world, "[", 31), world_repeat(world, "]", 31))));
    assert_true(is_too_deep(
        world_format(world, "{\"name\":%s1%s}", world_repeat(world, "[", 32), world_repeat(world, "]", 32))));
    assert_false(is_too_deep(
        world_format(world, "{\"name\":%s1%s}", world_repeat(world, "{\"a\":", 31), world_repeat(world, "}", 31))));
    assert_true(is_too_deep(
        world_format(world, "{\"name\":%s1%s}", world_repeat(world, "{\"a\":", 32), world_repeat(world, "}", 32))));
    assert_true(is_too_deep(world_format(world, "{\"name\":%s", world_repeat(world, "[", 60000))));
}

static void
a_body_that_is_no_object_is_422(void **state)
{
    (void)state;
    struct answer answer = send_body("application/json", "[]");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "");
}

static void
a_body_that_is_too_large_is_413(void **state)
{
    (void)state;
    struct answer answer =
        send_body("application/json", world_format(world, "{\"name\":\"%s\"}", world_repeat(world, "a", 64 << 10)));
    assert_status(&answer, 413);
    assert_string_equal(answer_text(&answer, "code"), "PAYLOAD_TOO_LARGE");
}

static void
a_bulk_route_takes_a_larger_body(void **state)
{
    (void)state;
    struct answer answer = world_ask(
        world, &(struct ask){.method = "POST",
                             .target = "/v1/rooms:bulk-create",
                             .token = world->owner,
                             .body = world_format(world, "{\"rooms\":[%s]}", world_repeat(world, " ", 200 << 10))});
    assert_status(&answer, 422);
}

static void
only_json_in_utf_8_is_taken(void **state)
{
    static const char *const types[] = {"text/plain", "application/x-www-form-urlencoded",
                                        "application/json;charset=latin1", "application/jsonp",
                                        "multipart/form-data; boundary=a"};
    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct answer answer = send_body(types[i], "{}");
        assert_problem(&answer, 415, "UNSUPPORTED_MEDIA_TYPE");
        assert_string_equal(answer_field(world, &answer, "Accept"), "application/json");
        assert_non_null(strstr(answer_text(&answer, "detail"), "Content-Type: application/json"));
    }
    struct answer answer = send_body("", "{}");
    assert_problem(&answer, 415, "UNSUPPORTED_MEDIA_TYPE");
    answer = send_body("Application/JSON; charset=\"UTF-8\"", "{}");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
}

/* What is right on one route is told where it is not by the name that is. */
static void
a_name_from_another_route_is_told_with_the_one_here(void **state)
{
    static const struct {
        const char *target, *pointer, *detail;
    } cases[] = {
        {"/v1/availability?arrival=2027-03-01&until=2027-03-02", "?arrival", "is not known here; it is called from"},
        {"/v1/availability?from=2027-03-01&ends_at=2027-03-02", "?ends_at", "is not known here; it is called until"},
        {"/v1/inventory?departure=2027-03-01", "?departure", "is not known here; it is called until"},
        {"/v1/rooms/search?from=2027-03-01&departure=2027-03-02", "?from", "is not known here; it is called arrival"},
        {"/v1/rooms/search?until=2027-03-02", "?until", "is not known here; it is called departure"},
        {"/v1/rooms/search?max_guests=2", "?max_guests", "is not known here; it is called party"},
        {"/v1/rooms?arrival=2027-03-02", "?arrival", "is not known here"},
        {"/v1/rooms?quantity=2", "?quantity", "is not known here"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = world_get(world, "%s", cases[i].target);
        const char *found = NULL;
        for (size_t k = 0; k < json_array_size(answer_at(&answer, "errors")); k++)
            if (strcmp(answer_text(&answer, world_format(world, "errors/%zu/pointer", k)), cases[i].pointer) == 0)
                found = answer_text(&answer, world_format(world, "errors/%zu/detail", k));
        assert_non_null(found);
        assert_string_equal(found, cases[i].detail);
    }
}

static void
an_absent_body_is_an_empty_object(void **state)
{
    (void)state;
    struct answer answer = send_body(NULL, NULL);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/name");
}

/* -- methods and paths -- */

static void
options_of_a_path_where_nothing_is_is_404(void **state)
{
    static const char *const targets[] = {"/nothing", "/v1", "/v1/rooms/", "*"};
    (void)state;
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct answer answer = world_ask(world, &(struct ask){.method = "OPTIONS", .target = targets[i]});
        assert_problem(&answer, 404, "NOT_FOUND");
        assert_null(answer_field(world, &answer, "Allow"));
    }
}

/* An owner has a role everywhere, so that only the number tells. */
static void
the_number_of_the_installation_is_no_property(void **state)
{
    char property[ID_TEXT_SIZE], type[ID_TEXT_SIZE], user[ID_TEXT_SIZE];
    (void)state;
    id_format(ID_PROPERTY, 0, (struct id){UINT64_C(0x19a000000000000), 9}, property);
    id_format(ID_ROOM_TYPE, 0, (struct id){UINT64_C(0x19a000000000000), 9}, type);
    id_format(ID_USER, 0, (struct id){UINT64_C(0x19a000000000000), 9}, user);
    const struct ask asks[] = {
        {"POST", "/v1/tokens", NULL, "{\"property_id\":\"%s\",\"role\":\"viewer\",\"name\":\"n\"}", NULL, NULL},
        {"POST", "/v1/invitations", NULL, "{\"property_id\":\"%s\",\"role\":\"viewer\",\"email\":\"a@b.example\"}",
         NULL, NULL},
        {"POST", "/v1/room-types", NULL,
         "{\"property_id\":\"%s\",\"name\":\"D\",\"sold_by\":\"night\",\"stock\":\"rooms\",\"max_guests\":2}", NULL,
         NULL},
        {"PUT", world_format(world, "/v1/users/%s/roles", user), NULL, "{\"property_id\":\"%s\",\"role\":\"viewer\"}",
         "If-Match: *\r\n", NULL},
        {"GET", world_format(world, "/v1/bookings?property_id=%s&in_house=true", property), NULL, NULL, NULL, NULL},
        {"GET", world_format(world, "/v1/room-types/%s", type), NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
        struct ask ask = asks[i];
        const char *hole = ask.body == NULL ? NULL : strstr(ask.body, "%s");
        if (hole != NULL)
            ask.body = world_format(world, "%.*s%s%s", (int)(hole - ask.body), ask.body, property, hole + 2);
        ask.token = world->owner;
        struct answer answer = world_ask(world, &ask);
        assert_problem(&answer, 404, "NOT_FOUND");
    }
    struct answer answer =
        world_ask(world, &(struct ask){.method = "POST",
                                       .target = "/v1/users",
                                       .token = world->owner,
                                       .body = world_format(world,
                                                            "{\"email\":\"a@b.example\",\"name\":\"A\",\"roles\":"
                                                            "[{\"property_id\":\"%s\",\"role\":\"viewer\"}]}",
                                                            property)});
    assert_problem(&answer, 422, "VALIDATION_FAILED");
}

static void
another_method_is_405_with_those_allowed(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"};
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        const char *path = fill_path(route, SIZE_MAX, "");
        for (size_t j = 0; j < sizeof(methods) / sizeof(methods[0]); j++) {
            if (document_operation(route->path, methods[j]) != NULL)
                continue;
            struct answer answer = world_ask(
                world, &(struct ask){.method = methods[j], .target = path, .token = world->owner, .body = "{}"});
            assert_problem(&answer, 405, "METHOD_NOT_ALLOWED");
            assert_non_null(strstr(answer_field(world, &answer, "Allow"), route->method_name.ptr));
        }
    }
}

static void
options_tells_what_a_path_takes(void **state)
{
    (void)state;
    struct answer answer = world_ask(world, &(struct ask){.method = "OPTIONS", .target = "/v1/rooms"});
    assert_status(&answer, 204);
    assert_string_equal(answer_field(world, &answer, "Allow"), "GET, HEAD, POST, OPTIONS");
}

static void
a_path_that_is_not_there_is_404(void **state)
{
    static const char *const paths[] = {"//",
                                        "/v1",
                                        "/v1/",
                                        "/v1/bookings/",
                                        "/v2/bookings",
                                        "/v1/rooms/a/b/c",
                                        "/V1/rooms",
                                        "/healthz/",
                                        "/v1/bookings:unknown"};
    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct answer answer = world_get(world, "%s", paths[i]);
        assert_problem(&answer, 404, "NOT_FOUND");
    }
}

static void
head_is_answered_as_get_without_a_body(void **state)
{
    (void)state;
    struct answer answer =
        world_ask(world, &(struct ask){.method = "HEAD", .target = "/v1/properties", .token = world->owner});
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, 0);
    assert_true(atoi(answer_field(world, &answer, "Content-Length")) > 0);
}

/* -- headers -- */

static void
a_malformed_if_match_is_400(void **state)
{
    static const char *const tags[] = {"3", "\"3", "\"3\", \"4\"", "\"\"3\"\"", "", "W/3"};
    (void)state;
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        struct answer answer =
            world_ask(world, &(struct ask){.method = "PATCH",
                                           .target = world_format(world, "/v1/rooms/%s", house.room[0]),
                                           .token = world->owner,
                                           .fields = world_format(world, "If-Match: %s\r\n", tags[i]),
                                           .body = "{}"});
        assert_problem(&answer, 400, "BAD_REQUEST");
    }
}

static void
a_tag_of_no_version_of_ours_is_412(void **state)
{
    static const char *const tags[] = {"\"abc\"", "W/\"1\"", "\"0\"", "\"-1\"", "\"99\"", "\"01x\"", "\"01\""};
    (void)state;
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        struct answer answer =
            world_ask(world, &(struct ask){.method = "PATCH",
                                           .target = world_format(world, "/v1/rooms/%s", house.room[0]),
                                           .token = world->owner,
                                           .fields = world_format(world, "If-Match: %s\r\n", tags[i]),
                                           .body = "{}"});
        assert_problem(&answer, 412, "VERSION_MISMATCH");
    }
}

static void
a_malformed_idempotency_key_is_400(void **state)
{
    const char *const keys[] = {"", "a b", "\xc3\xa4", world_repeat(world, "k", 256)};
    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct answer answer =
            world_ask(world, &(struct ask){.method = "POST",
                                           .target = "/v1/properties",
                                           .token = world->owner,
                                           .fields = world_format(world, "Idempotency-Key: %s\r\n", keys[i]),
                                           .body = "{}"});
        assert_problem(&answer, 400, "BAD_REQUEST");
    }
}

static void
a_sane_request_id_is_taken_over_and_another_is_replaced(void **state)
{
    (void)state;
    struct ask ask = {.method = "GET", .target = "/v1/properties", .fields = "X-Request-Id: a-1_b.C:/+=@~\r\n"};
    struct answer answer = world_ask(world, &ask);
    assert_string_equal(answer_field(world, &answer, "X-Request-Id"), "a-1_b.C:/+=@~");
    assert_string_equal(answer_text(&answer, "request_id"), "a-1_b.C:/+=@~");
    const char *const bad[] = {"a b", "\"x\"", "a<b", world_repeat(world, "x", 129)};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ask.fields = world_format(world, "X-Request-Id: %s\r\n", bad[i]);
        answer = world_ask(world, &ask);
        assert_int_equal(strncmp(answer_field(world, &answer, "X-Request-Id"), "req_", 4), 0);
    }
    const char *first = answer_field(world, &answer, "X-Request-Id");
    answer = world_ask(world, &ask);
    assert_string_not_equal(first, answer_field(world, &answer, "X-Request-Id"));
}

static void
every_reply_tells_browsers_to_guess_load_and_leak_nothing(void **state)
{
    static const char *const paths[] = {"/healthz", "/docs", "/v1/properties", "/nowhere"};
    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct answer answer = world_get(world, "%s", paths[i]);
        assert_int_equal(strncmp(answer_field(world, &answer, "Content-Security-Policy"), "default-src 'self'", 18), 0);
        assert_string_equal(answer_field(world, &answer, "X-Content-Type-Options"), "nosniff");
        assert_string_equal(answer_field(world, &answer, "Referrer-Policy"), "no-referrer");
    }
}

/* The shape comes before the caller, and both before the property. */
static void
the_order_of_checks_is_shape_caller_property_role(void **state)
{
    const struct principal_role roles[] = {{house.number, ROLE_VIEWER}};
    const char *viewer = world_add_token(world, false, true, roles, 1);
    const char *stranger = world_add_token(world, false, true, NULL, 0);
    const char *good = world_format(world, "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"9\"}",
                                    house.property, house.type);
    struct ask ask = {.method = "POST", .target = "/v1/rooms", .body = "{\"number\":1}"};
    (void)state;
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    ask.body = good;
    answer = world_ask(world, &ask);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    assert_string_equal(answer_field(world, &answer, "WWW-Authenticate"), "Bearer");
    assert_non_null(strstr(answer_text(&answer, "detail"), "Authorization: Bearer"));
    assert_non_null(strstr(answer_text(&answer, "detail"), "POST /v1/sessions"));
    ask.token = "nlt_gone";
    answer = world_ask(world, &ask);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    assert_string_equal(answer_field(world, &answer, "WWW-Authenticate"), "Bearer error=\"invalid_token\"");
    ask.token = stranger;
    answer = world_ask(world, &ask);
    assert_problem(&answer, 404, "NOT_FOUND");
    ask.token = viewer;
    answer = world_ask(world, &ask);
    assert_problem(&answer, 403, "FORBIDDEN");
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        if (is_public(route) || body_schema(route) != NULL || route->property != ROUTE_PROPERTY_PATH)
            continue;
        ask = (struct ask){.method = route->method_name.ptr, .target = fill_path(route, SIZE_MAX, ""), .fields = ""};
        answer = world_ask(world, &ask);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
}

static void
ids_of_another_property_look_absent(void **state)
{
    struct small_house other = world_build_house(world);
    (void)state;
    struct answer answer =
        world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"9\"}",
                   house.property, other.type);
    assert_pointer(&answer, 404, "NOT_FOUND", "/room_type_id");
    answer = world_get(world, "/v1/availability?property_id=%s&from=2027-03-01&until=2027-03-02&room_type_id=%s",
                       house.property, other.type);
    assert_pointer(&answer, 404, "NOT_FOUND", "?room_type_id");
    answer = world_post(world, "/v1/bookings",
                        "{\"property_id\":\"%s\",\"legs\":[{\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                        "\"departure\":\"2027-03-02\"},{\"room_id\":\"%s\",\"arrival\":\"2027-03-01\","
                        "\"departure\":\"2027-03-02\"}],\"guest\":{\"name\":\"A\"}}",
                        house.property, house.type, other.room[0]);
    assert_pointer(&answer, 404, "NOT_FOUND", "/legs/1/room_id");
}

/* The same number with other random bits is another id, which nothing has. */
static void
a_forged_property_id_is_404(void **state)
{
    char text[ID_TEXT_SIZE];
    (void)state;
    id_format(ID_PROPERTY, house.number, (struct id){UINT64_C(0x19a000000000000), 9}, text);
    struct answer answer = world_get(world, "/v1/properties/%s", text);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_get(world, "/v1/rooms?property_id=%s", text);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_post(world, "/v1/room-types", "{\"property_id\":\"%s\",\"name\":\"X\",\"sold_by\":\"night\"}", text);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_patch(world, world_format(world, "/v1/properties/%s", text), 1, "{\"name\":\"X\"}");
    assert_problem(&answer, 404, "NOT_FOUND");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_malformed_id_in_a_path_is_422_with_its_place),
        CASE(a_malformed_id_in_a_query_is_422_with_its_place),
        CASE(a_malformed_id_in_a_body_is_422_with_its_place),
        CASE(a_value_of_a_wrong_type_is_422_at_its_place),
        CASE(every_field_of_the_document_is_known),
        CASE(a_field_that_is_not_known_is_refused_by_every_route),
        CASE(a_parameter_given_twice_is_refused),
        CASE(the_longest_text_of_wide_characters_is_taken_and_one_more_is_not),
        CASE(the_same_holds_for_parameters),
        CASE(the_document_says_how_long_a_text_may_be),
        CASE(the_longest_texts_fit_into_a_body_however_they_are_written),
        CASE(a_body_that_is_no_json_is_400),
        CASE(a_body_over_a_limit_of_json_is_422),
        CASE(a_body_is_read_32_deep_and_no_deeper),
        CASE(a_body_that_is_no_object_is_422),
        CASE(a_body_that_is_too_large_is_413),
        CASE(a_bulk_route_takes_a_larger_body),
        CASE(only_json_in_utf_8_is_taken),
        CASE(a_name_from_another_route_is_told_with_the_one_here),
        CASE(an_absent_body_is_an_empty_object),
        CASE(another_method_is_405_with_those_allowed),
        CASE(options_of_a_path_where_nothing_is_is_404),
        CASE(the_number_of_the_installation_is_no_property),
        CASE(options_tells_what_a_path_takes),
        CASE(a_path_that_is_not_there_is_404),
        CASE(head_is_answered_as_get_without_a_body),
        CASE(a_malformed_if_match_is_400),
        CASE(a_tag_of_no_version_of_ours_is_412),
        CASE(a_malformed_idempotency_key_is_400),
        CASE(a_sane_request_id_is_taken_over_and_another_is_replaced),
        CASE(every_reply_tells_browsers_to_guess_load_and_leak_nothing),
        CASE(the_order_of_checks_is_shape_caller_property_role),
        CASE(ids_of_another_property_look_absent),
        CASE(a_forged_property_id_is_404),
    };
    return test_run("api/shape", tests);
}
