/* Pages by id. */
#include "api/id_page.h"

#include "api/reply.h"

struct id
id_page_after(const struct page *page)
{
    return page->after.len == ID_BYTES ? id_from_bytes((const unsigned char *)page->after.ptr) : ID_NONE;
}

void
id_page_begin(struct id_page *list, struct call *call, const struct page *page)
{
    *list = (struct id_page){.call = call, .after = id_page_after(page), .left = page->limit};
    text_init(&list->text, call->arena, (size_t)4 * ID_PAGE_ITEM);
    json_writer_init(&list->writer, &list->text);
    json_write_object_begin(&list->writer);
    json_member_array_begin(&list->writer, "items");
}

bool
id_page_takes(struct id_page *list, struct id id)
{
    if (list->more || id_compare(id, list->after) <= 0)
        return false;
    if (list->left == 0) {
        list->more = true;
        return false;
    }
    list->left--;
    list->last = id;
    return true;
}

void
id_page_send(struct id_page *list)
{
    struct str next = {NULL, 0};
    unsigned char bytes[ID_BYTES];
    json_write_array_end(&list->writer);
    if (list->more) {
        id_to_bytes(list->last, bytes);
        next = call_write_cursor(list->call, bytes, sizeof(bytes));
    }
    json_member_str_or_null(&list->writer, "next", next);
    json_write_object_end(&list->writer);
    reply_text(list->call, &list->text, 0);
}
