/* How it was before is how the command found it, with what lapsed ended. That is made again only here, where something
 * does not fit: hardly ever. */
#include "core/promise.h"

/* The working state at the beginning of the command, made when it is first looked at. */
struct at_first {
    struct decision decision;
    struct deciding state;
    bool is_made;
};

/* NULL when the arena is full. */
static struct deciding *
look_at_first(struct at_first *first, struct deciding *d)
{
    struct deciding *state = &first->state;
    if (!first->is_made) {
        first->decision = (struct decision){.refusal = {.outcome = OUTCOME_OK}};
        *state =
            (struct deciding){.facts = d->facts, .whole = d->whole, .arena = d->arena, .decision = &first->decision};
        deciding_restart(state);
        first->is_made = true;
    }
    d->decision->out_of_memory |= first->decision.out_of_memory;
    return first->decision.out_of_memory ? NULL : state;
}

/* Would it have fitted before the command, as far as is known? False, too, when the arena is full. */
static bool
fitted_before(struct deciding *d, struct deciding *before, struct id room_type, struct span about,
              enum fitting_part part)
{
    struct fitting_asker nobody = {.owner = ID_NONE};
    struct fitting fitting;
    struct placement_answer answer;
    before->nodes_left = d->nodes_left;
    bool asked = fitting_init(&fitting, before, room_type, NULL, 0) && fitting_keep(&fitting, before, part, &nobody) &&
                 fitting_solve(&fitting, before, about, &answer);
    d->nodes_left = before->nodes_left;
    d->decision->out_of_memory |= !asked;
    return asked && answer.verdict != PLACEMENT_IMPOSSIBLE;
}

enum promise
promise_ask(struct deciding *d, const struct question *question, const struct fitting *with, struct breach *ret_breach)
{
    struct at_first first = {.is_made = false};
    struct fitting_asker asker = {.owner = question->asker};
    for (enum fitting_part part = question->first; part <= question->last; part++) {
        ret_breach->part = part;
        ret_breach->fitting = *with;
        struct deciding *before = part == FITTING_ALL ? NULL : look_at_first(&first, d);
        if (before != NULL) {
            asker.had = before->claims;
            asker.had_count = before->claim_count;
        }
        if (d->decision->out_of_memory || !fitting_keep(&ret_breach->fitting, d, part, &asker) ||
            !fitting_solve(&ret_breach->fitting, d, question->about, &ret_breach->answer))
            return PROMISE_VOID;
        if (ret_breach->answer.verdict == PLACEMENT_FITS)
            return PROMISE_KEPT; /* and with it every part that is less */
        before = look_at_first(&first, d);
        bool breaks = before != NULL && fitted_before(d, before, question->room_type, question->about, part);
        if (d->decision->out_of_memory)
            return PROMISE_VOID;
        if (breaks)
            return ret_breach->answer.verdict == PLACEMENT_UNPROVEN ? PROMISE_UNPROVEN : PROMISE_BROKEN;
    }
    return PROMISE_EXCUSED;
}
