/* Fields, bodies, and the one way out. What a call holds of the engine, the limits and the cache ends here too. */
#include "api/reply.h"

#include <assert.h>
#include <stdio.h>

#include "api/api_intern.h"
#include "api/filling.h"
#include "api/problem.h"
#include "util/json.h"

enum { PROBLEM_TEXT = 768 };

/* -- counting -- */

static void
count_reply(struct call *call, int status)
{
    struct route_counters *counters = &call->api->counters[call->route == NULL ? ROUTE_COUNT : call->route->name];
    int64_t us = (clock_monotonic_ns(call->api->settings.clock) - call->began_ns) / 1000;
    atomic_fetch_add_explicit(&counters->replies[status / 100], 1, memory_order_relaxed);
    histogram_note(&counters->latency_us, &histogram_of_time, us);
}

/* -- fields -- */

/* The same on every reply: the browser is to guess, load, frame and tell nothing. */
static void
add_security(struct http_fields *fields)
{
    http_fields_add(fields, STR("Content-Security-Policy"),
                    STR("default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"));
    http_fields_add(fields, STR("X-Content-Type-Options"), STR("nosniff"));
    http_fields_add(fields, STR("Referrer-Policy"), STR("no-referrer"));
}

/* Whether the methods of the path belong on a reply of this status; where there is nothing, there are none to name. */
static bool
says_allowed(const struct call *call, int status)
{
    return call->match.allowed != 0 && (status == 405 || call->http->method == HTTP_OPTIONS);
}

static void
add_origin(struct http_fields *fields, const struct call *call)
{
    if (call->origin.len == 0)
        return;
    http_fields_add(fields, STR("Access-Control-Allow-Origin"), call->origin);
    http_fields_add(fields, STR("Access-Control-Expose-Headers"),
                    STR("ETag, Link, Location, Retry-After, X-Request-Id"));
    if (!says_allowed(call, 204))
        return;
    char allow[ROUTE_ALLOW_SIZE];
    route_write_allow(call->match.allowed, allow);
    http_fields_add(fields, STR("Access-Control-Allow-Methods"), str_from(allow));
    http_fields_add(fields, STR("Access-Control-Allow-Headers"),
                    STR("Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id"));
    http_fields_add(fields, STR("Access-Control-Max-Age"), STR("600"));
}

/* One Vary field, for everything that a shared cache must tell apart. */
static void
add_vary(struct http_fields *fields, const struct call *call, bool varies)
{
    bool by_origin = call->api->settings.origin_count > 0;
    if (by_origin)
        http_fields_add(fields, STR("Vary"), varies ? STR("Accept-Encoding, Origin") : STR("Origin"));
    else if (varies)
        http_fields_add(fields, STR("Vary"), STR("Accept-Encoding"));
}

static void
add_version(struct http_fields *fields, int64_t version)
{
    char tag[32];
    int len = snprintf(tag, sizeof(tag), "\"%lld\"", (long long)version);
    http_fields_add(fields, STR("ETag"), str_of(tag, (size_t)len));
}

/* RFC 8288: a relative reference to the same path, which names what else was asked for anew. */
static void
add_next(struct http_fields *fields, const struct call *call, struct str cursor)
{
    struct text text;
    char property[ID_TEXT_SIZE];
    id_format(ID_PROPERTY, call->property, call->property_id, property);
    text_init(&text, call->arena, 256);
    text_put_format(&text, "<%s?property_id=%s&after=%.*s>; rel=\"next\"", call->route->path, property,
                    STR_ARG(cursor));
    http_fields_add(fields, STR("Link"), text_str(&text));
}

static void
add_fields(struct http_fields *fields, const struct call *call, const struct reply *reply)
{
    http_fields_init(fields, call->arena);
    if (reply->body.len > 0)
        http_fields_add(fields, STR("Content-Type"), reply->type.len > 0 ? reply->type : STR("application/json"));
    http_fields_add(fields, STR("Cache-Control"), reply->cacheable ? STR("public, max-age=300") : STR("no-store"));
    add_security(fields);
    if (call->request_id.len > 0)
        http_fields_add(fields, STR("X-Request-Id"), call->request_id);
    if (reply->version > 0)
        add_version(fields, reply->version);
    if (reply->location.len > 0)
        http_fields_add(fields, STR("Location"), reply->location);
    if (reply->next.len > 0)
        add_next(fields, call, reply->next);
    if (reply->cookie.len > 0)
        http_fields_add(fields, STR("Set-Cookie"), reply->cookie);
    if (reply->encoding.len > 0)
        http_fields_add(fields, STR("Content-Encoding"), reply->encoding);
    if (reply->retry_after_s > 0)
        http_fields_add_i64(fields, STR("Retry-After"), reply->retry_after_s);
    if (reply->status == 401) /* RFC 6750 3 */
        http_fields_add(fields, STR("WWW-Authenticate"),
                        call->auth == AUTH_BAD ? STR("Bearer error=\"invalid_token\"") : STR("Bearer"));
    if (reply->status == 415) /* RFC 9110 15.5.16 */
        http_fields_add(fields, STR("Accept"), STR("application/json"));
    if (says_allowed(call, reply->status)) {
        char allow[ROUTE_ALLOW_SIZE];
        route_write_allow(call->match.allowed, allow);
        http_fields_add(fields, STR("Allow"), str_from(allow));
    }
    add_vary(fields, call, reply->varies);
    add_origin(fields, call);
}

/* -- the way out -- */

/* For replies that can't be built: static bytes, no memory. */
static const char no_memory_body[] =
    "{\"type\":\"" PROBLEM_TYPE_PREFIX "BUSY_RETRY\",\"title\":\"Busy\",\"status\":503,"
    "\"code\":\"BUSY_RETRY\",\"detail\":\"No memory is left for this request; nothing was done, ask again.\"}";

static void
end_parts(struct call *call)
{
    if (call->submitted)
        engine_request_done(&call->engine);
    if (call->hold_begun)
        limits_end_hold(call->api->limits, call->caller);
}

void
reply_send(struct call *call, const struct reply *reply)
{
    if (call->filling != NULL && filling_take_reply(call, reply))
        return;
    struct server_reply out = {.status = reply->status,
                               .body = reply->body,
                               .release = reply->release,
                               .owner = reply->owner,
                               .authenticated = call->auth == AUTH_GOOD};
    add_fields(&out.fields, call, reply);
    if (call->arena->overflowed || http_fields_overflowed(&out.fields)) {
        out.status = 503;
        out.fields = (struct http_fields){0};
        out.body = str_of(no_memory_body, sizeof(no_memory_body) - 1);
    }
    count_reply(call, out.status);
    end_parts(call);
    struct api *api = call->api;
    struct server_request *request = call->request;
    if (!call->on_engine) {
        server_reply(request, &out);
        return;
    }
    struct server *server = server_request_server(request);
    if (api->to_wake != NULL && api->to_wake != server)
        server_wake(api->to_wake);
    api->to_wake = server;
    server_reply_queue(request, &out);
}

void
reply_text(struct call *call, const struct text *text, int64_t version)
{
    reply_send(call, &(struct reply){.status = 200, .body = text_str(text), .version = version});
}

/* -- problems -- */

static void
send_problem_of_version(struct call *call, enum outcome outcome, struct problem *problem, int64_t version)
{
    struct text text;
    struct json_writer writer;
    atomic_fetch_add_explicit(&call->api->outcomes[outcome], 1, memory_order_relaxed);
    if (problem->retry_after_s == 0 && outcome_info(outcome)->transient)
        problem->retry_after_s = 1;
    problem->request_id = call->request_id;
    text_init(&text, call->arena, PROBLEM_TEXT);
    json_writer_init(&writer, &text);
    problem_write(&writer, problem);
    reply_send(call, &(struct reply){.status = problem->status,
                                     .type = STR("application/problem+json"),
                                     .body = text_str(&text),
                                     .version = version,
                                     .retry_after_s = problem->retry_after_s});
}

static void
send_problem(struct call *call, enum outcome outcome, struct problem *problem)
{
    send_problem_of_version(call, outcome, problem, 0);
}

void
reply_refuse(struct call *call, enum outcome outcome)
{
    struct problem problem = problem_of(outcome);
    send_problem(call, outcome, &problem);
}

void
reply_refuse_detail(struct call *call, enum outcome outcome, const char *detail)
{
    struct problem problem = problem_of(outcome);
    problem.detail = str_from(detail);
    send_problem(call, outcome, &problem);
}

void
reply_refuse_field(struct call *call, enum outcome outcome, const char *pointer, const char *detail)
{
    struct problem problem = problem_of(outcome);
    problem.pointer = str_from(pointer);
    problem.pointer_detail = problem.detail = str_from(detail);
    send_problem(call, outcome, &problem);
}

void
reply_refuse_match(struct call *call, int64_t version)
{
    struct problem problem = problem_of(OUTCOME_IF_MATCH_REQUIRED);
    struct text detail;
    text_init(&detail, call->arena, 96);
    text_put_format(&detail, "Send If-Match with the ETag of the version that is changed; it is \"%lld\" now.",
                    (long long)version);
    problem.detail = text_str(&detail);
    send_problem_of_version(call, OUTCOME_IF_MATCH_REQUIRED, &problem, version);
}

void
reply_refuse_rate(struct call *call, int64_t wait_ms, const char *detail)
{
    struct problem problem = problem_of(OUTCOME_RATE_LIMITED);
    problem.detail = str_from(detail);
    problem.retry_after_s = (wait_ms + 999) / 1000;
    send_problem(call, OUTCOME_RATE_LIMITED, &problem);
}

void
reply_problems(struct call *call)
{
    enum outcome outcome = shape_report_outcome(&call->report);
    struct problem problem = problem_of(outcome);
    problem.report = &call->report;
    send_problem(call, outcome, &problem);
}

void
reply_bad_json(struct call *call, const struct json_problem *found)
{
    if (found->fault == JSON_FAULT_MEMORY) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    bool malformed =
        found->fault == JSON_FAULT_SYNTAX || found->fault == JSON_FAULT_UTF8 || found->fault == JSON_FAULT_DUPLICATE;
    enum outcome outcome = malformed ? OUTCOME_BAD_REQUEST : OUTCOME_VALIDATION_FAILED;
    struct problem problem = problem_of(outcome);
    struct text detail;
    text_init(&detail, call->arena, 256);
    text_put(&detail, STR("The body can't be taken: "));
    json_problem_describe(found, &detail);
    text_put_char(&detail, '.');
    problem.detail = text_str(&detail);
    problem.pointer = str_from(found->pointer);
    problem.pointer_detail = str_from(found->reason);
    send_problem(call, outcome, &problem);
}

static int64_t
wait_s(const struct call *call, const struct refusal *refusal)
{
    if (refusal->outcome != OUTCOME_BOOKING_CONFLICT || refusal->expires_at == 0)
        return 0;
    int64_t ms = refusal->expires_at - clock_now_ms(call->api->settings.clock);
    return ms <= 1000 ? 1 : (ms + 999) / 1000;
}

/* Of several legs, the one that can't be had, where no field of it is at fault. */
static struct str
pointer_of_leg(struct call *call, const struct refusal *refusal)
{
    const struct command *command = &call->engine.command;
    struct text text;
    if (command->kind != COMMAND_CREATE_BOOKINGS || !command->create_bookings.from_legs ||
        refusal->outcome < OUTCOME_TOO_MANY_GUESTS || refusal->outcome > OUTCOME_BOOKING_CONFLICT)
        return STR("");
    text_init(&text, call->arena, 24);
    text_put_format(&text, "/legs/%zu", refusal->leg);
    return text_str(&text);
}

/* Whoever asked for several may want to take what is left. */
static struct str
say_available(struct call *call, int64_t available)
{
    struct text text;
    if (available == 0)
        return STR("No stock is left; `nights` lists the dates.");
    text_init(&text, call->arena, 96);
    text_put_format(&text, "Only %lld %s left on all of these nights; `nights` lists the dates.", (long long)available,
                    available == 1 ? "is" : "are");
    return text_str(&text);
}

/* The outcome's own sentence sends whoever asked to the nights, and a slot has none. What the refusal says itself goes
 * before either. */
static struct str
detail_of(struct call *call, const struct refusal *refusal)
{
    if (refusal->detail != NULL)
        return str_from(refusal->detail);
    if (refusal->outcome == OUTCOME_SOLD_OUT && refusal->night_count == 0)
        return STR("No room of this type is free at that time.");
    if (refusal->outcome == OUTCOME_SOLD_OUT && refusal->limit_count > 0)
        return say_available(call, refusal->limits[0].value);
    return outcome_info(refusal->outcome)->meaning;
}

static struct problem
problem_of_refusal(struct call *call, const struct refusal *refusal, const struct desk_names *names)
{
    struct problem problem = problem_of(refusal->outcome);
    const struct command *command = &call->engine.command;
    bool bulk = call->route->name == ROUTE_ROOM_BULK_CREATE || call->route->name == ROUTE_ROOM_BULK_DELETE;
    problem.detail = problem.pointer_detail = detail_of(call, refusal);
    if (refusal->pointer != NULL)
        problem.pointer = problem_pointer(command, bulk, refusal->pointer);
    else
        problem.pointer = pointer_of_leg(call, refusal);
    problem.refusal = refusal;
    problem.property = call->property;
    problem.shows_owners = role_is_staff(call->role);
    problem.names = names;
    problem.retry_after_s = wait_s(call, refusal);
    return problem;
}

struct str
reply_refusal_text(struct call *call, const struct refusal *refusal, const struct desk_names *names)
{
    struct text text;
    struct json_writer writer;
    struct problem problem = problem_of_refusal(call, refusal, names);
    text_init(&text, call->arena, PROBLEM_TEXT);
    json_writer_init(&writer, &text);
    problem_write(&writer, &problem);
    return text_str(&text);
}

void
reply_refusal(struct call *call, const struct refusal *refusal, const struct desk_names *names, struct instead instead)
{
    struct problem problem = problem_of_refusal(call, refusal, names);
    problem.alternatives = instead.alternatives;
    problem.rooms_for = instead.rooms_for;
    send_problem_of_version(call, refusal->outcome, &problem, refusal->version);
}

void
reply_log_failure(struct call *call, const char *what, enum db_status status, const struct err *err)
{
    if (call->api->settings.log != NULL)
        log_line(call->api->settings.log, LOG_ERROR, what, LOG_CSTR("status", db_status_name(status)), LOG_ERR(err),
                 LOG_STR("request_id", call->request_id));
}

void
reply_failure(struct call *call, const char *what, enum db_status status, const struct err *err)
{
    reply_log_failure(call, what, status, err);
    reply_refuse(call, OUTCOME_BUSY_RETRY);
}

/* -- what the server refuses by itself -- */

static enum outcome
outcome_of_code(const char *code)
{
    for (int i = 1; i < OUTCOME_COUNT; i++)
        if (str_equal(outcome_info((enum outcome)i)->code, str_from(code)))
            return (enum outcome)i;
    return OUTCOME_OK;
}

/* "the header block is too long" as a sentence. */
static struct str
sentence_of(enum http_refusal refusal, struct arena *arena)
{
    struct text text;
    const char *sentence = http_refusal_sentence(refusal);
    text_init(&text, arena, 128);
    text_put_char(&text, (char)(sentence[0] - 'a' + 'A'));
    text_put(&text, str_from(sentence + 1));
    text_put_char(&text, '.');
    return text_str(&text);
}

void
reply_render_error(enum http_refusal refusal, const struct http_request *request, struct arena *arena,
                   struct server_reply *reply, void *user)
{
    struct api *api = user;
    struct text text;
    struct json_writer writer;
    enum outcome outcome = outcome_of_code(http_refusal_code(refusal));
    (void)request;
    struct problem problem = {.code = str_from(http_refusal_code(refusal)),
                              .title = outcome == OUTCOME_OK ? STR("Not supported") : outcome_info(outcome)->title,
                              .status = http_refusal_status(refusal),
                              .detail = sentence_of(refusal, arena),
                              .retry_after_s = outcome_info(outcome)->transient ? 1 : 0};
    if (outcome != OUTCOME_OK)
        atomic_fetch_add_explicit(&api->outcomes[outcome], 1, memory_order_relaxed);
    text_init(&text, arena, PROBLEM_TEXT);
    json_writer_init(&writer, &text);
    problem_write(&writer, &problem);
    http_fields_init(&reply->fields, arena);
    http_fields_add(&reply->fields, STR("Content-Type"), STR("application/problem+json"));
    http_fields_add(&reply->fields, STR("Cache-Control"), STR("no-store"));
    if (problem.retry_after_s > 0)
        http_fields_add_i64(&reply->fields, STR("Retry-After"), problem.retry_after_s);
    add_security(&reply->fields);
    reply->body = text_str(&text);
}
