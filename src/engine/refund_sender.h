/* Asks providers for the refunds that are due, one request each, and writes back what they say.
 *
 * A refund is marked as sent, durably, before the provider is asked, and asked for again with the same key and the same
 * amount until there is an answer that settles it: whoever is killed in between asks once more, and the provider gives
 * the same refund. Its public id is that key. Between two attempts passes a while, then twice as long each time, an
 * hour at most. A provider keeps a key for a day at least (docs.stripe.com/api/idempotent_requests) and may give a
 * second refund after that: what had no answer for REFUND_SENDER_KEY_MS is not asked for any more and marked as in
 * doubt, for somebody to look at. It refuses to decide what a refund does (that is a command like any other) and to
 * hold a transaction while it waits for the network. The request is that of Stripe's API, `POST /v1/refunds`. */
#ifndef NIGHTLATCH_ENGINE_REFUND_SENDER_H
#define NIGHTLATCH_ENGINE_REFUND_SENDER_H

#include "engine/engine.h"
#include "util/outbound.h"
#include "util/sealer.h"

enum { REFUND_SENDER_KEY_MS = 23 * 3600000 }; /* a day, less what clocks may differ by */

struct refund_sender;

/* All borrowed, and to outlive the sender. */
struct refund_sender_settings {
    struct engine *engine;
    struct db *db;
    const struct clock *clock;
    const struct sealer *sealer;
    struct outbound *outbound;
    struct log *log;       /* may be NULL */
    int64_t first_wait_ms; /* between the first attempt and the second; > 0 */
};

/* Opens a connection that reads. No thread yet: refund_sender_step() may be called by hand. NULL with a failure. */
struct refund_sender *refund_sender_new(const struct refund_sender_settings *settings, struct err *err)
    __attribute__((warn_unused_result));

/* A thread of its own, which looks once a second. */
bool refund_sender_start(struct refund_sender *sender, struct err *err) __attribute__((warn_unused_result));

/* Stops what is under way, ends the thread, frees. While the engine still takes commands. NULL is allowed. */
void refund_sender_free(struct refund_sender *sender);

/* Asks for each refund whose time has come, once; returns how many were asked for. Not while the thread runs. */
size_t refund_sender_step(struct refund_sender *sender);

/* How long after the `attempts`-th attempt the next one is, ms; attempts >= 1. */
int64_t refund_sender_backoff_ms(int64_t first_wait_ms, int64_t attempts);

#endif
