/* `nightlatch race`: anyone can try to double-book. Many real HTTP clients ask for the same few units at once; then the
 * store is asked what it holds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/host.h"
#include "cmd/http_call.h"
#include "cmd/naive_server.h"
#include "cmd/scratch_dir.h"
#include "cmd/volley.h"
#include "core/date.h"
#include "store/naive.h"
#include "util/clock.h"
#include "util/progress.h"

enum { REPLY_TIMEOUT_MS = 60000, PLACE_SIZE = 300, REQUEST_MEMORY = 64 << 20 };

struct race_options {
    int64_t clients, units, rounds, delay_ms;
    bool naive;
    const char *url, *token;
};

static const struct option_spec options[] = {
    OPTION_NUMBER(struct race_options, clients, "clients", "N", "20", 1, 5000, "Clients that ask at the same moment."),
    OPTION_NUMBER(struct race_options, units, "units", "C", "1", 1, 100000, "Units there are."),
    OPTION_NUMBER(struct race_options, rounds, "rounds", "R", "1", 1, 1000,
                  "How often every client asks, one round after another, each for another night."),
    OPTION_FLAG(struct race_options, naive, "naive",
                "Race against check-then-insert on a scratch table instead, and see it overbook."),
    OPTION_NUMBER(struct race_options, delay_ms, "delay", "MS", "20", 0, 10000,
                  "With --naive: the time between its check and its insert."),
    OPTION_STRING(struct race_options, url, "url", "URL", NULL,
                  "Race against this server (http://HOST:PORT) instead of one of its own; a property is made for it."),
    OPTION_STRING(struct race_options, token, "token", "TOKEN", NULL,
                  "With --url: a token of the installation's owner."),
};

static const struct command_line command = {
    .name = "race",
    .summary = "Starts many HTTP clients on the same few units and counts their answers; then looks into the store. It "
               "passes when exactly as many were sold as there were units, or as there were clients.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

struct race {
    const struct race_options *options;
    char place[PLACE_SIZE]; /* "HOST:PORT" */
    const char *token;
    char property[ID_TEXT_SIZE], room_type[ID_TEXT_SIZE];
    int32_t first_night;
    struct arena arena;   /* of requests */
    struct str *requests; /* one per round; every client of a round asks for the same */
    struct str warmup;
};

/* --- the requests --- */

static struct str
make_request(struct race *race, const char *method, const char *path, struct str body)
{
    struct text text;
    text_init(&text, &race->arena, 512);
    text_put_format(&text, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", method, path, race->place,
                    race->token);
    if (body.len > 0)
        text_put_format(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.len);
    text_put(&text, STR("\r\n"));
    text_put(&text, body);
    return text_str(&text);
}

static struct str
booking_body(struct race *race, int64_t round)
{
    char arrival[DATE_TEXT_SIZE], departure[DATE_TEXT_SIZE];
    struct text text;
    int32_t night = race->first_night + (int32_t)(round % 700);
    date_format(night, arrival);
    date_format(night + 1, departure);
    text_init(&text, &race->arena, 256);
    text_put_format(&text,
                    "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"%s\",\"departure\":\"%s\","
                    "\"party\":1,\"guest\":{\"name\":\"Racer\"}}",
                    race->property, race->room_type, arrival, departure);
    return text_str(&text);
}

static struct str
request_of_round(size_t client, size_t round, void *user)
{
    (void)client;
    return ((struct race *)user)->requests[round];
}

/* --- the house of the race --- */

static bool
make_house(struct race *race, struct err *err)
{
    char body[256];
    struct http_call call = {.place = race->place, .token = race->token, .arena = &race->arena};
    (void)snprintf(body, sizeof(body), "{\"name\":\"Race %016" PRIx64 "\",\"time_zone\":\"UTC\",\"currency\":\"EUR\"}",
                   (uint64_t)clock_monotonic_ns(clock_system()));
    if (!http_call_create(&call, "/v1/properties", body, race->property, err))
        return false;
    (void)snprintf(body, sizeof(body),
                   "{\"property_id\":\"%s\",\"name\":\"Unit\",\"sold_by\":\"night\",\"stock\":\"count\","
                   "\"max_guests\":1,\"units\":%" PRId64 "}",
                   race->property, race->options->units);
    return http_call_create(&call, "/v1/room-types", body, race->room_type, err);
}

/* What the store holds: units sold over all nights of the race. */
static bool
count_sold(struct race *race, int64_t rounds, int64_t *ret_sold, struct err *err)
{
    struct http_call call = {.place = race->place, .token = race->token, .arena = &race->arena};
    *ret_sold = 0;
    for (int64_t from = 0; from < rounds; from += 62) {
        char path[320], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
        date_format(race->first_night + (int32_t)from, first);
        date_format(race->first_night + (int32_t)(from + 62 < rounds ? from + 62 : rounds), last);
        (void)snprintf(path, sizeof(path), "/v1/availability?property_id=%s&from=%s&until=%s", race->property, first,
                       last);
        int64_t sold;
        if (!http_call_sum(&call, path, "sold", &sold, err))
            return false;
        *ret_sold += sold;
    }
    return true;
}

/* --- telling --- */

static int
tell(const struct race_options *chosen, const struct volley_count *count, int64_t sold)
{
    int64_t each = chosen->clients < chosen->units ? chosen->clients : chosen->units;
    int64_t wanted = each * chosen->rounds;
    printf("%" PRId64 " %s, %" PRId64 " %s, %" PRId64 " %s%s\n", chosen->clients,
           chosen->clients == 1 ? "client" : "clients", chosen->units, chosen->units == 1 ? "unit" : "units",
           chosen->rounds, chosen->rounds == 1 ? "round" : "rounds", chosen->naive ? ", check then insert" : "");
    printf("  %8" PRId64 "  201 Created\n  %8" PRId64 "  409 Conflict\n  %8" PRId64 "  5xx\n", count->created,
           count->conflict, count->failed);
    if (count->other > 0)
        printf("  %8" PRId64 "  others, the first of them %" PRId64 "\n", count->other, count->first_other);
    if (count->lost > 0)
        printf("  %8" PRId64 "  without an answer\n", count->lost);
    printf("  %8" PRId64 "  sold, as the store has it\n", sold);
    bool pass =
        count->created == wanted && sold == wanted && count->failed == 0 && count->other == 0 && count->lost == 0;
    if (pass)
        puts("PASS: exactly what there was");
    else if (sold > wanted)
        printf("FAIL: overbooked by %" PRId64 "\n", sold - wanted);
    else
        printf("FAIL: %" PRId64 " should have been sold\n", wanted);
    return pass ? EX_OK : EX_SOFTWARE;
}

/* --- the races --- */

static bool
prepare_requests(struct race *race, struct err *err)
{
    size_t rounds = (size_t)race->options->rounds;
    race->requests = ARENA_ARRAY(&race->arena, rounds, struct str);
    for (size_t i = 0; race->requests != NULL && i < rounds; i++)
        race->requests[i] = make_request(race, "POST", "/v1/bookings", booking_body(race, (int64_t)i));
    char path[128];
    (void)snprintf(path, sizeof(path), "/v1/properties/%s", race->property);
    race->warmup = make_request(race, "GET", path, STR(""));
    if (race->arena.overflowed)
        err_set(err, ERR_MEMORY, "no memory for so many rounds");
    return !race->arena.overflowed;
}

static bool
run_volley(struct race *race, struct volley_count *ret_count, struct err *err)
{
    struct volley_settings settings = {.place = str_from(race->place),
                                       .clients = (size_t)race->options->clients,
                                       .rounds = (size_t)race->options->rounds,
                                       .warmup = race->warmup,
                                       .request = request_of_round,
                                       .user = race,
                                       .timeout_ms = REPLY_TIMEOUT_MS};
    return volley_run(&settings, ret_count, err);
}

/* The race proper, against whatever listens at race->place. */
static int
race_against(struct race *race)
{
    struct err err = {.kind = ERR_NONE};
    struct volley_count count;
    int64_t sold;
    if (!make_house(race, &err) || !prepare_requests(race, &err) || !run_volley(race, &count, &err) ||
        !count_sold(race, race->options->rounds, &sold, &err))
        return cmd_fail(&err);
    return tell(race->options, &count, sold);
}

static int
race_own_server(struct race *race, const char *directory)
{
    struct err err = {.kind = ERR_NONE};
    char url[SCRATCH_DIR_SIZE + 32];
    (void)snprintf(url, sizeof(url), "sqlite:%s/race.db", directory);
    struct host_settings settings = {
        .db = url, .listen = "127.0.0.1:0", .sweep_interval_ms = 1000, .owner_token = true};
    struct host *host = host_new(&settings, &err);
    if (host == NULL || !host_start_thread(host, &err)) {
        host_free(host);
        return cmd_fail(&err);
    }
    (void)snprintf(race->place, sizeof(race->place), "127.0.0.1:%u", (unsigned)host_port(host));
    race->token = host_owner_token(host);
    int exit_code = race_against(race);
    return host_join(host, &err) ? exit_code : cmd_fail(&err);
}

static int
race_naive(struct race *race, const char *directory)
{
    struct err err = {.kind = ERR_NONE};
    char path[SCRATCH_DIR_SIZE + 32];
    (void)snprintf(path, sizeof(path), "%s/naive.db", directory);
    if (!naive_init(path, &err))
        return cmd_fail(&err);
    struct naive_server *server = naive_server_start(path, race->options->units, race->options->delay_ms, &err);
    if (server == NULL)
        return cmd_fail(&err);
    (void)snprintf(race->place, sizeof(race->place), "127.0.0.1:%u", (unsigned)naive_server_port(server));
    race->token = "none";
    struct volley_count count;
    race->requests = ARENA_NEW(&race->arena, struct str);
    race->requests[0] = make_request(race, "POST", "/sell", STR("{}"));
    race->warmup = make_request(race, "GET", "/", STR(""));
    bool ran = run_volley(race, &count, &err);
    naive_server_stop(server);
    return ran ? tell(race->options, &count, naive_sold(path)) : cmd_fail(&err);
}

static int
race_scratch(struct race *race)
{
    struct err err = {.kind = ERR_NONE};
    char directory[SCRATCH_DIR_SIZE];
    if (!scratch_dir_make(directory, &err))
        return cmd_fail(&err);
    int exit_code = race->options->naive ? race_naive(race, directory) : race_own_server(race, directory);
    scratch_dir_remove(directory);
    return exit_code;
}

/* "http://HOST:PORT" or "HOST:PORT". */
static bool
parse_url(struct race *race, const char *url, struct err *err)
{
    struct str place = str_from(url);
    if (str_starts_with(place, STR("http://")))
        place = str_of(place.ptr + 7, place.len - 7);
    while (place.len > 0 && place.ptr[place.len - 1] == '/')
        place.len--;
    if (place.len == 0 || place.len >= sizeof(race->place) || memchr(place.ptr, '/', place.len) != NULL) {
        err_set(err, ERR_USAGE, "--url takes http://HOST:PORT, not \"%s\"", url);
        return false;
    }
    memcpy(race->place, place.ptr, place.len);
    return true;
}

int
cmd_race(size_t argc, char *const *argv)
{
    struct race_options chosen = {.url = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    struct race race = {
        .options = &chosen, .token = chosen.token, .first_night = date_from_instant(clock_now_ms(clock_system())) + 1};
    if (chosen.naive && (chosen.url != NULL || chosen.rounds != 1)) {
        err_set(&err, ERR_USAGE, "--naive runs one round against its own scratch table");
        return cmd_fail(&err);
    }
    if (chosen.url != NULL && chosen.token == NULL) {
        err_set(&err, ERR_USAGE, "--url needs --token, an owner's");
        return cmd_fail(&err);
    }
    if (chosen.url != NULL && !parse_url(&race, chosen.url, &err))
        return cmd_fail(&err);
    arena_init(&race.arena, REQUEST_MEMORY);
    exit_code = chosen.url != NULL ? race_against(&race) : race_scratch(&race);
    arena_done(&race.arena);
    return exit_code;
}
