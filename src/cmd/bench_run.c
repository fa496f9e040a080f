/* A run is a house, a server on it and a load; the house outlives it. */
#include "cmd/bench_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"

/* --- telling --- */

void
bench_tell(const struct bench *bench, const char *what, int64_t round, const struct bench_figure *figures, size_t count)
{
    if (bench->options->json)
        printf("{\"what\":\"%s\",\"round\":%" PRId64, what, round);
    else
        printf("%s, round %" PRId64 "\n", what, round);
    for (size_t i = 0; i < count; i++) {
        if (bench->options->json)
            printf(",\"%s\":%.3f", figures[i].name, figures[i].value);
        else
            printf("  %14.2f  %s\n", figures[i].value, figures[i].name);
    }
    puts(bench->options->json ? "}" : "");
    (void)fflush(stdout);
}

/* --- requests --- */

int64_t
bench_pick(struct bench *bench, int64_t bound)
{
    return (int64_t)random_below(&bench->random.random, (uint64_t)bound);
}

struct str
bench_write_get(const struct bench_run *run, const char *path, char out[BENCH_REQUEST_SIZE])
{
    int len = snprintf(out, BENCH_REQUEST_SIZE, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s\r\n",
                       path, run->server.place, run->server.token, run->plain ? "" : "Accept-Encoding: gzip\r\n");
    return str_of(out, (size_t)len);
}

static struct str
write_command(struct bench_run *run, const char *method, const char *path, const char *fields, const char *body,
              char out[BENCH_REQUEST_SIZE])
{
    int len =
        snprintf(out, BENCH_REQUEST_SIZE,
                 "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nIdempotency-Key: bench-%016" PRIx64
                 "\r\n%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 method, path, run->server.place, run->server.token, run->bench->keys++, fields, strlen(body), body);
    return str_of(out, (size_t)len);
}

struct str
bench_write_post(struct bench_run *run, const char *path, const char *body, char out[BENCH_REQUEST_SIZE])
{
    return write_command(run, "POST", path, "", body, out);
}

struct str
bench_write_to_new(struct bench_run *run, const char *method, const char *path, const char *body,
                   char out[BENCH_REQUEST_SIZE])
{
    return write_command(run, method, path, "If-Match: \"1\"\r\n", body, out);
}

struct str
bench_write_booking(struct bench_run *run, size_t property, size_t type, int32_t arrival, int32_t nights,
                    char out[BENCH_REQUEST_SIZE])
{
    char body[BENCH_REQUEST_SIZE / 2], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    int64_t guest = bench_pick(run->bench, 1000000);
    date_format(arrival, first);
    date_format(arrival + nights, last);
    (void)snprintf(body, sizeof(body),
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                   "\"party\":%d,\"guest\":{\"name\":\"Guest %06" PRId64 "\",\"email\":\"guest%06" PRId64
                   "@example.org\"},\"payment\":\"none\"}",
                   run->house->property[property], run->house->type[property][type], first, last,
                   1 + (int)bench_pick(run->bench, 2), guest, guest);
    return bench_write_post(run, "/v1/bookings", body, out);
}

struct str
bench_random_booking(size_t client, void *user)
{
    struct bench_run *run = user;
    const struct bench_house_settings *settings = &run->house->settings;
    return bench_write_booking(run, (size_t)bench_pick(run->bench, (int64_t)settings->properties),
                               (size_t)bench_pick(run->bench, (int64_t)settings->types_each),
                               run->house->first_night + (int32_t)bench_pick(run->bench, BENCH_ARRIVALS),
                               1 + (int32_t)bench_pick(run->bench, BENCH_STAY_NIGHTS_MAX), run->requests[client]);
}

/* --- runs --- */

enum { LONGEST_MS = 900000 };

bool
bench_open(struct bench_run *run, struct bench *bench, const struct bench_house *house, size_t clients)
{
    *run = (struct bench_run){.bench = bench, .house = house, .clients = clients};
    run->requests = calloc(clients + 1, sizeof(*run->requests)); /* one more for the request that is always the same */
    if (run->requests == NULL) {
        err_set(&bench->err, ERR_MEMORY, "no memory for requests");
        return false;
    }
    return bench_server_start(house->settings.path, &run->server, &bench->err);
}

bool
bench_close(struct bench_run *run, bool well)
{
    struct err err;
    free(run->requests);
    bool stopped = run->server.pid <= 0 || bench_server_stop(&run->server, &err);
    if (well && !stopped)
        run->bench->err = err;
    return well && stopped;
}

static bool
run_load(struct bench_run *run, struct load_settings settings, struct load_result *ret_result)
{
    char warmup[BENCH_REQUEST_SIZE];
    settings.place = str_from(run->server.place);
    settings.clients = run->clients;
    settings.warmup = bench_write_get(run, "/healthz", warmup);
    settings.user = run;
    return load_run(&settings, ret_result, &run->bench->err);
}

bool
bench_shoot(struct bench_run *run, struct str (*request)(size_t client, void *user),
            void (*answer)(size_t client, int status, struct str body, void *user), struct load_result *ret_result)
{
    struct load_settings settings = {
        .duration_ms = run->bench->options->seconds * 1000, .request = request, .answer = answer};
    return run_load(run, settings, ret_result);
}

bool
bench_shoot_until(struct bench_run *run, struct str (*request)(size_t client, void *user),
                  void (*answer)(size_t client, int status, struct str body, void *user), bool (*enough)(void *user),
                  struct load_result *ret_result)
{
    struct load_settings settings = {.duration_ms = LONGEST_MS, .request = request, .answer = answer, .enough = enough};
    return run_load(run, settings, ret_result);
}

bool
bench_make_house(struct bench *bench, const char *name, struct bench_house_settings settings,
                 struct bench_house *ret_house, char path[BENCH_PATH_SIZE])
{
    (void)snprintf(path, BENCH_PATH_SIZE, "%s/%s.db", bench->dir, name);
    settings.path = path;
    return bench_house_make(&settings, ret_house, &bench->err);
}

double
bench_per_second(int64_t count, const struct load_result *result)
{
    return result->elapsed_ns == 0 ? 0 : (double)count * 1e9 / (double)result->elapsed_ns;
}

double
bench_each(double whole, int64_t count)
{
    return count == 0 ? 0 : whole / (double)count;
}
