/* People for the tests of deciders: an owner, a manager, links and keys, put together by hand. */
#ifndef NIGHTLATCH_TESTS_UNIT_CORE_PEOPLE_WORLD_H
#define NIGHTLATCH_TESTS_UNIT_CORE_PEOPLE_WORLD_H

#include "core/deciding.h"

#define PEOPLE_NOW_MS INT64_C(1795341600000)

/* The property in which the manager has a role. */
enum { PEOPLE_PROPERTY = 3 };
#define PEOPLE_PROPERTY_ID ((struct id){3, 33})

struct people_world {
    struct arena arena;
    struct held_role manager_role;
    struct user owner, manager;
    struct token token;
    struct session session;
    struct invitation invitation, setup;
    struct password_reset reset;
    struct id fresh[2];
    struct facts facts;
    struct command command;
    struct decision decision;
};

void people_world_init(struct people_world *world);
void people_world_done(struct people_world *world);

/* Decides the world's command as this kind, asked for by someone with this role. */
enum outcome people_world_decide(struct people_world *world, enum command_kind kind, enum role role);

/* The only change or event of this kind; NULL when there is none or more than one. */
const struct change *people_world_change(const struct people_world *world, enum change_kind kind);
const struct event *people_world_event(const struct people_world *world, const char *kind);

/* Fills a hash with one byte. */
void people_world_hash(unsigned char hash[SECRET_HASH_BYTES], int byte);

#endif
