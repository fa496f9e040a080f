/* What commands on the rooms of bookings need to know; the part of facts_wants() that is about them. */
#ifndef NIGHTLATCH_CORE_FACTS_ROOMING_H
#define NIGHTLATCH_CORE_FACTS_ROOMING_H

#include "core/facts.h"

/* As facts_wants(), for a command that changes which rooms its bookings have (rooming_of_command()); 0 for others. */
size_t facts_rooming_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                           struct want **ret_wants);

#endif
