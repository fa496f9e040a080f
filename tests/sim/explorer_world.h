/* Worlds of their own for the explorer, beside the one of explorer_state.h.
 *
 * Each has its own house, reads its own meaning out of the bits of a struct state, and lists its own steps. What a step
 * comes to is for most of them not said beforehand: they may be refused or done, the invariants must hold after each,
 * and so must the world's laws, which say what the one thing that it is about has to come to. */
#ifndef NIGHTLATCH_TESTS_SIM_EXPLORER_WORLD_H
#define NIGHTLATCH_TESTS_SIM_EXPLORER_WORLD_H

#include "tests/sim/explorer_steps.h"

struct explorer_world {
    const char *flag;
    void (*init_house)(struct house_model *ret_model);
    void (*to_house)(const struct state *state, const struct house_model *empty, struct house_model *ret_model);
    /* False when it has more than a state can hold. */
    bool (*from_house)(const struct house_model *model, struct state *ret_state);
    size_t (*count)(const struct state *state);
    /* As steps_list(). */
    size_t (*list)(const struct state *state, const struct house_model *model, struct step ret_steps[STEPS_MAX]);
    /* What of a step, done or refused, is wrong by the world's laws; NULL for nothing. The arena may be used up. */
    const char *(*law)(const struct house_model *before, struct house_model *after, const struct step *step,
                       const struct decision *decision, struct arena *arena);
    /* The same of a state, whatever comes next. */
    const char *(*law_of_state)(const struct house_model *model, struct arena *arena);
};

/* Three days, of which a night audit closes the first two, step by step, and the desk goes on meanwhile. Said in full
 * is the audit: how each of its steps ends, what it does to whom, what it counts, and that it comes to its end from
 * wherever it is. */
extern const struct explorer_world explorer_audit;

/* One room for tomorrow night, whoever pays for it: a provider's words of a payment and of its refunds, money at the
 * desk, what is called off and what runs out, in any order. house_money.h predicts every sum. Beside that, what was
 * said twice was said once, what is set aside changes nothing, the order of any two words of one booking does not
 * matter (core/deciding_payment.h says for what), and money that comes too late brings back what is free and nothing
 * else. */
extern const struct explorer_world explorer_payments;

/* Two nights in two rooms for a group of two, and others in its way: each step of the group, and everything that may
 * befall one of its bookings beside that. A group's step comes to what its steps come to one by one, or to nothing
 * where one of those is refused, and says which; who is there already is left alone by the table of docs/states.md; and
 * the same once more is no step. */
extern const struct explorer_world explorer_group;

/* Two nights whose units and allowance anybody may set at any time, while they are booked and held, by the unit; and
 * the same of two rooms, which have an allowance alone, and are closed, by force too. How each setting ends is said,
 * with the nights that it is refused for and what it comes to; nobody ever gets more than is set, and who may is not
 * told that it is sold out. */
extern const struct explorer_world explorer_inventory, explorer_allowance;

/* Three days in two rooms, and stays that are moved from any night to any other, where the property splits stays and
 * where it does not. How each move ends is said, and which rooms it comes to; rooms tile a stay; nobody else loses a
 * room, or one that is pinned; and the same once more moves nobody. */
extern const struct explorer_world explorer_split, explorer_whole;

#endif
