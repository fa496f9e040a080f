/* `nightlatch backup`: a copy of a database in use, proven before it has its name.
 *
 * Ctrl-C stops it between two steps of the copy, and nothing is left behind; after a kill the unfinished copy is, under
 * a name that says so. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/proof.h"
#include "cmd/stopping.h"
#include "store/backup.h"
#include "util/progress.h"

struct backup_options {
    const char *db, *to;
    bool no_check;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct backup_options, to, "to", "FILE", NULL,
                  "Where to. A file that exists is not overwritten. Needed."),
    OPTION_STRING(struct backup_options, db, "db", "URL", DATABASE_DEFAULT,
                  "The database, sqlite:PATH, whether or not a server has it."),
    OPTION_FLAG(struct backup_options, no_check, "no-check",
                "Without `check` on the copy. Its pages and references are looked at all the same."),
};

static const struct command_line command = {
    .name = "backup",
    .summary =
        "Copies a database into one file, beside a running server or without one. The file is one state of the "
        "database, whatever is written meanwhile; it has its name only once it is complete, proven by the rules "
        "of `check` and on the disk. Keep the line with --expect that is printed: behind `check` or `restore` it "
        "proves that a database still has this history. `nightlatch restore` puts the file in place.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

static bool
go_on(void *context, int64_t done_count, int64_t total_count)
{
    struct progress *progress = context;
    progress->total = total_count;
    progress_set(progress, done_count);
    return !stopping_is_asked();
}

struct review {
    const struct backup_options *chosen;
    struct progress *copying;
    struct check_report report;
};

/* The copy is complete: it must also be true. */
static bool
accept_copy(const char *path, void *context, struct err *err)
{
    struct review *review = context;
    progress_done(review->copying);
    if (!review->chosen->no_check && !proof_of_file(path, "checking the copy", NULL, &review->report, err)) {
        err_wrap(err, "the copy is not kept");
        return false;
    }
    if (!stopping_is_asked())
        return true;
    err_set(err, ERR_UNAVAILABLE, "the backup was stopped before its end");
    return false;
}

/* "12.3 MiB" */
static void
print_size(const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0)
        return;
    if (file.st_size < 1 << 20)
        printf("  size      %.1f KiB\n", (double)file.st_size / 1024);
    else
        printf("  size      %.1f MiB\n", (double)file.st_size / (1 << 20));
}

static bool
print_heads_of(const char *path, struct err *err)
{
    char url[600];
    struct db *db;
    struct store store = {.connection = NULL};
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    if (!database_open_existing(url, &db, err))
        return false;
    bool printed = db_connect(db, DB_READER, &store.connection, err) == DB_OK;
    if (printed) {
        printed = fputs("--expect ", stdout) >= 0 && proof_print_heads(&store, stdout, "", ",", err);
        db_disconnect(store.connection);
    }
    db_close(db);
    return printed;
}

static bool
print_result(const struct backup_options *chosen, const struct check_report *report, struct err *err)
{
    printf("Backed up %s to %s\n\n", chosen->db, chosen->to);
    print_size(chosen->to);
    if (chosen->no_check)
        puts("  verified  pages and references; not checked, as asked");
    else {
        printf("  verified  pages, references and every rule of `nightlatch check`\n  content   ");
        proof_print_content(report, stdout);
        puts("");
    }
    puts("");
    if (!print_heads_of(chosen->to, err))
        return false;
    puts("\nPut it in place with `nightlatch restore --from FILE`. Keep the line that begins\n"
         "with --expect elsewhere: behind `check` or `restore` it proves that a database\n"
         "has this history.");
    return true;
}

static bool
backup(struct db *db, const struct backup_options *chosen, struct err *err)
{
    struct db_connection *reader;
    if (db_connect(db, DB_READER, &reader, err) != DB_OK)
        return false;
    struct progress progress;
    progress_init(&progress, STDERR_FILENO, clock_system(), "copying", 0);
    struct review context = {.chosen = chosen, .copying = &progress};
    struct backup_review review = {.accept = accept_copy, .context = &context};
    struct db_copy_watch watch = {.go_on = go_on, .context = &progress};
    stopping_watch();
    bool written = backup_write(reader, chosen->to, &watch, &review, err);
    db_disconnect(reader);
    return written && print_result(chosen, &context.report, err);
}

int
cmd_backup(size_t argc, char *const *argv)
{
    struct backup_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    struct db *db;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (chosen.to == NULL) {
        err_set(&err, ERR_USAGE, "backup needs --to FILE; `nightlatch backup --help` says more");
        return cmd_fail(&err);
    }
    if (!database_open_existing(chosen.db, &db, &err))
        return cmd_fail(&err);
    bool done = backup(db, &chosen, &err);
    db_close(db);
    return done ? EX_OK : cmd_fail(&err);
}
