/* What was paid, and what goes back: the states of payments and refunds.
 *
 * A payment is for a booking or for a group. Its amounts are whole minor units of the property's currency, cumulative:
 * the largest that was ever said counts, so that it does not matter in which order, nor how often, a provider says
 * something. They never sink, but for what has gone back and comes back again: `refunded` is the sum of the refunds
 * that are settled or, where it is more, the largest that was said less those that have come back
 * (refund_has_come_back). A capture implies its authorisation, a refund its capture. The status is not stored, it
 * follows from the amounts and times. It refuses to know what a payment does to a booking: that is for the deciders.
 * Pure. */
#ifndef NIGHTLATCH_CORE_PAYMENT_H
#define NIGHTLATCH_CORE_PAYMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"

enum payment_status {
#define PAYMENT_STATUS(name, wire, meaning) PAYMENT_STATUS_##name,
#include "core/payment.def"
#undef PAYMENT_STATUS
    PAYMENT_STATUS_COUNT
};

enum payment_command {
#define PAYMENT_COMMAND(name, wire) PAYMENT_COMMAND_##name,
#include "core/payment.def"
#undef PAYMENT_COMMAND
    PAYMENT_COMMAND_COUNT
};

enum payment_method {
#define PAYMENT_METHOD(name, wire, by_hand, meaning) PAYMENT_METHOD_##name,
#include "core/payment.def"
#undef PAYMENT_METHOD
    PAYMENT_METHOD_COUNT
};

enum refund_status {
#define REFUND_STATUS(name, wire, meaning) REFUND_##name,
#include "core/payment.def"
#undef REFUND_STATUS
    REFUND_STATUS_COUNT
};

enum {
    PAYMENTS_BY_HAND_MAX = 20, /* of one booking or group */
};

struct payment {
    struct id id;
    struct id booking, group; /* for one of the two */
    enum payment_method method;
    struct str reference;                   /* by card the provider's; by hand anything; empty for none */
    struct str currency;                    /* ISO 4217 */
    int64_t authorized, captured, refunded; /* refunded <= captured <= authorized */
    int64_t authorized_at, captured_at, failed_at, voided_at; /* ms, when it was first known; 0 for not */
    int64_t created_at, version;
};

/* One sum on its way back, of one payment. Its public id is the key under which a provider is asked for it. */
struct refund {
    struct id id;
    struct id payment;
    struct id booking; /* for which; none: for the payment as such */
    int64_t amount;    /* > 0 */
    enum refund_status status;
    bool automatic;                         /* a rule made it, and may lower it as long as it is DUE */
    int64_t attempts;                       /* times it was asked for */
    int64_t sent_at, settled_at, failed_at; /* ms, the last time each; 0 for not */
    struct str provider_reference;          /* empty for none, as of the next */
    struct str failure;                     /* the provider's word for why not; or why it is in doubt */
    int64_t created_at, version;
};

/* What a provider says of a payment. Amounts are cumulative; 0 says nothing. */
struct payment_fact {
    int64_t authorized, captured, refunded;
    bool failed, voided;
};

/* What a provider said and nobody could apply. */
enum set_aside_cause {
    SET_ASIDE_AMOUNT,   /* another amount than the price */
    SET_ASIDE_CURRENCY, /* another than the property's, or than the payment had before */
    SET_ASIDE_ACCOUNT,  /* of another account of the provider's */
    SET_ASIDE_BOOKING,  /* for no booking or group of this property */
    SET_ASIDE_CAUSE_COUNT
};

struct set_aside {
    struct id id;
    struct str event; /* the provider's id of it */
    struct str kind;  /* "payment_intent.succeeded" */
    enum set_aside_cause cause;
    struct str reference; /* of the payment */
    struct str named;     /* the booking or group as it was said; empty for none */
    int64_t amount;
    struct str currency;
    int64_t created_at;
    int64_t resolved_at; /* 0: nobody has looked at it */
    int64_t version;
};

/* What is known of the provider's events that had an effect: each has one only. */
struct payment_notice_seen {
    struct str event;  /* the provider's id of it */
    struct id subject; /* the payment, refund or what was set aside */
    enum id_kind subject_kind;
    int64_t at;
};

/* How a property takes part with a provider. Secrets are sealed outside the core, which never sees them. */
struct payment_provider {
    struct id id;
    struct str account;        /* the provider's id of it; empty: any */
    struct str api_base;       /* "https://api.stripe.com" */
    struct str sealed_secret;  /* of webhooks */
    struct str sealed_api_key; /* empty: nothing is sent out */
    int64_t created_at, version;
};

/* "partially_refunded", "capture", "card_at_desk", "due", "amount". */
struct str payment_status_name(enum payment_status status);
bool payment_status_parse(struct str name, enum payment_status *ret_status) __attribute__((warn_unused_result));
struct str payment_command_name(enum payment_command command);
struct str payment_method_name(enum payment_method method);
bool payment_method_parse(struct str name, enum payment_method *ret_method) __attribute__((warn_unused_result));
bool payment_method_is_by_hand(enum payment_method method);
struct str refund_status_name(enum refund_status status);
bool refund_status_parse(struct str name, enum refund_status *ret_status) __attribute__((warn_unused_result));
struct str set_aside_cause_name(enum set_aside_cause cause);
bool set_aside_cause_parse(struct str name, enum set_aside_cause *ret_cause) __attribute__((warn_unused_result));

/* Of a booking that nothing was paid for: whether anything is asked for. */
static inline enum payment_status
payment_status_unpaid(bool required)
{
    return required ? PAYMENT_STATUS_REQUIRED : PAYMENT_STATUS_NONE;
}

/* What the amounts and times come to; NONE for a payment of which nothing is known yet. Taken money counts before
 * anything else that was said, a void before an authorisation, and that before a failure: so none of them depends on
 * which was said first. */
enum payment_status payment_status_of(const struct payment *payment);

/* The same over all payments for one thing: their sums. `required`: whether anything is asked for where nothing came.
 */
enum payment_status payment_status_together(bool required, const struct payment *const *payments, size_t count);

/* The pair is in the table. */
bool payment_machine_allows(enum payment_status from, enum payment_command command);

/* The event of the row (from, command, to); an empty str when there is none. */
struct str payment_machine_event(enum payment_status from, enum payment_command command, enum payment_status to);

/* Takes a fact in: amounts rise to what is said, times that are not set are set to now. True when that changed
 * anything. Facts commute, and taking one in twice is taking it in once. */
bool payment_merge(struct payment *payment, const struct payment_fact *fact, int64_t now_ms);

/* Still to go back or on its way. */
static inline bool
refund_is_open(const struct refund *refund)
{
    return refund->status == REFUND_DUE || refund->status == REFUND_SENT;
}

/* It may have been given already, and the provider may have forgotten under which key: nobody asks for it, and somebody
 * has to find out what became of it. `failure` says why: "unanswered" for a day, or "restored" from a backup. */
static inline bool
refund_is_in_doubt(const struct refund *refund)
{
    return refund_is_open(refund) && refund->failure.len > 0;
}

/* A rule made it and nobody was asked for it: a rule may take it back. */
static inline bool
refund_is_loose(const struct refund *refund)
{
    return refund->status == REFUND_DUE && refund->automatic && refund->attempts == 0;
}

/* The provider had taken it on, as its reference shows, and it failed all the same: at once, or after it had succeeded,
 * when the payer's bank sent the money back. It is the provider's last word on it, and what it tells of the payment may
 * count it still. */
static inline bool
refund_has_come_back(const struct refund *refund)
{
    return refund->status == REFUND_FAILED && refund->provider_reference.len > 0;
}

#endif
