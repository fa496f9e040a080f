/* What stands against a change of the house: a name or number that another has, and whoever still needs what is to go.
 */
#include "core/date.h"
#include "engine/facts_load_part.h"
#include "store/store_people.h"
#include "util/words.h"

static void
set_taken(struct facts_loader *l, struct str name)
{
    l->facts->name_taken = true;
    l->facts->taken = name;
}

/* Whoever reads the name aloud or writes it in a file tells no capitals: "double" is taken where there is "Double". A
 * type that keeps its name may be older than this rule. */
static enum db_status
find_taken_type_name(struct facts_loader *l)
{
    const struct room_type *asked = &l->in->command->put_room_type.room_type;
    const struct house *house = &l->facts->house;
    const struct room_type *present = house_find_type(house, asked->id);
    bool is_missing = l->in->command->kind == COMMAND_AMEND_ROOM_TYPE && present == NULL;
    if (is_missing || (present != NULL && str_equal(present->name, asked->name)))
        return DB_OK;
    struct str folded = words_without_case(asked->name, l->in->arena);
    for (size_t i = 0; i < house->type_count; i++) {
        const struct room_type *other = &house->types[i];
        struct str other_name = words_without_case(other->name, l->in->arena);
        if (folded.len == 0 || other_name.len == 0)
            return facts_no_memory(l); /* no name is empty */
        if (other != present && str_equal(other_name, folded))
            set_taken(l, other->name);
    }
    return DB_OK;
}

static void
find_taken_room_number(struct facts_loader *l, const struct room *asked, size_t count)
{
    const struct house *house = &l->facts->house;
    for (size_t i = 0; i < count && !l->facts->name_taken; i++)
        for (size_t j = 0; j < house->room_count; j++)
            if (str_equal(house->rooms[j].number, asked[i].number) &&
                str_equal(house->rooms[j].building, asked[i].building) && !id_equal(house->rooms[j].id, asked[i].id)) {
                set_taken(l, asked[i].number);
                break;
            }
}

/* Adds what keeps something in use, with its owners: one that has lapsed is ended by the decision and blocks nothing.
 */
static enum db_status
add_blockers(struct facts_loader *l, const struct claim *claims, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum db_status status = DB_OK;
        if (claims[i].owner_kind == CLAIM_OF_HOLD)
            status = facts_add_hold(l, claims[i].owner);
        else if (claims[i].owner_kind == CLAIM_OF_BOOKING)
            status = facts_add_booking(l, claims[i].owner);
        if (status != DB_OK)
            return status;
        struct claim *blocker = facts_list_add(l, &l->blockers);
        if (blocker == NULL)
            return facts_no_memory(l);
        *blocker = claims[i];
    }
    return DB_OK;
}

/* Nights are in use until the departure's date has come, minutes until their end. */
static int64_t
live_after(const struct facts_loader *l, const struct room_type *type)
{
    return type != NULL && type->sold_by == SOLD_BY_NIGHT ? date_to_instant(l->facts->today) : l->in->now_ms;
}

static enum db_status
load_room_blockers(struct facts_loader *l, struct id id)
{
    const struct room *room = house_find_room(&l->facts->house, id);
    if (room == NULL)
        return DB_OK;
    struct claim *claims;
    size_t count;
    enum db_status status = store_live_claims_on_room(l->in->store, l->in->property, id,
                                                      live_after(l, house_find_type(&l->facts->house, room->room_type)),
                                                      l->in->arena, &claims, &count);
    return status == DB_OK ? add_blockers(l, claims, count) : status;
}

static enum db_status
load_type_blockers(struct facts_loader *l, struct id id)
{
    struct claim *claims;
    size_t count;
    enum db_status status =
        store_needs_of_type(l->in->store, l->in->property, id, live_after(l, house_find_type(&l->facts->house, id)),
                            l->in->arena, &claims, &count);
    return status == DB_OK ? add_blockers(l, claims, count) : status;
}

/* Users are not deleted and the log of the installation is another one, so this is as the last commit left it. */
static enum db_status
load_attendant(struct facts_loader *l)
{
    struct user user;
    struct id attendant = l->in->command->give_rooms.attendant;
    if (id_is_none(attendant))
        return DB_OK;
    enum db_status status = store_load_user(l->in->store, attendant, l->in->arena, &user);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    for (size_t i = 0; i < user.role_count; i++)
        if (user.roles[i].property == l->in->property && user.disabled_at == 0)
            l->facts->knows_attendant = true;
    if (user.owner && user.disabled_at == 0)
        l->facts->knows_attendant = true;
    return DB_OK;
}

enum db_status
facts_load_blockers(struct facts_loader *l)
{
    const struct command *command = l->in->command;
    enum db_status status = DB_OK;
    switch (command->kind) {
    case COMMAND_CREATE_PROPERTY:
    case COMMAND_AMEND_PROPERTY: {
        const struct property *asked = &command->put_property.property;
        status = store_property_name_taken(l->in->store, asked->name, asked->id, &l->facts->name_taken);
        l->facts->taken = asked->name;
        break;
    }
    case COMMAND_CREATE_ROOM_TYPE:
    case COMMAND_AMEND_ROOM_TYPE: status = find_taken_type_name(l); break;
    case COMMAND_CREATE_ROOMS:
        find_taken_room_number(l, command->create_rooms.rooms, command->create_rooms.room_count);
        break;
    case COMMAND_AMEND_ROOM: {
        const struct room *asked = &command->amend_room.room;
        const struct room *present = house_find_room(&l->facts->house, asked->id);
        find_taken_room_number(l, asked, 1);
        if (present != NULL && !id_equal(present->room_type, asked->room_type))
            status = load_room_blockers(l, asked->id);
        break;
    }
    case COMMAND_DELETE_ROOMS:
        for (size_t i = 0; status == DB_OK && i < command->delete_rooms.room_count; i++)
            status = load_room_blockers(l, command->delete_rooms.rooms[i]);
        break;
    case COMMAND_GIVE_ROOMS: status = load_attendant(l); break;
    case COMMAND_DELETE_ROOM_TYPE: status = load_type_blockers(l, command->delete_room_type.room_type); break;
    default: break;
    }
    return status;
}
