/* Files for spreadsheets: what `nightlatch export` writes, with the same columns and the same guard against formulas.
 *
 * A reply has EXPORT_ROWS lines at most, and a Link field with where the rest begins; the columns are named in the
 * first part alone, so that the parts make one file. */
#include "api/export_row.h"
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/reply.h"
#include "store/store_list.h"
#include "store/store_words.h"

enum { EXPORT_ROWS = 5000, STEP = 250 };

struct export_page {
    struct call *call;
    struct reader *reader;
    const struct house *house;
    struct text text;
    struct id after; /* the last that was written */
    bool more;
};

void
export_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct page *page = call_ask(call, sizeof(*page));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    call_shape_cursor(call, query, ID_BYTES, &page->after);
}

/* False when it was answered. */
static bool
begin(struct export_page *page, struct call *call, struct reader *reader, enum export_kind kind)
{
    const struct house_entry *entry = call_house(call, reader);
    if (entry == NULL)
        return false;
    *page = (struct export_page){
        .call = call, .reader = reader, .house = &entry->house, .after = id_page_after(call->asked)};
    text_init(&page->text, call->arena, 1 << 14);
    if (id_is_none(page->after))
        export_row_header(&page->text, kind);
    return true;
}

static void
send_export(struct export_page *page)
{
    struct reply reply = {.status = 200, .type = STR("text/csv; charset=utf-8"), .body = text_str(&page->text)};
    unsigned char bytes[ID_BYTES];
    if (page->text.overflowed) {
        reply_refuse(page->call, OUTCOME_BUSY_RETRY);
        return;
    }
    if (page->more) {
        id_to_bytes(page->after, bytes);
        reply.next = call_write_cursor(page->call, bytes, sizeof(bytes));
    }
    reply_send(page->call, &reply);
}

void
export_load_room_types(struct call *call, struct reader *reader)
{
    struct export_page page;
    if (!begin(&page, call, reader, EXPORT_ROOM_TYPES))
        return;
    for (size_t i = 0; i < page.house->type_count; i++)
        export_row_room_type(&page.text, false, page.house, &page.house->types[i]);
    send_export(&page);
}

void
export_load_rooms(struct call *call, struct reader *reader)
{
    struct export_page page;
    if (!begin(&page, call, reader, EXPORT_ROOMS))
        return;
    if (call_check(call, reader, export_row_rooms(&page.text, false, page.house, &reader->store, &reader->scratch)))
        send_export(&page);
}

/* Writes up to STEP more and says how many there were. */
typedef enum db_status (*write_step)(struct export_page *page, size_t *ret_count);

static enum db_status
write_guests(struct export_page *page, size_t *ret_count)
{
    struct arena *arena = &page->reader->scratch;
    struct store_named_guest *guests;
    enum db_status status =
        store_page_guests(&page->reader->store, page->call->property, page->after, STEP, arena, &guests, ret_count);
    for (size_t i = 0; status == DB_OK && i < *ret_count; i++) {
        export_row_guest(&page->text, false, page->house, &guests[i].guest);
        page->after = guests[i].guest.id;
    }
    return status;
}

static enum db_status
write_bookings(struct export_page *page, size_t *ret_count)
{
    struct store_booking_filter filter = STORE_BOOKING_FILTER_ALL;
    struct arena *arena = &page->reader->scratch;
    struct booking *bookings;
    enum db_status status = store_list_bookings(&page->reader->store, page->call->property, &filter, page->after, STEP,
                                                arena, &bookings, ret_count);
    for (size_t i = 0; status == DB_OK && i < *ret_count; i++) {
        struct guest guest = {.version = 0};
        status = store_load_guest(&page->reader->store, page->call->property, bookings[i].guest, arena, &guest);
        if (status == DB_NO_ROW) /* erased */
            status = DB_OK;
        export_row_booking(&page->text, false, page->house, &bookings[i], &guest.details);
        page->after = bookings[i].id;
    }
    return status;
}

/* Step by step, so that no more is in memory than the lines that were written. */
static void
write_steps(struct call *call, struct reader *reader, enum export_kind kind, write_step write)
{
    struct export_page page;
    enum db_status status = DB_OK;
    size_t count = STEP;
    if (!begin(&page, call, reader, kind))
        return;
    for (int rows = 0; status == DB_OK && count == STEP && rows < EXPORT_ROWS; rows += STEP) {
        arena_reset(&reader->scratch);
        status = write(&page, &count);
    }
    page.more = count == STEP;
    if (call_check(call, reader, status))
        send_export(&page);
}

void
export_load_guests(struct call *call, struct reader *reader)
{
    write_steps(call, reader, EXPORT_GUESTS, write_guests);
}

void
export_load_bookings(struct call *call, struct reader *reader)
{
    write_steps(call, reader, EXPORT_BOOKINGS, write_bookings);
}
