/* Bodies of events as older releases wrote them, brought to the form of this one.
 *
 * The log is never changed, so every reader of bodies has to know all forms there ever were; this is the only place
 * that does. A step for each version after the first (upcast.def). It refuses forms of the future. */
#ifndef NIGHTLATCH_ENGINE_UPCAST_H
#define NIGHTLATCH_ENGINE_UPCAST_H

#include <jansson.h>

#include "base/err.h"
#include "core/decision.h"

/* The version of the form that this program writes. */
enum { EVENT_VERSION = 2 };

/* Brings a body that was written as version `v` to EVENT_VERSION, in place. False with ERR_DATA when there is no such
 * version yet, ERR_MEMORY when memory is short. */
bool upcast_body(enum event_state of, int64_t v, json_t *body, struct err *err) __attribute__((warn_unused_result));

#endif
