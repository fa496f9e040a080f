/* A loop of its own with one client per connection. A round begins when every client is idle, and ends when every
 * client has its answer, so that all requests of a round are under way at the same time. */
#include "cmd/volley.h"

#include <stdlib.h>
#include <uv.h>

#include "net/client.h"

struct shooter {
    struct volley *volley;
    struct client *client;
    size_t number;
};

struct volley {
    const struct volley_settings *settings;
    struct volley_count *count;
    uv_loop_t loop;
    struct shooter *shooters;
    size_t waiting;   /* answers this round still lacks */
    size_t round;     /* 0 is the warm-up */
    size_t connected; /* clients whose warm-up was answered */
};

static void shoot_all(struct volley *volley);

static void
count_status(struct volley_count *count, int status)
{
    if (status == 201)
        count->created++;
    else if (status == 409)
        count->conflict++;
    else if (status >= 500)
        count->failed++;
    else {
        if (count->other == 0)
            count->first_other = status;
        count->other++;
    }
}

static void
on_answer(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    (void)client;
    struct volley *volley = ((struct shooter *)user)->volley;
    if (volley->round == 0)
        volley->connected += outcome == CLIENT_OK;
    else if (outcome == CLIENT_OK)
        count_status(volley->count, reply->status);
    else
        volley->count->lost++;
    if (--volley->waiting > 0)
        return;
    volley->round++;
    if (volley->connected > 0 && volley->round <= volley->settings->rounds)
        shoot_all(volley);
    else
        uv_stop(&volley->loop);
}

static void
shoot_all(struct volley *volley)
{
    const struct volley_settings *settings = volley->settings;
    volley->waiting = settings->clients;
    for (size_t i = 0; i < settings->clients; i++) {
        struct shooter *shooter = &volley->shooters[i];
        struct str request =
            volley->round == 0 ? settings->warmup : settings->request(i, volley->round - 1, settings->user);
        client_send(shooter->client, request, false, on_answer, shooter);
    }
}

static bool
make_clients(struct volley *volley, struct err *err)
{
    struct client_settings settings = client_settings_default();
    settings.reply_timeout = volley->settings->timeout_ms;
    for (size_t i = 0; i < volley->settings->clients; i++) {
        struct shooter *shooter = &volley->shooters[i];
        *shooter = (struct shooter){.volley = volley, .number = i};
        shooter->client = client_new(&volley->loop, volley->settings->place, &settings, err);
        if (shooter->client == NULL)
            return false;
    }
    return true;
}

static void
close_loop(struct volley *volley)
{
    for (size_t i = 0; i < volley->settings->clients; i++)
        if (volley->shooters[i].client != NULL)
            client_free(volley->shooters[i].client, NULL, NULL);
    uv_run(&volley->loop, UV_RUN_DEFAULT);
    uv_loop_close(&volley->loop);
}

bool
volley_run(const struct volley_settings *settings, struct volley_count *ret_count, struct err *err)
{
    struct volley volley = {.settings = settings, .count = ret_count};
    *ret_count = (struct volley_count){.created = 0};
    volley.shooters = calloc(settings->clients, sizeof(*volley.shooters));
    if (volley.shooters == NULL || uv_loop_init(&volley.loop) != 0) {
        free(volley.shooters);
        err_set(err, ERR_MEMORY, "no memory for %zu clients", settings->clients);
        return false;
    }
    bool made = make_clients(&volley, err);
    if (made) {
        shoot_all(&volley);
        uv_run(&volley.loop, UV_RUN_DEFAULT);
        if (volley.connected == 0)
            err_set(err, ERR_UNAVAILABLE, "nobody answers at %.*s", STR_ARG(settings->place));
    }
    close_loop(&volley);
    free(volley.shooters);
    return made && volley.connected > 0;
}
