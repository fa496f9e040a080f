/* The one place where the rules of the house are applied: facts + command -> changes and events, or one refusal.
 *
 * Pure: no I/O, no clock, no heap, no globals; equal input gives equal output, so a command may be decided again
 * after its transaction was rolled back, and a log can be replayed. It does not write; the engine's apply() and the
 * explorer's model do, from the same changes. */
#ifndef NIGHTLATCH_CORE_DECIDE_H
#define NIGHTLATCH_CORE_DECIDE_H

#include "core/decision.h"
#include "core/facts.h"

/* Ends what has lapsed among the facts, then decides the command on what remains. Everything in *ret_decision is in
 * the arena or borrowed from `facts` and `command`. Nodes of the placement search are bounded by the constant of the
 * design (20,000). */
void decide(const struct facts *facts, const struct command *command, struct arena *arena,
            struct decision *ret_decision);

#endif
