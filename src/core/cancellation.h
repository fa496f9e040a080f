/* What it costs to call a booking off, by the policy of its property.
 *
 * Whoever decides a cancellation and whoever tells a guest beforehand ask here, so that they say the same. It refuses
 * to know who asks and what was paid. Pure; instants are milliseconds since the epoch, money is in minor units. */
#ifndef NIGHTLATCH_CORE_CANCELLATION_H
#define NIGHTLATCH_CORE_CANCELLATION_H

#include "core/booking.h"
#include "core/house.h"

/* What is kept when it is called off now. `begins_ms` is when its day of arrival, or its slot, begins at the property.
 * What was only asked for and never promised costs nothing, nor does what has no price here. */
int64_t cancellation_fee(const struct property *property, const struct booking *booking, int64_t now_ms,
                         int64_t begins_ms);

/* Whether it is free now and will cost something later: from *ret_until_ms on, *ret_fee. */
bool cancellation_is_free_for_now(const struct property *property, const struct booking *booking, int64_t now_ms,
                                  int64_t begins_ms, int64_t *ret_until_ms, int64_t *ret_fee);

#endif
