/* People as JSON: the bodies of events in the log of property 0, and the middle of replies.
 *
 * They refuse what the log must not keep: names and addresses of people, because it is never erased, and every secret,
 * hashed or not. Replies add names from elsewhere. For members of an object that the caller has begun. */
#ifndef NIGHTLATCH_ENGINE_STATE_PEOPLE_H
#define NIGHTLATCH_ENGINE_STATE_PEOPLE_H

#include "core/people.h"
#include "util/json_write.h"

void state_put_user(struct json_writer *writer, const struct user *user);
void state_put_token(struct json_writer *writer, const struct token *token);
void state_put_invitation(struct json_writer *writer, const struct invitation *invitation);
void state_put_reset(struct json_writer *writer, const struct password_reset *reset);
void state_put_session(struct json_writer *writer, const struct session *session);

#endif
