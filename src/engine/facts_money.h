/* The money part of facts: which account a command is about, and all that is paid, owed and on its way in it.
 *
 * For facts_load.c. Inside the transaction that will write. */
#ifndef NIGHTLATCH_ENGINE_FACTS_MONEY_H
#define NIGHTLATCH_ENGINE_FACTS_MONEY_H

#include "engine/facts_load.h"

/* What a command about money names leads to: its provider, what was set aside, the event it has seen before; and the
 * bookings of its account, in *ret_ids (in the arena), in order. No ids where there is no account. */
enum db_status facts_find_account(const struct facts_load *load, struct facts *facts, struct id **ret_ids,
                                  size_t *ret_count) STORE_CHECKED;

/* The other bookings of the group of a booking that something was paid for: their ids, in *ret_ids. */
enum db_status facts_find_group(const struct facts_load *load, const struct booking *booking, struct id **ret_ids,
                                size_t *ret_count) STORE_CHECKED;

/* The payments of all bookings of the facts that anything was paid for, and of their groups, with their refunds. Once
 * all bookings are there. */
enum db_status facts_load_payments(const struct facts_load *load, struct facts *facts) STORE_CHECKED;

#endif
