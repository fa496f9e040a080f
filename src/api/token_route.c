/* Tokens: made and shown once, listed without their secret, revoked. */
#include <string.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/people.h"
#include "api/reply.h"
#include "engine/state_people.h"
#include "store/store_people.h"

void
token_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct secret_made *made = call_ask(call, sizeof(*made));
    struct create_token *create = &call->engine.command.create_token;
    static const char *const read_only[] = {"id", "version", "seq", "created_at", "revoked_at", "token", NULL};
    (void)query;
    secret_make(SECRET_TOKEN, call->api->settings.random, call_now_ms(call), made);
    call->engine.command.kind = COMMAND_CREATE_TOKEN;
    people_shape_held(call, body, &create->held);
    (void)shape_str(shape_field(body, "name", SHAPE_REQUIRED), 1, PART_NAME_MAX, &create->name);
    (void)shape_bool(shape_field(body, "trusted", SHAPE_OPTIONAL), &create->trusted);
    (void)shape_instant(shape_field(body, "expires_at", SHAPE_NULLABLE), &create->expires_at);
    shape_read_only(body, read_only);
    create->id = made->id;
    memcpy(create->hash, made->hash, SECRET_HASH_BYTES);
    create->user = call->user;
    create->until_ms = call->until_ms;
}

void
token_render_created(struct call *call, const struct engine_result *result)
{
    const struct secret_made *made = call->asked;
    const struct store_event *event = people_find_event(result, "token.created");
    struct reply reply = {.status = 200};
    struct text text;
    people_reply_begin(call, &text, event->body);
    if (!call->dry_run) {
        people_reply_str(&text, "token", str_of(made->text, SECRET_LEN));
        reply.status = 201;
        reply.version = people_version(event->body);
    }
    people_reply_end(&text, event);
    reply.body = text_str(&text);
    reply_send(call, &reply);
}

void
token_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_OPTIONAL);
    call_shape_page(call, query, ID_BYTES, call_ask(call, sizeof(struct page)));
}

void
token_load_list(struct call *call, struct reader *reader)
{
    const struct page *page = call->asked;
    struct token *tokens;
    size_t count;
    struct id_page list;
    if (!call_check(call, reader,
                    store_page_tokens(&reader->store, call->property, id_page_after(page), page->limit + 1,
                                      &reader->scratch, &tokens, &count)))
        return;
    id_page_begin(&list, call, page);
    for (size_t i = 0; i < count; i++) {
        if (!id_page_takes(&list, tokens[i].id))
            continue;
        json_write_object_begin(&list.writer);
        state_put_token(&list.writer, &tokens[i]);
        json_write_object_end(&list.writer);
    }
    id_page_send(&list);
}

void
token_shape_revoke(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_REVOKE_TOKEN;
    call->engine.command.revoke_token = (struct revoke_token){.token = call->ids[0], .by = people_caller_user(call)};
}

/* The caller's role where the token is valid decides; who has none there does not see it, unless it is their own. */
void
token_load_revoke(struct call *call, struct reader *reader)
{
    struct token token;
    if (!people_check_path(call) ||
        !call_check(call, reader, store_load_token(&reader->store, call->ids[0], &reader->scratch, &token)))
        return;
    struct id by = call->engine.command.revoke_token.by;
    bool own = !id_is_none(by) && id_equal(by, token.user);
    enum role role = people_take_role(call, token.held.property);
    if (!own && (role < ROLE_ADMIN || role < token.held.role)) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    if (call_require_match(call, token.version))
        call_submit(call);
}

void
token_render_revoked(struct call *call, const struct engine_result *result)
{
    const struct store_event *event = people_find_event(result, "token.revoked");
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_end(&text, event);
    reply_text(call, &text, call->dry_run ? 0 : people_version(event->body));
}
