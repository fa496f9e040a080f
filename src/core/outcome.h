/* The outcomes of outcome.def: the answers a request can get besides success. Nothing here decides; it names. */
#ifndef NIGHTLATCH_CORE_OUTCOME_H
#define NIGHTLATCH_CORE_OUTCOME_H

#include <stdbool.h>

#include "base/str.h"

enum outcome {
    OUTCOME_OK = 0,
#define OUTCOME(name, http_status, transient, title, meaning) OUTCOME_##name,
#include "core/outcome.def"
#undef OUTCOME
    OUTCOME_COUNT
};

struct outcome_info {
    struct str code;    /* the wire code, "SOLD_OUT" */
    int http_status;    /* 4xx or 5xx; 200 for OUTCOME_OK */
    bool transient;     /* the same request may succeed later unchanged */
    struct str title;   /* short, the same for every occurrence */
    struct str meaning; /* a sentence for the documentation and as the default detail */
};

/* The row of an outcome; never NULL. */
const struct outcome_info *outcome_info(enum outcome outcome);

#endif
