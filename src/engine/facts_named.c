/* What a command names, first of all: the rest of what it wants follows from it. */
#include "core/date.h"
#include "engine/facts_load_part.h"
#include "engine/facts_money.h"
#include "store/store_closure.h"
#include "store/store_guest_link.h"

static enum db_status
load_named_rooms(struct facts_loader *l)
{
    struct id *ids;
    enum db_status status = DB_OK;
    size_t count = facts_named_rooms(l->in->command, l->in->arena, &ids);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_room_state(l, ids[i]);
    for (size_t i = 0; facts_needs_room_states(l->in->command) && i < l->facts->booking_count; i++) {
        const struct booking *booking = &l->facts->bookings[i];
        for (size_t j = 0; status == DB_OK && j < booking->claim_count; j++)
            status = facts_add_room_state(l, booking->claims[j].room);
        if (status == DB_OK && !id_is_none(booking->in_room))
            status = facts_add_room_state(l, booking->in_room);
    }
    return status;
}

/* The account of a command about money, before what else the command names. */
static enum db_status
load_account(struct facts_loader *l)
{
    struct id *ids = NULL;
    size_t count = 0;
    enum db_status status = facts_find_account(l->in, l->facts, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_booking(l, ids[i]);
    return status;
}

/* Whoever is in a room now. */
static enum db_status
add_occupant(struct facts_loader *l, struct id room)
{
    struct room_state state;
    enum db_status status = store_load_room_state(l->in->store, l->in->property, room, &state);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    return room_is_occupied(&state) ? facts_add_booking(l, state.occupant) : DB_OK;
}

/* Whoever has a room over the time that it is to be closed, or is in it. */
static enum db_status
load_owners_of_closed(struct facts_loader *l)
{
    struct close_rooms space;
    const struct close_rooms *closes = facts_closes(l->in->command, l->facts, &space);
    enum db_status status = DB_OK;
    for (size_t i = 0; closes != NULL && status == DB_OK && i < closes->room_count; i++) {
        struct claim *claims;
        size_t count;
        status = store_claims_on_room(l->in->store, l->in->property, closes->rooms[i], closes->span, l->in->arena,
                                      &claims, &count);
        for (size_t j = 0; status == DB_OK && j < count; j++)
            if (claims[j].owner_kind == CLAIM_OF_BOOKING)
                status = facts_add_booking(l, claims[j].owner);
        if (status == DB_OK)
            status = add_occupant(l, closes->rooms[i]);
    }
    return status;
}

static enum db_status
load_closure(struct facts_loader *l)
{
    struct id id = facts_named_closure(l->in->command);
    struct closure *closure = id_is_none(id) ? NULL : ARENA_NEW(l->in->arena, struct closure);
    if (closure == NULL)
        return id_is_none(id) ? DB_OK : facts_no_memory(l);
    enum db_status status = store_load_closure(l->in->store, l->in->property, id, l->in->arena, closure);
    if (status == DB_OK)
        l->facts->closure = closure;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
load_out_of_service(struct facts_loader *l)
{
    struct span span = facts_service_span(l->in->command, l->facts);
    struct closure *closures;
    if (!span_is_valid(span))
        return DB_OK;
    enum db_status status = store_closures_over(l->in->store, l->in->property, CLOSURE_OUT_OF_SERVICE, span,
                                                l->in->arena, &closures, &l->facts->out_of_service_count);
    l->facts->out_of_service = closures;
    return status;
}

static enum db_status
load_objects(struct facts_loader *l)
{
    struct id *ids;
    enum db_status status = DB_OK;
    if (facts_named_money(l->in->command).wanted)
        status = load_account(l);
    size_t count = facts_named_bookings(l->in->command, l->in->arena, &ids);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_booking(l, ids[i]);
    count = facts_named_holds(l->in->command, l->in->arena, &ids);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_hold(l, ids[i]);
    if (status == DB_OK)
        status = load_closure(l);
    if (status == DB_OK)
        status = load_owners_of_closed(l);
    l->facts->bookings = l->bookings.items;
    l->facts->booking_count = l->bookings.count;
    l->facts->holds = l->holds.items;
    l->facts->hold_count = l->holds.count;
    return status == DB_OK ? load_named_rooms(l) : status;
}

/* Where anything was paid for a booking of a group, or it matters whether others paid, they count too. */
static enum db_status
load_groups(struct facts_loader *l)
{
    size_t count = l->bookings.count;
    for (size_t i = 0; i < count; i++) {
        struct booking booking = ((const struct booking *)l->bookings.items)[i];
        struct id *ids = NULL;
        size_t id_count = 0;
        bool wanted = facts_wants_group(l->in->command, &booking, l->in->now_ms);
        enum db_status status = wanted ? facts_find_group(l->in, &booking, &ids, &id_count) : DB_OK;
        for (size_t j = 0; status == DB_OK && j < id_count; j++)
            status = facts_add_booking(l, ids[j]);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

enum db_status
facts_load_money(struct facts_loader *l)
{
    enum db_status status = load_groups(l);
    l->facts->bookings = l->bookings.items;
    l->facts->booking_count = l->bookings.count;
    return status == DB_OK ? facts_load_payments(l->in, l->facts) : status;
}

/* Whom a command is about: whom it names, or whom a booking has where it says whom it is to have. */
static struct id
wanted_guest(const struct facts_loader *l)
{
    const struct command *command = l->in->command;
    switch (command->kind) {
    case COMMAND_AMEND_GUEST:
    case COMMAND_ERASE_GUEST: return command->put_guest.guest;
    case COMMAND_ADD_GUEST: return command->name_guest.guest;
    case COMMAND_AMEND_BOOKING:
        return command->amend_booking.changes_guest && l->facts->booking_count > 0 ? l->facts->bookings[0].guest
                                                                                   : ID_NONE;
    case COMMAND_CREATE_GUEST_LINK: return l->facts->booking_count > 0 ? l->facts->bookings[0].guest : ID_NONE;
    default: return ID_NONE;
    }
}

static enum db_status
load_guest(struct facts_loader *l)
{
    struct id id = wanted_guest(l);
    if (id_is_none(id))
        return DB_OK;
    struct guest *guest = ARENA_NEW(l->in->arena, struct guest);
    if (guest == NULL)
        return facts_no_memory(l);
    enum db_status status = store_load_guest(l->in->store, l->in->property, id, l->in->arena, guest);
    if (status == DB_OK)
        l->facts->guest = guest;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
load_link_of(struct facts_loader *l, struct id booking)
{
    struct guest_link *link = ARENA_NEW(l->in->arena, struct guest_link);
    if (link == NULL)
        return facts_no_memory(l);
    enum db_status status = store_load_guest_link_of(l->in->store, l->in->property, booking, link);
    l->facts->guest_links = link;
    l->facts->guest_link_count = status == DB_OK ? 1 : 0;
    return status == DB_NO_ROW ? DB_OK : status;
}

/* An amendment that names no guest pays nothing for links. */
static bool
wants_link_of_booking(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_GUEST_LINK:
    case COMMAND_WITHDRAW_GUEST_LINK: return true;
    case COMMAND_AMEND_BOOKING: return command->amend_booking.changes_guest;
    default: return command->actor.role == ROLE_GUEST;
    }
}

static enum db_status
load_guest_links(struct facts_loader *l)
{
    const struct command *command = l->in->command;
    if (wants_link_of_booking(command))
        return l->facts->booking_count > 0 ? load_link_of(l, l->facts->bookings[0].id) : DB_OK;
    if (command->kind != COMMAND_ERASE_GUEST)
        return DB_OK;
    struct guest_link *links;
    enum db_status status = store_list_guest_links(l->in->store, l->in->property, command->put_guest.guest,
                                                   l->in->arena, &links, &l->facts->guest_link_count);
    l->facts->guest_links = links;
    return status;
}

enum db_status
facts_load_named(struct facts_loader *l)
{
    enum db_status status = load_objects(l);
    if (status == DB_OK)
        status = load_out_of_service(l);
    if (status == DB_OK)
        status = load_guest(l);
    return status == DB_OK ? load_guest_links(l) : status;
}
