/* The order of checks, step by step. Each step either goes on or ends the call with its reply. */
#include "api/call.h"

#include <assert.h>
#include <stdio.h>

#include <sodium.h>

#include "api/alternatives.h"
#include "api/api_intern.h"
#include "api/filling.h"
#include "api/guest_link.h"
#include "api/handlers.h"
#include "api/named_refusal.h"
#include "api/reply.h"
#include "util/json.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 200 };

int64_t
call_now_ms(const struct call *call)
{
    return clock_now_ms(call->api->settings.clock);
}

/* -- who and what, before anything is looked at -- */

static bool
is_request_id(struct str value)
{
    if (value.len == 0 || value.len > REQUEST_ID_MAX)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || strchr("._~:/+=@-", c) == NULL))
            return false;
    }
    return true;
}

/* The caller's own id when it is fit for a log, else one that no other request of any run has. */
static void
name_request(struct call *call)
{
    struct str given = http_request_header(call->http, STR("x-request-id"));
    if (is_request_id(given)) {
        call->request_id = given;
        return;
    }
    struct text text;
    text_init(&text, call->arena, 64);
    text_put_format(&text, "req_%016llx_%llx", (unsigned long long)call->api->request_id_prefix,
                    (unsigned long long)call->api->request_id_next++);
    call->request_id = text_str(&text);
}

static void
note_origin(struct call *call)
{
    const struct api_settings *settings = &call->api->settings;
    if (settings->origin_count == 0)
        return;
    struct str origin = http_request_header(call->http, STR("origin"));
    for (size_t i = 0; i < settings->origin_count; i++)
        if (str_equal(settings->origins[i], origin))
            call->origin = settings->origins[i];
}

static void
identify(struct call *call)
{
    const struct principal *principal;
    call->auth = auth_identify(call->api->settings.auth, call->http, server_request_peer(call->request), &principal);
    if (call->auth != AUTH_GOOD)
        return;
    assert(principal->actor.len <= PRINCIPAL_ACTOR_MAX);
    call->actor = arena_copy_str(call->arena, principal->actor);
    call->caller = principal->trusted ? ID_NONE : principal->id;
    call->user = principal->user;
    call->owner = principal->owner;
    call->trusted = principal->trusted;
    call->until_ms = principal->until_ms;
    struct principal_role *roles = ARENA_ARRAY(call->arena, principal->role_count + 1, struct principal_role);
    if (roles == NULL)
        return; /* without roles, and latched */
    if (principal->role_count > 0)
        memcpy(roles, principal->roles, principal->role_count * sizeof(*roles));
    call->roles = roles;
    call->role_count = principal->role_count;
}

static enum role
role_in(const struct call *call, uint32_t property)
{
    const struct principal principal = {.owner = call->owner, .roles = call->roles, .role_count = call->role_count};
    return principal_role_in(&principal, property);
}

/* False when it was answered. */
static bool
check_rates(struct call *call, bool writes)
{
    int64_t now_ns = call->began_ns, wait_ms = 0;
    if (call->auth != AUTH_GOOD)
        wait_ms = limits_take_anonymous(call->api->limits, &call->client, now_ns);
    else if (writes && !id_is_none(call->caller))
        wait_ms = limits_take_write(call->api->limits, call->caller, now_ns);
    if (wait_ms == 0)
        return true;
    reply_refuse_rate(call, wait_ms,
                      call->auth == AUTH_GOOD ? "This token has written too much; Retry-After says when to go on."
                                              : "This address has sent too much without a valid credential.");
    return false;
}

/* -- route -- */

/* RFC 9110 9.3.7, and what a browser asks before it sends a request from elsewhere (CORS). */
static void
answer_options(struct call *call)
{
    reply_send(call, &(struct reply){.status = 204});
}

static bool
is_counted(const struct call *call)
{
    return call->route == NULL || (call->route->name != ROUTE_HEALTH && call->route->name != ROUTE_READINESS &&
                                   call->route->name != ROUTE_METRICS);
}

/* False when it was answered. */
static bool
find_route(struct call *call)
{
    const struct http_request *http = call->http;
    enum route_found found =
        routes_find(call->api->routes, http->method, http->segments, http->segment_count, &call->match);
    if (found == ROUTE_FOUND)
        call->route = call->match.route;
    if (is_counted(call)) {
        if (call->route != NULL && call->route->property == ROUTE_PROPERTY_LINK)
            guest_link_identify(call);
        else
            identify(call);
        if (!check_rates(call, call->route != NULL && (call->route->flags & (ROUTE_WRITES | ROUTE_CSV)) != 0))
            return false;
    }
    if (found == ROUTE_NO_PATH)
        reply_refuse_detail(call, OUTCOME_NOT_FOUND, "There is nothing at this path.");
    else if (found == ROUTE_NO_METHOD && http->method == HTTP_OPTIONS)
        answer_options(call);
    else if (found == ROUTE_NO_METHOD)
        reply_refuse(call, OUTCOME_METHOD_NOT_ALLOWED);
    return found == ROUTE_FOUND;
}

/* -- shape -- */

void
shape_nothing(struct call *call, struct shape *query, struct shape *body)
{
    (void)call;
    (void)query;
    (void)body;
}

static void
add_problem(struct call *call, struct str pointer, struct str sentence)
{
    struct shape_report *report = &call->report;
    if (report->count < SHAPE_PROBLEM_MAX)
        report->problems[report->count++] =
            (struct shape_problem){.code = OUTCOME_VALIDATION_FAILED, .pointer = pointer, .sentence = sentence};
    else
        report->has_more = true;
}

static struct str
in_braces(struct call *call, enum id_kind kind)
{
    struct text text;
    struct str name = str_from(id_kind_name(kind));
    text_init(&text, call->arena, 32);
    text_put_char(&text, '{');
    for (size_t i = 0; i < name.len; i++)
        text_put_char(&text, name.ptr[i] == ' ' ? '_' : name.ptr[i]);
    text_put(&text, STR("_id}"));
    return text_str(&text);
}

/* The ids of the path; the first one leads to the property. */
static void
shape_path(struct call *call)
{
    for (size_t i = 0; i < call->match.id_count; i++) {
        enum id_kind kind;
        uint32_t property;
        if (!id_parse(call->match.ids[i], &kind, &property, &call->ids[i]) || kind != call->match.kinds[i]) {
            add_problem(call, in_braces(call, call->match.kinds[i]), STR("is not an id of the kind that stands here"));
            continue;
        }
        if (i == 0) {
            call->property = property;
            call->has_property = true;
            call->property_id = kind == ID_PROPERTY ? call->ids[i] : ID_NONE;
        } else if (property != call->property) {
            call->foreign = "";
        }
    }
}

/* `"3"` (RFC 9110 8.8.3). Any other tag is of no version of ours, and never matches. False when it was answered. */
static bool
shape_match(struct call *call)
{
    struct str tag = str_trim(http_request_header(call->http, STR("if-match")));
    long long version;
    if (tag.ptr == NULL)
        return true;
    call->has_match = true;
    if (str_equal(tag, STR("*")))
        return true;
    bool weak = str_starts_with(tag, STR("W/"));
    struct str quoted = weak ? str_of(tag.ptr + 2, tag.len - 2) : tag;
    if (quoted.len < 2 || quoted.ptr[0] != '"' || quoted.ptr[quoted.len - 1] != '"' ||
        memchr(quoted.ptr + 1, '"', quoted.len - 2) != NULL) {
        reply_refuse_detail(call, OUTCOME_BAD_REQUEST, "If-Match is one entity tag, as in \"3\", or *.");
        return false;
    }
    /* compared as text (RFC 9110 8.8.3.2): no version is written with a zero in front */
    bool known =
        !weak && quoted.ptr[1] != '0' && str_to_i64(str_of(quoted.ptr + 1, quoted.len - 2), &version) && version > 0;
    call->engine.command.if_version = known ? version : -1;
    return true;
}

static void
put_hash(crypto_generichash_state *state, struct str part)
{
    uint64_t len = part.len;
    crypto_generichash_update(state, (const unsigned char *)&len, sizeof(len));
    crypto_generichash_update(state, (const unsigned char *)part.ptr, part.len);
}

/* What makes it the same request: everything that is sent but the fields. */
void
call_take_fingerprint(struct call *call)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, STORE_KEY_BYTES);
    put_hash(&state, call->http->method_name);
    put_hash(&state, call->http->path);
    put_hash(&state, call->http->query);
    if ((call->route->flags & ROUTE_SECRET) == 0)
        put_hash(&state, call->http->body); /* a fast hash of a password could be searched for */
    crypto_generichash_final(&state, call->engine.fingerprint, STORE_KEY_BYTES);
}

/* A key is the caller's own on one route. */
static void
take_key(struct call *call, struct str key)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, STORE_KEY_BYTES);
    put_hash(&state, call->actor);
    put_hash(&state, call->route->method_name);
    put_hash(&state, str_from(call->route->path));
    put_hash(&state, key);
    crypto_generichash_final(&state, call->engine.key, STORE_KEY_BYTES);
    call->engine.has_key = true;
}

/* False when it was answered. */
static bool
shape_key(struct call *call)
{
    struct str key = http_request_header(call->http, STR("idempotency-key"));
    if (key.ptr == NULL)
        return true;
    bool good = key.len >= 1 && key.len <= IDEMPOTENCY_KEY_MAX;
    for (size_t i = 0; i < key.len && good; i++)
        good = key.ptr[i] > ' ' && key.ptr[i] < 0x7f;
    if (!good) {
        reply_refuse_detail(call, OUTCOME_BAD_REQUEST, "An Idempotency-Key is 1 to 255 visible ASCII characters.");
        return false;
    }
    /* what everybody may ask for has no caller whose key it could be: one stranger's would be another's as well */
    if ((call->route->roles & ROLES_PUBLIC) == 0)
        take_key(call, key);
    return true;
}

/* This media type, with no other charset than UTF-8. */
static bool
is_media(struct str type, struct str wanted)
{
    struct str media = str_trim(str_split(&type, ';'));
    if (!str_equal_nocase(media, wanted))
        return false;
    while (type.ptr != NULL) {
        struct str parameter = str_trim(str_split(&type, ';'));
        if (parameter.len > 0 && !str_equal_nocase(parameter, STR("charset=utf-8")) &&
            !str_equal_nocase(parameter, STR("charset=\"utf-8\"")))
            return false;
    }
    return true;
}

/* The body's tree; an absent body is an empty object. NULL when it was answered. */
static json_t *
read_body(struct call *call)
{
    struct json_problem problem;
    struct str body = call->http->body;
    if (body.len == 0) {
        json_t *empty = json_object();
        if (empty == NULL)
            reply_refuse(call, OUTCOME_BUSY_RETRY);
        return empty;
    }
    if (!is_media(http_request_header(call->http, STR("content-type")), STR("application/json"))) {
        reply_refuse_detail(call, OUTCOME_UNSUPPORTED_MEDIA_TYPE,
                            "Send the body as JSON in UTF-8, with Content-Type: application/json.");
        return NULL;
    }
    json_t *tree = json_read(body, &json_limits_default, &problem);
    if (tree == NULL)
        reply_bad_json(call, &problem);
    return tree;
}

/* False when it was answered. */
static bool
check_csv(struct call *call)
{
    if (is_media(http_request_header(call->http, STR("content-type")), STR("text/csv")))
        return true;
    reply_refuse_detail(call, OUTCOME_UNSUPPORTED_MEDIA_TYPE,
                        "Send the file as CSV in UTF-8, with Content-Type: text/csv.");
    return false;
}

static void
begin_query(struct call *call, struct shape *query)
{
    const struct http_request *http = call->http;
    struct shape_param *params = NULL;
    if (http->param_count > 0)
        params = ARENA_ARRAY(call->arena, http->param_count, struct shape_param);
    for (size_t i = 0; params != NULL && i < http->param_count; i++)
        params[i] = (struct shape_param){.name = http->params[i].name, .value = http->params[i].value};
    shape_init_query(query, &call->report, params, params == NULL ? 0 : http->param_count);
}

/* What stands for itself (health, documents) takes no parameters and minds none: whoever probes may add some against
 * caches on the way. */
static void
run_shape(struct call *call, struct shape *body)
{
    struct shape query;
    begin_query(call, &query);
    if ((call->route->flags & ROUTE_WRITES) != 0)
        (void)shape_bool(shape_field(&query, "dry_run", SHAPE_OPTIONAL), &call->dry_run);
    call->route->shape(call, &query, body);
    if ((call->route->flags & ROUTE_INLINE) == 0)
        shape_finish(&query);
    if (body != NULL)
        shape_finish(body);
}

/* What is asked for over a time is a stay in one place and a range of nights in another. */
static const char *const synonyms[] = {
    "arrival", "from",       "starts_at", NULL,    "departure",  "until", "ends_at", NULL,
    "party",   "max_guests", NULL,        "ttl_s", "hold_ttl_s", NULL,    NULL,
};

/* False when it was answered. */
static bool
check_shape(struct call *call)
{
    bool writes = (call->route->flags & ROUTE_WRITES) != 0;
    shape_report_init(&call->report, call->arena);
    call->report.synonyms = synonyms;
    if (writes && (!shape_match(call) || !shape_key(call)))
        return false;
    shape_path(call);
    if ((call->route->flags & ROUTE_CSV) != 0 && !check_csv(call))
        return false;
    if (call->route->body_max == 0 || (call->route->flags & (ROUTE_CSV | ROUTE_RAW)) != 0) {
        run_shape(call, NULL);
    } else {
        json_t *tree = read_body(call);
        struct shape body;
        if (tree == NULL)
            return false;
        if (shape_init_json(&body, &call->report, tree))
            run_shape(call, &body);
        json_decref(tree);
    }
    if (shape_report_outcome(&call->report) == OUTCOME_OK)
        return true;
    if (shape_report_outcome(&call->report) == OUTCOME_BUSY_RETRY)
        reply_refuse(call, OUTCOME_BUSY_RETRY);
    else
        reply_problems(call);
    return false;
}

/* -- caller, property, role -- */

static bool
refuse(struct call *call, enum outcome outcome, const char *detail)
{
    if (detail == NULL)
        reply_refuse(call, outcome);
    else
        reply_refuse_detail(call, outcome, detail);
    return false;
}

/* Number 0 is the installation's own: an id that was made up with it leads to no property. Only users have it in a
 * path, and whoever names no property at all means the installation. */
static bool
is_made_up(const struct call *call)
{
    bool of_people = call->route->property == ROUTE_PROPERTY_PATH && call->match.kinds[0] == ID_USER;
    return call->has_property && call->property == 0 && !of_people;
}

/* False when it was answered. */
static bool
check_caller(struct call *call)
{
    unsigned roles = call->route->roles;
    if ((roles & ROLES_PUBLIC) != 0)
        return true;
    if (call->route->property == ROUTE_PROPERTY_LINK)
        return !id_is_none(call->link) || refuse(call, OUTCOME_UNAUTHENTICATED, guest_link_refused);
    if (call->auth == AUTH_NO_CSRF_TOKEN)
        return refuse(call, OUTCOME_FORBIDDEN,
                      http_request_header(call->http, STR("x-csrf-token")).ptr == NULL
                          ? "X-CSRF-Token is missing: a session changes things with the csrf_token of GET /v1/me."
                          : "X-CSRF-Token is not the session's: it is the csrf_token of GET /v1/me.");
    if (call->auth == AUTH_FOREIGN_ORIGIN)
        return refuse(call, OUTCOME_FORBIDDEN,
                      "Origin is another than the server's: a session changes things from its own pages alone.");
    if (call->auth != AUTH_GOOD)
        return refuse(call, OUTCOME_UNAUTHENTICATED,
                      call->auth == AUTH_BAD
                          ? "The token or session is not valid, or not any more: send Authorization: Bearer with a "
                            "token that is, or sign in with POST /v1/sessions."
                          : "Send Authorization: Bearer with a token, or sign in with POST /v1/sessions.");
    if ((roles & ROLES_SIGNED_IN) != 0)
        return true;
    bool has_property = call->route->property != ROUTE_PROPERTY_NONE;
    call->role = role_in(call, call->property);
    if (has_property && (call->role == ROLE_NONE || is_made_up(call)))
        return refuse(call, OUTCOME_NOT_FOUND,
                      call->has_property ? NULL : "Without property_id it is the installation's, which is for owners.");
    if ((roles & ROLE_BIT(call->role)) == 0)
        return refuse(call, OUTCOME_FORBIDDEN, NULL);
    if (!id_is_none(call->property_id) && !api_property_may_be(call->api, call->property, call->property_id))
        return refuse(call, OUTCOME_NOT_FOUND, NULL);
    if (call->foreign == NULL)
        return true;
    reply_refuse_field(call, OUTCOME_NOT_FOUND, call->foreign, "There is no such thing in this property.");
    return false;
}

/* -- the rest of the way -- */

static void
refuse_command(struct call *call)
{
    if (call->completed && call->engine.result.refusal.outcome == OUTCOME_VERSION_MISMATCH)
        reply_refuse_detail(call, OUTCOME_BUSY_RETRY,
                            "It was changed at the same moment; nothing was done, ask again.");
    else if (!alternatives_start(call))
        named_refusal_send(call, STR(""));
}

static void
on_engine_done(struct engine_request *engine)
{
    struct call *call = engine->user;
    call->on_engine = true;
    if (engine->result.refusal.outcome == OUTCOME_OK)
        call->route->render(call, &engine->result);
    else
        refuse_command(call);
}

void
call_submit(struct call *call)
{
    struct engine_request *engine = &call->engine;
    engine->command.actor =
        (struct actor){.name = call->actor, .role = call->role, .trusted = call->trusted, .link = call->link};
    engine->command.property = (call->route->flags & ROUTE_PEOPLE) != 0 ? 0 : call->property;
    engine->dry_run = call->dry_run;
    engine->secret = (call->route->flags & ROUTE_SECRET) != 0;
    engine->request_id = call->request_id;
    /* what comes by the control socket is an operator's, who moves a house: nobody is turned away */
    engine->no_demand = str_starts_with(call->actor, STR("os:"));
    if (engine_refuse_again(call->api->settings.engine, engine, call->arena)) {
        refuse_command(call);
        return;
    }
    if (engine->has_key)
        call_take_fingerprint(call);
    engine->done = on_engine_done;
    engine->user = call;
    call->submitted = true;
    if (engine_submit(call->api->settings.engine, engine))
        return;
    reply_refuse_detail(call, OUTCOME_BUSY_RETRY, "Too many commands wait; nothing was done, ask again.");
}

static void
run_read(struct reader_job *job, struct reader *reader, const struct err *err)
{
    struct call *call = (struct call *)(void *)job;
    if (reader == NULL)
        reply_failure(call, "no snapshot to read from", DB_FAILED, err);
    else if (call->route->property == ROUTE_PROPERTY_LINK && !guest_link_admit(call, reader))
        return;
    else if (call->filling == NULL || !filling_revalidate(call, reader))
        call->route->load(call, reader);
}

void
call_read(struct call *call)
{
    call->job.run = run_read;
    if (!reader_pool_submit(call->api->readers, &call->job))
        reply_refuse_detail(call, OUTCOME_BUSY_RETRY, "Too many readers wait; ask again.");
}

bool
call_hand_to_reader(struct call *call, struct reader_job *job)
{
    bool on_engine = call->on_engine;
    call->on_engine = false; /* before it may be somebody else's */
    if (reader_pool_submit(call->api->readers, job))
        return true;
    call->on_engine = on_engine;
    return false;
}

/* How many holds of the caller are ahead is settled before the reader's snapshot. False when it was answered. */
static bool
begin_hold(struct call *call)
{
    if (call->route->name != ROUTE_HOLD_ACQUIRE || id_is_none(call->caller))
        return true;
    call->hold_ahead = limits_begin_hold(call->api->limits, call->caller);
    if (call->hold_ahead < 0) {
        reply_refuse_rate(call, 1000, "As many holds as may live at all are being asked for already.");
        return false;
    }
    call->hold_begun = true;
    return true;
}

static void
go_on(struct call *call)
{
    const struct route *route = call->route;
    if ((route->flags & ROUTE_INLINE) != 0)
        route->load(call, NULL);
    else if ((route->flags & ROUTE_CACHED) != 0)
        filling_start(call);
    else if (route->load == NULL)
        call_submit(call);
    else if (begin_hold(call) && session_take_login(call))
        call_read(call);
}

void
call_handle(struct server_request *request, void *user)
{
    struct api *api = user;
    struct arena *arena = server_request_arena(request);
    struct call *call = ARENA_NEW(arena, struct call);
    if (call == NULL) {
        server_reply(request, &(struct server_reply){.status = 503});
        return;
    }
    call->api = api;
    call->request = request;
    call->http = server_request_http(request);
    call->arena = arena;
    call->began_ns = clock_monotonic_ns(api->settings.clock);
    call->client = proxies_client(&api->settings.proxies, server_request_peer(request), call->http);
    name_request(call);
    note_origin(call);
    if (find_route(call) && check_shape(call) && check_caller(call))
        go_on(call);
}

/* -- for shape() -- */

/* Where a field stands, as the problems of util/shape.h say it. */
static const char *
pointer_of(struct call *call, const struct shape_place *place)
{
    const struct shape_place *places[8];
    size_t count = 0;
    struct text text;
    text_init(&text, call->arena, 64);
    for (; place->up != NULL && count < sizeof(places) / sizeof(places[0]); place = place->up)
        places[count++] = place;
    while (count > 0) {
        place = places[--count];
        text_put_char(&text, place->in_query ? '?' : '/');
        if (place->name != NULL)
            text_put(&text, str_from(place->name));
        else
            text_put_i64(&text, (long long)place->index);
    }
    text_put_char(&text, '\0');
    return text.overflowed ? "" : text_str(&text).ptr;
}

void
call_shape_property(struct call *call, struct shape *shape, unsigned need)
{
    struct id id;
    uint32_t property;
    if (shape_id(shape_field(shape, "property_id", need), ID_PROPERTY, &property, &id) != SHAPE_SET)
        return;
    call->has_property = true;
    call->property = property;
    call->property_id = id;
}

enum shape_is
call_shape_id(struct call *call, struct shape_field field, enum id_kind kind, struct id *ret_id)
{
    uint32_t property;
    enum shape_is is = shape_id(field, kind, &property, ret_id);
    if (is != SHAPE_SET)
        return is;
    if (!call->has_property) {
        call->has_property = true;
        call->property = property;
    } else if (property != call->property && call->foreign == NULL) {
        call->foreign = pointer_of(call, &field.place);
    }
    return SHAPE_SET;
}

void
call_shape_cursor(struct call *call, struct shape *query, size_t cursor_len, struct str *ret_after)
{
    struct str text;
    *ret_after = (struct str){NULL, 0};
    struct shape_field after = shape_field(query, "after", SHAPE_OPTIONAL);
    if (shape_str(after, 1, 128, &text) != SHAPE_SET)
        return;
    unsigned char *bytes = arena_alloc(call->arena, cursor_len);
    size_t len = 0;
    const char *end = NULL;
    bool good = bytes != NULL && sodium_base642bin(bytes, cursor_len, text.ptr, text.len, NULL, &len, &end,
                                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
    if (good && len == cursor_len && end == text.ptr + text.len)
        *ret_after = str_of(bytes, len);
    else
        (void)shape_refuse(after, "must be a cursor from the `next` of a page");
}

void
call_shape_page(struct call *call, struct shape *query, size_t cursor_len, struct page *ret_page)
{
    *ret_page = (struct page){.limit = PAGE_DEFAULT};
    (void)shape_i64(shape_field(query, "limit", SHAPE_OPTIONAL), 1, PAGE_MAX, &ret_page->limit);
    call_shape_cursor(call, query, cursor_len, &ret_page->after);
}

struct str
call_write_cursor(struct call *call, const void *bytes, size_t len)
{
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(call->arena, size);
    if (text == NULL)
        return (struct str){NULL, 0};
    sodium_bin2base64(text, size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_of(text, size - 1);
}

void *
call_ask(struct call *call, size_t size)
{
    static _Thread_local max_align_t spare[64]; /* the arena is latched: nothing of it will be used */
    call->asked = arena_alloc(call->arena, size);
    assert(size <= sizeof(spare));
    return call->asked == NULL ? spare : call->asked;
}

/* -- for load() -- */

bool
call_check(struct call *call, struct reader *reader, enum db_status status)
{
    if (status == DB_OK)
        return true;
    if (status == DB_NO_ROW)
        reply_refuse(call, OUTCOME_NOT_FOUND);
    else
        reply_failure(call, "a read failed", status, &reader->store.err);
    return false;
}

const struct house_entry *
call_house(struct call *call, struct reader *reader)
{
    const struct house_entry *house = NULL;
    struct store_head head;
    if (!call_check(call, reader, reader_house(reader, call->property, &house, &head)))
        return NULL;
    call->right_at_seq = head.seq;
    return house;
}

bool
call_require_match(struct call *call, int64_t version)
{
    bool has_match = call->has_match; /* the call is gone once it was answered */
    if (!has_match)
        reply_refuse_match(call, version);
    return has_match;
}

void
call_completed_from(struct call *call, int64_t version)
{
    call->completed = call->engine.command.if_version == 0;
    if (call->completed)
        call->engine.command.if_version = version;
}
