/* Links that let someone in once: invitations, the link for the first owner, password resets.
 *
 * A link that was used, was replaced or is too old looks like one that never was, but for the sentence; so does one
 * with a wrong secret, which must not tell which of its two halves is wrong. */
#include "core/decide_people.h"

#include <assert.h>

static const char gone[] =
    "There is no such link, or it was used, was withdrawn or replaced, or is too old; ask for a new one.";

static const struct invitation *
put_invitation(struct deciding *d, const struct invitation *invitation, struct str event_kind)
{
    const struct invitation *row = people_copy(d, invitation, sizeof(*invitation));
    if (row == NULL)
        return invitation;
    deciding_change(d, (struct change){.kind = CHANGE_INVITATION, .invitation = row});
    deciding_event(d, (struct event){.kind = event_kind,
                                     .subject_kind = ID_INVITATION,
                                     .subject = row->id,
                                     .state = EVENT_OF_INVITATION,
                                     .invitation = row});
    return row;
}

static struct invitation
asked_invitation(const struct deciding *d, int64_t ttl_ms)
{
    const struct create_invitation *asked = &d->command->create_invitation;
    struct invitation invitation = {.id = asked->id,
                                    .email = asked->email,
                                    .held = asked->held,
                                    .is_setup = asked->email.len == 0,
                                    .expires_at = d->facts->now_ms + ttl_ms,
                                    .created_at = d->facts->now_ms,
                                    .version = 1};
    memcpy(invitation.hash, asked->hash, SECRET_HASH_BYTES);
    return invitation;
}

/* An owner sees every user, a manager those of the property. To whom the user is not visible, the address is one like
 * any other; its bearer is told when the link is used. */
static bool
refuse_seen_address(struct deciding *d, const struct held_role *held)
{
    const struct user *holder = d->facts->people.email_holder;
    if (holder == NULL ||
        (d->command->actor.role != ROLE_OWNER && people_role_held(holder, held->property) == ROLE_NONE))
        return false;
    return people_refuse_email(d, ID_NONE);
}

void
decide_create_invitation(struct deciding *d)
{
    const struct create_invitation *asked = &d->command->create_invitation;
    assert(asked->email.len > 0);
    if (people_refuse_role(d, &asked->held, ROLE_MANAGER) || refuse_seen_address(d, &asked->held))
        return;
    struct invitation invitation = asked_invitation(d, INVITATION_TTL_MS);
    (void)put_invitation(d, &invitation, STR("invitation.created"));
}

/* A new link for the first owner makes the earlier ones void: they may lie in a terminal's history. */
void
decide_create_setup(struct deciding *d)
{
    const struct people *people = &d->facts->people;
    assert(d->command->create_invitation.email.len == 0 && d->command->create_invitation.held.role == ROLE_OWNER);
    if (people->owner_count > 0) {
        (void)deciding_refuse_rule(d, STR("has_owner"), "The installation has an owner, who can invite others.");
        return;
    }
    for (size_t i = 0; i < people->setup_count; i++) {
        struct invitation old = people->setups[i];
        old.void_at = d->facts->now_ms;
        old.version++;
        (void)put_invitation(d, &old, STR("invitation.voided"));
    }
    struct invitation invitation = asked_invitation(d, SETUP_TTL_MS);
    (void)put_invitation(d, &invitation, STR("invitation.created"));
}

/* What an invitation that is not open any more has come to; 0 characters for one that is open. */
static struct str
end_of(const struct invitation *invitation, int64_t now_ms)
{
    if (invitation_is_open(invitation, now_ms))
        return STR("");
    return invitation->used_at != 0 ? STR("accepted") : invitation->void_at != 0 ? STR("void") : STR("expired");
}

/* Whoever could invite to this role could have made it, and may take it back. */
void
decide_withdraw_invitation(struct deciding *d)
{
    const struct invitation *present = d->facts->people.invitation;
    enum role own = d->command->actor.role;
    if (present == NULL || own < ROLE_MANAGER) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (present->held.role > own) {
        deciding_refuse(d, OUTCOME_FORBIDDEN)->detail = "Nobody withdraws an invitation to a role above their own.";
        return;
    }
    if (deciding_refuse_stale(d, present->version))
        return;
    struct str end = end_of(present, d->facts->now_ms);
    if (end.len > 0) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_INVALID_TRANSITION);
        refusal->status = end;
        refusal->detail = "Only an invitation that is open can be withdrawn.";
        return;
    }
    struct invitation withdrawn = *present;
    withdrawn.void_at = d->facts->now_ms;
    withdrawn.version++;
    (void)put_invitation(d, &withdrawn, STR("invitation.withdrawn"));
}

static bool
refuse_accept(struct deciding *d)
{
    const struct accept_invitation *asked = &d->command->accept_invitation;
    const struct people *people = &d->facts->people;
    const struct invitation *invitation = people->invitation;
    bool open = invitation != NULL && secret_hash_equal(invitation->hash, asked->hash) &&
                invitation_is_open(invitation, d->facts->now_ms);
    if (!open || (invitation->is_setup && people->owner_count > 0)) {
        deciding_refuse(d, OUTCOME_NOT_FOUND)->detail = gone;
        return true;
    }
    if (invitation->is_setup && asked->email.len == 0)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/email", "is required for the first owner");
    else if (!invitation->is_setup && asked->email.len > 0 && !str_equal(asked->email, invitation->email))
        deciding_refuse_field(d, OUTCOME_READ_ONLY_FIELD, "/email", "The invitation is for another address.");
    else
        (void)people_refuse_email(d, ID_NONE);
    return deciding_refused(d);
}

void
decide_accept_invitation(struct deciding *d)
{
    const struct accept_invitation *asked = &d->command->accept_invitation;
    if (refuse_accept(d))
        return;
    assert(asked->password.len > 0);
    struct invitation used = *d->facts->people.invitation;
    used.used_at = d->facts->now_ms;
    used.version++;
    const struct invitation *invitation = put_invitation(d, &used, STR("invitation.accepted"));
    bool owner = invitation->held.role == ROLE_OWNER;
    people_put_user(d,
                    &(struct user){.id = deciding_fresh_id(d),
                                   .email = invitation->is_setup ? asked->email : invitation->email,
                                   .name = asked->name,
                                   .password = asked->password,
                                   .owner = owner,
                                   .roles = owner ? NULL : &invitation->held,
                                   .role_count = owner ? 0 : 1,
                                   .sessions_from = d->facts->now_ms,
                                   .created_at = d->facts->now_ms,
                                   .version = 1},
                    STR("user.created"));
}

/* -- password resets -- */

static const struct password_reset *
put_reset(struct deciding *d, const struct password_reset *reset)
{
    const struct password_reset *row = people_copy(d, reset, sizeof(*reset));
    if (row == NULL)
        return reset;
    deciding_change(d, (struct change){.kind = CHANGE_RESET, .reset = row});
    return row;
}

/* Asked for by address, someone who is not there is no refusal: nobody learns who has an account. */
void
decide_request_reset(struct deciding *d)
{
    const struct request_reset *asked = &d->command->request_reset;
    const struct user *user = d->facts->people.user;
    if (user == NULL || user->disabled_at > 0) {
        if (!id_is_none(asked->user))
            deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    int64_t now = d->facts->now_ms;
    struct password_reset reset = {.id = asked->id,
                                   .user = user->id,
                                   .expires_at = now + PASSWORD_RESET_TTL_MS,
                                   .created_at = now > user->sessions_from ? now : user->sessions_from};
    memcpy(reset.hash, asked->hash, SECRET_HASH_BYTES);
    deciding_event(d, (struct event){.kind = STR("password_reset.requested"),
                                     .subject_kind = ID_PASSWORD_RESET,
                                     .subject = reset.id,
                                     .state = EVENT_OF_RESET,
                                     .reset = put_reset(d, &reset)});
}

/* A link from before the last change of the password is as dead as the sessions from before it. */
void
decide_complete_reset(struct deciding *d)
{
    const struct complete_reset *asked = &d->command->complete_reset;
    const struct password_reset *reset = d->facts->people.reset;
    const struct user *user = d->facts->people.user;
    bool open = reset != NULL && secret_hash_equal(reset->hash, asked->hash) &&
                password_reset_is_open(reset, d->facts->now_ms) && user != NULL && user->disabled_at == 0 &&
                reset->created_at >= user->sessions_from;
    if (!open) {
        deciding_refuse(d, OUTCOME_NOT_FOUND)->detail = gone;
        return;
    }
    assert(asked->password.len > 0);
    struct password_reset used = *reset;
    used.used_at = d->facts->now_ms;
    (void)put_reset(d, &used);
    struct user changed = *user;
    changed.password = asked->password;
    changed.sessions_from = d->facts->now_ms + 1;
    changed.version++;
    people_put_user(d, &changed, STR("password.changed"));
}
