/* Keys that are shown again and again: sessions and tokens.
 *
 * A token is never worth more than whoever made it, nor for longer, and what it is worth sinks with its user. */
#include "core/decide_people.h"

#include <assert.h>

/* -- sessions -- */

static void
record_session(struct deciding *d, const struct session *session, struct str event_kind)
{
    deciding_event(d, (struct event){.kind = event_kind,
                                     .subject_kind = ID_SESSION,
                                     .subject = session->id,
                                     .state = EVENT_OF_SESSION,
                                     .session = session});
}

/* The password was looked at before, outside; here it must still be the user's. */
void
decide_start_session(struct deciding *d)
{
    const struct start_session *asked = &d->command->start_session;
    const struct user *user = d->facts->people.user;
    if (user == NULL || user->disabled_at > 0 || user->password.len == 0 ||
        !str_equal(user->password, asked->verified)) {
        deciding_refuse(d, OUTCOME_UNAUTHENTICATED);
        return;
    }
    int64_t now = d->facts->now_ms;
    struct session session = {.id = asked->id,
                              .user = user->id,
                              .created_at = now > user->sessions_from ? now : user->sessions_from,
                              .expires_at = now + SESSION_TTL_MS};
    memcpy(session.hash, asked->hash, SECRET_HASH_BYTES);
    const struct session *row = people_copy(d, &session, sizeof(session));
    if (row == NULL)
        return;
    deciding_change(d, (struct change){.kind = CHANGE_SESSION, .session = row});
    record_session(d, row, STR("session.started"));
}

void
decide_end_session(struct deciding *d)
{
    const struct session *session = d->facts->people.session;
    if (session == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    deciding_change(d, (struct change){.kind = CHANGE_SESSION_END, .id = session->id});
    record_session(d, session, STR("session.ended"));
}

/* -- tokens -- */

static void
put_token(struct deciding *d, const struct token *token, struct str event_kind)
{
    const struct token *row = people_copy(d, token, sizeof(*token));
    if (row == NULL)
        return;
    deciding_change(d, (struct change){.kind = CHANGE_TOKEN, .token = row});
    deciding_event(
        d,
        (struct event){
            .kind = event_kind, .subject_kind = ID_TOKEN, .subject = row->id, .state = EVENT_OF_TOKEN, .token = row});
}

void
decide_create_token(struct deciding *d)
{
    const struct create_token *asked = &d->command->create_token;
    const struct user *user = d->facts->people.user;
    if (people_refuse_role(d, &asked->held, ROLE_ADMIN))
        return;
    if (asked->trusted && d->command->actor.role != ROLE_OWNER) {
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/trusted", "Only an owner makes tokens without limits.");
        return;
    }
    if (!id_is_none(asked->user) && (user == NULL || user->disabled_at > 0)) {
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/user_id", "There is no such user.");
        return;
    }
    if (asked->expires_at != 0 && asked->expires_at <= d->facts->now_ms) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/expires_at", "must be in the future");
        return;
    }
    if (asked->until_ms != 0 && (asked->expires_at == 0 || asked->expires_at > asked->until_ms)) {
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/expires_at", "No token makes one that outlives it.");
        return;
    }
    struct token token = {.id = asked->id,
                          .name = asked->name,
                          .user = asked->user,
                          .held = asked->held,
                          .trusted = asked->trusted,
                          .expires_at = asked->expires_at,
                          .created_at = d->facts->now_ms,
                          .version = 1};
    memcpy(token.hash, asked->hash, SECRET_HASH_BYTES);
    put_token(d, &token, STR("token.created"));
}

/* An admin where it is valid, and its own user; to everybody else it is not there. */
void
decide_revoke_token(struct deciding *d)
{
    const struct revoke_token *asked = &d->command->revoke_token;
    const struct token *present = d->facts->people.token;
    enum role own = d->command->actor.role;
    bool may = present != NULL && ((own >= ROLE_ADMIN && own >= present->held.role) ||
                                   (!id_is_none(asked->by) && id_equal(asked->by, present->user)));
    if (!may || present->revoked_at > 0) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (deciding_refuse_stale(d, present->version))
        return;
    struct token token = *present;
    token.revoked_at = d->facts->now_ms;
    token.version++;
    put_token(d, &token, STR("token.revoked"));
}
