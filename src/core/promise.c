/* How it was before is how the command found it, with what lapsed ended. That is made again only here, where something
 * does not fit: hardly ever. */
#include "core/promise.h"

/* Would it have fitted before the command, as far as is known? False, too, when the arena is full. */
static bool
fitted_before(struct deciding *d, struct id room_type, struct span about, enum fitting_part part)
{
    struct decision decision = {.refusal = {.outcome = OUTCOME_OK}};
    struct deciding before = {.facts = d->facts, .whole = d->whole, .arena = d->arena, .decision = &decision};
    struct fitting fitting;
    struct placement_answer answer;
    deciding_restart(&before);
    before.nodes_left = d->nodes_left;
    bool asked = !decision.out_of_memory && fitting_init(&fitting, &before, room_type, NULL, 0) &&
                 fitting_keep(&fitting, &before, part) && fitting_solve(&fitting, &before, about, &answer);
    d->nodes_left = before.nodes_left;
    d->decision->out_of_memory |= !asked;
    return asked && answer.verdict != PLACEMENT_IMPOSSIBLE;
}

enum promise
promise_ask(struct deciding *d, struct id room_type, const struct fitting *with, struct span about,
            enum fitting_part first, enum fitting_part last, struct breach *ret_breach)
{
    for (enum fitting_part part = first; part <= last; part++) {
        ret_breach->part = part;
        ret_breach->fitting = *with;
        if (!fitting_keep(&ret_breach->fitting, d, part) ||
            !fitting_solve(&ret_breach->fitting, d, about, &ret_breach->answer))
            return PROMISE_VOID;
        if (ret_breach->answer.verdict == PLACEMENT_FITS)
            return PROMISE_KEPT; /* and with it every part that is less */
        bool breaks = fitted_before(d, room_type, about, part);
        if (d->decision->out_of_memory)
            return PROMISE_VOID;
        if (breaks)
            return ret_breach->answer.verdict == PLACEMENT_UNPROVEN ? PROMISE_UNPROVEN : PROMISE_BROKEN;
    }
    return PROMISE_KEPT;
}
