/* A few rows per command, each by its key; what is not there stays NULL, and the decision says what that means. */
#include "engine/facts_people.h"

#include "store/store_people.h"

struct loader {
    struct store *store;
    struct arena *arena;
    struct people *people;
};

static enum db_status
out_of_memory(struct loader *l)
{
    err_set(&l->store->err, ERR_MEMORY, "the facts of a command do not fit its memory");
    return DB_FAILED;
}

/* Puts the object at *place when it is there. */
#define SET_IF_FOUND(status, place, object)                                                                            \
    do {                                                                                                               \
        if ((status) == DB_OK)                                                                                         \
            *(place) = (object);                                                                                       \
        return (status) == DB_NO_ROW ? DB_OK : (status);                                                               \
    } while (0)

static enum db_status
load_user(struct loader *l, struct id id, const struct user **ret_user)
{
    if (id_is_none(id))
        return DB_OK;
    struct user *user = ARENA_NEW(l->arena, struct user);
    if (user == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_user(l->store, id, l->arena, user);
    SET_IF_FOUND(status, ret_user, user);
}

static enum db_status
load_user_by_email(struct loader *l, struct str email, const struct user **ret_user)
{
    if (email.len == 0)
        return DB_OK;
    struct user *user = ARENA_NEW(l->arena, struct user);
    if (user == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_user_by_email(l->store, email, l->arena, user);
    SET_IF_FOUND(status, ret_user, user);
}

static enum db_status
load_token(struct loader *l, struct id id)
{
    struct token *token = ARENA_NEW(l->arena, struct token);
    if (token == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_token(l->store, id, l->arena, token);
    SET_IF_FOUND(status, &l->people->token, token);
}

static enum db_status
load_session(struct loader *l, struct id id)
{
    struct session *session = ARENA_NEW(l->arena, struct session);
    if (session == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_session(l->store, id, session);
    SET_IF_FOUND(status, &l->people->session, session);
}

static enum db_status
load_invitation(struct loader *l, struct id id)
{
    struct invitation *invitation = ARENA_NEW(l->arena, struct invitation);
    if (invitation == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_invitation(l->store, id, l->arena, invitation);
    SET_IF_FOUND(status, &l->people->invitation, invitation);
}

static enum db_status
load_reset(struct loader *l, struct id id)
{
    struct password_reset *reset = ARENA_NEW(l->arena, struct password_reset);
    if (reset == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_reset(l->store, id, reset);
    SET_IF_FOUND(status, &l->people->reset, reset);
}

static enum db_status
look_for_property(struct loader *l, const struct held_role *held)
{
    bool has = true;
    enum db_status status =
        held->property == 0 ? DB_OK : store_has_property(l->store, held->property, held->property_id, &has);
    l->people->property_missing |= !has;
    return status;
}

static enum db_status
load_create_user(struct loader *l, const struct create_user *asked)
{
    enum db_status status = load_user_by_email(l, asked->email, &l->people->email_holder);
    for (size_t i = 0; status == DB_OK && i < asked->role_count; i++)
        status = look_for_property(l, &asked->roles[i]);
    return status;
}

static enum db_status
load_amend_user(struct loader *l, const struct amend_user *asked)
{
    enum db_status status = load_user(l, asked->user, &l->people->user);
    if (status == DB_OK && asked->changes_email)
        status = load_user_by_email(l, asked->email, &l->people->email_holder);
    return status == DB_OK ? store_count_owners(l->store, &l->people->owner_count) : status;
}

static enum db_status
load_set_role(struct loader *l, const struct set_role *asked)
{
    enum db_status status = load_user(l, asked->user, &l->people->user);
    return status == DB_OK ? look_for_property(l, &asked->held) : status;
}

static enum db_status
load_create_invitation(struct loader *l, const struct create_invitation *asked)
{
    enum db_status status = load_user_by_email(l, asked->email, &l->people->email_holder);
    return status == DB_OK ? look_for_property(l, &asked->held) : status;
}

static enum db_status
load_create_setup(struct loader *l)
{
    struct invitation *setups = NULL;
    enum db_status status = store_list_setups(l->store, l->arena, &setups, &l->people->setup_count);
    l->people->setups = setups;
    return status == DB_OK ? store_count_owners(l->store, &l->people->owner_count) : status;
}

static enum db_status
load_accept(struct loader *l, const struct accept_invitation *asked)
{
    enum db_status status = load_invitation(l, asked->invitation);
    const struct invitation *invitation = l->people->invitation;
    struct str email = invitation != NULL && !invitation->is_setup ? invitation->email : asked->email;
    if (status == DB_OK)
        status = load_user_by_email(l, email, &l->people->email_holder);
    return status == DB_OK ? store_count_owners(l->store, &l->people->owner_count) : status;
}

static enum db_status
load_complete_reset(struct loader *l, const struct complete_reset *asked)
{
    enum db_status status = load_reset(l, asked->reset);
    if (status == DB_OK && l->people->reset != NULL)
        status = load_user(l, l->people->reset->user, &l->people->user);
    return status;
}

static enum db_status
load_create_token(struct loader *l, const struct create_token *asked)
{
    enum db_status status = load_user(l, asked->user, &l->people->user);
    return status == DB_OK ? look_for_property(l, &asked->held) : status;
}

enum db_status
facts_load_people(const struct facts_load *load, struct people *ret_people)
{
    const struct command *command = load->command;
    struct loader l = {load->store, load->arena, ret_people};
    switch (command->kind) {
    case COMMAND_CREATE_USER: return load_create_user(&l, &command->create_user);
    case COMMAND_AMEND_USER: return load_amend_user(&l, &command->amend_user);
    case COMMAND_SET_ROLE: return load_set_role(&l, &command->set_role);
    case COMMAND_CREATE_INVITATION: return load_create_invitation(&l, &command->create_invitation);
    case COMMAND_CREATE_SETUP: return load_create_setup(&l);
    case COMMAND_WITHDRAW_INVITATION: return load_invitation(&l, command->withdraw_invitation.invitation);
    case COMMAND_ACCEPT_INVITATION: return load_accept(&l, &command->accept_invitation);
    case COMMAND_REQUEST_RESET: {
        const struct request_reset *asked = &command->request_reset;
        return id_is_none(asked->user) ? load_user_by_email(&l, asked->email, &ret_people->user)
                                       : load_user(&l, asked->user, &ret_people->user);
    }
    case COMMAND_COMPLETE_RESET: return load_complete_reset(&l, &command->complete_reset);
    case COMMAND_START_SESSION: return load_user(&l, command->start_session.user, &ret_people->user);
    case COMMAND_END_SESSION: return load_session(&l, command->end_session.session);
    case COMMAND_CREATE_TOKEN: return load_create_token(&l, &command->create_token);
    case COMMAND_REVOKE_TOKEN: return load_token(&l, command->revoke_token.token);
    default: return DB_OK;
    }
}
