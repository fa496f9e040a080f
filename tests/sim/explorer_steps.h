/* Every step out of a state of the explorer's world, and what each must come to by an oracle that is not the core.
 *
 * The oracle knows a house without anything lapsed, counts its nights, and tries placements one by one. It is the
 * plainest reading of what can be had, so that a refusal of what is free is as wrong as a double booking. */
#ifndef NIGHTLATCH_TESTS_SIM_EXPLORER_STEPS_H
#define NIGHTLATCH_TESTS_SIM_EXPLORER_STEPS_H

#include "tests/sim/explorer_state.h"

struct step {
    bool tick; /* time passes; no command */
    struct command command;
    struct leg legs[2];           /* of the command, when it creates */
    struct booking_step lines[2]; /* of the command, when it is about two bookings at once */
    bool unjudged;                /* nobody says how it ends */
    enum outcome expected;
    enum booking_status status; /* of the booking below then, when it is accepted; BOOKING_NONE: not said */
    struct id booking;          /* none: of each that is new */
    bool predicts;              /* the state it comes to is said, too */
    struct state becomes;       /* then: that state */
    char text[96];
};

struct explorer_world; /* explorer_world.h */

/* What is left out of the steps, to walk further in what remains. */
struct explorer_scope {
    size_t objects; /* states with more alive are checked, and not walked on */
    bool lasting;   /* everything is paid and nothing lapses: no time, no payments, no releasing, no no-shows */
    bool groups;    /* two legs in one command, and quantities of two */
    bool approval;  /* what is sold needs somebody's word */
    bool desk;      /* nothing but what a front desk does on the day of arrival; see explorer_desk.c */
    const struct explorer_world *world; /* another one than this; NULL for this one */
    /* at the desk, too; each of these makes many states */
    bool cleaning; /* without it nobody cleans what somebody left */
    bool faults;   /* something breaks, and is mended */
    bool ends;     /* guests are given up and come after all, fees are waived, bookings called off */
    bool closures; /* rooms are out of order and come back */
    bool guests;   /* somebody comes along */
};

enum { STEPS_MAX = 768 };

/* One more, by a manager of the property, of which is not said how it ends. */
struct step *steps_add_unjudged(struct step steps[STEPS_MAX], size_t *count, enum command_kind kind);

/* The steps out of `state`, which `model` is in; `swept` is the same house after a sweep. Returns their number. A
 * step's command points into the step, so steps must stay where they are. */
size_t steps_list(const struct state *state, const struct house_model *model, const struct house_model *swept,
                  const struct explorer_scope *scope, struct step ret_steps[STEPS_MAX]);

#endif
