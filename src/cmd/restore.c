/* `nightlatch restore`: a backup in the place of a database.
 *
 * Everything is done to a copy beside that place: it is brought to this program's schema, proven, and its sessions are
 * ended. Only then one rename makes it the database. What was signed out, revoked or changed since the backup is back,
 * which only people can put right; so the last words say what to look at. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/proof.h"
#include "cmd/stopping.h"
#include "core/date.h"
#include "engine/engine.h"
#include "store/backup.h"
#include "store/lock.h"
#include "store/migrate.h"
#include "store/store_payment.h"
#include "store/store_people.h"
#include "util/progress.h"

enum { URL_SIZE = PATH_MAX + 16, PAGE = 200, MEMORY_MAX = 64 << 20 };

struct restore_options {
    const char *db, *from;
    struct option_arguments expect;
    bool force;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct restore_options, from, "from", "FILE", NULL, "The backup. It is only read. Needed."),
    OPTION_STRING(struct restore_options, db, "db", "URL", DATABASE_DEFAULT,
                  "Where it is to be, sqlite:PATH. No server may be running on it."),
    PROOF_OPTION_EXPECT(struct restore_options, "Demand first"),
    OPTION_FLAG(struct restore_options, force, "force",
                "Also where a database is. That one is kept beside it, as PATH.before-restore-TIME."),
};

static const struct command_line command = {
    .name = "restore",
    .summary = "Puts a backup in the place of a database. It is copied, brought to this program's schema and proven by "
               "the rules of `check` before anything is put in place, so that a file which is damaged, foreign or of "
               "a newer program changes nothing. An interrupted restore leaves the database that was there. Sessions "
               "of the backup are ended: everybody signs in again. Tokens, passwords and roles are as they were when "
               "it was made, those included that were revoked since.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

struct restore {
    const struct restore_options *chosen;
    char path[PATH_MAX]; /* of the database, links resolved */
    char kept[PATH_MAX]; /* what the old one is called afterwards */
    bool has_kept;
    struct progress copying;
    struct check_report report;
    int migrated; /* steps of the schema */
    int64_t ended_sessions, live_tokens, doubted_refunds;
    int64_t newest_at; /* ms; when the last decision of the backup was made */
};

/* The actor of what the restore does. */
static struct actor
whoever_restores(char ret_name[32])
{
    (void)snprintf(ret_name, 32, "os:%u", (unsigned)getuid());
    return (struct actor){.name = str_from(ret_name), .role = ROLE_OWNER};
}

/* --- people of the backup --- */

/* Ends one session by the command that people end theirs with. */
static bool
end_session(struct engine *engine, struct id session, struct err *err)
{
    char name[32];
    struct engine_request request = {
        .command = {.kind = COMMAND_END_SESSION, .actor = whoever_restores(name), .end_session = {.session = session}}};
    enum outcome outcome = engine_run(engine, &request) ? request.result.refusal.outcome : OUTCOME_BUSY_RETRY;
    engine_request_done(&request);
    if (outcome == OUTCOME_OK)
        return true;
    err_set(err, ERR_DATA, "a session of the backup can't be ended: %s", outcome_info(outcome)->code.ptr);
    return false;
}

static bool
end_sessions(struct restore *restore, struct engine *engine, struct store *store, struct err *err)
{
    struct arena arena;
    struct session *sessions;
    struct id after = ID_NONE;
    size_t count;
    bool ended = true;
    arena_init(&arena, MEMORY_MAX);
    do {
        count = 0;
        arena_reset(&arena);
        if (store_page_sessions(store, after, PAGE, &arena, &sessions, &count) != DB_OK) {
            *err = store->err;
            ended = false;
        }
        for (size_t i = 0; ended && i < count; i++) {
            after = sessions[i].id;
            ended = end_session(engine, sessions[i].id, err);
            restore->ended_sessions += ended;
        }
    } while (ended && count == PAGE);
    arena_done(&arena);
    return ended;
}

static bool
count_tokens(struct restore *restore, struct store *store, struct err *err)
{
    struct arena arena;
    struct token *tokens;
    struct id after = ID_NONE;
    size_t count;
    int64_t now = clock_now_ms(clock_system());
    bool counted = true;
    arena_init(&arena, MEMORY_MAX);
    do {
        count = 0;
        arena_reset(&arena);
        if (store_page_tokens(store, 0, after, PAGE, &arena, &tokens, &count) != DB_OK) {
            *err = store->err;
            counted = false;
        }
        for (size_t i = 0; i < count; i++) {
            after = tokens[i].id;
            restore->live_tokens +=
                tokens[i].revoked_at == 0 && (tokens[i].expires_at == 0 || tokens[i].expires_at > now);
        }
    } while (counted && count == PAGE);
    arena_done(&arena);
    return counted;
}

/* --- money of the backup --- */

static bool
doubt_refund(struct restore *restore, struct engine *engine, uint32_t property, struct id refund, struct err *err)
{
    char name[32];
    struct engine_request request = {
        .command = {.kind = COMMAND_STEP_REFUND,
                    .actor = whoever_restores(name),
                    .property = property,
                    .step_refund = {.refund = refund, .step = REFUND_STEP_DOUBT, .failure = STR("restored")}}};
    enum outcome outcome = engine_run(engine, &request) ? request.result.refusal.outcome : OUTCOME_BUSY_RETRY;
    engine_request_done(&request);
    restore->doubted_refunds += outcome == OUTCOME_OK;
    if (outcome == OUTCOME_OK || outcome == OUTCOME_INVALID_TRANSITION)
        return true; /* or it is in doubt already */
    err_set(err, ERR_DATA, "a refund of the backup can't be put in doubt: %s", outcome_info(outcome)->code.ptr);
    return false;
}

static bool
doubt_refunds_of(struct restore *restore, struct engine *engine, struct store *store, uint32_t property,
                 struct err *err)
{
    struct arena arena;
    struct refund *refunds;
    struct payment payment;
    struct id after = ID_NONE;
    size_t count;
    bool done = true;
    arena_init(&arena, MEMORY_MAX);
    do {
        arena_reset(&arena);
        enum db_status status =
            store_list_refunds_that(store, property, STORE_REFUNDS_OPEN, after, PAGE, &arena, &refunds, &count);
        for (size_t i = 0; status == DB_OK && done && i < count; i++) {
            after = refunds[i].id;
            status = store_load_payment(store, property, refunds[i].payment, &arena, &payment);
            if (status == DB_OK && payment.method == PAYMENT_METHOD_CARD)
                done = doubt_refund(restore, engine, property, refunds[i].id, err);
        }
        if (status != DB_OK) {
            *err = store->err;
            done = false;
        }
    } while (done && count == PAGE);
    arena_done(&arena);
    return done;
}

/* Since the backup was made a provider may have been asked for what is open in it, and may have forgotten the keys. */
static bool
doubt_refunds(struct restore *restore, struct engine *engine, struct store *store, struct err *err)
{
    struct arena arena;
    struct property *properties;
    size_t count;
    arena_init(&arena, MEMORY_MAX);
    bool done = store_list_properties(store, &arena, &properties, &count) == DB_OK;
    if (!done)
        *err = store->err;
    for (size_t i = 0; done && i < count; i++)
        done = doubt_refunds_of(restore, engine, store, properties[i].number, err);
    arena_done(&arena);
    return done;
}

/* --- what the backup is, and is made --- */

/* When the newest decision of any log was made. */
static bool
find_newest(struct restore *restore, struct store *store, struct err *err)
{
    struct arena arena;
    struct check_head *heads;
    size_t count;
    arena_init(&arena, MEMORY_MAX);
    enum db_status status = check_heads(store, &arena, &heads, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct store_head head;
        status = store_load_head(store, heads[i].property, &head);
        if (status == DB_OK && head.decided_at > restore->newest_at)
            restore->newest_at = head.decided_at;
    }
    arena_done(&arena);
    if (status != DB_OK)
        *err = store->err;
    return status == DB_OK;
}

static bool
settle_with(struct restore *restore, struct db *db, struct engine *engine, struct err *err)
{
    struct store store = {.connection = NULL};
    if (db_connect(db, DB_READER, &store.connection, err) != DB_OK)
        return false;
    bool settled = find_newest(restore, &store, err) && end_sessions(restore, engine, &store, err) &&
                   count_tokens(restore, &store, err) && doubt_refunds(restore, engine, &store, err);
    db_disconnect(store.connection);
    return settled;
}

/* The engine, which writes, is the last to close the copy: that makes one file of it again. */
static bool
settle(struct restore *restore, const char *url, struct err *err)
{
    struct engine *engine;
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    settings.clock = clock_system();
    settings.random = random_system(err);
    settings.sweep_interval_ms = 0;
    if (settings.random == NULL || !database_open_existing(url, &settings.db, err))
        return false;
    bool settled = engine_new(&settings, &engine, err) == DB_OK;
    if (settled) {
        settled = settle_with(restore, settings.db, engine, err);
        engine_free(engine);
    }
    db_close(settings.db);
    return settled;
}

/* --- the copy --- */

static bool
go_on(void *context, int64_t done_count, int64_t total_count)
{
    struct progress *progress = context;
    progress->total = total_count;
    progress_set(progress, done_count);
    return !stopping_is_asked();
}

/* Makes a database that may be served of the copy, or refuses it. */
static bool
accept_copy(const char *path, void *context, struct err *err)
{
    struct restore *restore = context;
    char url[URL_SIZE];
    progress_done(&restore->copying);
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    if (!database_migrate(url, &restore->migrated, err) ||
        !proof_of_file(path, "checking the backup", &restore->chosen->expect, &restore->report, err) ||
        !settle(restore, url, err))
        return false;
    if (!stopping_is_asked())
        return true;
    err_set(err, ERR_UNAVAILABLE, "the restore was stopped before its end");
    return false;
}

/* Whether the backup is a database of this program, and of no newer one. */
static bool
is_ours(struct db_connection *reader, const char *from, struct err *err)
{
    struct migrate_status status;
    if (!migrate_status(reader, &status, err)) {
        err_wrap(err, "%s is no backup that this program can use", from);
        return false;
    }
    if (status.applied_count > 0)
        return true;
    err_set(err, ERR_DATA, "%s is an empty database and no backup", from);
    return false;
}

static bool
put_in_place(struct restore *restore, struct err *err)
{
    const char *from = restore->chosen->from;
    char url[URL_SIZE];
    struct db *db;
    struct db_connection *reader;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    (void)snprintf(url, sizeof(url), "sqlite:%s", from);
    settings.url = url;
    settings.create = false;
    if (!database_may_be(from, err)) {
        err_set(err, ERR_DATA, "%s is no backup: `nightlatch backup` writes a database file (unpack a compressed one)",
                from);
        return false;
    }
    if (db_open(&settings, &db, err) != DB_OK)
        return false;
    bool placed = db_connect(db, DB_READER, &reader, err) == DB_OK;
    if (!placed) {
        err_wrap(err, "the backup can't be read");
    } else {
        struct backup_review review = {.accept = accept_copy, .context = restore};
        struct db_copy_watch watch = {.go_on = go_on, .context = &restore->copying};
        progress_init(&restore->copying, STDERR_FILENO, clock_system(), "copying", 0);
        placed = is_ours(reader, from, err) &&
                 backup_replace(reader, restore->path, restore->kept, &watch, &review, &restore->has_kept, err);
        db_disconnect(reader);
    }
    db_close(db);
    return placed;
}

/* --- the command --- */

/* Where the database is or will be, and what the one that is there would be called. */
static bool
find_place(struct restore *restore, struct err *err)
{
    char path[PATH_MAX], now[INSTANT_TEXT_SIZE], stamp[INSTANT_TEXT_SIZE];
    if (!database_sibling(restore->chosen->db, "", path, sizeof(path), err))
        return false;
    if (realpath(path, restore->path) == NULL)
        memcpy(restore->path, path, sizeof(path));
    instant_format(clock_now_ms(clock_system()) / 1000 * 1000, now);
    size_t len = 0;
    for (const char *c = now; *c != '\0'; c++)
        if (*c != '-' && *c != ':')
            stamp[len++] = *c;
    stamp[len] = '\0';
    if (snprintf(restore->kept, sizeof(restore->kept), "%s.before-restore-%s", restore->path, stamp) < PATH_MAX)
        return true;
    err_set(err, ERR_USAGE, "the path of %s is too long", restore->chosen->db);
    return false;
}

/* What is plain before anything is opened. */
static bool
may_begin(const struct restore *restore, struct err *err)
{
    const struct restore_options *chosen = restore->chosen;
    struct stat from, there;
    if (stat(chosen->from, &from) != 0) {
        err_set(err, ERR_NO_INPUT, "%s: %s", chosen->from, strerror(errno));
        return false;
    }
    if (stat(restore->path, &there) != 0)
        return true;
    if (there.st_dev == from.st_dev && there.st_ino == from.st_ino) {
        err_set(err, ERR_USAGE, "%s is the database itself", chosen->from);
        return false;
    }
    if (chosen->force)
        return true;
    err_set(err, ERR_USAGE, "%s is there already; with --force it is kept under another name and replaced",
            restore->path);
    return false;
}

static void
print_people(const struct restore *restore)
{
    puts("\nWhat was changed since is not in it. Before the server is started, look at");
    if (restore->live_tokens > 0)
        printf("  nightlatch token list    %" PRId64 " valid, those included that were revoked since\n",
               restore->live_tokens);
    puts("  nightlatch user list     passwords, roles and unused links are as they were");
    if (restore->doubted_refunds > 0)
        printf("\n%" PRId64 " %s open in it and may have been given since: nobody asks for %s before a manager has\n"
               "said what the provider's list shows (GET /v1/refunds?in_doubt=true)\n",
               restore->doubted_refunds, restore->doubted_refunds == 1 ? "refund was" : "refunds were",
               restore->doubted_refunds == 1 ? "it" : "them");
}

static void
print_result(const struct restore *restore)
{
    char newest[INSTANT_TEXT_SIZE];
    instant_format(restore->newest_at / 1000 * 1000, newest);
    printf("Restored %s to %s\n\n", restore->chosen->from, restore->path);
    printf("  as of     %s, its newest event\n  content   ", newest);
    proof_print_content(&restore->report, stdout);
    printf("\n  verified  pages, references and every rule of `nightlatch check`%s\n",
           restore->chosen->expect.count == 0 ? "" : ", the heads");
    if (restore->migrated > 0)
        printf("  schema    brought up to date, %d %s\n", restore->migrated, restore->migrated == 1 ? "step" : "steps");
    printf("  sessions  %" PRId64 " ended: everybody signs in again\n", restore->ended_sessions);
    if (restore->has_kept)
        printf("  before    what was there is now\n            %s\n", restore->kept);
    print_people(restore);
}

static bool
restore_locked(struct restore *restore, struct err *err)
{
    struct store_lock *lock;
    if (!store_lock_take(restore->path, &lock, err)) {
        if (err->kind == ERR_UNAVAILABLE)
            err_wrap(err, "stop the server first");
        return false;
    }
    stopping_watch();
    bool placed = may_begin(restore, err) && put_in_place(restore, err);
    store_lock_release(lock);
    return placed;
}

int
cmd_restore(size_t argc, char *const *argv)
{
    struct restore_options chosen = {.db = NULL};
    struct restore restore = {.chosen = &chosen};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (chosen.from == NULL) {
        err_set(&err, ERR_USAGE, "restore needs --from FILE; `nightlatch restore --help` says more");
        return cmd_fail(&err);
    }
    if (!proof_expect_is_written_well(&chosen.expect, &err) || !find_place(&restore, &err) ||
        !restore_locked(&restore, &err))
        return cmd_fail(&err);
    print_result(&restore);
    return EX_OK;
}
