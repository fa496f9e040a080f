/* `nightlatch token`: bearer tokens for programs, made, listed and revoked from the machine the database is on. */
#include <stdio.h>
#include <sysexits.h>

#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/database.h"
#include "cmd/property_choice.h"

struct token_options {
    const char *db, *role, *property, *name;
    bool limited;
    char property_id[ID_TEXT_SIZE]; /* what `property` points to once it was found */
};

#define OPTION_DB                                                                                                      \
    OPTION_STRING(struct token_options, db, "db", "URL", DATABASE_DEFAULT,                                             \
                  "The database, sqlite:PATH, whether or not a server has it.")

static const struct option_spec add_options[] = {
    OPTION_DB,
    OPTION_STRING(
        struct token_options, role, "role", "ROLE", NULL,
        "What it may do: viewer, booker, housekeeping, front_desk, manager or admin in a property, or owner of "
        "the installation."),
    OPTION_STRING(struct token_options, property, "property", "P", NULL,
                  "The property in which it has the role, " PROPERTY_CHOICE_HELP "; not for an owner."),
    OPTION_STRING(struct token_options, name, "name", "NAME", NULL, "What it is for, as lists will show it."),
    OPTION_FLAG(struct token_options, limited, "limited",
                "The limits on writes, holds and streams are for it too; otherwise they are not."),
};

static const struct command_line add_command = {
    .name = "token add",
    .summary = "Makes a bearer token and prints it, once: only a hash of it is kept.",
    .options = add_options,
    .option_count = sizeof(add_options) / sizeof(add_options[0]),
};

static const struct option_spec list_options[] = {
    OPTION_DB,
    OPTION_STRING(struct token_options, property, "property", "P", NULL,
                  "Only tokens of this property, " PROPERTY_CHOICE_HELP "."),
};

static const struct command_line list_command = {
    .name = "token list",
    .summary = "Lists tokens, a line each: id, role, property, what it is for, since when, and how it ended.",
    .options = list_options,
    .option_count = sizeof(list_options) / sizeof(list_options[0]),
};

static const struct option_spec revoke_options[] = {OPTION_DB};

static const struct command_line revoke_command = {
    .name = "token revoke",
    .summary = "Makes a token worthless at once. ID is the first column of `token list`.",
    .arguments = "ID",
    .argument_min = 1,
    .argument_max = 1,
    .options = revoke_options,
    .option_count = sizeof(revoke_options) / sizeof(revoke_options[0]),
};

static bool
add(struct control *control, const struct token_options *chosen, struct err *err)
{
    json_t *answer, *body = json_pack("{s:s, s:s, s:b}", "role", chosen->role, "name", chosen->name, "trusted",
                                      chosen->limited ? 0 : 1);
    if (chosen->property != NULL)
        json_object_set_new(body, "property_id", json_string(chosen->property));
    bool made = control_call(control, "POST", "/v1/tokens", body, &answer, err);
    json_decref(body);
    if (!made)
        return false;
    printf("%s\n", control_text(answer, "token"));
    json_decref(answer);
    return true;
}

static int
run_add(size_t argc, char *const *argv)
{
    struct token_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    struct control *control;
    if (cmd_read_options(&add_command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (chosen.role == NULL || chosen.name == NULL) {
        err_set(&err, ERR_USAGE, "token add needs --role and --name; `nightlatch token add --help` says more");
        return cmd_fail(&err);
    }
    if (!control_open(chosen.db, &control, &err))
        return cmd_fail(&err);
    bool made =
        property_choice_put_id(control, &chosen.property, chosen.property_id, &err) && add(control, &chosen, &err);
    control_close(control);
    return made ? EX_OK : cmd_fail(&err);
}

static bool
print_token(const json_t *token, void *count)
{
    const char *property = control_text(token, "property_id"), *revoked = control_text(token, "revoked_at");
    ++*(int64_t *)count;
    printf("%s\t%s\t%s\t%s\t%s\t%s\n", control_text(token, "id"), control_text(token, "role"),
           property[0] == '\0' ? "-" : property, control_text(token, "name"), control_text(token, "created_at"),
           revoked[0] != '\0' ? "revoked" : control_text(token, "expires_at"));
    return true;
}

static bool
list(struct control *control, const struct token_options *chosen, int64_t *count, struct err *err)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "/v1/tokens%s%s",
                   chosen->property == NULL ? "" : "?property_id=", chosen->property == NULL ? "" : chosen->property);
    return control_list(control, path, print_token, count, err);
}

static int
run_list(size_t argc, char *const *argv)
{
    struct token_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    struct control *control;
    if (cmd_read_options(&list_command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (!control_open(chosen.db, &control, &err))
        return cmd_fail(&err);
    int64_t count = 0;
    bool listed = property_choice_put_id(control, &chosen.property, chosen.property_id, &err) &&
                  list(control, &chosen, &count, &err);
    control_close(control);
    if (listed && count == 0)
        (void)fputs("no tokens\n", stderr); /* for people: a program that reads the list finds no line */
    return listed ? EX_OK : cmd_fail(&err);
}

static int
run_revoke(size_t argc, char *const *argv)
{
    struct token_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    struct control *control;
    char path[128];
    json_t *answer;
    if (cmd_read_options(&revoke_command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (!control_open(chosen.db, &control, &err))
        return cmd_fail(&err);
    (void)snprintf(path, sizeof(path), "/v1/tokens/%.64s", arguments.items[0]);
    bool revoked = control_call(control, "DELETE", path, NULL, &answer, &err);
    if (revoked)
        json_decref(answer);
    control_close(control);
    return revoked ? EX_OK : cmd_fail(&err);
}

int
cmd_token(size_t argc, char *const *argv)
{
    static const struct cmd commands[] = {
        {"add", "make a token and print it, once", run_add},
        {"list", "list tokens", run_list},
        {"revoke", "make a token worthless", run_revoke},
    };
    return cmd_dispatch_group("token", commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
