/* Replies that are kept as long as they are right: until the log of their property moves on, or until something that
 * they depend on expires.
 *
 * Whoever asks for what is not kept fills it; who asks meanwhile waits for that, so that a change costs one reading
 * however many look. Time is counted in commits: what is asked for after n commits is answered from a snapshot of at
 * least n. It refuses to serve what may be outdated, and to hold more bytes than it was told. Any thread; a body that
 * is being sent lives until the last of its senders has released it. */
#ifndef NIGHTLATCH_API_REPLY_CACHE_H
#define NIGHTLATCH_API_REPLY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct reply_cache;
struct cache_entry;

/* A body, as it is or compressed: kept is what is sent, since ten compressed ones take the room of one that is not. */
struct cached_body;
struct str cached_body_bytes(const struct cached_body *body);
bool cached_body_is_gzip(const struct cached_body *body);
/* Takes a `struct cached_body *`; fits server_reply.release. */
void cached_body_release(void *body);

/* One who asks; lives in whoever asks, until it is given back by reply_cache_end(). */
struct cache_asker {
    struct cache_asker *next;
    bool gzip; /* would take it compressed; who would not has an entry of their own */
    long long commits;
};

/* `seed` is any random number: whoever picks queries can't pick places. NULL without memory. */
struct reply_cache *reply_cache_new(size_t bytes, uint64_t seed, struct err *err) __attribute__((warn_unused_result));
/* Nobody fills or waits any more. NULL is allowed. */
void reply_cache_free(struct reply_cache *cache);

enum cache_found {
    CACHE_HIT,  /* *ret_body is to be sent, and released */
    CACHE_WAIT, /* another fills; the asker is given back when it has */
    CACHE_FILL, /* the asker is to fill *ret_entry, and to say reply_cache_end() */
};

/* Asks for `key` as it is after asker->commits commits, at `now_ms`. */
enum cache_found reply_cache_ask(struct reply_cache *cache, struct str key, struct cache_asker *asker, int64_t now_ms,
                                 struct cached_body **ret_body, struct cache_entry **ret_entry);

/* For who fills: whether the entry has a body from before, which is still right if the log has not moved beyond
 * *ret_seq and the clock has not reached *ret_until_ms. */
bool reply_cache_has(const struct cache_entry *entry, int64_t *ret_seq, int64_t *ret_until_ms);

/* What became of a filling. */
struct cache_filling {
    bool keeps;       /* the body from before is right */
    struct str body;  /* else a new one, borrowed; ptr NULL: there is none */
    int64_t seq;      /* of the log it was made from */
    int64_t until_ms; /* when the clock alone makes it wrong; INT64_MAX for never */
};

/* Ends a filling. *ret_body is what the filler and everybody in *ret_answered are to be sent, one hold for each; NULL
 * when there is none, or no memory, and they are to be answered without the cache. *ret_filler, unless NULL, asked
 * after later commits and is to fill the entry next. */
void reply_cache_end(struct reply_cache *cache, struct cache_entry *entry, const struct cache_filling *filling,
                     struct cached_body **ret_body, struct cache_asker **ret_answered, struct cache_asker **ret_filler);

struct reply_cache_stats {
    uint64_t hits, waits, fills, keeps; /* ever */
    uint64_t entries, bytes;            /* now */
};
void reply_cache_read_stats(struct reply_cache *cache, struct reply_cache_stats *ret_stats);

#endif
