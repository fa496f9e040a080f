/* A look for the booking and one for its guest; rooms are in the house that the reader keeps. */
#include "api/desk_names.h"

#include "api/call.h"
#include "api/reply.h"
#include "engine/state.h"
#include "store/store_closure.h"
#include "util/json_write.h"

struct str
desk_names_room(const struct house *house, struct id room)
{
    const struct room *found = id_is_none(room) ? NULL : house_find_room(house, room);
    return found == NULL ? STR("") : found->number;
}

static enum db_status
absent_is_fine(enum db_status status)
{
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
desk_names_of_booking(struct call *call, struct reader *reader, const struct house *house, struct id id,
                      struct desk_names *ret_names)
{
    struct booking booking;
    struct guest guest;
    *ret_names = (struct desk_names){.code = STR("")};
    enum db_status status = store_load_booking(&reader->store, call->property, id, &reader->scratch, &booking);
    if (status != DB_OK)
        return absent_is_fine(status);
    ret_names->code = booking.code;
    ret_names->room_number = desk_names_room(house, booking_room(&booking));
    status = store_load_guest(&reader->store, call->property, booking.guest, &reader->scratch, &guest);
    if (status == DB_OK)
        ret_names->guest_name = guest.details.name;
    return absent_is_fine(status);
}

bool
desk_names_of_state(struct call *call, struct reader *reader, struct id booking, struct str state,
                    struct desk_names *ret_names)
{
    const struct house_entry *house;
    if (reader == NULL)
        return false;
    enum db_status status = reader_house(reader, call->property, &house, NULL);
    if (status == DB_OK)
        status = desk_names_of_booking(call, reader, &house->house, booking, ret_names);
    if (status == DB_OK && state.len > 0)
        ret_names->room_number = desk_names_room(&house->house, state_room_of_booking(state));
    if (status != DB_OK)
        reply_log_failure(call, "what a booking is known by could not be looked up", status, &reader->store.err);
    return status == DB_OK;
}

static enum db_status
name_closure(struct call *call, struct reader *reader, struct id id, struct desk_names *ret_names)
{
    struct closure closure;
    struct free_text words;
    enum db_status status = store_load_closure(&reader->store, call->property, id, &reader->scratch, &closure);
    if (status != DB_OK)
        return absent_is_fine(status);
    ret_names->closure_kind = closure_kind_name(closure.kind);
    status = store_load_text(&reader->store, call->property, closure.reason, &reader->scratch, &words);
    if (status == DB_OK)
        ret_names->reason = words.content;
    return absent_is_fine(status);
}

/* The room is the claim's: of a booking that moves, the part of its stay that is in the way. */
static enum db_status
name_claim(struct call *call, struct reader *reader, const struct house *house, const struct claim *claim,
           struct desk_names *ret_names)
{
    enum db_status status = DB_OK;
    *ret_names = (struct desk_names){.code = STR("")};
    if (claim->owner_kind == CLAIM_OF_BOOKING)
        status = desk_names_of_booking(call, reader, house, claim->owner, ret_names);
    else if (claim->owner_kind == CLAIM_OF_CLOSURE)
        status = name_closure(call, reader, claim->owner, ret_names);
    ret_names->room_number = desk_names_room(house, claim->room);
    return status;
}

const struct desk_names *
desk_names_in_the_way(struct call *call, struct reader *reader, const struct refusal *refusal)
{
    const struct house_entry *house;
    size_t count = refusal->in_the_way_count;
    struct desk_names *names = ARENA_ARRAY(&reader->scratch, count, struct desk_names);
    enum db_status status = reader_house(reader, call->property, &house, NULL);
    for (size_t i = 0; names != NULL && status == DB_OK && i < count; i++)
        status = name_claim(call, reader, &house->house, &refusal->in_the_way[i], &names[i]);
    if (status == DB_OK)
        return names;
    reply_log_failure(call, "who is in the way could not be looked up", status, &reader->store.err);
    return NULL;
}

void
desk_names_write(struct json_writer *writer, enum claim_owner of, const struct desk_names *names)
{
    if (of == CLAIM_OF_BOOKING) {
        json_member_str_if(writer, "code", names->code);
        json_member_str_if(writer, "guest_name", names->guest_name);
    }
    json_member_str_if(writer, "room_number", names->room_number);
    if (of == CLAIM_OF_CLOSURE) {
        json_member_str_if(writer, "closure_kind", names->closure_kind);
        json_member_str_if(writer, "reason", names->reason);
    }
}

void
desk_names_add(struct text *text, const struct desk_names *names)
{
    struct json_writer writer;
    size_t at = json_text_more_begin(text, &writer);
    json_member_str_if(&writer, "guest_name", names->guest_name);
    json_member_str_if(&writer, "room_number", names->room_number);
    json_text_more_end(&writer, at);
}
