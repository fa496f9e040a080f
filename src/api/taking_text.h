/* A movement of money as the interface and JSON lines show it. */
#ifndef NIGHTLATCH_API_TAKING_TEXT_H
#define NIGHTLATCH_API_TAKING_TEXT_H

#include "engine/takings.h"
#include "util/json_write.h"

/* One object: when, through whom, whose, and by how much the captured and the refunded amount rose, minor units.
 * `actor_name` is through whom by name, empty where nobody is told or known. */
void taking_write(struct json_writer *writer, const struct property *property, const struct taking *taking,
                  const struct taking_payer *payer, struct str actor_name);

#endif
