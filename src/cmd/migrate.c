/* `nightlatch migrate`: brings a database's schema up to date without serving it. */
#include <stdio.h>
#include <sysexits.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "store/lock.h"

struct migrate_options {
    const char *db;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct migrate_options, db, "db", "URL", DATABASE_DEFAULT,
                  "The database, sqlite:PATH; it is made when it is not there."),
};

static const struct command_line command = {
    .name = "migrate",
    .summary = "Brings a database's schema up to date. Each step is one transaction, so it may be interrupted and run "
               "again. `serve` does the same when it starts. There is no way back to an older schema: back up first.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

int
cmd_migrate(size_t argc, char *const *argv)
{
    struct migrate_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code, applied = 0;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    char path[512];
    struct store_lock *lock;
    if (!database_sibling(chosen.db, "", path, sizeof(path), &err) || !store_lock_take(path, &lock, &err))
        return cmd_fail(&err);
    bool migrated = database_migrate(chosen.db, &applied, &err);
    store_lock_release(lock);
    if (!migrated)
        return cmd_fail(&err);
    if (applied == 0)
        puts("the schema is up to date");
    else
        printf("%d %s applied\n", applied, applied == 1 ? "step" : "steps");
    return EX_OK;
}
