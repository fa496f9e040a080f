/* Subcommands: each is a row of the table in main.c and a file of its own in this folder.
 *
 * A subcommand reads its own options, does its work, says what went wrong in one line on standard error and returns
 * an exit code of sysexits(3). */
#ifndef NIGHTLATCH_CMD_CMD_H
#define NIGHTLATCH_CMD_CMD_H

#include <stddef.h>

#include "base/err.h"
#include "util/options.h"

struct cmd {
    const char *name;
    const char *summary;                        /* half a line for the list of commands */
    int (*run)(size_t argc, char *const *argv); /* the words after the name */
};

/* Finds the subcommand argv names and runs it; --help, --version and mistakes are answered here. Returns the exit
 * code of the process. */
int cmd_dispatch(const struct cmd *commands, size_t command_count, int argc, char **argv);

/* The same for a subcommand that has subcommands of its own: `argv` are the words after its name. */
int cmd_dispatch_group(const char *group, const struct cmd *commands, size_t command_count, size_t argc,
                       char *const *argv);

enum cmd_read {
    CMD_GO_ON, /* options are read */
    CMD_STOP,  /* help was printed, or a mistake told: end with *ret_exit */
};

/* Reads the options of one subcommand, answering --help and mistakes. */
enum cmd_read cmd_read_options(const struct command_line *command, size_t argc, char *const *argv, void *ret_options,
                               struct option_arguments *ret_arguments, int *ret_exit);

/* Says "nightlatch: <message>" on standard error and returns the exit code that goes with the failure. */
int cmd_fail(const struct err *err);

int cmd_serve(size_t argc, char *const *argv);
int cmd_check(size_t argc, char *const *argv);
int cmd_race(size_t argc, char *const *argv);
int cmd_migrate(size_t argc, char *const *argv);
int cmd_backup(size_t argc, char *const *argv);
int cmd_restore(size_t argc, char *const *argv);
int cmd_export(size_t argc, char *const *argv);
int cmd_import(size_t argc, char *const *argv);
int cmd_clock(size_t argc, char *const *argv);
int cmd_bench(size_t argc, char *const *argv);
int cmd_token(size_t argc, char *const *argv);
int cmd_user(size_t argc, char *const *argv);
int cmd_demo(size_t argc, char *const *argv);

#endif
