/* Users, as their owners see and change them, and as the managers of a property see those with a role there. */
#include "api/user.h"

#include <assert.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state_people.h"
#include "store/store_people.h"

static const char *const read_only[] = {"id", "version", "seq", "created_at", "disabled_at", "has_password", NULL};

/* -- making -- */

/* One role in one property. */
static bool
shape_role(struct call *call, struct shape_field item, struct held_role *ret_held)
{
    struct shape shape;
    struct shape_word words[ROLE_OWNER];
    int role;
    size_t count = 0;
    if (shape_object(item, &shape) != SHAPE_SET)
        return false;
    for (int i = ROLE_LEAST_HELD; i < ROLE_OWNER; i++)
        words[count++] = (struct shape_word){role_name((enum role)i).ptr, i};
    bool good = shape_enum(shape_field(&shape, "role", SHAPE_REQUIRED), words, count, &role) == SHAPE_SET;
    good &= shape_id(shape_field(&shape, "property_id", SHAPE_REQUIRED), ID_PROPERTY, &ret_held->property,
                     &ret_held->property_id) == SHAPE_SET;
    if (good && ret_held->property == 0)
        (void)shape_refuse(item, "must name a property");
    if (good)
        ret_held->role = (enum role)role;
    (void)call;
    shape_finish(&shape);
    return good && ret_held->property > 0;
}

/* Puts a role into its place in order of property; false when the property is there already. */
static bool
insert_role(struct held_role *roles, size_t count, struct held_role role)
{
    size_t at = count;
    for (; at > 0 && roles[at - 1].property >= role.property; at--) {
        if (roles[at - 1].property == role.property)
            return false;
        roles[at] = roles[at - 1];
    }
    roles[at] = role;
    return true;
}

static void
shape_roles(struct call *call, struct shape *body, struct create_user *create)
{
    struct shape_list list;
    struct shape_field field = shape_field(body, "roles", SHAPE_OPTIONAL);
    if (shape_list(field, 0, USER_ROLES_MAX, &list) != SHAPE_SET)
        return;
    struct held_role *roles = ARENA_ARRAY(call->arena, list.count + 1, struct held_role);
    for (size_t i = 0; roles != NULL && i < list.count; i++) {
        struct held_role role = {.role = ROLE_NONE};
        if (!shape_role(call, shape_item(&list, i), &role))
            return;
        if (!insert_role(roles, i, role)) {
            (void)shape_refuse(field, "must not name a property twice");
            return;
        }
    }
    create->roles = roles;
    create->role_count = roles == NULL ? 0 : list.count;
}

void
user_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct user_change *change = call_ask(call, sizeof(*change));
    struct create_user *create = &call->engine.command.create_user;
    (void)query;
    call->engine.command.kind = COMMAND_CREATE_USER;
    (void)people_shape_email(call, shape_field(body, "email", SHAPE_REQUIRED), &create->email);
    (void)shape_str(shape_field(body, "name", SHAPE_REQUIRED), 1, PART_NAME_MAX, &create->name);
    (void)people_shape_locale(shape_field(body, "locale", SHAPE_NULLABLE), &create->locale);
    (void)people_shape_password(shape_field(body, "password", SHAPE_NULLABLE), &change->password);
    (void)shape_bool(shape_field(body, "owner", SHAPE_OPTIONAL), &create->owner);
    shape_roles(call, body, create);
    shape_read_only(body, read_only);
    change->shown = (struct user){.email = create->email, .name = create->name, .locale = create->locale};
}

void
user_load_create(struct call *call, struct reader *reader)
{
    const struct user_change *change = call->asked;
    (void)reader;
    if (change->password.len > 0)
        people_hash_and_submit(call, change->password, &call->engine.command.create_user.password);
    else
        call_submit(call);
}

static struct str
location_of(struct call *call, struct id id)
{
    struct text text;
    char id_text[ID_TEXT_SIZE];
    id_format(ID_USER, 0, id, id_text);
    text_init(&text, call->arena, 64);
    text_put(&text, STR("/v1/users/"));
    text_put(&text, str_from(id_text));
    return text_str(&text);
}

void
user_render_created(struct call *call, const struct engine_result *result)
{
    const struct user_change *change = call->asked;
    const struct store_event *event = people_find_event(result, "user.created");
    struct reply reply = {.status = 200};
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_details(&text, &change->shown);
    people_reply_end(&text, event);
    reply.body = text_str(&text);
    if (!call->dry_run) {
        reply.status = 201;
        reply.version = people_version(event->body);
        reply.location = location_of(call, event->subject);
    }
    reply_send(call, &reply);
}

/* -- seeing -- */

static void
write_user(struct json_writer *writer, const struct user *user)
{
    json_write_object_begin(writer);
    state_put_user(writer, user);
    json_member_str(writer, "email", user->email);
    json_member_str(writer, "name", user->name);
    json_member_str_or_null(writer, "locale", user->locale.len > 0 ? user->locale : (struct str){NULL, 0});
    json_write_object_end(writer);
}

void
user_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_OPTIONAL);
    call_shape_page(call, query, ID_BYTES, call_ask(call, sizeof(struct page)));
}

/* What a user may do elsewhere is not for the managers of one property. */
static void
leave_one_role(struct user *user, uint32_t property)
{
    for (size_t i = 0; i < user->role_count; i++) {
        if (user->roles[i].property != property)
            continue;
        user->roles = &user->roles[i];
        user->role_count = 1;
        return;
    }
}

void
user_load_list(struct call *call, struct reader *reader)
{
    const struct page *page = call->asked;
    struct user *users;
    size_t count;
    struct id_page list;
    if (!call_check(call, reader,
                    store_page_users(&reader->store, call->property, id_page_after(page), page->limit + 1,
                                     &reader->scratch, &users, &count)))
        return;
    id_page_begin(&list, call, page);
    for (size_t i = 0; i < count; i++) {
        if (!id_page_takes(&list, users[i].id))
            continue;
        if (!call->owner)
            leave_one_role(&users[i], call->property);
        write_user(&list.writer, &users[i]);
    }
    id_page_send(&list);
}

void
user_load_one(struct call *call, struct reader *reader)
{
    struct user user;
    struct text text;
    struct json_writer writer;
    if (!people_check_path(call) ||
        !call_check(call, reader, store_load_user(&reader->store, call->ids[0], &reader->scratch, &user)))
        return;
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    write_user(&writer, &user);
    reply_text(call, &text, user.version);
}

/* -- changing -- */

void
user_shape_details(struct call *call, struct shape *body)
{
    struct amend_user *amend = &call->engine.command.amend_user;
    enum shape_is locale = people_shape_locale(shape_field(body, "locale", SHAPE_NULLABLE), &amend->locale);
    amend->changes_name =
        shape_str(shape_field(body, "name", SHAPE_OPTIONAL), 1, PART_NAME_MAX, &amend->name) == SHAPE_SET;
    amend->changes_locale = locale == SHAPE_SET || locale == SHAPE_NULL;
    call->engine.command.kind = COMMAND_AMEND_USER;
}

void
user_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    struct amend_user *amend = &call->engine.command.amend_user;
    (void)query;
    (void)call_ask(call, sizeof(struct user_change));
    user_shape_details(call, body);
    amend->changes_email =
        people_shape_email(call, shape_field(body, "email", SHAPE_OPTIONAL), &amend->email) == SHAPE_SET;
    amend->changes_owner = shape_bool(shape_field(body, "owner", SHAPE_OPTIONAL), &amend->owner) == SHAPE_SET;
    amend->changes_disabled = shape_bool(shape_field(body, "disabled", SHAPE_OPTIONAL), &amend->disabled) == SHAPE_SET;
    shape_read_only(body, read_only);
}

static void
shape_disabled(struct call *call, bool disabled)
{
    (void)call_ask(call, sizeof(struct user_change));
    call->engine.command.kind = COMMAND_AMEND_USER;
    call->engine.command.amend_user.changes_disabled = true;
    call->engine.command.amend_user.disabled = disabled;
}

void
user_shape_disable(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    shape_disabled(call, true);
}

void
user_shape_enable(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    shape_disabled(call, false);
}

void
user_shape_password(struct call *call, struct shape *query, struct shape *body)
{
    struct user_change *change = call_ask(call, sizeof(*change));
    (void)query;
    call->engine.command.kind = COMMAND_AMEND_USER;
    (void)people_shape_password(shape_field(body, "password", SHAPE_REQUIRED), &change->password);
}

void
user_send_change(struct call *call, struct user_change *change, const struct user *present)
{
    struct amend_user *amend = &call->engine.command.amend_user;
    amend->user = present->id;
    people_keep_details(call, present, &change->shown);
    if (amend->changes_email)
        change->shown.email = amend->email;
    if (amend->changes_name)
        change->shown.name = amend->name;
    if (amend->changes_locale)
        change->shown.locale = amend->locale;
    if (change->password.len > 0)
        people_hash_and_submit(call, change->password, &amend->password);
    else
        call_submit(call);
}

void
user_load_amend(struct call *call, struct reader *reader)
{
    struct user user;
    if (!people_check_path(call) ||
        !call_check(call, reader, store_load_user(&reader->store, call->ids[0], &reader->scratch, &user)))
        return;
    if ((call->route->flags & ROUTE_MATCHES) == 0 || call_require_match(call, user.version))
        user_send_change(call, call->asked, &user);
}

void
user_render_changed(struct call *call, const struct engine_result *result)
{
    const struct user_change *change = call->asked;
    const struct store_event *event = &result->events[0];
    struct text text;
    assert(result->event_count > 0);
    people_reply_begin(call, &text, event->body);
    people_reply_details(&text, &change->shown);
    people_reply_end(&text, event);
    reply_text(call, &text, call->dry_run ? 0 : people_version(event->body));
}

/* -- roles -- */

void
user_shape_role(struct call *call, struct shape *query, struct shape *body)
{
    struct set_role *set = &call->engine.command.set_role;
    struct shape_word words[ROLE_OWNER];
    size_t count = 0;
    int role = ROLE_NONE;
    (void)query;
    for (int i = ROLE_LEAST_HELD; i < ROLE_OWNER; i++)
        words[count++] = (struct shape_word){role_name((enum role)i).ptr, i};
    call->engine.command.kind = COMMAND_SET_ROLE;
    call_shape_property(call, body, SHAPE_REQUIRED);
    (void)shape_enum(shape_field(body, "role", SHAPE_REQUIRED | SHAPE_NULLABLE), words, count, &role);
    set->user = call->ids[0];
    set->held = (struct held_role){call->property, call->property_id, (enum role)role};
}

void
user_load_role(struct call *call, struct reader *reader)
{
    struct user user;
    if (!people_check_path(call) ||
        !call_check(call, reader, store_load_user(&reader->store, call->ids[0], &reader->scratch, &user)))
        return;
    if (call_require_match(call, user.version))
        call_submit(call);
}

/* Only what was asked for: the state shows roles in other properties too. */
void
user_render_role(struct call *call, const struct engine_result *result)
{
    const struct set_role *set = &call->engine.command.set_role;
    /* the one of the change, or what the log said last of a user who has had the role */
    const struct store_event *event = &result->events[0];
    struct text text;
    struct json_writer writer;
    assert(result->event_count == 1);
    text_init(&text, call->arena, 256);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_id(&writer, "user_id", ID_USER, 0, set->user);
    json_member_id(&writer, "property_id", ID_PROPERTY, set->held.property, set->held.property_id);
    json_member_str_or_null(&writer, "role",
                            set->held.role == ROLE_NONE ? (struct str){NULL, 0} : role_name(set->held.role));
    json_member_i64(&writer, "version", people_version(event->body));
    json_write_key(&writer, "seq");
    if (event->seq > 0)
        json_write_i64(&writer, event->seq);
    else
        json_write_null(&writer);
    json_write_object_end(&writer);
    reply_text(call, &text, call->dry_run ? 0 : people_version(event->body));
}
