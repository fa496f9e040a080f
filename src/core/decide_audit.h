/* The parts of a night audit, in order: what is loaded for a step depends on where it is. */
#ifndef NIGHTLATCH_CORE_DECIDE_AUDIT_H
#define NIGHTLATCH_CORE_DECIDE_AUDIT_H

#include "core/facts.h"

enum audit_phase {
    AUDIT_NO_SHOWS, /* stays that were to begin on the day or before, and nobody came */
    AUDIT_STAYS,    /* who is in the house: their rooms are to be cleaned, and who should have left gets a night more */
    AUDIT_CLOSE,    /* the date moves on by one day, and the report is complete */
};

/* The stay that this step gives a night more: the first it takes up, where its departure has come and its guests have
 * not left. NULL for every other step and command. */
const struct booking *audit_overstay(const struct facts *facts, const struct command *command);

/* The interval it has with that night. */
struct span audit_longer_span(const struct booking *booking, const struct facts *facts);

#endif
