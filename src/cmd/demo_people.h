/* The people of the demo: who can sign in to its houses, with passwords that it prints.
 *
 * Everybody can read these passwords here, so these people are made in a database of the demo's own and in no other:
 * nothing but demo_fill() makes them. They come in by commands through an engine, and their passwords are kept as
 * argon2id hashes, like anybody else's. One thread, beside those that hash. */
#ifndef NIGHTLATCH_CMD_DEMO_PEOPLE_H
#define NIGHTLATCH_CMD_DEMO_PEOPLE_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/demo_data.h"
#include "core/command.h"
#include "engine/engine.h"

enum {
    DEMO_LOGINS = 9,
    DEMO_TEACHERS = 4,             /* who book at the school; the first of them can sign in */
    DEMO_EVERYWHERE = DEMO_HOUSES, /* the house of an owner of the installation */
};

struct demo_login {
    const char *email, *name, *password;
    enum role role;
    int house; /* DEMO_HOTEL ... or DEMO_EVERYWHERE */
};

extern const struct demo_login demo_logins[DEMO_LOGINS];

struct demo_people;

/* Starts to hash the passwords on threads of its own, which takes about a tenth of a second. NULL with a failure. */
struct demo_people *demo_people_new(struct err *err) __attribute__((warn_unused_result));

/* Ends the threads. NULL is allowed. */
void demo_people_free(struct demo_people *people);

/* Waits for the hashes and makes everybody, once; the houses are there, with their numbers and ids. The engine is
 * stepped by nobody else. False with *err. */
bool demo_people_make(struct demo_people *people, struct engine *engine, const struct demo_house houses[DEMO_HOUSES],
                      struct err *err) __attribute__((warn_unused_result));

/* The actor of a teacher, 0 to DEMO_TEACHERS - 1, made before; their name is as long as `people`. */
struct actor demo_people_teacher(const struct demo_people *people, int teacher);

/* Who cleans the hotel, made before: a user. */
struct id demo_people_housekeeper(const struct demo_people *people);

#endif
