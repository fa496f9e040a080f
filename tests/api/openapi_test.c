/* The interface's document against the tables it describes. */
#include <stdio.h>
#include <string.h>

#include "api/assets.h"
#include "api/problem.h"
#include "api/route.h"
#include "core/outcome.h"
#include "tests/api/document.h"
#include "tests/unit/test.h"

static void
every_route_is_in_the_document(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        if (document_operation(route->path, route->method_name.ptr) == NULL)
            fail_msg("%s %s is not in the document", route->method_name.ptr, route->path);
    }
}

static void
every_operation_is_a_route(void **state)
{
    const char *path, *method;
    json_t *methods, *operation;
    size_t count = 0;
    (void)state;
    json_object_foreach (json_object_get(document_get(), "paths"), path, methods)
        json_object_foreach (methods, method, operation) {
            bool found = false;
            for (int i = 0; i < ROUTE_COUNT && !found; i++) {
                const struct route *route = route_get((enum route_name)i);
                found = strcmp(route->path, path) == 0 && document_operation(path, route->method_name.ptr) == operation;
            }
            if (!found)
                fail_msg("%s %s is no route", method, path);
            count++;
        }
    assert_int_equal(count, ROUTE_COUNT);
}

static void
summaries_and_roles_are_those_of_the_table(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *operation = document_operation(route->path, route->method_name.ptr);
        json_t *roles = json_object_get(operation, "x-roles");
        unsigned said = 0;
        assert_string_equal(json_string_value(json_object_get(operation, "summary")), route->summary);
        for (size_t j = 0; j < json_array_size(roles); j++) {
            const char *name = json_string_value(json_array_get(roles, j));
            enum role role = ROLE_NONE;
            if (strcmp(name, "*") == 0)
                said |= ROLES_SIGNED_IN;
            else if (role_parse(str_from(name), &role))
                said |= ROLE_BIT(role);
            else
                fail_msg("%s is no role", name);
        }
        unsigned meant = (route->roles & ROLES_PUBLIC) != 0 ? 0 : route->roles;
        if (said != meant)
            fail_msg("%s %s: roles differ", route->method_name.ptr, route->path);
    }
}

/* Whether a parameter of this name and place is there. */
static bool
has_parameter(json_t *operation, const char *name, const char *in)
{
    json_t *parameters = json_object_get(operation, "parameters");
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        json_t *parameter = document_resolve(json_array_get(parameters, i));
        if (strcmp(json_string_value(json_object_get(parameter, "name")), name) == 0 &&
            strcmp(json_string_value(json_object_get(parameter, "in")), in) == 0)
            return true;
    }
    return false;
}

static void
parameters_follow_from_the_table(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *operation = document_operation(route->path, route->method_name.ptr);
        bool writes = (route->flags & ROUTE_WRITES) != 0;
        bool has_caller = (route->roles & ROLES_PUBLIC) == 0;
        bool good = has_parameter(operation, "Idempotency-Key", "header") == (writes && has_caller) &&
                    has_parameter(operation, "dry_run", "query") == (writes || (route->flags & ROUTE_CSV) != 0);
        if ((route->flags & ROUTE_MATCHES) != 0)
            good = good && has_parameter(operation, "If-Match", "header");
        if (!writes)
            good = good && !has_parameter(operation, "If-Match", "header");
        if (route->property == ROUTE_PROPERTY_QUERY)
            good = good && has_parameter(operation, "property_id", "query");
        if (!good)
            fail_msg("%s %s: parameters", route->method_name.ptr, route->path);
    }
}

static void
ids_of_paths_are_parameters_of_their_kind(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *operation = document_operation(route->path, route->method_name.ptr);
        struct str rest = str_from(route->path + 1);
        while (rest.ptr != NULL) {
            enum id_kind kind;
            char name[64];
            struct str piece = str_split(&rest, '/');
            if (!route_piece_kind(piece, &kind))
                continue;
            (void)snprintf(name, sizeof(name), "%.*s", (int)piece.len - 2, piece.ptr + 1);
            if (!has_parameter(operation, name, "path"))
                fail_msg("%s %s: no parameter %s", route->method_name.ptr, route->path, name);
        }
    }
}

static void
a_body_is_described_where_one_is_taken(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        json_t *operation = document_operation(route->path, route->method_name.ptr);
        bool described = json_object_get(operation, "requestBody") != NULL;
        if (described && route->body_max == 0)
            fail_msg("%s %s takes no body", route->method_name.ptr, route->path);
        if (!described && route->body_max != 0 && strstr(route->path, "/disable") == NULL &&
            strstr(route->path, "/enable") == NULL && strstr(route->path, "/password-reset") == NULL)
            fail_msg("%s %s: no body is described", route->method_name.ptr, route->path);
    }
}

static json_t *
codes(void)
{
    return json_object_get(
        json_object_get(json_object_get(json_object_get(document_get(), "components"), "schemas"), "Code"), "enum");
}

static void
the_codes_of_the_document_are_those_of_the_table_in_its_order(void **state)
{
    (void)state;
    assert_int_equal(json_array_size(codes()), OUTCOME_COUNT - 1);
    for (int i = 1; i < OUTCOME_COUNT; i++)
        assert_string_equal(json_string_value(json_array_get(codes(), (size_t)i - 1)),
                            outcome_info((enum outcome)i)->code.ptr);
}

static void
the_meaning_of_a_code_is_told_as_in_its_table(void **state)
{
    json_t *schema = json_object_get(json_object_get(json_object_get(document_get(), "components"), "schemas"), "Code");
    const char *text = json_string_value(json_object_get(schema, "description"));
    (void)state;
    for (int i = 1; i < OUTCOME_COUNT; i++) {
        const struct outcome_info *info = outcome_info((enum outcome)i);
        char row[512];
        (void)snprintf(row, sizeof(row), "| `%s` | %d | %s |", info->code.ptr, info->http_status, info->meaning.ptr);
        if (strstr(text, row) == NULL)
            fail_msg("not in the document: %s", row);
    }
}

/* Every reference leads somewhere, and every schema is one that is referred to. */
static void
walk(json_t *node, json_t *used)
{
    const char *name, *ref = json_string_value(json_object_get(node, "$ref"));
    json_t *child;
    size_t i;
    if (ref != NULL) {
        (void)document_resolve(node);
        json_object_set_new(used, ref, json_true());
    }
    if (json_is_object(node))
        json_object_foreach (node, name, child)
            walk(child, used);
    if (json_is_array(node))
        json_array_foreach (node, i, child)
            walk(child, used);
}

static void
references_lead_somewhere_and_nothing_is_left_over(void **state)
{
    json_t *used = json_object(), *group, *part;
    const char *kind, *name;
    (void)state;
    walk(document_get(), used);
    json_object_foreach (json_object_get(document_get(), "components"), kind, group)
        json_object_foreach (group, name, part) {
            char ref[128];
            (void)snprintf(ref, sizeof(ref), "#/components/%s/%s", kind, name);
            if (strcmp(kind, "securitySchemes") != 0 && json_object_get(used, ref) == NULL)
                fail_msg("%s is not referred to", ref);
        }
    json_decref(used);
}

static void
operation_ids_and_tags_are_in_order(void **state)
{
    json_t *ids = json_object(), *tags = json_object_get(document_get(), "tags"), *methods, *operation;
    const char *path, *method;
    (void)state;
    json_object_foreach (json_object_get(document_get(), "paths"), path, methods)
        json_object_foreach (methods, method, operation) {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            const char *tag = json_string_value(json_array_get(json_object_get(operation, "tags"), 0));
            bool known = false;
            assert_non_null(id);
            assert_non_null(tag);
            assert_null(json_object_get(ids, id));
            json_object_set_new(ids, id, json_true());
            for (size_t i = 0; i < json_array_size(tags); i++)
                known |= strcmp(json_string_value(json_object_get(json_array_get(tags, i), "name")), tag) == 0;
            assert_true(known);
        }
    json_decref(ids);
}

static void
the_page_names_every_route_and_loads_nothing_from_elsewhere(void **state)
{
    struct str page = {asset_docs.bytes, asset_docs.len};
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        const char *id =
            json_string_value(json_object_get(document_operation(route->path, route->method_name.ptr), "operationId"));
        char section[128];
        (void)snprintf(section, sizeof(section), "<span class=\"start\" id=\"%s\">", id);
        assert_non_null(memmem(page.ptr, page.len, section, strlen(section)));
    }
    static const char *const foreign[] = {"<script", "src=", "style=", "url(", "@import", "href=\"http", "href=\"//"};
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        assert_null(memmem(page.ptr, page.len, foreign[i], strlen(foreign[i])));
        assert_null(memmem(asset_docs_style.bytes, asset_docs_style.len, foreign[i], strlen(foreign[i])));
    }
}

static size_t
count_in(struct str page, const char *what)
{
    size_t count = 0;
    const char *at = page.ptr;
    for (; (at = memmem(at, page.len - (size_t)(at - page.ptr), what, strlen(what))) != NULL; at++)
        count++;
    return count;
}

static void
the_type_of_a_problem_leads_to_the_row_that_says_what_its_code_means(void **state)
{
    struct str page = {asset_docs.bytes, asset_docs.len};
    (void)state;
    for (int i = 1; i < OUTCOME_COUNT; i++) {
        struct problem problem = problem_of((enum outcome)i);
        struct arena arena;
        struct text text;
        struct json_writer writer;
        char row[128];
        arena_init(&arena, 1 << 16);
        text_init(&text, &arena, 512);
        json_writer_init(&writer, &text);
        problem_write(&writer, &problem);
        json_t *tree = json_loadb(text_str(&text).ptr, text_str(&text).len, 0, NULL);
        const char *type = json_string_value(json_object_get(tree, "type"));
        assert_non_null(type);
        const char *hash = strchr(type, '#');
        assert_non_null(hash);
        assert_int_equal(hash - type, strlen("/docs"));
        assert_memory_equal(type, "/docs", strlen("/docs"));
        assert_string_equal(hash + 1, problem.code.ptr);
        (void)snprintf(row, sizeof(row), "<tr id=\"%s\"><td><code>%s</code></td>", hash + 1, hash + 1);
        assert_int_equal(count_in(page, row), 1);
        (void)snprintf(row, sizeof(row), " id=\"%s\"", hash + 1);
        assert_int_equal(count_in(page, row), 1);
        json_decref(tree);
        arena_done(&arena);
    }
    const struct route *docs = route_get(ROUTE_DOCS);
    assert_string_equal(docs->path, "/docs");
}

/* -- the words of `allowed` -- */

enum { WORDS_MAX = 8 };

/* Those that are told in the table because they are no paths. */
struct words_told {
    struct arena *arena;
    char words[WORDS_MAX][32];
    size_t count;
};

static const char *
about_allowed(void)
{
    json_t *schemas = json_object_get(json_object_get(document_get(), "components"), "schemas");
    const char *about = json_string_value(json_object_get(json_object_get(schemas, "AllowedCommand"), "description"));
    assert_non_null(about);
    return about;
}

static bool
is_route(const char *method, const char *path)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_name)i);
        if (strcmp(route->method_name.ptr, method) == 0 && strcmp(route->path, path) == 0)
            return true;
    }
    return false;
}

/* | `word` | `METHOD path` |, where that is a route. */
static bool
is_in_table(const char *word)
{
    char head[64], method[16] = "", path[128] = "";
    (void)snprintf(head, sizeof(head), "| `%s` | `", word);
    const char *row = strstr(about_allowed(), head);
    return row != NULL && sscanf(row + strlen(head), "%15[A-Z] %127[^`]", method, path) == 2 && is_route(method, path);
}

static void
note_word(struct words_told *told, const char *word)
{
    for (size_t i = 0; i < told->count; i++)
        if (strcmp(told->words[i], word) == 0)
            return;
    assert_true(told->count < WORDS_MAX);
    (void)snprintf(told->words[told->count++], sizeof(told->words[0]), "%s", word);
}

static void
check_word(struct words_told *told, const char *thing, const char *word)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", thing, word);
    if (is_route("POST", path) == is_in_table(word))
        fail_msg("%s: neither a path behind %s nor in the table, or both", word, thing);
    if (is_in_table(word))
        note_word(told, word);
}

static void
check_words(struct words_told *told, const struct refusal *refusal, const char *thing)
{
    struct problem problem = problem_of(OUTCOME_INVALID_TRANSITION);
    struct text text;
    struct json_writer writer;
    json_t *word;
    size_t i;
    problem.refusal = refusal;
    text_init(&text, told->arena, 512);
    json_writer_init(&writer, &text);
    problem_write(&writer, &problem);
    json_t *tree = json_loadb(text_str(&text).ptr, text_str(&text).len, 0, NULL);
    assert_non_null(json_object_get(tree, "allowed"));
    json_array_foreach (json_object_get(tree, "allowed"), i, word)
        check_word(told, thing, json_string_value(word));
    json_decref(tree);
}

static void
check_words_of_bookings(struct words_told *told)
{
    for (int i = BOOKING_NONE + 1; i < BOOKING_STATUS_COUNT; i++) {
        struct refusal refusal = {.status = STR("ANY"), .booking_status = (enum booking_status)i, .keeps_fee = true};
        check_words(told, &refusal, "/v1/bookings/{booking_id}");
    }
}

static void
check_words_of_rooms(struct words_told *told)
{
    for (int i = 0; i < 2 * CLEANLINESS_COUNT; i++) {
        struct room_state room = {.cleanliness = (enum cleanliness)(i / 2), .fault = {(uint64_t)i % 2, 0}};
        struct refusal refusal = {.status = STR("ANY"), .room = &room};
        check_words(told, &refusal, "/v1/rooms/{room_id}");
    }
}

static void
check_words_of_payments(struct words_told *told)
{
    static const struct payment states[] = {{.authorized = 2},
                                            {.authorized = 2, .captured = 2},
                                            {.authorized = 2, .captured = 2, .refunded = 1},
                                            {.authorized = 2, .captured = 2, .refunded = 2},
                                            {.failed_at = 1},
                                            {.voided_at = 1}};
    for (size_t i = 0; i < 2 * sizeof(states) / sizeof(states[0]); i++) {
        struct payment payment = states[i / 2];
        payment.method = i % 2 == 0 ? PAYMENT_METHOD_CASH : PAYMENT_METHOD_CARD;
        struct refusal refusal = {.status = STR("ANY"), .payment = &payment};
        check_words(told, &refusal, "/v1/payments/{payment_id}");
    }
}

static size_t
count_rows(void)
{
    size_t count = 0;
    for (const char *at = about_allowed(); (at = strstr(at, "\n| `")) != NULL; at++)
        count++;
    return count;
}

static void
each_word_of_what_is_allowed_is_a_path_or_in_the_table(void **state)
{
    struct arena arena;
    struct words_told told = {.arena = &arena};
    (void)state;
    arena_init(&arena, 1 << 20);
    check_words_of_bookings(&told);
    check_words_of_rooms(&told);
    check_words_of_payments(&told);
    assert_int_equal(told.count, count_rows()); /* and no row is left over */
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_in_the_document),
        cmocka_unit_test(every_operation_is_a_route),
        cmocka_unit_test(summaries_and_roles_are_those_of_the_table),
        cmocka_unit_test(parameters_follow_from_the_table),
        cmocka_unit_test(ids_of_paths_are_parameters_of_their_kind),
        cmocka_unit_test(a_body_is_described_where_one_is_taken),
        cmocka_unit_test(the_codes_of_the_document_are_those_of_the_table_in_its_order),
        cmocka_unit_test(the_type_of_a_problem_leads_to_the_row_that_says_what_its_code_means),
        cmocka_unit_test(the_meaning_of_a_code_is_told_as_in_its_table),
        cmocka_unit_test(each_word_of_what_is_allowed_is_a_path_or_in_the_table),
        cmocka_unit_test(references_lead_somewhere_and_nothing_is_left_over),
        cmocka_unit_test(operation_ids_and_tags_are_in_order),
        cmocka_unit_test(the_page_names_every_route_and_loads_nothing_from_elsewhere),
    };
    return test_run("api/openapi", tests);
}
