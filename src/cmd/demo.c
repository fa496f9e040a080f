/* `nightlatch demo`: a filled hotel, school and camp site in a scratch database, served until it is stopped. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/demo_data.h"
#include "cmd/host.h"
#include "cmd/scratch_dir.h"

struct demo_options {
    const char *listen;
    int64_t seed;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct demo_options, listen, "listen", "HOST:PORT", "127.0.0.1:8080",
                  "Where to listen; port 0 picks a free one."),
    OPTION_NUMBER(struct demo_options, seed, "seed", "N", "1", 0, INT64_MAX, "The same seed fills the same houses."),
};

static const struct command_line command = {
    .name = "demo",
    .summary =
        "Fills a scratch database with a hotel, a school and a camp site around today, serves it, and prints the "
        "address and a token. Everything is gone when it stops.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

static void
welcome(const struct host *host, const char *url, const struct demo_house houses[DEMO_HOUSES])
{
    printf("\n  Nightlatch is at http://127.0.0.1:%u, its API is described at http://127.0.0.1:%u/docs\n\n",
           (unsigned)host_port(host), (unsigned)host_port(host));
    for (int i = 0; i < DEMO_HOUSES; i++)
        printf("  %-16s %s  %4" PRId64 " rooms %5" PRId64 " bookings\n", houses[i].name, houses[i].id, houses[i].rooms,
               houses[i].bookings);
    printf("\n  Token of the owner:\n  %s\n\n  Try\n"
           "    export T=%s\n"
           "    curl -sH \"Authorization: Bearer $T\" \"http://127.0.0.1:%u/v1/bookings?property_id=%s&limit=3\"\n"
           "    build/nightlatch check --db %s\n\n"
           "  Ctrl-C ends it and removes everything.\n",
           host_owner_token(host), host_owner_token(host), (unsigned)host_port(host), houses[DEMO_HOTEL].id, url);
    (void)fflush(stdout);
}

static int
serve_demo(const struct demo_options *chosen, const char *url, const struct demo_house houses[DEMO_HOUSES])
{
    struct err err = {.kind = ERR_NONE};
    struct log log;
    log_init(&log, STDERR_FILENO, LOG_FORMAT_TEXT, LOG_INFO, clock_system());
    struct host_settings settings = {.db = url,
                                     .listen = chosen->listen,
                                     .sweep_interval_ms = 1000,
                                     .log = &log,
                                     .owner_token = true,
                                     .control_socket = true};
    struct host *host = host_new(&settings, &err);
    bool well = host != NULL;
    if (well) {
        welcome(host, url, houses);
        well = host_run(host, true, &err);
        host_free(host);
    }
    log_done(&log);
    return well ? EX_OK : cmd_fail(&err);
}

int
cmd_demo(size_t argc, char *const *argv)
{
    struct demo_options chosen = {.listen = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    char directory[SCRATCH_DIR_SIZE], url[SCRATCH_DIR_SIZE + 32];
    if (!scratch_dir_make(directory, &err))
        return cmd_fail(&err);
    (void)snprintf(url, sizeof(url), "sqlite:%s/demo.db", directory);
    struct demo_house houses[DEMO_HOUSES];
    int applied;
    if (database_migrate(url, &applied, &err) && demo_fill(url, (uint64_t)chosen.seed, houses, &err))
        exit_code = serve_demo(&chosen, url, houses);
    else
        exit_code = cmd_fail(&err);
    scratch_dir_remove(directory);
    return exit_code;
}
