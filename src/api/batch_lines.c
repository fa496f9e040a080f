/* One request of the engine, used for a line after another: the answer to one sends the next. */
#include "api/batch_lines.h"

#include <sodium.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "util/json_write.h"

enum { LINE_TEXT = 1536 };

struct batch_lines {
    struct call *call;
    struct engine_request engine; /* of the line that is under way */
    size_t at, done;              /* the line; how many came true */
    struct text text;
};

static void send_next(struct batch_lines *lines);

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

/* {"booking_id":"bkg_...","status":200, and what follows is the caller's to add. */
static void
begin_result(struct batch_lines *lines, int status)
{
    const struct call *call = lines->call;
    char id[ID_TEXT_SIZE];
    id_format(ID_BOOKING, call->property, call->engine.command.booking_batch.items[lines->at].booking, id);
    text_put_format(&lines->text, "%s{\"booking_id\":\"%s\",\"status\":%d,", lines->at == 0 ? "" : ",", id, status);
}

static void
put_done(struct batch_lines *lines)
{
    begin_result(lines, 200);
    text_put(&lines->text, STR("\"booking\":"));
    render_put_booking(&lines->text, &lines->engine.result,
                       lines->call->engine.command.booking_batch.items[lines->at].booking);
    text_put_char(&lines->text, '}');
    lines->done++;
}

/* A field at fault is that of the line, where the caller wrote lines. */
static void
put_refused(struct batch_lines *lines, struct refusal refusal)
{
    struct call *call = lines->call;
    struct text pointer;
    if (refusal.pointer != NULL && call->engine.command.booking_batch.from_items) {
        text_init(&pointer, call->arena, 48);
        text_put_format(&pointer, "/items/%zu%s", lines->at, refusal.pointer);
        text_put_char(&pointer, '\0');
        refusal.pointer = pointer.overflowed ? NULL : text_str(&pointer).ptr;
    }
    begin_result(lines, outcome_info(refusal.outcome)->http_status);
    text_put(&lines->text, STR("\"problem\":"));
    text_put(&lines->text, reply_refusal_text(call, &refusal, NULL));
    text_put_char(&lines->text, '}');
}

static void
finish(struct batch_lines *lines)
{
    size_t count = lines->call->engine.command.booking_batch.count;
    text_put_format(&lines->text, "],\"done\":%zu,\"refused\":%zu}", lines->done, count - lines->done);
    reply_text(lines->call, &lines->text, 0);
}

/* The engine's thread. */
static void
on_line_done(struct engine_request *engine)
{
    struct batch_lines *lines = engine->user;
    lines->call->on_engine = true;
    if (engine->result.refusal.outcome == OUTCOME_OK)
        put_done(lines);
    else
        put_refused(lines, engine->result.refusal);
    engine_request_done(engine);
    lines->at++;
    send_next(lines);
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
send_next(struct batch_lines *lines)
{
    struct call *call = lines->call;
    for (; lines->at < call->engine.command.booking_batch.count; lines->at++) {
        prepare(lines);
        if (engine_submit(call->api->settings.engine, &lines->engine))
            return;
        put_refused(lines, (struct refusal){.outcome = OUTCOME_BUSY_RETRY});
    }
    finish(lines);
}

void
batch_lines_start(struct call *call)
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
    send_next(lines);
}
