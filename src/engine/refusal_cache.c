/* A table with one place per question, and one of the heads by the property's number. A mutex guards both: they are
 * held for a few copied words. */
#include "engine/refusal_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include <sodium.h>

enum {
    PLACES = 512, /* a power of two */
    NIGHTS_MAX = 31,
    CLAIMS_MAX = 8,
    PROPERTIES_MAX = 1 << 16, /* the state of those numbered higher is not known */
};

struct place {
    unsigned char question[REFUSAL_QUESTION_BYTES];
    unsigned char hash[STORE_HASH_BYTES]; /* of the head */
    int64_t seq;
    int64_t from_ms, until_ms; /* right in between; an empty place never is */
    enum outcome outcome;
    int64_t expires_at;
    size_t leg;
    size_t night_count, claim_count, limit_count;
    struct refusal_limit limits[REFUSAL_LIMITS_MAX];
    int32_t nights[NIGHTS_MAX];
    struct claim claims[CLAIMS_MAX];
};

struct known_head {
    bool known;
    struct store_head head;
};

struct refusal_cache {
    pthread_mutex_t mutex;
    struct known_head *heads;
    size_t head_count;
    struct place places[PLACES];
};

struct refusal_cache *
refusal_cache_new(void)
{
    struct refusal_cache *cache = calloc(1, sizeof(*cache));
    if (cache != NULL)
        pthread_mutex_init(&cache->mutex, NULL);
    return cache;
}

void
refusal_cache_free(struct refusal_cache *cache)
{
    if (cache == NULL)
        return;
    pthread_mutex_destroy(&cache->mutex);
    free(cache->heads);
    free(cache);
}

/* --- the question --- */

static void
put(crypto_generichash_state *state, const void *bytes, size_t len)
{
    crypto_generichash_update(state, bytes, len);
}

/* Field by field: padding is not part of a question. */
static void
put_leg(crypto_generichash_state *state, const struct leg *leg)
{
    const int64_t fields[] = {(int64_t)leg->room_type.hi,
                              (int64_t)leg->room_type.lo,
                              (int64_t)leg->room.hi,
                              (int64_t)leg->room.lo,
                              leg->by_minute,
                              leg->span.starts,
                              leg->span.ends,
                              leg->pinned,
                              leg->party,
                              leg->price.known};
    put(state, fields, sizeof(fields));
}

/* A stay in any room of its type meets no quota of its booker, and of their holds only one that takes what it would
 * have: what then is refused is kept as theirs. */
static bool
asks_for_its_caller(const struct leg *legs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (legs[i].by_minute || !id_is_none(legs[i].room))
            return true;
    return false;
}

bool
refusal_question(const struct command *command, struct refusal_question *ret_question)
{
    const struct create_bookings *create = &command->create_bookings;
    const struct acquire_hold *acquire = &command->acquire_hold;
    bool creates = command->kind == COMMAND_CREATE_BOOKINGS;
    if ((!creates || !id_is_none(create->hold)) && command->kind != COMMAND_ACQUIRE_HOLD)
        return false;
    const struct leg *legs = creates ? create->legs : &acquire->leg;
    size_t count = creates ? create->leg_count : 1;
    const int64_t fields[] = {command->kind,
                              command->property,
                              command->if_version,
                              command->actor.role,
                              creates ? (int64_t)create->payment : acquire->quantity,
                              creates ? create->group : acquire->ttl_ms,
                              creates && create->from_legs,
                              (int64_t)count};
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, REFUSAL_QUESTION_BYTES);
    put(&state, fields, sizeof(fields));
    for (size_t i = 0; i < count; i++)
        put_leg(&state, &legs[i]);
    crypto_generichash_state by_caller = state;
    put(&by_caller, command->actor.name.ptr, command->actor.name.len);
    crypto_generichash_final(&by_caller, ret_question->own, REFUSAL_QUESTION_BYTES);
    if (!creates || asks_for_its_caller(legs, count))
        memcpy(ret_question->shared, ret_question->own, REFUSAL_QUESTION_BYTES);
    else
        crypto_generichash_final(&state, ret_question->shared, REFUSAL_QUESTION_BYTES);
    return true;
}

/* --- keeping and finding --- */

static struct place *
place_of(struct refusal_cache *cache, const unsigned char question[REFUSAL_QUESTION_BYTES])
{
    size_t at = (size_t)question[0] | (size_t)question[1] << 8;
    return &cache->places[at & (PLACES - 1)];
}

static bool
fits(const struct refusal *refusal)
{
    bool about_room = refusal->outcome == OUTCOME_SOLD_OUT || refusal->outcome == OUTCOME_NO_ROOM_FITS ||
                      refusal->outcome == OUTCOME_ROOM_NOT_AVAILABLE || refusal->outcome == OUTCOME_BOOKING_CONFLICT;
    return about_room && id_is_none(refusal->hold) && refusal->detail == NULL && refusal->pointer == NULL &&
           refusal->night_count <= NIGHTS_MAX && refusal->in_the_way_count <= CLAIMS_MAX;
}

void
refusal_cache_keep(struct refusal_cache *cache, const struct refusal_question *question, bool own,
                   const struct store_head *head, int64_t now_ms, int64_t until_ms, const struct refusal *refusal)
{
    const unsigned char *bytes = own ? question->own : question->shared;
    if (until_ms <= now_ms || !fits(refusal))
        return;
    pthread_mutex_lock(&cache->mutex);
    struct place *place = place_of(cache, bytes);
    *place = (struct place){.seq = head->seq,
                            .from_ms = now_ms,
                            .until_ms = until_ms,
                            .outcome = refusal->outcome,
                            .expires_at = refusal->expires_at,
                            .leg = refusal->leg,
                            .night_count = refusal->night_count,
                            .claim_count = refusal->in_the_way_count,
                            .limit_count = refusal->limit_count};
    memcpy(place->question, bytes, REFUSAL_QUESTION_BYTES);
    memcpy(place->hash, head->hash, STORE_HASH_BYTES);
    for (size_t i = 0; i < refusal->night_count; i++)
        place->nights[i] = refusal->nights[i];
    for (size_t i = 0; i < refusal->in_the_way_count; i++)
        place->claims[i] = refusal->in_the_way[i];
    for (size_t i = 0; i < refusal->limit_count; i++)
        place->limits[i] = refusal->limits[i];
    pthread_mutex_unlock(&cache->mutex);
}

static bool
is_right(const struct place *place, const unsigned char question[REFUSAL_QUESTION_BYTES], const struct store_head *head,
         int64_t now_ms)
{
    return place->seq == head->seq && now_ms >= place->from_ms && now_ms < place->until_ms &&
           memcmp(place->question, question, REFUSAL_QUESTION_BYTES) == 0 &&
           memcmp(place->hash, head->hash, STORE_HASH_BYTES) == 0;
}

/* The lists are copied while the place can't change. */
static bool
copy_refusal(const struct place *place, struct arena *arena, struct refusal *ret_refusal)
{
    int32_t *nights = NULL;
    struct claim *claims = NULL;
    if (place->night_count > 0 && (nights = ARENA_ARRAY(arena, place->night_count, int32_t)) == NULL)
        return false;
    if (place->claim_count > 0 && (claims = ARENA_ARRAY(arena, place->claim_count, struct claim)) == NULL)
        return false;
    for (size_t i = 0; i < place->night_count; i++)
        nights[i] = place->nights[i];
    for (size_t i = 0; i < place->claim_count; i++)
        claims[i] = place->claims[i];
    *ret_refusal = (struct refusal){.outcome = place->outcome,
                                    .expires_at = place->expires_at,
                                    .leg = place->leg,
                                    .nights = nights,
                                    .night_count = place->night_count,
                                    .in_the_way = claims,
                                    .in_the_way_count = place->claim_count,
                                    .limit_count = place->limit_count};
    for (size_t i = 0; i < place->limit_count; i++)
        ret_refusal->limits[i] = place->limits[i];
    return true;
}

bool
refusal_cache_find(struct refusal_cache *cache, const struct refusal_question *question, const struct store_head *head,
                   int64_t now_ms, struct arena *arena, struct refusal *ret_refusal)
{
    const unsigned char *keys[] = {question->shared, question->own};
    bool found = false;
    pthread_mutex_lock(&cache->mutex);
    for (size_t i = 0; i < 2 && !found; i++) {
        const struct place *place = place_of(cache, keys[i]);
        found = is_right(place, keys[i], head, now_ms) && copy_refusal(place, arena, ret_refusal);
    }
    pthread_mutex_unlock(&cache->mutex);
    return found;
}

/* --- what is committed --- */

void
refusal_cache_withdraw(struct refusal_cache *cache, uint32_t property)
{
    pthread_mutex_lock(&cache->mutex);
    if (property < cache->head_count)
        cache->heads[property].known = false;
    pthread_mutex_unlock(&cache->mutex);
}

/* Twice as long each time; houses are few, and numbered from one. */
static void
widen(struct refusal_cache *cache, uint32_t property)
{
    size_t wider = cache->head_count == 0 ? 16 : cache->head_count;
    while (wider <= property)
        wider *= 2;
    if (property >= PROPERTIES_MAX || wider == cache->head_count)
        return;
    struct known_head *heads = realloc(cache->heads, wider * sizeof(*heads));
    if (heads == NULL)
        return;
    memset(heads + cache->head_count, 0, (wider - cache->head_count) * sizeof(*heads));
    cache->heads = heads;
    cache->head_count = wider;
}

void
refusal_cache_publish(struct refusal_cache *cache, uint32_t property, const struct store_head *head)
{
    pthread_mutex_lock(&cache->mutex);
    widen(cache, property);
    if (property < cache->head_count)
        cache->heads[property] = (struct known_head){.known = true, .head = *head};
    pthread_mutex_unlock(&cache->mutex);
}

bool
refusal_cache_committed(struct refusal_cache *cache, uint32_t property, struct store_head *ret_head)
{
    pthread_mutex_lock(&cache->mutex);
    bool known = property < cache->head_count && cache->heads[property].known;
    if (known)
        *ret_head = cache->heads[property].head;
    pthread_mutex_unlock(&cache->mutex);
    return known;
}
