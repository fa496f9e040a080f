/* The log, the server about itself, limits, and pages from elsewhere. */
#include <stdio.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

/* -- the log -- */

static void
the_log_is_read_in_order_with_its_hashes(void **state)
{
    char previous[65] = "0000000000000000000000000000000000000000000000000000000000000000";
    (void)state;
    struct answer answer = world_get(world, "/v1/events?property_id=%s", house.property);
    size_t count = json_array_size(answer_at(&answer, "items"));
    assert_int_equal(count, 8); /* three types, one of them with its units, and four rooms */
    assert_true(json_is_null(answer_at(&answer, "next")));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(answer_number(&answer, world_format(world, "items/%zu/seq", i)), (long long)i + 1);
        assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/previous_hash", i)), previous);
        (void)snprintf(previous, sizeof(previous), "%s",
                       answer_text(&answer, world_format(world, "items/%zu/hash", i)));
        assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/actor", i)),
                            world_actor(world, world->owner));
    }
    assert_string_equal(answer_text(&answer, "items/0/kind"), "room_type.created");
    assert_string_equal(answer_text(&answer, "items/0/subject"), house.type);
    assert_string_equal(answer_text(&answer, "items/0/body/name"), "Double");
    answer = world_get(world, "/v1/events?property_id=%s&after=6&limit=1", house.property);
    assert_int_equal(answer_number(&answer, "items/0/seq"), 7);
    assert_int_equal(answer_number(&answer, "next"), 7);
    answer = world_get(world, "/v1/events?property_id=%s&after=8", house.property);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    answer = world_get(world, "/v1/events?property_id=%s&after=-1", house.property);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?after");
}

static bool
is_in_log(const struct answer *answer, const char *kind, const char *subject)
{
    for (size_t i = 0; i < json_array_size(answer_at(answer, "items")); i++)
        if (strcmp(answer_text(answer, world_format(world, "items/%zu/kind", i)), kind) == 0 &&
            strcmp(answer_text(answer, world_format(world, "items/%zu/subject", i)), subject) == 0)
            return true;
    return false;
}

static void
an_owner_reads_who_did_what_to_the_installation(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/events");
    assert_status(&answer, 200);
    assert_true(is_in_log(&answer, "property.created", house.property));
    const struct principal_role role = {house.number, ROLE_ADMIN};
    const struct ask admin = {
        .method = "GET", .target = "/v1/events", .token = world_add_token(world, false, true, &role, 1)};
    answer = world_ask(world, &admin);
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
an_event_names_its_request(void **state)
{
    struct ask ask = {
        .method = "POST", .target = "/v1/bookings", .token = world->owner, .fields = "X-Request-Id: from-the-desk\r\n"};
    (void)state;
    ask.body = world_format(world,
                            "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                            "\"departure\":\"2027-03-02\",\"guest\":{\"name\":\"Ada\",\"email\":\"ada@example.org\"}}",
                            house.property, house.type);
    struct answer booking = world_ask(world, &ask);
    const char *target = world_format(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    struct answer answer = post_as(world->owner, world_format(world, "%s/cancel", target), "{\"reason\":\"rain\"}");
    assert_status(&answer, 200);
    answer = world_get(world, "%s/events", target);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 2);
    assert_string_equal(answer_text(&answer, "items/0/request_id"), "from-the-desk");
    assert_true(json_is_null(answer_at(&answer, "items/0/from")));
    assert_string_equal(answer_text(&answer, "items/1/from"), "CONFIRMED");
    assert_string_equal(answer_text(&answer, "items/1/to"), "CANCELLED");
    assert_string_equal(answer_text(&answer, "items/1/reason"), "rain");
    assert_memory_equal(answer_text(&answer, "items/1/reason_id"), "txt_", 4);
    assert_true(json_is_null(answer_at(&answer, "items/0/reason_id")));
    assert_null(strstr(answer.body.ptr, "ada@example.org"));
    answer = world_get(world, "%s/events?limit=1", target);
    answer = world_get(world, "%s/events?limit=1&after=%lld", target, answer_number(&answer, "next"));
    assert_string_equal(answer_text(&answer, "items/0/kind"), "booking.cancelled");
    assert_true(json_is_null(answer_at(&answer, "next")));
}

/* -- the server about itself -- */

static const char *doubt;

static const char *
unready(void *user)
{
    (void)user;
    return doubt;
}

static void
health_and_readiness_are_for_anybody(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    struct ask health = {.method = "GET", .target = "/healthz"}, ready = {.method = "GET", .target = "/readyz?from=lb"};
    (void)state;
    settings.unready = unready;
    struct world *second = world_new(&settings);
    doubt = NULL;
    struct answer answer = world_ask(second, &health);
    assert_string_equal(answer_text(&answer, "status"), "ok");
    answer = world_ask(second, &ready);
    assert_string_equal(answer_text(&answer, "status"), "ready");
    doubt = "The clock was set.";
    answer = world_ask(second, &ready);
    assert_problem(&answer, 503, "BUSY_RETRY");
    assert_string_equal(answer_text(&answer, "detail"), doubt);
    answer = world_ask(second, &health);
    assert_status(&answer, 200);
    world_free(second);
}

static void
metrics_count_replies_and_refusals(void **state)
{
    (void)state;
    (void)world_get(world, "/v1/rooms");
    (void)world_patch(world, world_format(world, "/v1/rooms/%s", house.room[0]), 1, "{}");
    struct answer answer = world_get(world, "/metrics");
    assert_status(&answer, 200);
    assert_string_equal(answer_field(world, &answer, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    static const char *const lines[] = {
        "\nnightlatch_http_replies_total{method=\"POST\",route=\"/v1/rooms\",status=\"2xx\"} 4\n",
        "\nnightlatch_http_replies_total{method=\"GET\",route=\"/v1/rooms\",status=\"4xx\"} 1\n",
        "\nnightlatch_refusals_total{code=\"VALIDATION_FAILED\"} 1\n",
        "\nnightlatch_http_seconds_bucket{method=\"POST\",route=\"/v1/rooms\",le=\"+Inf\"} 4\n",
        "\nnightlatch_command_unchanged_total 1\n",
        "\n# TYPE nightlatch_commits_total counter\n",
        "\nnightlatch_guard_conflicts_total 0\n",
        "\n# TYPE nightlatch_commit_seconds histogram\nnightlatch_commit_seconds_bucket{le=\"0.0001\"} ",
        "\nnightlatch_batch_commands_bucket{le=\"1\"} ",
        "\nnightlatch_queue_wait_seconds_bucket{le=\"2.5\"} ",
        "\nnightlatch_lock_wait_seconds_count ",
        "\nnightlatch_locked_seconds_count ",
        "\nnightlatch_decide_seconds_count ",
        "\nnightlatch_write_seconds_count ",
        "\nnightlatch_commands_slow_total 0\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (strstr(answer.body.ptr, lines[i]) == NULL)
            fail_msg("no line %s in %s", lines[i], answer.body.ptr);
}

static void
documents_are_for_anybody(void **state)
{
    static const struct {
        const char *target, *type;
    } cases[] = {{"/openapi.json", "application/json"},       {"/docs", "text/html; charset=utf-8"},
                 {"/docs.css", "text/css; charset=utf-8"},    {"/setup", "text/html; charset=utf-8"},
                 {"/invitation", "text/html; charset=utf-8"}, {"/password-reset", "text/html; charset=utf-8"},
                 {"/link.css", "text/css; charset=utf-8"},    {"/link.js", "text/javascript; charset=utf-8"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = world_ask(world, &(struct ask){.method = "GET", .target = cases[i].target});
        assert_status(&answer, 200);
        assert_string_equal(answer_field(world, &answer, "Content-Type"), cases[i].type);
        assert_true(answer.body.len > 1000);
    }
}

static void
the_bare_address_leads_to_what_there_is_to_read(void **state)
{
    (void)state;
    struct answer answer = world_ask(world, &(struct ask){.method = "GET", .target = "/"});
    assert_status(&answer, 303);
    assert_string_equal(answer_field(world, &answer, "Location"), "/docs");
}

/* -- limits -- */

static void
a_limited_token_writes_ten_a_second(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    (void)state;
    settings.limits.writes = (struct limit_rate){.per_second = 10, .burst = 20};
    struct world *second = world_new(&settings);
    struct world *first = world;
    world = second;
    struct small_house rooms = world_build_house(second);
    const struct principal_role roles[] = {{rooms.number, ROLE_MANAGER}};
    const char *limited = world_add_token(second, false, false, roles, 1);
    const char *trusted = world_add_token(second, false, true, roles, 1);
    for (int i = 0; i < 20; i++) {
        struct answer answer = post_as(limited, "/v1/rooms", "{}");
        assert_status(&answer, 422);
    }
    struct answer answer = post_as(limited, "/v1/rooms", "{}");
    assert_problem(&answer, 429, "RATE_LIMITED");
    assert_string_equal(answer_field(second, &answer, "Retry-After"), "1");
    answer = world_ask(second, &(struct ask){.method = "GET",
                                             .target = world_format(second, "/v1/rooms?property_id=%s", rooms.property),
                                             .token = limited});
    assert_status(&answer, 200);
    test_clock_advance_ms(&second->clock, 100);
    answer = post_as(limited, "/v1/rooms", "{}");
    assert_status(&answer, 422);
    answer = post_as(limited, "/v1/rooms", "{}");
    assert_status(&answer, 429);
    for (int i = 0; i < 50; i++) {
        answer = post_as(trusted, "/v1/rooms", "{}");
        assert_status(&answer, 422);
    }
    world_free(second);
    world = first;
}

static void
an_address_without_a_credential_asks_twenty_a_second(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    struct ask ask = {.method = "GET", .target = "/v1/properties"};
    (void)state;
    settings.limits.anonymous = (struct limit_rate){.per_second = 20, .burst = 20};
    struct world *second = world_new(&settings);
    for (int i = 0; i < 20; i++) {
        struct answer answer = world_ask(second, &ask);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    ask.token = "nlt_wrong";
    struct answer answer = world_ask(second, &ask);
    assert_problem(&answer, 429, "RATE_LIMITED");
    ask.token = second->owner;
    answer = world_ask(second, &ask);
    assert_status(&answer, 200);
    answer = world_ask(second, &(struct ask){.method = "GET", .target = "/healthz"});
    assert_status(&answer, 200);
    test_clock_advance_ms(&second->clock, 50);
    ask.token = NULL;
    answer = world_ask(second, &ask);
    assert_status(&answer, 401);
    world_free(second);
}

static void
wait_for_commands(struct world *second, int count)
{
    const char *line = world_format(second, "\nnightlatch_commands_total %d\n", count);
    struct answer answer;
    do
        answer = world_get(second, "/metrics");
    while (strstr(answer.body.ptr, line) == NULL);
}

static void
a_full_queue_is_told_as_busy(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    static const char body[] = "{\"name\":\"A\",\"time_zone\":\"UTC\",\"currency\":\"EUR\"}";
    struct ask ask = {.method = "POST", .target = "/v1/properties", .body = body};
    (void)state;
    settings.engine_stands = true;
    settings.engine_queue = 1;
    struct world *second = world_new(&settings);
    ask.token = second->owner;
    int waiting = world_send(second, &ask);
    wait_for_commands(second, 1);
    struct answer answer = world_ask(second, &ask);
    assert_problem(&answer, 503, "BUSY_RETRY");
    assert_string_equal(answer_field(second, &answer, "Retry-After"), "1");
    assert_int_equal(world_step_engine(second), 1);
    answer = world_receive(second, waiting, false);
    world_hang_up(waiting);
    assert_status(&answer, 201);
    world_free(second);
}

/* Each PATCH takes the other fields from the property as it was when it came. */
static void
two_changes_at_once_for_any_version_do_not_undo_each_other(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    struct ask ask = {.method = "POST",
                      .target = "/v1/properties",
                      .body = "{\"name\":\"A\",\"time_zone\":\"UTC\",\"currency\":\"EUR\"}"};
    int connections[2];
    (void)state;
    settings.engine_stands = true;
    struct world *second = world_new(&settings);
    ask.token = second->owner;
    connections[0] = world_send(second, &ask);
    wait_for_commands(second, 1);
    assert_int_equal(world_step_engine(second), 1);
    struct answer answer = world_receive(second, connections[0], false);
    world_hang_up(connections[0]);
    ask = (struct ask){.method = "PATCH",
                       .target = world_format(second, "/v1/properties/%s", answer_text(&answer, "id")),
                       .token = second->owner,
                       .fields = "If-Match: *\r\n"};
    const char *bodies[] = {"{\"name\":\"B\"}", "{\"payment_ttl_s\":1800}"};
    for (int i = 0; i < 2; i++) {
        ask.body = bodies[i];
        connections[i] = world_send(second, &ask);
        wait_for_commands(second, 2 + i);
    }
    assert_int_equal(world_step_engine(second), 2);
    answer = world_receive(second, connections[0], false);
    assert_status(&answer, 200);
    answer = world_receive(second, connections[1], false);
    assert_problem(&answer, 503, "BUSY_RETRY");
    for (int i = 0; i < 2; i++)
        world_hang_up(connections[i]);
    world_free(second);
}

/* -- credentials -- */

static void
only_the_whole_token_is_a_credential(void **state)
{
    const char *owner = world->owner;
    size_t len = strlen(owner);
    const char *const wrong[] = {
        "",
        "nlt_",
        world_format(world, "%.*s", (int)len - 1, owner),
        world_format(world, "%.*s%c", (int)len - 1, owner, owner[len - 1] == 'a' ? 'e' : 'a'),
        world_format(world, "%sa", owner),
        world_format(world, "%s %s", owner, owner),
        world_format(world, "NLT_%s", owner + 4),
    };
    struct ask ask = {.method = "GET", .target = "/v1/properties"};
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ask.token = wrong[i];
        struct answer answer = world_ask(world, &ask);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    ask.token = NULL;
    static const char *const schemes[] = {"Basic", "Token", ""};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        ask.fields = world_format(world, "Authorization: %s %s\r\n", schemes[i], owner);
        struct answer answer = world_ask(world, &ask);
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    ask.fields = world_format(world, "Authorization: Bearer %s\r\nAuthorization: Bearer %s\r\n", owner, owner);
    struct answer answer = world_ask(world, &ask);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    ask.fields = world_format(world, "Authorization: bEARER  %s\r\n", owner);
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
}

/* -- pages from elsewhere -- */

static void
only_listed_origins_may_read_replies(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    struct ask ask = {.method = "GET", .target = "/v1/properties", .fields = "Origin: https://desk.example\r\n"};
    (void)state;
    settings.origin = "https://desk.example";
    struct world *second = world_new(&settings);
    ask.token = second->owner;
    struct answer answer = world_ask(second, &ask);
    assert_string_equal(answer_field(second, &answer, "Access-Control-Allow-Origin"), "https://desk.example");
    assert_string_equal(answer_field(second, &answer, "Vary"), "Origin");
    assert_null(answer_field(second, &answer, "Access-Control-Allow-Credentials"));
    ask.fields = "Origin: https://desk.example.evil.example\r\n";
    answer = world_ask(second, &ask);
    assert_null(answer_field(second, &answer, "Access-Control-Allow-Origin"));
    assert_string_equal(answer_field(second, &answer, "Vary"), "Origin");
    answer = world_ask(second, &(struct ask){.method = "OPTIONS",
                                             .target = "/v1/bookings",
                                             .fields = "Origin: https://desk.example\r\n"
                                                       "Access-Control-Request-Method: POST\r\n"});
    assert_status(&answer, 204);
    assert_string_equal(answer_field(second, &answer, "Access-Control-Allow-Methods"), "GET, HEAD, POST, OPTIONS");
    assert_non_null(strstr(answer_field(second, &answer, "Access-Control-Allow-Headers"), "Idempotency-Key"));
    world_free(second);
    ask.token = world->owner;
    ask.fields = "Origin: https://desk.example\r\n";
    answer = world_ask(world, &ask);
    assert_null(answer_field(world, &answer, "Access-Control-Allow-Origin"));
    assert_null(answer_field(world, &answer, "Vary"));
}

/* -- what the server refuses before there is a request -- */

static void
framing_that_can_not_be_is_a_problem_too(void **state)
{
    (void)state;
    int connection = world_send(world, &(struct ask){.method = "GET",
                                                     .target = "/v1/properties",
                                                     .fields = "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"});
    struct answer answer = world_receive(world, connection, false);
    world_hang_up(connection);
    assert_status(&answer, 400);
    assert_string_equal(answer_text(&answer, "code"), "BAD_REQUEST");
    assert_string_equal(answer_field(world, &answer, "Content-Type"), "application/problem+json");
    assert_string_equal(answer_field(world, &answer, "X-Content-Type-Options"), "nosniff");
    connection = world_send(world, &(struct ask){.method = "CONNECT", .target = "a:1"});
    answer = world_receive(world, connection, false);
    world_hang_up(connection);
    assert_int_equal(answer.status, 501);
    assert_string_equal(answer_text(&answer, "code"), "NOT_IMPLEMENTED");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_log_is_read_in_order_with_its_hashes),
        CASE(an_owner_reads_who_did_what_to_the_installation),
        CASE(an_event_names_its_request),
        CASE(health_and_readiness_are_for_anybody),
        CASE(metrics_count_replies_and_refusals),
        CASE(documents_are_for_anybody),
        CASE(the_bare_address_leads_to_what_there_is_to_read),
        CASE(a_limited_token_writes_ten_a_second),
        CASE(an_address_without_a_credential_asks_twenty_a_second),
        CASE(a_full_queue_is_told_as_busy),
        CASE(two_changes_at_once_for_any_version_do_not_undo_each_other),
        CASE(only_the_whole_token_is_a_credential),
        CASE(only_listed_origins_may_read_replies),
        CASE(framing_that_can_not_be_is_a_problem_too),
    };
    return test_run("api/system", tests);
}
