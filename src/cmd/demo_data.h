/* The houses of the demo: a hotel, a school and a shop of identical units, filled by a seeded generator.
 *
 * Everything is made by commands through an engine, like anything else, so the demo can't show what the product would
 * refuse. The same seed and day give the same houses. */
#ifndef NIGHTLATCH_CMD_DEMO_DATA_H
#define NIGHTLATCH_CMD_DEMO_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/id.h"

struct demo_house {
    const char *name;
    uint32_t property;
    struct id property_id;
    char id[ID_TEXT_SIZE];
    int64_t rooms, bookings;
};

enum { DEMO_HOTEL, DEMO_SCHOOL, DEMO_SHOP, DEMO_HOUSES };

/* Fills the database behind `url`, which has a schema, nothing else, and no server, and makes the people of
 * demo_people.h. False with *err. */
bool demo_fill(const char *url, uint64_t seed, struct demo_house ret_houses[DEMO_HOUSES], struct err *err)
    __attribute__((warn_unused_result));

#endif
