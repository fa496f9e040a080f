/* The business date moves on: never back, never beyond the local date. For deciders that close a day. */
#ifndef NIGHTLATCH_CORE_DECIDE_DAY_H
#define NIGHTLATCH_CORE_DECIDE_DAY_H

#include "core/deciding.h"

/* Records the property with `date`, later than its own and no later than the local one, as its business date, and the
 * event business_date.rolled, which names the log as it stood. */
void day_roll_to(struct deciding *d, int32_t date);

#endif
