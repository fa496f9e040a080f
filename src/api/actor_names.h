/* Who did something, by name: the log says the id of a user or a token, which says nothing to a desk.
 *
 * Names are looked up when they are asked for, as those of guests are (desk_names.h): the log keeps nobody's. Each id
 * of a page is looked up once. For replies to staff: others are told ids alone. */
#ifndef NIGHTLATCH_API_ACTOR_NAMES_H
#define NIGHTLATCH_API_ACTOR_NAMES_H

#include "api/call.h"
#include "util/json_write.h"

struct actor_name;

/* Of one page; zeroes in the beginning, and gone with the call. */
struct actor_names {
    struct actor_name *known;
};

/* The display name of a user, or the name of a token; empty for whoever has neither, and where the caller is not to be
 * told. DB_OK, or how reading failed. `ret_name` lasts as long as the call. */
enum db_status actor_names_find(struct actor_names *names, struct call *call, struct reader *reader, struct str actor,
                                struct str *ret_name) STORE_CHECKED;

/* The member "actor_name"; nothing where it is empty. */
void actor_name_write(struct json_writer *writer, struct str name);

#endif
