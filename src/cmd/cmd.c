/* Dispatch, and what every subcommand does alike: options, help, the last word on standard error. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { HELP_MEMORY_MAX = 1 << 20, HELP_WORDS_MAX = 4 };

static void
print_commands(FILE *out, const struct cmd *commands, size_t command_count)
{
    (void)fputs("Nightlatch, a reservation server that cannot double-book.\n\n"
                "Usage: nightlatch COMMAND [OPTION...]\n\nCommands:\n",
                out);
    for (size_t i = 0; i < command_count; i++)
        (void)fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    (void)fputs("\n`nightlatch COMMAND --help` says more. Every option can be set in the\n"
                "environment too: --listen is NIGHTLATCH_LISTEN.\n",
                out);
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* `help serve` is `serve --help`, and `help user add` is `user add --help`: `words` are those behind "help". */
static int
run_help(const struct cmd *command, size_t word_count, char *const *words)
{
    static char help[] = "--help";
    char *asked[HELP_WORDS_MAX + 1];
    size_t count = word_count < HELP_WORDS_MAX ? word_count : HELP_WORDS_MAX;
    memcpy(asked, words, count * sizeof(*words));
    asked[count] = help;
    return command->run(count + 1, asked);
}

static const struct cmd *
find(const struct cmd *commands, size_t command_count, const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int
fail_unknown(const char *name)
{
    (void)fprintf(stderr, "nightlatch: there is no command \"%s\"; `nightlatch --help` lists them\n", name);
    return EX_USAGE;
}

int
cmd_dispatch(const struct cmd *commands, size_t command_count, int argc, char **argv)
{
    if (argc < 2) {
        print_commands(stderr, commands, command_count);
        return EX_USAGE;
    }
    bool helps = is_help(argv[1]);
    if (helps && argc == 2) {
        print_commands(stdout, commands, command_count);
        return EX_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("nightlatch " NIGHTLATCH_VERSION);
        return EX_OK;
    }
    int at = helps ? 2 : 1;
    const struct cmd *command = find(commands, command_count, argv[at]);
    if (command == NULL)
        return fail_unknown(argv[at]);
    size_t rest = (size_t)(argc - at - 1);
    return helps ? run_help(command, rest, argv + at + 1) : command->run(rest, argv + at + 1);
}

static void
print_group(FILE *out, const char *group, const struct cmd *commands, size_t command_count)
{
    fprintf(out, "Usage: nightlatch %s COMMAND [OPTION...]\n\nCommands:\n", group);
    for (size_t i = 0; i < command_count; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\n`nightlatch %s COMMAND --help` says more.\n", group);
}

int
cmd_dispatch_group(const char *group, const struct cmd *commands, size_t command_count, size_t argc, char *const *argv)
{
    if (argc == 0) {
        print_group(stderr, group, commands, command_count);
        return EX_USAGE;
    }
    size_t at = is_help(argv[0]) && argc > 1 ? 1 : 0;
    if (is_help(argv[at])) {
        print_group(stdout, group, commands, command_count);
        return EX_OK;
    }
    const struct cmd *command = find(commands, command_count, argv[at]);
    if (command != NULL)
        return at > 0 ? run_help(command, argc - 2, argv + 2) : command->run(argc - 1, argv + 1);
    fprintf(stderr, "nightlatch: %s has no command \"%s\"; `nightlatch %s --help` lists them\n", group, argv[at],
            group);
    return EX_USAGE;
}

static void
print_help(const struct command_line *command)
{
    struct arena arena;
    struct text text;
    arena_init(&arena, HELP_MEMORY_MAX);
    text_init(&text, &arena, 4096);
    options_help(command, &text);
    struct str help = text_str(&text);
    (void)fwrite(help.ptr, 1, help.len, stdout);
    arena_done(&arena);
}

enum cmd_read
cmd_read_options(const struct command_line *command, size_t argc, char *const *argv, void *ret_options,
                 struct option_arguments *ret_arguments, int *ret_exit)
{
    struct err err;
    switch (options_read(command, argc, argv, environ, ret_options, ret_arguments, &err)) {
    case OPTIONS_READ: return CMD_GO_ON;
    case OPTIONS_HELP:
        print_help(command);
        *ret_exit = EX_OK;
        return CMD_STOP;
    case OPTIONS_WRONG: break;
    }
    *ret_exit = cmd_fail(&err);
    return CMD_STOP;
}

int
cmd_fail(const struct err *err)
{
    (void)fprintf(stderr, "nightlatch: %s\n", err->message);
    return err_exit_code(err);
}
