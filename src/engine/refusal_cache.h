/* Refusals for want of room that are still right, so that a crowd which wants what is gone costs one decision.
 *
 * A decision looks at the state of one property, at the command, and at the clock. So a refusal that was decided on a
 * state is right for whoever asks the same again while the property is in that state and the clock has passed nothing
 * that matters. States are told apart by the head of the property's log: its hash is chained over every event, so two
 * states with one hash can't be, not even when one of them was rolled back; a refusal may therefore be kept before the
 * transaction it was decided in has committed.
 *
 * It refuses to say what the present state is: whoever asks brings it. refusal_cache_committed() is what a single
 * writer knows; where several processes or nodes write, another check takes its place, or the cache is left out, which
 * changes no answer. It keeps nothing that names a guest or a key, and forgets whatever it likes. Any thread. */
#ifndef NIGHTLATCH_ENGINE_REFUSAL_CACHE_H
#define NIGHTLATCH_ENGINE_REFUSAL_CACHE_H

#include "base/arena.h"
#include "core/command.h"
#include "core/decision.h"
#include "store/store.h"

enum { REFUSAL_QUESTION_BYTES = 16 };

/* A command, as a hash of all a decision of it looks at beside state and clock: the property, the legs, how they are
 * paid, the role. Not the guest. Who asks is in both where the command meets what the caller has, quotas and holds to
 * renew; a stay in any room of its type meets nothing of its caller's but a hold that is in the way. */
struct refusal_question {
    unsigned char shared[REFUSAL_QUESTION_BYTES]; /* by all who ask so */
    unsigned char own[REFUSAL_QUESTION_BYTES];    /* by this caller alone */
};

struct refusal_cache;

/* About 400 KiB. NULL without memory. */
struct refusal_cache *refusal_cache_new(void);
void refusal_cache_free(struct refusal_cache *cache); /* NULL is allowed */

/* False for a command that is not kept: it neither makes bookings out of nothing nor acquires a hold. */
bool refusal_question(const struct command *command, struct refusal_question *ret_question);

/* Keeps a refusal that was decided at `now_ms` on the state under this head, right until `until_ms` on the clock. Does
 * nothing when it is not about room, or is larger than a place. With `own` it is given to nobody but its caller: where
 * somebody's hold was in the way, whoever holds is told so and others are not. */
void refusal_cache_keep(struct refusal_cache *cache, const struct refusal_question *question, bool own,
                        const struct store_head *head, int64_t now_ms, int64_t until_ms, const struct refusal *refusal);

/* The refusal of the same question in this state and at this time, its lists in the arena. False when none is kept, or
 * the arena is full. */
bool refusal_cache_find(struct refusal_cache *cache, const struct refusal_question *question,
                        const struct store_head *head, int64_t now_ms, struct arena *arena, struct refusal *ret_refusal)
    __attribute__((warn_unused_result));

/* --- the state that is committed, as the one writer publishes it --- */

/* Before a commit that moves the log of the property on: from now on, until it is published anew, its state is not
 * known to anybody, since a reader may see the new one before the writer is told. */
void refusal_cache_withdraw(struct refusal_cache *cache, uint32_t property);

/* After a commit, before its answers are given. Without memory the property's state stays unknown. */
void refusal_cache_publish(struct refusal_cache *cache, uint32_t property, const struct store_head *head);

/* The head as it is committed at some moment of this call. False when it is not known. */
bool refusal_cache_committed(struct refusal_cache *cache, uint32_t property, struct store_head *ret_head)
    __attribute__((warn_unused_result));

#endif
