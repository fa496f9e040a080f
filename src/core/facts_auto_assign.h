/* What giving rooms to arrivals needs to know: everything that could be in the way of one of them, type by type. */
#ifndef NIGHTLATCH_CORE_FACTS_AUTO_ASSIGN_H
#define NIGHTLATCH_CORE_FACTS_AUTO_ASSIGN_H

#include "core/facts.h"

/* facts_wants() of the commands on arrivals; NULL with 0 when there are none or the arena is full. */
size_t facts_auto_assign_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                               struct want **ret_wants);

/* Whether the command is about this type: by the night, of rooms, and named or nothing was. */
bool facts_assigns_type(const struct auto_assign_arrivals *asked, const struct room_type *type);

/* Does a stay that begins then arrive on the day whose first instant `day` is? On the business date whoever was to come
 * before, and has not, arrives too. All in ms. */
bool facts_arrives_on(int64_t starts, int64_t day, int32_t today);

#endif
