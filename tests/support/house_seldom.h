/* What is to become of guests who are put right or erased, of links and of nights that are set: predicted by the plain
 * rules, beside the deciders, and compared with the house.
 *
 * For random lives. It refuses to know who has which room: it only looks whether anybody's changed. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_SELDOM_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_SELDOM_H

#include "tests/support/house_model.h"

struct house_seldom {
    bool is_judged;
    enum outcome outcome;                 /* how the command must end then */
    struct guest guest;                   /* that it is about, as they must be after */
    struct guest_link links[MODEL_LINKS]; /* that must be good after; the last, where one comes, without id */
    size_t link_count;
    struct nights_plan {
        int32_t units[MODEL_TYPES][MODEL_NIGHTS], allowances[MODEL_TYPES][MODEL_NIGHTS];
    } present, asked; /* nights as they are, and as they are to be where that is accepted */
    bool has_lapsed;  /* what is over may be ended first, and leave more */
};

/* Before the command is run. */
void house_seldom_take(const struct house_model *model, const struct command *command, struct house_seldom *ret_seldom);

/* After it; false with the model's `why`. */
bool house_seldom_audit(const struct house_seldom *seldom, const struct command *command,
                        const struct decision *decision, struct house_model *model);

#endif
