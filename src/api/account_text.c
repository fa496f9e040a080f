/* The member `account`. */
#include "api/account_text.h"

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
