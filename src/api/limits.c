/* Two tables of buckets, and the few holds that are under way at any moment. */
#include "api/limits.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    SETS = 4096, /* a power of two */
    WAYS = 4,
    UNDER_WAY_MAX = 4096, /* different users with a hold under way: as many as the engine's queue is long */
};

#define SECOND_NS INT64_C(1000000000)
#define MS_NS INT64_C(1000000)

struct bucket {
    uint64_t key;
    int64_t debt_until; /* monotonic ns; in the past: full */
};

struct buckets {
    struct bucket sets[SETS][WAYS];
};

struct under_way {
    struct id who;
    int64_t count;
};

struct limits {
    struct limits_settings settings;
    struct buckets writes, anonymous, account_logins, address_logins;
    pthread_mutex_t mutex; /* guards what follows */
    struct under_way under_way[UNDER_WAY_MAX];
    size_t under_way_count;
};

struct limits_settings
limits_settings_default(void)
{
    return (struct limits_settings){.writes = {.per_second = 10, .burst = 20},
                                    .anonymous = {.per_second = 20, .burst = 20},
                                    .live_holds = 5,
                                    .account_logins = 5,
                                    .address_logins = 20};
}

struct limits *
limits_new(const struct limits_settings *settings, struct err *err)
{
    struct limits *limits = calloc(1, sizeof(*limits));
    if (limits == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the limits");
        return NULL;
    }
    limits->settings = *settings;
    int error = pthread_mutex_init(&limits->mutex, NULL);
    assert(error == 0);
    (void)error;
    return limits;
}

void
limits_free(struct limits *limits)
{
    if (limits == NULL)
        return;
    pthread_mutex_destroy(&limits->mutex);
    free(limits);
}

/* Stafford's variant 13 of the finaliser of MurmurHash3, over the words of a key. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
    uint64_t x = a + b * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* The bucket of a key; a new one is full. */
static struct bucket *
find_bucket(struct buckets *buckets, uint64_t key)
{
    struct bucket *set = buckets->sets[key & (SETS - 1)], *fullest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].debt_until < fullest->debt_until)
            fullest = &set[i];
    }
    *fullest = (struct bucket){.key = key, .debt_until = INT64_MIN};
    return fullest;
}

/* How late the bucket would be with one more, in ns; <= 0: there is one. */
static int64_t
lateness(const struct bucket *bucket, int64_t each_ns, int64_t burst, int64_t now_ns)
{
    int64_t from = bucket->debt_until > now_ns ? bucket->debt_until : now_ns;
    return from + each_ns - now_ns - burst * each_ns;
}

static void
take_one(struct bucket *bucket, int64_t each_ns, int64_t now_ns)
{
    bucket->debt_until = (bucket->debt_until > now_ns ? bucket->debt_until : now_ns) + each_ns;
}

static int64_t
take(struct buckets *buckets, const struct limit_rate *rate, uint64_t key, int64_t now_ns)
{
    if (rate->per_second == 0)
        return 0;
    struct bucket *bucket = find_bucket(buckets, key);
    int64_t each = SECOND_NS / rate->per_second;
    int64_t late = lateness(bucket, each, rate->burst, now_ns);
    if (late > 0)
        return late / MS_NS + 1;
    take_one(bucket, each, now_ns);
    return 0;
}

int64_t
limits_take_write(struct limits *limits, struct id who, int64_t now_ns)
{
    return take(&limits->writes, &limits->settings.writes, mix(mix(limits->settings.seed, who.hi), who.lo), now_ns);
}

/* An IPv6 customer has a whole /64. */
static uint64_t
address_key(const struct limits *limits, const struct peer *peer)
{
    uint64_t high = 0, low = (uint64_t)peer->kind;
    size_t counted = peer->kind == PEER_IPV4 ? 4 : 8;
    for (size_t i = 0; i < counted; i++)
        high = high << 8 | peer->address[i];
    return mix(mix(limits->settings.seed, high), low);
}

int64_t
limits_take_anonymous(struct limits *limits, const struct peer *peer, int64_t now_ns)
{
    return take(&limits->anonymous, &limits->settings.anonymous, address_key(limits, peer), now_ns);
}

static uint64_t
account_key(const struct limits *limits, struct str account)
{
    uint64_t key = mix(limits->settings.seed, account.len);
    for (size_t i = 0; i < account.len; i++)
        key = mix(key, (unsigned char)account.ptr[i]);
    return key;
}

/* Of both or of none: who is refused by one does not use up the other. */
int64_t
limits_take_login(struct limits *limits, struct str account, const struct peer *peer, int64_t now_ns)
{
    int64_t per_account = limits->settings.account_logins, per_address = limits->settings.address_logins;
    int64_t account_each = per_account == 0 ? 0 : 60 * SECOND_NS / per_account;
    int64_t address_each = per_address == 0 ? 0 : 60 * SECOND_NS / per_address;
    struct bucket *of_account = find_bucket(&limits->account_logins, account_key(limits, account));
    struct bucket *of_address = find_bucket(&limits->address_logins, address_key(limits, peer));
    int64_t late = account_each == 0 ? 0 : lateness(of_account, account_each, per_account, now_ns);
    int64_t later = address_each == 0 ? 0 : lateness(of_address, address_each, per_address, now_ns);
    if (late > 0 || later > 0)
        return (late > later ? late : later) / MS_NS + 1;
    take_one(of_account, account_each, now_ns);
    take_one(of_address, address_each, now_ns);
    return 0;
}

/* -- holds under way -- */

static struct under_way *
find_under_way(struct limits *limits, struct id who)
{
    for (size_t i = 0; i < limits->under_way_count; i++)
        if (id_equal(limits->under_way[i].who, who))
            return &limits->under_way[i];
    return NULL;
}

int64_t
limits_begin_hold(struct limits *limits, struct id who)
{
    if (limits->settings.live_holds == 0)
        return 0;
    pthread_mutex_lock(&limits->mutex);
    struct under_way *found = find_under_way(limits, who);
    int64_t ahead = found == NULL ? 0 : found->count;
    if (found == NULL && limits->under_way_count < UNDER_WAY_MAX)
        limits->under_way[limits->under_way_count++] = (struct under_way){.who = who, .count = 1};
    else if (found != NULL && ahead < limits->settings.live_holds)
        found->count++;
    else
        ahead = -1;
    pthread_mutex_unlock(&limits->mutex);
    return ahead;
}

void
limits_end_hold(struct limits *limits, struct id who)
{
    if (limits->settings.live_holds == 0)
        return;
    pthread_mutex_lock(&limits->mutex);
    struct under_way *found = find_under_way(limits, who);
    assert(found != NULL && found->count > 0);
    if (--found->count == 0)
        *found = limits->under_way[--limits->under_way_count];
    pthread_mutex_unlock(&limits->mutex);
}

bool
limits_allow_hold(const struct limits *limits, int64_t live_or_ahead)
{
    return limits->settings.live_holds == 0 || live_or_ahead < limits->settings.live_holds;
}
