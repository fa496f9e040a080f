/* Withdrawing links as a part of something else, like the erasure of a guest or their replacement. For deciders; it
 * refuses nothing. */
#ifndef NIGHTLATCH_CORE_DECIDE_GUEST_LINK_H
#define NIGHTLATCH_CORE_DECIDE_GUEST_LINK_H

#include "core/deciding.h"

/* All that the facts have are withdrawn, each with its event. */
void guest_links_withdraw(struct deciding *d);

#endif
