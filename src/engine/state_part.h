/* Members that the states of all sorts of things begin and end with. For the files that write states, and nobody else.
 */
#ifndef NIGHTLATCH_ENGINE_STATE_PART_H
#define NIGHTLATCH_ENGINE_STATE_PART_H

#include "core/house.h"
#include "util/json_write.h"

/* "id" and "property_id". */
void state_write_ids(struct json_writer *writer, enum id_kind kind, const struct property *property, struct id id);

/* "created_at" and "version". */
void state_write_made(struct json_writer *writer, int64_t created_at, int64_t version);

#endif
