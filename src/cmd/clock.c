/* `nightlatch clock`: whether a server believes its machine's clock, and telling it to. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/database.h"

struct clock_options {
    const char *db;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct clock_options, db, "db", "URL", DATABASE_DEFAULT,
                  "The database, sqlite:PATH, whether or not a server has it."),
};

static const struct command_line status_command = {
    .name = "clock status",
    .summary = "Says whether the server believes its machine's clock, and what time it goes by. It stops believing it "
               "when the clock steps by more than a minute, or when the log has decisions from more than a minute "
               "ahead: then nothing expires, /readyz answers 503, and it decides for the instant at which it stopped. "
               "The exit code is 0 only while it believes it.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

static const struct command_line accept_command = {
    .name = "clock accept",
    .summary = "Tells a server that has stopped believing the clock that it is right as it is now. Look at `date` "
               "first: what is over by the time it shows then expires at once, and decisions never go back before the "
               "last one.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

/* "3 h 20 min" */
static void
print_span(int64_t ms)
{
    int64_t s = ms < 0 ? -ms / 1000 : ms / 1000;
    if (s >= 86400)
        printf("%" PRId64 " days %" PRId64 " h", s / 86400, s / 3600 % 24);
    else if (s >= 3600)
        printf("%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
    else
        printf("%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
}

/* Returns whether the clock is believed. */
static bool
print_state(const json_t *state)
{
    int64_t off_by_ms = json_integer_value(json_object_get(state, "off_by_ms"));
    bool trusted = strcmp(control_text(state, "trust"), "trusted") == 0;
    printf("%s\n\n", control_text(state, "detail"));
    printf("  now       %s, the time that decisions are made by\n", control_text(state, "now"));
    printf("  wall      %s, the machine's clock\n", control_text(state, "wall"));
    if (off_by_ms != 0) {
        printf("  off by    ");
        print_span(off_by_ms);
        puts(strcmp(control_text(state, "trust"), "head_ahead") == 0 ? ", by which the log is ahead"
             : off_by_ms > 0                                         ? ", forward"
                                                                     : ", back");
    }
    return trusted;
}

static int
run(const struct command_line *command, bool accept, size_t argc, char *const *argv)
{
    struct clock_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    struct control *control;
    json_t *state = NULL;
    if (cmd_read_options(command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (!control_open(chosen.db, &control, &err))
        return cmd_fail(&err);
    bool answered =
        control_call(control, accept ? "POST" : "GET", accept ? "/v1/clock/accept" : "/v1/clock", NULL, &state, &err);
    control_close(control);
    if (!answered)
        return cmd_fail(&err);
    bool trusted = print_state(state);
    json_decref(state);
    return trusted ? EX_OK : EX_UNAVAILABLE;
}

static int
run_status(size_t argc, char *const *argv)
{
    return run(&status_command, false, argc, argv);
}

static int
run_accept(size_t argc, char *const *argv)
{
    return run(&accept_command, true, argc, argv);
}

int
cmd_clock(size_t argc, char *const *argv)
{
    static const struct cmd commands[] = {
        {"status", "say whether the server believes its clock", run_status},
        {"accept", "tell it that the clock is right", run_accept},
    };
    return cmd_dispatch_group("clock", commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
