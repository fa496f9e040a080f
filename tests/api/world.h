/* A whole server for a test: a scratch database, the engine on its thread, the API, a listener on loopback; and a
 * client that talks to it over a real socket and waits for each answer.
 *
 * The clock is the test's. It refuses to be patient: an answer that does not come within a minute ends the process. */
#ifndef NIGHTLATCH_TESTS_API_WORLD_H
#define NIGHTLATCH_TESTS_API_WORLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include <jansson.h>

#include "api/api.h"
#include "api/auth_memory.h"
#include "api/auth_store.h"
#include "api/route.h"
#include "api/token.h"
#include "tests/support/scratch.h"
#include "tests/support/test_clock.h"

/* 2026-11-22T10:00:00Z, a Sunday. */
#define WORLD_NOW_MS INT64_C(1795341600000)

enum { WORLD_TOKENS_MAX = 24, WORLD_TEXT_MAX = 1 << 20 };

/* Start from WORLD_SETTINGS_DEFAULT. */
struct world_settings {
    struct limits_settings limits;
    size_t reader_queue;
    size_t engine_queue;
    bool engine_stands; /* commands are taken only by world_step_engine() */
    bool people;        /* callers are those of the store; only the owner's token is of the test */
    struct api_mail *mail;
    const char *origin; /* allowed by CORS; NULL: none */
    const char *(*unready)(void *user);
    bool guarded;              /* the clock is guarded, as the program's is */
    int64_t sweep_interval_ms; /* by the clock of the test; 0: nothing ends before it is in the way */
};

/* No limit on rates, so that a test may be quick. */
#define WORLD_SETTINGS_DEFAULT                                                                                         \
    {                                                                                                                  \
        .reader_queue = 1024, .engine_queue = 4096                                                                     \
    }

struct world {
    struct scratch scratch;
    struct test_clock clock;
    struct random_seeded random;  /* the engine's */
    struct random_seeded secrets; /* the API's */
    struct db *db;
    struct clock_guard *guard; /* with `guarded` */
    struct engine *engine;
    struct sealer *sealer;
    struct auth_memory *auth;
    struct auth_store *people; /* with `people`, instead */
    struct api *api;
    struct server *server;
    uint16_t port;
    uv_loop_t loop;
    uv_async_t stop;
    pthread_t thread;
    bool engine_stands;
    long long lapsed_before; /* the engine's thread: what had ended when it last answered or swept */
    pthread_mutex_t swept_mutex;
    pthread_cond_t swept_more;
    long long swept;
    struct str origin;
    struct token_made tokens[WORLD_TOKENS_MAX];
    size_t token_count;
    int fd;                 /* of the client's connection; -1 for none */
    struct arena memory;    /* of answers; as long as the world */
    json_t *trees[1 << 14]; /* of answers */
    size_t tree_count;
    struct routes *routes;
    bool seen[ROUTE_COUNT]; /* routes that were asked */
    const char *owner;      /* token of an owner of the installation, trusted */
};

struct world *world_new(const struct world_settings *settings);
void world_free(struct world *world);

/* A token with these roles, or of an owner. The text lives as long as the world. Adding one is only safe while no
 * request is under way. */
const char *world_add_token(struct world *world, bool owner, bool trusted, const struct principal_role *roles,
                            size_t role_count);

/* The actor that a token acts as: its public id. */
const char *world_actor(struct world *world, const char *token);

struct answer {
    int status;
    const char *head; /* status line and fields, terminated */
    struct str body;  /* as sent; terminated */
    json_t *json;     /* NULL when the body is not JSON; the world's */
};

/* What goes out; everything but method and target may be NULL. */
struct ask {
    const char *method;
    const char *target;
    const char *token;
    const char *body;
    const char *fields; /* complete lines, "If-Match: \"1\"\r\n" */
    const char *type;   /* NULL with a body: application/json */
};

/* Sends and waits. Fails the test when the answer is not one that the interface's document promises. */
struct answer world_ask(struct world *world, const struct ask *ask);

/* Short for the usual: a formatted target, as the owner. */
struct answer world_get(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct answer world_post(struct world *world, const char *target, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for PATCH, with the version it is made from. */
struct answer world_patch(struct world *world, const char *target, int version, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Only sends, on a connection of its own, whose descriptor is returned; and waits for an answer on it. */
int world_send(struct world *world, const struct ask *ask);
struct answer world_receive(struct world *world, int fd, bool to_head);
void world_hang_up(int fd);

/* The value of a field of the answer, copied; NULL when it has none. */
const char *answer_field(struct world *world, const struct answer *answer, const char *name);

/* A member by its path, "guest/name" or "items/0/id"; NULL when there is none. */
json_t *answer_at(const struct answer *answer, const char *path);
/* Strings and numbers that must be there: a missing one ends the test. */
const char *answer_text(const struct answer *answer, const char *path);
long long answer_number(const struct answer *answer, const char *path);

/* Fails the test unless the answer is a problem of this status and code, complete and with its request's id. */
void assert_problem(const struct answer *answer, int status, const char *code);
/* And its first error points there. */
void assert_pointer(const struct answer *answer, int status, const char *code, const char *pointer);
void assert_status(const struct answer *answer, int status);

/* What gzip had made smaller, terminated. */
const char *world_unpack(struct world *world, struct str packed);

/* How many holds and bookings the sweeper itself has ended; and waits until it is so many. */
long long world_swept(struct world *world);
void world_await_swept(struct world *world, long long count);

/* With engine_stands: takes what waits. */
size_t world_step_engine(struct world *world);

/* The field with which a provider signs this body now: "Stripe-Signature: t=...,v1=...\r\n". */
const char *world_sign(struct world *world, const char *secret, const char *body);

/* A text that lives as long as the world. */
const char *world_format(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* So many of the piece, one behind the other. */
const char *world_repeat(struct world *world, const char *piece, size_t count);
/* As a value in a query: percent-encoded but for letters and digits. */
const char *world_encode(struct world *world, const char *text);

#define WORLD_WIDE "\xf0\xa0\xae\xb7" /* U+20BB7, a letter of four bytes */

/* A small house: a property in Paris; two doubles by the night, rooms 101 and 102; a studio counted, 3 units; a
 * classroom by the minute, C1 and C2. */
struct small_house {
    const char *property, *type, *room[2], *studio, *classroom, *slot_room[2];
    uint32_t number; /* of the property */
};
struct small_house world_build_house(struct world *world);

#endif
