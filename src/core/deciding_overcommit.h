/* More sold on a night than there is, by a record that says why.
 *
 * For deciders that may take a unit that is not there: of a room that is closed by force, or for who stays on after
 * their time. A night's overcommit is the sum of its open records and never more than it needs: whatever comes free
 * first lowers it, and is sold only when it is 0. It refuses to judge who may be overcommitted for; without a record
 * nothing may, which the database holds as well. */
#ifndef NIGHTLATCH_CORE_DECIDING_OVERCOMMIT_H
#define NIGHTLATCH_CORE_DECIDING_OVERCOMMIT_H

#include "core/deciding.h"

/* Makes room for `quantity` more units of the type on each night of the span (ms, whole nights; those before the
 * business date are not looked at, nor those that are not on sale): where fewer are left, allowance included, the
 * record of the subject is raised by what lacks, with one overcommit.raised event for each run of nights that come to
 * the same. Call it before the units are taken, and take them in the same decision: what is not taken falls again at
 * its end. `subject` is the closure, or the booking that overstays. The stock of the type over the span must have been
 * loaded (want.nights). True when any night was raised, false when there was enough. */
bool deciding_overcommit(struct deciding *d, struct id room_type, struct span span, int32_t quantity,
                         enum overcommit_kind kind, struct id subject);

/* Lowers the overcommit of each night by what is free on it, the record of the lowest subject first, with an
 * overcommit.fell event for each run of nights. decide() calls it when what lapsed has been ended, and after the
 * command; in between a command may give back a unit and take it again. */
void deciding_settle_overcommit(struct deciding *d);

#endif
