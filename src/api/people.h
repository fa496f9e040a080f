/* What the routes about people share: reading addresses, roles and passwords, and writing people into replies.
 *
 * A state names nobody (engine/state_people.h); names and addresses are put beside it here, for those who may see them.
 * For the files of people's routes. */
#ifndef NIGHTLATCH_API_PEOPLE_H
#define NIGHTLATCH_API_PEOPLE_H

#include "api/call.h"
#include "api/password_pool.h"
#include "api/secret.h"

/* -- for shape() -- */

/* An e-mail address, in lower case. */
enum shape_is people_shape_email(struct call *call, struct shape_field field, struct str *ret_email);

/* A language tag such as "en" or "pt-BR" (BCP 47). */
enum shape_is people_shape_locale(struct shape_field field, struct str *ret_locale);

/* A password to be set. */
enum shape_is people_shape_password(struct shape_field field, struct str *ret_password);

/* `role` and `property_id`, which leads the call: the owner's role goes without a property, every other with one. */
void people_shape_held(struct call *call, struct shape *body, struct held_role *ret_held);

/* The secret of a link: its id and the hash of what is secret. */
enum shape_is people_shape_secret(struct shape_field field, enum secret_kind kind, struct id *ret_id,
                                  unsigned char ret_hash[SECRET_HASH_BYTES]);

/* The user who calls; none for others. */
struct id people_caller_user(const struct call *call);

/* -- for load() -- */

/* Whether the path's id is one of the installation, as those of people are; otherwise the call was answered. */
bool people_check_path(struct call *call) __attribute__((warn_unused_result));

/* The caller acts with the role they have where this property is; 0: the installation. It is returned. */
enum role people_take_role(struct call *call, uint32_t property);

/* Hashes the password, puts the hash at *place and sends the command to the engine. */
void people_hash_and_submit(struct call *call, struct str password, struct str *place);

/* -- for replies; a text on the call's arena that grows -- */

/* Begins with a state, reopened. Members follow, then people_reply_end(). */
void people_reply_begin(struct call *call, struct text *text, struct str state);
void people_reply_str(struct text *text, const char *name, struct str value); /* null when empty */
/* Puts `seq` (null for a dry run) and closes. */
void people_reply_end(struct text *text, const struct store_event *event);

/* E-mail address, name and locale, as members. */
void people_reply_details(struct text *text, const struct user *user);

/* The `version` of a state. */
int64_t people_version(struct str state);

/* The event of this kind; it is there. */
const struct store_event *people_find_event(const struct engine_result *result, const char *kind);

/* Copies name, address and locale into the call's arena. */
void people_keep_details(struct call *call, const struct user *user, struct user *ret_user);

#endif
