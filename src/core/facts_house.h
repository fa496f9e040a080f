/* The part of facts_wants() that is about the house: what commands on types, rooms and inventory need to know.
 *
 * For facts.c alone. Where rooms come or go, all nights on sale of their types are needed, because each is moved; where
 * they go, also what is fixed and placed in them. Whatever lapsed in the way is loaded along with nights and claims. */
#ifndef NIGHTLATCH_CORE_FACTS_HOUSE_H
#define NIGHTLATCH_CORE_FACTS_HOUSE_H

#include "core/facts.h"

/* As facts_wants(); 0 for a command that is not about the house, or needs nothing. */
size_t facts_house_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                         struct want **ret_wants);

#endif
