/* role.def as a table. */
#include "core/role.h"

#include <assert.h>

static const struct str role_names[ROLE_COUNT] = {
    [ROLE_NONE] = {"none", 4},
#define ROLE(name, wire, who) [ROLE_##name] = {wire, sizeof(wire) - 1},
#include "core/role.def"
#undef ROLE
};

struct str
role_name(enum role role)
{
    assert((int)role >= 0 && role < ROLE_COUNT);
    return role_names[role];
}

bool
role_parse(struct str name, enum role *ret_role)
{
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        if (str_equal(role_names[role], name)) {
            *ret_role = (enum role)role;
            return true;
        }
    }
    return false;
}

bool
role_is_staff(enum role role)
{
    return role >= ROLE_FRONT_DESK;
}

bool
role_may_override(enum role role)
{
    return role >= ROLE_MANAGER;
}
