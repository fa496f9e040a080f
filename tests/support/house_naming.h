/* Who is named in the bookings of a house, as somebody would keep it on paper: who comes along with which booking is
 * predicted from what is asked for, by other means than the core's, and compared with what came of it.
 *
 * For random lives. It refuses to know of anything else: rooms, dates and money of the bookings may be as they like. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_NAMING_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_NAMING_H

#include "tests/support/house_model.h"

struct house_naming {
    enum outcome outcome;                              /* of a command that names or unnames a guest: how it must end */
    struct companion companions[MODEL_COMPANIONS + 1]; /* as they must be after; none for a guest who is new */
    size_t companion_count;
};

/* Before the command is run. */
void house_naming_take(const struct house_model *model, const struct command *command, struct house_naming *ret_naming);

/* After it: true when the outcome and all companions are as predicted; else false with the model's `why`. */
bool house_naming_audit(const struct house_naming *naming, const struct command *command,
                        const struct decision *decision, struct house_model *model);

#endif
