/* The log of a property as it grows: each event gets the next number and the hash that binds it to all before it.
 *
 * An event's body is the whole new state of its subject, so that folding the log gives the tables again. The hash is
 * BLAKE2b-256 over the hash before it and every stored field, each with its length, so that no two events and no two
 * splits of fields hash alike. Nothing that may have to be erased is in it: guests and reasons are rows of their own,
 * which the log names by id. */
#ifndef NIGHTLATCH_ENGINE_EVENT_LOG_H
#define NIGHTLATCH_ENGINE_EVENT_LOG_H

#include "core/decision.h"
#include "store/store.h"

/* Writes the event as a row: body rendered into the arena, no seq and no hash yet. `head` is that of
 * the log before it. False when the arena is full. */
bool event_log_render(const struct event *event, const struct store_head *head, uint32_t property,
                      const struct house *house, int64_t at_ms, struct str actor, struct str request_id,
                      struct arena *arena, struct store_event *ret_row) __attribute__((warn_unused_result));

/* Gives the row its number and hash after `head`, and moves the head on. Nothing is stored. */
void event_log_chain(struct store_head *head, uint32_t property, struct store_event *row);

/* The hash of a row whose other fields are all set, after `previous`: for whoever verifies a chain. */
void event_log_hash(const unsigned char previous[STORE_HASH_BYTES], uint32_t property, const struct store_event *row,
                    unsigned char ret_hash[STORE_HASH_BYTES]);

#endif
