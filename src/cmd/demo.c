/* `nightlatch demo`: a filled hotel, school and camp site in a scratch database, served until it is stopped. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/demo_data.h"
#include "cmd/demo_people.h"
#include "cmd/host.h"
#include "cmd/listen.h"
#include "cmd/scratch_dir.h"
#include "cmd/stopping.h"

struct demo_options {
    const char *listen;
    int64_t seed;
    bool insecure;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct demo_options, listen, "listen", "HOST:PORT", "127.0.0.1:8080",
                  "Where to listen; port 0 picks a free one."),
    OPTION_NUMBER(struct demo_options, seed, "seed", "N", "1", 0, INT64_MAX, "The same seed fills the same houses."),
    OPTION_FLAG(struct demo_options, insecure, "insecure",
                "Allows an address that is not this machine's own, although everybody knows the passwords."),
};

static const struct command_line command = {
    .name = "demo",
    .summary =
        "Fills a scratch database with a hotel, a school and a camp site around today, serves it, and prints the "
        "address, who can sign in with which password, and a token. Everything is gone when it stops.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

static void
print_houses(const struct demo_house houses[DEMO_HOUSES])
{
    printf("  %-15s  %-36s  %5s  %8s\n", "House", "Id", "Rooms", "Bookings");
    for (int i = 0; i < DEMO_HOUSES; i++)
        printf("  %-15s  %-36s  %5" PRId64 "  %8" PRId64 "\n", houses[i].name, houses[i].id, houses[i].rooms,
               houses[i].bookings);
}

static void
print_logins(const struct demo_house houses[DEMO_HOUSES])
{
    printf("\n  %-26s  %-18s  %-12s  %s\n", "E-mail", "Password", "Role", "House");
    for (int i = 0; i < DEMO_LOGINS; i++) {
        const struct demo_login *login = &demo_logins[i];
        printf("  %-26s  %-18s  %-12s  %s\n", login->email, login->password, role_name(login->role).ptr,
               login->house == DEMO_EVERYWHERE ? "all of them" : houses[login->house].name);
    }
}

/* Fits 80 columns, but for the token and the id that are there to be copied. */
static void
welcome(const struct host *host, const char *listen, const char *db_url, const struct demo_house houses[DEMO_HOUSES])
{
    char url[LISTEN_URL_SIZE];
    listen_url(listen, host_port(host), url);
    printf("\n  Nightlatch is at %s, its API is described at\n  %s/docs\n\n", url, url);
    print_houses(houses);
    print_logins(houses);
    printf("\n  A program comes with a token instead. To try it, copy these lines:\n\n"
           "export T=%s\n"
           "export P=%s API=%s/v1\n"
           "curl -sH \"Authorization: Bearer $T\" \"$API/bookings?property_id=$P&limit=3\"\n"
           "curl -sc /tmp/cookies -H \"Content-Type: application/json\" \"$API/sessions\" \\\n"
           "  -d '{\"email\":\"%s\",\"password\":\"%s\"}'\n"
           "curl -sb /tmp/cookies \"$API/me\"\n"
           "build/nightlatch check --db %s\n\n"
           "  Ctrl-C ends it and removes everything.\n",
           host_owner_token(host), houses[DEMO_HOTEL].id, url, demo_logins[1].email, demo_logins[1].password, db_url);
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
                                     .ends_on_signals = true,
                                     .control_socket = true};
    struct host *host = host_new(&settings, &err);
    bool well = host != NULL;
    if (well && !stopping_is_asked()) {
        welcome(host, chosen->listen, url, houses);
        well = host_run(host, &err);
    }
    host_free(host);
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
    if (!listen_check(chosen.listen, chosen.insecure, "--insecure goes without", &err))
        return cmd_fail(&err);
    char directory[SCRATCH_DIR_SIZE], url[SCRATCH_DIR_SIZE + 32];
    stopping_watch(); /* until a host takes the signals over, so that nothing is left in any case */
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
