/* `nightlatch user`: people, from the machine the database is on. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <sodium.h>

#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/database.h"
#include "cmd/password_prompt.h"
#include "cmd/property_choice.h"

enum { PATH_SIZE = 160, ID_SIZE = 64 };

struct user_options {
    const char *db, *name, *role, *property;
    bool owner, no_password;
};

#define OPTION_DB                                                                                                      \
    OPTION_STRING(struct user_options, db, "db", "URL", DATABASE_DEFAULT,                                              \
                  "The database, sqlite:PATH, whether or not a server has it.")
#define OPTION_PROPERTY                                                                                                \
    OPTION_STRING(struct user_options, property, "property", "P", NULL,                                                \
                  "The property of the role, " PROPERTY_CHOICE_HELP ".")

static const struct option_spec add_options[] = {
    OPTION_DB,
    OPTION_STRING(struct user_options, name, "name", "NAME", NULL, "What the user is called."),
    OPTION_FLAG(struct user_options, owner, "owner", "An owner of the installation, who may do everything."),
    OPTION_STRING(struct user_options, role, "role", "ROLE", NULL,
                  "A role in one property: viewer, booker, housekeeping, front_desk, manager or admin."),
    OPTION_PROPERTY,
    OPTION_FLAG(struct user_options, no_password, "no-password",
                "Without a password, so that nobody can sign in until one is set."),
};

static const struct command_line add_command = {
    .name = "user add",
    .summary = "Makes a user. The password is asked for on a terminal, else it is one line of standard input.",
    .arguments = "EMAIL",
    .argument_min = 1,
    .argument_max = 1,
    .options = add_options,
    .option_count = sizeof(add_options) / sizeof(add_options[0]),
};

static const struct option_spec list_options[] = {
    OPTION_DB,
    OPTION_STRING(struct user_options, property, "property", "P", NULL,
                  "Only users with a role in this property, " PROPERTY_CHOICE_HELP "."),
};

static const struct command_line list_command = {
    .name = "user list",
    .summary = "Lists users, a line each: id, e-mail address, name, roles, and whether they are disabled.",
    .options = list_options,
    .option_count = sizeof(list_options) / sizeof(list_options[0]),
};

static const struct option_spec db_option[] = {OPTION_DB};

static const struct command_line passwd_command = {
    .name = "user passwd",
    .summary =
        "Sets a user's password, which ends their sessions. It is asked for on a terminal, else it is one line of "
        "standard input.",
    .arguments = "EMAIL",
    .argument_min = 1,
    .argument_max = 1,
    .options = db_option,
    .option_count = 1,
};

static const struct command_line disable_command = {
    .name = "user disable",
    .summary = "Keeps a user out and ends their sessions. The last owner can't be disabled.",
    .arguments = "EMAIL",
    .argument_min = 1,
    .argument_max = 1,
    .options = db_option,
    .option_count = 1,
};

static const struct command_line enable_command = {
    .name = "user enable",
    .summary = "Lets a disabled user in again, with the password and the roles they had.",
    .arguments = "EMAIL",
    .argument_min = 1,
    .argument_max = 1,
    .options = db_option,
    .option_count = 1,
};

static const struct option_spec invite_options[] = {
    OPTION_DB,
    OPTION_STRING(struct user_options, role, "role", "ROLE", NULL,
                  "The role they are invited to: one in a property, or owner of the installation."),
    OPTION_PROPERTY,
};

static const struct command_line invite_command = {
    .name = "user invite",
    .summary =
        "Makes a link with which someone becomes a user, and prints it: no mail is sent, so pass it on. It works "
        "once, for a week. It is relative to the address under which the server is reached.",
    .arguments = "EMAIL",
    .argument_min = 1,
    .argument_max = 1,
    .options = invite_options,
    .option_count = sizeof(invite_options) / sizeof(invite_options[0]),
};

/* What every one of these has in common: options, a way to the installation, the work, the exit code. */
struct run {
    struct user_options chosen;
    const char *email;
    struct control *control;
    char property[ID_TEXT_SIZE]; /* what chosen.property points to once it was found */
};

static int
run_with(const struct command_line *command, size_t argc, char *const *argv,
         bool (*work)(struct run *run, struct err *err))
{
    struct run run = {.email = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(command, argc, argv, &run.chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    run.email = arguments.count > 0 ? arguments.items[0] : NULL;
    if (!control_open(run.chosen.db, &run.control, &err))
        return cmd_fail(&err);
    bool worked = property_choice_put_id(run.control, &run.chosen.property, run.property, &err) && work(&run, &err);
    control_close(run.control);
    return worked ? EX_OK : cmd_fail(&err);
}

/* -- finding -- */

struct search {
    const char *email;
    char id[ID_SIZE];
};

static bool
look_at(const json_t *user, void *context)
{
    struct search *search = context;
    if (strcasecmp(control_text(user, "email"), search->email) != 0)
        return true;
    (void)snprintf(search->id, sizeof(search->id), "%s", control_text(user, "id"));
    return false;
}

static bool
find_user(struct run *run, struct search *search, struct err *err)
{
    *search = (struct search){.email = run->email};
    if (!control_list(run->control, "/v1/users", look_at, search, err))
        return false;
    if (search->id[0] != '\0')
        return true;
    err_set(err, ERR_DATA, "there is no user %s", run->email);
    return false;
}

/* POSTs to /v1/users/ID/<what>. */
static bool
post_to_user(struct run *run, const char *what, const json_t *body, struct err *err)
{
    struct search search;
    char path[PATH_SIZE];
    json_t *answer;
    if (!find_user(run, &search, err))
        return false;
    (void)snprintf(path, sizeof(path), "/v1/users/%s/%s", search.id, what);
    if (!control_call(run->control, "POST", path, body, &answer, err))
        return false;
    json_decref(answer);
    return true;
}

/* -- the work -- */

static bool
send_user(struct run *run, const char *password, struct err *err)
{
    const struct user_options *chosen = &run->chosen;
    json_t *answer,
        *body = json_pack("{s:s, s:s, s:b}", "email", run->email, "name", chosen->name, "owner", chosen->owner ? 1 : 0);
    if (password != NULL)
        json_object_set_new(body, "password", json_string(password));
    if (chosen->role != NULL)
        json_object_set_new(body, "roles",
                            json_pack("[{s:s, s:s}]", "role", chosen->role, "property_id", chosen->property));
    bool made = control_call(run->control, "POST", "/v1/users", body, &answer, err);
    json_decref(body);
    if (!made)
        return false;
    printf("%s\n", control_text(answer, "id"));
    json_decref(answer);
    return true;
}

static bool
add(struct run *run, struct err *err)
{
    const struct user_options *chosen = &run->chosen;
    char password[PASSWORD_PROMPT_SIZE];
    if (chosen->name == NULL || (chosen->role == NULL) != (chosen->property == NULL)) {
        err_set(err, ERR_USAGE, "user add needs --name, and --role goes with --property");
        return false;
    }
    if (chosen->no_password)
        return send_user(run, NULL, err);
    bool made = password_prompt(password, err) && send_user(run, password, err);
    sodium_memzero(password, sizeof(password));
    return made;
}

static bool
set_password(struct run *run, struct err *err)
{
    char password[PASSWORD_PROMPT_SIZE];
    bool set = false;
    if (password_prompt(password, err)) {
        json_t *body = json_pack("{s:s}", "password", password);
        set = post_to_user(run, "set-password", body, err);
        json_decref(body);
    }
    sodium_memzero(password, sizeof(password));
    return set;
}

static bool
disable(struct run *run, struct err *err)
{
    return post_to_user(run, "disable", NULL, err);
}

static bool
enable(struct run *run, struct err *err)
{
    return post_to_user(run, "enable", NULL, err);
}

static bool
invite(struct run *run, struct err *err)
{
    const struct user_options *chosen = &run->chosen;
    if (chosen->role == NULL) {
        err_set(err, ERR_USAGE, "user invite needs --role");
        return false;
    }
    json_t *answer, *body = json_pack("{s:s, s:s}", "email", run->email, "role", chosen->role);
    if (chosen->property != NULL)
        json_object_set_new(body, "property_id", json_string(chosen->property));
    bool made = control_call(run->control, "POST", "/v1/invitations", body, &answer, err);
    json_decref(body);
    if (!made)
        return false;
    printf("%s\n", control_text(answer, "link"));
    json_decref(answer);
    return true;
}

static bool
print_user(const json_t *user, void *count)
{
    json_t *role;
    size_t index;
    ++*(int64_t *)count;
    printf("%s\t%s\t%s\t%s", control_text(user, "id"), control_text(user, "email"), control_text(user, "name"),
           json_is_true(json_object_get(user, "owner")) ? "owner" : "");
    json_array_foreach (json_object_get(user, "roles"), index, role)
        printf("%s%s@%s", index > 0 || json_is_true(json_object_get(user, "owner")) ? "," : "",
               control_text(role, "role"), control_text(role, "property_id"));
    printf("\t%s\n", control_text(user, "disabled_at")[0] != '\0' ? "disabled" : "");
    return true;
}

static bool
list(struct run *run, struct err *err)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof(path), "/v1/users%s%.64s", run->chosen.property == NULL ? "" : "?property_id=",
                   run->chosen.property == NULL ? "" : run->chosen.property);
    int64_t count = 0;
    if (!control_list(run->control, path, print_user, &count, err))
        return false;
    if (count == 0)
        (void)fputs("no users\n", stderr); /* for people: a program that reads the list finds no line */
    return true;
}

/* -- the table -- */

static int
run_add(size_t argc, char *const *argv)
{
    return run_with(&add_command, argc, argv, add);
}

static int
run_list(size_t argc, char *const *argv)
{
    return run_with(&list_command, argc, argv, list);
}

static int
run_passwd(size_t argc, char *const *argv)
{
    return run_with(&passwd_command, argc, argv, set_password);
}

static int
run_disable(size_t argc, char *const *argv)
{
    return run_with(&disable_command, argc, argv, disable);
}

static int
run_enable(size_t argc, char *const *argv)
{
    return run_with(&enable_command, argc, argv, enable);
}

static int
run_invite(size_t argc, char *const *argv)
{
    return run_with(&invite_command, argc, argv, invite);
}

int
cmd_user(size_t argc, char *const *argv)
{
    static const struct cmd commands[] = {
        {"add", "make a user", run_add},
        {"list", "list users", run_list},
        {"passwd", "set a user's password", run_passwd},
        {"disable", "keep a user out", run_disable},
        {"enable", "let a user in again", run_enable},
        {"invite", "make a link with which someone becomes a user", run_invite},
    };
    return cmd_dispatch_group("user", commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
