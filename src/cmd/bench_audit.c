/* The night audit of a full house beside a desk that goes on: bookings before it and while it goes on, by the same
 * clients in the same house. The first of them starts the audit and asks ten times a second whether it is done. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/bench_run.h"
#include "util/clock.h"

enum { TYPES = 20, ASK_EVERY_MS = 100 };

enum asking { ASKING_TO_BOOK, ASKING_TO_BEGIN, ASKING_HOW_FAR };

struct audit {
    enum asking asking; /* what the first client is waiting for */
    bool begun, completed, failed;
    int64_t began_ns, asked_ns, ended_ns;
};

static struct str
write_begin(struct bench_run *run, char out[BENCH_REQUEST_SIZE])
{
    char body[BENCH_REQUEST_SIZE / 2];
    (void)snprintf(body, sizeof(body), "{\"property_id\":\"%s\",\"kind\":\"night_audit\"}", run->house->property[0]);
    return bench_write_post(run, "/v1/jobs", body, out);
}

/* The list of jobs: it tells no lines of their reports. */
static struct str
write_how_far(struct bench_run *run, char out[BENCH_REQUEST_SIZE])
{
    char path[BENCH_REQUEST_SIZE / 2];
    (void)snprintf(path, sizeof(path), "/v1/jobs?property_id=%s", run->house->property[0]);
    return bench_write_get(run, path, out);
}

static struct str
next_request(size_t client, void *user)
{
    struct bench_run *run = user;
    struct audit *audit = run->more;
    int64_t now = clock_monotonic_ns(clock_system());
    if (client != 0)
        return bench_random_booking(client, user);
    audit->asking = ASKING_TO_BOOK;
    if (!audit->begun) {
        audit->asking = ASKING_TO_BEGIN;
        audit->begun = true;
        audit->began_ns = audit->asked_ns = now;
        return write_begin(run, run->requests[client]);
    }
    if (now - audit->asked_ns < ASK_EVERY_MS * INT64_C(1000000))
        return bench_random_booking(client, user);
    audit->asking = ASKING_HOW_FAR;
    audit->asked_ns = now;
    return write_how_far(run, run->requests[client]);
}

static void
note_reply(size_t client, int status, struct str body, void *user)
{
    static const char running[] = "\"status\":\"RUNNING\"";
    struct audit *audit = ((struct bench_run *)user)->more;
    if (client != 0 || audit->asking == ASKING_TO_BOOK)
        return;
    if (status >= 300 && !audit->failed)
        (void)fprintf(stderr, "night audit: %.*s\n", STR_ARG(body));
    audit->failed |= status >= 300;
    if (audit->asking == ASKING_HOW_FAR && memmem(body.ptr, body.len, running, sizeof(running) - 1) == NULL) {
        audit->completed = true;
        audit->ended_ns = clock_monotonic_ns(clock_system());
    }
}

static bool
is_over(void *user)
{
    const struct audit *audit = ((struct bench_run *)user)->more;
    return audit->completed || audit->failed;
}

static bool
measure(struct bench_run *run, int64_t round)
{
    struct audit *audit = run->more;
    struct load_result before, beside;
    if (!bench_shoot(run, bench_random_booking, NULL, &before) ||
        !bench_shoot_until(run, next_request, note_reply, is_over, &beside))
        return false;
    if (!audit->completed) {
        err_set(&run->bench->err, ERR_DATA, "the night audit did not come to its end");
        return false;
    }
    double plain = bench_per_second(before.by_class[2], &before), with = bench_per_second(beside.by_class[2], &beside);
    BENCH_TELL(run->bench, "night audit", round, {"bookings_audited", (double)run->house->settings.residents},
               {"audit_seconds", (double)(audit->ended_ns - audit->began_ns) / 1e9},
               {"bookings_per_second_before", plain}, {"bookings_per_second_beside", with},
               {"rate_beside", plain == 0 ? 0 : with / plain}, {"p50_us_before", (double)before.p50_us},
               {"p50_us_beside", (double)beside.p50_us}, {"p99_us_before", (double)before.p99_us},
               {"p99_us_beside", (double)beside.p99_us},
               {"p99_ratio", bench_each((double)beside.p99_us, before.p99_us)},
               {"max_us_before", (double)before.max_us}, {"max_us_beside", (double)beside.max_us},
               {"failed", (double)(before.by_class[5] + before.lost + beside.by_class[5] + beside.lost)});
    return true;
}

/* In a house of its own: a day is closed once. */
bool
bench_audit(struct bench *bench)
{
    static struct bench_house house;
    size_t residents = (size_t)bench->options->residents;
    bool well = true;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++) {
        char name[32], path[BENCH_PATH_SIZE];
        struct bench_run run = {.bench = bench};
        struct audit audit = {.begun = false};
        (void)snprintf(name, sizeof(name), "audit-%" PRId64, round);
        well = bench_make_house(bench, name,
                                (struct bench_house_settings){.properties = 1,
                                                              .types_each = TYPES,
                                                              .rooms_each = (residents + TYPES - 1) / TYPES,
                                                              .residents = residents},
                                &house, path) &&
               bench_open(&run, bench, &house, (size_t)bench->options->clients);
        run.more = &audit;
        well = bench_close(&run, well && measure(&run, round));
    }
    return well;
}
