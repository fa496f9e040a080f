/* A table, a pool that hashes while the first houses are filled, and a command for each. */
#include "cmd/demo_people.h"

#include <stdlib.h>
#include <string.h>

#include "api/password_pool.h"

enum { HASHING_THREADS = 2 };

/* Whoever looks on shall see at once who is who: the address says the house and the role, and so does the password. */
const struct demo_login demo_logins[DEMO_LOGINS] = {
    {"owner@demo.example", "Ada Lovelace", "demo-owner", ROLE_OWNER, DEMO_EVERYWHERE},
    {"manager@hotel.example", "Grace Okafor", "hotel-manager", ROLE_MANAGER, DEMO_HOTEL},
    {"desk@hotel.example", "Alan Moreau", "hotel-desk", ROLE_FRONT_DESK, DEMO_HOTEL},
    {"housekeeping@hotel.example", "Hedy Novak", "hotel-housekeeping", ROLE_HOUSEKEEPING, DEMO_HOTEL},
    {"viewer@hotel.example", "Vint Silva", "hotel-viewer", ROLE_VIEWER, DEMO_HOTEL},
    {"admin@school.example", "Emmy Noether", "school-admin", ROLE_ADMIN, DEMO_SCHOOL},
    {"teacher@school.example", "Marie Curie", "school-teacher", ROLE_BOOKER, DEMO_SCHOOL},
    {"manager@camping.example", "Joan Turing", "camping-manager", ROLE_MANAGER, DEMO_SHOP},
    {"desk@camping.example", "Robin Rossi", "camping-desk", ROLE_FRONT_DESK, DEMO_SHOP},
};

/* Without a password: they are there for what they have booked. */
static const struct demo_login colleagues[DEMO_TEACHERS - 1] = {
    {"hopper@school.example", "Grace Hopper", NULL, ROLE_BOOKER, DEMO_SCHOOL},
    {"galois@school.example", "Evariste Galois", NULL, ROLE_BOOKER, DEMO_SCHOOL},
    {"euler@school.example", "Leonhard Euler", NULL, ROLE_BOOKER, DEMO_SCHOOL},
};

struct demo_people {
    struct password_pool *pool; /* NULL: everything is hashed */
    struct password_job jobs[DEMO_LOGINS];
    char teachers[DEMO_TEACHERS][ID_TEXT_SIZE];
    int teacher_count;
    struct id housekeeper;
};

/* The result is looked at once the pool has ended. */
static void
on_hashed(struct password_job *job)
{
    (void)job;
}

struct demo_people *
demo_people_new(struct err *err)
{
    struct demo_people *people = calloc(1, sizeof(*people));
    if (people == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the people of the demo");
        return NULL;
    }
    people->pool = password_pool_new(HASHING_THREADS, DEMO_LOGINS, err);
    for (size_t i = 0; people->pool != NULL && i < DEMO_LOGINS; i++) {
        people->jobs[i] = (struct password_job){
            .password = str_from(demo_logins[i].password), .make = true, .failed = true, .done = on_hashed};
        (void)!password_pool_submit(people->pool, &people->jobs[i]); /* what is not taken stays failed */
    }
    if (people->pool != NULL)
        return people;
    free(people);
    return NULL;
}

void
demo_people_free(struct demo_people *people)
{
    if (people == NULL)
        return;
    password_pool_free(people->pool);
    free(people);
}

static bool
make(struct demo_people *people, struct engine *engine, const struct demo_login *login, struct str hash,
     const struct demo_house *house, struct err *err)
{
    struct held_role held = {.role = login->role};
    if (login->role != ROLE_OWNER) {
        held.property = house->property;
        held.property_id = house->property_id;
    }
    struct engine_request request = {.command = {.kind = COMMAND_CREATE_USER,
                                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                 .create_user = {.email = str_from(login->email),
                                                                 .name = str_from(login->name),
                                                                 .password = hash,
                                                                 .owner = login->role == ROLE_OWNER,
                                                                 .roles = &held,
                                                                 .role_count = login->role == ROLE_OWNER ? 0 : 1}}};
    enum outcome outcome = engine_run(engine, &request) ? request.result.refusal.outcome : OUTCOME_BUSY_RETRY;
    if (outcome == OUTCOME_OK && login->role == ROLE_BOOKER)
        id_format(ID_USER, 0, request.result.events[0].subject, people->teachers[people->teacher_count++]);
    if (outcome == OUTCOME_OK && login->role == ROLE_HOUSEKEEPING)
        people->housekeeper = request.result.events[0].subject;
    engine_request_done(&request);
    if (outcome == OUTCOME_OK)
        return true;
    err_set(err, ERR_DATA, "the demo could not make %s: %.*s", login->email, STR_ARG(outcome_info(outcome)->code));
    return false;
}

bool
demo_people_make(struct demo_people *people, struct engine *engine, const struct demo_house houses[DEMO_HOUSES],
                 struct err *err)
{
    password_pool_free(people->pool); /* ends when all is hashed */
    people->pool = NULL;
    for (size_t i = 0; i < DEMO_LOGINS; i++) {
        if (people->jobs[i].failed) {
            err_set(err, ERR_MEMORY, "no memory to hash the passwords of the demo");
            return false;
        }
        if (!make(people, engine, &demo_logins[i], str_from(people->jobs[i].made), &houses[demo_logins[i].house], err))
            return false;
    }
    for (size_t i = 0; i < DEMO_TEACHERS - 1; i++)
        if (!make(people, engine, &colleagues[i], STR(""), &houses[colleagues[i].house], err))
            return false;
    return true;
}

struct actor
demo_people_teacher(const struct demo_people *people, int teacher)
{
    return (struct actor){.name = str_from(people->teachers[teacher]), .role = ROLE_BOOKER};
}

struct id
demo_people_housekeeper(const struct demo_people *people)
{
    return people->housekeeper;
}
