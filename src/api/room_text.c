/* What is going on in the room is read in the job's snapshot, as its house is. */
#include "api/room_text.h"

#include "api/desk_names.h"
#include "api/reply.h"
#include "engine/state.h"

/* The words of a text; empty for none, and for one that was erased. */
static enum db_status
find_words(struct call *call, struct reader *reader, struct id text, struct str *ret_words)
{
    struct free_text found = {.content = STR("")};
    enum db_status status = DB_OK;
    if (!id_is_none(text))
        status = store_load_text(&reader->store, call->property, text, &reader->scratch, &found);
    *ret_words = found.content;
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
room_text_write(struct call *call, struct reader *reader, struct json_writer *writer, const struct property *property,
                const struct room *room, struct room_state *ret_state)
{
    struct state_room_view view = {.hides_occupant = (ROLES_SEE_LOG & ROLE_BIT(call->role)) == 0};
    enum db_status status = store_load_room_state(&reader->store, call->property, room->id, ret_state);
    if (status == DB_OK)
        status = find_words(call, reader, ret_state->fault, &view.fault);
    if (status == DB_OK)
        status = find_words(call, reader, ret_state->note, &view.note);
    if (status == DB_OK)
        state_write_room_for(writer, property, room, ret_state, &view);
    return status;
}

/* --- in an event --- */

#define NOTE_ID STR("\"note_id\":\"")
#define AFFECTED STR("\"affected\":[")

bool
room_text_wants_reader(struct str body)
{
    return state_find_member(body, NOTE_ID).len > 0;
}

/* A dry run has stored nothing, so that what came with the request is only there. */
static struct str
words_of_text(struct call *call, struct reader *reader, struct str public, bool of_fault)
{
    const struct command *command = &call->engine.command;
    struct str words = STR("");
    enum id_kind kind;
    uint32_t property;
    struct id id;
    if (command->kind == (of_fault ? COMMAND_REPORT_MAINTENANCE : COMMAND_SET_ROOM_NOTE))
        return command->room_step.note;
    if (reader == NULL || !id_parse(public, &kind, &property, &id))
        return words;
    enum db_status status = find_words(call, reader, id, &words);
    if (status != DB_OK)
        reply_log_failure(call, "the words of a room could not be looked up", status, &reader->store.err);
    return words;
}

static void
put_with_words(struct text *text, struct call *call, struct reader *reader, struct str body)
{
    struct json_writer writer;
    bool of_fault = state_find_member(body, STR("\"fault\":{")).len > 0;
    for (;;) {
        struct str id = state_find_member(body, NOTE_ID);
        if (id.len <= ID_TEXT_LEN)
            break;
        const char *after = id.ptr + ID_TEXT_LEN + 1; /* the quote */
        struct str words = words_of_text(call, reader, str_of(id.ptr, ID_TEXT_LEN), of_fault);
        of_fault = false; /* it comes first */
        text_put(text, str_of(body.ptr, (size_t)(after - body.ptr)));
        if (words.len > 0) {
            text_put(text, STR(",\"note\":"));
            json_writer_init(&writer, text);
            json_write_str(&writer, words);
        }
        body = str_of(after, (size_t)(body.ptr + body.len - after));
    }
    text_put(text, body);
}

static void
write_affected(struct json_writer *writer, struct call *call, struct reader *reader, struct str public)
{
    struct desk_names names;
    enum id_kind kind;
    uint32_t property;
    struct id id;
    if (!id_parse(public, &kind, &property, &id) || !desk_names_of_state(call, reader, id, STR(""), &names))
        return;
    json_write_object_begin(writer);
    json_member_str(writer, "booking_id", public);
    json_member_str_if(writer, "code", names.code);
    json_member_str_if(writer, "guest_name", names.guest_name);
    json_write_object_end(writer);
}

/* `body` has them as ids, one behind the other. */
static void
add_affected(struct text *text, struct call *call, struct reader *reader, struct str body)
{
    struct json_writer writer;
    struct str rest = state_find_member(body, AFFECTED);
    bool sees = (ROLES_SEE_LOG & ROLE_BIT(call->role)) != 0;
    if (rest.len == 0 || reader == NULL || !sees)
        return;
    size_t at = json_text_more_begin(text, &writer);
    json_member_array_begin(&writer, "affected_bookings");
    while (rest.len > ID_TEXT_LEN + 2 && rest.ptr[0] == '"') {
        write_affected(&writer, call, reader, str_of(rest.ptr + 1, ID_TEXT_LEN));
        rest = str_of(rest.ptr + ID_TEXT_LEN + 2, rest.len - ID_TEXT_LEN - 2); /* and its quotes */
        if (rest.ptr[0] == ',')
            rest = str_of(rest.ptr + 1, rest.len - 1);
    }
    json_write_array_end(&writer);
    json_text_more_end(&writer, at);
}

void
room_text_put_logged(struct text *text, struct call *call, struct reader *reader, struct str body)
{
    put_with_words(text, call, reader, body);
    add_affected(text, call, reader, body);
}
