/* What the steps of all kinds of jobs have in common. For the deciders of kinds. */
#ifndef NIGHTLATCH_CORE_DECIDE_JOB_H
#define NIGHTLATCH_CORE_DECIDE_JOB_H

#include "core/deciding.h"

/* A step on its way: the job as it will be, and the lines that this step adds to its report. */
struct job_step {
    struct job *job;
    struct job_item *items;
    size_t item_count, item_capacity;
};

/* Begins a job of the kind for that business date, by the command's actor, with its event. Uses one fresh id. */
void job_begin(struct deciding *d, enum job_kind kind, int32_t date);

/* Counts a booking under a tally, and lists it with the room (none for none). */
void job_step_list(struct deciding *d, struct job_step *step, int32_t tally, struct id booking, struct id room);

/* Counts one under a tally without a line of its own. */
void job_step_count(struct job_step *step, int32_t tally);

/* The next phase, from its beginning. */
void job_step_go_to(struct job_step *step, int32_t phase);

/* Nothing is left to do: the event of the end shows every line. */
void job_step_complete(struct deciding *d, struct job_step *step);

/* --- the kinds --- */

/* Refuses to start one now; true when it was refused. */
bool audit_refuse_start(struct deciding *d);

/* Does as much as a step may, and says with the functions above how far that was. */
void audit_step(struct deciding *d, struct job_step *step);

#endif
