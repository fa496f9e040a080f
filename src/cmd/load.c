/* A loop of its own with one client per connection. Times are counted by the microsecond, so that a percentile is one
 * of the times measured and not an estimate. */
#include "cmd/load.h"

#include <stdlib.h>
#include <uv.h>

#include "net/client.h"
#include "util/clock.h"

enum {
    SLOTS = 1 << 21, /* of a microsecond each; what took longer counts as that */
    REPLY_TIMEOUT_MS = 60000,
};

struct shooter {
    struct load *load;
    struct client *client;
    size_t number;
    int64_t sent_ns;
};

struct load {
    const struct load_settings *settings;
    struct load_result *result;
    uv_loop_t loop;
    struct shooter *shooters;
    uint32_t *slots;
    int64_t counted;
    int64_t began_ns, until_ns, ended_ns;
    size_t under_way, connected;
};

static void on_answer(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user);

static int64_t
now_ns(void)
{
    return clock_monotonic_ns(clock_system());
}

static void
shoot(struct shooter *shooter)
{
    const struct load_settings *settings = shooter->load->settings;
    struct str request = settings->request(shooter->number, settings->user);
    shooter->sent_ns = now_ns();
    client_send(shooter->client, request, false, on_answer, shooter);
}

static void
count_answer(struct load *load, const struct shooter *shooter, const struct http_reply *reply, int64_t now)
{
    int64_t us = (now - shooter->sent_ns) / 1000;
    load->slots[us < SLOTS ? us : SLOTS - 1]++;
    load->counted++;
    load->result->by_class[reply->status / 100]++;
    if (us > load->result->max_us)
        load->result->max_us = us;
    if (load->settings->answer != NULL)
        load->settings->answer(shooter->number, reply->status, reply->body, load->settings->user);
}

static void
on_answer(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    (void)client;
    struct shooter *shooter = user;
    struct load *load = shooter->load;
    int64_t now = now_ns();
    if (outcome == CLIENT_OK)
        count_answer(load, shooter, reply, now);
    else
        load->result->lost++;
    const struct load_settings *settings = load->settings;
    if (now < load->until_ns && !(settings->enough != NULL && settings->enough(settings->user))) {
        shoot(shooter);
        return;
    }
    load->ended_ns = now;
    if (--load->under_way == 0)
        uv_stop(&load->loop);
}

static void
on_warm(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    (void)client;
    (void)reply;
    struct load *load = ((struct shooter *)user)->load;
    load->connected += outcome == CLIENT_OK;
    if (--load->under_way == 0)
        uv_stop(&load->loop);
}

static bool
connect_all(struct load *load, struct err *err)
{
    const struct load_settings *settings = load->settings;
    struct client_settings client = client_settings_default();
    client.reply_timeout = REPLY_TIMEOUT_MS;
    for (size_t i = 0; i < settings->clients; i++) {
        struct shooter *shooter = &load->shooters[i];
        *shooter = (struct shooter){.load = load, .number = i};
        shooter->client = client_new(&load->loop, settings->place, &client, err);
        if (shooter->client == NULL)
            return false;
        load->under_way++;
        client_send(shooter->client, settings->warmup, false, on_warm, shooter);
    }
    uv_run(&load->loop, UV_RUN_DEFAULT);
    if (load->connected == settings->clients)
        return true;
    err_set(err, ERR_UNAVAILABLE, "%zu of %zu clients could connect to %.*s", load->connected, settings->clients,
            STR_ARG(settings->place));
    return false;
}

static void
shoot_until_the_end(struct load *load)
{
    load->began_ns = now_ns();
    load->until_ns = load->began_ns + load->settings->duration_ms * 1000000;
    load->under_way = load->settings->clients;
    for (size_t i = 0; i < load->settings->clients; i++)
        shoot(&load->shooters[i]);
    uv_run(&load->loop, UV_RUN_DEFAULT);
    load->result->elapsed_ns = load->ended_ns - load->began_ns;
}

/* The least time within which `percent` of the answers came. */
static int64_t
percentile(const struct load *load, int64_t percent)
{
    int64_t wanted = (load->counted * percent + 99) / 100, seen = 0;
    for (int64_t us = 0; us < SLOTS; us++) {
        seen += load->slots[us];
        if (seen >= wanted)
            return us;
    }
    return SLOTS;
}

static void
close_all(struct load *load)
{
    for (size_t i = 0; i < load->settings->clients; i++)
        if (load->shooters[i].client != NULL)
            client_free(load->shooters[i].client, NULL, NULL);
    uv_run(&load->loop, UV_RUN_DEFAULT);
    uv_loop_close(&load->loop);
}

double
load_rate(const struct load_result *result)
{
    int64_t answers = 0;
    for (int i = 0; i < 6; i++)
        answers += result->by_class[i];
    return result->elapsed_ns == 0 ? 0 : (double)answers * 1e9 / (double)result->elapsed_ns;
}

bool
load_run(const struct load_settings *settings, struct load_result *ret_result, struct err *err)
{
    struct load load = {.settings = settings, .result = ret_result};
    *ret_result = (struct load_result){.lost = 0};
    load.shooters = calloc(settings->clients, sizeof(*load.shooters));
    load.slots = calloc(SLOTS, sizeof(*load.slots));
    bool ran = false;
    if (load.shooters == NULL || load.slots == NULL || uv_loop_init(&load.loop) != 0) {
        err_set(err, ERR_MEMORY, "no memory for %zu clients", settings->clients);
        goto out;
    }
    ran = connect_all(&load, err);
    if (ran) {
        shoot_until_the_end(&load);
        ret_result->p50_us = percentile(&load, 50);
        ret_result->p99_us = percentile(&load, 99);
    }
    close_all(&load);
out:
    free(load.shooters);
    free(load.slots);
    return ran;
}
