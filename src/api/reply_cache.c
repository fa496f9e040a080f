/* Entries by key in a hash table, and in order of use. One mutex guards all of it; bodies are counted by atomics, and
 * compressed before the mutex is taken. An entry that is being filled, or that somebody waits for, is not evicted. */
#include "api/reply_cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <zlib.h>

enum {
    BUCKETS = 4096, /* a power of two */
    ENTRIES_MAX = 4096,
    GZIP_FROM = 1024, /* bytes: less is not worth it */
    GZIP_LEVEL = 1,   /* nights and rooms repeat themselves: more effort gains little */
};

struct cached_body {
    atomic_int holds;
    bool is_gzip;
    size_t len;
    char bytes[];
};

struct cache_entry {
    struct cache_entry *collision;
    struct cache_entry *older, *newer; /* in order of use */
    uint64_t hash;
    struct cached_body *body; /* NULL: none */
    size_t body_bytes;        /* of `body`, counted in the stats */
    int64_t seq, until_ms;
    long long commits; /* the body is right after so many */
    bool filling;
    long long filling_commits;
    bool gzip;                   /* for those who take it compressed */
    struct cache_asker *waiting; /* for the filling under way */
    struct cache_asker *late;    /* for the one after it */
    size_t key_len;
    char key[];
};

struct reply_cache {
    pthread_mutex_t mutex;
    size_t limit;
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    struct cache_entry *buckets[BUCKETS];
    struct cache_entry *oldest, *newest;
    struct reply_cache_stats stats;
};

/* -- bodies -- */

struct str
cached_body_bytes(const struct cached_body *body)
{
    return str_of(body->bytes, body->len);
}

bool
cached_body_is_gzip(const struct cached_body *body)
{
    return body->is_gzip;
}

void
cached_body_release(void *body)
{
    struct cached_body *cached = body;
    if (cached != NULL && atomic_fetch_sub_explicit(&cached->holds, 1, memory_order_acq_rel) == 1)
        free(cached);
}

static void
hold(struct cached_body *body, int count)
{
    atomic_fetch_add_explicit(&body->holds, count, memory_order_relaxed);
}

/* RFC 1952 through zlib: a window of 32 KiB with the gzip wrapper. 0 when it does not fit or there is no memory. */
static size_t
compress_into(struct str plain, char *out, size_t room)
{
    z_stream stream = {.zalloc = Z_NULL};
    if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    memcpy(&stream.next_in, &plain.ptr, sizeof(stream.next_in));
    stream.avail_in = (uInt)plain.len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    size_t len = room - stream.avail_out;
    (void)deflateEnd(&stream);
    return done ? len : 0;
}

/* Held once; as it is where compressing it would not pay. NULL without memory. */
static struct cached_body *
body_new(struct str plain, bool gzip)
{
    struct cached_body *body = malloc(sizeof(*body) + plain.len);
    if (body == NULL)
        return NULL;
    atomic_init(&body->holds, 1);
    body->len = gzip && plain.len >= GZIP_FROM ? compress_into(plain, body->bytes, plain.len) : 0;
    body->is_gzip = body->len > 0;
    if (!body->is_gzip) {
        memcpy(body->bytes, plain.ptr, plain.len);
        body->len = plain.len;
    }
    struct cached_body *trimmed = realloc(body, sizeof(*body) + body->len);
    if (trimmed == NULL)
        return body;
    return trimmed;
}

/* -- the table -- */

struct reply_cache *
reply_cache_new(size_t bytes, uint64_t seed, struct err *err)
{
    struct reply_cache *cache = calloc(1, sizeof(*cache));
    if (cache == NULL) {
        err_set(err, ERR_MEMORY, "no memory for kept replies");
        return NULL;
    }
    cache->limit = bytes;
    memcpy(cache->hash_key, &seed, sizeof(seed));
    pthread_mutex_init(&cache->mutex, NULL);
    return cache;
}

static size_t
entry_bytes(const struct cache_entry *entry)
{
    return sizeof(*entry) + entry->key_len + entry->body_bytes;
}

static void
unlink_use(struct reply_cache *cache, struct cache_entry *entry)
{
    *(entry->older == NULL ? &cache->oldest : &entry->older->newer) = entry->newer;
    *(entry->newer == NULL ? &cache->newest : &entry->newer->older) = entry->older;
}

static void
link_newest(struct reply_cache *cache, struct cache_entry *entry)
{
    entry->older = cache->newest;
    entry->newer = NULL;
    *(cache->newest == NULL ? &cache->oldest : &cache->newest->newer) = entry;
    cache->newest = entry;
}

static struct cache_entry **
find_link(struct reply_cache *cache, uint64_t hash, struct str key, bool gzip)
{
    struct cache_entry **link = &cache->buckets[hash & (BUCKETS - 1)];
    while (*link != NULL &&
           ((*link)->hash != hash || (*link)->gzip != gzip || !str_equal(str_of((*link)->key, (*link)->key_len), key)))
        link = &(*link)->collision;
    return link;
}

static void
entry_free(struct reply_cache *cache, struct cache_entry *entry)
{
    struct cache_entry **link = find_link(cache, entry->hash, str_of(entry->key, entry->key_len), entry->gzip);
    assert(*link == entry && !entry->filling);
    *link = entry->collision;
    unlink_use(cache, entry);
    cache->stats.entries--;
    cache->stats.bytes -= entry_bytes(entry);
    cached_body_release(entry->body);
    free(entry);
}

/* Lets go of what was not asked for the longest, until everything fits. */
static void
evict(struct reply_cache *cache)
{
    struct cache_entry *entry = cache->oldest;
    while (entry != NULL && (cache->stats.bytes > cache->limit || cache->stats.entries > ENTRIES_MAX)) {
        struct cache_entry *newer = entry->newer;
        if (!entry->filling)
            entry_free(cache, entry);
        entry = newer;
    }
}

void
reply_cache_free(struct reply_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->oldest != NULL)
        entry_free(cache, cache->oldest);
    pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

static struct cache_entry *
find_or_add(struct reply_cache *cache, struct str key, bool gzip)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key.ptr, key.len, cache->hash_key);
    struct cache_entry **link = find_link(cache, hash, key, gzip), *entry = *link;
    if (entry != NULL) {
        unlink_use(cache, entry);
        link_newest(cache, entry);
        return entry;
    }
    entry = calloc(1, sizeof(*entry) + key.len);
    if (entry == NULL)
        return NULL;
    entry->hash = hash;
    entry->gzip = gzip;
    entry->key_len = key.len;
    memcpy(entry->key, key.ptr, key.len);
    *link = entry;
    link_newest(cache, entry);
    cache->stats.entries++;
    cache->stats.bytes += entry_bytes(entry);
    return entry;
}

static bool
is_right(const struct cache_entry *entry, const struct cache_asker *asker, int64_t now_ms)
{
    return entry->body != NULL && entry->commits >= asker->commits && now_ms < entry->until_ms;
}

static void
push(struct cache_asker **list, struct cache_asker *asker)
{
    asker->next = *list;
    *list = asker;
}

enum cache_found
reply_cache_ask(struct reply_cache *cache, struct str key, struct cache_asker *asker, int64_t now_ms,
                struct cached_body **ret_body, struct cache_entry **ret_entry)
{
    enum cache_found found = CACHE_FILL;
    pthread_mutex_lock(&cache->mutex);
    struct cache_entry *entry = find_or_add(cache, key, asker->gzip);
    *ret_entry = entry;
    if (entry != NULL && is_right(entry, asker, now_ms)) {
        hold(entry->body, 1);
        *ret_body = entry->body;
        found = CACHE_HIT;
        cache->stats.hits++;
    } else if (entry != NULL) {
        if (entry->filling) {
            push(asker->commits <= entry->filling_commits ? &entry->waiting : &entry->late, asker);
            found = CACHE_WAIT;
            cache->stats.waits++;
        } else {
            entry->filling = true;
            entry->filling_commits = asker->commits;
            cache->stats.fills++;
        }
    }
    pthread_mutex_unlock(&cache->mutex);
    return found;
}

bool
reply_cache_has(const struct cache_entry *entry, int64_t *ret_seq, int64_t *ret_until_ms)
{
    if (entry->body == NULL)
        return false;
    *ret_seq = entry->seq;
    *ret_until_ms = entry->until_ms;
    return true;
}

/* The first of those who came late fills next, and the others wait for it: its snapshot is begun after all of them
 * asked. */
static struct cache_asker *
next_filler(struct cache_entry *entry)
{
    struct cache_asker *filler = entry->late;
    entry->filling = filler != NULL;
    if (filler == NULL)
        return NULL;
    entry->filling_commits = filler->commits;
    for (struct cache_asker *asker = filler->next; asker != NULL; asker = asker->next)
        if (asker->commits > entry->filling_commits)
            entry->filling_commits = asker->commits;
    entry->waiting = filler->next;
    entry->late = NULL;
    filler->next = NULL;
    return filler;
}

static int
count(const struct cache_asker *list)
{
    int count = 0;
    for (; list != NULL; list = list->next)
        count++;
    return count;
}

/* The body that the filling comes to, held once; it may be the present one. */
static struct cached_body *
resulting_body(struct cache_entry *entry, const struct cache_filling *filling)
{
    if (!filling->keeps)
        return filling->body.ptr == NULL ? NULL : body_new(filling->body, entry->gzip);
    hold(entry->body, 1);
    return entry->body;
}

static void
replace_body(struct reply_cache *cache, struct cache_entry *entry, struct cached_body *body)
{
    size_t body_bytes = body == NULL ? 0 : body->len;
    cache->stats.bytes -= entry_bytes(entry);
    cached_body_release(entry->body);
    entry->body = body;
    entry->body_bytes = body_bytes;
    cache->stats.bytes += entry_bytes(entry);
}

void
reply_cache_end(struct reply_cache *cache, struct cache_entry *entry, const struct cache_filling *filling,
                struct cached_body **ret_body, struct cache_asker **ret_answered, struct cache_asker **ret_filler)
{
    /* only who fills changes the body, so it stands still meanwhile */
    struct cached_body *body = resulting_body(entry, filling);
    pthread_mutex_lock(&cache->mutex);
    *ret_answered = entry->waiting;
    entry->waiting = NULL;
    if (body != NULL) {
        hold(body, 1 + count(*ret_answered));
        entry->commits = entry->filling_commits;
        if (!filling->keeps) {
            entry->seq = filling->seq;
            entry->until_ms = filling->until_ms;
        }
    }
    cache->stats.keeps += filling->keeps ? 1 : 0;
    replace_body(cache, entry, body);
    *ret_body = body;
    *ret_filler = next_filler(entry);
    if (body == NULL && *ret_filler == NULL)
        entry_free(cache, entry);
    evict(cache);
    pthread_mutex_unlock(&cache->mutex);
}

void
reply_cache_read_stats(struct reply_cache *cache, struct reply_cache_stats *ret_stats)
{
    pthread_mutex_lock(&cache->mutex);
    *ret_stats = cache->stats;
    pthread_mutex_unlock(&cache->mutex);
}
