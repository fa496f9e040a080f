/* Reading what a provider of payments says: whether it is genuine, and what it says.
 *
 * For webhook.c and its tests. Pure but for jansson's trees, which are borrowed. It refuses to decide what becomes of
 * it: that is the core's. */
#ifndef NIGHTLATCH_API_WEBHOOK_H
#define NIGHTLATCH_API_WEBHOOK_H

#include <jansson.h>

#include "base/arena.h"
#include "core/command.h"

enum { WEBHOOK_SIGNATURES_MAX = 8 };

struct webhook_signature {
    struct str time; /* as it was sent, since that was signed */
    int64_t time_s;  /* seconds since the epoch */
    struct str v1[WEBHOOK_SIGNATURES_MAX];
    size_t count;
};

/* "t=1795341600,v1=5257a8...,v1=..."; other schemes are passed over. False when there is no time or no v1. Borrows from
 * the header. */
bool webhook_read_signature(struct str header, struct webhook_signature *ret_signature)
    __attribute__((warn_unused_result));

/* Is one of the signatures HMAC-SHA-256 of "<time>.<body>" with the secret? In a time that does not depend on how much
 * of one is right. */
bool webhook_is_signed(const struct webhook_signature *signature, struct str body, struct str secret)
    __attribute__((warn_unused_result));

enum webhook_read {
    WEBHOOK_SAYS,         /* something of a payment or refund */
    WEBHOOK_SAYS_NOTHING, /* an event of another kind, or of somebody else's refund */
    WEBHOOK_IS_NO_EVENT,
};

/* The event as a command's part, its text in the arena. `account` is the property's at the provider; empty: any. */
enum webhook_read webhook_read_event(json_t *event, uint32_t property, struct str account, struct arena *arena,
                                     struct note_payment *ret_note) __attribute__((warn_unused_result));

#endif
