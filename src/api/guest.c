/* Guests: read, put right, erased. What is told of one comes from the row and the request, never from the log. */
#include "api/guest_text.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state.h"

enum guest_field { GUEST_NAME = 1, GUEST_EMAIL = 2, GUEST_PHONE = 4 };

struct guest_change {
    struct guest_details details;
    unsigned fields; /* given, be it as null */
};

static const char *const read_only[] = {"id", "property_id", "erased_at", "created_at", "version", "seq", NULL};

/* Null takes away. */
static void
note(struct guest_change *change, unsigned field, enum shape_is is)
{
    if (is == SHAPE_SET || is == SHAPE_NULL)
        change->fields |= field;
}

void
guest_shape_amend(struct call *call, struct shape *query, struct shape *body)
{
    struct guest_change *change = call_ask(call, sizeof(*change));
    struct guest_details *details = &change->details;
    (void)query;
    note(change, GUEST_NAME, shape_str(shape_field(body, "name", SHAPE_OPTIONAL), 1, PART_NAME_MAX, &details->name));
    struct shape_field email = shape_field(body, "email", SHAPE_NULLABLE);
    enum shape_is is = shape_str(email, 1, PART_EMAIL_MAX, &details->email);
    if (is == SHAPE_SET && !part_is_email(details->email))
        (void)shape_refuse(email, "must be an address such as ada@example.org");
    note(change, GUEST_EMAIL, is);
    note(change, GUEST_PHONE,
         shape_str(shape_field(body, "phone", SHAPE_NULLABLE), 1, PART_PHONE_MAX, &details->phone));
    shape_read_only(body, read_only);
    call->engine.command.kind = COMMAND_AMEND_GUEST;
    call->engine.command.put_guest.guest = call->ids[0];
}

void
guest_shape_erase(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_ERASE_GUEST;
    call->engine.command.put_guest.guest = call->ids[0];
}

/* False when it was answered; one that is not there is the engine's to refuse, who may know the request already. */
static bool
find(struct call *call, struct reader *reader, struct guest *ret_guest)
{
    *ret_guest = (struct guest){.version = 0};
    enum db_status status = store_load_guest(&reader->store, call->property, call->ids[0], &reader->scratch, ret_guest);
    return status == DB_NO_ROW || (call_check(call, reader, status) && call_require_match(call, ret_guest->version));
}

void
guest_load_amend(struct call *call, struct reader *reader)
{
    struct guest present;
    const struct guest_change *change = call->asked;
    if (!find(call, reader, &present))
        return;
    struct guest_details whole = change->details;
    if ((change->fields & GUEST_NAME) == 0)
        whole.name = arena_copy_str(call->arena, present.details.name);
    if ((change->fields & GUEST_EMAIL) == 0)
        whole.email = arena_copy_str(call->arena, present.details.email);
    if ((change->fields & GUEST_PHONE) == 0)
        whole.phone = arena_copy_str(call->arena, present.details.phone);
    call->engine.command.put_guest.details = whole;
    if (present.version > 0)
        call_completed_from(call, present.version);
    call_submit(call);
}

void
guest_load_erase(struct call *call, struct reader *reader)
{
    struct guest present;
    if (find(call, reader, &present))
        call_submit(call);
}

void
guest_load_one(struct call *call, struct reader *reader)
{
    struct guest guest;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_guest(&reader->store, call->property, call->ids[0], &reader->scratch, &guest)))
        return;
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    state_write_guest(&writer, house->house.property, &guest);
    guest_text_add_members(&text, &guest.details);
    reply_text(call, &text, guest.version);
}
