/* `nightlatch serve`: the server, until it is told to stop. */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/host.h"
#include "cmd/listen.h"

struct serve_options {
    const char *db, *listen;
    int64_t sweep_interval_ms, slow_ms, refund_wait_ms;
    int log_format;
    bool behind_proxy, insecure;
    const char *trusted_proxies, *origins, *key_file;
    struct host_limits limits;
};

static const char *const log_formats[] = {"text", "json", NULL};

static const struct option_spec options[] = {
    OPTION_STRING(struct serve_options, db, "db", "URL", DATABASE_DEFAULT,
                  "The database, sqlite:PATH; it is made when it is not there."),
    OPTION_STRING(struct serve_options, listen, "listen", "HOST:PORT", "127.0.0.1:8080", "Where to listen."),
    OPTION_NUMBER(struct serve_options, sweep_interval_ms, "sweep-interval", "MS", "1000", 0, 3600000,
                  "How often lapsed holds and bookings are tidied up; 0 leaves them until they are in the way."),
    OPTION_NUMBER(struct serve_options, slow_ms, "slow", "MS", "1000", 0, 3600000,
                  "Log commands that take as long from their request to their commit, with what they waited for; 0 for "
                  "none."),
    OPTION_CHOICE(struct serve_options, log_format, "log", "FORMAT", "text", log_formats,
                  "How log lines on standard error are written."),
    OPTION_FLAG(struct serve_options, behind_proxy, "behind-proxy",
                "A proxy in front speaks TLS; allows an address that is not this machine's own."),
    OPTION_FLAG(struct serve_options, insecure, "insecure",
                "Allows an address that is not this machine's own without TLS in front."),
    OPTION_STRING(struct serve_options, trusted_proxies, "trusted-proxies", "LIST", NULL,
                  "With --behind-proxy: the addresses, or ADDRESS/BITS, whose X-Forwarded-For is believed, with commas "
                  "between. Default: 127.0.0.0/8,::1."),
    OPTION_STRING(struct serve_options, key_file, "key-file", "FILE", NULL,
                  "64 hexadecimal digits with which secrets of payment providers are encrypted; of mode 600."),
    OPTION_NUMBER(
        struct serve_options, refund_wait_ms, "refund-wait", "MS", "10000", 1, 3600000,
        "How long after the first attempt a provider that gave no answer is asked for a refund again; twice as "
        "long each time, an hour at most."),
    OPTION_STRING(struct serve_options, origins, "origins", "LIST", NULL,
                  "Origins of pages elsewhere that may read replies (CORS), such as https://desk.example, with commas "
                  "between. Default: none."),
    OPTION_NUMBER(struct serve_options, limits.connections, "max-connections", "N", "8192", 65, 100000,
                  "Connections at once; the last 64 answer health requests only."),
    OPTION_NUMBER(struct serve_options, limits.address_connections, "max-address-connections", "N", "64", 1, 100000,
                  "Connections at once from one address, not counting those whose last request carried a valid "
                  "credential."),
    OPTION_NUMBER(struct serve_options, limits.queued, "max-queue", "N", "4096", 1, 1000000,
                  "Commands that may wait; more are told to come again."),
    OPTION_NUMBER(struct serve_options, limits.callers.anonymous.per_second, "address-rate", "N", "20", 0, 1000000,
                  "Requests a second from one address without a credential; 0 for no limit."),
    OPTION_NUMBER(struct serve_options, limits.callers.writes.per_second, "token-rate", "N", "10", 0, 1000000,
                  "Writes a second by a limited token or a user, and twice as many at once; 0 for no limit."),
    OPTION_NUMBER(struct serve_options, limits.callers.live_holds, "user-holds", "N", "5", 0, 1000000,
                  "Live holds of one user or limited token; 0 for no limit."),
    OPTION_NUMBER(struct serve_options, limits.callers.account_logins, "account-logins", "N", "5", 0, 1000000,
                  "Attempts to sign in per account and minute; 0 for no limit."),
    OPTION_NUMBER(struct serve_options, limits.callers.address_logins, "address-logins", "N", "20", 0, 1000000,
                  "Attempts to sign in per address and minute; 0 for no limit."),
};

static const struct command_line command = {
    .name = "serve",
    .summary = "Serves a database over HTTP until it is told to stop by SIGINT or SIGTERM; then it answers what is "
               "under way and ends. The database's schema is brought up to date first. A second server on the same "
               "database is refused.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

/* On standard output and not in the log: it is a secret. The part behind the # is for the page alone. */
static void
print_setup(const struct serve_options *chosen, const struct host *host)
{
    const char *secret = host_setup_secret(host);
    char url[LISTEN_URL_SIZE];
    if (secret == NULL)
        return;
    listen_url(chosen->listen, host_port(host), url);
    printf(
        "There is no owner yet. This link makes the first one; it works once, within a day and before the next start:\n"
        "  %s/setup#%s\n"
        "`nightlatch user add --owner --name NAME EMAIL --db %s` makes one too.\n",
        url, secret, chosen->db);
    (void)fflush(stdout);
}

static bool
read_proxies(const struct serve_options *chosen, struct proxies *ret_proxies, struct err *err)
{
    const char *list = chosen->trusted_proxies == NULL ? "127.0.0.0/8,::1" : chosen->trusted_proxies;
    *ret_proxies = (struct proxies){.count = 0};
    return !chosen->behind_proxy || proxies_parse(str_from(list), ret_proxies, err);
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
                                     .origins = chosen->origins,
                                     .key_file = chosen->key_file,
                                     .limits = &chosen->limits,
                                     .first_owner_link = true,
                                     .ends_on_signals = true,
                                     .control_socket = true,
                                     .wait_ms = 3000,
                                     .refund_wait_ms = chosen->refund_wait_ms,
                                     .sweep_interval_ms = chosen->sweep_interval_ms,
                                     .slow_ms = chosen->slow_ms,
                                     .log = &log};
    struct host *host = read_proxies(chosen, &settings.proxies, &err) ? host_new(&settings, &err) : NULL;
    if (host == NULL) {
        log_done(&log);
        return cmd_fail(&err);
    }
    log_line(&log, LOG_INFO, "listening", LOG_CSTR("address", chosen->listen), LOG_I64("port", host_port(host)),
             LOG_CSTR("db", chosen->db), LOG_END);
    print_setup(chosen, host);
    bool well = host_run(host, &err);
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
    struct err err;
    if (!listen_check(chosen.listen, chosen.behind_proxy || chosen.insecure,
                      "put a proxy in front and say --behind-proxy, or --insecure to go without", &err))
        return cmd_fail(&err);
    chosen.limits.callers.anonymous.burst = chosen.limits.callers.anonymous.per_second;
    chosen.limits.callers.writes.burst = 2 * chosen.limits.callers.writes.per_second;
    return serve(&chosen);
}
