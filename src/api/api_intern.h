/* What the files of the API share about the API itself. Nobody outside src/api includes it. */
#ifndef NIGHTLATCH_API_API_INTERN_H
#define NIGHTLATCH_API_API_INTERN_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/alternatives.h"
#include "api/api.h"
#include "api/password_pool.h"
#include "api/reader_pool.h"
#include "api/reply_cache.h"
#include "api/route.h"
#include "util/histogram.h"
#include "util/zone.h"

/* Counters of one route; any thread. */
struct route_counters {
    atomic_uint_fast64_t replies[6]; /* by the first digit of the status */
    struct histogram latency_us;
};

struct api {
    struct api_settings settings;
    struct routes *routes;
    struct limits *limits;
    struct reader_pool *readers;
    struct password_pool *passwords;
    struct reply_cache *cache;
    struct alternatives_memory *alternatives;
    struct zone_cache *zones;                        /* to know which names there are */
    atomic_llong commits;                            /* grows with every commit that wrote */
    struct server *to_wake;                          /* the engine's thread: a server with replies queued */
    uint64_t request_id_prefix;                      /* of this run */
    uint64_t request_id_next;                        /* network thread */
    struct route_counters counters[ROUTE_COUNT + 1]; /* the last: requests that found no route */
    atomic_uint_fast64_t outcomes[OUTCOME_COUNT];

    pthread_mutex_t properties_mutex; /* guards what follows: the ids of properties by number */
    struct id *properties;
    size_t property_count;
};

/* False when the property of that number has another id. One that is not known (yet) may be right. */
bool api_property_may_be(struct api *api, uint32_t number, struct id id);

/* Learns of a property. Any thread; without memory it stays unknown. */
void api_note_property(struct api *api, uint32_t number, struct id id);

#endif
