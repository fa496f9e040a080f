/* Findings are printed as they come: a database with a million of them must not need memory for them. */
#include "cmd/proof.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cmd/database.h"
#include "cmd/scratch_dir.h"
#include "store/migrate.h"
#include "util/json_write.h"
#include "util/progress.h"

enum {
    CHECK_MEMORY = 256 << 20,
    HEADS_MEMORY = 16 << 20,
    FINDINGS_SHOWN = 20,
    URL_SIZE = 600,
    REBUILD_MEMORY = 64 << 20
};

/* A head as it is demanded of a log. */
struct expected {
    uint32_t property;
    int64_t seq;
    unsigned char hash[STORE_HASH_BYTES];
};

struct output {
    FILE *out;
    bool json;
    int64_t shown[CHECK_RULE_COUNT];
    struct progress progress;
    int64_t rules_done;
};

/* --- findings --- */

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
print_json_finding(FILE *out, const struct check_finding *finding, const char *subject)
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
    fprintf(out, "%.*s\n", STR_ARG(text_str(&text)));
    arena_done(&arena);
}

static void
on_finding(const struct check_finding *finding, void *user)
{
    struct output *output = user;
    char subject[ID_TEXT_SIZE] = "";
    subject_text(finding, subject);
    if (output->json) {
        print_json_finding(output->out, finding, subject);
        return;
    }
    int64_t shown = output->shown[finding->rule]++;
    const char *invariant = check_invariant_name(check_rule_invariant(finding->rule));
    if (shown < FINDINGS_SHOWN)
        fprintf(output->out, "%-8s %-3s %s: %.*s\n", finding->unproven ? "unproven" : "BROKEN", invariant, subject,
                STR_ARG(finding->detail));
    else if (shown == FINDINGS_SHOWN)
        fprintf(output->out, "         %-3s and more of this kind\n", invariant);
}

static void
on_rule(uint32_t property, enum check_rule rule, void *user)
{
    struct output *output = user;
    (void)property;
    (void)rule;
    progress_set(&output->progress, output->rules_done++);
}

/* False with *err, in words for who runs it. */
static bool
is_ok(const struct store *store, enum db_status status, struct err *err)
{
    if (status == DB_OK)
        return true;
    *err = store->err;
    if (status == DB_RETRY)
        err_set(err, ERR_UNAVAILABLE, "another process has locked the database");
    return false;
}

/* --- heads --- */

/* False with *err; the heads are in the arena. */
static bool
load_heads(struct store *store, struct arena *arena, struct check_head **ret_heads, size_t *ret_count, struct err *err)
{
    enum db_status status = check_heads(store, arena, ret_heads, ret_count);
    return is_ok(store, status, err);
}

bool
proof_print_heads(struct store *store, FILE *out, const char *before, const char *between, struct err *err)
{
    struct arena arena;
    struct check_head *heads;
    size_t count;
    arena_init(&arena, HEADS_MEMORY);
    bool loaded = load_heads(store, &arena, &heads, &count, err);
    for (size_t i = 0; loaded && i < count; i++) {
        fprintf(out, "%s%s%u:%lld:", i == 0 ? "" : between, before, (unsigned)heads[i].property,
                (long long)heads[i].seq);
        for (size_t j = 0; j < STORE_HASH_BYTES; j++)
            fprintf(out, "%02x", heads[i].hash[j]);
    }
    if (loaded)
        (void)fputc('\n', out);
    arena_done(&arena);
    return loaded;
}

static bool
read_hash(struct str text, unsigned char ret_hash[STORE_HASH_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    if (text.len != (size_t)2 * STORE_HASH_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = memchr(digits, text.ptr[i], sizeof(digits) - 1);
        if (at == NULL)
            return false;
        unsigned high = i % 2 == 0 ? 0 : ret_hash[i / 2];
        ret_hash[i / 2] = (unsigned char)(high << 4 | (unsigned)(at - digits));
    }
    return true;
}

/* "P:SEQ:HASH" into its parts. */
static bool
read_expected(struct str text, struct expected *ret_expected)
{
    struct str rest = text;
    long long property, seq;
    if (!str_to_i64(str_split(&rest, ':'), &property) || !str_to_i64(str_split(&rest, ':'), &seq) || property < 0 ||
        property > UINT32_MAX || seq < 0 || !read_hash(rest, ret_expected->hash))
        return false;
    ret_expected->property = (uint32_t)property;
    ret_expected->seq = seq;
    return true;
}

/* The next of the list, off the front of *rest; false with *err when it is not one. */
static bool
next_expected(struct str *rest, struct expected *ret_expected, struct err *err)
{
    struct str text = str_trim(str_split(rest, ','));
    if (read_expected(text, ret_expected))
        return true;
    err_set(err, ERR_USAGE, "--expect takes P:SEQ:HASH as `check` and `backup` print it, not \"%.*s\"", STR_ARG(text));
    return false;
}

void
proof_print_content(const struct check_report *report, FILE *out)
{
    const struct {
        int64_t count;
        const char *one, *many;
    } parts[] = {{report->properties, "property", "properties"},
                 {report->bookings, "booking", "bookings"},
                 {report->holds, "hold", "holds"},
                 {report->events, "event", "events"}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        (void)fprintf(out, "%s%" PRId64 " %s", i == 0 ? "" : ", ", parts[i].count,
                      parts[i].count == 1 ? parts[i].one : parts[i].many);
}

bool
proof_expect_is_written_well(const struct option_arguments *expect, struct err *err)
{
    bool well = true;
    for (size_t i = 0; i < expect->count; i++) {
        struct str rest = str_from(expect->items[i]);
        struct expected expected;
        while (well && rest.len > 0)
            well = next_expected(&rest, &expected, err);
    }
    return well;
}

static bool
is_met(struct store *store, const struct expected *expected, struct err *err)
{
    unsigned char found[STORE_HASH_BYTES];
    enum db_status status = store_load_event_hash(store, expected->property, expected->seq, found);
    if (status != DB_OK && status != DB_NO_ROW) {
        *err = store->err;
        return false;
    }
    if (status == DB_OK && memcmp(expected->hash, found, sizeof(found)) == 0)
        return true;
    err_set(err, ERR_DATA,
            status == DB_OK
                ? "event %lld in the log of property %u is another one than expected: this is another history"
                : "event %lld is expected in the log of property %u, which ends before it or is not there",
            (long long)expected->seq, (unsigned)expected->property);
    return false;
}

bool
proof_expect(struct store *store, const struct option_arguments *expect, struct err *err)
{
    bool met = true;
    for (size_t i = 0; expect != NULL && i < expect->count; i++) {
        struct str rest = str_from(expect->items[i]);
        struct expected expected;
        while (met && rest.len > 0)
            met = next_expected(&rest, &expected, err) && is_met(store, &expected, err);
    }
    return met;
}

/* --- the run --- */

bool
proof_run(struct store *store, const char *label, FILE *out, bool json, struct check_report *ret_report,
          struct err *err)
{
    struct output output = {.out = out, .json = json};
    struct arena arena;
    struct check_head *heads;
    size_t head_count;
    arena_init(&arena, HEADS_MEMORY);
    bool done = load_heads(store, &arena, &heads, &head_count, err);
    arena_done(&arena);
    if (!done)
        return false;
    progress_init(&output.progress, STDERR_FILENO, clock_system(), label, (int64_t)head_count * CHECK_RULE_COUNT);
    struct check_settings settings = {.store = store,
                                      .clock = clock_system(),
                                      .memory_limit = CHECK_MEMORY,
                                      .on_finding = on_finding,
                                      .on_rule = on_rule,
                                      .user = &output};
    enum db_status status = check_run(&settings, ret_report);
    if (status == DB_OK)
        progress_set(&output.progress, output.rules_done);
    progress_done(&output.progress);
    return is_ok(store, status, err);
}

/* --- the log, folded --- */

struct rebuild_output {
    FILE *out;
    bool json;
    int64_t shown;
    struct progress progress;
    bool begun;
};

static const char *const rebuild_words[] = {
    [REBUILD_DIFFERENT] = "different",
    [REBUILD_ONLY_LOGGED] = "only_logged",
    [REBUILD_ONLY_STORED] = "only_stored",
    [REBUILD_UNFOLDABLE] = "unfoldable",
};

static void
print_json_difference(FILE *out, const struct rebuild_difference *d)
{
    struct arena arena;
    struct text text;
    struct json_writer writer;
    arena_init(&arena, 1 << 20);
    text_init(&text, &arena, 512);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_str(&writer, "difference", str_from(rebuild_words[d->finding]));
    json_member_i64(&writer, "property", d->property);
    json_member_str(&writer, "table", d->table);
    json_member_str(&writer, "key", d->key);
    json_member_str(&writer, "column", d->column);
    json_member_str(&writer, "logged", d->logged);
    json_member_str(&writer, "stored", d->stored);
    json_member_i64(&writer, "seq", d->seq);
    json_write_object_end(&writer);
    fprintf(out, "%.*s\n", STR_ARG(text_str(&text)));
    arena_done(&arena);
}

static void
print_difference(FILE *out, const struct rebuild_difference *d)
{
    fprintf(out, "BROKEN   E2  property %u: ", (unsigned)d->property);
    if (d->finding == REBUILD_UNFOLDABLE)
        fprintf(out, "event %lld can't be folded: %.*s\n", (long long)d->seq, STR_ARG(d->logged));
    else if (d->finding == REBUILD_DIFFERENT)
        fprintf(out, "%.*s %.*s: %.*s is %.*s, by the log %.*s (event %lld)\n", STR_ARG(d->table), STR_ARG(d->key),
                STR_ARG(d->column), STR_ARG(d->stored), STR_ARG(d->logged), (long long)d->seq);
    else
        fprintf(out, "%.*s %.*s: %s (event %lld)\n", STR_ARG(d->table), STR_ARG(d->key),
                d->finding == REBUILD_ONLY_LOGGED ? "the log makes this row, and it is not there"
                                                  : "there is this row, and the log does not make it",
                (long long)d->seq);
}

static void
on_difference(const struct rebuild_difference *difference, void *user)
{
    struct rebuild_output *output = user;
    int64_t shown = output->shown++;
    if (output->json)
        print_json_difference(output->out, difference);
    else if (shown < FINDINGS_SHOWN)
        print_difference(output->out, difference);
    else if (shown == FINDINGS_SHOWN)
        fprintf(output->out, "         E2  and more differences\n");
}

static void
on_fold(int64_t done, int64_t total, void *user)
{
    struct rebuild_output *output = user;
    if (!output->begun)
        progress_init(&output->progress, STDERR_FILENO, clock_system(), "folding the log", total);
    output->begun = true;
    progress_set(&output->progress, done);
}

/* A database with the schema and nothing in it, quick rather than safe: nobody needs it after a crash. */
static bool
open_fresh(const char *dir, struct db **ret_db, struct store *fresh, struct err *err)
{
    char url[URL_SIZE];
    int applied;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    (void)snprintf(url, sizeof(url), "sqlite:%s/rebuilt.db", dir);
    settings.url = url;
    settings.synchronous = 0;
    if (db_open(&settings, ret_db, err) != DB_OK)
        return false;
    if (db_connect(*ret_db, DB_WRITER, &fresh->connection, err) == DB_OK) {
        if (migrate_apply(fresh->connection, clock_now_ms(clock_system()), &applied, err))
            return true;
        db_disconnect(fresh->connection);
    }
    db_close(*ret_db);
    return false;
}

static bool
fold(struct store *store, struct store *fresh, struct rebuild_output *output, struct rebuild_report *ret_report,
     struct err *err)
{
    struct rebuild_settings settings = {.store = store,
                                        .fresh = fresh,
                                        .memory_limit = REBUILD_MEMORY,
                                        .on_difference = on_difference,
                                        .on_progress = on_fold,
                                        .user = output};
    enum db_status status = rebuild_run(&settings, ret_report);
    if (output->begun)
        progress_done(&output->progress);
    return is_ok(store, status, err);
}

bool
proof_rebuild(struct store *store, FILE *out, bool json, struct rebuild_report *ret_report, struct err *err)
{
    struct rebuild_output output = {.out = out, .json = json};
    struct store fresh = {.connection = NULL};
    char dir[SCRATCH_DIR_SIZE];
    struct db *db;
    if (!scratch_dir_make(dir, err))
        return false;
    bool done = open_fresh(dir, &db, &fresh, err);
    if (done) {
        done = fold(store, &fresh, &output, ret_report, err);
        db_disconnect(fresh.connection);
        db_close(db);
    }
    scratch_dir_remove(dir);
    return done;
}

static bool
prove(struct store *store, const char *label, const struct option_arguments *expect, struct check_report *ret_report,
      struct err *err)
{
    if (!proof_run(store, label, stderr, false, ret_report, err))
        return false;
    if (ret_report->violations == 0)
        return proof_expect(store, expect, err);
    err_set(err, ERR_DATA, "%lld violations of what must hold were found", (long long)ret_report->violations);
    return false;
}

bool
proof_of_file(const char *path, const char *label, const struct option_arguments *expect,
              struct check_report *ret_report, struct err *err)
{
    char url[URL_SIZE];
    struct db *db;
    struct store store = {.connection = NULL};
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    if (!database_open_existing(url, &db, err))
        return false;
    bool proven = db_connect(db, DB_READER, &store.connection, err) == DB_OK;
    if (proven) {
        proven = prove(&store, label, expect, ret_report, err);
        db_disconnect(store.connection);
    }
    db_close(db);
    return proven;
}
