/* Small questions about people. */
#include "core/people.h"

enum role
user_role_in(const struct user *user, uint32_t property)
{
    if (user->owner)
        return ROLE_OWNER;
    for (size_t i = 0; i < user->role_count; i++)
        if (user->roles[i].property == property)
            return user->roles[i].role;
    return ROLE_NONE;
}

bool
secret_hash_equal(const unsigned char a[SECRET_HASH_BYTES], const unsigned char b[SECRET_HASH_BYTES])
{
    unsigned char differs = 0;
    for (size_t i = 0; i < SECRET_HASH_BYTES; i++)
        differs |= a[i] ^ b[i];
    return differs == 0;
}

bool
invitation_is_open(const struct invitation *invitation, int64_t now_ms)
{
    return invitation->used_at == 0 && invitation->void_at == 0 && now_ms < invitation->expires_at;
}

bool
password_reset_is_open(const struct password_reset *reset, int64_t now_ms)
{
    return reset->used_at == 0 && now_ms < reset->expires_at;
}
