/* Roles of a principal are few and sorted. */
#include "api/auth.h"

enum role
principal_role_in(const struct principal *principal, uint32_t property)
{
    if (principal->owner)
        return ROLE_OWNER;
    size_t low = 0, high = principal->role_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (principal->roles[middle].property == property)
            return principal->roles[middle].role;
        if (principal->roles[middle].property < property)
            low = middle + 1;
        else
            high = middle;
    }
    return ROLE_NONE;
}
