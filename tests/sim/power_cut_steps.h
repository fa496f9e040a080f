/* What is done to the house between power cuts: a house in which every kind of step has something to write, and a table
 * of these kinds. It refuses to look at what a step came to: a refused one is no error, and that each can write is for
 * the test to show. */
#ifndef NIGHTLATCH_TESTS_SIM_POWER_CUT_STEPS_H
#define NIGHTLATCH_TESTS_SIM_POWER_CUT_STEPS_H

#include "tests/sim/fault_vfs.h"
#include "tests/support/house.h"

enum { POWER_CUT_STEPS = 31 };

/* A house that may be copied: a run of a copy starts from what this one had come to. */
struct power_cut_run {
    struct house_fixture house;
    struct fault_disk *disk;
    struct id booking, hold; /* the newest of each */
    struct id guests, room;  /* the stay that came last, and the double that they are in */
    struct id rooms[4];      /* doubles 103 to 106 */
    struct id arrival;       /* two who arrive today and have no room; who has room 104 is to come, too */
    struct id with_room[2];  /* who come later, into rooms 105 and 106 */
    struct id together[2];   /* others who come later */
    struct id gone;          /* who left today */
    struct id missed[2];     /* who did not come, and owe for it */
    struct id asked;         /* waits for approval */
    struct id unpaid;        /* waits for a provider of payments */
    struct id payment;       /* in cash, for the booking */
    struct id closure;       /* of room 104 */
    int closed;              /* nights of room 102 */
    int closed_longer;       /* nights of room 104 */
    int extended;            /* nights that the arrival stays longer */
    int heard;               /* events of the provider */
};

struct power_cut_step {
    const char *name;
    void (*run)(struct power_cut_run *run);
};

extern const struct power_cut_step power_cut_steps[POWER_CUT_STEPS];

/* Fills the house, whose business date is yesterday's from then on; each command must succeed. */
void power_cut_furnish(struct power_cut_run *run);

#endif
