/* Members in the order of the interface. */
#include "engine/state_people.h"

enum { INSTALLATION = 0 };

static void
put_held(struct json_writer *writer, const struct held_role *held)
{
    if (held->property == 0)
        json_member_null(writer, "property_id");
    else
        json_member_id(writer, "property_id", ID_PROPERTY, held->property, held->property_id);
    json_member_str(writer, "role", role_name(held->role));
}

static void
put_made(struct json_writer *writer, int64_t created_at, int64_t version)
{
    json_member_instant(writer, "created_at", created_at);
    json_member_i64(writer, "version", version);
}

void
state_put_user(struct json_writer *writer, const struct user *user)
{
    json_member_id(writer, "id", ID_USER, INSTALLATION, user->id);
    json_member_bool(writer, "owner", user->owner);
    json_member_array_begin(writer, "roles");
    for (size_t i = 0; i < user->role_count; i++) {
        json_write_object_begin(writer);
        put_held(writer, &user->roles[i]);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_member_bool(writer, "has_password", user->password.len > 0);
    json_member_instant_if(writer, "disabled_at", user->disabled_at != 0, user->disabled_at);
    put_made(writer, user->created_at, user->version);
}

void
state_put_token(struct json_writer *writer, const struct token *token)
{
    json_member_id(writer, "id", ID_TOKEN, INSTALLATION, token->id);
    json_member_str(writer, "name", token->name);
    json_member_id_or_null(writer, "user_id", ID_USER, INSTALLATION, token->user);
    put_held(writer, &token->held);
    json_member_bool(writer, "trusted", token->trusted);
    json_member_instant_if(writer, "expires_at", token->expires_at != 0, token->expires_at);
    json_member_instant_if(writer, "revoked_at", token->revoked_at != 0, token->revoked_at);
    put_made(writer, token->created_at, token->version);
}

void
state_put_invitation(struct json_writer *writer, const struct invitation *invitation)
{
    json_member_id(writer, "id", ID_INVITATION, INSTALLATION, invitation->id);
    put_held(writer, &invitation->held);
    json_member_bool(writer, "first_owner", invitation->is_setup);
    json_member_instant(writer, "expires_at", invitation->expires_at);
    json_member_instant_if(writer, "used_at", invitation->used_at != 0, invitation->used_at);
    json_member_instant_if(writer, "void_at", invitation->void_at != 0, invitation->void_at);
    put_made(writer, invitation->created_at, invitation->version);
}

void
state_put_reset(struct json_writer *writer, const struct password_reset *reset)
{
    json_member_id(writer, "id", ID_PASSWORD_RESET, INSTALLATION, reset->id);
    json_member_id(writer, "user_id", ID_USER, INSTALLATION, reset->user);
    json_member_instant(writer, "expires_at", reset->expires_at);
    json_member_instant_if(writer, "used_at", reset->used_at != 0, reset->used_at);
    json_member_instant(writer, "created_at", reset->created_at);
}

void
state_put_session(struct json_writer *writer, const struct session *session)
{
    json_member_id(writer, "id", ID_SESSION, INSTALLATION, session->id);
    json_member_id(writer, "user_id", ID_USER, INSTALLATION, session->user);
    json_member_instant(writer, "created_at", session->created_at);
    json_member_instant(writer, "expires_at", session->expires_at);
}
