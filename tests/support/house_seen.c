/* Counted by name: a kind that nobody writes any more is one that never comes up. */
#include "tests/support/house_seen.h"

#include <assert.h>
#include <stdio.h>

void
house_seen_note(struct house_seen *seen, const struct decision *decision)
{
    assert(seen->kind_count <= SEEN_KINDS);
    seen->outcomes[decision->refusal.outcome]++;
    for (size_t i = 0; i < decision->event_count; i++)
        for (size_t j = 0; j < seen->kind_count; j++)
            seen->events[j] += str_equal(decision->events[i].kind, str_from(seen->kinds[j]));
}

static bool
came_up(const char *what, size_t count)
{
    printf("# %s %zu%s\n", what, count, count == 0 ? ": never came up" : "");
    return count > 0;
}

bool
house_seen_all(const struct house_seen *seen, const enum outcome *outcomes, size_t outcome_count)
{
    bool all = true;
    for (size_t i = 0; i < outcome_count; i++)
        all &= came_up(outcome_info(outcomes[i])->code.ptr, seen->outcomes[outcomes[i]]);
    for (size_t i = 0; i < seen->kind_count; i++)
        all &= came_up(seen->kinds[i], seen->events[i]);
    return all;
}
