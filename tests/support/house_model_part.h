/* What the files of the house model share; for them alone. */
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

/* --- guests --- */

/* As they are known now; false where nobody is named so. */
bool model_find_guest(const struct house_model *model, struct id id, struct guest *ret_guest);
/* The guest and the links that a command is about; `links` has room for MODEL_LINKS. */
void model_load_guest(const struct house_model *model, const struct command *command, struct guest *guest,
                      struct guest_link *links, struct facts *facts);
/* Of apply. */
bool model_put_guest(struct house_model *model, const struct guest *row);
bool model_put_link(struct house_model *model, const struct guest_link *row);

/* --- jobs --- */

bool model_job_runs(const struct house_model *model);
/* Was it to come on that day, and nobody has? */
bool model_is_due_on(const struct house_model *model, const struct booking *booking, int32_t date);
/* The bookings that the next step of the job takes up, in order; their number. */
size_t model_list_step(const struct house_model *model, struct id ret_ids[MODEL_BOOKINGS]);
void model_load_job(const struct house_model *model, const struct command *command, struct facts *facts);
/* Of apply: a job, a line of its report, and the property, whose date it moves. */
bool model_put_job(struct house_model *model, const struct job *row);
bool model_put_job_item(struct house_model *model, struct id job, const struct job_item *item);
bool model_put_property(struct house_model *model, const struct property *row);

#endif
