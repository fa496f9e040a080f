/* A list of steps as it is written, for the files that list them. */
#ifndef NIGHTLATCH_TESTS_SIM_EXPLORER_LIST_H
#define NIGHTLATCH_TESTS_SIM_EXPLORER_LIST_H

#include "tests/sim/explorer_steps.h"

struct lister {
    const struct state *state;
    const struct house_model *model, *swept; /* both are in it; see steps_list() */
    const struct explorer_scope *scope;
    const struct room_type *type;
    struct step *steps;
    size_t count;
};

/* One more step, by the front desk in the name of client 0 or 1; the caller fills in the rest, and what it comes to
 * where that is not OK. */
struct step *list_step(struct lister *l, enum command_kind kind, int client);

/* A leg of one of the spans; room 0 is any. */
struct leg list_leg(const struct lister *l, int span, int room, bool pinned);

/* A step that creates a booking of the leg, or of both. */
struct step *list_create(struct lister *l, struct leg first, const struct leg *second, bool unpaid);

/* All steps of the desk, with the state that each comes to. */
void list_desk(struct lister *l);

#endif
