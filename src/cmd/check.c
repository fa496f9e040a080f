/* `nightlatch check`: proves the stored invariants and says what it found, for people or as JSON lines. */
#include <stdio.h>
#include <sysexits.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/proof.h"

struct check_options {
    const char *db;
    struct option_arguments expect;
    bool rebuild, json;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct check_options, db, "db", "URL", DATABASE_DEFAULT, "The database, sqlite:PATH."),
    PROOF_OPTION_EXPECT(struct check_options, "Also demand"),
    OPTION_FLAG(
        struct check_options, rebuild, "rebuild",
        "Also fold every log into fresh tables, below TMPDIR, and compare them with the stored ones row by row."),
    OPTION_FLAG(struct check_options, json, "json", "Write one JSON object per finding, and one for the result."),
};

static const struct command_line command = {
    .name = "check",
    .summary = "Proves every stored invariant on a database, beside a running server or without one: that no room is "
               "claimed twice, that counts equal what they count, that the log is whole and says what the tables say. "
               "It only reads. The exit code is 0 only when everything holds.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

static void
print_json_result(const struct check_report *report, const struct rebuild_report *rebuilt, bool pass)
{
    printf("{\"pass\":%s,\"violations\":%lld,\"unproven\":%lld,\"properties\":%lld,\"events\":%lld,"
           "\"bookings\":%lld,\"holds\":%lld",
           pass ? "true" : "false", (long long)report->violations, (long long)report->unproven,
           (long long)report->properties, (long long)report->events, (long long)report->bookings,
           (long long)report->holds);
    if (rebuilt != NULL)
        printf(",\"rebuilt_events\":%lld,\"rebuilt_rows\":%lld,\"differences\":%lld", (long long)rebuilt->events,
               (long long)rebuilt->rows, (long long)rebuilt->differences);
    puts("}");
}

static void
print_result(const struct check_report *report, const struct rebuild_report *rebuilt, bool as_expected)
{
    int64_t violations = report->violations + (rebuilt == NULL ? 0 : rebuilt->differences);
    for (int i = 0; i < CHECK_INVARIANT_COUNT; i++)
        printf("%-6s %-3s %s\n", report->by_invariant[i] == 0 ? "holds" : "BROKEN",
               check_invariant_name((enum check_invariant)i), check_invariant_sentence((enum check_invariant)i));
    proof_print_content(report, stdout);
    puts("");
    if (rebuilt != NULL)
        printf("%lld events folded, %lld rows compared, %lld difference%s\n", (long long)rebuilt->events,
               (long long)rebuilt->rows, (long long)rebuilt->differences, rebuilt->differences == 1 ? "" : "s");
    if (violations > 0)
        printf("FAIL: %lld violation%s\n", (long long)violations, violations == 1 ? "" : "s");
    else
        puts(as_expected ? "PASS: every invariant holds"
                         : "FAIL: every invariant holds, but the log is not the one expected");
}

static int
run_check(struct store *store, const struct check_options *chosen)
{
    struct check_report report;
    struct rebuild_report folded = {.differences = 0};
    const struct rebuild_report *rebuilt = chosen->rebuild ? &folded : NULL;
    struct err err = {.kind = ERR_NONE};
    if (!proof_run(store, "checking", stdout, chosen->json, &report, &err) ||
        (chosen->rebuild && !proof_rebuild(store, stdout, chosen->json, &folded, &err)))
        return cmd_fail(&err);
    if (!chosen->json && !proof_print_heads(store, stdout, "head ", "\n", &err))
        return cmd_fail(&err);
    bool as_expected = proof_expect(store, &chosen->expect, &err);
    bool holds = report.violations + folded.differences == 0;
    if (chosen->json)
        print_json_result(&report, rebuilt, as_expected && holds);
    else
        print_result(&report, rebuilt, as_expected);
    if (!as_expected) {
        (void)fflush(stdout);
        return cmd_fail(&err);
    }
    return holds ? EX_OK : EX_DATAERR;
}

int
cmd_check(size_t argc, char *const *argv)
{
    struct check_options chosen = {.db = NULL};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    if (cmd_read_options(&command, argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    struct db *db;
    struct store store = {.connection = NULL};
    if (!proof_expect_is_written_well(&chosen.expect, &err) || !database_open_existing(chosen.db, &db, &err))
        return cmd_fail(&err);
    if (db_connect(db, DB_READER, &store.connection, &err) != DB_OK) {
        db_close(db);
        return cmd_fail(&err);
    }
    exit_code = run_check(&store, &chosen);
    db_disconnect(store.connection);
    db_close(db);
    return exit_code;
}
