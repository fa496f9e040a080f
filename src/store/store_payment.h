/* Payments, refunds and what a provider said: the rows of money. The rules of store.h hold here too. */
#ifndef NIGHTLATCH_STORE_STORE_PAYMENT_H
#define NIGHTLATCH_STORE_STORE_PAYMENT_H

#include "store/store.h"

/* --- one; DB_NO_ROW when absent --- */
enum db_status store_load_payment(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                  struct payment *ret_payment) STORE_CHECKED;
/* A provider's payment by the provider's id of it. */
enum db_status store_load_payment_by_reference(struct store *store, uint32_t property, struct str reference,
                                               struct arena *arena, struct payment *ret_payment) STORE_CHECKED;
enum db_status store_load_refund(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                 struct refund *ret_refund) STORE_CHECKED;
enum db_status store_load_set_aside(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                    struct set_aside *ret_set_aside) STORE_CHECKED;
enum db_status store_load_provider(struct store *store, uint32_t property, struct arena *arena,
                                   struct payment_provider *ret_provider) STORE_CHECKED;
/* `event` is borrowed by the result. */
enum db_status store_load_notice(struct store *store, uint32_t property, struct str event,
                                 struct payment_notice_seen *ret_seen) STORE_CHECKED;

/* --- several, in order of id --- */
/* For this booking, or for this group; the other is none. */
enum db_status store_list_payments(struct store *store, uint32_t property, struct id booking, struct id group,
                                   struct arena *arena, struct payment **ret_payments, size_t *ret_count) STORE_CHECKED;
enum db_status store_list_refunds(struct store *store, uint32_t property, struct id payment, struct arena *arena,
                                  struct refund **ret_refunds, size_t *ret_count) STORE_CHECKED;
enum store_refunds {
    STORE_REFUNDS_OPEN,     /* due or on their way */
    STORE_REFUNDS_IN_DOUBT, /* of these, those that may have gone back */
    STORE_REFUNDS_FAILED,   /* of a payment of which something is left that is not to go back by another */
};
enum db_status store_list_refunds_that(struct store *store, uint32_t property, enum store_refunds are, struct id after,
                                       int64_t limit, struct arena *arena, struct refund **ret_refunds,
                                       size_t *ret_count) STORE_CHECKED;
enum db_status store_page_payments(struct store *store, uint32_t property, struct id after, int64_t limit,
                                   struct arena *arena, struct payment **ret_payments, size_t *ret_count) STORE_CHECKED;
enum db_status store_page_refunds(struct store *store, uint32_t property, struct id after, int64_t limit,
                                  struct arena *arena, struct refund **ret_refunds, size_t *ret_count) STORE_CHECKED;
enum db_status store_page_set_aside(struct store *store, uint32_t property, bool open, struct id after, int64_t limit,
                                    struct arena *arena, struct set_aside **ret_items, size_t *ret_count) STORE_CHECKED;

/* --- changes; only the engine's apply() calls these. Version 1 inserts. --- */
enum db_status store_put_payment(struct store *store, uint32_t property, const struct payment *payment) STORE_CHECKED;
enum db_status store_put_refund(struct store *store, uint32_t property, const struct refund *refund) STORE_CHECKED;
enum db_status store_put_set_aside(struct store *store, uint32_t property, const struct set_aside *aside) STORE_CHECKED;
enum db_status store_put_provider(struct store *store, uint32_t property,
                                  const struct payment_provider *provider) STORE_CHECKED;
enum db_status store_insert_notice(struct store *store, uint32_t property,
                                   const struct payment_notice_seen *seen) STORE_CHECKED;

#endif
