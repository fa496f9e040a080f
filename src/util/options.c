/* Two passes: the words of the command line first, which mark the options they set, then environment and default for
 * those that were not. Every value goes through the same reader, whatever its source. */
#include "util/options.h"

#include <assert.h>
#include <string.h>

enum { VARIABLE_SIZE = 64, HELP_WIDTH = 80, HELP_INDENT = 26 };

struct reading {
    const struct command_line *command;
    char *options; /* the command's struct, as bytes */
    struct err *err;
    bool given[OPTION_COUNT_MAX];
};

/* NIGHTLATCH_SWEEP_INTERVAL for "sweep-interval". */
static void
variable_name(const struct option_spec *option, char out[VARIABLE_SIZE])
{
    static const char prefix[] = "NIGHTLATCH_";
    size_t len = sizeof(prefix) - 1;
    assert(len + strlen(option->name) < VARIABLE_SIZE);
    memcpy(out, prefix, len);
    for (const char *c = option->name; *c != '\0'; c++)
        out[len++] = (char)(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? *c - ('a' - 'A') : *c);
    out[len] = '\0';
}

/* -- values -- */

/* `source` is what the user wrote it as: "--clients" or "NIGHTLATCH_CLIENTS". */
static bool
refuse(struct reading *reading, const char *source, const char *what)
{
    err_set(reading->err, ERR_USAGE, "%s %s (see nightlatch %s --help)", source, what, reading->command->name);
    return false;
}

static bool
read_flag(struct reading *reading, const struct option_spec *option, const char *source, const char *value)
{
    bool yes = strcmp(value, "true") == 0 || strcmp(value, "1") == 0 || strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "false") != 0 && strcmp(value, "0") != 0 && strcmp(value, "no") != 0)
        return refuse(reading, source, "must be true or false");
    memcpy(reading->options + option->at, &yes, sizeof(yes));
    return true;
}

static bool
read_number(struct reading *reading, const struct option_spec *option, const char *source, const char *value)
{
    long long number;
    if (!str_to_i64(str_from(value), &number) || number < option->min || number > option->max) {
        err_set(reading->err, ERR_USAGE, "%s must be a whole number from %lld to %lld (see nightlatch %s --help)",
                source, (long long)option->min, (long long)option->max, reading->command->name);
        return false;
    }
    int64_t kept = number;
    memcpy(reading->options + option->at, &kept, sizeof(kept));
    return true;
}

static bool
read_string(struct reading *reading, const struct option_spec *option, const char *source, const char *value)
{
    if (*value == '\0')
        return refuse(reading, source, "must not be empty");
    memcpy(reading->options + option->at, &value, sizeof(value));
    return true;
}

static bool
read_text(struct reading *reading, const struct option_spec *option, const char *source, const char *value)
{
    struct option_arguments *texts = (struct option_arguments *)(void *)(reading->options + option->at);
    if (*value == '\0')
        return refuse(reading, source, "must not be empty");
    if (texts->count == ARGUMENT_COUNT_MAX)
        return refuse(reading, source, "is given too often");
    texts->items[texts->count++] = value;
    return true;
}

static bool
read_choice(struct reading *reading, const struct option_spec *option, const char *source, const char *value)
{
    for (int i = 0; option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], value) == 0) {
            memcpy(reading->options + option->at, &i, sizeof(i));
            return true;
        }
    }
    char what[256] = "must be one of";
    size_t len = strlen(what);
    for (size_t i = 0; option->choices[i] != NULL && len + strlen(option->choices[i]) + 3 < sizeof(what); i++)
        len = (size_t)(stpcpy(stpcpy(what + len, i == 0 ? " " : ", "), option->choices[i]) - what);
    return refuse(reading, source, what);
}

static bool
read_value(struct reading *reading, const struct option_spec *option, const char *source, const char *value)
{
    switch (option->type) {
    case OPTION_TYPE_FLAG: return read_flag(reading, option, source, value);
    case OPTION_TYPE_NUMBER: return read_number(reading, option, source, value);
    case OPTION_TYPE_STRING: return read_string(reading, option, source, value);
    case OPTION_TYPE_CHOICE: return read_choice(reading, option, source, value);
    case OPTION_TYPE_TEXTS: return read_text(reading, option, source, value);
    }
    return false;
}

/* -- the command line -- */

enum { NAME_MAX_LEN = 40, NEAR = 2 };

/* Levenshtein's distance between two names, or more than NEAR when one is too long to be meant. */
static size_t
distance(struct str a, struct str b)
{
    size_t row[NAME_MAX_LEN + 1];
    if (a.len > NAME_MAX_LEN || b.len > NAME_MAX_LEN)
        return NEAR + 1;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = changed < best ? changed : best;
        }
    }
    return row[b.len];
}

static enum options_result
refuse_unknown(struct reading *reading, const char *word, struct str name)
{
    const struct command_line *command = reading->command;
    const char *nearest = NULL;
    size_t best = NEAR + 1;
    for (size_t i = 0; i < command->option_count; i++) {
        size_t far = distance(name, str_from(command->options[i].name));
        if (far < best) {
            best = far;
            nearest = command->options[i].name;
        }
    }
    if (nearest != NULL)
        err_set(reading->err, ERR_USAGE, "unknown option %.60s: did you mean --%s? (see nightlatch %s --help)", word,
                nearest, command->name);
    else
        err_set(reading->err, ERR_USAGE, "unknown option %.60s (see nightlatch %s --help)", word, command->name);
    return OPTIONS_WRONG;
}

static size_t
find_option(const struct command_line *command, struct str name)
{
    size_t i = 0;
    while (i < command->option_count && !str_equal(str_from(command->options[i].name), name))
        i++;
    return i;
}

/* The value of an option: behind "=", or (*at moves on) the next word; NULL when there is none. */
static const char *
value_of(const struct option_spec *option, struct str after_equals, size_t argc, char *const *argv, size_t *at)
{
    if (after_equals.ptr != NULL)
        return after_equals.ptr;
    if (option->type == OPTION_TYPE_FLAG)
        return "true";
    if (*at + 1 == argc || strncmp(argv[*at + 1], "--", 2) == 0)
        return NULL;
    return argv[++*at];
}

/* With argv[*at] on a word that begins with "--". */
static enum options_result
read_option(struct reading *reading, size_t argc, char *const *argv, size_t *at)
{
    const struct command_line *command = reading->command;
    struct str rest = str_from(argv[*at] + 2), name = str_split(&rest, '=');
    size_t index = find_option(command, name);
    if (index == command->option_count)
        return refuse_unknown(reading, argv[*at], name);
    const struct option_spec *option = &command->options[index];
    char source[VARIABLE_SIZE] = "--";
    strncat(source, option->name, sizeof(source) - 3);
    if (reading->given[index] && option->type != OPTION_TYPE_TEXTS) {
        (void)refuse(reading, source, "is given twice");
        return OPTIONS_WRONG;
    }
    reading->given[index] = true;
    const char *value = value_of(option, rest, argc, argv, at);
    if (value == NULL) {
        err_set(reading->err, ERR_USAGE, "%s needs a value: %s %s (see nightlatch %s --help)", source, source,
                option->metavar, command->name);
        return OPTIONS_WRONG;
    }
    return read_value(reading, option, source, value) ? OPTIONS_READ : OPTIONS_WRONG;
}

static bool
add_argument(struct reading *reading, const char *word, struct option_arguments *arguments)
{
    if (arguments->count == reading->command->argument_max) {
        err_set(reading->err, ERR_USAGE, "unexpected argument %.60s (see nightlatch %s --help)", word,
                reading->command->name);
        return false;
    }
    arguments->items[arguments->count++] = word;
    return true;
}

static enum options_result
read_words(struct reading *reading, size_t argc, char *const *argv, struct option_arguments *arguments)
{
    bool options_ended = false;
    for (size_t i = 0; i < argc; i++) {
        const char *word = argv[i];
        bool is_option = !options_ended && word[0] == '-' && word[1] != '\0';
        enum options_result result = OPTIONS_READ;
        if (!is_option)
            result = add_argument(reading, word, arguments) ? OPTIONS_READ : OPTIONS_WRONG;
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
            result = OPTIONS_HELP;
        else if (word[1] != '-')
            result = refuse_unknown(reading, word, str_from(word + 1));
        else
            result = read_option(reading, argc, argv, &i);
        if (result != OPTIONS_READ)
            return result;
    }
    return OPTIONS_READ;
}

/* -- what the command line did not say -- */

static const char *
find_variable(char *const *environment, const char *name)
{
    size_t len = strlen(name);
    for (; environment != NULL && *environment != NULL; environment++)
        if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
            return *environment + len + 1;
    return NULL;
}

static bool
read_elsewhere(struct reading *reading, const struct option_spec *option, char *const *environment)
{
    char variable[VARIABLE_SIZE];
    variable_name(option, variable);
    const char *value = find_variable(environment, variable);
    if (value != NULL && *value != '\0')
        return read_value(reading, option, variable, value);
    return option->fallback == NULL || read_value(reading, option, option->name, option->fallback);
}

enum options_result
options_read(const struct command_line *command, size_t argc, char *const *argv, char *const *environment,
             void *ret_options, struct option_arguments *ret_arguments, struct err *err)
{
    assert(command->option_count <= OPTION_COUNT_MAX && command->argument_max <= ARGUMENT_COUNT_MAX);
    struct reading reading = {.command = command, .options = ret_options, .err = err};
    ret_arguments->count = 0;
    enum options_result result = read_words(&reading, argc, argv, ret_arguments);
    if (result != OPTIONS_READ)
        return result;
    for (size_t i = 0; i < command->option_count; i++)
        if (!reading.given[i] && !read_elsewhere(&reading, &command->options[i], environment))
            return OPTIONS_WRONG;
    if (ret_arguments->count < command->argument_min) {
        err_set(err, ERR_USAGE, "missing argument: nightlatch %s %s (see nightlatch %s --help)", command->name,
                command->arguments, command->name);
        return OPTIONS_WRONG;
    }
    return OPTIONS_READ;
}

/* -- help -- */

static void
put_blanks(struct text *text, size_t count)
{
    while (count-- > 0)
        text_put_char(text, ' ');
}

/* Words of `words`, broken at HELP_WIDTH, every further line indented; the cursor is at `column`, and ends where this
 * returns. */
static size_t
put_wrapped(struct text *text, struct str words, size_t indent, size_t column)
{
    while (words.ptr != NULL) {
        struct str word = str_split(&words, ' ');
        if (word.len == 0)
            continue;
        if (column > indent && column + 1 + word.len > HELP_WIDTH) {
            text_put_char(text, '\n');
            put_blanks(text, indent);
            column = indent;
        } else if (column > indent) {
            text_put_char(text, ' ');
            column++;
        }
        text_put(text, word);
        column += word.len;
    }
    return column;
}

static size_t
put_choices(struct text *text, const struct option_spec *option, size_t column)
{
    for (size_t i = 0; option->choices[i] != NULL; i++) {
        const char *before = i == 0 ? " One of " : option->choices[i + 1] == NULL ? " or " : " ";
        column = put_wrapped(text, str_from(before), HELP_INDENT, column);
        column = put_wrapped(text, str_from(option->choices[i]), HELP_INDENT, column);
        bool comma = option->choices[i + 1] != NULL && option->choices[i + 2] != NULL;
        if (comma || option->choices[i + 1] == NULL) {
            text_put_char(text, comma ? ',' : '.');
            column++;
        }
    }
    return column;
}

static void
put_details(struct text *text, const struct option_spec *option, size_t column)
{
    char variable[VARIABLE_SIZE];
    struct text piece;
    text_init(&piece, text->arena, 128);
    if (option->type == OPTION_TYPE_NUMBER)
        text_put_format(&piece, "From %lld to %lld.", (long long)option->min, (long long)option->max);
    if (option->type == OPTION_TYPE_CHOICE)
        column = put_choices(text, option, column);
    if (option->fallback != NULL)
        text_put_format(&piece, " Default: %s.", option->fallback);
    variable_name(option, variable);
    text_put_format(&piece, " [%s]", variable);
    (void)put_wrapped(text, text_str(&piece), HELP_INDENT, column);
    text_put_char(text, '\n');
}

static void
put_entry(struct text *text, const char *name, const char *metavar, const char *help, const struct option_spec *option)
{
    size_t column = 4 + strlen(name) + (metavar == NULL ? 0 : 1 + strlen(metavar));
    text_put_format(text, "  --%s%s%s", name, metavar == NULL ? "" : " ", metavar == NULL ? "" : metavar);
    if (column + 2 > HELP_INDENT) {
        text_put_char(text, '\n');
        column = 0;
    }
    put_blanks(text, HELP_INDENT - column);
    column = put_wrapped(text, str_from(help), HELP_INDENT, HELP_INDENT);
    if (option != NULL)
        put_details(text, option, column);
    else
        text_put_char(text, '\n');
}

void
options_help(const struct command_line *command, struct text *text)
{
    text_put_format(text, "Usage: nightlatch %s [OPTION]...%s%s\n\n", command->name,
                    command->arguments == NULL ? "" : " ", command->arguments == NULL ? "" : command->arguments);
    (void)put_wrapped(text, str_from(command->summary), 0, 0);
    text_put(text, STR("\n\n"));
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_spec *option = &command->options[i];
        put_entry(text, option->name, option->metavar, option->help, option);
    }
    put_entry(text, "help", NULL, "Print this and end.", NULL);
}
