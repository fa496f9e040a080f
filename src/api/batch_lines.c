/* One request of the engine, used for a line after another: the answer to one is named by a reader, which sends the
 * next. */
#include "api/batch_lines.h"

#include <sodium.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/named_refusal.h"
#include "api/reply.h"
#include "util/json_write.h"

enum { LINE_TEXT = 1536 };

struct batch_lines {
    struct reader_job job; /* first: a reader gives it back */
    struct call *call;
    struct engine_request engine; /* of the line that is under way */
    size_t at, done, already;     /* the line; how many came true, and were true before */
    struct text text;
};

static void send_next(struct batch_lines *lines, struct reader *reader);

static void
line_key(const struct call *call, size_t line, unsigned char ret_key[STORE_KEY_BYTES])
{
    uint64_t number = line;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, STORE_KEY_BYTES);
    crypto_generichash_update(&state, call->engine.key, STORE_KEY_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)&number, sizeof(number));
    crypto_generichash_final(&state, ret_key, STORE_KEY_BYTES);
}

/* --- a key that was used for something else --- */

static enum db_status
find_other(struct call *call, struct reader *reader, const unsigned char key[STORE_KEY_BYTES], bool *ret_other)
{
    struct store_idempotency record;
    enum db_status status = store_find_idempotency(&reader->store, call->property, key, &record);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    *ret_other |= record.at > call_now_ms(call) - ENGINE_KEY_KEPT_MS &&
                  memcmp(record.request, call->engine.fingerprint, STORE_KEY_BYTES) != 0;
    return DB_OK;
}

bool
batch_lines_refuse_reused(struct call *call, struct reader *reader, bool one_by_one)
{
    unsigned char key[STORE_KEY_BYTES];
    size_t count = call->engine.command.booking_batch.count;
    bool other = false;
    if (!call->engine.has_key || call->dry_run)
        return false;
    call_take_fingerprint(call);
    enum db_status status = one_by_one ? find_other(call, reader, call->engine.key, &other) : DB_OK;
    for (size_t i = 0; status == DB_OK && !other && i < count; i++) {
        line_key(call, i, key);
        status = find_other(call, reader, key, &other);
    }
    if (!call_check(call, reader, status))
        return true;
    if (other)
        reply_refuse(call, OUTCOME_IDEMPOTENCY_KEY_REUSED);
    return other;
}

/* --- lines --- */

static struct id
booking_of(const struct batch_lines *lines)
{
    return lines->call->engine.command.booking_batch.items[lines->at].booking;
}

/* {"booking_id":"bkg_...","status":200 and the booking's names, as `state` shows it; and with this member, whose value
 * and end are the caller's to add. */
static void
begin_result(struct batch_lines *lines, struct reader *reader, int status, struct str state, const char *member)
{
    struct call *call = lines->call;
    struct json_writer writer;
    struct desk_names names;
    if (lines->at > 0)
        text_put_char(&lines->text, ',');
    json_writer_init(&writer, &lines->text);
    json_write_object_begin(&writer);
    json_member_id(&writer, "booking_id", ID_BOOKING, call->property, booking_of(lines));
    json_member_i64(&writer, "status", status);
    if (desk_names_of_state(call, reader, booking_of(lines), state, &names))
        desk_names_write(&writer, CLAIM_OF_BOOKING, &names);
    json_write_key(&writer, member);
}

static void
put_done(struct batch_lines *lines, struct reader *reader)
{
    const struct engine_result *result = &lines->engine.result;
    begin_result(lines, reader, 200, render_state_of(result, booking_of(lines)), "booking");
    render_put_booking(&lines->text, result, booking_of(lines));
    text_put_char(&lines->text, '}');
    lines->done++;
}

/* Of a group those who are there already have what is asked for. */
static bool
is_there_already(const struct batch_lines *lines, const struct refusal *refusal)
{
    const struct booking_batch *batch = &lines->call->engine.command.booking_batch;
    return !batch->from_items && refusal->outcome == OUTCOME_INVALID_TRANSITION &&
           refusal->booking_status == command_group_leads_to(batch->step);
}

static void
put_already(struct batch_lines *lines, struct reader *reader)
{
    begin_result(lines, reader, 200, STR(""), "already");
    text_put(&lines->text, STR("true"));
    text_put_char(&lines->text, '}');
    lines->already++;
}

/* A field at fault is that of the line, where the caller wrote lines. */
static void
put_refused(struct batch_lines *lines, struct reader *reader, struct refusal refusal)
{
    struct call *call = lines->call;
    struct text pointer;
    if (refusal.pointer != NULL && call->engine.command.booking_batch.from_items) {
        text_init(&pointer, call->arena, 48);
        text_put_format(&pointer, "/items/%zu%s", lines->at, refusal.pointer);
        text_put_char(&pointer, '\0');
        refusal.pointer = pointer.overflowed ? NULL : text_str(&pointer).ptr;
    }
    begin_result(lines, reader, outcome_info(refusal.outcome)->http_status, STR(""), "problem");
    text_put(&lines->text, reply_refusal_text(call, &refusal, named_refusal_look_up(call, reader, &refusal)));
    text_put_char(&lines->text, '}');
}

static void
finish(struct batch_lines *lines)
{
    size_t count = lines->call->engine.command.booking_batch.count;
    text_put_format(&lines->text, "],\"done\":%zu,\"already\":%zu,\"refused\":%zu}", lines->done, lines->already,
                    count - lines->done - lines->already);
    reply_text(lines->call, &lines->text, 0);
}

static void
take_result(struct batch_lines *lines, struct reader *reader)
{
    if (lines->engine.result.refusal.outcome == OUTCOME_OK)
        put_done(lines, reader);
    else if (is_there_already(lines, &lines->engine.result.refusal))
        put_already(lines, reader);
    else
        put_refused(lines, reader, lines->engine.result.refusal);
    engine_request_done(&lines->engine);
    lines->at++;
    send_next(lines, reader);
}

static void
run(struct reader_job *job, struct reader *reader, const struct err *err)
{
    (void)err; /* without a snapshot the line goes without names */
    take_result((struct batch_lines *)(void *)job, reader);
}

/* The engine's thread, which reads nothing for a reply. */
static void
on_line_done(struct engine_request *engine)
{
    struct batch_lines *lines = engine->user;
    lines->call->on_engine = true;
    lines->job.run = run;
    if (!call_hand_to_reader(lines->call, &lines->job))
        take_result(lines, NULL);
}

static void
prepare(struct batch_lines *lines)
{
    const struct call *call = lines->call;
    struct engine_request *engine = &lines->engine;
    *engine = (struct engine_request){.command = command_of_line(&call->engine.command, lines->at),
                                      .has_key = call->engine.has_key,
                                      .dry_run = call->dry_run,
                                      .request_id = call->request_id,
                                      .done = on_line_done,
                                      .user = lines};
    engine->command.actor = (struct actor){.name = call->actor, .role = call->role, .trusted = call->trusted};
    engine->command.property = call->property;
    line_key(call, lines->at, engine->key);
    memcpy(engine->fingerprint, call->engine.fingerprint, STORE_KEY_BYTES);
}

static void
send_next(struct batch_lines *lines, struct reader *reader)
{
    struct call *call = lines->call;
    for (; lines->at < call->engine.command.booking_batch.count; lines->at++) {
        prepare(lines);
        if (engine_submit(call->api->settings.engine, &lines->engine))
            return;
        put_refused(lines, reader, (struct refusal){.outcome = OUTCOME_BUSY_RETRY});
    }
    finish(lines);
}

void
batch_lines_start(struct call *call, struct reader *reader)
{
    size_t count = call->engine.command.booking_batch.count;
    struct batch_lines *lines = ARENA_NEW(call->arena, struct batch_lines);
    if (lines == NULL) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    lines->call = call;
    text_init(&lines->text, call->arena, count * LINE_TEXT + 64);
    text_put(&lines->text, STR("{\"items\":["));
    send_next(lines, reader);
}
