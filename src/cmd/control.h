/* How a subcommand acts on an installation: through the control socket of the server that has the database, or, when
 * none runs, through one that this process hosts for as long as it takes, on the same socket and under the same lock.
 *
 * Either way it is the interface of the server, as the owner "os:<uid>", so that there is one way for people to come
 * and go. It refuses to go round it. One thread. */
#ifndef NIGHTLATCH_CMD_CONTROL_H
#define NIGHTLATCH_CMD_CONTROL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct control;

/* False with *err when there is neither a server nor a database to host: none is made by this. */
bool control_open(const char *db_url, struct control **ret_control, struct err *err)
    __attribute__((warn_unused_result));

/* Ends what was hosted. NULL is allowed. */
void control_close(struct control *control);

/* Where it listens, for whoever sends many requests at once (net/client.h): "unix:PATH". As long as the control. */
const char *control_place(const struct control *control);

/* Sends one request, `body` NULL for none; changes go for any version. True with the answer's tree, the caller's to
 * json_decref(), when it is a success; false with *err, which quotes the problem, for anything else. */
bool control_call(struct control *control, const char *method, const char *path, const json_t *body,
                  json_t **ret_answer, struct err *err) __attribute__((warn_unused_result));

/* GETs the same; *ret_answer is NULL where there is no such thing. */
bool control_find(struct control *control, const char *path, json_t **ret_answer, struct err *err)
    __attribute__((warn_unused_result));

/* Calls `each` for every item of a list, page after page, until it returns false. */
bool control_list(struct control *control, const char *path, bool (*each)(const json_t *item, void *user), void *user,
                  struct err *err) __attribute__((warn_unused_result));

/* The text of a member; "" when it is null or absent. */
const char *control_text(const json_t *object, const char *name);

#endif
