/* `nightlatch bench`: what this machine, and its disk, carry. Each measurement is made against a server that is a
 * process of its own, over real connections; what is compared with each other is measured in turns, so that what the
 * machine does besides falls on both. Figures are printed, never judged. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "cmd/bench_run.h"
#include "cmd/cmd.h"
#include "core/date.h"
#include "util/clock.h"

enum {
    SMALL_HOUSE = 10000, /* bookings that growth is compared with */
    CANCEL_EVERY_MS = 250,
    NIGHTS_ASKED = 62,
};

static const struct option_spec options[] = {
    OPTION_NUMBER(struct bench_options, clients, "clients", "N", "64", 1, 5000, "Connections."),
    OPTION_NUMBER(struct bench_options, storm_clients, "storm-clients", "N", "1000", 2, 5000,
                  "Connections that want the same slot."),
    OPTION_NUMBER(struct bench_options, seconds, "seconds", "S", "5", 1, 3600, "How long each measurement takes."),
    OPTION_NUMBER(struct bench_options, rounds, "rounds", "R", "3", 1, 100, "How often each is made."),
    OPTION_NUMBER(struct bench_options, residents, "residents", "N", "10000", 100, 10000,
                  "Bookings that the night audit finds."),
    OPTION_NUMBER(struct bench_options, growth, "growth", "N", "1000000", SMALL_HOUSE, 100000000,
                  "Bookings in the large house of the measurement of growth."),
    OPTION_STRING(struct bench_options, dir, "dir", "DIR", NULL,
                  "Where the databases go, which are then kept; a scratch directory otherwise."),
    OPTION_FLAG(struct bench_options, json, "json", "Prints every figure as one line of JSON."),
};

static const struct command_line command = {
    .name = "bench",
    .summary = "Measures a server on this machine: bookings over HTTP, each answered once it is durable; a storm of "
               "clients on one slot; reads of availability and free rooms; the commands of the desk; rooms for all "
               "arrivals of a day; bookings while a night audit goes on; and bookings again in a house that has grown. "
               "WHAT is bookings, storm, reads, "
               "desk, arrivals, audit or growth; all of them when none is named.",
    .arguments = "[WHAT...]",
    .argument_max = 7,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

static struct str
same_request(size_t client, void *user)
{
    (void)client;
    return ((struct bench_run *)user)->fixed;
}

static struct str
health(size_t client, void *user)
{
    struct bench_run *run = user;
    return bench_write_get(run, "/healthz", run->requests[client]);
}

/* --- bookings --- */

static bool
measure_bookings(struct bench_run *run, const char *what, int64_t round)
{
    struct bench_usage before, after;
    struct load_result load;
    struct err *err = &run->bench->err;
    if (!bench_server_measure(&run->server, &before, err) || !bench_shoot(run, bench_random_booking, NULL, &load) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    int64_t made = load.by_class[2];
    double user_ms = (double)(after.user_ms - before.user_ms), system_ms = (double)(after.system_ms - before.system_ms);
    BENCH_TELL(run->bench, what, round, {"bookings", (double)made},
               {"bookings_per_second", bench_per_second(made, &load)}, {"p50_us", (double)load.p50_us},
               {"p99_us", (double)load.p99_us}, {"max_us", (double)load.max_us}, {"refused", (double)load.by_class[4]},
               {"failed", (double)(load.by_class[5] + load.lost)},
               {"commits", (double)(after.commits - before.commits)},
               {"bookings_per_commit", bench_each((double)made, after.commits - before.commits)},
               {"server_cpu_us_per_booking", bench_each((user_ms + system_ms) * 1000, made)},
               {"server_user_us_per_booking", bench_each(user_ms * 1000, made)},
               {"server_cpu_share", (user_ms + system_ms) * 1e6 / (double)load.elapsed_ns},
               {"written_bytes_per_booking", bench_each((double)(after.written_bytes - before.written_bytes), made)},
               {"rss_mb", (double)after.rss_bytes / 1e6}, {"rss_peak_mb", (double)after.rss_peak_bytes / 1e6});
    return true;
}

static bool
bench_bookings(struct bench *bench)
{
    bool well = true;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++) {
        char name[32], path[BENCH_PATH_SIZE];
        struct bench_house house;
        struct bench_run run = {.bench = bench};
        (void)snprintf(name, sizeof(name), "bookings-%" PRId64, round);
        well = bench_make_house(bench, name,
                                (struct bench_house_settings){.properties = 1, .types_each = 20, .rooms_each = 50},
                                &house, path) &&
               bench_open(&run, bench, &house, (size_t)bench->options->clients);
        well = bench_close(&run, well && measure_bookings(&run, "bookings", round));
    }
    return well;
}

/* --- storm: one slot, many clients --- */

struct storm {
    int32_t night;
    char holder[ID_TEXT_SIZE];               /* the booking that has the slot; empty: unknown */
    int64_t cancelled_ns;                    /* when the last cancellation was sent */
    bool free;                               /* it was cancelled, and nobody has got it yet */
    int64_t freed_ns;                        /* when that was answered; 0: not yet */
    int64_t sold_again;                      /* how often somebody has got it after a cancellation */
    int64_t longest_us, longest_answered_us; /* until then, since a cancellation was sent, and was answered */
};

static struct str
storm_request(size_t client, void *user)
{
    struct bench_run *run = user;
    struct storm *storm = run->more;
    int64_t now = clock_monotonic_ns(clock_system());
    if (client == 0 && storm->holder[0] != '\0' && !storm->free &&
        now - storm->cancelled_ns > CANCEL_EVERY_MS * INT64_C(1000000)) {
        char path[128];
        (void)snprintf(path, sizeof(path), "/v1/bookings/%s/cancel", storm->holder);
        storm->holder[0] = '\0';
        storm->free = true;
        storm->freed_ns = 0;
        storm->cancelled_ns = now;
        return bench_write_post(run, path, "{}", run->requests[client]);
    }
    return bench_write_booking(run, 0, 0, storm->night, 1, run->requests[client]);
}

static void
raise_to(int64_t *longest_us, int64_t ns)
{
    if (ns / 1000 > *longest_us)
        *longest_us = ns / 1000;
}

static void
note_sold(struct storm *storm, int64_t now)
{
    storm->free = false;
    storm->sold_again++;
    raise_to(&storm->longest_us, now - storm->cancelled_ns);
    raise_to(&storm->longest_answered_us,
             storm->freed_ns == 0 ? 0 : now - storm->freed_ns); /* the reply may be the later */
}

static void
storm_answer(size_t client, int status, struct str body, void *user)
{
    struct storm *storm = ((struct bench_run *)user)->more;
    static const char lead[] = "{\"id\":\"";
    int64_t now = clock_monotonic_ns(clock_system());
    if (client == 0 && status == 200 && storm->free)
        storm->freed_ns = now;
    if (status != 201 || body.len < sizeof(lead) + ID_TEXT_LEN || memcmp(body.ptr, lead, sizeof(lead) - 1) != 0)
        return;
    memcpy(storm->holder, body.ptr + sizeof(lead) - 1, ID_TEXT_LEN);
    storm->holder[ID_TEXT_LEN] = '\0';
    if (storm->free)
        note_sold(storm, now);
}

static double
cpu_us(const struct bench_usage *before, const struct bench_usage *after)
{
    return (double)(after->user_ms + after->system_ms - before->user_ms - before->system_ms) * 1000;
}

static bool
storm_round(struct bench_run *run, int64_t round)
{
    struct load_result plain, load;
    struct storm *storm = run->more;
    struct bench_usage before, between, after;
    struct err *err = &run->bench->err;
    storm->night = run->house->first_night + (int32_t)round;
    storm->holder[0] = '\0';
    storm->free = false;
    storm->sold_again = storm->longest_us = storm->longest_answered_us = 0;
    if (!bench_server_measure(&run->server, &before, err) || !bench_shoot(run, health, NULL, &plain) ||
        !bench_server_measure(&run->server, &between, err) || !bench_shoot(run, storm_request, storm_answer, &load) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    double plain_rate = load_rate(&plain), refusals = bench_per_second(load.by_class[4], &load);
    BENCH_TELL(run->bench, "storm", round, {"refusals_per_second", refusals}, {"healthz_per_second", plain_rate},
               {"ratio", plain_rate == 0 ? 0 : refusals / plain_rate}, {"p50_us", (double)load.p50_us},
               {"p99_us", (double)load.p99_us}, {"healthz_p99_us", (double)plain.p99_us},
               {"server_cpu_us_per_refusal", bench_each(cpu_us(&between, &after), load.by_class[4])},
               {"server_cpu_us_per_healthz", bench_each(cpu_us(&before, &between), plain.by_class[2])},
               {"failed", (double)(load.by_class[5] + load.lost)}, {"sold_again", (double)storm->sold_again},
               {"longest_until_sold_again_us", (double)storm->longest_us},
               {"longest_after_the_cancellation_was_answered_us", (double)storm->longest_answered_us});
    return true;
}

static bool
bench_storm(struct bench *bench)
{
    char path[BENCH_PATH_SIZE];
    struct bench_house house;
    struct bench_run run = {.bench = bench};
    struct storm storm = {.night = 0};
    bool well = bench_make_house(bench, "storm",
                                 (struct bench_house_settings){.properties = 1, .types_each = 1, .rooms_each = 1},
                                 &house, path) &&
                bench_open(&run, bench, &house, (size_t)bench->options->storm_clients);
    run.more = &storm;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++)
        well = storm_round(&run, round);
    return bench_close(&run, well);
}

/* --- reads --- */

static struct str
write_availability(const struct bench_run *run, int32_t from, char out[BENCH_REQUEST_SIZE])
{
    char path[BENCH_REQUEST_SIZE / 2], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    date_format(from, first);
    date_format(from + NIGHTS_ASKED, last);
    (void)snprintf(path, sizeof(path), "/v1/availability?property_id=%s&from=%s&until=%s", run->house->property[0],
                   first, last);
    return bench_write_get(run, path, out);
}

static struct str
write_search(const struct bench_run *run, int32_t from, char out[BENCH_REQUEST_SIZE])
{
    char path[BENCH_REQUEST_SIZE / 2], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    date_format(from, first);
    date_format(from + 2, last);
    (void)snprintf(path, sizeof(path), "/v1/rooms/search?property_id=%s&arrival=%s&departure=%s&party=2",
                   run->house->property[0], first, last);
    return bench_write_get(run, path, out);
}

static int32_t
random_night(struct bench_run *run)
{
    return run->house->first_night + (int32_t)bench_pick(run->bench, BENCH_ARRIVALS - NIGHTS_ASKED);
}

static struct str
random_availability(size_t client, void *user)
{
    struct bench_run *run = user;
    return write_availability(run, random_night(run), run->requests[client]);
}

static struct str
random_search(size_t client, void *user)
{
    struct bench_run *run = user;
    return write_search(run, random_night(run), run->requests[client]);
}

/* Figures of one sort of read beside those of /healthz. */
static bool
measure_read(struct bench_run *run, const char *what, int64_t round, struct str (*request)(size_t client, void *user),
             const struct load_result *plain)
{
    struct load_result load;
    struct bench_usage before, after;
    struct err *err = &run->bench->err;
    if (!bench_server_measure(&run->server, &before, err) || !bench_shoot(run, request, NULL, &load) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    int64_t cpu_ms = after.user_ms + after.system_ms - before.user_ms - before.system_ms;
    BENCH_TELL(run->bench, what, round, {"replies_per_second", bench_per_second(load.by_class[2], &load)},
               {"of_healthz", bench_per_second(load.by_class[2], &load) / load_rate(plain)},
               {"p50_us", (double)load.p50_us}, {"p99_us", (double)load.p99_us},
               {"healthz_per_second", load_rate(plain)}, {"healthz_p99_us", (double)plain->p99_us},
               {"server_cpu_us_per_reply", bench_each((double)cpu_ms * 1000, load.by_class[2])},
               {"failed", (double)(load.by_class[4] + load.by_class[5] + load.lost)});
    return true;
}

static bool
reads_round(struct bench_run *run, int64_t round)
{
    struct load_result plain;
    char *fixed = run->requests[run->clients];
    run->plain = false;
    if (!bench_shoot(run, health, NULL, &plain))
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
    char path[BENCH_PATH_SIZE];
    struct bench_house house;
    struct bench_run run = {.bench = bench};
    bool well = bench_make_house(bench, "reads",
                                 (struct bench_house_settings){
                                     .properties = 1, .types_each = 20, .rooms_each = 50, .bookings = SMALL_HOUSE},
                                 &house, path) &&
                bench_open(&run, bench, &house, (size_t)bench->options->clients);
    for (int64_t round = 1; well && round <= bench->options->rounds; round++)
        well = reads_round(&run, round);
    return bench_close(&run, well);
}

/* --- growth --- */

static bool
measure_growth(struct bench *bench, const struct bench_house *house, const char *what, int64_t round)
{
    struct bench_run run = {.bench = bench};
    bool well = bench_open(&run, bench, house, (size_t)bench->options->clients) &&
                bench_server_settle(&run.server, &bench->err);
    return bench_close(&run, well && measure_bookings(&run, what, round));
}

static bool
grow(struct bench *bench, const char *what, int64_t round, int64_t bookings, struct bench_house *ret_house,
     char path[BENCH_PATH_SIZE])
{
    struct bench_house_settings settings = {.properties = 10, .types_each = 5, .rooms_each = 20, .bookings = bookings};
    char name[48];
    (void)snprintf(name, sizeof(name), "%s-%" PRId64, what, round);
    if (!bench_make_house(bench, name, settings, ret_house, path))
        return false;
    int64_t commands = ret_house->bookings + ret_house->cancelled + ret_house->refused;
    BENCH_TELL(bench, what, round, {"bookings", (double)ret_house->bookings},
               {"cancelled", (double)ret_house->cancelled}, {"refused", (double)ret_house->refused},
               {"fill_seconds", ret_house->fill_seconds},
               {"fill_commands_per_second", (double)commands / ret_house->fill_seconds},
               {"db_bytes_per_booking", bench_each((double)bench_server_db_bytes(path), ret_house->bookings)});
    return true;
}

/* What is booked while it is measured makes the small house several times as large: each round has a new one. */
static bool
bench_growth(struct bench *bench)
{
    char path[BENCH_PATH_SIZE], small_path[BENCH_PATH_SIZE];
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
} measurements[] = {{"bookings", bench_bookings}, {"storm", bench_storm}, {"reads", bench_reads},  {"desk", bench_desk},
                    {"arrivals", bench_arrivals}, {"audit", bench_audit}, {"growth", bench_growth}};

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
            err_set(&bench->err, ERR_USAGE,
                    "there is no measurement \"%s\"; there are bookings, storm, reads, desk, arrivals, audit, growth",
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
