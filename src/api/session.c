/* Signing in and out.
 *
 * The way is the same, and takes as long, for an address that nobody has: count the attempt, read the row, compare the
 * password on a thread of the pool; only then does the engine begin the session, if the password is still the same. */
#include <string.h>

#include "api/api_intern.h"
#include "api/cookie.h"
#include "api/handlers.h"
#include "api/people.h"
#include "api/reply.h"
#include "store/store_people.h"

struct login {
    struct password_job job; /* first: the pool gives it back */
    struct call *call;
    struct str email, password;
    bool known; /* somebody has the address, and may sign in */
    struct secret_made made;
    char actor[ID_TEXT_SIZE];
    struct user user; /* name, address, locale */
};

void
session_shape_start(struct call *call, struct shape *query, struct shape *body)
{
    struct login *login = call_ask(call, sizeof(*login));
    (void)query;
    login->call = call;
    (void)people_shape_email(call, shape_field(body, "email", SHAPE_REQUIRED), &login->email);
    (void)shape_secret(shape_field(body, "password", SHAPE_REQUIRED), 1, PASSWORD_MAX, &login->password);
    secret_make(SECRET_SESSION, call->api->settings.random, call_now_ms(call), &login->made);
}

/* A page elsewhere must not sign anybody in, not even as themselves. */
bool
session_take_login(struct call *call)
{
    const struct api_settings *settings = &call->api->settings;
    if (call->route->name != ROUTE_SESSION_START && call->route->name != ROUTE_RESET_REQUEST)
        return true;
    if (!cookie_is_own_origin(call->http, settings->origins, settings->origin_count)) {
        reply_refuse_detail(call, OUTCOME_FORBIDDEN, "The request comes from a page of another origin.");
        return false;
    }
    struct str email = call->route->name == ROUTE_SESSION_START ? ((const struct login *)call->asked)->email
                                                                : *(const struct str *)call->asked;
    int64_t wait_ms = limits_take_login(call->api->limits, email, &call->client, call->began_ns);
    if (wait_ms == 0)
        return true;
    reply_refuse_rate(call, wait_ms, "This account or address has tried too often; Retry-After says when to go on.");
    return false;
}

static void
on_compared(struct password_job *job)
{
    struct login *login = (struct login *)(void *)job;
    struct call *call = login->call;
    if (!job->fits || !login->known) {
        reply_refuse_detail(call, OUTCOME_UNAUTHENTICATED, "E-mail address and password do not fit together.");
        return;
    }
    struct start_session *start = &call->engine.command.start_session;
    call->engine.command.kind = COMMAND_START_SESSION;
    start->id = login->made.id;
    memcpy(start->hash, login->made.hash, SECRET_HASH_BYTES);
    start->user = login->user.id;
    start->verified = job->hash;
    id_format(ID_USER, 0, login->user.id, login->actor);
    call->actor = str_of(login->actor, ID_TEXT_LEN);
    call_submit(call);
}

void
session_load_start(struct call *call, struct reader *reader)
{
    struct login *login = call->asked;
    struct user user;
    enum db_status status = store_load_user_by_email(&reader->store, login->email, &reader->scratch, &user);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    login->known = status == DB_OK && user.disabled_at == 0;
    if (status == DB_OK) {
        login->user.id = user.id;
        people_keep_details(call, &user, &login->user);
    }
    login->job = (struct password_job){.password = login->password, .done = on_compared};
    if (login->known)
        login->job.hash = arena_copy_str(call->arena, user.password);
    if (!password_pool_submit(call->api->passwords, &login->job))
        reply_refuse_detail(call, OUTCOME_BUSY_RETRY, "Too many people sign in; ask again.");
}

static struct str
write_cookie(struct call *call, struct str session, int64_t max_age_s)
{
    struct text text;
    text_init(&text, call->arena, 192);
    cookie_write(&text, session, max_age_s, call->api->settings.secure_cookies);
    return text_str(&text);
}

void
session_render_started(struct call *call, const struct engine_result *result)
{
    const struct login *login = call->asked;
    const struct store_event *event = people_find_event(result, "session.started");
    struct str session = str_of(login->made.text, SECRET_LEN);
    struct reply reply = {.status = 200};
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_details(&text, &login->user);
    if (!call->dry_run) {
        char csrf[CSRF_SIZE];
        cookie_csrf(session, csrf);
        people_reply_str(&text, "csrf_token", str_from(csrf));
        reply.status = 201;
        reply.cookie = write_cookie(call, session, SESSION_TTL_MS / 1000);
    }
    people_reply_end(&text, event);
    reply.body = text_str(&text);
    reply_send(call, &reply);
}

/* The session by which the caller was known; none for those who came by a token. */
void
session_shape_end(struct call *call, struct shape *query, struct shape *body)
{
    unsigned char hash[SECRET_HASH_BYTES];
    struct id id = ID_NONE;
    (void)query;
    (void)body;
    struct str session = cookie_find(call->http, call->api->settings.secure_cookies);
    bool by_token = http_request_header(call->http, STR("authorization")).ptr != NULL;
    if (by_token || session.ptr == NULL || !secret_read(SECRET_SESSION, session, &id, hash))
        id = ID_NONE;
    call->engine.command.kind = COMMAND_END_SESSION;
    call->engine.command.end_session.session = id;
}

void
session_render_ended(struct call *call, const struct engine_result *result)
{
    const struct store_event *event = people_find_event(result, "session.ended");
    struct reply reply = {.status = 200};
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_end(&text, event);
    reply.body = text_str(&text);
    if (!call->dry_run)
        reply.cookie = write_cookie(call, STR(""), 0);
    reply_send(call, &reply);
}
