/* What has come up in random lives: how commands ended, and which events there were. Lives in which something never
 * did are not worth much. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_SEEN_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_SEEN_H

#include "core/decide.h"

enum { SEEN_KINDS = 32 };

struct house_seen {
    const char *const *kinds; /* of events, which are counted; borrowed */
    size_t kind_count;        /* SEEN_KINDS at most */
    size_t outcomes[OUTCOME_COUNT];
    size_t events[SEEN_KINDS];
};

void house_seen_note(struct house_seen *seen, const struct decision *decision);

/* Prints how often each of these outcomes and all those events came up; false when one of them never did. */
bool house_seen_all(const struct house_seen *seen, const enum outcome *outcomes, size_t outcome_count);

#endif
