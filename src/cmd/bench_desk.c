/* The commands of the desk beside plain creation, in the same house and the same round.
 *
 * Every client has a booking of today and two rooms, and walks a cycle of commands that ends where it began, so that it
 * can go on for as long as is measured. What one measurement leaves half done, the next brings to its end first. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cmd/bench_run.h"

enum { CYCLE_MAX = 5, TYPES = 20, ROOMS_EACH = 50 }; /* as where bookings are measured */

struct step {
    const char *path; /* %s: the booking, or the room */
    bool of_room;
    const char *body; /* %s: the room the booking has, or the other; NULL for none */
    bool other_room;
};

static const struct cycle {
    const char *what;
    struct step steps[CYCLE_MAX];
    size_t count;
} cycles[] = {
    {"unassign, assign",
     {{"/v1/bookings/%s/unassign", false, "{}", false},
      {"/v1/bookings/%s/assign", false, "{\"room_id\":\"%s\"}", false}},
     2},
    {"unpin, pin",
     {{"/v1/bookings/%s/pin", false, "{\"pinned\":false}", false},
      {"/v1/bookings/%s/pin", false, "{\"pinned\":true}", false}},
     2},
    {"move, and back",
     {{"/v1/bookings/%s/move", false, "{\"to_room_id\":\"%s\"}", true},
      {"/v1/bookings/%s/move", false, "{\"to_room_id\":\"%s\"}", false}},
     2},
    {"check in, out, and undo both",
     {{"/v1/bookings/%s/check-in", false, "{\"override\":true,\"reason\":\"measured\"}", false},
      {"/v1/bookings/%s/check-out", false, "{}", false},
      {"/v1/bookings/%s/undo-check-out", false, "{}", false},
      {"/v1/bookings/%s/undo-check-in", false, "{}", false}},
     4},
    {"break, mend, clean, inspect",
     {{"/v1/rooms/%s/report-maintenance", true, "{\"note\":\"The tap drips.\"}", false},
      {"/v1/rooms/%s/finish-maintenance", true, "{\"quality\":\"dirty\"}", false},
      {"/v1/rooms/%s/start-cleaning", true, "{}", false},
      {"/v1/rooms/%s/finish-cleaning", true, "{}", false},
      {"/v1/rooms/%s/inspect", true, "{\"result\":\"pass\"}", false}},
     5},
};

enum { CYCLES = sizeof(cycles) / sizeof(cycles[0]), CLIENTS_MAX = BENCH_STAYS_MAX };

struct desk {
    const struct cycle *now;
    const struct cycle *under_way[CLIENTS_MAX]; /* of each client; NULL at the beginning */
    size_t at[CLIENTS_MAX];
    bool refused; /* some command was, and was shown */
};

static struct str
next_step(size_t client, void *user)
{
    struct bench_run *run = user;
    struct desk *desk = run->more;
    const struct bench_house *house = run->house;
    char path[96], body[160];
    assert(client < CLIENTS_MAX);
    if (desk->at[client] == 0)
        desk->under_way[client] = desk->now;
    const struct cycle *cycle = desk->under_way[client];
    const struct step *step = &cycle->steps[desk->at[client]];
    desk->at[client] = (desk->at[client] + 1) % cycle->count;
    const char *put = house->room[client][step->other_room ? 1 : 0];
    const char *hole = strstr(step->body, "%s"), *name = step->of_room ? house->room[client][0] : house->stay[client];
    const char *tail = strchr(step->path, '%') + 2;
    (void)snprintf(path, sizeof(path), "%.*s%s%s", (int)(tail - 2 - step->path), step->path, name, tail);
    if (hole == NULL)
        (void)snprintf(body, sizeof(body), "%s", step->body);
    else
        (void)snprintf(body, sizeof(body), "%.*s%s%s", (int)(hole - step->body), step->body, put, hole + 2);
    return bench_write_post(run, path, body, run->requests[client]);
}

/* None is expected; the first is shown. */
static void
note_refusal(size_t client, int status, struct str body, void *user)
{
    struct desk *desk = ((struct bench_run *)user)->more;
    (void)client;
    if (status >= 300 && !desk->refused)
        (void)fprintf(stderr, "%s: %.*s\n", desk->now->what, STR_ARG(body));
    desk->refused |= status >= 300;
}

static bool
measure_cycle(struct bench_run *run, const struct cycle *cycle, int64_t round, const struct load_result *created)
{
    struct load_result load;
    ((struct desk *)run->more)->now = cycle;
    if (!bench_shoot(run, next_step, note_refusal, &load))
        return false;
    double rate = bench_per_second(load.by_class[2], &load), plain = bench_per_second(created->by_class[2], created);
    BENCH_TELL(run->bench, cycle->what, round, {"commands_per_second", rate}, {"created_per_second", plain},
               {"of_creation", plain == 0 ? 0 : rate / plain}, {"p50_us", (double)load.p50_us},
               {"p99_us", (double)load.p99_us}, {"refused", (double)load.by_class[4]},
               {"failed", (double)(load.by_class[5] + load.lost)});
    return true;
}

static bool
desk_round(struct bench_run *run, int64_t round)
{
    struct load_result created;
    for (size_t i = 0; i < CYCLES; i++)
        if (!bench_shoot(run, bench_random_booking, NULL, &created) || !measure_cycle(run, &cycles[i], round, &created))
            return false;
    return true;
}

bool
bench_desk(struct bench *bench)
{
    bool well = true;
    size_t clients = (size_t)bench->options->clients < CLIENTS_MAX ? (size_t)bench->options->clients : CLIENTS_MAX;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++) {
        char name[32], path[BENCH_PATH_SIZE];
        static struct bench_house house;
        struct desk desk = {.now = NULL};
        struct bench_run run = {.bench = bench};
        (void)snprintf(name, sizeof(name), "desk-%d", (int)round);
        well = bench_make_house(bench, name,
                                (struct bench_house_settings){
                                    .properties = 1, .types_each = TYPES, .rooms_each = ROOMS_EACH, .stays = clients},
                                &house, path) &&
               bench_open(&run, bench, &house, clients);
        run.more = &desk;
        well = bench_close(&run, well && desk_round(&run, round));
    }
    return well;
}
