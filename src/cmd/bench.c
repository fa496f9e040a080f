/* `nightlatch bench`: what this machine, and its disk, carry. Each measurement is made against a server that is a
 * process of its own, over real connections; what is compared with each other is measured in turns, so that what the
 * machine does besides falls on both. Figures are printed, never judged. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "cmd/bench_house.h"
#include "cmd/bench_server.h"
#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/scratch_dir.h"
#include "core/date.h"
#include "util/clock.h"
#include "util/random.h"

enum {
    REQUEST_SIZE = 1024,
    PATH_SIZE = 512,
    SMALL_HOUSE = 10000, /* bookings that growth is compared with */
    CANCEL_EVERY_MS = 250,
    NIGHTS_ASKED = 62,
};

struct bench_options {
    int64_t clients, storm_clients, seconds, rounds, growth;
    const char *dir;
    bool json;
};

static const struct option_spec options[] = {
    OPTION_NUMBER(struct bench_options, clients, "clients", "N", "64", 1, 5000, "Connections."),
    OPTION_NUMBER(struct bench_options, storm_clients, "storm-clients", "N", "1000", 2, 5000,
                  "Connections that want the same slot."),
    OPTION_NUMBER(struct bench_options, seconds, "seconds", "S", "5", 1, 3600, "How long each measurement takes."),
    OPTION_NUMBER(struct bench_options, rounds, "rounds", "R", "3", 1, 100, "How often each is made."),
    OPTION_NUMBER(struct bench_options, growth, "growth", "N", "1000000", SMALL_HOUSE, 100000000,
                  "Bookings in the large house of the measurement of growth."),
    OPTION_STRING(struct bench_options, dir, "dir", "DIR", NULL,
                  "Where the databases go, which are then kept; a scratch directory otherwise."),
    OPTION_FLAG(struct bench_options, json, "json", "Prints every figure as one line of JSON."),
};

static const struct command_line command = {
    .name = "bench",
    .summary = "Measures a server on this machine: bookings over HTTP, each answered once it is durable; a storm of "
               "clients on one slot; reads of availability and free rooms; and bookings again in a house that has "
               "grown. WHAT is bookings, storm, reads or growth; all of them when none is named.",
    .arguments = "[WHAT...]",
    .argument_max = 4,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

struct bench {
    const struct bench_options *options;
    char dir[SCRATCH_DIR_SIZE];
    struct random_seeded random;
    uint64_t keys; /* given out */
    struct err err;
};

/* One measurement under way: a house, its server, and a buffer per client. */
struct run {
    struct bench *bench;
    const struct bench_house *house;
    struct bench_server server;
    size_t clients;
    char (*requests)[REQUEST_SIZE];
    struct str fixed; /* the request that is always the same */
    bool plain;       /* reads don't offer to take gzip */
    /* storm */
    int32_t night;
    char holder[ID_TEXT_SIZE];               /* the booking that has the slot; empty: unknown */
    int64_t cancelled_ns;                    /* when the last cancellation was sent */
    bool free;                               /* it was cancelled, and nobody has got it yet */
    int64_t freed_ns;                        /* when that was answered; 0: not yet */
    int64_t sold_again;                      /* how often somebody has got it after a cancellation */
    int64_t longest_us, longest_answered_us; /* until then, since a cancellation was sent, and was answered */
};

/* --- telling --- */

struct figure {
    const char *name;
    double value;
};

static void
tell(const struct bench *bench, const char *what, int64_t round, const struct figure *figures, size_t count)
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

#define TELL(bench, what, round, ...)                                                                                  \
    tell(bench, what, round, (const struct figure[]){__VA_ARGS__},                                                     \
         sizeof((const struct figure[]){__VA_ARGS__}) / sizeof(struct figure))

/* --- requests --- */

static int64_t
pick(struct bench *bench, int64_t bound)
{
    return (int64_t)random_below(&bench->random.random, (uint64_t)bound);
}

static struct str
write_get(const struct run *run, const char *path, char out[REQUEST_SIZE])
{
    int len = snprintf(out, REQUEST_SIZE, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s\r\n", path,
                       run->server.place, run->server.token, run->plain ? "" : "Accept-Encoding: gzip\r\n");
    return str_of(out, (size_t)len);
}

static struct str
write_post(struct run *run, const char *path, const char *body, char out[REQUEST_SIZE])
{
    int len = snprintf(out, REQUEST_SIZE,
                       "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nIdempotency-Key: bench-%016" PRIx64
                       "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       path, run->server.place, run->server.token, run->bench->keys++, strlen(body), body);
    return str_of(out, (size_t)len);
}

static struct str
write_booking(struct run *run, size_t property, size_t type, int32_t arrival, int32_t nights, char out[REQUEST_SIZE])
{
    char body[REQUEST_SIZE / 2], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    int64_t guest = pick(run->bench, 1000000);
    date_format(arrival, first);
    date_format(arrival + nights, last);
    (void)snprintf(body, sizeof(body),
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                   "\"party\":%d,\"guest\":{\"name\":\"Guest %06" PRId64 "\",\"email\":\"guest%06" PRId64
                   "@example.org\"},\"payment\":\"none\"}",
                   run->house->property[property], run->house->type[property][type], first, last,
                   1 + (int)pick(run->bench, 2), guest, guest);
    return write_post(run, "/v1/bookings", body, out);
}

static struct str
random_booking(size_t client, void *user)
{
    struct run *run = user;
    const struct bench_house_settings *settings = &run->house->settings;
    return write_booking(run, (size_t)pick(run->bench, (int64_t)settings->properties),
                         (size_t)pick(run->bench, (int64_t)settings->types_each),
                         run->house->first_night + (int32_t)pick(run->bench, BENCH_ARRIVALS),
                         1 + (int32_t)pick(run->bench, BENCH_STAY_NIGHTS_MAX), run->requests[client]);
}

static struct str
same_request(size_t client, void *user)
{
    (void)client;
    return ((struct run *)user)->fixed;
}

static struct str
health(size_t client, void *user)
{
    struct run *run = user;
    return write_get(run, "/healthz", run->requests[client]);
}

/* --- runs --- */

static bool
open_run(struct run *run, struct bench *bench, const struct bench_house *house, size_t clients)
{
    *run = (struct run){.bench = bench, .house = house, .clients = clients};
    run->requests = calloc(clients + 1, sizeof(*run->requests)); /* one more for the request that is always the same */
    if (run->requests == NULL) {
        err_set(&bench->err, ERR_MEMORY, "no memory for requests");
        return false;
    }
    return bench_server_start(house->settings.path, &run->server, &bench->err);
}

static bool
close_run(struct run *run, bool well)
{
    struct err err;
    free(run->requests);
    bool stopped = run->server.pid <= 0 || bench_server_stop(&run->server, &err);
    if (well && !stopped)
        run->bench->err = err;
    return well && stopped;
}

static bool
shoot(struct run *run, struct str (*request)(size_t client, void *user),
      void (*answer)(size_t client, int status, struct str body, void *user), struct load_result *ret_result)
{
    char warmup[REQUEST_SIZE];
    struct load_settings settings = {.place = str_from(run->server.place),
                                     .clients = run->clients,
                                     .duration_ms = run->bench->options->seconds * 1000,
                                     .warmup = write_get(run, "/healthz", warmup),
                                     .request = request,
                                     .answer = answer,
                                     .user = run};
    return load_run(&settings, ret_result, &run->bench->err);
}

static bool
make_house(struct bench *bench, const char *name, struct bench_house_settings settings, struct bench_house *ret_house,
           char path[PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/%s.db", bench->dir, name);
    settings.path = path;
    return bench_house_make(&settings, ret_house, &bench->err);
}

static double
per_second(int64_t count, const struct load_result *result)
{
    return result->elapsed_ns == 0 ? 0 : (double)count * 1e9 / (double)result->elapsed_ns;
}

static double
each(double whole, int64_t count)
{
    return count == 0 ? 0 : whole / (double)count;
}

/* --- bookings --- */

static bool
measure_bookings(struct run *run, const char *what, int64_t round)
{
    struct bench_usage before, after;
    struct load_result load;
    struct err *err = &run->bench->err;
    if (!bench_server_measure(&run->server, &before, err) || !shoot(run, random_booking, NULL, &load) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    int64_t made = load.by_class[2];
    double user_ms = (double)(after.user_ms - before.user_ms), system_ms = (double)(after.system_ms - before.system_ms);
    TELL(run->bench, what, round, {"bookings", (double)made}, {"bookings_per_second", per_second(made, &load)},
         {"p50_us", (double)load.p50_us}, {"p99_us", (double)load.p99_us}, {"max_us", (double)load.max_us},
         {"refused", (double)load.by_class[4]}, {"failed", (double)(load.by_class[5] + load.lost)},
         {"commits", (double)(after.commits - before.commits)},
         {"bookings_per_commit", each((double)made, after.commits - before.commits)},
         {"server_cpu_us_per_booking", each((user_ms + system_ms) * 1000, made)},
         {"server_user_us_per_booking", each(user_ms * 1000, made)},
         {"server_cpu_share", (user_ms + system_ms) * 1e6 / (double)load.elapsed_ns},
         {"written_bytes_per_booking", each((double)(after.written_bytes - before.written_bytes), made)},
         {"rss_mb", (double)after.rss_bytes / 1e6}, {"rss_peak_mb", (double)after.rss_peak_bytes / 1e6});
    return true;
}

static bool
bench_bookings(struct bench *bench)
{
    bool well = true;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++) {
        char name[32], path[PATH_SIZE];
        struct bench_house house;
        struct run run = {.bench = bench};
        (void)snprintf(name, sizeof(name), "bookings-%" PRId64, round);
        well =
            make_house(bench, name, (struct bench_house_settings){.properties = 1, .types_each = 20, .rooms_each = 50},
                       &house, path) &&
            open_run(&run, bench, &house, (size_t)bench->options->clients);
        well = close_run(&run, well && measure_bookings(&run, "bookings", round));
    }
    return well;
}

/* --- storm: one slot, many clients --- */

static struct str
storm_request(size_t client, void *user)
{
    struct run *run = user;
    int64_t now = clock_monotonic_ns(clock_system());
    if (client == 0 && run->holder[0] != '\0' && !run->free &&
        now - run->cancelled_ns > CANCEL_EVERY_MS * INT64_C(1000000)) {
        char path[128];
        (void)snprintf(path, sizeof(path), "/v1/bookings/%s/cancel", run->holder);
        run->holder[0] = '\0';
        run->free = true;
        run->freed_ns = 0;
        run->cancelled_ns = now;
        return write_post(run, path, "{}", run->requests[client]);
    }
    return write_booking(run, 0, 0, run->night, 1, run->requests[client]);
}

static void
raise_to(int64_t *longest_us, int64_t ns)
{
    if (ns / 1000 > *longest_us)
        *longest_us = ns / 1000;
}

static void
note_sold(struct run *run, int64_t now)
{
    run->free = false;
    run->sold_again++;
    raise_to(&run->longest_us, now - run->cancelled_ns);
    raise_to(&run->longest_answered_us, run->freed_ns == 0 ? 0 : now - run->freed_ns); /* the reply may be the later */
}

static void
storm_answer(size_t client, int status, struct str body, void *user)
{
    struct run *run = user;
    static const char lead[] = "{\"id\":\"";
    int64_t now = clock_monotonic_ns(clock_system());
    if (client == 0 && status == 200 && run->free)
        run->freed_ns = now;
    if (status != 201 || body.len < sizeof(lead) + ID_TEXT_LEN || memcmp(body.ptr, lead, sizeof(lead) - 1) != 0)
        return;
    memcpy(run->holder, body.ptr + sizeof(lead) - 1, ID_TEXT_LEN);
    run->holder[ID_TEXT_LEN] = '\0';
    if (run->free)
        note_sold(run, now);
}

static double
cpu_us(const struct bench_usage *before, const struct bench_usage *after)
{
    return (double)(after->user_ms + after->system_ms - before->user_ms - before->system_ms) * 1000;
}

static bool
storm_round(struct run *run, int64_t round)
{
    struct load_result plain, storm;
    struct bench_usage before, between, after;
    struct err *err = &run->bench->err;
    run->night = run->house->first_night + (int32_t)round;
    run->holder[0] = '\0';
    run->free = false;
    run->sold_again = run->longest_us = run->longest_answered_us = 0;
    if (!bench_server_measure(&run->server, &before, err) || !shoot(run, health, NULL, &plain) ||
        !bench_server_measure(&run->server, &between, err) || !shoot(run, storm_request, storm_answer, &storm) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    double plain_rate = load_rate(&plain), refusals = per_second(storm.by_class[4], &storm);
    TELL(run->bench, "storm", round, {"refusals_per_second", refusals}, {"healthz_per_second", plain_rate},
         {"ratio", plain_rate == 0 ? 0 : refusals / plain_rate}, {"p50_us", (double)storm.p50_us},
         {"p99_us", (double)storm.p99_us}, {"healthz_p99_us", (double)plain.p99_us},
         {"server_cpu_us_per_refusal", each(cpu_us(&between, &after), storm.by_class[4])},
         {"server_cpu_us_per_healthz", each(cpu_us(&before, &between), plain.by_class[2])},
         {"failed", (double)(storm.by_class[5] + storm.lost)}, {"sold_again", (double)run->sold_again},
         {"longest_until_sold_again_us", (double)run->longest_us},
         {"longest_after_the_cancellation_was_answered_us", (double)run->longest_answered_us});
    return true;
}

static bool
bench_storm(struct bench *bench)
{
    char path[PATH_SIZE];
    struct bench_house house;
    struct run run = {.bench = bench};
    bool well =
        make_house(bench, "storm", (struct bench_house_settings){.properties = 1, .types_each = 1, .rooms_each = 1},
                   &house, path) &&
        open_run(&run, bench, &house, (size_t)bench->options->storm_clients);
    for (int64_t round = 1; well && round <= bench->options->rounds; round++)
        well = storm_round(&run, round);
    return close_run(&run, well);
}

/* --- reads --- */

static struct str
write_availability(const struct run *run, int32_t from, char out[REQUEST_SIZE])
{
    char path[REQUEST_SIZE / 2], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    date_format(from, first);
    date_format(from + NIGHTS_ASKED, last);
    (void)snprintf(path, sizeof(path), "/v1/availability?property_id=%s&from=%s&until=%s", run->house->property[0],
                   first, last);
    return write_get(run, path, out);
}

static struct str
write_search(const struct run *run, int32_t from, char out[REQUEST_SIZE])
{
    char path[REQUEST_SIZE / 2], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    date_format(from, first);
    date_format(from + 2, last);
    (void)snprintf(path, sizeof(path), "/v1/rooms/search?property_id=%s&arrival=%s&departure=%s&party=2",
                   run->house->property[0], first, last);
    return write_get(run, path, out);
}

static int32_t
random_night(struct run *run)
{
    return run->house->first_night + (int32_t)pick(run->bench, BENCH_ARRIVALS - NIGHTS_ASKED);
}

static struct str
random_availability(size_t client, void *user)
{
    struct run *run = user;
    return write_availability(run, random_night(run), run->requests[client]);
}

static struct str
random_search(size_t client, void *user)
{
    struct run *run = user;
    return write_search(run, random_night(run), run->requests[client]);
}

/* Figures of one sort of read beside those of /healthz. */
static bool
measure_read(struct run *run, const char *what, int64_t round, struct str (*request)(size_t client, void *user),
             const struct load_result *plain)
{
    struct load_result load;
    struct bench_usage before, after;
    struct err *err = &run->bench->err;
    if (!bench_server_measure(&run->server, &before, err) || !shoot(run, request, NULL, &load) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    int64_t cpu_ms = after.user_ms + after.system_ms - before.user_ms - before.system_ms;
    TELL(run->bench, what, round, {"replies_per_second", per_second(load.by_class[2], &load)},
         {"of_healthz", per_second(load.by_class[2], &load) / load_rate(plain)}, {"p50_us", (double)load.p50_us},
         {"p99_us", (double)load.p99_us}, {"healthz_per_second", load_rate(plain)},
         {"healthz_p99_us", (double)plain->p99_us},
         {"server_cpu_us_per_reply", each((double)cpu_ms * 1000, load.by_class[2])},
         {"failed", (double)(load.by_class[4] + load.by_class[5] + load.lost)});
    return true;
}

static bool
reads_round(struct run *run, int64_t round)
{
    struct load_result plain;
    char *fixed = run->requests[run->clients];
    run->plain = false;
    if (!shoot(run, health, NULL, &plain))
        return false;
    run->fixed = write_availability(run, run->house->first_night, fixed);
    if (!measure_read(run, "availability, the same question", round, same_request, &plain) ||
        !measure_read(run, "availability, any question", round, random_availability, &plain))
        return false;
    run->plain = true;
    run->fixed = write_availability(run, run->house->first_night, fixed);
    if (!measure_read(run, "availability, the same question, not compressed", round, same_request, &plain))
        return false;
    run->plain = false;
    run->fixed = write_search(run, run->house->first_night, fixed);
    return measure_read(run, "search, the same question", round, same_request, &plain) &&
           measure_read(run, "search, any question", round, random_search, &plain);
}

static bool
bench_reads(struct bench *bench)
{
    char path[PATH_SIZE];
    struct bench_house house;
    struct run run = {.bench = bench};
    bool well = make_house(bench, "reads",
                           (struct bench_house_settings){
                               .properties = 1, .types_each = 20, .rooms_each = 50, .bookings = SMALL_HOUSE},
                           &house, path) &&
                open_run(&run, bench, &house, (size_t)bench->options->clients);
    for (int64_t round = 1; well && round <= bench->options->rounds; round++)
        well = reads_round(&run, round);
    return close_run(&run, well);
}

/* --- growth --- */

static bool
measure_growth(struct bench *bench, const struct bench_house *house, const char *what, int64_t round)
{
    struct run run = {.bench = bench};
    bool well =
        open_run(&run, bench, house, (size_t)bench->options->clients) && bench_server_settle(&run.server, &bench->err);
    return close_run(&run, well && measure_bookings(&run, what, round));
}

static bool
grow(struct bench *bench, const char *what, int64_t round, int64_t bookings, struct bench_house *ret_house,
     char path[PATH_SIZE])
{
    struct bench_house_settings settings = {.properties = 10, .types_each = 5, .rooms_each = 20, .bookings = bookings};
    char name[48];
    (void)snprintf(name, sizeof(name), "%s-%" PRId64, what, round);
    if (!make_house(bench, name, settings, ret_house, path))
        return false;
    int64_t commands = ret_house->bookings + ret_house->cancelled + ret_house->refused;
    TELL(bench, what, round, {"bookings", (double)ret_house->bookings}, {"cancelled", (double)ret_house->cancelled},
         {"refused", (double)ret_house->refused}, {"fill_seconds", ret_house->fill_seconds},
         {"fill_commands_per_second", (double)commands / ret_house->fill_seconds},
         {"db_bytes_per_booking", each((double)bench_server_db_bytes(path), ret_house->bookings)});
    return true;
}

/* What is booked while it is measured makes the small house several times as large: each round has a new one. */
static bool
bench_growth(struct bench *bench)
{
    char path[PATH_SIZE], small_path[PATH_SIZE];
    struct bench_house small, large;
    bool well = grow(bench, "growth-large", 0, bench->options->growth, &large, path);
    for (int64_t round = 1; well && round <= bench->options->rounds; round++)
        well = grow(bench, "growth-small", round, SMALL_HOUSE, &small, small_path) &&
               measure_growth(bench, &small, "bookings-small", round) &&
               measure_growth(bench, &large, "bookings-large", round);
    return well;
}

/* --- all of it --- */

static const struct {
    const char *name;
    bool (*run)(struct bench *bench);
} measurements[] = {
    {"bookings", bench_bookings}, {"storm", bench_storm}, {"reads", bench_reads}, {"growth", bench_growth}};

enum { MEASUREMENTS = sizeof(measurements) / sizeof(measurements[0]) };

static bool
is_known(const char *name)
{
    for (size_t i = 0; i < MEASUREMENTS; i++)
        if (strcmp(measurements[i].name, name) == 0)
            return true;
    return false;
}

static bool
is_asked_for(const struct option_arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (strcmp(arguments->items[i], name) == 0)
            return true;
    return arguments->count == 0;
}

static int
run_all(struct bench *bench, const struct option_arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (!is_known(arguments->items[i])) {
            err_set(&bench->err, ERR_USAGE, "there is no measurement \"%s\"; there are bookings, storm, reads, growth",
                    arguments->items[i]);
            return cmd_fail(&bench->err);
        }
    }
    for (size_t i = 0; i < MEASUREMENTS; i++)
        if (is_asked_for(arguments, measurements[i].name) && !measurements[i].run(bench))
            return cmd_fail(&bench->err);
    return EX_OK;
}

int
cmd_bench(size_t argc, char *const *argv)
{
    struct bench_options chosen = {.dir = NULL};
    struct option_arguments arguments;
    int exit_code;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    struct bench bench = {.options = &chosen};
    random_seeded_init(&bench.random, 2);
    if (chosen.dir != NULL)
        (void)snprintf(bench.dir, sizeof(bench.dir), "%s", chosen.dir);
    else if (!scratch_dir_make(bench.dir, &bench.err))
        return cmd_fail(&bench.err);
    exit_code = run_all(&bench, &arguments);
    if (chosen.dir == NULL)
        scratch_dir_remove(bench.dir);
    return exit_code;
}
