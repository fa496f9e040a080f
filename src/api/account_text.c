/* The member `account`. */
#include "api/account_text.h"

#include "engine/ledger_load.h"
#include "store/store_payment.h"

void
account_write(struct json_writer *writer, const struct ledger_summary *summary)
{
    json_write_object_begin(writer);
    json_member_i64_or_null(writer, "charge", summary->charge.known, summary->charge.minor);
    json_member_i64(writer, "paid", summary->paid);
    json_member_i64(writer, "refunded", summary->refunded);
    json_member_i64(writer, "refund_due", summary->refund_due);
    json_member_i64_or_null(writer, "balance_due", summary->charge.known, summary->balance_due);
    json_write_object_end(writer);
}

static void
add(struct text *text, const struct ledger_summary *summary)
{
    struct json_writer writer;
    json_text_reopen(text);
    text_put(text, STR(",\"account\":"));
    json_writer_init(&writer, text);
    account_write(&writer, summary);
    text_put_char(text, '}');
}

void
account_text_add(struct text *text, struct ledger ledger, const struct booking *booking)
{
    struct ledger_summary summary = ledger_summary_of_booking(ledger, booking);
    add(text, &summary);
}

void
account_text_add_group(struct text *text, struct ledger ledger, struct id group)
{
    struct ledger_summary summary = ledger_summary_of_group(ledger, group);
    add(text, &summary);
}

static enum db_status
add_of_booking(struct text *text, struct reader *reader, uint32_t property, struct id id)
{
    struct booking booking;
    struct ledger ledger;
    enum db_status status = store_load_booking(&reader->store, property, id, &reader->scratch, &booking);
    if (status == DB_OK)
        status = ledger_load(&reader->store, property, &booking, &reader->scratch, &ledger);
    if (status == DB_OK)
        account_text_add(text, ledger, &booking);
    return status;
}

static enum db_status
add_of_group(struct text *text, struct reader *reader, uint32_t property, struct id id)
{
    struct booking *bookings;
    struct ledger ledger;
    size_t count;
    enum db_status status =
        store_list_group_bookings(&reader->store, property, id, &reader->scratch, &bookings, &count);
    if (status == DB_OK)
        status = ledger_load_group(&reader->store, property, id, bookings, count, &reader->scratch, &ledger);
    if (status == DB_OK)
        account_text_add_group(text, ledger, id);
    return status;
}

enum db_status
account_text_add_of_payment(struct text *text, struct reader *reader, uint32_t property, struct id payment)
{
    struct payment found;
    enum db_status status = store_load_payment(&reader->store, property, payment, &reader->scratch, &found);
    if (status == DB_OK)
        status = id_is_none(found.group) ? add_of_booking(text, reader, property, found.booking)
                                         : add_of_group(text, reader, property, found.group);
    return status == DB_NO_ROW ? DB_OK : status;
}
