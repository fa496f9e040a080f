/* `nightlatch check`: proves the stored invariants and says what it found, for people or as JSON lines. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/cmd.h"
#include "cmd/database.h"
#include "engine/check.h"
#include "util/json_write.h"

enum { CHECK_MEMORY = 256 << 20, FINDINGS_SHOWN = 20 };

struct check_options {
    const char *db, *expect;
    bool json;
};

static const struct option_spec options[] = {
    OPTION_STRING(struct check_options, db, "db", "URL", DATABASE_DEFAULT, "The database, sqlite:PATH."),
    OPTION_STRING(struct check_options, expect, "expect", "P:SEQ:HASH", NULL,
                  "Also demand that the log of property number P has this event, with this hash: heads are printed at "
                  "the end of each check."),
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

struct check_output {
    bool json;
    int64_t shown[CHECK_RULE_COUNT];
};

static void
subject_text(const struct check_finding *finding, char out[ID_TEXT_SIZE])
{
    struct id id = id_from_bytes(finding->subject);
    if (finding->kind != ID_KIND_COUNT && !id_is_none(id)) {
        id_format(finding->kind, finding->property, id, out);
        return;
    }
    for (int i = 0; i < ID_BYTES; i++)
        (void)snprintf(out + (ptrdiff_t)2 * i, 3, "%02x", finding->subject[i]);
}

static void
print_json_finding(const struct check_finding *finding, const char *subject)
{
    struct arena arena;
    struct text text;
    struct json_writer writer;
    arena_init(&arena, 1 << 16);
    text_init(&text, &arena, 512);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_str(&writer, "invariant", str_from(check_invariant_name(check_rule_invariant(finding->rule))));
    json_member_str(&writer, "rule", str_from(check_rule_name(finding->rule)));
    json_member_i64(&writer, "property", finding->property);
    json_member_str(&writer, "subject", str_from(subject));
    json_member_str(&writer, "detail", finding->detail);
    json_member_bool(&writer, "unproven", finding->unproven);
    json_write_object_end(&writer);
    printf("%.*s\n", STR_ARG(text_str(&text)));
    arena_done(&arena);
}

static void
on_finding(const struct check_finding *finding, void *user)
{
    struct check_output *output = user;
    char subject[ID_TEXT_SIZE] = "";
    subject_text(finding, subject);
    if (output->json) {
        print_json_finding(finding, subject);
        return;
    }
    int64_t shown = output->shown[finding->rule]++;
    if (shown < FINDINGS_SHOWN)
        printf("%-8s %-3s %s: %.*s\n", finding->unproven ? "unproven" : "BROKEN",
               check_invariant_name(check_rule_invariant(finding->rule)), subject, STR_ARG(finding->detail));
    else if (shown == FINDINGS_SHOWN)
        printf("         %-3s and more of this kind\n", check_invariant_name(check_rule_invariant(finding->rule)));
}

/* "P:SEQ:HASH" into its parts. */
static bool
parse_expect(const char *expect, uint32_t *ret_property, int64_t *ret_seq, unsigned char ret_hash[STORE_HASH_BYTES])
{
    struct str rest = str_from(expect);
    long long property, seq;
    if (!str_to_i64(str_split(&rest, ':'), &property) || !str_to_i64(str_split(&rest, ':'), &seq) || property < 0 ||
        property > UINT32_MAX || seq < 0 || rest.len != (size_t)2 * STORE_HASH_BYTES)
        return false;
    for (size_t i = 0; i < STORE_HASH_BYTES; i++) {
        unsigned value = 0;
        for (size_t j = 2 * i; j < 2 * i + 2; j++) {
            const char *digits = "0123456789abcdef";
            const char *at = rest.ptr[j] == '\0' ? NULL : strchr(digits, rest.ptr[j]);
            if (at == NULL)
                return false;
            value = value << 4 | (unsigned)(at - digits);
        }
        ret_hash[i] = (unsigned char)value;
    }
    *ret_property = (uint32_t)property;
    *ret_seq = seq;
    return true;
}

/* Whether the log has the event that is expected of it. */
static bool
meets_expectation(struct store *store, const char *expect, struct err *err)
{
    uint32_t property;
    int64_t seq;
    unsigned char wanted[STORE_HASH_BYTES], found[STORE_HASH_BYTES];
    if (!parse_expect(expect, &property, &seq, wanted)) {
        err_set(err, ERR_USAGE, "--expect takes P:SEQ:HASH as a check prints it, not \"%s\"", expect);
        return false;
    }
    if (store_load_event_hash(store, property, seq, found) != DB_OK || memcmp(wanted, found, sizeof(found)) != 0) {
        err_set(err, ERR_DATA, "the log of property %u does not have event %lld as expected", (unsigned)property,
                (long long)seq);
        return false;
    }
    return true;
}

static void
print_heads(struct store *store)
{
    struct arena arena;
    struct check_head *heads;
    size_t count;
    arena_init(&arena, 16 << 20);
    if (check_heads(store, &arena, &heads, &count) == DB_OK) {
        for (size_t i = 0; i < count; i++) {
            printf("head %u:%lld:", (unsigned)heads[i].property, (long long)heads[i].seq);
            for (size_t j = 0; j < STORE_HASH_BYTES; j++)
                printf("%02x", heads[i].hash[j]);
            putchar('\n');
        }
    }
    arena_done(&arena);
}

static void
print_result(const struct check_report *report, bool json)
{
    bool pass = report->violations == 0;
    if (json) {
        printf("{\"pass\":%s,\"violations\":%lld,\"unproven\":%lld,\"properties\":%lld,\"events\":%lld,"
               "\"bookings\":%lld,\"holds\":%lld}\n",
               pass ? "true" : "false", (long long)report->violations, (long long)report->unproven,
               (long long)report->properties, (long long)report->events, (long long)report->bookings,
               (long long)report->holds);
        return;
    }
    for (int i = 0; i < CHECK_INVARIANT_COUNT; i++)
        printf("%-6s %-3s %s\n", report->by_invariant[i] == 0 ? "holds" : "BROKEN",
               check_invariant_name((enum check_invariant)i), check_invariant_sentence((enum check_invariant)i));
    printf("%lld properties, %lld events, %lld bookings, %lld holds\n", (long long)report->properties,
           (long long)report->events, (long long)report->bookings, (long long)report->holds);
    printf(pass ? "PASS: every invariant holds\n" : "FAIL: %lld violations\n", (long long)report->violations);
}

static int
run_check(struct store *store, const struct check_options *chosen)
{
    struct check_output output = {.json = chosen->json};
    struct check_report report;
    struct check_settings settings = {.store = store,
                                      .clock = clock_system(),
                                      .memory_limit = CHECK_MEMORY,
                                      .on_finding = on_finding,
                                      .user = &output};
    if (check_run(&settings, &report) != DB_OK)
        return cmd_fail(&store->err);
    if (!chosen->json)
        print_heads(store);
    struct err err = {.kind = ERR_NONE};
    if (chosen->expect != NULL && !meets_expectation(store, chosen->expect, &err))
        return cmd_fail(&err);
    print_result(&report, chosen->json);
    return report.violations == 0 ? EX_OK : EX_DATAERR;
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
    if (!database_open_existing(chosen.db, &db, &err))
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
