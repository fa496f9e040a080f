/* Would this be accepted? A booking, or a change of one, is decided on a reader's snapshot, by the same rules as a real
 * one, and forgotten.
 *
 * What searches and alternatives show is tried first, so that nobody is offered what is then refused. It refuses to
 * guess: every answer is the core's. For load() functions. */
#ifndef NIGHTLATCH_API_TRIAL_H
#define NIGHTLATCH_API_TRIAL_H

#include "api/reader_pool.h"
#include "core/command.h"
#include "core/outcome.h"

struct trial {
    struct reader *reader;
    struct actor actor; /* who would ask: what is refused to them is not offered to them */
    const struct house_entry *house;
    uint32_t property;
    int64_t now_ms;
    bool may_have_lapsed;
};

/* Who asks where the answer is for everybody: someone without a quota, who needs nobody's approval. */
extern const struct actor trial_anybody;

/* The outcome that a booking of `quantity` times this leg would have; OUTCOME_BUSY_RETRY when it can't be found out.
 * Forgets the memory of the trial before. */
enum outcome trial_run(const struct trial *trial, const struct leg *leg, int32_t quantity);

/* Whether a booking that is there would be changed to be as this leg says: its time, type and party, wherever it would
 * be. False when that is refused, can't be found out, or is what the booking has. Forgets as above. */
bool trial_run_amend(const struct trial *trial, struct id booking, const struct leg *leg);

/* Whether this very command, which needs the trial's actor and property, would be accepted and change anything. Forgets
 * as above. */
bool trial_run_command(const struct trial *trial, const struct command *command);

#endif
