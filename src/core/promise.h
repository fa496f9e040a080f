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
    PROMISE_KEPT,     /* a part fits, which is told, and what is less of it does then, too */
    PROMISE_EXCUSED,  /* none does, and none did before */
    PROMISE_UNPROVEN, /* it could not be shown */
    PROMISE_BROKEN,
    PROMISE_VOID, /* the arena is full */
};

struct question {
    struct id room_type;
    struct id asker;   /* whose claims are asked for; none where something is lost */
    struct span about; /* as placement is asked */
    enum fitting_part first, last;
};

/* What was asked last, and placement's answer: what breaks it, where anything does. */
struct breach {
    enum fitting_part part;
    struct fitting fitting;
    struct placement_answer answer;
};

/* Asks, of a fitting that has the change in it, part after part until one fits; parts before the first of the question
 * and after its last are none. Of an asker who is unproven the nights that they add are asked about, as if they were
 * proven: nobody's promise goes down with what others, or they themselves, were given by an override before. */
enum promise promise_ask(struct deciding *d, const struct question *question, const struct fitting *with,
                         struct breach *ret_breach);

#endif
