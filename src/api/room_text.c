/* What is going on in the room is read in the job's snapshot, as its house is. */
#include "api/room_text.h"

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
