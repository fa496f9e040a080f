/* Users come to be, change, and get roles.
 *
 * Only owners make owners, and the last of them who can sign in stays one: without an owner nobody could let anyone in
 * again. Whoever manages a property gives roles in that property alone, up to their own. A change of password and a
 * ban end every session begun before. */
#include "core/decide_people.h"

#include <assert.h>

void *
people_copy(struct deciding *d, const void *value, size_t size)
{
    void *copy = arena_alloc(d->arena, size);
    if (copy == NULL)
        d->decision->out_of_memory = true;
    else
        memcpy(copy, value, size);
    return copy;
}

enum role
people_role_held(const struct user *user, uint32_t property)
{
    for (size_t i = 0; i < user->role_count; i++)
        if (user->roles[i].property == property)
            return user->roles[i].role;
    return ROLE_NONE;
}

void
people_user_event(struct deciding *d, const struct user *user, struct str event_kind)
{
    deciding_event(
        d, (struct event){
               .kind = event_kind, .subject_kind = ID_USER, .subject = user->id, .state = EVENT_OF_USER, .user = user});
}

void
people_put_user(struct deciding *d, const struct user *user, struct str event_kind)
{
    const struct user *row = people_copy(d, user, sizeof(*user));
    if (row == NULL)
        return;
    deciding_change(d, (struct change){.kind = CHANGE_USER, .user = row});
    people_user_event(d, row, event_kind);
}

bool
people_refuse_role(struct deciding *d, const struct held_role *held, enum role least)
{
    enum role own = d->command->actor.role;
    assert((held->role == ROLE_OWNER) == (held->property == 0));
    if (d->facts->people.property_missing)
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/property_id", "There is no such property.");
    else if (held->role == ROLE_GUEST)
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/role", "Links give this role, and nobody holds it.");
    else if (own < least || held->role > own)
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/role", "Nobody gives a role above their own.");
    return deciding_refused(d);
}

bool
people_refuse_email(struct deciding *d, struct id except)
{
    const struct user *holder = d->facts->people.email_holder;
    if (holder == NULL || id_equal(holder->id, except))
        return false;
    deciding_refuse_field(d, OUTCOME_ALREADY_EXISTS, "/email", "There is a user with this e-mail address already.");
    return true;
}

void
decide_create_user(struct deciding *d)
{
    const struct create_user *asked = &d->command->create_user;
    if (d->command->actor.role != ROLE_OWNER) {
        deciding_refuse(d, OUTCOME_FORBIDDEN);
        return;
    }
    if (d->facts->people.property_missing) {
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/roles", "There is no such property.");
        return;
    }
    if (people_refuse_email(d, ID_NONE))
        return;
    people_put_user(d,
                    &(struct user){.id = deciding_fresh_id(d),
                                   .email = asked->email,
                                   .name = asked->name,
                                   .locale = asked->locale,
                                   .password = asked->password,
                                   .owner = asked->owner,
                                   .roles = asked->roles,
                                   .role_count = asked->role_count,
                                   .sessions_from = d->facts->now_ms,
                                   .created_at = d->facts->now_ms,
                                   .version = 1},
                    STR("user.created"));
}

/* Counted among facts->people.owner_count. */
static bool
is_live_owner(const struct user *user)
{
    return user->owner && user->disabled_at == 0 && user->password.len > 0;
}

/* The user as asked for; what is over for their sessions is told apart by the caller. */
static struct user
amended(const struct deciding *d, const struct user *present)
{
    const struct amend_user *asked = &d->command->amend_user;
    struct user user = *present;
    if (asked->changes_email)
        user.email = asked->email;
    if (asked->changes_name)
        user.name = asked->name;
    if (asked->changes_locale)
        user.locale = asked->locale;
    if (asked->changes_owner)
        user.owner = asked->owner;
    if (asked->changes_disabled && asked->disabled != (present->disabled_at > 0))
        user.disabled_at = asked->disabled ? d->facts->now_ms : 0;
    if (asked->password.len > 0)
        user.password = asked->password;
    if (asked->password.len > 0 || user.disabled_at > present->disabled_at)
        user.sessions_from = d->facts->now_ms + 1;
    user.version++;
    return user;
}

/* Name, locale and password are the user's own to change; the rest is an owner's. */
static bool
refuse_amend(struct deciding *d, const struct user *present)
{
    const struct amend_user *asked = &d->command->amend_user;
    bool own = !asked->changes_email && !asked->changes_owner && !asked->changes_disabled;
    if (present == NULL)
        deciding_refuse(d, OUTCOME_NOT_FOUND);
    else if (d->command->actor.role != ROLE_OWNER && !own)
        deciding_refuse(d, OUTCOME_FORBIDDEN);
    else if (!deciding_refuse_stale(d, present->version) && asked->changes_email)
        (void)people_refuse_email(d, present->id);
    return deciding_refused(d);
}

/* Is what can be asked for the same in both? A new password is never the same: it is hashed with salt of its own. */
static bool
is_same(const struct user *a, const struct user *b)
{
    return str_equal(a->email, b->email) && str_equal(a->name, b->name) && str_equal(a->locale, b->locale) &&
           a->owner == b->owner && a->disabled_at == b->disabled_at && str_equal(a->password, b->password);
}

void
decide_amend_user(struct deciding *d)
{
    const struct amend_user *asked = &d->command->amend_user;
    const struct user *present = d->facts->people.user;
    if (refuse_amend(d, present))
        return;
    struct user user = amended(d, present);
    if (is_same(&user, present)) {
        d->decision->unchanged = present->id;
        return;
    }
    if (is_live_owner(present) && !is_live_owner(&user) && d->facts->people.owner_count <= 1) {
        (void)deciding_refuse_rule(d, STR("last_owner"),
                                   "The last owner can be neither disabled nor demoted: make another one first.");
        return;
    }
    bool disables = user.disabled_at > 0 && present->disabled_at == 0;
    bool enables = user.disabled_at == 0 && present->disabled_at > 0;
    struct str kind = disables                  ? STR("user.disabled")
                      : enables                 ? STR("user.enabled")
                      : asked->password.len > 0 ? STR("password.changed")
                                                : STR("user.amended");
    people_put_user(d, &user, kind);
}

/* The roles with this one put in its place, replaced or taken out. */
static bool
replace_role(struct deciding *d, const struct user *present, const struct held_role *held, struct user *user)
{
    struct held_role *roles = ARENA_ARRAY(d->arena, present->role_count + 1, struct held_role);
    if (roles == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    size_t count = 0, i = 0;
    while (i < present->role_count && present->roles[i].property < held->property)
        roles[count++] = present->roles[i++];
    if (held->role != ROLE_NONE)
        roles[count++] = *held;
    for (; i < present->role_count; i++)
        if (present->roles[i].property != held->property)
            roles[count++] = present->roles[i];
    user->roles = roles;
    user->role_count = count;
    return true;
}

void
decide_set_role(struct deciding *d)
{
    const struct held_role *held = &d->command->set_role.held;
    const struct user *present = d->facts->people.user;
    assert(held->property > 0 && held->role != ROLE_OWNER);
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (people_refuse_role(d, held, ROLE_MANAGER))
        return;
    if (people_role_held(present, held->property) > d->command->actor.role) {
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/role", "Nobody changes a role above their own.");
        return;
    }
    if (deciding_refuse_stale(d, present->version))
        return;
    if (people_role_held(present, held->property) == held->role) {
        d->decision->unchanged = present->id;
        return;
    }
    struct user user = *present;
    if (!replace_role(d, present, held, &user))
        return;
    if (user.role_count > USER_ROLES_MAX) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/property_id", "The user has too many roles already.");
        return;
    }
    user.version++;
    people_put_user(d, &user, STR("user.amended"));
}
