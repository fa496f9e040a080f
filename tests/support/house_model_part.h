/* What the two files of the house model share; for them alone. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_MODEL_PART_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_MODEL_PART_H

#include "tests/support/house_model.h"

/* Writes model->why; always false. */
bool model_fail(struct house_model *model, const char *invariant, const char *what);

/* NULL when there is none. */
const struct room_type *model_type(const struct house_model *model, struct id id);
const struct room_type *model_type_of_room(const struct house_model *model, struct id room);

/* Unassigned blocking bookings and held stock of the type; room for MODEL_BOOKINGS + MODEL_HOLDS. */
size_t model_list_loose(const struct house_model *model, const struct room_type *type, struct loose *ret_loose);

#endif
