/* Arrays of fixed size, filled in order. */
#include "tests/unit/core/house_world.h"

#include <assert.h>

void
world_init(struct house_world *world)
{
    *world = (struct house_world){.next_id = 1};
    arena_init(&world->arena, (size_t)64 << 20);
    world->property = (struct property){.number = 3,
                                        .id = world_id(world),
                                        .name = STR("Hotel Ada"),
                                        .time_zone = STR("Europe/Paris"),
                                        .currency = STR("EUR"),
                                        .payment_ttl_ms = 900000,
                                        .approval_ttl_ms = 86400000,
                                        .created_at = 1000,
                                        .version = 4};
    for (size_t i = 0; i < WORLD_FRESH_MAX; i++)
        world->fresh[i] = (struct id){UINT64_MAX, i + 1};
    world->facts = (struct facts){.now_ms = WORLD_NOW_MS,
                                  .today = WORLD_TODAY,
                                  .house = {.property = &world->property, .types = world->types, .rooms = world->rooms},
                                  .bookings = world->bookings,
                                  .holds = world->holds,
                                  .stocks = world->stocks,
                                  .claims = world->claims,
                                  .room_states = world->room_states,
                                  .loose = world->loose,
                                  .blockers = world->blockers,
                                  .overcommits = world->overcommits,
                                  .fresh_ids = world->fresh};
    world->command.property = 3;
    world->command.actor = (struct actor){STR("usr_manager"), ROLE_MANAGER};
}

void
world_done(struct house_world *world)
{
    arena_done(&world->arena);
}

struct id
world_id(struct house_world *world)
{
    uint64_t number = world->next_id++;
    return (struct id){number << 16, number};
}

struct id
world_add_type(struct house_world *world, const char *name, enum sold_by sold_by, enum stock_kind stock)
{
    size_t index = world->facts.house.type_count++;
    assert(index < WORLD_TYPES_MAX && world->facts.house.room_count == 0);
    struct room_type *type = &world->types[index];
    *type = (struct room_type){.id = world_id(world),
                               .name = str_from(name),
                               .sold_by = sold_by,
                               .stock = stock,
                               .max_guests = 2,
                               .features = STR("[\"balcony\"]"),
                               .hold_ttl_ms = 30000,
                               .closes_min = 1440,
                               .length_min = 1,
                               .length_max = 1440,
                               .created_at = 2000,
                               .version = 7};
    if (sold_by == SOLD_BY_MINUTE)
        return type->id;
    size_t stock_index = world->facts.stock_count++;
    world->stocks[stock_index] = (struct stock){type->id, world->nights[stock_index], HORIZON_DAYS};
    for (int32_t i = 0; i < HORIZON_DAYS; i++)
        world->nights[stock_index][i] = (struct night){.date = WORLD_TODAY + i};
    return type->id;
}

struct night *
world_night(struct house_world *world, struct id type, int32_t date)
{
    for (size_t i = 0; i < world->facts.stock_count; i++)
        if (id_equal(world->stocks[i].room_type, type))
            return &world->nights[i][date - WORLD_TODAY];
    assert(!"a type without stock");
    return NULL;
}

struct id
world_add_room(struct house_world *world, struct id type, const char *number)
{
    size_t index = world->facts.house.room_count++;
    assert(index < WORLD_ROOMS_MAX);
    world->rooms[index] = (struct room){.id = world_id(world),
                                        .room_type = type,
                                        .number = str_from(number),
                                        .floor = STR("1"),
                                        .building = STR("Main"),
                                        .features = STR("[]"),
                                        .created_at = 3000};
    world->room_states[world->facts.room_state_count++] =
        (struct room_state){.room = world->rooms[index].id, .cleanliness = CLEANLINESS_INSPECTED, .version = 5};
    if (house_find_type(&world->facts.house, type)->sold_by == SOLD_BY_NIGHT)
        for (int32_t i = 0; i < HORIZON_DAYS; i++)
            world_night(world, type, WORLD_TODAY + i)->units++;
    return world->rooms[index].id;
}

static struct id
add_claim(struct house_world *world, struct id room, int32_t from, int32_t until, bool pinned)
{
    struct id owner = world_id(world), type = house_find_room(&world->facts.house, room)->room_type;
    assert(world->facts.claim_count < WORLD_ITEMS_MAX);
    world->claims[world->facts.claim_count++] =
        (struct claim){.room = room,
                       .span = span_from_nights(WORLD_TODAY + from, WORLD_TODAY + until),
                       .owner_kind = CLAIM_OF_BOOKING,
                       .owner = owner,
                       .pinned = pinned};
    for (int32_t i = from; i < until; i++) {
        world_night(world, type, WORLD_TODAY + i)->sold++;
        world_night(world, type, WORLD_TODAY + i)->fixed += pinned ? 1 : 0;
    }
    return owner;
}

struct id
world_add_pinned(struct house_world *world, struct id room, int32_t from, int32_t until)
{
    return add_claim(world, room, from, until, true);
}

struct id
world_add_unpinned(struct house_world *world, struct id room, int32_t from, int32_t until)
{
    return add_claim(world, room, from, until, false);
}

struct id
world_add_unassigned(struct house_world *world, struct id type, int32_t from, int32_t until)
{
    struct id owner = world_id(world);
    assert(world->facts.loose_count < WORLD_ITEMS_MAX);
    world->loose[world->facts.loose_count++] =
        (struct loose){.owner = owner,
                       .room_type = type,
                       .span = span_from_nights(WORLD_TODAY + from, WORLD_TODAY + until),
                       .quantity = 1};
    for (int32_t i = from; i < until; i++)
        world_night(world, type, WORLD_TODAY + i)->sold++;
    return owner;
}

void
world_decide(struct house_world *world, void (*decider)(struct deciding *d))
{
    struct deciding deciding;
    deciding_init(&deciding, &world->facts, &world->command, &world->arena, &world->decision);
    assert(!world->decision.out_of_memory);
    decider(&deciding);
    if (!deciding_refused(&deciding))
        deciding_settle_overcommit(&deciding);
}

const struct change *
world_only_change(const struct house_world *world, enum change_kind kind)
{
    const struct change *found = NULL;
    for (size_t i = 0; i < world->decision.change_count; i++) {
        if (world->decision.changes[i].kind != kind)
            continue;
        if (found != NULL)
            return NULL;
        found = &world->decision.changes[i];
    }
    return found;
}

const struct event *
world_only_event(const struct house_world *world, const char *kind)
{
    const struct event *found = NULL;
    for (size_t i = 0; i < world->decision.event_count; i++) {
        if (!str_equal(world->decision.events[i].kind, str_from(kind)))
            continue;
        if (found != NULL)
            return NULL;
        found = &world->decision.events[i];
    }
    return found;
}
