/* An account out of the store: all its bookings, payments and refunds, for whoever sums them up (core/ledger.h). */
#ifndef NIGHTLATCH_ENGINE_LEDGER_LOAD_H
#define NIGHTLATCH_ENGINE_LEDGER_LOAD_H

#include "core/ledger.h"
#include "store/store.h"

struct ledger_lists {
    struct payment *payments;
    size_t payment_count;
    struct refund *refunds;
    size_t refund_count;
};

/* Puts the payments for this booking (group none) or this group itself (booking none) behind those of the lists, with
 * their refunds. */
enum db_status ledger_add_payments(struct store *store, uint32_t property, struct id booking, struct id group,
                                   struct arena *arena, struct ledger_lists *lists) STORE_CHECKED;

/* The whole account that a booking is of: with the others of its group, where it has one. In one transaction, for one
 * point in time. */
enum db_status ledger_load(struct store *store, uint32_t property, const struct booking *booking, struct arena *arena,
                           struct ledger *ret_ledger) STORE_CHECKED;

/* The account of a group whose bookings are known; they stay the caller's. */
enum db_status ledger_load_group(struct store *store, uint32_t property, struct id group,
                                 const struct booking *bookings, size_t booking_count, struct arena *arena,
                                 struct ledger *ret_ledger) STORE_CHECKED;

#endif
