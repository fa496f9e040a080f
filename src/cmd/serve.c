/* `nightlatch serve`: the server, until it is told to stop. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/host.h"

struct serve_options {
    const char *db, *listen;
    int64_t sweep_interval_ms;
    int log_format;
    bool behind_proxy, insecure;
};

static const char *const log_formats[] = {"text", "json", NULL};

static const struct option_spec options[] = {
    OPTION_STRING(struct serve_options, db, "db", "URL", DATABASE_DEFAULT,
                  "The database, sqlite:PATH; it is made when it is not there."),
    OPTION_STRING(struct serve_options, listen, "listen", "HOST:PORT", "127.0.0.1:8080", "Where to listen."),
    OPTION_NUMBER(struct serve_options, sweep_interval_ms, "sweep-interval", "MS", "1000", 0, 3600000,
                  "How often lapsed holds and bookings are tidied up; 0 leaves them until they are in the way."),
    OPTION_CHOICE(struct serve_options, log_format, "log", "FORMAT", "text", log_formats,
                  "How log lines on standard error are written."),
    OPTION_FLAG(struct serve_options, behind_proxy, "behind-proxy",
                "A proxy in front speaks TLS; allows an address that is not this machine's own."),
    OPTION_FLAG(struct serve_options, insecure, "insecure",
                "Allows an address that is not this machine's own without TLS in front."),
};

static const struct command_line command = {
    .name = "serve",
    .summary = "Serves a database over HTTP until it is told to stop by SIGINT or SIGTERM; then it answers what is "
               "under way and ends. The database's schema is brought up to date first. A second server on the same "
               "database is refused.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

/* Loopback by its usual names; anything else can be reached from outside. */
static bool
is_loopback(const char *listen)
{
    struct str place = str_from(listen);
    return str_starts_with(place, STR("127.")) || str_starts_with(place, STR("[::1]:")) ||
           str_starts_with(place, STR("localhost:"));
}

/* On standard output and not in the log: it is a secret. The part behind the # is for the page alone. */
static void
print_setup(const struct serve_options *chosen, const struct host *host)
{
    const char *secret = host_setup_secret(host), *colon = strrchr(chosen->listen, ':');
    if (secret == NULL)
        return;
    printf("There is no owner yet. This link makes the first one; it works once, for a day, until the next start:\n"
           "  http://%.*s:%u/setup#%s\n"
           "`nightlatch user add --owner EMAIL` makes one too.\n",
           (int)(colon - chosen->listen), chosen->listen, (unsigned)host_port(host), secret);
    (void)fflush(stdout);
}

static int
serve(const struct serve_options *chosen)
{
    struct err err = {.kind = ERR_NONE};
    struct log log;
    log_init(&log, STDERR_FILENO, chosen->log_format == 0 ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON, LOG_INFO,
             clock_system());
    struct host_settings settings = {.db = chosen->db,
                                     .listen = chosen->listen,
                                     .behind_proxy = chosen->behind_proxy,
                                     .first_owner_link = true,
                                     .control_socket = true,
                                     .sweep_interval_ms = chosen->sweep_interval_ms,
                                     .log = &log};
    struct host *host = host_new(&settings, &err);
    if (host == NULL) {
        log_done(&log);
        return cmd_fail(&err);
    }
    log_line(&log, LOG_INFO, "listening", LOG_CSTR("address", chosen->listen), LOG_I64("port", host_port(host)),
             LOG_CSTR("db", chosen->db), LOG_END);
    print_setup(chosen, host);
    bool well = host_run(host, true, &err);
    if (!well) {
        log_line(&log, LOG_ERROR, "a commit's outcome is unknown, the server must start anew", LOG_ERR(&err), LOG_END);
        _exit(EX_IOERR); /* nothing in memory may be trusted or written any more */
    }
    host_free(host);
    log_line(&log, LOG_INFO, "stopped", LOG_END);
    log_done(&log);
    return EX_OK;
}

int
cmd_serve(size_t argc, char *const *argv)
{
    struct serve_options chosen = {.db = NULL};
    struct option_arguments arguments;
    int exit_code;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (!is_loopback(chosen.listen) && !chosen.behind_proxy && !chosen.insecure) {
        struct err err;
        err_set(&err, ERR_USAGE,
                "%s can be reached from outside and speaks no TLS; put a proxy in front and say "
                "--behind-proxy, or --insecure to go without",
                chosen.listen);
        return cmd_fail(&err);
    }
    return serve(&chosen);
}
