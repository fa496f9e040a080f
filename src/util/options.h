/* The command line: one table per command says its options, and the same table writes the help.
 *
 * A value comes from the command line (`--name VALUE` or `--name=VALUE`), else from the environment
 * (NIGHTLATCH_NAME, with "_" for "-"; empty counts as unset), else from the table's default. Refused, with a hint: an
 * unknown option, one given twice (but OPTION_TEXTS), a missing or unexpected value, a value out of its bounds, too few
 * or too many arguments. It refuses short options other than -h, abbreviations, and to know which commands there are.
 * It takes no memory: strings read point into argv, the environment or the table. One thread at a time.
 *
 *     struct race { int64_t clients; bool naive; const char *url; };
 *     static const struct option_spec options[] = {
 *         OPTION_NUMBER(struct race, clients, "clients", "N", "20", 1, 10000, "Clients that ask at the same time."),
 *         OPTION_FLAG(struct race, naive, "naive", "Check, then insert, with nothing in between."),
 *         OPTION_STRING(struct race, url, "url", "URL", NULL, "Race against this server."),
 *     };
 *     static const struct command_line command = {.name = "race", .options = options, .option_count = 3, ...}; */
#ifndef NIGHTLATCH_UTIL_OPTIONS_H
#define NIGHTLATCH_UTIL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum {
    OPTION_COUNT_MAX = 32,   /* options of a command; more is a bug */
    ARGUMENT_COUNT_MAX = 16, /* arguments beside the options, and values of an option that may be given more often */
};

enum option_type {
    OPTION_TYPE_FLAG,   /* bool: true when given; --name=false and the environment can say false */
    OPTION_TYPE_NUMBER, /* int64_t, decimal, from `min` to `max` */
    OPTION_TYPE_STRING, /* const char *, not empty; NULL when there is neither value nor default */
    OPTION_TYPE_CHOICE, /* int: the index of the word in `choices` */
    OPTION_TYPE_TEXTS,  /* struct option_arguments: strings, in order, since it may be given more than once */
};

/* Words in order. */
struct option_arguments {
    const char *items[ARGUMENT_COUNT_MAX];
    size_t count;
};

/* One option. Written with the macros below, which check the member's type. */
struct option_spec {
    const char *name;    /* without the dashes, in lower case */
    const char *metavar; /* what the help calls the value; NULL for a flag */
    const char *help;    /* whole sentences */
    enum option_type type;
    size_t at;            /* where in the command's struct the value goes */
    const char *fallback; /* the default as it would be typed; NULL: the member keeps what it has */
    int64_t min, max;
    const char *const *choices; /* ends with NULL */
};

/* The offset of `member`, which must be of the type `expected`. */
#define OPTION_AT(owner, member, expected)                                                                             \
    (offsetof(owner, member) + 0 * sizeof(&((owner *)0)->member == (expected *)0))

#define OPTION_FLAG(owner, member, option_name, help_text)                                                             \
    {                                                                                                                  \
        .name = (option_name), .help = (help_text), .type = OPTION_TYPE_FLAG, .at = OPTION_AT(owner, member, bool)     \
    }
#define OPTION_NUMBER(owner, member, option_name, value_name, standard, least, most, help_text)                        \
    {                                                                                                                  \
        .name = (option_name), .metavar = (value_name), .help = (help_text), .type = OPTION_TYPE_NUMBER,               \
        .at = OPTION_AT(owner, member, int64_t), .fallback = (standard), .min = (least), .max = (most)                 \
    }
#define OPTION_STRING(owner, member, option_name, value_name, standard, help_text)                                     \
    {                                                                                                                  \
        .name = (option_name), .metavar = (value_name), .help = (help_text), .type = OPTION_TYPE_STRING,               \
        .at = OPTION_AT(owner, member, const char *), .fallback = (standard)                                           \
    }
#define OPTION_TEXTS(owner, member, option_name, value_name, help_text)                                                \
    {                                                                                                                  \
        .name = (option_name), .metavar = (value_name), .help = (help_text), .type = OPTION_TYPE_TEXTS,                \
        .at = OPTION_AT(owner, member, struct option_arguments)                                                        \
    }
#define OPTION_CHOICE(owner, member, option_name, value_name, standard, words, help_text)                              \
    {                                                                                                                  \
        .name = (option_name), .metavar = (value_name), .help = (help_text), .type = OPTION_TYPE_CHOICE,               \
        .at = OPTION_AT(owner, member, int), .fallback = (standard), .choices = (words)                                \
    }

struct command_line {
    const char *name;      /* "race", or "user add" */
    const char *summary;   /* what it does, in whole sentences */
    const char *arguments; /* how the help shows those beside the options: "FILE..."; NULL for none */
    size_t argument_min, argument_max;
    const struct option_spec *options;
    size_t option_count;
};

enum options_result {
    OPTIONS_READ,
    OPTIONS_HELP,  /* --help or -h was among them: print options_help() and end well */
    OPTIONS_WRONG, /* err says what (ERR_USAGE), with a hint */
};

/* Reads the `argc` words of `argv`, the command's name not among them. `environment` is environ's form and may be NULL.
 * Values go into `ret_options`, the struct the table was made for, which should be zeroed before; arguments into
 * `ret_arguments`. "--" ends the options. */
enum options_result options_read(const struct command_line *command, size_t argc, char *const *argv,
                                 char *const *environment, void *ret_options, struct option_arguments *ret_arguments,
                                 struct err *err) __attribute__((warn_unused_result));

/* Appends the help: usage, summary and one entry per option with its bounds, default and variable, 80 columns wide. */
void options_help(const struct command_line *command, struct text *text);

#endif
