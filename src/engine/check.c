/* The rules. Most are statements that list what is wrong; the rest walk the objects of a property in pages and compare
 * each with what the log said of it last, since an event's body is the whole state it left behind. */
#include "engine/check.h"

#include <assert.h>

#include "core/booking.h"
#include "core/code.h"
#include "engine/check_part.h"
#include "engine/event_log.h"
#include "engine/state.h"
#include "store/store_job.h"
#include "engine/state_read.h"
#include "engine/upcast.h"
#include "util/json_write.h"

typedef enum db_status (*check_walk)(struct check_run *run);

static enum db_status check_machine(struct check_run *run);
static enum db_status check_bookings_fold(struct check_run *run);
static enum db_status check_codes(struct check_run *run);
static enum db_status check_holds_fold(struct check_run *run);
static enum db_status check_groups_fold(struct check_run *run);
static enum db_status check_jobs_fold(struct check_run *run);
static enum db_status check_house_fold(struct check_run *run);
static enum db_status check_chain(struct check_run *run);

static const struct {
    const char *name, *sentence;
} invariant_table[CHECK_INVARIANT_COUNT] = {
#define INVARIANT(name, sentence) {#name, sentence},
#include "engine/check.def"
#undef INVARIANT
};

static const struct rule {
    const char *name;
    enum check_invariant invariant;
    enum db_stmt stmt;
    bool takes_instant;
    check_walk walk; /* NULL: the statement */
    enum id_kind kind;
} rule_table[CHECK_RULE_COUNT] = {
#define RULE_STMT(invariant, name, stmt, kind) {#name, CHECK_INVARIANT_##invariant, STMT_##stmt, false, NULL, kind},
#define RULE_STMT_AT(invariant, name, stmt, kind) {#name, CHECK_INVARIANT_##invariant, STMT_##stmt, true, NULL, kind},
#define RULE_WALK(invariant, name, function, kind)                                                                     \
    {#name, CHECK_INVARIANT_##invariant, STMT_COUNT, false, function, kind},
#include "engine/check.def"
#undef RULE_STMT
#undef RULE_STMT_AT
#undef RULE_WALK
};

const char *
check_invariant_name(enum check_invariant invariant)
{
    return invariant_table[invariant].name;
}

const char *
check_invariant_sentence(enum check_invariant invariant)
{
    return invariant_table[invariant].sentence;
}

const char *
check_rule_name(enum check_rule rule)
{
    return rule_table[rule].name;
}

enum check_invariant
check_rule_invariant(enum check_rule rule)
{
    return rule_table[rule].invariant;
}

void
check_find(struct check_run *run, const unsigned char subject[ID_BYTES], struct str detail, bool unproven)
{
    struct check_finding finding = {.rule = run->rule,
                                    .kind = rule_table[run->rule].kind,
                                    .property = run->property,
                                    .subject = subject,
                                    .detail = detail,
                                    .unproven = unproven};
    if (unproven)
        run->report->unproven++;
    else {
        run->report->violations++;
        run->report->by_invariant[rule_table[run->rule].invariant]++;
    }
    run->settings->on_finding(&finding, run->settings->user);
}

void
check_find_id(struct check_run *run, struct id id, struct str detail)
{
    unsigned char subject[ID_BYTES];
    id_to_bytes(id, subject);
    check_find(run, subject, detail, false);
}

enum db_status
check_out_of_memory(struct check_run *run)
{
    err_set(&run->store->err, ERR_MEMORY, "a rule needs more memory than it may use");
    return DB_FAILED;
}

/* --- rules that are statements --- */

/* The date or instant from which on a rule counts: deleted rooms keep their past, and nights that are over are not
 * counted anew. */
static struct db_value
rule_instant(const struct check_run *run)
{
    return run->rule == CHECK_RULE_DELETED_ROOM ? db_int(clock_now_ms(run->settings->clock)) : db_int(run->today);
}

static enum db_status
run_statement(struct check_run *run, const struct rule *rule)
{
    struct db_value values[2] = {db_int(run->property), rule->takes_instant ? rule_instant(run) : db_null()};
    struct db_rows *rows;
    enum db_status status =
        db_query(run->store->connection, rule->stmt, values, rule->takes_instant ? 2 : 1, &rows, &run->store->err);
    if (status != DB_OK)
        return status;
    while ((status = db_next(rows, &run->store->err)) == DB_ROW) {
        unsigned char subject[ID_BYTES] = {0};
        struct str bytes = db_column_str(rows, 0);
        memcpy(subject, bytes.ptr, bytes.len < ID_BYTES ? bytes.len : ID_BYTES);
        check_find(run, subject, db_column_str(rows, 1), false);
    }
    db_finish(rows);
    return status == DB_NO_ROW ? DB_OK : status;
}

/* --- the log --- */

enum db_status
check_next_events(struct check_run *run, int64_t after, struct store_event **ret_events, size_t *ret_count)
{
    arena_reset(run->page);
    return store_list_events(run->store, run->property, after, CHECK_PAGE, run->page, ret_events, ret_count);
}

/* E3: each hash is that of the event after the one before it, and the head is the last. */
static enum db_status
check_chain(struct check_run *run)
{
    struct store_head head;
    enum db_status status = store_load_head(run->store, run->property, &head);
    unsigned char previous[STORE_HASH_BYTES] = {0}, hash[STORE_HASH_BYTES];
    int64_t seq = 0;
    struct store_event *events;
    size_t count = 0;
    while (status == DB_OK && (status = check_next_events(run, seq, &events, &count)) == DB_OK && count > 0) {
        for (size_t i = 0; i < count; i++) {
            event_log_hash(previous, run->property, &events[i], hash);
            if (memcmp(hash, events[i].hash, STORE_HASH_BYTES) != 0)
                check_find_id(run, events[i].subject, STR("an event's hash is not the one of its content and place"));
            memcpy(previous, events[i].hash, STORE_HASH_BYTES);
            seq = events[i].seq;
        }
        run->report->events += (int64_t)count;
    }
    if (status == DB_OK && (head.seq != seq || memcmp(head.hash, previous, STORE_HASH_BYTES) != 0))
        check_find_id(run, ID_NONE, STR("the head is not the last event of the log"));
    return status;
}

/* L1: every event that moves a status is a row of the machine. */
static enum db_status
check_machine(struct check_run *run)
{
    enum db_status status = DB_OK;
    int64_t seq = 0;
    struct store_event *events;
    size_t count = 0;
    while (status == DB_OK && (status = check_next_events(run, seq, &events, &count)) == DB_OK && count > 0) {
        for (size_t i = 0; i < count; i++) {
            const struct store_event *event = &events[i];
            seq = event->seq;
            if (!str_equal(event->subject_kind, str_from(id_kind_prefix(ID_BOOKING))))
                continue;
            enum booking_status from = BOOKING_NONE, to = BOOKING_NONE;
            bool known = (event->from.len == 0 || booking_status_parse(event->from, &from)) &&
                         booking_status_parse(event->to, &to);
            if (!known || !booking_machine_has_step(from, to))
                check_find_id(run, event->subject, STR("an event with a step that the machine does not have"));
        }
    }
    return status;
}

/* --- the tables against the log --- */

/* What an older release logged, as it would be logged now; what can't be read stays as it is, and is found to differ.
 */
static enum db_status
raise_body(struct check_run *run, const struct store_event *event, struct str *body)
{
    struct state state;
    struct text text;
    struct json_writer writer;
    struct err ignored;
    enum event_state of;
    if (event->v >= EVENT_VERSION || !state_of_kind(event->kind, &of))
        return DB_OK;
    if (!state_read_event(of, event->v, event->body, run->house.property, run->page, &state, &ignored))
        return run->page->overflowed ? check_out_of_memory(run) : DB_OK;
    text_init(&text, run->page, 1024);
    json_writer_init(&writer, &text);
    state_write_read(&writer, run->house.property, &state);
    *body = text_str(&text);
    return text.overflowed ? check_out_of_memory(run) : DB_OK;
}

/* The body the log has last for a subject; empty when it has none. */
static enum db_status
last_body(struct check_run *run, struct id id, struct str *ret_body)
{
    struct store_event event = {.body = STR("")};
    enum db_status status = store_load_last_event_of(run->store, run->property, id, run->page, &event);
    *ret_body = event.body;
    if (status == DB_NO_ROW)
        return DB_OK;
    return status == DB_OK ? raise_body(run, &event, ret_body) : status;
}

/* The state as it would be logged now must be what was logged last; an event may add members behind the state. */
static enum db_status
compare_with_log(struct check_run *run, struct id id, struct str state)
{
    struct str body;
    enum db_status status = last_body(run, id, &body);
    if (status != DB_OK)
        return status;
    struct str open = {state.ptr, state.len > 0 ? state.len - 1 : 0}; /* without the closing brace */
    bool same = state.len > 0 && str_starts_with(body, open) && body.len > open.len &&
                (body.ptr[open.len] == '}' || body.ptr[open.len] == ',');
    if (!same)
        check_find_id(run, id,
                      body.len == 0 ? STR("it is in a table and the log does not know it")
                                    : STR("its row is not what the log said of it last"));
    return DB_OK;
}

static struct json_writer *
begin_state(struct check_run *run, struct text *text, struct json_writer *writer)
{
    text_init(text, run->page, 1024);
    json_writer_init(writer, text);
    return writer;
}

/* A row whose references are zero can't be written as a state at all. */
static bool
names_something(const struct booking *booking)
{
    for (size_t i = 0; i < booking->claim_count; i++)
        if (id_is_none(booking->claims[i].room))
            return false;
    return !id_is_none(booking->room_type) && !id_is_none(booking->charged_room_type) && !id_is_none(booking->guest);
}

static enum db_status
check_bookings_fold(struct check_run *run)
{
    struct id after = ID_NONE;
    struct booking *bookings;
    size_t count;
    enum db_status status;
    do {
        arena_reset(run->page);
        status = store_page_bookings(run->store, run->property, after, CHECK_PAGE, run->page, &bookings, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct text text;
            struct json_writer writer;
            after = bookings[i].id;
            if (!names_something(&bookings[i])) {
                check_find_id(run, bookings[i].id, STR("it names a type, guest or room that is none"));
                continue;
            }
            state_write_booking(begin_state(run, &text, &writer), run->house.property, &bookings[i]);
            status = compare_with_log(run, bookings[i].id, text_str(&text));
        }
        run->report->bookings += (int64_t)count;
    } while (status == DB_OK && count > 0);
    return status;
}

/* The log has the code, and what the row is found by is the number of it. */
static enum db_status
check_codes(struct check_run *run)
{
    struct db_value property = db_int(run->property);
    struct db_rows *rows;
    enum db_status status = db_query(run->store->connection, STMT_CHECK_CODES, &property, 1, &rows, &run->store->err);
    if (status != DB_OK)
        return status;
    while ((status = db_next(rows, &run->store->err)) == DB_ROW) {
        struct str id = db_column_str(rows, 0);
        unsigned char subject[ID_BYTES] = {0};
        int64_t number;
        memcpy(subject, id.ptr, id.len < ID_BYTES ? id.len : ID_BYTES);
        if (!code_parse(run->house.property->id, db_column_str(rows, 1), &number) || number != db_column_i64(rows, 2))
            check_find(run, subject, STR("it would not be found by its code"), false);
    }
    db_finish(rows);
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
check_holds_fold(struct check_run *run)
{
    struct id after = ID_NONE;
    struct hold *holds;
    size_t count;
    enum db_status status;
    do {
        arena_reset(run->page);
        status = store_page_holds(run->store, run->property, after, CHECK_PAGE, run->page, &holds, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct text text;
            struct json_writer writer;
            state_write_hold(begin_state(run, &text, &writer), run->house.property, &holds[i]);
            status = compare_with_log(run, holds[i].id, text_str(&text));
            after = holds[i].id;
        }
        run->report->holds += (int64_t)count;
    } while (status == DB_OK && count > 0);
    return status;
}

static enum db_status
check_groups_fold(struct check_run *run)
{
    struct id after = ID_NONE;
    struct group *groups;
    size_t count;
    enum db_status status;
    do {
        arena_reset(run->page);
        status = store_page_groups(run->store, run->property, after, CHECK_PAGE, run->page, &groups, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct text text;
            struct json_writer writer;
            state_write_group(begin_state(run, &text, &writer), run->house.property, &groups[i]);
            status = compare_with_log(run, groups[i].id, text_str(&text));
            after = groups[i].id;
        }
    } while (status == DB_OK && count > 0);
    return status;
}

/* As stored, in the order of the house's rooms; a house that is read in the same transaction has the same rooms. */
static enum db_status
check_rooms_fold(struct check_run *run)
{
    struct room_state *states;
    size_t count;
    struct text text;
    struct json_writer writer;
    enum db_status status = store_list_room_states(run->store, run->property, run->arena, &states, &count);
    assert(status != DB_OK || count == run->house.room_count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        arena_reset(run->page);
        state_write_room(begin_state(run, &text, &writer), run->house.property, &run->house.rooms[i], &states[i]);
        status = compare_with_log(run, states[i].room, text_str(&text));
    }
    return status;
}

static enum db_status
check_jobs_fold(struct check_run *run)
{
    struct id after = ID_NONE;
    struct job *jobs;
    size_t count;
    enum db_status status;
    do {
        arena_reset(run->page);
        status = store_page_jobs(run->store, run->property, after, CHECK_PAGE, run->page, &jobs, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct text text;
            struct json_writer writer;
            state_write_job(begin_state(run, &text, &writer), run->house.property, &jobs[i]);
            status = compare_with_log(run, jobs[i].id, text_str(&text));
            after = jobs[i].id;
        }
    } while (status == DB_OK && count > 0);
    return status;
}

static enum db_status
check_house_fold(struct check_run *run)
{
    enum db_status status = DB_OK;
    struct text text;
    struct json_writer writer;
    for (size_t i = 0; status == DB_OK && i < run->house.type_count; i++) {
        arena_reset(run->page);
        state_write_room_type(begin_state(run, &text, &writer), run->house.property, &run->house.types[i]);
        status = compare_with_log(run, run->house.types[i].id, text_str(&text));
    }
    return status == DB_OK && run->house.property != NULL ? check_rooms_fold(run) : status;
}

/* --- the run --- */

/* The business date of the house, no earlier than that of the last decision. */
static enum db_status
find_today(struct check_run *run)
{
    struct store_head head;
    struct house_entry entry = {.house = run->house};
    enum db_status status = store_load_head(run->store, run->property, &head);
    if (status != DB_OK)
        return status;
    if (run->house.property != NULL) {
        struct str name = run->house.property->time_zone;
        enum zone_found found = zone_cache_get(run->zones, name, &entry.zone, &run->store->err);
        if (found == ZONE_UNKNOWN)
            err_set(&run->store->err, ERR_DATA, "time zone %.*s is not in the database of this machine", STR_ARG(name));
        if (found != ZONE_FOUND)
            return DB_FAILED;
    }
    int64_t now = clock_now_ms(run->settings->clock);
    run->today = facts_today(&entry, now > head.decided_at ? now : head.decided_at);
    return DB_OK;
}

static enum db_status
run_rule(struct check_run *run, enum check_rule rule)
{
    run->rule = rule;
    if (run->settings->on_rule != NULL)
        run->settings->on_rule(run->property, rule, run->settings->user);
    struct db_connection *connection = run->store->connection;
    enum db_status status = db_begin(connection, &run->store->err);
    if (status != DB_OK)
        return status;
    arena_reset(run->arena);
    status = store_load_house(run->store, run->property, run->arena, &run->house);
    if (status == DB_OK)
        status = find_today(run);
    if (status == DB_OK)
        status = rule_table[rule].walk == NULL ? run_statement(run, &rule_table[rule]) : rule_table[rule].walk(run);
    struct err ignored; /* of ending a transaction that only read */
    (void)db_rollback(connection, &ignored);
    return status;
}

static bool
decode_head(const struct db_rows *rows, struct check_head *head)
{
    struct str hash = db_column_str(rows, 2);
    if (hash.len != STORE_HASH_BYTES)
        return false;
    head->property = (uint32_t)db_column_i64(rows, 0);
    head->seq = db_column_i64(rows, 1);
    memcpy(head->hash, hash.ptr, STORE_HASH_BYTES);
    return true;
}

enum db_status
check_heads(struct store *store, struct arena *arena, struct check_head **ret_heads, size_t *ret_count)
{
    struct db_rows *rows;
    size_t capacity = 0;
    *ret_heads = NULL;
    *ret_count = 0;
    enum db_status status = db_query(store->connection, STMT_HEAD_LIST, NULL, 0, &rows, &store->err);
    if (status != DB_OK)
        return status;
    while ((status = db_next(rows, &store->err)) == DB_ROW) {
        if (*ret_count == capacity) {
            capacity = capacity == 0 ? 8 : capacity * 2;
            struct check_head *wider = ARENA_ARRAY(arena, capacity, struct check_head);
            if (wider == NULL)
                break;
            if (*ret_count > 0)
                memcpy(wider, *ret_heads, *ret_count * sizeof(*wider));
            *ret_heads = wider;
        }
        if (!decode_head(rows, &(*ret_heads)[*ret_count]))
            break;
        ++*ret_count;
    }
    db_finish(rows);
    if (status == DB_ROW) {
        err_set(&store->err, ERR_DATA, "a head can't be read");
        return DB_FAILED;
    }
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
check_run(const struct check_settings *settings, struct check_report *ret_report)
{
    struct arena heads_arena, arena, page;
    arena_init(&heads_arena, settings->memory_limit);
    arena_init(&arena, settings->memory_limit);
    arena_init(&page, settings->memory_limit);
    *ret_report = (struct check_report){.violations = 0};
    struct check_run run = {.settings = settings,
                            .report = ret_report,
                            .store = settings->store,
                            .arena = &arena,
                            .page = &page,
                            .zones = zone_cache_new(ZONE_DIRECTORY)};
    struct check_head *heads;
    size_t head_count = 0;
    enum db_status status =
        run.zones == NULL ? check_out_of_memory(&run) : check_heads(settings->store, &heads_arena, &heads, &head_count);
    for (size_t i = 0; status == DB_OK && i < head_count; i++) {
        run.property = heads[i].property;
        ret_report->properties += run.property > 0;
        for (int rule = 0; status == DB_OK && rule < CHECK_RULE_COUNT; rule++)
            status = run_rule(&run, (enum check_rule)rule);
    }
    zone_cache_free(run.zones);
    arena_done(&heads_arena);
    arena_done(&arena);
    arena_done(&page);
    return status;
}
