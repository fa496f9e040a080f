/* The member `guest`. */
#include "api/guest_text.h"

#include <assert.h>

#include "util/json_write.h"

/* Who was erased has no name, and is told as what they are. */
static void
write_members(struct json_writer *writer, const struct guest_details *details)
{
    json_member_str(writer, "name", details->name.len > 0 ? details->name : STR("Erased guest"));
    json_member_str_if(writer, "email", details->email);
    json_member_str_if(writer, "phone", details->phone);
}

static void
write_guest(struct json_writer *writer, struct str id, const struct guest_details *details)
{
    json_write_object_begin(writer);
    json_member_str(writer, "id", id);
    if (details != NULL)
        write_members(writer, details);
    json_write_object_end(writer);
}

void
guest_text_add(struct text *text, struct str id, const struct guest_details *details)
{
    struct json_writer writer;
    json_text_reopen(text);
    text_put(text, STR(",\"guest\":"));
    json_writer_init(&writer, text);
    write_guest(&writer, id, details);
    text_put_char(text, '}');
}

void
guest_text_add_party(struct text *text, const struct guest_shown *guests, size_t count)
{
    struct json_writer writer;
    assert(count > 0);
    guest_text_add(text, guests[0].id, guests[0].details);
    json_text_reopen(text);
    text_put(text, STR(",\"guests\":"));
    json_writer_init(&writer, text);
    json_write_array_begin(&writer);
    for (size_t i = 0; i < count; i++)
        write_guest(&writer, guests[i].id, guests[i].details);
    json_write_array_end(&writer);
    text_put_char(text, '}');
}

void
guest_text_add_members(struct text *text, const struct guest_details *details)
{
    struct json_writer writer;
    size_t at = json_text_more_begin(text, &writer);
    write_members(&writer, details);
    json_text_more_end(&writer, at);
}
