/* Who is proven keeps a room, whatever is done around them.
 *
 * For whoever fixes something to a room or takes rooms away, once not everything fits any more with it. What did not
 * fit before the command either (overbooking, a sale that was not shown to fit) is not the fault of the command; but
 * nobody's promise goes down with it: of the whole, of what is proven or held, and of what is proven alone, each that
 * fitted before has to fit after. It refuses to judge who may break one all the same. */
#ifndef NIGHTLATCH_CORE_PROMISE_H
#define NIGHTLATCH_CORE_PROMISE_H

#include "core/fitting.h"

enum promise {
    PROMISE_KEPT,
    PROMISE_UNPROVEN, /* it could not be shown */
    PROMISE_BROKEN,
    PROMISE_VOID, /* the arena is full */
};

/* What was asked last, and placement's answer: what breaks it, where anything does. */
struct breach {
    enum fitting_part part;
    struct fitting fitting;
    struct placement_answer answer;
};

/* Asks about `about`, of a fitting that has the change in it, part after part until one fits; parts before `first` and
 * after `last` are no question. */
enum promise promise_ask(struct deciding *d, struct id room_type, const struct fitting *with, struct span about,
                         enum fitting_part first, enum fitting_part last, struct breach *ret_breach);

#endif
