/* What the deciders of people share. For decide_people*.c and nobody else. */
#ifndef NIGHTLATCH_CORE_DECIDE_PEOPLE_H
#define NIGHTLATCH_CORE_DECIDE_PEOPLE_H

#include "core/deciding.h"

/* Records the user, version already raised, as the new row, with one event of this kind. */
void people_put_user(struct deciding *d, const struct user *user, struct str event_kind);

/* Appends another event that shows a user as recorded. */
void people_user_event(struct deciding *d, const struct user *user, struct str event_kind);

/* A role may be given by whoever has at least `least`, up to their own, in a property that is there. Refuses otherwise
 * and returns true. */
bool people_refuse_role(struct deciding *d, const struct held_role *held, enum role least);

/* The role that is held in this property by a row of its own; ROLE_NONE without one, and so for most owners. */
enum role people_role_held(const struct user *user, uint32_t property);

/* Refuses with ALREADY_EXISTS when someone else than `except` has the e-mail address asked for; true when refused. */
bool people_refuse_email(struct deciding *d, struct id except);

/* A copy of `size` bytes in the arena; NULL, and the decision is void, when that is full. */
void *people_copy(struct deciding *d, const void *value, size_t size);

#endif
