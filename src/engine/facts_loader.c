/* Lists grow in the arena, by doubling; they are short, so what is there already is looked for from the front. */
#include "engine/facts_load_part.h"

void *
facts_list_add(struct facts_loader *l, struct facts_list *list)
{
    if (list->count == list->capacity) {
        size_t wider = list->capacity == 0 ? 4 : list->capacity * 2;
        void *items = arena_alloc_array(l->in->arena, wider, list->size);
        if (items == NULL)
            return NULL;
        if (list->count > 0)
            memcpy(items, list->items, list->count * list->size);
        list->items = items;
        list->capacity = wider;
    }
    return (char *)list->items + list->count++ * list->size;
}

enum db_status
facts_no_memory(struct facts_loader *l)
{
    err_set(&l->in->store->err, ERR_MEMORY, "the facts of a command do not fit its memory");
    return DB_FAILED;
}

/* --- bookings and holds, each once --- */

enum db_status
facts_add_booking(struct facts_loader *l, struct id id)
{
    for (size_t i = 0; i < l->bookings.count; i++)
        if (id_equal(((struct booking *)l->bookings.items)[i].id, id))
            return DB_OK;
    struct booking *booking = facts_list_add(l, &l->bookings);
    if (booking == NULL)
        return facts_no_memory(l);
    enum db_status status = store_load_booking(l->in->store, l->in->property, id, l->in->arena, booking);
    if (status != DB_OK)
        l->bookings.count--;
    return status == DB_NO_ROW ? DB_OK : status;
}

static bool
has_hold(const struct facts_loader *l, struct id id)
{
    for (size_t i = 0; i < l->holds.count; i++)
        if (id_equal(((struct hold *)l->holds.items)[i].id, id))
            return true;
    return false;
}

enum db_status
facts_add_hold(struct facts_loader *l, struct id id)
{
    if (has_hold(l, id))
        return DB_OK;
    struct hold *hold = facts_list_add(l, &l->holds);
    if (hold == NULL)
        return facts_no_memory(l);
    enum db_status status = store_load_hold(l->in->store, l->in->property, id, l->in->arena, hold);
    if (status != DB_OK)
        l->holds.count--;
    return status == DB_NO_ROW ? DB_OK : status;
}

/* --- what is going on in rooms, each once --- */

static bool
has_room_state(const struct facts_loader *l, struct id room)
{
    for (size_t i = 0; i < l->room_states.count; i++)
        if (id_equal(((struct room_state *)l->room_states.items)[i].room, room))
            return true;
    return false;
}

enum db_status
facts_add_room_state(struct facts_loader *l, struct id room)
{
    if (has_room_state(l, room))
        return DB_OK;
    struct room_state *state = facts_list_add(l, &l->room_states);
    if (state == NULL)
        return facts_no_memory(l);
    enum db_status status = store_load_room_state(l->in->store, l->in->property, room, state);
    if (status != DB_OK)
        l->room_states.count--;
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
facts_add_room_states_of_type(struct facts_loader *l, struct id room_type)
{
    struct room_state *states;
    size_t count;
    enum db_status status =
        store_list_room_states_of_type(l->in->store, l->in->property, room_type, l->in->arena, &states, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (has_room_state(l, states[i].room))
            continue;
        struct room_state *state = facts_list_add(l, &l->room_states);
        if (state == NULL)
            return facts_no_memory(l);
        *state = states[i];
    }
    return status;
}

/* Of holds that were read, those that are not there yet. */
enum db_status
facts_add_holds(struct facts_loader *l, const struct hold *holds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_hold(l, holds[i].id))
            continue;
        struct hold *hold = facts_list_add(l, &l->holds);
        if (hold == NULL)
            return facts_no_memory(l);
        *hold = holds[i];
    }
    return DB_OK;
}

/* --- claims --- */

static bool
has_claim(const struct facts_loader *l, const struct claim *claim)
{
    const struct claim *claims = l->claims.items;
    for (size_t i = 0; i < l->claims.count; i++)
        if (id_equal(claims[i].room, claim->room) && claims[i].span.starts == claim->span.starts)
            return true;
    return false;
}

/* Adds claims that are not there yet. Looking for them is skipped for the first batch, which is the whole list in all
 * but commands with several legs. */
enum db_status
facts_add_claims(struct facts_loader *l, const struct claim *claims, size_t count)
{
    bool first = l->claims.count == 0;
    for (size_t i = 0; i < count; i++) {
        if (!first && has_claim(l, &claims[i]))
            continue;
        struct claim *claim = facts_list_add(l, &l->claims);
        if (claim == NULL)
            return facts_no_memory(l);
        *claim = claims[i];
    }
    return DB_OK;
}
