/* How clean the rooms of a house are, what is broken, and who may go into them, as a housekeeper would keep it on
 * paper: predicted from what is asked for and from who came and went, by other means than the core's, and compared.
 *
 * For random lives. It refuses to know of dates, stock and money: who may go into a room may be refused for those. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_UPKEEP_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_UPKEEP_H

#include "tests/support/house_model.h"

struct house_upkeep {
    bool is_upkeep;                       /* the command is housekeeping's */
    enum outcome outcome;                 /* how it must end then */
    bool may_be_unready;                  /* a room that it may mean is not ready: it may be told so */
    struct room_state rooms[MODEL_ROOMS]; /* as they were, and that of a housekeeping command as it must be after */
    struct claim claims[MODEL_CLAIMS];    /* as they were */
    size_t claim_count;
};

/* Before the command is run. */
void house_upkeep_take(const struct house_model *model, const struct command *command, struct house_upkeep *ret_upkeep);

/* After it: true when the outcome and all rooms are as predicted, and nobody went where they may not go (R3) or was
 * given for tonight what is broken (R4); else false with the model's `why`. */
bool house_upkeep_audit(const struct house_upkeep *upkeep, const struct command *command,
                        const struct decision *decision, struct house_model *model);

#endif
