/* A change of a user on its way, shared by the routes for users and for oneself. */
#ifndef NIGHTLATCH_API_USER_H
#define NIGHTLATCH_API_USER_H

#include "api/people.h"

struct user_change {
    struct user shown;   /* address, name and locale as they will be, for the reply */
    struct str password; /* to be set; empty: none */
    struct str current;  /* what it is now, where that is asked for */
};

/* Completes the command of `call` with the user as found and what was asked for, and sends it on its way: at once, or
 * by way of the password pool. For load(). */
void user_send_change(struct call *call, struct user_change *change, const struct user *present);

/* `name` and `locale`, into the command. */
void user_shape_details(struct call *call, struct shape *body);

#endif
