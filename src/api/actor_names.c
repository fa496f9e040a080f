/* A list of those of the page: few people work at a desk. */
#include "api/actor_names.h"

#include "store/store_people.h"

struct actor_name {
    struct str actor, name;
    struct actor_name *next;
};

static enum db_status
load(struct reader *reader, struct str actor, struct str *ret_name)
{
    enum id_kind kind;
    uint32_t property;
    struct id id;
    struct user user = {.version = 0};
    struct token token = {.version = 0};
    enum db_status status = DB_OK;
    if (!id_parse(actor, &kind, &property, &id))
        return DB_OK;
    if (kind == ID_USER)
        status = store_load_user(&reader->store, id, &reader->scratch, &user);
    else if (kind == ID_TOKEN)
        status = store_load_token(&reader->store, id, &reader->scratch, &token);
    if (status == DB_OK)
        *ret_name = kind == ID_TOKEN ? token.name : user.name;
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
actor_names_find(struct actor_names *names, struct call *call, struct reader *reader, struct str actor,
                 struct str *ret_name)
{
    *ret_name = STR("");
    if (!role_is_staff(call->role))
        return DB_OK;
    for (const struct actor_name *known = names->known; known != NULL; known = known->next)
        if (str_equal(known->actor, actor)) {
            *ret_name = known->name;
            return DB_OK;
        }
    enum db_status status = load(reader, actor, ret_name);
    struct actor_name *more = ARENA_NEW(call->arena, struct actor_name);
    if (more == NULL) /* and latched */
        return status;
    *ret_name = arena_copy_str(call->arena, *ret_name); /* a reader's scratch may be emptied within a page */
    *more = (struct actor_name){arena_copy_str(call->arena, actor), *ret_name, names->known};
    names->known = more;
    return status;
}

void
actor_name_write(struct json_writer *writer, struct str name)
{
    if (name.len > 0)
        json_member_str(writer, "actor_name", name);
}
