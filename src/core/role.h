/* Who may do how much in a property. The route table says which roles a route takes; the core asks only where a rule
 * of the domain depends on the role (own bookings, overrides, pins). */
#ifndef NIGHTLATCH_CORE_ROLE_H
#define NIGHTLATCH_CORE_ROLE_H

#include <stdbool.h>

#include "base/str.h"

enum role {
    ROLE_NONE = 0, /* no role: everything of the property looks absent */
#define ROLE(name, wire, who) ROLE_##name,
#include "core/role.def"
#undef ROLE
    ROLE_COUNT
};

enum { ROLE_LEAST_HELD = ROLE_VIEWER }; /* below it is the guest's, which a link gives and nobody holds */

/* The wire name; "none" for ROLE_NONE. */
struct str role_name(enum role role);

/* False when no role has that wire name. */
bool role_parse(struct str name, enum role *ret_role) __attribute__((warn_unused_result));

/* Front desk and above: may act on bookings of others and pin rooms. */
bool role_is_staff(enum role role);

/* Manager and above: may override a rule, with a reason. */
bool role_may_override(enum role role);

#endif
