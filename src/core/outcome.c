/* outcome.def as a table. */
#include "core/outcome.h"

#include <assert.h>

static const struct outcome_info outcome_table[OUTCOME_COUNT] = {
    [OUTCOME_OK] = {{"OK", 2}, 200, false, {"OK", 2}, {"Done.", 5}},
#define OUTCOME(name, http_status, transient, title, meaning)                                                          \
    [OUTCOME_##name] = {{#name, sizeof(#name) - 1},                                                                    \
                        http_status,                                                                                   \
                        transient,                                                                                     \
                        {title, sizeof(title) - 1},                                                                    \
                        {meaning, sizeof(meaning) - 1}},
#include "core/outcome.def"
#undef OUTCOME
};

const struct outcome_info *
outcome_info(enum outcome outcome)
{
    assert((int)outcome >= 0 && outcome < OUTCOME_COUNT);
    return &outcome_table[outcome];
}
