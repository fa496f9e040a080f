/* Rendering and chaining of events. */
#include "engine/event_log.h"

#include <sodium.h>

#include "engine/state.h"
#include "engine/upcast.h"
#include "util/json_write.h"

/* The log as it stands, as two members more of the object that the text ends with. */
static void
add_head(struct text *text, const struct store_head *head)
{
    char hex[2 * STORE_HASH_BYTES + 1];
    if (text->overflowed)
        return;
    sodium_bin2hex(hex, sizeof(hex), head->hash, STORE_HASH_BYTES);
    text->len--;
    text_put_format(text, ",\"head_seq\":%lld,\"head_hash\":\"%s\"}", (long long)head->seq, hex);
}

bool
event_log_render(const struct event *event, const struct store_head *head, uint32_t property, const struct house *house,
                 int64_t at_ms, struct str actor, struct str request_id, struct arena *arena,
                 struct store_event *ret_row)
{
    struct text text;
    struct json_writer writer;
    text_init(&text, arena, 1024);
    json_writer_init(&writer, &text);
    state_write_event_state(&writer, property, house, event);
    if (event->records_head)
        add_head(&text, head);
    if (text.overflowed)
        return false;
    *ret_row = (struct store_event){
        .at = at_ms,
        .kind = event->kind,
        .subject_kind = str_from(id_kind_prefix(event->subject_kind)),
        .subject = event->subject,
        .actor = actor,
        .from = event->from,
        .to = event->to,
        .reason_id = event->reason == NULL ? ID_NONE : event->reason->id,
        .reason = event->reason == NULL ? STR("") : event->reason->content,
        .request_id = request_id,
        .v = EVENT_VERSION,
        .body = text_str(&text),
    };
    return true;
}

static void
hash_i64(crypto_generichash_state *state, int64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * (7 - i)));
    crypto_generichash_update(state, bytes, sizeof(bytes));
}

static void
hash_str(crypto_generichash_state *state, struct str value)
{
    hash_i64(state, (int64_t)value.len);
    crypto_generichash_update(state, (const unsigned char *)value.ptr, value.len);
}

/* What can be erased is not hashed: of a reason that is a text of its own the id, marked by a length that no string
 * has. Where the log itself has the words, they are what it was hashed with. */
static void
hash_reason(crypto_generichash_state *state, const struct store_event *row)
{
    unsigned char id[ID_BYTES];
    if (id_is_none(row->reason_id)) {
        hash_str(state, row->reason);
        return;
    }
    id_to_bytes(row->reason_id, id);
    hash_i64(state, -1);
    crypto_generichash_update(state, id, sizeof(id));
}

void
event_log_hash(const unsigned char previous[STORE_HASH_BYTES], uint32_t property, const struct store_event *row,
               unsigned char ret_hash[STORE_HASH_BYTES])
{
    crypto_generichash_state state;
    unsigned char subject[ID_BYTES];
    id_to_bytes(row->subject, subject);
    crypto_generichash_init(&state, NULL, 0, STORE_HASH_BYTES);
    crypto_generichash_update(&state, previous, STORE_HASH_BYTES);
    hash_i64(&state, property);
    hash_i64(&state, row->seq);
    hash_i64(&state, row->at);
    hash_str(&state, row->kind);
    hash_str(&state, row->subject_kind);
    crypto_generichash_update(&state, subject, sizeof(subject));
    hash_str(&state, row->actor);
    hash_str(&state, row->from);
    hash_str(&state, row->to);
    hash_reason(&state, row);
    hash_str(&state, row->request_id);
    hash_i64(&state, row->v);
    hash_str(&state, row->body);
    crypto_generichash_final(&state, ret_hash, STORE_HASH_BYTES);
}

void
event_log_chain(struct store_head *head, uint32_t property, struct store_event *row)
{
    row->seq = head->seq + 1;
    event_log_hash(head->hash, property, row, row->hash);
    head->seq = row->seq;
    memcpy(head->hash, row->hash, STORE_HASH_BYTES);
}
