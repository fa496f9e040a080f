/* Problem documents (RFC 9457): one per refusal, with what the caller needs to do better.
 *
 * Pure writing; who may see what is said by the arguments. It refuses to look anything up: what is in the way is listed
 * only when asked for, and named by those who ask. */
#ifndef NIGHTLATCH_API_PROBLEM_H
#define NIGHTLATCH_API_PROBLEM_H

#include "api/desk_names.h"
#include "core/decision.h"
#include "util/json.h"
#include "util/shape.h"

/* `type` is this and the code: the place on this server's own page that says what the code means. A reference with the
 * whole path, as RFC 9457 (3.1.1) would have those that are relative; resolved against the request, it works under
 * whatever name the server is reached. */
#define PROBLEM_TYPE_PREFIX "/docs#"

/* What a problem may hold; zero-initialised fields are left out. */
struct problem {
    struct str code; /* "SOLD_OUT" */
    struct str title;
    int status;
    struct str detail;                 /* a sentence */
    struct str request_id;             /* empty only where no request was understood */
    const struct shape_report *report; /* `errors` */
    struct str pointer;                /* an `errors` of one: this field ... */
    struct str pointer_detail;         /* ... and what is wrong with it */
    const struct refusal *refusal;     /* nights, rule, limits, status, expires_at, ids */
    uint32_t property;                 /* of the ids in the refusal */
    bool shows_owners;                 /* `in_the_way`: for staff */
    const struct desk_names *names;    /* of those, in the same order; NULL: by their ids alone */
    const struct str *rooms_for;       /* of those too: JSON arrays, empty for none was looked for; NULL: for nobody */
    struct str alternatives;           /* a JSON array */
    int64_t retry_after_s;
};

/* The problem of an outcome with its own sentence. */
struct problem problem_of(enum outcome outcome);

/* Writes the whole document. */
void problem_write(struct json_writer *writer, const struct problem *problem);

/* The pointer of the core for a command, as its caller wrote the request: a single room stands at "/rooms/0" inside. */
struct str problem_pointer(const struct command *command, bool bulk, const char *pointer);

#endif
