/* Links that let someone in once. What is handed out is a secret; the page that takes it reads it from the fragment of
 * its address, which browsers send to nobody.
 *
 * While no mail is sent, a link goes to whoever asks for it on someone's behalf, and asking for oneself leads nowhere:
 * the answer is the same. */
#include <stdlib.h>
#include <string.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/people.h"
#include "api/reply.h"
#include "api/user.h"
#include "engine/state_people.h"
#include "store/store_people.h"
#include "util/utf8.h"

static const char gone[] =
    "There is no such link, or it was used, was withdrawn or replaced, or is too old; ask for a new one.";

static void
send_mail(struct call *call, enum api_link link, struct str email, struct str secret)
{
    struct api_mail *mail = call->api->settings.mail;
    if (mail != NULL && email.len > 0 && !call->dry_run)
        mail->send_link(mail, link, email, secret);
}

/* 201 with the state, the secret and where its page is. */
static void
reply_link(struct call *call, const struct store_event *event, struct str email, const struct secret_made *made,
           const char *page)
{
    struct reply reply = {.status = 200};
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_str(&text, "email", email);
    if (!call->dry_run) {
        struct text link;
        text_init(&link, call->arena, 128);
        text_put(&link, str_from(page));
        text_put_char(&link, '#');
        text_put(&link, str_of(made->text, SECRET_LEN));
        people_reply_str(&text, "secret", str_of(made->text, SECRET_LEN));
        people_reply_str(&text, "link", text_str(&link));
        reply.status = 201;
    }
    people_reply_end(&text, event);
    reply.body = text_str(&text);
    reply_send(call, &reply);
}

/* -- invitations -- */

void
invitation_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct secret_made *made = call_ask(call, sizeof(*made));
    struct create_invitation *create = &call->engine.command.create_invitation;
    (void)query;
    secret_make(SECRET_INVITATION, call->api->settings.random, call_now_ms(call), made);
    call->engine.command.kind = COMMAND_CREATE_INVITATION;
    people_shape_held(call, body, &create->held);
    (void)people_shape_email(call, shape_field(body, "email", SHAPE_REQUIRED), &create->email);
    create->id = made->id;
    memcpy(create->hash, made->hash, SECRET_HASH_BYTES);
}

void
invitation_render_created(struct call *call, const struct engine_result *result)
{
    const struct secret_made *made = call->asked;
    struct str email = call->engine.command.create_invitation.email;
    send_mail(call, API_LINK_INVITATION, email, str_of(made->text, SECRET_LEN));
    reply_link(call, people_find_event(result, "invitation.created"), email, made, "/invitation");
}

void
invitation_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_OPTIONAL);
    call_shape_page(call, query, ID_BYTES, call_ask(call, sizeof(struct page)));
}

void
invitation_load_list(struct call *call, struct reader *reader)
{
    const struct page *page = call->asked;
    struct invitation *invitations;
    size_t count;
    struct id_page list;
    if (!call_check(call, reader,
                    store_page_invitations(&reader->store, call->property, call_now_ms(call), id_page_after(page),
                                           page->limit + 1, &reader->scratch, &invitations, &count)))
        return;
    id_page_begin(&list, call, page);
    for (size_t i = 0; i < count; i++) {
        const struct invitation *invitation = &invitations[i];
        if (!id_page_takes(&list, invitation->id))
            continue;
        json_write_object_begin(&list.writer);
        state_put_invitation(&list.writer, invitation);
        json_member_str_or_null(&list.writer, "email",
                                invitation->email.len > 0 ? invitation->email : (struct str){NULL, 0});
        json_write_object_end(&list.writer);
    }
    id_page_send(&list);
}

void
invitation_shape_withdraw(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    (void)call_ask(call, sizeof(struct str));
    call->engine.command.kind = COMMAND_WITHDRAW_INVITATION;
    call->engine.command.withdraw_invitation.invitation = call->ids[0];
}

/* The caller's role where they are invited to decides; to who could not have invited there, it is not there. One that
 * was withdrawn may have been so by this very request, sent again: then the engine knows. */
void
invitation_load_withdraw(struct call *call, struct reader *reader)
{
    struct invitation invitation;
    struct str *email = call->asked;
    if (!people_check_path(call) ||
        !call_check(call, reader, store_load_invitation(&reader->store, call->ids[0], &reader->scratch, &invitation)))
        return;
    *email = arena_copy_str(call->arena, invitation.email);
    if (people_take_role(call, invitation.held.property) < ROLE_MANAGER)
        reply_refuse(call, OUTCOME_NOT_FOUND);
    else if (call_require_match(call, invitation.version))
        call_submit(call);
}

void
invitation_render_withdrawn(struct call *call, const struct engine_result *result)
{
    const struct str *email = call->asked;
    const struct store_event *event = people_find_event(result, "invitation.withdrawn");
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_str(&text, "email", *email);
    people_reply_end(&text, event);
    reply_text(call, &text, call->dry_run ? 0 : people_version(event->body));
}

void
invitation_shape_accept(struct call *call, struct shape *query, struct shape *body)
{
    struct user_change *change = call_ask(call, sizeof(*change));
    struct accept_invitation *accept = &call->engine.command.accept_invitation;
    if (call->dry_run) /* it would tell, and leave no trace of it, whether an address has an account */
        shape_refuse(shape_field(query, "dry_run", SHAPE_OPTIONAL), "An invitation is accepted, not tried.");
    call->engine.command.kind = COMMAND_ACCEPT_INVITATION;
    (void)people_shape_secret(shape_field(body, "secret", SHAPE_REQUIRED), SECRET_INVITATION, &accept->invitation,
                              accept->hash);
    (void)people_shape_email(call, shape_field(body, "email", SHAPE_OPTIONAL), &accept->email);
    (void)shape_str(shape_field(body, "name", SHAPE_REQUIRED), 1, PART_NAME_MAX, &accept->name);
    (void)people_shape_password(shape_field(body, "password", SHAPE_REQUIRED), &change->password);
}

/* An invitation or a reset acts for itself: nobody else is known yet. */
static void
act_as(struct call *call, enum id_kind kind, struct id id)
{
    char *text = arena_alloc(call->arena, ID_TEXT_SIZE);
    if (text == NULL)
        return;
    id_format(kind, 0, id, text);
    call->actor = str_of(text, ID_TEXT_LEN);
    call->role = ROLE_NONE;
}

/* Nothing is hashed for a link that is no good. */
void
invitation_load_accept(struct call *call, struct reader *reader)
{
    struct user_change *change = call->asked;
    struct accept_invitation *accept = &call->engine.command.accept_invitation;
    struct invitation invitation;
    enum db_status status = store_load_invitation(&reader->store, accept->invitation, &reader->scratch, &invitation);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    if (status == DB_NO_ROW || !secret_hash_equal(invitation.hash, accept->hash) ||
        !invitation_is_open(&invitation, call_now_ms(call))) {
        reply_refuse_detail(call, OUTCOME_NOT_FOUND, gone);
        return;
    }
    change->shown.name = accept->name;
    change->shown.email = invitation.is_setup ? accept->email : arena_copy_str(call->arena, invitation.email);
    act_as(call, ID_INVITATION, invitation.id);
    people_hash_and_submit(call, change->password, &accept->password);
}

void
invitation_render_accepted(struct call *call, const struct engine_result *result)
{
    user_render_created(call, result);
}

/* -- password resets -- */

void
reset_shape_for_user(struct call *call, struct shape *query, struct shape *body)
{
    struct secret_made *made = call_ask(call, sizeof(*made));
    struct request_reset *request = &call->engine.command.request_reset;
    (void)query;
    (void)body;
    secret_make(SECRET_RESET, call->api->settings.random, call_now_ms(call), made);
    call->engine.command.kind = COMMAND_REQUEST_RESET;
    request->id = made->id;
    memcpy(request->hash, made->hash, SECRET_HASH_BYTES);
    request->user = call->ids[0];
}

void
reset_render_for_user(struct call *call, const struct engine_result *result)
{
    reply_link(call, people_find_event(result, "password_reset.requested"), (struct str){NULL, 0}, call->asked,
               "/password-reset");
}

struct asked_reset {
    struct str email; /* first: session_take_login() counts by it */
    struct secret_made made;
};

void
reset_shape_request(struct call *call, struct shape *query, struct shape *body)
{
    struct asked_reset *asked = call_ask(call, sizeof(*asked));
    (void)query;
    (void)people_shape_email(call, shape_field(body, "email", SHAPE_REQUIRED), &asked->email);
    secret_make(SECRET_RESET, call->api->settings.random, call_now_ms(call), &asked->made);
}

/* A link that someone wishes for, on its way after they were answered. */
struct wish {
    struct engine_request engine;
    struct api_mail *mail;
    struct secret_made made;
    size_t email_len;
    char email[UTF8_SEQUENCE_MAX * PART_EMAIL_MAX];
};

static void
on_wish_done(struct engine_request *engine)
{
    struct wish *wish = engine->user;
    if (engine->result.refusal.outcome == OUTCOME_OK && engine->result.event_count > 0)
        wish->mail->send_link(wish->mail, API_LINK_RESET, str_of(wish->email, wish->email_len),
                              str_of(wish->made.text, SECRET_LEN));
    engine_request_done(engine);
    free(wish);
}

static void
make_wish(struct call *call, const struct asked_reset *asked)
{
    struct wish *wish = call->dry_run ? NULL : calloc(1, sizeof(*wish));
    if (wish == NULL)
        return; /* the answer is the same; whoever gets no mail asks again */
    wish->mail = call->api->settings.mail;
    wish->made = asked->made;
    wish->email_len = asked->email.len;
    memcpy(wish->email, asked->email.ptr, asked->email.len);
    struct request_reset *request = &wish->engine.command.request_reset;
    wish->engine.command.kind = COMMAND_REQUEST_RESET;
    wish->engine.command.actor.name = STR("anonymous");
    request->id = wish->made.id;
    memcpy(request->hash, wish->made.hash, SECRET_HASH_BYTES);
    request->email = str_of(wish->email, wish->email_len);
    wish->engine.done = on_wish_done;
    wish->engine.user = wish;
    if (engine_submit(call->api->settings.engine, &wish->engine))
        return;
    engine_request_done(&wish->engine);
    free(wish);
}

/* Answered before anything is looked at, so that neither words nor time tell who has an account. */
void
reset_load_request(struct call *call, struct reader *reader)
{
    (void)reader;
    if (call->api->settings.mail != NULL)
        make_wish(call, call->asked);
    reply_send(call, &(struct reply){.status = 202, .body = STR("{}")});
}

void
reset_shape_complete(struct call *call, struct shape *query, struct shape *body)
{
    struct user_change *change = call_ask(call, sizeof(*change));
    struct complete_reset *complete = &call->engine.command.complete_reset;
    (void)query;
    call->engine.command.kind = COMMAND_COMPLETE_RESET;
    (void)people_shape_secret(shape_field(body, "secret", SHAPE_REQUIRED), SECRET_RESET, &complete->reset,
                              complete->hash);
    (void)people_shape_password(shape_field(body, "password", SHAPE_REQUIRED), &change->password);
}

void
reset_load_complete(struct call *call, struct reader *reader)
{
    const struct user_change *change = call->asked;
    struct complete_reset *complete = &call->engine.command.complete_reset;
    struct password_reset reset;
    enum db_status status = store_load_reset(&reader->store, complete->reset, &reset);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    if (status == DB_NO_ROW || !secret_hash_equal(reset.hash, complete->hash) ||
        !password_reset_is_open(&reset, call_now_ms(call))) {
        reply_refuse_detail(call, OUTCOME_NOT_FOUND, gone);
        return;
    }
    act_as(call, ID_PASSWORD_RESET, reset.id);
    people_hash_and_submit(call, change->password, &complete->password);
}

/* Nothing about the user: whoever has the link has that alone. */
void
reset_render_completed(struct call *call, const struct engine_result *result)
{
    struct text text;
    const struct store_event *event = people_find_event(result, "password.changed");
    text_init(&text, call->arena, 64);
    text_put(&text, STR("{\"seq\":"));
    if (event->seq > 0)
        text_put_i64(&text, event->seq);
    else
        text_put(&text, STR("null"));
    text_put_char(&text, '}');
    reply_text(call, &text, 0);
}
