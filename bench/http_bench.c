/* How many small keep-alive requests per second src/net can carry: the ceiling for everything built on it.
 *
 * A server with a trivial handler runs on one thread, the project's own clients on another, both in this process and
 * over loopback, so on a machine with few cores the clients take their share of the time; CPU per request is therefore
 * given for the server's thread alone. With --later the handler parks each request and a third thread answers them in
 * batches with one wake-up per batch, as the engine does.
 *
 * With --reader there is no socket at all: how long the reader and the writer of a head take on their own.
 *
 *   http_bench [--connections 64] [--seconds 3] [--body 64] [--later] [--unix] | --reader */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/client.h"
#include "net/server.h"

enum {
    CONNECTIONS_MAX = 4096,
    HISTOGRAM_SLOTS = 1 << 20, /* of a microsecond each: one second, what is slower counts as that */
    BATCH_MAX = 256,
};

struct settings {
    size_t connections;
    unsigned seconds;
    size_t body_len;
    bool later;
    bool local;
    bool reader;
};

#define REQUEST                                                                                                        \
    "POST /v1/bookings HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAuthorization: Bearer "                                     \
    "nlt_0123456789_0123456789abcdef0123456789"                                                                        \
    "abcdef\r\nContent-Type: application/json\r\nIdempotency-Key: 0123456789abcdef\r\nContent-Length: 34\r\n\r\n"      \
    "{\"room_id\":\"rom_0123456789abcdef\"}"

static const struct str request_bytes = {REQUEST, sizeof(REQUEST) - 1};

/* ---- the server's side ---- */

struct host {
    pthread_t thread;
    uv_loop_t loop;
    uv_async_t stop;
    struct server *server;
    struct str body;
    bool later;
    /* requests on their way to the answering thread */
    pthread_t answerer;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct server_request *waiting[CONNECTIONS_MAX];
    size_t waiting_count;
    bool ending;
    uint64_t batches;
};

static int64_t
wall_s(void *user)
{
    (void)user;
    return (int64_t)time(NULL);
}

static struct server_reply
host_reply(struct host *host, struct server_request *request)
{
    struct server_reply reply = {.status = 200, .body = host->body, .authenticated = true};
    http_fields_init(&reply.fields, server_request_arena(request));
    http_fields_add(&reply.fields, STR("Content-Type"), STR("application/json"));
    return reply;
}

static void
host_handle(struct server_request *request, void *user)
{
    struct host *host = user;
    if (!host->later) {
        struct server_reply reply = host_reply(host, request);
        server_reply(request, &reply);
        return;
    }
    pthread_mutex_lock(&host->lock);
    host->waiting[host->waiting_count++] = request;
    if (host->waiting_count == 1)
        pthread_cond_signal(&host->filled);
    pthread_mutex_unlock(&host->lock);
}

static void *
answerer_main(void *user)
{
    struct host *host = user;
    struct server_request *batch[BATCH_MAX];
    for (;;) {
        pthread_mutex_lock(&host->lock);
        while (host->waiting_count == 0 && !host->ending)
            pthread_cond_wait(&host->filled, &host->lock);
        size_t count = host->waiting_count < BATCH_MAX ? host->waiting_count : BATCH_MAX;
        host->waiting_count -= count;
        memcpy(batch, host->waiting + host->waiting_count, count * sizeof(batch[0]));
        bool ending = host->ending && count == 0;
        pthread_mutex_unlock(&host->lock);
        if (ending)
            return NULL;
        for (size_t i = 0; i < count; i++) {
            struct server_reply reply = host_reply(host, batch[i]);
            server_reply_queue(batch[i], &reply);
        }
        server_wake(host->server);
        host->batches++;
    }
}

static void
on_server_closed(void *user)
{
    (void)user;
}

static void
on_server_drained(void *user)
{
    struct host *host = user;
    server_close(host->server, on_server_closed, host);
    uv_close((uv_handle_t *)&host->stop, NULL);
}

static void
on_stop(uv_async_t *stop)
{
    struct host *host = stop->data;
    server_drain(host->server, on_server_drained, host);
}

static void *
host_main(void *user)
{
    struct host *host = user;
    (void)uv_run(&host->loop, UV_RUN_DEFAULT);
    return NULL;
}

static void
die(const char *what, const struct err *err)
{
    (void)fprintf(stderr, "http_bench: %s%s%s\n", what, err == NULL ? "" : ": ", err == NULL ? "" : err->message);
    exit(EXIT_FAILURE);
}

static void
host_start(struct host *host, const struct settings *settings, const char *path, uint16_t *ret_port)
{
    struct err err;
    struct server_settings server_settings = server_settings_default();
    server_settings.clock.wall_s = wall_s;
    const struct server_handler handler = {.handle = host_handle, .user = host};
    if (uv_loop_init(&host->loop) != 0 || uv_async_init(&host->loop, &host->stop, on_stop) != 0)
        die("no loop", NULL);
    host->stop.data = host;
    host->later = settings->later;
    host->server = server_new(&host->loop, &server_settings, &handler, &err);
    if (host->server == NULL)
        die("no server", &err);
    bool listens = settings->local ? server_listen_local(host->server, path, 0, &err)
                                   : server_listen(host->server, STR("127.0.0.1:0"), 0, ret_port, &err);
    if (!listens)
        die("not listening", &err);
    if (settings->later && pthread_create(&host->answerer, NULL, answerer_main, host) != 0)
        die("no thread", NULL);
    if (pthread_create(&host->thread, NULL, host_main, host) != 0)
        die("no thread", NULL);
}

static double
thread_cpu_s(pthread_t thread)
{
    clockid_t clock;
    struct timespec at;
    if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &at) != 0)
        die("no thread clock", NULL);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* ---- the clients' side ---- */

struct load {
    uv_loop_t loop;
    struct str request;
    uint64_t until_ns;
    uint64_t replies;
    uint64_t failures;
    size_t freed;
    uint32_t *histogram;
};

struct load_client {
    struct load *load;
    struct client *client;
    uint64_t sent_ns;
};

static void
on_reply(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    struct load_client *self = user;
    struct load *load = self->load;
    uint64_t now = uv_hrtime();
    if (outcome != CLIENT_OK || reply->status != 200) {
        load->failures++;
    } else {
        uint64_t us = (now - self->sent_ns) / 1000;
        load->histogram[us < HISTOGRAM_SLOTS ? us : HISTOGRAM_SLOTS - 1]++;
        load->replies++;
    }
    if (now >= load->until_ns) {
        client_free(client, NULL, NULL);
        return;
    }
    self->sent_ns = now;
    client_send(client, load->request, false, on_reply, self);
}

static uint64_t
percentile_us(const struct load *load, double share)
{
    uint64_t rank = (uint64_t)((double)load->replies * share);
    uint64_t seen = 0;
    for (size_t us = 0; us < HISTOGRAM_SLOTS; us++) {
        seen += load->histogram[us];
        if (seen > rank)
            return us;
    }
    return HISTOGRAM_SLOTS;
}

static void
load_run(struct load *load, const struct settings *settings, struct str place)
{
    struct err err;
    struct client_settings client_settings = client_settings_default();
    struct load_client *clients = calloc(settings->connections, sizeof(*clients));
    load->histogram = calloc(HISTOGRAM_SLOTS, sizeof(*load->histogram));
    if (clients == NULL || load->histogram == NULL || uv_loop_init(&load->loop) != 0)
        die("no memory", NULL);
    load->until_ns = uv_hrtime() + (uint64_t)settings->seconds * 1000000000U;
    for (size_t i = 0; i < settings->connections; i++) {
        clients[i].load = load;
        clients[i].client = client_new(&load->loop, place, &client_settings, &err);
        if (clients[i].client == NULL)
            die("no client", &err);
        clients[i].sent_ns = uv_hrtime();
        client_send(clients[i].client, load->request, false, on_reply, &clients[i]);
    }
    (void)uv_run(&load->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&load->loop) != 0)
        die("handles left open", NULL);
    free(clients);
}

/* ---- options and report ---- */

static struct settings
settings_read(int argc, char **argv)
{
    static const struct option options[] = {{"connections", required_argument, NULL, 'c'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"body", required_argument, NULL, 'b'},
                                            {"later", no_argument, NULL, 'l'},
                                            {"unix", no_argument, NULL, 'u'},
                                            {"reader", no_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    struct settings settings = {.connections = 64, .seconds = 3, .body_len = 64};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'c': settings.connections = strtoul(optarg, NULL, 10); break;
        case 's': settings.seconds = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'b': settings.body_len = strtoul(optarg, NULL, 10); break;
        case 'l': settings.later = true; break;
        case 'u': settings.local = true; break;
        case 'r': settings.reader = true; break;
        default: exit(EXIT_FAILURE);
        }
    }
    if (settings.connections == 0 || settings.connections > CONNECTIONS_MAX || settings.seconds == 0)
        die("1 to 4096 connections, at least a second", NULL);
    return settings;
}

static void
reader_run(void)
{
    enum { ROUNDS = 1000000 };
    const struct http_limits limits = http_limits_default();
    struct arena arena;
    struct http_reader reader;
    arena_init(&arena, 1 << 20);
    double began = thread_cpu_s(pthread_self());
    for (size_t i = 0; i < ROUNDS; i++) {
        struct str input = request_bytes;
        struct str piece;
        arena_reset(&arena);
        http_reader_init(&reader, &limits, &arena);
        if (http_reader_read(&reader, &input, &piece) != HTTP_HEAD_IN ||
            http_reader_admit(&reader, 1000) != HTTP_MORE || http_reader_read(&reader, &input, &piece) != HTTP_PIECE ||
            http_reader_read(&reader, &input, &piece) != HTTP_END)
            die("the request is not read", NULL);
    }
    double read = thread_cpu_s(pthread_self());
    const struct http_head head = {.status = 200,
                                   .body_len = 64,
                                   .minor = 1,
                                   .keep_alive = true,
                                   .date = STR("Sun, 06 Nov 1994 08:49:37 GMT"),
                                   .fields = STR("Content-Type: application/json\r\n")};
    for (size_t i = 0; i < ROUNDS; i++) {
        struct text text;
        arena_reset(&arena);
        text_init(&text, &arena, 256);
        http_write_head(&text, &head);
        if (text.overflowed)
            die("the head is not written", NULL);
    }
    double written = thread_cpu_s(pthread_self());
    arena_done(&arena);
    printf("reading a request of %zu bytes: %.0f ns of CPU; writing the head of a reply: %.0f ns\n", request_bytes.len,
           (read - began) * 1e9 / ROUNDS, (written - read) * 1e9 / ROUNDS);
}

int
main(int argc, char **argv)
{
    const struct settings settings = settings_read(argc, argv);
    if (settings.reader) {
        reader_run();
        return EXIT_SUCCESS;
    }
    static struct host host = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};
    char path[64];
    (void)snprintf(path, sizeof(path), "/tmp/http_bench.%ld.sock", (long)getpid());
    char *body = malloc(settings.body_len + 1);
    if (body == NULL)
        die("no memory", NULL);
    memset(body, '0', settings.body_len);
    host.body = str_of(body, settings.body_len);
    uint16_t port = 0;
    host_start(&host, &settings, path, &port);
    char place[128];
    if (settings.local)
        (void)snprintf(place, sizeof(place), "unix:%s", path);
    else
        (void)snprintf(place, sizeof(place), "127.0.0.1:%u", port);

    struct load load = {.request = request_bytes};
    uint64_t began = uv_hrtime();
    load_run(&load, &settings, str_from(place));
    double elapsed_s = (double)(uv_hrtime() - began) / 1e9;
    double cpu_s = thread_cpu_s(host.thread);
    (void)uv_async_send(&host.stop);
    (void)pthread_join(host.thread, NULL);
    if (settings.later) {
        pthread_mutex_lock(&host.lock);
        host.ending = true;
        pthread_cond_signal(&host.filled);
        pthread_mutex_unlock(&host.lock);
        (void)pthread_join(host.answerer, NULL);
    }
    server_free(host.server);
    if (uv_loop_close(&host.loop) != 0)
        die("handles left open", NULL);

    printf("%zu connections, %zu byte replies, %s, %s: %.0f requests/s, p50 %llu us, p99 %llu us, "
           "server CPU %.2f us/request, %llu failures",
           settings.connections, settings.body_len, settings.local ? "unix socket" : "loopback",
           settings.later ? "answered by another thread" : "answered at once", (double)load.replies / elapsed_s,
           (unsigned long long)percentile_us(&load, 0.5), (unsigned long long)percentile_us(&load, 0.99),
           cpu_s * 1e6 / (double)load.replies, (unsigned long long)load.failures);
    if (settings.later)
        printf(", %.1f replies per wake-up", (double)load.replies / (double)host.batches);
    printf("\n");
    free(load.histogram);
    free(body);
    return load.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
