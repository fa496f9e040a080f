/* Everything is open, live and there; a test takes away what it is about. */
#include "tests/unit/core/people_world.h"

#include <string.h>

void
people_world_hash(unsigned char hash[SECRET_HASH_BYTES], int byte)
{
    memset(hash, byte, SECRET_HASH_BYTES);
}

void
people_world_init(struct people_world *world)
{
    *world = (struct people_world){.fresh = {{9, 9}, {9, 10}}};
    arena_init(&world->arena, 1 << 20);
    world->manager_role = (struct held_role){PEOPLE_PROPERTY, PEOPLE_PROPERTY_ID, ROLE_MANAGER};
    world->owner = (struct user){.id = {1, 1},
                                 .email = STR("ada@example.org"),
                                 .name = STR("Ada"),
                                 .password = STR("$hash"),
                                 .owner = true,
                                 .sessions_from = 1000,
                                 .created_at = 1000,
                                 .version = 4};
    world->manager = (struct user){.id = {1, 2},
                                   .email = STR("grace@example.org"),
                                   .name = STR("Grace"),
                                   .password = STR("$hash"),
                                   .roles = &world->manager_role,
                                   .role_count = 1,
                                   .sessions_from = 1000,
                                   .created_at = 1000,
                                   .version = 2};
    world->token = (struct token){.id = {2, 1}, .name = STR("t"), .held = world->manager_role, .version = 1};
    world->session = (struct session){.id = {2, 2}, .user = {1, 2}, .created_at = 2000, .expires_at = INT64_MAX};
    world->invitation = (struct invitation){.id = {2, 3},
                                            .email = STR("new@example.org"),
                                            .held = world->manager_role,
                                            .expires_at = PEOPLE_NOW_MS + 1,
                                            .version = 1};
    world->setup = (struct invitation){
        .id = {2, 4}, .held = {.role = ROLE_OWNER}, .is_setup = true, .expires_at = PEOPLE_NOW_MS + 1, .version = 1};
    world->reset = (struct password_reset){
        .id = {2, 5}, .user = {1, 2}, .expires_at = PEOPLE_NOW_MS + 1, .created_at = PEOPLE_NOW_MS - 1000};
    world->facts = (struct facts){.now_ms = PEOPLE_NOW_MS, .fresh_ids = world->fresh, .people.owner_count = 1};
    world->command.actor.name = STR("usr_someone");
}

void
people_world_done(struct people_world *world)
{
    arena_done(&world->arena);
}

enum outcome
people_world_decide(struct people_world *world, enum command_kind kind, enum role role)
{
    world->command.kind = kind;
    world->command.actor.role = role;
    decide(&world->facts, &world->command, &world->arena, &world->decision);
    return world->decision.refusal.outcome;
}

const struct change *
people_world_change(const struct people_world *world, enum change_kind kind)
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
people_world_event(const struct people_world *world, const char *kind)
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
