/* What was taken and given back, one movement after the other, as the log has it.
 *
 * A payment's row says what it has come to; when each part of that came, and through whom, only the log knows. So a day
 * or a shift is told from the log: each event of a payment by which its captured or refunded amount rose is a movement
 * of so much. What was set aside, failed or was called off moved nothing. For whoever shows or writes it; it refuses to
 * add anything up. */
#ifndef NIGHTLATCH_ENGINE_TAKINGS_H
#define NIGHTLATCH_ENGINE_TAKINGS_H

#include "store/store.h"

/* One movement. Texts are in the arena it was read with. */
struct taking {
    int64_t seq, at; /* of its event; ms */
    struct str actor;
    struct payment payment;     /* as it was then */
    int64_t captured, refunded; /* by how much each rose, minor units; one of them is > 0 */
};

/* Where a walk through them stands; begins with the instants, which are half-open, and zeroes. */
struct takings {
    const struct property *property; /* whose log it is; not owned */
    int64_t from, until;             /* ms */
    int64_t at, seq;                 /* the last event that was read */
    bool done;
};

/* Reads on, in order of time: `done` when nothing is left, and until then *ret_count may be 0 all the same. Fails with
 * store->err where the log can't be read. */
enum db_status takings_next(struct takings *takings, struct store *store, struct arena *arena,
                            struct taking **ret_items, size_t *ret_count) STORE_CHECKED;

/* Whose payment it is, by what a desk knows them by: the code of the booking or group, and the name of who booked. The
 * name is looked up when it is asked for, since the log keeps nobody's; it is empty once they were erased. */
struct taking_payer {
    struct str code, guest_name;
};
enum db_status takings_payer(struct store *store, uint32_t property, const struct payment *payment, struct arena *arena,
                             struct taking_payer *ret_payer) STORE_CHECKED;

#endif
