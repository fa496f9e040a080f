/* A room that is closed for a time, and what that takes.
 *
 * Out of order: nobody can have it. It is a claim of the room, and of a room let by the night one closed unit on each
 * of its nights. Out of service: it can be had, but is offered last, and takes neither. A closure is open until it is
 * reopened, also when its time is over. It refuses to know why, but by the words that somebody gave. */
#ifndef NIGHTLATCH_CORE_CLOSURE_H
#define NIGHTLATCH_CORE_CLOSURE_H

#include "core/booking.h"

enum { CLOSED_AT_ONCE_MAX = 50 }; /* rooms of one request */

enum closure_kind { CLOSURE_OUT_OF_ORDER, CLOSURE_OUT_OF_SERVICE };

enum closure_status { CLOSURE_OPEN, CLOSURE_REOPENED };

struct closure {
    struct id id, room;
    enum closure_kind kind;
    enum closure_status status;
    bool by_minute;
    struct span span; /* ms; nights as midnight UTC */
    struct id reason; /* a text */
    /* unproven: it was forced, and somebody who was promised a room may have none */
    enum booking_placement placement;
    struct str created_by; /* an actor */
    int64_t created_at, reopened_at /* 0: it was not */, version;
};

/* "out_of_order", "out_of_service"; "OPEN", "REOPENED". */
struct str closure_kind_name(enum closure_kind kind);
struct str closure_status_name(enum closure_status status);
bool closure_kind_parse(struct str name, enum closure_kind *ret_kind) __attribute__((warn_unused_result));
bool closure_status_parse(struct str name, enum closure_status *ret_status) __attribute__((warn_unused_result));

/* Does it keep everybody out of the room: has it a claim? */
bool closure_claims(const struct closure *closure);

/* That claim. */
struct claim closure_claim(const struct closure *closure);

#endif
