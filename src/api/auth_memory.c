/* A table of tokens by id: open addressing with linear probing, never more than half full. Ids are random in their low
 * half, so that half is the hash. */
#include "api/auth_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
    struct principal principal; /* its actor and roles are the entry's */
    char actor[ID_TEXT_SIZE];
    unsigned char hash[TOKEN_HASH_BYTES];
    bool revoked; /* keeps its place */
};

struct auth_memory {
    struct auth auth; /* first: the implementation is found from it */
    struct entry **slots;
    size_t slot_count; /* a power of two */
    size_t used;
    bool lets_in_user;
    struct principal user; /* of the unix socket */
    uint32_t uid;
    char user_actor[24];
};

static struct auth_memory *
own(struct auth *auth)
{
    return (struct auth_memory *)(void *)auth;
}

/* The slot of this id, or the empty one where it would go. */
static struct entry **
find_slot(struct entry **slots, size_t slot_count, struct id id)
{
    size_t at = (size_t)id.lo & (slot_count - 1);
    while (slots[at] != NULL && !id_equal(slots[at]->principal.id, id))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static enum auth_result
identify_token(struct auth_memory *memory, struct str text, const struct principal **ret_principal)
{
    struct id id;
    struct str secret;
    if (!token_parse(text, &id, &secret))
        return AUTH_BAD;
    const struct entry *entry = *find_slot(memory->slots, memory->slot_count, id);
    if (entry == NULL || entry->revoked || !token_matches(secret, entry->hash))
        return AUTH_BAD;
    *ret_principal = &entry->principal;
    return AUTH_GOOD;
}

static enum auth_result
identify(struct auth *auth, const struct http_request *request, const struct peer *peer,
         const struct principal **ret_principal)
{
    struct auth_memory *memory = own(auth);
    struct str found = {NULL, 0};
    for (size_t i = 0; i < request->header_count; i++) {
        if (!str_equal_nocase(request->headers[i].name, STR("authorization")))
            continue;
        if (found.ptr != NULL)
            return AUTH_BAD;
        found = request->headers[i].value;
    }
    if (found.ptr != NULL)
        return identify_token(memory, token_of_authorization(found), ret_principal);
    if (peer->kind != PEER_LOCAL || !memory->lets_in_user || peer->uid != memory->uid)
        return AUTH_ANONYMOUS;
    *ret_principal = &memory->user;
    return AUTH_GOOD;
}

struct auth_memory *
auth_memory_new(struct err *err)
{
    struct auth_memory *memory = calloc(1, sizeof(*memory));
    if (memory != NULL) {
        memory->auth.identify = identify;
        memory->slot_count = 16;
        memory->slots = calloc(memory->slot_count, sizeof(struct entry *));
        if (memory->slots != NULL)
            return memory;
    }
    free(memory);
    err_set(err, ERR_MEMORY, "no memory for the callers");
    return NULL;
}

static void
entry_free(struct entry *entry)
{
    if (entry == NULL)
        return;
    void *roles = NULL;
    memcpy(&roles, &entry->principal.roles, sizeof(roles));
    free(roles);
    free(entry);
}

void
auth_memory_free(struct auth_memory *memory)
{
    if (memory == NULL)
        return;
    for (size_t i = 0; i < memory->slot_count; i++)
        entry_free(memory->slots[i]);
    free(memory->slots);
    free(memory);
}

struct auth *
auth_memory_auth(struct auth_memory *memory)
{
    return &memory->auth;
}

void
auth_memory_let_in_user(struct auth_memory *memory, uint32_t uid)
{
    memory->lets_in_user = true;
    memory->uid = uid;
    int len = snprintf(memory->user_actor, sizeof(memory->user_actor), "os:%u", uid);
    memory->user = (struct principal){.actor = {memory->user_actor, (size_t)len}, .owner = true, .trusted = true};
}

static bool
make_room(struct auth_memory *memory)
{
    if (memory->used * 2 < memory->slot_count)
        return true;
    size_t wider = memory->slot_count * 2;
    struct entry **slots = calloc(wider, sizeof(struct entry *));
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < memory->slot_count; i++)
        if (memory->slots[i] != NULL)
            *find_slot(slots, wider, memory->slots[i]->principal.id) = memory->slots[i];
    free(memory->slots);
    memory->slots = slots;
    memory->slot_count = wider;
    return true;
}

static struct entry *
entry_new(const struct auth_memory_token *token)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    struct principal_role *roles = calloc(token->role_count + 1, sizeof(*roles));
    if (entry == NULL || roles == NULL) {
        free(entry);
        free(roles);
        return NULL;
    }
    if (token->role_count > 0)
        memcpy(roles, token->roles, token->role_count * sizeof(*roles));
    id_format(ID_TOKEN, 0, token->id, entry->actor);
    memcpy(entry->hash, token->hash, TOKEN_HASH_BYTES);
    entry->principal = (struct principal){.actor = {entry->actor, ID_TEXT_LEN},
                                          .id = token->id,
                                          .owner = token->owner,
                                          .trusted = token->trusted,
                                          .roles = roles,
                                          .role_count = token->role_count};
    return entry;
}

bool
auth_memory_put(struct auth_memory *memory, const struct auth_memory_token *token, struct err *err)
{
    struct entry *entry = make_room(memory) ? entry_new(token) : NULL;
    if (entry == NULL) {
        err_set(err, ERR_MEMORY, "no memory for another token");
        return false;
    }
    struct entry **slot = find_slot(memory->slots, memory->slot_count, token->id);
    memory->used += *slot == NULL ? 1 : 0;
    entry_free(*slot);
    *slot = entry;
    return true;
}

void
auth_memory_remove(struct auth_memory *memory, struct id id)
{
    struct entry *entry = *find_slot(memory->slots, memory->slot_count, id);
    if (entry != NULL)
        entry->revoked = true;
}
