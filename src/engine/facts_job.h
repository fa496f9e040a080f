/* What a decision on a job, or on the end of a day, is shown: a part of facts_load.c. */
#ifndef NIGHTLATCH_ENGINE_FACTS_JOB_H
#define NIGHTLATCH_ENGINE_FACTS_JOB_H

#include "engine/facts_load.h"

/* The job of a step, the one that runs, what keeps a day from being closed. After the dates. */
enum db_status facts_load_job(const struct facts_load *load, struct facts *facts) STORE_CHECKED;

/* The bookings that a step takes up, in the arena; 0 for any other command. */
enum db_status facts_find_step(const struct facts_load *load, const struct facts *facts, struct id **ret_ids,
                               size_t *ret_count) STORE_CHECKED;

#endif
