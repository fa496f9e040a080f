/* The caller: who they are, what they may do, and what they may change about themselves. */
#include "api/api_intern.h"
#include "api/cookie.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "api/user.h"
#include "engine/state_people.h"
#include "store/store_people.h"

/* The page that has the session needs its CSRF token again after a reload. */
static void
put_csrf(struct call *call, struct json_writer *writer)
{
    char csrf[CSRF_SIZE];
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct str session = cookie_find(call->http, call->api->settings.secure_cookies);
    bool by_token = http_request_header(call->http, STR("authorization")).ptr != NULL;
    if (by_token || session.ptr == NULL || !secret_read(SECRET_SESSION, session, &id, hash))
        return;
    cookie_csrf(session, csrf);
    json_member_cstr(writer, "csrf_token", csrf);
}

static void
load_user(struct call *call, struct reader *reader, struct id id)
{
    struct user user;
    struct text text;
    struct json_writer writer;
    if (!call_check(call, reader, store_load_user(&reader->store, id, &reader->scratch, &user)))
        return;
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_cstr(&writer, "kind", "user");
    state_put_user(&writer, &user);
    json_member_str(&writer, "email", user.email);
    json_member_str(&writer, "name", user.name);
    json_member_str_or_null(&writer, "locale", user.locale.len > 0 ? user.locale : (struct str){NULL, 0});
    put_csrf(call, &writer);
    json_write_object_end(&writer);
    reply_text(call, &text, user.version);
}

/* A token, or a user of this machine: what it is called and what it may do. */
static void
load_other(struct call *call, struct reader *reader)
{
    struct text text;
    struct json_writer writer;
    bool is_token = str_starts_with(call->actor, STR("tok_"));
    text_init(&text, call->arena, 256);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_cstr(&writer, "kind", is_token ? "token" : "machine_user");
    json_member_str(&writer, "id", call->actor);
    json_member_bool(&writer, "owner", call->owner);
    json_member_array_begin(&writer, "roles");
    for (size_t i = 0; i < call->role_count; i++) {
        const struct house_entry *house;
        enum db_status status = reader_house(reader, call->roles[i].property, &house, NULL);
        if (status == DB_NO_ROW)
            continue;
        if (!call_check(call, reader, status))
            return;
        json_write_object_begin(&writer);
        json_member_id(&writer, "property_id", ID_PROPERTY, call->roles[i].property, house->house.property->id);
        json_member_str(&writer, "role", role_name(call->roles[i].role));
        json_write_object_end(&writer);
    }
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}

void
me_load(struct call *call, struct reader *reader)
{
    struct id user = people_caller_user(call);
    if (id_is_none(user))
        load_other(call, reader);
    else
        load_user(call, reader, user);
}

void
me_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    struct user_change *change = call_ask(call, sizeof(*change));
    struct shape_field current = shape_field(body, "current_password", SHAPE_OPTIONAL);
    static const char *const read_only[] = {"id",    "kind",  "version",     "seq",          "created_at", "email",
                                            "owner", "roles", "disabled_at", "has_password", "csrf_token", NULL};
    (void)query;
    user_shape_details(call, body);
    (void)people_shape_password(shape_field(body, "password", SHAPE_OPTIONAL), &change->password);
    (void)shape_secret(current, 1, PASSWORD_MAX, &change->current);
    if (change->password.len > 0 && current.is == SHAPE_ABSENT)
        (void)shape_refuse(current, "is required with password");
    shape_read_only(body, read_only);
}

struct compared_change {
    struct password_job job; /* first: the pool gives it back */
    struct call *call;
    struct user present;
};

static void
on_compared(struct password_job *job)
{
    struct compared_change *compared = (struct compared_change *)(void *)job;
    if (job->fits)
        user_send_change(compared->call, compared->call->asked, &compared->present);
    else
        reply_refuse_field(compared->call, OUTCOME_FORBIDDEN, "/current_password", "is not the present password");
}

static void
compare_first(struct call *call, const struct user *present)
{
    const struct user_change *change = call->asked;
    struct compared_change *compared = ARENA_NEW(call->arena, struct compared_change);
    if (compared == NULL) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    compared->call = call;
    compared->present.id = present->id;
    people_keep_details(call, present, &compared->present);
    compared->job = (struct password_job){
        .password = change->current, .hash = arena_copy_str(call->arena, present->password), .done = on_compared};
    if (!password_pool_submit(call->api->passwords, &compared->job))
        reply_refuse_detail(call, OUTCOME_BUSY_RETRY, "Too many passwords wait to be hashed; ask again.");
}

void
me_load_amend(struct call *call, struct reader *reader)
{
    struct user_change *change = call->asked;
    struct user user;
    struct id id = people_caller_user(call);
    if (id_is_none(id)) {
        reply_refuse_detail(call, OUTCOME_FORBIDDEN, "Only users have something to change about themselves.");
        return;
    }
    if (!call_check(call, reader, store_load_user(&reader->store, id, &reader->scratch, &user)) ||
        !call_require_match(call, user.version))
        return;
    if (change->password.len > 0)
        compare_first(call, &user);
    else
        user_send_change(call, change, &user);
}
