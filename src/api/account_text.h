/* What was paid, goes back and is still owed, inside a booking or group: sums of now, beside a state that is kept for
 * ever without them. */
#ifndef NIGHTLATCH_API_ACCOUNT_TEXT_H
#define NIGHTLATCH_API_ACCOUNT_TEXT_H

#include "api/reader_pool.h"
#include "base/text.h"
#include "core/ledger.h"
#include "util/json_write.h"

/* Reopens the object that `text` ends with, and closes it again with one member more:
 * "account":{"charge":...,"paid":...,"refunded":...,"refund_due":...,"balance_due":...}, minor units; "charge"
 * and "balance_due" null where no price is known. Of a booking: what was paid for it by itself; its balance is what its
 * guests have to pay before they leave, as a check-out asks for it. Of a group: of all its bookings. The ledger has the
 * account whole. */
void account_text_add(struct text *text, struct ledger ledger, const struct booking *booking);
void account_text_add_group(struct text *text, struct ledger ledger, struct id group);

/* The account of what a payment is for, its booking or its group, as either is read now. `text` stays as it is where
 * that fails, or where the payment is not there. */
enum db_status account_text_add_of_payment(struct text *text, struct reader *reader, uint32_t property,
                                           struct id payment) STORE_CHECKED;

/* What stands under "account". */
void account_write(struct json_writer *writer, const struct ledger_summary *summary);

#endif
