/* Rooms for all arrivals of a day, as the desk asks for them: request after request by one client, until nobody is left
 * who can have one. The search alone, in harder houses, is measured by bench/auto_assign_bench.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/bench_run.h"
#include "core/date.h"

enum {
    TYPES = 20,
    ROOMS_EACH = 50,
    ARRIVALS = 500, /* of tomorrow */
    LATER = 500,    /* who come while these are in the house, and take the rooms that have gaps */
    LATER_NIGHTS = 3,
};

struct arrivals {
    int64_t asked, booked; /* so many bookings; so many of them were to be had */
    int64_t requests, assigned;
    bool ended, failed;
};

static struct str
next_booking(size_t client, void *user)
{
    struct bench_run *run = user;
    struct arrivals *arrivals = run->more;
    size_t type = (size_t)(arrivals->asked % TYPES);
    bool later = arrivals->asked++ >= ARRIVALS;
    int32_t after = later ? 1 + (int32_t)bench_pick(run->bench, LATER_NIGHTS) : 0;
    int32_t nights = 1 + (int32_t)bench_pick(run->bench, BENCH_STAY_NIGHTS_MAX);
    return bench_write_booking(run, 0, type, run->house->first_night + after, nights, run->requests[client]);
}

static void
note_booking(size_t client, int status, struct str body, void *user)
{
    struct arrivals *arrivals = ((struct bench_run *)user)->more;
    (void)client, (void)body;
    arrivals->booked += status == 201;
    arrivals->failed |= status != 201 && status != 409;
}

static bool
all_are_booked(void *user)
{
    const struct arrivals *arrivals = ((struct bench_run *)user)->more;
    return arrivals->failed || arrivals->asked >= ARRIVALS + LATER;
}

static struct str
next_rooms(size_t client, void *user)
{
    struct bench_run *run = user;
    char body[BENCH_REQUEST_SIZE / 2], date[DATE_TEXT_SIZE];
    date_format(run->house->first_night, date);
    (void)snprintf(body, sizeof(body), "{\"property_id\":\"%s\",\"date\":\"%s\"}", run->house->property[0], date);
    return bench_write_post(run, "/v1/bookings:auto-assign", body, run->requests[client]);
}

/* The number behind `name` in a reply that has it first there; -1 where there is none. */
static int64_t
number_behind(struct str body, const char *name)
{
    const char *at = memmem(body.ptr, body.len, name, strlen(name)), *end = body.ptr + body.len;
    struct str digits = STR("");
    long long number;
    if (at != NULL)
        digits.ptr = at + strlen(name);
    while (at != NULL && digits.ptr + digits.len < end && strchr("0123456789", digits.ptr[digits.len]) != NULL)
        digits.len++;
    return str_to_i64(digits, &number) ? number : -1;
}

static void
note_rooms(size_t client, int status, struct str body, void *user)
{
    struct arrivals *arrivals = ((struct bench_run *)user)->more;
    int64_t assigned = number_behind(body, "\"assigned\":"), remaining = number_behind(body, "\"remaining\":");
    (void)client;
    arrivals->failed |= status != 200 || assigned < 0 || remaining < 0;
    if (arrivals->failed)
        (void)fprintf(stderr, "auto-assign: %.*s\n", STR_ARG(body));
    arrivals->requests++;
    arrivals->assigned += assigned;
    arrivals->ended = remaining == 0;
}

static bool
nobody_is_left(void *user)
{
    const struct arrivals *arrivals = ((struct bench_run *)user)->more;
    return arrivals->failed || arrivals->ended;
}

static bool
measure(struct bench_run *run, int64_t round)
{
    struct arrivals *arrivals = run->more;
    struct load_result fill, rooms;
    struct bench_usage before, after;
    struct err *err = &run->bench->err;
    if (!bench_shoot_until(run, next_booking, note_booking, all_are_booked, &fill) ||
        !bench_server_measure(&run->server, &before, err) ||
        !bench_shoot_until(run, next_rooms, note_rooms, nobody_is_left, &rooms) ||
        !bench_server_measure(&run->server, &after, err))
        return false;
    if (arrivals->failed || !arrivals->ended) {
        err_set(err, ERR_DATA, "the arrivals did not all get a room");
        return false;
    }
    BENCH_TELL(run->bench, "rooms for all arrivals of a day", round, {"arrivals", ARRIVALS},
               {"later_stays", (double)(arrivals->booked - ARRIVALS)}, {"placed", (double)arrivals->assigned},
               {"requests", (double)arrivals->requests},
               {"server_cpu_ms", (double)(after.user_ms + after.system_ms - before.user_ms - before.system_ms)},
               {"elapsed_ms", (double)rooms.elapsed_ns / 1e6}, {"longest_request_ms", (double)rooms.max_us / 1e3});
    return true;
}

bool
bench_arrivals(struct bench *bench)
{
    bool well = true;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++) {
        char name[32], path[BENCH_PATH_SIZE];
        struct bench_house house;
        struct bench_run run = {.bench = bench};
        struct arrivals arrivals = {.asked = 0};
        (void)snprintf(name, sizeof(name), "arrivals-%" PRId64, round);
        well = bench_make_house(
                   bench, name,
                   (struct bench_house_settings){.properties = 1, .types_each = TYPES, .rooms_each = ROOMS_EACH},
                   &house, path) &&
               bench_open(&run, bench, &house, 1);
        run.more = &arrivals;
        well = bench_close(&run, well && measure(&run, round));
    }
    return well;
}
