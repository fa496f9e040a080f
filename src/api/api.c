/* Life of the API, and what all calls share. */
#include "api/api.h"

#include <assert.h>
#include <stdlib.h>

#include "api/api_intern.h"
#include "api/call.h"
#include "api/reply.h"

/* -- the ids of properties -- */

bool
api_property_may_be(struct api *api, uint32_t number, struct id id)
{
    pthread_mutex_lock(&api->properties_mutex);
    bool known = number < api->property_count && !id_is_none(api->properties[number]);
    bool may_be = !known || id_equal(api->properties[number], id);
    pthread_mutex_unlock(&api->properties_mutex);
    return may_be;
}

/* Room for this number; false without memory. */
static bool
widen_properties(struct api *api, uint32_t number)
{
    size_t wider = api->property_count == 0 ? 64 : api->property_count;
    if (number < api->property_count)
        return true;
    while (wider <= number)
        wider *= 2;
    struct id *ids = realloc(api->properties, wider * sizeof(*ids));
    if (ids == NULL)
        return false;
    memset(ids + api->property_count, 0, (wider - api->property_count) * sizeof(*ids));
    api->properties = ids;
    api->property_count = wider;
    return true;
}

void
api_note_property(struct api *api, uint32_t number, struct id id)
{
    pthread_mutex_lock(&api->properties_mutex);
    if (widen_properties(api, number))
        api->properties[number] = id;
    pthread_mutex_unlock(&api->properties_mutex);
}

/* What is there at the start; later ones are made through here. */
struct property_loading {
    struct reader_job job;
    struct api *api;
    struct err err;
    bool done, failed;
    pthread_mutex_t mutex;
    pthread_cond_t finished;
};

static void
load_properties(struct reader_job *job, struct reader *reader, const struct err *err)
{
    struct property_loading *loading = (struct property_loading *)(void *)job;
    struct property *properties;
    size_t count = 0;
    bool failed = reader == NULL;
    if (!failed)
        failed = store_list_properties(&reader->store, &reader->scratch, &properties, &count) != DB_OK;
    for (size_t i = 0; !failed && i < count; i++)
        api_note_property(loading->api, properties[i].number, properties[i].id);
    pthread_mutex_lock(&loading->mutex);
    if (failed)
        loading->err = *err;
    loading->failed = failed;
    loading->done = true;
    pthread_cond_signal(&loading->finished);
    pthread_mutex_unlock(&loading->mutex);
}

static bool
learn_properties(struct api *api, struct err *err)
{
    struct property_loading loading = {.job = {.run = load_properties}, .api = api};
    pthread_mutex_init(&loading.mutex, NULL);
    pthread_cond_init(&loading.finished, NULL);
    bool submitted = reader_pool_submit(api->readers, &loading.job);
    assert(submitted);
    (void)submitted;
    pthread_mutex_lock(&loading.mutex);
    while (!loading.done)
        pthread_cond_wait(&loading.finished, &loading.mutex);
    pthread_mutex_unlock(&loading.mutex);
    pthread_cond_destroy(&loading.finished);
    pthread_mutex_destroy(&loading.mutex);
    if (loading.failed)
        *err = loading.err;
    return !loading.failed;
}

/* -- the server's questions -- */

static bool
is_health(struct str path)
{
    return str_equal(path, STR("/healthz")) || str_equal(path, STR("/readyz")) || str_equal(path, STR("/metrics"));
}

static void
admit(const struct http_request *request, const struct peer *peer, struct server_admission *admission, void *user)
{
    struct api *api = user;
    struct route_match match;
    (void)peer;
    admission->health = is_health(request->path);
    if (!request->has_body)
        return;
    if (routes_find(api->routes, request->method, request->segments, request->segment_count, &match) == ROUTE_FOUND &&
        match.route->body_max > admission->body_max)
        admission->body_max = match.route->body_max;
}

static bool
is_exempt(const struct peer *peer, void *user)
{
    const struct api *api = user;
    return proxies_have(&api->settings.proxies, peer);
}

/* -- life -- */

static bool
check_settings(const struct api_settings *settings, struct err *err)
{
    for (size_t i = 0; i < settings->origin_count; i++) {
        struct str origin = settings->origins[i];
        if (!str_starts_with(origin, STR("http://")) && !str_starts_with(origin, STR("https://"))) {
            err_set(err, ERR_CONFIG, "\"%.*s\" is not an origin such as https://desk.example", STR_ARG(origin));
            return false;
        }
    }
    return true;
}

static bool
build(struct api *api, struct err *err)
{
    struct random *random = api->settings.random;
    struct limits_settings limits = api->settings.limits;
    api->request_id_prefix = random_u64(random);
    limits.seed = random_u64(random);
    api->routes = routes_new(err);
    api->limits = api->routes == NULL ? NULL : limits_new(&limits, err);
    if (api->limits == NULL)
        return false;
    api->cache = reply_cache_new(api->settings.cache_bytes, random_u64(random), err);
    if (api->cache == NULL)
        return false;
    api->alternatives = alternatives_memory_new(err);
    if (api->alternatives == NULL)
        return false;
    api->zones = zone_cache_new(api->settings.zone_directory);
    if (api->zones == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the time zones");
        return false;
    }
    api->passwords = password_pool_new(api->settings.password_threads, api->settings.password_queue, err);
    if (api->passwords == NULL)
        return false;
    api->readers = reader_pool_new(api->settings.db, api->settings.reader_count, api->settings.reader_queue, err);
    return api->readers != NULL && learn_properties(api, err);
}

struct api *
api_new(const struct api_settings *settings, struct server_handler *ret_handler, struct err *err)
{
    if (!check_settings(settings, err))
        return NULL;
    struct api *api = calloc(1, sizeof(*api));
    if (api == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the interface");
        return NULL;
    }
    api->settings = *settings;
    pthread_mutex_init(&api->properties_mutex, NULL);
    if (!build(api, err)) {
        api_free(api);
        return NULL;
    }
    *ret_handler = (struct server_handler){
        .admit = admit, .handle = call_handle, .render_error = reply_render_error, .is_exempt = is_exempt, .user = api};
    return api;
}

void
api_free(struct api *api)
{
    if (api == NULL)
        return;
    reader_pool_free(api->readers);
    password_pool_free(api->passwords);
    reply_cache_free(api->cache);
    alternatives_memory_free(api->alternatives);
    zone_cache_free(api->zones);
    limits_free(api->limits);
    routes_free(api->routes);
    pthread_mutex_destroy(&api->properties_mutex);
    free(api->properties);
    free(api);
}

void
api_on_commit(struct api *api)
{
    atomic_fetch_add(&api->commits, 1);
}

void
api_on_answered(struct api *api)
{
    if (api->to_wake != NULL)
        server_wake(api->to_wake);
    api->to_wake = NULL;
}
