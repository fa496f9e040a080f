/* Shared by the routes about people. */
#include "api/people.h"

#include <assert.h>
#include <string.h>

#include "api/api_intern.h"
#include "api/parts.h"
#include "api/reply.h"
#include "util/utf8.h"

enum { LOCALE_MAX = 35, REPLY_TEXT = 1024 };

/* -- shape -- */

enum shape_is
people_shape_email(struct call *call, struct shape_field field, struct str *ret_email)
{
    struct str given;
    enum shape_is is = shape_str(field, 3, PART_EMAIL_MAX, &given);
    if (is != SHAPE_SET)
        return is;
    if (!part_is_email(given))
        return shape_refuse(field, "must be an address such as ada@example.org");
    char *lower = arena_alloc(call->arena, given.len);
    if (lower == NULL)
        return SHAPE_WRONG;
    for (size_t i = 0; i < given.len; i++)
        lower[i] = given.ptr[i] >= 'A' && given.ptr[i] <= 'Z' ? (char)(given.ptr[i] - 'A' + 'a') : given.ptr[i];
    *ret_email = str_of(lower, given.len);
    return SHAPE_SET;
}

enum shape_is
people_shape_locale(struct shape_field field, struct str *ret_locale)
{
    enum shape_is is = shape_str(field, 2, LOCALE_MAX, ret_locale);
    for (size_t i = 0; is == SHAPE_SET && i < ret_locale->len; i++) {
        char c = ret_locale->ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
            return shape_refuse(field, "must be a language tag such as \"pt-BR\"");
    }
    return is;
}

enum shape_is
people_shape_password(struct shape_field field, struct str *ret_password)
{
    struct str password;
    enum shape_is is = shape_secret(field, 1, PASSWORD_MAX, &password);
    if (is != SHAPE_SET)
        return is;
    if (utf8_code_points(password) < PASSWORD_MIN)
        return shape_refuse(field, "must be at least %d characters long", PASSWORD_MIN);
    *ret_password = password;
    return SHAPE_SET;
}

void
people_shape_held(struct call *call, struct shape *body, struct held_role *ret_held)
{
    struct shape_word words[ROLE_COUNT];
    size_t count = 0;
    int role;
    for (int i = ROLE_LEAST_HELD; i < ROLE_COUNT; i++)
        words[count++] = (struct shape_word){role_name((enum role)i).ptr, i};
    struct shape_field field = shape_field(body, "role", SHAPE_REQUIRED);
    enum shape_is is = shape_enum(field, words, count, &role);
    call_shape_property(call, body, SHAPE_NULLABLE);
    if (is != SHAPE_SET)
        return;
    if (role == ROLE_OWNER && call->has_property)
        (void)shape_refuse(field, "can't be owner in a property: owners are of the installation");
    if (role != ROLE_OWNER && !call->has_property)
        (void)shape_refuse(field, "needs a property_id, unless it is owner");
    *ret_held = (struct held_role){call->property, call->property_id, (enum role)role};
}

enum shape_is
people_shape_secret(struct shape_field field, enum secret_kind kind, struct id *ret_id,
                    unsigned char ret_hash[SECRET_HASH_BYTES])
{
    struct str text;
    enum shape_is is = shape_secret(field, 1, (size_t)2 * SECRET_LEN, &text);
    if (is == SHAPE_SET && !secret_read(kind, text, ret_id, ret_hash))
        return shape_refuse(field, "must be the secret of a link, whole");
    return is;
}

struct id
people_caller_user(const struct call *call)
{
    enum id_kind kind;
    uint32_t property;
    struct id id;
    return id_parse(call->actor, &kind, &property, &id) && kind == ID_USER ? id : ID_NONE;
}

bool
people_check_path(struct call *call)
{
    enum id_kind kind;
    uint32_t property;
    struct id id;
    if (id_parse(call->match.ids[0], &kind, &property, &id) && property == 0)
        return true;
    reply_refuse(call, OUTCOME_NOT_FOUND);
    return false;
}

enum role
people_take_role(struct call *call, uint32_t property)
{
    const struct principal principal = {.owner = call->owner, .roles = call->roles, .role_count = call->role_count};
    call->role = principal_role_in(&principal, property);
    return call->role;
}

/* -- passwords -- */

struct hashing {
    struct password_job job; /* first: the pool gives it back */
    struct call *call;
    struct str *place;
};

static void
on_hashed(struct password_job *job)
{
    struct hashing *hashing = (struct hashing *)(void *)job;
    struct call *call = hashing->call;
    if (job->failed) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    *hashing->place = str_from(job->made);
    call_submit(call);
}

void
people_hash_and_submit(struct call *call, struct str password, struct str *place)
{
    struct hashing *hashing = ARENA_NEW(call->arena, struct hashing);
    if (hashing == NULL) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    *hashing =
        (struct hashing){.job = {.password = password, .make = true, .done = on_hashed}, .call = call, .place = place};
    if (!password_pool_submit(call->api->passwords, &hashing->job))
        reply_refuse_detail(call, OUTCOME_BUSY_RETRY, "Too many passwords wait to be hashed; ask again.");
}

/* -- replies -- */

void
people_reply_begin(struct call *call, struct text *text, struct str state)
{
    assert(state.len > 2 && state.ptr[state.len - 1] == '}');
    text_init(text, call->arena, REPLY_TEXT);
    text_put(text, str_of(state.ptr, state.len - 1));
}

void
people_reply_str(struct text *text, const char *name, struct str value)
{
    struct json_writer writer;
    text_put(text, STR(",\""));
    text_put(text, str_from(name));
    text_put(text, STR("\":"));
    json_writer_init(&writer, text);
    if (value.len == 0)
        json_write_null(&writer);
    else
        json_write_str(&writer, value);
}

void
people_reply_end(struct text *text, const struct store_event *event)
{
    text_put(text, STR(",\"seq\":"));
    if (event->seq > 0)
        text_put_i64(text, event->seq);
    else
        text_put(text, STR("null"));
    text_put_char(text, '}');
}

void
people_reply_details(struct text *text, const struct user *user)
{
    people_reply_str(text, "email", user->email);
    people_reply_str(text, "name", user->name);
    people_reply_str(text, "locale", user->locale);
}

int64_t
people_version(struct str state)
{
    static const char name[] = "\"version\":";
    const char *at = memmem(state.ptr, state.len, name, sizeof(name) - 1);
    int64_t version = 0;
    if (at == NULL)
        return 0;
    for (at += sizeof(name) - 1; at < state.ptr + state.len && *at >= '0' && *at <= '9'; at++)
        version = version * 10 + (*at - '0');
    return version;
}

const struct store_event *
people_find_event(const struct engine_result *result, const char *kind)
{
    for (size_t i = 0; i < result->event_count; i++)
        if (str_equal(result->events[i].kind, str_from(kind)))
            return &result->events[i];
    assert(!"an event that always comes");
    return NULL;
}

void
people_keep_details(struct call *call, const struct user *user, struct user *ret_user)
{
    ret_user->email = arena_copy_str(call->arena, user->email);
    ret_user->name = arena_copy_str(call->arena, user->name);
    ret_user->locale = arena_copy_str(call->arena, user->locale);
}
